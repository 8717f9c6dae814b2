//! Compiles `data/parameters` into the bytes that the crate embeds.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::data::{Data, Facts, Group, Moved, Parameter, RELEASES, Releases, position};
use super::kind::{Processor, Validator};

/// `order.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    groups: Vec<String>,
    moved: Vec<WrittenMoved>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMoved {
    releases: Vec<String>,
    after: String,
    names: Vec<String>,
}

/// One of the other files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<WrittenGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGroup {
    name: String,
    releases: Vec<String>,
    when: String,
    #[serde(default)]
    changes: Vec<GroupChange>,
    #[serde(default)]
    parameter: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupChange {
    since: String,
    when: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFacts {
    flag: Option<String>,
    default: Option<String>,
    options: Option<Vec<String>>,
    validators: Option<Vec<Validator>>,
    processors: Option<Vec<Processor>>,
    secret: Option<bool>,
    loose: Option<bool>,
    deprecates: Option<Vec<String>>,
    notice: Option<Vec<String>>,
}

/// The compiled catalogue of a folder.
///
/// # Panics
/// Where a file cannot be read or is not valid; the message names the file.
pub(crate) fn compile(folder: &Path) -> Vec<u8> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut order = None;
    let mut written = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    for path in paths {
        if path.ends_with("order.toml") {
            order = Some(read::<Order>(&path));
        } else {
            written.extend(read::<File>(&path).group);
        }
    }
    let order = order.expect("data/parameters/order.toml");
    for group in &written {
        assert!(order.groups.contains(&group.name), "order.toml lacks the group {}", group.name);
    }
    let find = |name: &String| {
        let group = written.iter().find(|group| group.name == *name);
        compile_group(group.unwrap_or_else(|| panic!("no file has the group {name}")))
    };
    let moved = |moved: &'_ WrittenMoved| Moved {
        releases: releases(&moved.releases),
        after: leak(&moved.after),
        names: moved.names.iter().map(|name| leak(name)).collect(),
    };
    let data = Data {
        groups: order.groups.iter().map(find).collect(),
        moved: order.moved.iter().map(moved).collect(),
    };
    postcard::to_stdvec(&data).expect("what serde derives can be encoded")
}

fn compile_group(group: &WrittenGroup) -> Group<'static> {
    let mut when = vec![(0, leak(&group.when))];
    when.extend(group.changes.iter().map(|change| (since(&change.since), leak(&change.when))));
    let parameters = group.parameter.iter().map(compile_parameter);
    Group {
        name: leak(&group.name),
        releases: releases(&group.releases),
        when,
        parameters: parameters.collect(),
    }
}

/// A parameter's facts stand beside its name, so what is no fact is taken out first.
fn compile_parameter(table: &toml::Table) -> Parameter<'static> {
    let mut table = table.clone();
    let name: String = take(&mut table, "name");
    let about: String = take(&mut table, "about");
    let ranges: Vec<String> = take(&mut table, "releases");
    let changes: Vec<toml::Table> = take(&mut table, "changes");
    let changes = changes.into_iter().map(|mut change| {
        let from: String = take(&mut change, "since");
        (since(&from), facts(change, &name))
    });
    let facts = [(0, facts(table, &name))].into_iter().chain(changes).collect();
    Parameter { name: leak(&name), about: leak(&about), releases: releases(&ranges), facts }
}

/// A key's value; the default where there is none.
fn take<T: Default + DeserializeOwned>(table: &mut toml::Table, key: &str) -> T {
    let value = table.remove(key).map_or(Ok(T::default()), toml::Value::try_into);
    value.unwrap_or_else(|error| panic!("{key}: {error}, beside {table}"))
}

fn facts(table: toml::Table, name: &str) -> Facts<'static> {
    let written: WrittenFacts = table.try_into().unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = |text: Option<String>| text.map(|text| leak(&text));
    let list = |list: Option<Vec<String>>| list.map(|list| list.iter().map(|t| leak(t)).collect());
    Facts {
        flag: text(written.flag),
        default: text(written.default),
        options: list(written.options),
        validators: written.validators,
        processors: written.processors,
        secret: written.secret,
        loose: written.loose,
        deprecates: list(written.deprecates),
        notice: list(written.notice),
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let shown = path.display();
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{shown}: {error}"));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{shown}: {error}"))
}

fn since(release: &str) -> u8 {
    let at = position(release).unwrap_or_else(|| panic!("no release `{release}`"));
    u8::try_from(at).expect("there are few releases")
}

/// `["havana", "juno..train", "zed.."]` as bits.
fn releases(ranges: &[String]) -> Releases {
    let at = |id: &str, open: usize| {
        if id.is_empty() { open } else { usize::from(since(id)) }
    };
    ranges.iter().fold(0, |bits, range| {
        let (from, to) = range.split_once("..").unwrap_or((range, range));
        (at(from, 0)..=at(to, RELEASES.len() - 1)).fold(bits, |bits, release| bits | 1 << release)
    })
}

/// A build script is over soon.
fn leak(text: &str) -> &'static str {
    String::from(text).leak()
}
