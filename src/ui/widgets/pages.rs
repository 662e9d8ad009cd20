//! Page Up and Page Down in a page that is scrolled as a whole.

use crate::ui::theme::size;
use egui::{Key, Modifiers, Ui, vec2};

/// Inside the scrolled area, as long as the keyboard is in it and not in a text.
pub(crate) fn page_keys(ui: &Ui) {
    if ui.ctx().text_edit_focused() || ui.memory(|memory| memory.top_modal_layer().is_some()) {
        return;
    }
    let seen = ui.clip_rect();
    let focused = ui.memory(|memory| memory.focused()).and_then(|id| ui.ctx().read_response(id));
    // It may be scrolled out of sight meanwhile.
    if !focused.is_some_and(|widget| seen.x_range().contains(widget.rect.center().x)) {
        return;
    }
    let page = (seen.height() - size::ROW).max(size::ROW);
    for (key, by) in [(Key::PageDown, -page), (Key::PageUp, page)] {
        let presses = ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        if presses > 0 {
            ui.scroll_with_delta(vec2(0.0, by * presses as f32));
        }
    }
}
