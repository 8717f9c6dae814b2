//! Reads conflicts out of what the tools print, line by line.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::bytes::{Captures, Regex};

use super::translated::{INSTALLED, STATEMENTS};
use super::{Conflict, ConflictKind, Party, Requirement};
use crate::log::PackageTool::{self, Dnf, Pip, Puppet, Rpm, Yum};
use crate::span::Span;
use crate::version::{Nevra, Scheme};

use ConflictKind::{
    AlreadyInstalled, Architecture, BestCandidate, BothVersions, Conflicts, Contradiction,
    DistroSync, Download, Excluded, File, Metadata, ModularFilter, Module, Multilib, NotFound,
    NothingProvides, Obsoletes, Protected, ProvidersRuledOut, StillNeeded, Unsigned, WrongVersion,
};

/// A line's form: words that it must hold, and an expression whose groups name the parts. In it
/// `PKG`, `OTHER`, `REQ` and `FROM` stand for a package, the other one, what is required, and dnf's
/// ` from REPOSITORY`.
struct Form {
    kind: ConflictKind,
    tool: PackageTool,
    key: &'static str,
    regex: &'static str,
}

const fn form(
    kind: ConflictKind,
    tool: PackageTool,
    key: &'static str,
    regex: &'static str,
) -> Form {
    Form { kind, tool, key, regex }
}

