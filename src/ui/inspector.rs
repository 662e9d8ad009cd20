//! Everything about the record under the cursor: its fields, the raw text, and where it came from.

use super::theme;
use crate::app::records::Records;
use crate::app::source::{RecordDetail, Value};
use crate::app::{Action, App, display};
use crate::model::{RecordId, field};
use egui::{Button, CollapsingHeader, Grid, Label, RichText, ScrollArea, Sense, TextEdit, TextWrapMode, Ui};

/// The raw text made ready to be shown, kept while the record stays the same.
#[derive(Default)]
pub struct InspectorState {
    of: Option<RecordId>,
    raw: String,
    json: Option<String>,
    hidden_bytes: usize,
}

/// Characters of raw text that are laid out; all of it can be copied.
const SHOWN: usize = 200_000;

impl InspectorState {
    fn prepare(&mut self, id: RecordId, detail: &RecordDetail) {
        if self.of == Some(id) {
            return;
        }
        self.of = Some(id);
        let bytes = detail.raw.as_deref().unwrap_or_default();
        let cut = bytes.get(..SHOWN).unwrap_or(bytes);
        self.hidden_bytes = bytes.len() - cut.len();
        self.raw = display::visible_lines(&String::from_utf8_lossy(cut)).into_owned();
        let json = detail.json.as_deref().filter(|json| json.len() <= SHOWN);
        self.json = json.map(|json| display::visible_lines(&display::pretty_json(json)).into_owned());
    }
}

pub fn inspector_ui(ui: &mut Ui, app: &App, state: &mut InspectorState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(records) = app.records() else { return };
    ui.add_space(theme::size::GAP);
    let Some(id) = records.cursor_id() else {
        ui.weak(t.tr("inspector-empty"));
        return;
    };
    let Some((_, detail)) = records.detail() else {
        ui.weak(t.tr("loading"));
        return;
    };
    state.prepare(id, detail);
    ui.horizontal(|ui| {
        ui.strong(t.tr_args("inspector-title", &[("record", &id.to_string())]));
        let selected = records.selection.len();
        if selected > 1 {
            ui.weak(t.tr_args("inspector-selected", &[("count", &display::count(selected))]));
        }
    });
    ScrollArea::vertical().id_salt("inspector").auto_shrink([false, false]).show(ui, |ui| {
        section(ui, &t.tr("inspector-fields"), |ui| fields_ui(ui, app, records, detail, out));
        match &state.json {
            Some(json) => {
                section(ui, &t.tr("inspector-json"), |ui| text_ui(ui, app, json, detail.json.as_deref(), out))
            }
            None => section(ui, &t.tr("inspector-raw"), |ui| raw_ui(ui, app, state, detail, out)),
        }
        section(ui, &t.tr("inspector-provenance"), |ui| provenance_ui(ui, app, id, detail, out));
    });
}

fn section(ui: &mut Ui, title: &str, content: impl FnOnce(&mut Ui)) {
    CollapsingHeader::new(RichText::new(title).strong()).default_open(true).show(ui, content);
}

fn fields_ui(ui: &mut Ui, app: &App, records: &Records, detail: &RecordDetail, out: &mut Vec<Action>) {
    let dataset = records.dataset;
    for (name, value) in detail.fields.iter().filter(|(_, value)| *value != Value::Null) {
        let known = field::by_name(dataset, name);
        let text = match (known, value) {
            (Some(field), value) => display::cell(value, field, app.zone).unwrap_or_default(),
            (None, Value::Text(text)) => display::visible(text).into_owned(),
            (None, Value::Int(number)) => number.to_string(),
            (None, Value::Null) => String::new(),
        };
        ui.horizontal_top(|ui| {
            let p = theme::palette(ui);
            let shown_name =
                known.map_or_else(|| display::visible(name).into_owned(), |f| display::header(f, app.zone));
            let width = (ui.available_width() * 0.38).max(90.0);
            let label = Label::new(RichText::new(&shown_name).color(p.weak)).wrap_mode(TextWrapMode::Wrap);
            ui.allocate_ui_with_layout(egui::vec2(width, 0.0), egui::Layout::top_down(egui::Align::Min), |ui| {
                ui.set_width(width);
                ui.add(label);
            });
            let response = ui.add(Label::new(&text).wrap_mode(TextWrapMode::Wrap).sense(Sense::click()));
            let response = match known.and_then(|f| display::hint(value, f)) {
                Some(hint) => response.on_hover_text(hint),
                None => response,
            };
            response.context_menu(|ui| {
                if let Some(field) = known {
                    for (exclude, text) in [(false, app.texts.tr("menu-only")), (true, app.texts.tr("menu-exclude"))] {
                        if ui.button(text).clicked() {
                            out.push(Action::Narrow(dataset, display::clause(value, field, exclude)));
                            ui.close();
                        }
                    }
                }
                if ui.button(app.texts.tr("menu-copy-value")).clicked() {
                    let literal = known.and_then(|f| display::literal(value, f)).unwrap_or(text.clone());
                    out.push(Action::Copy(literal));
                    ui.close();
                }
            });
        });
    }
}

fn raw_ui(ui: &mut Ui, app: &App, state: &InspectorState, detail: &RecordDetail, out: &mut Vec<Action>) {
    match &detail.raw {
        Some(raw) => text_ui(ui, app, &state.raw, Some(&String::from_utf8_lossy(raw)), out),
        None => {
            ui.weak(app.texts.tr("inspector-no-raw"));
        }
    }
    if state.hidden_bytes > 0 {
        let bytes = display::count(state.hidden_bytes as u64);
        ui.weak(app.texts.tr_args("inspector-cut", &[("bytes", &bytes)]));
    }
}

/// Text that can be selected but not changed, and copied as it was written.
fn text_ui(ui: &mut Ui, app: &App, mut shown: &str, original: Option<&str>, out: &mut Vec<Action>) {
    if let Some(original) = original
        && ui.add(Button::new(app.texts.tr("copy-raw")).small()).clicked()
    {
        out.push(Action::Copy(original.to_owned()));
    }
    let edit = TextEdit::multiline(&mut shown).font(theme::mono()).desired_width(f32::INFINITY).desired_rows(2);
    ui.add(edit).accessible_name(app.texts.tr("inspector-raw"));
}

fn provenance_ui(ui: &mut Ui, app: &App, id: RecordId, detail: &RecordDetail, out: &mut Vec<Action>) {
    let t = &app.texts;
    let rows = [
        (t.tr("provenance-file"), display::visible(&detail.evidence_path).into_owned()),
        (t.tr("provenance-position"), display::count(detail.position)),
        (t.tr("provenance-offset"), display::count(detail.byte_offset)),
        (t.tr("provenance-length"), display::count(detail.byte_length)),
        (t.tr("provenance-sha256"), detail.evidence_sha256.clone()),
        (t.tr("provenance-record"), id.to_string()),
    ];
    Grid::new("provenance").num_columns(2).show(ui, |ui| {
        for (name, value) in &rows {
            ui.label(RichText::new(name).color(theme::palette(ui).weak));
            ui.add(Label::new(value).wrap_mode(TextWrapMode::Wrap));
            ui.end_row();
        }
    });
    if ui.add(Button::new(t.tr("copy-provenance")).small()).clicked() {
        let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        out.push(Action::Copy(lines.join("\n")));
    }
}
