//! Sizes that somebody chose by the handle of a panel: only those are kept, not what the window made of them.

use egui::Ui;

/// Across the handle in the last frame, and whether that changed since the button was pressed.
#[derive(Default)]
pub struct Handle {
    across: f32,
    was_dragged: bool,
}

impl Handle {
    /// Was the handle just released, with another size than before? `across`: points in this frame.
    pub(crate) fn is_chosen(&mut self, ui: &Ui, across: f32) -> bool {
        let (down, released) = ui.input(|i| (i.pointer.any_down(), i.pointer.any_released()));
        if down && self.across > 0.0 && (across - self.across).abs() > 0.5 {
            self.was_dragged = true;
        }
        self.across = across;
        released && std::mem::take(&mut self.was_dragged)
    }
}
