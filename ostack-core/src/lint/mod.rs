//! Answer files beyond packstack's own verdict: what it accepts, and then fails on or silently
//! changes. The checks are computed here; their words stand in `rules/answers/*.toml`.

mod allow;
mod answers;
mod network;
mod parameters;
mod services;

use std::collections::BTreeMap;

use crate::answer_file::{AnswerFile, Problem, Severity, Verdict};
use crate::context::Context;
use crate::diagnosis::{self, Check, Computed};
use crate::error::Result;
use crate::finding::{Action, Evidence, EvidenceKind, Finding};
use crate::release::{Os, Release};
use crate::rule::{self, KnowledgeBase, Risk};
use allow::Allowed;
use answers::{Answers, Refused};

pub use network::MechanismDriverReplaced;

/// A check over an answer file whose release is known.
#[derive(Debug, Clone, Copy)]
pub struct Lint {
    name: &'static str,
    run: fn(&Answers<'_>) -> Vec<Computed>,
}

/// What speaks only where an answer file is checked, and not in a diagnosis: it says how the file
/// could be better, and not what broke.
pub static LINTS: [Lint; 18] = [
    Lint { name: "agent_without_mechanism", run: network::agent_without_mechanism },
    Lint { name: "bridge_iface_on_el8", run: network::bridge_iface_on_el8 },
    Lint { name: "localhost_in_multi_node", run: services::localhost_in_multi_node },
    Lint { name: "not_checked", run: parameters::not_checked },
    Lint { name: "os_unsupported", run: services::os_unsupported },
    Lint { name: "parameter_inactive", run: parameters::inactive },
    Lint { name: "parameter_of_other_release", run: parameters::of_other_release },
    Lint { name: "parameter_renamed", run: parameters::renamed },
    Lint { name: "parameter_superseded", run: parameters::superseded },
    Lint { name: "parameter_unknown", run: parameters::unknown },
    Lint { name: "password_weak", run: services::password_weak },
    Lint { name: "physnet_unmapped", run: network::physnet_unmapped },
    Lint { name: "ranges_overlap", run: network::ranges_overlap },
    Lint { name: "service_without_its_need", run: services::without_their_need },
    Lint { name: "tenant_type_without_agent", run: network::tenant_type_without_agent },
    Lint { name: "tenant_type_without_driver", run: network::tenant_type_without_driver },
    Lint { name: "tenant_type_without_range", run: network::tenant_type_without_range },
    Lint { name: "value_overwritten", run: parameters::overwritten },
];

impl Check for Lint {
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        Answers::of(context).map_or_else(Vec::new, |answers| (self.run)(&answers))
    }
}

/// Finds values that packstack refuses.
#[derive(Debug, Clone, Copy)]
pub struct ValueInvalid;

impl Check for ValueInvalid {
    fn name(&self) -> &'static str {
        "answer_value_invalid"
    }

    fn run(&self, context: &Context) -> Vec<Computed> {
        let Some(answers) = Answers::of(context) else { return Vec::new() };
        let computed = |refused: &Refused| {
            let values = [("param", refused.param.clone()), ("why", refused.why.clone())];
            answers.found(&[&refused.param], values)
        };
        answers.refused().iter().map(computed).collect()
    }
}

/// packstack's verdict on the bytes of an answer file, and what the rules say of it beside;
/// [`crate::check_answers`] brings all of this crate's checks.
///
/// # Errors
/// Where the release's packstack cannot be followed (before juno).
pub fn check(
    bytes: &[u8],
    release: Release,
    os: Option<Os>,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
) -> Result<Verdict> {
    let name = os.map(|os| os.to_string());
    let mut verdict = Verdict::of_bytes(bytes, release.id(), name.as_deref())?;
    let text = String::from_utf8_lossy(bytes);
    let Ok(context) = context(&text, release, os) else {
        return Ok(verdict);
    };
    let Some(answers) = context.answer_file() else {
        return Ok(verdict);
    };
    let of_verdict = |finding: &Finding| verdict.problems.iter().any(|p| p.code == finding.rule);
    let findings = diagnosis::facts(&context, rules, checks);
    let lints = findings.iter().filter(|finding| !of_verdict(finding));
    let lints: Vec<Problem> = lints.map(|finding| problem(finding, &answers.value)).collect();
    verdict.problems.extend(lints);
    let allowed = Allowed::of(&text);
    verdict.problems.retain(|p| p.severity == Severity::Error || !allowed.allows(&p.code, p.line));
    // packstack's refusals stay in its own order.
    verdict.problems.sort_by_key(|p| match p.severity {
        Severity::Error => (p.severity, false, None),
        severity => (severity, p.code == crate::answer_file::NOT_CHECKED, p.line),
    });
    let redactor = context.redactor();
    for problem in &mut verdict.problems {
        problem.message = redactor.mask(&problem.message).into_owned();
        problem.help = problem.help.take().map(|help| redactor.mask(&help).into_owned());
    }
    Ok(verdict)
}

