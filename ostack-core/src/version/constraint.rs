//! Constraints on versions, and what several of them say together.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range as ByteRange;

use super::range::Range;
use super::rpm::Evr;
use super::{Key, Scheme, Truth, Version, mixed, pep440, puppet, semver, unexpected};
use crate::error::Result;

/// A set of versions of one scheme, as people write it.
///
/// | scheme | examples |
/// | --- | --- |
/// | `rpm` | `puppet >= 1:5.5`, `< 2.0-1.el8`, `puppet` (any version) |
/// | `pep440` | `>=1.2,<2,!=1.5.*`, `~=1.4` |
/// | `semver` | `>=1.2, <2`, `^1.4` (Cargo's grammar) |
/// | `puppet` | `>= 6.0.0 < 7.0.0`, `5.x`, `~1.2`, `1.0.0 - 2.0.0`, `1.x \|\| 3.x` |
///
/// An rpm constraint is a dependency as librpm compares it: a missing epoch is 0, and without a
/// release it matches any release.
#[derive(Clone)]
pub struct Constraint {
    text: Box<str>,
    name: Option<Box<str>>,
    set: Set,
}

#[derive(Debug, Clone)]
enum Set {
    Rpm(Range<Evr>),
    Pep440(pep440::Set),
    Semver(semver::Set),
    Puppet(semver::Set),
}

