//! Laws that hold in every scheme.

use std::hash::{DefaultHasher, Hash, Hasher};

use proptest::prelude::*;

use super::*;

/// Versions that are alike enough to meet, of the scheme that the laws are held against.
fn text(scheme: Scheme) -> BoxedStrategy<String> {
    match scheme {
        Scheme::Rpm => "([012]:)?[01]{1,2}([._~^+a][01a~^]{0,2}){0,2}(-[12](\\.el8)?)?".boxed(),
        Scheme::Pep440 => {
            "(1!)?[012](\\.[01]){0,2}(a1|rc[01])?(\\.post[01])?(\\.dev[01])?(\\+(a|1)(\\.1)?)?"
                .boxed()
        }
        Scheme::Semver | Scheme::Puppet => {
            "[01]\\.[01]\\.[012](-(0|1|a|a\\.0|a\\.b))?(\\+b)?".boxed()
        }
    }
}

fn constraint(scheme: Scheme) -> BoxedStrategy<String> {
    let version = text(scheme);
    match scheme {
        Scheme::Rpm => ("(<|<=|=|>=|>)", version).prop_map(|(op, v)| format!("{op} {v}")).boxed(),
        Scheme::Pep440 => {
            let specifier = ("(<|<=|==|!=|>=|>|~=|===)", version).prop_map(|(op, v)| {
                let v = if matches!(&*op, "==" | "!=" | "===") {
                    &v
                } else {
                    v.split('+').next().unwrap()
                };
                let two = if op == "~=" {
                    format!("0.{}", v.trim_start_matches("1!"))
                } else {
                    v.to_owned()
                };
                format!("{op}{two}")
            });
            prop::collection::vec(specifier, 1..3).prop_map(|all| all.join(",")).boxed()
        }
        Scheme::Semver => {
            let comparator =
                ("(<|<=|=|>=|>|~|\\^)", version).prop_map(|(op, v)| format!("{op}{v}"));
            prop::collection::vec(comparator, 1..3).prop_map(|all| all.join(", ")).boxed()
        }
        Scheme::Puppet => {
            let comparator =
                ("(<|<=|=|>=|>|~|\\^)", version).prop_map(|(op, v)| format!("{op} {v}"));
            let all = prop::collection::vec(comparator, 1..3).prop_map(|all| all.join(" "));
            prop::collection::vec(all, 1..3).prop_map(|any| any.join(" || ")).boxed()
        }
    }
}

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(Scheme::ALL.to_vec())
}

fn versions() -> impl Strategy<Value = [Version; 3]> {
    scheme().prop_flat_map(|scheme| {
        let version =
            move || text(scheme).prop_map(move |text| Version::parse(&text, scheme).unwrap());
        [version(), version(), version()]
    })
}

fn constraints() -> impl Strategy<Value = (Constraint, Constraint, Version)> {
    scheme().prop_flat_map(|scheme| {
        let constraint = move || {
            constraint(scheme).prop_map(move |text| Constraint::parse(&text, scheme).unwrap())
        };
        let version = text(scheme).prop_map(move |text| Version::parse(&text, scheme).unwrap());
        (constraint(), constraint(), version)
    })
}

fn hash(version: &Version) -> u64 {
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn versions_have_a_total_order([a, b, c] in versions()) {
        let order = a.compare(&b).unwrap();
        prop_assert_eq!(b.compare(&a).unwrap(), order.reverse());
        prop_assert_eq!(order.is_eq(), a == b);
        if order.is_le() && b <= c {
            prop_assert!(a <= c);
        }
    }

    #[test]
    fn equal_versions_hash_alike([a, b, _] in versions()) {
        prop_assert!(a != b || hash(&a) == hash(&b));
    }

    #[test]
    fn constraints_that_share_a_version_overlap((a, b, version) in constraints()) {
        // An rpm version without a release stands for all of its releases: what allows one and what
        // allows another need not share any.
        let one = a.scheme() != Scheme::Rpm || version.as_str().contains('-');
        let both = one && a.allows(&version).unwrap() && b.allows(&version).unwrap();
        prop_assert!(!both || a.overlaps(&b).unwrap() && contradiction(&[a, b]).unwrap().is_empty());
    }

    #[test]
    fn overlap_is_symmetric((a, b, _) in constraints()) {
        prop_assert_eq!(a.overlaps(&b).unwrap(), b.overlaps(&a).unwrap());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,12}", scheme in scheme()) {
        let _ = Version::parse(&text, scheme);
        let _ = Constraint::parse(&text, scheme);
        let _ = Nevra::parse(&text);
    }

    #[test]
    fn texts_like_constraints_are_read_or_refused(
        text in "[0-2a-cvx~^<>=!|., *+:-]{0,16}", scheme in scheme()
    ) {
        if let Err(error) = Constraint::parse(&text, scheme) {
            prop_assert!(error.to_string().contains("expected"), "{}", error);
        }
    }
}

