//! The one place where work is put on threads: those that last as long as what they work for (`start`), those that share a task
//! and end with it (`scope`, `beside`, `side_by_side`), and how many there are. No thread is started elsewhere.
//!
//! A program error (a panic) is a value here: `caught` makes it one that says where it happened. On a thread that shares a
//! task it is handed to the thread that waits for it, which fails as if it had happened there; whoever works for somebody (a
//! lane, a job, a command) catches it, tells it, and continues.
//!
//! Plain threads, and no pool such as rayon's: what is spread here are a few long pieces of work that wait for one another on
//! bounded channels, because one thread holds the connection to the case or takes the files in order. In a pool such waiting
//! takes workers from others, and the end of a task would hang on how many there are.

use std::cell::RefCell;
use std::io;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;
use std::thread::{Builder, JoinHandle, ScopedJoinHandle};

pub use std::thread::Scope;

/// Threads that answer a question over all of a case: one for each core.
pub fn for_a_question() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Threads that read evidence: one for each core, at least two, so that one long file does not hold up the next; no more than
/// the one that writes can take in.
pub fn for_reading() -> usize {
    for_a_question().clamp(2, 8)
}

/// A thread that lasts as long as what it works for.
///
/// # Errors
/// The system gives no more threads.
pub fn start<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<JoinHandle<T>> {
    Builder::new().name(name.to_owned()).spawn(work)
}

/// Runs `work`, which shares what it has with threads of its own (`beside`), and ends when they have ended.
pub fn scope<'env, T>(work: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T) -> T {
    std::thread::scope(work)
}

/// A thread that shares a task.
pub struct Worker<'scope, T>(ScopedJoinHandle<'scope, Result<T, Panic>>);

impl<T> Worker<'_, T> {
    /// Waits for what it makes. A panic there continues here.
    pub fn join(self) -> T {
        match self.0.join() {
            Ok(Ok(made)) => made,
            Ok(Err(panic)) => panic.resume(),
            Err(payload) => resume_unwind(payload),
        }
    }
}

/// A thread inside a scope.
///
/// # Errors
/// The system gives no more threads.
pub fn beside<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<Worker<'scope, T>> {
    Ok(Worker(Builder::new().name(name.to_owned()).spawn_scoped(scope, || caught(work))?))
}

/// The results of some tasks in their order, each on a thread of its own, the first on the caller's. Where no more threads can be
/// had, the caller's does their work.
pub fn side_by_side<T: Send>(tasks: usize, task: impl Fn(usize) -> T + Sync) -> Vec<T> {
    scope(|scope| {
        let task = &task;
        let workers: Vec<_> = (1..tasks).map(|number| beside(scope, "part", move || task(number))).collect();
        let mut done = vec![task(0)];
        for worker in workers {
            let result = worker.map_or_else(|_| task(done.len()), Worker::join);
            done.push(result);
        }
        done
    })
}

thread_local! {
    /// Where this thread panicked last, as `FILE:LINE`.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes the place of every panic from now on, and does what was done before besides.
fn note_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            let place = panic.location().map(place);
            PLACE.with(|last| last.replace(place));
            usual(panic);
        }));
    });
}

fn place(location: &Location<'_>) -> String {
    format!("{}:{}", location.file(), location.line())
}

/// A program error: where it happened, and what its message was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("program error at {place}: {message}")]
pub struct Panic {
    /// `FILE:LINE`.
    pub place: String,
    pub message: String,
}

impl Panic {
    /// Fails as if it had happened here.
    pub fn resume(self) -> ! {
        resume_unwind(Box::new(self))
    }
}

/// Runs `work`; a panic in it, or on a thread that it waited for, is an error.
///
/// # Errors
/// The work panicked. What it was changing may be half done: the caller drops it.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panic> {
    note_places();
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // Of another thread, which knew the place.
        let payload = match payload.downcast::<Panic>() {
            Ok(panic) => return *panic,
            Err(payload) => payload,
        };
        let text = payload.downcast_ref::<String>().cloned();
        let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let place = PLACE.with(|last| last.take()).unwrap_or_else(|| "an unknown place".to_owned());
        Panic { place, message: text.unwrap_or_default() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_place() {
        assert_eq!(caught(|| 7), Ok(7));
        let error = caught(|| -> u8 { panic!("index {} of 3", 9) }).unwrap_err().to_string();
        assert!(error.starts_with("program error at src/threads.rs:"), "{error}");
        assert!(error.ends_with(": index 9 of 3"), "{error}");
    }

    #[test]
    fn a_panic_of_a_worker_is_one_of_who_waits_for_it_with_its_own_place() {
        let line = line!() + 2;
        let done = caught(|| {
            side_by_side(3, |number| assert!(number != 2, "task {number}"));
        });
        let panic = done.unwrap_err();
        assert_eq!((panic.place, panic.message), (format!("src/threads.rs:{line}"), "task 2".to_owned()));
    }

    #[test]
    fn results_stand_in_the_order_of_the_tasks() {
        assert_eq!(side_by_side(5, |number| number * 10), [0, 10, 20, 30, 40]);
        assert_eq!(side_by_side(1, |number| number), [0]);
    }

    #[test]
    fn every_machine_has_threads() {
        assert!(for_a_question() >= 1 && (2..=8).contains(&for_reading()));
    }
}
