//! The reference that is generated from rules: a page for each, an index, and which stages of an
//! installation they cover.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::error::Result;
use crate::log::{Entry, PuppetEvent, Reader, Record};
use crate::matcher::Matcher;
use crate::rule::{Action, Change, Fix, KnowledgeBase, Rule, Step};

use super::test::{alone, setting};

/// A stage of an installation with packstack, and of the cloud after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The answer file.
    Answers,
    /// The host before packstack runs: name, network, time, SELinux, repositories that are enabled.
    Host,
    /// packstack's own steps: SSH, its scripts, the order of manifests.
    Packstack,
    /// Repositories are read and packages installed, by hand or by Puppet.
    Packages,
    /// Puppet reads manifests, modules and data and compiles a catalogue.
    Catalogue,
    /// Puppet applies it: files, databases, users, db sync.
    Apply,
    /// Services are started.
    Start,
    /// They run.
    Run,
}

impl Stage {
    /// All stages, in the order of an installation.
    pub const ALL: [Self; 8] = [
        Self::Answers,
        Self::Host,
        Self::Packstack,
        Self::Packages,
        Self::Catalogue,
        Self::Apply,
        Self::Start,
        Self::Run,
    ];

    /// Its name in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answers => "answer file",
            Self::Host => "host",
            Self::Packstack => "packstack",
            Self::Packages => "packages",
            Self::Catalogue => "catalogue",
            Self::Apply => "apply",
            Self::Start => "service start",
            Self::Run => "run time",
        }
    }
}

/// The stages in which a rule speaks: those that its own tests show, by the kinds of records that its
/// patterns match there and by what Puppet was doing, and those of Puppet's failures that it explains.
/// A rule on facts speaks before the run.
///
/// # Errors
/// A test that cannot be set up.
pub fn stages(rules: &KnowledgeBase, index: usize) -> Result<BTreeSet<Stage>> {
    let mut stages = shown(rules, index)?;
    let symptoms = rules.rule(index).explains.iter().filter_map(|e| rules.find(&e.rule));
    for symptom in symptoms.filter(|&symptom| rules.head(symptom).component == "puppet") {
        stages.extend(shown(rules, symptom)?);
    }
    Ok(stages)
}

/// The stages that a rule's own tests show.
fn shown(rules: &KnowledgeBase, index: usize) -> Result<BTreeSet<Stage>> {
    let rule = rules.rule(index);
    let mut stages = BTreeSet::new();
    if rule.patterns.is_empty() {
        let of_answers = rule.component == "answers"
            || rule.when.as_ref().is_some_and(|when| !when.answer.is_empty());
        stages.insert(if of_answers { Stage::Answers } else { Stage::Host });
        return Ok(stages);
    }
    let alone = alone(rule)?;
    let matcher = Matcher::new(&alone);
    for test in rules.tests(index).iter().filter(|test| !test.silent) {
        let (sources, _) = setting(test)?;
        for source in &sources {
            let mut reader = Reader::new(source)?;
            while let Some(block) = reader.next_block()? {
                for entry in block.entries() {
                    if matcher.matches(&entry).any(|found| !rule.none.contains(&found.pattern)) {
                        stages.insert(stage(&entry, rule));
                    }
                }
            }
        }
    }
    Ok(stages)
}

fn stage(entry: &Entry<'_>, rule: &Rule) -> Stage {
    let has = |words: &[&str]| {
        words.iter().any(|w| memchr::memmem::find(entry.text, w.as_bytes()).is_some())
    };
    let starting = || has(&["Could not start", "Failed to start", "start for", "Job for "]);
    match &entry.record {
        Record::Packstack(_) => Stage::Packstack,
        Record::Package(_) => Stage::Packages,
        Record::Puppet(puppet)
            if matches!(puppet.event, PuppetEvent::Compile | PuppetEvent::Facter) =>
        {
            Stage::Catalogue
        }
        Record::Puppet(_) if rule.component == "packages" || has(&["/Package["]) => Stage::Packages,
        Record::Puppet(_) | Record::Journal(_) | Record::Plain(_) if starting() => Stage::Start,
        Record::Puppet(_) => Stage::Apply,
        Record::Plain(_) if has(&["/Stage["]) => Stage::Apply,
        Record::Plain(_) => match rule.component.as_str() {
            "answers" => Stage::Answers,
            "host" => Stage::Host,
            "packstack" => Stage::Packstack,
            "packages" => Stage::Packages,
            "puppet" => Stage::Catalogue,
            _ => Stage::Run,
        },
        _ => Stage::Run,
    }
}

