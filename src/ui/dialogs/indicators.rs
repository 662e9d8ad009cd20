//! Indicators that come in: a file, previewed first; values typed, pasted or taken from a cell; and a name for
//! something.

use super::open::{path_field, picker_note};
use super::picker::Pick;
use super::{foot, path_width, title};
use crate::app::indicators::{ImportChoice, Preview};
use crate::ingest::indicators::{ListFormat, ListOptions, Role};
use crate::model::{IndicatorKind, Label as NamedThing, Purpose, SupplementKind};
use crate::present::display;
use crate::session::indicators::{
    Change, IndicatorFile, IndicatorsAction, NewLabel, TypedIndicators, kind_of, values_of,
};
use crate::session::{Action, App};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::views::indicators::kind_text;
use egui::{ComboBox, Grid, Label, RichText, ScrollArea, TextEdit, Ui, vec2};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What is shown of what would be pointed out, and of what cannot be used; all of it is in the case afterwards.
const SHOWN: usize = 200;

fn change(change: Change) -> Action {
    Action::Indicators(IndicatorsAction::Change(Box::new(change)))
}

pub(super) fn indicator_file_ui(
    ui: &mut Ui,
    app: &App,
    file: &mut IndicatorFile,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let Some(indicators) = app.case.as_ref().map(|case| &case.indicators) else { return };
    title(ui, t.tr("command-import-indicators"));
    ui.horizontal(|ui| path_field(ui, app, &t.tr("field-path"), &mut file.path, Pick::Indicators, state));
    picker_note(ui, app, state);
    let path = PathBuf::from(file.path.trim());
    options_ui(ui, app, &mut file.options);
    let looked = indicators.looked(&path, &file.options);
    let is_looked = matches!(&looked, Some(Ok(_)));
    let can_look = path.is_file() && looked.is_none() && !indicators.is_looking();
    // At once, as soon as there is a file of this name: what comes in is seen before it does.
    if can_look {
        out.push(Action::Indicators(IndicatorsAction::Look(path.clone(), file.options.clone())));
    }
    match looked {
        Some(Ok(preview)) => preview_ui(ui, app, preview, file),
        Some(Err(why)) => {
            let text = RichText::new(&*display::visible(&why.why(t))).color(theme::palette(ui).error);
            ui.add(Label::new(text).wrap());
        }
        None if indicators.is_looking() => {
            ui.weak(t.tr("loading"));
        }
        None => {
            ui.add(Label::new(RichText::new(t.tr("indicators-import-tip")).weak()).wrap());
        }
    }
    let preview = indicators.last_looked().filter(|preview| is_looked && !preview.list.entries.is_empty());
    if foot(ui, app, &t.tr("import-go"), preview.is_some(), out)
        && let Some(preview) = preview
    {
        let choice = ImportChoice {
            name: file.name.clone().unwrap_or_else(|| preview.name.clone()).trim().to_owned(),
            purpose: file.purpose.unwrap_or(preview.list.purpose),
            licence: file.licence.trim().to_owned(),
        };
        out.push(change(Change::Import(Arc::clone(preview), choice)));
    }
}

/// How the file is to be read, where its content says it wrongly or not at all.
fn options_ui(ui: &mut Ui, app: &App, options: &mut ListOptions) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(t.tr("indicators-format"));
        let auto = t.tr("indicators-by-content");
        let shown = options.format.map_or_else(|| auto.clone(), |format| format.code().to_owned());
        let combo = ComboBox::from_id_salt("list-format").selected_text(shown).show_ui(ui, |ui| {
            ui.selectable_value(&mut options.format, None, &auto);
            for format in ListFormat::ALL {
                ui.selectable_value(&mut options.format, Some(format), format.code());
            }
        });
        combo.response.labelled_by(label.id);
        kind_ui(ui, app, &mut options.kind, &IndicatorKind::ALL, "list-kind");
    });
}

/// What values are, where their form does not tell.
fn kind_ui(ui: &mut Ui, app: &App, kind: &mut Option<IndicatorKind>, kinds: &[IndicatorKind], id: &str) {
    let t = &app.texts;
    let label = ui.label(t.tr("indicators-kind"));
    let auto = t.tr("indicators-by-form");
    let shown = kind.map_or_else(|| auto.clone(), |kind| kind_text(kind, app));
    let combo = ComboBox::from_id_salt(id).selected_text(shown).show_ui(ui, |ui| {
        ui.selectable_value(kind, None, &auto);
        for of in kinds {
            ui.selectable_value(kind, Some(*of), kind_text(*of, app));
        }
    });
    combo.response.labelled_by(label.id);
}

