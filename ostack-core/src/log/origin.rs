//! What stands before a program's own text in a line.

use super::scan::{Cursor, contains, is_blank, is_word};
use super::time;
use crate::span::Span;

/// What stands before a program's own text in a line: blanks, the file name that `grep` puts there,
/// the head that syslog or the journal writes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin {
    pub(super) time: Option<Span>,
    pub(super) host: Option<Span>,
    /// Set exactly when the line came through syslog or the journal.
    pub(super) program: Option<Span>,
    pub(super) pid: Option<Span>,
    /// Where the program's own text begins.
    pub(super) body: usize,
}

impl Origin {
    pub(super) fn of(line: &[u8]) -> Self {
        let mut cursor = Cursor::new(line, 0);
        cursor.skip_blanks();
        if let Some(b'.' | b'/' | b'a'..=b'z') = cursor.peek() {
            cursor.at = after_file_name(&cursor);
        }
        let plain = Self { body: cursor.at, ..Self::default() };
        match cursor.peek() {
            // Only journalctl's and rsyslog's ISO stamps have a T and a host behind them.
            Some(b'0'..=b'9') if cursor.rest().get(10) == Some(&b'T') => {
                time::iso(&mut cursor).and_then(|stamp| syslog(cursor, stamp)).unwrap_or(plain)
            }
            // A month, which in Chinese and Japanese begins with its number.
            Some(_) if begins_month(cursor.rest()) => {
                bsd_stamp(&mut cursor).and_then(|stamp| syslog(cursor, stamp)).unwrap_or(plain)
            }
            _ => plain,
        }
    }

    /// Whether two lines were written by the same process.
    pub(super) fn same_voice(self, text: &[u8], other: Self, other_text: &[u8]) -> bool {
        let same = |a: Option<Span>, b: Option<Span>| {
            a.map(|span| span.of(text)) == b.map(|span| span.of(other_text))
        };
        same(self.host, other.host)
            && same(self.program, other.program)
            && same(self.pid, other.pid)
    }
}

/// Where the text begins after `./keystone.log:` or `/var/log/nova/nova-api.log:17:`.
fn after_file_name(cursor: &Cursor<'_>) -> usize {
    let mut ahead = *cursor;
    let name = ahead.take_while(|b| is_word(b) || matches!(b, b'.' | b'/' | b'-' | b'+' | b'@'));
    let is_file =
        ahead.eat(b":") && contains(&cursor.rest()[..name.end as usize - cursor.at], ".log");
    if !is_file {
        return cursor.at;
    }
    let mut number = ahead;
    if number.digits().is_some() && number.eat(b":") {
        ahead = number;
    }
    ahead.at
}

fn begins_month(text: &[u8]) -> bool {
    match text {
        [b'0'..=b'9', b'0'..=b'9', third, ..] => !third.is_ascii(),
        [b'0'..=b'9', second, ..] => !second.is_ascii(),
        [first, ..] => first.is_ascii_alphabetic() || !first.is_ascii(),
        [] => false,
    }
}

/// `Nov 22 10:00:00`, the month in any language.
fn bsd_stamp(cursor: &mut Cursor<'_>) -> Option<Span> {
    let start = cursor.at;
    let month = cursor.take_while(|b| b.is_ascii_alphanumeric() || b == b'.' || !b.is_ascii());
    if !(2..=12).contains(&(month.end - month.start)) || !cursor.eat(b" ") {
        return None;
    }
    cursor.skip_blanks();
    let day = cursor.digits()?;
    let fits = day.end - day.start <= 2 && cursor.eat(b" ") && time::clock(cursor);
    fits.then(|| Span::new(start, cursor.at))
}

/// ` host program[pid]: `
fn syslog(mut cursor: Cursor<'_>, time: Span) -> Option<Origin> {
    if !cursor.eat(b" ") {
        return None;
    }
    let host = cursor.some(|b| !b.is_ascii_whitespace() && b != b'|')?;
    if !cursor.eat(b" ") {
        return None;
    }
    let program = cursor.some(|b| !is_blank(b) && !matches!(b, b'[' | b':' | b'\n'))?;
    let mut pid = None;
    if cursor.eat(b"[") {
        pid = cursor.until(b']');
    }
    if !cursor.eat(b":") {
        return None;
    }
    cursor.eat(b" ");
    Some(Origin {
        time: Some(time),
        host: Some(host),
        program: Some(program),
        pid,
        body: cursor.at,
    })
}
