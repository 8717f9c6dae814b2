//! The tests that rule files bring.

use super::concerned;
use crate::context::Context;
use crate::diagnosis::Check;
use crate::error::{Error, ErrorKind, Result};
use crate::log::{Source, Sources};
use crate::rule::{KnowledgeBase, Rule, RuleTest};

/// What came of a rule's tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The rule's id.
    pub rule: String,
    /// How many tests it has.
    pub tests: usize,
    /// What went wrong, a line for each test that failed.
    pub failures: Vec<String>,
}

/// Runs the tests that rules bring, each against its rule alone: those of the rules that were loaded
/// from folders, or of all where none was.
///
/// # Errors
/// A test that cannot be set up: an unknown release or OS, an answer file that cannot be read.
pub fn test(rules: &KnowledgeBase, checks: &[&dyn Check]) -> Result<Vec<Tested>> {
    let mut results = Vec::new();
    for index in concerned(rules) {
        let (rule, tests) = (rules.rule(index), rules.tests(index));
        let alone = alone(rule)?;
        let mut failures = Vec::new();
        for (number, test) in tests.iter().enumerate() {
            let failure = run(&alone, test, checks).map_err(|e| {
                Error::new(ErrorKind::Rule, format!("test {}: {e}", number + 1)).in_file(&rule.id)
            })?;
            failures.extend(failure.map(|what| format!("test {}: {what}", number + 1)));
        }
        results.push(Tested { rule: rule.id.clone(), tests: tests.len(), failures });
    }
    Ok(results)
}

/// A knowledge base of one rule.
pub(super) fn alone(rule: &Rule) -> Result<KnowledgeBase> {
    let mut alone = KnowledgeBase::empty();
    let mut only = rule.clone();
    only.explains.clear();
    alone.add(&rule.id, only, Vec::new())?;
    Ok(alone)
}

/// The context and the sources that a test describes.
///
/// # Errors
/// An unknown release or OS, an answer file that cannot be read.
pub fn setting(test: &RuleTest) -> Result<(Sources, Context)> {
    let mut sources = Sources::new();
    if let Some(log) = &test.log {
        sources.push(Source::bytes("log.txt", log.clone().into_bytes()));
    }
    for (name, log) in &test.logs {
        sources.push(Source::bytes(name, log.clone().into_bytes()));
    }
    let mut context = Context::new();
    if let Some(release) = &test.release {
        context = context.release(release)?;
    }
    if let Some(os) = &test.os {
        context = context.os(os)?;
    }
    if let Some(packages) = &test.packages {
        context = context.packages_text("packages.txt", packages)?;
    }
    if let Some(answers) = &test.answers {
        context = context.answers_text("answers.txt", answers)?;
    }
    for (path, text) in &test.files {
        context = match path.strip_suffix('/') {
            Some(folder) => context.learn(|host| host.add_listing(folder, text.split_whitespace())),
            // What has a file's name and no path is a list; a bare name is what the collector kept.
            None if path.starts_with('/') || !path.contains('.') => context.file(path, text),
            None => context.packages_text(path, text)?,
        };
    }
    Ok((sources, context))
}

fn run(rules: &KnowledgeBase, test: &RuleTest, checks: &[&dyn Check]) -> Result<Option<String>> {
    let (sources, context) = setting(test)?;
    let report = crate::diagnosis::diagnose(&sources, &context, rules, checks);
    let Some(finding) = report.diagnoses.first() else {
        return Ok((!test.silent).then(|| "expected the rule to fire, but it is silent".to_owned()));
    };
    if test.silent {
        let place = finding.evidence.first();
        let place = place.map(|e| format!(" on line {}: {}", e.line, e.text)).unwrap_or_default();
        return Ok(Some(format!("expected the rule to be silent, but it fires{place}")));
    }
    let captured = |name: &str| finding.evidence.iter().find_map(|e| e.captures.get(name));
    Ok(test.captures.iter().find_map(|(name, value)| match captured(name) {
        Some(found) if found == value => None,
        Some(found) => Some(format!("expected `{name}` to be `{value}`, but it is `{found}`")),
        None => Some(format!("expected `{name}` to be `{value}`, but it captured nothing")),
    }))
}
