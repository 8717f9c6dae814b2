//! How causes led to what was seen, as a picture: boxes and arrows, laid out for a wide and a narrow
//! page.

use serde::Serialize;

use super::clip;
use crate::diagnosis::Report;
use crate::finding::Finding;
use crate::report::words::plural;
use crate::rule::Severity;

/// At most so many causes are drawn, and so many symptoms of each.
const MOST_CAUSES: usize = 5;
const MOST_SYMPTOMS: usize = 6;
/// The height of a line of text, and the space around texts, in the drawing's units.
const LINE: f64 = 18.0;
const PAD: f64 = 12.0;
/// Between boxes.
const GAP: f64 = 14.0;

/// The same picture twice.
#[derive(Serialize)]
pub(super) struct Pictures {
    wide: Picture,
    narrow: Picture,
    words: String,
}

#[derive(Serialize)]
struct Picture {
    width: f64,
    height: f64,
    boxes: Vec<Box>,
    arrows: Vec<String>,
}

#[derive(Serialize)]
struct Box {
    class: &'static str,
    label: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    /// Lines of text, with the height of each.
    lines: Vec<(f64, String)>,
    foot: Option<(f64, String)>,
}

/// Something to be drawn.
struct Node {
    class: &'static str,
    label: &'static str,
    title: String,
    foot: Option<String>,
}

/// A cause with what it led to.
struct Chain {
    cause: Node,
    symptoms: Vec<Node>,
    effects: Vec<Node>,
}

pub(super) fn pictures(report: &Report) -> Option<Pictures> {
    let stopper = report.diagnoses.iter().position(|finding| stopped_the_run(report, finding));
    let causes = report.diagnoses.iter().take(MOST_CAUSES).enumerate();
    let chains = causes.map(|(number, finding)| chain(report, finding, stopper == Some(number)));
    // A cause that led to nothing else needs no picture.
    let chains: Vec<Chain> =
        chains.filter(|chain| !(chain.symptoms.is_empty() && chain.effects.is_empty())).collect();
    if chains.is_empty() {
        return None;
    }
    let words = chains.iter().map(|chain| {
        let after: Vec<&str> =
            chain.symptoms.iter().chain(&chain.effects).map(|node| node.title.as_str()).collect();
        format!("{}; this led to: {}", chain.cause.title, after.join("; "))
    });
    let words = words.collect::<Vec<_>>().join(". ");
    Some(Pictures { wide: wide(&chains), narrow: narrow(&chains), words })
}

/// Whether the picture shows all that a finding led to.
pub(super) fn is_drawn(finding: &Finding, number: usize) -> bool {
    number < MOST_CAUSES && finding.symptoms.len() <= MOST_SYMPTOMS
}

/// Whether a finding was seen where packstack stopped: in the manifest that failed, or in what
/// packstack or Puppet printed.
fn stopped_the_run(report: &Report, finding: &Finding) -> bool {
    let Some(run) = &report.run else { return false };
    let of_packstack = |path: &str| {
        let source = report.sources.iter().find(|source| source.path == path);
        source.is_some_and(|source| ["packstack", "puppet"].contains(&source.kind.as_str()))
    };
    finding.severity == Severity::Error
        && finding.evidence.iter().any(|evidence| match &evidence.manifest {
            Some(manifest) => Some(manifest) == run.failed_manifest.as_ref(),
            None => of_packstack(&evidence.path),
        })
}

fn chain(report: &Report, finding: &Finding, stopped: bool) -> Chain {
    let cause = Node {
        class: "cause",
        label: "Root cause",
        title: clip(&finding.title, 200),
        foot: Some(finding.rule.clone()),
    };
    let mut symptoms: Vec<Node> = finding
        .symptoms
        .iter()
        .take(MOST_SYMPTOMS)
        .map(|symptom| {
            let first = symptom.first.as_ref();
            let place = first.map(|p| format!("{}:{}", file_name(&p.path), p.line));
            let times = (symptom.count > 1).then(|| plural(symptom.count, "time"));
            let foot: Vec<String> = place.into_iter().chain(times).collect();
            Node {
                class: "symptom",
                label: "Symptom",
                title: clip(&symptom.title, 200),
                foot: (!foot.is_empty()).then(|| foot.join(" · ")),
            }
        })
        .collect();
    let more = finding.symptoms.len().saturating_sub(MOST_SYMPTOMS);
    if more > 0 {
        symptoms.push(effect(
            "symptom",
            "Symptoms",
            &format!("and {}", plural(more as u64, "more symptom")),
        ));
    }
    let mut effects = Vec::new();
    if let Some(skipped) = finding.skipped_resources {
        effects.push(effect(
            "effect",
            "Effect",
            &format!("Puppet skipped {}", plural(skipped, "resource")),
        ));
    }
    if let Some(run) = report.run.as_ref().filter(|_| stopped) {
        let manifest = run.failed_manifest.as_ref();
        effects.extend(manifest.map(|m| effect("effect", "Effect", &format!("{m} failed"))));
        let step = run.failed_step.as_ref();
        effects
            .extend(step.map(|s| effect("effect", "Effect", &format!("packstack stopped: {s}"))));
    }
    Chain { cause, symptoms, effects }
}

