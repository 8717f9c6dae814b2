//! Puppet's version ranges, as `SemanticPuppet::VersionRange` reads a `version_requirement`.

use ::semver::{BuildMetadata, Prerelease, Version};

use super::cursor::Cursor;
use super::range::Range;
use super::semver::{Alternative, Set, next, triple};
use super::unexpected;
use crate::error::Result;

/// Reads a range: alternatives with `||` between; in each, comparators that must all hold, or
/// `1.0.0 - 2.0.0`. Nothing at all allows everything.
pub(super) fn parse_range(text: &str) -> Result<Set> {
    let mut start = 0;
    let mut alternatives = Vec::new();
    for part in text.split("||") {
        alternatives.push(Cursor::new(text, start..start + part.len()).alternative()?);
        start += part.len() + "||".len();
    }
    Ok(Set(alternatives))
}

impl Cursor<'_> {
    /// Reads one alternative.
    fn alternative(&mut self) -> Result<Alternative> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return if self.text.trim().is_empty() {
                Ok(Alternative::ALL)
            } else {
                Err(unexpected("a version range", self.text, self.at..self.end))
            };
        }
        let start = self.at;
        if let Some(range) = self.hyphen_range() {
            return Ok(range);
        }
        self.at = start;
        let mut all = Alternative::ALL;
        while !self.rest().is_empty() {
            all = both(all, self.comparator()?);
            self.skip_blanks();
        }
        Ok(all)
    }

    /// `1.0.0 - 2.0.0`, where that is all there is.
    fn hyphen_range(&mut self) -> Option<Alternative> {
        let from = Partial::parse(self.word())?;
        self.skip_blanks();
        if self.word() != "-" {
            return None;
        }
        self.skip_blanks();
        let to = Partial::parse(self.word())?;
        self.skip_blanks();
        let whole = self.rest().is_empty();
        whole.then(|| both(at_least(&from.floor()), at_most(&to.floor())))
    }

    fn comparator(&mut self) -> Result<Alternative> {
        let start = self.at;
        let operator = self.operator();
        let version = self.at;
        let Some(partial) = Partial::parse(self.word()) else {
            let expected = "a version such as `1.2.3` or `1.x`";
            return Err(unexpected(expected, self.text, version..self.at).help(FORMS));
        };
        Ok(match operator.as_str() {
            "" | "=" => partial.equal(),
            "~" | "~>" | "~=" => partial.tilde(),
            "^" => partial.caret(),
            ">" => partial.greater(),
            ">=" => at_least(&partial.floor()),
            "<" => below(&partial.floor()),
            "<=" => partial.at_most(),
            _ => {
                let expected = "one of `<`, `<=`, `>`, `>=`, `=`, `~`, `^`";
                return Err(unexpected(expected, self.text, start..version).help(FORMS));
            }
        })
    }

    /// An operator; blanks and one `v` after it do not count.
    fn operator(&mut self) -> String {
        let mut operator = String::new();
        while let Some(sign) = self.rest().chars().next().filter(|c| "<>=~^".contains(*c)) {
            operator.push(sign);
            self.at += 1;
            self.skip_blanks();
        }
        if !operator.is_empty() && self.rest().starts_with('v') {
            self.at += 1;
        }
        operator
    }
}

const FORMS: &str = "a range reads `>= 1.0.0 < 2.0.0`, `~1.2`, `^1.0`, `1.x` or `1.0.0 - 2.0.0`";

