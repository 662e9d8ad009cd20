//! Small pieces of JSON values.

use serde_json::Value;
use std::borrow::Cow;

/// A JSON value. Half a surrogate pair in a text, which no Rust string can hold, becomes U+FFFD; `None` for what is no JSON.
pub fn parse(json: &str) -> Option<Value> {
    match serde_json::from_str(json) {
        Ok(value) => Some(value),
        Err(_) => serde_json::from_str(&without_half_pairs(json)?).ok(),
    }
}

/// The text with halves of surrogate pairs replaced; `None` if there are none.
fn without_half_pairs(json: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let mut mended = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = json.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.push_str(json.get(kept..at)?);
                mended.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            // An escape of two bytes; the character behind the backslash may be longer.
            _ => at += 1 + json.get(at + 1..)?.chars().next()?.len_utf8(),
        }
    }
    if kept == 0 {
        return None;
    }
    mended.push_str(json.get(kept..)?);
    Some(mended)
}

/// A value as text, where it is one and says something.
pub(super) fn text_of(value: Option<&Value>) -> Option<Cow<'_, str>> {
    let text = match value? {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Bool(answer) => Cow::Borrowed(if *answer { "true" } else { "false" }),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The elements of a list, or the value itself where it is no list.
pub(super) fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        one => std::slice::from_ref(one),
    }
}
