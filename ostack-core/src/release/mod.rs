//! The OpenStack releases that RDO packaged, and the operating systems they ran on.
//!
//! What is not known is `None` or empty, never guessed.
//!
//! ```
//! use ostack_core::release::Release;
//! let release = Release::parse("openstack-caracal")?;
//! assert_eq!(release.id(), "2024.1");
//! assert_eq!(release.to_string(), "2024.1 (caracal)");
//! assert!(Release::parse("victoria")? < release);
//! # Ok::<(), ostack_core::Error>(())
//! ```

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result, did_you_mean};

mod os;
mod packages;
pub mod puppet;
pub mod series;

pub use os::{Family, Os, OsPattern};
pub use packages::SourcePackages;

/// An OpenStack release. Small and `Copy`; ordered by date.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Release(u8);

/// An entry of `data/releases/releases.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    series: Option<String>,
    date: String,
    status: Option<String>,
    end_of_life: Option<String>,
    packstack: Option<String>,
    #[serde(default)]
    os: Vec<Os>,
    #[serde(default)]
    release_packages: Vec<String>,
    #[serde(default)]
    repos: Vec<String>,
}

/// All releases, oldest first.
fn catalogue() -> &'static [Entry] {
    #[derive(Deserialize)]
    struct Catalogue {
        release: Vec<Entry>,
    }
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let text = include_str!("../../data/releases/releases.toml");
        toml::from_str::<Catalogue>(text).expect("the embedded catalogue is valid").release
    })
}

impl Release {
    /// All releases, oldest first.
    ///
    /// ```
    /// use ostack_core::release::Release;
    /// assert!(Release::all().is_sorted());
    /// assert_eq!(Release::all().next().unwrap().id(), "grizzly");
    /// ```
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (0..catalogue().len() as u8).map(Self)
    }

    fn entry(self) -> &'static Entry {
        &catalogue()[usize::from(self.0)]
    }

    /// The canonical id: the name up to `zed`, the number from `2023.1` on.
    pub fn id(self) -> &'static str {
        &self.entry().id
    }

    /// The code name, such as `victoria` or `caracal`.
    pub fn name(self) -> &'static str {
        &self.entry().name
    }

    /// The number, such as `2024.1`, where the release bears one.
    pub fn series(self) -> Option<&'static str> {
        self.entry().series.as_deref()
    }

    /// The day of the release, such as `2020-10-14`.
    pub fn date(self) -> &'static str {
        &self.entry().date
    }

    /// What the OpenStack project says of it: `maintained`, `unmaintained`, `end of life`.
    pub fn status(self) -> Option<&'static str> {
        self.entry().status.as_deref()
    }

    /// The day on which it ended, where it has.
    pub fn end_of_life(self) -> Option<&'static str> {
        self.entry().end_of_life.as_deref()
    }

    /// What the versions of its packstack begin with, such as `17` or `2014.2`.
    pub fn packstack(self) -> Option<&'static str> {
        self.entry().packstack.as_deref()
    }

    /// The operating systems that RDO supported, documented or published builds for.
    ///
    /// ```
    /// use ostack_core::release::{Os, Release};
    /// assert!(Release::parse("victoria")?.os().contains(&Os::Centos(8)));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn os(self) -> &'static [Os] {
        &self.entry().os
    }

    /// The packages that bring its repository: `centos-release-openstack-R`, `rdo-release-R`.
    pub fn release_packages(self) -> &'static [String] {
        &self.entry().release_packages
    }

    /// The ids of the repositories that these packages enable.
    pub fn repos(self) -> &'static [String] {
        &self.entry().repos
    }

    /// Reads an id, a code name, a series, or one of these after `openstack-`.
    ///
    /// ```
    /// use ostack_core::release::Release;
    /// assert_eq!(Release::parse("openstack-Victoria")?, Release::parse("victoria")?);
    /// assert_eq!(Release::parse("2014.2")?.id(), "juno");
    /// let error = Release::parse("victora").unwrap_err();
    /// assert_eq!(error.hint(), Some("did you mean `victoria`?"));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where no release is known by that name.
    pub fn parse(text: &str) -> Result<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let word = lower.strip_prefix("openstack-").unwrap_or(&lower);
        Self::all().find(|release| release.aliases().any(|alias| alias == word)).ok_or_else(|| {
            let message = format!("expected an OpenStack release, but found `{}`", text.trim());
            let error = Error::new(ErrorKind::Context, message);
            error.help(match did_you_mean(word, Self::all().flat_map(Self::aliases)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "the releases are {}",
                    Self::all().map(Self::id).collect::<Vec<_>>().join(", ")
                ),
            })
        })
    }

    /// What it is called: the id, the code name and the series.
    fn aliases(self) -> impl Iterator<Item = &'static str> {
        [self.id(), self.name()].into_iter().chain(self.series())
    }

    /// The release whose packstack has a version.
    ///
    /// ```
    /// use ostack_core::release::Release;
    /// assert_eq!(Release::of_packstack("17.0.0").unwrap().id(), "victoria");
    /// assert_eq!(Release::of_packstack("2014.1.1").unwrap().id(), "icehouse");
    /// assert!(Release::of_packstack("170.0").is_none());
    /// ```
    pub fn of_packstack(version: &str) -> Option<Self> {
        let begins = |prefix: &str| {
            let rest = version.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        Self::all().find(|release| release.packstack().is_some_and(begins))
    }

    /// The source packages that RDO released for it on an OS, where the list is known.
    ///
    /// ```
    /// use ostack_core::release::{Os, Release};
    /// let victoria = Release::parse("victoria")?;
    /// let packages = victoria.packages(Os::Centos(8)).unwrap();
    /// assert_eq!(packages.get("openstack-nova").unwrap().version, "22.3.0");
    /// assert!(victoria.packages(Os::Centos(7)).is_none());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn packages(self, os: Os) -> Option<SourcePackages> {
        SourcePackages::load(self, os)
    }
}

