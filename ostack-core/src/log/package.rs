//! Problems that dnf, yum, rpm and pip print.

use super::form::{Form, Head};
use super::record::{Level, Package, PackageTool};
use super::scan::{begins, begins_any, contains, contains_any, first_line, starts_blank, trimmed};

use Level::{Error, Warning};
use PackageTool::{Dnf, Pip, Rpm, Yum};

/// How the tools' messages begin behind `Error: `.
const BEHIND_ERROR: &[(&str, PackageTool)] = &[
    ("Package: ", Yum),
    ("Unable to find a match", Dnf),
    ("No matching ", Yum),
    ("Nothing to do", Yum),
    ("Failed to download metadata", Dnf),
    ("Failed to synchronize cache", Dnf),
    ("Transaction test error", Dnf),
    ("Transaction check error", Dnf),
    ("Problem", Dnf),
    ("Cannot retrieve ", Yum),
    ("Cannot find a valid baseurl", Yum),
    ("Cannot prepare internal mirrorlist", Dnf),
    ("Multilib version problems", Yum),
    ("Protected multilib", Yum),
    ("Cache-only enabled", Dnf),
    ("Error downloading packages", Dnf),
    ("No available modular metadata", Dnf),
    ("There are no enabled repos", Yum),
    ("GPG check FAILED", Dnf),
    ("Could not run transaction", Dnf),
    ("Some packages could not be", Yum),
    ("rpmdb ", Yum),
    ("Unknown repo", Dnf),
    ("Curl error", Dnf),
    ("Dependency resolution failed", Dnf),
    ("conflicting requests", Dnf),
    ("File contains no section headers", Yum),
    ("Modular dependency problem", Dnf),
    ("It wasn't possible to enable", Dnf),
    ("The operation would result in", Dnf),
    ("No such command", Dnf),
    ("Loading repository", Dnf),
];

/// Lines that begin a problem without `Error: `, or go on with one.
const ALONE: &[(&str, PackageTool, Level)] = &[
    ("Errors during downloading metadata", Dnf, Error),
    ("No match for argument", Dnf, Error),
    ("Failed to download metadata for repo", Dnf, Error),
    ("Failed to synchronize cache for repo", Dnf, Warning),
    ("Transaction test error", Dnf, Error),
    ("Transaction check error", Yum, Error),
    ("Transaction Check Error", Yum, Error),
    ("Modular dependency problem", Dnf, Warning),
    ("Module yaml error", Dnf, Warning),
    ("Problem: ", Dnf, Error),
    ("Problem 1: ", Dnf, Error),
    ("Failed to resolve the transaction", Dnf, Error),
    ("nothing provides ", Dnf, Error),
    ("Curl error (", Dnf, Error),
    ("Error downloading packages", Yum, Error),
    ("GPG check FAILED", Dnf, Error),
    ("GPG key retrieval failed", Yum, Error),
    ("The GPG keys listed for", Yum, Error),
    ("Could not retrieve mirrorlist", Yum, Warning),
    ("Cannot find a valid baseurl", Yum, Error),
    ("Could not fetch/save url", Yum, Error),
    ("Cannot retrieve metalink for repository", Yum, Error),
    ("Cannot retrieve repository metadata", Yum, Error),
    ("Error unpacking rpm package", Rpm, Error),
    ("One of the configured repositories failed", Yum, Error),
    ("warning: /var/cache/", Rpm, Warning),
    ("warning: rpmts", Rpm, Warning),
    ("error: Failed dependencies", Rpm, Error),
    ("error: unpacking of archive failed", Rpm, Error),
    ("error: rpmdb", Rpm, Error),
    ("error: db5 error", Rpm, Error),
    ("error: cannot open Packages", Rpm, Error),
    ("error: can't create transaction lock", Rpm, Error),
    ("error: %pre", Rpm, Error),
    ("error: %post", Rpm, Error),
    ("rpmdb: ", Rpm, Error),
    ("Could not find a version that satisfies", Pip, Error),
    ("No matching distribution found for", Pip, Error),
    ("ERROR: Could not find a version", Pip, Error),
    ("ERROR: No matching distribution", Pip, Error),
    ("ERROR: Cannot uninstall", Pip, Error),
    ("ERROR: Cannot install", Pip, Error),
    ("ERROR: ResolutionImpossible", Pip, Error),
    ("ERROR: pip's dependency resolver", Pip, Error),
    ("ERROR: Failed building wheel", Pip, Error),
    ("ERROR: Could not install packages", Pip, Error),
];

/// `Error:` in the languages in which dnf and yum speak, where it is not written so.
const LOCALISED: &[&str] = &[
    "错误：",
    "错误:",
    "錯誤：",
    "錯誤:",
    "エラー:",
    "エラー：",
    "Ошибка:",
    "Помилка:",
    "오류:",
    "Fehler:",
    "Erreur :",
    "Erreur:",
    "Errore:",
    "Erro:",
    "Fout:",
    "Błąd:",
    "Chyba:",
    "Hiba:",
    "Hata:",
    "Virhe:",
    "Fel:",
    "Feil:",
    "Fejl:",
    "Грешка:",
    "Eroare:",
];

