//! Athena and Trino print a row type as text: `{type=IAMUser, sessioncontext={attributes={mfaauthenticated=false}}}`.
//! The text has no quotes, so that a value with `, name=` or a bracket in it cannot be determined from structure; what
//! cannot be read as a struct is left to the caller, which keeps it as text.

use crate::ingest::json::text::push_string;

/// Struct text as JSON, names as AWS writes them; `None` for text that is no struct or list of structs.
pub(crate) fn to_json(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text.trim(), json: String::new(), depth: 0 };
    if !reader.rest.starts_with(['{', '[']) {
        return None;
    }
    reader.value()?;
    reader.rest.is_empty().then_some(reader.json)
}

const MAX_DEPTH: u32 = 64;

struct Reader<'a> {
    rest: &'a str,
    json: String,
    depth: u32,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<()> {
        // Lake's maps hold JSON as their values.
        if let Some(length) = json_length(self.rest) {
            let (json, rest) = self.rest.split_at(length);
            self.json.push_str(json);
            self.rest = rest;
            return Some(());
        }
        match self.rest.chars().next() {
            Some('{') => self.nested('}', true),
            Some('[') => self.nested(']', false),
            _ => {
                self.text();
                Some(())
            }
        }
    }

    fn nested(&mut self, close: char, named: bool) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.json.push(if named { '{' } else { '[' });
        self.rest = self.rest.get(1..)?;
        let mut first = true;
        while !self.take(close) {
            if !first {
                self.rest = self.rest.strip_prefix(", ")?;
                self.json.push(',');
            }
            first = false;
            if named {
                let (name, rest) = split_name(self.rest)?;
                push_string(&mut self.json, canonical(name));
                self.json.push(':');
                self.rest = rest;
            }
            self.value()?;
        }
        self.json.push(close);
        self.depth -= 1;
        Some(())
    }

    fn take(&mut self, close: char) -> bool {
        let rest = self.rest.strip_prefix(close);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A text goes up to the next bracket that closes, or the next `, name=`.
    fn text(&mut self) {
        let mut end = self.rest.len();
        for (at, _) in self.rest.match_indices([',', '}', ']']) {
            let rest = self.rest.get(at..).unwrap_or_default();
            let ends = match rest.strip_prefix(", ") {
                Some(next) => split_name(next).is_some() || next.starts_with('{'),
                None => !rest.starts_with(','),
            };
            if ends {
                end = at;
                break;
            }
        }
        let (text, rest) = self.rest.split_at(end);
        match text {
            "null" => self.json.push_str("null"),
            text => push_string(&mut self.json, text),
        }
        self.rest = rest;
    }
}

/// Bytes of the JSON object or list that the text begins with, if what follows it fits a struct.
fn json_length(text: &str) -> Option<usize> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    let length = values.byte_offset();
    let rest = text.get(length..)?;
    (rest.is_empty() || rest.starts_with([',', '}', ']'])).then_some(length)
}

/// `name=rest`; a name is letters, digits, `_` and `-`.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    is_name.then_some((name, rest))
}

/// AWS's spelling of names that engines write in lower case.
pub(crate) fn canonical(name: &str) -> &str {
    const NAMES: [&str; 22] = [
        "principalId",
        "accountId",
        "invokedBy",
        "accessKeyId",
        "userName",
        "sessionContext",
        "mfaAuthenticated",
        "creationDate",
        "sessionIssuer",
        "webIdFederationData",
        "federatedProvider",
        "ec2RoleDelivery",
        "sourceIdentity",
        "assumedRoot",
        "onBehalfOf",
        "userId",
        "identityStoreArn",
        "identityProvider",
        "credentialId",
        "inScopeOf",
        "ARN",
        "resourceType",
    ];
    // `arn` is lower case in an identity; only resources write ARN, and there the reader of columns says so.
    if name == "arn" {
        return name;
    }
    NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// Members in AWS's spelling, where an engine wrote their names in lower case. `is_resources`: there AWS writes `ARN`.
pub(crate) fn with_awss_names(json: String, is_resources: bool) -> String {
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(&json) else { return json };
    if rename(&mut value, is_resources) { value.to_string() } else { json }
}

fn rename(value: &mut serde_json::Value, is_resources: bool) -> bool {
    use serde_json::Value;
    match value {
        Value::Array(items) => items.iter_mut().fold(false, |any, item| rename(item, is_resources) | any),
        Value::Object(members) => {
            let mut any = false;
            let renamed = std::mem::take(members).into_iter().map(|(name, mut value)| {
                any |= rename(&mut value, is_resources);
                let known = if is_resources && name == "arn" { "ARN" } else { canonical(&name) };
                any |= known != name;
                (known.to_owned(), value)
            });
            let renamed: serde_json::Map<_, _> = renamed.collect();
            *members = renamed;
            any
        }
        _ => false,
    }
}

/// A map's values are texts, of which those that were objects or lists hold JSON.
pub(crate) fn with_json_values(json: String) -> String {
    let Ok(serde_json::Value::Object(mut members)) = serde_json::from_str::<serde_json::Value>(&json) else {
        return json;
    };
    let mut any = false;
    for value in members.values_mut() {
        let Some(text) = value.as_str().filter(|text| text.starts_with(['{', '['])) else { continue };
        if let Ok(inner) = serde_json::from_str::<serde_json::Value>(text) {
            *value = inner;
            any = true;
        }
    }
    if any { serde_json::Value::Object(members).to_string() } else { json }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_become_objects() {
        for (text, json) in [
            (
                "{type=IAMUser, principalid=AIDA:a, b, arn=arn:aws:iam::1:user/x, invokedby=null, sessioncontext={attributes={mfaauthenticated=false, creationdate=2023-07-10T11:42:31Z}, sessionissuer=null}}",
                r#"{"type":"IAMUser","principalId":"AIDA:a, b","arn":"arn:aws:iam::1:user/x","invokedBy":null,"sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2023-07-10T11:42:31Z"},"sessionIssuer":null}}"#,
            ),
            ("[{arn=x, accountid=1}, {arn=y}]", r#"[{"arn":"x","accountId":"1"},{"arn":"y"}]"#),
            (r#"{a={"items":[{"b":1}]}, c=[], d=x}"#, r#"{"a":{"items":[{"b":1}]},"c":[],"d":"x"}"#),
            ("{}", "{}"),
            ("[]", "[]"),
            ("{a=}", r#"{"a":""}"#),
            ("{a=x=y, z}", r#"{"a":"x=y, z"}"#),
        ] {
            assert_eq!(to_json(text).as_deref(), Some(json), "{text}");
        }
        for text in ["", "x", "{a=1", "{a}", "{a=1}x", r#"{"a":1}}"#, "{a={b=1}"] {
            assert_eq!(to_json(text), None, "{text}");
        }
        assert_eq!(to_json(&"{a=".repeat(1000)), None);
    }
}
