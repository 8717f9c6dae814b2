//! `ostack-cli diagnose`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Context as _;
use ostack_core::answer_file::AnswerFile;
use ostack_core::context::Context;
use ostack_core::diagnosis::{Report, SourceInfo};
use ostack_core::log::{Source, Sources};
use ostack_core::report::{self, Style};

use crate::args::{Diagnose, Format, When};
use crate::{Outcome, complain, known, note, print, rules};

pub(crate) fn run(args: &Diagnose) -> anyhow::Result<Outcome> {
    let facts = args.packages.is_some() || args.answers.is_some();
    if args.paths.is_empty() && !facts {
        anyhow::bail!(
            "expected a log, a folder or `-`, but found none\n  \
             help: `ostack-cli diagnose log.txt`, or facts alone with --packages or --answers"
        );
    }
    let context = context(args)?;
    let rules = rules::load(&args.rules)?;
    let mut sources = Sources::new().all_runs(args.all_runs);
    let mut unread = false;
    for path in &args.paths {
        let added = if path == Path::new("-") {
            sources.push(Source::reader("<stdin>", Box::new(io::stdin())));
            Ok(())
        } else {
            sources.add(path)
        };
        if let Err(error) = added {
            complain(&error.into());
            unread = true;
        }
    }
    if unread && sources.iter().next().is_none() && !facts {
        return Ok(Outcome::Failed);
    }
    let (report, why) = match &args.why {
        Some(id) => {
            let (report, why) = ostack_core::why(&sources, &context, &rules, id)?;
            (report, Some(why))
        }
        None => (ostack_core::diagnose(&sources, &context, &rules), None),
    };
    unread |= report.sources.iter().any(|source| source.failed);
    let line =
        |s: &SourceInfo| format!("{}: {} lines, {} bytes, {}\n", s.path, s.lines, s.bytes, s.kind);
    note(&report.sources.iter().map(line).collect::<String>());
    note(&known(&report.context));
    let text = match (&why, args.format) {
        (Some(why), _) => why.to_string(),
        (None, Format::Json) => report::json(&report),
        (None, Format::Text) => {
            report::text(&report, &style(args.color, args.output.is_some(), args.top))
        }
    };
    match &args.output {
        Some(path) => {
            std::fs::write(path, text)
                .with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        None => print(&text)?,
    }
    if let Some(path) = &args.fix_script {
        fix_script(path, args.answers.as_deref(), &report)?;
    }
    if let (Some(path), Some(answers)) = (&args.patch_answers, context.answer_file()) {
        patch(path, &answers.value, &report, &context)?;
    }
    Ok(match (unread, report.is_empty()) {
        (true, _) => Outcome::Failed,
        (false, true) => Outcome::Nothing,
        (false, false) => Outcome::Something,
    })
}

/// Shows on standard error what fixes say as a shell script, and writes it.
fn fix_script(path: &Path, answers: Option<&Path>, report: &Report) -> anyhow::Result<()> {
    let answers = answers.map(|answers| answers.display().to_string());
    let Some(script) = report::fix_script(report, answers.as_deref()) else {
        complain(&anyhow::anyhow!("{}: not written: no fix has a step", path.display()));
        return Ok(());
    };
    let mut out = anstream::stderr();
    let (steps, left) = (script.steps, script.left);
    writeln!(out, "{}: {steps} to run, {left} left to you\n{}", path.display(), script.text)?;
    std::fs::write(path, &script.text)
        .with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok(())
}

/// Writes the answer file with the parameters that a fix sets, and shows on standard error what changes.
fn patch(
    path: &Path,
    answers: &AnswerFile,
    report: &Report,
    context: &Context,
) -> anyhow::Result<()> {
    let patch = report::patch(answers, report)?;
    let Some(patch) = patch else {
        complain(&anyhow::anyhow!(
            "{}: not written: no fix sets a parameter to a value that is known",
            path.display()
        ));
        return Ok(());
    };
    let shown = patch.changes.join("\n");
    let mut out = anstream::stderr();
    writeln!(out, "{}: {}\n{}", path.display(), patch.title, context.redactor().mask(&shown))?;
    patch.answers.save(path)?;
    Ok(())
}

fn context(args: &Diagnose) -> ostack_core::Result<Context> {
    let mut context = Context::new();
    if let Some(release) = &args.release {
        context = context.release(release)?;
    }
    if let Some(os) = &args.os {
        context = context.os(os)?;
    }
    if let Some(packages) = &args.packages {
        context = context.packages(packages)?;
    }
    if let Some(answers) = &args.answers {
        context = context.answers(answers)?;
    }
    if args.no_redact {
        context = context.without_redaction();
    }
    Ok(context)
}

/// How a text looks; one for a file has no colours unless they are asked for.
pub(crate) fn style(color: When, to_file: bool, top: Option<usize>) -> Style {
    if color == When::Always {
        anstream::ColorChoice::Always.write_global();
    }
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            !to_file && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
        }
    };
    // What is not a terminal has no width: 100 columns read well in a file and in a bug report.
    let width = if io::stdout().is_terminal() {
        terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).clamp(60, 120))
    } else {
        100
    };
    Style { color, width, top: top.unwrap_or(usize::MAX) }
}
