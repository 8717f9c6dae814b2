//! `ostack-cli rules` and `ostack-cli explain`.

use std::fmt::Write;

use ostack_core::authoring::{self, Level};
use ostack_core::report;
use ostack_core::rule::KnowledgeBase;

use crate::args::{Explain, Format, RuleFolders, Rules, RulesCommand, When};
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
