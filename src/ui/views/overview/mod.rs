//! The case at a glance: what evidence there is, of which hours, how much, and the greatest of everything. Every figure leads
//! to the records that it counts.

mod standouts;

use crate::analysis::coverage::{Coverage, Sources};
use crate::analysis::glance::GlanceCount;
use crate::app::rescued::Origin;
use crate::model::{Dataset, TimeRange, Timestamp, Value};
use crate::present::display;
use crate::query::{Mark, Measure, Scope, TopQuery, TopRow, TopTable, Totals};
use crate::questions::group;
use crate::session::marks::AddressMarks;
use crate::session::open_case::OpenCase;
use crate::session::overview::TOP_ROWS;
use crate::session::{Action, App, Command, Link, View, marks};
use crate::ui::theme::{self, size};
use crate::ui::widgets::bars::{Bar, bar_ui};
use crate::ui::widgets::coverage::coverage_ui;
use crate::ui::widgets::pages::page_keys;
use egui::{Align, Button, Frame, Label, Layout, Margin, RichText, ScrollArea, Stroke, Ui};

pub(crate) fn overview_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let t = &app.texts;
    if whole_ui(ui, app, case, View::Overview, out) {
        return;
    }
    let Some(totals) = case.totals() else { return };
    if totals.evidence == 0 && !app.is_importing() {
        return super::evidence::no_evidence_ui(ui, app, out);
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        page_keys(ui);
        // Beside the scroll bar.
        ui.set_max_width(ui.available_width() - size::SCROLLBAR);
        head_ui(ui, app, totals, out);
        if let Some(origin) = case.rescued() {
            rescued_ui(ui, app, origin);
        }
        imported_ui(ui, app, out);
        standouts::standouts_ui(ui, app, case, out);
        if case.glance.is_older_than(case.revision()) {
            ui.label(RichText::new(t.tr("overview-old")).color(theme::palette(ui).warning));
        }
        for why in case.glance.faults() {
            ui.label(RichText::new(display::visible(&why.why(t))).color(theme::palette(ui).error));
        }
        for dataset in [Dataset::Flows, Dataset::Events] {
            if case.glance.has(dataset) {
                part_ui(ui, app, case, dataset, out);
            }
        }
    });
}

/// A figure that leads somewhere.
pub(in crate::ui) fn link_ui(
    ui: &mut Ui,
    text: String,
    tip: Option<String>,
    action: impl FnOnce() -> Action,
    out: &mut Vec<Action>,
) {
    let text = RichText::new(text).color(theme::palette(ui).accent);
    let mut response = ui.add(Button::new(text).frame(false));
    response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if let Some(tip) = tip {
        response = response.on_hover_text(tip);
    }
    if response.clicked() {
        out.push(action());
    }
}

/// A case that was saved from a damaged one says so.
fn rescued_ui(ui: &mut Ui, app: &App, origin: &Origin) {
    let of = display::visible(&origin.of);
    let count = display::count(origin.lost_count);
    let text = app.texts.tr_args("overview-rescued", &[("case", &of), ("count", &count)]);
    let lost: String = origin.lost.iter().map(|line| format!("\n{}", display::visible(line))).collect();
    let text = RichText::new(text).color(theme::palette(ui).warning);
    ui.label(text).on_hover_text(format!("SHA-256 {}{lost}", origin.sha256));
}