/// What is more particular stands first: a line is read by the first form that fits.
#[rustfmt::skip]
const FORMS: &[Form] = &[
    form(NothingProvides, Dnf, "nothing provides ", "nothing provides REQ needed by (?:module )?PKGFROM"),
    form(NothingProvides, Dnf, "nothing provides ", "nothing provides requested REQ\\s*$"),
    form(ProvidersRuledOut, Dnf, "none of the providers", "(?<installed>installed )?(?:package|module) PKGFROM requires REQ, but none of the providers"),
    form(BothVersions, Dnf, "cannot install both ", "cannot install both PKGFROM and OTHERWHENCE"),
    form(Obsoletes, Dnf, " obsolete ", "both package PKGFROM and OTHERWHENCE obsolete REQ\\s*$"),
    form(Conflicts, Dnf, " conflicts with ", "(?<installed>installed )?package PKGFROM conflicts with REQ provided by OTHERWHENCE"),
    form(Obsoletes, Dnf, " obsoletes ", "(?<installed>installed )?package PKGFROM (?:implicitly )?obsoletes REQ provided by OTHERWHENCE"),
    form(Excluded, Dnf, "exclude filtering", "package OTHERWHENCE is filtered out by exclude filtering"),
    form(ModularFilter, Dnf, "modular filtering", "package OTHERWHENCE is filtered out by modular filtering"),
    form(Architecture, Dnf, "inferior architecture", "OTHERWHENCE has inferior architecture"),
    form(Architecture, Dnf, "compatible architecture", "package OTHERWHENCE does not have a compatible architecture"),
    form(DistroSync, Dnf, "a distupgrade repository", "OTHERWHENCE does not belong to a distupgrade repository"),
    form(BestCandidate, Dnf, "the best update candidate", "cannot install the best update candidate for package PKGFROM"),
    form(Excluded, Dnf, "filtered out by exclude filtering for argument", "for argument: OTHER"),
    form(ModularFilter, Dnf, "filtered out by modular filtering for argument", "for argument: OTHER"),
    form(NotFound, Dnf, "No match for argument", "No match for argument:? PKG"),
    form(NotFound, Yum, " available.", "No package PKG available\\."),
    form(Metadata, Dnf, "for repo '", "Failed to (?:download metadata for|synchronize cache for) repo '(?<repo>[^'\\n]+)'"),
    form(Metadata, Yum, "for repository: ", "Cannot retrieve repository metadata[^\\n]* for repository: (?<repo>[\\w./-]+)"),
    form(Metadata, Yum, "metalink for repository: ", "metalink for repository: (?<repo>[\\w.-]+)"),
    form(Download, Dnf, "has incorrect checksum", "Package \"PKG\" from local repository \"(?<package_repo>[^\"]+)\""),
    form(Download, Dnf, "Cannot download ", "^ +(?:- )?PKG: Cannot download "),
    form(Unsigned, Dnf, " is not signed", "Package PKG is not signed"),
    form(Module, Dnf, "missing groups or modules", "missing groups or modules: (?<package>[\\w.:+-]+)"),
    form(Module, Dnf, "switching of module '", "switching of module '(?<package>[^'\\n]+)' stream '(?<other_version>[^'\\n]+)' to stream '(?<package_version>[^'\\n]+)'"),
    form(File, Rpm, " conflicts with file from package ", "file (?<file>/\\S+) from install of PKG conflicts with file from package OTHER"),
    form(File, Rpm, "between attempted installs of ", "file (?<file>/\\S+) conflicts between attempted installs of PKG and OTHER"),
    form(AlreadyInstalled, Rpm, "(which is newer than ", "package OTHER \\(which is newer than PKG\\)"),
    form(Architecture, Rpm, "intended for a different", "package OTHER is intended for a different (?:architecture|operating system)"),
    form(StillNeeded, Rpm, " is needed by (installed) ", "(?:Failed dependencies:|^)\\s*REQ is needed by \\(installed\\) PKG"),
    form(NothingProvides, Rpm, " is needed by ", "(?:Failed dependencies:|^)\\s*REQ is needed by PKG"),
    form(Obsoletes, Rpm, " is obsoleted by ", "(?:Failed dependencies:|^)\\s*REQ is obsoleted by (?<installed>\\(installed\\) )?(?<package>[\\w.+:~^-]+-\\d[\\w.+:~^-]*\\.\\w+)\\s*$"),
    form(Obsoletes, Yum, " is obsoleted by ", "(?:Package )?OTHER is obsoleted by (?<package>[\\w+-][\\w.+:~^-]*), "),
    form(Conflicts, Rpm, " conflicts with ", "(?:Failed dependencies:|^)\\s+REQ conflicts with (?<installed>\\(installed\\) )?(?<package>[\\w.+:~^-]+-\\d[\\w.+:~^-]*\\.\\w+)\\s*$"),
    form(Conflicts, Yum, " conflicts with ", "Error: PKG conflicts with OTHER"),
    form(Multilib, Yum, "Protected multilib versions", "Protected multilib versions: PKG != OTHER"),
    form(WrongVersion, Pip, ", but you", "(?<package>[\\w.+-]+) (?<package_version>[\\w.+!-]+) (?:requires|has requirement) (?<requires>[^\\n]+?), but you(?:'ll)? have (?<other>[\\w.+-]+) (?<other_version>[\\w.+!-]+?)(?: which is incompatible|\\.?\\s*$)"),
    form(WrongVersion, Pip, ", which is not installed", "(?<package>[\\w.+-]+) (?<package_version>[\\w.+!-]+) requires (?<requires>[^\\n]+?), which is not installed"),
    form(Contradiction, Pip, " depends on ", "^\\s+(?<package>[\\w.+-]+)(?:\\[[^\\]\\n]*\\])? (?<package_version>[\\w.+!-]+) depends on (?<requires>[^\\n]+?)\\s*$"),
    form(Contradiction, Pip, "The user requested ", "The user requested (?:\\(constraint\\) )?(?<requires>[^\\n]+?)\\s*$"),
    form(NothingProvides, Pip, "that satisfies the requirement ", "that satisfies the requirement (?<requires>[^\\n(]+?)(?: \\(from (?<package>[\\w.+-]+?)(?:==(?<package_version>[\\w.+!-]+))?(?:->[^)\\n]*)?\\))? \\(from versions: (?<versions>[^)\\n]*)\\)"),
    form(NothingProvides, Pip, "No matching distribution found for ", "No matching distribution found for (?<requires>[^\\n(]+?)\\s*(?:\\(from (?<package>[\\w.+-]+)[^\\n]*)?$"),
    form(WrongVersion, Puppet, ", installed: ", "^\\s+(?<other>[\\w/-]+), installed: (?<other_version>[\\w.+-]+), expected: (?<ranges>[^\\n]+?)\\s*$"),
    form(WrongVersion, Puppet, ", expects '", "^\\s+(?<package>[\\w/-]+), expects '(?<of>[\\w/-]+)': (?<ranges>[^\\n]+?)\\s*$"),
    form(WrongVersion, Puppet, " requires '", "'(?<package>[\\w/-]+)' \\(v(?<package_version>[\\w.+-]+)\\) requires '(?<of>[\\w/-]+)' \\((?<ranges>[^)\\n]+)\\)"),
    form(AlreadyInstalled, Puppet, ") is already installed", "Module '(?<other>[\\w/-]+)' \\(v(?<other_version>[\\w.+-]+)\\) is already installed"),
    form(Contradiction, Puppet, "cannot satisfy all dependencies", "The requested version cannot satisfy all dependencies"),
];

