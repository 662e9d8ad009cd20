//! Times are texts in UTC: `2021-05-16 07:49:46.000`, and `2021-05-16` for a day.

use super::time_format::{formatted, parsed};
use super::{Registry, failed, integer, of_integer, of_text, real, text};
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use rusqlite::Result;
use rusqlite::functions::Context;
use rusqlite::types::Value;

/// A time, or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    at: NaiveDateTime,
    is_day: bool,
}

impl Moment {
    pub(super) fn of_time(at: NaiveDateTime) -> Self {
        Self { at, is_day: false }
    }

    pub(super) fn day(self) -> Self {
        Self { at: self.at.date().and_time(NaiveTime::MIN), is_day: true }
    }

    pub(super) fn time(self) -> Self {
        Self { is_day: false, ..self }
    }

    pub(super) fn text(self) -> String {
        self.at.format(if self.is_day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S%.3f" }).to_string()
    }

    fn millis(self) -> i64 {
        self.at.and_utc().timestamp_millis()
    }
}

/// A time as CAST takes it: `2021-05-16`, `2021-05-16 07:49[:46[.123]]`, perhaps with UTC behind it.
pub(super) fn written(text: &str) -> Option<Moment> {
    let text = text.trim();
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    let (day, time) = match text.split_once(' ') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let Some(time) = time else { return Some(Moment { at: day.and_time(NaiveTime::MIN), is_day: true }) };
    let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
    Some(Moment::of_time(day.and_time(time)))
}

/// The same, or as ISO 8601 has it, which functions of times take too.
fn any(text: &str) -> Option<Moment> {
    written(text).or_else(|| iso(text))
}

fn iso(text: &str) -> Option<Moment> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Moment::of_time(time.naive_utc()));
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ"];
    let time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    time.map(Moment::of_time).or_else(|| written(text).filter(|moment| moment.is_day))
}

fn moment(context: &Context<'_>, at: usize) -> Option<Moment> {
    text(context, at).and_then(|text| any(&text))
}

fn of_moment(moment: Option<Moment>) -> Value {
    of_text(moment.map(Moment::text))
}

