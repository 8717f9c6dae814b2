//! What package tools say does not fit together, as typed facts.
//!
//! A fact is one statement of the tool: this package, this requirement, this other package in the
//! way. What several lines of a block say of one thing becomes one fact; the fact that decides
//! stands first.

mod read;
mod translated;

use std::fmt;

use serde::{Serialize, Serializer};

use super::PackageTool;
use crate::span::Span;
use crate::version::{Constraint, Nevra, Scheme, Version};

/// What sort of thing does not fit, in the order in which they decide: a package that nothing
/// provides is why others cannot be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConflictKind {
    /// A repository's metadata cannot be read.
    Metadata,
    /// A package's file cannot be read, or is not what the metadata says.
    Download,
    /// A package is not signed.
    Unsigned,
    /// No enabled repository offers what a package requires.
    NothingProvides,
    /// What is required is there, and an exclude rule hides it.
    Excluded,
    /// What is required is there, and belongs to a module stream that is not enabled.
    ModularFilter,
    /// What is required is there for another or a lesser architecture only.
    Architecture,
    /// An installed package is in no enabled repository, so `distro-sync` cannot keep it.
    DistroSync,
    /// A package says that it excludes another.
    Conflicts,
    /// A package takes the place of another.
    Obsoletes,
    /// Two versions of one package are wanted at once.
    BothVersions,
    /// Two packages bring the same file.
    File,
    /// The 32-bit and the 64-bit build differ in version.
    Multilib,
    /// What is removed is needed by a package that must stay.
    Protected,
    /// What is erased or replaced is needed by an installed package.
    StillNeeded,
    /// Another version is installed already.
    AlreadyInstalled,
    /// What is installed is not of the version that another package requires.
    WrongVersion,
    /// Requirements of several packages cannot be met by one version.
    Contradiction,
    /// A module or its stream cannot be enabled.
    Module,
    /// There is no package of that name.
    NotFound,
    /// Packages provide what is required, and none can be installed: other facts say why.
    ProvidersRuledOut,
    /// The newest version cannot be installed: other facts say why.
    BestCandidate,
}

impl ConflictKind {
    /// All kinds.
    pub const ALL: [Self; 22] = [
        Self::Metadata,
        Self::Download,
        Self::Unsigned,
        Self::NothingProvides,
        Self::Excluded,
        Self::ModularFilter,
        Self::Architecture,
        Self::DistroSync,
        Self::Conflicts,
        Self::Obsoletes,
        Self::BothVersions,
        Self::File,
        Self::Multilib,
        Self::Protected,
        Self::StillNeeded,
        Self::AlreadyInstalled,
        Self::WrongVersion,
        Self::Contradiction,
        Self::Module,
        Self::NotFound,
        Self::ProvidersRuledOut,
        Self::BestCandidate,
    ];

    /// The name, as rules and the report's JSON form have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NothingProvides => "nothing_provides",
            Self::Excluded => "excluded",
            Self::ModularFilter => "modular_filter",
            Self::Architecture => "architecture",
            Self::DistroSync => "distro_sync",
            Self::Conflicts => "conflicts",
            Self::Obsoletes => "obsoletes",
            Self::BothVersions => "both_versions",
            Self::File => "file",
            Self::Multilib => "multilib",
            Self::Protected => "protected",
            Self::StillNeeded => "still_needed",
            Self::AlreadyInstalled => "already_installed",
            Self::WrongVersion => "wrong_version",
            Self::Contradiction => "contradiction",
            Self::Module => "module",
            Self::NotFound => "not_found",
            Self::Metadata => "metadata",
            Self::Download => "download",
            Self::Unsigned => "unsigned",
            Self::ProvidersRuledOut => "providers_ruled_out",
            Self::BestCandidate => "best_candidate",
        }
    }
}

