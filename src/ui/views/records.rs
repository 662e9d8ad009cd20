//! The record tables (flows, CloudTrail events): filter, time, histogram and rows of one data set.

use super::cell_menu::{Items, MenuRecord, MenuValue, head_ui, pair_clause, record_items_ui};
use super::compare;
use super::facets;
use super::no_records::no_records_ui;
use crate::filter::Filter;
use crate::model::{Dataset, Home, Unit, field};
use crate::model::{Value, conclusions::Subject};
use crate::present::display::{self, dataset_key};
use crate::present::text::Texts;
use crate::present::unique_id;
use crate::session::conclusions::Lists;
use crate::session::open_case::OpenCase;
use crate::session::record_columns::ShownColumn;
use crate::session::records::{Records, Reveal, time_field, usual_width};
use crate::session::{Action, App, Command, View, marks};
use crate::ui::state::UiState;
use crate::ui::theme::size;
use crate::ui::widgets::grid::{
    CellNote, CellView, Grid, GridColumn, GridEvent, GridTexts, MenuCell, RowMarks, RowSource,
};
use crate::ui::{filter_bar, histogram, tag_popover, time_bar};
use egui::{Id, ScrollArea, Ui};

pub(crate) fn records_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    dataset: Dataset,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let records = case.records(dataset);
    compare::compare_ui(ui, app, case, dataset, &mut state.compare, out);
    filter_bar::filter_bar_ui(ui, app, case, dataset, state.filter(dataset), out);
    if state.filter(dataset).take_leaves(app, View::Records(dataset)) {
        state.grid(dataset).focus();
    }
    time_bar::time_bar_ui(ui, app, &mut state.time, out);
    let holds = case.totals().is_none_or(|totals| totals.of(dataset) > 0);
    if app.show_histogram && holds && histogram::has_room(ui) {
        histogram::histogram_ui(ui, app, records, state.histogram(dataset), out);
    }
    match records.row_count() {
        Some(0) if !records.is_stale() => no_records_ui(ui, app, case, dataset, out),
        None => {
            let text = records.fault().map_or_else(|| app.texts.tr("loading"), |why| why.why(&app.texts));
            ui.centered_and_justified(|ui| ui.label(text));
        }
        Some(_) => {
            facets::panel_ui(ui, app, records, state.facets(dataset), out);
            table_ui(ui, app, records, state, out);
        }
    }
}

/// The port that tells what was asked for: named by what usually listens there.
const SERVICE: &str = "dstport";

/// Rows by position, formatted when they are drawn.
struct Rows<'a> {
    records: &'a Records,
    columns: &'a [ShownColumn],
    app: &'a App,
    zone: crate::present::zone::Zone,
    texts: &'a Texts,
    conclusions: Option<&'a Lists>,
}

