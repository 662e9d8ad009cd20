//! Exfiltration: hosts that send much more to one peer in an hour than they usually send out, or much in all. Pure.

use super::conversations::Repeat;
use super::numbers::{decimal, median, number, pcr, pcr_words, rounded, strength};
use super::parameters::Parameters;
use super::traffic::Traffic;
use crate::model::{Unit, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

const HOUR: i64 = 3600;
const DAY_HOURS: i64 = 24;
/// Powers of ten of bytes.
const STEPS: [(f64, f64); 3] = [(8.0, 40.0), (9.0, 60.0), (10.0, 80.0)];
const LEAST_STRENGTH: f64 = 40.0;

pub(super) const COLUMNS: [(&str, Unit); 20] = [
    ("host", Unit::Address),
    ("peer", Unit::Address),
    ("kind", Unit::Text),
    ("bytes_out", Unit::Bytes),
    ("bytes_in", Unit::Bytes),
    ("pcr", Unit::Number),
    ("pcr_words", Unit::Text),
    ("hours", Unit::Count),
    ("first_hour", Unit::Time),
    ("last_hour", Unit::Time),
    ("peak_hour", Unit::Time),
    ("peak_bytes", Unit::Bytes),
    ("median_hour", Unit::Number),
    ("ratio", Unit::Number),
    ("total_out", Unit::Bytes),
    ("strength", Unit::Number),
    ("days_at_that_hour", Unit::Count),
    ("hosts", Unit::Count),
    ("prevalence", Unit::Ratio),
    ("interface_id", Unit::Text),
];

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Exfil {
    pub host: u32,
    pub peer: u32,
    /// Much in an hour, and not only in all.
    pub is_burst: bool,
    pub out: u64,
    pub into: u64,
    /// That count, ascending.
    pub hours: Vec<i64>,
    pub peak: (i64, u64),
    pub median: f64,
    pub ratio: f64,
    pub total_out: u64,
    pub strength: f64,
    pub days_at_that_hour: usize,
    /// Ascending.
    pub interfaces: BTreeSet<u32>,
    /// Of these hours, both ways.
    pub records: u64,
    pub is_rewritten: bool,
}

/// What went out of a host to a peer and came back in an hour, at one interface.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    hour: i64,
    interface: u32,
    out: u64,
    into: u64,
    records: u64,
    is_rewritten: bool,
}

type Cells = FxHashMap<(u32, u32), Vec<Cell>>;

pub(super) fn exfiltration(of: &Traffic, parameters: &Parameters) -> Vec<Exfil> {
    let cells = cells(of, parameters);
    let mut hours: FxHashMap<u32, FxHashMap<i64, u64>> = FxHashMap::default();
    for ((host, _), list) in &cells {
        let own = hours.entry(*host).or_default();
        for cell in list {
            let out = own.entry(cell.hour).or_default();
            *out = out.saturating_add(cell.out);
        }
    }
    let mut medians: FxHashMap<u32, f64> = FxHashMap::default();
    let mut found = Vec::new();
    for ((host, peer), list) in &cells {
        let total: u64 = list.iter().fold(0, |sum, cell| sum.saturating_add(cell.out));
        // Neither an hour nor all of them are enough.
        if total < parameters.exfil_hour.min(parameters.exfil_total) {
            continue;
        }
        let median = *medians.entry(*host).or_insert_with(|| {
            let known = of.space.known_hours(*host, &of.interfaces);
            let sent = hours.get(host);
            let out = |hour: &i64| sent.and_then(|sent| sent.get(hour)).copied().unwrap_or(0) as f64;
            median(&known.iter().map(out).collect::<Vec<f64>>())
        });
        found.extend(judged((*host, *peer), list, total, median, parameters));
    }
    found.sort_by_key(|one| (std::cmp::Reverse(one.out), one.host, one.peer));
    found
}

