//! Errors that no rule explains: grouped by what they have in common, and ranked by what likely matters.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::order::is_before;
use crate::finding::{Place, printable};
use crate::log::{
    Entry, Kind, Level, LogPlace, PackstackEvent, PuppetEvent, Record, Run, Source, is_passed_over,
};
use crate::matcher::order_of;
use crate::redact::Redactor;

/// At most so many different errors are kept; further ones are counted in none.
const MOST: usize = 500;
/// The longest text of an error that is kept, in bytes.
const LONGEST: usize = 2000;

/// Errors of one form that no rule explains.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unexplained {
    /// The form: what differs from error to error is `<*>`.
    pub template: String,
    /// How many there are.
    pub count: u64,
    /// The first one.
    pub first: Place,
    /// The last one.
    pub last: Place,
    /// The step of packstack that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The manifest that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// Rules that may be near; weak guesses.
    pub nearest: Vec<Near>,
}

/// A rule that may be near to an unexplained error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Near {
    /// The rule's id.
    pub rule: String,
    /// How near, from 0 to 1.
    pub score: f64,
}

/// The error records of a run, grouped.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: Vec<Group>,
    by_template: HashMap<(String, Vec<usize>), usize>,
}

#[derive(Debug)]
struct Group {
    template: String,
    rules: Vec<usize>,
    count: u64,
    first: Seen,
    last: Seen,
    weight: u32,
    manifest: Option<String>,
}

/// An error record that is shown.
#[derive(Debug, Clone)]
struct Seen {
    order: u64,
    source: usize,
    line: u64,
    text: String,
}

/// An error record.
#[derive(Debug)]
pub(super) struct ErrorRecord {
    template: String,
    /// The rules of which a pattern matched it.
    rules: Vec<usize>,
    at: Seen,
    weight: u32,
    manifest: Option<String>,
}

impl ErrorRecord {
    /// What is kept of an error record; `rules` are those of which a pattern matched it. None: it is
    /// no error of its own.
    pub(super) fn new(
        entry: &Entry<'_>,
        source: (usize, &Source),
        mut rules: Vec<usize>,
    ) -> Option<Self> {
        let weight = weight(entry)?;
        let message = entry.record.message();
        let text = message.map_or(entry.text, |m| m.of(entry.text));
        let text = &text[..text.len().min(LONGEST)];
        let text = String::from_utf8_lossy(text.trim_ascii()).into_owned();
        rules.sort_unstable();
        rules.dedup();
        let manifest = entry.record.field("manifest", entry.text);
        let manifest = manifest.map(|m| String::from_utf8_lossy(m).into_owned());
        let order = order_of(source.0, entry.number);
        Some(Self {
            template: template(&text),
            rules,
            at: Seen { order, source: source.0, line: entry.line, text },
            weight,
            manifest: manifest.or_else(|| source.1.manifest().map(str::to_owned)),
        })
    }
}

impl Groups {
    /// Adds an error record.
    pub(super) fn add(&mut self, error: ErrorRecord, places: &[LogPlace]) {
        let ErrorRecord { template, rules, at, weight, manifest } = error;
        let key = (template, rules);
        if let Some(&group) = self.by_template.get(&key) {
            let group = &mut self.groups[group];
            group.count += 1;
            if is_before(at.order, group.first.order, places) {
                group.first = at;
            } else if is_before(group.last.order, at.order, places) {
                group.last = at;
            }
        } else if self.groups.len() < MOST {
            self.by_template.insert(key.clone(), self.groups.len());
            let (template, rules) = key;
            let first = at.clone();
            self.groups.push(Group {
                template,
                rules,
                count: 1,
                first,
                last: at,
                weight,
                manifest,
            });
        }
    }

    /// Gives sources, and the order of records, new numbers.
    pub(super) fn renumber(&mut self, source: impl Fn(usize) -> usize, order: impl Fn(u64) -> u64) {
        for group in &mut self.groups {
            for seen in [&mut group.first, &mut group.last] {
                seen.source = source(seen.source);
                seen.order = order(seen.order);
            }
        }
    }

