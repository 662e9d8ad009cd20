//! Exact fractions: rates have four decimal places and percentages none, both rounded half away from zero.

/// A number as a numerator over a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fraction {
    numerator: i128,
    denominator: i128,
}

/// Digits and powers of ten beyond this are no rate of calls.
const MOST_DIGITS: i64 = 30;

impl Fraction {
    /// `None` where the denominator is not positive.
    pub(super) fn new(numerator: i128, denominator: i128) -> Option<Self> {
        (denominator > 0).then_some(Self { numerator, denominator })
    }

    /// A number as JSON writes it: `0.0005952381`, `5.95e-4`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{decimals}");
        let decimals = i64::try_from(decimals.len()).ok()?;
        if decimals > MOST_DIGITS || digits.len() > MOST_DIGITS as usize || exponent.abs() > MOST_DIGITS {
            return None;
        }
        let numerator: i128 = digits.parse().ok()?;
        let scale = exponent - decimals;
        let power = 10i128.checked_pow(u32::try_from(scale.abs()).ok()?)?;
        if scale < 0 { Self::new(numerator, power) } else { Self::new(numerator.checked_mul(power)?, 1) }
    }

    /// To four places.
    pub(super) fn to_text(self) -> Option<String> {
        let scaled = rounded(self.numerator.checked_mul(10_000)?, self.denominator)?;
        let sign = if scaled < 0 { "-" } else { "" };
        let scaled = scaled.unsigned_abs();
        Some(format!("{sign}{}.{:04}", scaled / 10_000, scaled % 10_000))
    }

    /// By how much this differs from a baseline, in per cent of it; `None` where that is 0.
    pub(super) fn percent_above(self, baseline: Self) -> Option<i128> {
        let own = self.numerator.checked_mul(baseline.denominator)?;
        let other = baseline.numerator.checked_mul(self.denominator)?;
        if other <= 0 {
            return None;
        }
        rounded(own.checked_sub(other)?.checked_mul(100)?, other)
    }
}

/// `numerator / denominator`, half away from zero; the denominator is positive.
fn rounded(numerator: i128, denominator: i128) -> Option<i128> {
    let twice = numerator.checked_mul(2)?;
    let half = if numerator < 0 { twice.checked_sub(denominator)? } else { twice.checked_add(denominator)? };
    // Towards zero, as integers are divided.
    half.checked_div(denominator.checked_mul(2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_four_places() {
        let text = |numerator, denominator| Fraction::new(numerator, denominator).and_then(Fraction::to_text);
        assert_eq!(text(20, 5).as_deref(), Some("4.0000"));
        assert_eq!(text(168, 10_080).as_deref(), Some("0.0167"));
        assert_eq!(text(1, 20_000).as_deref(), Some("0.0001"), "half of a place goes up");
        assert_eq!(text(-1, 20_000).as_deref(), Some("-0.0001"));
        assert_eq!(text(-7, 2).as_deref(), Some("-3.5000"));
        assert_eq!(text(1, 0), None);
        assert_eq!(text(i128::MAX, 1), None);
    }

    #[test]
    fn numbers_are_read_as_json_writes_them() {
        let text = |text| Fraction::parse(text).and_then(Fraction::to_text);
        for (written, expected) in [
            ("3.6", Some("3.6000")),
            ("0.0005952381", Some("0.0006")),
            ("5.952381E-4", Some("0.0006")),
            ("5.952381e-4", Some("0.0006")),
            ("12", Some("12.0000")),
            ("1.5e3", Some("1500.0000")),
            ("-0.25", Some("-0.2500")),
            ("0", Some("0.0000")),
            ("", None),
            ("x", None),
            ("1e999", None),
            ("0.1234567890123456789012345678901234567890", None),
        ] {
            assert_eq!(text(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn percentages_are_exact_and_need_a_baseline() {
        let percent = |own: &str, baseline: &str| Fraction::parse(own)?.percent_above(Fraction::parse(baseline)?);
        assert_eq!(percent("3.6", "0.0005952381"), Some(604_700));
        assert_eq!(percent("6", "1"), Some(500));
        assert_eq!(percent("1.005", "1"), Some(1), "half of one goes away from zero");
        assert_eq!(percent("0.995", "1"), Some(-1));
        assert_eq!(percent("0", "4"), Some(-100));
        assert_eq!(percent("1", "0"), None);
        assert_eq!(percent("1", "-1"), None);
    }
}
