//! What of a folder is read: packstack's runs, and everything else that is text.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Reader;
use super::record::{Level, PuppetEvent, Record};
use super::rotated::Place;
use super::source::{Skipped, Source};
use crate::error::{Error, Result};

const SETUP_LOG: &str = "openstack-setup.log";

/// The logs of a folder or an archive, and what in it is none.
#[derive(Default)]
pub(super) struct Found {
    pub(super) sources: Vec<Source>,
    pub(super) skipped: Vec<Skipped>,
}

pub(super) fn logs_under(folder: &Path, all_runs: bool) -> Result<Found> {
    let mut found = Found::default();
    let root = folder.canonicalize().map_err(|error| Error::io(folder.display(), error))?;
    found.add_folder(folder, &root, all_runs)?;
    // As the logs of an archive are put in order, so that one of this folder gives the same report.
    found.sources.sort_by_cached_key(|source| Place::member(0, source.path()));
    Ok(found)
}

fn is_run(folder: &Path) -> bool {
    folder.join(SETUP_LOG).is_file()
}

fn skipped(path: &Path, reason: impl Into<String>) -> Skipped {
    Skipped { path: path.display().to_string(), reason: reason.into() }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::io(folder.display(), error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// A packstack run: its setup log and its manifests' logs.
struct Run {
    path: String,
    /// The name begins with the time of the run; what is named otherwise goes by its own time.
    age: (OsString, Option<SystemTime>),
    logs: Vec<Source>,
}

impl Run {
    fn of_folder(run: &Path) -> Result<Self> {
        let mut logs = vec![Source::found(run.join(SETUP_LOG))];
        let manifests = run.join("manifests");
        if manifests.is_dir() {
            let is_log = |path: &PathBuf| {
                path.extension().is_some_and(|extension| extension == "log") && path.is_file()
            };
            logs.extend(entries(&manifests)?.into_iter().filter(is_log).map(Source::found));
        }
        let modified = fs::metadata(run).and_then(|metadata| metadata.modified()).ok();
        let name = run.file_name().unwrap_or_default().to_owned();
        Ok(Self { path: run.display().to_string(), age: (name, modified), logs })
    }

    /// Whether it failed: its setup log has an error, or a manifest's log stops before the catalogue
    /// was applied. A log that cannot be read is none that says it went well.
    fn has_failed(&self) -> bool {
        self.logs.iter().any(|log| log_has_failed(log).unwrap_or(true))
    }
}

fn log_has_failed(log: &Source) -> Result<bool> {
    let (mut is_applied, mut has_error) = (false, false);
    let mut reader = Reader::new(log)?;
    while let Some(block) = reader.next_block()? {
        for entry in block.entries() {
            match entry.record {
                Record::Packstack(packstack) => has_error |= packstack.level >= Level::Error,
                Record::Puppet(puppet) => is_applied |= puppet.event == PuppetEvent::Applied,
                _ => {}
            }
        }
        reader.recycle(block);
    }
    Ok(has_error || log.manifest().is_some() && !is_applied)
}

impl Found {
    /// All regular files under `folder`; of packstack runs the one that matters. Links to folders are
    /// not followed, nor those to files below `root`, which are read where they are.
    fn add_folder(&mut self, folder: &Path, root: &Path, all_runs: bool) -> Result<()> {
        if is_run(folder) {
            self.sources.extend(Run::of_folder(folder)?.logs);
            return Ok(());
        }
        let entries = entries(folder)?;
        let runs: Vec<&PathBuf> = entries.iter().filter(|path| is_run(path)).collect();
        if !runs.is_empty() {
            let runs = runs.into_iter().map(|run| Run::of_folder(run)).collect::<Result<_>>()?;
            self.add_runs(runs, all_runs);
            return Ok(());
        }
        for path in entries {
            let mut skip = |reason: &str| self.skipped.push(skipped(&path, reason));
            let is_link = path.is_symlink();
            let kind = match fs::metadata(&path) {
                Ok(metadata) => metadata.file_type(),
                Err(_) if is_link => {
                    skip("a link to nothing");
                    continue;
                }
                Err(error) => {
                    skip(&error.to_string());
                    continue;
                }
            };
            if kind.is_dir() {
                if !is_link && let Err(error) = self.add_folder(&path, root, all_runs) {
                    self.skipped.push(skipped(&path, error.message()));
                }
            } else if kind.is_file() {
                let is_elsewhere = || path.canonicalize().is_ok_and(|path| !path.starts_with(root));
                if !is_link || is_elsewhere() {
                    self.sources.push(Source::found(path));
                }
            } else {
                skip("a pipe, a socket or a device");
            }
        }
        Ok(())
    }

    /// Of several runs the newest failed one, or all.
    fn add_runs(&mut self, mut runs: Vec<Run>, all_runs: bool) {
        runs.sort_by(|a, b| a.age.cmp(&b.age));
        if !all_runs && runs.len() > 1 {
            let newest_failed = runs.iter().rposition(Run::has_failed).unwrap_or(runs.len() - 1);
            let chosen = runs.swap_remove(newest_failed);
            runs.sort_by(|a, b| a.path.cmp(&b.path));
            let reason = "another run: only the newest failed one is read";
            let skipped = |run: Run| Skipped { path: run.path, reason: reason.to_owned() };
            self.skipped.extend(runs.into_iter().map(skipped));
            runs = vec![chosen];
        }
        self.sources.extend(runs.into_iter().flat_map(|run| run.logs));
    }
}

/// The logs of packstack's runs in an archive, which are kept until its end, since which of them is
/// read depends on all.
#[derive(Default)]
pub(super) struct PackedRuns {
    /// By the folder in which a run's setup log is or would be.
    runs: BTreeMap<String, Vec<Source>>,
    size: u64,
}

/// So much of the runs in an archive is kept, in bytes. What is more is read as any log is.
const MOST_KEPT: u64 = 16 << 20;

/// The run's folder, and the log's name in it, where a name in an archive is that of a run's log.
fn in_run(name: &str) -> Option<(&str, &str)> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    if file == SETUP_LOG {
        return Some((folder, file));
    }
    let run = match folder.strip_suffix("manifests")? {
        "" => "",
        above => above.strip_suffix('/')?,
    };
    file.ends_with(".pp.log").then_some((run, file))
}

impl PackedRuns {
    /// Whether a member of an archive is a run's log, and is small enough to be kept.
    pub(super) fn takes(&mut self, name: &str, size: u64) -> bool {
        let takes = in_run(name).is_some() && self.size.saturating_add(size) <= MOST_KEPT;
        self.size += if takes { size } else { 0 };
        takes
    }

    pub(super) fn add(&mut self, archive: &str, name: &str, bytes: Vec<u8>) {
        if let Some((run, file)) = in_run(name) {
            let log = Source::member(format!("{archive}:{name}"), archive.len() + 1, bytes);
            let logs = self.runs.entry(run.to_owned()).or_default();
            let at = if file == SETUP_LOG { 0 } else { logs.len() };
            logs.insert(at, log);
        }
    }

    /// Of the runs in one folder the newest failed one, or all.
    pub(super) fn choose(self, archive: &str, all_runs: bool) -> Found {
        let mut found = Found::default();
        let mut by_folder: BTreeMap<String, Vec<Run>> = BTreeMap::new();
        for (run, logs) in self.runs {
            if !logs[0].path().ends_with(SETUP_LOG) {
                // Manifests without a setup log are logs like any.
                found.sources.extend(logs);
                continue;
            }
            let (above, name) = run.rsplit_once('/').unwrap_or(("", &run));
            let (age, path) = ((name.into(), None), format!("{archive}:{run}"));
            by_folder.entry(above.to_owned()).or_default().push(Run { path, age, logs });
        }
        for runs in by_folder.into_values() {
            found.add_runs(runs, all_runs);
        }
        found
    }
}
