//! Times as people type them into the two fields of the time range: `03:30`, `03:30-04:10`, `+1h`, `yesterday`,
//! `last 3h of the case`, `±5m around this row`. What is relative is relative to the case, to the range or to a record, and
//! never to a clock: the same case gives the same range on every day. Words are accepted in English and in Japanese
//! whatever the language of the window, and full-width digits as Japanese input methods give them.

use super::zone::Zone;
use crate::model::{TimeRange, Timestamp};
use chrono::{Days, NaiveDate, NaiveTime};

/// Which of the two fields it was typed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    From,
    To,
}

/// What a relative time is relative to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given {
    pub zone: Zone,
    /// The first and the last record of the case.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The range that applies now.
    pub range: TimeRange,
    /// The record under the cursor.
    pub row: Option<Timestamp>,
}

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenError {
    Unknown,
    /// It is relative to the case, and the case has no record with a time.
    NoRecords,
    /// It is relative to a row, and none is selected.
    NoRow,
    /// The end of what was typed is not after its beginning.
    Order,
}

impl WhenError {
    /// Id of its text.
    pub(crate) fn text_id(self) -> &'static str {
        match self {
            WhenError::Unknown => "when-unknown",
            WhenError::NoRecords => "when-no-records",
            WhenError::NoRow => "when-no-row",
            WhenError::Order => "when-order",
        }
    }
}

const SECOND: i64 = 1000;

/// The range that the text makes of the current one.
///
/// # Errors
/// It is no time; or what it is relative to is not there.
pub(crate) fn read(text: &str, side: Side, given: &Given) -> Result<TimeRange, WhenError> {
    let text = plain(text);
    let text = text.as_str();
    if text.is_empty() {
        return Ok(match side {
            Side::From => TimeRange { from: None, ..given.range },
            Side::To => TimeRange { to: None, ..given.range },
        });
    }
    if let Some(range) = words(text, given)? {
        return Ok(range);
    }
    if let Some(range) = signed(text, side, given)? {
        return Ok(range);
    }
    // With a date and an offset it has signs that would divide a range.
    if let Some(moment) = moment(text, given) {
        return bound(moment, side, given);
    }
    for (first, second) in halves(text) {
        if let (Some(first), Some(second)) = (moment(first, given), moment(second, given)) {
            return between(first, second, given);
        }
    }
    Err(WhenError::Unknown)
}

/// Full-width characters, the signs that stand for `-` and `~`, and capitals are one with the usual ones.
fn plain(text: &str) -> String {
    let one = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{301c}' => '~',
        c => c,
    };
    let text: String = text.chars().map(one).collect::<String>().to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `today`, `last 3h of the case`, `±5m around this row`.
fn words(text: &str, given: &Given) -> Result<Option<TimeRange>, WhenError> {
    let span = || given.span.ok_or(WhenError::NoRecords);
    match text {
        "all" | "全期間" => return Ok(Some(TimeRange::default())),
        "today" | "今日" | "最終日" => return whole_day(day_of(span()?.1, given.zone), 0, given).map(Some),
        "yesterday" | "昨日" => return whole_day(day_of(span()?.1, given.zone), -1, given).map(Some),
        _ => {}
    }
    let text = ["of the case", "around this row", "around this record"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text)
        .trim();
    let behind = |names: &[&str]| names.iter().find_map(|name| text.strip_prefix(name)).and_then(duration);
    if let Some(length) = behind(&["last", "最後の", "最後", "直近"]) {
        // The last record is inside.
        let end = span()?.1.0.saturating_add(SECOND);
        return Ok(Some(range(end.saturating_sub(length), end)));
    }
    if let Some(length) = behind(&["first", "最初の", "最初"]) {
        let start = span()?.0.0;
        return Ok(Some(range(start, start.saturating_add(length))));
    }
    if let Some(length) = behind(&["±", "+-", "+/-", "この行の前後", "前後", "この行の±"]) {
        let row = given.row.ok_or(WhenError::NoRow)?.0;
        return Ok(Some(range(row.saturating_sub(length), row.saturating_add(length))));
    }
    Ok(None)
}

fn range(from: i64, to: i64) -> TimeRange {
    TimeRange { from: Some(Timestamp(from)), to: Some(Timestamp(to)) }
}

