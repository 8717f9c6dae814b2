//! MariaDB and Galera packages that do not belong together.

use std::collections::{BTreeMap, BTreeSet};

use super::manager;
use crate::context::Context;
use crate::diagnosis::{Check, Computed};
use crate::finding::Evidence;
use crate::host::Package;
use crate::version::{Constraint, Scheme, Version};

/// Finds database servers of two makers, and parts of MariaDB and Galera of different versions.
#[derive(Debug, Clone, Copy)]
pub struct MariadbPackagesMixed;

/// Packages that a spec file of MariaDB ties to each other with `= epoch:version-release`.
const SAME_BUILD: &[(&str, &str)] = &[
    ("mariadb-server", "mariadb-common"),
    ("mariadb-server", "mariadb-errmsg"),
    ("mariadb-server-galera", "mariadb-server"),
    ("mariadb-server-utils", "mariadb-server"),
    ("mariadb-backup", "mariadb-server"),
];

/// Versions of the server, and of the Galera that they work with: from 10.4 on that of the wsrep
/// API 26.
const GALERA: &[(&str, &str)] = &[("< 10.4", "< 26"), (">= 10.4", ">= 26")];

/// Servers, each of which wants to be the only one.
const SERVERS: &[&str] = &[
    "mariadb-server",
    "mariadb-galera-server",
    "mysql-server",
    "MariaDB-server",
    "MariaDB-Galera-server",
    "mysql-community-server",
    "Percona-Server-server-56",
    "Percona-Server-server-57",
    "percona-server-server",
    "Percona-XtraDB-Cluster-server-57",
];

impl Check for MariadbPackagesMixed {
    fn name(&self) -> &'static str {
        "database_mariadb_mixed"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let host = context.host();
        let servers: Vec<&Package> = SERVERS.iter().filter_map(|name| host.package(name)).collect();
        let (problem, stated, packages) = if servers.len() > 1 {
            let names: Vec<_> = servers.iter().map(|p| p.nevra.to_string()).collect();
            let stated = "each provides mysql-server and owns the same files and data directory";
            (format!("{} are installed at once", names.join(" and ")), stated.to_owned(), servers)
        } else if let Some((package, other)) = SAME_BUILD.iter().find_map(|(package, other)| {
            let (package, other) = (host.package(package)?, host.package(other)?);
            let same = (&package.nevra.version, &package.nevra.release)
                == (&other.nevra.version, &other.nevra.release);
            (!same).then_some((package, other))
        }) {
            let build = format!("{}-{}", package.nevra.version, package.nevra.release);
            let name = &other.nevra.name;
            (
                format!("{} is beside {}", package.nevra, other.nevra),
                format!("MariaDB's spec file: {} requires {name} = {build}", package.nevra.name),
                vec![package, other],
            )
        } else if let Some((package, galera, needs)) = galera(context) {
            (
                format!("{} is beside {}", package.nevra, galera.nevra),
                format!("MariaDB {} needs galera {needs}", package.nevra.version),
                vec![package, galera],
            )
        } else {
            return Vec::new();
        };
        let names: BTreeSet<&str> = packages.iter().map(|p| p.nevra.name.as_str()).collect();
        let values = BTreeMap::from([
            ("problem", vec![problem]),
            ("stated", vec![stated]),
            ("manager", vec![manager(context).to_owned()]),
            ("packages", names.into_iter().map(str::to_owned).collect()),
        ]);
        let evidence = packages.into_iter().map(Evidence::package).collect();
        vec![Computed { values, evidence, assumes: Vec::new() }]
    }
}

/// The server and the Galera that do not work together, and what the server needs.
fn galera(context: &Context) -> Option<(&Package, &Package, &'static str)> {
    let host = context.host();
    let (server, galera) = (host.package("mariadb-server")?, host.package("galera")?);
    // Epochs say nothing here: they differ between builders.
    let allows = |constraint: &str, package: &Package| {
        let version = Version::parse(&package.nevra.version, Scheme::Rpm).ok()?;
        Constraint::parse(constraint, Scheme::Rpm).ok()?.allows(&version).ok()
    };
    GALERA.iter().find_map(|(versions, needs)| {
        let wrong = allows(versions, server)? && !allows(needs, galera)?;
        wrong.then_some((server, galera, *needs))
    })
}
