//! Holds answer files against packstack's own behaviour, where the reference is at hand
//! (`OSTACK_REFERENCE`, a folder with `packstack/` in it).

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use flate2::read::MultiGzDecoder;
use ostack_core::answer_file::{AnswerFile, Dialect, Machine, Severity, Value, Verdict};
use ostack_core::parameter::{Catalogue, Condition};
use serde_json::Value as Json;

const RANDOM: &str = "RANDOMPASSWORD00";

/// The folder of the reference; says why where a test is skipped.
fn reference() -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");
    let root = std::env::var_os("OSTACK_REFERENCE").map_or_else(|| default.into(), PathBuf::from);
    let packstack = root.join("packstack");
    if !packstack.is_dir() {
        skip(&format!("no {} (set OSTACK_REFERENCE)", packstack.display()));
        return None;
    }
    Some(packstack)
}

#[expect(clippy::print_stderr, reason = "who runs the tests is told what was left out")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

fn rows(name: &str) -> Vec<Json> {
    let Some(folder) = reference() else {
        return Vec::new();
    };
    let file = File::open(folder.join(name)).expect("the reference is readable");
    let plain: Box<dyn Read> =
        if name.contains(".gz") { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let lines = BufReader::new(plain).lines();
    lines.map(|line| serde_json::from_str(&line.expect("a line")).expect("JSON")).collect()
}

fn text<'j>(row: &'j Json, key: &str) -> &'j str {
    row[key].as_str().unwrap_or_default()
}

