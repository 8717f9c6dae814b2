//! For those who write rules: a linter, the tests that rule files bring, a scaffold for new rules,
//! the schema of the format, and the reference that is generated from rules.

mod lint;
mod lints;
mod place;
mod reference;
mod scaffold;
mod test;

pub use lint::{COMPONENTS, LINTS, Level, Lint, Problem, check, lints_table, text};
pub use reference::{Stage, coverage, index, reference, stages};
pub use scaffold::scaffold;
pub use test::{Tested, setting, test};

use crate::rule::KnowledgeBase;

/// The JSON Schema (draft 7) of the rule format, for editors.
pub const SCHEMA: &str = include_str!("../../data/rule.schema.json");

/// The rules that were loaded from folders; all, where none was.
fn concerned(rules: &KnowledgeBase) -> Vec<usize> {
    let loaded = |index: &usize| rules.loaded().is_empty() || rules.path(*index).is_some();
    rules.indices().filter(loaded).collect()
}