fn head_ui(ui: &mut Ui, app: &App, totals: &Totals, out: &mut Vec<Action>) {
    let t = &app.texts;
    let title = display::visible(&totals.title);
    ui.horizontal_wrapped(|ui| {
        if !title.is_empty() {
            ui.heading(&*title);
        }
        for (key, name, value) in [
            ("overview-reference", "reference", &totals.reference),
            ("overview-examiner", "examiner", &totals.examiner),
        ] {
            if !value.is_empty() {
                ui.weak(t.tr_args(key, &[(name, &display::visible(value))]));
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_LARGE;
        ui.strong(t.tr("overview-evidence"));
        let size = display::size(totals.file_bytes);
        let files = t.tr_args("overview-files", &[("count", &display::count(totals.evidence)), ("size", &size)]);
        link_ui(ui, files, None, || Action::Command(Command::Show(View::Evidence)), out);
        if totals.warnings == 0 {
            ui.weak(t.tr("overview-no-warnings"));
        } else {
            let count = display::count(totals.warnings);
            let text = t.tr_args("overview-warnings", &[("count", &count)]);
            link_ui(ui, text, Some(t.tr("nav-warnings-tip")), || Action::Command(Command::Show(View::Evidence)), out);
        }
        if totals.flow_duplicates > 0 {
            let count = display::count(totals.flow_duplicates);
            ui.weak(t.tr_args("overview-duplicates", &[("count", &count)]))
                .on_hover_text(t.tr("command-duplicates-tip"));
        }
    });
}

/// What there is of one kind of record, as far as it is counted.
fn part_ui(ui: &mut Ui, app: &App, case: &OpenCase, dataset: Dataset, out: &mut Vec<Action>) {
    let (t, glance) = (&app.texts, &case.glance);
    ui.add_space(size::GAP_LARGE);
    let coverage = glance.coverage(dataset);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_LARGE;
        let title = match dataset {
            Dataset::Flows => "overview-flows",
            Dataset::Events => "overview-events",
        };
        ui.label(RichText::new(t.tr(title)).heading());
        match coverage {
            Some(coverage) => figures_ui(ui, app, dataset, coverage, out),
            None => {
                ui.weak(t.tr("overview-counting"));
            }
        }
    });
    counts_ui(ui, app, glance.counts(dataset).filter(|count| count.is_part), true, out);
    counts_ui(ui, app, glance.counts(dataset).filter(|count| !count.is_part), false, out);
    if let Some(coverage) = coverage {
        hours_ui(ui, app, coverage);
    }
    if let Some(sources) = glance.sources(dataset) {
        sources_ui(ui, app, sources, out);
    }
    ui.add_space(size::GAP);
    // A list that turned out empty is not shown; one that is still counted keeps its place.
    let lists: Vec<_> =
        glance.lists(dataset).filter(|(.., list)| list.is_none_or(|list| !list.table.rows.is_empty())).collect();
    let columns = (ui.available_width() / size::CARD).floor().clamp(1.0, 4.0) as usize;
    for row in lists.chunks(columns) {
        ui.columns(columns, |uis| {
            for (ui, (name, query, list)) in uis.iter_mut().zip(row) {
                let bad = matches!(*name, "rejected-sources" | "rejected-pairs" | "error-codes");
                let title = t.tr(&format!("list-{name}"));
                let table = list.map(|list| &list.table);
                card_ui(ui, app, &CardList { title, query, table, bad, marks: glance.marks(name) }, out);
            }
        });
    }
}

/// Parts that add up to all records, or what is counted among them. Of the parts, those that are usual are there even where
/// they are empty.
fn counts_ui<'a>(
    ui: &mut Ui,
    app: &App,
    counts: impl Iterator<Item = &'a GlanceCount>,
    are_parts: bool,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let is_usual = |name: &str| matches!(name, "accepted" | "rejected" | "errors" | "no-errors");
    let counts = counts.filter(|count| !are_parts || count.records > 0 || is_usual(count.name));
    ui.horizontal_wrapped(|ui| {
        let mut is_first = true;
        for count in counts {
            if std::mem::take(&mut is_first) {
                ui.weak(t.tr(if are_parts { "overview-parts" } else { "overview-among" }));
            } else if are_parts {
                ui.weak("+");
            } else {
                ui.add_space(size::GAP);
            }
            let text = t.tr_args(&format!("count-{}", count.name), &[("count", &display::count(count.records))]);
            if count.records == 0 {
                ui.weak(text);
            } else {
                let tip = group::filter_text(&count.scope, None);
                link_ui(ui, text, Some(tip), || Action::Follow(Link::records(&count.scope, None)), out);
            }
        }
    });
}

