//! The parameters of packstack's answer file, in every release.
//!
//! The data stand in `data/parameters/*.toml`, once, with their changes over the releases; a
//! release's own list is put together when it is asked for. What a `{…}` in a default stands for:
//! `{local_ip}`, `{hostname}` and `{home}` the machine's own, `{random}` 16 random hex digits.

mod condition;
mod data;
mod kind;

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

pub use condition::{Condition, Op, Test};
use data::{Data, RELEASES};
pub use kind::{Processor, Validator};

use crate::error::{Error, ErrorKind, Result, did_you_mean};

/// Where juno stands.
pub(crate) const JUNO: usize = 3;
/// Where rocky stands.
pub(crate) const ROCKY: usize = 11;
/// Where train stands.
pub(crate) const TRAIN: usize = 13;

/// Where a release stands by date.
pub(crate) fn position(release: &str) -> Option<usize> {
    data::position(release)
}

/// The parameters of one release, in packstack's order.
#[derive(Debug)]
pub struct Catalogue {
    /// The release.
    pub release: &'static str,
    /// The groups, in the order in which packstack visits them.
    pub groups: Vec<Group>,
    index: HashMap<&'static str, (usize, usize)>,
}

/// Parameters that packstack looks at together.
#[derive(Debug)]
pub struct Group {
    /// packstack's name for it.
    pub name: &'static str,
    /// When it is looked at.
    pub when: Condition,
    /// Its parameters, in packstack's order.
    pub parameters: Vec<Parameter>,
}

/// A parameter as one release has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The name, in capitals.
    pub name: &'static str,
    /// What it does, for an operator; empty where nobody has written it yet.
    pub about: &'static str,
    /// The command-line flag with its dashes, where there is one.
    pub flag: Option<&'static str>,
    /// The value where the file has none; see the [module](self) for what may stand in braces.
    pub default: &'static str,
    /// What the validators hold a value against.
    pub options: Vec<&'static str>,
    /// What a value must pass, in this order.
    pub validators: Vec<Validator>,
    /// What is done to a value before, in this order.
    pub processors: Vec<Processor>,
    /// Whether the value is not to be shown.
    pub secret: bool,
    /// Whether packstack's dialogue accepts a value that fails, with a warning.
    pub loose: bool,
    /// Older names that are read where this one is missing.
    pub deprecates: Vec<&'static str>,
    /// The values about which packstack prints a message.
    pub notice: Vec<&'static str>,
}

impl Catalogue {
    /// The parameters of a release, by its id.
    ///
    /// ```
    /// use ostack_core::parameter::Catalogue;
    /// let victoria = Catalogue::of("victoria")?;
    /// assert_eq!(victoria.get("config_neutron_l2_agent").unwrap().default, "ovn");
    /// assert_eq!(Catalogue::of("rocky")?.get("CONFIG_NEUTRON_L2_AGENT").unwrap().default, "openvswitch");
    /// assert_eq!(
    ///     Catalogue::of("victora").unwrap_err().to_string(),
    ///     "expected a release, but found `victora`\n  help: did you mean `victoria`?"
    /// );
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such release.
    pub fn of(release: &str) -> Result<&'static Self> {
        static BUILT: [OnceLock<Catalogue>; RELEASES.len()] =
            [const { OnceLock::new() }; RELEASES.len()];
        let built = position(release).and_then(|at| Some((at, BUILT.get(at)?)));
        built.map(|(at, built)| built.get_or_init(|| build(at))).ok_or_else(|| {
            let message = format!("expected a release, but found `{}`", release.escape_debug());
            let error = Error::new(ErrorKind::Context, message);
            match did_you_mean(release, RELEASES) {
                Some(meant) => error.help(format!("did you mean `{meant}`?")),
                None => error,
            }
        })
    }

    /// A parameter, in whatever case its name is given.
    ///
    /// ```
    /// use ostack_core::parameter::Catalogue;
    /// let parameter = Catalogue::of("train")?.get("CONFIG_MARIADB_HOST").unwrap();
    /// assert_eq!(parameter.deprecates, ["CONFIG_MYSQL_HOST"]);
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        let (group, at) = *self.index.get(name.to_uppercase().as_str())?;
        self.groups.get(group)?.parameters.get(at)
    }

    /// The group that a parameter is in.
    ///
    /// ```
    /// use ostack_core::parameter::Catalogue;
    /// let group = Catalogue::of("victoria")?.group_of("CONFIG_NEUTRON_L2_AGENT").unwrap();
    /// assert_eq!(group.name, "NEUTRON_ML2_PLUGIN");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn group_of(&self, name: &str) -> Option<&Group> {
        self.groups.get(self.index.get(name.to_uppercase().as_str())?.0)
    }

    /// A group, by packstack's name for it.
    ///
    /// ```
    /// use ostack_core::parameter::Catalogue;
    /// let group = Catalogue::of("zed")?.group("MAGNUM").unwrap();
    /// assert_eq!(group.when.to_string(), "CONFIG_MAGNUM_INSTALL == y");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// All parameters, in packstack's order.
    ///
    /// ```
    /// use ostack_core::parameter::Catalogue;
    /// let first = Catalogue::of("2025.1")?.parameters().next().unwrap();
    /// assert_eq!(first.name, "CONFIG_SSH_KEY");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.groups.iter().flat_map(|group| &group.parameters)
    }
}

