//! What can be computed from what a package tool says: which build, which release, which epoch, and
//! what stands in the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::check::{Check, Computed};
use crate::context::Context;
use crate::finding::Evidence;
use crate::log::{Conflict, ConflictKind, PackageTool, Party, Requirement};
use crate::release::{Release, SourcePackages};
use crate::version::{Constraint, Nevra, Scheme};

/// Finds a package that wants another of its own build, where the repositories have the other one of
/// another build only: a cache or a mirror that is out of step.
#[derive(Debug, Clone, Copy)]
pub struct SameBuildMissing;

/// Finds packages of two OpenStack releases that are to be installed together.
#[derive(Debug, Clone, Copy)]
pub struct TwoReleases;

/// Finds a package that wants what RDO ships from a later release on.
#[derive(Debug, Clone, Copy)]
pub struct NeedsLaterRelease;

/// Finds a requirement that RDO's own repository of the release fulfils, and that nothing provides.
#[derive(Debug, Clone, Copy)]
pub struct RdoRepositoryMissing;

/// Finds a version that would do if it had the epoch that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct EpochDecides;

/// Finds an installed package that stands in the way of another.
#[derive(Debug, Clone, Copy)]
pub struct InstalledInTheWay;

/// Finds two packages that require of a third what no version of it can be.
#[derive(Debug, Clone, Copy)]
pub struct RequirementsContradict {
    name: &'static str,
    scheme: Scheme,
}

impl RequirementsContradict {
    /// Of RPMs.
    pub const RPM: Self = Self { name: "requirements_contradict", scheme: Scheme::Rpm };
    /// Of what pip installs.
    pub const PIP: Self = Self { name: "pip_requirements_contradict", scheme: Scheme::Pep440 };
}

impl Check for RequirementsContradict {
    fn name(&self) -> &'static str {
        self.name
    }

    fn on_conflict(
        &self,
        context: &Context,
        conflict: &Conflict,
        beside: &[&Conflict],
    ) -> Option<Computed> {
        use ConflictKind::{Contradiction, ProvidersRuledOut};
        let demand = |conflict: &Conflict| {
            let requires = conflict.requires.clone()?;
            let constraint = requires.constraint().filter(|c| c.scheme() == self.scheme)?;
            let name = requires.name()?.to_owned();
            let demands = matches!(conflict.kind, Contradiction | ProvidersRuledOut);
            demands.then_some((name, constraint, requires))
        };
        let (name, constraint, _) = demand(conflict)?;
        let at = beside.iter().position(|other| other.same(conflict))?;
        let (other, against) = beside[at + 1..].iter().find_map(|other| {
            let (other_name, other_constraint, against) = demand(other)?;
            let apart = constraint.overlaps(&other_constraint).is_ok_and(|overlaps| !overlaps);
            (other_name == name && other.package != conflict.package && apart)
                .then_some((other, against))
        })?;
        let who = |conflict: &Conflict| {
            let package = conflict.package.as_ref().map(ToString::to_string);
            vec![package.unwrap_or_else(|| "the command".to_owned())]
        };
        let mut values = values(conflict);
        values.insert("package", who(conflict));
        values.insert("other", who(other));
        values.insert("against", vec![against.to_string()]);
        let release = context.known_release().map(|release| release.value.id());
        values.insert(
            "constraints",
            vec![format!(
                "https://releases.openstack.org/constraints/upper/{}",
                release.unwrap_or("master")
            )],
        );
        Some(Computed { values, ..Computed::default() })
    }
}

impl Check for SameBuildMissing {
    fn name(&self) -> &'static str {
        "same_build_missing"
    }

    fn on_conflict(&self, _: &Context, conflict: &Conflict, _: &[&Conflict]) -> Option<Computed> {
        let (package, requires) = unmet(conflict)?;
        let build = package.nevra()?;
        let wanted = requires.text.split_once(" = ").map(|(_, version)| version)?;
        let wanted = wanted.rsplit(':').next()?;
        if wanted != format!("{}-{}", build.version, build.release) {
            return None;
        }
        let mut values = values(conflict);
        values.insert("package_name", vec![build.name]);
        values.insert("offered", vec![offered(conflict)]);
        Some(Computed { values, ..Computed::default() })
    }
}

