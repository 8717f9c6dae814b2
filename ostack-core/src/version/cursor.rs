//! Reading a text from left to right: what the parsers of all schemes share.

use std::ops::Range as ByteRange;

/// The bytes of `text` from `at` to `end`, of which the first is read next. The whole text stays at
/// hand, so that errors show all of it.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) end: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, at: ByteRange<usize>) -> Self {
        Self { text, at: at.start, end: at.end }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at = self.end - self.rest().trim_start().len();
    }

    /// Takes characters as long as `belongs` says so, and says where they stand.
    pub(super) fn take_while(&mut self, mut belongs: impl FnMut(char) -> bool) -> ByteRange<usize> {
        let start = self.at;
        let length = self.rest().find(|c| !belongs(c)).unwrap_or(self.rest().len());
        self.at += length;
        start..self.at
    }

    /// Takes what comes before a blank.
    pub(super) fn word(&mut self) -> &'t str {
        let word = self.take_while(|c| !c.is_whitespace());
        &self.text[word]
    }

    /// Takes one of `words`, whatever its case, and says which.
    pub(super) fn one_of(&mut self, words: &[&str]) -> Option<usize> {
        let rest = self.rest().as_bytes();
        let is_next = |word: &&str| {
            rest.get(..word.len()).is_some_and(|next| next.eq_ignore_ascii_case(word.as_bytes()))
        };
        let which = words.iter().position(is_next)?;
        self.at += words[which].len();
        Some(which)
    }
}
