//! Pages: where each line, rule and picture is. It fills one page after the other; nothing that is is moved again.

use super::super::page::{Block, Cell, Figure, Span, Stance, Tone};
use super::tags::{LeafId, NodeId, Tree, What};
use super::text::{Line, MARK, Paragraph, SOFT, Style, TEXT, set};
use crate::present::chart::scene::{Rgb, Scene};
use crate::present::fonts::Face;

/// A4, in points.
const SHORT: f32 = 595.28;
const LONG: f32 = 841.89;
pub(super) const SIDE: f32 = 51.0;
/// Above and below what is set are the running head and the page's number.
const TOP: f32 = 64.0;
const BOTTOM: f32 = 60.0;

/// Of the text of paragraphs.
pub(super) const BODY: f32 = 9.5;
pub(super) const SMALL: f32 = 8.0;
/// A line's height as a part of its letters'.
pub(super) const LEADING: f32 = 1.5;

pub(super) enum Op {
    Line {
        x: f32,
        /// Of the base line.
        y: f32,
        line: Line,
        styles: std::sync::Arc<Vec<Style>>,
        /// For each run; none: no part of what is read.
        leaves: Vec<Option<(LeafId, Option<LeafId>)>>,
    },
    Fill {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Rgb,
    },
    Scene {
        x: f32,
        y: f32,
        scale: f32,
        scene: Scene,
        leaf: LeafId,
    },
    /// The number of the page on which a heading is, ending at `x`.
    PageOf {
        id: String,
        x: f32,
        y: f32,
        leaf: LeafId,
    },
}

pub(super) struct Page {
    pub width: f32,
    pub height: f32,
    pub ops: Vec<Op>,
}

/// A heading, or another place that links lead to, and where it came to be.
pub(super) struct Place {
    pub id: String,
    pub text: String,
    /// From 1; of what is no heading the greatest.
    pub level: u8,
    pub page: usize,
    pub y: f32,
}

pub(super) struct Done {
    pub pages: Vec<Page>,
    pub places: Vec<Place>,
    pub tree: Tree,
}

pub(super) struct Layout {
    pages: Vec<Page>,
    places: Vec<Place>,
    pub(super) tree: Tree,
    /// Where the next thing begins.
    pub(super) y: f32,
    is_across: bool,
}

impl Layout {
    pub(super) fn new() -> Self {
        let (pages, places) = (Vec::new(), Vec::new());
        let mut layout = Self { pages, places, tree: Tree::new(), y: TOP, is_across: false };
        layout.turn_page();
        layout
    }

    pub(super) fn finish(self) -> Done {
        Done { pages: self.pages, places: self.places, tree: self.tree }
    }

    pub(super) fn turn_page(&mut self) {
        let (width, height) = if self.is_across { (LONG, SHORT) } else { (SHORT, LONG) };
        self.pages.push(Page { width, height, ops: Vec::new() });
        self.y = TOP;
    }

    /// What follows is on pages of this stance.
    pub(super) fn turn(&mut self, stance: Stance) {
        let is_across = stance == Stance::Across;
        if is_across == self.is_across {
            return;
        }
        self.is_across = is_across;
        if self.is_fresh() {
            self.pages.pop();
        }
        self.turn_page();
    }

    /// Is most of the page empty, and does it stay like this? Then what would begin a page continues here: no page
    /// holds just the last lines of something.
    pub(super) fn goes_on(&self, stance: Stance) -> bool {
        (stance == Stance::Across) == self.is_across && self.room() > self.full() * 0.6
    }

    fn is_fresh(&self) -> bool {
        self.pages.last().is_some_and(|page| page.ops.is_empty())
    }

    /// Of what is set.
    pub(super) fn width(&self) -> f32 {
        self.pages.last().map_or(0.0, |page| page.width) - 2.0 * SIDE
    }

    pub(super) fn bottom(&self) -> f32 {
        self.pages.last().map_or(0.0, |page| page.height) - BOTTOM
    }

    /// What a page takes at most.
    pub(super) fn full(&self) -> f32 {
        self.bottom() - TOP
    }

    pub(super) fn room(&self) -> f32 {
        self.bottom() - self.y
    }

