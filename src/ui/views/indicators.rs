//! What is searched for: the lists, their entries, what of them could not be used, and the labels. Everything can be
//! turned off, removed and restored.

use super::cell_menu::{Items, head_ui};
use crate::case::IndicatorItem;
use crate::filter::{Filter, Target};
use crate::model::{Dataset, IndicatorIssue, IndicatorList, Label, Purpose, Timestamp};
use crate::present::display;
use crate::query::{EntryColumn, IndicatorRow};
use crate::session::indicators::{Change, Indicators, IndicatorsAction, Kept, Tab};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Command, Link, View};
use crate::ui::focus::{PaneId, pane_ui, sized_ui};
use crate::ui::state::{IndicatorsState, UiState};
use crate::ui::widgets::empty::{Empty, offer_ui};
use crate::ui::widgets::grid::{CellView, Grid, GridColumn, GridEvent, GridTexts, MenuCell, RowMarks, RowSource};
use crate::ui::widgets::list::{List, ListColumn, column, no_menu};
use crate::ui::widgets::subject::utc_text;
use egui::{Button, Id, Panel, Ui};

fn change(change: Change) -> Action {
    Action::Indicators(IndicatorsAction::Change(Box::new(change)))
}

pub(crate) fn indicators_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let (t, indicators) = (&app.texts, &case.indicators);
    let Some(kept) = indicators.kept() else {
        ui.centered_and_justified(|ui| ui.label(t.tr("loading")));
        return;
    };
    let state = &mut state.indicators;
    head_ui_of(ui, app, indicators, kept, out);
    if kept.lists.is_empty() && kept.labels.is_empty() {
        let empty = Empty { title: t.tr("empty-indicators"), text: t.tr("empty-indicators-text") };
        return offer_ui(ui, app, &empty, &[Command::ImportIndicators, Command::AddIndicators, Command::AddLabel], out);
    }
    let frame = egui::Frame::new().inner_margin(egui::Margin { top: 6, ..egui::Margin::ZERO });
    let below = Panel::bottom("indicator-entries").frame(frame);
    let below = below.default_size(ui.available_height() * 0.6).size_range(120.0..=1600.0);
    sized_ui(ui, below, |ui| {
        ui.set_min_height(ui.available_height());
        pane_ui(ui, t, PaneId::Details, |ui| below_ui(ui, app, indicators, kept, state, out));
    });
    lists_ui(ui, app, indicators, kept, state, out);
}

/// What can be done: bring a list in, type, label, remove.
fn head_ui_of(ui: &mut Ui, app: &App, indicators: &Indicators, kept: &Kept, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        ui.heading(t.tr("nav-indicators"));
        let commands = [
            Command::ImportIndicators,
            Command::AddIndicators,
            Command::AddLabel,
            Command::OwnerDatabase,
            Command::Undo,
        ];
        for command in commands {
            let button = Button::new(app.command_text(command));
            let response = ui.add_enabled(app.is_enabled(command), button);
            if response.on_hover_text(t.tr(&command.tip_id())).clicked() {
                out.push(Action::Command(command));
            }
        }
        ui.separator();
        let mut honours = kept.validity;
        let response = ui.checkbox(&mut honours, t.tr("indicators-validity"));
        if response.on_hover_text(t.tr("indicators-validity-tip")).changed() {
            out.push(change(Change::Validity(honours)));
        }
        if indicators.looks_for_something() && ui.button(t.tr("indicators-sightings")).clicked() {
            out.push(Action::Command(Command::Show(View::Sightings)));
        }
    });
}

fn state_text(removed: bool, enabled: bool, app: &App) -> String {
    let key = match (removed, enabled) {
        (true, _) => "indicators-out",
        (false, true) => "indicators-on",
        (false, false) => "indicators-off",
    };
    app.texts.tr(key)
}

fn purpose_text(purpose: Purpose, app: &App) -> String {
    app.texts.tr(&format!("purpose-{}", purpose.code().replace('_', "-")))
}

