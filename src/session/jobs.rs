//! Imports that run or ran: progress, what each file gave, questions that wait for an answer.

use super::import_sums::{FileDone, Sums};
use crate::app::error::{Message, UserError};
use crate::present::display;
use crate::present::text::Texts;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};
use std::thread::JoinHandle;

/// A running import: dropping this leaves it running.
pub struct ImportHandle {
    cancel: Box<dyn Fn() + Send>,
    pub thread: Option<JoinHandle<()>>,
}

impl ImportHandle {
    pub fn new(cancel: impl Fn() + Send + 'static, thread: Option<JoinHandle<()>>) -> Self {
        Self { cancel: Box::new(cancel), thread }
    }

    pub fn cancel(&self) {
        (self.cancel)();
    }
}

/// What a running import tells.
pub enum JobEvent {
    Progress(Progress),
    FileDone(FileDone),
    /// The import waits until `reply` was sent: true continues, false leaves this file out.
    Question {
        message: Message,
        reply: SyncSender<bool>,
    },
    /// A file that is not in the case, and why.
    FileFailed(UserError),
    /// What was found and is no file to be read.
    LeftOut,
    /// The job as a whole failed.
    Failed(UserError),
    /// This ends the job.
    Finished {
        cancelled: bool,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    pub done_bytes: u64,
    /// 0 while the folders are still being listed.
    pub total_bytes: u64,
    pub records: u64,
    pub files_done: u64,
    /// Files that are read; and what was found beside them and is not.
    pub files_total: u64,
    pub left_out_total: u64,
    pub current: PathBuf,
    pub elapsed_secs: f64,
}

impl Progress {
    /// 0 to 1; `None` while the whole is unknown.
    pub fn fraction(&self) -> Option<f32> {
        (self.total_bytes > 0).then(|| (self.done_bytes as f64 / self.total_bytes as f64).clamp(0.0, 1.0) as f32)
    }

    /// Records per second.
    pub fn rate(&self) -> Option<f64> {
        (self.elapsed_secs > 0.5).then(|| self.records as f64 / self.elapsed_secs)
    }

    /// Bytes per second.
    pub fn byte_rate(&self) -> Option<f64> {
        (self.elapsed_secs > 0.5).then(|| self.done_bytes as f64 / self.elapsed_secs)
    }

    /// Seconds, by the bytes done so far; `None` until a guess means something, and where more bytes were read than the
    /// files have (a file of the size of another is read twice).
    pub fn left_secs(&self) -> Option<u64> {
        let fraction = f64::from(self.fraction()?);
        let is_known = self.elapsed_secs > 2.0 && fraction > 0.01 && fraction < 1.0;
        is_known.then(|| (self.elapsed_secs * (1.0 - fraction) / fraction) as u64)
    }

