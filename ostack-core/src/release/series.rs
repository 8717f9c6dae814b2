//! Which versions of a package belong to which release, and the epochs that no plain list shows.
//!
//! ```
//! use ostack_core::release::{Release, series::Project};
//! use ostack_core::version::Nevra;
//! let compute = Nevra::parse("openstack-nova-compute-23.2.2-1.el8.noarch")?;
//! let nova = Project::of(&compute.name).unwrap();
//! assert_eq!(nova.source, "openstack-nova");
//! assert_eq!(nova.series(Release::parse("victoria")?), Some("22.0.0 to 22.4.0".to_owned()));
//! assert_eq!(nova.elsewhere(&compute, Release::parse("victoria")?).unwrap().id(), "wallaby");
//! assert_eq!(nova.elsewhere(&compute, Release::parse("wallaby")?), None);
//! assert_eq!(nova.epoch(&compute), Some(1));
//! # Ok::<(), ostack_core::Error>(())
//! ```

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde::Deserialize;

use super::Release;
use crate::version::{Nevra, Scheme, Version};

/// What sort of package it is, and so what its versions say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A service of OpenStack: each release has versions of its own.
    Services,
    /// A Puppet module: OpenStack's have versions of their own, of others only the newest that RDO
    /// shipped is known.
    PuppetModules,
    /// A library of OpenStack: the newest that RDO shipped is known.
    Libraries,
    /// What others make too and no base OS brings, such as facter: the newest that RDO shipped.
    Pinned,
    /// Known for its epoch only.
    Others,
}

/// A source package, and which of its versions belong to which release.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The source package.
    pub source: String,
    /// What sort of package it is.
    pub kind: Kind,
    /// The packages that are built from it.
    pub names: Vec<String>,
    /// The epoch of RDO's builds, where all spec files that are known agree.
    epoch: Option<u32>,
    /// RDO's builds, where others build the package too.
    #[serde(default)]
    builds: Vec<String>,
    /// By release: the first and the last version, or the newest that RDO shipped.
    versions: BTreeMap<String, String>,
}

/// All source packages of the table.
fn projects() -> &'static [Project] {
    #[derive(Deserialize)]
    struct File {
        package: Vec<Project>,
    }
    static PROJECTS: OnceLock<Vec<Project>> = OnceLock::new();
    PROJECTS.get_or_init(|| {
        let text = include_str!("../../data/releases/series.toml");
        toml::from_str::<File>(text).expect("the embedded table is valid").package
    })
}

impl Project {
    /// The source package that a package is built from, where its versions are known.
    pub fn of(package: &str) -> Option<&'static Self> {
        static BY_NAME: OnceLock<HashMap<&str, &Project>> = OnceLock::new();
        let by_name = BY_NAME.get_or_init(|| {
            let names = |project: &'static Self| {
                project.names.iter().map(move |name| (name.as_str(), project))
            };
            projects().iter().flat_map(names).collect()
        });
        by_name.get(package).copied()
    }

    /// The versions that belong to a release, in words; `None` where they are not known.
    pub fn series(&self, release: Release) -> Option<String> {
        let known = self.versions.get(release.id())?;
        Some(match known.split_once(' ') {
            Some((first, last)) if first == last => first.to_owned(),
            Some((first, last)) => format!("{first} to {last}"),
            None => format!("{known} or older"),
        })
    }

    /// The other release that a package belongs to, where its version says so for sure: it lies in
    /// that one's series, or is of a later one than any that this release had.
    ///
    /// Packages of a development branch bear versions that say nothing of their release.
    pub fn elsewhere(&self, package: &Nevra, release: Release) -> Option<Release> {
        let own = self.versions.get(release.id())?;
        if is_snapshot(&package.release) || matches!(self.kind, Kind::Pinned | Kind::Others) {
            return None;
        }
        let version = package.version.as_str();
        let known = Release::all().filter_map(|r| Some((r, self.versions.get(r.id())?.as_str())));
        match own.split_once(' ') {
            Some(own) if !within(own, version) => {
                let mut others = known.filter_map(|(r, known)| Some((r, known.split_once(' ')?)));
                others.find(|(_, ends)| within(*ends, version)).map(|(release, _)| release)
            }
            Some(_) => None,
            None => {
                let newer = order(&series(version), &series(own)).is_gt();
                let mut later = known.filter(|(r, _)| *r > release && newer);
                let same =
                    |last: &str| series(last) == series(version) && order(version, last).is_le();
                later.find(|(_, last)| same(last)).map(|(release, _)| release)
            }
        }
    }

    /// The newest version that RDO shipped for a release, where a package is newer than that.
    pub fn newer_than(&self, package: &Nevra, release: Release) -> Option<&str> {
        let known = self.versions.get(release.id())?;
        let newest = known.split_once(' ').map_or(known.as_str(), |(_, last)| last);
        order(&package.version, newest).is_gt().then_some(newest)
    }

    /// The epoch of a package, where its version and release say that the build is RDO's.
    pub fn epoch(&self, package: &Nevra) -> Option<u32> {
        let evr = format!("{}-{}", package.version, package.release);
        let rdos = match self.kind {
            // Up to kilo the versions were years, and the epochs others.
            Kind::Services | Kind::PuppetModules | Kind::Libraries => {
                package.release.contains(".el") && order(&package.version, "2000").is_lt()
            }
            Kind::Pinned | Kind::Others => self.builds.contains(&evr),
        };
        self.epoch.filter(|_| rdos)
    }
}

