//! Networking: the L2 agent, drivers, types and ranges that do not go together.

use std::net::IpAddr;

use super::answers::Answers;
use super::values;
use crate::context::Context;
use crate::diagnosis::{Check, Computed};
use crate::parameter::Catalogue;

const AGENT: &str = "CONFIG_NEUTRON_L2_AGENT";
pub(super) const MECHANISMS: &str = "CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS";
const TYPES: &str = "CONFIG_NEUTRON_ML2_TYPE_DRIVERS";
const TENANT_TYPES: &str = "CONFIG_NEUTRON_ML2_TENANT_NETWORK_TYPES";
const VLAN_RANGES: &str = "CONFIG_NEUTRON_ML2_VLAN_RANGES";
const TUNNEL_RANGES: &str = "CONFIG_NEUTRON_ML2_TUNNEL_ID_RANGES";
const VNI_RANGES: &str = "CONFIG_NEUTRON_ML2_VNI_RANGES";
const DEMO_RANGE: &str = "CONFIG_PROVISION_DEMO_FLOATRANGE";
const DEMO_POOLS: &str = "CONFIG_PROVISION_DEMO_ALLOCATION_POOLS";

/// Finds an answer file whose mechanism drivers packstack replaces, because they do not name the one
/// that the L2 agent needs.
///
/// packstack's `neutron_350.py` does this for `ovn` and `openvswitch` and says nothing of it.
#[derive(Debug, Clone, Copy)]
pub struct MechanismDriverReplaced;

impl Check for MechanismDriverReplaced {
    fn name(&self) -> &'static str {
        "mechanism_driver_replaced"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let Some(answers) = context.answer_file() else { return Vec::new() };
        let release = context.known_release().map(|release| release.value.id());
        let default = || {
            let catalogue = Catalogue::of(release?).ok()?;
            Some(catalogue.get(AGENT)?.default)
        };
        let agent = answers.value.get(AGENT).map(str::trim).or_else(default);
        let drivers = answers.value.get(MECHANISMS).map(str::trim);
        let (Some(agent), Some(drivers)) = (agent, drivers) else {
            return Vec::new();
        };
        let replaced = matches!(agent, "ovn" | "openvswitch")
            && drivers.split(',').all(|driver| driver.trim() != agent);
        if !replaced {
            return Vec::new();
        }
        let evidence = [MECHANISMS, AGENT].into_iter();
        vec![Computed {
            values: values([("agent", agent.to_owned()), ("drivers", drivers.to_owned())]),
            evidence: evidence.filter_map(|name| context.answer_evidence(name)).collect(),
            assumes: Vec::new(),
        }]
    }
}

/// Finds an L2 agent that no mechanism driver uses.
pub(super) fn agent_without_mechanism(answers: &Answers<'_>) -> Vec<Computed> {
    let agent = answers.value(AGENT);
    let uses = |driver: &str| driver == agent;
    // What packstack makes of the drivers is not known where it refuses the file.
    if agent.is_empty() || answers.deployed.is_none() || answers.list(MECHANISMS).any(uses) {
        return Vec::new();
    }
    let drivers = answers.value(MECHANISMS).to_owned();
    vec![answers.found(&[MECHANISMS, AGENT], [("agent", agent.to_owned()), ("drivers", drivers)])]
}

/// Finds tenant network types for which no type driver is loaded.
pub(super) fn tenant_type_without_driver(answers: &Answers<'_>) -> Vec<Computed> {
    let missing = answers.list(TENANT_TYPES).filter(|t| !answers.list(TYPES).any(|d| d == *t));
    missing
        .map(|missing| {
            let all = format!("{},{missing}", answers.value(TYPES));
            let all = all.trim_start_matches(',').to_owned();
            let values = [("type", missing.to_owned()), ("all", all)];
            answers.found(&[TENANT_TYPES, TYPES], values)
        })
        .collect()
}

