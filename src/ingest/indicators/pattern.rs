//! Conditions joined by AND and OR, put into patterns: what one record has to meet together.

use super::collect::{Collector, Details};
use super::value::Recognition;
use crate::model::PatternPart;
use std::collections::BTreeSet;

/// Patterns of one condition: far above any that is written manually. What makes more of them is taken apart instead.
const MOST_PATTERNS: usize = 256;

/// Conditions as they are joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Joined<T> {
    One(T),
    And(Vec<Joined<T>>),
    Or(Vec<Joined<T>>),
}

/// Parts that have to be matched together, each by any of its conditions.
pub(super) type Pattern<T> = Vec<Vec<T>>;

impl<T: Clone> Joined<T> {
    /// All conditions, in their order.
    pub(super) fn conditions(&self) -> Vec<T> {
        match self {
            Joined::One(one) => vec![one.clone()],
            Joined::And(parts) | Joined::Or(parts) => parts.iter().flat_map(Joined::conditions).collect(),
        }
    }

    /// The same with each condition's place among all.
    fn numbered(&self, next: &mut usize) -> Joined<usize> {
        let mut all = |parts: &[Self]| parts.iter().map(|part| part.numbered(next)).collect();
        match self {
            Joined::And(parts) => Joined::And(all(parts)),
            Joined::Or(parts) => Joined::Or(all(parts)),
            Joined::One(_) => {
                *next += 1;
                Joined::One(*next - 1)
            }
        }
    }

    /// Patterns of which any is enough; `None` where they would be too many.
    pub(super) fn patterns(&self) -> Option<Vec<Pattern<T>>> {
        match self {
            Joined::One(one) => Some(vec![vec![vec![one.clone()]]]),
            Joined::Or(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.patterns()?);
                }
                (all.len() <= MOST_PATTERNS).then_some(all)
            }
            Joined::And(parts) => {
                let mut all: Vec<Pattern<T>> = vec![Vec::new()];
                for part in parts {
                    let mut of = part.patterns()?;
                    if of.len() > 1 && of.iter().all(|pattern| pattern.len() == 1) {
                        // Alternatives of one part.
                        of = vec![vec![of.into_iter().flatten().flatten().collect()]];
                    }
                    if all.len() * of.len() > MOST_PATTERNS {
                        return None;
                    }
                    let with = |pattern: &Pattern<T>| {
                        let pattern = pattern.clone();
                        of.iter().map(move |more| [pattern.as_slice(), more.as_slice()].concat()).collect::<Vec<_>>()
                    };
                    all = all.iter().flat_map(with).collect();
                }
                Some(all)
            }
        }
    }
}

/// A condition of an element of the list: what it searches for, with the text that says it.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub position: u64,
    pub written: String,
    pub found: Recognition,
    pub raw: String,
}

/// Takes conditions in as entries, those that are in an AND as parts of patterns. `told`: what the comment says of
/// those that are less than the whole.
pub(super) fn take_in(out: &mut Collector, joined: &Joined<Condition>, details: &Details, told: &str) {
    let conditions = joined.conditions();
    let Some(patterns) = joined.numbered(&mut 0).patterns() else {
        for one in &conditions {
            take(out, one, &noted(details, told));
        }
        return;
    };
    // A condition may be in several patterns; that it cannot be used is reported once.
    let mut refused = BTreeSet::new();
    for pattern in patterns {
        let pattern: Vec<Vec<(usize, &Condition)>> = pattern
            .into_iter()
            .map(|part| part.into_iter().filter_map(|at| Some((at, conditions.get(at)?))).collect())
            .collect();
        let usable = pattern.iter().filter(|part| part.iter().any(|(_, one)| one.found.is_ok())).count();
        let number = if usable > 1 { out.next_pattern() } else { 0 };
        for (part, alternatives) in (1..).zip(&pattern) {
            for (at, one) in alternatives {
                let mut details = if pattern.len() > 1 { noted(details, told) } else { details.clone() };
                details.part = (number > 0).then_some(PatternPart { pattern: number, part });
                if one.found.is_ok() || refused.insert(*at) {
                    take(out, one, &details);
                }
            }
        }
    }
}

fn take(out: &mut Collector, one: &Condition, details: &Details) {
    match &one.found {
        Ok(found) => out.entry(one.position, &one.written, found.clone(), details, &one.raw),
        Err(why) => out.not_usable(one.position, why.clone(), &one.raw),
    }
}

/// What is matched alone is less than the list says: the entry tells so.
pub(super) fn noted(details: &Details, told: &str) -> Details {
    const PART: &str = "part of a pattern";
    let mut details = details.clone();
    if details.tags.iter().any(|tag| tag == PART) {
        return details;
    }
    details.tags.push(PART.to_owned());
    details.comment = if details.comment.is_empty() { told.to_owned() } else { format!("{}; {told}", details.comment) };
    details
}

#[cfg(test)]
mod tests {
    use super::Joined::{And, One, Or};
    use super::*;

    fn told(joined: &Joined<&str>) -> Vec<String> {
        let pattern =
            |pattern: &Pattern<&str>| pattern.iter().map(|part| part.join("|")).collect::<Vec<_>>().join(" & ");
        joined.patterns().unwrap().iter().map(pattern).collect()
    }

    #[test]
    fn patterns_of_joined_conditions() {
        let or = |names: &[&'static str]| Or(names.iter().map(|name| One(*name)).collect());
        let and = |names: &[&'static str]| And(names.iter().map(|name| One(*name)).collect());
        assert_eq!(told(&One("a")), ["a"]);
        assert_eq!(told(&or(&["a", "b"])), ["a", "b"]);
        assert_eq!(told(&and(&["a", "b"])), ["a & b"]);
        assert_eq!(told(&And(vec![or(&["a", "b"]), One("c")])), ["a|b & c"]);
        assert_eq!(told(&Or(vec![One("a"), and(&["b", "c"])])), ["a", "b & c"]);
        assert_eq!(told(&And(vec![One("a"), Or(vec![One("b"), and(&["c", "d"])])])), ["a & b", "a & c & d"]);
    }

    #[test]
    fn too_many_patterns_are_none() {
        let pair = || Or(vec![And(vec![One("a"), One("b")]), And(vec![One("c"), One("d")])]);
        assert_eq!(And((0..8).map(|_| pair()).collect()).patterns().map(|patterns| patterns.len()), Some(256));
        let many = And((0..9).map(|_| pair()).collect());
        assert!(many.patterns().is_none());
        assert_eq!(many.conditions().len(), 36);
    }
}
