//! Dialogs that only tell: imports, errors, help.

use super::{dialog_list, foot, title};
use crate::app::UserError;
use crate::present::display;
use crate::session::action::{Leaving, RunningImport};
use crate::session::jobs::{FileDone, Job, JobState};
use crate::session::{Action, App, Command, Dialog, Menu};
use crate::ui::theme;
use egui::{Button, Grid, Key, Label, ProgressBar, RichText, TextWrapMode, Ui};

pub(super) fn jobs_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-jobs"));
    if app.jobs.list().is_empty() {
        ui.weak(t.tr("jobs-none"));
    }
    dialog_list(ui, "jobs", |ui| {
        for job in app.jobs.list().iter().rev() {
            job_ui(ui, app, job, out);
            ui.separator();
        }
    });
    close_button(ui, app, out);
}

fn job_ui(ui: &mut Ui, app: &App, job: &Job, out: &mut Vec<Action>) {
    let t = &app.texts;
    let progress = &job.progress;
    ui.horizontal_wrapped(|ui| {
        let state = match job.state {
            JobState::Running => t.tr("job-running"),
            JobState::Stopping => t.tr("job-stopping"),
            JobState::Done => t.tr("job-done"),
            JobState::Cancelled => t.tr("job-cancelled"),
        };
        ui.strong(state);
        ui.weak(t.tr_args("job-into", &[("case", &display::file_name(&job.case))]));
        let args = [
            ("files", display::count(job.files.len() as u64)),
            ("warnings", display::count(job.warnings())),
            ("failures", display::count(job.failures.len() as u64)),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
        ui.label(t.tr_args("job-counts", &args));
        if job.is_running() && ui.button(t.tr("cancel-import")).clicked() {
            out.push(Action::CancelJob(job.id));
        }
    });
    if job.is_running() {
        let done = display::size(progress.done_bytes);
        let total = display::size(progress.total_bytes);
        let text = t.tr_args("job-bytes", &[("done", &done), ("total", &total)]);
        ui.add(ProgressBar::new(progress.fraction().unwrap_or(0.0)).text(text));
        let current = display::visible(&progress.current.to_string_lossy()).into_owned();
        ui.add(Label::new(current).wrap_mode(TextWrapMode::Wrap));
        if let Some(rate) = progress.rate() {
            ui.weak(t.tr_args("job-rate", &[("rate", &display::count(rate as u64))]));
        }
    }
    for file in &job.files {
        proposal_ui(ui, app, job, file, out);
        read_otherwise_ui(ui, app, file);
    }
    for error in &job.failures {
        failure_ui(ui, app, error);
    }
    // One below the other: a grid would be as wide as the longest path.
    for file in job.files.iter().rev().take(200) {
        file_ui(ui, app, file);
    }
}

fn file_ui(ui: &mut Ui, app: &App, file: &FileDone) {
    let (t, p) = (&app.texts, theme::palette(ui));
    ui.add(Label::new(&*display::visible(&file.path)).wrap_mode(TextWrapMode::Wrap));
    ui.horizontal_wrapped(|ui| {
        ui.weak(if file.known { t.tr("job-known") } else { file.format.clone() });
        ui.weak(t.tr_args("job-records", &[("count", &display::count(file.records))]));
        ui.weak(t.tr_args("job-duplicates", &[("count", &display::count(file.duplicates))]));
        let warnings = t.tr_args("job-warnings", &[("count", &display::count(file.warnings))]);
        ui.label(RichText::new(warnings).color(if file.warnings > 0 { p.warning } else { p.weak }));
    });
}

/// A format was stated for a file whose records the case holds in another.
fn read_otherwise_ui(ui: &mut Ui, app: &App, file: &FileDone) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let Some(format) = &file.read_as else { return };
    ui.label(RichText::new(t.tr("job-read-otherwise")).strong().color(p.warning));
    ui.add(Label::new(&*display::visible(&file.path)).wrap_mode(TextWrapMode::Wrap));
    let read_as = t.tr_args("job-read-as", &[("format", format)]);
    ui.add(Label::new(&*display::visible(&read_as)).wrap_mode(TextWrapMode::Wrap));
    ui.add(Label::new(RichText::new(t.tr("job-format-new-case")).weak()).wrap_mode(TextWrapMode::Wrap));
}

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
        out.extend(match (stays, cancelled, goes_on || ui.input(|i| i.key_pressed(Key::Enter))) {
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
        out.extend(match (quits, stays || ui.input(|i| i.key_pressed(Key::Enter))) {
            (true, _) => Some(Action::Leave(Leaving::Quit, RunningImport::IsCancelled)),
            (_, true) => Some(Action::Dialog(None)),
            _ => None,
        });
    });
}

/// Records without a header: what their format seems to be, for the examiner to confirm or mend.
fn proposal_ui(ui: &mut Ui, app: &App, job: &Job, file: &FileDone, out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    if !file.format_needed {
        return;
    }
    let seems = match &file.format_proposal {
        Some(format) => t.tr_args("job-format-proposal", &[("format", format)]),
        None => t.tr("job-format-unknown"),
    };
    ui.label(RichText::new(t.tr("job-format-needed")).strong().color(p.warning));
    ui.add(Label::new(&*display::visible(&file.path)).wrap_mode(TextWrapMode::Wrap));
    ui.add(Label::new(&*display::visible(&seems)).wrap_mode(TextWrapMode::Wrap));
    if file.records + file.duplicates > 0 {
        ui.add(Label::new(t.tr("job-format-new-case")).wrap_mode(TextWrapMode::Wrap));
        return;
    }
    let fits = app.is_open(&job.case) && !app.is_importing();
    if ui.add_enabled(fits, Button::new(t.tr("job-format-confirm"))).clicked() {
        let flow_format = file.format_proposal.clone().unwrap_or_default();
        let paths = vec![file.file.clone()];
        out.push(Action::Dialog(Some(Dialog::Import { paths, typed: String::new(), keep_raw: true, flow_format })));
    }
}

/// What failed and where, why, what to do next.
fn failure_ui(ui: &mut Ui, app: &App, error: &UserError) {
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

pub(super) fn help_ui(ui: &mut Ui, app: &App) {
    let t = &app.texts;
    title(ui, t.tr("command-help"));
    dialog_list(ui, "help", |ui| {
        for menu in Menu::ALL {
            ui.strong(t.tr(menu.text_key()));
            Grid::new(("help", menu.text_key())).num_columns(2).show(ui, |ui| {
                for command in Command::all().filter(|c| c.menu() == menu) {
                    let Some(shortcut) = command.shortcut() else { continue };
                    ui.monospace(shortcut.to_string());
                    ui.label(t.tr(&command.text_id()));
                    ui.end_row();
                }
            });
        }
        ui.strong(t.tr("help-table"));
        ui.label(t.tr("help-table-keys"));
        ui.strong(t.tr("help-filter"));
        ui.label(t.tr("help-filter-text"));
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

fn close_button(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    if ui.button(app.texts.tr("close")).clicked() {
        out.push(Action::Dialog(None));
    }
}
