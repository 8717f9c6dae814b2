//! `versions audit` over RDO's own package lists says nothing, and over the vendor's Puppet just that.
//!
//! The lists are in the folder `facts` of the reference data; without it the test is skipped.

use std::collections::BTreeMap;

use ostack_core::audit;
use ostack_core::context::Context;
use ostack_core::release::Release;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::reference;
use serde::Deserialize;

/// The rules that speak on a list, of a release on an OS.
fn audited(list: &str, release: &str, os: &str, rules: &KnowledgeBase) -> Vec<String> {
    let context = Context::new().release(release).and_then(|context| context.os(os));
    let context = context.and_then(|context| context.packages_text("rpm-qa.txt", list));
    let report = audit::run(&context.expect("a release, an OS and a list"), rules);
    report.findings.into_iter().map(|finding| finding.rule).collect()
}

/// A build tag of RDO's.
#[derive(Deserialize)]
struct Tag {
    release: String,
    os: String,
    packages: BTreeMap<String, String>,
}

/// The lists of the released repositories: release, OS, and the packages as `rpm -qa` prints them.
fn lists() -> Option<Vec<(String, String, String)>> {
    #[derive(Deserialize)]
    struct File {
        tags: BTreeMap<String, Tag>,
    }
    let path = reference("facts/rdo_packages.json")?;
    let text = std::fs::read(path).expect("the file is there");
    let file: File = serde_json::from_slice(&text).expect("it holds tags");
    let released = file
        .tags
        .into_iter()
        .filter(|(name, tag)| name.ends_with("-release") && Release::parse(&tag.release).is_ok());
    let list = |tag: &Tag| tag.packages.values().map(|nvr| format!("{nvr}.x86_64\n")).collect();
    Some(released.map(|(_, tag)| (tag.release.clone(), tag.os.clone(), list(&tag))).collect())
}

#[test]
fn rdos_own_packages_fit_and_the_vendors_puppet_does_not() {
    let Some(lists) = lists() else { return };
    let rules = KnowledgeBase::builtin();
    assert_eq!(lists.len(), 21);
    for (release, os, list) in &lists {
        // Plain, with the base OS's names that tell a whole list, and with binary packages of both
        // Pythons in place of the source packages.
        let whole = format!("bash-4.4.20-1.el8.x86_64\n{list}");
        let python2 = whole.replace("\npython-", "\npython2-");
        let python3 = whole.replace("\npython-", "\npython3-");
        for list in [list, &whole, &python2, &python3] {
            let found = audited(list, release, os, &rules);
            assert!(found.is_empty(), "{release} on {os}: {found:?}");
        }
    }
    for (release, os, list) in lists.iter().filter(|(release, ..)| release == "victoria") {
        for agent in ["puppet-agent-7.4.1-1.el8.x86_64", "puppet-agent-6.28.0-1.el8.x86_64"] {
            let vendors = list.replace("puppet-6.14.0-2.el8.x86_64", agent);
            assert_ne!(&vendors, list);
            assert_eq!(audited(&vendors, release, os, &rules), ["puppet_not_from_rdo"], "{os}");
        }
    }
}

#[test]
fn every_list_is_another_releases_on_its_neighbours_hosts() {
    let Some(lists) = lists() else { return };
    let rules = KnowledgeBase::builtin();
    for (release, os, list) in &lists {
        for (other, ..) in lists.iter().filter(|(other, at, _)| other != release && at == os) {
            let found = audited(list, other, os, &rules);
            let expected = "packages_of_other_release".to_owned();
            assert!(found.contains(&expected), "{release} audited as {other}: {found:?}");
        }
    }
}
