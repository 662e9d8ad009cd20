//! Sightings: what of the indicators the evidence holds and what it does not, by indicator, by host and by list; and the
//! playbook's view. Every row leads down to its records.

use super::cell_menu::{Items, address_items_ui, head_ui};
use super::pairs::{figure_text, figure_title};
use crate::app::owners::Owners;
use crate::model::{Dataset, TimeRange, Timestamp, Unit, Value};
use crate::present::display;
use crate::query::SightedRow;
use crate::query::tables::sighting_unit;
use crate::query::{By, Looked, NotSeen, PlaybookDirection, SightingRow, Subject};
use crate::session::open_case::OpenCase;
use crate::session::sightings::{Show, Sightings, SightingsAction, shown};
use crate::session::{Action, App, Command, Link, View};
use crate::ui::state::{SightingsState, UiState};
use crate::ui::theme;
use crate::ui::time_bar;
use crate::ui::widgets::empty::{Empty, offer_ui};
use crate::ui::widgets::grid::{
    CellNote, CellView, Grid, GridColumn, GridEvent, GridTexts, MenuCell, RowMarks, RowSource,
};
use egui::{Button, ComboBox, Id, Label, RichText, Ui};

pub(crate) fn sightings_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    time_bar::time_bar_ui(ui, app, &mut state.time, out);
    let (t, sightings) = (&app.texts, &case.sightings);
    choices_ui(ui, app, case, out);
    if !case.indicators.looks_for_something() {
        return nothing_ui(ui, app, out);
    }
    if sightings.len().is_none() {
        let text = sightings.fault().map_or_else(|| t.tr("loading"), |why| why.why(t));
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    }
    if let (Show::By(by), Some((seen, unseen, looked))) = (sightings.show(), sightings.seen()) {
        told_ui(ui, app, by, (seen, unseen), looked);
    }
    if sightings.is_empty() {
        let empty = Empty { title: t.tr("sightings-none"), text: t.tr("empty-sightings-none-text") };
        let wider = (app.range != TimeRange::default()).then_some(Command::AllTimes);
        let commands: Vec<Command> = wider.into_iter().chain([Command::Show(View::Indicators)]).collect();
        return offer_ui(ui, app, &empty, &commands, out);
    }
    table_ui(ui, app, case, &mut state.sightings, out);
}

/// No list, so nothing to be seen.
fn nothing_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    let empty = Empty { title: t.tr("sightings-no-list"), text: t.tr("empty-sightings-text") };
    let show = Command::Show(View::Indicators);
    offer_ui(ui, app, &empty, &[Command::ImportIndicators, Command::AddIndicators, show], out);
}

fn choices_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let (t, sightings) = (&app.texts, &case.sightings);
    let mut ask = |action: SightingsAction| out.push(Action::Sightings(action));
    ui.horizontal_wrapped(|ui| {
        for show in Show::ALL {
            let key = format!("sightings-by-{}", show.name());
            let button = Button::selectable(sightings.show() == show, t.tr(&key));
            if ui.add(button).on_hover_text(t.tr(&format!("{key}-tip"))).clicked() {
                ask(SightingsAction::Show(show));
            }
        }
        if sightings.show() == Show::Playbook {
            return;
        }
        ui.separator();
        let name = |list: &str| display::visible(&display::clipped(list).0).into_owned();
        let label = ui.label(t.tr("sightings-list"));
        let shown = sightings.only().map_or_else(|| t.tr("sightings-all-lists"), name);
        let combo = ComboBox::from_id_salt("sightings-list").selected_text(shown).show_ui(ui, |ui| {
            if ui.selectable_label(sightings.only().is_none(), t.tr("sightings-all-lists")).clicked() {
                ask(SightingsAction::Only(None));
            }
            for list in case.indicators.lists() {
                if ui.selectable_label(sightings.only() == Some(&list.name), name(&list.name)).clicked() {
                    ask(SightingsAction::Only(Some(list.name.clone())));
                }
            }
        });
        combo.response.labelled_by(label.id);
    });
}

