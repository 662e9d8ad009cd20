//! What the columns need: measured from the rows on screen and some beyond, each of them once. Texts keep the widths of
//! the first rows of an answer, so that nothing moves while it is scrolled; a wider number or time widens its column.

use super::fit::Wish;
use super::header::order_sign;
use super::{CellNote, CellView, Grid, GridColumn};
use crate::present::display;
use crate::ui::theme::{self, size};
use crate::ui::widgets::elide;
use crate::ui::widgets::figure::is_figure;
use egui::{FontId, Ui};
use std::collections::HashSet;
use std::ops::Range;

/// On either side of a text, and what rounding takes.
pub(super) const AROUND: f32 = 2.0 * size::CELL_PADDING + 1.0;
/// Rows that are looked at beyond those on screen.
const BEYOND: u64 = 48;
/// Rows that are remembered as measured.
const REMEMBERED: usize = 4096;

/// The widest text and the widest number of a column, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Widest {
    texts: f32,
    figures: f32,
}

impl Widest {
    fn and(self, other: Self) -> Self {
        Self { texts: self.texts.max(other.texts), figures: self.figures.max(other.figures) }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    titles: Vec<String>,
    /// The answer that the rows are of.
    answer: u64,
    rows: HashSet<u64>,
    /// Of this answer so far.
    next: Vec<Widest>,
    /// What the columns are laid out by: of the last answer until a screen of this one was seen.
    shown: Vec<Widest>,
    is_complete: bool,
}

impl GridColumn {
    pub(super) fn font(&self) -> FontId {
        if self.tabular || self.numeric { theme::grid_figure() } else { theme::grid_text() }
    }
}

impl Grid<'_> {
    /// What every column needs.
    pub(super) fn wishes(&self, ui: &Ui, measured: &mut Measured, visible: Range<u64>) -> Vec<Wish> {
        let same = measured.titles.len() == self.columns.len()
            && measured.titles.iter().zip(self.columns).all(|(title, column)| *title == column.title);
        let answer = self.source.answer();
        if !same {
            let titles = self.columns.iter().map(|column| column.title.clone()).collect();
            *measured = Measured { titles, answer, ..Measured::default() };
        } else if measured.answer != answer {
            let shown = std::mem::take(&mut measured.shown);
            let titles = std::mem::take(&mut measured.titles);
            *measured = Measured { titles, answer, shown, ..Measured::default() };
        }
        self.measure(ui, measured, visible);
        let widest = if measured.shown.is_empty() { &measured.next } else { &measured.shown };
        // Until the first rows are there, so that they do not jump when they come; without any the names decide.
        let is_unknown = measured.shown.is_empty() && measured.rows.is_empty() && self.source.rows() > 0;
        let wish = |(column, widest): (&GridColumn, &Widest)| Wish {
            texts: if is_unknown { column.width } else { widest.texts },
            title: title_width(ui, column),
            figures: widest.figures,
            usual: column.width,
            own: column.own,
            pinned: column.pinned,
        };
        self.columns.iter().zip(widest).map(wish).collect()
    }

    fn measure(&self, ui: &Ui, measured: &mut Measured, visible: Range<u64>) {
        measured.next.resize(self.columns.len(), Widest::default());
        if measured.rows.len() > REMEMBERED {
            measured.rows.clear();
        }
        let mut is_loading = visible.is_empty();
        for row in visible.clone() {
            if measured.rows.contains(&row) {
                continue;
            }
            let Some(widest) = self.row_widths(ui, row) else {
                is_loading = true;
                continue;
            };
            measured.rows.insert(row);
            let is_complete = measured.is_complete;
            for (shown, widest) in measured.shown.iter_mut().zip(&widest) {
                // A number is never cut, whatever moves.
                shown.figures = shown.figures.max(widest.figures);
            }
            if !is_complete {
                add(&mut measured.next, &widest);
            }
        }
        if measured.is_complete || is_loading {
            return;
        }
        for row in visible.end..(visible.end + BEYOND).min(self.source.rows()) {
            let Some(widest) = self.row_widths(ui, row) else { break };
            add(&mut measured.next, &widest);
        }
        measured.is_complete = true;
        measured.shown = measured.next.clone();
    }

    /// What a row takes in each column; `None` while it is on its way.
    fn row_widths(&self, ui: &Ui, row: u64) -> Option<Vec<Widest>> {
        let mut is_there = self.columns.is_empty();
        let widths = (0..self.columns.len()).map(|column| {
            let view = self.source.cell(row, column);
            is_there |= view != CellView::Loading;
            let usual = self.columns.get(column).map_or(0.0, |column| column.width);
            let text = match view {
                CellView::Text(text) => text,
                CellView::Absent => display::ABSENT.to_owned(),
                // Drawn, or still to be drawn.
                CellView::Spark { .. } | CellView::Loading => return Widest { texts: usual, figures: 0.0 },
            };
            let Some((value, gloss)) = self.text_width(ui, row, column, &text) else { return Widest::default() };
            let (value, all) = (value + AROUND, value + gloss + AROUND);
            let figures = if self.is_whole(column, &text) { value } else { 0.0 };
            Widest { texts: all, figures }
        });
        let widths = widths.collect();
        is_there.then_some(widths)
    }

    /// All that a cell says, at most as wide as a column gets; and what may be left out of it.
    fn text_width(&self, ui: &Ui, row: u64, column: usize, text: &str) -> Option<(f32, f32)> {
        let font = self.columns.get(column)?.font();
        let CellNote { sighted, label, gloss } = self.source.note(row, column);
        let most = size::COLUMN_MAX;
        let width = |text: &str, font: &FontId| elide::width(ui, font, text, most).unwrap_or(most);
        let sign = if sighted { width(super::SIGHTED, &font) } else { 0.0 };
        let label = label.map(|label| width(&display::visible(&label), &theme::grid_text()) + size::CELL_PADDING);
        let gloss = gloss.map_or(0.0, |gloss| width(&gloss, &theme::grid_text()) + size::CELL_PADDING);
        Some(((sign + width(text, &font) + label.unwrap_or(0.0)).min(most), gloss))
    }

    /// Is it never shortened?
    pub(super) fn is_whole(&self, column: usize, text: &str) -> bool {
        self.columns.get(column).is_some_and(|c| c.numeric) || is_figure(text)
    }

    /// Wide enough for the title and every row on screen.
    pub(super) fn fitting_width(&self, ui: &Ui, column: usize, visible: Range<u64>) -> f32 {
        let title = self.columns.get(column).map_or(0.0, |column| title_width(ui, column));
        let cells = visible.filter_map(|row| match self.source.cell(row, column) {
            CellView::Text(text) => self.text_width(ui, row, column, &text),
            _ => None,
        });
        cells
            .map(|(value, gloss)| value + gloss + AROUND)
            .fold(title, f32::max)
            .clamp(size::COLUMN_MIN, size::COLUMN_MAX)
    }
}

fn add(sums: &mut [Widest], more: &[Widest]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum = sum.and(*more));
}

/// With the sign of the order, in the column that has it.
fn title_width(ui: &Ui, column: &GridColumn) -> f32 {
    let font = theme::grid_text();
    let width = |text: &str| elide::width(ui, &font, text, size::COLUMN_MAX).unwrap_or(size::COLUMN_MAX);
    width(&column.title) + width(&order_sign(column)) + AROUND
}
