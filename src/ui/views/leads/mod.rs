//! What stands out: what all analyses found, ranked, with the parts of each score, what it assumes and what would refute it;
//! and what examiners decide about it.

mod details;
mod picture;

use super::cell_menu::{Items, address_items_ui, head_ui};
use crate::analysis::allow::{Allowed, OFFERED};
use crate::app::decisions::{Deciding, of_entry};
use crate::model::Timestamp;
use crate::present::{display, lead};
use crate::session::leads::{LeadRow, Leads, LeadsAction};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Link};
use crate::ui::focus::sized_ui;
use crate::ui::state::{LeadsState, UiState};
use crate::ui::theme;
use crate::ui::widgets::empty::{Empty, empty_ui};
use crate::ui::widgets::grid::{CellView, Grid, GridColumn, GridEvent, GridState, GridTexts, MenuCell, RowSource};
use egui::{Button, Checkbox, Id, Panel, RichText, Ui};

/// Columns: id of the title, what its texts get at first, and whether it holds numbers.
const COLUMNS: [(&str, f32, bool); 8] = [
    ("score", 116.0, false),
    ("kind", 104.0, false),
    ("subject", 150.0, false),
    ("peer", 140.0, false),
    ("what", 400.0, false),
    ("first", 140.0, false),
    ("last", 140.0, false),
    ("records", 66.0, true),
];

/// Of its widths.
const TABLE: &str = "leads";
/// Points of the details below the list, unless they are dragged.
const DETAILS: f32 = 260.0;
const DETAILS_LEAST: f32 = 120.0;

pub(crate) fn leads_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let leads = &case.leads;
    head_line_ui(ui, app, case, out);
    match leads.found() {
        None => waiting_ui(ui, app, leads),
        Some(_) if leads.is_empty() && !leads.is_stale() => none_ui(ui, app, case, out),
        Some(_) => {
            let most = (ui.available_height() * 0.6).max(DETAILS_LEAST);
            let panel = Panel::bottom("lead").default_size(DETAILS.min(most)).size_range(DETAILS_LEAST..=most);
            sized_ui(ui, panel, |ui| details::details_ui(ui, app, case, &mut state.leads, out));
            table_ui(ui, app, leads, &mut state.leads, out);
        }
    }
}

/// How many there are, what is left out, and what can be set.
fn head_line_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let (t, p, leads) = (&app.texts, theme::palette(ui), &case.leads);
    ui.horizontal_wrapped(|ui| {
        if leads.found().is_some() {
            ui.strong(t.tr_args("leads-told", &[("count", &display::count(leads.len()))]));
        }
        ui.weak(t.tr("leads-cannot-see"));
        let dismissed = leads.dismissed();
        if dismissed > 0 {
            let mut shows = leads.shows_dismissed();
            let text = t.tr_args("leads-dismissed", &[("count", &display::count(dismissed))]);
            let shown = ui.add(Checkbox::new(&mut shows, text)).on_hover_text(t.tr("leads-dismissed-tip"));
            if shown.changed() {
                out.push(Action::Leads(LeadsAction::ShowDismissed(shows)));
            }
        }
        allow_lists_ui(ui, app, case, out);
        if let Some(found) = leads.found() {
            for (id, count) in [("leads-left-out", found.left_out), ("leads-more", found.more as u64)] {
                if count > 0 {
                    ui.label(RichText::new(t.tr_args(id, &[("count", &display::count(count))])).color(p.warning));
                }
            }
        }
        progress_ui(ui, app, leads, out);
        if let Some(why) = leads.fault() {
            ui.label(RichText::new(display::visible(&why.why(t))).color(p.error));
        }
    });
}

/// How far the search is, and a way to stop it or to go on.
pub(in crate::ui::views) fn progress_ui(ui: &mut Ui, app: &App, leads: &Leads, out: &mut Vec<Action>) {
    let t = &app.texts;
    if leads.is_stopped() {
        ui.weak(t.tr("leads-stopped"));
        if ui.add(Button::new(t.tr("standouts-resume")).small()).clicked() {
            out.push(Action::Leads(LeadsAction::Resume));
        }
        return;
    }
    if !leads.is_stale() || leads.fault().is_some() {
        return;
    }
    ui.weak(finding_text(app, leads));
    if ui.add(Button::new(t.tr("cancel")).small()).clicked() {
        out.push(Action::Leads(LeadsAction::Stop));
    }
}

