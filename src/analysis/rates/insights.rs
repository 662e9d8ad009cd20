//! Insights events of CloudTrail: what AWS itself found unusual. Its Start and its End are one row.

use super::fraction::Fraction;
use super::{Origin, Row};
use crate::filter::{JsonPath, json};
use crate::model::{Timestamp, Value};
use std::collections::BTreeMap;

/// What is read of an Insights event.
#[derive(Clone, Debug)]
pub(super) struct InsightEvent {
    pub shared_event_id: Value,
    pub time: Option<Timestamp>,
    pub account: Value,
    pub region: Value,
    /// insightDetails.
    pub details: String,
}

impl InsightEvent {
    fn text(&self, path: &str) -> Option<String> {
        let written = self.written(path)?;
        Some(serde_json::from_str::<String>(&written).unwrap_or(written))
    }

    /// A value as it is written.
    fn written(&self, path: &str) -> Option<String> {
        let path = JsonPath::parse(path).ok()?;
        let values = json::values(&self.details, path.steps());
        values.first().map(|value| value.get().to_owned()).filter(|written| written != "null")
    }

    fn number(&self, path: &str) -> Option<Fraction> {
        self.written(path).and_then(|written| Fraction::parse(&written))
    }

    fn whole(&self, path: &str) -> Value {
        self.written(path).and_then(|written| written.parse().ok()).map_or(Value::Null, Value::Integer)
    }

    fn is_end(&self) -> bool {
        self.text("state").as_deref() == Some("End")
    }
}

/// The two events of an insight, as far as there are both.
#[derive(Default)]
struct Pair {
    start: Option<InsightEvent>,
    end: Option<InsightEvent>,
}

/// A row for each insight; those without a sharedEventID are one each.
pub(super) fn insights(events: Vec<InsightEvent>) -> Vec<Row> {
    let mut pairs: BTreeMap<(String, usize), Pair> = BTreeMap::new();
    for (number, event) in events.into_iter().enumerate() {
        let shared = event.shared_event_id.to_text();
        let alone = if shared.is_empty() { number } else { 0 };
        let pair = pairs.entry((shared, alone)).or_default();
        let place = if event.is_end() { &mut pair.end } else { &mut pair.start };
        place.get_or_insert(event);
    }
    pairs.into_values().filter_map(row).collect()
}

fn row(pair: Pair) -> Option<Row> {
    let verdict = match (&pair.start, &pair.end) {
        (Some(_), Some(_)) => "pair",
        (Some(_), None) => "start_only",
        (None, _) => "end_only",
    };
    let [start, end] = [&pair.start, &pair.end].map(|event| event.as_ref().and_then(|event| event.time));
    // The figures of the end are those of the whole.
    let event = pair.end.or(pair.start)?;
    let text = |path: &str| event.text(path).map_or(Value::Null, Value::Text);
    let (rate, baseline) = (
        event.number("insightContext.statistics.insight.average"),
        event.number("insightContext.statistics.baseline.average"),
    );
    let attributions = event.written("insightContext.attributions").map(|json| json::without_spaces(&json));
    Some(Row {
        origin: Origin::Aws,
        kind: text("insightType"),
        account: event.account.clone(),
        region: event.region.clone(),
        event_source: text("eventSource"),
        event_name: text("eventName"),
        error_code: text("errorCode"),
        start,
        end,
        minutes: event.whole("insightContext.statistics.insightDuration"),
        calls: Value::Null,
        rate,
        baseline_rate: baseline,
        baseline_minutes: event.whole("insightContext.statistics.baselineDuration"),
        verdict,
        shared_event_id: event.shared_event_id.clone(),
        attributions: attributions.map_or(Value::Null, Value::Text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(shared: Option<&str>, minute: i64, details: &str) -> InsightEvent {
        let text = |text: &str| Value::Text(text.to_owned());
        InsightEvent {
            shared_event_id: shared.map_or(Value::Null, text),
            time: Some(Timestamp(minute * 60_000)),
            account: text("111122223333"),
            region: text("us-east-1"),
            details: details.to_owned(),
        }
    }

    fn told(events: Vec<InsightEvent>) -> Vec<String> {
        let text = |row: Row| row.values().iter().skip(6).map(Value::to_text).collect::<Vec<_>>().join(",");
        insights(events).into_iter().map(text).collect()
    }

    #[test]
    fn start_and_end_are_one_row_with_the_figures_of_the_end() {
        let start = r#"{"state":"Start","insightType":"ApiCallRateInsight","eventSource":"s","eventName":"n","insightContext":
            {"statistics":{"baseline":{"average":1},"insight":{"average":3}}}}"#;
        let end = r#"{"state":"End","insightType":"ApiCallRateInsight","eventSource":"s","eventName":"n","insightContext":
            {"statistics":{"baseline":{"average":2E0},"insight":{"average":12.0},"insightDuration":7,"baselineDuration":10080},
             "attributions":[ {"attribute" : "userAgent"} ]}}"#;
        let pair = "1970-01-01T00:01:00Z,1970-01-01T00:08:00Z,7,,12.0000,2.0000,10080,500,pair,a,[{\"attribute\":\"userAgent\"}]";
        assert_eq!(told(vec![event(Some("a"), 8, end), event(Some("a"), 1, start)]), [format!(",{pair}")]);
        assert_eq!(
            told(vec![event(Some("a"), 1, start)]),
            [",1970-01-01T00:01:00Z,,,,3.0000,1.0000,,200,start_only,a,"]
        );
        let alone = told(vec![event(Some("b"), 8, end), event(None, 1, "{"), event(None, 2, "null")]);
        assert_eq!(alone.len(), 3, "{alone:?}");
        assert!(
            alone.iter().any(|row| row.contains(",,1970-01-01T00:08:00Z,7,,12.0000,") && row.contains("end_only,b"))
        );
    }
}
