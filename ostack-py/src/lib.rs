//! The Python module `ostack`: thin wrappers around `ostack-core`.

mod answers;
mod errors;
mod host;
mod plan;
mod report;
mod rules;
mod version;

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use ostack_core::context::Context;
use ostack_core::log::{Source, Sources, Watch};
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

impl Paths {
    fn all(self) -> Vec<PathBuf> {
        match self {
            Self::One(path) => vec![path],
            Self::Many(paths) => paths,
        }
    }
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

/// Whether Python was interrupted.
#[derive(Default)]
struct Interrupted(AtomicBool);

impl Watch for Interrupted {
    fn stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs what takes long on a thread of its own, while the interpreter goes on and Ctrl-C is heeded.
fn interruptible<T: Send>(
    py: Python<'_>,
    interrupted: &Interrupted,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    const INTERVAL: Duration = Duration::from_millis(50);
    py.detach(|| {
        std::thread::scope(|scope| {
            let (done, is_done) = channel::<()>();
            let thread = scope.spawn(move || {
                let _done = done;
                work()
            });
            let mut signal = Ok(());
            while signal.is_ok() && is_done.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout)
            {
                signal = Python::attach(|py: Python<'_>| py.check_signals());
            }
            interrupted.0.store(signal.is_err(), Ordering::Relaxed);
            let result = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            signal.map(|()| result)
        })
    })
}

/// Reads logs and says what was found.
fn run(
    py: Python<'_>,
    add: impl FnOnce(&mut Sources) -> ostack_core::Result<()> + Send,
    known: &Known,
    rules: Option<PyRef<'_, PyKnowledgeBase>>,
) -> PyResult<PyReport> {
    let rules = match rules {
        Some(rules) => rules.shared(),
        None => PyKnowledgeBase::built_in(py),
    };
    let interrupted = Arc::new(Interrupted::default());
    let mut sources = Sources::new().watched(interrupted.clone());
    let report = interruptible(py, &interrupted, move || {
        let context = known.context()?;
        add(&mut sources)?;
        let report = ostack_core::diagnose(&sources, &context, &rules);
        Ok(PyReport { report, sources, context, rules })
    })?;
    report.or_raise(py)
}

/// Reads a log, a folder (of a packstack run, /var/log, an unpacked sosreport), an archive, a compressed
/// log, or several of these, and says what broke, why, and what to do.
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
    let paths = path.all();
    let known = Known { answers, packages, os, release, redact };
    run(py, |sources| paths.iter().try_for_each(|path| sources.add(path)), &known, rules)
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
    let add = |sources: &mut Sources| {
        sources.push(Source::bytes("<text>", bytes));
        Ok(())
    };
    run(py, add, &known, rules)
}

#[pymodule]
mod _ostack {
    #[pymodule_export]
    use super::answers::{
        PyAnswerFile, PyDifference, PyMigrationStep, PyProblem, PySaid, PyVerdict,
    };
    #[pymodule_export]
    use super::host::{PyFact, PyHost, PyPackage, PyPuppetModule, PyPythonPackage, audit};
    #[pymodule_export]
    use super::plan::{PyPlan, PyPlanStep, PyPreflight, PyUnknown, plan, preflight_py};
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
