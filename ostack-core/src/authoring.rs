//! For those who write rules: a linter, and the tests that rule files bring.

use crate::context::Context;
use crate::diagnosis::Check;
use crate::error::{Error, ErrorKind, Result};
use crate::log::{Source, Sources};
use crate::matcher;
use crate::release::{OsPattern, ReleaseRange};
use crate::rule::{KnowledgeBase, Rule, RuleTest};

/// Something that a rule should say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule's id.
    pub rule: String,
    /// A stable code, such as `no-silent-test`.
    pub code: &'static str,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Lints rules, and what they say of others: those that were loaded from folders, or all where none was.
pub fn check(rules: &KnowledgeBase, checks: &[&dyn Check]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for index in concerned(rules) {
        let rule = rules.rule(index);
        let mut say = |code, message: String| {
            problems.push(Problem { rule: rule.id.clone(), code, message });
        };
        for pattern in &rule.patterns {
            if let Err(error) = matcher::check_pattern(pattern) {
                say("bad-pattern", format!("pattern `{}`: {}", pattern.name, error.message()));
            }
        }
        for explains in rule.explains.iter().filter(|e| rules.find(&e.rule).is_none()) {
            say(
                "unknown-symptom",
                format!("it explains `{}`, which is no rule's id", explains.rule),
            );
        }
        if let Some(circle) = rules.circle(index) {
            say("cycle", format!("{circle}: each explains the next"));
        }
        check_places(rule, &mut say);
        if let Some(name) =
            rule.computed.as_deref().filter(|n| checks.iter().all(|c| c.name() != *n))
        {
            say("unknown-check", format!("there is no computed check `{name}`"));
        }
        if rule.title.chars().count() > 100 {
            say("long-title", "the title is longer than 100 characters".to_owned());
        }
        if rule.fixes.is_empty() {
            say("no-fix", "there is no [[fix]]: say at least what to look at".to_owned());
        }
        if rule.references.is_empty() {
            say("no-reference", "nothing supports it: name a reference".to_owned());
        }
        let tests = rules.tests(index);
        if !tests.iter().any(|test| !test.silent) {
            say("no-firing-test", "no [[test]] in which it fires".to_owned());
        }
        if !tests.iter().any(|test| test.silent) {
            say("no-silent-test", "no [[test]] with `silent = true`: write a near miss".to_owned());
        }
    }
    problems
}

/// The rules that were loaded from folders; all, where none was.
fn concerned(rules: &KnowledgeBase) -> Vec<usize> {
    let loaded = |index: &usize| rules.loaded().is_empty() || rules.path(*index).is_some();
    rules.indices().filter(loaded).collect()
}

fn check_places(rule: &Rule, say: &mut impl FnMut(&'static str, String)) {
    let mut releases: Vec<&String> = rule.releases.iter().collect();
    let mut systems: Vec<&String> = rule.os.iter().collect();
    let fixes = rule.fixes.iter().filter_map(|fix| fix.when.as_ref());
    for when in fixes {
        releases.extend(&when.releases);
        systems.extend(when.os.iter().chain(&when.family));
    }
    if let Some(when) = &rule.when {
        releases.extend(&when.release);
        systems.extend(&when.os);
    }
    for range in releases {
        if let Err(error) = ReleaseRange::parse(range) {
            say("unknown-release", error.message().to_owned());
        }
    }
    for pattern in systems {
        if pattern.parse::<OsPattern>().is_err() {
            say("unknown-os", format!("`{pattern}` is no OS and no family"));
        }
    }
}

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
        let mut alone = KnowledgeBase::empty();
        let mut only = rule.clone();
        only.explains.clear();
        alone.add(&rule.id, only, Vec::new())?;
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
            None => context.file(path, text),
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
