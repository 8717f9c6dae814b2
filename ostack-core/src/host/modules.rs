//! Puppet modules, as `puppet module list` prints them.

use std::sync::Arc;

use super::Place;

/// A Puppet module in a module path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PuppetModule {
    /// The name without its author, such as `nova`.
    pub name: String,
    /// The author, such as `openstack`, where the module tells one.
    pub author: Option<String>,
    /// The version, where the module tells one.
    pub version: Option<String>,
    /// The folder of the module path that it is in.
    pub folder: Option<String>,
    /// Where it was learnt.
    pub from: Place,
}

/// Reads what `puppet module list` prints, in colours or not; empty where the text is something
/// else.
pub(super) fn parse(name: &str, text: &str) -> Vec<PuppetModule> {
    let file: Arc<str> = name.into();
    let mut folder = None;
    let mut modules = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = without_colours(line);
        if line.starts_with('/') {
            folder = line.split_whitespace().next().map(str::to_owned);
            continue;
        }
        let after = ["├── ", "└── ", "├─┬ ", "└─┬ ", "|-- ", "`-- ", "+-- "]
            .iter()
            .find_map(|branch| Some(line.split_once(branch)?.1));
        let Some((full, version)) = after.and_then(|module| module.split_once(" (")) else {
            continue;
        };
        let version = version.split(')').next().unwrap_or_default();
        // `???` where the module has no metadata.
        let version = version.strip_prefix('v').map(str::to_owned);
        let (author, short) = match full.trim().split_once(['-', '/']) {
            Some((author, short)) => (Some(author.to_owned()), short),
            None => (None, full.trim()),
        };
        modules.push(PuppetModule {
            name: short.to_owned(),
            author,
            version,
            folder: folder.clone(),
            from: Place { file: Arc::clone(&file), line: index + 1 },
        });
    }
    modules
}

/// The line without ANSI sequences of colour.
fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, after)| after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_read_with_and_without_colours() {
        let text = "Warning: Missing dependency 'puppetlabs-apt':\n\
                    /etc/puppet/modules (no modules installed)\n\
                    /usr/share/openstack-puppet/modules\n\
                    ├── logrotate (\u{1b}[0;36m???\u{1b}[0m)\n\
                    ├── openstack-nova (\u{1b}[0;36mv17.4.0\u{1b}[0m)\n\
                    └── puppetlabs-stdlib (v6.3.0)  \u{1b}[31minvalid\u{1b}[0m\n";
        let shown: Vec<_> = parse("modules.txt", text)
            .into_iter()
            .map(|m| format!("{} {:?} {} {:?}", m.from.line, m.author, m.name, m.version))
            .collect();
        assert_eq!(
            shown,
            [
                "4 None logrotate None",
                "5 Some(\"openstack\") nova Some(\"17.4.0\")",
                "6 Some(\"puppetlabs\") stdlib Some(\"6.3.0\")",
            ]
        );
        let ascii = "/etc/puppet/modules\n|-- openstack-nova (v17.4.0)\n`-- x-y (v1.0.0)\n";
        let modules = parse("modules.txt", ascii);
        assert_eq!(modules[1].folder.as_deref(), Some("/etc/puppet/modules"));
        assert!(parse("x", "bash-4.4.20-1.el8.x86_64\n").is_empty());
    }
}
