//! The pointer where it rests while a dialog opens over it: until it moves, it neither keeps the tooltip of what is behind the
//! dialog nor shows that of the entry which happens to be below it.

use egui::{Context, Event, Id, Plugin, RawInput};

#[derive(Default)]
pub(super) struct Resting;

fn asked() -> Id {
    Id::unique("the pointer rests")
}

/// From the next frame on the pointer is nowhere until it moves.
pub(super) fn forget_pointer(ctx: &Context) {
    ctx.data_mut(|data| data.insert_temp(asked(), true));
    ctx.request_repaint();
}

impl Plugin for Resting {
    fn debug_name(&self) -> &'static str {
        "resting pointer"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        if ctx.data_mut(|data| data.remove_temp::<bool>(asked())).is_some() {
            // Before what came since: a movement counts.
            input.events.insert(0, Event::PointerGone);
        }
    }
}
