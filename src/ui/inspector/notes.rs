//! What examiners wrote on the record: tags, notes, and the findings that cite it.

use super::InspectorState;
use crate::model::RecordId;
use crate::model::conclusions::{Change, Subject};
use crate::present::display;
use crate::session::open_case::OpenCase;
use crate::session::records::Records;
use crate::session::{Action, App};
use crate::ui::theme::{self, size};
use crate::ui::widgets::subject::{SubjectState, subject_ui, write};
use egui::{Align2, Button, Key, Label, RichText, TextEdit, Ui};

pub(super) fn notes_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    (records, id): (&Records, RecordId),
    state: &mut InspectorState,
    subject: &mut SubjectState,
    out: &mut Vec<Action>,
) {
    if app.is_nameless() {
        return examiner_ui(ui, app, &mut state.name, out);
    }
    subject_ui(ui, app, case, &Subject::Record(id), subject, out);
    cite_ui(ui, app, records, out);
    if records.selection.len() > 1 {
        ui.add_space(size::GAP);
        ui.add(Label::new(app.texts.tr("inspector-selected-tags")).wrap());
    }
}

/// Asks who writes; what was about to be written goes on from there.
fn examiner_ui(ui: &mut Ui, app: &App, name: &mut String, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.add(Label::new(t.tr("examiner-why")).wrap());
    ui.horizontal_wrapped(|ui| {
        let label = t.tr("examiner-name");
        let field = TextEdit::singleline(name).hint_text(label.as_str()).desired_width(size::POPUP);
        let field = ui.add(field.align(Align2::LEFT_CENTER)).accessible_name(&label);
        let may = !name.trim().is_empty();
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        if (ui.add_enabled(may, Button::new(t.tr("examiner-set"))).clicked() || entered) && may {
            out.push(Action::Examiner(name.clone()));
        }
    });
}

/// Records that one finding is reported of at once.
const CITED: usize = 10_000;

/// The findings, to cite the selected records in one of them.
fn cite_ui(ui: &mut Ui, app: &App, records: &Records, out: &mut Vec<Action>) {
    let t = &app.texts;
    let lists = app.case.as_ref().and_then(|case| case.conclusions.lists());
    let Some(lists) = lists.filter(|lists| !lists.findings.is_empty()) else { return };
    ui.menu_button(t.tr("finding-cite"), |ui| {
        let (selected, most) = (records.selection.len(), CITED as u64);
        if selected > most {
            let counts = [most, selected, selected - most].map(display::count);
            let [count, all, left] = counts.each_ref().map(String::as_str);
            let text = t.tr_args("finding-cite-first", &[("count", count), ("all", all), ("left", left)]);
            ui.add(Label::new(RichText::new(text).color(theme::palette(ui).warning)).wrap());
        }
        for finding in &lists.findings {
            let text = format!("{}. {}", finding.place, display::visible(&finding.text.title));
            if ui.button(text).clicked() {
                write(out, Change::Cite { finding: finding.id, records: records.selected_ids(CITED) });
                ui.close();
            }
        }
    });
    // The records of a finding are in order of their ids.
    let id = records.cursor_id();
    let cited: Vec<String> = lists
        .findings
        .iter()
        .filter(|finding| id.is_some_and(|id| finding.records.binary_search(&id).is_ok()))
        .map(|finding| format!("{}. {}", finding.place, display::visible(&finding.text.title)))
        .collect();
    if !cited.is_empty() {
        ui.add(Label::new(t.tr_args("finding-cited-in", &[("findings", &t.list(&cited))])).wrap());
    }
}
