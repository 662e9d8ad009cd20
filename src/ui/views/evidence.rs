//! The evidence files of the case with their counts, and the warnings of one or all of them.

use crate::model::{Received, ReceivedState, Timestamp};
use crate::present::display;
use crate::session::open_case::OpenCase;
use crate::session::source::{EvidenceRow, WarningRow};
use crate::session::{Action, App, Command};
use crate::ui::state::{EvidenceState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::widgets::grid::RowMark;
use crate::ui::widgets::list::{List, ListColumn, ListState, column};
use egui::{Button, Panel, RichText, Ui};
use std::sync::Arc;

pub(crate) fn evidence_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    unfinished_ui(ui, app, case, out);
    let Some(files) = case.evidence.files() else {
        ui.centered_and_justified(|ui| ui.label(t.tr("loading")));
        return;
    };
    if files.is_empty() && !app.is_importing() {
        return empty_ui(ui, app, out);
    }
    ui.horizontal(|ui| {
        ui.heading(t.tr("nav-evidence"));
        if let Some(totals) = case.totals() {
            ui.weak(t.tr_args("evidence-count", &[("count", &display::count(totals.evidence))]));
        }
        if ui.button(t.tr("command-import")).clicked() {
            out.push(Action::Command(Command::ImportEvidence));
        }
    });
    let state = &mut state.evidence;
    let frame = egui::Frame::new().inner_margin(egui::Margin { top: 6, ..egui::Margin::ZERO });
    Panel::bottom("warnings").frame(frame).resizable(true).default_size(240.0).size_range(80.0..=600.0).show(
        ui,
        |ui| {
            ui.set_min_height(ui.available_height());
            chosen_ui(ui, app, case, state);
            match state.shows_received {
                true => received_ui(ui, app, case, &mut state.received, out),
                false => warnings_ui(ui, app, case, &mut state.warnings, out),
            }
        },
    );
    files_ui(ui, app, files, &mut state.files, out);
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

pub(super) fn empty_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.3);
        ui.label(t.tr("empty-evidence"));
        ui.add_space(size::GAP_LARGE);
        for command in [Command::ImportEvidence, Command::OpenSample] {
            let button = Button::new(t.tr(&command.text_id())).min_size(egui::vec2(280.0, 32.0));
            if ui.add_enabled(app.is_enabled(command), button).clicked() {
                out.push(Action::Command(command));
            }
        }
    });
}

fn files_ui(
    ui: &mut Ui,
    app: &App,
    files: &Arc<[EvidenceRow]>,
    state: &mut ListState<EvidenceRow>,
    out: &mut Vec<Action>,
) {
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
        column("column-imported", 210.0, false, |r, _| r.imported_utc.clone()),
        column("column-sha256", 580.0, false, |r, _| r.file_sha256.clone()),
    ];
    let mark = |row: &EvidenceRow, app: &App| match (hits(row, app), row.warnings) {
        (Some(1..), _) => RowMark::Sighting,
        (_, 1..) => RowMark::Warning,
        _ => RowMark::None,
    };
    let before = state.selected();
    List { name: &app.texts.tr("nav-evidence"), rows: files, columns: &columns, mark }.show(ui, app, state, out);
    let after = state.selected();
    if before != after
        && let Some(row) = after.and_then(|at| files.get(at))
    {
        out.push(Action::Warnings(Some(row.id)));
    }
}

/// Records of a file that match an indicator, where anything is searched for.
fn hits(row: &EvidenceRow, app: &App) -> Option<u64> {
    app.case.as_ref()?.indicators.hits(row.id.0)
}

fn time_text(time: Option<Timestamp>, app: &App) -> String {
    time.map(|time| app.zone.format(time)).unwrap_or_default()
}

/// Warnings, or what was not imported.
fn chosen_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut EvidenceState) {
    let t = &app.texts;
    ui.horizontal(|ui| {
        ui.selectable_value(&mut state.shows_received, false, t.tr("warnings-title"));
        let count = case.received().map_or(0, |received| received.len());
        let title = format!("{} ({})", t.tr("received-title"), display::count(count as u64));
        ui.selectable_value(&mut state.shows_received, true, title);
    });
}