/// `Error: Package: …` of yum, in the languages in which it speaks.
const YUM_HEAD: &str = r"(?:Package|软件包|套件|Пакет|パッケージ|Paquete|Paquet|Paket|Pacote|Pakiet)\s?(?::|：)\s?(?<package>[\w.+:~^-]+) \((?<repo>[@\w./ -]+)\)";
const YUM_KEYS: &[&str] = &[
    "Package: ",
    "软件包",
    "套件",
    "Пакет",
    "パッケージ",
    "Paquete",
    "Paquet",
    "Paket",
    "Pacote",
    "Pakiet",
];
/// `Requires: x` under it, and what it shows of the required package.
const YUM_BLOCK: &str = r"^\s+(?:(?<requires>Requires|需要|Необходимо|Требует|要求|Necesita|Requiere|Requiert|Benötigt|Requer)|(?<installed>Installed|Removing|Updating|已安装|正在删除|Установлено|インストール|Instalado|Installé|Installiert)|(?<offered>Available|Installing|Updated By|Obsoleted By|Update|可用|正在安装|Доступно|利用可能|Disponible|Verfügbar|Disponível))\s?(?::|：)\s?(?<value>[^\n]+?)(?:\s\((?<repo>[@\w./-]+)\))?\s*$";
/// dnf's list of names behind `Unable to find a match:` and the protected packages.
const LISTS: &[(ConflictKind, &str)] =
    &[(NotFound, "nable to find a match: "), (Protected, "following protected packages: ")];

struct Reader {
    /// The words of which every statement holds some.
    keys: AhoCorasick,
    forms: Vec<Compiled>,
    yum_block: Regex,
    yum_head: Regex,
}

/// A form, whose expression is compiled when its words are seen.
struct Compiled {
    kind: ConflictKind,
    tool: PackageTool,
    key: &'static str,
    text: Cow<'static, str>,
    regex: OnceLock<Regex>,
}

impl Compiled {
    fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| compile(&self.text))
    }
}

static READER: LazyLock<Reader> = LazyLock::new(|| {
    let form = |kind, tool, key, text| Compiled { kind, tool, key, text, regex: OnceLock::new() };
    let english = FORMS.iter().map(|f| form(f.kind, f.tool, f.key, Cow::Borrowed(f.regex)));
    let translated = STATEMENTS.iter().map(|&(kind, words)| {
        let (key, text) = translated(kind, words);
        form(kind, Dnf, key, Cow::Owned(text))
    });
    let forms: Vec<Compiled> = english.chain(translated).collect();
    let keys = forms.iter().map(|form| form.key).chain(LISTS.iter().map(|(_, words)| *words));
    Reader {
        keys: AhoCorasick::new(keys.chain(YUM_KEYS.iter().copied())).expect("the words are few"),
        forms,
        yum_block: compile(YUM_BLOCK),
        yum_head: compile(YUM_HEAD),
    }
});

fn compile(text: &str) -> Regex {
    let whole = text
        .replace("PKG", r"(?<package>[\w+][\w.+:~^-]*)")
        .replace("OTHER", r"(?<other>[\w+][\w.+:~^-]*)")
        .replace("REQ", r"(?<requires>[^\s-][^\n]*?)")
        .replace("FROM", r"(?: from (?<package_repo>[\w.@-]+))?")
        .replace("WHENCE", r"(?: from (?<other_repo>[\w.@-]+))?");
    Regex::new(&format!("(?-u){whole}")).expect("the forms are valid")
}

/// The longest words of a translated statement, and its expression.
fn translated(kind: ConflictKind, words: &'static str) -> (&'static str, String) {
    let values: &[&str] = match kind {
        NothingProvides => &["REQ", "PKG"],
        ProvidersRuledOut => &["PKG", "REQ"],
        BothVersions => &["PKG", "OTHER"],
        Conflicts | Obsoletes => &["PKG", "REQ", "OTHER"],
        _ => &["OTHER"],
    };
    let parts = words.split("{}");
    let key = parts.clone().max_by_key(|part| part.len()).unwrap_or_default();
    let mut text = String::new();
    for (part, value) in parts.zip(values.iter().chain([&r"\s*$"])) {
        text += &regex::escape(part);
        text += value;
    }
    (key, text)
}

