//! What asks before anything else continues. Every dialog can be used by keyboard alone: Enter continues, Esc leaves.

mod exhibit;
mod export;
mod filters;
mod help;
mod import;
mod indicators;
mod jobs;
mod mending;
mod one_field;
pub(crate) mod open;
mod palette;
pub(crate) mod picker;
mod tell;
mod unsaved;
mod views;

use super::focus::{PaneId, pane_ui};
use super::state::UiState;
use super::theme::{self, size};
use crate::model::SupplementKind;
use crate::present::display;
use crate::session::indicators::IndicatorsAction;
use crate::session::{Action, App, Dialog};
use crate::ui::resting::forget_pointer;
use egui::{Frame, Id, Key, Label, Margin, Modal, ModalResponse, Modifiers, RichText, ScrollArea, TextWrapMode, Ui};

pub(super) fn dialogs_ui(ui: &mut Ui, app: &App, state: &mut UiState, out: &mut Vec<Action>) {
    question_ui(ui, app, out);
    let Some(dialog) = &app.dialog else {
        state.dialog_shown = None;
        return;
    };
    let shown = Some(std::mem::discriminant(dialog));
    state.dialog_is_new = std::mem::replace(&mut state.dialog_shown, shown) != shown;
    if state.dialog_is_new {
        forget_pointer(ui.ctx());
        state.list_at = 0;
    }
    let mut edited = dialog.clone();
    picker::poll(&mut state.picker, &mut edited);
    let width = match dialog {
        Dialog::Jobs | Dialog::Errors | Dialog::Import { .. } | Dialog::IndicatorFile(_) | Dialog::Help(_) => {
            size::DIALOG_WIDE
        }
        _ => size::DIALOG,
    };
    let actions_before = out.len();
    let modal = modal(ui, "dialog", app.texts.tr(name(dialog))).show(ui.ctx(), |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 60.0));
        pane_ui(ui, &app.texts, PaneId::Dialog, |ui| match &mut edited {
            Dialog::Open { path } => open::open_ui(ui, app, path, state, out),
            Dialog::NewCase { path, info, then_import } => {
                open::new_case_ui(ui, app, path, info, then_import, state, out)
            }
            Dialog::Import { paths, typed, keep_raw, flow_format } => {
                import::import_ui(ui, app, import::Fields { paths, typed, keep_raw, flow_format }, state, out);
            }
            Dialog::GoToRow { typed } => one_field::go_to_row_ui(ui, app, typed, state, out),
            Dialog::Address { typed } => one_field::address_ui(ui, app, typed, state, out),
            Dialog::Zone { typed } => one_field::zone_ui(ui, app, typed, state, out),
            Dialog::Palette { typed } => palette::palette_ui(ui, app, typed, state, out),
            Dialog::SaveChart { path } => open::save_chart_ui(ui, app, path, state, out),
            Dialog::SaveFilter(filter) => filters::save_filter_ui(ui, app, filter, state, out),
            Dialog::FilterFile { path, imports } => filters::filter_file_ui(ui, app, path, *imports, state, out),
            Dialog::Export { path, replace } => export::export_ui(ui, app, path, replace, state, out),
            Dialog::IndicatorFile(file) => indicators::indicator_file_ui(ui, app, file, state, out),
            Dialog::AddIndicators(typed) => indicators::add_indicators_ui(ui, app, typed, state, out),
            Dialog::Supplement { kind, path } => indicators::supplement_ui(ui, app, *kind, path, state, out),
            Dialog::Owners { path } => indicators::owners_ui(ui, app, path, state, out),
            Dialog::Label(label) => indicators::label_ui(ui, app, label, state, out),
            Dialog::AddExhibit(draft) => exhibit::add_exhibit_ui(ui, app, draft, state, out),
            Dialog::Report(draft) => exhibit::report_ui(ui, app, draft, out),
            Dialog::TagsAndNotes(subject) => exhibit::tags_and_notes_ui(ui, app, subject, state, out),
            Dialog::Upgrade => mending::upgrade_ui(ui, app, out),
            Dialog::Rescue { path } => mending::rescue_ui(ui, app, path, state, out),
            Dialog::Leaving(to) => tell::leaving_ui(ui, app, to, out),
            Dialog::Undo => tell::undo_ui(ui, app, out),
            Dialog::Views { typed } => views::views_ui(ui, app, typed, state, out),
            Dialog::Unsaved => unsaved::unsaved_ui(ui, app, out),
            Dialog::Jobs => jobs::jobs_ui(ui, app, out),
            Dialog::Errors => tell::errors_ui(ui, app, out),
            Dialog::Help(page) => help::help_ui(ui, app, page, state, out),
        });
    });
    if closes(ui, dialog, &modal) {
        out.push(Action::Dialog(None));
        state.picker.forget();
    } else if !out.iter().skip(actions_before).any(leaves) && edited != *dialog {
        out.push(Action::Dialog(Some(edited)));
    }
}

/// By Esc, unless that closes a menu or a drop-down list in the dialog; by a click beside it where nothing is lost by that.
fn closes(ui: &Ui, dialog: &Dialog, modal: &ModalResponse<()>) -> bool {
    let escapes = modal.is_top_modal && !modal.any_popup_open;
    let escaped = escapes && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
    let holds_nothing = matches!(dialog, Dialog::Palette { .. } | Dialog::Jobs | Dialog::Errors | Dialog::Help(_));
    escaped || modal.response.should_close() || holds_nothing && modal.backdrop_response.clicked()
}

