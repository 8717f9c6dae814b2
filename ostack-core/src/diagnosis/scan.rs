//! One pass over the sources: matches, the run's steps, and the errors that no rule may know.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use super::crew;
use super::near::Near;
use super::order::{later, ranks};
use super::profile::{Clock, Stage, timed};
use super::unexplained::{ErrorRecord, Groups};
use crate::log::{
    Block, Conflict, Entry, Kind, Level, Log, LogPlace, PackstackEvent, PuppetEvent, Reader,
    Record, Run, RunTracker, Source, Sources,
};
use crate::matcher::{Forgetful, Hit, Hits, Matcher, Scratch, order_of};
use crate::rule::Role;

/// Of a pattern whose matches count wherever they are, so many of a source are kept; then it is no
/// longer looked for there.
const MOST_ANYWHERE: u64 = 100;

/// At most so many statements of package tools are kept of a run.
const MOST_CONFLICTS: usize = 1000;

/// A source, as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SourceInfo {
    /// Its path.
    pub path: String,
    /// The kind of most of its records.
    pub kind: String,
    /// How many lines were read.
    pub lines: u64,
    /// How many bytes of text were read, unpacked and in UTF-8.
    pub bytes: u64,
    /// Why it, or the rest of it, was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Whether it could not be read, and was not just passed over.
    #[serde(skip)]
    pub failed: bool,
    /// Whether it was found in a folder or an archive, and not named.
    #[serde(skip)]
    pub found: bool,
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
    /// The order of the last error record of all.
    pub(super) last_error: Option<u64>,
    /// What package tools said does not fit, and where.
    pub(super) conflicts: Vec<(Hit, Conflict)>,
    /// Source and number of records that tell what a package tool left out before it went on.
    pub(super) passed_over: BTreeSet<(usize, u64)>,
    /// In each source, the order of packstack's last success message that no failure followed.
    pub(super) succeeded: BTreeMap<usize, u64>,
    /// The places of the sources, to know their order by.
    places: Vec<LogPlace>,
}

impl Scan {
    /// Reads all sources. `live` is shown what was found so far, again and again.
    ///
    /// What a block says whatever came before it ([`Part::of`]) is found by several threads at once;
    /// this one reads, and takes in ([`SourceScan::take`]) what the blocks say in their order.
    pub(super) fn of<'k>(
        sources: &Sources,
        matcher: &Matcher<'k>,
        mut live: Option<&mut dyn FnMut(&Self)>,
        clock: Option<&Clock>,
    ) -> Self {
        let mut taker =
            Taker { scan: Self::default(), tracker: RunTracker::new(), open: VecDeque::new() };
        let threads = if live.is_some() { 1 } else { sources.most_threads() };
        let work = |job: Job<'_>, scratch: &mut Scratch| job.done(matcher, scratch, clock);
        crew::with(threads, &work, |crew| {
            let mut spare = Vec::new();
            let mut logs = sources.logs().enumerate();
            while let Some((index, log)) = timed(clock, Stage::Read, || logs.next()) {
                taker.scan.add_source(&log);
                if log.skipped().is_some() {
                    continue;
                }
                let log = Arc::new(log);
                taker.open.push_back(SourceScan::new(matcher, index, Arc::clone(&log)));
                let mut read = || -> crate::Result<()> {
                    let mut reader = timed(clock, Stage::Read, || Reader::new(&log))?;
                    while let Some(block) = timed(clock, Stage::Read, || {
                        spare.pop().into_iter().for_each(|block| reader.recycle(block));
                        reader.next_block()
                    })? {
                        let bytes = block.text().len() as u64;
                        let Some(done) = crew.give(taker.job(block), bytes) else { continue };
                        spare.extend(timed(clock, Stage::Blocks, || taker.take(done)));
                        if let Some(live) = &mut live {
                            taker.scan.run = taker.tracker.clone().run();
                            live(&taker.scan);
                        }
                    }
                    Ok(())
                };
                if let Err(error) = read() {
                    let info = &mut taker.scan.sources[index];
                    info.skipped = Some(log.reason(&error));
                    info.failed = !log.is_found();
                }
            }
            while let Some(done) = crew.next() {
                timed(clock, Stage::Blocks, || taker.take(done));
            }
        });
        taker.end_before(usize::MAX);
        let mut scan = taker.scan;
        scan.run = taker.tracker.run();
        scan.put_in_order(&ranks(&scan.places));
        scan
    }

    fn add_source(&mut self, log: &Log<'_>) {
        self.places.push(log.place().clone());
        // Where evidence is shown while a source is still read, its path is known.
        self.sources.push(SourceInfo {
            path: log.path().to_owned(),
            kind: "unknown".to_owned(),
            skipped: log.skipped().map(str::to_owned),
            failed: log.skipped().is_some() && !log.is_found(),
            found: log.is_found(),
            ..SourceInfo::default()
        });
    }

    /// What package tools said in the records of these matches, what decides first.
    pub(super) fn conflicts_at<'s>(
        &'s self,
        hits: &'s [&Hit],
    ) -> impl Iterator<Item = &'s Conflict> {
        let at = |(hit, conflict): &'s (Hit, Conflict)| {
            hits.iter().any(|other| other.same_record(hit)).then_some(conflict)
        };
        self.conflicts.iter().filter_map(at)
    }

    /// Which of the problems of its record a match speaks of, where it stands on the line of one.
    pub(super) fn problem(&self, hit: &Hit) -> Option<usize> {
        let there =
            |(other, _): &&(Hit, Conflict)| other.same_record(hit) && other.line == hit.line;
        self.conflicts.iter().find(there).map(|(_, conflict)| conflict.problem)
    }
}

