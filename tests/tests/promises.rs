//! What users are promised: any bytes are survived, secrets stay secret, and nothing that a log says
//! reaches a terminal as a control sequence or a shell as a command.

use std::io::Read;

use ostack_core::context::Context;
use ostack_core::log::{Source, Sources};
use ostack_core::report::{self, Style};
use ostack_core::rule::KnowledgeBase;
use ostack_tests::{diagnose, log};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_a_report(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        let report = diagnose(bytes.clone(), &KnowledgeBase::builtin());
        let is_marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        prop_assert!(is_marked || report.sources[0].bytes == bytes.len() as u64);
        let text = report::text(&report, &Style::default());
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    }
}

#[test]
fn a_stream_of_zeros_without_a_newline_is_read_to_its_end() {
    const LENGTH: u64 = 32 << 20;
    let mut sources = Sources::new();
    sources.push(Source::reader("zeros", Box::new(std::io::repeat(0).take(LENGTH))));
    let report = ostack_core::diagnose(&sources, &Context::new(), &KnowledgeBase::builtin());
    assert!(report.is_empty());
    assert_eq!(report.sources[0].bytes, LENGTH);
}

/// Every firing test of every rule, with secrets planted in its lines.
#[test]
fn planted_secrets_never_show() {
    const SECRET: &str = "Zq7hunter2";
    let rules = KnowledgeBase::builtin();
    let answers = format!("[general]\nCONFIG_NOVA_DB_PW={SECRET}\n");
    let context = Context::new().answers_text("answers.txt", &answers).unwrap();
    let mut shown = 0;
    for index in 0..rules.len() {
        for test in rules.tests(index).into_iter().filter(|test| !test.silent) {
            let Some(text) = test.log else { continue };
            let secret =
                format!(" mysql://nova:{SECRET}@192.0.2.2/nova password={SECRET} {SECRET}\n");
            let planted: String = text.lines().flat_map(|line| [line, &secret]).collect();
            let report = ostack_core::diagnose(&log(planted), &context, &rules);
            let said = report::json(&report) + &report::text(&report, &Style::default());
            assert!(!said.contains(SECRET), "{}: {said}", rules.rule(index).id);
            shown += usize::from(said.contains(ostack_core::redact::MASK));
        }
    }
    assert!(shown > 100, "evidence with a masked secret was shown {shown} times only");
}

#[test]
fn control_sequences_of_a_log_do_not_reach_the_report() {
    let hostile = "Error: Function lookup() did not find a value for the name 'X\u{9b}31m\u{202e}'\u{7} \
                   \u{1b}]0;title\u{7}\u{1b}[2J\n";
    let report = diagnose(hostile, &KnowledgeBase::builtin());
    let text = report::text(&report, &Style::default());
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
}

#[test]
fn a_capture_is_one_word_of_a_command() {
    let rule = r#"
format = 1
id = "x"
title = "{{ unit }} failed"
component = "host"
severity = "error"
cause = "A test."
[[pattern]]
name = "p"
regex = 'unit (?<unit>[\w.@%:+=/-]+) failed'
[[fix]]
title = "Start it"
[[fix.step]]
run = "systemctl start {{ unit }}"
"#;
    let (rule, tests) = ostack_core::rule::parse("x.toml", rule).unwrap();
    let mut rules = KnowledgeBase::empty();
    rules.add("x.toml", rule, tests).unwrap();
    let report = diagnose("unit a$(reboot) failed\nunit b.service failed\n", &rules);
    let commands: Vec<String> = report.diagnoses.iter().map(|d| d.fix[0].steps[0].text()).collect();
    assert_eq!(commands, ["systemctl start b.service"]);
}
