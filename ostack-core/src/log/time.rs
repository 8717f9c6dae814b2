//! The time stamps that programs write, and the instants that they mean.

use jiff::civil::DateTime;

use super::scan::Cursor;
use crate::span::Span;

/// `2015-04-06 18:06:38`, with `T` for the space, a fraction after dot or comma, `Z` or an offset.
pub(super) fn iso(cursor: &mut Cursor<'_>) -> Option<Span> {
    const SHAPE: &[u8; 19] = b"dddd-dd-dd dd:dd:dd";
    let head = cursor.rest().first_chunk::<19>()?;
    let fits = SHAPE.iter().zip(head).all(|(shape, byte)| match shape {
        b'd' => byte.is_ascii_digit(),
        b' ' => *byte == b' ' || *byte == b'T',
        other => other == byte,
    });
    if !fits {
        return None;
    }
    let start = cursor.at;
    cursor.at += SHAPE.len();
    let mut ahead = *cursor;
    if (ahead.eat(b".") || ahead.eat(b",")) && ahead.digits().is_some() {
        *cursor = ahead;
    }
    if !cursor.eat(b"Z") {
        offset(cursor);
    }
    Some(Span::new(start, cursor.at))
}

/// Passes `+0200` or `-02:00` if it stands here.
fn offset(cursor: &mut Cursor<'_>) {
    let mut ahead = *cursor;
    let two_or_four = (ahead.eat(b"+") || ahead.eat(b"-"))
        .then(|| ahead.digits())
        .flatten()
        .map_or(0, |digits| digits.end - digits.start);
    if two_or_four == 4 || two_or_four == 2 && ahead.eat(b":") && ahead.digits().is_some() {
        *cursor = ahead;
    }
}

/// `18:06:38`
pub(super) fn clock(cursor: &mut Cursor<'_>) -> bool {
    let fits = cursor.rest().first_chunk::<8>().is_some_and(|clock| {
        clock.iter().enumerate().all(|(i, b)| match i {
            2 | 5 => *b == b':',
            _ => b.is_ascii_digit(),
        })
    });
    if fits {
        cursor.at += 8;
    }
    fits
}

/// The instant that a time stamp means, in milliseconds since 1970 as the clock on that host showed
/// it: an offset is left out of account, for stamps without one stand beside those with one.
///
/// `None` where the stamp does not tell all (syslog has no year).
pub(super) fn instant(stamp: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(stamp).ok()?;
    let (seconds, fraction) = match text.find(['.', ',']) {
        Some(dot) => (&text[..dot], &text[dot + 1..]),
        None => (text, ""),
    };
    if let Ok(epoch) = seconds.parse::<i64>()
        && seconds.len() >= 9
    {
        return epoch.checked_mul(1000)?.checked_add(millis(fraction));
    }
    let civil = match *seconds.as_bytes() {
        [_, _, _, _, b'-', ..] => iso_civil(seconds)?,
        [_, _, _, _, _, _, b' ', ..] => mysql_civil(seconds)?,
        [letter, ..] if letter.is_ascii_alphabetic() => httpd_civil(text)?,
        _ => erlang_civil(seconds)?,
    };
    let whole = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    Some(whole * 1000 + millis(fraction))
}

fn millis(fraction: &str) -> i64 {
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).chain([b'0', b'0', b'0']);
    digits.take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

fn civil(year: &str, month: i8, day: &str, clock: &str) -> Option<DateTime> {
    let mut parts = clock.split(':').map(|part| part.trim().parse::<i8>());
    let mut next = || parts.next()?.ok();
    let (hour, minute, second) = (next()?, next()?, next()?);
    // A leap second is the last one of its minute.
    DateTime::new(
        year.parse().ok()?,
        month,
        day.trim().parse().ok()?,
        hour,
        minute,
        second.min(59),
        0,
    )
    .ok()
}

fn month(name: &str) -> Option<i8> {
    const NAMES: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let at = NAMES.find(name).filter(|at| name.len() == 3 && at % 3 == 0)?;
    i8::try_from(at / 3 + 1).ok()
}

/// `2015-04-06 18:06:38`
fn iso_civil(text: &str) -> Option<DateTime> {
    civil(text.get(..4)?, text.get(5..7)?.parse().ok()?, text.get(8..10)?, text.get(11..19)?)
}

/// `150406 18:06:38`
fn mysql_civil(text: &str) -> Option<DateTime> {
    let year = format!("20{}", text.get(..2)?);
    civil(&year, text.get(2..4)?.parse().ok()?, text.get(4..6)?, text.get(7..)?)
}

/// `7-Jun-2015::03:42:13`
fn erlang_civil(text: &str) -> Option<DateTime> {
    let (date, clock) = text.split_once("::")?;
    let mut parts = date.split('-');
    let (day, name, year) = (parts.next()?, parts.next()?, parts.next()?);
    civil(year, month(name)?, day, clock)
}

/// `Mon Nov 22 10:00:00.123 2021`
fn httpd_civil(text: &str) -> Option<DateTime> {
    let mut parts = text.split_ascii_whitespace();
    let (_weekday, name, day) = (parts.next()?, parts.next()?, parts.next()?);
    let clock = parts.next()?.split('.').next()?;
    civil(parts.next()?, month(name)?, day, clock)
}
