//! The core's errors as Python's exceptions, which are defined in `ostack._errors`.

use ostack_core::redact::Redactor;
use ostack_core::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

/// Raises the exception that fits the error.
pub(crate) trait OrRaise<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for ostack_core::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raise(py, &error))
    }
}

pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, error).unwrap_or_else(|failed| failed)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let name = match error.kind() {
        ErrorKind::Io => "FileError",
        ErrorKind::Rule => "RuleError",
        ErrorKind::AnswerFile => "AnswerFileError",
        ErrorKind::Version => "VersionError",
        ErrorKind::Context | ErrorKind::Usage => "ContextError",
        _ => "OstackError",
    };
    let module = MODULE.get_or_try_init(py, || py.import("ostack._errors").map(Bound::unbind))?;
    let class = module.bind(py).getattr(name)?.cast_into::<PyType>()?;
    let place = PyDict::new(py);
    place.set_item("path", error.path())?;
    place.set_item("line", error.line())?;
    place.set_item("column", error.column())?;
    place.set_item("parameter", error.parameter())?;
    place.set_item("help", error.hint())?;
    let message = Redactor::default().mask(&error.to_string()).into_owned();
    Ok(PyErr::from_value(class.call((message,), Some(&place))?))
}
