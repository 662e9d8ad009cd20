//! The invented company: accounts, hosts, addresses and hours. Public addresses come from the ranges that RFC 5737 and
//! RFC 3849 set aside for documentation.

pub(super) const PRODUCTION: &str = "111122223333";
pub(super) const DATA: &str = "444455556666";
pub(super) const ORGANISATION: &str = "o-k3str4l0ut";
pub(super) const REGION: &str = "ap-northeast-1";
pub(super) const GLOBAL_REGION: &str = "us-east-1";

/// 2026-03-10T00:00:00Z, a Tuesday.
pub(super) const FIRST: i64 = 1_773_100_800;
pub(super) const HOURS: i64 = 72;
pub(super) const HOUR: i64 = 3_600;
/// Flow logs aggregate over ten minutes.
pub(super) const WINDOW: i64 = 600;

/// Seconds since 1970 of a moment; day 10, 11 or 12 of March 2026, UTC.
pub(super) fn at(day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    FIRST + (day - 10) * 24 * HOUR + hour * HOUR + minute * 60 + second
}

/// (day of March, hour of the day).
pub(super) fn day_hour(secs: i64) -> (i64, i64) {
    (10 + (secs - FIRST).div_euclid(24 * HOUR), (secs - FIRST).rem_euclid(24 * HOUR) / HOUR)
}

/// `2026-03-10T09:15:00Z`.
pub(super) fn iso(secs: i64) -> String {
    let (day, hour) = day_hour(secs);
    let rest = (secs - FIRST).rem_euclid(HOUR);
    format!("2026-03-{day:02}T{hour:02}:{:02}:{:02}Z", rest / 60, rest % 60)
}

/// `20260310T0915Z`, as in the names of delivered files.
pub(super) fn stamp(secs: i64) -> String {
    let (day, hour) = day_hour(secs);
    format!("202603{day:02}T{hour:02}{:02}Z", (secs - FIRST).rem_euclid(HOUR) / 60)
}

/// How busy the shop is: customers are in Japan (UTC+9).
pub(super) fn busy_percent(secs: i64) -> i64 {
    const BY_HOUR_IN_JAPAN: [i64; 24] =
        [55, 40, 30, 25, 25, 30, 40, 55, 70, 80, 85, 90, 100, 95, 85, 85, 85, 90, 95, 105, 115, 120, 105, 80];
    BY_HOUR_IN_JAPAN[((day_hour(secs).1 + 9) % 24) as usize]
}

/// A network interface under observation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub account: &'static str,
    pub interface: &'static str,
    /// `-` where the interface belongs to no instance.
    pub instance: &'static str,
    pub ip: &'static str,
    pub vpc: &'static str,
    pub subnet: &'static str,
    pub zone: &'static str,
}

const VPC: &str = "vpc-0a1b2c3d4e5f60718";
const DATA_VPC: &str = "vpc-0d47a0d47a0d47a01";
const PUBLIC_A: &str = "subnet-0a1a1a1a1a1a1a1a1";
const PUBLIC_C: &str = "subnet-0c3c3c3c3c3c3c3c3";
const APP_A: &str = "subnet-0a9a9a9a9a9a9a9a9";
const DATA_A: &str = "subnet-0d7d7d7d7d7d7d7d7";

const fn host(interface: &'static str, instance: &'static str, ip: &'static str, subnet: &'static str) -> Host {
    Host { account: PRODUCTION, interface, instance, ip, vpc: VPC, subnet, zone: "apne1-az4" }
}

pub(super) static WEB_1: Host = host("eni-0e1001aa01aa01aa1", "i-0e1001bb01bb01bb1", "10.20.1.10", PUBLIC_A);
pub(super) static WEB_2: Host =
    Host { zone: "apne1-az1", ..host("eni-0e2002aa02aa02aa2", "i-0e2002bb02bb02bb2", "10.20.2.10", PUBLIC_C) };
