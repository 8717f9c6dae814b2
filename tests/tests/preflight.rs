//! Preflight on whole roots: made-up hosts, this machine's own, what the collector gathers, and roots
//! that are hostile.

#![allow(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ostack_core::context::Context;
use ostack_core::preflight::{self, Report, packstack_checks};
use ostack_core::release::{Release, ReleaseRange};
use ostack_core::rule::KnowledgeBase;
use ostack_tests::path;

fn host(name: &str) -> PathBuf {
    path("hosts").join(name)
}

fn preflight(root: &Path, release: &str) -> Report {
    let rules = KnowledgeBase::builtin();
    let context = Context::new().release(release).unwrap();
    preflight::run(&preflight::read(root, context, &rules).unwrap(), &rules)
}

fn ids(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn this_machines_own_root_is_read() {
    let report = preflight(Path::new("/"), "victoria");
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["schema"], 1);
    assert!(json["findings"].is_array() && json["unknown"].is_array());
    // A live Linux tells these; what only a program can tell stays unknown.
    let unknown: Vec<&str> = report.unknown.iter().map(|unknown| unknown.what.as_str()).collect();
    assert!(!unknown.contains(&"the memory"), "{unknown:?}");
    assert!(unknown.contains(&"the free disk space"), "{unknown:?}");
}

#[test]
fn every_check_of_packstack_has_an_answer_here() {
    let rules = KnowledgeBase::builtin();
    for check in packstack_checks() {
        for id in &check.rules {
            assert!(rules.find(id).is_some(), "{}: no rule {id}", check.id);
        }
        let told = !check.rules.is_empty() || check.live.is_some() || check.by.is_some();
        assert!(told, "{}: nothing says how it is made before", check.id);
        assert_eq!(check.live.is_some(), check.how.is_some(), "{}", check.id);
    }
    let Some(reference) = ostack_tests::reference("facts/host_requirements.json") else { return };
    let facts: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(reference).unwrap()).unwrap();
    let wanted: BTreeMap<&str, Vec<&str>> = facts["packstack_checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| {
            let releases = check["present_in_releases"].as_array().unwrap();
            (check["id"].as_str().unwrap(), releases.iter().map(|r| r.as_str().unwrap()).collect())
        })
        .collect();
    assert_eq!(wanted.len(), packstack_checks().len());
    for check in packstack_checks() {
        let range = ReleaseRange::parse(&check.releases).unwrap();
        let has: Vec<&str> =
            Release::all().filter(|r| range.contains(*r)).map(Release::id).collect();
        assert_eq!(has, wanted[check.id.as_str()], "{}", check.id);
    }
}

#[test]
fn what_the_collector_gathers_says_the_same_and_holds_no_secret() {
    for (name, release) in [
        ("victoria-centos-8-prepared", "victoria"),
        ("train-centos-7-image", "train"),
        ("yoga-stream-9-second-run", "yoga"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("facts");
        let mut collect = Command::new("sh");
        collect.args(["-c", &preflight::collector(), "collect"]).arg(&into);
        let output = collect.env("COLLECT_FROM", host(name)).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        assert_eq!(
            ids(&preflight(&into, release)),
            ids(&preflight(&host(name), release)),
            "{name}"
        );
        let found = Command::new("grep").args(["-rE", "a-made-up-word|AAAAB3"]).arg(&into).output();
        assert_eq!(String::from_utf8_lossy(&found.unwrap().stdout), "", "{name}");
    }
}

#[test]
fn the_collector_runs_here_and_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("collect.sh");
    fs::write(&script, preflight::collector()).unwrap();
    let into = folder.path().join("facts");
    let run = || Command::new("sh").arg(&script).arg(&into).output().unwrap();
    let output = run();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let report = preflight(&into, "victoria");
    assert!(report.unknown.iter().all(|unknown| unknown.what != "the free disk space"));
    assert_eq!(run().status.code(), Some(2), "a folder that is there is left alone");
    ostack_tests::shellcheck(&script);
}

/// A root in which everything is something else than it should be.
#[test]
fn hostile_roots_neither_hang_nor_panic() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for below in ["etc/yum.repos.d", "etc/ssh", "proc/net", "root", "sys/class", "var/lib/mysql"] {
        fs::create_dir_all(root.join(below)).unwrap();
    }
    let pipes =
        ["etc/os-release", "proc/net/tcp", "etc/yum.repos.d/a.repo", "root/keystonerc_admin"];
    for pipe in pipes {
        assert!(Command::new("mkfifo").arg(root.join(pipe)).status().unwrap().success());
    }
    let bytes: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
    for file in [
        "etc/hosts",
        "proc/meminfo",
        "proc/net/route",
        "proc/net/fib_trie",
        "etc/ssh/sshd_config",
        "etc/yum.repos.d/b.repo",
    ] {
        fs::write(root.join(file), &bytes).unwrap();
    }
    fs::create_dir(root.join("etc/hostname")).unwrap();
    fs::create_dir(root.join("etc/modprobe.d")).unwrap();
    fs::write(root.join("etc/modprobe.d/\u{1b}[31m.conf"), "install vxlan /bin/true\n").unwrap();
    fs::write(root.join("sys/class/net"), "a file").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", root.join("etc/resolv.conf")).unwrap();
    std::os::unix::fs::symlink("../../../../../../../etc/passwd", root.join("etc/locale.conf"))
        .unwrap();
    std::os::unix::fs::symlink("resolved", root.join("etc/resolved")).unwrap();
    let report = preflight(root, "victoria");
    let text = report.json();
    assert!(ids(&report).contains(&"kernel_module_blocked"));
    assert!(!text.contains("u001b"), "{text}");
    assert!(!text.contains("root:x:0:0"), "a link led out of the root");
    let named = |what: &str| report.unknown.iter().any(|unknown| unknown.what.contains(what));
    assert!(
        named("/etc/os-release") && named("/etc/hosts") && named("/root/keystonerc_admin"),
        "{text}"
    );
}
