//! What a fix says of the answer file, as an edited answer file.

use crate::answer_file::AnswerFile;
use crate::diagnosis::Report;
use crate::error::Result;
use crate::finding::Action;
use crate::parameter::is_secret;
use crate::redact::MASK;

/// An edited answer file.
#[derive(Debug, Clone)]
pub struct Patch {
    /// The fix that it carries out.
    pub title: String,
    /// What changes: `-` and `+` lines. Secrets are masked.
    pub changes: Vec<String>,
    /// The file as it is then; what is not edited stays byte for byte.
    pub answers: AnswerFile,
}

/// The answer file with what the first fix that sets parameters says: of the diagnoses in their
/// order, and of the ways to repair in theirs. A value that is to be filled in by a person
/// (`<address>`) is left out. None: no fix changes anything.
///
/// ```
/// use ostack_core::answer_file::{AnswerFile, Dialect};
/// use ostack_core::context::Context;
/// use ostack_core::log::Sources;
/// use ostack_core::report;
/// use ostack_core::rule::KnowledgeBase;
///
/// let text = "[general]\nCONFIG_NEUTRON_L2_AGENT=openvswitch\n\
///             CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS=ovn\n";
/// let answers = AnswerFile::parse(text, Dialect::Python3)?;
/// let context = Context::new().release("victoria")?.answers_text("answers.txt", text)?;
/// let found = ostack_core::diagnose(&Sources::new(), &context, &KnowledgeBase::builtin());
/// let patch = report::patch(&answers, &found)?.expect("a fix sets a parameter");
/// assert_eq!(patch.answers.get("CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS"), Some("openvswitch"));
/// assert_eq!(
///     patch.changes,
///     ["-CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS=ovn", "+CONFIG_NEUTRON_ML2_MECHANISM_DRIVERS=openvswitch"]
/// );
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Errors
/// A value cannot stand in an answer file.
pub fn patch(answers: &AnswerFile, report: &Report) -> Result<Option<Patch>> {
    let fixes = report.diagnoses.iter().flat_map(|diagnosis| &diagnosis.fix);
    for fix in fixes {
        let mut edited = answers.clone();
        let mut changes = Vec::new();
        for step in &fix.steps {
            let Action::Set { param, value } = &step.action else { continue };
            let now = answers.get(param);
            if value.contains('<') || now == Some(value) {
                continue;
            }
            let shown = |value| if is_secret(param) { MASK } else { value };
            changes.extend(now.map(|now| format!("-{param}={}", shown(now))));
            changes.push(format!("+{param}={}", shown(value)));
            edited.set(param, value)?;
        }
        if !changes.is_empty() {
            return Ok(Some(Patch { title: fix.title.clone(), changes, answers: edited }));
        }
    }
    Ok(None)
}
