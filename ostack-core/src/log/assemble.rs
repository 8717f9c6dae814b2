//! Putting lines together to records.

use super::block::Start;
use super::form::{Form, Head, head};
use super::origin::Origin;
use super::record::Level;
use super::scan::{begins_any, is_blank, starts_blank};
use super::{oslo, package, packstack, plain, puppet, service, syslog};

/// A longer line is taken in pieces.
const LONGEST_LINE: usize = 64 * 1024;
/// A record that has as many lines, or bytes, ends there.
const MOST_LINES: u32 = 1000;
const MOST_BYTES: usize = 256 * 1024;

/// Finds where records start, line by line. What it says of a line depends on the lines of the
/// record before it only.
#[derive(Debug, Clone, Default)]
pub(super) struct Assembler {
    /// The first byte that has not been looked at.
    at: usize,
    /// Line ends before it.
    lines: u32,
    record: Option<Open>,
}

/// The record that the next line may go on with.
#[derive(Debug, Clone)]
struct Open {
    form: Form,
    start: usize,
    /// Where its first line ends.
    first_end: usize,
    lines: u32,
    /// Whether a blank line was the last.
    after_blank: bool,
    /// Unknown until the next line asks for it.
    trace: Option<Trace>,
    loose: Loose,
}

/// Which lines that begin nothing, and are not indented, belong to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loose {
    None,
    /// Those up to a blank line that do not look like errors.
    Harmless,
    /// All up to a blank line.
    Paragraph,
    /// All: it quotes what a package tool printed.
    All,
}

impl Loose {
    fn of(head: Head, line: &[u8]) -> Self {
        match head.form {
            Form::Stop if packstack::quotes_output(line) => Self::Paragraph,
            Form::Puppet if head.level < Level::Warning => Self::None,
            Form::Puppet if head.level >= Level::Error && puppet::quotes_output(line) => Self::All,
            Form::Puppet if line.trim_ascii_end().ends_with(b":") => Self::Paragraph,
            Form::Puppet
            | Form::Stop
            | Form::Oslo
            | Form::Mariadb
            | Form::Libvirt
            | Form::CloudInit => Self::Harmless,
            _ => Self::None,
        }
    }
}

/// Where in a Python traceback the last line was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trace {
    None,
    /// Its exception is still to come.
    Open,
    Ended,
}

impl Assembler {
    /// The record of a source that has bytes, but no text.
    pub(super) const EMPTY: Start = Start {
        at: 0,
        lines_before: 0,
        form: Form::Plain,
        level: Level::Unknown,
        spans_lines: false,
    };

    /// Looks at the lines of `text` that are new, and tells where records start. An unfinished last
    /// line waits for its end, unless the source has `ended`.
    pub(super) fn run(&mut self, text: &[u8], ended: bool, starts: &mut Vec<Start>) {
        while let Some(end) = line_end(&text[self.at..], ended).map(|length| self.at + length) {
            self.line(text, end, starts);
            self.lines += u32::from(text[end - 1] == b'\n');
            self.at = end;
        }
    }

    /// How many line ends have been looked at.
    pub(super) fn lines(&self) -> u32 {
        self.lines
    }

    /// The first `bytes` and `lines` of the text have been taken away, up to the open record.
    pub(super) fn rebase(&mut self, bytes: u32, lines: u32) {
        self.at -= bytes as usize;
        self.lines -= lines;
        if let Some(record) = &mut self.record {
            record.start -= bytes as usize;
            record.first_end -= bytes as usize;
        }
    }

