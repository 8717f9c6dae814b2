//! Packages, Puppet modules and repositories of a release that is not the host's.

use std::collections::{BTreeMap, BTreeSet};

use super::{manager, several};
use crate::context::Context;
use crate::diagnosis::{Check, Computed};
use crate::finding::Evidence;
use crate::release::series::{Kind, Project};
use crate::release::{Family, Release};

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
    let mut found = BTreeMap::<Release, Vec<_>>::new();
    for package in context.host().packages() {
        let Some(project) = Project::of(&package.nevra.name) else { continue };
        if !kinds.contains(&project.kind) {
            continue;
        }
        if let Some(other) = project.elsewhere(&package.nevra, release) {
            found.entry(other).or_default().push((package, project));
        }
    }
    let computed = found.into_iter().map(|(other, packages)| {
        let evidence = packages.iter().map(|(package, project)| Evidence {
            note: project.series(release).map(|own| format!("{} has {own}", release.id())),
            ..Evidence::package(package)
        });
        let names: BTreeSet<&str> = packages.iter().map(|(p, _)| p.nevra.name.as_str()).collect();
        let (first, project) = packages[0];
        let own = project.series(release).unwrap_or_default();
        let bring = |release: Release| release.release_packages().first().cloned();
        let one = |value: &str| vec![value.to_owned()];
        Computed {
            values: BTreeMap::from([
                ("release", one(release.id())),
                ("other", one(other.id())),
                ("count", one(&several(packages.len(), "package"))),
                ("first", one(&first.nevra.to_string())),
                ("source", one(&project.source)),
                ("own", one(&own)),
                ("manager", one(manager(context))),
                ("packages", names.into_iter().map(str::to_owned).collect()),
                ("release_package", bring(release).into_iter().collect()),
                ("other_package", bring(other).into_iter().collect()),
            ]),
            evidence: evidence.collect(),
            assumes: Vec::new(),
        }
    });
    computed.collect()
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