/// What the text says does not fit, what decides first.
pub(super) fn conflicts(text: &[u8]) -> Vec<Conflict> {
    if !READER.keys.is_match(text) {
        return Vec::new();
    }
    let mut found = Found::default();
    let mut at = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        let end = at + line.len() - usize::from(line.ends_with(b"\n"));
        let lead = text[at..end].iter().take_while(|b| b" \t-".contains(b)).count();
        found.line(&text[at..end], Span::new(at + lead, end));
        at += line.len();
    }
    found.settle()
}

#[derive(Default)]
struct Found {
    conflicts: Vec<Conflict>,
    /// Which of a tool's numbered problems is being read.
    problem: usize,
    /// What dnf names as installed packages with a problem.
    installed: Vec<String>,
    /// The module that `puppet module` cannot install, or that others require.
    module: Option<Party>,
    /// Whether it is to be taken away.
    uninstalls: bool,
    /// Whether the last conflict is yum's, and lines about it may follow.
    yum: bool,
}

impl Found {
    fn line(&mut self, line: &[u8], place: Span) {
        let has = |words: &str| memchr::memmem::find(line, words.as_bytes()).is_some();
        let number = |c: char| c == ' ' || c.is_ascii_digit();
        if after(line, "Problem")
            .is_some_and(|rest| rest.trim_start_matches(number).starts_with(": "))
        {
            self.problem += 1;
        }
        let installed = ["problem with installed package "].iter().chain(INSTALLED);
        self.installed.extend(installed.filter_map(|words| Some(first_word(&after(line, words)?))));
        self.puppet_module(line);
        if self.yum_line(line, place) {
            return;
        }
        for (kind, words) in LISTS {
            let Some(list) = after(line, words) else { continue };
            for name in list.split([',', ' ']).filter(|name| !name.is_empty()) {
                let package = Some(party(name, None, Scheme::Rpm));
                self.push(Conflict { package, ..empty(*kind, Dnf, place) });
            }
            return;
        }
        for form in &READER.forms {
            if has(form.key)
                && let Some(groups) = form.regex().captures(line)
            {
                return self.form(form, &groups, place);
            }
        }
    }

    /// A line that one of the forms fits.
    fn form(&mut self, form: &Compiled, groups: &Captures<'_>, place: Span) {
        let text = |name: &str| {
            let found = groups.name(name)?;
            Some(String::from_utf8_lossy(found.as_bytes()).trim_end().to_owned())
        };
        let scheme = scheme(form.tool);
        let named = |name: &str| {
            let mut found = party(&text(name)?, text(&format!("{name}_version")), scheme);
            found.repo = text(&format!("{name}_repo"));
            // dnf 5 names the host itself as a repository.
            if found.repo.as_deref() == Some("@System") {
                found.installed = true;
                found.repo = None;
            }
            Some(found)
        };
        let mut conflict = Conflict {
            package: named("package"),
            other: named("other"),
            requires: text("requires").map(|text| Requirement { text, scheme }),
            repo: text("repo"),
            file: text("file"),
            ..empty(form.kind, form.tool, place)
        };
        // rpm and pip speak of what is there.
        let is_there = form.kind == StillNeeded || form.kind == WrongVersion && form.tool == Pip;
        if let Some(package) = &mut conflict.package {
            package.installed |= is_there || text("installed").is_some();
        }
        let other_is_there = matches!(form.kind, AlreadyInstalled | DistroSync | WrongVersion)
            || form.text.contains("file from package");
        if let Some(other) = &mut conflict.other {
            other.installed |= other_is_there;
        }
        if let Some(versions) = text("versions")
            && let Some(name) = conflict.requires.as_ref().and_then(Requirement::name)
        {
            let versions = versions.split(',').map(str::trim).filter(|version| *version != "none");
            let there = |version: &str| party(name, Some(version.to_owned()), scheme);
            // The newest ones stand last.
            conflict.candidates = versions.rev().take(5).map(there).collect();
        }
        if let Some(ranges) = text("ranges") {
            self.module_ranges(&mut conflict, text("of"), &ranges);
            if self.uninstalls {
                conflict.kind = StillNeeded;
            }
        } else if form.tool == Puppet {
            conflict.package.clone_from(&self.module);
        }
        self.push(conflict);
    }

