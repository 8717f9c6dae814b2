//! What is found while a log is still being written.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::evaluate::Evaluation;
use super::rank;
use crate::finding::{EvidenceKind, Finding};

/// What was told of, and when there is something new to be looked for.
pub(super) struct Live {
    told: BTreeSet<(String, String)>,
    /// How many matches there were when they were last looked at.
    matches: u64,
    /// Looking takes a small part of the time only, however noisy the log is.
    not_before: Instant,
}

impl Live {
    pub(super) fn new() -> Self {
        Self { told: BTreeSet::new(), matches: 0, not_before: Instant::now() }
    }

    /// Tells of what is new.
    pub(super) fn look(&mut self, evaluation: &Evaluation<'_>, found: &mut impl FnMut(&Finding)) {
        let (matches, now) = (evaluation.scan.hits.total(), Instant::now());
        if matches == self.matches || now < self.not_before {
            return;
        }
        self.matches = matches;
        let (mut candidates, _) = evaluation.candidates();
        // What a later record may veto is not certain; what is known without the log is not new.
        candidates.retain(|c| c.rule.none.is_empty() && !c.hits.is_empty());
        for finding in rank::findings(evaluation, candidates) {
            let is_seen = finding.evidence.iter().any(|e| e.kind == EvidenceKind::Log);
            if is_seen && self.told.insert((finding.rule.clone(), finding.title.clone())) {
                found(&finding);
            }
        }
        let took = now.elapsed();
        if took > Duration::from_millis(5) {
            self.not_before = Instant::now() + 10 * took;
        }
    }
}
