//! Beacons: conversations of steady times and sizes. Pure.

use super::conversation::{Conversation, Evidence};
use super::interfaces::Interface;
use super::numbers::{decimal, evenness, level, mad, median, number, regularity, rounded, rounded_up, strength};
use super::parameters::Parameters;
use super::space::Rarity;
use super::traffic::Traffic;
use crate::model::{Unit, Value};
use rustc_hash::FxHashMap;

const DAY: i64 = 86_400;
const FEWEST_INTERVALS: usize = 3;
/// So many a day are one a second.
const MOST_CONVERSATIONS: usize = 86_400;
/// Bars without which a shape says nothing, and without which a duration does.
const FEWEST_BARS_OF_SHAPE: usize = 11;
const FEWEST_BARS_OF_DURATION: usize = 6;
/// Hours in a row that count as whole.
const LONGEST_RUN: f64 = 12.0;
const STEPS: [(f64, f64); 4] = [(50.0, 20.0), (70.0, 40.0), (90.0, 60.0), (100.0, 80.0)];
pub(super) const NEAR_WINDOW: &str = "near_or_below_window";

pub(super) const COLUMNS: [(&str, Unit); 34] = [
    ("interface_id", Unit::Text),
    ("srcaddr", Unit::Address),
    ("dstaddr", Unit::Address),
    ("dstport", Unit::Port),
    ("protocol", Unit::Protocol),
    ("score", Unit::Ratio),
    ("ts", Unit::Ratio),
    ("ds", Unit::Ratio),
    ("hist", Unit::Ratio),
    ("dur", Unit::Ratio),
    ("strength", Unit::Number),
    ("level", Unit::Text),
    ("conversations", Unit::Count),
    ("distinct_starts", Unit::Count),
    ("median_interval", Unit::Number),
    ("mad_interval", Unit::Number),
    ("mean_interval", Unit::Number),
    ("median_bytes", Unit::Number),
    ("bars", Unit::Count),
    ("known_bins", Unit::Count),
    ("rejected", Unit::Count),
    ("hosts", Unit::Count),
    ("prevalence", Unit::Ratio),
    ("modifier", Unit::Number),
    ("resolution", Unit::Number),
    ("window_start", Unit::Time),
    ("window_end", Unit::Time),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("sent_bytes", Unit::Bytes),
    ("received_bytes", Unit::Bytes),
    ("note", Unit::Text),
    ("last_record", Unit::Time),
    ("records", Unit::Count),
];

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Beacon {
    pub interface: u32,
    pub source: u32,
    pub destination: u32,
    pub port: u16,
    pub protocol: u8,
    pub score: Score,
    pub strength: f64,
    pub conversations: usize,
    pub distinct_starts: usize,
    pub median_interval: f64,
    pub mad_interval: f64,
    pub mean_interval: f64,
    pub median_bytes: f64,
    pub bars: usize,
    pub known_bins: usize,
    pub rejected: usize,
    pub resolution: i64,
    pub window: (i64, i64),
    /// Of the starts.
    pub first: i64,
    pub last: i64,
    /// The latest end.
    pub until: i64,
    pub sent: u64,
    pub received: u64,
    pub is_near_window: bool,
    pub records: u64,
    /// The best that says who began any of them.
    pub evidence: Evidence,
    pub is_rewritten: bool,
}

/// Each part is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Score {
    pub ts: f64,
    pub ds: f64,
    pub hist: f64,
    pub dur: f64,
    pub whole: f64,
}

/// Conversations as the score sees them.
pub(super) struct Calls {
    /// Ascending.
    pub starts: Vec<i64>,
    pub bytes: Vec<f64>,
}

pub(super) fn beacons(of: &Traffic, parameters: &Parameters) -> Vec<Beacon> {
    let Some(range) = of.starts else { return Vec::new() };
    let windows = windows(range);
    let least = parameters.min_starts.max(FEWEST_INTERVALS);
    let mut found: Vec<Beacon> = of.by_part(|part| {
        let mut found = Vec::new();
        for list in part.chunk_by(Conversation::is_of_service).filter(|list| list.len() >= least) {
            let Some([from, to]) = list.first().map(|one| one.addresses) else { continue };
            if !parameters.all_directions && (!of.space.is_internal(from) || of.space.is_internal(to)) {
                continue;
            }
            let mut list: Vec<&Conversation> = list.iter().filter(|one| one.is_used()).collect();
            // Of an interface they stay in their order.
            list.sort_by_key(|one| one.interface);
            let lists = list.chunk_by(|one, other| one.interface == other.interface);
            found.extend(
                lists.filter(|list| list.len() >= least).filter_map(|list| best(of, list, &windows, parameters)),
            );
        }
        found
    });
    found.sort_by(|one, other| {
        let key = |one: &Beacon| (one.interface, one.source, one.destination, one.port, one.protocol);
        other.score.whole.total_cmp(&one.score.whole).then_with(|| key(one).cmp(&key(other)))
    });
    found
}