impl Check for TwoReleases {
    fn name(&self) -> &'static str {
        "two_releases"
    }

    fn on_conflict(
        &self,
        _: &Context,
        conflict: &Conflict,
        beside: &[&Conflict],
    ) -> Option<Computed> {
        if beside.first().is_none_or(|first| !first.same(conflict)) {
            return None;
        }
        let parties = beside.iter().flat_map(|conflict| conflict.parties());
        let mut seen: Vec<(&Party, Release)> = Vec::new();
        for party in parties {
            if let Some(release) = release_of(party)
                && seen.iter().all(|(_, other)| *other != release)
            {
                seen.push((party, release));
            }
        }
        let &[(one, release), (other, other_release)] = seen.get(..2)? else { return None };
        let mut values = values(conflict);
        values.insert("package", vec![one.to_string()]);
        values.insert("other", vec![other.to_string()]);
        values.insert("release", vec![release.to_string()]);
        values.insert("other_release", vec![other_release.to_string()]);
        Some(Computed { values, ..Computed::default() })
    }
}

impl Check for NeedsLaterRelease {
    fn name(&self) -> &'static str {
        "needs_later_release"
    }

    fn on_conflict(
        &self,
        context: &Context,
        conflict: &Conflict,
        beside: &[&Conflict],
    ) -> Option<Computed> {
        let (package, requires) = unmet(conflict)?;
        let constraint = requires.constraint()?;
        let host = host_release(context, beside)?;
        let name = requires.name()?;
        let ours = shipped(host, name)?;
        let fits = |nevra: &Nevra| allows_any_epoch(requires, &constraint, nevra);
        if release_of(package) == Some(host) || fits(ours) {
            return None;
        }
        let mut later = Release::all().skip_while(|release| *release <= host);
        let later = later.find(|release| shipped(*release, name).is_some_and(fits))?;
        let mut values = values(conflict);
        values.insert("shipped", vec![ours.to_string()]);
        values.insert("release", vec![host.to_string()]);
        values.insert("later", vec![later.to_string()]);
        values.insert("name", vec![package.name.clone()]);
        Some(Computed { values, ..Computed::default() })
    }
}

impl Check for RdoRepositoryMissing {
    fn name(&self) -> &'static str {
        "rdo_repository_missing"
    }

    fn on_conflict(
        &self,
        context: &Context,
        conflict: &Conflict,
        beside: &[&Conflict],
    ) -> Option<Computed> {
        let (_, requires) = unmet(conflict)?;
        let constraint = requires.constraint()?;
        let release = host_release(context, beside)?;
        let ours = shipped(release, requires.name()?)
            .filter(|ours| allows_any_epoch(requires, &constraint, ours))?;
        // The exact build of a package is another matter.
        if SameBuildMissing.on_conflict(context, conflict, beside).is_some() {
            return None;
        }
        let mut values = values(conflict);
        values.insert("shipped", vec![ours.to_string()]);
        values.insert("release", vec![release.to_string()]);
        values.insert("release_package", vec![release.release_packages().first()?.clone()]);
        values.insert("repo", vec![release.repos().first()?.clone()]);
        Some(Computed { values, ..Computed::default() })
    }
}

impl Check for EpochDecides {
    fn name(&self) -> &'static str {
        "epoch_decides"
    }

    fn on_conflict(
        &self,
        context: &Context,
        conflict: &Conflict,
        _: &[&Conflict],
    ) -> Option<Computed> {
        use ConflictKind::{NothingProvides, ProvidersRuledOut};
        if !matches!(conflict.kind, NothingProvides | ProvidersRuledOut) {
            return None;
        }
        let requires = conflict.requires.as_ref()?;
        let constraint = requires.constraint().filter(|c| c.scheme() == Scheme::Rpm)?;
        let (name, wanted) = (requires.name()?, epoch(requires)?);
        let decides = |nevra: &Nevra| {
            let own = nevra.epoch.unwrap_or(0);
            let with_wanted = Nevra { epoch: Some(wanted), ..nevra.clone() };
            nevra.name == name
                && own != wanted
                && !allows(&constraint, nevra)
                && allows(&constraint, &with_wanted)
        };
        // Of a list without epochs nothing can be told.
        let installed = context.host().package(name).filter(|p| p.nevra.epoch.is_some());
        let (candidate, evidence) = conflict
            .parties()
            .filter_map(|party| Some((party.nevra()?, None)))
            .chain(installed.map(|p| (p.nevra.clone(), Some(Evidence::package(p)))))
            .find(|(nevra, _)| decides(nevra))?;
        let mut values = values(conflict);
        values.insert("candidate", vec![candidate.to_string()]);
        values.insert("name", vec![name.to_owned()]);
        values.insert("epoch", vec![candidate.epoch.unwrap_or(0).to_string()]);
        values.insert("wanted", vec![wanted.to_string()]);
        Some(Computed { values, evidence: evidence.into_iter().collect(), ..Computed::default() })
    }
}

