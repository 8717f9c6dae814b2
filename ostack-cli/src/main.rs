//! `ostack-cli`: says what broke in a failed packstack run, why, and what to do.

mod answers;
mod args;
mod diagnose;
mod live;
mod plan;
mod preflight;
mod profile;
mod progress;
mod redact;
mod rules;
mod versions;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::{CommandFactory, Parser};
use ostack_core::context::Fact;
use ostack_core::diagnosis::ContextInfo;

use args::{Args, Command};

/// What a command found.
enum Outcome {
    /// Nothing, or it is done: exit status 0.
    Nothing,
    /// Something: exit status 1.
    Something,
    /// It could not be done, or not all of it: exit status 2.
    Failed,
}

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are results; anything else is a usage error, and clap says which.
            let failed = error.use_stderr();
            return match error.print() {
                Ok(()) if failed => ExitCode::from(2),
                _ => ExitCode::SUCCESS,
            };
        }
    };
    let _ = LOUDNESS.set(Loudness { quiet: args.quiet, verbose: args.verbose });
    let outcome = match args.command {
        Command::Diagnose(args) => diagnose::run(&args),
        Command::Answers(args) => answers::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Explain(args) => rules::explain(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Versions(args) => versions::run(&args),
        Command::Preflight(args) => preflight::run(&args),
        Command::Redact(args) => redact::run(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "ostack-cli", &mut script);
            print(&String::from_utf8_lossy(&script)).map(|()| Outcome::Nothing)
        }
        Command::Man => manual()
            .and_then(|page| print(&String::from_utf8_lossy(&page)))
            .map(|()| Outcome::Nothing),
    };
    match outcome {
        Ok(Outcome::Nothing) => ExitCode::SUCCESS,
        Ok(Outcome::Something) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

/// How much is said.
#[derive(Debug, Clone, Copy, Default)]
struct Loudness {
    quiet: bool,
    verbose: bool,
}

static LOUDNESS: OnceLock<Loudness> = OnceLock::new();

fn loudness() -> Loudness {
    LOUDNESS.get().copied().unwrap_or_default()
}

/// Says on standard error what was read and what is known, where that was asked for.
fn note(text: &str) {
    if loudness().verbose {
        for line in text.lines() {
            // A standard error that cannot be written to leaves nothing to be done.
            let _ = writeln!(
                anstream::stderr(),
                "ostack-cli: {}",
                ostack_core::finding::printable(line)
            );
        }
    }
}

/// What is known beside the logs, for [`note`].
fn known(context: &ContextInfo) -> String {
    let shown = |what: &str, value: Option<String>| {
        format!("{what}: {}\n", value.unwrap_or_else(|| "not known".to_owned()))
    };
    let text = |fact: &Fact<String>| format!("{} ({})", fact.value, fact.from);
    let number = |fact: &Fact<usize>| format!("{} in {}", fact.value, fact.from);
    [
        shown("release", context.release.as_ref().map(text)),
        shown("operating system", context.os.as_ref().map(text)),
        shown("packages", context.packages.as_ref().map(number)),
        shown("parameters", context.answers.as_ref().map(number)),
    ]
    .concat()
}

/// Writes a result to standard output; colours are left out where it is not a terminal.
fn print(text: &str) -> anyhow::Result<()> {
    if loudness().quiet {
        return Ok(());
    }
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Says on standard error what went wrong.
fn complain(error: &anyhow::Error) {
    let text = ostack_core::redact::Redactor::default().mask(&format!("{error:#}")).into_owned();
    let clean: Vec<String> = text.lines().map(ostack_core::finding::printable).collect();
    // A standard error that cannot be written to leaves nothing to be done.
    let _ = writeln!(anstream::stderr(), "ostack-cli: {}", clean.join("\n"));
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let pipe = |e: &io::Error| e.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(pipe))
}

/// The manual: the command's page, and one for each command under it.
fn manual() -> anyhow::Result<Vec<u8>> {
    fn pages(command: &clap::Command, out: &mut Vec<u8>) -> io::Result<()> {
        clap_mangen::Man::new(command.clone()).render(out)?;
        let subs = command.get_subcommands().filter(|sub| sub.get_name() != "help");
        subs.into_iter().try_for_each(|sub| pages(sub, out))
    }
    let mut command = Args::command();
    command.build();
    let mut out = Vec::new();
    pages(&command, &mut out)?;
    Ok(out)
}