fn is_random(value: &str) -> bool {
    value.len() == 16 && value.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Fails with everything that disagrees.
fn agree(misses: &[String], of: usize) {
    assert!(misses.is_empty(), "{} of {of} disagree:\n{}", misses.len(), misses.join("\n"));
}

#[test]
fn verdicts_are_packstacks() {
    let rows = rows("verdicts.dev.jsonl.gz");
    let miss = |row: &Json| {
        let verdict = Verdict::of(text(row, "text"), text(row, "release"), None).expect("release");
        let accepted = row["accepted"] == true;
        let errors = verdict.problems.iter().filter(|p| p.severity == Severity::Error);
        let first = errors.map(|p| p.param.as_deref()).next().flatten();
        let same = verdict.accepted == accepted
            && (accepted || first.unwrap_or_default() == text(row, "param"));
        (!same).then(|| format!("{}: {} | {:?}", row["id"], row["error"], verdict.problems.first()))
    };
    agree(&rows.iter().filter_map(miss).collect::<Vec<_>>(), rows.len());
}

#[test]
fn processed_values_are_packstacks() {
    let rows: Vec<_> = rows("verdicts.dev.jsonl.gz");
    let rows: Vec<_> = rows.iter().filter(|row| row["accepted"] == true).collect();
    let miss = |row: &&Json| {
        let release = text(row, "release");
        let dialect = Dialect::of(release, None);
        let file = AnswerFile::parse(text(row, "text"), dialect).expect("it parses");
        let values = file.effective(release, None).expect("it is accepted");
        let expected = row["effective"].as_object().expect("values");
        let same = |name: &str, value: &Value| match (value, expected.get(name)) {
            (Value::Bool(value), Some(Json::Bool(expected))) => value == expected,
            (Value::Text(value), Some(Json::String(expected))) => {
                value == expected || expected == RANDOM && is_random(value)
            }
            _ => false,
        };
        let odd: Vec<_> = values.iter().filter(|(name, value)| !same(name, value)).collect();
        let missing: Vec<_> = expected.keys().filter(|k| values.get(k).is_none()).collect();
        (!odd.is_empty() || !missing.is_empty()).then(|| {
            let expected: Vec<_> = odd.iter().map(|(name, _)| expected.get(*name)).collect();
            format!("{}: {odd:?}, expected {expected:?}; missing {missing:?}", row["id"])
        })
    };
    agree(&rows.iter().filter_map(miss).collect::<Vec<_>>(), rows.len());
}

#[test]
fn new_files_are_packstacks() {
    let rows = rows("generate.dev.jsonl");
    let miss = |row: &Json| {
        let flags: Vec<&str> =
            row["flags"].as_array().expect("flags").iter().filter_map(Json::as_str).collect();
        let machine = Machine {
            local_ip: text(row, "local_ip").into(),
            hostname: text(row, "hostname").into(),
            home: "/root".into(),
        };
        let fails = row["rc"] != 0;
        let file = match AnswerFile::generate(text(row, "release"), &flags, &machine) {
            Ok(file) if !fails => file,
            Err(_) if fails => return None,
            Ok(_) => return Some(format!("{}: expected {}", row["id"], row["messages"])),
            Err(error) => return Some(format!("{}: {error}", row["id"])),
        };
        let expected = row["values"].as_array().expect("values");
        let pairs = expected.iter().map(|pair| (text_at(pair, 0), text_at(pair, 1)));
        let entries: Vec<_> =
            file.entries().map(|entry| (entry.name.as_str(), entry.value.as_str())).collect();
        let odd = pairs.zip(&entries).find(|((name, expected), (our_name, value))| {
            name != our_name || value != expected && !(*expected == RANDOM && is_random(value))
        });
        let lengths = (expected.len(), entries.len());
        (odd.is_some() || lengths.0 != lengths.1)
            .then(|| format!("{}: {odd:?}, {lengths:?}", row["id"]))
    };
    agree(&rows.iter().filter_map(miss).collect::<Vec<_>>(), rows.len());
}

fn text_at(pair: &Json, at: usize) -> &str {
    pair[at].as_str().unwrap_or_default()
}

#[test]
fn the_catalogue_is_packstacks() {
    let Some(folder) = reference() else { return };
    let mut misses = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder.join("schema")).expect("schemas") {
        let path = entry.expect("a schema").path();
        let schema: Json =
            serde_json::from_reader(File::open(&path).expect("readable")).expect("JSON");
        let release = path.file_stem().and_then(|stem| stem.to_str()).expect("a release");
        let catalogue = Catalogue::of(release).expect("a release that we know");
        let groups = schema["groups"].as_array().expect("groups");
        let names: Vec<_> = groups.iter().map(|group| text(group, "group")).collect();
        let ours: Vec<_> = catalogue.groups.iter().map(|group| group.name).collect();
        if names != ours {
            misses.push(format!("{release}: groups {ours:?}, expected {names:?}"));
            continue;
        }
        for (group, ours) in groups.iter().zip(&catalogue.groups) {
            let tests = match &ours.when {
                Condition::AnyOf(lists) => lists.iter().map(Vec::len).collect(),
                Condition::Always | Condition::Unknown => Vec::new(),
            };
            let lists = group["active_when"]["any_of"].as_array();
            let expected: Vec<_> = lists.map_or(Vec::new(), |lists| {
                lists.iter().map(|list| list.as_array().map_or(0, Vec::len)).collect()
            });
            if tests != expected && ours.when != Condition::Unknown {
                misses.push(format!("{release}: {} {}", ours.name, ours.when));
            }
            let params = group["params"].as_array().expect("parameters");
            if params.len() != ours.parameters.len() {
                misses.push(format!("{release}: the parameters of {}", ours.name));
            }
            for (param, ours) in params.iter().zip(&ours.parameters) {
                count += 1;
                let list = |key: &str| -> Vec<String> {
                    let items = param[key].as_array().map_or(&[][..], Vec::as_slice);
                    items.iter().map(plain).collect()
                };
                let validators: Vec<_> =
                    ours.validators.iter().map(|v| format!("validate_{}", name_of(v))).collect();
                let processors: Vec<_> =
                    ours.processors.iter().map(|p| format!("process_{}", name_of(p))).collect();
                let default = plain(&param["default"]);
                let same = ours.name == text(param, "name")
                    && ours.flag == param["flag"].as_str()
                    && (ours.default == default
                        || ours.default == "{random}" && default.len() >= 16)
                    && ours.options == list("options")
                    && ours.deprecates == list("deprecates")
                    && ours.notice == list("message_values")
                    && validators == list("validators")
                    && processors == list("processors")
                    && ours.secret == (param["secret"] == true)
                    && ours.loose == (param["loose"] == true);
                if !same {
                    misses.push(format!("{release}: {ours:?}, expected {param}"));
                }
            }
        }
    }
    agree(&misses, count);
}

