//! What a value looks like, and which fields it could belong to. Only for proposals and for telling records from prose.

use super::split;
use crate::model::{Address, FieldId, Kind};

/// The look of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Absent,
    Eni,
    Vpc,
    Subnet,
    Instance,
    Tgw,
    TgwAttachment,
    Address,
    Account,
    /// Seconds or milliseconds since 1970, between 2001 and 2100.
    Epoch,
    Integer(u64),
    Action,
    Status,
    Direction,
    IpType,
    Region,
    AzId,
    Sublocation,
    AwsService,
    Arn,
    /// Plain characters without a look of their own.
    Word,
    /// Anything that no flow log value has been seen with.
    Other,
}

impl Shape {
    pub(super) fn of(value: &[u8]) -> Self {
        if value == b"-" {
            return Shape::Absent;
        }
        let Ok(text) = std::str::from_utf8(value) else { return Shape::Other };
        if value.iter().all(u8::is_ascii_digit) {
            return Self::of_digits(text);
        }
        if Address::parse(value).is_some() {
            return Shape::Address;
        }
        match text {
            "ACCEPT" | "REJECT" => return Shape::Action,
            "OK" | "NODATA" | "SKIPDATA" => return Shape::Status,
            "ingress" | "egress" => return Shape::Direction,
            "IPv4" | "IPv6" | "EFA" => return Shape::IpType,
            "wavelength" | "outpost" | "localzone" => return Shape::Sublocation,
            _ => {}
        }
        for (prefix, shape) in [
            ("eni-", Shape::Eni),
            ("vpc-", Shape::Vpc),
            ("subnet-", Shape::Subnet),
            ("i-", Shape::Instance),
            ("tgw-attach-", Shape::TgwAttachment),
            ("tgw-", Shape::Tgw),
        ] {
            if text
                .strip_prefix(prefix)
                .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()))
            {
                return shape;
            }
        }
        Self::of_words(text)
    }

    fn of_digits(text: &str) -> Self {
        let number = text.parse::<u64>().unwrap_or(u64::MAX);
        match text.len() {
            10 if (1_000_000_000..4_102_444_800).contains(&number) => Shape::Epoch,
            13 if (1_000_000_000_000..4_102_444_800_000).contains(&number) => Shape::Epoch,
            12 => Shape::Account,
            1..=19 => Shape::Integer(number),
            _ => Shape::Other,
        }
    }

    fn of_words(text: &str) -> Self {
        let parts: Vec<&str> = text.split('-').collect();
        let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        match parts.as_slice() {
            [first, middle @ .., last]
                if first.len() == 2 && letters(first) && digits(last) && (1..=2).contains(&middle.len()) =>
            {
                if middle.iter().all(|part| letters(part)) { Shape::Region } else { Shape::Word }
            }
            // `use1-az1`; local zones are `usw2-lax1-az1`.
            [first, .., last]
                if last.strip_prefix("az").is_some_and(digits) && first.bytes().all(|b| b.is_ascii_alphanumeric()) =>
            {
                Shape::AzId
            }
            _ if text.starts_with("arn:") => Shape::Arn,
            _ if text.len() >= 2
                && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
                && text.bytes().any(|b| b.is_ascii_uppercase()) =>
            {
                Shape::AwsService
            }
            _ if text.len() <= 256 && text.chars().all(|c| c.is_alphanumeric() || "._:/-+=@".contains(c)) => {
                Shape::Word
            }
            _ => Shape::Other,
        }
    }

    /// Could a value of this look are in the field?
    pub(super) fn fits(self, field: FieldId) -> bool {
        let number = |most: u64| matches!(self, Shape::Integer(n) if n <= most);
        if self == Shape::Absent {
            return true;
        }
        match (field.name, field.kind) {
            (_, Kind::Address) => self == Shape::Address,
            (_, Kind::Port) => number(65_535),
            (_, Kind::Protocol) => number(255),
            (_, Kind::Time) => self == Shape::Epoch,
            (_, Kind::TcpFlags) => number(511),
            ("version", _) => matches!(self, Shape::Integer(2..=20)),
            ("traffic_path", _) => matches!(self, Shape::Integer(1..=20)),
            ("encryption_status", _) => number(9),
            (_, Kind::Integer | Kind::Bytes) => {
                matches!(self, Shape::Integer(_) | Shape::Account | Shape::Epoch)
            }
            // The vendors' own samples have accounts of eleven digits.
            ("account_id" | "tgw_src_vpc_account_id" | "tgw_dst_vpc_account_id", _) => {
                matches!(self, Shape::Account | Shape::Integer(10_000_000_000..=99_999_999_999))
            }
            ("interface_id" | "tgw_src_eni" | "tgw_dst_eni" | "next_hop_interface_id", _) => self == Shape::Eni,
            ("vpc_id" | "tgw_src_vpc_id" | "tgw_dst_vpc_id" | "next_hop_vpc_id", _) => self == Shape::Vpc,
            ("subnet_id" | "tgw_src_subnet_id" | "tgw_dst_subnet_id" | "next_hop_subnet_id", _) => {
                self == Shape::Subnet
            }
            ("instance_id", _) => self == Shape::Instance,
            ("tgw_id", _) => self == Shape::Tgw,
            ("tgw_attachment_id" | "tgw_pair_attachment_id", _) => self == Shape::TgwAttachment,
            ("az_id" | "tgw_src_az_id" | "tgw_dst_az_id" | "next_hop_az_id", _) => self == Shape::AzId,
            ("action", _) => self == Shape::Action,
            ("log_status", _) => self == Shape::Status,
            ("flow_direction", _) => self == Shape::Direction,
            ("type", _) => self == Shape::IpType,
            ("region", _) => self == Shape::Region,
            ("sublocation_type", _) => self == Shape::Sublocation,
            ("pkt_src_aws_service" | "pkt_dst_aws_service" | "reject_reason", _) => {
                matches!(self, Shape::AwsService | Shape::Word)
            }
            ("ecs_cluster_arn" | "ecs_container_instance_arn" | "ecs_task_definition_arn" | "ecs_task_arn", _) => {
                self == Shape::Arn
            }
            ("resource_type", _) => self == Shape::Word,
            _ => matches!(self, Shape::Word | Shape::AwsService | Shape::Arn | Shape::Integer(_) | Shape::Region),
        }
    }
}

