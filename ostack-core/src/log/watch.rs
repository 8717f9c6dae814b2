//! Being told how far reading is, and stopping it.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

/// Is told of all that is read, and may stop it. It is called often, and from several threads.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
/// use ostack_core::log::{Source, Sources, Watch};
///
/// /// Stops after so many bytes.
/// struct Most(u64, AtomicU64);
///
/// impl Watch for Most {
///     fn read(&self, _path: &str, bytes: u64) {
///         self.1.fetch_add(bytes, Relaxed);
///     }
///     fn stopped(&self) -> bool {
///         self.1.load(Relaxed) > self.0
///     }
/// }
///
/// let mut sources = Sources::new().watched(Arc::new(Most(1000, AtomicU64::new(0))));
/// sources.push(Source::reader("endless", Box::new(std::io::repeat(b'\n'))));
/// # let (context, rules) = (Default::default(), ostack_core::rule::KnowledgeBase::empty());
/// let report = ostack_core::diagnose(&sources, &context, &rules);
/// assert!(report.sources[0].skipped.is_some(), "the rest of it was not read");
/// ```
pub trait Watch: Send + Sync {
    /// So many more bytes of `path` were read, as they are in the file: before they are unpacked.
    fn read(&self, path: &str, bytes: u64) {
        let _ = (path, bytes);
    }

    /// Whether to stop here: nothing more is read, and what was read is diagnosed.
    fn stopped(&self) -> bool {
        false
    }
}

/// Why the rest of a source was not read.
pub(super) const STOPPED: &str = "stopped before its end";

/// What unpacks to more than this, and to more than so many times its size, is no log.
const MOST_UNPACKED: u64 = 1 << 30;
const MOST_TIMES: u64 = 500;

/// Counts what is read of one source, packed and unpacked.
pub(super) struct Meter {
    path: String,
    watch: Option<Arc<dyn Watch>>,
    /// Those who want what a thread unpacks.
    listeners: OnceLock<Weak<()>>,
    packed: AtomicU64,
    unpacked: AtomicU64,
    most_unpacked: u64,
}

impl Meter {
    pub(super) fn new(path: &str, watch: Option<Arc<dyn Watch>>) -> Arc<Self> {
        Self::with_limit(path, watch, MOST_UNPACKED)
    }

    pub(super) fn with_limit(
        path: &str,
        watch: Option<Arc<dyn Watch>>,
        most_unpacked: u64,
    ) -> Arc<Self> {
        let (listeners, packed, unpacked) = Default::default();
        let path = path.to_owned();
        Arc::new(Self { path, watch, listeners, packed, unpacked, most_unpacked })
    }

    /// Stops reading when all that hold what this gives are gone.
    pub(super) fn listener(&self) -> Arc<()> {
        let mut listener = Arc::new(());
        let known = self.listeners.get_or_init(|| Arc::downgrade(&listener));
        if let Some(other) = known.upgrade() {
            listener = other;
        }
        listener
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.stopped())
            || self.listeners.get().is_some_and(|listeners| listeners.strong_count() == 0)
    }

    /// Takes note of bytes that a decoder gave.
    pub(super) fn unpacked(&self, bytes: usize) -> io::Result<()> {
        let unpacked = self.unpacked.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        let packed = self.packed.load(Ordering::Relaxed);
        if unpacked > self.most_unpacked && unpacked / MOST_TIMES > packed {
            return Err(io::Error::other(format!(
                "it unpacks to more than {MOST_TIMES} times its size, as no log does: \
                 the rest was not read"
            )));
        }
        Ok(())
    }
}

/// A source's bytes, counted.
pub(super) struct Metered<R> {
    pub(super) input: R,
    pub(super) meter: Arc<Meter>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.is_stopped() {
            return Err(io::Error::other(STOPPED));
        }
        let read = self.input.read(buffer)?;
        self.meter.packed.fetch_add(read as u64, Ordering::Relaxed);
        if let Some(watch) = &self.meter.watch {
            watch.read(&self.meter.path, read as u64);
        }
        Ok(read)
    }
}
