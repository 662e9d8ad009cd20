//! Blocks of addresses.

use super::Address;
use ipnetwork::IpNetwork;

/// A block of addresses in CIDR notation; host bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpNetwork);

impl Network {
    /// Reads `10.0.0.0/8` or `2001:db8::/32`. Host bits that are set are dropped. `None` for anything else: the address is one
    /// as everywhere here (`Address::parse`), the prefix a plain number, and no netmask.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let address = Address::parse(address.as_bytes()).filter(|a| a.zone.is_none())?;
        let written = IpNetwork::new(address.ip, prefix.parse().ok()?).ok()?;
        Some(Self(IpNetwork::new(written.network(), written.prefix()).ok()?))
    }

    /// First and last address as 16-byte keys (`Address::key`), both inside.
    pub fn key_range(&self) -> ([u8; 16], [u8; 16]) {
        let key = |ip| Address { ip, zone: None }.key();
        (key(self.0.network()), key(self.0.broadcast()))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_an_address_and_the_length_of_a_prefix() {
        for (text, canonical) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3/008", "10.0.0.0/8"),
            ("10.1.2.3/0", "0.0.0.0/0"),
            ("10.1.2.3/32", "10.1.2.3/32"),
            ("2001:DB8:0::1/32", "2001:db8::/32"),
            ("::1/128", "::1/128"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(Network::parse(text).map(|network| network.to_string()).as_deref(), Some(canonical), "{text}");
        }
        let wrong =
            ["10.0.0.0/33", "10.0.0.0/255.0.0.0", "10.0.0.0/", "10.0.0.0/ 8", "10.0.0.0/+8", "10.0.0/8", "10.0.0.0"];
        for text in wrong.into_iter().chain(["::/129", "fe80::%eth0/64", "/8", "10.0.0.0/8/8", "10.0.0.0/0008"]) {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn mapped_addresses_and_both_families_have_their_keys() {
        let range = |text: &str| Network::parse(text).map(|network| network.key_range());
        let key = |text: &str| Address::parse(text.as_bytes()).map(|address| address.key());
        for (text, first, last) in [
            ("192.0.2.77/25", "192.0.2.0", "192.0.2.127"),
            ("2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"),
            ("::ffff:0:0/90", "::ffc0:0:0", "::ffff:ffff:ffff"),
        ] {
            assert_eq!(range(text), key(first).zip(key(last)), "{text}");
        }
    }
}
