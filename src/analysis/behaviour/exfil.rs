//! Exfiltration: hosts that send much more to one peer in an hour than they usually send out, or much in all. Pure.

use super::conversation::{Conversation, Repeat};
use super::fold::{HOUR, Piece};
use super::numbers::{decimal, median, number, pcr, pcr_words, rounded, strength};
use super::parameters::Parameters;
use super::traffic::{Handed, Traffic};
use crate::model::{Unit, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

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
    host: u32,
    peer: u32,
    hour: i64,
    interface: u32,
    out: u64,
    into: u64,
    records: u64,
    is_rewritten: bool,
}

pub(super) fn exfiltration(of: &Traffic, parameters: &Parameters) -> Vec<Exfil> {
    let hand = |part: &[Conversation], handed: &mut Handed<Cell>| {
        for list in part.chunk_by(Conversation::is_of_pair) {
            cells(of, parameters, list, handed);
        }
    };
    let mut found = of.by_address(hand, |cells| of_hosts(of, parameters, cells));
    found.sort_by_key(|one| (std::cmp::Reverse(one.out), one.host, one.peer));
    found
}

/// `list`: of two addresses over one protocol.
fn cells(of: &Traffic, parameters: &Parameters, list: &[Conversation], handed: &mut Handed<Cell>) {
    let Some([from, to]) = list.first().map(|one| one.addresses) else { return };
    let is_peer = |peer| match parameters.internal_peers {
        true => of.space.is_host(peer),
        false => !of.space.is_internal(peer),
    };
    let counts = |host, peer| of.space.is_host(host) && is_peer(peer) && host != peer;
    let (forth, back) = (counts(from, to), counts(to, from));
    if !forth && !back {
        return;
    }
    let mut cells = Vec::new();
    for one in list.iter().filter(|one| one.repeat() != Some(Repeat::InnerLeg)) {
        each_piece(of, one, |piece| {
            let [out, into] = piece.bytes;
            let Piece { hour, records, is_rewritten, .. } = *piece;
            cells.push(Cell { host: from, peer: to, hour, interface: one.interface, out, into, records, is_rewritten });
        });
    }
    summed(&mut cells);
    for cell in cells {
        if forth {
            handed.to(from, cell);
        }
        if back {
            handed.to(to, Cell { host: to, peer: from, out: cell.into, into: cell.out, ..cell });
        }
    }
}

/// The accepted records of a conversation, by hours.
pub(super) fn each_piece(of: &Traffic, one: &Conversation, mut each: impl FnMut(&Piece)) {
    let pieces = of.extra(one).map(|extra| &*extra.pieces).unwrap_or_default();
    if !pieces.is_empty() {
        return pieces.iter().for_each(each);
    }
    let of_side = |side: usize, number: u64| if one.is_accepted(side) { number } else { 0 };
    let records = of_side(0, one.sent_records.into()) + of_side(1, one.received_records.into());
    if records > 0 {
        let bytes = [of_side(0, one.sent_bytes), of_side(1, one.received_bytes)];
        let hour = one.start.div_euclid(HOUR) * HOUR;
        each(&Piece { hour, bytes, records, is_rewritten: one.is_rewritten() });
    }
}

/// Cells of the same two addresses, interface and hour as one; in order.
fn summed(cells: &mut Vec<Cell>) {
    let key = |cell: &Cell| (cell.host, cell.peer, cell.hour, cell.interface);
    cells.sort_unstable_by_key(key);
    cells.dedup_by(|next, kept| {
        let is_same = key(next) == key(kept);
        if is_same {
            kept.out = kept.out.saturating_add(next.out);
            kept.into = kept.into.saturating_add(next.into);
            kept.records += next.records;
            kept.is_rewritten |= next.is_rewritten;
        }
        is_same
    });
}

/// `cells`: all of some hosts.
fn of_hosts(of: &Traffic, parameters: &Parameters, mut cells: Vec<Cell>) -> Vec<Exfil> {
    summed(&mut cells);
    // Of several interfaces that saw an hour, the one with most bytes out.
    cells.sort_unstable_by_key(|cell| (cell.host, cell.peer, cell.hour, std::cmp::Reverse(cell.out), cell.interface));
    cells.dedup_by_key(|cell| (cell.host, cell.peer, cell.hour));
    let least = parameters.exfil_hour.min(parameters.exfil_total);
    let mut found = Vec::new();
    for own in cells.chunk_by(|one, other| one.host == other.host) {
        let mut median = None;
        for list in own.chunk_by(|one, other| one.peer == other.peer) {
            let total: u64 = list.iter().fold(0, |sum, cell| sum.saturating_add(cell.out));
            // Neither an hour nor all of them are enough.
            if total >= least {
                let median = *median.get_or_insert_with(|| usual(of, own));
                found.extend(judged(list, total, median, parameters));
            }
        }
    }
    found
}

/// The median of what a host sends in an hour. `own`: its cells.
fn usual(of: &Traffic, own: &[Cell]) -> f64 {
    let mut hours: FxHashMap<i64, u64> = FxHashMap::default();
    for cell in own {
        let out = hours.entry(cell.hour).or_default();
        *out = out.saturating_add(cell.out);
    }
    let known = own.first().map(|cell| of.space.known_hours(cell.host, &of.interfaces)).unwrap_or_default();
    let out = |hour: &i64| hours.get(hour).copied().unwrap_or(0) as f64;
    median(&known.iter().map(out).collect::<Vec<f64>>())
}

fn judged(list: &[Cell], total: u64, median: f64, parameters: &Parameters) -> Option<Exfil> {
    let (host, peer) = list.first().map(|cell| (cell.host, cell.peer))?;
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
