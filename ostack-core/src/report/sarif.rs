//! SARIF 2.1.0, for editors and code-scanning services.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::markdown;
use super::words::{self, fingerprint};
use crate::diagnosis::{Report, SourceInfo};
use crate::finding::{Evidence, Finding, Place};
use crate::rule::{KnowledgeBase, Severity};

/// The id under which errors that no rule explains are reported.
const UNEXPLAINED: &str = "unexplained";

/// The report as indented [SARIF 2.1.0]: `driver.rules` lists all rules of `rules`, with their whole
/// text where a result names them. An error that no rule explains is a result of the rule
/// `unexplained`.
///
/// ```
/// use ostack_core::context::Context;
/// use ostack_core::log::Sources;
/// use ostack_core::rule::KnowledgeBase;
/// let rules = KnowledgeBase::builtin();
/// let report = ostack_core::diagnose(&Sources::new(), &Context::new(), &rules);
/// let sarif = ostack_core::report::sarif(&report, &rules);
/// assert!(sarif.contains(r#""version": "2.1.0""#));
/// ```
///
/// [SARIF 2.1.0]: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
///
/// # Panics
/// Never: what is made here is JSON.
pub fn sarif(report: &Report, rules: &KnowledgeBase) -> String {
    let mut index: HashMap<&str, usize> = HashMap::new();
    let mut descriptors: Vec<Value> = Vec::new();
    for head in rules.heads() {
        index.insert(head.id, descriptors.len());
        descriptors.push(json!({
            "id": head.id,
            "shortDescription": { "text": head.title },
            "defaultConfiguration": { "level": level(head.severity) },
            "properties": { "component": head.component, "status": head.status, "tags": [head.component] },
        }));
    }
    for finding in &report.diagnoses {
        let Some(&at) = index.get(finding.rule.as_str()) else { continue };
        let Ok(rule) = rules.get(&finding.rule) else { continue };
        let descriptor = &mut descriptors[at];
        descriptor["fullDescription"] = json!({ "text": rule.cause });
        descriptor["help"] = json!({ "text": super::page(rule, &super::Style::default()) });
        if let Some(reference) = rule.references.first() {
            descriptor["helpUri"] = json!(reference);
        }
    }
    index.insert(UNEXPLAINED, descriptors.len());
    descriptors.push(json!({
        "id": UNEXPLAINED,
        "shortDescription": { "text": "An error that no rule explains" },
        "defaultConfiguration": { "level": "warning" },
    }));

    let mut results: Vec<Value> =
        report.diagnoses.iter().map(|finding| result(finding, &index)).collect();
    for unexplained in &report.unexplained {
        results.push(json!({
            "ruleId": UNEXPLAINED,
            "ruleIndex": index[UNEXPLAINED],
            "level": "warning",
            "message": { "text": format!("No rule explains this error: {}", unexplained.first.text) },
            "locations": [place(&unexplained.first)],
            "occurrenceCount": unexplained.count,
            "partialFingerprints": { "ostack/v1": fingerprint(&[&unexplained.template]) },
        }));
    }

    let read = report.sources.iter().filter(|source| source.skipped.is_none());
    let failed = report.sources.iter().any(|source| source.failed);
    let notifications: Vec<Value> = report.sources.iter().filter_map(notification).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ostack",
                "version": report.ostack,
                "semanticVersion": report.ostack,
                "rules": descriptors,
            }},
            "columnKind": "unicodeCodePoints",
            "automationDetails": { "id": "ostack/" },
            "invocations": [{
                "executionSuccessful": !failed,
                "toolExecutionNotifications": notifications,
            }],
            "artifacts": read.map(artifact).collect::<Vec<_>>(),
            "results": results,
            "properties": { "context": report.context, "rulesLoaded": report.rules_loaded },
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).expect("this is JSON");
    text.push('\n');
    text
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, index: &HashMap<&str, usize>) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), json!(finding.rule));
    if let Some(index) = index.get(finding.rule.as_str()) {
        result.insert("ruleIndex".to_owned(), json!(index));
    }
    let text = format!("{}\n\n{}", finding.title, finding.cause.trim());
    let rest = json!({
        "level": level(finding.severity),
        "message": { "text": text, "markdown": markdown::finding_alone(finding) },
        "occurrenceCount": finding.count.max(1),
        "rank": finding.confidence * 100.0,
        "partialFingerprints": { "ostack/v1": fingerprint(&[&finding.rule, &finding.title]) },
        "properties": {
            "component": finding.component,
            "confidence": finding.confidence,
            "sure": words::sure(finding),
            "alternatives": finding.alternatives.iter().map(|a| &a.rule).collect::<Vec<_>>(),
        },
    });
    let Value::Object(rest) = rest else { unreachable!("an object was written") };
    result.extend(rest);
    // The first place is where it is; what else was seen is beside it.
    let mut seen = finding.evidence.iter();
    result.insert("locations".to_owned(), seen.next().map_or(json!([]), |e| json!([evidence(e)])));
    let mut related: Vec<Value> = seen.map(evidence).collect();
    for symptom in &finding.symptoms {
        let Some(first) = &symptom.first else { continue };
        let mut location = place(first);
        location["message"] = json!({ "text": format!("led to: {}", symptom.title) });
        related.push(location);
    }
    for (id, location) in related.iter_mut().enumerate() {
        location["id"] = json!(id);
    }
    if !related.is_empty() {
        result.insert("relatedLocations".to_owned(), Value::Array(related));
    }
    Value::Object(result)
}

fn evidence(evidence: &Evidence) -> Value {
    let columns = (evidence.column > 0 && evidence.end_column > evidence.column)
        .then_some((evidence.column, evidence.end_column));
    let mut location = physical(&evidence.path, evidence.line, columns, &evidence.text);
    if let Some(note) = &evidence.note {
        location["message"] = json!({ "text": note });
    }
    location
}

fn place(place: &Place) -> Value {
    physical(&place.path, place.line, None, &place.text)
}

fn physical(path: &str, line: u64, columns: Option<(u64, u64)>, text: &str) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(path) } });
    if line > 0 {
        let mut region = json!({ "startLine": line, "snippet": { "text": text } });
        if let Some((start, end)) = columns {
            region["startColumn"] = json!(start);
            region["endColumn"] = json!(end);
        }
        physical["region"] = region;
    }
    json!({ "physicalLocation": physical })
}

fn artifact(source: &SourceInfo) -> Value {
    json!({
        "location": { "uri": uri(&source.path) },
        "length": source.bytes,
        "roles": ["analysisTarget"],
        "properties": { "kind": source.kind, "lines": source.lines },
    })
}

fn notification(source: &SourceInfo) -> Option<Value> {
    let reason = source.skipped.as_ref()?;
    Some(json!({
        "level": if source.failed { "error" } else { "note" },
        "message": { "text": format!("not read: {reason}") },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&source.path) } } }],
    }))
}

/// A path as a reference: absolute ones with their scheme, all else relative, percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("a b/<stdin>:ä"), "a%20b/%3Cstdin%3E%3A%C3%A4");
        assert_eq!(uri("/var/log/x.log"), "file:///var/log/x.log");
    }
}