fn finding_text(app: &App, leads: &Leads) -> String {
    match leads.progress() {
        Some((done, all)) => {
            let args = [("done", &*display::count(done)), ("all", &*display::count(all))];
            app.texts.tr_args("leads-finding-rows", &args)
        }
        None => app.texts.tr("leads-finding"),
    }
}

fn waiting_ui(ui: &mut Ui, app: &App, leads: &Leads) {
    let text = match leads.fault() {
        Some(why) => why.why(&app.texts),
        None if leads.is_stopped() => app.texts.tr("leads-stopped"),
        None => finding_text(app, leads),
    };
    ui.centered_and_justified(|ui| ui.label(text));
}

/// Nothing stands out: what was looked at.
fn none_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let (t, leads) = (&app.texts, &case.leads);
    let totals = case.totals();
    let [flows, events] = [totals.map_or(0, |of| of.flows), totals.map_or(0, |of| of.events)].map(display::count);
    let dismissed = leads.dismissed();
    let text = match dismissed {
        0 => t.tr_args("leads-none-text", &[("flows", &flows), ("events", &events)]),
        count => t.tr_args("leads-none-dismissed", &[("count", &display::count(count))]),
    };
    let empty = Empty { title: t.tr("leads-none"), text };
    let buttons = [(t.tr("command-queries"), true)];
    if empty_ui(ui, &empty, &buttons).is_some() {
        out.push(Action::Command(crate::session::Command::Show(crate::session::View::Queries)));
    }
}

/// The entries of all allow-lists, and what is offered.
fn allow_lists_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(list) = case.decisions.list() else { return };
    let title = t.tr_args("leads-allow-lists", &[("count", &display::count(list.allowed.len() as u64))]);
    let menu = ui.menu_button(title, |ui| {
        if list.allowed.is_empty() {
            ui.weak(t.tr("leads-allow-none"));
        }
        for entry in &list.allowed {
            entry_ui(ui, app, entry, out);
        }
        ui.separator();
        ui.weak(t.tr("leads-allow-offered"));
        for (id, filter) in OFFERED {
            let is_set = list.allowed.iter().any(|entry| entry.analysis == "leads" && entry.filter == filter);
            let reason = t.tr(id);
            if ui.add_enabled(!is_set, Button::new(&reason)).on_hover_text(filter).clicked() {
                let (analysis, filter) = ("leads".to_owned(), filter.to_owned());
                out.push(Action::Leads(LeadsAction::Decide(Deciding::Allow { analysis, filter, reason })));
                ui.close();
            }
        }
    });
    menu.response.on_hover_text(t.tr("leads-allow-lists-tip"));
}

fn entry_ui(ui: &mut Ui, app: &App, entry: &Allowed, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal(|ui| {
        let [filter, reason] = [&entry.filter, &entry.reason].map(|text| display::clipped(text).0.into_owned());
        let analysis = t.named(&format!("query-{}", entry.analysis), &entry.analysis);
        let args = [("analysis", &*analysis), ("filter", &*filter), ("reason", &*reason)];
        ui.label(display::visible(&t.tr_args("leads-allow-entry", &args)));
        if ui.add(Button::new(t.tr("remove")).small()).clicked() {
            out.push(Action::Leads(LeadsAction::Decide(Deciding::Put(of_entry(entry)))));
        }
    });
}

/// A score with the word for it.
pub(in crate::ui::views) fn score_text(app: &App, row: &LeadRow) -> String {
    let level = app.texts.tr(&format!("leads-level-{}", row.level()));
    app.texts.tr_args("leads-score", &[("score", &format!("{:.1}", row.score)), ("level", &level)])
}

/// Exactly the records of a lead.
pub(in crate::ui::views) fn records_of(row: &LeadRow) -> Option<Action> {
    Some(Action::Follow(Link::records(&row.scope()?, None)))
}

struct Rows<'a> {
    app: &'a App,
    leads: &'a Leads,
}

