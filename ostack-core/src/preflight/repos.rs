//! Repositories: of one release, on mirrors that are there, and none that brings another Puppet.

use std::collections::BTreeMap;

use super::facts::{Facts, found, there};
use crate::diagnosis::Computed;
use crate::finding::Evidence;
use crate::host::{HostFile, Repo};
use crate::release::Release;

/// The end of life of a CentOS leaves these hosts without it.
const GONE: [&str; 2] = ["//mirror.centos.org/", "//mirrorlist.centos.org/"];

impl Facts<'_> {
    /// The enabled repositories; of several facts on one the last counts.
    fn enabled_repos(&self) -> Vec<&Repo> {
        let mut last: BTreeMap<&str, &Repo> = BTreeMap::new();
        last.extend(self.host.repos().iter().map(|repo| (repo.id.as_str(), repo)));
        last.into_values().filter(|repo| repo.enabled == Some(true)).collect()
    }

    /// Whether all repositories of the host are known.
    fn repos_known(&self) -> bool {
        self.host.listing("/etc/yum.repos.d").is_some()
    }

    /// The file that a repository stands in.
    fn repo_file(&self, repo: &Repo) -> Option<&HostFile> {
        let names = self.host.listing("/etc/yum.repos.d").into_iter().flatten();
        let mut files = names.filter_map(|name| self.file(&format!("/etc/yum.repos.d/{name}")));
        files.find(|file| file.file == repo.from.file)
    }

    /// The lines of a repository's section: from its header to the next, with their numbers from 0.
    fn section(&self, repo: &Repo) -> Vec<(usize, &str)> {
        let Some(file) = self.repo_file(repo) else { return Vec::new() };
        let lines = file.text.lines().enumerate().skip(repo.from.line);
        lines.take_while(|(_, line)| !line.trim_start().starts_with('[')).collect()
    }

    fn repo_evidence(&self, repo: &Repo, line: usize) -> Evidence {
        match self.repo_file(repo) {
            Some(file) => self.context.line_evidence(file, line),
            None => Evidence { line: repo.from.line as u64, ..there(&repo.from.file, &repo.id) },
        }
    }

    fn header(&self, repo: &Repo) -> Evidence {
        self.repo_evidence(repo, repo.from.line - 1)
    }
}

fn release_of(repo: &Repo) -> Option<Release> {
    Release::parse(repo.id.split_once("openstack-")?.1).ok()
}

pub(super) fn gone_mirror(facts: &Facts<'_>) -> Vec<Computed> {
    if !facts.os_is(&["centos-6", "centos-7", "centos-8", "centos-stream-8"]) {
        return Vec::new();
    }
    let mut evidence = Vec::new();
    for repo in facts.enabled_repos() {
        let section = facts.section(repo);
        let names_gone = |line: &str| {
            let key = line.split('=').next().unwrap_or_default().trim();
            ["baseurl", "mirrorlist"].contains(&key) && GONE.iter().any(|host| line.contains(host))
        };
        let line = section.iter().find(|(_, line)| names_gone(line));
        evidence.extend(line.map(|(number, _)| facts.repo_evidence(repo, *number)));
    }
    if evidence.is_empty() {
        return Vec::new();
    }
    let os = facts.os().map(|os| os.to_string()).unwrap_or_default();
    let values = [
        ("os", os),
        ("count", evidence.len().to_string()),
        ("manager", facts.manager().to_owned()),
    ];
    found(values, evidence)
}

