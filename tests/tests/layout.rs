//! Data flows one way: no module of the core imports one that comes after it.

use std::path::{Path, PathBuf};

use ostack_tests::path;

const ORDER: [&str; 20] = [
    "span",
    "error",
    "version",
    "release",
    "parameter",
    "host",
    "answer_file",
    "log",
    "redact",
    "context",
    "rule",
    "matcher",
    "finding",
    "diagnosis",
    "audit",
    "lint",
    "preflight",
    "plan",
    "report",
    "authoring",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the core") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_module_imports_one_that_comes_after_it() {
    let core = path("../ostack-core/src");
    let mut files = Vec::new();
    sources(&core, &mut files);
    let place = |module: &str| ORDER.iter().position(|known| *known == module);
    let mut wrong = Vec::new();
    for file in files {
        let inner = file.strip_prefix(&core).unwrap();
        let module = inner.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let own = place(module).unwrap_or_else(|| panic!("{module} has no place in the order"));
        let text = std::fs::read_to_string(&file).unwrap();
        // What tests and examples import does not count.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for part in line.split("crate::").skip(1) {
                let end =
                    part.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(part.len());
                if place(&part[..end]).is_some_and(|other| other > own) {
                    wrong.push(format!("{}: {}", inner.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