impl Rows<'_> {
    fn tags(&self, row: u64) -> &[String] {
        let id = self.records.pages.id(row);
        let tags = self.conclusions.zip(id).map(|(lists, id)| lists.tags_of(&Subject::Record(id)));
        tags.unwrap_or_default()
    }

    /// The Sigma rules that match the event: title and level.
    fn sigma(&self, row: u64) -> impl Iterator<Item = (&str, Option<&'static str>)> {
        let case = self.app.case.as_ref().filter(|_| self.records.dataset == Dataset::Events);
        case.zip(self.records.pages.id(row)).into_iter().flat_map(|(case, id)| case.flags.sigma_of(id))
    }

    fn value(&self, row: u64, column: usize) -> Option<(&Value, ShownColumn)> {
        Some((self.records.pages.row(row)?.get(column)?, *self.columns.get(column)?))
    }
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> u64 {
        self.records.pages.len()
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        match self.value(row, column) {
            None => CellView::Loading,
            // Nothing that could be taken for "nobody".
            Some((_, shown)) if shown.field.home == Home::Lineage && self.records.pages.awaits_actor(row) => {
                let failed = self.records.lineage.fault().is_some();
                CellView::Text(self.texts.tr(if failed { "lineage-failed" } else { "lineage-searched" }))
            }
            Some((value, shown)) => {
                let gist = || self.records.pages.gist(row, column).map(str::to_owned);
                let text = gist().or_else(|| display::cell(value, shown.field, self.zone));
                text.map_or(CellView::Absent, CellView::Text)
            }
        }
    }

    fn stands_out(&self, row: u64, column: usize) -> bool {
        let of = self.value(row, column).and_then(|(value, column)| Some((value, column.whole_field()?)));
        of.is_some_and(|(value, field)| display::is_refusal(value, field))
    }

    /// Who acted is the caller itself.
    fn fades(&self, row: u64, column: usize) -> bool {
        let is_actor = |column: &ShownColumn| column.name() == "actor";
        let caller = || self.columns.iter().position(|column| column.name() == "user_identity_arn");
        self.columns.get(column).is_some_and(is_actor)
            && caller()
                .and_then(|caller| self.value(row, caller))
                .is_some_and(|(caller, _)| self.value(row, column).is_some_and(|(actor, _)| actor == caller))
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        let gist = self.records.pages.gist(row, column).is_some();
        let (value, column) = self.value(row, column)?;
        let marks = marks::of_field(self.records.pages.marks(row), column.field);
        let owners = if let Value::Text(text) = value { self.app.owners_told(text) } else { Vec::new() };
        // All of what the cell says in short.
        let whole = gist.then(|| display::cell(value, column.field, self.zone)).flatten();
        let id = if let Value::Text(text) = value { unique_id::meaning(self.texts, text) } else { None };
        let own = whole.or_else(|| display::hint(value, column.field)).into_iter().chain(id);
        let lines: Vec<String> = own.chain(marks::told(self.texts, marks)).chain(owners).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    fn marks(&self, row: u64) -> RowMarks {
        let sighted = self.records.pages.marks(row).iter().any(marks::is_sighting);
        let ruled = self.sigma(row).next().is_some();
        RowMarks { warning: self.records.pages.skips(row), ruled, sighted, tagged: !self.tags(row).is_empty() }
    }

    fn has_lanes(&self) -> bool {
        true
    }

    fn answer(&self) -> u64 {
        self.records.pages.generation()
    }

    fn row_hint(&self, row: u64) -> Option<String> {
        let mut told = marks::told(self.texts, self.records.pages.marks(row));
        told.extend(self.sigma(row).map(|(title, level)| {
            let title = display::visible(title);
            let level = level.map_or_else(|| self.texts.tr("grid-absent"), str::to_owned);
            self.texts.tr_args("mark-sigma", &[("title", &title), ("level", &level)])
        }));
        told.extend(tags_told(self.texts, self.tags(row)));
        told.extend(self.records.pages.skips(row).then(|| self.texts.tr("row-skipdata")));
        (!told.is_empty()).then(|| told.join("\n"))
    }

    fn note(&self, row: u64, column: usize) -> CellNote {
        let Some((value, column)) = self.value(row, column) else { return CellNote::default() };
        let of = marks::of_field(self.records.pages.marks(row), column.field);
        let gloss = match (column.name(), value) {
            (SERVICE, Value::Integer(port)) => display::service_name(*port).map(str::to_owned),
            ("event_name", Value::Text(_)) => {
                self.records.pages.service(row).map(|service| display::visible(service).into_owned())
            }
            _ => None,
        };
        CellNote { sighted: of.iter().any(|mark| marks::is_sighting(mark)), label: marks::label(of), gloss }
    }
}

/// The tags of something, as a line of a tool tip.
pub(super) fn tags_told(texts: &Texts, tags: &[String]) -> Option<String> {
    let all = display::visible(&texts.list(tags)).into_owned();
    (!tags.is_empty()).then(|| texts.tr_args("row-tags", &[("tags", &all)]))
}

