//! `ostack-cli rules` and `ostack-cli explain`.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use ostack_core::Error;
use ostack_core::authoring::{self, Level};
use ostack_core::report;
use ostack_core::rule::KnowledgeBase;

use crate::args::{Explain, Format, NewRule, NewRuleFrom, RuleFolders, Rules, RulesCommand, When};
use crate::diagnose::style;
use crate::{Outcome, complain, print};

/// The rules that the options ask for.
pub(crate) fn load(folders: &RuleFolders) -> anyhow::Result<KnowledgeBase> {
    let mut rules =
        if folders.no_builtin_rules { KnowledgeBase::empty() } else { KnowledgeBase::builtin() };
    for folder in &folders.folders {
        if let Err(mut errors) = rules.load(folder) {
            let last = errors.pop();
            for error in errors {
                complain(&error.into());
            }
            if let Some(last) = last {
                return Err(last.into());
            }
        }
    }
    Ok(rules)
}

pub(crate) fn run(args: &Rules) -> anyhow::Result<Outcome> {
    match &args.command {
        RulesCommand::List { rules, format } => list(&load(rules)?, *format),
        RulesCommand::Show { id, rules, format } => show(&load(rules)?, id, *format),
        RulesCommand::Check { list: true, format, .. } => lints(*format),
        RulesCommand::Check { rules, format, strict, .. } => check(&load(rules)?, *format, *strict),
        RulesCommand::Test { rules } => test(&load(rules)?),
        RulesCommand::New(args) => new(args),
        RulesCommand::Schema => print(authoring::SCHEMA).map(|()| Outcome::Nothing),
        RulesCommand::Doc { output, rules } => doc(&load(rules)?, output),
        RulesCommand::Coverage { rules } => {
            print(&authoring::coverage(&load(rules)?)?).map(|()| Outcome::Nothing)
        }
    }
}

pub(crate) fn explain(args: &Explain) -> anyhow::Result<Outcome> {
    let name = args.id.to_uppercase();
    if name.starts_with("CONFIG_") || name == "EXCLUDE_SERVERS" {
        print(&report::parameter_page(&name)?)?;
        return Ok(Outcome::Nothing);
    }
    let rules = load(&args.rules)?;
    print(&report::page(rules.get(&args.id)?, &style(args.color, false)))?;
    Ok(Outcome::Nothing)
}

fn list(rules: &KnowledgeBase, format: Format) -> anyhow::Result<Outcome> {
    let mut out = String::new();
    match format {
        Format::Json => {
            let heads: Vec<_> = rules
                .heads()
                .map(|head| {
                    serde_json::json!({
                        "id": head.id, "title": head.title, "component": head.component,
                        "severity": head.severity, "status": head.status,
                    })
                })
                .collect();
            out = serde_json::to_string_pretty(&heads)?;
            out.push('\n');
        }
        Format::Text => {
            let width = rules.heads().map(|head| head.id.len()).max().unwrap_or_default();
            for head in rules.heads() {
                writeln!(out, "{:<width$}  {:<10}  {}", head.id, head.component, head.title)?;
            }
        }
    }
    print(&out)?;
    Ok(Outcome::Nothing)
}

fn show(rules: &KnowledgeBase, id: &str, format: Format) -> anyhow::Result<Outcome> {
    let rule = rules.get(id)?;
    match format {
        Format::Text => print(&report::page(rule, &style(When::Auto, false)))?,
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(rule)?))?,
    }
    Ok(Outcome::Nothing)
}

fn lints(format: Format) -> anyhow::Result<Outcome> {
    match format {
        Format::Text => print(&authoring::lints_table())?,
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(authoring::LINTS)?))?,
    }
    Ok(Outcome::Nothing)
}

