//! Strategies for records and dates.
