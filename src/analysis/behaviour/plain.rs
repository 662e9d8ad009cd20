//! Sessions and conversations against the plainest reading of their definition: every record is compared with all that came
//! before it.

use super::conversation::{Evidence, Outcome, TCP};
use super::exfil::each_piece;
use super::fold::{HOUR, Wanted};
use super::interfaces::Told;
use super::sessions::sessions;
use super::traffic::{Kept, Traffic};
use crate::model::{Address, Cancel};
use crate::query::{Flow, FlowInterface, FlowTable, TcpFlags, is_well_known, table_of};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const ADDRESSES: [&str; 4] = ["10.0.0.1", "10.0.0.2", "203.0.113.9", "2001:db8::1"];
const PORTS: [u16; 4] = [0, 22, 40_000, 50_000];
const JOIN: i64 = 120;

fn flow() -> impl Strategy<Value = Flow> {
    let end = || (0..4u32, prop::sample::select(&PORTS[..]));
    let flags = prop::sample::select(&[(2, true), (18, true), (16, true), (1, true), (4, true), (0, false)][..]);
    let marks = (0..2u8, prop::bool::weighted(0.8), flags, prop::bool::weighted(0.1));
    let kind = (prop::sample::select(&[6u8, 6, 17, 1][..]), 0..3u32);
    (end(), end(), kind, 0..9000i64, 0..70i64, marks, 1..5u64, prop::sample::select(&[40u64, 60, 500][..])).prop_map(
        |(
            one,
            other,
            (protocol, interface),
            start,
            lasts,
            (sender, is_accepted, (bits, are_there), is_rewritten),
            packets,
            each,
        )| Flow {
            ends: [one.min(other), one.max(other)],
            protocol,
            interface,
            start,
            end: start + lasts,
            sender: if one == other { 0 } else { sender },
            is_accepted,
            flags: TcpFlags { bits, are_there },
            is_rewritten,
            packets,
            bytes: packets * each,
        },
    )
}

fn table(flows: &[Flow]) -> FlowTable {
    let addresses = ADDRESSES.iter().map(|text| Address::parse(text.as_bytes()).unwrap()).collect();
    let interface = |at: usize| FlowInterface { name: Some(format!("tgw-attach-{at}")), ..FlowInterface::default() };
    table_of(flows, addresses, (0..3).map(interface).collect())
}

fn told() -> Told {
    Told { join: Some(JOIN), ..Told::default() }
}

fn traffic(flows: &[Flow]) -> Traffic {
    let wanted = Wanted { dns_ports: vec![22], long: 60 };
    let cancel = Cancel::default();
    let is_internal = |address: &Address| address.to_string().starts_with("10.");
    Traffic::of(Arc::new(Kept::of(table(flows), &told(), is_internal, &wanted, (2, &cancel))), 2, &cancel)
}

fn reuses(before: &[&Flow], next: &Flow) -> bool {
    before.iter().any(|flow| flow.flags.bits & 5 != 0) && next.flags.bits & 2 != 0
}

fn is_near(before: &[&Flow], next: &Flow) -> bool {
    before.iter().map(|flow| flow.end).max().is_some_and(|end| next.start - end <= JOIN)
}

/// Of one interface and two ends: the sessions, and the conversations that they make, as records.
fn of_ends<'a>(rows: &[&'a Flow]) -> (Vec<Vec<&'a Flow>>, Vec<Vec<&'a Flow>>) {
    let (mut sessions, mut talks) = (Vec::<Vec<&Flow>>::new(), Vec::<Vec<&Flow>>::new());
    let mut of_session = Vec::new();
    for row in rows {
        let is_kind = |flow: &Flow| (flow.sender, flow.is_accepted) == (row.sender, row.is_accepted);
        let last = sessions.iter().rposition(|session| is_kind(session[0]));
        if let Some(at) = last.filter(|at| is_near(&sessions[*at], row) && !reuses(&sessions[*at], row)) {
            sessions[at].push(row);
            let talk: usize = of_session[at];
            talks[talk].push(row);
            continue;
        }
        sessions.push(vec![row]);
        let goes_on = talks.last().is_some_and(|talk| {
            let own: Vec<&Flow> = talk.iter().copied().filter(|flow| flow.sender == row.sender).collect();
            is_near(talk, row) && !reuses(&own, row)
        });
        match talks.last_mut().filter(|_| goes_on) {
            Some(talk) => talk.push(row),
            None => talks.push(vec![row]),
        }
        of_session.push(talks.len() - 1);
    }
    (sessions, talks)
}

