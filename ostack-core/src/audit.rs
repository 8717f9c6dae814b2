//! What a package list says against the release: computed checks over the host's facts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::context::Context;
use crate::diagnosis::{self, Check, Computed, ContextInfo, SCHEMA};
use crate::finding::{Evidence, Finding};
use crate::host::puppet::{InstalledPuppet, Origin};
use crate::release::puppet::Puppet;
use crate::release::{Family, Os, Release};
use crate::rule::KnowledgeBase;
use crate::version::{Constraint, Scheme, Version};

mod database;
mod foreign;
mod python;
mod releases;

pub use database::MariadbPackagesMixed;
pub use foreign::{LeathermanBreaksFacter, PackagesNotFromRdo};
pub use python::PipOverPackages;
pub use releases::{PackagesOfOtherRelease, PuppetModulesOfOtherRelease, TwoReleasesAtOnce};

/// The computed checks over packages, repositories and modules.
pub const CHECKS: &[&dyn Check] = &[
    &PuppetNotFromRdo,
    &RdoOpenvswitchPullsOvn2021,
    &PackagesOfOtherRelease,
    &PuppetModulesOfOtherRelease,
    &TwoReleasesAtOnce,
    &PackagesNotFromRdo,
    &LeathermanBreaksFacter,
    &MariadbPackagesMixed,
    &PipOverPackages,
];

/// What does not fit the release.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// What is known.
    pub context: ContextInfo,
    /// What does not fit, surest first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report as indented JSON.
    ///
    /// # Panics
    /// Never: a report holds nothing that JSON cannot.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a report is JSON");
        text.push('\n');
        text
    }
}

/// What does not fit the release among the packages, repositories and modules of a host.
///
/// ```
/// use ostack_core::audit;
/// use ostack_core::context::Context;
/// use ostack_core::rule::KnowledgeBase;
/// let list = "bash-4.4.20-1.el8.x86_64\nopenstack-nova-api-23.2.2-1.el8.noarch\n";
/// let context =
///     Context::new().release("victoria")?.os("centos-8")?.packages_text("rpm-qa.txt", list)?;
/// let findings = audit::run(&context, &KnowledgeBase::builtin()).findings;
/// assert_eq!(findings[0].rule, "packages_of_other_release");
/// assert_eq!(findings[0].evidence[0].note.as_deref(), Some("victoria has 22.0.0 to 22.4.0"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
pub fn run(context: &Context, rules: &KnowledgeBase) -> Report {
    Report {
        schema: SCHEMA,
        context: ContextInfo::of(context),
        findings: diagnosis::facts(context, rules, CHECKS),
    }
}

/// The host's package manager.
fn manager(context: &Context) -> &'static str {
    let family = context.known_os().map(|os| os.value.family()).or(context.host().family());
    if matches!(family, Some(Family::El(..8))) { "yum" } else { "dnf" }
}

/// `1 package`, `2 packages`.
fn several(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

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
        computed(context).into_iter().collect()
    }
}

/// Finds an answer file that names a bridge interface, on a host of EL 8 without `network-scripts`.
///
/// `vs_port` of puppet-vswitch writes `ifcfg` files and runs `ifup`, and EL 8 does not install what
/// runs them.
#[derive(Debug, Clone, Copy)]
pub struct BridgeIfaceWithoutNetworkScripts;

impl Check for BridgeIfaceWithoutNetworkScripts {
    fn name(&self) -> &'static str {
        "bridge_iface_without_network_scripts"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let host = context.host();
        let el8 = context
            .known_os()
            .map_or_else(|| host.family() == Some(Family::El(8)), |os| os.value.matches("el-8"));
        let missing = host.is_complete() && host.package("network-scripts").is_none();
        let Some(answers) = context.answer_file().filter(|_| el8 && missing) else {
            return Vec::new();
        };
        let agent = answers.value.get("CONFIG_NEUTRON_L2_AGENT").unwrap_or_default().trim();
        let param = match agent {
            "ovn" => "CONFIG_NEUTRON_OVN_BRIDGE_IFACES",
            "openvswitch" => "CONFIG_NEUTRON_OVS_BRIDGE_IFACES",
            _ => return Vec::new(),
        };
        let ifaces = answers.value.get(param).map(str::trim).filter(|value| !value.is_empty());
        let Some(ifaces) = ifaces else { return Vec::new() };
        let values = [("agent", agent), ("param", param), ("ifaces", ifaces)];
        vec![Computed {
            values: values.map(|(name, value)| (name, vec![value.to_owned()])).into(),
            evidence: context.answer_evidence(param).into_iter().collect(),
            assumes: Vec::new(),
        }]
    }
}

