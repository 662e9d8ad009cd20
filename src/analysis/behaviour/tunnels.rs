//! Tunnels: names and echoes that are larger or more than those are. Pure.

use super::fold::{HOUR, is_echo};
use super::numbers::{decimal, number, regularity, rounded};
use super::parameters::Parameters;
use super::traffic::Traffic;
use crate::model::{Unit, Value};
use crate::query::Flow;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Bytes of questions, and packets of echoes, that are many.
const VOLUME_BYTES: u64 = 1_000_000;
const VOLUME_PACKETS: u64 = 1000;
/// By so much of the larger one the sizes of echoes and answers differ.
const UNLIKE: f64 = 0.1;

pub(super) const COLUMNS: [(&str, Unit); 16] = [
    ("kind", Unit::Text),
    ("host", Unit::Address),
    ("peer", Unit::Address),
    ("protocol", Unit::Protocol),
    ("port", Unit::Port),
    ("records", Unit::Count),
    ("packets", Unit::Count),
    ("bytes_out", Unit::Bytes),
    ("bytes_in", Unit::Bytes),
    ("bytes_per_packet", Unit::Number),
    ("answer_bytes_per_packet", Unit::Number),
    ("steadiness", Unit::Ratio),
    ("hours", Unit::Count),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("hints", Unit::Text),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    OutsideResolver,
    Large,
    Steady,
    Volume,
    UnlikeAnswers,
}

impl Hint {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OutsideResolver => "outside_resolver",
            Self::Large => "large",
            Self::Steady => "steady",
            Self::Volume => "volume",
            Self::UnlikeAnswers => "unlike_answers",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tunnel {
    pub host: u32,
    pub peer: u32,
    pub protocol: u8,
    pub port: u16,
    pub records: u64,
    /// With those of answers.
    pub both_ways: u64,
    pub is_rewritten: bool,
    pub packets: u64,
    pub out: u64,
    pub into: u64,
    answer_packets: u64,
    /// Bytes a packet, of each record.
    sizes: Vec<f64>,
    hours: BTreeSet<i64>,
    pub interfaces: BTreeSet<u32>,
    pub first: i64,
    pub last: i64,
    pub hints: Vec<Hint>,
}

pub(super) fn tunnels(of: &Traffic, parameters: &Parameters) -> Vec<Tunnel> {
    let mut met: FxHashMap<(u32, u32, u8, u16), Tunnel> = FxHashMap::default();
    let asked = of.by_part(|part| {
        let counted = part.iter().filter(|one| one.repeat().is_none());
        counted.filter_map(|one| of.extra(one)).flat_map(|extra| &*extra.asked).collect()
    });
    for flow in asked {
        let [one, other] = flow.ends;
        for (host, peer, sends) in [(one, other, flow.sender == 0), (other, one, flow.sender == 1)] {
            let port = if is_echo(flow.protocol) { 0 } else { peer.1 };
            let is_asked =
                is_echo(flow.protocol) || (matches!(flow.protocol, 6 | 17) && parameters.dns_ports.contains(&port));
            if is_asked && of.space.is_host(host.0) && !of.space.is_internal(peer.0) {
                let tunnel = met.entry((host.0, peer.0, flow.protocol, port)).or_default();
                tunnel.add(flow, sends);
            }
        }
    }
    let mut found = Vec::new();
    for ((host, peer, protocol, port), mut tunnel) in met {
        (tunnel.host, tunnel.peer, tunnel.protocol, tunnel.port) = (host, peer, protocol, port);
        tunnel.hints = tunnel.hints(parameters);
        if tunnel.records > 0 && !tunnel.hints.is_empty() {
            found.push(tunnel);
        }
    }
    found.sort_by_key(|one| (std::cmp::Reverse(one.out), one.host, one.peer, one.protocol, one.port));
    found
}

impl Tunnel {
    fn add(&mut self, flow: &Flow, is_sent: bool) {
        self.both_ways += 1;
        self.is_rewritten |= flow.is_rewritten;
        if !is_sent {
            self.answer_packets = self.answer_packets.saturating_add(flow.packets);
            self.into = self.into.saturating_add(flow.bytes);
            return;
        }
        if self.records == 0 {
            (self.first, self.last) = (flow.start, flow.end);
        }
        self.first = self.first.min(flow.start);
        self.last = self.last.max(flow.end);
        self.records += 1;
        self.packets = self.packets.saturating_add(flow.packets);
        self.out = self.out.saturating_add(flow.bytes);
        self.sizes.push(flow.bytes as f64 / flow.packets.max(1) as f64);
        self.hours.insert(flow.start.div_euclid(HOUR));
        self.interfaces.insert(flow.interface);
    }

    pub(super) fn size(&self) -> f64 {
        self.out as f64 / self.packets.max(1) as f64
    }

    fn answer_size(&self) -> f64 {
        self.into as f64 / self.answer_packets.max(1) as f64
    }

    fn steadiness(&self) -> f64 {
        rounded(regularity(&self.sizes, 0.0), 3)
    }

    fn hints(&self, parameters: &Parameters) -> Vec<Hint> {
        let mut hints = Vec::new();
        if is_echo(self.protocol) {
            let (out, answer) = (self.size(), self.answer_size());
            let differs = self.answer_packets > 0 && (out - answer).abs() > UNLIKE * out.max(answer);
            let found = [
                (Hint::Large, out >= parameters.icmp_size),
                (Hint::Volume, self.packets >= VOLUME_PACKETS),
                (Hint::UnlikeAnswers, differs),
            ];
            hints.extend(found.into_iter().filter(|(_, is)| *is).map(|(hint, _)| hint));
            return hints;
        }
        let is_large = self.size() >= parameters.dns_size && self.records >= parameters.tunnel_rows;
        let found = [
            (Hint::OutsideResolver, true),
            (Hint::Large, is_large),
            (Hint::Steady, is_large && self.steadiness() >= parameters.tunnel_steady),
            (Hint::Volume, self.out >= VOLUME_BYTES),
        ];
        hints.extend(found.into_iter().filter(|(_, is)| *is).map(|(hint, _)| hint));
        hints
    }

    pub(super) fn kind(&self) -> &'static str {
        if is_echo(self.protocol) { "icmp" } else { "dns" }
    }
}

pub(super) fn hint_names(tunnel: &Tunnel) -> String {
    tunnel.hints.iter().map(|hint| hint.name()).collect::<Vec<_>>().join(" ")
}

pub(super) fn row(of: &Traffic, one: &Tunnel) -> Vec<Value> {
    vec![
        Value::Text(one.kind().to_owned()),
        of.address(one.host),
        of.address(one.peer),
        of.protocol(one.protocol),
        Value::Integer(one.port.into()),
        Value::count(one.records),
        Value::count(one.packets),
        Value::count(one.out),
        Value::count(one.into),
        number(rounded(one.size(), 1)),
        number(rounded(one.answer_size(), 1)),
        decimal(one.steadiness()),
        Value::count(one.hours.len() as u64),
        of.time(one.first),
        of.time(one.last),
        Value::Text(hint_names(one)),
    ]
}
