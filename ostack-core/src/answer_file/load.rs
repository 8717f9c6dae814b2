//! The walk over groups and parameters that packstack makes, whoever gives the values.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use super::process::{Value, process, random_hex};
use super::reader::{MASK, shown};
use super::validate::{Expected, validate};
use crate::parameter::{Catalogue, Condition, Op, Parameter, Validator, is_secret};

/// The machine that packstack runs on, where defaults name it.
///
/// The default is an example machine: 192.0.2.2, `vm`, `/root`.
///
/// ```
/// use ostack_core::answer_file::Machine;
/// assert_eq!(Machine::default().local_ip, "192.0.2.2");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its address.
    pub local_ip: String,
    /// Its full name.
    pub hostname: String,
    /// The home directory of the user who runs packstack.
    pub home: String,
}

impl Default for Machine {
    fn default() -> Self {
        Self { local_ip: "192.0.2.2".into(), hostname: "vm".into(), home: "/root".into() }
    }
}

impl Machine {
    /// A default with the machine's own values in it.
    pub(super) fn expand(&self, default: &str) -> String {
        if default == "{random}" {
            return random_hex();
        }
        default
            .replace("{local_ip}", &self.local_ip)
            .replace("{hostname}", &self.hostname)
            .replace("{home}", &self.home)
    }
}

/// The values of the active parameters, in the order in which packstack loads them.
///
/// ```
/// use ostack_core::answer_file::{AnswerFile, Dialect, Value};
/// let file = AnswerFile::parse("[general]\nCONFIG_HEAT_INSTALL=y\n", Dialect::Python3)?;
/// let values = file.effective("victoria", None)?;
/// assert_eq!(values.get("CONFIG_HEAT_INSTALL"), Some(&Value::Text("y".into())));
/// assert_eq!(values.get("CONFIG_NEUTRON_OVS_BRIDGE_MAPPINGS"), None, "OVN is the default");
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Values {
    list: Vec<(&'static str, Value)>,
    index: HashMap<&'static str, usize>,
}

impl Values {
    /// The value of an active parameter, by its name in capitals.
    ///
    /// ```
    /// use ostack_core::answer_file::Values;
    /// assert_eq!(Values::default().get("CONFIG_HEAT_INSTALL"), None);
    /// ```
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.list.get(*self.index.get(name)?).map(|(_, value)| value)
    }

    /// Names and values, in order.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Dialect};
    /// let values = AnswerFile::parse("[general]\n", Dialect::Python3)?.effective("zed", None)?;
    /// assert_eq!(values.iter().next().unwrap().0, "CONFIG_SSH_KEY");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.list.iter().map(|(name, value)| (*name, value))
    }

    /// Without what is read only to prepare the run: `EXCLUDE_SERVERS` is no parameter of the
    /// cloud, and packstack keeps it apart.
    pub(super) fn of_the_cloud(self) -> Self {
        let mut values = Self::default();
        for (name, value) in self.list.into_iter().filter(|(name, _)| name.starts_with("CONFIG_")) {
            values.set(name, value);
        }
        values
    }

    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        let at = *self.index.entry(name).or_insert(self.list.len());
        match self.list.get_mut(at) {
            Some(old) => old.1 = value,
            None => self.list.push((name, value)),
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |(name, value): (&'static str, &Value)| {
            let secret = is_secret(name);
            (name, if secret { MASK.to_owned() } else { value.to_string() })
        };
        f.debug_map().entries(self.iter().map(shown)).finish()
    }
}

/// packstack refuses a value.
pub const INVALID_VALUE: &str = "answer_value_invalid";
/// Old names of one parameter have different values.
pub const DEPRECATED_CONFLICT: &str = "packstack_answer_deprecated_names_differ";
/// A group's condition asks for a value that is not there.
pub const CONDITION_UNKNOWN: &str = "packstack_answer_missing_parameter";

/// What stopped a parameter, or a group where there is none.
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) parameter: Option<&'static Parameter>,
    pub(super) expected: Expected,
    pub(super) found: String,
}

