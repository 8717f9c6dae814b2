//! The run as a timeline: its steps in their order, each as long as it took.

use serde::Serialize;

use super::clip;
use crate::diagnosis::{Report, StepInfo};
use crate::report::words::span;

/// The width of the drawing, in its own units.
const WIDTH: f64 = 1000.0;
/// The least width of a bar that is seen.
const LEAST: f64 = 6.0;
/// At most so many steps are drawn; of more, those that went well come first to be left out.
const MOST: usize = 80;

#[derive(Serialize)]
pub(super) struct Timeline {
    rows: Vec<Row>,
    /// Texts under the scale, from its start to its end; empty: no time is known.
    ticks: Vec<String>,
    left_out: usize,
    total: Option<String>,
    failed: Option<String>,
}

#[derive(Serialize)]
struct Row {
    title: String,
    state: &'static str,
    host: Option<String>,
    /// The bar; none: how long it took is not logged.
    x: f64,
    width: Option<f64>,
    took: Option<String>,
}

pub(super) fn timeline(report: &Report) -> Option<Timeline> {
    let run = report.run.as_ref()?;
    if run.steps.is_empty() {
        return None;
    }
    let known: f64 = run.steps.iter().filter_map(|step| step.seconds).sum();
    let all = run.seconds.unwrap_or_default().max(known);
    let scale = if known > 0.0 { WIDTH / all } else { 0.0 };
    let shown = shown(&run.steps);
    let mut at = 0.0;
    let mut rows = Vec::new();
    for step in &run.steps {
        let seconds = step.seconds.unwrap_or_default();
        let x = (at * scale).min(WIDTH - LEAST);
        at += seconds;
        if !shown.iter().any(|shown| std::ptr::eq(*shown, step)) {
            continue;
        }
        rows.push(Row {
            title: clip(&step.title, 120),
            state: step.state,
            host: step.host.as_deref().map(|host| clip(host, 80)),
            x: x.round(),
            width: step.seconds.map(|s| (s * scale).max(LEAST).round()),
            took: step.seconds.map(span),
        });
    }
    let rest = all - known;
    if known > 0.0 && rest > 1.0 {
        rows.push(Row {
            title: "Everything else: packstack logs no time for it by step".to_owned(),
            state: "rest",
            host: None,
            x: (known * scale).round(),
            width: Some((rest * scale).round()),
            took: Some(span(rest)),
        });
    }
    let ticks = if known > 0.0 {
        (0..=4)
            .map(|i| if i == 0 { "0".to_owned() } else { span(all * f64::from(i) / 4.0) })
            .collect()
    } else {
        Vec::new()
    };
    Some(Timeline {
        left_out: run.steps.len() - shown.len(),
        rows,
        ticks,
        total: run.seconds.filter(|seconds| *seconds > 0.0).map(span),
        failed: run.failed_manifest.clone().or_else(|| run.failed_step.clone()),
    })
}

/// The steps that are drawn: what failed or took long before all else.
fn shown(steps: &[StepInfo]) -> Vec<&StepInfo> {
    let mut steps: Vec<&StepInfo> = steps.iter().collect();
    if steps.len() > MOST {
        steps.sort_by(|a, b| {
            let worth = |step: &StepInfo| (step.state != "done", step.seconds.unwrap_or_default());
            worth(b).partial_cmp(&worth(a)).unwrap_or(std::cmp::Ordering::Equal)
        });
        steps.truncate(MOST);
    }
    steps
}
