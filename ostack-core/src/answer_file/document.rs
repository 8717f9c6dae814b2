//! The lossless document: the text as it is, and what packstack reads in it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use super::dialect::{Dialect, Line};
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::parameter;
use crate::span::characters;

const SECTION: &str = "general";
const DEFAULTS: &str = "DEFAULT";

/// An answer file: its text, byte for byte, and the parameters that packstack reads in it.
///
/// ```
/// use ostack_core::answer_file::{AnswerFile, Dialect};
/// let text = "[general]\n# who runs it\nCONFIG_NTP_SERVERS = \nconfig_debug_mode=n\n";
/// let mut file = AnswerFile::parse(text, Dialect::Python3)?;
/// assert_eq!(file.get("CONFIG_DEBUG_MODE"), Some("n"));
/// file.set("CONFIG_DEBUG_MODE", "y")?;
/// assert_eq!(file.text(), text.replace("mode=n", "mode=y"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Clone)]
pub struct AnswerFile {
    text: String,
    path: Option<String>,
    dialect: Dialect,
    content: Content,
}

/// A parameter as the file gives it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name, in capitals.
    pub name: String,
    /// The value, as packstack reads it: the lines of a value of several are joined by a newline.
    pub value: String,
    /// The line of the name, from 1.
    pub line: usize,
    /// The column at which the value starts, from 1.
    pub column: usize,
    /// The bytes of the value, without the blanks around it.
    span: Range<usize>,
    /// The bytes of the lines, with the last one's end.
    lines: Range<usize>,
    /// Whether it stands in the section itself, and not in that of the defaults.
    general: bool,
}

/// What was read: every entry, and the one that counts under each (folded) name.
#[derive(Clone, Default)]
struct Content {
    entries: Vec<Entry>,
    index: HashMap<String, usize>,
    /// Where a new entry goes, and the blanks before it.
    end: usize,
    indent: String,
}