/// Interface, ends, protocol.
type Ends = (u32, [(u32, u16); 2], u8);

/// In the order of time.
fn grouped(flows: &[Flow]) -> BTreeMap<Ends, Vec<&Flow>> {
    let mut groups: BTreeMap<_, Vec<&Flow>> = BTreeMap::new();
    for flow in flows {
        groups.entry((flow.interface, flow.ends, flow.protocol)).or_default().push(flow);
    }
    groups.values_mut().for_each(|rows| rows.sort_unstable());
    groups
}

fn sum(rows: &[&Flow], side: u8) -> u64 {
    rows.iter().filter(|flow| flow.sender == side).map(|flow| flow.bytes).sum()
}

fn gap(rows: &[&Flow]) -> i64 {
    (1..rows.len()).map(|at| rows[at].start - end(&rows[..at])).chain([0]).max().unwrap()
}

fn end(rows: &[&Flow]) -> i64 {
    rows.iter().map(|flow| flow.end).max().unwrap()
}

fn began(rows: &[&Flow]) -> (u8, Evidence) {
    let one = rows[0];
    let only = |sides: [bool; 2]| if sides[0] == sides[1] { None } else { Some(u8::from(sides[1])) };
    let ports = one.ends.map(|(_, port)| port);
    let is_syn = |flow: &&&Flow, bits: u16| one.protocol == TCP && flow.flags.bits & 18 == bits;
    let sent = |side: u8, bits: u16| rows.iter().filter(|flow| is_syn(flow, bits)).any(|flow| flow.sender == side);
    let first = |side: u8| rows.iter().filter(|flow| flow.sender == side).map(|flow| flow.start).min();
    let found = [
        (only([sent(0, 2) || sent(1, 18), sent(1, 2) || sent(0, 18)]), Evidence::SynFlags),
        (only([is_well_known(ports[1]), is_well_known(ports[0])]), Evidence::Ports),
        (
            only(ports.map(|port| port >= 32_768)).filter(|_| first(0).is_some() && first(1).is_some()),
            Evidence::HighPort,
        ),
        (
            match [first(0), first(1)] {
                [Some(a), Some(b)] => only([a < b, b < a]),
                one => only(one.map(|first| first.is_some())),
            },
            Evidence::FirstSeen,
        ),
    ];
    found.into_iter().find_map(|(side, evidence)| Some((side?, evidence))).unwrap_or((0, Evidence::Unknown))
}

fn outcome(rows: &[&Flow], initiator: u8) -> Outcome {
    let one = rows[0];
    let answers: Vec<&&Flow> = rows.iter().filter(|flow| flow.sender != initiator && flow.is_accepted).collect();
    if answers.is_empty() {
        let is_rejected = rows.iter().all(|flow| !flow.is_accepted);
        return if one.protocol == TCP || is_rejected { Outcome::Miss } else { Outcome::Silent };
    }
    let bits = answers.iter().fold(0, |bits, flow| bits | flow.flags.bits);
    let packets: u64 = answers.iter().map(|flow| flow.packets).sum();
    let asked: u64 = rows.iter().filter(|flow| flow.sender == initiator).map(|flow| flow.packets).sum();
    let is_reset = match answers.iter().any(|flow| flow.flags.are_there) {
        true => bits & 4 != 0 && bits & 3 == 0,
        false => {
            let responder = one.ends[usize::from(1 - initiator)].0;
            let each = if ADDRESSES[responder as usize].contains(':') { 60 } else { 40 };
            answers.iter().map(|flow| flow.bytes).sum::<u64>() == packets * each && asked <= 3
        }
    };
    if one.protocol == TCP && is_reset { Outcome::Miss } else { Outcome::Hit }
}

