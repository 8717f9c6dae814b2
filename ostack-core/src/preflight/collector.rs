//! What preflight reads, and the script that gathers it on a host.

/// Files, and the command that lets through what is needed of each: passwords and keys stay.
pub(super) const FILES: [(&str, &str); 35] = [
    ("/etc/os-release", "cat"),
    ("/etc/redhat-release", "cat"),
    ("/etc/hostname", "cat"),
    ("/etc/hosts", "cat"),
    ("/etc/resolv.conf", "cat"),
    ("/etc/nsswitch.conf", "cat"),
    ("/etc/locale.conf", "cat"),
    ("/etc/sysconfig/i18n", "cat"),
    ("/etc/environment", "sed -n -e '/^ *LANG=/p' -e '/^ *LC_/p'"),
    ("/etc/selinux/config", "cat"),
    ("/etc/profile", "sed -n -e '/umask/p'"),
    ("/etc/bashrc", "sed -n -e '/umask/p'"),
    ("/root/.bashrc", "sed -n -e '/umask/p'"),
    ("/root/.bash_profile", "sed -n -e '/umask/p'"),
    ("/etc/chrony.conf", "cat"),
    ("/etc/ssh/sshd_config", "cat"),
    ("/root/.ssh/authorized_keys", "sed -e 's/AAAA[A-Za-z0-9+=\\/]*/(key)/g'"),
    ("/etc/dnf/dnf.conf", "sed -n -e '/^ *exclude/p'"),
    ("/etc/yum.conf", "sed -n -e '/^ *exclude/p'"),
    ("/etc/puppetlabs/puppet/hiera.yaml", "cat"),
    ("/etc/rc.d/init.d/network", "sed -n -e 1p"),
    ("/root/keystonerc_admin", "sed -e '/PASSWORD/d'"),
    ("/proc/cmdline", "cat"),
    ("/proc/cpuinfo", "cat"),
    ("/proc/meminfo", "cat"),
    ("/proc/net/tcp", "cat"),
    ("/proc/net/tcp6", "cat"),
    ("/proc/net/route", "cat"),
    ("/proc/net/ipv6_route", "cat"),
    ("/proc/net/fib_trie", "cat"),
    ("/proc/net/if_inet6", "cat"),
    ("/proc/sys/kernel/hostname", "cat"),
    ("/proc/sys/kernel/osrelease", "cat"),
    ("/proc/sys/net/ipv6/conf/all/disable_ipv6", "cat"),
    ("/sys/fs/selinux/enforce", "cat"),
];

/// Folders whose files of a suffix are read, and the command that lets through what is needed.
pub(super) const FOLDERS: [(&str, &str, &str); 4] = [
    (
        "/etc/yum.repos.d",
        ".repo",
        "sed -e '/^ *username/d' -e '/^ *password/d' -e '/^ *proxy/d' -e 's|://[^/@ ]*@|://|'",
    ),
    ("/etc/ssh/sshd_config.d", ".conf", "cat"),
    ("/etc/modprobe.d", ".conf", "cat"),
    ("/etc/my.cnf.d", ".cnf", "sed -n -e '/^ *bind/p'"),
];

/// Folders of which the names are read.
pub(super) const LISTINGS: [&str; 10] = [
    "/etc/systemd/system",
    "/etc/systemd/system/multi-user.target.wants",
    "/etc/systemd/system/sysinit.target.wants",
    "/etc/systemd/system/basic.target.wants",
    "/etc/rc.d/rc3.d",
    "/lib/modules",
    "/sys/class/net",
    "/var/lib/mysql",
    "/var/lib/rabbitmq/mnesia",
    "/var/tmp/packstack",
];

/// What programs print: the name under which it is kept, the command, and where a sosreport has it.
pub(super) const OUTPUTS: [(&str, &str, &[&str]); 6] = [
    ("rpm-qa", "rpm -qa", &["installed-rpms", "installed-debs"]),
    ("df", "df -Pk", &["df"]),
    ("vgs", "vgs --noheadings -o vg_name", &["vgdisplay"]),
    ("ss", "ss -Hlntp", &[]),
    ("ip-addr", "ip -o addr", &["ip_addr"]),
    ("getent", "getent hosts \"$(uname -n)\"", &[]),
];

