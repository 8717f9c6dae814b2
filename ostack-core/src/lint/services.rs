//! Services, hosts and passwords that do not go together.

use std::collections::BTreeMap;

use super::answers::Answers;
use crate::diagnosis::Computed;
use crate::parameter::{Validator, is_secret};

/// What a service cannot do without.
const NEEDS: [(&str, &str); 9] = [
    ("CONFIG_IRONIC_INSTALL", "CONFIG_NOVA_INSTALL"),
    ("CONFIG_MAGNUM_INSTALL", "CONFIG_HEAT_INSTALL"),
    ("CONFIG_MAGNUM_INSTALL", "CONFIG_NOVA_INSTALL"),
    ("CONFIG_NOVA_INSTALL", "CONFIG_GLANCE_INSTALL"),
    ("CONFIG_NOVA_INSTALL", "CONFIG_NEUTRON_INSTALL"),
    ("CONFIG_PANKO_INSTALL", "CONFIG_CEILOMETER_INSTALL"),
    ("CONFIG_SAHARA_INSTALL", "CONFIG_NOVA_INSTALL"),
    ("CONFIG_TROVE_INSTALL", "CONFIG_CINDER_INSTALL"),
    ("CONFIG_TROVE_INSTALL", "CONFIG_NOVA_INSTALL"),
];

/// Words that stand for a password until someone chooses one.
const PLACEHOLDERS: [&str; 16] = [
    "admin",
    "changeit",
    "changeme",
    "default",
    "letmein",
    "openstack",
    "packstack",
    "passw0rd",
    "password",
    "password1",
    "qwerty",
    "redhat",
    "root",
    "secret",
    "test",
    "welcome",
];

/// A password with fewer characters is weak.
const SHORTEST: usize = 8;

/// Finds services without another one that they need.
pub(super) fn without_their_need(answers: &Answers<'_>) -> Vec<Computed> {
    // Before neutron was the only network service, nova brought its own.
    let own_network = answers.catalogue.get("CONFIG_NOVA_NETWORK_FIXEDRANGE").is_some();
    let lacking = NEEDS.into_iter().filter(|(service, need)| {
        answers.is_on(service)
            && answers.value(need) == "n"
            && !(own_network && *need == "CONFIG_NEUTRON_INSTALL")
    });
    let name = |param: &str| {
        let word = param.trim_start_matches("CONFIG_").trim_end_matches("_INSTALL");
        format!("{}{}", &word[..1], word[1..].to_lowercase())
    };
    lacking
        .map(|(service, need)| {
            let values = [
                ("service", name(service)),
                ("need", name(need)),
                ("param", service.to_owned()),
                ("need_param", need.to_owned()),
            ];
            answers.found(&[service, need], values)
        })
        .collect()
}

/// Finds the machine's own address among those of several hosts.
pub(super) fn localhost_in_multi_node(answers: &Answers<'_>) -> Vec<Computed> {
    let is_local = |host: &str| host == "localhost" || host == "::1" || host.starts_with("127.");
    let names_hosts = |name: &&str| {
        let parameter = answers.catalogue.get(name);
        name.contains("HOST")
            && parameter.is_some_and(|parameter| {
                parameter.validators.iter().any(|validator| {
                    matches!(
                        validator,
                        Validator::Ip | Validator::MultiIp | Validator::Ssh | Validator::MultiSsh
                    )
                })
            })
    };
    let names: Vec<&str> =
        answers.values.iter().map(|(name, _)| name).filter(names_hosts).collect();
    let given = |name: &&&str| answers.file.get(name).is_some();
    let others: Vec<&str> = names
        .iter()
        .filter(given)
        .flat_map(|name| answers.list(name))
        .filter(|host| !is_local(host))
        .collect();
    let Some(other) = others.first() else { return Vec::new() };
    let local = names.iter().filter(given).filter_map(|name| {
        let host = answers.list(name).find(|host| is_local(host))?;
        let values = [
            ("param", (*name).to_owned()),
            ("host", host.to_owned()),
            ("other", (*other).to_owned()),
        ];
        Some(answers.found(&[name], values))
    });
    local.collect()
}

/// Finds passwords that are short, or that stand in every list. Those that are equal are one
/// finding.
pub(super) fn password_weak(answers: &Answers<'_>) -> Vec<Computed> {
    let mut weak: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for entry in answers.file.entries().filter(|entry| answers.is_active(&entry.name)) {
        let parameter = answers.catalogue.get(&entry.name);
        let secret = is_secret(&entry.name) && parameter.is_some_and(|p| entry.value != p.default);
        let value = entry.value.as_str();
        let known = PLACEHOLDERS.iter().any(|word| value.eq_ignore_ascii_case(word));
        if secret && !value.is_empty() && (known || value.chars().count() < SHORTEST) {
            weak.entry(value).or_default().push(&entry.name);
        }
    }
    weak.into_iter()
        .map(|(value, names)| {
            let more = match names.len() - 1 {
                0 => String::new(),
                1 => " (and of 1 other parameter)".to_owned(),
                n => format!(" (and of {n} others)"),
            };
            let short = value.chars().count() < SHORTEST;
            let why =
                if short { "shorter than 8 characters" } else { "in every list of passwords" };
            let values = [("param", names[0].to_owned()), ("more", more), ("why", why.to_owned())];
            answers.found(&names, values)
        })
        .collect()
}

/// Finds an operating system for which RDO has no packages of the release.
pub(super) fn os_unsupported(answers: &Answers<'_>) -> Vec<Computed> {
    let Some(os) = answers.context.known_os().map(|os| os.value) else { return Vec::new() };
    let having = answers.release.os();
    // A rebuild of Enterprise Linux runs what its twin runs.
    if having.is_empty() || having.iter().any(|known| known.family() == os.family()) {
        return Vec::new();
    }
    let having: Vec<String> = having.iter().map(ToString::to_string).collect();
    let values = [
        ("os", os.to_string()),
        ("release", answers.release.id().to_owned()),
        ("having", having.join(", ")),
    ];
    vec![answers.found(&[], values)]
}
