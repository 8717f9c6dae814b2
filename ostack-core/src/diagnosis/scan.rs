//! One pass over the sources: matches, the run's steps, and the errors that no rule may know.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::near::Near;
use super::unexplained::{ErrorRecord, Groups};
use crate::log::{
    Block, Entry, Kind, Level, PackstackEvent, PuppetEvent, Reader, Record, Run, RunTracker,
    Source, Sources,
};
use crate::matcher::{Forgetful, Hit, Hits, Matcher, Scratch};
use crate::rule::Role;

/// Of a pattern whose matches count wherever they are, so many of a source are kept; then it is no
/// longer looked for there.
const MOST_ANYWHERE: u64 = 100;

/// A source, as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SourceInfo {
    /// Its path.
    pub path: String,
    /// The kind of most of its records.
    pub kind: String,
    /// How many lines were read.
    pub lines: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// Why it, or the rest of it, was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Whether it could not be read, and was not just passed over.
    #[serde(skip)]
    pub failed: bool,
}

/// What one pass over the sources found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) sources: Vec<SourceInfo>,
    pub(super) hits: Hits,
    pub(super) run: Option<Run>,
    pub(super) groups: Groups,
    /// Resources that Puppet skipped, by source.
    pub(super) skipped: BTreeMap<usize, u64>,
    /// The order of the last error record of the whole run, and of each source.
    pub(super) last_error: Option<u64>,
    /// In each source, the order of packstack's last success message that no failure followed.
    pub(super) succeeded: BTreeMap<usize, u64>,
}

impl Scan {
    pub(super) fn of(sources: &Sources, matcher: &Matcher<'_>) -> Self {
        let mut scan = Self::default();
        let mut tracker = RunTracker::new();
        let mut order = 0;
        for (index, source) in sources.iter().enumerate() {
            let mut of_source = SourceScan::new(matcher, index, source);
            if let Err(error) = of_source.read(&mut tracker) {
                of_source.info.skipped = Some(error.message().to_owned());
                of_source.info.failed = true;
            }
            scan.append(of_source, &mut order);
        }
        for skipped in sources.skipped() {
            scan.sources.push(SourceInfo {
                path: skipped.path.clone(),
                kind: "unknown".to_owned(),
                skipped: Some(skipped.reason.clone()),
                ..SourceInfo::default()
            });
        }
        scan.run = tracker.run();
        scan
    }

    /// Adds what a source said; its first record has the place `order` among those of all sources.
    fn append(&mut self, source: SourceScan<'_, '_>, order: &mut u64) {
        let SourceScan { index, mut info, hits, groups, kinds, skipped, .. } = source;
        info.kind = main_kind(&kinds);
        self.sources.push(info);
        self.hits.append(hits, *order);
        self.groups.append(groups, *order);
        if skipped > 0 {
            self.skipped.insert(index, skipped);
        }
        if let Some(number) = source.last_error {
            self.last_error = Some(*order + number);
        }
        if let Some(number) = source.succeeded {
            self.succeeded.insert(index, *order + number);
        }
        *order += source.records;
    }
}

/// What a source says.
struct SourceScan<'m, 'k> {
    matcher: &'m Matcher<'k>,
    index: usize,
    source: &'m Source,
    info: SourceInfo,
    kinds: BTreeMap<Kind, u64>,
    records: u64,
    hits: Hits,
    near: Near<'m, 'k>,
    groups: Groups,
    skipped: u64,
    last_error: Option<u64>,
    succeeded: Option<u64>,
    /// Patterns that have matched so often that more says nothing, and the prefilter without them.
    enough: BTreeSet<u32>,
    forgetful: Option<Forgetful<'k>>,
}

impl<'m, 'k> SourceScan<'m, 'k> {
    fn new(matcher: &'m Matcher<'k>, index: usize, source: &'m Source) -> Self {
        Self {
            matcher,
            index,
            source,
            info: SourceInfo { path: source.path().to_owned(), ..SourceInfo::default() },
            kinds: BTreeMap::new(),
            records: 0,
            hits: Hits::default(),
            near: Near::new(matcher, (index, source)),
            groups: Groups::default(),
            skipped: 0,
            last_error: None,
            succeeded: None,
            enough: BTreeSet::new(),
            forgetful: None,
        }
    }

    fn read(&mut self, tracker: &mut RunTracker) -> crate::Result<()> {
        let mut scratch = Scratch::default();
        let mut reader = Reader::new(self.source)?;
        while let Some(block) = reader.next_block()? {
            let part = self.part(&block, &mut scratch);
            for number in &part.told {
                tracker.observe(self.source, &block.entry(*number));
            }
            if let Some(block) = self.take(part, block) {
                reader.recycle(block);
            }
        }
        Ok(())
    }

