//! The lines around the evidence: read again after the diagnosis, and only when they are asked for.

use std::collections::BTreeMap;

use super::Report;
use crate::context::Context;
use crate::finding::{Evidence, EvidenceKind, printable};
use crate::log::{Reader, Sources};
use crate::redact::{MASK, Redactor};

/// So many lines on both sides are read to know what in them is a secret: a private key is longer
/// than what is shown of it.
const LOOKED_AT: u64 = 150;

/// Gives the evidence of logs the lines before and after it, at most `lines` on each side, masked.
/// The sources are read a second time, up to the last line that is wanted; what can be read only
/// once, such as standard input, gives none.
///
/// ```
/// use ostack_core::context::Context;
/// use ostack_core::diagnosis::surround;
/// use ostack_core::log::{Source, Sources};
/// use ostack_core::rule::KnowledgeBase;
///
/// let log = "Notice: before\n\
///            Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'\n\
///            Notice: after\n";
/// let mut sources = Sources::new();
/// sources.push(Source::bytes("192.0.2.2_controller.pp.log", log));
/// let context = Context::new();
/// let mut report = ostack_core::diagnose(&sources, &context, &KnowledgeBase::builtin());
/// surround(&mut report, &sources, &context, 3);
/// assert_eq!(report.diagnoses[0].evidence[0].before, ["Notice: before"]);
/// assert_eq!(report.diagnoses[0].evidence[0].after, ["Notice: after"]);
/// ```
pub fn surround(report: &mut Report, sources: &Sources, context: &Context, lines: u64) {
    let redactor = context.redactor();
    let mut wanted: BTreeMap<String, Vec<&mut Evidence>> = BTreeMap::new();
    let evidence = report.diagnoses.iter_mut().flat_map(|diagnosis| &mut diagnosis.evidence);
    for evidence in evidence.filter(|evidence| evidence.kind == EvidenceKind::Log) {
        wanted.entry(evidence.path.clone()).or_default().push(evidence);
    }
    for source in sources {
        let Some(places) = wanted.get_mut(source.path()) else { continue };
        // What was read once is read as far as it can be: what is missing is not shown.
        let Ok(reader) = Reader::new(source) else { continue };
        fill(reader, places, &redactor, lines);
    }
}

/// The lines of a source that stand near to one of the places.
fn fill(mut reader: Reader<'_>, places: &mut [&mut Evidence], redactor: &Redactor, lines: u64) {
    let last = places.iter().map(|place| place.line).max().unwrap_or_default() + LOOKED_AT;
    let near = |line: u64| places.iter().any(|place| line.abs_diff(place.line) <= LOOKED_AT);
    let mut kept: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    'read: while let Ok(Some(block)) = reader.next_block() {
        for entry in block.entries() {
            if entry.line > last {
                break 'read;
            }
            let end = entry.line + u64::from(entry.lines);
            if !places.iter().any(|p| entry.line <= p.line + LOOKED_AT && p.line < end + LOOKED_AT)
            {
                continue;
            }
            // Empty lines at a record's end are not in its text.
            let lines = entry.text.split(|&byte| byte == b'\n').chain(std::iter::repeat(&b""[..]));
            let numbered = (entry.line..end).zip(lines);
            kept.extend(numbered.filter(|(line, _)| near(*line)).map(|(n, l)| (n, l.to_vec())));
        }
        reader.recycle(block);
    }
    for place in places {
        let from = place.line.saturating_sub(LOOKED_AT);
        let window: Vec<(u64, &Vec<u8>)> =
            kept.range(from..=place.line + LOOKED_AT).map(|(n, line)| (*n, line)).collect();
        let shown = masked(&window, redactor);
        let within = |range: std::ops::Range<u64>| {
            shown.iter().filter(|(n, _)| range.contains(n)).map(|(_, line)| line.clone()).collect()
        };
        place.before = within(place.line.saturating_sub(lines)..place.line);
        place.after = within(place.line + 1..place.line + 1 + lines);
    }
}

/// Lines with their secrets masked, also those that span lines.
fn masked(window: &[(u64, &Vec<u8>)], redactor: &Redactor) -> Vec<(u64, String)> {
    let text = window.iter().map(|(_, line)| line.as_slice()).collect::<Vec<_>>().join(&b'\n');
    let secrets = redactor.secrets(&text);
    let mut start = 0;
    let lines = window.iter().map(|(number, line)| {
        let end = start + line.len();
        let mut out = Vec::new();
        let mut at = start;
        for secret in secrets.iter().filter(|s| s.start < end && s.end > start) {
            out.extend_from_slice(&text[at..secret.start.max(at)]);
            out.extend_from_slice(MASK.as_bytes());
            at = secret.end.min(end);
        }
        out.extend_from_slice(&text[at..end]);
        start = end + 1;
        (*number, printable(&String::from_utf8_lossy(&out)))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Source;
    use crate::rule::KnowledgeBase;

    const SEEN: &str =
        "Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'";

    fn surrounded(log: &str) -> Report {
        let mut sources = Sources::new();
        sources.push(Source::bytes("192.0.2.2_controller.pp.log", log));
        let context = Context::new();
        let mut report = super::super::diagnose(&sources, &context, &KnowledgeBase::builtin(), &[]);
        surround(&mut report, &sources, &context, 2);
        report
    }

    #[test]
    fn neighbours_are_lines_of_the_source() {
        let report = surrounded(&format!("one\n\u{1b}[0mtwo\r\n\nError: other\n{SEEN}\nlast"));
        let evidence = &report.diagnoses[0].evidence[0];
        assert_eq!((evidence.line, evidence.text.as_str()), (5, SEEN));
        assert_eq!(evidence.before, ["", "Error: other"]);
        assert_eq!(evidence.after, ["last"]);
    }

    #[test]
    fn a_key_is_masked_where_only_its_middle_is_near() {
        let body = "MIIEowIBAAKCAQEA7bq0\n".repeat(20);
        let log = format!(
            "-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\n{SEEN}\npassword = hunter2\n"
        );
        let report = surrounded(&log);
        let evidence = &report.diagnoses[0].evidence[0];
        let around = evidence.before.join("\n") + &evidence.after.join("\n");
        assert!(!around.contains("MIIE") && !around.contains("hunter2"), "{around}");
        assert!(around.contains(MASK));
    }
}
