//! The same traffic between the two accounts as the transit gateway logged it: version 6, fields of its own.

use super::flow::Flow;
use super::rng::Rng;
use super::world::*;

pub(super) const FIELDS: &str = "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id \
tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni \
tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired \
tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service";

const GATEWAY: &str = "tgw-0f6f6f6f6f6f6f6f6";
const PRODUCTION_SIDE: (&str, &str) = ("tgw-attach-0aaa1aaa1aaa1aaa1", "eni-07a7a7a7a7a7a7a7a");
const DATA_SIDE: (&str, &str) = ("tgw-attach-0ddd4ddd4ddd4ddd4", "eni-07d7d7d7d7d7d7d7d");

/// The line for a flow that the data account's interface saw, where it crossed to the other account; the gateway logs
/// each direction once, at the attachment where it enters.
pub(super) fn line(flow: &Flow) -> Option<String> {
    let other = if flow.src == DATA_1.ip { &flow.dst } else { &flow.src };
    let other = [&BASTION, &BATCH].into_iter().find(|host| host.ip == other.as_str())?;
    let mut rng = Rng::named(&format!("lost {} {}", flow.start, flow.srcport));
    let from_data = flow.src == DATA_1.ip;
    let (from, to) = if from_data { (&DATA_1, other) } else { (other, &DATA_1) };
    let (enter, leave) = if from_data { (DATA_SIDE, PRODUCTION_SIDE) } else { (PRODUCTION_SIDE, DATA_SIDE) };
    let too_large = if from_data && rng.chance(5) { rng.between(1, 40) } else { 0 };
    Some(format!(
        "6 TransitGateway {DATA} {GATEWAY} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} OK IPv4 0 0 \
         {too_large} 0 {} {REGION} ingress - -",
        enter.0,
        from.account,
        to.account,
        from.vpc,
        to.vpc,
        from.subnet,
        to.subnet,
        enter.1,
        leave.1,
        from.zone,
        to.zone,
        leave.0,
        flow.src,
        flow.dst,
        flow.srcport,
        flow.dstport,
        flow.protocol,
        flow.packets,
        flow.bytes,
        flow.start,
        flow.end,
        flow.tcp_flags,
    ))
}
