//! Package lists, as the package managers print them.

use std::sync::Arc;

use super::{Package, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::version::Nevra;

/// Reads the packages of a list. Lines that are none are passed over.
pub(super) fn parse(name: &str, text: &str) -> Result<Vec<Package>> {
    let file: Arc<str> = name.into();
    let mut packages = Vec::new();
    // yum breaks the line after a long name.
    let mut broken: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        // Sections of `dnf list` that hold what is not installed.
        if line.starts_with("Available ") || line.starts_with("Upgraded ") {
            break;
        }
        let columns = columns(line);
        let whole = match broken.take() {
            Some(name) if line.starts_with(' ') => [&[name], &columns[..]].concat(),
            _ => columns,
        };
        if let Some((nevra, repo)) = read(&whole) {
            let from = Place { file: Arc::clone(&file), line: index + 1 };
            packages.push(Package { nevra, repo: repo.map(str::to_owned), from });
        } else if let [name] = whole[..] {
            broken = Some(name);
        }
    }
    if packages.is_empty() {
        return Err(no_packages(name, text));
    }
    // A list that shows one epoch shows all that there are.
    if packages.iter().any(|package| package.nevra.epoch.is_some()) {
        for package in &mut packages {
            package.nevra.epoch.get_or_insert(0);
        }
    }
    Ok(packages)
}

fn no_packages(name: &str, text: &str) -> Error {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let first: String = first.chars().filter(|c| !c.is_control()).take(60).collect();
    let found = if first.is_empty() { "nothing".to_owned() } else { format!("`{first}`") };
    let message = format!("expected a list of packages, but found {found}");
    Error::new(ErrorKind::Context, message)
        .in_file(name)
        .help("give what `rpm -qa`, `dnf list installed` or `dpkg -l` prints")
}

/// The columns of a line: what blanks, or a query format's signs, set apart.
fn columns(line: &str) -> Vec<&str> {
    line.split(|c: char| c.is_whitespace() || "|,;".contains(c)).filter(|c| !c.is_empty()).collect()
}

/// The package that the columns of a line describe, and its repository.
fn read<'l>(columns: &[&'l str]) -> Option<(Nevra, Option<&'l str>)> {
    let nevra = match *columns {
        // `dpkg -l`: installed, and wanted so or held.
        ["ii" | "hi", name, version, arch, ..] => {
            let name = name.split(':').next().unwrap_or(name);
            return Some((Nevra::from_debian(name, version, arch)?, None));
        }
        [nevra] => Nevra::parse(nevra).ok()?,
        [name_arch, evr, ref repo @ ..] if is_name_arch(name_arch) && evr.contains('-') => {
            let (name, arch) = name_arch.rsplit_once('.')?;
            let mut nevra = Nevra::from_parts(name, evr, Some(arch))?;
            // dnf and yum leave an epoch of 0 out.
            nevra.epoch.get_or_insert(0);
            let repo = repo.first().map(|repo| repo.trim_start_matches('@'));
            return Some((nevra, repo.filter(|repo| !matches!(*repo, "installed" | "System"))));
        }
        [name, evr, arch] if Nevra::is_architecture(arch) => {
            Nevra::from_parts(name, evr, Some(arch))?
        }
        [name, version, release, arch] if Nevra::is_architecture(arch) => {
            Nevra::from_parts(name, &format!("{version}-{release}"), Some(arch))?
        }
        [name, epoch, version, release, arch] if Nevra::is_architecture(arch) => {
            Nevra::from_parts(name, &format!("{epoch}:{version}-{release}"), Some(arch))?
        }
        [name, evr] if Nevra::from_parts(name, evr, None).is_some() => {
            Nevra::from_parts(name, evr, None)?
        }
        // `rpm -qa --last`, and a sosreport: the package, and when it was installed.
        [nevra, ..] => Nevra::parse(nevra).ok().filter(|nevra| nevra.arch.is_some())?,
        [] => return None,
    };
    Some((nevra, None))
}

