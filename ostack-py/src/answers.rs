//! What `ostack.AnswerFile` is made of; the mapping itself is written in Python.

use std::path::PathBuf;

use ostack_core::answer_file::{
    AnswerFile, Dialect, Difference, Machine, MigrationStep, Problem, Said, Severity, Value,
    Verdict,
};
use ostack_core::parameter::Catalogue;
use ostack_core::release::{Os, Release};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::OrRaise;
use crate::report::frozen;
use crate::rules::PyKnowledgeBase;

/// An answer file's text and its parameters.
#[pyclass(name = "RawAnswerFile", module = "ostack._ostack")]
pub(crate) struct PyAnswerFile(AnswerFile);

/// The canonical names of a release and an OS.
fn place(release: &str, os: Option<&str>) -> ostack_core::Result<(Release, Option<Os>)> {
    Ok((Release::parse(release)?, os.map(Os::parse).transpose()?))
}

fn dialect(release: Option<&str>, os: Option<&str>) -> ostack_core::Result<Dialect> {
    let Some(release) = release else {
        return Ok(Dialect::default());
    };
    let (release, os) = place(release, os)?;
    Ok(Dialect::of(release.id(), os.map(|os| os.to_string()).as_deref()))
}

#[pymethods]
impl PyAnswerFile {
    #[staticmethod]
    #[pyo3(signature = (path, release=None, os=None))]
    #[allow(clippy::needless_pass_by_value, reason = "Python's path")]
    fn load(
        py: Python<'_>,
        path: PathBuf,
        release: Option<&str>,
        os: Option<&str>,
    ) -> PyResult<Self> {
        dialect(release, os)
            .and_then(|dialect| AnswerFile::load(path, dialect))
            .or_raise(py)
            .map(Self)
    }

    #[staticmethod]
    #[pyo3(signature = (text, release=None, os=None))]
    fn parse(
        py: Python<'_>,
        text: &str,
        release: Option<&str>,
        os: Option<&str>,
    ) -> PyResult<Self> {
        let parsed = dialect(release, os).and_then(|dialect| AnswerFile::parse(text, dialect));
        parsed.or_raise(py).map(Self)
    }

    /// A new file with these values, which packstack must take.
    #[staticmethod]
    fn generate(
        py: Python<'_>,
        release: &str,
        parameters: Vec<(String, String)>,
        local_ip: String,
        hostname: String,
        home: String,
    ) -> PyResult<Self> {
        let machine = Machine { local_ip, hostname, home };
        let generate = || {
            let release = Release::parse(release)?.id();
            let catalogue = Catalogue::of(release)?;
            let flag = |name: &str| catalogue.get(name).and_then(|parameter| parameter.flag);
            let (flagged, others): (Vec<_>, Vec<_>) =
                parameters.into_iter().partition(|(name, _)| flag(name).is_some());
            let flags: Vec<String> = flagged
                .iter()
                .filter_map(|(name, value)| Some(format!("{}={value}", flag(name)?)))
                .collect();
            let mut file = AnswerFile::generate(release, &flags, &machine)?;
            for (name, value) in &others {
                file.set_for(release, name, value)?;
            }
            // A flag without a value leaves the default; a parameter given as empty is empty.
            for (name, value) in flagged.iter().filter(|(_, value)| value.is_empty()) {
                file.set_for(release, name, value)?;
            }
            Ok(file)
        };
        generate().or_raise(py).map(Self)
    }

    #[getter]
    fn path(&self) -> Option<&str> {
        self.0.path()
    }

    #[getter]
    fn text(&self) -> &str {
        self.0.text()
    }

    fn names(&self) -> Vec<&str> {
        self.0.entries().map(|entry| entry.name.as_str()).collect()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    fn line(&self, name: &str) -> Option<usize> {
        self.0.entry(name).map(|entry| entry.line)
    }

    fn set(&mut self, py: Python<'_>, name: &str, value: &str) -> PyResult<()> {
        self.0.set(name, value).or_raise(py)
    }

    fn remove(&mut self, py: Python<'_>, name: &str) -> PyResult<bool> {
        self.0.remove(name).or_raise(py)
    }

    #[allow(clippy::needless_pass_by_value, reason = "Python's path")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.0.save(path).or_raise(py)
    }

