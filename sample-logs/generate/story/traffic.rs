//! An ordinary week in the shop: customers, health checks, updates, backups, and the internet's usual noise.

use super::flow::{Flow, SYN, SYN_ACK, Status, TCP, WHOLE, WHOLE_ANSWER};
use super::rng::Rng;
use super::world::*;

/// The background flows of all interfaces but those of the transit gateway.
pub(super) fn flows() -> Vec<Flow> {
    let mut out = Vec::new();
    for window in (0..HOURS * HOUR / WINDOW).map(|n| FIRST + n * WINDOW) {
        let mut rng = Rng::named(&format!("traffic {window}"));
        customers(&WEB_1, window, 13, &mut rng, &mut out);
        customers(&WEB_2, window, 10, &mut rng, &mut out);
        health_checks(window, &mut rng, &mut out);
        web_to_database(window, &mut rng, &mut out);
        through_nat(window, &mut rng, &mut out);
        backups(window, &mut rng, &mut out);
        batch_jobs(window, &mut rng, &mut out);
        office_ssh(window, &mut rng, &mut out);
        noise(window, &mut rng, &mut out);
        quiet_interfaces(window, &mut rng, &mut out);
    }
    out
}

/// Within the window, and never touching the next one.
fn times(window: i64, rng: &mut Rng) -> (i64, i64) {
    let start = window + rng.below(500);
    (start, start + rng.below(window + WINDOW - start))
}

fn customer(rng: &mut Rng, ipv6: bool) -> String {
    match rng.below(10) {
        0..=1 if ipv6 => format!("2001:db8:{:x}::{:x}", rng.between(0x100, 0x140), rng.between(1, 400)),
        0..=6 => format!("198.51.100.{}", rng.between(40, 190)),
        _ => format!("203.0.113.{}", rng.between(100, 250)),
    }
}

fn customers(host: &'static Host, window: i64, most: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    let visits = most * busy_percent(window) / 100;
    for _ in 0..visits.max(2) {
        let from = customer(rng, *host == WEB_2);
        let (start, end) = times(window, rng);
        let to = if from.contains(':') { WEB_2_IPV6 } else { host.ip };
        let port = if rng.chance(92) { 443 } else { 80 };
        let pages = rng.between(1, 30);
        let request = Flow::tcp(host, (&from, rng.port()), (to, port))
            .times(start, end)
            .volume(pages * 4 + rng.below(9), pages * rng.between(380, 900) + 312)
            .flags(WHOLE);
        let page = (pages * 7 + rng.below(20), pages * rng.between(2_500, 21_000) + 190);
        out.push(request.answer(page.0, page.1, WHOLE_ANSWER).path(8));
        out.push(request);
    }
}

fn health_checks(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    for target in [&WEB_1, &WEB_2] {
        let port = rng.port();
        let check = |observed| {
            Flow::tcp(observed, (BALANCER.ip, port), (target.ip, 8080)).times(window + 4, window + 595).flags(WHOLE)
        };
        for observed in [&BALANCER, target] {
            let ask = check(observed).volume(120, 7_560);
            out.push(ask.answer(100, 18_400, WHOLE_ANSWER));
            out.push(ask);
        }
    }
}

fn web_to_database(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    for _ in 0..2 {
        let (start, end) = times(window, rng);
        let load = busy_percent(window);
        let ask = Flow::tcp(&APP_1, (APP_1.ip, rng.port()), (DB_1.ip, 5432))
            .times(start, end)
            .volume(load * 6 + rng.below(80), load * rng.between(700, 1_100))
            .path(1);
        let seen_by_database = Flow { observed: &DB_1, traffic_path: None, ..ask.clone() };
        let rows = (load * 8 + rng.below(90), load * rng.between(4_000, 9_000));
        out.push(ask.answer(rows.0, rows.1, 0));
        out.push(seen_by_database.answer(rows.0, rows.1, 0).path(1));
        out.push(ask);
        out.push(seen_by_database);
    }
    let web = Flow::tcp(&APP_1, (WEB_1.ip, rng.port()), (APP_1.ip, 9000)).times(window + 2, window + 598);
    let web = web.volume(busy_percent(window) * 9, busy_percent(window) * 5_100);
    out.push(web.answer(busy_percent(window) * 11, busy_percent(window) * 16_400, 0).path(1));
    out.push(web);
}

