//! What fixes say as a shell script: the safe steps to run, the others to read.
//!
//! Values come from logs. In a command they are quoted by the renderer of rules; everywhere else
//! here they stand in comments, or are quoted as one word.

use std::fmt::{self, Write};

use crate::diagnosis::Report;
use crate::finding::{Action, Finding, Fix, Step, printable};
use crate::redact::MASK;
use crate::rule::Risk;
use crate::rule::template::shell_quote;

/// A shell script that carries out what is safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The script.
    pub text: String,
    /// How many steps it carries out.
    pub steps: usize,
    /// How many steps it leaves to whoever runs it.
    pub left: usize,
}

/// The script of a report: for each diagnosis the steps of its first fix that fits the host. Safe ones
/// are commands; disruptive ones are commented out, destructive ones only named. What a person must
/// fill in (`<address>`), and what belongs to another host, is commented out too. `answers` is the
/// answer file that parameters are set in; none: they are named. None: there is no step at all.
///
/// ```
/// use ostack_core::context::Context;
/// use ostack_core::log::Sources;
/// use ostack_core::report;
/// use ostack_core::rule::KnowledgeBase;
///
/// let packages = "bash-4.4.20-1.el8.x86_64\npuppet-agent-7.4.1-1.el8.x86_64\n";
/// let context = Context::new().release("victoria")?.os("centos-8")?.packages_text("rpm-qa.txt", packages)?;
/// let found = ostack_core::diagnose(&Sources::new(), &context, &KnowledgeBase::builtin());
/// let script = report::fix_script(&found, None).expect("there is a fix");
/// assert!(script.text.contains("\n#   dnf install puppet-6.14.0-2.el8\n"));
/// assert_eq!(script.steps, 0, "all of it is disruptive");
/// # Ok::<(), ostack_core::Error>(())
/// ```
///
/// # Panics
/// Never: a `String` takes all that is written to it.
pub fn fix_script(report: &Report, answers: Option<&str>) -> Option<Script> {
    let mut script = Script { text: HEAD.to_owned(), steps: 0, left: 0 };
    for finding in &report.diagnoses {
        let fits = |fix: &&Fix| fix.only.is_none();
        if let Some(fix) = finding.fix.iter().find(fits).or(finding.fix.first()) {
            script.finding(finding, fix, answers).expect("a String takes everything");
        }
    }
    let any = script.steps + script.left > 0;
    any.then(|| {
        if script.text.contains("\nset_key ") {
            script.text = script.text.replacen(HEAD, &format!("{HEAD}{SET_KEY}"), 1);
        }
        if script.text.contains("\nadd_line ") {
            script.text = script.text.replacen(HEAD, &format!("{HEAD}{ADD_LINE}"), 1);
        }
        script
    })
}

impl Script {
    fn finding(&mut self, finding: &Finding, fix: &Fix, answers: Option<&str>) -> fmt::Result {
        writeln!(self.text)?;
        self.comment("", &format!("{}: {}", finding.rule, finding.title))?;
        for check in &finding.checks {
            self.comment("Decide first: ", &check.command)?;
            self.comment("  it is this, if it: ", &check.confirms)?;
            self.comment("  it is not, if it: ", &check.refutes)?;
        }
        let only = fix.only.as_ref().map(|only| format!(" (only on {only})")).unwrap_or_default();
        self.comment("", &format!("Fix: {}{only}", fix.title))?;
        if let Some(credentials) = &finding.credentials {
            let file = credentials.trim_start_matches(". ");
            writeln!(self.text, "if [ -r {file} ]; then {credentials}; fi")?;
        }
        for (number, step) in (1..).zip(&fix.steps) {
            self.step(finding, fix, number, step, answers)?;
        }
        if let Some(verify) = &finding.verify {
            self.comment("Then check: ", &verify.command)?;
            self.comment("  expect: ", &verify.expect)?;
        }
        if let Some(again) = &finding.again {
            self.comment("Then run again: ", &again.command)?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        finding: &Finding,
        fix: &Fix,
        number: usize,
        step: &Step,
        answers: Option<&str>,
    ) -> fmt::Result {
        if let Action::Note(note) = &step.action {
            self.left += 1;
            return self.comment(
                if step.risk == Risk::Safe { "By hand: " } else { "By hand, with care: " },
                note,
            );
        }
        if step.risk == Risk::Destructive {
            self.left += 1;
            let named = format!(
                "step {number} of this fix; `ostack-cli explain {}` shows it",
                finding.rule
            );
            return self.comment("Destructive, not written here: ", &named);
        }
        let command = command(&step.action, answers);
        let open = match (&command, &step.on) {
            _ if step.risk == Risk::Disruptive => {
                Some("Disruptive: it interrupts a service or a connection.".to_owned())
            }
            _ if fix.only.is_some() => Some("Only where the host is as said above.".to_owned()),
            (_, Some(on)) => Some(format!("On {on}.")),
            (None, _) => Some("No answer file was given:".to_owned()),
            (Some(command), _) if has_blank(command) => {
                Some("A value is to be filled in.".to_owned())
            }
            (Some(command), _) if command.contains(MASK) => {
                Some("A secret is not shown here.".to_owned())
            }
            _ => None,
        };
        match (open, command) {
            (None, Some(command)) => {
                self.steps += 1;
                writeln!(self.text, "{command}")
            }
            (why, command) => {
                self.left += 1;
                self.comment("", &why.unwrap_or_default())?;
                let text = command.unwrap_or_else(|| step.text());
                text.lines().try_for_each(|line| self.comment("  ", line))
            }
        }
    }

    /// A comment; nothing in it can end it.
    fn comment(&mut self, head: &str, text: &str) -> fmt::Result {
        let text = text.split(['\n', '\r']).map(|line| printable(line.trim())).collect::<Vec<_>>();
        let text = text.join(" ");
        writeln!(self.text, "# {head}{}", text.trim_end())
    }
}

/// The command that does it; none: it needs an answer file, and there is none.
fn command(action: &Action, answers: Option<&str>) -> Option<String> {
    let key = |file: &str, section: &str, key: &str, value: &str| {
        let words = [file, section, key, value].map(shell_quote);
        format!("set_key {}", words.join(" "))
    };
    Some(match action {
        Action::Run(command) => command.clone(),
        Action::Set { param, value } => key(answers?, "general", param, value),
        Action::Add { file, line } => {
            format!("add_line {} {}", shell_quote(file), shell_quote(line))
        }
        Action::Key { file, section, key: name, value } => {
            key(file, section.as_deref().unwrap_or_default(), name, value)
        }
        Action::Note(_) => return None,
    })
}

/// Whether something stands in it for a person to fill in, such as `<address>`, or an ellipsis.
fn has_blank(command: &str) -> bool {
    let mut rest = command;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        let end = rest.find(['>', '<', '\n']).filter(|&end| rest[end..].starts_with('>'));
        let inner = end.map(|end| &rest[..end]);
        if inner.is_some_and(|inner| inner.starts_with(|c: char| c.is_ascii_alphabetic())) {
            return true;
        }
    }
    command.contains('…')
}

