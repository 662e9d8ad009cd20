//! Items of `aws cloudtrail lookup-events`: {EventId, EventName, ReadOnly, AccessKeyId, EventTime, EventSource, Username,
//! Resources, CloudTrailEvent}. The event itself is the JSON text in CloudTrailEvent.
//!
//! Source: the LookupEvents API reference (type Event).

use super::render::EventText;
use crate::ingest::json::text::{get, push_string, value_text};
use crate::model::Timestamp;
use serde_json::value::RawValue;
use std::borrow::Cow;

type MemberSlice<'a> = [(Cow<'a, str>, &'a RawValue)];

/// The item's member that holds the event, as the API and programs around it spell it.
pub(crate) const EVENT_NAMES: [&str; 5] =
    ["CloudTrailEvent", "cloudTrailEvent", "cloud_trail_event", "cloudtrail_event", "cloudtrailevent"];

/// The value of the member that holds the event.
pub(crate) fn event_member<'a>(members: &MemberSlice<'a>) -> Option<&'a str> {
    EVENT_NAMES.iter().find_map(|name| get(members, name))
}

/// Is it an item, by the names that every one has?
pub(crate) fn is_item(members: &MemberSlice<'_>) -> bool {
    get(members, "EventId").is_some() && get(members, "EventName").is_some()
}

/// Why a member that should hold the event holds none.
pub(crate) fn why_none(raw: &str) -> String {
    let text = value_text(raw).unwrap_or_default();
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        _ if raw == "null" || text.trim().is_empty() => "CloudTrailEvent is empty".to_owned(),
        Ok(_) => "CloudTrailEvent holds no event".to_owned(),
        Err(error) => format!("CloudTrailEvent cannot be read as JSON ({error})"),
    }
}

/// Adds to the event what only the item says: a Username or Resources that are nowhere in the event's own text. Was there
/// anything?
pub(crate) fn add_told(event: &mut String, members: &MemberSlice<'_>) -> bool {
    let mut told = String::new();
    let says = |text: &str| event.contains(text);
    if let Some(name) = get(members, "Username").and_then(value_text)
        && !name.is_empty()
        && !says(&name)
    {
        told.push_str(",\"Username\":");
        push_string(&mut told, &name);
    }
    if let Some(raw) = get(members, "Resources").filter(|raw| resources(raw).iter().any(|text| !says(text))) {
        told.push_str(",\"Resources\":");
        told.push_str(raw);
    }
    if !told.is_empty()
        && let Some(open) = event.trim_end().strip_suffix('}')
    {
        event.truncate(open.len());
        event.push_str(&told);
        event.push('}');
        return true;
    }
    false
}

/// The types and names of a list of resources.
fn resources(raw: &str) -> Vec<String> {
    let list: Vec<serde_json::Value> = serde_json::from_str(raw).unwrap_or_default();
    let texts = list.iter().filter_map(|item| item.as_object()).flat_map(|item| item.values());
    texts.filter_map(|value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)).collect()
}

/// An item without its event, written as an event from its own fields.
pub(crate) fn render(members: &MemberSlice<'_>) -> String {
    let mut event = EventText::default();
    for (name, value) in members.iter().filter(|(name, _)| !EVENT_NAMES.contains(&name.as_ref())) {
        let raw = value.get();
        let Some(text) = value_text(raw) else { continue };
        match name.replace('_', "").to_ascii_lowercase().as_str() {
            "eventid" => event.text("eventID", &text),
            "eventname" => event.text("eventName", &text),
            "eventsource" => event.text("eventSource", &text),
            "eventtime" => event.text("eventTime", &time(&text)),
            "readonly" => event.boolean("readOnly", &text),
            "username" => event.text("userIdentity.userName", &text),
            "accesskeyid" => event.text("userIdentity.accessKeyId", &text),
            "resources" => event.json("resources", raw.to_owned()),
            _ => event.json(name.split('.').next().unwrap_or(name), raw.to_owned()),
        }
    }
    event.render()
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

    fn rendered(item: &str) -> String {
        render(&members(item).unwrap())
    }

    #[test]
    fn an_item_without_its_event_is_written_from_its_fields() {
        let item = r#"{"EventId":"e","EventName":"n","ReadOnly":"true","AccessKeyId":"AKIA","EventTime":1424476529.0,
            "EventSource":"s","Username":"u","Resources":[{"ResourceType":"t"}],"Note.x":1,"CloudTrailEvent":"cut {"}"#;
        let event = r#"{"eventID":"e","eventName":"n","readOnly":true,"userIdentity":{"accessKeyId":"AKIA","userName":"u"},"eventTime":"2015-02-20T23:55:29Z","eventSource":"s","resources":[{"ResourceType":"t"}],"Note":1}"#;
        assert_eq!(rendered(item), event);
        let snake = r#"{"event_id":"e","event_name":"n","read_only":"true","access_key_id":"AKIA","event_time":"2015-02-20T23:55:29Z","username":"u"}"#;
        assert_eq!(
            rendered(snake),
            r#"{"eventID":"e","eventName":"n","readOnly":true,"userIdentity":{"accessKeyId":"AKIA","userName":"u"},"eventTime":"2015-02-20T23:55:29Z"}"#
        );
        assert!(!is_item(&members(r#"{"EventId":"e"}"#).unwrap()));
    }

    #[test]
    fn what_only_the_item_says_is_added_to_the_event() {
        let added = |item: &str| {
            let mut event =
                r#"{"eventName":"n","userIdentity":{"userName":"kyoko"},"resources":[{"type":"T","ARN":"a/b"}]} "#
                    .to_owned();
            let before = event.clone();
            add_told(&mut event, &members(item).unwrap());
            (event != before).then(|| event.strip_prefix(before.trim_end().trim_end_matches('}')).unwrap().to_owned())
        };
        assert_eq!(added(r#"{"Username":"kyoko","Resources":[{"ResourceType":"T","ResourceName":"b"}]}"#), None);
        assert_eq!(added(r#"{"Username":"","Resources":[]}"#), None);
        assert_eq!(added(r#"{"Username":null,"Resources":null}"#), None);
        assert_eq!(added(r#"{"Username":"a\"b"}"#).as_deref(), Some(r#","Username":"a\"b"}"#));
        let resources = r#"[{"ResourceType":"AWS::S3::Bucket","ResourceName":"b"},"cut"]"#;
        let item = format!("{{\"Resources\":{resources}}}");
        assert_eq!(added(&item), Some(format!(",\"Resources\":{resources}}}")));
    }

    #[test]
    fn why_an_item_has_no_event() {
        for (raw, begin) in [
            ("null", "CloudTrailEvent is empty"),
            ("\" \"", "CloudTrailEvent is empty"),
            ("\"[1]\"", "CloudTrailEvent holds no event"),
            ("\"null\"", "CloudTrailEvent holds no event"),
            ("{\"a\":1}", "CloudTrailEvent holds no event"),
            ("\"just text\"", "CloudTrailEvent cannot be read as JSON (expected"),
        ] {
            assert!(why_none(raw).starts_with(begin), "{raw}: {}", why_none(raw));
        }
    }
}