    /// Turns the page where less than `height` is left on it.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > self.bottom() && !self.is_fresh() {
            self.turn_page();
        }
    }

    /// A place that links lead to, here; no heading.
    pub(super) fn mark(&mut self, id: &str) {
        let page = self.pages.len().saturating_sub(1);
        self.places.push(Place { id: id.to_owned(), text: String::new(), level: u8::MAX, page, y: self.y });
    }

    pub(super) fn op(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.ops.push(op);
        }
    }

    pub(super) fn fill(&mut self, (x, y, width, height): (f32, f32, f32, f32), colour: Rgb) {
        self.op(Op::Fill { x, y, width, height, colour });
    }

    /// Puts one line on a base line, under a node of the tree; without one it is no part of what is read.
    pub(super) fn put(&mut self, (x, y): (f32, f32), line: &Line, paragraph: &Paragraph, node: Option<NodeId>) {
        let leaves = line.runs.iter().map(|run| {
            let node = node?;
            let is_link = paragraph.styles.get(run.style).is_some_and(|style| style.link.is_some());
            if !is_link {
                return Some((self.tree.leaf(node), None));
            }
            let link = self.tree.node(node, What::Link);
            let text = self.tree.leaf(link);
            Some((text, Some(self.tree.leaf(link))))
        });
        let leaves = leaves.collect();
        let styles = std::sync::Arc::new(paragraph.styles.clone());
        self.op(Op::Line { x, y, line: line.clone(), styles, leaves });
    }

    /// Sets lines below each other, over as many pages as they need; never one line alone at a page's end or begin.
    pub(super) fn flow(&mut self, paragraph: &Paragraph, x: f32, size: f32, node: NodeId) {
        let height = size * LEADING;
        let count = paragraph.lines.len();
        for (at, line) in paragraph.lines.iter().enumerate() {
            let together = match (at, count - at) {
                (0, 2..) | (_, 2) => 2.0,
                _ => 1.0,
            };
            self.need(height * together);
            self.put((x, self.y + height * 0.74), line, paragraph, Some(node));
            self.y += height;
        }
    }

    pub(super) fn spans(spans: &[Span], size: f32, colour: Rgb) -> Vec<(String, Style)> {
        let styled = |span: &Span| {
            let size = if span.mono { size * 0.95 } else { size };
            (span.text.clone(), Style::span(span, size, colour))
        };
        spans.iter().map(styled).collect()
    }

    pub(super) fn paragraph(&mut self, spans: &[Span], tone: Tone) {
        let (size, colour) = match tone {
            Tone::Plain | Tone::Notice => (BODY, TEXT),
            Tone::Remark => (SMALL, SOFT),
        };
        let indent = if tone == Tone::Notice { 10.0 } else { 0.0 };
        let set = set(&Self::spans(spans, size, colour), self.measure() - indent);
        let node = self.tree.node(Tree::root(), What::Paragraph);
        let height = set.lines.len() as f32 * size * LEADING;
        if tone == Tone::Notice && height <= self.full() {
            self.need(height);
            self.fill((SIDE, self.y, 3.0, height), MARK);
        }
        self.flow(&set, SIDE + indent, size, node);
        self.y += 5.0;
    }

    pub(super) fn list(&mut self, items: &[Vec<Span>]) {
        let list = self.tree.node(Tree::root(), What::List);
        for item in items {
            let set = set(&Self::spans(item, BODY, TEXT), self.measure() - 14.0);
            let node = self.tree.node(list, What::Item);
            self.need(BODY * LEADING * set.lines.len().min(2) as f32);
            self.fill((SIDE + 3.0, self.y + BODY * 0.62, 3.0, 3.0), SOFT);
            self.flow(&set, SIDE + 14.0, BODY, node);
            self.y += 2.0;
        }
        self.y += 4.0;
    }

    /// A heading; it is with the begin of what follows it, `next`.
    pub(super) fn heading(&mut self, level: u8, id: &str, text: &str, new_page: bool, next: Option<&Block>) {
        if new_page && !self.is_fresh() {
            self.turn_page();
        }
        let (size, before, after) = match level {
            1 => (18.0, 0.0, 10.0),
            2 => (13.0, 18.0, 6.0),
            3 => (10.5, 12.0, 4.0),
            _ => (BODY, 9.0, 2.0),
        };
        let style = Style::of(Face::Bold, size, TEXT);
        let set = set(&[(text.to_owned(), style)], self.width());
        let height = set.lines.len() as f32 * size * 1.35;
        self.need((before + height + after + self.least(next)).min(self.full()));
        if !self.is_fresh() {
            self.y += before;
        }
        let node = self.tree.node(Tree::root(), What::Heading(level, text));
        let page = self.pages.len() - 1;
        self.places.push(Place { id: id.to_owned(), text: text.to_owned(), level, page, y: self.y });
        for line in &set.lines {
            self.need(size * 1.35);
            self.put((SIDE, self.y + size * 1.02), line, &set, Some(node));
            self.y += size * 1.35;
        }
        if level == 1 {
            self.fill((SIDE, self.y + 3.0, self.width(), 1.2), TEXT);
            self.y += 4.2;
        }
        self.y += after;
    }

    /// What a block needs of a page at the least.
    fn least(&self, block: Option<&Block>) -> f32 {
        match block {
            Some(Block::Figure(figure)) => figure.scene.height as f32 * self.scale(&figure.scene) + 30.0,
            // One heading upon the other is with what that one needs.
            Some(Block::Heading { .. }) => 90.0,
            _ => 52.0,
        }
    }

    /// Points of a page to one of a picture.
    fn scale(&self, scene: &Scene) -> f32 {
        (self.measure() / scene.width as f32).min((self.full() - 40.0) / scene.height.max(1.0) as f32)
    }

    /// The width of a line of text that is easy to read, whatever the page.
    pub(super) fn measure(&self) -> f32 {
        self.width().min(SHORT - 2.0 * SIDE)
    }

    pub(super) fn title(
        &mut self,
        mark: &str,
        title: &str,
        subtitle: &str,
        facts: &[(String, Cell)],
        remarks: &[String],
    ) {
        self.y = 130.0;
        if !mark.is_empty() {
            let set = set(&[(mark.to_owned(), Style::of(Face::Bold, 11.0, MARK))], self.width() - 20.0);
            let node = self.tree.node(Tree::root(), What::Paragraph);
            let (top, height) = (self.y - 5.0, set.lines.len() as f32 * 11.0 * LEADING + 10.0);
            let width = set.lines.iter().map(|line| line.width).fold(0.0, f32::max) + 20.0;
            self.frame((SIDE, top, width, height), MARK);
            self.flow(&set, SIDE + 10.0, 11.0, node);
            self.y += 34.0;
        }
        let head = set(&[(title.to_owned(), Style::of(Face::Bold, 25.0, TEXT))], self.width());
        let node = self.tree.node(Tree::root(), What::Heading(1, title));
        let page = self.pages.len() - 1;
        self.places.push(Place { id: "title".to_owned(), text: title.to_owned(), level: 1, page, y: self.y });
        self.flow(&head, SIDE, 25.0, node);
        self.y += 2.0;
        let below = set(&[(subtitle.to_owned(), Style::of(Face::Regular, 12.0, SOFT))], self.width());
        let node = self.tree.node(Tree::root(), What::Paragraph);
        self.flow(&below, SIDE, 12.0, node);
        self.y += 40.0;
        self.facts(facts);
        self.y += 12.0;
        for remark in remarks {
            self.paragraph(&[Span::plain(remark.clone())], Tone::Remark);
        }
    }

    fn frame(&mut self, (x, y, width, height): (f32, f32, f32, f32), colour: Rgb) {
        let line = 1.2;
        self.fill((x, y, width, line), colour);
        self.fill((x, y + height - line, width, line), colour);
        self.fill((x, y, line, height), colour);
        self.fill((x + width - line, y, line, height), colour);
    }

    /// The headings of the first two levels with their pages.
    pub(super) fn contents(&mut self, title: &str, blocks: &[Block]) {
        self.heading(1, "contents", title, true, None);
        let list = self.tree.node(Tree::root(), What::Contents);
        for block in blocks {
            let Block::Heading { level: level @ 1..=2, id, text, .. } = block else { continue };
            if id.starts_with("overview") {
                continue;
            }
            let (indent, face) = if *level == 1 { (0.0, Face::Bold) } else { (14.0, Face::Regular) };
            let style = Style { face, size: BODY, colour: TEXT, link: Some(id.clone()) };
            let set = set(&[(text.clone(), style)], self.width() - indent - 40.0);
            if *level == 1 {
                self.y += 5.0;
            }
            let node = self.tree.node(list, What::ContentsItem);
            self.need(BODY * LEADING * set.lines.len().min(4) as f32);
            self.flow(&set, SIDE + indent, BODY, node);
            let (x, y) = (SIDE + self.width(), self.y - BODY * LEADING * 0.26);
            let leaf = self.tree.leaf(node);
            self.op(Op::PageOf { id: id.clone(), x, y, leaf });
        }
    }

    pub(super) fn figure(&mut self, figure: &Figure) {
        let scene = &figure.scene;
        let caption = set(&Self::spans(&figure.caption, SMALL, SOFT), self.measure());
        let below = caption.lines.len() as f32 * SMALL * LEADING + 6.0;
        let scale = self.scale(scene);
        let height = scene.height as f32 * scale;
        self.need(height + below);
        let node = self.tree.node(Tree::root(), What::Figure(&figure.alt));
        let leaf = self.tree.leaf(node);
        self.op(Op::Scene { x: SIDE, y: self.y, scale, scene: scene.clone(), leaf });
        self.y += height + 2.0;
        let node = self.tree.node(Tree::root(), What::Caption);
        self.flow(&caption, SIDE, SMALL, node);
        self.y += 6.0;
    }

    /// Text line by line, as it is in the evidence.
    pub(super) fn lines(&mut self, lines: &[String]) {
        const SIZE: f32 = 7.5;
        let node = self.tree.node(Tree::root(), What::Code);
        for line in lines {
            let set = set(&[(line.clone(), Style::of(Face::Mono, SIZE, TEXT))], self.width() - 10.0);
            for line in &set.lines {
                self.need(SIZE * 1.4);
                self.fill((SIDE, self.y, self.width(), SIZE * 1.4 + 0.3), [0xf4, 0xf5, 0xf7]);
                self.put((SIDE + 5.0, self.y + SIZE), line, &set, Some(node));
                self.y += SIZE * 1.4;
            }
        }
        self.y += 6.0;
    }

    /// Lines of a cell: its spans, and its remark smaller.
    pub(super) fn cell(cell: &Cell, size: f32, width: f32) -> Vec<Paragraph> {
        let mut set_lines: Vec<Paragraph> =
            cell.lines.iter().map(|line| set(&Self::spans(line, size, TEXT), width)).collect();
        if let Some(remark) = &cell.remark {
            set_lines.push(set(&[(remark.clone(), Style::of(Face::Regular, size * 0.87, SOFT))], width));
        }
        set_lines
    }
}
