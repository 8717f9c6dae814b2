//! Finds which anchors stand in a text, in one pass that looks at few of its bytes.
//!
//! The text is looked at once in [`STEP`] bytes. Of each anchor a piece is known by the windows at as
//! many neighbouring places, so that one of them is met wherever the anchor begins. A bit for each
//! hash of a window says whether a closer look is worth it, and only that compares. Building takes
//! microseconds for thousands of anchors, and their number hardly shows in a scan.

use std::ops::Range;

use crate::rule::anchor::{STEP, WINDOW, key};

/// How many places of the text are looked at before a branch.
const AT_ONCE: usize = 8;
/// Words of the bit table: 64 KiB, and 512 KiB for very many windows.
const SMALL: usize = 1 << 13;
const LARGE: usize = 1 << 16;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor<'k> {
    /// In normal form, and of at least [`WINDOW`] bytes.
    pub(super) literal: &'k [u8],
    /// Where its rarest piece begins.
    pub(super) piece: u8,
    /// What it wakes.
    pub(super) slot: u32,
}

/// The anchors of a knowledge base.
#[derive(Debug)]
pub(super) struct Prefilter<'k> {
    /// Those that are long enough to be looked for in steps, and the others.
    lanes: [Lane<'k>; 2],
}

impl<'k> Prefilter<'k> {
    pub(super) fn new(anchors: impl Iterator<Item = Anchor<'k>>) -> Self {
        let (long, short) = anchors.partition(|anchor| anchor.literal.len() > WINDOW);
        Self { lanes: [Lane::new(STEP, long), Lane::new(1, short)] }
    }

    /// The anchors that are so short that every place of a text must be looked at.
    #[cfg(test)]
    pub(super) fn slow(&self) -> impl Iterator<Item = &'k [u8]> {
        self.lanes[1].anchors.iter().map(|anchor| anchor.literal)
    }

    /// Calls `found` with the place and the slot of each anchor that stands in the text, as often as
    /// it does. White space in the text must be in normal form; letters need not be.
    pub(super) fn scan(&self, text: &[u8], mut found: impl FnMut(Range<usize>, u32)) {
        for lane in self.lanes.iter().filter(|lane| !lane.anchors.is_empty()) {
            match (lane.step, lane.bits.len()) {
                (STEP, SMALL) => lane.scan::<STEP, SMALL>(text, &mut found),
                (STEP, _) => lane.scan::<STEP, LARGE>(text, &mut found),
                (_, SMALL) => lane.scan::<1, SMALL>(text, &mut found),
                (_, _) => lane.scan::<1, LARGE>(text, &mut found),
            }
        }
    }
}

/// The anchors that are looked for in the same steps.
#[derive(Debug)]
struct Lane<'k> {
    step: usize,
    /// A bit for each hash of a window.
    bits: Box<[u64]>,
    /// The first window of each bucket, plus one.
    buckets: Box<[u32]>,
    windows: Vec<Window>,
    anchors: Vec<Anchor<'k>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    key: u32,
    /// Where it begins in the literal, or just before it.
    at: i32,
    /// The window of the literal beside it, before or behind, where there is one: most of what has
    /// the one does not have the other.
    beside: Option<(i32, u32)>,
    anchor: u32,
    /// The next one of its bucket, plus one.
    next: u32,
}

