//! Versions and constraints of the four schemes that an OpenStack installation mixes.
//!
//! | scheme | whose versions | order and constraints as |
//! | --- | --- | --- |
//! | `rpm` | packages: `[epoch:]version[-release]` | librpm |
//! | `pep440` | Python projects | Python's `packaging`, pre-releases allowed |
//! | `semver` | Semantic Versioning 2.0.0 | the `semver` crate (Cargo's requirements) |
//! | `puppet` | Puppet and its modules | `SemanticPuppet`, as in a module's `metadata.json` |
//!
//! What surprises:
//! - rpm: a missing epoch is 0, `~` sorts before the end of a version and `^` after it, separators
//!   only separate (`1.0` equals `1_0`), and a constraint without a release matches any release.
//! - PEP 440: `1.0` equals `1.0.0`; `==1.0` matches `1.0+local`; `<1.0` leaves out `1.0rc1` and
//!   `>1.0` leaves out `1.0.post1`.
//! - semver and puppet: build metadata does not count, and a range lets a pre-release in only
//!   where one of its ends is a pre-release of that very version.
//!
//! ```
//! use ostack_core::version::{Constraint, Scheme, Version};
//! let declared = Constraint::parse(">= 6.0.0 < 7.0.0", Scheme::Puppet)?;
//! assert!(declared.allows(&Version::parse("6.14.0", Scheme::Puppet)?)?);
//! assert!(!declared.allows(&Version::parse("7.4.1", Scheme::Puppet)?)?);
//! # Ok::<(), ostack_core::Error>(())
//! ```

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range as ByteRange;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::span::characters;

mod constraint;
mod cursor;
mod dependency;
mod nevra;
mod pep440;
mod puppet;
mod range;
mod rpm;
mod semver;
mod truth;

pub use constraint::{Constraint, contradiction, newest};
pub use dependency::Dependency;
pub use nevra::Nevra;
pub use truth::Truth;

/// How versions are written, ordered and constrained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Packages, as librpm.
    Rpm,
    /// Python projects, as `packaging`.
    Pep440,
    /// Semantic Versioning 2.0.0.
    Semver,
    /// Puppet and its modules, as `SemanticPuppet`.
    Puppet,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 4] = [Self::Rpm, Self::Pep440, Self::Semver, Self::Puppet];

    /// The name that people write.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rpm => "rpm",
            Self::Pep440 => "pep440",
            Self::Semver => "semver",
            Self::Puppet => "puppet",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scheme {
    type Err = Error;

    /// ```
    /// use ostack_core::version::Scheme;
    /// assert_eq!("rpm".parse::<Scheme>()?, Scheme::Rpm);
    /// let error = "semvr".parse::<Scheme>().unwrap_err();
    /// assert_eq!(error.hint(), Some("did you mean `semver`?"));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::name);
            let message = format!(
                "expected a version scheme (`{}`), but found {}",
                known.join("`, `"),
                found(text)
            );
            let error = Error::new(ErrorKind::Version, message);
            match did_you_mean(text, known) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            }
        })
    }
}

/// A version of one scheme.
///
/// Equality is the scheme's: `1.0` and `1.0.0` are equal as PEP 440 and differ as rpm; `Hash`
/// agrees with it. Versions of two schemes are never equal and have no order.
///
/// ```
/// use ostack_core::version::{Scheme, Version};
/// let rc = Version::parse("1:2.0~rc1-1.el8", Scheme::Rpm)?;
/// let final_ = Version::parse("1:2.0-1.el8", Scheme::Rpm)?;
/// assert!(rc < final_);
/// assert_eq!(rc.to_string(), "1:2.0~rc1-1.el8");
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Version {
    text: Box<str>,
    key: Key,
}

/// What a version is compared by. Its order and equality are the scheme's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Rpm(rpm::Evr),
    Pep440(pep440::Key),
    Semver(::semver::Version),
    Puppet(::semver::Version),
}

impl Version {
    /// Reads a version.
    ///
    /// ```
    /// use ostack_core::version::{Scheme, Version};
    /// let error = Version::parse("1.0 beta", Scheme::Pep440).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "1:4: expected the end of the version, but found ` beta`\n  | 1.0 beta\n  |    ^^^^^\n  help: \
    ///      did you mean `1.0beta`?"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is no version of the scheme.
    pub fn parse(text: &str, scheme: Scheme) -> Result<Self> {
        let key = match scheme {
            Scheme::Rpm => Key::Rpm(rpm::Evr::parse(text)?),
            Scheme::Pep440 => Key::Pep440(pep440::parse(text)?.key()),
            Scheme::Semver => Key::Semver(semver::parse(text)?),
            Scheme::Puppet => Key::Puppet(semver::parse(text)?),
        };
        Ok(Self { text: text.into(), key })
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        match self.key {
            Key::Rpm(_) => Scheme::Rpm,
            Key::Pep440(_) => Scheme::Pep440,
            Key::Semver(_) => Scheme::Semver,
            Key::Puppet(_) => Scheme::Puppet,
        }
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The order of two versions of the same scheme.
    ///
    /// ```
    /// use ostack_core::version::{Scheme, Version};
    /// let a = Version::parse("1.0", Scheme::Pep440)?;
    /// let b = Version::parse("1.0.post1", Scheme::Pep440)?;
    /// assert!(a.compare(&b)?.is_lt());
    /// assert!(a.compare(&Version::parse("1.0", Scheme::Rpm)?).is_err());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the schemes differ.
    pub fn compare(&self, other: &Self) -> Result<Ordering> {
        self.partial_cmp(other).ok_or_else(|| mixed(self.scheme(), other.scheme()))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (&self.key, &other.key) {
            (Key::Rpm(a), Key::Rpm(b)) => Some(a.cmp(b)),
            (Key::Pep440(a), Key::Pep440(b)) => Some(a.cmp(b)),
            (Key::Semver(a), Key::Semver(b)) | (Key::Puppet(a), Key::Puppet(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({} {:?})", self.scheme(), self.text)
    }
}

/// The error for two schemes that meet.
fn mixed(a: Scheme, b: Scheme) -> Error {
    Error::new(
        ErrorKind::Version,
        format!("expected two versions of one scheme, but found {a} and {b}"),
    )
}

/// `text` in words for "but found …".
fn found(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("`{}`", printable(text)) }
}

/// `text` without characters that would steer a terminal, one for one.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// An error about the bytes `at` of `text`: expected `expected`, but found those bytes.
fn unexpected(expected: &str, text: &str, at: ByteRange<usize>) -> Error {
    let width = characters(&text.as_bytes()[at.clone()]);
    Error::new(
        ErrorKind::Version,
        format!("expected {expected}, but found {}", found(&text[at.clone()])),
    )
    .at_line(1, characters(&text.as_bytes()[..at.start]) + 1)
    .excerpt(printable(text), width)
}

#[cfg(test)]
mod tests;