/// The same interface's IPv6 address.
pub(super) const WEB_2_IPV6: &str = "2001:db8:20:2::10";
pub(super) static BALANCER: Host = host("eni-0a1b00aa03aa03aa3", "-", "10.20.1.40", PUBLIC_A);
pub(super) static IDLE: Host = host("eni-01d1e0aa04aa04aa4", "-", "10.20.1.99", PUBLIC_A);
pub(super) static NAT: Host = host("eni-04a700aa05aa05aa5", "-", "10.20.1.5", PUBLIC_A);
pub(super) static BASTION: Host = host("eni-0ba571aa06aa06aa6", "i-0ba571bb06bb06bb6", "10.20.1.22", PUBLIC_A);
pub(super) static APP_1: Host = host("eni-0a9911aa07aa07aa7", "i-0a9911bb07bb07bb7", "10.20.11.15", APP_A);
pub(super) static DB_1: Host = host("eni-0db111aa08aa08aa8", "-", "10.20.11.30", APP_A);
pub(super) static BATCH: Host = host("eni-0ba7c4aa09aa09aa9", "i-0ba7c4bb09bb09bb9", "10.20.11.77", APP_A);
pub(super) static DATA_1: Host = Host {
    account: DATA,
    interface: "eni-0da7a1aa10aa10aa1",
    instance: "i-0da7a1bb10bb10bb1",
    ip: "10.40.1.20",
    vpc: DATA_VPC,
    subnet: DATA_A,
    zone: "apne1-az4",
};

/// Where the passwords were tried from, the session came from, and the stolen credentials were first used.
pub(super) const ATTACKER: &str = "203.0.113.66";
/// A second address that helped with the passwords.
pub(super) const ATTACKER_HELPER: &str = "203.0.113.67";
/// Where the attacker's new user signed in from.
pub(super) const ATTACKER_EXIT: &str = "203.0.113.77";
/// Where the data went.
pub(super) const DROP_SITE: &str = "198.51.100.201";
/// A resolver that no host of the company should ask.
pub(super) const ODD_RESOLVER: &str = "192.0.2.53";
pub(super) const SCANNER: &str = "192.0.2.110";
pub(super) const SCANNERS: [&str; 5] = [SCANNER, "192.0.2.111", "192.0.2.118", "192.0.2.129", "2001:db8:bad::110"];
/// The company's office.
pub(super) const OFFICE: &str = "198.51.100.20";
pub(super) const CI_RUNNER: &str = "198.51.100.30";
pub(super) const S3_ADDRESSES: [&str; 3] = ["192.0.2.201", "192.0.2.202", "192.0.2.203"];
pub(super) const PACKAGE_MIRROR: &str = "192.0.2.80";
pub(super) const PAYMENT: &str = "192.0.2.143";
pub(super) const NTP: &str = "192.0.2.123";

pub(super) const FLOW_LOG_TEXT: &str = "fl-0a11a11a11a11a111";
pub(super) const FLOW_LOG_HIVE: &str = "fl-0b22b22b22b22b222";
pub(super) const FLOW_LOG_CUSTOM: &str = "fl-0c33c33c33c33c333";
pub(super) const FLOW_LOG_PARQUET: &str = "fl-0d44d44d44d44d444";
pub(super) const FLOW_LOG_TRANSIT: &str = "fl-0e55e55e55e55e555";

// The hours of the story.
pub(super) const SCAN_FROM: i64 = FIRST + 4 * HOUR + 12 * 60;
pub(super) const GUESSING_FROM: i64 = FIRST + 18 * HOUR + 20 * 60;
/// The password was found.
pub(super) const BREAK_IN: i64 = FIRST + 25 * HOUR + 37 * 60 + 40;
pub(super) const KEY_FIRST_USED: i64 = BREAK_IN + 6 * 60 + 21;
pub(super) const TRAIL_STOPPED: i64 = FIRST + 26 * HOUR + 20 * 60 + 5;
pub(super) const TRAIL_STARTED: i64 = FIRST + 27 * HOUR + 25 * 60 + 10;
pub(super) const LEAK_FROM: i64 = FIRST + 38 * HOUR;
pub(super) const LEAK_TO: i64 = FIRST + 43 * HOUR + 30 * 60;
/// The hour whose delivered flow log files the intruder deleted.
pub(super) const GAP_FROM: i64 = FIRST + 41 * HOUR;
pub(super) const GAP_TO: i64 = GAP_FROM + HOUR;
pub(super) const RESPONSE: i64 = FIRST + 53 * HOUR + 10 * 60;
