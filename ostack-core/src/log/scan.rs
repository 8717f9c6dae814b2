//! Reading a line from left to right, byte by byte.

use crate::span::Span;

/// A place in a text, and steps forward from it.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    text: &'t [u8],
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t [u8], at: usize) -> Self {
        Self { text, at }
    }

    pub(super) fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Passes `literal` if it stands here.
    pub(super) fn eat(&mut self, literal: &[u8]) -> bool {
        let found = self.rest().starts_with(literal);
        if found {
            self.at += literal.len();
        }
        found
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(is_blank);
    }

    /// What is left of the text, blanks around it removed.
    pub(super) fn rest_trimmed(&self) -> Span {
        trimmed(self.text, self.at, self.text.len())
    }

    /// The bytes from here that `accept` takes; may be empty.
    pub(super) fn take_while(&mut self, accept: impl Fn(u8) -> bool) -> Span {
        let start = self.at;
        let length = self.rest().iter().position(|&b| !accept(b));
        self.at = length.map_or(self.text.len(), |n| start + n);
        Span::new(start, self.at)
    }

    /// Like [`Self::take_while`], but not empty.
    pub(super) fn some(&mut self, accept: impl Fn(u8) -> bool) -> Option<Span> {
        Some(self.take_while(accept)).filter(|span| !span.is_empty())
    }

    pub(super) fn digits(&mut self) -> Option<Span> {
        self.some(|b| b.is_ascii_digit())
    }

    /// The bytes up to the next blank; may be empty.
    pub(super) fn word(&mut self) -> Span {
        self.take_while(|b| !b.is_ascii_whitespace())
    }

    /// The bytes before the next `close` of this line, which is passed.
    pub(super) fn until(&mut self, close: u8) -> Option<Span> {
        let rest = self.rest();
        let length = memchr::memchr2(close, b'\n', rest).filter(|&n| rest[n] == close)?;
        let span = Span::new(self.at, self.at + length);
        self.at += length + 1;
        Some(span)
    }

    /// The bytes up to the end of the line, which is not passed.
    pub(super) fn line(&mut self) -> Span {
        self.take_while(|b| b != b'\n')
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// A letter, digit or underscore, or a byte of a character that is not ASCII.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

pub(super) fn starts_blank(line: &[u8]) -> bool {
    line.first().copied().is_some_and(is_blank)
}

/// `text[start..end]` without the white space around it, as a span of `text`.
pub(super) fn trimmed(text: &[u8], start: usize, end: usize) -> Span {
    let part = &text[start..end];
    let start = start + (part.len() - part.trim_ascii_start().len());
    Span::new(start, start.max(end - (part.len() - part.trim_ascii_end().len())))
}

pub(super) fn find(text: &[u8], needle: &str) -> Option<usize> {
    memchr::memmem::find(text, needle.as_bytes())
}

pub(super) fn contains(text: &[u8], needle: &str) -> bool {
    find(text, needle).is_some()
}

/// Whether `text` starts with `prefix`. Of the many prefixes that a line is held against most
/// differ in the first byte, so that one is looked at first.
#[inline]
pub(super) fn begins(text: &[u8], prefix: &str) -> bool {
    text.first() == prefix.as_bytes().first() && text.starts_with(prefix.as_bytes())
}

pub(super) fn begins_any(text: &[u8], prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| begins(text, prefix))
}

pub(super) fn contains_any(text: &[u8], needles: &[&str]) -> bool {
    needles.iter().any(|needle| contains(text, needle))
}

/// The first line of a text, without its end.
pub(super) fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())]
}