impl Check for InstalledInTheWay {
    fn name(&self) -> &'static str {
        "installed_in_the_way"
    }

    fn on_conflict(
        &self,
        context: &Context,
        conflict: &Conflict,
        beside: &[&Conflict],
    ) -> Option<Computed> {
        use ConflictKind::{BothVersions, Conflicts, File, Obsoletes, ProvidersRuledOut};
        let kinds = [BothVersions, Conflicts, File, Obsoletes, ProvidersRuledOut];
        let rpm = [PackageTool::Dnf, PackageTool::Yum, PackageTool::Rpm].contains(&conflict.tool);
        if !kinds.contains(&conflict.kind) || !rpm {
            return None;
        }
        let host = context.host();
        let listed = |party: &Party| host.package(&party.name).filter(|p| party.is(&p.nevra));
        let there = |party: &&Party| party.installed || listed(party).is_some();
        let way = conflict.parties().find(there)?;
        let wanted = conflict.parties().find(|party| party.name != way.name);
        let wanted = wanted.map(|party| party.text.clone()).or_else(|| {
            let of = |other: &&&Conflict| other.kind == ProvidersRuledOut;
            let asks = beside.iter().filter(of).filter_map(|other| other.package.as_ref());
            asks.map(|party| party.text.clone()).find(|text| *text != way.text)
        });
        let wanted = wanted.or_else(|| Some(conflict.requires.as_ref()?.text.clone()))?;
        let listed = listed(way);
        let from = way.repo.clone().or_else(|| listed?.repo.clone());
        let mut values = values(conflict);
        values.insert("wanted", vec![wanted]);
        values.insert("way", vec![way.text.clone()]);
        values.insert("way_name", vec![way.name.clone()]);
        values.insert(
            "from",
            vec![from.map_or_else(
                || "a repository that this log does not name".to_owned(),
                |repo| format!("repository {repo}"),
            )],
        );
        let evidence = listed.map(Evidence::package).into_iter().collect();
        Some(Computed { values, evidence, ..Computed::default() })
    }
}

/// A package whose requirement nothing that is enabled provides.
fn unmet(conflict: &Conflict) -> Option<(&Party, &Requirement)> {
    let is_unmet = conflict.kind == ConflictKind::NothingProvides
        && matches!(conflict.tool, PackageTool::Dnf | PackageTool::Yum);
    is_unmet.then_some(())?;
    Some((conflict.package.as_ref()?, conflict.requires.as_ref()?))
}

/// What every check gives: the parts of the statement.
fn values(conflict: &Conflict) -> BTreeMap<&'static str, Vec<String>> {
    let text = |value: Option<String>| vec![value.unwrap_or_default()];
    BTreeMap::from([
        ("package", text(conflict.package.as_ref().map(ToString::to_string))),
        ("requires", text(conflict.requires.as_ref().map(ToString::to_string))),
        ("required", text(conflict.requires.as_ref().and_then(|r| r.name()).map(str::to_owned))),
        ("other", text(conflict.other.as_ref().map(ToString::to_string))),
    ])
}

/// What there is of the required package, in words.
fn offered(conflict: &Conflict) -> String {
    if conflict.candidates.is_empty() {
        return "the log does not show which builds there are".to_owned();
    }
    let words: Vec<String> = conflict.candidates.iter().map(ToString::to_string).collect();
    format!("there is {}", words.join(", "))
}

/// The release that is wanted on the host: as given or learnt, or else the one of the packages.
fn host_release(context: &Context, conflicts: &[&Conflict]) -> Option<Release> {
    let known = context.known_release().map(|release| release.value);
    known.or_else(|| {
        let parties = conflicts.iter().flat_map(|conflict| conflict.parties());
        let releases: BTreeSet<Release> = parties.filter_map(release_of).collect();
        releases.into_iter().next()
    })
}

