//! However many threads read, the report is the same.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write;
use std::fs;
use std::sync::OnceLock;

use ostack_core::context::Context;
use ostack_core::diagnosis;
use ostack_core::log::{Source, Sources};
use ostack_core::matcher::Matcher;
use ostack_core::report;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::reference;
use proptest::prelude::*;

/// So much text is worth several threads.
const LONG: usize = 3 << 20;

/// What so many threads say of logs, as JSON.
fn say<'l>(threads: usize, logs: impl IntoIterator<Item = (&'l str, &'l [u8])>) -> String {
    static RULES: OnceLock<KnowledgeBase> = OnceLock::new();
    static MATCHER: OnceLock<Matcher<'static>> = OnceLock::new();
    let rules = RULES.get_or_init(KnowledgeBase::builtin);
    let matcher = MATCHER.get_or_init(|| Matcher::new(rules));
    let mut sources = Sources::new().threads(threads);
    for (name, log) in logs {
        sources.push(Source::bytes(name, log));
    }
    let checks = ostack_core::CHECKS;
    report::json(&diagnosis::diagnose_with(&sources, &Context::new(), rules, checks, matcher))
}

/// Lines of all rules' tests.
fn lines() -> Vec<String> {
    let rules = KnowledgeBase::builtin();
    let logs = (0..rules.len()).flat_map(|index| rules.tests(index)).filter_map(|test| test.log);
    logs.flat_map(|log| log.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Text that rules know, in the midst of some that none does.
fn mixed(lines: &[String], seed: u64, noise: u64, length: usize) -> String {
    let (mut text, mut state) = (String::new(), seed | 1);
    while text.len() < length {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        let pick = (state >> 33) as usize;
        if (state >> 20).is_multiple_of(noise) {
            text.push_str(&lines[pick % lines.len()]);
            text.push('\n');
        } else {
            writeln!(
                text,
                "2026-01-10 09:00:00.{:03} 2211 INFO nova.compute [req-{state:016x} - - - - -] view: vm {pick}",
                pick % 1000
            )
            .expect("a String takes everything");
        }
    }
    text
}

#[test]
fn the_corpus_says_the_same() {
    let Some(folder) = reference("corpus") else { return };
    let mut logs = Vec::new();
    for file in ["failures.jsonl", "healthy.jsonl", "real_tools.jsonl"] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        logs.extend(text.lines().map(|line| {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            case["log"].as_str().unwrap().to_owned()
        }));
    }
    // Each as a source of its own, so often that there is enough to do for all.
    let once: usize = logs.iter().map(String::len).sum();
    let names: Vec<String> =
        (0..logs.len() * LONG.div_ceil(once)).map(|n| format!("{n}.log")).collect();
    let all = || names.iter().zip(logs.iter().cycle()).map(|(n, l)| (n.as_str(), l.as_bytes()));
    let one = say(1, all());
    for threads in [2, 5] {
        assert!(say(threads, all()) == one, "{threads} threads say something else");
    }
}

/// A pattern that has said enough is forgotten; what was on its way meanwhile is not told apart.
#[test]
fn what_is_forgotten_is_forgotten_at_the_same_place() {
    let line = "2026-01-10 09:00:00.000 77 INFO nova.x [-] dnf: Error: the capacitor is cold, unable to find a match: flux\n";
    let rule = r#"
format = 1
id = "x"
title = "cold"
component = "host"
severity = "error"
cause = "A test."
[[pattern]]
name = "cold"
regex = 'capacitor is (?<how>cold)'
"#;
    let (rule, tests) = ostack_core::rule::parse("x.toml", rule).unwrap();
    let mut rules = KnowledgeBase::empty();
    rules.add("x.toml", rule, tests).unwrap();
    let puppet = "Notice: /Stage[main]/X/Exec[dnf]/returns: Error: Unable to find a match: capacitor is cold\n";
    let text = line.repeat(20) + &puppet.repeat(LONG / puppet.len()) + &line.repeat(200);
    let say = |threads| {
        let mut sources = Sources::new().threads(threads);
        sources.push(Source::bytes("x.log", text.as_bytes()));
        report::json(&ostack_core::diagnose(&sources, &Context::new(), &rules))
    };
    let one = say(1);
    assert!(one.contains("\"count\": 100") || one.contains("\"count\":100"), "{one}");
    for threads in [2, 3, 8] {
        assert_eq!(say(threads), one, "{threads}");
    }
}

#[test]
fn a_folder_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let lines = lines();
    for (n, name) in
        ["nova/api.log.1", "nova/api.log", "messages", "puppet/a.pp.log", "wtmp"].iter().enumerate()
    {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = mixed(&lines, n as u64, 20, LONG / 3);
        fs::write(path, if *name == "wtmp" { vec![0; 4096] } else { text.into_bytes() }).unwrap();
    }
    let rules = KnowledgeBase::builtin();
    let say = |threads| {
        let mut sources = Sources::new().threads(threads);
        sources.add(folder.path()).unwrap();
        report::json(&ostack_core::diagnose(&sources, &Context::new(), &rules))
    };
    let one = say(1);
    assert!(one.contains("binary"));
    assert!([0, 2, 4].iter().all(|&threads| say(threads) == one));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_logs_say_the_same(
        seed: u64,
        noise in prop::sample::select(vec![2_u64, 30, 1000]),
        threads in 2_usize..6,
        cut in 0..LONG,
    ) {
        static LINES: OnceLock<Vec<String>> = OnceLock::new();
        let text = mixed(LINES.get_or_init(lines), seed, noise, LONG);
        let (first, second) = text.as_bytes().split_at(cut);
        let logs = || [("first.log", first), ("second.log", second)];
        prop_assert!(say(threads, logs()) == say(1, logs()), "it differs");
    }
}
