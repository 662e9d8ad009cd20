//! Times as lists write them: moments, and days or months as a whole.

use super::collect::Details;
use crate::model::{TimeRange, Timestamp};
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// From its beginning up to its end, which is no part of it; milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    from: i64,
    to: i64,
}

impl Moment {
    /// Logs have milliseconds at the finest.
    fn at(millis: i64) -> Self {
        Self { from: millis, to: millis.saturating_add(1) }
    }

    fn day(date: NaiveDate) -> Option<Self> {
        let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        Some(Self { from: midnight(date), to: midnight(date.succ_opt()?) })
    }

    fn month(date: NaiveDate) -> Option<Self> {
        let first = date.with_day(1)?;
        Some(Self { from: Self::day(first)?.from, to: Self::day(first.checked_add_months(Months::new(1))?)?.from })
    }
}

/// When an entry counts: from the beginning of the first text to the end of the second, which a day or a month has too.
/// What cannot be read is no limit; it is reported in the comment of the entry.
pub(super) fn set_valid(details: &mut Details, from: &str, to: &str) {
    set(details, from, to, |moment| moment.to);
}

/// The same where a moment at the end is the first at which it does not count any more (STIX); a day as a whole still
/// does.
pub(super) fn set_valid_until(details: &mut Details, from: &str, until: &str) {
    set(details, from, until, |moment| if moment.to - moment.from == 1 { moment.from } else { moment.to });
}

fn set(details: &mut Details, from: &str, to: &str, end: impl Fn(Moment) -> i64) {
    let mut told = Vec::new();
    let mut read = |what: &str, text: &str| {
        let found = moment(text);
        if found.is_none() && !is_nothing(text) {
            told.push(format!("{what} {}: not read as a time", text.trim()));
        }
        found
    };
    let (first, last) = (read("valid from", from), read("valid to", to));
    let mut valid =
        TimeRange { from: first.map(|first| Timestamp(first.from)), to: last.map(|last| Timestamp(end(last))) };
    if let (Some(first), Some(last)) = (first, last) {
        if last.to <= first.from {
            told.push(format!("valid from {} to {}: the end is before the beginning", from.trim(), to.trim()));
            valid = TimeRange::default();
        } else if valid.to <= valid.from {
            // Seen once: that moment counts.
            valid.to = Some(Timestamp(last.to));
        }
    }
    details.valid = valid;
    for told in told {
        details.comment = match details.comment.is_empty() {
            true => told,
            false => format!("{}; {told}", details.comment),
        };
    }
}

/// What lists write where they have no time.
fn is_nothing(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    matches!(text.as_str(), "" | "-" | "0" | "none" | "null" | "n/a" | "na" | "never" | "unknown" | "nan")
        || text.starts_with("0000-00-00")
}