/// `+1h` is so long after the start in the field of the end; `-30m` is so long before the end in the field of the start.
/// Elsewhere they move the end that they are typed into. An end that is open is the case's.
fn signed(text: &str, side: Side, given: &Given) -> Result<Option<TimeRange>, WhenError> {
    let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        _ => return Ok(None),
    };
    let Some(length) = duration(rest) else { return Ok(None) };
    let TimeRange { from, to } = given.range;
    let first = || given.span.map(|span| span.0);
    let end = || given.span.map(|span| Timestamp(span.1.0.saturating_add(SECOND)));
    let base = match (side, sign) {
        (Side::From, 1) => from.or_else(first),
        (Side::From, _) => to.or(from).or_else(end),
        (Side::To, 1) => from.or(to).or_else(first),
        (Side::To, _) => to.or_else(end),
    };
    let base = base.ok_or(WhenError::NoRecords)?;
    let time = Timestamp(base.0.saturating_add(sign * length));
    Ok(Some(with(time, side, given.range)))
}

/// Milliseconds of `90s`, `1h30m`, `2 days`, `3時間`.
fn duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut millis: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|digits| (1..=9).contains(digits))?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let behind = behind.trim_start();
        let ends = behind.find(|c: char| c.is_ascii_digit() || c == ' ').unwrap_or(behind.len());
        let (unit, further) = behind.split_at_checked(ends)?;
        let secs = match unit {
            "s" | "sec" | "secs" | "second" | "seconds" | "秒" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" | "分" => 60,
            "h" | "hr" | "hrs" | "hour" | "hours" | "時間" => 3600,
            "d" | "day" | "days" | "日" | "日間" => 86_400,
            "w" | "week" | "weeks" | "週" | "週間" => 604_800,
            _ => return None,
        };
        millis = millis.checked_add(number.parse::<i64>().ok()?.checked_mul(secs * SECOND)?)?;
        rest = further.trim_start();
    }
    (millis > 0).then_some(millis)
}

/// A point in time, or a whole day, as far as the text says it.
#[derive(Clone, Copy, Debug)]
enum Moment {
    At(Timestamp),
    Day(NaiveDate),
    /// Of a day that the text does not name.
    Clock(NaiveTime),
}

fn moment(text: &str, given: &Given) -> Option<Moment> {
    let text = text.trim();
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Moment::Day(day));
    }
    let clock = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok());
    // `t` and `z` of ISO 8601 were made small with the rest.
    clock.map(Moment::Clock).or_else(|| given.zone.parse(&text.to_uppercase()).map(Moment::At))
}

fn day_of(time: Timestamp, zone: Zone) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(&zone.format_with(time, "%Y-%m-%d"), "%Y-%m-%d").ok()
}

fn at(day: NaiveDate, clock: NaiveTime, zone: Zone) -> Option<Timestamp> {
    zone.parse(&day.and_time(clock).format("%Y-%m-%d %H:%M:%S%.f").to_string())
}

fn moved(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    let by = Days::new(days.unsigned_abs());
    if days < 0 { day.checked_sub_days(by) } else { day.checked_add_days(by) }
}

/// From midnight to midnight in the zone.
fn whole_day(day: Option<NaiveDate>, days: i64, given: &Given) -> Result<TimeRange, WhenError> {
    let bounds = || {
        let day = moved(day?, days)?;
        let midnight = |day| at(day, NaiveTime::MIN, given.zone);
        Some(TimeRange { from: Some(midnight(day)?), to: Some(midnight(moved(day, 1)?)?) })
    };
    bounds().ok_or(WhenError::Unknown)
}

/// The day of a time without one: that of the range, else the last of the case.
fn usual_day(given: &Given) -> Result<NaiveDate, WhenError> {
    let TimeRange { from, to } = given.range;
    // The end of a range is not inside: midnight belongs to the day before.
    let known = from.or(to.map(|to| Timestamp(to.0.saturating_sub(1))));
    let time = known.or(given.span.map(|span| span.1)).ok_or(WhenError::NoRecords)?;
    day_of(time, given.zone).ok_or(WhenError::Unknown)
}

/// One end of the range.
fn bound(moment: Moment, side: Side, given: &Given) -> Result<TimeRange, WhenError> {
    let time = match moment {
        Moment::At(time) => time,
        // Nothing says where it should end: the day is meant.
        Moment::Day(day) if side == Side::From && given.range.to.is_none() => return whole_day(Some(day), 0, given),
        Moment::Day(day) => at(day, NaiveTime::MIN, given.zone).ok_or(WhenError::Unknown)?,
        Moment::Clock(clock) => {
            let day = usual_day(given)?;
            let time = at(day, clock, given.zone).ok_or(WhenError::Unknown)?;
            match given.range.from {
                // Past midnight.
                Some(from) if side == Side::To && time <= from => {
                    let next = moved(day, 1).and_then(|day| at(day, clock, given.zone));
                    next.ok_or(WhenError::Unknown)?
                }
                _ => time,
            }
        }
    };
    Ok(with(time, side, given.range))
}

