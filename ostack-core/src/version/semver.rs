//! Semantic versions, and the sets of them that requirements and Puppet's ranges describe.

use ::semver::{Comparator, Op, Prerelease, Version, VersionReq};

use super::range::Range;
use super::unexpected;
use crate::error::Result;

/// Reads a version. Build metadata is checked and dropped: it has no precedence.
pub(super) fn parse(text: &str) -> Result<Version> {
    let mut version: Version = text.parse().map_err(|error| {
        unexpected("a version such as `1.2.3`", text, 0..text.len()).help(format!("{error}"))
    })?;
    version.build = ::semver::BuildMetadata::EMPTY;
    Ok(version)
}

/// A version's major, minor and patch: what decides whether a range lets its pre-releases in.
pub(super) type Triple = (u64, u64, u64);

pub(super) fn triple(version: &Version) -> Triple {
    (version.major, version.minor, version.patch)
}

/// A range, and whose pre-releases it lets in.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    pub(super) range: Range<Version>,
    /// `None`: of every version.
    pub(super) prereleases: Option<Vec<Triple>>,
}

impl Alternative {
    pub(super) const ALL: Self = Self { range: Range::ALL, prereleases: None };

    fn lets_in(&self, version: Triple) -> bool {
        self.prereleases.as_ref().is_none_or(|some| some.contains(&version))
    }

    fn allows(&self, version: &Version) -> bool {
        self.range.contains(version) && (version.pre.is_empty() || self.lets_in(triple(version)))
    }

    fn intersect(&self, other: &Self) -> Self {
        let prereleases = match (&self.prereleases, &other.prereleases) {
            (Some(a), Some(b)) => Some(a.iter().filter(|t| b.contains(t)).copied().collect()),
            (a, b) => a.as_ref().or(b.as_ref()).cloned(),
        };
        Self { range: self.range.intersect(&other.range), prereleases }
    }

    fn is_empty(&self) -> bool {
        let least = least(0, 0, 0);
        let from = self.range.from.as_ref().unwrap_or(&least);
        let release = Version::new(from.major, from.minor, from.patch);
        // Up to the release of `from`, everything is one of its pre-releases.
        self.range.is_empty()
            || self.range.to.as_ref().is_some_and(|to| *to <= release)
                && !self.lets_in(triple(&release))
    }
}

/// What one of several alternatives allows.
#[derive(Debug, Clone)]
pub(super) struct Set(pub(super) Vec<Alternative>);

