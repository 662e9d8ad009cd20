//! How series differ without their colours: the ground that shows in their bars and areas. The window and the pictures of a
//! report draw the same.

/// Lengths of ink and of ground after each other; `None`: ink alone.
type Stripes = Option<(f64, f64)>;

/// Of bars, by the place of the series: which part of the width is ink, and the stripes from the foot upwards.
const BARS: [(f64, Stripes); 6] = [
    (1.0, None),
    (1.0, Some((2.0, 2.0))),
    (0.5, None),
    (1.0, Some((6.0, 2.0))),
    (0.5, Some((2.0, 2.0))),
    (0.5, Some((6.0, 2.0))),
];
/// Of areas, from the left to the right.
const AREAS: [Stripes; 6] =
    [None, Some((2.0, 2.0)), Some((6.0, 2.0)), Some((2.0, 6.0)), Some((12.0, 3.0)), Some((6.0, 6.0))];

/// A rectangle; the lower edge has the larger number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// The ground that shows in a bar of the series at this place among the others; `unit` is what a point is.
pub(crate) fn in_bar(at: usize, bar: Place, unit: f64, mut cut: impl FnMut(Place)) {
    let (part, stripes) = BARS.get(at % BARS.len()).copied().unwrap_or((1.0, None));
    let right = bar.left + (bar.right - bar.left) * part;
    if part < 1.0 {
        cut(Place { left: right, ..bar });
    }
    let Some((ink, gap)) = stripes.map(|(ink, gap)| (ink * unit, gap * unit)) else { return };
    let mut low = bar.bottom - ink;
    // The upper edge is always seen.
    while low - gap > bar.top {
        cut(Place { left: bar.left, right, top: low - gap, bottom: low });
        low -= gap + ink;
    }
}

/// Where ground shows between the left and the right edge of an area.
pub(crate) fn in_area(at: usize, left: f64, right: f64, unit: f64) -> impl Iterator<Item = (f64, f64)> {
    let stripes = AREAS.get(at % AREAS.len()).copied().flatten();
    let place = move |(ink, gap): (f64, f64)| {
        let from = move |at: u32| left + (ink + f64::from(at) * (ink + gap)) * unit;
        let places = (0..u32::MAX).map(from).take_while(move |from| *from < right);
        places.map(move |from| (from, (from + gap * unit).min(right)))
    };
    stripes.into_iter().flat_map(place)
}

/// The value at a place on the straight line between two points; `xs` ascend.
pub(crate) fn between(xs: &[f64], values: &[f64], x: f64) -> Option<f64> {
    let next = xs.partition_point(|known| *known <= x);
    let before = next.checked_sub(1)?;
    let (from, value) = (*xs.get(before)?, *values.get(before)?);
    let Some((to, later)) = xs.get(next).zip(values.get(next)) else { return Some(value) };
    Some(value + (later - value) * (x - from) / (to - from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn cuts(at: usize, bar: Place) -> Vec<String> {
        let mut cuts = Vec::new();
        in_bar(at, bar, 1.0, |cut| cuts.push(format!("{cut:?}")));
        cuts
    }

    #[test]
    fn bars_and_areas_of_the_first_groups_and_the_rest_all_differ() {
        let bar = Place { left: 0.0, right: 4.0, top: 0.0, bottom: 40.0 };
        let bars: BTreeSet<Vec<String>> = (0..6).map(|at| cuts(at, bar)).collect();
        assert_eq!(bars.len(), 6);
        assert!(cuts(0, bar).is_empty(), "one series alone is solid");
        assert!(cuts(1, Place { top: 39.0, ..bar }).is_empty(), "what is low is still seen");
        let area = |at| in_area(at, 0.0, 100.0, 1.0).map(|(from, to)| format!("{from} {to}")).collect();
        let areas: BTreeSet<Vec<String>> = (0..6).map(area).collect();
        assert_eq!(areas.len(), 6);
        assert_eq!(in_area(1, 10.0, 15.0, 1.0).collect::<Vec<_>>(), [(12.0, 14.0)]);
    }

    #[test]
    fn edges_are_straight_between_points() {
        let (xs, values) = ([0.0, 60.0, 120.0], [0.0, 6.0, 0.0]);
        assert_eq!(between(&xs, &values, 30.0), Some(3.0));
        assert_eq!(between(&xs, &values, 120.0), Some(0.0));
        assert_eq!(between(&xs, &values, -1.0), None);
    }
}