/// How many rules each component has for each stage, as a page in Markdown. A rule counts in each
/// stage that its tests show.
///
/// # Errors
/// As [`stages`].
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn coverage(rules: &KnowledgeBase) -> Result<String> {
    let mut table: BTreeMap<&str, (usize, BTreeMap<Stage, usize>)> = BTreeMap::new();
    for index in rules.indices() {
        let (all, by_stage) = table.entry(&rules.rule(index).component).or_default();
        *all += 1;
        for stage in stages(rules, index)? {
            *by_stage.entry(stage).or_default() += 1;
        }
    }
    let mut out = String::from(
        "# What the rules cover\n\n\
         Generated by `ostack-cli rules coverage`. Rows are components, columns the stages of an installation. A rule\n\
         counts in each stage that its own tests show (by the kind of record that it matches and, of Puppet, by what\n\
         it was doing; a plain line counts by the component), and in the stages of Puppet's failures that it explains.\n\n",
    );
    let names: Vec<&str> = Stage::ALL.iter().map(|stage| stage.as_str()).collect();
    let mut line = |text: String| writeln!(out, "{text}").expect("a String takes everything");
    line(format!("| component | {} | rules |", names.join(" | ")));
    line(format!("| --- |{} ---: |", " ---: |".repeat(names.len())));
    let row = |name: &str, all: usize, counts: &BTreeMap<Stage, usize>| {
        let cells =
            Stage::ALL.map(|stage| counts.get(&stage).map(usize::to_string).unwrap_or_default());
        format!("| {name} | {} | {all} |", cells.join(" | "))
    };
    let mut sums: BTreeMap<Stage, usize> = BTreeMap::new();
    for (component, (all, counts)) in &table {
        line(row(component, *all, counts));
        for (stage, count) in counts {
            *sums.entry(*stage).or_default() += count;
        }
    }
    line(row("all", rules.len(), &sums));
    Ok(out)
}

/// The index of the pages: the rules by component.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn index(rules: &KnowledgeBase) -> String {
    let mut components: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for head in rules.heads() {
        components.entry(head.component).or_default().push(head);
    }
    let mut out = format!("# {} rules\n", rules.len());
    for (component, heads) in components {
        write!(out, "\n## {component}\n\n").expect("a String");
        for head in heads {
            let title = plain(head.title);
            writeln!(out, "- [`{}`]({component}/{}.md): {title}", head.id, head.id)
                .expect("a String");
        }
    }
    out
}

/// The page of a rule in Markdown.
///
/// # Errors
/// As [`stages`].
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn reference(rules: &KnowledgeBase, index: usize) -> Result<String> {
    let rule = rules.rule(index);
    let mut page = Page(format!("# {}\n\n", plain(&rule.title)));
    let stages: Vec<&str> = stages(rules, index)?.into_iter().map(Stage::as_str).collect();
    page.line(format!(
        "`{}` · {} · {} · {} · {}",
        rule.id,
        rule.component,
        rule.severity,
        rule.status,
        stages.join(", ")
    ));
    page.paragraph(&plain(&rule.cause));
    let lists = [("Releases", &rule.releases), ("OS", &rule.os), ("Fixed in", &rule.fixed_in)];
    for (label, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        page.paragraph(&format!("**{label}:** {}", list.join(", ")));
    }
    if !rule.patterns.is_empty() {
        page.title("Recognised by");
        for (at, pattern) in rule.patterns.iter().enumerate() {
            let wanted = match at {
                at if rule.none.contains(&at) => "never",
                at if rule.any.contains(&at) => "one of",
                _ => "always",
            };
            let record = pattern.record.as_ref().map(|record| format!(", in a `{record}` record"));
            page.line(format!("{wanted}{}:", record.unwrap_or_default()));
            page.code("text", &pattern.regex);
        }
    }
    for check in &rule.checks {
        page.title("To decide");
        page.code("sh", &filled(&check.run));
        page.line(format!("- it is this, if it: {}", plain(&check.confirms)));
        page.line(format!("- it is not, if it: {}\n", plain(&check.refutes)));
    }
    for fix in &rule.fixes {
        page.fix(fix);
    }
    if let Some(verify) = &rule.verify {
        page.title("Verify");
        page.code("sh", &filled(&verify.run));
        page.line(format!("expect: {}\n", plain(&verify.expect)));
    }
    if let Some(again) = &rule.again {
        page.title("Before packstack runs again");
        for clean in &again.clean {
            page.code("sh", &filled(clean));
        }
        page.paragraph(&plain(again.note.as_deref().unwrap_or_default()));
    }
    if let Some(text) = &rule.false_positives {
        page.title("Can be wrong");
        page.paragraph(&plain(text));
    }
    let link = |other: &Rule| {
        format!(
            "- [`{}`](../{}/{}.md): {}",
            other.id,
            other.component,
            other.id,
            plain(&other.title)
        )
    };
    let symptoms = rule.explains.iter().filter_map(|explains| rules.find(&explains.rule));
    page.links("Leads to", &symptoms.map(|at| link(rules.rule(at))).collect::<Vec<_>>());
    let explains = |other: &&Rule| other.explains.iter().any(|explains| explains.rule == rule.id);
    page.links("May come from", &rules.rules().filter(explains).map(link).collect::<Vec<_>>());
    page.links(
        "References",
        &rule.references.iter().map(|url| format!("- <{url}>")).collect::<Vec<_>>(),
    );
    let origins: BTreeSet<String> = rules
        .tests(index)
        .into_iter()
        .filter(|test| !test.silent)
        .filter_map(|test| Some(format!("- {}", test.origin?)))
        .collect();
    page.links("Tested with logs", &origins.into_iter().collect::<Vec<_>>());
    let mut text = page.0.trim_end().to_owned() + "\n";
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    Ok(text)
}

