//! The report as one HTML file that needs nothing beside it: no network, and no script to be read.

mod chain;
mod timeline;

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::words::{self, fingerprint, plural};
use super::{MAJOR_UNEXPLAINED, templates};
use crate::diagnosis::{Report, Unexplained};
use crate::finding::{Action, Evidence, Finding, Fix, Place};
use crate::rule::Risk;

/// Findings that would make a page longer, in bytes, are only named.
const MOST_BYTES: usize = 250_000;
/// The longest text of one piece, in characters.
const LONGEST: usize = 2_000;
/// Evidence with a longer line stands in the page's whole width.
const LONG_LINE: usize = 160;
/// The longest line of a log that counts, and of one beside it, in characters.
const LONGEST_LINE: usize = 600;
const LONGEST_BESIDE: usize = 320;
/// At most so many sources are listed.
const MOST_SOURCES: usize = 50;

const STYLE: &str = include_str!("templates/page.css");
const SCRIPT: &str = include_str!("templates/page.js");
/// The digests of [`STYLE`] and [`SCRIPT`] that the page's policy lets through, and nothing else.
const STYLE_DIGEST: &str = include_str!("templates/page.css.sha256");
const SCRIPT_DIGEST: &str = include_str!("templates/page.js.sha256");

/// The report as an HTML page: the first cause with its fix, how it led to what was seen, the run as
/// a timeline, further causes, and errors that no rule explains. [`surround`](crate::diagnosis::surround)
/// brings the lines around the evidence. Text of logs stays text; a page is under 300 KB whatever was
/// read.
///
/// ```
/// use ostack_core::context::Context;
/// use ostack_core::log::{Source, Sources};
/// use ostack_core::rule::KnowledgeBase;
/// let mut sources = Sources::new();
/// sources.push(Source::bytes("run.log", "ERROR : <script>alert(1)</script>\n"));
/// let report = ostack_core::diagnose(&sources, &Context::new(), &KnowledgeBase::builtin());
/// let page = ostack_core::report::html(&report);
/// assert!(page.contains("&lt;script&gt;alert(1)"));
/// ```
///
/// # Panics
/// Never: the templates are this crate's own.
pub fn html(report: &Report) -> String {
    let chain = chain::pictures(report);
    // What is left of a page's size is for findings.
    let mut bytes = page(report, chain.as_ref(), &[]).len();
    let mut findings = Vec::new();
    for (number, finding) in report.diagnoses.iter().enumerate() {
        let drawn = chain.is_some() && chain::is_drawn(finding, number);
        let part = render(finding, number, drawn);
        bytes += part.len();
        if bytes > MOST_BYTES && number > 0 {
            break;
        }
        findings.push(Value::from_safe_string(part));
    }
    page(report, chain.as_ref(), &findings)
}

/// The page with as many of the findings as were rendered; the others are named.
fn page(report: &Report, chain: Option<&chain::Pictures>, findings: &[Value]) -> String {
    let hidden: Vec<_> = report.diagnoses[findings.len()..]
        .iter()
        .take(MAJOR_UNEXPLAINED)
        .map(|f| context! { rule => f.rule.clone(), title => clip(&f.title, 200) })
        .collect();
    let more = report.diagnoses.len() - findings.len() - hidden.len();
    let unexplained: Vec<_> =
        report.unexplained.iter().take(MAJOR_UNEXPLAINED).map(error).collect();
    let verdict = match (report.diagnoses.first(), report.is_empty()) {
        (Some(finding), _) => clip(&finding.title, 300),
        (None, false) => "No known cause: no rule explains these errors".to_owned(),
        (None, true) => "Nothing found".to_owned(),
    };
    templates::render(
        "page.html",
        context! {
            style => Value::from_safe_string(STYLE.to_owned()),
            script => Value::from_safe_string(SCRIPT.to_owned()),
            style_digest => STYLE_DIGEST.trim(),
            script_digest => SCRIPT_DIGEST.trim(),
            verdict,
            summary => words::summary(report),
            is_empty => report.is_empty(),
            ostack => report.ostack,
            facts => facts(report),
            components => components(report),
            first => findings.first().cloned(),
            others => findings.get(1..).unwrap_or_default().to_vec(),
            hidden,
            more,
            chain => Value::from(Serde(chain)),
            timeline => Value::from(Serde(timeline::timeline(report))),
            unexplained,
            unexplained_kinds => report.unexplained.len(),
            next => words::next(report)
                .filter(|_| report.diagnoses.is_empty() && !report.is_empty())
                .map(|next| context! { why => next.why, commands => next.commands }),
            sources => report.sources.iter().take(MOST_SOURCES).map(|source| context! {
                path => clip(&source.path, 300),
                kind => source.kind.clone(),
                lines => grouped(source.lines),
                bytes => size(source.bytes),
                skipped => source.skipped.clone(),
            }).collect::<Vec<_>>(),
            sources_count => report.sources.len(),
            rules_loaded => report.rules_loaded.clone(),
        },
    )
}

