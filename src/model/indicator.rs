//! Indicators: what an examiner searches for. A list comes from a file or is typed; its entries are matched against the
//! distinct values of a case. Labels, which name what an examiner knows, are matched in the same way.

use super::{Address, Network, TimeRange};

/// What an entry is, and so which values it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IndicatorKind {
    /// One address.
    Address,
    /// A block or a span of addresses.
    Range,
    /// A domain name: matched as text in CloudTrail, with the names below it.
    Domain,
    /// A URL: its host where that is an address, else text in CloudTrail.
    Url,
    AccessKey,
    Arn,
    /// A user or role name, or a unique id (`AIDA...`, `AROA...`).
    Principal,
    /// Twelve digits.
    Account,
    /// Part of a user agent.
    UserAgent,
    EventName,
    Port,
    /// A network interface (`eni-...`).
    Interface,
    /// Kept, but neither flow records nor CloudTrail hold any.
    Hash,
}

impl IndicatorKind {
    pub const ALL: [IndicatorKind; 13] = [
        IndicatorKind::Address,
        IndicatorKind::Range,
        IndicatorKind::Domain,
        IndicatorKind::Url,
        IndicatorKind::AccessKey,
        IndicatorKind::Arn,
        IndicatorKind::Principal,
        IndicatorKind::Account,
        IndicatorKind::UserAgent,
        IndicatorKind::EventName,
        IndicatorKind::Port,
        IndicatorKind::Interface,
        IndicatorKind::Hash,
    ];

    /// Stable name, stored in case files and printed.
    pub fn code(self) -> &'static str {
        match self {
            IndicatorKind::Address => "address",
            IndicatorKind::Range => "range",
            IndicatorKind::Domain => "domain",
            IndicatorKind::Url => "url",
            IndicatorKind::AccessKey => "access_key",
            IndicatorKind::Arn => "arn",
            IndicatorKind::Principal => "principal",
            IndicatorKind::Account => "account",
            IndicatorKind::UserAgent => "user_agent",
            IndicatorKind::EventName => "event_name",
            IndicatorKind::Port => "port",
            IndicatorKind::Interface => "interface",
            IndicatorKind::Hash => "hash",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Can flow records or events hold it at all?
    pub fn is_matchable(self) -> bool {
        self != IndicatorKind::Hash
    }
}

/// What a list is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// What is searched for: its entries give sightings.
    #[default]
    KnownBad,
    /// Well-known infrastructure, as in MISP's warning lists: entries of other lists that fall into it are pointed out.
    WellKnown,
    /// The networks of whoever is examined: what lies in them is internal.
    Own,
}

impl Purpose {
    pub const ALL: [Purpose; 3] = [Purpose::KnownBad, Purpose::WellKnown, Purpose::Own];

    /// Stable name, stored in case files and printed.
    pub fn code(self) -> &'static str {
        match self {
            Purpose::KnownBad => "known_bad",
            Purpose::WellKnown => "well_known",
            Purpose::Own => "own",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// Addresses from first to last, both inside, as keys (`Address::key`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeySpan {
    pub first: u128,
    pub last: u128,
}

impl KeySpan {
    pub fn of(address: &Address) -> Self {
        let key = u128::from_be_bytes(address.key());
        Self { first: key, last: key }
    }

    pub fn contains(&self, key: u128) -> bool {
        (self.first..=self.last).contains(&key)
    }

    pub fn overlaps(&self, other: &KeySpan) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Addresses in it, less one.
    pub fn width(&self) -> u128 {
        self.last.saturating_sub(self.first)
    }

    pub fn is_one(&self) -> bool {
        self.first == self.last
    }
}

impl From<Network> for KeySpan {
    fn from(network: Network) -> Self {
        let (first, last) = network.key_range();
        Self { first: u128::from_be_bytes(first), last: u128::from_be_bytes(last) }
    }
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorEntry {
    /// Line, row or element of the list, from 1.
    pub position: u64,
    pub kind: IndicatorKind,
    /// As it is in the list.
    pub written: String,
    /// As it is compared: not defanged, canonical.
    pub value: String,
    /// Addresses that it stands for, its host's where it is a URL.
    pub span: Option<KeySpan>,
    /// A port that the list gives with an address. An address is matched whatever the port.
    pub port: Option<u16>,
    /// What the list calls it; may be empty, as the next two.
    pub name: String,
    pub comment: String,
    pub severity: String,
    pub tags: Vec<String>,
    /// When it was known to be bad.
    pub valid: TimeRange,
    /// Searched for; a list can say that an entry is context only.
    pub enabled: bool,
    /// What a record has to meet with it; alone it is enough where there is none.
    pub part: Option<PatternPart>,
}

/// A part of a pattern that one record has to meet as a whole. Entries of the same part are alternatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PatternPart {
    /// Number of the pattern in the list, from 1.
    pub pattern: u32,
    /// Number of the part in the pattern, from 1.
    pub part: u32,
}

/// Why an element of a list gave no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IssueReason {
    /// Nothing that an indicator can be.
    NotRecognised,
    /// An indicator that neither flow records nor CloudTrail can hold, or a condition that cannot be searched for.
    Unsupported,
    /// The list says itself that it is withdrawn.
    Withdrawn,
    /// The same entry is in the list before.
    Repeated,
    /// Text that breaks the list's own form.
    Malformed,
}

