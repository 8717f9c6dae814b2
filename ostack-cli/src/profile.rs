//! `ostack-cli diagnose --profile`: where the time went.

use std::io::Write;
use std::time::Duration;

use ostack_core::diagnosis::Profile;

/// So many rules are shown.
const MOST: usize = 10;

/// Says it on standard error; `render` is how long the report took to be written.
pub(crate) fn show(profile: &Profile, render: Duration) {
    // A standard error that cannot be written to leaves nothing to be done.
    let _ = anstream::stderr().write_all(text(profile, render).as_bytes());
}

fn text(profile: &Profile, render: Duration) -> String {
    let stages = [
        (profile.read, "read", "open, read, unpack, split into records"),
        (profile.anchors, "anchors", "look for the patterns' anchors"),
        (profile.confirm, "confirm", "run the regular expressions whose anchor was seen"),
        (profile.records, "records", "read the records that matter, group errors"),
        (profile.evaluate, "evaluate", "decide which rules fire, and rank them"),
        (render, "render", "write the report"),
    ];
    let stage = |(time, name, what)| format!("{}  {name:<9} {what}\n", milliseconds(time));
    let mut text = "   time ms  stage (times of several threads are added up)\n".to_owned();
    text.extend(stages.map(stage));
    if !profile.rules.is_empty() {
        text.push_str("   time ms      tried    matched  rule\n");
    }
    text.extend(profile.rules.iter().take(MOST).map(|rule| {
        let time = milliseconds(rule.time);
        format!("{time} {:>10} {:>10}  {}\n", rule.tried, rule.matched, rule.rule)
    }));
    let left = profile.rules.len().saturating_sub(MOST);
    if left > 0 {
        text.extend([format!("{:>34}and {left} more\n", "")]);
    }
    text
}

fn milliseconds(time: Duration) -> String {
    format!("{:>10.3}", time.as_secs_f64() * 1000.0)
}
