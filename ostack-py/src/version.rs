//! `ostack.Version` and `ostack.Constraint`.

use std::hash::{DefaultHasher, Hash, Hasher};

use ostack_core::version::{Constraint, Scheme, Version};
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::errors::OrRaise;

/// What pickle makes an object from: its class, and the text and scheme.
type Reduced<'py> = (Bound<'py, PyType>, (String, String));

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn mixed(a: Scheme, b: Scheme) -> PyErr {
    PyTypeError::new_err(format!("cannot mix the schemes {a} and {b}"))
}

/// A version of one scheme: `rpm`, `pep440`, `semver` or `puppet`.
#[pyclass(frozen, name = "Version", module = "ostack")]
pub(crate) struct PyVersion(Version);

#[pymethods]
impl PyVersion {
    #[new]
    fn new(py: Python<'_>, text: &str, scheme: &str) -> PyResult<Self> {
        let scheme: Scheme = scheme.parse().or_raise(py)?;
        Version::parse(text, scheme).or_raise(py).map(Self)
    }

    #[getter]
    fn scheme(&self) -> String {
        self.0.scheme().to_string()
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> PyResult<bool> {
        let (a, b) = (self.0.scheme(), other.0.scheme());
        match (op, self.0.compare(&other.0)) {
            (_, Ok(order)) => Ok(op.matches(order)),
            (CompareOp::Eq, Err(_)) => Ok(false),
            (CompareOp::Ne, Err(_)) => Ok(true),
            (_, Err(_)) => Err(mixed(a, b)),
        }
    }

    fn __hash__(&self) -> u64 {
        hash(&self.0)
    }

    fn __str__(&self) -> &str {
        self.0.as_str()
    }

    fn __repr__(&self) -> String {
        format!("Version({:?}, '{}')", self.0.as_str(), self.0.scheme())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> Reduced<'py> {
        (py.get_type::<Self>(), (self.0.as_str().to_owned(), self.scheme()))
    }
}

/// What versions are allowed, in one scheme. One of `rpm` may carry a package's name.
#[pyclass(frozen, name = "Constraint", module = "ostack")]
pub(crate) struct PyConstraint(Constraint);

impl PyConstraint {
    pub(crate) fn core(&self) -> &Constraint {
        &self.0
    }
}

#[pymethods]
impl PyConstraint {
    #[new]
    fn new(py: Python<'_>, text: &str, scheme: &str) -> PyResult<Self> {
        let scheme: Scheme = scheme.parse().or_raise(py)?;
        Constraint::parse(text, scheme).or_raise(py).map(Self)
    }

    #[getter]
    fn scheme(&self) -> String {
        self.0.scheme().to_string()
    }

    /// The package's name, where the constraint carries one.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name()
    }

    /// Whether it allows a version.
    fn allows(&self, version: &PyVersion) -> PyResult<bool> {
        self.0.allows(&version.0).map_err(|_| mixed(self.0.scheme(), version.0.scheme()))
    }

    /// Whether some version is allowed by both.
    fn overlaps(&self, other: &Self) -> PyResult<bool> {
        self.0.overlaps(&other.0).map_err(|_| mixed(self.0.scheme(), other.0.scheme()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0.scheme() == other.0.scheme() && self.0.as_str() == other.0.as_str()
    }

    fn __hash__(&self) -> u64 {
        hash(&(self.0.as_str(), self.scheme()))
    }

    fn __str__(&self) -> &str {
        self.0.as_str()
    }

    fn __repr__(&self) -> String {
        format!("Constraint({:?}, '{}')", self.0.as_str(), self.0.scheme())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> Reduced<'py> {
        (py.get_type::<Self>(), (self.0.as_str().to_owned(), self.scheme()))
    }
}
