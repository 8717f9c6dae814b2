//! `ostack.Report` and what it holds: frozen classes with the fields of the JSON form.

use std::collections::BTreeMap;
use std::sync::Arc;

use ostack_core::context::Context;
use ostack_core::diagnosis::{Report, Unexplained, surround};
use ostack_core::finding::{self, Action, EvidenceKind, Finding};
use ostack_core::log::{Conflict, Party, Sources};
use ostack_core::report::{self, Style};
use ostack_core::rule::KnowledgeBase;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What logs and facts say.
#[pyclass(frozen, name = "Report", module = "ostack")]
pub(crate) struct PyReport {
    pub(crate) report: Report,
    /// What it was made of, for the lines around the evidence and for the list of rules.
    pub(crate) sources: Sources,
    pub(crate) context: Context,
    pub(crate) rules: Arc<KnowledgeBase>,
}

/// So many lines around the evidence are shown on a page.
const AROUND: u64 = 3;

#[pymethods]
impl PyReport {
    /// What is wrong, likeliest first.
    #[getter]
    fn diagnoses(&self) -> Vec<PyDiagnosis> {
        self.report.diagnoses.iter().map(PyDiagnosis::of).collect()
    }

    /// Errors that no rule explains, what likely matters first.
    #[getter]
    fn unexplained(&self) -> Vec<PyUnexplained> {
        self.report.unexplained.iter().map(PyUnexplained::of).collect()
    }

    /// The report as `ostack-cli diagnose --format json` gives it.
    fn to_json(&self) -> String {
        report::json(&self.report)
    }

    /// The report as Markdown, ready to be posted as a bug report.
    fn to_markdown(&self) -> String {
        report::markdown(&self.report)
    }

    /// The report as SARIF 2.1.0.
    fn to_sarif(&self, py: Python<'_>) -> String {
        py.detach(|| report::sarif(&self.report, &self.rules))
    }

    /// The report as JUnit XML.
    fn to_junit(&self) -> String {
        report::junit(&self.report)
    }

    /// The report as one HTML page. Files are read again for the lines around the evidence.
    fn to_html(&self, py: Python<'_>) -> String {
        py.detach(|| {
            let mut shown = self.report.clone();
            surround(&mut shown, &self.sources, &self.context, AROUND);
            report::html(&shown)
        })
    }

    /// The page in a frame of its own, for a notebook.
    fn _repr_html_(&self, py: Python<'_>) -> String {
        let page = self.to_html(py).replace('&', "&amp;").replace('"', "&quot;");
        format!(
            "<iframe srcdoc=\"{page}\" sandbox=\"allow-scripts\" title=\"ostack report\" \
             width=\"100%\" height=\"640\" frameborder=\"0\"></iframe>"
        )
    }

    /// The JSON Schema of what `to_json` gives.
    #[staticmethod]
    fn json_schema() -> &'static str {
        report::JSON_SCHEMA
    }

    /// The JSON form as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let value = py.import("json")?.call_method1("loads", (self.to_json(),))?;
        Ok(value.cast_into::<PyDict>()?)
    }

    fn __bool__(&self) -> bool {
        !self.report.is_empty()
    }

    fn __str__(&self) -> String {
        report::text(&self.report, &Style::default())
    }

    fn __repr__(&self) -> String {
        let titles: Vec<&str> = self.report.diagnoses.iter().map(|d| d.rule.as_str()).collect();
        format!("<Report: [{}], {} unexplained>", titles.join(", "), self.report.unexplained.len())
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
        credentials: Option<String> = |f| f.credentials.clone(),
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
        conflicts: Vec<PyConflict> = |f| f.conflicts.iter().map(PyConflict::of).collect(),
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
    /// What a package tool says does not fit together.
    PyConflict as "Conflict" from Conflict {
        kind: String = |c| c.kind.as_str().to_owned(),
        tool: String = |c| c.tool.as_str().to_owned(),
        text: String = |c| c.to_string(),
        package: Option<PyParty> = |c| c.package.as_ref().map(PyParty::of),
        requires: Option<String> = |c| c.requires.as_ref().map(ToString::to_string),
        other: Option<PyParty> = |c| c.other.as_ref().map(PyParty::of),
        candidates: Vec<PyParty> = |c| c.candidates.iter().map(PyParty::of).collect(),
        repo: Option<String> = |c| c.repo.clone(),
        file: Option<String> = |c| c.file.clone(),
        problem: usize = |c| c.problem,
    }
}

frozen! {
    /// A package as a package tool names it.
    PyParty as "Party" from Party {
        text: String = |p| p.text.clone(),
        name: String = |p| p.name.clone(),
        version: Option<String> = |p| p.version.clone(),
        repo: Option<String> = |p| p.repo.clone(),
        installed: bool = |p| p.installed,
        fits: Option<bool> = |p| p.fits,
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
