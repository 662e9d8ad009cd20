//! The records behind what was found, as filters of flow records. Pure.

use std::fmt::Write as _;

/// By which fields a record is found between two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Its addresses at the interface.
    Interface,
    /// The packet's.
    Packet,
    /// The packet's where it has them, else those at the interface.
    Either,
}

impl By {
    fn side(self, side: &str, address: &str) -> String {
        match self {
            Self::Interface => format!("{side}addr = {address}"),
            Self::Packet => format!("pkt_{side}addr = {address}"),
            Self::Either => {
                format!("(pkt_{side}addr = {address} or (pkt_{side}addr is null and {side}addr = {address}))")
            }
        }
    }

    pub(super) fn source(self, address: &str) -> String {
        self.side("src", address)
    }

    pub(super) fn destination(self, address: &str) -> String {
        self.side("dst", address)
    }
}

/// Records that one sent to another, and back. A port of 0 is none.
pub(super) fn between(by: By, one: (&str, u16), other: (&str, u16)) -> String {
    format!("({} or {})", one_way(by, one, other), one_way(by, other, one))
}

pub(super) fn one_way(by: By, from: (&str, u16), to: (&str, u16)) -> String {
    let mut text = format!("({} and {}", by.source(from.0), by.destination(to.0));
    for (field, port) in [("srcport", from.1), ("dstport", to.1)] {
        if port != 0 {
            // Writing to a text does not fail.
            let _ = write!(text, " and {field} = {port}");
        }
    }
    text.push(')');
    text
}

/// Records at an interface; nothing for those that name none.
pub(super) fn at(interface: &str) -> Option<String> {
    match interface {
        "" => None,
        name if name.starts_with("tgw-attach-") => Some(format!("tgw_attachment_id = {name}")),
        name => Some(format!("interface_id = {name}")),
    }
}

pub(super) fn all(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(" and ")
}
