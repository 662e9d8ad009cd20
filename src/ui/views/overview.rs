//! The case at a glance: what evidence there is, of which hours, how much, and the greatest of everything. Every figure leads
//! to the records that it counts.

use crate::app::open_case::OpenCase;
use crate::app::{Action, App, Command, Link, View, display, groups};
use crate::model::{Dataset, Timestamp};
use crate::query::{Coverage, Glance, GlanceList, Measure, Scope, TopQuery, TopRow, TopTable};
use crate::ui::theme::{self, size};
use crate::ui::widgets::bars::{Bar, bar_ui};
use crate::ui::widgets::coverage::coverage_ui;
use egui::{Button, Frame, Label, Margin, RichText, ScrollArea, Stroke, Ui};

pub fn overview_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some((glance, is_old)) = case.glance() else {
        let text = case.glance_fault().map_or_else(|| t.tr("loading"), str::to_owned);
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    if glance.totals.evidence == 0 && !is_old {
        return super::evidence::empty_ui(ui, app, out);
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        // Beside the scroll bar.
        ui.set_max_width(ui.available_width() - size::SCROLLBAR);
        head_ui(ui, app, glance, out);
        if is_old {
            ui.label(RichText::new(t.tr("overview-old")).color(theme::palette(ui).warning));
        }
        let parts = [(Dataset::Flows, &glance.flows), (Dataset::Events, &glance.events)];
        for (dataset, coverage) in parts {
            if let Some(coverage) = coverage {
                part_ui(ui, app, glance, dataset, coverage, out);
            }
        }
    });
}

/// A figure that leads somewhere.
pub(super) fn link_ui(
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

fn head_ui(ui: &mut Ui, app: &App, glance: &Glance, out: &mut Vec<Action>) {
    let (t, totals) = (&app.texts, &glance.totals);
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
        ui.strong(t.tr("overview-evidence"));
        let size = display::size(totals.file_bytes);
        let files = t.tr_args("overview-files", &[("count", &display::count(totals.evidence)), ("size", &size)]);
        link_ui(ui, files, None, || Action::Command(Command::ShowEvidence), out);
        if totals.warnings == 0 {
            ui.weak(t.tr("overview-no-warnings"));
        } else {
            let count = display::count(totals.warnings);
            let text = t.tr_args("overview-warnings", &[("count", &count)]);
            link_ui(ui, text, Some(t.tr("nav-warnings-tip")), || Action::Command(Command::ShowEvidence), out);
        }
        if totals.flow_duplicates > 0 {
            let count = display::count(totals.flow_duplicates);
            ui.weak(t.tr_args("overview-duplicates", &[("count", &count)]))
                .on_hover_text(t.tr("command-duplicates-tip"));
        }
    });
}

/// What there is of one kind of record.
fn part_ui(ui: &mut Ui, app: &App, glance: &Glance, dataset: Dataset, coverage: &Coverage, out: &mut Vec<Action>) {
    let (t, figures) = (&app.texts, &coverage.figures);
    let (title, records) = match dataset {
        Dataset::Flows => ("overview-flows", "overview-records"),
        Dataset::Events => ("overview-events", "overview-event-count"),
    };
    let all = Scope::all(dataset);
    ui.add_space(size::GAP_LARGE);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(t.tr(title)).heading());
        let text = t.tr_args(records, &[("count", &display::count(figures.records))]);
        link_ui(ui, text, None, || Action::Follow(Link::records(&all, None)), out);
        if let (Some(bytes), Some(packets)) = (figures.bytes, figures.packets) {
            let args = [("size", &*display::size(bytes)), ("packets", &*display::count(packets))];
            let tip = t.tr_args("overview-bytes-tip", &[("bytes", &display::count(bytes))]);
            let link = || Action::Follow(Link::records(&all, None).in_view(View::Pairs));
            link_ui(ui, t.tr_args("overview-bytes", &args), Some(tip), link, out);
        }
    });
    hours_ui(ui, app, coverage);
    ui.horizontal_wrapped(|ui| {
        for count in glance.counts.iter().filter(|count| count.scope.dataset == dataset) {
            let text = format!("{} {}", display::count(count.records), t.tr(&format!("count-{}", count.name)));
            if count.records == 0 {
                ui.weak(text);
            } else {
                let tip = groups::filter_text(&count.scope, None);
                link_ui(ui, text, Some(tip), || Action::Follow(Link::records(&count.scope, None)), out);
            }
            ui.add_space(size::GAP);
        }
    });
    ui.add_space(size::GAP);
    let lists: Vec<&GlanceList> =
        glance.lists.iter().filter(|l| l.query.scope.dataset == dataset && !l.table.rows.is_empty()).collect();
    let columns = (ui.available_width() / size::CARD).floor().clamp(1.0, 4.0) as usize;
    for row in lists.chunks(columns) {
        ui.columns(columns, |uis| {
            for (ui, list) in uis.iter_mut().zip(row) {
                let bad = matches!(list.name, "rejected-sources" | "rejected-pairs" | "error-codes");
                let title = t.tr(&format!("list-{}", list.name));
                card_ui(ui, app, &CardList { title, query: &list.query, table: &list.table, bad }, out);
            }
        });
    }
}

