//! Where one is in a table of records: which are selected, and what of that stays when other rows come.

use super::{Question, Records, Reveal};
use crate::model::{RecordId, Timestamp};
use crate::query::{RecordQuery, RowSet};
use crate::session::slots::Lane;

/// How the rows that came are related to those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// The same question, of more evidence.
    Evidence,
    /// The same records in another order.
    Order,
    Records,
}

impl Changed {
    pub(super) fn between(before: Option<&RecordQuery>, after: &RecordQuery) -> Self {
        let Some(before) = before else { return Changed::Records };
        if before == after {
            return Changed::Evidence;
        }
        let same_records = RecordQuery { sort: after.sort.clone(), ..before.clone() } == *after;
        if same_records { Changed::Order } else { Changed::Records }
    }
}

impl Records {
    /// The record under the cursor, where somebody chose it.
    pub(super) fn chosen_cursor(&self) -> Option<RecordId> {
        self.cursor_id().filter(|_| self.selection.is_chosen())
    }

    /// Other rows. `asked`: the record that was under the cursor when they were asked for, and where it is among them.
    pub(super) fn come_to(&mut self, rows: RowSet, asked: (Option<RecordId>, Option<u64>), change: Changed) {
        let (cursor, chosen) = (self.chosen_cursor(), self.chosen_ids());
        self.pages.reset(rows, self.shown_columns());
        // Somebody chose another record since: its row is searched now.
        let chose_another = cursor.is_some() && cursor != asked.0;
        if chose_another && self.wanted.is_empty() {
            self.wanted.clone_from(&chosen);
        }
        // Rows are selected by their places, where other records may be now.
        let are_all = !chosen.is_empty() && chosen.len() as u64 == self.selection.len();
        let is_as_it_was = are_all && self.wanted.is_empty() && chosen == self.chosen_ids();
        if !is_as_it_was {
            self.settle(asked.1.filter(|_| !chose_another), change);
        }
        if change == Changed::Order {
            self.reveal = Some(Reveal::Top);
        }
    }

    /// The record that somebody chose stays under the cursor when the rows change around it; else the first row is
    /// selected. Another order begins at its top.
    fn settle(&mut self, kept: Option<u64>, change: Changed) {
        match kept {
            Some(row) => {
                let stays = self.selection.cursor() == Some(row);
                self.selection.select(row);
                if !stays {
                    self.reveal = Some(Reveal::Row(row));
                }
            }
            None => {
                let rows = self.row_count().unwrap_or(0);
                self.selection.select_first_of(rows);
                if change != Changed::Evidence {
                    self.reveal = Some(Reveal::Top);
                }
            }
        }
    }

    /// When the record under the cursor was, once it has been read.
    pub fn cursor_time(&self) -> Option<Timestamp> {
        let (_, inspected) = self.detail()?;
        inspected.detail.time()
    }

    /// The records to return to: those that are selected, or are to be; the one under the cursor alone where they are
    /// many.
    pub(crate) fn chosen_ids(&self) -> Vec<RecordId> {
        /// More are not selected again one by one.
        const REMEMBERED: u64 = 500;
        if !self.wanted.is_empty() {
            return self.wanted.clone();
        }
        match self.selection.len() {
            _ if !self.selection.is_chosen() => Vec::new(),
            0..=REMEMBERED => self.selected_ids(REMEMBERED as usize),
            _ => self.cursor_id().into_iter().collect(),
        }
    }

    /// Selects these records, now or when the rows that were asked for are there.
    pub fn select_records(&mut self, ids: Vec<RecordId>) {
        self.wanted = ids;
    }

    /// Searches them among the rows that answer this question: on a worker thread, because it reads them all.
    pub(super) fn find_wanted(&mut self, lane: &Lane, question: Question) {
        let Some(rows) = self.rows.shown().map(|answer| answer.rows.clone()) else { return };
        let asked = (question, self.wanted.clone());
        self.places.ask(lane, asked.clone(), move |_, (_, wanted), _| Ok(rows.places(wanted)));
        if self.places.answers(&asked) {
            self.wanted.clear();
            let places = self.places.shown().map(Vec::as_slice).unwrap_or_default();
            let Some(first) = places.first().map(|place| *place as u64) else { return };
            self.selection.clear();
            self.selection.select(first);
            places.iter().skip(1).for_each(|place| self.selection.toggle(*place as u64));
            self.reveal = Some(Reveal::Row(first));
        }
    }
}
