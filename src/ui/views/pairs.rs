//! The pairs: who sent how much to whom, in any order, with the way down to the records.

use super::cell_menu::{Items, MenuValue, head_ui, value_items_ui};
use super::records::empty_ui;
use crate::app::open_case::OpenCase;
use crate::app::pairs::{Pairs, PairsAction, PairsColumn};
use crate::app::{Action, App, Zone, display};
use crate::model::{Dataset, FieldId, Timestamp, field};
use crate::query::{PairColumn, PairKey, PairRow, PairTotals, Value};
use crate::ui::state::UiState;
use crate::ui::theme::size;
use crate::ui::widgets::grid::{CellView, Grid, GridColumn, GridEvent, GridState, GridTexts, MenuCell, RowSource};
use crate::ui::{filter_bar, time_bar};
use egui::{Button, Id, Panel, Ui};

#[derive(Default)]
pub struct PairsState {
    pub grid: GridState,
}

pub fn pairs_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    filter_bar::filter_bar_ui(ui, app, case, Dataset::Flows, &mut state.filter, out);
    if state.filter.take_leaves() {
        state.pairs.grid.focus();
    }
    time_bar::time_bar_ui(ui, app, &mut state.time, out);
    let pairs = &case.pairs;
    choices_ui(ui, app, pairs, out);
    let Some((_, table)) = pairs.table.shown() else {
        let text = pairs.table.fault().map_or_else(|| app.texts.tr("loading"), str::to_owned);
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    if pairs.table.is_empty() && !pairs.table.is_stale() {
        if pairs.only_external() && table.totals.records == 0 && case.flows_are_there() {
            ui.centered_and_justified(|ui| ui.label(app.texts.tr("pairs-none-external")));
            return;
        }
        return empty_ui(ui, app, case, case.records(Dataset::Flows), out);
    }
    Panel::bottom("pairs-totals").show(ui, |ui| totals_ui(ui, app, &table.totals));
    table_ui(ui, app, pairs, &mut state.pairs, out);
}

/// How pairs are made, and which.
fn choices_ui(ui: &mut Ui, app: &App, pairs: &Pairs, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let ways = [
            (PairKey::Addresses, "pairs-by-address"),
            (PairKey::AddressesAndDirection, "pairs-by-direction"),
            (PairKey::PacketAddresses, "pairs-by-packet"),
        ];
        for (by, key) in ways {
            let button = Button::selectable(pairs.by() == by, t.tr(key));
            if ui.add(button).on_hover_text(t.tr(&format!("{key}-tip"))).clicked() {
                out.push(Action::Pairs(PairsAction::By(by)));
            }
        }
        ui.separator();
        let mut only = pairs.only_external();
        if ui.checkbox(&mut only, t.tr("pairs-only-external")).on_hover_text(t.tr("pairs-only-external-tip")).changed()
        {
            out.push(Action::Pairs(PairsAction::OnlyExternal(only)));
        }
    });
}

fn totals_ui(ui: &mut Ui, app: &App, totals: &PairTotals) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let mut figure = |key: &str, number: Option<u128>| {
            let Some(number) = number else { return };
            ui.label(t.tr_args(key, &[("count", &display::count(number))]));
            ui.separator();
        };
        figure("pairs-total-pairs", Some(totals.pairs.into()));
        figure("pairs-total-records", Some(totals.records.into()));
        figure("pairs-total-packets", totals.packets);
        figure("pairs-total-accepted", Some(totals.accepted.into()));
        figure("pairs-total-rejected", Some(totals.rejected.into()));
        if let Some(bytes) = totals.bytes {
            let args = [("count", &*display::count(bytes)), ("size", &*display::size(bytes))];
            ui.label(t.tr_args("pairs-total-bytes", &args));
        }
        if totals.left_out > 0 {
            ui.separator();
            let text = t.tr_args("pairs-left-out", &[("count", &display::count(totals.left_out))]);
            ui.weak(text).on_hover_text(t.tr("pairs-left-out-tip"));
        }
    });
}

