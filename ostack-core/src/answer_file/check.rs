//! packstack's verdict on an answer file.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Serialize;

use super::document::decode;
use super::load::{DEPRECATED_CONFLICT, Failure, INVALID_VALUE, Loaded, examine, load};
use super::reader::{meant, shown};
use super::{AnswerFile, Dialect, Entry, Machine, Values};
use crate::error::{Error, ErrorKind, Result};
use crate::parameter::{Catalogue, Parameter};

/// What packstack says about an answer file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether packstack takes the file.
    pub accepted: bool,
    /// The release whose packstack was asked.
    pub release: String,
    /// packstack's refusals first, in its order: it stops at the first one.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong, or that could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of problem it is.
    pub code: Cow<'static, str>,
    /// The parameter; none where the file could not be read that far.
    pub param: Option<String>,
    /// The line, from 1; none where the file does not give the parameter.
    pub line: Option<usize>,
    /// The column, from 1.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// packstack refuses the file.
    Error,
    /// packstack takes it, and something else will go wrong.
    Warning,
    /// Something to know.
    Info,
}

/// packstack's parser refuses the text.
pub const UNREADABLE: &str = "packstack_answer_file_not_parsable";
/// Only the live host can tell.
pub const NOT_CHECKED: &str = "not_checked";

impl Verdict {
    /// packstack's verdict on a text, also where its parser refuses it.
    ///
    /// ```
    /// use ostack_core::answer_file::Verdict;
    /// let verdict = Verdict::of("[general]\nCONFIG_HEAT_INSTALL=maybe\n", "victoria", None)?;
    /// assert!(!verdict.accepted);
    /// let first = &verdict.problems[0];
    /// assert_eq!(first.param.as_deref(), Some("CONFIG_HEAT_INSTALL"));
    /// assert_eq!(first.message, "expected one of `y`, `n`, but found `maybe`");
    /// assert_eq!((first.line, first.column), (Some(2), Some(21)));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such release, or its packstack cannot be followed (before juno).
    pub fn of(text: &str, release: &str, os: Option<&str>) -> Result<Self> {
        catalogue(release)?;
        let dialect = Dialect::of(release, os);
        match AnswerFile::parse(text, dialect) {
            Ok(file) => file.check(release, os),
            Err(_) => Ok(Self::refused(release, &AnswerFile::faults(text, dialect))),
        }
    }

    /// packstack's verdict on the bytes of a file, also where they are not text.
    ///
    /// ```
    /// use ostack_core::answer_file::Verdict;
    /// let verdict = Verdict::of_bytes(b"[general]\nCONFIG_A=\xff\n", "victoria", None)?;
    /// assert_eq!((verdict.accepted, verdict.problems[0].line), (false, Some(2)));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Verdict::of`].
    pub fn of_bytes(bytes: &[u8], release: &str, os: Option<&str>) -> Result<Self> {
        catalogue(release)?;
        match decode(bytes) {
            Ok(text) => Self::of(text, release, os),
            Err(error) => Ok(Self::refused(release, &[error])),
        }
    }

    fn refused(release: &str, faults: &[Error]) -> Self {
        let problem = |error: &Error| Problem {
            severity: Severity::Error,
            code: UNREADABLE.into(),
            param: None,
            line: error.line(),
            column: error.column(),
            message: error.message().to_owned(),
            help: error.hint().map(str::to_owned),
        };
        let problems = faults.iter().map(problem).collect();
        Self { accepted: false, release: release.to_owned(), problems }
    }
}

