//! Targets of events: table `event` as `e`, its tuples in table `call`.

use super::Compiler;
use super::column::{Shape, SqlColumn};
use crate::case::schema::EVENT_TIME_TEXT;
use crate::filter::derived::Derived;
use crate::filter::{Check, JsonPath, Step};
use crate::model::{Dataset, FieldId, Home, Kind, field};

/// An event's own JSON.
const JSON: &str = "coldtrail_event_json(e.id)";

impl Compiler {
    pub(super) fn event_field(&mut self, field: FieldId, check: &Check) -> String {
        match field.home {
            Home::EventJson(key) => self.event_path(&JsonPath::key(key), check),
            // Once for each tuple instead of once for each event.
            Home::Call(_) => {
                let predicate = self.predicate(check, &event_column(field, "k"));
                format!("(e.call_id IN (SELECT k.call_id FROM call k WHERE {predicate}))")
            }
            _ => {
                let predicate = self.predicate(check, &event_column(field, "e"));
                format!("IFNULL({predicate}, 0)")
            }
        }
    }

    pub(super) fn event_path(&mut self, path: &JsonPath, check: &Check) -> String {
        if let Some((Step::Key(key), rest)) = path.steps().split_first()
            && let Some(column) = member_column(key)
        {
            return self.json_check(&format!("e.\"{column}\""), rest, check);
        }
        self.json_check(JSON, path.steps(), check)
    }

    /// 0 or 1: one of the values passes the check.
    pub(super) fn derived(&mut self, derived: Derived, check: &Check) -> String {
        let name = derived.name();
        match derived {
            // From columns: an event's JSON need not be read for it.
            Derived::EventUserName | Derived::SessionName => {
                let identity = "k.user_identity_type, k.user_identity_user_name, e.user_identity_principal_id, \
                                e.user_identity_arn";
                let value = format!("coldtrail_identity_name('{name}', {identity})");
                let predicate = self.predicate(check, &SqlColumn::new(value, Shape::Text));
                format!("IFNULL((SELECT {predicate} FROM call k WHERE k.call_id = e.call_id), 0)")
            }
            Derived::LoginResult | Derived::ResourceName | Derived::ResourceType => {
                let predicate = self.predicate(check, &SqlColumn::new("w.value", Shape::Text));
                format!("EXISTS (SELECT 1 FROM json_each(coldtrail_derived('{name}', {JSON})) w WHERE {predicate})")
            }
        }
    }

    pub(super) fn event_text(&mut self, check: &Check) -> String {
        match check {
            Check::Present => "1".to_owned(),
            check => format!("IFNULL({}, 0)", self.predicate(check, &SqlColumn::new(JSON, Shape::Text))),
        }
    }
}

/// The column that holds this member of an event as JSON. That of userIdentity holds it only where it tells more.
fn member_column(key: &str) -> Option<&'static str> {
    field::of(Dataset::Events)
        .find(|f| matches!(f.home, Home::EventJson(member) if member == key && member != "userIdentity"))
        .map(FieldId::name)
}

pub(super) fn event_column(field: FieldId, table: &str) -> SqlColumn {
    let text = format!("{table}.\"{}\"", field.name());
    match field.kind {
        Kind::Address => SqlColumn { expr: "e.source_ip_key".to_owned(), text, shape: Shape::Key },
        Kind::Time if field.name() == "event_time" => {
            SqlColumn { expr: "e.time_millis".to_owned(), text: EVENT_TIME_TEXT.to_owned(), shape: Shape::Millis }
        }
        Kind::Time => SqlColumn { expr: format!("coldtrail_millis({text})"), text, shape: Shape::Millis },
        Kind::Boolean => SqlColumn::new(text, Shape::Boolean),
        _ => SqlColumn::new(text, Shape::Text),
    }
}
