//! Values on the right-hand side of a comparison, and how they are read from text.

use super::names;
pub use crate::model::Network;
use crate::model::{Address, Timestamp};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

/// A value of a filter, already of the type that its field compares with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Literal {
    Text(Box<str>),
    Integer(i64),
    Address(Address),
    Network(Network),
    Time(Timestamp),
    Boolean(bool),
}

impl Literal {
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// Units after a number, lower case. One letter and KB, MB ... are decimal, KiB, MiB ... binary.
pub(crate) static UNITS: [(&str, i64); 17] = [
    ("b", 1),
    ("k", 1_000),
    ("kb", 1_000),
    ("kib", 1 << 10),
    ("m", 1_000_000),
    ("mb", 1_000_000),
    ("mib", 1 << 20),
    ("g", 1_000_000_000),
    ("gb", 1_000_000_000),
    ("gib", 1 << 30),
    ("t", 1_000_000_000_000),
    ("tb", 1_000_000_000_000),
    ("tib", 1 << 40),
    ("p", 1_000_000_000_000_000),
    ("pb", 1_000_000_000_000_000),
    ("pib", 1 << 50),
    ("bytes", 1),
];

/// Why a number could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    NotANumber,
    TooLarge,
    NotWhole,
}

/// Reads a whole number with an optional unit: `22`, `-1`, `1_000`, `10MB`, `1.5GiB`.
pub(crate) fn parse_integer(text: &str) -> Result<i64, NumberError> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(rest.len());
    let (digits, unit) = rest.split_at(end);
    let factor =
        if unit.is_empty() { 1 } else { names::number_of(&UNITS, unit.trim()).ok_or(NumberError::NotANumber)? };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let starts_with_digit = whole.starts_with(|c: char| c.is_ascii_digit());
    let malformed = fraction.contains(['.', '_']) || (digits.contains('.') && fraction.is_empty());
    if !starts_with_digit || malformed {
        return Err(NumberError::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    let mut mantissa = 0i128;
    for digit in whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
        mantissa = mantissa * 10 + i128::from(digit - b'0');
        if mantissa > 1 << 80 {
            return Err(NumberError::TooLarge);
        }
    }
    // At most 25 fraction digits get here, because a longer mantissa is too large unless it is zeros.
    let scale = 10i128.checked_pow(fraction.len() as u32).ok_or(NumberError::NotWhole)?;
    let scaled = mantissa * i128::from(factor);
    if scaled % scale != 0 {
        return Err(NumberError::NotWhole);
    }
    let value = scaled / scale;
    i64::try_from(if negative { -value } else { value }).map_err(|_| NumberError::TooLarge)
}

/// A number as JSON values compare with it: exact where it is an integer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    Real(f64),
}

impl Number {
    /// Reads a JSON-like number without unit; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let starts_and_ends =
            digits.starts_with(|c: char| c.is_ascii_digit()) && digits.ends_with(|c: char| c.is_ascii_digit());
        if !starts_and_ends
            || !digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        {
            return None;
        }
        if let Ok(integer) = text.parse() {
            return Some(Self::Integer(integer));
        }
        text.parse().ok().filter(|real: &f64| real.is_finite()).map(Self::Real)
    }

    /// Exact order over both kinds, as SQLite compares INTEGER with REAL.
    pub(crate) fn order(self, other: Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(&b)),
            (Self::Real(a), Self::Real(b)) => a.partial_cmp(&b),
            (Self::Integer(a), Self::Real(b)) => integer_with_real(a, b),
            (Self::Real(a), Self::Integer(b)) => integer_with_real(b, a).map(std::cmp::Ordering::reverse),
        }
    }
}

fn integer_with_real(integer: i64, real: f64) -> Option<std::cmp::Ordering> {
    use std::cmp::Ordering;
    if real.is_nan() {
        return None;
    }
    // 2^63 is exact in f64; within the range the truncated real is an exact i64.
    if real >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if real < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = real.trunc();
    Some(integer.cmp(&(whole as i64)).then_with(|| whole.partial_cmp(&real).unwrap_or(Ordering::Equal)))
}

/// A time, and whether only a date was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ParsedTime {
    pub time: Timestamp,
    pub whole_day: bool,
}

/// Years 0000 to 9999, which ISO 8601 writes with four digits.
const MIN_MILLIS: i64 = -62_167_219_200_000;
const MAX_MILLIS: i64 = 253_402_300_799_999;
/// Epoch numbers from here on are milliseconds: 1e11 seconds are the year 5138, 1e11 milliseconds March 1973.
const FIRST_EPOCH_MILLIS: u64 = 100_000_000_000;

/// Reads ISO 8601 (`2021-05-16`, `2021-05-16T07:49`, `2021-05-16 07:49:46.5+09:00`), or epoch seconds or milliseconds.
/// Without a zone it is UTC. Fractions below a millisecond are dropped. `None` for anything else.
pub(crate) fn parse_time(text: &str) -> Option<ParsedTime> {
    let text = text.trim();
    let in_range = |millis: i64| (MIN_MILLIS..=MAX_MILLIS).contains(&millis).then_some(Timestamp(millis));
    if let Ok(number) = text.parse::<i64>() {
        let millis = if number.unsigned_abs() >= FIRST_EPOCH_MILLIS { number } else { number * 1000 };
        return in_range(millis).map(|time| ParsedTime { time, whole_day: false });
    }
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let date = parse_date(date)?;
    if rest.is_empty() {
        let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        return in_range(midnight).map(|time| ParsedTime { time, whole_day: true });
    }
    let clock = rest.strip_prefix(['T', 't', ' '])?.trim();
    let (clock, offset_millis) = split_zone(clock)?;
    let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|f| NaiveTime::parse_from_str(clock, f).ok())?;
    let local = NaiveDateTime::new(date, time).and_utc().timestamp_millis();
    in_range(local - offset_millis).map(|time| ParsedTime { time, whole_day: false })
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let separator = *bytes.get(4)?;
    if !matches!(separator, b'-' | b'/') || *bytes.get(7)? != separator {
        return None;
    }
    let number = |from: usize, to: usize| {
        text.get(from..to).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok()
    };
    NaiveDate::from_ymd_opt(number(0, 4)? as i32, number(5, 7)?, number(8, 10)?)
}

