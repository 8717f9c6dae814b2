//! Text in normal form: each run of white space as one blank.
//!
//! Most lines of most logs are in it as they stand; only the others are copied.

use crate::rule::anchor::is_white;

/// The next place at or after `from` that is not in normal form for sure: two bytes of white space in
/// a row, or a control character. A lone line end is passed.
pub(super) fn irregular(text: &[u8], from: usize) -> Option<usize> {
    const AT_ONCE: usize = 64;
    #[allow(clippy::needless_bitwise_bool, reason = "without branches it is done in vectors")]
    let is_odd = |a: u8, b: u8| (a <= b' ') & (b <= b' ') | (a < b' ') & (a != b'\n');
    let mut at = from;
    while let Some(part) = text.get(at..=at + AT_ONCE) {
        let odd = part.windows(2).fold(false, |odd, pair| odd | is_odd(pair[0], pair[1]));
        if odd {
            break;
        }
        at += AT_ONCE;
    }
    (at..text.len()).find(|&i| is_odd(text[i], text.get(i + 1).copied().unwrap_or(b'x')))
}

/// Adds `text` to `normal`, in normal form.
pub(super) fn push(text: &[u8], normal: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(blank) = rest.iter().position(|&byte| is_white(byte)) {
        normal.extend_from_slice(&rest[..blank]);
        normal.push(b' ');
        let run = rest[blank..].iter().position(|&byte| !is_white(byte));
        rest = &rest[run.map_or(rest.len(), |run| blank + run)..];
    }
    normal.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_white_space_become_blanks() {
        let mut normal = Vec::new();
        push(b"\n a  b\tc d\x0b", &mut normal);
        assert_eq!(normal, b" a b c d ");
    }

    #[test]
    fn places_that_are_not_normal_are_found() {
        let line = "a line of words and blanks\n".repeat(20);
        for (odd, at) in [("  ", 1), ("\t", 3), ("\n\n", 400), (" \n", 538), ("\x0c", 539)] {
            let mut text = line.clone();
            text.insert_str(at, odd);
            let first = irregular(text.as_bytes(), 0).unwrap_or_else(|| panic!("{odd:?}"));
            assert!((at.saturating_sub(1)..=at).contains(&first), "{odd:?} {first}");
        }
        assert_eq!(irregular(line.as_bytes(), 0), None);
    }
}
