//! From candidates to findings: symptoms under their causes, one diagnosis for one piece of evidence,
//! and the likeliest first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::evaluate::{Candidate, Evaluation, command, named, words};
use super::scan::Scan;
use crate::finding::{
    self, Again, Alternative, Check, Evidence, EvidenceKind, Finding, Fix, Place, Symptom, Verify,
    printable,
};
use crate::log::{Conflict, Kind};
use crate::matcher::Hit;
use crate::rule::{KnowledgeBase, Scope};
use crate::span::characters;
use crate::version::Truth;

/// A symptom may be logged so much before its cause, in milliseconds: clocks and buffers differ.
const SLACK: i64 = 5_000;
/// At most so many of a finding's alternatives are shown.
const MOST_ALTERNATIVES: usize = 4;

/// Ranks the candidates and makes findings of them.
pub(super) fn findings(
    evaluation: &Evaluation<'_>,
    mut candidates: Vec<Candidate<'_>>,
) -> Vec<Finding> {
    candidates.sort_by(|a, b| {
        let worth = |c: &Candidate<'_>| (c.rule.severity, c.confidence);
        let first = |c: &Candidate<'_>| c.hits.first().map_or(0, |hit| hit.order);
        worth(b)
            .partial_cmp(&worth(a))
            .unwrap_or(std::cmp::Ordering::Equal)
            .then_with(|| first(a).cmp(&first(b)))
            .then_with(|| a.rule.id.cmp(&b.rule.id))
    });
    let over = causes(evaluation.rules, &candidates);
    // The root of each candidate: the cause of its cause, and so on.
    let root = |mut at: usize| {
        let mut passed = BTreeSet::from([at]);
        while let Some(cause) = over[at].filter(|&cause| passed.insert(cause)) {
            at = cause;
        }
        at
    };
    let roots: Vec<usize> = (0..candidates.len()).filter(|&c| root(c) == c).collect();
    // Of roots on the same evidence the likeliest leads.
    let mut leaders: Vec<(usize, Vec<usize>)> = Vec::new();
    for &c in &roots {
        let same = leaders.iter_mut().find(|(leader, others)| {
            let scan = evaluation.scan;
            let shares = |&other: &usize| share_evidence(scan, &candidates[other], &candidates[c]);
            shares(leader) || others.iter().any(shares)
        });
        match same {
            Some((_, others)) => others.push(c),
            None => leaders.push((c, Vec::new())),
        }
    }
    let mut findings: Vec<Finding> = leaders
        .iter()
        .map(|(leader, others)| {
            let under = |c: &usize| {
                let root = root(*c);
                *c != root && (root == *leader || others.contains(&root))
            };
            let symptoms: Vec<&Candidate<'_>> =
                (0..candidates.len()).filter(under).map(|c| &candidates[c]).collect();
            let others: Vec<&Candidate<'_>> = others
                .iter()
                .map(|&c| &candidates[c])
                .filter(|other| other.index != candidates[*leader].index)
                .collect();
            evaluation.finding(&candidates[*leader], &others, &symptoms)
        })
        .collect();
    evaluation.count_skipped(&mut findings, &candidates, &leaders);
    findings
}

/// For each candidate the likeliest other one whose rule explains it, or explains what explains it.
fn causes(rules: &KnowledgeBase, candidates: &[Candidate<'_>]) -> Vec<Option<usize>> {
    let explained: BTreeMap<usize, BTreeMap<usize, Reach>> =
        candidates.iter().map(|cause| (cause.index, explained(rules, cause.index))).collect();
    let explained_by = |symptom: &Candidate<'_>| {
        candidates.iter().position(|cause| {
            explained[&cause.index].get(&symptom.index).is_some_and(|reach| {
                cause.index != symptom.index && in_scope(cause, symptom, *reach)
            })
        })
    };
    candidates.iter().map(explained_by).collect()
}

/// Where and how long after a cause a symptom may show.
#[derive(Debug, Clone, Copy)]
struct Reach {
    scope: Scope,
    window: Option<u32>,
}