fn lists_ui(
    ui: &mut Ui,
    app: &App,
    indicators: &Indicators,
    kept: &Kept,
    state: &mut IndicatorsState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    if let Some(list) = indicators.chosen() {
        ui.horizontal_wrapped(|ui| {
            ui.strong(&*display::visible(&display::clipped(&list.name).0));
            let item = IndicatorItem::List(list.id);
            let turn = t.tr(if list.enabled { "indicators-turn-off" } else { "indicators-turn-on" });
            if ui.add_enabled(!list.removed, Button::new(turn)).clicked() {
                out.push(change(Change::Enable(item, !list.enabled)));
            }
            let take = t.tr(if list.removed { "indicators-bring-back" } else { "indicators-take-out" });
            if ui.button(take).clicked() {
                out.push(change(Change::Remove(vec![item], !list.removed)));
            }
            if list.purpose == Purpose::KnownBad && ui.button(t.tr("indicators-records")).clicked() {
                let filter = Filter::named(Target::Indicator, &list.name).to_string();
                out.push(follow(app, filter));
            }
        });
    }
    let columns: [ListColumn<IndicatorList>; 12] = [
        column("column-name", 220.0, false, |l, _| l.name.clone()),
        column("column-purpose", 150.0, false, |l, app| purpose_text(l.purpose, app)),
        column("column-state", 110.0, false, |l, app| state_text(l.removed, l.enabled, app)),
        column("column-entries", 90.0, true, |l, _| display::count(l.entries)),
        column("column-looked-for", 110.0, true, |l, _| display::count(l.enabled_entries)),
        column("column-not-used", 90.0, true, |l, _| display::count(l.issues)),
        column("column-format", 110.0, false, |l, _| l.format.clone()),
        column("column-file", 260.0, false, |l, _| l.source.clone()),
        column("column-list-date", 120.0, false, |l, _| l.list_date.clone()),
        column("column-licence", 140.0, false, |l, _| l.licence.clone()),
        column("column-added", 240.0, false, |l, app| format!("{} {}", utc_text(app, &l.added_utc), l.examiner)),
        column("column-sha256", 580.0, false, |l, _| l.sha256.clone()),
    ];
    let marks = |list: &IndicatorList, _: &App| RowMarks { warning: list.issues > 0, ..RowMarks::default() };
    let name = t.tr("indicators-lists");
    let list = List {
        id: "indicator-lists",
        name: &name,
        rows: &kept.lists,
        columns: &columns,
        marks: Some(marks),
        menu: no_menu,
    };
    // Whose entries are below.
    let chosen = indicators.chosen().and_then(|of| kept.lists.iter().position(|list| list.id == of.id));
    if let Some(place) = chosen.filter(|_| chosen != state.lists.selected()) {
        list.select(app, &mut state.lists, place);
    }
    let before = state.lists.chosen();
    list.show(ui, app, &mut state.lists, out);
    let after = state.lists.chosen();
    if before != after
        && let Some(list) = after.and_then(|at| kept.lists.get(at))
    {
        out.push(Action::Indicators(IndicatorsAction::Choose(list.id)));
    }
}

fn below_ui(
    ui: &mut Ui,
    app: &App,
    indicators: &Indicators,
    kept: &Kept,
    state: &mut IndicatorsState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    ui.horizontal(|ui| {
        for tab in Tab::ALL {
            let count = match tab {
                Tab::Entries => indicators.entries().len(),
                Tab::Issues => indicators.chosen().map(|list| list.issues),
                Tab::Labels => Some(indicators.labels().count() as u64),
            };
            let count = display::count(count.unwrap_or(0));
            let text = t.tr_args(&format!("indicators-tab-{}", tab.name()), &[("count", &count)]);
            if ui.add(Button::selectable(indicators.tab == tab, text)).clicked() {
                out.push(Action::Indicators(IndicatorsAction::Show(tab)));
            }
        }
    });
    match indicators.tab {
        Tab::Entries => entries_ui(ui, app, indicators, state, out),
        Tab::Issues => issues_ui(ui, app, indicators, state, out),
        Tab::Labels => labels_ui(ui, app, kept, state, out),
    }
}

fn issues_ui(ui: &mut Ui, app: &App, indicators: &Indicators, state: &mut IndicatorsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(issues) = indicators.issues().filter(|issues| !issues.is_empty()) else {
        ui.weak(t.tr("indicators-no-issues"));
        return;
    };
    let columns: [ListColumn<IndicatorIssue>; 4] = [
        column("column-position", 90.0, true, |i, _| display::count(i.position)),
        column("column-reason", 220.0, false, |i, app| {
            app.texts.tr(&format!("indicator-issue-{}", i.reason.code().replace('_', "-")))
        }),
        column("column-detail", 420.0, false, |i, app| app.texts.because(&i.detail)),
        column("column-raw-text", 600.0, false, |i, _| i.raw.clone()),
    ];
    let name = t.tr("indicators-issues");
    let list =
        List { id: "indicator-issues", name: &name, rows: issues, columns: &columns, marks: None, menu: no_menu };
    list.show(ui, app, &mut state.issues, out);
}

