//! Masking of secrets, once, where evidence and templates become text.
//!
//! A [`Redactor`] knows three things: what secrets look like (tokens, URLs with passwords, private
//! keys, options of commands), what their names look like (`password = …`, `CONFIG_…_PW=…`), and the
//! values of the secret parameters of the answer file at hand, as whole tokens.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::parameter::is_secret;

/// What a secret is replaced by.
pub const MASK: &str = "********";

/// Values shorter than this are not searched for as such: they would mask ordinary words.
pub const SHORTEST_VALUE: usize = 6;

/// What packstack writes for a password that it will make up: no secret.
const PLACEHOLDER: &str = "PW_PLACEHOLDER";

/// What a kind of secret looks like. Most texts hold none of the triggers, and cost no expression.
struct Shape {
    /// One of these stands in every text that matches, in any case.
    triggers: &'static [&'static str],
    /// The first group that took part is the secret.
    regex: &'static str,
    compiled: OnceLock<Regex>,
}

impl Shape {
    const fn new(triggers: &'static [&'static str], regex: &'static str) -> Self {
        Self { triggers, regex, compiled: OnceLock::new() }
    }

    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            let built = RegexBuilder::new(self.regex).unicode(false).multi_line(true).build();
            built.expect("the shapes are valid, as the tests show")
        })
    }
}

static SHAPES: [Shape; 10] = [
    // A name that says so, then `=`, `:` or `=>`, then the value, quoted or not.
    Shape::new(
        &["pass", "secret", "token", "key", "credential", "pw"],
        r#"(?i)[\w.-]*(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credential|_pw|\bpw|_pass|\bpass)[\w.-]*["']?\s*(?:=>|=|:)\s*(?:b|u)?(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"',;)}\]&<>]+))"#,
    ),
    // Options of commands.
    Shape::new(
        &["pass", "token", "secret"],
        r#"(?i)--?[\w-]*(?:password|passwd|token|secret|pass)(?:=|\s+)["']?([^\s"'-][^\s"']*)"#,
    ),
    Shape::new(&["-k"], r"(?:^|\s)-K\s+(\S+)"),
    Shape::new(&["mysql"], r#"(?:^|[\s/'"])mysql\w*\s[^\n]*?\s-p([^\s'"]+)"#),
    Shape::new(&["password"], r#"(?i)\bpassword\s+["']([^"'\n]*)["']"#),
    Shape::new(
        &["identified"],
        r#"(?i)(?:@|\buser\b)[^\n]{0,200}?\sidentified\s+(?:by|via\s+\w+\s+using)\s+(?:password\s+)?["']([^"'\n]*)["']"#,
    ),
    // Headers.
    Shape::new(
        &["-token", "authorization"],
        r#"(?i)\b(?:x-(?:auth|subject|service|storage)-token|authorization)["']?\s*:\s*["']?(?:(?:bearer|basic)\s+)?([^\s"',}]+)"#,
    ),
    // The password in an address.
    Shape::new(&["://"], r#"://[^\s/:@"']*:([^\s/@"']+)@"#),
    // Fernet tokens, and the bodies of keys.
    Shape::new(&["gaaaaa"], r"\b(gAAAAA[\w-]{20,}=*)"),
    Shape::new(&["private key"], r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END|\z)"),
];

/// Values that such a name may have without being a secret.
const HARMLESS: [&str; 12] = [
    "yes",
    "no",
    "true",
    "false",
    "none",
    "null",
    "nil",
    "undef",
    "***",
    "<secret>",
    "pw_placeholder",
    "omitted",
];

/// Finds and masks secrets.
///
/// ```
/// use ostack_core::redact::Redactor;
/// let redactor = Redactor::new(["s3cret-value"]);
/// assert_eq!(
///     redactor.mask("mysql://nova:hunter2@192.0.2.2/nova and s3cret-value").as_ref(),
///     "mysql://nova:********@192.0.2.2/nova and ********"
/// );
/// ```
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    off: bool,
    values: Values,
}

/// The known secret values; their `Debug` does not show them.
#[derive(Clone, Default)]
struct Values(Vec<String>);

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} values", self.0.len())
    }
}