/// A version of which parts may be left out, or be `x`, `X` or `*`.
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    pre: Prerelease,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let (text, build) = text.split_once('+').map_or((text, None), |(a, b)| (a, Some(b)));
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        let numbers: Vec<_> = numbers.split('.').map(number).collect::<Option<_>>()?;
        let qualified = pre.is_some() || build.is_some();
        let good_build = build.is_none_or(|b| !b.is_empty() && BuildMetadata::new(b).is_ok());
        if numbers.len() > 3 || qualified && numbers.len() < 3 || !good_build || pre == Some("") {
            return None;
        }
        let part = |i| numbers.get(i).copied().flatten();
        let pre = Prerelease::new(pre.unwrap_or_default()).ok()?;
        Some(Self { major: part(0), minor: part(1), patch: part(2), pre })
    }

    /// With 0 for what is left out.
    fn floor(&self) -> Version {
        let part = Option::unwrap_or_default;
        let release = Version::new(part(self.major), part(self.minor), part(self.patch));
        Version { pre: self.pre.clone(), ..release }
    }

    fn is_whole(&self) -> bool {
        self.major.is_some() && self.minor.is_some() && self.patch.is_some()
    }

    /// The first release of the next major version; `None` where the major part is left out.
    fn next_major(&self) -> Option<Version> {
        Some(Version::new(self.major?.saturating_add(1), 0, 0))
    }

    /// The first release of the next minor version, or of the major one where that is all.
    fn next_minor(&self) -> Option<Version> {
        match self.minor {
            Some(minor) => Some(Version::new(self.major?, minor.saturating_add(1), 0)),
            None => self.next_major(),
        }
    }

    /// From the version on, as far as `to`; everything where there is no end.
    fn up_to(&self, to: Option<Version>) -> Alternative {
        to.map_or(Alternative::ALL, |to| both(at_least(&self.floor()), below(&to)))
    }

    /// `1.2.3` is that version, `1.2` all that begin so.
    fn equal(&self) -> Alternative {
        if self.is_whole() {
            both(at_least(&self.floor()), at_most(&self.floor()))
        } else {
            self.tilde()
        }
    }

    /// Later patches.
    fn tilde(&self) -> Alternative {
        self.up_to(self.next_minor())
    }

    /// Later minor versions, and of version 0 later patches.
    fn caret(&self) -> Alternative {
        if self.major == Some(0) { self.tilde() } else { self.up_to(self.next_major()) }
    }

    fn greater(&self) -> Alternative {
        if self.is_whole() {
            return above(&self.floor());
        }
        self.next_minor().map_or_else(|| below(&self.floor()), |from| at_least(&from))
    }

    fn at_most(&self) -> Alternative {
        if self.is_whole() {
            return at_most(&self.floor());
        }
        self.next_minor().map_or(Alternative::ALL, |to| below(&to))
    }
}

/// A part of a version: a number without leading zeros, or `None` for a wildcard.
#[expect(clippy::option_option, reason = "no number at all, and any number, are two things")]
fn number(part: &str) -> Option<Option<u64>> {
    match part {
        "x" | "X" | "*" => Some(None),
        _ if part.len() > 1 && part.starts_with('0') => None,
        _ if part.bytes().all(|b| b.is_ascii_digit()) => part.parse().ok().map(Some),
        _ => None,
    }
}

fn at_least(version: &Version) -> Alternative {
    with_end(Range::at_least(version.clone()), version)
}

fn above(version: &Version) -> Alternative {
    with_end(Range::at_least(next(version)), version)
}

fn below(version: &Version) -> Alternative {
    with_end(Range::below(version.clone()), version)
}

fn at_most(version: &Version) -> Alternative {
    with_end(Range::below(next(version)), version)
}

/// A range with `end` as one of its ends, which lets its own pre-releases in if it is one.
fn with_end(range: Range<Version>, end: &Version) -> Alternative {
    let own = (!end.pre.is_empty()).then(|| triple(end));
    Alternative { range, prereleases: Some(own.into_iter().collect()) }
}