fn received_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut ListState<Received>, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(received) = case.received() else {
        ui.weak(t.tr("loading"));
        return;
    };
    if received.is_empty() {
        ui.weak(t.tr("received-none"));
        return;
    }
    let columns: [ListColumn<Received>; 7] = [
        column("column-state", 160.0, false, state_text),
        column("column-file", 390.0, false, |r, _| r.path.clone()),
        column("column-evidence", 90.0, true, |r, _| r.evidence.map(|id| id.0.to_string()).unwrap_or_default()),
        column("column-received-at", 185.0, false, |r, _| r.at_utc.clone()),
        column("column-size", 110.0, true, |r, _| r.file_bytes.map(display::count).unwrap_or_default()),
        column("column-reason", 360.0, false, |r, app| app.texts.because(&r.reason)),
        column("column-sha256", 580.0, false, |r, _| r.file_sha256.clone().unwrap_or_default()),
    ];
    let mark = |row: &Received, _: &App| match row.state {
        ReceivedState::Unreadable | ReceivedState::Refused => RowMark::Warning,
        _ => RowMark::None,
    };
    List { name: &t.tr("received-title"), rows: received, columns: &columns, mark }.show(ui, app, state, out);
}

fn state_text(row: &Received, app: &App) -> String {
    let id = format!("received-{}", row.state.code());
    if app.texts.has(&id) { app.texts.tr(&id) } else { row.state.code().to_owned() }
}

fn warnings_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut ListState<WarningRow>, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal(|ui| {
        if let Some(warnings) = case.evidence.warnings().filter(|warnings| !warnings.is_empty()) {
            let notes = warnings.iter().filter(|w| w.scope == "file").count();
            let (elements, notes) = (display::count((warnings.len() - notes) as u64), display::count(notes as u64));
            ui.weak(t.tr_args("warnings-count", &[("elements", &elements), ("notes", &notes)]));
        }
        if let Some(evidence) = case.evidence.warnings_of() {
            ui.weak(t.tr_args("warnings-of", &[("evidence", &evidence.0.to_string())]));
            if ui.button(t.tr("warnings-all")).clicked() {
                out.push(Action::Warnings(None));
            }
        }
    });
    let Some(warnings) = case.evidence.warnings() else {
        ui.weak(t.tr("loading"));
        return;
    };
    if warnings.is_empty() {
        ui.weak(t.tr("warnings-none"));
        return;
    }
    let columns: [ListColumn<WarningRow>; 6] = [
        column("column-evidence", 90.0, true, |r, _| r.evidence.0.to_string()),
        column("column-position", 90.0, true, |r, _| display::count(r.position)),
        column("column-offset", 100.0, true, |r, _| display::count(r.byte_offset)),
        column("column-reason", 250.0, false, reason_text),
        column("column-detail", 360.0, false, |r, app| app.texts.because(&r.detail)),
        column("column-raw-text", 600.0, false, |r, _| String::from_utf8_lossy(&r.raw).into_owned()),
    ];
    List { name: &t.tr("warnings-title"), rows: warnings, columns: &columns, mark: |_, _| RowMark::None }
        .show(ui, app, state, out);
}

fn reason_text(row: &WarningRow, app: &App) -> String {
    let id = format!("reason-{}", row.reason.replace('_', "-"));
    if app.texts.has(&id) { app.texts.tr(&id) } else { row.reason.clone() }
}

#[cfg(test)]
mod tests {
    use crate::model::{Reason, ReceivedState};
    use crate::present::text::Language;
    use crate::present::text::Texts;

    #[test]
    fn every_reason_has_its_sentence() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for reason in Reason::ALL {
                let id = format!("reason-{}", reason.code().replace('_', "-"));
                assert!(texts.has(&id), "{id}");
            }
            for state in ReceivedState::ALL {
                for texts in [&texts, &Texts::of_report(language)] {
                    let id = format!("received-{}", state.code());
                    assert!(texts.has(&id), "{id}");
                }
            }
        }
    }
}
