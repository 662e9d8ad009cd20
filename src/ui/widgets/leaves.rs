//! A list of named values, flat or as a tree, with one value a line or several side by side. It is one stop of the Tab key:
//! the arrows move in it, fold and unfold; Shift+F10 or the menu key opens the menu of a value, as a right click does.

use super::elide;
use super::grid::{bounds, menu_at};
use crate::ui::focus;
use crate::ui::theme::{self, size};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, Event, EventFilter, Galley, Id, Key, Popup, Pos2, Rect, Sense, Stroke, Ui, accesskit,
    accesskit::Role, pos2, util::hash, vec2,
};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// How a value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Ink {
    #[default]
    Text,
    Weak,
    /// Refused or failed.
    Bad,
    /// It matches an indicator.
    Sighted,
}

#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct LeafCell {
    /// With nothing invisible in it.
    pub text: String,
    pub ink: Ink,
    /// Bytes of the text that differ from the others of its line.
    pub differs: Option<Range<usize>>,
}

impl LeafCell {
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn weak(text: impl Into<String>) -> Self {
        Self { text: text.into(), ink: Ink::Weak, differs: None }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Leaf {
    pub depth: usize,
    pub name: String,
    pub cells: Vec<LeafCell>,
    /// Of a line with members below it: are they shown?
    pub open: Option<bool>,
    /// In front of the name, with what it says to a screen reader.
    pub sign: Option<(&'static str, String)>,
    /// What the tool tip adds.
    pub hint: String,
}

impl Leaf {
    /// Of its name, from the left edge.
    fn indent(&self) -> f32 {
        size::LEAF_SIGN + self.depth as f32 * size::LEAF_INDENT
    }
}

/// The value whose menu is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeafAt {
    pub row: usize,
    pub column: usize,
    /// The menu was opened by a key: its first entry takes the keyboard.
    pub takes_focus: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeafEvent {
    /// The members of this line are to be shown, or not any more.
    Toggle(usize),
    Copy {
        row: usize,
        column: usize,
    },
}

#[derive(Clone, Copy, Debug)]
struct MenuAt {
    row: usize,
    column: usize,
    pos: Pos2,
    is_new: bool,
    by_key: bool,
}

/// What stays between frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeavesState {
    row: usize,
    column: usize,
    menu: Option<MenuAt>,
    wants_focus: bool,
    /// The cursor was moved by a key: its line is scrolled to.
    moved: bool,
    /// Where the value under the cursor was drawn.
    at: Option<Rect>,
    known: Known,
}

/// What was measured before: of what stays the same only the lines in sight are laid out.
#[derive(Clone, Debug, Default)]
struct Known {
    /// Of lines, by what they hold and where their names and values are.
    heights: HashMap<u64, f32>,
    /// Where names and values are, by what the names say and the width of the list.
    spans: Option<(u64, (f32, f32))>,
}

/// Heights that are kept beyond those of the lines that there are.
const KEPT: usize = 16_384;

impl LeavesState {
    pub(crate) fn focus(&mut self) {
        self.wants_focus = true;
    }
}

pub(crate) struct Leaves<'a> {
    pub id: Id,
    /// Of the whole list.
    pub name: &'a str,
    pub rows: &'a [Leaf],
    /// Values of a line.
    pub columns: usize,
}

/// Lines of one value; of longer ones the rest is in the tool tip and in what is copied.
const MOST_LINES: usize = 12;

/// Lines that a Page key moves by.
const PAGE: usize = 12;

/// Where names and values are, from the left edge.
pub(crate) fn spans(width: f32, columns: usize) -> (f32, f32) {
    let part = if columns > 1 { size::LEAF_NAME_BESIDE } else { size::LEAF_NAME };
    let name = (width * part).clamp(size::LEAF_NAME_LEAST.min(width / 2.0), size::LEAF_NAME_MOST);
    (name, (width - name).max(1.0) / columns.max(1) as f32)
}

impl Leaves<'_> {
    /// Draws the lines from the top of what is left; for a scroll area.
    pub(crate) fn show(
        &self,
        ui: &mut Ui,
        state: &mut LeavesState,
        menu: &mut dyn FnMut(&mut Ui, LeafAt),
    ) -> Vec<LeafEvent> {
        let mut events = Vec::new();
        let width = ui.available_width();
        let top = ui.cursor().min;
        // As high as what is seen of it: its outline is around the list, not around the first line.
        let bottom = ui.clip_rect().bottom().max(top.y + size::ROW);
        let body = ui.interact(Rect::from_min_max(top, pos2(top.x + width, bottom)), self.id, Sense::click());
        ui.ctx().accesskit_node_builder(body.id, |node| {
            node.set_role(Role::Tree);
            node.set_label(self.name.to_owned());
        });
        focus::home(ui, self.id);
        // A dialog that was opened from a menu of the list has it already.
        if std::mem::take(&mut state.wants_focus) && ui.memory(|memory| memory.top_modal_layer().is_none()) {
            body.request_focus();
        }
        state.row = state.row.min(self.rows.len().saturating_sub(1));
        state.column = state.column.min(self.columns.saturating_sub(1));
        if body.has_focus() && state.menu.is_none() {
            self.keys(ui, state, &mut events);
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let spans = self.spans(ui, width, &mut state.known.spans);
        if state.known.heights.len() > self.rows.len() + KEPT {
            state.known.heights.clear();
        }
        for row in 0..self.rows.len() {
            self.row_ui(ui, row, (width, spans), body.has_focus(), state, &mut events);
        }
        state.moved = false;
        self.menu_ui(ui, state, menu);
        events
    }

    /// Where names and values are: beside a single value the names have what they need, up to half of the width.
    fn spans(&self, ui: &Ui, width: f32, known: &mut Option<(u64, (f32, f32))>) -> (f32, f32) {
        let (name, cell) = spans(width, self.columns);
        if self.columns > 1 {
            return (name, cell);
        }
        let around = hash((width.to_bits(), ui.pixels_per_point().to_bits()));
        let of = self.rows.iter().fold(around, |of, row| hash((of, &row.name, row.depth)));
        if let Some((_, spans)) = known.filter(|(known, _)| *known == of) {
            return spans;
        }
        let most = (width / 2.0).max(name);
        let needed = |row: &Leaf| {
            let room = most - row.indent() - size::CELL_PADDING;
            elide::width(ui, &theme::body(), &row.name, room).map_or(most, |width| most - room + width + 1.0)
        };
        let name = self.rows.iter().map(needed).fold(name, f32::max).ceil();
        let spans = (name, (width - name).max(1.0));
        *known = Some((of, spans));
        spans
    }

    fn keys(&self, ui: &Ui, state: &mut LeavesState, events: &mut Vec<LeafEvent>) {
        let filter = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: false };
        ui.memory_mut(|m| m.set_focus_lock_filter(self.id, filter));
        let Some(last) = self.rows.len().checked_sub(1) else { return };
        for event in ui.input(|i| i.events.clone()) {
            match event {
                Event::Copy => events.push(LeafEvent::Copy { row: state.row, column: state.column }),
                Event::Key { key, pressed: true, modifiers, .. } if !modifiers.alt => {
                    let to = match key {
                        Key::ArrowDown => Some(state.row + 1),
                        Key::ArrowUp => Some(state.row.saturating_sub(1)),
                        Key::PageDown => Some(state.row + PAGE),
                        Key::PageUp => Some(state.row.saturating_sub(PAGE)),
                        Key::Home => Some(0),
                        Key::End => Some(last),
                        _ => None,
                    };
                    if let Some(to) = to {
                        (state.row, state.moved) = (to.min(last), true);
                        continue;
                    }
                    self.other_key(ui, key, modifiers.shift, state, events);
                }
                _ => {}
            }
        }
    }