fn allows(constraint: &Constraint, nevra: &Nevra) -> bool {
    constraint.allows(&nevra.evr()).unwrap_or(false)
}

/// Whether a package does, of which the lists do not hold the epoch: it is taken to be the one that is
/// asked for.
fn allows_any_epoch(requires: &Requirement, constraint: &Constraint, nevra: &Nevra) -> bool {
    allows(constraint, &Nevra { epoch: epoch(requires), ..nevra.clone() })
}

/// The epoch of the version that is asked for; none where no version is.
fn epoch(requires: &Requirement) -> Option<u32> {
    let version = requires.text.get(requires.text.find(['<', '=', '>'])?..)?;
    let version = version.trim_start_matches(['<', '=', '>', ' ']);
    version.split_once(':').map_or(Some(0), |(epoch, _)| epoch.parse().ok())
}

/// The lists of all releases, each on the newest OS that it is known for.
fn lists() -> &'static [(Release, SourcePackages)] {
    static LISTS: OnceLock<Vec<(Release, SourcePackages)>> = OnceLock::new();
    LISTS.get_or_init(|| {
        let list = |release: Release| {
            release.os().iter().rev().find_map(|os| Some((release, release.packages(*os)?)))
        };
        Release::all().filter_map(list).collect()
    })
}

/// What RDO ships in a release of a binary package or of what it provides.
fn shipped(release: Release, name: &str) -> Option<&'static Nevra> {
    let (_, list) = lists().iter().find(|(other, _)| *other == release)?;
    sources(name).iter().find_map(|source| list.get(source))
}

/// What the source of a binary package may be called, likeliest first.
fn sources(binary: &str) -> Vec<String> {
    let mut names = vec![binary.to_owned()];
    let distribution = binary.split_once("dist(").and_then(|(_, rest)| rest.strip_suffix(')'));
    let module = ["python3-", "python2-", "python-"].iter().find_map(|p| binary.strip_prefix(p));
    if let Some(module) = distribution.or(module) {
        let module = module.replace('.', "-").to_ascii_lowercase();
        names.extend([format!("python-{module}"), format!("openstack-{module}")]);
    }
    // Parts of a service: openstack-nova-api, openstack-neutron-ovn-metadata-agent.
    let mut part = binary;
    while let Some((shorter, _)) = part.rsplit_once('-')
        && shorter.starts_with("openstack-")
    {
        names.push(shorter.to_owned());
        part = shorter;
    }
    names
}

/// The release whose RDO packages a package is one of: by its repository, or else by the version of
/// a service, whose first number is another in each release.
fn release_of(party: &Party) -> Option<Release> {
    if let Some(repo) = &party.repo {
        let named = Release::all().find(|release| release.repos().contains(repo));
        let last = || Release::parse(repo.rsplit('-').next()?).ok();
        if let Some(release) = named.or_else(|| last().filter(|_| repo.contains("openstack"))) {
            return Some(release);
        }
        if !["openstack", "delorean", "rdo"].iter().any(|word| repo.contains(word)) {
            return None;
        }
    }
    let nevra = party.nevra()?;
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    let same = |release: Release| {
        let source = shipped(release, &nevra.name).filter(|s| s.name.starts_with("openstack-"));
        source.is_some_and(|source| major(&source.version) == major(&nevra.version))
    };
    let mut releases = lists().iter().map(|(release, _)| *release).filter(|r| same(*r));
    releases.next().filter(|_| releases.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_binaries() {
        let first = |binary: &str, release: &str| {
            let release = Release::parse(release).unwrap();
            shipped(release, binary).map(ToString::to_string)
        };
        let shown = |binary| first(binary, "victoria");
        assert_eq!(shown("openstack-nova-api").as_deref(), Some("openstack-nova-22.4.0-1.el8"));
        assert_eq!(shown("python3-nova").as_deref(), Some("openstack-nova-22.4.0-1.el8"));
        assert_eq!(shown("python3.6dist(oslo.db)").as_deref(), Some("python-oslo-db-8.4.1-1.el8"));
        assert_eq!(shown("qemu-kvm-core"), None);
    }
}
