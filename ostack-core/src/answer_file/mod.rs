//! Answer files, as packstack knows them: read, checked, written and edited without loss.
//!
//! What surprises in them:
//! - Names are read in any case; `=` and `:` both delimit; quotes are part of the value.
//! - An indented line continues the value above it.
//! - What Python's parser refuses depends on the release and the OS ([`Dialect`]).
//! - A group of parameters whose condition does not hold is not looked at at all, so a wrong value
//!   in it does no harm until the condition holds.

mod check;
mod deploy;
mod dialect;
mod diff;
mod document;
mod generate;
mod load;
mod migrate;
mod number;
mod process;
mod reader;
mod validate;

pub use check::{NOT_CHECKED, Problem, Severity, UNREADABLE, Verdict};
pub use deploy::{Change, Deployed, Reason};
pub use dialect::Dialect;
pub use diff::{Difference, Said};
pub use document::AnswerFile;
pub use load::{CONDITION_UNKNOWN, DEPRECATED_CONFLICT, INVALID_VALUE, Machine, Values};
pub use migrate::{Migration, MigrationAction, MigrationStep};
pub use process::Value;
pub use reader::Entry;
