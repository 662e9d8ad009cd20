//! What is on every page: mark and reference at the head, title and number at the foot; on the first page only the
//! number.

use super::super::page::{PAGE, PAGES, Pages};
use super::layout::{Page, SIDE};
use super::text::{MARK, Paragraph, SOFT, Style, line as one_line};
use crate::present::chart::scene::{Rgb, fitted};
use crate::present::fonts::Face;

pub(super) const RULE: Rgb = [0xd0, 0xd4, 0xda];

/// Texts of one line, each with where its base line begins.
type Texts = Vec<((f32, f32), Paragraph)>;

pub(super) struct Running {
    pub head: Texts,
    pub foot: Texts,
    /// Below the head: left, top, width, height.
    pub rule: Option<(f32, f32, f32, f32)>,
}

impl Running {
    /// Of the page at this place, from 0, of so many.
    pub(super) fn of(pages: &Pages, page: &Page, at: usize, count: usize) -> Self {
        let (left, right) = (SIDE, page.width - SIDE);
        let soft = || Style::of(Face::Regular, 7.5, SOFT);
        let ending = |paragraph: Paragraph, y: f32| {
            let width = paragraph.lines.first().map_or(0.0, |line| line.width);
            ((right - width, y), paragraph)
        };
        let numbering = pages.numbering.replace(PAGE, &(at + 1).to_string()).replace(PAGES, &count.to_string());
        let foot_y = page.height - 34.0;
        let mut foot = vec![ending(one_line(&numbering, soft()), foot_y)];
        if at > 0 {
            let half = f64::from(right - left) * 0.6;
            foot.push(((left, foot_y), one_line(&fitted(&pages.title, 7.5, half), soft())));
        }
        if at == 0 || pages.mark.is_empty() && pages.reference.is_empty() {
            return Self { head: Vec::new(), foot, rule: None };
        }
        let wide = f64::from(right - left) * 0.48;
        let mark = one_line(&fitted(&pages.mark, 7.5, wide), Style::of(Face::Bold, 7.5, MARK));
        let reference = one_line(&fitted(&pages.reference, 7.5, wide), soft());
        let head = vec![((left, 38.0), mark), ending(reference, 38.0)];
        Self { head, foot, rule: Some((left, 43.0, right - left, 0.5)) }
    }
}
