//! Package names in full.

use std::fmt;
use std::str::FromStr;

use super::rpm::Evr;
use super::{Key, Version, found};
use crate::error::{Error, ErrorKind, Result};

/// A package in full: name, epoch, version, release and architecture.
///
/// Plain `rpm -qa` shows no epoch; then it is unknown, which is not 0.
///
/// ```
/// use ostack_core::version::Nevra;
/// let puppet = Nevra::parse("puppet-agent-7.4.1-1.el8.x86_64")?;
/// assert_eq!(puppet.name, "puppet-agent");
/// assert_eq!((puppet.epoch, puppet.version.as_str()), (None, "7.4.1"));
/// assert_eq!(puppet.arch.as_deref(), Some("x86_64"));
/// let qemu = Nevra::parse("qemu-kvm-15:4.2.0-34.el8.x86_64")?;
/// assert_eq!(qemu.epoch, Some(15));
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Nevra {
    /// The name, such as `openstack-packstack`.
    pub name: String,
    /// The epoch, where it is known.
    pub epoch: Option<u32>,
    /// The version, such as `17.0.0`.
    pub version: String,
    /// The release, such as `0.3.0rc2.el8`.
    pub release: String,
    /// The architecture, where it is known.
    pub arch: Option<String>,
}

/// The architectures that end a full name; anything else after the last dot is of the release.
const ARCHITECTURES: &[&str] = &[
    "noarch", "x86_64", "aarch64", "ppc64le", "ppc64", "s390x", "i386", "i486", "i586", "i686",
    "armv7hl", "riscv64", "src", "nosrc", "(none)",
];

impl Nevra {
    /// Reads `name-[epoch:]version-release[.arch]`, or `epoch:name-version-release.arch` as yum
    /// prints it.
    ///
    /// # Errors
    ///
    /// Where a part is missing or holds what no package name can.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| {
            let message =
                format!("expected `name-version-release.arch`, but found {}", found(text));
            Error::new(ErrorKind::Version, message)
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (rest, arch) = match text.rsplit_once('.') {
            Some((rest, arch)) if ARCHITECTURES.contains(&arch) => (rest, Some(arch)),
            _ => (text, None),
        };
        let (rest, release) = rest.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        let (epoch, name, version) = match (version.split_once(':'), name.split_once(':')) {
            (Some((epoch, version)), _) => (Some(epoch), name, version),
            (None, Some((epoch, name))) => (Some(epoch), name, version),
            (None, None) => (None, name, version),
        };
        let parts = Parts { name, epoch, version, release, arch };
        parts.into_nevra()
    }

    /// From parts that are known apart, as a query format prints them; `(none)` is no epoch, that
    /// is 0, and no architecture. `None` where a part cannot be one.
    pub(crate) fn from_parts(name: &str, evr: &str, arch: Option<&str>) -> Option<Self> {
        let (version, release) = evr.rsplit_once('-')?;
        let (epoch, version) = match version.split_once(':') {
            Some((epoch, version)) => (Some(epoch), version),
            None => (None, version),
        };
        Parts { name, epoch, version, release, arch }.into_nevra()
    }

    /// From the columns of `dpkg -l`. The release, after the last hyphen, may be missing; then it is
    /// empty. An epoch of 0 is left out there.
    pub(crate) fn from_debian(name: &str, version: &str, arch: &str) -> Option<Self> {
        let (epoch, rest) = version.split_once(':').unwrap_or(("0", version));
        let (upstream, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Some(Self {
            name: name.to_owned(),
            epoch: Some(epoch.parse().ok()?),
            version: upstream.to_owned(),
            release: release.to_owned(),
            arch: Some(arch.to_owned()),
        })
    }

    /// Whether a word is an architecture that full names end in.
    pub(crate) fn is_architecture(word: &str) -> bool {
        ARCHITECTURES.contains(&word)
    }

    /// Epoch, version and release as a version; an unknown epoch counts as 0.
    ///
    /// ```
    /// use ostack_core::version::Nevra;
    /// let a = Nevra::parse("rdo-openvswitch-2.13-2.el8.noarch")?;
    /// let b = Nevra::parse("rdo-openvswitch-2.13-3.el8.noarch")?;
    /// assert!(a.evr() < b.evr());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn evr(&self) -> Version {
        let epoch = self.epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
        Version {
            text: format!("{epoch}{}-{}", self.version, self.release).into(),
            key: Key::Rpm(Evr::new(self.epoch.unwrap_or(0), &self.version, &self.release)),
        }
    }
}

struct Parts<'t> {
    name: &'t str,
    epoch: Option<&'t str>,
    version: &'t str,
    release: &'t str,
    arch: Option<&'t str>,
}

impl Parts<'_> {
    fn into_nevra(self) -> Option<Nevra> {
        let legal = |part: &str, extra: &str| {
            let legal =
                |c: char| c.is_ascii_alphanumeric() || "+._~^".contains(c) || extra.contains(c);
            !part.is_empty() && part.chars().all(legal)
        };
        let named = legal(self.name, "-") && !self.name.starts_with('-');
        // Mere words with hyphens between are no package; `rdo-release-victoria-2` is one.
        let numbered = self.version.contains(|c: char| c.is_ascii_digit())
            || self.release.starts_with(|c: char| c.is_ascii_digit());
        if !named || !numbered || !legal(self.version, "") || !legal(self.release, "") {
            return None;
        }
        let epoch = match self.epoch {
            None => None,
            Some("(none)") => Some(0),
            Some(epoch) => Some(epoch.parse().ok()?),
        };
        Some(Nevra {
            name: self.name.to_owned(),
            epoch,
            version: self.version.to_owned(),
            release: self.release.to_owned(),
            arch: self.arch.filter(|arch| *arch != "(none)").map(str::to_owned),
        })
    }
}

impl FromStr for Nevra {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Nevra {
    /// `name-[epoch:]version-release[.arch]`; an epoch of 0 is left out, as rpm does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.name)?;
        if let Some(epoch) = self.epoch.filter(|epoch| *epoch != 0) {
            write!(f, "{epoch}:")?;
        }
        f.write_str(&self.version)?;
        if !self.release.is_empty() {
            write!(f, "-{}", self.release)?;
        }
        match &self.arch {
            Some(arch) => write!(f, ".{arch}"),
            None => Ok(()),
        }
    }
}