/// How many were seen and how many were not, and in what was looked: what was not seen was not seen in that.
fn told_ui(ui: &mut Ui, app: &App, by: By, (seen, unseen): (u64, u64), looked: &Looked) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let args = [("seen", &*display::count(seen)), ("unseen", &*display::count(unseen))];
        ui.strong(t.tr_args(&format!("sightings-told-{}", by.name()), &args));
        let coverage = |records: u64, span: Option<(Timestamp, Timestamp)>, key: &str| {
            let (from, to) = span?;
            let zone = app.zone;
            let args = [
                ("count", &*display::count(records)),
                ("from", &*zone.format(from)),
                ("to", &*zone.format(to)),
                ("zone", zone.name()),
            ];
            Some(t.tr_args(key, &args))
        };
        let parts = [
            coverage(looked.flows, looked.flow_span, "sightings-looked-flows"),
            coverage(looked.events, looked.event_span, "sightings-looked-events"),
        ];
        for part in parts.into_iter().flatten() {
            ui.add(Label::new(RichText::new(part).color(theme::palette(ui).weak)).extend());
        }
    });
}

/// Of its widths.
const TABLE: &str = "sightings";

struct Rows<'a> {
    app: &'a App,
    sightings: &'a Sightings,
    owners: Option<&'a Owners>,
    columns: &'a [&'static str],
}

impl Rows<'_> {
    fn value(&self, row: u64, column: usize) -> Option<Value> {
        Some(shown(self.sightings.row(row)?, self.columns.get(column)?, self.owners))
    }

    /// Why an indicator was not seen; `None` for what was, and for hosts and lists.
    fn why_not(&self, row: u64) -> Option<NotSeen> {
        let (SightedRow::Sighting(row), Some((_, _, looked))) = (self.sightings.row(row)?, self.sightings.seen())
        else {
            return None;
        };
        match &row.subject {
            Subject::Indicator(of) if row.sighting.hits() == 0 => {
                Some(looked.why_not(of.entry.kind, of.entry.span.is_some()))
            }
            _ => None,
        }
    }
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> u64 {
        self.sightings.len().unwrap_or(0)
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let t = &self.app.texts;
        let name = self.columns.get(column).copied().unwrap_or_default();
        // Where its figures would be: in words, so that nobody takes it for a zero of no meaning.
        if let (Some(why), "flows") = (self.why_not(row), name) {
            return CellView::Text(t.tr(why_key(why)));
        }
        let Some(value) = self.value(row, column) else { return CellView::Loading };
        let kind = || format!("indicator-kind-{}", value.to_text().replace('_', "-"));
        let text = match name {
            "kind" => Some(t.tr(&kind())),
            "words" => self.direction(row),
            "internal" => Some(t.tr(if value == Value::Boolean(true) { "yes" } else { "no" })),
            _ => figure_text(&value, self.app.zone),
        };
        text.map_or(CellView::Absent, CellView::Text)
    }

    fn marks(&self, row: u64) -> RowMarks {
        let sighted = match self.sightings.row(row) {
            Some(SightedRow::Sighting(row)) => row.sighting.hits() > 0,
            Some(SightedRow::Playbook(_)) => true,
            None => false,
        };
        RowMarks { sighted, ..RowMarks::default() }
    }

    fn has_lanes(&self) -> bool {
        true
    }

    fn answer(&self) -> u64 {
        self.sightings.answer()
    }

    fn note(&self, row: u64, column: usize) -> CellNote {
        let sighted = self.columns.get(column) == Some(&"connecting_ip");
        let is_row = matches!(self.sightings.row(row), Some(SightedRow::Playbook(_)));
        // The connecting address is the host's; the indicator is the other one.
        CellNote { sighted: is_row && !sighted && self.is_indicator(row, column), ..CellNote::default() }
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        let name = self.columns.get(column).copied()?;
        if let (SightedRow::Sighting(of), "indicator" | "host" | "country" | "network_owner") =
            (self.sightings.row(row)?, name)
        {
            let told = self.owners.zip(of.subject.address()).map(|(owners, ip)| owners.told(&self.app.texts, &ip));
            return told.filter(|told| !told.is_empty()).map(|told| told.join("\n"));
        }
        match (self.value(row, column)?, name) {
            (Value::Time(time), _) => Some(time.to_iso()),
            (Value::Integer(bytes), "bytes_to" | "bytes_from" | "numbytes") if bytes >= 1000 => {
                u128::try_from(bytes).ok().map(display::size)
            }
            (_, "words" | "direction") => Some(self.app.texts.tr("sightings-direction-tip")),
            (_, "mentions") => Some(self.app.texts.tr("sightings-mentions-tip")),
            (_, "outside") => Some(self.app.texts.tr("sightings-outside-tip")),
            _ => None,
        }
    }
}

