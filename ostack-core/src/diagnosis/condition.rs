//! Conditions on the context: true, false or unknown, with what was seen and where.

use regex::bytes::{Regex, RegexBuilder};

use crate::context::Context;
use crate::finding::{Evidence, EvidenceKind, printable};
use crate::host::{HostFile, Package, Place, Repo};
use crate::parameter::is_secret;
use crate::redact::MASK;
use crate::release::ReleaseRange;
use crate::rule::{AnswerTest, FixWhen, When};
use crate::span::characters;
use crate::version::{Constraint, Nevra, Scheme, Truth};

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
        let truth = self.known_release().map_or(Truth::Unknown, |release| {
            let contains = |range: &String| {
                ReleaseRange::parse(range).is_ok_and(|range| range.contains(release.value))
            };
            ranges.iter().any(contains).into()
        });
        let seen = self.known_release().map(|r| format!("{} ({})", r.value.id(), r.from));
        condition(format!("release {}", ranges.join(" or ")), truth, seen)
    }

    /// Whether the operating system is one of these; unknown where it is not known.
    pub fn systems(&self, patterns: &[String]) -> Condition {
        let truth = self.known_os().map_or(Truth::Unknown, |os| {
            patterns.iter().any(|pattern| os.value.matches(pattern)).into()
        });
        let seen = self.known_os().map(|os| format!("{} ({})", os.value, os.from));
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

    /// Whether a package that carries the fix is installed, in its version or a later one; unknown
    /// where none of them is in the package list. An epoch that one side does not name is taken as
    /// the other's, and a package of another EL says nothing.
    pub(super) fn fixed(&self, fixed_in: &[String]) -> Condition {
        let compared = fixed_in.iter().filter_map(|text| {
            let fixed = Nevra::parse(text).ok()?;
            let package = self.host().package(&fixed.name)?;
            let (Some(a), Some(b)) = (dist(&fixed), dist(&package.nevra)) else {
                return Some((fixed, package));
            };
            (a == b).then_some((fixed, package))
        });
        let mut best =
            condition(format!("{} is installed", fixed_in.join(" or ")), Truth::Unknown, None);
        for (mut fixed, package) in compared {
            let mut installed = package.nevra.clone();
            fixed.epoch = fixed.epoch.or(installed.epoch);
            installed.epoch = installed.epoch.or(fixed.epoch);
            let truth = Truth::from(fixed.evr() <= installed.evr());
            if best.truth != Truth::True {
                let seen = format!("{} ({})", package.nevra, package.from);
                let evidence = Some(Evidence::package(package));
                best = Condition { truth, seen, evidence, ..best };
            }
        }
        best
    }

    fn package(&self, text: &str) -> Condition {
        let Some(constraint) = Constraint::parse(text, Scheme::Rpm).ok() else {
            return condition(format!("package {text}"), Truth::Unknown, None);
        };
        let truth = self.host().satisfies(&constraint);
        let name = constraint.name().unwrap_or_default();
        let package = self.host().package(name);
        let evidence = package.map(Evidence::package);
        let seen = match (package, self.package_list()) {
            (Some(package), _) => Some(format!("{} ({})", package.nevra, package.from)),
            (None, Some(list)) => Some(format!("{name} is not in {}", list.from)),
            (None, None) => None,
        };
        Condition { evidence, ..condition(format!("package {text}"), truth, seen) }
    }

    fn answer(&self, name: &str, test: &AnswerTest) -> Condition {
        let value = self.answer_file().and_then(|answers| answers.value.get(name));
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
        let answers = self.answer_file()?;
        let entry = answers.value.entry(name)?;
        let shown = if is_secret(name) && self.redacts() { MASK } else { entry.value.as_str() };
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
        let entries = self.answer_file().into_iter().flat_map(|answers| answers.value.entries());
        let parts = |value: &str| value.split([',', ':', '/', ' ']).any(|part| part.trim() == name);
        let naming = entries
            .filter(|entry| !is_secret(&entry.name))
            .filter(|entry| entry.value == name || parts(&entry.value));
        let note = || Some(format!("the answer file names `{}` here", printable(name)));
        let evidence = naming.filter_map(|entry| self.answer_evidence(&entry.name));
        evidence.map(|evidence| Evidence { note: note(), ..evidence }).take(MOST).collect()
    }

    fn repo(&self, id: &str) -> Condition {
        let repo = self.host().repos().iter().rfind(|repo| repo.id == id);
        let evidence = repo.map(Evidence::repo);
        let seen = repo.map(|repo| repo.from.to_string());
        let truth = self.host().repo_enabled(id);
        Condition { evidence, ..condition(format!("repository {id} is enabled"), truth, seen) }
    }

    fn file_holds(&self, path: &str, regex: &str) -> Condition {
        let file = self.host().file(path);
        let at = |file: &HostFile| Some(expression(regex)?.find(file.text.as_bytes())?.range());
        let found = file.and_then(|file| Some((file, at(file)?)));
        let truth = match file {
            Some(_) => found.is_some().into(),
            // What is not there holds nothing.
            None if self.host().exists(path) == Truth::False => Truth::False,
            None => Truth::Unknown,
        };
        let seen = file.map(|file| file.file.to_string());
        let evidence = found.map(|(file, range)| {
            let line = memchr::memchr_iter(b'\n', &file.text.as_bytes()[..range.start]).count();
            self.line_evidence(file, line)
        });
        Condition { evidence, ..condition(format!("{path} matches `{regex}`"), truth, seen) }
    }

    /// A line of a file of the host, counted from 0; masked.
    pub(crate) fn line_evidence(&self, file: &HostFile, line: usize) -> Evidence {
        let text = file.text.lines().nth(line).unwrap_or_default();
        let text = printable(&self.redactor().mask(text));
        Evidence {
            kind: EvidenceKind::File,
            path: printable(&file.file),
            line: line as u64 + 1,
            column: 1,
            end_column: characters(text.as_bytes()) as u64 + 1,
            text,
            ..Evidence::default()
        }
    }
}

fn condition(text: String, truth: Truth, seen: Option<String>) -> Condition {
    let seen = seen.unwrap_or_else(|| "not known".to_owned());
    Condition { text, truth, seen, evidence: None }
}

/// The part of a package's release that names the EL it was built for: `el8`.
fn dist(package: &Nevra) -> Option<&str> {
    let el = |part: &&str| {
        part.strip_prefix("el").is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
    };
    package.release.split(['.', '_']).find(el)
}

/// Whether an expression of a rule matches; it was checked when the rule was read.
fn matches(regex: &str, text: &[u8]) -> bool {
    expression(regex).is_some_and(|regex| regex.is_match(text))
}

fn expression(regex: &str) -> Option<Regex> {
    RegexBuilder::new(regex).unicode(false).multi_line(true).build().ok()
}

impl Evidence {
    /// A package in a package list.
    pub fn package(package: &Package) -> Self {
        Self::fact(EvidenceKind::Package, &package.from, &package.nevra.to_string())
    }

    /// A repository, in its file or in a list.
    pub fn repo(repo: &Repo) -> Self {
        Self::fact(EvidenceKind::File, &repo.from, &format!("[{}]", repo.id))
    }

    /// A fact, and where it was learnt.
    pub fn fact(kind: EvidenceKind, from: &Place, text: &str) -> Self {
        let text = printable(text);
        Self {
            kind,
            path: printable(&from.file),
            line: from.line as u64,
            column: 1,
            end_column: characters(text.as_bytes()) as u64 + 1,
            text,
            ..Self::default()
        }
    }
}