#[test]
fn schemes_do_not_mix() {
    let rpm = Version::parse("1.0.0", Scheme::Rpm).unwrap();
    let semver = Version::parse("1.0.0", Scheme::Semver).unwrap();
    assert_ne!(rpm, semver);
    assert_eq!(rpm.partial_cmp(&semver), None);
    let error = rpm.compare(&semver).unwrap_err();
    assert_eq!(error.message(), "expected two versions of one scheme, but found rpm and semver");
    let constraint = Constraint::parse(">= 1", Scheme::Rpm).unwrap();
    assert!(constraint.allows(&semver).is_err());
    assert!(constraint.overlaps(&Constraint::parse(">=1", Scheme::Pep440).unwrap()).is_err());
}

#[test]
fn rpm_constraints_are_dependencies() {
    let overlaps = |a, b| {
        let parse = |text| Constraint::parse(text, Scheme::Rpm).unwrap();
        parse(a).overlaps(&parse(b)).unwrap()
    };
    assert!(overlaps("puppet >= 2.7.0", "puppet = 6.14.0-2.el8"));
    assert!(!overlaps("puppet >= 2.7.0", "hiera = 3.6.0-1.el8"));
    assert!(overlaps("puppet", "puppet = 6.14.0-2.el8"));
    assert!(!overlaps("facter < 1:4", "facter >= 1:4.0"));
    assert!(overlaps("facter >= 3.0", "facter = 1:2.0-1"));
    assert!(overlaps("a = 1.0", "a = 1.0-5") && !overlaps("a > 1.0", "a = 1.0-5"));
}

#[test]
fn constraint_errors_say_where_and_what_then() {
    let errors = [
        (Scheme::Rpm, "puppet => > 1"),
        (Scheme::Rpm, "puppet server >= 1"),
        (Scheme::Rpm, "puppet >="),
        (Scheme::Rpm, ""),
        (Scheme::Pep440, ">=1.2, 3.0"),
        (Scheme::Pep440, "~=3"),
        (Scheme::Pep440, ">=1.*"),
        (Scheme::Pep440, "==1.0rc1.*"),
        (Scheme::Pep440, "<2.0+local"),
        (Scheme::Pep440, ">=1.0 <2"),
        (Scheme::Semver, "^1.x.y"),
    ]
    .map(|(scheme, text)| Constraint::parse(text, scheme).unwrap_err().to_string());
    insta::assert_snapshot!(errors.join("\n"), @r"
    1:11: expected a version, but found `> 1`
      | puppet => > 1
      |           ^^^
    1:7: expected `<`, `<=`, `=`, `>=` or `>` after the package name, but found ` server >= 1`
      | puppet server >= 1
      |       ^^^^^^^^^^^^
    1:10: expected a version, but found nothing
      | puppet >=
      |          ^
    1:1: expected a package name or an operator, but found nothing
      | 
      | ^
      help: write `puppet >= 1:5.5`, or `>= 1:5.5`
    1:8: expected a specifier such as `>=1.2`, but found `3.0`
      | >=1.2, 3.0
      |        ^^^
      help: did you mean `==3.0`?
    1:3: expected two numbers or more, but found `3`
      | ~=3
      |   ^
      help: write `~=3.0`, or `>=3`
    1:3: expected a version without `.*`, but found `1.*`
      | >=1.*
      |   ^^^
      help: only `==` and `!=` take a wildcard
    1:3: expected only numbers before `.*`, but found `1.0rc1`
      | ==1.0rc1.*
      |   ^^^^^^
    1:2: expected a version without a local part, but found `2.0+local`
      | <2.0+local
      |  ^^^^^^^^^
      help: only `==` and `!=` take a local version
    1:6: expected the end of the version, but found ` <2`
      | >=1.0 <2
      |      ^^^
    1:1: expected a requirement such as `>=1.2, <2`, but found `^1.x.y`
      | ^1.x.y
      | ^^^^^^
      help: unexpected character after wildcard in version req
    ");
}
