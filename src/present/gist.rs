//! What a JSON object is about, on one line: the values that name things first. An event's parameters as a table shows
//! them; all of it is in the tool tip and in the inspector.

use super::{display, principal};
use serde_json::Value;

/// Values that are named, and characters of each.
const SHOWN: usize = 6;
const CHARS: usize = 80;
/// Values that are looked at.
const LOOKED_AT: usize = 64;

/// Members that say what was acted on, before all others.
const FIRST: [&str; 14] = [
    "bucketName",
    "key",
    "instanceId",
    "groupId",
    "roleArn",
    "roleName",
    "userName",
    "groupName",
    "policyArn",
    "policyName",
    "functionName",
    "secretId",
    "keyId",
    "name",
];

/// `None` for what is no object, or one without a value.
pub(crate) fn gist(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok().filter(Value::is_object)?;
    let mut leaves: Vec<(&str, String)> = Vec::new();
    collect("", &value, &mut leaves);
    // Stable: within a rank as they were written.
    leaves.sort_by_key(|(name, _)| rank(name));
    let mut shown: Vec<String> = Vec::new();
    for (_, text) in leaves {
        if shown.len() < SHOWN && !shown.contains(&text) {
            shown.push(text);
        }
    }
    let text = shown.join(" · ");
    (!text.is_empty()).then(|| display::visible(&text).into_owned())
}

fn collect<'v>(name: &'v str, value: &'v Value, leaves: &mut Vec<(&'v str, String)>) {
    if leaves.len() >= LOOKED_AT {
        return;
    }
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| collect(name, value, leaves)),
        Value::Array(items) => items.iter().for_each(|item| collect(name, item, leaves)),
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => leaves.push((name, told(name, &text.chars().take(CHARS).collect::<String>()))),
        other => leaves.push((name, told(name, &other.to_string()))),
    }
}

/// A value that names something by itself, others with what they are.
fn told(name: &str, text: &str) -> String {
    // Of an ARN what names the thing; its account is in a column of its own.
    let text = principal::of_arn(text).map_or(text, |(_, resource)| resource);
    if rank(name) <= FIRST.len() { text.to_owned() } else { format!("{name} {text}") }
}

fn rank(name: &str) -> usize {
    if let Some(place) = FIRST.iter().position(|first| *first == name) {
        return place;
    }
    let names_something = ["Id", "Arn", "Name", "ARN"].iter().any(|end| name.ends_with(end));
    FIRST.len() + if names_something { 0 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_acted_on_comes_first() {
        let of = |json| gist(json).unwrap_or_default();
        assert_eq!(of(r#"{"Host":"s3","key":"a.csv","bucketName":"data"}"#), "data · a.csv · Host s3");
        let rule = r#"{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,
            "ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#;
        assert_eq!(of(rule), "sg-1 · fromPort 22 · ipProtocol tcp · cidrIp 0.0.0.0/0 · toPort 22");
        let role = r#"{"roleArn":"arn:aws:iam::111122223333:role/deploy","roleSessionName":"build-4125"}"#;
        assert_eq!(of(role), "role/deploy · build-4125");
        assert_eq!(of(r#"{"trailName":"t","x":"\u202e"}"#), "t · x ‹U+202E›");
        assert_eq!([gist("{}"), gist("[1]"), gist("no json")], [None, None, None]);
    }
}
