//! Which form a list has, told by its content.

use super::value::recognise;
use super::{ListFormat, NoList, split, stix, table};
use serde_json::Value;
use std::borrow::Cow;

/// The content as text: UTF-8 with a byte order mark or without, UTF-16 with one, or without where every second byte
/// says so. Bytes that are no UTF-8 are replaced, as in comments of lists in other encodings.
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
        let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
        return match (even, odd) {
            (0, odd) if odd * 10 > half * 9 => Ok(Cow::Owned(wide(bytes, u16::from_le_bytes))),
            (even, 0) if even * 10 > half * 9 => Ok(Cow::Owned(wide(bytes, u16::from_be_bytes))),
            _ => Err(NoList::NotText),
        };
    }
    Ok(String::from_utf8_lossy(bytes))
}

/// A list as its form needs it.
#[derive(Debug)]
pub(super) enum Content {
    /// CSV, a plain list, OpenIOC.
    Text(ListFormat),
    /// JSON values: one, or one a line; with the lines that are none.
    Json(ListFormat, Vec<Value>, Vec<(u64, String)>),
}

/// The form of a list.
///
/// # Errors
/// It has none of those that are read; where it has a known one, its name and the way out.
pub(super) fn content_of(text: &str) -> Result<Content, NoList> {
    let begin = text.trim_start();
    if begin.starts_with(['{', '[']) && !begin.starts_with("[.") {
        if let Some((values, broken)) = json_values(begin) {
            let format = json_format(&values).ok_or_else(|| other_json(&values))?;
            return Ok(Content::Json(format, values, broken));
        }
        if begin.starts_with('{') {
            return Err(NoList::Broken { format: "JSON", reason: json_error(begin) });
        }
    }
    if begin.starts_with('<') && !begin.starts_with("<.") && !is_angled(begin) {
        return xml_format(begin).map(Content::Text);
    }
    Ok(Content::Text(if looks_like_csv(text) { ListFormat::Csv } else { ListFormat::Text }))
}

/// `<203.0.113.1>`: a value between angles, and no XML.
fn is_angled(text: &str) -> bool {
    let inside = text.strip_prefix('<').and_then(|rest| rest.split_once('>')).map(|(inside, _)| inside);
    inside.is_some_and(|inside| recognise(inside).is_ok())
}

/// Values, and the lines that are none.
type Values = (Vec<Value>, Vec<(u64, String)>);

/// The whole, or a value a line.
fn json_values(text: &str) -> Option<Values> {
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        return Some((vec![value], Vec::new()));
    }
    // Values behind each other, over lines as they like.
    let stream: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
    if let Ok(values) = stream {
        return (!values.is_empty()).then_some((values, Vec::new()));
    }
    let (mut values, mut broken) = (Vec::new(), Vec::new());
    for (line, raw) in (1..).zip(text.lines()).filter(|(_, raw)| !raw.trim().is_empty()) {
        match serde_json::from_str::<Value>(raw.trim().trim_end_matches(',')) {
            Ok(value) if value.is_object() => values.push(value),
            _ => broken.push((line, raw.to_owned())),
        }
    }
    (values.len() > broken.len()).then_some((values, broken))
}

fn xml_format(text: &str) -> Result<ListFormat, NoList> {
    if text.contains("<ioc") || text.contains("<OpenIOC") {
        return Ok(ListFormat::OpenIoc);
    }
    let is_stix = ["STIX_Package", "STIX_Header", "http://stix.mitre.org", "cybox.mitre.org"];
    Err(if is_stix.iter().any(|mark| text.contains(mark)) { NoList::StixOne } else { NoList::OtherXml })
}

pub(super) fn json_error(text: &str) -> String {
    serde_json::from_str::<serde::de::IgnoredAny>(text).err().map(|e| e.to_string()).unwrap_or_default()
}

fn json_format(values: &[Value]) -> Option<ListFormat> {
    if values.iter().any(stix::is_stix) {
        return Some(ListFormat::Stix);
    }
    if values.iter().any(is_misp) {
        return Some(ListFormat::Misp);
    }
    match values {
        [Value::Array(items)] if !items.is_empty() && items.iter().all(Value::is_string) => {
            Some(ListFormat::WarningList)
        }
        [value] if is_warning_list(value) => Some(ListFormat::WarningList),
        _ => values.iter().any(table::is_table).then_some(ListFormat::Json),
    }
}

fn is_misp(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    match value {
        Value::Array(items) => items.first().is_some_and(is_misp),
        _ => has("Event") || has("Attribute") || has("Object") && has("info") || has("response"),
    }
}

/// MISP's warning lists, and lists of texts of the same form.
fn is_warning_list(value: &Value) -> bool {
    let list = value.get("list").and_then(Value::as_array);
    list.is_some_and(|items| items.iter().any(Value::is_string))
}

/// STIX 1 in JSON, or something else.
fn other_json(values: &[Value]) -> NoList {
    let is_old = |value: &Value| {
        value.get("stix_header").is_some()
            || value.get("id").and_then(Value::as_str).is_some_and(|id| id.contains(":Package-"))
    };
    if values.iter().any(is_old) { NoList::StixOne } else { NoList::OtherJson }
}

/// Most lines have the same delimiter outside quotes, and more than a value and a number beside it.
fn looks_like_csv(text: &str) -> bool {
    let delimiter = split::delimiter_of(text);
    let is_comment = |line: &&str| line.is_empty() || line.starts_with('#') || line.starts_with("//");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !is_comment(line)).take(200).collect();
    // DROP: the semicolon begins comments; AlienVault: a `#` parts the fields; a hosts file; values and nothing else.
    let share = |is: &dyn Fn(&str) -> bool| lines.iter().filter(|line| is(line)).count() * 2 > lines.len();
    let is_hosts =
        |line: &str| ["0.0.0.0", "127.0.0.1", "::"].iter().any(|sink| line.split_whitespace().next() == Some(sink));
    let with_marks = |line: &str| line.split_once('#').is_some_and(|(head, _)| recognise(head).is_ok());
    if lines.first().is_some_and(|line| line.starts_with(';')) || share(&is_hosts) || share(&with_marks) {
        return false;
    }
    let many = |line: &str| {
        let cells = split::Rows::new(line, delimiter).next().map(|row| row.cells).unwrap_or_default();
        // A quoted cell may continue over lines; a delimiter at the end parts nothing.
        cells.iter().skip(1).any(|cell| !cell.trim().is_empty()) || line.starts_with('"') && !line.ends_with(['"', ','])
    };
    // Rows have cells of one meaning: lines of values, as many as there happen to be, are a plain list.
    let widths: std::collections::BTreeSet<usize> = lines
        .iter()
        .filter_map(|line| split::Rows::new(line, delimiter).next())
        .filter(|row| row.cells.iter().all(|cell| recognise(cell).is_ok()))
        .map(|row| row.cells.len())
        .collect();
    share(&many) && widths.len() < 2
}
