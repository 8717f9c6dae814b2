//! Lints that a file switches off: `# ostack: allow LINT_ID, LINT_ID`.

use std::collections::BTreeMap;

/// Which lints a file's comments allow, by the line that they stand above; line 0: everywhere.
pub(super) struct Allowed<'t>(BTreeMap<usize, Vec<&'t str>>);

impl<'t> Allowed<'t> {
    /// Reads the comments: those before the first section hold for the whole file, others for the
    /// parameter that they stand above.
    pub(super) fn of(text: &'t str) -> Self {
        let mut allowed: BTreeMap<usize, Vec<&'t str>> = BTreeMap::new();
        let mut open: Vec<&'t str> = Vec::new();
        let mut top = true;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix(['#', ';']) {
                let ids = comment.trim().strip_prefix("ostack:").map(str::trim);
                let ids = ids.and_then(|ids| ids.strip_prefix("allow ")).unwrap_or_default();
                open.extend(ids.split([',', ' ']).filter(|id| !id.is_empty()));
                continue;
            }
            if !open.is_empty() && (top || !line.is_empty()) {
                allowed.entry(if top { 0 } else { number }).or_default().append(&mut open);
            }
            open.clear();
            top &= !line.starts_with('[');
        }
        Self(allowed)
    }

    pub(super) fn allows(&self, id: &str, line: Option<usize>) -> bool {
        let at = |line: usize| self.0.get(&line).is_some_and(|ids| ids.contains(&id));
        at(0) || line.is_some_and(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_hold_for_the_file_or_for_the_next_parameter() {
        let text = "# ostack: allow everywhere\n\n[general]\n# ostack: allow here, there\n# why\n\
                    CONFIG_A=1\nCONFIG_B=2\n";
        let allowed = Allowed::of(text);
        assert!(allowed.allows("everywhere", None) && allowed.allows("everywhere", Some(7)));
        assert!(allowed.allows("here", Some(6)) && allowed.allows("there", Some(6)));
        assert!(!allowed.allows("here", Some(7)) && !allowed.allows("here", None));
    }
}
