//! `ostack-cli answers`.

use std::fmt::Write as _;
use std::fs;
use std::net::UdpSocket;
use std::path::Path;

use ostack_core::answer_file::{AnswerFile, Dialect, Machine, Severity, Verdict};
use ostack_core::release::{Os, Release};
use ostack_core::{Error, ErrorKind};
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
        _ => todo!(),
    }
}

/// For which release and OS a file is read.
struct Place {
    release: Release,
    os: Option<String>,
}

impl Place {
    fn parse(release: &str, os: Option<&str>) -> ostack_core::Result<Self> {
        let os = os.map(Os::parse).transpose()?.map(|os| os.to_string());
        Ok(Self { release: Release::parse(release)?, os })
    }

    fn release(&self) -> &'static str {
        self.release.id()
    }

    fn os(&self) -> Option<&str> {
        self.os.as_deref()
    }

    fn load(&self, path: &Path) -> ostack_core::Result<AnswerFile> {
        AnswerFile::load(path, Dialect::of(self.release(), self.os()))
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
        let message = format!("expected `{option}`, but found none, and this machine does not tell");
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
    _fix: bool,
    _rules: &RuleFolders,
) -> anyhow::Result<Outcome> {
    let bytes = fs::read(path).map_err(|error| Error::io(path.display(), error))?;
    let verdict = Verdict::of_bytes(&bytes, place.release(), place.os())?;
    match format {
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&verdict)?))?,
        Format::Text => print(&shown(path, &verdict))?,
    }
    let found = verdict.problems.iter().any(|problem| problem.severity != Severity::Info);
    Ok(if found { Outcome::Something } else { Outcome::Nothing })
}

fn shown(path: &Path, verdict: &Verdict) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} {verdict:?}", path.display());
    out
}

fn effective(path: &Path, place: &Place, stage: Stage, format: Format) -> anyhow::Result<Outcome> {
    let file = place.load(path)?;
    let (values, stage) = match stage {
        Stage::Processed => (file.effective(place.release(), place.os())?, "processed"),
        Stage::Deployed => (file.deployed(place.release(), place.os())?.values, "deployed"),
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
