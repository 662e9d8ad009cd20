//! Where OpenGL is a program itself (Mesa's llvmpipe), each pixel that is filled costs processor time. Measured at 1920x1080 with
//! table, histogram and inspector: of 103 ms of processor a frame 86 were spent on pixels, and 68 of these on filling two
//! screens' worth of plain rectangles with the shader for text, blended. So they are filled by clearing that part of the
//! screen, which costs next to nothing, and edges are not smoothed.
#![expect(unsafe_code, reason = "calls of OpenGL are unsafe functions of glow")]

use eframe::egui_glow::{CallbackFn, Painter};
use eframe::glow::{self, HasContext};
use egui::epaint::RectShape;
use egui::{Color32, Context, CornerRadius, FullOutput, PaintCallback, PaintCallbackInfo, Plugin, Rect, Shape};
use std::sync::Arc;

/// Square points from which on clearing is cheaper than drawing: each time it interrupts what is drawn at once.
const LEAST: f32 = 10_000.0;

/// Draws cheaply where drawing is done by the processor.
pub(super) fn adapt(ctx: &Context, gl: Option<&Arc<glow::Context>>) {
    // SAFETY: eframe made this context current before it gave it to us, and RENDERER is a name of OpenGL.
    let renderer = gl.map(|gl| unsafe { gl.get_parameter_string(glow::RENDERER) });
    if renderer.is_some_and(|renderer| is_software(&renderer)) {
        ctx.tessellation_options_mut(|options| options.feathering = false);
        ctx.add_plugin(Fills);
    }
}

/// Does the name of a renderer of OpenGL say that it is a program?
fn is_software(renderer: &str) -> bool {
    let renderer = renderer.to_lowercase();
    let names = ["llvmpipe", "softpipe", "swrast", "software rasterizer", "swiftshader", "gdi generic", "basic render"];
    names.iter().any(|name| renderer.contains(name))
}

/// Fills large plain rectangles without a shader.
struct Fills;

impl Plugin for Fills {
    fn debug_name(&self) -> &'static str {
        "fills of large rectangles"
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        for clipped in &mut output.shapes {
            if let Shape::Rect(rect) = &clipped.shape
                && let Some(shape) = cleared(rect, clipped.clip_rect)
            {
                clipped.shape = shape;
            }
        }
    }
}

/// The same picture, its fill by clearing. `None` for what has to be drawn: small, translucent, turned or blurred.
fn cleared(shape: &RectShape, clip: Rect) -> Option<Shape> {
    let is_plain = shape.fill.is_opaque() && shape.brush.is_none() && shape.blur_width == 0.0 && shape.angle == 0.0;
    let seen = shape.rect.intersect(clip);
    if !is_plain || !seen.is_positive() || seen.area() < LEAST {
        return None;
    }
    let (rect, of) = (shape.rect, shape.corner_radius);
    let round = f32::from(of.nw.max(of.ne).max(of.sw).max(of.se));
    let mut shapes = vec![clearing(rect.shrink2(egui::vec2(0.0, round)), shape.fill)];
    if round > 0.0 {
        // Twice as high as round, else the tool kit makes the corners smaller; and more, for where that is no whole number of
        // pixels.
        let high = (2.0 * (round + 1.0)).min(rect.height());
        let (top, bottom) = (rect.with_max_y(rect.top() + high), rect.with_min_y(rect.bottom() - high));
        shapes.push(RectShape::filled(top, CornerRadius { sw: 0, se: 0, ..of }, shape.fill).into());
        shapes.push(RectShape::filled(bottom, CornerRadius { nw: 0, ne: 0, ..of }, shape.fill).into());
    }
    if !shape.stroke.is_empty() {
        shapes.push(RectShape { fill: Color32::TRANSPARENT, ..shape.clone() }.into());
    }
    Some(Shape::Vec(shapes))
}

fn clearing(rect: Rect, fill: Color32) -> Shape {
    let clear = move |info: PaintCallbackInfo, painter: &Painter| clear(painter.gl(), &info, rect, fill);
    Shape::Callback(PaintCallback { rect, callback: Arc::new(CallbackFn::new(clear)) })
}

/// What is painted next sets its own clip again.
fn clear(gl: &glow::Context, info: &PaintCallbackInfo, rect: Rect, fill: Color32) {
    let Some([left, top, width, height]) = pixels(rect, info.clip_rect, info.pixels_per_point) else { return };
    let [red, green, blue, alpha] = fill.to_normalized_gamma_f32();
    let below = i32::try_from(info.screen_size_px[1]).unwrap_or(i32::MAX) - top - height;
    // SAFETY: the painter calls this with its context current; none of the three keeps anything.
    unsafe {
        gl.scissor(left, below, width, height);
        gl.clear_color(red, green, blue, alpha);
        gl.clear(glow::COLOR_BUFFER_BIT);
    }
}

