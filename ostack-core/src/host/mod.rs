//! What is known of a host: packages, operating system, repositories and files.
//!
//! Each fact remembers where it was learnt. What a list does not show is unknown, not zero: plain
//! `rpm -qa` shows neither epochs nor repositories.
//!
//! ```
//! use ostack_core::host::Host;
//! use ostack_core::release::Os;
//! use ostack_core::version::{Constraint, Scheme, Truth};
//!
//! let list = "bash-4.4.20-1.el8.x86_64\n\
//!             centos-linux-release-8.4-1.2105.el8.noarch\n\
//!             centos-release-openstack-victoria-1-1.el8.noarch\n\
//!             puppet-agent-7.4.1-1.el8.x86_64\n";
//! let host = Host::from_packages("rpm-qa.txt", list)?;
//! assert_eq!(host.os().unwrap().value, Os::Centos(8));
//! assert_eq!(host.release().unwrap().value.id(), "victoria");
//! assert_eq!(host.package("puppet-agent").unwrap().from.to_string(), "rpm-qa.txt:4");
//!
//! let new_agent = Constraint::parse("puppet-agent >= 7", Scheme::Rpm)?;
//! assert_eq!(host.satisfies(&new_agent), Truth::True);
//! // It is not there, however its epoch would be.
//! assert_eq!(host.satisfies(&Constraint::parse("puppet >= 6", Scheme::Rpm)?), Truth::False);
//! # Ok::<(), ostack_core::Error>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::error::Result;
use crate::release::{Family, Os, Release};
use crate::version::{Constraint, Nevra, Truth};

mod packages;
pub mod puppet;
mod repos;
mod root;
mod tree;

pub use repos::Repo;
pub use root::{MOST_BYTES, MOST_NAMES, Root};

/// Where a fact was learnt: a file and a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file, as the caller named it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A fact, and where it was learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    /// What is known.
    pub value: T,
    /// Where it was learnt.
    pub from: Place,
}

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The full name.
    pub nevra: Nevra,
    /// The repository that it was installed from, where the list shows it.
    pub repo: Option<String>,
    /// Where it was learnt.
    pub from: Place,
}

/// A file of the host, as it was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFile {
    /// The text.
    pub text: String,
    /// What it is shown as: the file that was read.
    pub file: Arc<str>,
}

/// What is known of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Host {
    packages: Vec<Package>,
    os: Option<Fact<Os>>,
    repos: Vec<Repo>,
    /// Whether `repos` has all that are enabled.
    repos_complete: bool,
    files: BTreeMap<String, HostFile>,
    /// Folders of which every name is known.
    listings: BTreeMap<String, BTreeSet<String>>,
    absent: BTreeSet<String>,
    unread: BTreeMap<String, String>,
}

/// Packages that every host has: a list without all of them is a part of one.
const ALWAYS_INSTALLED: &[&str] = &["bash", "coreutils", "glibc", "libc6", "rpm", "dpkg"];

/// Packages that provide another's name without being it, so that dnf accepts them in its place.
const STAND_INS: &[(&str, &str)] = &[("puppet", "puppet-agent"), ("hiera", "puppet-agent")];

impl Host {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The host of a package list: `rpm -qa` (also with a query format, or from a sosreport),
    /// `dnf list installed`, `yum list installed` or `dpkg -l`. `name` is the file to show.
    ///
    /// # Errors
    ///
    /// Where no line of the text is a package.
    pub fn from_packages(name: &str, text: &str) -> Result<Self> {
        let mut host = Self::new();
        host.add_packages(name, text)?;
        Ok(host)
    }

    /// Adds the packages of a list; lines that are no packages are passed over.
    ///
    /// # Errors
    ///
    /// Where no line of the text is a package.
    pub fn add_packages(&mut self, name: &str, text: &str) -> Result<()> {
        self.packages.extend(packages::parse(name, text)?);
        Ok(())
    }

