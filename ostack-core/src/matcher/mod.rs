//! Finds which patterns of which rules match which records.
//!
//! One pass over a block looks for all anchors at once. A pattern whose anchor was seen in a record,
//! and of which the [other literals](crate::rule::required) are there too, has its regular expression
//! compiled (once) and run (on that record). The [exhaustive](Matcher::exhaustive) matcher runs every
//! expression on every record; it is the reference that the real one is held against.
//!
//! Patterns that only accompany another one of their rule ([`Role::Near`]) are not looked for so:
//! where the other one matched, the records around are.

mod expression;
mod hits;
mod normal;
mod prefilter;
mod windows;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use regex_automata::{PatternID, Span};

use expression::Expression;
pub use hits::{Hit, Hits};
pub(crate) use hits::{order_of, record_of, source_of};
use prefilter::{Anchor, Bits, Prefilter};

use crate::error::{Error, ErrorKind, Result};
use crate::log::{Block, Entry, Kind};
use crate::rule::{KnowledgeBase, Pattern, Reach, Role};

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
    /// The anchors of all patterns but those that are looked for near others only; none: it is
    /// exhaustive.
    prefilter: Option<Prefilter<'k>>,
    /// The anchors of the others.
    near_anchors: Vec<Anchor<'k>>,
    near: OnceLock<Prefilter<'k>>,
    slots: Vec<Slot>,
    /// What each pattern took, where that is asked for.
    tallies: Option<Vec<Mutex<Tally>>>,
}

/// What a pattern took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    /// To be compiled, and to be run.
    pub(crate) time: Duration,
    pub(crate) tried: u64,
    pub(crate) matched: u64,
}

/// A pattern, by its place in the knowledge base.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) rule: usize,
    pub(crate) pattern: usize,
    pub(crate) role: Role,
    compiled: OnceLock<Box<Compiled>>,
}

/// Patterns that have said all that they can, and what the others are looked for with.
#[derive(Debug)]
pub(crate) struct Forgetful {
    slots: BTreeSet<u32>,
    bits: Bits,
}

/// A pattern, ready to run.
#[derive(Debug)]
struct Compiled {
    kind: Option<Kind>,
    field: Option<String>,
    expression: Expression,
}

/// What is kept from block to block while logs are scanned.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Patterns by record, of a block.
    pub(crate) awake: Vec<(u32, u32)>,
    /// Patterns of a record.
    near: Vec<u32>,
    normal: Vec<u8>,
    /// Where in `normal` which record begins.
    starts: Vec<(usize, u32)>,
}

impl<'k> Matcher<'k> {
    /// A matcher of all rules.
    pub fn new(rules: &'k KnowledgeBase) -> Self {
        let mut anchors = Vec::new();
        let mut matcher = Self::without_prefilter(rules, |anchor| anchors.push(anchor));
        let role = |anchor: &mut Anchor<'_>| matcher.slots[anchor.slot as usize].role;
        matcher.near_anchors =
            anchors.extract_if(.., |anchor| role(anchor) == Role::Near).collect();
        matcher.prefilter = Some(Prefilter::new(anchors));
        matcher
    }

    /// A matcher that runs every expression on every record: slow, and obviously right.
    pub fn exhaustive(rules: &'k KnowledgeBase) -> Self {
        Self::without_prefilter(rules, |_| {})
    }

