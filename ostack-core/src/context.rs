//! What is known beside the log: the answer file, the host's facts, the release and the OS, each with
//! where it is known from; and conditions on it, which are true, false or unknown.

use std::collections::BTreeMap;
use std::path::Path;

use regex::bytes::RegexBuilder;
use serde::Serialize;

use crate::answer_file::AnswerFile;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::redact::Redactor;
use crate::release::{Os, Release, ReleaseRange};
use crate::rule::{AnswerTest, FixWhen, When};
use crate::version::{Constraint, Scheme, Truth};

/// A thing that is known, and where from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact<T> {
    /// What is known.
    pub value: T,
    /// Where from: an option, a file, a package.
    pub from: String,
}

/// What is known beside the log.
///
/// ```
/// use ostack_core::context::Context;
/// let context = Context::new().release("victoria")?.os("centos-8")?;
/// assert_eq!(context.known_release().unwrap().value.id(), "victoria");
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Context {
    os: Option<Fact<Os>>,
    release: Option<Fact<Release>>,
    host: Option<Fact<Host>>,
    answers: Option<Fact<AnswerFile>>,
    files: BTreeMap<String, String>,
    redact_off: bool,
}

/// A condition on the context, as it was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What must hold, in words.
    pub text: String,
    /// Whether it does.
    pub truth: Truth,
    /// What was seen.
    pub seen: String,
}

impl Context {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says which release it is: an id, a series or a code name.
    ///
    /// # Errors
    /// No such release.
    pub fn release(mut self, name: &str) -> Result<Self> {
        self.release = Some(Fact { value: Release::parse(name)?, from: "given".to_owned() });
        Ok(self)
    }

    /// Says which operating system it is, such as `centos-8`.
    ///
    /// # Errors
    /// No such operating system.
    pub fn os(mut self, name: &str) -> Result<Self> {
        self.os = Some(Fact { value: Os::parse(name)?, from: "given".to_owned() });
        Ok(self)
    }