/// Two comparators that must both hold. An end of either lets its pre-releases in.
fn both(a: Alternative, b: Alternative) -> Alternative {
    let prereleases = match (a.prereleases, b.prereleases) {
        (Some(a), Some(b)) => Some([a, b].concat()),
        (a, b) => a.or(b),
    };
    Alternative { range: a.range.intersect(&b.range), prereleases }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::semver;

    #[track_caller]
    fn check(range: &str, inside: &[&str], outside: &[&str]) {
        let set = parse_range(range).unwrap();
        let allows = |text: &&str| set.allows(&semver::parse(text).unwrap());
        assert_eq!(inside.iter().filter(|v| !allows(v)).collect::<Vec<_>>(), [] as [&&str; 0]);
        assert_eq!(outside.iter().filter(|v| allows(v)).collect::<Vec<_>>(), [] as [&&str; 0]);
    }

    #[test]
    fn ranges_mean_what_semantic_puppet_says() {
        check(">= 6.0.0 < 7.0.0", &["6.0.0", "6.14.0"], &["5.9.9", "7.0.0", "7.0.0-rc1"]);
        check(">=1.0.0 <2.0.0 || >= 3.0.0", &["1.5.0", "3.0.0"], &["2.0.0", "0.9.0"]);
        check("5.x", &["5.0.0", "5.9.0"], &["4.9.9", "6.0.0"]);
        check("1.2.*", &["1.2.0", "1.2.9"], &["1.3.0"]);
        check("~1.2", &["1.2.0", "1.2.9"], &["1.3.0", "1.1.9"]);
        check("~> 1", &["1.0.0", "1.9.0"], &["2.0.0"]);
        check("^1.2.3", &["1.2.3", "1.9.0"], &["1.2.2", "2.0.0"]);
        check("^0.2.3", &["0.2.3", "0.2.9"], &["0.3.0"]);
        check("1.0.0 - 2.0.0", &["1.0.0", "2.0.0"], &["2.0.1", "0.9.9"]);
        check("> 1.2", &["1.3.0"], &["1.2.9"]);
        check("<= 1.2", &["1.2.9"], &["1.3.0"]);
        check("> 1.2.3", &["1.2.4"], &["1.2.3", "1.2.4-rc1"]);
        check("= v1.2.3", &["1.2.3"], &["1.2.4"]);
        check("", &["0.0.0", "1.0.0-rc1"], &[]);
        check("> x", &[], &["0.0.0", "1.0.0"]);
    }

    #[test]
    fn a_prerelease_needs_an_end_of_its_own_version() {
        check(">= 1.0.0-rc1", &["1.0.0-rc1", "1.0.0-rc2", "1.0.0"], &["1.0.1-rc1", "1.0.0-alpha"]);
        check("> 1.0.0-rc1 < 2.0.0", &["1.0.0-rc1.0"], &["1.0.0-rc1", "2.0.0-rc1"]);
    }

    #[test]
    fn errors_say_where() {
        let error = |text| parse_range(text).unwrap_err().to_string();
        insta::assert_snapshot!(error(">= 1.0.0 < two"), @r"
        1:12: expected a version such as `1.2.3` or `1.x`, but found `two`
          | >= 1.0.0 < two
          |            ^^^
          help: a range reads `>= 1.0.0 < 2.0.0`, `~1.2`, `^1.0`, `1.x` or `1.0.0 - 2.0.0`
        ");
        insta::assert_snapshot!(error("=> 1.0.0"), @r"
        1:1: expected one of `<`, `<=`, `>`, `>=`, `=`, `~`, `^`, but found `=> `
          | => 1.0.0
          | ^^^
          help: a range reads `>= 1.0.0 < 2.0.0`, `~1.2`, `^1.0`, `1.x` or `1.0.0 - 2.0.0`
        ");
        insta::assert_snapshot!(error("1.0.0 ||"), @r"
        1:9: expected a version range, but found nothing
          | 1.0.0 ||
          |         ^
        ");
        insta::assert_snapshot!(error(">="), @r"
        1:3: expected a version such as `1.2.3` or `1.x`, but found nothing
          | >=
          |   ^
          help: a range reads `>= 1.0.0 < 2.0.0`, `~1.2`, `^1.0`, `1.x` or `1.0.0 - 2.0.0`
        ");
        insta::assert_snapshot!(error("1.02.3"), @r"
        1:1: expected a version such as `1.2.3` or `1.x`, but found `1.02.3`
          | 1.02.3
          | ^^^^^^
          help: a range reads `>= 1.0.0 < 2.0.0`, `~1.2`, `^1.0`, `1.x` or `1.0.0 - 2.0.0`
        ");
    }
}
