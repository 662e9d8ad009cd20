//! Findings of GuardDuty: what somebody else concluded, of the addresses, instances, keys and principals that they name. As
//! `aws guardduty get-findings` answers, as its export writes them line by line, and as EventBridge delivers them.

use super::ledger::{Asset, Place, Saying};
use crate::filter::value::parse_time;
use serde_json::Value;
use std::collections::BTreeSet;

/// What the findings of a file say; `None` where it has none.
pub(super) fn said(content: &[u8]) -> Option<Vec<Saying>> {
    let mut documents = Vec::new();
    for document in serde_json::Deserializer::from_slice(content).into_iter::<Value>() {
        documents.push(document.ok()?);
    }
    let mut found: Vec<&Value> = Vec::new();
    let mut is_answer = false;
    for document in &documents {
        let list = match document {
            Value::Array(list) => list.iter().collect(),
            one => match member(one, "Findings").and_then(Value::as_array) {
                Some(list) => {
                    is_answer = true;
                    list.iter().collect()
                }
                None => vec![one],
            },
        };
        found.extend(list.into_iter().map(|one| one.get("detail").unwrap_or(one)));
    }
    let is_finding =
        |one: &&Value| ["Type", "Severity", "Service", "Resource"].iter().all(|name| member(one, name).is_some());
    if !found.iter().all(is_finding) || (found.is_empty() && !is_answer) {
        return None;
    }
    Some(found.into_iter().flat_map(of_finding).collect())
}

/// The answers of the command line begin members with a capital letter, the others do not.
fn member<'v>(of: &'v Value, name: &str) -> Option<&'v Value> {
    let lower = || {
        let mut letters = name.chars();
        letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>())
    };
    of.get(name).or_else(|| of.get(lower()?))
}

fn text(of: &Value, name: &str) -> Option<String> {
    member(of, name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn of_finding(finding: &Value) -> Vec<Saying> {
    let at = Place { account: text(finding, "AccountId"), region: text(finding, "Region") };
    let service = member(finding, "Service").unwrap_or(&Value::Null);
    let time = |name| text(service, name).and_then(|text| parse_time(&text)).map(|parsed| parsed.time.0);
    let span = [time("EventFirstSeen"), time("EventLastSeen")];
    let severity = member(finding, "Severity").map(ToString::to_string).unwrap_or_default();
    let named = [text(finding, "Type"), text(finding, "Title"), text(finding, "Id")].into_iter().flatten();
    let value = format!("{}; severity {severity}", named.collect::<Vec<_>>().join("; "));
    let mut things = BTreeSet::new();
    let resource = member(finding, "Resource").unwrap_or(&Value::Null);
    look(resource, &mut things);
    look(member(service, "Action").unwrap_or(&Value::Null), &mut things);
    let says =
        |(kind, id)| Saying::Also(Asset { kind, id, place: at.clone() }, "guardduty_finding", value.clone(), span);
    things.into_iter().map(says).collect()
}

/// What a finding names, however it is nested.
fn look(json: &Value, things: &mut BTreeSet<(&'static str, String)>) {
    match json {
        Value::Object(members) => {
            for (name, json) in members {
                let kind = match name.to_ascii_lowercase().as_str() {
                    "privateipaddress" | "publicip" | "ipaddressv4" | "ipaddressv6" => Some("address"),
                    "instanceid" => Some("instance"),
                    "networkinterfaceid" => Some("interface"),
                    "accesskeyid" => Some("access_key"),
                    "principalid" => Some("principal"),
                    _ => None,
                };
                match (kind, json.as_str()) {
                    (Some(kind), Some(id)) if !id.is_empty() => {
                        things.insert((kind, id.to_owned()));
                    }
                    _ => look(json, things),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|json| look(json, things)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn finding() -> Value {
        json!({
            "AccountId": "111122223333", "Region": "eu-west-1", "Id": "f1", "Type": "UnauthorizedAccess:EC2/SSHBruteForce",
            "Severity": 8, "Title": "203.0.113.66 is performing SSH brute force attacks",
            "Resource": {"InstanceDetails": {"InstanceId": "i-1", "NetworkInterfaces": [
                {"NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.0.5", "PublicIp": ""}]}},
            "Service": {"EventFirstSeen": "2026-03-10T18:20:00Z", "EventLastSeen": "2026-03-10T19:20:00Z",
                "Action": {"NetworkConnectionAction": {"RemoteIpDetails": {"IpAddressV4": "203.0.113.66"}}}}
        })
    }

    fn told(content: &str) -> Option<Vec<(&'static str, String)>> {
        let of = |saying| match saying {
            Saying::Also(asset, _, _, span) => {
                assert_eq!(span, [Some(1_773_166_800_000), Some(1_773_170_400_000)]);
                (asset.kind, asset.id)
            }
            _ => panic!(),
        };
        said(content.as_bytes()).map(|said| said.into_iter().map(of).collect())
    }

    #[test]
    fn a_finding_is_known_in_every_form() {
        let expected =
            [("address", "10.0.0.5"), ("address", "203.0.113.66"), ("instance", "i-1"), ("interface", "eni-1")];
        let expected: Vec<(&str, String)> = expected.map(|(kind, id)| (kind, id.to_owned())).to_vec();
        let lower = finding().to_string();
        // As the export writes it: every member begins with a small letter.
        let mut small = String::new();
        let mut letters = lower.chars().peekable();
        while let Some(letter) = letters.next() {
            small.push(letter);
            if letter == '"' && small[..small.len() - 1].ends_with(['{', ',']) {
                small.extend(letters.next().into_iter().flat_map(char::to_lowercase));
            }
        }
        for text in [
            json!({"Findings": [finding()]}).to_string(),
            lower.clone(),
            format!("{small}\n"),
            json!({"detail-type": "GuardDuty Finding", "detail": finding()}).to_string(),
            json!([finding()]).to_string(),
        ] {
            assert_eq!(told(&text), Some(expected.clone()), "{text}");
        }
        assert_eq!(told(&format!("{lower}\n{small}\n")).map(|told| told.len()), Some(8));
        assert_eq!(told(r#"{"Findings": []}"#), Some(Vec::new()));
        for nothing in ["{}", "[]", "", r#"{"Users": []}"#, r#"{"Type": "a"}"#] {
            assert_eq!(told(nothing), None, "{nothing}");
        }
    }
}
