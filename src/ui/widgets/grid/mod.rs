//! Our own table: any number of rows, of which only the visible ones are looked at. It sees rows by position through
//! `RowSource` and knows neither queries nor what the rows are. Cells carry names and roles for the accessibility tree.

mod cell;
mod header;
mod keys;
mod rows;

pub(crate) use rows::SIGHTED;
pub(crate) mod scroll;

use crate::session::selection::Selection;
use crate::ui::theme::{self, size};
use egui::{Id, Rect, Sense, Ui, UiBuilder, accesskit::Role, pos2, vec2};
use scroll::{Extent, Scroll};
use std::ops::Range;
use std::sync::Arc;

/// What a cell shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CellView {
    /// Not fetched yet.
    Loading,
    Absent,
    /// One line, with nothing invisible in it.
    Text(String),
    /// A small series: its values, none below zero, and what they say in words.
    Spark {
        values: Arc<[f32]>,
        text: String,
    },
}

/// How a row is out: by a sign, with a tint of the same meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RowMark {
    #[default]
    None,
    /// Something to look at.
    Warning,
    /// It matches an indicator.
    Sighting,
    /// The examiner gave it a tag.
    Tagged,
}

/// What is beside a cell's value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellNote {
    /// The value matches an indicator.
    pub sighted: bool,
    /// What the examiner calls it.
    pub label: Option<String>,
}

