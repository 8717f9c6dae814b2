//! The one error type: what was wrong, where, and what to do about it.

use std::fmt;
use std::io;
use std::sync::Arc;

/// The result of whatever can fail in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or folder could not be read or written.
    Io,
    /// A rule file is not valid.
    Rule,
    /// An answer file cannot be read, or a value cannot stand in it.
    AnswerFile,
    /// A version or a constraint cannot be read, or schemes were mixed.
    Version,
    /// A release, an OS or a package list is not known or cannot be read.
    Context,
    /// The command line asks for something that does not exist.
    Usage,
}

/// What was wrong, where, and what to do about it.
///
/// `Display` prints `path:line:column: message`, the line with carets under the spot where there is
/// one, and the help, in this order.
///
/// ```
/// use ostack_core::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Rule, "expected a rule id, but found `x y`")
///     .at("x.toml", 2, 6)
///     .excerpt("id = \"x y\"", 3)
///     .help("use lower-case letters, digits and `_`");
/// assert_eq!(
///     error.to_string(),
///     "x.toml:2:6: expected a rule id, but found `x y`\n  | id = \"x y\"\n  |      ^^^\n  \
///      help: use lower-case letters, digits and `_`"
/// );
/// assert_eq!(error.line(), Some(2));
/// ```
#[derive(Debug, Clone, thiserror::Error)]
pub struct Error {
    kind: ErrorKind,
    /// Its words are part of the message, so it is no `source` of its own.
    io: Option<Arc<io::Error>>,
    details: Box<Details>,
}

#[derive(Debug, Clone, Default)]
struct Details {
    message: String,
    path: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    excerpt: Option<(String, usize)>,
    param: Option<String>,
    help: Option<String>,
}

impl Error {
    /// An error of a kind. The message starts in lower case and ends without a full stop; where
    /// something was expected it reads "expected …, but found …".
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let details = Details { message: message.into(), ..Details::default() };
        Self { kind, io: None, details: Box::new(details) }
    }

    /// An input or output error on `path`.
    #[must_use]
    pub fn io(path: impl fmt::Display, error: io::Error) -> Self {
        let mut built = Self::new(ErrorKind::Io, error.to_string()).in_file(path);
        built.io = Some(Arc::new(error));
        built
    }

    /// Names the file.
    #[must_use]
    pub fn in_file(mut self, path: impl fmt::Display) -> Self {
        self.details.path = Some(path.to_string());
        self
    }

    /// Names the file, the line and the column (both from 1).
    #[must_use]
    pub fn at(self, path: impl fmt::Display, line: usize, column: usize) -> Self {
        self.in_file(path).at_line(line, column)
    }

    /// Names the line and the column (both from 1); the file is not known here.
    #[must_use]
    pub fn at_line(mut self, line: usize, column: usize) -> Self {
        self.details.line = Some(line);
        self.details.column = Some(column);
        self
    }

    /// The line that the error is on, and how many characters of it are wrong, from the column on.
    /// The caller masks secrets first.
    #[must_use]
    pub fn excerpt(mut self, line: impl Into<String>, width: usize) -> Self {
        self.details.excerpt = Some((line.into(), width));
        self
    }

    /// Names the answer-file parameter concerned.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>) -> Self {
        self.details.param = Some(name.into());
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.details.help = Some(help.into());
        self
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.details.message
    }

    /// The file, where one is known.
    pub fn path(&self) -> Option<&str> {
        self.details.path.as_deref()
    }

    /// The line, from 1.
    pub fn line(&self) -> Option<usize> {
        self.details.line
    }

    /// The column, from 1, in characters.
    pub fn column(&self) -> Option<usize> {
        self.details.column
    }

    /// The answer-file parameter concerned.
    pub fn parameter(&self) -> Option<&str> {
        self.details.param.as_deref()
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.details.help.as_deref()
    }

    /// The operating system's kind of error, for [`ErrorKind::Io`].
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        self.io.as_ref().map(|e| e.kind())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &*self.details;
        if let Some(path) = &details.path {
            write!(f, "{path}:")?;
        }
        if let (Some(line), Some(column)) = (details.line, details.column) {
            write!(f, "{line}:{column}:")?;
        }
        if details.path.is_some() || details.line.is_some() {
            f.write_str(" ")?;
        }
        f.write_str(&details.message)?;
        if let (Some((line, width)), Some(column)) = (&details.excerpt, details.column) {
            let indent = " ".repeat(column - 1);
            write!(f, "\n  | {line}\n  | {indent}{}", "^".repeat((*width).max(1)))?;
        }
        if let Some(help) = &details.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// The candidate that is most like `word`, where one is close enough to be what was meant.
///
/// ```
/// use ostack_core::error::did_you_mean;
/// assert_eq!(did_you_mean("victora", ["ussuri", "victoria"]), Some("victoria"));
/// assert_eq!(did_you_mean("bread", ["ussuri", "victoria"]), None);
/// ```
pub fn did_you_mean<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let close = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= close)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