impl AnswerFile {
    /// Reads a text as packstack would.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let twice = "[general]\nCONFIG_A=1\nCONFIG_A=2\n";
    /// assert_eq!(AnswerFile::parse(twice, Dialect::Python2)?.get("CONFIG_A"), Some("2"));
    /// let error = AnswerFile::parse(twice, Dialect::Python3).unwrap_err();
    /// assert_eq!((error.line(), error.column()), (Some(3), Some(1)));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where that reader refuses the text, with the line and the column.
    pub fn parse(text: impl Into<String>, dialect: Dialect) -> Result<Self> {
        let text = text.into();
        let (content, faults) = read(&text, dialect);
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Self {
                text,
                path: None,
                dialect,
                content,
            }),
        }
    }

    /// Reads a file as packstack would.
    ///
    /// ```no_run
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let file = AnswerFile::load("packstack-answers.txt", Dialect::of("victoria", None))?;
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the file cannot be read, is not UTF-8, or is refused by that reader.
    pub fn load(path: impl AsRef<Path>, dialect: Dialect) -> Result<Self> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| Error::io(&shown, error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            not_utf8(error.as_bytes(), at).in_file(&shown)
        })?;
        let mut file = Self::parse(text, dialect).map_err(|error| error.in_file(&shown))?;
        file.path = Some(shown);
        Ok(file)
    }

    /// Everything that makes the reader refuse a text, in the order of the lines; the first is
    /// what [`AnswerFile::parse`] returns.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let faults = AnswerFile::faults("[general]\nCONFIG_A\nCONFIG_B\n", Dialect::Python3);
    /// assert_eq!(faults.len(), 2);
    /// ```
    pub fn faults(text: &str, dialect: Dialect) -> Vec<Error> {
        read(text, dialect).1
    }

    /// The value of a parameter, in whatever case its name is given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entry(name).map(|entry| entry.value.as_str())
    }

    /// A parameter with its place, in whatever case its name is given.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let file = AnswerFile::parse("[general]\nCONFIG_A= 1\n", Dialect::Python3)?;
    /// let entry = file.entry("config_a").unwrap();
    /// assert_eq!((entry.name.as_str(), entry.line, entry.column), ("CONFIG_A", 2, 11));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        let at = *self.content.index.get(&self.dialect.fold(name))?;
        self.content.entries.get(at)
    }

    /// The parameters that count, in the order of the file.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let file = AnswerFile::parse("[general]\nCONFIG_A=1\nCONFIG_B=2\n", Dialect::Python3)?;
    /// let names: Vec<&str> = file.entries().map(|entry| entry.name.as_str()).collect();
    /// assert_eq!(names, ["CONFIG_A", "CONFIG_B"]);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let counts = |at: usize, entry: &Entry| {
            self.content.index.get(&self.dialect.fold(&entry.name)) == Some(&at)
        };
        let numbered = self.content.entries.iter().enumerate();
        numbered
            .filter(move |(at, entry)| counts(*at, entry))
            .map(|(_, entry)| entry)
    }

    /// Gives a parameter a value: in its place, or on a new line after the last one.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let mut file = AnswerFile::parse("[general]\r\nCONFIG_A=1\r\n", Dialect::Python3)?;
    /// file.set("CONFIG_B", "2")?;
    /// assert_eq!(file.text(), "[general]\r\nCONFIG_A=1\r\nCONFIG_B=2\r\n");
    /// assert!(file.set("CONFIG_B", " 2").is_err(), "the reader would drop the blank");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the value, or the name, would not be read back as it was given; nothing is changed.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let (range, new) = match self.entry(name) {
            Some(entry) if entry.value == value => return Ok(()),
            Some(entry) => (entry.span.clone(), self.on_lines(value)),
            None => {
                let Content { end, indent, .. } = &self.content;
                let eol = self.line_end();
                let before = if self.text[..*end].ends_with(['\n', '\r']) {
                    ""
                } else {
                    eol
                };
                let line = format!("{before}{indent}{name}={}{eol}", self.on_lines(value));
                (*end..*end, line)
            }
        };
        let mut text = self.text.clone();
        text.replace_range(range, &new);
        let shown = if parameter::is_secret(name) {
            "a secret"
        } else {
            value
        };
        self.replace_text(text, name, Some(value)).ok_or_else(|| {
            let name = name.to_uppercase();
            let message =
                format!("expected a value that can stand in an answer file, but found `{shown}`");
            Error::new(ErrorKind::AnswerFile, message.escape_debug().to_string())
                .param(name)
                .help("a value has no blanks at its ends, and no line that reads as a comment")
        })
    }

    /// Removes a parameter with its lines; `false` where the file does not have it.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let mut file = AnswerFile::parse("[general]\n# a\nCONFIG_A=1\n", Dialect::Python3)?;
    /// assert!(file.remove("CONFIG_A")?);
    /// assert_eq!(file.text(), "[general]\n# a\n");
    /// assert!(!file.remove("CONFIG_A")?);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where another parameter would be read differently without these lines.
    pub fn remove(&mut self, name: &str) -> Result<bool> {
        let key = self.dialect.fold(name);
        let mut text = self.text.clone();
        let same = |entry: &&Entry| self.dialect.fold(&entry.name) == key;
        let mut lines: Vec<_> = self
            .content
            .entries
            .iter()
            .filter(same)
            .map(|entry| entry.lines.clone())
            .collect();
        if lines.is_empty() {
            return Ok(false);
        }
        lines.reverse();
        for range in lines {
            text.replace_range(range, "");
        }
        self.replace_text(text, name, None)
            .map(|()| true)
            .ok_or_else(|| {
                let name = name.to_uppercase();
                let message =
                    format!("expected `{name}` to stand alone, but found lines that hang on it");
                Error::new(ErrorKind::AnswerFile, message)
                    .param(name)
                    .help("take its indentation away")
            })
    }

    /// The text, as it would be saved.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it was read.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The file that it was loaded from.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Writes the file: whole or not at all, and readable by its owner only (mode 0600).
    ///
    /// ```no_run
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let file = AnswerFile::parse("[general]\n", Dialect::Python3)?;
    /// file.save("packstack-answers.txt")?;
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where it cannot be written; an existing file is then as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        write_atomically(path, self.text.as_bytes())
            .map_err(|error| Error::io(path.display(), error))
    }

    /// The same text as another release's packstack reads it.
    pub(super) fn read_as(&self, dialect: Dialect) -> Result<Self> {
        let file = Self::parse(self.text.clone(), dialect)?;
        Ok(Self {
            path: self.path.clone(),
            ..file
        })
    }

    /// A value as it stands in the file: the lines after the first are indented.
    fn on_lines(&self, value: &str) -> String {
        value.replace(
            '\n',
            &format!("{}{}    ", self.line_end(), self.content.indent),
        )
    }

    fn line_end(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// Takes a text in which only `name` may read differently, and must read as `value`.
    fn replace_text(&mut self, text: String, name: &str, value: Option<&str>) -> Option<()> {
        let (content, faults) = read(&text, self.dialect);
        let key = self.dialect.fold(name);
        let values = |content: &Content| -> HashMap<String, String> {
            let value = |at: usize| content.entries[at].value.clone();
            content
                .index
                .iter()
                .map(|(key, at)| (key.clone(), value(*at)))
                .collect()
        };
        let mut expected = values(&self.content);
        match value {
            Some(value) => expected.insert(key, value.to_owned()),
            None => expected.remove(&key),
        };
        if !faults.is_empty() || values(&content) != expected {
            return None;
        }
        self.text = text;
        self.content = content;
        Some(())
    }
}