/// A block that is to be asked what it says.
struct Job<'s> {
    source: (usize, Arc<Log<'s>>),
    block: Block,
    /// How many patterns had said enough, and what leaves them out.
    enough: usize,
    forgetful: Option<Arc<Forgetful>>,
}

/// A block, and what it says.
struct Done {
    index: usize,
    block: Block,
    enough: usize,
    part: Part,
}

impl Job<'_> {
    fn done(self, matcher: &Matcher<'_>, scratch: &mut Scratch, clock: Option<&Clock>) -> Done {
        let Self { source: (index, log), block, enough, forgetful } = self;
        let part = timed(clock, Stage::Blocks, || {
            Part::of(&block, (index, &log), matcher, forgetful.as_deref(), scratch, clock)
        });
        Done { index, block, enough, part }
    }
}

/// Takes in what blocks say, one after the other.
struct Taker<'s, 'm, 'k> {
    scan: Scan,
    tracker: RunTracker,
    /// The sources of which a block may still come, in order; the last one is being read.
    open: VecDeque<SourceScan<'s, 'm, 'k>>,
}

impl<'s> Taker<'s, '_, '_> {
    /// A block of the source that is being read, to be asked.
    fn job(&self, block: Block) -> Job<'s> {
        let of = self.open.back().expect("a source is being read");
        Job {
            source: of.source.clone(),
            block,
            enough: of.enough.len(),
            forgetful: of.forgetful.clone(),
        }
    }

    /// Takes in the next block. Gives one that is no longer needed.
    fn take(&mut self, done: Done) -> Option<Block> {
        self.end_before(done.index);
        self.open.front_mut()?.take(done, &mut self.scan, &mut self.tracker)
    }

    /// Ends the sources before this one.
    fn end_before(&mut self, index: usize) {
        while self.open.front().is_some_and(|open| open.source.0 < index) {
            let Some(ended) = self.open.pop_front() else { return };
            self.scan.sources[ended.source.0].kind = main_kind(&ended.kinds);
        }
    }
}

/// The reading of a source.
struct SourceScan<'s, 'm, 'k> {
    matcher: &'m Matcher<'k>,
    source: (usize, Arc<Log<'s>>),
    kinds: BTreeMap<Kind, u64>,
    near: Near<'m, 'k>,
    /// The repositories of packages, as a table of dnf's or yum's has them.
    repositories: BTreeMap<String, String>,
    /// How often patterns matched that count wherever they are.
    anywhere: BTreeMap<u32, u64>,
    /// Patterns that have matched so often that more says nothing, and what leaves them out.
    enough: BTreeSet<u32>,
    forgetful: Option<Arc<Forgetful>>,
}

impl<'s, 'm, 'k> SourceScan<'s, 'm, 'k> {
    fn new(matcher: &'m Matcher<'k>, index: usize, log: Arc<Log<'s>>) -> Self {
        Self {
            matcher,
            source: (index, log),
            kinds: BTreeMap::new(),
            near: Near::new(matcher),
            repositories: BTreeMap::new(),
            anywhere: BTreeMap::new(),
            enough: BTreeSet::new(),
            forgetful: None,
        }
    }