/// Finds tenant network types that the L2 agent cannot carry.
pub(super) fn tenant_type_without_agent(answers: &Answers<'_>) -> Vec<Computed> {
    let agent = answers.value(AGENT);
    let foreign = answers.list(TENANT_TYPES).filter(|t| match agent {
        "linuxbridge" => matches!(*t, "gre" | "geneve"),
        // Where the file itself says geneve, a rule of Neutron's speaks.
        "openvswitch" => *t == "geneve" && answers.file.get(TENANT_TYPES).is_none(),
        _ => false,
    });
    foreign
        .map(|t| {
            let values = [("type", t.to_owned()), ("agent", agent.to_owned())];
            answers.found(&[TENANT_TYPES, AGENT], values)
        })
        .collect()
}

/// Finds tenant network types that have no numbers to give.
pub(super) fn tenant_type_without_range(answers: &Answers<'_>) -> Vec<Computed> {
    let ranges = [("vlan", VLAN_RANGES), ("gre", TUNNEL_RANGES), ("vxlan", VNI_RANGES)];
    let lacking = ranges.into_iter().filter(|(t, ranges)| {
        answers.list(TENANT_TYPES).any(|tenant| tenant == *t) && answers.value(ranges).is_empty()
    });
    lacking
        .map(|(t, ranges)| {
            let values = [("type", t.to_owned()), ("ranges", ranges.to_owned())];
            answers.found(&[TENANT_TYPES, ranges], values)
        })
        .collect()
}

/// Finds physical networks with VLAN ranges that no bridge leads to.
pub(super) fn physnet_unmapped(answers: &Answers<'_>) -> Vec<Computed> {
    let mappings = match answers.value(AGENT) {
        "ovn" => "CONFIG_NEUTRON_OVN_BRIDGE_MAPPINGS",
        "openvswitch" => "CONFIG_NEUTRON_OVS_BRIDGE_MAPPINGS",
        "linuxbridge" => "CONFIG_NEUTRON_LB_INTERFACE_MAPPINGS",
        _ => return Vec::new(),
    };
    let physnet = |part: &str| part.split(':').next().unwrap_or_default().trim().to_owned();
    let mapped: Vec<String> = answers.list(mappings).map(physnet).collect();
    let mut wanted: Vec<String> = answers.list(VLAN_RANGES).map(physnet).collect();
    wanted.dedup();
    wanted.retain(|physnet| !mapped.contains(physnet));
    wanted
        .into_iter()
        .map(|physnet| {
            let values = [("physnet", physnet), ("mappings", mappings.to_owned())];
            answers.found(&[VLAN_RANGES, mappings], values)
        })
        .collect()
}

/// Finds a bridge interface on EL 8, where the commands that set it up are not installed.
pub(super) fn bridge_iface_on_el8(answers: &Answers<'_>) -> Vec<Computed> {
    let el8 = answers.context.known_os().is_some_and(|os| os.value.matches("el-8"));
    let listed = answers.context.package_list().is_some();
    let param = match answers.value(AGENT) {
        "ovn" => "CONFIG_NEUTRON_OVN_BRIDGE_IFACES",
        "openvswitch" => "CONFIG_NEUTRON_OVS_BRIDGE_IFACES",
        _ => return Vec::new(),
    };
    // With a package list, another rule knows for sure.
    if !el8 || listed || answers.value(param).is_empty() {
        return Vec::new();
    }
    let values = [("param", param.to_owned()), ("ifaces", answers.value(param).to_owned())];
    vec![answers.found(&[param], values)]
}

