//! `ostack-cli plan`.

use ostack_core::context::Context;
use ostack_core::plan;
use ostack_core::release::{Os, Release};

use crate::args::{Plan, PlanFormat};
use crate::{Outcome, print};

pub(crate) fn run(args: &Plan) -> anyhow::Result<Outcome> {
    let mut plan = plan::Plan::of(Release::parse(&args.release)?, Os::parse(&args.os)?)?;
    if let Some(path) = &args.answers {
        // A file that packstack could not read is told now, not after the host is prepared.
        Context::new().release(&args.release)?.os(&args.os)?.answers(path)?;
        plan = plan.with_answers(&path.display().to_string());
    }
    print(&match args.format {
        PlanFormat::Text => plan.text(),
        PlanFormat::Sh => plan.sh(),
        PlanFormat::Markdown => plan.markdown(),
        PlanFormat::Json => plan.json(),
    })?;
    Ok(Outcome::Nothing)
}