impl Set {
    pub(super) fn allows(&self, version: &Version) -> bool {
        self.0.iter().any(|alternative| alternative.allows(version))
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        Self(self.0.iter().flat_map(|a| other.0.iter().map(move |b| a.intersect(b))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Alternative::is_empty)
    }
}

/// The least version of all that begin so: its first pre-release.
fn least(major: u64, minor: u64, patch: u64) -> Version {
    Version { pre: FIRST.parse().unwrap_or(Prerelease::EMPTY), ..Version::new(major, minor, patch) }
}

/// The least pre-release there is.
const FIRST: &str = "0";

/// The version right after `version`; none lies between.
pub(super) fn next(version: &Version) -> Version {
    if version.pre.is_empty() {
        return least(version.major, version.minor, version.patch.saturating_add(1));
    }
    let longer = format!("{}.{FIRST}", version.pre).parse();
    Version { pre: longer.unwrap_or_else(|_| version.pre.clone()), ..version.clone() }
}

/// Reads a requirement in Cargo's grammar: comparators with commas between.
pub(super) fn parse_requirement(text: &str) -> Result<Set> {
    let requirement: VersionReq = text.parse().map_err(|error| {
        unexpected("a requirement such as `>=1.2, <2`", text, 0..text.len())
            .help(format!("{error}"))
    })?;
    let comparators = &requirement.comparators;
    let range = comparators
        .iter()
        .map(comparator_range)
        .reduce(|a, b| a.intersect(&b))
        .unwrap_or(Range::ALL);
    let with_prerelease = comparators.iter().filter(|c| !c.pre.is_empty());
    let mut prereleases: Vec<Triple> = with_prerelease
        .map(|c| (c.major, c.minor.unwrap_or_default(), c.patch.unwrap_or_default()))
        .collect();
    prereleases.retain(|t| !comparators.iter().any(|c| refuses_prereleases(c, *t)));
    Ok(Set(vec![Alternative { range, prereleases: Some(prereleases) }]))
}

/// What a comparator spans, before the rule on pre-releases.
fn comparator_range(c: &Comparator) -> Range<Version> {
    let (major, minor, patch) = (c.major, c.minor.unwrap_or(0), c.patch.unwrap_or(0));
    let from = Version { pre: c.pre.clone(), ..Version::new(major, minor, patch) };
    let next_major = || least(major.saturating_add(1), 0, 0);
    let next_minor = || least(major, minor.saturating_add(1), 0);
    let after = match (c.minor, c.patch) {
        (None, _) => next_major(),
        (_, None) => next_minor(),
        _ => next(&from),
    };
    let first = if c.patch.is_some() { from.clone() } else { least(major, minor, patch) };
    match c.op {
        Op::Greater => Range::at_least(after),
        Op::GreaterEq => Range::at_least(first),
        Op::Less => Range::below(first),
        Op::LessEq => Range::below(after),
        Op::Tilde if c.minor.is_some() => Range::between(first, next_minor()),
        Op::Tilde => Range::between(first, next_major()),
        Op::Caret if major > 0 || c.minor.is_none() => Range::between(first, next_major()),
        Op::Caret if minor > 0 || c.patch.is_none() => Range::between(first, next_minor()),
        Op::Caret => Range::between(first, least(major, minor, patch.saturating_add(1))),
        // `Exact`, `Wildcard`, and what a later `semver` may add.
        _ => Range::between(first, after),
    }
}

/// Whether a comparator that leaves parts out refuses the pre-releases of `version`: it compares
/// with the release then, except as a caret, or on the far side of `<` and `>`.
fn refuses_prereleases(c: &Comparator, version: Triple) -> bool {
    c.patch.is_none()
        && !matches!(c.op, Op::Caret | Op::Less | Op::Greater)
        && c.major == version.0
        && c.minor.is_none_or(|minor| minor == version.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn requirement() -> impl Strategy<Value = String> {
        let partial = "[0-2](\\.[0-2](\\.[0-2](-(a|b|0|0\\.0|a\\.1))?)?)?";
        let comparator = ("(|=|>|>=|<|<=|~|\\^)", partial).prop_map(|(op, v)| format!("{op}{v}"));
        proptest::collection::vec(comparator, 1..4).prop_map(|all| all.join(", "))
    }

    fn version() -> impl Strategy<Value = Version> {
        "[0-3]\\.[0-3]\\.[0-3](-(a|b|0|0\\.0|a\\.1))?".prop_map(|v| v.parse().unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn requirements_allow_what_the_crate_allows(text in requirement(), version in version()) {
            let theirs = VersionReq::parse(&text).unwrap().matches(&version);
            prop_assert_eq!(parse_requirement(&text).unwrap().allows(&version), theirs);
        }

        #[test]
        fn a_set_with_a_member_is_not_empty(a in requirement(), b in requirement(), v in version()) {
            let both = parse_requirement(&a).unwrap().intersect(&parse_requirement(&b).unwrap());
            prop_assert!(!(both.allows(&v) && both.is_empty()));
        }
    }

    #[test]
    fn nothing_lies_between_a_version_and_the_next() {
        let next = |text: &str| next(&text.parse().unwrap()).to_string();
        assert_eq!(next("1.2.3"), "1.2.4-0");
        assert_eq!(next("1.2.3-rc.1"), "1.2.3-rc.1.0");
    }

    /// Section 11 of the standard.
    #[test]
    fn precedence_is_the_standards() {
        let ordered = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
        ];
        let versions: Vec<_> = ordered.iter().map(|text| parse(text).unwrap()).collect();
        assert!(versions.is_sorted_by(|a, b| a < b));
        assert_eq!(parse("1.0.0+20130313144700").unwrap(), parse("1.0.0+exp.sha").unwrap());
    }

    /// Sections 2, 9 and 10 of the standard.
    #[test]
    fn the_grammar_is_the_standards() {
        for text in ["1.0.0-x-y-z.--", "1.0.0-alpha+001", "1.0.0+21AF26D3----117B344092BD"] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in ["1", "1.2", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3-a..b", "v1.2.3", " 1.2.3"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
