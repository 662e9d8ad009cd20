//! Rates of calls that stand out: what AWS's Insights events say, and beside it our own count of management events.

mod bins;
mod fraction;
mod insights;
mod own;

use super::definition::{Analysis, Asked, Parameter, ParameterKind};
use crate::case::CaseReader;
use crate::filter::{Filter, clause};
use crate::model::{Dataset, TimeRange, Timestamp, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, QueryError, Scope, own_field};
use fraction::Fraction;
use insights::InsightEvent;

/// Baselines reach back before the time range, which says which rows are shown.
pub(super) static RATES: Analysis =
    Analysis { name: "rates", dataset: Dataset::Events, parameters: &[MINUTES], needs: &[], run, counted };

/// Of a bin.
const MINUTES: Parameter =
    Parameter { name: "minutes", kind: ParameterKind::Minutes, default: Some("5"), optional: false };

/// Events that logs before managementEvent and eventCategory hold are management events.
const MANAGEMENT: &str = "(management_event is null or management_event = true) and \
    (event_category is null or event_category = Management)";
const WRITE: &str = "read_only = false";
const INSIGHT: &str = "insight_details exists";

const COLUMNS: [(&str, Unit); 18] = [
    ("origin", Unit::Text),
    ("kind", Unit::Text),
    ("account", Unit::Text),
    ("region", Unit::Text),
    ("event_source", Unit::Text),
    ("event_name", Unit::Text),
    ("error_code", Unit::Text),
    ("start", Unit::Time),
    ("end", Unit::Time),
    ("minutes", Unit::Count),
    ("calls", Unit::Count),
    ("rate", Unit::Ratio),
    ("baseline_rate", Unit::Ratio),
    ("baseline_minutes", Unit::Count),
    ("percent", Unit::Number),
    ("verdict", Unit::Text),
    ("shared_event_id", Unit::Text),
    ("attributions", Unit::Json),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Aws,
    Own,
}

impl Origin {
    fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Own => "own",
        }
    }
}

struct Row {
    origin: Origin,
    kind: Value,
    account: Value,
    region: Value,
    event_source: Value,
    event_name: Value,
    error_code: Value,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    minutes: Value,
    calls: Value,
    rate: Option<Fraction>,
    baseline_rate: Option<Fraction>,
    baseline_minutes: Value,
    verdict: &'static str,
    shared_event_id: Value,
    attributions: Value,
}

impl Row {
    fn values(self) -> Vec<Value> {
        let text = |text: &str| Value::Text(text.to_owned());
        let rate = |rate: Option<Fraction>| {
            rate.and_then(Fraction::to_text).map_or(Value::Null, |text| Value::Number(text.into()))
        };
        let percent = self.rate.zip(self.baseline_rate).and_then(|(rate, baseline)| rate.percent_above(baseline));
        let percent = match percent.map(|percent| (i64::try_from(percent), percent)) {
            None => Value::Null,
            Some((Ok(percent), _)) => Value::Integer(percent),
            Some((Err(_), percent)) => Value::Number(percent.to_string().into()),
        };
        vec![
            text(self.origin.name()),
            self.kind,
            self.account,
            self.region,
            self.event_source,
            self.event_name,
            self.error_code,
            Value::time(self.start),
            Value::time(self.end),
            self.minutes,
            self.calls,
            rate(self.rate),
            rate(self.baseline_rate),
            self.baseline_minutes,
            percent,
            text(self.verdict),
            self.shared_event_id,
            self.attributions,
        ]
    }

    /// Is any of it in the time range?
    fn is_in(&self, range: TimeRange) -> bool {
        let (Some(start), Some(end)) = (self.start.or(self.end), self.end.or(self.start)) else { return true };
        range.contains(start) || range.to.is_none_or(|to| start < to) && range.from.is_none_or(|from| from < end)
    }
}

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let minutes = asked.number(&MINUTES)?;
    let mut rows = insights::insights(insight_events(reader, &asked.scope, cancel)?);
    rows.extend(own::rates(reader, &asked.scope, minutes, cancel)?);
    rows.retain(|row| row.is_in(asked.scope.range));
    rows.sort_by_cached_key(|row| {
        let values = [&row.kind, &row.account, &row.region, &row.event_source, &row.event_name, &row.error_code];
        (row.origin.name(), values.map(Value::to_text), row.start.or(row.end), row.shared_event_id.to_text())
    });
    rows.truncate(asked.limit.unwrap_or(usize::MAX));
    Ok(Rows::new(Column::list(&COLUMNS), rows.into_iter().map(Row::values).collect()))
}

fn insight_events(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Vec<InsightEvent>, QueryError> {
    let anytime = Scope { range: TimeRange::default(), ..scope.clone() };
    let filter = Scope::written(Dataset::Events, INSIGHT)?.filter.unwrap_or(Filter::All);
    let found = query::rows(reader, &anytime.and(filter).records(Vec::new()), cancel)?;
    let fields = ["shared_event_id", "event_time", "recipient_account_id", "aws_region", "insight_details"];
    let fields = fields.map(|name| own_field(Dataset::Events, name));
    let page = query::page(reader, Dataset::Events, &found.ids(0..found.len()), &fields)?;
    let event = |values: Vec<Value>| {
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or(Value::Null);
        let (shared_event_id, time) = (next(), next());
        let time = if let Value::Time(time) = time { Some(time) } else { None };
        InsightEvent { shared_event_id, time, account: next(), region: next(), details: next().to_text() }
    };
    Ok(page.into_iter().map(event).collect())
}

/// The Insights events of a row of AWS's, the calls in the bin of one of ours.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let value = |name: &str| {
        let at = COLUMNS.iter().position(|(column, _)| *column == name);
        at.and_then(|at| row.get(at)).unwrap_or(&Value::Null)
    };
    let is = |field: &'static str, value: &Value| clause::clause(value, own_field(Dataset::Events, field), false);
    let written = |text: &str| Scope::written(Dataset::Events, text).ok().and_then(|scope| scope.filter);
    let anytime = Scope { range: TimeRange::default(), ..asked.scope.clone() };
    if *value("origin") == Value::Text(Origin::Aws.name().to_owned()) {
        let shared = value("shared_event_id");
        return (*shared != Value::Null).then(|| anytime.and(is("shared_event_id", shared)));
    }
    let (Value::Time(start), Value::Time(end)) = (value("start"), value("end")) else { return None };
    let kind = match value("error_code") {
        Value::Null => written(WRITE)?,
        code => is("error_code", code),
    };
    let fields = [
        ("recipient_account_id", "account"),
        ("aws_region", "region"),
        ("event_source", "event_source"),
        ("event_name", "event_name"),
    ];
    let fields = fields.map(|(field, column)| is(field, value(column)));
    let filter = Filter::all_of([written(MANAGEMENT)?, kind].into_iter().chain(fields));
    let range = TimeRange { from: Some(*start), to: Some(*end) };
    Some(Scope { range, ..anytime }.and(filter))
}
