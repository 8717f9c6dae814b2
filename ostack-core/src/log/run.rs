//! What packstack's own words tell of a run: its steps, where it failed, where its logs are.

use std::collections::HashMap;

use super::packstack::events;
use super::record::{Entry, Packstack, PackstackEvent, PuppetEvent, Record};
use super::source::Source;
use super::time;
use crate::span::Span;

/// A packstack run, as its console and logs tell it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// The steps in the order in which they began. That a manifest is applied is a step.
    pub steps: Vec<Step>,
    /// The title of the step that failed, `Applying Puppet manifests` for one.
    pub failed_step: Option<String>,
    /// The manifest that failed: `192.0.2.2_controller.pp`.
    pub failed_manifest: Option<String>,
    /// The host on which that was.
    pub failed_host: Option<String>,
    /// The paths of logs that packstack names.
    pub log_paths: Vec<String>,
    /// The first time stamp of the setup log.
    pub started: Option<String>,
    /// The last time stamp of the setup log.
    pub ended: Option<String>,
    /// From the first to the last time stamp, in seconds.
    pub seconds: Option<f64>,
    /// The message with which packstack stopped.
    pub stopped_with: Option<String>,
    /// Whether packstack said that the installation was completed, and did not stop afterwards.
    pub succeeded: bool,
    /// Where it last said so: the source's path, and the number of the record.
    pub success: Option<(String, u64)>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The title that packstack prints.
    pub title: String,
    /// How it went.
    pub state: StepState,
    /// The host, of a manifest.
    pub host: Option<String>,
    /// The manifest that is applied.
    pub manifest: Option<String>,
    /// When it began, where that is known.
    pub start: Option<String>,
    /// How long Puppet took for the manifest, where its log says so.
    pub seconds: Option<f64>,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// It began; nothing is said of its end.
    Begun,
    /// It ended well.
    Done,
    /// It failed.
    Error,
}

impl StepState {
    /// The name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Error => "error",
        }
    }
}

/// Puts a [`Run`] together from the records of all its logs.
///
/// ```
/// use ostack_core::log::{Reader, RunTracker, Source};
/// let source = Source::bytes(
///     "console",
///     *b"Clean Up                   [ DONE ]\n\
///        Applying 192.0.2.2_controller.pp\n\
///        192.0.2.2_controller.pp:   [ ERROR ]\n\
///        Applying Puppet manifests  [ ERROR ]\n",
/// );
/// let mut tracker = RunTracker::new();
/// let mut reader = Reader::new(&source)?;
/// while let Some(block) = reader.next_block()? {
///     block.entries().for_each(|entry| tracker.observe(&source, &entry));
/// }
/// let run = tracker.run().expect("these are packstack's words");
/// assert_eq!(run.failed_step.as_deref(), Some("Applying Puppet manifests"));
/// assert_eq!(run.failed_manifest.as_deref(), Some("192.0.2.2_controller.pp"));
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RunTracker {
    run: Run,
    seconds: HashMap<String, f64>,
    seen: bool,
    started: Option<i64>,
    ended: Option<i64>,
}

impl RunTracker {
    /// A tracker that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a record. Records of one source come in their order; sources may come in any.
    pub fn observe(&mut self, source: &Source, entry: &Entry<'_>) {
        match &entry.record {
            Record::Packstack(packstack) => {
                self.seen = true;
                if packstack.time.is_some() {
                    self.setup(entry, packstack);
                } else {
                    for event in events(entry.text) {
                        self.console(source, entry, &event);
                    }
                }
            }
            Record::Puppet(puppet) if puppet.event == PuppetEvent::Applied => {
                if let (Some(manifest), Some(seconds)) =
                    (source.manifest(), seconds(puppet.message.of(entry.text)))
                {
                    self.seconds.insert(manifest.to_owned(), seconds);
                }
            }
            _ => {}
        }
    }

    /// What is known of the run, if anything of packstack was seen.
    pub fn run(mut self) -> Option<Run> {
        for step in &mut self.run.steps {
            step.seconds = step.manifest.as_ref().and_then(|name| self.seconds.get(name)).copied();
        }
        let failed = |wants_manifest: bool| {
            self.run.steps.iter().find(|step| {
                step.state == StepState::Error && step.manifest.is_some() == wants_manifest
            })
        };
        let failed_step = failed(false).or_else(|| failed(true)).map(|step| step.title.clone());
        let failed_manifest = failed(true).and_then(|step| step.manifest.clone());
        self.run.failed_step = failed_step;
        self.run.failed_manifest = self.run.failed_manifest.or(failed_manifest);
        let host = self.run.failed_manifest.as_deref().and_then(|name| name.split_once('_'));
        self.run.failed_host = self.run.failed_host.or(host.map(|(host, _)| host.to_owned()));
        self.run.seconds =
            self.started.zip(self.ended).map(|(started, ended)| (ended - started) as f64 / 1000.0);
        self.seen.then_some(self.run)
    }

