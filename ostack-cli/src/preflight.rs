//! `ostack-cli preflight`.

use std::path::Path;

use ostack_core::context::Context;
use ostack_core::{preflight, report};

use crate::args::{Preflight, ReportFormat};
use crate::diagnose::{render, style};
use crate::{Outcome, known, note, print, rules};

pub(crate) fn run(args: &Preflight) -> anyhow::Result<Outcome> {
    if args.collector {
        print(&preflight::collector())?;
        return Ok(Outcome::Nothing);
    }
    let rules = rules::load(&args.rules)?;
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
