//! Reading a source block by block.

use std::io::Read;

use super::assemble::Assembler;
use super::block::Block;
use super::clean::clean;
use super::source::Source;
use crate::error::{Error, Result};

/// How many bytes are read at once: a core's cache holds them while they are looked at.
const BLOCK_SIZE: usize = 128 * 1024;

/// Reads a source's records, block by block, in constant memory.
///
/// A block ends where a record ends: the last record, which may go on, waits for the next block.
/// Where blocks end depends on nothing but how much is read at once, and changes no record.
///
/// ```
/// use ostack_core::log::{Kind, Reader, Source};
/// let source = Source::bytes("console", *b"Applying 192.0.2.2_controller.pp\nError: no data\n");
/// let mut reader = Reader::new(&source)?;
/// let mut kinds = Vec::new();
/// while let Some(block) = reader.next_block()? {
///     kinds.extend(block.entries().map(|entry| entry.record.kind()));
///     reader.recycle(block);
/// }
/// assert_eq!(kinds, [Kind::Packstack, Kind::Puppet]);
/// # Ok::<(), ostack_core::Error>(())
/// ```
pub struct Reader<'s> {
    source: &'s Source,
    input: Box<dyn Read + Send>,
    block_size: usize,
    /// The block that is being filled.
    block: Block,
    /// How many bytes behind the block's text wait to be cleaned.
    pending: usize,
    assembler: Assembler,
    ended: bool,
    /// Why it ended, if that was before its end.
    error: Option<Error>,
    spare: Option<Block>,
}

impl<'s> Reader<'s> {
    /// Opens a source for reading.
    ///
    /// # Errors
    /// If the file cannot be opened, or if the source is a stream that was read before.
    pub fn new(source: &'s Source) -> Result<Self> {
        Self::with_block_size(source, BLOCK_SIZE)
    }

    pub(super) fn with_block_size(source: &'s Source, block_size: usize) -> Result<Self> {
        Ok(Self {
            source,
            input: source.open()?,
            block_size,
            block: Block::default(),
            pending: 0,
            assembler: Assembler::default(),
            ended: false,
            error: None,
            spare: None,
        })
    }

    /// The next records, or `None` at the end.
    ///
    /// # Errors
    /// If the source cannot be read on; what was read until then was given before.
    pub fn next_block(&mut self) -> Result<Option<Block>> {
        while !self.ended {
            self.fill();
            let text = &self.block.buffer[..self.block.length];
            self.assembler.run(text, self.ended, &mut self.block.starts);
            if self.ended {
                if let Some(last) = self.take_last() {
                    return Ok(Some(last));
                }
                break;
            }
            // A stream may pause here, so that what is whole is given at once; of anything else a
            // block is filled first.
            let is_full = self.source.is_stream() || self.block.length >= self.block_size;
            if is_full && self.block.starts.len() > 1 {
                return Ok(Some(self.take_whole_records()));
            }
        }
        self.error.take().map_or(Ok(None), Err)
    }

    /// Gives a block back when all is done with it, so that its memory serves for the next.
    pub fn recycle(&mut self, block: Block) {
        self.spare = Some(block);
    }

    /// Reads once, and cleans what was read.
    fn fill(&mut self) {
        let Block { buffer, length, bytes, cuts, .. } = &mut self.block;
        let filled = *length + self.pending;
        if buffer.len() < filled + self.block_size {
            buffer.resize(filled + self.block_size, 0);
        }
        let read = loop {
            match self.input.read(&mut buffer[filled..filled + self.block_size]) {
                Ok(read) => break read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error = Some(Error::io(self.source.path(), error));
                    break 0;
                }
            }
        };
        self.ended = read == 0;
        bytes.end += read as u64;
        let text = &mut buffer[..filled + read];
        (*length, self.pending) = clean(text, *length, self.ended, cuts);
    }

    /// The block without its last record, which goes over to the next block.
    fn take_whole_records(&mut self) -> Block {
        let mut next = self.spare.take().unwrap_or_default();
        next.starts.clear();
        next.cuts.clear();
        let block = &mut self.block;
        let last = block.starts.pop().expect("two records at least");
        let at = last.at as usize;
        let removed = block.source_offset(at) - block.bytes.start - at as u64;

        let moved = &block.buffer[at..block.length + self.pending];
        if next.buffer.len() < moved.len() {
            next.buffer.resize(moved.len(), 0);
        }
        next.buffer[..moved.len()].copy_from_slice(moved);
        next.length = block.length - at;
        next.starts.push(super::block::Start { at: 0, lines_before: 0, ..last });
        let cuts = &block.cuts[block.cuts.partition_point(|cut| (cut.at as usize) < at)..];
        next.cuts.extend(
            cuts.iter().map(|cut| super::clean::Cut {
                at: cut.at - last.at,
                removed: cut.removed - removed,
            }),
        );
        block.cuts.truncate(block.cuts.len() - cuts.len());
        next.bytes = block.source_offset(at)..block.bytes.end;
        next.columns_before = block.columns_at(at);
        next.lines_before = block.lines_before + u64::from(last.lines_before);
        next.records_before = block.records_before + block.starts.len() as u64;
        block.length = at;
        block.line_ends = last.lines_before;
        block.bytes.end = next.bytes.start;
        self.assembler.rebase(last.at, last.lines_before);
        std::mem::replace(&mut self.block, next)
    }

    /// All that is left, if anything is.
    fn take_last(&mut self) -> Option<Block> {
        let mut block = std::mem::take(&mut self.block);
        block.line_ends = self.assembler.lines();
        if block.starts.is_empty() && !block.bytes.is_empty() {
            // Nothing but sequences: they make an empty record, so that all bytes are covered.
            block.starts.push(Assembler::EMPTY);
        }
        (!block.starts.is_empty()).then_some(block)
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("path", &self.source.path()).finish_non_exhaustive()
    }
}
