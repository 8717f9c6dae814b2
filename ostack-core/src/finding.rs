//! What was found: one shape for diagnoses, lints, audits and preflight checks.
//!
//! Everything in a [`Finding`] is text for people or machines: templates are filled, secrets are
//! masked, and no control character is left.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::log::Conflict;
use crate::rule::{self, Risk, Severity};

/// Something that is wrong, why, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// What is wrong, in one line.
    pub title: String,
    /// The part of the installation.
    pub component: String,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// What the confidence is made of.
    pub reasons: Vec<String>,
    /// What was not known and is taken to hold.
    pub assumes: Vec<String>,
    /// Why it happens.
    pub cause: String,
    /// The command that loads the administrator's credentials, where the commands here want them: it is
    /// run before them, in the same shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// What tells this cause from others, where the evidence does not.
    pub checks: Vec<Check>,
    /// Other causes of the same evidence, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// Ways to repair it, best first.
    pub fix: Vec<Fix>,
    /// How to see that it worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
    /// How to run packstack again, where a run of packstack failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
    /// What this cause brought about.
    pub symptoms: Vec<Symptom>,
    /// How many Puppet resources were skipped because of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped_resources: Option<u64>,
    /// What supports it.
    pub references: Vec<String>,
    /// How often it was seen.
    pub count: u64,
    /// Where it was seen: at most [`Finding::MOST_EVIDENCE`] places.
    pub evidence: Vec<Evidence>,
    /// What package tools say there does not fit, what decides first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

impl Finding {
    /// At most so many pieces of evidence are kept.
    pub const MOST_EVIDENCE: usize = 10;
    /// At most so many conflicts are kept.
    pub const MOST_CONFLICTS: usize = 20;
}

/// A command that tells causes apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The command.
    pub command: String,
    /// What it prints when this is the cause.
    pub confirms: String,
    /// What it prints when it is not.
    pub refutes: String,
}

/// Another cause of the same evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// The rule's id.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// Why it happens.
    pub cause: String,
    /// What tells it apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Ways to repair it, best first.
    pub fix: Vec<Fix>,
}

/// One way to repair it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// For which hosts, where not for all and the host is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

impl Fix {
    /// The greatest risk of its steps.
    pub fn risk(&self) -> Risk {
        self.steps.iter().map(|step| step.risk).max().unwrap_or_default()
    }
}

/// One step of a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub action: Action,
    /// How much harm it can do.
    pub risk: Risk,
    /// Where; none: on the host of the log.
    pub on: Option<String>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Runs a command.
    Run(String),
    /// Sets a parameter in the answer file.
    Set {
        /// The parameter.
        param: String,
        /// Its value.
        value: String,
    },
    /// Adds a line to a file.
    Add {
        /// The path.
        file: String,
        /// The line.
        line: String,
    },
    /// Sets a key of an INI file.
    Key {
        /// The path.
        file: String,
        /// The section; none: before the first.
        section: Option<String>,
        /// The key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Something that a person must do or decide.
    Note(String),
}

impl Step {
    /// The steps that a rule's step stands for: one for each parameter that it sets. `say` fills
    /// the templates of words, `command` those of commands.
    pub(crate) fn of(
        step: &rule::Step,
        say: impl Fn(&str) -> String,
        command: impl Fn(&str) -> String,
    ) -> Vec<Self> {
        let actions = match &step.action {
            rule::Action::Run(run) => vec![Action::Run(command(run))],
            rule::Action::Note(note) => vec![Action::Note(say(note))],
            rule::Action::Set(values) => values
                .iter()
                .map(|(param, value)| Action::Set { param: say(param), value: say(value) })
                .collect(),
            rule::Action::Edit(edit) => vec![match &edit.change {
                rule::Change::Add(line) => Action::Add { file: say(&edit.file), line: say(line) },
                rule::Change::Key { section, key, value } => Action::Key {
                    file: say(&edit.file),
                    section: section.clone(),
                    key: say(key),
                    value: say(value),
                },
            }],
        };
        let (risk, on) = (step.risk, step.on.as_deref().map(say));
        actions.into_iter().map(|action| Self { action, risk, on: on.clone() }).collect()
    }

