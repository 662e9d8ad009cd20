//! The report as it is put together: its first page, and the exhibits in order with their words, what each rests on,
//! its rows as they were frozen, and whether the case still gives the same.

mod frozen;
mod preview;

use crate::app::exhibits::Again;
use crate::model::Dataset;
use crate::model::conclusions::{Change, Exhibit, ReportField};
use crate::present::display;
use crate::session::conclusions::{Lists, Verdicts};
use crate::session::open_case::OpenCase;
use crate::session::unsaved::{self, Place, Words};
use crate::session::{Action, App, Command, View};
use crate::ui::focus::{self, Arrows, PaneId, group_ui, pane_ui, sized_ui};
use crate::ui::state::{ExhibitsState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::widgets::empty::{Empty, offer_ui};
use crate::ui::widgets::exhibit_text::exhibit_text_ui;
use crate::ui::widgets::grid::GridState;
use crate::ui::widgets::subject::{stamp_text, write};
use crate::ui::widgets::unsaved::keep;
use egui::{Button, Color32, Frame, Grid, Id, Label, Margin, Panel, RichText, ScrollArea, Sense, TextEdit, Ui, vec2};

pub(crate) fn exhibits_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(lists) = case.conclusions.lists() else {
        ui.centered_and_justified(|ui| ui.label(t.tr("loading")));
        return;
    };
    let state = &mut state.exhibits;
    tools_ui(ui, app, case, lists, out);
    let frame = Frame::new().inner_margin(Margin { right: 10, ..Margin::symmetric(0, 6) });
    let width = (size::QUERY_LIST + 40.0).min(ui.available_width() * 0.4);
    sized_ui(ui, Panel::left("exhibit-list").frame(frame).default_size(width), |ui| {
        pane_ui(ui, t, PaneId::List, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                egui::CollapsingHeader::new(RichText::new(t.tr("report-settings")).strong())
                    .default_open(lists.exhibits.is_empty())
                    .show(ui, |ui| settings_ui(ui, app, lists, state, out));
                ui.add_space(size::GAP);
                group_ui(ui, Id::unique("exhibits"), Arrows::Along, |ui| list_ui(ui, app, case, lists, out));
            });
        });
    });
    if case.preview.shows() {
        Frame::new().inner_margin(Margin { left: 12, ..Margin::same(4) }).show(ui, |ui| {
            preview::preview_ui(ui, app, case, &mut state.preview, out);
        });
        return;
    }
    let looked_at = case.conclusions.looked_at().and_then(|id| lists.exhibit(id));
    let Some(exhibit) = looked_at else {
        let empty = Empty { title: t.tr("empty-exhibits"), text: t.tr("exhibits-empty") };
        let shown = [View::Overview, View::Records(Dataset::Flows), View::Queries].map(Command::Show);
        let commands: Vec<Command> = shown.into_iter().chain([Command::AddExhibit]).collect();
        return offer_ui(ui, app, &empty, &commands, out);
    };
    let (place, revision) = (Place::Exhibit(exhibit.id), app.unsaved.revision());
    if state.of != Some(exhibit.id) || state.known != exhibit.text || state.revision != revision {
        if state.of != Some(exhibit.id) {
            (state.rows, state.section) = (GridState::default(), 0);
            state.selection.clear();
        }
        let typed = app.unsaved.get(&place).map(|words| unsaved::exhibit(words, &exhibit.text));
        state.draft = typed.unwrap_or_else(|| exhibit.text.clone());
        (state.of, state.known, state.revision) = (Some(exhibit.id), exhibit.text.clone(), revision);
    }
    Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        if ui.available_height() >= size::EXHIBIT_LEAST {
            about_ui(ui, app, case, exhibit, state, out);
            return frozen::frozen_ui(ui, app, case, exhibit, state, out);
        }
        // Where there is no height for its rows below what is written about it, all of it is scrolled.
        ScrollArea::vertical().id_salt("exhibit").auto_shrink([false, false]).show(ui, |ui| {
            about_ui(ui, app, case, exhibit, state, out);
            let room = vec2(ui.available_width(), size::BYTES);
            ui.allocate_ui(room, |ui| frozen::frozen_ui(ui, app, case, exhibit, state, out));
        });
    });
}