/// Sources that are named one by one.
const SOURCES: usize = 3;

/// Sources of which hours are missing: the hours of all together do not show that.
fn sources_ui(ui: &mut Ui, app: &App, sources: &Sources, out: &mut Vec<Action>) {
    let t = &app.texts;
    if sources.gaps.is_empty() {
        return;
    }
    let kind = if sources.dataset == Dataset::Flows { "flows" } else { "events" };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_LARGE;
        let (count, all) = (display::count(sources.gaps.len() as u64), display::count(sources.count));
        let text = t.tr_args(&format!("overview-sources-{kind}"), &[("count", &count), ("all", &all)]);
        ui.label(RichText::new(text).color(theme::palette(ui).warning));
        for gap in sources.gaps.iter().take(SOURCES) {
            let zone = app.zone;
            let time = |secs| zone.format(Timestamp::from_secs(secs));
            let name = display::visible(&gap.name()).into_owned();
            let hours = display::count(gap.hours());
            let text = t.tr_args("overview-source", &[("source", &name), ("hours", &hours)]);
            let runs = gap.runs.iter().take(RUNS).map(|(from, to)| {
                let args = [("from", &*time(*from)), ("to", &*time(*to)), ("zone", zone.name())];
                t.tr_args("overview-gap", &args)
            });
            let mut tip: Vec<String> = runs.collect();
            if gap.runs.len() > RUNS {
                tip.push("…".to_owned());
            }
            // The records around the first of the hours.
            let bound = |secs| Some(Timestamp::from_secs(secs));
            let range = gap.runs.first().map_or(TimeRange::default(), |(from, to)| TimeRange {
                from: bound(from - 3600),
                to: bound(to + 3600),
            });
            let scope = Scope { range, ..gap.records.clone() };
            link_ui(ui, text, Some(tip.join("\n")), || Action::Follow(Link::records(&scope, None)), out);
        }
        link_ui(ui, t.tr("overview-coverage"), None, || Action::ShowQuery("coverage"), out);
    });
}

/// Runs of hours that a tool tip lists.
const RUNS: usize = 12;

/// What the last import into this case came to, as long as the window is open.
fn imported_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(job) = app.jobs.list().iter().rev().find(|job| app.is_open(&job.case)) else { return };
    ui.horizontal_wrapped(|ui| {
        ui.label(if job.is_running() { t.tr("job-running") } else { job.outcome(t) });
        link_ui(ui, t.tr("overview-import"), None, || Action::Command(Command::ShowJobs), out);
    });
}

fn figures_ui(ui: &mut Ui, app: &App, dataset: Dataset, coverage: &Coverage, out: &mut Vec<Action>) {
    let (t, figures, all) = (&app.texts, &coverage.figures, Scope::all(dataset));
    let records = match dataset {
        Dataset::Flows => "overview-records",
        Dataset::Events => "overview-event-count",
    };
    let text = t.tr_args(records, &[("count", &display::count(figures.records))]);
    link_ui(ui, text, None, || Action::Follow(Link::records(&all, None)), out);
    if let (Some(bytes), Some(packets)) = (figures.bytes, figures.packets) {
        let args = [("size", &*display::size(bytes)), ("packets", &*display::count(packets))];
        let tip = t.tr_args("overview-bytes-tip", &[("bytes", &display::count(bytes))]);
        let link = || Action::Follow(Link::records(&all, None).in_view(View::Pairs));
        link_ui(ui, t.tr_args("overview-bytes", &args), Some(tip), link, out);
    }
}

