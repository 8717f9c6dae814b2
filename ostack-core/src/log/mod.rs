//! Sources and records: the bytes of a failed run, read as the logical entries that programs wrote.
//!
//! A [`Source`] is read block by block; a [`Block`] gives its records as [`Entry`]s, each with a
//! typed [`Record`]. Nothing is copied: payloads are spans of the entry's text.

mod assemble;
mod audit;
mod block;
mod clean;
mod conflict;
mod fields;
mod folder;
mod form;
mod origin;
mod oslo;
mod package;
mod packstack;
mod plain;
mod puppet;
mod reader;
mod record;
mod run;
mod scan;
mod service;
mod source;
mod syslog;
mod time;

#[cfg(test)]
mod tests;

pub use block::{Block, Place};
pub use conflict::{Conflict, ConflictKind, Party, Requirement};
pub use fields::Kind;
pub use packstack::is_passed_over;
pub use reader::Reader;
pub use record::*;
pub use run::{Run, RunTracker, Step, StepState};
pub use source::{Skipped, Source, Sources};
