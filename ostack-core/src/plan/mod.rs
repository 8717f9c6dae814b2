//! The steps that prepare a host and install OpenStack with packstack, for a release and an OS.
//!
//! A plan is printed, never run: [`Plan::text`] and [`Plan::markdown`] for people, [`Plan::sh`] as a
//! script that stops at the first failed step and can be resumed, [`Plan::json`] for machines.
//!
//! ```
//! use ostack_core::plan::Plan;
//! use ostack_core::release::{Os, Release};
//! let plan = Plan::of(Release::parse("victoria")?, Os::Centos(8))?;
//! let release = plan.step("release").unwrap();
//! assert_eq!(release.commands, ["sudo dnf install -y centos-release-openstack-victoria"]);
//! assert_eq!(release.check, "rpm -q centos-release-openstack-victoria");
//! # Ok::<(), ostack_core::Error>(())
//! ```

mod data;
mod render;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::release::puppet::Puppet;
use crate::release::{Family, Os, Release};
use crate::rule::Risk;
use crate::rule::template::{render, shell_quote};
use data::{Definition, Page};

/// The steps for one release on one OS, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The release.
    pub release: Release,
    /// The operating system.
    pub os: Os,
    /// What RDO's page asks of the host and no step can bring about.
    pub requires: Vec<String>,
    /// What to know beforehand.
    pub notes: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name, of letters, digits and `_`; no other step of the plan has it.
    pub id: String,
    /// What it does.
    pub title: String,
    /// Why it is needed, and what to know.
    pub why: String,
    /// What to run, in order.
    pub commands: Vec<String>,
    /// A command that ends with status 0 exactly where the step has worked.
    pub check: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// Whether it is left out unless it is asked for.
    pub optional: bool,
    /// How to do it again once it was begun and failed; none: with the same commands, and not where
    /// its check says that all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
    /// What it stands on.
    pub source: String,
}

impl Plan {
    /// The plan for a release on an OS.
    ///
    /// ```
    /// use ostack_core::plan::Plan;
    /// use ostack_core::release::{Os, Release};
    /// let error = Plan::of(Release::parse("zed")?, Os::Centos(8)).unwrap_err();
    /// assert_eq!(error.message(), "RDO never supported zed on centos-8");
    /// assert_eq!(
    ///     error.hint(),
    ///     Some("it supported zed on centos-stream-9; centos-8 with wallaby")
    /// );
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// RDO never supported the release on this OS; the help names the nearest pairs that it did.
    pub fn of(release: Release, os: Os) -> Result<Self> {
        let Some(page) = data::page(release, os) else { return Err(unsupported(release, os)) };
        let facts = Facts::of(release, os);
        let mut commands: VecDeque<&str> =
            page.network.iter().chain(&page.commands).map(String::as_str).collect();
        let data = data::steps();
        let steps = data.step.iter().filter(|step| step.fits(release, os));
        let steps = steps.filter_map(|step| facts.step(step, page, &mut commands)).collect();
        debug_assert!(commands.is_empty(), "{release} on {os}: no step takes {commands:?}");
        let like = page.like.as_ref().map(|like| {
            format!(
                "No page of RDO's has a block for this pair. These are its commands for {like}, \
                 with this release and OS put in."
            )
        });
        let notes = data.note.iter().filter(|note| note.fits(os)).map(|note| note.text.clone());
        Ok(Self {
            release,
            os,
            requires: page.requires.clone(),
            notes: like.into_iter().chain(notes).collect(),
            steps,
        })
    }

    /// The same plan, which runs packstack with an answer file in place of `--allinone`.
    ///
    /// ```
    /// use ostack_core::plan::Plan;
    /// use ostack_core::release::{Os, Release};
    /// let plan = Plan::of(Release::parse("2024.1")?, Os::CentosStream(9))?.with_answers("my answers.txt");
    /// assert_eq!(
    ///     plan.step("run").unwrap().commands,
    ///     ["sudo packstack --answer-file='my answers.txt'"]
    /// );
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_answers(mut self, path: &str) -> Self {
        for step in self.steps.iter_mut().filter(|step| step.again.is_some()) {
            let command = format!("sudo packstack --answer-file={}", shell_quote(path));
            step.commands = vec![command.clone()];
            step.again = Some(command);
            "It installs and configures OpenStack as the answer file says, and restarts the network of its hosts."
                .clone_into(&mut step.why);
        }
        self
    }

