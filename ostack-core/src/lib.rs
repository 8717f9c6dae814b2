//! Reads a failed packstack (OpenStack RDO) installation and says what broke, why, and what to do.
//!
//! Data flows one way, and the modules stand in that order; none imports from one that comes after it.
#![doc = ""]

pub mod answer_file;
pub mod error;
pub mod host;
pub mod log;
pub mod parameter;
pub mod release;
pub mod span;
pub mod version;

pub use error::{Error, ErrorKind, Result};
