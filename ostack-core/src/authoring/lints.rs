//! The lints themselves.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

use regex::Regex;

use super::lint::{COMPONENTS, Subject};
use crate::error::did_you_mean;
use crate::matcher;
use crate::parameter::{self, Validator};
use crate::release::{Family, Os, OsPattern, Release, ReleaseRange};
use crate::rule::{Action, AnswerTest, Change, Fix, FixWhen, Risk, Rule, Step, When, template};
use crate::version::{Constraint, Nevra, Scheme, contradiction};

/// Runs all lints on a rule.
pub(super) fn all(subject: &mut Subject<'_>) {
    patterns(subject);
    links(subject);
    places(subject);
    conditions(subject);
    words(subject);
    fixes(subject);
    commands(subject);
    tests(subject);
}

/// What makes two rules the same to the matcher; none for one without patterns.
pub(super) fn likeness(rule: &Rule) -> Option<String> {
    if rule.patterns.is_empty() {
        return None;
    }
    let of = |indices: &[usize]| -> BTreeSet<_> {
        let patterns = indices.iter().map(|&at| &rule.patterns[at]);
        patterns.map(|p| (p.regex.clone(), p.record.clone(), p.field.clone())).collect()
    };
    let sets = (of(&rule.all), of(&rule.any), of(&rule.none));
    Some(format!("{sets:?} {:?} {:?} {:?}", rule.when, rule.os, rule.releases))
}

fn patterns(subject: &mut Subject<'_>) {
    let rule = subject.rule;
    for (at, pattern) in rule.patterns.iter().enumerate() {
        let key = format!("pattern.{at}.regex");
        if let Err(error) = matcher::check_pattern(pattern) {
            let message = format!("pattern `{}`: {}", pattern.name, error.message());
            *subject.say("bad-pattern", key, message) = error.hint().map(str::to_owned);
        }
    }
    let first = likeness(rule).and_then(|likeness| subject.first_of.get(&likeness)).copied();
    if let Some(first) = first.filter(|&first| first != subject.index) {
        let message = format!("`{}` has these patterns already", subject.rules.rule(first).id);
        *subject.say("duplicate-pattern", "pattern.0.regex", message) =
            Some("make one rule of both, or let conditions tell them apart".into());
    }
}

