//! What would make packstack fail, said before it runs: the rules on facts and the computed checks,
//! over what is known of the host.
//!
//! A host's files are [read] and never changed, and no program is started: what only a program
//! can tell comes from files, or from the script of [`collector()`]. What was not given is unknown, is
//! [named](Unknown) as such, and no rule speaks on it.

mod collector;
mod facts;
mod host;
mod leftovers;
mod network;
mod repos;
mod resources;
mod surroundings;
mod unknown;

use std::path::Path;

use serde::Serialize;

pub use collector::collector;
pub use unknown::{By, PackstackCheck, Unknown, packstack_checks};

use crate::context::Context;
use crate::diagnosis::{self, Check, Computed, ContextInfo, SCHEMA};
use crate::error::Result;
use crate::finding::Finding;
use crate::host::{Host, Root};
use crate::lint;
use crate::rule::{KnowledgeBase, Severity, When};
use facts::Facts;

/// What the facts say of a host without any log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// What is known.
    pub context: ContextInfo,
    /// What would make packstack fail, most severe and surest first.
    pub findings: Vec<Finding>,
    /// What was not given, or only a live host can tell.
    pub unknown: Vec<Unknown>,
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

    /// The findings in the form of a diagnosis without sources, for what shows these.
    pub fn as_diagnosis(&self) -> diagnosis::Report {
        diagnosis::Report {
            schema: self.schema,
            ostack: env!("CARGO_PKG_VERSION"),
            context: self.context.clone(),
            rules_loaded: Vec::new(),
            sources: Vec::new(),
            run: None,
            diagnoses: self.findings.clone(),
            unexplained: Vec::new(),
        }
    }
}

/// A check over a host's files, packages and answer file.
#[derive(Debug, Clone, Copy)]
pub struct HostCheck {
    name: &'static str,
    run: fn(&Facts<'_>) -> Vec<Computed>,
}

/// The checks of a preflight, beside those of every diagnosis.
pub static CHECKS: &[HostCheck] = &[
    HostCheck { name: "answer_host_elsewhere", run: network::answer_host_elsewhere },
    HostCheck { name: "answer_interface_absent", run: network::interface_absent },
    HostCheck { name: "answer_ssh_key_unfit", run: network::ssh_key_unfit },
    HostCheck { name: "cinder_size_unreadable", run: resources::cinder_size_unreadable },
    HostCheck { name: "cinder_volume_group_absent", run: resources::volume_group_absent },
    HostCheck { name: "database_address_foreign", run: leftovers::database_address_foreign },
    HostCheck { name: "database_left", run: leftovers::database },
    HostCheck { name: "default_gateway_absent", run: network::default_gateway_absent },
    HostCheck { name: "disk_below_loop_files", run: resources::disk },
    HostCheck { name: "firewalld_enabled", run: host::firewalld_enabled },
    HostCheck { name: "host_name_loopback", run: surroundings::name_loopback },
    HostCheck { name: "host_name_unfit", run: surroundings::name_unfit },
    HostCheck { name: "host_name_unknown", run: surroundings::name_unknown },
    HostCheck { name: "host_os_unsupported", run: host::os_unsupported },
    HostCheck { name: "hosts_mix_ip_versions", run: network::hosts_mix_ip_versions },
    HostCheck { name: "ipv6_with_tunnels", run: network::ipv6_with_tunnels },
    HostCheck { name: "kernel_module_blocked", run: host::kernel_module_blocked },
    HostCheck { name: "kernel_not_the_newest", run: host::kernel_not_the_newest },
    HostCheck { name: "keystonerc_left", run: leftovers::keystonerc },
    HostCheck { name: "kvm_without_extensions", run: resources::kvm_without_extensions },
    HostCheck { name: "ldap_module_absent", run: network::ldap_module_absent },
    HostCheck { name: "locale_not_english", run: surroundings::locale_not_english },
    HostCheck { name: "memory_below_documented", run: resources::memory },
    HostCheck { name: "name_server_absent", run: surroundings::name_server_absent },
    HostCheck { name: "network_manager_enabled", run: host::network_manager_enabled },
    HostCheck { name: "network_service_off", run: host::network_service_off },
    HostCheck { name: "port_taken", run: resources::port_taken },
    HostCheck { name: "rabbitmq_node_left", run: leftovers::rabbitmq_node },
    HostCheck { name: "rdo_release_without_repo", run: repos::rdo_release_without_repo },
    HostCheck { name: "repo_of_gone_mirror", run: repos::gone_mirror },
    HostCheck { name: "repo_of_release_absent", run: repos::of_release_absent },
    HostCheck { name: "repo_of_vendor_puppet", run: repos::vendor_puppet },
    HostCheck { name: "repo_powertools_off", run: repos::powertools_off },
    HostCheck { name: "ssh_refuses_root", run: surroundings::ssh_refuses_root },
    HostCheck { name: "time_not_synchronised", run: surroundings::time_not_synchronised },
    HostCheck { name: "tunnel_interface_without_address", run: network::tunnel_without_address },
];

impl Check for HostCheck {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        (self.run)(&Facts::of(context))
    }
}

