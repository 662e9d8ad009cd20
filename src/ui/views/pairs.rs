//! The pairs: traffic between addresses, in any order, with the way down to the records.

use super::cell_menu::{Items, MenuValue, address_items_ui, head_ui, pair_clause, value_items_ui};
use super::no_records::no_records_ui;
use super::overview::{Parts, parts_ui};
use super::records::tags_told;
use crate::filter::{Target, clause};
use crate::model::{Address, Dataset};
use crate::model::{Value, conclusions::Subject};
use crate::present::{display, zone::Zone};
use crate::query::{ConversationColumn, Mark, PairColumn, PairKey, PairTotals, Side};
use crate::session::open_case::OpenCase;
use crate::session::pairs::{Pairs, PairsAction, PairsColumn, PairsRow};
use crate::session::{Action, App, Command, Dialog, View, marks};
use crate::ui::state::{PairsState, UiState};
use crate::ui::theme::size;
use crate::ui::widgets::grid::{
    CellNote, CellView, Grid, GridColumn, GridEvent, GridTexts, MenuCell, RowMarks, RowSource,
};
use crate::ui::widgets::low::low_ui;
use crate::ui::{filter_bar, time_bar};
use egui::{Button, Checkbox, Id, Label, Panel, Response, Ui};
use std::time::Duration;

pub(crate) fn pairs_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let around = state.pairs.around;
    let heights = (around + size::TABLE_LOW, around + size::TABLE_LEAST);
    low_ui(ui, "pairs", heights, |ui| view_ui(ui, app, case, state, out));
    if state.pairs.around != around {
        ui.ctx().request_repaint();
    }
}

fn view_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let top = ui.cursor().top();
    filter_bar::filter_bar_ui(ui, app, case, Dataset::Flows, state.filter(Dataset::Flows), out);
    if state.filter(Dataset::Flows).take_leaves(app, View::Pairs) {
        state.pairs.grid.focus();
    }
    time_bar::time_bar_ui(ui, app, &mut state.time, out);
    let pairs = &case.pairs;
    choices_ui(ui, app, pairs, out);
    let above = ui.cursor().top() - top;
    let Some(totals) = pairs.totals() else {
        let waiting = || if pairs.is_stopped() { String::new() } else { app.texts.tr("loading") };
        let text = pairs.fault().map_or_else(waiting, |why| why.why(&app.texts));
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    if pairs.is_empty() && !pairs.is_stale() {
        let scope = case.records(Dataset::Flows).scope(app.range, app.duplicates);
        // There are such records, and none of them is of a pair with an external address.
        let are_there = case.why_empty.of(&scope).is_some_and(|why| why.reason.is_none());
        if pairs.only_external() && are_there {
            ui.centered_and_justified(|ui| ui.label(app.texts.tr("pairs-none-external")));
            return;
        }
        return no_records_ui(ui, app, case, Dataset::Flows, out);
    }
    let below = Panel::bottom("pairs-totals").show(ui, |ui| totals_ui(ui, app, pairs, totals));
    state.pairs.around = above + below.response.rect.height();
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
        let mut switch = |is_on: bool, enabled: bool, key: &str, action: fn(bool) -> PairsAction| {
            let mut on = is_on;
            let response = ui.add_enabled(enabled, Checkbox::new(&mut on, t.tr(key)));
            let tip = t.tr(&format!("{key}-tip"));
            if response.on_hover_text(&tip).on_disabled_hover_text(&tip).changed() {
                out.push(Action::Pairs(action(on)));
            }
        };
        switch(pairs.folded(), true, "pairs-fold", PairsAction::Fold);
        switch(pairs.counted_once() && pairs.folded(), pairs.folded(), "pairs-once", PairsAction::CountOnce);
        switch(pairs.only_external(), true, "pairs-only-external", PairsAction::OnlyExternal);
        progress_ui(ui, app, pairs, out);
    });
}

/// How many records were read for an answer that takes longer, with a button that stops or resumes it.
fn progress_ui(ui: &mut Ui, app: &App, pairs: &Pairs, out: &mut Vec<Action>) {
    let (progress, is_stopped) = (pairs.progress(), pairs.is_stopped());
    let Some((done, all)) = progress.or(is_stopped.then_some((0, 1))) else { return };
    if !is_stopped {
        ui.ctx().request_repaint_after(PROGRESS);
    }
    let (done, all) = (usize::try_from(done).unwrap_or(0), usize::try_from(all).unwrap_or(usize::MAX));
    let texts = ["pairs-counting", "pairs-stopped"];
    // What is read is put in order yet.
    if parts_ui(ui, app, &Parts { done: done.min(all.saturating_sub(1)), all, is_stopped, texts }) {
        out.push(Action::Pairs(if is_stopped { PairsAction::Resume } else { PairsAction::Stop }));
    }
}

