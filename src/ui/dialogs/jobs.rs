//! Imports that run or ran: how far, how fast and how long still; what became of every file and line; the files, those with
//! warnings first.

use super::tell::{close_button, failure_ui};
use super::{dialog_list, title};
use crate::present::display;
use crate::session::evidence::EvidenceAction;
use crate::session::import_sums::FileDone;
use crate::session::jobs::{Job, JobState};
use crate::session::{Action, App, Dialog, View};
use crate::ui::theme::{self, size};
use egui::{Button, Grid, Label, ProgressBar, RichText, TextWrapMode, Ui};

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
            ("files", display::count(job.sums.evidence())),
            ("warnings", display::count(job.sums.rejected)),
            ("failures", display::count(job.failures.len() as u64)),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
        ui.label(t.tr_args("job-counts", &args));
        if job.is_running() && ui.button(t.tr("cancel-import")).clicked() {
            out.push(Action::CancelJob(job.id));
        }
    });
    if job.is_running() {
        progress_ui(ui, app, job);
    }
    sums_ui(ui, app, job);
    for file in job.about_format.iter().filter_map(|at| job.files.get(*at)) {
        proposal_ui(ui, app, job, file, out);
        read_otherwise_ui(ui, app, file);
    }
    for error in &job.failures {
        failure_ui(ui, app, error);
    }
    files_ui(ui, app, job, out);
}

/// How far it is, how fast, and how long it takes still; what is not known is said to be unknown.
fn progress_ui(ui: &mut Ui, app: &App, job: &Job) {
    let (t, progress) = (&app.texts, &job.progress);
    let done = display::size(progress.done_bytes);
    let total = display::size(progress.total_bytes);
    let text = t.tr_args("job-bytes", &[("done", &done), ("total", &total)]);
    ui.add(ProgressBar::new(progress.fraction().unwrap_or(0.0)).text(text));
    let current = display::visible(&progress.current.to_string_lossy()).into_owned();
    ui.add(Label::new(current).wrap_mode(TextWrapMode::Wrap));
    ui.horizontal_wrapped(|ui| {
        let (files, all) = (display::count(progress.files_done), display::count(progress.files_total));
        ui.weak(t.tr_args("job-files", &[("done", &files), ("all", &all)]));
        if let (Some(rate), Some(bytes)) = (progress.rate(), progress.byte_rate()) {
            let args = [("rate", &*display::count(rate as u64)), ("size", &*display::size(bytes as u64))];
            ui.weak(t.tr_args("job-rate", &args));
        }
        ui.weak(match progress.left_secs() {
            Some(left) => t.tr_args("status-time-left", &[("time", &t.duration(left))]),
            None if progress.is_finishing() => t.tr("job-finishing"),
            None => t.tr("job-left-unknown"),
        });
    });
}

/// What became of everything that was found: two sums whose parts are all named.
fn sums_ui(ui: &mut Ui, app: &App, job: &Job) {
    let (t, sums) = (&app.texts, &job.sums);
    let waiting = if job.is_running() { "job-sum-waiting" } else { "job-sum-unreached" };
    let files = [
        ("job-sum-imported", sums.imported),
        ("job-sum-unrecognised", sums.unrecognised),
        ("job-sum-empty", sums.empty),
        ("job-sum-copies", sums.copies),
        ("job-sum-failed", sums.failed),
        ("job-sum-left-out", sums.left_out),
        (waiting, sums.waiting()),
    ];
    let records = [
        ("job-sum-flows", sums.flows),
        ("job-sum-events", sums.events),
        ("job-sum-listed", sums.listed),
        ("job-sum-duplicates", sums.duplicates),
        ("job-sum-rejected", sums.rejected),
    ];
    Grid::new(("job-sums", job.id)).num_columns(2).show(ui, |ui| {
        for (total, count, parts) in
            [("job-sum-found", sums.found, files.as_slice()), ("job-sum-read", sums.read(), records.as_slice())]
        {
            ui.strong(t.tr_args(total, &[("count", &display::count(count))]));
            let parts = parts.iter().filter(|(_, count)| *count > 0);
            let parts = parts.map(|(key, count)| t.tr_args(key, &[("count", &display::count(*count))]));
            let parts = parts.collect::<Vec<_>>().join(" + ");
            let sum = if parts.is_empty() { parts } else { format!("= {parts}") };
            ui.add(Label::new(sum).wrap());
            ui.end_row();
        }
    });
    for (key, count) in
        [("job-sum-members", sums.members), ("job-sum-notes", sums.notes), ("job-sum-in-copies", sums.in_copies)]
    {
        if count > 0 {
            ui.weak(t.tr_args(key, &[("count", &display::count(count))]));
        }
    }
}

/// Files that are listed; all of them are in Evidence.
const LISTED: usize = 200;

/// The files at the last of these places, the newest first.
fn last<'a>(job: &'a Job, places: &[usize], most: usize) -> Vec<&'a FileDone> {
    places.iter().rev().take(most).filter_map(|at| job.files.get(*at)).collect()
}

/// Those with warnings first. One below the other: a grid would be as wide as the longest path.
fn files_ui(ui: &mut Ui, app: &App, job: &Job, out: &mut Vec<Action>) {
    let t = &app.texts;
    let is_open = app.is_open(&job.case);
    let noteworthy = last(job, &job.noteworthy, LISTED);
    let others = last(job, &job.others, LISTED - noteworthy.len());
    if !job.noteworthy.is_empty() {
        ui.strong(t.tr_args("job-noteworthy", &[("count", &display::count(job.noteworthy.len() as u64))]));
    }
    for file in &noteworthy {
        file_ui(ui, app, file, is_open, out);
    }
    if !job.others.is_empty() {
        ui.strong(t.tr("job-others"));
    }
    for file in &others {
        file_ui(ui, app, file, is_open, out);
    }
    let more = job.files.len() - noteworthy.len() - others.len();
    if more > 0 {
        ui.weak(t.tr_args("job-more", &[("count", &display::count(more as u64))]));
    }
}

fn file_ui(ui: &mut Ui, app: &App, file: &FileDone, is_open: bool, out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let path = display::visible(&file.path).into_owned();
    match file.evidence.filter(|_| is_open) {
        Some(id) => {
            let button = Button::new(RichText::new(path).color(p.accent)).frame(false).wrap();
            if ui.add(button).on_hover_text(t.tr("evidence-details")).clicked() {
                out.push(Action::Dialog(None));
                out.push(Action::Evidence(EvidenceAction::LookAt(Some(id))));
                out.push(Action::Warnings(Some(id)));
                out.push(Action::Show(View::Evidence));
            }
        }
        None => {
            ui.add(Label::new(path).wrap_mode(TextWrapMode::Wrap));
        }
    }
    ui.horizontal_wrapped(|ui| {
        ui.weak(if file.known { t.tr("job-known") } else { file.format.clone() });
        ui.weak(t.tr_args("job-records", &[("count", &display::count(file.records))]));
        ui.weak(t.tr_args("job-duplicates", &[("count", &display::count(file.duplicates))]));
        let warnings = t.tr_args("job-warnings", &[("count", &display::count(file.warnings))]);
        ui.label(RichText::new(warnings).color(if file.warnings > 0 { p.warning } else { p.weak }));
        if file.notes > 0 {
            ui.label(t.tr_args("job-notes", &[("count", &display::count(file.notes))]));
        }
    });
    ui.add_space(size::GAP / 2.0);
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
