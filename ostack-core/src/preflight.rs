//! What would make packstack fail, said before it runs: the rules on facts and the computed checks,
//! over what is known of the host.
//!
//! What was not given is unknown, and no rule speaks on what it does not know.

use crate::context::Context;
use crate::diagnosis;
use crate::finding::Finding;
use crate::rule::KnowledgeBase;

/// What the facts say of a host without any log, most severe and surest first.
///
/// ```
/// use ostack_core::context::Context;
/// use ostack_core::preflight;
/// use ostack_core::rule::KnowledgeBase;
/// let context = Context::new()
///     .release("victoria")?
///     .os("centos-8")?
///     .packages_text("rpm-qa.txt", "puppet-agent-7.4.1-1.el8.x86_64\n")?;
/// let findings = preflight::run(&context, &KnowledgeBase::builtin());
/// assert_eq!(findings[0].rule, "puppet_not_from_rdo");
/// assert!(preflight::run(&Context::new(), &KnowledgeBase::builtin()).is_empty());
/// # Ok::<(), ostack_core::Error>(())
/// ```
pub fn run(context: &Context, rules: &KnowledgeBase) -> Vec<Finding> {
    diagnosis::facts(context, rules, crate::CHECKS)
}