/// Finds an `rdo-openvswitch` from before 2.13-3, which lets `ovn-2021` in beside `ovn2.13`.
#[derive(Debug, Clone, Copy)]
pub struct RdoOpenvswitchPullsOvn2021;

impl Check for RdoOpenvswitchPullsOvn2021 {
    fn name(&self) -> &'static str {
        "rdo_openvswitch_pulls_ovn2021"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let host = context.host();
        let names = ["rdo-openvswitch", "rdo-ovn", "rdo-ovn-host", "rdo-ovn-central"];
        let installed = names.iter().find_map(|name| host.package(name));
        let Some(package) = installed.filter(|p| p.nevra.version == "2.13") else {
            return Vec::new();
        };
        let release = |text| Version::parse(text, Scheme::Rpm);
        let before = release(&package.nevra.release)
            .and_then(|r| Ok(r.compare(&release("3")?)?.is_lt()))
            .unwrap_or(false);
        if !before {
            return Vec::new();
        }
        let ovn = host.package("ovn-2021").into_iter().map(Evidence::package);
        vec![Computed {
            values: [("installed", vec![package.nevra.to_string()])].into(),
            evidence: std::iter::once(Evidence::package(package)).chain(ovn).collect(),
            assumes: Vec::new(),
        }]
    }
}

fn computed(context: &Context) -> Option<Computed> {
    let release = context.known_release()?.value;
    let known = context.known_os().map(|os| os.value);
    let os = known.or_else(|| likely_os(context, release))?;
    let assumes =
        if known.is_some() { Vec::new() } else { vec![format!("the OS is of {os}'s family")] };
    let found = context.host().puppet(release, os)?;
    let origin = match found.origin {
        Origin::Vendor => "the vendor's",
        Origin::NewerThanRdo => "newer than RDO's:",
        Origin::Rdo | Origin::Unknown => return None,
    };
    let shipped = found.shipped.as_ref()?;
    let installed = &found.package.nevra;
    let evidence = Evidence {
        note: Some(format!("RDO {} ships {}", release.id(), shipped.puppet)),
        ..Evidence::package(found.package)
    };
    let repositories = found.vendor_repos.iter().copied();
    let remove = std::iter::once(found.package).chain(repositories.clone());
    let one = |value: &str| vec![value.to_owned()];
    let values = BTreeMap::from([
        ("installed", one(&installed.to_string())),
        ("version", one(&installed.version)),
        ("origin", one(origin)),
        ("shipped", one(&shipped.puppet.to_string())),
        ("shipped_version", one(&shipped.puppet.version)),
        ("release", one(&release.to_string())),
        ("manager", one(manager(context))),
        ("remove", remove.map(|package| package.nevra.name.clone()).collect()),
        ("declared", one(&declared(&found, release))),
    ]);
    let evidence = std::iter::once(evidence).chain(repositories.map(Evidence::package)).collect();
    Some(Computed { values, evidence, assumes })
}

/// Where the OS is not known: one of the host's family for which RDO ships a Puppet.
fn likely_os(context: &Context, release: Release) -> Option<Os> {
    let family = context.host().family()?;
    Puppet::of(release).shipped.iter().map(|shipped| shipped.os).find(|os| os.family() == family)
}

/// Who declares which range, in words, for the modules that this version is outside of.
fn declared(found: &InstalledPuppet<'_>, release: Release) -> String {
    let version = &found.package.nevra.version;
    let outside: Vec<_> = found.refused_by().collect();
    if outside.is_empty() {
        return format!(
            "{version} is inside the ranges that the modules of {} declare",
            release.id()
        );
    }
    let ranges: BTreeSet<&str> =
        outside.iter().flat_map(|d| &d.ranges).map(Constraint::as_str).collect();
    let names: Vec<&str> = outside.iter().take(3).map(|d| d.module.as_str()).collect();
    let more = if outside.len() > names.len() { " and others" } else { "" };
    format!(
        "{} of {} modules of {} declare a range without {version} ({}{more}: {})",
        outside.len(),
        found.declared.len(),
        release.id(),
        names.join(", "),
        ranges.into_iter().collect::<Vec<_>>().join("; "),
    )
}
