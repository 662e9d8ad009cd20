//! How wide the columns of a table are, and which of them there is room for. Pure: no tool kit, no rows.

use crate::ui::theme::size;

/// What a column needs, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wish {
    /// The widest text.
    pub texts: f32,
    /// The widest number or time, which is never cut.
    pub figures: f32,
    /// What a text gets before there is room to spare.
    pub usual: f32,
    /// The column's name, which is short of nothing but in a column that somebody made narrow.
    pub title: f32,
    /// The width that somebody chose.
    pub own: Option<f32>,
    /// It stays in sight while the table is moved sideways.
    pub pinned: bool,
}

impl Wish {
    fn first(&self) -> f32 {
        let content = self.figures.max(self.texts.min(self.usual)).max(self.title.min(size::TITLE_WHOLE));
        let width = self.own.unwrap_or(content);
        width.clamp(size::COLUMN_MIN, size::COLUMN_MAX)
    }

    /// With less it is not shown: a long text gets what there is at the edge of the table.
    fn least(&self) -> f32 {
        if self.own.is_some() {
            self.first()
        } else {
            self.first().min(self.figures.max(self.title).max(size::TEXT_LEAST))
        }
    }

    /// What it would take beyond that.
    fn lacks(&self) -> f32 {
        let all = self.texts.max(self.title).min(size::COLUMN_MAX);
        if self.own.is_some() { 0.0 } else { (all - self.first()).max(0.0) }
    }
}

/// A column that is in sight: points from the left edge of the columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed {
    pub column: usize,
    pub left: f32,
    pub width: f32,
}

/// The columns in sight, each as a whole but for a long text at the edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fitted {
    pub placed: Vec<Placed>,
    /// Columns that the table is moved by, and by which it can be at most.
    pub step: usize,
    pub last: usize,
}

/// Moved sideways by `step` columns, or as far as there is something to be seen.
pub(super) fn fit(wishes: &[Wish], room: f32, step: usize) -> Fitted {
    let widths: Vec<f32> = wishes.iter().map(Wish::first).collect();
    let width = |at: usize| widths.get(at).copied().unwrap_or(0.0);
    let all: Vec<usize> = (0..wishes.len()).collect();
    if widths.iter().sum::<f32>() <= room {
        return Fitted { placed: placed(wishes, &widths, &all, room), step: 0, last: 0 };
    }
    // What would fill half of the table is not pinned.
    let pinned_width: f32 = wishes.iter().zip(&widths).filter(|(wish, _)| wish.pinned).map(|(_, width)| width).sum();
    let pins = pinned_width <= room / 2.0;
    let (pinned, moving): (Vec<usize>, Vec<usize>) =
        all.into_iter().partition(|at| pins && wishes.get(*at).is_some_and(|wish| wish.pinned));
    let left = room - if pins { pinned_width } else { 0.0 };
    let last = last_step(&moving, left, width);
    let step = step.min(last);
    let mut free = left;
    let fits = |at: &usize| {
        free -= width(*at);
        free >= 0.0
    };
    let moved = moving.get(step..).unwrap_or_default();
    let mut shown: Vec<usize> = moved.iter().copied().take_while(fits).collect();
    let mut widths = widths;
    if let Some((next, wish)) = moved.get(shown.len()).and_then(|at| Some((*at, wishes.get(*at)?))) {
        let rest = free + wish.first();
        if let Some(width) = widths.get_mut(next).filter(|_| rest >= wish.least()) {
            *width = rest;
            shown.push(next);
        }
    }
    if shown.is_empty() {
        // Wider than the table: the one column that cannot be shown as a whole.
        shown.extend(moved.first());
    }
    shown.extend(pinned);
    shown.sort_unstable();
    Fitted { placed: placed(wishes, &widths, &shown, room), step, last }
}

/// The first step at which the last column is in sight.
fn last_step(moving: &[usize], room: f32, width: impl Fn(usize) -> f32) -> usize {
    let mut free = room;
    let fits = |at: &&usize| {
        free -= width(**at);
        free >= 0.0
    };
    let at_end = moving.iter().rev().take_while(fits).count().max(1);
    moving.len().saturating_sub(at_end)
}

