//! The report as Markdown, ready to be posted as a bug report.

use std::fmt::Write;

use super::MAJOR_UNEXPLAINED;
use super::words::{self, fingerprint, plural};
use crate::diagnosis::Report;
use crate::finding::{Action, Evidence, Finding, Fix, Place};

/// The report as Markdown with tables: what is known of the host, the causes with their
/// evidence and fixes, the errors that no rule explains with their fingerprints, and the next command.
/// Whatever a log holds stays inside its fence.
///
/// ```
/// use ostack_core::context::Context;
/// use ostack_core::log::{Source, Sources};
/// use ostack_core::report::markdown;
/// use ostack_core::rule::KnowledgeBase;
/// let mut sources = Sources::new();
/// sources.push(Source::bytes("run.log", "ERROR : ```a fence```\n"));
/// let report = ostack_core::diagnose(&sources, &Context::new(), &KnowledgeBase::builtin());
/// assert!(markdown(&report).contains("\n````text\nrun.log:1: ```a fence```\n````\n"));
/// ```
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let heading = match (report.diagnoses.first(), report.is_empty()) {
        (Some(finding), _) => escape(&finding.title),
        (None, false) => "packstack failed, and no rule explains why".to_owned(),
        (None, true) => "Nothing found".to_owned(),
    };
    push(&mut out, &format!("# {heading}"));
    push(&mut out, &escape(&words::summary(report)));
    push(&mut out, &facts(report));
    for (number, finding) in report.diagnoses.iter().enumerate() {
        let severity = finding.severity;
        let title = if number == 0 { "What broke".to_owned() } else { escape(&finding.title) };
        push(&mut out, &format!("## {title}"));
        push(&mut out, &format!("{severity} `{}`, {}", finding.rule, escape(&finding.component)));
        body(&mut out, finding);
    }
    if !report.unexplained.is_empty() {
        push(&mut out, "## Unexplained errors");
    }
    for unexplained in report.unexplained.iter().take(MAJOR_UNEXPLAINED) {
        let mut line = format!(
            "Fingerprint `{}`, seen {}",
            fingerprint(&[&unexplained.template]),
            plural(unexplained.count, "time"),
        );
        for (word, value) in [("step", &unexplained.step), ("manifest", &unexplained.manifest)] {
            if let Some(value) = value {
                let _ = write!(line, ", {word} {}", code(value));
            }
        }
        push(&mut out, &line);
        let mut places = vec![stands(&unexplained.first)];
        if unexplained.count > 1 {
            places.push(stands(&unexplained.last));
        }
        push(&mut out, &fence("text", &places.join("\n")));
    }
    let more = report.unexplained.len().saturating_sub(MAJOR_UNEXPLAINED);
    if more > 0 {
        push(&mut out, &format!("And {}.", plural(more as u64, "more kind of error")));
    }
    if let Some(next) = next_command(report) {
        push(&mut out, "## Next");
        push(&mut out, &next);
    }
    let skipped = report.sources.iter().filter_map(|s| Some((s, s.skipped.as_ref()?)));
    let skipped: Vec<String> =
        skipped.map(|(s, why)| format!("- {}: {}", code(&s.path), escape(why))).collect();
    if !skipped.is_empty() {
        push(&mut out, "## Not read");
        push(&mut out, &skipped.join("\n"));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A finding without the rest of the report.
pub(super) fn finding_alone(finding: &Finding) -> String {
    let mut out = String::new();
    push(&mut out, &format!("**{}**", escape(&finding.title)));
    body(&mut out, finding);
    out.truncate(out.trim_end().len());
    out
}

fn push(out: &mut String, block: &str) {
    if !block.is_empty() {
        out.push_str(block);
        out.push_str("\n\n");
    }
}

/// What is known of the host and of the run.
fn facts(report: &Report) -> String {
    let mut rows = vec![("ostack", code(report.ostack))];
    let context = &report.context;
    let from = |value: &str, from: &str| format!("{} ({})", code(value), escape(from));
    rows.extend(context.os.as_ref().map(|os| ("OS", from(&os.value, &os.from))));
    rows.extend(context.release.as_ref().map(|r| ("Release", from(&r.value, &r.from))));
    let packages = context.versions.iter().map(|package| code(package)).collect::<Vec<_>>();
    if !packages.is_empty() {
        rows.push(("Packages", packages.join("<br>")));
    }
    if let Some(answers) = &context.answers {
        let count = plural(answers.value as u64, "parameter");
        rows.push(("Answer file", format!("{} ({count})", code(&answers.from))));
    }
    if let Some(run) = &report.run {
        rows.extend(run.failed_step.as_ref().map(|step| ("Failed step", code(step))));
        rows.extend(run.failed_manifest.as_ref().map(|m| ("Failed manifest", code(m))));
        rows.extend(run.started.as_ref().map(|started| ("Started", code(started))));
    }
    for source in report.sources.iter().filter(|source| source.skipped.is_none()).take(10) {
        let said =
            format!("{} ({}, {})", code(&source.path), source.kind, plural(source.lines, "line"));
        rows.push(("Log", said));
    }
    let rows: Vec<String> =
        rows.iter().map(|(name, value)| format!("| {name} | {value} |")).collect();
    format!("| | |\n|---|---|\n{}", rows.join("\n"))
}

fn body(out: &mut String, finding: &Finding) {
    let lines: Vec<String> =
        finding.evidence.iter().filter(|e| !e.text.is_empty()).map(line).collect();
    if !lines.is_empty() {
        push(out, &fence("text", &lines.join("\n")));
    }
    push(out, &escape(&finding.cause));
    push(out, &format!("Confidence {}", escape(&words::sure(finding))));
    if let Some(credentials) = &finding.credentials {
        push(out, &fence("sh", &words::credentials(credentials)));
    }
    for check in &finding.checks {
        push(out, "To decide:");
        push(out, &fence("sh", &check.command));
        push(
            out,
            &format!(
                "- it is this, if it: {}\n- it is not, if it: {}",
                escape(&check.confirms),
                escape(&check.refutes)
            ),
        );
    }
    for fix in &finding.fix {
        self::fix(out, fix);
    }
    if let Some(verify) = &finding.verify {
        push(out, &format!("Check that it worked; expect: {}", escape(&verify.expect)));
        push(out, &fence("sh", &verify.command));
    }
    if let Some(again) = &finding.again {
        push(out, "Run packstack again:");
        let commands = again.clean.iter().chain([&again.command]);
        push(out, &fence("sh", &commands.cloned().collect::<Vec<_>>().join("\n")));
        push(out, &again.note.as_deref().map(escape).unwrap_or_default());
    }
    let mut facts = Vec::new();
    if finding.count > 1 {
        facts.push(format!("- seen {}", plural(finding.count, "time")));
    }
    if let Some(skipped) = finding.skipped_resources {
        facts.push(format!("- Puppet skipped {} because of it", plural(skipped, "resource")));
    }
    for symptom in &finding.symptoms {
        let place = symptom
            .first
            .as_ref()
            .map(|p| format!(" ({})", code(&format!("{}:{}", p.path, p.line))));
        facts.push(format!("- led to: {}{}", escape(&symptom.title), place.unwrap_or_default()));
    }
    for other in &finding.alternatives {
        facts.push(format!("- or it is: {} (`{}`)", escape(&other.title), other.rule));
    }
    facts.extend(
        finding
            .references
            .iter()
            .map(|reference| format!("- <{}>", reference.replace(['<', '>', ' '], ""))),
    );
    push(out, &facts.join("\n"));
}

fn fix(out: &mut String, fix: &Fix) {
    let only = fix.only.as_ref().map(|only| format!(" (on {only})")).unwrap_or_default();
    push(out, &format!("**Fix: {}** ({})", escape(&format!("{}{only}", fix.title)), fix.risk()));
    // Commands that follow one another are one block, and so are parameters.
    let mut blocks: Vec<(&str, Vec<String>)> = Vec::new();
    for step in &fix.steps {
        let remark = words::remark(step, fix);
        let remark = if remark.is_empty() { remark } else { format!(" ({remark})") };
        let (language, line) = match &step.action {
            Action::Run(_) => ("sh", words::commented(step, fix).unwrap_or_default()),
            Action::Set { param, value } => ("ini", format!("{param}={value}")),
            Action::Note(note) => ("", format!("{}{remark}", escape(note))),
            Action::Add { .. } | Action::Key { .. } => {
                ("", format!("{}{remark}", code(&step.text())))
            }
        };
        match blocks.last_mut() {
            Some((last, lines)) if *last == language && !language.is_empty() => lines.push(line),
            _ => blocks.push((language, vec![line])),
        }
    }
    for (language, lines) in blocks {
        let text = lines.join("\n");
        match language {
            "" => push(out, &text),
            "ini" => push(out, &format!("In the answer file:\n\n{}", fence("ini", &text))),
            language => push(out, &fence(language, &text)),
        }
    }
}

/// The next command: what decides or repairs the first cause, or what tells more.
fn next_command(report: &Report) -> Option<String> {
    let Some(first) = report.diagnoses.first() else {
        let next = words::next(report).filter(|_| !report.is_empty())?;
        return Some(format!("{}\n\n{}", next.why, fence("sh", &next.commands.join("\n"))));
    };
    if let Some(check) = first.checks.first() {
        return Some(format!("Decide whether it is this:\n\n{}", fence("sh", &check.command)));
    }
    let fix = first.fix.first()?;
    let command = fix.steps.iter().find_map(|step| words::commented(step, fix))?;
    Some(format!("{}:\n\n{}", escape(&fix.title), fence("sh", &command)))
}

fn line(evidence: &Evidence) -> String {
    let note = evidence.note.as_ref().map(|note| format!("   <- {note}")).unwrap_or_default();
    format!("{}:{}: {}{note}", evidence.path, evidence.line, evidence.text)
}

fn stands(place: &Place) -> String {
    format!("{}:{}: {}", place.path, place.line, place.text)
}

/// A block of code whose fence is longer than any run of backticks in it.
fn fence(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// Code in a line.
fn code(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "¦");
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Words in which nothing is markup but pairs of backticks.
fn escape(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    let mut out = String::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(if paired { "`" } else { "\\`" });
        }
        if paired && i % 2 == 1 {
            out.push_str(part);
            continue;
        }
        let mut chars = part.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                // Inside a word it is a letter.
                '_' if out.ends_with(char::is_alphanumeric)
                    && chars.peek().is_some_and(|next| next.is_alphanumeric()) =>
                {
                    out.push('_');
                }
                '\\' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', c]),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                c => out.push(c),
            }
        }
    }
    if out.starts_with(['#', '-', '+', '=']) {
        out.insert(0, '\\');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{code, escape, fence};

    #[test]
    fn nothing_is_markup_by_chance() {
        assert_eq!(
            escape("a <b> & *c* _d_ `e_f` [g] h_i"),
            "a &lt;b&gt; &amp; \\*c\\* \\_d\\_ `e_f` \\[g\\] h_i"
        );
        assert_eq!(escape("# one ` tick"), "\\# one \\` tick");
        assert_eq!(code("a`b``"), "``` a`b`` ```");
        assert_eq!(fence("text", "````\n~~~"), "`````text\n````\n~~~\n`````");
    }
}
