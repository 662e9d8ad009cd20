//! Where the record came from, and how to see its bytes.

use crate::model::RecordId;
use crate::present::display;
use crate::query::RecordDetail;
use crate::session::open_case::OpenCase;
use crate::session::{Action, App};
use crate::ui::theme;
use crate::ui::widgets::facts::named_ui;
use crate::ui::widgets::leaves::spans;
use egui::{Button, Label, RichText, Ui};

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
    let (width, _) = spans(ui.available_width(), 1);
    for (name, value) in &rows {
        named_ui(ui, width, name, RichText::new(value).font(theme::mono()));
    }
    if ui.add(Button::new(t.tr("copy-provenance")).small()).clicked() {
        let lines: Vec<String> = rows.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        out.push(Action::Copy(lines.join("\n")));
    }
    ui.add_space(theme::size::GAP);
    ui.strong(t.tr("inspector-bytes"));
    let command = format!("coldtrail raw {} {id}", display::shell_word(&case.path));
    ui.add(Label::new(RichText::new(&*display::visible(&command)).font(theme::mono())).wrap());
    ui.weak(t.tr("inspector-bytes-command"));
    if ui.add(Button::new(t.tr("copy-command")).small()).clicked() {
        out.push(Action::Copy(command));
    }
}
