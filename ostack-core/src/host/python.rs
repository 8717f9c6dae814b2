//! Python packages, as pip lists them.

use std::sync::Arc;

use serde::Deserialize;

use super::Place;

/// A Python package that pip sees, whoever installed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonPackage {
    /// The name, as pip prints it.
    pub name: String,
    /// The version, where the list tells one: `name @ https://…` does not.
    pub version: Option<String>,
    /// Where it was learnt.
    pub from: Place,
}

impl PythonPackage {
    /// The name as PEP 503 compares it: lower case, and runs of `-`, `_` and `.` as one `-`.
    ///
    /// ```
    /// use ostack_core::host::Host;
    /// let mut host = Host::new();
    /// host.add("pip.txt", "oslo.config==8.3.2\n")?;
    /// assert_eq!(host.python_packages()[0].normal_name(), "oslo-config");
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn normal_name(&self) -> String {
        let parts = self.name.split(['-', '_', '.']).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("-").to_lowercase()
    }
}

/// Reads what `pip freeze` and `pip list` print, in columns, in JSON or as old pips did; empty where
/// the text is none of these.
pub(super) fn parse(name: &str, text: &str) -> Vec<PythonPackage> {
    #[derive(Deserialize)]
    struct Entry {
        name: String,
        version: String,
    }
    let file: Arc<str> = name.into();
    let found = |line: usize, name: &str, version: Option<&str>| PythonPackage {
        name: name.to_owned(),
        version: version.map(str::to_owned),
        from: Place { file: Arc::clone(&file), line },
    };
    if text.trim_start().starts_with('[') {
        let entries: Vec<Entry> = serde_json::from_str(text).unwrap_or_default();
        return entries.iter().map(|e| found(1, &e.name, Some(&e.version))).collect();
    }
    let mut in_columns = false;
    let mut packages = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let read = match words[..] {
            ["Package", "Version", ..] => {
                in_columns = true;
                None
            }
            [name, version, ..] if in_columns && is_name(name) && is_version(version) => {
                Some((name, Some(version)))
            }
            [name, "@", ..] if is_name(name) && line.contains("://") => Some((name, None)),
            [pinned] => pinned
                .split_once("==")
                .map(|(name, version)| (name, Some(version.trim_start_matches('=')))),
            [name, version, ..] => {
                let version = version.strip_prefix('(').map(|v| v.trim_end_matches([')', ',']));
                version.filter(|_| line.trim_end().ends_with(')')).map(|v| (name, Some(v)))
            }
            _ => None,
        };
        let read = read.filter(|(name, version)| is_name(name) && version.is_none_or(is_version));
        packages.extend(read.map(|(name, version)| found(index + 1, name, version)));
    }
    packages
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn is_version(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |p: PythonPackage| {
            format!("{} {} {}", p.from.line, p.name, p.version.unwrap_or("?".to_owned()))
        };
        parse("pip.txt", text).into_iter().map(show).collect()
    }

    #[test]
    fn all_of_pips_forms_are_read() {
        let freeze = "# comment\noslo.config==8.3.2\nnova===22.1.0\n\
                      -e git+https://example.org/x#egg=x\nrpm @ file:///root/rpm-4.14.whl\n";
        assert_eq!(shown(freeze), ["2 oslo.config 8.3.2", "3 nova 22.1.0", "5 rpm ?"]);
        let columns = "DEPRECATION: Python 2.7 is old\n\
                       Package        Version  Location\n-------------- -------- --------\n\
                       Babel          2.7.0\nnova           22.1.0   /opt/nova\n\
                       You are using pip version 9.0.3, however version 21 is available.\n";
        assert_eq!(shown(columns), ["4 Babel 2.7.0", "5 nova 22.1.0"]);
        assert_eq!(
            shown("Babel (0.9.6)\nnova (12.0.6, /opt/nova)\n"),
            ["1 Babel 0.9.6", "2 nova 12.0.6"]
        );
        let json = r#"[{"name": "Babel", "version": "2.7.0"}]"#;
        assert_eq!(shown(json), ["1 Babel 2.7.0"]);
        assert!(shown("bash-4.4.20-1.el8.x86_64\n[general]\nCONFIG_X=y\n").is_empty());
    }
}
