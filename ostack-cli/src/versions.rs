//! `ostack-cli versions`.

use std::cmp::Ordering;

use ostack_core::version::{Constraint, Scheme, Version};
use ostack_core::{audit, report};
use serde_json::json;

use crate::args::{Audit, Format, Versions, VersionsCommand};
use crate::{Outcome, complain, diagnose, print, rules};

pub(crate) fn run(args: &Versions) -> anyhow::Result<Outcome> {
    match &args.command {
        VersionsCommand::Compare { a, b, scheme, format } => compare(a, b, scheme, *format),
        VersionsCommand::Check { constraint, version, scheme, format } => {
            check(constraint, version, scheme, *format)
        }
        VersionsCommand::Audit(args) => run_audit(args),
    }
}

fn compare(a: &str, b: &str, scheme: &str, format: Format) -> anyhow::Result<Outcome> {
    let scheme: Scheme = scheme.parse()?;
    let sign = match Version::parse(a, scheme)?.compare(&Version::parse(b, scheme)?)? {
        Ordering::Less => "<",
        Ordering::Equal => "=",
        Ordering::Greater => ">",
    };
    match format {
        Format::Text => print(&format!("{sign}\n"))?,
        Format::Json => {
            let result = json!({ "a": a, "b": b, "scheme": scheme.name(), "order": sign });
            print(&format!("{result:#}\n"))?;
        }
    }
    Ok(Outcome::Nothing)
}

fn check(text: &str, version: &str, scheme: &str, format: Format) -> anyhow::Result<Outcome> {
    let scheme: Scheme = scheme.parse()?;
    let constraint = Constraint::parse(text, scheme)?;
    let allowed = constraint.allows(&Version::parse(version, scheme)?)?;
    match format {
        Format::Text => {
            let verdict = if allowed { "fits" } else { "does not fit" };
            print(&format!("{version} {verdict} {text}\n"))?;
        }
        Format::Json => {
            let result = json!({
                "constraint": text, "version": version, "scheme": scheme.name(), "allowed": allowed,
            });
            print(&format!("{result:#}\n"))?;
        }
    }
    Ok(if allowed { Outcome::Nothing } else { Outcome::Something })
}

fn run_audit(args: &Audit) -> anyhow::Result<Outcome> {
    let mut context = diagnose::context(args.release.as_deref(), args.os.as_deref(), None, None)?;
    let mut unread = 0;
    for path in &args.packages {
        match context.clone().packages(path) {
            Ok(known) => context = known,
            Err(error) => {
                complain(&error.into());
                unread += 1;
            }
        }
    }
    if unread == args.packages.len() {
        return Ok(Outcome::Failed);
    }
    let Some(release) = context.known_release().cloned() else {
        anyhow::bail!(
            "expected a release, but none was given and the packages tell none\n  \
             help: say which, as in `--release victoria`"
        );
    };
    let report = audit::run(&context, &rules::load(&args.rules)?);
    print(&match args.format {
        Format::Json => report.json(),
        Format::Text => {
            let style = diagnose::style(args.color, false);
            let os = context.known_os().map(|os| format!(" on {}", os.value)).unwrap_or_default();
            let what = format!("{}{os} ({})", release.value, release.from);
            let findings = report::findings(&report.findings, &style);
            let summary = match report.findings.len() {
                0 => format!("All that is known fits {what}.\n"),
                1 => format!("1 finding: it does not fit {what}.\n"),
                n => format!("{n} findings: they do not fit {what}.\n"),
            };
            format!("{findings}{summary}")
        }
    })?;
    Ok(match (unread, report.findings.is_empty()) {
        (0, true) => Outcome::Nothing,
        (0, false) => Outcome::Something,
        _ => Outcome::Failed,
    })
}
