//! The header of a table: a click sorts, a drag moves the column, its right edge resizes it, its menu shows and hides.

use super::keys::{asks_for_menu, widened};
use super::{Areas, Grid, GridColumn, GridEvent, GridState, HeaderMenu};
use crate::ui::theme::{self, size};
use egui::text::{LayoutJob, TextWrapping};
use egui::{CursorIcon, Popup, Rect, Sense, SetOpenCommand, Stroke, Ui, UiBuilder, accesskit::Role, pos2, vec2};

/// Behind the name of a column that the rows are sorted by.
pub(super) fn order_sign(column: &GridColumn) -> String {
    match column.sort {
        Some((0, false)) => " ▲".to_owned(),
        Some((0, true)) => " ▼".to_owned(),
        Some((place, false)) => format!(" ▲{}", place + 1),
        Some((place, true)) => format!(" ▼{}", place + 1),
        None => String::new(),
    }
}

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
        for placed in &areas.fitted.placed {
            let (column, rect) = (placed.column, areas.span(placed, areas.head));
            let response = ui.interact(rect, self.id.with(("header", column)), Sense::click_and_drag());
            self.name_header(&ui, response.id, column);
            let is_cut = self.paint_header(&ui, rect, column, response.hovered());
            if response.clicked() {
                events.push(GridEvent::Sort { column, add: ui.input(|i| i.modifiers.shift) });
            }
            if response.drag_started() {
                state.dragged_column = Some(column);
            }
            if let Some(by) = response.has_focus().then(|| widened(&ui)).flatten() {
                let width = (placed.width + by).clamp(size::COLUMN_MIN, size::COLUMN_MAX);
                events.push(GridEvent::Resized { column, width });
            }
            let asked = response.has_focus() && asks_for_menu(&ui);
            if asked || response.secondary_clicked() {
                state.header_menu = asked.then_some(column);
            }
            // Asked for by a key, it is at the header and not at the pointer.
            let popup = match state.header_menu == Some(column) {
                true => Popup::menu(&response).open_memory(asked.then_some(SetOpenCommand::Bool(true))),
                false => Popup::context_menu(&response),
            };
            popup.show(|ui| menu(ui, column));
            if is_cut && response.hovered() {
                response.on_hover_text(self.columns.get(column).map_or("", |of| of.title.as_str()));
            }
            ui.painter().vline(rect.right(), rect.y_range(), Stroke::new(1.0, p.line));
        }
        self.drag_ui(&ui, areas, state, events);
        self.grips_ui(&ui, areas, state, events);
        ui.painter().hline(whole.x_range(), whole.bottom(), Stroke::new(1.0, p.line));
    }

    /// The right edges, which make columns wider and narrower.
    fn grips_ui(&self, ui: &Ui, areas: &Areas, state: &GridState, events: &mut Vec<GridEvent>) {
        for placed in &areas.fitted.placed {
            let (column, right) = (placed.column, areas.span(placed, areas.head).right());
            let grip =
                Rect::from_x_y_ranges(right - size::RESIZE_GRIP..=right + size::RESIZE_GRIP, areas.head.y_range());
            let response = ui.interact(grip, self.id.with(("grip", column)), Sense::DRAG | Sense::CLICK);
            let response = response.on_hover_and_drag_cursor(CursorIcon::ResizeColumn);
            if response.double_clicked() {
                let extent = super::Extent::new(self.source.rows(), areas.body.height(), size::GRID_ROW);
                let width = self.fitting_width(ui, column, state.scroll.visible(extent));
                events.push(GridEvent::Resized { column, width });
            } else if response.dragged() {
                let width = (placed.width + response.drag_delta().x).clamp(size::COLUMN_MIN, size::COLUMN_MAX);
                events.push(GridEvent::Resized { column, width });
            }
        }
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

    /// Was there too little room for the title?
    fn paint_header(&self, ui: &Ui, rect: Rect, column: usize, hovered: bool) -> bool {
        let p = theme::palette(ui);
        let Some(header) = self.columns.get(column) else { return false };
        if hovered {
            ui.painter().rect_filled(rect, 0.0, p.hovered);
        }
        let font = theme::grid_text();
        let sign = ui.painter().layout_no_wrap(order_sign(header), font.clone(), p.accent);
        let mut job = LayoutJob::simple_singleline(header.title.clone(), font, p.text);
        let room = rect.width() - 2.0 * size::CELL_PADDING - sign.size().x;
        job.wrap = TextWrapping::truncate_at_width(room.max(0.0));
        let title = ui.painter().layout_job(job);
        let is_cut = title.elided;
        let used = title.size().x + sign.size().x;
        let x =
            if header.numeric { rect.right() - size::CELL_PADDING - used } else { rect.left() + size::CELL_PADDING };
        let y = rect.center().y - title.size().y / 2.0;
        let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(rect));
        let title_width = title.size().x;
        painter.galley(pos2(x, y), title, p.text);
        painter.galley(pos2(x + title_width, y), sign, p.accent);
        is_cut
    }

    /// While a header is dragged a line shows where the column will be.
    fn drag_ui(&self, ui: &Ui, areas: &Areas, state: &mut GridState, events: &mut Vec<GridEvent>) {
        let Some(from) = state.dragged_column else { return };
        let Some(pointer) = ui.input(|i| i.pointer.latest_pos()) else { return };
        let spans = || areas.fitted.placed.iter().map(|placed| (placed.column, areas.span(placed, areas.head)));
        let after = spans().next_back().map(|(column, rect)| (column + 1, rect.right()));
        let under = spans().find(|(_, rect)| pointer.x < rect.center().x).map(|(column, rect)| (column, rect.left()));
        let (before, edge) = under.or(after).unwrap_or((0, areas.head.left()));
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
}
