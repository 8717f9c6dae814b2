//! `ostack-cli preflight`.

use std::path::Path;

use ostack_core::{preflight, report};

use crate::args::{Preflight, ReportFormat};
use crate::diagnose::{context, render, style};
use crate::{Outcome, known, note, print, rules};

pub(crate) fn run(args: &Preflight) -> anyhow::Result<Outcome> {
    if args.collector {
        print(&preflight::collector())?;
        return Ok(Outcome::Nothing);
    }
    let rules = rules::load(&args.rules)?;
    let mut context = context(
        args.release.as_deref(),
        args.os.as_deref(),
        args.packages.as_deref(),
        args.answers.as_deref(),
    )?;
    let given = args.packages.is_some() || args.answers.is_some();
    let root = args.root.as_deref().or((!given).then_some(Path::new("/")));
    if let Some(root) = root {
        context = preflight::read(root, context, &rules)?;
    }
    let found = preflight::run(&context, &rules);
    note(&known(&found.context));
    let style = style(args.color, false);
    print(&match args.format {
        ReportFormat::Text => report::preflight(&found, &style),
        ReportFormat::Json => found.json(),
        format => render(&found.as_diagnosis(), format, &rules, &style),
    })?;
    Ok(if found.findings.is_empty() { Outcome::Nothing } else { Outcome::Something })
}