/// What would come in, what to think about first, and what cannot be used.
fn preview_ui(ui: &mut Ui, app: &App, preview: &Preview, file: &mut IndicatorFile) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let list = &preview.list;
    columns_ui(ui, app, preview, &mut file.options);
    let mut kinds: BTreeMap<IndicatorKind, u64> = BTreeMap::new();
    for entry in &list.entries {
        *kinds.entry(entry.kind).or_default() += 1;
    }
    let args = [("count", &*display::count(list.entries.len() as u64)), ("format", list.format.code())];
    ui.strong(t.tr_args("indicators-entries-found", &args));
    let of_kind = |(kind, count): (IndicatorKind, u64)| {
        t.tr_args("indicators-of-kind", &[("count", &display::count(count)), ("kind", &kind_text(kind, app))])
    };
    let kinds: Vec<String> = kinds.into_iter().map(of_kind).collect();
    ui.add(Label::new(t.list(&kinds)).wrap());
    let warn = |ui: &mut Ui, text: String| ui.add(Label::new(RichText::new(text).color(p.warning)).wrap());
    if let Some(known) = &preview.known {
        let name = display::visible(&display::clipped(&known.name).0).into_owned();
        warn(ui, t.tr_args("indicators-known", &[("name", &name)]));
    }
    if !preview.cautions.is_empty() {
        let count = display::count(preview.cautions.len() as u64);
        warn(ui, format!("! {}", t.tr_args("indicators-cautions", &[("count", &count)])));
        lines_ui(
            ui,
            "cautions",
            preview.cautions.iter().map(|caution| {
                let reason = t.tr(&format!("caution-{}", caution.reason.code().replace('_', "-")));
                format!("{}: {} – {reason}", display::count(caution.position), display::visible(&caution.value))
            }),
        );
    }
    if !list.issues.is_empty() {
        let count = display::count(list.issues.len() as u64);
        warn(ui, format!("! {}", t.tr_args("indicators-not-used", &[("count", &count)])));
        lines_ui(
            ui,
            "issues",
            list.issues.iter().map(|issue| {
                let raw: String = issue.raw.chars().take(80).collect();
                let (at, detail) =
                    (display::count(issue.position), display::visible(&t.because(&issue.detail)).into_owned());
                format!("{at}: {detail} – {}", display::visible(&raw))
            }),
        );
    }
    ui.add_space(size::GAP);
    Grid::new("list-choice").num_columns(2).show(ui, |ui| {
        let label = ui.label(t.tr("column-name"));
        let mut name = file.name.clone().unwrap_or_else(|| preview.name.clone());
        if field(ui, &mut name).labelled_by(label.id).changed() {
            file.name = Some(name);
        }
        ui.end_row();
        let label = ui.label(t.tr("column-purpose"));
        let mut purpose = file.purpose.unwrap_or(list.purpose);
        purpose_ui(ui, app, &mut purpose).labelled_by(label.id);
        if purpose != list.purpose || file.purpose.is_some() {
            file.purpose = Some(purpose);
        }
        ui.end_row();
        let label = ui.label(t.tr("indicators-licence"));
        field(ui, &mut file.licence).labelled_by(label.id);
        ui.end_row();
    });
}

fn field(ui: &mut Ui, text: &mut String) -> egui::Response {
    ui.add(TextEdit::singleline(text).align(egui::Align2::LEFT_CENTER).min_size(vec2(path_width(ui), 0.0)))
}

fn purpose_ui(ui: &mut Ui, app: &App, purpose: &mut Purpose) -> egui::Response {
    let text = |purpose: Purpose| app.texts.tr(&format!("purpose-{}", purpose.code().replace('_', "-")));
    let combo = ComboBox::from_id_salt("purpose").selected_text(text(*purpose)).show_ui(ui, |ui| {
        for of in Purpose::ALL {
            ui.selectable_value(purpose, of, text(of));
        }
    });
    combo.response
}

fn lines_ui(ui: &mut Ui, id: &str, lines: impl Iterator<Item = String>) {
    ScrollArea::vertical().id_salt(id).max_height(size::DIALOG_LINES).auto_shrink([false, true]).show(ui, |ui| {
        for line in lines.take(SHOWN) {
            ui.add(Label::new(RichText::new(line).font(theme::mono())).truncate());
        }
    });
}

/// What the columns of a CSV file mean: guessed, and to be put right.
fn columns_ui(ui: &mut Ui, app: &App, preview: &Preview, options: &mut ListOptions) {
    let Some(plan) = &preview.list.columns else { return };
    let t = &app.texts;
    ui.strong(t.tr("indicators-columns"));
    let mut edited = plan.clone();
    ScrollArea::vertical().id_salt("columns").max_height(size::DIALOG_LINES).show(ui, |ui| {
        Grid::new("columns").num_columns(2).show(ui, |ui| {
            for (at, (name, role)) in edited.columns.iter_mut().enumerate() {
                let name = display::visible(&display::clipped(name).0).into_owned();
                let label = ui.label(name);
                let text = |role: Role| t.tr(&format!("role-{}", role.code().replace('_', "-")));
                let combo = ComboBox::from_id_salt(("role", at)).selected_text(text(*role)).show_ui(ui, |ui| {
                    for of in Role::ALL {
                        ui.selectable_value(role, of, text(of));
                    }
                });
                combo.response.labelled_by(label.id);
                ui.end_row();
            }
        });
    });
    if edited != *plan {
        options.columns = Some(edited);
    }
}

