//! Records side by side below their table: which, and what of them is shown.

use super::copying::{Form, text_of};
use super::pane::{Asking, Pane};
use super::slots::Slot;
use super::source::Fault;
use super::view::View;
use crate::app::Failure;
use crate::model::{Dataset, RecordId, Timestamp, Value};
use crate::present::display;
use crate::present::json_tree::value_of;
use crate::present::zone::Zone;
use crate::query::RecordDetail;
use crate::questions::{CompareQuestion, ComparedPlace, ComparedRow};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompareAction {
    /// The selected rows.
    Open,
    Close,
    OnlyDifferences(bool),
    /// The rows that are equal.
    Unfold(bool),
    CopyText,
    CopyCsv,
}

/// What is above a record's column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub record: RecordId,
    pub time: Option<Timestamp>,
    /// An event's name; of a flow record its addresses.
    pub name: String,
}

/// Records side by side, differing rows first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub dataset: Dataset,
    pub heads: Vec<Head>,
    pub rows: Vec<ComparedRow>,
}

impl Compared {
    fn of(question: &CompareQuestion, details: &[RecordDetail]) -> Self {
        let head = |detail: &RecordDetail| {
            let text = |name: &str| detail.value(name).and_then(display::literal).unwrap_or_else(|| "-".to_owned());
            let name = match detail.dataset {
                Dataset::Flows => format!("{} → {}", text("srcaddr"), text("dstaddr")),
                Dataset::Events => text("event_name"),
            };
            Head { record: detail.id, time: detail.time(), name: display::visible(&name).into_owned() }
        };
        Self { dataset: question.dataset, heads: details.iter().map(head).collect(), rows: question.rows(details) }
    }

    /// How many rows differ: the first ones.
    pub fn differing(&self) -> usize {
        self.rows.iter().take_while(|row| row.differs).count()
    }

    /// A value as a filter compares it.
    pub fn value(row: &ComparedRow, record: usize) -> Value {
        match (&row.place, row.values.get(record)) {
            (ComparedPlace::Leaf(_), Some(Value::Text(written))) => value_of(written),
            (_, Some(value)) => value.clone(),
            (_, None) => Value::Null,
        }
    }

    /// A value as it is shown; `None` where the record has none.
    pub fn text(row: &ComparedRow, record: usize, zone: Zone) -> Option<String> {
        let value = row.values.get(record)?;
        match (&row.place, value) {
            (ComparedPlace::Field(field), value) => display::cell(value, *field, zone),
            (ComparedPlace::Leaf(_), Value::Null) => None,
            (ComparedPlace::Leaf(_), value) => {
                Some(display::visible(&display::clipped(&value.to_text()).0).into_owned())
            }
        }
    }

    /// The table as the exhibit has it, with these signs for what differs.
    fn lines(&self, only_differences: bool) -> Vec<Vec<String>> {
        let names = ["field".to_owned(), "differs".to_owned()];
        let head = names.into_iter().chain(self.heads.iter().map(|head| head.record.to_string())).collect();
        let shown = self.rows.iter().filter(|row| row.differs || !only_differences);
        let line = |row: &ComparedRow| {
            let names = [row.name(), row.differs.to_string()];
            names.into_iter().chain(row.values.iter().map(Value::to_text)).collect()
        };
        std::iter::once(head).chain(shown.map(line)).collect()
    }
}

#[derive(Default)]
pub struct Compare {
    asked: Option<(Dataset, Vec<RecordId>)>,
    answer: Slot<(u64, CompareQuestion), Arc<Compared>>,
    pub only_differences: bool,
    /// The rows that are equal are shown too.
    pub is_unfolded: bool,
}

impl Compare {
    pub fn open(&mut self, dataset: Dataset, records: Vec<RecordId>) {
        self.asked = Some((dataset, records));
    }

    /// What is compared in this view, to be returned to.
    pub(crate) fn of(&self, view: View) -> Option<(Dataset, Vec<RecordId>)> {
        self.asked.clone().filter(|(dataset, _)| view == View::Records(*dataset))
    }

    pub(crate) fn restore(&mut self, asked: Option<(Dataset, Vec<RecordId>)>) {
        self.asked = asked;
    }

    pub fn close(&mut self) {
        self.answer.stop();
        self.asked = None;
    }

    pub fn is_open(&self, view: View) -> bool {
        self.asked.as_ref().is_some_and(|(dataset, _)| view == View::Records(*dataset))
    }

    fn question(&self) -> Option<CompareQuestion> {
        self.asked.clone().map(|(dataset, records)| CompareQuestion::of(dataset, records))
    }

    /// Once it is in.
    pub fn shown(&self) -> Option<&Arc<Compared>> {
        let question = self.question()?;
        self.answer.shown().filter(|_| self.answer.shown_query().is_some_and(|(_, of)| *of == question))
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.answer.fault()
    }

    /// With tabs between the values, for a text.
    pub fn text(&self) -> Option<String> {
        self.rows_as(Form::Tabs)
    }

    pub fn csv(&self) -> Option<String> {
        self.rows_as(Form::Csv)
    }

    fn rows_as(&self, form: Form) -> Option<String> {
        Some(text_of(&self.shown()?.lines(self.only_differences), form))
    }
}

impl Pane for Compare {
    fn shows(&self, view: View) -> bool {
        self.is_open(view)
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let Some(question) = self.question() else { return };
        self.answer.ask(&asking.lanes.answers, (asking.revision, question), |source, (_, question), _| {
            let details = question.details(source.case()?).map_err(Fault::from)?;
            Ok(Arc::new(Compared::of(question, &details)))
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.answer.poll().and_then(Result::err).into_iter().collect()
    }

    fn leave(&mut self) {
        self.answer.stop();
    }

    fn is_busy(&self) -> bool {
        self.answer.is_busy()
    }
}
