//! What the view on screen could be frozen as.

use super::action::View;
use super::export_jobs::Exported;
use super::open_case::OpenCase;
use super::state::App;
use crate::app::exhibits::{
    AddressExhibit, CompareExhibit, ConversationsExhibit, EventExhibit, EvidenceExhibit, Exhibited, FigureExhibit,
    HeatExhibit, PairsExhibit, PlaybookExhibit, RecordsExhibit, SelectedExhibit, SeriesExhibit, SightingsExhibit,
    SqlExhibit, TextExhibit, TopExhibit,
};
use crate::model::{Dataset, FieldId, RecordId, field};
use crate::present::chart::Shape;
use crate::query::named::Question;
use crate::query::{
    AddressQuery, By, ConversationQuery, GroupBy, Measure, PairQuery, Scope, SeriesQuery, SightingSort, TopQuery,
};

/// A thing to be frozen: what it is, and the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Id of its text.
    pub key: &'static str,
    /// What the text is told: a name, a number.
    pub what: String,
    pub kind: String,
    pub query: String,
}

impl Candidate {
    fn of(key: &'static str, what: impl Into<String>, question: &dyn Exhibited) -> Self {
        Self { key, what: what.into(), kind: question.kind().to_owned(), query: question.query() }
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
                    list.push(Candidate::of("exhibit-address", address.to_string(), &AddressExhibit(query)));
                }
            }
            View::Overview => {
                let lists = [Dataset::Flows, Dataset::Events].into_iter().flat_map(|of| case.glance.lists(of));
                for (name, query, _) in lists {
                    let title = app.texts.tr(&format!("list-{name}"));
                    list.push(Candidate::of("exhibit-top", title, &TopExhibit(query.clone())));
                }
                list.push(Candidate::of("exhibit-evidence", "", &EvidenceExhibit));
            }
            View::Pairs | View::Queries | View::Sightings => {
                if let Some((exported, _)) = app.exportable() {
                    list.extend(of_exported(&exported, case.sightings.only(), limit));
                }
            }
            View::Indicators => {
                let flows = case.sightings.query(app.range, app.duplicates).flows;
                list.extend(By::ALL.map(|by| of_sightings(by, flows.clone(), None, None, limit)));
            }
            View::Evidence => list.push(Candidate::of("exhibit-evidence", "", &EvidenceExhibit)),
            View::Sql => {
                let exhibit = case.sql.table().map(|table| {
                    let statement = table.statement.clone();
                    Candidate::of("exhibit-sql", "", &SqlExhibit { statement, limit: Some(limit) })
                });
                list.extend(exhibit);
            }
            View::Findings | View::Exhibits => {}
        }
        if let Some((title, query, _)) = case.whole_list.shown(app.view) {
            let query = TopQuery { limit: Some(limit), ..query.clone() };
            list.insert(0, Candidate::of("exhibit-top", title, &TopExhibit(query)));
        }
    }
    list.push(Candidate::of("exhibit-text", "", &TextExhibit(String::new())));
    list
}

/// The fields that the table shows; a value inside a field counts as the field.
fn shown_fields(case: &OpenCase, dataset: Dataset) -> Vec<FieldId> {
    let mut fields: Vec<FieldId> = Vec::new();
    for column in case.records(dataset).shown_columns() {
        if !fields.contains(&column.field) {
            fields.push(column.field);
        }
    }
    fields
}

fn of_records(app: &App, case: &OpenCase, dataset: Dataset, limit: usize, list: &mut Vec<Candidate>) {
    let records = case.records(dataset);
    let columns = shown_fields(case, dataset);
    let selected = records.selection.len();
    let key = if dataset == Dataset::Flows { "exhibit-flows" } else { "exhibit-events" };
    let query = records.query(app.range, app.duplicates);
    let table = RecordsExhibit { query, columns: columns.clone(), limit: Some(limit) };
    let table = Candidate::of(key, "", &table);
    let ids: Vec<RecordId> = match selected {
        1..=SELECTED => records.selected_ids(SELECTED as usize),
        _ => Vec::new(),
    };
    if ids.len() > 1 {
        let chosen = SelectedExhibit { dataset, records: ids.clone(), columns };
        list.push(Candidate::of("exhibit-selected", crate::present::display::count(ids.len() as u64), &chosen));
    }
    if crate::app::exhibits::COMPARED.contains(&ids.len()) {
        let compared = CompareExhibit { dataset, records: ids.clone() };
        list.push(Candidate::of("exhibit-compare", crate::present::display::count(ids.len() as u64), &compared));
    }
    list.push(table);
    // What the histogram above the table draws.
    let scope = records.scope(app.range, app.duplicates);
    let by = field::by_name(dataset, if dataset == Dataset::Flows { "action" } else { "event_name" });
    let query = SeriesQuery { by: by.map(GroupBy::Field), ..SeriesQuery::of(scope, Measure::Records) };
    list.push(Candidate::of("exhibit-series", "", &SeriesExhibit { query, shape: Shape::default() }));
    if let [id] = ids.as_slice() {
        list.push(Candidate::of("exhibit-event", id.to_string(), &EventExhibit { dataset, record: *id }));
    }
}

