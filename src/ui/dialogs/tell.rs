//! Dialogs that only tell: errors, what becomes of a running import.

use super::{dialog_list, foot, presses_something, title};
use crate::app::UserError;
use crate::present::display;
use crate::session::action::{Leaving, RunningImport};
use crate::session::{Action, App, Command};
use crate::ui::{focus, theme};
use egui::{Key, Label, RichText, TextWrapMode, Ui};

/// The case is left while an import runs into it.
pub(super) fn leaving_ui(ui: &mut Ui, app: &App, to: &Leaving, out: &mut Vec<Action>) {
    let t = &app.texts;
    if *to == Leaving::Quit {
        return quitting_ui(ui, app, out);
    }
    title(ui, t.tr("leaving-title"));
    let case = app.case.as_ref().map(|case| display::file_name(&case.path)).unwrap_or_default();
    ui.add(Label::new(t.tr_args("leaving-text", &[("case", &case)])).wrap_mode(TextWrapMode::Wrap));
    ui.add_space(theme::size::GAP_LARGE);
    ui.horizontal_wrapped(|ui| {
        let goes_on = ui.add(theme::primary_button(ui, &t.tr("leaving-goes-on"))).clicked();
        let cancelled = ui.button(t.tr("cancel-import")).clicked();
        let stays = ui.button(t.tr("leaving-stay")).clicked();
        // Enter on a button is that button's.
        let entered = !presses_something(ui) && ui.input(|i| i.key_pressed(Key::Enter));
        out.extend(match (stays, cancelled, goes_on || entered) {
            (true, ..) => Some(Action::Dialog(None)),
            (_, true, _) => Some(Action::Leave(to.clone(), RunningImport::IsCancelled)),
            (.., true) => Some(Action::Leave(to.clone(), RunningImport::GoesOn)),
            _ => None,
        });
    });
}

/// The program is to end while an import runs: nothing can continue then.
fn quitting_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    let (name, text) = match app.jobs.running() {
        Some(job) => {
            let case = display::file_name(&job.case);
            (t.tr("leaving-title"), t.tr_args("quitting-text", &[("case", &case)]))
        }
        None => {
            let path = app.exports.running().first().map(|export| display::file_name(&export.path));
            (t.tr("quitting-export-title"), t.tr_args("quitting-export", &[("path", &path.unwrap_or_default())]))
        }
    };
    title(ui, name);
    ui.add(Label::new(text).wrap_mode(TextWrapMode::Wrap));
    ui.add_space(theme::size::GAP_LARGE);
    ui.horizontal_wrapped(|ui| {
        let stays = ui.add(theme::primary_button(ui, &t.tr("quitting-stay"))).clicked();
        let quits = ui.button(t.tr("quitting-cancel")).clicked();
        let entered = !presses_something(ui) && ui.input(|i| i.key_pressed(Key::Enter));
        out.extend(match (quits, stays || entered) {
            (true, _) => Some(Action::Leave(Leaving::Quit, RunningImport::IsCancelled)),
            (_, true) => Some(Action::Dialog(None)),
            _ => None,
        });
    });
}

/// What failed and where, why, what to do next.
pub(super) fn failure_ui(ui: &mut Ui, app: &App, error: &UserError) {
    let t = &app.texts;
    ui.label(RichText::new(display::visible(&error.what.render(t))).strong().color(theme::palette(ui).error));
    if let Some(path) = &error.path {
        ui.add(Label::new(&*display::visible(&path.to_string_lossy())).wrap_mode(TextWrapMode::Wrap));
    }
    ui.add(Label::new(&*display::visible(&error.why(t))).wrap_mode(TextWrapMode::Wrap));
    ui.add(Label::new(RichText::new(error.next(t)).weak()).wrap_mode(TextWrapMode::Wrap));
}

pub(super) fn errors_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-errors"));
    if app.errors.entries().is_empty() {
        ui.weak(t.tr("errors-none"));
    }
    dialog_list(ui, "errors", |ui| {
        for entry in app.errors.entries().iter().rev() {
            failure_ui(ui, app, &entry.error);
            if entry.times > 1 {
                ui.weak(t.tr_args("errors-times", &[("count", &display::count(u64::from(entry.times)))]));
            }
            ui.separator();
        }
    });
    ui.horizontal(|ui| {
        let any = !app.errors.entries().is_empty();
        if ui.add_enabled(any, egui::Button::new(t.tr("errors-copy"))).clicked() {
            out.push(Action::Copy(app.errors.render(t)));
        }
        if ui.add_enabled(any, egui::Button::new(t.tr("errors-clear"))).clicked() {
            out.push(Action::ClearErrors);
        }
        close_button(ui, app, out);
    });
}

/// Before an undo that takes much out of the case.
pub(super) fn undo_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, app.command_text(Command::Undo));
    ui.label(t.tr("undo-takes-out"));
    if foot(ui, app, &t.tr("undo-agreed"), true, out) {
        out.push(Action::UndoAgreed);
    }
}

pub(super) fn close_button(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let close = ui.button(app.texts.tr("close"));
    focus::home(ui, close.id);
    if close.clicked() {
        out.push(Action::Dialog(None));
    }
}
