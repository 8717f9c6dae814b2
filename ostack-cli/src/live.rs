//! Input that may pause: the standard input, and a log that is being written.
//!
//! A thread reads and sends what comes, so that Ctrl-C is heeded while nothing does.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use ostack_core::log::{Watch, ends_run};

/// How often a file is looked at, and whether to stop.
const INTERVAL: Duration = Duration::from_millis(100);
/// When nothing comes for so long after packstack's last words, they were the last.
const QUIET: Duration = Duration::from_secs(2);
/// How much is read at once, in bytes, and how many such pieces wait at most.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 8;

type Piece = io::Result<Vec<u8>>;

/// A reader of what another thread sends.
pub(crate) struct Live {
    pieces: Receiver<Piece>,
    piece: Vec<u8>,
    at: usize,
    watch: Arc<dyn Watch>,
    ending: Option<Ending>,
}

impl Live {
    /// The standard input; with `follow` it ends when packstack ends, though it may still be open.
    pub(crate) fn stdin(watch: Arc<dyn Watch>, follow: bool) -> Self {
        Self::new(watch, follow, |sender| {
            send_all(&mut io::stdin().lock(), sender);
        })
    }

    /// A file that is being written, until packstack ends.
    pub(crate) fn file(path: &Path, watch: Arc<dyn Watch>) -> io::Result<Self> {
        let mut followed = Followed::open(path)?;
        Ok(Self::new(watch, true, move |sender| while followed.send_new(sender) {}))
    }

    /// A pipe with a name: to open it waits for the one who writes.
    pub(crate) fn pipe(path: &Path, watch: Arc<dyn Watch>, follow: bool) -> Self {
        let path = path.to_owned();
        Self::new(watch, follow, move |sender| match File::open(path) {
            Ok(mut pipe) => {
                send_all(&mut pipe, sender);
            }
            Err(error) => {
                let _ = sender.send(Err(error));
            }
        })
    }

    fn new(
        watch: Arc<dyn Watch>,
        follow: bool,
        send: impl FnOnce(&SyncSender<Piece>) + Send + 'static,
    ) -> Self {
        let (sender, pieces) = sync_channel(WAITING);
        // It ends when nobody receives any more, or with the process.
        std::thread::spawn(move || send(&sender));
        let ending = follow.then(Ending::default);
        Self { pieces, piece: Vec::new(), at: 0, watch, ending }
    }
}

impl Read for Live {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            match self.pieces.recv_timeout(INTERVAL) {
                Ok(piece) => {
                    (self.piece, self.at) = (piece?, 0);
                    if let Some(ending) = &mut self.ending {
                        ending.see(&self.piece);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
                Err(RecvTimeoutError::Timeout) => {
                    if self.watch.stopped() {
                        return Err(io::Error::other("stopped"));
                    }
                    if self.ending.as_ref().is_some_and(Ending::is_over) {
                        return Ok(0);
                    }
                }
            }
        }
        let read = (&self.piece[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// Looks for packstack's last words.
#[derive(Default)]
struct Ending {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// When something came last, since packstack's last words.
    last: Option<Instant>,
}

impl Ending {
    /// Longer lines are none of packstack's last words.
    const LONGEST: usize = 4096;

    fn see(&mut self, piece: &[u8]) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            let room = Self::LONGEST.saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            if part.ends_with(b"\n") {
                if ends_run(&self.line) {
                    self.last = Some(Instant::now());
                }
                self.line.clear();
            }
        }
        if let Some(last) = &mut self.last {
            *last = Instant::now();
        }
    }

    fn is_over(&self) -> bool {
        self.last.is_some_and(|last| last.elapsed() > QUIET)
    }
}

/// Sends all that a reader has now; whether someone receives it.
fn send_all(input: &mut impl Read, sender: &SyncSender<Piece>) -> bool {
    loop {
        let mut piece = vec![0; PIECE];
        match input.read(&mut piece) {
            Ok(0) => return true,
            Ok(read) => {
                piece.truncate(read);
                if sender.send(Ok(piece)).is_err() {
                    return false;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let _ = sender.send(Err(error));
                return false;
            }
        }
    }
}

/// A file that grows, is cut off, or is put aside for a new one of the same name.
struct Followed {
    path: PathBuf,
    file: File,
}

impl Followed {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: File::open(path)? })
    }

    /// Sends what is new, then waits a while; whether to go on.
    fn send_new(&mut self, sender: &SyncSender<Piece>) -> bool {
        if !send_all(&mut self.file, sender) {
            return false;
        }
        if let Err(error) = self.find_again() {
            let _ = sender.send(Err(error));
            return false;
        }
        std::thread::sleep(INTERVAL);
        true
    }

    /// Goes back to the beginning of a file that was cut off, and over to one that took its place.
    fn find_again(&mut self) -> io::Result<()> {
        let own = self.file.metadata()?;
        if self.file.stream_position()? > own.len() {
            self.file.seek(SeekFrom::Start(0))?;
        }
        // Where there is none, the next one is still to come.
        if let Ok(new) = File::open(&self.path)
            && !is_same(&own, &new.metadata()?)
        {
            // What was written between the last look and the change of names.
            if self.file.stream_position()? >= own.len() {
                self.file = new;
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Where a file that is open cannot be renamed, the name is enough.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_that_is_cut_off_or_replaced_is_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        fs::write(&path, "the first\n").unwrap();
        let mut followed = Followed::open(&path).unwrap();
        let (sender, pieces) = sync_channel(WAITING);
        let mut look = || {
            assert!(followed.send_new(&sender));
            let pieces = pieces.try_iter().map(Result::unwrap);
            String::from_utf8(pieces.flatten().collect()).unwrap()
        };
        assert_eq!(look(), "the first\n");

        fs::write(&path, "cut\n").unwrap();
        assert_eq!(look() + &look(), "cut\n");

        let mut old = fs::OpenOptions::new().append(true).open(&path).unwrap();
        old.write_all(b"late\n").unwrap();
        fs::rename(&path, folder.path().join("run.log.1")).unwrap();
        fs::write(&path, "new\n").unwrap();
        assert_eq!(look() + &look(), "late\nnew\n");
        assert_eq!(look(), "");
    }
}
