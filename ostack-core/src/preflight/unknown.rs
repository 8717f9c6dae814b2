//! What was not given, and what only a live host can tell.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::context::Context;
use crate::finding::printable;
use crate::release::ReleaseRange;
use crate::version::Truth;

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// What it is.
    pub what: String,
    /// What would tell it: a file, an option or a command.
    pub how: String,
    /// Who can tell it.
    pub by: By,
}

/// Who can tell what is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// A file or an option that was not given.
    File,
    /// Only a live host.
    Host,
}

/// A check that packstack makes itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackstackCheck {
    /// Its name in the collected facts.
    pub id: String,
    /// The releases whose packstack has it.
    pub releases: String,
    /// The rules that speak of it before.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What of it only a live host can tell.
    pub live: Option<String>,
    /// The command that tells it there.
    pub how: Option<String>,
    /// What else makes it.
    pub by: Option<String>,
    /// Where packstack has it.
    pub source: String,
}

/// The checks that packstack makes itself, and how each is made before.
///
/// ```
/// let gateway = ostack_core::preflight::packstack_checks()
///     .iter()
///     .find(|check| check.id == "default-gateway-missing")
///     .unwrap();
/// assert_eq!(gateway.rules, ["default_gateway_absent"]);
/// ```
///
/// # Panics
/// Never: the table is this crate's own.
pub fn packstack_checks() -> &'static [PackstackCheck] {
    #[derive(Deserialize)]
    struct Checks {
        check: Vec<PackstackCheck>,
    }
    static CHECKS: OnceLock<Vec<PackstackCheck>> = OnceLock::new();
    CHECKS.get_or_init(|| {
        let text = include_str!("../../data/preflight/packstack_checks.toml");
        toml::from_str::<Checks>(text).expect("the embedded checks are valid").check
    })
}

/// A topic, what would tell it, and whether it is known.
type Topic = (&'static str, &'static str, fn(&Facts<'_>) -> bool);

const TOPICS: [Topic; 17] = [
    ("the release", "--release", |f| f.release().is_some()),
    ("the operating system", "--os, or /etc/os-release", |f| f.os().is_some()),
    (
        "the installed packages, Puppet among them",
        "--packages FILE with what `rpm -qa` prints",
        |f| f.context.package_list().is_some(),
    ),
    (
        "the answer file, with its hosts, interfaces, disk and virtualization",
        "--answers FILE",
        |f| f.context.answer_file().is_some(),
    ),
    ("the repositories", "/etc/yum.repos.d", |f| told(f, "/etc/yum.repos.d")),
    ("the host's name", "/etc/hostname", |f| f.host_name().is_some()),
    ("the address of the host's name", "/etc/hosts, or `getent hosts NAME`", name_known),
    ("the locale", "/etc/locale.conf", |f| {
        told(f, "/etc/locale.conf") || told(f, "/etc/environment")
    }),
    ("SELinux's mode", "/sys/fs/selinux/enforce, or `getenforce`", |f| {
        told(f, "/sys/fs/selinux/enforce")
            || f.lines("/etc/selinux/config").any(|(_, line)| line == "SELINUX=disabled")
            || f.host.exists("/etc/selinux") == Truth::False
            || f.host.exists("/etc/selinux/config") == Truth::False
    }),
    ("what starts at boot", "/etc/systemd/system", |f| {
        f.enabled("firewalld").0 != Truth::Unknown || told(f, "/etc/rc.d/rc3.d")
    }),
    ("the ports in use", "/proc/net/tcp", |f| f.listening().is_some()),
    ("the memory", "/proc/meminfo", |f| told(f, "/proc/meminfo")),
    ("the free disk space", "what `df -Pk` prints: preflight --collector keeps it", |f| {
        told(f, "df")
    }),
    ("the processor's extensions", "/proc/cpuinfo", |f| told(f, "/proc/cpuinfo")),
    ("addresses and routes", "/proc/net/route and /proc/net/fib_trie, or `ip addr`", |f| {
        f.addresses().is_some() && told(f, "/proc/net/route")
    }),
    ("the kernel that runs", "/proc/sys/kernel/osrelease", |f| {
        told(f, "/proc/sys/kernel/osrelease")
    }),
    ("what an earlier run left", "/root/keystonerc_admin and /var/lib/mysql", |f| {
        told(f, "/root/keystonerc_admin") && told(f, "/var/lib/mysql")
    }),
];

fn told(facts: &Facts<'_>, path: &str) -> bool {
    facts.host.exists(path) != Truth::Unknown
}

/// What an answer file alone makes worth knowing.
const ASKED: [Topic; 1] = [(
    "the volume groups, for CONFIG_CINDER_VOLUMES_CREATE=n",
    "what `vgs` prints: preflight --collector keeps it",
    |f| {
        told(f, "vgs")
            || !f.answer_is("CONFIG_CINDER_VOLUMES_CREATE", "n")
            || !f.answer_is("CONFIG_CINDER_INSTALL", "y")
    },
)];

fn name_known(facts: &Facts<'_>) -> bool {
    let Some(name) = facts.host_name() else { return false };
    let short = name.value.split('.').next().unwrap_or_default();
    [name.value.as_str(), short].iter().any(|name| facts.address_of(name).is_some())
        || facts.file("getent").is_some()
        || facts
            .lines("/etc/nsswitch.conf")
            .any(|(_, line)| line.starts_with("hosts:") && line.contains("myhostname"))
}

/// All that is not known of what preflight looks at.
pub(super) fn of(context: &Context) -> Vec<Unknown> {
    let facts = Facts::of(context);
    let unknown =
        |what: &str, how: &str, by| Unknown { what: what.to_owned(), how: how.to_owned(), by };
    let topics = TOPICS.iter().chain(&ASKED).filter(|(_, _, known)| !known(&facts));
    let mut all: Vec<Unknown> = topics.map(|(what, how, _)| unknown(what, how, By::File)).collect();
    all.extend(facts.host.unread().map(|(path, why)| {
        unknown(&format!("what stands in {}", printable(path)), &printable(why), By::File)
    }));
    for check in packstack_checks() {
        let has = facts.release().is_none_or(|release| {
            ReleaseRange::parse(&check.releases).is_ok_and(|range| range.contains(release))
        });
        if let (true, Some(live)) = (has, &check.live) {
            let manager = |how: &str| how.replace("dnf ", &format!("{} ", facts.manager()));
            let how = check.how.as_deref().map(manager).unwrap_or_default();
            all.push(unknown(live, &how, By::Host));
        }
    }
    all
}