/// Splits `07:49:46+09:00` into the clock and the offset from UTC in milliseconds.
fn split_zone(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock.trim_end(), 0));
    }
    if let Some(clock) = clock.strip_suffix("UTC") {
        return Some((clock.trim_end(), 0));
    }
    let Some(at) = clock.find(['+', '-']) else { return Some((clock, 0)) };
    let (clock, zone) = (clock.get(..at)?, clock.get(at..)?);
    // chrono knows the forms of an offset (+09:00, +0900, +09).
    let probe = format!("1970-01-02T00:00:00{zone}");
    let probe = ["%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S%#z"]
        .iter()
        .find_map(|format| DateTime::parse_from_str(&probe, format).ok())?;
    Some((clock.trim_end(), i64::from(probe.offset().local_minus_utc()) * 1000))
}

/// `true`, `false`, `yes`, `no`, `1`, `0`, regardless of case.
pub(crate) fn parse_boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    #[test]
    fn numbers_with_units() {
        for (text, expected) in [
            ("22", Ok(22)),
            ("-7", Ok(-7)),
            ("1_000", Ok(1000)),
            ("10MB", Ok(10_000_000)),
            ("10 mb", Ok(10_000_000)),
            ("1.5GiB", Ok(1_610_612_736)),
            ("1.50k", Ok(1500)),
            ("0.0001K", Err(NumberError::NotWhole)),
            ("1.5", Err(NumberError::NotWhole)),
            ("9223372036854775807", Ok(i64::MAX)),
            ("-9223372036854775808", Ok(i64::MIN)),
            ("9223372036854775808", Err(NumberError::TooLarge)),
            ("99999999999999999999999999999999999999999999", Err(NumberError::TooLarge)),
            ("0.00000000000000000000000000000000000000000001", Err(NumberError::NotWhole)),
            ("", Err(NumberError::NotANumber)),
            ("-", Err(NumberError::NotANumber)),
            ("1.2.3", Err(NumberError::NotANumber)),
            ("1.", Err(NumberError::NotANumber)),
            ("_1", Err(NumberError::NotANumber)),
            ("10XB", Err(NumberError::NotANumber)),
        ] {
            assert_eq!(parse_integer(text), expected, "{text}");
        }
    }

    #[test]
    fn times_in_every_accepted_form() {
        for (text, millis) in [
            ("2021-05-16", 1_621_123_200_000),
            ("2021/05/16", 1_621_123_200_000),
            ("2021-05-16T07:49:46Z", 1_621_151_386_000),
            ("2021-05-16 07:49:46", 1_621_151_386_000),
            ("2021-05-16 07:49:46.000 UTC", 1_621_151_386_000),
            ("2021-05-16T07:49", 1_621_151_340_000),
            ("2021-05-16T16:49:46.123456+09:00", 1_621_151_386_123),
            ("2021-05-16T16:49:46+0900", 1_621_151_386_000),
            ("2021-05-16T02:49:46-05", 1_621_151_386_000),
            ("1621151386", 1_621_151_386_000),
            ("1621151386123", 1_621_151_386_123),
            ("-1", -1000),
        ] {
            assert_eq!(parse_time(text).map(|t| t.time.0), Some(millis), "{text}");
        }
        for text in
            ["", "2021-13-01", "2021-05-16T25:00", "2021-05-1", "20 21-05-16", "2021-05-16Tnoon", "999999999999999999"]
        {
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert!(parse_time("2021-05-16").unwrap().whole_day);
    }

    #[test]
    fn networks_drop_host_bits_and_span_their_addresses() {
        let network = Network::parse("10.1.2.3/8").unwrap();
        assert_eq!(network.to_string(), "10.0.0.0/8");
        let key = |text: &str| Address::parse(text.as_bytes()).unwrap().key();
        assert_eq!(network.key_range(), (key("10.0.0.0"), key("10.255.255.255")));
        assert_eq!(Network::parse("0.0.0.0/0").unwrap().key_range(), (key("0.0.0.0"), key("255.255.255.255")));
        assert_eq!(Network::parse("::/0").unwrap().key_range(), ([0; 16], [255; 16]));
        assert_eq!(Network::parse("10.0.0.1/32").unwrap().key_range(), (key("10.0.0.1"), key("10.0.0.1")));
        for text in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "::/129", "10.0.0.0", "x/8", "fe80::%eth0/64"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn integers_and_reals_compare_exactly() {
        let number = |text: &str| Number::parse(text).unwrap();
        assert_eq!(number("9007199254740993").order(number("9007199254740992.0")), Some(Ordering::Greater));
        assert_eq!(number("1.5").order(number("2")), Some(Ordering::Less));
        assert_eq!(number("-1").order(number("-1.5")), Some(Ordering::Greater));
        assert_eq!(number("1e3").order(number("1000")), Some(Ordering::Equal));
        assert_eq!(number("9223372036854775807").order(number("1e30")), Some(Ordering::Less));
        assert_eq!(Number::parse("1e999"), None);
        assert_eq!(Number::parse("0x10"), None);
    }
}