fn links(subject: &mut Subject<'_>) {
    let (rule, rules) = (subject.rule, subject.rules);
    for (at, explains) in rule.explains.iter().enumerate() {
        if rules.find(&explains.rule).is_none() {
            let message = format!("it explains `{}`, which is no rule's id", explains.rule);
            let meant = did_you_mean(&explains.rule, rules.heads().map(|head| head.id));
            *subject.say("unknown-symptom", format!("explains.{at}"), message) =
                meant.map(|meant| format!("did you mean `{meant}`?"));
        }
    }
    if let Some(circle) = rules.circle(subject.index) {
        subject.say("cycle", "explains", format!("{circle}: each explains the next"));
    }
    let known = |name: &&str| subject.checks.iter().any(|check| check.name() == *name);
    if let Some(name) = rule.computed.as_deref().filter(|name| !known(name)) {
        let meant = did_you_mean(name, subject.checks.iter().map(|check| check.name()));
        *subject.say("unknown-check", "computed", format!("there is no computed check `{name}`")) =
            meant.map(|meant| format!("did you mean `{meant}`?"));
    }
    if !COMPONENTS.contains(&rule.component.as_str()) {
        let help = did_you_mean(&rule.component, COMPONENTS).map_or_else(
            || format!("known: {}", COMPONENTS.join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        let message = format!("there is no component `{}`", rule.component);
        *subject.say("unknown-component", "component", message) = Some(help);
    }
    let folder = rules.path(subject.index).and_then(|path| path.rsplit(['/', '\\']).nth(1));
    let other = |folder: &&str| COMPONENTS.contains(folder) && *folder != rule.component;
    if let Some(folder) = folder.filter(other) {
        let message =
            format!("the component is `{}`, but the folder is `{folder}`", rule.component);
        subject.say("wrong-folder", "component", message);
    }
}

/// Releases and operating systems that do not exist, and fixes for hosts that the rule is not for.
fn places(subject: &mut Subject<'_>) {
    let rule = subject.rule;
    let mut releases = vec![("releases".to_owned(), rule.releases.as_slice())];
    let mut systems = vec![("os".to_owned(), rule.os.as_slice())];
    for (at, fix) in rule.fixes.iter().enumerate() {
        let Some(when) = &fix.when else { continue };
        releases.push((format!("fix.{at}.when.releases"), &when.releases));
        systems.push((format!("fix.{at}.when.os"), &when.os));
        systems.push((format!("fix.{at}.when.family"), &when.family));
    }
    if let Some(when) = &rule.when {
        releases.push(("when.release".to_owned(), &when.release));
        systems.push(("when.os".to_owned(), &when.os));
    }
    for (key, ranges) in releases {
        for (at, range) in ranges.iter().enumerate() {
            if let Err(error) = ReleaseRange::parse(range) {
                *subject.say("unknown-release", format!("{key}.{at}"), error.message()) =
                    error.hint().map(str::to_owned);
            }
        }
    }
    for (key, patterns) in systems {
        for (at, pattern) in patterns.iter().enumerate() {
            if let Err(error) = pattern.parse::<OsPattern>() {
                let message = format!("`{pattern}` is no OS and no family");
                *subject.say("unknown-os", format!("{key}.{at}"), message) =
                    error.hint().map(str::to_owned);
            }
        }
    }
    for (at, fix) in rule.fixes.iter().enumerate() {
        let Some(when) = &fix.when else { continue };
        let (own, its) = (&rule.releases, &when.releases);
        let system = [&rule.os, &when.os, &when.family];
        if !release_in(&[own, its]) || !system_in(&system) {
            let message = "no host that the rule is for fits this fix";
            subject.say("fix-never-fits", format!("fix.{at}.when"), message);
        }
    }
}

/// Whether some release lies in all of these, each of them empty or a list of ranges.
fn release_in(sets: &[&Vec<String>]) -> bool {
    let parsed: Vec<Vec<ReleaseRange>> = sets
        .iter()
        .filter(|set| !set.is_empty())
        .map(|set| set.iter().filter_map(|range| ReleaseRange::parse(range).ok()).collect())
        .filter(|set: &Vec<_>| !set.is_empty())
        .collect();
    let within =
        |release: Release| parsed.iter().all(|set| set.iter().any(|range| range.contains(release)));
    Release::all().any(within)
}

/// Whether some operating system is in all of these, each of them empty or a list of patterns.
fn system_in(sets: &[&Vec<String>]) -> bool {
    !systems(sets).is_empty()
}

/// The operating systems that are in all of these.
fn systems(sets: &[&Vec<String>]) -> Vec<Os> {
    let parsed: Vec<Vec<OsPattern>> = sets
        .iter()
        .map(|set| set.iter().filter_map(|pattern| pattern.parse().ok()).collect())
        .filter(|set: &Vec<_>| !set.is_empty())
        .collect();
    let numbered = (6..=10).flat_map(|major| {
        let el = [Os::Centos, Os::CentosStream, Os::Rhel, Os::Rocky, Os::Almalinux];
        el.map(|os| os(major))
    });
    let named = parsed.iter().flatten().filter_map(|pattern| match pattern {
        OsPattern::Exactly(os) => Some(*os),
        _ => None,
    });
    let all: BTreeSet<Os> =
        numbered.chain(named).chain([Os::Fedora(40), Os::Debian(12), Os::Ubuntu(22, 4)]).collect();
    let within = |os: &Os| parsed.iter().all(|set| set.iter().any(|pattern| pattern.covers(*os)));
    all.into_iter().filter(within).collect()
}

fn conditions(subject: &mut Subject<'_>) {
    let rule = subject.rule;
    for (at, package) in rule.fixed_in.iter().enumerate() {
        if let Err(error) = Nevra::parse(package) {
            subject.say("bad-constraint", format!("fixed_in.{at}"), error.message());
        }
    }
    if let Some(when) = &rule.when {
        condition(subject, when, "when");
    }
    for (f, fix) in rule.fixes.iter().enumerate() {
        for (s, step) in fix.steps.iter().enumerate() {
            let Action::Set(values) = &step.action else { continue };
            for name in values.keys() {
                known_parameter(subject, name, &format!("fix.{f}.step.{s}.set"));
            }
        }
    }
}

fn condition(subject: &mut Subject<'_>, when: &When, key: &str) {
    let rule = subject.rule;
    let mut constraints = Vec::new();
    for (at, text) in when.package.iter().enumerate() {
        match Constraint::parse(text, Scheme::Rpm) {
            Ok(constraint) => constraints.push(constraint),
            Err(error) => {
                subject.say("bad-constraint", format!("{key}.package.{at}"), error.message());
            }
        }
    }
    if let Ok([first, .., last]) = contradiction(&constraints).as_deref() {
        let (a, b) = (constraints[*first].as_str(), constraints[*last].as_str());
        let message = format!("no version is both `{a}` and `{b}`");
        subject.say("never-true", format!("{key}.package"), message);
    }
    if !release_in(&[&rule.releases, &when.release]) {
        let message = "the rule is for other releases".to_owned();
        subject.say("never-true", format!("{key}.release"), message);
    }
    if !system_in(&[&rule.os, &when.os]) {
        let message = "the rule is for other operating systems".to_owned();
        subject.say("never-true", format!("{key}.os"), message);
    }
    for (name, test) in &when.answer {
        let key = format!("{key}.answer.{name}");
        if !known_parameter(subject, name, &key) {
            continue;
        }
        let all = parameter::history(name);
        let listed = |kind: Validator| {
            let only = |p: &parameter::Parameter| p.validators.contains(&kind) && !p.loose;
            all.iter().all(|(_, p)| only(p) && !p.options.is_empty())
        };
        let option = |value: &str| all.iter().any(|(_, p)| p.options.contains(&value));
        let impossible = match test {
            AnswerTest::Is(value) => {
                (listed(Validator::Options) && !option(value)).then_some(value)
            }
            AnswerTest::Contains(value) => {
                (listed(Validator::MultiOptions) && !option(value)).then_some(value)
            }
            AnswerTest::Not(_) | AnswerTest::Regex(_) => None,
        };
        if let Some(value) = impossible {
            let message = format!("packstack refuses `{value}` as a value of {name}");
            let options = all.last().map(|(_, p)| p.options.join(", ")).unwrap_or_default();
            *subject.say("never-true", key, message) = Some(format!("it takes: {options}"));
        }
    }
    for (at, any) in when.any.iter().enumerate() {
        condition(subject, any, &format!("{key}.any.{at}"));
    }
}

fn known_parameter(subject: &mut Subject<'_>, name: &str, key: &str) -> bool {
    // What a template fills in is known only when the rule fires.
    let known = name.contains("{{") || parameter::names().any(|known| known == name);
    if !known {
        let meant = did_you_mean(name, parameter::names());
        *subject.say("unknown-parameter", key, format!("no release has the parameter {name}")) =
            meant.map(|meant| format!("did you mean `{meant}`?"));
    }
    known
}

fn words(subject: &mut Subject<'_>) {
    let rule = subject.rule;
    if rule.title.chars().count() > 100 {
        subject.say("long-title", "title", "the title is longer than 100 characters");
    }
    if rule.title.ends_with('.') {
        subject.say("title-stop", "title", "the title ends with a full stop");
    }
    if echoes(rule) {
        *subject.say("echoing-title", "title", "the title has the log's words only") =
            Some("say what is wrong: the component, what it lacks, and what that breaks".into());
    }
    match rule.cause.chars().count() {
        0..60 => {
            *subject.say("short-cause", "cause", "the cause is shorter than 60 characters") =
                Some("say why it happens, how it shows, and what it breaks".into());
        }
        1501.. => {
            subject.say("long-cause", "cause", "the cause is longer than 1500 characters");
        }
        _ => {}
    }
    if rule.references.is_empty() {
        *subject.say("no-reference", "references", "nothing supports it") =
            Some("name a reference: a manual, a bug, the source".into());
    }
    for (at, reference) in rule.references.iter().enumerate() {
        if reference.starts_with("http://") {
            subject.say(
                "bare-http",
                format!("references.{at}"),
                "expected https://, but found http://",
            );
        }
    }
    let mut todo = Vec::new();
    let mut look = |key: String, text: &str| {
        if text.contains("TODO") {
            todo.push(key);
        }
    };
    look("title".into(), &rule.title);
    look("cause".into(), &rule.cause);
    look("false_positives".into(), rule.false_positives.as_deref().unwrap_or_default());
    for (at, reference) in rule.references.iter().enumerate() {
        look(format!("references.{at}"), reference);
    }
    for (at, fix) in rule.fixes.iter().enumerate() {
        look(format!("fix.{at}.title"), &fix.title);
        for (s, step) in fix.steps.iter().enumerate() {
            if let Action::Note(note) = &step.action {
                look(format!("fix.{at}.step.{s}.note"), note);
            }
        }
    }
    for (key, command) in all_commands(rule) {
        look(key, command);
    }
    if let Some(verify) = &rule.verify {
        look("verify.expect".into(), &verify.expect);
    }
    for (at, check) in rule.checks.iter().enumerate() {
        look(format!("check.{at}.confirms"), &check.confirms);
        look(format!("check.{at}.refutes"), &check.refutes);
    }
    for (at, test) in subject.tests.iter().enumerate() {
        look(format!("test.{at}.origin"), test.origin.as_deref().unwrap_or_default());
        look(format!("test.{at}.log"), test.log.as_deref().unwrap_or_default());
    }
    for key in todo {
        *subject.say("todo", key, "this is not written yet") =
            Some("replace the text that has `TODO`".into());
    }
}

/// Whether a title says nothing that the patterns do not: nearly all of its words are theirs.
fn echoes(rule: &Rule) -> bool {
    let title = long_words(&rule.title, 3);
    let positive = rule.all.iter().chain(&rule.any).map(|&at| rule.patterns[at].regex.as_str());
    let theirs = long_words(&positive.collect::<Vec<_>>().join(" "), 3);
    title.len() >= 4 && title.intersection(&theirs).count() * 10 >= title.len() * 9
}

/// The words of a text or an expression, in lower case, of at least so many letters.
fn long_words(text: &str, letters: usize) -> BTreeSet<String> {
    static NO_WORDS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\{\{[^}]*\}\}|\?P?<\w+>|\\[a-zA-Z]").expect("an expression"));
    NO_WORDS
        .replace_all(text, " ")
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.len() >= letters)
        .map(str::to_lowercase)
        .collect()
}

