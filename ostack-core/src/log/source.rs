//! Where logs come from.

use std::fmt;
use std::fs;
use std::io::{self, Cursor, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::archive::{self, Member, Members};
use super::encoding::decoded;
use super::folder;
use super::nature::{Encoding, Nature, Peeked};
use super::rotated::{self, Place};
use super::watch::{Meter, Metered, STOPPED, Watch};
use crate::error::{Error, Result};

type Bytes = Box<dyn Read + Send>;

/// A file, bytes, or a stream such as the standard input: a log, or an archive of logs.
///
/// What it is, is told from its content: a log may be compressed (gzip, xz, bzip2, zstd) and in
/// UTF-16, and an archive (tar) may hold such logs and further archives ([`Sources::logs`]).
pub struct Source {
    path: String,
    /// Where in `path` the name begins by which it is known: that of a member of an archive.
    name_at: usize,
    input: Input,
    /// How it is written, where that is known already.
    encoding: Option<Encoding>,
    /// Whether it was found in a folder or an archive, and not named by the user.
    found: bool,
    /// Whether it may pause, so that what is there is to be given at once.
    live: bool,
    watch: Option<Arc<dyn Watch>>,
}

enum Input {
    File(PathBuf),
    /// What can be read once only, such as a pipe with a name.
    Special(PathBuf),
    Bytes(Arc<[u8]>),
    /// Taken by the one who reads it.
    Stream(Mutex<Option<Bytes>>),
}

impl Source {
    fn new(path: impl Into<String>, input: Input) -> Self {
        let path = path.into();
        let live = matches!(input, Input::Special(_) | Input::Stream(_));
        Self { path, name_at: 0, input, encoding: None, found: false, live, watch: None }
    }

    /// A file. It is opened when it is read; that it can be is checked here.
    ///
    /// # Errors
    /// If there is no such file, if it may not be read, or if it is a folder.
    pub fn file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let failed = |error| Error::io(path.display(), error);
        let metadata = fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            let error = io::Error::from(io::ErrorKind::IsADirectory);
            return Err(failed(error).help("a log is a file; folders are opened by `Sources`"));
        }
        let input = if metadata.is_file() {
            fs::File::open(path).map_err(failed)?;
            Input::File(path.to_owned())
        } else {
            Input::Special(path.to_owned())
        };
        Ok(Self::new(path.display().to_string(), input))
    }

    /// A regular file in a folder. Whether it can be read shows when it is.
    pub(super) fn found(path: PathBuf) -> Self {
        let found = Self::new(path.display().to_string(), Input::File(path));
        Self { found: true, ..found }
    }

    /// A log in memory, under a name that stands for its path.
    ///
    /// ```
    /// use ostack_core::log::Source;
    /// let source = Source::bytes("manifests/192.0.2.2_controller.pp.log", *b"Error: no data\n");
    /// assert_eq!(source.host(), Some("192.0.2.2"));
    /// assert_eq!(source.manifest(), Some("192.0.2.2_controller.pp"));
    /// ```
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(name, Input::Bytes(bytes.into().into()))
    }

    /// A stream, which can be read once.
    pub fn reader(name: impl Into<String>, reader: Box<dyn Read + Send>) -> Self {
        Self::new(name, Input::Stream(Mutex::new(Some(reader))))
    }

    /// A log in an archive or under compression: its name in there begins at `name_at`.
    pub(super) fn member(path: impl Into<String>, name_at: usize, bytes: Vec<u8>) -> Self {
        Self { name_at, found: true, ..Self::bytes(path, bytes) }
    }

    /// As [`Self::member`], of what comes piece by piece.
    pub(super) fn unpacked(
        path: impl Into<String>,
        name_at: usize,
        encoding: Encoding,
        text: Bytes,
    ) -> Self {
        let (encoding, found) = (Some(encoding), name_at > 0);
        Self { name_at, encoding, found, live: false, ..Self::reader(path, text) }
    }

    /// The path, or the name that stands for it. That of a member of an archive stands behind the
    /// archive's and a colon: `sosreport.tar.xz:sosreport/var/log/messages`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The manifest whose log this is, told from the file's name: `192.0.2.2_controller.pp`.
    pub fn manifest(&self) -> Option<&str> {
        let name = self.path[self.name_at..].rsplit(['/', '\\']).next()?;
        let name = rotated::without_packing(name);
        name.strip_suffix(".log").filter(|name| name.as_bytes().ends_with(b".pp"))
    }

    /// The host on which the manifest was applied, told from the file's name.
    pub fn host(&self) -> Option<&str> {
        self.manifest()?.split_once('_').map(|(host, _)| host)
    }

    /// Whether it was found in a folder or an archive, and not named by the one who asks.
    pub fn is_found(&self) -> bool {
        self.found
    }

    /// Whether what is whole is to be given at once, since the stream may pause.
    pub(super) fn is_stream(&self) -> bool {
        self.live
    }

    /// Its size in bytes, as far as that can be known before it is read.
    fn size(&self) -> Option<u64> {
        match &self.input {
            Input::File(path) => fs::metadata(path).ok().map(|metadata| metadata.len()),
            Input::Bytes(bytes) => Some(bytes.len() as u64),
            Input::Special(_) | Input::Stream(_) => None,
        }
    }

    /// Its bytes, as they are.
    fn raw(&self) -> Result<Bytes> {
        let failed = |error| Error::io(&self.path, error);
        match &self.input {
            Input::File(path) | Input::Special(path) => {
                Ok(Box::new(fs::File::open(path).map_err(failed)?))
            }
            Input::Bytes(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            Input::Stream(stream) => {
                let stream = stream.lock().ok().and_then(|mut stream| stream.take());
                stream.ok_or_else(|| failed(io::Error::other("this stream was read before")))
            }
        }
    }

    /// Its bytes, counted, with what they are; their beginning was looked at.
    fn peeked(&self) -> Result<(Bytes, Nature, Arc<Meter>)> {
        let meter = Meter::new(&self.path, self.watch.clone());
        let input = Metered { input: self.raw()?, meter: Arc::clone(&meter) };
        let (input, nature) = Peeked::new(input);
        Ok((Box::new(input), nature, meter))
    }

    /// Its text, unpacked and decoded.
    pub(super) fn open(&self) -> Result<Bytes> {
        if let Some(encoding) = self.encoding {
            return Ok(decoded(encoding, self.raw()?));
        }
        let failed = |reason: String| Error::io(&self.path, io::Error::other(reason));
        let (input, nature, meter) = self.peeked()?;
        match nature {
            Nature::Text(encoding) => Ok(decoded(encoding, input)),
            Nature::Binary(_) => Ok(input),
            Nature::Packed(_) => {
                let members = archive::members(&self.path, input, meter, true);
                let mut members = members.map_err(|error| Error::io(&self.path, error))?;
                match members.next() {
                    Some(Member::Log(source)) if source.name_at == 0 => source.open(),
                    Some(Member::Skipped(Skipped { reason, .. }) | Member::Broken(reason)) => {
                        Err(failed(reason))
                    }
                    _ => Err(failed(AN_ARCHIVE.to_owned())),
                }
            }
            Nature::Tar => Err(failed(AN_ARCHIVE.to_owned())),
        }
    }

    /// Why the rest of it was not read, after an error.
    pub(crate) fn reason(&self, error: &Error) -> String {
        let stopped = self.watch.as_ref().is_some_and(|watch| watch.stopped());
        if stopped { STOPPED.to_owned() } else { error.message().to_owned() }
    }
}

