//! What a cell's text looks like in the room that it has: a text ends with an ellipsis, a number or a time is whole or
//! `#`.

use super::rows::SIGHTED;
use super::{CellNote, CellView, Grid, GridState};
use crate::present::display;
use crate::ui::theme::{self, Palette, size};
use crate::ui::widgets::figure::{hashes, is_figure};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, Galley, Pos2, Rect, Ui};
use std::sync::Arc;

/// On either side of a text, and what rounding takes.
const AROUND: f32 = 2.0 * size::CELL_PADDING + 1.0;

impl Grid<'_> {
    /// The widths of the columns: those that somebody chose, and else at least as wide as the widest number or time
    /// that was on show since the columns were put together.
    pub(super) fn widths(&self, ui: &Ui, state: &mut GridState, rect: Rect) -> Vec<f32> {
        let same = state.widest.len() == self.columns.len()
            && state.widest.iter().zip(self.columns).all(|((title, _), column)| *title == column.title);
        if !same {
            state.widest = self.columns.iter().map(|column| (column.title.clone(), 0.0)).collect();
        }
        let extent = super::Extent::new(self.source.rows(), rect.height(), size::ROW);
        let rows = state.scroll.visible(extent);
        let widest = self.columns.iter().zip(&mut state.widest).enumerate().map(|(at, (column, (_, widest)))| {
            if column.resized {
                return column.width;
            }
            let figures = rows.clone().filter_map(|row| self.figure_width(ui, row, at));
            *widest = figures.fold(*widest, f32::max);
            column.width.max(*widest).min(size::COLUMN_MAX)
        });
        widest.collect()
    }

    fn figure_width(&self, ui: &Ui, row: u64, column: usize) -> Option<f32> {
        let CellView::Text(text) = self.source.cell(row, column) else { return None };
        self.is_whole(column, &text).then(|| self.natural_width(ui, row, column))?.map(|width| width + AROUND)
    }

    /// Of all that a cell says.
    pub(super) fn natural_width(&self, ui: &Ui, row: u64, column: usize) -> Option<f32> {
        let CellView::Text(text) = self.source.cell(row, column) else { return None };
        let (p, note) = (theme::palette(ui), self.source.note(row, column));
        Some(ui.painter().layout_job(cell_job(p, &text, p.text, &note)).size().x)
    }

    /// Is it never shortened?
    fn is_whole(&self, column: usize, text: &str) -> bool {
        self.columns.get(column).is_some_and(|c| c.numeric) || is_figure(text)
    }

    /// Paints one line of text into what of a cell is seen; was there too little room for all of it?
    pub(super) fn cell_text(
        &self,
        ui: &Ui,
        seen: Rect,
        column: usize,
        text: &str,
        color: Color32,
        note: &CellNote,
    ) -> bool {
        let Some(of) = self.columns.get(column).filter(|_| !text.is_empty()) else { return false };
        let room = (seen.width() - 2.0 * size::CELL_PADDING).max(0.0);
        let p = theme::palette(ui);
        let (galley, elided) = if self.is_whole(column, text) {
            whole(ui, p, text, color, note, room)
        } else {
            let tail = if of.keep_end { end_that_fits(ui, text, room) } else { None };
            let mut job = cell_job(p, tail.as_deref().unwrap_or(text), color, note);
            job.wrap = TextWrapping::truncate_at_width(room);
            let galley = ui.painter().layout_job(job);
            let elided = galley.elided || tail.is_some();
            (galley, elided)
        };
        // Not even the sign that something is left out has room.
        if galley.size().x > room + 0.5 {
            return true;
        }
        let right = seen.right() - size::CELL_PADDING - galley.size().x;
        let x = if of.numeric { right } else { seen.left() + size::CELL_PADDING };
        let y = seen.center().y - galley.size().y / 2.0;
        ui.painter().galley(Pos2::new(x, y), galley, Color32::PLACEHOLDER);
        elided
    }
}

/// With its sign and its label where there is room for them, else by itself, else as `#`; is anything left out?
fn whole(ui: &Ui, p: &Palette, text: &str, color: Color32, note: &CellNote, room: f32) -> (Arc<Galley>, bool) {
    let full = ui.painter().layout_job(cell_job(p, text, color, note));
    if full.size().x <= room {
        return (full, false);
    }
    let alone = ui.painter().layout_job(cell_job(p, text, color, &CellNote::default()));
    if alone.size().x <= room {
        return (alone, true);
    }
    let signs = cell_job(p, &hashes(ui, room), color, &CellNote::default());
    (ui.painter().layout_job(signs), true)
}

/// The value, a sign before it where it matches an indicator, its label behind it.
fn cell_job(p: &Palette, text: &str, color: Color32, note: &CellNote) -> LayoutJob {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    job.wrap.max_width = f32::INFINITY;
    let format = |color| TextFormat::simple(theme::body(), color);
    if note.sighted {
        job.append(SIGHTED, 0.0, format(p.sighting));
    }
    job.append(text, 0.0, format(color));
    if let Some(label) = &note.label {
        job.append(&display::visible(label), size::CELL_PADDING, format(p.label));
    }
    job
}

/// The end of a text that is too wide, after an ellipsis; `None` when all of it fits.
fn end_that_fits(ui: &Ui, text: &str, width: f32) -> Option<String> {
    let font = theme::body();
    let mut room = width - ui.fonts_mut(|f| f.glyph_width(&font, '…'));
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        room -= ui.fonts_mut(|f| f.glyph_width(&font, c));
        if room < 0.0 {
            return text.get(start..).map(|end| format!("…{end}"));
        }
        start = at;
    }
    None
}
