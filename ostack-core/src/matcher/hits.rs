//! What was found in a run, kept small: for each pattern its matches with the lines that they stand on.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Match;
use crate::log::{self, Entry, Kind, Level, Source};

/// At most so many matches of one pattern are kept; after that the last one is replaced, so that the
/// first ones and the newest are there.
const MOST: usize = 1000;
/// The longest excerpt, in bytes.
const LONGEST: usize = 4096;

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
    /// A match in a record; its `order` is the record's number as yet.
    pub(crate) fn new(found: Match, entry: &Entry<'_>, source: (usize, &Source)) -> Self {
        let text = entry.text;
        let range = found.range.clone();
        let start = memchr::memrchr(b'\n', &text[..range.start]).map_or(0, |i| i + 1);
        let end = memchr::memchr(b'\n', &text[range.end..]).map_or(text.len(), |i| range.end + i);
        // A long line is cut around the match.
        let start = start.max(range.start.saturating_sub(LONGEST / 4));
        let end = end.min(start + LONGEST);
        let inside =
            |r: Range<usize>| r.start.clamp(start, end) - start..r.end.clamp(start, end) - start;
        let owned = |bytes: Option<&[u8]>| bytes.map(|b| String::from_utf8_lossy(b).into_owned());
        let record = &entry.record;
        let captures = found.captures.into_iter().map(|(name, r)| (name, inside(r)));
        Self {
            source: source.0,
            record: entry.number,
            order: entry.number,
            line: entry.line
                + memchr::memchr_iter(b'\n', &text[..found.range.start]).count() as u64,
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

    /// Adds what was found in records that come after these; `order` is where they begin.
    pub(crate) fn append(&mut self, others: Self, order: u64) {
        for (pattern, found) in others.patterns {
            let of = self.patterns.entry(pattern).or_default();
            let more = found.count - found.hits.len() as u64;
            found.hits.into_iter().for_each(|hit| {
                of.add(Hit { order: hit.order + order, ..hit });
            });
            of.count += more;
        }
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
