//! The reference corpus: healthy logs stay without a diagnosis, nothing breaks, and the matcher with
//! its prefilter says what the exhaustive one says.

use std::fs;

use ostack_core::context::Context;
use ostack_core::diagnosis;
use ostack_core::report;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::{ids, log, reference};
use proptest::prelude::*;

fn cases() -> Option<Vec<serde_json::Value>> {
    let folder = reference("corpus")?;
    let mut cases = Vec::new();
    for file in ["failures.jsonl", "healthy.jsonl", "real_tools.jsonl"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        cases.extend(text.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    Some(cases)
}

fn both(text: &str, rules: &KnowledgeBase) -> (String, String) {
    let context = Context::new();
    let real = ostack_core::diagnose(&log(text), &context, rules);
    let slow = diagnosis::diagnose_exhaustively(&log(text), &context, rules, ostack_core::CHECKS);
    (report::json(&real), report::json(&slow))
}

#[test]
fn healthy_logs_get_no_diagnosis() {
    let Some(cases) = cases() else { return };
    let rules = KnowledgeBase::builtin();
    for case in cases.iter().filter(|case| case["label"] == "healthy") {
        let report =
            ostack_core::diagnose(&log(case["log"].as_str().unwrap()), &Context::new(), &rules);
        assert!(report.diagnoses.is_empty(), "{}: {:?}", case["id"], ids(&report));
    }
}

#[test]
fn the_prefilter_loses_nothing_on_the_corpus() {
    let Some(cases) = cases() else { return };
    let rules = KnowledgeBase::builtin();
    for case in &cases {
        let (real, slow) = both(case["log"].as_str().unwrap(), &rules);
        assert_eq!(real, slow, "{}", case["id"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Logs put together from the lines of all rules' tests, some of them cut.
    #[test]
    fn the_prefilter_loses_nothing_on_generated_logs(
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..200), 1..30),
    ) {
        let rules = KnowledgeBase::builtin();
        let mut lines: Vec<String> = Vec::new();
        for index in 0..rules.len() {
            let logs = rules.tests(index).into_iter().filter_map(|test| test.log);
            lines.extend(logs.flat_map(|log| log.lines().map(str::to_owned).collect::<Vec<_>>()));
        }
        let mut text = String::new();
        for (pick, cut) in picks {
            let line = pick.get(&lines);
            text.push_str(if cut < 20 { line.get(cut..).unwrap_or(line) } else { line });
            text.push('\n');
        }
        let (real, slow) = both(&text, &rules);
        prop_assert_eq!(real, slow);
    }
}
