//! What every match of a pattern must contain: the literals that wake it, found in its syntax tree.
//!
//! Anchors are in *normal form*: ASCII lower case, and each run of white space is one blank. The
//! scan looks for them in a text of that form, so `(?i)` needs nothing special, and `\s+` between
//! words is a part of the literal.

use std::collections::HashMap;
use std::sync::OnceLock;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Serialize};

use super::template::is_safe;

/// The shortest literal that may wake a pattern, in bytes.
pub const SHORTEST: usize = 4;

/// A literal that wakes a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The literal, in normal form.
    pub literal: Vec<u8>,
    /// Where in it the piece begins that is looked for first: the one that is rarest in logs.
    pub piece: u8,
}

impl Anchor {
    /// An anchor of a literal, which is brought into normal form.
    ///
    /// ```
    /// use ostack_core::rule::anchor::Anchor;
    /// let anchor = Anchor::new(b"INFO could not\n fetch x_y_z_q");
    /// assert_eq!(anchor.literal, b"info could not fetch x_y_z_q");
    /// assert!(anchor.piece > 12);
    /// ```
    pub fn new(literal: &[u8]) -> Self {
        let mut normal = Vec::with_capacity(literal.len());
        for &byte in literal {
            match is_white(byte) {
                true if normal.last() == Some(&b' ') => {}
                true => normal.push(b' '),
                false => normal.push(byte.to_ascii_lowercase()),
            }
        }
        let (piece, _) = rarest_piece(&normal);
        Self { literal: normal, piece }
    }

    /// What it costs where nothing is wrong, to compare anchors with: how often its piece is met in
    /// usual logs, and, which weighs more, all of it.
    fn cost(&self) -> u32 {
        let met = memchr::memmem::find_iter(usual(), &self.literal).take(10).count();
        rarest_piece(&self.literal).1.saturating_add(20_000 * met as u32)
    }
}

/// How many bytes of a literal are looked at first, at one of several places in it.
pub const WINDOW: usize = 4;
/// How many places of a text are passed at once.
pub const STEP: usize = 4;
/// How many bytes the windows at so many places cover; a literal that is shorter is looked for at
/// every place of a text.
pub const PIECE: usize = WINDOW + STEP - 1;

/// What regular expressions mean by white space (`\s`).
pub fn is_white(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// A window's bytes, as one number in which letters have no case.
pub fn key(window: [u8; WINDOW]) -> u32 {
    u32::from_le_bytes(window) | 0x2020_2020
}

/// Where the piece of a literal begins whose windows are rarest in logs, and how often they are met.
fn rarest_piece(literal: &[u8]) -> (u8, u32) {
    match literal.len() {
        PIECE.. => {
            let costs: Vec<u32> = literal.windows(WINDOW).map(cost).collect();
            let pieces = costs.windows(STEP).map(|piece| piece.iter().sum::<u32>());
            let best = pieces.enumerate().take(256).min_by_key(|(_, cost)| *cost);
            best.map_or((0, u32::MAX), |(at, cost)| (at as u8, cost))
        }
        // Looked for at every place.
        SHORTEST.. => (0, 10_000_000),
        _ => (0, u32::MAX),
    }
}

/// How often a window is met in logs, by what usual ones say and, where they do not have it, by its
/// letters.
fn cost(window: &[u8]) -> u32 {
    static COUNTS: OnceLock<HashMap<&[u8], u32>> = OnceLock::new();
    let counts = COUNTS.get_or_init(|| {
        let mut counts = HashMap::new();
        for window in usual().windows(WINDOW) {
            *counts.entry(window).or_default() += 1;
        }
        counts
    });
    let letters = window.iter().map(|byte| match byte {
        b' ' => 14,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 10,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'f' | b'h' => 7,
        b'0'..=b'9' | b'.' | b':' | b'-' | b'/' | b'_' => 6,
        b'g' | b'b' | b'y' | b'v' | b'w' | b'k' => 4,
        _ => 1,
    });
    counts.get(window).map_or(0, |count| (1000 * count).min(100_000)) + letters.sum::<u32>()
}

/// Lines of logs in which nothing is wrong, in lower case.
fn usual() -> &'static [u8] {
    static USUAL: OnceLock<Vec<u8>> = OnceLock::new();
    USUAL.get_or_init(|| include_bytes!("../../../data/usual.log").to_ascii_lowercase())
}

/// Parses a pattern as the matcher compiles it: bytes, ASCII classes, `^` and `$` at line ends.
///
/// # Errors
/// What the syntax forbids, from the parser.
pub fn parse(regex: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build();
    parser.parse(regex).map_err(Box::new)
}

