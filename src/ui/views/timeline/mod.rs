//! The timeline: tracks below each other over one axis of time, what each shows, and the ways to take it along.

mod heat;
mod shapes;
pub(crate) mod track;

use crate::model::Dataset;
use crate::present::chart::Shape;
use crate::present::chart::svg::{Colours, Drawing, Track as DrawnTrack};
use crate::present::display;
use crate::present::text::Texts;
use crate::query::{BinWidth, Measure};
use crate::session::open_case::OpenCase;
use crate::session::state::line_names;
use crate::session::timeline::{MOST_BINS, MOST_TRACKS, Plan, TOPS, TimelineAction, Track, WIDTHS, groups};
use crate::session::{Action, App, Dialog, Link, View};
use crate::ui::state::{TimelineState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::widgets::named::named_button;
use crate::ui::{filter_bar, time_bar};
use egui::{Button, ComboBox, Label, RichText, ScrollArea, TextEdit, Ui};

pub(crate) fn timeline_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    filter_bar::filter_bar_ui(ui, app, case, Dataset::Flows, state.filter(Dataset::Flows), out);
    state.filter(Dataset::Flows).take_leaves(app, View::Timeline);
    time_bar::time_bar_ui(ui, app, &mut state.time, out);
    let timeline = &case.timeline;
    tools_ui(ui, app, case, out);
    if timeline.tracks().is_empty() {
        ui.centered_and_justified(|ui| ui.weak(app.texts.tr("timeline-empty")));
        return;
    }
    let span = timeline.span(app.range.from, app.range.to);
    let state = &mut state.timeline;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - size::SCROLLBAR);
        // What the case has none of takes no more than its line.
        let is_held = |dataset| case.totals().is_none_or(|totals| totals.of(dataset) > 0);
        let held = timeline.tracks().iter().filter(|track| is_held(track.plan.dataset)).count();
        let missing = (timeline.tracks().len() - held) as f32 * size::TRACK_FRAME;
        let around = if state.plot.around > 0.0 { state.plot.around } else { size::TRACK_FRAME };
        let room = (ui.available_height() - missing) / held.max(1) as f32 - around;
        let height = room.floor().clamp(size::TRACK_MIN, size::TRACK_MAX);
        let (mut margin, mut around) = (0.0f32, 0.0f32);
        for (at, track) in timeline.tracks().iter().enumerate() {
            let top = ui.cursor().top();
            ui.push_id(track.id, |ui| {
                plan_ui(ui, app, case, at, track, state, out);
                match span {
                    _ if !is_held(track.plan.dataset) => drop(ui.weak(none_text(app, track.plan.dataset))),
                    Some(_) if track.plan.shape == Shape::Heat => heat::heat_ui(ui, app, track, out),
                    Some(span) => {
                        margin = margin.max(track::track_ui(ui, app, track, span, height, &mut state.plot, out));
                    }
                    None => track::nothing_ui(ui, app, track, height, out),
                }
            });
            let is_plotted = track.plan.shape != Shape::Heat && track.chart().is_some();
            if is_plotted && is_held(track.plan.dataset) {
                around = around.max(ui.cursor().top() - top - height);
            }
        }
        state.plot.measured(ui, margin, around);
    });
}

fn none_text(app: &App, dataset: Dataset) -> String {
    app.texts.tr(match dataset {
        Dataset::Flows => "timeline-no-flows",
        Dataset::Events => "timeline-no-events",
    })
}

/// What holds for every track.
fn tools_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let (t, timeline) = (&app.texts, &case.timeline);
    ui.horizontal_wrapped(|ui| {
        let width = |bin: BinWidth| match bin {
            BinWidth::Auto => t.tr("timeline-bin-auto"),
            BinWidth::Secs(secs) => t.duration(secs.into()),
        };
        let label = ui.label(t.tr("timeline-bin"));
        let seconds = timeline.span(app.range.from, app.range.to).map_or(0, |(from, to)| to - from);
        let combo = ComboBox::from_id_salt("timeline-bin").selected_text(width(timeline.bin())).show_ui(ui, |ui| {
            for bin in std::iter::once(BinWidth::Auto).chain(WIDTHS.map(BinWidth::Secs)) {
                let fits = match bin {
                    BinWidth::Auto => true,
                    BinWidth::Secs(secs) => seconds / i64::from(secs) <= MOST_BINS,
                };
                let button = Button::selectable(bin == timeline.bin(), width(bin));
                if ui.add_enabled(fits, button).on_disabled_hover_text(t.tr("timeline-bin-too-many")).clicked() {
                    out.push(Action::Timeline(TimelineAction::Bin(bin)));
                }
            }
        });
        combo.response.labelled_by(label.id);
        ui.separator();
        let more = timeline.tracks().len() < MOST_TRACKS;
        for (dataset, key) in [(Dataset::Flows, "timeline-add-flows"), (Dataset::Events, "timeline-add-events")] {
            if ui.add_enabled(more, Button::new(t.tr(key))).clicked() {
                out.push(Action::Timeline(TimelineAction::Add(dataset)));
            }
        }
        if ui.button(t.tr("timeline-nat")).on_hover_text(t.tr("timeline-nat-tip")).clicked() {
            out.push(Action::Timeline(TimelineAction::NatAlarm));
        }
        ui.separator();
        let any = timeline.tracks().iter().any(|track| track.chart().is_some_and(|chart| !chart.is_empty()));
        let copy = ui.add_enabled(any, Button::new(t.tr("copy-csv"))).on_hover_text(t.tr("timeline-csv-tip"));
        if copy.clicked() {
            out.push(Action::Timeline(TimelineAction::CopyCsv));
        }
        if ui.add_enabled(any, Button::new(t.tr("timeline-save"))).clicked() {
            let path = std::env::current_dir().unwrap_or_default().join("timeline.svg");
            out.push(Action::Dialog(Some(Dialog::SaveChart { path: path.to_string_lossy().into_owned() })));
        }
        // In a narrow half it goes on in the next line: a text that is wider than the view would push it aside.
        ui.add(Label::new(RichText::new(t.tr("timeline-hint")).small().weak()).wrap());
    });
}

