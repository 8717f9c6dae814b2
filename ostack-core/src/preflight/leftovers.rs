//! What an earlier run left: with new passwords packstack cannot go on where an old one stopped.

use std::net::IpAddr;

use super::facts::{Facts, found, there};
use crate::diagnosis::Computed;

pub(super) fn keystonerc(facts: &Facts<'_>) -> Vec<Computed> {
    const PATH: &str = "/root/keystonerc_admin";
    let Some(line) = facts.lines(PATH).find(|(_, line)| line.starts_with("export ")) else {
        return Vec::new();
    };
    let password = facts.lines(PATH).find_map(|(_, line)| line.strip_prefix("export OS_PASSWORD="));
    let password = password.map(|value| value.trim_matches(['\'', '"']));
    // The same password: the answer file of that run.
    if password.is_some() && password == facts.answer("CONFIG_KEYSTONE_ADMIN_PW") {
        return Vec::new();
    }
    let with = match facts.context.answer_file() {
        Some(answers) if password.is_some() => {
            format!("{} has another admin password", answers.from)
        }
        _ => "whether the next run keeps that run's passwords is not known".to_owned(),
    };
    found([("with", with)], [facts.at(PATH, line.0)])
}

pub(super) fn database(facts: &Facts<'_>) -> Vec<Computed> {
    const FOLDER: &str = "/var/lib/mysql";
    let Some(names) = facts.host.listing(FOLDER) else { return Vec::new() };
    let services =
        ["keystone", "nova", "glance", "cinder", "neutron", "nova_api", "placement", "heat"];
    let left: Vec<&str> = services.into_iter().filter(|name| names.contains(*name)).collect();
    let initialised = ["ibdata1", "mysql"].iter().any(|name| names.contains(*name));
    let foreign = !facts.answer_is("CONFIG_MARIADB_INSTALL", "n");
    // The finding on keystonerc speaks of the same passwords.
    if !initialised || !foreign || !keystonerc_absent(facts) {
        return Vec::new();
    }
    let what = if left.is_empty() {
        "a database server's data".to_owned()
    } else {
        format!("databases of OpenStack ({})", left.join(", "))
    };
    found([("what", what)], [there(FOLDER, "it holds data")])
}

fn keystonerc_absent(facts: &Facts<'_>) -> bool {
    facts.file("/root/keystonerc_admin").is_none()
}

pub(super) fn rabbitmq_node(facts: &Facts<'_>) -> Vec<Computed> {
    const FOLDER: &str = "/var/lib/rabbitmq/mnesia";
    /// What stands beside a node's own folder.
    const BESIDE: [&str; 3] = ["-plugins-expand", "-feature_flags", ".pid"];
    let (Some(names), Some(host)) = (facts.host.listing(FOLDER), facts.host_name()) else {
        return Vec::new();
    };
    let short = host.value.split('.').next().unwrap_or_default();
    let node = |name: &&String| {
        let at = name.strip_prefix("rabbit@");
        at.is_some_and(|at| !BESIDE.iter().any(|end| at.ends_with(end)))
    };
    let nodes: Vec<&String> = names.iter().filter(node).collect();
    let own = |name: &&String| {
        let at = &name["rabbit@".len()..];
        at == short || at == host.value
    };
    let Some(old) = nodes.first().filter(|_| !nodes.iter().any(own)) else {
        return Vec::new();
    };
    let values = [("old", old["rabbit@".len()..].to_owned()), ("host", host.value.clone())];
    found(values, [there(&format!("{FOLDER}/{old}"), "an earlier node"), host.evidence])
}

pub(super) fn database_address_foreign(facts: &Facts<'_>) -> Vec<Computed> {
    const FOLDER: &str = "/etc/my.cnf.d";
    let Some(own) = facts.addresses() else { return Vec::new() };
    let names = facts.host.listing(FOLDER).into_iter().flatten();
    for path in names.map(|name| format!("{FOLDER}/{name}")) {
        let key = |key| facts.setting(&path, key, '=');
        let Some(said) = key("bind-address").or_else(|| key("bind_address")) else { continue };
        let address = said.value.parse::<IpAddr>();
        if address.is_ok_and(|address| {
            !address.is_unspecified()
                && !address.is_loopback()
                && !own.iter().any(|(known, _)| *known == address)
        }) {
            return found([("address", said.value), ("file", path)], [said.evidence]);
        }
    }
    Vec::new()
}
