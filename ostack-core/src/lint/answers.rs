//! What the lints know of an answer file.

use std::collections::BTreeSet;

use super::values;
use crate::answer_file::{AnswerFile, Deployed, Severity, Values, Verdict};
use crate::context::Context;
use crate::diagnosis::Computed;
use crate::parameter::{Catalogue, Parameter};
use crate::release::Release;

/// An answer file, and what a release's packstack makes of it.
pub(super) struct Answers<'c> {
    pub(super) context: &'c Context,
    pub(super) file: &'c AnswerFile,
    pub(super) release: Release,
    pub(super) catalogue: &'static Catalogue,
    /// The processed values of the active parameters, whether packstack takes them or not.
    pub(super) values: Values,
    /// None where packstack refuses the file.
    pub(super) deployed: Option<Deployed>,
}

/// A value that packstack refuses.
pub(super) struct Refused {
    pub(super) param: String,
    pub(super) why: String,
}

impl<'c> Answers<'c> {
    pub(super) fn of(context: &'c Context) -> Option<Self> {
        let file = &context.answer_file()?.value;
        let release = context.known_release()?.value;
        let os = context.known_os().map(|os| os.value.to_string());
        Some(Self {
            context,
            file,
            release,
            catalogue: Catalogue::of(release.id()).ok()?,
            values: file.looked_at(release.id(), os.as_deref()).ok()?,
            deployed: file.deployed(release.id(), os.as_deref()).ok(),
        })
    }

    fn verdict(&self) -> Option<Verdict> {
        let os = self.context.known_os().map(|os| os.value.to_string());
        self.file.check(self.release.id(), os.as_deref()).ok()
    }

    /// The values that packstack refuses, and why.
    pub(super) fn refused(&self) -> Vec<Refused> {
        let problems = self.verdict().map_or_else(Vec::new, |verdict| verdict.problems);
        let refusals = problems.into_iter().filter(|p| p.severity == Severity::Error);
        let refused = refusals.filter_map(|p| Some(Refused { param: p.param?, why: p.message }));
        refused.collect()
    }

    /// The parameters that only the live host can check.
    pub(super) fn unchecked(&self) -> Vec<String> {
        let problems = self.verdict().map_or_else(Vec::new, |verdict| verdict.problems);
        let unchecked = problems.into_iter().filter(|p| p.severity == Severity::Info);
        unchecked.filter_map(|p| p.param).collect()
    }

    pub(super) fn is_active(&self, name: &str) -> bool {
        self.values.get(name).is_some()
    }

    /// Whether an active parameter is `y`.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.value(name) == "y"
    }

    /// An active parameter's value as it will be deployed; empty where it is not active.
    pub(super) fn value(&self, name: &str) -> &str {
        let values = self.deployed.as_ref().map_or(&self.values, |deployed| &deployed.values);
        values.get(name).map_or("", |value| value.text())
    }

    /// The parts of a comma list.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.value(name).split(',').map(str::trim).filter(|part| !part.is_empty())
    }

    /// What the file says of a parameter of this release, where that is a choice: not the default,
    /// which for some parameters the machine decides, or chance.
    pub(super) fn chosen(&self, parameter: &Parameter) -> Option<&str> {
        let value = self.file.get(parameter.name)?;
        let open = parameter.secret || parameter.default.contains('{');
        (!open && value != parameter.default).then_some(value)
    }

    /// A finding on parameters, with the lines of those that the file gives.
    pub(super) fn found<const N: usize>(
        &self,
        params: &[&str],
        pairs: [(&'static str, String); N],
    ) -> Computed {
        let mut seen = BTreeSet::new();
        let once = params.iter().filter(|name| seen.insert(**name));
        let evidence = once.filter_map(|name| self.context.answer_evidence(name)).collect();
        Computed { values: values(pairs), evidence, assumes: Vec::new() }
    }
}
