//! Whose Puppet a host runs: RDO's, or one that packstack's data does not reach.

use std::collections::BTreeMap;

use super::{Host, Package};
use crate::release::puppet::{Declared, Puppet, Shipped};
use crate::release::{Os, Release};
use crate::version::{Constraint, Nevra, Scheme, Version};

/// Whose package the installed Puppet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// RDO's package, not newer than what RDO shipped.
    Rdo,
    /// A package of RDO's name, newer than any that RDO shipped for the release.
    NewerThanRdo,
    /// The Puppet vendor's package, in or out of the range that modules declare.
    Vendor,
    /// A package of RDO's name; what RDO shipped is not known.
    Unknown,
}

/// The Puppet of a host, and what speaks for or against it.
///
/// ```
/// use ostack_core::host::{Host, puppet::Origin};
/// use ostack_core::release::{Os, Release};
/// let host = Host::from_packages("rpm-qa.txt", "puppet-agent-7.4.1-1.el8.x86_64")?;
/// let puppet = host.puppet(Release::parse("victoria")?, Os::Centos(8)).unwrap();
/// assert_eq!(puppet.origin, Origin::Vendor);
/// assert_eq!(puppet.shipped.as_ref().unwrap().puppet.to_string(), "puppet-6.14.0-2.el8");
/// assert!(puppet.refused_by().any(|declared| declared.module == "puppet-nova"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct InstalledPuppet<'h> {
    /// The package whose Puppet packstack runs.
    pub package: &'h Package,
    /// Whose it is.
    pub origin: Origin,
    /// What RDO ships for the release, on this OS or its nearest relative; `None` where that is
    /// not known.
    pub shipped: Option<Shipped>,
    /// What the modules that RDO ships declare; of a whole package list, the installed ones.
    pub declared: Vec<Declared>,
    /// The installed packages that bring the vendor's repository, such as `puppet7-release`.
    pub vendor_repos: Vec<&'h Package>,
}

impl InstalledPuppet<'_> {
    /// The modules that declare ranges without this Puppet: a limit to report, not a fault by
    /// itself.
    pub fn refused_by(&self) -> impl Iterator<Item = &Declared> {
        let version = Version::parse(&self.package.nevra.version, Scheme::Puppet).ok();
        let refuses = move |declared: &&Declared| match &version {
            Some(version) => !declared.allows(version),
            None => false,
        };
        self.declared.iter().filter(refuses)
    }
}

/// The vendor's all-in-one package.
const VENDOR: &str = "puppet-agent";

impl Host {
    /// The Puppet that packstack runs here; `None` where the list has none.
    ///
    /// Where both are installed, `/usr/bin/puppet` is RDO's and comes before the vendor's in the
    /// path.
    pub fn puppet(&self, release: Release, os: Os) -> Option<InstalledPuppet<'_>> {
        let package = ["puppet", "puppet-headless", VENDOR]
            .into_iter()
            .find_map(|name| self.package(name))?;
        let known = Puppet::of(release);
        let shipped = known.shipped_on(os).cloned();
        let is_release_package = |package: &&Package| {
            let name = &package.nevra.name;
            let series = name.strip_prefix("puppet").and_then(|rest| rest.strip_suffix("-release"));
            series.is_some_and(|series| series.bytes().all(|b| b.is_ascii_digit()))
                || name == "puppetlabs-release"
        };
        Some(InstalledPuppet {
            package,
            origin: origin(package, shipped.as_ref()),
            declared: self.declared(known.declared, shipped.as_ref().map(|shipped| shipped.os)),
            shipped,
            vendor_repos: self.packages().iter().filter(is_release_package).collect(),
        })
    }

    /// One declaration of each module that is installed, or may be. Only some versions of a series
    /// are known: taken is the oldest that is not older than the installed one, else the newest.
    fn declared(&self, all: Vec<Declared>, os: Option<Os>) -> Vec<Declared> {
        let mut of_module = BTreeMap::<String, Vec<Declared>>::new();
        for declared in all {
            if declared.os.is_empty() || os.is_none_or(|os| declared.os.contains(&os)) {
                of_module.entry(declared.module.clone()).or_default().push(declared);
            }
        }
        let choose = |(module, known): (String, Vec<Declared>)| {
            let installed = self.package(&module).map(|package| without_epoch(&package.nevra));
            if installed.is_none() && self.is_complete() {
                return None;
            }
            known.into_iter().reduce(|a, b| {
                let (older, newer) = if version(&a) <= version(&b) { (a, b) } else { (b, a) };
                // A version without a release stands for all its releases.
                let up_to_older = Constraint::parse(&format!("<= {}", older.version), Scheme::Rpm);
                match (&installed, up_to_older) {
                    (Some(installed), Ok(up_to)) if up_to.allows(installed).unwrap_or(false) => {
                        older
                    }
                    _ => newer,
                }
            })
        };
        of_module.into_iter().filter_map(choose).collect()
    }
}

