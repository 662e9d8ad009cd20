//! Which tuples of values occur that did not in the days before. Pure.

const DAY: i64 = 86_400_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    New,
    /// Seen, but longer ago than the days that are looked at.
    Again,
    /// Never seen, in evidence that does not reach back so far.
    InsufficientHistory,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Again => "again",
            Self::InsufficientHistory => "insufficient_history",
        }
    }
}

/// A tuple that did not occur in the days before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub tuple: u32,
    /// Milliseconds.
    pub time: i64,
    /// The events with it at that time, by their places: the one with the least event id is the first.
    pub events: Vec<usize>,
    pub status: Status,
    /// Days of evidence before it, up to those that are looked at.
    pub history_days: i64,
    /// Milliseconds.
    pub last_seen_before: Option<i64>,
}

/// An event with its place: time in milliseconds and the number of its tuple.
pub(super) type Occurrence = (i64, u32, usize);

/// `events`: ascending by time; `first`: the time of the first event of all.
pub(super) fn new_terms(events: &[Occurrence], first: i64, days: i64) -> Vec<Term> {
    let mut last_seen: Vec<Option<i64>> = Vec::new();
    let mut found: Vec<Term> = Vec::new();
    // By tuple: the latest of its terms.
    let mut latest: Vec<Option<usize>> = Vec::new();
    let window = days.saturating_mul(DAY);
    for (time, tuple, place) in events.iter().copied() {
        let number = tuple as usize;
        if last_seen.len() <= number {
            last_seen.resize(number + 1, None);
            latest.resize(number + 1, None);
        }
        let (Some(seen), Some(term)) = (last_seen.get_mut(number), latest.get_mut(number)) else { continue };
        let before = seen.replace(time);
        if before.is_some_and(|before| time.saturating_sub(before) <= window) {
            if let Some(term) = term.and_then(|at| found.get_mut(at)).filter(|term| term.time == time) {
                term.events.push(place);
            }
            continue;
        }
        let history = time.saturating_sub(first);
        let status = match before {
            Some(_) => Status::Again,
            None if history < window => Status::InsufficientHistory,
            None => Status::New,
        };
        *term = Some(found.len());
        found.push(Term {
            tuple,
            time,
            events: vec![place],
            status,
            history_days: (history / DAY).min(days),
            last_seen_before: before,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(events: &[(i64, u32)], days: i64) -> Vec<(usize, &'static str, i64, Option<i64>)> {
        let events: Vec<Occurrence> =
            events.iter().enumerate().map(|(place, (time, tuple))| (*time, *tuple, place)).collect();
        let first = events.first().map_or(0, |event| event.0);
        let terms = new_terms(&events, first, days).into_iter();
        terms.map(|term| (term.events[0], term.status.name(), term.history_days, term.last_seen_before)).collect()
    }

    #[test]
    fn what_was_not_seen_in_the_days_before_is_told() {
        let day = |days: i64| days * DAY;
        let events = [(0, 0), (day(7) - 1, 1), (day(7), 2), (day(7), 0), (day(14), 1), (day(14) + 1, 0), (day(15), 0)];
        assert_eq!(
            told(&events, 7),
            [
                (0, "insufficient_history", 0, None),
                (1, "insufficient_history", 6, None),
                (2, "new", 7, None),
                // Tuple 0 was seen seven days before, and then seven days and a millisecond before.
                (4, "again", 7, Some(day(7) - 1)),
                (5, "again", 7, Some(day(7))),
            ]
        );
        assert_eq!(told(&events, 1).len(), 6, "each after more than a day");
        assert_eq!(told(&[], 7), []);
    }

    #[test]
    fn events_of_one_time_are_told_together() {
        let terms = new_terms(&[(5, 1, 0), (5, 0, 1), (5, 1, 2), (6, 1, 3)], 5, 7);
        let events: Vec<&[usize]> = terms.iter().map(|term| &*term.events).collect();
        assert_eq!(events, [&[0, 2][..], &[1]]);
    }
}
