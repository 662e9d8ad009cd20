//! Targets of events: table `event` as `e`.

use super::Compiler;
use super::column::{Column, Shape};
use crate::filter::{Check, JsonPath};
use crate::model::{FieldId, Home, Kind};

impl Compiler {
    pub(super) fn event_field(&mut self, field: FieldId, check: &Check) -> String {
        if let Home::EventJson(key) = field.home {
            return self.json_check("e.json", &JsonPath::key(key), check);
        }
        let predicate = self.predicate(check, &event_column(field));
        format!("IFNULL({predicate}, 0)")
    }

    pub(super) fn event_path(&mut self, path: &JsonPath, check: &Check) -> String {
        self.json_check("e.json", path, check)
    }

    pub(super) fn event_text(&mut self, check: &Check) -> String {
        match check {
            Check::Present => "1".to_owned(),
            check => format!("IFNULL({}, 0)", self.predicate(check, &Column::new("e.json", Shape::Text))),
        }
    }
}

fn event_column(field: FieldId) -> Column {
    let text = format!("e.\"{}\"", field.name());
    match field.kind {
        Kind::Address => Column { expr: "e.source_ip_key".to_owned(), text, shape: Shape::Key },
        Kind::Time if field.name() == "event_time" => {
            Column { expr: "e.time_millis".to_owned(), text, shape: Shape::Millis }
        }
        Kind::Time => Column { expr: format!("coldtrail_millis({text})"), text, shape: Shape::Millis },
        Kind::Boolean => Column::new(text, Shape::Boolean),
        _ => Column::new(text, Shape::Text),
    }
}