/// Why an archive has no text of its own.
const AN_ARCHIVE: &str = "an archive: `Sources::logs` gives the logs in it";

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The logs of one question, in the order in which they were given.
#[derive(Default)]
pub struct Sources {
    list: Vec<Source>,
    skipped: Vec<Skipped>,
    all_runs: bool,
    threads: Option<usize>,
    watch: Option<Arc<dyn Watch>>,
}

/// What was found in a folder or an archive, and is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Sources {
    /// No sources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether all runs are taken of a folder or an archive of packstack runs, or only the newest
    /// failed one.
    #[must_use]
    pub fn all_runs(mut self, all: bool) -> Self {
        self.all_runs = all;
        self
    }

    /// How many threads may look for what rules know; 0 stands for as many as there are cores. Without
    /// this it is the one that asks. The report is the same, and a small log starts no thread.
    ///
    /// ```
    /// use ostack_core::log::{Source, Sources};
    /// # let (context, rules) = (Default::default(), ostack_core::rule::KnowledgeBase::empty());
    /// let log = "2026-01-01 10:00:00.000 77 ERROR nova.x [-] the capacitor is cold\n".repeat(50_000);
    /// let [one, three] = [1, 3].map(|threads| {
    ///     let mut sources = Sources::new().threads(threads);
    ///     sources.push(Source::bytes("nova.log", log.as_bytes()));
    ///     ostack_core::diagnose(&sources, &context, &rules)
    /// });
    /// assert_eq!(one, three);
    /// ```
    #[must_use]
    pub fn threads(mut self, most: usize) -> Self {
        self.threads = Some(most);
        self
    }

    /// How many threads there may be; 0: as many as there are cores.
    pub(crate) fn most_threads(&self) -> usize {
        self.threads.unwrap_or(1)
    }

    /// Has `watch` told of all that is read, and asked whether to stop. It comes before the sources.
    #[must_use]
    pub fn watched(mut self, watch: Arc<dyn Watch>) -> Self {
        self.watch = Some(watch);
        self
    }

    /// Files, folders and archives.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn open(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self> {
        let mut sources = Self::new();
        paths.into_iter().try_for_each(|path| sources.add(path))?;
        Ok(sources)
    }

    /// Adds a source.
    pub fn push(&mut self, mut source: Source) {
        source.watch.clone_from(&self.watch);
        self.list.push(source);
    }

    /// Adds a file, or what a folder holds: of a packstack run its setup log and its manifests'
    /// logs, of a folder of several runs those of the newest failed one, else all files under it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn add(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if path.is_dir() {
            let found = folder::logs_under(path, self.all_runs)?;
            found.sources.into_iter().for_each(|source| self.push(source));
            self.skipped.extend(found.skipped);
        } else {
            self.push(Source::file(path)?);
        }
        Ok(())
    }

    /// The sources, as they were given: an archive is one of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        self.list.iter()
    }

    /// Whether there is nothing to read, and nothing that was found and is not read.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.skipped.is_empty()
    }

    /// What folders hold and is not read, with the reason.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The size of all sources together in bytes, as they are: before they are unpacked. `None` if
    /// it cannot be known, as of the standard input.
    pub fn size(&self) -> Option<u64> {
        self.list.iter().map(Source::size).sum()
    }

    /// The logs, one by one, with what archives hold.
    ///
    /// Of a rotated log the oldest part comes first. An archive's logs come as they stand in it;
    /// the report brings them in order afterwards. They are unpacked as they are read: the next one
    /// comes only when the one before it was read to its end, or dropped.
    ///
    /// ```
    /// use ostack_core::log::{Source, Sources};
    /// let mut sources = Sources::new();
    /// for name in ["messages", "messages.1", "messages.2"] {
    ///     sources.push(Source::bytes(name, *b"text\n"));
    /// }
    /// let order: Vec<String> = sources.logs().map(|log| log.path().to_owned()).collect();
    /// assert_eq!(order, ["messages.2", "messages.1", "messages"]);
    /// ```
    pub fn logs(&self) -> Logs<'_> {
        let order = rotated::arranged(self.list.iter().map(Source::path));
        let order = order.into_iter().enumerate().collect::<Vec<_>>().into_iter();
        let skipped = self.skipped.iter();
        Logs { sources: self, order, archive: None, skipped }
    }

    fn stopped(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.stopped())
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("list", &self.list).finish_non_exhaustive()
    }
}