pub(super) fn add_indicators_ui(
    ui: &mut Ui,
    app: &App,
    typed: &mut TypedIndicators,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    title(ui, t.tr("command-add-indicators"));
    let name = t.tr("indicators-values");
    let edit = TextEdit::multiline(&mut typed.values).hint_text(t.tr("indicators-values-hint")).desired_rows(5);
    let edit = ui.add(edit.font(theme::mono()).desired_width(f32::INFINITY)).accessible_name(&name);
    if state.dialog_is_new {
        edit.request_focus();
    }
    let values = match typed.kind {
        // A user agent or a name may hold what separates others.
        Some(_) => typed.values.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        None => values_of(&typed.values),
    };
    let unknown = match typed.kind {
        Some(_) => None,
        None => values.iter().find(|value| kind_of(value).is_none()),
    };
    ui.horizontal_wrapped(|ui| {
        kind_ui(ui, app, &mut typed.kind, &IndicatorKind::ALL, "typed-kind");
        ui.weak(t.tr_args("indicators-values-count", &[("count", &display::count(values.len() as u64))]));
    });
    if let Some(value) = unknown {
        let value = display::visible(&display::clipped(value).0).into_owned();
        let text = t.tr_args("indicators-value-unknown", &[("value", &value)]);
        ui.add(Label::new(RichText::new(text).color(theme::palette(ui).warning)).wrap());
    }
    Grid::new("typed-indicators").num_columns(2).show(ui, |ui| {
        let label = ui.label(t.tr("indicators-into-list"));
        field(ui, &mut typed.list).labelled_by(label.id);
        ui.end_row();
        let label = ui.label(t.tr("column-purpose"));
        purpose_ui(ui, app, &mut typed.purpose).labelled_by(label.id);
        ui.end_row();
        let label = ui.label(t.tr("column-comment"));
        field(ui, &mut typed.comment).labelled_by(label.id);
        ui.end_row();
    });
    let ready = !values.is_empty() && unknown.is_none() && !typed.list.trim().is_empty();
    // Enter begins a new line in the field of the values.
    if foot(ui, app, &t.tr("add"), ready, out) && !edit.has_focus() {
        out.push(change(Change::Add {
            list: typed.list.trim().to_owned(),
            purpose: typed.purpose,
            kind: typed.kind,
            values,
            comment: typed.comment.trim().to_owned(),
        }));
    }
}

pub(super) fn label_ui(ui: &mut Ui, app: &App, label: &mut NewLabel, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-add-label"));
    let given = !label.thing.is_empty();
    Grid::new("label").num_columns(2).show(ui, |ui| {
        let fields = [
            (t.tr("label-thing"), &mut label.thing, state.dialog_is_new && !given),
            (t.tr("label-name"), &mut label.name, state.dialog_is_new && given),
            (t.tr("column-note"), &mut label.note, false),
        ];
        for (name, value, is_first) in fields {
            let of = ui.label(name);
            let response = field(ui, value).labelled_by(of.id);
            if is_first {
                response.request_focus();
            }
            ui.end_row();
        }
    });
    ui.horizontal(|ui| kind_ui(ui, app, &mut label.kind, &NamedThing::KINDS, "label-kind"));
    let ready = !label.thing.trim().is_empty() && !label.name.trim().is_empty();
    if foot(ui, app, &t.tr("save"), ready, out) {
        let [thing, name, note] = [&label.thing, &label.name, &label.note].map(|text| text.trim().to_owned());
        out.push(change(Change::Label { thing, kind: label.kind, name, note }));
    }
}

pub(super) fn owners_ui(ui: &mut Ui, app: &App, path: &mut String, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-owners"));
    ui.horizontal(|ui| path_field(ui, app, &t.tr("field-path"), path, Pick::Owners, state));
    picker_note(ui, app, state);
    ui.add(Label::new(RichText::new(t.tr("command-owners-tip")).weak()).wrap());
    let file = PathBuf::from(path.trim());
    if foot(ui, app, &t.tr("add"), !path.trim().is_empty(), out) {
        out.push(change(Change::Owners(file)));
    }
}

/// Sigma rules of a folder or a file, or an inventory.
pub(super) fn supplement_ui(
    ui: &mut Ui,
    app: &App,
    kind: SupplementKind,
    path: &mut String,
    state: &mut UiState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let (command, pick) = match kind {
        SupplementKind::Sigma => ("command-import-sigma", Pick::Sigma),
        SupplementKind::Inventory => ("command-import-inventory", Pick::Inventory),
    };
    title(ui, t.tr(command));
    ui.horizontal(|ui| path_field(ui, app, &t.tr("field-path"), path, pick, state));
    picker_note(ui, app, state);
    ui.add(Label::new(RichText::new(t.tr(&format!("{command}-tip"))).weak()).wrap());
    let file = PathBuf::from(path.trim());
    if foot(ui, app, &t.tr("add"), !path.trim().is_empty(), out) {
        out.push(change(Change::Supplement(kind, file)));
    }
}