/// Whether a build is a snapshot of a branch: `0.20210126123456.1a2b3c4.el8`.
fn is_snapshot(release: &str) -> bool {
    let stamp = |part: &str| part.len() == 14 && part.bytes().all(|b| b.is_ascii_digit());
    release.split('.').any(stamp)
}

/// Whether a version lies between two, both included.
fn within((first, last): (&str, &str), version: &str) -> bool {
    order(version, first).is_ge() && order(version, last).is_le()
}

/// The first two numbers.
fn series(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The order of two versions as rpm's; what is no version is like any.
fn order(a: &str, b: &str) -> Ordering {
    let read = |text| Version::parse(text, Scheme::Rpm).ok();
    read(a).partial_cmp(&read(b)).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elsewhere(package: &str, release: &str) -> Option<&'static str> {
        let package = Nevra::parse(package).unwrap();
        let release = Release::parse(release).unwrap();
        Some(Project::of(&package.name)?.elsewhere(&package, release)?.id())
    }

    #[test]
    fn every_release_and_name_of_the_table_is_known_once() {
        let mut names = std::collections::HashSet::new();
        for project in projects() {
            for release in project.versions.keys() {
                assert_eq!(Release::parse(release).unwrap().id(), release);
            }
            for name in &project.names {
                assert!(names.insert(name), "{name} is built from two source packages");
            }
        }
    }

    #[test]
    fn a_series_tells_the_release() {
        assert_eq!(elsewhere("python3-neutron-18.6.0-1.el8.noarch", "victoria"), Some("wallaby"));
        assert_eq!(elsewhere("openstack-dashboard-16.2.0-1.el8.noarch", "victoria"), Some("train"));
        assert_eq!(elsewhere("openstack-nova-api-2015.1.2-1.el7.noarch", "ocata"), Some("kilo"));
        assert_eq!(elsewhere("puppet-nova-16.0.0-1.el8.noarch", "victoria"), Some("ussuri"));
        assert_eq!(elsewhere("puppet-stdlib-9.4.0-1.el9s.noarch", "yoga"), Some("2023.2"));
        assert_eq!(
            elsewhere("python3-oslo-config-8.5.1-1.el8.noarch", "victoria"),
            Some("wallaby")
        );
    }

    #[test]
    fn what_may_be_the_releases_own_is_not_foreign() {
        for package in [
            // Its own, older builds, release candidates, and later patches than are known.
            "openstack-nova-api-22.3.0-1.el8.noarch",
            "openstack-nova-api-22.0.0-0.1.0rc1.el8.noarch",
            "openstack-nova-api-22.4.7-1.el8.noarch",
            // Between two series.
            "puppet-nova-17.0.0-1.el8.noarch",
            // A snapshot of the branch.
            "openstack-nova-api-23.0.0-0.20210126123456.1a2b3c4.el8.noarch",
            // Libraries older than RDO's are no sign; a base OS may bring them.
            "python3-novaclient-9.1.0-1.el8.noarch",
            "python3-oslo-config-8.3.9-1.el8.noarch",
            // Tempest has no branches.
            "openstack-tempest-33.0.0-1.el8.noarch",
        ] {
            assert_eq!(elsewhere(package, "victoria"), None, "{package}");
        }
    }

    #[test]
    fn epochs_are_known_of_rdos_builds() {
        let epoch = |package: &str| {
            let package = Nevra::parse(package).unwrap();
            Project::of(&package.name)?.epoch(&package)
        };
        assert_eq!(epoch("openstack-nova-compute-22.3.0-1.el8.noarch"), Some(1));
        assert_eq!(epoch("python3-oslo-config-8.3.4-1.el8.noarch"), Some(2));
        assert_eq!(epoch("facter-3.14.2-2.el8.x86_64"), Some(1));
        assert_eq!(epoch("puppet-6.14.0-2.el8.noarch"), Some(0));
        // EPEL's.
        assert_eq!(epoch("facter-2.4.1-1.el7.x86_64"), None);
        assert_eq!(epoch("openstack-nova-api-2015.1.2-1.el7.noarch"), None);
        assert_eq!(epoch("python3-nova-22.0.1-0ubuntu1.noarch"), None);
    }
}
