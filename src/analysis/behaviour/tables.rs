//! Interfaces, sessions and conversations as tables. Pure.

use super::conversations::Conversation;
use super::numbers::decimal;
use super::sessions::{Session, sessions};
use super::traffic::Traffic;
use crate::model::{Unit, Value};

pub(super) const INTERFACES: [(&str, Unit); 10] = [
    ("interface_id", Unit::Text),
    ("records", Unit::Count),
    ("window", Unit::Number),
    ("join", Unit::Number),
    ("stamp", Unit::Text),
    ("resolution", Unit::Number),
    ("collected", Unit::Text),
    ("first_record", Unit::Time),
    ("last_record", Unit::Time),
    ("known_hours", Unit::Count),
];

pub(super) const SESSIONS: [(&str, Unit); 16] = [
    ("interface_id", Unit::Text),
    ("srcaddr", Unit::Address),
    ("srcport", Unit::Port),
    ("dstaddr", Unit::Address),
    ("dstport", Unit::Port),
    ("protocol", Unit::Protocol),
    ("action", Unit::Text),
    ("start", Unit::Time),
    ("end", Unit::Time),
    ("duration", Unit::Number),
    ("records", Unit::Count),
    ("packets", Unit::Count),
    ("bytes", Unit::Bytes),
    ("tcp_flags", Unit::TcpFlags),
    ("largest_gap", Unit::Number),
    ("window", Unit::Number),
];

pub(super) const CONVERSATIONS: [(&str, Unit); 17] = [
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
    ("records", Unit::Count),
    ("sent_bytes", Unit::Bytes),
    ("received_bytes", Unit::Bytes),
    ("pcr", Unit::Number),
    ("outcome", Unit::Text),
    ("largest_gap", Unit::Number),
    ("repeat", Unit::Number),
];

pub(super) fn interfaces(of: &Traffic) -> Vec<Vec<Value>> {
    let time = |time: Option<i64>| time.map_or(Value::Null, |time| of.time(time));
    let row = |(at, one): (usize, &super::interfaces::Interface)| {
        vec![
            of.interface_name(at as u32),
            Value::count(one.records),
            Value::Integer(one.window),
            Value::Integer(one.join),
            Value::Text(one.stamp.name().to_owned()),
            Value::Integer(one.resolution),
            Value::Text(one.collected.name().to_owned()),
            time(one.first),
            time(one.last),
            Value::count(one.hours.len() as u64),
        ]
    };
    of.interfaces.iter().enumerate().filter(|(_, one)| one.first.is_some()).map(row).collect()
}

pub(super) fn session_rows(of: &Traffic, limit: usize) -> Vec<Vec<Value>> {
    let mut list = sessions(&of.table, &of.interfaces);
    list.sort_by_key(|one| {
        (one.start, one.interface, one.source, one.destination, one.protocol, one.is_accepted, one.end)
    });
    list.iter().take(limit).map(|one| session_row(of, one)).collect()
}

fn session_row(of: &Traffic, one: &Session) -> Vec<Value> {
    let window = of.interfaces.get(one.interface as usize).map_or(0, |interface| interface.window);
    vec![
        of.interface_name(one.interface),
        of.address(one.source.0),
        Value::Integer(one.source.1.into()),
        of.address(one.destination.0),
        Value::Integer(one.destination.1.into()),
        of.protocol(one.protocol),
        Value::Text(if one.is_accepted { "ACCEPT" } else { "REJECT" }.to_owned()),
        of.time(one.start),
        of.time(one.end),
        Value::Integer(one.end.saturating_sub(one.start)),
        Value::count(one.records),
        Value::count(one.packets),
        Value::count(one.bytes),
        if one.flags.are_there { Value::Integer(one.flags.bits.into()) } else { Value::Null },
        Value::Integer(one.largest_gap),
        Value::Integer(window),
    ]
}

pub(super) fn conversation_rows(of: &Traffic, limit: usize) -> Vec<Vec<Value>> {
    let mut list: Vec<&Conversation> = of.conversations().collect();
    list.sort_by_key(|one| one.order());
    list.into_iter().take(limit).map(|one| conversation_row(of, one)).collect()
}

fn conversation_row(of: &Traffic, one: &Conversation) -> Vec<Value> {
    let mut row = of.ends(one);
    row.extend([
        Value::count(one.records()),
        Value::count(one.sent().bytes),
        Value::count(one.received().bytes),
        one.pcr().map_or(Value::Null, decimal),
        Value::Text(one.outcome.name().to_owned()),
        Value::Integer(one.largest_gap),
        Value::Integer(one.repeat.is_some().into()),
    ]);
    row
}
