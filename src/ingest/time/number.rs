//! Decimal numbers as programs and spreadsheets write them: `40000.0`, `1.7410644E9`, `1,74106E+09`.

/// `digits` × 10^`exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    negative: bool,
    digits: u128,
    exponent: i32,
    /// Digits behind the point, as written.
    pub decimals: usize,
    /// Spreadsheets, and programs that write six digits (`E+09`), leave out digits that the number had. What writes `E9`
    /// or no exponent writes all of them.
    pub is_rounded: bool,
}

/// Reads digits with at most one point or comma and an exponent. `1,234` is refused, as it may be 1234 or 1.234.
pub(crate) fn parse(text: &[u8]) -> Option<Number> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let (mantissa, power) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (rest.get(..at)?, Some(rest.get(at + 1..)?)),
        None => (rest, None),
    };
    let (before, after) = match mantissa.iter().position(|b| matches!(b, b'.' | b',')) {
        Some(at) => {
            let (before, after) = (mantissa.get(..at)?, mantissa.get(at + 1..)?);
            let may_group = mantissa.get(at) == Some(&b',') && power.is_none() && before.len() <= 3 && after.len() == 3;
            if may_group || after.is_empty() {
                return None;
            }
            (before, after)
        }
        None => (mantissa, [].as_slice()),
    };
    if before.is_empty() {
        return None;
    }
    let mut digits = 0u128;
    for byte in before.iter().chain(after) {
        let digit = byte.is_ascii_digit().then(|| u128::from(byte - b'0'))?;
        digits = digits.checked_mul(10)?.checked_add(digit)?;
    }
    let (power, has_plus) = power.map_or(Some((0, false)), exponent)?;
    let shown = before.iter().skip_while(|b| **b == b'0').count() + after.len();
    let before_point = usize::try_from(power + 1).unwrap_or(0);
    let is_rounded = has_plus && digits > 0 && shown < before_point;
    let exponent = power.checked_sub(i32::try_from(after.len()).ok()?)?;
    Some(Number { negative, digits, exponent, decimals: after.len(), is_rounded })
}

/// The power, and whether it has a plus sign.
fn exponent(text: &[u8]) -> Option<(i32, bool)> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    if !(1..=3).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
    Some((sign * value, text.first() == Some(&b'+')))
}

impl Number {
    /// The number in units of 10^-`scale`, rounded towards the past, and whether that is all of it; `None` where it is out
    /// of all bounds.
    pub(crate) fn scaled(self, scale: i32) -> Option<(i128, bool)> {
        let magnitude = i128::try_from(self.digits).ok()?;
        let shift = self.exponent.checked_add(scale)?;
        let power = 10i128.checked_pow(shift.unsigned_abs());
        let (value, is_exact) = match (shift >= 0, power) {
            _ if magnitude == 0 => (0, true),
            (true, power) => (magnitude.checked_mul(power?)?, true),
            (false, Some(power)) => (magnitude / power, magnitude % power == 0),
            (false, None) => (0, false),
        };
        Some(match (self.negative, is_exact) {
            (false, _) => (value, is_exact),
            (true, true) => (-value, true),
            (true, false) => (-value - 1, false),
        })
    }

    /// The number, if it has no fraction.
    pub(crate) fn whole(self) -> Option<i128> {
        self.scaled(0).filter(|(_, is_exact)| *is_exact).map(|(value, _)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_every_form() {
        for (text, whole, is_rounded) in [
            ("40000", Some(40_000), false),
            ("40000.0", Some(40_000), false),
            ("4.0E4", Some(40_000), false),
            ("1e3", Some(1000), false),
            ("1.7410644E9", Some(1_741_064_400), false),
            ("1.11122223333E+11", Some(111_122_223_333), false),
            ("1.74106E+09", Some(1_741_060_000), true),
            ("1,74106E+09", Some(1_741_060_000), true),
            ("4.0E+04", Some(40_000), true),
            ("6.0E+00", Some(6), false),
            ("-7", Some(-7), false),
            ("0.0", Some(0), false),
            ("0E+00", Some(0), false),
            ("12.5", None, false),
            ("45720,2125", None, false),
            ("1.5E-3", None, false),
        ] {
            let number = parse(text.as_bytes()).unwrap();
            assert_eq!((number.whole(), number.is_rounded), (whole, is_rounded), "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "5.",
            ".5",
            "1,234",
            "1.2.3",
            "1e",
            "1e+",
            "e5",
            "1e1000",
            "1e99999999999999",
            "12a",
            "+12",
            "NaN",
            "1 2",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn fractions_are_cut_off_towards_the_past() {
        let scaled = |text: &str, scale| parse(text.as_bytes()).unwrap().scaled(scale);
        assert_eq!(scaled("1741064400.1239", 3), Some((1_741_064_400_123, false)));
        assert_eq!(scaled("-0.5", 0), Some((-1, false)));
        assert_eq!(scaled("1e-300", 0), Some((0, false)));
        assert_eq!(scaled("1e300", 0), None);
        assert_eq!(scaled("0e300", 3), Some((0, true)));
    }
}
