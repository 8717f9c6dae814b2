//! A rule's page: all that it knows, for a terminal.

use std::fmt::{self, Write};

use crate::rule::{Action, Change, Rule};

/// The page of a rule: what it means, how it is recognised, what to do. Templates stand as they are
/// written.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn page(rule: &Rule) -> String {
    let mut out = String::new();
    write(&mut out, rule).expect("a String takes everything");
    out
}

fn write(out: &mut String, rule: &Rule) -> fmt::Result {
    writeln!(out, "{}  [{}, {}, {}]", rule.id, rule.component, rule.severity, rule.status)?;
    writeln!(out, "{}\n", rule.title)?;
    paragraph(out, "", &rule.cause)?;
    for (label, list) in
        [("Releases", &rule.releases), ("OS", &rule.os), ("Fixed in", &rule.fixed_in)]
    {
        if !list.is_empty() {
            writeln!(out, "\n{label}: {}", list.join(", "))?;
        }
    }
    if !rule.patterns.is_empty() {
        writeln!(out, "\nRecognised by:")?;
    }
    for (index, pattern) in rule.patterns.iter().enumerate() {
        let wanted = match index {
            i if rule.none.contains(&i) => "and never",
            i if rule.any.contains(&i) => "any of",
            _ => "all of",
        };
        writeln!(out, "  {wanted}: {}", pattern.regex)?;
    }
    for check in &rule.checks {
        writeln!(out, "\nTo decide: {}", check.run)?;
        writeln!(out, "  it is this, if it: {}", check.confirms)?;
        writeln!(out, "  it is not, if it: {}", check.refutes)?;
    }
    for fix in &rule.fixes {
        writeln!(out, "\nFix: {}", fix.title)?;
        for step in &fix.steps {
            let on = step.on.as_ref().map(|on| format!(" (on {on})")).unwrap_or_default();
            match &step.action {
                Action::Run(command) => writeln!(out, "  $ {command}  [{}]{on}", step.risk)?,
                Action::Note(note) => paragraph(out, "  ", note)?,
                Action::Set(values) => {
                    for (name, value) in values {
                        writeln!(out, "  answer file: {name}={value}  [{}]", step.risk)?;
                    }
                }
                Action::Edit(edit) => match &edit.change {
                    Change::Add(line) => {
                        writeln!(out, "  add to {}: {line}  [{}]{on}", edit.file, step.risk)?;
                    }
                    Change::Key { section, key, value } => {
                        let section =
                            section.as_ref().map(|s| format!(" [{s}]")).unwrap_or_default();
                        writeln!(
                            out,
                            "  {}{section}: {key} = {value}  [{}]{on}",
                            edit.file, step.risk
                        )?;
                    }
                },
            }
        }
    }
    if let Some(verify) = &rule.verify {
        writeln!(out, "\nCheck: {}\n  expect: {}", verify.run, verify.expect)?;
    }
    if let Some(again) = &rule.again {
        for command in &again.clean {
            writeln!(out, "\nBefore packstack runs again: {command}")?;
        }
        if let Some(note) = &again.note {
            paragraph(out, "  ", note)?;
        }
    }
    if let Some(text) = &rule.false_positives {
        writeln!(out)?;
        paragraph(out, "", &format!("Can be wrong: {text}"))?;
    }
    if !rule.explains.is_empty() {
        let symptoms: Vec<&str> = rule.explains.iter().map(|e| e.rule.as_str()).collect();
        writeln!(out, "\nShows as: {}", symptoms.join(", "))?;
    }
    for reference in &rule.references {
        writeln!(out, "\nSee {reference}")?;
    }
    Ok(())
}

fn paragraph(out: &mut String, indent: &str, text: &str) -> fmt::Result {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let options = textwrap::Options::new(90)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .initial_indent(indent)
        .subsequent_indent(indent);
    textwrap::wrap(&text, options).iter().try_for_each(|line| writeln!(out, "{line}"))
}
