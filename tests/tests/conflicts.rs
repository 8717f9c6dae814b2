//! Outputs of the real dnf, rpm, pip and puppet on packages that do not fit, each made to fail in one
//! known way (`tests/conflicts/print.py`): the finding names what the tool named.

use std::collections::BTreeSet;
use std::fs;

use ostack_core::context::Context;
use ostack_core::rule::KnowledgeBase;
use ostack_tests::{log, path};
use serde_json::Value;

/// A log, the rule that must lead, and what its finding must name of the statement that decides.
struct Case {
    log: &'static str,
    rule: &'static str,
    /// Kind, package, what it requires, the other package; empty: not there.
    conflict: [&'static str; 4],
    /// What the cause names besides: repositories, and the requirements that contradict each other.
    also: &'static [&'static str],
}

const fn case(log: &'static str, rule: &'static str, conflict: [&'static str; 4]) -> Case {
    Case { log, rule, conflict, also: &[] }
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("dnf_best_candidate", "dependency_not_provided", ["nothing_provides", "python3-kombu-1:4.6.11-1.el8.noarch", "python3-vine >= 1.3.0", ""]),
    Case { also: &["python3-nova = 1:23.0.1-1.el8", "python3-nova = 1:22.2.1-1.el8"], ..case("dnf_cannot_install_both", "mixed_openstack_releases", ["both_versions", "python3-nova-1:23.0.1-1.el8.noarch", "", "python3-nova-1:22.2.1-1.el8.noarch"]) },
    case("dnf_chain_ends_in_powertools", "crb_repo_not_enabled", ["nothing_provides", "python3-glance-1:21.1.0-1.el8.noarch", "python3-pyxattr >= 0.5.3", ""]),
    case("dnf_conflicts_with_installed", "mysql_mariadb_conflict", ["conflicts", "mariadb-server-3:10.3.28-1.el8.noarch", "mysql-server", "mysql-community-server-8.0.21-1.el8.noarch"]),
    case("dnf_distupgrade", "installed_package_in_no_repository", ["distro_sync", "local-billing-2.0-1.noarch", "python3-sqlalchemy >= 1.4", "python3-sqlalchemy-1.4.31-1.el8.noarch"]),
    case("dnf_epoch_missing_in_candidate", "rdo_repository_not_enabled", ["nothing_provides", "openstack-cinder-1:17.4.0-1.el8.noarch", "python3-cinder >= 1:17.0.0", ""]),
    case("dnf_excluded", "package_excluded", ["excluded", "rdo-openvswitch-1:2.13-3.el8.noarch", "openvswitch2.13 >= 2.13.0", "openvswitch2.13-2.13.0-79.el8s.noarch"]),
    case("dnf_excluded_argument", "package_excluded", ["excluded", "", "", "openstack-packstack"]),
    Case { also: &["centos-openstack-victoria", "mysql80-community"], ..case("dnf_file_conflict_of_two", "mysql_mariadb_conflict", ["file", "mariadb-common-3:10.3.28-1.el8.noarch", "", "mysql-community-common-8.0.21-1.el8.noarch"]) },
    Case { also: &["centos-nfv-openvswitch"], ..case("dnf_file_conflict_with_installed", "installed_package_in_the_way", ["file", "python3-openvswitch2.13-2.13.0-79.el8s.noarch", "", "python3-openvswitch-2.12.0-1.el8.noarch"]) },
    case("dnf_inferior_architecture", "package_inferior_architecture", ["architecture", "erlang-crypto-22.3-1.el8.i686", "openssl-libs(x86-32) = 1:1.1.1g-1", "openssl-libs-1:1.1.1g-1.i586"]),
    Case { also: &["python3-nova = 1:22.2.1-1.el8", "python3-nova = 1:23.0.1-1.el8"], ..case("dnf_installed_of_other_release", "mixed_openstack_releases", ["both_versions", "python3-nova-1:22.2.1-1.el8.noarch", "", "python3-nova-1:23.0.1-1.el8.noarch"]) },
    Case { also: &["python3-sqlalchemy >= 1.4", "python3-sqlalchemy < 1.4"], ..case("dnf_library_of_two_minds", "package_requirements_contradict", ["both_versions", "python3-sqlalchemy-1.4.31-1.el8.noarch", "", "python3-sqlalchemy-1.3.19-1.el8.noarch"]) },
    Case { also: &["centos-openstack-victoria"], ..case("dnf_metadata_missing", "repo_local_path_missing", ["metadata", "", "", ""]) },
    case("dnf_modular_filter", "module_filters_package", ["modular_filter", "mariadb-server-galera-3:10.3.28-2.el8.noarch", "mariadb-server >= 3:10.3.20", "mariadb-server-3:10.3.28-1.module_el8.3.0+757+d382997d.noarch"]),
    case("dnf_module_missing", "module_stream_unavailable", ["module", "virt:av", "", ""]),
    case("dnf_module_of_other_platform", "module_stream_unavailable", ["nothing_provides", "virt:av:8020020200101010101:abcdef12.x86_64", "module(platform:el9)", ""]),
    case("dnf_module_stream_conflict", "module_stream_unavailable", ["module", "virt 8.3", "", ""]),
    case("dnf_no_match", "packstack_package_not_found", ["not_found", "openstack-packstack", "", ""]),
    case("dnf_nothing_provides_version", "virt_sig_repo_missing", ["nothing_provides", "openstack-nova-compute-1:22.2.1-1.el8.noarch", "qemu-kvm-core >= 4.2.0", ""]),
    Case { also: &["hiera >= 3.3.1"], ..case("dnf_obsoletes", "package_replaced_by_another", ["obsoletes", "puppet-agent-7.4.1-1.el8.x86_64", "hiera < 4.0.0", "hiera-3.6.0-2.el8.noarch"]) },
    case("dnf_only_another_version_offered", "package_build_out_of_step", ["nothing_provides", "openstack-keystone-1:18.0.0-1.el8.noarch", "python3-keystone = 1:18.0.0-1.el8", ""]),
    case("dnf_ovn_two_streams", "ovn2021_conflicts_with_ovn213", ["conflicts", "ovn-2021-21.06.0-29.el8s.noarch", "ovn2.13", "ovn2.13-20.12.0-24.el8s.noarch"]),
    Case { also: &["centos-openstack-victoria"], ..case("dnf_package_file_gone", "repo_package_file_404", ["download", "openstack-heat-api-1:15.1.0-1.el8.noarch", "", ""]) },
    case("dnf_package_not_signed", "gpg_no_public_keys", ["", "", "", ""]),
    case("dnf_protected", "protected_package_removal", ["protected", "dnf", "", ""]),
    case("dnf_python_dist", "dependency_not_provided", ["nothing_provides", "python3-barbicanclient-5.3.0-1.el8.noarch", "python3.6dist(oslo-utils) >= 4.5", ""]),
    case("dnf_release_of_later_library", "package_needs_later_release", ["nothing_provides", "openstack-placement-api-5.0.1-1.el8.noarch", "python3-oslo-db >= 8.6.0", ""]),
    Case { also: &["ovn2.13 >= 21", "ovn2.13 = 20.12.0"], ..case("dnf_requirement_of_installed", "installed_package_in_the_way", ["both_versions", "ovn2.13-21.12.0-1.el8s.noarch", "", "ovn2.13-20.12.0-24.el8s.noarch"]) },
    case("dnf_rich_requirement", "dependency_not_provided", ["nothing_provides", "openstack-ironic-conductor-1:16.2.2-1.el8.noarch", "(ipxe-bootimgs >= 20181214 or ipxe-bootimgs-x86)", ""]),
    case("dnf_shared_library", "package_for_other_os_version", ["nothing_provides", "rabbitmq-c-utils-0.11.0-1.el9.x86_64", "libcrypto.so.3()(64bit)", ""]),
    Case { also: &["erlang >= 21.3"], ..case("dnf_two_problems", "messaging_sig_repo_missing", ["nothing_provides", "openstack-neutron-ovn-metadata-agent-1:17.3.0-1.el8.noarch", "ovn2.13-host >= 20.12", ""]) },
    case("dnf_two_replace_one", "package_conflict", ["conflicts", "openvswitch2.15-2.15.0-24.el8s.noarch", "openvswitch2.13", "openvswitch2.13-2.13.0-79.el8s.noarch"]),
    Case { also: &["python3-django < 3.0", "openstack-dashboard-1:18.6.4-1.el8.noarch (installed)"], ..case("dnf_upgrade_held_by_installed", "installed_package_in_the_way", ["both_versions", "python3-django-3.2.20-1.el8.noarch", "", "python3-django-2.2.24-1.el8.noarch"]) },
    case("dnf_vendor_puppet_in_the_way", "installed_package_in_the_way", ["conflicts", "puppet-agent-7.4.1-1.el8.x86_64", "puppet < 7", "puppet-6.14.0-2.el8.noarch"]),
    case("pip_breaks_what_is_there", "pip_broke_installed_package", ["wrong_version", "requests 2.25.1", "urllib3<1.27,>=1.21.1", "urllib3 2.0.4"]),
    Case { also: &["SQLAlchemy>=2.0", "python-novaclient 18.0.0"], ..case("pip_cannot_install", "pip_requirements_contradict", ["contradiction", "oslo-db 12.0.0", "SQLAlchemy<2 and >=1.4", ""]) },
    Case { also: &["python-openstackclient 6.0.0"], ..case("pip_no_matching_distribution", "pip_no_matching_distribution", ["nothing_provides", "", "python-openstackclient==99.0", ""]) },
    Case { also: &["eventlet!=0.18.3 and >=0.36"], ..case("pip_user_requested", "pip_requirements_contradict", ["contradiction", "", "eventlet==0.33.3", ""]) },
    case("puppet_install_conflict", "puppet_module_requirement_unmet", ["already_installed", "puppetlabs-stdlib 8.1.0", "", "puppetlabs-stdlib 6.6.0"]),
    case("puppet_install_dependency_conflict", "puppet_module_requirement_unmet", ["wrong_version", "puppetlabs-apache 9.0.0", "puppetlabs-stdlib >= 8.0.0 < 9.0.0", "puppetlabs-stdlib 6.6.0"]),
    case("puppet_list_unmet", "puppet_module_requirement_unmet", ["wrong_version", "puppetlabs-mysql 11.0.3", "puppetlabs-stdlib >= 5.2.0 < 8.0.0", "puppetlabs-stdlib 4.25.0"]),
    case("puppet_package_provider", "crb_repo_not_enabled", ["nothing_provides", "python3-glance-1:21.1.0-1.el8.noarch", "python3-pyxattr >= 0.5.3", ""]),
    case("puppet_uninstall_required", "puppet_module_requirement_unmet", ["still_needed", "openstack/glance 17.5.0", "puppetlabs-inifile >= 2.0.0 < 5.0.0", "puppetlabs-inifile 4.2.0"]),
    case("puppet_upgrade_conflict", "puppet_module_requirement_unmet", ["contradiction", "puppetlabs-concat 7.1.1", "", ""]),
    case("rpm_conflicts", "package_conflict", ["conflicts", "openvswitch2.13-2.13.0-79.el8s.noarch", "openvswitch < 1:2.13", ""]),
    case("rpm_erase_needed", "firewalld_erase_blocked", ["still_needed", "firewall-config-0.8.2-2.el8.noarch", "firewalld = 0.8.2-2.el8", ""]),
    case("rpm_file_conflict", "installed_package_in_the_way", ["file", "puppet-6.14.0-2.el8.noarch", "", "puppet-agent-7.4.1-1.el8.x86_64"]),
    Case { also: &["python3-paste-deploy >= 1.5.2"], ..case("rpm_needs", "rpm_failed_dependencies", ["nothing_provides", "openstack-nova-api-1:22.2.1-1.el8.noarch", "openstack-nova-common = 1:22.2.1-1.el8", ""]) },
    case("rpm_needs_other_version_than_installed", "rpm_failed_dependencies", ["nothing_provides", "openstack-neutron-1:17.4.1-1.el8.noarch", "python3-neutron = 1:17.4.1-1.el8", ""]),
    case("rpm_newer_installed", "repo_older_than_host", ["already_installed", "libgomp-8.3.1-5.el8.x86_64", "", "libgomp-8.5.0-10.el8.x86_64"]),
    case("rpm_obsoleted", "installed_package_in_the_way", ["obsoletes", "python3-mod_wsgi-4.6.4-4.el8.noarch", "python36-mod_wsgi < 4.6.5", ""]),
    case("rpm_other_architecture", "wrong_architecture", ["architecture", "", "", "liberasurecode-1.6.1-2.el8.aarch64"]),
];

fn text(conflict: &Value, part: &str) -> String {
    let value = &conflict[part];
    value.as_str().or_else(|| value["text"].as_str()).unwrap_or_default().to_owned()
}

#[test]
fn findings_name_packages_versions_and_the_constraint_that_cannot_be_met() {
    let rules = KnowledgeBase::builtin();
    for Case { log: name, rule, conflict, also } in CASES {
        let text_of_log = fs::read(path(&format!("conflicts/{name}.log"))).unwrap();
        let context = match *name {
            "dnf_release_of_later_library" => Context::new().release("victoria").unwrap(),
            _ => Context::new(),
        };
        let report = ostack_core::diagnose(&log(text_of_log), &context, &rules);
        let json = serde_json::to_value(&report).unwrap();
        let finding = &json["diagnoses"][0];
        assert_eq!(finding["rule"], *rule, "{name}");
        let first = &finding["conflicts"][0];
        let named = ["kind", "package", "requires", "other"].map(|part| text(first, part));
        assert_eq!(named, conflict.map(str::to_owned), "{name}");
        let cause = finding["cause"].as_str().unwrap();
        for words in conflict[1..].iter().chain(*also) {
            assert!(cause.contains(words), "{name}: {words} is not in {cause}");
        }
        for part in ["package", "other"] {
            let Some(version) = first[part]["version"].as_str() else { continue };
            assert!(conflict.iter().any(|words| words.contains(version)), "{name}: {version}");
        }
        assert_eq!(json["unexplained"].as_array().map(Vec::len), Some(0), "{name}");
    }
}

#[test]
fn every_output_is_held_against_the_table() {
    let logs = fs::read_dir(path("conflicts")).unwrap().map(|entry| entry.unwrap().path());
    let stem = |path: std::path::PathBuf| {
        let is_log = path.extension().is_some_and(|extension| extension == "log");
        is_log.then(|| path.file_stem().unwrap().to_str().unwrap().to_owned())
    };
    let logs: BTreeSet<String> = logs.filter_map(stem).collect();
    let named: BTreeSet<String> = CASES.iter().map(|case| case.log.to_owned()).collect();
    assert_eq!(logs, named);
    let of_rpms = |case: &&Case| {
        let [_, package, requires, other] = case.conflict;
        let tool = case.log.starts_with("dnf_") || case.log.starts_with("rpm_");
        tool && [package, requires, other].iter().filter(|part| !part.is_empty()).count() >= 2
    };
    assert!(CASES.iter().filter(of_rpms).count() >= 25);
}

#[test]
fn a_package_list_tells_where_the_one_in_the_way_came_from() {
    let text = fs::read(path("conflicts/dnf_vendor_puppet_in_the_way.log")).unwrap();
    let list = "Installed Packages\npuppet-agent.x86_64   7.4.1-1.el8   @puppet7\n";
    let context = Context::new().packages_text("dnf-list.txt", list).unwrap();
    let report = ostack_core::diagnose(&log(text), &context, &KnowledgeBase::builtin());
    let finding =
        report.diagnoses.iter().find(|d| d.rule == "installed_package_in_the_way").unwrap();
    assert!(finding.cause.contains("from repository puppet7"), "{}", finding.cause);
    assert!(finding.evidence.iter().any(|e| (&*e.path, e.line) == ("dnf-list.txt", 2)));
    let puppet = finding.conflicts[0].package.as_ref().unwrap();
    assert_eq!((puppet.repo.as_deref(), puppet.installed), (Some("puppet7"), true));
}
