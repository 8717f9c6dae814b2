//! The embedded pages and steps; `data/plans/README.md` says what each key means.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::release::{Os, Release, ReleaseRange};
use crate::rule::Risk;

/// A page's block for one release on one OS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    release: String,
    os: Os,
    pub(super) like: Option<String>,
    #[serde(default)]
    pub(super) requires: Vec<String>,
    #[serde(default)]
    pub(super) network: Vec<String>,
    pub(super) commands: Vec<String>,
    pub(super) source: String,
}

/// A step, where it is needed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) why: String,
    #[serde(default)]
    releases: Vec<String>,
    #[serde(default)]
    os: Vec<String>,
    #[serde(default)]
    pub(super) page: Vec<String>,
    #[serde(default)]
    pub(super) instead: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) commands: Vec<String>,
    pub(super) check: String,
    #[serde(default)]
    pub(super) risk: Risk,
    #[serde(default)]
    pub(super) optional: bool,
    pub(super) again: Option<String>,
    pub(super) source: Option<String>,
}

/// What to know of an OS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    os: Vec<String>,
    pub(super) text: String,
}

/// `steps.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Steps {
    pub(super) note: Vec<Note>,
    pub(super) step: Vec<Definition>,
}

/// All pages.
pub(super) fn pages() -> &'static [Page] {
    #[derive(Deserialize)]
    struct Pages {
        page: Vec<Page>,
    }
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let text = include_str!("../../data/plans/pages.toml");
        toml::from_str::<Pages>(text).expect("the embedded pages are valid").page
    })
}

/// The page of a pair.
pub(super) fn page(release: Release, os: Os) -> Option<&'static Page> {
    pages().iter().find(|page| page.release == release.id() && page.os == os)
}

/// All steps and notes.
pub(super) fn steps() -> &'static Steps {
    static STEPS: OnceLock<Steps> = OnceLock::new();
    STEPS.get_or_init(|| {
        let text = include_str!("../../data/plans/steps.toml");
        toml::from_str(text).expect("the embedded steps are valid")
    })
}

impl Definition {
    /// Whether a plan for this pair may have it.
    pub(super) fn fits(&self, release: Release, os: Os) -> bool {
        let contains =
            |range: &String| ReleaseRange::parse(range).is_ok_and(|range| range.contains(release));
        (self.releases.is_empty() || self.releases.iter().any(contains))
            && (self.os.is_empty() || covers(&self.os, os))
    }

    /// The texts that stand in it as conditions, for the test that reads them.
    #[cfg(test)]
    pub(super) fn conditions(&self) -> (&[String], &[String]) {
        (&self.releases, &self.os)
    }
}

impl Note {
    /// Whether it belongs to plans for this OS.
    pub(super) fn fits(&self, os: Os) -> bool {
        covers(&self.os, os)
    }
}

fn covers(patterns: &[String], os: Os) -> bool {
    patterns.iter().any(|pattern| os.matches(pattern))
}
