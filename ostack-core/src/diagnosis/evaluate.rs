//! From matches to candidates: which rules hold, on which matches, and how sure that is.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::check::Check;
use super::condition::Condition;
use super::scan::Scan;
use crate::context::Context;
use crate::finding::{Evidence, printable};
use crate::log::Conflict;
use crate::matcher::{Hit, Hits};
use crate::redact::{MASK, Redactor};
use crate::rule::template::{self, names};
use crate::rule::{KnowledgeBase, Rule, Side, Status};
use crate::version::Truth;

/// A rule that matches with one set of values is reported so often at most; further sets are counted
/// with the last.
const MOST_OF_ONE_RULE: usize = 4;

/// A rule that holds.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) index: usize,
    pub(super) rule: &'a Rule,
    /// The matches of the first instance, the primary one first.
    pub(super) hits: Vec<&'a Hit>,
    /// The primary matches of all instances.
    pub(super) primaries: Vec<&'a Hit>,
    /// What was seen outside of logs.
    pub(super) facts: Vec<Evidence>,
    /// Values for templates: printable, and masked.
    pub(super) captures: BTreeMap<String, String>,
    pub(super) count: u64,
    pub(super) confidence: f64,
    pub(super) reasons: Vec<String>,
    pub(super) assumes: Vec<String>,
}

/// Why a rule did not fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Silent {
    /// It has no patterns, and its conditions are not known to be true.
    FactsUnknown,
    /// A condition is known to be false.
    Condition,
    /// A pattern that must hold does not.
    Patterns,
    /// A pattern that must not hold does.
    Vetoed,
    /// All of it was before the run succeeded.
    Succeeded,
    /// The computed check found nothing.
    NothingComputed,
}

/// What the evaluation works with.
pub(super) struct Evaluation<'a> {
    pub(super) rules: &'a KnowledgeBase,
    pub(super) context: &'a Context,
    pub(super) redactor: &'a Redactor,
    pub(super) scan: &'a Scan,
    pub(super) checks: &'a [&'a dyn Check],
}

impl<'a> Evaluation<'a> {
    /// All candidates of all rules that a match or a fact woke, and the rules that know what they
    /// saw: those that hold, and those that saw it overcome.
    pub(super) fn candidates(&self) -> (Vec<Candidate<'a>>, BTreeSet<usize>) {
        let (mut candidates, mut known) = (Vec::new(), BTreeSet::new());
        for rule in self.scan.hits.rules().chain(self.rules.on_facts()) {
            match self.rule(rule) {
                Ok(found) => candidates.extend(found),
                Err(Silent::Vetoed | Silent::Succeeded) => {}
                Err(_) => continue,
            }
            known.insert(rule);
        }
        (candidates, known)
    }

