//! The host's name, locale, clock and logins.

use super::facts::{Facts, found, there};
use crate::diagnosis::Computed;
use crate::version::Truth;

/// A label of a name, and a whole one, in bytes: RFC 1035, and Linux' `HOST_NAME_MAX`.
const LONGEST_LABEL: usize = 63;
const LONGEST_NAME: usize = 64;

pub(super) fn name_unfit(facts: &Facts<'_>) -> Vec<Computed> {
    let Some(name) = facts.host_name() else { return Vec::new() };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let text = name.value.as_str();
    let why = if text == "localhost" || text.starts_with("localhost.") {
        "it is the one that every machine has: services register under it, and no other host can reach them"
    } else if text.len() > LONGEST_NAME || text.split('.').any(|label| label.len() > LONGEST_LABEL)
    {
        "it is longer than 64 bytes, or a part of it than 63: Linux cuts it, and a certificate cannot bear it"
    } else if !text.chars().all(fits) {
        "it has a character other than letters, digits, `-` and `.`: Django and others refuse it in an address"
    } else if text.chars().any(|c| c.is_ascii_uppercase()) {
        "it has capital letters: Puppet, RabbitMQ and DNS compare names in different ways, and certificates are looked for in lower case"
    } else {
        return Vec::new();
    };
    found([("name", name.value.clone()), ("why", why.to_owned())], [name.evidence])
}

/// The host's name in its two forms.
fn names(name: &str) -> impl Iterator<Item = &str> {
    let short = name.split('.').next().filter(|short| *short != name);
    std::iter::once(name).chain(short)
}

pub(super) fn name_unknown(facts: &Facts<'_>) -> Vec<Computed> {
    let Some(name) = facts.host_name() else { return Vec::new() };
    if facts.file("/etc/hosts").is_none()
        || name.value.starts_with("localhost")
        || names(&name.value).any(|name| facts.address_of(name).is_some())
    {
        return Vec::new();
    }
    // The library of systemd knows the host's own name; else a name server may.
    let own = facts.lines("/etc/nsswitch.conf").any(|(_, line)| {
        line.starts_with("hosts:") && line.split_whitespace().any(|word| word == "myhostname")
    });
    let server = facts.lines("/etc/resolv.conf").any(|(_, line)| line.starts_with("nameserver"));
    let asked = facts.file("getent").map(|file| !file.text.trim().is_empty());
    match asked {
        Some(true) => return Vec::new(),
        None if own || server || facts.file("/etc/nsswitch.conf").is_none() => return Vec::new(),
        _ => {}
    }
    found([("name", name.value.clone())], [name.evidence])
}

pub(super) fn name_loopback(facts: &Facts<'_>) -> Vec<Computed> {
    let Some(name) = facts.host_name() else { return Vec::new() };
    if name.value.starts_with("localhost") {
        return Vec::new();
    }
    let said = names(&name.value).find_map(|name| facts.address_of(name));
    let Some(said) = said.filter(|said| said.value.starts_with("127.") || said.value == "::1")
    else {
        return Vec::new();
    };
    let values = [("name", name.value), ("address", said.value)];
    found(values, [said.evidence, name.evidence])
}

pub(super) fn locale_not_english(facts: &Facts<'_>) -> Vec<Computed> {
    let english = |value: &str| {
        value.is_empty()
            || ["en", "C", "POSIX"].iter().any(|start| {
                value
                    .strip_prefix(start)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '.']))
            })
    };
    let mut said = None;
    // What comes later counts: a login reads the environment after the system's locale.
    for path in ["/etc/locale.conf", "/etc/sysconfig/i18n", "/etc/environment"] {
        for key in ["LANG", "LC_MESSAGES", "LC_ALL"] {
            said = facts.setting(path, key, '=').or(said);
        }
    }
    let Some(said) = said.filter(|said| !english(&said.value)) else { return Vec::new() };
    found([("locale", said.value)], [said.evidence])
}

