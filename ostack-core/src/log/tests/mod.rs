//! Tests of the whole module: text in, entries out.

mod archives;
mod assembling;
mod folders;
mod kinds;
mod runs;
mod streams;

use std::fmt::Write;

use super::{Block, Entry, Reader, Source};

/// All blocks of a log, read `block_size` bytes at a time.
fn blocks(log: &[u8], block_size: usize) -> Vec<Block> {
    let source = Source::bytes("log", log);
    blocks_of(&source, block_size)
}

fn blocks_of(source: &Source, block_size: usize) -> Vec<Block> {
    let mut reader = Reader::with_block_size(source, block_size).expect("bytes can be read");
    std::iter::from_fn(|| reader.next_block().expect("bytes can be read")).collect()
}

/// Calls `each` with all entries of a log.
fn for_entries(log: &[u8], block_size: usize, mut each: impl FnMut(Entry<'_>)) {
    for block in blocks(log, block_size) {
        block.entries().for_each(&mut each);
    }
}

/// The records of a log as people read them: place, kind, level, then the fields that are set.
fn show(log: &str) -> String {
    let mut shown = String::new();
    for_entries(log.as_bytes(), 1 << 16, |entry| {
        let kind = entry.record.kind();
        let level = entry.record.level().as_str();
        writeln!(shown, "{}+{} {kind} {level}", entry.line, entry.lines).expect("a string");
        for name in kind.fields().iter().filter(|name| **name != "level") {
            if let Some(value) = entry.record.field(name, entry.text) {
                let value = String::from_utf8_lossy(value);
                writeln!(shown, "  {name}: {}", value.replace('\n', "⏎")).expect("a string");
            }
        }
    });
    shown
}

/// Where the records of a log are, and of which kind: `1+2 puppet, 3+1 plain`.
fn outline(log: &str) -> String {
    let mut outline = Vec::new();
    for_entries(log.as_bytes(), 1 << 16, |entry| {
        outline.push(format!("{}+{} {}", entry.line, entry.lines, entry.record.kind()));
    });
    outline.join(", ")
}
