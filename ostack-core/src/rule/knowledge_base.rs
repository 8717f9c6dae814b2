//! The rules of a run: the built-in ones, decoded one by one as they are needed, and a user's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use super::format::{Head, Rule, RuleTest, Table, Wake, parse};
use crate::error::{Error, ErrorKind, Result, did_you_mean};

static BUILT_IN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));

/// The rules of a run.
///
/// ```
/// let rules = ostack_core::rule::KnowledgeBase::builtin();
/// assert!(rules.find("puppet_not_from_rdo").is_some());
/// ```
#[derive(Debug, Default)]
pub struct KnowledgeBase {
    rules: Vec<Known>,
    /// The indices of all rules, in the order of ids.
    by_id: Vec<usize>,
    built_in_anchors: Vec<Wake<'static>>,
    loaded: Vec<String>,
}

#[derive(Debug)]
enum Known {
    BuiltIn {
        head: Head<'static>,
        body: &'static [u8],
        tests: &'static [u8],
        rule: OnceLock<Box<Rule>>,
    },
    Loaded {
        rule: Box<Rule>,
        tests: Vec<RuleTest>,
        path: String,
    },
}

impl KnowledgeBase {
    /// The rules that come with this crate.
    ///
    /// # Panics
    /// Never: the table was written by this crate's own build script.
    pub fn builtin() -> Self {
        let table: Table<'static> =
            postcard::from_bytes(BUILT_IN).expect("build.rs wrote what this crate reads");
        let parts = table.heads.into_iter().zip(table.bodies).zip(table.tests);
        let rules: Vec<Known> = parts
            .map(|((head, body), tests)| Known::BuiltIn {
                head,
                body,
                tests,
                rule: OnceLock::new(),
            })
            .collect();
        // The table is in the order of ids.
        let by_id = (0..rules.len()).collect();
        Self { rules, by_id, built_in_anchors: table.anchors, loaded: Vec::new() }
    }

    /// No rules at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds the rules of a folder: every `*.toml` file in it and below it, in the order of paths.
    ///
    /// # Errors
    /// A folder or file that cannot be read, a file that is not a valid rule, and a rule with the id
    /// of one that is there already and no `overrides = true`, and rules that explain one another in
    /// a circle. All files are looked at: the errors of all of them are returned.
    pub fn load(&mut self, folder: &Path) -> Result<(), Vec<Error>> {
        let mut files = Vec::new();
        toml_files(folder, &mut files).map_err(|e| vec![e])?;
        let mut errors = Vec::new();
        for path in files {
            let name = path.display().to_string();
            let read = fs::read_to_string(&path).map_err(|e| Error::io(&name, e));
            match read.and_then(|text| parse(&name, &text)) {
                Ok((rule, tests)) => errors.extend(self.add(&name, rule, tests).err()),
                Err(error) => errors.push(error),
            }
        }
        let circles =
            self.indices().filter(|&index| self.path(index).is_some()).filter_map(|index| {
                let message =
                    format!("{}: each explains the next, in a circle", self.circle(index)?);
                Some(Error::new(ErrorKind::Rule, message).in_file(self.path(index)?))
            });
        errors.extend(circles);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The rules that explain one another in a circle through this one, in words.
    pub fn circle(&self, index: usize) -> Option<String> {
        let next = |at: usize| self.rule(at).explains.iter().filter_map(|e| self.find(&e.rule));
        let mut from: BTreeMap<usize, usize> = BTreeMap::new();
        let mut left: Vec<(usize, usize)> = next(index).map(|symptom| (symptom, index)).collect();
        while let Some((at, cause)) = left.pop() {
            if from.contains_key(&at) {
                continue;
            }
            from.insert(at, cause);
            left.extend(next(at).map(|symptom| (symptom, at)));
        }
        let mut at = *from.get(&index)?;
        let mut path = vec![self.head(index).id];
        while at != index {
            path.insert(0, self.head(at).id);
            at = from[&at];
        }
        path.insert(0, self.head(index).id);
        Some(path.join(" → "))
    }

    /// Adds one rule; `path` is shown in reports.
    ///
    /// # Errors
    /// A rule with this id is there already, and this one does not say `overrides = true`.
    pub fn add(&mut self, path: &str, rule: Rule, tests: Vec<RuleTest>) -> Result<()> {
        let (id, overrides) = (rule.id.clone(), rule.overrides);
        let known = Known::Loaded { rule: Box::new(rule), tests, path: path.to_owned() };
        match self.place(&id) {
            Ok(there) if overrides => self.rules[self.by_id[there]] = known,
            Ok(there) => {
                let other = self.path(self.by_id[there]).unwrap_or("the built-in rules");
                return Err(Error::new(
                    ErrorKind::Rule,
                    format!("the id `{id}` is taken by {other}"),
                )
                .in_file(path)
                .help("choose another id, or say `overrides = true` to replace that rule"));
            }
            Err(place) => {
                self.by_id.insert(place, self.rules.len());
                self.rules.push(known);
            }
        }
        self.loaded.push(path.to_owned());
        Ok(())
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The files that were loaded on top of the built-in rules.
    pub fn loaded(&self) -> &[String] {
        &self.loaded
    }

    /// The index of the rule with this id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.place(id).ok().map(|place| self.by_id[place])
    }

    /// Where in the order of ids this one is, or would be.
    fn place(&self, id: &str) -> Result<usize, usize> {
        self.by_id.binary_search_by(|&index| self.head(index).id.cmp(id))
    }

    /// The rule with this id.
    ///
    /// # Errors
    /// There is none; the error names the one that was probably meant.
    pub fn get(&self, id: &str) -> Result<&Rule> {
        self.index(id).map(|index| self.rule(index))
    }

    /// The index of the rule with this id.
    ///
    /// # Errors
    /// As [`KnowledgeBase::get`].
    pub(crate) fn index(&self, id: &str) -> Result<usize> {
        self.find(id).ok_or_else(|| {
            let error =
                Error::new(ErrorKind::Usage, format!("expected a rule's id, but found `{id}`"));
            match did_you_mean(id, self.heads().map(|head| head.id)) {
                Some(meant) => error.help(format!("did you mean `{meant}`?")),
                None => error.help("`ostack-cli rules list` names all rules"),
            }
        })
    }

    /// The indices of all rules, in the order of ids.
    pub fn indices(&self) -> impl Iterator<Item = usize> {
        self.by_id.iter().copied()
    }

    /// All rules' heads, in the order of ids.
    pub fn heads(&self) -> impl Iterator<Item = Head<'_>> {
        self.indices().map(|index| self.head(index))
    }

