//! From sources to a report: what broke, why, and what to do.

mod check;
mod condition;
mod conflict;
mod crew;
mod evaluate;
mod live;
mod near;
mod order;
mod profile;
mod rank;
mod scan;
mod surround;
mod unexplained;
mod why;

use std::time::Instant;

use serde::Serialize;

pub use check::{Check, Computed};
pub use condition::Condition;
pub use conflict::{
    EpochDecides, InstalledInTheWay, NeedsLaterRelease, RdoRepositoryMissing,
    RequirementsContradict, SameBuildMissing, TwoReleases,
};
pub use profile::{Profile, RuleTime};
pub use scan::SourceInfo;
pub use surround::surround;
pub use unexplained::{Near, Unexplained};
pub use why::{PatternSeen, Verdict, Why};

use crate::context::{Context, Fact};
use crate::finding::{Finding, printable};
use crate::log::{Run, Sources};
use crate::matcher::Matcher;
use crate::rule::KnowledgeBase;
use evaluate::Evaluation;
use live::Live;
use profile::Clock;
use scan::Scan;

/// The version of the report's JSON form.
pub const SCHEMA: u32 = 1;

/// What a run of logs and facts says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// The version of this crate.
    pub ostack: &'static str,
    /// What was known beside the logs.
    pub context: ContextInfo,
    /// The rule files that were loaded on top of the built-in rules.
    pub rules_loaded: Vec<String>,
    /// What was read.
    pub sources: Vec<SourceInfo>,
    /// packstack's run, where the logs show one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunInfo>,
    /// What is wrong, likeliest first.
    pub diagnoses: Vec<Finding>,
    /// Errors that no rule explains, what likely matters first.
    pub unexplained: Vec<Unexplained>,
}

impl Report {
    /// Whether anything was found.
    pub fn is_empty(&self) -> bool {
        self.diagnoses.is_empty() && self.unexplained.is_empty()
    }
}

/// What was known beside the logs, and where from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ContextInfo {
    /// The operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<Fact<String>>,
    /// The release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Fact<String>>,
    /// How many packages the list holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packages: Option<Fact<usize>>,
    /// Those of them that matter to most failures, such as `puppet-6.14.0-2.el8.noarch`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// How many parameters the answer file holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<Fact<usize>>,
}

impl ContextInfo {
    /// What a context holds.
    pub fn of(context: &Context) -> Self {
        Self {
            os: context
                .known_os()
                .map(|os| Fact { value: os.value.to_string(), from: os.from.clone() }),
            release: context
                .known_release()
                .map(|r| Fact { value: r.value.to_string(), from: r.from.clone() }),
            packages: context.package_list(),
            versions: versions(context),
            answers: context
                .answer_file()
                .map(|a| Fact { value: a.value.entries().count(), from: a.from.clone() }),
        }
    }
}

/// The host's packages that a reader of a bug report asks for first.
fn versions(context: &Context) -> Vec<String> {
    const NAMES: [&str; 18] = [
        "openstack-packstack",
        "openstack-packstack-puppet",
        "puppet",
        "puppet-agent",
        "hiera",
        "facter",
        "kernel",
        "openstack-selinux",
        "selinux-policy",
        "network-scripts",
        "NetworkManager",
        "mariadb-server",
        "rabbitmq-server",
        "rdo-openvswitch",
        "openvswitch",
        "ovn-2021",
        "ovn2.13",
        "libvirt-daemon",
    ];
    let named = NAMES.iter().filter_map(|name| context.host().package(name));
    let released = context.host().packages().iter().filter(|package| {
        ["centos-release-openstack-", "rdo-release"]
            .iter()
            .any(|p| package.nevra.name.starts_with(p))
    });
    named.chain(released).map(|package| printable(&package.nevra.to_string())).collect()
}

/// packstack's run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunInfo {
    /// Its steps and manifests, in order.
    pub steps: Vec<StepInfo>,
    /// The one that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_step: Option<String>,
    /// The manifest that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_manifest: Option<String>,
    /// The first time stamp of its setup log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// The last time stamp of its setup log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// How long that is, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// The logs that packstack names, as paths on its host.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<String>,
}

/// A step of packstack's run, or a manifest.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepInfo {
    /// What it does.
    pub title: String,
    /// `done`, `error` or `begun`.
    pub state: &'static str,
    /// The host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}

/// Reads sources, matches rules, and says what was found; `checks` are the computed ones that rules
/// may name. [`crate::diagnose`] brings all of this crate's.
pub fn diagnose(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
) -> Report {
    report(scan(sources, rules), context, rules, checks, |_, _| ()).0
}

