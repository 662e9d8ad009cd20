//! Tables: how wide each column is, and rows that go over as many pages as they need, with the header on each.

use super::super::page::{Cell, Grid, Header, Span, Stance};
use super::layout::{BODY, LEADING, Layout, SIDE};
use super::tags::{NodeId, Tree, What};
use super::text::{Line, Paragraph, SOFT, Style, TEXT, set};
use crate::present::chart::scene::Rgb;
use crate::present::fonts::Face;

const RULE: Rgb = [0xd0, 0xd4, 0xda];
const HEAD: Rgb = [0xf1, 0xf3, 0xf6];
/// Above and below a cell's text.
const ABOVE: f32 = 2.2;

/// Left and right of a cell's text of this size.
fn beside(size: f32) -> f32 {
    if size < 6.2 { 2.2 } else { 3.5 }
}

/// No column is narrower, header or not.
const NARROWEST: f32 = 26.0;

/// A cell as it is set: each line with the text that it is of.
struct Set {
    paragraphs: Vec<Paragraph>,
    is_number: bool,
}

impl Set {
    fn lines(&self) -> impl Iterator<Item = (&Paragraph, &Line)> {
        self.paragraphs.iter().flat_map(|paragraph| paragraph.lines.iter().map(move |line| (paragraph, line)))
    }

    fn count(&self) -> usize {
        self.paragraphs.iter().map(|paragraph| paragraph.lines.len()).sum()
    }
}

struct Columns {
    /// Left edges and widths.
    places: Vec<(f32, f32)>,
    size: f32,
}

impl Layout {
    pub(super) fn grid(&mut self, grid: &Grid) {
        if grid.stance == Stance::Cards {
            self.cards(grid);
            return;
        }
        // Rather smaller letters than broken numbers and times.
        let sizes: &[f32] = match (grid.is_dense, grid.stance) {
            (true, _) => &[6.2],
            (false, Stance::Across) => &[7.0, 6.6, 6.2, 5.8],
            (false, _) => &[7.5, 7.0],
        };
        let fits = |size: &&f32| columns_of(grid, **size, &least).iter().sum::<f32>() <= self.width();
        let size = sizes.iter().find(fits).or(sizes.last()).copied().unwrap_or(7.0);
        let columns = Columns { places: self.widths(grid, size), size };
        let head: Vec<Set> = grid
            .headers
            .iter()
            .zip(&columns.places)
            .map(|(header, (_, width))| Set {
                paragraphs: vec![set(
                    &[(header.text.clone(), Style::of(Face::Bold, size, TEXT))],
                    width - 2.0 * beside(size),
                )],
                is_number: header.is_number,
            })
            .collect();
        let table = self.tree.node(Tree::root(), What::Table);
        let thead = self.tree.node(table, What::Head);
        let first = self.tree.node(thead, What::Row);
        let line = size * 1.4;
        let head_height = head.iter().map(Set::count).max().unwrap_or(0) as f32 * line + 2.0 * ABOVE;
        self.need(head_height + 3.0 * line + 2.0 * ABOVE);
        self.header(&head, &columns, head_height, Some(first));
        let body = self.tree.node(table, What::Body);
        for (at, row) in grid.rows.iter().enumerate() {
            let cells: Vec<Set> = row
                .iter()
                .zip(&grid.headers)
                .zip(&columns.places)
                .map(|((cell, header), (_, width))| Set {
                    paragraphs: Layout::cell(&there(cell), size, width - 2.0 * beside(size)),
                    is_number: header.is_number,
                })
                .collect();
            let node = self.tree.node(body, What::Row);
            let nodes: Vec<NodeId> = cells.iter().map(|_| self.tree.node(node, What::Cell)).collect();
            let id = grid.ids.get(at);
            self.row(&cells, &nodes, &columns, id, &|layout: &mut Layout| {
                layout.header(&head, &columns, head_height, None)
            });
        }
        self.y += 8.0;
    }

