//! Entries of Python services that log through oslo.log.

use super::form::{Form, Head};
use super::origin::Origin;
use super::record::{Level, Oslo};
use super::scan::{Cursor, begins_any, contains, trimmed};
use super::{plain, time};
use crate::span::Span;

/// The level's word as oslo.log writes it. A `TRACE` line is one of a traceback.
fn level(cursor: &mut Cursor<'_>) -> Option<Level> {
    const WORDS: [(&[u8], Level); 9] = [
        (b"INFO", Level::Info),
        (b"DEBUG", Level::Debug),
        (b"WARNING", Level::Warning),
        (b"ERROR", Level::Error),
        (b"TRACE", Level::Error),
        (b"CRITICAL", Level::Critical),
        (b"WARN", Level::Warning),
        (b"AUDIT", Level::Info),
        (b"EXCEPTION", Level::Error),
    ];
    let mut ahead = *cursor;
    let (_, level) = *WORDS.iter().find(|(word, _)| ahead.eat(word))?;
    let blank = ahead.eat(b" ");
    ahead.skip_blanks();
    *cursor = ahead;
    blank.then_some(level)
}

/// What follows the time stamp: `11770 ERROR neutron.agent [req-…] …`, the process id optional.
pub(super) fn stamped(rest: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(rest, 0);
    if cursor.digits().is_some() {
        cursor.skip_blanks();
    }
    Some(Head::new(Form::Oslo, level(&mut cursor)?))
}

/// The level of an entry that begins as nearly all do: `2015-04-06 18:06:38.123 11770 ERROR
/// neutron.agent [req-…`. Such a line begins a record, whatever comes before it; told in a few steps.
pub(super) fn sure(line: &[u8]) -> Option<Level> {
    const WORDS: [(&[u8], Level); 5] = [
        (b"INFO ", Level::Info),
        (b"DEBUG ", Level::Debug),
        (b"WARNING ", Level::Warning),
        (b"ERROR ", Level::Error),
        (b"CRITICAL ", Level::Critical),
    ];
    let (stamp, rest) = line.split_first_chunk::<24>()?;
    let part = |at: usize| *stamp[at..].first_chunk::<8>().expect("the stamp is long enough");
    let is_stamp = Shape::of(*b"0000-00-").fits(part(0))
        && Shape::of(*b"00 00:00").fits(part(8))
        && Shape::of(*b":00.000 ").fits(part(16));
    if !is_stamp {
        return None;
    }
    let pid = rest.iter().position(|b| !b.is_ascii_digit()).filter(|&n| n > 0)?;
    let rest = rest[pid..].strip_prefix(b" ")?;
    let (word, level) = WORDS.iter().find(|(word, _)| rest.starts_with(word))?;
    let rest = &rest[word.len()..];
    let logger = memchr::memchr(b' ', rest).filter(|&n| n > 0)?;
    let rest = &rest[logger..];
    let has_context =
        rest.starts_with(b" [-") || rest.starts_with(b" [None ") || rest.starts_with(b" [req-");
    has_context.then_some(*level)
}

/// Eight bytes of which some are digits.
struct Shape {
    bytes: u64,
    /// What is added to a byte so that it passes 15 if it is none of those that fit.
    over: u64,
}

impl Shape {
    /// Digits where there is a zero, and the other bytes as they are.
    const fn of(shape: [u8; 8]) -> Self {
        let mut over = [0x0f; 8];
        let mut i = 0;
        while i < 8 {
            if shape[i] == b'0' {
                over[i] = 0x06;
            }
            i += 1;
        }
        Self { bytes: u64::from_le_bytes(shape), over: u64::from_le_bytes(over) }
    }

    fn fits(&self, bytes: [u8; 8]) -> bool {
        // Each byte that fits is its digit now, or zero.
        let rest = u64::from_le_bytes(bytes) ^ self.bytes;
        (rest | rest.wrapping_add(self.over)) & 0xf0f0_f0f0_f0f0_f0f0 == 0
    }
}

