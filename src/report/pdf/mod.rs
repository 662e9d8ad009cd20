//! The report as PDF: the same blocks as the HTML, set on pages. Text is text (searchable, tagged, in reading order),
//! fonts are subsets of ours, plots are vectors. It is written as PDF/A-2a and PDF/UA-1, which the library checks: what
//! would not conform is an error, not a file.
//!
//! Two passes: `layout` sets every line and picture in its place, then `paint` writes the pages, when it is known how
//! many there are and on which of them each heading is.

mod layout;
mod paint;
mod running;
mod sheets;
mod table;
mod tags;
mod text;

pub use sheets::{Picture, Sheets};

use super::ReportError;
use super::page::{Block, Grid, Pages, Stance};
use crate::query::Cancel;

/// # Errors
/// The library refuses what was set; it was stopped.
pub(super) fn pdf(pages: &Pages, cancel: &Cancel) -> Result<Vec<u8>, ReportError> {
    paint::paint(pages, laid(pages, cancel)?, cancel)
}

/// Every line and picture in its place.
fn laid(pages: &Pages, cancel: &Cancel) -> Result<layout::Done, ReportError> {
    let mut layout = layout::Layout::new();
    for (at, block) in pages.blocks.iter().enumerate() {
        let rest = pages.blocks.get(at + 1..).unwrap_or_default();
        if cancel.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        match block {
            Block::Title { mark, title, subtitle, facts, remarks } => {
                layout.title(mark, title, subtitle, facts, remarks)
            }
            Block::Contents { title } => layout.contents(title, &pages.blocks),
            Block::Heading { level, id, text, new_page } => {
                let stance = stance(rest);
                let turns = *new_page && !(*level > 1 && layout.goes_on(stance));
                if turns {
                    layout.turn(stance);
                }
                layout.heading(*level, id, text, turns, rest.first());
            }
            Block::Paragraph(spans, tone) => layout.paragraph(spans, *tone),
            Block::List(items) => layout.list(items),
            Block::Facts(facts) => layout.facts(facts),
            Block::Grid(grid) => layout.grid(grid),
            Block::Figure(figure) => layout.figure(figure),
            Block::Lines(lines) => layout.lines(lines),
        }
    }
    Ok(layout.finish())
}

/// How the pages of a part are: across where any of its tables needs it, so that no page is left half empty between.
fn stance(part: &[Block]) -> Stance {
    let part = part.iter().take_while(|block| !matches!(block, Block::Heading { new_page: true, .. }));
    let across = |block: &Block| matches!(block, Block::Grid(Grid { stance: Stance::Across, .. }));
    if part.clone().any(across) { Stance::Across } else { Stance::Upright }
}
