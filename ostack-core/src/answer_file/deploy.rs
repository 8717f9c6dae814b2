//! What packstack's plugins change after the verdict: the values that are really deployed.

use std::fmt;

use super::check::catalogue;
use super::process::Value;
use super::{AnswerFile, Values};
use crate::error::Result;
use crate::parameter::Catalogue;

/// The values that packstack deploys, and what it changed for it.
///
/// ```
/// use ostack_core::answer_file::{AnswerFile, Dialect, Reason};
/// let text = "[general]\nCONFIG_NEUTRON_ML2_MECHANISM_DRIVERS=openvswitch\n";
/// let file = AnswerFile::parse(text, Dialect::Python3)?;
/// let deployed = file.deployed("victoria", None)?;
/// let change = &deployed.changes[0];
/// assert_eq!(change.param, "CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS");
/// assert_eq!((change.from.as_str(), change.to.as_str()), ("openvswitch", "ovn"));
/// assert_eq!(change.reason, Reason::OvnAgent);
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// The values of the active parameters, and of those that packstack sets besides.
    pub values: Values,
    /// What differs from the processed values, in the order in which it is changed.
    pub changes: Vec<Change>,
}

/// A value that packstack replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The parameter.
    pub param: &'static str,
    /// What the answer file, or the default, says.
    pub from: String,
    /// What is deployed.
    pub to: String,
    /// Why.
    pub reason: Reason,
}

/// Why packstack replaces a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The L2 agent is OVN.
    OvnAgent,
    /// The L2 agent is Open vSwitch.
    OpenvswitchAgent,
    /// Ironic is installed.
    Ironic,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OvnAgent => "the L2 agent is `ovn`",
            Self::OpenvswitchAgent => "the L2 agent is `openvswitch`",
            Self::Ironic => "Ironic is installed",
        })
    }
}

const L2_AGENT: &str = "CONFIG_NEUTRON_L2_AGENT";
const MECHANISMS: &str = "CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS";
const TYPES: &str = "CONFIG_NEUTRON_ML2_TYPE_DRIVERS";
const TENANT_TYPES: &str = "CONFIG_NEUTRON_ML2_TENANT_NETWORK_TYPES";

impl AnswerFile {
    /// The values that packstack really deploys: the [effective](Self::effective) ones after what
    /// its plugins change for the L2 agent and for Ironic.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let text = "[general]\nCONFIG_NEUTRON_L2_AGENT=openvswitch\n";
    /// let deployed = AnswerFile::parse(text, Dialect::Python3)?.deployed("victoria", None)?;
    /// let drivers = deployed.values.get("CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS").unwrap();
    /// assert_eq!(drivers.text(), "openvswitch", "whatever the file says");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where packstack refuses the file.
    pub fn deployed(&self, release: &str, os: Option<&str>) -> Result<Deployed> {
        let values = self.effective(release, os)?;
        let catalogue = catalogue(release)?;
        let mut plugins = Plugins { file: self, catalogue, values, changes: Vec::new() };
        plugins.run();
        Ok(Deployed { values: plugins.values, changes: plugins.changes })
    }
}

struct Plugins<'f> {
    file: &'f AnswerFile,
    catalogue: &'static Catalogue,
    values: Values,
    changes: Vec<Change>,
}

