//! Query slots: a value asks, a worker thread answers, the last good answer stays until the next is in. A slot compares
//! its query and runs again only when it changed; what is superseded is cancelled. Nothing here blocks the caller.

use super::source::{Backend, Cancel, Fault, Source};
use super::waker::Waker;
use crate::app::failure::{Cause, Failure};
use crate::threads::{self, caught};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;

type Job = Box<dyn FnOnce(Result<&dyn Source, &Fault>) + Send>;

/// A named worker thread with a connection of its own to the case. Ends when the lane is dropped.
pub struct Lane {
    sender: SyncSender<Job>,
    waker: Waker,
    thread: JoinHandle<()>,
}

impl Lane {
    /// Waiting jobs per lane: superseded ones end at once, so this is about latency, not throughput.
    const WAITING: usize = 4;

    pub fn start(name: &str, backend: Arc<dyn Backend>, path: PathBuf, waker: Waker) -> std::io::Result<Self> {
        Self::begin(name, backend, path, waker, true)
    }

    /// One that opens the case for its first job: what is seldom needed costs nothing while a case is opened.
    pub fn start_idle(name: &str, backend: Arc<dyn Backend>, path: PathBuf, waker: Waker) -> std::io::Result<Self> {
        Self::begin(name, backend, path, waker, false)
    }

    fn begin(
        name: &str,
        backend: Arc<dyn Backend>,
        path: PathBuf,
        waker: Waker,
        at_once: bool,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel::<Job>(Self::WAITING);
        let thread = threads::start(name, move || {
            let open = || caught(|| backend.open(&path)).unwrap_or_else(|panic| Err(panic.into()));
            let mut source = at_once.then(open);
            while let Ok(job) = receiver.recv() {
                job(source.get_or_insert_with(open).as_ref().map(|s| s.as_ref()));
            }
            drop(source);
            backend.closed(&path);
        })?;
        Ok(Self { sender, waker, thread })
    }

    /// Calls for another look at what has come in.
    pub(crate) fn waker(&self) -> Waker {
        Arc::clone(&self.waker)
    }

    /// Lets the thread end after the work that it has; to be waited for where the case file has to be at rest.
    pub fn close(self) -> JoinHandle<()> {
        self.thread
    }

    /// Hands a job over; false when the lane is full: ask again after the next wake-up.
    pub fn run<R: Send + 'static>(
        &self,
        cancel: Cancel,
        job: impl FnOnce(&dyn Source, &Cancel) -> Result<R, Fault> + Send + 'static,
    ) -> Option<Receiver<Result<R, Fault>>> {
        let (answer, receiver) = sync_channel(1);
        let waker = Arc::clone(&self.waker);
        let job: Job = Box::new(move |source| {
            let result = match source {
                Err(fault) => Err(fault.clone()),
                Ok(_) if cancel.is_cancelled() => Err(Fault::Cancelled),
                // A program error in one answer is reported like any failure; the lane continues.
                Ok(source) => caught(|| job(source, &cancel)).unwrap_or_else(|panic| Err(panic.into())),
            };
            // The asker may have lost interest; then there is nobody to tell.
            let _ = answer.send(result);
            waker();
        });
        match self.sender.try_send(job) {
            Ok(()) => Some(receiver),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => None,
        }
    }
}

struct Running<Q, R> {
    query: Q,
    cancel: Cancel,
    answer: Receiver<Result<R, Fault>>,
}

/// A question and its latest answer.
pub(crate) struct Slot<Q, R> {
    running: Option<Running<Q, R>>,
    shown: Option<(Q, R)>,
    fault: Option<(Q, Failure)>,
    /// A question that found the lane full; it is put again at the next chance.
    refused: bool,
}

impl<Q, R> Default for Slot<Q, R> {
    fn default() -> Self {
        Self { running: None, shown: None, fault: None, refused: false }
    }
}

impl<Q: PartialEq + Clone + Send + 'static, R: Send + 'static> Slot<Q, R> {
    /// Makes `query` the question. Does nothing when it already is, whether running, answered or failed.
    pub(crate) fn ask(
        &mut self,
        lane: &Lane,
        query: Q,
        job: impl FnOnce(&dyn Source, &Q, &Cancel) -> Result<R, Fault> + Send + 'static,
    ) {
        match &self.running {
            Some(running) if running.query == query => return,
            Some(running) => {
                running.cancel.cancel();
                self.running = None;
            }
            None => {}
        }
        if self.answers(&query) || self.fault.as_ref().is_some_and(|(q, _)| *q == query) {
            return;
        }
        // Of another question.
        self.fault = None;
        let cancel = Cancel::default();
        let asked = query.clone();
        let answer = lane.run(cancel.clone(), move |source, cancel| job(source, &asked, cancel));
        self.refused = answer.is_none();
        self.running = answer.map(|answer| Running { query, cancel, answer });
    }

