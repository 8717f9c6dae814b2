//! The order of records over all sources.
//!
//! Archives give their logs in any order: while sources are read, a record is known by the number of
//! its source and its own, and when all are read the sources are put in their order.

use super::scan::Scan;
use crate::log::LogPlace;
use crate::matcher::{Hit, order_of, record_of, source_of};

/// Whether one record comes before another when the sources are in the order of their places.
pub(super) fn is_before(a: u64, b: u64, places: &[LogPlace]) -> bool {
    let (of_a, of_b) = (source_of(a), source_of(b));
    if of_a == of_b { a < b } else { (&places[of_a], a) < (&places[of_b], b) }
}

/// The later one of two records.
pub(super) fn later(a: Option<u64>, b: u64, places: &[LogPlace]) -> Option<u64> {
    a.filter(|&a| is_before(b, a, places)).or(Some(b))
}

/// For each source, which place it takes among all when they are in order.
pub(super) fn ranks(places: &[LogPlace]) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..places.len()).collect();
    sorted.sort_by_key(|&source| &places[source]);
    let mut ranks = vec![0; places.len()];
    for (rank, source) in sorted.into_iter().enumerate() {
        ranks[source] = rank;
    }
    ranks
}

impl Scan {
    /// Renumbers the sources.
    pub(super) fn put_in_order(&mut self, ranks: &[usize]) {
        if ranks.is_sorted() {
            return;
        }
        let renumber = |order: u64| order_of(ranks[source_of(order)], record_of(order));
        let moved = |hit: &mut Hit| {
            hit.source = ranks[hit.source];
            hit.order = renumber(hit.order);
        };
        let mut sources: Vec<_> = ranks.iter().zip(std::mem::take(&mut self.sources)).collect();
        sources.sort_by_key(|(rank, _)| **rank);
        self.sources = sources.into_iter().map(|(_, source)| source).collect();
        self.hits.renumber(moved);
        self.conflicts.iter_mut().for_each(|(hit, _)| moved(hit));
        self.conflicts.sort_by_key(|(hit, _)| hit.order);
        let passed_over = std::mem::take(&mut self.passed_over);
        self.passed_over =
            passed_over.into_iter().map(|(source, number)| (ranks[source], number)).collect();
        self.groups.renumber(|source| ranks[source], renumber);
        let skipped = std::mem::take(&mut self.skipped);
        self.skipped = skipped.into_iter().map(|(source, n)| (ranks[source], n)).collect();
        let succeeded = std::mem::take(&mut self.succeeded);
        self.succeeded =
            succeeded.into_iter().map(|(source, at)| (ranks[source], renumber(at))).collect();
        self.last_error = self.last_error.map(renumber);
    }
}