impl Serialize for ConflictKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A statement of a package tool about what does not fit.
///
/// ```
/// use ostack_core::log::{Conflict, ConflictKind};
/// let text = b"Error: \n Problem: conflicting requests\n  - nothing provides qemu-kvm >= 15:4.2 \
///              needed by openstack-nova-compute-1:22.2.1-1.el8.noarch from openstack-victoria\n";
/// let conflict = &Conflict::read(text)[0];
/// assert_eq!(conflict.kind, ConflictKind::NothingProvides);
/// let package = conflict.package.as_ref().unwrap();
/// assert_eq!(package.nevra().unwrap().epoch, Some(1));
/// assert_eq!(package.repo.as_deref(), Some("openstack-victoria"));
/// let requires = conflict.requires.as_ref().unwrap();
/// assert_eq!(requires.constraint().unwrap().name(), Some("qemu-kvm"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// What sort of thing does not fit.
    pub kind: ConflictKind,
    /// Who says so.
    pub tool: PackageTool,
    /// The package that cannot be had, or that demands something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Party>,
    /// What it demands, or what it excludes or replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<Requirement>,
    /// The package that stands in the way, or that is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Party>,
    /// What there is of the required package, and does not do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Party>,
    /// The repository that is at fault, where it is not a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    /// The file that two packages bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where it stands in the record's text.
    #[serde(skip)]
    pub place: Span,
    /// The block of the record that it belongs to, from 0: dnf numbers its problems.
    pub problem: usize,
}

/// A package as a tool names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Party {
    /// As it was written, such as `python3-nova-1:22.2.1-1.el8.noarch` or `oslo.db 12.0.0`.
    pub text: String,
    /// The name.
    pub name: String,
    /// Epoch, version and release as far as they were written; pip and Puppet have versions only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The repository that it comes from, where the tool says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    /// Whether the tool says that it is installed.
    pub installed: bool,
    /// Whether it would satisfy what is required; none where that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fits: Option<bool>,
    #[serde(skip)]
    scheme: Scheme,
}

/// What a package demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// As it was written, such as `qemu-kvm >= 15:4.2`.
    pub text: String,
    scheme: Scheme,
}

impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl Conflict {
    /// What a record's text says does not fit, what decides first; empty where it says nothing of the
    /// kind. A tool's output is found wherever it is quoted: in a Puppet message, on packstack's
    /// console.
    pub fn read(text: &[u8]) -> Vec<Self> {
        read::conflicts(text)
    }

    /// Whether `text` only tells what a package tool passed over before it went on: dnf prints a
    /// problem under `Dependencies resolved.` where it leaves a package out.
    pub fn passed_over(text: &[u8]) -> bool {
        let head = b"Dependencies resolved.\n";
        memchr::memmem::find(text, head).is_some_and(|at| {
            let rest = text[at + head.len()..].trim_ascii_start();
            rest.starts_with(b"Problem") && !text[..at].windows(6).any(|word| word == b"Error:")
        })
    }

    /// A part of it, by the name that rules use: `problem` is the kind, the others are as they stand
    /// in `text`, which it was read from.
    pub(super) fn field<'t>(&self, name: &str, text: &'t [u8]) -> Option<&'t [u8]> {
        let words = match name {
            "problem" => return Some(self.kind.as_str().as_bytes()),
            "package" => &self.package.as_ref()?.text,
            "requires" => &self.requires.as_ref()?.text,
            "other" => &self.other.as_ref()?.text,
            _ => {
                let of = |party: &Option<Party>| party.as_ref().and_then(|p| p.repo.clone());
                &self.repo.clone().or_else(|| of(&self.package)).or_else(|| of(&self.other))?
            }
        };
        let find = |within: &'t [u8]| {
            let at = memchr::memmem::find(within, words.as_bytes())?;
            Some(&within[at..at + words.len()])
        };
        find(self.place.of(text)).or_else(|| find(text))
    }

    /// Names the repositories of its packages, where it does not name them itself.
    pub(crate) fn name_repositories(&mut self, repo: impl Fn(&Party) -> Option<String>) {
        for party in self.package.iter_mut().chain(&mut self.other).chain(&mut self.candidates) {
            if party.repo.is_none() {
                party.repo = repo(party);
            }
        }
    }

    /// Whether a text is a table of what dnf or yum is about to do.
    pub(crate) fn is_table(text: &[u8]) -> bool {
        read::is_table(text)
    }

    /// The packages in such a table, each with its repository.
    pub(crate) fn repositories(text: &[u8]) -> Vec<(String, String)> {
        read::repositories(text)
    }

    /// The packages that it names.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        self.package.iter().chain(&self.other).chain(&self.candidates)
    }

    /// Changes every text that came out of the log, such as to mask secrets.
    pub(crate) fn each_text(&mut self, mut change: impl FnMut(&mut String)) {
        let parties = self.package.iter_mut().chain(&mut self.other).chain(&mut self.candidates);
        for party in parties {
            change(&mut party.text);
            change(&mut party.name);
            party.version.iter_mut().chain(&mut party.repo).for_each(&mut change);
        }
        let requires = self.requires.iter_mut().map(|requires| &mut requires.text);
        requires.chain(&mut self.repo).chain(&mut self.file).for_each(change);
    }

    /// Whether two state the same, wherever they stand.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let place = Span::default();
        Self { place, problem: 0, ..self.clone() } == Self { place, problem: 0, ..other.clone() }
    }
}

