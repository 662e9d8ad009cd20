//! The bars of a table: rows at its right, columns below it.

use super::scroll::Extent;
use super::{Areas, Grid, GridState, rows};
use crate::ui::theme::{self, size};
use egui::{Rect, Sense, Ui, accesskit::Role, vec2};

impl Grid<'_> {
    pub(super) fn scrollbars_ui(&self, ui: &Ui, areas: &Areas, state: &mut GridState, extent: Extent) {
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
            self.bottom_bar_ui(ui, bar, state, areas.fitted.last);
        }
    }

    /// Its thumb is at one place for each step.
    fn bottom_bar_ui(&self, ui: &Ui, bar: Rect, state: &mut GridState, last: usize) {
        let p = theme::palette(ui);
        let response = ui.interact(bar, self.id.with("bottom_bar"), Sense::DRAG | Sense::CLICK);
        ui.painter().rect_filled(bar, 0.0, p.panel);
        let columns = self.columns.len().max(1);
        let shown = columns.saturating_sub(last) as f32 / columns as f32;
        let length = (shown * bar.width()).max(size::THUMB_MIN).min(bar.width());
        let free = bar.width() - length;
        if free <= 0.0 || last == 0 {
            return;
        }
        if let Some(pointer) = response.interact_pointer_pos() {
            let part = ((pointer.x - bar.left() - length / 2.0) / free).clamp(0.0, 1.0);
            let step = (part * last as f32).round() as usize;
            if step != state.step {
                state.step = step;
                ui.ctx().request_repaint();
            }
        }
        let left = bar.left() + state.step.min(last) as f32 / last as f32 * free;
        let thumb = Rect::from_min_size(egui::pos2(left, bar.top() + 2.0), vec2(length, size::SCROLLBAR - 4.0));
        let active = response.hovered() || response.dragged();
        ui.painter().rect_filled(thumb, 3.0, if active { p.accent } else { p.weak });
    }
}
