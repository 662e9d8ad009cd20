//! Scans: one source that misses many hosts of a port, or many ports of a host. Pure.

use super::conversations::{Conversation, Outcome};
use super::guessing::guessing;
use super::parameters::Parameters;
use super::scan::{Kind, Scan, of_run};
use super::traffic::Traffic;
use super::walk::walks;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

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
    let mut by_port: FxHashMap<(u32, u16, u8), Vec<&Conversation>> = FxHashMap::default();
    let mut by_host: FxHashMap<(u32, u32, u8), Vec<&Conversation>> = FxHashMap::default();
    for one in of.used() {
        by_port.entry((one.initiator(), one.responder_port(), one.protocol)).or_default().push(one);
        by_host.entry((one.initiator(), one.responder(), one.protocol)).or_default().push(one);
    }
    let mut found = Vec::new();
    for ((source, port, protocol), list) in by_port {
        each_scan(of, parameters, list, Conversation::responder, |scan, targets| {
            let missed = targets.iter().map(|host| (*host, port)).collect();
            let examples = targets.into_iter().take(EXAMPLES).collect();
            found.push(Scan { kind: Kind::Horizontal { port, examples }, source, protocol, missed, ..scan });
        });
    }
    for ((source, host, protocol), list) in by_host {
        each_scan(of, parameters, list, Conversation::responder_port, |scan, targets| {
            let missed = targets.iter().map(|port| (host, *port)).collect();
            let examples = targets.into_iter().take(EXAMPLES).collect();
            found.push(Scan { kind: Kind::Vertical { host, examples }, source, protocol, missed, ..scan });
        });
    }
    found
}

/// The runs of conversations in which enough targets were missed, with these.
fn each_scan<T: Ord + Copy>(
    of: &Traffic,
    parameters: &Parameters,
    mut list: Vec<&Conversation>,
    target: impl Fn(&Conversation) -> T,
    mut each: impl FnMut(Scan, Vec<T>),
) {
    if list.len() < parameters.min_targets {
        return;
    }
    list.sort_unstable_by_key(|one| one.order());
    for run in list.chunk_by(|one, next| next.start.saturating_sub(one.start) <= parameters.scan_gap) {
        if run.len() < parameters.min_targets {
            continue;
        }
        // By target: was it hit?
        let mut targets: BTreeMap<T, bool> = BTreeMap::new();
        for one in run {
            match one.outcome {
                Outcome::Hit => {
                    targets.insert(target(one), true);
                }
                Outcome::Miss => {
                    targets.entry(target(one)).or_insert(false);
                }
                Outcome::Silent => {}
            }
        }
        let missed: Vec<T> = targets.iter().filter(|(_, hit)| !**hit).map(|(target, _)| *target).collect();
        if missed.len() < parameters.min_targets || (missed.len() as f64) < parameters.miss_share * targets.len() as f64
        {
            continue;
        }
        let scan = of_run(of, run, missed.len() as u64, (targets.len() - missed.len()) as u64);
        each(scan, missed);
    }
}
