//! Puppet's messages, from version 2.7 to 8.

use super::form::{Form, Head};
use super::origin::Origin;
use super::record::{Level, Puppet, PuppetEvent};
use super::scan::{Cursor, begins_any, contains, contains_any, find, trimmed};
use super::time;
use crate::span::Span;

/// The level's word before a message; the ones in lower case are Puppet 2.7's and those of its logs.
fn level_named(word: &[u8]) -> Option<Level> {
    Some(match word {
        b"Error" | b"err" => Level::Error,
        b"Warning" | b"warning" => Level::Warning,
        b"Notice" | b"notice" | b"Info" | b"info" => Level::Info,
        b"Debug" | b"debug" => Level::Debug,
        b"Alert" | b"Critical" | b"Emergency" | b"alert" | b"crit" | b"emerg" => Level::Critical,
        _ => return None,
    })
}

/// `Error: text`, `err: text`, or a resource's message without its level.
pub(super) fn head(body: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(body, 0);
    match level(&mut cursor) {
        // ssh's, which is in every remote script's output.
        Some(Level::Warning) if contains(cursor.rest(), "Permanently added") => None,
        Some(level) => Some(Head::new(Form::Puppet, level)),
        None => resource_message(body),
    }
}

/// Passes `Error:`, whatever follows.
fn level(cursor: &mut Cursor<'_>) -> Option<Level> {
    let rest = cursor.rest();
    let colon = rest.iter().take(10).position(|b| *b == b':')?;
    let level = level_named(&rest[..colon])?;
    let ends_there = matches!(rest.get(colon + 1), None | Some(b' ' | b'\n'));
    ends_there.then(|| {
        cursor.at += colon + 1;
        cursor.skip_blanks();
        level
    })
}

/// A resource's message whose level was not copied: `/Stage[main]/…/returns: text`; or one that
/// stands indented: `notice: /Stage[main]/…`.
pub(super) fn resource_message(body: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(body, 0);
    let named = level(&mut cursor);
    let message = cursor.rest();
    if !message.starts_with(b"/Stage[") {
        return None;
    }
    Some(Head::new(Form::Puppet, named.unwrap_or_else(|| guess_level(message))))
}

/// The level of a message that does not name it.
pub(super) fn guess_level(message: &[u8]) -> Level {
    let is_error = contains_any(message, &["rror:", " failed: ", "Could not ", "Failed to "]);
    if is_error { Level::Error } else { Level::Unknown }
}

/// What follows the time stamp in `puppet.log`: `+0000 Puppet (err): text`.
pub(super) fn logged(rest: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(rest, 0);
    Some(Head::new(Form::Puppet, logged_level(&mut cursor)?))
}

/// Passes `+0000 Puppet (err): ` or `+0000 /Stage[main]/…/File[x] (notice): `.
fn logged_level(cursor: &mut Cursor<'_>) -> Option<Level> {
    let mut zone = *cursor;
    if zone.eat(b"+") || zone.eat(b"-") {
        zone.digits();
        zone.skip_blanks();
        *cursor = zone;
    }
    if !begins_any(cursor.rest(), &["Puppet", "/Stage["]) {
        return None;
    }
    let rest = cursor.rest();
    let open = find(&rest[..rest.len().min(1024)], " (")?;
    let mut word = Cursor::new(rest, open + 2);
    let name = word.take_while(|b| b.is_ascii_lowercase());
    let level = level_named(name.of(rest))?;
    word.eat(b"):").then(|| {
        if rest.starts_with(b"Puppet") {
            cursor.at += word.at;
            cursor.skip_blanks();
        }
        level
    })
}

/// Whether the message is about a package tool's failure, whose output it quotes: lines that would
/// be a package tool's elsewhere, and those behind a blank line, belong to it.
pub(super) fn quotes_output(line: &[u8]) -> bool {
    contains(line, "xecution of '")
        && contains_any(line, &["/yum", "/dnf", "/rpm", "/pip", "/apt-get"])
}