impl Set {
    /// What both allow; `None` where the schemes differ.
    fn intersect(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Rpm(a), Self::Rpm(b)) => Some(Self::Rpm(a.intersect(b))),
            (Self::Pep440(a), Self::Pep440(b)) => Some(Self::Pep440(a.intersect(b))),
            (Self::Semver(a), Self::Semver(b)) => Some(Self::Semver(a.intersect(b))),
            (Self::Puppet(a), Self::Puppet(b)) => Some(Self::Puppet(a.intersect(b))),
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Rpm(range) => range.is_empty(),
            Self::Pep440(set) => set.is_empty(),
            Self::Semver(set) | Self::Puppet(set) => set.is_empty(),
        }
    }
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// ```
    /// use ostack_core::version::{Constraint, Scheme};
    /// let constraint = Constraint::parse("puppet >= 1:5.5", Scheme::Rpm)?;
    /// assert_eq!(constraint.name(), Some("puppet"));
    /// let error = Constraint::parse(">= 6.0.0 < seven", Scheme::Puppet).unwrap_err();
    /// assert_eq!(error.column(), Some(12));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is no constraint of the scheme.
    pub fn parse(text: &str, scheme: Scheme) -> Result<Self> {
        let set = match scheme {
            Scheme::Rpm => return Self::parse_rpm(text, 0..text.len()),
            Scheme::Pep440 => Set::Pep440(pep440::parse_specifiers(text)?),
            Scheme::Semver => Set::Semver(semver::parse_requirement(text)?),
            Scheme::Puppet => Set::Puppet(puppet::parse_range(text)?),
        };
        Ok(Self { text: text.into(), name: None, set })
    }

    /// Reads the rpm constraint in the bytes `at` of `text`, so that errors show all of it.
    pub(super) fn parse_rpm(text: &str, at: ByteRange<usize>) -> Result<Self> {
        let (name, range) = parse_rpm(text, at.clone())?;
        Ok(Self { text: text[at].into(), name, set: Set::Rpm(range) })
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        match self.set {
            Set::Rpm(_) => Scheme::Rpm,
            Set::Pep440(_) => Scheme::Pep440,
            Set::Semver(_) => Scheme::Semver,
            Set::Puppet(_) => Scheme::Puppet,
        }
    }

    /// The package that an rpm constraint speaks of, where it names one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it allows a version, of whatever package.
    ///
    /// ```
    /// use ostack_core::version::{Constraint, Scheme, Version};
    /// let any_release = Constraint::parse("= 6.14.0", Scheme::Rpm)?;
    /// assert!(any_release.allows(&Version::parse("6.14.0-2.el8", Scheme::Rpm)?)?);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the version is of another scheme.
    pub fn allows(&self, version: &Version) -> Result<bool> {
        match (&self.set, &version.key) {
            // A version without a release stands for all its releases.
            (Set::Rpm(range), Key::Rpm(_)) => {
                let evr = Evr::parse_in(&version.text, 0)?;
                Ok(!range.intersect(&evr.equal()).is_empty())
            }
            (Set::Pep440(set), Key::Pep440(key)) => Ok(set.allows(key, &version.text)),
            (Set::Semver(set), Key::Semver(key)) | (Set::Puppet(set), Key::Puppet(key)) => {
                Ok(set.allows(key))
            }
            _ => Err(mixed(self.scheme(), version.scheme())),
        }
    }

    /// Whether it allows a package's version and release, of which the epoch may be unknown: then
    /// the answer is known only if it is the same for every epoch.
    ///
    /// # Errors
    ///
    /// Where the constraint is not an rpm one.
    pub(crate) fn allows_package(
        &self,
        epoch: Option<u32>,
        version: &str,
        release: &str,
    ) -> Result<Truth> {
        let Set::Rpm(range) = &self.set else {
            return Err(mixed(self.scheme(), Scheme::Rpm));
        };
        let allows = |epoch| range.contains(&Evr::new(epoch, version, release));
        if let Some(epoch) = epoch {
            return Ok(allows(epoch).into());
        }
        // The answer changes only at the epochs of the ends.
        let ends = range.from.iter().chain(&range.to).map(Evr::epoch);
        let around = ends.flat_map(|e| [e.saturating_sub(1), e, e.saturating_add(1)]);
        Ok(Truth::agreed(around.chain([0]).map(allows)))
    }

    /// Whether some version fulfils both. Constraints that name different packages never overlap.
    ///
    /// ```
    /// use ostack_core::version::{Constraint, Scheme};
    /// let declared = Constraint::parse(">= 6.0.0 < 7.0.0", Scheme::Puppet)?;
    /// assert!(declared.overlaps(&Constraint::parse("6.x || 7.x", Scheme::Puppet)?)?);
    /// assert!(!declared.overlaps(&Constraint::parse(">= 7.0.0", Scheme::Puppet)?)?);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the schemes differ.
    pub fn overlaps(&self, other: &Self) -> Result<bool> {
        let Some(both) = self.set.intersect(&other.set) else {
            return Err(mixed(self.scheme(), other.scheme()));
        };
        Ok(self.same_package(other) && !both.is_empty())
    }

    /// Whether both may speak of one package: the names agree, or one is left out.
    fn same_package(&self, other: &Self) -> bool {
        self.name.is_none() || other.name.is_none() || self.name == other.name
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Constraint({} {:?})", self.scheme(), self.text)
    }
}

/// Reads `[name] [operator [epoch:]version[-release]]` in the bytes `at` of `text`.
fn parse_rpm(text: &str, at: ByteRange<usize>) -> Result<(Option<Box<str>>, Range<Evr>)> {
    // Errors show the text up to the end of the constraint.
    let text = &text[..at.end];
    let operator_at = text[at.start..].find(['<', '=', '>']).map_or(at.end, |i| at.start + i);
    let (before, rest) = (&text[at.start..operator_at], &text[operator_at..]);
    let name = before.trim();
    if let Some(blank) = name.find(char::is_whitespace) {
        let start = operator_at - before.trim_start().len();
        let expected = "`<`, `<=`, `=`, `>=` or `>` after the package name";
        return Err(unexpected(expected, text, start + blank..text.trim_end().len()));
    }
    if name.is_empty() && rest.is_empty() {
        let error = unexpected("a package name or an operator", text, at);
        return Err(error.help("write `puppet >= 1:5.5`, or `>= 1:5.5`"));
    }
    let name = (!name.is_empty()).then(|| name.into());
    if rest.is_empty() {
        return Ok((name, Range::ALL));
    }
    let version_at = text.len() - rest.trim_start_matches(['<', '=', '>']).len();
    let version = text[version_at..].trim();
    let start = text.len() - text[version_at..].trim_start().len();
    let evr = || Evr::parse_in(&text[..start + version.len()], start);
    let range = match &text[operator_at..version_at] {
        "=" | "==" => evr()?.equal(),
        "<" => Range::below(evr()?),
        ">" => Range::at_least(evr()?.above()),
        "<=" | "=<" => Range::below(evr()?.above()),
        ">=" | "=>" => Range::at_least(evr()?),
        _ => {
            let expected = "one of `<`, `<=`, `=`, `>=`, `>`";
            return Err(unexpected(expected, text, operator_at..version_at));
        }
    };
    Ok((name, range))
}

