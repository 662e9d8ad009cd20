//! The answer to a question on standard output: its table, what of the records is in no sum, and why it is empty.

use super::arguments::unknown;
use super::output::{self, tell};
use super::{CliError, RowFormat, stop};
use crate::case::CaseReader;
use crate::model::{Dataset, Timestamp, Value};
use crate::query::Cancel;
use crate::query::tables::{LeftOut, Table};
use crate::questions::{Emptiness, Question, UnknownColumn, emptiness};

/// Prints the answer, with the columns that the format names.
pub(super) fn print(reader: &CaseReader, question: &dyn Question, format: &RowFormat) -> Result<(), CliError> {
    let other = question.shown(reader, format.columns.as_deref())?;
    // Columns that the question itself was given need not be searched for in its table.
    let columns = if other.is_some() { None } else { format.columns.clone() };
    let question = other.as_deref().unwrap_or(question);
    let table = question.table(reader, &cancel())?;
    output::table(table.as_ref(), &RowFormat { columns, ..format.clone() })?;
    tell_of(reader, question, table.as_ref())
}

/// What is reported beside a table: on standard error, so that its rows stay rows.
pub(super) fn tell_of(reader: &CaseReader, question: &dyn Question, table: &dyn Table) -> Result<(), CliError> {
    let LeftOut { of_sums, untimed, allowed } = table.left_out();
    if of_sums > 0 {
        tell(&format!("NODATA and SKIPDATA records, counted but excluded from the sums: {of_sums}"));
    }
    if untimed > 0 {
        tell(&format!("records without a time, in no bin: {untimed}"));
    }
    if allowed > 0 {
        tell(&format!("rows left out by the allow-list: {allowed}; list it with: coldtrail allow list CASE"));
    }
    // One figure of no records is a row, too.
    let of_nothing = table.totals().iter().any(|total| total.name == "records" && total.value == Value::Integer(0));
    if table.is_empty() || of_nothing {
        tell_why_empty(reader, question)?;
    }
    Ok(())
}

/// An empty answer says why it is.
pub(super) fn tell_why_empty(reader: &CaseReader, question: &dyn Question) -> Result<(), CliError> {
    let Some((why, untimed)) = emptiness(question, reader, &cancel())? else { return Ok(()) };
    let bound = |time: Option<Timestamp>| time.map_or("...".to_owned(), |time| time.to_iso());
    tell(&match why {
        Emptiness::NoRecords(Dataset::Flows) => "no matches: the case has no flow records".to_owned(),
        Emptiness::NoRecords(Dataset::Events) => "no matches: the case has no CloudTrail events".to_owned(),
        Emptiness::NoneInRange(range) => {
            format!("no matches: no records from {} to {}", bound(range.from), bound(range.to))
        }
        Emptiness::NoneMatch => "no matches: the case has records, but none match".to_owned(),
        Emptiness::Limit => "no matches: records match, but the limit excludes all of them".to_owned(),
    });
    if untimed > 0 {
        tell(&format!(
            "matching records without a time, excluded by the time range: {untimed}; omit --from and --to to include them"
        ));
    }
    Ok(())
}

fn cancel() -> Cancel {
    stop::on_signal()
}

impl From<UnknownColumn> for CliError {
    fn from(error: UnknownColumn) -> Self {
        match error {
            UnknownColumn::Name { what, name, known } => unknown(what, &name, known.iter().map(String::as_str)),
            UnknownColumn::Query(error) => error.into(),
        }
    }
}
