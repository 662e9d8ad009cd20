//! The header of a table: a click sorts, a drag moves the column, its right edge resizes it, its menu shows and hides.

use super::{Areas, Grid, GridEvent, GridState, HeaderMenu};
use crate::ui::theme::{self, size};
use egui::text::{LayoutJob, TextWrapping};
use egui::{CursorIcon, FontId, Rect, Sense, Stroke, Ui, UiBuilder, accesskit::Role, pos2, vec2};

impl Grid<'_> {
    pub(super) fn header_ui(
        &self,
        ui: &mut Ui,
        areas: &Areas,
        state: &mut GridState,
        events: &mut Vec<GridEvent>,
        menu: &mut HeaderMenu<'_>,
    ) {
        let p = theme::palette(ui);
        let whole = Rect::from_min_max(
            pos2(areas.gutter.left(), areas.head.top()),
            pos2(areas.bar.right(), areas.head.bottom()),
        );
        let builder = UiBuilder::new().id_salt("head").max_rect(whole).accessibility_role(Role::Row);
        let mut ui = ui.new_child(builder);
        ui.painter().rect_filled(whole, 0.0, p.header);
        ui.set_clip_rect(ui.clip_rect().intersect(areas.head));
        let spans = self.column_spans(areas, state.x);
        for (column, (left, right)) in spans.iter().enumerate() {
            let rect = Rect::from_min_max(pos2(*left, areas.head.top()), pos2(*right, areas.head.bottom()));
            let response = ui.interact(rect, self.id.with(("header", column)), Sense::click_and_drag());
            self.name_header(&ui, response.id, column);
            self.paint_header(&ui, rect.intersect(areas.head), column, response.hovered());
            if response.clicked() {
                events.push(GridEvent::Sort { column, add: ui.input(|i| i.modifiers.shift) });
            }
            if response.drag_started() {
                state.dragged_column = Some(column);
            }
            response.context_menu(|ui| menu(ui, column));
            ui.painter().vline(rect.right(), rect.y_range(), Stroke::new(1.0, p.line));
        }
        self.drag_ui(&ui, &spans, areas, state, events);
        for (column, (_, right)) in spans.iter().enumerate() {
            let grip =
                Rect::from_x_y_ranges(right - size::RESIZE_GRIP..=right + size::RESIZE_GRIP, areas.head.y_range());
            let response = ui.interact(grip, self.id.with(("grip", column)), Sense::DRAG | Sense::CLICK);
            let response = response.on_hover_and_drag_cursor(CursorIcon::ResizeColumn);
            let width = areas.widths.get(column).copied().unwrap_or(0.0);
            if response.double_clicked() {
                events.push(GridEvent::Resized { column, width: self.fitting_width(&ui, state, areas, column) });
            } else if response.dragged() {
                let width = (width + response.drag_delta().x).clamp(size::COLUMN_MIN, size::COLUMN_MAX);
                events.push(GridEvent::Resized { column, width });
            }
        }
        ui.painter().hline(whole.x_range(), whole.bottom(), Stroke::new(1.0, p.line));
    }

    fn name_header(&self, ui: &Ui, id: egui::Id, column: usize) {
        ui.ctx().accesskit_node_builder(id, |node| {
            let Some(header) = self.columns.get(column) else { return };
            node.set_role(Role::ColumnHeader);
            node.set_label(header.title.clone());
            node.set_column_index(column);
            match header.sort {
                Some((_, true)) => node.set_sort_direction(egui::accesskit::SortDirection::Descending),
                Some((_, false)) => node.set_sort_direction(egui::accesskit::SortDirection::Ascending),
                None => {}
            }
        });
    }

    fn paint_header(&self, ui: &Ui, rect: Rect, column: usize, hovered: bool) {
        let p = theme::palette(ui);
        let Some(header) = self.columns.get(column) else { return };
        if hovered {
            ui.painter().rect_filled(rect, 0.0, p.hovered);
        }
        let sign = match header.sort {
            Some((0, false)) => " ▲".to_owned(),
            Some((0, true)) => " ▼".to_owned(),
            Some((place, false)) => format!(" ▲{}", place + 1),
            Some((place, true)) => format!(" ▼{}", place + 1),
            None => String::new(),
        };
        let font = FontId::proportional(size::TEXT);
        let sign = ui.painter().layout_no_wrap(sign, font.clone(), p.accent);
        let mut job = LayoutJob::simple_singleline(header.title.clone(), font, p.text);
        let room = rect.width() - 2.0 * size::CELL_PADDING - sign.size().x;
        job.wrap = TextWrapping::truncate_at_width(room.max(0.0));
        let title = ui.painter().layout_job(job);
        let used = title.size().x + sign.size().x;
        let x =
            if header.numeric { rect.right() - size::CELL_PADDING - used } else { rect.left() + size::CELL_PADDING };
        let y = rect.center().y - title.size().y / 2.0;
        let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(rect));
        let title_width = title.size().x;
        painter.galley(pos2(x, y), title, p.text);
        painter.galley(pos2(x + title_width, y), sign, p.accent);
    }

    /// While a header is dragged a line shows where the column will be.
    fn drag_ui(
        &self,
        ui: &Ui,
        spans: &[(f32, f32)],
        areas: &Areas,
        state: &mut GridState,
        events: &mut Vec<GridEvent>,
    ) {
        let Some(from) = state.dragged_column else { return };
        let Some(pointer) = ui.input(|i| i.pointer.latest_pos()) else { return };
        let before = spans.iter().position(|(left, right)| pointer.x < (left + right) / 2.0).unwrap_or(spans.len());
        let edge = spans.get(before).map(|s| s.0).or(spans.last().map(|s| s.1)).unwrap_or(areas.head.left());
        let p = theme::palette(ui);
        let line =
            Rect::from_center_size(pos2(edge, areas.head.center().y), vec2(size::UNDERLINE, areas.head.height()));
        ui.painter().rect_filled(line, 0.0, p.accent);
        if ui.input(|i| i.pointer.any_released()) {
            state.dragged_column = None;
            if before != from && before != from + 1 {
                events.push(GridEvent::Moved { from, before });
            }
        }
    }

    /// Wide enough for the title and every visible cell.
    fn fitting_width(&self, ui: &Ui, state: &GridState, areas: &Areas, column: usize) -> f32 {
        let extent = super::scroll::Extent::new(self.source.rows(), areas.body.height(), size::ROW);
        let font = FontId::proportional(size::TEXT);
        let width = |text: String| ui.painter().layout_no_wrap(text, font.clone(), egui::Color32::WHITE).size().x;
        let title = self.columns.get(column).map_or(0.0, |c| width(format!("{} ▼1", c.title)));
        let cells = state.scroll.visible(extent).map(|row| self.natural_width(ui, row, column).unwrap_or(0.0));
        let widest = cells.fold(title, f32::max);
        (widest + 2.0 * size::CELL_PADDING + 1.0).clamp(size::COLUMN_MIN, size::COLUMN_MAX)
    }
}
