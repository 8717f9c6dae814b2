//! The rules, compiled into the table that is embedded and read lazily at run time.

use std::fs;
use std::path::{Path, PathBuf};

use crate::format::{self, Head, Table, Wake};

/// The table of all rules below a folder.
#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
pub(crate) fn compile(rules: &Path) -> Vec<u8> {
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut files = Vec::new();
    for component in read_dir(rules).into_iter().filter(|path| path.is_dir()) {
        println!("cargo::rerun-if-changed={}", component.display());
        files.extend(
            read_dir(&component).into_iter().filter(|p| p.extension().is_some_and(|e| e == "toml")),
        );
    }
    let mut parsed: Vec<_> = files.iter().map(|path| parse(path)).collect();
    parsed.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    for pair in parsed.windows(2) {
        assert!(pair[0].0.id != pair[1].0.id, "two rules have the id `{}`", pair[0].0.id);
    }
    let encode = "what serde derives can be encoded";
    let bodies: Vec<Vec<u8>> =
        parsed.iter().map(|(rule, _)| postcard::to_stdvec(rule).expect(encode)).collect();
    let tests: Vec<Vec<u8>> =
        parsed.iter().map(|(_, tests)| postcard::to_stdvec(tests).expect(encode)).collect();
    let anchors = parsed.iter().enumerate().flat_map(|(index, (rule, _))| Wake::of(index, rule));
    let table = Table {
        heads: parsed.iter().map(|(rule, _)| Head::of(rule)).collect(),
        anchors: anchors.collect(),
        bodies: bodies.iter().map(Vec::as_slice).collect(),
        tests: tests.iter().map(Vec::as_slice).collect(),
    };
    postcard::to_stdvec(&table).expect(encode)
}

fn read_dir(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("a folder's entry").path()).collect();
    paths.sort();
    paths
}

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn parse(path: &Path) -> (format::Rule, Vec<format::RuleTest>) {
    let name = path.display().to_string().replace('\\', "/");
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{name}: {e}"));
    format::parse(&name, &text).unwrap_or_else(|error| {
        println!("cargo::error={}", error.to_string().replace('\n', "\ncargo::error="));
        panic!("{name} is not a rule")
    })
}