/// The best set of anchors one of which every match contains, in normal form, or none: those that
/// are rarest in logs.
///
/// ```
/// use ostack_core::rule::anchor::{anchors, parse};
/// let of = |regex| -> Vec<_> {
///     let anchors = anchors(&parse(regex).unwrap()).into_iter();
///     anchors.map(|anchor| String::from_utf8(anchor.literal).unwrap()).collect()
/// };
/// assert_eq!(of(r"Could\s+not start Service\[(?<name>\w+)\]"), ["could not start service["]);
/// assert_eq!(of(r"(?i)error:\s*(nodedown|timeout)x"), [
///     "error: nodedownx", "error: timeoutx", "error:nodedownx", "error:timeoutx"
/// ]);
/// assert!(of(r"\w+ \d+").is_empty());
/// ```
pub fn anchors(hir: &Hir) -> Vec<Anchor> {
    Want::Anchors.required(hir).map_or_else(Vec::new, |set| normal(&set))
}

/// How many bytes in a row every match surely has, white space of any length apart.
///
/// ```
/// use ostack_core::rule::anchor::{letters, parse};
/// assert_eq!(letters(&parse(r"Could\s+not start (?:it|him)\b").unwrap()), 12);
/// ```
pub fn letters(hir: &Hir) -> usize {
    Want::Letters.required(hir).map_or(0, |set| shortest(&set))
}

/// Alternative literals, in ASCII lower case.
type Set = Vec<Vec<u8>>;

fn shortest(set: &Set) -> usize {
    set.iter().map(Vec::len).min().unwrap_or(0)
}

fn normal(set: &Set) -> Vec<Anchor> {
    let mut anchors: Vec<Anchor> = set.iter().map(|literal| Anchor::new(literal)).collect();
    anchors.sort_unstable_by(|a, b| a.literal.cmp(&b.literal));
    anchors.dedup();
    anchors
}

/// What is wanted of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// Long literals as they stand.
    Letters,
    /// Rare ones in normal form.
    Anchors,
}

/// An end of what an expression matches.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Start,
    End,
}

impl Want {
    /// At most so many alternatives are made of parts that follow one another, and of others.
    fn most(self) -> (usize, usize) {
        match self {
            Self::Letters => (24, 24),
            Self::Anchors => (64, 256),
        }
    }

    fn cross(self, left: &Set, right: &Set) -> Option<Set> {
        let small = left.len() * right.len() <= self.most().0;
        small.then(|| {
            left.iter().flat_map(|l| right.iter().map(move |r| [&l[..], r].concat())).collect()
        })
    }

    /// The better of two sets. Of letters the longer shortest literal, then the fewer; of anchors
    /// the rarer.
    fn better(self, a: Option<Set>, b: Option<Set>) -> Option<Set> {
        let (Some(a), Some(b)) = (&a, &b) else { return a.or(b) };
        let second = match self {
            Self::Letters => {
                let worth = |set: &Set| (shortest(set), std::cmp::Reverse(set.len()));
                worth(b) > worth(a)
            }
            Self::Anchors => cost_of(b) < cost_of(a),
        };
        Some(if second { b } else { a }.clone())
    }

    /// Whether a set is of use.
    fn is_fit(self, set: &Set) -> bool {
        match self {
            Self::Letters => shortest(set) > 0,
            Self::Anchors => cost_of(set) < u64::MAX,
        }
    }

