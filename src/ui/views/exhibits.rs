//! The report as it is put together: its first page, and the exhibits in order with their words, what each rests on,
//! its rows as they were frozen, and whether the case still gives the same.

mod frozen;
mod preview;

use crate::app::exhibits::Again;
use crate::model::conclusions::{Change, Exhibit, ReportField};
use crate::present::display;
use crate::session::conclusions::{Lists, Verdicts};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, Command};
use crate::ui::state::{ExhibitsState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::widgets::exhibit_text::exhibit_text_ui;
use crate::ui::widgets::grid::GridState;
use crate::ui::widgets::subject::{stamp_text, write};
use egui::{Button, Color32, Frame, Grid, Id, Label, Margin, Panel, RichText, ScrollArea, TextEdit, Ui, vec2};
pub(crate) fn exhibits_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(lists) = case.conclusions.lists() else {
        ui.centered_and_justified(|ui| ui.label(t.tr("loading")));
        return;
    };
    let state = &mut state.exhibits;
    ui.horizontal(|ui| {
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
            ui.spinner();
            ui.weak(t.tr("exhibits-checking"));
        } else if let Some(verdicts) = case.conclusions.verdicts() {
            verdict_sum_ui(ui, app, lists, verdicts);
        }
    });
    let frame = Frame::new().inner_margin(Margin { right: 10, ..Margin::symmetric(0, 6) });
    Panel::left("exhibit-list").frame(frame).resizable(true).default_size(size::QUERY_LIST + 40.0).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            egui::CollapsingHeader::new(RichText::new(t.tr("report-settings")).strong())
                .default_open(lists.exhibits.is_empty())
                .show(ui, |ui| settings_ui(ui, app, lists, state, out));
            ui.add_space(size::GAP);
            list_ui(ui, app, case, lists, out);
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
        ui.add_space(ui.available_height() * 0.25);
        ui.vertical_centered(|ui| {
            ui.set_max_width(size::DIALOG);
            ui.add(Label::new(t.tr("exhibits-empty")).wrap());
        });
        return;
    };
    if state.of != Some(exhibit.id) || state.known != exhibit.text {
        if state.of != Some(exhibit.id) {
            (state.rows, state.section) = (GridState::default(), 0);
            state.selection.clear();
        }
        (state.of, state.draft, state.known) = (Some(exhibit.id), exhibit.text.clone(), exhibit.text.clone());
    }
    Frame::new().inner_margin(Margin::symmetric(12, 6)).show(ui, |ui| {
        words_of_ui(ui, app, exhibit, state, out);
        if let Some(again) = case.conclusions.verdicts().and_then(|verdicts| verdicts.get(&exhibit.id)) {
            let (ink, text) = verdict_text(ui, app, again);
            ui.add(Label::new(RichText::new(text).color(ink)).wrap());
        }
        frozen::frozen_ui(ui, app, case, exhibit, state);
    });
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
        let typed = state.fields.entry(field).or_insert_with(|| stored.to_owned());
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
        if response.lost_focus() && typed != stored {
            write(out, Change::SetReport { field, value: typed.clone() });
        } else if !response.has_focus() && typed != stored {
            // Undone, or written elsewhere.
            stored.clone_into(typed);
        }
    }
}

/// The exhibits in order: dragged by their handle, or moved by Alt and the arrows.
fn list_ui(ui: &mut Ui, app: &App, case: &OpenCase, lists: &Lists, out: &mut Vec<Action>) {
    let looked_at = case.conclusions.looked_at();
    let verdicts = case.conclusions.verdicts();
    for exhibit in &lists.exhibits {
        let row = ui.horizontal(|ui| {
            let handle = Id::unique(("exhibit", exhibit.id));
            ui.dnd_drag_source(handle, exhibit.id, |ui| ui.weak("::")).response.on_hover_text(app.texts.tr("drag-tip"));
            let verdict = match verdicts.and_then(|verdicts| verdicts.get(&exhibit.id)) {
                None => "",
                Some(Again::Same) => "○ ",
                Some(_) => "! ",
            };
            let text = format!("{verdict}{}. {}", exhibit.place, display::visible(&exhibit.text.caption));
            let text = (egui::Atom::from(text), egui::Atom::grow());
            let button = Button::selectable(looked_at == Some(exhibit.id), text).truncate();
            let response = ui.add(button.min_size(vec2(ui.available_width(), size::HEADER)));
            if response.clicked() {
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
    let width = (ui.available_width() - 130.0).clamp(200.0, 760.0);
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
