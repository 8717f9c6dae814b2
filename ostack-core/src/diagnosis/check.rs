//! Checks that compute: what a rule cannot say with patterns and conditions alone.

use std::collections::BTreeMap;

use crate::context::Context;
use crate::finding::Evidence;
use crate::log::Conflict;

/// A check that a rule names as `computed = "<name>"`. The rule brings the words, the check the facts.
pub trait Check: Sync {
    /// The name that rules use.
    fn name(&self) -> &'static str;

    /// What is found in the context; nothing where nothing is wrong or not enough is known.
    fn run(&self, _context: &Context) -> Vec<Computed> {
        Vec::new()
    }

    /// What is found in a statement of a package tool; `beside` are all those of its record, what
    /// decides first.
    fn on_conflict(
        &self,
        _context: &Context,
        _conflict: &Conflict,
        _beside: &[&Conflict],
    ) -> Option<Computed> {
        None
    }
}

/// What a computed check found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Computed {
    /// Values for the rule's templates. Several words become several words of a command.
    pub values: BTreeMap<&'static str, Vec<String>>,
    /// Where it was seen.
    pub evidence: Vec<Evidence>,
    /// What was not known and is taken to hold.
    pub assumes: Vec<String>,
}
