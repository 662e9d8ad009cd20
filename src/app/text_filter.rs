//! The filter bar's side of the filter language: parsing, mistakes with their place, completion.

use super::source::Filter;
use crate::model::{Dataset, field};
use std::ops::Range;

/// What is wrong with a filter text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterProblem {
    /// Bytes of the text.
    pub span: Range<usize>,
    pub message: String,
    pub proposal: Option<String>,
}

/// `Ok(None)` for an empty text.
pub fn parse(text: &str, dataset: Dataset) -> Result<Option<Filter>, FilterProblem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let mut at = 0;
    for part in text.split(" and ") {
        let words: Vec<&str> = part.split_whitespace().filter(|w| *w != "not").collect();
        let problem =
            |message: &str| FilterProblem { span: at..at + part.len(), message: message.into(), proposal: None };
        match words.as_slice() {
            [name, "=" | "!=" | ">" | "<", value, ..] if !value.starts_with('=') => {
                if field::by_name(dataset, name).is_none() {
                    return Err(problem("unknown field"));
                }
            }
            _ => return Err(problem("a comparison is expected")),
        }
        at += part.len() + 5;
    }
    Ok(Some(Filter(text.trim().to_owned())))
}

/// What could stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the text that a candidate replaces.
    pub replaces: Range<usize>,
    pub candidates: Vec<String>,
    /// Values of this field that begin so fit as well; the case knows them.
    pub values: Option<(crate::model::FieldId, String)>,
}

/// `cursor` is a byte of the text.
pub fn complete(text: &str, cursor: usize, dataset: Dataset) -> Completion {
    let head = text.get(..cursor).unwrap_or(text);
    let start = head.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let word = &head[start..];
    let before: Vec<&str> = head[..start].split_whitespace().collect();
    if let [.., name, "=" | "!="] = before.as_slice() {
        let values = field::by_name(dataset, name).map(|f| (f, word.to_owned()));
        return Completion { replaces: start..head.len(), candidates: Vec::new(), values };
    }
    let candidates = field::of(dataset).map(|f| f.name().to_owned()).filter(|n| n.starts_with(word) && n != word);
    let candidates = if word.is_empty() { Vec::new() } else { candidates.collect() };
    Completion { replaces: start..head.len(), candidates, values: None }
}
