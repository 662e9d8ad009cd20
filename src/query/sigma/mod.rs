//! Sigma rules of a case and the events that they match.

mod find;
pub(super) mod functions;

pub use find::{SigmaMatches, sigma_matches};

pub(super) use find::found;

use super::QueryError;
use crate::filter::eval::TextTest;
use crate::filter::{Check, Filter, Target, Test, parse};
use crate::model::{Dataset, RecordId};
use crate::sigma::{RuleState, SigmaRule};

/// Which rules a filter asks for. As text it is a test of the filter language, so that it can be bound to a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WantedRules {
    target: Target,
    check: Check,
}

impl WantedRules {
    /// What a check of `sigma` or of `sigma_level` asks for; `None` for other targets.
    pub(crate) fn of(target: &Target, check: &Check) -> Option<Self> {
        let is_theirs = matches!(target, Target::Sigma | Target::SigmaLevel);
        is_theirs.then(|| Self { target: target.clone(), check: check.clone() })
    }

    pub(crate) fn text(&self) -> String {
        Filter::test(self.target.clone(), self.check.clone()).to_string()
    }

    /// Reads `text` back; `None` for any other filter.
    fn read(text: &str) -> Option<Self> {
        match parse(text, Dataset::Events) {
            Ok(Filter::Test(Test { target, negated: false, check })) => Self::of(&target, &check),
            _ => None,
        }
    }

    /// The events, ascending, that match a rule which passes.
    ///
    /// # Errors
    /// The check holds a pattern that is not valid.
    pub(crate) fn events(&self, found: &SigmaMatches) -> Result<Vec<RecordId>, QueryError> {
        let test = TextTest::new(&self.check).map_err(|error| QueryError::Filter(error.to_string()))?;
        let passes = |rule: &SigmaRule| match self.target {
            Target::SigmaLevel => rule.level.is_some_and(|level| test.passes(level)),
            _ => rule.names().any(|name| test.passes(name)),
        };
        let chosen = found.rules.iter().filter(|(rule, _)| rule.state == RuleState::Used && passes(rule));
        let mut events: Vec<RecordId> = chosen.flat_map(|(_, events)| events).copied().collect();
        events.sort_unstable();
        events.dedup();
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Literal;

    #[test]
    fn its_text_reads_back() {
        for check in [
            Check::Present,
            Check::Equals(Literal::text("it's")),
            Check::In(vec![Literal::text("a b"), Literal::text("1")]),
            Check::Contains("a'b".into()),
        ] {
            let wanted = WantedRules::of(&Target::Sigma, &check).unwrap();
            assert_eq!(WantedRules::read(&wanted.text()), Some(wanted.clone()), "{}", wanted.text());
        }
        let wanted = WantedRules::of(&Target::SigmaLevel, &Check::Equals(Literal::text("high"))).unwrap();
        assert_eq!(WantedRules::read(&wanted.text()), Some(wanted));
        assert_eq!(WantedRules::of(&Target::Rule, &Check::Present), None);
        assert_eq!(WantedRules::read("event_name = x"), None);
    }
}
