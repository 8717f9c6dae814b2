//! What a rule is, after its file was read and found valid.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::anchor::Anchor;
use super::required::Required;

/// One piece of knowledge: what it looks like, why it happens, what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are the file's keys, described in rules/README.md")]
pub struct Rule {
    pub id: String,
    pub title: String,
    pub component: String,
    pub severity: Severity,
    pub status: Status,
    pub releases: Vec<String>,
    pub os: Vec<String>,
    pub fixed_in: Vec<String>,
    pub cause: String,
    pub explains: Vec<Explains>,
    pub references: Vec<String>,
    pub false_positives: Option<String>,
    pub allow: Vec<Allow>,
    pub overrides: bool,
    pub computed: Option<String>,
    /// Indices into `patterns`.
    pub all: Vec<usize>,
    /// Indices into `patterns`; one of them must hold, where there are any.
    pub any: Vec<usize>,
    /// Indices into `patterns`; none of them may hold.
    pub none: Vec<usize>,
    pub patterns: Vec<Pattern>,
    pub when: Option<When>,
    pub checks: Vec<Check>,
    pub fixes: Vec<Fix>,
    pub verify: Option<Verify>,
    pub again: Option<Again>,
}

/// Whether a command runs a client of OpenStack's services that signs in.
fn asks_openstack(command: &str) -> bool {
    const CLIENTS: [&str; 10] = [
        "openstack",
        "nova",
        "neutron",
        "cinder",
        "glance",
        "heat",
        "manila",
        "magnum",
        "trove",
        "gnocchi",
    ];
    let parts = command.split([';', '|', '&', '(', '\'', '"', '\n', '`']);
    parts.map(str::split_whitespace).any(|mut words| {
        let is_client = words.next().is_some_and(|word| CLIENTS.contains(&word));
        is_client
            && words.next().is_some_and(|word| !["--version", "--help", "help"].contains(&word))
    })
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Works now, and will not for long.
    Warning,
    /// Something is broken.
    Error,
}

/// How settled a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// New or thinly supported; speaks with less confidence.
    Experimental,
    /// Relied on.
    #[default]
    Stable,
    /// Kept for its id only.
    Deprecated,
}

/// How much harm a step can do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Changes nothing that works.
    #[default]
    Safe,
    /// Interrupts a service or a connection.
    Disruptive,
    /// Loses data or cannot be undone.
    Destructive,
}

macro_rules! lowercase_display {
    ($($type:ident { $($variant:ident => $name:literal),+ })+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $name),+ })
            }
        }
    )+};
}
lowercase_display! {
    Severity { Info => "info", Warning => "warning", Error => "error" }
    Status { Experimental => "experimental", Stable => "stable", Deprecated => "deprecated" }
    Risk { Safe => "safe", Disruptive => "disruptive", Destructive => "destructive" }
}

/// A symptom that a rule's cause explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explains {
    /// The symptom's rule.
    pub rule: String,
    /// Where the symptom may show.
    pub scope: Scope,
    /// How long after the cause it may show, in seconds; none: as long as the run lasts.
    pub window: Option<u32>,
}

/// Where a cause's symptoms may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Anywhere in the same run.
    #[default]
    Run,
    /// On the same host.
    Host,
}

/// A lint that a rule file switches off for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// The lint's code.
    pub lint: String,
    /// Why the rule is right all the same.
    pub reason: String,
}

/// What a rule looks for in one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Its name within the rule.
    pub name: String,
    /// The kind of record; none: any.
    pub record: Option<String>,
    /// The payload field; none: the record's text.
    pub field: Option<String>,
    /// The regular expression.
    pub regex: String,
    /// Literals in normal form, one of which every match contains.
    pub anchors: Vec<Anchor>,
    /// What else a record must contain.
    pub required: Required,
    /// How many bytes in a row every match surely has.
    pub letters: usize,
    /// How near another pattern's match must be.
    pub within: Option<Within>,
}

/// What a pattern's matches are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// A match may make the rule hold.
    Lead,
    /// Matches count near those of another pattern only ([`Rule::reach`]).
    Near,
    /// Matches count wherever they are, and say no more the more there are.
    Anywhere,
}

/// Where the matches of a pattern count: around those of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The index of the other pattern.
    pub of: usize,
    /// So many records before its match.
    pub before: u64,
    /// So many records after it.
    pub after: u64,
}

/// How near a match must be to another pattern's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// The index of the other pattern.
    pub of: usize,
    /// At most so many records away, in the same source.
    pub records: u64,
    /// On which side.
    pub side: Side,
}

/// On which side of another match a match must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Before or after it.
    #[default]
    Both,
    /// In the same record or an earlier one.
    Before,
    /// In the same record or a later one.
    After,
}

/// Conditions on the context; all must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct When {
    /// Package constraints in rpm's terms, such as `rabbitmq-server >= 3.6`.
    pub package: Vec<String>,
    /// Answer-file parameters and what their values must be.
    pub answer: BTreeMap<String, AnswerTest>,
    /// Releases or ranges of them.
    pub release: Vec<String>,
    /// Operating systems.
    pub os: Vec<String>,
    /// Ids of repositories that must be enabled.
    pub repo: Vec<String>,
    /// Files of the host and what they must hold.
    pub file: Vec<FileTest>,
    /// Alternatives, one of which must hold, where there are any.
    pub any: Vec<When>,
}

