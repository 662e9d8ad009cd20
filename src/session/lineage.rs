//! Who acted in the events: found in the background once a table or the inspector asks for it.

use super::pane::Asking;
use super::slots::{Lane, Slot};
use crate::analysis::lineage::{EventChain, event_chain};
use crate::app::Failure;
use crate::model::RecordId;

#[derive(Default)]
pub struct Lineage {
    /// Of all events, by the case's revision.
    actors: Slot<u64, ()>,
    chain: Slot<(u64, RecordId), Option<EventChain>>,
}

impl Lineage {
    /// A column of the table shows who acted.
    pub(super) fn ask_actors(&mut self, asking: &Asking<'_>) {
        self.actors.ask(&asking.lanes.answers, asking.revision, |source, _, cancel| source.find_actors(cancel));
    }

    /// The steps back from this event are on screen.
    pub(super) fn ask_chain(&mut self, lane: &Lane, revision: u64, record: RecordId) {
        self.chain.ask(lane, (revision, record), |source, (_, record), cancel| {
            Ok(event_chain(source.case()?, *record, cancel)?)
        });
    }

    /// The steps back from the event; `None` while they are not found yet.
    pub fn chain(&self, record: RecordId) -> Option<Option<&EventChain>> {
        let is_of = self.chain.shown_query().is_some_and(|(_, of)| *of == record);
        self.chain.shown().filter(|_| is_of).map(Option::as_ref)
    }

    /// Why who acted was not found.
    pub fn fault(&self) -> Option<&Failure> {
        self.actors.fault().or_else(|| self.chain.fault())
    }

    /// Reasons of failures, and whether who acted was found just now.
    pub(super) fn poll(&mut self) -> (Vec<Failure>, bool) {
        let (actors, chain) = (self.actors.poll(), self.chain.poll());
        let found = matches!(actors, Some(Ok(())));
        (actors.into_iter().chain(chain).filter_map(Result::err).collect(), found)
    }

    pub(super) fn is_busy(&self) -> bool {
        self.actors.is_busy() || self.chain.is_busy()
    }
}