    /// One row, over pages where it needs them; `again` sets what is at the head of each.
    fn row(
        &mut self,
        cells: &[Set],
        nodes: &[NodeId],
        columns: &Columns,
        id: Option<&String>,
        again: &dyn Fn(&mut Layout),
    ) {
        let (line, pad) = (columns.size * 1.4, beside(columns.size));
        let count = cells.iter().map(Set::count).max().unwrap_or(0);
        let height = |lines: usize| lines as f32 * line + 2.0 * ABOVE;
        let mut from = 0;
        while from < count {
            let rest = count - from;
            if height(rest) > self.room() && (height(rest) <= self.full() * 0.5 || self.room() < height(3)) {
                self.turn_page();
                again(self);
            }
            if let (0, Some(id)) = (from, id) {
                self.mark(id);
            }
            let fits = ((self.room() - 2.0 * ABOVE) / line).floor().max(1.0) as usize;
            let until = from + rest.min(fits);
            for ((cell, node), (x, width)) in cells.iter().zip(nodes).zip(&columns.places) {
                for (at, (paragraph, text)) in cell.lines().enumerate().skip(from).take(until - from) {
                    let y = self.y + ABOVE + (at - from) as f32 * line + columns.size * 0.98;
                    let x = if cell.is_number { x + width - pad - text.width } else { x + pad };
                    self.put((x, y), text, paragraph, Some(*node));
                }
            }
            self.y += height(until - from);
            let (left, width) = (SIDE, columns.places.iter().map(|(_, width)| width).sum());
            self.fill((left, self.y, width, 0.5), RULE);
            from = until;
            if from < count {
                self.turn_page();
                again(self);
            }
        }
    }

    /// On the pages behind the first it is no part of what is read: it was read already.
    fn header(&mut self, head: &[Set], columns: &Columns, height: f32, row: Option<NodeId>) {
        let width = columns.places.iter().map(|(_, width)| width).sum();
        let pad = beside(columns.size);
        self.fill((SIDE, self.y, width, height), HEAD);
        for (cell, (x, width)) in head.iter().zip(&columns.places) {
            let node = row.map(|row| self.tree.node(row, What::ColumnHeader));
            for (at, (paragraph, text)) in cell.lines().enumerate() {
                let y = self.y + ABOVE + at as f32 * columns.size * 1.4 + columns.size * 0.98;
                let x = if cell.is_number { x + width - pad - text.width } else { x + pad };
                self.put((x, y), text, paragraph, node);
            }
        }
        self.y += height;
        self.fill((SIDE, self.y - 0.8, width, 0.8), SOFT);
    }

    /// From what the cells would like: the widest columns give until all fit, but none of them so much that a short
    /// word or a number would be broken, as long as there is room for that.
    fn widths(&self, grid: &Grid, size: f32) -> Vec<(f32, f32)> {
        let (wishes, page) = (columns_of(grid, size, &wished), self.width());
        let sum: f32 = wishes.iter().sum();
        let widths = match sum <= page {
            // What is left goes to those that hold most.
            true => wishes.iter().map(|wish| wish + (page - sum) * wish / sum.max(1.0)).collect(),
            false => {
                let whole = columns_of(grid, size, &least);
                let broken = columns_of(grid, size, &least_of_words);
                let sum_of = |widths: &[f32]| widths.iter().sum::<f32>();
                match (sum_of(&whole) <= page, sum_of(&broken) <= page) {
                    (true, _) => spread(&wishes, &whole, page),
                    // A time on two lines is a time still.
                    (_, true) => spread(&wishes, &broken, page),
                    _ => self.with_whole_numbers(grid, &wishes, &broken),
                }
            }
        };
        let mut x = SIDE;
        let place = |width: f32| {
            let left = x;
            x += width;
            (left, width)
        };
        widths.into_iter().map(place).collect()
    }

    /// Where not even short words fit: numbers are whole, and the texts share what is left.
    fn with_whole_numbers(&self, grid: &Grid, wishes: &[f32], least: &[f32]) -> Vec<f32> {
        let page = self.width();
        let is_number = |at: usize| grid.headers.get(at).is_some_and(|header| header.is_number);
        let numbers: f32 = least.iter().enumerate().filter(|(at, _)| is_number(*at)).map(|(_, width)| width).sum();
        let texts: Vec<f32> = wishes.iter().enumerate().filter(|(at, _)| !is_number(*at)).map(|(_, w)| *w).collect();
        if numbers + texts.len() as f32 * NARROWEST > page {
            return shared(wishes, page);
        }
        let room = page - numbers;
        let level = shared(&texts, room).into_iter().fold(0.0, f32::max);
        // Those that lack little become whole; the long ones hardly notice.
        let is_short = |wish: f32| wish <= level * 1.25;
        let short: f32 = texts.iter().filter(|wish| is_short(**wish)).sum();
        let long: Vec<f32> = texts.iter().copied().filter(|wish| !is_short(*wish)).collect();
        let mut long = shared(&long, room - short).into_iter();
        let widths = texts.iter().map(|wish| if is_short(*wish) { *wish } else { long.next().unwrap_or(*wish) });
        let mut texts = widths.collect::<Vec<f32>>().into_iter();
        let width = |(at, least): (usize, &f32)| if is_number(at) { *least } else { texts.next().unwrap_or(*least) };
        least.iter().enumerate().map(width).collect()
    }