/// Of several interfaces that saw an hour, the one with most bytes out.
fn cells(of: &Traffic, parameters: &Parameters) -> Cells {
    let mut sums: FxHashMap<(u32, u32, i64, u32), Cell> = FxHashMap::default();
    let is_peer = |peer| match parameters.internal_peers {
        true => of.space.is_host(peer),
        false => !of.space.is_internal(peer),
    };
    of.each_row(|flow, conversation| {
        if !flow.is_accepted || conversation.repeat == Some(Repeat::InnerLeg) {
            return;
        }
        let [one, other] = flow.ends.map(|(address, _)| address);
        let hour = flow.start.div_euclid(HOUR) * HOUR;
        for (host, peer, sends) in [(one, other, flow.sender == 0), (other, one, flow.sender == 1)] {
            if of.space.is_host(host) && is_peer(peer) && host != peer {
                let cell = sums.entry((host, peer, hour, flow.interface)).or_default();
                let sum = if sends { &mut cell.out } else { &mut cell.into };
                *sum = sum.saturating_add(flow.bytes);
                cell.records += 1;
                cell.is_rewritten |= flow.is_rewritten;
            }
        }
    });
    let mut cells = Cells::default();
    for ((host, peer, hour, interface), cell) in sums {
        cells.entry((host, peer)).or_default().push(Cell { hour, interface, ..cell });
    }
    for list in cells.values_mut() {
        list.sort_unstable_by_key(|cell| (cell.hour, std::cmp::Reverse(cell.out), cell.interface));
        list.dedup_by_key(|cell| cell.hour);
    }
    cells
}

fn judged((host, peer): (u32, u32), list: &[Cell], total: u64, median: f64, parameters: &Parameters) -> Option<Exfil> {
    let usual = median.max(parameters.exfil_floor as f64);
    let sends = |out, into| pcr(out, into).is_some_and(|pcr| pcr >= parameters.exfil_pcr);
    let is_burst = |cell: &&Cell| {
        cell.out >= parameters.exfil_hour
            && cell.out as f64 >= parameters.exfil_ratio * usual
            && sends(cell.out, cell.into)
    };
    let bursts: Vec<&Cell> = list.iter().filter(is_burst).collect();
    let counted: Vec<&Cell> = if bursts.is_empty() { list.iter().collect() } else { bursts.clone() };
    let sum = |of: fn(&Cell) -> u64| counted.iter().fold(0u64, |sum, cell| sum.saturating_add(of(cell)));
    let (out, into) = (sum(|cell| cell.out), sum(|cell| cell.into));
    if bursts.is_empty() && (total < parameters.exfil_total || !sends(out, into)) {
        return None;
    }
    let sending: Vec<&Cell> = counted.into_iter().filter(|cell| cell.out > 0).collect();
    let peak = sending.iter().max_by_key(|cell| (cell.out, std::cmp::Reverse(cell.hour)))?;
    let of_day = |hour: i64| (hour / HOUR).rem_euclid(DAY_HOURS);
    let near = |hour: i64| {
        let apart = (of_day(hour) - of_day(peak.hour)).abs();
        apart <= 1 || apart == DAY_HOURS - 1
    };
    let days: BTreeSet<i64> =
        sending.iter().filter(|cell| near(cell.hour)).map(|cell| cell.hour.div_euclid(HOUR * DAY_HOURS)).collect();
    Some(Exfil {
        host,
        peer,
        is_burst: !bursts.is_empty(),
        out,
        into,
        hours: sending.iter().map(|cell| cell.hour).collect(),
        peak: (peak.hour, peak.out),
        median,
        ratio: rounded(peak.out as f64 / usual, 1),
        total_out: total,
        strength: strength((out as f64).log10(), &STEPS).max(LEAST_STRENGTH),
        days_at_that_hour: days.len(),
        interfaces: sending.iter().map(|cell| cell.interface).collect(),
        records: sending.iter().map(|cell| cell.records).sum(),
        is_rewritten: sending.iter().any(|cell| cell.is_rewritten),
    })
}

pub(super) fn row(of: &Traffic, one: &Exfil) -> Vec<Value> {
    let ratio = pcr(one.out, one.into).unwrap_or(0.0);
    let (met, prevalence) = match of.space.is_internal(one.peer) {
        true => (0, 0.0),
        false => (of.space.met(one.peer), of.space.prevalence(one.peer)),
    };
    let names: Vec<String> = one.interfaces.iter().map(|at| of.interface_name(*at).to_text()).collect();
    let hour = |hour: Option<&i64>| hour.map_or(Value::Null, |hour| of.time(*hour));
    vec![
        of.address(one.host),
        of.address(one.peer),
        Value::Text(if one.is_burst { "burst" } else { "slow" }.to_owned()),
        Value::count(one.out),
        Value::count(one.into),
        decimal(ratio),
        Value::Text(pcr_words(ratio).to_owned()),
        Value::count(one.hours.len() as u64),
        hour(one.hours.first()),
        hour(one.hours.last()),
        of.time(one.peak.0),
        Value::count(one.peak.1),
        decimal(one.median),
        number(one.ratio),
        Value::count(one.total_out),
        number(rounded(one.strength, 1)),
        Value::count(one.days_at_that_hour as u64),
        Value::count(met as u64),
        decimal(prevalence),
        Value::Text(names.join(" ")),
    ]
}
