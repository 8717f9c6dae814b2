//! The format of rule files: model, parser, and what a pattern needs to be woken. It depends on
//! little, because `build.rs` compiles it too.

pub mod anchor;
mod file;
mod model;
pub mod required;
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
    /// What wakes the patterns of all rules, in their order.
    #[serde(borrow)]
    pub anchors: Vec<Wake<'t>>,
    /// The encoded [`Rule`]s.
    #[serde(borrow)]
    pub bodies: Vec<&'t [u8]>,
    /// The encoded tests, a `Vec<RuleTest>` each.
    #[serde(borrow)]
    pub tests: Vec<&'t [u8]>,
}

/// An anchor, and the pattern that it wakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake<'t> {
    /// The literal, in normal form.
    pub literal: &'t [u8],
    /// Where in it the piece begins that is looked for first.
    pub piece: u8,
    /// The rule's index.
    pub rule: u32,
    /// The pattern's index in its rule.
    pub pattern: u32,
    /// What the pattern is for.
    pub role: Role,
}

impl<'t> Wake<'t> {
    /// The anchors of a rule's patterns.
    pub fn of(index: usize, rule: &'t Rule) -> impl Iterator<Item = Self> {
        rule.patterns.iter().enumerate().flat_map(move |(pattern, p)| {
            let role = rule.role(pattern);
            p.anchors.iter().map(move |anchor| Self {
                literal: &anchor.literal,
                piece: anchor.piece,
                rule: index as u32,
                pattern: pattern as u32,
                role,
            })
        })
    }
}
