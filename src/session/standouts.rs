//! What stands out in the case: searched for in the background, fact by fact, while the overview is on screen.

use super::pane::{Asking, Pane};
use super::slots::{Slot, in_turn};
use super::view::View;
use crate::analysis::coverage::SourceGap;
use crate::app::Failure;
use crate::questions::standout::{FINDERS, Find, Standout};
use std::sync::Arc;

/// What the view asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandoutsAction {
    Stop,
    /// Searches for what was not found out before it was stopped.
    Resume,
}

pub struct Standouts {
    /// A search for each row of `FINDERS`, in their order, with the case's revision.
    searches: Vec<Slot<u64, Vec<Standout>>>,
    /// The case's revision that is searched.
    revision: u64,
    /// The examiner stopped the search.
    is_stopped: bool,
}

impl Default for Standouts {
    fn default() -> Self {
        Self { searches: FINDERS.iter().map(|_| Slot::default()).collect(), revision: 0, is_stopped: false }
    }
}

impl Standouts {
    /// What was found so far, in the order in which it is shown.
    pub fn found(&self) -> impl Iterator<Item = &Standout> {
        self.searches.iter().filter_map(Slot::shown).flatten()
    }

    /// How many searches have ended, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        let is_done = |search: &&Slot<u64, Vec<Standout>>| search.answers(&self.revision);
        (self.searches.iter().filter(is_done).count(), self.searches.len())
    }

    /// Is nothing searched for any more?
    pub(super) fn is_settled(&self) -> bool {
        let (done, all) = self.progress();
        self.is_stopped || done + self.faults().count() >= all
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    pub fn faults(&self) -> impl Iterator<Item = &Failure> {
        self.searches.iter().filter_map(Slot::fault)
    }

    pub fn apply(&mut self, action: StandoutsAction) {
        self.is_stopped = action == StandoutsAction::Stop;
        if self.is_stopped {
            self.searches.iter_mut().for_each(Slot::stop);
        }
    }
}

impl Pane for Standouts {
    fn shows(&self, view: View) -> bool {
        view == View::Overview
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        if self.is_stopped || asking.totals.flows + asking.totals.events == 0 {
            return;
        }
        let (lane, revision) = (&asking.lanes.answers, asking.revision);
        self.revision = revision;
        // What an examiner asks meanwhile waits for one of them at most.
        for (find, search) in in_turn(FINDERS.into_iter().zip(&mut self.searches)) {
            let gaps: Arc<[SourceGap]> = match (find, &asking.flow_gaps) {
                (Find::Records(_), _) => Arc::default(),
                (Find::Gaps(_), Some(gaps)) => Arc::clone(gaps),
                // Once they are counted.
                (Find::Gaps(_), None) => continue,
            };
            search.ask(lane, revision, move |source, _, cancel| source.standouts(find, &gaps, cancel));
            if search.is_busy() {
                return;
            }
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.searches.iter_mut().filter_map(|search| search.poll().and_then(Result::err)).collect()
    }

    fn leave(&mut self) {
        self.searches.iter_mut().for_each(Slot::stop);
    }

    fn is_busy(&self) -> bool {
        self.searches.iter().any(Slot::is_busy)
    }
}
