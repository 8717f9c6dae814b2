//! `ostack-cli answers`.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::UdpSocket;
use std::path::Path;

use anstyle::{AnsiColor, Effects};
use ostack_core::answer_file::{
    AnswerFile, Dialect, Difference, Machine, MigrationStep, NOT_CHECKED, Problem, Said, Severity,
    Verdict,
};
use ostack_core::error::did_you_mean;
use ostack_core::finding::printable;
use ostack_core::redact::MASK;
use ostack_core::release::{Os, Release};
use ostack_core::{Error, ErrorKind, parameter};
use serde_json::json;

use crate::args::{Answers, AnswersCommand, Format, New, RuleFolders, Stage};
use crate::{Outcome, print, rules};

/// The version of the JSON forms.
const SCHEMA: u32 = 1;

pub(crate) fn run(args: &Answers) -> anyhow::Result<Outcome> {
    match &args.command {
        AnswersCommand::New(args) => new(args),
        AnswersCommand::Check { file, release, os, format, fix, rules } => {
            let place = Place::parse(release, os.as_deref())?;
            check(file, &place, *format, *fix, rules)
        }
        AnswersCommand::Effective { file, release, os, stage, format } => {
            effective(file, &Place::parse(release, os.as_deref())?, *stage, *format)
        }
        AnswersCommand::Get { file, names } => get(file, names),
        AnswersCommand::Set { file, values, release } => set(file, values, release.as_deref()),
        AnswersCommand::Diff { a, b, release, format } => {
            diff(a, b, &Place::parse(release, None)?, *format)
        }
        AnswersCommand::Migrate { file, from, to, output, force, format } => {
            migrate(file, (from, to), output.as_deref(), *force, *format)
        }
        AnswersCommand::Redact { file } => redact(file),
    }
}

/// For which release and OS a file is read.
struct Place {
    release: Release,
    os: Option<Os>,
}

impl Place {
    fn parse(release: &str, os: Option<&str>) -> ostack_core::Result<Self> {
        Ok(Self { release: Release::parse(release)?, os: os.map(Os::parse).transpose()? })
    }

    fn release(&self) -> &'static str {
        self.release.id()
    }

    fn os(&self) -> Option<String> {
        self.os.map(|os| os.to_string())
    }

    fn load(&self, path: &Path) -> ostack_core::Result<AnswerFile> {
        AnswerFile::load(path, Dialect::of(self.release(), self.os().as_deref()))
    }
}

fn new(args: &New) -> anyhow::Result<Outcome> {
    let args = args.with_options_among_flags()?;
    let release = args.release.as_deref().ok_or_else(|| {
        Error::new(ErrorKind::Usage, "expected `--release RELEASE`, but found none")
            .help("the release decides which parameters there are, such as `--release victoria`")
    })?;
    let release = Release::parse(release)?;
    if !args.force {
        refuse_to_overwrite(&args.file)?;
    }
    let file = AnswerFile::generate(release.id(), &args.flags, &machine(&args)?)?;
    file.save(&args.file)?;
    Ok(Outcome::Nothing)
}

fn refuse_to_overwrite(path: &Path) -> ostack_core::Result<()> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let message = "expected a file that is not there yet, but found one";
    Err(Error::new(ErrorKind::Usage, message)
        .in_file(path.display())
        .help("`--force` overwrites it"))
}

impl New {
    /// packstack's flags are taken as they are, so this command's own options may stand among them.
    fn with_options_among_flags(&self) -> ostack_core::Result<Self> {
        let mut new = Self { flags: Vec::new(), ..self.clone() };
        let mut words = self.flags.iter();
        while let Some(word) = words.next() {
            let (name, value) = word.split_once('=').map_or((&**word, None), |(n, v)| (n, Some(v)));
            let option = match name {
                "--release" => &mut new.release,
                "--local-ip" => &mut new.local_ip,
                "--hostname" => &mut new.hostname,
                "--home" => &mut new.home,
                "--force" if value.is_none() => {
                    new.force = true;
                    continue;
                }
                _ => {
                    new.flags.push(word.clone());
                    continue;
                }
            };
            let value = value.or_else(|| words.next().map(String::as_str));
            *option = Some(value.map(str::to_owned).ok_or_else(|| {
                let message = format!("expected a value after `{name}`, but found the end");
                Error::new(ErrorKind::Usage, message)
            })?);
        }
        Ok(new)
    }
}

/// The machine that the options name, and this one where they do not.
fn machine(args: &New) -> ostack_core::Result<Machine> {
    let unknown = |option: &str| {
        let message =
            format!("expected `{option}`, but found none, and this machine does not tell");
        Error::new(ErrorKind::Usage, message)
    };
    let hostname = || fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let home = || std::env::var("HOME").ok().filter(|home| !home.is_empty());
    Ok(Machine {
        local_ip: args.local_ip.clone().or_else(address).ok_or_else(|| unknown("--local-ip"))?,
        hostname: args
            .hostname
            .clone()
            .or_else(|| hostname().map(|name| name.trim().to_owned()))
            .ok_or_else(|| unknown("--hostname"))?,
        home: args.home.clone().or_else(home).ok_or_else(|| unknown("--home"))?,
    })
}