impl RowSource for Rows<'_> {
    fn rows(&self) -> u64 {
        self.leads.len()
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let (Some(of), Some((column, ..))) = (self.leads.row(row), COLUMNS.get(column)) else {
            return CellView::Loading;
        };
        let (t, zone) = (&self.app.texts, self.app.zone);
        let time = |time: Option<Timestamp>| time.map(|time| zone.format(time));
        let text = match *column {
            "score" => Some(score_text(self.app, of)),
            "kind" => Some(lead::kind_text(t, &of.kind)),
            "subject" => Some(lead::told(t, &of.subject)),
            "peer" => Some(peer_text(self.app, of)),
            "what" => Some(lead::told(t, &of.what)),
            "first" => time(of.first),
            "last" => time(of.last),
            _ => of.records.map(display::count),
        };
        let text = text.filter(|text| !text.is_empty());
        text.map_or(CellView::Absent, |text| CellView::Text(display::visible(&text).into_owned()))
    }

    fn answer(&self) -> u64 {
        self.leads.shown()
    }

    fn hint(&self, row: u64, column: usize) -> Option<String> {
        let of = self.leads.row(row)?;
        match COLUMNS.get(column)?.0 {
            "first" => of.first.map(Timestamp::to_iso),
            "last" => of.last.map(Timestamp::to_iso),
            _ => None,
        }
    }

    fn fades(&self, row: u64, _: usize) -> bool {
        self.leads.row(row).is_some_and(|of| of.score < 20.0 || self.leads.reason(of).is_some())
    }

    fn stands_out(&self, row: u64, column: usize) -> bool {
        column == 0 && self.leads.row(row).is_some_and(|of| of.score >= 60.0 && self.leads.reason(of).is_none())
    }
}

/// A rule by its name.
fn peer_text(app: &App, of: &LeadRow) -> String {
    let rule = (of.kind == "rule").then(|| crate::present::rules::rule_text(&app.texts, &of.peer)).flatten();
    rule.map_or_else(|| of.peer.clone(), |rule| rule.name)
}

fn table_ui(ui: &mut Ui, app: &App, leads: &Leads, state: &mut LeadsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let column = |(at, (name, width, numeric)): (usize, &(&str, f32, bool))| GridColumn {
        title: t.tr_args(&format!("leads-column-{name}"), &[("zone", app.zone.name())]),
        width: *width,
        own: app.settings.own_width(TABLE, name),
        numeric: *numeric,
        tabular: *numeric || matches!(*name, "subject" | "first" | "last"),
        pinned: at == 0,
        sort: None,
    };
    let columns: Vec<GridColumn> = COLUMNS.iter().enumerate().map(column).collect();
    let (source, texts) = (Rows { app, leads }, GridTexts::of(t, t.tr("nav-leads")));
    let grid =
        Grid { id: Id::unique(TABLE), columns: &columns, source: &source, texts: &texts, dimmed: leads.is_stale() };
    let mut selection = leads.selection.clone();
    let mut chosen = Vec::new();
    let grid_state: &mut GridState = &mut state.grid;
    let shown = grid.show(
        ui,
        grid_state,
        &mut selection,
        &mut |ui, cell| menu_ui(ui, app, leads, cell, &mut chosen),
        &mut |ui, _| {
            ui.weak(t.tr("leads-order"));
        },
    );
    if selection != leads.selection {
        out.push(Action::Leads(LeadsAction::Select(selection)));
    }
    out.extend(chosen);
    for event in shown.events {
        match event {
            GridEvent::Activated(row) => out.extend(leads.row(row).and_then(records_of)),
            GridEvent::Resized { column, width } => {
                let name = COLUMNS.get(column).map(|(name, ..)| (*name).to_owned());
                out.extend(name.map(|column| Action::SetWidth { table: TABLE, column, width }));
            }
            GridEvent::Copy => {
                out.extend(leads.chosen().map(|of| Action::Copy(format!("{}\t{}", of.subject, of.what))));
            }
            GridEvent::Sort { .. } | GridEvent::Moved { .. } | GridEvent::Tagged => {}
        }
    }
}

fn menu_ui(ui: &mut Ui, app: &App, leads: &Leads, cell: MenuCell, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(of) = leads.row(cell.row) else { return };
    head_ui(ui, &display::visible(&lead::told(t, &of.what)));
    let mut items = Items::new(cell.takes_focus);
    if let Some(action) = records_of(of) {
        items.item(ui, t.tr("menu-show-records"), action, out);
    }
    let text = match COLUMNS.get(cell.column).map(|(name, ..)| *name) {
        Some("peer") => &of.peer,
        _ => &of.subject,
    };
    address_items_ui(ui, app, &mut items, text, out);
    items.item(ui, t.tr("menu-copy-value"), Action::Copy(of.filter.clone()), out);
}