impl Redactor {
    /// A redactor that also knows these values. Those under six bytes and `PW_PLACEHOLDER` are left out.
    pub fn new<V: Into<String>>(values: impl IntoIterator<Item = V>) -> Self {
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        values.retain(|value| value.len() >= SHORTEST_VALUE && value != PLACEHOLDER);
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { off: false, values: Values(values) }
    }

    /// A redactor that masks nothing, for `--no-redact`.
    pub fn off() -> Self {
        Self { off: true, ..Self::default() }
    }

    /// The places of the secrets in `text`, in order and apart.
    pub fn secrets(&self, text: &[u8]) -> Vec<Range<usize>> {
        if self.off {
            return Vec::new();
        }
        let mut found: Vec<Range<usize>> = Vec::new();
        let lower = text.to_ascii_lowercase();
        let stands = |trigger: &&str| memchr::memmem::find(&lower, trigger.as_bytes()).is_some();
        for shape in SHAPES.iter().filter(|shape| shape.triggers.iter().any(stands)) {
            for captures in shape.regex().captures_iter(text) {
                let Some(value) = captures.iter().skip(1).flatten().next() else { continue };
                if !is_harmless(value.as_bytes()) {
                    found.push(value.range());
                }
            }
        }
        for value in &self.values.0 {
            let value = value.as_bytes();
            found.extend(memchr::memmem::find_iter(text, value).filter_map(|start| {
                let end = start + value.len();
                let inner =
                    |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
                let part = inner(text.get(start.wrapping_sub(1))) || inner(text.get(end));
                (!part).then_some(start..end)
            }));
        }
        found.retain(|range| !range.is_empty());
        found.sort_by_key(|range| (range.start, range.end));
        found.dedup_by(|later, earlier| {
            let overlap = later.start <= earlier.end;
            if overlap {
                earlier.end = earlier.end.max(later.end);
            }
            overlap
        });
        found
    }

    /// `text` with its secrets masked.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let secrets = self.secrets(text.as_bytes());
        if secrets.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for secret in secrets {
            // A known value may start or end inside a character only if the text is not what it was.
            let (Some(before), true) =
                (text.get(done..secret.start), text.is_char_boundary(secret.end))
            else {
                continue;
            };
            out.extend([before, MASK]);
            done = secret.end;
        }
        out.push_str(&text[done..]);
        Cow::Owned(out)
    }
}

/// So much is looked at together.
const CHUNK: usize = 1 << 20;
/// So much of its end waits for what comes after, and so much of what was written stays as context.
const TAIL: usize = 1 << 16;
/// What stands before the body of a private key, and after it.
const KEY_BEGINS: &[u8] = b"PRIVATE KEY-----";
const KEY_ENDS: &[u8] = b"-----END";

impl Redactor {
    /// Copies a stream of any size with its secrets masked, in constant memory.
    ///
    /// ```
    /// use ostack_core::redact::Redactor;
    /// let mut out = Vec::new();
    /// Redactor::default().copy(&b"\xff password=hunter2\n"[..], &mut out)?;
    /// assert_eq!(out, b"\xff password=********\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// What reading and writing give.
    pub fn copy(&self, mut input: impl Read, mut out: impl Write) -> io::Result<()> {
        let mut text: Vec<u8> = Vec::new();
        // Up to here `text` was written.
        let mut done = 0;
        loop {
            let wanted = (CHUNK + 2 * TAIL).saturating_sub(text.len()) as u64;
            let ended = (&mut input).take(wanted).read_to_end(&mut text)? < wanted as usize;
            let secrets = self.secrets(&text);
            let cut = if ended { text.len() } else { line_end(&text, text.len() - TAIL) };
            let open = secrets.last().filter(|s| !ended && s.start <= cut && s.end == text.len());
            let end = open.map_or(cut, |open| open.start);
            let from = done;
            for secret in secrets.iter().filter(|s| s.end > from && s.start < end) {
                out.write_all(&text[done..secret.start.max(done)])?;
                out.write_all(MASK.as_bytes())?;
                done = secret.end;
            }
            if done < end {
                out.write_all(&text[done..end])?;
                done = end;
            }
            if ended {
                return out.flush();
            }
            if let Some(open) = open {
                // A secret longer than what is looked at together.
                out.write_all(MASK.as_bytes())?;
                let key = text[..open.start].ends_with(KEY_BEGINS);
                text = skip(&mut input, key)?;
                done = 0;
            }
            let old = done.saturating_sub(TAIL);
            text.drain(..old);
            done -= old;
        }
    }
}

