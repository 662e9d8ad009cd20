//! Back and forward: what a step of an investigation is, and how it is returned to.

use super::App;
use crate::model::{Address, Dataset, RecordId, TimeRange};
use crate::session::action::Action;
use crate::session::open_case::OpenCase;
use crate::session::source::{Duplicates, SortKey};
use crate::session::timeline::Look;
use crate::session::top_list::Chosen;
use crate::session::view::View;

/// A step that back and forward walk over, with where in it one was.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    shown: Showing,
    flows: Place,
    events: Place,
    /// Where a case is open.
    timeline: Option<Look>,
}

/// Another of these is another step.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Showing {
    view: View,
    flows: String,
    events: String,
    range: TimeRange,
    duplicates: Duplicates,
    address: Option<Address>,
    /// A list that is shown as a whole.
    list: Option<Chosen>,
    compared: Option<(Dataset, Vec<RecordId>)>,
    /// The key, session or principal that its page is about.
    followed: Option<String>,
}

/// Of a table of records; another of these is the same step.
#[derive(Clone, Debug, Default)]
struct Place {
    sort: Vec<SortKey>,
    selected: Vec<RecordId>,
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown
    }
}

impl Step {
    /// Where no case is open.
    pub(super) fn of(view: View) -> Self {
        let (flows, events, range) = (String::new(), String::new(), TimeRange::default());
        let duplicates = Duplicates::default();
        let shown = Showing {
            view,
            flows,
            events,
            range,
            duplicates,
            address: None,
            list: None,
            compared: None,
            followed: None,
        };
        Self { shown, flows: Place::default(), events: Place::default(), timeline: None }
    }
}

impl Place {
    fn of(case: &OpenCase, dataset: Dataset) -> Self {
        let records = case.records(dataset);
        Self { sort: records.sort.clone(), selected: records.chosen_ids() }
    }

    fn restore(self, case: &mut OpenCase, dataset: Dataset) {
        let records = case.records_mut(dataset);
        if !self.sort.is_empty() {
            records.sort = self.sort;
        }
        // Rows that are selected already are not scrolled to.
        if !self.selected.is_empty() && records.chosen_ids() != self.selected {
            records.select_records(self.selected);
        }
    }
}

impl App {
    pub(super) fn current_step(&self) -> Step {
        let case = self.case.as_ref();
        let text = |dataset| case.map(|c| c.records(dataset).applied().to_owned()).unwrap_or_default();
        let place = |dataset| case.map(|case| Place::of(case, dataset)).unwrap_or_default();
        let shown = Showing {
            view: self.view,
            flows: text(Dataset::Flows),
            events: text(Dataset::Events),
            range: self.range,
            duplicates: self.duplicates,
            address: self.address.clone().filter(|_| self.view == View::Address),
            list: case.and_then(|case| case.top_list.chosen(self.view)).cloned(),
            compared: case.and_then(|case| case.compare.of(self.view)),
            followed: case
                .and_then(|case| case.follow.subject())
                .filter(|_| self.view == View::Follow)
                .map(str::to_owned),
        };
        let timeline = case.map(|case| case.timeline.look());
        Step { shown, flows: place(Dataset::Flows), events: place(Dataset::Events), timeline }
    }

    pub(super) fn step(&mut self) {
        let step = self.current_step();
        self.history.push(step);
    }

    /// The order and the selection of what is left behind by this action belong to the step that one is at.
    pub(super) fn remember_place(&mut self, before: &Action) {
        // What every frame asks for leads nowhere.
        if !before.is_routine() && self.case.is_some() {
            let step = self.current_step();
            self.history.update(step);
        }
    }

    pub(super) fn restore(&mut self, step: Option<Step>) {
        let (Some(Step { shown, flows, events, timeline }), Some(case)) = (step, &mut self.case) else { return };
        (self.range, self.duplicates) = (shown.range, shown.duplicates);
        if shown.address.is_some() {
            self.address = shown.address;
        }
        case.records_mut(Dataset::Flows).apply(&shown.flows);
        case.records_mut(Dataset::Events).apply(&shown.events);
        flows.restore(case, Dataset::Flows);
        events.restore(case, Dataset::Events);
        timeline.into_iter().for_each(|look| case.timeline.restore(look));
        case.top_list.restore(shown.list);
        case.compare.restore(shown.compared);
        if shown.followed.is_some() {
            case.follow.open(shown.followed);
        }
        self.turn_to(shown.view);
        self.effects.push(super::Effect::FocusTable);
    }
}
