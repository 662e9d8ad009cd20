//! The pointer where it rests while a dialog opens over it: until it moves, it neither keeps the tooltip of what is behind the
//! dialog nor shows that of the entry which happens to be below it.

use egui::{Context, Event, Plugin, RawInput};

#[derive(Default)]
pub(super) struct Resting {
    asked: bool,
}

/// From the next frame on the pointer is nowhere until it moves.
pub(super) fn forget_pointer(ctx: &Context) {
    ctx.with_plugin(|resting: &mut Resting| resting.asked = true);
    ctx.request_repaint();
}

impl Plugin for Resting {
    fn debug_name(&self) -> &'static str {
        "resting pointer"
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        if std::mem::take(&mut self.asked) {
            // Before what came since: a movement counts.
            input.events.insert(0, Event::PointerGone);
        }
    }
}
