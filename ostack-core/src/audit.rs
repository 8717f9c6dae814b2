//! What a package list says against the release: computed checks over the host's facts.

use std::collections::{BTreeMap, BTreeSet};

use crate::context::Context;
use crate::diagnosis::{Check, Computed};
use crate::finding::Evidence;
use crate::release::puppet::{Puppet, Shipped};
use crate::release::{Os, Release};
use crate::version::{Scheme, Version};

/// The packages that the Puppet vendor's repository brings; RDO ships none of them.
const VENDOR: [&str; 2] = ["puppet-agent", "puppet-bolt"];

/// Finds a Puppet that is not RDO's package, or newer than what RDO shipped for the release.
///
/// The ranges that the modules declare are told as evidence; they are not the test, because RDO
/// itself shipped 7.6.1 with modules that declare `< 7`.
#[derive(Debug, Clone, Copy)]
pub struct PuppetNotFromRdo;

impl Check for PuppetNotFromRdo {
    fn name(&self) -> &'static str {
        "puppet_not_from_rdo"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let Some(release) = context.known_release().map(|fact| fact.value) else { return Vec::new() };
        let host = context.host();
        let puppet = Puppet::of(release);
        let os = context.known_os().map(|fact| fact.value);
        let shipped = os.and_then(|os| puppet.shipped_on(os)).or_else(|| only(&puppet.shipped));
        let vendor = VENDOR.iter().find_map(|name| host.package(name));
        let newer = || {
            let installed = host.package("puppet").or_else(|| host.package("puppet-headless"))?;
            let rdo = &shipped?.puppet;
            let newer = Version::parse(&installed.nevra.version, Scheme::Rpm)
                .and_then(|i| Ok(i.compare(&Version::parse(&rdo.version, Scheme::Rpm)?)?.is_gt()));
            newer.is_ok_and(|newer| newer).then_some(installed)
        };
        let Some(installed) = vendor.or_else(newer) else { return Vec::new() };
        let Some(shipped) = shipped else { return Vec::new() };
        let evidence = Evidence {
            note: Some(format!("RDO {} ships {}", release.id(), shipped.puppet)),
            ..Evidence::package(installed)
        };
        let repositories = host.packages().iter().filter(|p| {
            let name = &p.nevra.name;
            name.starts_with("puppet") && name.ends_with("-release")
        });
        let remove = std::iter::once(installed).chain(repositories.clone());
        let origin = if vendor.is_some() { "the vendor's" } else { "newer than RDO's:" };
        let one = |value: &str| vec![value.to_owned()];
        let values = BTreeMap::from([
            ("installed", one(&installed.nevra.to_string())),
            ("version", one(&installed.nevra.version)),
            ("origin", one(origin)),
            ("shipped", one(&shipped.puppet.to_string())),
            ("shipped_version", one(&shipped.puppet.version)),
            ("release", one(&release.to_string())),
            ("manager", one(manager(os, shipped))),
            ("remove", remove.map(|package| package.nevra.name.clone()).collect()),
            ("declared", one(&declared(&puppet, release, os, &installed.nevra.version))),
        ]);
        let assumes = match os {
            Some(_) => Vec::new(),
            None => vec![format!("the OS is {}", shipped.os)],
        };
        vec![Computed {
            values,
            evidence: std::iter::once(evidence).chain(repositories.map(Evidence::package)).collect(),
            assumes,
        }]
    }
}

/// The one released Puppet, where the OS is not known and all repositories have the same version.
fn only(shipped: &[Shipped]) -> Option<&Shipped> {
    let mut released = shipped.iter().filter(|shipped| !shipped.testing);
    let first = released.next()?;
    released.all(|other| other.puppet.version == first.puppet.version).then_some(first)
}

fn manager(os: Option<Os>, shipped: &Shipped) -> &'static str {
    let os = os.unwrap_or(shipped.os);
    if os.matches("el-6") || os.matches("el-7") { "yum" } else { "dnf" }
}

/// Who declares which range, in words, for the modules that this version is outside of.
fn declared(puppet: &Puppet, release: Release, os: Option<Os>, version: &str) -> String {
    let Ok(version) = Version::parse(version, Scheme::Puppet) else { return String::new() };
    let here = |d: &&crate::release::puppet::Declared| {
        d.os.is_empty() || os.is_none_or(|os| d.os.iter().any(|o| o.family() == os.family()))
    };
    let (inside, outside): (Vec<_>, Vec<_>) =
        puppet.declared.iter().filter(here).partition(|declared| declared.allows(&version));
    if outside.is_empty() {
        return format!("{version} is inside the range that the modules of {} declare", release.id());
    }
    let ranges: BTreeSet<String> = outside
        .iter()
        .map(|d| d.ranges.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "))
        .collect();
    let names: Vec<&str> = outside.iter().take(3).map(|d| d.module.as_str()).collect();
    let more = if outside.len() > names.len() { " and others" } else { "" };
    format!(
        "{} of {} modules of {} declare a range without {version} ({}{more}: {})",
        outside.len(),
        outside.len() + inside.len(),
        release.id(),
        names.join(", "),
        ranges.into_iter().collect::<Vec<_>>().join("; "),
    )
}
