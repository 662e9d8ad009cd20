//! The pages of the PDF as pictures, for looking at them before they are written: the same lines in the same places,
//! drawn in pixels.

use super::super::ReportError;
use super::super::page::Pages;
use super::laid;
use super::layout::{BODY, Op, Page, Place};
use super::running::{RULE, Running};
use super::text::{Line, Run, Style, TEXT, line as one_line};
use crate::present::chart::scene::{Anchor, Item, Rgb, Scene, Step, hatch};
use crate::present::fonts::{Face, Glyph};
use crate::query::Cancel;
use resvg::tiny_skia::{FillRule, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};
use std::collections::HashMap;

/// The pages as they are laid out.
pub struct Sheets {
    /// Without their blocks: what is on every page.
    about: Pages,
    pages: Vec<Page>,
    places: Vec<Place>,
}

/// Pixels from the top left, four bytes each: red, green, blue, 255.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

impl Sheets {
    /// # Errors
    /// It was stopped.
    pub fn set(pages: Pages, cancel: &Cancel) -> Result<Self, ReportError> {
        let done = laid(&pages, cancel)?;
        Ok(Self { about: Pages { blocks: Vec::new(), ..pages }, pages: done.pages, places: done.places })
    }

    pub fn len(&self) -> usize {
        self.pages.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Width and height of a page in points.
    pub fn size(&self, at: usize) -> Option<(f32, f32)> {
        self.pages.get(at).map(|page| (page.width, page.height))
    }

    /// The page, from 0, on which a heading of this id is.
    pub fn page_of(&self, id: &str) -> Option<usize> {
        self.places.iter().find(|place| place.id == id).map(|place| place.page)
    }

    /// A page in pixels, `scale` to a point.
    ///
    /// # Errors
    /// There is no such page, or it is larger than memory allows.
    pub fn picture(&self, at: usize, scale: f32) -> Result<Picture, ReportError> {
        let page = self.pages.get(at).ok_or_else(|| ReportError::Picture("page not found".to_owned()))?;
        let (width, height) = ((page.width * scale).ceil() as u32, (page.height * scale).ceil() as u32);
        let pixels = Pixmap::new(width, height);
        let mut pixels = pixels.ok_or_else(|| ReportError::Picture("the page is too large".to_owned()))?;
        pixels.fill(resvg::tiny_skia::Color::WHITE);
        let view = Transform::from_scale(scale, scale);
        let mut ink = Ink { pixels: &mut pixels, view, glyphs: HashMap::new() };
        ink.running(&Running::of(&self.about, page, at, self.pages.len()));
        page.ops.iter().for_each(|op| ink.op(op, &self.places));
        Ok(Picture { width, height, rgba: pixels.take() })
    }
}

struct Ink<'a> {
    pixels: &'a mut Pixmap,
    /// Points to pixels.
    view: Transform,
    /// Outlines in parts of the font size, upwards; `None`: a blank.
    glyphs: HashMap<(Face, u32), Option<Path>>,
}

impl Ink<'_> {
    fn running(&mut self, running: &Running) {
        for ((x, y), text) in running.head.iter().chain(&running.foot) {
            text.lines.iter().for_each(|line| self.line((*x, *y), line, &text.styles));
        }
        if let Some(rule) = running.rule {
            self.rect(rule, RULE);
        }
    }

    fn op(&mut self, op: &Op, places: &[Place]) {
        match op {
            Op::Fill { x, y, width, height, colour } => self.rect((*x, *y, *width, *height), *colour),
            Op::Line { x, y, line, styles, .. } => self.line((*x, *y), line, styles),
            Op::Scene { x, y, scale, scene, .. } => {
                let view = self.view;
                self.view = view.pre_translate(*x, *y).pre_scale(*scale, *scale);
                self.scene(scene);
                self.view = view;
            }
            Op::PageOf { id, x, y, .. } => {
                let Some(place) = places.iter().find(|place| place.id == *id) else { return };
                let number = one_line(&(place.page + 1).to_string(), Style::of(Face::Regular, BODY, TEXT));
                number.lines.iter().for_each(|line| self.line((x - line.width, *y), line, &number.styles));
            }
        }
    }

    fn line(&mut self, (x, y): (f32, f32), line: &Line, styles: &[Style]) {
        let mut x = x;
        for run in &line.runs {
            let Some(style) = styles.get(run.style) else { continue };
            self.run((x, y), run, style);
            x += run.width;
        }
    }

    fn run(&mut self, (x, y): (f32, f32), run: &Run, style: &Style) {
        let mut x = x;
        for (glyph, _) in &run.glyphs {
            let outline = self.glyphs.entry((run.face, glyph.id)).or_insert_with(|| outline(run.face, *glyph));
            if let Some(path) = outline {
                let view = self.view.pre_translate(x, y).pre_scale(style.size, -style.size);
                self.pixels.fill_path(path, &paint(style.colour), FillRule::Winding, view, None);
            }
            x += glyph.advance * style.size;
        }
    }

    fn rect(&mut self, (x, y, width, height): (f32, f32, f32, f32), colour: Rgb) {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            self.pixels.fill_rect(rect, &paint(colour), self.view, None);
        }
    }

    fn scene(&mut self, scene: &Scene) {
        for item in &scene.items {
            match item {
                Item::Fill { steps, paint: ink } => {
                    if let Some(path) = path_of(steps) {
                        self.pixels.fill_path(&path, &paint(ink.rgb), FillRule::Winding, self.view, None);
                    }
                }
                Item::Stroke { steps, paint: ink, width, dash } => self.stroke(steps, ink.rgb, *width as f32, dash),
                Item::Hatch { x, y, width, height } => {
                    self.stroke(&hatch((*x, *y, *width, *height)), scene.gap.rgb, 1.0, &[]);
                }
                Item::Text { x, y, anchor, size, face, paint: ink, text } => {
                    let text = one_line(text, Style::of(*face, *size as f32, ink.rgb));
                    for line in &text.lines {
                        let x = match anchor {
                            Anchor::Start => *x as f32,
                            Anchor::Middle => *x as f32 - line.width / 2.0,
                            Anchor::End => *x as f32 - line.width,
                        };
                        self.line((x, *y as f32), line, &text.styles);
                    }
                }
            }
        }
    }

    fn stroke(&mut self, steps: &[Step], colour: Rgb, width: f32, dash: &[f64]) {
        let Some(path) = path_of(steps) else { return };
        let dash = StrokeDash::new(dash.iter().map(|length| *length as f32).collect(), 0.0);
        let stroke = Stroke { width, dash, ..Stroke::default() };
        self.pixels.stroke_path(&path, &paint(colour), &stroke, self.view, None);
    }
}

fn paint([red, green, blue]: Rgb) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, 255);
    paint
}

fn path_of(steps: &[Step]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for step in steps {
        match step {
            Step::Move(x, y) => path.move_to(*x as f32, *y as f32),
            Step::Line(x, y) => path.line_to(*x as f32, *y as f32),
            Step::Close => path.close(),
        }
    }
    path.finish()
}

fn outline(face: Face, glyph: Glyph) -> Option<Path> {
    let mut pen = Pen(PathBuilder::new());
    face.outline(glyph, &mut pen);
    pen.0.finish()
}

struct Pen(PathBuilder);

impl crate::present::fonts::OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to(cx, cy, x, y);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.0.cubic_to(ax, ay, bx, by, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
