//! Leads: what all analyses found, ranked by a score of parts. Pure.

use super::beacons::{self, Beacon, beacons};
use super::exfil::{self, Exfil, exfiltration};
use super::fan::{self, Fan, Side, fans};
use super::first_seen::{self, FirstSeen, first_seen};
use super::lateral::{self, lateral};
use super::lead::{Kind, Lead};
use super::lead_filters::Written;
use super::left_out::{LeftOut, kept};
use super::long::{self, Long, long_sessions};
use super::numbers::{pcr, rounded};
use super::parameters::Parameters;
use super::ports::{self, PortChange, Proof, changes};
use super::scan_leads::scan_leads;
use super::space::{Novelty, Rarity};
use super::traffic::Traffic;
use super::tunnels::{self, Tunnel, hint_names, tunnels};
use super::{conversation, lateral_leads};
use crate::model::Dataset;
use crate::query::QueryError;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

const HOUR: i64 = 3600;
/// With less evidence than this a beacon counts less.
const LITTLE_EVIDENCE: i64 = 6 * HOUR;
const RARE: f64 = 15.0;
const ALSO: f64 = 5.0;
const MOST_ALSO: f64 = 15.0;
const LISTED: f64 = 20.0;
const HINT: f64 = 20.0;
const MOST_HINTS: f64 = 80.0;
/// On so many days at the same hour it is a habit.
const HABIT_DAYS: usize = 3;

/// `calls`: as `ports::changes` takes them; `is_listed`: is an address among the indicators?
///
/// # Errors
/// It cannot be found out what an allow-list leaves out.
pub(super) fn flow_leads(
    of: &Traffic,
    calls: &[(String, i64)],
    is_listed: impl Fn(u32) -> bool,
    parameters: &Parameters,
    left_out: &LeftOut<'_>,
) -> Result<Vec<Lead>, QueryError> {
    let mut list = Vec::new();
    let found = kept("beacons", beacons(of, parameters), |one| beacons::row(of, one, parameters), left_out)?;
    list.extend(found.iter().map(|one| beacon(of, one)));
    let found = kept("exfiltration", exfiltration(of, parameters), |one| exfil::row(of, one), left_out)?;
    list.extend(found.iter().map(|one| exfil(of, one)));
    let found = kept("fan", fans(of, parameters), |one| fan::row(of, one), left_out)?;
    list.extend(found.iter().map(|one| fan(of, one)));
    let found = kept("first-seen", first_seen(of, parameters), |one| first_seen::row(of, one), left_out)?;
    list.extend(found.iter().filter_map(|one| first(of, one, parameters)));
    let found = kept("lateral", lateral(of, parameters), |one| lateral::row(of, one), left_out)?;
    list.extend(lateral_leads::lateral_leads(of, &found));
    let found = kept("long-sessions", long_sessions(of, parameters), |one| long::row(of, one), left_out)?;
    list.extend(found.iter().map(|one| long(of, one)));
    let found = kept("ports-opened", changes(of, calls, parameters), |one| ports::row(of, one), left_out)?;
    list.extend(found.iter().filter_map(|one| opened(of, one)));
    let found = kept("tunnels", tunnels(of, parameters), |one| tunnels::row(of, one), left_out)?;
    list.extend(found.iter().filter_map(|one| tunnel(of, one, parameters)));
    list.extend(scan_leads(of, parameters, left_out)?);
    for lead in &mut list {
        by_peer(of, lead, &is_listed, parameters);
    }
    also(&mut list);
    Ok(list)
}

/// The order in which leads are read.
pub(super) fn sort(list: &mut [Lead]) {
    list.sort_by(|one, other| {
        let scores = other.score().total_cmp(&one.score()).then_with(|| other.sum().total_cmp(&one.sum()));
        let key = |lead: &Lead| (lead.first, lead.kind.name(), lead.subject.clone(), lead.peer.clone());
        scores.then_with(|| key(one).cmp(&key(other)))
    });
}

