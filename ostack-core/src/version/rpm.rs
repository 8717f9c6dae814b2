//! rpm: `[epoch:]version[-release]`, ordered as librpm orders it.

use super::range::Range;
use super::unexpected;
use crate::error::Result;

/// Epoch, version and release as one byte string that sorts as librpm's `rpmverCmp` does, in which a
/// missing epoch is 0 and a missing release comes before any: the epoch in four bytes, the version's
/// key, and what is known of the release.
///
/// The order has places between versions too: without a release, the key is just under every
/// release of the version, and [`Evr::above`] just over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Evr(Vec<u8>);

/// No release; it is the last byte.
const MISSING: u8 = 0;
/// The release's key follows.
const IS: u8 = 1;
/// The place after all releases; it is the last byte.
const AFTER_ALL: u8 = 2;

impl Evr {
    /// Reads a version as librpm's `parseEVR` does: the epoch is digits before a colon, the
    /// release is what follows the last hyphen.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut evr = Self::parse_in(text, 0)?;
        // In an order, a release that is there and empty comes after a missing one.
        if text.ends_with('-') {
            evr.0.pop();
            evr.0.push(IS);
            push_key(&mut evr.0, "");
        }
        Ok(evr)
    }

    /// Reads the version that starts at byte `start` of `text`, so that errors show all of it. To a
    /// dependency an empty release is a missing one.
    pub(super) fn parse_in(text: &str, start: usize) -> Result<Self> {
        let evr = &text[start..];
        let stray = |c: char| c.is_whitespace() || c.is_control() || "<>=,".contains(c);
        // Most versions are plain ASCII, which is quicker to look through.
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'=' | b'>' | b',');
        let strange = if evr.bytes().all(plain) { None } else { evr.find(stray) };
        if let Some(at) = strange {
            let expected = if at == 0 { "a version" } else { "the end of the version" };
            let error = unexpected(expected, text, start + at..text.len());
            return Err(if at == 0 { error } else { error.help(WITHOUT_BLANKS) });
        }
        let digits = evr.bytes().take_while(u8::is_ascii_digit).count();
        let (epoch, rest) = match evr[digits..].strip_prefix(':') {
            Some(rest) if digits == 0 => (0, rest),
            Some(rest) => match evr[..digits].parse() {
                Ok(epoch) => (epoch, rest),
                Err(_) => {
                    return Err(unexpected("an epoch below 2^32", text, start..start + digits));
                }
            },
            None => (0, evr),
        };
        let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
        if version.is_empty() {
            return Err(unexpected("a version", text, text.len() - rest.len()..text.len()));
        }
        Ok(Self::new(epoch, version, release))
    }

    /// From its parts; an empty release is a missing one.
    pub(super) fn new(epoch: u32, version: &str, release: &str) -> Self {
        let mut key = Vec::with_capacity(2 * (version.len() + release.len()) + 32);
        key.extend(epoch.to_be_bytes());
        push_key(&mut key, version);
        if release.is_empty() {
            key.push(MISSING);
        } else {
            key.push(IS);
            push_key(&mut key, release);
        }
        Self(key)
    }

    pub(super) fn epoch(&self) -> u32 {
        self.0.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
    }

    /// Just over every version that an `=` of this one allows: with a release that is the next
    /// key, without one it is the place after all releases.
    pub(super) fn above(&self) -> Self {
        let mut above = self.0.clone();
        match above.last_mut() {
            // No release's key ends so: it ends with `END`.
            Some(last) if *last == MISSING => *last = AFTER_ALL,
            // No key lies between a key and the same key with a zero byte after it.
            _ => above.push(0),
        }
        Self(above)
    }

    /// All that `=` allows: this version, and without a release all its releases.
    pub(super) fn equal(&self) -> Range<Self> {
        Range::between(self.clone(), self.above())
    }
}

const WITHOUT_BLANKS: &str = "a version is `[epoch:]version[-release]`, without blanks; two constraints \
                              at once are a rich dependency: `(a >= 1 with a < 2)`";

/// Adds a byte string that sorts as librpm's `rpmvercmp` sorts `text`, and is equal where it says
/// equal. None is the beginning of another, so what follows does not change the order.
///
/// A version is a row of segments: runs of digits, runs of letters, `~` and `^`; any other byte
/// only separates. Where two rows differ, `~` comes first, then the end, `^`, letters (as bytes)
/// and digits (as numbers).
fn push_key(key: &mut Vec<u8>, text: &str) {
    const TILDE: u8 = 1;
    const END: u8 = 2;
    const CARET: u8 = 3;
    const LETTERS: u8 = 4;
    const DIGITS: u8 = 5;

    let mut rest = text.as_bytes();
    while let Some(&first) = rest.first() {
        let run = match first {
            b'0'..=b'9' => rest.iter().take_while(|b| b.is_ascii_digit()).count(),
            b'a'..=b'z' | b'A'..=b'Z' => {
                rest.iter().take_while(|b| b.is_ascii_alphabetic()).count()
            }
            _ => 1,
        };
        let (segment, after) = rest.split_at(run);
        rest = after;
        match first {
            b'~' => key.push(TILDE),
            b'^' => key.push(CARET),
            b'0'..=b'9' => {
                let zeros = segment.iter().take_while(|b| **b == b'0').count();
                let number = &segment[zeros..];
                key.push(DIGITS);
                key.extend(u32::try_from(number.len()).unwrap_or(u32::MAX).to_be_bytes());
                key.extend(number);
            }
            _ if first.is_ascii_alphabetic() => {
                key.push(LETTERS);
                key.extend(segment);
                key.push(0);
            }
            _ => {}
        }
    }
    key.push(END);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_sort_as_rpmvercmp() {
        let sort_key = |text| {
            let mut key = Vec::new();
            push_key(&mut key, text);
            key
        };
        let ordered = ["1.0~rc1", "1.0", "1.0^git1", "1.0a", "1.0b", "1.0.1", "1.2", "1.10", "2"];
        assert!(ordered.windows(2).all(|pair| sort_key(pair[0]) < sort_key(pair[1])));
        assert_eq!(sort_key("1.0"), sort_key("01_00+"));
    }

    #[test]
    fn the_epoch_is_digits_before_a_colon() {
        assert_eq!(Evr::parse(":1.0").unwrap(), Evr::parse("0:1.0").unwrap());
        assert_eq!(Evr::parse("a:1").unwrap(), Evr::parse("a.1").unwrap());
        assert_eq!(Evr::parse("7:1").unwrap().epoch(), 7);
        assert!(Evr::parse("1.0-").unwrap() > Evr::parse("1.0").unwrap());
        assert_eq!(Evr::parse_in("1.0-", 0).unwrap(), Evr::parse("1.0").unwrap());
    }

    #[test]
    fn errors_say_where() {
        let error = |text| Evr::parse(text).unwrap_err().to_string();
        assert_eq!(
            error("1.0 1"),
            "1:4: expected the end of the version, but found ` 1`\n  | 1.0 1\n  |    ^^\n  help: a \
             version is `[epoch:]version[-release]`, without blanks; two constraints at once are a \
             rich dependency: `(a >= 1 with a < 2)`"
        );
        assert_eq!(error(""), "1:1: expected a version, but found nothing\n  | \n  | ^");
        assert_eq!(error("1:-2"), "1:3: expected a version, but found `-2`\n  | 1:-2\n  |   ^^");
        assert_eq!(
            error("99999999999:1"),
            "1:1: expected an epoch below 2^32, but found `99999999999`\n  | 99999999999:1\n  | \
             ^^^^^^^^^^^"
        );
    }
}