/// From when to when, and what is missing in between.
fn hours_ui(ui: &mut Ui, app: &App, coverage: &Coverage) {
    let t = &app.texts;
    let (Some(first), Some(last)) = (coverage.figures.first, coverage.figures.last) else { return };
    let zone = app.zone;
    let span = [("from", &*zone.format(first)), ("to", &*zone.format(last)), ("zone", zone.name())];
    ui.horizontal_wrapped(|ui| {
        ui.label(t.tr_args("overview-span", &span));
        let all = coverage.hours + coverage.missing_hours();
        let args = [("hours", &*display::count(coverage.hours)), ("all", &*display::count(all))];
        ui.label(t.tr_args("overview-hours", &args)).on_hover_text(t.tr("overview-hours-tip"));
        if !coverage.gaps.is_empty() {
            let text = t.tr_args("overview-gaps", &[("count", &display::count(coverage.gaps.len() as u64))]);
            ui.label(RichText::new(text).color(theme::palette(ui).warning));
        }
    });
    let (response, gap) = coverage_ui(ui, &t.tr("coverage-name"), (first.secs(), last.secs()), &coverage.gaps);
    if let Some((from, to)) = gap {
        let time = |secs| zone.format(Timestamp::from_secs(secs));
        let args = [("from", &*time(from)), ("to", &*time(to)), ("zone", zone.name())];
        response.on_hover_text_at_pointer(t.tr_args("overview-gap", &args));
    }
}

/// Of a list that is drawn with bars.
pub(super) struct CardList<'a> {
    pub title: String,
    pub query: &'a TopQuery,
    /// `None` while it is being counted.
    pub table: Option<&'a TopTable>,
    pub bad: bool,
    pub marks: Option<&'a AddressMarks>,
}

/// Around a card.
pub(super) fn card_frame(ui: &Ui) -> Frame {
    let p = theme::palette(ui);
    let frame = Frame::new().fill(p.surface).stroke(Stroke::new(1.0, p.line)).corner_radius(4.0);
    frame.inner_margin(Margin::same(size::CARD_MARGIN))
}

/// Work that is done in parts, and can be stopped and resumed.
pub(super) struct Parts {
    pub done: usize,
    pub all: usize,
    pub is_stopped: bool,
    /// Ids of what is said while it runs, and while it is stopped.
    pub texts: [&'static str; 2],
}

/// How far it is while it is not done, with a button that stops or resumes it. True when that is pressed.
pub(super) fn parts_ui(ui: &mut Ui, app: &App, parts: &Parts) -> bool {
    let (t, Parts { done, all, is_stopped, texts: [running, stopped] }) = (&app.texts, parts);
    if done == all {
        return false;
    }
    let args = [("done", &*display::count(*done as u64)), ("all", &*display::count(*all as u64))];
    let (text, button) = if *is_stopped { (stopped, "standouts-resume") } else { (running, "cancel") };
    ui.weak(t.tr_args(text, &args));
    ui.add(Button::new(t.tr(button)).small()).clicked()
}

pub(super) fn card_ui(ui: &mut Ui, app: &App, list: &CardList<'_>, out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    card_frame(ui).show(ui, |ui| {
        // From the right: the figure is never clipped, the words are where room is short.
        let row = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            if let Some(table) = list.table.filter(|table| table.groups > table.rows.len() as u64) {
                let shown = display::count(table.rows.len() as u64);
                let args = [("shown", &*shown), ("all", &*display::count(table.groups))];
                let text = RichText::new(t.tr_args("list-more", &args)).color(p.accent);
                if ui.add(Button::new(text).frame(false)).on_hover_text(t.tr("list-whole")).clicked() {
                    out.push(Action::TopList(Some((list.title.clone(), Box::new(list.query.clone())))));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(&list.title).strong()).truncate());
                let by = RichText::new(t.tr(&format!("list-by-{}", list.query.measure.name()))).weak();
                ui.add(Label::new(by).truncate());
            });
        });
        ui.spacing_mut().item_spacing.y = 0.0;
        let Some(table) = list.table else {
            ui.weak(t.tr("overview-counting"));
            // Where the rows will be, so that nothing jumps when they come.
            ui.add_space(size::ROW * (TOP_ROWS - 1) as f32);
            return;
        };
        let keys = table.rows.iter().map(|row| row.key.as_slice());
        let names = group::short_texts(list.query.by, keys, app.zone, display::ABSENT);
        for (row, name) in table.rows.iter().zip(&names) {
            row_ui(ui, app, list, (row, name.as_str()), most(list.query, table), out);
        }
    });
}