/// The version of the module that declares.
fn version(declared: &Declared) -> Option<Version> {
    Version::parse(&declared.version, Scheme::Rpm).ok()
}

fn origin(package: &Package, shipped: Option<&Shipped>) -> Origin {
    let from_vendor = package.repo.as_deref().is_some_and(|repo| repo.starts_with("puppet"));
    if package.nevra.name == VENDOR || from_vendor {
        return Origin::Vendor;
    }
    match shipped {
        None => Origin::Unknown,
        Some(shipped) if without_epoch(&package.nevra) > without_epoch(&shipped.puppet) => {
            Origin::NewerThanRdo
        }
        Some(_) => Origin::Rdo,
    }
}

/// Version and release. The lists of RDO show no epochs, so none can be compared.
fn without_epoch(nevra: &Nevra) -> Version {
    Nevra { epoch: None, ..nevra.clone() }.evr()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin_on(list: &str, release: &str, os: Os) -> Origin {
        let host = Host::from_packages("list", list).unwrap();
        host.puppet(Release::parse(release).unwrap(), os).unwrap().origin
    }

    #[test]
    fn rdos_own_puppet_is_rdos_also_where_it_is_older() {
        let centos = Os::Centos(8);
        assert_eq!(origin_on("puppet-6.14.0-2.el8.noarch", "victoria", centos), Origin::Rdo);
        assert_eq!(origin_on("puppet-headless-5.5.10-9.el8.noarch", "ussuri", centos), Origin::Rdo);
        assert_eq!(
            origin_on("puppet-7.6.1-1.el8.noarch", "wallaby", Os::CentosStream(8)),
            Origin::Rdo
        );
    }

    #[test]
    fn another_puppet_is_not() {
        let centos = Os::Centos(8);
        let newer = origin_on("puppet-7.8.0-1.el8.noarch", "victoria", centos);
        assert_eq!(newer, Origin::NewerThanRdo);
        // In the range that the modules declare, and the vendor's all the same.
        let agent = origin_on("puppet-agent-6.28.0-1.el8.x86_64", "victoria", centos);
        assert_eq!(agent, Origin::Vendor);
        let list = "Installed Packages\npuppet.noarch  3.8.7-1.el7  @puppetlabs-products\n";
        assert_eq!(origin_on(list, "newton", Os::Centos(7)), Origin::Vendor);
        assert_eq!(origin_on("puppet-3.6.2-1.el7.noarch", "kilo", Os::Centos(7)), Origin::Unknown);
    }

    #[test]
    fn rdos_comes_first_in_the_path() {
        let both = "puppet-agent-7.4.1-1.el8.x86_64\npuppet-6.14.0-2.el8.noarch";
        assert_eq!(origin_on(both, "victoria", Os::Centos(8)), Origin::Rdo);
    }

    #[test]
    fn the_founding_case_has_its_evidence() {
        let list = "bash-4.4.20-1.el8.x86_64\npuppet7-release-7.0.0-1.el8.noarch\n\
                    puppet-agent-7.4.1-1.el8.x86_64\npuppet-nova-17.6.0-1.el8.noarch\n\
                    puppet-stdlib-6.3.0-2.7c1ae25git.el8.noarch\n";
        let host = Host::from_packages("rpm-qa.txt", list).unwrap();
        let victoria = Release::parse("victoria").unwrap();
        let puppet = host.puppet(victoria, Os::Centos(8)).unwrap();
        assert_eq!(puppet.package.from.to_string(), "rpm-qa.txt:3");
        assert_eq!(puppet.vendor_repos[0].nevra.name, "puppet7-release");
        assert!(
            puppet.shipped.as_ref().unwrap().source.contains("cloud8-openstack-victoria-release")
        );
        let declared: Vec<_> = puppet
            .refused_by()
            .map(|d| (d.module.as_str(), d.ranges[0].as_str(), d.source.as_str()))
            .collect();
        assert_eq!(
            declared,
            [
                ("puppet-nova", ">= 6.0.0 < 7.0.0", "openstack/puppet-nova:metadata.json@17.7.0"),
                (
                    "puppet-stdlib",
                    ">= 5.5.10 < 7.0.0",
                    "puppetlabs/puppetlabs-stdlib:metadata.json@7c1ae25",
                ),
            ]
        );
    }

    #[test]
    fn a_modules_range_is_that_of_its_installed_version() {
        let range = |nova: &str| {
            let list = format!("bash-1-1.x86_64\npuppet-6.14.0-2.el8.noarch\n{nova}-1.el8.noarch");
            let host = Host::from_packages("list", &list).unwrap();
            let ussuri = Release::parse("ussuri").unwrap();
            let puppet = host.puppet(ussuri, Os::Centos(8)).unwrap();
            puppet.declared[0].ranges[0].to_string()
        };
        assert_eq!(range("puppet-nova-16.0.0"), "5.x");
        assert_eq!(range("puppet-nova-16.4.0"), ">= 5.0.0 < 7.0.0");
    }
}