fn fixes(subject: &mut Subject<'_>) {
    let rule = subject.rule;
    let Some(first) = rule.fixes.first() else {
        *subject.say("no-fix", "fix", "there is no [[fix]]") =
            Some("say at least what to look at".into());
        return;
    };
    if risk(first) == Risk::Destructive && rule.fixes.iter().any(|fix| risk(fix) < risk(first)) {
        *subject.say("destructive-first", "fix.0.title", "the first fix destroys something") =
            Some("put the least invasive fix first".into());
    }
    for (at, step) in first.steps.iter().enumerate() {
        if let Some(what) = protection_off(step) {
            let message = format!("the first fix {what}");
            *subject.say("protection-off-first", format!("fix.0.step.{at}"), message) =
                Some("put the fix that keeps the protection first: a policy, a port, a key".into());
        }
    }
    // Of a service's log no report says how to run packstack.
    let installs = |text: &String| ["/Stage[", ".pp", "packstack"].iter().any(|w| text.contains(w));
    let installing = subject.tests.iter().filter_map(|test| test.log.as_ref()).any(installs);
    for (f, fix) in rule.fixes.iter().enumerate().filter(|_| installing) {
        let [_, .., last] = fix.steps.as_slice() else { continue };
        let Action::Run(run) = &last.action else { continue };
        let rest = run.trim().strip_prefix("packstack --answer-file");
        if rest.is_some_and(|rest| rest.ends_with('>')) {
            let key = format!("fix.{f}.step.{}.run", fix.steps.len() - 1);
            *subject.say("repeats-again", key, "every report says how to run packstack again") =
                Some("leave this step out; [again] says what must be cleaned before".into());
        }
    }
    let acts = |step: &Step| matches!(step.action, Action::Run(_) | Action::Edit(_));
    if rule.verify.is_none() && first.steps.iter().any(acts) {
        *subject.say("no-verify", "fix.0.title", "nothing shows that the fix worked") =
            Some("add [verify] with a command and what it prints then".into());
    }
}

