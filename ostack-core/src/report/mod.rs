//! Reports for people and for machines: text, Markdown, HTML, JSON, SARIF, JUnit. Nothing here reads
//! or writes.
//!
//! All take a [`Report`], whatever it was made of: a run's logs, or the findings of an audit.

mod html;
mod junit;
mod markdown;
mod page;
mod parameter;
mod patch;
mod sarif;
mod script;
mod templates;
mod text;
mod words;

pub use html::html;
pub use junit::junit;
pub use markdown::markdown;
pub use page::page;
pub use parameter::parameter_page;
pub use patch::{Patch, patch};
pub use sarif::sarif;
pub use script::{Script, fix_script};
pub use text::{Style, findings, preflight, text};

use crate::diagnosis::Report;

/// The JSON Schema (2020-12) of what [`json`] gives.
pub const JSON_SCHEMA: &str = include_str!("../../schema/diagnose.schema.json");

/// At most so many kinds of unexplained errors are shown, but for JSON, which has all.
const MAJOR_UNEXPLAINED: usize = 50;

/// The report as indented JSON, in the form of [`crate::diagnosis::SCHEMA`].
///
/// # Panics
/// Never: a report holds nothing that JSON cannot.
pub fn json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report is JSON");
    text.push('\n');
    text
}
