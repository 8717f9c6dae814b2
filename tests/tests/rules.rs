//! Every built-in rule: well written, tested, and on good terms with all others.

use std::fmt::Write;

use ostack_core::authoring;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::{diagnose, ids, path};

#[test]
fn every_rule_passes_its_tests() {
    let tested = authoring::test(&KnowledgeBase::builtin(), &ostack_core::checks()).unwrap();
    assert!(tested.len() >= 100);
    let failures: Vec<_> = tested.iter().filter(|rule| !rule.failures.is_empty()).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Each rule's firing logs against all rules: where another rule comes first, or stands beside it
/// as a diagnosis of its own, the snapshot says so.
#[test]
fn overlaps_are_known() {
    let rules = KnowledgeBase::builtin();
    let mut overlaps = String::new();
    for rule in rules.rules() {
        let index = rules.find(&rule.id).unwrap();
        let tests = rules.tests(index).into_iter().enumerate();
        for (number, test) in tests.filter(|(_, test)| !test.silent) {
            let (sources, context) = authoring::setting(&test).unwrap();
            let report = ostack_core::diagnose(&sources, &context, &rules);
            if ids(&report) != [rule.id.as_str()] {
                let others = ids(&report).join(", ");
                writeln!(overlaps, "{} test {}: {others}", rule.id, number + 1).unwrap();
            }
        }
    }
    insta::assert_snapshot!(overlaps);
}

#[test]
fn healthy_logs_get_no_diagnosis() {
    let rules = KnowledgeBase::builtin();
    let mut read = 0;
    for entry in std::fs::read_dir(path("logs/healthy")).unwrap() {
        let path = entry.unwrap().path();
        let report = diagnose(std::fs::read(&path).unwrap(), &rules);
        assert!(report.diagnoses.is_empty(), "{}: {:?}", path.display(), ids(&report));
        read += 1;
    }
    assert!(read >= 5);
}

#[test]
fn the_table_of_what_the_rules_cover_is_up_to_date() {
    let committed = std::fs::read_to_string(path("../ostack-core/rules/COVERAGE.md")).unwrap();
    let generated = authoring::coverage(&KnowledgeBase::builtin()).unwrap();
    assert!(committed == generated, "`ostack-cli rules coverage` prints it:\n{generated}");
}

#[test]
fn every_rule_has_a_page() {
    let rules = KnowledgeBase::builtin();
    let index = authoring::index(&rules);
    for at in rules.indices() {
        let (head, page) = (rules.head(at), authoring::reference(&rules, at).unwrap());
        assert!(page.starts_with("# ") && page.contains("\n## Fix: "), "{page}");
        assert!(
            !page.contains("{{") || rules.rule(at).patterns.iter().any(|p| p.regex.contains("{{")),
            "{page}"
        );
        assert!(index.contains(&format!("({}/{}.md)", head.component, head.id)));
    }
    let cookie = rules.find("messaging_rabbitmq_cookie").unwrap();
    insta::assert_snapshot!(authoring::reference(&rules, cookie).unwrap());
}
