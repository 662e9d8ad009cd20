//! The visible rows and cells: painted, clicked, named.

use super::scroll::Extent;
use super::{Areas, CellNote, CellView, Grid, GridEvent, GridState, MenuAt};
use crate::present::display;
use crate::session::selection::Selection;
use crate::ui::theme::{self, Palette, size};
use egui::{Color32, Rect, Response, Sense, Ui, UiBuilder, accesskit, accesskit::Role, pos2, vec2};

impl Grid<'_> {
    pub(super) fn rows_ui(
        &self,
        ui: &mut Ui,
        areas: &Areas,
        state: &mut GridState,
        selection: &mut Selection,
        events: &mut Vec<GridEvent>,
    ) {
        let extent = Extent::new(self.source.rows(), areas.body.height(), size::GRID_ROW);
        let clip = ui.clip_rect().intersect(areas.body.union(areas.gutter));
        for row in state.scroll.visible(extent) {
            let top = areas.body.top() + state.scroll.offset(row, size::GRID_ROW);
            let rect = Rect::from_min_size(
                pos2(areas.gutter.left(), top),
                vec2(areas.gutter.width() + areas.body.width(), size::GRID_ROW),
            );
            let selected = selection.contains(row);
            let builder = UiBuilder::new()
                .id_salt(("row", row))
                .max_rect(rect)
                .accessibility_role(Role::Row)
                .accessibility_label(self.row_name(row));
            let mut row_ui = ui.new_child(builder);
            row_ui.set_clip_rect(clip);
            row_ui.ctx().accesskit_node_builder(row_ui.unique_id(), |node| {
                node.set_row_index(usize::try_from(row).unwrap_or(usize::MAX));
                node.set_selected(selected);
            });
            self.row_ground(&row_ui, rect, row, selected);
            self.gutter_ui(&row_ui, areas, rect, row, selection);
            for placed in &areas.fitted.placed {
                let cell = areas.span(placed, rect);
                // What is drawn within one clip goes to the graphics at once.
                let is_within =
                    areas.body.x_range().contains(cell.left()) && areas.body.x_range().contains(cell.right());
                row_ui.set_clip_rect(if is_within { clip } else { clip.intersect(areas.body) });
                self.cell_ui(&row_ui, cell, row, placed.column, state, selection, events);
            }
        }
    }

    pub(super) fn row_name(&self, row: u64) -> String {
        let marks = self.source.marks(row);
        let told = [
            (marks.warning, &self.texts.warned),
            (marks.ruled, &self.texts.ruled),
            (marks.sighted, &self.texts.sighted),
            (marks.tagged, &self.texts.tagged),
        ];
        let number = format!("{} {}", self.texts.row, display::count(row + 1));
        let told = told.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word.as_str());
        std::iter::once(number.as_str()).chain(told).collect::<Vec<_>>().join(", ")
    }

    fn row_ground(&self, ui: &Ui, rect: Rect, row: u64, selected: bool) {
        let p = theme::palette(ui);
        let fill = match (selected, ui.rect_contains_pointer(rect)) {
            (true, _) => p.selected,
            (_, true) => p.hovered,
            _ if row % 2 == 1 => p.stripe,
            _ => p.surface,
        };
        ui.painter().rect_filled(rect, 0.0, fill);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call site; a cell is a place in a row, and what a click can change"
    )]
    fn cell_ui(
        &self,
        ui: &Ui,
        rect: Rect,
        row: u64,
        column: usize,
        state: &mut GridState,
        selection: &mut Selection,
        events: &mut Vec<GridEvent>,
    ) {
        let p = theme::palette(ui);
        let response = ui.interact(rect, self.id.with(("cell", row, column)), Sense::CLICK);
        let view = self.source.cell(row, column);
        let note = self.source.note(row, column);
        self.name_cell(ui, &response, row, column, (&view, &note));
        // A row that is selected or pointed at has its own ground; the sign is there anyway.
        if note.sighted && !selection.contains(row) && !ui.rect_contains_pointer(ui.max_rect()) {
            ui.painter().rect_filled(rect, 0.0, p.sighting.gamma_multiply(size::CELL_TINT));
        }
        let coloured = self.source.stands_out(row, column) && !selection.contains(row);
        let faded = self.source.fades(row, column);
        let ink = if coloured {
            p.bad
        } else if faded {
            p.weak
        } else {
            p.text
        };
        let (text, color) = self.ink(p, &view, ink);
        let elided = self.cell_text(ui, rect, column, text, color, &note);
        if let CellView::Spark { values, .. } = &view {
            spark(ui, rect, values, if self.dimmed { p.other } else { p.good });
        }
        if selection.cursor() == Some(row)
            && selection.column == column
            && ui.memory(|m| m.has_focus(self.id.with("body")))
        {
            let stroke = egui::Stroke::new(1.0, p.accent);
            ui.painter().rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
        }
        self.click(ui, &response, row, column, selection);
        if response.double_clicked() {
            events.push(GridEvent::Activated(row));
        }
        if response.secondary_clicked() {
            if !selection.contains(row) {
                selection.select(row);
            }
            selection.column = column;
            let pos = response.interact_pointer_pos();
            state.menu = Some(MenuAt { row, column, pos, is_new: true });
            egui::Popup::open_id(ui.ctx(), self.id.with("menu"));
        }
        if response.hovered() {
            let hint = self.source.hint(row, column);
            if elided || hint.is_some() {
                let whole = std::iter::once(text).chain(note.gloss.as_deref()).collect::<Vec<_>>().join(" ");
                let lines: Vec<String> = elided.then_some(whole).into_iter().chain(hint).collect();
                response.on_hover_text(lines.join("\n"));
            }
        }
    }

    pub(super) fn ink<'t>(&'t self, p: &Palette, view: &'t CellView, text_color: Color32) -> (&'t str, Color32) {
        let (text, color) = match view {
            CellView::Loading => ("…", p.weak),
            CellView::Absent => (display::ABSENT, p.weak),
            CellView::Text(text) => (text.as_str(), text_color),
            // Drawn, not written.
            CellView::Spark { .. } => ("", text_color),
        };
        (text, if self.dimmed { color.gamma_multiply(size::STALE) } else { color })
    }

    fn name_cell(&self, ui: &Ui, response: &Response, row: u64, column: usize, (view, note): (&CellView, &CellNote)) {
        ui.ctx().accesskit_node_builder(response.id, |node| {
            let title = self.columns.get(column).map_or("", |c| c.title.as_str());
            let value = match view {
                CellView::Loading => &self.texts.loading,
                CellView::Absent => &self.texts.absent,
                CellView::Text(text) | CellView::Spark { text, .. } => text,
            };
            node.set_role(Role::GridCell);
            let label = note.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
            let gloss = note.gloss.as_ref().filter(|_| *view == CellView::Absent);
            let gloss = gloss.map(|gloss| format!(" ({gloss})")).unwrap_or_default();
            let sighted = if note.sighted { format!(", {}", self.texts.sighted) } else { String::new() };
            node.set_label(format!("{title}: {value}{label}{gloss}{sighted}"));
            // Cells are no tab stops (the table is one), so the tool kit does not fill these in.
            node.set_bounds(bounds(response.rect));
            node.add_action(accesskit::Action::Click);
            node.set_row_index(usize::try_from(row).unwrap_or(usize::MAX));
            node.set_column_index(column);
        });
    }

    pub(super) fn click(&self, ui: &Ui, response: &Response, row: u64, column: usize, selection: &mut Selection) {
        if !response.clicked() {
            return;
        }
        ui.memory_mut(|m| m.request_focus(self.id.with("body")));
        let modifiers = ui.input(|i| i.modifiers);
        selection.column = column;
        if modifiers.shift {
            selection.extend_to(row);
        } else if modifiers.command {
            selection.toggle(row);
        } else {
            selection.select(row);
        }
    }
}

/// Of a part that the tool kit does not tell the place of.
pub(crate) fn bounds(rect: Rect) -> accesskit::Rect {
    let [x0, y0, x1, y1] = [rect.min.x, rect.min.y, rect.max.x, rect.max.y].map(f64::from);
    accesskit::Rect { x0, y0, x1, y1 }
}

/// Bars from the foot of the cell, the highest as high as the cell allows.
fn spark(ui: &Ui, rect: Rect, values: &[f32], color: Color32) {
    let most = values.iter().copied().fold(0.0, f32::max);
    if most <= 0.0 {
        return;
    }
    let area = rect.shrink2(vec2(size::CELL_PADDING, size::UNDERLINE));
    let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(rect));
    let step = area.width() / values.len().max(1) as f32;
    for (at, value) in values.iter().enumerate().filter(|(_, value)| **value > 0.0) {
        let left = area.left() + at as f32 * step;
        // What is there at all is seen.
        let height = (value / most * area.height()).max(1.0);
        let bar = Rect::from_min_max(pos2(left, area.bottom() - height), pos2(left + step, area.bottom()));
        painter.rect_filled(bar, 0.0, color);
    }
}