    fn other_key(&self, ui: &Ui, key: Key, shift: bool, state: &mut LeavesState, events: &mut Vec<LeafEvent>) {
        let open = self.rows.get(state.row).and_then(|row| row.open);
        match (key, open) {
            (Key::ArrowLeft, Some(true)) | (Key::ArrowRight, Some(false)) | (Key::Enter, Some(_)) => {
                events.push(LeafEvent::Toggle(state.row));
            }
            (Key::ArrowLeft, _) if self.columns > 1 => state.column = state.column.saturating_sub(1),
            (Key::ArrowRight, _) if self.columns > 1 => state.column = (state.column + 1).min(self.columns - 1),
            // To what it is a member of.
            (Key::ArrowLeft, _) => {
                let depth = self.rows.get(state.row).map_or(0, |row| row.depth);
                let above = self.rows.iter().take(state.row).rposition(|row| row.depth < depth);
                if let Some(above) = above {
                    (state.row, state.moved) = (above, true);
                }
            }
            (Key::Enter | Key::Menu, _) => self.open_menu(ui, state),
            (Key::F10, _) if shift => self.open_menu(ui, state),
            _ => {}
        }
    }

    /// Below the value under the cursor.
    fn open_menu(&self, ui: &Ui, state: &mut LeavesState) {
        let pos = state.at.map_or(ui.cursor().min, |at| at.left_bottom());
        let (row, column) = (state.row, state.column);
        state.menu = Some(MenuAt { row, column, pos, is_new: true, by_key: true });
        Popup::open_id(ui.ctx(), self.id.with("menu"));
    }

