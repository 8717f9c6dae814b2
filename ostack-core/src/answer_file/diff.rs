//! In what two answer files differ, by meaning.

use std::collections::HashSet;

use serde::Serialize;

use super::check::catalogue;
use super::process::process;
use super::reader::MASK;
use super::{AnswerFile, Dialect, Machine, Values};
use crate::error::Result;
use crate::parameter::{Parameter, Processor, Validator, is_secret};

/// A parameter that means something else in another file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The parameter.
    pub param: String,
    /// What it is in the one file.
    pub a: Said,
    /// What it is in the other.
    pub b: Said,
    /// Whether packstack looks at it in one of them.
    pub active: bool,
}

/// What a file says of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The value, masked where it is a secret; none where there is neither a value nor a default.
    pub value: Option<String>,
    /// Whether it is the default, because the file does not have the parameter.
    pub default: bool,
}

impl AnswerFile {
    /// In what another file differs from this one for a release's packstack. Defaults that are
    /// written out, order, older names, `y` for `yes` and blanks in a list make no difference.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let read = |text| AnswerFile::parse(text, Dialect::Python3);
    /// let a = read("[general]\nCONFIG_NEUTRON_L2_AGENT=ovn\nCONFIG_NOVA_DB_PW=one\n")?;
    /// let b = read("[general]\nCONFIG_HEAT_INSTALL=y\nCONFIG_NOVA_DB_PW=two\n")?;
    /// let differences = a.diff(&b, "victoria")?;
    /// let names: Vec<&str> = differences.iter().map(|d| d.param.as_str()).collect();
    /// assert_eq!(names, ["CONFIG_HEAT_INSTALL", "CONFIG_NOVA_DB_PW"]);
    /// assert_eq!(differences[1].a.value.as_deref(), Some("********"));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such release, its packstack cannot be followed (before juno), or its
    /// reader refuses one of the files.
    pub fn diff(&self, other: &Self, release: &str) -> Result<Vec<Difference>> {
        let catalogue = catalogue(release)?;
        let dialect = Dialect::of(release, None);
        let (a, b) = (self.read_as(dialect)?, other.read_as(dialect)?);
        let seen = [a.looked_at(release, None)?, b.looked_at(release, None)?];
        let active = |name: &str| seen.iter().any(|values| values.get(name).is_some());
        let mut found = Vec::new();
        let mut known = HashSet::new();
        for parameter in catalogue.parameters() {
            known.insert(parameter.name);
            known.extend(&parameter.deprecates);
            let (a, b) = (a.says(parameter), b.says(parameter));
            if meaning(parameter, &a.0) != meaning(parameter, &b.0) {
                let secret = parameter.secret || is_secret(parameter.name);
                let said = |(value, default): (String, bool)| Said {
                    value: Some(if secret { MASK.to_owned() } else { value }),
                    default,
                };
                let (param, active) = (parameter.name.to_owned(), active(parameter.name));
                found.push(Difference { param, a: said(a), b: said(b), active });
            }
        }
        let names = a.entries().chain(b.entries()).map(|entry| entry.name.as_str());
        let mut unknown = HashSet::new();
        for name in names.filter(|name| !known.contains(name)) {
            if a.get(name) != b.get(name) && unknown.insert(name) {
                let mask = |value: &str| if is_secret(name) { MASK } else { value }.to_owned();
                let said = |value: Option<&str>| Said { value: value.map(mask), default: false };
                let (a, b) = (said(a.get(name)), said(b.get(name)));
                found.push(Difference { param: name.to_owned(), a, b, active: false });
            }
        }
        Ok(found)
    }

    /// The value of a parameter, under whatever name, and whether it is the default.
    fn says(&self, parameter: &Parameter) -> (String, bool) {
        match self.place(parameter) {
            Some(entry) => (entry.value.clone(), false),
            None => (parameter.default.to_owned(), true),
        }
    }
}

/// A value in the one spelling that its meaning has.
fn meaning(parameter: &Parameter, value: &str) -> String {
    let plain = parameter
        .processors
        .iter()
        .filter(|processor| matches!(processor, Processor::Bool | Processor::Cidr));
    let mut value = value.to_owned();
    for processor in plain {
        let made = process(*processor, &value, &Values::default(), &Machine::default());
        value = made.map_or(value, |made| made.to_string());
    }
    let list = |validator: &Validator| {
        matches!(
            validator,
            Validator::MultiOptions
                | Validator::MultiIp
                | Validator::MultiSsh
                | Validator::MultiPing
                | Validator::MultiRegexp
                | Validator::MultiExport
        )
    };
    if parameter.validators.iter().any(list) {
        value = value.split(',').map(str::trim).collect::<Vec<_>>().join(",");
    }
    value
}