/// Id of what a screen reader calls it.
fn name(dialog: &Dialog) -> &'static str {
    match dialog {
        Dialog::Open { .. } => "command-open-case",
        Dialog::NewCase { .. } => "command-new-case",
        Dialog::Import { .. } => "command-import",
        Dialog::GoToRow { .. } => "command-go-to-row",
        Dialog::Address { .. } => "command-address",
        Dialog::Zone { .. } => "command-zone",
        Dialog::Palette { .. } => "command-palette",
        Dialog::Upgrade => "banner-upgrade",
        Dialog::Rescue { .. } => "banner-rescue",
        Dialog::Leaving(_) => "leaving-title",
        Dialog::SaveChart { .. } => "save-chart",
        Dialog::SaveFilter(_) => "filter-save-title",
        Dialog::Export { .. } => "command-export",
        Dialog::IndicatorFile(_) => "command-import-indicators",
        Dialog::AddIndicators(_) => "command-add-indicators",
        Dialog::Label(_) => "command-add-label",
        Dialog::Supplement { kind: SupplementKind::Sigma, .. } => "command-import-sigma",
        Dialog::Supplement { kind: SupplementKind::Inventory, .. } => "command-import-inventory",
        Dialog::Owners { .. } => "command-owners",
        Dialog::AddExhibit(_) => "command-add-exhibit",
        Dialog::Report(_) => "command-write-report",
        Dialog::Undo => "command-undo",
        Dialog::Jobs => "command-jobs",
        Dialog::Errors => "command-errors",
        Dialog::Help(_) => "command-help",
        _ => "pane-dialog",
    }
}

/// Does this end the dialog, or put another in its place? Looking a file over does not.
fn leaves(action: &Action) -> bool {
    !matches!(action, Action::Indicators(IndicatorsAction::Look(..)))
}

fn modal(ui: &Ui, id: &str, name: String) -> Modal {
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(size::DIALOG_MARGIN));
    let id = Id::unique(id);
    Modal::new(id).frame(frame).area(Modal::default_area(id).accessible_name(name))
}

/// Often the text of the command that opened the dialog, whose dots said that it would.
pub(super) fn title(ui: &mut Ui, text: String) {
    ui.label(RichText::new(text.trim_end_matches("...")).heading());
    ui.add_space(size::GAP);
}

/// The buttons at the foot: what continues, and cancel. True when the dialog should continue.
pub(super) fn foot(ui: &mut Ui, app: &App, go_on: &str, enabled: bool, out: &mut Vec<Action>) -> bool {
    buttons(ui, app, go_on, enabled, false, out)
}

/// The same below a text of several lines: there Enter is a line, and continues only with Ctrl.
fn lines_foot(ui: &mut Ui, app: &App, go_on: &str, enabled: bool, out: &mut Vec<Action>) -> bool {
    buttons(ui, app, go_on, enabled, true, out)
}

fn buttons(ui: &mut Ui, app: &App, go_on: &str, enabled: bool, with_ctrl: bool, out: &mut Vec<Action>) -> bool {
    ui.add_space(size::GAP_LARGE);
    let (mut pressed, mut left) = (false, false);
    ui.horizontal(|ui| {
        let button = theme::primary_button(ui, go_on);
        pressed = ui.add_enabled(enabled, button).clicked();
        // Enter on this button is no going on.
        left = ui.button(app.texts.tr("cancel")).clicked();
        if left {
            out.push(Action::Dialog(None));
        }
    });
    let entered = |i: &egui::InputState| i.key_pressed(Key::Enter) && (!with_ctrl || i.modifiers.command);
    !left && (pressed || enabled && !presses_something(ui) && ui.input(entered))
}

/// Enter is for the button, the list or the switch that has the focus.
fn presses_something(ui: &Ui) -> bool {
    ui.memory(|memory| memory.focused().is_some()) && !ui.ctx().text_edit_focused()
}

/// An import that waits for an answer.
fn question_ui(ui: &Ui, app: &App, out: &mut Vec<Action>) {
    let Some(job) = app.jobs.list().iter().find(|job| job.question().is_some()) else { return };
    let Some(question) = job.question() else { return };
    let t = &app.texts;
    modal(ui, "question", t.tr("question-title")).show(ui.ctx(), |ui| {
        ui.set_width(size::DIALOG.min(ui.ctx().content_rect().width() - 60.0));
        title(ui, t.tr("question-title"));
        ui.add(Label::new(&*display::visible(&question.render(t))).wrap_mode(TextWrapMode::Wrap));
        ui.add_space(size::GAP_LARGE);
        ui.horizontal(|ui| {
            if ui.button(t.tr("question-continue")).clicked() {
                out.push(Action::Answer(job.id, true));
            }
            if ui.button(t.tr("question-stop")).clicked() {
                out.push(Action::Answer(job.id, false));
            }
            if ui.button(t.tr("cancel-import")).clicked() {
                out.push(Action::CancelJob(job.id));
            }
        });
    });
}

/// Of a field for a path or a name, with its label and a button beside it.
fn path_width(ui: &Ui) -> f32 {
    size::PATH_FIELD.min(ui.ctx().content_rect().width() * 0.4)
}

/// What dialogs give to their lists.
fn list_height(ui: &Ui) -> f32 {
    size::DIALOG_HEIGHT.min(ui.ctx().content_rect().height() * 0.55)
}

/// A vertical scroll area of that height.
fn dialog_list(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    // A dialog is as high as its content: without the least height a list would grow by a line a frame, or not at all.
    let height = list_height(ui);
    let area = ScrollArea::vertical().id_salt(id).max_height(height).min_scrolled_height(height);
    area.auto_shrink([false, true]).show(ui, content);
}
