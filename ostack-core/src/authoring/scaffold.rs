//! A new rule from a log line: what the line itself tells is filled in, the rest says `TODO`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

use super::test::test;
use crate::error::{Error, ErrorKind, Result};
use crate::log::{Kind, Reader, Source};
use crate::redact::Redactor;
use crate::rule::{KnowledgeBase, anchor, parse};

/// The longest part of a message that becomes a pattern, in characters.
const LONGEST: usize = 200;
/// A pattern whose literal is shorter names its record, in bytes.
const SHORT: usize = 12;

/// A rule file for the record on line `line` (from 1) of a log, or for the worst record of it: the
/// pattern with a capture for what varies, a test in which it fires and one in which it is silent.
/// What only its author can know says `TODO`, which [`check`](super::check) refuses.
///
/// Secrets are masked before anything is written.
///
/// ```
/// let log = "2023-05-04 10:12:31.402 2817 ERROR nova.compute.manager [-] Flux on vm1.example.org is low: 3\n";
/// let text = ostack_core::authoring::scaffold("flux_low", "nova", log.as_bytes(), None)?;
/// assert!(text.contains(r"regex = '''Flux on (?<host>[\w.-]+) is low: \d+'''"));
/// assert!(text.contains("captures = { host = \"vm1.example.org\" }"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Errors
/// An id or a component that no rule can have, a line that the log does not have or that is blank,
/// and a message without words that a pattern could be woken by.
pub fn scaffold(id: &str, component: &str, log: &[u8], line: Option<u64>) -> Result<String> {
    let log = Redactor::default().mask(&String::from_utf8_lossy(log)).into_owned();
    let seen = Seen::of(&log, line)?;
    let pattern = mask(&seen.message)?;
    let text = write(id, component, &seen, &pattern);
    let name = format!("{id}.toml");
    let (rule, tests) = parse(&name, &text)?;
    let mut alone = KnowledgeBase::empty();
    alone.add(&name, rule, tests)?;
    match test(&alone, &[])?.iter().flat_map(|tested| &tested.failures).next() {
        Some(failure) => Err(usage(format!("the record is not found again: {failure}"))),
        None => Ok(text),
    }
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}

/// The record that the rule is for.
struct Seen {
    kind: Kind,
    /// All of it.
    text: String,
    /// The first line of what it says, or the exception that it ends with.
    message: String,
    /// The field that the message is.
    field: Option<&'static str>,
}

impl Seen {
    fn of(log: &str, line: Option<u64>) -> Result<Self> {
        let source = Source::bytes("log.txt", log);
        let mut reader = Reader::new(&source)?;
        let mut worst: Option<(crate::log::Level, Self)> = None;
        while let Some(block) = reader.next_block()? {
            for entry in block.entries() {
                let here =
                    |line: u64| (entry.line..entry.line + u64::from(entry.lines)).contains(&line);
                if line.is_some_and(|line| !here(line)) {
                    continue;
                }
                let level = entry.record.level();
                if entry.text.trim_ascii().is_empty()
                    || worst.as_ref().is_some_and(|(worst, _)| *worst >= level)
                {
                    continue;
                }
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let field =
                    |name: &'static str| Some((name, entry.record.field(name, entry.text)?));
                let said = field("exception").or_else(|| field("message"));
                let (name, said) = said.unzip();
                let message = text(said.unwrap_or(entry.text));
                let first = message.lines().map(str::trim).find(|line| !line.is_empty());
                let message = first.unwrap_or_default().chars().take(LONGEST).collect();
                let kind = entry.record.kind();
                worst = Some((level, Self { kind, text: text(entry.text), message, field: name }));
            }
        }
        let found = worst.map(|(_, seen)| seen).filter(|seen| !seen.message.is_empty());
        found.ok_or_else(|| match line {
            Some(line) => usage(format!("expected a record on line {line}, but found none")),
            None => usage("expected a record, but found none"),
        })
    }
}

/// A pattern, and what it captures in the message that it was made of.
struct Masked {
    regex: String,
    captures: Vec<(String, String)>,
    /// The message up to its middle, which the pattern does not match.
    half: String,
    short: bool,
}

