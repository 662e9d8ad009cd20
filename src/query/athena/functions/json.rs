//! JSON: what a path leads to, as it was written.

use super::{Registry, failed, integer, of_integer, of_text, of_truth, text, text_of};
use rusqlite::Result;
use rusqlite::types::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

pub(super) fn register(on: &Registry<'_>) -> Result<()> {
    on.scalar("json_extract", 2, |context| {
        let (Some(json), Some(path)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        let Some(steps) = steps(&path) else { return failed(format!("{path} is no path into JSON")) };
        Ok(of_text(found(&json, &steps).map(str::to_owned)))
    })?;
    on.scalar("json_extract_scalar", 2, |context| {
        let (Some(json), Some(path)) = (text(context, 0), text(context, 1)) else { return Ok(Value::Null) };
        let Some(steps) = steps(&path) else { return failed(format!("{path} is no path into JSON")) };
        Ok(of_text(found(&json, &steps).and_then(scalar)))
    })?;
    for name in ["json_parse", "json_format"] {
        on.scalar(name, 1, |context| {
            let json = text(context, 0).filter(|json| serde_json::from_str::<&RawValue>(json).is_ok());
            Ok(of_text(json.map(Cow::into_owned)))
        })?;
    }
    on.scalar("json_array_length", 1, |context| {
        let json = text(context, 0);
        let list = json.as_deref().and_then(elements);
        Ok(of_integer(list.and_then(|list| i64::try_from(list.len()).ok())))
    })?;
    on.scalar("json_array_contains", 2, |context| {
        let (json, wanted) = (text(context, 0), text_of(context.get_raw(1)));
        let list = json.as_deref().and_then(elements);
        Ok(of_truth(list.zip(wanted).map(|(list, wanted)| {
            list.iter().any(|element| scalar(element.get()).is_some_and(|value| value == wanted))
        })))
    })?;
    on.scalar("json_array_get", 2, |context| {
        let (json, index) = (text(context, 0), integer(context, 1));
        let list = json.as_deref().and_then(elements);
        let at = |index: i64, len: usize| usize::try_from(if index < 0 { index + len as i64 } else { index }).ok();
        let element = list.zip(index).and_then(|(list, index)| list.get(at(index, list.len())?).copied());
        Ok(of_text(element.map(|element| element.get().to_owned())))
    })?;
    on.scalar("coldtrail_member", -1, |context| {
        let Some(json) = text(context, 0) else { return Ok(Value::Null) };
        let mut here = json.as_ref();
        for at in 1..context.len() {
            let Some(next) = text(context, at).and_then(|key| member(here, &key)) else { return Ok(Value::Null) };
            here = next;
        }
        Ok(of_text(shown(here)))
    })
}

/// The steps of `$.a[0]["b c"]`; a bare name may have a minus in it.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut steps = Vec::new();
    if !path.starts_with('$') {
        // Trino takes a bare name as a key.
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        steps.push(Step::Key((!name.is_empty()).then(|| name.to_owned())?));
        rest = behind;
    }
    while !rest.is_empty() {
        if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, behind) = name.split_at(end);
            steps.push(Step::Key((!name.is_empty()).then(|| name.to_owned())?));
            rest = behind;
            continue;
        }
        let inner = rest.strip_prefix('[')?;
        if let Some(quoted) = inner.strip_prefix('"') {
            let end = quoted.find("\"]")?;
            steps.push(Step::Key(quoted.get(..end)?.replace("\\\"", "\"").replace("\\\\", "\\")));
            rest = quoted.get(end + 2..)?;
        } else {
            let (index, behind) = inner.split_once(']')?;
            steps.push(Step::Index(index.trim().parse().ok()?));
            rest = behind;
        }
    }
    Some(steps)
}

fn found<'a>(json: &'a str, steps: &[Step]) -> Option<&'a str> {
    let mut here = serde_json::from_str::<&RawValue>(json).ok()?.get();
    for step in steps {
        here = match step {
            Step::Key(key) => members(here)?.get(key.as_str())?.get(),
            Step::Index(index) => elements(here)?.get(*index)?.get(),
        };
    }
    Some(here)
}

fn members(json: &str) -> Option<BTreeMap<Cow<'_, str>, &RawValue>> {
    serde_json::from_str(json).ok()
}

pub(super) fn elements(json: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(json).ok()
}

/// A member of an object: of exactly this name, else of one that differs in case only.
fn member<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let members = members(json)?;
    let exact = members.get(key);
    let any = || members.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value);
    exact.or_else(any).map(|value| value.get())
}

/// A text without its quotes, a number, true and false as they are written; nothing else.
fn scalar(json: &str) -> Option<String> {
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok(),
        b'{' | b'[' | b'n' => None,
        _ => Some(json.to_owned()),
    }
}

/// As a column shows it: also objects and lists, as they are written.
pub(super) fn shown(json: &str) -> Option<String> {
    match json.as_bytes().first()? {
        b'{' | b'[' => Some(json.to_owned()),
        _ => scalar(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let key = |name: &str| Step::Key(name.to_owned());
        assert_eq!(steps("$"), Some(vec![]));
        assert_eq!(steps(r#"$.a[0]["b c"].x-y"#), Some(vec![key("a"), Step::Index(0), key("b c"), key("x-y")]));
        assert_eq!(steps("a.b"), Some(vec![key("a"), key("b")]));
        for bad in ["", "$.", "$..a", "$[x]", "$[\"a]", "$a"] {
            assert_eq!(steps(bad), None, "{bad}");
        }
        assert_eq!(member(r#"{"Arn":1,"arn":2}"#, "arn"), Some("2"));
        assert_eq!(member(r#"{"ARN":1}"#, "arn"), Some("1"));
    }
}