const HEAD: &str = r#"#!/bin/sh
# Gathers what `ostack-cli preflight` reads of a host, into a new folder:
#
#   sudo sh collect.sh [FOLDER]
#   ostack-cli preflight --root FOLDER
#
# It only reads, and writes nothing outside of FOLDER (ostack-facts where it is left out). Passwords
# and keys are left out. It uses no network but for the host's own name, which it looks up.
# COLLECT_FROM names the folder of a mounted disk to gather from; no program is asked then.
set -u
umask 077
from=${COLLECT_FROM:-}
folder=${1:-ostack-facts}
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
if [ -e "$folder" ]; then
    echo "collect: $folder is there already; name another folder" >&2
    exit 2
fi
mkdir -p "$folder/ostack" || exit 2

# Only where every folder above can be searched is what is not seen not there.
missing() {
    if [ -e "$from$1" ] || [ -L "$from$1" ]; then
        return
    fi
    above=${1%/*}
    while [ -n "$above" ] && [ ! -e "$from$above" ]; do
        above=${above%/*}
    done
    case $1 in
    /proc/* | /sys/*) ;;
    *) if [ -x "$from${above:-/}" ]; then printf '%s\n' "$1" >>"$folder/ostack/absent"; fi ;;
    esac
}

# keep PATH COMMAND...: keeps at most 1 MiB of what the command lets through.
keep() {
    path=$1
    shift
    if [ -f "$from$path" ] && [ -r "$from$path" ]; then
        mkdir -p "$folder${path%/*}"
        "$@" <"$from$path" | head -c 1048576 >"$folder$path"
    else
        missing "$path"
    fi
}

list() {
    if [ -d "$from$1" ] && [ -r "$from$1" ]; then
        {
            printf '%s:\n' "$1"
            ls -1A "$from$1"
            echo
        } >>"$folder/ostack/listings"
    else
        missing "$1"
    fi
}

# all FOLDER SUFFIX COMMAND...: the names in a folder, and of the files that end so what is let through.
all() {
    list "$1"
    in=$1
    end=$2
    shift 2
    for file in "$from$in"/*"$end"; do
        if [ -f "$file" ]; then keep "${file#"$from"}" "$@"; fi
    done
}

# run NAME COMMAND...: keeps what a command prints, where the host has it.
run() {
    name=$1
    shift
    if [ -z "$from" ] && command -v "$1" >/dev/null 2>&1; then
        "$@" >"$folder/ostack/$name" 2>/dev/null </dev/null || true
    fi
}

"#;

/// A POSIX shell script that gathers on a host what [`read`](super::read) reads, into a folder. It
/// writes nothing else, and leaves passwords and keys out.
///
/// ```
/// let script = ostack_core::preflight::collector();
/// assert!(script.starts_with("#!/bin/sh\n"));
/// assert!(script.contains("\nrun rpm-qa rpm -qa\n"));
/// assert!(script.contains("\nkeep /root/keystonerc_admin sed -e '/PASSWORD/d'\n"));
/// ```
pub fn collector() -> String {
    let files = FILES.iter().map(|(path, command)| format!("keep {path} {command}\n"));
    let folders =
        FOLDERS.iter().map(|(folder, end, command)| format!("all {folder} {end} {command}\n"));
    let listings = LISTINGS.iter().map(|folder| format!("list {folder}\n"));
    let outputs = OUTPUTS.iter().map(|(name, command, _)| format!("run {name} {command}\n"));
    let lines: String = files.chain(folders).chain(listings).chain(outputs).collect();
    format!(
        "{HEAD}{lines}\necho \"collect: $folder is written; ostack-cli preflight --root reads it\"\n"
    )
}
