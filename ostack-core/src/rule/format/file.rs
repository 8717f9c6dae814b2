//! The rule file: its TOML, read with the place of every value, and checked into a [`Rule`].
//!
//! `build.rs` compiles the built-in rules with this module, and a user's folder is read with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::anchor::{self, Anchor};
use super::model::{
    Action, Again, Allow, AnswerTest, Change, Check, Edit, Explains, FileTest, Fix, FixWhen,
    Pattern, Risk, Rule, Scope, Severity, Side, Status, Step, Verify, When, Within,
};
use super::required::Required;
use super::template;
use crate::error::{Error, ErrorKind, Result};
use crate::span::{LineColumn, characters};

/// The format that this version reads.
pub const FORMAT: i64 = 1;

/// A test that a rule file brings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTest {
    /// Where the text comes from: the tool that printed it, or the source of its format string.
    pub origin: Option<String>,
    /// One log.
    pub log: Option<String>,
    /// Several logs, by name.
    #[serde(default)]
    pub logs: BTreeMap<String, String>,
    /// A package list.
    pub packages: Option<String>,
    /// An answer file.
    pub answers: Option<String>,
    /// The operating system.
    pub os: Option<String>,
    /// The release.
    pub release: Option<String>,
    /// Files of the host.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// What the captures must be, where the rule fires.
    #[serde(default)]
    pub captures: BTreeMap<String, String>,
    /// The rule must not fire.
    #[serde(default)]
    pub silent: bool,
}

/// Reads a rule file. `path` is for messages; its stem must be the rule's id.
///
/// # Errors
/// [`ErrorKind::Rule`] with the place of what is wrong.
pub fn parse(path: &str, text: &str) -> Result<(Rule, Vec<RuleTest>)> {
    let at = Places { path, text };
    let file: RuleFile = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().replace('\n', ", ");
        let meant = meant_key(&message).map(|meant| format!("did you mean `{meant}`?"));
        let error = at.error(&span, message);
        match meant {
            Some(meant) => error.help(meant),
            None => error,
        }
    })?;
    file.check(&at)
}

/// The key or value that was probably meant, from serde's message: it names the unknown one first,
/// and then those that it knows.
fn meant_key(message: &str) -> Option<&str> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut named = message.split('`').skip(1).step_by(2);
    crate::error::did_you_mean(named.next()?, named)
}

/// Makes errors with places.
struct Places<'t> {
    path: &'t str,
    text: &'t str,
}