/// The address from which this machine would speak to others; nothing is sent to learn it.
fn address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_unspecified()).then(|| address.to_string())
}

fn check(
    path: &Path,
    place: &Place,
    format: Format,
    fix: bool,
    rules: &RuleFolders,
) -> anyhow::Result<Outcome> {
    let rules = rules::load(rules)?;
    let mut repaired = Vec::new();
    if fix {
        // What packstack cannot read is not repaired, and is told below.
        if let Ok(mut file) = place.load(path) {
            let before = file.text().to_owned();
            repaired = ostack_core::fix_answers(&mut file, place.release, place.os, &rules)?;
            if file.text() != before {
                file.save(path)?;
            }
        }
    }
    let bytes = fs::read(path).map_err(|error| Error::io(path.display(), error))?;
    let verdict = ostack_core::check_answers(&bytes, place.release, place.os, &rules)?;
    match format {
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&verdict)?))?,
        Format::Text => {
            let mut out = String::new();
            for what in &repaired {
                writeln!(out, "repaired: {what}")?;
            }
            out.push_str(&shown(path, &verdict));
            print(&out)?;
        }
    }
    let found = verdict.problems.iter().any(|problem| problem.severity != Severity::Info);
    Ok(if found { Outcome::Something } else { Outcome::Nothing })
}

/// A verdict for a person.
fn shown(path: &Path, verdict: &Verdict) -> String {
    let path = path.display().to_string();
    let mut out = String::new();
    let open = |problem: &&Problem| problem.code == NOT_CHECKED;
    for problem in verdict.problems.iter().filter(|problem| !open(problem)) {
        let (word, style) = match problem.severity {
            Severity::Error => ("error", AnsiColor::Red),
            Severity::Warning => ("warning", AnsiColor::Yellow),
            Severity::Info => ("info", AnsiColor::Cyan),
        };
        let style = style.on_default().effects(Effects::BOLD);
        out.push_str(&path);
        if let (Some(line), Some(column)) = (problem.line, problem.column) {
            let _ = write!(out, ":{line}:{column}");
        }
        let _ = write!(out, ": {style}{word}[{}]{style:#}: ", problem.code);
        let named = problem.param.as_ref().filter(|param| !problem.message.contains(*param));
        if let Some(param) = named {
            let _ = write!(out, "{param}: ");
        }
        let _ = writeln!(out, "{}", printable(&problem.message));
        if let Some(help) = &problem.help {
            let _ = writeln!(out, "    help: {}", printable(help));
        }
    }
    let open: Vec<&str> =
        verdict.problems.iter().filter(open).filter_map(|p| p.param.as_deref()).collect();
    if !open.is_empty() {
        let _ = writeln!(out, "not checked, because only the hosts can tell: {}", open.join(", "));
    }
    let count = |severity: Severity, word: &str| {
        let closed = verdict.problems.iter().filter(|p| p.code != NOT_CHECKED);
        let n = closed.filter(|p| p.severity == severity).count();
        format!("{n} {word}{}", if n == 1 { "" } else { "s" })
    };
    let _ = writeln!(
        out,
        "packstack of {} {} this file; {}, {}, {}.",
        verdict.release,
        if verdict.accepted { "takes" } else { "refuses" },
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
        count(Severity::Info, "info"),
    );
    out
}

/// A file whose release is not told: the stricter reader first.
fn load(path: &Path) -> ostack_core::Result<AnswerFile> {
    AnswerFile::load(path, Dialect::Python3)
        .or_else(|strict| AnswerFile::load(path, Dialect::Python2).map_err(|_| strict))
}

fn get(path: &Path, names: &[String]) -> anyhow::Result<Outcome> {
    let file = load(path)?;
    let mut out = String::new();
    match names {
        [] => {
            for entry in file.entries() {
                writeln!(out, "{}={}", entry.name, entry.value)?;
            }
        }
        [name] => writeln!(out, "{}", value(&file, name)?)?,
        names => {
            for name in names {
                writeln!(out, "{}={}", name.to_uppercase(), value(&file, name)?)?;
            }
        }
    }
    print(&out)?;
    Ok(Outcome::Nothing)
}

fn value<'f>(file: &'f AnswerFile, name: &str) -> ostack_core::Result<&'f str> {
    file.get(name).ok_or_else(|| {
        let message = format!("expected a parameter that the file has, but found `{name}`");
        let error = Error::new(ErrorKind::Usage, message);
        let names = file.entries().map(|entry| entry.name.as_str());
        match did_you_mean(&name.to_uppercase(), names) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error,
        }
    })
}