/// An entry whose time stamp was left out: `ERROR nova.compute.manager [req-…] …`.
pub(super) fn bare(body: &[u8]) -> Option<Head> {
    if !body.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let mut cursor = Cursor::new(body, 0);
    let is_trace = cursor.rest().starts_with(b"TRACE ");
    let level = level(&mut cursor)?;
    let is_logger = cursor.eat(b"[") || {
        let name = cursor.some(is_logger_byte)?;
        cursor.eat(b" [")
            || is_trace && contains(name.of(body), ".")
            || is_trace && cursor.eat(b" ")
    };
    is_logger.then_some(Head::new(Form::Oslo, level))
}

fn is_logger_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// The parts of a line's beginning.
#[derive(Clone, Copy)]
struct Prefix {
    time: Option<Span>,
    pid: Option<Span>,
    is_trace: bool,
    logger: Option<Span>,
    /// Whether brackets with a request or `-` follow; lines of a traceback have none.
    has_context: bool,
    /// Where the brackets begin, or the message.
    end: usize,
}

impl Prefix {
    fn of(line: &[u8], origin: Origin) -> Self {
        let mut cursor = Cursor::new(line, origin.body);
        let time = time::iso(&mut cursor);
        cursor.skip_blanks();
        let pid = cursor.digits();
        cursor.skip_blanks();
        let is_trace = cursor.rest().starts_with(b"TRACE");
        level(&mut cursor);
        // Older ones have the logger in brackets.
        let bracketed = cursor.eat(b"[");
        let logger = cursor.some(is_logger_byte);
        if bracketed {
            cursor.eat(b"]");
        }
        cursor.eat(b":");
        let has_context = begins_any(cursor.rest(), &[" [-", " [req-", " [None "]);
        Self { time, pid, is_trace, logger, has_context, end: cursor.at }
    }
}

/// The brackets behind a prefix, `[req-… … - - -] [instance: …]`.
#[derive(Clone, Copy, Default)]
struct Context {
    request_id: Option<Span>,
    instance: Option<Span>,
    /// Where the message begins. Blanks before it are its own: they tell a traceback's frames.
    message: usize,
}

impl Context {
    fn of(line: &[u8], prefix: &Prefix) -> Self {
        let mut context = Self { message: prefix.end, ..Self::default() };
        let mut cursor = Cursor::new(line, prefix.end);
        cursor.eat(b" ");
        while cursor.eat(b"[") {
            let Some(inside) = cursor.until(b']') else {
                break;
            };
            let mut words = Cursor::new(line, inside.start as usize);
            if words.eat(b"instance: ") {
                context.instance = Some(Span::new(words.at, inside.end as usize));
            } else if prefix.has_context && context.message == prefix.end {
                words.eat(b"None ");
                let id = words.take_while(|b| b != b' ' && b != b']');
                context.request_id = Some(id).filter(|id| id.of(line).starts_with(b"req-"));
            } else {
                break;
            }
            context.message = cursor.at;
            cursor.eat(b" ");
        }
        context
    }
}

/// Whether `line` is a line of the traceback that belongs to the entry that starts with `first`.
pub(super) fn folds(first: &[u8], line: &[u8]) -> bool {
    let origin = Origin::of(line);
    let prefix = Prefix::of(line, origin);
    if prefix.has_context {
        return false;
    }
    let first_origin = Origin::of(first);
    let head = Prefix::of(first, first_origin);
    let same = |a: Option<Span>, b: Option<Span>| {
        a.map(|span| span.of(first)) == b.map(|span| span.of(line))
    };
    same(head.pid, prefix.pid)
        && same(head.logger, prefix.logger)
        && (prefix.is_trace || same(head.time, prefix.time))
        && first_origin.same_voice(first, origin, line)
}

