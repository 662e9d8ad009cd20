//! AWS's record inside of another tool's object: a log shipper's document, a queue's message, a stream's payload. The
//! record is found by what it is, at the places where tools keep it (`PLACES`), as an object, as a text, as base64, and
//! inside of each other; the wrapper stays as it came, and gives the format its name.

use super::flow;
use super::payload;
use super::text::{Members, get, members, value_text};
use crate::ingest::cloudtrail::event::{EventReader, EventValues};
use crate::ingest::cloudtrail::lookup;
use crate::ingest::cloudtrail::render::EventText;
use crate::ingest::emit::FlowFields;
use crate::model::batch::Completeness;
use crate::model::{Format, Wrapper};
use serde_json::value::RawValue;

/// What is inside of a wrapper; each becomes one record or one warning.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// An event's JSON, what was read from it, how much of the event it is, and why it is not more.
    Event {
        json: String,
        values: EventValues,
        how: Completeness,
        fault: Option<String>,
    },
    Flow(FlowFields),
    /// The text of a flow record.
    Line(String),
    /// Not what the others are: why.
    Unread(String),
    /// A wrapper that says of itself that it holds no records.
    Quiet,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub wrapper: Wrapper,
    /// Empty for a wrapper that says of itself that it holds no records.
    pub inside: Vec<Inside>,
}

impl Held {
    /// The format of a file that begins with this.
    pub(crate) fn format(&self) -> Format {
        match self.inside.iter().find(|inside| !matches!(inside, Inside::Unread(_))) {
            Some(Inside::Flow(_) | Inside::Line(_)) => Format::FlowIn(self.wrapper),
            _ => Format::CloudTrailIn(self.wrapper),
        }
    }
}

/// Where a tool keeps the record.
struct At {
    wrapper: Wrapper,
    /// Members by name, one inside of the other; a name may have dots itself.
    path: &'static str,
    /// Members of which one is beside it; `nr.*` is any that begins so. Empty: the path says enough.
    beside: &'static [&'static str],
}

const fn at(wrapper: Wrapper, path: &'static str, beside: &'static [&'static str]) -> At {
    At { wrapper, path, beside }
}

const OF_FILEBEAT: &[&str] = &["agent", "beat", "input", "fileset", "filebeat"];
const OF_LOGSTASH: &[&str] = &["@version"];
const OF_FLUENTD: &[&str] =
    &["tag", "fluentd_tag", "stream", "time", "date", "kubernetes", "container_id", "container_name", "@log_name"];
const OF_NEW_RELIC: &[&str] = &["newrelic.*", "nr.*", "entity.*", "logtype", "plugin.*"];

/// In the order of asking: what is written down unchanged before what was taken apart.
const PLACES: &[At] = &[
    at(Wrapper::Splunk, "result", &["preview", "offset", "lastrow"]),
    at(Wrapper::Splunk, "_raw", &[]),
    at(Wrapper::Splunk, "result._raw", &[]),
    at(Wrapper::Splunk, "event", &["sourcetype"]),
    at(Wrapper::Elastic, "_source", &[]),
    at(Wrapper::Elastic, "fields", &["_index", "_id"]),
    at(Wrapper::Wazuh, "full_log", &[]),
    at(Wrapper::Wazuh, "data.aws", &[]),
    at(Wrapper::Wazuh, "aws", &["integration"]),
    at(Wrapper::CloudWatchPayload, "awslogs.data", &[]),
    at(Wrapper::CloudWatchPayload, "awslogs", &[]),
    at(Wrapper::CloudWatchPayload, "logEvents", &["messageType"]),
    at(Wrapper::Kinesis, "kinesis.data", &[]),
    at(Wrapper::Kinesis, "Data", &["SequenceNumber", "PartitionKey"]),
    at(Wrapper::Firehose, "data", &["recordId", "approximateArrivalTimestamp", "kinesisRecordMetadata"]),
    at(Wrapper::Sqs, "body", &["messageId", "receiptHandle", "md5OfBody"]),
    at(Wrapper::Sqs, "Body", &["MessageId", "ReceiptHandle", "MD5OfBody"]),
    at(Wrapper::Sns, "Sns.Message", &[]),
    at(Wrapper::Sns, "Message", &["TopicArn", "Type", "SigningCertURL"]),
    at(Wrapper::EventBridge, "detail", &[]),
    at(Wrapper::Datadog, "attributes", &["tags", "ddsource", "service", "_id", "status"]),
    at(Wrapper::Datadog, "content.attributes", &[]),
    at(Wrapper::Datadog, "attributes.attributes", &[]),
    at(Wrapper::Datadog, "message", &["ddsource", "ddtags", "_id"]),
    at(Wrapper::Filebeat, "event.original", OF_FILEBEAT),
    at(Wrapper::Filebeat, "message", OF_FILEBEAT),
    at(Wrapper::Logstash, "event.original", OF_LOGSTASH),
    at(Wrapper::Logstash, "message", OF_LOGSTASH),
    at(Wrapper::Elastic, "event.original", &[]),
    at(Wrapper::Elastic, "aws.cloudtrail", &[]),
    at(Wrapper::NewRelic, "message", OF_NEW_RELIC),
    at(Wrapper::NewRelic, "log", OF_NEW_RELIC),
    at(Wrapper::NewRelic, "body", OF_NEW_RELIC),
    at(Wrapper::Fluentd, "log", OF_FLUENTD),
    at(Wrapper::Fluentd, "message", OF_FLUENTD),
    at(Wrapper::Fluentd, "record", OF_FLUENTD),
    at(Wrapper::Other, "original", &[]),
    at(Wrapper::Other, "event", &[]),
    at(Wrapper::Other, "message", &[]),
    at(Wrapper::Other, "@message", &[]),
    at(Wrapper::Other, "Message", &[]),
    at(Wrapper::Other, "log", &[]),
    at(Wrapper::Other, "body", &[]),
    at(Wrapper::Other, "data", &[]),
    at(Wrapper::Other, "Data", &[]),
    at(Wrapper::Other, "payload", &[]),
    at(Wrapper::Other, "raw", &[]),
];

/// Names of members that may hold an event, first step of a path: an object that has one may look like an event itself,
/// because a tool took some values out of it.
pub(crate) fn holders() -> impl Iterator<Item = &'static str> {
    let first = |place: &At| place.path.split('.').next().unwrap_or(place.path);
    let dotted = PLACES.iter().map(|place| place.path).filter(|path| path.contains('.'));
    PLACES.iter().map(first).chain(dotted).chain(lookup::EVENT_NAMES).chain(FLATTENED)
}

