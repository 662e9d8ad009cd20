//! Times of events, in every form in which CloudTrail, its console, the CLI and query engines write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Milliseconds since 1970 UTC; digits beyond are cut off. A time without a zone is taken for UTC. Read are:
/// `2023-07-10T11:42:36Z` with or without fraction, offset or zone, with `T` or a blank; the old console's
/// `2023-07-10, 11:45:01 AM` (it shows UTC unless its user chose local time, which the file does not tell); Athena's
/// `2023-07-10 11:42:36.000 UTC`; and numbers of seconds or milliseconds since 1970.
pub fn millis(text: &str) -> Option<i64> {
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
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    if let Some(millis) = epoch(text) {
        return Some(millis);
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z"] {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(time.timestamp_millis());
        }
    }
    let utc = text.strip_suffix(" UTC").or_else(|| text.strip_suffix('Z')).unwrap_or(text);
    const LOCAL: [&str; 4] =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d, %I:%M:%S %p", "%Y-%m-%dT%H:%M"];
    let time = LOCAL.iter().find_map(|format| NaiveDateTime::parse_from_str(utc, format).ok())?;
    Some(time.and_utc().timestamp_millis())
}

/// Seconds, or milliseconds where seconds would lie beyond the year 5000.
fn epoch(text: &str) -> Option<i64> {
    const LAST_SECOND: f64 = 95_617_584_000.0;
    let number: f64 = text.parse().ok()?;
    let millis = if number.abs() < LAST_SECOND { number * 1000.0 } else { number };
    (millis.is_finite() && millis.abs() < LAST_SECOND * 1000.0).then_some(millis.floor() as i64)
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
            "1.688989356E9",
        ] {
            assert_eq!(millis(text), Some(NOON), "{text}");
        }
        assert_eq!(millis("2023-07-10T11:42:36.1239Z"), Some(NOON + 123));
        assert_eq!(millis("2023-07-10, 01:00:00 PM"), Some(NOON + 4_644_000));
        assert_eq!(millis("1969-12-31T23:59:59.5Z"), Some(-500));
        for text in ["", "not a time", "2023-13-10T11:42:36Z", "2025-10-21TT00:52:27Z", "NaN", "inf", "1e300"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
