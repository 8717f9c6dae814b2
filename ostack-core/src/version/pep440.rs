//! Python's versions and specifiers, as `packaging` reads them, pre-releases allowed.
//!
//! Specifiers become ranges between places in the order, as in `packaging` 26
//! (<https://github.com/pypa/packaging/blob/26.3/src/packaging/_ranges.py>).

use std::fmt;
use std::ops::Range as ByteRange;

use super::cursor::Cursor;
use super::range::{Range, intersect};
use super::unexpected;
use crate::error::Result;

/// A version in its parts. `Display` is the normal form.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    epoch: u64,
    release: Vec<u64>,
    pre: Option<(Phase, u64)>,
    post: Option<u64>,
    dev: Option<u64>,
    local: Option<Vec<Segment>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Phase {
    Alpha,
    Beta,
    Rc,
}

/// A place in the order: a version, or a place between two. The derived order is PEP 440's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    epoch: u64,
    release: Vec<u64>,
    pre: Pre,
    post: Post,
    dev: Dev,
    local: Option<Vec<Segment>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Pre {
    /// `1.0.dev1`: neither pre nor post.
    DevOnly,
    Is(Phase, u64),
    Final,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Post {
    None,
    Is(u64),
    /// The place after all post-releases.
    AfterAll,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Dev {
    Is(u64),
    None,
}

/// A segment of a local version: numbers come after words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Segment {
    Word(Box<str>),
    Number(u64),
}

impl Parts {
    pub(super) fn key(&self) -> Key {
        let significant = self.release.iter().rposition(|n| *n != 0).map_or(0, |i| i + 1);
        let pre = match (self.pre, self.post, self.dev) {
            (Some((phase, number)), ..) => Pre::Is(phase, number),
            (None, None, Some(_)) => Pre::DevOnly,
            _ => Pre::Final,
        };
        Key {
            epoch: self.epoch,
            release: self.release[..significant].to_vec(),
            pre,
            post: self.post.map_or(Post::None, Post::Is),
            dev: self.dev.map_or(Dev::None, Dev::Is),
            local: self.local.clone(),
        }
    }

    /// The place just under everything that begins with the numbers of `prefix`.
    fn first_of(&self, prefix: &[u64]) -> Key {
        let release = prefix.to_vec();
        Self { epoch: self.epoch, release, pre: None, post: None, dev: Some(0), local: None }.key()
    }

    /// The place just over everything that begins with the numbers of `prefix`.
    fn last_of(&self, prefix: &[u64]) -> Key {
        let mut next = prefix.to_vec();
        if let Some(last) = next.last_mut() {
            *last = last.saturating_add(1);
        }
        self.first_of(&next)
    }

    /// The place just over the version; without a local part, over all its local versions too.
    fn above(&self) -> Key {
        let mut next = self.clone();
        if let Some(local) = &mut next.local {
            // The least continuation, which no version can have.
            local.push(Segment::Word("".into()));
        } else if let Some(dev) = next.dev {
            next.dev = Some(dev.saturating_add(1));
        } else {
            next.post = Some(next.post.map_or(0, |post| post.saturating_add(1)));
            next.dev = Some(0);
        }
        next.key()
    }

    /// The place just over the version and its post-releases, unless it is one itself.
    fn above_posts(&self) -> Key {
        match (self.pre, self.post, self.dev) {
            (_, None, None) => Key { post: Post::AfterAll, ..self.key() },
            _ => self.above(),
        }
    }

    /// The place just under the version and, unless it is one itself, its pre-releases.
    fn below_pres(&self) -> Key {
        match (self.pre, self.dev) {
            (None, None) => Self { dev: Some(0), ..self.clone() }.key(),
            _ => self.key(),
        }
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epoch != 0 {
            write!(f, "{}!", self.epoch)?;
        }
        for (i, number) in self.release.iter().enumerate() {
            write!(f, "{}{number}", if i == 0 { "" } else { "." })?;
        }
        if let Some((phase, number)) = self.pre {
            let letters = match phase {
                Phase::Alpha => "a",
                Phase::Beta => "b",
                Phase::Rc => "rc",
            };
            write!(f, "{letters}{number}")?;
        }
        if let Some(number) = self.post {
            write!(f, ".post{number}")?;
        }
        if let Some(number) = self.dev {
            write!(f, ".dev{number}")?;
        }
        for (i, segment) in self.local.iter().flatten().enumerate() {
            f.write_str(if i == 0 { "+" } else { "." })?;
            match segment {
                Segment::Word(word) => f.write_str(word)?,
                Segment::Number(number) => write!(f, "{number}")?,
            }
        }
        Ok(())
    }
}

/// Reads a version, with blanks around it.
pub(super) fn parse(text: &str) -> Result<Parts> {
    let start = text.len() - text.trim_start().len();
    parse_in(text, start..start + text.trim().len())
}

/// Reads the version in the bytes `at` of `text`, so that errors show all of it.
fn parse_in(text: &str, at: ByteRange<usize>) -> Result<Parts> {
    let mut cursor = Cursor::new(text, at.clone());
    let parts = cursor.version()?;
    if cursor.rest().is_empty() {
        Ok(parts)
    } else {
        let error = unexpected("the end of the version", text, cursor.at..at.end);
        let joined: String = text[at.clone()].split_whitespace().collect();
        let meant = joined.len() < at.len() && parse(&joined).is_ok();
        Err(if meant { error.help(format!("did you mean `{joined}`?")) } else { error })
    }
}

impl Cursor<'_> {
    fn digits(&mut self) -> Result<Option<u64>> {
        let at = self.take_while(|c| c.is_ascii_digit());
        if at.is_empty() {
            return Ok(None);
        }
        match self.text[at.clone()].parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(unexpected("a number below 2^64", self.text, at)),
        }
    }

    /// Takes a separator, one of `words`, a separator and a number, which is 0 if left out.
    fn labelled(&mut self, words: &[&str]) -> Result<Option<(usize, u64)>> {
        let start = self.at;
        self.one_of(SEPARATORS);
        let Some(which) = self.one_of(words) else {
            self.at = start;
            return Ok(None);
        };
        self.one_of(SEPARATORS);
        Ok(Some((which, self.digits()?.unwrap_or(0))))
    }

    fn number(&mut self) -> Result<u64> {
        let at = self.at;
        self.digits()?.ok_or_else(|| unexpected("a version number", self.text, at..self.end))
    }

    fn version(&mut self) -> Result<Parts> {
        self.one_of(&["v"]);
        let mut first = self.number()?;
        let mut epoch = 0;
        if self.one_of(&["!"]).is_some() {
            (epoch, first) = (first, self.number()?);
        }
        let mut release = vec![first];
        while self.rest().starts_with('.')
            && self.rest()[1..].starts_with(|next: char| next.is_ascii_digit())
        {
            self.at += 1;
            release.push(self.number()?);
        }
        let pre = self.labelled(PRE)?.map(|(which, number)| (PHASES[which], number));
        let post = self.post()?;
        let dev = self.labelled(&["dev"])?.map(|(_, number)| number);
        let local = self.local()?;
        Ok(Parts { epoch, release, pre, post, dev, local })
    }

    /// `.post1`, or `-1`.
    fn post(&mut self) -> Result<Option<u64>> {
        let mut bare = self.rest().bytes();
        if bare.next() == Some(b'-') && bare.next().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
            return self.digits();
        }
        Ok(self.labelled(&["post", "rev", "r"])?.map(|(_, number)| number))
    }

    fn local(&mut self) -> Result<Option<Vec<Segment>>> {
        if self.one_of(&["+"]).is_none() {
            return Ok(None);
        }
        let mut segments = Vec::new();
        loop {
            let at = self.take_while(|c| c.is_ascii_alphanumeric());
            let segment = &self.text[at.clone()];
            if segment.is_empty() {
                return Err(unexpected("letters or digits", self.text, at.start..self.end));
            }
            segments.push(if segment.bytes().all(|b| b.is_ascii_digit()) {
                self.at = at.start;
                Segment::Number(self.number()?)
            } else {
                Segment::Word(segment.to_ascii_lowercase().into())
            });
            if self.one_of(SEPARATORS).is_none() {
                return Ok(Some(segments));
            }
        }
    }
}

