//! The system: what it is, what starts with it, and its kernel.

use super::facts::{Facts, found, there};
use crate::diagnosis::Computed;
use crate::finding::Evidence;
use crate::release::{Family, Os};
use crate::version::{Scheme, Truth, Version};

/// Where RDO's pages ask for the network service in place of NetworkManager.
const NETWORK_SERVICE: [&str; 2] = ["el-7", "el-8"];

pub(super) fn os_unsupported(facts: &Facts<'_>) -> Vec<Computed> {
    let (Some(os), Some(release)) = (facts.os(), facts.release()) else { return Vec::new() };
    let having = release.os();
    // A rebuild of Enterprise Linux runs what its twin runs; with an answer file its lint speaks.
    let twin = having.iter().any(|known| known.family() == os.family());
    if having.is_empty() || twin || os == Os::Other || facts.context.answer_file().is_some() {
        return Vec::new();
    }
    let systems: Vec<String> = having.iter().map(ToString::to_string).collect();
    let values =
        [("os", os.to_string()), ("release", release.to_string()), ("having", systems.join(", "))];
    let file =
        ["/etc/os-release", "/etc/redhat-release"].into_iter().find(|p| facts.file(p).is_some());
    found(values, file.map(|path| facts.at(path, 0)))
}

fn is_enabled(facts: &Facts<'_>, unit: &str, service: &str) -> Option<Evidence> {
    let (truth, evidence) = facts.enabled(unit);
    if truth == Truth::True {
        return Some(evidence);
    }
    let rc = facts.enabled_in_rc(service) == Truth::True;
    rc.then(|| there("/etc/rc.d/rc3.d", "starts at boot"))
}

pub(super) fn firewalld_enabled(facts: &Facts<'_>) -> Vec<Computed> {
    if !facts.os_is(&NETWORK_SERVICE) || !facts.release_in("mitaka..") {
        return Vec::new();
    }
    is_enabled(facts, "firewalld", "firewalld").map_or_else(Vec::new, |at| found([], [at]))
}

pub(super) fn network_manager_enabled(facts: &Facts<'_>) -> Vec<Computed> {
    let old = facts.os_is(&["el-6"]);
    if !old && !facts.os_is(&NETWORK_SERVICE) || !facts.release_in("icehouse..") {
        return Vec::new();
    }
    let Some(at) = is_enabled(facts, "NetworkManager", "NetworkManager") else { return Vec::new() };
    found([], [at])
}

/// Neither of the two brings the interfaces up at boot.
pub(super) fn network_service_off(facts: &Facts<'_>) -> Vec<Computed> {
    if !facts.os_is(&NETWORK_SERVICE) {
        return Vec::new();
    }
    let (manager, _) = facts.enabled("NetworkManager");
    let (networkd, _) = facts.enabled("systemd-networkd");
    if (manager | networkd) != Truth::False || facts.enabled_in_rc("network") != Truth::False {
        return Vec::new();
    }
    found([], [there("/etc/rc.d/rc3.d", "no S10network in it")])
}

pub(super) fn kernel_not_the_newest(facts: &Facts<'_>) -> Vec<Computed> {
    let path = "/proc/sys/kernel/osrelease";
    let Some((line, running)) = facts.lines(path).next() else { return Vec::new() };
    if !matches!(facts.os().map(Os::family), Some(Family::El(_) | Family::Fedora)) {
        return Vec::new();
    }
    // `4.18.0-305.el8.x86_64`; an old one has no architecture.
    let bare = |text: &str| {
        let cut = ["x86_64", "aarch64", "ppc64le"].iter().find_map(|arch| text.strip_suffix(arch));
        Version::parse(cut.unwrap_or(text).trim_end_matches('.'), Scheme::Rpm).ok()
    };
    let Some(now) = bare(running) else { return Vec::new() };
    let packages = facts.host.packages().iter();
    let kernels = packages.filter(|p| matches!(p.nevra.name.as_str(), "kernel" | "kernel-core"));
    let mut newest: Option<(Version, String, Evidence)> = None;
    for package in kernels {
        let name = format!("{}-{}", package.nevra.version, package.nevra.release);
        let Some(version) = bare(&name) else { continue };
        let later = newest
            .as_ref()
            .is_none_or(|(known, ..)| version.compare(known).is_ok_and(std::cmp::Ordering::is_gt));
        if later {
            newest = Some((version, name, Evidence::package(package)));
        }
    }
    let modules = facts.host.listing("/lib/modules");
    let gone = modules.is_some_and(|names| !names.is_empty() && !names.contains(running));
    let newer =
        newest.filter(|(version, ..)| version.compare(&now).is_ok_and(std::cmp::Ordering::is_gt));
    let (what, evidence) = match newer {
        Some((_, name, evidence)) => (format!("{name} is installed"), Some(evidence)),
        None if gone => ("the modules of the running one are gone".to_owned(), None),
        None => return Vec::new(),
    };
    let values = [("running", running.to_owned()), ("what", what)];
    found(values, std::iter::once(facts.at(path, line)).chain(evidence))
}

/// Modules that packstack's choices need, and a line that keeps one from being loaded.
pub(super) fn kernel_module_blocked(facts: &Facts<'_>) -> Vec<Computed> {
    let contains = |name: &str, part: &str| {
        facts.answer(name).is_some_and(|value| value.split(',').any(|item| item.trim() == part))
    };
    let agent = facts.answer("CONFIG_NEUTRON_L2_AGENT");
    let known = facts.context.answer_file().is_some();
    let tunnels = |kind: &str| !known || contains("CONFIG_NEUTRON_ML2_TYPE_DRIVERS", kind);
    let loops = !known
        || facts.answer_is("CONFIG_CINDER_VOLUMES_CREATE", "y")
        || facts.answer_is("CONFIG_SWIFT_INSTALL", "y");
    let needed = [
        ("openvswitch", agent != Some("linuxbridge")),
        ("vxlan", tunnels("vxlan")),
        ("geneve", tunnels("geneve")),
        ("loop", loops),
        ("br_netfilter", true),
        ("iptable_filter", true),
        ("ip_tables", true),
    ];
    let names = facts.host.listing("/etc/modprobe.d").into_iter().flatten();
    let mut all = Vec::new();
    for path in names.map(|name| format!("/etc/modprobe.d/{name}")) {
        for (number, line) in facts.lines(&path) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let module = match words[..] {
                ["install", module, program, ..]
                    if [
                        "/bin/true",
                        "/bin/false",
                        "/usr/bin/true",
                        "/usr/bin/false",
                        "/sbin/nologin",
                    ]
                    .contains(&program) =>
                {
                    module
                }
                _ => continue,
            };
            if needed.contains(&(module, true)) {
                let values = [("module", module.to_owned()), ("file", path.clone())];
                all.extend(found(values, [facts.at(&path, number)]));
            }
        }
    }
    all
}
