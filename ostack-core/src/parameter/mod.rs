//! The parameters of packstack's answer file, in every release.
//!
//! The data stand in `data/parameters/*.toml`, once, with their changes over the releases; a
//! release's own list is put together when it is asked for. What a `{…}` in a default stands for:
//! `{local_ip}`, `{hostname}` and `{home}` the machine's own, `{random}` 16 random hex digits.

mod condition;
mod source;

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;

pub use condition::{Condition, Op, Test};
use source::{Facts, Releases};

use crate::error::{Error, ErrorKind, Result, did_you_mean};

/// All releases, by date.
const RELEASES: [&str; 25] = [
    "grizzly", "havana", "icehouse", "juno", "kilo", "liberty", "mitaka", "newton", "ocata",
    "pike", "queens", "rocky", "stein", "train", "ussuri", "victoria", "wallaby", "xena", "yoga",
    "zed", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1",
];

/// Where juno stands.
pub(crate) const JUNO: usize = 3;
/// Where rocky stands.
pub(crate) const ROCKY: usize = 11;
/// Where train stands.
pub(crate) const TRAIN: usize = 13;

/// Where a release stands by date.
pub(crate) fn position(release: &str) -> Option<usize> {
    Releases(&RELEASES).position(release)
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
    /// The command-line flag with its dashes, where there is one.
    pub flag: Option<String>,
    /// The value where the file has none; see the [module](self) for what may stand in braces.
    pub default: String,
    /// What the validators hold a value against.
    pub options: Vec<String>,
    /// What a value must pass, in this order.
    pub validators: Vec<Validator>,
    /// What is done to a value before, in this order.
    pub processors: Vec<Processor>,
    /// Whether the value is not to be shown.
    pub secret: bool,
    /// Whether packstack's dialogue accepts a value that fails, with a warning.
    pub loose: bool,
    /// Older names that are read where this one is missing.
    pub deprecates: Vec<String>,
    /// The values about which packstack prints a message.
    pub notice: Vec<String>,
}

/// What a value must pass. An empty value passes all but [`NotEmpty`](Validator::NotEmpty),
/// [`StorageSize`](Validator::StorageSize), [`MultiExport`](Validator::MultiExport) and
/// [`Neutron`](Validator::Neutron).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validator {
    /// What Python's `int()` accepts.
    Integer,
    /// What Python's `float()` accepts.
    Float,
    /// An integer from 0, below 65535.
    Port,
    /// Anything that is not empty.
    NotEmpty,
    /// One of the options.
    Options,
    /// A comma list of options.
    MultiOptions,
    /// A text in which one of the options, as a regular expression, is found.
    Regexp,
    /// A comma list of such texts.
    MultiRegexp,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A comma list of addresses or networks.
    MultiIp,
    /// A comma list of NFS exports, `address:/path`.
    MultiExport,
    /// A path from the root.
    Storage,
    /// Digits with `G`, `M` or `K`.
    StorageSize,
    /// An LDAP URL.
    LdapUrl,
    /// A distinguished name.
    LdapDn,
    /// `y`: there is no other network service.
    Neutron,
    /// A file that exists (on the machine that runs packstack).
    File,
    /// A directory that can be written to (on that machine).
    WriteableDirectory,
    /// A public key (on that machine).
    Sshkey,
    /// A host that answers on the SSH port.
    Ssh,
    /// A comma list of such hosts.
    MultiSsh,
    /// A host that answers to ping.
    Ping,
    /// A comma list of such hosts.
    MultiPing,
}

impl Validator {
    /// Whether only the live machine can tell.
    ///
    /// ```
    /// use ostack_core::parameter::Validator;
    /// assert!(Validator::Ssh.needs_host() && !Validator::Ip.needs_host());
    /// ```
    pub fn needs_host(self) -> bool {
        matches!(
            self,
            Self::File
                | Self::WriteableDirectory
                | Self::Sshkey
                | Self::Ssh
                | Self::MultiSsh
                | Self::Ping
                | Self::MultiPing
        )
    }
}