impl Party {
    /// Name, epoch, version, release and architecture, where it is an RPM written in full.
    pub fn nevra(&self) -> Option<Nevra> {
        (self.scheme == Scheme::Rpm).then(|| Nevra::parse(&self.text).ok()).flatten()
    }

    /// Whether it is this package of a list, which may not show epochs; the tools show every epoch but 0.
    pub fn is(&self, listed: &Nevra) -> bool {
        self.nevra().is_some_and(|own| {
            let parts =
                |nevra: &Nevra| (nevra.name.clone(), nevra.version.clone(), nevra.release.clone());
            parts(&own) == parts(listed)
                && listed.epoch.is_none_or(|epoch| epoch == own.epoch.unwrap_or(0))
        })
    }

    /// The version, where one was written.
    pub fn version(&self) -> Option<Version> {
        Version::parse(self.version.as_deref()?, self.scheme).ok()
    }
}

impl Requirement {
    /// The name of what is required, where it is one: `python3-nova`, `libcrypto.so.3()(64bit)`.
    pub fn name(&self) -> Option<&str> {
        let end = self.text.find([' ', '<', '>', '=', '!', '~', ',', ';', '[']);
        let name = &self.text[..end.unwrap_or(self.text.len())];
        (!name.is_empty() && !name.starts_with('(')).then_some(name)
    }

    /// The constraint; `None` for a rich expression. Python's and Puppet's name no package.
    pub fn constraint(&self) -> Option<Constraint> {
        match self.scheme {
            Scheme::Rpm => Constraint::parse(&self.text, Scheme::Rpm).ok(),
            scheme => {
                let ranges = self.text[self.name()?.len()..].replace(" and ", ",");
                Constraint::parse(ranges.trim(), scheme).ok()
            }
        }
    }

