use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::release::{OsPattern, ReleaseRange};

fn plan(release: &str, os: &str) -> Plan {
    Plan::of(release.parse().unwrap(), os.parse().unwrap()).unwrap()
}

fn commands(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().flat_map(|step| &step.commands).map(String::as_str).collect()
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.as_str()).collect()
}

/// Whether the wanted commands are there, in this order.
fn in_order(plan: &Plan, wanted: &[&str]) -> bool {
    let found = commands(plan);
    let mut rest = found.iter();
    wanted.iter().all(|command| rest.any(|found| found == command))
}

fn every_plan() -> impl Iterator<Item = Plan> {
    Release::all()
        .flat_map(|release| release.os().iter().map(move |&os| Plan::of(release, os).unwrap()))
}

#[test]
fn victoria_on_centos_8_has_every_command_of_its_page() {
    // Verbatim from RDO's page at commit 3b12448f.
    let network = [
        "sudo dnf install network-scripts -y",
        "sudo systemctl disable firewalld",
        "sudo systemctl stop firewalld",
        "sudo systemctl disable NetworkManager",
        "sudo systemctl stop NetworkManager",
        "sudo systemctl enable network",
        "sudo systemctl start network",
    ];
    let install = [
        "sudo dnf update -y",
        "sudo dnf config-manager --enable powertools",
        "sudo dnf install -y centos-release-openstack-victoria",
        "sudo dnf update -y",
        "sudo dnf install -y openstack-packstack",
        "sudo packstack --allinone",
    ];
    let plan = plan("victoria", "centos-8");
    assert!(in_order(&plan, &[network.as_slice(), &install].concat()), "{:#?}", commands(&plan));
    assert_eq!(
        ids(&plan),
        [
            "archive",
            "epel_off",
            "puppet_vendor_off",
            "network_scripts",
            "firewalld_off",
            "network_service",
            "locale",
            "update",
            "archive_again",
            "config_manager",
            "powertools",
            "one_release",
            "release",
            "archive_release",
            "update_release",
            "puppet_rdo",
            "packstack",
            "run",
        ]
    );
    assert_eq!(
        plan.step("puppet_rdo").unwrap().commands,
        ["sudo dnf install -y puppet-6.14.0 hiera"]
    );
    assert_eq!(plan.step("firewalld_off").unwrap().risk, Risk::Disruptive);
}

#[test]
fn train_on_centos_7_speaks_yum_and_needs_no_network_scripts() {
    let plan = plan("train", "centos-7");
    assert!(in_order(
        &plan,
        &["sudo systemctl start network", "sudo yum install -y centos-release-openstack-train"]
    ));
    assert!(commands(&plan).iter().all(|command| !command.contains("dnf")));
    for absent in ["network_scripts", "powertools", "crb", "config_manager", "selinux_permissive"] {
        assert!(plan.step(absent).is_none(), "{absent}");
    }
    assert!(plan.step("archive").unwrap().commands.concat().contains("vault.centos.org"));
    assert!(plan.step("puppet_vendor_off").unwrap().check.contains("/etc/yum.conf"));
}

#[test]
fn stream_9_keeps_networkmanager_and_makes_selinux_permissive_only_when_asked() {
    for (release, name, puppet) in [("yoga", "yoga", "7.10.0"), ("2024.1", "caracal", "7.27.0")] {
        let plan = plan(release, "centos-stream-9");
        assert!(in_order(
            &plan,
            &[
                "sudo dnf update -y",
                "sudo dnf config-manager --enable crb",
                &format!("sudo dnf install -y centos-release-openstack-{name}"),
                "sudo setenforce 0",
                "sudo dnf install -y openstack-packstack",
                "sudo packstack --allinone",
            ]
        ));
        let all = commands(&plan).join("\n");
        for absent in
            ["NetworkManager", "network-scripts", "firewalld", "vault.centos.org", "powertools"]
        {
            assert!(!all.contains(absent), "{absent}");
        }
        assert!(all.contains(&format!("puppet-{puppet} ")));
        let permissive = plan.step("selinux_permissive").unwrap();
        assert!(permissive.optional && permissive.risk == Risk::Disruptive);
        assert!(plan.notes.iter().any(|note| note.contains("NetworkManager and firewalld stay")));
    }
}

#[test]
fn the_id_of_powertools_is_that_of_the_updated_host() {
    let ussuri = plan("ussuri", "centos-8");
    assert_eq!(
        ussuri.step("powertools").unwrap().commands,
        [
            "sudo dnf config-manager --enable powertools || sudo dnf config-manager --enable PowerTools"
        ]
    );
    let rhel = plan("victoria", "rhel-8");
    assert!(rhel.step("codeready").is_some() && rhel.step("powertools").is_none());
}

#[test]
fn every_supported_pair_has_a_plan_and_every_plan_is_whole() {
    for plan in every_plan() {
        let pair = format!("{} on {}", plan.release, plan.os);
        let ids = ids(&plan);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{pair}: {ids:?}");
        assert_eq!(ids.last(), Some(&"run"), "{pair}");
        for step in &plan.steps {
            let texts = [&step.title, &step.why, &step.check, &step.source];
            assert!(texts.iter().all(|text| !text.trim().is_empty()), "{pair}: {}", step.id);
            let mut all = texts.into_iter().chain(&step.commands);
            assert!(all.all(|text| !text.contains("{{")), "{pair}: {}", step.id);
            assert!(
                step.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{pair}: {}",
                step.id
            );
        }
    }
}

