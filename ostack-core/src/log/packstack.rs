//! packstack's own words: its console, and its `openstack-setup.log`.

use super::form::{Form, Head};
use super::plain;
use super::record::{Level, Packstack, PackstackEvent};
use super::scan::{Cursor, begins, begins_any, contains, contains_any, find, trimmed};
use super::time;
use crate::span::Span;

use PackstackEvent::{
    Error, LogPath, ManifestBegun, ManifestDone, ManifestError, Note, Script, Start, StepDone,
    StepError, Success, Traceback,
};

/// The messages with which packstack stops. The exceptions' names are there where someone copied
/// the end of the setup log.
const STOPS: [&str; 7] = [
    "ERROR : ",
    "ERROR:root:",
    "PackStackError: ",
    "PuppetError: ",
    "ScriptRuntimeError: ",
    "NetworkError: ",
    "SequenceError: ",
];

/// What packstack says about where its logs are; the path follows.
const LOG_PATHS: [&str; 5] = [
    "The installation log file is available at: ",
    "You will find full trace in log ",
    "Please check log file ",
    "The generated manifests are available at: ",
    "Log file: ",
];

const NOTES: [&str; 6] = [
    "Installing:",
    "Additional information:",
    "Packstack changed given value",
    "testing if puppet apply is finished: ",
    "To set up ssh keys",
    "Waiting for puppet",
];

/// What packstack passes over when it looks for errors in a manifest's log: repositories that do not
/// answer, prefetches before a program is there, NetworkManager.
const PASSED_OVER: [&str; 6] = [
    "Failed to download metadata for repo",
    "Cannot retrieve metalink for repository",
    "Could not prefetch database_grant provider",
    "Command mysqladmin is missing",
    "NetworkManager is not running",
    "install swift-plugin-s3",
];

/// Whether packstack passes over such a line. It is harmless by itself, and a suspect where a later
/// failure may come of it.
///
/// ```
/// assert!(ostack_core::log::is_passed_over(b"Error: NetworkManager is not running."));
/// assert!(!ostack_core::log::is_passed_over(b"Error: Could not start Service[httpd]"));
/// ```
pub fn is_passed_over(line: &[u8]) -> bool {
    contains_any(line, &PASSED_OVER)
}

/// Whether packstack ends with such a line of its console or its setup log. What it has to say beside,
/// it says at once.
///
/// ```
/// use ostack_core::log::ends_run;
/// assert!(ends_run(b" **** Installation completed successfully ******"));
/// assert!(ends_run(b"Please check log file /var/tmp/packstack/x/openstack-setup.log for more information"));
/// assert!(!ends_run(b"Error: Could not start Service[httpd]"));
/// ```
pub fn ends_run(line: &[u8]) -> bool {
    begins(line, "Please check log file ")
        || contains_any(line, &["Installation completed successfully", "::ERROR::run_setup::"])
}

/// A line of the console.
pub(super) fn head(body: &[u8]) -> Option<Head> {
    if begins_any(body, &STOPS) {
        return Some(Head::new(Form::Stop, Level::Error));
    }
    let line = body.trim_ascii_end();
    // Short lines that end with a state, and pasted ones that have it anywhere.
    let has_state = line.ends_with(b" ]") && state(line).is_some()
        || body.starts_with(b"Applying ") && state(body).is_some();
    let is_known = has_state
        || manifest_begun(body)
        || begins_any(body, &["Welcome to ", "Parameter CONFIG_"])
        || begins_any(body, &LOG_PATHS)
        || begins_any(body, &NOTES)
        || body.starts_with(b"****") && contains(body, "Installation completed");
    is_known.then(|| Head::new(Form::Console, console_level(body)))
}

/// `  **** Installation completed successfully ******`, which is printed with a blank before it.
pub(super) fn success(body: &[u8]) -> Option<Head> {
    let is_success = body.starts_with(b"****") && contains(body, "Installation completed");
    is_success.then_some(Head::new(Form::Console, Level::Info))
}

/// Whether the message shows what a script printed.
pub(super) fn quotes_output(line: &[u8]) -> bool {
    contains_any(line, &["stdout:", "stderr:"])
}

