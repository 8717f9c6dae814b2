//! Services with a form of their own: RabbitMQ, MariaDB, Open vSwitch, httpd, libvirt, cloud-init.

use super::form::{Form, Head};
use super::origin::Origin;
use super::plain;
use super::record::{Level, Service};
use super::scan::{Cursor, begins_any, contains, contains_any, is_blank, trimmed};
use super::time;
use crate::span::Span;

/// The words for levels in brackets, bars and colons, in any case.
fn level_named(word: &[u8]) -> Option<Level> {
    const WORDS: [(&str, Level); 24] = [
        ("info", Level::Info),
        ("note", Level::Info),
        ("notice", Level::Info),
        ("system", Level::Info),
        ("debug", Level::Debug),
        ("dbg", Level::Debug),
        ("trace", Level::Debug),
        ("warn", Level::Warning),
        ("warning", Level::Warning),
        ("err", Level::Error),
        ("error", Level::Error),
        ("supervisor", Level::Error),
        ("crash", Level::Error),
        ("emer", Level::Critical),
        ("emerg", Level::Critical),
        ("alert", Level::Critical),
        ("crit", Level::Critical),
        ("critical", Level::Critical),
        ("progress", Level::Info),
        ("trace1", Level::Debug),
        ("trace2", Level::Debug),
        ("trace3", Level::Debug),
        ("noti", Level::Info),
        ("erro", Level::Error),
    ];
    let known = WORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()));
    known.map(|(_, level)| *level)
}

/// `[level]` here, which is passed.
fn bracketed_level(cursor: &mut Cursor<'_>) -> Option<Level> {
    if !cursor.eat(b"[") {
        return None;
    }
    let rest = cursor.rest();
    let word = &rest[..rest.iter().position(|b| !b.is_ascii_alphanumeric())?];
    cursor.at += word.len();
    cursor.eat(b"]").then(|| level_named(word)).flatten()
}

fn header(text: &[u8], origin: Origin) -> (Cursor<'_>, Option<Span>) {
    let mut cursor = Cursor::new(text, origin.body);
    let stamp = time::iso(&mut cursor);
    cursor.skip_blanks();
    (cursor, stamp)
}

fn service(origin: Origin, level: Level, time: Option<Span>, message: Span) -> Service {
    Service { level, time: origin.time.or(time), host: origin.host, module: None, message }
}

// RabbitMQ

/// `=ERROR REPORT==== 7-Jun-2015::03:42:28 ===`
pub(super) fn rabbit_report(body: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(body, 0);
    cursor.eat(b"=");
    let word = cursor.take_while(|b| b.is_ascii_uppercase());
    let level = level_named(word.of(body))?;
    cursor.eat(b" REPORT====").then_some(Head::new(Form::RabbitReport, level))
}

pub(super) fn parse_rabbit_report(text: &[u8], origin: Origin, level: Level) -> Service {
    let mut cursor = Cursor::new(text, origin.body);
    let mut stamp = None;
    let line = cursor.line();
    if let Some(at) = memchr::memmem::find(line.of(text), b"==== ") {
        let mut inside = Cursor::new(text, line.start as usize + at + "==== ".len());
        stamp = Some(inside.word());
    }
    service(origin, level, stamp, cursor.rest_trimmed())
}

/// What follows the time stamp: `[error] <0.341.0> text`.
pub(super) fn rabbit_line(rest: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(rest, 0);
    let level = bracketed_level(&mut cursor)?;
    let is_rabbit = rest[1].is_ascii_lowercase() && cursor.eat(b" ");
    is_rabbit.then_some(Head::new(Form::RabbitLine, level))
}

/// Whether `line` goes on with the message of `first`: newer versions repeat the whole prefix.
pub(super) fn rabbit_folds(first: &[u8], line: &[u8]) -> bool {
    let prefix = &first[..rabbit_message(first, Origin::default()).0];
    prefix.ends_with(b"> ") && line.starts_with(prefix)
}

fn rabbit_message(text: &[u8], origin: Origin) -> (usize, Option<Span>) {
    let (mut cursor, stamp) = header(text, origin);
    if bracketed_level(&mut cursor).is_some() {
        cursor.eat(b" ");
    }
    let mut process = cursor;
    if process.eat(b"<") && process.until(b'>').is_some() && process.eat(b" ") {
        cursor = process;
    }
    (cursor.at, stamp)
}