/// Between two looks at how far an answer is.
const PROGRESS: Duration = Duration::from_millis(200);

fn totals_ui(ui: &mut Ui, app: &App, pairs: &Pairs, totals: &PairTotals) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let mut figure = |key: &str, number: Option<u128>| {
            let Some(number) = number else { return };
            whole_ui(ui, t.tr_args(key, &[("count", &display::count(number))]));
            ui.separator();
        };
        let what = if pairs.folded() { "pairs-total-talks" } else { "pairs-total-pairs" };
        figure(what, totals.pairs.map(u128::from));
        figure("pairs-total-records", Some(totals.records.into()));
        figure("pairs-total-packets", totals.packets);
        figure("pairs-total-accepted", Some(totals.accepted.into()));
        figure("pairs-total-rejected", Some(totals.rejected.into()));
        // The parts sum up to the records.
        let named = totals.accepted.saturating_add(totals.rejected).saturating_add(totals.left_out);
        let other = totals.records.saturating_sub(named);
        figure("pairs-total-no-action", (other > 0).then(|| other.into()));
        if let Some(bytes) = totals.bytes {
            let args = [("count", &*display::count(bytes)), ("size", &*display::size(bytes))];
            whole_ui(ui, t.tr_args("pairs-total-bytes", &args));
        }
        if totals.left_out > 0 {
            ui.separator();
            let text = t.tr_args("pairs-left-out", &[("count", &display::count(totals.left_out))]);
            whole_ui(ui, text).on_hover_text(t.tr("pairs-left-out-tip"));
        }
    });
}

/// On one line: the next line takes it as a whole or not at all.
fn whole_ui(ui: &mut Ui, text: String) -> Response {
    ui.add(Label::new(text).extend())
}

/// A value of the result as a text; `None` for none.
pub(crate) fn figure_text(value: &Value, zone: Zone) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Integer(_) | Value::Number(_) => display::cell_number(value),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Time(time) => Some(zone.format(*time)),
        Value::Text(text) => Some(display::visible(text).into_owned()),
    }
}

/// Of its widths.
const TABLE: &str = "pairs";

struct Rows<'a> {
    app: &'a App,
    pairs: &'a Pairs,
    columns: &'a [PairsColumn],
}

