//! Which of Python's two readers packstack used, and where the two differ.

/// The reader that a release's packstack used.
///
/// packstack reads its answer file with Python's `RawConfigParser`; the two major versions of
/// Python do not read every file alike.
///
/// | input | `Python2` | `Python3` |
/// |---|---|---|
/// | a name, or a section, twice | the later value wins | an error |
/// | ` ;` after a value | starts a comment | is part of the value |
/// | `""` | the empty value | two quotes |
/// | an indented `#` line | continues the value above | a comment |
/// | an empty line inside a value | is dropped | is kept |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// Up to rocky, and stein and train on an EL7 system.
    Python2,
    /// Everything later.
    #[default]
    Python3,
}

impl Dialect {
    /// The reader of a release on an OS (`centos-7`, …); an unknown OS counts as later than EL7.
    ///
    /// ```
    /// use ostack_core::answer_file::Dialect;
    /// assert_eq!(Dialect::of("queens", None), Dialect::Python2);
    /// assert_eq!(Dialect::of("train", Some("centos-7")), Dialect::Python2);
    /// assert_eq!(Dialect::of("train", Some("centos-8")), Dialect::Python3);
    /// assert_eq!(Dialect::of("2025.1", None), Dialect::Python3);
    /// ```
    pub fn of(release: &str, os: Option<&str>) -> Self {
        let el7 = matches!(os, Some("centos-7" | "rhel-7"));
        match crate::parameter::position(release) {
            Some(at) if at <= crate::parameter::ROCKY => Self::Python2,
            Some(at) if at <= crate::parameter::TRAIN && el7 => Self::Python2,
            _ => Self::Python3,
        }
    }

    /// What the reader strips and counts as indentation.
    pub(super) fn is_space(self, c: char) -> bool {
        match self {
            Self::Python2 => matches!(c, '\t'..='\r' | ' '),
            Self::Python3 => c.is_whitespace() || matches!(c, '\x1c'..='\x1f'),
        }
    }

    /// `str.strip()`.
    pub(super) fn strip(self, text: &str) -> &str {
        text.trim_matches(|c| self.is_space(c))
    }

    /// A name as the reader keeps it.
    pub(super) fn fold(self, name: &str) -> String {
        match self {
            Self::Python2 => name.to_ascii_lowercase(),
            Self::Python3 => name.to_lowercase(),
        }
    }

    /// A folded name as people write it.
    pub(super) fn capitals(self, name: &str) -> String {
        match self {
            Self::Python2 => name.to_ascii_uppercase(),
            Self::Python3 => name.to_uppercase(),
        }
    }

    /// The name of the section that a line opens. The older reader ends it at the first `]`, the
    /// newer at the last.
    pub(super) fn section(self, line: &str) -> Option<&str> {
        let inner = line.strip_prefix('[')?;
        let end = match self {
            Self::Python2 => inner.find(']')?,
            Self::Python3 => inner.rfind(']')?,
        };
        (end > 0).then(|| &inner[..end])
    }

    /// The lines of a text as byte ranges: with and without their line end.
    pub(super) fn lines(self, text: &str) -> impl Iterator<Item = Line> {
        let bytes = text.as_bytes();
        let mut start = 0;
        std::iter::from_fn(move || {
            let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
            let end = match self {
                Self::Python2 => memchr::memchr(b'\n', rest),
                Self::Python3 => memchr::memchr2(b'\n', b'\r', rest),
            };
            let text_end = start + end.unwrap_or(rest.len());
            let width = match bytes.get(text_end..) {
                Some([b'\r', b'\n', ..]) => 2,
                Some([_, ..]) => 1,
                _ => 0,
            };
            let line = Line { start, text_end, end: text_end + width };
            start = line.end;
            Some(line)
        })
    }
}

/// A line's byte offsets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// The first byte.
    pub(super) start: usize,
    /// The end of its text.
    pub(super) text_end: usize,
    /// The end of its line end.
    pub(super) end: usize,
}
