//! A block: some of a source's records, with all that is needed to read them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::clean::Cut;
use super::fields::Kind;
use super::form::{Form, parse};
use super::record::{Entry, Level};
use crate::span::characters;

/// Records that follow one another in a source.
///
/// The text of all of them is in one piece, so that many patterns can be looked for at once; a
/// record is read ([`Block::entry`]) only when something asks for it.
///
/// ```
/// use ostack_core::log::{Reader, Source};
/// let source = Source::bytes("console", *b"Error: no such node\nNotice: done\n");
/// let block = Reader::new(&source)?.next_block()?.expect("there is text");
/// let at = block.text().windows(4).position(|w| w == b"done").expect("it is there");
/// assert_eq!(block.entry(block.index_at(at)).line, 2);
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The records' text is its first `length` bytes; what is behind it waits for reuse.
    pub(super) buffer: Vec<u8>,
    pub(super) length: usize,
    pub(super) starts: Vec<Start>,
    /// Where bytes were left out of the text.
    pub(super) cuts: Vec<Cut>,
    /// Where the block begins in its source, and where it ends.
    pub(super) bytes: Range<u64>,
    /// The line on which the block begins, from 0, and the number of its first record.
    pub(super) lines_before: u64,
    pub(super) records_before: u64,
    /// The characters of the line on which the block begins that stand before it.
    pub(super) columns_before: u64,
    /// Line ends in the block.
    pub(super) line_ends: u32,
}

/// Where a record starts in its block, and what it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) at: u32,
    /// Line ends in the block before it.
    pub(super) lines_before: u32,
    pub(super) form: Form,
    pub(super) level: Level,
    /// Whether it has more than one line.
    pub(super) spans_lines: bool,
}