    /// The step in words, in one line.
    pub fn text(&self) -> String {
        match &self.action {
            Action::Run(command) => command.clone(),
            Action::Set { param, value } => format!("in the answer file: {param}={value}"),
            Action::Add { file, line } => format!("add to {file}: {line}"),
            Action::Key { file, section: Some(section), key, value } => {
                format!("in {file}, section [{section}]: {key} = {value}")
            }
            Action::Key { file, section: None, key, value } => {
                format!("in {file}: {key} = {value}")
            }
            Action::Note(note) => note.clone(),
        }
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let kind = match &self.action {
            Action::Run(_) => "run",
            Action::Set { .. } => "set",
            Action::Add { .. } | Action::Key { .. } => "edit",
            Action::Note(_) => "note",
        };
        map.serialize_entry("kind", kind)?;
        map.serialize_entry("text", &self.text())?;
        match &self.action {
            Action::Run(command) => map.serialize_entry("command", command)?,
            Action::Set { param, value } => {
                map.serialize_entry("param", param)?;
                map.serialize_entry("value", value)?;
            }
            Action::Add { file, line } => {
                map.serialize_entry("file", file)?;
                map.serialize_entry("value", line)?;
            }
            Action::Key { file, section, key, value } => {
                map.serialize_entry("file", file)?;
                if let Some(section) = section {
                    map.serialize_entry("section", section)?;
                }
                map.serialize_entry("key", key)?;
                map.serialize_entry("value", value)?;
            }
            Action::Note(_) => {}
        }
        map.serialize_entry("risk", &self.risk)?;
        if let Some(on) = &self.on {
            map.serialize_entry("on", on)?;
        }
        map.end()
    }
}

/// How to see that a fix worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verify {
    /// The command.
    pub command: String,
    /// What it prints then.
    pub expect: String,
}

/// How to run packstack again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Again {
    /// The command.
    pub command: String,
    /// What must be cleaned first, in order; empty: nothing.
    pub clean: Vec<String>,
    /// What to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a cause brought about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Symptom {
    /// The symptom's rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// How often it was seen.
    pub count: u64,
    /// Where it was first seen.
    pub first: Option<Place>,
}

/// A line of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The source's path.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// What stands there, masked.
    pub text: String,
}

/// What sort of thing a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// A line of a log.
    #[default]
    Log,
    /// A line of the answer file.
    Answer,
    /// A package in a package list.
    Package,
    /// A line of a file of the host.
    File,
}

/// A piece of evidence: where, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Evidence {
    /// What sort of thing it is.
    pub kind: EvidenceKind,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// The first column of the words that count, from 1, in characters of the line as it is shown:
    /// without control characters, secrets masked.
    pub column: u64,
    /// One past the last column of these words.
    pub end_column: u64,
    /// The line, without control characters, secrets masked. Of a very long one what is around the
    /// words that count.
    pub text: String,
    /// The lines before it, where they were [asked for](crate::diagnosis::surround).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// The lines after it, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// How many characters of the line stand before `text`.
    #[serde(skip)]
    pub cut: u64,
    /// When, as the log writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The manifest that was being applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// The Puppet resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What the rule's named groups matched.
    pub captures: std::collections::BTreeMap<String, String>,
    /// A remark, such as what RDO ships in place of this package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `text` without control characters: a tab becomes a space, any other is left out. Escape sequences
/// never reach a terminal this way.
///
/// ```
/// assert_eq!(ostack_core::finding::printable("a\tb\u{1b}[31m\u{9b}\u{202e}"), "a b[31m");
/// ```
pub fn printable(text: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !invisible(*c)).collect()
}
