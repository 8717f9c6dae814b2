//! `ostack.Host`, and `ostack.audit`.

use std::path::PathBuf;

use ostack_core::context::Context;
use ostack_core::host::{self, Host, Package, Place, PuppetModule, PythonPackage};
use ostack_core::version::{Dependency, Truth};
use pyo3::prelude::*;

use crate::Paths;
use crate::errors::OrRaise;
use crate::report::{PyDiagnosis, frozen};
use crate::rules::PyKnowledgeBase;
use crate::version::PyConstraint;

/// What is known of a host: packages, repositories, operating system, Python packages, Puppet modules
/// and facter's facts, each with where it was learnt.
#[pyclass(frozen, name = "Host", module = "ostack")]
pub(crate) struct PyHost(Host);

#[pymethods]
impl PyHost {
    /// The host of a package list: `rpm -qa`, `dnf list installed`, `yum list installed`, `dpkg -l`.
    #[staticmethod]
    #[allow(clippy::needless_pass_by_value, reason = "Python's path")]
    fn from_packages(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let read = || {
            let name = path.display().to_string();
            let bytes = std::fs::read(&path).map_err(|e| ostack_core::Error::io(&name, e))?;
            Host::from_packages(&name, &String::from_utf8_lossy(&bytes))
        };
        py.detach(read).or_raise(py).map(Self)
    }

    /// The host of what it printed or holds, told apart by its content: package lists, `repolist`,
    /// `*.repo`, os-release, `pip list`, `puppet module list`, `facter`; or of a sosreport's folder.
    #[staticmethod]
    fn load(py: Python<'_>, path: Paths) -> PyResult<Self> {
        let read = || {
            let mut host = Host::new();
            for path in path.all() {
                host.add_path(path)?;
            }
            Ok(host)
        };
        py.detach(read).or_raise(py).map(Self)
    }

    /// The host of texts of these kinds, by the names that they are shown as.
    #[staticmethod]
    #[allow(clippy::needless_pass_by_value, reason = "Python's dict")]
    fn from_texts(
        py: Python<'_>,
        texts: std::collections::BTreeMap<String, String>,
    ) -> PyResult<Self> {
        let mut host = Host::new();
        for (name, text) in &texts {
            host.add(name, text).or_raise(py)?;
        }
        Ok(Self(host))
    }

    /// All packages, in the order of their lists.
    #[getter]
    fn packages(&self) -> Vec<PyPackage> {
        self.0.packages().iter().map(PyPackage::of).collect()
    }

    /// What pip sees.
    #[getter]
    fn python_packages(&self) -> Vec<PyPythonPackage> {
        self.0.python_packages().iter().map(PyPythonPackage::of).collect()
    }

    /// What `puppet module list` printed.
    #[getter]
    fn puppet_modules(&self) -> Vec<PyPuppetModule> {
        self.0.puppet_modules().iter().map(PyPuppetModule::of).collect()
    }

    /// The operating system, such as `centos-8`.
    #[getter]
    fn os(&self) -> Option<PyFact> {
        self.0.os().map(|fact| PyFact::of(&Shown(fact.value.to_string(), fact.from)))
    }

    /// The OpenStack release, by its id.
    #[getter]
    fn release(&self) -> Option<PyFact> {
        self.0.release().map(|fact| PyFact::of(&Shown(fact.value.id().to_owned(), fact.from)))
    }

    /// The package of a name; of several, the newest.
    fn package(&self, name: &str) -> Option<PyPackage> {
        self.0.package(name).map(PyPackage::of)
    }

    /// A fact of facter's, such as `os.release.major`.
    fn fact(&self, name: &str) -> Option<PyFact> {
        let shown = |fact: &host::Fact<String>| Shown(fact.value.clone(), fact.from.clone());
        self.0.fact(name).map(|fact| PyFact::of(&shown(fact)))
    }

    /// Whether a repository is enabled; None where that is not known.
    fn repo_enabled(&self, id: &str) -> Option<bool> {
        known(self.0.repo_enabled(id))
    }

    /// Whether a constraint that names a package holds; None where that is not known.
    fn satisfies(&self, constraint: &PyConstraint) -> Option<bool> {
        known(self.0.satisfies(constraint.core()))
    }

    /// Whether a dependency, also a rich one, holds; None where that is not known.
    fn holds(&self, py: Python<'_>, dependency: &str) -> PyResult<Option<bool>> {
        Ok(known(self.0.holds(&Dependency::parse(dependency).or_raise(py)?)))
    }

    fn __repr__(&self) -> String {
        let or = |known: Option<String>| known.unwrap_or_else(|| "not known".to_owned());
        let os = or(self.0.os().map(|os| os.value.to_string()));
        let release = or(self.0.release().map(|release| release.value.id().to_owned()));
        format!("<Host: {} packages, os {os}, release {release}>", self.0.packages().len())
    }
}

fn known(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// A fact as text.
pub(crate) struct Shown(String, Place);

frozen! {
    /// A fact, and where it was learnt.
    PyFact as "Fact" from Shown {
        value: String = |f| f.0.clone(),
        path: String = |f| f.1.file.to_string(),
        line: usize = |f| f.1.line,
    }
}

frozen! {
    /// An installed package.
    PyPackage as "Package" from Package {
        name: String = |p| p.nevra.name.clone(),
        epoch: Option<u32> = |p| p.epoch(),
        version: String = |p| p.nevra.version.clone(),
        release: String = |p| p.nevra.release.clone(),
        arch: Option<String> = |p| p.nevra.arch.clone(),
        repo: Option<String> = |p| p.repo.clone(),
        path: String = |p| p.from.file.to_string(),
        line: usize = |p| p.from.line,
    }
}

frozen! {
    /// A Python package that pip sees.
    PyPythonPackage as "PythonPackage" from PythonPackage {
        name: String = |p| p.name.clone(),
        version: Option<String> = |p| p.version.clone(),
        path: String = |p| p.from.file.to_string(),
        line: usize = |p| p.from.line,
    }
}

frozen! {
    /// A Puppet module in a module path.
    PyPuppetModule as "PuppetModule" from PuppetModule {
        name: String = |m| m.name.clone(),
        author: Option<String> = |m| m.author.clone(),
        version: Option<String> = |m| m.version.clone(),
        folder: Option<String> = |m| m.folder.clone(),
        path: String = |m| m.from.file.to_string(),
        line: usize = |m| m.from.line,
    }
}

/// What does not fit the release among the packages, repositories and modules of a host: what
/// `ostack-cli versions audit` reports.
#[pyfunction]
#[pyo3(signature = (packages, *, os=None, release=None, rules=None))]
#[allow(clippy::needless_pass_by_value, reason = "Python's keywords")]
pub(crate) fn audit(
    py: Python<'_>,
    packages: Paths,
    os: Option<&str>,
    release: Option<&str>,
    rules: Option<PyRef<'_, PyKnowledgeBase>>,
) -> PyResult<Vec<PyDiagnosis>> {
    let rules = rules.map_or_else(|| PyKnowledgeBase::built_in(py), |rules| rules.shared());
    let run = || {
        let mut context = Context::new();
        if let Some(release) = release {
            context = context.release(release)?;
        }
        if let Some(os) = os {
            context = context.os(os)?;
        }
        for path in packages.all() {
            context = context.packages(path)?;
        }
        Ok(ostack_core::audit::run(&context, &rules).findings)
    };
    Ok(py.detach(run).or_raise(py)?.iter().map(PyDiagnosis::of).collect())
}