    fn line(&mut self, text: &[u8], end: usize, starts: &mut Vec<Start>) {
        let line = text[self.at..end].strip_suffix(b"\n").unwrap_or(&text[self.at..end]);
        let within_line = self.at > 0 && text[self.at - 1] != b'\n';
        if !within_line && let Some(level) = oslo::sure(line) {
            let head = Head::new(Form::Oslo, level);
            self.begin(head, Open::new(head, line, self.at), starts);
            return;
        }
        let begins = if within_line { None } else { head(line) };
        if let (Some(record), Some(start)) = (&mut self.record, starts.last_mut())
            && record.lines < MOST_LINES
            && end - record.start <= MOST_BYTES
            && (within_line || record.takes(text, line, begins, start))
        {
            record.lines += u32::from(!within_line);
            start.spans_lines |= !within_line;
            return;
        }
        let begins = begins.unwrap_or_else(|| Head::new(Form::Plain, plain::level(line)));
        self.begin(begins, Open::new(begins, line, self.at), starts);
    }

    fn begin(&mut self, head: Head, record: Open, starts: &mut Vec<Start>) {
        let (at, lines_before) = (self.at as u32, self.lines);
        self.record = Some(record);
        let Head { form, level } = head;
        starts.push(Start { at, lines_before, form, level, spans_lines: false });
    }
}

/// How long the line, or the piece of one, is with which `text` begins; `None` if its end is not
/// there yet.
fn line_end(text: &[u8], ended: bool) -> Option<usize> {
    let within = &text[..text.len().min(LONGEST_LINE)];
    match memchr::memchr(b'\n', within) {
        Some(newline) => Some(newline + 1),
        None if text.len() > LONGEST_LINE => {
            // Not within a character.
            let is_inside = |at: &usize| text[*at] & 0b1100_0000 == 0b1000_0000;
            let cut = (LONGEST_LINE - 3..=LONGEST_LINE).rev().find(|at| !is_inside(at));
            Some(cut.unwrap_or(LONGEST_LINE))
        }
        None => (ended && !text.is_empty()).then_some(text.len()),
    }
}

impl Open {
    fn new(head: Head, line: &[u8], start: usize) -> Self {
        Self {
            form: head.form,
            start,
            first_end: start + line.len(),
            lines: 1,
            after_blank: false,
            trace: None,
            loose: Loose::of(head, line),
        }
    }

    /// Whether `line` goes on with this record. `start` is told what the line says of the whole.
    fn takes(&mut self, text: &[u8], line: &[u8], begins: Option<Head>, start: &mut Start) -> bool {
        if line.iter().all(u8::is_ascii_whitespace) {
            self.after_blank = true;
            return true;
        }
        let first = &text[self.start..self.first_end];
        let trace = *self.trace.get_or_insert_with(|| Trace::None.after(said(self.form, first)));
        let takes = match begins {
            Some(head) => self.takes_head(first, line, head, trace),
            None => self.takes_loose_line(first, line, start, trace),
        };
        if takes {
            self.after_blank = false;
            let trace = trace.after(said(self.form, line));
            self.trace = Some(trace);
            if self.form == Form::Journal && trace == Trace::Open {
                start.level = start.level.max(Level::Error);
            }
            if let Some(head) = begins
                && self.form == Form::Package
            {
                start.level = start.level.max(head.level);
            }
        }
        takes
    }

    /// A line that could begin a record.
    fn takes_head(&self, first: &[u8], line: &[u8], head: Head, trace: Trace) -> bool {
        match (self.form, head.form) {
            // The exception under a traceback may have a form that stands alone elsewhere.
            (_, Form::Stop) if trace == Trace::Open => true,
            (Form::Setup, Form::Stop | Form::Console) => trace != Trace::None,
            _ if trace == Trace::Open && head.is_weak() => true,
            (Form::Setup | Form::RabbitReport, _) => head.is_weak(),
            (Form::Oslo, Form::Oslo) => oslo::folds(first, line),
            (Form::RabbitLine, Form::RabbitLine) if service::rabbit_folds(first, line) => true,
            (Form::Httpd, Form::Httpd) => service::httpd_same_voice(first, line)
                .is_some_and(|message| Self::goes_on_with(message, trace)),
            (Form::Package, Form::Package) => {
                !self.after_blank || package::goes_on_after_blank(line)
            }
            (Form::Puppet, Form::Package) => self.loose == Loose::All,
            (Form::Stop, _) => {
                self.loose == Loose::Paragraph && !self.after_blank && head.is_weak()
            }
            // A resource's path that a mail program broke off from its level.
            (Form::Puppet, Form::Puppet) if is_bare_error(first) => {
                self.lines == 1 && line.starts_with(b"/Stage[")
            }
            (Form::RabbitBlock, Form::RabbitBlock | Form::Puppet) => {
                service::rabbit_block_goes_on(line) || same_voice(first, line).is_some()
            }
            (form, other) if form == other || form == Form::RabbitBlock => same_voice(first, line)
                .is_some_and(|body| {
                    Self::goes_on_with(body, trace)
                        || form == Form::RabbitBlock && service::rabbit_block_goes_on(body)
                }),
            _ => false,
        }
    }

