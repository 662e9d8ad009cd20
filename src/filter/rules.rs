//! Monitoring rules: filters with a name, from `assets/rules/monitor.tsv`. Their texts are in the message catalogue.

use super::{Filter, Target, parse, target_named};
use crate::model::Dataset;
use std::sync::LazyLock;

/// A rule on events.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable; the ids of its texts are made of it.
    pub id: &'static str,
    pub group: &'static str,
    /// Techniques of MITRE ATT&CK, as its versions 18 and 19 number them.
    pub attack: [Option<&'static str>; 2],
    pub filter: Filter,
    /// Only events of bursts match.
    pub burst: Option<Burst>,
}

/// Many events within a short time that have the same values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Burst {
    pub events: usize,
    /// From the first to the last of them it takes less.
    pub seconds: i64,
    /// An event that lacks one of these values is in no burst.
    pub by: Vec<Target>,
}

const TABLE: &str = include_str!("../../assets/rules/monitor.tsv");

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| TABLE.lines().skip(1).filter_map(rule).collect());

/// Every rule, in the order of their groups.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// The rule of this id.
pub fn rule_named(id: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.id == id)
}

/// A line of the table; a test asks for each of them.
fn rule(line: &'static str) -> Option<Rule> {
    let mut cells = line.split('\t');
    let mut next = || cells.next();
    let (id, group, attack) = (next()?, next()?, [next()?, next()?]);
    let (burst, filter) = (next()?, next()?);
    Some(Rule {
        id,
        group,
        attack: attack.map(|technique| Some(technique).filter(|technique| !technique.is_empty())),
        filter: parse(filter, Dataset::Events).ok()?,
        burst: if burst.is_empty() { None } else { Some(Burst::parse(burst)?) },
    })
}

impl Burst {
    /// `N in S s by K, K`.
    fn parse(text: &str) -> Option<Self> {
        let (events, rest) = text.split_once(" in ")?;
        let (seconds, by) = rest.split_once(" s by ")?;
        let target = |name: &str| target_named(Dataset::Events, name.trim()).ok();
        Some(Self {
            events: events.parse().ok().filter(|events| *events > 0)?,
            seconds: seconds.parse().ok()?,
            by: by.split(',').map(target).collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_of_the_table_is_a_rule() {
        for line in TABLE.lines().skip(1) {
            let filter = line.split('\t').nth(5).unwrap();
            assert!(parse(filter, Dataset::Events).is_ok(), "{line}");
            assert!(rule(line).is_some(), "{line}");
        }
        assert_eq!((rules().len(), TABLE.lines().count()), (112, 113));
        let ids: BTreeSet<&str> = rules().iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), 112);
        let mut groups: Vec<&str> = rules().iter().map(|rule| rule.group).collect();
        groups.dedup();
        assert_eq!(groups.len(), 11, "rules of a group are together");
        assert_eq!(rules().iter().filter(|rule| rule.burst.is_some()).count(), 6);
    }

    #[test]
    fn a_burst_says_how_many_in_which_time_by_what() {
        let burst = rule_named("delete-storm").and_then(|rule| rule.burst.clone()).unwrap();
        assert_eq!((burst.events, burst.seconds), (100, 600));
        let by: Vec<String> = burst.by.iter().map(Target::to_string).collect();
        assert_eq!(by, ["user_identity_arn", "requestParameters.bucketName"]);
        for text in
            ["", "5", "5 in 10 by event_name", "0 in 10 s by event_name", "x in 1 s by event_name", "5 in 1 s by "]
        {
            assert_eq!(Burst::parse(text), None, "{text}");
        }
    }
}