    /// The candidates of one rule, or why there is none.
    pub(super) fn rule(&self, index: usize) -> Result<Vec<Candidate<'a>>, Silent> {
        let rule = self.rules.rule(index);
        let conditions =
            rule.when.as_ref().map_or_else(Vec::new, |when| self.context.conditions(when));
        let truth = conditions.iter().fold(Truth::True, |truth, condition| truth & condition.truth);
        if truth == Truth::False {
            return Err(Silent::Condition);
        }
        if let Some(name) = &rule.computed {
            return self.computed(index, rule, name, &conditions);
        }
        if rule.patterns.is_empty() {
            if truth != Truth::True {
                return Err(Silent::FactsUnknown);
            }
            return Ok(vec![self.candidate(index, rule, Vec::new(), Vec::new(), &conditions)]);
        }
        let instances = instances(rule, &self.scan.hits, index)?;
        let lasting: Vec<Vec<&'a Hit>> =
            instances.into_iter().filter(|instance| !self.overcome(instance)).collect();
        if lasting.is_empty() {
            return Err(Silent::Succeeded);
        }
        Ok(self.grouped(index, rule, lasting, &conditions))
    }

    /// Whether packstack reported success after the match, in the same source, or the package manager
    /// left out what it speaks of and went on.
    fn overcome(&self, instance: &[&Hit]) -> bool {
        let success =
            |hit: &Hit| self.scan.succeeded.get(&hit.source).is_some_and(|&at| hit.order < at);
        let succeeded = self.scan.run.as_ref().is_some_and(|run| run.succeeded);
        let whole_run = |hit: &Hit| succeeded && hit.manifest.is_some();
        let left_out = |hit: &Hit| self.scan.passed_over.contains(&(hit.source, hit.record));
        instance.first().is_some_and(|hit| success(hit) || whole_run(hit) || left_out(hit))
    }

    /// Instances that differ in what the title says are candidates of their own.
    fn grouped(
        &self,
        index: usize,
        rule: &'a Rule,
        instances: Vec<Vec<&'a Hit>>,
        conditions: &[Condition],
    ) -> Vec<Candidate<'a>> {
        let mut found: Vec<Candidate<'a>> = Vec::new();
        let mut keys: Vec<Vec<Option<String>>> = Vec::new();
        for instance in instances {
            let captures = self.captures(&instance);
            let key: Vec<_> = names(&rule.title).map(|name| captures.get(name).cloned()).collect();
            let same = keys.iter().position(|k| *k == key);
            let full = (keys.len() >= MOST_OF_ONE_RULE).then(|| keys.len() - 1);
            if let Some(at) = same.or(full) {
                if found[at].primaries.iter().any(|seen| seen.same_record(instance[0])) {
                    continue;
                }
                found[at].count += 1;
                found[at].primaries.push(instance[0]);
                for (name, value) in captures {
                    found[at].captures.entry(name).or_insert(value);
                }
                continue;
            }
            keys.push(key);
            let primary = instance[0];
            let mut candidate = self.candidate(index, rule, instance, Vec::new(), conditions);
            candidate.primaries.push(primary);
            candidate.captures = captures;
            found.push(candidate);
        }
        found
    }

    fn computed(
        &self,
        index: usize,
        rule: &'a Rule,
        name: &str,
        conditions: &[Condition],
    ) -> Result<Vec<Candidate<'a>>, Silent> {
        let Some(check) = self.checks.iter().find(|check| check.name() == name) else {
            return Err(Silent::NothingComputed);
        };
        let on_facts = check.run(self.context).into_iter().map(|computed| (None, computed));
        let on_conflicts = self.scan.conflicts.iter().filter_map(|(hit, conflict)| {
            let hits = [hit];
            let beside: Vec<&Conflict> = self.scan.conflicts_at(&hits).collect();
            let computed = check.on_conflict(self.context, conflict, &beside)?;
            (!self.overcome(&hits)).then_some((Some(hit), computed))
        });
        let mut found: Vec<Candidate<'a>> = Vec::new();
        for (hit, computed) in on_facts.chain(on_conflicts) {
            let hits: Vec<&Hit> = hit.into_iter().collect();
            let mut candidate =
                self.candidate(index, rule, hits.clone(), computed.evidence, conditions);
            let clean = |word: &String| self.redactor.mask(&printable(word)).into_owned();
            let values = computed.values.into_iter().map(|(name, words)| {
                (name.to_owned(), words.iter().map(clean).collect::<Vec<_>>().join(BETWEEN_WORDS))
            });
            candidate.captures = values.collect();
            candidate.assumes.extend(computed.assumes);
            candidate.primaries.clone_from(&hits);
            // A tool's words are often there twice: on the console, and in the manifest's log.
            match found.iter_mut().find(|other| other.captures == candidate.captures) {
                Some(other) => {
                    other.count += 1;
                    other.primaries.extend(hits);
                }
                None => found.push(candidate),
            }
        }
        if found.is_empty() { Err(Silent::NothingComputed) } else { Ok(found) }
    }

    fn captures(&self, instance: &[&Hit]) -> BTreeMap<String, String> {
        let mut captures = BTreeMap::new();
        for hit in instance {
            let secrets = self.redactor.secrets(&hit.excerpt);
            for (name, range) in named(hit) {
                let secret = secrets.iter().any(|s| s.start < range.end && range.start < s.end);
                let value = if secret {
                    MASK.to_owned()
                } else {
                    printable(&String::from_utf8_lossy(&hit.excerpt[range.clone()]))
                };
                if !value.is_empty() {
                    captures.entry(name.to_owned()).or_insert(value);
                }
            }
        }
        captures
    }

    /// A candidate with its confidence and the parts that it is made of.
    fn candidate(
        &self,
        index: usize,
        rule: &'a Rule,
        hits: Vec<&'a Hit>,
        facts: Vec<Evidence>,
        conditions: &[Condition],
    ) -> Candidate<'a> {
        let mut sure = Confidence::default();
        if hits.is_empty() {
            sure.part(0.85, "computed from what is known of the host");
        } else if rule.computed.is_some() {
            sure.part(0.85, "computed from what the package manager said");
        } else {
            // Words that few other messages share say more than one common word.
            let letters: usize =
                rule.all.iter().chain(rule.any.first()).map(|&p| rule.patterns[p].letters).sum();
            let specific = 0.55 + 0.25 * (letters.min(60) as f64 / 60.0);
            sure.part(
                specific,
                format!("the words are the program's own ({letters} letters of them)"),
            );
            if rule.all.len() > 1 {
                let together = 0.06 * (rule.all.len() - 1).min(2) as f64;
                sure.part(together, format!("{} signs are found together", rule.all.len()));
            }
        }
        if hits.first().is_some_and(|hit| hit.passed_over) {
            sure.part(-0.15, "packstack itself passes over this line");
        }
        if !rule.checks.is_empty() {
            sure.part(-0.10, "other causes show the same way: the check decides");
        }
        if rule.status == Status::Experimental {
            sure.part(-0.10, "the rule is experimental");
        }
        let mut facts = facts;
        for condition in conditions {
            if condition.truth == Truth::True {
                facts.extend(condition.evidence.clone());
                sure.part(0.06, format!("{}: {}", condition.text, condition.seen));
            } else {
                sure.part(-0.03, format!("not known: {}", condition.text));
                sure.assumes.push(condition.text.clone());
            }
        }
        if !rule.releases.is_empty() {
            self.known_place(&mut sure, &self.context.releases(&rule.releases));
        }
        if !rule.os.is_empty() {
            self.known_place(&mut sure, &self.context.systems(&rule.os));
        }
        if !rule.fixed_in.is_empty() && !hits.is_empty() {
            facts.extend(self.fixed(&mut sure, rule));
        }
        self.position(&mut sure, &hits);
        Candidate {
            index,
            rule,
            count: 1,
            confidence: sure.total(),
            reasons: sure.reasons,
            assumes: sure.assumes,
            hits,
            primaries: Vec::new(),
            facts,
            captures: BTreeMap::new(),
        }
    }

    /// A rule speaks with less confidence where it is not known to hold.
    #[allow(clippy::unused_self, reason = "reads as part of the evaluation")]
    fn known_place(&self, sure: &mut Confidence, place: &Condition) {
        match place.truth {
            Truth::True => sure.part(0.04, format!("known for this {}", place.text)),
            Truth::False => {
                sure.part(
                    -0.15,
                    format!("known for {} only; here it is {}", place.text, place.seen),
                );
            }
            Truth::Unknown => {}
        }
    }

    /// Where the fix is installed and it still happens, the rule is less sure, and says so.
    fn fixed(&self, sure: &mut Confidence, rule: &Rule) -> Option<Evidence> {
        let fixed = self.context.fixed(&rule.fixed_in);
        let fix = rule.fixed_in.join(" or ");
        match fixed.truth {
            Truth::True => {
                let note = "the fix is installed, and it still happens";
                let seen = &fixed.seen;
                sure.part(
                    -0.25,
                    format!(
                        "{note}: {fix} carries it, and this is {seen}; look for another cause, \
                         and please report it with this log"
                    ),
                );
                fixed.evidence.map(|evidence| Evidence { note: Some(note.to_owned()), ..evidence })
            }
            Truth::False => {
                sure.part(0.04, format!("the fix is in {fix}, and this is {}", fixed.seen));
                None
            }
            Truth::Unknown => None,
        }
    }

    fn position(&self, sure: &mut Confidence, hits: &[&Hit]) {
        let Some(hit) = hits.first() else { return };
        let failed = self.scan.run.as_ref().and_then(|run| run.failed_manifest.as_ref());
        if failed.is_some() && hit.manifest.as_ref() == failed {
            sure.part(0.06, "it stands in the manifest that failed");
        } else if self.scan.last_error.is_some_and(|last| hits.iter().any(|h| h.order == last)) {
            sure.part(0.04, "it is the last error before the end");
        }
    }
}

