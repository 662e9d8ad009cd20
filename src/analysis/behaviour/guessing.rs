//! Guessing: many small answered conversations with a port of remote administration. Pure.

use super::conversations::{Conversation, Outcome};
use super::parameters::Parameters;
use super::scan::{Kind, Scan, of_run};
use super::traffic::Traffic;
use rustc_hash::FxHashMap;

/// So many times the bytes of a guess are more than one.
const LARGE: u64 = 4;

pub(super) fn guessing(of: &Traffic, parameters: &Parameters) -> Vec<Scan> {
    let mut pairs: FxHashMap<(u32, u32, u16, u8), Vec<&Conversation>> = FxHashMap::default();
    for one in of.used().filter(|one| parameters.admin_ports.contains(&one.responder_port())) {
        let key = (one.initiator(), one.responder(), one.responder_port(), one.protocol);
        pairs.entry(key).or_default().push(one);
    }
    let mut found = Vec::new();
    for ((_, host, port, _), mut list) in pairs {
        list.sort_unstable_by_key(|one| one.order());
        let most = |one: &Conversation| one.sent().bytes.max(one.received().bytes);
        let is_guess = |one: &Conversation| one.outcome == Outcome::Hit && most(one) <= parameters.guess_bytes;
        let guesses: Vec<&Conversation> = list.iter().copied().filter(|one| is_guess(one)).collect();
        let mut latest = i64::MIN;
        let mut run: Vec<&Conversation> = Vec::new();
        let mut runs = Vec::new();
        for one in guesses {
            if !run.is_empty() && one.start.saturating_sub(latest) > parameters.guess_gap {
                runs.push(std::mem::take(&mut run));
            }
            latest = if run.is_empty() { one.end } else { latest.max(one.end) };
            run.push(one);
        }
        runs.push(run);
        for run in runs.iter().filter(|run| run.len() >= parameters.guess_min.max(1)) {
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
    found
}
