//! Finds which anchors stand in a text, without an automaton to build: a window of four bytes of each
//! anchor, its rarest, is looked for, and only where it stands the whole anchor is compared.
//!
//! Building takes microseconds for thousands of anchors, and a text is scanned once, whatever their
//! number.

use crate::rule::anchor::{WINDOW, rarest_window};

/// The number of bits that tell which windows are worth a look: 32 KiB, which stays in a core's cache.
const BITS: u32 = 18;

/// The anchors of a knowledge base.
#[derive(Debug)]
pub(super) struct Prefilter<'k> {
    /// A bit for each hash of a window.
    bits: Vec<u64>,
    /// The anchors by the window that is looked for, sorted by it.
    anchors: Vec<Anchor<'k>>,
}

#[derive(Debug, Clone, Copy)]
struct Anchor<'k> {
    window: u32,
    /// Where in the literal the window ends.
    end: usize,
    literal: &'k [u8],
    slot: usize,
}

impl<'k> Prefilter<'k> {
    /// Of literals in ASCII lower case, each of at least [`WINDOW`] bytes, with the slots they wake.
    pub(super) fn new(literals: impl Iterator<Item = (&'k [u8], usize)>) -> Self {
        let mut bits = vec![0_u64; 1 << (BITS - 6)];
        let mut anchors: Vec<Anchor<'k>> = literals
            .map(|(literal, slot)| {
                let start = rarest_window(literal);
                let end = start + WINDOW;
                let window =
                    literal[start..end].iter().fold(0, |key, &byte| key << 8 | u32::from(byte));
                Anchor { window, end, literal, slot }
            })
            .collect();
        anchors.sort_unstable_by_key(|anchor| anchor.window);
        for anchor in &anchors {
            let hash = hash(anchor.window);
            bits[hash / 64] |= 1 << (hash % 64);
        }
        Self { bits, anchors }
    }

    /// Calls `found` with the slot of each anchor that stands in the text, as often as it does.
    pub(super) fn scan(&self, text: &[u8], mut found: impl FnMut(usize)) {
        let mut window = 0_u32;
        for (at, byte) in text.iter().enumerate() {
            window = window << 8 | u32::from(byte.to_ascii_lowercase());
            let hash = hash(window);
            if self.bits[hash / 64] & 1 << (hash % 64) != 0 {
                self.confirm(text, at + 1, window, &mut found);
            }
        }
    }

    #[cold]
    fn confirm(&self, text: &[u8], end: usize, window: u32, found: &mut impl FnMut(usize)) {
        let first = self.anchors.partition_point(|anchor| anchor.window < window);
        let same = self.anchors[first..].iter().take_while(|anchor| anchor.window == window);
        for anchor in same {
            let Some(start) = end.checked_sub(anchor.end) else { continue };
            let here = text.get(start..start + anchor.literal.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(anchor.literal)) {
                found(anchor.slot);
            }
        }
    }
}

/// The upper bits of a multiplication: neighbouring windows fall far apart.
fn hash(window: u32) -> usize {
    (window.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(literals: &[&str], text: &str) -> Vec<usize> {
        let literals =
            literals.iter().enumerate().map(|(slot, literal)| (literal.as_bytes(), slot));
        let mut slots = Vec::new();
        Prefilter::new(literals).scan(text.as_bytes(), |slot| slots.push(slot));
        slots.sort_unstable();
        slots
    }

    #[test]
    fn anchors_are_found_in_any_case_and_place() {
        let literals = ["nodedown", "down", "no space left", "zzzz"];
        assert_eq!(found(&literals, "NodeDown"), [0, 1]);
        assert_eq!(found(&literals, "x: No space left"), [2]);
        assert_eq!(found(&literals, "no space lef"), [] as [usize; 0]);
        assert_eq!(found(&literals, "zzzzz"), [3, 3]);
        assert_eq!(found(&literals, ""), [] as [usize; 0]);
    }
}
