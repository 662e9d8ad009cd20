//! Dialogs that only tell: imports, errors, help.

use super::title;
use crate::app::jobs::{Job, JobState};
use crate::app::{Action, App, Command, Menu, UserError, display};
use crate::ui::shell::dialog_list;
use crate::ui::theme;
use egui::{Grid, Label, ProgressBar, RichText, TextWrapMode, Ui};

pub fn jobs_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
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
    ui.horizontal(|ui| {
        let state = match job.state {
            JobState::Running => t.tr("job-running"),
            JobState::Stopping => t.tr("job-stopping"),
            JobState::Done => t.tr("job-done"),
            JobState::Cancelled => t.tr("job-cancelled"),
        };
        ui.strong(state);
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
        ui.label(&*display::visible(&progress.current.to_string_lossy()));
        if let Some(rate) = progress.rate() {
            ui.weak(t.tr_args("job-rate", &[("rate", &display::count(rate as u64))]));
        }
    }
    for error in &job.failures {
        failure_ui(ui, app, error);
    }
    Grid::new(("job", job.id)).num_columns(5).striped(true).show(ui, |ui| {
        for file in job.files.iter().rev().take(200) {
            ui.label(&*display::visible(&file.path));
            ui.label(if file.known { t.tr("job-known") } else { file.format.clone() });
            ui.label(t.tr_args("job-records", &[("count", &display::count(file.records))]));
            ui.label(t.tr_args("job-duplicates", &[("count", &display::count(file.duplicates))]));
            let warnings = t.tr_args("job-warnings", &[("count", &display::count(file.warnings))]);
            let p = theme::palette(ui);
            ui.label(RichText::new(warnings).color(if file.warnings > 0 { p.warning } else { p.weak }));
            ui.end_row();
        }
    });
}

/// What failed and where, why, what to do next.
fn failure_ui(ui: &mut Ui, app: &App, error: &UserError) {
    let t = &app.texts;
    ui.label(RichText::new(error.what.render(t)).strong().color(theme::palette(ui).error));
    if let Some(path) = &error.path {
        ui.add(Label::new(&*display::visible(&path.to_string_lossy())).wrap_mode(TextWrapMode::Wrap));
    }
    ui.add(Label::new(&*display::visible(&error.why)).wrap_mode(TextWrapMode::Wrap));
    ui.add(Label::new(RichText::new(error.next.render(t)).weak()).wrap_mode(TextWrapMode::Wrap));
}

pub fn errors_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
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

pub fn help_ui(ui: &mut Ui, app: &App) {
    let t = &app.texts;
    title(ui, t.tr("command-help"));
    dialog_list(ui, "help", |ui| {
        for menu in Menu::ALL {
            ui.strong(t.tr(menu.text_key()));
            Grid::new(("help", menu.text_key())).num_columns(2).show(ui, |ui| {
                for command in Command::ALL.into_iter().filter(|c| c.menu() == menu) {
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

fn close_button(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    if ui.button(app.texts.tr("close")).clicked() {
        out.push(Action::Dialog(None));
    }
}
