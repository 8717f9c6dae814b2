//! Text in normal form: each run of white space as one blank.
//!
//! Most lines of most logs are in it as they stand; only the others are copied.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::log::Block;
use crate::rule::anchor::is_white;

/// Puts into `normal` what an anchor of up to `reach` bytes may cover that goes over white space which
/// is not in normal form, and into `starts` where in it which record begins.
pub(super) fn parts(
    block: &Block,
    reach: usize,
    normal: &mut Vec<u8>,
    starts: &mut Vec<(usize, u32)>,
) {
    normal.clear();
    starts.clear();
    let text = block.text();
    let mut begin = |record: usize, normal: &mut Vec<u8>| {
        normal.push(b'\n');
        starts.push((normal.len(), record as u32));
    };
    for record in (0..block.len()).filter(|&record| block.spans_lines(record)) {
        begin(record, normal);
        push(&text[block.range(record)], normal);
    }
    let mut irregular = Irregular::new(text);
    let mut at = 0;
    while let Some(odd) = irregular.next(at) {
        let record = block.index_at(odd);
        let whole = block.range(record);
        if block.spans_lines(record) {
            at = whole.end;
            continue;
        }
        begin(record, normal);
        at = odd.saturating_sub(reach).max(whole.start);
        let mut next = Some(odd);
        while let Some(odd) = next {
            let white = white_at(text, odd, at..whole.end);
            normal.extend_from_slice(&text[at..white.start]);
            normal.push(b' ');
            at = white.end;
            next = irregular.next(at).filter(|odd| *odd < (at + reach).min(whole.end));
        }
        let end = (at + reach).min(whole.end);
        normal.extend_from_slice(&text[at..end]);
        at = end;
    }
}

/// The places of a text where a line is not in normal form: two blanks in a row, or a tab. Lines that
/// are one record are meant: white space around a line end is passed.
struct Irregular<'t> {
    text: &'t [u8],
    /// The next place of either kind.
    blanks: usize,
    tab: usize,
}

impl<'t> Irregular<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self { text, blanks: next_blanks(text, 0), tab: next_tab(text, 0) }
    }

    /// The next place at or after `from`, which must not be less than it was.
    fn next(&mut self, from: usize) -> Option<usize> {
        if self.blanks < from {
            self.blanks = next_blanks(self.text, from);
        }
        if self.tab < from {
            self.tab = next_tab(self.text, from);
        }
        Some(self.blanks.min(self.tab)).filter(|at| *at < self.text.len())
    }
}

fn next_blanks(text: &[u8], from: usize) -> usize {
    static BLANKS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"  "));
    let rest = text.get(from..).unwrap_or_default();
    BLANKS.find(rest).map_or(text.len(), |at| from + at)
}

/// A carriage return is no part of a block's text.
fn next_tab(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    memchr::memchr3(b'\t', 0x0b, 0x0c, rest).map_or(text.len(), |at| from + at)
}

/// The white space around a place of a part of the text.
fn white_at(text: &[u8], place: usize, within: Range<usize>) -> Range<usize> {
    let white = |byte: &&u8| is_white(**byte);
    let before = text[within.start..place].iter().rev().take_while(white).count();
    let behind = text[place..within.end].iter().take_while(white).count();
    place - before..place + behind
}

/// Adds `text` to `normal`, in normal form.
pub(super) fn push(text: &[u8], normal: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(blank) = rest.iter().position(|&byte| is_white(byte)) {
        normal.extend_from_slice(&rest[..blank]);
        normal.push(b' ');
        let run = rest[blank..].iter().position(|&byte| !is_white(byte));
        rest = &rest[run.map_or(rest.len(), |run| blank + run)..];
    }
    normal.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_white_space_become_blanks() {
        let mut normal = Vec::new();
        push(b"\n a  b\tc d\x0b", &mut normal);
        assert_eq!(normal, b" a b c d ");
    }

    #[test]
    fn places_that_are_not_normal_are_found() {
        let line = "a line of words and blanks\n".repeat(20);
        for (odd, at) in [("  ", 2), ("\t", 3), (" \t", 400), ("\x0b", 538), ("\x0c", 539)] {
            let mut text = line.clone();
            text.insert_str(at, odd);
            let first = Irregular::new(text.as_bytes()).next(0);
            let first = first.unwrap_or_else(|| panic!("{odd:?}"));
            assert!((at.saturating_sub(1)..=at + 1).contains(&first), "{odd:?} {first}");
            assert_eq!(Irregular::new(text.as_bytes()).next(at + 2), None, "{odd:?}");
        }
        assert_eq!(Irregular::new(line.as_bytes()).next(0), None);
    }
}
