//! A synthetic population.
