//! Writing the result on screen into a file for other tools.

use super::open::{path_field, picker_note};
use super::picker::Pick;
use super::{foot, title};
use crate::app::export::ExportFormat;
use crate::present::display;
use crate::session::export_jobs::ExportRequest;
use crate::session::{Action, App};
use crate::ui::state::UiState;
use egui::{Label, RichText, Ui};
use std::path::PathBuf;

/// The formats, with the ending of their names.
const FORMATS: [(ExportFormat, &str, &str); 3] = [
    (ExportFormat::Parquet, "parquet", "export-parquet"),
    (ExportFormat::Csv, "csv", "export-csv"),
    (ExportFormat::JsonLines, "jsonl", "export-jsonl"),
];

pub(super) fn export_ui(
    ui: &mut Ui,
    app: &App,
    path: &mut String,
    replace: &mut bool,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    title(ui, t.tr("command-export"));
    let Some((what, rows)) = app.exportable() else {
        ui.label(t.tr("export-nothing"));
        foot(ui, app, &t.tr("export"), false, out);
        return;
    };
    ui.label(match rows {
        Some(rows) => t.tr_args("export-rows", &[("count", &display::count(rows))]),
        None => t.tr("export-what"),
    });
    ui.horizontal(|ui| path_field(ui, app, &t.tr("field-path"), path, Pick::Export, state));
    picker_note(ui, app, state);
    let target = PathBuf::from(path.trim());
    let format = ExportFormat::of(&target);
    ui.horizontal_wrapped(|ui| {
        for (of, ending, key) in FORMATS {
            if ui.radio(format == Some(of), t.tr(key)).on_hover_text(t.tr(&format!("{key}-tip"))).clicked() {
                *path = target.with_extension(ending).to_string_lossy().into_owned();
            }
        }
    });
    let is_there = !path.trim().is_empty() && target.symlink_metadata().is_ok();
    if is_there {
        ui.checkbox(replace, t.tr("export-replace"));
    }
    ui.add(Label::new(RichText::new(t.tr("export-tip")).weak()).wrap());
    let ready = format.filter(|_| !is_there || *replace);
    if foot(ui, app, &t.tr("export"), ready.is_some(), out)
        && let Some(format) = ready
    {
        out.push(Action::Export(Box::new(ExportRequest { what, path: target, format, replace: *replace })));
    }
}