/// The range with this end. One that would be empty keeps its length instead: the other end moves along.
fn with(time: Timestamp, side: Side, range: TimeRange) -> TimeRange {
    let length = range.from.zip(range.to).map(|(from, to)| to.0.saturating_sub(from.0).max(SECOND));
    match side {
        Side::From => {
            let overtakes = range.to.is_some_and(|to| time >= to);
            let to = if overtakes { length.map(|by| Timestamp(time.0.saturating_add(by))) } else { range.to };
            TimeRange { from: Some(time), to }
        }
        Side::To => {
            let overtakes = range.from.is_some_and(|from| time <= from);
            let from = if overtakes { length.map(|by| Timestamp(time.0.saturating_sub(by))) } else { range.from };
            TimeRange { from, to: Some(time) }
        }
    }
}

/// Both ends. Of days the last is inside; an end without a day is on the day of the start, or on the next.
fn between(first: Moment, second: Moment, given: &Given) -> Result<TimeRange, WhenError> {
    let unknown = WhenError::Unknown;
    let from = match first {
        Moment::At(time) => time,
        Moment::Day(day) => at(day, NaiveTime::MIN, given.zone).ok_or(unknown)?,
        Moment::Clock(clock) => at(usual_day(given)?, clock, given.zone).ok_or(unknown)?,
    };
    let to = match second {
        Moment::At(time) => time,
        Moment::Day(day) => moved(day, 1).and_then(|day| at(day, NaiveTime::MIN, given.zone)).ok_or(unknown)?,
        Moment::Clock(clock) => {
            let day = day_of(from, given.zone).ok_or(unknown)?;
            let same = at(day, clock, given.zone).ok_or(unknown)?;
            let next = || moved(day, 1).and_then(|day| at(day, clock, given.zone));
            if same > from { same } else { next().ok_or(unknown)? }
        }
    };
    if to <= from { Err(WhenError::Order) } else { Ok(TimeRange { from: Some(from), to: Some(to) }) }
}

