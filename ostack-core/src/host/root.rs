//! A host's files below a folder: a host's own root, a chroot, a sosreport, or what the collector of
//! `preflight` gathered. Nothing is written, no program is started, and no link leads out of it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::Host;
use crate::error::{Error, Result};

/// At most so many bytes of a file are read.
pub const MOST_BYTES: u64 = 1 << 20;
/// At most so many names of a folder are read.
pub const MOST_NAMES: usize = 4096;
/// As many links as Linux itself follows.
const MOST_LINKS: usize = 40;
/// Where the collector keeps what is no file of the host.
const COLLECTED: &str = "ostack";

/// A folder that stands for a host's root.
///
/// ```
/// use ostack_core::host::{Host, Root};
/// let folder = tempfile::tempdir().unwrap();
/// std::fs::create_dir(folder.path().join("etc")).unwrap();
/// std::fs::write(folder.path().join("etc/hostname"), "cloud\n").unwrap();
/// let root = Root::open(folder.path())?;
/// let mut host = Host::new();
/// root.file(&mut host, "/etc/hostname");
/// assert_eq!(host.file("/etc/hostname").unwrap().text, "cloud\n");
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Root {
    folder: PathBuf,
    /// Whether what is not there is not on the host either: not so in a sosreport or a collection.
    whole: bool,
}