    fn row_ui(
        &self,
        ui: &mut Ui,
        at: usize,
        (width, spans): (f32, (f32, f32)),
        focused: bool,
        state: &mut LeavesState,
        events: &mut Vec<LeafEvent>,
    ) {
        let Some(row) = self.rows.get(at) else { return };
        let height = height(ui, row, spans, &mut state.known.heights);
        let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        if state.row == at && state.moved {
            ui.scroll_to_rect(rect, None);
        }
        if !ui.is_rect_visible(rect) {
            return;
        }
        let p = theme::palette(ui);
        let (name, cells) = galleys(ui, row, spans);
        let (name_width, cell_width) = spans;
        let is_cursor = focused && state.row == at;
        if is_cursor {
            ui.painter().rect_filled(rect, 0.0, p.selected);
        } else if ui.rect_contains_pointer(rect) {
            ui.painter().rect_filled(rect, 0.0, p.hovered);
        } else if at % 2 == 1 {
            ui.painter().rect_filled(rect, 0.0, p.stripe);
        }
        let text_top = rect.top() + size::LEAF_SPACE / 2.0;
        let sign = match (row.open, &row.sign) {
            (Some(open), _) => Some(if open { "▼" } else { "▶" }),
            (None, Some((sign, _))) => Some(*sign),
            (None, None) => None,
        };
        let sign_at = rect.left() + row.depth as f32 * size::LEAF_INDENT + 2.0;
        if let Some(sign) = sign {
            ui.painter().text(pos2(sign_at, text_top), Align2::LEFT_TOP, sign, theme::body(), p.weak);
        }
        ui.painter().galley(pos2(rect.left() + row.indent(), text_top), name, Color32::PLACEHOLDER);
        for column in 0..self.columns.max(1) {
            let left = if column == 0 { rect.left() } else { rect.left() + name_width + column as f32 * cell_width };
            let text_left = rect.left() + name_width + column as f32 * cell_width + size::CELL_PADDING;
            let right = rect.left() + name_width + (column + 1) as f32 * cell_width;
            let area = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
            let elided = cells.get(column).is_some_and(|galley| galley.elided);
            if let Some(galley) = cells.get(column) {
                ui.painter().galley(pos2(text_left, text_top), Arc::clone(galley), Color32::PLACEHOLDER);
            }
            if is_cursor && state.column == column {
                let cell = Rect::from_min_max(pos2(text_left - size::CELL_PADDING, rect.top()), area.max);
                state.at = Some(cell);
                let around = if self.columns > 1 { cell } else { rect };
                ui.painter().rect_stroke(around, 0.0, Stroke::new(1.0, p.accent), egui::StrokeKind::Inside);
            }
            self.cell_events(ui, (at, column), area, elided, state, events);
        }
    }