#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "places in a short literal")]
impl<'k> Lane<'k> {
    fn new(step: usize, anchors: Vec<Anchor<'k>>) -> Self {
        let mut windows = Vec::with_capacity(anchors.len() * step);
        for (index, anchor) in (0..).zip(&anchors) {
            let length = anchor.literal.len();
            // A literal of 5 or 6 bytes has fewer windows of its own than steps: one at an end of
            // it goes a byte beyond, whatever that is.
            let first = if step > 1 && length == 5 { -1 } else { i32::from(anchor.piece) };
            for at in first..first + step as i32 {
                let byte =
                    |i: i32| usize::try_from(at + i).ok().and_then(|i| anchor.literal.get(i));
                let mut window = [0, 1, 2, 3].map(|i| byte(i).copied().unwrap_or(0));
                let beside = [at + 4, at - 4].into_iter().find_map(|at| {
                    let at = usize::try_from(at).ok()?;
                    let window = anchor.literal.get(at..at + WINDOW)?.first_chunk()?;
                    Some((at as i32, key(*window)))
                });
                let beside = beside.map(|(other, key)| (other - at, key));
                let mut add = |window| {
                    windows.push(Window { key: key(window), at, beside, anchor: index, next: 0 });
                };
                match (0..4).find(|&i| byte(i).is_none()) {
                    None => add(window),
                    Some(unknown) => {
                        for any in (0..=u8::MAX).filter(|any| any & 0x20 != 0) {
                            window[unknown as usize] = any;
                            add(window);
                        }
                    }
                }
            }
        }
        let mut bits: Box<[u64]> = match windows.len() {
            0 => Box::default(),
            1..=0x4000 => vec![0; SMALL].into(),
            _ => vec![0; LARGE].into(),
        };
        let mut buckets: Box<[u32]> = vec![0; windows.len().next_power_of_two().max(2)].into();
        for (number, window) in (1..).zip(&mut windows) {
            let hash = hash(window.key);
            let bit = bit(hash, bits.len());
            bits[bit / 64] |= 1 << (bit % 64);
            window.next = std::mem::replace(&mut buckets[bucket(hash, buckets.len())], number);
        }
        Self { step, bits, buckets, windows, anchors }
    }

    fn scan<const STEP: usize, const WORDS: usize>(
        &self,
        text: &[u8],
        found: &mut impl FnMut(Range<usize>, u32),
    ) {
        let bits: &[u64; WORDS] = (&*self.bits).try_into().expect("the table has this size");
        let mut at = 0;
        while let Some(part) = text.get(at..at + STEP * (AT_ONCE - 1) + WINDOW) {
            let mut seen = 0_u32;
            for i in 0..AT_ONCE {
                let window = part[i * STEP..].first_chunk().expect("the part is long enough");
                let bit = bit(hash(key(*window)), WORDS);
                seen |= ((bits[bit / 64] >> (bit % 64)) as u32 & 1) << i;
            }
            while seen != 0 {
                let at = at + seen.trailing_zeros() as usize * STEP;
                self.compare(text, at, part_at(text, at), found);
                seen &= seen - 1;
            }
            at += STEP * AT_ONCE;
        }
        while at < text.len() {
            self.compare(text, at, part_at(text, at), found);
            at += STEP;
        }
    }

    /// Compares the anchors that have the window at `at`.
    #[cold]
    fn compare(
        &self,
        text: &[u8],
        at: usize,
        window: [u8; WINDOW],
        found: &mut impl FnMut(Range<usize>, u32),
    ) {
        let key = key(window);
        let mut next = self.buckets[bucket(hash(key), self.buckets.len())];
        while next != 0 {
            let window = self.windows[next as usize - 1];
            next = window.next;
            if window.key != key || !window.beside.is_none_or(|beside| stands(text, at, beside)) {
                continue;
            }
            let anchor = &self.anchors[window.anchor as usize];
            let Some(start) = at.checked_add_signed(-window.at as isize) else { continue };
            let place = start..start + anchor.literal.len();
            if text.get(place.clone()).is_some_and(|t| t.eq_ignore_ascii_case(anchor.literal)) {
                found(place, anchor.slot);
            }
        }
    }
}

/// Whether a window stands so far before or behind `at`.
fn stands(text: &[u8], at: usize, (offset, wanted): (i32, u32)) -> bool {
    let start = at.checked_add_signed(offset as isize);
    let window = start.and_then(|start| text.get(start..start + WINDOW)?.first_chunk());
    window.is_some_and(|window| key(*window) == wanted)
}

/// The window at `at`; behind the end of the text it is filled up.
fn part_at(text: &[u8], at: usize) -> [u8; WINDOW] {
    let mut window = [b' '; WINDOW];
    let there = &text[at..text.len().min(at + WINDOW)];
    window[..there.len()].copy_from_slice(there);
    window
}

/// A multiplication: its upper bits differ for windows that are alike.
fn hash(key: u32) -> u32 {
    key.wrapping_mul(0x9E37_79B1)
}

/// The bit of a hash in a table of so many words, a power of two.
fn bit(hash: u32, words: usize) -> usize {
    (hash >> (26 - words.trailing_zeros())) as usize
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
        Prefilter::new(anchors).scan(text, |place, slot| places.push((place.start, slot)));
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
