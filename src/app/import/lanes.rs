//! Between the reading threads and the writer: a lane for each file, opened when its reading begins. What the readers are
//! ahead of the writer is bounded in files and in bytes, however many files there are and however small.

use crate::model::Cancel;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Messages that one file may be ahead.
const PIECES_AHEAD: usize = 12;
/// Files that may have been read before the writer comes to them.
const FILES_AHEAD: usize = 64;
/// Bytes that may wait in the lanes of files that the writer has not come to.
const BYTES_AHEAD: usize = 24 << 20;
/// Readers that wait for the writer hear of it once in so many files, and run several again at once.
const FILES_A_STEP: usize = 16;
/// How often somebody who waits looks whether the import was stopped.
const LOOK_UP: Duration = Duration::from_millis(100);

/// A message, and about how many bytes of memory it takes.
struct Weighed<T>(T, usize);

pub(super) struct Lanes<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    cancel: Cancel,
}

struct State<T> {
    /// Opened by a reader, not yet taken by the writer.
    open: HashMap<usize, Receiver<Weighed<T>>>,
    /// The file that the writer is at.
    current: usize,
    bytes_ahead: usize,
    /// Readers that wait for bytes to be taken.
    want_room: usize,
    /// The writer listens no more.
    closed: bool,
}

/// The reader's end of a file's lane.
pub(super) struct LaneSender<'a, T> {
    lanes: &'a Lanes<T>,
    index: usize,
    sender: SyncSender<Weighed<T>>,
}

/// The writer's end of a file's lane.
pub(super) struct Lane<'a, T> {
    lanes: &'a Lanes<T>,
    receiver: Receiver<Weighed<T>>,
}

/// What the writer hears.
pub(super) enum Heard<T> {
    Message(T),
    /// Nothing for a while.
    Silence,
    /// The reader has gone.
    Ended,
}

impl<T> Lanes<T> {
    pub(crate) fn new(cancel: &Cancel) -> Self {
        let state = State { open: HashMap::new(), current: 0, bytes_ahead: 0, want_room: 0, closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), cancel: cancel.clone() }
    }

    /// Waits until the writer is near enough. `None`: nobody will listen.
    pub(super) fn open(&self, index: usize) -> Option<LaneSender<'_, T>> {
        let mut state = self.wait(|state| index < state.current.saturating_add(FILES_AHEAD))?;
        let (sender, receiver) = sync_channel(PIECES_AHEAD);
        state.open.insert(index, receiver);
        self.changed.notify_all();
        Some(LaneSender { lanes: self, index, sender })
    }

    /// The writer comes to a file; waits until its reading has begun. `None` when the import was stopped.
    pub(super) fn take(&self, index: usize) -> Option<Lane<'_, T>> {
        let mut state = self.lock();
        state.current = index;
        let is_heard = index.is_multiple_of(FILES_A_STEP) || state.want_room > 0;
        drop(state);
        if is_heard {
            self.changed.notify_all();
        }
        let mut state = self.wait(|state| state.open.contains_key(&index))?;
        let receiver = state.open.remove(&index)?;
        Some(Lane { lanes: self, receiver })
    }

    /// The writer listens no more: whoever waits gives up.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.open.clear();
        drop(state);
        self.changed.notify_all();
    }

    /// A state that a thread left behind when it panicked is whole: no change to it is in two steps.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, mut ready: impl FnMut(&State<T>) -> bool) -> Option<MutexGuard<'_, State<T>>> {
        let mut state = self.lock();
        loop {
            if state.closed || self.cancel.is_cancelled() {
                return None;
            }
            if ready(&state) {
                return Some(state);
            }
            state = self.changed.wait_timeout(state, LOOK_UP).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<T> LaneSender<'_, T> {
    /// Waits while too much waits already, unless it is for the file that the writer is at. False: nobody listens.
    pub(super) fn send(&self, message: T, weight: usize) -> bool {
        let index = self.index;
        let has_room = |state: &State<T>| {
            state.current >= index || state.bytes_ahead == 0 || state.bytes_ahead.saturating_add(weight) <= BYTES_AHEAD
        };
        let mut state = self.lanes.lock();
        if state.closed || !has_room(&state) {
            state.want_room += 1;
            drop(state);
            let waited = self.lanes.wait(has_room);
            let there_is_room = waited.is_some();
            state = waited.unwrap_or_else(|| self.lanes.lock());
            state.want_room -= 1;
            if !there_is_room {
                return false;
            }
        }
        state.bytes_ahead += weight;
        drop(state);
        self.sender.send(Weighed(message, weight)).is_ok()
    }
}

impl<T> Lane<'_, T> {
    pub(super) fn receive(&self) -> Heard<T> {
        use std::sync::mpsc::RecvTimeoutError;
        match self.receiver.recv_timeout(LOOK_UP) {
            Ok(Weighed(message, weight)) => {
                let mut state = self.lanes.lock();
                state.bytes_ahead = state.bytes_ahead.saturating_sub(weight);
                let is_heard = state.want_room > 0;
                drop(state);
                if is_heard {
                    self.lanes.changed.notify_all();
                }
                Heard::Message(message)
            }
            Err(RecvTimeoutError::Timeout) => Heard::Silence,
            Err(RecvTimeoutError::Disconnected) => Heard::Ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Readers that could run away from a writer who takes his time: what waits stays within the bounds, and every
    /// message arrives in the order of its file.
    #[test]
    fn what_waits_is_bounded_and_nothing_is_lost() {
        const FILES: usize = 500;
        const EACH: usize = 5;
        let weight = BYTES_AHEAD / 20;
        let lanes: Lanes<(usize, usize)> = Lanes::new(&Cancel::default());
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= FILES {
                            return;
                        }
                        let sender = lanes.open(index).unwrap();
                        assert!((0..EACH).all(|n| sender.send((index, n), weight)));
                    }
                });
            }
            for index in 0..FILES {
                let lane = lanes.take(index).unwrap();
                let mut heard = Vec::new();
                loop {
                    match lane.receive() {
                        Heard::Message(message) => heard.push(message),
                        Heard::Silence => {}
                        Heard::Ended => break,
                    }
                    let state = lanes.lock();
                    assert!(state.open.len() <= FILES_AHEAD);
                    let current = PIECES_AHEAD * weight;
                    assert!(state.bytes_ahead <= BYTES_AHEAD + current, "{}", state.bytes_ahead);
                }
                assert_eq!(heard, (0..EACH).map(|n| (index, n)).collect::<Vec<_>>());
            }
        });
        assert_eq!(lanes.lock().bytes_ahead, 0);
    }

    #[test]
    fn whoever_waits_gives_up_when_nobody_listens() {
        let lanes: Lanes<u8> = Lanes::new(&Cancel::default());
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let sender = lanes.open(1).unwrap();
                let mut sent = 0;
                while sender.send(0, BYTES_AHEAD / 4) {
                    sent += 1;
                }
                (sent, lanes.open(FILES_AHEAD + 1).is_none())
            });
            while lanes.lock().bytes_ahead < BYTES_AHEAD {
                std::thread::yield_now();
            }
            lanes.close();
            assert_eq!(reader.join().unwrap(), (4, true));
        });
    }

    #[test]
    fn a_stop_ends_the_waiting_on_both_sides() {
        let cancel = Cancel::default();
        let lanes: Lanes<u8> = Lanes::new(&cancel);
        cancel.cancel();
        assert!(lanes.take(0).is_none() && lanes.open(0).is_none());
    }
}
