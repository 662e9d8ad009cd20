//! What to import, and how: files and folders, whether the originals are kept, the format of records that do not say it.

use super::open::picker_note;
use super::picker::Pick;
use super::{dialog_list, foot, path_width, title};
use crate::ingest::flow::format_by_name_or_spec;
use crate::present::display;
use crate::session::source::ImportOptions;
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::named::named_button;
use egui::{Button, CollapsingHeader, Label, RichText, TextEdit, TextWrapMode, Ui};
use std::path::PathBuf;

pub(super) struct Fields<'a> {
    pub paths: &'a mut Vec<PathBuf>,
    pub typed: &'a mut String,
    pub keep_raw: &'a mut bool,
    pub flow_format: &'a mut String,
}

/// AWS's names of the default format (version 2), and of the fields that AWS's guide adds to it most often.
const PRESETS: [(&str, &str); 2] = [
    (
        "format-default",
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
    ),
    (
        "format-v5",
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status \
         vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id \
         pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path",
    ),
];

pub(super) fn import_ui(ui: &mut Ui, app: &App, fields: Fields<'_>, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Fields { paths, typed, keep_raw, flow_format } = fields;
    title(ui, t.tr("import-title"));
    ui.label(t.tr("import-tip"));
    let has_paths = !paths.is_empty();
    ui.horizontal(|ui| {
        let label = ui.label(t.tr("field-path"));
        let field = ui
            .add(TextEdit::singleline(typed).align(egui::Align2::LEFT_CENTER).desired_width(path_width(ui)))
            .labelled_by(label.id);
        if state.dialog_is_new && !(app.is_nameless() && has_paths) {
            field.request_focus();
        }
        if ui.add_enabled(!typed.trim().is_empty(), Button::new(t.tr("import-add"))).clicked() {
            paths.push(PathBuf::from(std::mem::take(typed).trim()));
        }
    });
    ui.horizontal(|ui| {
        for (text, pick) in [(t.tr("import-files"), Pick::Files), (t.tr("import-folder"), Pick::Folder)] {
            if ui.add_enabled(!state.picker.is_open(), Button::new(text)).clicked() {
                state.picker.ask(ui.ctx(), pick);
            }
        }
    });
    picker_note(ui, app, state);
    paths_ui(ui, app, paths);
    ui.add_space(size::GAP);
    ui.checkbox(keep_raw, t.tr("import-keep-raw")).on_hover_text(t.tr("import-keep-raw-tip"));
    format_ui(ui, app, flow_format, state.dialog_is_new);
    let is_named = !app.is_nameless() || name_ui(ui, app, state, has_paths);
    let any = !paths.is_empty() || !typed.trim().is_empty();
    let stated = stated(flow_format);
    if foot(ui, app, &t.tr("import-go"), any && is_named && stated.is_some(), out) {
        if app.is_nameless() {
            out.extend(state.importer.take().map(Action::Examiner));
        }
        let mut paths = paths.clone();
        if !typed.trim().is_empty() {
            paths.push(PathBuf::from(typed.trim()));
        }
        let flow_format = stated.filter(|format| !format.is_empty());
        out.push(Action::Import {
            paths,
            options: ImportOptions { keep_raw: *keep_raw, flow_format, any_expansion: false },
        });
    }
}

/// The format that is typed, in AWS's notation; empty for none, `None` where it is not one.
fn stated(typed: &str) -> Option<String> {
    match typed.trim() {
        "" => Some(String::new()),
        typed => format_by_name_or_spec(typed).ok(),
    }
}

/// Asks who imports. Is there an answer?
fn name_ui(ui: &mut Ui, app: &App, state: &mut UiState, takes_focus: bool) -> bool {
    let t = &app.texts;
    let why = t.tr("examiner-why");
    // In a low window the field has its reason as tooltip.
    if ui.ctx().content_rect().height() >= size::WINDOW_LOW {
        ui.add_space(size::GAP);
        ui.add(Label::new(why.as_str()).wrap());
    }
    // That nobody is named shows once the case is open, which a dialog may be before.
    let is_new = state.dialog_is_new || state.importer.is_none();
    let name = state.importer.get_or_insert_default();
    ui.horizontal(|ui| {
        let label = ui.label(t.tr("examiner-name"));
        let field = TextEdit::singleline(name).align(egui::Align2::LEFT_CENTER).desired_width(path_width(ui));
        let field = ui.add(field).labelled_by(label.id);
        if is_new && takes_focus {
            field.request_focus();
        }
        field.on_hover_text(why.as_str());
    });
    !name.trim().is_empty()
}

fn paths_ui(ui: &mut Ui, app: &App, paths: &mut Vec<PathBuf>) {
    let mut removed = None;
    dialog_list(ui, "import-paths", |ui| {
        for (at, path) in paths.iter().enumerate() {
            ui.horizontal(|ui| {
                let name = app.texts.tr_args("import-remove", &[("path", &*display::visible(&path.to_string_lossy()))]);
                if named_button(ui, true, Button::new("×").small(), &name).clicked() {
                    removed = Some(at);
                }
                let shown = display::visible(&path.to_string_lossy()).into_owned();
                ui.add(Label::new(shown).wrap_mode(TextWrapMode::Wrap));
            });
        }
    });
    if let Some(at) = removed {
        paths.remove(at);
    }
}

fn format_ui(ui: &mut Ui, app: &App, flow_format: &mut String, is_new: bool) {
    let t = &app.texts;
    // Open from the start where a format is proposed, however an earlier import left the section.
    let opens = (is_new && !flow_format.is_empty()).then_some(true);
    let section = CollapsingHeader::new(t.tr("import-format")).open(opens);
    section.show(ui, |ui| {
        ui.label(t.tr("import-format-tip"));
        let edit = TextEdit::multiline(flow_format).desired_width(f32::INFINITY).desired_rows(2);
        ui.add(edit).accessible_name(t.tr("import-format"));
        if stated(flow_format).is_none() {
            let text = RichText::new(t.tr("import-format-wrong")).color(theme::palette(ui).error);
            ui.add(Label::new(text).wrap());
        }
        ui.horizontal(|ui| {
            for (key, format) in PRESETS {
                if ui.button(t.tr(key)).clicked() {
                    *flow_format = format.to_owned();
                }
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::PRESETS;
    use crate::model::field;

    #[test]
    fn a_format_is_typed_as_names_or_as_a_table() {
        assert_eq!(super::stated(" "), Some(String::new()));
        assert_eq!(super::stated("srcaddr dstaddr"), Some("${srcaddr} ${dstaddr}".to_owned()));
        let table = "CREATE EXTERNAL TABLE t (sourceaddress string, /* , */ numbytes bigint) ROW FORMAT DELIMITED";
        assert_eq!(super::stated(table), Some("${srcaddr} ${bytes}".to_owned()));
        assert_eq!(super::stated("CREATE EXTERNAL TABLE t"), None);
    }

    #[test]
    fn presets_name_known_fields_once() {
        for (key, format) in PRESETS {
            let names: Vec<&str> = format.split_whitespace().collect();
            let fields: std::collections::BTreeSet<_> = names.iter().map(|n| field::by_header(n).expect(n)).collect();
            assert_eq!(fields.len(), names.len(), "{key}");
        }
        assert_eq!(PRESETS[0].1.split_whitespace().count(), 14);
    }
}