fn manifest_begun(body: &[u8]) -> bool {
    let mut cursor = Cursor::new(body, 0);
    cursor.eat(b"Applying ") && cursor.word().of(body).ends_with(b".pp")
}

fn console_level(body: &[u8]) -> Level {
    let is_error = contains_any(body, &["[ ERROR ]", "ERROR : ", " failed validation: "]);
    if is_error { Level::Error } else { Level::Info }
}

/// The next `[ DONE ]` or `[ ERROR ]`: where it starts, where it ends, whether it is an error.
fn state(text: &[u8]) -> Option<(usize, usize, bool)> {
    memchr::memchr_iter(b'[', text).find_map(|at| {
        let mut cursor = Cursor::new(text, at + 1);
        cursor.skip_blanks();
        let is_error = cursor.eat(b"ERROR");
        let known = is_error || cursor.eat(b"DONE");
        cursor.skip_blanks();
        (known && cursor.eat(b"]")).then_some((at, cursor.at, is_error))
    })
}

/// What a console record tells, in the order of the text. There are several where someone pasted
/// lines in one.
pub(super) fn events(text: &[u8]) -> Vec<Packstack> {
    let mut events = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let blanks = rest.len() - rest.trim_ascii_start().len();
        if blanks > 0 {
            at += blanks;
            continue;
        }
        let (event, end) = next_event(text, at);
        events.push(event);
        at = end.max(at + 1);
    }
    events
}

/// What `text[at..]` begins with, and where that ends.
fn next_event(text: &[u8], at: usize) -> (Packstack, usize) {
    let rest = &text[at..];
    let mut cursor = Cursor::new(text, at);
    if let Some(stop) = STOPS.iter().find(|stop| begins(rest, stop)) {
        return (stop_event(text, at, stop), text.len());
    }
    if let Some(label) = LOG_PATHS.iter().find(|label| begins(rest, label)) {
        cursor.at += label.len();
        return (event(LogPath, cursor.word()), cursor.at);
    }
    if manifest_begun(rest) {
        cursor.eat(b"Applying ");
        let manifest = cursor.word();
        return (manifest_event(text, ManifestBegun, Level::Info, manifest), cursor.at);
    }
    let line = cursor.line();
    let words = line.of(text);
    let said = trimmed(text, at, line.end as usize);
    if words.starts_with(b"Welcome to ") {
        return (event(Start, said), cursor.at);
    }
    if contains(words, "Installation completed successfully") {
        return (event(Success, said), cursor.at);
    }
    // Whatever begins within the line ends what came before it.
    let end = STOPS.iter().chain(&LOG_PATHS).filter_map(|begins| find(words, begins)).min();
    let part = &words[..end.unwrap_or(words.len())];
    if let Some((start, end, is_error)) = state(part) {
        return (step_event(text, trimmed(text, at, at + start), is_error), at + end);
    }
    let end = at + part.len();
    let note = event(Note, trimmed(text, at, end));
    (Packstack { level: console_level(part), ..note }, end)
}

fn event(event: PackstackEvent, message: Span) -> Packstack {
    Packstack { event, level: Level::Info, message: Some(message), ..Packstack::default() }
}

fn step_event(text: &[u8], title: Span, is_error: bool) -> Packstack {
    let level = if is_error { Level::Error } else { Level::Info };
    let name = title.of(text).strip_suffix(b":").unwrap_or(title.of(text));
    if name.ends_with(b".pp") {
        let start = name.iter().rposition(u8::is_ascii_whitespace).map_or(0, |blank| blank + 1);
        let manifest = Span::new(title.start as usize + start, title.start as usize + name.len());
        let event = if is_error { ManifestError } else { ManifestDone };
        return manifest_event(text, event, level, manifest);
    }
    let event = if is_error { StepError } else { StepDone };
    let title = Some(title).filter(|title| !title.is_empty());
    Packstack { event, level, title, ..Packstack::default() }
}

