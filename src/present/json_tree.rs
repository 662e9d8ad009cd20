//! The JSON of an event as lines of a tree: members in the order in which they are written, numbers and texts as they are
//! written. It knows no view; whoever shows it folds and searches it.

use crate::filter::JsonPath;
use crate::model::Value;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A line: a value, or the beginning of an object or list whose members follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub depth: usize,
    /// The last step of its path: a key, or `[0]`.
    pub key: String,
    /// `None` where the JSON is not an object: then nothing in it has a path in the filter language.
    pub path: Option<JsonPath>,
    pub what: What,
    /// The line behind the last member of it.
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// As it is written: a text has its quotes and escapes. An empty object or list is one too.
    Leaf(String),
    /// An object or a list, and how many members it has.
    Object(usize),
    List(usize),
}

/// Objects and lists inside of each other; what is deeper is one value.
const DEEPEST: usize = 100;

/// The lines of an event's JSON; `None` where the text is no JSON.
pub(crate) fn lines(json: &str) -> Option<Vec<Line>> {
    let raw: &RawValue = serde_json::from_str(json).ok()?;
    let mut lines = Vec::new();
    match Members::of(raw.get()) {
        Members::Object(members) => {
            for (key, member) in members {
                let path = JsonPath::key(&key);
                add(&mut lines, 0, key, Some(path), member.get());
            }
        }
        Members::List(members) => {
            for (at, member) in members.into_iter().enumerate() {
                add(&mut lines, 0, format!("[{at}]"), None, member.get());
            }
        }
        Members::None => add(&mut lines, 0, String::new(), None, raw.get()),
    }
    Some(lines)
}

/// The value that is written here, as a filter compares it.
pub(crate) fn value_of(written: &str) -> Value {
    match written {
        "null" => Value::Null,
        "true" => Value::Boolean(true),
        "false" => Value::Boolean(false),
        text if text.starts_with('"') => {
            let read = serde_json::from_str::<String>(text);
            Value::Text(read.unwrap_or_else(|_| text.trim_matches('"').to_owned()))
        }
        text if text.starts_with(['{', '[']) => Value::Text(text.to_owned()),
        number => number.parse().map_or_else(|_| Value::Number(number.into()), Value::Integer),
    }
}

fn add(lines: &mut Vec<Line>, depth: usize, key: String, path: Option<JsonPath>, written: &str) {
    let members = if depth < DEEPEST { Members::of(written) } else { Members::None };
    let place = lines.len();
    let what = match &members {
        Members::Object(members) if !members.is_empty() => What::Object(members.len()),
        Members::List(members) if !members.is_empty() => What::List(members.len()),
        Members::Object(_) => What::Leaf("{}".to_owned()),
        Members::List(_) => What::Leaf("[]".to_owned()),
        Members::None => What::Leaf(written.to_owned()),
    };
    lines.push(Line { depth, key, path: path.clone(), what, end: 0 });
    match members {
        Members::Object(members) => {
            for (key, member) in members {
                let path = path.clone().map(|path| path.member(&key));
                add(lines, depth + 1, key, path, member.get());
            }
        }
        Members::List(members) => {
            for (at, member) in members.into_iter().enumerate() {
                let index = u32::try_from(at).unwrap_or(u32::MAX);
                let path = path.clone().map(|path| path.element(index));
                add(lines, depth + 1, format!("[{at}]"), path, member.get());
            }
        }
        Members::None => {}
    }
    let end = lines.len();
    if let Some(line) = lines.get_mut(place) {
        line.end = end;
    }
}

enum Members<'a> {
    Object(Vec<(String, &'a RawValue)>),
    List(Vec<&'a RawValue>),
    /// It is no object and no list.
    None,
}

impl<'a> Members<'a> {
    fn of(written: &'a str) -> Self {
        let read = match written.as_bytes().first() {
            Some(b'{') => serde_json::from_str::<Object<'a>>(written).ok().map(|object| Members::Object(object.0)),
            Some(b'[') => serde_json::from_str(written).ok().map(Members::List),
            _ => None,
        };
        read.unwrap_or(Members::None)
    }
}

/// An object's members in the order in which they are written, one that is there twice included.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(InOrder).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"b": 1.50, "a":{"x.y":["p\"q", {}, {"z": null}], "n": true}, "b2": []}"#;

    fn shown(json: &str) -> Vec<String> {
        let line = |line: &Line| {
            let path = line.path.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
            let what = match &line.what {
                What::Leaf(text) => text.clone(),
                What::Object(members) => format!("object of {members}"),
                What::List(members) => format!("list of {members}"),
            };
            format!("{}{} | {path} | {what} | {}", "  ".repeat(line.depth), line.key, line.end)
        };
        lines(json).unwrap().iter().map(line).collect()
    }

    #[test]
    fn members_keep_their_order_and_their_writing() {
        assert_eq!(
            shown(EVENT),
            [
                "b | b | 1.50 | 1",
                "a | a | object of 2 | 8",
                r#"  x.y | a."x.y" | list of 3 | 7"#,
                r#"    [0] | a."x.y"[0] | "p\"q" | 4"#,
                r#"    [1] | a."x.y"[1] | {} | 5"#,
                r#"    [2] | a."x.y"[2] | object of 1 | 7"#,
                r#"      z | a."x.y"[2].z | null | 7"#,
                "  n | a.n | true | 8",
                "b2 | b2 | [] | 9",
            ]
        );
        assert_eq!(shown(r#"[1, "a"]"#), ["[0] | - | 1 | 1", r#"[1] | - | "a" | 2"#]);
        assert_eq!(shown(r#"{"a":1,"a":2}"#).len(), 2, "a key that is there twice is shown twice");
        assert_eq!(lines("{\"cut"), None);
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(110), "]".repeat(110));
        assert_eq!(lines(&deep).unwrap().len(), DEEPEST + 1);
    }

    #[test]
    fn leaves_are_the_values_that_filters_compare() {
        let read = |text: &str| value_of(text);
        assert_eq!(read(r#""a\u00e9\"""#), Value::Text("aé\"".into()));
        assert_eq!(read("12"), Value::Integer(12));
        assert_eq!(read("1.50"), Value::Number("1.50".into()));
        assert_eq!(read("99999999999999999999"), Value::Number("99999999999999999999".into()));
        assert_eq!([read("true"), read("null")], [Value::Boolean(true), Value::Null]);
        assert_eq!(read("{}"), Value::Text("{}".into()));
    }
}
