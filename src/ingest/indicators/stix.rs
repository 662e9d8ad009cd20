//! STIX 2.0 and 2.1: indicators' patterns, and addresses that were observed. An element's position is its place in the
//! bundle's `objects`.

use super::collect::{Collector, Details};
use super::pattern::{Condition, Joined, noted, take_in};
use super::stix_pattern::{Comparison, Observation, observations};
use super::value::{NotUsable, Recognition, recognise, recognise_as};
use super::when::{set_valid, set_valid_until};
use super::{ListFormat, ReadList};
use crate::model::{IndicatorKind, IssueReason};
use serde_json::Value;

/// Reads the objects of a bundle, of what a TAXII server answers, of a list or of lines.
pub(super) fn read(values: &[Value]) -> ReadList {
    let mut out = Collector::new(ListFormat::Stix);
    let objects: Vec<&Value> = values.iter().flat_map(objects_of).collect();
    for (position, object) in (1..).zip(objects) {
        match text_of(object, "type") {
            "indicator" => indicator(&mut out, position, object),
            "observed-data" => observed_data(&mut out, position, object),
            "report" | "campaign" | "malware" | "intrusion-set" if out.list.name.is_empty() => {
                out.list.name = text_of(object, "name").to_owned();
            }
            kind if OBSERVABLES.contains(&kind) => observed(&mut out, position, object, object),
            _ => {}
        }
    }
    out.list
}

fn objects_of(value: &Value) -> Vec<&Value> {
    match (value, value.get("objects")) {
        (_, Some(Value::Array(objects))) => objects.iter().flat_map(objects_of).collect(),
        (Value::Array(items), _) => items.iter().flat_map(objects_of).collect(),
        (one, _) => vec![one],
    }
}

/// Is it STIX 2, in whatever wrapper?
pub(super) fn is_stix(value: &Value) -> bool {
    let is_object = |object: &Value| {
        let (kind, id) = (text_of(object, "type"), text_of(object, "id"));
        kind == "bundle" || !kind.is_empty() && id.strip_prefix(kind).is_some_and(|rest| rest.starts_with("--"))
    };
    match (value, value.get("objects")) {
        (_, Some(Value::Array(objects))) => is_object(value) || objects.iter().any(is_object),
        (Value::Array(items), _) => items.iter().any(is_stix),
        (one, _) => is_object(one),
    }
}

/// Does a text look like a STIX pattern?
pub(super) fn is_pattern(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('[') && text.ends_with(']') && text.contains(':') && (text.contains('=') || text.contains(" IN "))
}

