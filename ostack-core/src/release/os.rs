//! Operating systems: ids, families, and how hosts name themselves.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// An operating system and its major version.
///
/// `Display` prints the id that people and rules write; `FromStr` reads it.
///
/// ```
/// use ostack_core::release::{Family, Os};
/// let os: Os = "centos-stream-8".parse()?;
/// assert_eq!(os, Os::CentosStream(8));
/// assert_eq!(os.family(), Family::El(8));
/// assert_eq!(os.to_string(), "centos-stream-8");
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Os {
    /// CentOS Linux.
    Centos(u8),
    /// CentOS Stream.
    CentosStream(u8),
    /// Red Hat Enterprise Linux.
    Rhel(u8),
    /// Rocky Linux.
    Rocky(u8),
    /// AlmaLinux.
    Almalinux(u8),
    /// Fedora.
    Fedora(u8),
    /// Ubuntu, year and month.
    Ubuntu(u8, u8),
    /// Debian.
    Debian(u8),
    /// Any other, or one that does not say.
    Other,
}

/// What an operating system descends from, and what its commands are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// RHEL of a major version, and what is built from it.
    El(u8),
    /// Fedora.
    Fedora,
    /// Debian and Ubuntu.
    Debian,
    /// Any other.
    Other,
}

type Numbered = fn(u8) -> Os;

/// The distributions that an id names by a single number.
const NUMBERED: [(&str, Numbered); 7] = [
    ("centos-stream", Os::CentosStream),
    ("centos", Os::Centos),
    ("rhel", Os::Rhel),
    ("rocky", Os::Rocky),
    ("almalinux", Os::Almalinux),
    ("fedora", Os::Fedora),
    ("debian", Os::Debian),
];

impl Os {
    /// Reads an id.
    ///
    /// ```
    /// use ostack_core::release::Os;
    /// assert_eq!(Os::parse("ubuntu-22.04")?, Os::Ubuntu(22, 4));
    /// assert!(Os::parse("centos").is_err());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is no id.
    pub fn parse(text: &str) -> Result<Self> {
        text.parse()
    }

    /// Its family.
    pub const fn family(self) -> Family {
        match self {
            Self::Centos(major)
            | Self::CentosStream(major)
            | Self::Rhel(major)
            | Self::Rocky(major)
            | Self::Almalinux(major) => Family::El(major),
            Self::Fedora(_) => Family::Fedora,
            Self::Ubuntu(..) | Self::Debian(_) => Family::Debian,
            Self::Other => Family::Other,
        }
    }

    /// Whether a pattern, as rules write it, covers it: an id means exactly that OS, `el-8` a
    /// family with its major version, and `el`, `fedora`, `debian` a family. A text that is no
    /// pattern covers nothing; [`OsPattern::from_str`] says what is wrong with it.
    ///
    /// ```
    /// use ostack_core::release::Os;
    /// let os = Os::CentosStream(8);
    /// assert!(os.matches("centos-stream-8") && os.matches("el-8") && os.matches("el"));
    /// assert!(!os.matches("centos-8"));
    /// ```
    pub fn matches(self, pattern: &str) -> bool {
        pattern.parse().is_ok_and(|pattern: OsPattern| pattern.covers(self))
    }

    /// The OS that an `/etc/os-release` describes; `None` where the text is none. `VERSION_ID`
    /// does not tell CentOS Linux from Stream, `NAME` does.
    ///
    /// ```
    /// use ostack_core::release::Os;
    /// let text = "NAME=\"CentOS Stream\"\nID=\"centos\"\nVERSION_ID=\"8\"\n";
    /// assert_eq!(Os::from_os_release(text), Some(Os::CentosStream(8)));
    /// ```
    pub fn from_os_release(text: &str) -> Option<Self> {
        let value = |key: &str| {
            text.lines().find_map(|line| {
                let (name, value) = line.trim().split_once('=')?;
                (name == key).then(|| value.trim_matches(['"', '\'']))
            })
        };
        let id = value("ID")?;
        let version = value("VERSION_ID").unwrap_or_default();
        if id == "ubuntu" {
            return Some(format!("ubuntu-{version}").parse().unwrap_or(Self::Other));
        }
        let stream = value("NAME").is_some_and(|name| name.contains("Stream"));
        let id = if id == "centos" && stream { "centos-stream" } else { id };
        let major = version.split('.').next().unwrap_or_default();
        Some(format!("{id}-{major}").parse().unwrap_or(Self::Other))
    }

    /// The OS that the one line of `/etc/redhat-release`, `/etc/centos-release` and their like
    /// names; `None` where it is no such line.
    ///
    /// ```
    /// use ostack_core::release::Os;
    /// let os = |line| Os::from_release_line(line);
    /// assert_eq!(os("CentOS Linux release 8.3.2011"), Some(Os::Centos(8)));
    /// assert_eq!(os("CentOS Stream release 8"), Some(Os::CentosStream(8)));
    /// assert_eq!(os("Red Hat Enterprise Linux Server release 7.9 (Maipo)"), Some(Os::Rhel(7)));
    /// ```
    pub fn from_release_line(line: &str) -> Option<Self> {
        let (name, version) = line.trim().split_once(" release ")?;
        let major = version.split(['.', ' ']).next()?.parse().ok()?;
        Some(match name.trim_end_matches(" Server").trim_end_matches(" Linux") {
            "CentOS" => Self::Centos(major),
            "CentOS Stream" => Self::CentosStream(major),
            "Red Hat Enterprise" => Self::Rhel(major),
            "Rocky" => Self::Rocky(major),
            "AlmaLinux" => Self::Almalinux(major),
            "Fedora" => Self::Fedora(major),
            _ => Self::Other,
        })
    }
}