/// Every track, as it is drawn; then the first one's records the other way.
fn of_timeline(app: &App, case: &OpenCase, list: &mut Vec<Candidate>) {
    let scope = |dataset| case.records(dataset).scope(app.range, app.duplicates);
    let questions = case.timeline.questions(scope);
    let is_one = questions.len() == 1;
    let what = |at: u64| if is_one { String::new() } else { crate::present::display::count(at) };
    let heat = |query: &SeriesQuery| HeatExhibit { scope: query.scope.clone(), measure: query.measure };
    for (at, (query, shape)) in (1..).zip(&questions) {
        list.push(match shape {
            Shape::Heat => Candidate::of("exhibit-heatmap", what(at), &heat(query)),
            shape => Candidate::of("exhibit-series", what(at), &SeriesExhibit { query: query.clone(), shape: *shape }),
        });
    }
    for (at, (query, shape)) in (1..).zip(questions) {
        list.push(match shape {
            Shape::Heat => Candidate::of("exhibit-series", what(at), &SeriesExhibit { query, shape: Shape::default() }),
            _ => Candidate::of("exhibit-heatmap", what(at), &heat(&query)),
        });
    }
}

fn of_sightings(by: By, flows: Scope, list: Option<&str>, sort: Option<SightingSort>, limit: usize) -> Candidate {
    let key = match by {
        By::Indicator => "exhibit-sightings-indicator",
        By::Host => "exhibit-sightings-host",
        By::List => "exhibit-sightings-list",
    };
    Candidate::of(key, "", &SightingsExhibit::new(by, flows, list.map(str::to_owned), Some(limit)).sorted(sort))
}

/// `only`: the list whose sightings are shown.
fn of_exported(exported: &Exported, only: Option<&str>, limit: usize) -> Option<Candidate> {
    Some(match exported {
        Exported::Question(Question::Pairs(query)) => {
            let query = PairQuery { limit: Some(limit), ..query.clone() };
            Candidate::of("exhibit-pairs", "", &PairsExhibit(query))
        }
        Exported::Conversations(query) => {
            let query = ConversationQuery { limit: Some(limit), ..query.clone() };
            Candidate::of("exhibit-conversations", "", &ConversationsExhibit(query))
        }
        Exported::Question(Question::Top(query)) => {
            let query = TopQuery { limit: Some(query.limit.map_or(limit, |own| own.min(limit))), ..query.clone() };
            Candidate::of("exhibit-top", "", &TopExhibit(query))
        }
        Exported::Question(Question::Series(query)) => {
            Candidate::of("exhibit-series", "", &SeriesExhibit { query: query.clone(), shape: Shape::default() })
        }
        Exported::Question(Question::Records { query, columns, limit: own }) => {
            let dataset = query.dataset;
            let fields = columns.iter().filter_map(|column| column.field(dataset)).collect();
            let limit = Some(own.map_or(limit, |own| own.min(limit)));
            let table = RecordsExhibit { query: query.clone(), columns: fields, limit };
            let key = if dataset == Dataset::Flows { "exhibit-flows" } else { "exhibit-events" };
            Candidate::of(key, "", &table)
        }
        Exported::Question(Question::Figure { scope, figure }) => {
            Candidate::of("exhibit-figure", "", &FigureExhibit { scope: scope.clone(), figure: *figure })
        }
        Exported::Sightings(query) => of_sightings(query.by, query.flows.clone(), only, query.sort, limit),
        Exported::Question(Question::Directional { query, limit: own }) => {
            let limit = Some(own.map_or(limit, |own| own.min(limit)));
            Candidate::of("exhibit-playbook", "", &PlaybookExhibit { query: query.clone(), limit })
        }
        Exported::Playbook(query) => {
            Candidate::of("exhibit-playbook", "", &PlaybookExhibit { query: query.clone(), limit: Some(limit) })
        }
        Exported::Sql(_) | Exported::Entries(_) | Exported::List(_) => return None,
    })
}
