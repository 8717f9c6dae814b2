//! The catalogue over all releases, as the build script compiles it: each parameter once, with its
//! changes. The build script reads this file as well.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::kind::{Processor, Validator};

/// All releases, by date.
pub(crate) const RELEASES: [&str; 25] = [
    "grizzly", "havana", "icehouse", "juno", "kilo", "liberty", "mitaka", "newton", "ocata",
    "pike", "queens", "rocky", "stein", "train", "ussuri", "victoria", "wallaby", "xena", "yoga",
    "zed", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1",
];

/// Where a release stands by date.
pub(crate) fn position(release: &str) -> Option<usize> {
    RELEASES.iter().position(|id| *id == release)
}

/// Releases as bits, the oldest lowest.
pub(crate) type Releases = u32;

/// Whether releases hold one.
pub(crate) fn holds(releases: Releases, release: usize) -> bool {
    releases >> release & 1 == 1
}

/// The last of what began, in the order of the dates, by a release.
pub(crate) fn latest<T>(began: &[(u8, T)], release: usize) -> Option<&T> {
    let mut began = began.iter().rev();
    began.find(|(since, _)| usize::from(*since) <= release).map(|(_, fact)| fact)
}

/// The whole catalogue.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Data<'a> {
    /// In the order in which packstack visits them.
    #[serde(borrow)]
    pub(crate) groups: Vec<Group<'a>>,
    /// Where a release had another order.
    pub(crate) moved: Vec<Moved<'a>>,
}

/// Groups, or parameters of a group, that some releases had after another one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Moved<'a> {
    pub(crate) releases: Releases,
    pub(crate) after: &'a str,
    #[serde(borrow)]
    pub(crate) names: Vec<&'a str>,
}

/// A group over all releases.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Group<'a> {
    pub(crate) name: &'a str,
    pub(crate) releases: Releases,
    /// The condition, since when.
    #[serde(borrow)]
    pub(crate) when: Vec<(u8, &'a str)>,
    pub(crate) parameters: Vec<Parameter<'a>>,
}

/// A parameter over all releases.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    pub(crate) about: &'a str,
    pub(crate) releases: Releases,
    /// What it was at first, and what changed since when.
    #[serde(borrow)]
    pub(crate) facts: Vec<(u8, Facts<'a>)>,
}

/// What is known of a parameter; in a change, only what is new.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct Facts<'a> {
    pub(crate) flag: Option<&'a str>,
    pub(crate) default: Option<&'a str>,
    #[serde(borrow)]
    pub(crate) options: Option<Vec<&'a str>>,
    pub(crate) validators: Option<Vec<Validator>>,
    pub(crate) processors: Option<Vec<Processor>>,
    pub(crate) secret: Option<bool>,
    pub(crate) loose: Option<bool>,
    pub(crate) deprecates: Option<Vec<&'a str>>,
    pub(crate) notice: Option<Vec<&'a str>>,
}

impl<'a> Parameter<'a> {
    /// What a release says of it.
    pub(crate) fn facts(&self, release: usize) -> Facts<'a> {
        let began = self.facts.iter().rev().filter(|(since, _)| usize::from(*since) <= release);
        began.fold(Facts::default(), |newer, (_, older)| Facts {
            flag: newer.flag.or(older.flag),
            default: newer.default.or(older.default),
            options: newer.options.or_else(|| older.options.clone()),
            validators: newer.validators.or_else(|| older.validators.clone()),
            processors: newer.processors.or_else(|| older.processors.clone()),
            secret: newer.secret.or(older.secret),
            loose: newer.loose.or(older.loose),
            deprecates: newer.deprecates.or_else(|| older.deprecates.clone()),
            notice: newer.notice.or_else(|| older.notice.clone()),
        })
    }

    /// Whether any release calls it a secret.
    pub(crate) fn is_secret(&self) -> bool {
        self.facts.iter().any(|(_, facts)| facts.secret == Some(true))
    }
}

impl Data<'_> {
    /// Puts a release's groups, or a group's parameters, into that release's order.
    pub(crate) fn arrange<T>(&self, items: Vec<(&str, T)>, release: usize) -> Vec<T> {
        let mut names: Vec<&str> = items.iter().map(|(name, _)| *name).collect();
        let mut items: HashMap<&str, T> = items.into_iter().collect();
        for moved in self.moved.iter().filter(|moved| holds(moved.releases, release)) {
            let those = moved.names.iter().copied().filter(|name| items.contains_key(name));
            let those: Vec<&str> = those.collect();
            if those.is_empty() {
                continue;
            }
            names.retain(|name| !those.contains(name));
            let after = names.iter().position(|name| *name == moved.after);
            let at = after.map_or(0, |at| at + 1);
            names.splice(at..at, those);
        }
        names.iter().filter_map(|name| items.remove(name)).collect()
    }
}
