//! A plan as text, Markdown, shell script and JSON. Nothing here reads or writes.

use std::fmt::{self, Write};

use super::{Plan, Step};
use crate::rule::template::shell_quote;

impl Plan {
    /// The plan for a terminal.
    ///
    /// ```
    /// use ostack_core::plan::Plan;
    /// use ostack_core::release::{Os, Release};
    /// let text = Plan::of(Release::parse("train")?, Os::Centos(7))?.text();
    /// assert!(text.starts_with("train on centos-7: "));
    /// assert!(text.contains("$ sudo yum install -y centos-release-openstack-train\n"));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn text(&self) -> String {
        written(|out| self.write_text(out))
    }

    /// The plan as Markdown.
    ///
    /// ```
    /// use ostack_core::plan::Plan;
    /// use ostack_core::release::{Os, Release};
    /// let text = Plan::of(Release::parse("train")?, Os::Centos(7))?.markdown();
    /// assert!(text.starts_with("# OpenStack train on centos-7\n"));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn markdown(&self) -> String {
        written(|out| self.write_markdown(out))
    }

    /// The plan as a script for any POSIX shell. It stops at the first step that fails, and goes on
    /// there when it is run again; its head says how to leave steps out and to ask for optional ones.
    ///
    /// ```
    /// use ostack_core::plan::Plan;
    /// use ostack_core::release::{Os, Release};
    /// let script = Plan::of(Release::parse("yoga")?, Os::CentosStream(9))?.sh();
    /// assert!(script.starts_with("#!/bin/sh\n"));
    /// assert!(script.contains("\noptional selinux_permissive disruptive "));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn sh(&self) -> String {
        written(|out| self.write_sh(out))
    }

    /// The plan as indented JSON.
    ///
    /// ```
    /// use ostack_core::plan::Plan;
    /// use ostack_core::release::{Os, Release};
    /// let json = Plan::of(Release::parse("2024.1")?, Os::CentosStream(9))?.json();
    /// assert!(json.starts_with("{\n  \"release\": \"2024.1\",\n  \"os\": \"centos-stream-9\","));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// Never: a plan holds nothing that JSON cannot.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a plan is JSON");
        text.push('\n');
        text
    }

    fn write_text(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "{} on {}: {} steps\n", self.release, self.os, self.steps.len())?;
        if !self.requires.is_empty() {
            paragraph(out, "", &format!("RDO's page asks for {}.", self.requires.join("; ")))?;
        }
        for note in &self.notes {
            paragraph(out, "", note)?;
        }
        writeln!(out, "A check ends with status 0 where its step has worked.")?;
        for (number, step) in self.numbered() {
            writeln!(out, "\n{number}. {}  [{}]", step.title, step.tag())?;
            paragraph(out, "   ", &step.why)?;
            for command in &step.commands {
                writeln!(out, "     $ {command}")?;
            }
            writeln!(out, "   check  {}", step.check)?;
            if let Some(again) = &step.again {
                writeln!(out, "   again  {again}")?;
            }
            writeln!(out, "   source {}", step.source)?;
        }
        Ok(())
    }

    fn write_markdown(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "# OpenStack {} on {}\n", self.release, self.os)?;
        if !self.requires.is_empty() {
            writeln!(out, "RDO's page asks for:\n")?;
            for requirement in &self.requires {
                writeln!(out, "- {requirement}")?;
            }
            writeln!(out)?;
        }
        for note in &self.notes {
            writeln!(out, "{note}\n")?;
        }
        writeln!(out, "A check ends with status 0 where its step has worked.")?;
        for (number, step) in self.numbered() {
            writeln!(out, "\n## {number}. {}\n\n**{}**\n\n{}\n", step.title, step.tag(), step.why)?;
            writeln!(out, "```sh\n{}\n```\n", step.commands.join("\n"))?;
            writeln!(out, "Check:\n\n```sh\n{}\n```\n", step.check)?;
            if let Some(again) = &step.again {
                writeln!(
                    out,
                    "Where it fails, run it again with what it has written:\n\n```sh\n{again}\n```\n"
                )?;
            }
            writeln!(out, "Source: {}", step.source)?;
        }
        Ok(())
    }

    fn write_sh(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "#!/bin/sh")?;
        paragraph(
            out,
            "# ",
            &format!("OpenStack {} on {}: {} steps.", self.release, self.os, self.steps.len()),
        )?;
        writeln!(out, "#")?;
        if !self.requires.is_empty() {
            paragraph(out, "# ", &format!("RDO's page asks for {}.", self.requires.join("; ")))?;
        }
        for note in &self.notes {
            paragraph(out, "# ", note)?;
        }
        out.push_str(HEAD);
        let state = format!("ostack-plan-{}-{}.done", self.release.id(), self.os);
        writeln!(out, ": \"${{OSTACK_STATE:=$HOME/{state}}}\"")?;
        out.push_str(FUNCTIONS);
        for (number, step) in self.numbered() {
            writeln!(out, "\n# {number}. {}  [{}]", step.title, step.tag())?;
            paragraph(out, "# ", &step.why)?;
            writeln!(out, "# Source: {}\ndo_{}() {{", step.source, step.id)?;
            if let Some(again) =
                step.again.as_ref().filter(|&again| step.commands != [again.as_str()])
            {
                writeln!(out, "    once {} {}", step.id, shell_quote(again))?;
            }
            for command in &step.commands {
                writeln!(out, "    {command}")?;
            }
            writeln!(out, "}}\ncheck_{}() {{\n    {}\n}}", step.id, step.check)?;
        }
        writeln!(out, "\ntouch \"$OSTACK_STATE\"")?;
        for step in &self.steps {
            let call = if step.optional { "optional" } else { "step" };
            let when = if step.again.is_some() { "always" } else { "checked" };
            writeln!(out, "{call} {} {} {} {when}", step.id, step.risk, shell_quote(&step.title))?;
        }
        writeln!(out, "NOW=")
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Step)> {
        (1..).zip(&self.steps)
    }
}

