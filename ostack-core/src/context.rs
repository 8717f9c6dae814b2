//! What is known beside the log: the answer file, the host's facts, the release and the OS, each with
//! where it is known from; and conditions on it, which are true, false or unknown.

use std::path::Path;

use regex::bytes::RegexBuilder;
use serde::Serialize;

use crate::answer_file::{AnswerFile, Dialect};
use crate::error::{Error, Result};
use crate::finding::{Evidence, EvidenceKind, printable};
use crate::host::{self, Host, Package};
use crate::parameter::is_secret;
use crate::redact::{MASK, Redactor};
use crate::release::{Os, Release, ReleaseRange};
use crate::rule::{AnswerTest, FixWhen, When};
use crate::span::characters;
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
    host: Host,
    packages: Option<String>,
    answers: Option<Fact<AnswerFile>>,
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
    /// Where it was seen.
    pub evidence: Option<Evidence>,
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
        self.os = Some(Fact { value: name.parse()?, from: "given".to_owned() });
        Ok(self)
    }

    /// Reads a package list (`rpm -qa`, `dnf list installed`) from a file.
    ///
    /// # Errors
    /// The file cannot be read, or no line of it is a package.
    pub fn packages(self, path: impl AsRef<Path>) -> Result<Self> {
        let name = path.as_ref().display().to_string();
        let bytes = std::fs::read(path.as_ref()).map_err(|e| Error::io(&name, e))?;
        self.packages_text(&name, &String::from_utf8_lossy(&bytes))
    }

    /// Reads a package list from a text; `name` is shown as its path. The release and the OS are
    /// learnt from it, where they are not known yet.
    ///
    /// # Errors
    /// No line of the text is a package.
    pub fn packages_text(mut self, name: &str, text: &str) -> Result<Self> {
        self.host.add_packages(name, text)?;
        self.packages = Some(name.to_owned());
        if self.release.is_none() {
            self.release = self.host.release().map(Fact::from);
        }
        if self.os.is_none() {
            self.os = self.host.os().map(Fact::from);
        }
        Ok(self)
    }

    /// Reads the run's answer file. Say the release and the OS first, where they are known: the
    /// Python of old releases reads some lines otherwise.
    ///
    /// # Errors
    /// The file cannot be read, or is not an answer file.
    pub fn answers(self, path: impl AsRef<Path>) -> Result<Self> {
        let name = path.as_ref().display().to_string();
        let bytes = std::fs::read(path.as_ref()).map_err(|e| Error::io(&name, e))?;
        self.answers_text(&name, &String::from_utf8_lossy(&bytes))
    }

    /// Reads the run's answer file from a text; `name` is shown as its path.
    ///
    /// # Errors
    /// The text is not an answer file.
    pub fn answers_text(mut self, name: &str, text: &str) -> Result<Self> {
        let os = self.os.as_ref().map(|os| os.value.to_string());
        let value = match &self.release {
            Some(release) => {
                AnswerFile::parse(text, Dialect::of(release.value.id(), os.as_deref()))
            }
            // The lenient reading takes all that the strict one takes.
            None => AnswerFile::parse(text, Dialect::Python3)
                .or_else(|strict| AnswerFile::parse(text, Dialect::Python2).map_err(|_| strict)),
        };
        let value = value.map_err(|e| e.in_file(name))?;
        self.answers = Some(Fact { value, from: name.to_owned() });
        Ok(self)
    }

    /// Adds a file of the host, for conditions on files.
    #[must_use]
    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.host.add_file(path, path, text);
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

    /// What is known of the host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// How many packages the host has, and where that is known from; none: no list was given.
    pub fn package_list(&self) -> Option<Fact<usize>> {
        let from = self.packages.clone()?;
        Some(Fact { value: self.host.packages().len(), from })
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
        let entries = self.answers.iter().flat_map(|answers| answers.value.entries());
        Redactor::new(entries.filter(|e| is_secret(&e.name)).map(|e| e.value.clone()))
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
                let words =
                    |b: &Vec<Condition>| b.iter().map(part).collect::<Vec<_>>().join(" and ");
                branches.iter().map(words).collect::<Vec<_>>().join(", or ")
            };
            found.push(Condition {
                text: join(|c| &c.text),
                truth: branches.iter().fold(Truth::False, |truth, branch| truth | all(branch)),
                seen: join(|c| &c.seen),
                evidence: branches.iter().flatten().find_map(|c| c.evidence.clone()),
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
        let Some(constraint) = Constraint::parse(text, Scheme::Rpm).ok() else {
            return condition(format!("package {text}"), Truth::Unknown, None);
        };
        let truth = self.host.satisfies(&constraint);
        let name = constraint.name().unwrap_or_default();
        let package = self.host.package(name);
        let evidence = package.map(Evidence::package);
        let seen = match (package, &self.packages) {
            (Some(package), _) => Some(format!("{} ({})", package.nevra, package.from)),
            (None, Some(list)) => Some(format!("{name} is not in {list}")),
            (None, None) => None,
        };
        Condition { evidence, ..condition(format!("package {text}"), truth, seen) }
    }

    fn answer(&self, name: &str, test: &AnswerTest) -> Condition {
        let value = self.answers.as_ref().and_then(|answers| answers.value.get(name));
        let evidence = self.answer_evidence(name);
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
        let seen = evidence.as_ref().map(|evidence| evidence.text.clone());
        Condition { evidence, ..condition(text, truth, seen) }
    }

    /// Where the answer file sets a parameter; its value is masked where it is a secret.
    pub fn answer_evidence(&self, name: &str) -> Option<Evidence> {
        let answers = self.answers.as_ref()?;
        let entry = answers.value.entry(name)?;
        let shown = if is_secret(name) && !self.redact_off { MASK } else { entry.value.as_str() };
        let text = printable(&self.redactor().mask(&format!("{}={shown}", entry.name)));
        Some(Evidence {
            kind: EvidenceKind::Answer,
            path: answers.from.clone(),
            line: entry.line as u64,
            column: 1,
            end_column: characters(text.as_bytes()) as u64 + 1,
            text,
            ..Evidence::default()
        })
    }

    /// The lines of the answer file that name an interface, a host or an address: the log speaks of
    /// what was chosen there.
    pub(crate) fn answers_naming(&self, name: &str) -> Vec<Evidence> {
        /// At most so many lines: on one machine every parameter names the same address.
        const MOST: usize = 2;
        let entries = self.answers.iter().flat_map(|answers| answers.value.entries());
        let parts = |value: &str| value.split([',', ':', '/', ' ']).any(|part| part.trim() == name);
        let naming = entries
            .filter(|entry| !is_secret(&entry.name))
            .filter(|entry| entry.value == name || parts(&entry.value));
        let note = || Some(format!("the answer file names `{}` here", printable(name)));
        let evidence = naming.filter_map(|entry| self.answer_evidence(&entry.name));
        evidence.map(|evidence| Evidence { note: note(), ..evidence }).take(MOST).collect()
    }

    fn repo(&self, id: &str) -> Condition {
        condition(format!("repository {id} is enabled"), self.host.repo_enabled(id), None)
    }

    fn file_holds(&self, path: &str, regex: &str) -> Condition {
        let file = self.host.file(path);
        let truth = file.map_or(Truth::Unknown, |file| matches(regex, file.text.as_bytes()).into());
        let seen = file.map(|file| file.file.to_string());
        condition(format!("{path} matches `{regex}`"), truth, seen)
    }
}

fn condition(text: String, truth: Truth, seen: Option<String>) -> Condition {
    let seen = seen.unwrap_or_else(|| "not known".to_owned());
    Condition { text, truth, seen, evidence: None }
}

/// Whether an expression of a rule matches; it was checked when the rule was read.
fn matches(regex: &str, text: &[u8]) -> bool {
    let built = RegexBuilder::new(regex).unicode(false).multi_line(true).build();
    built.is_ok_and(|regex| regex.is_match(text))
}

impl<T> From<host::Fact<T>> for Fact<T> {
    fn from(fact: host::Fact<T>) -> Self {
        Self { value: fact.value, from: fact.from.to_string() }
    }
}

impl Evidence {
    /// A package in a package list.
    pub fn package(package: &Package) -> Self {
        let text = printable(&package.nevra.to_string());
        Self {
            kind: EvidenceKind::Package,
            path: package.from.file.to_string(),
            line: package.from.line as u64,
            column: 1,
            end_column: characters(text.as_bytes()) as u64 + 1,
            text,
            ..Self::default()
        }
    }
}