    fn cell_events(
        &self,
        ui: &Ui,
        (at, column): (usize, usize),
        area: Rect,
        elided: bool,
        state: &mut LeavesState,
        events: &mut Vec<LeafEvent>,
    ) {
        let Some(row) = self.rows.get(at) else { return };
        let text = row.cells.get(column).map_or("", |cell| cell.text.as_str());
        let response = ui.interact(area, self.id.with((at, column)), Sense::CLICK);
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(Role::TreeItem);
            let sign = row.sign.as_ref().map(|(_, says)| format!(", {says}")).unwrap_or_default();
            let is_fold = row.cells.is_empty();
            node.set_label(if is_fold { row.name.clone() } else { format!("{} = {text}{sign}", row.name) });
            node.set_level(row.depth + 1);
            row.open.into_iter().for_each(|open| node.set_expanded(open));
            node.set_bounds(bounds(area));
            node.add_action(accesskit::Action::Click);
        });
        if response.clicked() || response.secondary_clicked() {
            (state.row, state.column) = (at, column);
            ui.memory_mut(|m| m.request_focus(self.id));
        }
        if response.clicked() && row.open.is_some() {
            events.push(LeafEvent::Toggle(at));
        }
        if response.secondary_clicked() {
            let pos = response.interact_pointer_pos().unwrap_or(area.left_bottom());
            state.menu = Some(MenuAt { row: at, column, pos, is_new: true, by_key: false });
            Popup::open_id(ui.ctx(), self.id.with("menu"));
        }
        if response.hovered() && (elided || !row.hint.is_empty()) {
            let lines = [if elided { text } else { "" }, row.hint.as_str()];
            let shown: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            response.on_hover_text(shown.join("\n"));
        }
    }

    fn menu_ui(&self, ui: &Ui, state: &mut LeavesState, menu: &mut dyn FnMut(&mut Ui, LeafAt)) {
        let id = self.id.with("menu");
        let Some(MenuAt { row, column, pos, is_new, by_key }) = state.menu else { return };
        if !Popup::is_id_open(ui.ctx(), id) {
            state.menu = None;
            state.wants_focus = true;
            return;
        }
        menu_at(ui, id, self.id, pos).show(|ui| menu(ui, LeafAt { row, column, takes_focus: is_new && by_key }));
        if let Some(menu) = &mut state.menu {
            menu.is_new = false;
        }
    }
}

fn format(color: Color32) -> TextFormat {
    TextFormat { font_id: theme::body(), color, line_height: Some(size::LINE), ..TextFormat::default() }
}

/// Of what records hold: keys, hashes and identifiers in which no two signs look the same.
fn value_format(color: Color32) -> TextFormat {
    TextFormat { font_id: theme::mono(), ..format(color) }
}

