//! Compiles the data into what the crate embeds.

#[allow(dead_code, reason = "the crate uses what the build script does not")]
#[path = "src/parameter/data.rs"]
mod data;
#[allow(dead_code, unreachable_pub, reason = "the crate uses what the build script does not")]
#[path = "src/parameter/kind.rs"]
mod kind;
#[path = "build/parameters.rs"]
mod parameters;

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let bytes = parameters::compile(Path::new("data/parameters"));
    fs::write(out.join("parameters.bin"), bytes).expect("OUT_DIR can be written");
}