/// What `rabbitmqctl` and a server that does not start print.
pub(super) fn rabbit_block(body: &[u8]) -> Option<Head> {
    const BEGINNINGS: [&str; 8] = [
        "Error: unable to connect to node",
        "Error: unable to perform an operation on node",
        "Error: {",
        "BOOT FAILED",
        "Error description:",
        "{error_logger,",
        "{\"init terminating in do_boot\"",
        "init terminating in do_boot",
    ];
    begins_any(body, &BEGINNINGS).then_some(Head::new(Form::RabbitBlock, Level::Error))
}

/// Whether an unindented line is one that such a block is made of.
pub(super) fn rabbit_block_goes_on(line: &[u8]) -> bool {
    const LINES: [&str; 22] = [
        "DIAGNOSTICS",
        "====",
        "----",
        "attempted to contact",
        "nodes in question",
        "hosts, their running nodes",
        "rabbit@",
        "current node details",
        "- ",
        "* ",
        "{",
        "Error: {",
        "Error description",
        "Log file",
        "Stack trace",
        "Crash dump",
        "Kernel pid",
        "Most common reasons",
        "In addition to",
        "BOOT FAILED",
        "init terminating",
        "Stopping and halting node",
    ];
    begins_any(line, &LINES)
}

pub(super) fn parse_rabbit(text: &[u8], origin: Origin, level: Level) -> Service {
    let (message, stamp) = rabbit_message(text, origin);
    service(origin, level, stamp, trimmed(text, message, text.len()))
}

// MariaDB

/// What follows the time stamp: `139641 [ERROR] text`, `0 [Note] text`, `mysqld_safe text`.
pub(super) fn mariadb(rest: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(rest, 0);
    if cursor.digits().is_some() {
        cursor.skip_blanks();
    }
    if begins_any(cursor.rest(), &["mysqld_safe ", "mariadbd-safe ", "InnoDB: "]) {
        return Some(Head::new(Form::Mariadb, plain::level(cursor.rest())));
    }
    let level = bracketed_level(&mut cursor)?;
    Some(Head::new(Form::Mariadb, level))
}

/// `150101 10:00:00 [ERROR] text`
pub(super) fn mariadb_short(body: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(body, 0);
    short_stamp(&mut cursor)?;
    cursor.skip_blanks();
    mariadb(cursor.rest())
}

fn short_stamp(cursor: &mut Cursor<'_>) -> Option<Span> {
    let start = cursor.at;
    let date = cursor.digits()?;
    if date.end - date.start != 6 || !cursor.eat(b" ") {
        return None;
    }
    cursor.skip_blanks();
    if !time::clock(cursor) {
        let mut short = *cursor;
        // An hour of one digit.
        short.digits()?;
        let fits = short.eat(b":") && short.digits().is_some() && short.eat(b":");
        if !fits || short.digits().is_none() {
            return None;
        }
        *cursor = short;
    }
    Some(Span::new(start, cursor.at))
}

pub(super) fn parse_mariadb(text: &[u8], origin: Origin, level: Level) -> Service {
    let (mut cursor, mut stamp) = header(text, origin);
    if stamp.is_none() {
        let mut short = cursor;
        stamp = short_stamp(&mut short);
        if stamp.is_some() {
            cursor = short;
            cursor.skip_blanks();
        }
    }
    let mut thread = cursor;
    if stamp.is_some() && thread.digits().is_some() {
        cursor = thread;
        cursor.skip_blanks();
    }
    let mut named = cursor;
    if bracketed_level(&mut named).is_some() {
        cursor = named;
    }
    service(origin, level, stamp, cursor.rest_trimmed())
}

// Open vSwitch

/// What follows the time stamp, or the program's name in syslog: `|00117|vlog|INFO|text`.
pub(super) fn ovs(rest: &[u8]) -> Option<Head> {
    let level = ovs_parts(&mut Cursor::new(rest, 0)).map(|(level, _)| level)?;
    Some(Head::new(Form::Ovs, level))
}

