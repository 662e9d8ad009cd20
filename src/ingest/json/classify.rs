//! What an element is: an event, an item that wraps one, a CloudWatch message, a flow record in JSON, a digest. Looks
//! at one element's text and emits nothing, so that detection and parsing share it.

use super::split::Container;
use super::table::{self, Row, Table};
use super::text::{Members, get, members, unescape, value_text};
use super::wrap::{self, Held, Inside};
use super::{flow, refused};
use crate::ingest::cloudtrail::digest;
use crate::ingest::cloudtrail::event::{EventReader, EventValues};
use crate::ingest::cloudtrail::render::EventText;
use crate::ingest::emit::FlowFields;
use crate::ingest::ocsf::{self, Ocsf};
use crate::model::batch::Digest;
use crate::model::{Dataset, Format, Wrapper, field};

pub(crate) enum Found {
    /// The element is an event.
    Event(EventValues),
    /// What the element wraps: each is a record or a warning, and none of them a wrapper that says that it is empty.
    Inside(Vec<Inside>, Format),
    /// A text that should be an event and is none.
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

impl From<Held> for Found {
    fn from(held: Held) -> Self {
        let format = held.format();
        Found::Inside(held.inside, format)
    }
}

/// Reads elements one after the other; the columns of a query's result are reported once for all of its rows.
#[derive(Default)]
pub(crate) struct Classifier {
    reader: EventReader,
    table: Table,
}

impl Classifier {
    pub(crate) fn reader(&self) -> &EventReader {
        &self.reader
    }

    /// Reads one element.
    ///
    /// # Errors
    /// The text is no JSON.
    pub(crate) fn classify(&mut self, text: &str, container: Container) -> Result<Found, String> {
        let reader = &self.reader;
        match text.as_bytes().first() {
            Some(b'"') => {
                serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| error.to_string())?;
                Ok(string(text, container, reader))
            }
            Some(b'[') => list(text, container, reader),
            _ if container == Container::AthenaRows => Ok(match self.table.athena_row(text, reader)? {
                Row::Names => Found::Inside(Vec::new(), Format::CloudTrailIn(Wrapper::Athena)),
                Row::Record(held) => held.into(),
                Row::Unread(why) => Found::Refused(why, Format::CloudTrailIn(Wrapper::Athena)),
                Row::Other => Found::Nothing,
            }),
            _ => object(text, container, reader),
        }
    }
}

/// A string may hold an event: `jq .Events[].CloudTrailEvent` writes such lines.
fn string(text: &str, container: Container, reader: &EventReader) -> Found {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let inner = unescape(inner);
    let inside = wrap::in_text(&inner, reader);
    if let Some(first) = inside.first() {
        let is_flow = matches!(first, Inside::Line(_) | Inside::Flow(_));
        return Found::Inside(inside, if is_flow { Format::FlowJson } else { event_format(container) });
    }
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
        && let Some(item) = members(text).and_then(|of| wrap::lookup_item(&of, reader))
    {
        return Ok(Found::Inside(item, Format::CloudTrailLookupEvents));
    }
    let values = reader.read(text).map_err(|error| error.to_string())?;
    if values.is_event && !values.may_wrap {
        return Ok(Found::Event(values));
    }
    let found = members(text).and_then(|of| match values.is_event {
        // What a tool extracted from the event is beside it.
        true => lookup(&of, reader).or_else(|| whole(&of, reader)).or_else(|| flattened(&of, reader)),
        false => wrapped(text, &of, container, reader),
    });
    Ok(match found {
        Some(found) => found,
        None if values.is_event => Found::Event(values),
        None => Found::Nothing,
    })
}

fn lookup(of: &Members<'_>, reader: &EventReader) -> Option<Found> {
    Some(Found::Inside(wrap::lookup_item(of, reader)?, Format::CloudTrailLookupEvents))
}

fn whole(of: &Members<'_>, reader: &EventReader) -> Option<Found> {
    wrap::held(of, reader).map(Found::from)
}

fn flattened(of: &Members<'_>, reader: &EventReader) -> Option<Found> {
    let format = if wrap::is_splunk(of) { Format::CloudTrailIn(Wrapper::Splunk) } else { Format::CloudTrailJson };
    Some(Found::Inside(vec![wrap::flattened(of, reader)?], format))
}

