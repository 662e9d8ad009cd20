//! STIX 2.0 and 2.1: indicators' patterns, and addresses that were observed. An element's position is its place in the
//! bundle's `objects`.

use super::collect::{Collector, Details, time};
use super::detect::json_error;
use super::stix_pattern::{Comparison, comparisons};
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
    let (found, qualifiers) = match comparisons(pattern) {
        Ok(found) => found,
        Err(error) => {
            let detail = format!("the pattern cannot be read: at byte {} {} is expected", error.at, error.expected);
            return out.issue(position, IssueReason::Malformed, detail, &raw);
        }
    };
    let details = details_of(object);
    // The port of an address is told in an AND beside it.
    let port = found.iter().find(|c| c.in_and && is_port(c)).and_then(|c| c.values.first()?.parse::<u16>().ok());
    let has_address = |c: &Comparison| c.in_and && c.path.ends_with("value");
    let port = port.filter(|_| found.iter().filter(|c| has_address(c)).count() == 1);
    for comparison in &found {
        if port.is_some() && is_port(comparison) {
            continue;
        }
        let alone = port.is_some() && found.len() == 2;
        let details = marked(&details, comparison.in_and && !alone, !qualifiers.is_empty(), pattern);
        for value in &comparison.values {
            match looked_for(comparison, value) {
                Ok(mut found) => {
                    if found.span.is_some() {
                        found.port = found.port.or(port);
                    }
                    out.entry(position, value, found, &details, &raw);
                }
                Err(why) => out.not_usable(position, why, &raw),
            }
        }
    }
}

fn is_port(comparison: &Comparison) -> bool {
    comparison.operator == "=" && matches!(&*comparison.path, "network-traffic:dst_port" | "network-traffic:src_port")
}

/// A part of a pattern that is met alone is less than the pattern says: the entry tells so.
fn marked(details: &Details, in_and: bool, qualified: bool, pattern: &str) -> Details {
    let mut details = details.clone();
    if in_and || qualified {
        details.tags.push("part of a pattern".to_owned());
        let whole = format!("part of {pattern}");
        details.comment = if details.comment.is_empty() { whole } else { format!("{}; {whole}", details.comment) };
    }
    details
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
