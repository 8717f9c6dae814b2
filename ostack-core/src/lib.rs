//! Reads a failed packstack (OpenStack RDO) installation and says what broke, why, and what to do.
//!
//! ```
//! use ostack_core::context::Context;
//! use ostack_core::log::{Source, Sources};
//! use ostack_core::rule::KnowledgeBase;
//!
//! let log = "Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'\n";
//! let mut sources = Sources::new();
//! sources.push(Source::bytes("192.0.2.2_controller.pp.log", log));
//! let report = ostack_core::diagnose(
//!     &sources,
//!     &Context::new().release("victoria")?,
//!     &KnowledgeBase::builtin(),
//! );
//! assert_eq!(report.diagnoses[0].component, "puppet");
//! println!("{}", ostack_core::report::text(&report, &Default::default()));
//! # Ok::<(), ostack_core::Error>(())
//! ```
//!
//! Data flows one way, and the modules stand in that order; none imports from one that comes after it:
//! [`span`], [`error`] → [`version`] → [`release`], [`parameter`] → [`host`], [`answer_file`], [`log`] → [`redact`] →
//! [`context`] → [`rule`] → [`matcher`] → [`finding`] → [`diagnosis`] → [`audit`], [`lint`],
//! [`preflight`], [`plan`] → [`report`] → [`authoring`].
//!
//! The crate never prints, never exits, reads no environment, starts no process and opens no socket.

pub mod answer_file;
pub mod audit;
pub mod authoring;
pub mod context;
pub mod diagnosis;
pub mod error;
pub mod finding;
pub mod host;
pub mod lint;
pub mod log;
pub mod matcher;
pub mod parameter;
pub mod plan;
pub mod preflight;
pub mod redact;
pub mod release;
pub mod report;
pub mod rule;
pub mod span;
pub mod version;

pub use error::{Error, ErrorKind, Result};

use answer_file::{AnswerFile, Verdict};
use context::Context;
use diagnosis::{Check, Profile, Report, Why};
use log::Sources;
use release::{Os, Release};
use rule::KnowledgeBase;

/// The computed checks that a diagnosis runs.
pub const CHECKS: &[&dyn Check] = &[
    &audit::PuppetNotFromRdo,
    &audit::BridgeIfaceWithoutNetworkScripts,
    &audit::RdoOpenvswitchPullsOvn2021,
    &audit::PackagesOfOtherRelease,
    &audit::PuppetModulesOfOtherRelease,
    &audit::TwoReleasesAtOnce,
    &audit::PackagesNotFromRdo,
    &audit::LeathermanBreaksFacter,
    &audit::MariadbPackagesMixed,
    &audit::PipOverPackages,
    &lint::MechanismDriverReplaced,
    &lint::ValueInvalid,
    &diagnosis::SameBuildMissing,
    &diagnosis::TwoReleases,
    &diagnosis::NeedsLaterRelease,
    &diagnosis::RdoRepositoryMissing,
    &diagnosis::EpochDecides,
    &diagnosis::InstalledInTheWay,
    &diagnosis::RequirementsContradict::RPM,
    &diagnosis::RequirementsContradict::PIP,
];

/// All computed checks: [`CHECKS`], and those that speak only where an answer file is checked, or a
/// host before packstack runs.
pub fn checks() -> Vec<&'static dyn Check> {
    let lints = lint::LINTS.iter().map(|lint| lint as &dyn Check);
    let host = preflight::CHECKS.iter().map(|check| check as &dyn Check);
    CHECKS.iter().copied().chain(lints).chain(host).collect()
}

/// Reads the sources, matches the rules, and says what was found.
///
/// A source that cannot be read to its end is named in the report; what was read of it counts.
pub fn diagnose(sources: &Sources, context: &Context, rules: &KnowledgeBase) -> Report {
    diagnosis::diagnose(sources, context, rules, CHECKS)
}

