//! The Python module `ostack`: thin wrappers around `ostack-core`.

mod answers;
mod errors;
mod report;
mod rules;
mod version;

use std::path::PathBuf;

use ostack_core::context::Context;
use ostack_core::log::{Source, Sources};
use pyo3::prelude::*;

use errors::OrRaise;
use report::PyReport;
use rules::PyKnowledgeBase;

/// A path, or several.
#[derive(FromPyObject)]
enum Paths {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

/// A log that is at hand.
#[derive(FromPyObject)]
enum Text {
    Str(String),
    Bytes(Vec<u8>),
}

/// What is known beside the log, as the functions take it.
struct Known {
    answers: Option<PathBuf>,
    packages: Option<PathBuf>,
    os: Option<String>,
    release: Option<String>,
    redact: bool,
}

impl Known {
    fn context(&self) -> ostack_core::Result<Context> {
        let mut context = Context::new();
        if let Some(release) = &self.release {
            context = context.release(release)?;
        }
        if let Some(os) = &self.os {
            context = context.os(os)?;
        }
        if let Some(packages) = &self.packages {
            context = context.packages(packages)?;
        }
        if let Some(answers) = &self.answers {
            context = context.answers(answers)?;
        }
        Ok(if self.redact { context } else { context.without_redaction() })
    }
}

/// Reads logs and says what was found. The interpreter goes on meanwhile.
fn run(
    py: Python<'_>,
    sources: impl FnOnce() -> ostack_core::Result<Sources> + Send,
    known: &Known,
    rules: Option<PyRef<'_, PyKnowledgeBase>>,
) -> PyResult<PyReport> {
    let rules = match rules {
        Some(rules) => rules.shared(),
        None => PyKnowledgeBase::built_in(py),
    };
    let report = py.detach(|| {
        let context = known.context()?;
        Ok(ostack_core::diagnose(&sources()?, &context, &rules))
    });
    Ok(PyReport::new(report.or_raise(py)?))
}

/// Reads a log, a packstack run's folder, or several of these, and says what broke, why, and what to do.
#[pyfunction]
#[pyo3(signature = (path, *, answers=None, packages=None, os=None, release=None, rules=None, redact=true))]
#[allow(clippy::too_many_arguments, clippy::needless_pass_by_value, reason = "Python's keywords")]
fn diagnose(
    py: Python<'_>,
    path: Paths,
    answers: Option<PathBuf>,
    packages: Option<PathBuf>,
    os: Option<String>,
    release: Option<String>,
    rules: Option<PyRef<'_, PyKnowledgeBase>>,
    redact: bool,
) -> PyResult<PyReport> {
    let paths = match path {
        Paths::One(path) => vec![path],
        Paths::Many(paths) => paths,
    };
    let known = Known { answers, packages, os, release, redact };
    run(py, || Sources::open(paths), &known, rules)
}

/// Reads a log that is at hand as text or bytes.
#[pyfunction]
#[pyo3(signature = (text, *, answers=None, packages=None, os=None, release=None, rules=None, redact=true))]
#[allow(clippy::too_many_arguments, clippy::needless_pass_by_value, reason = "Python's keywords")]
fn diagnose_text(
    py: Python<'_>,
    text: Text,
    answers: Option<PathBuf>,
    packages: Option<PathBuf>,
    os: Option<String>,
    release: Option<String>,
    rules: Option<PyRef<'_, PyKnowledgeBase>>,
    redact: bool,
) -> PyResult<PyReport> {
    let bytes = match text {
        Text::Str(text) => text.into_bytes(),
        Text::Bytes(bytes) => bytes,
    };
    let known = Known { answers, packages, os, release, redact };
    let sources = || {
        let mut sources = Sources::new();
        sources.push(Source::bytes("<text>", bytes));
        Ok(sources)
    };
    run(py, sources, &known, rules)
}

#[pymodule]
mod _ostack {
    #[pymodule_export]
    use super::answers::{
        PyAnswerFile, PyDifference, PyMigrationStep, PyProblem, PySaid, PyVerdict,
    };
    #[pymodule_export]
    use super::report::{
        PyAgain, PyAlternative, PyCheck, PyConflict, PyDiagnosis, PyEvidence, PyFix, PyParty,
        PyPlace, PyReport, PyStep, PySymptom, PyUnexplained, PyVerify,
    };
    #[pymodule_export]
    use super::rules::{PyKnowledgeBase, PyRule};
    #[pymodule_export]
    use super::version::{PyConstraint, PyVersion};
    #[pymodule_export]
    use super::{diagnose, diagnose_text};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