impl AnswerFile {
    /// Gives a parameter a value that a release's packstack takes.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let mut file = AnswerFile::parse("[general]\n", Dialect::Python3)?;
    /// file.set_for("victoria", "CONFIG_HEAT_INSTALL", "y")?;
    /// let error = file.set_for("victoria", "CONFIG_HEAT_INSTAL", "y").unwrap_err();
    /// assert_eq!(error.hint(), Some("did you mean `CONFIG_HEAT_INSTALL`?"));
    /// assert!(file.set_for("victoria", "CONFIG_HEAT_INSTALL", "maybe").is_err());
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the release has no such parameter, its packstack would refuse the value, or the file
    /// cannot hold it; nothing is changed.
    pub fn set_for(&mut self, release: &str, name: &str, value: &str) -> Result<()> {
        let catalogue = catalogue(release)?;
        let Some(parameter) = catalogue.get(name) else {
            let message = format!("expected a parameter of {release}, but found `{}`", shown(name));
            let error = Error::new(ErrorKind::AnswerFile, message).param(name);
            let known = catalogue.parameters().map(|parameter| parameter.name);
            return Err(match meant(&name.to_uppercase(), known) {
                Some(meant) => error.help(format!("did you mean `{meant}`?")),
                None => error,
            });
        };
        let values = self.walk(catalogue).values;
        if let Err(expected) = examine(parameter, value, &values, &Machine::default()) {
            let (parameter, found) = (Some(parameter), value.to_owned());
            let failure = Failure { code: INVALID_VALUE, parameter, expected, found };
            return Err(Error::new(ErrorKind::AnswerFile, failure.message()).param(name));
        }
        self.set(name, value)
    }

    /// packstack's verdict: the parameters that it looks at, in its order.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let file = AnswerFile::parse("[general]\nCONFIG_TROVE_DB_PW=\n", Dialect::Python3)?;
    /// let verdict = file.check("victoria", Some("centos-8"))?;
    /// assert!(verdict.accepted, "Trove is not installed, so its password is not looked at");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such release, or its packstack cannot be followed (before juno).
    pub fn check(&self, release: &str, os: Option<&str>) -> Result<Verdict> {
        let catalogue = catalogue(release)?;
        let dialect = Dialect::of(release, os);
        if dialect != self.dialect() {
            return Verdict::of(self.text(), release, os);
        }
        let loaded = self.walk(catalogue);
        let refusals = loaded.failures.iter().map(|failure| self.refusal(failure));
        let unchecked = loaded.unchecked.iter().map(|parameter| self.not_checked(parameter));
        Ok(Verdict {
            accepted: loaded.failures.is_empty(),
            release: catalogue.release.to_owned(),
            problems: refusals.chain(unchecked).collect(),
        })
    }

    /// The values of the active parameters after packstack's processors, on an example machine
    /// where defaults name one.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect, Value};
    /// let file = AnswerFile::parse("[general]\nCONFIG_CINDER_DB_PURGE_ENABLE=yes\n", Dialect::Python3)?;
    /// let values = file.effective("victoria", None)?;
    /// assert_eq!(values.get("CONFIG_CINDER_DB_PURGE_ENABLE"), Some(&Value::Bool(true)));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where packstack refuses the file.
    pub fn effective(&self, release: &str, os: Option<&str>) -> Result<Values> {
        let catalogue = catalogue(release)?;
        let dialect = Dialect::of(release, os);
        if dialect != self.dialect() {
            return self.read_as(dialect)?.effective(release, os);
        }
        let loaded = self.walk(catalogue);
        match loaded.failures.first() {
            Some(failure) => Err(self.refusal(failure).into_error(self.path())),
            None => Ok(loaded.values.of_the_cloud()),
        }
    }

