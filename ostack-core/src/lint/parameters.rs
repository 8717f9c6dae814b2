//! Parameters that are not what they seem: unknown, of another release, inactive, overwritten.

use super::answers::Answers;
use crate::diagnosis::Computed;
use crate::error::did_you_mean;
use crate::parameter::{Parameter, Processor, history};

use super::network::MECHANISMS;

/// Finds values that packstack replaces, where they are a choice.
pub(super) fn overwritten(answers: &Answers<'_>) -> Vec<Computed> {
    let Some(deployed) = &answers.deployed else { return Vec::new() };
    let plugins = deployed.changes.iter().filter(|change| change.param != MECHANISMS);
    let plugins = plugins.filter_map(|change| {
        let parameter = answers.catalogue.get(change.param)?;
        answers.chosen(parameter)?;
        Some((parameter, change.from.clone(), change.to.clone(), change.reason.to_string()))
    });
    let processed = answers.values.iter().filter_map(|(name, value)| {
        let parameter = answers.catalogue.get(name)?;
        let given = answers.chosen(parameter)?;
        let why = parameter.processors.iter().find_map(|processor| match processor {
            Processor::Cidr => Some("that is the network of the address"),
            Processor::Backend => Some("Swift is not installed"),
            _ => None,
        })?;
        (value.text() != given)
            .then(|| (parameter, given.to_owned(), value.text().to_owned(), why.to_owned()))
    });
    let computed = |(parameter, from, to, why): (&Parameter, _, _, _)| {
        let values =
            [("param", parameter.name.to_owned()), ("from", from), ("to", to), ("why", why)];
        answers.found(&[parameter.name], values)
    };
    plugins.chain(processed).map(computed).collect()
}

/// Finds choices in groups that packstack does not look at.
pub(super) fn inactive(answers: &Answers<'_>) -> Vec<Computed> {
    let overwritten = |name| {
        let changes = answers.deployed.iter().flat_map(|deployed| &deployed.changes);
        changes.map(|change| change.param).any(|param| param == name)
    };
    let groups = answers.catalogue.groups.iter();
    let parameters = groups.flat_map(|group| group.parameters.iter().map(move |p| (group, p)));
    let idle = parameters.filter(|(_, parameter)| {
        !answers.is_active(parameter.name)
            && !overwritten(parameter.name)
            && answers.chosen(parameter).is_some()
    });
    idle.map(|(group, parameter)| {
        let values = [("param", parameter.name.to_owned()), ("condition", group.when.to_string())];
        answers.found(&[parameter.name], values)
    })
    .collect()
}

/// The names in the file that are no parameters of the release, without the older names of some.
fn foreign<'a>(answers: &'a Answers<'_>) -> impl Iterator<Item = &'a str> {
    let names = answers.file.entries().map(|entry| entry.name.as_str());
    names.filter(|name| answers.catalogue.get(name).is_none() && successor(answers, name).is_none())
}

fn successor<'a>(answers: &'a Answers<'_>, name: &str) -> Option<&'a Parameter> {
    answers.catalogue.parameters().find(|parameter| parameter.deprecates.contains(&name))
}

/// Finds names that no release knows.
pub(super) fn unknown(answers: &Answers<'_>) -> Vec<Computed> {
    let names = foreign(answers).filter(|name| history(name).is_empty());
    names
        .map(|name| {
            let known = answers.catalogue.parameters().map(|parameter| parameter.name);
            let hint = match did_you_mean(name, known) {
                Some(meant) => format!("Did you mean {meant}?"),
                None => "Take the line away, or correct the name".to_owned(),
            };
            let release = answers.release.id().to_owned();
            answers
                .found(&[name], [("param", name.to_owned()), ("release", release), ("hint", hint)])
        })
        .collect()
}

/// Finds parameters that other releases have.
pub(super) fn of_other_release(answers: &Answers<'_>) -> Vec<Computed> {
    foreign(answers)
        .filter_map(|name| {
            let history = history(name);
            let (first, last) = (history.first()?.0, history.last()?.0);
            let having =
                if first == last { first.to_owned() } else { format!("{first} to {last}") };
            let values = [
                ("param", name.to_owned()),
                ("release", answers.release.id().to_owned()),
                ("having", having),
            ];
            Some(answers.found(&[name], values))
        })
        .collect()
}

/// The older names in the file, with the parameters that they stand for.
fn older<'a>(answers: &'a Answers<'_>) -> impl Iterator<Item = (&'a str, &'a Parameter)> {
    let names = answers.file.entries().map(|entry| entry.name.as_str());
    let names = names.filter(|name| answers.catalogue.get(name).is_none());
    names.filter_map(|name| Some((name, successor(answers, name)?)))
}

/// Finds older names that packstack still reads.
pub(super) fn renamed(answers: &Answers<'_>) -> Vec<Computed> {
    let mut taken = Vec::new();
    let renamed = older(answers).filter(|(_, new)| {
        let first = !taken.contains(&new.name);
        taken.push(new.name);
        first && answers.file.get(new.name).is_none()
    });
    renamed
        .map(|(old, new)| {
            let value = answers.file.get(old).unwrap_or_default().to_owned();
            let values =
                [("param", old.to_owned()), ("successor", new.name.to_owned()), ("value", value)];
            answers.found(&[old], values)
        })
        .collect()
}

/// Finds older names that packstack does not read, because the new one is there too.
pub(super) fn superseded(answers: &Answers<'_>) -> Vec<Computed> {
    let both = older(answers).filter(|(_, new)| answers.file.get(new.name).is_some());
    both.map(|(old, new)| {
        let values = [("param", old.to_owned()), ("successor", new.name.to_owned())];
        answers.found(&[old, new.name], values)
    })
    .collect()
}

/// Finds what only the live host can tell.
pub(super) fn not_checked(answers: &Answers<'_>) -> Vec<Computed> {
    let names = answers.unchecked();
    let given = names.iter().filter(|name| answers.file.get(name).is_some());
    given.map(|name| answers.found(&[name], [("param", name.clone())])).collect()
}