impl Rows<'_> {
    /// From where to where a row of the playbook's view goes.
    fn direction(&self, row: u64) -> Option<String> {
        let Some(SightedRow::Playbook(row)) = self.sightings.row(row) else { return None };
        let key = match row.direction {
            PlaybookDirection::ToIoc => "sightings-to-ioc",
            PlaybookDirection::FromIoc => "sightings-from-ioc",
        };
        Some(self.app.texts.tr(key))
    }

    /// Does this cell of the playbook's view hold the indicator's address?
    fn is_indicator(&self, row: u64, column: usize) -> bool {
        use PlaybookDirection::{FromIoc, ToIoc};
        let Some(SightedRow::Playbook(row)) = self.sightings.row(row) else { return false };
        matches!(
            (row.direction, self.columns.get(column).copied()),
            (ToIoc, Some("destination")) | (FromIoc, Some("source"))
        )
    }
}

fn why_key(why: NotSeen) -> &'static str {
    match why {
        NotSeen::NotMatchable => "not-seen-not-matchable",
        NotSeen::NoEvents => "not-seen-no-events",
        NotSeen::NoFlows => "not-seen-no-flows",
        NotSeen::NotThere => "not-seen-not-there",
    }
}

fn table_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut SightingsState, out: &mut Vec<Action>) {
    let (t, sightings, owners) = (&app.texts, &case.sightings, case.indicators.owners());
    let columns = sightings.columns(owners.is_some_and(|owners| !owners.databases.is_empty()));
    let grid_columns: Vec<GridColumn> = columns
        .iter()
        .map(|name| {
            let unit = sighting_unit(name);
            let title = column_title(app, name, unit == Unit::Time);
            let numeric = unit.is_number();
            GridColumn {
                title,
                width: Sightings::usual_width(name),
                own: app.settings.own_width(TABLE, name),
                numeric,
                tabular: display::is_tabular(unit, name),
                pinned: columns.first() == Some(name),
                sort: sightings.sorted(name),
            }
        })
        .collect();
    let rows = Rows { app, sightings, owners, columns: &columns };
    let texts = GridTexts::of(t, t.tr("nav-sightings"));
    let id = Id::unique(("sightings", sightings.show().name()));
    let grid = Grid { id, columns: &grid_columns, source: &rows, texts: &texts, dimmed: sightings.is_stale() };
    let mut selection = sightings.selection().clone();
    let mut from_menu = Vec::new();
    let shown = grid.show(
        ui,
        &mut state.grid,
        &mut selection,
        &mut |ui, cell| cell_menu_ui(ui, app, &rows, cell, &mut from_menu),
        &mut |ui, _| {
            let is_playbook = sightings.show() == Show::Playbook;
            ui.weak(t.tr(if is_playbook { "sightings-playbook-order" } else { "sightings-order" }));
        },
    );
    out.append(&mut from_menu);
    if selection != *sightings.selection() {
        out.push(Action::Sightings(SightingsAction::Select(selection)));
    }
    out.push(Action::Sightings(SightingsAction::Want(shown.visible)));
    for event in shown.events {
        match event {
            GridEvent::Resized { column, width } => {
                let name = columns.get(column).copied();
                let set = |name: &str| Action::SetWidth { table: TABLE, column: name.to_owned(), width };
                out.extend(name.map(set));
            }
            GridEvent::Copy => out.push(Action::Sightings(SightingsAction::CopyRows)),
            GridEvent::Activated(row) => out.extend(sightings.row(row).and_then(|row| drill(app, sightings, row))),
            GridEvent::Sort { column, .. } => {
                let name = columns.get(column).copied();
                out.extend(name.map(|name| Action::Sightings(SightingsAction::Sort(name))));
            }
            GridEvent::Moved { .. } | GridEvent::Tagged => {}
        }
    }
}

