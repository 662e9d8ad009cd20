//! Integer time. Flow records count seconds, CloudTrail milliseconds; both are UTC and both are kept as milliseconds
//! where they meet.

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Seconds, rounded towards the past.
    pub fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// ISO 8601 in UTC: `2021-05-16T07:49:46Z`, with milliseconds only where there are any. A time outside chrono's
    /// range is printed as its number of milliseconds.
    pub fn to_iso(self) -> String {
        self.to_iso_in(&Utc).replace("+00:00", "Z")
    }

    /// ISO 8601 with the zone's offset.
    pub fn to_iso_in<Z: TimeZone>(self, zone: &Z) -> String {
        let Some(utc) = DateTime::<Utc>::from_timestamp_millis(self.0) else { return self.0.to_string() };
        let format = if self.0.rem_euclid(1000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        utc.with_timezone(zone).fixed_offset().to_rfc3339_opts(format, false)
    }
}

/// Half-open: `from` is inside, `to` is not. Absent bounds are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TimeRange {
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl TimeRange {
    pub fn contains(self, time: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= time) && self.to.is_none_or(|to| time < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_iso_8601() {
        assert_eq!(Timestamp::from_secs(1_621_151_386).to_iso(), "2021-05-16T07:49:46Z");
        assert_eq!(Timestamp(-1).to_iso(), "1969-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_secs(0).to_iso_in(&chrono_tz::Asia::Tokyo), "1970-01-01T09:00:00+09:00");
        assert_eq!(Timestamp(i64::MAX).to_iso(), i64::MAX.to_string());
        assert_eq!(Timestamp(-1).secs(), -1);
    }
}