/// Which of the constraints cannot hold together: the indices of some that contradict each other
/// and of which none can be spared; empty where a version fulfils all.
///
/// Constraints that name different packages never contradict.
///
/// ```
/// use ostack_core::version::{Constraint, Scheme, contradiction};
/// let declared = [">= 5.5.10 < 8.0.0", ">= 6.0.0 < 7.0.0", ">= 4.7.0 < 5.0.0"]
///     .map(|text| Constraint::parse(text, Scheme::Puppet).unwrap());
/// assert_eq!(contradiction(&declared)?, [1, 2]);
/// assert!(contradiction(&declared[..2])?.is_empty());
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Errors
///
/// Where the schemes differ.
pub fn contradiction(constraints: &[Constraint]) -> Result<Vec<usize>> {
    let mut kept: Vec<usize> = (0..constraints.len()).collect();
    if satisfiable(constraints, &kept)? {
        return Ok(Vec::new());
    }
    for index in 0..constraints.len() {
        let without: Vec<usize> = kept.iter().copied().filter(|i| *i != index).collect();
        if !satisfiable(constraints, &without)? {
            kept = without;
        }
    }
    Ok(kept)
}

/// Whether for each package named some version fulfils all the `chosen` constraints on it.
fn satisfiable(constraints: &[Constraint], chosen: &[usize]) -> Result<bool> {
    let names: BTreeSet<_> = chosen.iter().map(|i| constraints[*i].name()).collect();
    for name in names {
        let mut together: Option<Constraint> = None;
        for constraint in chosen.iter().map(|i| &constraints[*i]) {
            if name.is_some() && constraint.name().is_some_and(|other| Some(other) != name) {
                continue;
            }
            together = Some(match together {
                None => constraint.clone(),
                Some(before) => {
                    let set = before.set.intersect(&constraint.set);
                    let set = set.ok_or_else(|| mixed(before.scheme(), constraint.scheme()))?;
                    Constraint { set, ..before }
                }
            });
        }
        if together.is_some_and(|all| all.set.is_empty()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The newest version that fulfils all constraints; of equal ones the first.
///
/// ```
/// use ostack_core::version::{Constraint, Scheme, Version, newest};
/// let versions = ["5.5.22", "6.28.0", "7.4.1"].map(|v| Version::parse(v, Scheme::Puppet).unwrap());
/// let declared = [Constraint::parse(">= 6.0.0 < 7.0.0", Scheme::Puppet)?];
/// assert_eq!(newest(&versions, &declared)?.map(Version::as_str), Some("6.28.0"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Errors
///
/// Where the schemes differ.
pub fn newest<'v>(
    versions: &'v [Version],
    constraints: &[Constraint],
) -> Result<Option<&'v Version>> {
    let mut best: Option<&Version> = None;
    for version in versions {
        let better = match best {
            Some(best) => version.compare(best)?.is_gt(),
            None => true,
        };
        let mut allowed = true;
        for constraint in constraints {
            allowed &= constraint.allows(version)?;
        }
        if better && allowed {
            best = Some(version);
        }
    }
    Ok(best)
}
