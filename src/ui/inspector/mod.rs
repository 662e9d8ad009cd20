//! Details of the record under the cursor: what it means in a sentence, its fields, its JSON as a tree, the raw text, where
//! it came from, and what examiners wrote on it. Beside the table where the window is wide, else below it.

mod json;
mod notes;
mod provenance;
mod summary;

use super::focus::{self, PaneId, pane_ui, sized_ui};
use super::theme::{self, size};
use super::views::cell_menu::{Items, MenuRecord, MenuValue, Place, head_ui, pair_clause, record_items_ui};
use super::widgets::facts::read_only_ui;
use super::widgets::handle::Handle;
use super::widgets::leaves::LeavesState;
use super::widgets::subject::SubjectState;
use crate::filter::Filter;
use crate::model::conclusions::Subject;
use crate::model::{Dataset, FieldId, RecordId, Value};
use crate::present::sentence::{Told, sentence};
use crate::present::{Language, display};
use crate::query::Mark;
use crate::session::records::Records;
use crate::session::settings::{INSPECTOR_BELOW, INSPECTOR_BESIDE};
use crate::session::source::Inspected;
use crate::session::split::Split;
use crate::session::{Action, App, Side, View, marks};
use egui::{Button, Id, Label, Panel, RichText, ScrollArea, Ui, UiBuilder, accesskit::Role};
use json::{Kept, Tree};
use std::collections::BTreeSet;

/// Characters of raw text and of JSON that are laid out; all of it can be copied.
const SHOWN: usize = 200_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Summary,
    Json,
    Raw,
    Provenance,
    Notes,
}

impl Tab {
    /// Those of a kind of record.
    fn of(dataset: Dataset) -> &'static [Tab] {
        match dataset {
            Dataset::Flows => &[Tab::Summary, Tab::Raw, Tab::Provenance, Tab::Notes],
            Dataset::Events => &[Tab::Summary, Tab::Json, Tab::Raw, Tab::Provenance, Tab::Notes],
        }
    }

    fn text_id(self) -> &'static str {
        match self {
            Tab::Summary => "inspector-tab-summary",
            Tab::Json => "inspector-tab-json",
            Tab::Raw => "inspector-tab-raw",
            Tab::Provenance => "inspector-tab-provenance",
            Tab::Notes => "inspector-tab-notes",
        }
    }
}

/// The record made ready to be shown, kept while it stays the same.
#[derive(Default)]
pub struct InspectorState {
    of: Option<Prepared>,
    raw: String,
    hidden_bytes: usize,
    sentence: String,
    tree: Tree,
    kept: Kept,
    tab: Tab,
    summary: LeavesState,
    leaves: LeavesState,
    /// Objects and lists of the JSON whose members are not shown, by their paths.
    folded: BTreeSet<String>,
    search: String,
    /// The examiner's name while it is typed.
    name: String,
    handle: Handle,
}

/// Of what was made ready: which record, in which zone and language.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Prepared {
    record: RecordId,
    zone: &'static str,
    language: Language,
    marks: Vec<Mark>,
}

impl InspectorState {
    fn prepare(&mut self, app: &App, id: RecordId, inspected: &Inspected) {
        let (zone, language) = (app.zone.name(), app.texts.language());
        let of = Prepared { record: id, zone, language, marks: inspected.marks.clone() };
        if self.of.as_ref() == Some(&of) {
            return;
        }
        let bytes = inspected.raw.as_deref().unwrap_or_default();
        let cut = bytes.get(..SHOWN).unwrap_or(bytes);
        self.hidden_bytes = bytes.len() - cut.len();
        self.raw = display::visible_lines(&String::from_utf8_lossy(cut)).into_owned();
        let detail = &inspected.detail;
        (self.tree, self.kept) = (Tree::of(detail.json.as_deref()), Kept::default());
        let label = |field: FieldId| marks::label(marks::of_field(&inspected.marks, field));
        let json = detail.json.as_deref();
        let told = Told { texts: &app.texts, zone: app.zone, fields: &detail.fields, json, label: &label };
        self.sentence = sentence(detail.dataset, &told);
        self.of = Some(of);
    }
}