fn labels_ui(ui: &mut Ui, app: &App, kept: &Kept, state: &mut IndicatorsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    if kept.labels.is_empty() {
        ui.weak(t.tr("labels-none"));
        return;
    }
    let chosen = state.labels.selected().and_then(|at| kept.labels.get(at));
    ui.horizontal(|ui| {
        let is_off = chosen.is_some_and(|label| label.removed);
        let text = t.tr(if is_off { "label-on" } else { "label-off" });
        if ui.add_enabled(chosen.is_some(), Button::new(text)).clicked() {
            out.extend(chosen.map(|label| change(Change::RemoveLabel(label.id, !label.removed))));
        }
        if ui.add_enabled(chosen.is_some() && !is_off, Button::new(t.tr("indicators-records"))).clicked() {
            let filter = chosen.map(|label| Filter::named(Target::Label, &label.name).to_string());
            out.extend(filter.map(|filter| follow(app, filter)));
        }
    });
    let columns: [ListColumn<Label>; 6] = [
        column("column-name", 220.0, false, |l, _| l.name.clone()),
        column("column-of", 260.0, false, |l, _| l.value.clone()),
        column("column-kind", 130.0, false, |l, app| kind_text(l.kind, app)),
        column("column-state", 110.0, false, |l, app| {
            app.texts.tr(if l.removed { "label-is-off" } else { "label-is-on" })
        }),
        column("column-note", 300.0, false, |l, _| l.note.clone()),
        column("column-added", 260.0, false, |l, app| format!("{} {}", utc_text(app, &l.added_utc), l.examiner)),
    ];
    let name = t.tr("labels-title");
    let list = List { id: "labels", name: &name, rows: &kept.labels, columns: &columns, marks: None, menu: no_menu };
    list.show(ui, app, &mut state.labels, out);
}

/// The flow records of a filter.
fn follow(app: &App, filter: String) -> Action {
    let (dataset, view) = (Dataset::Flows, View::Records(Dataset::Flows));
    Action::Follow(Link { view, dataset, filter, range: app.range, duplicates: app.duplicates })
}

pub(crate) fn kind_text(kind: crate::model::IndicatorKind, app: &App) -> String {
    app.texts.tr(&format!("indicator-kind-{}", kind.code().replace('_', "-")))
}

/// The id of a column's text, and what its texts get before there is width to spare.
fn entry_column(column: EntryColumn) -> (&'static str, f32) {
    match column {
        EntryColumn::Position => ("column-position", 80.0),
        EntryColumn::Value => ("column-value", 260.0),
        EntryColumn::Kind => ("column-kind", 120.0),
        EntryColumn::State => ("column-state", 100.0),
        EntryColumn::Name => ("column-entry-name", 160.0),
        EntryColumn::Comment => ("column-comment", 280.0),
        EntryColumn::Severity => ("column-severity", 90.0),
        EntryColumn::Tags => ("column-tags", 160.0),
        EntryColumn::ValidFrom => ("column-valid-from", 175.0),
        EntryColumn::ValidTo => ("column-valid-to", 175.0),
    }
}

struct Entries<'a> {
    app: &'a App,
    indicators: &'a Indicators,
}

impl Entries<'_> {
    fn text(&self, row: &IndicatorRow, column: usize) -> String {
        let (entry, app) = (&row.entry, self.app);
        let time = |time: Option<Timestamp>| time.map(|time| app.zone.format(time)).unwrap_or_default();
        match EntryColumn::ALL.get(column) {
            Some(EntryColumn::Position) => display::count(entry.position),
            Some(EntryColumn::Value) => entry.value.clone(),
            Some(EntryColumn::Kind) => kind_text(entry.kind, app),
            Some(EntryColumn::State) => state_text(row.removed, entry.enabled, app),
            Some(EntryColumn::Name) => entry.name.clone(),
            Some(EntryColumn::Comment) => entry.comment.clone(),
            Some(EntryColumn::Severity) => entry.severity.clone(),
            Some(EntryColumn::Tags) => entry.tags.join(", "),
            Some(EntryColumn::ValidFrom) => time(entry.valid.from),
            Some(EntryColumn::ValidTo) => time(entry.valid.to),
            None => String::new(),
        }
    }
}

