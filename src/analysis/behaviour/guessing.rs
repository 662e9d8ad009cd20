//! Guessing: many small answered conversations with a port of remote administration. Pure.

use super::conversation::{Conversation, Outcome};
use super::parameters::Parameters;
use super::scan::{Kind, Scan, of_run};
use super::traffic::Traffic;

/// So many times the bytes of a guess are more than one.
const LARGE: u64 = 4;

pub(super) fn guessing(of: &Traffic, parameters: &Parameters) -> Vec<Scan> {
    of.by_part(|part| {
        let mut found = Vec::new();
        for list in part.chunk_by(Conversation::is_of_service).filter(|list| list.len() >= parameters.guess_min) {
            if list.first().is_some_and(|one| parameters.admin_ports.contains(&one.responder_port())) {
                let list: Vec<&Conversation> = list.iter().filter(|one| one.is_used()).collect();
                with_service(of, parameters, &list, &mut found);
            }
        }
        found
    })
}

/// `list`: of one initiator with one port of a host, in order.
fn with_service(of: &Traffic, parameters: &Parameters, list: &[&Conversation], found: &mut Vec<Scan>) {
    let Some(one) = list.first() else { return };
    let (host, port) = (one.responder(), one.responder_port());
    let most = |one: &Conversation| one.sent_bytes.max(one.received_bytes);
    let is_guess = |one: &Conversation| one.outcome() == Outcome::Hit && most(one) <= parameters.guess_bytes;
    let mut latest = i64::MIN;
    let mut run: Vec<&Conversation> = Vec::new();
    let mut runs = Vec::new();
    for one in list.iter().copied().filter(|one| is_guess(one)) {
        if !run.is_empty() && one.start.saturating_sub(latest) > parameters.guess_gap {
            runs.push(std::mem::take(&mut run));
        }
        latest = if run.is_empty() { one.end() } else { latest.max(one.end()) };
        run.push(one);
    }
    runs.push(run);
    for run in runs.iter().filter(|run| run.len() >= parameters.guess_min) {
        let first = run.first().map_or(0, |one| one.start);
        let large = parameters.guess_bytes.saturating_mul(LARGE);
        let decided = list.iter().find(|one| one.start > first && most(one) > large);
        let kind = Kind::Guessing {
            host,
            port,
            last_start: run.last().map_or(first, |one| one.start),
            decided_at: decided.map(|one| one.start),
        };
        found.push(Scan { kind, ..of_run(of, run, 0, run.len() as u64) });
    }
}