pub(crate) trait RowSource {
    fn rows(&self) -> u64;
    fn cell(&self, row: u64, column: usize) -> CellView;
    /// What the tool tip adds to the text.
    fn hint(&self, _row: u64, _column: usize) -> Option<String> {
        None
    }
    fn mark(&self, _row: u64) -> RowMark {
        RowMark::None
    }
    /// What the number of the row says when the pointer rests on it.
    fn row_hint(&self, _row: u64) -> Option<String> {
        None
    }
    fn note(&self, _row: u64, _column: usize) -> CellNote {
        CellNote::default()
    }
    /// Is this value's text coloured, as what was refused or failed?
    fn stands_out(&self, _row: u64, _column: usize) -> bool {
        false
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GridColumn {
    pub title: String,
    pub width: f32,
    /// Somebody chose this width; else the column grows to the widest number or time on show.
    pub resized: bool,
    pub numeric: bool,
    /// Of a text that is too long its end is shown (paths), not its beginning.
    pub keep_end: bool,
    /// Place among the sort keys from 0, and whether descending.
    pub sort: Option<(usize, bool)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GridEvent {
    /// A click on a header; with `add` (Shift) as a further key.
    Sort {
        column: usize,
        add: bool,
    },
    Resized {
        column: usize,
        width: f32,
    },
    /// A column was dragged to be before another (or after the last).
    Moved {
        from: usize,
        before: usize,
    },
    /// Enter or a double click.
    Activated(u64),
    /// Space: the selected rows are meant.
    Tagged,
    Copy,
}

/// What stays between frames.
#[derive(Clone, Debug, Default)]
pub struct GridState {
    pub scroll: Scroll,
    /// Points scrolled to the right.
    x: f32,
    menu: Option<MenuAt>,
    /// Where in the thumb it was taken hold of.
    thumb_grip: f32,
    dragged_column: Option<usize>,
    reveal: Option<Reveal>,
    wants_focus: bool,
    /// Of each column by its title, as wide as its widest number or time so far: so that scrolling makes no column
    /// narrower.
    widest: Vec<(String, f32)>,
}

/// The open menu: of which cell, and where it was asked for (`None`: by a key, so below the cell).
#[derive(Clone, Copy, Debug)]
struct MenuAt {
    row: u64,
    column: usize,
    pos: Option<egui::Pos2>,
    is_new: bool,
}

#[derive(Clone, Copy, Debug)]
enum Reveal {
    Centre(u64),
    Column,
}

impl GridState {
    pub fn scroll_to_top(&mut self) {
        self.scroll = Scroll::default();
    }

    pub fn show_row(&mut self, row: u64) {
        self.reveal = Some(Reveal::Centre(row));
    }

    pub fn focus(&mut self) {
        self.wants_focus = true;
    }
}

/// Names that a person or a screen reader meets.
pub(crate) struct GridTexts {
    pub table: String,
    pub row: String,
    pub absent: String,
    pub loading: String,
    /// What matches an indicator, in a word.
    pub sighted: String,
    /// What has a tag, in a word.
    pub tagged: String,
}

impl GridTexts {
    pub(crate) fn of(texts: &crate::present::text::Texts, table: String) -> Self {
        let [row, absent, loading, sighted, tagged] =
            ["grid-row", "grid-absent", "loading", "grid-sighted", "grid-tagged"].map(|key| texts.tr(key));
        Self { table, row, absent, loading, sighted, tagged }
    }
}

/// The cell whose menu is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MenuCell {
    pub row: u64,
    pub column: usize,
    /// The menu has just been opened by a key: its first entry takes the keyboard.
    pub takes_focus: bool,
}

pub(crate) type CellMenu<'a> = dyn FnMut(&mut Ui, MenuCell) + 'a;
pub(crate) type HeaderMenu<'a> = dyn FnMut(&mut Ui, usize) + 'a;

pub(crate) struct Grid<'a> {
    pub id: Id,
    pub columns: &'a [GridColumn],
    pub source: &'a dyn RowSource,
    pub texts: &'a GridTexts,
    /// The rows answer an older question: shown, but weaker.
    pub dimmed: bool,
}

/// Where the parts of the grid are, in points of the window.
struct Areas {
    head: Rect,
    /// Row numbers.
    gutter: Rect,
    body: Rect,
    bar: Rect,
    bottom_bar: Option<Rect>,
    /// Of the columns.
    widths: Vec<f32>,
}

impl Areas {
    fn columns_width(&self) -> f32 {
        self.widths.iter().sum()
    }
}

pub(crate) struct GridOutput {
    pub events: Vec<GridEvent>,
    /// Rows on screen, to be fetched.
    pub visible: Range<u64>,
}

impl Grid<'_> {
    pub(crate) fn show(
        &self,
        ui: &mut Ui,
        state: &mut GridState,
        selection: &mut Selection,
        cell_menu: &mut CellMenu<'_>,
        header_menu: &mut HeaderMenu<'_>,
    ) -> GridOutput {
        let rect = ui.available_rect_before_wrap();
        ui.allocate_rect(rect, Sense::hover());
        let builder = UiBuilder::new()
            .id_salt(self.id)
            .max_rect(rect)
            .accessibility_role(Role::Grid)
            .accessibility_label(self.texts.table.clone());
        let mut ui = ui.new_child(builder);
        let ui = &mut ui;
        ui.set_clip_rect(ui.clip_rect().intersect(rect));
        let (rows, columns) = (self.source.rows(), self.columns.len());
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
            node.set_row_count(usize::try_from(rows).unwrap_or(usize::MAX));
            node.set_column_count(columns);
        });
        let widths = self.widths(ui, state, rect);
        let areas = self.areas(ui, rect, widths);
        let extent = Extent::new(rows, areas.body.height(), size::ROW);
        let mut events = Vec::new();
        ui.painter().rect_filled(rect, 0.0, theme::palette(ui).surface);

        let focus_id = self.id.with("body");
        let response = ui.interact(areas.body.union(areas.gutter), focus_id, Sense::click());
        // A dialog that was opened from a menu of the table has it already.
        if std::mem::take(&mut state.wants_focus) && ui.memory(|m| m.top_modal_layer().is_none()) {
            response.request_focus();
        }
        self.wheel(ui, &response, state, extent, &areas);
        if response.has_focus() && state.menu.is_none() {
            self.keys(ui, focus_id, state, selection, extent, &mut events);
        }
        self.apply_reveal(state, selection, extent, &areas);
        state.scroll.clamp(extent);

        self.rows_ui(ui, &areas, state, selection, &mut events);
        if response.has_focus() {
            let stroke = egui::Stroke::new(1.0, theme::palette(ui).accent);
            ui.painter().rect_stroke(areas.body.union(areas.gutter), 0.0, stroke, egui::StrokeKind::Inside);
        }
        self.header_ui(ui, &areas, state, &mut events, header_menu);
        self.scrollbars_ui(ui, &areas, state, extent);
        self.menu_ui(ui, &areas, state, cell_menu);
        GridOutput { events, visible: state.scroll.visible(extent) }
    }

    fn areas(&self, ui: &Ui, rect: Rect, widths: Vec<f32>) -> Areas {
        let digits = self.source.rows().max(1).ilog10() + 1;
        let number_width = ui.fonts_mut(|f| f.glyph_width(&theme::body(), '0'));
        // Beside the number there is room for a sign.
        let number = (digits + digits / 3) as f32 * number_width;
        let gutter_width = number + size::SIGN + 3.0 * size::CELL_PADDING;
        let columns_width: f32 = widths.iter().sum();
        let right = (rect.right() - size::SCROLLBAR).max(rect.left());
        let left = (rect.left() + gutter_width).min(right);
        let top = rect.top() + size::HEADER;
        let has_bottom = columns_width > right - left;
        let bottom = if has_bottom { (rect.bottom() - size::SCROLLBAR).max(top) } else { rect.bottom().max(top) };
        Areas {
            head: Rect::from_min_max(pos2(left, rect.top()), pos2(right, top)),
            gutter: Rect::from_min_max(pos2(rect.left(), top), pos2(left, bottom)),
            body: Rect::from_min_max(pos2(left, top), pos2(right, bottom)),
            bar: Rect::from_min_max(pos2(right, top), pos2(rect.right(), bottom)),
            bottom_bar: has_bottom.then(|| Rect::from_min_max(pos2(left, bottom), pos2(right, rect.bottom()))),
            widths,
        }
    }

    /// Horizontal extents of the columns, with the horizontal scrolling.
    fn column_spans(&self, areas: &Areas, x: f32) -> Vec<(f32, f32)> {
        let mut left = areas.body.left() - x;
        let spans = areas.widths.iter().map(|width| {
            let span = (left, left + width);
            left = span.1;
            span
        });
        spans.collect()
    }

    fn wheel(&self, ui: &Ui, response: &egui::Response, state: &mut GridState, extent: Extent, areas: &Areas) {
        let max_x = (areas.columns_width() - areas.body.width()).max(0.0);
        if response.contains_pointer() || ui.rect_contains_pointer(areas.head.union(areas.bar)) {
            let delta = ui.input(|i| i.smooth_scroll_delta());
            state.scroll.by_rows(-f64::from(delta.y) / f64::from(size::ROW), extent);
            state.x -= delta.x;
        }
        state.x = state.x.clamp(0.0, max_x);
    }

    fn apply_reveal(&self, state: &mut GridState, selection: &Selection, extent: Extent, areas: &Areas) {
        match state.reveal.take() {
            Some(Reveal::Centre(row)) => state.scroll.centre(row, extent),
            Some(Reveal::Column) => {
                if let Some((left, right)) = self.column_spans(areas, state.x).get(selection.column).copied() {
                    if left < areas.body.left() {
                        state.x -= areas.body.left() - left;
                    } else if right > areas.body.right() {
                        state.x += (right - areas.body.right()).min(left - areas.body.left());
                    }
                }
            }
            None => {}
        }
    }

    fn scrollbars_ui(&self, ui: &Ui, areas: &Areas, state: &mut GridState, extent: Extent) {
        let p = theme::palette(ui);
        ui.painter().rect_filled(areas.bar, 0.0, p.panel);
        let response = ui.interact(areas.bar, self.id.with("bar"), Sense::DRAG | Sense::CLICK);
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(Role::ScrollBar);
            node.set_label(self.texts.table.clone());
            node.set_numeric_value(state.scroll.top);
            node.set_max_numeric_value(extent.rows as f64);
            node.set_bounds(rows::bounds(areas.bar));
        });
        let track = areas.bar.height();
        if let Some((offset, length)) = state.scroll.thumb(extent, track, size::THUMB_MIN) {
            if let Some(pointer) = response.interact_pointer_pos() {
                let at = pointer.y - areas.bar.top();
                if response.drag_started()
                    || response.is_pointer_button_down_on() && ui.input(|i| i.pointer.any_pressed())
                {
                    let on_thumb = (offset..offset + length).contains(&at);
                    state.thumb_grip = if on_thumb { at - offset } else { length / 2.0 };
                }
                state.scroll.drag_thumb(at - state.thumb_grip, extent, track, size::THUMB_MIN);
            }
            let (offset, length) = state.scroll.thumb(extent, track, size::THUMB_MIN).unwrap_or((offset, length));
            let active = response.hovered() || response.dragged();
            let thumb =
                Rect::from_min_size(areas.bar.left_top() + vec2(2.0, offset), vec2(size::SCROLLBAR - 4.0, length));
            ui.painter().rect_filled(thumb, 3.0, if active { p.accent } else { p.weak });
        }
        if let Some(bar) = areas.bottom_bar {
            self.bottom_bar_ui(ui, bar, state, (areas.body.width(), areas.columns_width()));
        }
    }

    fn bottom_bar_ui(&self, ui: &Ui, bar: Rect, state: &mut GridState, (shown, whole): (f32, f32)) {
        let p = theme::palette(ui);
        let response = ui.interact(bar, self.id.with("bottom_bar"), Sense::DRAG | Sense::CLICK);
        ui.painter().rect_filled(bar, 0.0, p.panel);
        let length = (shown / whole * bar.width()).max(size::THUMB_MIN);
        let (free, max_x) = (bar.width() - length, whole - shown);
        if free <= 0.0 || max_x <= 0.0 {
            return;
        }
        if response.dragged() {
            state.x = (state.x + response.drag_delta().x / free * max_x).clamp(0.0, max_x);
        }
        let thumb = Rect::from_min_size(
            bar.left_top() + vec2(state.x / max_x * free, 2.0),
            vec2(length, size::SCROLLBAR - 4.0),
        );
        let active = response.hovered() || response.dragged();
        ui.painter().rect_filled(thumb, 3.0, if active { p.accent } else { p.weak });
    }

    /// The menu of a cell stays open although its row may scroll away, so it belongs to the grid.
    fn menu_ui(&self, ui: &Ui, areas: &Areas, state: &mut GridState, cell_menu: &mut CellMenu<'_>) {
        let id = self.id.with("menu");
        let Some(MenuAt { row, column, pos, is_new }) = state.menu else { return };
        if !egui::Popup::is_id_open(ui.ctx(), id) {
            state.menu = None;
            state.wants_focus = true;
            return;
        }
        let below_cell = || {
            let left = self.column_spans(areas, state.x).get(column).map_or(areas.body.left(), |span| span.0);
            pos2(left.max(areas.body.left()), areas.body.top() + state.scroll.offset(row, size::ROW) + size::ROW)
        };
        let anchor = egui::PopupAnchor::Position(pos.unwrap_or_else(below_cell));
        egui::Popup::new(id, ui.ctx().clone(), anchor, ui.layer_id())
            .anchor_widget(self.id.with("body"))
            .kind(egui::PopupKind::Menu)
            .layout(egui::Layout::top_down_justified(egui::Align::Min))
            .style(egui::containers::menu::menu_style)
            .open_memory(None)
            .show(|ui| cell_menu(ui, MenuCell { row, column, takes_focus: is_new && pos.is_none() }));
        // While the row is on its way there is no entry that could take the keyboard.
        if let Some(menu) = &mut state.menu {
            menu.is_new &= self.source.cell(row, column) == CellView::Loading;
        }
    }
}
