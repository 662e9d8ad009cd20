//! Dates with times of day, in the forms of AWS's services, query engines, log systems and spreadsheets. A time without
//! a zone is taken for UTC. Where the numbers of a date can stand for different days, every reading is given.

use chrono::{NaiveDate, TimeZone};
use chrono_tz::Tz;
use std::borrow::Cow;

/// In what order a date of numbers alone can be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "what comes first is the order")]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
    YearFirst,
}

impl Order {
    pub(crate) const ALL: [Order; 3] = [Order::DayFirst, Order::MonthFirst, Order::YearFirst];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Order::DayFirst => "day/month/year",
            Order::MonthFirst => "month/day/year",
            Order::YearFirst => "year/month/day",
        }
    }
}

/// How exactly a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precision {
    Day,
    Minute,
    Second,
}

/// A time as it is written: milliseconds since 1970 UTC in each order that makes its date one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    millis: [Option<i64>; 3],
    pub precision: Precision,
}

impl Written {
    /// The time, where every order gives the same.
    pub(crate) fn plain(&self) -> Option<i64> {
        let mut given = self.millis.iter().flatten();
        let first = given.next()?;
        given.all(|millis| millis == first).then_some(*first)
    }

    pub(crate) fn in_order(&self, order: Order) -> Option<i64> {
        Order::ALL.iter().zip(self.millis).find(|(of, _)| **of == order).and_then(|(_, millis)| millis)
    }

    /// Is its day written in numbers alone, day, month and year in an order that the text does not tell?
    pub(crate) fn has_order(&self) -> bool {
        self.plain().is_none() || self.millis.iter().any(Option::is_none)
    }
}

const LONGEST_BYTES: usize = 80;

/// `None` where the text is no time, or names a zone that is not known (`EST` is several).
pub(crate) fn read(text: &str) -> Option<Written> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if text.len() > LONGEST_BYTES {
        return None;
    }
    // Between time and `AM` newer programs put blanks of other kinds.
    let text = text.replace(['\u{202f}', '\u{a0}'], " ");
    let text = expanded(&text).map_or(Cow::Borrowed(text.as_str()), Cow::Owned);
    let at = clock_at(text.as_bytes()).unwrap_or(text.len());
    let (date, rest) = text.split_at_checked(at)?;
    let (clock, zone) = Clock::read(rest)?;
    let (zone, year) = Zone::read(zone)?;
    let dates = dates(date, year)?;
    let millis = dates.map(|date| date.and_then(|date| zone.millis(date, clock)));
    millis.iter().any(Option::is_some).then_some(Written { millis, precision: clock.precision })
}

/// `20250304T050607Z` and `20250304050607` with their separators.
fn expanded(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (date, rest) = text.split_at_checked(8).filter(|_| matches!(digits, 8 | 12 | 14))?;
    let rest = if digits == 8 { rest.strip_prefix(['T', 't', ' ', '_'])? } else { rest };
    let clock = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (hours, minutes) = (rest.get(..2)?, rest.get(2..4)?);
    let seconds = match clock {
        4 => String::new(),
        6 => format!(":{}", rest.get(4..6)?),
        _ => return None,
    };
    let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..)?);
    Some(format!("{year}-{month}-{day} {hours}:{minutes}{seconds}{}", rest.get(clock..)?))
}

/// Where `H:MM` or `HH:MM` begins.
fn clock_at(text: &[u8]) -> Option<usize> {
    let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let begins = |colon: usize| {
        let mut at = colon;
        while at > 0 && digit(at - 1) {
            at -= 1;
        }
        let signed = at.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'+');
        ((1..=2).contains(&(colon - at)) && digit(colon + 1) && digit(colon + 2) && !signed).then_some(at)
    };
    memchr::memchr_iter(b':', text).find_map(begins)
}

#[derive(Clone, Copy)]
struct Clock {
    secs: u32,
    millis: u32,
    precision: Precision,
}