pub(super) fn parse(text: &[u8], origin: Origin, level: Level) -> Oslo {
    let prefix = Prefix::of(text, origin);
    let context = Context::of(text, &prefix);
    let line_end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let first = trimmed(text, context.message.min(line_end), line_end);
    let starts_inside = !prefix.has_context
        && (first.of(text).starts_with(b"Traceback") || first.of(text).starts_with(b"File \""));
    let traceback =
        if starts_inside { Some(Span::new(0, text.len())) } else { traceback(text, line_end) };
    Oslo {
        level,
        time: origin.time.or(prefix.time),
        host: origin.host,
        pid: prefix.pid.or(origin.pid),
        logger: prefix.logger,
        request_id: context.request_id,
        instance: context.instance,
        message: first,
        traceback,
        exception: traceback.and_then(|span| exception(text, span)),
    }
}

/// The lines from `Traceback (most recent call last)` on.
fn traceback(text: &[u8], line_end: usize) -> Option<Span> {
    let at = plain::find_traceback(&text[line_end..])?;
    let line = memchr::memrchr(b'\n', &text[..line_end + at]).map_or(0, |end| end + 1);
    Some(Span::new(line, text.len()))
}

/// The last line of a traceback that names an exception, without its prefix.
fn exception(text: &[u8], traceback: Span) -> Option<Span> {
    let mut end = traceback.end as usize;
    let mut last = None;
    while end > traceback.start as usize {
        let start = memchr::memrchr(b'\n', &text[..end]).map_or(0, |newline| newline + 1);
        let message = message_of_line(text, start.max(traceback.start as usize), end);
        let said = message.of(text);
        if said.first().is_some_and(|b| !b.is_ascii_whitespace()) && !said.starts_with(b"Traceback")
        {
            last = Some(message);
            if is_exception(said) {
                return last;
            }
        } else if last.is_some() {
            return last;
        }
        end = start.saturating_sub(1);
    }
    last
}

/// What a line of a traceback says, its prefix left out, its indentation kept.
fn message_of_line(text: &[u8], start: usize, end: usize) -> Span {
    let line = &text[start..end];
    let origin = Origin::of(line);
    let body = &line[origin.body..];
    let prefixed =
        body.first().is_some_and(u8::is_ascii_digit) && stamped_line(body) || bare(body).is_some();
    let mut at = 0;
    if prefixed {
        at = Context::of(line, &Prefix::of(line, origin)).message;
    }
    if prefixed && line.get(at) == Some(&b' ') {
        at += 1;
    }
    let kept = line[at..].trim_ascii_end().len();
    Span::new(start + at, start + at + kept)
}

fn stamped_line(body: &[u8]) -> bool {
    let mut cursor = Cursor::new(body, 0);
    time::iso(&mut cursor).is_some() && stamped(cursor.rest().trim_ascii_start()).is_some()
}

/// `some.module.NameError: text`, or the name alone.
fn is_exception(line: &[u8]) -> bool {
    let mut cursor = Cursor::new(line, 0);
    let name = cursor.take_while(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_');
    let ends = cursor.peek().is_none() || cursor.peek() == Some(b':');
    ends && name.of(line).iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sure_line_is_an_entry_that_begins_a_record() {
        let line = b"2026-01-10 09:15:02.101 2211 ERROR nova.service [-] Starting";
        assert_eq!(sure(line), Some(Level::Error));
        let head = super::super::form::head(line).expect("a head");
        assert_eq!((head.form, head.level), (Form::Oslo, Level::Error));
        assert!(!folds(line, line));
        // Any other byte in the stamp's place is looked at again, with care.
        for at in 0..28 {
            for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                let mut other = *line;
                other[at] = byte;
                assert!(other == *line || sure(&other).is_none(), "{at} {byte:#x}");
            }
        }
        assert_eq!(sure(b"2026-01-10 09:15:02.101 2211 ERROR nova.service   File \"x\""), None);
    }
}