    /// The step of an id.
    ///
    /// ```
    /// use ostack_core::plan::Plan;
    /// use ostack_core::release::{Os, Release};
    /// let plan = Plan::of(Release::parse("yoga")?, Os::CentosStream(9))?;
    /// assert!(plan.step("selinux_permissive").unwrap().optional);
    /// assert!(plan.step("network_scripts").is_none());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}

/// What the texts of steps name.
struct Facts {
    release: String,
    name: &'static str,
    manager: &'static str,
    conf: &'static str,
    puppet: String,
    puppet_version: String,
    puppet_source: String,
}

impl Facts {
    fn of(release: Release, os: Os) -> Self {
        let (manager, conf) = match os.family() {
            Family::El(8..) => ("dnf", "/etc/dnf/dnf.conf"),
            _ => ("yum", "/etc/yum.conf"),
        };
        let known = Puppet::of(release);
        let shipped = known.shipped_on(os);
        Self {
            release: release.to_string(),
            name: release.name(),
            manager,
            conf,
            puppet: shipped.map(|shipped| shipped.puppet.to_string()).unwrap_or_default(),
            puppet_version: shipped
                .map(|shipped| shipped.puppet.version.clone())
                .unwrap_or_default(),
            puppet_source: shipped.map(|shipped| shipped.source.clone()).unwrap_or_default(),
        }
    }

    fn fill(&self, text: &str) -> String {
        let value = |name: &str| match name {
            "release" => Some(self.release.as_str()),
            "name" => Some(self.name),
            "manager" => Some(self.manager),
            "conf" => Some(self.conf),
            "puppet" => Some(self.puppet.as_str()),
            "puppet_version" => Some(self.puppet_version.as_str()),
            "puppet_source" => Some(self.puppet_source.as_str()),
            _ => None,
        };
        render(text, value, Into::into)
    }

    /// The step with the page's next commands that belong to it; none: it has nothing to do here.
    fn step(&self, step: &Definition, page: &Page, commands: &mut VecDeque<&str>) -> Option<Step> {
        let mut own: Vec<String> = step.commands.iter().map(|command| self.fill(command)).collect();
        while let Some(&next) = commands.front()
            && step.page.iter().any(|part| next.contains(part.as_str()))
        {
            own.push(step.instead.get(next).map_or(next, String::as_str).to_owned());
            commands.pop_front();
        }
        (!own.is_empty()).then(|| Step {
            id: step.id.clone(),
            title: self.fill(&step.title),
            why: self.fill(&step.why),
            commands: own,
            check: self.fill(&step.check),
            risk: step.risk,
            optional: step.optional,
            again: step.again.as_ref().map(|again| self.fill(again)),
            source: self.fill(step.source.as_ref().unwrap_or(&page.source)),
        })
    }
}

/// A pair that was never supported, and the nearest that were: the release's other OS, and the
/// OS's release nearest by date, of each side.
fn unsupported(release: Release, os: Os) -> Error {
    let mut near = Vec::new();
    if !release.os().is_empty() {
        let mut systems = release.os().to_vec();
        systems.sort_by_key(|other| (other.family() != os.family(), *other));
        let systems: Vec<String> = systems.iter().map(ToString::to_string).collect();
        near.push(format!("{release} on {}", systems.join(", ")));
    }
    let on_os = |other: &Release| other.os().contains(&os);
    let before = Release::all().rfind(|other| *other < release && on_os(other));
    let after = Release::all().find(|other| *other > release && on_os(other));
    let releases: Vec<String> = before.into_iter().chain(after).map(|r| r.to_string()).collect();
    if !releases.is_empty() {
        near.push(format!("{os} with {}", releases.join(", ")));
    }
    let last = || Release::all().rfind(|other| !other.os().is_empty());
    if let (true, Some(last)) = (near.is_empty(), last()) {
        let systems: Vec<String> = last.os().iter().map(ToString::to_string).collect();
        near.push(format!("{last} on {}", systems.join(", ")));
    }
    Error::new(ErrorKind::Context, format!("RDO never supported {release} on {os}"))
        .help(format!("it supported {}", near.join("; ")))
}