/// What is known beside the logs, as short labelled values.
fn facts(report: &Report) -> Vec<Value> {
    let context = &report.context;
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String, from: &str| {
        facts.push(context! { name, value => clip(&value, 80), from => clip(from, 200) });
    };
    if let Some(release) = &context.release {
        fact("Release", release.value.clone(), &release.from);
    }
    if let Some(os) = &context.os {
        fact("OS", os.value.clone(), &os.from);
    }
    if let Some(packages) = &context.packages {
        fact("Packages", grouped(packages.value as u64), &packages.from);
    }
    if let Some(answers) = &context.answers {
        fact("Answer file", plural(answers.value as u64, "parameter"), &answers.from);
    }
    if let Some(started) = report.run.as_ref().and_then(|run| run.started.as_ref()) {
        fact("Run began", started.clone(), "the setup log's first line");
    }
    facts
}

/// The components with how much of each there is, for the filter.
fn components(report: &Report) -> Vec<Value> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.diagnoses {
        *counts.entry(&finding.component).or_default() += 1;
    }
    if !report.unexplained.is_empty() {
        counts.insert("unexplained", report.unexplained.len());
    }
    counts.into_iter().map(|(name, count)| context! { name, count }).collect()
}

/// A finding's part of the page; `drawn`: its symptoms are in the picture.
fn render(finding: &Finding, number: usize, drawn: bool) -> String {
    let fixes = finding.fix.iter().map(fix).collect::<Vec<_>>();
    templates::render(
        "finding.html",
        context! {
            first => number == 0,
            drawn,
            id => format!("finding-{}", number + 1),
            rule => finding.rule.clone(),
            title => clip(&finding.title, 300),
            component => finding.component.clone(),
            severity => finding.severity.to_string(),
            cause => prose(&finding.cause),
            confidence => format!("{:.2}", finding.confidence),
            confidence_width => (finding.confidence * 100.0).round(),
            sure => words::sure(finding).split_once(": ").map(|(_, said)| clip(said, LONGEST)),
            snippets => Value::from(Serde(snippets(&finding.evidence))),
            wide => finding.evidence.iter().any(|e| e.text.chars().count() > LONG_LINE),
            count => finding.count,
            skipped => finding.skipped_resources.map(|n| plural(n, "resource")),
            credentials => finding.credentials.clone(),
            credentials_note => words::CREDENTIALS,
            checks => Value::from(Serde(&finding.checks)),
            fixes,
            verify => Value::from(Serde(&finding.verify)),
            again => Value::from(Serde(&finding.again)),
            symptoms => Value::from(Serde(&finding.symptoms)),
            alternatives => finding.alternatives.iter().map(|other| context! {
                rule => other.rule.clone(),
                title => clip(&other.title, 300),
                cause => prose(&other.cause),
                check => Value::from(Serde(&other.check)),
                fix => other.fix.first().map(fix),
            }).collect::<Vec<_>>(),
            references => finding.references.iter().filter(|r| r.starts_with("https://") || r.starts_with("http://")).cloned().collect::<Vec<_>>(),
        },
    )
}

fn fix(fix: &Fix) -> Value {
    let mut steps: Vec<Value> = Vec::new();
    // What is set in the answer file is one block.
    let mut set: Vec<String> = Vec::new();
    for (number, step) in fix.steps.iter().enumerate() {
        let alone = fix.steps.len() == 1 || step.risk == Risk::Safe;
        let risk = (!alone).then(|| step.risk.to_string());
        let (kind, text): (_, Value) = match &step.action {
            Action::Run(command) => ("run", command.clone().into()),
            Action::Note(note) => ("note", prose(note)),
            Action::Add { .. } | Action::Key { .. } => ("edit", step.text().into()),
            Action::Set { param, value } => {
                set.push(format!("{param}={value}"));
                let next = fix.steps.get(number + 1).map(|next| &next.action);
                if matches!(next, Some(Action::Set { .. })) {
                    continue;
                }
                ("set", std::mem::take(&mut set).join("\n").into())
            }
        };
        steps.push(context! { kind, text, risk, on => step.on.clone() });
    }
    context! {
        title => clip(&fix.title, 300),
        risk => fix.risk().to_string(),
        only => fix.only.clone(),
        steps,
    }
}

