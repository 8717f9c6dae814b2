//! What was found in a run, kept small: for each pattern its matches with the lines that they stand on.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Match;
use crate::log::{self, Entry, Kind, Level, Source};
use crate::span::characters;

/// At most so many matches of one pattern are kept; after that the last one is replaced, so that the
/// first ones and the newest are there.
const MOST: usize = 1000;
/// The longest excerpt, in bytes.
const LONGEST: usize = 4096;

/// So many bits of an order are the record's number, the others its source's.
const RECORD_BITS: u32 = 40;

/// The order of a record over all sources: its source's number first.
pub(crate) fn order_of(source: usize, record: u64) -> u64 {
    ((source as u64) << RECORD_BITS) | record
}

/// The source of an order.
pub(crate) fn source_of(order: u64) -> usize {
    (order >> RECORD_BITS) as usize
}

/// The record's number of an order.
pub(crate) fn record_of(order: u64) -> u64 {
    order & ((1 << RECORD_BITS) - 1)
}

/// A match, with what a report needs of its record.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The index of the source.
    pub source: usize,
    /// The record's number in its source.
    pub record: u64,
    /// The order of records over all sources.
    pub order: u64,
    /// The line that the match begins on, from 1.
    pub line: u64,
    /// How many characters of that line stand before `excerpt`.
    pub columns_before: u64,
    /// The lines that the match stands on, not yet redacted.
    pub excerpt: Vec<u8>,
    /// The match in `excerpt`.
    pub range: Range<usize>,
    /// Captures, as ranges of `excerpt`.
    pub captures: Vec<(String, Range<usize>)>,
    /// When, as written.
    pub time: Option<String>,
    /// When, in milliseconds since 1970 by the log's own clock.
    pub instant: Option<i64>,
    /// The host that the record speaks of or comes from.
    pub host: Option<String>,
    /// The manifest that was being applied.
    pub manifest: Option<String>,
    /// The Puppet resource.
    pub resource: Option<String>,
    /// The kind of the record.
    pub kind: Kind,
    /// Whether packstack passes over such a line: a suspect only if something later needs it.
    pub passed_over: bool,
    /// How bad the record says it is.
    pub level: Level,
}

impl Hit {
    /// A match in a record.
    pub(crate) fn new(found: Match, entry: &Entry<'_>, source: (usize, &Source)) -> Self {
        let text = entry.text;
        let range = found.range.clone();
        let start = memchr::memrchr(b'\n', &text[..range.start]).map_or(0, |i| i + 1);
        let end = memchr::memchr(b'\n', &text[range.end..]).map_or(text.len(), |i| range.end + i);
        // A long line is cut around the match, between characters.
        let line_start = start;
        let start = start.max(range.start.saturating_sub(LONGEST / 4));
        let is_inside = |at: &usize| text[*at] & 0b1100_0000 == 0b1000_0000;
        let start = (start..range.start).find(|at| !is_inside(at)).unwrap_or(range.start);
        let columns = if line_start == 0 { entry.columns_before } else { 0 };
        let end = end.min(start + LONGEST);
        let inside =
            |r: Range<usize>| r.start.clamp(start, end) - start..r.end.clamp(start, end) - start;
        let owned = |bytes: Option<&[u8]>| bytes.map(|b| String::from_utf8_lossy(b).into_owned());
        let record = &entry.record;
        let captures = found.captures.into_iter().map(|(name, r)| (name, inside(r)));
        Self {
            source: source.0,
            record: entry.number,
            order: order_of(source.0, entry.number),
            line: entry.line
                + memchr::memchr_iter(b'\n', &text[..found.range.start]).count() as u64,
            columns_before: columns + characters(&text[line_start..start]) as u64,
            excerpt: text[start..end].to_vec(),
            range: inside(range),
            captures: captures.collect(),
            time: owned(record.time().map(|span| span.of(text))),
            instant: record.instant(text),
            host: owned(record.field("host", text)).or_else(|| source.1.host().map(str::to_owned)),
            manifest: owned(record.field("manifest", text))
                .or_else(|| source.1.manifest().map(str::to_owned)),
            resource: owned(record.field("resource", text)),
            kind: record.kind(),
            passed_over: log::is_passed_over(&text[start..end]),
            level: record.level(),
        }
    }

    /// A place in a record that no pattern found.
    pub(crate) fn at(range: Range<usize>, entry: &Entry<'_>, source: (usize, &Source)) -> Self {
        let found = Match { rule: 0, pattern: 0, range, captures: Vec::new() };
        Self::new(found, entry, source)
    }

    /// Whether both stand in the same record.
    pub fn same_record(&self, other: &Hit) -> bool {
        (self.source, self.record) == (other.source, other.record)
    }
}

/// All matches of a run, by rule and pattern.
#[derive(Debug, Default)]
pub struct Hits {
    patterns: BTreeMap<(usize, usize), Found>,
}

#[derive(Debug, Default)]
struct Found {
    hits: Vec<Hit>,
    count: u64,
}

impl Found {
    fn add(&mut self, hit: Hit) {
        self.count += 1;
        match self.hits.last_mut() {
            Some(last) if self.count > MOST as u64 => *last = hit,
            _ => self.hits.push(hit),
        }
    }
}

impl Hits {
    /// Keeps a match of a pattern of a rule.
    pub(crate) fn add(&mut self, rule: usize, pattern: usize, hit: Hit) {
        self.patterns.entry((rule, pattern)).or_default().add(hit);
    }

    /// Changes matches, which are in the order of `Hit::order` afterwards.
    pub(crate) fn renumber(&mut self, mut change: impl FnMut(&mut Hit)) {
        for found in self.patterns.values_mut() {
            found.hits.iter_mut().for_each(&mut change);
            found.hits.sort_by_key(|hit| hit.order);
        }
    }

    /// How many matches there are.
    pub(crate) fn total(&self) -> u64 {
        self.patterns.values().map(|found| found.count).sum()
    }

    /// The rules of which a pattern matched, in order.
    pub fn rules(&self) -> impl Iterator<Item = usize> {
        let mut last = None;
        self.patterns
            .keys()
            .filter_map(move |&(rule, _)| (last.replace(rule) != Some(rule)).then_some(rule))
    }

    /// The matches of a pattern that were kept, in order.
    pub fn of(&self, rule: usize, pattern: usize) -> &[Hit] {
        self.patterns.get(&(rule, pattern)).map_or(&[], |found| &found.hits)
    }

    /// How often a pattern matched.
    pub fn count(&self, rule: usize, pattern: usize) -> u64 {
        self.patterns.get(&(rule, pattern)).map_or(0, |found| found.count)
    }
}
