//! Every parameter of the analyses of behaviour, with its default.

use crate::analysis::definition::{Parameter, ParameterKind};

const fn given(name: &'static str, kind: ParameterKind, default: Option<&'static str>) -> Parameter {
    Parameter { name, kind, default, optional: default.is_none() }
}

pub(super) const WINDOW: Parameter = given("window", ParameterKind::Text, Some("auto"));
pub(super) const JOIN: Parameter = given("join", ParameterKind::Text, Some("auto"));
pub(super) const ADDRESSES: Parameter = given("addresses", ParameterKind::Text, Some("packet"));
pub(super) const OWN: Parameter = given("own", ParameterKind::Addresses, None);
pub(super) const SCOPE: Parameter = given("scope", ParameterKind::Text, Some("out"));
pub(super) const MIN_STARTS: Parameter = given("min_starts", ParameterKind::Number, Some("4"));
pub(super) const BINS: Parameter = given("bins", ParameterKind::Number, Some("24"));
pub(super) const MIN_SCORE: Parameter = given("min_score", ParameterKind::Number, Some("0.5"));
pub(super) const GAPS: Parameter = given("gaps", ParameterKind::Text, Some("zero"));
pub(super) const RARE: Parameter = given("rare", ParameterKind::Number, Some("0.02"));
pub(super) const COMMON: Parameter = given("common", ParameterKind::Number, Some("0.5"));
pub(super) const MIN_HOSTS: Parameter = given("min_hosts", ParameterKind::Number, Some("10"));
pub(super) const LONG: Parameter = given("long", ParameterKind::Number, Some("3600"));
pub(super) const MISS_SHARE: Parameter = given("miss_share", ParameterKind::Number, Some("0.25"));
pub(super) const MIN_TARGETS: Parameter = given("min_targets", ParameterKind::Number, Some("10"));
pub(super) const SCAN_GAP: Parameter = given("scan_gap", ParameterKind::Number, Some("3600"));
pub(super) const GUESS_MIN: Parameter = given("guess_min", ParameterKind::Number, Some("30"));
pub(super) const GUESS_GAP: Parameter = given("guess_gap", ParameterKind::Number, Some("600"));
pub(super) const GUESS_BYTES: Parameter = given("guess_bytes", ParameterKind::Bytes, Some("5000"));
pub(super) const THETA0: Parameter = given("theta0", ParameterKind::Number, Some("0.8"));
pub(super) const THETA1: Parameter = given("theta1", ParameterKind::Number, Some("0.2"));
pub(super) const ALPHA: Parameter = given("alpha", ParameterKind::Number, Some("0.01"));
pub(super) const BETA: Parameter = given("beta", ParameterKind::Number, Some("0.99"));
pub(super) const TRW_ALL: Parameter = given("trw_all", ParameterKind::Number, Some("0"));
pub(super) const FAN_MIN: Parameter = given("fan_min", ParameterKind::Number, Some("20"));
pub(super) const FAN_RATIO: Parameter = given("fan_ratio", ParameterKind::Number, Some("5"));
pub(super) const ADMIN_PORTS: Parameter =
    given("admin_ports", ParameterKind::Ports, Some("20,21,22,23,135,139,389,445,1433,3389,5900,5985,5986"));
pub(super) const SINCE: Parameter = given("since", ParameterKind::Text, Some("auto"));
pub(super) const MIN_HISTORY: Parameter = given("min_history", ParameterKind::Number, Some("86400"));
pub(super) const EXFIL_SCOPE: Parameter = given("exfil_scope", ParameterKind::Text, Some("external"));
pub(super) const EXFIL_HOUR: Parameter = given("exfil_hour", ParameterKind::Bytes, Some("100000000"));
pub(super) const EXFIL_RATIO: Parameter = given("exfil_ratio", ParameterKind::Number, Some("10"));
pub(super) const EXFIL_FLOOR: Parameter = given("exfil_floor", ParameterKind::Bytes, Some("1000000"));
pub(super) const EXFIL_PCR: Parameter = given("exfil_pcr", ParameterKind::Number, Some("0.4"));
pub(super) const EXFIL_TOTAL: Parameter = given("exfil_total", ParameterKind::Bytes, Some("1000000000"));
pub(super) const DNS_PORTS: Parameter = given("dns_ports", ParameterKind::Ports, Some("53,853,5353"));
pub(super) const DNS_SIZE: Parameter = given("dns_size", ParameterKind::Number, Some("120"));
pub(super) const ICMP_SIZE: Parameter = given("icmp_size", ParameterKind::Number, Some("128"));
pub(super) const TUNNEL_ROWS: Parameter = given("tunnel_rows", ParameterKind::Number, Some("20"));
pub(super) const TUNNEL_STEADY: Parameter = given("tunnel_steady", ParameterKind::Number, Some("0.9"));
pub(super) const QUIET: Parameter = given("quiet", ParameterKind::Number, Some("86400"));
pub(super) const SOURCES: Parameter = given("sources", ParameterKind::Text, Some("flows"));
pub(super) const NEAR: Parameter = given("near", ParameterKind::Number, Some("900"));