impl fmt::Debug for AnswerFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerFile")
            .field("path", &self.path)
            .field("dialect", &self.dialect)
            .field("entries", &self.content.entries)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if parameter::is_secret(&self.name) {
            MASK
        } else {
            &self.value
        };
        write!(f, "{}={value:?} (line {})", self.name, self.line)
    }
}

/// What stands for a secret value in messages.
pub(super) const MASK: &str = "********";

/// Reads a text line by line as the dialect's `RawConfigParser` does, and goes on where it stops.
fn read(text: &str, dialect: Dialect) -> (Content, Vec<Error>) {
    let mut reader = Reader::new(text, dialect);
    for (number, line) in (1..).zip(dialect.lines(text)) {
        reader.line(number, line);
    }
    reader.finish()
}

struct Reader<'t> {
    text: &'t str,
    dialect: Dialect,
    section: Option<&'t str>,
    sections: HashSet<&'t str>,
    names: HashSet<(&'t str, String)>,
    /// The entry that an indented line continues, and whether it is one that counts.
    open: Option<Entry>,
    indent: usize,
    content: Content,
    faults: Vec<Error>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            text,
            dialect,
            section: None,
            sections: HashSet::new(),
            names: HashSet::new(),
            open: None,
            indent: 0,
            content: Content::default(),
            faults: Vec::new(),
        }
    }

    fn line(&mut self, number: usize, line: Line) {
        let raw = &self.text[line.start..line.text_end];
        let stripped = self.dialect.strip(raw);
        let from = raw.find(stripped).unwrap_or(0);
        let indent = raw[..from].chars().count();
        match self.dialect {
            Dialect::Python2 => {
                let word = raw
                    .split(|c| self.dialect.is_space(c))
                    .next()
                    .unwrap_or_default();
                if stripped.is_empty()
                    || raw.starts_with(['#', ';'])
                    || word.eq_ignore_ascii_case("rem")
                {
                    return;
                }
                if indent > 0 && self.continues(stripped, line) {
                    return;
                }
            }
            Dialect::Python3 => {
                if stripped.starts_with(['#', ';']) {
                    return;
                }
                if stripped.is_empty() {
                    if let Some(entry) = &mut self.open {
                        entry.value.push('\n');
                    }
                    return;
                }
                if indent > self.indent && self.continues(stripped, line) {
                    return;
                }
                self.indent = indent;
            }
        }
        self.close();
        // The older reader looks for a section and a name in the line as it is.
        let body = if self.dialect == Dialect::Python2 {
            raw
        } else {
            stripped
        };
        if let Some(section) = self.dialect.section(body) {
            self.open_section(section, number, line, indent);
        } else if self.section.is_none() {
            let message = format!(
                "expected a section `[{SECTION}]` first, but found `{}`",
                masked(stripped)
            );
            if self.faults.is_empty() {
                self.fault(number, line, (indent, stripped), message, None);
            }
        } else {
            self.open_entry(stripped, number, line, (from, indent));
        }
    }

    /// Takes a line as one more of the open value.
    fn continues(&mut self, stripped: &str, line: Line) -> bool {
        let Some(entry) = &mut self.open else {
            return false;
        };
        entry.value.push('\n');
        entry.value.push_str(stripped);
        let raw = &self.text[line.start..line.text_end];
        entry.span.end = line.start + raw.find(stripped).unwrap_or(0) + stripped.len();
        entry.lines.end = line.end;
        true
    }

    fn open_section(&mut self, section: &'t str, number: usize, line: Line, indent: usize) {
        let again = !self.sections.insert(section) && section != DEFAULTS;
        if again && self.dialect == Dialect::Python3 {
            let message = format!("expected each section once, but found `[{section}]` again");
            let help = "move its parameters under the first one";
            self.fault(
                number,
                line,
                (indent, &format!("[{section}]")),
                message,
                Some(help),
            );
        }
        self.section = Some(section);
        if section == SECTION {
            self.content.end = line.end;
            self.content.indent = self.text[line.start..].chars().take(indent).collect();
        }
    }

    fn open_entry(
        &mut self,
        stripped: &str,
        number: usize,
        line: Line,
        (from, indent): (usize, usize),
    ) {
        let dialect = self.dialect;
        let delimiter = stripped.find(['=', ':']);
        let name = delimiter.map_or("", |at| dialect.strip(&stripped[..at]));
        let (Some(at), false) = (
            delimiter,
            name.is_empty() || dialect == Dialect::Python2 && indent > 0,
        ) else {
            let message = format!("expected `NAME=value`, but found `{}`", masked(stripped));
            let word = stripped
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next();
            let meant =
                word.and_then(|word| did_you_mean(&word.to_uppercase(), parameter::names()));
            let help = meant.map(|name| format!("did you mean `{name}=…`?"));
            return self.fault(number, line, (indent, stripped), message, help.as_deref());
        };
        let key = dialect.fold(name);
        let section = self.section.unwrap_or_default();
        let again = !self.names.insert((section, key.clone()));
        if again && dialect == Dialect::Python3 {
            let name = key.to_uppercase();
            let message = format!("expected each parameter once, but found `{name}` again");
            let first = self.content.entries.iter().find(|entry| entry.name == name);
            let help =
                first.map(|entry| format!("it is given a value on line {} already", entry.line));
            let width = masked(stripped);
            self.fault(number, line, (indent, &width), message, help.as_deref());
        }
        let value = value(dialect, &stripped[at + 1..]);
        let rest = &stripped[at + 1..];
        let start = line.start
            + from
            + at
            + 1
            + (rest.len() - rest.trim_start_matches(|c| dialect.is_space(c)).len());
        let column = characters(self.text[line.start..start].as_bytes()) + 1;
        let span = start..start + value.len();
        let empty = dialect == Dialect::Python2 && value == "\"\"";
        self.open = Some(Entry {
            name: key.to_uppercase(),
            value: if empty {
                String::new()
            } else {
                value.to_owned()
            },
            line: number,
            column,
            span,
            lines: line.start..line.end,
            general: section == SECTION,
        });
        if section == SECTION {
            self.content.indent = self.text[line.start..line.start + from].to_owned();
        }
    }

    /// Files the open entry, where it belongs to a section that packstack reads.
    fn close(&mut self) {
        let Some(mut entry) = self.open.take() else {
            return;
        };
        let kept = entry
            .value
            .trim_end_matches(|c| self.dialect.is_space(c))
            .len();
        entry.value.truncate(kept);
        let general = self.section == Some(SECTION);
        if general {
            self.content.end = entry.lines.end;
        } else if self.section != Some(DEFAULTS) {
            return;
        }
        let at = self.content.entries.len();
        let key = self.dialect.fold(&entry.name);
        let before = self
            .content
            .index
            .get(&key)
            .and_then(|at| self.content.entries.get(*at));
        if general || !before.is_some_and(|entry| entry.general) {
            self.content.index.insert(key, at);
        }
        self.content.entries.push(entry);
    }

    fn fault(
        &mut self,
        number: usize,
        line: Line,
        (indent, wrong): (usize, &str),
        message: String,
        help: Option<&str>,
    ) {
        let shown = masked(&self.text[line.start..line.text_end]);
        let mut error = Error::new(ErrorKind::AnswerFile, message)
            .at_line(number, indent + 1)
            .excerpt(shown.trim_end(), wrong.chars().count());
        if let Some(help) = help {
            error = error.help(help);
        }
        self.faults.push(error);
    }

    fn finish(mut self) -> (Content, Vec<Error>) {
        self.close();
        if self.faults.is_empty() && !self.sections.contains(SECTION) {
            let found = self
                .sections
                .iter()
                .min()
                .map_or("none".to_owned(), |s| format!("`[{s}]`"));
            let message = format!("expected a section `[{SECTION}]`, but found {found}");
            self.faults.push(
                Error::new(ErrorKind::AnswerFile, message)
                    .at_line(1, 1)
                    .help(format!("start the file with `[{SECTION}]`")),
            );
        }
        (self.content, self.faults)
    }
}