struct Page(String);

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        self.0 += text.as_ref();
        self.0.push('\n');
    }

    fn title(&mut self, text: &str) {
        self.line(format!("\n## {text}\n"));
    }

    fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            self.line(format!("\n{}", text.trim()));
        }
    }

    fn code(&mut self, language: &str, text: &str) {
        // A fence longer than any run of backquotes in the text.
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
        let fence = "`".repeat(longest.max(2) + 1);
        self.line(format!("{fence}{language}\n{}\n{fence}\n", text.trim_end()));
    }

    fn links(&mut self, title: &str, lines: &[String]) {
        if !lines.is_empty() {
            self.title(title);
            self.line(lines.join("\n"));
        }
    }

    fn fix(&mut self, fix: &Fix) {
        self.title(&format!("Fix: {}", plain(&fix.title)));
        if let Some(when) = &fix.when {
            let parts = [&when.releases, &when.os, &when.family];
            let parts: Vec<String> = parts
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(|part| part.join(", "))
                .collect();
            self.line(format!("On {}.\n", parts.join("; ")));
        }
        for Step { action, risk, on } in &fix.steps {
            let on = on.as_ref().map(|on| format!(", on {}", plain(on))).unwrap_or_default();
            match action {
                Action::Run(run) => {
                    self.code("sh", &filled(run));
                    self.line(format!("*{risk}{on}*\n"));
                }
                Action::Note(note) => self.line(format!("{} *{risk}{on}*\n", plain(note))),
                Action::Set(values) => {
                    let lines: Vec<String> =
                        values.iter().map(|(name, value)| format!("{name}={value}")).collect();
                    self.line("In the answer file:\n");
                    self.code("ini", &filled(&lines.join("\n")));
                    self.line(format!("*{risk}{on}*\n"));
                }
                Action::Edit(edit) => {
                    self.line(format!("In `{}`:\n", filled(&edit.file)));
                    let text = match &edit.change {
                        Change::Add(line) => line.clone(),
                        Change::Key { section, key, value } => {
                            let section =
                                section.as_ref().map(|s| format!("[{s}]\n")).unwrap_or_default();
                            format!("{section}{key} = {value}")
                        }
                    };
                    self.code("ini", &filled(&text));
                    self.line(format!("*{risk}{on}*\n"));
                }
            }
        }
    }
}

/// A text with its templates as placeholders, and nothing that Markdown would take as HTML: what
/// stands between backquotes is code.
fn plain(text: &str) -> String {
    let text = filled(text);
    let parts = text.trim().split('`').enumerate();
    let parts =
        parts.map(|(at, part)| if at % 2 == 0 { part.replace('<', "\\<") } else { part.into() });
    parts.collect::<Vec<_>>().join("`")
}

/// A text with its templates as placeholders.
fn filled(text: &str) -> String {
    crate::rule::template::render(text, |_| None, Into::into)
}
