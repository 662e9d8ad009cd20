//! What an exhibit asked, as a list of facts: made from the question's own JSON, so that a kind of exhibit that is new
//! needs nothing here.

use super::time;
use crate::present::Zone;
use crate::report::document::{Fact, FactValue};
use serde_json::{Map, Value as Json};

/// What a reader asks first.
const FIRST: [&str; 8] = ["statement", "sightings", "dataset", "filter", "range", "copies", "by", "measure"];

/// The facts of a question, and the question itself as the case keeps it.
pub(super) fn facts(query: &str, zone: Zone) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Ok(Json::Object(members)) = serde_json::from_str(query) {
        of_members(&members, &mut facts);
    }
    // Which records comes first, whatever the members are called; the rest by name.
    let rank = |fact: &Fact| FIRST.iter().position(|name| *name == fact.name).unwrap_or(FIRST.len());
    facts.sort_by_key(rank);
    facts.push(Fact::text("zone", zone.name()));
    facts.push(Fact::code("question", query));
    facts
}

fn of_members(members: &Map<String, Json>, facts: &mut Vec<Fact>) {
    // A time range is one thing, wherever it is.
    if members.contains_key("from") && members.contains_key("to") {
        let bound = |name: &str| members.get(name).and_then(Json::as_str).and_then(time);
        facts.push(Fact::new("range", FactValue::Range(bound("from"), bound("to"))));
    }
    for (name, value) in members {
        match (name.as_str(), value) {
            ("from" | "to", _) | (_, Json::Null | Json::Bool(false)) => {}
            // An exhibit's own words are its body.
            ("text", Json::String(_)) => {}
            ("records" | "pairs", Json::Object(inner)) => of_members(inner, facts),
            ("dataset", Json::String(dataset)) => {
                facts.push(Fact::new("dataset", FactValue::Words(format!("dataset-{dataset}"), Vec::new())));
            }
            ("filter", Json::String(filter)) if filter.is_empty() => {
                facts.push(Fact::new("filter", FactValue::Words("no-filter".to_owned(), Vec::new())));
            }
            ("filter", Json::String(filter)) => facts.push(Fact::code("filter", filter)),
            ("all_copies", Json::Bool(true)) => {
                facts.push(Fact::new("copies", FactValue::Words("each-copy".to_owned(), Vec::new())));
            }
            (name, Json::Bool(true)) => facts.push(Fact::new(name, FactValue::Words("yes".to_owned(), Vec::new()))),
            ("bin", Json::String(secs)) if secs.parse::<u64>().is_ok() => {
                facts.push(Fact::new("bin", FactValue::Seconds(secs.parse().unwrap_or(0))));
            }
            ("statement", Json::String(text)) => {
                let lines = text.lines().map(|line| FactValue::Code(line.to_owned()));
                facts.push(Fact::new("statement", FactValue::List(lines.collect())));
            }
            (name, Json::String(text)) => facts.push(Fact::code(name, text)),
            (name, Json::Number(number)) => match number.as_u64() {
                Some(count) => facts.push(Fact::count(name, count)),
                None => facts.push(Fact::code(name, &number.to_string())),
            },
            (_, Json::Array(items)) if items.is_empty() => {}
            (name, Json::Array(items)) => {
                let text = |item: &Json| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
                facts.push(Fact::code(name, &items.iter().map(text).collect::<Vec<_>>().join(", ")));
            }
            (_, Json::Object(inner)) => of_members(inner, facts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_reads_as_facts() {
        let query = r#"{"records":{"dataset":"flows","filter":"","from":"2026-03-10T00:00:00Z","to":null,"all_copies":false},"sort":["-bytes"],"columns":["start","bytes"],"limit":null,"top":3}"#;
        let facts = facts(query, Zone::default());
        let names: Vec<&str> = facts.iter().map(|fact| fact.name.as_str()).collect();
        assert_eq!(names, ["dataset", "filter", "range", "columns", "sort", "top", "zone", "question"]);
        assert!(matches!(&facts[2].value, FactValue::Range(Some(_), None)));
        assert!(matches!(&facts[7].value, FactValue::Code(text) if text == query));
    }
}