fn is_name_arch(column: &str) -> bool {
    column.rsplit_once('.').is_some_and(|(_, arch)| Nevra::is_architecture(arch))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, epoch, version-release, architecture and repository of each package, one per line.
    fn shown(text: &str) -> Vec<String> {
        let show = |package: &Package| {
            let Nevra { name, epoch, version, release, arch } = &package.nevra;
            let epoch = epoch.map_or("?".to_owned(), |epoch| epoch.to_string());
            let arch = arch.as_deref().unwrap_or("?");
            let repo = package.repo.as_deref().unwrap_or("?");
            format!("{} {name} {epoch} {version}-{release} {arch} {repo}", package.from.line)
        };
        parse("list", text).unwrap().iter().map(show).collect()
    }

    #[test]
    fn rpm_qa_shows_no_epochs() {
        let text = "\nwarning: rpmdb: BDB0113\npuppet-6.14.0-2.el8.noarch\n\
                    gpg-pubkey-8483c65d-5ccc5b19\nkernel-4.18.0-240.el8.x86_64\r\n";
        assert_eq!(
            shown(text),
            [
                "3 puppet ? 6.14.0-2.el8 noarch ?",
                "4 gpg-pubkey ? 8483c65d-5ccc5b19 ? ?",
                "5 kernel ? 4.18.0-240.el8 x86_64 ?",
            ]
        );
    }

    #[test]
    fn query_formats_may_show_epochs() {
        let puppet = ["1 puppet 0 6.14.0-2.el8 noarch ?"];
        assert_eq!(shown("puppet (none):6.14.0-2.el8 noarch"), puppet);
        assert_eq!(shown("puppet-(none):6.14.0-2.el8.noarch"), puppet);
        assert_eq!(shown("puppet (none) 6.14.0 2.el8 noarch"), puppet);
        assert_eq!(shown("puppet|0|6.14.0|2.el8|noarch"), puppet);
        assert_eq!(shown("puppet\t6.14.0\t2.el8\tnoarch"), ["1 puppet ? 6.14.0-2.el8 noarch ?"]);
        assert_eq!(shown("puppet 6.14.0-2.el8"), ["1 puppet ? 6.14.0-2.el8 ? ?"]);
        assert_eq!(
            shown("bind-32:9.11-6.el8.x86_64\npuppet-6.14.0-2.el8.noarch"),
            ["1 bind 32 9.11-6.el8 x86_64 ?", "2 puppet 0 6.14.0-2.el8 noarch ?",]
        );
    }

    #[test]
    fn a_sosreport_adds_dates() {
        let text = "puppet-6.14.0-2.el8.noarch                 Thu Oct  1 10:00:00 2020\n";
        assert_eq!(shown(text), ["1 puppet ? 6.14.0-2.el8 noarch ?"]);
    }

    #[test]
    fn dnf_and_yum_show_repositories_and_break_long_lines() {
        let text = "Loaded plugins: fastestmirror\nInstalled Packages\n\
                    NetworkManager.x86_64     1:1.26.0-8.el8     @BaseOS\n\
                    puppet.noarch             6.14.0-2.el8       @centos-openstack-victoria\n\
                    bash.x86_64               4.4.20-1.el8       installed\n\
                    centos-release-openstack-victoria.noarch\n\
                    \x20                         1-1.el8            @extras\n\
                    Available Packages\n\
                    puppet-agent.x86_64       7.4.1-1.el8        puppet7\n";
        assert_eq!(
            shown(text),
            [
                "3 NetworkManager 1 1.26.0-8.el8 x86_64 BaseOS",
                "4 puppet 0 6.14.0-2.el8 noarch centos-openstack-victoria",
                "5 bash 0 4.4.20-1.el8 x86_64 ?",
                "7 centos-release-openstack-victoria 0 1-1.el8 noarch extras",
            ]
        );
    }

    #[test]
    fn dpkg_shows_versions_of_its_own_kind() {
        let text = "Desired=Unknown/Install/Remove/Purge/Hold\n\
                    ||/ Name           Version                Architecture Description\n\
                    +++-==============-======================-============-===========\n\
                    ii  libc6:amd64    2.31-0ubuntu9.2        amd64        GNU C Library\n\
                    ii  nova-common    3:22.0.1-0ubuntu1      all          OpenStack Compute\n\
                    ii  base-files     11ubuntu5              amd64        Debian base files\n\
                    rc  puppet         5.5.10-4ubuntu3        all          removed\n";
        assert_eq!(
            shown(text),
            [
                "4 libc6 0 2.31-0ubuntu9.2 amd64 ?",
                "5 nova-common 3 22.0.1-0ubuntu1 all ?",
                "6 base-files 0 11ubuntu5- amd64 ?",
            ]
        );
    }

    #[test]
    fn a_text_without_packages_is_an_error() {
        let error = parse("answers.txt", "[general]\nCONFIG_X=y\n").unwrap_err();
        assert_eq!(error.message(), "expected a list of packages, but found `[general]`");
        assert_eq!(error.path(), Some("answers.txt"));
        assert!(parse("empty", "").is_err());
    }
}