    /// Stops what is running; the last good answer stays.
    pub(crate) fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.cancel.cancel();
        }
        self.refused = false;
    }

    /// Takes an answer that has come in. `Some` when there was one: `Err` is the reason of a failure.
    pub(crate) fn poll(&mut self) -> Option<Result<(), Failure>> {
        let running = self.running.as_ref()?;
        let result = match running.answer.try_recv() {
            Ok(result) => result,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err(Cause::Ended.into()),
        };
        let query = self.running.take()?.query;
        match result {
            Ok(value) => {
                self.fault = None;
                let_go(self.shown.replace((query, value)));
                Some(Ok(()))
            }
            Err(Fault::Cancelled) => Some(Ok(())),
            Err(Fault::Failed(failure)) => {
                self.fault = Some((query, failure.clone()));
                Some(Err(failure))
            }
        }
    }

    /// The last good answer, whatever it was an answer to.
    pub(crate) fn shown(&self) -> Option<&R> {
        self.shown.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn shown_query(&self) -> Option<&Q> {
        self.shown.as_ref().map(|(query, _)| query)
    }

    /// Is the shown answer the answer to this?
    pub(crate) fn answers(&self, query: &Q) -> bool {
        self.shown.as_ref().is_some_and(|(q, _)| q == query)
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.running.is_some() || self.refused
    }

    /// The question that is being answered.
    pub(crate) fn asked(&self) -> Option<&Q> {
        self.running.as_ref().map(|running| &running.query)
    }

    /// Rows that the work behind it has read, and all that it reads; `None` where it does not say.
    pub(crate) fn progress(&self) -> Option<(u64, u64)> {
        self.running.as_ref()?.cancel.progress()
    }

    /// Is a worker thread at it, or about to be?
    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    pub(crate) fn fault(&self) -> Option<&Failure> {
        self.fault.as_ref().map(|(_, failure)| failure)
    }
}

/// What is asked one after the other, by the case's revision: the one whose answer is the oldest comes first. None while one
/// of them is running, which runs to its end, whatever came in meanwhile.
pub(crate) fn in_turn<'a, T, R: Send + 'static>(
    slots: impl Iterator<Item = (T, &'a mut Slot<u64, R>)>,
) -> Vec<(T, &'a mut Slot<u64, R>)> {
    let mut slots: Vec<_> = slots.collect();
    if slots.iter().any(|(_, slot)| slot.is_running()) {
        slots.clear();
    }
    slots.sort_by_key(|(_, slot)| slot.shown_query().copied());
    slots
}

/// Takes an answer apart on a thread of its own: it may hold millions of rows, which is no work for a frame.
fn let_go<T: Send + 'static>(old: Option<T>) {
    if let Some(old) = old {
        // Where no thread can be had, it ends here.
        let _ = threads::start("letting go", move || drop(old));
    }
}

impl<Q, R> Drop for Slot<Q, R> {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.cancel.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseError;
    use crate::session::testing::MemoryBackend;
    use std::sync::mpsc::sync_channel;

    fn lane() -> (Lane, Receiver<()>) {
        let (sender, woken) = sync_channel(16);
        let waker: Waker = Arc::new(move || sender.send(()).unwrap_or(()));
        let backend = Arc::new(MemoryBackend::default());
        (Lane::start("test", backend, PathBuf::from("case"), waker).unwrap(), woken)
    }

    /// Tells on which thread it ended.
    struct Large(SyncSender<Option<String>>);

    impl Drop for Large {
        fn drop(&mut self) {
            let _ = self.0.send(std::thread::current().name().map(str::to_owned));
        }
    }

    #[test]
    fn an_old_answer_ends_on_another_thread() {
        let (lane, woken) = lane();
        let (sender, ended) = sync_channel(4);
        let mut slot: Slot<u32, Large> = Slot::default();
        for question in 0..2 {
            let sender = sender.clone();
            slot.ask(&lane, question, move |_, _, _| Ok(Large(sender)));
            woken.recv().unwrap();
            assert_eq!(slot.poll(), Some(Ok(())));
        }
        assert_eq!(ended.recv().unwrap().as_deref(), Some("letting go"));
    }

    #[test]
    fn a_question_runs_once_and_the_old_answer_stays_meanwhile() {
        let (lane, woken) = lane();
        let mut slot: Slot<u32, u32> = Slot::default();
        slot.ask(&lane, 2, |_, q, _| Ok(q * 10));
        woken.recv().unwrap();
        assert_eq!(slot.poll(), Some(Ok(())));
        assert_eq!(slot.shown(), Some(&20));
        slot.ask(&lane, 2, |_, _, _| panic!("asked twice"));
        assert!(!slot.is_busy());

        let (go, gate) = sync_channel::<()>(1);
        slot.ask(&lane, 3, move |_, q, _| gate.recv().map(|()| q * 10).map_err(|_| Fault::Cancelled));
        assert!(slot.is_busy() && slot.poll().is_none());
        assert_eq!(slot.shown(), Some(&20), "the last good answer stays");
        assert!(!slot.answers(&3));
        go.send(()).unwrap();
        woken.recv().unwrap();
        assert_eq!(slot.poll(), Some(Ok(())));
        assert_eq!(slot.shown(), Some(&30));
    }