/// The end of the last line that ends before `most`; `most` itself, where a line is very long.
fn line_end(text: &[u8], most: usize) -> usize {
    memchr::memrchr(b'\n', &text[..most])
        .filter(|end| most - end < CHUNK / 2)
        .map_or(most, |end| end + 1)
}

/// Reads on to the end of a secret, and gives what was read behind it.
fn skip(input: &mut impl Read, key: bool) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        let read = input.take(TAIL as u64).read_to_end(&mut text)?;
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b',' | b';');
        let end =
            if key { memchr::memmem::find(&text, KEY_ENDS) } else { text.iter().position(ends) };
        match end {
            Some(end) => return Ok(text.split_off(end)),
            None if read < TAIL => return Ok(Vec::new()),
            None => drop(text.drain(..text.len() - KEY_ENDS.len())),
        }
    }
}

/// The text of an answer file without its secrets, also where it cannot be read as one: the values
/// of secret parameters, wherever they stand, and what else looks like a secret.
///
/// ```
/// use ostack_core::redact::answers;
/// let text = "[general]\nCONFIG_DEFAULT_PASSWORD=hunter2\nCONFIG_REPO=http://a:hunter2@192.0.2.9/\n";
/// assert!(!answers(text).contains("hunter2"));
/// ```
pub fn answers(text: &str) -> String {
    let mut values = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut secret = false;
    for line in text.split_inclusive(['\n', '\r']) {
        let body = line.trim_end_matches(['\n', '\r']);
        let name = body.split(['=', ':']).next().unwrap_or_default();
        let indented = body.starts_with([' ', '\t']) && !body.trim_start().starts_with("CONFIG_");
        let from = if indented { body.len() - body.trim_start().len() } else { name.len() + 1 };
        if !indented {
            secret = name.len() < body.len() && is_secret(name.trim());
        }
        let value = body.get(from..).unwrap_or_default();
        let empty = value.trim().is_empty() || value.trim() == PLACEHOLDER;
        if secret && !empty && !body.starts_with(['#', ';']) {
            values.push(value.trim().to_owned());
            out.extend([&body[..from], MASK, &line[body.len()..]]);
        } else {
            out.push_str(line);
        }
    }
    Redactor::new(values).mask(&out).into_owned()
}