/// A JSON value as Python's `str()` writes it.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| format!("'{}'", plain(item))).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// `MultiSsh` as `multi_ssh`.
fn name_of(kind: &impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for c in format!("{kind:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// Reads texts from JSON lines; prints what the parser makes of `[general]`, or null.
const PYTHON3: &str = r#"
import configparser, io, json, sys
for line in sys.stdin:
    parser = configparser.RawConfigParser()
    try:
        # As a file in text mode: every kind of line end is one.
        parser.read_file(io.StringIO(json.loads(line), newline=None))
        print(json.dumps(dict(parser.items("general"))))
    except configparser.Error:
        print("null")
"#;

const PYTHON2: &str = r#"
import ConfigParser, StringIO, json, sys
for line in sys.stdin:
    parser = ConfigParser.RawConfigParser()
    try:
        parser.readfp(StringIO.StringIO(json.loads(line).encode("utf-8")))
        print(json.dumps(dict(parser.items("general"))))
    except ConfigParser.Error:
        print("null")
"#;

#[test]
fn the_newer_reader_is_python_3s() {
    hold_against("python3", PYTHON3, Dialect::Python3);
}

#[test]
fn the_older_reader_is_python_2s() {
    hold_against("python2", PYTHON2, Dialect::Python2);
}

/// Texts made of the pieces that matter to the readers, the same in each run.
fn texts() -> Vec<String> {
    let pieces = [
        "[general]",
        "[other]",
        "[DEFAULT]",
        "[",
        "]",
        "CONFIG_A",
        "config_b",
        "=",
        ":",
        "= ",
        "x",
        "y z",
        "\"\"",
        "#",
        ";",
        " ;c",
        " ",
        "\t",
        "\u{a0}",
        "\n",
        "\n",
        "\n",
        "\n  ",
        "\r\n",
        "\r",
        "\u{feff}",
        "é",
        "\u{1c}",
        "\nCONFIG_C = 1",
        "\nCONFIG_D: 2",
        "\n  CONFIG_E=3\n",
        "\u{2028}",
        "rem ",
        "\nREM",
        "; ",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap_or_default()
    };
    let mut text = || {
        let start = ["[general]\n", "[general]\nCONFIG_Z=0\n", ""][random(3)];
        (0..random(12)).fold(start.to_owned(), |text, _| text + pieces[random(pieces.len())])
    };
    (0..5_000).map(|_| text()).collect()
}

/// Reads the same texts with that Python and with ours; skipped where it does not run.
fn hold_against(python: &str, script: &str, dialect: Dialect) {
    let runs = Command::new(python).args(["-c", ""]).stderr(Stdio::null()).status();
    if !runs.is_ok_and(|status| status.success()) {
        skip(&format!("{python} does not run"));
        return;
    }
    let texts = texts();
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it ran a moment ago");
    let mut input = child.stdin.take().expect("piped");
    let lines: Vec<String> =
        texts.iter().map(|t| format!("{}\n", Json::from(t.as_str()))).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.concat().as_bytes()));
    let answers = child.wait_with_output().expect("it ends").stdout;
    writer.join().expect("no panic").expect("all is read");
    let answers = String::from_utf8(answers).expect("UTF-8");
    assert_eq!(answers.lines().count(), texts.len());
    let miss = |(text, answer): (&String, &str)| {
        let expected: Json = serde_json::from_str(answer).expect("JSON");
        let got = AnswerFile::parse(text.as_str(), dialect).map_or(Json::Null, |file| {
            let fold = |name: &str| match dialect {
                Dialect::Python2 => name.to_ascii_lowercase(),
                Dialect::Python3 => name.to_lowercase(),
            };
            let entries = file.entries().map(|e| (fold(&e.name), e.value.clone().into()));
            Json::Object(entries.collect())
        });
        (got != expected).then(|| format!("{text:?}: {python} {expected}, ostack {got}"))
    };
    agree(&texts.iter().zip(answers.lines()).filter_map(miss).collect::<Vec<_>>(), texts.len());
}
