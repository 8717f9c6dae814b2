//! How patterns of one rule find one another in a long log.

use ostack_core::context::Context;
use ostack_core::diagnosis;
use ostack_core::matcher::Matcher;
use ostack_core::report;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::{diagnose, ids, log};

const RULE: &str = r#"
format = 1
id = "x"
title = "the capacitor of {{ unit }} is cold"
component = "host"
severity = "error"
cause = "A test."
[match]
all = ["cold", "unit"]
none = ["warm"]
[[pattern]]
name = "cold"
regex = 'capacitor\s+is\s+cold'
[[pattern]]
name = "unit"
regex = 'unit (?<unit>\w+) speaks'
within = { of = "cold", records = 3, side = "before" }
[[pattern]]
name = "warm"
regex = 'it is warm again'
within = { of = "cold", records = 2, side = "after" }
"#;

fn rules() -> KnowledgeBase {
    let (rule, tests) = ostack_core::rule::parse("x.toml", RULE).expect("a rule");
    let mut rules = KnowledgeBase::empty();
    rules.add("x.toml", rule, tests).expect("a new id");
    rules
}

/// Lines that match the pattern that accompanies the other, far more than are kept of one pattern and
/// than one block holds.
fn usual(lines: usize) -> String {
    let line = |n| ["unit u", n, " speaks of nothing that matters here at all\n"].concat();
    let numbers: Vec<String> = (0..lines).map(|n| n.to_string()).collect();
    numbers.iter().map(|n| line(n)).collect()
}

#[test]
fn a_match_may_span_the_lines_of_an_unended_record() {
    let report = diagnose(usual(10) + "the capacitor\n is cold", &rules());
    assert_eq!(report.diagnoses[0].title, "the capacitor of u9 is cold");
}

#[test]
fn what_accompanies_a_match_is_found_however_often_it_stands_elsewhere() {
    let text = usual(5000) + "the capacitor\n  is  cold\n" + &usual(5000);
    let report = diagnose(text.clone(), &rules());
    assert_eq!(report.diagnoses[0].title, "the capacitor of u4999 is cold");
    let rules = rules();
    let slow = diagnosis::diagnose_with(
        &log(text),
        &Context::new(),
        &rules,
        ostack_core::CHECKS,
        &Matcher::exhaustive(&rules),
    );
    assert_eq!(report::json(&report), report::json(&slow));
}

#[test]
fn what_must_not_follow_is_looked_for_after_the_match_only() {
    let cold = usual(3000) + "the capacitor is cold\n";
    let at_once = cold.clone() + "nothing\nit is warm again\n";
    let later = "it is warm again\n".to_owned() + &cold + "nothing\nnothing\nit is warm again\n";
    assert!(ids(&diagnose(at_once, &rules())).is_empty());
    assert_eq!(ids(&diagnose(later, &rules())), ["x"]);
}