    /// A line that begins nothing.
    fn takes_loose_line(
        &mut self,
        first: &[u8],
        line: &[u8],
        start: &mut Start,
        trace: Trace,
    ) -> bool {
        if self.form == Form::Puppet && is_bare_error(first) && package::is_dnf_problem(line) {
            self.form = Form::Package;
            start.form = Form::Package;
        }
        match self.form {
            Form::Prompt | Form::Access => return false,
            Form::Setup | Form::RabbitReport => return true,
            _ => {}
        }
        if starts_blank(line) || Self::goes_on_with(line, trace) {
            return true;
        }
        match self.form {
            Form::Package if self.after_blank => package::goes_on_after_blank(line),
            Form::Package => package::goes_on(line) || package::goes_on_after_blank(line),
            Form::RabbitBlock => service::rabbit_block_goes_on(line),
            Form::Journal => syslog::goes_on(line),
            _ => match self.loose {
                Loose::None => false,
                Loose::All => true,
                _ if self.after_blank => false,
                Loose::Paragraph => true,
                Loose::Harmless if plain::is_traceback(line) => start.level >= Level::Error,
                Loose::Harmless => plain::level(line) < Level::Error,
            },
        }
    }

    /// Whether a text, its prefix left out, goes on with what was said: it is indented, or belongs
    /// to a traceback.
    fn goes_on_with(body: &[u8], trace: Trace) -> bool {
        starts_blank(body)
            || match trace {
                Trace::None => false,
                Trace::Open => true,
                Trace::Ended => joins_tracebacks(body),
            }
    }
}

impl Trace {
    /// Where in a traceback the reader is after a line that says `body`.
    fn after(self, body: &[u8]) -> Self {
        if plain::find_traceback(body).is_some() || body.starts_with(b"  File \"") {
            return Self::Open;
        }
        match self {
            Self::Open if body.first().is_some_and(|b| !is_blank(*b)) => Self::Ended,
            Self::Ended if joins_tracebacks(body) => Self::Open,
            other => other,
        }
    }
}

/// What Python prints between the tracebacks of exceptions that belong together.
fn joins_tracebacks(body: &[u8]) -> bool {
    const JOINTS: [&str; 2] =
        ["During handling of the above exception", "The above exception was the direct cause"];
    begins_any(body, &JOINTS)
}

/// What a line says, without the prefix that its form repeats on every line.
fn said(form: Form, line: &[u8]) -> &[u8] {
    match form {
        Form::Httpd => service::httpd_message(line),
        Form::Journal | Form::Audit | Form::RabbitBlock | Form::Mariadb => {
            &line[Origin::of(line).body..]
        }
        _ => line,
    }
}

/// What `line` says, if it came through syslog from the process that wrote `first`.
fn same_voice<'l>(first: &[u8], line: &'l [u8]) -> Option<&'l [u8]> {
    let (own, other) = (Origin::of(first), Origin::of(line));
    let same = other.program.is_some() && own.same_voice(first, other, line);
    same.then(|| &line[other.body..])
}

/// `Error:` and nothing else.
fn is_bare_error(line: &[u8]) -> bool {
    line.trim_ascii_end() == b"Error:"
}