/// What one track shows, each part of it a choice.
fn plan_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    at: usize,
    track: &Track,
    state: &mut TimelineState,
    out: &mut Vec<Action>,
) {
    let (t, plan) = (&app.texts, &track.plan);
    let mut changed: Option<Plan> = None;
    let mut change = |plan: Plan| changed = Some(plan);
    ui.horizontal_wrapped(|ui| {
        let name = t.tr("timeline-remove");
        if named_button(ui, true, Button::new("×").frame(false), &name).on_hover_text(&name).clicked() {
            out.push(Action::Timeline(TimelineAction::Remove(at)));
        }
        let dataset_name = |dataset| match dataset {
            Dataset::Flows => t.tr("nav-flows"),
            Dataset::Events => t.tr("nav-events"),
        };
        choice(ui, t, "dataset", dataset_name(plan.dataset), |ui| {
            for dataset in [Dataset::Flows, Dataset::Events] {
                if ui.selectable_label(dataset == plan.dataset, dataset_name(dataset)).clicked() {
                    change(Plan { dataset, ..plan.clone() });
                }
            }
        });
        if plan.dataset == Dataset::Flows {
            let name = |measure: Measure| t.tr(&format!("measure-{}", measure.name()));
            choice(ui, t, "measure", name(plan.measure), |ui| {
                for measure in Measure::ALL {
                    if ui.selectable_label(measure == plan.measure, name(measure)).clicked() {
                        change(Plan { measure, ..plan.clone() });
                    }
                }
            });
        }
        if plan.shape != Shape::Heat {
            let choices = groups(plan.dataset);
            let name = |key: &str| t.tr_args("timeline-by", &[("field", &group_name(app, key))]);
            let now = choices.iter().find(|(_, by)| *by == plan.by).map_or("nothing", |(key, _)| key);
            choice(ui, t, "by", name(now), |ui| {
                for (key, by) in &choices {
                    if ui.selectable_label(*by == plan.by, group_name(app, key)).clicked() {
                        change(Plan { by: *by, ..plan.clone() });
                    }
                }
            });
            if plan.by.is_some() {
                let name = |top: usize| t.tr_args("timeline-top", &[("count", &top.to_string())]);
                choice(ui, t, "top", name(plan.top), |ui| {
                    for top in TOPS {
                        if ui.selectable_label(top == plan.top, name(top)).clicked() {
                            change(Plan { top, ..plan.clone() });
                        }
                    }
                });
            }
        }
        let name = |shape: Shape| t.tr(&format!("shape-{}", shape.name()));
        choice(ui, t, "shape", name(plan.shape), |ui| {
            for shape in Shape::ALL {
                if ui.selectable_label(shape == plan.shape, name(shape)).clicked() {
                    change(Plan { shape, ..plan.clone() });
                }
            }
        });
        if plan.shape != Shape::Heat
            && let Some(threshold) = threshold_ui(ui, app, track, state)
        {
            change(Plan { threshold, ..plan.clone() });
        }
        if plan.dataset == Dataset::Events {
            events_filter_ui(ui, app, case, out);
        }
        if let Some(chart) = track.chart() {
            let bins = t.tr_args("timeline-bins", &[("length", &t.duration(chart.bin_secs.unsigned_abs()))]);
            ui.add(Label::new(RichText::new(bins).weak()).extend());
            if chart.left_out > 0 && track.shown_measure() != Measure::Records {
                let text = t.tr_args("pairs-left-out", &[("count", &display::count(chart.left_out))]);
                let label = Label::new(RichText::new(text).weak()).extend();
                ui.add(label).on_hover_text(t.tr("pairs-left-out-tip"));
            }
        }
    });
    out.extend(changed.map(|plan| Action::Timeline(TimelineAction::Change(at, plan))));
}