#[test]
fn no_plan_enables_two_releases() {
    for plan in every_plan() {
        let brings = |command: &&&str| command.contains("install") && command.contains("-release");
        let all = commands(&plan);
        let releases: Vec<_> = all.iter().filter(brings).collect();
        assert!(releases.len() <= 1, "{} on {}: {releases:?}", plan.release, plan.os);
        for other in Release::all().filter(|other| *other != plan.release) {
            let name = format!("openstack-{}", other.name());
            assert!(
                all.iter().all(|command| !command.contains(&name)),
                "{} on {}",
                plan.release,
                plan.os
            );
        }
    }
}

#[test]
fn every_page_is_of_a_supported_pair_and_is_used_up() {
    let mut pages = 0;
    for plan in every_plan() {
        let page = data::page(plan.release, plan.os).unwrap();
        let instead = |command: &String| {
            let mut steps = data::steps().step.iter();
            steps.find_map(|step| step.instead.get(command)).unwrap_or(command).clone()
        };
        let wanted: Vec<String> = page.network.iter().chain(&page.commands).map(instead).collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        assert!(in_order(&plan, &wanted), "{} on {}", plan.release, plan.os);
        pages += 1;
    }
    assert_eq!(pages, data::pages().len());
}

#[test]
fn every_condition_of_a_step_can_be_read() {
    for step in &data::steps().step {
        let (releases, os) = step.conditions();
        for range in releases {
            range.parse::<ReleaseRange>().unwrap();
        }
        for pattern in os {
            pattern.parse::<OsPattern>().unwrap();
        }
    }
}

#[test]
fn pairs_that_never_were_are_refused_with_the_nearest() {
    let refused = |release: &str, os: &str| {
        let error = Plan::of(release.parse().unwrap(), os.parse().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Context);
        error.hint().unwrap().to_owned()
    };
    assert_eq!(
        refused("victoria", "centos-7"),
        "it supported victoria on centos-8, centos-stream-8, rhel-8; centos-7 with train"
    );
    assert_eq!(
        refused("victoria", "rocky-8"),
        "it supported victoria on centos-8, centos-stream-8, rhel-8"
    );
    assert_eq!(refused("2026.1", "debian-12"), "it supported 2025.1 (epoxy) on centos-stream-9");
    assert!(refused("2024.1", "centos-stream-8").contains("centos-stream-8 with yoga"));
}

#[test]
fn every_script_is_one_for_a_posix_shell() {
    for plan in every_plan() {
        let script = plan.with_answers("it's mine.txt").sh();
        let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success(), "{script}");
    }
}

/// The functions of the script with steps of our own: what it does, and what it remembers.
#[test]
fn a_script_stops_at_a_failure_goes_on_there_and_leaves_optional_steps_out() {
    let step = |id: &str, command: &str, check: &str| Step {
        id: id.to_owned(),
        title: format!("Do {id}'s"),
        why: "Because.".to_owned(),
        commands: vec![command.to_owned()],
        check: check.to_owned(),
        risk: Risk::Safe,
        optional: id == "maybe",
        again: (id == "run").then(|| "do it again".to_owned()),
        source: "here".to_owned(),
    };
    let folder = std::env::temp_dir().join(format!("ostack-plan-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let plan = Plan {
        steps: vec![
            step("first", "echo first >>log", "grep -q first log"),
            step("there", "echo there >>log", "true"),
            step("maybe", "echo maybe >>log", "false"),
            step("second", "cat wanted >>log; echo never >>log", "grep -q second log"),
            step("run", "echo run >>log; test -f ready", "true"),
        ],
        ..plan("yoga", "centos-stream-9")
    };
    let run = || {
        let shell = Command::new("sh")
            .arg("-c")
            .arg(plan.sh())
            .current_dir(&folder)
            .env("OSTACK_STATE", "state")
            .output();
        let shell = shell.unwrap();
        let text = String::from_utf8_lossy(&shell.stderr).into_owned();
        (shell.status.code(), std::fs::read_to_string(folder.join("log")).unwrap(), text)
    };
    let (status, log, error) = run();
    assert_eq!((status, log.as_str()), (Some(1), "first\n"));
    assert!(error.contains("step second failed"), "{error}");
    std::fs::write(folder.join("wanted"), "second\n").unwrap();
    let (status, log, error) = run();
    assert_eq!((status, log.as_str()), (Some(1), "first\nsecond\nnever\nrun\n"));
    assert!(error.contains("step run failed"), "{error}");
    std::fs::write(folder.join("ready"), "").unwrap();
    let (status, log, error) = run();
    assert_eq!((status, log.as_str()), (Some(1), "first\nsecond\nnever\nrun\n"));
    assert!(error.contains("do it again"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What the commands on dnf's configuration make of it, where it has keys that look alike.
#[test]
fn the_vendors_puppet_is_excluded_by_the_right_key() {
    let plan = plan("victoria", "centos-8");
    let step = plan.step("puppet_vendor_off").unwrap();
    let edits = step.commands.iter().filter(|command| command.contains("dnf.conf"));
    let edits: Vec<String> = edits.map(|command| command.replace("sudo ", "")).collect();
    assert_eq!(edits.len(), 2);
    let file = std::env::temp_dir().join(format!("ostack-dnf-{}.conf", std::process::id()));
    let script = edits.join("\n").replace("/etc/dnf/dnf.conf", file.to_str().unwrap());
    let edited = |before: &str| {
        std::fs::write(&file, before).unwrap();
        for _ in 0..2 {
            let status = Command::new("sh").args(["-euc", &script]).status().unwrap();
            assert!(status.success(), "{script}");
        }
        std::fs::read_to_string(&file).unwrap()
    };
    let alike = "[main]\nexclude_from_weak_autodetect=1\n";
    assert_eq!(edited(alike), alike.replace("[main]", "[main]\nexclude= puppet-agent"));
    assert_eq!(edited("[main]\nexcludepkgs=a b\n"), "[main]\nexcludepkgs=a b puppet-agent\n");
    std::fs::remove_file(&file).unwrap();
}
