//! What is said of a rule file that is not valid: where, what was expected, and what to do.

use ostack_core::rule::parse;

const GOOD: &str = r#"format = 1
id = "x"
title = "The flux is low"
component = "host"
severity = "error"
cause = "A test."
[[pattern]]
name = "p"
regex = 'flux (?<what>.+) low'
[[fix]]
title = "Raise it"
[[fix.step]]
run = "flux --raise"
"#;

fn error(from: &str, to: &str) -> String {
    let text = GOOD.replace(from, to);
    assert_ne!(text, GOOD);
    parse("x.toml", &text).unwrap_err().to_string()
}

#[test]
fn the_good_one_is_good() {
    assert_eq!(parse("rules/host/x.toml", GOOD).unwrap().0.id, "x");
}

#[test]
fn errors_name_the_place() {
    insta::assert_snapshot!(error("format = 1", "format = 2"), @"");
    insta::assert_snapshot!(error("id = \"x\"", "id = \"y\""), @"");
    insta::assert_snapshot!(error("severity = \"error\"", "severity = \"fatal\""), @"");
    insta::assert_snapshot!(error("title = \"The", "titel = \"The"), @"");
    insta::assert_snapshot!(error("flux (?<what>.+) low", "flux (?<what>.+ low"), @"");
    insta::assert_snapshot!(error("flux (?<what>.+) low", r"\w+ \d+"), @"");
    insta::assert_snapshot!(error("flux --raise", "flux --raise {{ what }}"), @"");
    insta::assert_snapshot!(error("flux --raise", "flux --raise {{ waht }}"), @"");
    insta::assert_snapshot!(error("[[pattern]]", "explains = [\"x\"]\n[[pattern]]"), @"");
    insta::assert_snapshot!(error("[[pattern]]", "[match]\nall = [\"q\"]\n[[pattern]]"), @"");
    insta::assert_snapshot!(error("run = \"flux --raise\"", "risk = \"safe\""), @"");
}
