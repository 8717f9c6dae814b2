//! Learning from what a host printed or holds, told apart by its content; and from a sosreport.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Host, Package, facter, modules, python};
use crate::error::{Error, ErrorKind, Result};
use crate::release::Os;
use crate::version::Nevra;

/// What a text about a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Listing {
    /// `rpm -qa`, `dnf list installed`, `yum list installed`, `dpkg -l`.
    Packages,
    /// `dnf repolist`, `yum repolist`.
    Repolist,
    /// A `*.repo` file.
    RepoFile,
    /// os-release, redhat-release and their like.
    OsRelease,
    /// `pip freeze`, `pip list`.
    PythonPackages,
    /// `puppet module list`.
    PuppetModules,
    /// `facter`, also as JSON or YAML.
    Facter,
}

impl Listing {
    /// What a text is, by its content; what is nothing else may be a package list.
    fn of(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let any = |test: &dyn Fn(&str) -> bool| text.lines().map(str::trim).any(test);
        let key = |line: &str, keys: &[&str]| {
            line.split_once('=').is_some_and(|(key, _)| keys.contains(&key.trim()))
        };
        let starts = |words: &'static [&str]| move |l: &str| words.iter().any(|w| l.starts_with(w));
        if Os::from_os_release(text).is_some() && any(&|l| key(l, &["NAME", "VERSION_ID"])) {
            return Self::OsRelease;
        }
        let section = |l: &str| l.starts_with('[') && l.ends_with(']');
        if any(&section) && any(&|l| key(l, &["baseurl", "mirrorlist", "metalink", "enabled"])) {
            return Self::RepoFile;
        }
        if any(&starts(&["repo id", "Repo-id"])) {
            return Self::Repolist;
        }
        let names = ["facterversion", "os", "kernel", "osfamily", "operatingsystem", "is_virtual"];
        let fact = |l: &str| {
            let name = l.split([':', ' ']).next().unwrap_or_default().trim_matches(['"', '{']);
            names.contains(&name) && (l.contains(" => ") || l.contains(':'))
        };
        if any(&fact) && !facter::parse("", text).is_empty() {
            return Self::Facter;
        }
        if !modules::parse("", text).is_empty() || any(&|l| l.ends_with("(no modules installed)")) {
            return Self::PuppetModules;
        }
        if !python::parse("", text).is_empty() {
            return Self::PythonPackages;
        }
        match (lines.next(), lines.next()) {
            (Some(line), None) if Os::from_release_line(line).is_some() => Self::OsRelease,
            _ => Self::Packages,
        }
    }
}

/// Folders and names of a sosreport that hold lists of what is installed, and files of the host.
const SOSREPORT: &[(&str, &[&str])] = &[
    ("", &["installed-rpms", "installed-debs"]),
    ("sos_commands/rpm", &["rpm_-qa", "nodigest_-qa", "package-data"]),
    ("sos_commands/dpkg", &["dpkg_-l"]),
    ("sos_commands/dnf", &["repolist"]),
    ("sos_commands/yum", &["repolist"]),
    ("sos_commands/python", &["pip"]),
    ("sos_commands/puppet", &["facter", "module_list"]),
    ("sos_commands/facter", &["facter"]),
    ("etc", &["os-release", "redhat-release", "centos-release", "system-release"]),
    ("usr/lib", &["os-release"]),
    ("etc/yum.repos.d", &[".repo"]),
];

/// At most so many bytes of a file are read.
const MOST_BYTES: u64 = 32 << 20;

impl Host {
    /// Learns from what a host printed or holds; what it is is told by its content.
    ///
    /// ```
    /// use ostack_core::host::{Host, Listing};
    /// let mut host = Host::new();
    /// assert_eq!(host.add("pip.txt", "oslo.config==8.3.2\n")?, Listing::PythonPackages);
    /// assert_eq!(host.add("rpm-qa.txt", "bash-4.4.20-1.el8.x86_64\n")?, Listing::Packages);
    /// assert_eq!(host.add("os-release", "ID=rocky\nVERSION_ID=\"9.3\"\n")?, Listing::OsRelease);
    /// assert_eq!(host.os().unwrap().value.to_string(), "rocky-9");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the text is none of what can be read.
    pub fn add(&mut self, name: &str, text: &str) -> Result<Listing> {
        let listing = Listing::of(text);
        match listing {
            Listing::Packages => self.add_packages(name, text)?,
            Listing::Repolist => self.add_repolist(name, text),
            Listing::RepoFile => self.add_repo_file(name, text)?,
            Listing::OsRelease => {
                self.add_os_release(name, text);
            }
            Listing::PythonPackages => self.python.extend(python::parse(name, text)),
            Listing::PuppetModules => self.modules.extend(modules::parse(name, text)),
            Listing::Facter => self.facts.extend(facter::parse(name, text)),
        }
        Ok(listing)
    }

