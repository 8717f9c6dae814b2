//! `ostack.Report` and what it holds: frozen classes with the fields of the JSON form.

use std::collections::BTreeMap;

use ostack_core::diagnosis::{Report, Unexplained};
use ostack_core::finding::{self, Action, EvidenceKind, Finding};
use ostack_core::report::{self, Style};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What logs and facts say.
#[pyclass(frozen, name = "Report", module = "ostack")]
pub(crate) struct PyReport(Report);

impl PyReport {
    pub(crate) fn new(report: Report) -> Self {
        Self(report)
    }
}

#[pymethods]
impl PyReport {
    /// What is wrong, likeliest first.
    #[getter]
    fn diagnoses(&self) -> Vec<PyDiagnosis> {
        self.0.diagnoses.iter().map(PyDiagnosis::of).collect()
    }

    /// Errors that no rule explains, what likely matters first.
    #[getter]
    fn unexplained(&self) -> Vec<PyUnexplained> {
        self.0.unexplained.iter().map(PyUnexplained::of).collect()
    }

    /// The report as `ostack-cli diagnose --format json` gives it.
    fn to_json(&self) -> String {
        report::json(&self.0)
    }

    /// The JSON form as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let value = py.import("json")?.call_method1("loads", (self.to_json(),))?;
        Ok(value.cast_into::<PyDict>()?)
    }

    fn __bool__(&self) -> bool {
        !self.0.is_empty()
    }

    fn __str__(&self) -> String {
        report::text(&self.0, &Style::default())
    }

    fn __repr__(&self) -> String {
        let titles: Vec<&str> = self.0.diagnoses.iter().map(|d| d.rule.as_str()).collect();
        format!("<Report: [{}], {} unexplained>", titles.join(", "), self.0.unexplained.len())
    }
}

