//! What is on screen as a view that can be kept, and back.

use crate::model::{Dataset, TimeRange, Timestamp, field};
use crate::session::action::Effect;
use crate::session::open_case::OpenCase;
use crate::session::saved_views::{SavedView, TableLook, ViewChange};
use crate::session::source::{Duplicates, SortKey};
use crate::session::split::Side;
use crate::session::state::App;
use crate::session::undo::{CaseChange, FilterStep};
use crate::session::view::View;

impl App {
    /// What is on screen now.
    pub fn look(&self) -> Option<SavedView> {
        let case = self.case.as_ref()?;
        Some(SavedView {
            view: self.view.kept_name().or_else(|| View::Overview.kept_name())?,
            beside: self.split.and_then(|split| split.other.kept_name()),
            flows: table_look(case, Dataset::Flows),
            events: table_look(case, Dataset::Events),
            from_ms: self.range.from.map(|time| time.0),
            to_ms: self.range.to.map(|time| time.0),
            all_duplicates: self.duplicates == Duplicates::All,
            ..SavedView::default()
        })
    }

    /// Keeps it under a name, or removes the one of that name.
    pub(super) fn change_views(&mut self, change: ViewChange) {
        if let Some(case) = &mut self.case {
            case.change(CaseChange::View(Box::new(change)));
        }
    }

    /// Makes the window show it.
    pub(super) fn open_look(&mut self, name: &str) {
        let Some(look) = self.case.as_ref().and_then(|case| case.saved_views.named(name)).cloned() else { return };
        self.dialog = None;
        let wanted = if look.all_duplicates { Duplicates::All } else { Duplicates::Once };
        let duplicates = Some(self.duplicates).filter(|shown| *shown != wanted);
        let before = [Dataset::Flows, Dataset::Events]
            .map(|dataset| self.filter_step(dataset).map(|step| FilterStep { duplicates, ..step }));
        let Some(case) = &mut self.case else { return };
        for (dataset, table) in [(Dataset::Flows, &look.flows), (Dataset::Events, &look.events)] {
            let records = case.records_mut(dataset);
            // A filter with a mistake, of a case that was tampered with, is shown with it and not applied.
            records.apply(&table.filter);
            let key = |(name, descending): &(String, bool)| {
                Some(SortKey { field: field::by_name(dataset, name)?, descending: *descending })
            };
            let sort: Vec<SortKey> = table.sort.iter().filter_map(key).collect();
            if !sort.is_empty() {
                records.sort = sort;
            }
            if table.columns.iter().any(|column| column.visible) {
                records.arrange_columns(&table.columns);
            }
        }
        self.range = TimeRange { from: look.from_ms.map(Timestamp), to: look.to_ms.map(Timestamp) };
        self.duplicates = wanted;
        self.filter_left(before.into_iter().flatten());
        self.show_kept(&look.view, look.beside.as_deref(), Side::Left);
        self.effects.push(Effect::FocusTable);
        self.step();
    }
}

fn table_look(case: &OpenCase, dataset: Dataset) -> TableLook {
    let records = case.records(dataset);
    TableLook {
        filter: records.applied().to_owned(),
        sort: records.sort.iter().map(|key| (key.field.name().to_owned(), key.descending)).collect(),
        columns: records.columns.clone(),
        ..TableLook::default()
    }
}
