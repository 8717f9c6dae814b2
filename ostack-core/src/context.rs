//! What is known beside the log: the answer file, the host's facts, the release and the OS, each with
//! where it is known from.

use std::path::Path;

use serde::Serialize;

use crate::answer_file::{AnswerFile, Dialect};
use crate::error::{Error, Result};
use crate::host::{self, Host, Listing};
use crate::parameter::is_secret;
use crate::redact::Redactor;
use crate::release::{Os, Release};

/// A thing that is known, and where from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact<T> {
    /// What is known.
    pub value: T,
    /// Where from: an option, a file, a package.
    pub from: String,
}

/// What is known beside the log.
///
/// ```
/// use ostack_core::context::Context;
/// let context = Context::new().release("victoria")?.os("centos-8")?;
/// assert_eq!(context.known_release().unwrap().value.id(), "victoria");
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Context {
    os: Option<Fact<Os>>,
    release: Option<Fact<Release>>,
    host: Host,
    packages: Option<String>,
    answers: Option<Fact<AnswerFile>>,
    redact_off: bool,
}

impl Context {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says which release it is: an id, a series or a code name.
    ///
    /// # Errors
    /// No such release.
    pub fn release(mut self, name: &str) -> Result<Self> {
        self.release = Some(Fact { value: Release::parse(name)?, from: "given".to_owned() });
        Ok(self)
    }

    /// Says which operating system it is, such as `centos-8`.
    ///
    /// # Errors
    /// No such operating system.
    pub fn os(mut self, name: &str) -> Result<Self> {
        self.os = Some(Fact { value: name.parse()?, from: "given".to_owned() });
        Ok(self)
    }

    /// Reads a package list (`rpm -qa`, `dnf list installed`) from a file, or whatever else
    /// [`Host::add_path`] can read. May be called for several.
    ///
    /// # Errors
    /// The file cannot be read, or holds nothing that is known.
    pub fn packages(mut self, path: impl AsRef<Path>) -> Result<Self> {
        let listings = self.host.add_path(path.as_ref())?;
        Ok(self.learnt(&path.as_ref().display().to_string(), &listings))
    }

    /// Reads a package list from a text, or whatever else [`Host::add`] can read; `name` is shown as
    /// its path. The release and the OS are learnt from it, where they are not known yet.
    ///
    /// # Errors
    /// The text is nothing that is known.
    pub fn packages_text(mut self, name: &str, text: &str) -> Result<Self> {
        let listing = self.host.add(name, text)?;
        Ok(self.learnt(name, &[listing]))
    }

    /// Takes note of a list that was read.
    fn learnt(mut self, name: &str, listings: &[Listing]) -> Self {
        if listings.contains(&Listing::Packages) {
            self.packages.get_or_insert_with(|| name.to_owned());
        }
        self.learn(|_| ())
    }

    /// Reads the run's answer file. Say the release and the OS first, where they are known: the
    /// Python of old releases reads some lines otherwise.
    ///
    /// # Errors
    /// The file cannot be read, or is not an answer file.
    pub fn answers(self, path: impl AsRef<Path>) -> Result<Self> {
        let name = path.as_ref().display().to_string();
        let bytes = std::fs::read(path.as_ref()).map_err(|e| Error::io(&name, e))?;
        self.answers_text(&name, &String::from_utf8_lossy(&bytes))
    }

    /// Reads the run's answer file from a text; `name` is shown as its path.
    ///
    /// # Errors
    /// The text is not an answer file.
    pub fn answers_text(mut self, name: &str, text: &str) -> Result<Self> {
        let os = self.os.as_ref().map(|os| os.value.to_string());
        let value = match &self.release {
            Some(release) => {
                AnswerFile::parse(text, Dialect::of(release.value.id(), os.as_deref()))
            }
            // The lenient reading takes all that the strict one takes.
            None => AnswerFile::parse(text, Dialect::Python3)
                .or_else(|strict| AnswerFile::parse(text, Dialect::Python2).map_err(|_| strict)),
        };
        let value = value.map_err(|e| e.in_file(name))?;
        self.answers = Some(Fact { value, from: name.to_owned() });
        Ok(self)
    }

    /// Adds a file of the host, for conditions on files.
    #[must_use]
    pub fn file(self, path: &str, text: &str) -> Self {
        self.learn(|host| host.learn(path, path, text))
    }

    /// Adds what is learnt of the host; the release and the OS follow from it, where they are not
    /// known yet.
    #[must_use]
    pub fn learn(mut self, learn: impl FnOnce(&mut Host)) -> Self {
        learn(&mut self.host);
        self.release = self.release.or_else(|| self.host.release().map(Fact::from));
        self.os = self.os.or_else(|| self.host.os().map(Fact::from));
        self
    }

    /// Shows secrets as they are.
    #[must_use]
    pub fn without_redaction(mut self) -> Self {
        self.redact_off = true;
        self
    }

    /// The release, where it is known.
    pub fn known_release(&self) -> Option<&Fact<Release>> {
        self.release.as_ref()
    }

    /// The operating system, where it is known.
    pub fn known_os(&self) -> Option<&Fact<Os>> {
        self.os.as_ref()
    }

    /// What is known of the host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// How many packages the host has, and where that is known from; none: no list was given.
    pub fn package_list(&self) -> Option<Fact<usize>> {
        let from = self.packages.clone()?;
        Some(Fact { value: self.host.packages().len(), from })
    }

    /// The answer file, where it was given.
    pub fn answer_file(&self) -> Option<&Fact<AnswerFile>> {
        self.answers.as_ref()
    }

    /// The redactor for this context: it knows the answer file's secret values.
    pub fn redactor(&self) -> Redactor {
        if self.redact_off {
            return Redactor::off();
        }
        let entries = self.answers.iter().flat_map(|answers| answers.value.entries());
        Redactor::new(entries.filter(|e| is_secret(&e.name)).map(|e| e.value.clone()))
    }

    /// Whether secrets are masked.
    pub fn redacts(&self) -> bool {
        !self.redact_off
    }
}

impl<T> From<host::Fact<T>> for Fact<T> {
    fn from(fact: host::Fact<T>) -> Self {
        Self { value: fact.value, from: fact.from.to_string() }
    }
}