    /// Learns from a file, or from the folder of a sosreport that was unpacked.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// let folder = tempfile::tempdir().unwrap();
    /// std::fs::create_dir(folder.path().join("etc")).unwrap();
    /// std::fs::write(folder.path().join("installed-rpms"), "bash-4.4.20-1.el8.x86_64\n").unwrap();
    /// std::fs::write(folder.path().join("etc/redhat-release"), "Rocky Linux release 8.5\n").unwrap();
    /// let host = Host::open(folder.path())?;
    /// assert_eq!(host.os().unwrap().value.to_string(), "rocky-8");
    /// assert_eq!(host.packages().len(), 1);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or nothing in it can be.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let mut host = Self::new();
        host.add_path(path)?;
        Ok(host)
    }

    /// Adds what [`open`](Self::open) reads; says what a file was.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn add_path(&mut self, path: impl AsRef<Path>) -> Result<Vec<Listing>> {
        let path = path.as_ref();
        if !path.is_dir() {
            return Ok(vec![self.add(&path.display().to_string(), &read(path)?)?]);
        }
        let mut found = Vec::new();
        for file in sosreport(path)? {
            // What a sosreport has in place of a list that could not be made is passed over.
            let text = read(&file).unwrap_or_default();
            found.extend(self.add(&file.display().to_string(), &text));
        }
        if found.is_empty() {
            let message = "expected a sosreport, but found no list of packages or repositories";
            return Err(Error::new(ErrorKind::Context, message)
                .in_file(path.display())
                .help("give the unpacked folder that holds `installed-rpms` and `sos_commands`"));
        }
        Ok(found)
    }

    /// Adds packages; of one that is known already, the epoch and the repository that were not.
    pub(super) fn merge_packages(&mut self, packages: Vec<Package>) {
        if self.packages.is_empty() {
            self.packages = packages;
            return;
        }
        let key = |nevra: &Nevra| [&nevra.name, &nevra.version, &nevra.release].map(String::clone);
        let mut known = HashMap::<_, Vec<usize>>::new();
        for (index, package) in self.packages.iter().enumerate() {
            known.entry(key(&package.nevra)).or_default().push(index);
        }
        for package in packages {
            let new = &package.nevra;
            let same = known.get(&key(new)).into_iter().flatten().copied().find(|index| {
                let arch = &self.packages[*index].nevra.arch;
                *arch == new.arch || arch.is_none() || new.arch.is_none()
            });
            if let Some(index) = same {
                let known = &mut self.packages[index];
                known.nevra.epoch = known.nevra.epoch.or(new.epoch);
                known.repo = known.repo.take().or(package.repo);
            } else {
                self.packages.push(package);
            }
        }
    }
}