    /// `puppet module` says first which module it is about.
    fn puppet_module(&mut self, line: &[u8]) {
        const HEADS: [&str; 4] = [
            "ould not install module '",
            "ould not upgrade module '",
            "dependencies on '",
            "Warning: Module '",
        ];
        for head in HEADS {
            let Some(rest) = after(line, head) else { continue };
            let Some((name, rest)) = rest.split_once('\'') else { continue };
            let version = rest.strip_prefix(" (").and_then(|rest| rest.split_once(')'));
            let version = version.map(|(version, _)| {
                let wanted = version.rsplit(" -> ").next().unwrap_or(version);
                wanted.trim_start_matches('v').to_owned()
            });
            let mut module = party(name, version, Scheme::Puppet);
            module.installed = !head.starts_with("ould");
            self.uninstalls = head.starts_with("depend");
            self.module = Some(module);
        }
        if after(line, "Missing dependency '").is_some() {
            self.module = None;
        }
    }

    /// What a module of Puppet requires of another.
    fn module_ranges(&self, conflict: &mut Conflict, of: Option<String>, ranges: &str) {
        let required = of.or_else(|| conflict.other.as_ref().map(|other| other.name.clone()));
        let Some(required) = required else { return };
        let text = format!("{required} {ranges}");
        conflict.requires = Some(Requirement { text, scheme: Scheme::Puppet });
        if conflict.package.is_none() {
            conflict.package.clone_from(&self.module);
        } else if conflict.other.is_none() {
            let module = self.module.as_ref().filter(|module| module.name == required);
            conflict.other = module.cloned();
        }
    }

    /// yum's block: `Error: Package: …`, and the lines under it.
    fn yum_line(&mut self, line: &[u8], place: Span) -> bool {
        let text = |groups: &Captures<'_>, name: &str| {
            let found = groups.name(name)?;
            Some(String::from_utf8_lossy(found.as_bytes()).into_owned())
        };
        if let Some(groups) = READER.yum_head.captures(line) {
            let mut package =
                party(&text(&groups, "package").unwrap_or_default(), None, Scheme::Rpm);
            let repo = text(&groups, "repo").unwrap_or_default();
            package.installed = repo.starts_with('@') || repo == "installed";
            package.repo = Some(repo.trim_start_matches('@').to_owned());
            self.push(Conflict { package: Some(package), ..empty(NothingProvides, Yum, place) });
            self.yum = true;
            return true;
        }
        let Some(groups) = READER.yum_block.captures(line).filter(|_| self.yum) else {
            return false;
        };
        let Some(conflict) = self.conflicts.last_mut() else { return false };
        let value = text(&groups, "value").unwrap_or_default();
        if groups.name("requires").is_some() {
            let repo = text(&groups, "repo").map(|repo| format!("({repo})")).unwrap_or_default();
            let text = format!("{value}{repo}");
            conflict.requires = Some(Requirement { text, scheme: Scheme::Rpm });
            conflict.place.end = place.end;
            return true;
        }
        let mut candidate = party(&value, None, Scheme::Rpm);
        let repo = text(&groups, "repo").unwrap_or_default();
        candidate.installed = groups.name("installed").is_some();
        candidate.repo = Some(repo.trim_start_matches('@').to_owned()).filter(|r| !r.is_empty());
        conflict.candidates.push(candidate);
        true
    }

    fn push(&mut self, conflict: Conflict) {
        self.yum = false;
        self.conflicts.push(Conflict { problem: self.problem.saturating_sub(1), ..conflict });
    }

    /// Brings together what several lines say of one thing, and puts what decides first.
    fn settle(mut self) -> Vec<Conflict> {
        let demands: Vec<Conflict> =
            self.conflicts.iter().filter(|c| c.kind == ProvidersRuledOut).cloned().collect();
        let installed = &self.installed;
        let mut met: Vec<Span> = Vec::new();
        for conflict in &mut self.conflicts {
            let problem = conflict.problem;
            for party in conflict.package.iter_mut().chain(&mut conflict.other) {
                party.installed |= installed.contains(&party.text);
            }
            // What is hidden is told together with what asks for it.
            let hidden = conflict.other.as_ref().filter(|_| conflict.package.is_none());
            let asks = |demand: &&Conflict| {
                let name = demand.requires.as_ref().and_then(Requirement::name);
                demand.problem == problem
                    && name.zip(hidden).is_some_and(|(name, other)| base(name) == other.name)
            };
            if let Some(demand) = demands.iter().find(asks) {
                conflict.package.clone_from(&demand.package);
                conflict.requires.clone_from(&demand.requires);
                met.push(demand.place);
            }
        }
        let mut found: Vec<Conflict> = Vec::new();
        for conflict in self.conflicts {
            let told = conflict.kind == ProvidersRuledOut && met.contains(&conflict.place);
            if !told
                && !found.iter().any(|other| other.same(&conflict) || says_less(&conflict, other))
            {
                found.push(conflict);
            }
        }
        for Conflict { requires, other, candidates, .. } in &mut found {
            let Some(requires) = requires else { continue };
            let name = requires.name().map(base).map(str::to_owned);
            let named = |party: &&mut Party| Some(&party.name) == name.as_ref();
            for party in other.iter_mut().chain(candidates).filter(named) {
                party.fits = requires.allows(party);
            }
        }
        found.sort_by_key(|conflict| conflict.kind);
        found
    }
}

