//! Where a table of any length is scrolled to. The position is counted in rows as f64: at a thousand million rows it
//! still resolves a ten-thousandth of a pixel. f32 is used only for distances within the viewport.

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scroll {
    /// Rows above the upper edge; the fraction is the hidden part of the first visible row.
    pub top: f64,
}

/// A table and its viewport: number of rows, and how many fit (with a fraction).
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    pub rows: u64,
    pub fit: f64,
}

impl Extent {
    pub fn new(rows: u64, height: f32, row_height: f32) -> Self {
        Self { rows, fit: f64::from(height.max(0.0)) / f64::from(row_height) }
    }

    fn max_top(self) -> f64 {
        (self.rows as f64 - self.fit).max(0.0)
    }

    /// Rows that one Page key moves by.
    pub fn page(self) -> u64 {
        (self.fit.floor() as u64).saturating_sub(1).max(1)
    }
}

impl Scroll {
    pub fn clamp(&mut self, extent: Extent) {
        self.top = if self.top.is_finite() { self.top.clamp(0.0, extent.max_top()) } else { 0.0 };
    }

    pub fn by_rows(&mut self, rows: f64, extent: Extent) {
        self.top += rows;
        self.clamp(extent);
    }

    /// Moves as little as makes the row visible as a whole.
    pub fn reveal(&mut self, row: u64, extent: Extent) {
        let row = row as f64;
        if row < self.top {
            self.top = row;
        } else if row + 1.0 > self.top + extent.fit {
            self.top = row + 1.0 - extent.fit;
        }
        self.clamp(extent);
    }

    /// Puts the row into the middle unless it is visible.
    pub fn centre(&mut self, row: u64, extent: Extent) {
        let at = row as f64;
        if at < self.top || at + 1.0 > self.top + extent.fit {
            self.top = at - extent.fit / 2.0;
        }
        self.clamp(extent);
    }

    /// The rows of which at least a part is visible.
    pub fn visible(&self, extent: Extent) -> std::ops::Range<u64> {
        let first = self.top.floor() as u64;
        first..((self.top + extent.fit).ceil() as u64).min(extent.rows)
    }

    /// Points from the upper edge of the viewport to the upper edge of a row near it.
    pub fn offset(&self, row: u64, row_height: f32) -> f32 {
        ((row as f64 - self.top) * f64::from(row_height)) as f32
    }

    /// The thumb in a track of this length: offset and length. `None` when everything fits.
    pub fn thumb(&self, extent: Extent, track: f32, shortest: f32) -> Option<(f32, f32)> {
        let max_top = extent.max_top();
        if max_top <= 0.0 || track <= 0.0 {
            return None;
        }
        let length = ((extent.fit / extent.rows as f64) as f32 * track).max(shortest).min(track);
        Some(((self.top / max_top) as f32 * (track - length), length))
    }

    /// Moves the upper end of the thumb to this offset in the track.
    pub fn drag_thumb(&mut self, offset: f32, extent: Extent, track: f32, shortest: f32) {
        let Some((_, length)) = self.thumb(extent, track, shortest) else { return };
        let free = f64::from(track - length);
        if free > 0.0 {
            self.top = f64::from(offset) / free * extent.max_top();
        }
        self.clamp(extent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: u64 = 1_000_000_000;
    const HEIGHT: f32 = 20.0;

    fn extent() -> Extent {
        Extent::new(ROWS, 610.0, HEIGHT)
    }

    #[test]
    fn a_pixel_is_a_pixel_at_the_end_of_a_thousand_million_rows() {
        let extent = extent();
        let mut scroll = Scroll::default();
        scroll.reveal(ROWS - 1, extent);
        assert_eq!(scroll.visible(extent), ROWS - 31..ROWS);
        assert_eq!(scroll.offset(ROWS - 1, HEIGHT), 590.0);
        for pixel in 1..=1000 {
            scroll.by_rows(-1.0 / f64::from(HEIGHT), extent);
            let offset = scroll.offset(ROWS - 1, HEIGHT);
            assert!((offset - (590.0 + pixel as f32)).abs() < 0.01, "{pixel}: {offset}");
        }
        // Neighbouring rows are exactly one row height apart.
        let first = scroll.visible(extent).start;
        for row in first..first + 30 {
            let gap = scroll.offset(row + 1, HEIGHT) - scroll.offset(row, HEIGHT);
            assert!((gap - HEIGHT).abs() < 0.001, "{gap}");
        }
    }

    #[test]
    fn the_thumb_reaches_both_ends() {
        let extent = extent();
        let mut scroll = Scroll::default();
        assert_eq!(scroll.thumb(extent, 600.0, 24.0), Some((0.0, 24.0)));
        scroll.drag_thumb(576.0, extent, 600.0, 24.0);
        assert_eq!(scroll.visible(extent).end, ROWS);
        assert_eq!(scroll.thumb(extent, 600.0, 24.0), Some((576.0, 24.0)));
        scroll.drag_thumb(288.0, extent, 600.0, 24.0);
        assert!((scroll.top - (ROWS as f64 - 30.5) / 2.0).abs() < 1.0);
        scroll.drag_thumb(-50.0, extent, 600.0, 24.0);
        assert_eq!(scroll.top, 0.0);
    }

    #[test]
    fn short_tables_do_not_scroll() {
        let extent = Extent::new(3, 610.0, HEIGHT);
        let mut scroll = Scroll { top: f64::NAN };
        scroll.by_rows(5.0, extent);
        assert_eq!((scroll.top, scroll.thumb(extent, 600.0, 24.0)), (0.0, None));
        assert_eq!(scroll.visible(extent), 0..3);
        assert_eq!(Extent::new(0, 610.0, HEIGHT).page(), 29);
        assert_eq!(scroll.visible(Extent::new(0, 610.0, HEIGHT)), 0..0);
    }
}