/// Members of `userIdentity` that a tool wrote side by side with the event's own.
const FLATTENED: [&str; 6] = [
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.principalId",
    "userIdentity.userName",
    "userIdentity.sessionContext.sessionIssuer.arn",
];

/// Wrappers inside of each other.
const DEEPEST: u32 = 10;

/// The records that an object holds; `None` if it holds none.
pub(crate) fn held(of: &Members<'_>, reader: &EventReader) -> Option<Held> {
    let mut held = Search { reader }.held(of, DEEPEST)?;
    held.inside.retain(|inside| *inside != Inside::Quiet);
    Some(held)
}

/// The records that a text holds: one of a cell or a message.
pub(crate) fn in_text(text: &str, reader: &EventReader) -> Vec<Inside> {
    let mut inside = Search { reader }.text(text, How::Known, DEEPEST);
    inside.retain(|inside| *inside != Inside::Quiet);
    inside
}

/// The item of `lookup-events` that an object is, under any spelling of its names; `None` for what is none.
pub(crate) fn lookup_item(of: &Members<'_>, reader: &EventReader) -> Option<Vec<Inside>> {
    Search { reader }.lookup_item(of, DEEPEST)
}

/// An event whose members were flattened (`userIdentity.arn`): what is left of it, under AWS's names.
pub(crate) fn flattened(of: &Members<'_>, reader: &EventReader) -> Option<Inside> {
    let is_flat = of.iter().any(|(name, _)| FLATTENED.contains(&name.as_ref())) && get(of, "userIdentity").is_none();
    let json = is_flat.then(|| EventText::of_paths(of).render())?;
    let values = reader.read(&json).ok()?;
    Some(Inside::Event { json, values, how: Completeness::QueryCsv, fault: None })
}

/// Events at any member, for an object that is known by nothing else.
pub(crate) fn anywhere(of: &Members<'_>, reader: &EventReader) -> Option<Held> {
    let search = Search { reader };
    let values = of.iter().map(|(_, value)| value.get()).filter(|value| value.starts_with(['{', '[', '"']));
    let mut inside: Vec<Inside> = values.flat_map(|value| search.value(value, How::Anywhere, DEEPEST)).collect();
    inside.retain(|inside| *inside != Inside::Quiet);
    (!inside.is_empty()).then_some(Held { wrapper: Wrapper::Other, inside })
}

