//! Below the evidence files: the warnings of one file or of all, or what was offered to imports and is no evidence.

use crate::model::{Received, ReceivedState};
use crate::present::display;
use crate::session::evidence::EvidenceAction;
use crate::session::open_case::OpenCase;
use crate::session::source::WarningRow;
use crate::session::{Action, App};
use crate::ui::state::EvidenceState;
use crate::ui::views::cell_menu::Items;
use crate::ui::widgets::grid::RowMarks;
use crate::ui::widgets::list::{List, ListColumn, ListState, column};
use crate::ui::widgets::subject::utc_text;
use egui::Ui;

pub(super) fn lower_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut EvidenceState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let count = case.received().map_or(0, |received| received.len());
    let received_title = t.tr_args("received-title-count", &[("count", &display::count(count as u64))]);
    ui.horizontal(|ui| {
        ui.selectable_value(&mut state.shows_received, false, t.tr("warnings-title"));
        ui.selectable_value(&mut state.shows_received, true, received_title);
    });
    match state.shows_received {
        true => received_ui(ui, app, case, &mut state.received, out),
        false => warnings_ui(ui, app, case, &mut state.warnings, out),
    }
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
        column("column-received-at", 185.0, false, |r, app| utc_text(app, &r.at_utc)),
        column("column-size", 110.0, true, |r, _| r.file_bytes.map(display::count).unwrap_or_default()),
        column("column-reason", 360.0, false, |r, app| app.texts.because(&r.reason)),
        column("column-sha256", 580.0, false, |r, _| r.file_sha256.clone().unwrap_or_default()),
    ];
    let marks = |row: &Received, _: &App| {
        let warning = matches!(row.state, ReceivedState::Unreadable | ReceivedState::Refused);
        RowMarks { warning, ..RowMarks::default() }
    };
    let (name, menu) = (t.tr("received-title"), received_menu);
    let list = List { id: "received", name: &name, rows: received, columns: &columns, marks: Some(marks), menu };
    ui.horizontal_wrapped(|ui| list.tools_ui(ui, app, state));
    let activated = list.show(ui, app, state, out);
    let original = activated.and_then(|at| received.get(at)?.evidence);
    out.extend(original.map(|id| Action::Evidence(EvidenceAction::LookAt(Some(id)))));
}

/// A copy leads to the file whose bytes it has.
fn received_menu(ui: &mut Ui, app: &App, row: &Received, items: &mut Items, out: &mut Vec<Action>) {
    if let Some(id) = row.evidence {
        let text = app.texts.tr_args("journal-show-evidence", &[("number", &id.0.to_string())]);
        items.item(ui, text, Action::Evidence(EvidenceAction::LookAt(Some(id))), out);
        ui.separator();
    }
}

fn state_text(row: &Received, app: &App) -> String {
    let id = format!("received-{}", row.state.code());
    if app.texts.has(&id) { app.texts.tr(&id) } else { row.state.code().to_owned() }
}

fn warnings_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut ListState<WarningRow>, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(warnings) = case.evidence.warnings() else {
        ui.weak(t.tr("loading"));
        return;
    };
    let columns: [ListColumn<WarningRow>; 6] = [
        column("column-evidence", 90.0, true, |r, _| r.evidence.0.to_string()),
        column("column-position", 90.0, true, |r, _| display::count(r.position)),
        column("column-offset", 100.0, true, |r, _| display::count(r.byte_offset)),
        column("column-reason", 250.0, false, reason_text),
        column("column-detail", 360.0, false, |r, app| app.texts.because(&r.detail)),
        column("column-raw-text", 600.0, false, |r, _| String::from_utf8_lossy(&r.raw).into_owned()),
    ];
    let name = t.tr("warnings-title");
    let list = List { id: "warnings", name: &name, rows: warnings, columns: &columns, marks: None, menu };
    ui.horizontal_wrapped(|ui| {
        if !warnings.is_empty() {
            let notes = case.evidence.notes();
            let (elements, notes) = (display::count((warnings.len() - notes) as u64), display::count(notes as u64));
            ui.weak(t.tr_args("warnings-count", &[("elements", &elements), ("notes", &notes)]));
        }
        if let Some(evidence) = case.evidence.warnings_of() {
            ui.weak(t.tr_args("warnings-of", &[("evidence", &evidence.0.to_string())]));
            if ui.button(t.tr("warnings-all")).clicked() {
                out.push(Action::Warnings(None));
            }
        }
        list.tools_ui(ui, app, state);
    });
    if warnings.is_empty() {
        ui.weak(t.tr("warnings-none"));
        return;
    }
    let chosen = list.choose(ui, app, state, out);
    if let Some(warning) = chosen.and_then(|at| warnings.get(at)) {
        out.extend(look_at(warning));
    }
}

/// The file of a warning, at the bytes that it is about.
fn look_at(warning: &WarningRow) -> [Action; 2] {
    let end = warning.byte_offset.saturating_add(warning.byte_length);
    [EvidenceAction::LookAt(Some(warning.evidence)), EvidenceAction::Bytes(warning.byte_offset..end)]
        .map(Action::Evidence)
}

fn menu(ui: &mut Ui, app: &App, warning: &WarningRow, items: &mut Items, out: &mut Vec<Action>) {
    let t = &app.texts;
    // An entry of a menu is one change: the bytes are shown by selecting the row, which the menu's cell is in.
    items.item(ui, t.tr("evidence-of-file"), Action::Warnings(Some(warning.evidence)), out);
    let raw = String::from_utf8_lossy(&warning.raw).into_owned();
    items.item(ui, t.tr("copy-raw"), Action::Copy(raw), out);
    ui.separator();
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
