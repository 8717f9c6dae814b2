//! How far reading is, shown on a terminal, and stopping it with Ctrl-C.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ostack_core::log::Watch;

/// What takes less than this shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(200);

/// Counts what is read, and knows whether to stop.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    read: AtomicU64,
    path: Mutex<String>,
    stopped: AtomicBool,
}

impl Watch for Progress {
    fn read(&self, path: &str, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
        if let Ok(mut last) = self.path.try_lock()
            && *last != path
        {
            path.clone_into(&mut last);
        }
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Progress {
    /// Stops at Ctrl-C, or when the system asks to end. The second time the process ends at once.
    pub(crate) fn stop_at_interrupt(self: &Arc<Self>) -> anyhow::Result<()> {
        let progress = Arc::clone(self);
        ctrlc::set_handler(move || {
            if progress.stopped.swap(true, Ordering::Relaxed) {
                // Whoever asks twice does not want to wait.
                std::process::exit(2);
            }
        })?;
        Ok(())
    }

    /// Draws how far it is until what is returned is dropped; only on a terminal.
    pub(crate) fn show(self: &Arc<Self>, total: Option<u64>) -> Option<Shown> {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if is_dumb || !io::stderr().is_terminal() {
            return None;
        }
        let (done, is_done) = mpsc::channel::<()>();
        let progress = Arc::clone(self);
        let thread = std::thread::spawn(move || {
            let since = Instant::now();
            let mut wait = PATIENCE;
            while is_done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = INTERVAL;
                let path = progress.path.lock().map(|path| path.clone()).unwrap_or_default();
                let line =
                    line(progress.read.load(Ordering::Relaxed), total, since.elapsed(), &path);
                let width = terminal_size::terminal_size_of(io::stderr())
                    .map_or(80, |(width, _)| usize::from(width.0));
                let line: String = line.chars().take(width.saturating_sub(1)).collect();
                draw(&line);
            }
            if wait == INTERVAL {
                draw("");
            }
        });
        Some(Shown { done: Some(done), thread: Some(thread) })
    }
}

/// Writes a line over the one before it.
fn draw(line: &str) {
    // A standard error that cannot be written to leaves nothing to be done.
    let _ = write!(io::stderr(), "\r\x1b[2K{line}");
    let _ = io::stderr().flush();
}

/// Progress that is being shown.
pub(crate) struct Shown {
    done: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.done = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// `1.2 GB of 4.0 GB (30 %), 300 MB/s, 10 s left: nova-api.log`
fn line(read: u64, total: Option<u64>, took: Duration, path: &str) -> String {
    let rate = read * 1000 / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate_shown = format!("{}/s", bytes(rate));
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = ostack_core::finding::printable(name);
    let Some(total) = total.filter(|total| *total > 0) else {
        return format!("{}, {rate_shown}: {name}", bytes(read));
    };
    let percent = (read * 100 / total).min(100);
    let left = match total.saturating_sub(read).div_ceil(rate.max(1)) {
        seconds @ 0..100 => format!("{seconds} s"),
        seconds @ 100..6000 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h", seconds.div_ceil(3600)),
    };
    let (read, total) = (bytes(read), bytes(total));
    format!("{read} of {total} ({percent} %), {rate_shown}, {left} left: {name}")
}

/// A size in decimal units.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_and_how_long() {
        let four = Duration::from_secs(4);
        assert_eq!(
            line(1_200_000_000, Some(4_000_000_000), four, "/var/log/nova-api.log"),
            "1.2 GB of 4.0 GB (30 %), 300 MB/s, 10 s left: nova-api.log"
        );
        assert_eq!(line(20_000, None, four, "<stdin>"), "20 kB, 5 kB/s: <stdin>");
        assert_eq!(
            line(4_000_000, Some(4_000_000_000), four, "x"),
            "4 MB of 4.0 GB (0 %), 1 MB/s, 67 min left: x"
        );
    }
}
