//! Finds which anchors stand in a text, in one pass that looks at few of its bytes.
//!
//! The text is looked at once in [`STEP`] bytes. Of each anchor a piece is known by the windows at as
//! many neighbouring places, so that one of them is met wherever the anchor begins. A bit for each
//! hash of a window says whether a closer look is worth it; a bit for each hash of a piece, whether
//! one stands around; and only then anchors are compared. Building takes microseconds for thousands
//! of anchors, and their number hardly shows in a scan.

use std::ops::Range;

use super::windows::{AT_ONCE, hash, is_set, mark, set};
use crate::rule::anchor::{PIECE, STEP, WINDOW, key};

/// Words of the bit table: 64 KiB, and 512 KiB for very many windows.
const SMALL: usize = 1 << 14;
const LARGE: usize = 1 << 17;
/// For so many windows, of which some are the same, the small table is enough.
const FEW: usize = 48 << 10;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor<'k> {
    /// In normal form, and of at least [`WINDOW`] bytes.
    pub(super) literal: &'k [u8],
    /// Where its rarest piece begins; 0 where it is shorter than one.
    pub(super) piece: u8,
    /// What it wakes.
    pub(super) slot: u32,
}

/// The anchors of a knowledge base.
#[derive(Debug)]
pub(super) struct Prefilter<'k> {
    /// Those that are long enough to be looked for in steps, and the others.
    lanes: [Lane<'k>; 2],
    /// The bits of all of them.
    bits: Bits,
    /// The length of the longest anchor.
    longest: usize,
}

/// Which bits of a prefilter are set.
#[derive(Debug)]
pub(super) struct Bits([LaneBits; 2]);

impl<'k> Prefilter<'k> {
    pub(super) fn new(mut long: Vec<Anchor<'k>>) -> Self {
        let short = long.extract_if(.., |anchor| anchor.literal.len() < PIECE).collect();
        let lanes = [Lane::new(STEP, long), Lane::new(1, short)];
        let bits = Bits(lanes.each_ref().map(|lane| lane.bits(|_| true)));
        let anchors = lanes.iter().flat_map(|lane| &lane.anchors);
        let longest = anchors.map(|anchor| anchor.literal.len()).max().unwrap_or_default();
        Self { lanes, bits, longest }
    }

    /// The anchors that are so short that every place of a text must be looked at.
    #[cfg(test)]
    pub(super) fn slow(&self) -> impl Iterator<Item = &'k [u8]> {
        self.lanes[1].anchors.iter().map(|anchor| anchor.literal)
    }

    /// The length of the longest anchor.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The bits of the anchors of some slots: with them a scan may miss the others.
    pub(super) fn bits_of(&self, wanted: impl Fn(u32) -> bool) -> Bits {
        Bits(self.lanes.each_ref().map(|lane| lane.bits(&wanted)))
    }

    /// Calls `found` with the place and the slot of each anchor that stands in the text, as often as
    /// it does. White space in the text must be in normal form; letters need not be.
    pub(super) fn scan(&self, text: &[u8], found: impl FnMut(Range<usize>, u32)) {
        self.scan_with(&self.bits, text, found);
    }

    /// A scan with bits of its own.
    pub(super) fn scan_with(
        &self,
        bits: &Bits,
        text: &[u8],
        mut found: impl FnMut(Range<usize>, u32),
    ) {
        let lanes = self.lanes.iter().zip(&bits.0);
        for (lane, bits) in lanes.filter(|(lane, _)| !lane.anchors.is_empty()) {
            if bits.windows.len() == SMALL {
                lane.scan::<SMALL>(bits, text, &mut found);
            } else {
                lane.scan::<LARGE>(bits, text, &mut found);
            }
        }
    }
}

/// The anchors that are looked for in the same steps.
#[derive(Debug)]
struct Lane<'k> {
    step: usize,
    anchors: Vec<Anchor<'k>>,
    /// The windows of all anchors, by bucket.
    windows: Box<[Window]>,
    /// Where in `windows` which bucket ends.
    ends: Box<[u32]>,
}

