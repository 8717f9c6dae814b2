//! `ostack.KnowledgeBase` and `ostack.Rule`.

use std::path::PathBuf;
use std::sync::Arc;

use ostack_core::rule::{KnowledgeBase, Rule};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::errors::{OrRaise, raise};

/// The rules of a run.
#[pyclass(frozen, name = "KnowledgeBase", module = "ostack")]
pub(crate) struct PyKnowledgeBase(Arc<KnowledgeBase>);

impl PyKnowledgeBase {
    pub(crate) fn shared(&self) -> Arc<KnowledgeBase> {
        Arc::clone(&self.0)
    }

    /// The built-in rules, read once.
    pub(crate) fn built_in(py: Python<'_>) -> Arc<KnowledgeBase> {
        static BUILT_IN: PyOnceLock<Arc<KnowledgeBase>> = PyOnceLock::new();
        Arc::clone(BUILT_IN.get_or_init(py, || Arc::new(KnowledgeBase::builtin())))
    }
}

#[pymethods]
impl PyKnowledgeBase {
    /// The rules that come with ostack.
    #[staticmethod]
    fn builtin(py: Python<'_>) -> Self {
        Self(Self::built_in(py))
    }

    /// The rules of folders, on top of the built-in ones or alone.
    #[staticmethod]
    #[pyo3(signature = (folders, *, builtin=true))]
    #[allow(clippy::needless_pass_by_value, reason = "Python's list")]
    fn load(py: Python<'_>, folders: Vec<PathBuf>, builtin: bool) -> PyResult<Self> {
        let mut rules = if builtin { KnowledgeBase::builtin() } else { KnowledgeBase::empty() };
        for folder in &folders {
            rules.load(folder).map_err(|errors| raise(py, &errors[0]))?;
        }
        Ok(Self(Arc::new(rules)))
    }

    /// The rule with this id.
    fn rule(&self, py: Python<'_>, id: &str) -> PyResult<PyRule> {
        self.0.get(id).or_raise(py).map(PyRule::of)
    }

    /// The ids of all rules, in order.
    fn ids(&self) -> Vec<String> {
        self.0.heads().map(|head| head.id.to_owned()).collect()
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __contains__(&self, id: &str) -> bool {
        self.0.find(id).is_some()
    }

    fn __repr__(&self) -> String {
        format!("<KnowledgeBase of {} rules>", self.0.len())
    }
}

/// A rule: what it means and what to do. Its texts are templates.
#[pyclass(frozen, get_all, name = "Rule", module = "ostack")]
pub(crate) struct PyRule {
    id: String,
    title: String,
    component: String,
    severity: String,
    status: String,
    cause: String,
    releases: Vec<String>,
    os: Vec<String>,
    references: Vec<String>,
    page: String,
}

impl PyRule {
    fn of(rule: &Rule) -> Self {
        Self {
            id: rule.id.clone(),
            title: rule.title.clone(),
            component: rule.component.clone(),
            severity: rule.severity.to_string(),
            status: rule.status.to_string(),
            cause: rule.cause.clone(),
            releases: rule.releases.clone(),
            os: rule.os.clone(),
            references: rule.references.clone(),
            page: ostack_core::report::page(rule, &ostack_core::report::Style::default()),
        }
    }
}

#[pymethods]
impl PyRule {
    fn __str__(&self) -> &str {
        &self.page
    }

    fn __repr__(&self) -> String {
        format!("<Rule {}>", self.id)
    }
}