    /// Adds the text of `/etc/os-release`, or of `/etc/redhat-release` and its like; says whether
    /// it named an OS.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// use ostack_core::release::Os;
    /// let mut host = Host::new();
    /// assert!(host.add_os_release("etc/redhat-release", "CentOS Stream release 9\n"));
    /// assert_eq!(host.os().unwrap().value, Os::CentosStream(9));
    /// ```
    pub fn add_os_release(&mut self, name: &str, text: &str) -> bool {
        let os = Os::from_os_release(text).or_else(|| Os::from_release_line(text));
        if let Some(value) = os {
            self.os = Some(Fact { value, from: Place { file: name.into(), line: 1 } });
        }
        os.is_some()
    }

    /// Adds the repositories of a `*.repo` file.
    ///
    /// # Errors
    ///
    /// Where the file is no repository file.
    pub fn add_repo_file(&mut self, name: &str, text: &str) -> Result<()> {
        self.repos.extend(repos::parse_file(name, text)?);
        Ok(())
    }

    /// Adds the repositories that `dnf repolist` or `yum repolist` prints: all that are enabled.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// use ostack_core::version::Truth;
    /// let mut host = Host::new();
    /// assert_eq!(host.repo_enabled("epel"), Truth::Unknown);
    /// host.add_repolist("repolist.txt", "repo id      repo name\nbaseos       CentOS - Base\n");
    /// assert_eq!(host.repo_enabled("baseos"), Truth::True);
    /// assert_eq!(host.repo_enabled("epel"), Truth::False);
    /// ```
    pub fn add_repolist(&mut self, name: &str, text: &str) {
        let listed = repos::parse_list(name, text);
        self.repos_complete |= !listed.is_empty();
        self.repos.extend(listed);
    }

    /// Adds a file of the host: its path there, and what was read as `name`.
    pub fn add_file(&mut self, path: &str, name: &str, text: &str) {
        let file = HostFile { text: text.to_owned(), file: name.into() };
        self.files.insert(path.to_owned(), file);
    }

    /// All packages, in the order of their lists.
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Whether the package list can be taken as whole: it has what every host has. In the list of
    /// a search, absence says nothing.
    pub fn is_complete(&self) -> bool {
        ALWAYS_INSTALLED.iter().any(|name| self.package(name).is_some())
    }

    /// The package of a name; of several, the newest.
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().filter(|package| package.nevra.name == name).max_by(|a, b| {
            a.nevra.evr().partial_cmp(&b.nevra.evr()).unwrap_or(std::cmp::Ordering::Equal)
        })
    }

    /// The installed package that provides a name without bearing it, such as `puppet-agent` for
    /// `puppet`: dnf accepts it, and it is another package.
    pub fn stand_in(&self, name: &str) -> Option<&Package> {
        STAND_INS
            .iter()
            .filter(|(this, _)| *this == name)
            .find_map(|(_, other)| self.package(other))
    }

    /// Whether an rpm constraint that names a package holds on this host.
    ///
    /// Unknown: a package that is not in an incomplete list, an unknown epoch on which the answer
    /// depends, and a constraint that names no package or is of another scheme.
    pub fn satisfies(&self, constraint: &Constraint) -> Truth {
        let Some(name) = constraint.name() else {
            return Truth::Unknown;
        };
        let absent = if self.is_complete() { Truth::False } else { Truth::Unknown };
        self.packages
            .iter()
            .map(|package| &package.nevra)
            .filter(|nevra| nevra.name == name)
            .map(|nevra| constraint.allows_package(nevra.epoch, &nevra.version, &nevra.release))
            .map(|allows| allows.unwrap_or(Truth::Unknown))
            .reduce(|a, b| a | b)
            .unwrap_or(absent)
    }

    /// The operating system: as `os-release` says, else as the release packages do.
    pub fn os(&self) -> Option<Fact<Os>> {
        let by_package = || {
            self.packages.iter().find_map(|package| {
                let value = os_of_package(&package.nevra)?;
                Some(Fact { value, from: package.from.clone() })
            })
        };
        self.os.clone().or_else(by_package)
    }

    /// The family, also where the OS itself is not known: most packages of RHEL and its kin end in
    /// `.el8`, which does not tell CentOS Linux from Stream.
    pub fn family(&self) -> Option<Family> {
        if let Some(os) = self.os() {
            return Some(os.value.family());
        }
        if self.package("dpkg").is_some() {
            return Some(Family::Debian);
        }
        let mut counts = BTreeMap::<u8, usize>::new();
        for major in self.packages.iter().filter_map(|package| el_major(&package.nevra.release)) {
            *counts.entry(major).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(major, _)| Family::El(major))
    }

    /// The OpenStack release: the first of [`Host::releases`].
    pub fn release(&self) -> Option<Fact<Release>> {
        self.releases().into_iter().next()
    }

    /// All that speaks of an OpenStack release, the strongest first: packstack's own version, then
    /// the packages that bring a release's repository, then the repositories. Where they differ,
    /// two releases are mixed.
    pub fn releases(&self) -> Vec<Fact<Release>> {
        let by_package = |of: fn(&Nevra) -> Option<Release>| {
            self.packages.iter().filter_map(move |package| {
                Some(Fact { value: of(&package.nevra)?, from: package.from.clone() })
            })
        };
        let by_packstack = by_package(|nevra| match nevra.name.as_str() {
            "openstack-packstack" => Release::of_packstack(&nevra.version),
            _ => None,
        });
        let by_release_package = by_package(|nevra| match nevra.name.as_str() {
            "rdo-release" => Release::parse(&nevra.version).ok(),
            name => Release::parse(name.strip_prefix("centos-release-openstack-")?).ok(),
        });
        let by_repo =
            self.repos.iter().filter(|repo| repo.enabled != Some(false)).filter_map(|repo| {
                Some(Fact { value: release_of_repo(&repo.id)?, from: repo.from.clone() })
            });
        by_packstack.chain(by_release_package).chain(by_repo).collect()
    }

    /// All repositories that are known.
    pub fn repos(&self) -> &[Repo] {
        &self.repos
    }

    /// Whether a repository is enabled; of several facts the last counts. Only `repolist` shows
    /// that one is absent.
    pub fn repo_enabled(&self, id: &str) -> Truth {
        let mut known = self.repos.iter().filter(|repo| repo.id == id).filter_map(|r| r.enabled);
        let absent = if self.repos_complete { Truth::False } else { Truth::Unknown };
        known.next_back().map_or(absent, Truth::from)
    }

    /// The file at a path of the host, where it was collected.
    pub fn file(&self, path: &str) -> Option<&HostFile> {
        self.files.get(path)
    }
}

