//! The catalogue's files as they are written, and what one release makes of them.
//!
//! This file stands on serde and toml alone, so that a build script can read the data with it.

use std::collections::HashMap;

use serde::Deserialize;

/// `order.toml`: the order in which packstack visits the groups.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) groups: Vec<String>,
    pub(super) moved: Vec<Moved>,
}

/// Groups, or parameters of a group, that some releases had at another place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moved {
    releases: Vec<String>,
    after: String,
    names: Vec<String>,
}

/// One of the other files: some groups with their parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) group: Vec<Group>,
}

/// A group of parameters over all releases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) releases: Vec<String>,
    when: String,
    #[serde(default)]
    changes: Vec<GroupChange>,
    #[serde(default)]
    parameter: Vec<Parameter>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupChange {
    since: String,
    when: String,
}

/// A parameter over all releases: as it was at first, and what changed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    pub(super) name: String,
    releases: Vec<String>,
    #[serde(flatten)]
    first: Facts,
    #[serde(default)]
    changes: Vec<Change>,
}

#[derive(Debug, Deserialize)]
struct Change {
    since: String,
    #[serde(flatten)]
    facts: Facts,
}

/// What the files say about a parameter; in a change, only what is new.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Facts {
    pub(super) flag: Option<String>,
    pub(super) default: Option<String>,
    pub(super) options: Option<Vec<String>>,
    pub(super) validators: Option<Vec<super::Validator>>,
    pub(super) processors: Option<Vec<super::Processor>>,
    pub(super) secret: Option<bool>,
    pub(super) loose: Option<bool>,
    pub(super) deprecates: Option<Vec<String>>,
    pub(super) notice: Option<Vec<String>>,
}

impl Facts {
    fn overlay(&mut self, change: &Facts) {
        fn take<T: Clone>(old: &mut Option<T>, new: Option<&T>) {
            if let Some(new) = new {
                *old = Some(new.clone());
            }
        }
        take(&mut self.flag, change.flag.as_ref());
        take(&mut self.default, change.default.as_ref());
        take(&mut self.options, change.options.as_ref());
        take(&mut self.validators, change.validators.as_ref());
        take(&mut self.processors, change.processors.as_ref());
        take(&mut self.secret, change.secret.as_ref());
        take(&mut self.loose, change.loose.as_ref());
        take(&mut self.deprecates, change.deprecates.as_ref());
        take(&mut self.notice, change.notice.as_ref());
    }
}

/// Releases in the order of their dates.
#[derive(Clone, Copy)]
pub(super) struct Releases(pub(super) &'static [&'static str]);

impl Releases {
    pub(super) fn position(self, id: &str) -> Option<usize> {
        self.0.iter().position(|release| *release == id)
    }

    /// Whether a list such as `["havana", "juno..train", "zed.."]` holds a release.
    pub(super) fn hold(self, ranges: &[String], release: usize) -> bool {
        let at = |id: &str, open: usize| {
            if id.is_empty() {
                Some(open)
            } else {
                self.position(id)
            }
        };
        ranges.iter().any(|range| {
            let (from, to) = range.split_once("..").unwrap_or((range, range));
            at(from, 0).is_some_and(|from| from <= release)
                && at(to, self.0.len()).is_some_and(|to| release <= to)
        })
    }

    /// The last of the changes, in order, that a release has.
    fn began(self, since: &str, release: usize) -> bool {
        self.position(since).is_some_and(|since| since <= release)
    }
}

impl Group {
    pub(super) fn when(&self, releases: Releases, release: usize) -> &str {
        let mut changes = self.changes.iter().rev();
        changes
            .find(|change| releases.began(&change.since, release))
            .map_or(&self.when, |change| &change.when)
    }

    /// The parameters that a release has, in the order of the newest.
    pub(super) fn parameters(&self, releases: Releases, release: usize) -> Vec<(&str, Facts)> {
        let there = |parameter: &&Parameter| releases.hold(&parameter.releases, release);
        self.parameter
            .iter()
            .filter(there)
            .map(|parameter| {
                let mut facts = parameter.first.clone();
                let began = |change: &&Change| releases.began(&change.since, release);
                for change in parameter.changes.iter().filter(began) {
                    facts.overlay(&change.facts);
                }
                (parameter.name.as_str(), facts)
            })
            .collect()
    }

    /// Every parameter that any release has.
    pub(super) fn all(&self) -> impl Iterator<Item = &Parameter> {
        self.parameter.iter()
    }
}

impl Parameter {
    /// Whether any release calls it a secret.
    pub(super) fn is_secret(&self) -> bool {
        self.first.secret == Some(true)
            || self
                .changes
                .iter()
                .any(|change| change.facts.secret == Some(true))
    }
}

impl Order {
    /// Puts a release's groups, or a group's parameters, into that release's order.
    pub(super) fn arrange<T>(
        &self,
        items: Vec<(&str, T)>,
        releases: Releases,
        release: usize,
    ) -> Vec<T> {
        let mut names: Vec<&str> = items.iter().map(|(name, _)| *name).collect();
        let mut items: HashMap<&str, T> = items.into_iter().collect();
        for moved in self
            .moved
            .iter()
            .filter(|m| releases.hold(&m.releases, release))
        {
            if !moved
                .names
                .iter()
                .any(|name| items.contains_key(name.as_str()))
            {
                continue;
            }
            names.retain(|name| !moved.names.iter().any(|moved| moved == name));
            let after = names.iter().position(|name| *name == moved.after);
            let at = after.map_or(0, |at| at + 1);
            let there = |name: &&String| items.contains_key(name.as_str());
            let those: Vec<&str> = moved
                .names
                .iter()
                .filter(there)
                .map(String::as_str)
                .collect();
            names.splice(at..at, those);
        }
        names.iter().filter_map(|name| items.remove(name)).collect()
    }
}
