//! Which Puppet RDO ships for a release, and which ones the modules declare.
//!
//! The declared ranges are evidence, not a test: `puppet apply` does not enforce them, and RDO
//! itself shipped Puppet 7.6.1 with modules that declare `< 7.0.0`.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::packages::embedded;
use super::{Os, Release};
use crate::version::{Constraint, Nevra, Scheme, Version};

const FILES: &[(&str, &str)] = embedded!(
    "puppet", ".toml",
    "grizzly" "havana" "icehouse" "juno" "kilo" "liberty" "mitaka" "newton" "ocata" "pike" "queens"
    "rocky" "stein" "train" "ussuri" "victoria" "wallaby" "xena" "yoga" "zed" "2023.1" "2023.2"
    "2024.1" "2024.2" "2025.1" "2025.2" "2026.1"
);

/// What is known of Puppet in a release.
///
/// ```
/// use ostack_core::release::{Os, Release, puppet::Puppet};
/// let puppet = Puppet::of(Release::parse("victoria")?);
/// assert_eq!(puppet.shipped_on(Os::Centos(8)).unwrap().puppet.to_string(), "puppet-6.14.0-2.el8");
/// assert!(puppet.declared.iter().any(|d| d.module == "puppet-nova"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Puppet {
    /// The packages in RDO's repository of each OS; empty where that was not found.
    pub shipped: Vec<Shipped>,
    /// What the modules declare.
    pub declared: Vec<Declared>,
}

/// The Puppet in RDO's repository of one OS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shipped {
    /// The OS of the repository.
    pub os: Os,
    /// The package `puppet`.
    #[serde(deserialize_with = "nevra")]
    pub puppet: Nevra,
    /// The package `facter`, where it is RDO's too.
    #[serde(default, deserialize_with = "some_nevra")]
    pub facter: Option<Nevra>,
    /// The package `hiera`, where it is RDO's too.
    #[serde(default, deserialize_with = "some_nevra")]
    pub hiera: Option<Nevra>,
    /// Whether only the testing repository has it.
    #[serde(default)]
    pub testing: bool,
    /// Where this is written.
    pub source: String,
}

/// What a module's `metadata.json` declares.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The module's package, such as `puppet-nova`.
    pub module: String,
    /// The module's version; of an external module also RDO's package release.
    pub version: String,
    /// The OS on which RDO ships this version; empty: it is the series' own.
    #[serde(default)]
    pub os: Vec<Os>,
    /// The ranges, of which one suffices.
    #[serde(rename = "puppet", deserialize_with = "ranges")]
    pub ranges: Vec<Constraint>,
    /// Where this is written.
    pub source: String,
}

impl Puppet {
    /// What is known of a release.
    pub fn of(release: Release) -> Self {
        let file = FILES.iter().find(|(id, _)| *id == release.id());
        // A test holds that every release has a file, and that each is read.
        file.and_then(|(_, text)| toml::from_str(text).ok()).unwrap_or_default()
    }

    /// What RDO ships on an OS; on one that RDO does not build for, what it ships on its nearest
    /// relative: the released repository of the same family.
    ///
    /// ```
    /// use ostack_core::release::{Os, Release, puppet::Puppet};
    /// let puppet = Puppet::of(Release::parse("yoga")?);
    /// assert_eq!(puppet.shipped_on(Os::Rocky(9)).unwrap().os, Os::CentosStream(9));
    /// assert!(puppet.shipped_on(Os::Ubuntu(22, 4)).is_none());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn shipped_on(&self, os: Os) -> Option<&Shipped> {
        let related = || self.shipped.iter().filter(|shipped| shipped.os.family() == os.family());
        related().find(|shipped| shipped.os == os).or_else(|| related().min_by_key(|s| s.testing))
    }
}

impl Declared {
    /// Whether it allows a version of Puppet.
    pub fn allows(&self, puppet: &Version) -> bool {
        self.ranges.iter().any(|range| range.allows(puppet).unwrap_or(false))
    }
}

fn nevra<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Nevra, D::Error> {
    Nevra::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn some_nevra<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Nevra>, D::Error> {
    nevra(deserializer).map(Some)
}

fn ranges<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Constraint>, D::Error> {
    let ranges = Vec::<String>::deserialize(deserializer)?;
    let parse = |range: &String| Constraint::parse(range, Scheme::Puppet);
    ranges.iter().map(parse).collect::<Result<_, _>>().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_has_a_file_that_is_read() {
        assert_eq!(FILES.len(), Release::all().len());
        for (release, (id, text)) in Release::all().zip(FILES) {
            assert_eq!(release.id(), *id);
            assert!(toml::from_str::<Puppet>(text).is_ok(), "{id}");
        }
    }

    #[test]
    fn rdo_shipped_a_newer_puppet_than_wallabys_modules_declare() {
        let puppet = Puppet::of(Release::parse("wallaby").unwrap());
        let shipped = puppet.shipped_on(Os::CentosStream(8)).unwrap();
        assert_eq!(shipped.puppet.version, "7.6.1");
        let version = Version::parse(&shipped.puppet.version, Scheme::Puppet).unwrap();
        let nova = puppet.declared.iter().find(|declared| declared.module == "puppet-nova");
        assert!(!nova.unwrap().allows(&version));
    }
}
