//! A new answer file from packstack's own flags.

use std::collections::HashMap;
use std::fmt::Write;

use super::check::catalogue;
use super::load::load;
use super::process::Value;
use super::reader::{meant, shown};
use super::{AnswerFile, Dialect, Machine};
use crate::error::{Error, ErrorKind, Result};
use crate::parameter::{Catalogue, Parameter};

/// What a flag is for.
#[derive(Clone, Copy)]
enum Flag<'c> {
    /// It gives a parameter its value.
    Value(&'c Parameter),
    /// It takes a value that does not matter here.
    Other,
    /// It is on or off, and does not matter here.
    Switch,
    /// It asks packstack for something else.
    Elsewhere,
}

/// packstack's own flags.
const OWN: [(&str, Flag<'static>); 11] = [
    ("--allinone", Flag::Switch),
    ("--answer-file", Flag::Elsewhere),
    ("--debug", Flag::Switch),
    ("--dry-run", Flag::Switch),
    ("--gen-answer-file", Flag::Other),
    ("--help", Flag::Elsewhere),
    ("--install-hosts", Flag::Other),
    ("--options", Flag::Elsewhere),
    ("--timeout", Flag::Other),
    ("--validate-answer-file", Flag::Elsewhere),
    ("--version", Flag::Elsewhere),
];

impl AnswerFile {
    /// The file that `packstack --gen-answer-file` writes for these flags, on that machine.
    ///
    /// ```
    /// use ostack_core::answer_file::{AnswerFile, Machine};
    /// let flags = ["--allinone", "--os-heat-inst=y", "--default-password", "1234"];
    /// let file = AnswerFile::generate("victoria", &flags, &Machine::default())?;
    /// assert_eq!(file.get("CONFIG_HEAT_INSTALL"), Some("y"));
    /// assert_eq!(file.get("CONFIG_NOVA_DB_PW"), Some("1234"));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such release or flag, an abbreviation fits several, or packstack refuses
    /// a value.
    pub fn generate<F: AsRef<str>>(release: &str, flags: &[F], machine: &Machine) -> Result<Self> {
        let catalogue = catalogue(release)?;
        let given = read_flags(catalogue, flags)?;
        let loaded = load(catalogue, machine, &|parameter| {
            Ok(given.get(parameter.name).map(|value| (*value).to_owned()))
        });
        if let Some(failure) = loaded.failures.first() {
            let error = Error::new(ErrorKind::AnswerFile, failure.message());
            let Some(parameter) = failure.parameter else {
                return Err(error);
            };
            let flag = parameter.flag.unwrap_or("its flag");
            let help = format!("give {} another value with `{flag}`", parameter.name);
            return Err(error.param(parameter.name).help(help));
        }
        let mut text = String::from("[general]\n");
        for parameter in catalogue.parameters() {
            let value = loaded.values.get(parameter.name).map(Value::to_string);
            let value = value.unwrap_or_else(|| machine.expand(parameter.default));
            let _ = write!(text, "\n{}{}={value}\n", comment(parameter.about), parameter.name);
        }
        Self::parse(text, Dialect::of(release, None))
    }
}

/// What a parameter is for, as lines of a comment.
pub(super) fn comment(about: &str) -> String {
    let mut text = String::new();
    let mut width = 80;
    for word in about.split_whitespace() {
        let length = word.chars().count() + 1;
        width += length;
        if width <= 79 {
            text.push(' ');
        } else {
            text.push_str(if text.is_empty() { "# " } else { "\n# " });
            width = 1 + length;
        }
        text.push_str(word);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Reads flags as Python's optparse does; the last of two wins, and an empty value is none.
fn read_flags<'f, F: AsRef<str>>(
    catalogue: &'static Catalogue,
    flags: &'f [F],
) -> Result<HashMap<&'static str, &'f str>> {
    let known: HashMap<&str, Flag<'static>> = catalogue
        .parameters()
        .filter_map(|parameter| Some((parameter.flag?, Flag::Value(parameter))))
        .chain(OWN)
        .collect();
    let mut given = HashMap::new();
    let mut flags = flags.iter().map(AsRef::as_ref);
    while let Some(word) = flags.next() {
        let (name, value) = word.split_once('=').map_or((word, None), |(n, v)| (n, Some(v)));
        let (name, flag) = resolve(&known, name)?;
        match (flag, value) {
            (Flag::Elsewhere, _) => {
                return Err(usage(format!(
                    "expected a flag of a new answer file, but found `{name}`"
                )));
            }
            (Flag::Switch, None) => {}
            (Flag::Switch, Some(_)) => {
                return Err(usage(format!("expected `{name}` alone, but found a value with it")));
            }
            (Flag::Other | Flag::Value(_), _) => {
                let value = value.or_else(|| flags.next()).ok_or_else(|| {
                    usage(format!("expected a value after `{name}`, but found the end"))
                })?;
                if value.contains(['\n', '\r']) {
                    return Err(usage(format!(
                        "expected one line after `{name}`, but found several"
                    )));
                }
                if let Flag::Value(parameter) = flag {
                    given.insert(parameter.name, value);
                }
            }
        }
    }
    given.retain(|_, value| !value.is_empty());
    Ok(given)
}

/// The flag that a word is, or abbreviates.
fn resolve<'k>(
    known: &HashMap<&'k str, Flag<'static>>,
    word: &'k str,
) -> Result<(&'k str, Flag<'static>)> {
    let word = match word {
        "-d" => "--debug",
        "-y" => "--dry-run",
        "-t" => "--timeout",
        "-o" => "--options",
        "-h" => "--help",
        _ => word,
    };
    if let Some(flag) = known.get(word) {
        return Ok((word, *flag));
    }
    if !word.starts_with("--") || word.len() == 2 {
        return Err(usage(format!("expected a flag, but found `{}`", shown(word))));
    }
    let mut fitting: Vec<&str> = known.keys().copied().filter(|f| f.starts_with(word)).collect();
    fitting.sort_unstable();
    match fitting.as_slice() {
        [flag] => Ok((flag, known[flag])),
        [] => {
            let error = usage(format!("expected a flag, but found `{}`", shown(word)));
            Err(match meant(word, known.keys().copied()) {
                Some(flag) => error.help(format!("did you mean `{flag}`?")),
                None => error,
            })
        }
        several => {
            let error = usage(format!("expected one flag, but `{word}` is the start of several"));
            Err(error.help(several.join(", ")))
        }
    }
}

fn usage(message: String) -> Error {
    Error::new(ErrorKind::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(flags: &[&str]) -> String {
        AnswerFile::generate("victoria", flags, &Machine::default()).unwrap_err().to_string()
    }

    #[test]
    fn flags_that_packstack_refuses_are_refused() {
        for (flags, expected) in [
            (&["--os-heat-instal"][..], "expected a value after `--os-heat-install`"),
            (&["--no-such-flag=1"], "expected a flag, but found `--no-such-flag`"),
            (&["--os-heat-intsall=y"], "help: did you mean `--os-heat-install`?"),
            (&["--os-neutron-ovs-tunnel-=x"], "is the start of several"),
            (&["--allinone=y"], "expected `--allinone` alone"),
            (&["here"], "expected a flag, but found `here`"),
            (&["--os-heat-install=maybe"], "expected one of `y`, `n`, but found `maybe`"),
            (&["--keystone-region=a\nb"], "expected one line"),
        ] {
            let error = error(flags);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn comments_are_wrapped() {
        let about = "word ".repeat(40);
        let comment = comment(&about);
        assert_eq!(comment.lines().count(), 3);
        assert!(comment.lines().all(|line| line.starts_with("# word") && line.len() <= 80));
        assert_eq!(super::comment(""), "");
    }
}