type Row = (Ends, (i64, i64, u64, u64, u64, i64), (Evidence, &'static str, bool));

/// What the definition says, with whether it repeats another one.
fn expected(flows: &[Flow]) -> Vec<Row> {
    let groups = grouped(flows);
    let hours = |interface: u32| {
        let own = flows.iter().filter(|flow| flow.interface == interface);
        own.map(|flow| flow.start.div_euclid(HOUR)).collect::<BTreeSet<i64>>().len()
    };
    let mut all = Vec::new();
    for ((interface, ends, protocol), rows) in &groups {
        for talk in of_ends(rows).1 {
            all.push(((std::cmp::Reverse(hours(*interface)), *interface), (*ends, *protocol), talk, false));
        }
    }
    all.sort_by_key(|(rank, _, talk, _)| (*rank, talk[0].start, end(talk)));
    for at in 0..all.len() {
        let (rank, ends, talk, _) = &all[at];
        let meets = |(other, ends_too, talk_too, repeats): &(_, _, Vec<&Flow>, bool)| {
            !repeats
                && other != rank
                && ends_too == ends
                && talk_too[0].start <= end(talk)
                && end(talk_too) >= talk[0].start
        };
        all[at].3 = all[..at].iter().any(meets);
    }
    let legs = |interface: u32, talk: &[&Flow]| {
        let (ends, sides) = (talk[0].ends, [sum(talk, 0), sum(talk, 1)]);
        let protocol = talk[0].protocol;
        [(interface, ends[0], protocol, sides[0], sides[1]), (interface, ends[1], protocol, sides[1], sides[0])]
    };
    let is_inner = |talk: &[&Flow]| talk.iter().any(|flow| flow.is_rewritten);
    let inner: Vec<_> = all
        .iter()
        .filter(|(.., talk, _)| is_inner(talk))
        .flat_map(|((_, interface), _, talk, _)| legs(*interface, talk).map(|leg| (leg, talk[0].start)))
        .collect();
    let row = |((_, interface), (ends, protocol), talk, repeats): &(_, _, Vec<&Flow>, bool)| {
        let (initiator, evidence): (u8, Evidence) = began(talk);
        let at = usize::from(initiator);
        let ends: [(u32, u16); 2] = *ends;
        let (sent, received) = (sum(talk, initiator), sum(talk, 1 - initiator));
        let start = talk[0].start;
        let is_outer = !is_inner(talk)
            && inner.iter().any(|(leg, time)| legs(*interface, talk).contains(leg) && (time - start).abs() <= 2);
        (
            (*interface, [ends[at], ends[1 - at]], *protocol),
            (start, end(talk), talk.len() as u64, sent, received, gap(talk)),
            (evidence, outcome(talk, initiator).name(), *repeats || is_outer),
        )
    };
    let mut rows: Vec<Row> = all.iter().map(row).collect();
    rows.sort_unstable();
    rows
}

fn found(of: &Traffic) -> Vec<Row> {
    let row = |one: &super::conversation::Conversation| {
        (
            (one.interface, [(one.addresses[0], one.ports[0]), (one.addresses[1], one.ports[1])], one.protocol),
            (one.start, one.end(), one.records(), one.sent_bytes, one.received_bytes, one.largest_gap()),
            (one.evidence, one.outcome().name(), one.repeat().is_some()),
        )
    };
    let mut rows: Vec<Row> = of.conversations().map(row).collect();
    rows.sort_unstable();
    rows
}

proptest! {
    #[test]
    fn conversations_are_as_defined(flows in prop::collection::vec(flow(), 0..60)) {
        let of = traffic(&flows);
        prop_assert_eq!(found(&of), expected(&flows));
        for part in of.by_part(|part| vec![part]) {
            prop_assert!(part.is_sorted_by_key(|one| one.place()));
        }
        // What was accepted in an hour.
        let (mut pieces, mut accepted) = (BTreeMap::new(), BTreeMap::new());
        for one in of.conversations() {
            each_piece(&of, one, |piece| {
                for (end, bytes) in one.addresses.into_iter().zip(piece.bytes) {
                    *pieces.entry((one.interface, end, piece.hour)).or_insert(0) += bytes;
                }
            });
        }
        for flow in flows.iter().filter(|flow| flow.is_accepted) {
            let (hour, sender) = (flow.start.div_euclid(HOUR) * HOUR, flow.ends[usize::from(flow.sender)].0);
            *accepted.entry((flow.interface, sender, hour)).or_insert(0) += flow.bytes;
        }
        pieces.retain(|_, bytes| *bytes > 0);
        prop_assert_eq!(pieces, accepted);
        // Whom hosts met, and where addresses were seen.
        let of_used = |one: &&super::conversation::Conversation| one.is_used() && !one.is_only_rejected();
        for peer in 0..4 {
            let with = |host: u32| of.conversations().filter(of_used).any(|one| one.addresses.contains(&host) && one.addresses.contains(&peer));
            let hosts = (0..2).filter(|host| peer > 1 && with(*host)).count();
            prop_assert_eq!(of.space.met(peer), hosts);
            let at: BTreeSet<u32> = flows.iter().filter(|flow| flow.ends.iter().any(|end| end.0 == peer)).map(|flow| flow.interface).collect();
            prop_assert_eq!(of.space.seen_at(peer), Vec::from_iter(at));
        }
    }

    #[test]
    fn sessions_are_as_defined(flows in prop::collection::vec(flow(), 0..60)) {
        let table = table(&flows);
        let interfaces = super::interfaces::interfaces(&table, &told(), &[false; 4], 2);
        let lists = table.fold(2, &Cancel::default(), Vec::new, |found, part| sessions(part, &interfaces, found));
        let mut found: Vec<_> = lists
            .iter()
            .flatten()
            .map(|one| {
                let kind = (one.interface, one.source, one.destination, one.protocol, one.is_accepted);
                (kind, (one.start, one.order, one.end), (one.records, one.packets, one.bytes, one.largest_gap), one.flags)
            })
            .collect();
        let mut expected = Vec::new();
        for rows in grouped(&flows).values() {
            let mut orders: BTreeMap<(u8, bool), u32> = BTreeMap::new();
            for session in of_ends(rows).0 {
                let one = session[0];
                let order = orders.entry((one.sender, one.is_accepted)).and_modify(|order| *order += 1).or_insert(0);
                let side = usize::from(one.sender);
                let kind = (one.interface, one.ends[side], one.ends[1 - side], one.protocol, one.is_accepted);
                let sums = session.iter().fold((0, 0), |(packets, bytes), flow| (packets + flow.packets, bytes + flow.bytes));
                let flags = session.iter().fold(TcpFlags::default(), |flags, flow| flags.with(flow.flags));
                expected.push((kind, (one.start, *order, end(&session)), (session.len() as u64, sums.0, sums.1, gap(&session)), flags));
            }
        }
        found.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn what_is_cancelled_gives_up_the_rest() {
    let one = Flow {
        ends: [(0, 40_000), (2, 443)],
        protocol: TCP,
        bytes: 9,
        packets: 1,
        is_accepted: true,
        ..Flow::default()
    };
    let cancel = Cancel::default();
    cancel.cancel();
    let wanted = Wanted { dns_ports: Vec::new(), long: 60 };
    let kept = Kept::of(table(&[one]), &told(), |_| true, &wanted, (2, &cancel));
    assert_eq!(kept.conversations().count(), 0);
    let of = traffic(&[one]);
    assert_eq!(of.conversations().count(), 1);
    let stopped =
        Traffic::of(Arc::new(Kept::of(table(&[one]), &told(), |_| true, &wanted, (2, &Cancel::default()))), 2, &cancel);
    assert_eq!(stopped.by_part(|part| vec![part.len()]), [0usize; 0]);
    assert_eq!(
        stopped.by_address(|part, handed| part.iter().for_each(|one| handed.to(1, one.start)), |list| list),
        [0i64; 0]
    );
}
