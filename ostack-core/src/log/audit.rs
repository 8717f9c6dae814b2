//! The kernel's audit trail.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::form::{Form, Head};
use super::origin::Origin;
use super::record::{Audit, Level};
use super::scan::{Cursor, contains, find, trimmed};
use crate::span::Span;

/// `type=AVC msg=audit(1412109980.125:4612): …`, `node=… type=…`, `audit: type=1400 audit(…): …`,
/// and a denial whose beginning was not copied.
pub(super) fn head(body: &[u8]) -> Option<Head> {
    let is_audit = match *body.first()? {
        b't' => body.starts_with(b"type=") && contains(body, "audit("),
        b'n' => body.starts_with(b"node=") && contains(body, "audit("),
        b'a' => {
            (body.starts_with(b"audit") && contains(body, "audit(")) || body.starts_with(b"avc:  ")
        }
        b'[' => contains(body, "] audit: type=") || contains(body, "] type=1400 audit("),
        _ => false,
    };
    is_audit.then(|| Head::new(Form::Audit, level(body)))
}

pub(super) fn is_denial(body: &[u8]) -> bool {
    static FINDER: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("avc:  denied"));
    FINDER.find(body).is_some()
}

pub(super) fn level(body: &[u8]) -> Level {
    match (is_denial(body), contains(body, "permissive=1")) {
        (true, false) => Level::Error,
        (true, true) => Level::Warning,
        _ => Level::Info,
    }
}

pub(super) fn parse(text: &[u8], origin: Origin, level: Level) -> Audit {
    let stamp = find(text, "audit(").and_then(|at| {
        let mut cursor = Cursor::new(text, at + "audit(".len());
        let inside = cursor.until(b')')?;
        cursor.eat(b":");
        let seconds =
            Cursor::new(text, inside.start as usize).take_while(|b| b != b':' && b != b')');
        Some((seconds, cursor.at))
    });
    let body = stamp.map_or(origin.body, |(_, body)| body);
    let denied = find(text, "denied").and_then(|at| {
        let mut cursor = Cursor::new(text, at + "denied".len());
        cursor.skip_blanks();
        let inside = cursor.eat(b"{").then(|| cursor.until(b'}')).flatten()?;
        Some(trimmed(text, inside.start as usize, inside.end as usize))
    });
    let value = |name: &str| value(text, body, name);
    Audit {
        level,
        time: stamp.map(|(time, _)| time),
        host: origin.host,
        event: find(text, "type=").map(|at| Cursor::new(text, at + "type=".len()).word()),
        denied,
        comm: value("comm"),
        name: value("name").or_else(|| value("path")),
        port: value("src").or_else(|| value("dest")),
        scontext: value("scontext"),
        tcontext: value("tcontext"),
        tclass: value("tclass"),
        message: trimmed(text, body, text.len()),
    }
}

/// The value of ` name=value` or ` name="value"`.
fn value(text: &[u8], from: usize, name: &str) -> Option<Span> {
    let mut at = from;
    while let Some(found) = find(&text[at..], name) {
        let start = at + found;
        let mut cursor = Cursor::new(text, start + name.len());
        if start > 0 && text[start - 1] == b' ' && cursor.eat(b"=") {
            return if cursor.eat(b"\"") { cursor.until(b'"') } else { Some(cursor.word()) };
        }
        at = cursor.at;
    }
    None
}
