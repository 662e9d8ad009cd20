//! What an element is: an event, an item that wraps one, a CloudWatch message, a flow record in JSON, a digest. Looks at
//! one element's text and emits nothing, so that detection and parsing share it.

use super::flow;
use super::split::Container;
use super::text::{Members, get, members, unescape, value_text};
use crate::ingest::cloudtrail::event::{EventReader, EventValues};
use crate::ingest::cloudtrail::render::EventText;
use crate::ingest::cloudtrail::{digest, lookup};
use crate::ingest::emit::FlowFields;
use crate::ingest::ocsf::{self, Ocsf};
use crate::model::batch::Digest;
use crate::model::{Dataset, Format, field};

pub enum Found {
    /// The element is an event.
    Event(EventValues),
    /// An event that stands inside of the element, as JSON text.
    Inner(String, Format),
    /// An event written from single values: not all of it is here.
    Partial(String, Format),
    /// A message of CloudWatch or a flow record's line; `{` begins CloudTrail's.
    Message(String, Format),
    Flow(FlowFields, Format),
    Digest(Digest, Format),
    /// Known, and not read: why.
    Refused(String, Format),
    Nothing,
}

/// Reads one element. An error is text that is no JSON.
pub fn classify(text: &str, container: Container, reader: &EventReader) -> Result<Found, String> {
    match text.as_bytes().first() {
        Some(b'"') => {
            serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| error.to_string())?;
            Ok(string(text, container))
        }
        Some(b'[') => list(text),
        _ => object(text, container, reader),
    }
}

/// A string may hold an event: `jq .Events[].CloudTrailEvent` writes such lines.
fn string(text: &str, container: Container) -> Found {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let inner = unescape(inner);
    if inner.trim_start().starts_with('{') {
        return Found::Inner(inner.into_owned(), event_format(container));
    }
    Found::Nothing
}

fn event_format(container: Container) -> Format {
    if container == Container::LookupEvents { Format::CloudTrailLookupEvents } else { Format::CloudTrailJson }
}

fn object(text: &str, container: Container, reader: &EventReader) -> Result<Found, String> {
    // In these lists an element wraps its event; reading it as one first would be in vain.
    if matches!(container, Container::LogEvents | Container::CloudWatchEvents)
        && let Some(of) = members(text)
        && let Some(found) = message(&of, container)
    {
        return Ok(found);
    }
    if container == Container::LookupEvents
        && let Some(event) = members(text).and_then(|of| lookup::event_text(&of))
    {
        return Ok(Found::Inner(event, Format::CloudTrailLookupEvents));
    }
    let values = reader.read(text).map_err(|error| error.to_string())?;
    if values.is_event {
        return Ok(Found::Event(values));
    }
    Ok(members(text).map_or(Found::Nothing, |of| wrapped(text, &of, container, reader)))
}

fn wrapped(text: &str, of: &Members<'_>, container: Container, reader: &EventReader) -> Found {
    if get(of, "class_uid").is_some() {
        return match ocsf::read(text) {
            Ok(Ocsf::Flow(record)) => Found::Flow(record, Format::OcsfJson),
            Ok(Ocsf::Event(event)) => Found::Partial(event, Format::OcsfJson),
            Err(why) => Found::Refused(why, Format::OcsfJson),
        };
    }
    if let Some(event) = lookup::event_text(of) {
        return Found::Inner(event, Format::CloudTrailLookupEvents);
    }
    let is_event = |json: &&str| json.starts_with('{') && reader.read(json).is_ok_and(|values| values.is_event);
    // EventBridge keeps the event in `detail`, an index of OpenSearch in `aws.cloudtrail`, its exports in `_source`.
    if let Some(inner) = ["detail", "_source"].into_iter().find_map(|name| get(of, name).filter(is_event)) {
        return Found::Inner(inner.to_owned(), Format::CloudTrailJson);
    }
    let aws = get(of, "aws").and_then(members);
    if let Some(inner) = aws.as_ref().and_then(|aws| get(aws, "cloudtrail").filter(is_event)) {
        return Found::Inner(inner.to_owned(), Format::CloudTrailJson);
    }
    if let Some(digest) = digest::read(text, of) {
        return Found::Digest(digest, Format::CloudTrailDigest);
    }
    if let Some(sign) = digest::read_query_sign(text, of) {
        return Found::Digest(sign, Format::CloudTrailQuerySign);
    }
    if let Some(event) = lookup::render(of) {
        return Found::Partial(event, Format::CloudTrailLookupEvents);
    }
    if let Some(record) = flow::foreign(of) {
        return Found::Flow(record, Format::FlowForeignJson);
    }
    let body = get(of, "body").filter(|raw| raw.starts_with('"')).and_then(value_text);
    if let Some(line) = body.filter(|line| flow::looks_like_line(line)) {
        return Found::Message(line.into_owned(), Format::FlowJson);
    }
    if let Some(record) = flow::wrapped(of).or_else(|| flow::named(of)) {
        return Found::Flow(record, Format::FlowJson);
    }
    message(of, container).unwrap_or(Found::Nothing)
}

/// The message of a CloudWatch log event, or of a row that the Logs Insights console exported.
fn message(of: &Members<'_>, container: Container) -> Option<Found> {
    let format = match container {
        Container::LogEvents => Format::CloudWatchSubscription,
        Container::CloudWatchEvents => Format::CloudWatchEvents,
        _ if get(of, "@message").is_some() => Format::CloudWatchInsightsJson,
        _ if get(of, "timestamp").is_some() => Format::CloudWatchEvents,
        _ => return None,
    };
    let raw = get(of, "@message").or_else(|| get(of, "message"))?;
    Some(Found::Message(value_text(raw)?.into_owned(), format))
}

/// A row of `get-query-results`: [{"field": name, "value": text}].
fn list(text: &str) -> Result<Found, String> {
    let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut values: Vec<(String, String)> = Vec::new();
    for item in items {
        let Some(of) = members(item.get()) else { return Ok(Found::Nothing) };
        let text = |name| get(&of, name).and_then(value_text).map(|text| text.into_owned());
        let (Some(name), Some(value)) = (text("field"), text("value")) else { return Ok(Found::Nothing) };
        values.push((name, value));
    }
    if let Some((_, message)) = values.iter().find(|(name, _)| name == "@message") {
        return Ok(Found::Message(message.clone(), Format::CloudWatchInsightsJson));
    }
    Ok(columns(&values))
}

/// A row of single columns: of an event, or of a flow record.
fn columns(values: &[(String, String)]) -> Found {
    let mut event = EventText::default();
    let mut record = FlowFields::default();
    let mut named = 0;
    for (name, value) in values.iter().filter(|(name, _)| name != "@ptr") {
        let path = field::of(Dataset::Events).filter_map(|field| field.event_path()).find(|path| path == name);
        named += usize::from(path.is_some());
        event.text(path.unwrap_or(name), value);
        match flow::field_named(name) {
            Some(field) => record.fields.push((field, value.clone())),
            None => record.extras.push((name.clone(), serde_json::Value::from(value.as_str()).to_string())),
        }
    }
    let is_event = ["eventName", "eventID"].iter().any(|key| values.iter().any(|(name, _)| name == key));
    if is_event && named > 1 {
        return Found::Partial(event.render(), Format::CloudWatchInsightsJson);
    }
    let has = |name: &str| record.fields.iter().any(|(field, _)| field.name() == name);
    if has("srcaddr") && has("dstaddr") {
        return Found::Flow(record, Format::CloudWatchInsightsJson);
    }
    Found::Nothing
}
