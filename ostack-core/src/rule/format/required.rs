//! What a text must contain for a pattern to match: literals that are looked for before an expression
//! is compiled, which takes a thousand times as long.

use regex_syntax::hir::{Hir, HirKind};
use serde::{Deserialize, Serialize};

/// Shorter literals stand nearly everywhere.
const SHORTEST: usize = 3;

/// Literals, as they stand in the text, without which an expression does not match.
///
/// ```
/// use ostack_core::rule::anchor::parse;
/// use ostack_core::rule::required::Required;
/// let expression = parse(r"Connection to (?<host>\S+) (?:refused|timed out)").unwrap();
/// let required = Required::of(&expression);
/// assert!(required.is_in(b"Connection to 192.0.2.1 refused"));
/// assert!(!required.is_in(b"Connection to 192.0.2.1 closed"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Required {
    /// This one.
    Literal(Vec<u8>),
    /// All of these; with none of them, nothing is required.
    All(Vec<Self>),
    /// One of these.
    Any(Vec<Self>),
}

impl Required {
    /// Nothing at all.
    pub const NOTHING: Self = Self::All(Vec::new());

    /// What the matches of an expression have.
    pub fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Literal(literal) if literal.0.len() >= SHORTEST => {
                Self::Literal(literal.0.to_vec())
            }
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min >= 1 => Self::of(&repetition.sub),
            HirKind::Concat(parts) => {
                let parts = parts.iter().map(Self::of).filter(|part| *part != Self::NOTHING);
                let mut parts: Vec<Self> = parts.collect();
                if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) }
            }
            HirKind::Alternation(parts) => {
                let parts: Vec<Self> = parts.iter().map(Self::of).collect();
                if parts.contains(&Self::NOTHING) { Self::NOTHING } else { Self::Any(parts) }
            }
            _ => Self::NOTHING,
        }
    }

    /// Whether a text contains what is required.
    pub fn is_in(&self, text: &[u8]) -> bool {
        match self {
            Self::Literal(literal) => memchr::memmem::find(text, literal).is_some(),
            Self::All(parts) => parts.iter().all(|part| part.is_in(text)),
            Self::Any(parts) => parts.iter().any(|part| part.is_in(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::anchor::parse;

    fn of(regex: &str) -> Required {
        Required::of(&parse(regex).expect("it is an expression"))
    }

    #[test]
    fn what_may_be_left_out_is_not_required() {
        for regex in ["(?:nova)?", "(?i)nova", "[a-z]{4}", "nova|.{4}", "no", "(?:nova){0,3}x"] {
            assert_eq!(of(regex), Required::NOTHING, "{regex}");
        }
        assert!(of("(?:nova)+").is_in(b"a nova"));
        assert!(!of("(?:nova)+").is_in(b"a Nova"));
    }

    #[test]
    fn alternatives_are_told_apart() {
        let required = of(r"host\s+(?<h>\S+)\s+(?:down|(?:not\s+)?found on (?:port|path))");
        assert!(required.is_in(b"host x down"));
        assert!(required.is_in(b"on path: found on x, host"));
        assert!(!required.is_in(b"host x not found on disk"));
        assert!(!required.is_in(b"down"));
    }
}
