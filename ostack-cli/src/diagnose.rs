//! `ostack-cli diagnose`.

use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use ostack_core::answer_file::AnswerFile;
use ostack_core::context::Context;
use ostack_core::diagnosis::{self, Report, SourceInfo};
use ostack_core::finding::{EvidenceKind, Finding};
use ostack_core::log::{Source, Sources, Watch};
use ostack_core::report::{self, Style};
use ostack_core::rule::KnowledgeBase;

use crate::args::{Diagnose, ReportFormat, When};
use crate::live::Live;
use crate::progress::Progress;
use crate::{Outcome, complain, known, note, print, rules};

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
    if args.follow && (args.paths.len() != 1 || args.paths[0].is_dir()) {
        anyhow::bail!(
            "expected one log, or `-`, with --follow\n  \
             help: of a run's folder, follow openstack-setup.log or what packstack prints"
        );
    }
    let mut context = context(
        args.release.as_deref(),
        args.os.as_deref(),
        args.packages.as_deref(),
        args.answers.as_deref(),
    )?;
    if args.no_redact {
        context = context.without_redaction();
    }
    let rules = rules::load(&args.rules)?;
    let progress = Arc::new(Progress::default());
    progress.stop_at_interrupt()?;
    let watch: Arc<dyn Watch> = progress.clone();
    let threads = args.threads.map_or(0, NonZeroUsize::get);
    let mut sources =
        Sources::new().all_runs(args.all_runs).threads(threads).watched(Arc::clone(&watch));
    let mut unread = false;
    for path in &args.paths {
        if let Err(error) = add(&mut sources, path, args.follow, &watch) {
            complain(&error.into());
            unread = true;
        }
    }
    if unread && sources.iter().next().is_none() && !facts {
        return Ok(Outcome::Failed);
    }
    let shown = (!args.quiet && !args.follow).then(|| progress.show(sources.size())).flatten();
    let mut profile = None;
    let (mut report, why) = match &args.why {
        _ if args.follow => {
            (ostack_core::diagnose_live(&sources, &context, &rules, announce), None)
        }
        Some(id) => {
            let (report, why) = ostack_core::why(&sources, &context, &rules, id)?;
            (report, Some(why))
        }
        None if args.profile => {
            let (report, times) = ostack_core::diagnose_profiled(&sources, &context, &rules);
            profile = Some(times);
            (report, None)
        }
        None => (ostack_core::diagnose(&sources, &context, &rules), None),
    };
    drop(shown);
    let stopped = progress.stopped();
    unread |= !stopped && report.sources.iter().any(|source| source.failed);
    let line =
        |s: &SourceInfo| format!("{}: {} lines, {} bytes, {}\n", s.path, s.lines, s.bytes, s.kind);
    note(&report.sources.iter().map(line).collect::<String>());
    note(&known(&report.context));
    if args.format == ReportFormat::Html {
        diagnosis::surround(&mut report, &sources, &context, AROUND);
    }
    let top = args.top.unwrap_or(usize::MAX);
    let style = Style { top, ..style(args.color, args.output.is_some()) };
    let since = Instant::now();
    let text = match &why {
        Some(why) => why.to_string(),
        None => render(&report, args.format, &rules, &style),
    };
    if let Some(profile) = profile {
        crate::profile::show(&profile, since.elapsed());
    }
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
        (false, true) if stopped && !args.follow => Outcome::Failed,
        (false, true) => Outcome::Nothing,
        (false, false) => Outcome::Something,
    })
}

/// Adds what a path names. What may pause is read so that Ctrl-C is heeded meanwhile.
fn add(
    sources: &mut Sources,
    path: &Path,
    follow: bool,
    watch: &Arc<dyn Watch>,
) -> ostack_core::Result<()> {
    let watch = Arc::clone(watch);
    let name = path.display().to_string();
    let (name, live) = if path == Path::new("-") {
        ("<stdin>".to_owned(), Live::stdin(watch, follow))
    } else if path.exists() && !path.is_file() && !path.is_dir() {
        (name, Live::pipe(path, watch, follow))
    } else if follow {
        let live = Live::file(path, watch);
        let live = live.map_err(|error| ostack_core::Error::io(&name, error))?;
        (name, live)
    } else {
        return sources.add(path);
    };
    sources.push(Source::reader(name, Box::new(live)));
    Ok(())
}

/// Says on standard error what was found while a log is followed.
fn announce(finding: &Finding) {
    let at = finding.evidence.iter().find(|evidence| evidence.kind == EvidenceKind::Log);
    let at = at.map(|at| format!("\n  --> {}:{}  {}", at.path, at.line, at.text));
    let (severity, rule, title) = (&finding.severity, &finding.rule, &finding.title);
    // A standard error that cannot be written to leaves nothing to be done.
    let _ =
        writeln!(anstream::stderr(), "found {severity}[{rule}]: {title}{}", at.unwrap_or_default());
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

/// What the options say beside the logs; the release and the OS first, which settle how the rest is read.
pub(crate) fn context(
    release: Option<&str>,
    os: Option<&str>,
    packages: Option<&Path>,
    answers: Option<&Path>,
) -> ostack_core::Result<Context> {
    let mut context = Context::new();
    if let Some(release) = release {
        context = context.release(release)?;
    }
    if let Some(os) = os {
        context = context.os(os)?;
    }
    if let Some(packages) = packages {
        context = context.packages(packages)?;
    }
    if let Some(answers) = answers {
        context = context.answers(answers)?;
    }
    Ok(context)
}

/// How a report looks: in colours where asked for, or on a terminal that knows them.
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
