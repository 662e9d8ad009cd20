//! Freezing what the view on screen shows; tags and notes of something that is not the record under the cursor.

use super::{foot, lines_foot, path_width, title};
use crate::model::conclusions::{ExhibitText, Subject};
use crate::present::Language;
use crate::present::display;
use crate::questions::{MOST_ROWS, Question, TextQuestion};
use crate::session::action::{ExhibitDraft, ReportDraft};
use crate::session::conclusions::{ExhibitRequest, Task};
use crate::session::shown::Candidate;
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::exhibit_text::exhibit_text_ui;
use crate::ui::widgets::subject::subject_ui;
use egui::{ComboBox, Grid, Label, RichText, TextEdit, Ui, vec2};

/// Kinds whose rows the examiner can limit.
const LIMITED: [&str; 8] = ["flows", "events", "pairs", "conversations", "top", "sightings", "playbook", "sql"];

pub(super) fn add_exhibit_ui(
    ui: &mut Ui,
    app: &App,
    draft: &mut ExhibitDraft,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    title(ui, t.tr("command-add-exhibit"));
    let rows = draft.rows.trim().parse::<usize>().ok().filter(|rows| (1..=MOST_ROWS).contains(rows));
    let list = app.candidates(rows.unwrap_or(1));
    let Some(chosen) = list.get(draft.chosen).or(list.first()) else { return };
    let mut in_lines = false;
    Grid::new("exhibit").num_columns(2).spacing(vec2(12.0, 8.0)).show(ui, |ui| {
        let label = ui.label(t.tr("exhibit-what"));
        let combo = ComboBox::from_id_salt("exhibit-what").width(path_width(ui)).selected_text(name(app, chosen));
        let response = combo.show_ui(ui, |ui| {
            for (at, candidate) in list.iter().enumerate() {
                ui.selectable_value(&mut draft.chosen, at, name(app, candidate));
            }
        });
        response.response.labelled_by(label.id);
        ui.end_row();
        if LIMITED.contains(&chosen.kind.as_str()) {
            let label = ui.label(t.tr("exhibit-rows"));
            ui.horizontal(|ui| {
                ui.add(TextEdit::singleline(&mut draft.rows).desired_width(size::NUMBER_FIELD)).labelled_by(label.id);
                ui.weak(t.tr_args("exhibit-rows-tip", &[("most", &display::count(MOST_ROWS as u64))]));
            });
            ui.end_row();
        }
        if chosen.kind == "text" {
            let label = ui.label(t.tr("exhibit-words"));
            let field = TextEdit::multiline(&mut draft.words).desired_rows(4).desired_width(path_width(ui));
            in_lines |= ui.add(field).labelled_by(label.id).has_focus();
            ui.end_row();
        }
        in_lines |= exhibit_text_ui(ui, app, &mut draft.text, state.dialog_is_new, path_width(ui));
    });
    ui.add_space(size::GAP);
    ui.add(Label::new(RichText::new(t.tr_args("exhibit-tip", &[("zone", app.zone.name())])).weak()).wrap());
    let limited = !LIMITED.contains(&chosen.kind.as_str()) || rows.is_some();
    if !limited {
        ui.colored_label(theme::palette(ui).error, t.tr("exhibit-rows-wrong"));
    }
    let has_words = chosen.kind != "text" || !draft.words.trim().is_empty();
    let ready = limited && has_words && !draft.text.caption.trim().is_empty();
    // In a text of several lines Enter is a line; with Ctrl it continues from there too.
    let go_on = t.tr("exhibit-add");
    let goes_on = if in_lines { lines_foot(ui, app, &go_on, ready, out) } else { foot(ui, app, &go_on, ready, out) };
    if goes_on {
        let (kind, query) = match chosen.kind.as_str() {
            "text" => ("text".to_owned(), TextQuestion(draft.words.trim().to_owned()).query()),
            _ => (chosen.kind.clone(), chosen.query.clone()),
        };
        let text = ExhibitText { caption: draft.text.caption.trim().to_owned(), ..draft.text.clone() };
        out.push(Action::Write(Task::Exhibit(ExhibitRequest { kind, query, zone: app.zone.name(), text })));
    }
}

fn name(app: &App, candidate: &Candidate) -> String {
    app.texts.tr_args(&candidate.key, &[("what", &display::visible(&candidate.what))])
}

/// Where the report goes, in which language and forms.
pub(super) fn report_ui(ui: &mut Ui, app: &App, draft: &mut ReportDraft, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-write-report"));
    let label = ui.label(t.tr("report-folder"));
    ui.add(TextEdit::singleline(&mut draft.folder).desired_width(f32::INFINITY)).labelled_by(label.id);
    ui.add_space(size::GAP);
    let order = &mut draft.order;
    ui.horizontal(|ui| {
        ui.label(t.tr("report-language"));
        for language in Language::ALL {
            ui.radio_value(&mut order.language, language, t.tr(&language.text_key()));
        }
    });
    ui.horizontal(|ui| {
        ui.label(t.tr("report-forms"));
        ui.checkbox(&mut order.formats.html, "HTML");
        ui.checkbox(&mut order.formats.pdf, "PDF");
    });
    ui.horizontal(|ui| {
        let label = ui.label(t.tr("report-rows"));
        ui.add(egui::DragValue::new(&mut order.shown_rows).range(1..=5000)).labelled_by(label.id);
    });
    ui.checkbox(&mut order.with_time, t.tr("report-with-time"));
    ui.add_space(size::GAP);
    ui.add(Label::new(RichText::new(t.tr_args("report-tip", &[("zone", order.zone.name())])).weak()).wrap());
    if foot(ui, app, &t.tr("report-write"), !draft.folder.trim().is_empty(), out) {
        out.push(Action::WriteReport(Box::new(draft.clone())));
    }
}

pub(super) fn tags_and_notes_ui(ui: &mut Ui, app: &App, subject: &Subject, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let key = format!("subject-{}", subject.kind());
    title(ui, t.tr_args(&key, &[("what", &display::visible(&subject.key()))]));
    if let Some(case) = &app.case {
        // What is also looked at behind the dialog is one text in both.
        let UiState { subject: of_record, address_subject, dialog_subject, .. } = state;
        let shared = [of_record, address_subject].into_iter().find(|shared| shared.is_of(subject));
        subject_ui(ui, app, case, subject, shared.unwrap_or(dialog_subject), out);
    }
    ui.add_space(size::GAP_LARGE);
    if ui.button(t.tr("close")).clicked() {
        out.push(Action::Dialog(None));
    }
}
