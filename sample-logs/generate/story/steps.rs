//! Each step of the story, the filter that shows it, and how many records that filter finds, counted here by hand-written
//! conditions so that the program's own filter can be checked against it.

use super::event::Event;
use super::flow::{Flow, Status};
use super::intrusion::*;
use super::world::*;

/// A flow record in the evidence: `transit` where the transit gateway logged it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub flow: &'a Flow,
    pub transit: bool,
}

pub(super) struct Step {
    /// Name for the README's figures.
    pub name: &'static str,
    pub view: &'static str,
    pub filter: String,
    pub count: i64,
}

type FlowTest = fn(&Seen) -> bool;
type EventTest = fn(&Event) -> bool;

/// Evaluates every step. `events` are those that any file of the tree holds, each once.
pub(super) fn steps(seen: &[Seen], events: &[&Event]) -> Vec<Step> {
    let flows = flow_steps().into_iter().map(|(name, filter, test)| {
        let count = seen.iter().filter(|seen| test(seen)).count() as i64;
        Step { name, view: "flows", filter, count }
    });
    let found = event_steps().into_iter().map(|(name, filter, test)| {
        let count = events.iter().filter(|event| test(event)).count() as i64;
        Step { name, view: "events", filter, count }
    });
    flows.chain(found).collect()
}

fn is(text: &str, any: &[&str]) -> bool {
    any.contains(&text)
}

fn flow_steps() -> Vec<(&'static str, String, FlowTest)> {
    let bastion = BASTION.ip;
    vec![
        ("scan", format!("srcaddr = {SCANNER} and action = REJECT"), |s| s.flow.src == SCANNER && !s.flow.accepted),
        (
            "guesses_rejected",
            format!(
                "action = REJECT and dstport = 22 and srcaddr in ({ATTACKER}, {ATTACKER_HELPER}) and start < 2026-03-12"
            ),
            |s| {
                let f = s.flow;
                !f.accepted && f.dstport == 22 && is(&f.src, &[ATTACKER, ATTACKER_HELPER]) && f.start < at(12, 0, 0, 0)
            },
        ),
        (
            "guesses_accepted",
            format!(
                "srcaddr in ({ATTACKER}, {ATTACKER_HELPER}) and dstaddr = {bastion} and dstport = 22 and action = ACCEPT and \
                 bytes < 5000"
            ),
            |s| {
                let f = s.flow;
                is(&f.src, &[ATTACKER, ATTACKER_HELPER])
                    && f.dst == BASTION.ip
                    && f.dstport == 22
                    && f.accepted
                    && f.bytes < 5_000
            },
        ),
        (
            "sessions",
            format!(
                "srcaddr = {ATTACKER} and dstaddr = {bastion} and dstport = 22 and action = ACCEPT and bytes > 20000"
            ),
            |s| {
                let f = s.flow;
                f.src == ATTACKER && f.dst == BASTION.ip && f.dstport == 22 && f.accepted && f.bytes > 20_000
            },
        ),
        ("odd_names", format!("dstaddr = {ODD_RESOLVER} and dstport = 53 and protocol = udp"), |s| {
            s.flow.dst == ODD_RESOLVER && s.flow.dstport == 53
        }),
        ("leak", format!("dstaddr = {DROP_SITE} and flow_direction = egress"), |s| s.flow.dst == DROP_SITE),
        (
            "leak_transit",
            format!("resource_type = TransitGateway and srcaddr = {} and bytes > 100MB", DATA_1.ip),
            |s| s.transit && s.flow.src == DATA_1.ip && s.flow.bytes > 100_000_000,
        ),
        (
            "gap",
            format!(
                "interface_id = {} and start >= 2026-03-11T17:00:00Z and start < 2026-03-11T18:00:00Z",
                BASTION.interface
            ),
            |s| !s.transit && s.flow.observed == &BASTION && (GAP_FROM..GAP_TO).contains(&s.flow.start),
        ),
        ("shut_out", format!("srcaddr = {ATTACKER} and action = REJECT and start >= 2026-03-12T05:10:00Z"), |s| {
            s.flow.src == ATTACKER && !s.flow.accepted && s.flow.start >= RESPONSE
        }),
        ("ipv6", "type = IPv6 and srcaddr in 2001:db8:bad::/48".to_owned(), |s| {
            s.flow.is_ipv6() && s.flow.src.starts_with("2001:db8:bad:")
        }),
        (
            "nat_behind",
            format!("interface_id = {} and pkt_dstaddr = {PAYMENT} and srcaddr = {}", NAT.interface, APP_1.ip),
            |s| s.flow.observed == &NAT && s.flow.packet_dst.as_deref() == Some(PAYMENT) && s.flow.src == APP_1.ip,
        ),
        ("to_s3", "pkt_dst_aws_service = S3 and bytes > 10MB".to_owned(), |s| {
            s.flow.dst_service == Some("S3") && s.flow.bytes > 10_000_000
        }),
        ("no_data", "log_status = NODATA".to_owned(), |s| s.flow.status == Status::NoData),
        ("skipped", "log_status = SKIPDATA".to_owned(), |s| s.flow.status == Status::SkipData),
    ]
}

