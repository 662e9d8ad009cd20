//! Details of the record under the cursor: its fields, the raw text, and where it came from.

use super::state::{InspectorState, UiState};
use super::theme;
use super::widgets::subject::{subject_ui, write};
use crate::filter::clause;
use crate::model::conclusions::{Change, Subject};
use crate::model::{RecordId, Value};
use crate::present::display;
use crate::query::Mark;
use crate::session::records::Records;
use crate::session::source::{Inspected, RecordDetail};
use crate::session::{Action, App, marks};
use egui::{Button, CollapsingHeader, Label, RichText, ScrollArea, Sense, TextEdit, TextWrapMode, Ui};

/// Characters of raw text that are laid out; all of it can be copied.
const SHOWN: usize = 200_000;

impl InspectorState {
    fn prepare(&mut self, id: RecordId, inspected: &Inspected) {
        if self.of == Some(id) {
            return;
        }
        self.of = Some(id);
        let bytes = inspected.raw.as_deref().unwrap_or_default();
        let cut = bytes.get(..SHOWN).unwrap_or(bytes);
        self.hidden_bytes = bytes.len() - cut.len();
        self.raw = display::visible_lines(&String::from_utf8_lossy(cut)).into_owned();
        let json = inspected.detail.json.as_deref().filter(|json| json.len() <= SHOWN);
        self.json = json.map(|json| display::visible_lines(&display::pretty_json(json)).into_owned());
    }
}

pub(crate) fn inspector_ui(ui: &mut Ui, app: &App, window: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(records) = app.records() else { return };
    // The panel is as wide as it was left, not as what it holds.
    ui.set_min_width(ui.available_width());
    ui.add_space(theme::size::GAP);
    let Some(id) = records.cursor_id() else {
        ui.weak(t.tr("inspector-empty"));
        return;
    };
    let Some((_, inspected)) = records.detail() else {
        ui.weak(t.tr("loading"));
        return;
    };
    let state = &mut window.inspector;
    state.prepare(id, inspected);
    let detail = &inspected.detail;
    ui.horizontal(|ui| {
        ui.strong(t.tr_args("inspector-title", &[("record", &id.to_string())]));
        let selected = records.selection.len();
        if selected > 1 {
            ui.weak(t.tr_args("inspector-selected", &[("count", &display::count(selected))]));
        }
    });
    ScrollArea::vertical().id_salt("inspector").auto_shrink([false, false]).show(ui, |ui| {
        if !inspected.marks.is_empty() {
            section(ui, &t.tr("inspector-marks"), |ui| marks_ui(ui, app, &inspected.marks));
        }
        if let Some(case) = &app.case {
            section(ui, &t.tr("inspector-written"), |ui| {
                subject_ui(ui, app, case, &Subject::Record(id), &mut window.subject, out);
                cite_ui(ui, app, records, out);
            });
        }
        section(ui, &t.tr("inspector-fields"), |ui| fields_ui(ui, app, records, detail, out));
        match &state.json {
            Some(json) => {
                section(ui, &t.tr("inspector-json"), |ui| text_ui(ui, app, json, detail.json.as_deref(), out))
            }
            None => section(ui, &t.tr("inspector-raw"), |ui| raw_ui(ui, app, state, inspected, out)),
        }
        section(ui, &t.tr("inspector-provenance"), |ui| provenance_ui(ui, app, detail, out));
    });
}

fn section(ui: &mut Ui, title: &str, content: impl FnOnce(&mut Ui)) {
    CollapsingHeader::new(RichText::new(title).strong()).default_open(true).show(ui, content);
}

/// Records that one finding is reported of at once.
const CITED: usize = 10_000;

/// The findings, to cite the selected records in one of them.
fn cite_ui(ui: &mut Ui, app: &App, records: &Records, out: &mut Vec<Action>) {
    let t = &app.texts;
    let lists = app.case.as_ref().and_then(|case| case.conclusions.lists());
    let Some(lists) = lists.filter(|lists| !lists.findings.is_empty()) else { return };
    ui.menu_button(t.tr("finding-cite"), |ui| {
        for finding in &lists.findings {
            let text = format!("{}. {}", finding.place, display::visible(&finding.text.title));
            if ui.button(text).clicked() {
                write(out, Change::Cite { finding: finding.id, records: records.selected_ids(CITED) });
                ui.close();
            }
        }
    });
    let cited: Vec<String> = lists
        .findings
        .iter()
        .filter(|finding| records.cursor_id().is_some_and(|id| finding.records.contains(&id)))
        .map(|finding| format!("{}. {}", finding.place, display::visible(&finding.text.title)))
        .collect();
    if !cited.is_empty() {
        ui.add(Label::new(t.tr_args("finding-cited-in", &[("findings", &t.list(&cited))])).wrap());
    }
}

