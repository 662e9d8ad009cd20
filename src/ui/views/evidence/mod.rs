//! The evidence files of the case with their counts, the warnings of one or all of them, and the details of the file
//! that is looked at.

mod bytes;
mod details;
mod lower;

use crate::model::Timestamp;
use crate::present::display;
use crate::session::evidence::EvidenceAction;
use crate::session::open_case::OpenCase;
use crate::session::source::EvidenceRow;
use crate::session::{Action, App, Command};
use crate::ui::focus::{PaneId, pane_ui, sized_ui};
use crate::ui::state::{EvidenceState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::views::beside_ui;
use crate::ui::views::cell_menu::Items;
use crate::ui::widgets::empty::{Empty, offer_ui};
use crate::ui::widgets::grid::RowMarks;
use crate::ui::widgets::list::{List, ListColumn, column};
use crate::ui::widgets::low::low_ui;
use crate::ui::widgets::subject::utc_text;
use egui::{Frame, Margin, Panel, RichText, Ui};
use std::sync::Arc;

pub(crate) fn evidence_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    unfinished_ui(ui, app, case, out);
    let Some(files) = case.evidence.files() else {
        ui.centered_and_justified(|ui| ui.label(t.tr("loading")));
        return;
    };
    if files.is_empty() && !app.is_importing() {
        return no_evidence_ui(ui, app, out);
    }
    let heights = (size::EVIDENCE_LOW, size::EVIDENCE_LEAST);
    low_ui(ui, "evidence", heights, |ui| lists_ui(ui, app, case, files, &mut state.evidence, out));
}

/// The files, beside them the one that is looked at, and below them what is to be known about them.
fn lists_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    files: &Arc<[EvidenceRow]>,
    state: &mut EvidenceState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let frame = Frame::new().inner_margin(Margin { top: 6, ..Margin::ZERO });
    let height = ui.available_height();
    let warnings = Panel::bottom("warnings")
        .frame(frame)
        .default_size(240.0_f32.min(height * 0.4))
        .size_range(80.0..=(height * 0.7).max(80.0));
    sized_ui(ui, warnings, |ui| {
        ui.set_min_height(ui.available_height());
        pane_ui(ui, t, PaneId::Details, |ui| lower::lower_ui(ui, app, case, state, out));
    });
    if let Some(file) = case.evidence.looked_at() {
        beside_ui(ui, app, ("evidence-file", 0.65), |ui| details::details_ui(ui, app, case, file, state, out));
    }
    files_ui(ui, app, case, files, state, out);
}

/// After a crash or a cancelled import: what is left, and a button that continues with it.
fn unfinished_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let Some(unfinished) = case.unfinished().filter(|_| !app.is_importing()) else { return };
    let t = &app.texts;
    ui.horizontal(|ui| {
        let count = display::count(unfinished.paths.len() as u64);
        let text = RichText::new(t.tr_args("unfinished", &[("count", &count)])).color(theme::palette(ui).warning);
        ui.label(text);
        if ui.button(t.tr("unfinished-resume")).clicked() {
            let (paths, options) = (unfinished.paths.clone(), unfinished.options.clone());
            out.push(Action::Import { paths, options });
        }
    });
}

/// Nothing was imported yet.
pub(super) fn no_evidence_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    let empty = Empty { title: t.tr("empty-evidence"), text: t.tr("empty-evidence-text") };
    offer_ui(ui, app, &empty, &[Command::ImportEvidence, Command::OpenSample], out);
}

fn files_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    files: &Arc<[EvidenceRow]>,
    state: &mut EvidenceState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let columns: [ListColumn<EvidenceRow>; 13] = [
        column("column-id", 50.0, true, |r, _| r.id.0.to_string()),
        column("column-file", 390.0, false, |r, _| r.path.clone()),
        column("column-format", 200.0, false, |r, _| r.format.clone()),
        column("column-records", 90.0, true, |r, _| display::count(r.records)),
        column("column-duplicates", 90.0, true, |r, _| display::count(r.duplicates)),
        column("column-warnings", 80.0, true, |r, _| display::count(r.warnings)),
        column("column-sightings", 90.0, true, |r, app| hits(r, app).map(display::count).unwrap_or_default()),
        column("column-size", 110.0, true, |r, _| display::count(r.file_bytes)),
        column("column-first", 185.0, false, |r, app| time_text(r.first, app)),
        column("column-last", 185.0, false, |r, app| time_text(r.last, app)),
        column("column-raw", 80.0, false, |r, app| app.texts.tr(if r.raw_kept { "yes" } else { "no" })),
        column("column-imported", 185.0, false, |r, app| utc_text(app, &r.imported_utc)),
        column("column-sha256", 580.0, false, |r, _| r.file_sha256.clone()),
    ];
    let marks = |row: &EvidenceRow, app: &App| {
        let sighted = hits(row, app).is_some_and(|hits| hits > 0);
        RowMarks { warning: row.warnings > 0, sighted, ..RowMarks::default() }
    };
    let name = t.tr("nav-evidence");
    let list = List { id: "evidence", name: &name, rows: files, columns: &columns, marks: Some(marks), menu };
    ui.horizontal_wrapped(|ui| {
        ui.heading(t.tr("nav-evidence"));
        if let Some(totals) = case.totals() {
            ui.weak(t.tr_args("evidence-count", &[("count", &display::count(totals.evidence))]));
        }
        if ui.button(t.tr("command-import")).clicked() {
            out.push(Action::Command(Command::ImportEvidence));
        }
        if ui.button(t.tr("command-jobs")).clicked() {
            out.push(Action::Command(Command::ShowJobs));
        }
        list.tools_ui(ui, app, &mut state.files);
    });
    let looked_at = case.evidence.looked_at().map(|file| file.id);
    // It was asked for elsewhere: the row follows.
    if looked_at.is_some() && state.known != looked_at {
        let place = files.iter().position(|file| Some(file.id) == looked_at);
        place.into_iter().for_each(|place| list.select(app, &mut state.files, place));
    }
    state.known = looked_at;
    let chosen = list.choose(ui, app, &mut state.files, out);
    if let Some(file) = chosen.and_then(|at| files.get(at)) {
        state.known = Some(file.id);
        state.shows_received = false;
        out.push(Action::Evidence(EvidenceAction::LookAt(Some(file.id))));
        out.push(Action::Warnings(Some(file.id)));
    }
}

fn menu(ui: &mut Ui, app: &App, file: &EvidenceRow, items: &mut Items, out: &mut Vec<Action>) {
    let t = &app.texts;
    for (text, link) in details::record_links(app, file) {
        items.item(ui, text, Action::Follow(link), out);
    }
    items.item(ui, t.tr("evidence-details"), Action::Evidence(EvidenceAction::LookAt(Some(file.id))), out);
    if file.warnings > 0 {
        items.item(ui, t.tr("evidence-warnings"), Action::Warnings(Some(file.id)), out);
    }
    ui.separator();
    items.item(ui, t.tr("evidence-copy-sha256"), Action::Copy(file.file_sha256.clone()), out);
    items.item(ui, t.tr("evidence-copy-path"), Action::Copy(file.path.clone()), out);
}

/// Records of a file that match an indicator, where anything is searched for.
fn hits(row: &EvidenceRow, app: &App) -> Option<u64> {
    app.case.as_ref()?.indicators.hits(row.id.0)
}

fn time_text(time: Option<Timestamp>, app: &App) -> String {
    time.map(|time| app.zone.format(time)).unwrap_or_default()
}
