//! An answer file carried to another release.

use std::fmt;

use serde::Serialize;

use super::check::catalogue;
use super::generate::comment;
use super::load::examine;
use super::process::PLACEHOLDER;
use super::reader::{MASK, shown};
use super::{AnswerFile, Dialect, Machine};
use crate::error::Result;
use crate::parameter::{Catalogue, Parameter, history, is_secret, position};

/// An answer file for another release, and what was changed for it.
#[derive(Debug, Clone)]
pub struct Migration {
    /// The file.
    pub file: AnswerFile,
    /// What was done, and what a person must look at.
    pub steps: Vec<MigrationStep>,
}

/// Something that a migration did, or leaves to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationStep {
    /// What was done.
    pub action: MigrationAction,
    /// The parameter, by the name that it had; of what is added, the one that it has.
    pub param: String,
    /// Why.
    pub reason: String,
}

/// What a migration does to a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MigrationAction {
    /// It has another name now.
    Renamed,
    /// It is gone.
    Dropped,
    /// It is new.
    Added,
    /// The file left it to the default, which is another one now: the old one was written down.
    Pinned,
    /// The release refuses the value, which was the default: its own default stands there now.
    Replaced,
    /// The release refuses the value: a person must choose another.
    Review,
}

impl fmt::Display for MigrationAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Renamed => "renamed",
            Self::Dropped => "dropped",
            Self::Added => "added",
            Self::Pinned => "pinned",
            Self::Replaced => "replaced",
            Self::Review => "review",
        })
    }
}

impl AnswerFile {
    /// This file for another release: every choice is kept, parameters are renamed, dropped and
    /// added as that release's packstack has them, and what is not touched stays byte for byte.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect, MigrationAction};
    /// let text = "[general]\nCONFIG_HEAT_INSTALL=y\nCONFIG_LBAAS_INSTALL=y\n";
    /// let file = AnswerFile::parse(text, Dialect::Python2)?;
    /// let migration = file.migrate("queens", "victoria")?;
    /// assert_eq!(migration.file.get("CONFIG_HEAT_INSTALL"), Some("y"));
    /// assert_eq!(migration.file.get("CONFIG_LBAAS_INSTALL"), None);
    /// let agent = migration.file.get("CONFIG_NEUTRON_L2_AGENT");
    /// assert_eq!(agent, Some("openvswitch"), "the default of queens; that of victoria is ovn");
    /// let dropped = &migration.steps[0];
    /// assert_eq!(dropped.action, MigrationAction::Dropped);
    /// assert_eq!(dropped.reason, "victoria does not have it (the last that has: stein)");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such release, its packstack cannot be followed (before juno), or the
    /// file cannot be read as the new release reads it.
    pub fn migrate(&self, from: &str, to: &str) -> Result<Migration> {
        let (old, new) = (catalogue(from)?, catalogue(to)?);
        let before = self.read_as(Dialect::of(from, None))?;
        let file = in_dialect(&before, Dialect::of(to, None))?;
        let mut migration = Work { old, new, before: &before, file, steps: Vec::new() };
        migration.rename_and_drop()?;
        migration.pin()?;
        migration.add()?;
        migration.review()?;
        Ok(Migration { file: migration.file, steps: migration.steps })
    }
}

/// The same values under another reader: what that one would read otherwise is written anew.
fn in_dialect(file: &AnswerFile, dialect: Dialect) -> Result<AnswerFile> {
    let mut read = file.read_as(dialect)?;
    for entry in file.entries() {
        if read.get(&entry.name) != Some(&entry.value) {
            read.set(&entry.name, &entry.value)?;
        }
    }
    Ok(read)
}

struct Work<'f> {
    old: &'static Catalogue,
    new: &'static Catalogue,
    before: &'f AnswerFile,
    file: AnswerFile,
    steps: Vec<MigrationStep>,
}

