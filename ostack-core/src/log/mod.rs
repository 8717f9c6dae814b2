//! Sources and records: the bytes of a failed run, read as the logical entries that programs wrote.
//!
//! A [`Source`] is read block by block; a [`Block`] gives its records as [`Entry`]s, each with a
//! typed [`Record`]. Nothing is copied: payloads are spans of the entry's text.

mod record;

pub use record::*;