/// A cell of the result as a text; `None` for none.
pub fn pair_cell(row: &PairRow, column: PairColumn, zone: Zone) -> Option<String> {
    match row.value(column) {
        Value::Null => None,
        Value::Integer(number) => Some(u64::try_from(number).map_or_else(|_| number.to_string(), display::count)),
        Value::Number(text) => Some(text.parse::<u128>().map_or_else(|_| text.to_string(), display::count)),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Time(time) => Some(zone.format(time)),
        Value::Text(text) => Some(display::visible(&text).into_owned()),
    }
}

struct Rows<'a> {
    app: &'a App,
    pairs: &'a Pairs,
    columns: &'a [PairsColumn],
}

impl Rows<'_> {
    fn at(&self, row: u64, column: usize) -> Option<(&PairRow, PairColumn)> {
        match self.columns.get(column)? {
            PairsColumn::Of(column) => Some((self.pairs.table.row(row)?, *column)),
            PairsColumn::Series => None,
        }
    }
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> u64 {
        self.pairs.table.len().unwrap_or(0)
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        if self.columns.get(column) == Some(&PairsColumn::Series) {
            return match self.pairs.spark(row) {
                Some(values) => {
                    let busy = values.iter().filter(|value| **value > 0.0).count() as u64;
                    let args = [("count", &*display::count(busy)), ("of", &*display::count(values.len() as u64))];
                    CellView::Spark { values: values.clone(), text: self.app.texts.tr_args("pairs-series-text", &args) }
                }
                None => CellView::Loading,
            };
        }
        match self.at(row, column) {
            None => CellView::Loading,
            Some((row, column)) => pair_cell(row, column, self.app.zone).map_or(CellView::Absent, CellView::Text),
        }
    }

    fn stands_out(&self, row: u64, column: usize) -> bool {
        self.at(row, column).is_some_and(|(row, column)| column == PairColumn::Rejected && row.rejected > 0)
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        let (row, column) = self.at(row, column)?;
        match (column, row.value(column)) {
            (_, Value::Time(time)) => Some(Timestamp::to_iso(time)),
            (PairColumn::TotalBytes, _) => row.total_bytes.filter(|bytes| *bytes >= 1000).map(display::size),
            _ => None,
        }
    }
}

fn table_ui(ui: &mut Ui, app: &App, pairs: &Pairs, state: &mut PairsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let columns = pairs.columns();
    let grid_columns: Vec<GridColumn> = columns.iter().map(|column| grid_column(app, pairs, *column)).collect();
    let rows = Rows { app, pairs, columns: &columns };
    let texts = GridTexts {
        table: t.tr("nav-pairs"),
        row: t.tr("grid-row"),
        absent: t.tr("grid-absent"),
        loading: t.tr("loading"),
    };
    let grid = Grid {
        id: Id::unique("pairs"),
        columns: &grid_columns,
        source: &rows,
        texts: &texts,
        dimmed: pairs.table.is_stale(),
    };
    let mut selection = pairs.table.selection.clone();
    let mut from_menu = Vec::new();
    let shown = grid.show(
        ui,
        &mut state.grid,
        &mut selection,
        &mut |ui, cell| cell_menu_ui(ui, app, &rows, cell, &mut from_menu),
        &mut |ui, _| {
            ui.weak(t.tr("header-sort-tip"));
        },
    );
    out.append(&mut from_menu);
    if selection != pairs.table.selection {
        out.push(Action::Pairs(PairsAction::Select(selection)));
    }
    out.push(Action::Pairs(PairsAction::Want(shown.visible)));
    out.extend(shown.events.into_iter().filter_map(|event| grid_event(pairs, &columns, event)));
}

fn grid_event(pairs: &Pairs, columns: &[PairsColumn], event: GridEvent) -> Option<Action> {
    let action = match event {
        GridEvent::Sort { column, add } => match columns.get(column)? {
            PairsColumn::Of(column) => PairsAction::Sort { column: *column, add },
            PairsColumn::Series => return None,
        },
        GridEvent::Resized { column, width } => PairsAction::Resize(*columns.get(column)?, width),
        GridEvent::Copy => PairsAction::CopyRows,
        GridEvent::Activated(row) => return Some(drill(pairs.by(), pairs.table.row(row)?)),
        GridEvent::Moved { .. } => return None,
    };
    Some(Action::Pairs(action))
}