    /// All rules, decoded, in the order of ids.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.indices().map(|index| self.rule(index))
    }

    /// The head of the rule at `index`.
    pub fn head(&self, index: usize) -> Head<'_> {
        match &self.rules[index] {
            Known::BuiltIn { head, .. } => *head,
            Known::Loaded { rule, .. } => Head::of(rule),
        }
    }

    /// The rule at `index`; a built-in one is decoded when it is first asked for.
    ///
    /// # Panics
    /// Where there is no rule at `index`.
    pub fn rule(&self, index: usize) -> &Rule {
        match &self.rules[index] {
            Known::BuiltIn { body, rule, .. } => {
                let decode = || postcard::from_bytes(body).expect("build.rs wrote a rule");
                rule.get_or_init(|| Box::new(decode()))
            }
            Known::Loaded { rule, .. } => rule,
        }
    }

    /// The tests that the rule at `index` brings.
    ///
    /// # Panics
    /// Where there is no rule at `index`.
    pub fn tests(&self, index: usize) -> Vec<RuleTest> {
        match &self.rules[index] {
            Known::BuiltIn { tests, .. } => {
                postcard::from_bytes(tests).expect("build.rs wrote tests")
            }
            Known::Loaded { tests, .. } => tests.clone(),
        }
    }

    /// The file that the rule at `index` was loaded from; none for a built-in one.
    pub fn path(&self, index: usize) -> Option<&str> {
        match &self.rules[index] {
            Known::BuiltIn { .. } => None,
            Known::Loaded { path, .. } => Some(path),
        }
    }

    /// The rules that speak on facts alone.
    pub(crate) fn on_facts(&self) -> impl Iterator<Item = usize> {
        (0..self.rules.len()).filter(|&index| self.head(index).on_facts)
    }

    /// What wakes the patterns of all rules, in their order.
    pub(crate) fn anchors(&self) -> Cow<'_, [Wake<'_>]> {
        if self.loaded.is_empty() {
            return Cow::Borrowed(&self.built_in_anchors);
        }
        let loaded = |rule: usize| match &self.rules[rule] {
            Known::Loaded { rule, .. } => Some(&**rule),
            Known::BuiltIn { .. } => None,
        };
        let built_in = self.built_in_anchors.iter().copied();
        let mut anchors: Vec<Wake<'_>> =
            built_in.filter(|anchor| loaded(anchor.rule as usize).is_none()).collect();
        let own = self.indices().filter_map(|index| Some((index, loaded(index)?)));
        anchors.extend(own.flat_map(|(index, rule)| Wake::of(index, rule)));
        anchors.sort_by_key(|anchor| (anchor.rule, anchor.pattern));
        Cow::Owned(anchors)
    }
}

fn toml_files(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    let name = folder.display();
    let entries = fs::read_dir(folder).map_err(|e| Error::io(name, e))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|e| Error::io(folder.display(), e))?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            toml_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
