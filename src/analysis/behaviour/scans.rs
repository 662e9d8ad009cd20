//! Scans: one source that misses many hosts of a port, or many ports of a host. Pure.

use super::conversation::{Conversation, Outcome};
use super::guessing::guessing;
use super::parameters::Parameters;
use super::scan::{Kind, Scan, of_run};
use super::traffic::Traffic;
use super::walk::walks;

/// Missed targets that are named.
const EXAMPLES: usize = 5;

/// Scans, guessing and random walks, by their first conversation.
pub(super) fn scans(of: &Traffic, parameters: &Parameters) -> Vec<Scan> {
    let mut found = across_targets(of, parameters);
    found.extend(guessing(of, parameters));
    found.extend(walks(of, parameters));
    found.sort_by_key(|scan| (scan.first, scan.kind.name(), scan.source, scan.kind.place(), scan.protocol));
    found
}

fn across_targets(of: &Traffic, parameters: &Parameters) -> Vec<Scan> {
    of.by_part(|part| {
        let mut found = Vec::new();
        let misses = |list: &[Conversation]| {
            list.iter().filter(|one| one.is_used() && one.outcome() == Outcome::Miss).count() >= parameters.min_targets
        };
        for source in part.chunk_by(Conversation::is_of_source).filter(|list| misses(list)) {
            by_port(of, parameters, source, &mut found);
            for list in source.chunk_by(Conversation::is_of_pair).filter(|list| misses(list)) {
                let Some(one) = list.first() else { continue };
                let (source, host, protocol) = (one.initiator(), one.responder(), one.protocol);
                let list = list.iter().filter(|one| one.is_used()).collect();
                each_scan(of, parameters, list, Conversation::responder_port, |scan, targets| {
                    let missed = targets.iter().map(|port| (host, *port)).collect();
                    let examples = targets.into_iter().take(EXAMPLES).collect();
                    found.push(Scan { kind: Kind::Vertical { host, examples }, source, protocol, missed, ..scan });
                });
            }
        }
        found
    })
}

/// `list`: of one source.
fn by_port(of: &Traffic, parameters: &Parameters, list: &[Conversation], found: &mut Vec<Scan>) {
    let used = list.iter().enumerate().filter(|(_, one)| one.is_used());
    let mut order: Vec<(u16, u32)> = used.map(|(at, one)| (one.responder_port(), at as u32)).collect();
    order.sort_unstable();
    for same in order.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() >= parameters.min_targets) {
        let list: Vec<&Conversation> = same.iter().filter_map(|(_, at)| list.get(*at as usize)).collect();
        let Some(one) = list.first() else { continue };
        let (source, port, protocol) = (one.initiator(), one.responder_port(), one.protocol);
        each_scan(of, parameters, list, Conversation::responder, |scan, targets| {
            let missed = targets.iter().map(|host| (*host, port)).collect();
            let examples = targets.into_iter().take(EXAMPLES).collect();
            found.push(Scan { kind: Kind::Horizontal { port, examples }, source, protocol, missed, ..scan });
        });
    }
}

/// The runs of conversations in which enough targets were missed, with these.
fn each_scan<T: Ord + Copy>(
    of: &Traffic,
    parameters: &Parameters,
    mut list: Vec<&Conversation>,
    target: impl Fn(&Conversation) -> T,
    mut each: impl FnMut(Scan, Vec<T>),
) {
    // Not so many targets were missed.
    let is_less = |list: &[&Conversation]| {
        list.iter().filter(|one| one.outcome() == Outcome::Miss).take(parameters.min_targets).count()
            < parameters.min_targets
    };
    if is_less(&list) {
        return;
    }
    list.sort_unstable_by(|one, other| one.start.cmp(&other.start).then_with(|| one.order().cmp(&other.order())));
    for run in list.chunk_by(|one, next| next.start.saturating_sub(one.start) <= parameters.scan_gap) {
        if is_less(run) {
            continue;
        }
        // Each target once; one that was hit and missed is hit, which comes first.
        let mut targets: Vec<(T, bool)> = Vec::new();
        for one in run {
            match one.outcome() {
                Outcome::Hit => targets.push((target(one), false)),
                Outcome::Miss => targets.push((target(one), true)),
                Outcome::Silent => {}
            }
        }
        targets.sort_unstable();
        targets.dedup_by_key(|(target, _)| *target);
        let missed: Vec<T> = targets.iter().filter(|(_, is_missed)| *is_missed).map(|(target, _)| *target).collect();
        if missed.len() < parameters.min_targets || (missed.len() as f64) < parameters.miss_share * targets.len() as f64
        {
            continue;
        }
        let scan = of_run(of, run, missed.len() as u64, (targets.len() - missed.len()) as u64);
        each(scan, missed);
    }
}
