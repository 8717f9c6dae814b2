//! A plan's script, really run: on a folder in place of the host's files, with stand-ins for the
//! programs that would change a host.

#![allow(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use ostack_core::plan::Plan;
use ostack_core::release::{Os, Release};

/// Stand-ins: each writes what it was asked to do into `log`, and keeps its state below `state`.
const PROGRAMS: [(&str, &str); 8] = [
    ("sudo", r#"exec "$@""#),
    (
        "dnf",
        r#"
echo "dnf $*" >>"$HOST/log"
if [ -e "$HOST/fail" ] && grep -qxF -e "dnf $*" "$HOST/fail"; then exit 1; fi
case "$*" in
*check-update) if [ ! -e "$HOST/state/updated" ]; then exit 100; fi ;;
"update -y") touch "$HOST/state/updated" ;;
*repolist*) cat "$HOST"/etc/yum.repos.d/*.repo | awk -F '[][]' '/^\[/ { id = $2; on[id] = 1 } /^enabled=0/ { on[id] = 0 } END { for (id in on) if (on[id]) print id }' ;;
"config-manager --enable "*) printf '[%s]\nenabled=1\n' "$3" >"$HOST/etc/yum.repos.d/$3.repo" ;;
*install*)
    for word; do
        case $word in
        install | -y) ;;
        puppet-[0-9]*) echo puppet >>"$HOST/state/rpm"; echo "$word" >>"$HOST/state/rpm" ;;
        centos-release-openstack-*)
            echo "$word" >>"$HOST/state/rpm"
            rm -f "$HOST/state/updated"
            printf '[centos-openstack]\nmirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=cloud-openstack-victoria\n#baseurl=http://mirror.centos.org/$contentdir/$releasever/cloud/$basearch/openstack-victoria/\n' >"$HOST/etc/yum.repos.d/cloud.repo"
            ;;
        *) echo "$word" >>"$HOST/state/rpm" ;;
        esac
    done
    ;;
esac
"#,
    ),
    ("yum", r#"exec dnf "$@""#),
    (
        "rpm",
        r#"
touch "$HOST/state/rpm"
if [ "$1" = -qa ]; then grep -e '^centos-release-openstack' "$HOST/state/rpm" | sed 's/$/-1-1.el8.noarch/'; exit 0; fi
shift
for word; do grep -qxF -e "$word" "$HOST/state/rpm" || exit 1; done
"#,
    ),
    (
        "systemctl",
        r#"
case $1 in
is-active) test -e "$HOST/state/active-$3"; exit ;;
is-enabled) test -e "$HOST/state/enabled-$3"; exit ;;
esac
echo "systemctl $*" >>"$HOST/log"
case $1 in
start) touch "$HOST/state/active-$2" ;;
stop) rm -f "$HOST/state/active-$2" ;;
enable) touch "$HOST/state/enabled-$2" ;;
disable) rm -f "$HOST/state/enabled-$2" ;;
esac
"#,
    ),
    (
        "packstack",
        r#"
echo "packstack $*" >>"$HOST/log"
test -e "$HOST/ready" || exit 1
touch "$HOST/root/keystonerc_admin"
"#,
    ),
    ("setenforce", r#"echo "setenforce $*" >>"$HOST/log"; echo Permissive >"$HOST/state/mode""#),
    ("getenforce", r#"cat "$HOST/state/mode" 2>/dev/null || echo Enforcing"#),
];

struct Host {
    folder: tempfile::TempDir,
    script: String,
}

impl Host {
    fn new(plan: &Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for below in ["bin", "etc/dnf", "etc/yum.repos.d", "root", "state"] {
            fs::create_dir_all(at.join(below)).unwrap();
        }
        for (name, body) in PROGRAMS {
            let path = at.join("bin").join(name);
            fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let base = "[baseos]\nmirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=BaseOS&infra=$infra\n#baseurl=http://mirror.centos.org/$contentdir/$releasever/BaseOS/$basearch/os/\nenabled=1\n";
        fs::write(at.join("etc/yum.repos.d/base.repo"), base).unwrap();
        fs::write(at.join("etc/yum.repos.d/epel.repo"), "[epel]\nenabled=1\n").unwrap();
        for conf in ["etc/dnf/dnf.conf", "etc/yum.conf"] {
            fs::write(at.join(conf), "[main]\ngpgcheck=1\n").unwrap();
        }
        for state in [
            "active-firewalld",
            "enabled-firewalld",
            "active-NetworkManager",
            "enabled-NetworkManager",
        ] {
            fs::write(at.join("state").join(state), "").unwrap();
        }
        let here = |path: &str| format!("{}{path}", at.display());
        let script = plan.sh().replace(" /etc/", &format!(" {}", here("/etc/")));
        let script = script.replace(" /root/", &format!(" {}", here("/root/")));
        Self { folder, script }
    }

    fn at(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join(path)
    }

    fn run(&self, with: &str) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.at("bin").display());
        Command::new("sh")
            .args(["-c", &self.script])
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .env("HOST", self.folder.path())
            .env("OSTACK_WITH", with)
            .output()
            .unwrap()
    }

    fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.at("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

fn plan(release: &str, os: &str) -> Plan {
    Plan::of(Release::parse(release).unwrap(), Os::parse(os).unwrap()).unwrap()
}

fn said(output: &Output) -> String {
    format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn victoria_on_centos_8_stops_where_it_fails_and_goes_on_there() {
    let host = Host::new(&plan("victoria", "centos-8"));
    fs::write(host.at("fail"), "dnf install -y openstack-packstack\n").unwrap();
    let first = host.run("");
    assert_eq!(first.status.code(), Some(1), "{}", said(&first));
    assert!(said(&first).contains("step packstack failed"), "{}", said(&first));
    let log = host.log();
    assert_eq!(log.last().unwrap(), "dnf install -y openstack-packstack");
    assert!(!log.iter().any(|line| line.starts_with("packstack")), "{log:#?}");
    let order = [
        "systemctl start network",
        "dnf update -y",
        "dnf config-manager --enable powertools",
        "dnf install -y centos-release-openstack-victoria",
        "dnf install -y puppet-6.14.0 hiera",
    ];
    let mut rest = log.iter();
    assert!(order.iter().all(|wanted| rest.any(|line| line == wanted)), "{log:#?}");
    let archived = [
        (
            "base.repo",
            "\nbaseurl=http://vault.centos.org/$contentdir/$releasever/BaseOS/$basearch/os/\n",
        ),
        (
            "cloud.repo",
            "\nbaseurl=http://vault.centos.org/centos/$releasever/cloud/$basearch/openstack-victoria/\n",
        ),
    ];
    for (name, address) in archived {
        let repo = fs::read_to_string(host.at("etc/yum.repos.d").join(name)).unwrap();
        assert!(repo.contains(address), "{repo}");
        assert!(!repo.contains("\nmirrorlist="), "{repo}");
    }
    assert!(
        fs::read_to_string(host.at("etc/yum.repos.d/epel.repo")).unwrap().contains("enabled=0")
    );
    assert!(
        fs::read_to_string(host.at("etc/dnf/dnf.conf")).unwrap().contains("exclude= puppet-agent")
    );

    // Repaired: what was done is not done again. packstack itself fails once.
    fs::remove_file(host.at("fail")).unwrap();
    fs::remove_file(host.at("log")).unwrap();
    let second = host.run("");
    assert_eq!(second.status.code(), Some(1), "{}", said(&second));
    assert_eq!(host.log(), ["dnf install -y openstack-packstack", "packstack --allinone"]);

    // It must not make new passwords for what is half installed.
    fs::write(host.at("ready"), "").unwrap();
    let third = host.run("");
    assert_eq!(third.status.code(), Some(1));
    assert_eq!(host.log().len(), 2);
    assert!(said(&third).contains("--answer-file="), "{}", said(&third));
}

#[test]
fn with_an_answer_file_packstack_is_run_again() {
    let host = Host::new(&plan("train", "centos-7").with_answers("my answers.txt"));
    assert_eq!(host.run("").status.code(), Some(1));
    fs::write(host.at("ready"), "").unwrap();
    let second = host.run("");
    assert!(second.status.success(), "{}", said(&second));
    let runs: Vec<String> =
        host.log().into_iter().filter(|line| line.starts_with("packstack")).collect();
    assert_eq!(runs, ["packstack --answer-file=my answers.txt"; 2]);
    let third = host.run("");
    assert!(
        third.status.success()
            && host.log().iter().filter(|l| l.starts_with("packstack")).count() == 2
    );
}

#[test]
fn selinux_is_made_permissive_only_where_it_is_asked_for() {
    for (with, wanted) in [("", false), ("selinux_permissive", true)] {
        let host = Host::new(&plan("2024.1", "centos-stream-9"));
        fs::write(host.at("ready"), "").unwrap();
        let output = host.run(with);
        assert!(output.status.success(), "{}", said(&output));
        let log = host.log();
        assert_eq!(log.iter().any(|line| line == "setenforce 0"), wanted, "{log:#?}");
        assert!(!log.iter().any(|line| line.starts_with("systemctl")), "{log:#?}");
        assert!(log.iter().any(|line| line == "dnf config-manager --enable crb"), "{log:#?}");
    }
}

#[test]
fn every_script_passes_shellcheck() {
    let folder = tempfile::tempdir().unwrap();
    for release in Release::all() {
        for &os in release.os() {
            let path = folder.path().join(format!("{}-{os}.sh", release.id()));
            fs::write(&path, Plan::of(release, os).unwrap().with_answers("it's mine.txt").sh())
                .unwrap();
        }
    }
    let all: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(all.len() > 40);
    for path in &all {
        ostack_tests::shellcheck(path);
    }
}

/// Every command of every page stands in the plan of its pair, in the page's order.
#[test]
fn every_page_of_the_collected_facts_is_followed() {
    let Some(reference) = ostack_tests::reference("facts/install_steps.json") else { return };
    let facts: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(reference).unwrap()).unwrap();
    let pairs = [
        ("victoria", "centos-8"),
        ("train", "centos-7"),
        ("yoga", "centos-stream-9"),
        ("caracal", "centos-stream-9"),
    ];
    let mut followed = 0;
    for step in facts["steps"].as_array().unwrap() {
        let release = step["release"].as_str().unwrap();
        let systems: Vec<&str> = step["os"].as_str().unwrap().split('/').collect();
        let Some((_, os)) = pairs.iter().find(|(r, os)| *r == release && systems.contains(os))
        else {
            continue;
        };
        let plan = plan(release, os);
        let commands: Vec<&str> =
            plan.steps.iter().flat_map(|step| &step.commands).map(String::as_str).collect();
        let texts = |value: &serde_json::Value| -> Vec<String> {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect()
        };
        let network =
            step["preconditions"].as_array().unwrap().iter().filter(|p| p["kind"] == "network");
        let mut wanted: Vec<String> = network.flat_map(|p| texts(&p["value"])).collect();
        wanted.extend(texts(&step["commands"]));
        let mut rest = commands.iter();
        for command in &wanted {
            assert!(
                rest.any(|found| found == command),
                "{release} on {os}: {command}\n{commands:#?}"
            );
        }
        assert!(plan.steps.iter().all(|step| !step.source.is_empty()));
        followed += 1;
    }
    assert!(followed >= 4, "{followed}");
}
