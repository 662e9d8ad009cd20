//! What the intruder's traffic looks like at the interfaces, and the same data leaving as the transit gateway saw it.

use super::flow::{Flow, SYN, WHOLE, WHOLE_ANSWER};
use super::rng::Rng;
use super::world::*;

/// The intruder's flows at the interfaces of both accounts.
pub(super) fn flows() -> Vec<Flow> {
    let mut out = Vec::new();
    port_scans(&mut out);
    guessed_elsewhere(&mut out);
    guessed_passwords(&mut out);
    sessions(&mut out);
    odd_names(&mut out);
    stolen_data(&mut out);
    shut_out(&mut out);
    out
}

fn port_scans(out: &mut Vec<Flow>) {
    let mut rng = Rng::named("port scans");
    for host in [&WEB_1, &BASTION, &NAT] {
        for step in 0..320 {
            let start = SCAN_FROM + step * 5 + rng.below(4);
            // The security groups open 80 and 443 on the web host and 22 on the SSH host: those are not rejected.
            let port = if step < 100 { step + 1_000 } else { rng.between(1_024, 10_000) };
            let probe = Flow::tcp(host, (SCANNER, 41_000 + step), (host.ip, port)).times(start, start);
            out.push(probe.volume(1, 44).flags(SYN).rejected());
        }
    }
    for other in &SCANNERS[1..] {
        for _ in 0..60 {
            let start = rng.between(FIRST + 7 * HOUR, FIRST + 22 * HOUR);
            let to = if other.contains(':') { WEB_2_IPV6 } else { WEB_2.ip };
            let probe = Flow::tcp(&WEB_2, (other, rng.port()), (to, rng.between(20, 9_999))).times(start, start);
            out.push(probe.volume(1, 44).flags(SYN).rejected());
        }
    }
}

/// SSH is closed on the web hosts: the guessing ended before it began.
fn guessed_elsewhere(out: &mut Vec<Flow>) {
    let mut rng = Rng::named("guessed elsewhere");
    for host in [&WEB_1, &WEB_2, &NAT] {
        for attempt in 0..90 {
            let start = GUESSING_FROM + attempt * 20 + rng.below(15);
            let from = if attempt % 3 == 0 { ATTACKER_HELPER } else { ATTACKER };
            let knock = Flow::tcp(host, (from, rng.port()), (host.ip, 22)).times(start, start + 3);
            out.push(knock.volume(3, 180).flags(SYN).rejected());
        }
    }
}

/// A wrong password looks the same each time: a short connection of a few kilobytes.
fn guessed_passwords(out: &mut Vec<Flow>) {
    let mut rng = Rng::named("guessed passwords");
    let mut start = GUESSING_FROM + 1_800;
    while start < BREAK_IN - 60 {
        let from = if rng.chance(25) { ATTACKER_HELPER } else { ATTACKER };
        let end = start + rng.between(2, 7);
        let attempt = Flow::tcp(&BASTION, (from, rng.port()), (BASTION.ip, 22))
            .times(start, end)
            .volume(rng.between(12, 16), rng.between(1_800, 2_300))
            .flags(WHOLE);
        out.push(attempt.answer(rng.between(11, 15), rng.between(2_300, 2_800), WHOLE_ANSWER).path(8));
        out.push(attempt);
        start += rng.between(8, 19);
    }
}

/// One session of the intruder, a record for each ten minutes of it.
fn session(from: i64, to: i64, port: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    let mut start = from;
    while start < to {
        let end = (FIRST + ((start - FIRST) / WINDOW + 1) * WINDOW - 1).min(to);
        let mut flags = 0;
        if start == from {
            flags |= SYN;
        }
        if end == to {
            flags |= 1;
        }
        let keys = Flow::tcp(&BASTION, (ATTACKER, port), (BASTION.ip, 22))
            .times(start, end)
            .volume(rng.between(300, 1_500), rng.between(24_000, 130_000))
            .flags(flags);
        out.push(keys.answer(rng.between(300, 1_700), rng.between(60_000, 700_000), flags).path(8));
        out.push(keys);
        start = end + 1;
    }
}

