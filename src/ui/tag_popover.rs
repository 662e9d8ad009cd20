//! The tags of the selected rows, chosen beside the row under the cursor: known ones, a new one, several at once.

use super::theme::{self, size};
use super::widgets::follow::scroll_to_chosen;
use crate::app::conclusions::MOST_TAGGED;
use crate::model::Dataset;
use crate::model::conclusions::Subject;
use crate::present::display;
use crate::session::conclusions::Lists;
use crate::session::records::Records;
use crate::session::{Action, App};
use egui::{
    Align2, Button, Id, Key, LayerId, Modifiers, PopupAnchor, PopupCloseBehavior, Rect, RichText, ScrollArea, TextEdit,
    Ui,
};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct TagPopover {
    open: Option<Open>,
}

/// What is being chosen.
struct Open {
    /// Whose rows they are: two tables may be side by side.
    dataset: Dataset,
    records: Vec<Subject>,
    /// How many of the records have each tag.
    has: BTreeMap<String, usize>,
    typed: String,
    /// The entry of the list that Enter and Space mean.
    at: Option<usize>,
    /// Tags to be set (or removed) together.
    picked: BTreeMap<String, bool>,
    /// Who writes, where neither case nor settings say it.
    name: String,
    is_new: bool,
    /// Where it was drawn in the last frame.
    layer: Option<LayerId>,
}

/// Known tags that are listed.
const LISTED: usize = 40;

impl TagPopover {
    /// For the selected rows. The tag that was given last is the one that Enter gives at once.
    pub(crate) fn open(&mut self, app: &App) {
        let (Some(records), Some(case)) = (app.records(), &app.case) else { return };
        let Some(lists) = case.conclusions.lists() else { return };
        let dataset = records.dataset;
        let records = crate::app::conclusions::records(records.selected_ids(MOST_TAGGED));
        if records.is_empty() {
            return;
        }
        let mut has: BTreeMap<String, usize> = BTreeMap::new();
        for tag in records.iter().flat_map(|record| lists.tags_of(record)) {
            *has.entry(tag.clone()).or_default() += 1;
        }
        let (typed, name, picked) = (String::new(), String::new(), BTreeMap::new());
        let mut open = Open { dataset, records, has, typed, at: None, picked, name, is_new: true, layer: None };
        let quick = case.conclusions.quick_tag();
        open.at = quick.and_then(|quick| open.entries(lists).iter().position(|tag| *tag == quick));
        self.open = Some(open);
    }
}

impl Open {
    /// Known tags that hold what is typed, in the order of their use.
    fn entries<'l>(&self, lists: &'l Lists) -> Vec<&'l str> {
        let typed = self.typed.rsplit([',', '、']).next().unwrap_or_default().trim().to_lowercase();
        let mut tags: Vec<&(String, u64)> =
            lists.tags.iter().filter(|(name, _)| typed.is_empty() || name.to_lowercase().contains(&typed)).collect();
        tags.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        tags.into_iter().map(|(name, _)| name.as_str()).take(LISTED).collect()
    }

    fn is_on_all(&self, tag: &str) -> bool {
        self.has.get(tag) == Some(&self.records.len())
    }

    /// On where some record lacks it, else off; a second time as it is.
    fn pick(&mut self, tag: &str) {
        if self.picked.remove(tag).is_none() {
            self.picked.insert(tag.to_owned(), !self.is_on_all(tag));
        }
    }

    /// What Enter means: what was picked and typed; else the entry that the arrows are at.
    fn wanted(&mut self, lists: &Lists) -> BTreeMap<String, bool> {
        let typed: Vec<String> =
            self.typed.split([',', '、']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
        let chosen = self.at.and_then(|at| self.entries(lists).get(at).map(|tag| (*tag).to_owned()));
        match chosen {
            // The beginning of a known tag was typed, and the tag chosen below it.
            Some(tag) if self.picked.is_empty() && typed.len() <= 1 => self.pick(&tag),
            _ => typed.into_iter().for_each(|tag| {
                self.picked.insert(tag, true);
            }),
        }
        self.picked.clone()
    }
}

/// Was the keyboard taken to something else? Then its Enter is not for the tags.
fn is_elsewhere(ui: &Ui, layer: LayerId) -> bool {
    let (focused, in_dialog) = ui.memory(|memory| (memory.focused(), memory.top_modal_layer().is_some()));
    let focused = focused.and_then(|id| ui.ctx().read_response(id));
    in_dialog || focused.is_some_and(|response| response.layer_id != layer)
}

