//! Compiles the rules into the table that is embedded: `rules.bin`, read lazily at run time.

#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the crate uses what the build script does not"
)]
#[path = "src/error.rs"]
mod error;
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the crate uses what the build script does not"
)]
#[path = "src/rule/format/mod.rs"]
mod format;
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the crate uses what the build script does not"
)]
#[path = "src/span.rs"]
mod span;

use std::path::{Path, PathBuf};
use std::{env, fs};

use format::{Head, Table};

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    let rules = Path::new("rules");
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rule/format");
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
    let anchors = parsed.iter().enumerate().flat_map(|(r, (rule, _))| {
        rule.patterns.iter().enumerate().flat_map(move |(p, pattern)| {
            pattern.anchors.iter().map(move |literal| (literal.as_slice(), r as u16, p as u8))
        })
    });
    let table = Table {
        heads: parsed.iter().map(|(rule, _)| Head::of(rule)).collect(),
        anchors: anchors.collect(),
        bodies: bodies.iter().map(Vec::as_slice).collect(),
        tests: tests.iter().map(Vec::as_slice).collect(),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let bytes = postcard::to_stdvec(&table).expect(encode);
    fs::write(out.join("rules.bin"), bytes).expect("OUT_DIR can be written");
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