pub(super) fn parse(text: &[u8], origin: Origin, level_of_head: Level) -> Puppet {
    let mut cursor = Cursor::new(text, origin.body);
    let stamp = time::iso(&mut cursor);
    cursor.skip_blanks();
    if stamp.is_none() || logged_level(&mut cursor).is_none() {
        level(&mut cursor);
    }
    let mut puppet = Puppet {
        level: level_of_head,
        time: origin.time.or(stamp),
        host: origin.host,
        ..Puppet::default()
    };
    let mut start = cursor.rest_trimmed().start as usize;
    if let Some((path, after)) = resource_path(text, start) {
        (puppet.resource, puppet.property) = split_property(text, path);
        start = after;
    }
    puppet.message = trimmed(text, start, text.len());
    if let Some(place) = Place::find(text, start) {
        puppet.file = Some(place.file);
        puppet.file_line = place.line;
        puppet.host = puppet.host.or(place.node);
        if place.is_last {
            puppet.message = trimmed(text, start, place.start.max(start));
        }
    }
    puppet.event = event(puppet.message.of(text), level_of_head, puppet.resource.is_some());
    puppet
}

/// The path of the resource that speaks, and where its message begins. In syslog the path is in
/// parentheses.
fn resource_path(text: &[u8], start: usize) -> Option<(Span, usize)> {
    let mut cursor = Cursor::new(text, start);
    let parenthesised = cursor.eat(b"(/Stage[") || cursor.eat(b"(/File[");
    let path_start = start + usize::from(parenthesised);
    let rest = &text[path_start..];
    // `Stage[main]/…`, or a type that stands at the top, such as `/File[/etc/hosts]`.
    let kind = Cursor::new(rest, 1.min(rest.len()))
        .take_while(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':');
    let is_path = rest.first() == Some(&b'/')
        && kind.of(rest).first().is_some_and(u8::is_ascii_uppercase)
        && rest.get(kind.end as usize) == Some(&b'[');
    if !is_path {
        return None;
    }
    let mut depth = 0_u32;
    for (i, byte) in rest.iter().enumerate().take(4096) {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b')' if parenthesised && depth == 0 => {
                return Some((Span::new(path_start, path_start + i), path_start + i + 1));
            }
            b':' if depth == 0 && matches!(rest.get(i + 1), None | Some(b' ' | b'\n')) => {
                return Some((Span::new(path_start, path_start + i), path_start + i + 1));
            }
            // `puppet.log` has the level behind the path.
            b' ' if depth == 0 && rest[i + 1..].starts_with(b"(") => {
                let close = find(&rest[i..], "):")?;
                return Some((Span::new(path_start, path_start + i), path_start + i + close + 2));
            }
            _ => {}
        }
    }
    None
}

/// `/Stage[main]/A/B[c]/ensure` in resource and property.
fn split_property(text: &[u8], path: Span) -> (Option<Span>, Option<Span>) {
    let bytes = path.of(text);
    let slash = memchr::memrchr(b'/', bytes).filter(|slash| {
        let name = &bytes[slash + 1..];
        !name.is_empty()
            && bytes[..*slash].ends_with(b"]")
            && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
    });
    match slash {
        Some(slash) => {
            let at = path.start as usize + slash;
            let resource = Span::new(path.start as usize, at);
            (Some(resource), Some(Span::new(at + 1, path.end as usize)))
        }
        None => (Some(path), None),
    }
}

/// Where in the manifests a message comes from.
struct Place {
    start: usize,
    file: Span,
    line: Option<Span>,
    node: Option<Span>,
    /// Whether nothing else follows.
    is_last: bool,
}

impl Place {
    fn find(text: &[u8], from: usize) -> Option<Self> {
        Self::parenthesised(text, from).or_else(|| Self::at(text, from))
    }