/// What packstack makes of a value before it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Processor {
    /// `PW_PLACEHOLDER` becomes the default password, or a random one.
    Password,
    /// `y`, `yes`, `true` and their opposites become a truth value.
    Bool,
    /// An address with a prefix becomes its network.
    Cidr,
    /// Empty becomes the user's public key.
    SshKey,
    /// Each part of a comma list is put in single quotes.
    AddQuotesAroundValues,
    /// A value that reads as a number is replaced by a random one.
    StringNofloat,
    /// `swift` becomes `file` where Swift is not installed.
    Backend,
    /// Empty becomes the first network host.
    Tempest,
    /// The placeholder becomes Trove's own password where the user is `trove`.
    TroveNovaPw,
    /// Heat is installed where Sahara is.
    Heat,
    /// Provisioning depends on the machines (havana only).
    Provision,
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
        built
            .map(|(at, built)| built.get_or_init(|| DATA.catalogue(at)))
            .ok_or_else(|| {
                let message = format!("expected a release, but found `{}`", release.escape_debug());
                let error = Error::new(ErrorKind::Context, message);
                match did_you_mean(release, RELEASES) {
                    Some(meant) => error.help(format!("did you mean `{meant}`?")),
                    None => error,
                }
            })
    }

    /// A parameter, in whatever case its name is given.
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
        self.groups
            .get(self.index.get(name.to_uppercase().as_str())?.0)
    }

    /// A group, by packstack's name for it.
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
    fn new(name: &'static str, facts: Facts) -> Self {
        Self {
            name,
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
    let catalogues = RELEASES
        .iter()
        .filter_map(|release| Catalogue::of(release).ok());
    catalogues
        .filter_map(|catalogue| Some((catalogue.release, catalogue.get(name)?)))
        .collect()
}

/// Whether a parameter's value is not to be shown: some release says so, or its name does.
///
/// ```
/// use ostack_core::parameter::is_secret;
/// assert!(is_secret("CONFIG_KEYSTONE_ADMIN_PW") && is_secret("config_my_password"));
/// assert!(!is_secret("CONFIG_NEUTRON_L2_AGENT"));
/// ```
pub fn is_secret(name: &str) -> bool {
    let name = name.to_uppercase();
    ["PW", "PASSW", "TOKEN", "SECRET"]
        .iter()
        .any(|word| name.contains(word))
        || all().any(|parameter| parameter.name == name && parameter.is_secret())
}

/// The names of the parameters of all releases.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|parameter| parameter.name.as_str())
}

fn all() -> impl Iterator<Item = &'static source::Parameter> {
    DATA.groups.values().flat_map(source::Group::all)
}

static DATA: LazyLock<Data> = LazyLock::new(Data::read);

struct Data {
    order: source::Order,
    groups: HashMap<String, source::Group>,
}

const FILES: [&str; 21] = [
    include_str!("../../data/parameters/cinder.toml"),
    include_str!("../../data/parameters/general.toml"),
    include_str!("../../data/parameters/glance.toml"),
    include_str!("../../data/parameters/heat.toml"),
    include_str!("../../data/parameters/horizon.toml"),
    include_str!("../../data/parameters/ironic.toml"),
    include_str!("../../data/parameters/keystone.toml"),
    include_str!("../../data/parameters/magnum.toml"),
    include_str!("../../data/parameters/manila.toml"),
    include_str!("../../data/parameters/mariadb.toml"),
    include_str!("../../data/parameters/messaging.toml"),
    include_str!("../../data/parameters/nagios.toml"),
    include_str!("../../data/parameters/neutron.toml"),
    include_str!("../../data/parameters/nova.toml"),
    include_str!("../../data/parameters/provision.toml"),
    include_str!("../../data/parameters/sahara.toml"),
    include_str!("../../data/parameters/ssl.toml"),
    include_str!("../../data/parameters/subscription.toml"),
    include_str!("../../data/parameters/swift.toml"),
    include_str!("../../data/parameters/telemetry.toml"),
    include_str!("../../data/parameters/trove.toml"),
];

impl Data {
    fn read() -> Self {
        let order = toml::from_str(include_str!("../../data/parameters/order.toml"));
        let groups = FILES.iter().flat_map(|text| {
            let file: source::File = toml::from_str(text).expect("a test reads each file");
            file.group
                .into_iter()
                .map(|group| (group.name.clone(), group))
        });
        Self {
            order: order.expect("a test reads it"),
            groups: groups.collect(),
        }
    }

    fn catalogue(&'static self, release: usize) -> Catalogue {
        let releases = Releases(&RELEASES);
        let groups = self.order.groups.iter().filter_map(|name| {
            let group = self.groups.get(name)?;
            let parameters = group.parameters(releases, release).into_iter();
            let parameters = parameters.map(|(name, facts)| (name, Parameter::new(name, facts)));
            let built = Group {
                name,
                when: Condition::parse(group.when(releases, release)).unwrap_or(Condition::Unknown),
                parameters: self.order.arrange(parameters.collect(), releases, release),
            };
            releases
                .hold(&group.releases, release)
                .then_some((name.as_str(), built))
        });
        let groups = self.order.arrange(groups.collect(), releases, release);
        let index = groups.iter().enumerate().flat_map(|(group, found)| {
            let numbered = found.parameters.iter().enumerate();
            numbered.map(move |(at, parameter)| (parameter.name, (group, at)))
        });
        let index = index.collect();
        Catalogue {
            release: RELEASES[release],
            groups,
            index,
        }
    }
}
