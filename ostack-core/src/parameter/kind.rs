//! What packstack does with a value: validators and processors. The build script reads this file
//! as well.

use serde::{Deserialize, Serialize};

/// What a value must pass. An empty value passes all but [`NotEmpty`](Validator::NotEmpty),
/// [`StorageSize`](Validator::StorageSize), [`MultiExport`](Validator::MultiExport) and
/// [`Neutron`](Validator::Neutron).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
