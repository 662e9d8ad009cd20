//! Caption, note and finding of an exhibit.

use crate::model::conclusions::ExhibitText;
use crate::present::display;
use crate::session::App;
use egui::{ComboBox, TextEdit, Ui};

/// Rows of a grid; `is_new`: the first field takes the focus. Is a text of several lines being typed?
pub(crate) fn exhibit_text_ui(ui: &mut Ui, app: &App, text: &mut ExhibitText, is_new: bool, width: f32) -> bool {
    let t = &app.texts;
    let label = ui.label(t.tr("exhibit-caption"));
    let field = ui.add(TextEdit::singleline(&mut text.caption).desired_width(width)).labelled_by(label.id);
    if is_new {
        field.request_focus();
    }
    ui.end_row();
    let label = ui.label(t.tr("exhibit-note"));
    let note = ui.add(TextEdit::multiline(&mut text.note).desired_rows(2).desired_width(width));
    let in_lines = note.labelled_by(label.id).has_focus();
    ui.end_row();
    let findings = app.case.as_ref().and_then(|case| case.conclusions.lists()).map(|lists| lists.findings.as_slice());
    let label = ui.label(t.tr("exhibit-finding"));
    let none = t.tr("exhibit-no-finding");
    let shown = |id: Option<i64>| {
        let found = findings.into_iter().flatten().find(|finding| Some(finding.id) == id);
        found.map_or_else(|| none.clone(), |f| format!("{}. {}", f.place, display::visible(&f.text.title)))
    };
    let width = width.min(ui.available_width());
    let combo = ComboBox::from_id_salt("exhibit-finding").width(width).truncate().selected_text(shown(text.finding));
    let response = combo.show_ui(ui, |ui| {
        ui.selectable_value(&mut text.finding, None, none.clone());
        for finding in findings.into_iter().flatten() {
            ui.selectable_value(&mut text.finding, Some(finding.id), shown(Some(finding.id)));
        }
    });
    response.response.labelled_by(label.id);
    ui.end_row();
    in_lines
}
