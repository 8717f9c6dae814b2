//! Placeholder for the branch that brings it.
