//! JSON that is a table: a list of objects, lines of them, or an object that holds one somewhere (abuse.ch's exports,
//! OTX pulses, Spamhaus, the answers of most platforms). A row's position is its place among the rows.

use super::collect::Collector;
use super::columns::{Role, role_of_header, roles};
use super::csv::{Row, read_row};
use super::value::recognise;
use super::{ListFormat, ListOptions, ReadList};
use crate::model::IssueReason;
use serde_json::{Map, Value};

/// Objects in objects: more than anybody exports.
const DEEPEST: usize = 8;

/// The rows of a value, each with the name that it is under.
fn rows_of<'a>(value: &'a Value, under: &str, depth: usize, rows: &mut Vec<Element<'a>>) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::String(text) if holds_values(under) => rows.push(Element::Text(text)),
                    Value::String(_) => {}
                    other => rows_of(other, under, depth + 1, rows),
                }
            }
        }
        Value::Object(members) if is_row(members) => rows.push(Element::Row(members)),
        Value::Object(members) => {
            let before = rows.len();
            for (name, member) in members {
                rows_of(member, name, depth + 1, rows);
            }
            // An object of a list that holds nothing: it is reported.
            if rows.len() == before
                && depth > 0
                && members.values().all(|value| !value.is_array() && !value.is_object())
            {
                rows.push(Element::Row(members));
            }
        }
        _ => {}
    }
}

enum Element<'a> {
    Row(&'a Map<String, Value>),
    Text(&'a str),
}

/// Does a list of texts under this name hold indicators?
fn holds_values(name: &str) -> bool {
    let one = name.strip_suffix("es").or_else(|| name.strip_suffix('s')).unwrap_or(name);
    [name, one].iter().any(|name| role_of_header(name) == Some(Role::Value)) || name == "list"
}

/// Has it a member that holds an indicator?
fn is_row(members: &Map<String, Value>) -> bool {
    let is_scalar = |value: &Value| matches!(value, Value::String(text) if !text.is_empty()) || value.is_number();
    members.iter().any(|(name, value)| is_scalar(value) && role_of_header(name) == Some(Role::Value))
        || members.contains_key("start") && members.contains_key("end") && !members.contains_key("type")
}

/// Is it JSON whose members are named as a table of indicators?
pub(super) fn is_table(value: &Value) -> bool {
    let mut rows = Vec::new();
    rows_of(value, "", 0, &mut rows);
    rows.iter().any(|row| match row {
        Element::Row(members) => is_row(members),
        Element::Text(text) => recognise(text).is_ok(),
    })
}

pub(super) fn read(values: &[Value], options: &ListOptions) -> ReadList {
    let mut out = Collector::new(ListFormat::Json);
    let mut rows = Vec::new();
    for value in values {
        let depth = usize::from(values.len() > 1);
        rows_of(value, "", depth, &mut rows);
        if let (Some(name), true) = (value.get("name").and_then(Value::as_str), out.list.name.is_empty()) {
            out.list.name = name.to_owned();
        }
    }
    let mut names: Vec<String> = Vec::new();
    for row in &rows {
        if let Element::Row(members) = row {
            names.extend(members.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        }
    }
    let cells = |members: &Map<String, Value>| -> Vec<String> {
        names.iter().map(|name| members.get(name).map(text_of).unwrap_or_default()).collect()
    };
    let body: Vec<Vec<String>> = rows
        .iter()
        .filter_map(|row| if let Element::Row(members) = row { Some(cells(members)) } else { None })
        .take(1000)
        .collect();
    let columns: Vec<(String, Role)> = names.iter().cloned().zip(roles(Some(&names), &body, names.len())).collect();
    for (position, row) in (1..).zip(&rows) {
        match row {
            Element::Row(members) => {
                let raw = Value::Object((*members).clone()).to_string();
                let cells = cells(members);
                read_row(&mut out, &Row { position, cells: &cells, raw: &raw }, &columns, options.kind);
            }
            Element::Text(text) => out.element(position, options.kind, text, &Default::default(), text),
        }
    }
    out.list
}

/// Lines that were no JSON among lines that are.
pub(super) fn tell_broken(list: &mut ReadList, broken: &[(u64, String)]) {
    let mut out = Collector::new(list.format);
    for (line, raw) in broken {
        out.issue(*line, IssueReason::Malformed, format!("line {line} is no JSON"), raw);
    }
    list.issues.extend(out.list.issues);
}

/// A member as a cell; the texts of a list with commas between them.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().map(text_of).filter(|text| !text.is_empty()).collect();
            texts.join(", ")
        }
        Value::Null | Value::Object(_) => String::new(),
    }
}
