//! What of a folder is read: packstack's runs, and everything else that is text.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Reader;
use super::record::{Level, PuppetEvent, Record};
use super::source::{Skipped, Source};
use crate::error::{Error, Result};

const SETUP_LOG: &str = "openstack-setup.log";

/// The logs of a folder, and what in it is none.
#[derive(Default)]
pub(super) struct Found {
    pub(super) sources: Vec<Source>,
    pub(super) skipped: Vec<Skipped>,
}

pub(super) fn logs_under(folder: &Path, all_runs: bool) -> Result<Found> {
    let mut found = Found::default();
    if is_run(folder) {
        found.sources = run_logs(folder)?;
        return Ok(found);
    }
    let entries = entries(folder)?;
    let mut runs: Vec<_> = entries.into_iter().filter(|path| is_run(path)).collect();
    if runs.is_empty() {
        found.add_all(folder)?;
        return Ok(found);
    }
    // The newest first. Names begin with the time; what is named otherwise goes by its own time.
    runs.sort_by_cached_key(|run| {
        let name = run.file_name().unwrap_or_default().to_owned();
        let modified = fs::metadata(run).and_then(|metadata| metadata.modified()).ok();
        std::cmp::Reverse((name, modified))
    });
    if !all_runs {
        let mut newest_failed = 0;
        for (i, run) in runs.iter().enumerate() {
            if has_failed(run)? {
                newest_failed = i;
                break;
            }
        }
        let chosen = runs.swap_remove(newest_failed);
        let reason = "another run: only the newest failed one is read";
        runs.sort();
        found.skipped.extend(runs.iter().map(|run| skipped(run, reason)));
        runs = vec![chosen];
    }
    runs.sort();
    for run in runs {
        found.sources.extend(run_logs(&run)?);
    }
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

/// The setup log and the manifests' logs of a run.
fn run_logs(run: &Path) -> Result<Vec<Source>> {
    let mut logs = vec![Source::file(run.join(SETUP_LOG))?];
    let manifests = run.join("manifests");
    if manifests.is_dir() {
        for path in entries(&manifests)? {
            if path.extension().is_some_and(|extension| extension == "log") && path.is_file() {
                logs.push(Source::file(path)?);
            }
        }
    }
    Ok(logs)
}

/// Whether a run failed: its setup log has an error, or a manifest's log stops before the catalogue
/// was applied.
fn has_failed(run: &Path) -> Result<bool> {
    for log in run_logs(run)? {
        let (mut is_applied, mut has_error) = (false, false);
        let mut reader = Reader::new(&log)?;
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
        if has_error || log.manifest().is_some() && !is_applied {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Found {
    /// All regular files under `folder` that are text. Links to folders are not followed.
    fn add_all(&mut self, folder: &Path) -> Result<()> {
        for path in entries(folder)? {
            let kind = match fs::symlink_metadata(&path) {
                Ok(metadata) => metadata.file_type(),
                Err(error) => {
                    self.skipped.push(skipped(&path, error.to_string()));
                    continue;
                }
            };
            if kind.is_dir() {
                if let Err(error) = self.add_all(&path) {
                    self.skipped.push(skipped(&path, error.message()));
                }
            } else if path.is_file() {
                match Source::file(&path) {
                    Ok(source) => match binary(&path) {
                        Some(reason) => self.skipped.push(skipped(&path, reason)),
                        None => self.sources.push(source),
                    },
                    Err(error) => self.skipped.push(skipped(&path, error.message())),
                }
            }
        }
        Ok(())
    }
}

/// Why a file is no text, told from its beginning.
fn binary(path: &Path) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 6] = [
        (b"\x1f\x8b", "compressed (gzip)"),
        (b"\xfd7zXZ\0", "compressed (xz)"),
        (b"BZh", "compressed (bzip2)"),
        (b"\x28\xb5\x2f\xfd", "compressed (zstd)"),
        (b"PK\x03\x04", "an archive (zip)"),
        (b"LPKSHHRH", "a journal's binary file; `journalctl --file` prints it"),
    ];
    let mut beginning = Vec::new();
    fs::File::open(path).ok()?.take(4096).read_to_end(&mut beginning).ok()?;
    if let Some((_, reason)) = MAGIC.iter().find(|(magic, _)| beginning.starts_with(magic)) {
        return Some(reason);
    }
    let nuls = memchr::memchr_iter(0, &beginning).count();
    (nuls * 10 > beginning.len()).then_some("binary")
}