/// What is known of the two ends.
fn by_peer(of: &Traffic, lead: &mut Lead, is_listed: impl Fn(u32) -> bool, parameters: &Parameters) {
    let Some((one, other)) = lead.ends else { return };
    if matches!(lead.kind, Kind::Beacon | Kind::Long | Kind::Exfil | Kind::Tunnel) {
        let peer = if of.space.is_internal(other) { one } else { other };
        match of.space.rarity(peer, &parameters.shares) {
            Rarity::Rare => lead.add("rare peer", RARE),
            Rarity::Common => lead.add("common peer", -RARE),
            Rarity::Neither => {}
        }
    }
    if is_listed(one) || is_listed(other) {
        lead.add("a listed address", LISTED);
    }
}

/// Other analyses that found the same two ends.
fn also(list: &mut [Lead]) {
    let key = |(one, other): (u32, u32)| (one.min(other), one.max(other));
    let mut found: FxHashMap<(u32, u32), BTreeSet<Kind>> = FxHashMap::default();
    for (lead, ends) in list.iter().filter_map(|lead| Some((lead, lead.ends?))) {
        found.entry(key(ends)).or_default().insert(lead.kind);
    }
    for lead in list {
        let others = lead.ends.and_then(|ends| found.get(&key(ends))).into_iter().flatten();
        let names: Vec<&str> = others.filter(|kind| **kind != lead.kind).map(|kind| kind.name()).collect();
        if !names.is_empty() {
            let points = (names.len() as f64 * ALSO).min(MOST_ALSO);
            lead.add(format!("also {}", names.join(" ")), points);
        }
    }
}

fn lead(of: &Traffic, kind: Kind, ends: (u32, u32), times: (i64, i64), base: f64) -> Lead {
    Lead {
        kind,
        subject: of.address_text(ends.0),
        peer: of.address_text(ends.1),
        ends: Some(ends),
        what: String::new(),
        first: times.0,
        last: times.1,
        parts: vec![(kind.name().to_owned(), base)],
        records: None,
        filter: String::new(),
        dataset: Dataset::Flows,
        actor: None,
        doubts: None,
    }
}

const NOT_SURE: &str = "initiator unknown or only from who came first";

fn beacon(of: &Traffic, one: &Beacon) -> Lead {
    let ends = (one.source, one.destination);
    let mut lead = lead(of, Kind::Beacon, ends, (one.first, one.until), one.strength);
    if one.is_near_window {
        lead.add("period near or below the window", -5.0);
    }
    if one.window.1 - one.window.0 < LITTLE_EVIDENCE {
        lead.add("less than 6 hours of evidence", -10.0);
    }
    if one.evidence >= conversation::Evidence::FirstSeen {
        lead.add(NOT_SURE, -5.0);
    }
    lead.what = format!(
        "{} conversations with port {}, every {} s (median), score {:.3}",
        one.conversations,
        one.port,
        rounded(one.median_interval, 3),
        one.score.whole
    );
    lead.records = Some(one.records);
    lead.filter = Written::of(of, one.is_rewritten)
        .between(one.source, one.destination, one.port)
        .protocol(one.protocol)
        .interface(one.interface)
        .in_time(one.first, one.until);
    lead
}

fn long(of: &Traffic, one: &Long<'_>) -> Lead {
    let talk = one.conversation;
    let ends = (talk.initiator(), talk.responder());
    let mut base = one.strength;
    if of.space.is_internal(ends.0) && of.space.is_internal(ends.1) {
        base /= 2.0;
    }
    if talk.protocol != conversation::TCP {
        base /= 2.0;
    }
    let mut lead = lead(of, Kind::Long, ends, (talk.start, talk.end()), base);
    if talk.evidence >= conversation::Evidence::FirstSeen {
        lead.add(NOT_SURE, -5.0);
    }
    let cut = if one.is_cut.0 || one.is_cut.1 { ", cut by the evidence" } else { "" };
    lead.what = format!("one session of {} s with port {}{cut}", talk.duration(), talk.responder_port());
    lead.records = Some(talk.records());
    lead.filter = Written::of(of, talk.is_rewritten())
        .between(ends.0, ends.1, 0)
        .protocol(talk.protocol)
        .interface(talk.interface)
        .in_time(talk.start, talk.end());
    lead
}