#[derive(Debug)]
struct LaneBits {
    /// A bit for each hash of a window.
    windows: Box<[u32]>,
    /// A bit for each hash of a piece, where anchors have one.
    pieces: Box<[u32]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    key: u32,
    /// The anchor's number times the windows that each has, and which of them it is.
    number: u32,
}

impl<'k> Lane<'k> {
    fn new(step: usize, anchors: Vec<Anchor<'k>>) -> Self {
        let count = anchors.len() * step;
        let mut keys = Vec::with_capacity(count);
        for anchor in &anchors {
            keys.extend(windows(anchor, step));
        }
        let mut ends: Box<[u32]> = vec![0; (count / 2).next_power_of_two().max(2)].into();
        for key in &keys {
            ends[bucket(hash(*key), ends.len())] += 1;
        }
        // Where each begins, for now.
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let mut sorted = vec![Window::default(); count];
        for (number, &key) in (0..).zip(&keys) {
            let end = &mut ends[bucket(hash(key), ends.len())];
            sorted[*end as usize] = Window { key, number };
            *end += 1;
        }
        Self { step, anchors, windows: sorted.into(), ends }
    }

    fn bits(&self, wanted: impl Fn(u32) -> bool) -> LaneBits {
        let mut bits = LaneBits {
            windows: vec![0; if self.windows.len() < FEW { SMALL } else { LARGE }].into(),
            pieces: vec![0; if self.step > 1 { SMALL } else { 0 }].into(),
        };
        for anchor in self.anchors.iter().filter(|anchor| wanted(anchor.slot)) {
            windows(anchor, self.step).for_each(|key| set(&mut bits.windows, hash(key)));
            if self.step > 1 {
                let mut piece = [0; PIECE + 1];
                let first = usize::from(anchor.piece);
                piece[..PIECE].copy_from_slice(&anchor.literal[first..first + PIECE]);
                set(&mut bits.pieces, hash_piece(piece));
            }
        }
        bits
    }

    fn scan<const WORDS: usize>(
        &self,
        bits: &LaneBits,
        text: &[u8],
        found: &mut impl FnMut(Range<usize>, u32),
    ) {
        let pieces: Option<&[u32; SMALL]> = (&*bits.pieces).try_into().ok();
        let bits: &[u32; WORDS] = (&*bits.windows).try_into().expect("the table has this size");
        let mut marks = [[0; 8]; AT_ONCE / 64];
        // Windows stand one behind the other; where every place is looked at, so do those that begin
        // between them.
        for offset in (0..WINDOW.min(text.len())).step_by(self.step) {
            let parts = text[offset..].chunks(WINDOW * AT_ONCE);
            for (part, start) in parts.zip((offset..).step_by(WINDOW * AT_ONCE)) {
                let marks = mark(bits, part, &mut marks);
                for (marks, start) in marks.iter().zip((start..).step_by(64 * WINDOW)) {
                    let mut marks = u64::from_le_bytes(*marks);
                    while marks != 0 {
                        let at = start + marks.trailing_zeros() as usize * WINDOW;
                        marks &= marks - 1;
                        if pieces.is_none_or(|pieces| may_stand(pieces, text, at)) {
                            self.compare(text, at, found);
                        }
                    }
                }
            }
        }
    }

    /// Compares the anchors that have the window at `at`.
    #[cold]
    fn compare(&self, text: &[u8], at: usize, found: &mut impl FnMut(Range<usize>, u32)) {
        let Some(window) = text[at..].first_chunk() else { return };
        let key = key(*window);
        let bucket = bucket(hash(key), self.ends.len());
        let start = bucket.checked_sub(1).map_or(0, |before| self.ends[before]);
        let windows = &self.windows[start as usize..self.ends[bucket] as usize];
        for window in windows.iter().filter(|window| window.key == key) {
            let number = window.number as usize;
            let anchor = &self.anchors[number / self.step];
            let offset = usize::from(anchor.piece) + number % self.step;
            let Some(start) = at.checked_sub(offset) else { continue };
            let place = start..start + anchor.literal.len();
            if text.get(place.clone()).is_some_and(|t| t.eq_ignore_ascii_case(anchor.literal)) {
                found(place, anchor.slot);
            }
        }
    }
}