impl Parameter {
    fn new(found: &data::Parameter<'static>, release: usize) -> Self {
        let facts = found.facts(release);
        Self {
            name: found.name,
            about: found.about,
            flag: facts.flag.filter(|flag| !flag.is_empty()),
            default: facts.default.unwrap_or_default(),
            options: facts.options.unwrap_or_default(),
            validators: facts.validators.unwrap_or_default(),
            processors: facts.processors.unwrap_or_default(),
            secret: facts.secret.unwrap_or_default(),
            loose: facts.loose.unwrap_or_default(),
            deprecates: facts.deprecates.unwrap_or_default(),
            notice: facts.notice.unwrap_or_default(),
        }
    }
}

/// The releases that have a parameter, by date, with what each says about it.
///
/// ```
/// let history = ostack_core::parameter::history("CONFIG_MAGNUM_INSTALL");
/// assert_eq!(history.first().unwrap().0, "ocata");
/// ```
pub fn history(name: &str) -> Vec<(&'static str, &'static Parameter)> {
    let catalogues = RELEASES.iter().filter_map(|release| Catalogue::of(release).ok());
    catalogues.filter_map(|catalogue| Some((catalogue.release, catalogue.get(name)?))).collect()
}

/// Whether a parameter's value is not to be shown: some release says so, or its name does.
///
/// ```
/// use ostack_core::parameter::is_secret;
/// assert!(is_secret("CONFIG_KEYSTONE_ADMIN_PW") && is_secret("config_my_password"));
/// assert!(!is_secret("CONFIG_NEUTRON_L2_AGENT") && !is_secret("CONFIG_KEYSTONE_TOKEN_FORMAT"));
/// ```
pub fn is_secret(name: &str) -> bool {
    let name = name.to_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match all().find(|parameter| parameter.name == name) {
        // Whether tokens are rotated, or in which format they are, is no secret.
        Some(known) => known.is_secret() || says(&["PW", "PASSW", "SECRET"]),
        None => says(&["PW", "PASSW", "TOKEN", "SECRET"]),
    }
}

/// The names of the parameters of all releases.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|parameter| parameter.name)
}

fn all() -> impl Iterator<Item = &'static data::Parameter<'static>> {
    DATA.groups.iter().flat_map(|group| &group.parameters)
}

/// What the build script made of `data/parameters`; a test reads it.
static DATA: LazyLock<Data<'static>> = LazyLock::new(|| {
    let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/parameters.bin"));
    postcard::from_bytes(bytes).unwrap_or_default()
});

fn build(release: usize) -> Catalogue {
    let groups = DATA.groups.iter().filter(|group| data::holds(group.releases, release));
    let groups = groups.map(|group| {
        let parameters = group.parameters.iter();
        let parameters = parameters.filter(|parameter| data::holds(parameter.releases, release));
        let parameters = parameters.map(|found| (found.name, Parameter::new(found, release)));
        let when = data::latest(&group.when, release).and_then(|when| Condition::parse(when));
        let parameters = DATA.arrange(parameters.collect(), release);
        let when = when.unwrap_or(Condition::Unknown);
        (group.name, Group { name: group.name, when, parameters })
    });
    let groups = DATA.arrange(groups.collect(), release);
    let index = groups.iter().enumerate().flat_map(|(at, group)| {
        let numbered = group.parameters.iter().enumerate();
        numbered.map(move |(within, parameter)| (parameter.name, (at, within)))
    });
    let index = index.collect();
    Catalogue { release: RELEASES[release], groups, index }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_are_read_whole() {
        assert!(DATA.groups.len() > 80 && all().count() > 430);
        for group in &DATA.groups {
            for (_, when) in &group.when {
                assert_eq!(
                    Condition::parse(when).map(|when| when.to_string()).as_deref(),
                    Some(*when)
                );
            }
        }
    }

    #[test]
    fn flags_and_names_are_unique_in_a_release() {
        for release in RELEASES {
            let catalogue = Catalogue::of(release).unwrap();
            let mut seen = std::collections::HashSet::new();
            for parameter in catalogue.parameters() {
                assert!(seen.insert(parameter.name), "{release}: {}", parameter.name);
                assert!(
                    parameter.flag.is_none_or(|flag| seen.insert(flag)),
                    "{release}: {parameter:?}"
                );
            }
        }
    }

    #[test]
    fn moved_groups_stand_where_their_release_had_them() {
        let kilo = Catalogue::of("kilo").unwrap();
        let at = |name| kilo.groups.iter().position(|group| group.name == name).unwrap();
        assert_eq!(at("MANILA"), at("CINDERNETAPPESERIES") + 1);
        assert_eq!(at("PUPPET"), at("POSTSCRIPT") + 1);
    }
}
