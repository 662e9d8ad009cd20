//! What examiners decided about answers: allow-lists of analyses and dismissed leads. The list, and the change that is under
//! way.

use super::pane::{Asking, NotMade, Pane};
use super::slots::Slot;
use super::under_way::UnderWay;
use super::view::View;
use crate::app::Failure;
use crate::app::decisions::{Deciding, DecisionList, decide};
use std::sync::Arc;

/// What a decision came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What takes it back; `None` where nothing changed.
    pub inverse: Option<Deciding>,
}

impl Decided {
    /// Did an allow-list change?
    pub fn is_of_allow_list(&self) -> bool {
        matches!(&self.inverse, Some(Deciding::Put(decision)) if decision.is_of_allow_list())
    }
}

#[derive(Default)]
pub struct Decisions {
    list: Slot<u64, Arc<DecisionList>>,
    change: UnderWay<Deciding, Decided>,
}

impl Decisions {
    /// `None` until it is read.
    pub fn list(&self) -> Option<&Arc<DecisionList>> {
        self.list.shown()
    }

    /// What a decision came to since this was asked last.
    pub fn take_done(&mut self) -> Option<Result<Decided, NotMade>> {
        self.change.take_done()
    }

    /// Puts a decision on its way; the one before it has come to its end.
    pub fn make(&mut self, deciding: Deciding) {
        self.change.make(deciding);
    }
}

impl Pane for Decisions {
    fn shows(&self, _: View) -> bool {
        true
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        self.change.ask(&asking.lanes.changes, asking, |to, _, deciding, _| {
            Ok(Decided { inverse: decide(to, deciding)?.map(Deciding::Put) })
        });
        // Again after each change, whatever came of it.
        if !self.change.is_busy() {
            self.list.ask(&asking.lanes.pages, self.change.made(), |source, _, _| {
                let Ok(reader) = source.case() else { return Ok(Arc::default()) };
                Ok(Arc::new(DecisionList::read(reader)?))
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        [self.list.poll(), self.change.poll()].into_iter().flatten().filter_map(Result::err).collect()
    }

    fn is_busy(&self) -> bool {
        self.list.is_busy() || self.change.is_busy()
    }
}