/// `windows`: latest first.
fn best(of: &Traffic, list: &[&Conversation], windows: &[(i64, i64)], parameters: &Parameters) -> Option<Beacon> {
    let interface = of.interfaces.get(list.first()?.interface as usize)?;
    let scored = windows.iter().filter_map(|window| beacon(list, *window, interface, parameters));
    // Of equals the first found.
    let best = scored.reduce(|best, next| if next.score.whole > best.score.whole { next } else { best })?;
    (best.score.whole >= parameters.min_score).then_some(best)
}

/// Windows of a day back from the last start, the latest first; the earliest begins with the first start.
fn windows((first, last): (i64, i64)) -> Vec<(i64, i64)> {
    let mut windows = Vec::new();
    let mut end = last;
    while end - DAY > first {
        windows.push((end - DAY, end));
        end -= DAY;
    }
    windows.push(if last - first <= DAY { (first, last) } else { (first, first + DAY) });
    windows
}

fn beacon(
    list: &[&Conversation],
    window: (i64, i64),
    interface: &Interface,
    parameters: &Parameters,
) -> Option<Beacon> {
    let begin = list.partition_point(|one| one.start < window.0);
    let end = list.partition_point(|one| one.start <= window.1);
    let list = list.get(begin..end).filter(|list| list.len() > FEWEST_INTERVALS)?;
    let calls = Calls {
        starts: list.iter().map(|one| one.start).collect(),
        bytes: list.iter().map(|one| one.sent_bytes as f64).collect(),
    };
    let (first, last) = (*calls.starts.first()?, *calls.starts.last()?);
    let mut distinct = calls.starts.clone();
    distinct.dedup();
    let intervals: Vec<f64> = distinct.windows(2).map(|two| (two[1] - two[0]) as f64).collect();
    if distinct.len() < parameters.min_starts || intervals.len() < FEWEST_INTERVALS || list.len() >= MOST_CONVERSATIONS
    {
        return None;
    }
    let known = known_bars(window, parameters.bins, interface);
    let bars = bars(&calls.starts, window, parameters.bins);
    let mean = (last - first) as f64 / (list.len() - 1) as f64;
    let resolution = interface.resolution;
    let is_near_window = resolution > 1 && mean < 2.0 * resolution as f64;
    let counted: Vec<f64> = match parameters.skips_gaps {
        true => bars.iter().zip(&known).filter(|(_, known)| **known).map(|(bar, _)| *bar).collect(),
        false => bars.clone(),
    };
    let slots = is_near_window.then(|| slots(&calls.starts, resolution, mean));
    let score = score(&calls, &intervals, slots.as_deref(), &counted, window);
    let median_interval = median(&intervals);
    let one = list.first()?;
    Some(Beacon {
        interface: one.interface,
        source: one.initiator(),
        destination: one.responder(),
        port: one.responder_port(),
        protocol: one.protocol,
        score,
        strength: strength(score.whole * 100.0, &STEPS),
        conversations: list.len(),
        distinct_starts: distinct.len(),
        median_interval,
        mad_interval: mad(&intervals, median_interval),
        mean_interval: mean,
        median_bytes: median(&calls.bytes),
        bars: bars.iter().filter(|bar| **bar > 0.0).count(),
        known_bins: known.iter().filter(|known| **known).count(),
        rejected: list.iter().filter(|one| one.is_only_rejected()).count(),
        resolution,
        window,
        first,
        last,
        until: list.iter().map(|one| one.end()).max().unwrap_or(last),
        sent: list.iter().fold(0, |sum, one| sum.saturating_add(one.sent_bytes)),
        received: list.iter().fold(0, |sum, one| sum.saturating_add(one.received_bytes)),
        is_near_window,
        records: list.iter().map(|one| one.records()).sum(),
        evidence: list.iter().map(|one| one.evidence).min().unwrap_or(Evidence::Unknown),
        is_rewritten: list.iter().any(|one| one.is_rewritten()),
    })
}

/// `slots`: the counts in slots, where the intervals are the aggregation window's; `bars`: those that count.
pub(super) fn score(
    calls: &Calls,
    intervals: &[f64],
    slots: Option<&[f64]>,
    bars: &[f64],
    window: (i64, i64),
) -> Score {
    let mut ts = regularity(intervals, 1.0);
    if let Some(slots) = slots {
        ts = ts.min(if slots.len() < FEWEST_INTERVALS { 0.0 } else { evenness(slots) });
    }
    let [ts, ds, hist] = [ts, regularity(&calls.bytes, 0.0), shape(bars)].map(|part| rounded(part, 3));
    let dur = duration(calls, bars, window);
    Score { ts, ds, hist, dur, whole: rounded((ts + ds + hist + dur) / 4.0, 3) }
}