impl Root {
    /// Opens a folder.
    ///
    /// # Errors
    /// It cannot be read as a folder.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        fs::read_dir(folder).map_err(|error| Error::io(folder.display(), error))?;
        let part = ["sos_commands", COLLECTED].iter().any(|name| folder.join(name).is_dir());
        Ok(Self { folder: folder.to_owned(), whole: !part })
    }

    /// Reads a file into what is known of a host; one that is absent or cannot be read is known as that.
    pub fn file(&self, host: &mut Host, path: &str) {
        match self.text(path) {
            Ok((text, whole)) => {
                host.learn(path, &self.shown(path), &text);
                if !whole {
                    host.add_unread(path, format!("only the first {MOST_BYTES} bytes were read"));
                }
            }
            Err(error) => self.failed(host, path, &error),
        }
    }

    /// Reads the names in a folder into what is known of a host.
    pub fn listing(&self, host: &mut Host, path: &str) {
        match self.names(path) {
            Ok(names) if names.len() > MOST_NAMES => {
                host.add_unread(path, format!("it holds more than {MOST_NAMES} names"));
            }
            Ok(names) => host.add_listing(path, names),
            Err(error) => self.failed(host, path, &error),
        }
    }

    /// Reads the files of a folder whose names end so.
    pub fn files(&self, host: &mut Host, folder: &str, suffix: &str) {
        self.listing(host, folder);
        let names: Vec<String> = host.listing(folder).into_iter().flatten().cloned().collect();
        for name in names.iter().filter(|name| name.ends_with(suffix)) {
            self.file(host, &format!("{folder}/{name}"));
        }
    }

    /// What a program printed, kept by the collector under this name or by sosreport under one of
    /// `others`; with the file's name.
    pub fn output(&self, name: &str, others: &[&str]) -> Option<(String, String)> {
        let own = format!("/{COLLECTED}/{name}");
        let mut paths = std::iter::once(own).chain(others.iter().map(|other| format!("/{other}")));
        paths.find_map(|path| Some((self.shown(&path), self.text(&path).ok()?.0)))
    }

    /// What the collector looked for: what was absent, and what folders held.
    pub fn collected(&self, host: &mut Host) {
        for line in self.output("absent", &[]).iter().flat_map(|(_, text)| text.lines()) {
            host.add_absent(line.trim());
        }
        let mut folder = None;
        for line in self.output("listings", &[]).iter().flat_map(|(_, text)| text.lines()) {
            match (line.strip_suffix(':').filter(|path| path.starts_with('/')), folder) {
                (Some(path), _) => {
                    host.add_listing(path, [""; 0]);
                    folder = Some(path);
                }
                (None, Some(path)) if !line.is_empty() => host.add_listing(path, [line]),
                _ => {}
            }
        }
    }

    fn failed(&self, host: &mut Host, path: &str, error: &io::Error) {
        let kernel = ["/proc/", "/sys/"].iter().any(|start| path.starts_with(start));
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if self.whole && !kernel => {
                host.add_absent(path);
            }
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {}
            _ => host.add_unread(path, error.to_string()),
        }
    }

    fn shown(&self, path: &str) -> String {
        self.folder.join(path.trim_start_matches('/')).display().to_string()
    }

    fn names(&self, path: &str) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(self.resolve(path)?)?;
        let name = |entry: io::Result<fs::DirEntry>| {
            entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
        };
        entries.take(MOST_NAMES + 1).map(name).collect()
    }

    /// The text, and whether it is all of it. What is no regular file (a pipe, a device) is not opened.
    fn text(&self, path: &str) -> io::Result<(String, bool)> {
        let real = self.resolve(path)?;
        let not_a_file = || io::Error::other("it is no regular file");
        if !fs::symlink_metadata(&real)?.is_file() {
            return Err(not_a_file());
        }
        let file = File::open(&real)?;
        if !file.metadata()?.is_file() {
            return Err(not_a_file());
        }
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        let whole = bytes.len() as u64 <= MOST_BYTES;
        bytes.truncate(MOST_BYTES as usize);
        Ok((String::from_utf8_lossy(&bytes).into_owned(), whole))
    }

    /// Where a path of the host lies, with links followed as a process would that has this root.
    fn resolve(&self, path: &str) -> io::Result<PathBuf> {
        let parts = |path: &Path| -> Vec<OsString> {
            let names = path.components().rev().filter_map(|part| match part {
                Component::Normal(name) => Some(name.to_owned()),
                Component::ParentDir => Some("..".into()),
                _ => None,
            });
            names.collect()
        };
        let (mut left, mut inner, mut links) = (parts(Path::new(path)), PathBuf::new(), 0);
        while let Some(part) = left.pop() {
            if part == ".." {
                inner.pop();
                continue;
            }
            let next = self.folder.join(&inner).join(&part);
            if !fs::symlink_metadata(&next)?.is_symlink() {
                inner.push(part);
                continue;
            }
            links += 1;
            if links > MOST_LINKS {
                return Err(io::Error::other("too many links"));
            }
            let target = fs::read_link(next)?;
            if target.is_absolute() {
                inner.clear();
            }
            left.extend(parts(&target));
        }
        Ok(self.folder.join(inner))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::version::Truth;

    fn tree() -> (tempfile::TempDir, Root) {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("outside"), "outside\n").unwrap();
        let root = outer.path().join("root");
        fs::create_dir_all(root.join("etc")).unwrap();
        fs::create_dir_all(root.join("usr/lib")).unwrap();
        fs::write(
            root.join("usr/lib/os-release"),
            "NAME=\"CentOS Stream\"\nVERSION_ID=9\nID=centos\n",
        )
        .unwrap();
        (outer, Root::open(root).unwrap())
    }

    #[test]
    fn links_are_followed_as_below_the_root_and_never_out_of_it() {
        let (_outer, root) = tree();
        let etc = root.folder.join("etc");
        symlink("../usr/lib/os-release", etc.join("os-release")).unwrap();
        symlink("/usr/lib/os-release", etc.join("absolute")).unwrap();
        symlink("../../../../outside", etc.join("out")).unwrap();
        symlink("/../outside", etc.join("out_too")).unwrap();
        symlink("circle", etc.join("circle")).unwrap();
        let mut host = Host::new();
        for name in ["os-release", "absolute", "out", "out_too", "circle"] {
            root.file(&mut host, &format!("/etc/{name}"));
        }
        assert_eq!(host.os().unwrap().value.to_string(), "centos-stream-9");
        assert!(host.file("/etc/absolute").is_some());
        assert!(host.file("/etc/out").is_none() && host.file("/etc/out_too").is_none());
        assert_eq!(host.unread().next().unwrap().0, "/etc/circle");
    }

    #[test]
    fn what_is_no_file_or_too_long_is_named_and_does_not_hang() {
        let (_outer, root) = tree();
        let pipe = root.folder.join("etc/hostname");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::write(root.folder.join("etc/hosts"), vec![b'x'; MOST_BYTES as usize + 5]).unwrap();
        fs::write(root.folder.join("etc/bytes"), b"\xff\xfe\0").unwrap();
        let mut host = Host::new();
        for name in ["hostname", "hosts", "bytes", "none", "hosts/below"] {
            root.file(&mut host, &format!("/etc/{name}"));
        }
        root.listing(&mut host, "/etc/hosts");
        let unread: Vec<&str> = host.unread().map(|(path, _)| path).collect();
        assert_eq!(unread, ["/etc/hostname", "/etc/hosts"]);
        assert_eq!(host.file("/etc/hosts").unwrap().text.len() as u64, MOST_BYTES);
        assert_eq!(host.exists("/etc/none"), Truth::False);
    }

    #[test]
    fn what_a_sosreport_does_not_hold_may_be_on_the_host() {
        let (_outer, root) = tree();
        fs::create_dir(root.folder.join("sos_commands")).unwrap();
        let root = Root::open(&root.folder).unwrap();
        let mut host = Host::new();
        root.file(&mut host, "/root/keystonerc_admin");
        assert_eq!(host.exists("/root/keystonerc_admin"), Truth::Unknown);
    }
}
