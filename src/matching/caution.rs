//! Entries that would match too broadly: what is pointed out before a list comes in.

use super::{AddressIndex, Matcher};
use crate::model::{IndicatorEntry, IndicatorKind, KeySpan, Network};

/// Why an entry will meet more than is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CautionReason {
    /// Every address of a family.
    Everything,
    /// Sixteen million IPv4 addresses or more, or more than an IPv6 /32.
    Wide,
    /// Private space, where one's own hosts are.
    Private,
    /// A network that was declared own.
    Own,
    /// Well-known infrastructure, by a warning list of the case.
    WellKnown,
}

impl CautionReason {
    pub const ALL: [CautionReason; 5] = [
        CautionReason::Everything,
        CautionReason::Wide,
        CautionReason::Private,
        CautionReason::Own,
        CautionReason::WellKnown,
    ];

    /// Stable name, as the command line prints it.
    pub fn code(self) -> &'static str {
        match self {
            CautionReason::Everything => "everything",
            CautionReason::Wide => "wide",
            CautionReason::Private => "private",
            CautionReason::Own => "own",
            CautionReason::WellKnown => "well_known",
        }
    }
}

/// An entry to think about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caution {
    /// Of the entry in its list.
    pub position: u64,
    pub value: String,
    pub reason: CautionReason,
    /// Number in the case of the warning list's entry.
    pub well_known: Option<i64>,
}

/// What entries are held against.
pub struct Surroundings<'a> {
    private: AddressIndex,
    own: AddressIndex,
    well_known: &'a Matcher,
}

impl<'a> Surroundings<'a> {
    /// `own`: networks that were declared own; `well_known`: entries of warning lists.
    pub fn new(own: &[KeySpan], well_known: &'a Matcher) -> Self {
        let index = |spans: Vec<KeySpan>| AddressIndex::new(spans.into_iter().zip(0..));
        Self {
            private: index(crate::model::indicator::private_spans().collect()),
            own: index(own.to_vec()),
            well_known,
        }
    }

    /// What is to be said of an entry; the gravest reason first.
    pub fn caution(&self, entry: &IndicatorEntry) -> Option<Caution> {
        let told = |reason, well_known| {
            Some(Caution { position: entry.position, value: entry.value.clone(), reason, well_known })
        };
        if entry.kind == IndicatorKind::Domain {
            let mut places = Vec::new();
            self.well_known.texts.name(&entry.value, &mut places);
            let place = places.first()?;
            return told(CautionReason::WellKnown, Some(self.well_known.id(*place)));
        }
        let span = entry.span?;
        let width = width(&span);
        if width == Some(CautionReason::Everything) {
            return told(CautionReason::Everything, None);
        }
        let in_space = |index: &AddressIndex| !index.overlapping(&span).is_empty();
        if in_space(&self.own) {
            return told(CautionReason::Own, None);
        }
        if in_space(&self.private) {
            return told(CautionReason::Private, None);
        }
        if let Some(reason) = width {
            return told(reason, None);
        }
        let mut places = Vec::new();
        match span.is_one() {
            true => self.well_known.addresses.containing(span.first, &mut places),
            false => places = self.well_known.addresses.overlapping(&span),
        }
        let place = places.first()?;
        told(CautionReason::WellKnown, Some(self.well_known.id(*place)))
    }
}

fn width(span: &KeySpan) -> Option<CautionReason> {
    let all = |text: &str| Network::parse(text).map(KeySpan::from);
    let holds = |other: KeySpan| span.first <= other.first && other.last <= span.last;
    if all("0.0.0.0/0").is_some_and(holds) || all("2000::/3").is_some_and(holds) {
        return Some(CautionReason::Everything);
    }
    let is_v4 = all("0.0.0.0/0").is_some_and(|v4| v4.contains(span.first) && v4.contains(span.last));
    let bits = if is_v4 { 24 } else { 97 };
    (span.width() >= (1 << bits) - 1).then_some(CautionReason::Wide)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Known;
    use crate::model::{Address, TimeRange};

    fn entry(value: &str) -> IndicatorEntry {
        let address = Address::parse(value.as_bytes()).map(|address| KeySpan::of(&address));
        let span = address.or_else(|| Network::parse(value).map(KeySpan::from));
        let kind = if span.is_some() { IndicatorKind::Range } else { IndicatorKind::Domain };
        IndicatorEntry {
            position: 3,
            kind,
            written: value.to_owned(),
            value: value.to_owned(),
            span,
            port: None,
            name: String::new(),
            comment: String::new(),
            severity: String::new(),
            tags: Vec::new(),
            valid: TimeRange::default(),
            enabled: true,
            part: None,
        }
    }

    #[test]
    fn what_would_flood_a_case_is_pointed_out() {
        let known = |id, value: &str| {
            let IndicatorEntry { kind, span, .. } = entry(value);
            Known {
                id,
                list: 1,
                kind,
                value: value.into(),
                span,
                valid: TimeRange::default(),
                part: None,
                wanted: true,
            }
        };
        let well_known = Matcher::new(&[known(7, "198.51.100.0/24"), known(8, "amazonaws.com")]).unwrap();
        let own = [KeySpan::from(Network::parse("203.0.113.0/24").unwrap())];
        let around = Surroundings::new(&own, &well_known);
        for (value, expected) in [
            ("0.0.0.0/0", Some((CautionReason::Everything, None))),
            ("::/0", Some((CautionReason::Everything, None))),
            ("8.0.0.0/8", Some((CautionReason::Wide, None))),
            ("8.0.0.0/9", None),
            ("2001::/31", Some((CautionReason::Wide, None))),
            ("2001:db8::/32", None),
            ("10.0.0.0/8", Some((CautionReason::Private, None))),
            ("10.0.0.1", Some((CautionReason::Private, None))),
            ("192.160.0.0/12", Some((CautionReason::Private, None))),
            ("203.0.113.7", Some((CautionReason::Own, None))),
            ("198.51.100.9", Some((CautionReason::WellKnown, Some(7)))),
            ("198.51.0.0/16", Some((CautionReason::WellKnown, Some(7)))),
            ("s3.amazonaws.com", Some((CautionReason::WellKnown, Some(8)))),
            ("8.8.8.8", None),
            ("evil.example", None),
        ] {
            let found = around.caution(&entry(value));
            assert_eq!(found.as_ref().map(|c| (c.reason, c.well_known)), expected, "{value}");
            assert!(found.is_none_or(|caution| caution.position == 3 && caution.value == value));
        }
    }
}