    fn without_prefilter(rules: &'k KnowledgeBase, mut anchor: impl FnMut(Anchor<'k>)) -> Self {
        let mut slots: Vec<Slot> = Vec::new();
        // The anchors of a pattern stand together.
        for wake in rules.anchors().iter() {
            let (rule, pattern) = (wake.rule as usize, wake.pattern as usize);
            if slots.last().is_none_or(|last| (last.rule, last.pattern) != (rule, pattern)) {
                slots.push(Slot { rule, pattern, role: wake.role, compiled: OnceLock::new() });
            }
            let slot = slots.len() as u32 - 1;
            anchor(Anchor { literal: wake.literal, piece: wake.piece, slot });
        }
        let (near_anchors, near) = (Vec::new(), OnceLock::new());
        Self { rules, prefilter: None, near_anchors, near, slots, tallies: None }
    }

    /// Has it count what each pattern takes.
    pub(crate) fn tallied(mut self) -> Self {
        self.tallies = Some(self.slots.iter().map(|_| Mutex::default()).collect());
        self
    }

    /// What each pattern took: its rule's index, in order, and the count.
    pub(crate) fn tallies(&self) -> impl Iterator<Item = (usize, Tally)> {
        let tallies = self.tallies.iter().flatten();
        let tallies = tallies.map(|tally| tally.lock().map(|tally| *tally).unwrap_or_default());
        self.slots.iter().map(|slot| slot.rule).zip(tallies)
    }

    /// What is to be known to leave out these patterns; none where nothing is filtered.
    pub(crate) fn without(&self, slots: &BTreeSet<u32>) -> Option<Forgetful> {
        let bits = self.prefilter.as_ref()?.bits_of(|slot| !slots.contains(&slot));
        Some(Forgetful { slots: slots.clone(), bits })
    }

    pub(crate) fn slot(&self, slot: u32) -> &Slot {
        &self.slots[slot as usize]
    }

    /// The patterns of a rule that accompany one that matched, and how far around it.
    pub(crate) fn around(&self, rule: usize, pattern: usize) -> impl Iterator<Item = (u32, Reach)> {
        let first = self.slots.partition_point(|slot| slot.rule < rule);
        let of_rule = self.slots[first..].iter().take_while(move |slot| slot.rule == rule);
        let near = of_rule.zip(first as u32..).filter(|(slot, _)| slot.role == Role::Near);
        near.filter_map(move |(slot, index)| {
            let reach = self.rules.rule(rule).reach(slot.pattern)?;
            (reach.of == pattern).then_some((index, reach))
        })
    }

    /// Which patterns may match in which records of a block, in the order of records and rules.
    pub(crate) fn wake(
        &self,
        block: &Block,
        forgetful: Option<&Forgetful>,
        scratch: &mut Scratch,
        awake: &mut Vec<(u32, u32)>,
    ) {
        let Scratch { normal, starts, .. } = scratch;
        awake.clear();
        let Some(prefilter) = &self.prefilter else {
            let slots = (0..).zip(&self.slots).filter(|(_, slot)| slot.role != Role::Near);
            let slots: Vec<u32> = slots.map(|(index, _)| index).collect();
            let records = 0..block.len() as u32;
            awake.extend(records.flat_map(|r| slots.iter().map(move |&slot| (r, slot))));
            return;
        };
        let scan = |text: &[u8], found: &mut dyn FnMut(Range<usize>, u32)| match forgetful {
            None => prefilter.scan(text, found),
            Some(Forgetful { slots, bits }) => prefilter.scan_with(bits, text, |place, slot| {
                if !slots.contains(&slot) {
                    found(place, slot);
                }
            }),
        };
        scan(block.text(), &mut |place, slot| {
            let record = block.index_at(place.start);
            if place.end <= block.range(record).end {
                awake.push((record as u32, slot));
            }
        });
        normal::parts(block, prefilter.longest(), normal, starts);
        scan(normal, &mut |place, slot| {
            let record = starts.partition_point(|(start, _)| *start <= place.start) - 1;
            awake.push((starts[record].1, slot));
        });
        awake.sort_unstable();
        awake.dedup();
    }

    /// The rules of which a pattern matches a record that is not looked for in every record.
    pub(crate) fn others(
        &self,
        entry: &Entry<'_>,
        forgetful: Option<&Forgetful>,
        scratch: &mut Scratch,
    ) -> Vec<usize> {
        let Scratch { normal, near: awake, .. } = scratch;
        awake.clear();
        if let Some(prefilter) = &self.prefilter {
            normal.clear();
            normal::push(entry.text, normal);
            let near = self.near.get_or_init(|| Prefilter::new(self.near_anchors.clone()));
            near.scan(normal, |_, slot| awake.push(slot));
            if let Some(Forgetful { slots, .. }) = forgetful {
                let forgotten = |slot: &u32| slots.contains(slot);
                prefilter.scan(normal, |_, slot| awake.extend(Some(slot).filter(forgotten)));
            }
            awake.sort_unstable();
            awake.dedup();
        } else {
            awake.extend(
                (0..).zip(&self.slots).filter(|(_, s)| s.role == Role::Near).map(|(i, _)| i),
            );
        }
        let likely = awake.iter().filter(|slot| self.may_match(**slot, entry.text));
        likely.filter_map(|slot| Some(self.confirm(*slot, entry)?.rule)).collect()
    }

    /// Each pattern's first match in a record, in the order of rules; every expression is run.
    pub fn matches<'e>(&'e self, entry: &'e Entry<'_>) -> impl Iterator<Item = Match> {
        (0..self.slots.len() as u32).filter_map(|slot| self.confirm(slot, entry))
    }

    /// Whether a pattern may match a record that has this text, or one of several that it spans.
    pub(crate) fn may_match(&self, slot: u32, text: &[u8]) -> bool {
        let slot = self.slot(slot);
        self.prefilter.is_none()
            || slot.compiled.get().is_some()
            || self.rules.rule(slot.rule).patterns[slot.pattern].required.is_in(text)
    }

    /// The first match of a pattern in a record.
    pub(crate) fn confirm(&self, slot: u32, entry: &Entry<'_>) -> Option<Match> {
        let number = slot as usize;
        let slot = &self.slots[number];
        let Some(tallies) = &self.tallies else { return self.run(slot, entry) };
        let since = Instant::now();
        let found = self.run(slot, entry);
        let took = since.elapsed();
        if let Ok(mut tally) = tallies[number].lock() {
            tally.time += took;
            tally.tried += 1;
            tally.matched += u64::from(found.is_some());
        }
        found
    }

    fn run(&self, slot: &Slot, entry: &Entry<'_>) -> Option<Match> {
        let compiled = slot.compiled.get_or_init(|| {
            let pattern = &self.rules.rule(slot.rule).patterns[slot.pattern];
            Box::new(Compiled::new(pattern).expect("a rule is compiled once when it is loaded"))
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
        let captures = compiled.expression.captures(haystack)?;
        let shift = |span: Span| span.start + offset..span.end + offset;
        let names = captures.group_info().pattern_names(PatternID::ZERO).flatten();
        Some(Match {
            rule: slot.rule,
            pattern: slot.pattern,
            range: shift(captures.get_group(0)?),
            captures: names
                .filter_map(|name| {
                    Some((name.to_owned(), shift(captures.get_group_by_name(name)?)))
                })
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
        let expression = Expression::new(&pattern.regex).map_err(|e| {
            let why = match e.size_limit() {
                Some(limit) => format!("it takes more than {limit} bytes"),
                None => e.to_string(),
            };
            invalid(format!("the pattern `{}` cannot be compiled: {why}", pattern.name))
        })?;
        Ok(Self { kind, field: pattern.field.clone(), expression })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_are_looked_for_in_steps() {
        let rules = KnowledgeBase::builtin();
        let prefilter = Matcher::new(&rules).prefilter.expect("it has one");
        let slow: Vec<_> = prefilter.slow().map(String::from_utf8_lossy).collect();
        assert!(slow.is_empty(), "these make every scan slow: {slow:?}");
    }
}
