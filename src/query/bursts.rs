//! Events of bursts: many within a short time that have the same values. Pure.

use super::event_table::EventTable;
use crate::filter::Burst;
use rustc_hash::FxHashMap;

/// An event: the number of its values, its time in milliseconds, its row.
type Place = (u32, i64, u32);

/// The rows of the events that are in a burst, ascending. `table`: events with the values of `Burst::by`.
pub(super) fn burst_rows(table: &EventTable, burst: &Burst) -> Vec<u32> {
    in_bursts(&mut places(table), burst)
}

/// The events that have a time and all values.
fn places(table: &EventTable) -> Vec<Place> {
    let mut known: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
    let mut places = Vec::new();
    for row in 0..table.len() {
        let words: Vec<u32> = (0..table.columns.len()).map(|column| table.word(column, row)).collect();
        let Some(time) = table.time(row).filter(|_| !words.contains(&0)) else { continue };
        let next = known.len() as u32;
        places.push((*known.entry(words).or_insert(next), time, row as u32));
    }
    places
}

/// The rows of those that are in a burst, ascending.
fn in_bursts(places: &mut [Place], burst: &Burst) -> Vec<u32> {
    places.sort_unstable();
    let most = burst.seconds.saturating_mul(1000);
    let mut rows = Vec::new();
    for group in places.chunk_by(|one, other| one.0 == other.0) {
        // How many of the group are in a burst already.
        let mut taken = 0;
        for (first, run) in group.windows(burst.events.max(1)).enumerate() {
            let (Some(one), Some(other)) = (run.first(), run.last()) else { continue };
            if other.1.saturating_sub(one.1) < most {
                let end = first + run.len();
                rows.extend(group.iter().take(end).skip(taken.max(first)).map(|place| place.2));
                taken = end;
            }
        }
    }
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(times: &[(u32, i64)], events: usize, seconds: i64) -> Vec<u32> {
        let mut places: Vec<Place> = times.iter().zip(0..).map(|((key, time), row)| (*key, time * 1000, row)).collect();
        in_bursts(&mut places, &Burst { events, seconds, by: Vec::new() })
    }

    #[test]
    fn a_burst_takes_less_than_its_time() {
        let every = |step: i64| (0..5).map(|n| (1, n * step)).collect::<Vec<_>>();
        assert_eq!(rows(&every(149), 5, 600), [0, 1, 2, 3, 4]);
        assert_eq!(rows(&every(150), 5, 600), [0u32; 0], "600 s are not less than 600 s");
        // A sixth that comes late makes another run of five, or does not.
        assert_eq!(rows(&[every(100), vec![(1, 650)]].concat(), 5, 600), [0, 1, 2, 3, 4, 5]);
        assert_eq!(rows(&[every(100), vec![(1, 700)]].concat(), 5, 600), [0, 1, 2, 3, 4]);
        assert_eq!(rows(&[(1, 0), (2, 0), (1, 1), (2, 1)], 3, 60), [0u32; 0], "values of their own");
        assert_eq!(rows(&[], 1, 1), [0u32; 0]);
    }

    proptest! {
        #[test]
        fn bursts_are_those_of_their_definition(
            times in prop::collection::vec((0u32..3, 0i64..40), 0..40), events in 1usize..5, seconds in 1i64..9
        ) {
            let mut sorted: Vec<(u32, i64, u32)> = times.iter().zip(0..).map(|((key, time), row)| (*key, *time, row)).collect();
            sorted.sort_unstable();
            let mut expected: Vec<u32> = Vec::new();
            for run in sorted.windows(events) {
                let (first, last) = (run[0], run[run.len() - 1]);
                if first.0 == last.0 && last.1 - first.1 < seconds {
                    expected.extend(run.iter().map(|place| place.2));
                }
            }
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(rows(&times, events, seconds), expected);
        }
    }
}
