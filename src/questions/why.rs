//! Why there are no records that match: what there would be at other times, and which evidence is missing.

use super::empty::{Emptiness, emptiness_of};
use super::gaps::{anytime, conditions, gaps_of, is_about_time};
use crate::analysis::coverage::{self, SourceGap};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Literal};
use crate::model::{Dataset, Timestamp};
use crate::query::{self, Cancel, QueryError, Scope};

/// Why there are none, and what there would be otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// `None` where there are such records: what is shown of them asks for more than the scope, or they have just come in.
    pub reason: Option<Emptiness>,
    /// What the filter would leave without its conditions on time and without the time range, and how many records that
    /// are; `None` where it has no such condition.
    pub anytime: Option<(Scope, u64)>,
    /// Hours of a source that wrote the records at other times, of which no file holds a record: from and to.
    pub gap: Option<(String, Timestamp, Timestamp)>,
}

impl Why {
    /// `gaps`: the hours that sources of flow records lack; counted where they are not known.
    ///
    /// # Errors
    /// As of any query.
    pub fn of(
        reader: &CaseReader,
        scope: &Scope,
        gaps: Option<&[SourceGap]>,
        cancel: &Cancel,
    ) -> Result<Self, QueryError> {
        let reason = emptiness_of(scope, reader, cancel)?;
        let mut why = Why { reason, anytime: None, gap: None };
        let wanted = anytime(scope).filter(|_| !matches!(reason, None | Some(Emptiness::NoRecords(_))));
        if let Some(anytime) = wanted {
            let records = query::figures(reader, &anytime, cancel)?.records;
            if records > 0 && scope.dataset == Dataset::Flows {
                let gaps = match gaps {
                    Some(gaps) => gaps_of(reader, scope, gaps, cancel)?,
                    None => gaps_of(reader, scope, &coverage::sources(reader, scope.dataset, cancel)?.gaps, cancel)?,
                };
                why.gap = gap(scope, &gaps);
            }
            why.anytime = Some((anytime, records));
        }
        Ok(why)
    }
}

/// The earliest and the latest time that the conditions and the range ask for, where both are there.
fn span(scope: &Scope) -> Option<(i64, i64)> {
    let (mut from, mut to) = (scope.range.from.map(Timestamp::secs), scope.range.to.map(Timestamp::secs));
    for condition in scope.filter.as_ref().map(conditions).unwrap_or_default() {
        let Filter::Test(test) = &condition else { continue };
        if !is_about_time(&condition) || test.negated {
            continue;
        }
        match &test.check {
            Check::Greater(Literal::Time(time)) | Check::GreaterOrEqual(Literal::Time(time)) => {
                from = from.max(Some(time.secs()));
            }
            Check::Less(Literal::Time(time)) | Check::LessOrEqual(Literal::Time(time)) => {
                to = Some(to.map_or(time.secs(), |to| to.min(time.secs())));
            }
            Check::Between(Literal::Time(first), Literal::Time(last)) => {
                from = from.max(Some(first.secs()));
                to = Some(to.map_or(last.secs(), |to| to.min(last.secs())));
            }
            _ => {}
        }
    }
    from.zip(to)
}

/// The gap in which all of the wanted time is, of the first of these sources that has one.
fn gap(scope: &Scope, sources: &[SourceGap]) -> Option<(String, Timestamp, Timestamp)> {
    let (from, to) = span(scope)?;
    sources.iter().find_map(|gap| {
        let (first, last) = *gap.runs.iter().find(|(first, last)| *first <= from && to <= *last)?;
        Some((gap.name(), Timestamp::from_secs(first), Timestamp::from_secs(last)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::coverage::SourceKind;
    use crate::filter;
    use crate::model::Value;

    fn scope(text: &str) -> Scope {
        Scope::of(Dataset::Flows, filter::parse(text, Dataset::Flows).unwrap())
    }

    #[test]
    fn conditions_on_time_are_told_from_the_others() {
        let asked = scope("interface_id = eni-a and start >= 1970-01-01T01:00:00Z and start < 1970-01-01T02:00:00Z");
        assert_eq!(anytime(&asked), Some(scope("interface_id = eni-a")));
        assert_eq!(span(&asked), Some((3600, 7200)));
        assert_eq!((anytime(&scope("dstport = 22")), span(&scope("dstport = 22"))), (None, None));
        let only_time = scope("start >= 1970-01-01T01:00:00Z");
        assert_eq!((anytime(&only_time), span(&only_time)), (Some(Scope::all(Dataset::Flows)), None));
    }

    #[test]
    fn the_gap_with_all_of_the_wanted_time_is_named() {
        let gap_of = |name: &str, runs| SourceGap {
            kind: SourceKind::Interface,
            account: Value::Null,
            region: Value::Null,
            source: Value::Text(name.into()),
            runs,
            records: Scope::all(Dataset::Flows),
        };
        let gaps = [gap_of("eni-b", vec![(0, 3600)]), gap_of("eni-a", vec![(0, 1800), (3600, 7200)])];
        let asked =
            |to: &str| gap(&scope(&format!("dstport = 22 and start >= 1970-01-01T01:00:00Z and start < {to}")), &gaps);
        let times = (Timestamp::from_secs(3600), Timestamp::from_secs(7200));
        assert_eq!(asked("1970-01-01T02:00:00Z"), Some(("eni-a".into(), times.0, times.1)));
        assert_eq!(asked("1970-01-01T03:00:00Z"), None, "there are hours with records in it");
        assert_eq!(gap(&scope("dstport = 22"), &gaps), None);
    }
}