/// Does the line look like a flow record of some format? It needs an interface or two addresses, and nothing that reads
/// like prose or like another program's log.
pub(super) fn is_plausible(line: &[u8]) -> bool {
    let (mut count, mut interfaces, mut addresses, mut words) = (0usize, 0usize, 0usize, 0usize);
    for token in split::tokens(line) {
        count += 1;
        match Shape::of(token) {
            Shape::Other => return false,
            Shape::Eni | Shape::TgwAttachment => interfaces += 1,
            Shape::Address => addresses += 1,
            Shape::Word | Shape::AwsService => words += 1,
            _ => {}
        }
        if count > 200 {
            return false;
        }
    }
    // Names of clusters and tags are words; in a record with an interface they may be many, but not the most.
    if interfaces > 0 { count >= 3 && words * 2 <= count } else { addresses >= 2 && count >= 4 && words == 0 }
}

/// A record of the default format, version 2: 14 values with an interface third, an action and a status last.
pub(super) fn is_default_v2(line: &[u8]) -> bool {
    let mut found = 0;
    for (i, token) in split::tokens(line).enumerate() {
        let fits = match i {
            2 => token == b"-" || token.starts_with(b"eni-"),
            12 => matches!(token, b"ACCEPT" | b"REJECT" | b"-"),
            13 => matches!(token, b"OK" | b"NODATA" | b"SKIPDATA"),
            _ => true,
        };
        if !fits || i > 13 {
            return false;
        }
        found = i + 1;
    }
    found == 14
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (text, shape) in [
            ("-", Shape::Absent),
            ("eni-1235b8ca123456789", Shape::Eni),
            ("tgw-attach-0abc", Shape::TgwAttachment),
            ("tgw-0abc", Shape::Tgw),
            ("us-east-1", Shape::Region),
            ("us-gov-west-1", Shape::Region),
            ("apne1-az4", Shape::AzId),
            ("usw2-lax1-az1", Shape::AzId),
            ("123456789012", Shape::Account),
            ("1418530010", Shape::Epoch),
            ("1512564058000", Shape::Epoch),
            ("65536", Shape::Integer(65_536)),
            ("S3", Shape::AwsService),
            ("\"quoted", Shape::Other),
            ("fe80::1", Shape::Address),
        ] {
            assert_eq!(Shape::of(text.as_bytes()), shape, "{text}");
        }
    }

    #[test]
    fn prose_and_other_logs_are_no_records() {
        for line in [
            "The quick brown fox 10.0.0.1 10.0.0.2",
            "10.0.0.1",
            "10.0.0.1 evil.example",
            "10.0.0.1,comment 10.0.0.2",
            "0.0.0.0 192.168.1.1 0.0.0.0 UG 0 0 0 eth0",
            "1591367999.305988 CMdzit1AMNsmfAIiQc 192.168.4.76 36844 192.168.4.1 53 udp dns 0.066851",
            "created eni-1 in vpc-1 for the web servers of team blue",
            "10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326",
        ] {
            assert!(!is_plausible(line.as_bytes()), "{line}");
        }
        for line in [
            "2 eni-1235b8ca123456789 172.31.16.139 172.31.16.21",
            "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5",
            "10.0.0.1 10.0.0.2 443 51000 6 ACCEPT",
        ] {
            assert!(is_plausible(line.as_bytes()), "{line}");
        }
    }
}
