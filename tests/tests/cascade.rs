//! Causes over symptoms, one diagnosis for one piece of evidence, and what recovered.

use ostack_core::context::Context;
use ostack_core::log::{Source, Sources};
use ostack_core::rule::{KnowledgeBase, parse};
use ostack_tests::{diagnose, ids};

fn rules(texts: &[String]) -> KnowledgeBase {
    let mut rules = KnowledgeBase::empty();
    for text in texts {
        let (rule, tests) = parse("rules/host", text).expect("a rule of a test");
        rules.add("rules/host", rule, tests).expect("an id of its own");
    }
    rules
}

fn rule(id: &str, head: &str, patterns: &str) -> String {
    format!(
        "format = 1\nid = \"{id}\"\ntitle = \"{id}\"\ncomponent = \"host\"\nseverity = \"error\"\n\
         cause = \"A test.\"\n{head}\n{patterns}"
    )
}

fn pattern(name: &str, regex: &str) -> String {
    format!("[[pattern]]\nname = \"{name}\"\nregex = '{regex}'\n")
}

#[test]
fn a_symptom_stands_under_its_cause() {
    let rules = rules(&[
        rule(
            "disk_full",
            "explains = [\"write_failed\"]",
            &pattern("p", "No space left on device"),
        ),
        rule("write_failed", "", &pattern("p", "cannot write the table")),
    ]);
    let report = diagnose("cannot write the table\nx\nNo space left on device\n", &rules);
    assert_eq!(ids(&report), ["disk_full"]);
    assert_eq!(report.diagnoses[0].symptoms[0].rule, "write_failed");
    assert_eq!(ids(&diagnose("cannot write the table\n", &rules)), ["write_failed"]);
}

#[test]
fn a_symptom_from_before_its_cause_is_none() {
    let rules = rules(&[
        rule("down", "explains = [\"refused\"]", &pattern("p", "node went down")),
        rule("refused", "", &pattern("p", "connection refused")),
    ]);
    let log = |first: &str, second: &str| {
        format!(
            "2026-01-01 {first}.000 1 ERROR a [-] connection refused\n\
             2026-01-01 {second}.000 1 ERROR b [-] node went down\n"
        )
    };
    assert_eq!(ids(&diagnose(log("10:00:00", "12:00:00"), &rules)).len(), 2);
    assert_eq!(ids(&diagnose(log("10:00:00", "10:00:02"), &rules)), ["down"]);
}

#[test]
fn the_symptom_of_a_symptom_needs_nothing_between() {
    let texts = |scope: &str| {
        let head = format!("explains = [{{ rule = \"no_answer\"{scope} }}]");
        [
            rule("disk_full", "explains = [\"down\"]", &pattern("p", "disk is full")),
            rule("down", &head, &pattern("p", "service is down")),
            rule("no_answer", "", &pattern("p", "no answer")),
        ]
    };
    let report = diagnose("disk is full\nno answer\n", &rules(&texts("")));
    assert_eq!(ids(&report), ["disk_full"]);
    assert_eq!(report.diagnoses[0].symptoms[0].rule, "no_answer");
    // What is between may show everywhere, so what it leads to may too.
    let log = "Nov 22 10:00:00 vm1 svc[1]: disk is full\nNov 22 10:00:01 vm2 svc[2]: no answer\n";
    assert_eq!(ids(&diagnose(log, &rules(&texts(", scope = \"host\"")))), ["disk_full"]);
    let all_on_host = texts(", scope = \"host\"")
        .map(|text| text.replace("[\"down\"]", "[{ rule = \"down\", scope = \"host\" }]"));
    assert_eq!(ids(&diagnose(log, &rules(&all_on_host))).len(), 2);
}

