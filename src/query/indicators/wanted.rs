//! Which entries a filter asks for. As text it is a test of the filter language, so that it can be bound to a
//! statement.

use crate::filter::eval::TextTest;
use crate::filter::{Check, Filter, Target, Test, parse};
use crate::model::Dataset;
use crate::query::QueryError;

/// Entries of one of the two catalogues; those of which a text passes the check, or all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wanted {
    Indicators(Option<Check>),
    Labels(Option<Check>),
}

impl Wanted {
    /// Every entry that is searched for.
    pub(crate) const EVERY: Wanted = Wanted::Indicators(None);
    pub(crate) const EVERY_LABEL: Wanted = Wanted::Labels(None);

    /// What a check of `indicator`, of `label`, or of an address asks for. The check is not negated.
    pub(crate) fn of(target: &Target, check: &Check) -> Self {
        let check = (!matches!(check, Check::Present | Check::InIndicators)).then(|| check.clone());
        if *target == Target::Label { Wanted::Labels(check) } else { Wanted::Indicators(check) }
    }

    pub(crate) fn check(&self) -> Option<&Check> {
        match self {
            Wanted::Indicators(check) | Wanted::Labels(check) => check.as_ref(),
        }
    }

    /// The test that entries have to pass.
    pub(crate) fn test(&self) -> Result<TextTest, QueryError> {
        let check = self.check().unwrap_or(&Check::Present);
        TextTest::new(check).map_err(|error| QueryError::Filter(error.to_string()))
    }

    pub(crate) fn text(&self) -> String {
        let target = match self {
            Wanted::Indicators(_) => Target::Indicator,
            Wanted::Labels(_) => Target::Label,
        };
        Filter::test(target, self.check().cloned().unwrap_or(Check::Present)).to_string()
    }

    /// Reads `text` back; `None` for any other filter.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match parse(text, Dataset::Flows) {
            Ok(Filter::Test(Test { target: target @ (Target::Indicator | Target::Label), negated: false, check })) => {
                Some(Self::of(&target, &check))
            }
            _ => None,
        }
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
            Check::Like("%x_".into()),
            Check::Contains("a'b".into()),
            Check::Matches("^a|b$".into()),
            Check::Less(Literal::text("m")),
            Check::Between(Literal::text("a"), Literal::text("z")),
        ] {
            for target in [Target::Indicator, Target::Label] {
                let wanted = Wanted::of(&target, &check);
                assert_eq!(Wanted::read(&wanted.text()), Some(wanted.clone()), "{}", wanted.text());
            }
        }
        assert_eq!(Wanted::of(&Target::EitherAddress, &Check::InIndicators), Wanted::EVERY);
        for text in ["srcport = 1", "indicator = a or label = b", "not indicator exists"] {
            assert_eq!(Wanted::read(text), None);
        }
    }
}
