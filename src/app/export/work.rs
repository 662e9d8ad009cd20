//! A table on its way into a file: one thread reads, because it holds the case, and writes; all cores make bytes of what was
//! read. What is on its way at once is bounded.

use super::Stopped;
use crate::query::tables::Table;
use crate::query::{Batch, Cancel, Draft, QueryError};
use crate::threads::{self, Worker};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of values that may be on their way, besides one part.
const MOST_BYTES: usize = 128 << 20;

/// What became of a part.
type Made<P> = Result<P, Stopped>;

/// Rows that follow each other, and where what becomes of them is awaited.
struct Job<P> {
    part: Vec<Draft>,
    done: SyncSender<Made<P>>,
}

/// What was handed out and is written next, in order.
struct Waiting<P> {
    list: VecDeque<(Receiver<Made<P>>, usize)>,
    bytes: usize,
}

/// Reads a table in parts of so many rows, the last as long as it is, lets `encode` make something of each, and gives that to
/// `write` in their order. `progress` gets how many rows were read.
///
/// # Errors
/// Whatever goes wrong first; it was stopped.
pub(super) fn each_part<P: Send>(
    source: &dyn Table,
    rows_of_a_part: usize,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
    encode: &(impl Fn(&[Batch]) -> Result<P, String> + Sync),
    write: &mut dyn FnMut(P) -> Result<(), String>,
) -> Result<u64, Stopped> {
    let threads = threads::for_a_question();
    threads::scope(|scope| {
        let (sender, receiver) = sync_channel::<Job<P>>(threads);
        let receiver = Arc::new(Mutex::new(receiver));
        let worker = |_| {
            let receiver = Arc::clone(&receiver);
            let work = move || {
                while let Some(Job { part, done }) = next(&receiver) {
                    // Nobody waits any more after an error.
                    let _ = done.send(make(part, encode));
                }
            };
            // Where there are no more threads, fewer do it.
            threads::beside(scope, "export", work).ok()
        };
        let workers: Vec<Worker<'_, ()>> = (0..threads).filter_map(worker).collect();
        drop(receiver);
        let mut waiting = Waiting { list: VecDeque::new(), bytes: 0 };
        let mut hand_out = |part: Vec<Draft>| {
            if workers.is_empty() && !part.is_empty() {
                return write(make(part, encode)?).map_err(Stopped::Write);
            }
            let bytes: usize = part.iter().map(Draft::weight).sum();
            while waiting.list.len() > threads || waiting.bytes + bytes > MOST_BYTES && !waiting.list.is_empty() {
                waiting.next(write)?;
            }
            if !part.is_empty() {
                let (done, awaited) = sync_channel(1);
                // Gone only after a panic, which `next` finds out.
                let _ = sender.send(Job { part, done });
                waiting.list.push_back((awaited, bytes));
                waiting.bytes += bytes;
                return Ok(());
            }
            while !waiting.list.is_empty() {
                waiting.next(write)?;
            }
            Ok(())
        };
        let read = read(source, rows_of_a_part, cancel, progress, &mut hand_out);
        drop(sender);
        // A panic of a worker continues here.
        workers.into_iter().for_each(Worker::join);
        read
    })
}

/// Hands out all parts; an empty one at the end, after which everything is written.
fn read(
    source: &dyn Table,
    rows_of_a_part: usize,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
    hand_out: &mut dyn FnMut(Vec<Draft>) -> Result<(), Stopped>,
) -> Result<u64, Stopped> {
    let go_on = || if cancel.is_cancelled() { Err(Stopped::Query(QueryError::Cancelled)) } else { Ok(()) };
    let (mut part, mut missing, mut done) = (Vec::new(), rows_of_a_part, 0);
    while done < source.len() {
        go_on()?;
        let batch = source.batch(done, missing, cancel).map_err(Stopped::Query)?;
        if batch.is_empty() {
            break;
        }
        done += batch.len();
        missing = missing.saturating_sub(batch.len());
        part.push(batch);
        if missing == 0 {
            hand_out(std::mem::take(&mut part))?;
            missing = rows_of_a_part;
        }
        progress(done as u64);
    }
    go_on()?;
    if !part.is_empty() {
        hand_out(part)?;
    }
    hand_out(Vec::new())?;
    go_on()?;
    Ok(done as u64)
}

/// Completes what was read, and makes bytes of it.
fn make<P>(part: Vec<Draft>, encode: &impl Fn(&[Batch]) -> Result<P, String>) -> Made<P> {
    let part: Vec<Batch> = part.into_iter().map(Draft::finish).collect::<Result<_, _>>().map_err(Stopped::Query)?;
    encode(&part).map_err(Stopped::Write)
}

fn next<P>(receiver: &Mutex<Receiver<Job<P>>>) -> Option<Job<P>> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl<P> Waiting<P> {
    /// Waits for the first that was handed out, and writes it.
    fn next(&mut self, write: &mut dyn FnMut(P) -> Result<(), String>) -> Result<(), Stopped> {
        let Some((awaited, bytes)) = self.list.pop_front() else { return Ok(()) };
        self.bytes -= bytes;
        let ended = |_| Stopped::Write("a thread of the export has ended".to_owned());
        write(awaited.recv().map_err(ended)??).map_err(Stopped::Write)
    }
}
