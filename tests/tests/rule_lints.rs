//! The linter of rules: each lint finds what it is for, at its place, and can be switched off.

use std::collections::BTreeSet;
use std::fs;

use ostack_core::authoring::{self, LINTS, Level, Problem};
use ostack_core::rule::{KnowledgeBase, parse};
use ostack_tests::path;

/// A rule in which no lint finds anything.
const GOOD: &str = r#"format = 1
id = "x"
title = "The broker on {{ host }} has no room for messages"
component = "host"
severity = "error"
os = ["centos-8"]
releases = ["train..victoria"]
fixed_in = ["flux-2.0-1.el8"]
cause = "The broker stops to read when its disk is full, so that services wait for an answer and time out."
references = ["https://example.org/flux"]
explains = ["y"]
[match]
all = ["p"]
[[pattern]]
name = "p"
regex = 'flux of (?<host>[\w.-]+) is low'
[when]
package = ["flux >= 1.0"]
answer = { CONFIG_AMQP_BACKEND = "rabbitmq" }
[[fix]]
title = "Make room"
[[fix.step]]
run = "dnf install flux-tools"
risk = "disruptive"
[fix.when]
os = ["centos-8"]
[[fix]]
title = "Begin anew"
[[fix.step]]
run = "rm -rf /var/lib/flux/{{ host }}"
risk = "destructive"
[[fix.step]]
note = "Look at the queues."
[verify]
run = "flux status"
expect = "high"
[[test]]
origin = "printed by flux 1.2"
log = 'the flux of vm1 is low'
captures = { host = "vm1" }
[[test]]
log = 'the flux of vm1 is high'
silent = true
"#;

const OTHER: &str = r#"format = 1
id = "y"
title = "Nothing moves"
component = "host"
severity = "error"
cause = "Nothing moves because the flux is low, and where it is low everything waits for it."
references = ["https://example.org/flux"]
[[pattern]]
name = "p"
regex = 'nothing moves'
[[fix]]
title = "Wait"
[[fix.step]]
note = "It passes."
[[test]]
origin = "printed by flux 1.2"
log = 'nothing moves'
[[test]]
log = 'nothing moved'
silent = true
"#;

type Change<'c> = &'c dyn Fn(&str) -> String;

/// What is found in `GOOD` after a change, in `folder` below a folder of rules.
fn found(folder: &str, change: impl Fn(&str) -> String) -> Vec<Problem> {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join(folder);
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("x.toml"), change(GOOD)).expect("a file");
    fs::write(folder.join("y.toml"), OTHER).expect("a file");
    let mut rules = KnowledgeBase::empty();
    rules.load(root.path()).expect("two rules");
    authoring::check(&rules, &ostack_core::checks())
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code).collect()
}