/// What a package tool's problem begins with, or goes on with.
pub(super) fn head(body: &[u8]) -> Option<Head> {
    let (_, level) = phrase(body)?;
    Some(Head::new(Form::Package, level))
}

/// yum indents its longest message.
pub(super) fn indented(body: &[u8]) -> Option<Head> {
    let begins = body.starts_with(b"One of the configured repositories failed");
    begins.then_some(Head::new(Form::Package, Error))
}

fn phrase(body: &[u8]) -> Option<(PackageTool, Level)> {
    if let Some(rest) = body.strip_prefix(b"Error:") {
        let rest = rest.trim_ascii_start();
        let known = BEHIND_ERROR.iter().find(|(words, _)| begins(rest, words));
        return match known {
            Some((_, tool)) => Some((*tool, Error)),
            None => (conflicts(rest) || rest.starts_with(b"'") && contains(rest, "repository ID"))
                .then_some((Yum, Error)),
        };
    }
    match *body.first()? {
        b'A'..=b'Z' | b'a'..=b'z' => {}
        b'[' => {
            let is_download = begins_any(body, &["[MIRROR] ", "[FAILED] "]);
            let level = if body.starts_with(b"[M") { Warning } else { Error };
            return is_download.then_some((Dnf, level));
        }
        0x80.. => {
            return begins_any(body, LOCALISED).then_some((Dnf, Error));
        }
        b'*' => {
            let duplicates = body.starts_with(b"** Found ") && contains(body, "rpmdb problem");
            return duplicates.then_some((Yum, Warning));
        }
        _ => return None,
    }
    if let Some((_, tool, level)) = ALONE.iter().find(|(words, ..)| begins(body, words)) {
        return Some((*tool, *level));
    }
    let line = first_line(body);
    if begins_any(body, &["No package "]) && line.trim_ascii_end().ends_with(b" available.") {
        Some((Yum, Error))
    } else if body.starts_with(b"Package ") && contains(line, " is obsoleted by ") {
        Some((Yum, Warning))
    } else if body.starts_with(b"file /")
        && contains_any(line, &["conflicts between attempted installs", "conflicts with file from"])
    {
        Some((Rpm, Error))
    } else if begins_any(body, &["http", "ftp"]) && contains(line, ": [Errno ") {
        Some((Yum, Warning))
    } else {
        begins_any(body, LOCALISED).then_some((Dnf, Error))
    }
}

/// `mariadb-galera-server conflicts with mariadb-server-…`, a package's name first.
fn conflicts(message: &[u8]) -> bool {
    let name = message.iter().position(u8::is_ascii_whitespace).unwrap_or(message.len());
    message[name..].starts_with(b" conflicts with ")
}

/// Whether a line that begins nothing goes on with a problem.
pub(super) fn goes_on(line: &[u8]) -> bool {
    const LINES: [&str; 10] = [
        "(try to add",
        "missing groups or modules",
        "You can try to add to command line",
        "Trying other mirror",
        "To address this issue",
        "Error Summary",
        "----",
        "14: ",
        "12: ",
        "error was",
    ];
    const WORDS: [&str; 4] = [
        " is a duplicate with ",
        " has missing requires of ",
        ", but you have ",
        ", which is not installed",
    ];
    starts_blank(line) || begins_any(line, &LINES) || contains_any(line, &WORDS)
}

/// Whether a line goes on with a problem behind a blank line: pip's resolver writes paragraphs.
pub(super) fn goes_on_after_blank(line: &[u8]) -> bool {
    const LINES: [&str; 6] = [
        "The conflict is caused by:",
        "To fix this you could try to:",
        "Additionally, some packages in these conflicts",
        "1. loosen the range",
        "2. remove package versions",
        "ERROR: ResolutionImpossible",
    ];
    begins_any(line, &LINES)
}

/// Whether `line`, under an `Error:` that stands alone, tells that dnf wrote it.
pub(super) fn is_dnf_problem(line: &[u8]) -> bool {
    line.starts_with(b" Problem") || line.starts_with(b"  - ")
}

pub(super) fn parse(text: &[u8], level: Level) -> Package {
    let blanks = text.len() - text.trim_ascii_start().len();
    let body = &text[blanks..];
    let localised_prefix = LOCALISED.iter().find(|prefix| begins(body, prefix));
    let prefix = match localised_prefix {
        Some(prefix) => prefix.len(),
        None => ["Error:", "error:", "ERROR:", "warning:"]
            .iter()
            .find(|prefix| begins(body, prefix))
            .map_or(0, |prefix| prefix.len()),
    };
    let tool = match phrase(body) {
        // yum indents what a package needs far; dnf puts ` Problem` and `  - ` under its `Error:`.
        _ if localised_prefix.is_some() => {
            if contains(text, "\n     ") {
                Yum
            } else {
                Dnf
            }
        }
        Some((tool, _)) => tool,
        None => Dnf,
    };
    let message = trimmed(text, blanks + prefix, text.len());
    Package { tool, level, message, localised: localised_prefix.is_some() }
}
