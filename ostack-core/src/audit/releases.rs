//! Packages, Puppet modules and repositories of a release that is not the host's.

use std::collections::{BTreeMap, BTreeSet};

use super::{manager, several};
use crate::context::Context;
use crate::diagnosis::{Check, Computed};
use crate::finding::{Evidence, EvidenceKind};
use crate::release::series::{Kind, Project};
use crate::release::{Family, Release};
use crate::version::Nevra;

/// Finds packages of OpenStack whose versions belong to another release than the host's.
///
/// Only what is sure counts: each release of a service has versions of its own, and a library may
/// not be newer than any that RDO shipped for the release.
#[derive(Debug, Clone, Copy)]
pub struct PackagesOfOtherRelease;

impl Check for PackagesOfOtherRelease {
    fn name(&self) -> &'static str {
        "packages_of_other_release"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        strangers(context, &[Kind::Services, Kind::Libraries])
    }
}

/// Finds Puppet modules, as packages or in a module path, that belong to another release.
#[derive(Debug, Clone, Copy)]
pub struct PuppetModulesOfOtherRelease;

impl Check for PuppetModulesOfOtherRelease {
    fn name(&self) -> &'static str {
        "puppet_modules_of_other_release"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        strangers(context, &[Kind::PuppetModules])
    }
}

/// What belongs to other releases, one result for each of these.
fn strangers(context: &Context, kinds: &[Kind]) -> Vec<Computed> {
    let Some(release) = context.known_release().map(|release| release.value) else {
        return Vec::new();
    };
    let family = context.known_os().map(|os| os.value.family()).or(context.host().family());
    if !matches!(family, None | Some(Family::El(_) | Family::Fedora)) {
        return Vec::new();
    }
    let packages = context.host().packages().iter();
    let packages = packages.map(|package| (package.nevra.clone(), Evidence::package(package)));
    let mut found = BTreeMap::<Release, Vec<Stranger>>::new();
    for (package, evidence) in packages.chain(modules(context)) {
        let Some(project) = Project::of(&package.name).filter(|p| kinds.contains(&p.kind)) else {
            continue;
        };
        if let Some(other) = project.elsewhere(&package, release) {
            found.entry(other).or_default().push(Stranger { package, project, evidence });
        }
    }
    let computed = found.into_iter().map(|(other, strangers)| {
        let names: BTreeSet<&str> = strangers.iter().map(|s| s.package.name.as_str()).collect();
        let first = &strangers[0];
        let own = |project: &Project| project.series(release).unwrap_or_default();
        let what = if kinds.contains(&Kind::PuppetModules) { "module" } else { "package" };
        let one = |value: &str| vec![value.to_owned()];
        Computed {
            values: BTreeMap::from([
                ("release", one(release.id())),
                ("other", one(other.id())),
                ("count", one(&several(strangers.len(), what))),
                ("first", one(&first.evidence.text)),
                ("source", one(&first.project.source)),
                ("own", one(&own(first.project))),
                ("manager", one(manager(context))),
                ("packages", names.into_iter().map(str::to_owned).collect()),
            ]),
            evidence: strangers
                .iter()
                .map(|stranger| Evidence {
                    note: Some(format!("{} has {}", release.id(), own(stranger.project))),
                    ..stranger.evidence.clone()
                })
                .collect(),
            assumes: Vec::new(),
        }
    });
    computed.collect()
}

/// What belongs to another release.
struct Stranger {
    package: Nevra,
    project: &'static Project,
    evidence: Evidence,
}

/// The Puppet modules of a module path, as the packages that would bring them; those that a package
/// of the same version has brought are left out.
fn modules(context: &Context) -> impl Iterator<Item = (Nevra, Evidence)> {
    let host = context.host();
    host.puppet_modules().iter().filter_map(move |module| {
        let name = format!("puppet-{}", module.name);
        let version = module.version.clone()?;
        if host.package(&name).is_some_and(|package| package.nevra.version == version) {
            return None;
        }
        let by = module.author.as_ref().map(|author| format!("{author}-")).unwrap_or_default();
        let text = format!("{by}{} {version}", module.name);
        let evidence = Evidence::fact(EvidenceKind::Package, &module.from, &text);
        let package = Nevra { name, epoch: None, version, release: String::new(), arch: None };
        Some((package, evidence))
    })
}

/// Finds a host that follows the repositories of two releases at once, or of another than its own.
#[derive(Debug, Clone, Copy)]
pub struct TwoReleasesAtOnce;

impl Check for TwoReleasesAtOnce {
    fn name(&self) -> &'static str {
        "two_releases_at_once"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let followed = context.host().followed_releases();
        let mut releases: BTreeSet<Release> = followed.iter().map(|fact| fact.release).collect();
        let known = context.known_release().map(|release| release.value);
        releases.extend(known.filter(|_| !releases.is_empty()));
        if releases.len() < 2 {
            return Vec::new();
        }
        // packstack's own, or the one that was given; else the newest is as likely as any.
        let Some(keep) = known.or_else(|| releases.last().copied()) else { return Vec::new() };
        let others = followed.iter().filter(|fact| fact.release != keep);
        let words = |words: BTreeSet<&str>| words.into_iter().map(str::to_owned).collect();
        let repos = others.clone().filter_map(|fact| fact.repo.map(|repo| repo.id.as_str()));
        let packages = others.filter_map(|fact| Some(fact.package?.nevra.name.as_str()));
        let names: Vec<String> = releases.iter().map(Release::to_string).collect();
        vec![Computed {
            values: BTreeMap::from([
                ("releases", vec![names.join(" and ")]),
                ("release", vec![keep.id().to_owned()]),
                ("manager", vec![manager(context).to_owned()]),
                ("packages", words(packages.collect())),
                ("repos", words(repos.collect())),
            ]),
            evidence: followed
                .iter()
                .map(|fact| Evidence {
                    note: Some(format!("follows {}", fact.release.id())),
                    ..match (fact.package, fact.repo) {
                        (Some(package), _) => Evidence::package(package),
                        (None, Some(repo)) => Evidence::repo(repo),
                        (None, None) => Evidence::default(),
                    }
                })
                .collect(),
            assumes: Vec::new(),
        }]
    }
}