/// Starts in slots that end before the last start.
fn slots(starts: &[i64], resolution: i64, period: f64) -> Vec<f64> {
    let resolution = resolution as f64;
    let width = resolution * (2.0 * period / resolution).ceil().max(1.0);
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return Vec::new() };
    let begin = *first as f64 - resolution / 2.0;
    let whole = ((*last as f64 - begin) / width).floor() as usize;
    let mut counts = vec![0.0; whole];
    for start in starts {
        let at = ((*start as f64 - begin) / width).floor() as usize;
        if let Some(count) = counts.get_mut(at) {
            *count += 1.0;
        }
    }
    counts
}

/// Starts in equal parts of a window; the last part has its end.
pub(super) fn bars(starts: &[i64], window: (i64, i64), count: usize) -> Vec<f64> {
    let mut bars = vec![0.0; count];
    for start in starts {
        if let Some(bar) = bars.get_mut(bar_of(*start, window, count)) {
            *bar += 1.0;
        }
    }
    bars
}

fn bar_of(time: i64, (from, to): (i64, i64), count: usize) -> usize {
    let width = (to - from).max(1);
    let at = i128::from(time - from) * count as i128 / i128::from(width);
    usize::try_from(at).unwrap_or(0).min(count.saturating_sub(1))
}

/// Bars in whose hours the interface has a record.
fn known_bars(window: (i64, i64), count: usize, interface: &Interface) -> Vec<bool> {
    let mut known = vec![false; count];
    for hour in &interface.hours {
        let (from, to) = ((*hour).max(window.0), (hour + 3599).min(window.1));
        if from <= to {
            for bar in bar_of(from, window, count)..=bar_of(to, window, count) {
                if let Some(known) = known.get_mut(bar) {
                    *known = true;
                }
            }
        }
    }
    known
}

/// How even the bars are, or how much they are of two heights.
fn shape(bars: &[f64]) -> f64 {
    let standing: Vec<f64> = bars.iter().copied().filter(|bar| *bar > 0.0).collect();
    let even = evenness(bars);
    if standing.len() < FEWEST_BARS_OF_SHAPE {
        return even;
    }
    let highest = standing.iter().copied().fold(0.0, f64::max);
    let step = (0.05 * highest).ceil();
    let mut heights: FxHashMap<i64, usize> = FxHashMap::default();
    for bar in &standing {
        *heights.entry((bar / step).floor() as i64).or_default() += 1;
    }
    let mut counts: Vec<usize> = heights.into_values().collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    let two: usize = counts.iter().take(2).sum();
    even.max((two as f64 / (standing.len() - 1) as f64).min(1.0))
}

fn duration(calls: &Calls, bars: &[f64], (from, to): (i64, i64)) -> f64 {
    let standing = bars.iter().filter(|bar| **bar > 0.0).count();
    let (Some(first), Some(last)) = (calls.starts.first(), calls.starts.last()) else { return 0.0 };
    if standing < FEWEST_BARS_OF_DURATION {
        return 0.0;
    }
    let (mut longest, mut run) = (0usize, 0usize);
    // Around the clock: twice the same bars.
    for bar in bars.iter().chain(bars) {
        run = if *bar > 0.0 { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let share = (last - first) as f64 / (to - from).max(1) as f64;
    rounded_up(share).max(rounded_up(longest.min(bars.len()) as f64 / LONGEST_RUN))
}

pub(super) fn row(of: &Traffic, beacon: &Beacon, parameters: &Parameters) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let count = |count: usize| Value::count(count as u64);
    let modifier = match of.space.rarity(beacon.destination, &parameters.shares) {
        Rarity::Rare => 0.15,
        Rarity::Common => -0.15,
        Rarity::Neither => 0.0,
    };
    vec![
        of.interface_name(beacon.interface),
        of.address(beacon.source),
        of.address(beacon.destination),
        Value::Integer(beacon.port.into()),
        of.protocol(beacon.protocol),
        number(beacon.score.whole),
        number(beacon.score.ts),
        number(beacon.score.ds),
        number(beacon.score.hist),
        number(beacon.score.dur),
        number(rounded(beacon.strength, 1)),
        text(level(beacon.strength)),
        count(beacon.conversations),
        count(beacon.distinct_starts),
        decimal(beacon.median_interval),
        decimal(beacon.mad_interval),
        decimal(beacon.mean_interval),
        decimal(beacon.median_bytes),
        count(beacon.bars),
        count(beacon.known_bins),
        count(beacon.rejected),
        count(of.space.met(beacon.destination)),
        decimal(of.space.prevalence(beacon.destination)),
        number(modifier),
        Value::Integer(beacon.resolution),
        of.time(beacon.window.0),
        of.time(beacon.window.1),
        of.time(beacon.first),
        of.time(beacon.last),
        Value::count(beacon.sent),
        Value::count(beacon.received),
        if beacon.is_near_window { text(NEAR_WINDOW) } else { Value::Null },
        of.time(beacon.until),
        Value::count(beacon.records),
    ]
}