impl fmt::Display for Release {
    /// The id, and in brackets the other name: `2024.1 (caracal)`, `juno (2014.2)`, `victoria`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.aliases().find(|alias| *alias != self.id()) {
            Some(other) => f.pad(&format!("{} ({other})", self.id())),
            None => f.pad(self.id()),
        }
    }
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Release({})", self.id())
    }
}

impl FromStr for Release {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// Writes the id.
impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// A span of releases, both ends included: `juno..2025.1`, `victoria..`, `..train`, `ussuri`.
///
/// ```
/// use ostack_core::release::{Release, ReleaseRange};
/// let range = ReleaseRange::parse("juno..caracal")?;
/// assert!(range.contains(Release::parse("2024.1")?));
/// assert!(!range.contains(Release::parse("icehouse")?));
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReleaseRange {
    first: Option<Release>,
    last: Option<Release>,
}

impl ReleaseRange {
    /// Reads a range or a single release.
    ///
    /// # Errors
    ///
    /// Where an end is no release, or the last comes before the first.
    pub fn parse(text: &str) -> Result<Self> {
        let Some((first, last)) = text.split_once("..") else {
            let only = Some(Release::parse(text)?);
            return Ok(Self { first: only, last: only });
        };
        let end = |text: &str| match text.trim() {
            "" => Ok(None),
            end => Release::parse(end).map(Some),
        };
        let range = Self { first: end(first)?, last: end(last)? };
        match (range.first, range.last) {
            (Some(first), Some(last)) if last < first => Err(Error::new(
                ErrorKind::Context,
                format!("expected the earlier release first, but found `{}`", text.trim()),
            )
            .help(format!("did you mean `{}..{}`?", last.id(), first.id()))),
            _ => Ok(range),
        }
    }

    /// Whether a release lies in it.
    pub fn contains(&self, release: Release) -> bool {
        self.first.is_none_or(|first| first <= release)
            && self.last.is_none_or(|last| release <= last)
    }
}

impl FromStr for ReleaseRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for ReleaseRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = |end: Option<Release>| end.map_or("", Release::id);
        if self.first.is_some() && self.first == self.last {
            return f.pad(id(self.first));
        }
        f.pad(&format!("{}..{}", id(self.first), id(self.last)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_in_the_order_of_their_dates() {
        assert!(catalogue().is_sorted_by(|a, b| a.date < b.date));
        assert_eq!(catalogue().len(), 27);
    }

    #[test]
    fn every_alias_is_read_back_as_its_release() {
        for release in Release::all() {
            for alias in release.aliases() {
                assert_eq!(Release::parse(alias).unwrap(), release);
            }
            let range: ReleaseRange = release.id().parse().unwrap();
            assert_eq!(range.to_string(), release.id());
        }
    }

    #[test]
    fn ids_are_names_up_to_zed_and_numbers_later() {
        for release in Release::all() {
            let numbered = release.date() > "2023";
            assert_eq!(release.id() == release.name(), !numbered, "{release}");
            assert_eq!(Some(release.id()) == release.series(), numbered, "{release}");
        }
    }

    #[test]
    fn ranges_read_open_ends_and_refuse_reversed_ones() {
        let contains = |range: &str, release: &str| {
            ReleaseRange::parse(range).unwrap().contains(Release::parse(release).unwrap())
        };
        assert!(contains("victoria..", "2026.1"));
        assert!(!contains("..train", "ussuri"));
        assert!(contains("..", "grizzly"));
        let error = ReleaseRange::parse("train..queens").unwrap_err();
        assert_eq!(error.hint(), Some("did you mean `queens..train`?"));
    }
}
