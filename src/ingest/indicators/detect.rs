//! Which form a list has, told by its content.

use super::{ListFormat, NoList, split};
use serde_json::Value;
use std::borrow::Cow;

/// The content as text: UTF-8 with a byte order mark or without, UTF-16 with one. Bytes that are no UTF-8 are replaced, as
/// in comments of lists in other encodings.
pub fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, NoList> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return Ok(Cow::Owned(wide(rest, u16::from_le_bytes))),
        [0xfe, 0xff, rest @ ..] => return Ok(Cow::Owned(wide(rest, u16::from_be_bytes))),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..8192).unwrap_or(bytes);
    if head.contains(&0) {
        return Err(NoList::NotText);
    }
    Ok(String::from_utf8_lossy(bytes))
}

pub fn format_of(text: &str) -> Result<ListFormat, NoList> {
    let begin = text.trim_start();
    if begin.starts_with(['{', '[']) && !begin.starts_with("[.") {
        if let Ok(value) = serde_json::from_str::<Value>(begin) {
            return json_format(&value).ok_or(NoList::OtherJson);
        }
        if begin.starts_with('{') {
            return Err(NoList::Broken { format: "JSON", reason: json_error(begin) });
        }
    }
    if begin.starts_with("<?xml") || begin.starts_with("<ioc") || begin.starts_with("<OpenIOC") {
        let is_ioc = begin.contains("<ioc") || begin.contains("<OpenIOC");
        return if is_ioc { Ok(ListFormat::OpenIoc) } else { Err(NoList::OtherXml) };
    }
    Ok(if looks_like_csv(text) { ListFormat::Csv } else { ListFormat::Text })
}

pub fn json_error(text: &str) -> String {
    serde_json::from_str::<serde::de::IgnoredAny>(text).err().map(|e| e.to_string()).unwrap_or_default()
}

fn json_format(value: &Value) -> Option<ListFormat> {
    match value {
        Value::Array(items) if items.iter().all(Value::is_string) && !items.is_empty() => Some(ListFormat::WarningList),
        Value::Array(items) => items.first().and_then(json_format).filter(|format| *format == ListFormat::Misp),
        Value::Object(members) => {
            let has = |name: &str| members.contains_key(name);
            let is_bundle = members.get("type").and_then(Value::as_str) == Some("bundle");
            if is_bundle || members.get("objects").is_some_and(Value::is_array) && has("id") {
                Some(ListFormat::Stix)
            } else if members.get("list").is_some_and(Value::is_array) {
                Some(ListFormat::WarningList)
            } else if has("Event") || has("Attribute") || has("Object") && has("info") || has("response") {
                Some(ListFormat::Misp)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Most lines have the same delimiter outside quotes, and more than a value and a number beside it.
fn looks_like_csv(text: &str) -> bool {
    let mut lines = 0;
    let mut delimited = 0;
    let delimiter = split::delimiter_of(text);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).take(200) {
        lines += 1;
        let mut cells = split::Rows::new(line, delimiter);
        let many = cells.next().is_some_and(|row| row.cells.len() > 1);
        // A quoted cell may go on over lines.
        delimited += usize::from(many || line.starts_with('"'));
    }
    // White space before a second column is a plain list's way.
    delimiter != b'\t' && lines > 0 && delimited * 2 > lines
}