    /// Reads a package list (`rpm -qa`, `dnf list installed`) from a file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn packages(self, path: impl AsRef<Path>) -> Result<Self> {
        let name = path.as_ref().display().to_string();
        let bytes = std::fs::read(path.as_ref()).map_err(|e| Error::io(&name, e))?;
        Ok(self.packages_text(&name, &String::from_utf8_lossy(&bytes)))
    }

    /// Reads a package list from a text; `name` is shown as its path. The release and the OS are
    /// learnt from it, where they are not known yet.
    #[must_use]
    pub fn packages_text(mut self, name: &str, text: &str) -> Self {
        let host = Host::from_packages(name, text);
        let fact = |from: &str| format!("{from} in {name}");
        if self.release.is_none() {
            self.release = host.release().map(|(value, from)| Fact { value, from: fact(from) });
        }
        if self.os.is_none() {
            self.os = host.os().map(|(value, from)| Fact { value, from: fact(from) });
        }
        self.host = Some(Fact { value: host, from: name.to_owned() });
        self
    }

    /// Reads the run's answer file.
    ///
    /// # Errors
    /// The file cannot be read, or is not an answer file.
    pub fn answers(mut self, path: impl AsRef<Path>) -> Result<Self> {
        let from = path.as_ref().display().to_string();
        self.answers = Some(Fact { value: AnswerFile::load(path.as_ref())?, from });
        Ok(self)
    }

    /// Reads the run's answer file from a text; `name` is shown as its path.
    ///
    /// # Errors
    /// The text is not an answer file.
    pub fn answers_text(mut self, name: &str, text: &str) -> Result<Self> {
        let value = AnswerFile::parse(text).map_err(|e| e.in_file(name))?;
        self.answers = Some(Fact { value, from: name.to_owned() });
        Ok(self)
    }

    /// Adds a file of the host, for conditions on files.
    #[must_use]
    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    /// Shows secrets as they are.
    #[must_use]
    pub fn without_redaction(mut self) -> Self {
        self.redact_off = true;
        self
    }

    /// The release, where it is known.
    pub fn known_release(&self) -> Option<&Fact<Release>> {
        self.release.as_ref()
    }

    /// The operating system, where it is known.
    pub fn known_os(&self) -> Option<&Fact<Os>> {
        self.os.as_ref()
    }

    /// The host's packages, where a list was given.
    pub fn host(&self) -> Option<&Fact<Host>> {
        self.host.as_ref()
    }

    /// The answer file, where it was given.
    pub fn answer_file(&self) -> Option<&Fact<AnswerFile>> {
        self.answers.as_ref()
    }

    /// The redactor for this context: it knows the answer file's secret values.
    pub fn redactor(&self) -> Redactor {
        if self.redact_off {
            return Redactor::off();
        }
        let secrets = self.answers.as_ref().map(|answers| answers.value.secrets());
        Redactor::new(secrets.into_iter().flatten())
    }

    /// The conditions of a rule, each with what was seen. Alternatives become one condition.
    pub fn conditions(&self, when: &When) -> Vec<Condition> {
        let mut found: Vec<Condition> = Vec::new();
        found.extend(when.package.iter().map(|text| self.package(text)));
        found.extend(when.answer.iter().map(|(name, test)| self.answer(name, test)));
        if !when.release.is_empty() {
            found.push(self.releases(&when.release));
        }
        if !when.os.is_empty() {
            found.push(self.systems(&when.os));
        }
        found.extend(when.repo.iter().map(|id| self.repo(id)));
        found.extend(when.file.iter().map(|test| self.file_holds(&test.path, &test.regex)));
        if !when.any.is_empty() {
            let branches: Vec<Vec<Condition>> =
                when.any.iter().map(|branch| self.conditions(branch)).collect();
            let all = |branch: &Vec<Condition>| {
                branch.iter().fold(Truth::True, |truth, condition| truth & condition.truth)
            };
            let join = |part: fn(&Condition) -> &str| {
                let words = |b: &Vec<Condition>| b.iter().map(part).collect::<Vec<_>>().join(" and ");
                branches.iter().map(words).collect::<Vec<_>>().join(", or ")
            };
            found.push(Condition {
                text: join(|c| &c.text),
                truth: branches.iter().fold(Truth::False, |truth, branch| truth | all(branch)),
                seen: join(|c| &c.seen),
            });
        }
        found
    }

    /// Whether the release is one of these; unknown where it is not known.
    pub fn releases(&self, ranges: &[String]) -> Condition {
        let truth = self.release.as_ref().map_or(Truth::Unknown, |release| {
            let contains = |range: &String| {
                ReleaseRange::parse(range).is_ok_and(|range| range.contains(release.value))
            };
            ranges.iter().any(contains).into()
        });
        let seen = self.release.as_ref().map(|r| format!("{} ({})", r.value.id(), r.from));
        condition(format!("release {}", ranges.join(" or ")), truth, seen)
    }

    /// Whether the operating system is one of these; unknown where it is not known.
    pub fn systems(&self, patterns: &[String]) -> Condition {
        let truth = self.os.as_ref().map_or(Truth::Unknown, |os| {
            patterns.iter().any(|pattern| os.value.matches(pattern)).into()
        });
        let seen = self.os.as_ref().map(|os| format!("{} ({})", os.value, os.from));
        condition(format!("OS {}", patterns.join(" or ")), truth, seen)
    }

    /// Whether a fix fits the host; unknown where the host is not known.
    pub fn fits(&self, when: &FixWhen) -> Truth {
        let mut truth = Truth::True;
        if !when.releases.is_empty() {
            truth = truth & self.releases(&when.releases).truth;
        }
        if !when.os.is_empty() {
            truth = truth & self.systems(&when.os).truth;
        }
        if !when.family.is_empty() {
            truth = truth & self.systems(&when.family).truth;
        }
        truth
    }

    fn package(&self, text: &str) -> Condition {
        let told = self.host.as_ref().zip(Constraint::parse(text, Scheme::Rpm).ok());
        let truth = told.as_ref().map_or(Truth::Unknown, |(host, c)| host.value.satisfies(c));
        let seen = told.map(|(host, constraint)| {
            let name = constraint.name().unwrap_or_default();
            match host.value.package(name) {
                Some(package) => format!("{} ({}:{})", package.nevra, host.from, package.line),
                None => format!("{name} is not in {}", host.from),
            }
        });
        condition(format!("package {text}"), truth, seen)
    }

    fn answer(&self, name: &str, test: &AnswerTest) -> Condition {
        let value = self.answers.as_ref().and_then(|answers| answers.value.get(name));
        let truth = value.map_or(Truth::Unknown, |value| {
            let holds = match test {
                AnswerTest::Is(wanted) => value.trim() == wanted,
                AnswerTest::Not(unwanted) => value.trim() != unwanted,
                AnswerTest::Contains(part) => value.split(',').any(|item| item.trim() == part),
                AnswerTest::Regex(regex) => matches(regex, value.as_bytes()),
            };
            holds.into()
        });
        let text = match test {
            AnswerTest::Is(wanted) => format!("{name} is `{wanted}`"),
            AnswerTest::Not(unwanted) => format!("{name} is not `{unwanted}`"),
            AnswerTest::Contains(part) => format!("{name} contains `{part}`"),
            AnswerTest::Regex(regex) => format!("{name} matches `{regex}`"),
        };
        let seen = value.map(|value| self.redactor().mask(&format!("{name}={value}")).into_owned());
        condition(text, truth, seen)
    }

    fn repo(&self, id: &str) -> Condition {
        let truth = self.host.as_ref().map_or(Truth::Unknown, |host| host.value.has_repo(id));
        condition(format!("repository {id} is enabled"), truth, None)
    }

    fn file_holds(&self, path: &str, regex: &str) -> Condition {
        let text = self.files.get(path);
        let truth = text.map_or(Truth::Unknown, |text| matches(regex, text.as_bytes()).into());
        let seen = text.map(|_| path.to_owned());
        condition(format!("{path} matches `{regex}`"), truth, seen)
    }
}

fn condition(text: String, truth: Truth, seen: Option<String>) -> Condition {
    Condition { text, truth, seen: seen.unwrap_or_else(|| "not known".to_owned()) }
}

/// Whether an expression of a rule matches; it was checked when the rule was read.
fn matches(regex: &str, text: &[u8]) -> bool {
    let built = RegexBuilder::new(regex).unicode(false).multi_line(true).build();
    built.is_ok_and(|regex| regex.is_match(text))
}
