//! facter's facts, in each of its forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{Fact, Place};
use crate::release::Os;

/// The facts that are single values, by their names with dots between: `os.release.major`.
pub(super) type Facts = BTreeMap<String, Fact<String>>;

/// Reads what `facter`, `facter --json` and `facter --yaml` print; empty where the text is
/// something else. Of lists only their places are lost, never what follows them.
pub(super) fn parse(name: &str, text: &str) -> Facts {
    let file: Arc<str> = name.into();
    let mut facts = Facts::new();
    let mut learn = |line: usize, name: String, value: &str| {
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        let from = Place { file: Arc::clone(&file), line };
        facts.insert(name, Fact { value, from });
    };
    if text.trim_start().starts_with('{') {
        if let Ok(value) = serde_json::from_str(text) {
            flatten(String::new(), &value, &mut |name, value| learn(1, name, &value));
        }
        return facts;
    }
    let arrows = text.lines().any(|line| line.contains(" => "));
    // The names that the line is under; in YAML each with its indentation.
    let mut under: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let word = line.trim();
        if arrows {
            match word.split_once(" => ") {
                Some((name, "{" | "[")) => under.push((0, name.to_owned())),
                Some((name, value)) => {
                    learn(index + 1, path(&under, name), value.trim_end_matches(','));
                }
                None if matches!(word, "{" | "[") => under.push((0, "-".to_owned())),
                None if matches!(word.trim_end_matches(','), "}" | "]") => {
                    under.pop();
                }
                None => {}
            }
            continue;
        }
        let indentation = line.len() - line.trim_start().len();
        under.retain(|(outer, _)| *outer < indentation);
        let Some((name, value)) = word.split_once(':') else { continue };
        let name = name.trim_matches(['"', '\'']);
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || name.contains(' ') {
            continue;
        }
        if value.trim().is_empty() {
            under.push((indentation, name.to_owned()));
        } else {
            learn(index + 1, path(&under, name), value);
        }
    }
    facts
}

fn path(under: &[(usize, String)], name: &str) -> String {
    let outer = under.iter().map(|(_, name)| name.as_str());
    outer.chain([name]).collect::<Vec<_>>().join(".")
}

fn flatten(name: String, value: &Value, learn: &mut impl FnMut(String, String)) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                flatten(format!("{name}{dot}{field}"), value, learn);
            }
        }
        Value::String(text) => learn(name, text.clone()),
        Value::Bool(_) | Value::Number(_) => learn(name, value.to_string()),
        Value::Array(_) | Value::Null => {}
    }
}

/// The OS that facts name. `os.name` does not tell CentOS Linux from Stream; the description of the
/// distribution does, and the full number of CentOS Linux.
pub(super) fn os(facts: &Facts) -> Option<Fact<Os>> {
    let get = |names: [&str; 2]| names.into_iter().find_map(|name| facts.get(name));
    let described = get(["os.distro.description", "lsbdistdescription"])
        .and_then(|fact| Some((Os::from_release_line(&fact.value)?, fact)));
    let by_name = || {
        let name = get(["os.name", "operatingsystem"])?;
        let full = get(["os.release.full", "operatingsystemrelease"])?;
        let major = full.value.split('.').next()?;
        let id = match name.value.as_str() {
            "CentOS" if full.value.contains('.') => "centos",
            "RedHat" => "rhel",
            "Rocky" => "rocky",
            "AlmaLinux" => "almalinux",
            "Fedora" => "fedora",
            "Debian" => "debian",
            "Ubuntu" => return Some((format!("ubuntu-{}", full.value).parse().ok()?, name)),
            _ => return None,
        };
        Some((format!("{id}-{major}").parse().ok()?, name))
    };
    let (value, fact) = described.filter(|(os, _)| *os != Os::Other).or_else(by_name)?;
    Some(Fact { value, from: fact.from.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, name: &str) -> Option<String> {
        parse("facter", text).get(name).map(|fact| format!("{} {}", fact.from.line, fact.value))
    }

    #[test]
    fn facters_own_form_is_read() {
        let text = "facterversion => 3.14.2\nnetworking => {\n  interfaces => {\n    eth0 => {\n      \
                    bindings => [\n        {\n          address => \"192.0.2.2\"\n        }\n      \
                    ],\n      mtu => 1500\n    }\n  }\n}\nos => {\n  name => \"CentOS\",\n  release \
                    => {\n    full => \"8.4.2105\",\n    major => \"8\"\n  }\n}\n";
        assert_eq!(get(text, "facterversion").unwrap(), "1 3.14.2");
        assert_eq!(get(text, "networking.interfaces.eth0.mtu").unwrap(), "10 1500");
        assert_eq!(get(text, "os.release.full").unwrap(), "17 8.4.2105");
        assert_eq!(os(&parse("f", text)).unwrap().value, Os::Centos(8));
    }

    #[test]
    fn json_and_yaml_say_the_same() {
        let json = r#"{"facterversion": "4.2.10", "os": {"name": "CentOS", "release": {"full": "9"},
            "distro": {"description": "CentOS Stream release 9"}, "selinux": {"enabled": true}}}"#;
        let yaml = "---\nfacterversion: 4.2.10\nfilesystems: xfs\nlist:\n  - a: b\nos:\n  name: CentOS\n  \
                    release:\n    full: '9'\n  distro:\n    description: CentOS Stream release 9\n  \
                    selinux:\n    enabled: true\n";
        for text in [json, yaml] {
            let facts = parse("facter", text);
            assert_eq!(facts["facterversion"].value, "4.2.10");
            assert_eq!(facts["os.release.full"].value, "9");
            assert_eq!(facts["os.selinux.enabled"].value, "true");
            assert_eq!(os(&facts).unwrap().value, Os::CentosStream(9));
        }
    }

    #[test]
    fn an_old_facter_is_flat() {
        let text = "operatingsystem => CentOS\noperatingsystemrelease => 7.9.2009\npuppetversion => 4.8.2\n";
        assert_eq!(os(&parse("facter", text)).unwrap().value, Os::Centos(7));
        // Nothing tells CentOS Linux 8 from Stream here.
        assert_eq!(
            os(&parse(
                "facter",
                "os => {\n  name => CentOS,\n  release => {\n    full => 8\n  }\n}\n"
            )),
            None
        );
    }
}
