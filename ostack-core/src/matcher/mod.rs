//! Finds which patterns of which rules match which records.
//!
//! Two stages: one pass looks for all anchors at once, and only a pattern whose anchor was seen
//! in a record has its regular expression compiled (once) and run (on that record). The
//! [exhaustive](Matcher::exhaustive) matcher runs every expression on every record; it is the
//! reference that the real one is held against.

mod hits;
mod prefilter;

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

pub use hits::{Hit, Hits};
use prefilter::Prefilter;

use crate::error::{Error, ErrorKind, Result};
use crate::log::{Entry, Kind};
use crate::rule::{KnowledgeBase, Pattern};

/// The largest compiled expression, in bytes.
const REGEX_SIZE_LIMIT: usize = 1 << 20;

/// A pattern's match in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The rule's index in the knowledge base.
    pub rule: usize,
    /// The pattern's index in the rule.
    pub pattern: usize,
    /// The bytes of the record's text that matched.
    pub range: Range<usize>,
    /// What the named groups matched.
    pub captures: Vec<(String, Range<usize>)>,
}

/// Finds matches of a knowledge base's patterns.
#[derive(Debug)]
pub struct Matcher<'k> {
    rules: &'k KnowledgeBase,
    prefilter: Option<Prefilter<'k>>,
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    rule: usize,
    pattern: usize,
    compiled: OnceLock<Compiled>,
}

/// A pattern, ready to run.
#[derive(Debug)]
struct Compiled {
    kind: Option<Kind>,
    field: Option<String>,
    regex: Regex,
}

/// What is kept from record to record while a source is scanned.
#[derive(Debug, Default)]
pub struct Scratch {
    seen: Vec<u64>,
    round: u64,
    awake: Vec<usize>,
}

impl<'k> Matcher<'k> {
    /// A matcher of all rules.
    pub fn new(rules: &'k KnowledgeBase) -> Self {
        let mut slots: Vec<Slot> = Vec::new();
        // The anchors of a pattern stand together.
        let literals = rules.anchors().map(|(literal, rule, pattern)| {
            if slots.last().is_none_or(|last| (last.rule, last.pattern) != (rule, pattern)) {
                slots.push(Slot { rule, pattern, compiled: OnceLock::new() });
            }
            (literal, slots.len() - 1)
        });
        let prefilter = Prefilter::new(literals);
        Self { rules, prefilter: Some(prefilter), slots }
    }

    /// A matcher that runs every expression on every record: slow, and obviously right.
    pub fn exhaustive(rules: &'k KnowledgeBase) -> Self {
        let slots = (0..rules.len()).flat_map(|rule| {
            let patterns = 0..rules.rule(rule).patterns.len();
            patterns.map(move |pattern| Slot { rule, pattern, compiled: OnceLock::new() })
        });
        Self { rules, prefilter: None, slots: slots.collect() }
    }

    /// Calls `found` with each pattern's first match in the record, in the order of rules.
    pub fn scan(&self, entry: &Entry<'_>, scratch: &mut Scratch, mut found: impl FnMut(Match)) {
        let mut awake = std::mem::take(&mut scratch.awake);
        awake.clear();
        match &self.prefilter {
            None => awake.extend(0..self.slots.len()),
            Some(prefilter) => {
                scratch.round += 1;
                scratch.seen.resize(self.slots.len(), 0);
                prefilter.scan(entry.text, |slot| {
                    if scratch.seen[slot] != scratch.round {
                        scratch.seen[slot] = scratch.round;
                        awake.push(slot);
                    }
                });
                awake.sort_unstable();
            }
        }
        for &slot in &awake {
            if let Some(hit) = self.confirm(&self.slots[slot], entry) {
                found(hit);
            }
        }
        scratch.awake = awake;
    }

    fn confirm(&self, slot: &Slot, entry: &Entry<'_>) -> Option<Match> {
        let compiled = slot.compiled.get_or_init(|| {
            let pattern = &self.rules.rule(slot.rule).patterns[slot.pattern];
            Compiled::new(pattern).expect("a rule is compiled once when it is loaded")
        });
        if compiled.kind.is_some_and(|kind| kind != entry.record.kind()) {
            return None;
        }
        let (haystack, offset) = match &compiled.field {
            None => (entry.text, 0),
            Some(field) => {
                let value = entry.record.field(field, entry.text)?;
                // A field that is a span of the text keeps its place there.
                let offset = (value.as_ptr() as usize).checked_sub(entry.text.as_ptr() as usize);
                (value, offset.filter(|o| o + value.len() <= entry.text.len()).unwrap_or(0))
            }
        };
        let captures = compiled.regex.captures(haystack)?;
        let shift = |m: regex::bytes::Match<'_>| m.start() + offset..m.end() + offset;
        let names = compiled.regex.capture_names().flatten();
        Some(Match {
            rule: slot.rule,
            pattern: slot.pattern,
            range: shift(captures.get(0)?),
            captures: names
                .filter_map(|name| Some((name.to_owned(), shift(captures.name(name)?))))
                .collect(),
        })
    }
}

impl Compiled {
    fn new(pattern: &Pattern) -> Result<Self> {
        let invalid = |what: String| Error::new(ErrorKind::Rule, what);
        let kind: Option<Kind> = pattern.record.as_deref().map(str::parse).transpose()?;
        if let Some(field) = &pattern.field {
            let has = |kind: &Kind| kind.fields().contains(&field.as_str());
            if !kind.map_or_else(|| Kind::ALL.iter().any(has), |kind| has(&kind)) {
                let help = kind.map_or_else(
                    || "rules/README.md lists the fields of each kind of record".to_owned(),
                    |kind| format!("fields of `{}`: {}", kind.as_str(), kind.fields().join(", ")),
                );
                return Err(invalid(format!(
                    "expected a field of the record, but found `{field}`"
                ))
                .help(help));
            }
        }
        let regex = RegexBuilder::new(&pattern.regex)
            .unicode(false)
            .multi_line(true)
            .size_limit(REGEX_SIZE_LIMIT)
            .build()
            .map_err(|e| {
                invalid(format!("the pattern `{}` cannot be compiled: {e}", pattern.name))
            })?;
        Ok(Self { kind, field: pattern.field.clone(), regex })
    }
}

/// Whether a pattern can be run: its record kind and field exist and its expression compiles within
/// the size limit.
///
/// # Errors
/// [`ErrorKind::Rule`] that says what is wrong.
pub fn check_pattern(pattern: &Pattern) -> Result<()> {
    Compiled::new(pattern).map(|_| ())
}