fn manifest_event(text: &[u8], event: PackstackEvent, level: Level, manifest: Span) -> Packstack {
    let host = host_of(text, manifest);
    Packstack { event, level, manifest: Some(manifest), host, ..Packstack::default() }
}

/// The host in a manifest's name, `192.0.2.2_controller.pp`.
fn host_of(text: &[u8], manifest: Span) -> Option<Span> {
    let length = memchr::memchr(b'_', manifest.of(text))?;
    Some(Span::new(manifest.start as usize, manifest.start as usize + length))
}

fn stop_event(text: &[u8], at: usize, stop: &str) -> Packstack {
    let message = trimmed(text, at + stop.len(), text.len());
    let manifest = manifest_named(text, message);
    let is_traceback = plain::is_traceback(message.of(text));
    Packstack {
        event: if is_traceback { Traceback } else { Error },
        level: Level::Error,
        manifest,
        host: manifest.and_then(|manifest| host_of(text, manifest)),
        message: Some(message),
        ..Packstack::default()
    }
}

/// The manifest in `Error appeared during Puppet run: 192.0.2.2_controller.pp`.
fn manifest_named(text: &[u8], message: Span) -> Option<Span> {
    let at =
        find(message.of(text), "uppet run: ").or_else(|| find(message.of(text), "uppet run : "))?;
    let mut cursor = Cursor::new(text, message.start as usize + at);
    cursor.until(b':');
    cursor.skip_blanks();
    Some(cursor.word()).filter(|word| word.of(text).ends_with(b".pp"))
}

/// A console record; of several things that it tells, the worst.
pub(super) fn parse(text: &[u8], level: Level) -> Packstack {
    let rank = |event: &Packstack| match event.event {
        Error | Traceback => 4,
        _ if event.level >= Level::Error => 3,
        Note => 1,
        _ => 2,
    };
    let mut worst: Option<Packstack> = None;
    for event in events(text) {
        if worst.as_ref().is_none_or(|worst| rank(&event) > rank(worst)) {
            worst = Some(event);
        }
    }
    Packstack { level, ..worst.unwrap_or_default() }
}

/// What follows the time stamp of the setup log: `INFO::shell::94::root:: …`.
pub(super) fn setup(rest: &[u8]) -> Option<Head> {
    let word = Cursor::new(rest, 0).take_while(|b| b.is_ascii_uppercase());
    let level = match word.of(rest) {
        b"INFO" => Level::Info,
        b"DEBUG" => Level::Debug,
        b"WARNING" => Level::Warning,
        b"ERROR" => Level::Error,
        b"CRITICAL" => Level::Critical,
        _ => return None,
    };
    rest[word.end as usize..].starts_with(b"::").then_some(Head::new(Form::Setup, level))
}

/// `2015-04-06 18:06:38::INFO::shell::94::root:: [192.0.2.2] Executing script:` and its lines.
pub(super) fn parse_setup(text: &[u8], body: usize, level: Level) -> Packstack {
    let mut cursor = Cursor::new(text, body);
    let mut packstack = Packstack { level, time: time::iso(&mut cursor), ..Packstack::default() };
    let mut field = || {
        cursor.eat(b"::");
        cursor.take_while(|b| b != b':' && b != b'\n')
    };
    let _level = field();
    packstack.logger = Some(field()).filter(|logger| !logger.is_empty());
    let _line = field();
    let _root = field();
    cursor.eat(b"::");
    cursor.skip_blanks();
    let message = cursor.rest_trimmed();
    packstack.message = Some(message);
    let mut script = cursor;
    if script.eat(b"[") {
        let host = script.until(b']');
        if script.eat(b" Executing script:") {
            packstack.event = Script;
            packstack.host = host;
            packstack.message = Some(script.rest_trimmed());
        }
    } else if plain::find_traceback(message.of(text)).is_some() {
        packstack.event = Traceback;
    } else if level >= Level::Error {
        packstack.event = Error;
    }
    if level >= Level::Error {
        packstack.manifest = manifest_named(text, message);
        packstack.host = packstack.manifest.and_then(|manifest| host_of(text, manifest));
    }
    packstack
}