const HEAD: &str = r"#!/bin/sh
# The safe steps of what ostack-cli diagnose says. Read it before you run it, as root.
# Steps that interrupt something are commented out, and those that lose something are only named.
# It stops at the first step that fails, and can be run again.
set -eu
";

const ADD_LINE: &str = r#"
# add_line FILE LINE: adds a line that is not there yet; FILE.before-ostack keeps the file as it was.
add_line() {
    if [ -e "$1" ]; then
        if grep -qxF -e "$2" "$1"; then return 0; fi
        [ -e "$1.before-ostack" ] || cp -p "$1" "$1.before-ostack"
        # A last line without an end would run into it.
        [ -z "$(tail -c 1 "$1")" ] || echo >>"$1"
    fi
    printf '%s\n' "$2" >>"$1"
}
"#;

const SET_KEY: &str = r#"
# set_key FILE SECTION KEY VALUE: sets a key of an INI file; FILE.before-ostack keeps it as it was.
set_key() {
    [ -e "$1" ] || : >"$1"
    [ -e "$1.before-ostack" ] || cp -p "$1" "$1.before-ostack"
    SECTION=$2 KEY=$3 VALUE=$4 awk '
        BEGIN { section = ENVIRON["SECTION"]; key = ENVIRON["KEY"]; line = key "=" ENVIRON["VALUE"]
                inside = (section == ""); seen = inside }
        function rest() { if (inside && !done) { print line; done = 1 } }
        /^[ \t]*\[/ {
            rest()
            name = $0; sub(/^[ \t]*\[/, "", name); sub(/\].*$/, "", name)
            inside = (name == section); if (inside) seen = 1
            print; next
        }
        inside {
            name = $0; sub(/[ \t]*[=:].*$/, "", name); sub(/^[ \t]*/, "", name)
            if (name == key && index($0, "=") + index($0, ":") > 0) {
                if (!done) { print line; done = 1 }
                next
            }
        }
        { print }
        END { if (!seen) print "[" section "]"; if (!done) print line }
    ' "$1" >"$1.ostack-new"
    # The file itself stays, with its owner, mode and label.
    cat "$1.ostack-new" >"$1"
    rm -f "$1.ostack-new"
}
"#;

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use proptest::prelude::*;

    use super::*;
    use crate::context::Context;
    use crate::log::{Source, Sources};
    use crate::rule::{KnowledgeBase, parse};

    /// A rule of which every place that a value can reach holds one.
    const RULE: &str = r#"
format = 1
id = "word_seen"
title = "It says {{ word }} and {{ any }}"
component = "host"
severity = "error"
cause = "Because of {{ any }}."
references = ["https://example.com/"]
[[pattern]]
name = "seen"
regex = '''(?s)fatality: (?<word>[\w.+:@%/=-]+) (?<any>.*)'''
[[fix]]
title = "Do {{ any }}"
[[fix.step]]
run = "printf '%s\\n' ran {{ word }} >>log"
[[fix.step]]
edit = { file = "conf", section = "a", key = "k", value = "{{ word }}" }
[[fix.step]]
edit = { file = "lines", add = "line {{ word }}" }
[[fix.step]]
note = "Look at {{ any }}"
[[fix.step]]
run = "echo disruptive >>log"
risk = "disruptive"
[[fix.step]]
run = "echo destructive {{ word }} >>log"
risk = "destructive"
[[fix.step]]
run = "echo elsewhere >>log"
on = "compute {{ any }}"
[[fix.step]]
run = "echo <address> >>log"
[verify]
run = "cat log"
expect = "{{ any }}"
"#;

    fn script(log: &str) -> Option<Script> {
        let (rule, tests) = parse("word_seen.toml", RULE).unwrap();
        let mut rules = KnowledgeBase::empty();
        rules.add("word_seen.toml", rule, tests).unwrap();
        let mut sources = Sources::new();
        sources.push(Source::bytes("log", log.as_bytes().to_vec()));
        fix_script(&crate::diagnose(&sources, &Context::new(), &rules), None)
    }

    fn run(script: &Script, folder: &std::path::Path) -> Output {
        std::fs::write(folder.join("fix.sh"), &script.text).unwrap();
        // Nothing but what the script needs, so that no name in it can be a program.
        Command::new("/bin/sh").arg("fix.sh").current_dir(folder).output().unwrap()
    }

    fn log_of(folder: &std::path::Path) -> String {
        std::fs::read_to_string(folder.join("log")).unwrap_or_default()
    }

    #[test]
    fn safe_steps_run_and_others_do_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("conf"), "[b]\nk = 1\n[a]\n# k=0\nk : old\nl=2\n")
            .unwrap();
        std::fs::write(folder.path().join("lines"), "no end").unwrap();
        let script = script("fatality: word.1 rest of it\n").unwrap();
        assert_eq!((script.steps, script.left), (3, 5), "{}", script.text);
        for _ in 0..2 {
            let output = run(&script, folder.path());
            assert!(output.status.success(), "{output:?}\n{}", script.text);
        }
        assert_eq!(log_of(folder.path()), "ran\nword.1\nran\nword.1\n");
        let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("conf"), "[b]\nk = 1\n[a]\n# k=0\nk=word.1\nl=2\n");
        assert_eq!(read("conf.before-ostack"), "[b]\nk = 1\n[a]\n# k=0\nk : old\nl=2\n");
        assert_eq!(read("lines"), "no end\nline word.1\n");
        assert!(script.text.contains("\n#   echo disruptive >>log\n"));
        assert!(!script.text.contains("echo destructive"));
    }

    #[test]
    fn a_key_goes_into_its_section_where_that_is_not_there_or_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let script = script("fatality: w x\n").unwrap();
        for (before, after) in [
            ("", "[a]\nk=w\n"),
            ("[a]\n", "[a]\nk=w\n"),
            ("[a]\nx=1\n[b]\nk=1\n", "[a]\nx=1\nk=w\n[b]\nk=1\n"),
        ] {
            std::fs::write(folder.path().join("conf"), before).unwrap();
            assert!(run(&script, folder.path()).status.success());
            assert_eq!(std::fs::read_to_string(folder.path().join("conf")).unwrap(), after);
        }
    }

    #[test]
    fn blanks_are_seen_and_redirections_are_not() {
        for blank in ["ip addr add <address> dev eth0", "echo <name of it>", "a <x> b", "echo …"]
        {
            assert!(has_blank(blank), "{blank}");
        }
        for none in ["mysql </root/a.sql", "cat < a > b", "a <<EOF", "test 1 -lt 2", "diff <(a) b"]
        {
            assert!(!has_blank(none), "{none}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn log_text_never_becomes_shell(
            word in r"(\$\(touch pwned\)|`touch pwned`|;touch pwned;|'|[\w.+:@%/=-]|\\){1,12}",
            rest in r#"(?s)(\$\(touch pwned\)|`touch pwned`|\n *touch pwned\n|;touch pwned|'"|\\|\r|&&touch pwned|\u{2028}|\x1b|[ -~]){0,20}"#,
        ) {
            let Some(script) = script(&format!("fatality: {word} {rest}\n")) else { return Ok(()) };
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("fix.sh"), &script.text).unwrap();
            let checked = Command::new("/bin/sh").args(["-n", "fix.sh"]).current_dir(folder.path()).status();
            prop_assert!(checked.unwrap().success(), "{}", script.text);
            let output = run(&script, folder.path());
            prop_assert!(output.status.success(), "{output:?}\n{}", script.text);
            prop_assert!(!folder.path().join("pwned").exists(), "{}", script.text);
            let log = log_of(folder.path());
            prop_assert!(log.starts_with("ran\n") && log.lines().count() == 2, "{log}\n{}", script.text);
        }
    }
}