/// An object that is no event itself.
fn wrapped(text: &str, of: &Members<'_>, container: Container, reader: &EventReader) -> Option<Found> {
    if get(of, "class_uid").is_some() {
        return Some(match ocsf::read(text) {
            Ok(Ocsf::Flow(record)) => Found::Flow(record, Format::OcsfJson),
            Ok(Ocsf::Event(event)) => Found::Partial(event, Format::OcsfJson),
            Err(why) => Found::Refused(why, Format::OcsfJson),
        });
    }
    if let Some(found) = lookup(of, reader) {
        return Some(found);
    }
    if let Some(digest) = digest::read(text, of) {
        return Some(Found::Digest(digest, Format::CloudTrailDigest));
    }
    if let Some(sign) = digest::read_query_sign(text, of) {
        return Some(Found::Digest(sign, Format::CloudTrailQuerySign));
    }
    if let Some((kept, format)) = digest::read_beside(text, of) {
        return Some(Found::Digest(kept, format));
    }
    if let Some(record) = flow::foreign(of) {
        return Some(Found::Flow(record, Format::FlowForeignJson));
    }
    if is_of_cloudwatch(of)
        && let Some(found) = message(of, container)
    {
        return Some(found);
    }
    let body = get(of, "body").filter(|raw| raw.starts_with('"')).and_then(value_text);
    if let Some(line) = body.filter(|line| flow::looks_like_line(line)) {
        return Some(Found::Message(line.into_owned(), Format::FlowJson));
    }
    if let Some(found) = whole(of, reader).or_else(|| flattened(of, reader)) {
        return Some(found);
    }
    if let Some(record) = flow::wrapped(of).or_else(|| flow::named(of)) {
        return Some(Found::Flow(record, Format::FlowJson));
    }
    if is_action(of) {
        return Some(Found::Inside(Vec::new(), Format::CloudTrailIn(Wrapper::Elastic)));
    }
    let empty = empty_list(of).map(|container| Found::Inside(Vec::new(), super::parser::format_of(container)));
    message(of, container)
        .or(empty)
        .or_else(|| wrap::anywhere(of, reader).map(Found::from))
        .or_else(|| refused::why(of).map(|(why, wrapper)| Found::Refused(why, Format::CloudTrailIn(wrapper))))
}

/// `{"Records": null}`: a file of AWS's that holds no records.
fn empty_list(of: &Members<'_>) -> Option<Container> {
    let null =
        of.iter().find(|(_, value)| value.get() == "null").and_then(|(name, _)| Container::of_key(name.as_bytes()));
    let alone = of.iter().all(|(_, value)| !value.get().starts_with(['{', '[']));
    null.filter(|container| alone && matches!(container, Container::Records | Container::LookupEvents))
}

/// `{"index": {"_index": "x"}}`: the line before a document in a bulk file of Elastic or OpenSearch.
fn is_action(of: &Members<'_>) -> bool {
    let [(name, value)] = of.as_slice() else { return false };
    matches!(name.as_ref(), "index" | "create" | "update")
        && members(value.get()).is_some_and(|of| of.iter().all(|(name, _)| name.starts_with('_') || name == "routing"))
}

/// An object of CloudWatch's own members.
fn is_of_cloudwatch(of: &Members<'_>) -> bool {
    const MEMBERS: [&str; 9] = [
        "timestamp",
        "message",
        "ingestionTime",
        "eventId",
        "id",
        "logStreamName",
        "logStream",
        "logGroup",
        "extractedFields",
    ];
    get(of, "@message").is_some() || of.iter().all(|(name, _)| MEMBERS.contains(&name.as_ref()))
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

/// A row of `get-query-results`: [{"field": name, "value": text}] of Logs Insights, [{name: text}] of Lake.
fn list(text: &str, container: Container, reader: &EventReader) -> Result<Found, String> {
    let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if container == Container::LakeRows {
        return Ok(table::lake_row(&items, reader).map_or(Found::Nothing, Found::from));
    }
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
    let stamp = |wanted: &str| values.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    flow::add_stamp(&mut record, stamp);
    let has = |name: &str| record.fields.iter().any(|(field, _)| field.name() == name);
    if has("srcaddr") && has("dstaddr") {
        return Found::Flow(record, Format::CloudWatchInsightsJson);
    }
    Found::Nothing
}