/// From when to when, and what is missing in between.
fn hours_ui(ui: &mut Ui, app: &App, coverage: &Coverage) {
    let t = &app.texts;
    let (Some(first), Some(last)) = (coverage.figures.first, coverage.figures.last) else { return };
    let zone = app.zone;
    let span = [("from", &*zone.format(first)), ("to", &*zone.format(last)), ("zone", zone.name())];
    let missing: i64 = coverage.gaps.iter().map(|(from, to)| (to - from) / 3600).sum();
    ui.horizontal_wrapped(|ui| {
        ui.label(t.tr_args("overview-span", &span));
        let all = coverage.hours + u64::try_from(missing).unwrap_or(0);
        let args = [("hours", &*display::count(coverage.hours)), ("all", &*display::count(all))];
        ui.label(t.tr_args("overview-hours", &args));
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
    pub table: &'a TopTable,
    pub bad: bool,
}

pub(super) fn card_ui(ui: &mut Ui, app: &App, list: &CardList<'_>, out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let frame = Frame::new().fill(p.surface).stroke(Stroke::new(1.0, p.line)).corner_radius(4.0);
    frame.inner_margin(Margin::same(size::CARD_MARGIN)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.add(Label::new(RichText::new(&list.title).strong()).truncate());
            ui.weak(t.tr(&format!("list-by-{}", list.query.measure.name())));
            let shown = list.table.rows.len() as u64;
            if list.table.groups > shown {
                let args = [("shown", &*display::count(shown)), ("all", &*display::count(list.table.groups))];
                ui.add(Label::new(RichText::new(t.tr_args("list-more", &args)).color(p.weak)).truncate());
            }
        });
        ui.spacing_mut().item_spacing.y = 0.0;
        let measured = |row: &TopRow| match list.query.measure {
            Measure::Bytes => row.figures.bytes.unwrap_or(0),
            Measure::Packets => row.figures.packets.unwrap_or(0),
            Measure::Records => row.figures.records.into(),
        };
        let most = list.table.rows.iter().map(measured).max().unwrap_or(1).max(1);
        for row in &list.table.rows {
            row_ui(ui, app, list, row, (measured(row), most), out);
        }
    });
}

fn row_ui(
    ui: &mut Ui,
    app: &App,
    list: &CardList<'_>,
    row: &TopRow,
    (value, most): (u128, u128),
    out: &mut Vec<Action>,
) {
    let (t, by) = (&app.texts, list.query.by);
    let key = groups::text(by, &row.key, app.zone, "–");
    let shown = match list.query.measure {
        Measure::Bytes => display::size(value),
        Measure::Packets | Measure::Records => display::count(value),
    };
    let args = [("list", &*list.title), ("key", &*key), ("value", &*shown)];
    let part = value as f32 / most as f32;
    let bar = Bar { name: t.tr_args("list-bar", &args), key: &key, value: &shown, part, bad: list.bad };
    let response = bar_ui(ui, &bar);
    let records = display::count(row.figures.records);
    let tip = match row.figures.bytes {
        Some(bytes) => t.tr_args("list-tip", &[("records", &records), ("bytes", &display::count(bytes))]),
        None => t.tr_args("overview-event-count", &[("count", &records)]),
    };
    if response.on_hover_text(tip).clicked() {
        out.push(Action::Follow(Link::records(&list.query.scope, Some((by, &row.key)))));
    }
}
