//! Long work beside Python: without its lock, and with an ear for Ctrl-C.

use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a signal waits to be heard.
pub const PATIENCE: Duration = Duration::from_millis(50);

/// Does work on a thread of its own; Ctrl-C sets the flag, which the work must look at, and raises.
pub fn interruptible<T: Send>(py: Python<'_>, work: impl FnOnce(&AtomicBool) -> T + Send) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    let (done, wait) = channel::<()>();
    std::thread::scope(|scope| {
        let stop = &stop;
        let worker = scope.spawn(move || {
            // dropped at the end, and by a panic too
            let _done = done;
            work(stop)
        });
        let mut interrupt = Ok(());
        // the receiver can't be shared, but the lock must be free while it waits
        let wait = Mutex::new(wait);
        let rest = || match wait.lock() {
            Ok(wait) => wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout),
            Err(_) => false,
        };
        while py.detach(rest) {
            if interrupt.is_ok() {
                interrupt = py.check_signals();
                stop.store(interrupt.is_err(), Ordering::Relaxed);
            }
        }
        let answer = py.detach(|| worker.join());
        interrupt?;
        Ok(answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Whether somebody waits for the work.
#[derive(Clone, Default)]
pub struct Wanted {
    given_up: Arc<Mutex<bool>>,
}

impl Wanted {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is still a reason to go on.
    pub fn still(&self) -> bool {
        !*self.lock()
    }

    /// Does what can't be undone, unless the work was given up. Giving up waits until it is done: nothing
    /// is written behind the back of one who pressed Ctrl-C.
    pub fn act<T>(&self, act: impl FnOnce() -> T) -> Option<T> {
        let given_up = self.lock();
        if *given_up { None } else { Some(act()) }
    }

    fn give_up(&self) {
        *self.lock() = true;
    }
}

/// Does work on a thread of its own that can't be stopped at any moment: on Ctrl-C it is left to itself, and
/// ends when it next asks whether it is still wanted.
pub fn abandonable<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(&Wanted) -> T + Send + 'static,
) -> PyResult<T> {
    let (done, wait) = channel();
    let wanted = Wanted::default();
    let asked = wanted.clone();
    let worker = std::thread::spawn(move || {
        // nobody may be left to hear it
        let _ = done.send(work(&asked));
    });
    let wait = Mutex::new(wait);
    loop {
        let heard = py.detach(|| match wait.lock() {
            Ok(wait) => wait.recv_timeout(PATIENCE),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        });
        match heard {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Timeout) => py
                .check_signals()
                .inspect_err(|_| py.detach(|| wanted.give_up()))?,
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => unreachable!("a worker that ends in peace has sent its answer"),
            },
        }
    }
}
