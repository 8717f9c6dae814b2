//! Lints do not speak of what packstack itself writes.

use std::collections::BTreeSet;

use ostack_core::answer_file::{AnswerFile, Machine, Severity};
use ostack_core::parameter::Catalogue;
use ostack_core::release::Release;
use ostack_core::rule::KnowledgeBase;

/// The releases whose packstack can be followed.
fn followed() -> impl Iterator<Item = Release> {
    let juno = Release::parse("juno").expect("a release");
    Release::all().filter(move |release| *release >= juno)
}

fn new(release: Release) -> Option<AnswerFile> {
    AnswerFile::generate(release.id(), &[""; 0], &Machine::default()).ok()
}

#[test]
fn a_file_as_packstack_writes_it_has_no_lints() {
    let rules = KnowledgeBase::builtin();
    for release in followed() {
        let Some(file) = new(release) else { continue };
        let text = file.text().as_bytes();
        let verdict = ostack_core::check_answers(text, release, None, &rules).expect("a verdict");
        let told = verdict.problems.iter().filter(|p| p.code != "not_checked");
        assert_eq!(told.collect::<Vec<_>>(), Vec::<&_>::new(), "{release}");
        assert!(verdict.accepted && verdict.problems.iter().all(|p| p.severity == Severity::Info));
    }
}

#[test]
fn a_migrated_file_is_taken_and_has_the_parameters_of_its_release() {
    let releases: Vec<Release> = followed().filter(|release| new(*release).is_some()).collect();
    for pair in releases.windows(2) {
        for (from, to) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let old = new(from).expect("a file");
            let migration = old.migrate(from.id(), to.id()).expect("a migration");
            let verdict = migration.file.check(to.id(), None).expect("a verdict");
            assert!(verdict.accepted, "{from} to {to}: {:?}", verdict.problems);
            let names = |file: &AnswerFile| -> BTreeSet<String> {
                file.entries().map(|entry| entry.name.clone()).collect()
            };
            let (names, wanted) = (names(&migration.file), names(&new(to).expect("a file")));
            let catalogue = Catalogue::of(to.id()).expect("a catalogue");
            let of_machine = |name: &&String| {
                catalogue.get(name).is_some_and(|parameter| parameter.default.contains('{'))
            };
            let missing: Vec<_> = wanted.difference(&names).filter(|n| !of_machine(n)).collect();
            let left: Vec<_> = names.difference(&wanted).collect();
            assert!(missing.is_empty() && left.is_empty(), "{from} to {to}: {missing:?}, {left:?}");
        }
    }
}