fn choice(ui: &mut Ui, texts: &Texts, id: &str, shown: String, entries: impl FnOnce(&mut Ui)) {
    // It does not wrap by itself.
    if ui.available_size_before_wrap().x < ui.spacing().combo_width {
        ui.end_row();
    }
    let combo = ComboBox::from_id_salt(id).selected_text(shown).height(size::MENU_LONG).show_ui(ui, entries);
    combo.response.accessible_name(texts.tr(&format!("choice-{id}")));
}

/// Fields keep their own names; the others have one in the catalogue.
fn group_name(app: &App, key: &str) -> String {
    match key {
        "nothing" | "pair" | "talker" | "service" | "principal" => app.texts.tr(&format!("group-{key}")),
        field => field.to_owned(),
    }
}

/// The new threshold once it was typed: `Some(None)` takes it away.
fn threshold_ui(ui: &mut Ui, app: &App, track: &Track, state: &mut TimelineState) -> Option<Option<u64>> {
    let t = &app.texts;
    let known = track.plan.threshold.map(display::count).unwrap_or_default();
    let mut typed = state.thresholds.get(&track.id).cloned().unwrap_or_else(|| known.clone());
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | ' ' | '_' | '\'')).collect();
    let number = if digits.is_empty() { Some(None) } else { digits.parse::<u64>().ok().map(Some) };
    let label = ui.label(t.tr("timeline-threshold"));
    let mut edit = TextEdit::singleline(&mut typed).align(egui::Align2::LEFT_CENTER).desired_width(size::NUMBER_FIELD);
    if number.is_none() {
        edit = edit.text_color(theme::palette(ui).error);
    }
    let response = ui.add(edit).labelled_by(label.id).on_hover_text(t.tr("timeline-threshold-tip"));
    if response.changed() {
        state.thresholds.insert(track.id, typed);
    }
    if response.lost_focus() {
        state.thresholds.remove(&track.id);
        return number.filter(|number| *number != track.plan.threshold);
    }
    None
}

/// The filter of the events, which the filter line above (of the flows) does not show.
fn events_filter_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let t = &app.texts;
    let filter = case.records(Dataset::Events).applied();
    let text = match filter {
        "" => t.tr("timeline-events-all"),
        filter => t.tr_args("timeline-events-filter", &[("filter", &display::visible(&display::clipped(filter).0))]),
    };
    let text = RichText::new(text).color(theme::palette(ui).accent);
    if ui.add(Button::new(text).frame(false).truncate()).on_hover_text(t.tr("timeline-events-tip")).clicked() {
        let (dataset, filter) = (Dataset::Events, filter.to_owned());
        let (view, range, duplicates) = (View::Records(dataset), app.range, app.duplicates);
        out.push(Action::Follow(Link { view, dataset, filter, range, duplicates }));
    }
}

/// The tracks as they are shown, to be saved: on white, whatever the theme, for paper.
pub(crate) fn drawing(app: &App, case: &OpenCase) -> Option<Drawing> {
    let t = &app.texts;
    let (from, to) = case.timeline.span(app.range.from, app.range.to)?;
    let tracks = case.timeline.tracks().iter().filter_map(|track| {
        let chart = track.chart()?;
        let measure = t.tr(&format!("measure-{}", track.shown_measure().name()));
        let bin = t.duration(chart.bin_secs.unsigned_abs());
        let title = match track.plan.dataset {
            Dataset::Flows => t.tr_args("timeline-title-flows", &[("measure", &measure), ("bin", &bin)]),
            Dataset::Events => t.tr_args("timeline-title-events", &[("bin", &bin)]),
        };
        Some(DrawnTrack {
            title,
            chart: chart.clone(),
            shape: track.plan.shape,
            is_bytes: track.plan.dataset == Dataset::Flows && track.shown_measure() == Measure::Bytes,
            names: line_names(track, app),
            colours: theme::print::lines(chart),
            threshold: track.plan.threshold,
        })
    });
    let filters = [Dataset::Flows, Dataset::Events].map(|dataset| case.records(dataset).applied());
    let caption = filters.iter().filter(|filter| !filter.is_empty()).copied().collect::<Vec<_>>().join("; ");
    let caption = if caption.is_empty() { display::file_name(&case.path) } else { caption };
    let tracks: Vec<DrawnTrack> = tracks.collect();
    let colours: Colours = theme::print::colours();
    (!tracks.is_empty()).then_some(Drawing { tracks, colours, from, to, zone: app.zone, caption })
}
