//! Small pieces of JSON text: strings and their escapes, members of an object.

use super::stops::string_stop;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Members of a JSON object in order, values as their raw text.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// The text between the quotes of a JSON string, escapes resolved. What is no valid escape stays as it is; half of a
/// surrogate pair becomes U+FFFD, as no Rust string can hold it.
pub(crate) fn unescape(inner: &str) -> Cow<'_, str> {
    // Nearly all are short and have neither quotes nor backslashes.
    let bytes = inner.as_bytes();
    let stop = string_stop::<false>(bytes);
    let first = stop.and_then(|stop| Some(stop + memchr::memchr(b'\\', bytes.get(stop..)?)?));
    let Some(first) = first else { return Cow::Borrowed(inner) };
    let (plain, mut rest) = inner.split_at(first);
    let mut text = String::with_capacity(inner.len());
    text.push_str(plain);
    while let Some(after) = rest.strip_prefix('\\') {
        let taken = push_escape(after, &mut text);
        let tail = after.get(taken..).unwrap_or_default();
        let plain = memchr::memchr(b'\\', tail.as_bytes()).unwrap_or(tail.len());
        let (plain, next) = tail.split_at(plain);
        text.push_str(plain);
        rest = next;
    }
    Cow::Owned(text)
}

/// Resolves the escape whose backslash is before `after`; the number of bytes that it takes of `after`.
fn push_escape(after: &str, text: &mut String) -> usize {
    let Some(kind) = after.chars().next() else {
        text.push('\\');
        return 0;
    };
    let plain = match kind {
        '"' | '\\' | '/' => kind,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => return push_unicode(after, text),
        _ => {
            text.push('\\');
            return 0;
        }
    };
    text.push(plain);
    1
}

fn push_unicode(after: &str, text: &mut String) -> usize {
    let Some(unit) = code_unit(after) else {
        text.push('\\');
        return 0;
    };
    if let Some(c) = char::from_u32(unit) {
        text.push(c);
        return 5;
    }
    let low = after.get(5..).and_then(|rest| rest.strip_prefix('\\')).and_then(code_unit);
    match low.and_then(|low| char::decode_utf16([unit as u16, low as u16]).next()?.ok()) {
        Some(pair) => {
            text.push(pair);
            11
        }
        None => {
            text.push(char::REPLACEMENT_CHARACTER);
            5
        }
    }
}

/// The number after a `u` and four hexadecimal digits.
fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('u')?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The text of a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD.
pub(crate) fn string(raw: &[u8]) -> String {
    let inner = raw.strip_prefix(b"\"").unwrap_or(raw);
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    unescape(&String::from_utf8_lossy(inner)).into_owned()
}

/// A value as text: a string's content, the text of a number or boolean, the JSON of an object or list; `None` for
/// null.
pub(crate) fn value_text(raw: &str) -> Option<Cow<'_, str>> {
    // By bytes: every value of every event comes here, and comparing with a character is a call.
    let inner = match raw.as_bytes() {
        [b'"', .., b'"'] => raw.get(1..raw.len() - 1),
        _ => None,
    };
    match inner {
        Some(inner) => Some(unescape(inner)),
        None if raw == "null" => None,
        None => Some(Cow::Borrowed(raw)),
    }
}

/// The members of a JSON object; `None` if it is no object. A key that comes twice is there twice.
pub(crate) fn members(json: &str) -> Option<Members<'_>> {
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Members<'de>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(key) = map.next_key::<&RawValue>()? {
                let key = value_text(key.get()).unwrap_or_default();
                members.push((key, map.next_value()?));
            }
            Ok(members)
        }
    }
    let mut json = serde_json::Deserializer::from_str(json);
    let members = serde::Deserializer::deserialize_map(&mut json, Visitor).ok()?;
    json.end().ok()?;
    Some(members)
}

/// The value of the last member of that name.
pub(crate) fn get<'a>(members: &[(Cow<'_, str>, &'a RawValue)], name: &str) -> Option<&'a str> {
    members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.get())
}

/// The scalar members in the text of an object that breaks off behind one of its members, or behind one of the
/// innermost of so many objects that are open.
pub(crate) fn scalars_before(object: &[u8], open: usize) -> Vec<(String, String)> {
    let mut json = String::from_utf8_lossy(object).trim_end_matches([',', ' ', '\n', '\r', '\t']).to_owned();
    json.extend(std::iter::repeat_n('}', open));
    let Some(members) = members(&json) else { return Vec::new() };
    let scalars = members.into_iter().filter(|(_, value)| !value.get().starts_with(['{', '[']));
    scalars
        .map(|(key, value)| (key.into_owned(), value_text(value.get()).unwrap_or("null".into()).into_owned()))
        .collect()
}

/// Appends a JSON string with its quotes.
pub(crate) fn push_string(json: &mut String, text: &str) {
    match string_stop::<true>(text.as_bytes()) {
        None => {
            json.push('"');
            json.push_str(text);
            json.push('"');
        }
        // Serialising a string into memory cannot fail.
        Some(_) => json.push_str(&serde_json::Value::from(text).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_resolve_and_half_pairs_are_marked() {
        assert_eq!(unescape(r#"a\"b\\c\/d\n\t\u0041\ud83d\ude00"#), "a\"b\\c/d\n\tA😀");
        assert_eq!(unescape(r"\ud83dx\ude00"), "\u{fffd}x\u{fffd}");
        assert_eq!(unescape(r"\x \u12 \u+123 \"), r"\x \u12 \u+123 \");
        assert_eq!(unescape("\\é\\u00e9"), "\\éé");
        assert_eq!(unescape("\\u0000\\u202e"), "\0\u{202e}");
    }

    #[test]
    fn members_keep_order_and_repeats() {
        let json = r#"{"a":1,"b\u0041":"x","a":null}"#;
        let found: Vec<_> = members(json).unwrap().iter().map(|(k, v)| format!("{k}={}", v.get())).collect();
        assert_eq!(found, ["a=1", "bA=\"x\"", "a=null"]);
        assert_eq!(get(&members(json).unwrap(), "a"), Some("null"));
        assert!(members("[1]").is_none());
        assert!(members("{}x").is_none());
    }

    #[test]
    fn scalars_of_an_object_that_breaks_off() {
        let inner = scalars_before(b"{\"took\":1,\"hits\":{\"total\":5,", 2);
        assert_eq!(inner, [("took".to_owned(), "1".to_owned())]);
        let found = scalars_before(b"{\"messageType\":\"DATA_MESSAGE\", \"n\":1, \"x\":[1], \"z\":null,\n ", 1);
        let found: Vec<_> = found.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(found, ["messageType=DATA_MESSAGE", "n=1", "z=null"]);
    }
}
