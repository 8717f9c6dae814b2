//! Reports as text for people and as JSON for machines. Nothing here reads or writes.

mod page;
mod parameter;
mod patch;
mod script;
mod text;

pub use page::page;
pub use parameter::parameter_page;
pub use patch::{Patch, patch};
pub use script::{Script, fix_script};
pub use text::{Style, preflight, text};

use crate::diagnosis::Report;

/// The report as indented JSON, in the form of [`crate::diagnosis::SCHEMA`].
///
/// # Panics
/// Never: a report holds nothing that JSON cannot.
pub fn json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report is JSON");
    text.push('\n');
    text
}
