//! Items of `aws cloudtrail lookup-events`: {EventId, EventName, ReadOnly, AccessKeyId, EventTime, EventSource, Username,
//! Resources, CloudTrailEvent}. The event itself is the JSON text in CloudTrailEvent.
//!
//! Source: the LookupEvents API reference (type Event).

use super::render::EventText;
use crate::ingest::json::text::{get, value_text};
use crate::model::Timestamp;
use serde_json::value::RawValue;
use std::borrow::Cow;

type MemberSlice<'a> = [(Cow<'a, str>, &'a RawValue)];

/// The text of the event in an item.
pub fn event_text(members: &MemberSlice<'_>) -> Option<String> {
    let raw = get(members, "CloudTrailEvent")?;
    raw.starts_with('"').then(|| value_text(raw).map(Cow::into_owned)).flatten()
}

/// An item without CloudTrailEvent, written as an event from its own fields; `None` for what is no item.
pub fn render(members: &MemberSlice<'_>) -> Option<String> {
    if get(members, "EventId").is_none() || get(members, "EventName").is_none() {
        return None;
    }
    let mut event = EventText::default();
    for (name, value) in members {
        let raw = value.get();
        let Some(text) = value_text(raw) else { continue };
        match name.as_ref() {
            "EventId" => event.text("eventID", &text),
            "EventName" => event.text("eventName", &text),
            "EventSource" => event.text("eventSource", &text),
            "EventTime" => event.text("eventTime", &time(&text)),
            "ReadOnly" => event.boolean("readOnly", &text),
            "Username" => event.text("userIdentity.userName", &text),
            "AccessKeyId" => event.text("userIdentity.accessKeyId", &text),
            "Resources" => event.json("resources", raw.to_owned()),
            other => event.json(other.split('.').next().unwrap_or(other), raw.to_owned()),
        }
    }
    Some(event.render())
}

/// Version 1 of the CLI writes a number of seconds; it becomes ISO text, any other time stays as it is.
fn time(text: &str) -> Cow<'_, str> {
    match (text.parse::<f64>().is_ok(), super::time::millis(text)) {
        (true, Some(millis)) => Cow::Owned(Timestamp(millis).to_iso()),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::json::text::members;

    #[test]
    fn an_item_without_its_event_is_written_from_its_fields() {
        let item = r#"{"EventId":"e","EventName":"n","ReadOnly":"true","AccessKeyId":"AKIA","EventTime":1424476529.0,
            "EventSource":"s","Username":"u","Resources":[{"ResourceType":"t"}],"Note.x":1}"#;
        let item = members(item).unwrap();
        assert_eq!(event_text(&item), None);
        assert_eq!(
            render(&item).as_deref(),
            Some(
                r#"{"eventID":"e","eventName":"n","readOnly":true,"userIdentity":{"accessKeyId":"AKIA","userName":"u"},"eventTime":"2015-02-20T23:55:29Z","eventSource":"s","resources":[{"ResourceType":"t"}],"Note":1}"#
            )
        );
        assert_eq!(render(&members(r#"{"EventId":"e"}"#).unwrap()), None);
        let with = members(r#"{"CloudTrailEvent":"{\"a\":\"\\u0000\"}"}"#).unwrap();
        assert_eq!(event_text(&with).as_deref(), Some(r#"{"a":"\u0000"}"#));
    }
}