fn risk(fix: &Fix) -> Risk {
    fix.steps.iter().map(|step| step.risk).max().unwrap_or_default()
}

/// What a step switches off that protects the host.
fn protection_off(step: &Step) -> Option<&'static str> {
    static OFF: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\bsetenforce\s+(0|[Pp]ermissive)", "makes SELinux permissive"),
            (r"SELINUX\s*=\s*(permissive|disabled)", "switches SELinux off"),
            (
                r"\b(stop|disable|mask)\b.*\b(firewalld|iptables|nftables)\b|\b(firewalld|iptables) stop\b|\biptables -F",
                "switches the firewall off",
            ),
            (
                r"--nogpgcheck|gpgcheck\s*=\s*(0|no|[Ff]alse)",
                "switches the check of package signatures off",
            ),
            (
                r"sslverify\s*=\s*(0|no|[Ff]alse)|\bcurl\b.*\s(-k|--insecure)\b|StrictHostKeyChecking\s*=?\s*no",
                "switches the check of certificates or host keys off",
            ),
            (r"\bchmod\b.*\b0?777\b", "lets everybody write"),
        ]
        .map(|(regex, what)| (Regex::new(regex).expect("an expression"), what))
        .into()
    });
    let text = match &step.action {
        Action::Run(run) => run.clone(),
        Action::Edit(edit) => match &edit.change {
            Change::Add(line) => line.clone(),
            Change::Key { key, value, .. } => format!("{key}={value}"),
        },
        Action::Set(_) | Action::Note(_) => return None,
    };
    OFF.iter().find(|(regex, _)| regex.is_match(&text)).map(|(_, what)| *what)
}

