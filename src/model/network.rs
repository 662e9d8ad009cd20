//! Blocks of addresses.

use super::Address;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses in CIDR notation; host bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `10.0.0.0/8` or `2001:db8::/32`. Host bits that are set are dropped. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let prefix: u8 = prefix.parse().ok()?;
        let address = Address::parse(address.as_bytes()).filter(|a| a.zone.is_none())?;
        let base = match address.ip {
            IpAddr::V4(v4) if prefix <= 32 => {
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from(u32::from(v4) & mask))
            }
            IpAddr::V6(v6) if prefix <= 128 => {
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from(u128::from(v6) & mask))
            }
            _ => return None,
        };
        Some(Self { base, prefix })
    }

    /// First and last address as 16-byte keys (`Address::key`), both inside.
    pub fn key_range(&self) -> ([u8; 16], [u8; 16]) {
        let first = Address { ip: self.base, zone: None }.key();
        let host_bits = match self.base {
            IpAddr::V4(_) => 32 - u32::from(self.prefix),
            IpAddr::V6(_) => 128 - u32::from(self.prefix),
        };
        let hosts = if host_bits == 128 { u128::MAX } else { (1u128 << host_bits) - 1 };
        (first, (u128::from_be_bytes(first) | hosts).to_be_bytes())
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}
