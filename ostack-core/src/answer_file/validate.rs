//! packstack's validators.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regex::Regex;

use super::number::{integer, is_float};
use crate::parameter::{Parameter, Validator};

/// What should have stood there: it completes "expected …, but found …".
pub(super) type Expected = String;

/// The first validator of a parameter that a value does not pass.
pub(super) fn validate(parameter: &Parameter, value: &str) -> Result<(), Expected> {
    let mut validators = parameter.validators.iter();
    validators.try_for_each(|validator| check(*validator, &parameter.options, value))
}

fn check(validator: Validator, options: &[&str], value: &str) -> Result<(), Expected> {
    let passes = match validator {
        Validator::NotEmpty => !value.is_empty(),
        Validator::Neutron => is_option(options, value) && value == "y",
        Validator::StorageSize => is_size(value),
        Validator::MultiExport => value.split(',').all(|part| is_export(part.trim())),
        _ if value.is_empty() || validator.needs_host() => true,
        Validator::Integer => integer(value).is_some(),
        Validator::Float => is_float(value),
        Validator::Port => integer(value).is_some_and(|port| (0..65535).contains(&port)),
        Validator::Options => is_option(options, value),
        Validator::MultiOptions => value.split(',').all(|part| is_option(options, part.trim())),
        Validator::Regexp => matches(options, value),
        Validator::MultiRegexp => value.split(',').all(|part| matches(options, part.trim())),
        Validator::Ip => value.parse::<IpAddr>().is_ok(),
        Validator::MultiIp => value.split(',').all(is_network),
        Validator::Storage => value.starts_with('/'),
        Validator::LdapUrl => is_ldap_url(value),
        Validator::LdapDn => is_dn(value),
        _ => true,
    };
    if passes { Ok(()) } else { Err(expected(validator, options)) }
}

fn expected(validator: Validator, options: &[&str]) -> Expected {
    let list = || options.iter().map(|o| format!("`{o}`")).collect::<Vec<_>>().join(", ");
    match validator {
        Validator::NotEmpty => "a value".into(),
        Validator::Neutron => "`y` (the older network service is gone)".into(),
        Validator::StorageSize => "a size such as `1G`, `1000M` or `1000000K`".into(),
        Validator::MultiExport => {
            "a comma list of NFS exports such as `192.0.2.9:/srv` or `[2001:db8::9]:/srv`".into()
        }
        Validator::Integer => "an integer".into(),
        Validator::Float => "a number".into(),
        Validator::Port => "a port from 0 to 65534".into(),
        Validator::Options if options.len() == 1 => list(),
        Validator::Options => format!("one of {}", list()),
        Validator::MultiOptions => format!("a comma list of {}", list()),
        Validator::Regexp => format!("a text that matches {}", list()),
        Validator::MultiRegexp => format!("a comma list of texts that match {}", list()),
        Validator::Ip => "an IPv4 or IPv6 address".into(),
        Validator::MultiIp => "a comma list of addresses or networks".into(),
        Validator::Storage => "a path from the root, such as `/dev/sdb`".into(),
        Validator::LdapUrl => "an LDAP URL such as `ldap://192.0.2.9`".into(),
        Validator::LdapDn => "a distinguished name such as `cn=admin,dc=example,dc=org`".into(),
        _ => "what only the live host can tell".into(),
    }
}

fn is_option(options: &[&str], value: &str) -> bool {
    options.is_empty() || options.contains(&value)
}

fn matches(options: &[&str], value: &str) -> bool {
    options.iter().any(|regex| Regex::new(regex).is_ok_and(|regex| regex.is_match(value)))
}

fn is_network(part: &str) -> bool {
    let address = part.trim().split('/').next().unwrap_or_default();
    address.is_empty() || address.parse::<IpAddr>().is_ok()
}

fn is_export(export: &str) -> bool {
    let mut parts = export.split(":/");
    let (Some(host), Some(_), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(host) => host.parse::<Ipv6Addr>().is_ok(),
        None => host.parse::<Ipv4Addr>().is_ok(),
    }
}

/// Digits and a unit at the start; what follows does not matter.
fn is_size(value: &str) -> bool {
    let unit = value.trim_start_matches(|c: char| integer(c.encode_utf8(&mut [0; 4])).is_some());
    unit.len() < value.len() && unit.starts_with(['G', 'M', 'K', 'g', 'm', 'k', '\u{212a}'])
}