/// ISO 8601, a date, a month, or seconds, milliseconds or microseconds since 1970. UTC where no zone is written.
fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(Moment::at(time.timestamp_millis()));
    }
    if let Ok(time) = chrono::DateTime::parse_from_rfc2822(text) {
        return Some(Moment::at(time.timestamp_millis()));
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"] {
        if let Ok(time) = chrono::DateTime::parse_from_str(text, form) {
            return Some(Moment::at(time.timestamp_millis()));
        }
    }
    let bare = ["UTC", "GMT", "Z", "z"].iter().find_map(|zone| text.strip_suffix(zone)).unwrap_or(text).trim_end();
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y/%m/%d %H:%M:%S%.f"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(bare, form) {
            return Some(Moment::at(time.and_utc().timestamp_millis()));
        }
    }
    for form in ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(bare, form) {
            let from = time.and_utc().timestamp_millis();
            return Some(Moment { from, to: from + TimeDelta::minutes(1).num_milliseconds() });
        }
    }
    for form in ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y"] {
        if let Ok(date) = NaiveDate::parse_from_str(bare, form) {
            return Moment::day(date);
        }
    }
    for form in ["%Y-%m-%d", "%d %B %Y", "%d %b %Y"] {
        let first = if form.starts_with("%Y") { format!("{bare}-01") } else { format!("1 {bare}") };
        if let Ok(date) = NaiveDate::parse_from_str(&first, form) {
            return Moment::month(date);
        }
    }
    let number: i64 = bare.strip_suffix(".0").unwrap_or(bare).parse().ok().filter(|number| *number > 0)?;
    match number {
        // A day without its dashes.
        19_700_101..=20_991_231 => NaiveDate::parse_from_str(bare, "%Y%m%d").ok().and_then(Moment::day),
        0..100_000_000_000 => Some(Moment::at(number.saturating_mul(1000))),
        100_000_000_000..100_000_000_000_000 => Some(Moment::at(number)),
        _ => Some(Moment::at(number / 1000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let iso = |millis: i64| Timestamp(millis).to_iso();
        moment(text).map_or_else(|| "none".to_owned(), |moment| format!("{} {}", iso(moment.from), iso(moment.to)))
    }

    #[test]
    fn days_and_months_are_whole() {
        let day = "2025-06-01T00:00:00Z 2025-06-02T00:00:00Z";
        for text in ["2025-06-01", "2025/06/01", "20250601", "1 June 2025", "Jun 1, 2025", " 2025-06-01 "] {
            assert_eq!(told(text), day, "{text}");
        }
        for text in ["June 2025", "2025-06", "Jun 2025"] {
            assert_eq!(told(text), "2025-06-01T00:00:00Z 2025-07-01T00:00:00Z", "{text}");
        }
        let second = "2025-06-01T05:00:59Z 2025-06-01T05:00:59.001Z";
        for text in [
            "2025-06-01T05:00:59Z",
            "2025-06-01 05:00:59",
            "2025-06-01 05:00:59 UTC",
            "2025-06-01T07:00:59+02:00",
            "2025-06-01 05:00:59+0000",
            "Sun, 01 Jun 2025 05:00:59 GMT",
            "1748754059",
            "1748754059000",
            "1748754059.0",
        ] {
            assert_eq!(told(text), second, "{text}");
        }
        assert_eq!(told("2025-06-01 05:00"), "2025-06-01T05:00:00Z 2025-06-01T05:01:00Z");
        for text in ["", "soon", "0", "2025-13-01", "06/01/2025"] {
            assert_eq!(told(text), "none", "{text}");
        }
    }

    #[test]
    fn equal_times_count_and_what_cannot_be_read_is_told() {
        let valid = |from: &str, to: &str| {
            let mut details = Details::default();
            set_valid(&mut details, from, to);
            let text = |time: Option<Timestamp>| time.map_or("-".to_owned(), |time| time.to_iso());
            format!("{} {} {}", text(details.valid.from), text(details.valid.to), details.comment).trim().to_owned()
        };
        assert_eq!(valid("2025-01-01", "2025-06-01"), "2025-01-01T00:00:00Z 2025-06-02T00:00:00Z");
        assert_eq!(valid("2025-06-01", "2025-06-01"), "2025-06-01T00:00:00Z 2025-06-02T00:00:00Z");
        let once = "2025-06-01T05:00:59Z 2025-06-01T05:00:59.001Z";
        assert_eq!(valid("2025-06-01T05:00:59Z", "2025-06-01 05:00:59"), once);
        assert_eq!(valid("2025-06-01T05:00:59Z", "2025-06-01"), "2025-06-01T05:00:59Z 2025-06-02T00:00:00Z");
        assert_eq!(valid("", "N/A"), "- -");
        assert_eq!(valid("2025-06-02", "soon"), "2025-06-02T00:00:00Z - valid to soon: not read as a time");
        let turned = "- - valid from 2025-06-02 to 2025-06-01: the end is before the beginning";
        assert_eq!(valid("2025-06-02", "2025-06-01"), turned);
    }

    #[test]
    fn until_excludes_a_moment_and_includes_a_day() {
        let until = |from: &str, to: &str| {
            let mut details = Details::default();
            set_valid_until(&mut details, from, to);
            details.valid.to.map(|time| time.to_iso()).unwrap_or_default()
        };
        assert_eq!(until("2025-01-01T00:00:00Z", "2025-06-01T00:00:00Z"), "2025-06-01T00:00:00Z");
        assert_eq!(until("2025-01-01", "2025-06-01"), "2025-06-02T00:00:00Z");
        assert_eq!(until("2025-06-01T00:00:00Z", "2025-06-01T00:00:00Z"), "2025-06-01T00:00:00.001Z");
    }
}
