//! A change to the case that a pane makes: on its way to a worker thread, and what came of it.

use super::pane::{Asking, NotMade};
use super::slots::{Lane, Slot};
use super::source::{Cancel, Fault, Source};
use crate::app::Failure;
use crate::case::Target;

/// `C`: the change; `D`: what it comes to.
pub(crate) struct UnderWay<C, D> {
    change: Slot<(u64, C), D>,
    asked: Option<(u64, C)>,
    made: u64,
    done: Option<Result<D, NotMade>>,
}

impl<C, D> Default for UnderWay<C, D> {
    fn default() -> Self {
        Self { change: Slot::default(), asked: None, made: 0, done: None }
    }
}

impl<C: Clone + PartialEq + Send + 'static, D: Clone + Send + 'static> UnderWay<C, D> {
    /// Puts a change on its way; the one before it has come to its end.
    pub(crate) fn make(&mut self, change: C) {
        self.made += 1;
        self.asked = Some((self.made, change));
    }

    /// Counts the changes that were put on their way.
    pub(crate) fn made(&self) -> u64 {
        self.made
    }

    /// Has what is on its way saved.
    pub(crate) fn ask(
        &mut self,
        lane: &Lane,
        asking: &Asking<'_>,
        write: impl FnOnce(Target<'_>, &dyn Source, &C, &Cancel) -> Result<D, Fault> + Send + 'static,
    ) {
        let Some(asked) = &self.asked else { return };
        let to = asking.write_to();
        self.change
            .ask(lane, asked.clone(), move |source, (_, change), cancel| write(to.target(), source, change, cancel));
    }

    /// `Some` when it has come to its end: `Err` is the reason of a failure.
    pub(crate) fn poll(&mut self) -> Option<Result<(), Failure>> {
        let result = self.change.poll()?;
        let done = match (&result, &self.asked) {
            (Ok(()), Some(asked)) if self.change.answers(asked) => self.change.shown().cloned().ok_or(NotMade),
            _ => Err(NotMade),
        };
        (self.asked, self.done) = (None, Some(done));
        Some(result)
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.change.is_busy() || self.asked.is_some()
    }

    /// What a change came to that was not taken yet.
    pub(crate) fn done(&self) -> Option<&Result<D, NotMade>> {
        self.done.as_ref()
    }

    /// What a change came to since this was asked last.
    pub(crate) fn take_done(&mut self) -> Option<Result<D, NotMade>> {
        self.done.take()
    }
}
