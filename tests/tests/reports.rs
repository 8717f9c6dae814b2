//! The forms of a report, on the two cases that the project began with and on an error that no rule
//! knows.

use ostack_core::context::Context;
use ostack_core::diagnosis::{Report, surround};
use ostack_core::log::{Source, Sources};
use ostack_core::report::{self, Style};
use ostack_core::rule::KnowledgeBase;
use ostack_tests::path;

/// The cases by name.
fn cases() -> Vec<(&'static str, Report)> {
    let rules = KnowledgeBase::builtin();
    let read = |name: &str| {
        std::fs::read_to_string(path("logs/founding").join(name)).expect("a file of the tests")
    };
    let log = |name: &str| {
        let mut sources = Sources::new();
        sources.push(Source::bytes(name, read(name)));
        sources
    };
    let vendor = Context::new().packages_text("rpm-qa.txt", &read("rpm-qa.txt"));
    let bridge = Context::new().release("victoria").and_then(|context| context.os("centos-8"));
    let bridge = bridge.and_then(|c| c.answers_text("answers.txt", &read("answers.txt")));
    let mut unknown = Sources::new();
    let text = "2026-01-10 09:00:00.101 7 ERROR nova.compute [-] the capacitor of 192.0.2.7 is cold\n\
                2026-01-10 09:00:02.101 7 ERROR nova.compute [-] the capacitor of 192.0.2.8 is cold\n\
                2026-01-10 09:00:03.101 7 ERROR nova.scheduler [-] <b>no</b> ```flux``` | left\n";
    unknown.push(Source::bytes("nova.log", text));
    let cases = [
        ("vendor_puppet", log("192.0.2.2_controller.pp.log"), vendor.expect("packages")),
        ("ovn_bridge", log("console.log"), bridge.expect("answers")),
        ("unexplained", unknown, Context::new()),
    ];
    let report = |(name, sources, context)| {
        let mut report = ostack_core::diagnose(&sources, &context, &rules);
        surround(&mut report, &sources, &context, 2);
        (name, report)
    };
    cases.map(report).into()
}

#[test]
fn text_reads_well_in_80_columns() {
    for (name, report) in cases() {
        let style = Style { width: 80, ..Style::default() };
        let text = report::text(&report, &style);
        insta::assert_snapshot!(format!("{name}_text"), text);
        // Paragraphs are wrapped; titles, paths and commands are not.
        let long = text.lines().filter(|line| {
            line.starts_with("         ") && line.chars().count() > 80 && line.contains(". ")
        });
        assert_eq!(long.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}

#[test]
fn text_in_colour_says_the_same() {
    for (_, report) in cases() {
        let style = Style { color: true, ..Style::default() };
        let colored = report::text(&report, &style);
        let plain = anstream::adapter::strip_str(&colored).to_string();
        assert_ne!(colored, plain);
        assert_eq!(plain, report::text(&report, &Style::default()));
    }
}

#[test]
fn markdown() {
    for (name, report) in cases() {
        insta::assert_snapshot!(format!("{name}_markdown"), report::markdown(&report));
    }
}

#[test]
fn junit() {
    for (name, report) in cases() {
        insta::assert_snapshot!(format!("{name}_junit"), report::junit(&report));
    }
}

#[test]
fn json() {
    for (name, report) in cases() {
        insta::assert_snapshot!(format!("{name}_json"), report::json(&report));
    }
}

#[test]
fn sarif() {
    let rules = KnowledgeBase::builtin();
    for (name, report) in cases() {
        let text = report::sarif(&report, &rules);
        let mut log: serde_json::Value = serde_json::from_str(&text).unwrap();
        let run = &mut log["runs"][0];
        let named: Vec<_> =
            run["results"].as_array().unwrap().iter().map(|r| r["ruleId"].clone()).collect();
        let all = run["tool"]["driver"]["rules"].as_array_mut().unwrap();
        assert_eq!(all.len(), rules.len() + 1);
        all.retain(|rule| named.contains(&rule["id"]));
        // Where a rule stands among all changes with each rule that is added.
        for result in run["results"].as_array_mut().unwrap() {
            result["ruleIndex"] = 0.into();
        }
        insta::assert_snapshot!(
            format!("{name}_sarif"),
            serde_json::to_string_pretty(&log).unwrap()
        );
    }
}

#[test]
fn html() {
    for (name, report) in cases() {
        let page = report::html(&report);
        let (_, body) = page.split_once("</head>").unwrap();
        let (body, _) = body.split_once("<script>").unwrap();
        insta::assert_snapshot!(format!("{name}_html"), body);
        assert_eq!(page.matches("<script").count(), 1);
    }
}

#[test]
fn a_page_of_anything_is_small() {
    let (_, mut report) = cases().swap_remove(1);
    let finding = report.diagnoses[0].clone();
    for number in 0..300 {
        let mut other = finding.clone();
        other.title = format!("{} {number} {}", other.title, "<&>".repeat(2000));
        other.evidence = vec![other.evidence[0].clone(); 10];
        for (line, evidence) in other.evidence.iter_mut().enumerate() {
            evidence.line = 10 * line as u64 + 1;
            evidence.text = "\"<&>".repeat(2000);
            evidence.before = vec![evidence.text.clone(); 3];
        }
        report.diagnoses.push(other);
    }
    let step = report.run.as_ref().unwrap().steps[0].clone();
    report.run.as_mut().unwrap().steps.resize(5000, step);
    assert!(report::html(&report).len() < 300_000);
}
