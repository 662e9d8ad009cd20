//! A lead as its row says it.

use crate::model::{Dataset, Timestamp, Value};

#[derive(Clone, Debug, PartialEq)]
pub struct LeadRow {
    pub score: f64,
    pub kind: String,
    pub subject: String,
    pub peer: String,
    pub what: String,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Each in words with its points.
    pub parts: Vec<(String, String)>,
    pub records: Option<u64>,
    pub filter: String,
    pub assumption: String,
    pub refuted_by: String,
    pub dataset: Dataset,
    pub key: String,
}

impl LeadRow {
    pub(super) fn of(columns: &[&str], row: &[Value]) -> Self {
        let value = |name: &str| columns.iter().position(|known| *known == name).and_then(|at| row.get(at));
        let text = |name: &str| match value(name) {
            None | Some(Value::Null) => String::new(),
            Some(value) => value.to_text(),
        };
        let time = |name: &str| match value(name) {
            Some(Value::Time(time)) => Some(*time),
            _ => None,
        };
        let part = |part: &str| part.rsplit_once(' ').map(|(words, points)| (words.to_owned(), points.to_owned()));
        Self {
            score: text("score").parse().unwrap_or(0.0),
            kind: text("kind"),
            subject: text("subject"),
            peer: text("peer"),
            what: text("what"),
            first: time("first_seen"),
            last: time("last_seen"),
            parts: text("parts").split("; ").filter_map(part).collect(),
            records: text("records").parse().ok(),
            filter: text("filter"),
            assumption: text("assumption"),
            refuted_by: text("refuted_by"),
            dataset: if text("dataset") == "events" { Dataset::Events } else { Dataset::Flows },
            key: text("lead_key"),
        }
    }

    /// Part of the id of the word for its score.
    pub fn level(&self) -> &'static str {
        match self.score {
            80.0.. => "very-strong",
            60.0.. => "strong",
            40.0.. => "medium",
            20.0.. => "weak",
            _ => "very-weak",
        }
    }

    /// The analysis whose allow-list it would be on.
    pub fn analysis(&self) -> &'static str {
        match self.kind.as_str() {
            "beacon" => "beacons",
            "exfil" => "exfiltration",
            "fan" => "fan",
            "firstseen" => "first-seen",
            "guessing" | "scan" => "scans",
            "lateral" => "lateral",
            "lineage" => "lineage",
            "long" => "long-sessions",
            "opened" => "ports-opened",
            "rule" => "monitor",
            "sigma" => "sigma",
            "tunnel" => "tunnels",
            _ => "leads",
        }
    }

    /// A filter of its ends, whatever the time: what an allow-list would have.
    pub fn allowing(&self) -> String {
        let is_address = |text: &str| crate::model::Address::parse(text.as_bytes()).is_some();
        let ends: Vec<String> = [&self.subject, &self.peer]
            .into_iter()
            .filter(|end| is_address(end))
            .map(|end| format!("ip = {end}"))
            .collect();
        if self.dataset == Dataset::Events || ends.is_empty() { self.filter.clone() } else { ends.join(" and ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_by_the_names_of_its_columns() {
        let text = |text: &str| Value::Text(text.into());
        let columns = ["score", "kind", "subject", "peer", "parts", "records", "first_seen", "dataset"];
        let row = [
            Value::Number("82.2".into()),
            text("beacon"),
            text("10.0.0.1"),
            text("198.51.100.7"),
            text("beacon +57.2; rare peer +15; the same hour on 3 days -25"),
            Value::Integer(7),
            Value::Time(Timestamp(5000)),
            text("flows"),
        ];
        let lead = LeadRow::of(&columns, &row);
        let parts = [("beacon", "+57.2"), ("rare peer", "+15"), ("the same hour on 3 days", "-25")];
        assert_eq!(lead.parts, parts.map(|(words, points)| (words.to_owned(), points.to_owned())));
        assert_eq!(
            (lead.score, lead.level(), lead.records, lead.first),
            (82.2, "very-strong", Some(7), Some(Timestamp(5000)))
        );
        assert_eq!((lead.analysis(), lead.allowing().as_str()), ("beacons", "ip = 10.0.0.1 and ip = 198.51.100.7"));
    }
}
