//! Rules: knowledge as data.
//!
//! A rule is one TOML file (`rules/README.md` says how to write one). [`parse`] reads it, for the
//! built-in rules when this crate is built, and for a user's folder at run time. A
//! [`KnowledgeBase`] holds the rules of a run.

mod format;
mod knowledge_base;

pub use format::*;
pub use knowledge_base::KnowledgeBase;
