//! One pass over the sources: matches, the run's steps, and the errors that no rule may know.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::order::{later, order_of, ranks};
use super::unexplained::Groups;
use crate::log::{
    Conflict, Entry, Kind, Level, LogPlace, PackstackEvent, PuppetEvent, Reader, Record, Run,
    RunTracker, Source, Sources,
};
use crate::matcher::{Hit, Hits, Matcher, Scratch};

/// A source, as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// The repositories of packages, by source and package, as a table of dnf's or yum's has them.
    repositories: BTreeMap<(usize, String), String>,
    /// Source and number of records that tell what a package tool left out before it went on.
    pub(super) passed_over: BTreeSet<(usize, u64)>,
    /// In each source, the order of packstack's last success message that no failure followed.
    pub(super) succeeded: BTreeMap<usize, u64>,
}

impl Scan {
    /// Reads all sources. `live` is shown what was found so far, again and again.
    pub(super) fn of(
        sources: &Sources,
        matcher: &Matcher<'_>,
        mut live: Option<&mut dyn FnMut(&Self)>,
    ) -> Self {
        let mut scan = Self::default();
        let mut scratch = Scratch::default();
        let mut tracker = RunTracker::new();
        let mut places = Vec::new();
        for (index, log) in sources.logs().enumerate() {
            places.push(log.place().clone());
            let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
            let mut info = SourceInfo {
                path: log.path().to_owned(),
                kind: "unknown".to_owned(),
                lines: 0,
                bytes: 0,
                skipped: log.skipped().map(str::to_owned),
                failed: log.skipped().is_some() && !log.is_found(),
            };
            // Where evidence is shown while a source is still read, its path is known.
            scan.sources.push(info.clone());
            if info.skipped.is_some() {
                continue;
            }
            let mut read = || -> crate::Result<()> {
                let mut reader = Reader::new(&log)?;
                while let Some(block) = reader.next_block()? {
                    for entry in block.entries() {
                        *kinds.entry(entry.record.kind()).or_default() += u64::from(entry.lines);
                        info.lines = entry.line + u64::from(entry.lines) - 1;
                        info.bytes = entry.bytes.end;
                        tracker.observe(&log, &entry);
                        scan.entry(matcher, &mut scratch, (index, &log), &entry, &places);
                    }
                    reader.recycle(block);
                    if let Some(live) = &mut live {
                        scan.run = tracker.clone().run();
                        live(&scan);
                    }
                }
                Ok(())
            };
            if let Err(error) = read() {
                info.skipped = Some(log.reason(&error));
                info.failed = !log.is_found();
            }
            info.kind = main_kind(&kinds);
            scan.sources[index] = info;
        }
        scan.run = tracker.run();
        scan.put_in_order(&ranks(&places));
        scan
    }

    fn entry(
        &mut self,
        matcher: &Matcher<'_>,
        scratch: &mut Scratch,
        source: (usize, &Source),
        entry: &Entry<'_>,
        places: &[LogPlace],
    ) {
        let order = order_of(source.0, entry.number);
        let mut rules = Vec::new();
        matcher.scan(entry, scratch, |found| {
            rules.push(found.rule);
            self.hits.add(found, entry, source, order);
        });
        for (package, repo) in Conflict::repositories(entry.text) {
            self.repositories.insert((source.0, package), repo);
        }
        if !rules.is_empty() || entry.record.level() >= Level::Warning {
            self.conflicts(entry, source, order);
        }
        match &entry.record {
            Record::Puppet(puppet) if puppet.event == PuppetEvent::Skipped => {
                *self.skipped.entry(source.0).or_default() += 1;
            }
            Record::Packstack(packstack) => match packstack.event {
                PackstackEvent::Success => {
                    self.succeeded.insert(source.0, order);
                }
                PackstackEvent::Error
                | PackstackEvent::StepError
                | PackstackEvent::ManifestError => {
                    self.succeeded.remove(&source.0);
                }
                _ => {}
            },
            _ => {}
        }
        if entry.record.level() >= Level::Error {
            self.last_error = later(self.last_error, order, places);
            self.groups.add(entry, source, order, &rules, places);
        }
    }

    /// Keeps what a package tool says in a record.
    fn conflicts(&mut self, entry: &Entry<'_>, source: (usize, &Source), order: u64) {
        /// At most so many are kept of a run.
        const MOST: usize = 1000;
        let may_quote = [Kind::Package, Kind::Puppet, Kind::Packstack, Kind::Plain];
        if !may_quote.contains(&entry.record.kind()) || self.conflicts.len() >= MOST {
            return;
        }
        if Conflict::passed_over(entry.text) {
            self.passed_over.insert((source.0, entry.number));
            return;
        }
        for mut conflict in Conflict::read(entry.text) {
            conflict.name_repositories(|party| {
                self.repositories.get(&(source.0, party.text.clone())).cloned()
            });
            let hit = Hit::at(conflict.place.range(), entry, source, order);
            self.conflicts.push((hit, conflict));
        }
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

/// The kind that most lines are of; plain lines count only where there is nothing else.
fn main_kind(kinds: &BTreeMap<Kind, u64>) -> String {
    let known =
        kinds.iter().filter(|(kind, _)| **kind != Kind::Plain).max_by_key(|(_, lines)| **lines);
    known.map_or(Kind::Plain, |(kind, _)| *kind).as_str().to_owned()
}
