//! Traffic around a change, by interface, protocol and server port.

use super::change::Rule;
use std::collections::BTreeMap;

/// A flow record as far as it is looked at. Times in seconds.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub interface: String,
    pub protocol: Option<i64>,
    pub ports: [Option<i64>; 2],
    pub addresses: [String; 2],
    pub is_ingress: Option<bool>,
    pub accepted: bool,
    pub bytes: u64,
    pub start: i64,
    pub end: Option<i64>,
}

/// Interface, protocol, server port.
pub(super) type Key = (String, Option<i64>, Option<i64>);

/// Records accepted and rejected, and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub accepted: u64,
    pub rejected: u64,
    pub bytes: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Around {
    pub before: Sum,
    pub after: Sum,
    /// Records that began before and ended at the change or after it.
    pub straddling: u64,
    pub in_rule: bool,
}

impl Flow {
    /// The port of the server: of what comes in the destination's, else the lower one.
    fn server_port(&self) -> Option<i64> {
        let [source, destination] = self.ports;
        if self.is_ingress == Some(true) { destination } else { source.into_iter().chain(destination).min() }
    }

    /// The address at the other end.
    fn peer(&self) -> &str {
        let [source, destination] = &self.addresses;
        let comes_in = self.is_ingress.unwrap_or_else(|| self.server_port() == self.ports[1]);
        if comes_in { source } else { destination }
    }
}

/// Sums of the records around a moment, in seconds.
pub(super) fn around(flows: impl Iterator<Item = Flow>, moment: i64, rules: &[Rule]) -> BTreeMap<Key, Around> {
    let mut sums: BTreeMap<Key, Around> = BTreeMap::new();
    for flow in flows {
        let port = flow.server_port();
        let in_rule = rules.iter().any(|rule| rule.holds(flow.protocol, port, flow.peer()));
        let sum = sums.entry((flow.interface.clone(), flow.protocol, port)).or_default();
        sum.in_rule |= in_rule;
        let side = match (flow.start < moment, flow.end.is_some_and(|end| end >= moment)) {
            (true, true) => {
                sum.straddling += 1;
                continue;
            }
            (true, false) => &mut sum.before,
            (false, _) => &mut sum.after,
        };
        *(if flow.accepted { &mut side.accepted } else { &mut side.rejected }) += 1;
        side.bytes = side.bytes.saturating_add(flow.bytes);
    }
    sums
}

impl Around {
    /// What became of the traffic; `known`: is there any evidence of before and of after?
    pub(super) fn verdict(&self, known: [bool; 2]) -> &'static str {
        let Self { before, after, .. } = self;
        match (before.accepted, after.accepted) {
            _ if known != [true, true] => "no evidence",
            (0, 1..) => "opened",
            (1.., 0) => "closed",
            _ if before.rejected == 0 && after.rejected > 0 => "rejected_now",
            _ => "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(start: i64, end: i64, accepted: bool) -> Flow {
        Flow {
            interface: "eni-1".to_owned(),
            protocol: Some(6),
            ports: [Some(40_000), Some(22)],
            addresses: ["203.0.113.9".to_owned(), "10.0.0.5".to_owned()],
            is_ingress: None,
            accepted,
            bytes: 100,
            start,
            end: Some(end),
        }
    }

    #[test]
    fn records_are_before_after_or_straddle() {
        let flows =
            [flow(10, 20, false), flow(50, 99, false), flow(90, 100, true), flow(100, 130, true), flow(140, 150, true)];
        let found = around(flows.into_iter(), 100, &[Rule::default()]);
        let (key, sum) = found.first_key_value().unwrap();
        assert_eq!((found.len(), key), (1, &("eni-1".to_owned(), Some(6), Some(22))));
        assert_eq!(sum.before, Sum { accepted: 0, rejected: 2, bytes: 200 });
        assert_eq!(sum.after, Sum { accepted: 2, rejected: 0, bytes: 200 });
        assert_eq!((sum.straddling, sum.in_rule), (1, true));
        assert_eq!(sum.verdict([true, true]), "opened");
        assert_eq!(sum.verdict([false, true]), "no evidence");
        let turned = Around { before: sum.after, after: sum.before, ..*sum };
        assert_eq!(turned.verdict([true, true]), "closed");
        let refused = Around { before: Sum::default(), after: sum.before, ..*sum };
        assert_eq!(refused.verdict([true, true]), "rejected_now");
        assert_eq!(Around::default().verdict([true, true]), "none");
    }

    #[test]
    fn the_server_port_is_the_destination_of_what_comes_in() {
        let mut one = flow(0, 0, true);
        one.ports = [Some(22), Some(40_000)];
        assert_eq!((one.server_port(), one.peer()), (Some(22), "10.0.0.5"));
        one.is_ingress = Some(true);
        assert_eq!((one.server_port(), one.peer()), (Some(40_000), "203.0.113.9"));
    }
}
