//! `ostack.plan` and `ostack.preflight`.

use std::path::PathBuf;

use ostack_core::context::Context;
use ostack_core::plan::{Plan, Step};
use ostack_core::preflight::{self, By, Report, Unknown};
use ostack_core::release::{Os, Release};
use ostack_core::report::{self, Style};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::Known;
use crate::errors::OrRaise;
use crate::report::{PyDiagnosis, frozen};
use crate::rules::PyKnowledgeBase;

/// The steps that prepare a host and install a release.
#[pyclass(frozen, name = "Plan", module = "ostack")]
pub(crate) struct PyPlan(Plan);

frozen! {
    /// One step of a plan.
    PyPlanStep as "PlanStep" from Step {
        id: String = |s| s.id.clone(),
        title: String = |s| s.title.clone(),
        why: String = |s| s.why.clone(),
        commands: Vec<String> = |s| s.commands.clone(),
        check: String = |s| s.check.clone(),
        risk: String = |s| s.risk.to_string(),
        optional: bool = |s| s.optional,
        again: Option<String> = |s| s.again.clone(),
        source: String = |s| s.source.clone(),
    }
}

#[pymethods]
impl PyPlan {
    /// The release's id.
    #[getter]
    fn release(&self) -> String {
        self.0.release.id().to_owned()
    }

    /// The operating system.
    #[getter]
    fn os(&self) -> String {
        self.0.os.to_string()
    }

    /// What RDO's page asks of the host and no step can bring about.
    #[getter]
    fn requires(&self) -> Vec<String> {
        self.0.requires.clone()
    }

    /// What to know beforehand.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.0.notes.clone()
    }

    /// What to do, in order.
    #[getter]
    fn steps(&self) -> Vec<PyPlanStep> {
        self.0.steps.iter().map(PyPlanStep::of).collect()
    }

    /// A script for any POSIX shell that stops at the first step that fails, and can be resumed.
    fn to_sh(&self) -> String {
        self.0.sh()
    }

    /// The plan as Markdown.
    fn to_markdown(&self) -> String {
        self.0.markdown()
    }

    /// The plan as `ostack-cli plan --format json` gives it.
    fn to_json(&self) -> String {
        self.0.json()
    }

    /// The JSON form as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dict(py, self.to_json())
    }

    fn __len__(&self) -> usize {
        self.0.steps.len()
    }

    fn __str__(&self) -> String {
        self.0.text()
    }

    fn __repr__(&self) -> String {
        format!("<Plan {} on {}: {} steps>", self.0.release, self.0.os, self.0.steps.len())
    }
}

/// What would make packstack fail, and what is not known.
#[pyclass(frozen, name = "Preflight", module = "ostack")]
pub(crate) struct PyPreflight(Report);

frozen! {
    /// Something that is not known of a host.
    PyUnknown as "Unknown" from Unknown {
        what: String = |u| u.what.clone(),
        how: String = |u| u.how.clone(),
        by: String = |u| match u.by {
            By::File => "file",
            By::Host => "host",
        }.to_owned(),
    }
}

#[pymethods]
impl PyPreflight {
    /// What would make packstack fail, most severe and surest first.
    #[getter]
    fn findings(&self) -> Vec<PyDiagnosis> {
        self.0.findings.iter().map(PyDiagnosis::of).collect()
    }

    /// What was not given, or only a live host can tell.
    #[getter]
    fn unknown(&self) -> Vec<PyUnknown> {
        self.0.unknown.iter().map(PyUnknown::of).collect()
    }

    /// The report as `ostack-cli preflight --format json` gives it.
    fn to_json(&self) -> String {
        self.0.json()
    }

    /// The JSON form as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dict(py, self.to_json())
    }

    fn __bool__(&self) -> bool {
        !self.0.findings.is_empty()
    }

    fn __str__(&self) -> String {
        report::preflight(&self.0, &Style::default())
    }

    fn __repr__(&self) -> String {
        let ids: Vec<&str> = self.0.findings.iter().map(|f| f.rule.as_str()).collect();
        format!("<Preflight: [{}], {} unknown>", ids.join(", "), self.0.unknown.len())
    }
}

fn dict(py: Python<'_>, json: String) -> PyResult<Bound<'_, PyDict>> {
    let value = py.import("json")?.call_method1("loads", (json,))?;
    Ok(value.cast_into::<PyDict>()?)
}

/// The steps that prepare a host and install a release on an operating system.
#[pyfunction]
#[pyo3(signature = (release, os, answers=None))]
#[allow(clippy::needless_pass_by_value, reason = "Python's keywords")]
pub(crate) fn plan(
    py: Python<'_>,
    release: &str,
    os: &str,
    answers: Option<PathBuf>,
) -> PyResult<PyPlan> {
    let plan = || {
        let plan = Plan::of(Release::parse(release)?, Os::parse(os)?)?;
        let Some(path) = &answers else { return Ok(plan) };
        // A file that packstack could not read is told now, not after the host is prepared.
        Context::new().release(release)?.os(os)?.answers(path)?;
        Ok(plan.with_answers(&path.display().to_string()))
    };
    Ok(PyPlan(py.detach(plan).or_raise(py)?))
}

/// Says before packstack runs what would make it fail. `root` is a host's root, a chroot, a sosreport,
/// or what the script of `ostack-cli preflight --collector` gathered.
#[pyfunction]
#[pyo3(name = "preflight", signature = (root=None, *, packages=None, release=None, os=None, answers=None, rules=None))]
#[allow(clippy::needless_pass_by_value, reason = "Python's keywords")]
pub(crate) fn preflight_py(
    py: Python<'_>,
    root: Option<PathBuf>,
    packages: Option<PathBuf>,
    release: Option<String>,
    os: Option<String>,
    answers: Option<PathBuf>,
    rules: Option<PyRef<'_, PyKnowledgeBase>>,
) -> PyResult<PyPreflight> {
    let rules = match rules {
        Some(rules) => rules.shared(),
        None => PyKnowledgeBase::built_in(py),
    };
    let known = Known { answers, packages, os, release, redact: true };
    let report = py.detach(|| {
        let mut context = known.context()?;
        if let Some(root) = &root {
            context = preflight::read(root, context, &rules)?;
        }
        Ok(preflight::run(&context, &rules))
    });
    Ok(PyPreflight(report.or_raise(py)?))
}