    /// All that the expression can match, where that is a small set of literals.
    fn exact(self, hir: &Hir) -> Option<Set> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
            HirKind::Literal(literal) => Some(vec![literal.0.to_ascii_lowercase()]),
            HirKind::Class(_) if self == Self::Anchors && is_blank(hir) => {
                Some(vec![b" ".to_vec()])
            }
            HirKind::Class(Class::Unicode(class)) if self == Self::Anchors => {
                let chars = class.iter().flat_map(|range| range.start()..=range.end());
                let chars: Vec<char> = chars.take(6).collect();
                let literal = |c: &char| c.to_string().into_bytes().to_ascii_lowercase();
                (chars.len() <= 5).then(|| chars.iter().map(literal).collect())
            }
            HirKind::Class(class) => {
                let Class::Bytes(class) = class else { return None };
                let mut bytes: Vec<u8> = Vec::new();
                for range in class.ranges() {
                    if range.end() - range.start() > 8 {
                        return None;
                    }
                    bytes.extend((range.start()..=range.end()).map(|b| b.to_ascii_lowercase()));
                }
                bytes.sort_unstable();
                bytes.dedup();
                (bytes.len() <= 5).then(|| bytes.into_iter().map(|b| vec![b]).collect())
            }
            HirKind::Capture(capture) => self.exact(&capture.sub),
            HirKind::Concat(parts) => parts
                .iter()
                .try_fold(vec![Vec::new()], |set, part| self.cross(&set, &self.exact(part)?)),
            HirKind::Alternation(parts) => {
                let sets: Option<Vec<Set>> = parts.iter().map(|part| self.exact(part)).collect();
                let all: Set = sets?.into_iter().flatten().collect();
                (all.len() <= self.most().0).then_some(all)
            }
            HirKind::Repetition(repetition) => {
                let (sub, min, max) = (&repetition.sub, repetition.min, repetition.max);
                let anchors = self == Self::Anchors;
                if anchors && is_blank(sub) {
                    let blank = vec![b" ".to_vec()];
                    return Some(if min > 0 { blank } else { [vec![Vec::new()], blank].concat() });
                }
                match (min, max) {
                    (1, Some(1)) => self.exact(sub),
                    (0, Some(1)) if anchors => {
                        let mut set = self.exact(sub)?;
                        set.push(Vec::new());
                        Some(set)
                    }
                    _ => None,
                }
            }
        }
    }

    /// Literals one of which every match ends with, or begins with; it may be the empty one.
    fn edge(self, hir: &Hir, edge: Edge) -> Set {
        let nothing = || vec![Vec::new()];
        if self == Self::Letters {
            return nothing();
        }
        if let Some(exact) = self.exact(hir) {
            return exact;
        }
        match hir.kind() {
            HirKind::Capture(capture) => self.edge(&capture.sub, edge),
            HirKind::Repetition(repetition) if repetition.min >= 1 => {
                self.edge(&repetition.sub, edge)
            }
            HirKind::Concat(parts) => {
                let mut whole = nothing();
                let mut add = |part: &Hir| {
                    let exact = self.exact(part);
                    let is_exact = exact.is_some();
                    let set = exact.unwrap_or_else(|| self.edge(part, edge));
                    let longer = match edge {
                        Edge::Start => self.cross(&whole, &set),
                        Edge::End => self.cross(&set, &whole),
                    };
                    let Some(longer) = longer else { return false };
                    whole = longer;
                    is_exact
                };
                match edge {
                    Edge::Start => parts.iter().all(&mut add),
                    Edge::End => parts.iter().rev().all(&mut add),
                };
                whole
            }
            HirKind::Alternation(parts) => {
                let all: Set = parts.iter().flat_map(|part| self.edge(part, edge)).collect();
                if all.len() <= self.most().0 { all } else { nothing() }
            }
            _ => nothing(),
        }
    }

    /// The best set of literals one of which every match contains.
    fn required(self, hir: &Hir) -> Option<Set> {
        match hir.kind() {
            HirKind::Capture(capture) => self.required(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min >= 1 => {
                let once = self.required(&repetition.sub);
                if once.is_some() { once } else { self.exact(hir) }
            }
            HirKind::Concat(parts) => {
                let mut best = None;
                let mut run: Set = vec![Vec::new()];
                for part in parts {
                    let exact = self.exact(part);
                    if let Some(longer) = exact.as_ref().and_then(|set| self.cross(&run, set)) {
                        run = longer;
                        continue;
                    }
                    let ended = std::mem::replace(&mut run, self.edge(part, Edge::End));
                    let longer = self.cross(&ended, &self.edge(part, Edge::Start));
                    for set in [Some(ended), longer] {
                        best = self.better(best, set.filter(|set| self.is_fit(set)));
                    }
                    match exact {
                        Some(set) => run = set,
                        None => best = self.better(best, self.required(part)),
                    }
                }
                self.better(best, Some(run).filter(|set| self.is_fit(set)))
            }
            HirKind::Alternation(parts) => {
                let sets: Option<Vec<Set>> = parts.iter().map(|part| self.required(part)).collect();
                let all: Set = sets?.into_iter().flatten().collect();
                (all.len() <= self.most().1).then_some(all)
            }
            _ => self.exact(hir),
        }
        .filter(|set| self.is_fit(set))
    }
}

/// How often the anchors of a set are met in logs; those that are too short are no anchors.
fn cost_of(set: &Set) -> u64 {
    let costs = normal(set).into_iter().map(|anchor| match anchor.literal.len() {
        SHORTEST.. => u64::from(anchor.cost()),
        _ => u64::MAX,
    });
    costs.fold(0, u64::saturating_add)
}

/// Whether it matches one byte of white space, whichever.
fn is_blank(hir: &Hir) -> bool {
    let HirKind::Class(Class::Bytes(class)) = hir.kind() else { return hir_is_white(hir) };
    class.ranges().iter().all(|range| (range.start()..=range.end()).all(is_white))
}

fn hir_is_white(hir: &Hir) -> bool {
    matches!(hir.kind(), HirKind::Literal(literal) if literal.0.iter().copied().all(is_white))
}

/// The named captures of an expression, and whether all that each can match is safe in a command.
pub fn captures(hir: &Hir) -> Vec<(String, bool)> {
    fn walk(hir: &Hir, found: &mut Vec<(String, bool)>) {
        match hir.kind() {
            HirKind::Capture(capture) => {
                if let Some(name) = &capture.name {
                    found.push((name.to_string(), safe(&capture.sub)));
                }
                walk(&capture.sub, found);
            }
            HirKind::Repetition(repetition) => walk(&repetition.sub, found),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => {
                for part in parts {
                    walk(part, found);
                }
            }
            HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(hir, &mut found);
    found
}

fn safe(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().copied().all(is_safe),
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().all(|r| (r.start()..=r.end()).all(is_safe))
        }
        HirKind::Class(Class::Unicode(_)) => false,
        HirKind::Repetition(repetition) => safe(&repetition.sub),
        HirKind::Capture(capture) => safe(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(safe),
    }
}
