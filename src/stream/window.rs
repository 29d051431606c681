//! The window between reading and writing: bounds what is in memory by number and by bytes, hands work to
//! threads, and gives results back in order. Knows nothing of pages.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Pieces of work in the window for each thread.
pub const PAGES_PER_THREAD: usize = 32;
/// Bytes in the window, work and results.
pub const WINDOW_BYTES: usize = 48 << 20;

/// Work goes in at one end, results come out at the other.
pub struct Window<T, U> {
    state: Mutex<State<T, U>>,
    /// Room for more work, or the end.
    room: Condvar,
    /// Work to take, or the end of it.
    work: Condvar,
    /// A result to write, or the end of them.
    done: Condvar,
    most: usize,
    most_bytes: usize,
    ordered: bool,
}

struct State<T, U> {
    queue: VecDeque<(u64, usize, T)>,
    results: BTreeMap<u64, (usize, U)>,
    pushed: u64,
    written: u64,
    /// Bytes of work and results that are held.
    bytes: usize,
    closed: bool,
    stopped: bool,
}

impl<T, U> Window<T, U> {
    /// A window of at most `most` pieces of work and, but for one piece a thread, `most_bytes` bytes.
    pub fn new(most: usize, most_bytes: usize, ordered: bool) -> Self {
        Window {
            state: Mutex::new(State {
                queue: VecDeque::new(),
                results: BTreeMap::new(),
                pushed: 0,
                written: 0,
                bytes: 0,
                closed: false,
                stopped: false,
            }),
            room: Condvar::new(),
            work: Condvar::new(),
            done: Condvar::new(),
            most,
            most_bytes,
            ordered,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T, U>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts work in as soon as there is room; false when the window was stopped.
    pub fn push(&self, bytes: usize, task: T) -> bool {
        let mut s = self.lock();
        loop {
            if s.stopped {
                return false;
            }
            let held = (s.pushed - s.written) as usize;
            if held == 0 || (held < self.most && s.bytes + bytes <= self.most_bytes) {
                break;
            }
            s = self.room.wait(s).unwrap_or_else(PoisonError::into_inner);
        }
        let number = s.pushed;
        s.pushed += 1;
        s.bytes += bytes;
        s.queue.push_back((number, bytes, task));
        drop(s);
        self.work.notify_one();
        true
    }

    /// No more work will come.
    pub fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
        self.done.notify_all();
    }

    /// Ends all: nobody waits any more.
    pub fn stop(&self) {
        let mut s = self.lock();
        s.stopped = true;
        s.queue.clear();
        drop(s);
        self.room.notify_all();
        self.work.notify_all();
        self.done.notify_all();
    }

    /// Takes the next piece of work; `None` at the end. While results fill the window, only the piece that
    /// the writer waits for is given out.
    pub fn take(&self) -> Option<(u64, usize, T)> {
        let mut s = self.lock();
        loop {
            if s.stopped || (s.closed && s.queue.is_empty()) {
                return None;
            }
            let fits = s.bytes <= self.most_bytes;
            let awaited = |n: u64| n == s.written || (!self.ordered && s.results.is_empty());
            if s.queue.front().is_some_and(|(n, ..)| fits || awaited(*n)) {
                return s.queue.pop_front();
            }
            s = self.work.wait(s).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Puts in the result of the piece of work `number`, which held `was` bytes and now holds `bytes`.
    pub fn put(&self, number: u64, was: usize, bytes: usize, result: U) {
        let mut s = self.lock();
        s.bytes = s.bytes.saturating_sub(was) + bytes;
        s.results.insert(number, (bytes, result));
        drop(s);
        self.done.notify_one();
    }

    /// Takes the next result, in the order of the work unless any order will do; `None` at the end. What it
    /// held is no longer counted.
    pub fn next(&self) -> Option<U> {
        let mut s = self.lock();
        loop {
            match self.next_of(s) {
                Ok(next) => return next,
                Err(held) => s = self.done.wait(held).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// As [`Window::next`], but waits so long at most.
    pub fn next_within(&self, patience: Duration) -> Next<U> {
        let found = match self.next_of(self.lock()) {
            Err(held) => {
                let waited = self.done.wait_timeout(held, patience);
                self.next_of(waited.unwrap_or_else(PoisonError::into_inner).0)
            }
            found => found,
        };
        match found {
            Ok(Some(result)) => Next::Result(result),
            Ok(None) => Next::End,
            Err(_) => Next::NotYet,
        }
    }

    /// The next result or the end; gives the lock back when there is neither yet.
    fn next_of<'s>(
        &self,
        mut s: MutexGuard<'s, State<T, U>>,
    ) -> Result<Option<U>, MutexGuard<'s, State<T, U>>> {
        if s.stopped || (s.closed && s.written == s.pushed) {
            return Ok(None);
        }
        let number = if self.ordered {
            Some(s.written)
        } else {
            s.results.keys().next().copied()
        };
        let Some((bytes, result)) = number.and_then(|n| s.results.remove(&n)) else {
            return Err(s);
        };
        s.bytes = s.bytes.saturating_sub(bytes);
        s.written += 1;
        drop(s);
        self.room.notify_one();
        self.work.notify_all();
        Ok(Some(result))
    }
}

/// What a window has at the end of one's patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<U> {
    /// A result.
    Result(U),
    /// No more results will come.
    End,
    /// Nothing is done yet.
    NotYet,
}

/// Stops the window when its holder panics, so that nobody waits for a thread that is gone.
pub struct StopOnPanic<'a, T, U>(pub &'a Window<T, U>);

impl<T, U> Drop for StopOnPanic<'_, T, U> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Runs `n` pieces of work through a window; the answers, and the most pieces held at a time.
    fn run(n: usize, threads: usize, ordered: bool, bytes: usize) -> (Vec<usize>, usize) {
        let window = Window::new(10, 1000, ordered);
        let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut out = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _guard = StopOnPanic(&window);
                for i in 0..n {
                    // counted before the writer can count it out
                    most.fetch_max(held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    assert!(window.push(1, i));
                }
                window.close();
            });
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((number, was, i)) = window.take() {
                        if i % 7 == 0 {
                            std::thread::yield_now();
                        }
                        window.put(number, was, bytes, i);
                    }
                });
            }
            while let Some(i) = window.next() {
                held.fetch_sub(1, Ordering::SeqCst);
                out.push(i);
            }
        });
        (out, most.into_inner())
    }

    #[test]
    fn results_come_in_order_and_the_window_stays_bounded() {
        for (threads, bytes) in [(1, 1), (4, 1), (4, 400), (3, 5000)] {
            let (out, most) = run(500, threads, true, bytes);
            assert_eq!(out, (0..500).collect::<Vec<_>>());
            // one waits to get in, one is in the writer's hands
            assert!(most <= 12, "{most}");
        }
    }

    #[test]
    fn without_order_nothing_is_lost_or_doubled() {
        for bytes in [1, 5000] {
            let (mut out, _) = run(500, 4, false, bytes);
            out.sort_unstable();
            assert_eq!(out, (0..500).collect::<Vec<_>>());
        }
    }

    #[test]
    fn patience_ends_and_the_end_is_told_apart() {
        let window: Window<usize, usize> = Window::new(2, 10, true);
        let patience = Duration::from_millis(1);
        assert!(window.push(1, 7));
        assert_eq!(window.next_within(patience), Next::NotYet);
        let (number, was, task) = window.take().unwrap();
        window.put(number, was, 1, task);
        assert_eq!(window.next_within(patience), Next::Result(7));
        window.close();
        assert_eq!(window.next_within(patience), Next::End);
    }

    #[test]
    fn stopping_frees_everyone_who_waits() {
        let window: Window<usize, usize> = Window::new(2, 10, true);
        std::thread::scope(|scope| {
            let pusher = scope.spawn(|| (0..9).take_while(|i| window.push(1, *i)).count());
            let worker = scope.spawn(|| window.take().is_some());
            assert!(worker.join().unwrap());
            window.stop();
            assert!(pusher.join().unwrap() <= 3);
            assert!(window.next().is_none() && window.take().is_none());
        });
    }
}