fn set(path: &Path, values: &[String], release: Option<&str>) -> anyhow::Result<Outcome> {
    let place = release.map(|release| Place::parse(release, None)).transpose()?;
    let mut file = match &place {
        Some(place) => place.load(path)?,
        None => load(path)?,
    };
    for pair in values {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            // What follows may be a secret.
            Error::new(ErrorKind::Usage, "expected `NAME=VALUE`, but found no `=`")
        })?;
        match &place {
            Some(place) => file.set_for(place.release(), name, value)?,
            None => set_for_any(&mut file, name, value)?,
        }
    }
    file.save(path)?;
    Ok(Outcome::Nothing)
}

/// Gives a parameter a value that the packstack of some release takes, the newest that has it first.
fn set_for_any(file: &mut AnswerFile, name: &str, value: &str) -> ostack_core::Result<()> {
    let mut having: Vec<&str> =
        parameter::history(name).iter().map(|(release, _)| *release).collect();
    if having.is_empty() {
        having.extend(Release::all().map(Release::id));
    }
    let mut refused = None;
    for release in having.iter().rev() {
        match file.set_for(release, name, value) {
            Ok(()) => return Ok(()),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or(Ok(()), Err)
}

fn diff(a: &Path, b: &Path, place: &Place, format: Format) -> anyhow::Result<Outcome> {
    let differences = place.load(a)?.diff(&place.load(b)?, place.release())?;
    let mut out = String::new();
    match format {
        Format::Json => {
            let form = json!({
                "schema": SCHEMA, "release": place.release(), "differences": differences,
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&form)?)?;
        }
        Format::Text => {
            let masked = |said: &Said| said.value.as_deref() == Some(MASK);
            let said = |said: &Said| match (&said.value, said.default) {
                (None, _) => "not there".to_owned(),
                (Some(value), true) => format!("`{}` (the default)", printable(value)),
                (Some(value), false) => format!("`{}`", printable(value)),
            };
            for Difference { param, a, b, active } in &differences {
                let idle = if *active { "" } else { "  (not active)" };
                if masked(a) && masked(b) {
                    writeln!(out, "{param}: another secret{idle}")?;
                } else {
                    writeln!(out, "{param}: {} -> {}{idle}", said(a), said(b))?;
                }
            }
        }
    }
    print(&out)?;
    Ok(if differences.is_empty() { Outcome::Nothing } else { Outcome::Something })
}

fn migrate(
    path: &Path,
    (from, to): (&str, &str),
    output: Option<&Path>,
    force: bool,
    format: Format,
) -> anyhow::Result<Outcome> {
    let (from, to) = (Place::parse(from, None)?, Place::parse(to, None)?);
    let migration = from.load(path)?.migrate(from.release(), to.release())?;
    if let Some(output) = output {
        if !force {
            refuse_to_overwrite(output)?;
        }
        migration.file.save(output)?;
    }
    if format == Format::Json {
        let form = json!({
            "schema": SCHEMA, "from": from.release(), "to": to.release(),
            "steps": migration.steps, "text": migration.file.text(),
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&form)?))?;
        return Ok(Outcome::Nothing);
    }
    let mut reasons = String::new();
    for MigrationStep { action, param, reason } in &migration.steps {
        writeln!(reasons, "{:<8} {param}: {reason}", action.to_string())?;
    }
    if output.is_some() {
        print(&reasons)?;
    } else {
        print(migration.file.text())?;
        write!(anstream::stderr(), "{reasons}")?;
    }
    Ok(Outcome::Nothing)
}

fn redact(path: &Path) -> anyhow::Result<Outcome> {
    let bytes = fs::read(path).map_err(|error| Error::io(path.display(), error))?;
    print(&ostack_core::redact::answers(&String::from_utf8_lossy(&bytes)))?;
    Ok(Outcome::Nothing)
}

fn effective(path: &Path, place: &Place, stage: Stage, format: Format) -> anyhow::Result<Outcome> {
    let file = place.load(path)?;
    let (values, stage) = match stage {
        Stage::Processed => (file.effective(place.release(), place.os().as_deref())?, "processed"),
        Stage::Deployed => {
            (file.deployed(place.release(), place.os().as_deref())?.values, "deployed")
        }
    };
    let mut out = String::new();
    match format {
        Format::Json => {
            let form = json!({
                "schema": SCHEMA, "release": place.release(), "stage": stage, "values": values,
            });
            writeln!(out, "{}", serde_json::to_string_pretty(&form)?)?;
        }
        Format::Text => {
            for (name, value) in values.iter() {
                writeln!(out, "{name}={value}")?;
            }
        }
    }
    print(&out)?;
    Ok(Outcome::Nothing)
}