impl Clock {
    /// The time of day and what is behind it.
    fn read(text: &str) -> Option<(Self, &str)> {
        let Some((hours, rest)) = text.split_once(':') else {
            return Some((Self { secs: 0, millis: 0, precision: Precision::Day }, text));
        };
        let mut hours: u32 = hours.parse().ok()?;
        let (minutes, mut rest) = two_digits(rest)?;
        let (mut secs, mut millis, mut precision) = (0, 0, Precision::Minute);
        if let Some((seconds, after)) = rest.strip_prefix(':').and_then(two_digits) {
            (secs, precision, rest) = (seconds, Precision::Second, after);
            if let Some(fraction) = rest.strip_prefix(['.', ',', ':']) {
                let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
                let (shown, after) = fraction.split_at_checked(digits).filter(|_| digits > 0)?;
                millis = format!("{shown:0<3}").get(..3)?.parse().ok()?;
                rest = after;
            }
        }
        if let Some((half, after)) = half_of_day(rest.trim_start()) {
            hours = Some(hours).filter(|hours| (1..=12).contains(hours))? % 12 + half;
            rest = after;
        }
        let is_time = (hours < 24 || hours == 24 && minutes == 0 && secs == 0) && minutes < 60 && secs <= 60;
        is_time.then_some((Self { secs: hours * 3600 + minutes * 60 + secs, millis, precision }, rest))
    }
}

fn two_digits(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) && !rest.starts_with(|c: char| c.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| is_number)?, rest))
}

/// Hours to add, and what follows `AM` or `PM`.
fn half_of_day(text: &str) -> Option<(u32, &str)> {
    let lower = text.to_ascii_lowercase();
    let (mark, half) =
        [("a.m.", 0), ("p.m.", 12), ("am", 0), ("pm", 12)].into_iter().find(|(m, _)| lower.starts_with(m))?;
    let rest = text.get(mark.len()..)?;
    (!rest.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some((half, rest))
}

enum Zone {
    /// Seconds east of UTC.
    Offset(i64),
    Named(Tz),
}

impl Zone {
    /// The zone, and the year where it is behind the time (`Tue Mar 4 05:06:07 2025`).
    fn read(text: &str) -> Option<(Self, Option<&str>)> {
        let text = text.trim();
        // `GMT+0900 (Japan Standard Time)`
        let text = text.split_once(" (").map_or(text, |(zone, _)| zone).trim();
        let (zone, year) = match text.rsplit_once(' ').unwrap_or(("", text)) {
            (zone, year) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => (zone.trim(), Some(year)),
            _ => (text, None),
        };
        let upper = zone.to_ascii_uppercase();
        let offset = match upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")) {
            Some(offset) => offset,
            None => upper.strip_prefix('Z').filter(|rest| rest.is_empty()).unwrap_or(&upper),
        };
        if let Some(seconds) = offset_of(offset.trim()) {
            return Some((Zone::Offset(seconds), year));
        }
        let named = zone.contains('/').then(|| zone.parse().ok()).flatten()?;
        Some((Zone::Named(named), year))
    }

    fn millis(&self, date: NaiveDate, clock: Clock) -> Option<i64> {
        let midnight = date.and_hms_opt(0, 0, 0)?;
        let local = midnight.checked_add_signed(chrono::TimeDelta::seconds(i64::from(clock.secs)))?;
        let secs = match self {
            Zone::Offset(offset) => local.and_utc().timestamp().checked_sub(*offset)?,
            // An hour that the clock shows twice, or never, is no time.
            Zone::Named(zone) => zone.from_local_datetime(&local).single()?.timestamp(),
        };
        secs.checked_mul(1000)?.checked_add(i64::from(clock.millis))
    }
}

