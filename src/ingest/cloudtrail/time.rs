//! Times of events, in every form in which CloudTrail, its console, the CLI and query engines write them.

use crate::ingest::time::Unit;
use crate::ingest::time::number::{self, Number};
use crate::ingest::time::text::{self, Precision};
use chrono::NaiveDate;

/// Milliseconds since 1970 UTC; digits beyond are cut off. A time without a zone is taken for UTC. Read are:
/// `2023-07-10T11:42:36Z` with or without fraction, offset or zone, with `T` or a blank; the old console's
/// `2023-07-10, 11:45:01 AM` (it shows UTC unless its user chose local time, which the file does not tell); Athena's
/// `2023-07-10 11:42:36.000 UTC`; all others whose text allows one reading; and counts since 1970 in any unit.
pub(crate) fn millis(text: &str) -> Option<i64> {
    plain(text.as_bytes()).or_else(|| general(text.trim()))
}

/// `YYYY-MM-DDTHH:MM:SSZ`, the form of nearly all events.
fn plain(text: &[u8]) -> Option<i64> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = text else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
    };
    let date = NaiveDate::from_ymd_opt(number(&[y1, y2, y3, y4])? as i32, number(&[m1, m2])?, number(&[d1, d2])?)?;
    let time = date.and_hms_opt(number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?)?;
    Some(time.and_utc().timestamp_millis())
}

fn general(text: &str) -> Option<i64> {
    let count = number::parse(text.as_bytes()).filter(|number| !number.is_rounded);
    count.and_then(epoch).or_else(|| text::read(text).filter(|written| written.precision > Precision::Day)?.plain())
}

/// A count since 1970: what is of no usual time in any unit is seconds up to the year 5000, and milliseconds beyond.
fn epoch(count: Number) -> Option<i64> {
    const LAST_SECOND: i128 = 95_617_584_000;
    let whole = count.scaled(0)?.0;
    let millis = match Unit::plausible(whole) {
        Some(unit) => return unit.millis(count),
        None if whole.abs() < LAST_SECOND => Unit::Seconds.millis(count)?,
        None => Unit::Millis.millis(count)?,
    };
    (i128::from(millis).abs() < LAST_SECOND * 1000).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_time() {
        const NOON: i64 = 1_688_989_356_000;
        for text in [
            "2023-07-10T11:42:36Z",
            "2023-07-10T11:42:36",
            "2023-07-10T13:42:36+02:00",
            "2023-07-10T13:42:36+0200",
            "2023-07-10 13:42:36+02:00",
            "2023-07-10 11:42:36.000 UTC",
            "2023-07-10, 11:42:36 AM",
            "1688989356",
            "1688989356.0",
            "1688989356000",
            "1688989356000000",
            "1688989356000000000",
            "10/Jul/2023:11:42:36 +0000",
            "2023-07-10 20:42:36.000 Asia/Tokyo",
            "1.688989356E9",
        ] {
            assert_eq!(millis(text), Some(NOON), "{text}");
        }
        assert_eq!(millis("2023-07-10T11:42:36.1239Z"), Some(NOON + 123));
        assert_eq!(millis("2023-07-10, 01:00:00 PM"), Some(NOON + 4_644_000));
        assert_eq!(millis("1969-12-31T23:59:59.5Z"), Some(-500));
        for text in [
            "",
            "not a time",
            "2023-13-10T11:42:36Z",
            "2025-10-21TT00:52:27Z",
            "NaN",
            "inf",
            "1e300",
            "1.68899E+09",
            "7/10/2023 11:42",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