/// Everything that what divides a range could divide the text into.
fn halves(text: &str) -> impl Iterator<Item = (&str, &str)> {
    const SIGNS: [&str; 6] = [" to ", "から", "..", "~", " - ", "-"];
    SIGNS.into_iter().flat_map(move |sign| {
        let place = move |(at, _): (usize, &str)| Some((text.get(..at)?, text.get(at + sign.len()..)?));
        text.match_indices(sign).filter_map(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<Timestamp> {
        Some(Zone::default().parse(text).unwrap())
    }

    /// A case from the 9th, 10:00, to the 11th, 16:29:59.
    fn given() -> Given {
        Given {
            span: time("2026-03-09 10:00:00").zip(time("2026-03-11 16:29:59")),
            row: time("2026-03-11 01:44:00"),
            ..Given::default()
        }
    }

    fn shown(range: Result<TimeRange, WhenError>, zone: Zone) -> String {
        let bound = |time: Option<Timestamp>| time.map_or_else(|| "open".to_owned(), |time| zone.format(time));
        match range {
            Ok(range) => format!("{} / {}", bound(range.from), bound(range.to)),
            Err(error) => format!("{error:?}"),
        }
    }

    fn check(given: &Given, side: Side, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(shown(read(text, side, given), given.zone), *expected, "{side:?} {text}");
        }
    }

    #[test]
    fn without_a_range_times_are_those_of_the_case() {
        check(
            &given(),
            Side::From,
            &[
                ("", "open / open"),
                ("03:30", "2026-03-11 03:30:00 / open"),
                ("3:30:15", "2026-03-11 03:30:15 / open"),
                ("03:30-04:10", "2026-03-11 03:30:00 / 2026-03-11 04:10:00"),
                ("03:30 – 04:10", "2026-03-11 03:30:00 / 2026-03-11 04:10:00"),
                ("23:30~00:30", "2026-03-11 23:30:00 / 2026-03-12 00:30:00"),
                ("０３：３０〜０４：１０", "2026-03-11 03:30:00 / 2026-03-11 04:10:00"),
                ("today", "2026-03-11 00:00:00 / 2026-03-12 00:00:00"),
                ("Yesterday", "2026-03-10 00:00:00 / 2026-03-11 00:00:00"),
                ("昨日", "2026-03-10 00:00:00 / 2026-03-11 00:00:00"),
                ("2026-03-11", "2026-03-11 00:00:00 / 2026-03-12 00:00:00"),
                ("2026-03-09 - 2026-03-10", "2026-03-09 00:00:00 / 2026-03-11 00:00:00"),
                ("2026-03-11 01:44", "2026-03-11 01:44:00 / open"),
                ("2026-03-11T01:44:00.500Z", "2026-03-11 01:44:00.500 / open"),
                ("2026-03-11 01:44-02:10", "2026-03-11 01:44:00 / 2026-03-11 02:10:00"),
                ("2026-03-10 23:50 to 2026-03-11 00:10", "2026-03-10 23:50:00 / 2026-03-11 00:10:00"),
                ("±5m around this row", "2026-03-11 01:39:00 / 2026-03-11 01:49:00"),
                ("+-90s", "2026-03-11 01:42:30 / 2026-03-11 01:45:30"),
                ("この行の前後 5分", "2026-03-11 01:39:00 / 2026-03-11 01:49:00"),
                ("last 3h of the case", "2026-03-11 13:30:00 / 2026-03-11 16:30:00"),
                ("最後の3時間", "2026-03-11 13:30:00 / 2026-03-11 16:30:00"),
                ("first 1h30m", "2026-03-09 10:00:00 / 2026-03-09 11:30:00"),
                ("+1h", "2026-03-09 11:00:00 / open"),
                ("-30m", "2026-03-11 16:00:00 / open"),
            ],
        );
        check(
            &given(),
            Side::To,
            &[
                ("03:30", "open / 2026-03-11 03:30:00"),
                ("2026-03-11", "open / 2026-03-11 00:00:00"),
                ("+1h", "open / 2026-03-09 11:00:00"),
                ("-30m", "open / 2026-03-11 16:00:00"),
                ("", "open / open"),
            ],
        );
    }

    #[test]
    fn with_a_range_times_are_relative_to_it() {
        let range = TimeRange { from: time("2026-03-10 23:00:00"), to: time("2026-03-11 00:00:00") };
        let given = Given { range, ..given() };
        check(
            &given,
            Side::From,
            &[
                ("", "open / 2026-03-11 00:00:00"),
                ("22:30", "2026-03-10 22:30:00 / 2026-03-11 00:00:00"),
                ("+10m", "2026-03-10 23:10:00 / 2026-03-11 00:00:00"),
                ("-30m", "2026-03-10 23:30:00 / 2026-03-11 00:00:00"),
                ("2026-03-09", "2026-03-09 00:00:00 / 2026-03-11 00:00:00"),
                // Past the end: the range keeps its length.
                ("2026-03-11 05:00", "2026-03-11 05:00:00 / 2026-03-11 06:00:00"),
            ],
        );
        check(
            &given,
            Side::To,
            &[
                ("+2h", "2026-03-10 23:00:00 / 2026-03-11 01:00:00"),
                ("-10m", "2026-03-10 23:00:00 / 2026-03-10 23:50:00"),
                ("00:30", "2026-03-10 23:00:00 / 2026-03-11 00:30:00"),
                ("23:30", "2026-03-10 23:00:00 / 2026-03-10 23:30:00"),
                ("2026-03-10 12:00", "2026-03-10 11:00:00 / 2026-03-10 12:00:00"),
            ],
        );
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let zone = Zone::by_name("Asia/Tokyo").unwrap();
        // 01:29:59 of the 12th there.
        let given = Given { zone, ..given() };
        check(
            &given,
            Side::From,
            &[
                ("today", "2026-03-12 00:00:00 / 2026-03-13 00:00:00"),
                ("03:30", "2026-03-12 03:30:00 / open"),
                ("2026-03-11", "2026-03-11 00:00:00 / 2026-03-12 00:00:00"),
            ],
        );
        let berlin = Given { zone: Zone::by_name("Europe/Berlin").unwrap(), ..given };
        // The day on which clocks go forward has 23 hours.
        let day = read("2026-03-29", Side::From, &berlin).unwrap();
        assert_eq!(day.to.unwrap().0 - day.from.unwrap().0, 23 * 3_600_000);
    }

    #[test]
    fn what_is_no_time_says_why() {
        for text in ["soon", "25:00", "2026-13-01", "+1 fortnight", "last", "+", "03:30-", "12345", "+0m", "now"] {
            assert_eq!(read(text, Side::From, &given()), Err(WhenError::Unknown), "{text}");
        }
        let empty = Given::default();
        for text in ["today", "03:30", "+1h", "last 3h"] {
            assert_eq!(read(text, Side::To, &empty), Err(WhenError::NoRecords), "{text}");
        }
        assert_eq!(read("±5m", Side::To, &empty), Err(WhenError::NoRow));
        assert_eq!(read("2026-03-11 - 2026-03-09", Side::To, &empty), Err(WhenError::Order));
        assert_eq!(shown(read("2026-03-11 01:44", Side::To, &empty), empty.zone), "open / 2026-03-11 01:44:00");
        assert_eq!(read("+999999999w", Side::To, &given()).map(|_| ()), Ok(()), "far away, and no overflow");
    }
}