/// What is done with all of them.
fn tools_ui(ui: &mut Ui, app: &App, case: &OpenCase, lists: &Lists, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        ui.heading(t.tr("nav-exhibits"));
        if ui.button(t.tr("exhibits-add-text")).clicked() {
            out.push(Action::Command(Command::AddExhibit));
        }
        let has = !lists.exhibits.is_empty();
        let check = Button::new(t.tr("command-check-exhibits"));
        if ui.add_enabled(has && !case.conclusions.is_checking(), check).clicked() {
            out.push(Action::Command(Command::CheckExhibits));
        }
        let preview = Button::selectable(case.preview.shows(), t.tr("command-preview-report"));
        if ui.add(preview).on_hover_text(t.tr("command-preview-report-tip")).clicked() {
            out.push(Action::Command(Command::PreviewReport));
        }
        if ui.button(t.tr("command-write-report")).clicked() {
            out.push(Action::Command(Command::WriteReport));
        }
        if case.conclusions.is_checking() {
            crate::ui::motion::busy_ui(ui);
            ui.weak(t.tr("exhibits-checking"));
        } else if let Some(verdicts) = case.conclusions.verdicts() {
            verdict_sum_ui(ui, app, lists, verdicts);
        }
    });
}

/// What is written about an exhibit, and what the last check found.
fn about_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    exhibit: &Exhibit,
    state: &mut ExhibitsState,
    out: &mut Vec<Action>,
) {
    words_of_ui(ui, app, exhibit, state, out);
    let typed = (state.draft != state.known).then(|| unsaved::of_exhibit(&state.draft));
    keep(app, Place::Exhibit(exhibit.id), typed, out);
    if let Some(again) = case.conclusions.verdicts().and_then(|verdicts| verdicts.get(&exhibit.id)) {
        let (ink, text) = verdict_text(ui, app, again);
        ui.add(Label::new(RichText::new(text).color(ink)).wrap());
    }
}

fn verdict_text(ui: &Ui, app: &App, again: &Again) -> (Color32, String) {
    let p = theme::palette(ui);
    let text = app.texts.tr(&format!("verdict-{}", again.name().replace('_', "-")));
    match again {
        Again::Same => (p.good, format!("○ {text}")),
        other => (p.error, format!("! {text}: {}", display::visible(&app.texts.because(&other.detail())))),
    }
}

fn verdict_sum_ui(ui: &mut Ui, app: &App, lists: &Lists, verdicts: &Verdicts) {
    let known = |exhibit: &&Exhibit| verdicts.contains_key(&exhibit.id);
    let checked = lists.exhibits.iter().filter(known).count();
    let same = lists.exhibits.iter().filter(|exhibit| verdicts.get(&exhibit.id).is_some_and(Again::is_same)).count();
    let (same, checked) = (same as u64, checked as u64);
    let text = app
        .texts
        .tr_args("exhibits-verdicts", &[("same", &display::count(same)), ("checked", &display::count(checked))]);
    let p = theme::palette(ui);
    ui.label(RichText::new(text).color(if same == checked { p.good } else { p.error }));
}

/// Title, reference, examiner ... A field is kept when it is left.
fn settings_ui(ui: &mut Ui, app: &App, lists: &Lists, state: &mut ExhibitsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let totals = app.case.as_ref().and_then(|case| case.totals());
    for field in ReportField::ALL {
        let stored = lists.report(field);
        let place = Place::Report(field);
        let recovered = app.unsaved.text(&place);
        let typed = state.fields.entry(field).or_insert_with(|| recovered.unwrap_or(stored).to_owned());
        // What the case says of itself stands for what is not written.
        let usual = totals.map_or("", |totals| match field {
            ReportField::Title => totals.title.as_str(),
            ReportField::Reference => totals.reference.as_str(),
            ReportField::Examiner => totals.examiner.as_str(),
            ReportField::Organisation | ReportField::Mark | ReportField::Summary => "",
        });
        let label = ui.label(t.tr(&format!("report-{}", field.name())));
        let rows = if field == ReportField::Summary { 5 } else { 1 };
        let edit = match rows {
            1 => TextEdit::singleline(typed),
            rows => TextEdit::multiline(typed).desired_rows(rows),
        };
        let response = ui.add(edit.hint_text(&*display::visible(usual)).desired_width(f32::INFINITY));
        let response = response.labelled_by(label.id);
        if typed != stored && response.has_focus() {
            keep(app, place, Some(Words::from([(unsaved::TEXT.to_owned(), typed.clone())])), out);
        } else if typed != stored && response.lost_focus() {
            write(out, Change::SetReport { field, value: typed.clone() });
        } else if let Some(recovered) = recovered.filter(|recovered| recovered != &stored) {
            recovered.clone_into(typed);
            unsaved_field_ui(ui, app, field, recovered, out);
        } else if typed != stored && !app.unsaved.is_under_way(&place) {
            // Undone, or written elsewhere.
            stored.clone_into(typed);
        }
    }
}

/// What the last run left in a field of the report.
fn unsaved_field_ui(ui: &mut Ui, app: &App, field: ReportField, typed: &str, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal(|ui| {
        ui.weak(t.tr("unsaved-field"));
        if ui.small_button(t.tr("save")).clicked() {
            write(out, Change::SetReport { field, value: typed.to_owned() });
        }
        if ui.small_button(t.tr("unsaved-discard")).clicked() {
            out.push(Action::DiscardTyped(Place::Report(field)));
        }
    });
}

