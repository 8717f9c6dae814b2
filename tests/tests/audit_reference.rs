//! `versions audit` over RDO's own package lists says nothing, and over the vendor's Puppet just that.
//!
//! The lists are in the folder `facts` of the reference data; without it the test is skipped.

use std::fmt::Write;

use ostack_core::audit;
use ostack_core::context::Context;
use ostack_core::release::Release;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::reference;
use serde_json::Value;

/// The rules that speak on a list, of a release on an OS.
fn audited(list: &str, release: &str, os: &str, rules: &KnowledgeBase) -> Vec<String> {
    let context = Context::new().release(release).unwrap().os(os).unwrap();
    let context = context.packages_text("rpm-qa.txt", list).unwrap();
    audit::run(&context, rules).findings.into_iter().map(|finding| finding.rule).collect()
}

/// The lists of the released repositories: release, OS, and the packages as `rpm -qa` prints them.
fn lists(tags: &Value) -> Vec<(String, String, String)> {
    let mut lists = Vec::new();
    for (name, tag) in tags.as_object().unwrap() {
        let release = tag["release"].as_str().unwrap();
        if !name.ends_with("-release") || Release::parse(release).is_err() {
            continue;
        }
        let packages = tag["packages"].as_object().unwrap().values();
        let list = packages.fold(String::new(), |mut list, package| {
            writeln!(list, "{}.x86_64", package.as_str().unwrap()).unwrap();
            list
        });
        lists.push((release.to_owned(), tag["os"].as_str().unwrap().to_owned(), list));
    }
    lists
}

#[test]
fn rdos_own_packages_fit_and_the_vendors_puppet_does_not() {
    let Some(path) = reference("facts/rdo_packages.json") else { return };
    let facts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let rules = KnowledgeBase::builtin();
    let lists = lists(&facts["tags"]);
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
    let Some(path) = reference("facts/rdo_packages.json") else { return };
    let facts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let rules = KnowledgeBase::builtin();
    let lists = lists(&facts["tags"]);
    for (release, os, list) in &lists {
        for (other, ..) in lists.iter().filter(|(other, at, _)| other != release && at == os) {
            let found = audited(list, other, os, &rules);
            let expected = "packages_of_other_release".to_owned();
            assert!(found.contains(&expected), "{release} audited as {other}: {found:?}");
        }
    }
}