fn check(rules: &KnowledgeBase, format: Format, strict: bool) -> anyhow::Result<Outcome> {
    let problems = authoring::check(rules, &ostack_core::checks());
    let errors = problems.iter().filter(|problem| problem.level == Level::Error).count();
    let warnings = problems.len() - errors;
    match format {
        Format::Json => {
            let found = serde_json::json!({ "problems": problems });
            print(&format!("{}\n", serde_json::to_string_pretty(&found)?))?;
        }
        Format::Text => {
            let mut out = authoring::text(&problems, true);
            let checked =
                if rules.loaded().is_empty() { rules.len() } else { rules.loaded().len() };
            writeln!(out, "{checked} rules, {errors} errors, {warnings} warnings")?;
            print(&out)?;
        }
    }
    let passes = errors == 0 && (warnings == 0 || !strict);
    Ok(if passes { Outcome::Nothing } else { Outcome::Something })
}

fn test(rules: &KnowledgeBase) -> anyhow::Result<Outcome> {
    let tested = authoring::test(rules, &ostack_core::checks())?;
    let mut out = String::new();
    let (mut passed, mut failed) = (0, 0);
    for rule in &tested {
        failed += rule.failures.len();
        passed += rule.tests - rule.failures.len();
        for failure in &rule.failures {
            writeln!(out, "{}: {failure}", rule.rule)?;
        }
    }
    writeln!(out, "{} rules: {passed} tests passed, {failed} failed", tested.len())?;
    print(&out)?;
    Ok(if failed == 0 { Outcome::Nothing } else { Outcome::Something })
}

fn new(args: &NewRule) -> anyhow::Result<Outcome> {
    let NewRuleFrom { from_line, log, from_report } = &args.from;
    let read = |path: &Path| fs::read(path).map_err(|error| Error::io(path.display(), error));
    let log = match (from_line, log, from_report) {
        (Some(line), _, _) => line.clone().into_bytes(),
        (_, Some(path), _) => read(path)?,
        (_, _, Some(path)) => unexplained(&read(path)?, args.entry)
            .with_context(|| format!("{}", path.display()))?
            .into_bytes(),
        _ => anyhow::bail!("expected --from-line, --log or --from-report"),
    };
    let text = authoring::scaffold(&args.id, &args.component, &log, args.line)?;
    let Some(folder) = &args.output else {
        print(&text)?;
        return Ok(Outcome::Nothing);
    };
    let folder = folder.join(&args.component);
    let path = folder.join(format!("{}.toml", args.id));
    fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
    let mut file = fs::File::create_new(&path).map_err(|e| Error::io(path.display(), e))?;
    file.write_all(text.as_bytes()).map_err(|error| Error::io(path.display(), error))?;
    print(&format!("{}\n", path.display()))?;
    Ok(Outcome::Nothing)
}

/// The text of an unexplained error of a report, by its place from 1.
fn unexplained(report: &[u8], entry: usize) -> anyhow::Result<String> {
    let report: serde_json::Value = serde_json::from_slice(report)?;
    let errors = report["unexplained"].as_array().context("expected a report of `diagnose`")?;
    let error = entry.checked_sub(1).and_then(|at| errors.get(at));
    let text = error.and_then(|error| error["first"]["text"].as_str());
    let known = errors.len();
    Ok(text.with_context(|| format!("expected one of {known} unexplained errors"))?.to_owned())
}

fn doc(rules: &KnowledgeBase, folder: &Path) -> anyhow::Result<Outcome> {
    let write = |path: &Path, text: String| {
        fs::write(path, text).map_err(|error| Error::io(path.display(), error))
    };
    let make =
        |path: &Path| fs::create_dir_all(path).map_err(|error| Error::io(path.display(), error));
    make(folder)?;
    write(&folder.join("README.md"), authoring::index(rules))?;
    write(&folder.join("COVERAGE.md"), authoring::coverage(rules)?)?;
    for index in rules.indices() {
        let head = rules.head(index);
        let component = folder.join(head.component);
        make(&component)?;
        write(&component.join(format!("{}.md", head.id)), authoring::reference(rules, index)?)?;
    }
    print(&format!("{}: {} pages\n", folder.display(), rules.len()))?;
    Ok(Outcome::Nothing)
}
