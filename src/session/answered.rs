//! An analysis that has a view of its own: asked of the events that filter and time range leave, its answer as a table.

use super::pane::Asking;
use super::result_table::ResultTable;
use super::slots::Slot;
use crate::analysis::{Analysis, Asked};
use crate::app::Failure;
use crate::model::{Dataset, Value};
use crate::query::Scope;
use crate::query::tables::Rows;
use crate::questions::{AnalysisQuestion, MOST_ROWS, Question};
use std::sync::Arc;

/// What was asked, of the case as it was then.
#[derive(Clone, Debug, PartialEq)]
struct AskedOf {
    revision: u64,
    question: AnalysisQuestion,
}

pub(crate) struct Answered {
    analysis: &'static Analysis,
    answer: Slot<AskedOf, (Arc<Rows>, usize)>,
    asked: Option<AskedOf>,
    pub table: ResultTable,
}

impl Answered {
    pub(super) fn of(analysis: &'static Analysis) -> Self {
        Self { analysis, answer: Slot::default(), asked: None, table: ResultTable::default() }
    }

    /// As filter and time range leave it, with the usual parameters.
    fn question(&self, scope: &Scope) -> AnalysisQuestion {
        let mut asked = Asked::of(Scope { dataset: Dataset::Events, ..scope.clone() });
        let defaults = self.analysis.parameters.iter().filter_map(|parameter| Some((parameter, parameter.default?)));
        asked.parameters.extend(defaults.map(|(parameter, value)| (parameter.name.to_owned(), value.to_owned())));
        AnalysisQuestion { analysis: self.analysis, asked }
    }

    pub(super) fn ask(&mut self, asking: &Asking<'_>) {
        let asked = AskedOf { revision: asking.revision, question: self.question(&asking.events) };
        self.answer.ask(&asking.lanes.answers, asked.clone(), |source, asked, cancel| {
            // A table in memory has nothing that could be analysed.
            let Ok(reader) = source.case() else { return Ok((Arc::new(Rows::new(Vec::new(), Vec::new())), 0)) };
            let table = asked.question.table(reader, cancel)?;
            Ok((Arc::new(Rows::read(table.as_ref(), MOST_ROWS, cancel)?), table.len()))
        });
        self.asked = Some(asked);
        self.table.ask(&asking.lanes.pages);
    }

    pub(super) fn poll(&mut self) -> Vec<Failure> {
        let answered = self.answer.poll();
        if let (Some(Ok(())), Some((rows, _))) = (&answered, self.answer.shown()) {
            self.table.take(Arc::clone(rows));
        }
        [answered, self.table.poll()].into_iter().flatten().filter_map(Result::err).collect()
    }

    pub(super) fn stop(&mut self) {
        self.answer.stop();
    }

    pub(super) fn is_busy(&self) -> bool {
        self.answer.is_busy() || self.table.is_busy()
    }

    /// Is the next answer on its way?
    pub(crate) fn is_stale(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| !self.answer.answers(asked))
    }

    /// How many rows it has, once there is an answer; those too that are not shown.
    pub(crate) fn len(&self) -> Option<usize> {
        self.answer.shown().map(|(_, all)| *all)
    }

    /// Are rows left out that a file would have?
    pub(crate) fn is_cut(&self) -> bool {
        self.answer.shown().is_some_and(|(rows, all)| *all > rows.rows.len())
    }

    pub(crate) fn fault(&self) -> Option<&Failure> {
        self.answer.fault()
    }

    /// The events that a row counts.
    pub(crate) fn counted(&self, row: &[Value]) -> Option<Scope> {
        self.shown_question()?.counted(row)
    }

    /// The value of a row in the column of this name.
    pub(crate) fn value<'r>(&self, row: &'r [Value], name: &str) -> Option<&'r Value> {
        let at = self.table.rows()?.columns.iter().position(|column| column.name == name)?;
        row.get(at)
    }

    /// What the answer on screen is the answer to.
    pub(super) fn shown_question(&self) -> Option<&AnalysisQuestion> {
        self.answer.shown_query().map(|asked| &asked.question)
    }
}