fn ovs_parts(cursor: &mut Cursor<'_>) -> Option<(Level, Span)> {
    cursor.until(b'|')?;
    cursor.digits()?;
    if !cursor.eat(b"|") {
        return None;
    }
    let module = cursor.until(b'|')?;
    let start = cursor.at;
    let word = cursor.until(b'|')?;
    let mut again = *cursor;
    again.at = start;
    Some((level_named(&again.rest()[..(word.end - word.start) as usize])?, module))
}

pub(super) fn parse_ovs(text: &[u8], origin: Origin, level: Level) -> Service {
    let (mut cursor, stamp) = header(text, origin);
    let start = cursor;
    let module = ovs_parts(&mut cursor).map(|(_, module)| module);
    if module.is_none() {
        cursor = start;
    }
    Service { module, ..service(origin, level, stamp, cursor.rest_trimmed()) }
}

// httpd

/// `[Mon Nov 22 10:00:00.123 2021] [core:error] [pid 1:tid 2] [client …] AH00072: …`
pub(super) fn httpd(body: &[u8]) -> Option<Head> {
    let parts = HttpdParts::of(body, 0)?;
    let word = parts.severity?.of(body);
    Some(Head::new(Form::Httpd, level_named(word).unwrap_or_default()))
}

#[derive(Clone, Copy)]
struct HttpdParts {
    time: Span,
    module: Option<Span>,
    severity: Option<Span>,
    /// What the brackets with the process and the client say, as one.
    voice: Span,
    message: usize,
}

impl HttpdParts {
    fn of(text: &[u8], at: usize) -> Option<Self> {
        let mut cursor = Cursor::new(text, at);
        if !cursor.eat(b"[") {
            return None;
        }
        let time = cursor.until(b']')?;
        let is_stamp = |stamp: &[u8]| {
            matches!(stamp, [a, b, c, b' ', ..] if [a, b, c].iter().all(|b| b.is_ascii_alphabetic()))
                && memchr::memchr(b':', stamp).is_some()
        };
        if !is_stamp(time.of(text)) || !cursor.eat(b" [") {
            return None;
        }
        let label = cursor.until(b']')?;
        let colon = memchr::memchr(b':', label.of(text)).map(|n| n + label.start as usize);
        let severity = Span::new(colon.map_or(label.start as usize, |n| n + 1), label.end as usize);
        let module = colon.map(|colon| Span::new(label.start as usize, colon));
        let voice = cursor.at;
        loop {
            let mut next = cursor;
            let is_field = next.eat(b" [pid ") || next.eat(b" [client ") || next.eat(b" [remote ");
            if !is_field || next.until(b']').is_none() {
                break;
            }
            cursor = next;
        }
        let voice = Span::new(voice, cursor.at);
        cursor.eat(b" ");
        Some(Self {
            time,
            module: module.filter(|module| !module.is_empty()),
            severity: Some(severity),
            voice,
            message: cursor.at,
        })
    }
}

/// The level of a message that httpd prints before it has a log.
pub(super) fn httpd_level(message: &[u8]) -> Level {
    // AH00558 is the missing ServerName, which stops nothing.
    match (contains(message, "AH0"), contains(message, "AH00558")) {
        (true, false) => Level::Error,
        (true, true) => Level::Warning,
        (false, _) => Level::Unknown,
    }
}

/// What a line of httpd's says behind its brackets, if `first` comes from the same process and
/// client.
pub(super) fn httpd_same_voice<'l>(first: &[u8], line: &'l [u8]) -> Option<&'l [u8]> {
    let (head, parts) = (HttpdParts::of(first, 0)?, HttpdParts::of(line, 0)?);
    (head.voice.of(first) == parts.voice.of(line)).then(|| &line[parts.message..])
}

pub(super) fn httpd_message(line: &[u8]) -> &[u8] {
    HttpdParts::of(line, 0).map_or(line, |parts| &line[parts.message..])
}

pub(super) fn parse_httpd(text: &[u8], origin: Origin, level: Level) -> Service {
    let parts = HttpdParts::of(text, origin.body);
    let message = parts.map_or(origin.body, |parts| parts.message);
    let time = parts.map(|parts| parts.time);
    let service = service(origin, level, time, trimmed(text, message, text.len()));
    Service { module: parts.and_then(|parts| parts.module), ..service }
}

// libvirt and QEMU

