//! The report for a person in front of a terminal, in the manner of rustc: the evidence with its words
//! marked, then why, then what to do.

use std::fmt::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style as Ansi};

use super::words::{self, plural};
use crate::diagnosis::{Report, SourceInfo, Unexplained};
use crate::finding::{Action, Again, Evidence, Finding, Fix, printable};
use crate::preflight::{self, By, Unknown};
use crate::rule::{Risk, Severity};

/// How a report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// How wide lines are, in columns.
    pub width: usize,
    /// At most so many diagnoses.
    pub top: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, top: usize::MAX }
    }
}

/// The column at which a section's text begins.
const INDENT: &str = "         ";
/// At most so many unexplained errors are shown.
const MOST_UNEXPLAINED: usize = 10;
/// At most so many further places of the same evidence are named.
const MOST_PLACES: usize = 3;

/// The report as text.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn text(report: &Report, style: &Style) -> String {
    let mut page = Page { out: String::new(), style: *style };
    page.report(report).expect("a String takes everything");
    page.out
}

/// Findings as text, each as in a report.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn findings(findings: &[Finding], style: &Style) -> String {
    let mut page = Page { out: String::new(), style: *style };
    for finding in findings {
        page.finding(finding).expect("a String takes everything");
    }
    page.out
}

/// What a preflight found, and what it does not know, as text.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn preflight(report: &preflight::Report, style: &Style) -> String {
    let mut page = Page { out: String::new(), style: *style };
    page.preflight(report).expect("a String takes everything");
    page.out
}

/// A text that is being written.
pub(super) struct Page {
    pub(super) out: String,
    pub(super) style: Style,
}

impl Page {
    fn report(&mut self, report: &Report) -> fmt::Result {
        self.skipped(report)?;
        for finding in report.diagnoses.iter().take(self.style.top) {
            self.finding(finding)?;
        }
        let hidden = report.diagnoses.len().saturating_sub(self.style.top);
        if hidden > 0 {
            writeln!(self.out, "{hidden} more, less likely; --top shows them.\n")?;
        }
        if !report.unexplained.is_empty() {
            self.unexplained(report)?;
        }
        writeln!(self.out, "{}", words::summary(report))
    }