/// These columns beside each other; what is left of the room goes to those that are cut.
fn placed(wishes: &[Wish], widths: &[f32], shown: &[usize], room: f32) -> Vec<Placed> {
    let mut widths: Vec<f32> = shown.iter().filter_map(|at| widths.get(*at).copied()).collect();
    let mut lacking: Vec<(usize, f32)> = shown
        .iter()
        .enumerate()
        .filter_map(|(place, at)| Some((place, wishes.get(*at)?.lacks())))
        .filter(|(_, lacks)| *lacks > 0.0)
        .collect();
    // Those that need least are whole first; the others share what is left.
    lacking.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut spare = (room - widths.iter().sum::<f32>()).max(0.0);
    for (done, (place, lacks)) in lacking.iter().enumerate() {
        let given = lacks.min(spare / (lacking.len() - done) as f32);
        spare -= given;
        if let Some(width) = widths.get_mut(*place) {
            *width += given;
        }
    }
    let mut left = 0.0;
    let columns = shown.iter().zip(widths).map(|(column, width)| {
        let width = width.min((room - left).max(0.0));
        let placed = Placed { column: *column, left, width };
        left += width;
        placed
    });
    columns.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(texts: f32, usual: f32) -> Wish {
        Wish { texts, usual, ..Wish::default() }
    }

    fn figure(figures: f32) -> Wish {
        Wish { figures, usual: 50.0, ..Wish::default() }
    }

    fn shown(fitted: &Fitted) -> Vec<(usize, f32, f32)> {
        fitted.placed.iter().map(|p| (p.column, p.left, p.width)).collect()
    }

    #[test]
    fn columns_fit_their_content_and_those_that_are_cut_share_what_is_left() {
        let columns = [figure(150.0), text(80.0, 130.0), text(300.0, 130.0), text(150.0, 130.0)];
        let fitted = fit(&columns, 1000.0, 0);
        assert_eq!(shown(&fitted), [(0, 0.0, 150.0), (1, 150.0, 80.0), (2, 230.0, 300.0), (3, 530.0, 150.0)]);
        // 50 to spare: 20 for the one, the rest for the other.
        let fitted = fit(&columns, 540.0, 0);
        assert_eq!(shown(&fitted), [(0, 0.0, 150.0), (1, 150.0, 80.0), (2, 230.0, 160.0), (3, 390.0, 150.0)]);
        assert_eq!(fitted.last, 0);
        let own = [Wish { own: Some(60.0), ..columns[2] }, columns[1]];
        assert_eq!(shown(&fit(&own, 900.0, 0)), [(0, 0.0, 60.0), (1, 60.0, 80.0)], "as somebody left it");
    }

    #[test]
    fn a_column_is_there_as_a_whole_or_not_at_all_and_the_pinned_one_stays() {
        let time = Wish { pinned: true, ..figure(150.0) };
        let columns = [time, figure(100.0), figure(100.0), text(200.0, 90.0), figure(100.0)];
        let fitted = fit(&columns, 380.0, 0);
        assert_eq!(shown(&fitted), [(0, 0.0, 150.0), (1, 150.0, 100.0), (2, 250.0, 100.0)]);
        assert_eq!((fitted.step, fitted.last), (0, 2));
        let fitted = fit(&columns, 380.0, 9);
        assert_eq!(shown(&fitted), [(0, 0.0, 150.0), (3, 150.0, 130.0), (4, 280.0, 100.0)], "spare width is used");
        assert_eq!(fitted.step, 2);
        for (room, step) in (200..700).flat_map(|room| (0..4).map(move |step| (room as f32, step))) {
            let fitted = fit(&columns, room, step);
            let right = fitted.placed.iter().map(|p| p.left + p.width).fold(0.0, f32::max);
            assert!(right <= room + 0.1, "{room} {step}");
            assert!(fitted.placed.len() > 1 || room < 250.0, "{room} {step}: {fitted:?}");
        }
    }

    #[test]
    fn a_long_text_gets_what_is_left_and_a_short_one_is_there_as_a_whole() {
        let columns = [figure(100.0), text(900.0, 420.0), figure(80.0)];
        assert_eq!(shown(&fit(&columns, 400.0, 0)), [(0, 0.0, 100.0), (1, 100.0, 300.0)]);
        assert_eq!(shown(&fit(&columns, 299.0, 0)), [(0, 0.0, 100.0)]);
        let own = [columns[0], Wish { own: Some(420.0), ..columns[1] }, columns[2]];
        assert_eq!(shown(&fit(&own, 400.0, 0)), [(0, 0.0, 100.0)]);
        let short = [columns[0], text(180.0, 180.0), columns[2]];
        assert_eq!(shown(&fit(&short, 270.0, 0)), [(0, 0.0, 100.0)]);
    }

    #[test]
    fn what_is_wider_than_the_table_is_cut_at_its_edge_and_can_be_passed() {
        let columns = [figure(500.0), figure(60.0)];
        assert_eq!(shown(&fit(&columns, 300.0, 0)), [(0, 0.0, 300.0)]);
        assert_eq!(shown(&fit(&columns, 300.0, 1)), [(1, 0.0, 60.0)]);
        assert_eq!(fit(&[], 300.0, 1), Fitted::default());
    }
}