fn exfil(of: &Traffic, one: &Exfil) -> Lead {
    let ends = (one.host, one.peer);
    let hours = (one.hours.first().copied().unwrap_or(0), one.hours.last().copied().unwrap_or(0));
    let mut lead = lead(of, Kind::Exfil, ends, (hours.0, hours.1 + HOUR - 1), one.strength);
    if one.days_at_that_hour >= HABIT_DAYS {
        lead.add(format!("the same hour on {} days", one.days_at_that_hour), -25.0);
    }
    lead.what = format!(
        "{} bytes out in {} h, peak {} times the usual hour, PCR {}",
        one.out,
        one.hours.len(),
        one.ratio,
        rounded(pcr(one.out, one.into).unwrap_or(0.0), 3)
    );
    lead.records = Some(one.records);
    lead.filter = Written::of(of, one.is_rewritten)
        .between(one.host, one.peer, 0)
        .interfaces(one.interfaces.iter().copied())
        .accepted()
        .hours(&one.hours);
    lead
}

fn fan(of: &Traffic, one: &Fan) -> Lead {
    let last = one.hour + HOUR - 1;
    let mut lead = lead(of, Kind::Fan, (one.host, one.host), (one.hour, last), 30.0);
    (lead.ends, lead.peer) = (None, String::new());
    let (word, side) = if one.side == Side::Out { ("out", "src") } else { ("in", "dst") };
    lead.what = format!("fan-{word}: {} peers in an hour, usually {}", one.peers.len(), rounded(one.median, 3));
    let (from, to) = (of.time(one.hour).to_text(), of.time(one.hour + HOUR).to_text());
    lead.filter = format!("{side}addr = {} and start >= {from} and start < {to}", lead.subject);
    lead
}

fn first(of: &Traffic, one: &FirstSeen, parameters: &Parameters) -> Option<Lead> {
    let is_admin = one.ports.iter().any(|(_, port)| parameters.admin_ports.contains(port));
    let host = one.with.first().copied()?;
    let (base, what) = match (one.status == Novelty::New, one.is_out) {
        (true, false) if is_admin => (40.0, "first seen, came in on an admin port".to_owned()),
        (true, true) if one.rarity == Rarity::Rare => {
            let count = one.with.len();
            let hosts = if count == 1 { "one host".to_owned() } else { format!("{count} hosts") };
            (25.0, format!("first seen, gone out to by {hosts}"))
        }
        _ => return None,
    };
    let mut lead = lead(of, Kind::FirstSeen, (host, one.peer), (one.first, one.last), base);
    lead.what = what;
    lead.filter = format!("ip = {}", lead.peer);
    Some(lead)
}

fn opened(of: &Traffic, one: &PortChange) -> Option<Lead> {
    if of.space.is_internal(one.initiator) {
        return None;
    }
    let base = match one.proof {
        Proof::RejectedBefore => 40.0,
        Proof::SilentBefore => 25.0,
        Proof::RejectedAfter => return None,
    };
    let mut lead = lead(of, Kind::Opened, (one.host, one.initiator), (one.at, one.until), base);
    if let Some((name, _)) = one.events.first() {
        lead.add(format!("beside {name}"), 10.0);
    }
    lead.what = format!("port {} accepted for the first time, {}", one.port, one.proof.name());
    lead.filter = Written::of(of, false).into_port(one.interface, one.host, one.port, one.protocol);
    Some(lead)
}

fn tunnel(of: &Traffic, one: &Tunnel, parameters: &Parameters) -> Option<Lead> {
    if one.hints.len() == 1 && one.records < parameters.tunnel_rows {
        return None;
    }
    let base = (one.hints.len() as f64 * HINT).min(MOST_HINTS);
    let mut lead = lead(of, Kind::Tunnel, (one.host, one.peer), (one.first, one.last), base);
    let size = rounded(one.size(), 1);
    lead.what = format!("{}: {} packets of {size} bytes, {}", one.kind(), one.packets, hint_names(one));
    lead.records = Some(one.both_ways);
    lead.filter = Written::of(of, one.is_rewritten)
        .between(one.host, one.peer, one.port)
        .protocol(one.protocol)
        .interfaces(one.interfaces.iter().copied())
        .in_time(one.first, one.last);
    Some(lead)
}