/// The inspector where it has room: right of what is in the middle, or below it.
pub(crate) fn panel_ui(
    ui: &mut Ui,
    app: &App,
    state: &mut InspectorState,
    subject: &mut SubjectState,
    out: &mut Vec<Action>,
) {
    let (Some(dataset), Some(case), true) = (app.shown_records(), &app.case, app.show_inspector) else { return };
    let chosen = |name: &str| app.settings.sizes.get(name).copied();
    let screen = ui.ctx().content_rect();
    // Two views one below the other have no height to spare.
    let is_low = screen.height() < size::WINDOW_LOW;
    // Two views side by side need the width themselves.
    let beside = size::INSPECTOR_BESIDE + if app.split.is_some() { size::HALF } else { 0.0 };
    if screen.width() >= beside {
        let most = screen.width() - size::NAV - size::INSPECTOR_BESIDE / 2.0;
        let usual = usual_width(screen.width());
        let width = chosen(INSPECTOR_BESIDE).unwrap_or(usual).clamp(size::INSPECTOR_LEAST, most);
        // A part of each width of a wide window.
        let panel = Panel::right(("inspector", usual as u32)).default_size(width);
        let shown = sized_ui(ui, panel.size_range(size::INSPECTOR_LEAST..=most), |ui| {
            inspector_ui(ui, app, state, subject, out);
        });
        let width = shown.response.rect.width();
        let is_chosen = state.handle.is_chosen(ui, width);
        out.extend(is_chosen.then_some(Action::Sized(INSPECTOR_BESIDE, width)));
    } else if case.compare.is_open(View::Records(dataset)) {
        // The comparison shows the same record, and has its place.
    } else if let Some(split) = app.split.filter(|_| is_low) {
        hidden_ui(ui, app, split, View::Records(dataset), out);
    } else {
        let height = screen.height();
        let part = chosen(INSPECTOR_BELOW).unwrap_or(size::INSPECTOR_PART);
        let room = ui.available_height();
        let most = (height * size::INSPECTOR_PART_MOST)
            .min((room - size::TABLE_LEAST).max(room * (1.0 - size::TABLE_PART_LEAST)));
        let range = (height * size::INSPECTOR_PART_LEAST).min(most)..=most;
        let asked = (height * part).clamp(*range.start(), *range.end());
        // A part of each height of the window.
        let panel = Panel::bottom(("inspector", height as u32)).default_size(asked);
        let shown = sized_ui(ui, panel.size_range(range), |ui| {
            ui.set_min_height(ui.available_height());
            inspector_ui(ui, app, state, subject, out);
        });
        let across = shown.response.rect.height();
        let is_chosen = state.handle.is_chosen(ui, across);
        out.extend(is_chosen.then_some(Action::Sized(INSPECTOR_BELOW, across / height)));
    }
}

/// There is no room for it: how to see it.
fn hidden_ui(ui: &mut Ui, app: &App, split: Split, records: View, out: &mut Vec<Action>) {
    let t = &app.texts;
    Panel::bottom("inspector-hidden").resizable(false).show(ui, |ui| {
        pane_ui(ui, t, PaneId::Inspector, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(t.tr("inspector-hidden")).color(theme::palette(ui).weak));
                let button = ui.button(t.tr("inspector-hidden-show"));
                focus::home(ui, button.id);
                if button.clicked() {
                    let beside = Side::ALL.into_iter().find(|side| split.view(*side, app.view) != records);
                    out.extend(beside.map(Action::CloseHalf));
                }
            });
        });
    });
}

/// Beside the table in a window of this width, until somebody chooses another one.
fn usual_width(window: f32) -> f32 {
    let part = if window >= size::WINDOW_WIDE { window * size::INSPECTOR_WIDE_PART } else { 0.0 };
    part.max(size::INSPECTOR)
}

fn inspector_ui(ui: &mut Ui, app: &App, state: &mut InspectorState, subject: &mut SubjectState, out: &mut Vec<Action>) {
    // Whichever panel is around it: what is typed in it stays where it is when the window gets another size.
    let same = UiBuilder::new().scope_id(Id::unique("inspector"));
    ui.scope_builder(same, |ui| {
        let mut shown_ui =
            |ui: &mut Ui| pane_ui(ui, &app.texts, PaneId::Inspector, |ui| record_ui(ui, app, state, subject, out));
        let height = ui.available_height();
        if height >= size::INSPECTOR_WHOLE {
            return shown_ui(ui);
        }
        let area = ScrollArea::vertical().id_salt("low").max_height(height).min_scrolled_height(0.0);
        area.auto_shrink([false, false]).show(ui, shown_ui);
    });
}

