//! Ports that were opened and closed, as far as who tried them says. Pure.

use super::conversation::{Conversation, TCP, UDP};
use super::parameters::Parameters;
use super::traffic::Traffic;
use crate::model::{Unit, Value};

/// CloudTrail events that change who may reach what.
pub(super) const NETWORK_CHANGES: [&str; 15] = [
    "AssociateAddress",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateNetworkAclEntry",
    "CreateRoute",
    "DeleteNetworkAclEntry",
    "ModifyInstanceAttribute",
    "ModifyNetworkInterfaceAttribute",
    "ModifySecurityGroupRules",
    "ReplaceNetworkAclAssociation",
    "ReplaceNetworkAclEntry",
    "ReplaceRoute",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RunInstances",
];

pub(super) const COLUMNS: [(&str, Unit); 11] = [
    ("change", Unit::Text),
    ("interface_id", Unit::Text),
    ("host", Unit::Address),
    ("port", Unit::Port),
    ("protocol", Unit::Protocol),
    ("at", Unit::Time),
    ("proof", Unit::Text),
    ("rejected", Unit::Count),
    ("accepted", Unit::Count),
    ("initiator", Unit::Address),
    ("events", Unit::Text),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    RejectedBefore,
    SilentBefore,
    RejectedAfter,
}

impl Proof {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::RejectedBefore => "rejected_before",
            Self::SilentBefore => "silent_before",
            Self::RejectedAfter => "rejected_after",
        }
    }

    pub(super) fn is_opened(self) -> bool {
        match self {
            Self::RejectedBefore | Self::SilentBefore => true,
            Self::RejectedAfter => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct PortChange {
    pub interface: u32,
    pub host: u32,
    pub port: u16,
    pub protocol: u8,
    pub at: i64,
    /// The end of the conversation that shows it.
    pub until: i64,
    pub proof: Proof,
    pub rejected: u64,
    pub accepted: u64,
    pub initiator: u32,
    /// Calls nearby, nearest first: name and time.
    pub events: Vec<(String, i64)>,
}

/// `calls`: successful ones of `NETWORK_CHANGES`, with their times in seconds.
pub(super) fn changes(of: &Traffic, calls: &[(String, i64)], parameters: &Parameters) -> Vec<PortChange> {
    let key = |one: &Conversation| (one.interface, one.responder(), one.responder_port(), one.protocol);
    let mut found = of.by_address(
        |part, handed| {
            let is_counted = |one: &Conversation| one.has_initiator() && matches!(one.protocol, TCP | UDP);
            for one in part.iter().filter(|one| is_counted(one)) {
                let own = of.interfaces.get(one.interface as usize).map(|at| at.own.as_slice()).unwrap_or_default();
                if own.binary_search(&one.responder()).is_ok() {
                    handed.to(one.responder(), (key(one), one.start, one));
                }
            }
        },
        |mut list| {
            let start = |one: &(_, i64, &Conversation)| (one.0, one.1);
            list.sort_unstable_by(|one, other| {
                start(one).cmp(&start(other)).then_with(|| one.2.order().cmp(&other.2.order()))
            });
            let mut found = Vec::new();
            for list in list.chunk_by(|one, other| one.0 == other.0) {
                let list: Vec<&Conversation> = list.iter().map(|(.., one)| *one).collect();
                found.extend(opened(of, &list, parameters).into_iter().chain(closed(&list)));
            }
            found
        },
    );
    for change in &mut found {
        let apart = |call: &&(String, i64)| (call.1 - change.at).abs();
        let mut near: Vec<&(String, i64)> = calls.iter().filter(|call| apart(call) <= parameters.near).collect();
        near.sort_by(|one, other| {
            apart(one).cmp(&apart(other)).then_with(|| (one.1, &one.0).cmp(&(other.1, &other.0)))
        });
        change.events = near.into_iter().cloned().collect();
    }
    found.sort_by_key(|one| (one.at, one.interface, one.host, one.port, one.protocol, one.proof));
    found
}

fn opened(of: &Traffic, list: &[&Conversation], parameters: &Parameters) -> Option<PortChange> {
    let at = list.iter().position(|one| !one.is_only_rejected())?;
    let first = list.get(at)?;
    let begin = of.interfaces.get(first.interface as usize).and_then(|interface| interface.first)?;
    let proof = match at {
        0 if first.start.saturating_sub(begin) >= parameters.quiet => Proof::SilentBefore,
        0 => return None,
        _ => Proof::RejectedBefore,
    };
    Some(change(first, proof, at as u64, list))
}

fn closed(list: &[&Conversation]) -> Option<PortChange> {
    let last = list.iter().filter(|one| !one.is_only_rejected()).map(|one| one.end()).max()?;
    let after = || list.iter().filter(|one| one.start > last);
    let first = after().next()?;
    Some(change(first, Proof::RejectedAfter, after().count() as u64, list))
}

fn change(one: &Conversation, proof: Proof, rejected: u64, list: &[&Conversation]) -> PortChange {
    PortChange {
        interface: one.interface,
        host: one.responder(),
        port: one.responder_port(),
        protocol: one.protocol,
        at: one.start,
        until: one.end(),
        proof,
        rejected,
        accepted: list.iter().filter(|one| !one.is_only_rejected()).count() as u64,
        initiator: one.initiator(),
        events: Vec::new(),
    }
}

pub(super) fn row(of: &Traffic, one: &PortChange) -> Vec<Value> {
    let event = |(name, at): &(String, i64)| format!("{name}@{}", of.time(*at).to_text());
    let events: Vec<String> = one.events.iter().map(event).collect();
    vec![
        Value::Text(if one.proof.is_opened() { "opened" } else { "closed" }.to_owned()),
        of.interface_name(one.interface),
        of.address(one.host),
        Value::Integer(one.port.into()),
        of.protocol(one.protocol),
        of.time(one.at),
        Value::Text(one.proof.name().to_owned()),
        Value::count(one.rejected),
        Value::count(one.accepted),
        of.address(one.initiator),
        if events.is_empty() { Value::Null } else { Value::Text(events.join(" ")) },
    ]
}