    /// `(file: /x.pp, line: 3, column: 5)`
    fn parenthesised(text: &[u8], from: usize) -> Option<Self> {
        let start = from + memchr::memmem::rfind(&text[from..], b"(file: ")?;
        let mut cursor = Cursor::new(text, start + "(file: ".len());
        let file = cursor.some(|b| !matches!(b, b',' | b')' | b'\n'))?;
        let line = cursor.eat(b", line: ").then(|| cursor.digits()).flatten();
        cursor.until(b')')?;
        Some(Self::new(text, start, file, line, cursor))
    }

    /// ` at /x.pp:3` or ` at /x.pp:3:5`; in 3.x also ` at 35:/x.pp`.
    fn at(text: &[u8], from: usize) -> Option<Self> {
        let mut before = text.len();
        while let Some(found) = memchr::memmem::rfind(&text[from..before], b"at ") {
            let start = from + found;
            before = start;
            if start > from && !text[start - 1].is_ascii_whitespace() {
                continue;
            }
            let mut cursor = Cursor::new(text, start + "at ".len());
            let mut line = cursor.digits();
            if line.is_some() {
                cursor.eat(b":");
            }
            if cursor.peek() != Some(b'/') {
                continue;
            }
            let Some(file) = cursor.some(|b| b != b':' && !b.is_ascii_whitespace()) else {
                continue;
            };
            if line.is_none() {
                line = cursor.eat(b":").then(|| cursor.digits()).flatten();
                let mut column = cursor;
                if column.eat(b":") && column.digits().is_some() {
                    cursor = column;
                }
            }
            if line.is_some() {
                return Some(Self::new(text, start, file, line, cursor));
            }
        }
        None
    }

    fn new(
        text: &[u8],
        start: usize,
        file: Span,
        line: Option<Span>,
        mut cursor: Cursor<'_>,
    ) -> Self {
        let node = cursor.eat(b" on node ").then(|| cursor.word());
        let is_last = text[cursor.at..].trim_ascii().is_empty();
        Self { start, file, line, node, is_last }
    }
}

fn event(message: &[u8], level: Level, of_resource: bool) -> PuppetEvent {
    const COMPILE: [&str; 24] = [
        "Evaluation Error",
        "Could not parse",
        "Syntax error",
        "Could not find data item",
        "did not find a value for the name",
        "Could not find class",
        "Could not find declared class",
        "Could not find resource type",
        "Unknown resource type",
        "Unknown function",
        "Unknown variable",
        "Invalid parameter",
        "Invalid resource type",
        "Duplicate declaration",
        "Could not retrieve catalog",
        "Failed to compile catalog",
        "Could not autoload",
        "Could not match",
        "Must pass ",
        "expects a value for parameter",
        "expects a value of type",
        "no parameter named",
        "has no parameter",
        "Could not find template",
    ];
    const CHANGE: [&str; 8] = [
        "change from ",
        "Failed to call refresh",
        "Could not ",
        "xecution of '",
        "instead of one of [",
        "Failed to apply catalog",
        "Unable to ",
        "Systemd start for ",
    ];
    if begins_any(message, &["Applied catalog in ", "Finished catalog run in "]) {
        PuppetEvent::Applied
    } else if message.starts_with(b"Facter: ") {
        PuppetEvent::Facter
    } else if message.starts_with(b"Skipping because of failed dependencies") {
        PuppetEvent::Skipped
    } else if message.starts_with(b"Dependency ") && contains(message, " has failures: true") {
        PuppetEvent::DependencyFailed
    } else if message.starts_with(b"Could not prefetch ") {
        PuppetEvent::Prefetch
    } else if level < Level::Error {
        PuppetEvent::Note
    } else if !of_resource && contains_any(message, &COMPILE) {
        PuppetEvent::Compile
    } else if contains_any(message, &CHANGE) {
        PuppetEvent::ChangeFailed
    } else {
        PuppetEvent::Note
    }
}
