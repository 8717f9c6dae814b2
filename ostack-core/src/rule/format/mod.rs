//! The format of rule files: model, parser, and what a pattern needs to be woken. It depends on
//! little, because `build.rs` compiles it too.

pub mod anchor;
mod file;
mod model;
pub mod template;

pub use file::{FORMAT, RuleTest, parse};
pub use model::*;

use serde::{Deserialize, Serialize};

/// What is known of a rule without decoding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head<'h> {
    /// The rule's id.
    pub id: &'h str,
    /// Its title, a template.
    pub title: &'h str,
    /// The component.
    pub component: &'h str,
    /// How much it matters.
    pub severity: Severity,
    /// How settled it is.
    pub status: Status,
    /// Whether it has no patterns and speaks on facts alone.
    pub on_facts: bool,
}

/// The built-in rules, as `build.rs` lays them down: heads and anchors are read at start, a body
/// when its rule is woken, tests when they are run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Table<'t> {
    /// Heads, in the order of ids.
    #[serde(borrow)]
    pub heads: Vec<Head<'t>>,
    /// Literal, rule and pattern.
    #[serde(borrow)]
    pub anchors: Vec<(&'t [u8], u16, u8)>,
    /// The encoded [`Rule`]s.
    #[serde(borrow)]
    pub bodies: Vec<&'t [u8]>,
    /// The encoded tests, a `Vec<RuleTest>` each.
    #[serde(borrow)]
    pub tests: Vec<&'t [u8]>,
}
