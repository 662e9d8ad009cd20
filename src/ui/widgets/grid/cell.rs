//! What a cell's text looks like in the room that it has: a text gives up what says least, a number or a time is whole
//! or `#`; the sign of an indicator is always there.

use super::{CellNote, Grid};
use crate::present::display;
use crate::ui::theme::{self, Palette, size};
use crate::ui::widgets::elide;
use crate::ui::widgets::figure::hashes;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Pos2, Rect, Ui};
use std::borrow::Cow;

/// Points of a label without which it is left out.
const LABEL_LEAST: f32 = 24.0;

impl Grid<'_> {
    /// Paints one line of text into a cell; was there too little room for all of it?
    pub(super) fn cell_text(
        &self,
        ui: &Ui,
        rect: Rect,
        column: usize,
        text: &str,
        color: Color32,
        note: &CellNote,
    ) -> bool {
        let Some(of) = self.columns.get(column).filter(|_| !text.is_empty()) else { return false };
        let (p, font) = (theme::palette(ui), of.font());
        let all = (rect.width() - 2.0 * size::CELL_PADDING).max(0.0);
        let sign = if note.sighted { elide::width(ui, &font, super::SIGHTED, all).unwrap_or(all) } else { 0.0 };
        let room = all - sign;
        let shown = match elide::width(ui, &font, text, room) {
            Some(width) => (Cow::Borrowed(text), width),
            None if self.is_whole(column, text) => (Cow::Owned(hashes(ui, &font, room)), room),
            None => (elide::elided(ui, &font, text, room), room),
        };
        let (value, width) = shown;
        let left = room - width - size::CELL_PADDING;
        let wanted = note.label.as_deref().map(display::visible);
        let has_room =
            |label: &&str| left >= LABEL_LEAST || elide::width(ui, &theme::grid_text(), label, left).is_some();
        let label = wanted.as_deref().filter(has_room);
        let label = label.map(|label| elide::elided(ui, &theme::grid_text(), label, left));
        let gloss = note.gloss.as_deref().filter(|gloss| label.is_none() && has_room(gloss));
        let gloss = gloss.map(|gloss| elide::elided(ui, &theme::grid_text(), gloss, left));
        let is_cut =
            value != text || label.as_deref() != wanted.as_deref() || gloss.as_deref() != note.gloss.as_deref();
        let mut job = cell_job(p, &value, (&font, color), note.sighted);
        for (beside, ink) in [(label.as_deref(), p.label), (gloss.as_deref(), p.weak)] {
            if let Some(beside) = beside {
                job.append(beside, size::CELL_PADDING, TextFormat::simple(theme::grid_text(), ink));
            }
        }
        let galley = ui.painter().layout_job(job);
        // Not even the sign that something is left out has room.
        if galley.size().x > all + 1.0 {
            return true;
        }
        let right = rect.right() - size::CELL_PADDING - galley.size().x;
        let x = if of.numeric { right } else { rect.left() + size::CELL_PADDING };
        let y = rect.center().y - galley.size().y / 2.0;
        ui.painter().galley(Pos2::new(x, y), galley, Color32::PLACEHOLDER);
        is_cut
    }
}

/// The value, a sign before it where it matches an indicator.
fn cell_job(p: &Palette, text: &str, (font, color): (&FontId, Color32), sighted: bool) -> LayoutJob {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    job.wrap.max_width = f32::INFINITY;
    if sighted {
        job.append(super::SIGHTED, 0.0, TextFormat::simple(font.clone(), p.sighting));
    }
    job.append(text, 0.0, TextFormat::simple(font.clone(), color));
    job
}