/// As [`diagnose`], and says where the time went.
///
/// ```
/// use ostack_core::log::{Source, Sources};
/// let log = "Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'\n";
/// let mut sources = Sources::new();
/// sources.push(Source::bytes("run.log", log));
/// let rules = ostack_core::rule::KnowledgeBase::builtin();
/// let (report, profile) = ostack_core::diagnose_profiled(&sources, &Default::default(), &rules);
/// assert!(profile.rules.iter().any(|rule| rule.rule == report.diagnoses[0].rule && rule.matched == 1));
/// ```
pub fn diagnose_profiled(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
) -> (Report, Profile) {
    diagnosis::diagnose_profiled(sources, context, rules, CHECKS)
}

/// As [`diagnose`], for a log that is still being written: `found` is told of each finding as it
/// comes, and the report is there when the log has ended.
///
/// ```
/// use ostack_core::log::{Source, Sources};
/// let log = "Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'\n\
///            Notice: more\nNotice: and more\n";
/// let mut sources = Sources::new();
/// sources.push(Source::reader("<stdin>", Box::new(log.as_bytes())));
/// let mut told = Vec::new();
/// let rules = ostack_core::rule::KnowledgeBase::builtin();
/// let report = ostack_core::diagnose_live(&sources, &Default::default(), &rules, |finding| {
///     told.push(finding.rule.clone());
/// });
/// assert_eq!(told, [report.diagnoses[0].rule.as_str()]);
/// ```
pub fn diagnose_live(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
    found: impl FnMut(&finding::Finding),
) -> Report {
    diagnosis::diagnose_live(sources, context, rules, CHECKS, found)
}

/// As [`diagnose`], and says of one rule why it fired or did not, with the values that it saw.
///
/// # Errors
/// There is no rule with this id.
pub fn why(
    sources: &Sources,
    context: &Context,
    rules: &KnowledgeBase,
    id: &str,
) -> Result<(Report, Why)> {
    diagnosis::why(sources, context, rules, CHECKS, id)
}

/// packstack's verdict on the bytes of an answer file, and the lints beside it.
///
/// ```
/// use ostack_core::release::Release;
/// use ostack_core::rule::KnowledgeBase;
/// let text = b"[general]\nCONFIG_NEUTRON_L2_AGENT=openvswitch\nCONFIG_HEAT_INSTAL=y\n";
/// let release = Release::parse("victoria")?;
/// let verdict = ostack_core::check_answers(text, release, None, &KnowledgeBase::builtin())?;
/// assert!(verdict.accepted, "packstack ignores what it does not know");
/// assert!(verdict.problems.iter().any(|problem| problem.code == "answer_parameter_unknown"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Errors
/// Where the release's packstack cannot be followed (before juno).
pub fn check_answers(
    bytes: &[u8],
    release: Release,
    os: Option<Os>,
    rules: &KnowledgeBase,
) -> Result<Verdict> {
    lint::check(bytes, release, os, rules, &checks())
}

/// Repairs in an answer file what is safe to repair, and says what was done.
///
/// ```
/// use ostack_core::answer_file::{AnswerFile, Dialect};
/// use ostack_core::release::Release;
/// use ostack_core::rule::KnowledgeBase;
/// let text = "[general]\nCONFIG_MYSQL_HOST=192.0.2.2\n";
/// let mut file = AnswerFile::parse(text, Dialect::Python3)?;
/// let release = Release::parse("victoria")?;
/// ostack_core::fix_answers(&mut file, release, None, &KnowledgeBase::builtin())?;
/// assert_eq!(file.text(), "[general]\nCONFIG_MARIADB_HOST=192.0.2.2\n");
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Errors
/// Where the file cannot hold a value; what was repaired before stays.
pub fn fix_answers(
    file: &mut AnswerFile,
    release: Release,
    os: Option<Os>,
    rules: &KnowledgeBase,
) -> Result<Vec<String>> {
    lint::fix(file, release, os, rules, &checks())
}
