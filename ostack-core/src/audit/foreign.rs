//! Packages that stand in the place of RDO's: from EPEL, from a vendor, or newer than RDO's.

use std::collections::{BTreeMap, BTreeSet};

use super::{manager, several};
use crate::context::Context;
use crate::diagnosis::{Check, Computed};
use crate::finding::Evidence;
use crate::host::Package;
use crate::release::series::{Kind, Project};
use crate::release::{Family, Os, Release};

/// Finds packages that RDO ships for the release and that came from elsewhere.
///
/// Where the list shows repositories, the repository says so. Else only packages are sure that no
/// base OS brings and that are newer than any that RDO shipped for the release.
#[derive(Debug, Clone, Copy)]
pub struct PackagesNotFromRdo;

impl Check for PackagesNotFromRdo {
    fn name(&self) -> &'static str {
        "packages_not_from_rdo"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let Some(release) = context.known_release().map(|release| release.value) else {
            return Vec::new();
        };
        let Some(Family::El(_)) = family(context) else { return Vec::new() };
        let shipped = Shipped::of(release);
        let mut found = BTreeMap::<String, Vec<(&Package, String)>>::new();
        for package in context.host().packages() {
            let name = package.nevra.name.as_str();
            // Other checks speak of these.
            if matches!(name, "leatherman" | "puppet" | "puppet-agent" | "puppet-headless") {
                continue;
            }
            if let Some(maker) = package.repo.as_deref().and_then(maker) {
                if let Some(shipped) = shipped.get(name) {
                    found.entry(maker.to_owned()).or_default().push((package, shipped));
                }
            } else if let Some(project) = Project::of(name).filter(|p| p.kind == Kind::Pinned)
                && package.repo.is_none()
                && let Some(newest) = project.newer_than(&package.nevra, release)
            {
                let shipped = format!("{} {newest}", project.source);
                let maker = "another repository, likely EPEL".to_owned();
                found.entry(maker).or_default().push((package, shipped));
            }
        }
        let computed = found.into_iter().map(|(maker, packages)| {
            let names: BTreeSet<&str> =
                packages.iter().map(|(p, _)| p.nevra.name.as_str()).collect();
            let (first, instead) = &packages[0];
            let one = |value: &str| vec![value.to_owned()];
            let repos: BTreeSet<&str> =
                packages.iter().filter_map(|(p, _)| p.repo.as_deref()).collect();
            let repos = if repos.is_empty() { BTreeSet::from(["epel"]) } else { repos };
            Computed {
                values: BTreeMap::from([
                    ("maker", one(&maker)),
                    ("release", one(release.id())),
                    ("count", one(&several(packages.len(), "package"))),
                    ("first", one(&first.nevra.to_string())),
                    ("shipped", one(instead)),
                    ("manager", one(manager(context))),
                    ("packages", names.into_iter().map(str::to_owned).collect()),
                    ("repos", repos.into_iter().map(str::to_owned).collect()),
                ]),
                evidence: packages
                    .iter()
                    .map(|(package, instead)| Evidence {
                        note: Some(format!("RDO {} ships {instead}", release.id())),
                        ..Evidence::package(package)
                    })
                    .collect(),
                assumes: Vec::new(),
            }
        });
        computed.collect()
    }
}

fn family(context: &Context) -> Option<Family> {
    context.known_os().map(|os| os.value.family()).or(context.host().family())
}

/// Whose repository an id is, where it is one that stands beside RDO's.
fn maker(repo: &str) -> Option<&'static str> {
    const MAKERS: &[(&str, &str)] = &[
        ("epel", "EPEL"),
        ("puppet", "the Puppet vendor"),
        ("pc1", "the Puppet vendor"),
        ("mariadb", "the MariaDB vendor"),
        ("mysql", "the MySQL vendor"),
        ("percona", "Percona"),
        ("rabbitmq", "the RabbitMQ vendor"),
        ("erlang-solutions", "Erlang Solutions"),
        ("ius", "IUS"),
        ("remi", "Remi's repository"),
        ("rpmforge", "RPMforge"),
    ];
    let repo = repo.to_ascii_lowercase();
    MAKERS.iter().find(|(begins, _)| repo.starts_with(begins)).map(|(_, maker)| *maker)
}

/// What RDO ships for a release, on any OS.
struct Shipped(Vec<crate::release::SourcePackages>);

impl Shipped {
    fn of(release: Release) -> Self {
        Self(release.os().iter().filter_map(|os| release.packages(*os)).collect())
    }

    /// The source package of a package, as RDO ships it.
    fn get(&self, name: &str) -> Option<String> {
        let stem = ["python2-", "python3-"].iter().find_map(|python| name.strip_prefix(python));
        let project = Project::of(name).map(|project| project.source.clone());
        let sources = [Some(name.to_owned()), stem.map(|stem| format!("python-{stem}")), project];
        let get = |source: &String| self.0.iter().find_map(|packages| packages.get(source));
        sources.iter().flatten().find_map(get).map(ToString::to_string)
    }
}

/// Finds a leatherman that is not the one that the installed facter is linked against.
///
/// facter 3 is a C++ program, and leatherman's libraries bear the full version in their names.
#[derive(Debug, Clone, Copy)]
pub struct LeathermanBreaksFacter;

impl Check for LeathermanBreaksFacter {
    fn name(&self) -> &'static str {
        "puppet_leatherman_breaks_facter"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        leatherman(context).into_iter().collect()
    }
}

fn leatherman(context: &Context) -> Option<Computed> {
    let host = context.host();
    let (facter, leatherman) = (host.package("facter")?, host.package("leatherman")?);
    let known = context.known_release()?.value;
    let lists = |release: Release| {
        let lists = move |os: &Os| Some((release, release.packages(*os)?));
        release.os().iter().filter_map(lists)
    };
    // The build of the host's release first; EL 7 and 8 have builds of the same version.
    let releases = std::iter::once(known).chain(Release::all().filter(move |r| *r != known));
    let (release, list) = releases.flat_map(lists).find(|(_, list)| {
        list.get("facter").is_some_and(|built| {
            (&built.version, &built.release) == (&facter.nevra.version, &facter.nevra.release)
        })
    })?;
    let built = list.get("leatherman")?;
    // facter 4 is written in Ruby.
    let linked = !facter.nevra.version.starts_with('4');
    if !linked || built.version == leatherman.nevra.version {
        return None;
    }
    let one = |value: &str| vec![value.to_owned()];
    let note = |text: String, package| Evidence { note: Some(text), ..Evidence::package(package) };
    Some(Computed {
        values: BTreeMap::from([
            ("installed", one(&leatherman.nevra.to_string())),
            ("version", one(&leatherman.nevra.version)),
            ("facter", one(&facter.nevra.to_string())),
            ("needed", one(&built.version)),
            ("shipped", one(&built.to_string())),
            ("release", one(release.id())),
            ("source", one(list.source())),
            ("manager", one(manager(context))),
        ]),
        evidence: vec![
            note(format!("RDO {} ships {built}", release.id()), leatherman),
            note(format!("linked against leatherman_util.so.{}", built.version), facter),
        ],
        assumes: Vec::new(),
    })
}
