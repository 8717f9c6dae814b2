//! What Python's `int()` and `float()` accept.

/// The value of what `int()` accepts; one that is out of reach saturates.
pub(super) fn integer(text: &str) -> Option<i64> {
    let text = plain(text)?;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.parse().unwrap_or(i64::MAX);
    Some(if negative { -value } else { value })
}

/// Whether `float()` accepts it.
pub(super) fn is_float(text: &str) -> bool {
    let Some(text) = plain(text) else {
        return false;
    };
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if matches!(text, "inf" | "infinity" | "nan") {
        return true;
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    digits(whole)
        && digits(part)
        && !(whole.is_empty() && part.is_empty())
        && !exponent.is_empty()
        && digits(exponent)
}

/// Without the blanks around it and the underscores between digits, and with ASCII digits.
fn plain(text: &str) -> Option<String> {
    let text = super::Dialect::Python3.strip(text);
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().map(ascii_digit).peekable();
    while let Some(c) = chars.next() {
        if c != '_' {
            plain.push(c);
        } else if !plain.ends_with(|c: char| c.is_ascii_digit())
            || !chars.peek().is_some_and(char::is_ascii_digit)
        {
            return None;
        }
    }
    Some(plain)
}

/// A decimal digit of any script as its ASCII twin; other characters as they are.
fn ascii_digit(c: char) -> char {
    let code = u32::from(c);
    let at = ZEROS.partition_point(|zero| *zero <= code);
    let digit = at.checked_sub(1).and_then(|at| Some(code - ZEROS.get(at)?));
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)
}

/// The zeros of all scripts (Unicode 14, category Nd); each begins a run of ten.
#[rustfmt::skip]
const ZEROS: [u32; 66] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
    0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50,
    0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450,
    0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950,
    0x1FBF0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_pythons() {
        for (text, value) in [(" 7 ", 7), ("1_000", 1000), ("-0", 0), ("+٣٤", 34), ("００", 0)]
        {
            assert_eq!(integer(text), Some(value), "{text}");
        }
        assert_eq!(integer("99999999999999999999999"), Some(i64::MAX));
        for text in ["", "1.0", "0x10", "1__0", "_1", "1_", "+-1", "1 0", "²"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn floats_are_pythons() {
        for text in ["1", " 1.5 ", "1e3", "1.", ".5", "-1E-3", "nan", "+Infinity", "1_0.0_1", "٣.٤"]
        {
            assert!(is_float(text), "{text}");
        }
        for text in ["", ".", "e3", "1e", "1_.5", "0x1", "1,5", "in", "1e+", "--1"] {
            assert!(!is_float(text), "{text}");
        }
    }
}
