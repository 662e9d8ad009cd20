//! Which hours the records before us cannot hold, because evidence of the sources that wrote them is missing.

use crate::analysis::coverage::{SourceGap, SourceKind};
use crate::case::CaseReader;
use crate::filter::{Filter, Target};
use crate::model::{Dataset, Value};
use crate::query::{self, Cancel, GroupBy, Measure, QueryError, Scope, TopQuery, own_field};

/// A source counts where it wrote this part of the records or more: of traffic between two addresses the interfaces of both
/// have a record, and a transit gateway between them has two.
const PART: u64 = 4;

/// Of these sources of flow records with missing hours, those that wrote a good part of the records of the scope, whenever
/// these are; none where the scope has no filter that selects some of them.
///
/// # Errors
/// As of any query.
pub fn gaps_of(
    reader: &CaseReader,
    scope: &Scope,
    gaps: &[SourceGap],
    cancel: &Cancel,
) -> Result<Vec<SourceGap>, QueryError> {
    let scope = anytime(scope).unwrap_or_else(|| scope.clone());
    if gaps.is_empty() || scope.dataset != Dataset::Flows || scope.filter.is_none() {
        return Ok(Vec::new());
    }
    let records = query::count(reader, &scope, cancel)?;
    let mut found = Vec::new();
    for (kind, name) in [(SourceKind::Interface, "interface_id"), (SourceKind::TransitGateway, "tgw_id")] {
        let of_kind: Vec<&SourceGap> = gaps.iter().filter(|gap| gap.kind == kind).collect();
        if of_kind.is_empty() || records == 0 {
            continue;
        }
        let by = GroupBy::Field(own_field(scope.dataset, name));
        let limit = usize::try_from(PART).ok();
        let query = TopQuery { scope: scope.clone(), by, measure: Measure::Records, limit };
        let named: Vec<Value> = query::top(reader, &query, cancel)?.rows.into_iter().flat_map(|row| row.key).collect();
        for gap in of_kind.into_iter().filter(|gap| named.contains(&gap.source)) {
            let own = gap.records.filter.clone().unwrap_or(Filter::All);
            if query::count(reader, &scope.and(own), cancel)?.saturating_mul(PART) >= records {
                found.push(gap.clone());
            }
        }
    }
    Ok(found)
}

/// The conditions of a filter that all have to be true.
pub(super) fn conditions(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::And(parts) => parts.iter().flat_map(conditions).collect(),
        other => vec![other.clone()],
    }
}

pub(super) fn is_about_time(filter: &Filter) -> bool {
    let names = ["start", "end", "event_time"];
    let of_time = |target: &Target| matches!(target, Target::Field(field) if names.contains(&field.name()));
    let tests = filter.tests();
    !tests.is_empty() && tests.iter().all(|test| of_time(&test.target))
}

/// The scope without its time range and without conditions on time; `None` where it has neither.
pub(super) fn anytime(scope: &Scope) -> Option<Scope> {
    let all = scope.filter.as_ref().map(conditions).unwrap_or_default();
    let kept: Vec<Filter> = all.iter().filter(|condition| !is_about_time(condition)).cloned().collect();
    let is_timed = kept.len() < all.len() || scope.range != Scope::all(scope.dataset).range;
    let filter = (!kept.is_empty()).then(|| Filter::all_of(kept));
    is_timed.then(|| Scope { filter, duplicates: scope.duplicates, ..Scope::all(scope.dataset) })
}