/// A lint, and a change that it finds something in.
const CHANGES: [(&str, &str, &str); 37] = [
    ("bad-constraint", "\"flux >= 1.0\"", "\"flux >= \""),
    ("bad-constraint", "flux-2.0-1.el8", "flux"),
    ("bad-pattern", "name = \"p\"\nregex", "name = \"p\"\nrecord = \"gossip\"\nregex"),
    ("bare-http", "\"https://", "\"http://"),
    (
        "destructive-first",
        "run = \"dnf install flux-tools\"\nrisk = \"disruptive\"",
        "run = \"mkfs /dev/vdb\"\nrisk = \"destructive\"\n[[fix]]\ntitle = \"Wait\"\n[[fix.step]]\nnote = \"Wait.\"",
    ),
    ("far-miss", "log = 'the flux of vm1 is high'", "log = 'all is well'"),
    ("fix-never-fits", "[fix.when]\nos = [\"centos-8\"]", "[fix.when]\nos = [\"fedora-33\"]"),
    ("fix-never-fits", "[fix.when]\nos = [\"centos-8\"]", "[fix.when]\nreleases = [\"..queens\"]"),
    ("foreign-command", "\"dnf install", "\"yum install"),
    (
        "long-title",
        "has no room",
        "has no room and no place and no space and nowhere at all to put what is sent to it by services or by people",
    ),
    ("never-true", "[\"flux >= 1.0\"]", "[\"flux >= 2.0\", \"flux < 1.5\"]"),
    ("never-true", "BACKEND = \"rabbitmq\"", "BACKEND = \"rabitmq\""),
    ("never-true", "[when]", "[when]\nos = [\"el-9\"]"),
    ("never-true", "[when]", "[when]\nrelease = [\"juno\"]"),
    ("no-firing-test", "captures = { host = \"vm1\" }", "silent = true"),
    ("no-origin", "origin = \"printed by flux 1.2\"\n", ""),
    ("no-reference", "[\"https://example.org/flux\"]", "[]"),
    (
        "no-silent-test",
        "log = 'the flux of vm1 is high'\nsilent = true",
        "log = 'the flux of vm1 is low'",
    ),
    ("no-verify", "[verify]\nrun = \"flux status\"\nexpect = \"high\"\n", ""),
    ("password-in-command", "flux status", "flux status --password=Secret1"),
    ("password-in-command", "flux status", "mysql -u root -pSecret1"),
    ("protection-off-first", "dnf install flux-tools", "setenforce 0"),
    ("protection-off-first", "dnf install flux-tools", "systemctl disable --now firewalld"),
    ("public-address", "log = 'the flux of vm1 is low'", "log = '8.8.8.8: the flux of vm1 is low'"),
    (
        "short-cause",
        "cause = \"The broker stops to read when its disk is full, so that services wait for an answer and time out.\"",
        "cause = \"It is full.\"",
    ),
    ("title-stop", "for messages\"", "for messages.\""),
    ("todo", "note = \"Look at the queues.\"", "note = \"TODO\""),
    (
        "understated-risk",
        "rm -rf /var/lib/flux/{{ host }}\"\nrisk = \"destructive\"",
        "rm -rf /var/lib/flux/{{ host }}\"\nrisk = \"safe\"",
    ),
    ("unknown-component", "component = \"host\"", "component = \"hosts\""),
    ("unknown-lint", "[match]", "allow = [{ lint = \"no-verifi\", reason = \"a test\" }]\n[match]"),
    ("unknown-os", "os = [\"centos-8\"]\nreleases", "os = [\"centos-8\", \"beos-5\"]\nreleases"),
    ("unknown-parameter", "CONFIG_AMQP_BACKEND", "CONFIG_AMPQ_BACKEND"),
    ("unknown-release", "train..victoria", "train..victora"),
    ("unknown-symptom", "explains = [\"y\"]", "explains = [\"z\"]"),
    ("untested-capture", "captures = { host = \"vm1\" }\n", ""),
    ("unused-allow", "[match]", "allow = [{ lint = \"no-verify\", reason = \"a test\" }]\n[match]"),
    ("wrong-folder", "component = \"host\"", "component = \"nova\""),
];

#[test]
fn a_good_rule_has_no_problem() {
    assert_eq!(codes(&found("host", str::to_owned)), [""; 0]);
}