/// What an answer-file value must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnswerTest {
    /// Equal to it.
    Is(String),
    /// Not equal to it.
    Not(String),
    /// A comma list that contains it.
    Contains(String),
    /// A value that the expression matches.
    Regex(String),
}

/// What a file must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTest {
    /// The absolute path.
    pub path: String,
    /// A regular expression that must match.
    pub regex: String,
}

/// A command that tells causes apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The command.
    pub run: String,
    /// What it prints when this is the cause.
    pub confirms: String,
    /// What it prints when it is not.
    pub refutes: String,
}

/// One way to repair it. Several are alternatives, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// The hosts it fits; none: all.
    pub when: Option<FixWhen>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// The hosts that a fix fits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FixWhen {
    /// Releases or ranges of them; empty: all.
    pub releases: Vec<String>,
    /// Operating systems; empty: all.
    pub os: Vec<String>,
    /// Families: `el`, `fedora`, `debian`; empty: all.
    pub family: Vec<String>,
}

/// One step of a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub action: Action,
    /// How much harm it can do.
    pub risk: Risk,
    /// Where; none: on the host of the log.
    pub on: Option<String>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Run a command.
    Run(String),
    /// Set parameters in the answer file.
    Set(BTreeMap<String, String>),
    /// Edit a file.
    Edit(Edit),
    /// Something a person must do or decide.
    Note(String),
}

/// An edit of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The absolute path.
    pub file: String,
    /// What changes.
    pub change: Change,
}

/// What an edit changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// Adds a line.
    Add(String),
    /// Sets a key of an INI file.
    Key {
        /// The section; none: before the first.
        section: Option<String>,
        /// The key.
        key: String,
        /// Its value.
        value: String,
    },
}

/// How to see that the fix worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verify {
    /// The command.
    pub run: String,
    /// What it prints then.
    pub expect: String,
}

/// What must be cleaned before packstack runs again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Again {
    /// Commands, in order.
    pub clean: Vec<String>,
    /// What to know.
    pub note: Option<String>,
}

impl Rule {
    /// What loads the administrator's credentials, which commands that ask OpenStack want; `None` if
    /// no command does, or if one loads them itself. packstack writes that file on the host it runs on.
    ///
    /// ```
    /// let rules = ostack_core::rule::KnowledgeBase::builtin();
    /// assert_eq!(rules.get("nova_no_valid_host")?.credentials(), Some(". /root/keystonerc_admin"));
    /// assert_eq!(rules.get("host_disk_full")?.credentials(), None);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn credentials(&self) -> Option<&'static str> {
        let steps = self.fixes.iter().flat_map(|fix| &fix.steps);
        let fixes = steps.filter_map(|step| match &step.action {
            Action::Run(command) => Some(command.as_str()),
            _ => None,
        });
        let checks = self.checks.iter().map(|check| check.run.as_str());
        let verify = self.verify.iter().map(|verify| verify.run.as_str());
        let commands: Vec<&str> = checks.chain(fixes).chain(verify).collect();
        let loads = commands.iter().any(|command| command.contains("keystonerc"));
        let asks = commands.iter().any(|command| asks_openstack(command));
        (asks && !loads).then_some(". /root/keystonerc_admin")
    }

    /// What the matches of a pattern are for.
    pub fn role(&self, pattern: usize) -> Role {
        match self.reach(pattern) {
            _ if self.is_lead(pattern) => Role::Lead,
            Some(_) => Role::Near,
            None => Role::Anywhere,
        }
    }

    /// Where the matches of a pattern count, if that is not everywhere: near those of a lead, or of
    /// a pattern that is near one.
    pub fn reach(&self, pattern: usize) -> Option<Reach> {
        if self.is_lead(pattern) {
            return None;
        }
        if let Some(within) = self.patterns[pattern].within {
            let mut of = within.of;
            // Two that are near one another only have no place.
            let mut steps = 0..self.patterns.len();
            while !self.is_lead(of) {
                steps.next()?;
                of = self.patterns[of].within?.of;
            }
            return Some(within.reach());
        }
        // A lead that must be near this one.
        let lead = *self.all.first()?;
        let within = self.patterns[lead].within.filter(|within| within.of == pattern)?;
        let Reach { before, after, .. } = within.reach();
        Some(Reach { of: lead, before: after, after: before })
    }

    fn is_lead(&self, pattern: usize) -> bool {
        self.all.first().map_or_else(|| self.any.contains(&pattern), |first| *first == pattern)
    }
}

impl Within {
    fn reach(self) -> Reach {
        let (before, after) = match self.side {
            Side::Both => (self.records, self.records),
            Side::Before => (self.records, 0),
            Side::After => (0, self.records),
        };
        Reach { of: self.of, before, after }
    }
}

impl<'r> super::Head<'r> {
    /// The head of a rule.
    pub fn of(rule: &'r Rule) -> Self {
        Self {
            id: &rule.id,
            title: &rule.title,
            component: &rule.component,
            severity: rule.severity,
            status: rule.status,
            on_facts: rule.patterns.is_empty(),
        }
    }
}
