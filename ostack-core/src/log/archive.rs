//! Compressed logs and archives, read as streams: nothing is unpacked to disk.
//!
//! A thread unpacks, and sends the text of one log after the other; it is never far ahead of the
//! one who reads. What is in archives within archives comes in the same way.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::folder::PackedRuns;
use super::nature::{Encoding, Nature, Peeked};
use super::source::{Skipped, Source};
use super::unpack::unpacked;
use super::watch::{Meter, STOPPED};

/// Archives within archives, and layers of compression, are opened down to this depth.
const DEEPEST: usize = 8;
/// How much text is sent at once, in bytes, and how many such pieces wait at most.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 8;
/// What headers take at most between two members of an archive, in bytes: names are short.
const MOST_HEADERS: u64 = 1 << 20;

/// One of the things in an archive, in the order in which they stand there.
pub(super) enum Member {
    Log(Source),
    Skipped(Skipped),
    /// Why the rest of the whole could not be read.
    Broken(String),
}

/// The members of an archive, one by one. One is read, or dropped, before the next can be had.
pub(super) struct Members {
    members: Receiver<Member>,
    _listener: Arc<()>,
}

impl Iterator for Members {
    type Item = Member;

    fn next(&mut self) -> Option<Member> {
        self.members.recv().ok()
    }
}

/// Reads what `input` holds; a compressed log is its only member, and has its name.
pub(super) fn members(
    path: &str,
    input: Box<dyn Read + Send>,
    meter: Arc<Meter>,
    all_runs: bool,
) -> io::Result<Members> {
    let (sender, members) = sync_channel(0);
    let listener = meter.listener();
    let path = path.to_owned();
    let pump = move || {
        let pump = Pump { sender, path: &path, meter: &meter, all_runs };
        // An error is that nobody listens any more.
        let _ = pump.content(&path, 0, input, 0);
    };
    std::thread::Builder::new().name("unpack".to_owned()).spawn(pump)?;
    Ok(Members { members, _listener: listener })
}

struct Pump<'m> {
    sender: SyncSender<Member>,
    path: &'m str,
    meter: &'m Meter,
    all_runs: bool,
}

type Input<'r> = Box<dyn Read + 'r>;

/// Nobody listens any more.
struct Unheard;

type Sent = Result<(), Unheard>;

impl Pump<'_> {
    fn send(&self, member: Member) -> Sent {
        self.sender.send(member).map_err(|_| Unheard)
    }

    fn skip(&self, name: &str, reason: impl Into<String>) -> Sent {
        self.send(Member::Skipped(Skipped { path: name.to_owned(), reason: reason.into() }))
    }

    /// Sends what a file holds, whatever it is. Its own name begins at `name_at` of `path`; `depth`
    /// counts the layers that were opened.
    fn content(&self, path: &str, name_at: usize, input: Input<'_>, depth: usize) -> Sent {
        let (input, nature) = Peeked::new(input);
        if depth > DEEPEST && matches!(nature, Nature::Packed(_) | Nature::Tar) {
            return self.skip(path, format!("more than {DEEPEST} archives within one another"));
        }
        match nature {
            Nature::Text(encoding) => self.log(path, name_at, encoding, input),
            Nature::Binary(reason) => self.skip(path, reason),
            Nature::Packed(packing) => {
                let unpacked = Box::new(unpacked(packing, input, self.meter));
                self.content(path, name_at, unpacked, depth + 1)
            }
            Nature::Tar => self.archive(path, Box::new(input), depth),
        }
    }

    /// Sends a log piece by piece, while the receiver reads it.
    fn log(&self, path: &str, name_at: usize, encoding: Encoding, mut input: impl Read) -> Sent {
        let (sender, pieces) = sync_channel(WAITING);
        let listener = self.meter.listener();
        let (from, piece) = (pieces, Vec::new());
        let pieces = Pieces { from, piece, at: 0, ended: false, _listener: listener };
        self.send(Member::Log(Source::unpacked(path, name_at, encoding, Box::new(pieces))))?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut input).take(PIECE as u64).read_to_end(&mut piece);
            let is_last = piece.len() < PIECE;
            // One who does not read it to its end still may want what comes after it.
            if !piece.is_empty() && sender.send(Ok(piece)).is_err() {
                return Ok(());
            }
            if let Err(error) = read {
                let _ = sender.send(Err(error));
                return Ok(());
            }
            if is_last {
                let _ = sender.send(Ok(Vec::new()));
                return Ok(());
            }
        }
    }

    fn archive(&self, path: &str, input: Input<'_>, depth: usize) -> Sent {
        let left = Rc::new(Cell::new(MOST_HEADERS));
        let mut archive = tar::Archive::new(Gate { input, left: Rc::clone(&left) });
        let broken = |error: &io::Error| {
            let reason = format!("the archive is damaged or cut off: {error}");
            if self.meter.is_stopped() {
                Member::Broken(STOPPED.to_owned())
            } else if path == self.path {
                Member::Broken(reason)
            } else {
                Member::Skipped(Skipped { path: path.to_owned(), reason })
            }
        };
        let mut runs = PackedRuns::default();
        let mut entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.send(broken(&error)),
        };
        loop {
            left.set(MOST_HEADERS);
            let mut entry = match entries.next() {
                None => break,
                Some(Ok(entry)) => entry,
                Some(Err(error)) => {
                    self.runs(path, runs)?;
                    return self.send(broken(&error));
                }
            };
            left.set(u64::MAX);
            let kind = entry.header().entry_type();
            if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
                let name = shown(&entry.path_bytes());
                if runs.takes(&name, entry.size()) {
                    let mut bytes = Vec::new();
                    // An error comes again below.
                    let _ = entry.read_to_end(&mut bytes);
                    runs.add(path, &name, bytes);
                } else {
                    let name_at = path.len() + 1;
                    let path = format!("{path}:{name}");
                    self.content(&path, name_at, Box::new(&mut entry), depth + 1)?;
                }
            }
            // What is left of it belongs to no header.
            if let Err(error) = io::copy(&mut entry, &mut io::sink()) {
                self.runs(path, runs)?;
                return self.send(broken(&error));
            }
        }
        self.runs(path, runs)
    }

    /// Sends packstack's runs, which waited for the archive's end: which of them is read depends on all.
    fn runs(&self, path: &str, runs: PackedRuns) -> Sent {
        let found = runs.choose(path, self.all_runs);
        found.skipped.into_iter().try_for_each(|skipped| self.send(Member::Skipped(skipped)))?;
        found.sources.into_iter().try_for_each(|source| self.send(Member::Log(source)))
    }
}

/// A member's name, to be shown. It never becomes a path: what it says of folders above is as
/// harmless as any text.
fn shown(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let name = name.strip_prefix("./").unwrap_or(&name);
    name.trim_start_matches('/').replace(char::is_control, "\u{fffd}")
}

/// The text of a log that another thread sends; an empty piece is its end.
struct Pieces {
    from: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
    _listener: Arc<()>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() && !self.ended {
            // A thread that goes without an end has failed.
            let piece = self.from.recv().map_err(|_| io::Error::other("it cannot be unpacked"))?;
            (self.piece, self.at) = (piece?, 0);
            self.ended = self.piece.is_empty();
        }
        let read = (&self.piece[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// Lets through so many bytes and no more: a header that wants more memory is no header.
struct Gate<R> {
    input: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Gate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.left.get()).unwrap_or(usize::MAX);
        if left == 0 {
            return Err(io::Error::other("a member's name is longer than any"));
        }
        let most = buffer.len().min(left);
        let read = self.input.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - read as u64);
        Ok(read)
    }
}