impl Rows<'_> {
    fn value(&self, row: u64, column: usize) -> Option<(Value, PairsColumn)> {
        let column = *self.columns.get(column)?;
        Some((self.pairs.row(row)?.value(column)?, column))
    }

    /// What the examiner tagged the pair with.
    fn tags(&self, row: u64) -> &[String] {
        let lists = self.app.case.as_ref().and_then(|case| case.conclusions.lists());
        let subject = self.pairs.row(row).map(pair_of);
        lists.zip(subject).map_or(&[], |(lists, subject)| lists.tags_of(&subject))
    }

    /// Who started it and why: always told as inferred.
    fn started(&self, row: u64, column: PairsColumn) -> Option<String> {
        let PairsRow::Talk(row) = self.pairs.row(row)? else { return None };
        let t = &self.app.texts;
        match (column, row.started) {
            (PairsColumn::Talk(ConversationColumn::StartedBy), None) => Some(t.tr("started-unknown")),
            (PairsColumn::Talk(ConversationColumn::StartedBy), Some((Side::Both, _))) => Some(t.tr("started-both")),
            (PairsColumn::Talk(ConversationColumn::Evidence), Some((_, evidence))) => {
                Some(t.tr(&format!("started-{}", evidence.name())))
            }
            _ => None,
        }
    }
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> u64 {
        self.pairs.len().unwrap_or(0)
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        if self.columns.get(column) == Some(&PairsColumn::Series) {
            let Some(values) = self.pairs.spark(row) else { return CellView::Loading };
            let busy = values.iter().filter(|value| **value > 0.0).count() as u64;
            if busy == 0 {
                return CellView::Absent;
            }
            let args = [("count", &*display::count(busy)), ("of", &*display::count(values.len() as u64))];
            return CellView::Spark {
                values: values.clone(),
                text: self.app.texts.tr_args("pairs-series-text", &args),
            };
        }
        match self.value(row, column) {
            None => CellView::Loading,
            Some((value, of)) => {
                let text = self.started(row, of).or_else(|| figure_text(&value, self.app.zone));
                text.map_or(CellView::Absent, CellView::Text)
            }
        }
    }

    fn stands_out(&self, row: u64, column: usize) -> bool {
        let is_rejected = self.columns.get(column).is_some_and(|column| column.name() == "rejected");
        is_rejected && self.pairs.row(row).is_some_and(|row| row.rejected() > 0)
    }

    fn marks(&self, row: u64) -> RowMarks {
        let sighted = self.pairs.marks(row).is_some_and(|ends| ends.iter().flatten().any(marks::is_sighting));
        RowMarks { sighted, tagged: !self.tags(row).is_empty(), ..RowMarks::default() }
    }

    fn has_lanes(&self) -> bool {
        true
    }

    fn answer(&self) -> u64 {
        self.pairs.answer()
    }

    fn row_hint(&self, row: u64) -> Option<String> {
        let mut told = marks::told(&self.app.texts, self.pairs.marks(row)?.iter().flatten());
        told.extend(tags_told(&self.app.texts, self.tags(row)));
        (!told.is_empty()).then(|| told.join("\n"))
    }

    fn note(&self, row: u64, column: usize) -> CellNote {
        let Some(marks) = self.end(row, column) else { return CellNote::default() };
        CellNote { sighted: marks.iter().any(marks::is_sighting), label: marks::label(marks), ..CellNote::default() }
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        let own = self.own_hint(row, column);
        let told = marks::told(&self.app.texts, self.end(row, column).into_iter().flatten());
        let owners = match (self.end(row, column), self.value(row, column)) {
            (Some(_), Some((Value::Text(text), _))) => self.app.owners_told(&text),
            _ => Vec::new(),
        };
        let lines: Vec<String> = own.into_iter().chain(told).chain(owners).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

impl Rows<'_> {
    /// What the address in this cell meets.
    fn end(&self, row: u64, column: usize) -> Option<&[Mark]> {
        let [one, other] = self.pairs.marks(row)?;
        match self.columns.get(column)? {
            PairsColumn::Pair(PairColumn::Srcaddr) | PairsColumn::Talk(ConversationColumn::Left) => Some(one),
            PairsColumn::Pair(PairColumn::Dstaddr) | PairsColumn::Talk(ConversationColumn::Right) => Some(other),
            _ => None,
        }
    }

    fn own_hint(&self, row: u64, column: usize) -> Option<String> {
        let (value, column) = self.value(row, column)?;
        match (&value, column) {
            (_, PairsColumn::Talk(ConversationColumn::StartedBy | ConversationColumn::Evidence)) => {
                Some(self.app.texts.tr("started-tip"))
            }
            (_, PairsColumn::Talk(ConversationColumn::Repeats)) => Some(self.app.texts.tr("pairs-repeats-tip")),
            (Value::Time(time), _) => Some(time.to_iso()),
            (Value::Integer(bytes), of) if of.is_bytes() && *bytes >= 1000 => {
                u128::try_from(*bytes).ok().map(display::size)
            }
            _ => None,
        }
    }
}

fn table_ui(ui: &mut Ui, app: &App, pairs: &Pairs, state: &mut PairsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let columns = pairs.columns();
    let grid_columns: Vec<GridColumn> = columns.iter().map(|column| grid_column(app, pairs, *column)).collect();
    let rows = Rows { app, pairs, columns: &columns };
    let texts = GridTexts::of(t, t.tr("nav-pairs"));
    let id = Id::unique(("pairs", pairs.folded()));
    let grid = Grid { id, columns: &grid_columns, source: &rows, texts: &texts, dimmed: pairs.is_stale() };
    let mut selection = pairs.selection().clone();
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
    if selection != *pairs.selection() {
        out.push(Action::Pairs(PairsAction::Select(selection)));
    }
    out.push(Action::Pairs(PairsAction::Want(shown.visible)));
    out.extend(shown.events.into_iter().filter_map(|event| grid_event(pairs, &columns, event)));
}