pub(super) fn time_not_synchronised(facts: &Facts<'_>) -> Vec<Computed> {
    if facts.answer("CONFIG_NTP_SERVERS").is_some() {
        return Vec::new();
    }
    let units = ["chronyd", "chrony", "ntpd", "systemd-timesyncd"];
    let enabled = units.iter().fold(Truth::False, |truth, unit| truth | facts.enabled(unit).0);
    if enabled == Truth::Unknown || facts.enabled_in_rc("ntpd") == Truth::True {
        return Vec::new();
    }
    if enabled == Truth::False {
        let why = "no time service starts at boot";
        let at = there("/etc/systemd/system/multi-user.target.wants", "no chronyd, no ntpd");
        return found([("why", why.to_owned())], [at]);
    }
    let sources = ["server", "pool", "peer", "refclock", "sourcedir"];
    let has = |path: &str| {
        facts.lines(path).any(|(_, line)| sources.iter().any(|word| line.starts_with(word)))
    };
    let chrony =
        facts.enabled("chronyd").0 == Truth::True && facts.file("/etc/chrony.conf").is_some();
    if !chrony || has("/etc/chrony.conf") {
        return Vec::new();
    }
    let why = "chronyd starts at boot, and its configuration names no server";
    found([("why", why.to_owned())], [facts.at("/etc/chrony.conf", 0)])
}

pub(super) fn ssh_refuses_root(facts: &Facts<'_>) -> Vec<Computed> {
    // The first value counts, and files of the folder are read where the main file includes them.
    let folder = "/etc/ssh/sshd_config.d";
    let includes = facts.lines("/etc/ssh/sshd_config").any(|(_, line)| line.starts_with("Include"));
    let parts = facts.host.listing(folder).into_iter().flatten().filter(|_| includes);
    let parts: Vec<String> = parts.map(|name| format!("{folder}/{name}")).collect();
    let first = |key: &str| {
        parts.iter().map(String::as_str).chain(["/etc/ssh/sshd_config"]).find_map(|path| {
            facts.lines(path).take_while(|(_, line)| !line.starts_with("Match")).find_map(
                |(number, line)| {
                    let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
                    let same = words.next()?.eq_ignore_ascii_case(key);
                    same.then(|| (words.collect::<Vec<_>>().join(" "), facts.at(path, number)))
                },
            )
        })
    };
    let mut all = Vec::new();
    let mut refused = |key: &str, wrong: &dyn Fn(&str) -> bool, why: &str| {
        if let Some((value, at)) = first(key).filter(|(value, _)| wrong(value)) {
            let values = [("key", key.to_owned()), ("value", value), ("why", why.to_owned())];
            all.extend(found(values, [at]));
        }
    };
    let names_root = |value: &str| value.split(' ').any(|user| user == "root" || user == "*");
    let no =
        |value: &str| ["no", "forced-commands-only"].contains(&value.to_ascii_lowercase().as_str());
    refused("PermitRootLogin", &no, "root may not log in");
    refused("DenyUsers", &names_root, "root is among those who may not log in");
    refused(
        "AllowUsers",
        &|value| {
            !value.split(' ').any(|user| user == "*" || user == "root" || user.starts_with("root@"))
        },
        "root is not among those who may log in",
    );
    refused("Port", &|value| value != "22", "packstack asks on port 22 and gives ssh no other");
    all
}

pub(super) fn name_server_absent(facts: &Facts<'_>) -> Vec<Computed> {
    const PATH: &str = "/etc/resolv.conf";
    let Some(file) = facts.file(PATH) else { return Vec::new() };
    if facts.lines(PATH).any(|(_, line)| line.starts_with("nameserver")) {
        return Vec::new();
    }
    let line = file.text.lines().position(|line| !line.trim().is_empty()).unwrap_or(0);
    found([], [facts.at(PATH, line)])
}