/// Every command of a rule, with its key.
fn all_commands(rule: &Rule) -> Vec<(String, &str)> {
    let mut all = Vec::new();
    for (f, fix) in rule.fixes.iter().enumerate() {
        for (s, step) in fix.steps.iter().enumerate() {
            if let Action::Run(run) = &step.action {
                all.push((format!("fix.{f}.step.{s}.run"), run.as_str()));
            }
        }
    }
    for (at, check) in rule.checks.iter().enumerate() {
        all.push((format!("check.{at}.run"), &check.run));
    }
    if let Some(verify) = &rule.verify {
        all.push(("verify.run".to_owned(), &verify.run));
    }
    if let Some(again) = &rule.again {
        let clean = again.clean.iter().enumerate();
        all.extend(clean.map(|(at, run)| (format!("again.clean.{at}"), run.as_str())));
    }
    all
}

fn commands(subject: &mut Subject<'_>) {
    static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)--(?:os-)?pass(?:word|wd)?[ =]['"]?[^\s'"<$-]|\bmysql\w*\b[^|;&]*\s-p['"]?[^\s'"<$-]"#)
            .expect("an expression")
    });
    let rule = subject.rule;
    for (key, command) in all_commands(rule) {
        if PASSWORD.is_match(command) {
            *subject.say("password-in-command", key.as_str(), "the command has a password in it") =
                Some(
                    "let the command ask, or read it from a file: `<password>` marks the place"
                        .into(),
                );
        }
        let fix = key.strip_prefix("fix.").and_then(|rest| rest.split('.').next()?.parse().ok());
        let when = fix.and_then(|at: usize| rule.fixes[at].when.as_ref());
        if let Some((tool, why)) = foreign(command, rule, when) {
            subject.say("foreign-command", key, format!("`{tool}` {why}"));
        }
    }
    for (f, fix) in rule.fixes.iter().enumerate() {
        for (s, step) in fix.steps.iter().enumerate() {
            let Action::Run(run) = &step.action else { continue };
            let least = least_risk(run);
            if step.risk < least {
                let message = format!("the command is {least}, but the step says {}", step.risk);
                subject.say("understated-risk", format!("fix.{f}.step.{s}"), message);
            }
        }
    }
}

