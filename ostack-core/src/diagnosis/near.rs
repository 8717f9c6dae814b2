//! Patterns whose matches count only near those of another one: they are looked for where that one
//! matched, in the records around.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use crate::log::{Block, Source};
use crate::matcher::{Hit, Hits, Matcher};

/// At most so many records are looked at before a match.
const LOOK_BACK: u64 = 1000;
/// At most so many bytes of text are kept for it.
const LOOK_BACK_BYTES: u64 = 8 << 20;
/// How many blocks are kept with all their memory, to be used again.
const ROOMY: usize = 8;

/// Looks at the records of a source around matches.
pub(super) struct Near<'m, 'k> {
    matcher: &'m Matcher<'k>,
    /// The newest block, and those before it in which a look back may end.
    blocks: VecDeque<Block>,
    /// By pattern the records that are still to be looked at: all behind the newest block, if any.
    ahead: BTreeMap<u32, Range<u64>>,
}

impl<'m, 'k> Near<'m, 'k> {
    pub(super) fn new(matcher: &'m Matcher<'k>) -> Self {
        Self { matcher, blocks: VecDeque::new(), ahead: BTreeMap::new() }
    }

    /// Goes on to the source's next block, in which patterns matched (rule, pattern and record's number).
    /// Gives a block that is no longer needed.
    pub(super) fn take(
        &mut self,
        block: Block,
        source: (usize, &Source),
        matched: Vec<(usize, usize, u64)>,
        hits: &mut Hits,
    ) -> Option<Block> {
        self.blocks.push_back(block);
        let mut found = VecDeque::from(matched);
        let waiting = self.ahead.iter().filter(|(_, records)| !records.is_empty());
        for slot in waiting.map(|(slot, _)| *slot).collect::<Vec<_>>() {
            self.look(slot, source, hits, &mut found);
        }
        while let Some((rule, pattern, record)) = found.pop_front() {
            for (slot, reach) in self.matcher.around(rule, pattern) {
                let start = record.saturating_sub(reach.before.min(LOOK_BACK));
                let end = record.saturating_add(reach.after).saturating_add(1);
                let ahead = self.ahead.entry(slot).or_insert(start..start);
                // What was looked at before is not looked at again.
                *ahead = ahead.start.max(start)..ahead.end.max(end);
                self.look(slot, source, hits, &mut found);
            }
        }
        self.drop_old()
    }

    /// Looks at those of the records that a pattern wants, and that are there.
    fn look(
        &mut self,
        slot: u32,
        source: (usize, &Source),
        hits: &mut Hits,
        found: &mut VecDeque<(usize, usize, u64)>,
    ) {
        let Some(wanted) = self.ahead.get_mut(&slot) else { return };
        for block in &self.blocks {
            let first = block.first_number();
            let here = wanted.start.max(first)..wanted.end.min(first + block.len() as u64);
            if !here.is_empty() {
                let records = (here.start - first) as usize..(here.end - first) as usize;
                let may_match = |from: usize, to: usize| {
                    let text = &block.text()[block.range(from).start..block.range(to).end];
                    self.matcher.may_match(slot, text)
                };
                let any = may_match(records.start, records.end - 1);
                for index in records.filter(|&index| any && may_match(index, index)) {
                    let entry = block.entry(index);
                    if let Some(of) = self.matcher.confirm(slot, &entry) {
                        let (rule, pattern, number) = (of.rule, of.pattern, entry.number);
                        hits.add(rule, pattern, Hit::new(of, &entry, source));
                        found.push_back((rule, pattern, number));
                    }
                }
            }
            wanted.start = wanted.start.max(here.end);
        }
        wanted.end = wanted.end.max(wanted.start);
    }

    /// Drops what is too far back.
    fn drop_old(&mut self) -> Option<Block> {
        let mut dropped = None;
        let after_first = |blocks: &VecDeque<Block>| {
            let mut rest = blocks.iter().skip(1);
            let first = rest.next()?;
            let last = rest.next_back().unwrap_or(first);
            let records = last.first_number() + last.len() as u64 - first.first_number();
            Some((records, last.bytes().end - first.bytes().start))
        };
        while after_first(&self.blocks)
            .is_some_and(|(records, bytes)| records >= LOOK_BACK || bytes >= LOOK_BACK_BYTES)
        {
            dropped = self.blocks.pop_front();
        }
        if self.blocks.len() > ROOMY
            && let Some(newest) = self.blocks.back_mut()
        {
            newest.shrink();
        }
        dropped
    }
}
