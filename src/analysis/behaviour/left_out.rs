//! Rows of an analysis that its allow-list leaves out, before they become leads.

use crate::model::Value;
use crate::query::QueryError;

/// Is this row, of the analysis with this name, left out? The row is only made where the analysis has an allow-list.
pub(super) type LeftOut<'a> = dyn Fn(&'static str, &dyn Fn() -> Vec<Value>) -> Result<bool, QueryError> + 'a;

/// Of what an analysis found, what is not left out.
pub(super) fn kept<T>(
    analysis: &'static str,
    found: Vec<T>,
    row: impl Fn(&T) -> Vec<Value>,
    left_out: &LeftOut<'_>,
) -> Result<Vec<T>, QueryError> {
    let mut kept = Vec::with_capacity(found.len());
    for one in found {
        if !left_out(analysis, &|| row(&one))? {
            kept.push(one);
        }
    }
    Ok(kept)
}