impl Step {
    /// Its risk, and whether it is optional.
    fn tag(&self) -> String {
        if self.optional { format!("optional, {}", self.risk) } else { self.risk.to_string() }
    }
}

const HEAD: &str = r#"#
# It stops at the first step that fails; run it again and it goes on there. A step whose check says
# that all is well already is not done. Read it before you run it: it uses sudo, and a disruptive
# step interrupts services or the connection.
#
#   OSTACK_STATE  the file that remembers the steps that are done
#   OSTACK_SKIP   steps to leave out, such as "firewalld_off network_service"
#   OSTACK_WITH   optional steps to do, such as "locale"
set -eu
"#;

const FUNCTIONS: &str = r#": "${OSTACK_SKIP:=}" "${OSTACK_WITH:=}"
NOW=
trap finish EXIT

finish() {
    status=$?
    [ -z "$NOW" ] || echo "ostack: step $NOW failed; repair it, then run this script again" >&2
    exit "$status"
}

remembered() {
    grep -qxF -e "$1" "$OSTACK_STATE"
}

# step ID RISK TITLE checked|always: what is checked is done only where its check fails.
step() {
    if remembered "done $1"; then
        return 0
    fi
    case " $OSTACK_SKIP " in
    *" $1 "*)
        echo "== $3: left out"
        return 0
        ;;
    esac
    if [ "$4" = checked ] && "check_$1" >/dev/null 2>&1; then
        echo "== $3: is so already"
    else
        echo "== $3 [$2]"
        NOW=$1
        "do_$1"
        if ! "check_$1"; then
            echo "ostack: after step $1 its check failed" >&2
            exit 1
        fi
        NOW=
    fi
    echo "done $1" >>"$OSTACK_STATE"
}

optional() {
    case " $OSTACK_WITH " in
    *" $1 "*) step "$@" ;;
    *) echo "== $3: optional and $2, left out; OSTACK_WITH=\"$1\" does it" ;;
    esac
}

# once ID COMMAND: stops where the step was begun before, and says how to go on.
once() {
    if remembered "begun $1"; then
        echo "ostack: this was begun before and must not begin anew. Go on with: $2" >&2
        exit 1
    fi
    echo "begun $1" >>"$OSTACK_STATE"
}
"#;

fn written(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    write(&mut out).expect("a String takes everything");
    out
}

fn paragraph(out: &mut String, indent: &str, text: &str) -> fmt::Result {
    let options = textwrap::Options::new(80)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
        .initial_indent(indent)
        .subsequent_indent(indent);
    textwrap::wrap(text, options).iter().try_for_each(|line| writeln!(out, "{line}"))
}
