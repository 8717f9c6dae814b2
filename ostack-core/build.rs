//! Compiles the rules and the data into what the crate embeds. What a file of the crate needs to be
//! read at build time is compiled here too: a user's rules are read by the same parser.

#[allow(dead_code, unreachable_pub, reason = "the crate uses what the build script does not")]
#[path = "src/parameter/data.rs"]
mod data;
#[allow(dead_code, unreachable_pub, reason = "the crate uses what the build script does not")]
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
#[allow(dead_code, unreachable_pub, reason = "the crate uses what the build script does not")]
#[path = "src/parameter/kind.rs"]
mod kind;
#[path = "build/parameters.rs"]
mod parameters;
#[path = "build/rules.rs"]
mod rules;
#[allow(dead_code, unreachable_pub, reason = "the crate uses what the build script does not")]
#[path = "src/span.rs"]
mod span;

use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    for source in [
        "build",
        "data/usual.log",
        "src/error.rs",
        "src/parameter",
        "src/rule/format",
        "src/span.rs",
    ] {
        println!("cargo::rerun-if-changed={source}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let write = |name, bytes| fs::write(out.join(name), bytes).expect("OUT_DIR can be written");
    write("parameters.bin", parameters::compile(Path::new("data/parameters")));
    write("rules.bin", rules::compile(Path::new("rules")));
}