#[test]
fn a_cause_may_show_first_in_a_log_that_is_read_later() {
    let rules = rules(&[
        rule("down", "explains = [\"refused\"]", &pattern("p", "node went down")),
        rule("refused", "", &pattern("p", "connection refused")),
    ]);
    let line = |at: &str, what: &str| format!("2026-01-01 {at}.000 1 ERROR a [-] {what}\n");
    let logs = [
        line("10:30:00", "node went down"),
        line("10:00:00", "node went down"),
        line("10:10:00", "connection refused"),
    ];
    let mut sources = Sources::new();
    for (name, log) in ["a.log", "b.log", "c.log"].into_iter().zip(logs) {
        sources.push(Source::bytes(name, log));
    }
    assert_eq!(ids(&ostack_core::diagnose(&sources, &Context::new(), &rules)), ["down"]);
}

#[test]
fn alternatives_of_one_expression_share_a_capture_by_number() {
    let alternatives = pattern("p", "unit (?<unit>[a-z]+) failed|(?<unit2>[a-z]+) was ended");
    let text =
        rule("x", "", &alternatives).replace("title = \"x\"", "title = \"{{ unit }} is off\"");
    let rules = rules(&[text]);
    for log in ["unit httpd failed\n", "httpd was ended\n"] {
        let report = diagnose(log, &rules);
        assert_eq!(report.diagnoses[0].title, "httpd is off");
        assert_eq!(report.diagnoses[0].evidence[0].captures["unit"], "httpd");
    }
}

#[test]
fn a_window_ends() {
    let rules = rules(&[
        rule(
            "down",
            "explains = [{ rule = \"refused\", window = \"10m\" }]",
            &pattern("p", "node went down"),
        ),
        rule("refused", "", &pattern("p", "connection refused")),
    ]);
    let log = |at: &str| {
        format!(
            "2026-01-01 10:00:00.000 1 ERROR b [-] node went down\n\
             2026-01-01 {at}.000 1 ERROR a [-] connection refused\n"
        )
    };
    assert_eq!(ids(&diagnose(log("10:09:00"), &rules)), ["down"]);
    assert_eq!(ids(&diagnose(log("11:00:00"), &rules)).len(), 2);
}

#[test]
fn another_host_has_another_cause() {
    let rules = rules(&[
        rule(
            "down",
            "explains = [{ rule = \"refused\", scope = \"host\" }]",
            &pattern("p", "node went down"),
        ),
        rule("refused", "", &pattern("p", "connection refused")),
    ]);
    let log = |host: &str| {
        format!(
            "Nov 22 10:00:00 vm1 svc[1]: node went down\nNov 22 10:00:01 {host} svc[2]: connection refused\n"
        )
    };
    assert_eq!(ids(&diagnose(log("vm1"), &rules)), ["down"]);
    assert_eq!(ids(&diagnose(log("vm2"), &rules)).len(), 2);
}

#[test]
fn one_line_is_one_diagnosis_with_alternatives() {
    let rules = rules(&[
        rule("short", "", &pattern("p", "refused")),
        rule("long", "", &pattern("p", "connection to the broker was refused")),
    ]);
    let report = diagnose("connection to the broker was refused\n", &rules);
    assert_eq!(ids(&report), ["long"]);
    assert_eq!(report.diagnoses[0].alternatives[0].rule, "short");
}

#[test]
fn what_recovered_is_no_finding_and_not_unexplained() {
    let head = "[match]\nall = [\"lost\"]\nnone = [\"found\"]";
    let patterns = format!(
        "{}{}within = {{ of = \"lost\", records = 10, side = \"after\" }}\n",
        pattern("lost", "broker is lost"),
        pattern("found", "broker is found")
    );
    let rules = rules(&[rule("lost", head, &patterns)]);
    let lost = "2026-01-01 10:00:00.000 1 ERROR a [-] broker is lost\n";
    let found = "2026-01-01 10:00:05.000 1 INFO a [-] broker is found\n";
    assert!(diagnose(format!("{lost}{found}"), &rules).is_empty());
    assert_eq!(ids(&diagnose(format!("{found}{lost}"), &rules)), ["lost"]);
    assert_eq!(ids(&diagnose(format!("{lost}{found}{lost}"), &rules)), ["lost"]);
}