/// A message as an expression: what varies becomes a capture or a class.
fn mask(message: &str) -> Result<Masked> {
    // Names of captures, what they are in a message, and what they may be elsewhere. Without a name
    // it is not worth one.
    const PARTS: [(&str, &str, &str); 10] = [
        ("url", r"https?://[\w.+:@%/=-]*[\w/]", r"https?://[\w.+:@%/=-]+"),
        (
            "",
            r"\b(?:req-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
            r"[\w-]+",
        ),
        ("address", r"\b\d{1,3}(?:\.\d{1,3}){3}\b", r"[\d.]+"),
        (
            "path",
            r"/[\w.+@%=-]+(?:/[\w.+@%=-]+)+|/(?:etc|var|usr|opt|home|root|tmp)\b/?",
            r"/[\w.+:@%/=-]+",
        ),
        (
            "package",
            r"\b[a-zA-Z][\w.+]*(?:-[a-zA-Z][\w.+]*)*-\d[\w.+~:]*-[\w.+~]*\.(?:el|fc)\w+(?:\.\w+)*",
            r"[\w.+:~-]+",
        ),
        ("version", r"\b\d+(?:\.\d+)+(?:[.-]?(?:rc|[a-c]|dev|beta)\d*)?\b", r"\d[\w.+-]*"),
        ("", r"\b0x[0-9a-f]+\b|\b[0-9a-f]*\d[0-9a-f]*[a-f][0-9a-f]{6,}\b", r"\w+"),
        (
            "host",
            r"\b[a-zA-Z][\w-]*(?:\.[\w-]+)*\.(?:com|org|net|test|local|lan|internal|localdomain|novalocal|example)\b",
            r"[\w.-]+",
        ),
        ("name", r"'[\w.+:@%/=-]+'|\x22[\w.+:@%/=-]+\x22", r"[\w.+:@%/=-]+"),
        ("", r"\b\d+\b", r"\d+"),
    ];
    static ANY: LazyLock<Regex> = LazyLock::new(|| {
        let parts: Vec<String> = PARTS.iter().map(|(_, part, _)| format!("({part})")).collect();
        Regex::new(&parts.join("|")).expect("an expression")
    });
    let mut named = BTreeSet::new();
    let (mut regex, mut captures, mut at) = (String::new(), Vec::new(), 0);
    for found in ANY.captures_iter(message) {
        let Some((part, whole)) = (1..=PARTS.len()).find_map(|i| Some((i - 1, found.get(i)?)))
        else {
            continue;
        };
        let (name, _, class) = PARTS[part];
        regex += &regex_syntax::escape(&message[at..whole.start()]);
        at = whole.end();
        let quote = if name == "name" { &whole.as_str()[..1] } else { "" };
        regex += quote;
        if !name.is_empty() && named.insert(name) {
            write!(regex, "(?<{name}>{class})").expect("a String");
            let value = whole.as_str().trim_matches(['\'', '"']);
            captures.push((name.to_owned(), value.to_owned()));
        } else {
            regex += class;
        }
        regex += quote;
    }
    regex += &regex_syntax::escape(&message[at..]);
    // A full stop is literal, a space is not: only what must be escaped is.
    let regex =
        regex.replace(r"\-", "-").replace(r"\#", "#").replace(r"\&", "&").replace(r"\~", "~");
    let hir = anchor::parse(&regex).map_err(|error| usage(error.to_string()))?;
    let letters = anchor::letters(&hir);
    if letters < anchor::SHORTEST {
        return Err(usage(format!("expected words that are always there, but found `{message}`"))
            .help("give the line that says what went wrong"));
    }
    let middle = message.len() / 2;
    let end = message.char_indices().map(|(i, _)| i).rfind(|&i| i <= middle).unwrap_or_default();
    let end = message[..end].rfind(char::is_whitespace).unwrap_or(end);
    Ok(Masked { regex, captures, half: message[..end].to_owned(), short: letters < SHORT })
}