pub(super) fn register(on: &Registry<'_>) -> Result<()> {
    on.scalar("from_unixtime", 1, |context| {
        let millis = real(context, 0).map(|seconds| (seconds * 1000.0).round());
        let time = millis.filter(|m| m.abs() < 9e15).and_then(|m| DateTime::from_timestamp_millis(m as i64));
        Ok(of_moment(time.map(|time| Moment::of_time(time.naive_utc()))))
    })?;
    on.scalar("to_unixtime", 1, |context| {
        Ok(moment(context, 0).map_or(Value::Null, |moment| Value::Real(moment.millis() as f64 / 1000.0)))
    })?;
    on.scalar("from_iso8601_timestamp", 1, |context| {
        Ok(of_moment(text(context, 0).and_then(|text| iso(&text)).map(Moment::time)))
    })?;
    on.scalar("from_iso8601_date", 1, |context| {
        Ok(of_moment(text(context, 0).and_then(|text| iso(&text)).map(Moment::day)))
    })?;
    on.scalar("to_date", 1, |context| Ok(of_moment(moment(context, 0).map(Moment::day))))?;
    on.scalar("date_format", 2, |context| {
        let (Some(moment), Some(format)) = (moment(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        formatted(moment.at, &format).map(Value::Text).or_else(failed)
    })?;
    let remarks = on.remarks.clone();
    on.scalar("date_parse", 2, move |context| {
        let (Some(of), Some(format)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        let time = parsed(&of, &format).or_else(failed)?;
        if time.is_none() {
            remarks.push(format!("'{of}' is no time like '{format}'; Athena stops"));
        }
        Ok(of_moment(time.map(Moment::of_time)))
    })?;
    on.scalar("date_diff", 3, |context| {
        let (Some(unit), Some(a), Some(b)) = (text(context, 0), moment(context, 1), moment(context, 2)) else {
            return Ok(Value::Null);
        };
        between(&unit.to_lowercase(), a, b).map(|units| of_integer(Some(units))).or_else(failed)
    })?;
    on.scalar("date_add", 3, |context| {
        let (Some(unit), Some(count), Some(time)) = (text(context, 0), integer(context, 1), moment(context, 2)) else {
            return Ok(Value::Null);
        };
        added(&unit.to_lowercase(), count, time).map(of_moment).or_else(failed)
    })?;
    on.scalar("date_trunc", 2, |context| {
        let (Some(unit), Some(time)) = (text(context, 0), moment(context, 1)) else { return Ok(Value::Null) };
        truncated(&unit.to_lowercase(), time).map(|moment| of_moment(Some(moment))).or_else(failed)
    })?;
    parts(on)
}

/// What a part of a time is, by its name.
type Part = (&'static str, fn(&NaiveDateTime) -> i64);

fn parts(on: &Registry<'_>) -> Result<()> {
    let parts: [Part; 17] = [
        ("year", |at| at.year().into()),
        ("quarter", |at| (at.month0() / 3 + 1).into()),
        ("month", |at| at.month().into()),
        ("week", |at| at.iso_week().week().into()),
        ("week_of_year", |at| at.iso_week().week().into()),
        ("year_of_week", |at| at.iso_week().year().into()),
        ("yow", |at| at.iso_week().year().into()),
        ("day", |at| at.day().into()),
        ("day_of_month", |at| at.day().into()),
        ("day_of_week", |at| at.weekday().number_from_monday().into()),
        ("dow", |at| at.weekday().number_from_monday().into()),
        ("day_of_year", |at| at.ordinal().into()),
        ("doy", |at| at.ordinal().into()),
        ("hour", |at| at.hour().into()),
        ("minute", |at| at.minute().into()),
        ("second", |at| at.second().into()),
        ("millisecond", |at| (at.nanosecond() / 1_000_000).into()),
    ];
    for (name, part) in parts {
        on.scalar(name, 1, move |context| Ok(of_integer(moment(context, 0).map(|moment| part(&moment.at)))))?;
    }
    Ok(())
}

/// Milliseconds of units of one length.
const LENGTHS: [(&str, i64); 6] = [
    ("millisecond", 1),
    ("second", 1000),
    ("minute", 60_000),
    ("hour", 3_600_000),
    ("day", 86_400_000),
    ("week", 604_800_000),
];

const MONTHS: [(&str, i64); 3] = [("month", 1), ("quarter", 3), ("year", 12)];

enum Unit {
    Millis(i64),
    Months(i64),
}

fn unit(name: &str) -> std::result::Result<Unit, String> {
    let of = |list: &[(&str, i64)]| list.iter().find(|(known, _)| *known == name).map(|(_, size)| *size);
    of(&LENGTHS).map(Unit::Millis).or_else(|| of(&MONTHS).map(Unit::Months)).ok_or(format!("{name} is no unit of time"))
}

/// Whole units from one time to another, toward zero.
fn between(name: &str, a: Moment, b: Moment) -> std::result::Result<i64, String> {
    Ok(match unit(name)? {
        Unit::Millis(length) => (b.millis() - a.millis()) / length,
        Unit::Months(length) => {
            let months = |moment: Moment| i64::from(moment.at.year()) * 12 + i64::from(moment.at.month0());
            let count = months(b) - months(a);
            let reached = shifted(a.at, count).unwrap_or(b.at);
            let whole = match count {
                1.. if reached > b.at => count - 1,
                ..=-1 if reached < b.at => count + 1,
                _ => count,
            };
            whole / length
        }
    })
}

/// A day that a month lacks is its last one.
fn shifted(at: NaiveDateTime, months: i64) -> Option<NaiveDateTime> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { at.checked_sub_months(count) } else { at.checked_add_months(count) }
}

/// `None` where no time is that far away.
fn added(name: &str, count: i64, to: Moment) -> std::result::Result<Option<Moment>, String> {
    let at = match unit(name)? {
        Unit::Millis(length) => {
            count.checked_mul(length).and_then(TimeDelta::try_milliseconds).and_then(|by| to.at.checked_add_signed(by))
        }
        Unit::Months(length) => count.checked_mul(length).and_then(|months| shifted(to.at, months)),
    };
    Ok(at.map(|at| Moment { at, ..to }))
}

/// The begin of the unit that a time is in; a week begins on Monday.
fn truncated(name: &str, moment: Moment) -> std::result::Result<Moment, String> {
    let day = moment.at.date();
    let first = |month: u32| NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day);
    let begin = |day: NaiveDate| day.and_time(NaiveTime::MIN);
    let at = match name {
        "week" => begin(day - TimeDelta::days(day.weekday().num_days_from_monday().into())),
        "month" => begin(first(day.month())),
        "quarter" => begin(first(day.month0() / 3 * 3 + 1)),
        "year" => begin(first(1)),
        name => match unit(name)? {
            Unit::Millis(length) => {
                let millis = moment.millis().div_euclid(length) * length;
                DateTime::from_timestamp_millis(millis).map_or(moment.at, |time| time.naive_utc())
            }
            Unit::Months(_) => moment.at,
        },
    };
    Ok(Moment { at, ..moment })
}