/// A sum of named parts.
#[derive(Debug, Default)]
struct Confidence {
    sum: f64,
    reasons: Vec<String>,
    assumes: Vec<String>,
}

impl Confidence {
    fn part(&mut self, part: f64, reason: impl std::fmt::Display) {
        self.sum += part;
        self.reasons.push(format!("{part:+.2} {reason}"));
    }

    fn total(&self) -> f64 {
        (self.sum.clamp(0.05, 0.99) * 100.0).round() / 100.0
    }
}

/// What a match captured, by name. Alternatives of one expression cannot share a name: of `unit`,
/// `unit2`, `unit3` the one that matched is `unit` too.
pub(super) fn named(hit: &Hit) -> impl Iterator<Item = (&str, Range<usize>)> {
    let set = |name: &str| hit.captures.iter().any(|(other, _)| other == name);
    hit.captures.iter().flat_map(move |(name, range)| {
        let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let also = (base.len() < name.len() && !set(base)).then_some(base);
        [Some(name.as_str()), also].into_iter().flatten().map(|name| (name, range.clone()))
    })
}

/// The sets of matches that make a rule hold, the primary match first in each.
pub(super) fn instances<'h>(
    rule: &Rule,
    hits: &'h Hits,
    index: usize,
) -> Result<Vec<Vec<&'h Hit>>, Silent> {
    let of = |pattern: usize| hits.of(index, pattern);
    let primaries: Vec<(usize, &Hit)> = match rule.all.first() {
        Some(&first) => of(first).iter().map(|hit| (first, hit)).collect(),
        None => rule.any.iter().flat_map(|&p| of(p).iter().map(move |hit| (p, hit))).collect(),
    };
    let mut found = Vec::new();
    let mut vetoed = false;
    for (pattern, primary) in primaries {
        let mut chosen: Vec<Option<&Hit>> = vec![None; rule.patterns.len()];
        chosen[pattern] = Some(primary);
        let rest = rule.all.get(1..).unwrap_or_default();
        if !complete(rule, &of, rest, primary, &mut chosen) {
            continue;
        }
        for &p in rule.any.iter().filter(|&&p| p != pattern) {
            chosen[p] = nearest(of(p), primary).into_iter().find(|hit| fits(rule, p, hit, &chosen));
        }
        // What must be near a pattern that did not match is not there either.
        let alone = |p: usize| {
            let within = rule.patterns[p].within.as_ref();
            chosen[p].is_some() && within.is_some_and(|w| chosen[w.of].is_none())
        };
        let lone: Vec<usize> = (0..chosen.len()).filter(|&p| alone(p)).collect();
        for p in lone {
            chosen[p] = None;
        }
        let any = rule.any.is_empty() || rule.any.iter().any(|&p| chosen[p].is_some());
        if !any || rule.all.iter().any(|&p| chosen[p].is_none()) {
            continue;
        }
        let veto = rule.none.iter().any(|&p| of(p).iter().any(|hit| fits(rule, p, hit, &chosen)));
        vetoed |= veto;
        if !veto {
            let mut instance = vec![primary];
            instance.extend(chosen.iter().flatten().filter(|hit| !std::ptr::eq(**hit, primary)));
            found.push(instance);
        }
    }
    match (found.is_empty(), vetoed) {
        (false, _) => Ok(found),
        (true, true) => Err(Silent::Vetoed),
        (true, false) => Err(Silent::Patterns),
    }
}