fn write(id: &str, component: &str, seen: &Seen, masked: &Masked) -> String {
    let kind = seen.kind;
    let mut place = String::new();
    if kind != Kind::Plain {
        // Words that say enough need no record: people paste pieces.
        let sign = if masked.short { "" } else { "# " };
        writeln!(place, "{sign}record = \"{kind}\"").expect("a String");
        if let Some(field) = seen.field {
            writeln!(place, "{sign}field = \"{field}\"").expect("a String");
        }
    }
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let literal = |text: &str| {
        let plain = !text.contains("'''") && !text.ends_with('\'');
        let plain = plain && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
        if plain { format!("'''{text}'''") } else { quoted(text) }
    };
    let captures: Vec<String> =
        masked.captures.iter().map(|(name, value)| format!("{name} = {}", quoted(value))).collect();
    let captures = match captures.as_slice() {
        [] => String::new(),
        all => format!("captures = {{ {} }}\n", all.join(", ")),
    };
    let regex = literal(&masked.regex);
    let log = literal(&seen.text);
    let miss = literal(&format!("TODO a near miss: {}", masked.half));
    format!(
        r#"format = 1
id = "{id}"
title = "TODO what is wrong, not what the log says"
component = "{component}"
severity = "error"
status = "experimental"
cause = """TODO Why it happens, how it shows, what it breaks. Two to six sentences that help without the log."""
references = ["https://TODO"]

[[pattern]]
name = "said"
{place}regex = {regex}

[[check]]
run = "TODO a command that tells this cause from others"
confirms = "TODO"
refutes = "TODO"

[[fix]]
title = "TODO the least invasive cure"
[[fix.step]]
run = "TODO"
risk = "safe"

[verify]
run = "TODO"
expect = "TODO"

[[test]]
origin = "TODO printed by a program and its version, or format string of a source file"
log = {log}
{captures}
[[test]]
log = {miss}
silent = true
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(log: &str) -> String {
        scaffold("x", "host", log.as_bytes(), None).unwrap()
    }

    #[test]
    fn what_varies_is_masked() {
        let masked = mask(
            "Cannot bind 192.0.2.7:5672 for req-6d4f2f0e-1111-4222-8333-444455556666: \
             'amqp' at /etc/rabbitmq/rabbitmq.conf, version 3.8.9 (0x7f2c11aa, 17 s)",
        )
        .unwrap();
        assert_eq!(
            masked.regex,
            r"Cannot bind (?<address>[\d.]+):\d+ for [\w-]+: '(?<name>[\w.+:@%/=-]+)' at (?<path>/[\w.+:@%/=-]+), version (?<version>\d[\w.+-]*) \(\w+, \d+ s\)"
        );
        let names: Vec<&str> = masked.captures.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["address", "name", "path", "version"]);
    }

    #[test]
    fn a_short_message_names_its_record() {
        let text = new("2023-05-04 10:12:31.402 2817 ERROR nova.x [-] Flux low\n");
        assert!(text.contains("\nrecord = \"oslo\"\nfield = \"message\"\nregex = '''Flux low'''"));
        let text = new("2023-05-04 10:12:31.402 2817 ERROR nova.x [-] The flux is much too low\n");
        assert!(text.contains("\n# record = \"oslo\"\n# field = \"message\"\n"));
    }

    #[test]
    fn the_worst_record_or_the_one_on_the_line_is_taken() {
        let log = "Notice: all is well here\nError: Could not start Service[flux]: 'systemctl start flux' failed\n";
        assert!(new(log).contains(r"regex = '''Could not start Service\[flux\]"));
        let text = scaffold("x", "host", log.as_bytes(), Some(1)).unwrap();
        assert!(text.contains("all is well here"));
        let error = scaffold("x", "host", log.as_bytes(), Some(9)).unwrap_err();
        assert_eq!(error.message(), "expected a record on line 9, but found none");
    }

    #[test]
    fn what_cannot_be_a_rule_is_refused() {
        let error = |id: &str, log: &str| scaffold(id, "host", log.as_bytes(), None).unwrap_err();
        assert!(error("X Y", "the flux is low").message().starts_with("expected lower-case"));
        assert!(error("x", "12 34").message().starts_with("expected words"));
        assert!(error("x", "\n \n").message().starts_with("expected a record"));
    }

    #[test]
    fn secrets_do_not_get_into_a_rule() {
        let text =
            new("ERROR cannot connect with mysql://nova:Zq7hunter2@192.0.2.1/nova, giving up\n");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
