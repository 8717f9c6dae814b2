//! The report for a person in front of a terminal, in the manner of rustc: the evidence with its words
//! marked, then why, then what to do.

use std::fmt::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style as Ansi};

use crate::diagnosis::{Report, Unexplained};
use crate::finding::{Again, Evidence, Finding, Fix};
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

/// What a preflight found, and what it does not know, as text.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn preflight(report: &preflight::Report, style: &Style) -> String {
    let mut page = Page { out: String::new(), style: *style };
    page.preflight(report).expect("a String takes everything");
    page.out
}

struct Page {
    out: String,
    style: Style,
}

impl Page {
    fn report(&mut self, report: &Report) -> fmt::Result {
        for source in report.sources.iter().filter(|source| source.skipped.is_some()) {
            let reason = source.skipped.as_deref().unwrap_or_default();
            writeln!(self.out, "{}: not read: {reason}\n", source.path)?;
        }
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
        self.summary(report)
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
        let mut sure = format!("{:.2}", finding.confidence);
        if !finding.assumes.is_empty() {
            write!(sure, ", assuming: {}", finding.assumes.join("; "))?;
        }
        self.section("sure", &sure)?;
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
                let snippet = Snippet::source(cut.text.as_str())
                    .line_start(evidence.line as usize)
                    .path(evidence.path.as_str());
                let mark = AnnotationKind::Primary.span(cut.mark);
                let mark = match &evidence.note {
                    Some(note) => mark.label(note.as_str()),
                    None => mark,
                };
                renderer.render(&[title.element(snippet.annotation(mark))])
            }
            None => renderer.render(&[annotate_snippets::Group::with_title(title)]),
        };
        writeln!(self.out, "{rendered}")?;
        let others =
            finding.evidence.iter().filter(|e| !shown.is_some_and(|shown| std::ptr::eq(shown, *e)));
        for evidence in others.take(MOST_PLACES) {
            let what = Cut::around(evidence, self.style.width.saturating_sub(40)).text;
            let note = evidence.note.as_ref().map(|n| format!("  ({n})")).unwrap_or_default();
            writeln!(self.out, "  --> {}:{}  {what}{note}", evidence.path, evidence.line)?;
        }
        if finding.count > 1 {
            writeln!(self.out, "   = seen {} times", finding.count)?;
        }
        if let Some(skipped) = finding.skipped_resources {
            writeln!(
                self.out,
                "   = Puppet skipped {} because of it",
                plural(skipped, "resource")
            )?;
        }
        self.blank();
        Ok(())
    }

    fn fix(&mut self, label: &str, fix: &Fix) -> fmt::Result {
        let only = fix.only.as_ref().map(|only| format!(" (on {only})")).unwrap_or_default();
        let title = format!("{}{only}  [{}]", fix.title, fix.risk());
        self.section(label, &title)?;
        for step in &fix.steps {
            let on = step.on.as_ref().map(|on| format!("  (on {on})")).unwrap_or_default();
            let risk = match step.risk {
                Risk::Safe => String::new(),
                risk if risk == fix.risk() && fix.steps.len() == 1 => String::new(),
                risk => format!("  [{risk}]"),
            };
            match &step.action {
                crate::finding::Action::Note(note) => self.more(&format!("{note}{on}{risk}"))?,
                _ => self.command(&format!("{}{on}{risk}", step.text()))?,
            }
        }
        self.blank();
        Ok(())
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
        Ok(())
    }

    fn summary(&mut self, report: &Report) -> fmt::Result {
        let causes = report.diagnoses.len();
        if report.is_empty() {
            return writeln!(
                self.out,
                "Nothing found: no error that ostack knows, and none that it does not."
            );
        }
        let mut parts = vec![match causes {
            0 => "no known cause".to_owned(),
            n => plural(n as u64, "cause"),
        }];
        let symptoms: usize = report.diagnoses.iter().map(|d| d.symptoms.len()).sum();
        if symptoms > 0 {
            let under = if causes == 1 { "it" } else { "them" };
            parts.push(format!("{} under {under}", plural(symptoms as u64, "symptom")));
        }
        let skipped: u64 = report.diagnoses.iter().filter_map(|d| d.skipped_resources).sum();
        if skipped > 0 {
            parts.push(format!("{} skipped", plural(skipped, "resource")));
        }
        let unexplained: u64 = report.unexplained.iter().map(|u| u.count).sum();
        parts.push(match unexplained {
            0 => "nothing unexplained".to_owned(),
            n => format!("{} unexplained", plural(n, "error")),
        });
        writeln!(self.out, "{}.", parts.join("; "))
    }

    /// A labelled paragraph.
    fn section(&mut self, label: &str, text: &str) -> fmt::Result {
        let label = self.bold(&format!("{label:>6}"));
        let mut lines = self.wrap(text).into_iter();
        writeln!(self.out, " {label}  {}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(self.out, "{INDENT}{line}")?;
        }
        Ok(())
    }

    /// Another line of the section.
    fn more(&mut self, text: &str) -> fmt::Result {
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
    fn blank(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn bold(&self, text: &str) -> String {
        if !self.style.color {
            return text.to_owned();
        }
        let style = Ansi::new().bold().fg_color(Some(AnsiColor::Cyan.into()));
        format!("{style}{text}{style:#}")
    }
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A line cut to a width around the words that are marked.
struct Cut {
    text: String,
    mark: std::ops::Range<usize>,
}

impl Cut {
    fn around(evidence: &Evidence, width: usize) -> Self {
        let chars: Vec<char> = evidence.text.chars().collect();
        let start = (evidence.column as usize).saturating_sub(1).min(chars.len());
        let end = (evidence.end_column as usize).saturating_sub(1).clamp(start, chars.len());
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
