//! What the program `mapping` shows of an export.
