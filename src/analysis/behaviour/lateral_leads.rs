//! Leads of lateral movement: one for a source and a port. Pure.

use super::lateral::Lateral;
use super::lead::{Kind, Lead};
use super::lead_filters::Written;
use super::space::Novelty;
use super::traffic::Traffic;
use crate::model::Dataset;
use std::collections::BTreeMap;

const MUCH: u64 = 1_000_000_000;
const TCP: u8 = 6;

pub(super) fn lateral_leads(of: &Traffic, found: &[Lateral]) -> Vec<Lead> {
    let mut sources: BTreeMap<(u32, u16), Vec<&Lateral>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.status == Novelty::New) {
        sources.entry((one.source, one.port)).or_default().push(one);
    }
    sources.into_iter().filter_map(|((source, port), list)| lead(of, source, port, &list)).collect()
}

fn lead(of: &Traffic, source: u32, port: u16, list: &[&Lateral]) -> Option<Lead> {
    let is_answered = list.iter().any(|one| one.hits > 0);
    let base = match (list.iter().any(|one| one.is_admin), is_answered) {
        (true, true) => 60.0,
        (true, false) => 40.0,
        (false, true) => 35.0,
        (false, false) => return None,
    };
    let bytes = list.iter().fold(0u64, |sum, one| sum.saturating_add(one.sent).saturating_add(one.received));
    let (first, last) = (list.iter().map(|one| one.first).min()?, list.iter().map(|one| one.last).max()?);
    let mut hosts: Vec<u32> = list.iter().map(|one| one.destination).collect();
    hosts.sort_unstable();
    let (peer, ends, what, filter) = match hosts.as_slice() {
        [peer] => (
            of.address_text(*peer),
            Some((source, *peer)),
            format!("first contact with port {port}, {bytes} bytes"),
            Written::of(of, false).between(source, *peer, port).protocol(TCP).in_time(first, last),
        ),
        hosts => {
            let texts: Vec<String> = hosts.iter().map(|host| of.address_text(*host)).collect();
            let [from, to] = [first, last].map(|time| of.time(time).to_text());
            let text = format!(
                "srcaddr = {} and dstport = {port} and dstaddr in ({}) and start >= {from} and start <= {to}",
                of.address_text(source),
                texts.join(", ")
            );
            let what = format!("first contact with port {port} of {} hosts, {bytes} bytes", hosts.len());
            (String::new(), None, what, text)
        }
    };
    let mut lead = Lead {
        kind: Kind::Lateral,
        subject: of.address_text(source),
        peer,
        ends,
        what,
        first,
        last,
        parts: vec![(Kind::Lateral.name().to_owned(), base)],
        records: None,
        filter,
        dataset: Dataset::Flows,
        actor: None,
        doubts: None,
    };
    if bytes > MUCH {
        lead.add("over 1 GB moved", 15.0);
    }
    Some(lead)
}