fn table_ui(ui: &mut Ui, app: &App, records: &Records, state: &mut UiState, out: &mut Vec<Action>) {
    let dataset = records.dataset;
    let shown_columns = records.pages.columns().to_vec();
    let columns = grid_columns(app, records, &shown_columns);
    let conclusions = app.case.as_ref().and_then(|case| case.conclusions.lists()).map(AsRef::as_ref);
    let rows = Rows { records, columns: &shown_columns, app, zone: app.zone, texts: &app.texts, conclusions };
    let t = &app.texts;
    if records.are_columns_lent() {
        ui.horizontal(|ui| {
            ui.weak(t.tr("columns-lent"));
            if ui.small_button(t.tr("columns-own")).clicked() {
                out.push(Action::OwnColumns(dataset));
            }
        });
    }
    let texts = GridTexts::of(
        t,
        match dataset {
            Dataset::Flows => t.tr("nav-flows"),
            Dataset::Events => t.tr("nav-events"),
        },
    );
    let id = Id::unique(("records", dataset));
    let grid = Grid { id, columns: &columns, source: &rows, texts: &texts, dimmed: records.is_stale() };
    let mut selection = records.selection.clone();
    let (mut from_cells, mut from_header) = (Vec::new(), Vec::new());
    let shown = grid.show(
        ui,
        state.grid(dataset),
        &mut selection,
        &mut |ui, cell| cell_menu_ui(ui, app, &rows, cell, &mut from_cells),
        &mut |ui, column| header_menu_ui(ui, app, records, shown_columns.get(column).copied(), &mut from_header),
    );
    out.append(&mut from_cells);
    out.append(&mut from_header);
    if tag_popover::tag_popover_ui(ui, app, records, shown.cursor, &mut state.tags, out) {
        state.grid(dataset).focus();
    }
    if selection != records.selection {
        out.push(Action::Select(dataset, selection));
    }
    // A screen more than is visible, so that turning a page finds its rows there.
    let ahead = shown.visible.end - shown.visible.start;
    out.push(Action::WantRows(dataset, shown.visible.start.saturating_sub(ahead)..shown.visible.end + ahead));
    for event in shown.events {
        grid_event(records, &shown_columns, event, out);
    }
}

fn grid_columns(app: &App, records: &Records, columns: &[ShownColumn]) -> Vec<GridColumn> {
    let column = |column: &ShownColumn| {
        let sort = records.sort.iter().position(|key| column.whole_field() == Some(key.field));
        GridColumn {
            title: column.header(app.zone),
            width: usual_width(records.dataset, column.name()),
            own: app.settings.own_width(dataset_key(records.dataset), column.name()),
            numeric: display::is_numeric(column.field) && column.name() != SERVICE,
            tabular: display::is_tabular(Unit::of(column.field), column.name()),
            pinned: column.whole_field() == Some(time_field(records.dataset)),
            sort: sort.and_then(|place| records.sort.get(place).map(|key| (place, key.descending))),
        }
    };
    columns.iter().map(column).collect()
}

fn grid_event(records: &Records, shown: &[ShownColumn], event: GridEvent, out: &mut Vec<Action>) {
    let dataset = records.dataset;
    match event {
        GridEvent::Sort { column, add } => {
            let field = shown.get(column).and_then(|column| column.whole_field());
            out.extend(field.map(|field| Action::Sort { field, add }));
        }
        GridEvent::Resized { column, width } => {
            let name = shown.get(column).map(|column| column.name().to_owned());
            out.extend(name.map(|column| Action::SetWidth { table: dataset_key(dataset), column, width }));
        }
        GridEvent::Moved { from, before } => {
            let name = |at: usize| shown.get(at).map(|c| c.name());
            out.extend(moved(records, name(from), name(before)));
        }
        GridEvent::Activated(_) => {
            out.push(Action::ShowInspector);
        }
        GridEvent::Copy => out.push(Action::CopyRows),
        GridEvent::Tagged => out.push(Action::Command(Command::TagRows)),
    }
}

/// The columns with `key` before `before`, or after the last.
fn moved(records: &Records, key: Option<&str>, before: Option<&str>) -> Option<Action> {
    let mut columns = records.columns.clone();
    let from = columns.iter().position(|c| Some(c.key.as_str()) == key)?;
    let column = columns.remove(from);
    let to = match before {
        Some(before) => columns.iter().position(|c| c.key == before)?,
        None => columns.iter().rposition(|c| c.visible).map_or(columns.len(), |last| last + 1),
    };
    columns.insert(to, column);
    Some(Action::SetColumns(records.dataset, columns))
}