/// Draws it where the row is; true when it was closed just now, and the table should have the keyboard.
pub(crate) fn tag_popover_ui(
    ui: &Ui,
    app: &App,
    records: &Records,
    row: Option<Rect>,
    state: &mut TagPopover,
    out: &mut Vec<Action>,
) -> bool {
    let Some(open) = state.open.as_mut().filter(|open| open.dataset == records.dataset) else { return false };
    if open.layer.is_some_and(|layer| is_elsewhere(ui, layer)) {
        state.open = None;
        return false;
    }
    let lists = app.case.as_ref().and_then(|case| case.conclusions.lists());
    let Some(lists) = lists.filter(|_| !records.selection.is_empty()) else {
        state.open = None;
        return false;
    };
    let anchor = row.unwrap_or_else(|| Rect::from_min_size(ui.min_rect().min, egui::vec2(size::POPUP, size::ROW)));
    let at = egui::pos2(anchor.left() + size::GAP_LARGE, anchor.bottom());
    let was_new = open.is_new;
    let popup = egui::Popup::new(Id::unique("tags"), ui.ctx().clone(), PopupAnchor::Position(at), ui.layer_id())
        .open(true)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .accessible_name(app.texts.tr("tags-field"));
    let shown = popup.show(|ui| content_ui(ui, app, lists, open, out));
    let Some(shown) = shown else { return false };
    open.layer = Some(shown.response.layer_id);
    let left = ui.input(|i| i.key_pressed(Key::Escape))
        || !was_new && ui.input(|i| i.pointer.any_pressed()) && !shown.response.contains_pointer();
    if shown.inner || left {
        state.open = None;
        return true;
    }
    false
}

/// True when it is done.
fn content_ui(ui: &mut Ui, app: &App, lists: &Lists, open: &mut Open, out: &mut Vec<Action>) -> bool {
    let t = &app.texts;
    ui.set_width(size::TAGS);
    ui.strong(t.tr_args("tags-title", &[("count", &display::count(open.records.len() as u64))]));
    let nameless = app.is_nameless();
    if nameless {
        ui.label(t.tr("examiner-why"));
        let field = TextEdit::singleline(&mut open.name).hint_text(t.tr("examiner-name")).desired_width(f32::INFINITY);
        let field = ui.add(field.align(Align2::LEFT_CENTER)).accessible_name(t.tr("examiner-name"));
        if open.is_new {
            field.request_focus();
        }
    }
    let entries: Vec<String> = open.entries(lists).into_iter().map(str::to_owned).collect();
    keys(ui, open, &entries);
    let entered = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
    let field = TextEdit::singleline(&mut open.typed).hint_text(t.tr("tags-hint")).desired_width(f32::INFINITY);
    let field = ui.add(field.align(Align2::LEFT_CENTER)).accessible_name(t.tr("tags-field"));
    if open.is_new && !nameless {
        field.request_focus();
    }
    if field.changed() {
        open.at = None;
    }
    let moves_on = entered && nameless && open.typed.trim().is_empty() && open.at.is_none() && open.picked.is_empty();
    if moves_on {
        field.request_focus();
    }
    open.is_new = false;
    list_ui(ui, app, &entries, open);
    ui.weak(t.tr("tags-keys"));
    let may = !nameless || !open.name.trim().is_empty();
    let pressed = ui.add_enabled(may, Button::new(t.tr("tags-apply"))).clicked();
    if !(pressed || entered && may && !moves_on) {
        return false;
    }
    let tags = open.wanted(lists);
    if tags.is_empty() {
        return false;
    }
    if nameless {
        out.push(Action::Examiner(open.name.clone()));
    }
    out.push(Action::SetTags(open.records.clone(), tags));
    true
}

/// The arrows choose below the field; Space picks what they chose.
fn keys(ui: &Ui, open: &mut Open, entries: &[String]) {
    let pressed = |key| ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key));
    let Some(last) = entries.len().checked_sub(1) else {
        open.at = None;
        return;
    };
    open.at = open.at.map(|at| at.min(last));
    for _ in 0..pressed(Key::ArrowDown) {
        open.at = Some(open.at.map_or(0, |at| (at + 1).min(last)));
    }
    for _ in 0..pressed(Key::ArrowUp) {
        open.at = open.at.and_then(|at| at.checked_sub(1));
    }
    if let Some(tag) =
        open.at.and_then(|at| entries.get(at)).filter(|_| open.typed.is_empty() && pressed(Key::Space) > 0)
    {
        open.pick(tag);
        // The key would be written into the field too.
        ui.input_mut(|i| i.events.retain(|event| !matches!(event, egui::Event::Text(text) if text == " ")));
    }
}

fn list_ui(ui: &mut Ui, app: &App, entries: &[String], open: &mut Open) {
    let (t, p) = (&app.texts, theme::palette(ui));
    if entries.is_empty() && open.typed.trim().is_empty() {
        ui.weak(t.tr("tags-none"));
        return;
    }
    ScrollArea::vertical().max_height(size::POPUP_ROWS).show(ui, |ui| {
        for (at, tag) in entries.iter().enumerate() {
            let (sign, says) = match (open.picked.get(tag), open.has.get(tag)) {
                (Some(true), _) => ("●", t.tr("tags-will-add")),
                (Some(false), _) => ("×", t.tr("tags-will-remove")),
                (None, Some(_)) if open.is_on_all(tag) => ("■", t.tr("tags-all")),
                (None, Some(some)) => ("□", t.tr_args("tags-some", &[("count", &display::count(*some as u64))])),
                (None, None) => ("□", String::new()),
            };
            let shown = format!("{sign} {}", display::visible(tag));
            let says = RichText::new(says).color(p.weak);
            let button = Button::selectable(open.at == Some(at), (shown, egui::Atom::grow(), says));
            let response = ui.add(button.min_size(egui::vec2(ui.available_width(), 0.0)));
            if open.at == Some(at) {
                scroll_to_chosen("tags", at, &response);
            }
            if response.clicked() {
                open.pick(tag);
            }
        }
    });
}
