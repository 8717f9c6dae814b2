//! Interfaces, addresses and hosts of the answer file, against this host.

use std::net::IpAddr;

use super::facts::{Facts, found, there};
use crate::diagnosis::Computed;
use crate::finding::Evidence;
use crate::version::Truth;

/// Parameters that name interfaces: alone, in pairs with a bridge or a network, or lists of these.
const INTERFACES: [(&str, Option<&str>); 8] = [
    ("CONFIG_NEUTRON_OVS_BRIDGE_IFACES", Some("openvswitch")),
    ("CONFIG_NEUTRON_OVS_TUNNEL_IF", Some("openvswitch")),
    ("CONFIG_NEUTRON_OVN_BRIDGE_IFACES", Some("ovn")),
    ("CONFIG_NEUTRON_OVN_TUNNEL_IF", Some("ovn")),
    ("CONFIG_NEUTRON_LB_INTERFACE_MAPPINGS", Some("linuxbridge")),
    ("CONFIG_NOVA_COMPUTE_PRIVIF", None),
    ("CONFIG_NOVA_NETWORK_PUBIF", None),
    ("CONFIG_NOVA_NETWORK_PRIVIF", None),
];

/// One host: what the answer file says of interfaces, it says of this one.
fn alone(facts: &Facts<'_>) -> bool {
    facts.answer_hosts().len() < 2
}

pub(super) fn interface_absent(facts: &Facts<'_>) -> Vec<Computed> {
    let Some(there) = facts.interfaces().filter(|_| alone(facts)) else { return Vec::new() };
    let agent = facts.answer("CONFIG_NEUTRON_L2_AGENT");
    let mut all = Vec::new();
    for (param, of) in INTERFACES {
        let Some(value) = facts.answer(param) else { continue };
        // nova-network's interfaces count only where there is no Neutron.
        let unused = of.is_some() && agent.is_some() && of != agent
            || param.starts_with("CONFIG_NOVA") && !facts.answer_is("CONFIG_NEUTRON_INSTALL", "n");
        if unused {
            continue;
        }
        let names = value.split(',').map(|pair| pair.rsplit(':').next().unwrap_or_default().trim());
        for name in names.filter(|name| !name.is_empty() && !there.contains(*name)) {
            let have: Vec<&str> =
                there.iter().map(String::as_str).filter(|name| *name != "lo").collect();
            let values = [
                ("param", param.to_owned()),
                ("interface", name.to_owned()),
                ("have", have.join(", ")),
            ];
            all.extend(found(values, facts.context.answer_evidence(param)));
        }
    }
    all
}

pub(super) fn tunnel_without_address(facts: &Facts<'_>) -> Vec<Computed> {
    let agent = facts.answer("CONFIG_NEUTRON_L2_AGENT");
    let param = match agent {
        Some("ovn") => "CONFIG_NEUTRON_OVN_TUNNEL_IF",
        _ => "CONFIG_NEUTRON_OVS_TUNNEL_IF",
    };
    let (Some(name), Some(there), Some(addresses)) =
        (facts.answer(param), facts.interfaces(), facts.addresses())
    else {
        return Vec::new();
    };
    // Facter writes an alias or a VLAN (`eth0:1`, `eth0.7`) otherwise.
    let interface = name.split(':').next().unwrap_or(name);
    let has = addresses
        .iter()
        .any(|(address, of)| address.is_ipv4() && of.as_deref().is_some_and(|of| of == interface));
    if has || !there.contains(interface) || !alone(facts) {
        return Vec::new();
    }
    let values = [("param", param.to_owned()), ("interface", interface.to_owned())];
    found(values, facts.context.answer_evidence(param))
}

pub(super) fn default_gateway_absent(facts: &Facts<'_>) -> Vec<Computed> {
    const PATH: &str = "/proc/net/route";
    if facts.file(PATH).is_none() || facts.routes().iter().any(super::facts::Route::is_default) {
        return Vec::new();
    }
    // `::/0` through a gateway, on an interface that is not the loopback one.
    let six = facts.lines("/proc/net/ipv6_route").any(|(_, line)| {
        line.starts_with("00000000000000000000000000000000 00 ") && !line.ends_with(" lo")
    });
    if six { Vec::new() } else { found([], [there(PATH, "no route to 0.0.0.0/0")]) }
}