    /// Takes in what a block says, after all before it. Gives a block that is no longer needed.
    fn take(&mut self, done: Done, scan: &mut Scan, tracker: &mut RunTracker) -> Option<Block> {
        let Done { block, enough, mut part, .. } = done;
        let index = self.source.0;
        let source = (index, &**self.source.1);
        // A block that was asked before the ones before it were taken in may have been asked for what
        // has said enough since.
        if enough < self.enough.len()
            && part.hits.iter().any(|(slot, _)| self.enough.contains(slot))
        {
            let forgetful = self.forgetful.as_deref();
            part = Part::of(&block, source, self.matcher, forgetful, &mut Scratch::default(), None);
        }
        for number in &part.told {
            tracker.observe(source.1, &block.entry(*number));
        }
        let info = &mut scan.sources[index];
        info.lines = block.last_line();
        info.bytes = block.bytes().end;
        block.add_lines_by_kind(&mut self.kinds);
        let enough = self.enough.len();
        let mut hits = Vec::new();
        for (number, hit) in part.hits {
            let slot = self.matcher.slot(number);
            if slot.role == Role::Anywhere {
                let count = self.anywhere.entry(number).or_default();
                *count += 1;
                if *count > MOST_ANYWHERE {
                    self.enough.insert(number);
                    continue;
                }
            }
            hits.push((slot.rule, slot.pattern, hit.record));
            scan.hits.add(slot.rule, slot.pattern, hit);
        }
        if self.enough.len() > enough {
            self.forgetful = self.matcher.without(&self.enough).map(Arc::new);
        }
        for error in part.errors {
            scan.groups.add(error, &scan.places);
        }
        if part.skipped > 0 {
            *scan.skipped.entry(index).or_default() += part.skipped;
        }
        let order = |number| order_of(index, number);
        if let Some(number) = part.last_error {
            scan.last_error = later(scan.last_error, order(number), &scan.places);
        }
        match part.succeeded {
            Some(Success::At(number)) => drop(scan.succeeded.insert(index, order(number))),
            Some(Success::Overtaken) => drop(scan.succeeded.remove(&index)),
            None => {}
        }
        self.repositories.extend(part.repositories);
        for (hit, mut conflict) in part.conflicts {
            if scan.conflicts.len() < MOST_CONFLICTS {
                conflict.name_repositories(|party| self.repositories.get(&party.text).cloned());
                scan.conflicts.push((hit, conflict));
            }
        }
        scan.passed_over.extend(part.passed_over.into_iter().map(|number| (index, number)));
        self.near.take(block, source, hits, &mut scan.hits)
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
    conflicts: Vec<(Hit, Conflict)>,
    repositories: Vec<(String, String)>,
    /// The numbers of records that tell what a package tool left out.
    passed_over: Vec<u64>,
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
    /// What a block says, whatever came before it.
    fn of(
        block: &Block,
        source: (usize, &Source),
        matcher: &Matcher<'_>,
        forgetful: Option<&Forgetful>,
        scratch: &mut Scratch,
        clock: Option<&Clock>,
    ) -> Self {
        let mut part = Self::default();
        let mut awake = std::mem::take(&mut scratch.awake);
        timed(clock, Stage::Anchors, || matcher.wake(block, forgetful, scratch, &mut awake));
        let may_match = |(record, slot): &(u32, u32)| {
            matcher.may_match(*slot, &block.text()[block.range(*record as usize)])
        };
        let mut next = awake.iter().copied().filter(may_match).peekable();
        let is_told = |kind| matches!(kind, Kind::Packstack | Kind::Puppet);
        // What may quote a package tool.
        let may_quote = |kind| is_told(kind) || matches!(kind, Kind::Package | Kind::Plain);
        let mut notable = block.notable(may_quote).peekable();
        loop {
            let awake = next.peek().map(|(record, _)| *record as usize);
            let Some(index) = awake.into_iter().chain(notable.peek().copied()).min() else { break };
            notable.next_if_eq(&index);
            let (kind, level) = (block.kind(index), block.level(index));
            let may_quote = may_quote(kind);
            let is_table = may_quote && Conflict::is_table(&block.text()[block.range(index)]);
            let is_bad = level >= Level::Error || may_quote && level >= Level::Warning;
            if awake != Some(index) && !is_told(kind) && !is_table && !is_bad {
                continue;
            }
            let entry = block.entry(index);
            let mut rules = Vec::new();
            while let Some((_, slot)) = next.next_if(|(record, _)| *record as usize == index) {
                let Some(found) = matcher.confirm(slot, &entry) else { continue };
                rules.push(found.rule);
                part.hits.push((slot, Hit::new(found, &entry, source)));
            }
            if is_table {
                part.repositories.extend(Conflict::repositories(entry.text));
            }
            if may_quote && (!rules.is_empty() || level >= Level::Warning) {
                part.conflicts(&entry, source);
            }
            part.record(&entry, index);
            if level >= Level::Error {
                rules.extend(matcher.others(&entry, forgetful, scratch));
                part.last_error = Some(entry.number);
                part.errors.extend(ErrorRecord::new(&entry, source, rules));
            }
        }
        scratch.awake = awake;
        part
    }

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

    /// Keeps what a package tool says in a record.
    fn conflicts(&mut self, entry: &Entry<'_>, source: (usize, &Source)) {
        if Conflict::passed_over(entry.text) {
            self.passed_over.push(entry.number);
            return;
        }
        for conflict in Conflict::read(entry.text) {
            let found = Hit::at(conflict.place.range(), entry, source);
            self.conflicts.push((found, conflict));
        }
    }
}

/// The kind that most lines are of; plain lines count only where there is nothing else.
fn main_kind(kinds: &BTreeMap<Kind, u64>) -> String {
    let known =
        kinds.iter().filter(|(kind, _)| **kind != Kind::Plain).max_by_key(|(_, lines)| **lines);
    known.map_or(Kind::Plain, |(kind, _)| *kind).as_str().to_owned()
}