/// The exhibits in order: dragged by their handle, or moved by Alt and the arrows.
fn list_ui(ui: &mut Ui, app: &App, case: &OpenCase, lists: &Lists, out: &mut Vec<Action>) {
    let looked_at = case.conclusions.looked_at();
    let verdicts = case.conclusions.verdicts();
    for exhibit in &lists.exhibits {
        let row = ui.horizontal(|ui| {
            // For the mouse only: the keyboard moves the row itself.
            let handle = ui.weak("::");
            let handle = ui.interact(handle.rect, Id::unique(("exhibit", exhibit.id)), Sense::DRAG);
            handle.dnd_set_drag_payload(exhibit.id);
            handle.on_hover_text(app.texts.tr("drag-tip"));
            let verdict = match verdicts.and_then(|verdicts| verdicts.get(&exhibit.id)) {
                None => "",
                Some(Again::Same) => "○ ",
                Some(_) => "! ",
            };
            let text = format!("{verdict}{}. {}", exhibit.place, display::visible(&exhibit.text.caption));
            let text = (egui::Atom::from(text), egui::Atom::grow());
            let is_chosen = looked_at == Some(exhibit.id);
            let button = Button::selectable(is_chosen, text).truncate();
            let response = ui.add(button.min_size(vec2(ui.available_width(), size::HEADER)));
            let by_key = focus::choosing(ui, &response, is_chosen);
            if response.clicked() || by_key {
                out.push(Action::LookAt(exhibit.id));
            }
            if response.has_focus() {
                keys(ui, exhibit, lists, out);
            }
        });
        let response = row.response;
        if let Some(dragged) = response.dnd_hover_payload::<i64>() {
            let p = theme::palette(ui);
            // Where it comes to be: from above behind this one, from below before it.
            let comes_down = lists.exhibit(*dragged).is_some_and(|dragged| dragged.place < exhibit.place);
            let y = if comes_down { response.rect.bottom() } else { response.rect.top() };
            ui.painter().hline(response.rect.x_range(), y, egui::Stroke::new(2.0, p.accent));
        }
        if let Some(dropped) = response.dnd_release_payload::<i64>()
            && *dropped != exhibit.id
        {
            write(out, Change::MoveExhibit { id: *dropped, place: exhibit.place });
        }
    }
}

fn keys(ui: &Ui, exhibit: &Exhibit, lists: &Lists, out: &mut Vec<Action>) {
    let alt = egui::Modifiers::ALT;
    let (up, down, delete) = ui.input_mut(|i| {
        let up = i.consume_key(alt, egui::Key::ArrowUp);
        let down = i.consume_key(alt, egui::Key::ArrowDown);
        (up, down, i.consume_key(egui::Modifiers::NONE, egui::Key::Delete))
    });
    let last = lists.exhibits.len() as i64;
    if up && exhibit.place > 1 {
        write(out, Change::MoveExhibit { id: exhibit.id, place: exhibit.place - 1 });
    }
    if down && exhibit.place < last {
        write(out, Change::MoveExhibit { id: exhibit.id, place: exhibit.place + 1 });
    }
    if delete {
        write(out, Change::RemoveExhibit(exhibit.id));
    }
}

fn words_of_ui(ui: &mut Ui, app: &App, exhibit: &Exhibit, state: &mut ExhibitsState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let width = (ui.available_width() - 130.0).clamp(120.0, 760.0);
    Grid::new("exhibit-words").num_columns(2).spacing(vec2(12.0, 6.0)).show(ui, |ui| {
        exhibit_text_ui(ui, app, &mut state.draft, false, width);
    });
    let changed = state.draft != state.known;
    let good = !state.draft.caption.trim().is_empty();
    ui.horizontal_wrapped(|ui| {
        if ui.add_enabled(changed && good, theme::primary_button(ui, &t.tr("save"))).clicked() {
            write(out, Change::EditExhibit { id: exhibit.id, text: state.draft.clone() });
        }
        if ui.add_enabled(changed, Button::new(t.tr("revert"))).clicked() {
            state.draft = state.known.clone();
        }
        let live = Button::new(t.tr("exhibit-live"));
        if ui.add_enabled(exhibit.frozen.kind != "text", live).on_hover_text(t.tr("exhibit-live-tip")).clicked() {
            out.push(Action::OpenExhibit(exhibit.id));
        }
        if ui.button(t.tr("remove")).clicked() {
            write(out, Change::RemoveExhibit(exhibit.id));
        }
        let stamp = &exhibit.life.created;
        ui.weak(stamp_text(app, stamp));
    });
}