/// An answer file for one host, whose address this host does not have.
pub(super) fn answer_host_elsewhere(facts: &Facts<'_>) -> Vec<Computed> {
    const PARAM: &str = "CONFIG_CONTROLLER_HOST";
    let (Some(address), Some(known)) =
        (facts.answer(PARAM).and_then(|value| value.parse::<IpAddr>().ok()), facts.addresses())
    else {
        return Vec::new();
    };
    let outside = |found: &&(IpAddr, _)| !found.0.is_loopback();
    if !alone(facts)
        || known.iter().any(|(own, _)| *own == address)
        || known.iter().filter(outside).count() == 0
    {
        return Vec::new();
    }
    let mut own: Vec<String> = Vec::new();
    for (address, _) in
        known.iter().filter(|(address, _)| !address.is_loopback() && address.is_ipv4())
    {
        own.push(address.to_string());
    }
    let values = [("address", address.to_string()), ("have", own.join(", "))];
    found(values, facts.context.answer_evidence(PARAM))
}

/// packstack wants the path of a public key; what stands in the file is not shown.
pub(super) fn ssh_key_unfit(facts: &Facts<'_>) -> Vec<Computed> {
    const PARAM: &str = "CONFIG_SSH_KEY";
    let Some(path) = facts.answer(PARAM).filter(|path| path.starts_with('/')) else {
        return Vec::new();
    };
    let why = match facts.file(path) {
        Some(file) if file.text.contains("PRIVATE KEY") => "is a private key",
        Some(file) => {
            let head = file.text.split_whitespace().next().unwrap_or_default();
            let public = ["ssh-", "ecdsa", "sk-"].iter().any(|start| head.starts_with(start));
            if public {
                return Vec::new();
            }
            "does not begin as a public key does"
        }
        None if facts.host.exists(path) == Truth::False => "does not exist",
        None => return Vec::new(),
    };
    let values = [("path", path.to_owned()), ("why", why.to_owned())];
    found(values, facts.context.answer_evidence(PARAM))
}

pub(super) fn ldap_module_absent(facts: &Facts<'_>) -> Vec<Computed> {
    let ldap = facts.answer("CONFIG_KEYSTONE_IDENTITY_BACKEND").is_some_and(|v| v.contains("ldap"));
    let names = ["python-ldap", "python2-ldap", "python3-ldap"];
    let there = names.iter().any(|name| facts.host.package(name).is_some());
    if !ldap || there || !facts.host.is_complete() {
        return Vec::new();
    }
    let package = if facts.os_is(&["el-6", "el-7"]) { "python-ldap" } else { "python3-ldap" };
    let values = [("package", package.to_owned()), ("manager", facts.manager().to_owned())];
    found(values, facts.context.answer_evidence("CONFIG_KEYSTONE_IDENTITY_BACKEND"))
}

pub(super) fn ipv6_with_tunnels(facts: &Facts<'_>) -> Vec<Computed> {
    const HOST: &str = "CONFIG_CONTROLLER_HOST";
    const TYPES: &str = "CONFIG_NEUTRON_ML2_TENANT_NETWORK_TYPES";
    let six = facts.answer(HOST).is_some_and(|v| v.parse::<std::net::Ipv6Addr>().is_ok());
    let tunnels = ["vxlan", "gre", "geneve"];
    let types = facts.answer(TYPES).unwrap_or_default();
    let kind = types.split(',').map(str::trim).find(|kind| tunnels.contains(kind));
    let Some(kind) = kind.filter(|_| six && facts.release_in("kilo..")) else { return Vec::new() };
    let at: Vec<Evidence> =
        [HOST, TYPES].into_iter().filter_map(|name| facts.context.answer_evidence(name)).collect();
    found([("kind", kind.to_owned())], at)
}

pub(super) fn hosts_mix_ip_versions(facts: &Facts<'_>) -> Vec<Computed> {
    let hosts: Vec<(&str, IpAddr)> =
        facts.answer_hosts().into_iter().filter_map(|h| Some((h, h.parse().ok()?))).collect();
    let four = hosts.iter().find(|(_, address)| address.is_ipv4());
    let six = hosts.iter().find(|(_, address)| address.is_ipv6());
    let (Some((four, _)), Some((six, _))) = (four, six) else { return Vec::new() };
    let params = ["CONFIG_CONTROLLER_HOST", "CONFIG_COMPUTE_HOSTS", "CONFIG_NETWORK_HOSTS"];
    let at: Vec<Evidence> =
        params.into_iter().filter_map(|name| facts.context.answer_evidence(name)).collect();
    found([("four", (*four).to_owned()), ("six", (*six).to_owned())], at)
}
