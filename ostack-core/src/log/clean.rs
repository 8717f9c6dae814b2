//! Taking ANSI sequences and carriage returns out of text, in place, remembering where they were.

/// A place where bytes of the source were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// The byte of the text before which they stood.
    pub(super) at: u32,
    /// How many bytes were left out up to here, since the block's beginning.
    pub(super) removed: u64,
}

/// What is longer than this is no sequence, but text behind an ESC.
const LONGEST: usize = 4096;

/// Cleans `text[from..]`, where `cuts` tells what was left out before.
///
/// Gives the length of what is now text, and the length of the bytes behind it that are as they
/// were, because a sequence may be unfinished there; none if these are the `last` ones.
pub(super) fn clean(
    text: &mut [u8],
    from: usize,
    last: bool,
    cuts: &mut Vec<Cut>,
) -> (usize, usize) {
    let next = |text: &[u8], at: usize| {
        memchr::memchr2(0x1b, b'\r', &text[at..]).map_or(text.len(), |n| at + n)
    };
    let mut removed = cuts.last().map_or(0, |cut| cut.removed);
    let mut read = next(text, from);
    let mut write = read;
    while read < text.len() {
        let gone = match sequence(&text[read..]) {
            Some(length) => length,
            None if last => 1,
            None => break,
        };
        read += gone;
        removed += gone as u64;
        match cuts.last_mut() {
            Some(cut) if cut.at as usize == write => cut.removed = removed,
            _ => cuts.push(Cut { at: write as u32, removed }),
        }
        let end = next(text, read);
        text.copy_within(read..end, write);
        write += end - read;
        read = end;
    }
    let pending = text.len() - read;
    text.copy_within(read.., write);
    (write, pending)
}

/// How many bytes to leave out of `text`, which starts with ESC or CR; `None` if a sequence may go
/// on beyond it. What is no sequence loses its ESC only.
fn sequence(text: &[u8]) -> Option<usize> {
    if text[0] == b'\r' {
        return Some(1);
    }
    let within_limit = |end: Option<usize>| match end {
        Some(end) => Some(end).filter(|end| *end < LONGEST - 1).or(Some(0)),
        None if text.len() < LONGEST => None,
        None => Some(0),
    };
    match *text.get(1)? {
        // CSI: parameters and intermediates, then one final byte.
        b'[' => {
            let end = text[2..].iter().position(|b| !(0x20..=0x3f).contains(b)).map(|n| n + 2);
            within_limit(end).map(|end| match text[end] {
                0x40..=0x7e if end > 0 => end + 1,
                _ => 1,
            })
        }
        // OSC: up to BEL or ESC \, within the line.
        b']' => {
            let end = memchr::memchr3(0x07, 0x1b, b'\n', &text[2..]).map(|n| n + 2);
            within_limit(end).and_then(|end| match (text[end], text.get(end + 1)) {
                (0x07, _) => Some(end + 1),
                (0x1b, Some(b'\\')) if end > 0 => Some(end + 2),
                (0x1b, None) if end > 0 => None,
                _ => Some(1),
            })
        }
        // The choice of a character set, such as `ESC ( B`.
        b'(' | b')' => text.get(2).map(|b| if b.is_ascii_alphanumeric() { 3 } else { 1 }),
        b'=' | b'>' | b'7' | b'8' | b'c' | b'D' | b'E' | b'H' | b'M' | b'\\' => Some(2),
        _ => Some(1),
    }
}