impl fmt::Display for Os {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self {
            Self::Centos(major) => format!("centos-{major}"),
            Self::CentosStream(major) => format!("centos-stream-{major}"),
            Self::Rhel(major) => format!("rhel-{major}"),
            Self::Rocky(major) => format!("rocky-{major}"),
            Self::Almalinux(major) => format!("almalinux-{major}"),
            Self::Fedora(number) => format!("fedora-{number}"),
            Self::Ubuntu(year, month) => format!("ubuntu-{year:02}.{month:02}"),
            Self::Debian(number) => format!("debian-{number}"),
            Self::Other => "other".to_owned(),
        })
    }
}

impl FromStr for Os {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let word = text.trim().to_ascii_lowercase();
        let ubuntu = || {
            let (year, month) = word.strip_prefix("ubuntu-")?.split_once('.')?;
            Some(Self::Ubuntu(year.parse().ok()?, month.parse().ok()?))
        };
        let numbered = || {
            let (name, number) = word.rsplit_once('-')?;
            let (_, os) = NUMBERED.iter().find(|(known, _)| *known == name)?;
            Some(os(number.parse().ok()?))
        };
        if word == "other" {
            return Ok(Self::Other);
        }
        ubuntu().or_else(numbered).ok_or_else(|| unknown(text, "an OS such as `centos-8`", IDS))
    }
}

/// Reads the id.
impl<'de> Deserialize<'de> for Os {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: Error| D::Error::custom(error.message()))
    }
}

/// Writes the id.
impl Serialize for Os {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

const IDS: &str = "the ids are `centos-N`, `centos-stream-N`, `rhel-N`, `rocky-N`, `almalinux-N`, \
                   `fedora-N`, `ubuntu-YY.MM`, `debian-N` and `other`";

fn unknown(text: &str, expected: &str, help: &str) -> Error {
    let message = format!("expected {expected}, but found `{}`", text.trim());
    Error::new(ErrorKind::Context, message).help(help)
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::El(major) => f.pad(&format!("el-{major}")),
            Self::Fedora => f.pad("fedora"),
            Self::Debian => f.pad("debian"),
            Self::Other => f.pad("other"),
        }
    }
}

/// What a rule writes to mean operating systems: an id, `el-8`, or a family's name.
///
/// ```
/// use ostack_core::release::{Os, OsPattern};
/// let el8: OsPattern = "el-8".parse()?;
/// assert!(el8.covers(Os::Rocky(8)) && !el8.covers(Os::Centos(7)));
/// assert!("el-eight".parse::<OsPattern>().is_err());
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OsPattern {
    /// Exactly this OS.
    Exactly(Os),
    /// A family; of `el` with its major version.
    Family(Family),
    /// RHEL of whatever version, and what is built from it.
    AnyEl,
}

impl OsPattern {
    /// Whether it covers an OS.
    pub fn covers(self, os: Os) -> bool {
        match self {
            Self::Exactly(this) => this == os,
            Self::Family(family) => family == os.family(),
            Self::AnyEl => matches!(os.family(), Family::El(_)),
        }
    }
}

impl FromStr for OsPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "el" => Self::AnyEl,
            "fedora" => Self::Family(Family::Fedora),
            "debian" => Self::Family(Family::Debian),
            _ => match text.strip_prefix("el-").map(str::parse) {
                Some(Ok(major)) => Self::Family(Family::El(major)),
                Some(Err(_)) => return Err(unknown(text, "`el-` and a number", IDS)),
                None => Self::Exactly(text.parse()?),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back() {
        let ids = [
            "centos-6",
            "centos-7",
            "centos-8",
            "centos-stream-8",
            "centos-stream-10",
            "rhel-9",
            "rocky-9",
            "almalinux-8",
            "fedora-33",
            "ubuntu-22.04",
            "debian-12",
            "other",
        ];
        for id in ids {
            assert_eq!(id.parse::<Os>().unwrap().to_string(), id);
        }
        for bad in ["", "centos", "centos-", "centos-8.3", "suse-15", "ubuntu-22", "centos-999"] {
            assert!(bad.parse::<Os>().is_err(), "{bad}");
        }
    }

    #[test]
    fn os_release_names_the_distribution() {
        let os = |text: &str| Os::from_os_release(text);
        let centos = "NAME=\"CentOS Linux\"\nVERSION=\"8 (Core)\"\nID=\"centos\"\nVERSION_ID=\"8\"";
        assert_eq!(os(centos), Some(Os::Centos(8)));
        assert_eq!(os("ID='rocky'\nVERSION_ID=\"9.3\""), Some(Os::Rocky(9)));
        assert_eq!(os("ID=ubuntu\nVERSION_ID=\"22.04\""), Some(Os::Ubuntu(22, 4)));
        assert_eq!(os("ID=opensuse-leap\nVERSION_ID=\"15.3\""), Some(Os::Other));
        assert_eq!(os("hello"), None);
    }

    #[test]
    fn release_lines_name_the_distribution() {
        let os = |line: &str| Os::from_release_line(line);
        assert_eq!(os("CentOS release 6.10 (Final)"), Some(Os::Centos(6)));
        assert_eq!(os("CentOS Linux release 7.9.2009 (Core)\n"), Some(Os::Centos(7)));
        assert_eq!(os("Red Hat Enterprise Linux release 8.4 (Ootpa)"), Some(Os::Rhel(8)));
        assert_eq!(os("AlmaLinux release 8.5 (Arctic Sphynx)"), Some(Os::Almalinux(8)));
        assert_eq!(os("Fedora release 33 (Thirty Three)"), Some(Os::Fedora(33)));
        assert_eq!(os("no such line"), None);
    }
}
