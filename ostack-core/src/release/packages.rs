//! The source packages of RDO's release repositories, read only when asked for.

use std::collections::BTreeMap;

use super::{Os, Release};
use crate::version::Nevra;

/// Names and texts of the files `data/releases/$folder/$name$suffix`.
macro_rules! embedded {
    ($folder:literal, $suffix:literal, $($name:literal)+) => {
        &[$((
            $name,
            include_str!(concat!("../../data/releases/", $folder, "/", $name, $suffix)),
        )),+]
    };
}
pub(super) use embedded;

/// `release.os`, and the list.
const LISTS: &[(&str, &str)] = embedded!(
    "packages", ".txt",
    "ocata.centos-7" "pike.centos-7" "queens.centos-7" "rocky.centos-7" "stein.centos-7"
    "train.centos-7" "train.centos-8" "ussuri.centos-8" "ussuri.centos-stream-8"
    "victoria.centos-8" "victoria.centos-stream-8" "wallaby.centos-stream-8"
    "xena.centos-stream-8" "yoga.centos-stream-8" "yoga.centos-stream-9" "zed.centos-stream-9"
    "2023.1.centos-stream-9" "2023.2.centos-stream-9" "2024.1.centos-stream-9"
    "2024.2.centos-stream-9" "2025.1.centos-stream-9"
);

/// The newest source packages in RDO's repository of one release on one OS.
///
/// A host lists binary packages, and older builds were shipped too: a package that is missing here
/// or older is not foreign.
#[derive(Debug, Clone)]
pub struct SourcePackages {
    source: &'static str,
    packages: BTreeMap<String, Nevra>,
}

impl SourcePackages {
    pub(super) fn load(release: Release, os: Os) -> Option<Self> {
        let name = format!("{}.{os}", release.id());
        let (_, text) = LISTS.iter().find(|(list, _)| *list == name)?;
        let (source, list) = text.split_once('\n')?;
        let nevras = list.lines().filter_map(|line| Nevra::parse(line).ok());
        Some(Self {
            source: source.trim_start_matches("# "),
            packages: nevras.map(|nevra| (nevra.name.clone(), nevra)).collect(),
        })
    }

    /// Where the list comes from.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// The package of a name.
    pub fn get(&self, name: &str) -> Option<&Nevra> {
        self.packages.get(name)
    }

    /// All packages, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Nevra> {
        self.packages.values()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_list_belongs_to_a_release_and_every_line_is_read() {
        let mut read = BTreeSet::new();
        for release in Release::all() {
            for os in release.os() {
                let Some(packages) = release.packages(*os) else {
                    continue;
                };
                let name = format!("{}.{os}", release.id());
                let (_, text) = LISTS.iter().find(|(list, _)| *list == name).unwrap();
                assert!(packages.source().starts_with("redhat-openstack/rdoinfo:"));
                assert_eq!(packages.iter().count(), text.lines().count() - 1, "{name}");
                read.insert(name);
            }
        }
        assert_eq!(read.len(), LISTS.len());
    }

    #[test]
    fn every_file_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/releases/packages");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), LISTS.len());
    }
}
