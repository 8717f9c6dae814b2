//! Work that several threads share, and whose results come in the order in which it was given.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::thread::{Builder, Scope, available_parallelism};

/// A further thread is worth its start for every so many bytes.
const WORTH_A_THREAD: u64 = 1 << 20;
/// Where as many threads as there are cores may work, there are no more than this: one thread reads,
/// and cannot feed more.
const MOST: usize = 8;
/// So many pieces of work wait for each thread at most.
const AHEAD: usize = 4;

type Task<J, R> = (J, SyncSender<R>);

/// Threads that work, the one that gives the work among them.
pub(super) struct Crew<'scope, 'env: 'scope, J, R, S, W> {
    scope: &'scope Scope<'scope, 'env>,
    work: &'env W,
    queue: &'env Mutex<Receiver<Task<J, R>>>,
    sender: Sender<Task<J, R>>,
    /// Where the results come, in order.
    results: VecDeque<Receiver<R>>,
    /// What this thread keeps from piece to piece.
    own: S,
    given: u64,
    /// How many threads may work; 0: as many as there are cores.
    most: usize,
    /// How many do beside this one.
    others: usize,
}

/// Calls `run` with a crew of so many threads (0: as many as there are cores) that do `work`. They are
/// started when there is enough of it.
pub(super) fn with<J: Send, R: Send, S: Default, W: Fn(J, &mut S) -> R + Sync>(
    most: usize,
    work: &W,
    run: impl FnOnce(&mut Crew<'_, '_, J, R, S, W>),
) {
    let (sender, queue) = channel();
    let queue = Mutex::new(queue);
    std::thread::scope(|scope| {
        let (queue, results, own) = (&queue, VecDeque::new(), S::default());
        run(&mut Crew { scope, work, queue, sender, results, own, given: 0, most, others: 0 });
    });
}

impl<J: Send, R: Send, S: Default, W: Fn(J, &mut S) -> R + Sync> Crew<'_, '_, J, R, S, W> {
    /// Gives a piece of work, of so many bytes. Returns the oldest result when enough is on its way.
    pub(super) fn give(&mut self, job: J, bytes: u64) -> Option<R> {
        self.given += bytes;
        if self.others < self.wanted() {
            self.hire();
        }
        if self.others == 0 {
            return Some((self.work)(job, &mut self.own));
        }
        let (done, result) = sync_channel(1);
        self.sender.send((job, done)).expect("the queue is there as long as the crew");
        self.results.push_back(result);
        if self.results.len() > AHEAD * (self.others + 1) { self.next() } else { None }
    }

    /// The next result, if anything is on its way.
    pub(super) fn next(&mut self) -> Option<R> {
        let result = self.results.pop_front()?;
        loop {
            match result.try_recv() {
                Ok(result) => return Some(result),
                Err(TryRecvError::Disconnected) => panic!("a thread of the scan has panicked"),
                Err(TryRecvError::Empty) => {}
            }
            // Rather than wait, do what nobody does yet.
            let task = self.queue.try_lock().ok().and_then(|queue| queue.try_recv().ok());
            let Some((job, done)) = task else {
                return Some(result.recv().expect("a thread of the scan has panicked"));
            };
            let _ = done.send((self.work)(job, &mut self.own));
        }
    }

    /// How many threads there may be beside this one.
    fn wanted(&mut self) -> usize {
        let worth = (self.given / WORTH_A_THREAD) as usize;
        if worth > 0 && self.most == 0 {
            self.most = available_parallelism().map_or(1, |cores| cores.get().min(MOST));
        }
        worth.min(self.most.saturating_sub(1))
    }

    fn hire(&mut self) {
        let (work, queue) = (self.work, self.queue);
        let run = move || {
            let mut own = S::default();
            loop {
                let task = queue.lock().map(|queue| queue.recv());
                let Ok(Ok((job, done))) = task else { return };
                // Nobody waits for it where another thread has panicked.
                let _ = done.send(work(job, &mut own));
            }
        };
        match Builder::new().name("scan".to_owned()).spawn_scoped(self.scope, run) {
            Ok(_) => self.others += 1,
            // Where no thread can be had, this is as many as there are.
            Err(_) => self.most = self.others + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_does_the_work() {
        for threads in [0, 1, 2, 7] {
            let work = |job: u64, done: &mut u64| {
                *done += 1;
                // The first pieces take longest.
                std::thread::sleep(std::time::Duration::from_micros(200 / (job + 1)));
                (job, *done)
            };
            let mut results = Vec::new();
            with(threads, &work, |crew| {
                for job in 0..300 {
                    results.extend(crew.give(job, WORTH_A_THREAD / 10));
                }
                results.extend(std::iter::from_fn(|| crew.next()));
            });
            assert!(results.iter().map(|(job, _)| *job).eq(0..300), "{threads} threads");
            let most = results.iter().map(|(_, done)| *done).max();
            assert!((most == Some(300)) == (threads == 1) || threads == 0, "{threads}: {most:?}");
        }
    }

    #[test]
    fn little_work_starts_no_thread() {
        let work = |(), (): &mut ()| std::thread::current().id();
        with(8, &work, |crew| {
            for _ in 0..7 {
                assert_eq!(crew.give((), WORTH_A_THREAD / 8), Some(std::thread::current().id()));
            }
        });
    }
}
