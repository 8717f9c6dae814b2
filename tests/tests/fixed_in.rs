//! A rule that knows which package carries the fix: not installed, installed and it still happens,
//! or not known.

use ostack_core::context::Context;
use ostack_core::finding::Finding;
use ostack_core::report::{self, Style};
use ostack_core::rule::{KnowledgeBase, parse};
use ostack_tests::log;

const RULE: &str = r#"format = 1
id = "flux_low"
title = "The flux is low"
component = "host"
severity = "error"
fixed_in = ["flux-2.13-3.el8", "flux-2.11-9.el7"]
cause = "A test."
[[pattern]]
name = "p"
regex = 'flux is low'
"#;

fn found(packages: Option<&str>) -> (Finding, String) {
    let mut rules = KnowledgeBase::empty();
    let (rule, tests) = parse("flux_low.toml", RULE).expect("a rule");
    rules.add("flux_low.toml", rule, tests).expect("an id of its own");
    let mut context = Context::new();
    if let Some(packages) = packages {
        context = context.packages_text("rpm-qa.txt", packages).expect("a list");
    }
    let report = ostack_core::diagnose(&log("the flux is low\n"), &context, &rules);
    let text = report::text(&report, &Style::default());
    (report.diagnoses.into_iter().next().expect("a finding"), text)
}

#[test]
fn where_the_fix_is_installed_and_it_still_happens_the_report_says_so() {
    let (unknown, _) = found(None);
    for packages in
        ["flux-2.13-3.el8.x86_64\n", "flux-1:2.14-1.el8.x86_64\n", "flux-2.11-9.el7.x86_64\n"]
    {
        let (finding, text) = found(Some(packages));
        assert!(finding.confidence < unknown.confidence - 0.2, "{packages}");
        let reason =
            finding.reasons.iter().find(|reason| reason.contains("still happens")).unwrap();
        assert!(reason.contains("rpm-qa.txt:1") && reason.contains("please report it"), "{reason}");
        assert!(text.contains("(the fix is installed, and it still happens)"), "{text}");
    }
}

#[test]
fn where_the_fix_is_not_installed_the_rule_is_surer() {
    let (unknown, _) = found(None);
    for packages in
        ["flux-2.13-2.el8.x86_64\n", "flux-0:2.13-2.el8.x86_64\n", "flux-2.11-8.el7.x86_64\n"]
    {
        let (finding, text) = found(Some(packages));
        assert!(finding.confidence > unknown.confidence, "{packages}");
        assert!(
            finding.reasons.iter().any(|reason| reason.contains("the fix is in flux-2.13-3.el8"))
        );
        assert!(!text.contains("still happens"), "{text}");
    }
}

#[test]
fn where_it_is_not_known_nothing_is_said() {
    let (unknown, _) = found(None);
    assert!(!unknown.reasons.iter().any(|reason| reason.contains("fix")));
    // Not in the list, and built for an EL that no package of the rule is for.
    for packages in ["bash-4.4.20-1.el8.x86_64\n", "flux-3.0-1.el9.x86_64\n"] {
        let (finding, _) = found(Some(packages));
        assert_eq!(
            (finding.confidence, &finding.reasons),
            (unknown.confidence, &unknown.reasons),
            "{packages}"
        );
    }
}
