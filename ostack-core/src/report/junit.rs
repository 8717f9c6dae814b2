//! JUnit's XML, for continuous integration.

use std::slice;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::words::{self, fingerprint};
use super::{Style, templates, text};
use crate::diagnosis::Report;

#[derive(Serialize)]
struct Suite {
    name: &'static str,
    timestamp: Option<String>,
    host: Option<String>,
    seconds: f64,
    failures: usize,
    errors: usize,
    cases: Vec<Case>,
}

#[derive(Serialize)]
struct Case {
    name: String,
    class: String,
    seconds: f64,
    failure: Option<Problem>,
    error: Option<Problem>,
}

#[derive(Serialize)]
struct Problem {
    message: String,
    kind: String,
    text: String,
}

/// The report as JUnit XML: the steps of packstack's run as test cases with their time, one failed
/// case for each finding, and one with an error for each kind of error that no rule explains. Where
/// nothing was found, each log is a case that passed.
///
/// # Panics
/// Never: the template is this crate's own.
pub fn junit(report: &Report) -> String {
    let mut suites = Vec::new();
    if let Some(run) = report.run.as_ref().filter(|run| !run.steps.is_empty()) {
        let cases = run.steps.iter().map(|step| Case {
            name: step.title.clone(),
            class: step.manifest.clone().unwrap_or_else(|| "packstack".to_owned()),
            seconds: step.seconds.unwrap_or_default(),
            failure: (step.state == "error").then(|| Problem {
                message: format!("{} failed", step.title),
                kind: "step".to_owned(),
                text: words::summary(report),
            }),
            error: None,
        });
        suites.push(suite("packstack", report, cases.collect()));
    }
    let style = Style { width: 100, ..Style::default() };
    let mut cases: Vec<Case> = Vec::new();
    for finding in &report.diagnoses {
        cases.push(Case {
            name: finding.title.clone(),
            class: format!("{}.{}", finding.component, finding.rule),
            seconds: 0.0,
            failure: Some(Problem {
                message: finding.title.clone(),
                kind: finding.rule.clone(),
                text: text::findings(slice::from_ref(finding), &style),
            }),
            error: None,
        });
    }
    for unexplained in &report.unexplained {
        let first = &unexplained.first;
        cases.push(Case {
            name: unexplained.template.clone(),
            class: format!("unexplained.{}", fingerprint(&[&unexplained.template])),
            seconds: 0.0,
            failure: None,
            error: Some(Problem {
                message: first.text.clone(),
                kind: "unexplained".to_owned(),
                text: format!(
                    "{}:{}: {}\nseen {}",
                    first.path,
                    first.line,
                    first.text,
                    words::plural(unexplained.count, "time")
                ),
            }),
        });
    }
    if cases.is_empty() {
        let read = report.sources.iter().filter(|source| source.skipped.is_none());
        cases.extend(read.map(|source| Case {
            name: source.path.clone(),
            class: "log".to_owned(),
            seconds: 0.0,
            failure: None,
            error: None,
        }));
    }
    suites.push(suite("ostack", report, cases));
    let xml = templates::render(
        "junit.xml",
        minijinja::context! { suites => Value::from(Serde(&suites)) },
    );
    // XML has no way to write most control characters, not even escaped.
    xml.chars()
        .chain(['\n'])
        .filter(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..))
        .collect()
}

fn suite(name: &'static str, report: &Report, cases: Vec<Case>) -> Suite {
    let run = report.run.as_ref();
    Suite {
        name,
        // `2026-01-10 09:00:00` as xs:dateTime.
        timestamp: run.and_then(|run| run.started.as_deref()).and_then(|started| {
            let started: jiff::civil::DateTime = started.get(..19)?.parse().ok()?;
            Some(started.to_string())
        }),
        host: run.and_then(|run| run.steps.iter().find_map(|step| step.host.clone())),
        seconds: cases.iter().map(|case| case.seconds).sum(),
        failures: cases.iter().filter(|case| case.failure.is_some()).count(),
        errors: cases.iter().filter(|case| case.error.is_some()).count(),
        cases,
    }
}