const SEPARATORS: &[&str] = &["-", "_", "."];
/// The spellings of a pre-release; none stands before a longer one that it begins.
const PRE: &[&str] = &["alpha", "a", "beta", "b", "preview", "pre", "rc", "c"];
const PHASES: [Phase; 8] = {
    use Phase::{Alpha, Beta, Rc};
    [Alpha, Alpha, Beta, Beta, Rc, Rc, Rc, Rc]
};

/// What specifiers allow together.
#[derive(Debug, Clone)]
pub(super) struct Set {
    ranges: Vec<Range<Key>>,
    /// The text of `===` in lower case, which the normal form must equal.
    exact: Option<String>,
}

impl Set {
    fn all() -> Self {
        Self { ranges: vec![Range::at_least(least())], exact: None }
    }

    /// Whether it allows the version of this key and text.
    pub(super) fn allows(&self, key: &Key, text: &str) -> bool {
        self.ranges.iter().any(|range| range.contains(key))
            && self
                .exact
                .as_ref()
                .is_none_or(|exact| parse(text).is_ok_and(|parts| parts.to_string() == *exact))
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        let same = self.exact.is_none() || other.exact.is_none() || self.exact == other.exact;
        let ranges = if same { intersect(&self.ranges, &other.ranges) } else { Vec::new() };
        Self { ranges, exact: self.exact.as_ref().or(other.exact.as_ref()).cloned() }
    }

