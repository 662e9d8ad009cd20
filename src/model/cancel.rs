//! The request to stop, of whatever work: reading evidence, a query, an export; and how far a query is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Asks running work to stop; clones share the request.
#[derive(Clone, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
    statement_time: Option<Duration>,
}

type Interrupt = Box<dyn Fn() + Send>;

#[derive(Default)]
struct Shared {
    asked: AtomicBool,
    /// Ends at once what runs just now.
    interrupt: Mutex<Option<Interrupt>>,
    /// Rows that were read, and rows to be read.
    done: AtomicU64,
    all: AtomicU64,
}

impl Cancel {
    /// The same request for work in which a statement that an examiner wrote may take so long.
    #[must_use]
    pub fn with_statement_time(&self, time: Duration) -> Self {
        Self { shared: Arc::clone(&self.shared), statement_time: Some(time) }
    }

    pub fn statement_time(&self) -> Option<Duration> {
        self.statement_time
    }

    pub fn cancel(&self) {
        self.shared.asked.store(true, Ordering::SeqCst);
        if let Some(interrupt) = &*self.shared.interrupt.lock().unwrap_or_else(PoisonError::into_inner) {
            interrupt();
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// So many more rows are to be read; a row that is read twice is two.
    pub fn expect(&self, rows: u64) {
        self.shared.all.fetch_add(rows, Ordering::Relaxed);
    }

    /// So many more were read.
    pub fn did(&self, rows: u64) {
        self.shared.done.fetch_add(rows, Ordering::Relaxed);
    }

    /// At least so many were read, or need not be: what they say was kept.
    pub fn reached(&self, rows: u64) {
        self.shared.done.fetch_max(rows, Ordering::Relaxed);
    }

    /// Rows that were read, and all that are to be read; `None` of work that does not say.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let all = self.shared.all.load(Ordering::Relaxed);
        (all > 0).then(|| (self.shared.done.load(Ordering::Relaxed).min(all), all))
    }

    /// Runs work that does not search for a request itself: `interrupt` ends it. A request that came before ends nothing, and is
    /// to be searched for by `run`.
    pub fn interrupting<T>(&self, interrupt: impl Fn() + Send + 'static, run: impl FnOnce() -> T) -> T {
        let before = self.replace(Some(Box::new(interrupt)));
        let result = run();
        self.replace(before);
        result
    }

    fn replace(&self, interrupt: Option<Interrupt>) -> Option<Interrupt> {
        std::mem::replace(&mut *self.shared.interrupt.lock().unwrap_or_else(PoisonError::into_inner), interrupt)
    }
}

impl std::fmt::Debug for Cancel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cancel").field(&self.is_cancelled()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn clones_share_the_request_and_not_the_time_of_statements() {
        let cancel = Cancel::default();
        let limited = cancel.with_statement_time(Duration::from_secs(7));
        assert_eq!((cancel.statement_time(), limited.statement_time()), (None, Some(Duration::from_secs(7))));
        assert!(!limited.is_cancelled());
        cancel.cancel();
        assert!(limited.is_cancelled() && limited.clone().is_cancelled());
    }

    #[test]
    fn progress_is_told_by_work_that_says_how_much_it_is() {
        let cancel = Cancel::default();
        cancel.did(3);
        assert_eq!(cancel.progress(), None);
        cancel.clone().expect(10);
        assert_eq!(cancel.progress(), Some((3, 10)));
        cancel.reached(2);
        assert_eq!(cancel.progress(), Some((3, 10)), "never back");
        cancel.reached(5);
        assert_eq!(cancel.progress(), Some((5, 10)));
        cancel.did(9);
        assert_eq!(cancel.progress(), Some((10, 10)), "never more than all");
    }

    #[test]
    fn what_runs_is_interrupted_and_what_ran_is_not() {
        let (cancel, count) = (Cancel::default(), Arc::new(AtomicUsize::new(0)));
        let counted = |by: usize| {
            let count = Arc::clone(&count);
            move || {
                count.fetch_add(by, Ordering::SeqCst);
            }
        };
        cancel.interrupting(counted(1), || {
            cancel.interrupting(counted(10), || cancel.cancel());
            assert_eq!(count.load(Ordering::SeqCst), 10);
            cancel.cancel();
        });
        cancel.cancel();
        assert_eq!(count.load(Ordering::SeqCst), 11, "what is around runs on, and nothing runs in the end");
    }
}