impl RowSource for Entries<'_> {
    fn rows(&self) -> u64 {
        self.indicators.entries().len().unwrap_or(0)
    }

    fn answer(&self) -> u64 {
        self.indicators.entries().answers()
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let Some(row) = self.indicators.entries().row(row) else { return CellView::Loading };
        let text = self.text(row, column);
        if text.is_empty() {
            return CellView::Absent;
        }
        CellView::Text(display::visible(&display::clipped(&text).0).into_owned())
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        let row = self.indicators.entries().row(row)?;
        let differs = row.entry.written != row.entry.value;
        let is_value = EntryColumn::ALL.get(column) == Some(&EntryColumn::Value);
        (is_value && differs).then(|| {
            let written = display::visible(&display::clipped(&row.entry.written).0).into_owned();
            self.app.texts.tr_args("indicators-written", &[("text", &written)])
        })
    }
}

/// Of its widths.
const ENTRIES: &str = "indicator-entries";

fn entries_ui(ui: &mut Ui, app: &App, indicators: &Indicators, state: &mut IndicatorsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let entries = indicators.entries();
    if entries.len().is_none() {
        ui.weak(t.tr("loading"));
        return;
    }
    let grid_column = |column: EntryColumn| {
        let (key, width) = entry_column(column);
        GridColumn {
            title: t.tr_args(key, &[("zone", app.zone.name())]),
            width,
            own: app.settings.own_width(ENTRIES, key),
            numeric: column == EntryColumn::Position,
            tabular: matches!(column, EntryColumn::Value | EntryColumn::ValidFrom | EntryColumn::ValidTo),
            pinned: column == EntryColumn::Value,
            sort: indicators.sort().filter(|(by, _)| *by == column).map(|(_, descending)| (0, descending)),
        }
    };
    let columns: Vec<GridColumn> = EntryColumn::ALL.into_iter().map(grid_column).collect();
    let source = Entries { app, indicators };
    let texts = GridTexts::of(t, t.tr("indicators-entries"));
    let id = Id::unique("indicator-entries");
    let grid = Grid { id, columns: &columns, source: &source, texts: &texts, dimmed: entries.is_stale() };
    let mut selection = entries.selection.clone();
    let mut from_menu = Vec::new();
    let shown = grid.show(
        ui,
        &mut state.entries,
        &mut selection,
        &mut |ui, cell| entry_menu_ui(ui, app, &source, cell, &mut from_menu),
        &mut |ui, _| {
            ui.weak(t.tr("indicators-order"));
        },
    );
    out.append(&mut from_menu);
    if selection != entries.selection {
        out.push(Action::Indicators(IndicatorsAction::Select(selection)));
    }
    out.push(Action::Indicators(IndicatorsAction::Want(shown.visible)));
    for event in shown.events {
        match event {
            GridEvent::Resized { column, width } => {
                let key = EntryColumn::ALL.get(column).map(|column| entry_column(*column).0.to_owned());
                out.extend(key.map(|column| Action::SetWidth { table: ENTRIES, column, width }));
            }
            GridEvent::Activated(row) => out.extend(entries.row(row).map(|row| records_of(app, row))),
            GridEvent::Sort { column, .. } => {
                let column = EntryColumn::ALL.get(column).copied();
                out.extend(column.map(|column| Action::Indicators(IndicatorsAction::Sort(column))));
            }
            GridEvent::Copy => out.push(Action::Indicators(IndicatorsAction::CopyRows)),
            GridEvent::Moved { .. } | GridEvent::Tagged => {}
        }
    }
}

fn records_of(app: &App, row: &IndicatorRow) -> Action {
    follow(app, Filter::named(Target::Indicator, &row.entry.value).to_string())
}

fn entry_menu_ui(ui: &mut Ui, app: &App, entries: &Entries<'_>, cell: MenuCell, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(row) = entries.indicators.entries().row(cell.row) else {
        ui.weak(t.tr("loading"));
        return;
    };
    head_ui(ui, &display::visible(&row.entry.value));
    let mut items = Items::new(cell.takes_focus);
    items.item(ui, t.tr("indicators-records"), records_of(app, row), out);
    let item = IndicatorItem::Entry(row.id);
    let enabled = row.entry.enabled;
    let turn = t.tr(if enabled { "indicators-turn-off" } else { "indicators-turn-on" });
    items.item(ui, turn, change(Change::Enable(item, !enabled)), out);
    let take = t.tr(if row.removed { "indicators-bring-back" } else { "indicators-take-out" });
    items.item(ui, take, change(Change::Remove(vec![item], !row.removed)), out);
    ui.separator();
    items.item(ui, t.tr("menu-copy-value"), Action::Copy(entries.text(row, cell.column)), out);
    items.item(ui, t.tr("menu-copy-rows"), Action::Indicators(IndicatorsAction::CopyRows), out);
}
