//! MISP: events with and without their wrapper, and warning lists. An attribute's position is its place in the event,
//! those of objects behind the event's own.

use super::collect::{Collector, Details};
use super::detect::json_error;
use super::kinds::kind_named;
use super::value::recognise;
use super::when::set_valid;
use super::{ListFormat, NoList, ReadList};
use crate::model::{IndicatorKind, IssueReason, Purpose};
use serde_json::Value;

fn parsed(text: &str, format: &'static str) -> Result<Value, NoList> {
    serde_json::from_str(text).map_err(|_| NoList::Broken { format, reason: json_error(text) })
}

fn text_of<'a>(object: &'a Value, member: &str) -> &'a str {
    object.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Numbers and truth values are as texts in some exports.
fn is_true(object: &Value, member: &str) -> Option<bool> {
    match object.get(member)? {
        Value::Bool(value) => Some(*value),
        Value::String(text) => Some(text == "1" || text.eq_ignore_ascii_case("true")),
        Value::Number(number) => Some(number.as_i64() == Some(1)),
        _ => None,
    }
}

fn list<'a>(object: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    object.get(member).and_then(Value::as_array).into_iter().flatten()
}

/// Reads events: one, a list of them, or a server's answer, which may be attributes alone.
pub(super) fn read(values: &[Value]) -> ReadList {
    let mut out = Collector::new(ListFormat::Misp);
    let mut position = 0;
    let inner = values.iter().map(|value| value.get("response").unwrap_or(value));
    let events: Vec<&Value> = inner
        .flat_map(|inner| match inner {
            Value::Array(events) => events.iter().collect(),
            one => vec![one],
        })
        .collect();
    for event in events {
        let event = event.get("Event").unwrap_or(event);
        if out.list.name.is_empty() {
            out.list.name = text_of(event, "info").to_owned();
            out.list.date = text_of(event, "date").to_owned();
        }
        let about = about_event(event);
        for attribute in list(event, "Attribute") {
            position += 1;
            read_attribute(&mut out, position, attribute, "", &about);
        }
        for object in list(event, "Object") {
            for attribute in list(object, "Attribute") {
                position += 1;
                read_attribute(&mut out, position, attribute, text_of(object, "name"), &about);
            }
        }
    }
    out.list
}

/// What all attributes of an event share.
struct About {
    severity: &'static str,
    info: String,
}

fn about_event(event: &Value) -> About {
    let level = match event.get("threat_level_id") {
        Some(Value::String(text)) => text.as_str().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let severity = match level.as_str() {
        "1" => "high",
        "2" => "medium",
        "3" => "low",
        _ => "",
    };
    About { severity, info: text_of(event, "info").to_owned() }
}

fn read_attribute(out: &mut Collector, position: u64, attribute: &Value, object: &str, about: &About) {
    let (kind, value, comment) =
        (text_of(attribute, "type"), text_of(attribute, "value"), text_of(attribute, "comment"));
    let raw = format!("{kind}: {value}");
    if is_true(attribute, "deleted") == Some(true) {
        return out.issue(position, IssueReason::Withdrawn, "deleted in the event", &raw);
    }
    let mut tags: Vec<String> = list(attribute, "Tag").map(|tag| text_of(tag, "name").to_owned()).collect();
    if !object.is_empty() {
        tags.push(format!("object {object}"));
    }
    let context = is_true(attribute, "to_ids") == Some(false);
    if context {
        tags.push("to_ids=false".to_owned());
    }
    let mut details = Details {
        name: about.info.clone(),
        comment: comment.to_owned(),
        severity: about.severity.to_owned(),
        tags,
        context,
        ..Details::default()
    };
    // Both ends are inside in MISP.
    set_valid(&mut details, text_of(attribute, "first_seen"), text_of(attribute, "last_seen"));
    match kind_of(kind) {
        Some(Kind::One(kind)) => out.element(position, Some(kind), value, &details, &raw),
        Some(Kind::ByForm) => out.element(position, None, value, &details, &raw),
        // The part behind the bar is a hash.
        Some(Kind::FileAnd) => {
            let hash = value.rsplit('|').next().unwrap_or(value);
            out.element(position, Some(IndicatorKind::Hash), hash, &details, &raw);
        }
        None => out.issue(position, IssueReason::Unsupported, format!("an attribute of type {kind}"), &raw),
    }
}

enum Kind {
    One(IndicatorKind),
    ByForm,
    FileAnd,
}

/// MISP's types of attributes that can be used.
fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "domain|ip" | "ip-src|port" | "ip-dst|port" | "hostname|port" => Kind::ByForm,
        "ip-src" | "ip-dst" | "ip" => Kind::One(IndicatorKind::Address),
        "user-agent" | "http-user-agent" => Kind::One(IndicatorKind::UserAgent),
        "github-username" | "target-user" => return None,
        "aws-arn" | "cloud-arn" => Kind::One(IndicatorKind::Arn),
        "ssdeep" | "tlsh" | "text" | "link" | "comment" | "other" | "filename" => return None,
        _ if name.starts_with("filename|") => Kind::FileAnd,
        _ => Kind::One(kind_named(name)??),
    })
}

/// A warning list, or a plain list of texts in JSON.
pub(super) fn read_warning_list(text: &str) -> Result<ReadList, NoList> {
    let value = parsed(text, "a warning list")?;
    let (format, items) = match &value {
        Value::Array(items) => (ListFormat::Text, items),
        object => match object.get("list").and_then(Value::as_array) {
            Some(items) => (ListFormat::WarningList, items),
            None => return Err(NoList::OtherJson),
        },
    };
    let mut out = Collector::new(format);
    if format == ListFormat::WarningList {
        out.list.purpose = Purpose::WellKnown;
        out.list.name = text_of(&value, "name").to_owned();
        out.list.date = value.get("version").map(|version| version.to_string().replace('"', "")).unwrap_or_default();
    }
    let (kind, comment) = (text_of(&value, "type"), text_of(&value, "description"));
    let details = Details { comment: comment.to_owned(), ..Details::default() };
    for (position, item) in (1..).zip(items) {
        let Some(text) = item.as_str() else {
            out.issue(position, IssueReason::Malformed, "an element that is no text", &item.to_string());
            continue;
        };
        if kind == "regex" || kind == "substring" && recognise(text).is_err() {
            out.issue(position, IssueReason::Unsupported, format!("a list of type {kind}"), text);
            continue;
        }
        out.element(position, None, text.trim_start_matches('.'), &details, text);
    }
    Ok(out.list)
}
