//! Targets of events: table `event` as `e`, its tuples in table `call`.

use super::Compiler;
use super::column::{Shape, SqlColumn};
use crate::case::schema::{self, EVENT_TIME_TEXT, EventDictionary};
use crate::case::uuid;
use crate::filter::{Check, JsonPath, Literal, Step};
use crate::model::{Dataset, FieldId, Home, Kind, field};
use crate::query::columns_sql::own_column;
use rusqlite::types::Value;

/// An event's own JSON.
const JSON: &str = "coldtrail_event_json(e.id)";

impl Compiler {
    pub(super) fn event_field(&mut self, field: FieldId, check: &Check) -> String {
        match (field.home, EventDictionary::of(field)) {
            (Home::EventJson(key), _) => self.event_path(&JsonPath::key(key), check),
            (_, Some(held)) => {
                let predicate = self.held_predicate(field, held, check);
                of_dictionary(held, "k", &predicate)
            }
            (_, None) => {
                if let (Some(bytes), Check::Equals(Literal::Text(text))) = (schema::uuid_column(field), check) {
                    return self.uuid_equals(bytes, field, text);
                }
                let predicate = self.predicate(check, &event_column(field, "e"));
                format!("IFNULL({predicate}, 0)")
            }
        }
    }

    /// No text is made for it.
    fn uuid_equals(&mut self, bytes: &str, field: FieldId, text: &str) -> String {
        match uuid::bytes(text) {
            Some(wanted) => format!("IFNULL(e.{bytes} = {}, 0)", self.bind(Value::Blob(wanted.to_vec()))),
            None => {
                let text = self.bind(Value::Text(text.to_owned()));
                format!("(e.{bytes} IS NULL AND IFNULL(e.{} = {text}, 0))", field.name())
            }
        }
    }

    pub(super) fn event_path(&mut self, path: &JsonPath, check: &Check) -> String {
        if let Some((Step::Key(key), rest)) = path.steps().split_first()
            && let Some(held) = member(key)
        {
            let found = self.json_check("k.json", rest, check);
            return of_dictionary(held, "k", &found);
        }
        self.json_check(JSON, path.steps(), check)
    }

    /// Of a row `k` that holds an event's value.
    pub(super) fn held_predicate(&mut self, field: FieldId, held: EventDictionary, check: &Check) -> String {
        if field.kind != Kind::List {
            return self.predicate(check, &event_column(field, "k"));
        }
        let list = format!("k.\"{}\"", held.column);
        let element = self.predicate(check, &SqlColumn::new("w.value", Shape::Text));
        let mut found = format!("EXISTS (SELECT 1 FROM json_each({list}) w WHERE {element})");
        // A list as a whole equals its own text.
        if matches!(check, Check::Equals(_) | Check::In(_)) {
            let whole = self.predicate(check, &SqlColumn::new(list.clone(), Shape::Text));
            found = format!("({found} OR {whole})");
        }
        format!("(CASE WHEN json_valid({list}) THEN {found} ELSE 0 END)")
    }

    pub(super) fn event_text(&mut self, check: &Check) -> String {
        match check {
            Check::Present => "1".to_owned(),
            check => format!("IFNULL({}, 0)", self.predicate(check, &SqlColumn::new(JSON, Shape::Text))),
        }
    }
}

/// The dictionary of this member of an event. That of userIdentity holds it only where it tells more.
pub(super) fn member(key: &str) -> Option<EventDictionary> {
    field::of(Dataset::Events)
        .find(|f| matches!(f.home, Home::EventJson(member) if member == key && member != "userIdentity"))
        .and_then(EventDictionary::of)
}

/// 0 or 1: the predicate is true of the row that holds the event's value. It is asked once for each value instead of once
/// for each event.
fn of_dictionary(held: EventDictionary, alias: &str, predicate: &str) -> String {
    let EventDictionary { table, key, .. } = held;
    let reference = held.reference();
    format!("IFNULL(e.{reference} IN (SELECT {alias}.{key} FROM {table} {alias} WHERE {predicate}), 0)")
}

pub(super) fn event_column(field: FieldId, table: &str) -> SqlColumn {
    let text = match table {
        "e" => own_column(field),
        _ => format!("{table}.\"{}\"", field.name()),
    };
    match field.kind {
        Kind::Address => SqlColumn { expr: format!("{table}.source_ip_key"), text, shape: Shape::Key },
        Kind::Time if field.name() == "event_time" => {
            SqlColumn { expr: "e.time_millis".to_owned(), text: EVENT_TIME_TEXT.to_owned(), shape: Shape::Millis }
        }
        Kind::Time => SqlColumn { expr: format!("coldtrail_millis({text})"), text, shape: Shape::Millis },
        Kind::Boolean => SqlColumn::new(text, Shape::Boolean),
        _ => SqlColumn::new(text, Shape::Text),
    }
}