/// The symptoms of a rule, and theirs, whether or not the log shows what stands between; the
/// shortest way to a symptom counts.
fn explained(rules: &KnowledgeBase, cause: usize) -> BTreeMap<usize, Reach> {
    let mut reached: BTreeMap<usize, Reach> = BTreeMap::new();
    let mut left = VecDeque::from([(cause, None::<Reach>)]);
    while let Some((at, way)) = left.pop_front() {
        for explains in &rules.rule(at).explains {
            let Some(symptom) = rules.find(&explains.rule) else { continue };
            if symptom == cause || reached.contains_key(&symptom) {
                continue;
            }
            let step = Reach { scope: explains.scope, window: explains.window };
            let reach = way.map_or(step, |way| Reach {
                // A symptom elsewhere of a symptom on the host is elsewhere.
                scope: if way.scope == Scope::Host { step.scope } else { Scope::Run },
                window: way.window.zip(step.window).map(|(a, b)| a.saturating_add(b)),
            });
            reached.insert(symptom, reach);
            left.push_back((symptom, Some(reach)));
        }
    }
    reached
}

/// Whether a symptom is where and when its cause can show, as far as both are known.
fn in_scope(cause: &Candidate<'_>, symptom: &Candidate<'_>, reach: Reach) -> bool {
    let Reach { scope, window } = reach;
    let (Some(first), Some(seen)) = (cause.hits.first(), symptom.hits.first()) else { return true };
    if scope == Scope::Host
        && first.host.is_some()
        && seen.host.is_some()
        && first.host != seen.host
    {
        return false;
    }
    let (Some((began, ended)), Some((showed, last))) = (lasted(cause), lasted(symptom)) else {
        return true;
    };
    last + SLACK >= began && window.is_none_or(|window| showed <= ended + i64::from(window) * 1000)
}

/// When a candidate was first and last seen, over all sources.
fn lasted(candidate: &Candidate<'_>) -> Option<(i64, i64)> {
    let seen = candidate.hits.first().into_iter().chain(&candidate.primaries);
    let instants = || seen.clone().filter_map(|hit| hit.instant);
    instants().min().zip(instants().max())
}

/// Whether two candidates speak of the same thing: the same line, or the same message. Problems that
/// dnf numbers are several things in one message.
fn share_evidence(scan: &Scan, a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let one_problem = |x: &Hit, y: &Hit| {
        scan.problem(x).zip(scan.problem(y)).is_none_or(|(one, other)| one == other)
    };
    let same = |x: &Hit, y: &Hit| {
        let one_message = matches!(x.kind, Kind::Puppet | Kind::Package | Kind::Oslo | Kind::Plain);
        let message = || one_message && x.record == y.record && one_problem(x, y);
        x.source == y.source && (x.line == y.line || message())
    };
    a.hits.iter().any(|x| b.hits.iter().any(|y| same(x, y)))
}

/// Whether a capture is an interface, a host or an address, which an answer file may have chosen.
fn speaks_of(name: &str, value: &str) -> bool {
    const NAMES: [&str; 14] = [
        "address",
        "bridge",
        "card",
        "dev",
        "device",
        "host",
        "iface",
        "ifname",
        "interface",
        "ip",
        "nic",
        "node",
        "physnet",
        "server",
    ];
    NAMES.contains(&name) || value.parse::<std::net::IpAddr>().is_ok()
}