/// The repository with the libraries that RDO's packages need, by its ids on this OS.
pub(super) fn powertools_off(facts: &Facts<'_>) -> Vec<Computed> {
    let ids: &[&str] = if facts.os_is(&["centos-8", "centos-stream-8", "rocky-8", "almalinux-8"]) {
        &["powertools", "PowerTools"]
    } else if facts.os_is(&["rhel-8"]) {
        &["codeready-builder-for-rhel-8-x86_64-rpms"]
    } else if facts.os_is(&["rhel-9"]) {
        &["codeready-builder-for-rhel-9-x86_64-rpms"]
    } else if facts.os_is(&["el-9"]) {
        &["crb"]
    } else {
        return Vec::new();
    };
    let repos = facts.host.repos();
    let is_one = |repo: &&Repo| ids.contains(&repo.id.as_str());
    if !facts.repos_known() || facts.enabled_repos().iter().any(is_one) {
        return Vec::new();
    }
    // Red Hat's own are written by subscription-manager, and are not there before it ran.
    let configured = repos.iter().find(is_one);
    let id = configured.map_or(ids[0], |repo| repo.id.as_str());
    found([("id", id.to_owned())], configured.map(|repo| facts.header(repo)))
}

pub(super) fn of_release_absent(facts: &Facts<'_>) -> Vec<Computed> {
    let (Some(release), true) = (facts.release(), facts.os_is(&["el", "fedora"])) else {
        return Vec::new();
    };
    if !facts.repos_known() || facts.host.repos().is_empty() || release.os().is_empty() {
        return Vec::new();
    }
    let brings = |repo: &&Repo| {
        release_of(repo) == Some(release)
            || repo.id.starts_with("delorean")
            || repo.id.contains("rdo-")
    };
    let repos = facts.enabled_repos();
    // Of another release: the finding on two of them says more once this one is enabled too.
    if repos.iter().any(brings) {
        return Vec::new();
    }
    let package = format!("centos-release-openstack-{}", release.name());
    let values = [
        ("release", release.to_string()),
        ("package", package),
        ("manager", facts.manager().to_owned()),
        ("os", facts.os().map(|os| os.to_string()).unwrap_or_default()),
        ("id", release.id().to_owned()),
    ];
    let other = repos.iter().find(|repo| release_of(repo).is_some());
    found(values, other.map(|repo| facts.header(repo)))
}

pub(super) fn vendor_puppet(facts: &Facts<'_>) -> Vec<Computed> {
    let vendors = |repo: &&&Repo| {
        let mut addresses = repo.baseurl.iter();
        addresses.any(|url| {
            ["yum.puppet.com", "yum.puppetlabs.com", "yum-puppetcore"]
                .iter()
                .any(|host| url.contains(host))
        })
    };
    let excludes = |line: &str| {
        let (key, value) = line.split_once('=').unwrap_or_default();
        ["exclude", "excludepkgs"].contains(&key.trim())
            && value
                .split([' ', ','])
                .any(|name| ["puppet-agent", "puppet*", "puppet-agent*"].contains(&name.trim()))
    };
    let everywhere = ["/etc/dnf/dnf.conf", "/etc/yum.conf"]
        .iter()
        .any(|path| facts.lines(path).any(|(_, line)| excludes(line)));
    if everywhere || facts.host.package("puppet-agent").is_some() {
        return Vec::new();
    }
    let repos = facts.enabled_repos();
    let repo = repos
        .iter()
        .filter(vendors)
        .find(|repo| !facts.section(repo).iter().any(|(_, line)| excludes(line)));
    let Some(repo) = repo else { return Vec::new() };
    let values = [("id", repo.id.clone()), ("manager", facts.manager().to_owned())];
    found(values, [facts.header(repo)])
}

pub(super) fn rdo_release_without_repo(facts: &Facts<'_>) -> Vec<Computed> {
    let Some(package) = facts.host.package("rdo-release") else { return Vec::new() };
    let Ok(release) = Release::parse(&package.nevra.version) else { return Vec::new() };
    let there = facts.host.repos().iter().any(|repo| release_of(repo) == Some(release));
    if there || !facts.repos_known() {
        return Vec::new();
    }
    let values = [
        ("release", release.id().to_owned()),
        ("repo", format!("openstack-{}", release.name())),
        ("manager", facts.manager().to_owned()),
    ];
    found(values, [Evidence::package(package)])
}
