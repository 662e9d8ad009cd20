//! Long sessions: conversations that last for an hour and more. Pure.

use super::conversations::Conversation;
use super::numbers::{decimal, level, number, regularity, rounded, strength};
use super::parameters::Parameters;
use super::traffic::Traffic;
use crate::model::{Unit, Value};
use rustc_hash::FxHashMap;

const STEPS: [(f64, f64); 4] = [(3600.0, 20.0), (14_400.0, 40.0), (28_800.0, 60.0), (43_200.0, 80.0)];

pub(super) const COLUMNS: [(&str, Unit); 19] = [
    ("interface_id", Unit::Text),
    ("initiator", Unit::Address),
    ("initiator_port", Unit::Port),
    ("responder", Unit::Address),
    ("responder_port", Unit::Port),
    ("protocol", Unit::Protocol),
    ("evidence", Unit::Text),
    ("start", Unit::Time),
    ("end", Unit::Time),
    ("duration", Unit::Number),
    ("strength", Unit::Number),
    ("level", Unit::Text),
    ("records", Unit::Count),
    ("sent_bytes", Unit::Bytes),
    ("received_bytes", Unit::Bytes),
    ("pcr", Unit::Number),
    ("largest_gap", Unit::Number),
    ("steadiness", Unit::Ratio),
    ("cut", Unit::Text),
];

#[derive(Clone, Debug)]
pub(super) struct Long<'a> {
    pub conversation: &'a Conversation,
    pub strength: f64,
    /// How regular the sizes of the initiator's records are.
    pub steadiness: f64,
    /// It may have begun before the evidence, and may have gone on after it.
    pub is_cut: (bool, bool),
}

pub(super) fn long_sessions<'a>(of: &'a Traffic, parameters: &Parameters) -> Vec<Long<'a>> {
    let is_long =
        |one: &Conversation| one.repeat.is_none() && one.duration() >= parameters.long && !one.is_only_rejected();
    let mut list: Vec<&Conversation> = of.conversations().filter(|one| is_long(one)).collect();
    list.sort_by_key(|one| {
        let ends = (one.initiator(), one.initiator_port(), one.responder(), one.responder_port(), one.protocol);
        (std::cmp::Reverse(one.duration()), one.interface, ends, one.start)
    });
    let mut sizes: FxHashMap<Key, Vec<f64>> = list.iter().map(|one| (key(one), Vec::new())).collect();
    of.each_row(|flow, one| {
        if flow.sender == one.initiator
            && is_long(one)
            && let Some(sizes) = sizes.get_mut(&key(one))
        {
            sizes.push(flow.bytes as f64);
        }
    });
    let long = |one: &'a Conversation| long(of, one, sizes.get(&key(one)).map(Vec::as_slice).unwrap_or_default());
    list.into_iter().map(long).collect()
}

type Key = (u32, [(u32, u16); 2], u8, u32);

fn key(one: &Conversation) -> Key {
    (one.interface, one.ends, one.protocol, one.number)
}

/// `sizes`: bytes of each record of the initiator.
fn long<'a>(of: &Traffic, one: &'a Conversation, sizes: &[f64]) -> Long<'a> {
    let interface = of.interfaces.get(one.interface as usize);
    let join = interface.map_or(0, |at| at.join);
    let is_near = |time: i64, end: Option<i64>| end.is_some_and(|end| (time - end).abs() <= join);
    Long {
        conversation: one,
        strength: strength(one.duration() as f64, &STEPS),
        steadiness: rounded(regularity(sizes, 0.0), 3),
        is_cut: (
            is_near(one.start, interface.and_then(|at| at.first)),
            is_near(one.end, interface.and_then(|at| at.last)),
        ),
    }
}

pub(super) fn row(of: &Traffic, long: &Long<'_>) -> Vec<Value> {
    let one = long.conversation;
    let mut row = of.ends(one);
    let cut: Vec<&str> = [(long.is_cut.0, "start"), (long.is_cut.1, "end")]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| word)
        .collect();
    row.extend([
        number(rounded(long.strength, 1)),
        Value::Text(level(long.strength).to_owned()),
        Value::count(one.records()),
        Value::count(one.sent().bytes),
        Value::count(one.received().bytes),
        one.pcr().map_or(Value::Null, decimal),
        Value::Integer(one.largest_gap),
        number(long.steadiness),
        if cut.is_empty() { Value::Null } else { Value::Text(cut.join(" ")) },
    ]);
    row
}
