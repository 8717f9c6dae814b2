//! One cause on top and its symptoms under it, in the logs of several services at once:
//! `tests/cascades/*.toml`, against all built-in rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use ostack_core::context::Context;
use ostack_core::log::{Source, Sources};
use ostack_core::rule::KnowledgeBase;
use ostack_tests::{ids, path};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cascade {
    /// What happened.
    about: String,
    /// The rule of the cause, which is the only diagnosis.
    top: String,
    /// The rules that are under it, all of them.
    symptoms: BTreeSet<String>,
    /// The logs, by name.
    logs: BTreeMap<String, String>,
}

#[test]
fn one_cause_is_on_top_and_its_symptoms_are_under_it() {
    let rules = KnowledgeBase::builtin();
    let mut wrong = Vec::new();
    let mut read = 0;
    let mut files: Vec<_> =
        fs::read_dir(path("cascades")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let cascade: Cascade = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for id in cascade.symptoms.iter().chain([&cascade.top]) {
            assert!(rules.find(id).is_some(), "{}: there is no rule {id}", file.display());
        }
        let mut sources = Sources::new();
        for (name, log) in &cascade.logs {
            sources.push(Source::bytes(name, log.as_str()));
        }
        let report = ostack_core::diagnose(&sources, &Context::new(), &rules);
        let symptoms: BTreeSet<String> = report
            .diagnoses
            .iter()
            .flat_map(|finding| finding.symptoms.iter().map(|symptom| symptom.rule.clone()))
            .collect();
        if ids(&report) != [cascade.top.as_str()] || symptoms != cascade.symptoms {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            wrong.push(format!(
                "{name}: {}\n  found {:?}\n  with {symptoms:?}\n  alternatives {:?}\n  unexplained {:?}",
                cascade.about,
                ids(&report),
                report.diagnoses.iter().flat_map(|d| d.alternatives.iter().map(|a| a.rule.as_str())).collect::<Vec<_>>(),
                report.unexplained.iter().map(|u| u.template.as_str()).collect::<Vec<_>>(),
            ));
        }
        read += 1;
    }
    assert!(wrong.is_empty(), "{} of {read}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read >= 25);
}
