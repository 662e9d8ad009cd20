//! The time zone in which times are shown and typed. Storage is UTC throughout; this module is where the two meet.

use crate::model::Timestamp;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// An IANA zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(Tz::UTC)
    }
}

impl Zone {
    /// By its IANA name (`Asia/Tokyo`).
    pub fn by_name(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// Every zone, by name.
    pub fn all() -> impl Iterator<Item = Zone> {
        chrono_tz::TZ_VARIANTS.iter().copied().map(Zone)
    }

    pub fn name(self) -> &'static str {
        self.0.name()
    }

    pub fn is_utc(self) -> bool {
        self.0 == Tz::UTC
    }

    /// `2021-05-16 07:49:46`, with milliseconds where there are any; the zone is named by whoever shows it.
    pub fn format(self, time: Timestamp) -> String {
        let Some(utc) = DateTime::<Utc>::from_timestamp_millis(time.0) else { return time.0.to_string() };
        let local = utc.with_timezone(&self.0);
        let format = if time.0.rem_euclid(1000) == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.3f" };
        local.format(format).to_string()
    }

    /// With chrono's format string; for axes.
    pub fn format_with(self, time: Timestamp, format: &str) -> String {
        match DateTime::<Utc>::from_timestamp_millis(time.0) {
            Some(utc) => utc.with_timezone(&self.0).format(format).to_string(),
            None => time.0.to_string(),
        }
    }

    /// Seconds that the zone's clocks are ahead of UTC at this time.
    pub fn offset_secs(self, time: Timestamp) -> i64 {
        let utc = DateTime::<Utc>::from_timestamp_millis(time.0).unwrap_or_default();
        i64::from(utc.with_timezone(&self.0).offset().fix().local_minus_utc())
    }

    /// Reads `2021-05-16`, `2021-05-16 07:49`, `2021-05-16T07:49:46.123` in this zone, or with an offset or `Z` as that
    /// says. A local time that daylight saving skips gives the first instant after the gap; one that happens twice, the
    /// earlier.
    pub fn parse(self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        if let Ok(with_offset) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
            return Some(Timestamp(with_offset.timestamp_millis()));
        }
        let text = text.replacen('T', " ", 1);
        let local = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok())
            .or_else(|| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().map(|d| d.and_time(NaiveTime::MIN)))?;
        let mut candidate = local;
        for _ in 0..=8 {
            if let Some(found) = self.0.from_local_datetime(&candidate).earliest() {
                return Some(Timestamp(found.timestamp_millis()));
            }
            candidate += chrono::Duration::minutes(30);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_shown_in_the_zone() {
        let tokyo = Zone::by_name("Asia/Tokyo").unwrap();
        let time = tokyo.parse("2021-05-16 16:49:46").unwrap();
        assert_eq!(time, Timestamp::from_secs(1_621_151_386));
        assert_eq!(tokyo.format(time), "2021-05-16 16:49:46");
        assert_eq!(Zone::default().format(time), "2021-05-16 07:49:46");
        assert_eq!(Zone::default().parse("2021-05-16T16:49:46+09:00"), Some(time));
        assert_eq!(Zone::default().parse("2021-05-16"), Some(Timestamp::from_secs(1_621_123_200)));
        assert_eq!(Zone::default().parse("2021-05-16 07:49"), Some(Timestamp::from_secs(1_621_151_340)));
        assert_eq!(Zone::default().parse("yesterday"), None);
        assert_eq!(Zone::by_name("Mars/Olympus"), None);
        assert!(Zone::all().count() > 400);
    }

    #[test]
    fn a_skipped_local_time_gives_the_first_instant_after_the_gap() {
        let berlin = Zone::by_name("Europe/Berlin").unwrap();
        let time = berlin.parse("2021-03-28 02:30").unwrap();
        assert_eq!(berlin.format(time), "2021-03-28 03:00:00");
        let twice = berlin.parse("2021-10-31 02:30").unwrap();
        assert_eq!(twice.to_iso(), "2021-10-31T00:30:00Z");
    }
}
