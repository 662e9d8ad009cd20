//! Lists beside a field: the chosen entry comes into sight when it becomes another one, and the wheel is free otherwise.

use egui::{Id, Response};

/// Told in every frame by the chosen entry at this place of a list.
pub(crate) fn scroll_to_chosen(list: &str, at: usize, response: &Response) {
    let (id, frame) = (Id::unique("chosen entry").with(list), response.ctx.cumulative_pass_nr());
    let before: Option<(usize, u64)> = response.ctx.data_mut(|data| {
        let before = data.get_temp(id);
        data.insert_temp(id, (at, frame));
        before
    });
    // A list that was not there in the last frame was just opened.
    if before.is_none_or(|(before, seen)| before != at || frame > seen + 1) {
        response.scroll_to_me(None);
    }
}