/// Finds ranges that overlap: of addresses, and of VLAN and tunnel numbers.
pub(super) fn ranges_overlap(answers: &Answers<'_>) -> Vec<Computed> {
    let mut found = Vec::new();
    for param in [VLAN_RANGES, TUNNEL_RANGES, VNI_RANGES] {
        let ranges: Vec<Range> =
            answers.list(param).filter_map(|range| numbers(range, param)).collect();
        found.extend(meeting(&ranges));
    }
    let networks: Vec<Range> = [
        DEMO_RANGE,
        "CONFIG_PROVISION_TEMPEST_FLOATRANGE",
        "CONFIG_NOVA_NETWORK_FIXEDRANGE",
        "CONFIG_NOVA_NETWORK_FLOATRANGE",
    ]
    .into_iter()
    .filter_map(|param| network(answers.value(param), param))
    .collect();
    // Demo and tempest may share one network.
    found.extend(meeting(&networks).into_iter().filter(|(a, b)| a.text != b.text));
    // The whole floating range is given to instances, unless pools say otherwise.
    let pools = answers.value(DEMO_POOLS);
    if let Some(floating) =
        networks.iter().find(|n| n.param == DEMO_RANGE && matches!(pools, "" | "[]"))
    {
        for param in ["CONFIG_CONTROLLER_HOST", "CONFIG_NETWORK_HOSTS", "CONFIG_COMPUTE_HOSTS"] {
            let hosts = answers.list(param).filter_map(|host| network(host, param));
            found.extend(hosts.filter(|h| h.meets(floating)).map(|h| (floating.clone(), h)));
        }
    }
    found
        .into_iter()
        .map(|(a, b)| {
            let values = [
                ("param", a.param.to_owned()),
                ("a", a.text),
                ("other", b.param.to_owned()),
                ("b", b.text),
            ];
            answers.found(&[a.param, b.param], values)
        })
        .collect()
}

/// Numbers from one to another, on a physical network where there is one.
#[derive(Clone)]
struct Range {
    param: &'static str,
    text: String,
    on: String,
    first: u128,
    last: u128,
}

impl Range {
    fn meets(&self, other: &Self) -> bool {
        self.on == other.on && self.first <= other.last && other.first <= self.last
    }
}

/// The pairs that meet.
fn meeting(ranges: &[Range]) -> Vec<(Range, Range)> {
    let mut found = Vec::new();
    for (at, a) in ranges.iter().enumerate() {
        let others = ranges.iter().skip(at + 1).filter(|b| a.meets(b));
        found.extend(others.map(|b| (a.clone(), b.clone())));
    }
    found
}

/// `from:to`, or `physical network:from:to`.
fn numbers(text: &str, param: &'static str) -> Option<Range> {
    let mut parts = text.rsplitn(3, ':');
    let last = parts.next()?.trim().parse().ok()?;
    let first = parts.next()?.trim().parse().ok()?;
    let on = parts.next().unwrap_or_default().trim().to_owned();
    Some(Range { param, text: text.to_owned(), on, first, last })
}

/// A network, or an address as a network of its own.
fn network(text: &str, param: &'static str) -> Option<Range> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
    let (value, width, on) = match address.trim().parse().ok()? {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32, "v4"),
        IpAddr::V6(address) => (u128::from(address), 128, "v6"),
    };
    let prefix: u32 = prefix.map_or(Some(width), |prefix| prefix.parse().ok())?;
    let rest = width.checked_sub(prefix)?;
    let mask = 1_u128.checked_shl(rest).map_or(u128::MAX, |size| size - 1);
    Some(Range {
        param,
        text: text.to_owned(),
        on: on.to_owned(),
        first: value & !mask,
        last: value | mask,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_meet_where_they_share_an_address() {
        let network = |text| network(text, DEMO_RANGE).unwrap();
        assert!(network("10.0.0.0/24").meets(&network("10.0.0.7")));
        assert!(network("0.0.0.0/0").meets(&network("192.0.2.0/24")));
        assert!(!network("10.0.0.0/24").meets(&network("10.0.1.0/24")));
        assert!(!network("::/0").meets(&network("10.0.1.0/24")));
        assert!(super::network("10.0.0.0/33", DEMO_RANGE).is_none());
    }
}
