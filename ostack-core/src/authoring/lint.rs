//! The linter: what a rule should say otherwise, under stable codes that a rule file can switch off.

use std::collections::BTreeMap;
use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Group, Level as Shown, Renderer, Snippet};
use serde::Serialize;

use super::{concerned, lints, place};
use crate::diagnosis::Check;
use crate::error::did_you_mean;
use crate::rule::{KnowledgeBase, Rule, RuleTest};

/// The components that rules are sorted by, which are the folders of the built-in rules.
pub const COMPONENTS: [&str; 22] = [
    "answers",
    "cinder",
    "database",
    "glance",
    "heat",
    "horizon",
    "host",
    "keystone",
    "libvirt",
    "magnum",
    "manila",
    "messaging",
    "neutron",
    "nova",
    "ovn",
    "packages",
    "packstack",
    "placement",
    "puppet",
    "swift",
    "telemetry",
    "trove",
];

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule can be better.
    Warning,
    /// The rule is wrong, does harm, or cannot be trusted.
    Error,
}

impl Level {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A lint: its code is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Its code, such as `no-silent-test`.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What it finds.
    pub about: &'static str,
}

const fn error(code: &'static str, about: &'static str) -> Lint {
    Lint { code, level: Level::Error, about }
}

const fn warning(code: &'static str, about: &'static str) -> Lint {
    Lint { code, level: Level::Warning, about }
}

/// All lints, in the order of their codes.
pub const LINTS: &[Lint] = &[
    error(
        "bad-constraint",
        "a `package` condition or `fixed_in` that is no rpm constraint or package",
    ),
    error(
        "bad-pattern",
        "a record kind or field that does not exist, an expression that is too large",
    ),
    warning("bare-http", "a reference with `http://`"),
    error("cycle", "rules that explain one another in a circle"),
    error("destructive-first", "a first fix that destroys something, where another one does not"),
    warning("duplicate-pattern", "the patterns and conditions of another rule"),
    warning(
        "echoing-title",
        "a title of the words that the log has: it says nothing more than the log",
    ),
    warning("far-miss", "a silent test that shares no word with the patterns: it cannot fail"),
    error("fix-never-fits", "a `[fix.when]` that excludes every host that the rule is for"),
    error(
        "foreign-command",
        "a command that the OS stated does not have: `dnf` on EL 7, `yum` from EL 8",
    ),
    error("long-cause", "a cause of more than 1500 characters"),
    error("long-title", "a title of more than 100 characters"),
    error("never-true", "conditions that no host can fulfil"),
    error("no-firing-test", "no test in which the rule fires"),
    error("no-fix", "no fix"),
    error("no-origin", "no firing test that says where its log comes from"),
    error("no-reference", "no reference"),
    error("no-silent-test", "no test in which the rule is silent"),
    warning("no-verify", "a fix with commands, and nothing that shows that it worked"),
    error("password-in-command", "a password in a command: other users of the host can read it"),
    error(
        "protection-off-first",
        "a first fix that switches off SELinux, a firewall or signature checks",
    ),
    error("public-address", "a test with a public address that may be somebody's"),
    warning(
        "repeats-again",
        "a fix that ends with `packstack --answer-file`, which every report says",
    ),
    error("short-cause", "a cause of less than 60 characters"),
    error("title-stop", "a title that ends with a full stop"),
    error("todo", "a text that still has `TODO`"),
    error("understated-risk", "a command with less `risk` than it has"),
    error("unknown-check", "a `computed` check that does not exist"),
    warning("unknown-component", "a component that the built-in rules do not have"),
    error("unknown-lint", "an `allow` of a lint that does not exist"),
    error("unknown-os", "an OS or a family that does not exist"),
    error("unknown-parameter", "an answer-file parameter that no release has"),
    error("unknown-release", "a release that does not exist"),
    error("unknown-symptom", "an `explains` of a rule that does not exist"),
    warning("untested-capture", "a capture in a command that no test holds against a value"),
    error("unused-allow", "an `allow` of a lint that finds nothing"),
    error("wrong-folder", "a rule in the folder of another component"),
];

/// The lints as a table in Markdown.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn lints_table() -> String {
    let mut out = String::from("| code | level | what it finds |\n| --- | --- | --- |\n");
    for Lint { code, level, about } in LINTS {
        writeln!(out, "| `{code}` | {} | {about} |", level.as_str()).expect("a String");
    }
    out
}

/// Something that a rule should say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The lint's code.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The rule's id.
    pub rule: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file, of a built-in rule below the rules' folder.
    pub path: String,
    /// The line, from 1; none for a rule that was not read from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// One past the last column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<usize>,
    /// The line's text.
    #[serde(skip)]
    excerpt: String,
}