fn error(unexplained: &Unexplained) -> Value {
    let place = |place: &Place| context! { path => clip(&place.path, 300), line => place.line, text => clip(&place.text, LONGEST_LINE) };
    context! {
        count => grouped(unexplained.count),
        many => unexplained.count > 1,
        first => place(&unexplained.first),
        last => place(&unexplained.last),
        manifest => unexplained.manifest.clone(),
        fingerprint => fingerprint(&[&unexplained.template]),
    }
}

/// Lines of one file that stand together.
#[derive(Serialize)]
struct Snippet {
    path: String,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    number: u64,
    before: String,
    marked: String,
    after: String,
    hit: bool,
    note: Option<String>,
}

/// The evidence with its surroundings: places that are near to one another in one piece.
fn snippets(evidence: &[Evidence]) -> Vec<Snippet> {
    let mut files: Vec<(&str, BTreeMap<u64, Line>)> = Vec::new();
    for seen in evidence.iter().filter(|evidence| !evidence.text.is_empty()) {
        let known = files.iter().position(|(path, _)| *path == seen.path);
        let file = known.unwrap_or_else(|| {
            files.push((&seen.path, BTreeMap::new()));
            files.len() - 1
        });
        let lines = &mut files[file].1;
        let first = seen.line.saturating_sub(seen.before.len() as u64);
        let around = (first..).zip(&seen.before).chain((seen.line + 1..).zip(&seen.after));
        for (number, text) in around {
            lines.entry(number).or_insert_with(|| Line {
                number,
                before: clip(text, LONGEST_BESIDE),
                marked: String::new(),
                after: String::new(),
                hit: false,
                note: None,
            });
        }
        let there = lines.get(&seen.line).is_some_and(|line| line.hit);
        if !there {
            lines.insert(seen.line, marked(seen));
        }
    }
    let mut snippets = Vec::new();
    for (path, lines) in files {
        let mut last = None;
        for (number, line) in lines {
            if last.is_none_or(|last: u64| number > last + 1) {
                snippets.push(Snippet { path: clip(path, 300), lines: Vec::new() });
            }
            last = Some(number);
            snippets.last_mut().expect("one was pushed").lines.push(line);
        }
    }
    snippets
}

fn marked(seen: &Evidence) -> Line {
    let chars: Vec<char> = seen.text.chars().collect();
    let start = (seen.column.saturating_sub(1) as usize).min(chars.len());
    let end = (seen.end_column.saturating_sub(1) as usize).clamp(start, chars.len());
    let from = if end > LONGEST_LINE { start.saturating_sub(LONGEST_LINE / 4) } else { 0 };
    let to = chars.len().min(from + LONGEST_LINE);
    let text = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
    let left = if from > 0 { "…" } else { "" };
    let right = if to < chars.len() { "…" } else { "" };
    Line {
        number: seen.line,
        before: format!("{left}{}", text(from..start.min(to))),
        marked: text(start.min(to)..end.min(to)),
        after: format!("{}{right}", text(end.min(to)..to)),
        hit: true,
        note: seen.note.clone(),
    }
}

/// A paragraph of a rule: pairs of backticks are code, all else is text.
fn prose(text: &str) -> Value {
    let text = clip(&text.split_whitespace().collect::<Vec<_>>().join(" "), LONGEST);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text.into();
    }
    let escaped = parts.iter().enumerate().map(|(i, part)| {
        let part = minijinja::HtmlEscape(part).to_string();
        if i % 2 == 1 { format!("<code>{part}</code>") } else { part }
    });
    Value::from_safe_string(escaped.collect())
}

/// At most so many characters of a text, without control characters.
fn clip(text: &str, most: usize) -> String {
    let mut text = crate::finding::printable(text);
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// `12345678` as `12 345 678`, with narrow blanks.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
