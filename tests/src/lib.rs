//! What the tests of the whole share: where things are, and logs as sources.

use std::path::{Path, PathBuf};

use ostack_core::context::Context;
use ostack_core::diagnosis::Report;
use ostack_core::log::{Source, Sources};
use ostack_core::rule::KnowledgeBase;

/// A file or folder below `tests/`.
pub fn path(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// The folder of reference data: `OSTACK_REFERENCE`, or `shared` beside the repository. Where it is
/// absent the reason is printed, and a test that needs it is over.
#[allow(clippy::print_stderr, reason = "says why a test was skipped")]
pub fn reference(below: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("OSTACK_REFERENCE")
        .map_or_else(|| path("../../shared"), PathBuf::from)
        .join(below);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: {} is absent; OSTACK_REFERENCE names the folder", folder.display());
    None
}

/// A text as a source named `log.txt`.
pub fn log(text: impl Into<Vec<u8>>) -> Sources {
    let mut sources = Sources::new();
    sources.push(Source::bytes("log.txt", text));
    sources
}

/// Diagnoses a text with nothing else known.
pub fn diagnose(text: impl Into<Vec<u8>>, rules: &KnowledgeBase) -> Report {
    ostack_core::diagnose(&log(text), &Context::new(), rules)
}

/// The ids of the rules of a report's diagnoses, in order.
pub fn ids(report: &Report) -> Vec<&str> {
    report.diagnoses.iter().map(|diagnosis| diagnosis.rule.as_str()).collect()
}

/// Holds a shell script against shellcheck, where that is installed; else the reason is printed.
///
/// # Panics
/// Where shellcheck finds something.
#[allow(clippy::print_stderr, reason = "says why a test was skipped")]
pub fn shellcheck(script: &Path) {
    match std::process::Command::new("shellcheck").arg(script).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{}: {said}", script.display());
        }
        Err(error) => eprintln!("skipped: shellcheck: {error}"),
    }
}