fn sessions(out: &mut Vec<Flow>) {
    let mut rng = Rng::named("sessions");
    session(BREAK_IN, at(11, 3, 41, 12), 51_022, &mut rng, out);
    session(at(11, 13, 50, 3), at(11, 19, 44, 50), 51_980, &mut rng, out);
    session(at(12, 0, 31, 0), at(12, 1, 2, 30), 52_416, &mut rng, out);
}

/// Questions to a resolver outside, all of nearly one size, day and night: names that carry something.
fn odd_names(out: &mut Vec<Flow>) {
    let mut rng = Rng::named("odd names");
    let mut window = at(11, 3, 0, 0);
    while window < RESPONSE {
        for _ in 0..6 {
            let start = window + rng.below(540);
            let questions = rng.between(18, 26);
            let ask = Flow::udp(&BASTION, (BASTION.ip, rng.port()), (ODD_RESOLVER, 53))
                .times(start, start + rng.between(30, 59))
                .volume(questions, questions * 231)
                .path(8);
            out.push(ask.answer(questions, questions * rng.between(120, 140), 0));
            out.push(ask);
        }
        window += WINDOW;
    }
}

/// Bytes that left in the ten minutes from `window`.
fn leaked_bytes(window: i64) -> i64 {
    let mut rng = Rng::named(&format!("leak {window}"));
    rng.between(150, 240) * 1_000_000 + rng.below(1_000_000)
}

fn leak_windows() -> impl Iterator<Item = i64> {
    (0..(LEAK_TO - LEAK_FROM) / WINDOW).map(|n| LEAK_FROM + n * WINDOW)
}

/// Read in the data account, carried over the transit gateway, sent out by the SSH host.
fn stolen_data(out: &mut Vec<Flow>) {
    let mut rng = Rng::named("stolen data");
    for window in leak_windows() {
        let bytes = leaked_bytes(window);
        let end = window + WINDOW - 2;
        let send = Flow::tcp(&BASTION, (BASTION.ip, rng.port()), (DROP_SITE, 443))
            .times(window + 1, end)
            .volume(bytes / 1_380, bytes)
            .path(8);
        out.push(send.answer(bytes / 5_500, bytes / 110, 0));
        out.push(send);
        for observed in [&BASTION, &DATA_1] {
            let mut read = Flow::tcp(observed, (DATA_1.ip, 5439), (BASTION.ip, 40_120))
                .times(window + 1, end)
                .volume(bytes / 1_340, bytes + bytes / 50);
            let ask = read.answer(bytes / 6_000, bytes / 120, 0);
            read.traffic_path = (*observed == DATA_1).then_some(1);
            out.push(read);
            out.push(ask);
        }
    }
}

/// After the responders closed port 22 the guessing goes on, in vain.
fn shut_out(out: &mut Vec<Flow>) {
    let mut rng = Rng::named("shut out");
    let mut start = RESPONSE + 25 * 60;
    while start < FIRST + HOURS * HOUR - 120 {
        let knock = Flow::tcp(&BASTION, (ATTACKER, rng.port()), (BASTION.ip, 22)).times(start, start + 15);
        out.push(knock.volume(5, 300).flags(SYN).rejected());
        start += rng.between(150, 420);
    }
}

/// The data account's own traffic, seen by its interface: a warehouse that two hosts ask.
pub(super) fn warehouse() -> Vec<Flow> {
    let mut out = Vec::new();
    for window in (0..HOURS * HOUR / WINDOW).map(|n| FIRST + n * WINDOW) {
        let mut rng = Rng::named(&format!("warehouse {window}"));
        for asker in ["10.20.11.77", "10.40.1.61"] {
            let start = window + rng.below(300);
            let ask = Flow::tcp(&DATA_1, (asker, rng.port()), (DATA_1.ip, 5439))
                .times(start, start + rng.between(20, 280))
                .volume(rng.between(30, 200), rng.between(4_000, 30_000));
            out.push(ask.answer(rng.between(50, 600), rng.between(50_000, 900_000), 0));
            out.push(ask);
        }
    }
    out
}