    fn likely_release(&self) -> &'static str {
        self.0.likely_release()
    }

    #[pyo3(signature = (release, os=None, rules=None))]
    fn check(
        &self,
        py: Python<'_>,
        release: &str,
        os: Option<&str>,
        rules: Option<PyRef<'_, PyKnowledgeBase>>,
    ) -> PyResult<PyVerdict> {
        let rules = rules.map_or_else(|| PyKnowledgeBase::built_in(py), |rules| rules.shared());
        let verdict = place(release, os).and_then(|(release, os)| {
            ostack_core::check_answers(self.0.text().as_bytes(), release, os, &rules)
        });
        verdict.or_raise(py).map(|verdict| PyVerdict::of(&verdict))
    }

    #[pyo3(signature = (release, os=None, deployed=false))]
    fn effective<'py>(
        &self,
        py: Python<'py>,
        release: &str,
        os: Option<&str>,
        deployed: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let values = place(release, os).and_then(|(release, os)| {
            let os = os.map(|os| os.to_string());
            if deployed {
                return Ok(self.0.deployed(release.id(), os.as_deref())?.values);
            }
            self.0.effective(release.id(), os.as_deref())
        });
        let dict = PyDict::new(py);
        for (name, value) in values.or_raise(py)?.iter() {
            match value {
                Value::Bool(value) => dict.set_item(name, value)?,
                Value::Text(text) => dict.set_item(name, text)?,
            }
        }
        Ok(dict)
    }

    fn diff(&self, py: Python<'_>, other: &Self, release: &str) -> PyResult<Vec<PyDifference>> {
        let found = Release::parse(release).and_then(|release| self.0.diff(&other.0, release.id()));
        Ok(found.or_raise(py)?.iter().map(PyDifference::of).collect())
    }

    fn migrate(
        &self,
        py: Python<'_>,
        release: &str,
        to: &str,
    ) -> PyResult<(Self, Vec<PyMigrationStep>)> {
        let migrate = || {
            let (release, to) = (Release::parse(release)?, Release::parse(to)?);
            self.0.migrate(release.id(), to.id())
        };
        let migration = migrate().or_raise(py)?;
        let steps = migration.steps.iter().map(PyMigrationStep::of).collect();
        Ok((Self(migration.file), steps))
    }
}

frozen! {
    /// What packstack says about an answer file, and the lints beside it.
    PyVerdict as "Verdict" from Verdict {
        accepted: bool = |v| v.accepted,
        release: String = |v| v.release.clone(),
        problems: Vec<PyProblem> = |v| v.problems.iter().map(PyProblem::of).collect(),
    }
}

#[pymethods]
impl PyVerdict {
    fn __repr__(&self) -> String {
        let word = if self.accepted { "accepted" } else { "refused" };
        format!("<Verdict: {word} by {}, {} problems>", self.release, self.problems.len())
    }
}

frozen! {
    /// One thing that is wrong with an answer file.
    PyProblem as "Problem" from Problem {
        severity: String = |p| match p.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }.to_owned(),
        code: String = |p| p.code.to_string(),
        parameter: Option<String> = |p| p.param.clone(),
        line: Option<usize> = |p| p.line,
        column: Option<usize> = |p| p.column,
        message: String = |p| p.message.clone(),
        help: Option<String> = |p| p.help.clone(),
    }
}

#[pymethods]
impl PyProblem {
    fn __repr__(&self) -> String {
        format!("<Problem {}[{}]: {}>", self.severity, self.code, self.message)
    }
}

frozen! {
    /// A parameter that means something else in another file; secrets are masked.
    PyDifference as "Difference" from Difference {
        parameter: String = |d| d.param.clone(),
        a: PySaid = |d| PySaid::of(&d.a),
        b: PySaid = |d| PySaid::of(&d.b),
        active: bool = |d| d.active,
    }
}

#[pymethods]
impl PyDifference {
    fn __repr__(&self) -> String {
        let said = |said: &PySaid| said.value.clone().unwrap_or_else(|| "None".to_owned());
        format!("<Difference {}: {} -> {}>", self.parameter, said(&self.a), said(&self.b))
    }
}

frozen! {
    /// What a file says of a parameter.
    PySaid as "Said" from Said {
        value: Option<String> = |s| s.value.clone(),
        default: bool = |s| s.default,
    }
}

frozen! {
    /// Something that a migration did, or leaves to a person.
    PyMigrationStep as "MigrationStep" from MigrationStep {
        action: String = |s| s.action.to_string(),
        parameter: String = |s| s.param.clone(),
        reason: String = |s| s.reason.clone(),
    }
}

#[pymethods]
impl PyMigrationStep {
    fn __repr__(&self) -> String {
        format!("<MigrationStep {} {}: {}>", self.action, self.parameter, self.reason)
    }
}