/// How a value was come by: by a name that says that a record is there, or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Known,
    Anywhere,
}

struct Search<'a> {
    reader: &'a EventReader,
}

impl Search<'_> {
    fn held(&self, of: &Members<'_>, depth: u32) -> Option<Held> {
        let depth = depth.checked_sub(1)?;
        if let Some(kind) = get(of, "messageType")
            && get(of, "logEvents").is_some()
            && kind != "\"DATA_MESSAGE\""
        {
            return Some(Held { wrapper: Wrapper::CloudWatchPayload, inside: vec![Inside::Quiet] });
        }
        PLACES.iter().filter(|place| is_beside(of, place.beside)).find_map(|place| {
            let inside = self.value(value_at(of, place.path)?, How::Known, depth);
            (!inside.is_empty()).then_some(Held { wrapper: place.wrapper, inside })
        })
    }

    fn value(&self, json: &str, how: How, depth: u32) -> Vec<Inside> {
        match json.as_bytes().first() {
            Some(b'{') => self.object(json, how, depth),
            Some(b'[') => self.list(json, how, depth),
            Some(b'"') => value_text(json).map(|text| self.text(&text, how, depth)).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn object(&self, json: &str, how: How, depth: u32) -> Vec<Inside> {
        let Ok(values) = self.reader.read(json) else { return Vec::new() };
        let is_event = values.is_event && (how == How::Known || values.is_certain);
        if is_event && !values.may_wrap {
            return vec![full(json, values)];
        }
        let Some(of) = members(json) else { return Vec::new() };
        if let Some(item) = self.lookup_item(&of, depth) {
            return item;
        }
        if let Some(held) = self.held(&of, depth) {
            return held.inside;
        }
        if let Some(event) = flattened(&of, self.reader) {
            return vec![event];
        }
        if is_event {
            return vec![full(json, values)];
        }
        if how == How::Known
            && let Some(record) = flow::named(&of)
        {
            return vec![Inside::Flow(record)];
        }
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        // A list in an object that says nothing else, as `Records`.
        let values = of.iter().map(|(_, value)| value.get()).filter(|value| value.starts_with(['{', '[', '"']));
        values.flat_map(|value| self.value(value, How::Anywhere, depth)).collect()
    }

    fn lookup_item(&self, of: &Members<'_>, depth: u32) -> Option<Vec<Inside>> {
        let Some(raw) = lookup::event_member(of) else {
            return if lookup::is_item(of) { self.item_of_other_names(of, depth) } else { None };
        };
        let mut inside = match value_text(raw) {
            // What nearly all items hold.
            Some(text) if raw.starts_with('"') && text.starts_with('{') => match self.reader.read(&text) {
                Ok(values) if values.is_event && !values.may_wrap => vec![full(&text, values)],
                _ => self.value(raw, How::Known, depth.checked_sub(1)?),
            },
            _ => self.value(raw, How::Known, depth.checked_sub(1)?),
        };
        if let [Inside::Event { json, values, .. }] = inside.as_mut_slice()
            && lookup::add_told(json, of)
            && let Ok(told) = self.reader.read(json)
        {
            *values = told;
        }
        if inside.iter().any(|inside| matches!(inside, Inside::Event { .. })) {
            return Some(inside);
        }
        let why = format!("{}; the event is what the item's own fields say", lookup::why_none(raw));
        self.partial(lookup::render(of), Some(why)).map(|partial| vec![partial])
    }

    /// An item whose event is under another name, or that is without one.
    fn item_of_other_names(&self, of: &Members<'_>, depth: u32) -> Option<Vec<Inside>> {
        let mut inside = self.held(of, depth).map(|held| held.inside).unwrap_or_default();
        if let [Inside::Event { json, .. }] = inside.as_mut_slice() {
            lookup::add_told(json, of);
        }
        if inside.iter().any(|inside| matches!(inside, Inside::Event { .. })) {
            return Some(inside);
        }
        // A text that begins as an event's does is one that is damaged.
        let is_object = |raw: &str| value_text(raw).is_some_and(|text| text.trim_start().starts_with('{'));
        let damaged = PLACES.iter().find(|place| value_at(of, place.path).is_some_and(is_object));
        let why = damaged.map(|place| {
            format!("{} holds no event that can be read; the event is what the item's own fields say", place.path)
        });
        self.partial(lookup::render(of), why).map(|partial| vec![partial])
    }

    /// An event of which only some values are known.
    fn partial(&self, json: String, fault: Option<String>) -> Option<Inside> {
        let values = self.reader.read(&json).ok()?;
        Some(Inside::Event { json, values, how: Completeness::QueryCsv, fault })
    }

    /// Where some elements are records, each of the others is reported.
    fn list(&self, json: &str, how: How, depth: u32) -> Vec<Inside> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json) else { return Vec::new() };
        let mut found: Vec<Vec<Inside>> = items.iter().map(|item| self.value(item.get(), how, depth)).collect();
        if found.iter().flatten().any(|inside| *inside != Inside::Quiet) {
            for (inside, item) in found.iter_mut().zip(&items).filter(|(inside, _)| inside.is_empty()) {
                if !is_nothing(item.get()) {
                    inside.push(Inside::Unread("an element beside the records that is none itself".to_owned()));
                }
            }
        }
        found.into_iter().flatten().collect()
    }

    fn text(&self, text: &str, how: How, depth: u32) -> Vec<Inside> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let text = text.trim().trim_start_matches('\u{feff}');
        if text.starts_with(['{', '[', '"']) {
            return self.json_text(text, how, depth);
        }
        match payload::decoded(text) {
            Some(Ok(inner)) => return self.text(&inner, how, depth),
            Some(Err(why)) => return vec![Inside::Unread(why)],
            None => {}
        }
        // Behind a stamp, a host's name, a word of the tool.
        let object = text.find("{\"").or_else(|| text.find('{')).and_then(|at| text.get(at..));
        if let Some(object) = object
            && let found = self.json_text(object, How::Anywhere, depth)
            && !found.is_empty()
        {
            return found;
        }
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
        match how == How::Known && lines().next().is_some_and(flow::looks_like_record) {
            true => lines().map(|line| Inside::Line(line.to_owned())).collect(),
            false => Vec::new(),
        }
    }

    fn json_text(&self, text: &str, how: How, depth: u32) -> Vec<Inside> {
        let (values, rest) = payload::values(text);
        let mut found: Vec<Inside> = values.iter().flat_map(|value| self.value(value.get(), how, depth)).collect();
        let reads_like_event = |text: &str| text.contains("\"eventVersion\"") || text.contains("\"eventName\"");
        if !rest.is_empty() && (!found.is_empty() && rest.starts_with(['{', '[', '"']) || reads_like_event(rest)) {
            found.push(Inside::Unread("the JSON in its text is cut off or damaged".to_owned()));
        }
        found
    }
}

