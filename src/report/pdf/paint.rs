//! Painting: laid out pages into a PDF, with the running head, the pages' numbers, the outline and the tags.

use super::super::ReportError;
use super::super::page::Pages;
use super::layout::{BODY, Done, Op, Place, SIDE};
use super::running::{RULE, Running};
use super::tags::Tree;
use super::text::{Line, Run, Style, TEXT, line as one_line};
use crate::present::chart::scene::{Anchor, Item, Paint, Rgb, Scene, Step, hatch};
use crate::present::fonts::Face;
use crate::query::Cancel;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use std::collections::HashMap;

pub(super) fn paint(pages: &Pages, done: Done, cancel: &Cancel) -> Result<Vec<u8>, ReportError> {
    let Done { pages: laid, places, mut tree } = done;
    let fonts = Fonts::new()?;
    let known: HashMap<&str, &Place> = places.iter().map(|place| (place.id.as_str(), place)).collect();
    let mut document = Document::new_with(settings()?);
    let count = laid.len();
    for (at, page) in laid.iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let size = PageSettings::from_wh(page.width, page.height).ok_or_else(|| refused("a page without a size"))?;
        let mut painted = document.start_page_with(size);
        let mut links = Vec::new();
        let mut surface = painted.surface();
        let mut brush =
            Brush { surface: &mut surface, fonts: &fonts, tree: &mut tree, places: &known, links: &mut links };
        brush.running(&Running::of(pages, page, at, count));
        page.ops.iter().for_each(|op| brush.op(op));
        surface.finish();
        for Link { rect, place, leaf, text } in links {
            let Some(found) = known.get(place.as_str()) else { continue };
            let target = XyzDestination::new(found.page, Point::from_xy(SIDE, (found.y - 12.0).max(0.0)));
            let link = LinkAnnotation::new(rect, Target::Destination(target.into()));
            tree.painted(leaf, painted.add_tagged_annotation(Annotation::new_link(link, Some(text))));
        }
        painted.finish();
    }
    document.set_outline(outline(&places));
    document.set_metadata(metadata(pages));
    document.set_tag_tree(tree.finish());
    document.finish().map_err(|error| refused(&format!("{error:?}")))
}

fn refused(why: &str) -> ReportError {
    ReportError::Pdf(why.to_owned())
}

fn settings() -> Result<SerializeSettings, ReportError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| refused(&format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() })
}

