//! One observed flow, before a container is chosen for it.

use super::world::Host;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    NoData,
    SkipData,
}

/// Every value that the sample's formats write. `observed` is the interface's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flow {
    pub observed: &'static Host,
    pub src: String,
    pub dst: String,
    pub srcport: i64,
    pub dstport: i64,
    pub protocol: i64,
    pub packets: i64,
    pub bytes: i64,
    pub start: i64,
    pub end: i64,
    pub accepted: bool,
    pub status: Status,
    pub tcp_flags: i64,
    /// The packet's own addresses where they differ from the interface's (NAT).
    pub packet_src: Option<String>,
    pub packet_dst: Option<String>,
    pub src_service: Option<&'static str>,
    pub dst_service: Option<&'static str>,
    pub traffic_path: Option<i64>,
}

pub(super) const TCP: i64 = 6;
pub(super) const UDP: i64 = 17;
pub(super) const SYN: i64 = 2;
pub(super) const SYN_ACK: i64 = 18;
/// SYN and FIN of a connection that began and ended within the aggregation interval.
pub(super) const WHOLE: i64 = 3;
pub(super) const WHOLE_ANSWER: i64 = 19;

impl Flow {
    /// TCP, accepted, from `src` to `dst`.
    pub(super) fn tcp(observed: &'static Host, (src, srcport): (&str, i64), (dst, dstport): (&str, i64)) -> Self {
        Self {
            observed,
            src: src.to_owned(),
            dst: dst.to_owned(),
            srcport,
            dstport,
            protocol: TCP,
            packets: 1,
            bytes: 44,
            start: 0,
            end: 0,
            accepted: true,
            status: Status::Ok,
            tcp_flags: 0,
            packet_src: None,
            packet_dst: None,
            src_service: None,
            dst_service: None,
            traffic_path: None,
        }
    }

    pub(super) fn udp(observed: &'static Host, from: (&str, i64), to: (&str, i64)) -> Self {
        Self { protocol: UDP, ..Self::tcp(observed, from, to) }
    }

    /// A window in which the interface saw nothing, or in which records were lost.
    pub(super) fn without_data(observed: &'static Host, status: Status, start: i64, end: i64) -> Self {
        Self { status, start, end, ..Self::tcp(observed, ("-", 0), ("-", 0)) }
    }

    pub(super) fn times(mut self, start: i64, end: i64) -> Self {
        (self.start, self.end) = (start, end);
        self
    }

    pub(super) fn volume(mut self, packets: i64, bytes: i64) -> Self {
        (self.packets, self.bytes) = (packets, bytes);
        self
    }

    pub(super) fn flags(mut self, tcp_flags: i64) -> Self {
        self.tcp_flags = tcp_flags;
        self
    }

    pub(super) fn rejected(mut self) -> Self {
        self.accepted = false;
        self
    }

    pub(super) fn path(mut self, traffic_path: i64) -> Self {
        self.traffic_path = Some(traffic_path);
        self
    }

    /// The answer to this flow at the same interface.
    pub(super) fn answer(&self, packets: i64, bytes: i64, tcp_flags: i64) -> Self {
        let mut answer = self.clone();
        std::mem::swap(&mut answer.src, &mut answer.dst);
        std::mem::swap(&mut answer.srcport, &mut answer.dstport);
        (answer.packet_src, answer.packet_dst) = (self.packet_dst.clone(), self.packet_src.clone());
        (answer.src_service, answer.dst_service) = (self.dst_service, self.src_service);
        (answer.packets, answer.bytes, answer.tcp_flags, answer.traffic_path) = (packets, bytes, tcp_flags, None);
        answer
    }

    pub(super) fn has_data(&self) -> bool {
        self.status == Status::Ok
    }

    /// Leaves the observed interface.
    pub(super) fn is_egress(&self) -> bool {
        self.src == self.observed.ip || self.src == super::world::WEB_2_IPV6
    }

    pub(super) fn is_ipv6(&self) -> bool {
        self.src.contains(':') || self.dst.contains(':')
    }

    /// The value of a field by AWS's name, as text logs write it.
    pub(super) fn value(&self, field: &str) -> String {
        let data = self.has_data();
        let number = |value: i64| if data { value.to_string() } else { "-".to_owned() };
        let text = |value: &str| if data { value.to_owned() } else { "-".to_owned() };
        let option = |value: Option<&str>| value.unwrap_or("-").to_owned();
        match field {
            "version" => "2".to_owned(),
            "account-id" => self.observed.account.to_owned(),
            "interface-id" => self.observed.interface.to_owned(),
            "srcaddr" => text(&self.src),
            "dstaddr" => text(&self.dst),
            "srcport" => number(self.srcport),
            "dstport" => number(self.dstport),
            "protocol" => number(self.protocol),
            "packets" => number(self.packets),
            "bytes" => number(self.bytes),
            "start" => self.start.to_string(),
            "end" => self.end.to_string(),
            "action" => text(if self.accepted { "ACCEPT" } else { "REJECT" }),
            "log-status" => match self.status {
                Status::Ok => "OK".to_owned(),
                Status::NoData => "NODATA".to_owned(),
                Status::SkipData => "SKIPDATA".to_owned(),
            },
            "vpc-id" => self.observed.vpc.to_owned(),
            "subnet-id" => self.observed.subnet.to_owned(),
            "instance-id" => self.observed.instance.to_owned(),
            "tcp-flags" if self.protocol == TCP => number(self.tcp_flags),
            "tcp-flags" => number(0),
            "type" => text(if self.is_ipv6() { "IPv6" } else { "IPv4" }),
            "pkt-srcaddr" => text(self.packet_src.as_deref().unwrap_or(&self.src)),
            "pkt-dstaddr" => text(self.packet_dst.as_deref().unwrap_or(&self.dst)),
            "region" => super::world::REGION.to_owned(),
            "az-id" => self.observed.zone.to_owned(),
            "pkt-src-aws-service" => option(self.src_service),
            "pkt-dst-aws-service" => option(self.dst_service),
            "flow-direction" => text(if self.is_egress() { "egress" } else { "ingress" }),
            "traffic-path" => self.traffic_path.map_or_else(|| "-".to_owned(), number),
            // No sublocation in this company.
            _ => "-".to_owned(),
        }
    }
}

/// The fields of a format, separated by spaces, as one line.
pub(super) fn line(flow: &Flow, version: &str, format: &str) -> String {
    let values: Vec<String> = format
        .split(' ')
        .map(|field| if field == "version" { version.to_owned() } else { flow.value(field) })
        .collect();
    values.join(" ")
}

pub(super) const DEFAULT: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
action log-status";
pub(super) const ALL_OF_V5: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start \
end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type \
sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";
/// The order of the example in AWS's guide to TCP flags.
pub(super) const CUSTOM_V3: &str = "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport \
dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status";
