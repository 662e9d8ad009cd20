//! Our own table: any number of rows, of which only the visible ones are looked at. It sees rows by position through
//! `RowSource` and knows neither queries nor what the rows are. Cells carry names and roles for the accessibility tree.

mod bars;
mod cell;
mod fit;
mod gutter;
mod header;
mod keys;
mod measure;
mod rows;

pub(crate) use keys::asks_for_menu;
pub(crate) use rows::bounds;
pub(crate) mod scroll;

use crate::session::selection::Selection;
use crate::ui::focus::{self, Arrows, group_ui};
use crate::ui::theme::{self, size};
use egui::{Id, Popup, PopupAnchor, PopupKind, Pos2, Rect, Sense, Ui, UiBuilder, accesskit::Role, pos2};
use fit::{Fitted, Placed};
use measure::Measured;
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

/// In front of what matches an indicator.
pub(crate) const SIGHTED: &str = "◆ ";

/// What a row is marked by, each in its own lane beside the row number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowMarks {
    /// Something to look at.
    pub warning: bool,
    /// A rule matches it.
    pub ruled: bool,
    /// It matches an indicator.
    pub sighted: bool,
    /// The examiner gave it a tag.
    pub tagged: bool,
}

/// What is beside a cell's value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellNote {
    /// The value matches an indicator.
    pub sighted: bool,
    /// What the examiner calls it.
    pub label: Option<String>,
    /// What it usually is called; left out where there is no room.
    pub gloss: Option<String>,
}

pub(crate) trait RowSource {
    fn rows(&self) -> u64;
    fn cell(&self, row: u64, column: usize) -> CellView;
    /// What the tool tip adds to the text.
    fn hint(&self, _row: u64, _column: usize) -> Option<String> {
        None
    }
    fn marks(&self, _row: u64) -> RowMarks {
        RowMarks::default()
    }
    /// Can any row be marked? Else the lanes are left out.
    fn has_lanes(&self) -> bool {
        false
    }
    /// Another number for other rows: then the columns are measured again.
    fn answer(&self) -> u64 {
        self.rows()
    }
    /// What the number of the row says when the pointer rests on it.
    fn row_hint(&self, _row: u64) -> Option<String> {
        None
    }
    fn note(&self, _row: u64, _column: usize) -> CellNote {
        CellNote::default()
    }
    /// Does the cell say nothing that matters, such as zero?
    fn fades(&self, _row: u64, _column: usize) -> bool {
        false
    }
    /// Is this value's text coloured, as what was refused or failed?
    fn stands_out(&self, _row: u64, _column: usize) -> bool {
        false
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GridColumn {
    pub title: String,
    /// What its texts get before there is width to spare; they may need less. Numbers and times get what they need.
    pub width: f32,
    /// The width that somebody chose.
    pub own: Option<f32>,
    pub numeric: bool,
    /// It holds identifiers: every sign has one width and looks like no other.
    pub tabular: bool,
    /// It stays in sight while the table is moved sideways.
    pub pinned: bool,
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
    /// Columns moved to the left, and what the wheel has turned towards the next.
    step: usize,
    turned: f32,
    menu: Option<MenuAt>,
    /// The header whose menu was asked for by a key.
    header_menu: Option<usize>,
    /// Where in the thumb it was taken hold of.
    thumb_grip: f32,
    dragged_column: Option<usize>,
    reveal: Option<Reveal>,
    wants_focus: bool,
    measured: Measured,
}

/// The open menu: of which cell, and where it was asked for (`None`: by a key, so below the cell).
#[derive(Clone, Copy, Debug)]
struct MenuAt {
    row: u64,
    column: usize,
    pos: Option<Pos2>,
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
    pub ruled: String,
    pub sighted: String,
    /// What has a tag, in a word.
    pub tagged: String,
    /// What has a warning, in a word.
    pub warned: String,
}

impl GridTexts {
    pub(crate) fn of(texts: &crate::present::text::Texts, table: String) -> Self {
        let keys = ["grid-row", "grid-absent", "loading", "grid-ruled", "grid-sighted", "grid-tagged", "grid-warned"];
        let [row, absent, loading, ruled, sighted, tagged, warned] = keys.map(|key| texts.tr(key));
        Self { table, row, absent, loading, ruled, sighted, tagged, warned }
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
    /// The columns in sight.
    fitted: Fitted,
}

impl Areas {
    /// Where a column is within a line, if it is in sight.
    fn column(&self, column: usize, line: Rect) -> Option<Rect> {
        self.fitted.placed.iter().find(|placed| placed.column == column).map(|placed| self.span(placed, line))
    }

    fn span(&self, placed: &Placed, line: Rect) -> Rect {
        let left = self.body.left() + placed.left;
        Rect::from_x_y_ranges(left..=left + placed.width, line.y_range())
    }
}

pub(crate) struct GridOutput {
    pub events: Vec<GridEvent>,
    /// Rows on screen, to be fetched.
    pub visible: Range<u64>,
    /// Where the row under the cursor is, as far as it is on screen.
    pub cursor: Option<Rect>,
}

/// The menu of something in a table or a list, which is the widget that has the keyboard.
pub(crate) fn menu_at(ui: &Ui, id: Id, widget: Id, pos: Pos2) -> Popup<'static> {
    Popup::new(id, ui.ctx().clone(), PopupAnchor::Position(pos), ui.layer_id())
        .anchor_widget(widget)
        .kind(PopupKind::Menu)
        .layout(egui::Layout::top_down_justified(egui::Align::Min))
        .style(egui::containers::menu::menu_style)
        .open_memory(None)
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
        // What is above may be wider than the window has room for: the table is as wide as can be seen.
        let rect = ui.available_rect_before_wrap();
        let rect = rect.with_max_x(rect.right().min(ui.clip_rect().right()).max(rect.left()));
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
            node.set_bounds(rows::bounds(rect));
        });
        let visible = state.scroll.visible(Extent::new(rows, rect.height(), size::GRID_ROW));
        let wishes = self.wishes(ui, &mut state.measured, visible);
        self.apply_reveal(ui, state, selection, rect, &wishes);
        let areas = self.areas(ui, rect, &wishes, state.step);
        state.step = areas.fitted.step;
        let extent = Extent::new(rows, areas.body.height(), size::GRID_ROW);
        let mut events = Vec::new();
        ui.painter().rect_filled(rect, 0.0, theme::palette(ui).surface);

