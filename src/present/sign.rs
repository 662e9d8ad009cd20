//! Signs as drawings: lines, boxes, rings and dots on a square of 16 by 16, written as one short text, so that a view's sign
//! is a part of its row. Drawn as shapes, they are crisp at every scale and need no font.
//!
//! `L x y x y` a line, `P x y x y ...` a line with corners, `R x y x y` a box by its corners, `C x y r` a ring,
//! `D x y r` a dot.

/// One stroke of a sign, in units of the square.
#[derive(Clone, Debug, PartialEq)]
pub enum Stroke {
    /// Corners; closed where the first is also the last.
    Line(Vec<[f32; 2]>),
    Ring {
        center: [f32; 2],
        radius: f32,
    },
    Dot {
        center: [f32; 2],
        radius: f32,
    },
}

/// The side of the square.
pub const SIDE: f32 = 16.0;

/// The strokes of a sign; what is no stroke is left out, and a test reads every sign of the program.
pub fn strokes(text: &str) -> Vec<Stroke> {
    let mut words = text.split_ascii_whitespace().peekable();
    let mut strokes = Vec::new();
    while let Some(kind) = words.next() {
        let mut numbers = Vec::new();
        while let Some(number) = words.peek().and_then(|word| word.parse::<f32>().ok()) {
            numbers.push(number);
            words.next();
        }
        strokes.extend(stroke(kind, &numbers));
    }
    strokes
}

fn stroke(kind: &str, numbers: &[f32]) -> Option<Stroke> {
    let corners = || numbers.chunks_exact(2).filter_map(|pair| Some([*pair.first()?, *pair.get(1)?])).collect();
    match (kind, numbers) {
        ("L", [_, _, _, _]) => Some(Stroke::Line(corners())),
        ("P", [_, _, _, _, ..]) if numbers.len().is_multiple_of(2) => Some(Stroke::Line(corners())),
        ("R", [left, top, right, bottom]) => {
            let corner = [*left, *top];
            Some(Stroke::Line(vec![corner, [*right, *top], [*right, *bottom], [*left, *bottom], corner]))
        }
        ("C", [x, y, radius]) => Some(Stroke::Ring { center: [*x, *y], radius: *radius }),
        ("D", [x, y, radius]) => Some(Stroke::Dot { center: [*x, *y], radius: *radius }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_are_read_and_nonsense_is_left_out() {
        let ring = Stroke::Ring { center: [8.0, 8.0], radius: 5.0 };
        assert_eq!(strokes("C 8 8 5 L 1 2 3 4"), [ring, Stroke::Line(vec![[1.0, 2.0], [3.0, 4.0]])]);
        let Some(Stroke::Line(corners)) = strokes("R 2 3 14 13").pop() else { panic!("a box is a line") };
        assert_eq!((corners.len(), corners.first()), (5, corners.last()));
        assert_eq!(strokes("L 1 2 3 X 1 P 1 2 3 D 1 1"), []);
    }
}