fn cell_job(cell: &LeafCell, ui: &Ui) -> LayoutJob {
    let p = theme::palette(ui);
    let color = match cell.ink {
        Ink::Text => p.text,
        Ink::Weak => p.weak,
        Ink::Bad => p.bad,
        Ink::Sighted => p.sighting,
    };
    let parts = cell.differs.as_ref().filter(|differs| !differs.is_empty()).and_then(|differs| {
        Some((cell.text.get(..differs.start)?, cell.text.get(differs.clone())?, cell.text.get(differs.end..)?))
    });
    let Some((before, part, after)) = parts else {
        // What is weak is said by the program.
        let format = if cell.ink == Ink::Weak { format(color) } else { value_format(color) };
        return LayoutJob::single_section(cell.text.clone(), format);
    };
    let mut job = LayoutJob::default();
    job.append(before, 0.0, value_format(color));
    let line = Stroke::new(size::UNDERLINE, p.warning);
    job.append(part, 0.0, TextFormat { underline: line, ..value_format(p.text) });
    job.append(after, 0.0, value_format(color));
    job
}

/// A line as it is laid out: its name and its values.
fn galleys(ui: &Ui, row: &Leaf, (name_width, cell_width): (f32, f32)) -> (Arc<Galley>, Vec<Arc<Galley>>) {
    let p = theme::palette(ui);
    let name_color = if row.open.is_some() { p.text } else { p.weak };
    let name_room = (name_width - row.indent() - size::CELL_PADDING).max(size::LEAF_INDENT);
    let name = galley(ui, LayoutJob::single_section(row.name.clone(), format(name_color)), name_room, false);
    let cell_room = (cell_width - 2.0 * size::CELL_PADDING).max(1.0);
    let cells = row.cells.iter().map(|cell| galley(ui, cell_job(cell, ui), cell_room, true)).collect();
    (name, cells)
}

/// Of a line. Laying it out takes long beside looking it up.
fn height(ui: &Ui, row: &Leaf, spans: (f32, f32), known: &mut HashMap<u64, f32>) -> f32 {
    let around = [spans.0, spans.1, ui.pixels_per_point()].map(f32::to_bits);
    *known.entry(hash((around, row.depth, &row.name, &row.cells))).or_insert_with(|| {
        let (name, cells) = galleys(ui, row, spans);
        let highest = cells.iter().chain([&name]).map(|galley| galley.size().y).fold(0.0, f32::max);
        (highest + size::LEAF_SPACE).max(size::LEAF_ROW)
    })
}

fn galley(ui: &Ui, mut job: LayoutJob, width: f32, is_value: bool) -> Arc<Galley> {
    let max_rows = if is_value { MOST_LINES } else { 3 };
    job.wrap = TextWrapping { max_width: width, max_rows, break_anywhere: false, overflow_character: Some('…') };
    ui.painter().layout_job(job)
}

/// Bytes of each text that differ: what is between the beginning and the end that all have in common.
pub(crate) fn differing(texts: &[&str]) -> Vec<Range<usize>> {
    let Some(first) = texts.first() else { return Vec::new() };
    let common = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let before = texts.iter().map(|text| common(first, text)).min().unwrap_or(0);
    let shortest = texts.iter().map(|text| text.chars().count()).min().unwrap_or(0);
    let back = |one: &str, other: &str| one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
    let behind = texts.iter().map(|text| back(first, text)).min().unwrap_or(0).min(shortest - before);
    let bytes = |text: &str| {
        let start = text.char_indices().nth(before).map_or(text.len(), |(at, _)| at);
        let end = text.char_indices().rev().take(behind).last().map_or(text.len(), |(at, _)| at);
        start..end.max(start)
    };
    texts.iter().map(|text| bytes(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn what_differs_is_between_what_is_common() {
        let parts = |texts: &[&str]| {
            let ranges = differing(texts);
            texts.iter().zip(ranges).map(|(text, range)| text[range].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(parts(&["role/web-1/x", "role/db-12/x"]), ["web-1", "db-12"]);
        assert_eq!(parts(&["aaa", "aa"]), ["a", ""]);
        assert_eq!(parts(&["東京都", "東西都", "東都"]), ["京", "西", ""]);
        assert_eq!(parts(&["", "x"]), ["", "x"]);
        assert_eq!(parts(&["same", "same"]), ["", ""]);
        assert!(parts(&[]).is_empty());
    }
}