fn effect(class: &'static str, label: &'static str, title: &str) -> Node {
    Node { class, label, title: clip(title, 120), foot: None }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// From left to right.
fn wide(chains: &[Chain]) -> Picture {
    const COLUMNS: [(f64, f64); 3] = [(0.0, 300.0), (350.0, 320.0), (720.0, 240.0)];
    let mut picture = Picture { width: 960.0, height: 0.0, boxes: Vec::new(), arrows: Vec::new() };
    let mut top = 1.0;
    for chain in chains {
        let column = |nodes: &[Node], at: usize| {
            let (x, width) = COLUMNS[at];
            let mut y = 0.0;
            let boxes: Vec<Box> = nodes
                .iter()
                .map(|node| {
                    let drawn = draw(node, x, y, width);
                    y += drawn.height + GAP;
                    drawn
                })
                .collect();
            (boxes, (y - GAP).max(0.0))
        };
        let (cause, cause_height) = column(std::slice::from_ref(&chain.cause), 0);
        let (symptoms, symptoms_height) = column(&chain.symptoms, 1);
        let at = if chain.symptoms.is_empty() { 1 } else { 2 };
        let (effects, effects_height) = column(&chain.effects, at);
        let height = cause_height.max(symptoms_height).max(effects_height);
        let place = |boxes: Vec<Box>, own: f64| -> Vec<Box> {
            let shift = top + (height - own) / 2.0;
            boxes.into_iter().map(|b| b.moved(shift)).collect()
        };
        let cause = place(cause, cause_height);
        let symptoms = place(symptoms, symptoms_height);
        let effects = place(effects, effects_height);
        for symptom in &symptoms {
            picture.arrows.push(across(&cause[0], symptom));
        }
        if let Some(first) = effects.first() {
            for from in if symptoms.is_empty() { &cause } else { &symptoms } {
                picture.arrows.push(across(from, first));
            }
        }
        for pair in effects.windows(2) {
            picture.arrows.push(down(&pair[0], &pair[1]));
        }
        picture.boxes.extend(cause.into_iter().chain(symptoms).chain(effects));
        top += height + 2.0 * GAP;
    }
    picture.height = top - 2.0 * GAP + 1.0;
    picture
}

/// From the top down.
fn narrow(chains: &[Chain]) -> Picture {
    const WIDTH: f64 = 340.0;
    const INDENT: f64 = 30.0;
    let mut picture = Picture { width: WIDTH, height: 0.0, boxes: Vec::new(), arrows: Vec::new() };
    let mut y = 1.0;
    for chain in chains {
        let cause = draw(&chain.cause, 1.0, y, WIDTH - 2.0);
        let trunk = cause.y + cause.height;
        y = trunk + GAP;
        for node in chain.symptoms.iter().chain(&chain.effects) {
            let drawn = draw(node, INDENT, y, WIDTH - INDENT - 1.0);
            let middle = drawn.y + drawn.height / 2.0;
            picture.arrows.push(format!("M14 {trunk}V{middle}H{}", INDENT - 2.0));
            y += drawn.height + GAP;
            picture.boxes.push(drawn);
        }
        picture.boxes.push(cause);
        y += GAP;
    }
    picture.height = y - 2.0 * GAP + 1.0;
    picture
}

/// A box with its text; a character is taken to be so wide that the text stays inside with any
/// common font.
fn draw(node: &Node, x: f64, y: f64, width: f64) -> Box {
    const MOST_LINES: usize = 4;
    let character = if node.class == "cause" { 8.2 } else { 7.5 };
    let columns = (1..200).take_while(|&n| f64::from(n) * character <= width - 2.0 * PAD).count();
    let wrap = |text: &str| {
        let options =
            textwrap::Options::new(columns).word_splitter(textwrap::WordSplitter::NoHyphenation);
        let mut lines: Vec<String> =
            textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect();
        if lines.len() > MOST_LINES {
            lines.truncate(MOST_LINES);
            lines.last_mut().expect("there are lines").push('…');
        }
        lines
    };
    let mut at = y + PAD + 10.0 + LINE;
    let lines: Vec<(f64, String)> = wrap(&node.title)
        .into_iter()
        .map(|line| {
            let there = (at, line);
            at += LINE;
            there
        })
        .collect();
    let foot = node.foot.as_ref().map(|foot| {
        let there = (at, clip(foot, columns.saturating_sub(1)));
        at += LINE;
        there
    });
    let height = at - LINE + PAD - y;
    Box { class: node.class, label: node.label, x, y, width, height, lines, foot }
}

impl Box {
    fn moved(mut self, by: f64) -> Self {
        self.y += by;
        for (y, _) in self.lines.iter_mut().chain(&mut self.foot) {
            *y += by;
        }
        self
    }
}

fn across(from: &Box, to: &Box) -> String {
    let (x1, y1) = (from.x + from.width, from.y + from.height / 2.0);
    let (x2, y2) = (to.x - 3.0, to.y + to.height / 2.0);
    let middle = f64::midpoint(x1, x2);
    format!("M{x1} {y1:.1}C{middle} {y1:.1} {middle} {y2:.1} {x2} {y2:.1}")
}

fn down(from: &Box, to: &Box) -> String {
    let x = from.x + from.width / 2.0;
    format!("M{x} {:.1}V{:.1}", from.y + from.height, to.y - 3.0)
}
