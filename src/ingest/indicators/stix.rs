//! STIX 2.0 and 2.1: indicators' patterns, and addresses that were observed. An element's position is its place in the
//! bundle's `objects`.

use super::collect::{Collector, Details, time};
use super::detect::json_error;
use super::pattern::{Condition, Joined, noted, take_in};
use super::stix_pattern::{Comparison, Observation, observations};
use super::value::{NotUsable, Recognition, recognise, recognise_as};
use super::{ListFormat, NoList, ReadList};
use crate::model::{IndicatorKind, IssueReason, TimeRange};
use serde_json::Value;

pub fn read(text: &str) -> Result<ReadList, NoList> {
    let bundle: Value =
        serde_json::from_str(text).map_err(|_| NoList::Broken { format: "STIX", reason: json_error(text) })?;
    let Some(objects) = bundle.get("objects").and_then(Value::as_array) else {
        return Err(NoList::Broken { format: "STIX", reason: "the bundle has no objects".to_owned() });
    };
    let mut out = Collector::new(ListFormat::Stix);
    for (position, object) in (1..).zip(objects) {
        match text_of(object, "type") {
            "indicator" => indicator(&mut out, position, object),
            "observed-data" => observed_data(&mut out, position, object),
            "ipv4-addr" | "ipv6-addr" => observed(&mut out, position, object, object),
            "report" | "campaign" | "malware" | "intrusion-set" if out.list.name.is_empty() => {
                out.list.name = text_of(object, "name").to_owned();
            }
            _ => {}
        }
    }
    Ok(out.list)
}

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
    Details {
        name: text_of(object, "name").to_owned(),
        comment: text_of(object, "description").to_owned(),
        severity: confidence.map(|confidence| format!("confidence {confidence}")).unwrap_or_default(),
        tags,
        valid: TimeRange { from: time(text_of(object, "valid_from")), to: time(text_of(object, "valid_until")) },
        context: false,
        part: None,
    }
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
    let (found, qualifiers) = match observations(pattern) {
        Ok(found) => found,
        Err(error) => {
            let detail = format!("the pattern cannot be read: at byte {} {} is expected", error.at, error.expected);
            return out.issue(position, IssueReason::Malformed, detail, &raw);
        }
    };
    let details = details_of(object);
    let told = format!("part of {pattern}");
    for Observation { comparisons, in_and } in &found {
        let details = if *in_and || !qualifiers.is_empty() { noted(&details, &told) } else { details.clone() };
        take_in(out, &conditions(comparisons, position, &raw), &details, &told);
    }
}

/// What is looked for, for each value of a comparison.
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

/// What a comparison looks for.
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

/// An address that was seen, in STIX 2.1 an object of its own, in 2.0 a member of what was observed.
fn observed(out: &mut Collector, position: u64, object: &Value, source: &Value) {
    let value = text_of(object, "value");
    let mut details = details_of(source);
    details.valid =
        TimeRange { from: time(text_of(source, "first_observed")), to: time(text_of(source, "last_observed")) };
    details.tags.push("observed".to_owned());
    out.element(position, Some(IndicatorKind::Address), value, &details, &object.to_string());
}

fn observed_data(out: &mut Collector, position: u64, object: &Value) {
    let inner = object.get("objects").and_then(Value::as_object);
    for (_, seen) in inner.into_iter().flatten() {
        if matches!(text_of(seen, "type"), "ipv4-addr" | "ipv6-addr") {
            observed(out, position, seen, object);
        }
    }
}
