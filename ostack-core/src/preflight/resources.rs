//! Memory, disk, processors and ports, against what the answer file asks for.

use super::facts::{Facts, found};
use crate::diagnosis::Computed;
use crate::release::ReleaseRange;

/// What RDO's pages ask of an all-in-one host, in GiB: `host_requirements`, kind memory.
const MEMORY: [(&str, u64); 3] = [("..juno", 2), ("kilo..ocata", 4), ("pike..", 16)];

pub(super) fn memory(facts: &Facts<'_>) -> Vec<Computed> {
    const PATH: &str = "/proc/meminfo";
    let (Some(total), Some(release)) = (facts.setting(PATH, "MemTotal", ':'), facts.release())
    else {
        return Vec::new();
    };
    let Some(kib) = total.value.split(' ').next().and_then(|n| n.parse::<u64>().ok()) else {
        return Vec::new();
    };
    let within = |range: &str| ReleaseRange::parse(range).is_ok_and(|r| r.contains(release));
    let Some((_, asked)) = MEMORY.into_iter().find(|(range, _)| within(range)) else {
        return Vec::new();
    };
    // The kernel keeps a part, and machines of 16 GB show less.
    let enough = asked * 1024 * 1024 * 9 / 10;
    if kib >= enough || facts.answer_hosts().len() > 1 {
        return Vec::new();
    }
    let values = [
        ("has", format!("{:.1}", kib as f64 / 1024.0 / 1024.0)),
        ("asked", asked.to_string()),
        ("release", release.to_string()),
    ];
    found(values, [total.evidence])
}

/// A size such as `20G`, in KiB.
fn kib(size: &str) -> Option<u64> {
    let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.trim().parse().ok()?;
    match size[digits.len()..].chars().next()?.to_ascii_uppercase() {
        'K' => Some(number),
        'M' => number.checked_mul(1024),
        'G' => number.checked_mul(1024 * 1024),
        'T' => number.checked_mul(1024 * 1024 * 1024),
        _ => None,
    }
}

/// The loop files of Cinder and Swift, against what is free where they will lie.
pub(super) fn disk(facts: &Facts<'_>) -> Vec<Computed> {
    let on = |name: &str| facts.answer_is(name, "y");
    let cinder = on("CONFIG_CINDER_INSTALL")
        && on("CONFIG_CINDER_VOLUMES_CREATE")
        && facts.answer("CONFIG_CINDER_BACKEND").is_none_or(|backends| backends.contains("lvm"));
    let swift = on("CONFIG_SWIFT_INSTALL") && facts.answer("CONFIG_SWIFT_STORAGES").is_none();
    let size = |name: &str| facts.answer(name).and_then(kib).unwrap_or(0);
    let mut asked = Vec::new();
    if cinder {
        // packstack adds 3 % for LVM's own data.
        let size = size("CONFIG_CINDER_VOLUMES_SIZE");
        asked.push((
            "CONFIG_CINDER_VOLUMES_SIZE",
            "/var/lib/cinder",
            size.saturating_add(size / 100 * 3),
        ));
    }
    if swift {
        asked.push((
            "CONFIG_SWIFT_STORAGE_SIZE",
            "/srv/loopback-device",
            size("CONFIG_SWIFT_STORAGE_SIZE"),
        ));
    }
    let mounts: Vec<(usize, &str, u64)> = facts
        .lines("df")
        .filter_map(|(number, line)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let free = words.get(3)?.parse().ok()?;
            Some((number, *words.get(5)?, free))
        })
        .collect();
    let below = |path: &str, mount: &str| {
        mount == "/"
            || path.strip_prefix(mount).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let holding = |path: &str| {
        mounts
            .iter()
            .filter(|(_, mount, _)| below(path, mount))
            .max_by_key(|(_, mount, _)| mount.len())
    };
    let mut all = Vec::new();
    let mut seen = Vec::new();
    for (_, path, _) in &asked {
        let Some((number, mount, free)) = holding(path) else { continue };
        if seen.contains(mount) {
            continue;
        }
        seen.push(mount);
        let here =
            |(_, path, _): &&(&str, &str, u64)| holding(path).is_some_and(|(_, m, _)| m == mount);
        let together: Vec<_> = asked.iter().filter(here).collect();
        let sum = together.iter().fold(0, |sum: u64, (_, _, size)| sum.saturating_add(*size));
        if sum <= *free {
            continue;
        }
        let gib = |kib: u64| format!("{:.1}", kib as f64 / 1024.0 / 1024.0);
        let params: Vec<&str> = together.iter().map(|(param, ..)| *param).collect();
        let values = [
            ("mount", (*mount).to_owned()),
            ("free", gib(*free)),
            ("asked", gib(sum)),
            ("params", params.join(" and ")),
        ];
        let answers = params.iter().filter_map(|name| facts.context.answer_evidence(name));
        all.extend(found(values, std::iter::once(facts.at("df", *number)).chain(answers)));
    }
    all
}

/// packstack reads the size when it makes the volume group, long after it took the file.
pub(super) fn cinder_size_unreadable(facts: &Facts<'_>) -> Vec<Computed> {
    const PARAM: &str = "CONFIG_CINDER_VOLUMES_SIZE";
    let made = facts.answer_is("CONFIG_CINDER_INSTALL", "y")
        && facts.answer_is("CONFIG_CINDER_VOLUMES_CREATE", "y");
    let Some(size) = facts.answer(PARAM).filter(|size| made && !is_cinder_size(size)) else {
        return Vec::new();
    };
    found([("size", size.to_owned())], facts.context.answer_evidence(PARAM))
}

