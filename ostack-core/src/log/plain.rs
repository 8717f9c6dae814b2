//! Lines that no known program's form fits, and how bad they look.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;

use super::form::{Form, Head};
use super::record::{Level, Plain};
use super::scan::{Cursor, is_word, trimmed};

/// The words that make a line look bad: the word, where in the line it counts, and as what.
const MARKS: &[(&str, Where, Level)] = &[
    ("Traceback (most recent call last)", Where::Any, Level::Error),
    ("Error", Where::Label, Level::Error),
    ("error", Where::Label, Level::Error),
    ("ERROR", Where::Word, Level::Error),
    ("Exception", Where::Label, Level::Error),
    ("fatal:", Where::Start, Level::Error),
    ("FATAL", Where::Word, Level::Critical),
    ("Fatal", Where::Start, Level::Error),
    ("CRITICAL", Where::Word, Level::Critical),
    ("panic:", Where::Any, Level::Critical),
    ("Failed to set locale", Where::Start, Level::Warning),
    ("Failed to ", Where::Start, Level::Error),
    ("failed to ", Where::Start, Level::Error),
    ("Failed with ", Where::Start, Level::Error),
    ("Could not ", Where::Start, Level::Error),
    ("Couldn't ", Where::Start, Level::Error),
    ("Unable to ", Where::Start, Level::Error),
    ("Cannot ", Where::Start, Level::Error),
    ("Dependency failed for", Where::Any, Level::Error),
    ("failed because", Where::Any, Level::Error),
    ("Failed with result", Where::Any, Level::Error),
    ("status=1/FAILURE", Where::Any, Level::Error),
    ("command not found", Where::Any, Level::Error),
    (": not found", Where::End, Level::Error),
    ("No such file or directory", Where::Any, Level::Error),
    ("entered failed state", Where::Any, Level::Error),
    ("Permission denied", Where::Any, Level::Error),
    ("Out of memory: Kill", Where::Any, Level::Critical),
    ("segfault at", Where::Any, Level::Error),
    ("Warning", Where::Label, Level::Warning),
    ("warning", Where::Label, Level::Warning),
    ("WARNING", Where::Word, Level::Warning),
    ("WARN", Where::Word, Level::Warning),
];

#[derive(Clone, Copy)]
enum Where {
    Any,
    /// At the beginning of what the line says.
    Start,
    /// At the end of a line.
    End,
    /// A word that is the end of a label: `Error:`, `KeyError:`, `symbol lookup error:`.
    Label,
    /// A word of its own, as levels are printed: `ERROR 1047`, `main ERROR boot`.
    Word,
}

static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostFirst)
        // A table of all transitions takes a fifth of a start to make.
        .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
        .build(MARKS.iter().map(|(word, ..)| word))
        .expect("the words are few")
});

/// How bad a text of unknown form looks: the worst of its words, where they stand as words of
/// alarm. Restrained: `errors: 0` and `RX errors 0` are no alarm.
pub(super) fn level(text: &[u8]) -> Level {
    let begin = text.len() - text.trim_ascii_start().len();
    AUTOMATON
        .find_iter(text)
        .filter_map(|found| {
            let (_, place, level) = MARKS[found.pattern().as_usize()];
            let before = text[..found.start()].last().copied();
            let after = &text[found.end()..];
            let counts = match place {
                Where::Any => true,
                Where::Start => found.start() == begin,
                Where::End => matches!(after, [] | [b'\n', ..]),
                Where::Label => match after {
                    [b':', ..] => !after.starts_with(b": 0"),
                    [b' ', rest @ ..] => {
                        found.start() == begin && rest.first().is_some_and(u8::is_ascii_lowercase)
                    }
                    [] => found.start() > begin && before.is_some_and(|b| b != b' '),
                    _ => false,
                },
                Where::Word => {
                    !before.is_some_and(|b| is_word(b) || b == b'"' || b == b'\'')
                        && after.first().is_none_or(|b| matches!(b, b' ' | b':' | b']' | b'\t'))
                        && !after.starts_with(b": 0")
                }
            };
            counts.then_some(level)
        })
        .max()
        .unwrap_or_default()
}

/// `192.0.2.7 - - [28/Sep/2016:09:49:25 +0700] "GET / HTTP/1.1" 200 …`
pub(super) fn access(body: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(body, 0);
    cursor.some(|b| b.is_ascii_hexdigit() || b == b'.' || b == b':')?;
    if !cursor.eat(b" ") {
        return None;
    }
    cursor.word();
    cursor.eat(b" ");
    cursor.word();
    let is_access = cursor.eat(b" [") && cursor.digits().is_some() && cursor.eat(b"/");
    is_access.then_some(Head::new(Form::Access, Level::Info))
}

const TRACEBACK: &[u8] = b"Traceback (most recent call last)";

/// Whether a Python traceback begins here.
pub(super) fn is_traceback(body: &[u8]) -> bool {
    body.starts_with(TRACEBACK)
}

/// Where a Python traceback begins.
pub(super) fn find_traceback(text: &[u8]) -> Option<usize> {
    static FINDER: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(TRACEBACK));
    FINDER.find(text)
}

pub(super) fn parse(text: &[u8], level: Level) -> Plain {
    Plain { level, message: trimmed(text, 0, text.len()) }
}