/// The files of a sosreport's folder that can be read, in a fixed order. The folder may hold the
/// report's own folder.
fn sosreport(folder: &Path) -> Result<Vec<PathBuf>> {
    let names = |folder: &Path| -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder).map_err(|e| Error::io(folder.display(), e))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        paths.sort();
        Ok(paths)
    };
    let top = names(folder)?;
    let inner = match &top[..] {
        [only] if only.is_dir() => only,
        _ => folder,
    };
    let mut files = Vec::new();
    for (below, wanted) in SOSREPORT {
        for path in names(&inner.join(below)).unwrap_or_default() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if wanted.iter().any(|part| name.contains(part)) && path.is_file() {
                files.push(path);
            }
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String> {
    use std::io::Read;
    let error = |e| Error::io(path.display(), e);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(error)?;
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_are_told_by_their_content() {
        let texts = [
            ("bash-4.4.20-1.el8.x86_64\n", Listing::Packages),
            ("Installed Packages\nbash.x86_64  4.4.20-1.el8  @BaseOS\n", Listing::Packages),
            ("bash-4.4.20-1.el8.x86_64   Mon Nov  1 10:00:00 2021\n", Listing::Packages),
            ("ii  bash  5.0-6ubuntu1  amd64  GNU shell (sh)\n", Listing::Packages),
            ("Last check: 0:01 ago\nrepo id    repo name\nbaseos     Base\n", Listing::Repolist),
            ("Repo-id      : baseos\nRepo-name    : Base\n", Listing::Repolist),
            ("# x\n[epel]\nname=EPEL\nmetalink=https://example.org/\n", Listing::RepoFile),
            ("NAME=\"Rocky Linux\"\nID=\"rocky\"\nVERSION_ID=\"8.5\"\n", Listing::OsRelease),
            ("CentOS Stream release 9\n", Listing::OsRelease),
            ("WARNING: old pip\nBabel==2.7.0\n", Listing::PythonPackages),
            ("Package Version\n------- -------\nBabel   2.7.0\n", Listing::PythonPackages),
            ("/etc/puppet/modules (no modules installed)\n", Listing::PuppetModules),
            ("/x\n└── openstack-nova (v17.4.0)\n", Listing::PuppetModules),
            ("facterversion => 3.14.2\n", Listing::Facter),
            ("{\"facterversion\":\"4.2.10\",\"kernel\":\"Linux\"}", Listing::Facter),
            ("---\nfacterversion: 4.2.10\n", Listing::Facter),
        ];
        for (text, listing) in texts {
            assert_eq!(Listing::of(text), listing, "{text}");
            assert_eq!(Host::new().add("x", text).unwrap(), listing, "{text}");
        }
    }

    #[test]
    fn a_second_list_adds_what_the_first_did_not_show() {
        let mut host = Host::new();
        host.add("rpm-qa.txt", "puppet-6.14.0-2.el8.noarch\nbash-4.4.20-1.el8.x86_64\n").unwrap();
        let dnf = "Installed Packages\npuppet.noarch  6.14.0-2.el8  @centos-openstack-victoria\n\
                   bind.x86_64  32:9.11.26-6.el8  @appstream\n";
        host.add("dnf.txt", dnf).unwrap();
        let puppet = host.package("puppet").unwrap();
        assert_eq!(puppet.nevra.epoch, Some(0));
        assert_eq!(puppet.repo.as_deref(), Some("centos-openstack-victoria"));
        assert_eq!(puppet.from.to_string(), "rpm-qa.txt:1");
        assert_eq!(host.packages().len(), 3);
        assert_eq!(host.package("bash").unwrap().nevra.epoch, None);
    }

    #[test]
    fn a_sosreport_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("sosreport-cloud-2021-11-01");
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("installed-rpms", "bash-4.4.20-1.el8.x86_64    Mon Nov  1 10:00:00 2021\n");
        write(
            "sos_commands/rpm/package-data",
            "bash-4.4.20-1.el8.x86_64\tMon Nov  1 10:00:00 2021\t1635760800\tCentOS\tmaker\n",
        );
        write("sos_commands/rpm/rpm_-Va", "S.5....T.  c /etc/sudoers\n");
        write("sos_commands/dnf/dnf_-C_repolist", "repo id   repo name\nepel      EPEL\n");
        write("sos_commands/python/pip_list", "Package Version\n------- -----\nBabel 2.7.0\n");
        write("sos_commands/puppet/facter", "facterversion => 3.14.2\n");
        write("etc/os-release", "NAME=\"CentOS Stream\"\nID=\"centos\"\nVERSION_ID=\"8\"\n");
        write("etc/yum.repos.d/a.repo", "[centos-openstack-victoria]\nenabled=1\n");
        let host = Host::open(folder.path()).unwrap();
        assert_eq!(host.packages().len(), 1);
        assert_eq!(host.repos().len(), 2);
        assert_eq!(host.python_packages().len(), 1);
        assert_eq!(host.fact("facterversion").unwrap().value, "3.14.2");
        assert_eq!(host.os().unwrap().value, Os::CentosStream(8));
        assert_eq!(host.release().unwrap().value.id(), "victoria");
        assert!(host.os().unwrap().from.file.ends_with("etc/os-release"));
        assert!(Host::open(folder.path().join("none")).is_err());
    }
}
