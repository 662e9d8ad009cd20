//! What counts of time count.

use super::PLAUSIBLE_SECS;
use super::number::Number;

/// What a count of time counts since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Or the time came as text.
    #[default]
    Seconds,
    Millis,
    Micros,
    Nanos,
    /// A spreadsheet's: days since the last of 1899.
    Days,
}

impl Unit {
    /// As `time_unit` has it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Millis => "ms",
            Unit::Micros => "us",
            Unit::Nanos => "ns",
            Unit::Days => "days",
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds",
            Unit::Millis => "milliseconds",
            Unit::Micros => "microseconds",
            Unit::Nanos => "nanoseconds",
            Unit::Days => "a spreadsheet's days (counted from 1900, taken for UTC)",
        }
    }

    /// The unit in which this many lie between 1990 and 2100.
    pub(crate) fn plausible(count: i128) -> Option<Self> {
        let units = [(Unit::Seconds, 1), (Unit::Millis, 1000), (Unit::Micros, 1_000_000), (Unit::Nanos, 1_000_000_000)];
        let holds = |per_second: i128| {
            let (first, end) = (i128::from(PLAUSIBLE_SECS.start), i128::from(PLAUSIBLE_SECS.end));
            (first * per_second..end * per_second).contains(&count)
        };
        units.into_iter().find(|(_, per_second)| holds(*per_second)).map(|(unit, _)| unit)
    }

    /// Milliseconds since 1970, rounded towards the past.
    pub(crate) fn millis(self, number: Number) -> Option<i64> {
        let units = |scale| number.scaled(scale).map(|(value, _)| value);
        let millis = match self {
            Unit::Seconds => units(3)?,
            Unit::Millis => units(0)?,
            Unit::Micros => units(0)?.div_euclid(1000),
            Unit::Nanos => units(0)?.div_euclid(1_000_000),
            Unit::Days => days_as_millis(units(NANODAYS)?)?,
        };
        i64::try_from(millis).ok()
    }
}

const NANODAYS: i32 = 9;
const MILLIS_OF_DAY: i128 = 86_400_000;

/// Days are fractions of binary numbers: what is a millisecond beside a whole second is that second.
fn days_as_millis(nanodays: i128) -> Option<i128> {
    const EPOCH: i128 = 25_569 * 1_000_000_000;
    let millis = ((nanodays.checked_sub(EPOCH)?).checked_mul(MILLIS_OF_DAY)? + 500_000_000).div_euclid(1_000_000_000);
    let second = (millis + 500).div_euclid(1000) * 1000;
    Some(if (millis - second).abs() <= 1 { second } else { millis })
}
