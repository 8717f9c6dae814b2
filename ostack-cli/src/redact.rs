//! `ostack-cli redact`.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use ostack_core::context::Context;

use crate::args::Redact;
use crate::{Outcome, complain, loudness};

pub(crate) fn run(args: &Redact) -> anyhow::Result<Outcome> {
    let mut context = Context::new();
    if let Some(answers) = &args.answers {
        context = context.answers(answers)?;
    }
    let redactor = context.redactor();
    let mut unread = false;
    for path in &args.paths {
        let out: Box<dyn io::Write> =
            if loudness().quiet { Box::new(io::sink()) } else { Box::new(io::stdout().lock()) };
        let opened = if path == Path::new("-") {
            Ok(Box::new(io::stdin().lock()) as Box<dyn io::Read>)
        } else {
            File::open(path).map(|file| Box::new(file) as Box<dyn io::Read>)
        };
        let shown = opened.map(|input| redactor.copy(input, out));
        match shown {
            Ok(Ok(())) => {}
            Ok(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => return Err(error.into()),
            Ok(Err(error)) | Err(error) => {
                let named = Err::<(), _>(error)
                    .with_context(|| format!("{}: cannot be read", path.display()));
                complain(&named.expect_err("it is an error"));
                unread = true;
            }
        }
    }
    Ok(if unread { Outcome::Failed } else { Outcome::Nothing })
}