    /// The groups of which no rule is among the `fired`, what likely matters first.
    pub(super) fn unexplained(
        self,
        fired: &BTreeSet<usize>,
        run: Option<&Run>,
        paths: &[String],
        redactor: &Redactor,
    ) -> Vec<Unexplained> {
        let known = |group: &Group| group.rules.iter().any(|rule| fired.contains(rule));
        let mut left: Vec<Group> = self.groups.into_iter().filter(|group| !known(group)).collect();
        if !fired.is_empty() || left.iter().any(|group| group.weight > STOP) {
            // packstack's own last words add nothing to what made it stop.
            left.retain(|group| group.weight != STOP);
        }
        let (step, manifest) =
            run.map_or((None, None), |run| (run.failed_step.clone(), run.failed_manifest.clone()));
        let failed = |group: &Group| group.manifest.is_some() && group.manifest == manifest;
        left.sort_by_key(|group| {
            std::cmp::Reverse((failed(group), group.weight, group.last.order))
        });
        let place = |seen: &Seen| Place {
            path: paths.get(seen.source).cloned().unwrap_or_default(),
            line: seen.line,
            text: one_line(&redactor.mask(&seen.text)),
        };
        left.iter()
            .map(|group| Unexplained {
                template: one_line(&redactor.mask(&group.template)),
                count: group.count,
                first: place(&group.first),
                last: place(&group.last),
                step: step.clone(),
                manifest: group.manifest.clone().or_else(|| manifest.clone()),
                nearest: Vec::new(),
            })
            .collect()
    }
}

/// The weight of packstack's own last words.
const STOP: u32 = 1;

/// How much an error record likely matters; none: it is no error of its own.
fn weight(entry: &Entry<'_>) -> Option<u32> {
    match &entry.record {
        Record::Packstack(packstack) => match packstack.event {
            PackstackEvent::StepError | PackstackEvent::ManifestError => None,
            PackstackEvent::Error
                if is_pointer(packstack.message.map_or(entry.text, |m| m.of(entry.text))) =>
            {
                Some(STOP)
            }
            _ => Some(5),
        },
        Record::Puppet(puppet) => match puppet.event {
            PuppetEvent::Skipped | PuppetEvent::DependencyFailed | PuppetEvent::Facter => None,
            PuppetEvent::Compile => Some(7),
            PuppetEvent::ChangeFailed => Some(6),
            _ if is_passed_over(entry.text) => None,
            PuppetEvent::Prefetch => Some(2),
            _ => Some(5),
        },
        record if record.kind() == Kind::Plain => Some(3),
        record if record.level() == Level::Critical => Some(5),
        _ => Some(4),
    }
}

/// packstack's message that only points to Puppet's.
fn is_pointer(message: &[u8]) -> bool {
    memchr::memmem::find(message, b"Error appeared during Puppet run").is_some()
}

/// The form of a message: numbers, addresses, hexadecimal and quoted values become `<*>`.
///
/// ```text
/// Instance 7c2f… failed on 192.0.2.7 after 30 s  →  Instance <*> failed on <*> after <*> s
/// ```
pub(super) fn template(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, word) in
        text.split_inclusive(|c: char| c.is_whitespace() || "'\"()[]{},=<>".contains(c)).enumerate()
    {
        if i > 200 {
            break;
        }
        let end = word.trim_end_matches(|c: char| c.is_whitespace() || "'\"()[]{},=<>".contains(c));
        let hex = end.len() >= 8 && end.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let digits = end.bytes().filter(u8::is_ascii_digit).count();
        if hex || (digits > 0 && digits * 3 >= end.len()) {
            out.push_str("<*>");
            out.push_str(&word[end.len()..]);
        } else {
            out.push_str(word);
        }
    }
    out
}

fn one_line(text: &str) -> String {
    let line =
        text.split('\n').map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
    let mut line = printable(&line);
    if let Some((end, _)) = line.char_indices().nth(400) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn what_differs_is_masked() {
        assert_eq!(
            template(
                "Instance 7c2f0a4e-1b1d-4a53-9d3c-0a1b2c3d4e5f failed on 192.0.2.7 after 30 s (req 'a1')"
            ),
            "Instance <*> failed on <*> after <*> s (req '<*>')"
        );
    }
}