/// STIX 2.1's types of objects that are observed.
const OBSERVABLES: [&str; 18] = [
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

fn text_of<'a>(object: &'a Value, member: &str) -> &'a str {
    object.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn texts(object: &Value, member: &str) -> Vec<String> {
    let list = object.get(member).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn details_of(object: &Value) -> Details {
    let mut tags = texts(object, "labels");
    tags.extend(texts(object, "indicator_types"));
    let confidence = object.get("confidence").and_then(Value::as_u64);
    let mut details = Details {
        name: text_of(object, "name").to_owned(),
        comment: text_of(object, "description").to_owned(),
        severity: confidence.map(|confidence| format!("confidence {confidence}")).unwrap_or_default(),
        tags,
        ..Details::default()
    };
    set_valid_until(&mut details, text_of(object, "valid_from"), text_of(object, "valid_until"));
    details
}

fn indicator(out: &mut Collector, position: u64, object: &Value) {
    let pattern = text_of(object, "pattern");
    let raw = if pattern.is_empty() { object.to_string() } else { pattern.to_owned() };
    if object.get("revoked").and_then(Value::as_bool) == Some(true) {
        return out.issue(position, IssueReason::Withdrawn, "revoked", &raw);
    }
    let language = text_of(object, "pattern_type");
    if !language.is_empty() && language != "stix" {
        return out.issue(position, IssueReason::Unsupported, format!("a pattern in {language}"), &raw);
    }
    read_pattern(out, position, pattern, &details_of(object), &raw);
}

/// Takes in what a pattern searches for.
pub(super) fn read_pattern(out: &mut Collector, position: u64, pattern: &str, details: &Details, raw: &str) {
    let (found, qualifiers) = match observations(pattern) {
        Ok(found) => found,
        Err(error) => {
            let detail = format!("the pattern cannot be read: at byte {} {} is expected", error.at, error.expected);
            return out.issue(position, IssueReason::Malformed, detail, raw);
        }
    };
    let told = format!("part of {pattern}");
    for Observation { comparisons, in_and } in &found {
        let details = if *in_and || !qualifiers.is_empty() { noted(details, &told) } else { details.clone() };
        take_in(out, &conditions(comparisons, position, raw), &details, &told);
    }
}

/// What is searched for, for each value of a comparison.
fn conditions(comparisons: &Joined<Comparison>, position: u64, raw: &str) -> Joined<Condition> {
    let all = |parts: &[Joined<Comparison>]| parts.iter().map(|part| conditions(part, position, raw)).collect();
    match comparisons {
        Joined::And(parts) => Joined::And(all(parts)),
        Joined::Or(parts) => Joined::Or(all(parts)),
        Joined::One(comparison) => {
            let one = |value: &String| {
                let found = looked_for(comparison, value);
                Joined::One(Condition { position, written: value.clone(), found, raw: raw.to_owned() })
            };
            Joined::Or(comparison.values.iter().map(one).collect())
        }
    }
}

fn unsupported(detail: String) -> NotUsable {
    NotUsable { reason: IssueReason::Unsupported, detail }
}

/// What a comparison searches for.
fn looked_for(comparison: &Comparison, value: &str) -> Recognition {
    let Comparison { path, operator, .. } = comparison;
    let (object, member) = path.split_once(':').unwrap_or((path, ""));
    let kind = match (object, member) {
        ("ipv4-addr" | "ipv6-addr", "value") => IndicatorKind::Address,
        ("domain-name", "value") => IndicatorKind::Domain,
        ("url", "value") => IndicatorKind::Url,
        ("domain-name", "resolves_to_refs[*].value") => return equal(operator, path, value, recognise),
        ("network-traffic", "src_ref.value" | "dst_ref.value") => return equal(operator, path, value, recognise),
        ("network-traffic", "src_port" | "dst_port") => IndicatorKind::Port,
        ("user-account", "user_id" | "account_login" | "display_name") => {
            let by_form = |value: &str| recognise(value).or_else(|_| recognise_as(IndicatorKind::Principal, value));
            return equal(operator, path, value, by_form);
        }
        ("file", member) if member.starts_with("hashes.") => IndicatorKind::Hash,
        (_, member) if member.to_ascii_lowercase().ends_with("user-agent") => {
            if let Some(part) = value.strip_prefix('%').and_then(|v| v.strip_suffix('%')).filter(|_| operator == "LIKE")
                && !part.contains(['%', '_'])
            {
                return recognise_as(IndicatorKind::UserAgent, part);
            }
            IndicatorKind::UserAgent
        }
        _ => return Err(unsupported(format!("{path}: neither flow records nor CloudTrail hold any"))),
    };
    equal(operator, path, value, |value| recognise_as(kind, value))
}

fn equal(operator: &str, path: &str, value: &str, read: impl Fn(&str) -> Recognition) -> Recognition {
    match operator {
        "=" | "IN" => read(value),
        "ISSUBSET" => read(value),
        _ => Err(unsupported(format!("{path} {operator}: only =, IN and ISSUBSET are looked for"))),
    }
}

/// What was seen: in STIX 2.1 an object of its own, in 2.0 a member of what was observed.
fn observed(out: &mut Collector, position: u64, object: &Value, source: &Value) {
    let raw = object.to_string();
    let mut details = details_of(source);
    set_valid(&mut details, text_of(source, "first_observed"), text_of(source, "last_observed"));
    details.tags.push("observed".to_owned());
    let kind = text_of(object, "type");
    let value = text_of(object, "value");
    match kind {
        "ipv4-addr" | "ipv6-addr" => out.element(position, Some(IndicatorKind::Address), value, &details, &raw),
        "domain-name" => out.element(position, Some(IndicatorKind::Domain), value, &details, &raw),
        "url" => out.element(position, Some(IndicatorKind::Url), value, &details, &raw),
        "file" if object.get("hashes").is_some_and(Value::is_object) => {
            let hashes = object.get("hashes").and_then(Value::as_object).into_iter().flatten();
            for hash in hashes.filter_map(|(_, hash)| hash.as_str()) {
                out.element(position, Some(IndicatorKind::Hash), hash, &details, &raw);
            }
        }
        "user-account" => {
            let id = ["user_id", "account_login", "display_name"].map(|member| text_of(object, member));
            let id = id.into_iter().find(|id| !id.is_empty()).unwrap_or_default();
            let kind = recognise(id).map_or(IndicatorKind::Principal, |found| found.kind);
            out.element(position, Some(kind), id, &details, &raw);
        }
        // Its addresses are objects of their own; a request may name a program.
        "network-traffic" => {
            let agent =
                object.pointer("/extensions/http-request-ext/request_header/User-Agent").and_then(Value::as_str);
            if let Some(agent) = agent {
                out.element(position, Some(IndicatorKind::UserAgent), agent, &details, &raw);
            }
        }
        _ => out.issue(
            position,
            IssueReason::Unsupported,
            format!("{kind}: neither flow records nor CloudTrail hold any"),
            &raw,
        ),
    }
}

fn observed_data(out: &mut Collector, position: u64, object: &Value) {
    let inner = object.get("objects").and_then(Value::as_object);
    for (_, seen) in inner.into_iter().flatten() {
        observed(out, position, seen, object);
    }
}