    #[test]
    fn superseded_work_is_cancelled() {
        let (lane, woken) = lane();
        let mut slot: Slot<u32, u32> = Slot::default();
        let (started, has_started) = sync_channel::<()>(1);
        let (saw, seen) = sync_channel(16);
        slot.ask(&lane, 1, move |_, _, cancel| {
            started.send(()).unwrap();
            while !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            saw.send(true).unwrap();
            Err(Fault::Cancelled)
        });
        has_started.recv().unwrap();
        slot.ask(&lane, 2, |_, q, _| Ok(*q));
        assert_eq!(seen.recv(), Ok(true));
        woken.recv().unwrap();
        woken.recv().unwrap();
        assert_eq!(slot.poll(), Some(Ok(())));
        assert_eq!(slot.shown(), Some(&2));
    }

    #[test]
    fn a_failure_is_told_once_and_keeps_the_last_good_answer() {
        let (lane, woken) = lane();
        let mut slot: Slot<u32, u32> = Slot::default();
        slot.ask(&lane, 1, |_, q, _| Ok(*q));
        woken.recv().unwrap();
        slot.poll();
        slot.ask(&lane, 2, |_, _, _| Err(CaseError::NotRead.into()));
        woken.recv().unwrap();
        let failure = Failure::from(CaseError::NotRead);
        assert_eq!(slot.poll(), Some(Err(failure.clone())));
        assert_eq!((slot.shown(), slot.fault()), (Some(&1), Some(&failure)));
        slot.ask(&lane, 2, |_, _, _| panic!("a failed question is not repeated by itself"));
        assert_eq!(slot.poll(), None);
        let (go, gate) = sync_channel::<()>(1);
        slot.ask(&lane, 3, move |_, q, _| gate.recv().map(|()| *q).map_err(|_| Fault::Cancelled));
        assert_eq!((slot.shown(), slot.fault()), (Some(&1), None), "another question has not failed");
        go.send(()).unwrap();
    }

    #[test]
    fn a_panic_is_a_failure_with_its_place_and_the_lane_goes_on() {
        let (lane, woken) = lane();
        let mut slot: Slot<u32, u32> = Slot::default();
        slot.ask(&lane, 1, |_, _, _| panic!("a mistake of ours"));
        woken.recv().unwrap();
        let failure = slot.poll().unwrap().unwrap_err();
        assert!(matches!(failure.cause(), Cause::Panic(_)), "{failure}");
        let told = failure.to_string();
        assert!(told.contains("src/session/slots.rs:") && told.ends_with("a mistake of ours"), "{told}");
        slot.ask(&lane, 2, |_, q, _| Ok(*q));
        woken.recv().unwrap();
        assert_eq!((slot.poll(), slot.shown()), (Some(Ok(())), Some(&2)));
    }

    #[test]
    fn a_panic_while_the_case_is_opened_is_the_answer_to_every_question() {
        let (sender, woken) = sync_channel(16);
        let waker: Waker = Arc::new(move || sender.send(()).unwrap_or(()));
        let lane = Lane::start("test", Arc::new(MemoryBackend::default()), PathBuf::from("panics"), waker).unwrap();
        let mut slot: Slot<u32, u32> = Slot::default();
        for question in 0..2 {
            slot.ask(&lane, question, |_, q, _| Ok(*q));
            woken.recv().unwrap();
            let failure = slot.poll().unwrap().unwrap_err();
            assert!(
                matches!(failure.cause(), Cause::Panic(panic) if panic.message == "a mistake while opening"),
                "{failure}"
            );
            assert!(!slot.is_busy());
        }
    }

    #[test]
    fn stopped_work_is_cancelled_and_can_be_asked_again() {
        let (lane, woken) = lane();
        let mut slot: Slot<u32, u32> = Slot::default();
        slot.ask(&lane, 1, |_, q, _| Ok(*q));
        woken.recv().unwrap();
        slot.poll();
        let (saw, seen) = sync_channel(1);
        slot.ask(&lane, 2, move |_, _, cancel| {
            while !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            let _ = saw.send(());
            Err(Fault::Cancelled)
        });
        slot.stop();
        assert!(!slot.is_busy());
        assert_eq!(slot.shown(), Some(&1), "the last good answer stays");
        // It may have been stopped before it began.
        woken.recv().unwrap();
        drop(seen);
        slot.ask(&lane, 2, |_, q, _| Ok(*q));
        woken.recv().unwrap();
        assert_eq!((slot.poll(), slot.shown()), (Some(Ok(())), Some(&2)));
    }
}
