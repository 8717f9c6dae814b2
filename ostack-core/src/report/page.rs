//! A rule's page: all that it knows, for a terminal, in the manner of the report.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};

use super::Style;
use super::text::Page;
use super::words;
use crate::context::Context;
use crate::finding::{Fix, Step};
use crate::rule::{Rule, Severity, template};

/// The page of a rule: what it means, what to do, and how it is recognised. What a log or a host
/// would fill in stands in angle brackets.
///
/// ```
/// use ostack_core::report::{Style, page};
/// use ostack_core::rule::KnowledgeBase;
/// let rules = KnowledgeBase::builtin();
/// let page = page(rules.get("puppet_not_from_rdo")?, &Style::default());
/// assert!(page.starts_with("error[puppet_not_from_rdo]: "));
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn page(rule: &Rule, style: &Style) -> String {
    let mut page = Page { out: String::new(), style: *style };
    write(&mut page, rule).expect("a String takes everything");
    page.out
}

fn write(page: &mut Page, rule: &Rule) -> fmt::Result {
    let say = |text: &str| template::render(text, |_| None, Into::into);
    let color = match rule.severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::BrightYellow,
        Severity::Info => AnsiColor::BrightGreen,
    };
    let head = format!("{}[{}]", rule.severity, rule.id);
    let head = page.paint(&head, Ansi::new().bold().fg_color(Some(color.into())));
    let title = page.paint(&format!(": {}", say(&rule.title)), Ansi::new().bold());
    writeln!(page.out, "{head}{title}\n")?;
    page.section("why", &say(&rule.cause))?;
    page.section("part", &format!("{} ({})", rule.component, rule.status))?;
    let places =
        [("releases", &rule.releases), ("systems", &rule.os), ("fixed in", &rule.fixed_in)];
    let places = places.into_iter().filter(|(_, list)| !list.is_empty());
    let places: Vec<_> = places.map(|(what, list)| format!("{what} {}", list.join(", "))).collect();
    if !places.is_empty() {
        page.section("known", &places.join("; "))?;
    }
    if let Some(text) = &rule.false_positives {
        page.section("doubt", &say(text))?;
    }
    if let Some(credentials) = rule.credentials() {
        page.section("first", &words::credentials(credentials))?;
    }
    for check in &rule.checks {
        page.section("decide", &say(&check.run))?;
        page.more(&format!("this cause, if it: {}", say(&check.confirms)))?;
        page.more(&format!("another, if it: {}", say(&check.refutes)))?;
    }
    page.blank();
    for (number, fix) in rule.fixes.iter().enumerate() {
        let label = match rule.fixes.len() {
            1 => "fix".to_owned(),
            _ => format!("fix {}", number + 1),
        };
        let only = fix.when.as_ref().map(|when| {
            let parts = [&when.releases, &when.os, &when.family].into_iter().flatten();
            parts.cloned().collect::<Vec<_>>().join(", ")
        });
        let steps = fix.steps.iter().flat_map(|step| Step::of(step, say, say)).collect();
        page.fix(&label, &Fix { title: say(&fix.title), only, steps })?;
    }
    if let Some(verify) = &rule.verify {
        page.section("check", &say(&verify.run))?;
        page.more(&format!("expect: {}", say(&verify.expect)))?;
    }
    if let Some(again) = &rule.again {
        for command in &again.clean {
            page.section("clean", &say(command))?;
        }
        if let Some(note) = &again.note {
            page.section("again", &say(note))?;
        }
    }
    if !rule.explains.is_empty() {
        let symptoms: Vec<&str> = rule.explains.iter().map(|e| e.rule.as_str()).collect();
        page.section("led to", &symptoms.join(", "))?;
    }
    for reference in &rule.references {
        page.section("see", reference)?;
    }
    if let Some(when) = &rule.when {
        page.blank();
        for condition in Context::new().conditions(when) {
            page.section("when", &condition.text)?;
        }
    }
    if !rule.patterns.is_empty() {
        page.blank();
    }
    for (index, pattern) in rule.patterns.iter().enumerate() {
        let label = match index {
            i if rule.none.contains(&i) => "never",
            i if rule.any.contains(&i) => "any of",
            _ => "seen",
        };
        let label = page.label(label);
        writeln!(page.out, " {label}  {}", pattern.regex)?;
    }
    Ok(())
}
