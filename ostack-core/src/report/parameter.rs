//! A parameter's page: what it does, and what each release says of it.

use std::fmt::{self, Write};

use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::parameter::{Catalogue, Parameter, history, is_secret, names};

/// The page of an answer-file parameter, in whatever case its name is given: its group and the
/// condition of that, flag, defaults and options with the releases that they hold for.
///
/// ```
/// let page = ostack_core::report::parameter_page("config_neutron_l2_agent")?;
/// assert!(page.contains("Default: `openvswitch` (havana to rocky)\n         `ovn` (stein to 2025.1)"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Errors
/// Where no release has such a parameter; the error names the one that was probably meant.
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn parameter_page(name: &str) -> Result<String> {
    let name = name.to_uppercase();
    let history = history(&name);
    if history.is_empty() {
        let message = format!("expected a parameter, but found `{}`", name.escape_debug());
        let error = Error::new(ErrorKind::Usage, message);
        return Err(match did_you_mean(&name, names()) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error,
        });
    }
    let mut out = String::new();
    write(&mut out, &history).expect("a String takes everything");
    Ok(out)
}

type History = [(&'static str, &'static Parameter)];

fn write(out: &mut String, history: &History) -> fmt::Result {
    let (Some((first, _)), Some((last, newest))) = (history.first(), history.last()) else {
        return Ok(());
    };
    writeln!(out, "{}  [{}]", newest.name, range(first, last))?;
    if !newest.about.is_empty() {
        writeln!(out)?;
        for line in textwrap::wrap(newest.about, 90) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    let group = |release: &str| Catalogue::of(release).ok()?.group_of(newest.name);
    let quoted = |text: &str| match text {
        "" => "empty".to_owned(),
        text => format!("`{text}`"),
    };
    line(out, "Group", history, |release, _| group(release).map(|group| group.name.to_owned()))?;
    line(out, "Active where", history, |release, _| {
        group(release).map(|group| group.when.to_string())
    })?;
    line(out, "Flag", history, |_, parameter| parameter.flag.map(str::to_owned))?;
    line(out, "Default", history, |_, parameter| {
        let secret = is_secret(parameter.name) && !parameter.default.starts_with('{');
        let word =
            if secret && parameter.default != "PW_PLACEHOLDER" { "" } else { parameter.default };
        Some(quoted(word))
    })?;
    line(out, "Values", history, |_, parameter| {
        let options: Vec<String> = parameter.options.iter().map(|option| quoted(option)).collect();
        (!options.is_empty()).then(|| options.join(" "))
    })?;
    line(out, "Must be", history, |_, parameter| words(&parameter.validators))?;
    line(out, "Made into", history, |_, parameter| words(&parameter.processors))?;
    line(out, "Older names", history, |_, parameter| {
        (!parameter.deprecates.is_empty()).then(|| parameter.deprecates.join(" "))
    })?;
    if is_secret(newest.name) {
        writeln!(out, "Secret: its value is masked in every output")?;
    }
    Ok(())
}

/// Something that each release says, with the releases where it changed.
fn line(
    out: &mut String,
    label: &str,
    history: &History,
    say: impl Fn(&'static str, &'static Parameter) -> Option<String>,
) -> fmt::Result {
    let mut runs: Vec<(Option<String>, &str, &str)> = Vec::new();
    for (release, parameter) in history {
        let said = say(release, parameter);
        match runs.last_mut() {
            Some(run) if run.0 == said => run.2 = release,
            _ => runs.push((said, release, release)),
        }
    }
    let said: Vec<String> = match runs.as_slice() {
        [(Some(said), _, _)] => vec![said.clone()],
        runs => {
            let known =
                runs.iter().filter_map(|(said, first, last)| Some((said.as_ref()?, first, last)));
            known.map(|(said, first, last)| format!("{said} ({})", range(first, last))).collect()
        }
    };
    for (i, said) in said.iter().enumerate() {
        let label = if i == 0 { format!("{label}: ") } else { " ".repeat(label.len() + 2) };
        let options = textwrap::Options::new(90).break_words(false);
        let blank = " ".repeat(label.len());
        let options = options.initial_indent(&label).subsequent_indent(&blank);
        for line in textwrap::wrap(said, options) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn range(first: &str, last: &str) -> String {
    if first == last { first.to_owned() } else { format!("{first} to {last}") }
}

/// Validators or processors, by the words of the data files.
fn words<T: fmt::Debug>(list: &[T]) -> Option<String> {
    let words = list.iter().map(|word| {
        let mut text = String::new();
        for c in format!("{word:?}").chars() {
            if c.is_uppercase() && !text.is_empty() {
                text.push('_');
            }
            text.extend(c.to_lowercase());
        }
        text
    });
    (!list.is_empty()).then(|| words.collect::<Vec<_>>().join(", "))
}
