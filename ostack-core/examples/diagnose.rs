//! Diagnoses the logs that are named on the command line.
//!
//! ```sh
//! cargo run -p ostack-core --example diagnose -- tests/logs/founding/console.log
//! ```
#![allow(clippy::print_stdout, reason = "an example prints")]

use ostack_core::context::Context;
use ostack_core::log::Sources;
use ostack_core::report::{self, Style};
use ostack_core::rule::KnowledgeBase;

fn main() -> ostack_core::Result<()> {
    let sources = Sources::open(std::env::args().skip(1))?;
    let context = Context::new().release("victoria")?.os("centos-8")?;
    let report = ostack_core::diagnose(&sources, &context, &KnowledgeBase::builtin());
    print!("{}", report::text(&report, &Style::default()));
    Ok(())
}