impl Plugins<'_> {
    fn run(&mut self) {
        if self.value("CONFIG_NEUTRON_INSTALL") != "y" {
            return;
        }
        let agent = self.catalogue.get(L2_AGENT);
        let knows = |driver| agent.is_some_and(|agent| agent.options.contains(&driver));
        // Since the release without Linux bridge packstack looks at the drivers before it changes
        // any of them, earlier at each change.
        let looks_first = knows("ovn") && !knows("linuxbridge");
        let names = |plugins: &Self, driver: &str| plugins.value(MECHANISMS).contains(driver);
        let before = (names(self, "openvswitch"), names(self, "ovn"));
        if self.value("CONFIG_IRONIC_INSTALL") == "y" {
            self.add(TYPES, "flat", Reason::Ironic);
            self.add(TENANT_TYPES, "flat", Reason::Ironic);
            self.add(MECHANISMS, "openvswitch", Reason::Ironic);
            self.set("CONFIG_NEUTRON_ML2_FLAT_NETWORKS", "extnet", Reason::Ironic);
            self.set("CONFIG_NOVA_SCHED_RAM_ALLOC_RATIO", "1.0", Reason::Ironic);
        }
        let now = (names(self, "openvswitch"), names(self, "ovn"));
        let (has_ovs, has_ovn) = if looks_first { before } else { now };
        // Releases that do not know OVN leave the drivers as they are.
        match self.value(L2_AGENT) {
            "ovn" if knows("ovn") => self.ovn(has_ovn),
            "openvswitch" if !has_ovs && !looks_first && names(self, "sriovnicswitch") => {
                self.add(MECHANISMS, "openvswitch", Reason::OpenvswitchAgent);
            }
            "openvswitch" if knows("ovn") && !has_ovs => {
                self.set(MECHANISMS, "openvswitch", Reason::OpenvswitchAgent);
            }
            _ => {}
        }
    }

    fn ovn(&mut self, has_ovn: bool) {
        if !has_ovn {
            self.set(MECHANISMS, "ovn", Reason::OvnAgent);
        }
        self.add(TYPES, "geneve", Reason::OvnAgent);
        self.set(TENANT_TYPES, "geneve", Reason::OvnAgent);
        self.set("CONFIG_NEUTRON_VPNAAS", "n", Reason::OvnAgent);
        self.set("CONFIG_NEUTRON_METERING_AGENT_INSTALL", "n", Reason::OvnAgent);
        for parameter in self.catalogue.parameters() {
            let Some(rest) = parameter.name.strip_prefix("CONFIG_NEUTRON_OVN_") else {
                continue;
            };
            let value = self.value(parameter.name).to_owned();
            self.set(&format!("CONFIG_NEUTRON_OVS_{rest}"), &value, Reason::OvnAgent);
        }
    }

    /// A value as it now stands; of a parameter that is not active, what the file or the default
    /// says.
    fn value(&self, name: &str) -> &str {
        if let Some(value) = self.values.get(name) {
            return value.text();
        }
        let default = || self.catalogue.get(name).map_or("", |parameter| parameter.default);
        self.file.get(name).unwrap_or_else(default)
    }

    fn has(&self, name: &str, item: &str) -> bool {
        self.value(name).split(',').any(|part| part.trim() == item)
    }

    fn add(&mut self, name: &str, item: &str, reason: Reason) {
        if !self.has(name, item) {
            let value = match self.value(name) {
                "" => item.to_owned(),
                list => format!("{list},{item}"),
            };
            self.set(name, &value, reason);
        }
    }

    fn set(&mut self, name: &str, value: &str, reason: Reason) {
        let Some(parameter) = self.catalogue.get(name) else {
            return;
        };
        let from = self.value(name).to_owned();
        if from != value {
            self.changes.push(Change { param: parameter.name, from, to: value.into(), reason });
        }
        self.values.set(parameter.name, Value::Text(value.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer_file::Dialect;

    fn changes(release: &str, lines: &str) -> Vec<(&'static str, String, Reason)> {
        let text = format!("[general]\n{lines}\n");
        let file = AnswerFile::parse(text, Dialect::of(release, None)).unwrap();
        let changes = file.deployed(release, None).unwrap().changes;
        changes.into_iter().map(|change| (change.param, change.to, change.reason)).collect()
    }

    #[test]
    fn ovn_replaces_what_the_file_says_of_the_drivers_and_of_open_vswitch() {
        let lines = "CONFIG_NEUTRON_ML2_TYPE_DRIVERS=vxlan\nCONFIG_NEUTRON_OVS_TUNNEL_IF=eth1";
        let changes = changes("victoria", lines);
        assert!(changes.contains(&(TYPES, "vxlan,geneve".into(), Reason::OvnAgent)));
        let tunnel = ("CONFIG_NEUTRON_OVS_TUNNEL_IF", String::new(), Reason::OvnAgent);
        assert!(changes.contains(&tunnel), "{changes:?}");
        assert!(changes.iter().all(|(_, _, reason)| *reason == Reason::OvnAgent));
    }

    #[test]
    fn open_vswitch_replaces_other_drivers() {
        let agent = format!("{L2_AGENT}=openvswitch");
        let replaced = vec![(MECHANISMS, "openvswitch".into(), Reason::OpenvswitchAgent)];
        assert_eq!(changes("victoria", &agent), replaced);
        let added =
            vec![(MECHANISMS, "sriovnicswitch,openvswitch".into(), Reason::OpenvswitchAgent)];
        assert_eq!(changes("victoria", &format!("{agent}\n{MECHANISMS}=sriovnicswitch")), added);
        let kept = format!("{agent}\n{MECHANISMS}=l2population, openvswitch");
        assert_eq!(changes("victoria", &kept), []);
    }

    #[test]
    fn ironic_adds_flat_networks() {
        let changes = changes("newton", "CONFIG_IRONIC_INSTALL=y");
        let names: Vec<_> = changes.iter().map(|(name, to, _)| (*name, to.as_str())).collect();
        assert_eq!(
            names,
            [
                (TYPES, "vxlan,flat"),
                (TENANT_TYPES, "vxlan,flat"),
                ("CONFIG_NEUTRON_ML2_FLAT_NETWORKS", "extnet"),
                ("CONFIG_NOVA_SCHED_RAM_ALLOC_RATIO", "1.0"),
            ]
        );
    }

    #[test]
    fn the_l2_agent_has_the_last_word_over_ironic() {
        let ironic = "CONFIG_IRONIC_INSTALL=y";
        let tenant = |changes: &[(&'static str, String, Reason)]| {
            changes.iter().rfind(|(name, ..)| *name == TENANT_TYPES).map(|(_, to, _)| to.clone())
        };
        assert_eq!(tenant(&changes("victoria", ironic)).as_deref(), Some("geneve"));
        let mechanisms = |release| {
            let lines = format!("{ironic}\n{L2_AGENT}=openvswitch");
            let changes = changes(release, &lines);
            changes.into_iter().rfind(|(name, ..)| *name == MECHANISMS).map(|(_, to, _)| to)
        };
        assert_eq!(mechanisms("victoria").as_deref(), Some("ovn,openvswitch"));
        assert_eq!(mechanisms("2025.1").as_deref(), Some("openvswitch"));
    }
}
