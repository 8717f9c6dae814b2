//! Why a rule fired, or did not, with the values that it saw.

use std::fmt;

use super::condition::Condition;
use super::evaluate::{Evaluation, Silent, instances};
use crate::finding::{Finding, Place, printable};
use crate::version::Truth;

/// Why a rule fired, or did not.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// The rule's id.
    pub rule: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Its patterns.
    pub patterns: Vec<PatternSeen>,
    /// Its conditions on the context.
    pub conditions: Vec<Condition>,
    /// The parts of the confidence, where it fired.
    pub reasons: Vec<String>,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is a diagnosis.
    Diagnosis,
    /// It is an alternative of another rule's diagnosis.
    Alternative(String),
    /// It is a symptom under another rule's diagnosis.
    Symptom(String),
    /// It did not fire, for this reason.
    Silent(String),
}

/// A pattern of a rule, and how often it matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternSeen {
    /// Its name.
    pub name: String,
    /// What the rule wants of it: `all`, `any` or `none`.
    pub wanted: &'static str,
    /// How often it matched.
    pub count: u64,
    /// Where first.
    pub first: Option<Place>,
    /// How near another pattern's match must be.
    pub within: Option<String>,
}

impl Evaluation<'_> {
    /// Why the rule fired or did not.
    pub(super) fn why(&self, index: usize, diagnoses: &[Finding]) -> Why {
        let rule = self.rules.rule(index);
        let hits = &self.scan.hits;
        let patterns = rule.patterns.iter().enumerate().map(|(p, pattern)| PatternSeen {
            name: pattern.name.clone(),
            wanted: match () {
                () if rule.none.contains(&p) => "none",
                () if rule.any.contains(&p) => "any",
                () => "all",
            },
            count: hits.count(index, p),
            first: hits.of(index, p).first().map(|hit| Place {
                path: self.scan.sources[hit.source].path.clone(),
                line: hit.line,
                text: printable(&self.redactor.mask(&String::from_utf8_lossy(&hit.excerpt))),
            }),
            within: pattern
                .within
                .as_ref()
                .map(|w| format!("within {} records of `{}`", w.records, rule.patterns[w.of].name)),
        });
        let is = |finding: &&Finding| finding.rule == rule.id;
        let fired = self.rule(index);
        let verdict = if let Err(silent) = &fired {
            Verdict::Silent(self.silence(index, silent))
        } else if diagnoses.iter().any(|d| is(&d)) {
            Verdict::Diagnosis
        } else if let Some(d) =
            diagnoses.iter().find(|d| d.symptoms.iter().any(|s| s.rule == rule.id))
        {
            Verdict::Symptom(d.rule.clone())
        } else {
            let under = diagnoses.iter().find(|d| d.alternatives.iter().any(|a| a.rule == rule.id));
            Verdict::Alternative(under.map_or_else(String::new, |d| d.rule.clone()))
        };
        Why {
            rule: rule.id.clone(),
            verdict,
            patterns: patterns.collect(),
            conditions: rule
                .when
                .as_ref()
                .map_or_else(Vec::new, |when| self.context.conditions(when)),
            reasons: fired
                .ok()
                .and_then(|c| c.into_iter().next())
                .map_or_else(Vec::new, |c| c.reasons),
        }
    }

    fn silence(&self, index: usize, silent: &Silent) -> String {
        let rule = self.rules.rule(index);
        let missing = |patterns: &[usize]| {
            let none_seen = patterns.iter().filter(|&&p| self.scan.hits.of(index, p).is_empty());
            none_seen.map(|&p| rule.patterns[p].name.as_str()).collect::<Vec<_>>().join(", ")
        };
        match silent {
            Silent::FactsUnknown => "its conditions are not known to be true".to_owned(),
            Silent::Condition => "a condition is known to be false".to_owned(),
            Silent::Vetoed => "a pattern matched that must not".to_owned(),
            Silent::Succeeded => "packstack reported success after it".to_owned(),
            Silent::NothingComputed => "its check found nothing, or too little is known".to_owned(),
            Silent::Patterns => match (missing(&rule.all), instances(rule, &self.scan.hits, index))
            {
                (missing, _) if !missing.is_empty() => format!("no match of: {missing}"),
                _ => "the matches are not near enough to one another".to_owned(),
            },
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.rule)?;
        match &self.verdict {
            Verdict::Diagnosis => writeln!(f, "fired, and is a diagnosis")?,
            Verdict::Alternative(of) => writeln!(f, "fired, and is an alternative of {of}")?,
            Verdict::Symptom(of) => writeln!(f, "fired, and is a symptom under {of}")?,
            Verdict::Silent(reason) => writeln!(f, "did not fire: {reason}")?,
        }
        for pattern in &self.patterns {
            let good = (pattern.count > 0) != (pattern.wanted == "none");
            let mark = if good { "yes" } else { "no " };
            let within = pattern.within.as_ref().map(|w| format!(", {w}")).unwrap_or_default();
            writeln!(
                f,
                "  {mark}  pattern {} ({}{within}): {} matches",
                pattern.name, pattern.wanted, pattern.count
            )?;
            if let Some(place) = &pattern.first {
                writeln!(f, "         {}:{}: {}", place.path, place.line, place.text)?;
            }
        }
        for condition in &self.conditions {
            let mark = match condition.truth {
                Truth::True => "yes",
                Truth::False => "no ",
                Truth::Unknown => "?  ",
            };
            writeln!(f, "  {mark}  {}: {}", condition.text, condition.seen)?;
        }
        for reason in &self.reasons {
            writeln!(f, "  {reason}")?;
        }
        Ok(())
    }
}
