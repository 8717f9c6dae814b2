//! Reading a text as Python's `RawConfigParser` does, with the place of each value.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use super::dialect::{Dialect, Line};
use crate::error::{Error, ErrorKind, did_you_mean};
use crate::parameter;
use crate::span::characters;

const SECTION: &str = "general";
const DEFAULTS: &str = "DEFAULT";

/// How many characters of a wrong text are shown.
const EXCERPT: usize = 100;
/// How many faults come with a suggestion.
const SUGGESTIONS: usize = 10;
/// How many faults of a text are told.
const FAULTS: usize = 100;

/// What stands for a secret value in messages.
pub(super) const MASK: &str = "********";

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
    pub(super) span: Range<usize>,
    /// The bytes of the lines, with the last one's end.
    pub(super) lines: Range<usize>,
    /// Whether it stands in the section itself, and not in that of the defaults.
    pub(super) general: bool,
}

/// What was read: every entry, and the one that counts under each (folded) name.
#[derive(Clone, Default)]
pub(super) struct Content {
    pub(super) entries: Vec<Entry>,
    pub(super) index: HashMap<String, usize>,
    /// Where a new entry goes, and the blanks before it.
    pub(super) end: usize,
    pub(super) indent: String,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if parameter::is_secret(&self.name) { MASK } else { &self.value };
        write!(f, "{}={value:?} (line {})", self.name, self.line)
    }
}

/// Reads a text line by line as the dialect's `RawConfigParser` does, and goes on where it stops.
pub(super) fn read(text: &str, dialect: Dialect) -> (Content, Vec<Error>) {
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
        if self.faults.len() >= FAULTS {
            return;
        }
        let raw = &self.text[line.start..line.text_end];
        let stripped = self.dialect.strip(raw);
        let from = raw.find(stripped).unwrap_or(0);
        let indent = raw[..from].chars().count();
        match self.dialect {
            Dialect::Python2 => {
                let word = raw.split(|c| self.dialect.is_space(c)).next().unwrap_or_default();
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
        let body = if self.dialect == Dialect::Python2 { raw } else { stripped };
        if let Some(section) = self.dialect.section(body) {
            self.open_section(section, number, line, indent);
        } else if self.section.is_none() {
            let message = format!(
                "expected a section `[{SECTION}]` first, but found `{}`",
                shown(&masked(stripped))
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
            let name = shown(section);
            let message = format!("expected each section once, but found `[{name}]` again");
            let help = "move its parameters under the first one";
            self.fault(number, line, (indent, &format!("[{section}]")), message, Some(help));
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
        let (Some(at), false) =
            (delimiter, name.is_empty() || dialect == Dialect::Python2 && indent > 0)
        else {
            let message =
                format!("expected `NAME=value`, but found `{}`", shown(&masked(stripped)));
            let word = stripped.split(|c: char| !c.is_alphanumeric() && c != '_').next();
            // To look for what was meant takes longer than to read the line.
            let word = word.filter(|_| self.faults.len() < SUGGESTIONS);
            let name = word.and_then(|word| meant(&word.to_uppercase(), parameter::names()));
            let help = name.map(|name| format!("did you mean `{name}=…`?"));
            return self.fault(number, line, (indent, stripped), message, help.as_deref());
        };
        let key = dialect.fold(name);
        let section = self.section.unwrap_or_default();
        let again = !self.names.insert((section, key.clone()));
        if again && dialect == Dialect::Python3 {
            let name = dialect.capitals(&key);
            let message =
                format!("expected each parameter once, but found `{}` again", shown(&name));
            let first = self.content.entries.iter().find(|entry| entry.name == name);
            let help =
                first.map(|entry| format!("it is given a value on line {} already", entry.line));
            let width = masked(stripped);
            self.fault(number, line, (indent, &width), message, help.as_deref());
        }
        let start = line.start + from + at + 1;
        let rest = &self.text[start..line.text_end];
        let value = value(dialect, rest);
        let start = start + rest.len() - rest.trim_start_matches(|c| dialect.is_space(c)).len();
        let column = characters(&self.text.as_bytes()[line.start..start]) + 1;
        let span = start..start + value.len();
        let empty = dialect == Dialect::Python2 && value == "\"\"";
        self.open = Some(Entry {
            name: dialect.capitals(&key),
            value: if empty { String::new() } else { value.to_owned() },
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
        let kept = entry.value.trim_end_matches(|c| self.dialect.is_space(c)).len();
        entry.value.truncate(kept);
        let general = self.section == Some(SECTION);
        if general {
            self.content.end = entry.lines.end;
        } else if self.section != Some(DEFAULTS) {
            return;
        }
        let at = self.content.entries.len();
        let key = self.dialect.fold(&entry.name);
        let before = self.content.index.get(&key).and_then(|at| self.content.entries.get(*at));
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
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let line = masked(&self.text[line.start..line.text_end]);
        let line: String = line.trim_end().chars().map(plain).take(EXCERPT).collect();
        let width = wrong.chars().count().min(EXCERPT.saturating_sub(indent));
        let mut error = Error::new(ErrorKind::AnswerFile, message)
            .at_line(number, indent + 1)
            .excerpt(line, width);
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
                .map_or("none".to_owned(), |s| format!("`[{}]`", shown(s)));
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

/// A text as it may stand in a message: not too long, and without control characters.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(EXCERPT).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("{}{more}", short.escape_debug())
}

/// What a wrong word was meant to be.
pub(super) fn meant<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if word.len() > EXCERPT { None } else { did_you_mean(word, candidates) }
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
