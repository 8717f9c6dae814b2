//! Repositories: `*.repo` files, and what `repolist` prints.

use std::sync::Arc;

use ini::{Ini, ParseOption};

use super::Place;
use crate::error::{Error, ErrorKind, Result};

/// A repository that is configured on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repo {
    /// The id, such as `centos-openstack-victoria`.
    pub id: String,
    /// Whether it is enabled, where that is known.
    pub enabled: Option<bool>,
    /// The addresses of `baseurl`, where the file was read.
    pub baseurl: Vec<String>,
    /// Where it was learnt.
    pub from: Place,
}

/// Reads a `*.repo` file as dnf does: quotes and backslashes are part of a value, an indented line
/// continues it, and without `enabled` a repository is enabled.
pub(super) fn parse_file(name: &str, text: &str) -> Result<Vec<Repo>> {
    let options = ParseOption {
        enabled_quote: false,
        enabled_escape: false,
        enabled_indented_mutiline_value: true,
        ..ParseOption::default()
    };
    let ini = Ini::load_from_str_opt(text, options).map_err(|error| {
        Error::new(ErrorKind::Context, format!("expected a repository file: {}", error.msg))
            .at(name, error.line, error.col)
    })?;
    let file: Arc<str> = name.into();
    let repos = ini.iter().filter_map(|(id, keys)| {
        let id = id?;
        let header = format!("[{id}]");
        let line = text.lines().position(|line| line.trim() == header).map_or(1, |i| i + 1);
        let baseurl = keys.get("baseurl").unwrap_or_default();
        let addresses = baseurl.split(|c: char| c.is_whitespace() || c == ',');
        Some(Repo {
            id: id.to_owned(),
            enabled: match keys.get("enabled").map(str::trim) {
                None | Some("1" | "true" | "True" | "yes" | "on") => Some(true),
                Some("0" | "false" | "False" | "no" | "off") => Some(false),
                Some(_) => None,
            },
            baseurl: addresses.filter(|url| !url.is_empty()).map(str::to_owned).collect(),
            from: Place { file: Arc::clone(&file), line },
        })
    });
    Ok(repos.filter(|repo| repo.id != "main").collect())
}

/// Reads what `dnf repolist`, `yum repolist`, their `all` and dnf's `--verbose` print.
pub(super) fn parse_list(name: &str, text: &str) -> Vec<Repo> {
    let file: Arc<str> = name.into();
    let repo = |index: usize, id: &str, enabled: bool| {
        // yum marks an id with `!` or `*`, and adds version and architecture after a slash.
        let id = id.trim_start_matches(['!', '*']);
        Repo {
            id: id.split('/').next().unwrap_or(id).to_owned(),
            enabled: Some(enabled),
            baseurl: Vec::new(),
            from: Place { file: Arc::clone(&file), line: index + 1 },
        }
    };
    let mut repos: Vec<Repo> = Vec::new();
    let mut in_table = false;
    for (index, line) in text.lines().enumerate() {
        let verbose = line.split_once(':').map(|(key, value)| (key.trim(), value.trim()));
        match verbose {
            Some(("Repo-id", id)) => repos.push(repo(index, id, true)),
            Some(("Repo-status", status)) => {
                if let Some(last) = repos.last_mut() {
                    last.enabled = Some(status != "disabled");
                }
            }
            _ if line.trim_start().starts_with("repo id") => in_table = true,
            _ if line.starts_with("repolist:") => in_table = false,
            _ if in_table => {
                let disabled = line.split_whitespace().any(|word| word == "disabled");
                let id = line.split_whitespace().next();
                repos.extend(id.map(|id| repo(index, id, !disabled)));
            }
            _ => {}
        }
    }
    repos
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repo_file_is_read_as_dnf_reads_it() {
        let text = "# comment\n[centos-openstack-victoria]\nname=CentOS-$releasever - \"OpenStack\"\n\
                    baseurl=http://mirror.centos.org/$contentdir/a\\b/\n\
                    \x20       http://second.example/\nenabled=1\n\n\
                    [centos-openstack-victoria-test]\nbaseurl = http://x/ , http://y/\nenabled=0\n\
                    [bare]\nname=bare\n";
        let repos = parse_file("a.repo", text).unwrap();
        let shown: Vec<_> = repos.iter().map(|r| (&*r.id, r.enabled, r.from.line)).collect();
        assert_eq!(
            shown,
            [
                ("centos-openstack-victoria", Some(true), 2),
                ("centos-openstack-victoria-test", Some(false), 8),
                ("bare", Some(true), 11),
            ]
        );
        let two = ["http://mirror.centos.org/$contentdir/a\\b/", "http://second.example/"];
        assert_eq!(repos[0].baseurl, two);
        assert_eq!(repos[1].baseurl, ["http://x/", "http://y/"]);
    }

    #[test]
    fn a_text_that_is_no_repo_file_is_an_error_with_a_place() {
        let error = parse_file("a.repo", "[x]\nname").unwrap_err();
        assert_eq!(error.path(), Some("a.repo"));
    }

    #[test]
    fn repolist_is_read_with_and_without_status() {
        let dnf = "Last metadata expiration check: 0:01\nrepo id          repo name        status\n\
                   baseos           CentOS - Base    enabled\n\
                   powertools       CentOS - Power   disabled\n";
        let shown = |text| -> Vec<_> {
            parse_list("r", text).into_iter().map(|r| (r.id, r.enabled, r.from.line)).collect()
        };
        assert_eq!(
            shown(dnf),
            [("baseos".to_owned(), Some(true), 3), ("powertools".to_owned(), Some(false), 4),]
        );
        let yum = "repo id                  repo name                status\n\
                   !base/7/x86_64           CentOS-7 - Base          10,072\nrepolist: 10,072\n";
        assert_eq!(shown(yum), [("base".to_owned(), Some(true), 2)]);
        let verbose = "Repo-id            : baseos\nRepo-name          : Base\n\
                       Repo-status        : enabled\nRepo-expire        : 172,800 second(s)\n\n\
                       Repo-id            : epel\nRepo-status        : disabled\n";
        assert_eq!(
            shown(verbose),
            [("baseos".to_owned(), Some(true), 1), ("epel".to_owned(), Some(false), 6)]
        );
    }
}
