//! What the view on screen could be frozen as.

use super::action::View;
use super::export_jobs::Exported;
use super::open_case::OpenCase;
use super::record_columns::ShownColumn;
use super::state::App;
use crate::model::{Dataset, RecordId, field};
use crate::present::chart::Shape;
use crate::query::named::Column;
use crate::query::{AddressQuery, By, GroupBy, Measure, SeriesQuery, TopQuery};
use crate::questions::{
    AddressQuestion, COMPARED, CompareQuestion, EventQuestion, EvidenceQuestion, HeatQuestion, Question,
    RecordsQuestion, SelectedQuestion, SeriesQuestion, SightingsQuestion, SqlQuestion, TextQuestion, TopQuestion,
    fields_of,
};

/// A thing to be frozen: what it is, and the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Id of its text.
    pub key: String,
    /// What the text is told: a name, a number.
    pub what: String,
    pub kind: String,
    pub query: String,
}

impl Candidate {
    fn of(what: impl Into<String>, question: &dyn Question) -> Self {
        Self { key: question.text_key(), what: what.into(), kind: question.kind().to_owned(), query: question.query() }
    }
}

/// Selected rows that can be frozen one by one; of more, the table is meant.
const SELECTED: u64 = 5_000;

/// Rows of a table unless the examiner says otherwise.
pub const USUAL_ROWS: usize = 500;

/// The candidates of the view, the likeliest first; a text of one's own last. `limit`: rows of a table.
pub fn candidates(app: &App, limit: usize) -> Vec<Candidate> {
    let mut list = Vec::new();
    if let Some(case) = &app.case {
        match app.view {
            View::Records(dataset) => of_records(app, case, dataset, limit, &mut list),
            View::Timeline => of_timeline(app, case, &mut list),
            View::Address => {
                if let Some(address) = &app.address {
                    let query = AddressQuery {
                        range: app.range,
                        duplicates: app.duplicates,
                        ..AddressQuery::of(address.clone())
                    };
                    list.push(Candidate::of(address.to_string(), &AddressQuestion(query)));
                }
            }
            View::Overview => {
                let lists = [Dataset::Flows, Dataset::Events].into_iter().flat_map(|of| case.glance.lists(of));
                for (name, query, _) in lists {
                    let title = app.texts.tr(&format!("list-{name}"));
                    list.push(Candidate::of(title, &TopQuestion(query.clone())));
                }
                list.push(Candidate::of("", &EvidenceQuestion));
            }
            View::Pairs | View::Queries | View::Sightings => {
                if let Some((Exported::Question(question), _)) = app.exportable() {
                    list.push(Candidate::of("", question.limited(limit).as_ref()));
                }
            }
            View::Indicators => {
                let flows = case.sightings.query(app.range, app.duplicates).flows;
                let question = |by| SightingsQuestion::new(by, flows.clone(), None, Some(limit));
                list.extend(By::ALL.map(|by| Candidate::of("", &question(by))));
            }
            View::Evidence => list.push(Candidate::of("", &EvidenceQuestion)),
            View::Sql => {
                let exhibit = case.sql.table().map(|table| {
                    let statement = table.statement.clone();
                    Candidate::of("", &SqlQuestion { statement, limit: Some(limit) })
                });
                list.extend(exhibit);
            }
            View::Findings | View::Exhibits => {}
        }
        if let Some((title, query, _)) = case.whole_list.shown(app.view) {
            let query = TopQuery { limit: Some(limit), ..query.clone() };
            list.insert(0, Candidate::of(title, &TopQuestion(query)));
        }
    }
    list.push(Candidate::of("", &TextQuestion(String::new())));
    list
}

fn of_records(app: &App, case: &OpenCase, dataset: Dataset, limit: usize, list: &mut Vec<Candidate>) {
    let records = case.records(dataset);
    let columns: Vec<Column> = records.shown_columns().into_iter().map(ShownColumn::as_column).collect();
    let selected = records.selection.len();
    let query = records.query(app.range, app.duplicates);
    let table = RecordsQuestion { query, columns: columns.clone(), limit: Some(limit) };
    let table = Candidate::of("", &table);
    let ids: Vec<RecordId> = match selected {
        1..=SELECTED => records.selected_ids(SELECTED as usize),
        _ => Vec::new(),
    };
    if ids.len() > 1 {
        let chosen = SelectedQuestion { dataset, records: ids.clone(), columns: fields_of(dataset, &columns) };
        list.push(Candidate::of(crate::present::display::count(ids.len() as u64), &chosen));
    }
    if COMPARED.contains(&ids.len()) {
        let compared = CompareQuestion { dataset, records: ids.clone() };
        list.push(Candidate::of(crate::present::display::count(ids.len() as u64), &compared));
    }
    list.push(table);
    // What the histogram above the table draws.
    let scope = records.scope(app.range, app.duplicates);
    let by = field::by_name(dataset, if dataset == Dataset::Flows { "action" } else { "event_name" });
    let query = SeriesQuery { by: by.map(GroupBy::Field), ..SeriesQuery::of(scope, Measure::Records) };
    list.push(Candidate::of("", &SeriesQuestion { query, shape: Shape::default() }));
    if let [id] = ids.as_slice() {
        list.push(Candidate::of(id.to_string(), &EventQuestion { dataset, record: *id }));
    }
}

/// Every track, as it is drawn; then the first one's records the other way.
fn of_timeline(app: &App, case: &OpenCase, list: &mut Vec<Candidate>) {
    let scope = |dataset| case.records(dataset).scope(app.range, app.duplicates);
    let questions = case.timeline.questions(scope);
    let is_one = questions.len() == 1;
    let what = |at: u64| if is_one { String::new() } else { crate::present::display::count(at) };
    let heat = |query: &SeriesQuery| HeatQuestion { scope: query.scope.clone(), measure: query.measure };
    for (at, (query, shape)) in (1..).zip(&questions) {
        list.push(match shape {
            Shape::Heat => Candidate::of(what(at), &heat(query)),
            shape => Candidate::of(what(at), &SeriesQuestion { query: query.clone(), shape: *shape }),
        });
    }
    for (at, (query, shape)) in (1..).zip(questions) {
        list.push(match shape {
            Shape::Heat => Candidate::of(what(at), &SeriesQuestion { query, shape: Shape::default() }),
            _ => Candidate::of(what(at), &heat(&query)),
        });
    }
}