fn metadata(pages: &Pages) -> Metadata {
    use chrono::{Datelike, Timelike};
    let time = chrono::DateTime::from_timestamp_millis(pages.as_of.0).unwrap_or_default();
    let byte = |number: u32| u8::try_from(number).unwrap_or(0);
    // The time of the case, not of a clock: made again, the file is the same.
    let date = DateTime::new(u16::try_from(time.year()).unwrap_or(0))
        .month(byte(time.month()))
        .day(byte(time.day()))
        .hour(byte(time.hour()))
        .minute(byte(time.minute()))
        .second(byte(time.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let metadata = Metadata::new()
        .title(pages.title.clone())
        .language(pages.language.to_owned())
        .creator(concat!("Coldtrail ", env!("CARGO_PKG_VERSION")).to_owned())
        .document_id(pages.id.clone())
        .creation_date(date);
    if pages.author.trim().is_empty() { metadata } else { metadata.authors(vec![pages.author.clone()]) }
}

/// Headings below each other, those of a deeper level inside.
fn outline(places: &[Place]) -> Outline {
    let mut outline = Outline::new();
    let node = |place: &Place| {
        let target = XyzDestination::new(place.page, Point::from_xy(SIDE, (place.y - 12.0).max(0.0)));
        OutlineNode::new(place.text.clone(), target)
    };
    let mut part: Option<OutlineNode> = None;
    for place in places {
        match place.level {
            1 => {
                if let Some(done) = part.take() {
                    outline.push_child(done);
                }
                part = Some(node(place));
            }
            2 => match &mut part {
                Some(part) => part.push_child(node(place)),
                None => outline.push_child(node(place)),
            },
            _ => {}
        }
    }
    if let Some(done) = part {
        outline.push_child(done);
    }
    outline
}

/// In the order of `Face::ALL`.
struct Fonts([Font; Face::ALL.len()]);

impl Fonts {
    fn new() -> Result<Self, ReportError> {
        let font = |face: Face| Font::new(face.data().into(), 0).ok_or_else(|| refused("a font cannot be read"));
        let [regular, bold, mono, latin, latin_bold] = Face::ALL.map(font);
        Ok(Self([regular?, bold?, mono?, latin?, latin_bold?]))
    }

    fn of(&self, face: Face) -> &Font {
        let Self([regular, bold, mono, latin, latin_bold]) = self;
        match face {
            Face::Regular => regular,
            Face::Bold => bold,
            Face::Mono => mono,
            Face::Latin => latin,
            Face::LatinBold => latin_bold,
        }
    }
}

/// A link of a page, to be made when its text is painted.
struct Link {
    rect: Rect,
    place: String,
    leaf: super::tags::LeafId,
    text: String,
}

struct Brush<'a, 'b> {
    surface: &'a mut Surface<'b>,
    fonts: &'a Fonts,
    tree: &'a mut Tree,
    places: &'a HashMap<&'a str, &'a Place>,
    links: &'a mut Vec<Link>,
}

const LAYOUT: ContentTag<'static> = ContentTag::Artifact(Artifact { kind: ArtifactType::Layout, bbox: None });

impl Brush<'_, '_> {
    fn op(&mut self, op: &Op) {
        match op {
            Op::Fill { x, y, width, height, colour } => {
                self.surface.start_tagged(LAYOUT);
                self.rect((*x, *y, *width, *height), *colour);
                self.surface.end_tagged();
            }
            Op::Line { x, y, line, styles, leaves } => self.line((*x, *y), line, styles, leaves),
            Op::Scene { x, y, scale, scene, leaf } => {
                let identifier = self.surface.start_tagged(ContentTag::Other);
                self.surface.push_transform(&Transform::from_row(*scale, 0.0, 0.0, *scale, *x, *y));
                self.scene(scene);
                self.surface.pop();
                self.surface.end_tagged();
                self.tree.painted(*leaf, identifier);
            }
            Op::PageOf { id, x, y, leaf } => {
                let Some(place) = self.places.get(id.as_str()) else { return };
                let number = one_line(&(place.page + 1).to_string(), Style::of(Face::Regular, BODY, TEXT));
                for line in &number.lines {
                    let identifier = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                    self.runs((x - line.width, *y), line, &number.styles);
                    self.surface.end_tagged();
                    self.tree.painted(*leaf, identifier);
                }
            }
        }
    }

    fn line(
        &mut self,
        (x, y): (f32, f32),
        line: &Line,
        styles: &[Style],
        leaves: &[Option<(super::tags::LeafId, Option<super::tags::LeafId>)>],
    ) {
        let mut x = x;
        for (run, leaf) in line.runs.iter().zip(leaves) {
            let Some(style) = styles.get(run.style) else { continue };
            match leaf {
                None => {
                    self.surface.start_tagged(LAYOUT);
                }
                Some((text, annotation)) => {
                    let identifier = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                    self.tree.painted(*text, identifier);
                    let rect = Rect::from_xywh(x, y - style.size, run.width.max(0.1), style.size * 1.3);
                    if let (Some(leaf), Some(place), Some(rect)) = (annotation, &style.link, rect) {
                        let (place, text) = (place.clone(), run.text.clone());
                        self.links.push(Link { rect, place, leaf: *leaf, text });
                    }
                }
            }
            self.run((x, y), run, style.size, style.colour);
            self.surface.end_tagged();
            x += run.width;
        }
    }

    fn runs(&mut self, (x, y): (f32, f32), line: &Line, styles: &[Style]) {
        let mut x = x;
        for run in &line.runs {
            let Some(style) = styles.get(run.style) else { continue };
            self.run((x, y), run, style.size, style.colour);
            x += run.width;
        }
    }

    fn run(&mut self, (x, y): (f32, f32), run: &Run, size: f32, colour: Rgb) {
        let glyph = |(glyph, range): &(crate::present::fonts::Glyph, std::ops::Range<usize>)| {
            KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance, 0.0, 0.0, 0.0, range.clone(), None)
        };
        let glyphs: Vec<KrillaGlyph> = run.glyphs.iter().map(glyph).collect();
        self.ink(colour);
        let font = self.fonts.of(run.face).clone();
        self.surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &run.text, size, false);
    }

    fn ink(&mut self, colour: Rgb) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill {
            paint: paint_of(colour),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    fn rect(&mut self, (x, y, width, height): (f32, f32, f32, f32), colour: Rgb) {
        let Some(rect) = Rect::from_xywh(x, y, width, height) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        self.ink(colour);
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    /// No part of what is read: it is on every page.
    fn running(&mut self, running: &Running) {
        for (kind, texts) in [(ArtifactType::Footer, &running.foot), (ArtifactType::Header, &running.head)] {
            if texts.is_empty() {
                continue;
            }
            self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
            for (place, text) in texts {
                text.lines.iter().for_each(|line| self.runs(*place, line, &text.styles));
            }
            if let (ArtifactType::Header, Some(rule)) = (kind, running.rule) {
                self.rect(rule, RULE);
            }
            self.surface.end_tagged();
        }
    }

    fn scene(&mut self, scene: &Scene) {
        for item in &scene.items {
            match item {
                Item::Fill { steps, paint } => {
                    self.ink(paint.rgb);
                    if let Some(path) = path_of(steps) {
                        self.surface.draw_path(&path);
                    }
                }
                Item::Stroke { steps, paint, width, dash } => self.stroke(steps, *paint, *width as f32, dash),
                Item::Hatch { x, y, width, height } => {
                    let steps = hatch((*x, *y, *width, *height));
                    self.stroke(&steps, scene.gap, 1.0, &[]);
                }
                Item::Text { x, y, anchor, size, face, paint, text } => {
                    let line = one_line(text, Style::of(*face, *size as f32, paint.rgb));
                    for set in &line.lines {
                        let x = match anchor {
                            Anchor::Start => *x as f32,
                            Anchor::Middle => *x as f32 - set.width / 2.0,
                            Anchor::End => *x as f32 - set.width,
                        };
                        self.runs((x, *y as f32), set, &line.styles);
                    }
                }
            }
        }
    }

    fn stroke(&mut self, steps: &[Step], paint: Paint, width: f32, dash: &[f64]) {
        let Some(path) = path_of(steps) else { return };
        let dash = (!dash.is_empty())
            .then(|| StrokeDash { array: dash.iter().map(|length| *length as f32).collect(), offset: 0.0 });
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke { paint: paint_of(paint.rgb), width, dash, ..Stroke::default() }));
        self.surface.draw_path(&path);
        self.surface.set_stroke(None);
    }
}

fn paint_of([red, green, blue]: Rgb) -> krilla::paint::Paint {
    rgb::Color::new(red, green, blue).into()
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
