//! The regular expressions of patterns, and how they are run.

use std::sync::OnceLock;

use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;

/// The largest compiled expression, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// Longer texts are worth the preparation of an automaton, in bytes.
const LONG: usize = 8 << 10;

/// A regular expression.
///
/// Most are run a few times, on a line or a traceback. An engine that steps through the expression is
/// ready at once, and takes little memory; one that makes an automaton of it passes long texts faster.
#[derive(Debug)]
pub(super) struct Expression {
    regex: Regex,
    source: String,
    automaton: OnceLock<Regex>,
}

impl Expression {
    pub(super) fn new(source: &str) -> Result<Self, Box<BuildError>> {
        let regex = build(source, false)?;
        Ok(Self { regex, source: source.to_owned(), automaton: OnceLock::new() })
    }

    /// The first match in a text.
    pub(super) fn captures(&self, text: &[u8]) -> Option<Captures> {
        let automaton =
            || build(&self.source, true).expect("it is the expression that was built before");
        let regex = match text.len() {
            LONG.. => self.automaton.get_or_init(automaton),
            _ => &self.regex,
        };
        let mut captures = regex.create_captures();
        regex.captures(text, &mut captures);
        captures.is_match().then_some(captures)
    }
}

fn build(source: &str, automaton: bool) -> Result<Regex, Box<BuildError>> {
    let syntax = syntax::Config::new().unicode(false).utf8(false).multi_line(true);
    let config = Config::new()
        .utf8_empty(false)
        .nfa_size_limit(Some(SIZE_LIMIT))
        .hybrid(automaton)
        .dfa(automaton);
    Regex::builder().syntax(syntax).configure(config).build(source).map_err(Box::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_and_short_ones_match_alike() {
        let expression = Expression::new(r"(?<host>[\w.-]+):(?<port>\d+) is (?:down|un\w+)$");
        let expression = expression.expect("it is an expression");
        let said = "controller.example.org:5672 is unreachable\nmore";
        for filler in [0, 10, LONG] {
            let text = format!("{}\n{said}", "x".repeat(filler));
            let captures = expression.captures(text.as_bytes()).expect("it matches");
            let group = |name| captures.get_group_by_name(name).map(|span| &text[span.range()]);
            assert_eq!(group("host"), Some("controller.example.org"));
            assert_eq!(group("port"), Some("5672"));
            assert_eq!(captures.get_group(0).map(|span| span.start), Some(filler + 1));
            assert!(expression.captures(&text.as_bytes()[..filler]).is_none());
        }
        assert!(expression.automaton.get().is_some());
    }
}