    /// Rows as lists of their own, for tables with more columns than a page takes.
    fn cards(&mut self, grid: &Grid) {
        for (at, row) in grid.rows.iter().enumerate() {
            let name = grid.card.replace(super::super::page::ROW, &(at + 1).to_string());
            self.need(BODY * LEADING * 5.0);
            let set = set(&[(name, Style::of(Face::Bold, BODY, TEXT))], self.width());
            let node = self.tree.node(Tree::root(), What::Paragraph);
            self.flow(&set, SIDE, BODY, node);
            // What is absent needs no line: a card has a line for each thing that is there.
            let there = grid.headers.iter().zip(row).filter(|(_, cell)| cell.width() > 0);
            let facts: Vec<(String, Cell)> = there.map(|(header, cell)| (header.text.clone(), cell.clone())).collect();
            self.facts(&facts);
        }
    }

    /// A label and what it says, below each other.
    pub(super) fn facts(&mut self, facts: &[(String, Cell)]) {
        if facts.is_empty() {
            return;
        }
        const SIZE: f32 = 8.2;
        let width = self.measure();
        // Of all lists the same, so that they are in one line down the page.
        let label = 150.0;
        let columns = Columns { places: vec![(SIDE, label), (SIDE + label, width - label)], size: SIZE };
        let table = self.tree.node(Tree::root(), What::Table);
        self.need(SIZE * LEADING + 2.0 * ABOVE);
        self.fill((SIDE, self.y, width, 0.5), RULE);
        let mut rows = Vec::new();
        for (name, cell) in facts {
            let label_set = set(&[(name.clone(), Style::of(Face::Regular, SIZE, SOFT))], label - 2.0 * beside(SIZE));
            let cells = [
                Set { paragraphs: vec![label_set], is_number: false },
                Set {
                    paragraphs: Layout::cell(&there(cell), SIZE, width - label - 2.0 * beside(SIZE)),
                    is_number: false,
                },
            ];
            rows.push(cells);
        }
        let height = |cells: &[Set; 2]| {
            let lines = cells.iter().map(Set::count).max().unwrap_or(0);
            lines as f32 * SIZE * 1.4 + 2.0 * ABOVE
        };
        for (at, cells) in rows.iter().enumerate() {
            // The last one is not alone on a page.
            if let [last] = rows.get(at + 1..).unwrap_or_default() {
                self.need((height(cells) + height(last)).min(self.full()));
            }
            let row = self.tree.node(table, What::Row);
            let nodes = [self.tree.node(row, What::RowHeader), self.tree.node(row, What::Cell)];
            self.row(cells, &nodes, &columns, None, &|_| {});
        }
        self.y += 8.0;
    }
}

/// The width of each column where each of its cells has the width that `of` says, and its header is whole.
fn columns_of(grid: &Grid, size: f32, of: &dyn Fn(&Cell, f32) -> f32) -> Vec<f32> {
    let width = |(at, header): (usize, &Header)| {
        let cells = grid.rows.iter().filter_map(|row| row.get(at));
        let cells = cells.map(|cell| of(cell, size)).fold(0.0, f32::max);
        let longest = words(&header.text).map(|word| Face::Bold.width(word) * size).fold(0.0, f32::max);
        (cells.max(longest) + 2.0 * beside(size) + 0.5).max(NARROWEST)
    };
    grid.headers.iter().enumerate().map(width).collect()
}

/// A cell without anything still has a place in what is read.
fn there(cell: &Cell) -> Cell {
    if cell.lines.is_empty() { Cell::plain(" ") } else { cell.clone() }
}

fn width_of(span: &Span, text: &str) -> f32 {
    let face = match (span.mono, span.strong) {
        (true, _) => Face::Mono,
        (false, true) => Face::Bold,
        (false, false) => Face::Regular,
    };
    face.width(text)
}