fn event_steps() -> Vec<(&'static str, String, EventTest)> {
    vec![
        ("root", "user_identity_type = Root and event_name = ConsoleLogin".to_owned(), |e| {
            matches!(e.identity, super::event::Identity::Root)
        }),
        ("stolen_key", format!("user_identity_access_key_id = {STOLEN_KEY}"), |e| e.identity.key() == Some(STOLEN_KEY)),
        (
            "stolen_key_denied",
            format!("user_identity_access_key_id = {STOLEN_KEY} and error_code = AccessDenied"),
            |e| e.identity.key() == Some(STOLEN_KEY) && e.error.is_some(),
        ),
        ("hops", format!("event_name = AssumeRole and source_ip_address = {ATTACKER}"), |e| {
            e.name == "AssumeRole" && e.ip == ATTACKER
        }),
        (
            "staying",
            format!("source_ip_address = {ATTACKER} and requestParameters.userName = '{PLANTED_USER}'"),
            |e| e.ip == ATTACKER && e.request.text("userName") == Some(PLANTED_USER),
        ),
        ("trail", "event_name in (StopLogging, StartLogging)".to_owned(), |e| is(e.name, &["StopLogging", "StartLogging"])),
        (
            "dark",
            format!(
                "user_identity_access_key_id = {PLANTED_KEY} and event_time > 2026-03-11T02:20:05Z and event_time < \
                 2026-03-11T03:25:10Z"
            ),
            |e| e.identity.key() == Some(PLANTED_KEY) && e.time > TRAIL_STOPPED && e.time < TRAIL_STARTED,
        ),
        ("no_second_factor", "event_name = ConsoleLogin and error_code is null and additionalEventData.MFAUsed = 'No'".to_owned(), |e| {
            e.name == "ConsoleLogin" && e.error.is_none() && e.additional.as_ref().and_then(|a| a.text("MFAUsed")) == Some("No")
        }),
        ("objects_read", format!("event_name = GetObject and source_ip_address = {ATTACKER_EXIT}"), |e| {
            e.name == "GetObject" && e.ip == ATTACKER_EXIT
        }),
        ("objects_deleted", "event_name = DeleteObject and error_code is null".to_owned(), |e| {
            e.name == "DeleteObject" && e.error.is_none()
        }),
        (
            "response",
            "event_name in (UpdateAccessKey, DetachUserPolicy, DeleteLoginProfile, PutRolePolicy, RevokeSecurityGroupIngress) \
             and error_code is null"
                .to_owned(),
            |e| {
                let names =
                    ["UpdateAccessKey", "DetachUserPolicy", "DeleteLoginProfile", "PutRolePolicy", "RevokeSecurityGroupIngress"];
                is(e.name, &names) && e.error.is_none()
            },
        ),
        ("locked_out", "error_code = InvalidClientTokenId".to_owned(), |e| {
            e.error.as_ref().is_some_and(|error| error.0 == "InvalidClientTokenId")
        }),
    ]
}
