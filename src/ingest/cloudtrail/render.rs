//! Events that do not come as JSON (console and query CSVs, fields of `lookup-events`, Logs Insights columns) are written
//! as JSON objects in AWS's names, so that everything behind reads one form only.

use crate::ingest::json::text::{Members, push_string, value_text};

/// Builds a JSON object from paths and values, members in the order in which they were set.
#[derive(Default)]
pub(crate) struct EventText {
    members: Vec<(String, Value)>,
}

enum Value {
    Json(String),
    Object(EventText),
}

impl EventText {
    /// A text at a path such as `userIdentity.arn`.
    pub(crate) fn text(&mut self, path: &str, text: &str) {
        self.json(path, text_json(text));
    }

    /// `true` and `false` as booleans, anything else as text.
    pub(crate) fn boolean(&mut self, path: &str, text: &str) {
        self.json(path, boolean_json(text));
    }

    /// A value that is JSON already. A value that is an object and is set before its members are gives way to them.
    pub(crate) fn json(&mut self, path: &str, json: String) {
        match path.split_once('.') {
            None => self.set(path, Value::Json(json)),
            Some((first, rest)) => {
                if !self.members.iter().any(|(name, value)| name == first && matches!(value, Value::Object(_))) {
                    self.set(first, Value::Object(Self::default()));
                }
                let inner = self.members.iter_mut().find(|(name, _)| name == first);
                if let Some((_, Value::Object(inner))) = inner {
                    inner.json(rest, json);
                }
            }
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        match self.members.iter_mut().find(|(known, _)| known == name) {
            Some((_, slot)) => *slot = value,
            None => self.members.push((name.to_owned(), value)),
        }
    }

    /// An event's members whose names are paths (`userIdentity.arn`).
    pub(crate) fn of_paths(members: &Members<'_>) -> Self {
        let mut event = Self::default();
        for (path, value) in members {
            match value_text(value.get()) {
                None => {}
                Some(text) if value.get().starts_with('"') => match path.as_ref() {
                    "readOnly" | "managementEvent" => event.boolean(path, &text),
                    path => event.text(path, &text),
                },
                Some(json) => event.json(path, json.into_owned()),
            }
        }
        event
    }

    /// The object's text.
    pub(crate) fn render(&self) -> String {
        let mut json = String::new();
        self.push_to(&mut json);
        json
    }

    fn push_to(&self, json: &mut String) {
        json.push('{');
        for (i, (name, value)) in self.members.iter().enumerate() {
            if i > 0 {
                json.push(',');
            }
            push_string(json, name);
            json.push(':');
            match value {
                Value::Json(text) => json.push_str(text),
                Value::Object(inner) => inner.push_to(json),
            }
        }
        json.push('}');
    }
}

pub(super) fn text_json(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_string(&mut json, text);
    json
}

/// `true` and `false` as booleans, anything else as text.
pub(super) fn boolean_json(text: &str) -> String {
    match text {
        _ if text.eq_ignore_ascii_case("true") => "true".to_owned(),
        _ if text.eq_ignore_ascii_case("false") => "false".to_owned(),
        _ => text_json(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_nested_objects() {
        let mut event = EventText::default();
        event.text("userIdentity.sessionContext.attributes.mfaAuthenticated", "true");
        event.text("eventName", "a\"b");
        event.text("userIdentity.arn", "x");
        event.boolean("readOnly", "False");
        event.json("resources", "[1]".into());
        event.text("eventName", "c");
        assert_eq!(
            event.render(),
            r#"{"userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":"true"}},"arn":"x"},"eventName":"c","readOnly":false,"resources":[1]}"#
        );
    }
}