/// `+09:00`, `-0500`, `+09` and nothing, in seconds.
fn offset_of(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let is_offset = matches!(digits.len(), 1 | 2 | 4) && digits.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = digits.parse().ok().filter(|_| is_offset)?;
    let (hours, minutes) = if digits.len() == 4 { (number / 100, number % 100) } else { (number, 0) };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const FULL_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

enum Part<'a> {
    Number(&'a str),
    Month(u32),
}

/// The day in each of `Order::ALL`.
fn dates(text: &str, year_behind: Option<&str>) -> Option<[Option<NaiveDate>; 3]> {
    let text = text.trim_end_matches([' ', ',', '@', ':', '_']);
    let before_t = text.strip_suffix(['T', 't']).filter(|date| date.ends_with(|c: char| c.is_ascii_digit()));
    let text = before_t.unwrap_or(text).trim();
    let has_dots = text.contains('.');
    let mut parts = Vec::new();
    for word in text.split([' ', ',', '/', '-', '.']).chain(year_behind).filter(|word| !word.is_empty()) {
        let lower = word.to_ascii_lowercase();
        if word.bytes().all(|b| b.is_ascii_digit()) {
            parts.push(Part::Number(word));
        } else if let Some(month) = month_named(&lower) {
            parts.push(Part::Month(month));
        } else if !WEEKDAYS.iter().any(|day| lower.starts_with(day) && (lower.len() == 3 || lower.ends_with("day"))) {
            return None;
        }
    }
    let same = |date: Option<NaiveDate>| date.map(|date| [Some(date); 3]);
    match parts.as_slice() {
        [Part::Month(month), Part::Number(day), Part::Number(year)]
        | [Part::Number(day), Part::Month(month), Part::Number(year)]
            if day.len() <= 2 =>
        {
            same(date(year, *month, number(day)?))
        }
        [Part::Number(year), Part::Month(month), Part::Number(day)] => same(date(year, *month, number(day)?)),
        [Part::Number(a), Part::Number(b), Part::Number(c)] => {
            let day_first = || date(c, number(b)?, number(a)?);
            let month_first = || date(c, number(a)?, number(b)?);
            match (a.len(), b.len(), c.len()) {
                (4, 1..=2, 1..=2) => same(date(a, number(b)?, number(c)?)),
                // Dates with dots begin with the day wherever they are written.
                (1..=2, 1..=2, 2 | 4) if has_dots => same(day_first()),
                (1..=2, 1..=2, 4) => Some([day_first(), month_first(), None]),
                (1..=2, 1..=2, 2) => Some([day_first(), month_first(), date(a, number(b)?, number(c)?)]),
                _ => None,
            }
        }
        _ => None,
    }
}

fn month_named(lower: &str) -> Option<u32> {
    let is_named =
        |(short, full): (&&str, &&str)| lower == *short || lower == *full || lower == "sept" && *short == "sep";
    let at = MONTHS.iter().zip(&FULL_MONTHS).position(is_named)?;
    u32::try_from(at + 1).ok()
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// Years of two digits are those from 1970 to 2069.
fn date(year: &str, month: u32, day: u32) -> Option<NaiveDate> {
    let number: i32 = year.parse().ok()?;
    let year = match (year.len(), number) {
        (4, _) => number,
        (2, 70..) => 1900 + number,
        (2, _) => 2000 + number,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-03-04T05:06:07Z.
    const THEN: i64 = 1_741_064_767_000;

    #[test]
    fn every_form_that_says_all() {
        for text in [
            "2025-03-04T05:06:07Z",
            "2025-03-04T05:06:07",
            "2025-03-04t05:06:07z",
            "2025-03-04 05:06:07",
            "2025-03-04 05:06:07.000",
            "2025-03-04 05:06:07.000 UTC",
            "2025-03-04 05:06:07.000000 GMT",
            "2025-03-04 14:06:07.000 Asia/Tokyo",
            "2025-03-04 00:06:07.000 America/New_York",
            "2025-03-04T14:06:07+09:00",
            "2025-03-04T14:06:07.000+0900",
            "2025-03-04 00:06:07-05",
            "2025-03-04T05:06:07,000Z",
            "2025/03/04 05:06:07",
            "2025/3/4 5:06:07",
            "2025.03.04 05:06:07",
            "04.03.2025 05:06:07",
            "4.3.25 5:06:07",
            "4-Mar-2025 05:06:07",
            "04-MAR-25 5:06:07 AM",
            "04/Mar/2025:05:06:07 +0000",
            "04/Mar/2025:14:06:07 +0900",
            "Mar 4, 2025 @ 05:06:07.000",
            "March 4, 2025 5:06:07 AM",
            "Tue, 04 Mar 2025 05:06:07 GMT",
            "Tue Mar  4 05:06:07 2025",
            "Tue Mar  4 05:06:07 UTC 2025",
            "Tue Mar 04 2025 14:06:07 GMT+0900 (Japan Standard Time)",
            "20250304T050607Z",
            "20250304T140607+0900",
            "20250304050607",
            "\"2025-03-04 05:06:07\"",
            "2025-03-04 5:06:07\u{202f}AM",
        ] {
            let read = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (read.plain(), read.precision, read.has_order()),
                (Some(THEN), Precision::Second, false),
                "{text}"
            );
        }
        let plain = |text: &str| read(text).and_then(|read| read.plain());
        assert_eq!(plain("2025-03-04T05:06:07.1239Z"), Some(THEN + 123));
        assert_eq!(plain("2025-03-04T05:06:07.5Z"), Some(THEN + 500));
        assert_eq!(plain("2025-03-04 12:06:07 am"), Some(THEN - 5 * 3_600_000));
        assert_eq!(plain("2025-03-04 12:06:07 p.m."), Some(THEN + 7 * 3_600_000));
        assert_eq!(plain("2025-03-04T24:00:00Z"), plain("2025-03-05T00:00:00Z"));
        assert_eq!(plain("1969-12-31T23:59:59.5Z"), Some(-500));
    }

    #[test]
    fn what_is_left_out_is_said() {
        let precision = |text: &str| read(text).map(|read| (read.plain(), read.precision));
        assert_eq!(precision("2025-03-04 05:06"), Some((Some(THEN - 7000), Precision::Minute)));
        assert_eq!(precision("20250304T0506Z"), Some((Some(THEN - 7000), Precision::Minute)));
        assert_eq!(precision("2025-03-04"), Some((Some(THEN - 18_367_000), Precision::Day)));
    }

    #[test]
    fn dates_of_numbers_alone_have_as_many_readings_as_days() {
        let at = |text: &str| read(text).unwrap().plain().unwrap();
        let slashed = read("3/4/2025 5:06").unwrap();
        assert_eq!((slashed.plain(), slashed.has_order()), (None, true));
        assert_eq!(slashed.in_order(Order::MonthFirst), Some(at("2025-03-04 05:06")));
        assert_eq!(slashed.in_order(Order::DayFirst), Some(at("2025-04-03 05:06")));
        let told = read("3/14/2025 5:06").unwrap();
        assert_eq!((told.plain(), told.in_order(Order::DayFirst)), (Some(at("2025-03-14 05:06")), None));
        assert!(told.has_order());
        assert_eq!(read("3/3/2025 5:06").unwrap().plain(), Some(at("2025-03-03 05:06")));
        let short = read("25/03/04 05:06").unwrap();
        assert_eq!(short.in_order(Order::YearFirst), Some(at("2025-03-04 05:06")));
        assert_eq!(short.in_order(Order::DayFirst), Some(at("2004-03-25 05:06")));
        assert_eq!((short.plain(), short.in_order(Order::MonthFirst)), (None, None));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "-",
            "not a time",
            "2025-13-04 05:06:07",
            "2025-02-30",
            "2025-03-04 25:06:07",
            "2025-03-04 05:66",
            "2025-03-04 13:06 PM",
            "2025-03-04 05:06:07 EST",
            "2025-03-04 05:06:07 Nowhere/City",
            // The clock shows this hour twice, and that one never.
            "2025-11-02 01:30:00 America/New_York",
            "2025-03-09 02:30:00 America/New_York",
            "2025-10-21TT00:52:27Z",
            "05:06:07",
            "12345678",
            "10.0.0.1",
            "NaN",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
