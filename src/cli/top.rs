//! `coldtrail top`.

use super::arguments::ScopeArguments;
use super::output;
use super::series::DatasetName;
use super::{CliError, RowFormat, answer, exit, opening, stop};
use crate::case::CaseReader;
use crate::model::{Dataset, Value};
use crate::query::QueryError;
use crate::query::tables::{Column, LeftOut, OTHER_GROUPS, Table, Total};
use crate::questions::{GroupsQuestion, Question};
use std::path::PathBuf;

/// Lists the groups of equal values with the most records, bytes, packets or distinct values
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Records without a value are a group, too: its cell is empty. The row other (N groups) is what all further groups come to together.\n\nExample:\n  coldtrail top incident.coldtrail --dataset flows --by dstport,protocol --filter 'action = REJECT' --limit 20\n  coldtrail top incident.coldtrail --dataset flows --by dstaddr --measure 'distinct(srcaddr)'\n  coldtrail top incident.coldtrail --dataset events --by 'resources[*].type'"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Records to use
    #[arg(long, value_enum)]
    pub dataset: DatasetName,
    /// One to three fields, separated by commas; also ip, port and paths into the JSON of an event
    #[arg(long, value_name = "F1[,F2[,F3]]")]
    pub by: String,
    /// What to measure of each group: records, bytes, packets or distinct(FIELD)
    #[arg(long, value_name = "MEASURE", default_value = "records")]
    pub measure: String,
    /// Sort by this column instead of the measure; -COLUMN for descending; several separated by commas
    #[arg(long, value_name = "[-]COLUMN", default_value = "", allow_hyphen_values = true, hide_default_value = true)]
    pub sort: String,
    /// Number of groups
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    #[command(flatten)]
    pub scope: ScopeArguments,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let scope = arguments.scope.scope(Dataset::from(arguments.dataset))?;
    let Arguments { by, measure, sort, limit, .. } = arguments;
    let question = GroupsQuestion::written(scope, by, measure, sort, Some(*limit)).map_err(CliError::Usage)?;
    print(&reader, &question, &arguments.rows)?;
    Ok(exit::DONE)
}

/// Prints groups of equal values.
pub(super) fn print(reader: &CaseReader, question: &dyn Question, format: &RowFormat) -> Result<(), CliError> {
    let table = Groups::new(question.table(reader, &stop::on_signal())?);
    output::table(&table, format)?;
    answer::tell_of(reader, question, &table)
}

/// Groups as text: the row of all others is called so in its first cell.
struct Groups<'a> {
    table: Box<dyn Table + 'a>,
    columns: Vec<Column>,
    /// The column that tells that row from the others, where there is one; it is the last.
    others_at: Option<usize>,
}

impl<'a> Groups<'a> {
    fn new(table: Box<dyn Table + 'a>) -> Self {
        let others_at = table.columns().iter().position(|column| column.name == OTHER_GROUPS);
        let columns = table.columns().iter().filter(|column| column.name != OTHER_GROUPS).cloned().collect();
        Self { table, columns, others_at }
    }

    fn named(&self, mut row: Vec<Value>) -> Vec<Value> {
        let Some(at) = self.others_at.filter(|at| *at < row.len()) else { return row };
        let name = match row.remove(at) {
            Value::Null => return row,
            Value::Integer(1) => "other (1 group)".to_owned(),
            groups => format!("other ({} groups)", groups.to_text()),
        };
        if let Some(first) = row.first_mut() {
            *first = Value::Text(name);
        }
        row
    }
}

impl Table for Groups<'_> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        Ok(self.table.rows(from, count)?.into_iter().map(|row| self.named(row)).collect())
    }

    fn totals(&self) -> &[Total] {
        self.table.totals()
    }

    fn left_out(&self) -> LeftOut {
        self.table.left_out()
    }
}