/// The risk that a command has at least, as far as its words show it.
fn least_risk(command: &str) -> Risk {
    static RISKS: LazyLock<[(Regex, Risk); 2]> = LazyLock::new(|| {
        let destructive = r"(?x)
            \brm\s+-\w*[rR] | \bmkfs | \bwipefs\s+-\w*a | \b(vg|lv|pv)remove\b | \bdd\b.*\bof=
            | (?i:\bdrop\s+(database|table|user)\b) | (?i:\bdelete\s+from\b) | (?i:\btruncate\s+table\b)
            | \brabbitmqctl\s+(force_)?reset\b | \bvirsh\s+undefine\b | \buserdel\b
            | \bopenstack\s+(server|volume|image|project|network)\s+delete\b";
        let disruptive = r"(?x)
            \bsystemctl\s+(\S+\s+)*?(restart|stop|disable|mask|isolate)\b
            | \bservice\s+\S+\s+(restart|stop)\b | ^\s*(sudo\s+)?(reboot|shutdown)\b | \bsetenforce\b
            | \b(yum|dnf|apt|apt-get)\s+(-\S+\s+)*(remove|erase|downgrade|distro-sync|update|upgrade|autoremove|purge|swap)\b
            | \brpm\s+(-e|--erase)\b | \bkill(all)?\b | \bpkill\b | \bvirsh\s+destroy\b
            | \bovs-vsctl\s+.*\bdel-(br|port)\b | \bip\s+link\s+set\s+.*\bdown\b | \bifdown\b
            | \bnmcli\s+con\w*\s+(down|delete)\b | \biptables\s+-F";
        [(destructive, Risk::Destructive), (disruptive, Risk::Disruptive)]
            .map(|(regex, risk)| (Regex::new(regex).expect("an expression"), risk))
    });
    static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"--assumeno|--test\b|--dry-run|\bapt(-get)?\s+update|\brm\s+-\w+\s+(/var/cache/\S+\s*)+$")
            .expect("an expression")
    });
    if HARMLESS.is_match(command) {
        return Risk::Safe;
    }
    let found = RISKS.iter().find(|(regex, _)| regex.is_match(command));
    found.map_or(Risk::Safe, |(_, risk)| *risk)
}

/// A program of a command that the hosts stated do not have, and why.
fn foreign(command: &str, rule: &Rule, when: Option<&FixWhen>) -> Option<(String, &'static str)> {
    let none = Vec::new();
    let (its, family) = when.map_or((&none, &none), |when| (&when.os, &when.family));
    let stated = [&rule.os, its, family];
    if stated.iter().all(|set| set.is_empty()) {
        return None;
    }
    // `el` alone leaves the version open.
    let versions = [&rule.os, its].iter().any(|set| !set.is_empty() && **set != ["el"]);
    let hosts: Vec<Family> = systems(&stated).into_iter().map(Os::family).collect();
    if hosts.is_empty() {
        return None;
    }
    let any = |test: fn(&Family) -> bool| hosts.iter().any(test);
    programs(command).into_iter().find_map(|program| {
        let why = match program.as_str() {
            "dnf" if versions && any(|f| matches!(f, Family::El(..8))) => "comes with EL 8",
            "dnf" | "yum" | "rpm" if any(|f| *f == Family::Debian) => "is not Debian's",
            "yum" if versions && !any(|f| matches!(f, Family::El(..8))) => "is `dnf` from EL 8 on",
            "apt" | "apt-get" | "dpkg" if any(|f| *f != Family::Debian) => "is Debian's only",
            "service" | "chkconfig" if versions && !any(|f| matches!(f, Family::El(..7))) => {
                "is of EL 6: there is systemctl"
            }
            "systemctl" | "firewall-cmd" | "hostnamectl" | "timedatectl"
                if versions && any(|f| matches!(f, Family::El(..7))) =>
            {
                "comes with EL 7"
            }
            _ => return None,
        };
        Some((program, why))
    })
}

/// The programs that a command line starts, as far as its words show it.
fn programs(command: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if "|&;\n()".contains(c) => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("never empty").push(if quote.is_some() && c == ' ' {
            '_'
        } else {
            c
        });
    }
    let passed = |word: &&str| {
        ["sudo", "then", "do", "else", "if", "!", "while"].contains(word) || word.contains('=')
    };
    let program =
        |part: &String| part.split_whitespace().find(|word| !passed(word)).map(str::to_owned);
    parts.iter().filter_map(program).collect()
}