/// A rule under the lints, and what they found.
pub(super) struct Subject<'a> {
    pub(super) rules: &'a KnowledgeBase,
    pub(super) checks: &'a [&'a dyn Check],
    /// The first rule with these patterns and conditions.
    pub(super) first_of: &'a BTreeMap<String, usize>,
    pub(super) index: usize,
    pub(super) rule: &'a Rule,
    pub(super) tests: Vec<RuleTest>,
    found: Vec<Found>,
}

struct Found {
    code: &'static str,
    key: String,
    message: String,
    help: Option<String>,
}

impl Subject<'_> {
    /// Says what is wrong with a key such as `fix.0.title`.
    pub(super) fn say(
        &mut self,
        code: &'static str,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Option<String> {
        let (key, message) = (key.into(), message.into());
        let at = self.found.len();
        self.found.push(Found { code, key, message, help: None });
        &mut self.found[at].help
    }
}

/// Lints rules, and what they say of others: those that were loaded from folders, or all where none
/// was. `checks` are the computed ones that rules may name.
///
/// The files of loaded rules are read once more where something is found, for its place.
pub fn check(rules: &KnowledgeBase, checks: &[&dyn Check]) -> Vec<Problem> {
    let concerned = concerned(rules);
    let mut first_of = BTreeMap::new();
    for index in rules.indices() {
        if let Some(likeness) = lints::likeness(rules.rule(index)) {
            first_of.entry(likeness).or_insert(index);
        }
    }
    let mut problems = Vec::new();
    for index in concerned {
        let (rule, tests) = (rules.rule(index), rules.tests(index));
        let first_of = &first_of;
        let found = Vec::new();
        let mut subject = Subject { rules, checks, first_of, index, rule, tests, found };
        lints::all(&mut subject);
        allow(&mut subject);
        let path = rules.path(index);
        let text = path
            .filter(|_| !subject.found.is_empty())
            .and_then(|path| std::fs::read_to_string(path).ok());
        let path = path.map_or_else(|| format!("{}/{}.toml", rule.component, rule.id), Into::into);
        problems.extend(subject.found.into_iter().map(|found| {
            let place = text.as_deref().and_then(|text| place::place(text, &found.key));
            let lint = LINTS.iter().find(|lint| lint.code == found.code);
            Problem {
                code: found.code,
                level: lint.map_or(Level::Error, |lint| lint.level),
                rule: rule.id.clone(),
                message: found.message,
                help: found.help,
                path: path.clone(),
                line: place.as_ref().map(|place| place.line),
                column: place.as_ref().map(|place| place.column),
                end_column: place.as_ref().map(|place| place.end_column),
                excerpt: place.map(|place| place.excerpt).unwrap_or_default(),
            }
        }));
    }
    problems
}

/// Takes out what the rule allows, and says of each `allow` that it is of no use.
fn allow(subject: &mut Subject<'_>) {
    let rule = subject.rule;
    let mut useless = Vec::new();
    for (at, allow) in rule.allow.iter().enumerate() {
        let key = format!("allow.{at}.lint");
        let before = subject.found.len();
        subject.found.retain(|found| found.code != allow.lint);
        if subject.found.len() < before {
            continue;
        }
        let codes = LINTS.iter().map(|lint| lint.code);
        if codes.clone().any(|code| code == allow.lint) {
            useless.push((
                "unused-allow",
                key,
                format!("`{}` finds nothing here", allow.lint),
                None,
            ));
        } else {
            let help = did_you_mean(&allow.lint, codes).map_or_else(
                || "`ostack-cli rules check --list` names all lints".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            let message = format!("expected a lint, but found `{}`", allow.lint);
            useless.push(("unknown-lint", key, message, Some(help)));
        }
    }
    for (code, key, message, help) in useless {
        *subject.say(code, key, message) = help;
    }
}

/// Problems for a person in front of a terminal, in the manner of rustc.
pub fn text(problems: &[Problem], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    problems.iter().map(|problem| problem.text(&renderer) + "\n\n").collect()
}

impl Problem {
    fn text(&self, renderer: &Renderer) -> String {
        let level = match self.level {
            Level::Error => Shown::ERROR,
            Level::Warning => Shown::WARNING,
        };
        let title = level.primary_title(self.message.as_str()).id(self.code);
        let help = self.help.as_deref().map(|help| Shown::HELP.message(help));
        let (Some(line), Some(column), Some(end)) = (self.line, self.column, self.end_column)
        else {
            let origin = annotate_snippets::Origin::path(self.path.as_str());
            return renderer.render(&[Group::with_title(title).element(origin).elements(help)]);
        };
        let byte = |column: usize| {
            let at = self.excerpt.char_indices().nth(column - 1);
            at.map_or(self.excerpt.len(), |(at, _)| at)
        };
        let snippet = Snippet::source(self.excerpt.as_str())
            .line_start(line)
            .path(self.path.as_str())
            .annotation(AnnotationKind::Primary.span(byte(column)..byte(end)));
        renderer.render(&[title.element(snippet).elements(help)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lints_stand_in_the_order_of_their_codes() {
        assert!(LINTS.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}