impl Block {
    /// The text of all records: the source's bytes without ANSI sequences and carriage returns.
    pub fn text(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no record; a block that a [`super::Reader`] gives has one at least.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The number of the first record in the source, from 0.
    pub fn first_number(&self) -> u64 {
        self.records_before
    }

    /// Which record of the block, from 0, covers byte `offset` of [`Block::text`].
    pub fn index_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| start.at as usize <= offset).saturating_sub(1)
    }

    /// How bad record `index` says it is. Costs nothing, while [`Block::entry`] reads the record.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn level(&self, index: usize) -> Level {
        self.starts[index].level
    }

    /// Of which kind record `index` is. Costs nothing either.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn kind(&self, index: usize) -> Kind {
        self.starts[index].form.kind()
    }

    /// Whether record `index` has more than one line. Costs nothing either.
    ///
    /// # Panics
    /// If there is no such record.
    pub(crate) fn spans_lines(&self, index: usize) -> bool {
        self.starts[index].spans_lines
    }

    /// How many lines of each kind of record there are.
    pub(crate) fn add_lines_by_kind(&self, lines: &mut BTreeMap<Kind, u64>) {
        let mut rest = &self.starts[..];
        while let Some((first, behind)) = rest.split_first() {
            let kind = first.form.kind();
            let is_other = |start: &Start| start.form != first.form && start.form.kind() != kind;
            let same = behind.iter().position(is_other).unwrap_or(behind.len());
            rest = &behind[same..];
            let ends = rest.first().map_or(self.lines(), |next| next.lines_before);
            *lines.entry(kind).or_default() += u64::from(ends - first.lines_before);
        }
    }

    /// The records that say of themselves that something failed, and those of some kinds.
    pub(crate) fn notable(&self, kinds: impl Fn(Kind) -> bool) -> impl Iterator<Item = usize> {
        let notable = move |start: &Start| start.level >= Level::Error || kinds(start.form.kind());
        let starts = self.starts.iter().enumerate();
        starts.filter(move |(_, start)| notable(start)).map(|(index, _)| index)
    }

    /// How many lines there are; an unended last one counts.
    fn lines(&self) -> u32 {
        self.line_ends + u32::from(self.text().last() != Some(&b'\n'))
    }

    /// The last line of the source up to here, from 1.
    pub(crate) fn last_line(&self) -> u64 {
        self.lines_before + u64::from(self.lines())
    }

    /// The bytes of the source that it covers.
    pub(crate) fn bytes(&self) -> Range<u64> {
        self.bytes.clone()
    }

    /// Gives back the memory that is only there to be filled again.
    pub(crate) fn shrink(&mut self) {
        self.buffer.truncate(self.length);
        self.buffer.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Where record `index` stands in [`Block::text`], its line ends included.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn range(&self, index: usize) -> Range<usize> {
        let end = self.starts.get(index + 1).map_or(self.length, |next| next.at as usize);
        self.starts[index].at as usize..end
    }

    /// Record `index` of the block, read.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn entry(&self, index: usize) -> Entry<'_> {
        let start = self.starts[index];
        let range = self.range(index);
        let text = trim_line_ends(&self.text()[range.clone()]);
        let (line_ends, raw_end) = match self.starts.get(index + 1) {
            Some(next) => (next.lines_before - start.lines_before, self.source_offset(range.end)),
            None => (self.line_ends - start.lines_before, self.bytes.end),
        };
        let unended = self.text()[range.clone()].last() != Some(&b'\n');
        Entry {
            number: self.records_before + index as u64,
            line: self.lines_before + u64::from(start.lines_before) + 1,
            lines: line_ends + u32::from(unended),
            columns_before: self.columns_at(range.start),
            bytes: self.source_offset(range.start)..raw_end,
            text,
            record: parse(start.form, start.level, text),
        }
    }

    /// The records, one after the other.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.entry(index))
    }

    /// How many characters of its line stand before byte `offset` of the text.
    pub(super) fn columns_at(&self, offset: usize) -> u64 {
        let before = &self.text()[..offset];
        match memchr::memrchr(b'\n', before) {
            Some(end) if end + 1 == offset => 0,
            Some(end) => characters(&before[end + 1..]) as u64,
            None => self.columns_before + characters(before) as u64,
        }
    }

    /// Where byte `offset` of the text is in the source. What was left out just before it counts
    /// as coming after.
    pub(super) fn source_offset(&self, offset: usize) -> u64 {
        let before = self.cuts.partition_point(|cut| (cut.at as usize) < offset);
        let removed = before.checked_sub(1).map_or(0, |last| self.cuts[last].removed);
        self.bytes.start + offset as u64 + removed
    }
}

pub(super) fn count_lines(text: &[u8]) -> u32 {
    memchr::memchr_iter(b'\n', text).count() as u32
}

fn trim_line_ends(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|b| *b != b'\n').map_or(0, |last| last + 1);
    &text[..end]
}

/// A byte of a record, as people find it in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'b> {
    /// The line in the source, from 1.
    pub line: u64,
    /// The column, from 1, in characters of the line as it is shown: without ANSI sequences.
    pub column: u64,
    /// The line.
    pub text: &'b [u8],
}

impl<'b> Entry<'b> {
    /// Where byte `offset` of the record's text is; an offset beyond the end is the end.
    ///
    /// ```
    /// use ostack_core::log::{Reader, Source};
    /// let source = Source::bytes("log", *b"Notice: one\nError: two\n  thr\xC3\xA9e\n");
    /// let block = Reader::new(&source)?.next_block()?.expect("there is text");
    /// let place = block.entry(1).place(18);
    /// assert_eq!((place.line, place.column, place.text), (3, 7, "  thr\u{e9}e".as_bytes()));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn place(&self, offset: usize) -> Place<'b> {
        let (before, after) = self.text.split_at(offset.min(self.text.len()));
        let start = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
        let end = before.len() + memchr::memchr(b'\n', after).unwrap_or(after.len());
        let columns_before = if start == 0 { self.columns_before } else { 0 };
        Place {
            line: self.line + u64::from(count_lines(before)),
            column: columns_before + characters(&before[start..]) as u64 + 1,
            text: &self.text[start..end],
        }
    }
}
