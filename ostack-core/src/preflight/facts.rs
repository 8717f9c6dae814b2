//! What the checks ask of a host: each answer from a file of it, and none where it was not given.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::context::Context;
use crate::diagnosis::Computed;
use crate::finding::{Evidence, EvidenceKind, printable};
use crate::host::{Host, HostFile};
use crate::release::{Os, Release, ReleaseRange};
use crate::version::Truth;

/// What is known, in the checks' terms.
pub(super) struct Facts<'c> {
    pub(super) context: &'c Context,
    pub(super) host: &'c Host,
}

/// A line that says something, and what.
pub(super) struct Said {
    pub(super) value: String,
    pub(super) evidence: Evidence,
}

impl<'c> Facts<'c> {
    pub(super) fn of(context: &'c Context) -> Self {
        Self { context, host: context.host() }
    }

    pub(super) fn os(&self) -> Option<Os> {
        self.context.known_os().map(|os| os.value)
    }

    pub(super) fn os_is(&self, patterns: &[&str]) -> bool {
        self.os().is_some_and(|os| patterns.iter().any(|pattern| os.matches(pattern)))
    }

    pub(super) fn release(&self) -> Option<Release> {
        self.context.known_release().map(|release| release.value)
    }

    /// Whether the release is known, and in this range.
    pub(super) fn release_in(&self, range: &str) -> bool {
        let range = ReleaseRange::parse(range);
        self.release().is_some_and(|release| range.is_ok_and(|range| range.contains(release)))
    }

