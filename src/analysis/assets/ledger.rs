//! What is known of assets over time: a fact holds from the event that says it to the one that ends or contradicts it.

use std::collections::BTreeMap;

/// Who says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// An event, by its id.
    Event(String),
    /// An inventory, by its path.
    Inventory(String),
}

/// Where an asset is: addresses and names are only unique inside.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub account: Option<String>,
    pub region: Option<String>,
}

/// Something with an id or an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asset {
    pub kind: &'static str,
    pub id: String,
    pub place: Place,
}

/// One property of an asset and its value in a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fact {
    pub asset: Asset,
    pub property: &'static str,
    pub value: String,
    /// Milliseconds. Before, it is not known.
    pub from: Option<i64>,
    /// `None`: nothing ends it.
    pub to: Option<i64>,
    pub source: Source,
    pub ended_by: Option<Source>,
    /// Other sources that said the same while it held.
    pub confirmed: u32,
    /// Another source says otherwise of the same time.
    pub disputed: bool,
}

/// What a source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saying {
    /// The only value of its property.
    Is(Asset, &'static str, String),
    /// All values of a property, others end.
    Only(Asset, &'static str, Vec<String>),
    /// A value beside others, in a time of its own, in milliseconds; since the source is known where it has none.
    Also(Asset, &'static str, String, [Option<i64>; 2]),
    /// A value ends; all of the property without one.
    Ends(Asset, &'static str, Option<String>),
    /// The asset is gone: what is said of it ends, and what is said by its id of others.
    Gone(Asset),
}

/// Facts as they come, in the order of time.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    facts: Vec<Fact>,
    /// Places of the facts that hold, by what they are about.
    open: BTreeMap<(Asset, &'static str), Vec<usize>>,
}

impl Ledger {
    pub(crate) fn hear(&mut self, time: Option<i64>, source: &Source, saying: Saying) {
        match saying {
            Saying::Is(asset, property, value) => {
                self.end(&asset, property, time, source, |known| known != value);
                self.begin(asset, property, value, time, source);
            }
            Saying::Only(asset, property, values) => {
                self.end(&asset, property, time, source, |known| !values.iter().any(|value| value == known));
                for value in values {
                    self.begin(asset.clone(), property, value, time, source);
                }
            }
            Saying::Also(asset, property, value, [from, to]) => {
                let (from, source, ended_by) = (from.or(time), source.clone(), None);
                self.facts.push(Fact {
                    asset,
                    property,
                    value,
                    from,
                    to,
                    source,
                    ended_by,
                    confirmed: 0,
                    disputed: false,
                });
            }
            Saying::Ends(asset, property, value) => {
                self.end(&asset, property, time, source, |known| value.as_deref().is_none_or(|value| value == known));
            }
            Saying::Gone(gone) => {
                let keys: Vec<(Asset, &'static str)> = self.open.keys().cloned().collect();
                for (asset, property) in keys {
                    let all = asset == gone;
                    self.end(&asset, property, time, source, |known| all || known == gone.id);
                }
            }
        }
    }

    fn begin(&mut self, asset: Asset, property: &'static str, value: String, time: Option<i64>, source: &Source) {
        let open = self.open.entry((asset.clone(), property)).or_default();
        let known = open.iter().find(|at| self.facts.get(**at).is_some_and(|fact| fact.value == value));
        if let Some(fact) = known.and_then(|at| self.facts.get_mut(*at)) {
            fact.confirmed += 1;
            return;
        }
        open.push(self.facts.len());
        let source = source.clone();
        let (from, to, ended_by) = (time, None, None);
        self.facts.push(Fact { asset, property, value, from, to, source, ended_by, confirmed: 0, disputed: false });
    }

    fn end(
        &mut self,
        asset: &Asset,
        property: &'static str,
        time: Option<i64>,
        source: &Source,
        ends: impl Fn(&str) -> bool,
    ) {
        let Some(open) = self.open.get_mut(&(asset.clone(), property)) else { return };
        let facts = &mut self.facts;
        open.retain(|at| {
            let Some(fact) = facts.get_mut(*at).filter(|fact| ends(&fact.value)) else { return true };
            // An inventory that says otherwise of what events say ends nothing: both are shown.
            if matches!((&fact.source, source), (Source::Event(_), Source::Inventory(_))) {
                fact.disputed = true;
                return true;
            }
            (fact.to, fact.ended_by) = (time, Some(source.clone()));
            false
        });
    }

    /// Every fact, by asset, property and time.
    pub(crate) fn finish(self) -> Vec<Fact> {
        let mut facts = self.facts;
        facts.sort();
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(kind: &'static str, id: &str) -> Asset {
        Asset { kind, id: id.to_owned(), place: Place::default() }
    }

    fn event(id: &str) -> Source {
        Source::Event(id.to_owned())
    }

    #[test]
    fn a_fact_holds_until_it_is_ended_or_contradicted() {
        let mut ledger = Ledger::default();
        let address = || asset("address", "10.0.0.5");
        let is = |value: &str| Saying::Is(address(), "instance", value.to_owned());
        ledger.hear(Some(10), &event("a"), is("i-1"));
        ledger.hear(Some(20), &event("b"), is("i-1"));
        ledger.hear(Some(30), &event("c"), is("i-2"));
        ledger.hear(Some(40), &event("d"), Saying::Gone(asset("instance", "i-2")));
        let facts = ledger.finish();
        let told: Vec<_> =
            facts.iter().map(|f| (f.value.as_str(), f.from, f.to, f.confirmed, f.ended_by.clone())).collect();
        assert_eq!(
            told,
            [("i-1", Some(10), Some(30), 1, Some(event("c"))), ("i-2", Some(30), Some(40), 0, Some(event("d")))]
        );
    }

    #[test]
    fn several_values_stand_beside_each_other() {
        let mut ledger = Ledger::default();
        let groups = |values: &[&str]| {
            Saying::Only(
                asset("interface", "eni-1"),
                "security_group",
                values.iter().map(|v| (*v).to_owned()).collect(),
            )
        };
        ledger.hear(Some(1), &event("a"), groups(&["sg-1", "sg-2"]));
        ledger.hear(Some(2), &event("b"), groups(&["sg-2", "sg-3"]));
        let facts = ledger.finish();
        let told: Vec<_> = facts.iter().map(|f| (f.value.as_str(), f.from, f.to)).collect();
        assert_eq!(told, [("sg-1", Some(1), Some(2)), ("sg-2", Some(1), None), ("sg-3", Some(2), None)]);
    }

    #[test]
    fn an_inventory_that_says_otherwise_is_shown_beside_the_event() {
        let mut ledger = Ledger::default();
        let is = |value: &str| Saying::Is(asset("interface", "eni-1"), "instance", value.to_owned());
        let inventory = Source::Inventory("interfaces.json".to_owned());
        ledger.hear(Some(1), &event("a"), is("i-1"));
        ledger.hear(Some(5), &inventory, is("i-2"));
        let facts = ledger.finish();
        assert_eq!((facts[0].to, facts[0].disputed), (None, true));
        assert_eq!((facts[1].from, &facts[1].source), (Some(5), &inventory));
    }
}
