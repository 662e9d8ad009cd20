//! Formats of times as MySQL has them, which date_format and date_parse take.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use std::fmt::Write as _;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Letters that Trino refuses.
fn refused(letter: char) -> String {
    format!("%{letter} is not read in the format of a time")
}

/// A time in a format.
///
/// # Errors
/// A letter that has no meaning here.
pub(super) fn formatted(at: NaiveDateTime, format: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut characters = format.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let Some(letter) = characters.next() else { break };
        let (_, hour12) = at.hour12();
        let month = || MONTHS.get(at.month0() as usize).copied().unwrap_or_default();
        let half = if at.hour() < 12 { "AM" } else { "PM" };
        let written = match letter {
            'Y' => write!(out, "{:04}", at.year()),
            'y' => write!(out, "{:02}", at.year().rem_euclid(100)),
            'm' => write!(out, "{:02}", at.month()),
            'c' => write!(out, "{}", at.month()),
            'M' => write!(out, "{}", month()),
            'b' => write!(out, "{}", month().get(..3).unwrap_or_default()),
            'd' => write!(out, "{:02}", at.day()),
            'e' => write!(out, "{}", at.day()),
            'j' => write!(out, "{:03}", at.ordinal()),
            'H' => write!(out, "{:02}", at.hour()),
            'k' => write!(out, "{}", at.hour()),
            'h' | 'I' => write!(out, "{hour12:02}"),
            'l' => write!(out, "{hour12}"),
            'i' => write!(out, "{:02}", at.minute()),
            's' | 'S' => write!(out, "{:02}", at.second()),
            'f' => write!(out, "{:06}", at.nanosecond() / 1000),
            'p' => write!(out, "{half}"),
            'r' => write!(out, "{hour12:02}:{:02}:{:02} {half}", at.minute(), at.second()),
            'T' => write!(out, "{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()),
            'W' => write!(out, "{}", at.format("%A")),
            'a' => write!(out, "{}", at.format("%a")),
            'v' => write!(out, "{:02}", at.iso_week().week()),
            'x' => write!(out, "{:04}", at.iso_week().year()),
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => return Err(refused(letter)),
            other => write!(out, "{other}"),
        };
        written.map_err(|error| error.to_string())?;
    }
    Ok(out)
}

/// What a text says of a time.
#[derive(Default)]
struct Said {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    ordinal: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    afternoon: Option<bool>,
}

impl Said {
    fn time(&self) -> Option<NaiveDateTime> {
        let hour = match self.afternoon {
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
            None => self.hour,
        };
        let year = self.year.unwrap_or(1970);
        let day = match self.ordinal {
            Some(ordinal) => NaiveDate::from_yo_opt(year, ordinal)?,
            None => NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        day.and_hms_nano_opt(hour, self.minute, self.second, self.nanos)
    }
}

/// The time that a text in this format says; `None` where it does not fit.
///
/// # Errors
/// A letter that has no meaning here.
pub(super) fn parsed(text: &str, format: &str) -> Result<Option<NaiveDateTime>, String> {
    let format = format.replace("%T", "%H:%i:%s").replace("%r", "%h:%i:%s %p");
    let (mut said, mut rest) = (Said::default(), text);
    let mut characters = format.chars();
    while let Some(c) = characters.next() {
        let letter = if c == '%' { characters.next() } else { None };
        let read = match letter {
            None => rest.strip_prefix(c),
            Some(letter) => field(&mut said, letter, rest)?,
        };
        match read {
            Some(next) => rest = next,
            None => return Ok(None),
        }
    }
    Ok(if rest.is_empty() { said.time() } else { None })
}

/// Reads one letter's part of the text; what is behind it.
fn field<'a>(said: &mut Said, letter: char, rest: &'a str) -> Result<Option<&'a str>, String> {
    let number = |most: usize| {
        let len = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, behind) = rest.split_at(len);
        digits.parse::<u32>().ok().map(|number| (number, behind, len))
    };
    let two = || number(2).map(|(number, behind, _)| (number, behind));
    let read = match letter {
        'Y' => number(4).map(|(year, behind, _)| (said.year = i32::try_from(year).ok(), behind).1),
        'y' => two().map(|(year, behind)| {
            said.year = i32::try_from(if year < 70 { 2000 + year } else { 1900 + year }).ok();
            behind
        }),
        'm' | 'c' => two().map(|(month, behind)| (said.month = Some(month), behind).1),
        'd' | 'e' => two().map(|(day, behind)| (said.day = Some(day), behind).1),
        'j' => number(3).map(|(day, behind, _)| (said.ordinal = Some(day), behind).1),
        'H' | 'k' | 'h' | 'I' | 'l' => two().map(|(hour, behind)| (said.hour = hour, behind).1),
        'i' => two().map(|(minute, behind)| (said.minute = minute, behind).1),
        's' | 'S' => two().map(|(second, behind)| (said.second = second, behind).1),
        'f' => number(9).map(|(part, behind, len)| (said.nanos = part * 10u32.pow(9 - len as u32), behind).1),
        'p' => {
            let half = rest.get(..2).unwrap_or_default().to_uppercase();
            said.afternoon = Some(half == "PM");
            if half == "AM" || half == "PM" { rest.get(2..) } else { None }
        }
        'M' | 'b' => {
            let name = |month: &'static str| if letter == 'M' { month } else { month.get(..3).unwrap_or_default() };
            let starts = |name: &str| rest.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
            let found = MONTHS.iter().map(|month| name(month)).zip(1..).find(|(name, _)| starts(name));
            found.and_then(|(name, month)| {
                said.month = Some(month);
                rest.get(name.len()..)
            })
        }
        '%' => rest.strip_prefix('%'),
        other => return Err(refused(other)),
    };
    Ok(read)
}