impl Places<'_> {
    fn error(&self, span: &std::ops::Range<usize>, message: impl Into<String>) -> Error {
        let place = LineColumn::of(self.text.as_bytes(), span.start);
        let line = self.text.lines().nth(place.line - 1).unwrap_or_default();
        let width = characters(&self.text.as_bytes()[span.start..span.end.min(self.text.len())]);
        let rest = characters(line.as_bytes()).saturating_sub(place.column - 1);
        Error::new(ErrorKind::Rule, message)
            .at(self.path, place.line, place.column)
            .excerpt(line, width.min(rest))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    format: Spanned<i64>,
    id: Spanned<String>,
    title: Spanned<String>,
    component: Spanned<String>,
    severity: Severity,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    releases: Vec<String>,
    #[serde(default)]
    os: Vec<String>,
    #[serde(default)]
    fixed_in: Vec<String>,
    cause: Spanned<String>,
    #[serde(default)]
    explains: Vec<Spanned<ExplainsFile>>,
    #[serde(default)]
    references: Vec<Spanned<String>>,
    false_positives: Option<String>,
    #[serde(default)]
    allow: Vec<Allow>,
    #[serde(default)]
    overrides: bool,
    computed: Option<String>,
    #[serde(rename = "match")]
    matching: Option<MatchFile>,
    #[serde(default, rename = "pattern")]
    patterns: Vec<PatternFile>,
    when: Option<WhenFile>,
    #[serde(default, rename = "check")]
    checks: Vec<CheckFile>,
    #[serde(default, rename = "fix")]
    fixes: Vec<FixFile>,
    verify: Option<VerifyFile>,
    again: Option<AgainFile>,
    #[serde(default, rename = "test")]
    tests: Vec<RuleTest>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a rule's id or { rule, scope, window }")]
enum ExplainsFile {
    Id(String),
    Full(ExplainsTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExplainsTable {
    rule: String,
    #[serde(default)]
    scope: Scope,
    window: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct MatchFile {
    #[serde(default)]
    all: Vec<Spanned<String>>,
    #[serde(default)]
    any: Vec<Spanned<String>>,
    #[serde(default)]
    none: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternFile {
    name: Spanned<String>,
    record: Option<String>,
    field: Option<Spanned<String>>,
    regex: Spanned<String>,
    anchor: Option<Spanned<String>>,
    within: Option<WithinFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithinFile {
    of: Spanned<String>,
    records: u64,
    #[serde(default)]
    side: Side,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WhenFile {
    #[serde(default)]
    package: Vec<String>,
    #[serde(default)]
    answer: BTreeMap<String, AnswerFileTest>,
    #[serde(default)]
    release: Vec<String>,
    #[serde(default)]
    os: Vec<String>,
    #[serde(default)]
    repo: Vec<String>,
    #[serde(default)]
    file: Vec<FileTestFile>,
    #[serde(default)]
    any: Vec<WhenFile>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a value or { contains | not | regex = … }")]
enum AnswerFileTest {
    Is(String),
    Not { not: String },
    Contains { contains: String },
    Regex { regex: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileTestFile {
    path: String,
    regex: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckFile {
    run: Spanned<String>,
    confirms: Spanned<String>,
    refutes: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixFile {
    title: Spanned<String>,
    when: Option<FixWhenFile>,
    #[serde(default, rename = "step")]
    steps: Vec<Spanned<StepFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixWhenFile {
    #[serde(default)]
    releases: Vec<String>,
    #[serde(default)]
    os: Vec<String>,
    #[serde(default)]
    family: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    run: Option<Spanned<String>>,
    set: Option<BTreeMap<String, Spanned<String>>>,
    edit: Option<EditFile>,
    note: Option<Spanned<String>>,
    #[serde(default)]
    risk: Risk,
    on: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditFile {
    file: Spanned<String>,
    add: Option<Spanned<String>>,
    section: Option<String>,
    key: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyFile {
    run: Spanned<String>,
    expect: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgainFile {
    #[serde(default)]
    clean: Vec<Spanned<String>>,
    note: Option<Spanned<String>>,
}

impl RuleFile {
    fn check(self, at: &Places<'_>) -> Result<(Rule, Vec<RuleTest>)> {
        if *self.format.get_ref() != FORMAT {
            let found = self.format.get_ref();
            return Err(at.error(
                &self.format.span(),
                format!("expected format {FORMAT}, but found {found}"),
            ));
        }
        check_names(at, &self.id, &self.component)?;
        if self.patterns.is_empty() && self.when.is_none() && self.computed.is_none() {
            return Err(at.error(
                &self.id.span(),
                "expected a [[pattern]], a [when] or `computed`, but found none: the rule can never fire",
            ));
        }
        let (patterns, captures) = check_patterns(at, &self.patterns)?;
        let index = |name: &Spanned<String>| {
            let found = patterns.iter().position(|p| p.name == *name.get_ref());
            found.ok_or_else(|| {
                let known = patterns.iter().map(|p| p.name.as_str());
                unknown_name(at, name, "the name of a [[pattern]]", known)
            })
        };
        let matching = self.matching.unwrap_or_default();
        let indices =
            |names: &[Spanned<String>]| names.iter().map(index).collect::<Result<Vec<_>>>();
        let (mut all, any, none) =
            (indices(&matching.all)?, indices(&matching.any)?, indices(&matching.none)?);
        if all.is_empty() && any.is_empty() {
            all = (0..patterns.len()).filter(|i| !none.contains(i)).collect();
        }
        if let Some(unused) =
            (0..patterns.len()).find(|i| ![&all, &any, &none].iter().any(|set| set.contains(i)))
        {
            return Err(at.error(
                &self.patterns[unused].name.span(),
                format!(
                    "expected [match] to use the pattern `{}`, but it does not",
                    patterns[unused].name
                ),
            ));
        }
        let words = Words { at, captures, computed: self.computed.is_some() };
        let explains = self
            .explains
            .iter()
            .map(|e| check_explains(at, e, self.id.get_ref()))
            .collect::<Result<_>>()?;
        for reference in &self.references {
            if !reference.get_ref().contains("://") {
                let found = reference.get_ref();
                return Err(at.error(
                    &reference.span(),
                    format!("expected an address with its scheme, but found `{found}`"),
                ));
            }
        }
        let rule = Rule {
            title: words.plain(&self.title)?,
            id: self.id.into_inner(),
            component: self.component.into_inner(),
            severity: self.severity,
            status: self.status,
            releases: self.releases,
            os: self.os,
            fixed_in: self.fixed_in,
            cause: words.plain(&self.cause)?.trim().to_owned(),
            explains,
            references: self.references.into_iter().map(Spanned::into_inner).collect(),
            false_positives: self.false_positives,
            allow: self.allow,
            overrides: self.overrides,
            computed: self.computed,
            all,
            any,
            none,
            patterns,
            when: self.when.map(|when| check_when(at, when)).transpose()?,
            checks: self.checks.iter().map(|c| words.check(c)).collect::<Result<_>>()?,
            fixes: self.fixes.into_iter().map(|f| words.fix(f)).collect::<Result<_>>()?,
            verify: self.verify.as_ref().map(|v| words.verify(v)).transpose()?,
            again: self.again.as_ref().map(|a| words.again(a)).transpose()?,
        };
        Ok((rule, self.tests))
    }
}

fn check_names(at: &Places<'_>, id: &Spanned<String>, component: &Spanned<String>) -> Result<()> {
    let word = |s: &str| {
        !s.is_empty()
            && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    for name in [id, component] {
        if !word(name.get_ref()) {
            let found = name.get_ref();
            return Err(at.error(
                &name.span(),
                format!("expected lower-case letters, digits and `_`, but found `{found}`"),
            ));
        }
    }
    let mut parts = at.path.rsplit(['/', '\\']);
    let stem = parts.next().and_then(|name| name.strip_suffix(".toml"));
    if let Some(stem) = stem.filter(|stem| stem != id.get_ref()) {
        return Err(at.error(
            &id.span(),
            format!("expected the file's stem `{stem}`, but found `{}`", id.get_ref()),
        ));
    }
    Ok(())
}

fn unknown_name<'n>(
    at: &Places<'_>,
    name: &Spanned<String>,
    what: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> Error {
    let found = name.get_ref();
    let error = at.error(&name.span(), format!("expected {what}, but found `{found}`"));
    match crate::error::did_you_mean(found, known.clone()) {
        Some(meant) => error.help(format!("did you mean `{meant}`?")),
        None => error.help(format!("known here: {}", known.collect::<Vec<_>>().join(", "))),
    }
}

/// Whether the pattern's field holds a word that need not stand in the log.
fn names_a_word(pattern: &PatternFile) -> bool {
    match pattern.field.as_ref().map(|field| field.get_ref().as_str()) {
        Some("level" | "tool" | "problem") => true,
        Some("event") => pattern.record.as_deref() != Some("audit"),
        _ => false,
    }
}

type Captures = BTreeMap<String, bool>;

fn check_patterns(at: &Places<'_>, files: &[PatternFile]) -> Result<(Vec<Pattern>, Captures)> {
    let mut captures = Captures::new();
    let mut patterns: Vec<Pattern> = Vec::with_capacity(files.len());
    for file in files {
        let name = file.name.get_ref();
        if patterns.iter().any(|p| p.name == *name) {
            return Err(at.error(
                &file.name.span(),
                format!("expected a name of its own, but found `{name}` again"),
            ));
        }
        let hir = anchor::parse(file.regex.get_ref()).map_err(|error| {
            let error = match *error {
                regex_syntax::Error::Parse(e) => e.kind().to_string(),
                regex_syntax::Error::Translate(e) => e.kind().to_string(),
                other => other.to_string(),
            };
            at.error(&file.regex.span(), format!("expected a regular expression, but {error}"))
        })?;
        if hir.properties().minimum_len() == Some(0) {
            return Err(at.error(
                &file.regex.span(),
                "expected an expression that needs at least one byte, but this one matches nothing too",
            ));
        }
        let anchors = match &file.anchor {
            Some(anchor) if anchor.get_ref().len() >= anchor::SHORTEST => {
                vec![Anchor::new(anchor.get_ref().as_bytes())]
            }
            Some(anchor) => {
                return Err(
                    at.error(&anchor.span(), "expected at least 4 bytes that every match contains")
                );
            }
            None if names_a_word(file) => {
                return Err(at
                    .error(&file.regex.span(), "expected an `anchor` too, but found none")
                    .help("this field holds a word of ostack's, not of the log: name a literal of 4 bytes or more that every such record contains"));
            }
            None => anchor::anchors(&hir),
        };
        if anchors.is_empty() {
            return Err(at.error(
                &file.regex.span(),
                "expected a literal of 4 bytes or more that every match contains, but found none",
            ));
        }
        for (capture, safe) in anchor::captures(&hir) {
            captures.entry(capture).and_modify(|s| *s &= safe).or_insert(safe);
        }
        patterns.push(Pattern {
            name: name.clone(),
            record: file.record.clone(),
            field: file.field.as_ref().map(|f| f.get_ref().clone()),
            regex: file.regex.get_ref().clone(),
            anchors,
            required: if names_a_word(file) { Required::NOTHING } else { Required::of(&hir) },
            letters: anchor::letters(&hir),
            within: None,
        });
    }
    // `unit2` stands in for `unit`, where that is another alternative.
    for (name, safe) in captures.clone() {
        let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
        if let Some(base) = captures.get_mut(base) {
            *base &= safe;
        }
    }
    for (i, file) in files.iter().enumerate() {
        let Some(within) = &file.within else { continue };
        let of = patterns
            .iter()
            .position(|p| p.name == *within.of.get_ref() && p.name != patterns[i].name);
        let Some(of) = of else {
            let known = patterns.iter().map(|p| p.name.as_str()).filter(|n| *n != patterns[i].name);
            return Err(unknown_name(at, &within.of, "the name of another [[pattern]]", known));
        };
        patterns[i].within = Some(Within { of, records: within.records, side: within.side });
    }
    Ok((patterns, captures))
}

fn check_explains(at: &Places<'_>, file: &Spanned<ExplainsFile>, id: &str) -> Result<Explains> {
    let explains = match file.get_ref() {
        ExplainsFile::Id(rule) => Explains { rule: rule.clone(), scope: Scope::Run, window: None },
        ExplainsFile::Full(table) => {
            let window = table.window.as_deref().map(|text| {
                seconds(text).ok_or_else(|| {
                    let message =
                        format!("expected a time such as `90s`, `10m` or `2h`, but found `{text}`");
                    at.error(&file.span(), message)
                })
            });
            Explains { rule: table.rule.clone(), scope: table.scope, window: window.transpose()? }
        }
    };
    if explains.rule == id {
        return Err(
            at.error(&file.span(), "expected another rule, but a rule cannot explain itself")
        );
    }
    Ok(explains)
}

fn seconds(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}

fn check_when(at: &Places<'_>, file: WhenFile) -> Result<When> {
    let answer = file.answer.into_iter().map(|(name, test)| {
        let test = match test {
            AnswerFileTest::Is(value) => AnswerTest::Is(value),
            AnswerFileTest::Not { not } => AnswerTest::Not(not),
            AnswerFileTest::Contains { contains } => AnswerTest::Contains(contains),
            AnswerFileTest::Regex { regex } => AnswerTest::Regex(regex),
        };
        (name, test)
    });
    let files = file.file.into_iter().map(|test| {
        anchor::parse(test.regex.get_ref()).map_err(|e| {
            at.error(&test.regex.span(), format!("expected a regular expression: {e}"))
        })?;
        Ok(FileTest { path: test.path, regex: test.regex.into_inner() })
    });
    Ok(When {
        package: file.package,
        answer: answer.collect(),
        release: file.release,
        os: file.os,
        repo: file.repo,
        file: files.collect::<Result<_>>()?,
        any: file.any.into_iter().map(|any| check_when(at, any)).collect::<Result<_>>()?,
    })
}

/// Checks templates against the captures that the rule has.
struct Words<'p> {
    at: &'p Places<'p>,
    captures: Captures,
    /// A computed check brings its own values, quoted like captures.
    computed: bool,
}

impl Words<'_> {
    fn template(&self, text: &Spanned<String>, needs_safe: bool) -> Result<String> {
        for name in template::names(text.get_ref()) {
            let Some(&safe) = self.captures.get(name) else {
                if self.computed {
                    continue;
                }
                let name = Spanned::new(text.span(), name.to_owned());
                let known = self.captures.keys().map(String::as_str);
                return Err(unknown_name(self.at, &name, "the name of a capture", known));
            };
            if needs_safe && !safe {
                let message = format!(
                    "expected a capture that is safe in a command or a file, but the pattern of `{name}` \
                     matches more than [\\w.+:@%/=-]"
                );
                return Err(self.at.error(&text.span(), message));
            }
        }
        Ok(text.get_ref().clone())
    }

    fn plain(&self, text: &Spanned<String>) -> Result<String> {
        self.template(text, false)
    }

    fn safe(&self, text: &Spanned<String>) -> Result<String> {
        self.template(text, true)
    }

    fn check(&self, file: &CheckFile) -> Result<Check> {
        Ok(Check {
            run: self.safe(&file.run)?,
            confirms: self.plain(&file.confirms)?,
            refutes: self.plain(&file.refutes)?,
        })
    }

    fn verify(&self, file: &VerifyFile) -> Result<Verify> {
        Ok(Verify { run: self.safe(&file.run)?, expect: self.plain(&file.expect)? })
    }

    fn again(&self, file: &AgainFile) -> Result<Again> {
        Ok(Again {
            clean: file.clean.iter().map(|c| self.safe(c)).collect::<Result<_>>()?,
            note: file.note.as_ref().map(|n| self.plain(n)).transpose()?,
        })
    }

    fn fix(&self, file: FixFile) -> Result<Fix> {
        if file.steps.is_empty() {
            return Err(self.at.error(&file.title.span(), "expected at least one [[fix.step]]"));
        }
        let when = file.when.map(|when| FixWhen {
            releases: when.releases,
            os: when.os,
            family: when.family,
        });
        let steps = file.steps.iter().map(|step| self.step(step)).collect::<Result<_>>()?;
        Ok(Fix { title: self.plain(&file.title)?, when, steps })
    }

    fn step(&self, file: &Spanned<StepFile>) -> Result<Step> {
        let step = file.get_ref();
        let action = match (&step.run, &step.set, &step.edit, &step.note) {
            (Some(run), None, None, None) => Action::Run(self.safe(run)?),
            (None, Some(set), None, None) => Action::Set(
                set.iter().map(|(k, v)| Ok((k.clone(), self.safe(v)?))).collect::<Result<_>>()?,
            ),
            (None, None, Some(edit), None) => Action::Edit(self.edit(edit, &file.span())?),
            (None, None, None, Some(note)) => Action::Note(self.plain(note)?),
            _ => {
                let message = "expected exactly one of `run`, `set`, `edit` and `note` in a step";
                return Err(self.at.error(&file.span(), message));
            }
        };
        let on = step.on.as_ref().map(|on| self.plain(on)).transpose()?;
        Ok(Step { action, risk: step.risk, on })
    }

    fn edit(&self, file: &EditFile, span: &std::ops::Range<usize>) -> Result<Edit> {
        let change = match (&file.add, &file.key, &file.value) {
            (Some(add), None, None) if file.section.is_none() => Change::Add(self.safe(add)?),
            (None, Some(key), Some(value)) => Change::Key {
                section: file.section.clone(),
                key: self.safe(key)?,
                value: self.safe(value)?,
            },
            _ => {
                let message = "expected `add`, or `key` and `value` (and `section`), in an edit";
                return Err(self.at.error(span, message));
            }
        };
        Ok(Edit { file: self.safe(&file.file)?, change })
    }
}
