//! Templates: texts with `{{ name }}` where a capture goes. Captures are data: nothing in them is
//! ever read as a template, and in a command they are quoted.

use std::borrow::Cow;

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Stands as it is.
    Text(&'t str),
    /// The name of a capture.
    Name(&'t str),
}

/// The pieces of a template. `{{` without `}}` is text.
///
/// ```
/// use ostack_core::rule::template::{Piece, pieces};
/// let found: Vec<_> = pieces("ping {{ host }}!").collect();
/// assert_eq!(found, [Piece::Text("ping "), Piece::Name("host"), Piece::Text("!")]);
/// ```
pub fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let open = rest.find("{{").filter(|&open| rest[open..].contains("}}"));
        let Some(open) = open else {
            return Some(Piece::Text(std::mem::take(&mut rest)));
        };
        if open > 0 {
            let (text, after) = rest.split_at(open);
            rest = after;
            return Some(Piece::Text(text));
        }
        let close = rest.find("}}")?;
        let name = rest[2..close].trim();
        rest = &rest[close + 2..];
        Some(Piece::Name(name))
    })
}

/// The names that a template uses.
pub fn names(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).filter_map(|piece| match piece {
        Piece::Name(name) => Some(name),
        Piece::Text(_) => None,
    })
}

/// Fills a template. A name without a value shows as `<name>`.
///
/// ```
/// use ostack_core::rule::template::{render, shell_quote};
/// let value = |name: &str| (name == "unit").then_some("a b");
/// assert_eq!(render("stop {{ unit }} on {{ host }}", value, |v| v.into()), "stop a b on <host>");
/// assert_eq!(render("systemctl stop {{ unit }}", value, shell_quote), "systemctl stop 'a b'");
/// ```
pub fn render<'v>(
    template: &str,
    value: impl Fn(&str) -> Option<&'v str>,
    quote: impl Fn(&'v str) -> Cow<'v, str>,
) -> String {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name(name) => match value(name) {
                Some(value) => out.push_str(&quote(value)),
                None => out.extend(["<", name, ">"]),
            },
        }
    }
    out
}

/// A value as one word of a POSIX shell.
///
/// ```
/// use ostack_core::rule::template::shell_quote;
/// assert_eq!(shell_quote("puppet-7.4.1"), "puppet-7.4.1");
/// assert_eq!(shell_quote("a'; reboot"), r"'a'\''; reboot'");
/// ```
pub fn shell_quote(value: &str) -> Cow<'_, str> {
    if !value.is_empty() && value.bytes().all(is_safe) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("'{}'", value.replace('\'', r"'\''")))
}

/// The bytes that need no quoting anywhere: `[\w.+:@%/=-]`.
pub const fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'.' | b'+' | b':' | b'@' | b'%' | b'/' | b'=' | b'-')
}
