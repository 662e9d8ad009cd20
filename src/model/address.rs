//! IP addresses as they are in the logs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address, with an IPv6 zone where one was written (`fe80::1%eth0`). An IPv4-mapped IPv6 address stays IPv6, but
/// sorts and compares by value with its IPv4 twin (`key`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    pub ip: IpAddr,
    pub zone: Option<Box<str>>,
}

impl Address {
    /// Reads an address. `None` for anything else; an IPv4 octet with a leading zero is not an address, because readers
    /// differ on its base.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if let Some(v4) = parse_ipv4(bytes) {
            return Some(Self { ip: IpAddr::V4(v4), zone: None });
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let (address, zone) = match text.split_once('%') {
            Some((address, zone)) if !zone.is_empty() => (address, Some(zone.into())),
            Some(_) => return None,
            None => (text, None),
        };
        Some(Self { ip: IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), zone })
    }

    /// The address of a key; IPv4 where it is IPv4-mapped.
    pub fn of_key(key: u128) -> Self {
        let v6 = Ipv6Addr::from(key);
        Self { ip: v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4), zone: None }
    }

    /// 16 bytes, IPv4 as IPv4-mapped: one order over both families.
    pub fn key(&self) -> [u8; 16] {
        match self.ip {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
            IpAddr::V6(v6) => v6.octets(),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.ip)?;
        match &self.zone {
            Some(zone) => write!(f, "%{zone}"),
            None => Ok(()),
        }
    }
}

/// Dotted decimal, four octets without leading zeros.
pub(crate) fn parse_ipv4(bytes: &[u8]) -> Option<Ipv4Addr> {
    if bytes.len() < 7 || bytes.len() > 15 {
        return None;
    }
    let (mut value, mut octet, mut digits, mut dots) = (0u32, 0u32, 0u32, 0u32);
    for &byte in bytes {
        if byte == b'.' {
            if digits == 0 || dots == 3 {
                return None;
            }
            value = value << 8 | octet;
            (octet, digits, dots) = (0, 0, dots + 1);
        } else {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if digit > 9 || (digits > 0 && octet == 0) {
                return None;
            }
            octet = octet * 10 + digit;
            digits += 1;
            if octet > 255 {
                return None;
            }
        }
    }
    (dots == 3 && digits > 0).then(|| Ipv4Addr::from(value << 8 | octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_families() {
        for text in ["0.0.0.0", "255.255.255.255", "10.0.1.4", "::1", "fe80::1%eth0", "2001:db8::1"] {
            assert_eq!(Address::parse(text.as_bytes()).map(|a| a.to_string()).as_deref(), Some(text));
        }
        for text in [
            "",
            "-",
            "999.1.1.1",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "1.2.3.",
            "1..2.3",
            "fe80::1%",
            "ec2.amazonaws.com",
        ] {
            assert_eq!(Address::parse(text.as_bytes()), None, "{text}");
        }
        let mapped = Address::parse(b"::ffff:10.0.0.1").unwrap();
        assert_eq!(mapped.key(), Address::parse(b"10.0.0.1").unwrap().key());
        assert_eq!(mapped.to_string(), "::ffff:10.0.0.1");
    }

    proptest::proptest! {
        #[test]
        fn ipv4_as_the_standard_library_reads_it(
            octets in "([0-9]{1,3}[.]){3}[0-9]{1,3}",
            near in "[0-9./:\u{80}-\u{ff}]{7,15}",
            address in proptest::num::u32::ANY,
        ) {
            for text in [octets, near, Ipv4Addr::from(address).to_string()] {
                proptest::prop_assert_eq!(parse_ipv4(text.as_bytes()), text.parse().ok(), "{}", text);
            }
        }
    }
}