/// `20G`: a whole number, and the letter.
fn is_cinder_size(size: &str) -> bool {
    let number = size.strip_suffix(['G', 'g']).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn volume_group_absent(facts: &Facts<'_>) -> Vec<Computed> {
    let wanted = facts.answer("CONFIG_CINDER_VOLUME_NAME").unwrap_or("cinder-volumes");
    let lvm = facts.answer("CONFIG_CINDER_BACKEND").is_none_or(|backends| backends.contains("lvm"));
    if !facts.answer_is("CONFIG_CINDER_INSTALL", "y")
        || !facts.answer_is("CONFIG_CINDER_VOLUMES_CREATE", "n")
        || !lvm
    {
        return Vec::new();
    }
    let Some(file) = facts.file("vgs") else { return Vec::new() };
    if file.text.split_whitespace().any(|word| word == wanted) {
        return Vec::new();
    }
    let answer = facts.context.answer_evidence("CONFIG_CINDER_VOLUMES_CREATE");
    found([("group", wanted.to_owned())], answer)
}

pub(super) fn kvm_without_extensions(facts: &Facts<'_>) -> Vec<Computed> {
    const PATH: &str = "/proc/cpuinfo";
    let kvm = facts.answer_is("CONFIG_NOVA_LIBVIRT_VIRT_TYPE", "kvm");
    let flags = facts.setting(PATH, "flags", ':');
    let Some(flags) = flags.filter(|_| kvm && facts.answer_hosts().len() < 2) else {
        return Vec::new();
    };
    if flags.value.split(' ').any(|flag| matches!(flag, "vmx" | "svm")) {
        return Vec::new();
    }
    let answer = facts.context.answer_evidence("CONFIG_NOVA_LIBVIRT_VIRT_TYPE");
    let mut cpu = flags.evidence;
    "flags: neither vmx nor svm".clone_into(&mut cpu.text);
    cpu.end_column = 6;
    found([], answer.into_iter().chain([cpu]))
}

/// Ports that packstack's services will listen on, and what installs them.
const PORTS: [(u16, &str, &str); 16] = [
    (80, "Horizon", "CONFIG_HORIZON_INSTALL"),
    (3306, "MariaDB", "CONFIG_MARIADB_INSTALL"),
    (5000, "Keystone", ""),
    (5672, "RabbitMQ", ""),
    (6080, "Nova's VNC proxy", "CONFIG_NOVA_INSTALL"),
    (6379, "Redis", "CONFIG_CEILOMETER_INSTALL"),
    (8000, "Heat's CloudFormation API", "CONFIG_HEAT_CFN_INSTALL"),
    (8004, "Heat", "CONFIG_HEAT_INSTALL"),
    (8041, "Gnocchi", "CONFIG_CEILOMETER_INSTALL"),
    (8042, "Aodh", "CONFIG_AODH_INSTALL"),
    (8080, "Swift", "CONFIG_SWIFT_INSTALL"),
    (8774, "Nova", "CONFIG_NOVA_INSTALL"),
    (8776, "Cinder", "CONFIG_CINDER_INSTALL"),
    (8778, "Placement", "CONFIG_NOVA_INSTALL"),
    (9292, "Glance", "CONFIG_GLANCE_INSTALL"),
    (9696, "Neutron", "CONFIG_NEUTRON_INSTALL"),
];

/// Programs that packstack itself puts on these ports.
const OWN: [&str; 6] = ["httpd", "mysqld", "mariadbd", "beam.smp", "redis-server", "memcached"];

pub(super) fn port_taken(facts: &Facts<'_>) -> Vec<Computed> {
    // After a run these ports are OpenStack's own.
    if facts.file("/root/keystonerc_admin").is_some() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (port, at) in facts.listening().unwrap_or_default() {
        let Some((_, service, param)) = PORTS.iter().find(|(known, ..)| *known == port) else {
            continue;
        };
        if !param.is_empty() && facts.answer_is(param, "n") {
            continue;
        }
        let suffix = format!(":{port}");
        let holder = facts.lines("ss").find_map(|(number, line)| {
            let here = line.split_whitespace().any(|word| word.ends_with(&suffix));
            let name = line.split_once("((\"")?.1.split('"').next()?;
            here.then(|| (name.to_owned(), facts.at("ss", number)))
        });
        if holder.as_ref().is_some_and(|(name, _)| OWN.contains(&name.as_str())) {
            continue;
        }
        let (holder, seen) = holder.unzip();
        let by = holder
            .map_or_else(|| "a program that is not known".to_owned(), |name| format!("`{name}`"));
        let values = [("port", port.to_string()), ("service", (*service).to_owned()), ("by", by)];
        all.extend(found(values, seen.into_iter().chain([at])));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_packstack_writes_them() {
        assert_eq!(kib("20G"), Some(20 * 1024 * 1024));
        assert_eq!(kib("512M"), Some(512 * 1024));
        assert_eq!(
            (kib("20"), kib(""), kib("G"), kib("99999999999999999999G")),
            (None, None, None, None)
        );
        assert_eq!(kib("18446744073709551615T"), None);
    }
}
