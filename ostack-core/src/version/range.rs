//! Sets of versions as ranges over a total order.

/// What lies from `from` (included) up to `to` (left out); `None` is no end on that side.
///
/// The ends are keys of a total order in which every place between two versions can be named, so a
/// closed end is the open end just above it, and emptiness is a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Range<K> {
    pub(super) from: Option<K>,
    pub(super) to: Option<K>,
}

impl<K: Ord + Clone> Range<K> {
    /// Everything.
    pub(super) const ALL: Self = Self { from: None, to: None };

    pub(super) fn at_least(from: K) -> Self {
        Self { from: Some(from), to: None }
    }

    pub(super) fn below(to: K) -> Self {
        Self { from: None, to: Some(to) }
    }

    pub(super) fn between(from: K, to: K) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.from.as_ref().is_none_or(|from| from <= key)
            && self.to.as_ref().is_none_or(|to| key < to)
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!((&self.from, &self.to), (Some(from), Some(to)) if from >= to)
    }

    /// What lies in both.
    pub(super) fn intersect(&self, other: &Self) -> Self {
        // `None` is below every `Some`, which is right for `from` and wrong for `to`.
        let from = self.from.as_ref().max(other.from.as_ref());
        let to = match (&self.to, &other.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.as_ref().or(b.as_ref()),
        };
        Self { from: from.cloned(), to: to.cloned() }
    }
}

/// What lies in one of `a` and in one of `b`: the non-empty pieces.
pub(super) fn intersect<K: Ord + Clone>(a: &[Range<K>], b: &[Range<K>]) -> Vec<Range<K>> {
    let pieces = a.iter().flat_map(|a| b.iter().map(move |b| a.intersect(b)));
    pieces.filter(|piece| !piece.is_empty()).collect()
}
