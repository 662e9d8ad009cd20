//! What else is known of the hours of a trail, whose file names do not tell it: hours in which its logging was stopped, and
//! hours that AWS's signed digests cover, so that an hour without an event is one in which nothing was logged.

use super::HOUR;
use crate::analysis::digest::{self, Span};
use crate::case::CaseReader;
use crate::filter::Target;
use crate::model::{Dataset, Value};
use crate::query::{self, Cancel, EventTable, QueryError, Scope, own_field};
use std::collections::BTreeMap;

/// An event is delivered within a quarter of an hour: the digest of that time may list it.
const DELIVERY_SECS: i64 = 900;

/// Calls to a trail that worked, by what followed from them.
const CALLS: &str = "event_source = 'cloudtrail.amazonaws.com' and error_code is null \
                     and event_name in (StopLogging, DeleteTrail, StartLogging)";

#[derive(Debug, Default)]
pub(super) struct Trails {
    /// By account: seconds in which a trail of it was stopped; from is inside, to is not.
    stopped: BTreeMap<String, Vec<(i64, i64)>>,
    /// By account and Region: what signed digests cover, with nothing that they list missing; ascending, without overlap.
    whole: BTreeMap<(String, String), Vec<(i64, i64)>>,
}

/// # Errors
/// As of any query.
pub(super) fn trails(reader: &CaseReader, cancel: &Cancel) -> Result<Trails, QueryError> {
    let name = |name| Target::Field(own_field(Dataset::Events, name));
    let targets = [name("recipient_account_id"), name("event_name"), name("request_parameters")];
    let calls = query::event_table(reader, &Scope::written(Dataset::Events, CALLS)?, &targets, cancel)?;
    Ok(Trails { stopped: stopped(&calls), whole: joined(digest::whole_spans(reader, cancel)?) })
}

/// A stop lasts until the same trail is started; a trail that is never started again stays stopped.
fn stopped(calls: &EventTable) -> BTreeMap<String, Vec<(i64, i64)>> {
    let text = |column: usize, row: usize| match calls.value(column, calls.word(column, row)) {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    let mut ordered: Vec<(i64, usize)> =
        (0..calls.len()).filter_map(|row| Some((calls.time(row)?.div_euclid(1000), row))).collect();
    ordered.sort_unstable();
    let mut since: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut stopped: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for (time, row) in ordered {
        let trail = (text(0, row), trail_name(&text(2, row)));
        if text(1, row) != "StartLogging" {
            since.entry(trail).or_insert(time);
        } else if let Some(from) = since.remove(&trail) {
            stopped.entry(trail.0).or_default().push((from, time));
        }
    }
    for ((account, _), from) in since {
        stopped.entry(account).or_default().push((from, i64::MAX));
    }
    stopped
}

/// The name in the parameters of a call, which may be its ARN.
fn trail_name(parameters: &str) -> String {
    let of: serde_json::Value = serde_json::from_str(parameters).unwrap_or_default();
    let name = of.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

fn joined(spans: Vec<Span>) -> BTreeMap<(String, String), Vec<(i64, i64)>> {
    let mut by_source: BTreeMap<(String, String), Vec<(i64, i64)>> = BTreeMap::new();
    for Span { account, region, from, to } in spans {
        by_source.entry((account, region)).or_default().push((from, to));
    }
    for spans in by_source.values_mut() {
        spans.sort_unstable();
        spans.dedup_by(|next, before| {
            let joins = next.0 <= before.1;
            before.1 = if joins { before.1.max(next.1) } else { before.1 };
            joins
        });
    }
    by_source
}

impl Trails {
    /// What is known of an hour of an account and Region, whose records gave `state`.
    pub(super) fn state(&self, account: &Value, region: &Value, hour: i64, state: &'static str) -> &'static str {
        let (account, region) = (account.to_text(), region.to_text());
        let stops = self.stopped.get(&account).map(Vec::as_slice).unwrap_or_default();
        if stops.iter().any(|(from, to)| *from < hour.saturating_add(HOUR) && hour < *to) {
            return "unknown";
        }
        let covered = |(from, to): &(i64, i64)| *from <= hour && hour.saturating_add(HOUR + DELIVERY_SECS) <= *to;
        let whole = self.whole.get(&(account, region)).is_some_and(|spans| spans.iter().any(covered));
        if whole && state == "no_file" { "whole" } else { state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_whole_where_digests_cover_it_and_the_delivery_of_its_events() {
        let span = |from, to| Span { account: "1".into(), region: "r".into(), from, to };
        let trails = Trails {
            whole: joined(vec![span(7200, 10_800), span(0, 3600), span(3600, 7200), span(20_000, 30_000)]),
            stopped: BTreeMap::from([("1".to_owned(), vec![(36_100, 36_200), (50_000, i64::MAX)])]),
        };
        assert_eq!(trails.whole.values().next().unwrap(), &[(0, 10_800), (20_000, 30_000)]);
        let of = |account: &str, hour, state| {
            trails.state(&Value::Text(account.into()), &Value::Text("r".into()), hour, state)
        };
        assert_eq!((of("1", 0, "no_file"), of("1", 0, "data")), ("whole", "data"));
        // Its events may be listed in the next digest, which is not there.
        assert_eq!((of("1", 7200, "no_file"), of("2", 0, "no_file")), ("no_file", "no_file"));
        assert_eq!(
            (of("1", 32_400, "data"), of("1", 36_000, "data"), of("1", 39_600, "no_file")),
            ("data", "unknown", "no_file")
        );
        assert_eq!((of("1", 90_000, "no_file"), of("2", 90_000, "no_file")), ("unknown", "no_file"));
    }

    #[test]
    fn a_trail_is_known_by_its_name_or_its_arn() {
        assert_eq!(trail_name(r#"{"name":"t"}"#), "t");
        assert_eq!(trail_name(r#"{"name":"arn:aws:cloudtrail:r:1:trail/t"}"#), "t");
        assert_eq!(trail_name("null"), "");
    }
}
