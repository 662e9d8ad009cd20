//! A scene as SVG, and as a PNG of the same shapes. Nothing in it depends on the machine: the same scene gives the same
//! bytes.

pub(crate) use super::plot::{Colours, Drawing, Frame, Track, scene};
pub(crate) use super::scene::{Paint, Rgb, Scene};

use super::scene::{Anchor, HATCH, Item, Role, Step};
use crate::present::display;
use crate::present::fonts::Face;
use std::fmt::Write;

/// Whose colours a picture has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ink<'a> {
    /// Its own.
    Own,
    /// Those of the document around it, by the classes that `classes` names; the text is the id of its own definitions.
    Document(&'a str),
}

/// The drawing as a document of its own.
pub(crate) fn svg(drawing: &Drawing) -> String {
    of_scene(&scene(drawing, Frame::PICTURE))
}

/// A scene as a document of its own.
pub(crate) fn of_scene(scene: &Scene) -> String {
    let mut out = Svg { text: String::new(), ink: Ink::Own };
    out.open(scene, &format!(" width=\"{}\" height=\"{}\"", scene.width, scene.height));
    out.scene(scene);
    out.text
}

/// A scene to be inside an HTML document, which colours it through the classes `f-ROLE` (filled) and `s-ROLE`
/// (stroked);
/// `id` is its own in that document, `label` says what it shows.
pub(crate) fn inline(scene: &Scene, id: &str, label: &str) -> String {
    let mut out = Svg { text: String::new(), ink: Ink::Document(id) };
    out.open(scene, &format!(" role=\"img\" aria-label=\"{}\"", escaped(label)));
    out.scene(scene);
    out.text
}

/// The end of a role's class.
pub(crate) fn class(role: Role) -> String {
    match role {
        Role::Ground => "ground".to_owned(),
        Role::Text => "text".to_owned(),
        Role::Grid => "grid".to_owned(),
        Role::Gap => "gap".to_owned(),
        Role::Threshold => "threshold".to_owned(),
        Role::Line(at) => format!("line{}", at % LINE_CLASSES),
        Role::Heat(step) => format!("heat{step}"),
    }
}

/// Lines that a document has colours of their own for.
pub(crate) const LINE_CLASSES: usize = 12;

/// The drawing in pixels, `scale` to a point.
///
/// # Errors
/// The drawing is larger than memory allows.
pub(crate) fn png(drawing: &Drawing, scale: f32) -> Result<Vec<u8>, String> {
    png_of_scene(&scene(drawing, Frame::PICTURE), scale)
}

/// A scene in pixels, `scale` to a point.
///
/// # Errors
/// It is larger than memory allows.
pub(crate) fn png_of_scene(scene: &Scene, scale: f32) -> Result<Vec<u8>, String> {
    use resvg::{tiny_skia, usvg};
    let tree = usvg::Tree::from_str(&of_scene(scene), options()).map_err(|error| error.to_string())?;
    let size = tree.size();
    let (width, height) = ((size.width() * scale).ceil() as u32, (size.height() * scale).ceil() as u32);
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or("the picture is too large")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

/// With fonts of its own: what the machine has installed must not change a picture.
fn options() -> &'static resvg::usvg::Options<'static> {
    static OPTIONS: std::sync::LazyLock<resvg::usvg::Options<'static>> = std::sync::LazyLock::new(|| {
        let mut options = resvg::usvg::Options::default();
        for face in [Face::Latin, Face::LatinBold, Face::Regular, Face::Bold] {
            options.fontdb_mut().load_font_data(face.data().to_vec());
        }
        options.font_family = "Inter".to_owned();
        // What one font of a weight lacks comes from the other.
        options.font_resolver.select_fallback = Box::new(|_, used, fonts| {
            let weight = fonts.face(*used.first()?)?.weight;
            fonts.faces().find(|face| face.weight == weight && !used.contains(&face.id)).map(|face| face.id)
        });
        options
    });
    &OPTIONS
}

struct Svg<'a> {
    text: String,
    ink: Ink<'a>,
}