/// Whether a text is a table of dnf's or yum's transaction.
pub(super) fn is_table(text: &[u8]) -> bool {
    const HEADS: [&[u8]; 6] =
        [b"Installing", b"Upgrading", b"Updating", b"Downgrading", b"Reinstalling", b"Removing"];
    HEADS.iter().any(|head| text.starts_with(head))
}

/// The packages of such a table, and the repository of each.
pub(super) fn repositories(text: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(text);
    let package = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [name, arch, evr, repo, _size, ..] = columns[..] else { return None };
        let text = format!("{name}-{evr}.{arch}");
        let known = Nevra::is_architecture(arch) && Nevra::parse(&text).is_ok();
        known.then(|| (text, repo.trim_start_matches('@').to_owned()))
    };
    text.lines().filter_map(package).collect()
}

/// Whether another statement says the same and more: pip and dnf print a name twice.
fn says_less(conflict: &Conflict, other: &Conflict) -> bool {
    let name = |c: &Conflict| c.package.as_ref().or(c.other.as_ref()).map(|p| p.name.clone());
    match conflict.kind {
        NotFound => {
            matches!(other.kind, NotFound | Excluded | ModularFilter)
                && name(conflict) == name(other)
        }
        NothingProvides => {
            conflict.tool == Pip
                && other.kind == NothingProvides
                && conflict.requires == other.requires
        }
        _ => false,
    }
}

fn scheme(tool: PackageTool) -> Scheme {
    match tool {
        Dnf | Yum | Rpm => Scheme::Rpm,
        Pip => Scheme::Pep440,
        Puppet => Scheme::Puppet,
    }
}

fn empty(kind: ConflictKind, tool: PackageTool, place: Span) -> Conflict {
    Conflict {
        kind,
        tool,
        package: None,
        requires: None,
        other: None,
        candidates: Vec::new(),
        repo: None,
        file: None,
        place,
        problem: 0,
    }
}

/// A package as written. A dot may end a sentence.
fn party(text: &str, version: Option<String>, scheme: Scheme) -> Party {
    let text = text.trim_end_matches(['.', ',', ':']);
    let mut party = Party {
        text: text.to_owned(),
        name: text.to_owned(),
        version,
        repo: None,
        installed: false,
        fits: None,
        scheme,
    };
    if let Some(version) = &party.version {
        party.text = format!("{text} {version}");
    } else if let Some(nevra) = party.nevra() {
        party.version = Some(nevra.evr().to_string());
        party.name = nevra.name;
    }
    party
}

/// A name without the architecture that a requirement adds: `glibc(x86-32)`.
fn base(name: &str) -> &str {
    name.split('(').next().unwrap_or(name)
}

/// What follows `words` in the line.
fn after<'l>(line: &'l [u8], words: &str) -> Option<Cow<'l, str>> {
    let at = memchr::memmem::find(line, words.as_bytes())?;
    Some(String::from_utf8_lossy(&line[at + words.len()..]))
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_owned()
}