/// Chooses a match for each pattern in `rest`, the nearest that fits first.
fn complete<'h>(
    rule: &Rule,
    of: &impl Fn(usize) -> &'h [Hit],
    rest: &[usize],
    primary: &Hit,
    chosen: &mut Vec<Option<&'h Hit>>,
) -> bool {
    /// How many matches of one pattern are tried around one primary match.
    const TRIED: usize = 20;
    let Some((&pattern, rest)) = rest.split_first() else { return true };
    for hit in nearest(of(pattern), primary).into_iter().take(TRIED) {
        if fits(rule, pattern, hit, chosen) {
            chosen[pattern] = Some(hit);
            if complete(rule, of, rest, primary, chosen) {
                return true;
            }
            chosen[pattern] = None;
        }
    }
    false
}

/// Matches, the nearest to `primary` first; those in its source before others.
fn nearest<'h>(hits: &'h [Hit], primary: &Hit) -> Vec<&'h Hit> {
    let mut hits: Vec<&Hit> = hits.iter().collect();
    hits.sort_by_key(|hit| (hit.source != primary.source, hit.order.abs_diff(primary.order)));
    hits
}

/// Whether a match is as near to the others as `within` demands, both ways.
fn fits(rule: &Rule, pattern: usize, hit: &Hit, chosen: &[Option<&Hit>]) -> bool {
    let near = |within: &crate::rule::Within, hit: &Hit, other: &Hit| {
        let side = match within.side {
            Side::Both => true,
            Side::Before => hit.record <= other.record,
            Side::After => hit.record >= other.record,
        };
        side && hit.source == other.source && hit.record.abs_diff(other.record) <= within.records
    };
    let own = rule.patterns[pattern].within.as_ref().is_none_or(|within| {
        chosen[within.of].map_or(!rule.none.contains(&pattern), |other| near(within, hit, other))
    });
    own && chosen.iter().enumerate().all(|(p, other)| {
        let within = rule.patterns[p].within.as_ref().filter(|w| w.of == pattern);
        within.zip(*other).is_none_or(|(within, other)| near(within, other, hit))
    })
}

/// Stands between the words of a value that has several: a control character, so no text has it.
const BETWEEN_WORDS: &str = "\n";

/// The rule's template with the candidate's values, as words for a person.
pub(super) fn words(text: &str, captures: &BTreeMap<String, String>) -> String {
    let value = |name: &str| captures.get(name).map(String::as_str);
    template::render(text, value, |value| value.replace(BETWEEN_WORDS, " ").into())
}

/// The rule's template with the candidate's values, as a command: values are quoted.
pub(super) fn command(text: &str, captures: &BTreeMap<String, String>) -> String {
    let value = |name: &str| captures.get(name).map(String::as_str);
    let quote = |value: &str| {
        let words: Vec<_> = value.split(BETWEEN_WORDS).map(template::shell_quote).collect();
        words.join(" ").into()
    };
    template::render(text, value, quote)
}