/// What follows the time stamp: `: 14069: error : func:418 : text`, `: shutting down`.
pub(super) fn libvirt(rest: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(rest, 0);
    if !cursor.eat(b": ") {
        return None;
    }
    let mut level = Level::Info;
    if cursor.digits().is_some() && cursor.eat(b": ") {
        let word = cursor.take_while(|b| b.is_ascii_alphabetic());
        level = level_named(word.of(rest))?;
    }
    Some(Head::new(Form::Libvirt, level))
}

/// What QEMU says, behind a time stamp or not: `qemu-kvm: text`.
pub(super) fn qemu(rest: &[u8]) -> Option<Head> {
    let is_qemu = begins_any(rest, &["qemu-kvm: ", "qemu-system-", "qemu-img: "]);
    let is_warning = contains_any(rest, &["warning: ", "terminating on signal"]);
    let level = if is_warning { Level::Warning } else { Level::Error };
    is_qemu.then_some(Head::new(Form::Libvirt, level))
}

pub(super) fn parse_libvirt(text: &[u8], origin: Origin, level: Level) -> Service {
    let (mut cursor, stamp) = header(text, origin);
    cursor.eat(b": ");
    let mut module = None;
    let mut daemon = cursor;
    if daemon.digits().is_some() && daemon.eat(b": ") && daemon.until(b':').is_some() {
        daemon.skip_blanks();
        let mut function = daemon;
        let name = function.take_while(|b| !is_blank(b) && b != b'\n');
        if function.eat(b" : ") {
            module = Some(name);
            daemon = function;
        }
        cursor = daemon;
    }
    Service { module, ..service(origin, level, stamp, cursor.rest_trimmed()) }
}

// cloud-init

/// What follows the time stamp: `- util.py[WARNING]: text`.
pub(super) fn cloud_init(rest: &[u8]) -> Option<Head> {
    let (level, _) = cloud_init_parts(&mut Cursor::new(rest, 0), rest)?;
    Some(Head::new(Form::CloudInit, level))
}

fn cloud_init_parts(cursor: &mut Cursor<'_>, text: &[u8]) -> Option<(Level, Span)> {
    if !cursor.eat(b"- ") {
        return None;
    }
    let module = cursor.some(|b| !is_blank(b) && b != b'[' && b != b'\n')?;
    if !cursor.eat(b"[") {
        return None;
    }
    let word = cursor.until(b']')?;
    if !cursor.eat(b":") {
        return None;
    }
    Some((level_named(word.of(text))?, module))
}

pub(super) fn parse_cloud_init(text: &[u8], origin: Origin, level: Level) -> Service {
    let (mut cursor, stamp) = header(text, origin);
    let start = cursor;
    let module = cloud_init_parts(&mut cursor, text).map(|(_, module)| module);
    if module.is_none() {
        cursor = start;
    }
    Service { module, ..service(origin, level, stamp, cursor.rest_trimmed()) }
}

// Lines without a time stamp that a word tells

/// `qemu-kvm: …`, `InnoDB: …`, `AH00558: …`, `error: Failed to start domain …` (virsh),
/// `Cloud-init v. …`.
pub(super) fn word(body: &[u8]) -> Option<Head> {
    const VIRSH: [&str; 6] = [
        "error: Failed to start domain",
        "error: Failed to define ",
        "error: Failed to start network",
        "error: internal error",
        "error: failed to connect to the hypervisor",
        "error: unsupported configuration",
    ];
    match *body.first()? {
        b'q' => qemu(body),
        b'e' if begins_any(body, &VIRSH) => Some(Head::new(Form::Libvirt, Level::Error)),
        b'l' if body.starts_with(b"libvirt: ") => {
            Some(Head::new(Form::Libvirt, plain::level(body)))
        }
        b'I' if body.starts_with(b"InnoDB: ") => Some(Head::new(Form::Mariadb, plain::level(body))),
        b'A' if body.starts_with(b"AH0") => Some(Head::new(Form::Httpd, httpd_level(body))),
        b'm' if body.starts_with(b"mod_wsgi (pid=") => {
            Some(Head::new(Form::Httpd, plain::level(body).max(Level::Error)))
        }
        b'C' if begins_any(body, &["Cloud-init v. "]) => {
            Some(Head::new(Form::CloudInit, Level::Info))
        }
        _ => None,
    }
}