impl Svg<'_> {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into memory does not fail.
        let _ = writeln!(self.text, "{text}");
    }

    fn open(&mut self, scene: &Scene, attributes: &str) {
        let (width, height) = (scene.width, scene.height);
        self.line(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"{attributes} viewBox=\"0 0 {width} {height}\" \
             font-family=\"Inter, 'BIZ UDPGothic', 'Yu Gothic', 'Hiragino Sans', 'Noto Sans CJK JP', sans-serif\">"
        ));
    }

    fn gap_id(&self) -> String {
        match self.ink {
            Ink::Own => "gap".to_owned(),
            Ink::Document(id) => format!("gap-{id}"),
        }
    }

    fn fill(&self, paint: Paint) -> String {
        match self.ink {
            Ink::Own => format!("fill=\"{}\"", hex(paint.rgb)),
            Ink::Document(_) => format!("class=\"f-{}\"", class(paint.role)),
        }
    }

    fn stroke(&self, paint: Paint) -> String {
        match self.ink {
            Ink::Own => format!("fill=\"none\" stroke=\"{}\"", hex(paint.rgb)),
            Ink::Document(_) => format!("fill=\"none\" class=\"s-{}\"", class(paint.role)),
        }
    }

    fn scene(&mut self, scene: &Scene) {
        let (id, ground, gap) = (self.gap_id(), self.fill(scene.ground), self.stroke(scene.gap));
        self.line(format_args!(
            "<defs><pattern id=\"{id}\" width=\"{HATCH}\" height=\"{HATCH}\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"{HATCH}\" height=\"{HATCH}\" {ground}/>\
             <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"{HATCH}\" {gap}/></pattern></defs>"
        ));
        self.line(format_args!("<rect width=\"100%\" height=\"100%\" {ground}/>"));
        scene.items.iter().for_each(|item| self.item(item));
        self.line(format_args!("</svg>"));
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Fill { steps, paint } => {
                let fill = self.fill(*paint);
                self.line(format_args!("<path d=\"{}\" {fill}/>", path(steps)));
            }
            Item::Stroke { steps, paint, width, dash } => {
                let stroke = self.stroke(*paint);
                let dashes = match dash {
                    [] => String::new(),
                    dash => {
                        let lengths: Vec<String> = dash.iter().map(f64::to_string).collect();
                        format!(" stroke-dasharray=\"{}\"", lengths.join(" "))
                    }
                };
                let d = path(steps);
                self.line(format_args!("<path d=\"{d}\" {stroke} stroke-width=\"{width}\"{dashes}/>"));
            }
            Item::Hatch { x, y, width, height } => {
                let id = self.gap_id();
                self.line(format_args!(
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"url(#{id})\"/>"
                ));
            }
            Item::Text { x, y, anchor, size, face, paint, text } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                let weight = if *face == Face::Bold { " font-weight=\"bold\"" } else { "" };
                let (fill, words) = (self.fill(*paint), escaped(text));
                self.line(format_args!(
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\"{weight} {fill}>{words}</text>"
                ));
            }
        }
    }
}

fn path(steps: &[Step]) -> String {
    let mut d = String::new();
    for step in steps {
        let _ = match step {
            Step::Move(x, y) => write!(d, "M{x:.1} {y:.1}"),
            Step::Line(x, y) => write!(d, "L{x:.1} {y:.1}"),
            Step::Close => write!(d, "Z"),
        };
    }
    d
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// What evidence says stays text: nothing in it becomes markup, or a character that XML does not know.
fn escaped(text: &str) -> String {
    let visible = display::visible(text);
    visible.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{SeriesKey, SeriesLine, SeriesTable};
    use crate::present::chart::{Chart, Line, Shape};
    use crate::present::zone::Zone;
    use std::sync::Arc;

    fn drawing(shape: Shape) -> Drawing {
        let table = SeriesTable {
            bin_secs: 900,
            bins: vec![0, 900, 7200],
            lines: vec![SeriesLine { key: SeriesKey::All, at: vec![0, 1, 2], values: vec![4_000_000, 6_000_000, 1] }],
            gaps: vec![(3600, 7200)],
            ..SeriesTable::default()
        };
        let colours = Colours { ground: [255; 3], text: [0; 3], grid: [200; 3], gap: [90; 3], threshold: [200, 0, 0] };
        let track = Track {
            title: "bytes".into(),
            chart: Arc::new(Chart::of(&table)),
            shape,
            is_bytes: true,
            names: vec!["<script>\u{202e}&".into()],
            colours: vec![[0, 0, 255]],
            threshold: Some(5_000_000),
        };
        Drawing { tracks: vec![track], colours, from: 0, to: 8100, zone: Zone::default(), caption: "all".into() }
    }

    #[test]
    fn a_drawing_is_vectors_with_gaps_hatched_and_the_bins_above_the_threshold_marked() {
        for shape in [Shape::Bars, Shape::Area, Shape::Lines] {
            let text = svg(&drawing(shape));
            assert!(text.contains("fill=\"url(#gap)\""), "{shape:?}");
            assert_eq!(text.matches("fill=\"#c80000\"").count(), 1, "one bin reaches the threshold");
            assert!(text.contains("&lt;script&gt;‹U+202E›&amp;") && !text.contains("<script"));
            assert_eq!(text, svg(&drawing(shape)));
            resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default()).unwrap();
        }
        let lines = svg(&drawing(Shape::Lines));
        let path = lines.lines().find(|line| line.contains("stroke-width=\"1.5\"")).unwrap();
        assert_eq!(path.matches('M').count(), 2, "the line breaks at the gap");
    }

    #[test]
    fn series_beside_each_other_differ_without_their_colours() {
        for shape in [Shape::Bars, Shape::Area] {
            let one = drawing(shape);
            let mut two = one.clone();
            let track = &mut two.tracks[0];
            let mut chart = (*track.chart).clone();
            let other = Line { key: SeriesKey::Other, ..chart.lines[0].clone() };
            chart.lines.push(other);
            track.chart = Arc::new(chart);
            track.names.push("rest".into());
            track.colours.push([0, 120, 0]);
            let grounds = |drawing: &Drawing| svg(drawing).matches("fill=\"#ffffff\"").count();
            // In the legend and in the plot.
            assert_eq!(grounds(&two), grounds(&one) + 2, "{shape:?}");
        }
    }

    #[test]
    fn the_picture_is_the_drawing_in_pixels() {
        let png = png(&drawing(Shape::Bars), 1.0).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let picture = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
        assert_eq!(picture.width(), 1200);
        let blue = picture.pixels().iter().filter(|p| (p.red(), p.green(), p.blue()) == (0, 0, 255)).count();
        assert!(blue > 10_000, "{blue} pixels of the bars");
    }
}