    fn setup(&mut self, entry: &Entry<'_>, packstack: &Packstack) {
        if let Some(stamp) = packstack.time {
            let instant = time::instant(stamp.of(entry.text));
            if self.run.started.is_none() || instant < self.started {
                self.run.started = Some(owned(entry.text, stamp));
                self.started = instant;
            }
            if self.run.ended.is_none() || instant > self.ended {
                self.run.ended = Some(owned(entry.text, stamp));
                self.ended = instant;
            }
        }
        if !matches!(packstack.event, PackstackEvent::Error | PackstackEvent::Traceback) {
            return;
        }
        // The console's message is the same, and without the traceback.
        if self.run.stopped_with.is_none() {
            let message = packstack.message.map(|message| owned(entry.text, message));
            self.run.stopped_with = message.map(|message| exception(&message));
        }
        self.failed_on(entry.text, packstack);
    }

    fn console(&mut self, source: &Source, entry: &Entry<'_>, event: &Packstack) {
        let text = entry.text;
        let message = event.message.map(|message| owned(text, message));
        match event.event {
            PackstackEvent::StepDone => self.step_ended(text, event.title, StepState::Done),
            PackstackEvent::StepError => self.step_ended(text, event.title, StepState::Error),
            PackstackEvent::ManifestBegun => self.manifest(text, event, StepState::Begun),
            PackstackEvent::ManifestDone => self.manifest(text, event, StepState::Done),
            PackstackEvent::ManifestError => self.manifest(text, event, StepState::Error),
            PackstackEvent::LogPath => {
                let path = message.filter(|path| !self.run.log_paths.contains(path));
                self.run.log_paths.extend(path);
            }
            PackstackEvent::Success => {
                self.run.succeeded = true;
                self.run.success = Some((source.path().to_owned(), entry.number));
            }
            PackstackEvent::Error | PackstackEvent::Traceback => {
                self.run.succeeded = false;
                self.run.stopped_with = message.map(|message| exception(&message));
                self.failed_on(text, event);
            }
            _ => {}
        }
    }

    fn failed_on(&mut self, text: &[u8], event: &Packstack) {
        if let Some(manifest) = event.manifest {
            self.run.failed_manifest = Some(owned(text, manifest));
            self.run.failed_host = event.host.map(|host| owned(text, host));
        }
    }

    /// A step's end. Where a state stands without title, it is that of the last step that began.
    fn step_ended(&mut self, text: &[u8], title: Option<Span>, state: StepState) {
        match (title, self.run.steps.last_mut()) {
            (Some(title), _) => self.run.steps.push(Step {
                title: owned(text, title),
                state,
                host: None,
                manifest: None,
                start: None,
                seconds: None,
            }),
            (None, Some(last)) if last.state == StepState::Begun => last.state = state,
            _ => {}
        }
    }

    fn manifest(&mut self, text: &[u8], event: &Packstack, state: StepState) {
        let Some(name) = event.manifest.map(|manifest| owned(text, manifest)) else {
            return;
        };
        let known = self.run.steps.iter_mut().rev();
        let begun = known
            .filter(|step| step.state == StepState::Begun)
            .find(|step| step.manifest.as_ref() == Some(&name));
        match begun {
            Some(step) => step.state = state,
            None => self.run.steps.push(Step {
                title: format!("Applying {name}"),
                state,
                host: event.host.map(|host| owned(text, host)),
                manifest: Some(name),
                start: None,
                seconds: None,
            }),
        }
    }
}

fn owned(text: &[u8], span: Span) -> String {
    String::from_utf8_lossy(span.of(text)).into_owned()
}

/// Of a traceback the exception, else the whole message.
fn exception(message: &str) -> String {
    if !message.contains("Traceback (most recent call last)") {
        return message.to_owned();
    }
    let is_frame = |line: &&str| !line.starts_with(char::is_whitespace) && !line.is_empty();
    let frames = message.lines().skip_while(|line| !line.contains("Traceback"));
    let rest: Vec<_> = frames.skip(1).skip_while(|line| !is_frame(line)).collect();
    if rest.is_empty() { message.to_owned() } else { rest.join("\n").trim_end().to_owned() }
}

/// `Applied catalog in 12.34 seconds`, `Finished catalog run in 4.43 seconds`
fn seconds(message: &[u8]) -> Option<f64> {
    let message = std::str::from_utf8(message).ok()?;
    let seconds: f64 = message.split_ascii_whitespace().rev().nth(1)?.parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}