impl Failure {
    pub(super) fn message(&self) -> String {
        let secret = self.parameter.is_some_and(|p| p.secret || is_secret(p.name));
        let found = match self.found.as_str() {
            "" => "nothing".to_owned(),
            _ if secret => MASK.to_owned(),
            found => format!("`{}`", shown(found)),
        };
        format!("expected {}, but found {found}", self.expected)
    }
}

/// Where the walk gets its values: nothing where the default is to stand.
type Given<'g> = &'g dyn Fn(&'static Parameter) -> Result<Option<String>, Failure>;

/// What the walk came to.
pub(super) struct Loaded {
    pub(super) values: Values,
    /// In packstack's order: the first is the one at which packstack stops.
    pub(super) failures: Vec<Failure>,
    /// What only the live host can tell.
    pub(super) unchecked: Vec<&'static Parameter>,
}

/// Visits the groups in order, skips those whose condition does not hold, and of the others takes,
/// processes and validates each parameter.
pub(super) fn load(catalogue: &'static Catalogue, machine: &Machine, given: Given<'_>) -> Loaded {
    let loaded = Loaded { values: Values::default(), failures: Vec::new(), unchecked: Vec::new() };
    let mut walk = Walk { catalogue, machine, given, loaded };
    for group in &catalogue.groups {
        if walk.is_active(&group.when) {
            group.parameters.iter().for_each(|parameter| walk.load(parameter));
        }
    }
    walk.loaded
}

struct Walk<'w> {
    catalogue: &'static Catalogue,
    machine: &'w Machine,
    given: Given<'w>,
    loaded: Loaded,
}

impl Walk<'_> {
    fn is_active(&mut self, when: &Condition) -> bool {
        // A condition on one parameter alone loads it, even from a group that is not active.
        if let Some(parameter) = when.single().and_then(|test| self.catalogue.get(&test.param)) {
            self.load(parameter);
        }
        let lists = match when {
            Condition::Always => return true,
            Condition::Unknown => return false,
            Condition::AnyOf(lists) => lists,
        };
        for tests in lists {
            let mut holds = true;
            for test in tests {
                let value = match (self.loaded.values.get(&test.param), test.op) {
                    (Some(value), _) => value.text(),
                    // packstack asks for these so that a missing value is an empty one.
                    (None, Op::Set | Op::Empty) => "",
                    (None, _) => {
                        let what = format!("a value of `{}` for `{when}`", test.param);
                        self.loaded.failures.push(Failure {
                            code: CONDITION_UNKNOWN,
                            parameter: None,
                            expected: what,
                            found: String::new(),
                        });
                        return false;
                    }
                };
                holds = test.holds(value);
                if !holds {
                    break;
                }
            }
            if holds {
                return true;
            }
        }
        false
    }

    fn load(&mut self, parameter: &'static Parameter) {
        if self.loaded.values.get(parameter.name).is_some() {
            return;
        }
        let text = (self.given)(parameter).unwrap_or_else(|failure| {
            self.loaded.failures.push(failure);
            None
        });
        let text = text.unwrap_or_else(|| self.machine.expand(parameter.default));
        let examined = examine(parameter, &text, &self.loaded.values, self.machine);
        let value = examined.unwrap_or_else(|expected| {
            let (parameter, found) = (Some(parameter), text.clone());
            let failure = Failure { code: INVALID_VALUE, parameter, expected, found };
            self.loaded.failures.push(failure);
            Value::Text(text)
        });
        let empty = matches!(&value, Value::Text(text) if text.is_empty());
        if !empty && parameter.validators.iter().any(|validator| validator.needs_host()) {
            self.loaded.unchecked.push(parameter);
        }
        self.loaded.values.set(parameter.name, value);
    }
}

/// What packstack makes of a value, or what it expected in its place.
pub(super) fn examine(
    parameter: &Parameter,
    text: &str,
    values: &Values,
    machine: &Machine,
) -> Result<Value, Expected> {
    let mut value = Value::Text(text.to_owned());
    for processor in &parameter.processors {
        value = process(*processor, &value.to_string(), values, machine)?;
    }
    match &value {
        Value::Text(text) => validate(parameter, text)?,
        Value::Bool(_) => debug_assert_eq!(parameter.validators, [Validator::NotEmpty]),
    }
    Ok(value)
}
