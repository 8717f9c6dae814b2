//! The reference corpus: healthy logs stay without a diagnosis, nothing breaks, and the matcher with
//! its prefilter says what the exhaustive one says.

use std::fs;
use std::sync::OnceLock;

use ostack_core::context::Context;
use ostack_core::diagnosis;
use ostack_core::matcher::Matcher;
use ostack_core::report;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::{ids, log, reference};
use proptest::prelude::*;

fn cases() -> Option<Vec<serde_json::Value>> {
    let folder = reference("corpus")?;
    let mut cases = Vec::new();
    for file in ["failures.jsonl", "healthy.jsonl", "real_tools.jsonl"] {
        let text = fs::read_to_string(folder.join(file)).expect("a file of the corpus");
        cases.extend(text.lines().map(|line| serde_json::from_str(line).expect("a case a line")));
    }
    Some(cases)
}

/// What both matchers say, as JSON.
struct Both<'k> {
    rules: &'k KnowledgeBase,
    real: Matcher<'k>,
    exhaustive: Matcher<'k>,
}

impl<'k> Both<'k> {
    fn of(rules: &'k KnowledgeBase) -> Self {
        Self { rules, real: Matcher::new(rules), exhaustive: Matcher::exhaustive(rules) }
    }

    fn say(&self, text: &str) -> (String, String) {
        let context = Context::new();
        let with = |matcher| {
            diagnosis::diagnose_with(&log(text), &context, self.rules, ostack_core::CHECKS, matcher)
        };
        (report::json(&with(&self.real)), report::json(&with(&self.exhaustive)))
    }
}

/// The built-in rules, and the lines of all their tests.
fn built_in() -> &'static (KnowledgeBase, Vec<String>) {
    static BUILT_IN: OnceLock<(KnowledgeBase, Vec<String>)> = OnceLock::new();
    BUILT_IN.get_or_init(|| {
        let rules = KnowledgeBase::builtin();
        let logs =
            (0..rules.len()).flat_map(|index| rules.tests(index)).filter_map(|test| test.log);
        let lines =
            logs.flat_map(|log| log.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
        (rules, lines)
    })
}

fn both() -> &'static Both<'static> {
    static BOTH: OnceLock<Both<'static>> = OnceLock::new();
    BOTH.get_or_init(|| Both::of(&built_in().0))
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
    for case in &cases {
        let (real, slow) = both().say(case["log"].as_str().unwrap());
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
        let lines = &built_in().1;
        let mut text = String::new();
        for (pick, cut) in picks {
            let line = pick.get(lines);
            text.push_str(if cut < 20 { line.get(cut..).unwrap_or(line) } else { line });
            text.push('\n');
        }
        let (real, slow) = both().say(&text);
        prop_assert_eq!(real, slow);
    }
}
