//! The filter bar's side of the filter language: parsing, mistakes with their place, completion with the case's values.

use crate::filter::complete::{self, KnownValues};
use crate::filter::{self, Filter, FilterError, Target};
use crate::model::{Dataset, FieldId, field};
use std::cell::RefCell;
use std::ops::Range;

/// `Ok(None)` for an empty text.
pub(crate) fn parse(text: &str, dataset: Dataset) -> Result<Option<Filter>, FilterError> {
    if text.trim().is_empty() { Ok(None) } else { filter::parse(text, dataset).map(Some) }
}

/// The current filter and one more condition, in canonical text.
///
/// # Errors
/// The current filter is no filter.
pub(crate) fn narrowed(applied: &str, dataset: Dataset, clause: Filter) -> Result<String, FilterError> {
    Ok(filter::parse(applied, dataset)?.narrowed(clause).to_string())
}

/// What could be at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Bytes of the text that a candidate replaces.
    pub replaces: Range<usize>,
    pub candidates: Vec<String>,
    /// Values of this field that begin so fit here; the case is to be asked for them.
    pub values: Option<(FieldId, String)>,
}

/// Values that the case has already told, and the question that was put.
struct Told<'a> {
    lookup: &'a dyn Fn(FieldId, &str) -> Vec<String>,
    dataset: Dataset,
    asked: RefCell<Option<(FieldId, String)>>,
}

impl KnownValues for Told<'_> {
    fn values(&self, target: &Target, typed: &str) -> Vec<String> {
        let field = match target {
            Target::Field(field) => Some(*field),
            Target::EitherAddress => field::by_name(self.dataset, "srcaddr"),
            _ => None,
        };
        let Some(field) = field else { return Vec::new() };
        *self.asked.borrow_mut() = Some((field, typed.to_owned()));
        (self.lookup)(field, typed)
    }
}

/// `cursor` is a byte of the text. `lookup` gives the values that are known of a field without waiting.
pub(crate) fn complete(
    text: &str,
    cursor: usize,
    dataset: Dataset,
    lookup: &dyn Fn(FieldId, &str) -> Vec<String>,
) -> Completion {
    let told = Told { lookup, dataset, asked: RefCell::default() };
    let completion = complete::complete(text, cursor, dataset, &told);
    let typed = text.get(completion.span.clone()).unwrap_or_default();
    let candidates = completion.items.into_iter().map(|item| item.text).filter(|item| item != typed).collect();
    Completion { replaces: completion.span, candidates, values: told.asked.into_inner() }
}
