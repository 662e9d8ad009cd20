//! Whether anything moves by itself: transitions, the sign of work. The text cursor never blinks (`theme`).

use egui::{Context, Ui, style::ScrollAnimation};

/// Nothing moves any more, or everything as usual.
pub(crate) fn choose(ctx: &Context, still: bool) {
    let usual = egui::Style::default();
    ctx.all_styles_mut(|style| {
        style.animation_time = if still { 0.0 } else { usual.animation_time };
        style.scroll_animation = if still { ScrollAnimation::none() } else { usual.scroll_animation };
    });
}

/// Something is being worked on.
pub(crate) fn busy_ui(ui: &mut Ui) {
    if ui.style().animation_time == 0.0 {
        ui.label("…");
    } else {
        ui.spinner();
    }
}
