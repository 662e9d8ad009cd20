//! Which bins of a series of calls stand out from the seven days before. Pure, in whole numbers.

use std::collections::VecDeque;

const DAY: i64 = 86_400;

/// The baseline reaches so far back.
const BASELINE: i64 = 7 * DAY;

/// With less evidence before a bin, nothing is said of it.
const LEAST_BASELINE: i64 = DAY;

/// Bins with fewer calls are not looked at.
const LEAST_CALLS: u64 = 10;

/// A bin stands out with so many times the calls of an average one before.
const TIMES: u128 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    InsufficientHistory,
    /// No call in the baseline.
    New,
    Above,
    /// As `New` and `Above`, with evidence of less than the whole baseline.
    NewShortBaseline,
    AboveShortBaseline,
}

impl Verdict {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InsufficientHistory => "insufficient_history",
            Self::New => "new",
            Self::Above => "above",
            Self::NewShortBaseline => "new_short_baseline",
            Self::AboveShortBaseline => "above_short_baseline",
        }
    }
}

/// A bin that stands out, or of which nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its number from the epoch on.
    pub bin: i64,
    pub calls: u64,
    /// Bins of its baseline, and the calls in them.
    pub baseline_bins: u64,
    pub baseline_calls: u64,
    pub verdict: Verdict,
}

/// `bins`: those of a series that have calls, ascending; `first`: the bin with which the evidence of its account and Region
/// begins.
pub(super) fn stand_out(bins: &[(i64, u64)], first: i64, bin_secs: i64) -> Vec<Found> {
    let whole = BASELINE / bin_secs.max(1);
    let mut found = Vec::new();
    // The bins of the baseline, and among them those that can still become the largest of a later one, falling.
    let (mut oldest, mut sum) = (0, 0u64);
    let mut largest: VecDeque<(i64, u64)> = VecDeque::new();
    for (bin, calls) in bins.iter().copied() {
        let from = bin.saturating_sub(whole).max(first);
        while let Some((gone, less)) = bins.get(oldest).filter(|(at, _)| *at < from && *at < bin) {
            sum = sum.saturating_sub(*less);
            oldest += 1;
            if largest.front().is_some_and(|(at, _)| at == gone) {
                largest.pop_front();
            }
        }
        if calls >= LEAST_CALLS {
            let baseline_bins = bin.saturating_sub(from).max(0).unsigned_abs();
            let most = largest.front().map_or(0, |(_, calls)| *calls);
            let verdict = verdict(calls, baseline_bins, sum, most, bin_secs);
            let row = |verdict| Found { bin, calls, baseline_bins, baseline_calls: sum, verdict };
            found.extend(verdict.map(row));
        }
        while largest.back().is_some_and(|(_, before)| *before <= calls) {
            largest.pop_back();
        }
        largest.push_back((bin, calls));
        sum = sum.saturating_add(calls);
    }
    found
}

/// `most`: the calls of the largest bin of the baseline.
fn verdict(calls: u64, bins: u64, baseline: u64, most: u64, bin_secs: i64) -> Option<Verdict> {
    let evidence = u128::from(bins) * u128::from(bin_secs.unsigned_abs());
    if evidence < LEAST_BASELINE.unsigned_abs().into() {
        return Some(Verdict::InsufficientHistory);
    }
    let is_short = bins < (BASELINE / bin_secs.max(1)).unsigned_abs();
    if baseline == 0 {
        return Some(if is_short { Verdict::NewShortBaseline } else { Verdict::New });
    }
    let is_above = u128::from(calls) * u128::from(bins) >= TIMES * u128::from(baseline) && calls > most;
    is_above.then_some(if is_short { Verdict::AboveShortBaseline } else { Verdict::Above })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BIN: i64 = 300;

    fn verdicts(bins: &[(i64, u64)], first: i64) -> Vec<(i64, &'static str)> {
        stand_out(bins, first, BIN).into_iter().map(|found| (found.bin, found.verdict.name())).collect()
    }

    #[test]
    fn a_day_of_evidence_is_needed_and_seven_are_a_whole_baseline() {
        assert_eq!(verdicts(&[(287, 10)], 0), [(287, "insufficient_history")]);
        assert_eq!(verdicts(&[(288, 10)], 0), [(288, "new_short_baseline")]);
        assert_eq!(verdicts(&[(2015, 10)], 0), [(2015, "new_short_baseline")]);
        assert_eq!(verdicts(&[(2016, 10)], 0), [(2016, "new")]);
        assert_eq!(verdicts(&[(2016, 9)], 0), [], "fewer than ten calls");
        assert_eq!(verdicts(&[(-100, 10)], -100), [(-100, "insufficient_history")]);
    }

    #[test]
    fn five_times_the_average_and_more_than_any_bin_before() {
        // 2016 bins with 2016 calls: one each.
        let usual: Vec<(i64, u64)> = (0..2016).map(|bin| (bin, 1)).collect();
        let with = |calls: u64| verdicts(&[usual.clone(), vec![(2016, calls)]].concat(), 0);
        assert_eq!(with(10), [(2016, "above")]);
        // 2016 bins with 4032 calls: ten are five times the average exactly.
        let twice: Vec<(i64, u64)> = (0..2016).map(|bin| (bin, 2)).collect();
        assert_eq!(verdicts(&[twice.clone(), vec![(2016, 10)]].concat(), 0), [(2016, "above")]);
        let more = [twice, vec![(2015, 3)]].concat();
        let mut more: Vec<(i64, u64)> = more.into_iter().filter(|pair| *pair != (2015, 2)).collect();
        more.push((2016, 10));
        assert_eq!(verdicts(&more, 0), [], "a call more than that in the baseline");
        // As many as the largest bin of the week before is not above it; when that is a week ago, it is forgotten.
        assert_eq!(verdicts(&[(2100, 50), (2200, 50)], 0), [(2100, "new")]);
        assert_eq!(verdicts(&[(2100, 50), (4116, 51)], 0), [(2100, "new"), (4116, "above")]);
        assert_eq!(verdicts(&[(2100, 50), (4117, 50)], 0), [(2100, "new"), (4117, "new")]);
    }

    proptest! {
        #[test]
        fn the_sliding_baseline_is_that_of_its_definition(
            steps in prop::collection::vec((1i64..900, 1u64..60), 1..40), before in 0i64..4000
        ) {
            let mut bin = before;
            let bins: Vec<(i64, u64)> = steps.into_iter().map(|(step, calls)| { bin += step; (bin, calls) }).collect();
            let found = stand_out(&bins, 0, BIN);
            let mut expected = Vec::new();
            for (bin, calls) in bins.iter().copied().filter(|(_, calls)| *calls >= 10) {
                let from = (bin - 2016).max(0);
                let inside = || bins.iter().filter(|(at, _)| (from..bin).contains(at)).map(|(_, calls)| *calls);
                let (sum, most, count) = (inside().sum::<u64>(), inside().max().unwrap_or(0), (bin - from) as u64);
                expected.extend(verdict(calls, count, sum, most, BIN).map(|verdict| Found {
                    bin, calls, baseline_bins: count, baseline_calls: sum, verdict,
                }));
            }
            prop_assert_eq!(found, expected);
        }
    }
}