/// Declares a frozen class with read-only fields, and how it is made from the core's type.
macro_rules! frozen {
    ($(#[$doc:meta])* $name:ident as $python:literal from $core:ty {
        $($field:ident : $type:ty = |$from:ident| $value:expr),* $(,)?
    }) => {
        $(#[$doc])*
        #[pyclass(frozen, get_all, name = $python, module = "ostack")]
        #[derive(Clone)]
        pub(crate) struct $name { $($field: $type),* }

        impl $name {
            pub(crate) fn of(core: &$core) -> Self {
                Self { $($field: { let $from = core; $value }),* }
            }
        }
    };
}
pub(crate) use frozen;

frozen! {
    /// Something that is wrong, why, and what to do.
    PyDiagnosis as "Diagnosis" from Finding {
        rule: String = |f| f.rule.clone(),
        title: String = |f| f.title.clone(),
        component: String = |f| f.component.clone(),
        severity: String = |f| f.severity.to_string(),
        confidence: f64 = |f| f.confidence,
        reasons: Vec<String> = |f| f.reasons.clone(),
        assumes: Vec<String> = |f| f.assumes.clone(),
        cause: String = |f| f.cause.clone(),
        checks: Vec<PyCheck> = |f| f.checks.iter().map(PyCheck::of).collect(),
        alternatives: Vec<PyAlternative> = |f| f.alternatives.iter().map(PyAlternative::of).collect(),
        fix: Vec<PyFix> = |f| f.fix.iter().map(PyFix::of).collect(),
        verify: Option<PyVerify> = |f| f.verify.as_ref().map(PyVerify::of),
        again: Option<PyAgain> = |f| f.again.as_ref().map(PyAgain::of),
        symptoms: Vec<PySymptom> = |f| f.symptoms.iter().map(PySymptom::of).collect(),
        skipped_resources: Option<u64> = |f| f.skipped_resources,
        references: Vec<String> = |f| f.references.clone(),
        count: u64 = |f| f.count,
        evidence: Vec<PyEvidence> = |f| f.evidence.iter().map(PyEvidence::of).collect(),
    }
}

#[pymethods]
impl PyDiagnosis {
    fn __repr__(&self) -> String {
        format!("<Diagnosis {}: {}>", self.rule, self.title)
    }
}

frozen! {
    /// A command that tells causes apart.
    PyCheck as "Check" from finding::Check {
        command: String = |c| c.command.clone(),
        confirms: String = |c| c.confirms.clone(),
        refutes: String = |c| c.refutes.clone(),
    }
}

frozen! {
    /// Another cause of the same evidence.
    PyAlternative as "Alternative" from finding::Alternative {
        rule: String = |a| a.rule.clone(),
        title: String = |a| a.title.clone(),
        cause: String = |a| a.cause.clone(),
        check: Option<PyCheck> = |a| a.check.as_ref().map(PyCheck::of),
        fix: Vec<PyFix> = |a| a.fix.iter().map(PyFix::of).collect(),
    }
}

frozen! {
    /// One way to repair it.
    PyFix as "Fix" from finding::Fix {
        title: String = |f| f.title.clone(),
        only: Option<String> = |f| f.only.clone(),
        risk: String = |f| f.risk().to_string(),
        steps: Vec<PyStep> = |f| f.steps.iter().map(PyStep::of).collect(),
    }
}

frozen! {
    /// One step of a fix.
    PyStep as "Step" from finding::Step {
        kind: String = |s| match s.action {
            Action::Run(_) => "run",
            Action::Set { .. } => "set",
            Action::Add { .. } | Action::Key { .. } => "edit",
            Action::Note(_) => "note",
        }.to_owned(),
        text: String = |s| s.text(),
        command: Option<String> = |s| match &s.action {
            Action::Run(command) => Some(command.clone()),
            _ => None,
        },
        risk: String = |s| s.risk.to_string(),
        on: Option<String> = |s| s.on.clone(),
    }
}

frozen! {
    /// How to see that a fix worked.
    PyVerify as "Verify" from finding::Verify {
        command: String = |v| v.command.clone(),
        expect: String = |v| v.expect.clone(),
    }
}

frozen! {
    /// How to run packstack again.
    PyAgain as "Again" from finding::Again {
        command: String = |a| a.command.clone(),
        clean: Vec<String> = |a| a.clean.clone(),
        note: Option<String> = |a| a.note.clone(),
    }
}

frozen! {
    /// What a cause brought about.
    PySymptom as "Symptom" from finding::Symptom {
        rule: String = |s| s.rule.clone(),
        title: String = |s| s.title.clone(),
        count: u64 = |s| s.count,
        first: Option<PyPlace> = |s| s.first.as_ref().map(PyPlace::of),
    }
}

frozen! {
    /// A line of a source.
    PyPlace as "Place" from finding::Place {
        path: String = |p| p.path.clone(),
        line: u64 = |p| p.line,
        text: String = |p| p.text.clone(),
    }
}

frozen! {
    /// A piece of evidence: where, and what stands there.
    PyEvidence as "Evidence" from finding::Evidence {
        kind: String = |e| match e.kind {
            EvidenceKind::Log => "log",
            EvidenceKind::Answer => "answer",
            EvidenceKind::Package => "package",
            EvidenceKind::File => "file",
        }.to_owned(),
        path: String = |e| e.path.clone(),
        line: u64 = |e| e.line,
        column: u64 = |e| e.column,
        end_column: u64 = |e| e.end_column,
        text: String = |e| e.text.clone(),
        time: Option<String> = |e| e.time.clone(),
        host: Option<String> = |e| e.host.clone(),
        manifest: Option<String> = |e| e.manifest.clone(),
        resource: Option<String> = |e| e.resource.clone(),
        captures: BTreeMap<String, String> = |e| e.captures.clone(),
        note: Option<String> = |e| e.note.clone(),
    }
}

frozen! {
    /// Errors of one form that no rule explains.
    PyUnexplained as "Unexplained" from Unexplained {
        template: String = |u| u.template.clone(),
        count: u64 = |u| u.count,
        first: PyPlace = |u| PyPlace::of(&u.first),
        last: PyPlace = |u| PyPlace::of(&u.last),
        step: Option<String> = |u| u.step.clone(),
        manifest: Option<String> = |u| u.manifest.clone(),
    }
}