#[test]
fn a_run_that_succeeded_has_no_finding() {
    let rules = rules(&[rule("metadata", "", &pattern("p", "Failed to download metadata"))]);
    let error = "Error: Failed to download metadata for repo 'epel'\n";
    let success = " **** Installation completed successfully ******\n";
    assert!(diagnose(format!("{error}{success}"), &rules).diagnoses.is_empty());
    assert_eq!(ids(&diagnose(error, &rules)), ["metadata"]);
}

#[test]
fn skipped_resources_are_counted_once() {
    let rules = rules(&[rule("failed", "", &pattern("p", "Could not start Service"))]);
    let log = "Error: Could not start Service[httpd]: x\n\
               Notice: /Stage[main]/A/Exec[a]: Dependency Service[httpd] has failures: true\n\
               Warning: /Stage[main]/A/Exec[a]: Skipping because of failed dependencies\n\
               Warning: /Stage[main]/A/Exec[b]: Skipping because of failed dependencies\n";
    let report = diagnose(log, &rules);
    assert_eq!(report.diagnoses[0].skipped_resources, Some(2));
    assert!(report.unexplained.is_empty());
}

#[test]
fn unexplained_errors_are_grouped() {
    let line = |n| format!("2026-01-01 10:00:0{n}.000 1 ERROR a [-] no route to 192.0.2.{n}\n");
    let log: Vec<String> = (1..=3).map(line).collect();
    let log = log.concat();
    let report = diagnose(log, &KnowledgeBase::empty());
    assert!(report.diagnoses.is_empty());
    assert_eq!(report.unexplained.len(), 1);
    let group = &report.unexplained[0];
    assert_eq!((group.count, group.first.line, group.last.line), (3, 1, 3));
    assert_eq!(group.template, "no route to <*>");
    assert!(group.nearest.is_empty());
}

#[test]
fn what_packstack_passes_over_is_a_suspect_when_something_needs_it() {
    let rules = rules(&[
        rule(
            "repo_down",
            "explains = [\"package_missing\"]",
            &pattern("p", "Failed to download metadata for repo"),
        ),
        rule("package_missing", "", &pattern("p", "Unable to find a match")),
        rule("other", "", &pattern("p", "the flux is low")),
    ]);
    let ignored = "Error: Failed to download metadata for repo 'x'\n";
    let needed = diagnose(format!("{ignored}Error: Unable to find a match: nova\n"), &rules);
    assert_eq!(ids(&needed), ["repo_down"]);
    assert_eq!(needed.diagnoses[0].symptoms[0].rule, "package_missing");
    let unrelated = diagnose(format!("{ignored}Error: the flux is low\n"), &rules);
    assert_eq!(ids(&unrelated), ["other", "repo_down"]);
}

#[test]
fn near_a_pattern_that_did_not_match_is_not_near() {
    let head = "[match]\nany = [\"start\", \"reason\"]";
    let patterns = format!(
        "{}{}within = {{ of = \"start\", records = 3 }}\n",
        pattern("start", "could not start"),
        pattern("reason", "out of memory")
    );
    let rules = rules(&[rule("x", head, &patterns)]);
    assert!(diagnose("out of memory\n", &rules).diagnoses.is_empty());
    assert_eq!(ids(&diagnose("could not start\nout of memory\n", &rules)), ["x"]);
}

#[test]
fn circles_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let texts = [
        rule("a", "explains = [\"b\"]", &pattern("p", "aaaa")),
        rule("b", "explains = [\"c\"]", &pattern("p", "bbbb")),
        rule("c", "explains = [\"a\"]", &pattern("p", "cccc")),
    ];
    for (name, text) in ["a", "b", "c"].into_iter().zip(texts) {
        std::fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
    }
    let errors = KnowledgeBase::empty().load(folder.path()).unwrap_err();
    assert_eq!(errors[0].message(), "a → b → c → a: each explains the next, in a circle");
}
