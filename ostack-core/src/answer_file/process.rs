//! packstack's processors: what it makes of a value before it checks it.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use super::number::{integer, is_float};
use super::validate::Expected;
use super::{Machine, Values};
use crate::parameter::Processor;

/// What a password stands for until packstack chooses one.
pub(super) const PLACEHOLDER: &str = "PW_PLACEHOLDER";

/// A parameter's value, after packstack's processors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A truth value; packstack writes it `True` or `False`.
    Bool(bool),
    /// A text.
    Text(String),
}

impl Value {
    /// The text; empty for a truth value.
    ///
    /// ```
    /// use ostack_core::answer_file::Value;
    /// assert_eq!(Value::Text("y".into()).text(), "y");
    /// ```
    pub fn text(&self) -> &str {
        match self {
            Self::Bool(_) => "",
            Self::Text(text) => text,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What a processor makes of a value.
pub(super) fn process(
    processor: Processor,
    value: &str,
    values: &Values,
    machine: &Machine,
) -> Result<Value, Expected> {
    let other = |name: &str| values.get(name).map_or("", Value::text);
    let made = match processor {
        Processor::Bool => return truth(value),
        Processor::Cidr if value.contains('/') => network(value)?,
        Processor::Password if value == PLACEHOLDER => match other("CONFIG_DEFAULT_PASSWORD") {
            "" => random_hex(),
            default => default.to_owned(),
        },
        Processor::SshKey if value.is_empty() => format!("{}/.ssh/id_rsa.pub", machine.home),
        Processor::AddQuotesAroundValues => {
            value.split(',').map(|part| format!("'{part}'")).collect::<Vec<_>>().join(",")
        }
        Processor::StringNofloat if is_float(value) => key(),
        Processor::Backend if value == "swift" && other("CONFIG_SWIFT_INSTALL") != "y" => {
            "file".into()
        }
        Processor::Tempest if value.is_empty() => {
            other("CONFIG_NETWORK_HOSTS").split(',').next().unwrap_or_default().into()
        }
        Processor::TroveNovaPw
            if value == PLACEHOLDER && other("CONFIG_TROVE_NOVA_USER") == "trove" =>
        {
            other("CONFIG_TROVE_KS_PW").into()
        }
        Processor::Heat if other("CONFIG_SAHARA_INSTALL") == "y" => "y".into(),
        _ => value.to_owned(),
    };
    Ok(Value::Text(made))
}

fn truth(value: &str) -> Result<Value, Expected> {
    match value.to_lowercase().as_str() {
        "y" | "yes" | "true" => Ok(Value::Bool(true)),
        "n" | "no" | "false" => Ok(Value::Bool(false)),
        _ => Err("`y` or `n`".into()),
    }
}

/// 16 random hex digits, as packstack takes for a password: the output of `SipHash` under the
/// random key that the standard library asks the system for.
pub(super) fn random_hex() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// Random hex digits that do not read as a number.
fn key() -> String {
    std::iter::repeat_with(random_hex).find(|key| !is_float(key)).unwrap_or_default()
}

/// The network of an address with a prefix or a mask, as netaddr reads it: parts that are missing
/// in an IPv4 address are zeros.
fn network(value: &str) -> Result<String, Expected> {
    let found = value.split_once('/').and_then(|(address, prefix)| {
        if let Some(address) = ipv4(address) {
            let length = prefix_length(prefix, 32)?;
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            return Some(format!("{}/{length}", Ipv4Addr::from_bits(address.to_bits() & mask)));
        }
        let address: Ipv6Addr = address.parse().ok()?;
        let length = prefix_length(prefix, 128)?;
        let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
        Some(format!("{}/{length}", Ipv6Addr::from_bits(address.to_bits() & mask)))
    });
    found.ok_or_else(|| "a network such as `192.0.2.0/24`".into())
}

fn ipv4(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok().or_else(|| {
        let parts: Vec<_> = text.split('.').map(integer).collect::<Option<_>>()?;
        let mut octets = [0; 4];
        for (octet, part) in octets.get_mut(..parts.len())?.iter_mut().zip(parts) {
            *octet = u8::try_from(part).ok()?;
        }
        Some(octets.into())
    })
}

fn prefix_length(text: &str, width: u32) -> Option<u32> {
    if let Some(length) = integer(text) {
        return u32::try_from(length).ok().filter(|length| *length <= width);
    }
    let mask = match (text.parse().ok()?, width) {
        (IpAddr::V4(mask), 32) => u128::from(mask.to_bits()) | (u128::MAX << 32),
        (IpAddr::V6(mask), 128) => mask.to_bits(),
        _ => return None,
    };
    let high = 128 - width;
    if mask.leading_ones() + mask.trailing_zeros().min(width) == 128 {
        return Some(mask.leading_ones() - high);
    }
    let host = if width == 32 { !mask & u128::from(u32::MAX) } else { !mask };
    // A mask of the hosts: ones at the end only.
    let inverted = host | if width == 32 { u128::MAX << 32 } else { 0 };
    (inverted.leading_ones() + inverted.trailing_zeros().min(width) == 128)
        .then(|| inverted.leading_ones() - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_netaddrs() {
        for (value, expected) in [
            ("10.0.0.5/24", "10.0.0.0/24"),
            ("10/8", "10.0.0.0/8"),
            ("10.1.2.3/0", "0.0.0.0/0"),
            ("10.1.2.3/255.255.0.0", "10.1.0.0/16"),
            ("10.1.2.3/0.0.255.255", "10.1.0.0/16"),
            ("2001:db8::7/64", "2001:db8::/64"),
        ] {
            assert_eq!(network(value).as_deref(), Ok(expected), "{value}");
        }
        for value in
            ["/24", "10.0.0.5/33", "10.0.0.256/24", "a/8", "10.0.0.5/255.0.255.0", "1.2.3.4.5/8"]
        {
            assert!(network(value).is_err(), "{value}");
        }
    }

    #[test]
    fn random_values_are_sixteen_hex_digits_and_differ() {
        let (a, b) = (random_hex(), random_hex());
        assert!(a.len() == 16 && a.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(a, b);
        assert!(!is_float(&key()));
    }
}
