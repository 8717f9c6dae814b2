//! What several forms of the report say alike.

use std::time::Duration;

use crate::diagnosis::{Report, SourceInfo};
use crate::finding::{Action, Finding, Fix, Step};
use crate::rule::{Risk, template};

/// `1 error`, `2 errors`
pub(super) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A time span as people say it: `3.4 s`, `4 min 2 s`, `1 h 5 min`.
pub(super) fn span(seconds: f64) -> String {
    let whole = Duration::try_from_secs_f64(seconds.round()).unwrap_or_default().as_secs();
    match whole {
        0..10 => format!("{seconds:.1} s"),
        10..60 => format!("{whole} s"),
        60..3600 if whole.is_multiple_of(60) => format!("{} min", whole / 60),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// What was found, in one line.
pub(super) fn summary(report: &Report) -> String {
    if report.is_empty() {
        return "Nothing found: no error that ostack knows, and none that it does not.".to_owned();
    }
    let causes = report.diagnoses.len();
    let mut parts = vec![match causes {
        0 => "no known cause".to_owned(),
        n => plural(n as u64, "cause"),
    }];
    let symptoms: usize = report.diagnoses.iter().map(|d| d.symptoms.len()).sum();
    if symptoms > 0 {
        let under = if causes == 1 { "it" } else { "them" };
        parts.push(format!("{} under {under}", plural(symptoms as u64, "symptom")));
    }
    let skipped: u64 = report.diagnoses.iter().filter_map(|d| d.skipped_resources).sum();
    if skipped > 0 {
        parts.push(format!("{} skipped", plural(skipped, "resource")));
    }
    let unexplained: u64 = report.unexplained.iter().map(|u| u.count).sum();
    parts.push(match unexplained {
        0 => "nothing unexplained".to_owned(),
        n => format!("{} unexplained", plural(n, "error")),
    });
    format!("{}.", parts.join("; "))
}

/// Why credentials are loaded.
pub(super) const CREDENTIALS: &str = "the commands ask OpenStack, as the administrator";

/// The command that loads credentials, and why.
pub(super) fn credentials(command: &str) -> String {
    format!("{command}   # {CREDENTIALS}")
}

/// How sure a finding is, with what speaks for and against it and what was assumed.
pub(super) fn sure(finding: &Finding) -> String {
    let mut parts = vec![format!("{:.2}", finding.confidence)];
    // That a rule's own words were found goes without saying.
    let said = finding.reasons.iter().skip(1).filter(|r| !r.contains(" not known: "));
    parts.extend(said.filter_map(|reason| {
        let (_, said) = reason.split_once(' ')?;
        // Which releases or systems a rule is known for is the rule's page to tell.
        let known = ["known for this release", "known for this OS"];
        Some(known.into_iter().find(|known| said.starts_with(known)).unwrap_or(said).to_owned())
    }));
    if !finding.assumes.is_empty() {
        parts.push(format!("assuming {}", finding.assumes.join(" and ")));
    }
    let rest = parts.split_off(1).join("; ");
    if rest.is_empty() { parts.remove(0) } else { format!("{}: {rest}", parts[0]) }
}

/// A step's command with what is to be known of it as a shell comment, so that it can be copied
/// whole. None: the step is no command.
pub(super) fn commented(step: &Step, fix: &Fix) -> Option<String> {
    let Action::Run(command) = &step.action else { return None };
    let remark = remark(step, fix);
    Some(if remark.is_empty() { command.clone() } else { format!("{command}   # {remark}") })
}

/// Where a step is to be done, and what harm it can do where that is not the whole fix's.
pub(super) fn remark(step: &Step, fix: &Fix) -> String {
    let on = step.on.as_ref().map(|on| format!("on {on}"));
    let alone = fix.steps.len() == 1 && step.risk == fix.risk();
    let risk = (step.risk != Risk::Safe && !alone).then(|| step.risk.to_string());
    on.into_iter().chain(risk).collect::<Vec<_>>().join(", ")
}

/// What to do next where the report does not know a cause.
pub(super) struct Next {
    /// What it is for.
    pub(super) why: &'static str,
    /// The commands, in order.
    pub(super) commands: Vec<String>,
}

/// What would tell more: the logs that packstack names, the package list and the answer file, as far
/// as they were not given.
pub(super) fn next(report: &Report) -> Option<Next> {
    let given = |name: &str| report.sources.iter().any(|source| source.path.ends_with(name));
    let logs = report.run.iter().flat_map(|run| &run.logs);
    let folder = logs
        .filter(|_| !given("openstack-setup.log"))
        .find_map(|log| log.strip_suffix("/openstack-setup.log"));
    let read = report.sources.iter().filter(|source| source.skipped.is_none());
    let as_given = |source: &SourceInfo| match source.path.as_str() {
        "<stdin>" => "-".to_owned(),
        _ if source.found => "<the same logs>".to_owned(),
        path => template::shell_quote(path).into_owned(),
    };
    let quoted = |folder| vec![template::shell_quote(folder).into_owned()];
    let mut paths: Vec<String> =
        folder.map_or_else(|| read.map(as_given).take(3).collect(), quoted);
    paths.dedup();
    let (packages, answers) = (&report.context.packages, &report.context.answers);
    if folder.is_none() && packages.is_some() && answers.is_some() {
        return None;
    }
    let mut commands = Vec::new();
    let mut diagnose = vec!["ostack-cli diagnose".to_owned()];
    diagnose.extend(paths);
    diagnose.push("--packages".to_owned());
    if let Some(packages) = packages {
        diagnose.push(template::shell_quote(&packages.from).into_owned());
    } else {
        commands.push("rpm -qa > rpm-qa.txt".to_owned());
        diagnose.push("rpm-qa.txt".to_owned());
    }
    diagnose.push("--answers".to_owned());
    diagnose.push(match answers {
        Some(answers) => template::shell_quote(&answers.from).into_owned(),
        None => "<the answer file of this run>".to_owned(),
    });
    commands.push(diagnose.join(" "));
    let why = match folder {
        Some(_) => "On the host that ran packstack: the logs of the run say more than its console.",
        None => {
            "On the host that failed: its packages and the answer file settle what a log leaves open."
        }
    };
    Some(Next { why, commands })
}

/// A number that stays the same for the same texts, in hexadecimal: FNV-1a of 64 bits.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, span};

    #[test]
    fn spans_are_words() {
        let spans = [0.25, 12.4, 60.0, 212.43, 3599.7, 7500.0].map(span);
        assert_eq!(spans, ["0.2 s", "12 s", "1 min", "3 min 32 s", "1 h 0 min", "2 h 5 min"]);
    }

    #[test]
    fn fingerprints_tell_parts_apart() {
        // FNV-1a of nothing is its offset basis.
        assert_eq!(fingerprint(&[]), "cbf29ce484222325");
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