    /// Whether a package of this version would do; `None` where that cannot be told.
    pub fn allows(&self, party: &Party) -> Option<bool> {
        self.constraint()?.allows(&party.version()?).ok()
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match (&self.repo, self.installed) {
            (Some(repo), false) => write!(f, " (from {repo})"),
            (Some(repo), true) => write!(f, " (installed, from {repo})"),
            (None, true) => f.write_str(" (installed)"),
            (None, false) => Ok(()),
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Conflict {
    /// The statement in a few words, names and versions as the tool wrote them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn or<T: fmt::Display>(value: Option<&T>, otherwise: &str) -> String {
            value.map_or_else(|| otherwise.to_owned(), ToString::to_string)
        }
        let package = or(self.package.as_ref(), "a package");
        let other = or(self.other.as_ref(), "another package");
        let requires = or(self.requires.as_ref(), "something");
        let repo = or(self.repo.as_ref(), "a repository");
        match self.kind {
            ConflictKind::NothingProvides => {
                let nobody = match self.tool {
                    PackageTool::Rpm => "it is not installed",
                    PackageTool::Pip => "no index that pip reads offers it",
                    _ => "no enabled repository provides it",
                };
                match &self.package {
                    Some(package) => write!(f, "{package} requires {requires}, and {nobody}"),
                    None => write!(f, "{requires} is asked for, and {nobody}"),
                }
            }
            ConflictKind::Excluded
            | ConflictKind::ModularFilter
            | ConflictKind::Architecture
            | ConflictKind::DistroSync => {
                if self.package.is_some() {
                    write!(f, "{package} requires {requires}, and ")?;
                }
                f.write_str(&other)?;
                f.write_str(match self.kind {
                    ConflictKind::Excluded => " is hidden by an exclude rule",
                    ConflictKind::ModularFilter => " is of a module stream that is not enabled",
                    ConflictKind::Architecture => " is of an architecture that does not do",
                    _ => " is in no enabled repository",
                })
            }
            ConflictKind::Conflicts | ConflictKind::Obsoletes => {
                let does = if self.kind == ConflictKind::Conflicts {
                    "conflicts with"
                } else {
                    "obsoletes"
                };
                match (&self.requires, &self.other) {
                    (Some(requires), Some(other)) => {
                        write!(f, "{package} {does} {requires}, and that is {other}")
                    }
                    (Some(requires), None) => write!(f, "{package} {does} {requires}"),
                    (None, _) => write!(f, "{package} {does} {other}"),
                }
            }
            ConflictKind::BothVersions => write!(f, "{package} and {other} are both wanted"),
            ConflictKind::File => {
                write!(f, "{package} and {other} both bring {}", or(self.file.as_ref(), "a file"))
            }
            ConflictKind::Multilib => write!(f, "{package} and {other} differ in version"),
            ConflictKind::Protected => write!(f, "{package} is protected and would be removed"),
            ConflictKind::StillNeeded => match &self.other {
                Some(other) => write!(f, "{package} requires {requires}, and that is {other}"),
                None => write!(f, "{package} requires {requires}"),
            },
            ConflictKind::AlreadyInstalled => {
                write!(f, "{package} is to be installed, and {other} is there already")
            }
            ConflictKind::WrongVersion => match &self.other {
                Some(other) => write!(f, "{package} requires {requires}, and {other} is there"),
                None => write!(f, "{package} requires {requires}, and it is not there"),
            },
            ConflictKind::Contradiction if self.package.is_none() => {
                write!(f, "what was asked for requires {requires}")
            }
            ConflictKind::Contradiction if self.requires.is_none() => {
                write!(f, "{package} does not fit what the installed modules require")
            }
            ConflictKind::Contradiction => write!(f, "{package} requires {requires}"),
            ConflictKind::Module => write!(f, "module {package} cannot be enabled"),
            ConflictKind::NotFound => write!(f, "no enabled repository has {package}"),
            ConflictKind::Metadata => write!(f, "the metadata of {repo} cannot be read"),
            ConflictKind::Download => write!(f, "the file of {package} cannot be had"),
            ConflictKind::Unsigned => write!(f, "{package} is not signed"),
            ConflictKind::ProvidersRuledOut => {
                write!(f, "{package} requires {requires}, and no provider can be installed")
            }
            ConflictKind::BestCandidate => write!(f, "{package} cannot be brought up to date"),
        }?;
        for (n, candidate) in self.candidates.iter().enumerate() {
            let does = if candidate.fits == Some(true) { ", which would do" } else { "" };
            write!(f, "{}{candidate}{does}", if n == 0 { "; there is " } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