fn measured(query: &TopQuery, row: &TopRow) -> u128 {
    match query.measure {
        Measure::Bytes => row.figures.bytes.unwrap_or(0),
        Measure::Packets => row.figures.packets.unwrap_or(0),
        Measure::Records => row.figures.records.into(),
    }
}

/// The rows come by their measure.
fn most(query: &TopQuery, table: &TopTable) -> u128 {
    table.rows.first().map_or(1, |row| measured(query, row)).max(1)
}

/// A list as a whole in the place of the view, if one was asked for.
pub(super) fn whole_ui(ui: &mut Ui, app: &App, case: &OpenCase, view: View, out: &mut Vec<Action>) -> bool {
    let Some((title, query, table)) = case.top_list.shown(view) else { return false };
    let t = &app.texts;
    ui.horizontal(|ui| {
        if ui.button(t.tr("list-back")).clicked() {
            out.push(Action::TopList(None));
        }
        ui.heading(title);
        ui.weak(t.tr(&format!("list-by-{}", query.measure.name())));
        if let Some(table) = table {
            let (shown, all) = (display::count(table.rows.len() as u64), display::count(table.groups));
            ui.weak(t.tr_args("list-more", &[("shown", &shown), ("all", &all)]));
        }
    });
    let Some(table) = table else {
        let text = case.top_list.fault().map_or_else(|| t.tr("overview-counting"), |why| why.why(t));
        ui.centered_and_justified(|ui| ui.label(text));
        return true;
    };
    let marks = case.top_list.marks();
    let list = CardList { title: title.to_owned(), query, table: Some(table), bad: false, marks };
    let most = most(query, table);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, size::ROW, table.rows.len(), |ui, rows| {
        ui.set_max_width(ui.available_width() - size::SCROLLBAR);
        for row in table.rows.get(rows).unwrap_or_default() {
            let name = group::short_text(query.by, &row.key, app.zone, display::ABSENT, true);
            row_ui(ui, app, &list, (row, name.as_str()), most, out);
        }
    });
    true
}

/// A group with its name in the list.
fn row_ui(ui: &mut Ui, app: &App, list: &CardList<'_>, (row, key): (&TopRow, &str), most: u128, out: &mut Vec<Action>) {
    let (t, by) = (&app.texts, list.query.by);
    let value = measured(list.query, row);
    let shown = match list.query.measure {
        Measure::Bytes => display::size(value),
        Measure::Packets | Measure::Records => display::count(value),
    };
    let args = [("list", &*list.title), ("key", key), ("value", &*shown)];
    let part = value as f32 / most as f32;
    let of = |value: &Value| match value {
        Value::Text(text) => list.marks?.get(text),
        _ => None,
    };
    let marks: Vec<&Mark> = row.key.iter().filter_map(of).flatten().collect();
    let (sighted, label) = (marks.iter().any(|mark| marks::is_sighting(mark)), marks::label(marks.iter().copied()));
    let bar = Bar { name: t.tr_args("list-bar", &args), key, value: &shown, part, bad: list.bad, sighted, label };
    let told = |elided: bool| {
        let records = display::count(row.figures.records);
        let tip = match row.figures.bytes {
            Some(bytes) => t.tr_args("list-tip", &[("records", &records), ("bytes", &display::count(bytes))]),
            None => t.tr_args("overview-event-count", &[("count", &records)]),
        };
        let text = |value: &Value| if let Value::Text(text) = value { app.owners_told(text) } else { Vec::new() };
        let owners = row.key.iter().flat_map(text);
        // What was shortened, in full.
        let in_full = Some(group::text(by, &row.key, app.zone, display::ABSENT)).filter(|full| elided || full != key);
        in_full.into_iter().chain([tip]).chain(marks::told(t, marks)).chain(owners).collect()
    };
    if bar_ui(ui, &bar, told).clicked() {
        out.push(Action::Follow(Link::records(&list.query.scope, Some((by, &row.key)))));
    }
}
