//! Rotated logs: which files are parts of one log, and which of them is older.

use std::cmp::Reverse;
use std::collections::HashMap;

/// The endings that compression gives a name. What a file is, is told from its content; these only
/// hide the number or date that rotation gave it.
const PACKED: [&str; 7] = [".gz", ".xz", ".bz2", ".zst", ".zstd", ".Z", ".lzma"];

/// How old a part of a log is: the oldest part is the least.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    /// Rotated on a date; digits that are a time go on with it.
    Dated(String),
    /// The n-th before the one that is written.
    Numbered(Reverse<u32>),
    /// The one that is written.
    Now,
}

/// Where a log stands among others: where it was given, then, in an archive, by its name without
/// what rotation added, the oldest part first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    given: usize,
    name: String,
    age: Age,
}

impl Place {
    pub(super) fn given(given: usize) -> Self {
        Self { given, name: String::new(), age: Age::Now }
    }

    pub(super) fn member(given: usize, path: &str) -> Self {
        // A run's setup log comes before its manifests' logs.
        let (name, age) = parts(path.strip_suffix("openstack-setup.log").unwrap_or(path));
        Self { given, name, age }
    }
}

/// The indices of paths, so that the parts of one log stand together, the oldest first, where the
/// first of them stood; all else stays in its order.
pub(super) fn arranged<'p>(paths: impl Iterator<Item = &'p str>) -> Vec<usize> {
    let mut first = HashMap::new();
    let places = paths.enumerate().map(|(index, path)| {
        let (name, age) = parts(path);
        (*first.entry(name).or_insert(index), age)
    });
    let places: Vec<(usize, Age)> = places.collect();
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].cmp(&places[b]));
    order
}

/// A name without the ending that compression gave it.
pub(super) fn without_packing(name: &str) -> &str {
    PACKED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// The name of the whole log, and how old this part of it is.
///
/// `messages-20260101.gz`, `nova-api.log.2.gz`, `nova-api.log.2026-01-01`, `nova-api-20260101.log`
fn parts(path: &str) -> (String, Age) {
    let folder = path.rfind(['/', '\\']).map_or(0, |at| at + 1);
    let name = without_packing(&path[folder..]);
    let (stem, age) = match split(name) {
        Some((stem, age)) => (stem.to_owned(), age),
        // logrotate's `extension` puts the ending last.
        None => match name.strip_suffix(".log").and_then(split) {
            Some((stem, age)) => (format!("{stem}.log"), age),
            None => (name.to_owned(), Age::Now),
        },
    };
    (format!("{}{stem}", &path[..folder]), age)
}

/// What stands before the number or date at a name's end.
fn split(name: &str) -> Option<(&str, Age)> {
    if let Some(stem) = name.strip_suffix(".old") {
        return Some((stem, Age::Numbered(Reverse(1))));
    }
    let tail = name.trim_end_matches(|c: char| c.is_ascii_digit() || "-_.T:".contains(c));
    // The part that is digits begins behind the first separator after which a digit stands.
    let at = name[tail.len()..].find(['.', '-', '_'])? + tail.len();
    let (stem, end) = (&name[..at], &name[at + 1..]);
    let digits: String = end.chars().filter(char::is_ascii_digit).collect();
    let is_date = match digits.len() {
        8 | 10 | 12 | 14 => digits.starts_with("19") || digits.starts_with("20"),
        _ => false,
    };
    // Seconds since 1970 have ten digits, too.
    let is_epoch = digits.len() == 10 && digits == end && digits.starts_with('1');
    if stem.is_empty() || !end.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if is_date || is_epoch {
        return Some((stem, Age::Dated(digits)));
    }
    let number = (name.as_bytes()[at] == b'.' && end == digits && digits.len() <= 3).then_some(end);
    Some((stem, Age::Numbered(Reverse(number?.parse().ok()?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order<'p>(paths: &[&'p str]) -> Vec<&'p str> {
        arranged(paths.iter().copied()).into_iter().map(|index| paths[index]).collect()
    }

    #[test]
    fn the_oldest_part_is_first() {
        assert_eq!(
            order(&["a/x.log", "a/x.log.1", "a/x.log.10.gz", "a/x.log.2.gz", "b/x.log.1"]),
            ["a/x.log.10.gz", "a/x.log.2.gz", "a/x.log.1", "a/x.log", "b/x.log.1"]
        );
        assert_eq!(
            order(&["messages", "messages-20260104", "messages-20251228.xz"]),
            ["messages-20251228.xz", "messages-20260104", "messages"]
        );
        assert_eq!(
            order(&["n.log", "n-20260101.log.gz", "n-20251231-1767139200.log", "n.log.old"]),
            ["n-20260101.log.gz", "n.log.old", "n.log", "n-20251231-1767139200.log"]
        );
        assert_eq!(
            order(&["x.log", "x.log.2026-01-02", "x.log.2026-01-01_10-00-00"]),
            ["x.log.2026-01-01_10-00-00", "x.log.2026-01-02", "x.log"]
        );
    }

    #[test]
    fn what_is_not_rotated_stays_where_it_is() {
        let given = [
            "z.log",
            "192.0.2.2_controller.pp.log",
            "192.0.2.3_controller.pp.log",
            "a",
            "1",
            "v1.2",
            "10.0",
        ];
        assert_eq!(order(&given), given);
    }

    #[test]
    fn members_stand_by_name_and_age() {
        let mut names = [
            "v/x.log",
            "v/x.log.1",
            "v/openstack-setup.log",
            "v/manifests/a.pp.log",
            "v/x.log.2.gz",
        ];
        names.sort_by_cached_key(|name| Place::member(0, name));
        assert_eq!(
            names,
            [
                "v/openstack-setup.log",
                "v/manifests/a.pp.log",
                "v/x.log.2.gz",
                "v/x.log.1",
                "v/x.log"
            ]
        );
    }
}