fn grid_event(pairs: &Pairs, columns: &[PairsColumn], event: GridEvent) -> Option<Action> {
    let action = match event {
        GridEvent::Sort { column, add } => PairsAction::Sort { column: *columns.get(column)?, add },
        GridEvent::Resized { column, width } => {
            let column = columns.get(column)?.name().to_owned();
            return Some(Action::SetWidth { table: TABLE, column, width });
        }
        GridEvent::Copy => PairsAction::CopyRows,
        GridEvent::Activated(row) => return Some(drill(pairs, pairs.row(row)?)),
        GridEvent::Tagged => return Some(about(pairs.row(pairs.selection().cursor()?)?)),
        GridEvent::Moved { .. } => return None,
    };
    Some(Action::Pairs(action))
}

fn grid_column(app: &App, pairs: &Pairs, column: PairsColumn) -> GridColumn {
    let t = &app.texts;
    let name = match (pairs.shown_by(), column.name()) {
        (PairKey::PacketAddresses, "srcaddr") => "pkt_srcaddr",
        (PairKey::PacketAddresses, "dstaddr") => "pkt_dstaddr",
        (_, name) => name,
    };
    let title = match column {
        PairsColumn::Series => t.tr("pairs-series"),
        PairsColumn::Talk(ConversationColumn::StartedBy) => t.tr("started-by"),
        PairsColumn::Talk(ConversationColumn::Evidence) => t.tr("started-why"),
        _ => figure_title(app, name, column.is_time()),
    };
    let numeric = !column.is_text() && !column.is_time() && column != PairsColumn::Series;
    GridColumn {
        title,
        width: column.usual_width(),
        own: app.settings.own_width(TABLE, column.name()),
        numeric,
        tabular: column.is_time()
            || column.is_end()
            || matches!(column, PairsColumn::Talk(ConversationColumn::StartedBy)),
        pinned: pairs.columns().first() == Some(&column),
        sort: pairs.sorted(column),
    }
}

/// Of a column that is no field of AWS's: its words, where a file has its name. Fields keep their names.
pub(super) fn figure_title(app: &App, name: &str, is_time: bool) -> String {
    let title = app.texts.named(&format!("title-{name}"), name);
    if is_time { format!("{title} ({})", app.zone.name()) } else { title }
}

fn pair_of(row: PairsRow<'_>) -> Subject {
    let [one, other] = row.ends().map(|end| end.clone().unwrap_or_else(|| "-".to_owned()));
    Subject::Pair(one, other)
}

/// Tags and notes of a row's pair.
fn about(row: PairsRow<'_>) -> Action {
    Action::Dialog(Some(Dialog::TagsAndNotes(pair_of(row))))
}

/// Down to the records of a row.
fn drill(pairs: &Pairs, row: PairsRow<'_>) -> Action {
    Action::Drill(Dataset::Flows, pairs.clause(row))
}

fn cell_menu_ui(ui: &mut Ui, app: &App, rows: &Rows<'_>, cell: MenuCell, out: &mut Vec<Action>) {
    let (t, pairs) = (&app.texts, rows.pairs);
    let Some(row) = pairs.row(cell.row) else {
        ui.weak(t.tr("loading"));
        return;
    };
    let [one, other] = row.ends().map(|end| end.as_deref().unwrap_or("-"));
    head_ui(ui, &display::visible(&format!("{one} {} {other}", if pairs.folded() { "–" } else { "→" })));
    let mut items = Items::new(cell.takes_focus);
    items.item(ui, t.tr("pairs-records"), drill(pairs, row), out);
    match rows.value(cell.row, cell.column) {
        Some((value, column)) => match (pairs.field(column), row) {
            (Some(field), _) => {
                let pair = match (row, row.ends(), pairs.shown_by()) {
                    (PairsRow::Pair(_), [Some(a), Some(b)], PairKey::Addresses | PairKey::AddressesAndDirection) => {
                        Some(pair_clause(a, b))
                    }
                    _ => None,
                };
                value_items_ui(ui, app, &mut items, &MenuValue::of(field.into(), &value, pair), out);
            }
            (None, _) => {
                if let (true, Value::Text(ip)) = (column.is_text(), &value)
                    && Address::parse(ip.as_bytes()).is_some()
                {
                    for (text, exclude) in [("menu-only", false), ("menu-exclude", true)] {
                        let clause = clause::target_clause(&value, Target::EitherAddress, exclude);
                        items.item(ui, t.tr(text), Action::Narrow(Dataset::Flows, clause), out);
                    }
                    address_items_ui(ui, app, &mut items, ip, out);
                }
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
    items.item(ui, t.tr("menu-pair-written"), about(row), out);
    items.item(ui, t.tr("menu-add-exhibit"), Action::Command(Command::AddExhibit), out);
}