    pub(super) fn manager(&self) -> &'static str {
        if self.os_is(&["el-6", "el-7"]) { "yum" } else { "dnf" }
    }

    /// A parameter of the answer file, where it is given and not empty.
    pub(super) fn answer(&self, name: &str) -> Option<&'c str> {
        let value = self.context.answer_file()?.value.get(name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn answer_is(&self, name: &str, wanted: &str) -> bool {
        self.answer(name) == Some(wanted)
    }

    /// The addresses and names of the hosts that the answer file installs on.
    pub(super) fn answer_hosts(&self) -> BTreeSet<&'c str> {
        let params = ["CONFIG_CONTROLLER_HOST", "CONFIG_COMPUTE_HOSTS", "CONFIG_NETWORK_HOSTS"];
        let values = params.into_iter().filter_map(|name| self.answer(name));
        let hosts = values.flat_map(|value| value.split(',')).map(str::trim);
        hosts.filter(|host| !host.is_empty()).collect()
    }

    pub(super) fn file(&self, path: &str) -> Option<&'c HostFile> {
        self.host.file(path)
    }

    /// Lines of a file that are no comments, counted from 0.
    pub(super) fn lines(&self, path: &str) -> impl Iterator<Item = (usize, &'c str)> {
        let text = self.file(path).map_or("", |file| file.text.as_str());
        let lines = text.lines().enumerate().map(|(number, line)| (number, line.trim()));
        lines.filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', ';']))
    }

    /// A line of a file as evidence.
    pub(super) fn at(&self, path: &str, line: usize) -> Evidence {
        match self.file(path) {
            Some(file) => self.context.line_evidence(file, line),
            None => there(path, ""),
        }
    }

    /// The first line that begins with a key and `=`, or a key and a space; without quotes.
    pub(super) fn setting(&self, path: &str, key: &str, separator: char) -> Option<Said> {
        self.lines(path).find_map(|(number, line)| {
            let (name, value) = line.split_once(separator)?;
            (name.trim() == key).then(|| Said {
                value: value.trim().trim_matches(['"', '\'']).to_owned(),
                evidence: self.at(path, number),
            })
        })
    }

    /// The host's name: the one that it will have after the next boot.
    pub(super) fn host_name(&self) -> Option<Said> {
        ["/etc/hostname", "/proc/sys/kernel/hostname"].into_iter().find_map(|path| {
            let (number, line) = self.lines(path).next()?;
            Some(Said { value: line.to_owned(), evidence: self.at(path, number) })
        })
    }

    /// The first address that the host's own tables give for a name.
    pub(super) fn address_of(&self, name: &str) -> Option<Said> {
        self.lines("/etc/hosts").find_map(|(number, line)| {
            let line = line.split('#').next().unwrap_or_default();
            let (address, names) = line.split_once(char::is_whitespace)?;
            let has = names.split_whitespace().any(|other| other.eq_ignore_ascii_case(name));
            has.then(|| Said { value: address.to_owned(), evidence: self.at("/etc/hosts", number) })
        })
    }

    /// Whether a unit starts at boot, and what shows it.
    pub(super) fn enabled(&self, unit: &str) -> (Truth, Evidence) {
        let mut known = Truth::False;
        for target in ["multi-user", "sysinit", "basic"] {
            let path = format!("/etc/systemd/system/{target}.target.wants/{unit}.service");
            let here = self.host.exists(&path);
            if here == Truth::True {
                return (here, there(&path, "starts at boot"));
            }
            known = known | here;
        }
        (known, Evidence::default())
    }

    /// Whether a service of System V's kind starts at boot.
    pub(super) fn enabled_in_rc(&self, service: &str) -> Truth {
        self.host.listing("/etc/rc.d/rc3.d").map_or(Truth::Unknown, |names| {
            names
                .iter()
                .any(|name| {
                    name.starts_with('S')
                        && name[1..].trim_start_matches(|c: char| c.is_ascii_digit()) == service
                })
                .into()
        })
    }

    /// The ports on which something listens, beside the loopback addresses or on them.
    pub(super) fn listening(&self) -> Option<Vec<(u16, Evidence)>> {
        let mut found: Vec<(u16, Evidence)> = Vec::new();
        let mut known = false;
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            known |= self.file(path).is_some();
            for (number, line) in self.lines(path).skip(1) {
                let mut words = line.split_whitespace().skip(1);
                let (Some(local), Some(state)) = (words.next(), words.nth(1)) else { continue };
                let port =
                    local.rsplit_once(':').and_then(|(_, p)| u16::from_str_radix(p, 16).ok());
                let Some(port) = port.filter(|_| state == "0A") else { continue };
                if !found.iter().any(|(other, _)| *other == port) {
                    found.push((port, self.at(path, number)));
                }
            }
        }
        known.then_some(found)
    }

    /// The host's interfaces.
    pub(super) fn interfaces(&self) -> Option<&'c BTreeSet<String>> {
        self.host.listing("/sys/class/net").filter(|names| !names.is_empty())
    }

    /// The addresses of the host and the interface of each, where that is known.
    pub(super) fn addresses(&self) -> Option<Vec<(IpAddr, Option<String>)>> {
        let printed: Vec<_> = self
            .lines("ip-addr")
            .filter_map(|(_, line)| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let at = words.iter().position(|word| matches!(*word, "inet" | "inet6"))?;
                let address = words.get(at + 1)?.split('/').next()?.parse().ok()?;
                Some((address, words.get(at.checked_sub(1)?).map(|name| (*name).to_owned())))
            })
            .collect();
        if !printed.is_empty() {
            return Some(printed);
        }
        let routes = self.routes();
        let mut found = Vec::new();
        let mut last = None;
        for (_, line) in self.lines("/proc/net/fib_trie") {
            if let Some(leaf) = line.strip_prefix("|-- ") {
                last = leaf.parse::<Ipv4Addr>().ok();
            } else if line == "/32 host LOCAL"
                && let Some(address) = last
                && !found.iter().any(|(other, _)| *other == IpAddr::V4(address))
            {
                let near = routes.iter().find(|route| route.direct && route.holds(address));
                found.push((IpAddr::V4(address), near.map(|route| route.interface.clone())));
            }
        }
        for (_, line) in self.lines("/proc/net/if_inet6") {
            let mut words = line.split_whitespace();
            let (Some(digits), Some(name)) = (words.next(), words.next_back()) else { continue };
            if let Ok(bits) = u128::from_str_radix(digits, 16) {
                found.push((IpAddr::V6(Ipv6Addr::from(bits)), Some(name.to_owned())));
            }
        }
        (!found.is_empty()).then_some(found)
    }

    pub(super) fn routes(&self) -> Vec<Route> {
        let address = |word: &str| Some(u32::from_str_radix(word, 16).ok()?.swap_bytes());
        let route = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            Some(Route {
                interface: (*words.first()?).to_owned(),
                net: address(words.get(1)?)?,
                direct: *words.get(2)? == "00000000",
                mask: address(words.get(7)?)?,
            })
        };
        self.lines("/proc/net/route").skip(1).filter_map(|(_, line)| route(line)).collect()
    }
}

/// A row of the routing table.
pub(super) struct Route {
    pub(super) interface: String,
    net: u32,
    /// Without a gateway.
    direct: bool,
    mask: u32,
}

impl Route {
    pub(super) fn is_default(&self) -> bool {
        self.net == 0 && self.mask == 0
    }

    fn holds(&self, address: Ipv4Addr) -> bool {
        self.mask != 0 && u32::from(address) & self.mask == self.net
    }
}

/// A finding with values for its rule's words.
pub(super) fn found<const N: usize>(
    values: [(&'static str, String); N],
    evidence: impl IntoIterator<Item = Evidence>,
) -> Vec<Computed> {
    let values = values.into_iter().map(|(name, value)| (name, vec![value])).collect();
    vec![Computed { values, evidence: evidence.into_iter().collect(), assumes: Vec::new() }]
}

/// Something that is there, or should be, as evidence.
pub(super) fn there(path: &str, note: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::File,
        path: printable(path),
        line: 1,
        column: 1,
        end_column: 1,
        note: (!note.is_empty()).then(|| note.to_owned()),
        ..Evidence::default()
    }
}
