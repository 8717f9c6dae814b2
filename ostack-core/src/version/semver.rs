//! Semantic versions, and the sets of them that requirements and Puppet's ranges describe.

use ::semver::{Comparator, Op, Prerelease, Version, VersionReq};

use super::range::Range;
use super::unexpected;
use crate::error::Result;

/// Reads a version. Build metadata is checked and dropped: it has no precedence.
pub(super) fn parse(text: &str) -> Result<Version> {
    let mut version: Version = text.parse().map_err(|error| {
        let wrong = unexpected("a version such as `1.2.3`", text, 0..text.len());
        match meant(text) {
            Some(near) => wrong.help(format!("did you mean `{near}`?")),
            None => wrong.help(format!("{error}")),
        }
    })?;
    version.build = ::semver::BuildMetadata::EMPTY;
    Ok(version)
}

/// The version that a text is likely meant to be: three numbers, and no letter or zero before them.
fn meant(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['v', 'V', '=']);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let numbers = numbers.split('.').map(str::parse);
    let mut numbers: Vec<u64> = numbers.collect::<Result<_, _>>().ok()?;
    while numbers.len() < 3 {
        numbers.push(0);
    }
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    let near = format!("{}{rest}", numbers.join("."));
    Version::parse(&near).is_ok().then_some(near)
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

    #[test]
    fn a_near_miss_is_named() {
        let hint = |text| parse(text).unwrap_err().hint().map(str::to_owned);
        assert_eq!(hint("1.2").as_deref(), Some("did you mean `1.2.0`?"));
        assert_eq!(hint("v1.02.3-rc.1").as_deref(), Some("did you mean `1.2.3-rc.1`?"));
        assert_eq!(
            hint("1.2.x").as_deref(),
            Some("unexpected character 'x' while parsing patch version number")
        );
    }

    /// The standard's own examples of precedence (sections 9 to 11), each row in rising order.
    const PRECEDENCE: &[&[&str]] = &[
        // 11.2: major, minor and patch, as numbers.
        &["1.0.0", "2.0.0", "2.1.0", "2.1.1"],
        &["1.9.0", "1.10.0", "1.11.0"],
        &["0.9.9", "0.9.10", "0.10.0", "1.0.0"],
        // 11.3: a pre-release comes before its version.
        &["1.0.0-alpha", "1.0.0"],
        // 11.4: identifiers from left to right.
        &[
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
        ],
        // 11.4.1 and 11.4.3: numbers as numbers, and before what is no number.
        &["1.0.0-2", "1.0.0-11", "1.0.0-1a", "1.0.0-a"],
        // 11.4.2: others in ASCII order: digits, upper case, lower case; a hyphen comes first.
        &["1.0.0--", "1.0.0-A", "1.0.0-B", "1.0.0-a", "1.0.0-a-", "1.0.0-aA", "1.0.0-b"],
        // 11.4.4: more identifiers come after fewer.
        &["1.0.0-a", "1.0.0-a.0", "1.0.0-a.0.0", "1.0.0-a.b"],
        // 9: its examples.
        &["1.0.0-0.3.7", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-x.7.z.92", "1.0.0-x-y-z.--"],
    ];

    #[test]
    fn precedence_is_the_standards() {
        for row in PRECEDENCE {
            let versions: Vec<_> = row.iter().map(|text| parse(text).unwrap()).collect();
            for (i, a) in versions.iter().enumerate() {
                for (j, b) in versions.iter().enumerate() {
                    assert_eq!(a.cmp(b), i.cmp(&j), "{} and {}", row[i], row[j]);
                }
            }
        }
    }

    /// Section 10: build metadata has no precedence, and is part of no version's identity.
    #[test]
    fn build_metadata_does_not_count() {
        let builds =
            ["1.0.0-alpha+001", "1.0.0-alpha+20130313144700", "1.0.0-alpha+exp.sha.5114f85"];
        assert!(builds.iter().all(|text| parse(text).unwrap() == parse("1.0.0-alpha").unwrap()));
        assert_eq!(parse("1.0.0+21AF26D3----117B344092BD").unwrap(), parse("1.0.0").unwrap());
    }

    /// The grammar of sections 2, 9 and 10, with the cases of the standard's own expression.
    #[test]
    fn the_grammar_is_the_standards() {
        let valid = [
            "0.0.4",
            "10.20.30",
            "1.1.2-prerelease+meta",
            "1.1.2+meta-valid",
            "1.0.0-alpha.beta.1",
            "1.0.0-alpha0.valid",
            "1.0.0-alpha.0valid",
            "1.0.0-rc.1+build.1",
            "1.0.0-x-y-z.--",
            "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
            "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
            "1.0.0-0A.is.legal",
            "18446744073709551615.0.0",
        ];
        for text in valid {
            assert!(parse(text).is_ok(), "{text}");
        }
        let invalid = [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "01.1.1",
            "1.01.1",
            "1.1.01",
            "1.2.3-01",
            "1.2.3-0123.0123",
            "1.2.3-",
            "1.2.3+",
            "1.2.3-a..b",
            "1.2.3-.a",
            "1.2.3+a..b",
            "1.1.2+.123",
            "+invalid",
            "-1.0.0",
            "alpha",
            "1.2-SNAPSHOT",
            "v1.2.3",
            " 1.2.3",
            "1.2.3 ",
            "1.2.3-a_b",
            "1.2.3-ä",
            "1.2.3+a+b",
            "1.2.3----RC-SNAPSHOT.12.9.1--..12",
        ];
        for text in invalid {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
