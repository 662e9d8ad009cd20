//! Work that emits, on a thread of its own: what comes out of it is compressed and sent while it reads on.

use crate::ingest::emit::{Emitter, Output};
use crate::threads::{self, Panic};
use std::sync::mpsc::{Receiver, SendError, sync_channel};

/// Steps that are ahead of who takes them; one takes some megabytes.
const STEPS: usize = 1;

type Work = Box<dyn FnMut(&mut Emitter) -> bool + Send>;

pub(super) enum Ahead {
    There(Receiver<Result<Vec<Output>, Panic>>),
    /// Where no more threads can be had.
    Here(Work),
}

impl Ahead {
    /// `next` emits some more and says whether there is more to come.
    pub(super) fn start(next: impl FnMut(&mut Emitter) -> bool + Send + 'static) -> Self {
        let (sender, outputs) = sync_channel(STEPS);
        let (give, take) = sync_channel::<Work>(1);
        let work = move || {
            let Ok(mut next) = take.recv() else { return };
            let mut out = Emitter::default();
            loop {
                let step = threads::caught(|| next(&mut out));
                let is_last = !matches!(step, Ok(true));
                let step = step.map(|is_more| if is_more { out.take_ready() } else { out.take_all() });
                // Nobody listens where the import was stopped.
                if sender.send(step).is_err() || is_last {
                    return;
                }
            }
        };
        // Without a thread nobody takes the work.
        let _thread = threads::start("records", work);
        match give.send(Box::new(next)) {
            Ok(()) => Self::There(outputs),
            Err(SendError(next)) => Self::Here(next),
        }
    }

    /// Emits what comes next; false where nothing does. A panic there continues here.
    pub(super) fn next(&mut self, out: &mut Emitter) -> bool {
        match self {
            Self::Here(next) => next(out),
            Self::There(outputs) => match outputs.recv() {
                Ok(Ok(outputs)) => {
                    out.pass_on(outputs);
                    true
                }
                Ok(Err(panic)) => panic.resume(),
                Err(_) => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ImportWarning, Reason};

    fn warning(number: u32) -> ImportWarning {
        ImportWarning::file(Reason::DamagedStream, number.to_string())
    }

    #[test]
    fn all_that_is_emitted_arrives_in_order() {
        let mut number = 0;
        let mut ahead = Ahead::start(move |out| {
            number += 1;
            out.warn(warning(number));
            number < 3000
        });
        let mut out = Emitter::default();
        while ahead.next(&mut out) {}
        let warnings = out.take_all().into_iter().flat_map(|output| match output {
            Output::Warnings(list) => list,
            other => panic!("{other:?}"),
        });
        assert!(warnings.map(|warning| warning.detail).eq((1..=3000).map(|number| number.to_string())));
    }

    #[test]
    fn a_panic_continues_where_it_is_waited_for() {
        let mut ahead = Ahead::start(|_| -> bool { panic!("row {} of 3", 9) });
        let panic = threads::caught(|| ahead.next(&mut Emitter::default())).unwrap_err();
        assert!(panic.place.starts_with("src/ingest/parquet/ahead.rs:") && panic.message == "row 9 of 3", "{panic}");
    }

    #[test]
    fn whoever_works_ahead_ends_when_nobody_listens() {
        let (sender, ended) = sync_channel::<()>(0);
        let ahead = Ahead::start(move |_| {
            let _until_the_end = &sender;
            true
        });
        drop(ahead);
        assert!(ended.recv().is_err());
    }
}
