//! What is put together from several texts, in the order and with the marks of each language: lists, durations, dates.

use super::Texts;
use crate::model::Timestamp;
use crate::present::display;
use crate::present::zone::Zone;

impl Texts {
    /// Things one after the other: `a, b, c`.
    pub fn list<T: AsRef<str>>(&self, items: &[T]) -> String {
        items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(&self.tr("list-between"))
    }

    /// `45 s`, `12 min`, `3 h 5 min`, `1 day`: the two largest units, those of 0 left out.
    pub fn duration(&self, secs: u64) -> String {
        if secs < 90 {
            return self.part("duration-s", secs);
        }
        let minutes = secs.div_ceil(60);
        let parts =
            [("duration-d", minutes / 1440), ("duration-h", minutes % 1440 / 60), ("duration-min", minutes % 60)];
        self.parts(parts.into_iter().filter(|(_, count)| *count > 0).take(2))
    }

    /// The same to the second, with every unit.
    pub fn exact_duration(&self, secs: u64) -> String {
        let parts = [
            ("duration-d", secs / 86_400),
            ("duration-h", secs % 86_400 / 3600),
            ("duration-min", secs % 3600 / 60),
            ("duration-s", secs % 60),
        ];
        self.parts(parts.into_iter().filter(|(_, count)| *count > 0))
    }

    fn parts(&self, parts: impl Iterator<Item = (&'static str, u64)>) -> String {
        let parts: Vec<String> = parts.map(|(id, count)| self.part(id, count)).collect();
        parts.join(&self.tr("duration-between"))
    }

    fn part(&self, id: &str, count: u64) -> String {
        self.tr_args(id, &[("count", &display::count(count))])
    }

    /// A day with the name of its weekday.
    pub fn day(&self, time: Timestamp, zone: Zone) -> String {
        let weekday = zone.format_with(time, "%u").parse::<u8>().map_or(0, |day| day.saturating_sub(1));
        let weekday = self.tr(&format!("weekday-{weekday}"));
        self.tr_args("date-of-day", &[("date", &zone.format_with(time, "%Y-%m-%d")), ("weekday", &weekday)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::Language;

    #[test]
    fn lists_durations_and_dates_read_well_in_each_language() {
        let [english, japanese] = Language::ALL.map(Texts::new);
        let durations = |texts: &Texts| [5, 89, 120, 7500, 3600, 86_400, 700_000].map(|secs| texts.duration(secs));
        assert_eq!(durations(&english), ["5 s", "89 s", "2 min", "2 h 5 min", "1 h", "1 day", "8 days 2 h"]);
        assert_eq!(durations(&japanese), ["5 秒", "89 秒", "2 分", "2 時間 5 分", "1 時間", "1 日", "8 日 2 時間"]);
        assert_eq!(english.exact_duration(90_061), "1 day 1 h 1 min 1 s");
        assert_eq!(japanese.exact_duration(90_061), "1 日 1 時間 1 分 1 秒");
        assert_eq!(english.list(&["ssh", "rdp"]), "ssh, rdp");
        assert_eq!(japanese.list(&["ssh", "rdp"]), "ssh、rdp");
        assert_eq!(english.list::<&str>(&[]), "");
        let (time, tokyo) = (Timestamp(1_773_193_443_250), Zone::by_name("Asia/Tokyo").unwrap());
        assert_eq!(english.day(time, tokyo), "2026-03-11 Wed");
        assert_eq!(japanese.day(time, tokyo), "2026-03-11 (水)");
    }
}
