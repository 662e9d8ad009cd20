//! The visible rows and cells: painted, clicked, named.

use super::scroll::Extent;
use super::{Areas, CellNote, CellView, Grid, GridEvent, GridState, MenuAt, RowMark};
use crate::present::display;
use crate::session::selection::Selection;
use crate::ui::theme::{self, Palette, size};
use egui::{Align2, Color32, Rect, Response, Sense, Ui, UiBuilder, accesskit, accesskit::Role, pos2, vec2};

impl Grid<'_> {
    pub(super) fn rows_ui(
        &self,
        ui: &mut Ui,
        areas: &Areas,
        state: &mut GridState,
        selection: &mut Selection,
        events: &mut Vec<GridEvent>,
    ) {
        let extent = Extent::new(self.source.rows(), areas.body.height(), size::ROW);
        let spans = self.column_spans(areas, state.x);
        let clip = ui.clip_rect().intersect(areas.body.union(areas.gutter));
        for row in state.scroll.visible(extent) {
            let top = areas.body.top() + state.scroll.offset(row, size::ROW);
            let rect = Rect::from_min_size(
                pos2(areas.gutter.left(), top),
                vec2(areas.gutter.width() + areas.body.width(), size::ROW),
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
            row_ui.set_clip_rect(clip.intersect(areas.body));
            for (column, (left, right)) in spans.iter().enumerate() {
                if *right < areas.body.left() || *left > areas.body.right() {
                    continue;
                }
                let cell = Rect::from_min_max(pos2(*left, rect.top()), pos2(*right, rect.bottom()));
                self.cell_ui(&row_ui, cell, row, column, state, selection, events);
            }
        }
    }

    fn row_name(&self, row: u64) -> String {
        let name = format!("{} {}", self.texts.row, display::count(row + 1));
        match self.source.mark(row) {
            RowMark::Sighting => format!("{name}, {}", self.texts.sighted),
            RowMark::Tagged => format!("{name}, {}", self.texts.tagged),
            RowMark::None | RowMark::Warning => name,
        }
    }

    fn row_ground(&self, ui: &Ui, rect: Rect, row: u64, selected: bool) {
        let p = theme::palette(ui);
        let hovered = ui.rect_contains_pointer(rect);
        let fill = match (selected, hovered, self.source.mark(row)) {
            (true, _, _) => p.selected,
            (_, true, _) => p.hovered,
            (_, _, RowMark::Warning) => p.warning.gamma_multiply(size::ROW_TINT),
            (_, _, RowMark::Sighting) => p.sighting.gamma_multiply(size::ROW_TINT),
            (_, _, RowMark::Tagged) => p.accent.gamma_multiply(size::ROW_TINT),
            _ if row % 2 == 1 => p.stripe,
            _ => p.surface,
        };
        ui.painter().rect_filled(rect, 0.0, fill);
    }

    fn gutter_ui(&self, ui: &Ui, areas: &Areas, rect: Rect, row: u64, selection: &mut Selection) {
        let p = theme::palette(ui);
        let gutter = Rect::from_min_max(rect.left_top(), pos2(areas.gutter.right(), rect.bottom()));
        let response = ui.interact(gutter, self.id.with(("gutter", row)), Sense::CLICK);
        self.click(ui, &response, row, selection.column, selection);
        let (sign, ink) = match self.source.mark(row) {
            RowMark::None => ("", p.weak),
            RowMark::Warning => ("! ", p.weak),
            RowMark::Sighting => (SIGHTED, p.sighting),
            RowMark::Tagged => (TAGGED, p.accent),
        };
        let at = gutter.right_center() - vec2(size::CELL_PADDING, 0.0);
        let number = ui.painter().text(at, Align2::RIGHT_CENTER, display::count(row + 1), theme::body(), p.weak);
        ui.painter().text(number.left_center(), Align2::RIGHT_CENTER, sign, theme::body(), ink);
        if response.hovered()
            && let Some(hint) = self.source.row_hint(row)
        {
            response.on_hover_text(hint);
        }
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
        if note.sighted && !selection.contains(row) {
            ui.painter().rect_filled(rect, 0.0, p.sighting.gamma_multiply(size::CELL_TINT));
        }
        let coloured = self.source.stands_out(row, column) && !selection.contains(row);
        let (text, color) = self.ink(p, &view, if coloured { p.bad } else { p.text });
        // What of the cell is inside the table: a text ends there too, with an ellipsis.
        let seen = rect.intersect(ui.clip_rect().with_min_y(rect.top()).with_max_y(rect.bottom()));
        let elided = self.cell_text(ui, seen, column, text, color, &note);
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
                let lines: Vec<String> = elided.then(|| text.to_owned()).into_iter().chain(hint).collect();
                response.on_hover_text(lines.join("\n"));
            }
        }
    }

    pub(super) fn ink<'t>(&'t self, p: &Palette, view: &'t CellView, text_color: Color32) -> (&'t str, Color32) {
        let (text, color) = match view {
            CellView::Loading => ("…", p.weak),
            CellView::Absent => ("–", p.weak),
            CellView::Text(text) => (text.as_str(), text_color),
            // Drawn, not written.
            CellView::Spark { .. } => ("", text_color),
        };
        (text, if self.dimmed { color.gamma_multiply(0.55) } else { color })
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
            let sighted = if note.sighted { format!(", {}", self.texts.sighted) } else { String::new() };
            node.set_label(format!("{title}: {value}{label}{sighted}"));
            // Cells are no tab stops (the table is one), so the tool kit does not fill these in.
            node.set_bounds(bounds(response.rect));
            node.add_action(accesskit::Action::Click);
            node.set_row_index(usize::try_from(row).unwrap_or(usize::MAX));
            node.set_column_index(column);
        });
    }

    fn click(&self, ui: &Ui, response: &Response, row: u64, column: usize, selection: &mut Selection) {
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
pub(super) fn bounds(rect: Rect) -> accesskit::Rect {
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

/// In front of what matches an indicator.
pub(crate) const SIGHTED: &str = "◆ ";
/// The sign of what has a tag.
const TAGGED: &str = "■ ";
