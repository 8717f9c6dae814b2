//! Sources and records: the bytes of a failed run, read as the logical entries that programs wrote.
//!
//! A [`Source`] is read block by block; a [`Block`] gives its records as [`Entry`]s, each with a
//! typed [`Record`]. Nothing is copied: payloads are spans of the entry's text.

mod archive;
mod assemble;
mod audit;
mod block;
mod clean;
mod conflict;
mod encoding;
mod fields;
mod folder;
mod form;
mod nature;
mod origin;
mod oslo;
mod package;
mod packstack;
mod plain;
mod puppet;
mod reader;
mod record;
mod rotated;
mod run;
mod scan;
mod service;
mod source;
mod syslog;
mod time;
mod unpack;
mod watch;

#[cfg(test)]
mod tests;

pub use block::{Block, Place};
pub use conflict::{Conflict, ConflictKind, Party, Requirement};
pub use fields::Kind;
pub use packstack::{ends_run, is_passed_over};
pub use reader::Reader;
pub use record::*;
pub(crate) use rotated::Place as LogPlace;
pub use run::{Run, RunTracker, Step, StepState};
pub use source::{Log, Logs, Skipped, Source, Sources};
pub use watch::Watch;
