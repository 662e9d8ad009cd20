//! Long sessions: conversations that last for an hour and more. Pure.

use super::conversation::Conversation;
use super::numbers::{decimal, level, number, rounded, strength};
use super::parameters::Parameters;
use super::traffic::Traffic;
use crate::model::{Unit, Value};

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
        |one: &Conversation| one.repeat().is_none() && one.duration() >= parameters.long && !one.is_only_rejected();
    let mut list = of.by_part(|part| part.iter().filter(|one| is_long(one)).collect());
    list.sort_by_key(|one| {
        let ends = (one.initiator(), one.initiator_port(), one.responder(), one.responder_port(), one.protocol);
        (std::cmp::Reverse(one.duration()), one.interface, ends, one.start)
    });
    list.into_iter().map(|one| long(of, one)).collect()
}

fn long<'a>(of: &Traffic, one: &'a Conversation) -> Long<'a> {
    let interface = of.interfaces.get(one.interface as usize);
    let join = interface.map_or(0, |at| at.join);
    let is_near = |time: i64, end: Option<i64>| end.is_some_and(|end| (time - end).abs() <= join);
    Long {
        conversation: one,
        strength: strength(one.duration() as f64, &STEPS),
        steadiness: of.extra(one).map_or(0.0, |extra| extra.steadiness),
        is_cut: (
            is_near(one.start, interface.and_then(|at| at.first)),
            is_near(one.end(), interface.and_then(|at| at.last)),
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
        Value::count(one.sent_bytes),
        Value::count(one.received_bytes),
        one.pcr().map_or(Value::Null, decimal),
        Value::Integer(one.largest_gap()),
        number(long.steadiness),
        if cut.is_empty() { Value::Null } else { Value::Text(cut.join(" ")) },
    ]);
    row
}