    /// Every file is read, and what is left is written.
    pub fn is_finishing(&self) -> bool {
        self.files_total > 0 && self.files_done == self.files_total
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    /// Cancel was asked for; the file in hand is being rolled back.
    Stopping,
    Done,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId(pub u32);

pub struct Job {
    pub id: JobId,
    /// Into which case.
    pub case: PathBuf,
    pub state: JobState,
    pub progress: Progress,
    pub files: Vec<FileDone>,
    /// Places among them of files with warnings, or without any record read: these are shown first.
    pub noteworthy: Vec<usize>,
    /// Places of the others.
    pub others: Vec<usize>,
    /// Places of those whose format concerns the examiner; they are noteworthy too.
    pub about_format: Vec<usize>,
    pub sums: Sums,
    pub failures: Vec<UserError>,
    question: Option<(Message, SyncSender<bool>)>,
    handle: ImportHandle,
    events: Receiver<JobEvent>,
}

impl Job {
    pub fn is_running(&self) -> bool {
        matches!(self.state, JobState::Running | JobState::Stopping)
    }

    pub fn question(&self) -> Option<&Message> {
        self.question.as_ref().map(|(message, _)| message)
    }

    /// One line about how it ended.
    pub fn outcome(&self, texts: &Texts) -> String {
        if self.state == JobState::Cancelled {
            return texts.tr("notice-import-cancelled");
        }
        let numbers = [self.sums.evidence(), self.sums.stored(), self.sums.rejected].map(display::count);
        let [files, records, warnings] = numbers.each_ref().map(String::as_str);
        texts.tr_args("notice-imported", &[("files", files), ("records", records), ("warnings", warnings)])
    }
}

/// What `Jobs::poll` found.
#[derive(Debug, Default)]
pub struct Polled {
    /// Cases that a file came into: what is shown of them may be out of date.
    pub changed: Vec<PathBuf>,
    pub errors: Vec<UserError>,
    /// Ids of jobs that ended.
    pub ended: Vec<JobId>,
}

#[derive(Default)]
pub struct Jobs {
    list: Vec<Job>,
    next: u32,
}

impl Jobs {
    /// Events taken per job and frame: a flood of small files must not hold up a frame.
    const EVENTS_AT_ONCE: usize = 256;

    pub fn add(&mut self, case: &Path, handle: ImportHandle, events: Receiver<JobEvent>) -> JobId {
        self.next += 1;
        let id = JobId(self.next);
        self.list.push(Job {
            id,
            case: case.to_owned(),
            state: JobState::Running,
            progress: Progress::default(),
            files: Vec::new(),
            noteworthy: Vec::new(),
            others: Vec::new(),
            about_format: Vec::new(),
            sums: Sums::default(),
            failures: Vec::new(),
            question: None,
            handle,
            events,
        });
        id
    }

    pub fn list(&self) -> &[Job] {
        &self.list
    }

    pub fn running(&self) -> Option<&Job> {
        self.list.iter().find(|job| job.is_running())
    }

    pub fn running_into(&self, case: &Path) -> Option<&Job> {
        self.list.iter().find(|job| job.is_running() && job.case == case)
    }

    pub fn cancel(&mut self, id: JobId) {
        if let Some(job) = self.list.iter_mut().find(|job| job.id == id && job.is_running()) {
            job.handle.cancel();
            job.state = JobState::Stopping;
            // An import that waits for an answer would otherwise not notice.
            if let Some((_, reply)) = job.question.take() {
                let _ = reply.try_send(false);
            }
        }
    }

    pub fn answer(&mut self, id: JobId, go_on: bool) {
        let job = self.list.iter_mut().find(|job| job.id == id);
        if let Some((_, reply)) = job.and_then(|job| job.question.take()) {
            let _ = reply.try_send(go_on);
        }
    }

    pub fn cancel_all(&mut self) {
        let ids: Vec<JobId> = self.list.iter().map(|job| job.id).collect();
        ids.into_iter().for_each(|id| self.cancel(id));
    }

    pub fn cancel_into(&mut self, case: &Path) {
        let ids: Vec<JobId> = self.list.iter().filter(|job| job.case == case).map(|job| job.id).collect();
        ids.into_iter().for_each(|id| self.cancel(id));
    }

    /// Stops everything and waits until it has stopped: the end of the program.
    pub fn finish(&mut self) {
        self.cancel_all();
        for mut job in self.list.drain(..) {
            // Without a listener the import's messages no longer hold it up.
            drop(job.events);
            if let Some(thread) = job.handle.thread.take() {
                let _ = thread.join();
            }
        }
    }

    pub fn poll(&mut self) -> Polled {
        let mut polled = Polled::default();
        for job in self.list.iter_mut().filter(|job| job.is_running()) {
            for _ in 0..Self::EVENTS_AT_ONCE {
                match job.events.try_recv() {
                    Ok(event) => take(job, event, &mut polled),
                    Err(TryRecvError::Empty) => break,
                    // The thread is gone without a last word.
                    Err(TryRecvError::Disconnected) => take(job, JobEvent::Finished { cancelled: true }, &mut polled),
                }
                if !job.is_running() {
                    break;
                }
            }
        }
        polled
    }
}

fn take(job: &mut Job, event: JobEvent, polled: &mut Polled) {
    match event {
        JobEvent::Progress(progress) => {
            job.sums.found = progress.files_total + progress.left_out_total;
            job.progress = progress;
        }
        JobEvent::FileDone(file) => {
            if !file.known {
                polled.changed.push(job.case.clone());
            }
            job.sums.add(&file);
            let place = job.files.len();
            let kind = if file.is_noteworthy() { &mut job.noteworthy } else { &mut job.others };
            kind.push(place);
            if file.is_about_format() {
                job.about_format.push(place);
            }
            job.files.push(file);
        }
        JobEvent::LeftOut => job.sums.left_out += 1,
        JobEvent::FileFailed(error) => {
            job.sums.failed += 1;
            job.failures.push(error.clone());
            polled.errors.push(error);
        }
        JobEvent::Question { message, reply } => {
            if job.state == JobState::Stopping {
                let _ = reply.try_send(false);
            } else {
                job.question = Some((message, reply));
            }
        }
        JobEvent::Failed(error) => {
            job.failures.push(error.clone());
            polled.errors.push(error);
        }
        JobEvent::Finished { cancelled } => {
            job.state = if cancelled { JobState::Cancelled } else { JobState::Done };
            job.question = None;
            polled.changed.push(job.case.clone());
            polled.ended.push(job.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::source::Cancel;
    use std::sync::mpsc::sync_channel;

    fn job() -> (Jobs, JobId, SyncSender<JobEvent>, Cancel) {
        let (sender, receiver) = sync_channel(8);
        let mut jobs = Jobs::default();
        let cancel = Cancel::default();
        let id = jobs.add(
            Path::new("case.coldtrail"),
            ImportHandle::new(
                {
                    let cancel = cancel.clone();
                    move || cancel.cancel()
                },
                None,
            ),
            receiver,
        );
        (jobs, id, sender, cancel)
    }

    #[test]
    fn a_job_from_start_to_end() {
        let (mut jobs, id, sender, _) = job();
        let progress =
            Progress { done_bytes: 50, total_bytes: 200, records: 1000, elapsed_secs: 10.0, ..Progress::default() };
        assert_eq!((progress.fraction(), progress.rate(), progress.left_secs()), (Some(0.25), Some(100.0), Some(30)));
        sender.send(JobEvent::Progress(progress.clone())).unwrap();
        assert!(jobs.poll().changed.is_empty());
        assert_eq!(jobs.running().unwrap().progress, progress);
        sender.send(JobEvent::FileDone(FileDone { warnings: 2, ..FileDone::default() })).unwrap();
        assert_eq!(jobs.poll().changed, [PathBuf::from("case.coldtrail")]);
        sender.send(JobEvent::Finished { cancelled: false }).unwrap();
        assert_eq!(jobs.poll().ended, [id]);
        assert!(jobs.running().is_none());
        assert_eq!((jobs.list()[0].state, jobs.list()[0].sums.rejected), (JobState::Done, 2));
    }

    #[test]
    fn a_question_waits_for_its_answer_and_cancel_answers_it() {
        let (mut jobs, id, sender, cancel) = job();
        for go_on in [true, false] {
            let (reply, answer) = sync_channel(1);
            sender.send(JobEvent::Question { message: Message::new("question-expansion"), reply }).unwrap();
            jobs.poll();
            assert!(jobs.list()[0].question().is_some());
            if go_on {
                jobs.answer(id, true);
            } else {
                jobs.cancel(id);
                assert!(cancel.is_cancelled());
            }
            assert_eq!(answer.try_recv(), Ok(go_on));
            assert!(jobs.list()[0].question().is_none());
        }
        drop(sender);
        assert_eq!(jobs.poll().ended, [id]);
        assert_eq!(jobs.list()[0].state, JobState::Cancelled);
    }
}
