//! Where an axis has its marks: at round numbers, and at round times of the zone.

use crate::model::Timestamp;
use crate::present::zone::Zone;

/// Values from 0 to `highest` at round steps (1, 2 or 5 of a power of ten), about `wanted` of them; whole numbers.
pub(crate) fn values(highest: f64, wanted: usize) -> Vec<f64> {
    let rough = highest.max(1.0) / wanted.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * power).find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * power).max(1.0);
    let count = (highest / step + 1e-9).floor() as usize;
    (0..=count.min(100)).map(|at| at as f64 * step).collect()
}

/// A mark on the axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeMark {
    pub secs: i64,
    /// The time of the day; empty where marks are whole days.
    pub time: String,
    /// The date, where it is another than that of the mark before.
    pub date: Option<String>,
}

const STEPS: [i64; 22] = [
    1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800,
    1_209_600, 2_592_000, 7_776_000, 31_536_000,
];

/// At most `most` marks between two times, in seconds, at round times of the zone.
pub(crate) fn times(from: i64, to: i64, most: usize, zone: Zone) -> Vec<TimeMark> {
    let span = to.saturating_sub(from).max(1);
    let fits = |step: &i64| span / step < most.max(1) as i64;
    let step = STEPS.into_iter().find(fits).unwrap_or_else(|| span / most.max(1) as i64 + 1);
    let mut marks: Vec<TimeMark> = Vec::new();
    let mut local = (from + offset(zone, from)).div_euclid(step) * step;
    let end = to + offset(zone, to);
    let mut last_date = String::new();
    while local <= end && marks.len() <= most {
        let secs = local - offset(zone, local - offset(zone, local));
        local += step;
        if secs < from || secs > to || marks.last().is_some_and(|mark| mark.secs >= secs) {
            continue;
        }
        let of = |format| zone.format_with(Timestamp::from_secs(secs), format);
        let date = of("%Y-%m-%d");
        let time = match step {
            86_400.. => String::new(),
            60.. => of("%H:%M"),
            _ => of("%H:%M:%S"),
        };
        let new = (date != last_date).then(|| date.clone());
        last_date = date;
        marks.push(TimeMark { secs, time, date: new });
    }
    marks
}

fn offset(zone: Zone, secs: i64) -> i64 {
    zone.offset_secs(Timestamp::from_secs(secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_round() {
        assert_eq!(values(9.0, 4), [0.0, 5.0]);
        assert_eq!(values(1_204_332.0, 4), [0.0, 500_000.0, 1_000_000.0]);
        assert_eq!(values(0.0, 4), [0.0]);
        assert_eq!(values(2.0, 4), [0.0, 1.0, 2.0]);
        assert!(values(u64::MAX as f64, 4).len() <= 5);
    }

    #[test]
    fn times_are_round_in_the_zone_and_dates_are_said_once() {
        let tokyo = Zone::by_name("Asia/Tokyo").unwrap();
        // 2026-03-10 00:00 to 2026-03-12 00:00 UTC.
        let marks = times(1_773_100_800, 1_773_273_600, 6, tokyo);
        let shown: Vec<(&str, Option<&str>)> = marks.iter().map(|m| (m.time.as_str(), m.date.as_deref())).collect();
        let expect = [
            ("12:00", Some("2026-03-10")),
            ("00:00", Some("2026-03-11")),
            ("12:00", None),
            ("00:00", Some("2026-03-12")),
        ];
        assert_eq!(shown, expect);
        let days = times(1_773_100_800, 1_773_100_800 + 40 * 86_400, 6, Zone::default());
        assert!(days.len() <= 7 && days.iter().all(|m| m.time.is_empty() && m.date.is_some()), "{days:?}");
        // The day on which Berlin's clocks go forward has no 02:00; no mark is twice.
        let berlin = Zone::by_name("Europe/Berlin").unwrap();
        let marks = times(1_774_724_400, 1_774_760_400, 12, berlin);
        assert!(marks.windows(2).all(|pair| pair[0].secs < pair[1].secs), "{marks:?}");
        assert!(times(0, 0, 6, berlin).len() <= 1);
        assert!(times(i64::MIN / 4, i64::MAX / 4, 6, berlin).len() <= 7);
    }
}