/// The value in what follows the delimiter.
fn value(dialect: Dialect, rest: &str) -> &str {
    let rest = rest.trim_start_matches(|c| dialect.is_space(c));
    let comment = rest.find(';').filter(|at| {
        let before = rest[..*at].chars().next_back().or(rest.chars().next_back());
        dialect == Dialect::Python2 && before.is_some_and(|c| dialect.is_space(c))
    });
    dialect.strip(&rest[..comment.unwrap_or(rest.len())])
}

/// A line without the value of a secret: what follows the name, however it is delimited.
fn masked(line: &str) -> String {
    let from = line.len() - line.trim_start().len();
    let is_end = |c: char| c == '=' || c == ':' || c.is_whitespace();
    match line[from..].find(is_end).map(|at| from + at) {
        Some(end) if parameter::is_secret(&line[from..end]) => {
            let delimiter = if line[end..].trim_start().starts_with(':') { ':' } else { '=' };
            format!("{}{delimiter}{MASK}", &line[..end])
        }
        _ => line.to_owned(),
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Error {
    let place = crate::span::LineColumn::of(bytes, at);
    let byte = bytes.get(at).copied().unwrap_or_default();
    Error::new(
        ErrorKind::AnswerFile,
        format!("expected UTF-8 text, but found the byte {byte:#04x}"),
    )
    .at_line(place.line, place.column)
    .help("save the file as UTF-8")
}

fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A link keeps pointing where it did.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    let temporary = target.with_file_name(name);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOTH: [Dialect; 2] = [Dialect::Python2, Dialect::Python3];

    /// Texts of the pieces that matter to the readers.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "[general]",
            "[other]",
            "[DEFAULT]",
            "[",
            "]",
            "CONFIG_A",
            "config_a",
            "CONFIG_B_PW",
            "=",
            ":",
            "x",
            "y z",
            "\"\"",
            "#",
            ";",
            " ;c",
            " ",
            "\t",
            "\u{a0}",
            "\n",
            "\n",
            "\n",
            "\r\n",
            "\r",
            "\u{feff}",
            "é",
            "rem",
            "\u{1c}",
            "\n[general]\n",
            "\nCONFIG_C=1",
        ]);
        prop::collection::vec(piece, 0..24)
            .prop_map(|pieces| format!("[general]\n{}", pieces.concat()))
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".*", name in ".*", value in "(.|\n)*") {
            for dialect in BOTH {
                let _ = AnswerFile::faults(&text, dialect);
                let mut file = AnswerFile::parse("[general]\nCONFIG_A=1\n", dialect).unwrap();
                let _ = (file.set(&name, &value), file.remove(&name), file.check("train", None));
            }
        }

        #[test]
        fn what_is_read_is_printed(text in texts()) {
            for dialect in BOTH {
                if let Ok(file) = AnswerFile::parse(text.as_str(), dialect) {
                    prop_assert_eq!(file.text(), &text);
                }
            }
        }

        #[test]
        fn an_edit_touches_its_own_lines_only(text in texts(), value in "[ -~\n]{0,9}") {
            for dialect in BOTH {
                let Ok(file) = AnswerFile::parse(text.as_str(), dialect) else { continue };
                for name in ["CONFIG_A", "CONFIG_NEW"] {
                    let mut edited = file.clone();
                    if edited.set(name, &value).is_err() {
                        prop_assert_eq!(edited.text(), &text);
                        continue;
                    }
                    prop_assert_eq!(edited.get(name), Some(value.as_str()));
                    let (start, end) = file.entry(name).map_or_else(
                        || (file.content.end, file.content.end),
                        |entry| (entry.lines.start, entry.lines.end),
                    );
                    prop_assert!(edited.text().starts_with(&text[..start]));
                    prop_assert!(edited.text().ends_with(&text[end..]));
                    let others = |file: &AnswerFile| -> Vec<(String, String)> {
                        let entries = file.entries().filter(|entry| entry.name != name);
                        entries.map(|entry| (entry.name.clone(), entry.value.clone())).collect()
                    };
                    prop_assert_eq!(others(&edited), others(&file));
                    if edited.remove(name).is_ok() {
                        prop_assert_eq!(edited.get(name), None);
                    }
                }
            }
        }
    }

    #[test]
    fn the_places_of_faults_are_named() {
        let text = "[general]\nCONFIG_NEUTRON_L2_AGENT ovn\nCONFIG_A=1\n";
        let error = AnswerFile::parse(text, Dialect::Python3).unwrap_err();
        assert_eq!(
            error.to_string(),
            "2:1: expected `NAME=value`, but found `CONFIG_NEUTRON_L2_AGENT ovn`\n  \
             | CONFIG_NEUTRON_L2_AGENT ovn\n  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  \
             help: did you mean `CONFIG_NEUTRON_L2_AGENT=…`?"
        );
    }

    #[test]
    fn secrets_are_in_no_error_and_no_debug_text() {
        let text =
            "[general]\nCONFIG_KEYSTONE_ADMIN_PW=hunter2\nCONFIG_KEYSTONE_ADMIN_PW=hunter2\n";
        let error = AnswerFile::parse(text, Dialect::Python3).unwrap_err();
        let mut file = AnswerFile::parse(text, Dialect::Python2).unwrap();
        let refused = file
            .set("CONFIG_KEYSTONE_ADMIN_PW", " hunter2")
            .unwrap_err();
        let values = file.effective("queens", None).unwrap();
        for shown in [
            format!("{error} {error:?}"),
            format!("{file:?} {values:?}"),
            refused.to_string(),
        ] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn saving_is_whole_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("ostack-save-{}.txt", std::process::id()));
        fs::write(&path, "old").unwrap();
        AnswerFile::parse("[general]\n", Dialect::Python3)
            .unwrap()
            .save(&path)
            .unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (fs::read_to_string(&path).unwrap().as_str(), mode),
            ("[general]\n", 0o600)
        );
        fs::remove_file(&path).unwrap();
    }
}