/// As [`diagnose`], and says where the time went.
pub fn diagnose_profiled(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
) -> (Report, Profile) {
    let (matcher, clock) = (Matcher::new(rules).tallied(), Clock::default());
    let scan = Scan::of(sources, &matcher, None, Some(&clock));
    let since = Instant::now();
    let report = report(scan, context, rules, checks, |_, _| ()).0;
    (report, clock.profile(&matcher, rules, since.elapsed()))
}

/// What the context alone says: the rules that need no log.
pub fn facts(context: &Context, rules: &KnowledgeBase, checks: &[&dyn Check]) -> Vec<Finding> {
    let (redactor, scan) = (context.redactor(), Scan::default());
    let evaluation = Evaluation { rules, context, redactor: &redactor, scan: &scan, checks };
    let (candidates, _) = evaluation.candidates();
    rank::findings(&evaluation, candidates)
}

/// As [`diagnose`], with a matcher that was made before: for many short runs, and to hold the real
/// matcher against the [exhaustive](Matcher::exhaustive) one.
pub fn diagnose_with(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
    matcher: &Matcher<'_>,
) -> Report {
    report(Scan::of(sources, matcher, None, None), context, rules, checks, |_, _| ()).0
}

/// As [`diagnose`], and says of one rule why it fired or did not.
///
/// # Errors
/// There is no rule with this id.
pub fn why(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
    id: &str,
) -> crate::Result<(Report, Why)> {
    let index = rules.index(id)?;
    let why = |evaluation: &Evaluation<'_>, diagnoses: &[Finding]| evaluation.why(index, diagnoses);
    Ok(report(scan(sources, rules), context, rules, checks, why))
}

/// As [`diagnose`], and tells of what is found while the sources are read: of each finding once, and
/// as soon as nothing that may still come can take it back but packstack's success. One that turns
/// out to be a symptom of another is told of nonetheless; the report puts it in its place.
pub fn diagnose_live(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
    mut found: impl FnMut(&Finding),
) -> Report {
    let redactor = context.redactor();
    let mut live = Live::new();
    let mut look = |scan: &Scan| {
        live.look(&Evaluation { rules, context, redactor: &redactor, scan, checks }, &mut found);
    };
    let scan = Scan::of(sources, &Matcher::new(rules), Some(&mut look), None);
    report(scan, context, rules, checks, |_, _| ()).0
}

/// Reads sources; where there are none, nothing is made ready to look for.
fn scan(sources: &Sources, rules: &KnowledgeBase) -> Scan {
    if sources.is_empty() {
        return Scan::default();
    }
    Scan::of(sources, &Matcher::new(rules), None, None)
}

fn report<T>(
    mut scan: Scan,
    context: &Context,
    rules: &KnowledgeBase,
    checks: &[&dyn Check],
    also: impl FnOnce(&Evaluation<'_>, &[Finding]) -> T,
) -> (Report, T) {
    let redactor = context.redactor();
    let groups = std::mem::take(&mut scan.groups);
    let evaluation = Evaluation { rules, context, redactor: &redactor, scan: &scan, checks };
    let (candidates, known) = evaluation.candidates();
    let diagnoses = rank::findings(&evaluation, candidates);
    let paths: Vec<String> = scan.sources.iter().map(|source| source.path.clone()).collect();
    let unexplained = groups.unexplained(&known, scan.run.as_ref(), &paths, &redactor);
    let also = also(&evaluation, &diagnoses);
    let report = Report {
        schema: SCHEMA,
        ostack: env!("CARGO_PKG_VERSION"),
        context: ContextInfo::of(context),
        rules_loaded: rules.loaded().to_vec(),
        run: scan.run.as_ref().map(run_info),
        sources: scan.sources,
        diagnoses,
        unexplained,
    };
    (report, also)
}

fn run_info(run: &Run) -> RunInfo {
    let steps = run.steps.iter().map(|step| StepInfo {
        title: printable(&step.title),
        state: step.state.as_str(),
        host: step.host.clone(),
        manifest: step.manifest.clone(),
        start: step.start.clone(),
        seconds: step.seconds,
    });
    RunInfo {
        steps: steps.collect(),
        failed_step: run.failed_step.as_deref().map(printable),
        failed_manifest: run.failed_manifest.as_deref().map(printable),
        started: run.started.clone(),
        ended: run.ended.clone(),
        seconds: run.seconds,
        logs: run.log_paths.iter().map(|path| printable(path)).collect(),
    }
}