    /// What a block says, whatever came before it.
    fn part(&self, block: &Block, scratch: &mut Scratch) -> Part {
        let mut part = Part::default();
        let mut awake = std::mem::take(&mut scratch.awake);
        self.matcher.wake(block, self.forgetful.as_ref(), scratch, &mut awake);
        let mut next = awake.iter().copied().peekable();
        for index in 0..block.len() {
            let is_awake = next.peek().is_some_and(|(record, _)| *record as usize == index);
            let level = block.level(index);
            let kind = block.kind(index);
            let is_told = matches!(kind, Kind::Packstack | Kind::Puppet);
            if !is_awake && !is_told && level < Level::Error {
                continue;
            }
            let entry = block.entry(index);
            let mut rules = Vec::new();
            while let Some((_, slot)) = next.next_if(|(record, _)| *record as usize == index) {
                let Some(found) = self.matcher.confirm(slot, &entry) else { continue };
                rules.push(found.rule);
                part.hits.push((slot, Hit::new(found, &entry, (self.index, self.source))));
            }
            part.record(&entry, index);
            if level >= Level::Error {
                rules.extend(self.matcher.near_matches(&entry, scratch));
                part.last_error = Some(entry.number);
                part.errors.extend(ErrorRecord::new(&entry, self.source, rules));
            }
        }
        scratch.awake = awake;
        part
    }

    /// Takes in what a block says, after all before it. Gives a block that is no longer needed.
    fn take(&mut self, part: Part, block: Block) -> Option<Block> {
        self.info.lines = block.last_line();
        self.info.bytes = block.bytes().end;
        self.records = block.first_number() + block.len() as u64;
        block.add_lines_by_kind(&mut self.kinds);
        let enough = self.enough.len();
        let mut hits = Vec::new();
        for (index, hit) in part.hits {
            let slot = self.matcher.slot(index);
            if slot.role == Role::Anywhere {
                let count = self.hits.count(slot.rule, slot.pattern);
                if count >= MOST_ANYWHERE {
                    self.enough.insert(index);
                    continue;
                }
            }
            hits.push((slot.rule, slot.pattern, hit.record));
            self.hits.add(slot.rule, slot.pattern, hit);
        }
        if self.enough.len() > enough {
            self.forgetful = self.matcher.without(&self.enough);
        }
        for error in part.errors {
            self.groups.add(error, self.index);
        }
        self.skipped += part.skipped;
        self.last_error = part.last_error.or(self.last_error);
        match part.succeeded {
            Some(Success::At(number)) => self.succeeded = Some(number),
            Some(Success::Overtaken) => self.succeeded = None,
            None => {}
        }
        self.near.take(block, hits, &mut self.hits)
    }
}

/// What a block says.
#[derive(Debug, Default)]
struct Part {
    hits: Vec<(u32, Hit)>,
    errors: Vec<ErrorRecord>,
    /// Which of its records tell of packstack's run.
    told: Vec<usize>,
    skipped: u64,
    last_error: Option<u64>,
    /// Whether packstack said last that it succeeded, where it said anything of the kind.
    succeeded: Option<Success>,
}

/// What packstack said last of how it ended.
#[derive(Debug)]
enum Success {
    /// It succeeded, in the record of this number.
    At(u64),
    /// It failed after all.
    Overtaken,
}

impl Part {
    fn record(&mut self, entry: &Entry<'_>, index: usize) {
        match &entry.record {
            Record::Puppet(puppet) => match puppet.event {
                PuppetEvent::Skipped => self.skipped += 1,
                PuppetEvent::Applied => self.told.push(index),
                _ => {}
            },
            Record::Packstack(packstack) => {
                self.told.push(index);
                match packstack.event {
                    PackstackEvent::Success => {
                        self.succeeded = Some(Success::At(entry.number));
                    }
                    PackstackEvent::Error
                    | PackstackEvent::StepError
                    | PackstackEvent::ManifestError => self.succeeded = Some(Success::Overtaken),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// The kind that most lines are of; plain lines count only where there is nothing else.
fn main_kind(kinds: &BTreeMap<Kind, u64>) -> String {
    let known =
        kinds.iter().filter(|(kind, _)| **kind != Kind::Plain).max_by_key(|(_, lines)| **lines);
    known.map_or(Kind::Plain, |(kind, _)| *kind).as_str().to_owned()
}
