//! Where the time of a diagnosis went.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::matcher::Matcher;
use crate::rule::KnowledgeBase;

/// Where the time of a diagnosis went. The times of several threads are added up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Opening, reading and unpacking the sources, and splitting them into records. What waits for
    /// a pipe or a disk counts.
    pub read: Duration,
    /// Looking for the anchors of all patterns.
    pub anchors: Duration,
    /// Compiling and running the regular expressions whose anchor was seen.
    pub confirm: Duration,
    /// Reading the records that matter, keeping matches and grouping errors.
    pub records: Duration,
    /// Deciding which rules fire and in which order.
    pub evaluate: Duration,
    /// The rules of which an expression was run, those that took longest first.
    pub rules: Vec<RuleTime>,
}

/// The time that a rule's patterns took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTime {
    /// The rule's id.
    pub rule: String,
    /// How long its expressions took, to be compiled and run.
    pub time: Duration,
    /// How often one of them was run on a record.
    pub tried: u64,
    /// How often one of them matched.
    pub matched: u64,
}

/// What is timed while the sources are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    Read,
    Anchors,
    /// All that a block is asked, and the keeping of what it said.
    Blocks,
}

/// Adds up times; by [`Stage`], in nanoseconds.
#[derive(Debug, Default)]
pub(super) struct Clock([AtomicU64; 3]);

impl Clock {
    fn of(&self, stage: Stage) -> Duration {
        Duration::from_nanos(self.0[stage as usize].load(Ordering::Relaxed))
    }

    /// What the clock and the matcher say.
    pub(super) fn profile(
        &self,
        matcher: &Matcher<'_>,
        rules: &KnowledgeBase,
        evaluate: Duration,
    ) -> Profile {
        let mut by_rule: Vec<RuleTime> = Vec::new();
        let (mut confirm, mut last) = (Duration::ZERO, None);
        for (rule, tally) in matcher.tallies().filter(|(_, tally)| tally.tried > 0) {
            confirm += tally.time;
            if last.replace(rule) != Some(rule) {
                let rule = rules.head(rule).id.to_owned();
                by_rule.push(RuleTime { rule, time: Duration::ZERO, tried: 0, matched: 0 });
            }
            let Some(sum) = by_rule.last_mut() else { continue };
            sum.time += tally.time;
            sum.tried += tally.tried;
            sum.matched += tally.matched;
        }
        by_rule.sort_by_key(|rule| std::cmp::Reverse(rule.time));
        let (read, anchors) = (self.of(Stage::Read), self.of(Stage::Anchors));
        let records = self.of(Stage::Blocks).saturating_sub(anchors + confirm);
        Profile { read, anchors, confirm, records, evaluate, rules: by_rule }
    }
}

/// Does something, and adds the time that it takes, if there is a clock.
pub(super) fn timed<T>(clock: Option<&Clock>, stage: Stage, run: impl FnOnce() -> T) -> T {
    let Some(clock) = clock else { return run() };
    let since = Instant::now();
    let result = run();
    let took = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
    clock.0[stage as usize].fetch_add(took, Ordering::Relaxed);
    result
}