#[test]
fn each_lint_finds_what_it_is_for() {
    let mut seen = BTreeSet::new();
    for (code, from, to) in CHANGES {
        assert!(GOOD.contains(from), "{code}: {from}");
        let problems = found("host", |text| text.replacen(from, to, 1));
        let problem = problems.iter().find(|problem| problem.code == code);
        let problem = problem.unwrap_or_else(|| panic!("{code}: {problems:#?}"));
        assert!(problem.line.is_some_and(|line| line > 1), "{problem:#?}");
        seen.insert(code);
    }
    let fixes = |text: &str| {
        let (head, _) = text.split_once("[[fix]]").unwrap();
        let (_, tests) = text.split_once("[[test]]").unwrap();
        format!("{head}[[test]]{tests}")
    };
    let cause = |text: &str| text.replace("and time out.", &"and time out. ".repeat(120));
    let again = |text: &str| {
        let last = "run = \"packstack --answer-file=<the file of this run>\"";
        text.replace("note = \"Look at the queues.\"", last)
            .replace("the flux of", "packstack: the flux of")
    };
    let check = |text: &str| text.replace("[match]", "computed = \"no_such_check\"\n[match]");
    let same = |text: &str| {
        let text = text.replace("'flux of (?<host>[\\w.-]+) is low'", "'nothing moves'");
        let text = text.replace("{{ host }}", "h").replace("os = [\"centos-8\"]\n", "");
        let (head, rest) = text.split_once("[when]").unwrap();
        let (_, rest) = rest.split_once("[[fix]]").unwrap();
        format!("{head}[[fix]]{rest}").replace("releases = [\"train..victoria\"]\n", "")
    };
    let echo = |text: &str| {
        let regex = "the flux of vm1 (?:is low|has no room for messages|broker)";
        text.replace("flux of (?<host>[\\w.-]+) is low", regex).replace("{{ host }}", "vm1")
    };
    let others: [(&str, Change<'_>); 5] = [
        ("echoing-title", &echo),
        ("no-fix", &fixes),
        ("long-cause", &cause),
        ("repeats-again", &again),
        ("unknown-check", &check),
    ];
    for (code, change) in others {
        assert!(codes(&found("host", change)).contains(&code), "{code}");
        seen.insert(code);
    }
    // The second of two rules alike is the one that is named.
    let same = found("host", same);
    let same = same.iter().find(|p| p.code == "duplicate-pattern").unwrap();
    assert_eq!(
        (same.rule.as_str(), same.message.as_str()),
        ("y", "`x` has these patterns already")
    );
    seen.insert("duplicate-pattern");
    // A folder with a circle is not loaded.
    let mut rules = KnowledgeBase::empty();
    let back = OTHER.replace("[[pattern]]", "explains = [\"x\"]\n[[pattern]]");
    for text in [GOOD, &back] {
        let (rule, tests) = parse("rule", text).unwrap();
        rules.add("rule", rule, tests).unwrap();
    }
    assert!(codes(&authoring::check(&rules, &ostack_core::checks())).contains(&"cycle"));
    seen.insert("cycle");
    let all: BTreeSet<&str> = LINTS.iter().map(|lint| lint.code).collect();
    assert_eq!(seen, all);
}

#[test]
fn a_rule_switches_a_lint_off_with_a_reason() {
    let bare = |text: &str| text.replace("\"https://", "\"http://");
    assert_eq!(codes(&found("host", bare)), ["bare-http"]);
    let allowed = |text: &str| {
        let allow = "allow = [{ lint = \"bare-http\", reason = \"the site has no TLS\" }]\n[match]";
        bare(text).replace("[match]", allow)
    };
    assert_eq!(codes(&found("host", allowed)), [""; 0]);
    let without = allowed(GOOD).replace(", reason = \"the site has no TLS\"", "");
    let error = ostack_core::rule::parse("x.toml", &without).unwrap_err();
    assert_eq!(error.message(), "missing field `reason`");
}

#[test]
fn problems_are_shown_where_they_stand() {
    let root = tempfile::tempdir().unwrap();
    let text = GOOD
        .replace("dnf install", "yum install")
        .replace("CONFIG_AMQP_BACKEND", "CONFIG_AMPQ_BACKEND")
        .replace("[\"y\"]", "[]");
    fs::write(root.path().join("x.toml"), text).unwrap();
    let mut rules = KnowledgeBase::empty();
    rules.load(root.path()).unwrap();
    let problems = authoring::check(&rules, &ostack_core::checks());
    let folder = format!("{}/", root.path().display());
    insta::assert_snapshot!(authoring::text(&problems, false).replace(&folder, ""));
}

#[test]
fn the_guide_has_the_table_of_lints() {
    let guide = fs::read_to_string(path("../ostack-core/rules/README.md")).unwrap();
    let table = authoring::lints_table();
    assert!(guide.contains(&table), "`ostack-cli rules check --list` prints it:\n{table}");
    for component in authoring::COMPONENTS {
        assert!(path("../ostack-core/rules").join(component).is_dir(), "{component}");
    }
}

/// What the built-in rules still lack, so that it does not grow.
#[test]
fn every_built_in_rule_is_well_written() {
    let mut rules = KnowledgeBase::empty();
    rules.load(&path("../ostack-core/rules")).unwrap();
    let problems = authoring::check(&rules, &ostack_core::checks());
    let errors: Vec<_> = problems.iter().filter(|p| p.level == Level::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let (unverified, others): (Vec<_>, Vec<_>) =
        problems.iter().partition(|problem| problem.code == "no-verify");
    assert!(unverified.len() <= 4, "{} rules have no [verify]", unverified.len());
    assert!(others.is_empty(), "{others:#?}");
}
