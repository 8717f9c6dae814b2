//! Where in a rule file a key stands.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::span::{LineColumn, characters};

/// A place in a rule file, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_column: usize,
    pub(super) excerpt: String,
}

/// The place of a key such as `fix.0.step.1.run`; of what it would stand in, where it is missing, and
/// of the rule's id, where that is the whole file.
pub(super) fn place(text: &str, key: &str) -> Option<Place> {
    let document = DeTable::parse(text).ok()?;
    let found = find(document.get_ref(), key).or_else(|| find(document.get_ref(), "id"))?;
    let start = LineColumn::of(text.as_bytes(), found.start);
    let excerpt = text.lines().nth(start.line - 1)?;
    let width = characters(&text.as_bytes()[found]);
    let rest = characters(excerpt.as_bytes()).saturating_sub(start.column - 1);
    Some(Place {
        line: start.line,
        column: start.column,
        end_column: start.column + width.min(rest).max(1),
        excerpt: excerpt.to_owned(),
    })
}

fn find(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    let mut parts = key.split('.');
    let mut at = member(table, parts.next()?)?;
    for part in parts {
        let inner = match at.get_ref() {
            DeValue::Table(table) => member(table, part),
            DeValue::Array(array) => part.parse::<usize>().ok().and_then(|index| array.get(index)),
            _ => None,
        };
        match inner {
            Some(inner) => at = inner,
            None => break,
        }
    }
    Some(at.span())
}

fn member<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_places() {
        let text =
            "id = 'x'\n[[fix]]\ntitle = 'a'\n[[fix.step]]\nnote = 'b'\n[[fix]]\ntitle = 'ñ'\n";
        let at = |key| place(text, key).map(|p| (p.line, p.column, p.end_column)).unwrap();
        assert_eq!(at("fix.1.title"), (7, 9, 12));
        assert_eq!(at("fix.0.step.0.note"), (5, 8, 11));
        assert_eq!(at("fix.0.step.0.run").0, 4);
        assert_eq!(at("verify"), (1, 6, 9));
    }
}
