//! Where the record came from, and how to see its bytes.

use crate::model::RecordId;
use crate::present::display;
use crate::query::RecordDetail;
use crate::session::open_case::OpenCase;
use crate::session::{Action, App};
use crate::ui::theme;
use crate::ui::widgets::leaves::spans;
use egui::{Button, Label, RichText, Sense, TextWrapMode, Ui};

pub(super) fn provenance_ui(ui: &mut Ui, app: &App, case: &OpenCase, detail: &RecordDetail, out: &mut Vec<Action>) {
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
    ui.add_space(theme::size::GAP);
    ui.strong(t.tr("inspector-bytes"));
    let command = format!("coldtrail raw {} {id}", quoted(&case.path.to_string_lossy()));
    ui.add(Label::new(RichText::new(&*display::visible(&command)).font(theme::mono())).wrap());
    ui.weak(t.tr("inspector-bytes-command"));
    if ui.add(Button::new(t.tr("copy-command")).small()).clicked() {
        out.push(Action::Copy(command));
    }
}

/// As a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@".contains(c);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// A name and a value side by side, each wrapping in its own column.
fn field_row(ui: &mut Ui, name: &str, text: &str) -> egui::Response {
    ui.horizontal_top(|ui| {
        let p = theme::palette(ui);
        let (width, _) = spans(ui.available_width(), 1);
        ui.allocate_ui_with_layout(egui::vec2(width, 0.0), egui::Layout::top_down(egui::Align::Min), |ui| {
            ui.set_width(width);
            ui.add(
                Label::new(RichText::new(name).color(p.weak).line_height(Some(theme::size::LINE)))
                    .wrap_mode(TextWrapMode::Wrap),
            );
        });
        let value = RichText::new(text).font(theme::mono()).line_height(Some(theme::size::LINE));
        ui.add(Label::new(value).wrap_mode(TextWrapMode::Wrap).sense(Sense::click()))
    })
    .inner
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn paths_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(quoted("/cases/a-1.coldtrail"), "/cases/a-1.coldtrail");
        assert_eq!(quoted("/my cases/o'b.coldtrail"), "'/my cases/o'\\''b.coldtrail'");
    }
}