    /// What was not read, or not to its end. Of many files that are no logs only the reasons are said.
    fn skipped(&mut self, report: &Report) -> fmt::Result {
        /// At most so many files of one reason are named.
        const MOST: usize = 3;
        let mut by_reason: Vec<(&str, Vec<&SourceInfo>)> = Vec::new();
        for source in &report.sources {
            let Some(reason) = source.skipped.as_deref() else { continue };
            match by_reason.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, sources)) => sources.push(source),
                None => by_reason.push((reason, vec![source])),
            }
        }
        for (reason, sources) in by_reason {
            if sources.len() > MOST && !sources.iter().any(|source| source.failed) {
                let files = plural(sources.len() as u64, "file");
                writeln!(self.out, "{files} not read: {reason}; the JSON report names them\n")?;
                continue;
            }
            for source in sources {
                let path = printable(&source.path);
                match source.lines {
                    0 => writeln!(self.out, "{path}: not read: {reason}\n")?,
                    n => writeln!(self.out, "{path}: read up to line {n}: {reason}\n")?,
                }
            }
        }
        Ok(())
    }

    fn preflight(&mut self, report: &preflight::Report) -> fmt::Result {
        for finding in report.findings.iter().take(self.style.top) {
            self.finding(finding)?;
        }
        let titles = [
            (By::File, "not known, because it was not given:"),
            (By::Host, "not known, because only a live host can tell:"),
        ];
        for (by, title) in titles {
            let mut unknown = report.unknown.iter().filter(|unknown| unknown.by == by).peekable();
            if unknown.peek().is_none() {
                continue;
            }
            writeln!(self.out, "{}", self.bold(title))?;
            for Unknown { what, how, .. } in unknown {
                self.hanging("  - ", &format!("{what}: {how}"))?;
            }
            self.out.push('\n');
        }
        let of =
            |severity| report.findings.iter().filter(|f| f.severity == severity).count() as u64;
        let counts =
            [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")];
        let counts = counts.into_iter().filter(|(severity, _)| of(*severity) > 0);
        let counts: Vec<String> =
            counts.map(|(severity, name)| plural(of(severity), name)).collect();
        let found = if counts.is_empty() {
            "Nothing found that would make packstack fail".to_owned()
        } else {
            counts.join(", ")
        };
        let unknown = match report.unknown.len() as u64 {
            0 => String::new(),
            n => format!("; {} not known", plural(n, "thing")),
        };
        writeln!(self.out, "{found}{unknown}.")
    }

    fn finding(&mut self, finding: &Finding) -> fmt::Result {
        self.head(finding)?;
        self.section("why", &finding.cause)?;
        self.section("sure", &words::sure(finding))?;
        if let Some(credentials) = &finding.credentials {
            self.section("first", &words::credentials(credentials))?;
        }
        for check in &finding.checks {
            self.section("decide", &check.command)?;
            self.more(&format!("this cause, if it: {}", check.confirms))?;
            self.more(&format!("another, if it: {}", check.refutes))?;
        }
        self.blank();
        let several = finding.fix.len() > 1;
        for (number, fix) in finding.fix.iter().enumerate() {
            let label = if several { format!("fix {}", number + 1) } else { "fix".to_owned() };
            self.fix(&label, fix)?;
        }
        if let Some(verify) = &finding.verify {
            self.section("check", &verify.command)?;
            self.more(&format!("expect: {}", verify.expect))?;
        }
        if let Some(again) = &finding.again {
            self.again(again)?;
        }
        for reference in &finding.references {
            self.section("see", reference)?;
        }
        if !finding.symptoms.is_empty() {
            self.blank();
            for symptom in &finding.symptoms {
                let place = symptom.first.as_ref().map(|p| format!(" ({}:{})", p.path, p.line));
                self.section("led to", &format!("{}{}", symptom.title, place.unwrap_or_default()))?;
            }
        }
        if !finding.alternatives.is_empty() {
            self.blank();
            for other in &finding.alternatives {
                self.section("or", &format!("{} [{}]", other.title, other.rule))?;
                if let Some(check) = &other.check {
                    self.more(&format!(
                        "{}  -- it is this, if it: {}",
                        check.command, check.confirms
                    ))?;
                }
                if let Some(fix) = other.fix.first() {
                    self.more(&format!("then: {}", fix.title))?;
                }
            }
        }
        self.out.push('\n');
        Ok(())
    }

    /// The title, the first evidence with its words marked, and where else it stands.
    fn head(&mut self, finding: &Finding) -> fmt::Result {
        let renderer = if self.style.color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(self.style.width);
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let title = level.primary_title(finding.title.as_str()).id(finding.rule.as_str());
        let shown = finding.evidence.iter().find(|evidence| !evidence.text.is_empty());
        let rendered = match shown {
            Some(evidence) => {
                let cut = Cut::around(evidence, self.style.width.saturating_sub(12));
                let column = cut.text[..cut.mark.start].chars().count() as u64 + 1;
                let snippet = Snippet::source(cut.text.as_str())
                    .line_start(evidence.line as usize)
                    .path(evidence.path.as_str());
                let mark = AnnotationKind::Primary.span(cut.mark);
                let mark = match &evidence.note {
                    Some(note) => mark.label(note.as_str()),
                    None => mark,
                };
                let rendered = renderer.render(&[title.element(snippet.annotation(mark))]);
                // The column is that of the whole line, not of what is shown of it.
                let place = |column| format!("{}:{}:{column}", evidence.path, evidence.line);
                rendered.replacen(&place(column), &place(evidence.column), 1)
            }
            None => renderer.render(&[annotate_snippets::Group::with_title(title)]),
        };
        writeln!(self.out, "{rendered}")?;
        // As wide as the line's number above.
        let gutter = " ".repeat(shown.map_or(1, |evidence| evidence.line.to_string().len()));
        let arrow = self.paint(
            &format!("{gutter}-->"),
            Ansi::new().bold().fg_color(Some(AnsiColor::BrightBlue.into())),
        );
        let others =
            finding.evidence.iter().filter(|e| !shown.is_some_and(|shown| std::ptr::eq(shown, *e)));
        for evidence in others.take(MOST_PLACES) {
            let what = Cut::around(evidence, self.style.width.saturating_sub(40)).text;
            let note = evidence.note.as_ref().map(|n| format!("  ({n})")).unwrap_or_default();
            writeln!(self.out, "{arrow} {}:{}  {what}{note}", evidence.path, evidence.line)?;
        }
        if finding.count > 1 {
            writeln!(self.out, "{gutter} = seen {} times", finding.count)?;
        }
        if let Some(skipped) = finding.skipped_resources {
            let skipped = plural(skipped, "resource");
            writeln!(self.out, "{gutter} = Puppet skipped {skipped} because of it")?;
        }
        self.blank();
        Ok(())
    }

    pub(super) fn fix(&mut self, label: &str, fix: &Fix) -> fmt::Result {
        let only = fix.only.as_ref().map(|only| format!(" (on {only})")).unwrap_or_default();
        let title = self.paint(&fix.title, Ansi::new().bold());
        self.section(label, &format!("{title}{only} {}", self.risk(fix.risk())))?;
        let mut setting = false;
        for step in &fix.steps {
            if let Action::Set { param, value } = &step.action {
                if !setting {
                    self.more("in the answer file:")?;
                }
                self.command(&format!("  {param}={value}"))?;
                setting = true;
                continue;
            }
            setting = false;
            if let Some(command) = words::commented(step, fix) {
                self.command(&command)?;
                continue;
            }
            let remark = words::remark(step, fix);
            let remark = if remark.is_empty() { remark } else { format!(" [{remark}]") };
            match &step.action {
                Action::Note(note) => self.more(&format!("{note}{remark}"))?,
                _ => self.command(&format!("{}{remark}", step.text()))?,
            }
        }
        self.blank();
        Ok(())
    }

    fn risk(&self, risk: Risk) -> String {
        let color = match risk {
            Risk::Safe => AnsiColor::Green,
            Risk::Disruptive => AnsiColor::Yellow,
            Risk::Destructive => AnsiColor::Red,
        };
        self.paint(&format!("[{risk}]"), Ansi::new().fg_color(Some(color.into())))
    }

    fn again(&mut self, again: &Again) -> fmt::Result {
        for command in &again.clean {
            self.section("clean", command)?;
        }
        self.section("again", &again.command)?;
        if let Some(note) = &again.note {
            self.more(note)?;
        }
        Ok(())
    }

    fn unexplained(&mut self, report: &Report) -> fmt::Result {
        let count: u64 = report.unexplained.iter().map(|u| u.count).sum();
        writeln!(self.out, "{}", self.bold(&format!("unexplained: {}", plural(count, "error"))))?;
        for (number, unexplained) in report.unexplained.iter().take(MOST_UNEXPLAINED).enumerate() {
            let Unexplained { first, count, .. } = unexplained;
            let times = if *count > 1 { format!("  ({count} times)") } else { String::new() };
            writeln!(self.out, "  {}. {}:{}{times}", number + 1, first.path, first.line)?;
            self.wrapped("     ", &first.text)?;
            if let Some(manifest) = &unexplained.manifest {
                writeln!(self.out, "     in {manifest}")?;
            }
        }
        let more = report.unexplained.len().saturating_sub(MOST_UNEXPLAINED);
        if more > 0 {
            writeln!(self.out, "  and {more} more kinds of error; --format json lists them")?;
        }
        self.out.push('\n');
        if let Some(next) = words::next(report).filter(|_| report.diagnoses.is_empty()) {
            self.section("next", next.why)?;
            for command in &next.commands {
                self.command(command)?;
            }
            self.out.push('\n');
        }
        Ok(())
    }

    /// A labelled paragraph.
    pub(super) fn section(&mut self, label: &str, text: &str) -> fmt::Result {
        let label = self.label(label);
        let mut lines = self.wrap(text).into_iter();
        writeln!(self.out, " {label}  {}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(self.out, "{INDENT}{line}")?;
        }
        Ok(())
    }

    /// What stands in the margin.
    pub(super) fn label(&self, label: &str) -> String {
        self.bold(&format!("{label:>6}"))
    }

    /// Another line of the section.
    pub(super) fn more(&mut self, text: &str) -> fmt::Result {
        self.wrapped(INDENT, text)
    }

    /// A command: never wrapped, so that it can be copied.
    fn command(&mut self, text: &str) -> fmt::Result {
        for line in text.lines() {
            writeln!(self.out, "{INDENT}{line}")?;
        }
        Ok(())
    }

    /// An entry of a list: its further lines stand under its words.
    fn hanging(&mut self, bullet: &str, text: &str) -> fmt::Result {
        for (number, line) in self.wrap(text).iter().enumerate() {
            let indent = if number == 0 { bullet } else { &" ".repeat(bullet.len()) };
            writeln!(self.out, "{indent}{line}")?;
        }
        Ok(())
    }

    fn wrapped(&mut self, indent: &str, text: &str) -> fmt::Result {
        for line in self.wrap(text) {
            writeln!(self.out, "{indent}{line}")?;
        }
        Ok(())
    }

    fn wrap(&self, text: &str) -> Vec<String> {
        let width = self.style.width.saturating_sub(INDENT.len()).max(40);
        let options = textwrap::Options::new(width)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        textwrap::wrap(&joined, options).into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// One empty line, never two.
    pub(super) fn blank(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn bold(&self, text: &str) -> String {
        self.paint(text, Ansi::new().bold().fg_color(Some(AnsiColor::Cyan.into())))
    }

    pub(super) fn paint(&self, text: &str, style: Ansi) -> String {
        if self.style.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// A line cut to a width around the words that are marked.
struct Cut {
    text: String,
    mark: std::ops::Range<usize>,
}

impl Cut {
    fn around(evidence: &Evidence, width: usize) -> Self {
        let chars: Vec<char> = evidence.text.chars().collect();
        let at = |column: u64| column.saturating_sub(evidence.cut + 1) as usize;
        let start = at(evidence.column).min(chars.len());
        let end = at(evidence.end_column).clamp(start, chars.len());
        let width = width.max(20);
        let mut from = 0;
        if chars.len() > width && end > width {
            from = start.saturating_sub(width / 4);
        }
        let to = chars.len().min(from + width);
        let left = if from > 0 { "…" } else { "" };
        let right = if to < chars.len() { "…" } else { "" };
        let text = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let before = format!("{left}{}", text(from..start.min(to)));
        let marked = text(start.min(to)..end.min(to));
        let mark = before.len()..before.len() + marked.len();
        Self { text: format!("{before}{marked}{}{right}", text(end.min(to)..to)), mark }
    }
}