fn tests(subject: &mut Subject<'_>) {
    let rule = subject.rule;
    let tests = std::mem::take(&mut subject.tests);
    let firing = || tests.iter().filter(|test| !test.silent);
    if firing().next().is_none() {
        subject.say("no-firing-test", "test", "no [[test]] in which it fires");
    } else if firing().all(|test| test.origin.is_none()) && !rule.patterns.is_empty() {
        *subject.say("no-origin", "test.0", "no test says where its log comes from") =
            Some("origin = \"printed by …\", \"format string of …\" or \"written in the program's form\"".into());
    }
    if tests.iter().all(|test| !test.silent) {
        *subject.say("no-silent-test", "test", "no [[test]] with `silent = true`") =
            Some("write a near miss".into());
    }
    for (at, test) in tests.iter().enumerate() {
        let texts = || test.log.iter().chain(test.logs.values());
        if test.silent && !rule.patterns.is_empty() && texts().next().is_some() {
            let patterns = rule.patterns.iter().map(|pattern| pattern.regex.as_str());
            let theirs = long_words(&patterns.collect::<Vec<_>>().join(" "), 4);
            if texts().all(|text| long_words(text, 4).is_disjoint(&theirs)) {
                *subject.say(
                    "far-miss",
                    format!("test.{at}.log"),
                    "no pattern has a word of this log",
                ) = Some(
                    "write a near miss: the words of the pattern, of a run that is healthy".into(),
                );
            }
        }
        if let Some(address) = texts().find_map(|text| public_address(text)) {
            let message = format!("{address} may be somebody's address");
            *subject.say("public-address", format!("test.{at}.log"), message) =
                Some("use 192.0.2.0/24, 198.51.100.0/24 or 203.0.113.0/24".into());
        }
    }
    let mut untested: BTreeSet<&str> = BTreeSet::new();
    for (_, command) in all_commands(rule) {
        untested.extend(template::names(command));
    }
    untested.retain(|name| !firing().any(|test| test.captures.contains_key(*name)));
    if !untested.is_empty() && rule.computed.is_none() {
        let names = untested.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!("a command uses `{names}`, and no test says what it captures");
        *subject.say("untested-capture", "test.0", message) =
            Some("captures = { … } in a test".into());
    }
    subject.tests = tests;
}

/// An IPv4 address of the public internet. What stands in a name or a version is none.
fn public_address(text: &str) -> Option<Ipv4Addr> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^\w.~+-])(\d{1,3}(?:\.\d{1,3}){3})(?:[^\w.~+-]|\.?$|\.\s)")
            .expect("an expression")
    });
    let addresses = ADDRESS.captures_iter(text).filter_map(|found| found[1].parse().ok());
    addresses.into_iter().find(|address: &Ipv4Addr| {
        let [a, b, ..] = address.octets();
        let shared = a == 100 && (64..128).contains(&b);
        !(address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_documentation()
            || address.is_multicast()
            || shared
            || a == 0
            || a >= 240)
    })
}

#[cfg(test)]
mod tests_of_words {
    use super::*;

    #[test]
    fn programs_are_first_words() {
        let all = programs("sudo LANG=C dnf install x && (systemctl stop 'a;b' | grep 'yum|dnf')");
        assert_eq!(all, ["dnf", "systemctl", "grep"]);
    }

    #[test]
    fn risk_is_seen_in_the_words() {
        assert_eq!(least_risk("systemctl restart httpd"), Risk::Disruptive);
        assert_eq!(least_risk("systemctl start httpd"), Risk::Safe);
        assert_eq!(least_risk("rm -rf /var/lib/mysql"), Risk::Destructive);
        assert_eq!(least_risk("rm -f /var/run/x.pid"), Risk::Safe);
    }

    #[test]
    fn only_public_addresses_are_somebodys() {
        let of = |text| public_address(text).map(|a| a.to_string());
        assert_eq!(of("from 203.0.113.7 to 8.8.8.8: refused").as_deref(), Some("8.8.8.8"));
        assert_eq!(of("x-1.2.3.4-5.el8 255.255.255.0 10.0.0.1 169.254.169.254"), None);
    }
}
