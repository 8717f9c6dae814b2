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
use crate::release::series::Project;
use crate::release::{Family, Os, Release};
use crate::version::{Constraint, Dependency, Nevra, Truth};

mod facter;
mod learn;
mod modules;
mod packages;
pub mod puppet;
mod python;
mod repos;
mod root;
mod tree;

pub use learn::Listing;
pub use modules::PuppetModule;
pub use python::PythonPackage;
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

impl Package {
    /// The epoch: as the list shows it, else that of RDO's spec file where the build is RDO's.
    pub fn epoch(&self) -> Option<u32> {
        self.nevra.epoch.or_else(|| Project::of(&self.nevra.name)?.epoch(&self.nevra))
    }

    /// Whether a constraint on its name holds.
    fn satisfies(&self, constraint: &Constraint) -> Truth {
        if constraint.name() != Some(&self.nevra.name) {
            return Truth::False;
        }
        constraint
            .allows_package(self.epoch(), &self.nevra.version, &self.nevra.release)
            .unwrap_or(Truth::Unknown)
    }
}

/// A file of the host, as it was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFile {
    /// The text.
    pub text: String,
    /// What it is shown as: the file that was read.
    pub file: Arc<str>,
}

/// A release whose repository the host follows, and what says so: a package or a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed<'h> {
    /// The release.
    pub release: Release,
    /// The package that brings its repository.
    pub package: Option<&'h Package>,
    /// The repository.
    pub repo: Option<&'h Repo>,
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
    python: Vec<PythonPackage>,
    modules: Vec<PuppetModule>,
    facts: facter::Facts,
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
        self.merge_packages(packages::parse(name, text)?);
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
        let of_name = self.packages.iter().filter(|package| package.nevra.name == name);
        let found = of_name.map(|package| package.satisfies(constraint)).reduce(|a, b| a | b);
        found.unwrap_or(if self.is_complete() { Truth::False } else { Truth::Unknown })
    }

    /// Whether a dependency holds on this host.
    ///
    /// A list names packages, not all that they provide: a library, a path or another capability
    /// (`ruby(release)`) that no package bears as its name is unknown.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// use ostack_core::version::{Dependency, Truth};
    /// let list = "bash-4.4.20-1.el8.x86_64\nfacter-3.14.2-2.el8.x86_64\n";
    /// let host = Host::from_packages("rpm-qa.txt", list)?;
    /// let holds = |text: &str| Ok::<_, ostack_core::Error>(host.holds(&Dependency::parse(text)?));
    /// // The list shows no epoch; this build is RDO's, and RDO's spec file says 1.
    /// assert_eq!(holds("(facter >= 1:3.0 with facter < 1:4)")?, Truth::True);
    /// assert_eq!(holds("(facter if puppet)")?, Truth::True);
    /// assert_eq!(holds("(puppet or ruby(release))")?, Truth::Unknown);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn holds(&self, dependency: &Dependency) -> Truth {
        match dependency {
            Dependency::With(_) | Dependency::Without(..) => {
                let one = |package: &Package| {
                    dependency.evaluate_on_one(&mut |constraint| package.satisfies(constraint))
                };
                let found = self.packages.iter().map(one).fold(Truth::False, |a, b| a | b);
                let known = dependency.constraints().iter().all(|c| self.is_known(c));
                found | if known { Truth::False } else { Truth::Unknown }
            }
            _ => dependency.evaluate(&mut |part| match part {
                Dependency::Package(constraint) if self.is_known(constraint) => {
                    self.satisfies(constraint)
                }
                Dependency::Package(constraint) => self.satisfies(constraint) | Truth::Unknown,
                one => self.holds(one),
            }),
        }
    }

    /// Whether the list can tell that nothing provides a name.
    fn is_known(&self, constraint: &Constraint) -> bool {
        let name = constraint.name().unwrap_or_default();
        self.is_complete() && !name.contains(['(', '/']) && self.stand_in(name).is_none()
    }

    /// The Python packages that pip sees, whoever installed them.
    pub fn python_packages(&self) -> &[PythonPackage] {
        &self.python
    }

    /// The Puppet modules in the module paths that were listed.
    pub fn puppet_modules(&self) -> &[PuppetModule] {
        &self.modules
    }

    /// A fact of facter's that is a single value, by its name with dots between.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// let mut host = Host::new();
    /// host.add("facter.txt", "os => {\n  release => {\n    major => \"8\"\n  }\n}\n")?;
    /// assert_eq!(host.fact("os.release.major").unwrap().value, "8");
    /// assert!(host.fact("puppetversion").is_none());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn fact(&self, name: &str) -> Option<&Fact<String>> {
        self.facts.get(name)
    }

    /// The operating system: as `os-release` says, else as the release packages do, else facter.
    pub fn os(&self) -> Option<Fact<Os>> {
        let by_package = || {
            self.packages.iter().find_map(|package| {
                let value = os_of_package(&package.nevra)?;
                Some(Fact { value, from: package.from.clone() })
            })
        };
        self.os.clone().or_else(by_package).or_else(|| facter::os(&self.facts))
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
        let by_packstack = self.packages.iter().filter_map(|package| {
            let packstack = package.nevra.name == "openstack-packstack";
            let value = Release::of_packstack(&package.nevra.version).filter(|_| packstack)?;
            Some(Fact { value, from: package.from.clone() })
        });
        let followed = self.followed_releases().into_iter().filter_map(|followed| {
            let package = followed.package.map(|package| &package.from);
            let from = package.or(followed.repo.map(|repo| &repo.from))?.clone();
            Some(Fact { value: followed.release, from })
        });
        by_packstack.chain(followed).collect()
    }

    /// The releases whose repositories the host follows: by the packages that bring these, then by
    /// the repositories that are not switched off.
    pub fn followed_releases(&self) -> Vec<Followed<'_>> {
        let of_package = |nevra: &Nevra| match nevra.name.as_str() {
            "rdo-release" => Release::parse(&nevra.version).ok(),
            name => Release::parse(name.strip_prefix("centos-release-openstack-")?).ok(),
        };
        let by_package = self.packages.iter().filter_map(|package| {
            let release = of_package(&package.nevra)?;
            Some(Followed { release, package: Some(package), repo: None })
        });
        let by_repo = self.repos.iter().filter(|repo| self.repo_enabled(&repo.id) != Truth::False);
        let by_repo = by_repo.filter_map(|repo| {
            let release = release_of_repo(&repo.id)?;
            Some(Followed { release, package: None, repo: Some(repo) })
        });
        by_package.chain(by_repo).collect()
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
        let puppet = "puppet-6.15.0-1.noarch\n";
        assert_eq!(satisfies(puppet, "puppet >= 6"), Truth::True);
        assert_eq!(satisfies(puppet, "puppet < 7"), Truth::Unknown);
        assert_eq!(satisfies(puppet, "puppet >= 7"), Truth::Unknown);
        assert_eq!(satisfies(puppet, "puppet"), Truth::True);
        // RDO's build.
        assert_eq!(satisfies("facter-3.14.2-2.el8.x86_64", "facter < 1:4"), Truth::True);
        assert_eq!(satisfies("facter-3.14.2-2.el8.x86_64", "facter < 4"), Truth::False);
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
    fn with_and_without_ask_one_package() {
        let list = "bash-4.4.20-1.el8.x86_64\nkernel-0:4.18.0-240.el8.x86_64\n\
                    kernel-0:5.14.0-70.el9.x86_64\npuppet-agent-7.4.1-1.el8.x86_64\n";
        let host = Host::from_packages("list", list).unwrap();
        let holds = |text| host.holds(&Dependency::parse(text).unwrap());
        assert_eq!(holds("(kernel > 4.18.0 and kernel < 5)"), Truth::True);
        assert_eq!(holds("(kernel > 4.19 with kernel < 5)"), Truth::False);
        assert_eq!(holds("(kernel > 4.19 with kernel < 6)"), Truth::True);
        assert_eq!(holds("(kernel without kernel < 5)"), Truth::True);
        assert_eq!(holds("(kernel without kernel < 6)"), Truth::False);
        assert_eq!(holds("((kernel or nothing) with kernel < 5)"), Truth::True);
        assert_eq!(holds("(bash if (kernel > 4.19 with kernel < 5) else nothing)"), Truth::False);
        // puppet-agent provides `puppet`; in which version, the list does not show.
        assert_eq!(holds("puppet >= 6"), Truth::Unknown);
        assert_eq!(holds("/usr/bin/puppet"), Truth::Unknown);
        assert_eq!(holds("hiera-puppet"), Truth::False);
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
                let _ = host.add("any", text);
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