    /// The release whose parameters are most like the file's; of several, the newest.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Machine};
    /// let file = AnswerFile::generate("queens", &[""; 0], &Machine::default())?;
    /// assert_eq!(file.likely_release(), "queens");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn likely_release(&self) -> &'static str {
        let names: HashSet<&str> = self.entries().map(|entry| entry.name.as_str()).collect();
        let followed =
            crate::release::Release::all().filter_map(|release| catalogue(release.id()).ok());
        let likeness = |catalogue: &&Catalogue| {
            let known = catalogue.parameters().filter(|p| names.contains(p.name)).count();
            let missing = catalogue.parameters().count() - known;
            (known, std::cmp::Reverse(missing))
        };
        followed.max_by_key(likeness).map_or("2025.1", |catalogue| catalogue.release)
    }

    /// The processed values of the active parameters, whether packstack takes them or not.
    pub(crate) fn looked_at(&self, release: &str, os: Option<&str>) -> Result<Values> {
        let dialect = Dialect::of(release, os);
        if dialect != self.dialect() {
            return self.read_as(dialect)?.looked_at(release, os);
        }
        Ok(self.walk(catalogue(release)?).values)
    }

    pub(super) fn walk(&self, catalogue: &'static Catalogue) -> Loaded {
        load(catalogue, &Machine::default(), &|parameter| {
            if let Some(value) = self.get(parameter.name) {
                return Ok(Some(value.to_owned()));
            }
            let mut old = self.deprecated(parameter);
            let Some(first) = old.next() else {
                return Ok(None);
            };
            match old.find(|entry| entry.value != first.value) {
                None => Ok(Some(first.value.clone())),
                Some(other) => Err(Failure {
                    code: DEPRECATED_CONFLICT,
                    parameter: Some(parameter),
                    expected: format!("`{}` and `{}` to be equal", first.name, other.name),
                    found: other.value.clone(),
                }),
            }
        })
    }

    /// The older names of a parameter that the file gives a value.
    fn deprecated<'a>(&'a self, parameter: &'a Parameter) -> impl Iterator<Item = &'a Entry> {
        let entries = parameter.deprecates.iter().filter_map(|name| self.entry(name));
        entries.filter(|entry| !entry.value.is_empty())
    }

    /// Where the file gives a parameter its value, under whatever name.
    pub(super) fn place<'a>(&'a self, parameter: &'a Parameter) -> Option<&'a Entry> {
        self.entry(parameter.name).or_else(|| self.deprecated(parameter).next())
    }

    fn refusal(&self, failure: &Failure) -> Problem {
        let parameter = failure.parameter;
        let place = parameter.and_then(|parameter| self.place(parameter));
        let options = parameter.map_or(&[][..], |parameter| &parameter.options);
        let help = match (meant(&failure.found.to_lowercase(), options.iter().copied()), place) {
            (Some(option), _) => Some(format!("did you mean `{option}`?")),
            (None, None) => parameter.map(|p| format!("give `{}` a value in the file", p.name)),
            (None, Some(_)) => None,
        };
        Problem {
            severity: Severity::Error,
            code: failure.code.into(),
            param: parameter.map(|parameter| parameter.name.to_owned()),
            line: place.map(|entry| entry.line),
            column: place.map(|entry| entry.column),
            message: failure.message(),
            help,
        }
    }

    fn not_checked(&self, parameter: &Parameter) -> Problem {
        let place = self.place(parameter);
        Problem {
            severity: Severity::Info,
            code: NOT_CHECKED.into(),
            param: Some(parameter.name.to_owned()),
            line: place.map(|entry| entry.line),
            column: place.map(|entry| entry.column),
            message: "only the host itself can tell whether this value works".to_owned(),
            help: None,
        }
    }
}

impl Problem {
    pub(super) fn into_error(self, path: Option<&str>) -> Error {
        let mut error = Error::new(ErrorKind::AnswerFile, self.message);
        if let Some(path) = path {
            error = error.in_file(path);
        }
        if let (Some(line), Some(column)) = (self.line, self.column) {
            error = error.at_line(line, column);
        }
        if let Some(param) = self.param {
            error = error.param(param);
        }
        match self.help {
            Some(help) => error.help(help),
            None => error,
        }
    }
}

/// The catalogue of a release whose packstack can be followed.
pub(super) fn catalogue(release: &str) -> Result<&'static Catalogue> {
    let catalogue = Catalogue::of(release)?;
    if crate::parameter::position(release) < Some(crate::parameter::JUNO) {
        let message = format!("expected a release from juno on, but found `{release}`");
        return Err(Error::new(ErrorKind::Context, message)
            .help("for older releases, the parameters can be looked up only"));
    }
    Ok(catalogue)
}