impl<'s> IntoIterator for &'s Sources {
    type Item = &'s Source;
    type IntoIter = std::slice::Iter<'s, Source>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One log, which can be read once, or what is named in place of one that is not read.
#[derive(Debug)]
pub struct Log<'s> {
    source: Held<'s>,
    skipped: Option<String>,
    place: Place,
}

#[derive(Debug)]
enum Held<'s> {
    Given(&'s Source),
    Opened(Source),
}

impl Log<'_> {
    /// Why it is not read, if it is not.
    pub fn skipped(&self) -> Option<&str> {
        self.skipped.as_deref()
    }

    /// Where it stands among the others.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }
}

impl Deref for Log<'_> {
    type Target = Source;

    fn deref(&self) -> &Source {
        match &self.source {
            Held::Given(source) => source,
            Held::Opened(source) => source,
        }
    }
}

/// The logs of [`Sources`], one by one.
pub struct Logs<'s> {
    sources: &'s Sources,
    /// The sources that are still to come: place and index.
    order: std::vec::IntoIter<(usize, usize)>,
    /// What is left of an archive.
    archive: Option<(usize, &'s Source, Members)>,
    skipped: std::slice::Iter<'s, Skipped>,
}

impl<'s> Logs<'s> {
    /// A source that was given; of an archive nothing, for its members are next.
    fn given(&mut self, place: usize, source: &'s Source) -> Option<Log<'s>> {
        let log = |source, skipped| Log { source, skipped, place: Place::given(place) };
        // One that cannot be opened says so to the one who reads it.
        let Ok((input, nature, meter)) = source.peeked() else {
            return Some(log(Held::Given(source), None));
        };
        let encoding = match nature {
            Nature::Text(encoding) => encoding,
            Nature::Binary(reason) if source.found => {
                return Some(log(Held::Given(source), Some(reason.to_owned())));
            }
            Nature::Binary(_) => Encoding::Bytes,
            Nature::Packed(_) | Nature::Tar => {
                match archive::members(&source.path, input, meter, self.sources.all_runs) {
                    Ok(members) => self.archive = Some((place, source, members)),
                    Err(error) => {
                        return Some(log(Held::Given(source), Some(error.to_string())));
                    }
                }
                return None;
            }
        };
        // It is open, and its beginning is read: the one who reads it goes on from there.
        let mut opened = Source::reader(source.path.clone(), input);
        opened.encoding = Some(encoding);
        (opened.found, opened.live) = (source.found, source.live);
        opened.watch.clone_from(&source.watch);
        Some(log(Held::Opened(opened), None))
    }

    fn member(place: usize, archive: &'s Source, member: Member) -> Log<'s> {
        match member {
            Member::Log(mut source) => {
                source.found |= archive.found;
                source.watch.clone_from(&archive.watch);
                let place = Place::member(place, &source.path);
                Log { source: Held::Opened(source), skipped: None, place }
            }
            Member::Skipped(Skipped { path, reason }) => {
                let mut source = Source::bytes(path, []);
                source.found = archive.found || source.path != archive.path;
                let place = Place::member(place, &source.path);
                Log { source: Held::Opened(source), skipped: Some(reason), place }
            }
            Member::Broken(reason) => {
                let place = Place::given(place);
                Log { source: Held::Given(archive), skipped: Some(reason), place }
            }
        }
    }
}

impl<'s> Iterator for Logs<'s> {
    type Item = Log<'s>;

    fn next(&mut self) -> Option<Log<'s>> {
        loop {
            if let Some((place, archive, members)) = &mut self.archive {
                if let Some(member) = members.next() {
                    return Some(Self::member(*place, archive, member));
                }
                self.archive = None;
            }
            if let Some((place, index)) = self.order.next() {
                let source = &self.sources.list[index];
                if self.sources.stopped() {
                    let skipped = Some("stopped before it was read".to_owned());
                    let place = Place::given(place);
                    return Some(Log { source: Held::Given(source), skipped, place });
                }
                if let Some(log) = self.given(place, source) {
                    return Some(log);
                }
                continue;
            }
            let Skipped { path, reason } = self.skipped.next()?;
            let mut source = Source::bytes(path.clone(), []);
            source.found = true;
            let place = Place::given(usize::MAX);
            return Some(Log {
                source: Held::Opened(source),
                skipped: Some(reason.clone()),
                place,
            });
        }
    }
}

impl fmt::Debug for Logs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").finish_non_exhaustive()
    }
}
