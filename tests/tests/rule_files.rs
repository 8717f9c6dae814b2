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
    parse("x.toml", &text).expect_err("the file is not valid").to_string()
}

#[test]
fn the_good_one_is_good() {
    assert_eq!(parse("rules/host/x.toml", GOOD).unwrap().0.id, "x");
}

#[test]
fn errors_name_the_place() {
    insta::assert_snapshot!(error("format = 1", "format = 2"), @"
    x.toml:1:10: expected format 1, but found 2
      | format = 2
      |          ^
    ");
    insta::assert_snapshot!(error("id = \"x\"", "id = \"y\""), @r#"
    x.toml:2:6: expected the file's stem `x`, but found `y`
      | id = "y"
      |      ^^^
    "#);
    insta::assert_snapshot!(error("severity = \"error\"", "severity = \"fatal\""), @r#"
    x.toml:5:12: unknown variant `fatal`, expected one of `info`, `warning`, `error`
      | severity = "fatal"
      |            ^^^^^^^
    "#);
    insta::assert_snapshot!(error("title = \"The", "titel = \"The"), @r#"
    x.toml:3:1: unknown field `titel`, expected one of `format`, `id`, `title`, `component`, `severity`, `status`, `releases`, `os`, `fixed_in`, `cause`, `explains`, `references`, `false_positives`, `allow`, `overrides`, `computed`, `match`, `pattern`, `when`, `check`, `fix`, `verify`, `again`, `test`
      | titel = "The flux is low"
      | ^^^^^
      help: did you mean `title`?
    "#);
    insta::assert_snapshot!(error("flux (?<what>.+) low", "flux (?<what>.+ low"), @"
    x.toml:9:9: expected a regular expression, but unclosed group
      | regex = 'flux (?<what>.+ low'
      |         ^^^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(error("flux (?<what>.+) low", r"\w+ \d+"), @r"
    x.toml:9:9: expected a literal of 4 bytes or more that every match contains, but found none
      | regex = '\w+ \d+'
      |         ^^^^^^^^^
    ");
    insta::assert_snapshot!(error("regex = ", "record = \"oslo\"\nfield = \"level\"\nregex = "), @"
    x.toml:11:9: expected an `anchor` too, but found none
      | regex = 'flux (?<what>.+) low'
      |         ^^^^^^^^^^^^^^^^^^^^^^
      help: this field holds a word of ostack's, not of the log: name a literal of 4 bytes or more that every such record contains
    ");
    insta::assert_snapshot!(error("flux --raise", "flux --raise {{ what }}"), @r#"
    x.toml:13:7: expected a capture that is safe in a command or a file, but the pattern of `what` matches more than [\w.+:@%/=-]
      | run = "flux --raise {{ what }}"
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(error("flux --raise", "flux --raise {{ waht }}"), @r#"
    x.toml:13:7: expected the name of a capture, but found `waht`
      | run = "flux --raise {{ waht }}"
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^
      help: did you mean `what`?
    "#);
    insta::assert_snapshot!(error("[[pattern]]", "explains = [\"x\"]\n[[pattern]]"), @r#"
    x.toml:7:13: expected another rule, but a rule cannot explain itself
      | explains = ["x"]
      |             ^^^
    "#);
    insta::assert_snapshot!(error("[[pattern]]", "[match]\nall = [\"q\"]\n[[pattern]]"), @r#"
    x.toml:8:8: expected the name of a [[pattern]], but found `q`
      | all = ["q"]
      |        ^^^
      help: did you mean `p`?
    "#);
    insta::assert_snapshot!(error("run = \"flux --raise\"", "risk = \"safe\""), @"
    x.toml:12:1: expected exactly one of `run`, `set`, `edit` and `note` in a step
      | [[fix.step]]
      | ^^^^^^^^^^^^
    ");
}
