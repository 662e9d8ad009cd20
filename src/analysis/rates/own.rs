//! Our own rates: calls of each account, Region, source and name, and those that failed, by bins of time.

use super::bins::{Found, stand_out};
use super::fraction::Fraction;
use super::{MANAGEMENT, Origin, Row};
use crate::case::CaseReader;
use crate::filter::{Filter, Target};
use crate::model::{Dataset, TimeRange, Timestamp, Value};
use crate::query::{self, Cancel, EventTable, QueryError, Scope, own_field};
use rustc_hash::FxHashMap;

/// What a series is about: account, Region, source, name, error code, and whether the event changed something.
const FIELDS: [&str; 6] =
    ["recipient_account_id", "aws_region", "event_source", "event_name", "error_code", "read_only"];
const ERROR_CODE: usize = 4;
const READ_ONLY: usize = 5;

/// Numbers of the values of a series; of calls that change something the error code is `ANY`.
type Series = [u32; 5];
const ANY: u32 = u32::MAX;

/// The bins of calls that stand out, in the order of their values.
pub(super) fn rates(reader: &CaseReader, scope: &Scope, minutes: i64, cancel: &Cancel) -> Result<Vec<Row>, QueryError> {
    let bin_secs = minutes * 60;
    let anytime = Scope { range: TimeRange::default(), ..scope.clone() };
    let management = Scope::written(Dataset::Events, MANAGEMENT)?.filter.unwrap_or(Filter::All);
    let calls = query::event_table(reader, &anytime.and(management), &targets(&FIELDS), cancel)?;
    let first = first_bins(reader, scope, bin_secs, cancel)?;
    let (series, bins) = counted(&calls, bin_secs);
    let mut rows = Vec::new();
    for of_series in bins.chunk_by(|one, other| one.0 == other.0) {
        let Some(key) = of_series.first().and_then(|(number, ..)| series.get(*number as usize)) else { continue };
        let [account, region, source, name, code] = *key;
        let [account, region, source, name] =
            [(0, account), (1, region), (2, source), (3, name)].map(|(at, word)| calls.value(at, word).clone());
        let Some(begin) = first.get(&(account.clone(), region.clone())) else { continue };
        let bins: Vec<(i64, u64)> = of_series.iter().map(|(_, bin, calls)| (*bin, *calls)).collect();
        let code = (code != ANY).then(|| calls.value(ERROR_CODE, code).clone());
        for found in stand_out(&bins, *begin, bin_secs) {
            let values = [&account, &region, &source, &name].map(Value::clone);
            rows.extend(row(found, values, code.clone(), minutes));
        }
    }
    Ok(rows)
}

fn targets(names: &[&'static str]) -> Vec<Target> {
    names.iter().map(|name| Target::Field(own_field(Dataset::Events, name))).collect()
}

fn bin_of(millis: i64, bin_secs: i64) -> i64 {
    millis.div_euclid(bin_secs.saturating_mul(1000))
}

/// By account and Region: the bin of the first event of any kind, whatever the filter.
fn first_bins(
    reader: &CaseReader,
    scope: &Scope,
    bin_secs: i64,
    cancel: &Cancel,
) -> Result<FxHashMap<(Value, Value), i64>, QueryError> {
    let all = Scope { duplicates: scope.duplicates, ..Scope::all(Dataset::Events) };
    let events = query::event_table(reader, &all, &targets(&FIELDS[..2]), cancel)?;
    let mut first: FxHashMap<[u32; 2], i64> = FxHashMap::default();
    for row in 0..events.len() {
        let Some(time) = events.time(row) else { continue };
        let begin = first.entry([events.word(0, row), events.word(1, row)]).or_insert(time);
        *begin = time.min(*begin);
    }
    let place = |([account, region], time): ([u32; 2], i64)| {
        ((events.value(0, account).clone(), events.value(1, region).clone()), bin_of(time, bin_secs))
    };
    Ok(first.into_iter().map(place).collect())
}

/// Series, and of each (by its number) the calls by bin, ascending.
fn counted(calls: &EventTable, bin_secs: i64) -> (Vec<Series>, Vec<(u32, i64, u64)>) {
    let mut known: FxHashMap<Series, u32> = FxHashMap::default();
    let mut all = Vec::new();
    let writes = calls
        .columns
        .get(READ_ONLY)
        .map(|column| column.words().iter().map(|word| *word == Value::Boolean(false)).collect::<Vec<_>>());
    let is_write = |row| {
        let writes = writes.as_deref().unwrap_or_default();
        writes.get(calls.word(READ_ONLY, row) as usize) == Some(&true)
    };
    for row in 0..calls.len() {
        let Some(time) = calls.time(row) else { continue };
        let bin = bin_of(time, bin_secs);
        let [account, region, source, name, code] = [0, 1, 2, 3, ERROR_CODE].map(|at| calls.word(at, row));
        let of_writes = is_write(row).then_some([account, region, source, name, ANY]);
        let of_errors = (code != 0).then_some([account, region, source, name, code]);
        for series in [of_writes, of_errors].into_iter().flatten() {
            let next = known.len() as u32;
            all.push((*known.entry(series).or_insert(next), bin));
        }
    }
    all.sort_unstable();
    let of_bin = |bin: &[(u32, i64)]| bin.first().map(|(series, at)| (*series, *at, bin.len() as u64));
    let bins = all.chunk_by(|one, other| one == other).filter_map(of_bin).collect();
    let mut series = vec![[0; 5]; known.len()];
    for (key, number) in known {
        if let Some(place) = series.get_mut(number as usize) {
            *place = key;
        }
    }
    (series, bins)
}

/// `code`: of calls that failed.
fn row(
    found: Found,
    [account, region, event_source, event_name]: [Value; 4],
    code: Option<Value>,
    minutes: i64,
) -> Option<Row> {
    let at = |bin: i64| bin.checked_mul(minutes)?.checked_mul(60_000).map(Timestamp);
    let width = i128::from(minutes);
    Some(Row {
        origin: Origin::Own,
        kind: Value::Text(if code.is_some() { "error_rate" } else { "call_rate" }.to_owned()),
        account,
        region,
        event_source,
        event_name,
        error_code: code.unwrap_or(Value::Null),
        start: at(found.bin),
        end: at(found.bin + 1),
        minutes: Value::Integer(minutes),
        calls: Value::count(found.calls),
        rate: Fraction::new(found.calls.into(), width),
        baseline_rate: Fraction::new(found.baseline_calls.into(), i128::from(found.baseline_bins) * width),
        baseline_minutes: Value::count(found.baseline_bins.saturating_mul(minutes.unsigned_abs())),
        verdict: found.verdict.name(),
        shared_event_id: Value::Null,
        attributions: Value::Null,
    })
}