/// Reads what preflight looks at below a folder: a host's root, a chroot, a sosreport, or what the
/// [`collector()`] gathered; and the files that conditions of the rules name. Say before what is known
/// better; the package list of the folder is left out where one was given.
///
/// # Errors
/// The folder cannot be read. What cannot be read in it is named in the report.
pub fn read(folder: impl AsRef<Path>, context: Context, rules: &KnowledgeBase) -> Result<Context> {
    let root = Root::open(folder)?;
    let conditions = rules.on_facts().filter_map(|index| rules.rule(index).when.as_ref());
    let mut named = Vec::new();
    conditions.for_each(|when| files_of(when, &mut named));
    let key = context.answer_file().and_then(|answers| answers.value.get("CONFIG_SSH_KEY"));
    let key = key.map(str::trim).filter(|path| path.starts_with('/')).map(str::to_owned);
    let context = context.learn(|host| {
        root.collected(host);
        let files = collector::FILES.iter().map(|(path, _)| *path);
        for path in files.chain(named).chain(key.as_deref()) {
            root.file(host, path);
        }
        for (folder, suffix, _) in collector::FOLDERS {
            root.files(host, folder, suffix);
        }
        for folder in collector::LISTINGS {
            root.listing(host, folder);
        }
        for (name, _, others) in collector::OUTPUTS {
            if let Some((file, text)) = root.output(name, others) {
                host.add_file(name, &file, &text);
            }
        }
    });
    if context.package_list().is_some() {
        return Ok(context);
    }
    match root.output("rpm-qa", &["installed-rpms", "installed-debs"]) {
        Some((name, text)) if Host::from_packages(&name, &text).is_ok() => {
            context.packages_text(&name, &text)
        }
        Some((name, _)) => {
            Ok(context.learn(|host| host.add_unread(&name, "it holds no list of packages")))
        }
        None => Ok(context),
    }
}

fn files_of<'r>(when: &'r When, paths: &mut Vec<&'r str>) {
    paths.extend(
        when.file.iter().map(|test| test.path.as_str()).filter(|path| path.starts_with('/')),
    );
    when.any.iter().for_each(|branch| files_of(branch, paths));
}

/// What would make packstack fail, and what is not known.
///
/// ```
/// use ostack_core::context::Context;
/// use ostack_core::preflight;
/// use ostack_core::rule::KnowledgeBase;
/// let context = Context::new()
///     .release("victoria")?
///     .os("centos-8")?
///     .packages_text("rpm-qa.txt", "puppet-agent-7.4.1-1.el8.x86_64\n")?;
/// let report = preflight::run(&context, &KnowledgeBase::builtin());
/// assert_eq!(report.findings[0].rule, "puppet_not_from_rdo");
/// assert!(report.unknown.iter().any(|unknown| unknown.what.contains("repositories")));
/// assert!(preflight::run(&Context::new(), &KnowledgeBase::builtin()).findings.is_empty());
/// # Ok::<(), ostack_core::Error>(())
/// ```
pub fn run(context: &Context, rules: &KnowledgeBase) -> Report {
    let mut findings = diagnosis::facts(context, rules, &crate::checks());
    // How an answer file could be better is told where it is checked.
    findings.retain(|finding| {
        let lint = finding.component == "answers";
        !(lint && finding.severity == Severity::Info || lint::is_allowed(context, finding))
    });
    Report {
        schema: SCHEMA,
        context: ContextInfo::of(context),
        findings,
        unknown: unknown::of(context),
    }
}