impl Work<'_> {
    fn say(&mut self, action: MigrationAction, param: &str, reason: String) {
        self.steps.push(MigrationStep { action, param: param.to_owned(), reason });
    }

    /// What a parameter of the old release is called in the new one.
    fn successor(&self, name: &str) -> Option<&'static Parameter> {
        if let Some(newer) = self.new.parameters().find(|p| p.deprecates.contains(&name)) {
            return Some(newer);
        }
        let mut older = self.old.get(name)?.deprecates.iter();
        older.find_map(|older| self.new.get(older))
    }

    fn rename_and_drop(&mut self) -> Result<()> {
        let to = self.new.release;
        for entry in self.before.entries() {
            let name = entry.name.as_str();
            if self.new.get(name).is_some() {
                continue;
            }
            match self.successor(name) {
                Some(newer) if self.file.get(newer.name).is_none() => {
                    self.file.rename(name, newer.name)?;
                    let reason = format!("{to} calls it {}", newer.name);
                    self.say(MigrationAction::Renamed, name, reason);
                }
                Some(newer) => {
                    self.file.remove_with_comment(name)?;
                    let reason = format!("{to} calls it {}, which the file has too", newer.name);
                    self.say(MigrationAction::Dropped, name, reason);
                }
                None => {
                    let having = history(name);
                    let (Some(first), Some(last)) = (having.first(), having.last()) else {
                        // No release knows it: it is not for a migration to judge.
                        continue;
                    };
                    self.file.remove_with_comment(name)?;
                    let reason = if position(last.0) < position(to) {
                        format!("{to} does not have it (the last that has: {})", last.0)
                    } else {
                        format!("{to} does not have it (the first that has: {})", first.0)
                    };
                    self.say(MigrationAction::Dropped, name, reason);
                }
            }
        }
        Ok(())
    }

    /// Writes down defaults that the file relied on and that are other ones now.
    fn pin(&mut self) -> Result<()> {
        let seen = self.before.walk(self.old).values;
        for parameter in self.old.parameters() {
            let Some(newer) = self.new.get(parameter.name) else {
                continue;
            };
            let (was, is) = (parameter.default, newer.default);
            let open = is_secret(newer.name) || [was, is].iter().any(|d| d.contains('{'));
            if seen.get(parameter.name).is_none() {
                continue;
            }
            if open || was == is || self.file.place(newer).is_some() || !takes(newer, was) {
                continue;
            }
            self.file.set(newer.name, was)?;
            let reason = format!(
                "the file relied on the default `{was}`, which is `{is}` in {}",
                self.new.release
            );
            self.say(MigrationAction::Pinned, newer.name, reason);
        }
        Ok(())
    }

    fn add(&mut self) -> Result<()> {
        // The machine that packstack runs on is mostly the controller.
        let controller = self.file.get("CONFIG_CONTROLLER_HOST").map(str::to_owned);
        let mut above: Option<&str> = None;
        for parameter in self.new.parameters() {
            if self.file.place(parameter).is_some() {
                above = Some(parameter.name);
                continue;
            }
            if self.old.get(parameter.name).is_some() {
                continue;
            }
            let default = match (parameter.default, &controller) {
                ("{random}", _) => PLACEHOLDER.to_owned(),
                (default, Some(controller)) => default.replace("{local_ip}", controller),
                (default, None) => default.to_owned(),
            };
            let since = format!("new in {}", self.new.release);
            let reason = if ["{local_ip}", "{hostname}", "{home}"]
                .iter()
                .any(|m| default.contains(m))
            {
                format!("{since}; left to packstack, because the default depends on the machine")
            } else {
                let comment = comment(parameter.about);
                self.file.insert(parameter.name, &default, &comment, above)?;
                above = Some(parameter.name);
                let value = if is_secret(parameter.name) && default != PLACEHOLDER {
                    MASK
                } else {
                    &default
                };
                format!("{since}; the default is `{}`", shown(value))
            };
            self.say(MigrationAction::Added, parameter.name, reason);
        }
        Ok(())
    }

    /// Replaces old defaults that the new release refuses, and names other values that it refuses.
    fn review(&mut self) -> Result<()> {
        let to = self.new.release;
        for failure in self.file.walk(self.new).failures {
            let name = failure.parameter.map_or("", |parameter| parameter.name);
            let was = self.old.get(name).map(|parameter| parameter.default);
            let is = failure.parameter.map(|parameter| parameter.default);
            match (was, is) {
                (Some(was), Some(is)) if failure.found == was && was != is => {
                    self.file.set(name, is)?;
                    let reason =
                        format!("{to} refuses `{was}`, the old default; its own is `{is}`");
                    self.say(MigrationAction::Replaced, name, reason);
                }
                _ => {
                    let reason = format!("{to} refuses the value: {}", failure.message());
                    self.say(MigrationAction::Review, name, reason);
                }
            }
        }
        Ok(())
    }
}

/// Whether a release takes a value, whatever the others are.
fn takes(parameter: &Parameter, value: &str) -> bool {
    examine(parameter, value, &super::Values::default(), &Machine::default()).is_ok()
}