/// The interface of a NAT gateway sees each connection four times, and only the packet's own addresses tell whose it is.
fn through_nat(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    for (place, percent, kilobytes) in [(PAYMENT, 95, 24), (PACKAGE_MIRROR, 8, 900)] {
        if !rng.chance(percent) {
            continue;
        }
        let (start, end) = times(window, rng);
        let (inside_port, outside_port) = (rng.port(), rng.between(1_024, 30_000));
        let asked = (rng.between(20, 90), rng.between(3_000, 14_000));
        let answered = (rng.between(30, 200), kilobytes * rng.between(500, 1_500));
        let mut inside = Flow::tcp(&NAT, (APP_1.ip, inside_port), (NAT.ip, 443))
            .times(start, end)
            .volume(asked.0, asked.1)
            .flags(WHOLE);
        inside.packet_dst = Some(place.to_owned());
        let outside = Flow::tcp(&NAT, (NAT.ip, outside_port), (place, 443))
            .times(start, end)
            .volume(asked.0, asked.1)
            .flags(WHOLE)
            .path(8);
        out.push(inside.answer(answered.0, answered.1, WHOLE_ANSWER).path(1));
        out.push(outside.answer(answered.0, answered.1, WHOLE_ANSWER));
        out.push(inside);
        out.push(outside);
    }
    let time = Flow::udp(&NAT, (NAT.ip, 123), (NTP, 123)).times(window + 31, window + 31).volume(1, 76).path(8);
    out.push(time.answer(1, 76, 0));
    out.push(time);
}

/// The application writes to S3 through a gateway endpoint.
fn backups(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    let (day, hour) = day_hour(window);
    let nightly = hour == 17;
    for _ in 0..if nightly { 6 } else { 1 } {
        let (start, end) = times(window, rng);
        let megabytes = if nightly { rng.between(20, 60) } else { rng.between(0, 3) };
        let mut put = Flow::tcp(&APP_1, (APP_1.ip, rng.port()), (*rng.pick(&S3_ADDRESSES), 443))
            .times(start, end)
            .volume(40 + megabytes * 700, 9_000 + megabytes * 1_000_000 + day * 1_117)
            .flags(WHOLE)
            .path(7);
        put.dst_service = Some("S3");
        out.push(put.answer(30 + megabytes * 90, 5_200 + megabytes * 4_700, WHOLE_ANSWER));
        out.push(put);
    }
}

fn batch_jobs(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    if day_hour(window).1 % 4 != 2 {
        return;
    }
    for _ in 0..4 {
        let (start, end) = times(window, rng);
        let read = Flow::tcp(&BATCH, (BATCH.ip, rng.port()), (DB_1.ip, 5432))
            .times(start, end)
            .volume(rng.between(100, 400), rng.between(9_000, 40_000));
        out.push(read.answer(rng.between(200, 900), rng.between(90_000, 900_000), 0));
        out.push(read);
    }
}

/// Engineers use the SSH host during the day in Japan.
fn office_ssh(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    let hour = (day_hour(window).1 + 9) % 24;
    if !(9..19).contains(&hour) || !rng.chance(45) || window > RESPONSE {
        return;
    }
    let (start, end) = times(window, rng);
    let keys = Flow::tcp(&BASTION, (OFFICE, rng.port()), (BASTION.ip, 22))
        .times(start, end)
        .volume(rng.between(60, 900), rng.between(6_000, 90_000));
    out.push(keys.answer(rng.between(60, 900), rng.between(9_000, 300_000), 0).path(8));
    out.push(keys);
}

/// Everyone on the internet is knocked at.
fn noise(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    const PORTS: [i64; 9] = [23, 3389, 445, 8080, 5900, 6379, 1433, 2375, 9200];
    for host in [&WEB_1, &WEB_2, &NAT, &BASTION] {
        for _ in 0..rng.between(1, 4) {
            let (start, _) = times(window, rng);
            let from = format!("192.0.2.{}", rng.between(150, 199));
            let knock = Flow::tcp(host, (&from, rng.port()), (host.ip, *rng.pick(&PORTS)));
            let knock = if rng.chance(12) { Flow { protocol: 17, dstport: 5060, ..knock } } else { knock };
            let flags = if knock.protocol == TCP { SYN } else { 0 };
            out.push(knock.times(start, start + rng.below(3)).volume(1, rng.between(40, 61)).flags(flags).rejected());
        }
    }
    if rng.chance(30) {
        let ping = Flow::tcp(&WEB_2, ("192.0.2.199", 0), (WEB_2.ip, 0)).times(window + 7, window + 9);
        out.push(Flow { protocol: 1, ..ping.volume(4, 336).rejected() });
    }
    if rng.chance(10) {
        // A half-open probe: the host answered, the prober never did.
        let probe = Flow::tcp(&WEB_2, ("192.0.2.188", rng.port()), (WEB_2.ip, 443)).times(window + 9, window + 9);
        out.push(probe.answer(1, 44, SYN_ACK).path(8));
        out.push(probe.flags(SYN));
    }
}

fn quiet_interfaces(window: i64, rng: &mut Rng, out: &mut Vec<Flow>) {
    let end = window + WINDOW - 1;
    out.push(Flow::without_data(&IDLE, Status::NoData, window, end));
    if rng.chance(2) {
        out.push(Flow::without_data(&WEB_1, Status::SkipData, window, end));
    }
    if day_hour(window).1 % 4 != 2 {
        out.push(Flow::without_data(&BATCH, Status::NoData, window, end));
    }
}
