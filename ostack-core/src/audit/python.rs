//! Python packages that pip laid over RDO's.

use std::collections::{BTreeMap, HashMap};

use super::{manager, several};
use crate::context::Context;
use crate::diagnosis::{Check, Computed};
use crate::finding::{Evidence, EvidenceKind};
use crate::host::{Package, PythonPackage};
use crate::release::SourcePackages;

/// Finds Python packages of which pip sees another version than RPM has installed.
///
/// Only packages that RDO ships for the release count: others, such as `nftables`, tell pip a
/// version that has nothing to do with their RPM's.
#[derive(Debug, Clone, Copy)]
pub struct PipOverPackages;

impl Check for PipOverPackages {
    fn name(&self) -> &'static str {
        "pip_over_packages"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let host = context.host();
        let Some(release) = context.known_release().map(|release| release.value) else {
            return Vec::new();
        };
        if host.python_packages().is_empty() || host.packages().is_empty() {
            return Vec::new();
        }
        let lists: Vec<SourcePackages> =
            release.os().iter().filter_map(|os| release.packages(*os)).collect();
        let ships = |source: &str| lists.iter().any(|list| list.get(source).is_some());
        // The RPMs of each name, whatever Python they are for: pip's list does not tell its own.
        let mut rpms = HashMap::<String, Vec<&Package>>::new();
        for package in host.packages() {
            let name = package.nevra.name.as_str();
            let Some((_, stem)) = name.split_once('-').filter(|(python, _)| is_python(python))
            else {
                continue;
            };
            if ships(&format!("python-{stem}")) || ships(&format!("openstack-{stem}")) {
                rpms.entry(stem.to_lowercase()).or_default().push(package);
            }
        }
        let over = |python: &PythonPackage| -> Option<(PythonPackage, &Package)> {
            let name = python.normal_name();
            let stem = name.strip_prefix("python-").unwrap_or(&name);
            let packages = rpms.get(stem)?;
            let version = python.version.as_deref()?;
            let same = |package: &&Package| same_release(version, &package.nevra.version);
            let fits = packages.iter().any(same);
            (!fits).then(|| (python.clone(), packages[0]))
        };
        let mut found: Vec<(PythonPackage, &Package)> =
            host.python_packages().iter().filter_map(over).collect();
        found.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        found.dedup_by(|(a, _), (b, _)| a.name == b.name);
        let Some((first, rpm)) = found.first() else { return Vec::new() };
        let shown = |python: &PythonPackage| {
            format!("{} {}", python.name, python.version.as_deref().unwrap_or_default())
        };
        let one = |value: &str| vec![value.to_owned()];
        vec![Computed {
            values: BTreeMap::from([
                ("count", one(&several(found.len(), "Python package"))),
                ("first", one(&shown(first))),
                ("rpm", one(&rpm.nevra.to_string())),
                ("release", one(release.id())),
                ("manager", one(manager(context))),
                ("pythons", found.iter().map(|(python, _)| python.name.clone()).collect()),
                ("packages", found.iter().map(|(_, rpm)| rpm.nevra.name.clone()).collect()),
            ]),
            evidence: found
                .iter()
                .map(|(python, rpm)| Evidence {
                    note: Some(format!("RPM has {} ({})", rpm.nevra, rpm.from)),
                    ..Evidence::fact(EvidenceKind::Package, &python.from, &shown(python))
                })
                .collect(),
            assumes: Vec::new(),
        }]
    }
}

/// `python`, `python2`, `python3`, `python39`: what begins the name of a Python package's RPM.
fn is_python(word: &str) -> bool {
    word.strip_prefix("python").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether the numbers of two versions are the same; RPM writes what follows them in its own way.
fn same_release(python: &str, rpm: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let parts = text[..end].split('.').map_while(|part| part.parse().ok());
        let mut numbers: Vec<u64> = parts.collect();
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        numbers
    };
    numbers(python) == numbers(rpm)
}
