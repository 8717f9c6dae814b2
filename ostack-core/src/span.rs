//! Places in text: byte ranges, and the lines and columns that people count.

use std::ops::Range;

/// A range of bytes in a record's or a file's text. Small and `Copy`: payloads hold many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets.
    ///
    /// ```
    /// use ostack_core::span::Span;
    /// assert_eq!(Span::new(2, 5).of(b"abcdefg"), b"cde");
    /// ```
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The bytes that the span covers; empty where it reaches beyond `text`.
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.range()).unwrap_or_default()
    }

    /// The span as a range, for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether nothing is covered.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// A line and a column, both counted from 1. Columns count characters (Unicode scalar values;
/// a byte that is not UTF-8 counts as one), as editors show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl LineColumn {
    /// The place of byte `offset` in `text`; an offset beyond the end is the end.
    ///
    /// ```
    /// use ostack_core::span::LineColumn;
    /// let place = LineColumn::of("a = 1\nñandú = 2\n".as_bytes(), 13);
    /// assert_eq!((place.line, place.column), (2, 6));
    /// ```
    pub fn of(text: &[u8], offset: usize) -> Self {
        let before = &text[..offset.min(text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
        Self {
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: characters(&before[line_start..]) + 1,
        }
    }
}

/// How many characters `bytes` show as: Unicode scalar values, and one for each invalid sequence.
///
/// ```
/// assert_eq!(ostack_core::span::characters("naïve".as_bytes()), 5);
/// assert_eq!(ostack_core::span::characters(b"a\xffb"), 3);
/// ```
pub fn characters(bytes: &[u8]) -> usize {
    bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + usize::from(!chunk.invalid().is_empty()))
        .sum()
}