impl IssueReason {
    pub const ALL: [IssueReason; 5] = [
        IssueReason::NotRecognised,
        IssueReason::Unsupported,
        IssueReason::Withdrawn,
        IssueReason::Repeated,
        IssueReason::Malformed,
    ];

    /// Stable name, stored in case files and printed.
    pub fn code(self) -> &'static str {
        match self {
            IssueReason::NotRecognised => "not_recognised",
            IssueReason::Unsupported => "unsupported",
            IssueReason::Withdrawn => "withdrawn",
            IssueReason::Repeated => "repeated",
            IssueReason::Malformed => "malformed",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What of a list could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorIssue {
    /// Line, row or element of the list, from 1.
    pub position: u64,
    pub reason: IssueReason,
    /// What exactly; plain English, for the record.
    pub detail: String,
    /// The element as it is in the list, at most `warning::RAW_KEPT_BYTES`.
    pub raw: String,
}

/// A list as the case keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorList {
    pub id: i64,
    pub name: String,
    pub purpose: Purpose,
    /// The file's path as it was given; empty for a list that was typed.
    pub source: String,
    /// `csv`, `text`, `stix`, `misp`, `warning_list`, `openioc`, `json`, `typed`.
    pub format: String,
    /// Of the file's bytes; of the values, a line each, for a list that was typed. Lowercase hex.
    pub sha256: String,
    /// The list's own date where it gives one; as it is written there.
    pub list_date: String,
    pub licence: String,
    pub added_utc: String,
    pub examiner: String,
    pub enabled: bool,
    /// Removed; kept for the report, and can be restored.
    pub removed: bool,
    pub entries: u64,
    /// Entries that are searched for while the list is.
    pub enabled_entries: u64,
    /// Elements that gave no entry.
    pub issues: u64,
}

/// What is reported of a list that comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewIndicatorList {
    pub name: String,
    pub purpose: Purpose,
    pub source: String,
    pub format: &'static str,
    pub sha256: String,
    pub list_date: String,
    pub licence: String,
}

/// A name that an examiner gives to something, seen wherever it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub id: i64,
    pub kind: IndicatorKind,
    /// Canonical.
    pub value: String,
    pub span: Option<KeySpan>,
    pub name: String,
    pub note: String,
    pub added_utc: String,
    pub examiner: String,
    pub removed: bool,
}

impl Label {
    /// What can have a label.
    pub const KINDS: [IndicatorKind; 7] = [
        IndicatorKind::Address,
        IndicatorKind::Range,
        IndicatorKind::Interface,
        IndicatorKind::Principal,
        IndicatorKind::Arn,
        IndicatorKind::AccessKey,
        IndicatorKind::Account,
    ];
}

/// Blocks that are nobody's on the internet: private, shared (RFC 6598), loopback, link-local, multicast, broadcast and
/// unspecified. Addresses reserved for documentation count as external: exercises use them as such.
pub const PRIVATE_SPACE: [&str; 14] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "::/128",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// `PRIVATE_SPACE` as spans.
pub(crate) fn private_spans() -> impl Iterator<Item = KeySpan> {
    PRIVATE_SPACE.iter().filter_map(|text| Network::parse(text)).map(KeySpan::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for kind in IndicatorKind::ALL {
            assert_eq!(IndicatorKind::from_code(kind.code()), Some(kind));
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_code(purpose.code()), Some(purpose));
        }
        for reason in IssueReason::ALL {
            assert_eq!(IssueReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(IndicatorKind::from_code("tag"), None);
    }

    #[test]
    fn spans_hold_their_ends() {
        let span = KeySpan::from(Network::parse("10.0.0.0/8").unwrap());
        let key = |text: &str| KeySpan::of(&Address::parse(text.as_bytes()).unwrap());
        assert!(span.contains(key("10.0.0.0").first) && span.contains(key("10.255.255.255").first));
        assert!(!span.contains(key("11.0.0.0").first) && !span.contains(key("::a00:1").first));
        assert!(span.overlaps(&key("10.1.2.3")) && !span.overlaps(&key("9.255.255.255")));
        assert_eq!((span.width(), key("::1").width()), ((1 << 24) - 1, 0));
        assert_eq!(private_spans().count(), PRIVATE_SPACE.len());
    }
}
