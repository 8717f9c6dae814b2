//! What every match of a pattern must contain: the literals that wake it, found in its syntax tree.
//!
//! Everything here is in ASCII lower case, because the automaton that looks for anchors ignores
//! case: a pattern with `(?i)` needs nothing special then.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::template::is_safe;

/// How many bytes of an anchor are looked for first.
pub const WINDOW: usize = 4;
/// The shortest literal that may wake a pattern, in bytes.
pub const SHORTEST: usize = WINDOW;
/// At most so many alternatives wake one pattern.
const MOST: usize = 24;

/// Where the window of a literal begins that is rarest in logs: letters that are common in English
/// and what stands between words weigh most.
///
/// ```
/// use ostack_core::rule::anchor::rarest_window;
/// assert_eq!(&b"could not fetch x_y_z"[rarest_window(b"could not fetch x_y_z")..], b"x_y_z");
/// ```
pub fn rarest_window(literal: &[u8]) -> usize {
    let weight = |byte: &u8| match byte {
        b' ' => 14,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 10,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'f' | b'h' => 7,
        b'0'..=b'9' | b'.' | b':' | b'-' | b'/' | b'_' => 6,
        b'g' | b'b' | b'y' | b'v' | b'w' | b'k' => 4,
        _ => 1,
    };
    let windows = literal.windows(WINDOW).map(|window| window.iter().map(weight).sum::<u32>());
    windows.enumerate().min_by_key(|(_, sum)| *sum).map_or(0, |(start, _)| start)
}

/// Parses a pattern as the matcher compiles it: bytes, ASCII classes, `^` and `$` at line ends.
///
/// # Errors
/// What the syntax forbids, from the parser.
pub fn parse(regex: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build();
    parser.parse(regex).map_err(Box::new)
}

/// The best set of literals one of which every match contains, or none.
///
/// ```
/// use ostack_core::rule::anchor::{literals, parse};
/// let of = |regex| literals(&parse(regex).unwrap());
/// assert_eq!(of(r"Could not start Service\[(?<name>\w+)\]"), [b"could not start service["]);
/// assert_eq!(of(r"(?i)error: (nodedown|timeout)"), [&b"error: nodedown"[..], b"error: timeout"]);
/// assert!(of(r"\w+ \d+").is_empty());
/// ```
pub fn literals(hir: &Hir) -> Set {
    let mut literals = required(hir).filter(|set| shortest(set) >= SHORTEST).unwrap_or_default();
    literals.sort_unstable();
    literals.dedup();
    literals
}

/// Alternative literals.
pub type Set = Vec<Vec<u8>>;

fn shortest(set: &Set) -> usize {
    set.iter().map(Vec::len).min().unwrap_or(0)
}

/// The better of two sets: the longer shortest literal, then the fewer literals.
fn better(a: Option<Set>, b: Option<Set>) -> Option<Set> {
    let worth = |set: &Set| (shortest(set), std::cmp::Reverse(set.len()));
    match (a, b) {
        (Some(a), Some(b)) => Some(if worth(&b) > worth(&a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// All that the expression can match, where that is a small set of literals.
fn exact(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => Some(vec![literal.0.to_ascii_lowercase()]),
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
            (bytes.len() <= 4).then(|| bytes.into_iter().map(|b| vec![b]).collect())
        }
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![Vec::new()], |set, part| cross(&set, &exact(part)?))
        }
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<Set>> = parts.iter().map(exact).collect();
            let all: Set = sets?.into_iter().flatten().collect();
            (all.len() <= MOST).then_some(all)
        }
        HirKind::Repetition(repetition) => {
            (repetition.min == 1 && repetition.max == Some(1)).then(|| exact(&repetition.sub))?
        }
    }
}

fn cross(left: &Set, right: &Set) -> Option<Set> {
    let small = left.len() * right.len() <= MOST;
    small.then(|| {
        left.iter().flat_map(|l| right.iter().map(move |r| [&l[..], r].concat())).collect()
    })
}

/// The best set of literals one of which every match contains.
fn required(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min >= 1 => required(&repetition.sub),
        HirKind::Concat(parts) => {
            let mut best = None;
            let mut run: Set = vec![Vec::new()];
            for part in parts {
                let longer = exact(part).and_then(|set| cross(&run, &set));
                if let Some(longer) = longer {
                    run = longer;
                    continue;
                }
                best = better(best, Some(std::mem::replace(&mut run, vec![Vec::new()])));
                match exact(part) {
                    Some(set) => run = set,
                    None => best = better(best, required(part)),
                }
            }
            better(best, Some(run))
        }
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<Set>> = parts.iter().map(required).collect();
            let all: Set = sets?.into_iter().flatten().collect();
            (all.len() <= MOST).then_some(all)
        }
        _ => exact(hir),
    }
    .filter(|set| shortest(set) > 0)
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
