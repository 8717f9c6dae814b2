//! Which files a host has, what stands in them, and what is known to be absent.

use std::collections::BTreeSet;
use std::path::Path;

use super::Host;
use crate::version::Truth;

impl Host {
    /// Adds a file of the host, and learns the repositories and the OS that it names.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// let mut host = Host::new();
    /// host.learn("/etc/yum.repos.d/epel.repo", "epel.repo", "[epel]\nname=EPEL\n");
    /// assert_eq!(host.repos()[0].id, "epel");
    /// ```
    pub fn learn(&mut self, path: &str, name: &str, text: &str) {
        self.add_file(path, name, text);
        let repo = |name: &str| Path::new(name).extension().is_some_and(|end| end == "repo");
        if path.strip_prefix("/etc/yum.repos.d/").is_some_and(repo) {
            if let Err(error) = self.add_repo_file(name, text) {
                self.add_unread(path, error.message());
            }
        } else if path == "/etc/os-release" || path == "/etc/redhat-release" && self.os.is_none() {
            self.add_os_release(name, text);
        }
    }

    /// Adds all names in a folder of the host.
    pub fn add_listing<N: Into<String>>(
        &mut self,
        folder: &str,
        names: impl IntoIterator<Item = N>,
    ) {
        let names = names.into_iter().map(Into::into);
        self.listings.entry(folder.to_owned()).or_default().extend(names);
    }

    /// Says that the host has nothing at this path.
    pub fn add_absent(&mut self, path: &str) {
        self.absent.insert(path.to_owned());
    }

    /// Says that something at this path could not be read, or not to its end, and why.
    pub fn add_unread(&mut self, path: &str, why: impl Into<String>) {
        self.unread.insert(path.to_owned(), why.into());
    }

    /// What could not be read, and why.
    pub fn unread(&self) -> impl Iterator<Item = (&str, &str)> {
        self.unread.iter().map(|(path, why)| (path.as_str(), why.as_str()))
    }

    /// The names in a folder, where all of them are known.
    pub fn listing(&self, folder: &str) -> Option<&BTreeSet<String>> {
        self.listings.get(folder)
    }

    /// Whether the host has something at this path.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// use ostack_core::version::Truth;
    /// let mut host = Host::new();
    /// host.add_listing("/etc", ["hosts", "ssh"]);
    /// assert_eq!(host.exists("/etc/hosts"), Truth::True);
    /// assert_eq!(host.exists("/etc/puppetlabs/puppet"), Truth::False);
    /// assert_eq!(host.exists("/etc/ssh/sshd_config"), Truth::Unknown);
    /// ```
    pub fn exists(&self, path: &str) -> Truth {
        if self.files.contains_key(path) || self.listings.contains_key(path) {
            return Truth::True;
        }
        let mut known = Truth::Unknown;
        for end in path.match_indices('/').map(|(i, _)| i).skip(1).chain([path.len()]) {
            let part = &path[..end];
            if self.absent.contains(part) {
                return Truth::False;
            }
            let (folder, name) = part.rsplit_once('/').unwrap_or_default();
            known = match self.listings.get(if folder.is_empty() { "/" } else { folder }) {
                Some(names) if !names.contains(name) => return Truth::False,
                Some(_) if end == path.len() => Truth::True,
                _ => known,
            };
        }
        known
    }
}