fn grid_column(app: &App, pairs: &Pairs, column: PairsColumn) -> GridColumn {
    let (title, numeric, sort) = match column {
        PairsColumn::Series => (app.texts.tr("pairs-series"), false, None),
        PairsColumn::Of(column) => {
            let sort = pairs.sort().iter().enumerate().find(|(_, key)| key.column == column);
            let is_time = matches!(column, PairColumn::FirstSeen | PairColumn::LastSeen);
            let name = match (pairs.by(), column) {
                (PairKey::PacketAddresses, PairColumn::Srcaddr) => "pkt_srcaddr",
                (PairKey::PacketAddresses, PairColumn::Dstaddr) => "pkt_dstaddr",
                (_, column) => column.name(),
            };
            let title = if is_time { format!("{name} ({})", app.zone.name()) } else { name.to_owned() };
            let is_text = matches!(column, PairColumn::Srcaddr | PairColumn::Dstaddr | PairColumn::FlowDirection);
            (title, !is_text && !is_time, sort.map(|(at, key)| (at, key.descending)))
        }
    };
    let width = pairs.width(column).clamp(size::COLUMN_MIN, size::COLUMN_MAX);
    GridColumn { title, width, numeric, keep_end: false, sort }
}

/// The field that a column filters by.
fn field_of(by: PairKey, column: PairColumn) -> Option<FieldId> {
    let [source, destination] = by.fields();
    let name = match column {
        PairColumn::Srcaddr => source,
        PairColumn::Dstaddr => destination,
        PairColumn::FlowDirection => "flow_direction",
        PairColumn::FirstSeen => "start",
        PairColumn::LastSeen => "end",
        _ => return None,
    };
    field::by_name(Dataset::Flows, name)
}

/// The filter that keeps exactly the records of a pair.
fn pair_clause(by: PairKey, row: &PairRow) -> String {
    let parts = [PairColumn::Srcaddr, PairColumn::Dstaddr, PairColumn::FlowDirection];
    let parts = parts.into_iter().filter(|c| *c != PairColumn::FlowDirection || by == PairKey::AddressesAndDirection);
    let clauses = parts.filter_map(|c| Some(display::clause(&row.value(c), field_of(by, c)?, false)));
    clauses.collect::<Vec<_>>().join(" and ")
}

fn drill(by: PairKey, row: &PairRow) -> Action {
    Action::Drill(Dataset::Flows, pair_clause(by, row))
}

fn cell_menu_ui(ui: &mut Ui, app: &App, rows: &Rows<'_>, cell: MenuCell, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(row) = rows.pairs.table.row(cell.row) else {
        ui.weak(t.tr("loading"));
        return;
    };
    let by = rows.pairs.by();
    let ends = [&row.srcaddr, &row.dstaddr].map(|end| end.as_deref().unwrap_or("-"));
    head_ui(ui, &display::visible(&ends.join(" → ")));
    let mut items = Items::new(cell.takes_focus);
    items.item(ui, t.tr("pairs-records"), drill(by, row), out);
    let at = rows.at(cell.row, cell.column).map(|(row, column)| (row.value(column), column));
    match at {
        Some((value, column)) => match field_of(by, column) {
            Some(field) => {
                let pair = match (&row.srcaddr, &row.dstaddr, by) {
                    (Some(a), Some(b), PairKey::Addresses | PairKey::AddressesAndDirection) => {
                        Some(format!("ip = {a} and ip = {b}"))
                    }
                    _ => None,
                };
                value_items_ui(ui, app, &mut items, &MenuValue { field, value: &value, pair }, out);
            }
            None => {
                ui.separator();
                if let Some(text) = display::literal(&value) {
                    items.item(ui, t.tr("menu-copy-value"), Action::Copy(text), out);
                }
            }
        },
        None => {
            ui.separator();
        }
    }
    items.item(ui, t.tr("menu-copy-rows"), Action::Pairs(PairsAction::CopyRows), out);
}
