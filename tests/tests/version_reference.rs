//! Holds `ostack_core::version` against librpm, `SemanticPuppet` and Python's `packaging`.
//!
//! The answers of those implementations are tables in the folder `versions` of the reference data:
//! `$OSTACK_REFERENCE`, or `shared` beside the workspace. Without it the test is skipped.

#![expect(clippy::print_stdout, reason = "a test says how many cases it held, or why none")]

use std::path::PathBuf;

use ostack_core::Result;
use ostack_core::version::{Constraint, Scheme, Version};
use serde_json::Value;

fn reference() -> PathBuf {
    std::env::var_os("OSTACK_REFERENCE").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
        PathBuf::from,
    )
}

/// What we say of a case, in the words of its table.
fn answer(case: &Value) -> Result<Value> {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let compare = |scheme| -> Result<Value> {
        let (a, b) = (Version::parse(text("a"), scheme)?, Version::parse(text("b"), scheme)?);
        Ok((a.compare(&b)? as i8).into())
    };
    let allows = |constraint, scheme| -> Result<Value> {
        let constraint = Constraint::parse(text(constraint), scheme)?;
        Ok(constraint.allows(&Version::parse(text("version"), scheme)?)?.into())
    };
    match text("kind") {
        "rpmvercmp" | "compare" => compare(Scheme::Rpm),
        "pep440-compare" => compare(Scheme::Pep440),
        "pep440-match" => allows("spec", Scheme::Pep440),
        "puppet-range" => allows("range", Scheme::Puppet),
        "satisfies" => {
            let require = Constraint::parse(text("require"), Scheme::Rpm)?;
            let provide = Constraint::parse(text("provide"), Scheme::Rpm)?;
            Ok(require.overlaps(&provide)?.into())
        }
        other => panic!("the table has a kind that is not known here: {other}"),
    }
}

fn check(table: &str) {
    let path = reference().join("versions").join(table);
    let Ok(lines) = std::fs::read_to_string(&path) else {
        println!("skipped: no reference data at {}", path.display());
        return;
    };
    let cases: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let differs = |case: &&Value| match answer(case) {
        Ok(ours) => {
            ![&case["cmp"], &case["overlap"], &case["include"], &case["contains"]].contains(&&ours)
        }
        Err(_) => case["error"].is_null(),
    };
    let differing: Vec<_> = cases.iter().filter(differs).map(Value::to_string).collect();
    assert!(
        differing.is_empty(),
        "{} of {} cases differ:\n{}",
        differing.len(),
        cases.len(),
        differing.join("\n")
    );
    println!("{table}: all {} cases agree", cases.len());
}

#[test]
fn rpms_own_comparison_table() {
    check("rpmvercmp.jsonl");
}

#[test]
fn answers_of_the_reference_implementations() {
    check("oracle.dev.jsonl");
}