fn record_ui(ui: &mut Ui, app: &App, state: &mut InspectorState, subject: &mut SubjectState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let (Some(records), Some(case)) = (app.records(), &app.case) else { return };
    // The panel is as wide as it was left, not as what it holds.
    ui.set_min_width(ui.available_width());
    ui.add_space(size::GAP);
    let Some(id) = records.cursor_id() else {
        ui.weak(t.tr("inspector-empty"));
        return;
    };
    let Some((_, inspected)) = records.detail() else {
        ui.weak(t.tr("loading"));
        return;
    };
    state.prepare(app, id, inspected);
    ui.add(Label::new(RichText::new(&state.sentence).line_height(Some(size::LINE))).wrap());
    let about = Subject::Record(id);
    let written =
        case.conclusions.lists().map_or(0, |lists| lists.tags_of(&about).len() + lists.notes_of(&about).count());
    tabs_ui(ui, app, records, (id, written), &mut state.tab);
    ui.separator();
    let tab = state.tab;
    if tab == Tab::Json {
        // What searches the tree stays above it.
        return json::json_ui(ui, app, records, inspected, state, out);
    }
    ScrollArea::vertical().id_salt(("inspector", tab.text_id())).auto_shrink([false, false]).show(ui, |ui| match tab {
        Tab::Summary | Tab::Json => summary::summary_ui(ui, app, records, inspected, state, out),
        Tab::Raw => raw_ui(ui, app, state, inspected, out),
        Tab::Provenance => provenance::provenance_ui(ui, app, case, &inspected.detail, out),
        Tab::Notes => notes::notes_ui(ui, app, case, (records, id), state, subject, out),
    });
}

/// The tabs, and at the right which record it is.
fn tabs_ui(ui: &mut Ui, app: &App, records: &Records, (id, written): (RecordId, usize), chosen: &mut Tab) {
    let t = &app.texts;
    let tabs = Tab::of(records.dataset);
    if !tabs.contains(chosen) {
        *chosen = Tab::Summary;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding.x = size::NARROW_PADDING;
        for tab in tabs {
            let text = match (tab, written) {
                (Tab::Notes, 1..) => t.tr_args("inspector-tab-notes-count", &[("count", &written.to_string())]),
                _ => t.tr(tab.text_id()),
            };
            let response = ui.add(Button::selectable(chosen == tab, &text));
            let is_chosen = chosen == tab;
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_role(Role::Tab);
                node.set_label(text.clone());
                node.set_selected(is_chosen);
            });
            if response.clicked() {
                *chosen = *tab;
            }
        }
        let weak = |ui: &mut Ui, text: String| drop(ui.add(Label::new(RichText::new(text).weak()).extend()));
        weak(ui, t.tr_args("inspector-title", &[("record", &id.to_string())]));
        let selected = records.selection.len();
        if selected > 1 {
            weak(ui, t.tr_args("inspector-selected", &[("count", &display::count(selected))]));
        }
    });
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

/// The whole menu of a value of the record, as in the table's cell.
fn leaf_menu_ui(
    ui: &mut Ui,
    app: &App,
    (records, inspected): (&Records, &Inspected),
    (place, value): (Place, &Value),
    takes_focus: bool,
    out: &mut Vec<Action>,
) {
    let shown = match &place {
        Place::Column(column) => display::cell(value, column.field, app.zone),
        _ => display::literal(value).map(|text| display::visible(&text).into_owned()),
    };
    head_ui(ui, &format!("{} {}", place.name(), shown.unwrap_or_else(|| app.texts.tr("grid-absent"))));
    let of = MenuValue { dataset: records.dataset, place, value, pair: pair(inspected) };
    let record = MenuRecord { time: records.cursor_time() };
    record_items_ui(ui, app, &mut Items::new(takes_focus), &of, record, out);
}

/// Both addresses of a flow record, in either direction.
fn pair(inspected: &Inspected) -> Option<Filter> {
    let address = |name: &str| display::literal(inspected.detail.value(name)?);
    Some(pair_clause(&address("srcaddr")?, &address("dstaddr")?))
}

fn raw_ui(ui: &mut Ui, app: &App, state: &InspectorState, inspected: &Inspected, out: &mut Vec<Action>) {
    let t = &app.texts;
    match &inspected.raw {
        Ok(raw) => {
            // All of it is read when it is copied, and not in every frame.
            if ui.add(Button::new(t.tr("copy-raw")).small()).clicked() {
                out.push(Action::Copy(String::from_utf8_lossy(raw).into_owned()));
            }
            read_only_ui(ui, &t.tr("inspector-raw"), &state.raw, 2);
        }
        Err(why) => {
            ui.weak(t.tr("inspector-no-raw"));
            ui.label(&*display::visible(&t.because(why)));
        }
    }
    if state.hidden_bytes > 0 {
        let bytes = display::count(state.hidden_bytes as u64);
        ui.weak(t.tr_args("inspector-cut", &[("bytes", &bytes)]));
    }
}