        let focus_id = self.id.with("body");
        let response = ui.interact(areas.body.union(areas.gutter), focus_id, Sense::click());
        focus::home(ui, focus_id);
        self.name_body(ui, focus_id, selection);
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        // A dialog that was opened from a menu of the table has it already.
        if std::mem::take(&mut state.wants_focus) && ui.memory(|m| m.top_modal_layer().is_none()) {
            response.request_focus();
        }
        self.wheel(ui, &response, state, extent, &areas);
        if response.has_focus() && state.menu.is_none() {
            self.keys(ui, focus_id, state, selection, extent, &mut events);
        }
        if let Some(Reveal::Centre(row)) = state.reveal {
            state.reveal = None;
            state.scroll.centre(row, extent);
        }
        state.scroll.clamp(extent);

        self.rows_ui(ui, &areas, state, selection, &mut events);
        if response.has_focus() {
            let stroke = egui::Stroke::new(1.0, theme::palette(ui).accent);
            ui.painter().rect_stroke(areas.body.union(areas.gutter), 0.0, stroke, egui::StrokeKind::Inside);
        }
        group_ui(ui, self.id.with("head"), Arrows::Across, |ui| {
            self.header_ui(ui, &areas, state, &mut events, header_menu);
        });
        self.scrollbars_ui(ui, &areas, state, extent);
        self.menu_ui(ui, &areas, state, cell_menu);
        let visible = state.scroll.visible(extent);
        let cursor = selection.cursor().filter(|row| visible.contains(row)).map(|row| {
            let top = areas.body.top() + state.scroll.offset(row, size::GRID_ROW);
            Rect::from_min_size(pos2(areas.body.left(), top), egui::vec2(areas.body.width(), size::GRID_ROW))
        });
        GridOutput { events, visible, cursor }
    }

    /// What has the keyboard: the table, and in words the row and the cell under the cursor.
    fn name_body(&self, ui: &Ui, id: Id, selection: &Selection) {
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_role(Role::ListGrid);
            node.set_label(self.texts.table.clone());
            let Some(row) = selection.cursor().filter(|row| *row < self.source.rows()) else { return };
            let title = self.columns.get(selection.column).map_or("", |column| column.title.as_str());
            let cell = match self.source.cell(row, selection.column) {
                CellView::Loading => self.texts.loading.clone(),
                CellView::Absent => self.texts.absent.clone(),
                CellView::Text(text) | CellView::Spark { text, .. } => text,
            };
            node.set_value(format!("{}, {title}: {cell}", self.row_name(row)));
        });
    }

    /// Right of the row numbers and left of the bar.
    fn columns_range(&self, ui: &Ui, rect: Rect) -> (f32, f32) {
        let digits = self.source.rows().max(1).ilog10() + 1;
        let number_width = ui.fonts_mut(|f| f.glyph_width(&theme::grid_figure(), '0'));
        let number = (digits + digits / 3) as f32 * number_width;
        let gutter_width = gutter::lanes_width(self.source) + number + 2.0 * size::CELL_PADDING;
        let right = (rect.right() - size::SCROLLBAR).max(rect.left());
        ((rect.left() + gutter_width).min(right), right)
    }

    fn areas(&self, ui: &Ui, rect: Rect, wishes: &[fit::Wish], step: usize) -> Areas {
        let (left, right) = self.columns_range(ui, rect);
        let fitted = fit::fit(wishes, right - left, step);
        let top = rect.top() + size::HEADER;
        let has_bottom = fitted.last > 0;
        let bottom = if has_bottom { (rect.bottom() - size::SCROLLBAR).max(top) } else { rect.bottom().max(top) };
        Areas {
            head: Rect::from_min_max(pos2(left, rect.top()), pos2(right, top)),
            gutter: Rect::from_min_max(pos2(rect.left(), top), pos2(left, bottom)),
            body: Rect::from_min_max(pos2(left, top), pos2(right, bottom)),
            bar: Rect::from_min_max(pos2(right, top), pos2(rect.right(), bottom)),
            bottom_bar: has_bottom.then(|| Rect::from_min_max(pos2(left, bottom), pos2(right, rect.bottom()))),
            fitted,
        }
    }

    fn wheel(&self, ui: &Ui, response: &egui::Response, state: &mut GridState, extent: Extent, areas: &Areas) {
        if response.contains_pointer() || ui.rect_contains_pointer(areas.head.union(areas.bar)) {
            // Taken: the view around the table is not scrolled as well.
            let delta = ui.input_mut(|i| std::mem::take(&mut i.smooth_scroll_delta));
            state.scroll.by_rows(-f64::from(delta.y) / f64::from(size::GRID_ROW), extent);
            state.turned -= delta.x;
            let columns = (state.turned / size::SIDEWAYS).trunc();
            if columns != 0.0 {
                state.turned -= columns * size::SIDEWAYS;
                state.step = state.step.saturating_add_signed(columns as isize).min(areas.fitted.last);
                ui.ctx().request_repaint();
            }
        }
    }

    /// Moves the columns until that of the cursor is in sight.
    fn apply_reveal(&self, ui: &Ui, state: &mut GridState, selection: &Selection, rect: Rect, wishes: &[fit::Wish]) {
        if !matches!(state.reveal, Some(Reveal::Column)) {
            return;
        }
        state.reveal = None;
        let (left, right) = self.columns_range(ui, rect);
        let is_shown = |step: usize| {
            fit::fit(wishes, right - left, step).placed.iter().any(|placed| placed.column == selection.column)
        };
        let last = fit::fit(wishes, right - left, usize::MAX).last;
        // The nearest place from where it is seen.
        let nearest = (0..=last).filter(|step| is_shown(*step)).min_by_key(|step| step.abs_diff(state.step));
        state.step = nearest.unwrap_or(state.step);
    }

    /// The menu of a cell stays open although its row may scroll away, so it belongs to the grid.
    fn menu_ui(&self, ui: &Ui, areas: &Areas, state: &mut GridState, cell_menu: &mut CellMenu<'_>) {
        let id = self.id.with("menu");
        let Some(MenuAt { row, column, pos, is_new }) = state.menu else { return };
        if !Popup::is_id_open(ui.ctx(), id) {
            state.menu = None;
            state.wants_focus = true;
            return;
        }
        let below_cell = || {
            let left = areas.column(column, areas.head).map_or(areas.body.left(), |rect| rect.left());
            pos2(left, areas.body.top() + state.scroll.offset(row, size::GRID_ROW) + size::GRID_ROW)
        };
        let takes_focus = is_new && pos.is_none();
        menu_at(ui, id, self.id.with("body"), pos.unwrap_or_else(below_cell))
            .show(|ui| cell_menu(ui, MenuCell { row, column, takes_focus }));
        // While the row is on its way there is no entry that could take the keyboard.
        if let Some(menu) = &mut state.menu {
            menu.is_new &= self.source.cell(row, column) == CellView::Loading;
        }
    }
}