fn column_title(app: &App, name: &str, is_time: bool) -> String {
    match name {
        "words" => app.texts.tr("sightings-words"),
        "direction" => app.texts.tr("sightings-playbook-word"),
        name => figure_title(app, name, is_time),
    }
}

/// Down to the records of a row: its flows, or its events where it has no flows.
fn drill(app: &App, sightings: &Sightings, row: SightedRow<'_>) -> Option<Action> {
    match row {
        SightedRow::Sighting(row) => {
            let dataset = if row.sighting.flows > 0 { Dataset::Flows } else { Dataset::Events };
            link(sightings, row, dataset, View::Records(dataset))
        }
        SightedRow::Playbook(row) => {
            let value = |name: &str| {
                let at = crate::query::PLAYBOOK_COLUMNS.iter().position(|column| *column == name)?;
                row.values.get(at)
            };
            let Some(Value::Time(start)) = value("starttime") else { return None };
            let range = TimeRange { from: Some(*start), to: Some(Timestamp(start.0 + 1000)) };
            let filter = "indicator exists".to_owned();
            let view = View::Records(Dataset::Flows);
            Some(Action::Follow(Link { view, dataset: Dataset::Flows, filter, range, duplicates: app.duplicates }))
        }
    }
}

fn link(sightings: &Sightings, row: &SightingRow, dataset: Dataset, view: View) -> Option<Action> {
    Some(Action::Follow(Link::records(&sightings.records_of(row, dataset)?, None).in_view(view)))
}

fn cell_menu_ui(ui: &mut Ui, app: &App, rows: &Rows<'_>, cell: MenuCell, out: &mut Vec<Action>) {
    let (t, sightings) = (&app.texts, rows.sightings);
    let Some(row) = sightings.row(cell.row) else {
        ui.weak(t.tr("loading"));
        return;
    };
    let value = rows.value(cell.row, cell.column).unwrap_or(Value::Null);
    head_ui(ui, &display::visible(&rows.value(cell.row, 0).unwrap_or(Value::Null).to_text()));
    let mut items = Items::new(cell.takes_focus);
    match row {
        SightedRow::Sighting(row) => {
            let views = [
                ("sightings-flows", Dataset::Flows, View::Records(Dataset::Flows), row.sighting.flows),
                ("sightings-pairs", Dataset::Flows, View::Pairs, row.sighting.flows),
                ("sightings-timeline", Dataset::Flows, View::Timeline, row.sighting.flows),
                ("sightings-events", Dataset::Events, View::Records(Dataset::Events), row.sighting.events),
            ];
            for (key, dataset, view, hits) in views {
                if let Some(action) = link(sightings, row, dataset, view).filter(|_| hits > 0) {
                    items.item(ui, t.tr(key), action, out);
                }
            }
        }
        row @ SightedRow::Playbook(_) => {
            if let Some(action) = drill(app, sightings, row) {
                items.item(ui, t.tr("sightings-flows"), action, out);
            }
        }
    }
    let text = value.to_text();
    // The playbook writes address:port.
    let address = text.rsplit_once(':').map_or(text.as_str(), |(address, _)| address);
    for candidate in [text.as_str(), address.trim_matches(['[', ']'])] {
        if crate::model::Address::parse(candidate.as_bytes()).is_some() {
            address_items_ui(ui, app, &mut items, candidate, out);
            break;
        }
    }
    ui.separator();
    items.item(ui, t.tr("menu-copy-value"), Action::Copy(text), out);
    items.item(ui, t.tr("menu-copy-rows"), Action::Sightings(SightingsAction::CopyRows), out);
}