/// Whether the answer file's own comments allow what was found.
pub(crate) fn is_allowed(context: &Context, finding: &Finding) -> bool {
    context.answer_file().is_some_and(|answers| {
        let problem = problem(finding, &answers.value);
        Allowed::of(answers.value.text()).allows(&finding.rule, problem.line)
    })
}

/// Repairs what is safe to repair, and says what was done.
///
/// # Errors
/// Where the file cannot hold a value; what was repaired before stays.
pub fn fix(
    file: &mut AnswerFile,
    release: Release,
    os: Option<Os>,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
) -> Result<Vec<String>> {
    let context = context(file.text(), release, os)?.without_redaction();
    let text = file.text().to_owned();
    let allowed = Allowed::of(&text);
    let mut done = Vec::new();
    for finding in diagnosis::facts(&context, rules, checks) {
        let problem = problem(&finding, file);
        let sets = safe_sets(&finding);
        if finding.severity == rule::Severity::Error
            || sets.is_empty()
            || allowed.allows(&finding.rule, problem.line)
        {
            continue;
        }
        for (param, value) in sets {
            let old = problem.param.as_deref().filter(|old| *old != param);
            match old.filter(|_| finding.rule == RENAMED) {
                Some(old) => file.rename(old, param)?,
                None => file.set(param, value)?,
            }
        }
        done.push(format!(
            "{}: {}",
            finding.rule,
            crate::redact::Redactor::default().mask(&finding.fix[0].title)
        ));
    }
    Ok(done)
}

/// The rule whose cure gives a line another name.
const RENAMED: &str = "answer_parameter_renamed";

fn context(text: &str, release: Release, os: Option<Os>) -> Result<Context> {
    let mut context = Context::new().release(release.id())?;
    if let Some(os) = os {
        context = context.os(&os.to_string())?;
    }
    context.answers_text("the answer file", text)
}

/// The parameters that a finding's first fix sets, where that is safe.
fn safe_sets(finding: &Finding) -> Vec<(&str, &str)> {
    let steps = finding.fix.first().map_or(&[][..], |fix| &fix.steps);
    if steps.iter().any(|step| step.risk != Risk::Safe) {
        return Vec::new();
    }
    let sets = steps.iter().filter_map(|step| match &step.action {
        Action::Set { param, value } => Some((param.as_str(), value.as_str())),
        _ => None,
    });
    sets.collect()
}

fn problem(finding: &Finding, file: &AnswerFile) -> Problem {
    let named = |evidence: &&Evidence| evidence.kind == EvidenceKind::Answer;
    let evidence = finding.evidence.iter().find(named);
    let param = evidence.and_then(|evidence| evidence.text.split_once('=')).map(|(name, _)| name);
    let place = param.and_then(|param| file.entry(param));
    let fix = finding.fix.first().map(|fix| {
        let sets = fix.steps.iter().filter_map(|step| match &step.action {
            Action::Set { param, value } => Some(format!("`{param}={value}`")),
            _ => None,
        });
        let sets: Vec<String> = sets.collect();
        if sets.is_empty() {
            return fix.title.clone();
        }
        format!("{}: {}", fix.title, sets.join(", "))
    });
    Problem {
        // Errors are packstack's refusals only.
        severity: match finding.severity {
            rule::Severity::Info => Severity::Info,
            _ => Severity::Warning,
        },
        code: finding.rule.clone().into(),
        param: param.map(str::to_owned),
        line: place.map(|entry| entry.line),
        column: place.map(|entry| entry.column),
        message: finding.title.clone(),
        help: fix,
    }
}

/// Values for a rule's templates.
fn values<const N: usize>(
    pairs: [(&'static str, String); N],
) -> BTreeMap<&'static str, Vec<String>> {
    pairs.into_iter().map(|(name, value)| (name, vec![value])).collect()
}