/// What python-ldap's `LDAPUrl` accepts: the scheme and the scope are all that it checks.
fn is_ldap_url(url: &str) -> bool {
    let lower = url.to_lowercase();
    let schemes = ["ldap://", "ldaps://", "ldapi://"];
    if !schemes.iter().any(|scheme| lower.starts_with(scheme)) {
        return false;
    }
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let rest = match (rest.find('/'), rest.find('?')) {
        (Some(slash), question) if question.is_none_or(|question| slash < question) => {
            &rest[slash + 1..]
        }
        // python-ldap stumbles over a `?` in the second place.
        (_, Some(1)) => return false,
        (_, None) => return true,
        (_, Some(question)) => &rest[question..],
    };
    let scope = rest.split('?').nth(2).map(str::trim);
    scope.is_none_or(|scope| matches!(scope, "" | "base" | "one" | "sub" | "subordinates"))
}

/// What `OpenLDAP`'s `ldap_str2dn` accepts.
fn is_dn(dn: &str) -> bool {
    let mut rest = dn;
    while !rest.is_empty() {
        let Some(after) = assertion(rest) else {
            return false;
        };
        rest = after;
    }
    !dn.contains('\0')
}

/// What follows one `type=value` and its separator.
fn assertion(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(' ');
    let first = text.chars().next()?;
    let end = text.find(|c: char| match first {
        '0'..='9' => !(c.is_ascii_digit() || c == '.'),
        _ => !(c.is_ascii_alphanumeric() || c == '-'),
    })?;
    if !first.is_ascii_alphanumeric() || text[..end].ends_with('.') {
        return None;
    }
    let value = text[end..].trim_start_matches(' ').strip_prefix('=')?.trim_start_matches(' ');
    let end = if let Some(hex) = value.strip_prefix('#') {
        let digits = hex.len() - hex.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
        (digits > 0 && digits % 2 == 0).then_some(digits + 1)?
    } else if let Some(quoted) = value.strip_prefix('"') {
        end_of_quoted(quoted)? + 1
    } else {
        end_of_value(value)?
    };
    let rest = value[end..].trim_start_matches(' ');
    match rest.chars().next() {
        None => Some(""),
        Some(',' | ';') => Some(&rest[1..]),
        // A `+` must be followed by another assertion.
        Some('+') if rest.len() > 1 => Some(&rest[1..]),
        Some(_) => None,
    }
}

fn end_of_quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return Some(at + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}

fn end_of_value(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' | ';' | '+' => return Some(at),
            '"' | '<' | '>' => return None,
            _ => {}
        }
    }
    (!escaped).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_need_an_address_and_a_path() {
        for good in ["192.0.2.9:/srv", "[2001:db8::9]:/srv/a"] {
            assert!(is_export(good), "{good}");
        }
        for bad in ["", "host:/srv", "2001:db8::9:/srv", "192.0.2.9", "192.0.2.9:/a:/b"] {
            assert!(!is_export(bad), "{bad}");
        }
    }

    #[test]
    fn sizes_begin_with_digits_and_a_unit() {
        for (size, good) in
            [("20G", true), ("1kb", true), ("20T", false), ("G", false), ("", false)]
        {
            assert_eq!(is_size(size), good, "{size}");
        }
    }

    #[test]
    fn distinguished_names_are_openldaps() {
        for good in [
            "",
            "cn=a",
            "cn=a,dc=b",
            "CN = a b ; dc=b",
            r"cn=a\, b",
            "2.5.4.3=x",
            "cn=#0aff",
            "cn=a=b",
        ] {
            assert!(is_dn(good), "{good}");
        }
        for bad in ["a", "cn=a,b", ",cn=a", "=a", "cn=a<b", "-cn=a", "a b", "::1"] {
            assert!(!is_dn(bad), "{bad}");
        }
    }

    #[test]
    fn ldap_urls_have_a_scheme_and_a_known_scope() {
        for good in ["ldap://h", "LDAPS://h:1/dc=b??sub?(cn=*)", "ldapi://", "ldap://h/a?b"] {
            assert!(is_ldap_url(good), "{good}");
        }
        for bad in ["", "http://h", "ldap:/h", "ldap://h/dc=b??all"] {
            assert!(!is_ldap_url(bad), "{bad}");
        }
    }
}
