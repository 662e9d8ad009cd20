//! Interfaces, sessions and conversations as tables. Pure.

use super::conversation::Conversation;
use super::interfaces::Interface;
use super::numbers::decimal;
use super::sessions::Session;
use super::traffic::{Traffic, address, interface_name, protocol, time};
use crate::model::{Address, Unit, Value};

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
    let time = |at: Option<i64>| at.map_or(Value::Null, time);
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

/// `list`: in no order.
pub(super) fn session_rows(
    mut list: Vec<Session>,
    (addresses, interfaces): (&[Address], &[Interface]),
    limit: usize,
) -> Vec<Vec<Value>> {
    let order = |one: &Session| {
        let ends = (one.source, one.destination);
        (one.start, one.interface, ends, one.protocol, one.is_accepted, one.end, one.order)
    };
    first(&mut list, limit, |one, other| order(one).cmp(&order(other)));
    list.iter().map(|one| session_row(one, addresses, interfaces)).collect()
}

/// Sorts, and leaves out what is beyond the limit.
fn first<T>(list: &mut Vec<T>, limit: usize, order: impl Fn(&T, &T) -> std::cmp::Ordering) {
    if limit < list.len() {
        list.select_nth_unstable_by(limit, &order);
        list.truncate(limit);
    }
    list.sort_unstable_by(&order);
}

fn session_row(one: &Session, addresses: &[Address], interfaces: &[Interface]) -> Vec<Value> {
    let window = interfaces.get(one.interface as usize).map_or(0, |interface| interface.window);
    vec![
        interface_name(interfaces, one.interface),
        address(addresses, one.source.0),
        Value::Integer(one.source.1.into()),
        address(addresses, one.destination.0),
        Value::Integer(one.destination.1.into()),
        protocol(one.protocol),
        Value::Text(if one.is_accepted { "ACCEPT" } else { "REJECT" }.to_owned()),
        time(one.start),
        time(one.end),
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
    first(&mut list, limit, |one, other| one.order().cmp(&other.order()).then_with(|| one.place().cmp(&other.place())));
    list.into_iter().map(|one| conversation_row(of, one)).collect()
}

fn conversation_row(of: &Traffic, one: &Conversation) -> Vec<Value> {
    let mut row = of.ends(one);
    row.extend([
        Value::count(one.records()),
        Value::count(one.sent_bytes),
        Value::count(one.received_bytes),
        one.pcr().map_or(Value::Null, decimal),
        Value::Text(one.outcome().name().to_owned()),
        Value::Integer(one.largest_gap()),
        Value::Integer(one.repeat().is_some().into()),
    ]);
    row
}