fn full(json: &str, values: EventValues) -> Inside {
    Inside::Event { json: json.to_owned(), values, how: Completeness::Full, fault: None }
}

/// No value of its own: nothing at all, or a stamp, a number or a name beside the records.
fn is_nothing(json: &str) -> bool {
    let text = value_text(json).unwrap_or_default();
    matches!(&*text, "{}" | "[]") || !text.trim_start().starts_with(['{', '['])
}

fn is_beside(of: &Members<'_>, names: &[&str]) -> bool {
    let has = |name: &&str| match name.strip_suffix('*') {
        Some(begin) => of.iter().any(|(known, _)| known.starts_with(begin)),
        None => of.iter().any(|(known, _)| known == name),
    };
    names.is_empty() || names.iter().any(has)
}

/// Whose column this is, by its name.
pub(crate) fn whose(column: &str) -> Wrapper {
    let place = PLACES.iter().find(|place| place.path == column && place.beside.is_empty());
    place.map_or(Wrapper::Other, |place| place.wrapper)
}

/// An object of Splunk's own members.
pub(crate) fn is_splunk(of: &Members<'_>) -> bool {
    ["_time", "_indextime", "_cd", "_bkt", "sourcetype", "splunk_server"].iter().any(|name| get(of, name).is_some())
}

/// The value at a path, whose steps may be names with dots.
pub(crate) fn value_at<'a>(of: &Members<'a>, path: &str) -> Option<&'a str> {
    if let Some(value) = get(of, path) {
        return (value != "null").then_some(value);
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let inner = get(of, path.get(..dot)?).filter(|value| value.starts_with('{'))?;
        value_at(&members(inner)?, path.get(dot + 1..)?)
    })
}

#[cfg(test)]
#[path = "wrap_tests.rs"]
mod tests;
