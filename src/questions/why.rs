//! Why there are no records that match: what there would be at other times, and which evidence is missing.

use super::empty::{Emptiness, emptiness_of};
use crate::analysis::coverage;
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Literal, Target};
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
    /// Hours of the wanted interface of which no file holds a record: from and to.
    pub gap: Option<(String, Timestamp, Timestamp)>,
}

impl Why {
    /// # Errors
    /// As of any query.
    pub fn of(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Self, QueryError> {
        let reason = emptiness_of(scope, reader, cancel)?;
        let mut why = Why { reason, anytime: None, gap: None };
        let wanted = anytime(scope).filter(|_| !matches!(reason, None | Some(Emptiness::NoRecords(_))));
        if let Some(anytime) = wanted {
            let records = query::figures(reader, &anytime, cancel)?.records;
            if records > 0 && scope.dataset == Dataset::Flows {
                why.gap = gap(scope, &coverage::sources(reader, scope.dataset, cancel)?);
            }
            why.anytime = Some((anytime, records));
        }
        Ok(why)
    }
}

/// The conditions of a filter that all have to be true.
fn conditions(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::And(parts) => parts.iter().flat_map(conditions).collect(),
        other => vec![other.clone()],
    }
}

fn is_about_time(filter: &Filter) -> bool {
    let names = ["start", "end", "event_time"];
    let of_time = |target: &Target| matches!(target, Target::Field(field) if names.contains(&field.name()));
    let tests = filter.tests();
    !tests.is_empty() && tests.iter().all(|test| of_time(&test.target))
}

/// The scope without its time range and without conditions on time; `None` where it has neither.
fn anytime(scope: &Scope) -> Option<Scope> {
    let all = scope.filter.as_ref().map(conditions).unwrap_or_default();
    let kept: Vec<Filter> = all.iter().filter(|condition| !is_about_time(condition)).cloned().collect();
    let is_timed = kept.len() < all.len() || scope.range != Scope::all(scope.dataset).range;
    let filter = (!kept.is_empty()).then(|| Filter::all_of(kept));
    is_timed.then(|| Scope { filter, duplicates: scope.duplicates, ..Scope::all(scope.dataset) })
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

/// The gap of the interface that the filter asks for in which all of the wanted time is.
fn gap(scope: &Scope, sources: &coverage::Sources) -> Option<(String, Timestamp, Timestamp)> {
    let (from, to) = span(scope)?;
    let wanted = scope.filter.as_ref()?;
    let is_wanted = |gap: &&coverage::SourceGap| {
        let tests = wanted.tests();
        tests.iter().any(|test| match (&test.target, &test.check) {
            (Target::Field(field), Check::Equals(literal)) if field.name() == "interface_id" => {
                !test.negated && *literal == Literal::text(&gap.name())
            }
            _ => false,
        })
    };
    let gap = sources.gaps.iter().find(is_wanted)?;
    let (first, last) = *gap.runs.iter().find(|(first, last)| *first <= from && to <= *last)?;
    Some((gap.name(), Timestamp::from_secs(first), Timestamp::from_secs(last)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::coverage::{SourceGap, SourceKind, Sources};
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
    fn the_gap_of_the_wanted_interface_is_named() {
        let gap_of = |name: &str, runs| SourceGap {
            kind: SourceKind::Interface,
            account: Value::Null,
            region: Value::Null,
            source: Value::Text(name.into()),
            runs,
            records: Scope::all(Dataset::Flows),
        };
        let gaps = vec![gap_of("eni-b", vec![(0, 36_000)]), gap_of("eni-a", vec![(3600, 7200)])];
        let sources = Sources { dataset: Dataset::Flows, count: 3, gaps: gaps.into() };
        let asked = |interface: &str, to: &str| {
            gap(
                &scope(&format!("interface_id = {interface} and start >= 1970-01-01T01:00:00Z and start < {to}")),
                &sources,
            )
        };
        let times = (Timestamp::from_secs(3600), Timestamp::from_secs(7200));
        assert_eq!(asked("eni-a", "1970-01-01T02:00:00Z"), Some(("eni-a".into(), times.0, times.1)));
        assert_eq!(asked("eni-a", "1970-01-01T03:00:00Z"), None, "there are hours with records in it");
        assert_eq!(asked("eni-c", "1970-01-01T02:00:00Z"), None);
    }
}
