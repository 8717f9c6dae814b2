//! Where logs come from.

use std::fmt;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::folder;
use crate::error::{Error, Result};

/// One log: a file, bytes, or a stream such as the standard input.
pub struct Source {
    path: String,
    input: Input,
}

enum Input {
    File(PathBuf),
    Bytes(Vec<u8>),
    /// Taken by the one who reads it.
    Stream(Mutex<Option<Box<dyn Read + Send>>>),
}

impl Source {
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
        if metadata.is_file() {
            fs::File::open(path).map_err(failed)?;
        }
        Ok(Self { path: path.display().to_string(), input: Input::File(path.to_owned()) })
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
        Self { path: name.into(), input: Input::Bytes(bytes.into()) }
    }

    /// A stream, which can be read once.
    pub fn reader(name: impl Into<String>, reader: Box<dyn Read + Send>) -> Self {
        Self { path: name.into(), input: Input::Stream(Mutex::new(Some(reader))) }
    }

    /// The path, or the name that stands for it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The manifest whose log this is, told from the file's name: `192.0.2.2_controller.pp`.
    pub fn manifest(&self) -> Option<&str> {
        let name = self.path.rsplit(['/', '\\']).next()?;
        name.strip_suffix(".log").filter(|name| name.as_bytes().ends_with(b".pp"))
    }

    /// The host on which the manifest was applied, told from the file's name.
    pub fn host(&self) -> Option<&str> {
        self.manifest()?.split_once('_').map(|(host, _)| host)
    }

    pub(super) fn is_stream(&self) -> bool {
        matches!(self.input, Input::Stream(_))
    }

    pub(super) fn open(&self) -> Result<Box<dyn Read + Send + '_>> {
        let failed = |error| Error::io(&self.path, error);
        match &self.input {
            Input::File(path) => Ok(Box::new(fs::File::open(path).map_err(failed)?)),
            Input::Bytes(bytes) => Ok(Box::new(Cursor::new(bytes.as_slice()))),
            Input::Stream(stream) => {
                let stream = stream.lock().ok().and_then(|mut stream| stream.take());
                stream.map_or_else(
                    || Err(failed(io::Error::other("this stream was read before"))),
                    |stream| Ok(stream as Box<dyn Read + Send>),
                )
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The logs of one question, in the order in which they were given.
#[derive(Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
    skipped: Vec<Skipped>,
    all_runs: bool,
}

/// A file that was found in a folder and is not read.
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

    /// Whether all runs are taken of a folder of packstack runs, or only the newest failed one.
    #[must_use]
    pub fn all_runs(mut self, all: bool) -> Self {
        self.all_runs = all;
        self
    }

    /// Files and folders.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn open(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self> {
        let mut sources = Self::new();
        paths.into_iter().try_for_each(|path| sources.add(path))?;
        Ok(sources)
    }

    /// Adds a source.
    pub fn push(&mut self, source: Source) {
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
            self.list.extend(found.sources);
            self.skipped.extend(found.skipped);
        } else {
            self.push(Source::file(path)?);
        }
        Ok(())
    }

    /// The sources.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        self.list.iter()
    }

    /// The files that folders hold and that are not read, with the reason.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }
}

impl<'s> IntoIterator for &'s Sources {
    type Item = &'s Source;
    type IntoIter = std::slice::Iter<'s, Source>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