impl Evaluation<'_> {
    fn finding(
        &self,
        candidate: &Candidate<'_>,
        others: &[&Candidate<'_>],
        symptoms: &[&Candidate<'_>],
    ) -> Finding {
        let rule = candidate.rule;
        let say = |text: &str| words(text, &candidate.captures);
        let seen = candidate.hits.iter().chain(candidate.primaries.iter().skip(1));
        let mut evidence: Vec<Evidence> = Vec::new();
        for hit in seen {
            let new = self.evidence(hit);
            let place = (&new.path, new.line);
            match evidence.iter_mut().find(|there| (&there.path, there.line) == place) {
                Some(there) => {
                    for (name, value) in new.captures {
                        there.captures.entry(name).or_insert(value);
                    }
                }
                None => evidence.push(new),
            }
        }
        // What is known of the host comes behind the first lines of the log.
        evidence
            .splice(evidence.len().min(2)..evidence.len().min(2), candidate.facts.iter().cloned());
        if !candidate.hits.is_empty() {
            let named = candidate.captures.iter().filter(|(name, value)| speaks_of(name, value));
            let lines = named.flat_map(|(_, value)| self.context.answers_naming(value));
            for line in lines {
                if !evidence.iter().any(|e| e.path == line.path && e.line == line.line) {
                    evidence.push(line);
                }
            }
        }
        if candidate.hits.is_empty() {
            // A cause that the host's facts show: its first symptom is what the log shows of it.
            evidence.extend(
                symptoms.iter().filter_map(|s| s.hits.first()).map(|hit| self.evidence(hit)),
            );
        }
        evidence.truncate(Finding::MOST_EVIDENCE);
        let mut listed: Vec<Symptom> = Vec::new();
        for symptom in symptoms {
            match listed.iter_mut().find(|s| s.rule == symptom.rule.id) {
                Some(there) => there.count += symptom.count,
                None => listed.push(self.symptom(symptom)),
            }
        }
        let conflicts = self.conflicts(candidate, symptoms);
        Finding {
            rule: rule.id.clone(),
            title: say(&rule.title),
            component: rule.component.clone(),
            severity: rule.severity,
            confidence: candidate.confidence,
            reasons: candidate.reasons.clone(),
            assumes: candidate.assumes.clone(),
            cause: say(&rule.cause) + &in_words(&conflicts),
            credentials: rule.credentials().map(str::to_owned),
            checks: checks(candidate),
            alternatives: others
                .iter()
                .take(MOST_ALTERNATIVES)
                .map(|c| self.alternative(c))
                .collect(),
            fix: self.fixes(candidate),
            verify: rule.verify.as_ref().map(|verify| Verify {
                command: command(&verify.run, &candidate.captures),
                expect: say(&verify.expect),
            }),
            again: self.again(candidate, symptoms),
            symptoms: listed,
            skipped_resources: None,
            references: rule.references.clone(),
            count: candidate.count,
            evidence,
            conflicts,
        }
    }

    /// What package tools say in the records that a candidate and its symptoms stand on.
    fn conflicts(&self, candidate: &Candidate<'_>, symptoms: &[&Candidate<'_>]) -> Vec<Conflict> {
        let hits = std::iter::once(&candidate).chain(symptoms).flat_map(|c| c.hits.iter().copied());
        let hits: Vec<&Hit> = hits.collect();
        let mut found: Vec<Conflict> = Vec::new();
        for conflict in self.scan.conflicts_at(&hits) {
            let mut conflict = conflict.clone();
            let host = self.context.host();
            conflict.name_repositories(|party| {
                host.package(&party.name).filter(|p| party.is(&p.nevra))?.repo.clone()
            });
            conflict.each_text(|text| *text = self.redactor.mask(&printable(text)).into_owned());
            if found.len() < Finding::MOST_CONFLICTS && !found.iter().any(|c| c.same(&conflict)) {
                found.push(conflict);
            }
        }
        found.sort_by_key(|conflict| conflict.kind);
        found
    }

    fn alternative(&self, candidate: &Candidate<'_>) -> Alternative {
        Alternative {
            rule: candidate.rule.id.clone(),
            title: words(&candidate.rule.title, &candidate.captures),
            cause: words(&candidate.rule.cause, &candidate.captures),
            check: checks(candidate).into_iter().next(),
            fix: self.fixes(candidate),
        }
    }

    fn symptom(&self, candidate: &Candidate<'_>) -> Symptom {
        Symptom {
            rule: candidate.rule.id.clone(),
            title: words(&candidate.rule.title, &candidate.captures),
            count: candidate.count,
            first: candidate.hits.first().map(|hit| {
                let evidence = self.evidence(hit);
                Place { path: evidence.path, line: evidence.line, text: evidence.text }
            }),
        }
    }

    fn fixes(&self, candidate: &Candidate<'_>) -> Vec<Fix> {
        let fits = |fix: &&crate::rule::Fix| {
            fix.when.as_ref().is_none_or(|when| self.context.fits(when) != Truth::False)
        };
        let captures = &candidate.captures;
        let say = |text: &str| words(text, captures);
        let step = |step| finding::Step::of(step, say, |text| command(text, captures));
        candidate
            .rule
            .fixes
            .iter()
            .filter(fits)
            .map(|fix| Fix {
                title: say(&fix.title),
                only: fix.when.as_ref().filter(|w| self.context.fits(w) == Truth::Unknown).map(
                    |when| {
                        let parts = [&when.releases, &when.os, &when.family];
                        parts
                            .into_iter()
                            .filter(|p| !p.is_empty())
                            .map(|p| p.join(", "))
                            .collect::<Vec<_>>()
                            .join("; ")
                    },
                ),
                steps: fix.steps.iter().flat_map(step).collect(),
            })
            .collect()
    }

    /// How to run again, where it is packstack that failed.
    fn again(&self, candidate: &Candidate<'_>, symptoms: &[&Candidate<'_>]) -> Option<Again> {
        let mut hits = std::iter::once(&candidate).chain(symptoms).flat_map(|c| &c.hits);
        let installing = self.scan.run.is_some()
            || hits.any(|hit| hit.manifest.is_some() || hit.kind == Kind::Packstack);
        if !installing {
            return None;
        }
        let answers = self.context.answer_file().map(|answers| answers.from.as_str());
        let file = match answers {
            Some(path) => crate::rule::template::shell_quote(path).into_owned(),
            None => "<the answer file of this run>".to_owned(),
        };
        let again = candidate.rule.again.clone().unwrap_or_default();
        Some(Again {
            command: format!("packstack --answer-file={file}"),
            clean: again.clean.iter().map(|c| command(c, &candidate.captures)).collect(),
            note: again.note.map(|note| words(&note, &candidate.captures)),
        })
    }

    /// A match as evidence: the line that it begins on, masked, with its columns.
    fn evidence(&self, hit: &Hit) -> Evidence {
        let line_start =
            memchr::memrchr(b'\n', &hit.excerpt[..hit.range.start]).map_or(0, |i| i + 1);
        let line_end = memchr::memchr(b'\n', &hit.excerpt[hit.range.start..])
            .map_or(hit.excerpt.len(), |i| hit.range.start + i);
        let secrets = self.redactor.secrets(&hit.excerpt);
        let mask = |range: std::ops::Range<usize>| {
            let mut out = String::new();
            let mut at = range.start;
            for secret in secrets.iter().filter(|s| s.start < range.end && s.end > range.start) {
                let start = secret.start.max(range.start);
                out.push_str(&printable(&String::from_utf8_lossy(&hit.excerpt[at..start])));
                out.push_str(crate::redact::MASK);
                at = secret.end.min(range.end);
            }
            out.push_str(&printable(&String::from_utf8_lossy(&hit.excerpt[at..range.end])));
            out
        };
        let before = mask(line_start..hit.range.start);
        let matched = mask(hit.range.start..hit.range.end.clamp(hit.range.start, line_end));
        let after = mask(hit.range.end.clamp(hit.range.start, line_end)..line_end);
        let cut = if line_start == 0 { hit.columns_before } else { 0 };
        let column = cut + characters(before.as_bytes()) as u64 + 1;
        let captures = named(hit).map(|(name, range)| (name.to_owned(), mask(range)));
        Evidence {
            kind: EvidenceKind::Log,
            path: self.scan.sources[hit.source].path.clone(),
            line: hit.line,
            column,
            end_column: column + characters(matched.trim_end().as_bytes()).max(1) as u64,
            text: format!("{before}{matched}{after}"),
            cut,
            time: hit.time.clone(),
            host: hit.host.clone(),
            manifest: hit.manifest.clone(),
            resource: hit.resource.as_deref().map(printable),
            captures: captures.collect(),
            ..Evidence::default()
        }
    }

    /// Gives the resources that Puppet skipped to the finding that stands in the same log.
    fn count_skipped(
        &self,
        findings: &mut [Finding],
        candidates: &[Candidate<'_>],
        leaders: &[(usize, Vec<usize>)],
    ) {
        for (source, count) in &self.scan.skipped {
            let of_puppet = |hit: &&Hit| hit.source == *source && hit.kind == Kind::Puppet;
            let in_log = |leader: usize| candidates[leader].hits.iter().any(of_puppet);
            let at = leaders.iter().position(|(leader, _)| in_log(*leader));
            if let Some(finding) = findings.get_mut(at.unwrap_or(0)) {
                *finding.skipped_resources.get_or_insert(0) += count;
            }
        }
    }
}

/// The first conflicts in words, to stand behind a cause.
fn in_words(conflicts: &[Conflict]) -> String {
    /// At most so many; the report's JSON form has more.
    const MOST: usize = 3;
    let more = conflicts.len().saturating_sub(MOST);
    let words: Vec<String> = conflicts.iter().take(MOST).map(ToString::to_string).collect();
    match (words.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(" Here {}.", words.join("; ")),
        (false, more) => format!(" Here {}; and {more} more.", words.join("; ")),
    }
}

fn checks(candidate: &Candidate<'_>) -> Vec<Check> {
    let captures = &candidate.captures;
    candidate
        .rule
        .checks
        .iter()
        .map(|check| Check {
            command: command(&check.run, captures),
            confirms: words(&check.confirms, captures),
            refutes: words(&check.refutes, captures),
        })
        .collect()
}