/// The OS whose release package this is.
fn os_of_package(nevra: &Nevra) -> Option<Os> {
    let os: fn(u8) -> Os = match nevra.name.as_str() {
        "centos-release" | "centos-linux-release" => Os::Centos,
        "centos-stream-release" | "centos-release-stream" => Os::CentosStream,
        "redhat-release" | "redhat-release-server" => Os::Rhel,
        "rocky-release" => Os::Rocky,
        "almalinux-release" => Os::Almalinux,
        "fedora-release" | "fedora-release-common" => Os::Fedora,
        // Ubuntu's does not tell its number.
        "base-files" if !nevra.version.contains("ubuntu") => Os::Debian,
        _ => return None,
    };
    nevra.version.split('.').next()?.parse().ok().map(os)
}

/// The number in `.el8`, `.el7_9` or `.el9s`.
fn el_major(release: &str) -> Option<u8> {
    let after = release.split(".el").nth(1)?;
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    after[..digits].parse().ok()
}

/// The release that a repository's id names: `centos-openstack-victoria`, `openstack-yoga`.
fn release_of_repo(id: &str) -> Option<Release> {
    let (_, name) = id.split_once("openstack-")?;
    Release::parse(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Scheme;

    fn satisfies(list: &str, constraint: &str) -> Truth {
        let host = Host::from_packages("list", list).unwrap();
        host.satisfies(&Constraint::parse(constraint, Scheme::Rpm).unwrap())
    }

    #[test]
    fn an_unknown_epoch_matters_only_where_it_decides() {
        let puppet = "puppet-6.14.0-2.el8.noarch\n";
        assert_eq!(satisfies(puppet, "puppet >= 6"), Truth::True);
        assert_eq!(satisfies(puppet, "puppet < 7"), Truth::Unknown);
        assert_eq!(satisfies(puppet, "puppet >= 7"), Truth::Unknown);
        assert_eq!(satisfies(puppet, "puppet"), Truth::True);
        let shown = "puppet-6.14.0-2.el8.noarch\nbind-32:9.11.26-6.el8.x86_64\n";
        assert_eq!(satisfies(shown, "puppet < 7"), Truth::True);
        assert_eq!(satisfies(shown, "puppet >= 7"), Truth::False);
    }

    #[test]
    fn absence_is_known_only_from_a_whole_list() {
        assert_eq!(satisfies("facter-3.14.2-2.el8.x86_64\n", "puppet"), Truth::Unknown);
        assert_eq!(satisfies("bash-4.4.20-1.el8.x86_64\n", "puppet"), Truth::False);
    }

    #[test]
    fn of_several_installed_versions_one_suffices() {
        let kernels = "kernel-0:4.18.0-240.el8.x86_64\nkernel-0:4.18.0-305.el8.x86_64\n";
        assert_eq!(satisfies(kernels, "kernel = 4.18.0-240.el8"), Truth::True);
        let host = Host::from_packages("list", kernels).unwrap();
        assert_eq!(host.package("kernel").unwrap().nevra.release, "305.el8");
    }

    #[test]
    fn release_packages_name_the_os() {
        let os = |line: &str| Host::from_packages("list", line).unwrap().os().map(|f| f.value);
        assert_eq!(os("centos-release-7-9.2009.1.el7.centos.x86_64"), Some(Os::Centos(7)));
        assert_eq!(os("centos-release-8.2-2.2004.0.1.el8.x86_64"), Some(Os::Centos(8)));
        assert_eq!(os("centos-stream-release-9.0-12.el9.noarch"), Some(Os::CentosStream(9)));
        assert_eq!(os("redhat-release-server-7.9-6.el7_9.x86_64"), Some(Os::Rhel(7)));
        assert_eq!(os("rocky-release-8.5-3.el8.noarch"), Some(Os::Rocky(8)));
        assert_eq!(os("centos-release-openstack-victoria-1-1.el8.noarch"), None);
        assert_eq!(os("bash-4.4.20-1.el8_4.x86_64"), None);
    }

    #[test]
    fn debian_is_known_from_its_base_files() {
        let host = |list: &str| Host::from_packages("list", list).unwrap();
        let debian = host("ii  base-files  12.4+deb12u5  amd64  base system");
        assert_eq!(debian.os().unwrap().value, Os::Debian(12));
        let ubuntu = host("ii  base-files  12ubuntu4  amd64  x\nii  dpkg  1.21  amd64  x");
        assert_eq!((ubuntu.os(), ubuntu.family()), (None, Some(Family::Debian)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "[\\PC\n\t -]{0,80}", other in "[a-z0-9\\[\\]=;#@|:. \n-]{0,80}") {
            for text in [&text, &other] {
                let mut host = Host::new();
                let _ = host.add_packages("list", text);
                let _ = host.add_repo_file("repo", text);
                host.add_repolist("list", text);
                host.add_os_release("os", text);
                let _ = (host.os(), host.family(), host.releases(), host.is_complete());
            }
        }
    }

    #[test]
    fn the_family_is_known_from_suffixes() {
        let host = Host::from_packages("list", "bash-4.4.20-1.el8_4.x86_64\nx-1-1.noarch").unwrap();
        assert_eq!(host.family(), Some(Family::El(8)));
    }

    #[test]
    fn two_releases_on_one_host_are_both_seen() {
        let list = "centos-release-openstack-ussuri-1-4.el8.noarch\n\
                    rdo-release-victoria-2.el8.noarch\n\
                    openstack-packstack-16.1.0-1.el8.noarch\n";
        let mut host = Host::from_packages("list", list).unwrap();
        host.add_repolist("repolist", "repo id    repo name\ncentos-openstack-train   Train\n");
        let ids: Vec<_> = host.releases().iter().map(|fact| fact.value.id()).collect();
        assert_eq!(ids, ["ussuri", "ussuri", "victoria", "train"]);
        assert_eq!(host.release().unwrap().from.line, 3);
    }

    #[test]
    fn a_stand_in_is_not_the_package() {
        let host = Host::from_packages("list", "puppet-agent-7.4.1-1.el8.x86_64").unwrap();
        assert!(host.package("puppet").is_none());
        assert_eq!(host.stand_in("puppet").unwrap().nevra.version, "7.4.1");
    }
}