/// Indicators and labels that the record matches.
pub(crate) fn marks_ui(ui: &mut Ui, app: &App, marks: &[Mark]) {
    let p = theme::palette(ui);
    for mark in marks {
        let (sign, ink) = if marks::is_sighting(mark) { ("◆ ", p.sighting) } else { ("", p.text) };
        for line in marks::told(&app.texts, [mark]) {
            let text = format!("{sign}{}: {}", mark.at.name(), display::visible(&line));
            ui.add(Label::new(RichText::new(text).color(ink)).wrap());
        }
    }
}

fn fields_ui(ui: &mut Ui, app: &App, records: &Records, detail: &RecordDetail, out: &mut Vec<Action>) {
    let dataset = records.dataset;
    for (field, value) in &detail.fields {
        let text = display::cell(value, *field, app.zone).unwrap_or_default();
        let hidden = match value {
            Value::Text(text) => display::clipped(text).1,
            _ => 0,
        };
        let response = field_row(ui, &display::header(*field, app.zone), &text);
        hidden_ui(ui, app, hidden);
        let owners = if let Value::Text(text) = value { app.owners_told(text) } else { Vec::new() };
        let hint: Vec<String> = display::hint(value, *field).into_iter().chain(owners).collect();
        let response = if hint.is_empty() { response } else { response.on_hover_text(hint.join("\n")) };
        response.context_menu(|ui| {
            let t = &app.texts;
            for (exclude, text) in [(false, t.tr("menu-only")), (true, t.tr("menu-exclude"))] {
                if ui.button(text).clicked() {
                    out.push(Action::Narrow(dataset, clause::clause(value, *field, exclude)));
                    ui.close();
                }
            }
            if ui.button(t.tr("menu-copy-value")).clicked() {
                out.extend(display::literal(value).map(Action::Copy));
                ui.close();
            }
        });
    }
    for (name, text) in &detail.further {
        let (shown, hidden) = display::clipped(text);
        let response = field_row(ui, &display::visible(&display::clipped(name).0), &display::visible(&shown));
        hidden_ui(ui, app, hidden);
        response.context_menu(|ui| {
            if ui.button(app.texts.tr("menu-copy-value")).clicked() {
                out.push(Action::Copy(text.clone()));
                ui.close();
            }
        });
    }
}

/// How much of a value is not shown.
fn hidden_ui(ui: &mut Ui, app: &App, chars: usize) {
    if chars > 0 {
        ui.weak(app.texts.tr_args("inspector-value-cut", &[("chars", &display::count(chars as u64))]));
    }
}

/// A name and a value side by side, each wrapping in its own column.
fn field_row(ui: &mut Ui, name: &str, text: &str) -> egui::Response {
    ui.horizontal_top(|ui| {
        let p = theme::palette(ui);
        let width = (ui.available_width() * 0.38).max(90.0);
        ui.allocate_ui_with_layout(egui::vec2(width, 0.0), egui::Layout::top_down(egui::Align::Min), |ui| {
            ui.set_width(width);
            ui.add(
                Label::new(RichText::new(name).color(p.weak).line_height(Some(theme::size::LINE)))
                    .wrap_mode(TextWrapMode::Wrap),
            );
        });
        let value = RichText::new(text).line_height(Some(theme::size::LINE));
        ui.add(Label::new(value).wrap_mode(TextWrapMode::Wrap).sense(Sense::click()))
    })
    .inner
}

fn raw_ui(ui: &mut Ui, app: &App, state: &InspectorState, inspected: &Inspected, out: &mut Vec<Action>) {
    match &inspected.raw {
        Ok(raw) => text_ui(ui, app, &state.raw, Some(&String::from_utf8_lossy(raw)), out),
        Err(why) => {
            ui.weak(app.texts.tr("inspector-no-raw"));
            ui.label(&*display::visible(&app.texts.because(why)));
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

fn provenance_ui(ui: &mut Ui, app: &App, detail: &RecordDetail, out: &mut Vec<Action>) {
    let t = &app.texts;
    let id = detail.id;
    let ids = |ids: &[RecordId]| t.list(&ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut rows = vec![
        (t.tr("provenance-file"), display::visible(&detail.evidence_path).into_owned()),
        (t.tr("provenance-position"), display::count(u64::from(id.position()))),
    ];
    if let Some(place) = detail.place {
        rows.push((t.tr("provenance-offset"), display::count(place.offset)));
        rows.push((t.tr("provenance-length"), display::count(place.len)));
    }
    rows.push((t.tr("provenance-sha256"), detail.file_sha256.clone()));
    rows.push((t.tr("provenance-record"), id.to_string()));
    if let Some(original) = detail.duplicate_of {
        rows.push((t.tr("provenance-duplicate"), original.to_string()));
    }
    if detail.occurrences.len() > 1 {
        rows.push((t.tr("provenance-occurrences"), ids(&detail.occurrences)));
    }
    for (other, fields) in &detail.conflicts {
        rows.push((t.tr("provenance-conflict"), format!("{} ({other})", t.list(fields))));
    }
    for (name, value) in &rows {
        field_row(ui, name, value);
    }
    if ui.add(Button::new(t.tr("copy-provenance")).small()).clicked() {
        let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        out.push(Action::Copy(lines.join("\n")));
    }
}