    pub(super) fn is_empty(&self) -> bool {
        match &self.exact {
            Some(exact) => !parse(exact).is_ok_and(|only| self.allows(&only.key(), exact)),
            None => self.ranges.is_empty(),
        }
    }
}

/// The least version there is: `0.dev0`.
fn least() -> Key {
    Key {
        epoch: 0,
        release: Vec::new(),
        pre: Pre::DevOnly,
        post: Post::None,
        dev: Dev::Is(0),
        local: None,
    }
}

/// Reads specifiers with commas between; none at all allows everything.
pub(super) fn parse_specifiers(text: &str) -> Result<Set> {
    let mut all = Set::all();
    let mut start = 0;
    for part in text.split(',') {
        let blanks = part.len() - part.trim_start().len();
        let at = start + blanks..start + blanks + part.trim().len();
        if !at.is_empty() {
            all = all.intersect(&specifier(text, at)?);
        }
        start += part.len() + ",".len();
    }
    Ok(all)
}

/// Reads the specifier in the bytes `at` of `text`.
fn specifier(text: &str, at: ByteRange<usize>) -> Result<Set> {
    let operators = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"];
    let whole = &text[at.clone()];
    let Some(operator) = operators.into_iter().find(|operator| whole.starts_with(operator)) else {
        let error = unexpected("a specifier such as `>=1.2`", text, at.clone());
        return Err(match parse_in(text, at) {
            Ok(_) => error.help(format!("did you mean `=={whole}`?")),
            Err(_) => error.help("the operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, `~=`, `===`"),
        });
    };
    let version = whole[operator.len()..].trim_start();
    let at = at.end - version.len()..at.end;
    if operator == "===" {
        return match version.find(|c: char| c.is_whitespace() || c == ';' || c == ')') {
            Some(stray) => Err(unexpected("the end", text, at.start + stray..at.end)),
            None => Ok(Set { exact: Some(version.to_lowercase()), ..Set::all() }),
        };
    }
    let ranges = if let Some(prefix) = version.strip_suffix(".*") {
        let prefix_at = at.start..at.start + prefix.len();
        let parts = parse_in(text, prefix_at.clone())?;
        if !matches!(operator, "==" | "!=") {
            return Err(unexpected("a version without `.*`", text, at)
                .help("only `==` and `!=` take a wildcard"));
        }
        if parts.pre.is_some()
            || parts.post.is_some()
            || parts.dev.is_some()
            || parts.local.is_some()
        {
            return Err(unexpected("only numbers before `.*`", text, prefix_at));
        }
        let family = Range::between(parts.first_of(&parts.release), parts.last_of(&parts.release));
        if operator == "==" { vec![family] } else { outside(family) }
    } else {
        let parts = parse_in(text, at.clone())?;
        if parts.local.is_some() && !matches!(operator, "==" | "!=") {
            return Err(unexpected("a version without a local part", text, at)
                .help("only `==` and `!=` take a local version"));
        }
        match operator {
            "==" => vec![Range::between(parts.key(), parts.above())],
            "!=" => outside(Range::between(parts.key(), parts.above())),
            "<=" => vec![Range::below(parts.above())],
            ">=" => vec![Range::at_least(parts.key())],
            "<" => vec![Range::below(parts.below_pres())],
            ">" => vec![Range::at_least(parts.above_posts())],
            _ => {
                let prefix = &parts.release[..parts.release.len() - 1];
                if prefix.is_empty() {
                    return Err(unexpected("two numbers or more", text, at)
                        .help(format!("write `~={version}.0`, or `>={version}`")));
                }
                vec![Range::between(parts.key(), parts.last_of(prefix))]
            }
        }
    };
    Ok(Set { ranges: intersect(&ranges, &Set::all().ranges), exact: None })
}

/// Everything but `range`.
fn outside(range: Range<Key>) -> Vec<Range<Key>> {
    range.from.map(Range::below).into_iter().chain(range.to.map(Range::at_least)).collect()
}