/// The keys of the windows by which an anchor is known: one for each place of a step.
fn windows(anchor: &Anchor<'_>, step: usize) -> impl Iterator<Item = u32> {
    let windows = anchor.literal[usize::from(anchor.piece)..].windows(WINDOW).take(step);
    windows.map(|window| key(*window.first_chunk().expect("it is one")))
}

/// Whether the piece of an anchor may stand around the window at `at`.
#[inline]
fn may_stand(pieces: &[u32; SMALL], text: &[u8], at: usize) -> bool {
    // All of the pieces that have the window, and the byte behind the last.
    const AROUND: usize = PIECE + STEP;
    let around = at.checked_sub(STEP - 1).and_then(|start| text[start..].first_chunk::<AROUND>());
    // Near an end of the text the anchors are compared.
    around.is_none_or(|around| {
        let mut places = around.windows(PIECE + 1).take(STEP);
        places.any(|place| {
            is_set(pieces, hash_piece(*place.first_chunk().expect("one more than a piece")))
        })
    })
}

/// Of a piece, as [`hash`] is of a window; the byte behind it does not matter.
fn hash_piece(piece: [u8; PIECE + 1]) -> u32 {
    let bytes = (u64::from_le_bytes(piece) | 0x2020_2020_2020_2020) << 8;
    (bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

fn bucket(hash: u32, buckets: usize) -> usize {
    (hash >> (32 - buckets.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule::anchor;

    fn found(literals: &[&str], text: &[u8]) -> Vec<(usize, u32)> {
        let anchors: Vec<anchor::Anchor> =
            literals.iter().map(|literal| anchor::Anchor::new(literal.as_bytes())).collect();
        let anchors = anchors.iter().enumerate().map(|(slot, anchor)| Anchor {
            literal: &anchor.literal,
            piece: anchor.piece,
            slot: slot as u32,
        });
        let mut places = Vec::new();
        Prefilter::new(anchors.collect())
            .scan(text, |place, slot| places.push((place.start, slot)));
        places.sort_unstable();
        places
    }

    #[test]
    fn anchors_are_found_in_any_case_and_place() {
        let literals = ["nodedown", "down", "no space left", "zzzz"];
        assert_eq!(found(&literals, b"NodeDown"), [(0, 0), (4, 1)]);
        assert_eq!(found(&literals, b"x: No space left"), [(3, 2)]);
        assert_eq!(found(&literals, b"no space lef"), []);
        assert_eq!(found(&literals, b"zzzzz"), [(0, 3), (1, 3)]);
        assert_eq!(found(&literals, b""), []);
    }

    proptest! {
        /// Against a search at every place.
        #[test]
        fn as_a_plain_search_does(
            literals in prop::collection::vec("[ab .\\[]{4,14}", 1..12),
            text in "[abAB .\\[]{0,300}",
        ) {
            let normal: Vec<_> =
                literals.iter().map(|l| anchor::Anchor::new(l.as_bytes()).literal).collect();
            prop_assume!(normal.iter().all(|l| l.len() >= anchor::SHORTEST));
            let mut plain = Vec::new();
            for at in 0..text.len() {
                for (slot, literal) in normal.iter().enumerate() {
                    let here = text.as_bytes().get(at..at + literal.len());
                    if here.is_some_and(|here| here.eq_ignore_ascii_case(literal)) {
                        plain.push((at, slot as u32));
                    }
                }
            }
            let literals: Vec<&str> = literals.iter().map(String::as_str).collect();
            prop_assert_eq!(found(&literals, text.as_bytes()), plain);
        }
    }
}
