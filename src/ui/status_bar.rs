//! The last line: how many of how many, what runs, what went wrong, which case.

use super::theme;
use crate::model::Dataset;
use crate::present::display;
use crate::session::jobs::Job;
use crate::session::{Action, App, Command, View};
use egui::{Align, Button, Label, Layout, ProgressBar, RichText, TextStyle, Ui, vec2};

pub(crate) fn status_bar_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        // The right end first: it keeps its room, and what is before it is shortened.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            case_ui(ui, app, out);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| work_ui(ui, app, out));
        });
    });
}

fn case_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    if let Some(case) = &app.case {
        if let Some(totals) = case.totals().filter(|t| !t.examiner.is_empty()) {
            shortened(ui, &display::visible(&totals.examiner));
            ui.separator();
        }
        let path = display::visible(&case.path.to_string_lossy()).into_owned();
        shortened(ui, &display::file_name(&case.path)).on_hover_text(path);
    }
    let errors = app.errors.entries().len();
    if errors > 0 {
        let p = theme::palette(ui);
        let text = app.texts.tr_args("status-errors", &[("count", &errors.to_string())]);
        let color = if app.errors.unseen() > 0 { p.error } else { p.weak };
        if ui.add(Button::new(RichText::new(text).color(color))).clicked() {
            out.push(Action::Command(Command::ShowErrors));
        }
    }
}

/// On one line and in a part of the bar, however long it is.
fn shortened(ui: &mut Ui, text: &str) -> egui::Response {
    let font = TextStyle::Body.resolve(ui.style());
    let wide = ui.painter().layout_no_wrap(display::clipped(text).0.into_owned(), font, egui::Color32::WHITE).size().x;
    let width = (wide + 1.0).min(ui.ctx().content_rect().width() * 0.25);
    let height = ui.available_height();
    ui.allocate_ui_with_layout(vec2(width, height), Layout::left_to_right(Align::Center), |ui| {
        ui.add(Label::new(text).truncate())
    })
    .inner
}

fn work_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    if let Some(text) = counts(app) {
        ui.label(text);
        ui.separator();
    }
    let is_narrow = ui.ctx().content_rect().width() < theme::size::WINDOW_NARROW;
    let job = app.jobs.running();
    if let Some(totals) = app.case.as_ref().and_then(|c| c.totals()).filter(|_| job.is_none() || !is_narrow) {
        let size = display::size(totals.file_bytes);
        ui.label(t.tr_args("status-evidence-size", &[("size", &size)]));
        ui.separator();
    }
    if let Some(job) = job {
        job_ui(ui, app, job, out);
    }
    if app.is_indexing() {
        ui.label(t.tr("status-indexing")).on_hover_text(t.tr("status-indexing-tip"));
        ui.separator();
    } else if let Some(why) = app.index_trouble() {
        let tip = t.tr_args("status-no-index-tip", &[("why", &display::visible(&t.because(why)))]);
        ui.label(RichText::new(t.tr("status-no-index")).color(theme::palette(ui).weak)).on_hover_text(tip);
        ui.separator();
    }
    copying_ui(ui, app, out);
    exports_ui(ui, app, out);
    if let Some(notice) = &app.notice {
        let told = ui.add(Label::new(notice).truncate());
        // A screen reader says it without being asked.
        ui.ctx().accesskit_node_builder(told.id, |node| node.set_live(egui::accesskit::Live::Polite));
    }
}

/// `1,204,332 of 10,000,000 records`.
fn counts(app: &App) -> Option<String> {
    let View::Records(dataset) = app.view else { return None };
    let case = app.case.as_ref()?;
    let shown = display::count(case.records(dataset).row_count()?);
    let total = display::count(case.totals()?.of(dataset));
    let args = [("shown", shown.as_str()), ("total", total.as_str())];
    Some(match dataset {
        Dataset::Flows => app.texts.tr_args("status-records", &args),
        Dataset::Events => app.texts.tr_args("status-events", &args),
    })
}

/// Rows on their way to the clipboard: how far, and a button that stops it.
fn copying_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let Some(progress) = app.case.as_ref().and_then(|case| case.copying.progress()) else { return };
    ui.label(app.texts.tr("status-copying"));
    progress_ui(ui, app, progress);
    if ui.button(app.texts.tr("cancel-copy")).clicked() {
        out.push(Action::StopCopying);
    }
    ui.separator();
}

/// So many rows of so many.
fn progress_ui(ui: &mut Ui, app: &App, (done, total): (u64, u64)) {
    let args = [("shown", &*display::count(done)), ("all", &*display::count(total))];
    let bar = ProgressBar::new(done as f32 / total.max(1) as f32).desired_width(theme::size::PROGRESS);
    ui.add(bar.text(app.texts.tr_args("list-more", &args)));
}

/// Results on their way into files: how far, and a button that stops them.
fn exports_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    for (at, export) in app.exports.running().iter().enumerate() {
        shortened(ui, &t.tr_args("status-exporting", &[("path", &display::file_name(&export.path))]));
        match export.progress() {
            Some(progress) => progress_ui(ui, app, progress),
            None => {
                crate::ui::motion::busy_ui(ui);
            }
        }
        if ui.button(t.tr("cancel-export")).clicked() {
            out.push(Action::CancelExport(at));
        }
        ui.separator();
    }
}

fn job_ui(ui: &mut Ui, app: &App, job: &Job, out: &mut Vec<Action>) {
    let t = &app.texts;
    let fraction = job.progress.fraction();
    let percent = format!("{:.0} %", fraction.unwrap_or(0.0) * 100.0);
    let text = t.tr_args("status-importing", &[("percent", &percent)]);
    if !app.is_open(&job.case) {
        shortened(ui, &t.tr_args("job-into", &[("case", &display::file_name(&job.case))]));
    }
    let bar = ProgressBar::new(fraction.unwrap_or(0.0)).desired_width(theme::size::PROGRESS).text(text.clone());
    if ui.add(bar).on_hover_text(t.tr("command-jobs-tip")).interact(egui::Sense::click()).clicked() {
        out.push(Action::Command(Command::ShowJobs));
    }
    ui.label(t.tr_args("status-import-records", &[("count", &display::count(job.progress.records))]));
    if let Some(left) = job.progress.left_secs() {
        ui.label(t.tr_args("status-time-left", &[("time", &t.duration(left))]));
    }
    if ui.button(t.tr("cancel-import")).clicked() {
        out.push(Action::CancelJob(job.id));
    }
    ui.separator();
}