fn is_harmless(value: &[u8]) -> bool {
    value.iter().all(|b| *b == b'*')
        || value.starts_with(b"<")
        || value.starts_with(b"$")
        || value.starts_with(b"%(")
        || HARMLESS.iter().any(|harmless| value.eq_ignore_ascii_case(harmless.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Redactor::new(["s3cret-value"]).copy(text, &mut out).unwrap();
        out
    }

    #[test]
    fn a_stream_is_masked_as_its_text_is() {
        let line = "2026-11-22 10:15:00 INFO nothing to hide here, and s3cret-value\n--password hunter22 mysql://nova:hunter22@192.0.2.2/nova\n";
        let text = line.repeat(30_000);
        let masked = String::from_utf8(copied(text.as_bytes())).unwrap();
        assert!(text.len() > 3 * CHUNK);
        assert_eq!(masked, Redactor::new(["s3cret-value"]).mask(line).repeat(30_000));
    }

    #[test]
    fn secrets_longer_than_what_is_held_are_masked_to_their_end() {
        let filler = b"nothing to see\n".repeat(CHUNK / 20);
        for length in [100, TAIL + 7, CHUNK, 3 * CHUNK] {
            let body = "Zm9vYmFy\n".repeat(length / 9);
            let key = format!(
                "-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\nafter\n"
            );
            let masked = copied(&[&filler, key.as_bytes()].concat());
            assert!(memchr::memmem::find(&masked, b"Zm9v").is_none(), "{length}");
            assert!(masked.ends_with(b"-----END RSA PRIVATE KEY-----\nafter\n"), "{length}");
            let token = format!("password={} after\n", "x".repeat(length));
            let masked = copied(&[&filler, token.as_bytes()].concat());
            assert_eq!(masked.len(), filler.len() + "password=******** after\n".len(), "{length}");
        }
    }

    #[test]
    fn lines_of_any_length_and_bytes_of_any_kind_come_through() {
        let long = [b"a b".repeat(CHUNK), b"\xff\0\r\n".repeat(10)].concat();
        assert_eq!(copied(&long), long);
        assert_eq!(copied(b""), b"");
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        #[test]
        fn a_short_stream_is_its_text_masked(text in "(?s)(password=|--token |\\PC|[a-z =:\n\"']){0,60}") {
            let whole = Redactor::new(["s3cret-value"]).mask(&text).into_owned();
            proptest::prop_assert_eq!(String::from_utf8(copied(text.as_bytes())).unwrap(), whole);
        }
    }

    #[test]
    fn secrets_of_every_shape_are_masked() {
        let redactor = Redactor::default();
        for text in [
            "CONFIG_KEYSTONE_ADMIN_PW=hunter2",
            "export OS_PASSWORD='hunter2'",
            r#""password": "hunter2""#,
            "'admin_password' => 'hunter2'",
            "/usr/bin/glance -T services -I glance -K hunter2 -N http://192.0.2.2:35357/v2.0/ index",
            "keystone --os-password hunter2 user-list",
            "mysqladmin -u root password 'hunter2'",
            "mysql -u root -phunter2 -e 'select 1'",
            "rabbit://guest:hunter2@192.0.2.2:5672/",
            "GRANT ALL ON nova.* TO 'nova'@'%' IDENTIFIED BY 'hunter2'",
            "X-Auth-Token: hunter2",
            "Authorization: Bearer hunter2",
            "metadata_proxy_shared_secret = hunter2",
            "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
        ] {
            let masked = redactor.mask(text);
            assert!(!masked.contains("hunter2"), "{text}: {masked}");
            assert!(masked.contains(MASK), "{text}: {masked}");
        }
    }

    #[test]
    fn what_only_sounds_secret_stays() {
        let redactor = Redactor::default();
        for text in [
            "Access denied for user 'nova'@'vm' (using password: YES)",
            "CONFIG_NOVA_DB_PW=PW_PLACEHOLDER",
            "[keystone_authtoken] has no auth_url",
            "returned 1: token-get failed",
            "Passing 3 arguments: a, b",
            "Can't locate revision identified by '28a09af858a8'",
        ] {
            assert_eq!(redactor.mask(text), text);
        }
    }

    #[test]
    fn known_values_are_masked_as_whole_tokens() {
        let redactor = Redactor::new(["abcdef12", "short", "PW_PLACEHOLDER"]);
        assert_eq!(redactor.mask("a abcdef12, xabcdef12 short"), "a ********, xabcdef12 short");
        assert_eq!(format!("{redactor:?}"), "Redactor { off: false, values: 1 values }");
        assert_eq!(Redactor::off().mask("password=abcdef12"), "password=abcdef12");
    }
}