/// The width in which no line of a cell is broken.
fn wished(cell: &Cell, size: f32) -> f32 {
    let line = |line: &Vec<Span>| -> f32 {
        let width = |span: &Span| span.text.split('\n').map(|line| width_of(span, line)).fold(0.0, f32::max) * size;
        line.iter().map(width).sum()
    };
    let remark = cell.remark.as_ref().map_or(0.0, |remark| Face::Regular.width(remark) * size * 0.87);
    cell.lines.iter().map(line).fold(remark, f32::max)
}

/// Letters of a word that is rather not broken.
const SHORT_WORD: usize = 16;

/// The width in which no short word of a cell is broken, and no time.
fn least(cell: &Cell, size: f32) -> f32 {
    least_width(cell, size, true)
}

/// The width in which no short word of a cell is broken; a time may be, between its date and its hours.
fn least_of_words(cell: &Cell, size: f32) -> f32 {
    least_width(cell, size, false)
}

fn least_width(cell: &Cell, size: f32, whole_times: bool) -> f32 {
    let of_word = |span: &Span, word: &str| {
        let end = word.char_indices().nth(SHORT_WORD).map_or(word.len(), |(at, _)| at);
        width_of(span, word.get(..end).unwrap_or(word)) * size
    };
    let of_words = |span: &Span| words(&span.text).map(|word| of_word(span, word)).fold(0.0, f32::max);
    // A time is one word.
    let is_time = |text: &str| {
        text.len() <= 23 && text.contains(':') && text.chars().all(|c| c.is_ascii_digit() || "-:. ".contains(c))
    };
    let of_span = |span: &Span| match whole_times && is_time(&span.text) {
        true => width_of(span, &span.text) * size,
        false => of_words(span),
    };
    // A remark of such a length is a time in UTC.
    let remark = cell.remark.as_ref().filter(|remark| remark.len() <= 28);
    let of_remark = |remark: &String| match whole_times {
        true => Face::Regular.width(remark),
        false => words(remark).map(|word| Face::Regular.width(word)).fold(0.0, f32::max),
    };
    let remark = remark.map_or(0.0, |remark| of_remark(remark) * size * 0.87);
    cell.lines.iter().flatten().map(of_span).fold(remark, f32::max)
}

/// What is between places where a line may end.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', '\n', '/', ';', '&', '|', '_']).map(str::trim_end)
}

/// What is more than the least goes to the columns by the root of what they lack, and to none more than that: long
/// texts get most, and what lacks little becomes whole.
fn spread(wishes: &[f32], least: &[f32], page: f32) -> Vec<f32> {
    let mut widths = least.to_vec();
    let mut more = page - least.iter().sum::<f32>();
    // Each round makes at least one column whole, or ends.
    for _ in 0..least.len() {
        let lacks: Vec<f32> = wishes.iter().zip(&widths).map(|(wish, width)| (wish - width).max(0.0)).collect();
        let roots: f32 = lacks.iter().map(|lack| lack.sqrt()).sum();
        if roots <= 0.0 || more <= 0.1 {
            break;
        }
        let shares: Vec<f32> = lacks.iter().map(|lack| (more * lack.sqrt() / roots).min(*lack)).collect();
        more -= shares.iter().sum::<f32>();
        widths.iter_mut().zip(&shares).for_each(|(width, share)| *width += share);
    }
    widths
}

/// Widths that sum up to `page`: none wider than it wished, all that must give equally wide.
fn shared(wishes: &[f32], page: f32) -> Vec<f32> {
    let mut sorted = wishes.to_vec();
    sorted.sort_by(f32::total_cmp);
    let (mut left, mut count) = (page, sorted.len());
    let mut most = page / count.max(1) as f32;
    for wish in sorted {
        most = left / count.max(1) as f32;
        if wish > most {
            break;
        }
        left -= wish;
        count -= 1;
    }
    wishes.iter().map(|wish| wish.min(most)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_columns_keep_what_they_need_and_wide_ones_share_the_rest() {
        assert_eq!(shared(&[30.0, 500.0, 40.0, 300.0], 470.0), [30.0, 200.0, 40.0, 200.0]);
        assert_eq!(shared(&[100.0, 100.0], 100.0), [50.0, 50.0]);
        let widths = spread(&[30.0, 1_000.0, 125.0], &[30.0, 100.0, 100.0], 430.0);
        assert_eq!((widths[0], widths[2]), (30.0, 125.0), "what lacks little becomes whole");
        assert!((widths[1] - 275.0).abs() < 0.5, "{widths:?}");
    }
}
