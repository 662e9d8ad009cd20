//! Values inside JSON: what a path leads to, and the text that lists and objects are compared by.

use super::path::Step;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Every value that the steps lead to, as written. A name steps into each element of a list, so that
/// `resources.ARN` is `resources[*].ARN`.
pub(crate) fn values<'a>(json: &'a str, steps: &[Step]) -> Vec<&'a RawValue> {
    let Ok(root) = serde_json::from_str::<&RawValue>(json) else { return Vec::new() };
    let mut found = vec![root];
    for step in steps {
        found = found.into_iter().flat_map(|value| stepped(value, step)).collect();
    }
    found
}

fn stepped<'a>(value: &'a RawValue, step: &Step) -> Vec<&'a RawValue> {
    let list = || serde_json::from_str::<Vec<&'a RawValue>>(value.get()).unwrap_or_default();
    match step {
        Step::Key(_) if value.get().starts_with('[') => {
            list().into_iter().flat_map(|element| stepped(element, step)).collect()
        }
        Step::Key(key) => {
            let members = serde_json::from_str::<BTreeMap<String, &'a RawValue>>(value.get()).unwrap_or_default();
            members.get(&**key).copied().into_iter().collect()
        }
        Step::Index(index) => list().get(*index as usize).copied().into_iter().collect(),
        Step::Each => list(),
    }
}

/// JSON without the white space between its tokens.
pub(crate) fn without_spaces(json: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            let keep = inside || !c.is_ascii_whitespace();
            if *c == '"' && !escaped {
                inside = !inside;
            }
            escaped = inside && *c == '\\' && !escaped;
            keep
        })
        .collect()
}

/// The same of the text of a list or object; any other text stays as it is.
pub(crate) fn without_spaces_if_nested(text: &str) -> String {
    let is_nested = text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<&RawValue>(text).is_ok();
    if is_nested { without_spaces(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::JsonPath;
    use super::*;

    #[test]
    fn names_step_into_lists() {
        let json = r#"{"a":[{"b":1},{"b":[{"c":2},3]},[{"b":{"c":4}}]],"d":{"b":5}}"#;
        let at = |path: &str| {
            let found = values(json, JsonPath::parse(path).unwrap().steps());
            found.into_iter().map(RawValue::get).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(at("a.b"), r#"1 [{"c":2},3] {"c":4}"#);
        assert_eq!(at("a[*].b"), r#"1 [{"c":2},3] {"c":4}"#);
        assert_eq!(at("a.b.c"), "2 4");
        assert_eq!(at("a[1].b[0].c"), "2");
        assert_eq!(at("d.b"), "5");
        assert_eq!(at("d[0]"), "");
        assert!(values("{", &[]).is_empty());
    }

    #[test]
    fn only_lists_and_objects_lose_their_spaces() {
        assert_eq!(without_spaces_if_nested("{ \"a b\" : [ 1 ] }"), "{\"a b\":[1]}");
        for text in ["{ no json", " a ", "[1", "\"x y\""] {
            assert_eq!(without_spaces_if_nested(text), text);
        }
    }
}
