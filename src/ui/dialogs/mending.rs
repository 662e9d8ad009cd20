//! A case of an older version is to be written to, or what can be read of a damaged one is to be saved.

use super::{foot, open, picker, title};
use crate::present::display;
use crate::session::source::{CASE_VERSION, Mend};
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::size;
use egui::{Label, TextWrapMode, Ui};
use std::path::PathBuf;

pub(super) fn upgrade_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("banner-upgrade"));
    let case = app.case.as_ref().map(|case| display::file_name(&case.path)).unwrap_or_default();
    let known = CASE_VERSION.to_string();
    ui.add(Label::new(t.tr_args("upgrade-text", &[("case", &case), ("known", &known)])).wrap_mode(TextWrapMode::Wrap));
    if foot(ui, app, &t.tr("upgrade-go"), true, out) {
        out.push(Action::Mend(Mend::Upgrade));
    }
}

pub(super) fn rescue_ui(ui: &mut Ui, app: &App, path: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("banner-rescue"));
    ui.add(Label::new(t.tr("rescue-text")).wrap_mode(TextWrapMode::Wrap));
    ui.add_space(size::GAP);
    ui.horizontal(|ui| open::path_field(ui, app, &t.tr("field-case-file"), path, picker::Pick::SaveCase, state));
    open::picker_note(ui, app, state);
    if foot(ui, app, &t.tr("rescue-go"), !path.trim().is_empty(), out) {
        out.push(Action::Mend(Mend::Rescue(PathBuf::from(path.trim()))));
    }
}
