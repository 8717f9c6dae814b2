//! `ostack-cli diagnose`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Context as _;
use ostack_core::answer_file::AnswerFile;
use ostack_core::context::Context;
use ostack_core::diagnosis::{self, Report};
use ostack_core::log::{Source, Sources};
use ostack_core::report::{self, Style};
use ostack_core::rule::KnowledgeBase;

use crate::args::{Diagnose, ReportFormat, When};
use crate::{Outcome, complain, print, rules};

/// So many lines around the evidence are shown on a page.
const AROUND: u64 = 3;

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
    let (mut report, why) = match &args.why {
        Some(id) => {
            let (report, why) = ostack_core::why(&sources, &context, &rules, id)?;
            (report, Some(why))
        }
        None => (ostack_core::diagnose(&sources, &context, &rules), None),
    };
    unread |= report.sources.iter().any(|source| source.failed);
    if args.format == ReportFormat::Html {
        diagnosis::surround(&mut report, &sources, &context, AROUND);
    }
    let top = args.top.unwrap_or(usize::MAX);
    let style = Style { top, ..style(args.color, args.output.is_some()) };
    let text = match &why {
        Some(why) => why.to_string(),
        None => render(&report, args.format, &rules, &style),
    };
    match &args.output {
        Some(path) => {
            std::fs::write(path, text)
                .with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        None => print(&text)?,
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

/// A report in one of its forms.
pub(crate) fn render(
    report: &Report,
    format: ReportFormat,
    rules: &KnowledgeBase,
    style: &Style,
) -> String {
    match format {
        ReportFormat::Text => report::text(report, style),
        ReportFormat::Json => report::json(report),
        ReportFormat::Markdown => report::markdown(report),
        ReportFormat::Sarif => report::sarif(report, rules),
        ReportFormat::Junit => report::junit(report),
        ReportFormat::Html => report::html(report),
    }
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

/// How text looks on standard output, or in a file.
pub(crate) fn style(color: When, in_file: bool) -> Style {
    let colored = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            !in_file && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
        }
    };
    if color == When::Always {
        anstream::ColorChoice::Always.write_global();
    }
    // What is not a terminal has no width: 100 columns read well in a file and in a bug report.
    let width = if io::stdout().is_terminal() && !in_file {
        terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0).clamp(60, 120))
    } else {
        100
    };
    Style { color: colored, width, ..Style::default() }
}
