//! The lossless document: the text as it is, and what packstack reads in it.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::Path;

use super::dialect::Dialect;
use super::reader::{Content, Entry, MASK, read, shown};
use crate::error::{Error, ErrorKind, Result};
use crate::parameter;

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
            None => Ok(Self { text, path: None, dialect, content }),
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
        let text = decode(&bytes).map_err(|error| error.in_file(&shown))?;
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
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let file = AnswerFile::parse("[general]\nCONFIG_A: 1\n  2\n", Dialect::Python3)?;
    /// assert_eq!(file.get("Config_A"), Some("1\n2"));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
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
        numbered.filter(move |(at, entry)| counts(*at, entry)).map(|(_, entry)| entry)
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
                let before = if self.text[..*end].ends_with(['\n', '\r']) { "" } else { eol };
                let line = format!("{before}{indent}{name}={}{eol}", self.on_lines(value));
                (*end..*end, line)
            }
        };
        let mut text = self.text.clone();
        text.replace_range(range, &new);
        let key = self.dialect.fold(name);
        let change = |values: &mut HashMap<String, String>| {
            values.insert(key, value.to_owned());
        };
        self.replace_text(text, change).ok_or_else(|| {
            let shown = if parameter::is_secret(name) { MASK.to_owned() } else { shown(value) };
            let message =
                format!("expected a value that an answer file can hold, but found `{shown}`");
            Error::new(ErrorKind::AnswerFile, message)
                .param(name.to_uppercase())
                .help("a value has no blanks at its ends, and no line that reads as a comment")
        })
    }

    /// Gives a parameter another name; its value, its place and what stands around it stay.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let mut file = AnswerFile::parse("[general]\nCONFIG_A : 1\n", Dialect::Python3)?;
    /// file.rename("CONFIG_A", "CONFIG_B")?;
    /// assert_eq!(file.text(), "[general]\nCONFIG_B : 1\n");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the file does not have the parameter, or has one of the new name.
    pub fn rename(&mut self, old: &str, new: &str) -> Result<()> {
        let refused = |message: String| Error::new(ErrorKind::AnswerFile, message).param(old);
        let Some(entry) = self.entry(old) else {
            return Err(refused(format!(
                "expected `{}`, but the file does not have it",
                shown(old)
            )));
        };
        let lines = &self.text[entry.lines.clone()];
        let from = lines.find(|c| !self.dialect.is_space(c)).unwrap_or_default();
        let name = lines[from..].split(['=', ':']).next().unwrap_or_default();
        let start = entry.lines.start + from;
        let end = start + self.dialect.strip(name).len();
        let value = entry.value.clone();
        let mut text = self.text.clone();
        text.replace_range(start..end, new);
        let (old, key) = (self.dialect.fold(old), self.dialect.fold(new));
        let taken = old != key && self.content.index.contains_key(&key);
        let change = |values: &mut HashMap<String, String>| {
            values.remove(&old);
            values.insert(key, value);
        };
        (!taken).then(|| self.replace_text(text, change)).flatten().ok_or_else(|| {
            refused(format!(
                "expected a name that the file does not have yet, but found `{}`",
                shown(new)
            ))
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
        let same = |entry: &&Entry| self.dialect.fold(&entry.name) == *key;
        let mut lines: Vec<_> =
            self.content.entries.iter().filter(same).map(|entry| entry.lines.clone()).collect();
        if lines.is_empty() {
            return Ok(false);
        }
        lines.reverse();
        for range in lines {
            text.replace_range(range, "");
        }
        let change = |values: &mut HashMap<String, String>| {
            values.remove(&key);
        };
        self.replace_text(text, change).map(|()| true).ok_or_else(|| {
            let name = name.to_uppercase();
            let message =
                format!("expected `{name}` to stand alone, but found lines that hang on it");
            Error::new(ErrorKind::AnswerFile, message).param(name).help("take its indentation away")
        })
    }

    /// Removes a parameter, and the comment above it where that stands apart and so speaks of it
    /// alone; `false` where the file does not have it.
    pub(super) fn remove_with_comment(&mut self, name: &str) -> Result<bool> {
        let Some(entry) = self.entry(name) else {
            return Ok(false);
        };
        let mut lines = self.text[..entry.lines.start].split_inclusive('\n').rev().peekable();
        let mut start = entry.lines.start;
        while let Some(line) = lines.next_if(|line| line.starts_with('#')) {
            start -= line.len();
        }
        let apart = lines.peek().is_none_or(|line| line.trim().is_empty());
        let blank = lines.next().filter(|_| start < entry.lines.start).map_or(0, str::len);
        let own = entry.lines.clone();
        let removed = self.remove(name)?;
        if removed && apart && start < own.start {
            let mut text = self.text.clone();
            text.replace_range(start - blank..own.start, "");
            // The comment stays where the text would read differently without it.
            let _ = self.replace_text(text, |_| ());
        }
        Ok(removed)
    }

    /// Adds a parameter with a comment (whole lines) below another one, or at the end.
    pub(super) fn insert(
        &mut self,
        name: &str,
        value: &str,
        comment: &str,
        below: Option<&str>,
    ) -> Result<()> {
        let Content { end, indent, .. } = &self.content;
        let at = below.and_then(|below| self.entry(below)).map_or(*end, |entry| entry.lines.end);
        let eol = self.line_end();
        let before = if self.text[..at].ends_with(['\n', '\r']) { "" } else { eol };
        let comment = comment.replace('\n', eol);
        let lines = format!("{before}{eol}{comment}{indent}{name}={}{eol}", self.on_lines(value));
        let mut text = self.text.clone();
        text.insert_str(at, &lines);
        let key = self.dialect.fold(name);
        let change = |values: &mut HashMap<String, String>| {
            values.insert(key, value.to_owned());
        };
        // Where it cannot stand there, it stands at the end.
        self.replace_text(text, change).map_or_else(|| self.set(name, value), Ok)
    }

    /// The text, as it would be saved.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let text = "# mine\r\n[general]\n\n";
    /// assert_eq!(AnswerFile::parse(text, Dialect::Python3)?.text(), text);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it was read.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let file = AnswerFile::parse("[general]\n", Dialect::Python2)?;
    /// assert_eq!(file.dialect(), Dialect::Python2);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The file that it was loaded from.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// assert_eq!(AnswerFile::parse("[general]\n", Dialect::Python3)?.path(), None);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
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
        Ok(Self { path: self.path.clone(), ..file })
    }

    /// A value as it stands in the file: the lines after the first are indented.
    fn on_lines(&self, value: &str) -> String {
        value.replace('\n', &format!("{}{}    ", self.line_end(), self.content.indent))
    }

    fn line_end(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// Takes a text, where it reads as this one but for a change of its values by folded names.
    fn replace_text(
        &mut self,
        text: String,
        change: impl FnOnce(&mut HashMap<String, String>),
    ) -> Option<()> {
        let (content, faults) = read(&text, self.dialect);
        let values = |content: &Content| -> HashMap<String, String> {
            let value = |at: usize| content.entries[at].value.clone();
            content.index.iter().map(|(key, at)| (key.clone(), value(*at))).collect()
        };
        let mut expected = values(&self.content);
        change(&mut expected);
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

/// The text of a file's bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let place = crate::span::LineColumn::of(bytes, at);
        let byte = bytes.get(at).copied().unwrap_or_default();
        let message = format!("expected UTF-8 text, but found the byte {byte:#04x}");
        Error::new(ErrorKind::AnswerFile, message)
            .at_line(place.line, place.column)
            .help("save the file as UTF-8")
    })
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
        let refused = file.set("CONFIG_KEYSTONE_ADMIN_PW", " hunter2").unwrap_err();
        let values = file.effective("queens", None).unwrap();
        for shown in
            [format!("{error} {error:?}"), format!("{file:?} {values:?}"), refused.to_string()]
        {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn saving_is_whole_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("ostack-save-{}.txt", std::process::id()));
        fs::write(&path, "old").unwrap();
        AnswerFile::parse("[general]\n", Dialect::Python3).unwrap().save(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode), ("[general]\n", 0o600));
        fs::remove_file(&path).unwrap();
    }
}