/// Left, top, width and height in pixels of what is seen of a rectangle, rounded as the tool kit does.
fn pixels(rect: Rect, clip: Rect, pixels_per_point: f32) -> Option<[i32; 4]> {
    let to_pixels = |rect: Rect| {
        let [left, top, right, bottom] = [rect.left(), rect.top(), rect.right(), rect.bottom()];
        [left, top, right, bottom].map(|points| (points * pixels_per_point).round() as i32)
    };
    let ([left, top, right, bottom], clip) = (to_pixels(rect), to_pixels(clip));
    let (left, top) = (left.max(clip[0]), top.max(clip[1]));
    let (width, height) = (right.min(clip[2]) - left, bottom.min(clip[3]) - top);
    (width > 0 && height > 0).then_some([left, top, width, height])
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Stroke, StrokeKind, pos2, vec2};

    fn rect(width: f32, height: f32) -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(width, height))
    }

    fn parts(shape: &RectShape) -> Vec<Shape> {
        match cleared(shape, Rect::EVERYTHING) {
            Some(Shape::Vec(shapes)) => shapes,
            Some(other) => vec![other],
            None => Vec::new(),
        }
    }

    #[test]
    fn programs_are_told_from_devices() {
        for name in ["llvmpipe (LLVM 15.0.6, 256 bits)", "softpipe", "Google SwiftShader", "GDI Generic"] {
            assert!(is_software(name), "{name}");
        }
        for name in ["Mesa Intel(R) UHD Graphics 620 (KBL GT2)", "NVIDIA GeForce RTX 3060/PCIe/SSE2", "virgl"] {
            assert!(!is_software(name), "{name}");
        }
    }

    #[test]
    fn large_plain_rectangles_are_cleared_and_all_others_drawn() {
        let plain = RectShape::filled(rect(400.0, 300.0), 0, Color32::DARK_GRAY);
        assert!(matches!(parts(&plain)[..], [Shape::Callback(_)]));
        let drawn = [
            RectShape { fill: Color32::from_black_alpha(90), ..plain.clone() },
            RectShape { rect: rect(20.0, 20.0), ..plain.clone() },
            RectShape { angle: 0.1, ..plain.clone() },
            RectShape { blur_width: 2.0, ..plain.clone() },
        ];
        for shape in drawn {
            assert!(parts(&shape).is_empty(), "{shape:?}");
        }
        let clip = Rect::from_min_size(pos2(0.0, 0.0), vec2(50.0, 50.0));
        assert!(cleared(&plain, clip).is_none(), "little of it is seen");
    }

    #[test]
    fn round_corners_and_the_line_around_stay() {
        let stroke = Stroke::new(1.0, Color32::WHITE);
        let card = RectShape::new(rect(400.0, 300.0), 4, Color32::DARK_GRAY, stroke, StrokeKind::Inside);
        let shapes = parts(&card);
        let [Shape::Callback(middle), Shape::Rect(top), Shape::Rect(bottom), Shape::Rect(line)] = &shapes[..] else {
            panic!("{shapes:?}")
        };
        assert_eq!((top.rect.top(), bottom.rect.bottom()), (20.0, 320.0));
        assert!(top.rect.bottom() >= middle.rect.top() && bottom.rect.top() <= middle.rect.bottom(), "without a gap");
        assert!(top.rect.height() >= 2.0 * 4.4 && bottom.rect.height() >= 2.0 * 4.4, "lower ones have smaller corners");
        assert_eq!((top.corner_radius.nw, top.corner_radius.sw, bottom.corner_radius.se), (4, 0, 4));
        assert_eq!((line.stroke, line.fill, line.rect), (stroke, Color32::TRANSPARENT, card.rect));
    }

    #[test]
    fn what_is_cleared_is_what_is_seen_in_whole_pixels() {
        let clip = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 50.0));
        assert_eq!(pixels(rect(400.0, 10.2), clip, 1.0), Some([10, 20, 90, 10]));
        assert_eq!(pixels(rect(400.0, 10.2), clip, 1.25), Some([13, 25, 112, 13]));
        assert_eq!(pixels(rect(400.0, 10.0).translate(vec2(200.0, 0.0)), clip, 1.0), None);
    }
}
