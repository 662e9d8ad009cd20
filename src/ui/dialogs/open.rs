//! Opening a case and making a new one, by a typed path or the desktop's dialog.

use super::picker::Pick;
use super::{foot, path_width, title};
use crate::present::display;
use crate::session::source::CaseInfo;
use crate::session::timeline::TimelineAction;
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::views::timeline::drawing;
use egui::{TextEdit, Ui, vec2};
use std::path::PathBuf;

/// A path, typed or picked: label, field and button, for a line or the row of a grid.
pub(crate) fn path_field(ui: &mut Ui, app: &App, name: &str, path: &mut String, pick: Pick, state: &mut UiState) {
    let t = &app.texts;
    let label = ui.label(name);
    let field = ui
        .add(TextEdit::singleline(path).align(egui::Align2::LEFT_CENTER).min_size(vec2(path_width(ui), 0.0)))
        .labelled_by(label.id);
    if state.dialog_is_new {
        field.request_focus();
    }
    if ui.add_enabled(!state.picker.is_open(), egui::Button::new(t.tr("browse"))).clicked() {
        state.picker.ask(ui.ctx(), pick);
    }
}

pub(crate) fn picker_note(ui: &mut Ui, app: &App, state: &UiState) {
    if state.picker.missing {
        ui.label(app.texts.tr("picker-missing"));
    }
}

pub(crate) fn open_ui(ui: &mut Ui, app: &App, path: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-open-case"));
    ui.horizontal(|ui| path_field(ui, app, &t.tr("field-case-file"), path, Pick::OpenCase, state));
    picker_note(ui, app, state);
    if !app.settings.recent_cases.is_empty() {
        ui.add_space(size::GAP);
        ui.strong(t.tr("start-recent"));
        for recent in &app.settings.recent_cases {
            let shown = display::visible(&recent.to_string_lossy()).into_owned();
            let missing = if app.recent.is_missing(recent) { t.tr("start-missing") } else { String::new() };
            let missing = egui::RichText::new(missing).color(theme::palette(ui).warning);
            let button = egui::Button::selectable(false, (shown.as_str(), egui::Atom::grow(), missing)).truncate();
            if ui.add(button).on_hover_text(&shown).clicked() {
                out.push(Action::Open(recent.clone()));
            }
        }
    }
    if foot(ui, app, &t.tr("open"), !path.trim().is_empty(), out) {
        out.push(Action::Open(PathBuf::from(path.trim())));
    }
}

pub(crate) fn new_case_ui(
    ui: &mut Ui,
    app: &App,
    path: &mut String,
    info: &mut CaseInfo,
    then_import: &[PathBuf],
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    title(ui, t.tr("command-new-case"));
    let fields = [
        (t.tr("field-title"), &mut info.title),
        (t.tr("field-examiner"), &mut info.examiner),
        (t.tr("field-reference"), &mut info.reference),
    ];
    egui::Grid::new("case-info").num_columns(3).show(ui, |ui| {
        path_field(ui, app, &t.tr("field-case-file"), path, Pick::SaveCase, state);
        ui.end_row();
        for (name, value) in fields {
            let label = ui.label(name);
            ui.add(TextEdit::singleline(value).align(egui::Align2::LEFT_CENTER).min_size(vec2(path_width(ui), 0.0)))
                .labelled_by(label.id);
            ui.end_row();
        }
    });
    picker_note(ui, app, state);
    if !then_import.is_empty() {
        ui.add_space(size::GAP);
        let count = display::count(then_import.len() as u64);
        ui.label(t.tr_args("new-case-then-import", &[("count", &count)]));
    }
    if foot(ui, app, &t.tr("create"), !path.trim().is_empty(), out) {
        let (path, info) = (PathBuf::from(path.trim()), info.clone());
        out.push(Action::Create { path, info, then_import: then_import.to_vec() });
    }
}

/// The timeline as a picture: what the name ends in says which.
pub(crate) fn save_chart_ui(ui: &mut Ui, app: &App, path: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("save-chart"));
    ui.horizontal(|ui| path_field(ui, app, &t.tr("field-path"), path, Pick::SaveChart, state));
    picker_note(ui, app, state);
    ui.weak(t.tr("save-chart-tip"));
    let is_picture = |path: &PathBuf| {
        let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
        matches!(extension.as_deref(), Some("svg" | "png"))
    };
    let path = PathBuf::from(path.trim());
    let drawing = app.case.as_ref().and_then(|case| drawing(app, case)).filter(|_| is_picture(&path));
    if foot(ui, app, &t.tr("save-picture"), drawing.is_some(), out) {
        out.extend(drawing.map(|drawing| Action::Timeline(TimelineAction::Save(path, Box::new(drawing)))));
    }
}