fn cell_menu_ui(ui: &mut Ui, app: &App, rows: &Rows<'_>, cell: MenuCell, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some((value, column)) = rows.value(cell.row, cell.column) else {
        ui.weak(t.tr("loading"));
        return;
    };
    let shown = display::cell(value, column.field, app.zone).unwrap_or_else(|| t.tr("grid-absent"));
    head_ui(ui, &format!("{} {shown}", column.name()));
    let mut items = Items::new(cell.takes_focus);
    let of = MenuValue::of(column, value, row_pair(rows, cell.row));
    // The row whose menu it is has the cursor.
    record_items_ui(ui, app, &mut items, &of, MenuRecord { time: rows.records.cursor_time() }, out);
}

/// Both addresses of the row, in either direction.
fn row_pair(rows: &Rows<'_>, row: u64) -> Option<Filter> {
    let address = |name: &str| {
        let wanted = field::by_name(Dataset::Flows, name)?;
        let column = rows.columns.iter().position(|c| c.whole_field() == Some(wanted))?;
        let (value, _) = rows.value(row, column)?;
        display::literal(value)
    };
    Some(pair_clause(&address("srcaddr")?, &address("dstaddr")?))
}

fn header_menu_ui(ui: &mut Ui, app: &App, records: &Records, at: Option<ShownColumn>, out: &mut Vec<Action>) {
    let t = &app.texts;
    let dataset = records.dataset;
    if let Some(column) = at {
        let sorts = [(t.tr("header-ascending"), false), (t.tr("header-descending"), true)];
        for (text, descending) in sorts {
            let field = column.whole_field();
            if ui.add_enabled(field.is_some(), egui::Button::new(text)).clicked() {
                out.extend(field.map(|field| Action::SortAs { field, descending }));
                ui.close();
            }
        }
        let shown = records.pages.columns();
        let place = shown.iter().position(|c| *c == column).unwrap_or(0);
        let left = place.checked_sub(1).and_then(|p| shown.get(p)).map(|c| c.name());
        if ui.add_enabled(left.is_some(), egui::Button::new(t.tr("header-left"))).clicked() {
            out.extend(moved(records, Some(column.name()), left));
            ui.close();
        }
        let right = shown.get(place + 2).map(|c| c.name());
        if ui.add_enabled(place + 1 < shown.len(), egui::Button::new(t.tr("header-right"))).clicked() {
            out.extend(moved(records, Some(column.name()), right));
            ui.close();
        }
        if ui.add_enabled(shown.len() > 1, egui::Button::new(t.tr("header-hide"))).clicked() {
            out.push(with_visible(records, column.name(), false));
            ui.close();
        }
        ui.separator();
    }
    ui.menu_button(t.tr("header-columns"), |ui| {
        ScrollArea::vertical().max_height(size::DIALOG_HEIGHT).show(ui, |ui| {
            for column in &records.columns {
                let mut visible = column.visible;
                if ui.checkbox(&mut visible, &column.key).changed() {
                    out.push(with_visible(records, &column.key, visible));
                }
            }
        });
    });
    if ui.button(t.tr("header-reset")).clicked() {
        out.push(Action::ResetColumns(dataset));
        ui.close();
    }
}

/// Shown columns are before the hidden ones: one that is shown again comes last.
fn with_visible(records: &Records, key: &str, visible: bool) -> Action {
    let mut columns = records.columns.clone();
    if let Some(column) = columns.iter_mut().find(|c| c.key == key) {
        column.visible = visible;
    }
    if !columns.iter().any(|c| c.visible) {
        return Action::SetColumns(records.dataset, records.columns.clone());
    }
    Action::SetColumns(records.dataset, columns)
}

/// Scrolls the tables where the application wants them.
pub(crate) fn apply_reveal(app: &mut App, state: &mut UiState) {
    if app.case.as_mut().is_some_and(|case| case.pairs.take_to_top()) {
        state.pairs.grid.scroll_to_top();
    }
    if app.case.as_mut().is_some_and(|case| case.sightings.take_to_top()) {
        state.sightings.grid.scroll_to_top();
    }
    for dataset in [Dataset::Flows, Dataset::Events] {
        let Some(case) = &mut app.case else { return };
        match case.records_mut(dataset).take_reveal() {
            Some(Reveal::Top) => state.grid(dataset).scroll_to_top(),
            Some(Reveal::Row(row)) => state.grid(dataset).show_row(row),
            None => {}
        }
    }
}
