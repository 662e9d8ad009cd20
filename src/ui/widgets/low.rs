//! A view in a window that is too low for it.

use egui::{Id, Rect, ScrollArea, Ui, UiBuilder, vec2};

/// Draws in all the room that there is. Where that is not `enough`, the view is as high as `whole` and scrolled to.
pub(crate) fn low_ui(ui: &mut Ui, id: &str, (enough, whole): (f32, f32), draw: impl FnOnce(&mut Ui)) {
    // Whatever is around it: what is typed in it stays where it is when the window gets another size.
    let same = UiBuilder::new().scope_id(Id::unique(("low", id)));
    let room = ui.available_height();
    if room >= enough {
        ui.scope_builder(same, draw);
        return;
    }
    let area = ScrollArea::vertical().id_salt("low").max_height(room).min_scrolled_height(0.0);
    area.auto_shrink([false, false]).show(ui, |ui| {
        let rect = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), whole));
        ui.scope_builder(same.max_rect(rect), |ui| {
            draw(ui);
            ui.expand_to_include_rect(rect);
        });
    });
}
