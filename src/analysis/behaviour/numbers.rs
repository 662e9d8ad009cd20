//! Numbers as the analyses of behaviour count and show them. Pure.

use crate::model::Value;

/// Rounded to so many decimals, half away from zero.
pub(super) fn rounded(number: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    let rounded = (number * scale).round() / scale;
    // No minus before a zero.
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Rounded up to three decimals, at most 1.
pub(super) fn rounded_up(share: f64) -> f64 {
    ((share * 1000.0).ceil() / 1000.0).min(1.0)
}

pub(super) fn number(number: f64) -> Value {
    let text = number.to_string();
    match text.parse() {
        Ok(whole) => Value::Integer(whole),
        Err(_) => Value::Number(text.into()),
    }
}

/// A number with up to three decimals.
pub(super) fn decimal(value: f64) -> Value {
    number(rounded(value, 3))
}

/// The middle of ascending numbers, or between the two middle ones.
pub(super) fn median_of_sorted(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    let at = |place: usize| sorted.get(place).copied().unwrap_or(0.0);
    if sorted.len().is_multiple_of(2) { (at(middle.wrapping_sub(1)) + at(middle)) / 2.0 } else { at(middle) }
}

pub(super) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    median_of_sorted(&sorted)
}

/// The median of how far numbers are from a middle.
pub(super) fn mad(numbers: &[f64], middle: f64) -> f64 {
    let distances: Vec<f64> = numbers.iter().map(|number| (number - middle).abs()).collect();
    median(&distances)
}

/// How regular numbers are, from 0 to 1: how symmetric their middle half is, and how near to the median they are. `tiny`: the
/// latter where the median is below 1.
pub(super) fn regularity(numbers: &[f64], tiny: f64) -> f64 {
    if numbers.is_empty() {
        return 0.0;
    }
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let quartile = |part: Option<&[f64]>| part.filter(|part| !part.is_empty()).map(median_of_sorted);
    let middle = median_of_sorted(&sorted);
    let low = quartile(sorted.get(..half)).unwrap_or(middle);
    let high = quartile(sorted.get(sorted.len() - half..)).unwrap_or(middle);
    let spread = high - low;
    let skew =
        if spread < 10.0 || middle == low || middle == high { 0.0 } else { (low + high - 2.0 * middle) / spread };
    let near = if middle < 1.0 { tiny } else { ((middle - mad(&sorted, middle)) / middle).max(0.0) };
    f64::midpoint(1.0 - skew.abs(), near)
}

/// The mean and the population's standard deviation.
pub(super) fn mean_and_deviation(numbers: &[f64]) -> (f64, f64) {
    let count = numbers.len().max(1) as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

/// How even counts are: 1 where all are the same.
pub(super) fn evenness(counts: &[f64]) -> f64 {
    match mean_and_deviation(counts) {
        (mean, deviation) if mean > 0.0 => (1.0 - deviation / mean).max(0.0),
        _ => 0.0,
    }
}

/// Between steps of a number and its strength: 0 below the first, the last one's above it.
pub(super) fn strength(number: f64, steps: &[(f64, f64)]) -> f64 {
    let Some((first, _)) = steps.first().filter(|(first, _)| number >= *first) else { return 0.0 };
    let mut before = (*first, 0.0);
    for (at, strength) in steps {
        if number < *at {
            let (from, low) = before;
            return low + (number - from) / (at - from) * (strength - low);
        }
        before = (*at, *strength);
    }
    before.1
}

/// A strength in words.
pub(super) fn level(strength: f64) -> &'static str {
    match strength {
        s if s >= 80.0 => "very strong",
        s if s >= 60.0 => "strong",
        s if s >= 40.0 => "medium",
        s if s >= 20.0 => "weak",
        _ => "none",
    }
}

/// Producer-consumer ratio: 1 where everything went out, -1 where everything came in.
pub(super) fn pcr(sent: u64, received: u64) -> Option<f64> {
    let (sent, received) = (sent as f64, received as f64);
    (sent + received > 0.0).then(|| (sent - received) / (sent + received))
}

pub(super) fn pcr_words(pcr: f64) -> &'static str {
    match pcr {
        p if p >= 0.9 => "pure push",
        p if p >= 0.4 => "mostly sends",
        p if p >= -0.4 => "balanced",
        p if p >= -0.9 => "mostly receives",
        _ => "pure pull",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(times: &[f64]) -> f64 {
        rounded(regularity(times, 1.0), 3)
    }

    #[test]
    fn regularity_as_defined() {
        assert_eq!(intervals(&[98.0, 99.0, 99.0, 100.0, 100.0, 100.0, 101.0, 101.0, 102.0]), 0.995);
        let two = [98.0, 300.0];
        assert_eq!(intervals(&two.repeat(5)), 0.746);
        assert_eq!(intervals(&[1.0, 299.0, 25.0, 4975.0, 90.0, 2.0, 42.0, 500.0, 1500.0]), 0.083);
        let sizes = [524_885.0, 1.0, 5000.0, 98_654.0, 50.0, 41.0, 965_842.0, 3.0];
        assert_eq!(rounded(regularity(&sizes, 0.0), 3), 0.008);
        assert_eq!(regularity(&[0.0; 10], 0.0), 0.5);
        assert_eq!(regularity(&[], 1.0), 0.0);
    }

    #[test]
    fn numbers_are_rounded_half_away_from_zero() {
        assert_eq!((rounded(0.0625, 3), rounded(-0.0625, 3), rounded(-0.0001, 3)), (0.063, -0.063, 0.0));
        assert_eq!((rounded_up(0.9301), rounded_up(1.2)), (0.931, 1.0));
        assert_eq!((decimal(1.0), decimal(0.25)), (Value::Integer(1), Value::Number("0.25".into())));
    }

    #[test]
    fn strengths_are_between_the_steps() {
        let steps = [(50.0, 20.0), (70.0, 40.0), (90.0, 60.0), (100.0, 80.0)];
        let of = |number| rounded(strength(number, &steps), 1);
        assert_eq!([49.9, 50.0, 60.0, 92.3, 100.0, 110.0].map(of), [0.0, 20.0, 30.0, 64.6, 80.0, 80.0]);
        assert_eq!([80.0, 79.9, 40.0, 20.0, 19.9].map(level), ["very strong", "strong", "medium", "weak", "none"]);
    }
}
