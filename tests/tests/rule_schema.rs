//! The JSON Schema of rule files says what the parser takes; `ostack-py/tests/test_schema.py` holds
//! every built-in rule against it.

use std::collections::BTreeSet;

use ostack_core::authoring::{COMPONENTS, LINTS, SCHEMA};
use ostack_core::log::Kind;
use ostack_core::rule::parse;
use serde_json::Value;

const HEAD: &str = "format = 1\nid = \"x\"\ntitle = \"x\"\ncomponent = \"host\"\nseverity = \"error\"\ncause = \"x\"\n";

/// The keys that the parser names when it meets one that it does not know.
fn keys(text: &str) -> BTreeSet<String> {
    let error = parse("x.toml", &format!("{HEAD}{text}")).expect_err("a key that it does not know");
    let named: Vec<&str> = error.message().split('`').skip(1).step_by(2).collect();
    assert_eq!(named[0], "nonsense", "{error}");
    named[1..].iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn it_has_the_keys_that_the_parser_takes() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let defined = |object: &Value| -> BTreeSet<String> {
        object["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let tables = [
        ("allow", "allow = [{ nonsense = 1 }]"),
        ("match", "[match]\nnonsense = 1"),
        ("pattern", "[[pattern]]\nnonsense = 1"),
        ("within", "[[pattern]]\nname = \"p\"\nregex = \"pppp\"\nwithin = { nonsense = 1 }"),
        ("when", "[when]\nnonsense = 1"),
        ("file", "[[when.file]]\nnonsense = 1"),
        ("check", "[[check]]\nnonsense = 1"),
        ("fix", "[[fix]]\nnonsense = 1"),
        ("fix_when", "[[fix]]\ntitle = \"x\"\nwhen = { nonsense = 1 }"),
        ("step", "[[fix]]\ntitle = \"x\"\n[[fix.step]]\nnonsense = 1"),
        ("edit", "[[fix]]\ntitle = \"x\"\n[[fix.step]]\nedit = { nonsense = 1 }"),
        ("verify", "[verify]\nnonsense = 1"),
        ("again", "[again]\nnonsense = 1"),
        ("test", "[[test]]\nnonsense = 1"),
    ];
    assert_eq!(defined(&schema), keys("nonsense = 1"));
    for (name, text) in tables {
        assert_eq!(defined(&schema["definitions"][name]), keys(text), "{name}");
    }
    // What is not a table of one form only, and so has no list of keys in an error.
    let all: BTreeSet<&str> =
        schema["definitions"].as_object().unwrap().keys().map(String::as_str).collect();
    let known = tables.iter().map(|(name, _)| *name).chain(["explains"]).collect();
    assert_eq!(all, known);
}

#[test]
fn it_has_the_names_that_there_are() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let definitions = &schema["definitions"];
    let names = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let lints: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
    assert_eq!(names(&definitions["allow"]["properties"]["lint"]["enum"]), lints);
    let kinds = Kind::ALL.map(Kind::as_str);
    assert_eq!(names(&definitions["pattern"]["properties"]["record"]["enum"]), kinds);
    assert_eq!(names(&schema["properties"]["component"]["examples"]), COMPONENTS);
}
