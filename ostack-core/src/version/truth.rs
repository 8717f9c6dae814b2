//! Three-valued truth: what facts say, where facts may be missing.

use std::ops::{BitAnd, BitOr, Not};

/// True, false, or not known from the facts at hand.
///
/// `&`, `|` and `!` are Kleene's: an unknown matters only where it could change the answer.
///
/// ```
/// use ostack_core::version::Truth::{self, False, True, Unknown};
/// assert_eq!(True & Unknown, Unknown);
/// assert_eq!(False & Unknown, False);
/// assert_eq!(True | Unknown, True);
/// assert_eq!(!Unknown, Unknown);
/// assert_eq!(Truth::from(2 > 1), True);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// Known to be false.
    False,
    /// Not known.
    Unknown,
    /// Known to be true.
    True,
}

impl Truth {
    /// What several possible worlds agree on; unknown where they differ, or where there is none.
    ///
    /// ```
    /// use ostack_core::version::Truth;
    /// assert_eq!(Truth::agreed([true, true]), Truth::True);
    /// assert_eq!(Truth::agreed([true, false]), Truth::Unknown);
    /// ```
    pub fn agreed(worlds: impl IntoIterator<Item = bool>) -> Self {
        let mut worlds = worlds.into_iter();
        match worlds.next() {
            Some(first) if worlds.all(|other| other == first) => first.into(),
            _ => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }
}

impl BitAnd for Truth {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.min(other)
    }
}

impl BitOr for Truth {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}
