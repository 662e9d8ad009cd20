//! `coldtrail sql`.

use super::output::{self, Rows};
use super::{CliError, RowFormat, exit, opening, stop};
use crate::query::{self, SqlDialect, SqlLimits, SqlStatement};
use std::path::PathBuf;

/// Runs read-only SQL over the views flow_record, cloudtrail_event and cloudtrail_occurrence, or over Athena's tables
#[derive(Debug, clap::Args)]
#[command(after_help = "Athena's tables are vpcflow, vpc_flow_logs, cloudtrail_logs, cloudtrail, incident_iocs and \
                  incident_vpc_flow_directional; a statement that names one is read in Athena's dialect.\n\nExample:\n  \
                  coldtrail sql incident.coldtrail \"SELECT action, count(*) FROM flow_record GROUP BY action\"\n  \
                  coldtrail sql incident.coldtrail \"SELECT useridentity.username, sourceipaddress FROM cloudtrail_logs\"")]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// One read-only statement
    pub statement: String,
    /// Maximum number of rows
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub limit: usize,
    /// How the statement is read; auto: Athena's dialect where it names one of Athena's tables
    #[arg(long, value_enum, default_value_t = Dialect::Auto)]
    pub dialect: Dialect,
    /// Reads table X of the statement as VIEW; can be given several times
    #[arg(long, value_name = "X=VIEW")]
    pub table: Vec<String>,
    /// Print the statement that SQLite is given, to standard error
    #[arg(long)]
    pub show_sql: bool,
    #[command(flatten)]
    pub rows: RowFormat,
}

/// How a statement is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    Auto,
    Athena,
    Sqlite,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let limits = SqlLimits { rows: arguments.limit, time: None };
    let dialect = match arguments.dialect {
        Dialect::Auto => SqlDialect::Auto,
        Dialect::Athena => SqlDialect::Athena,
        Dialect::Sqlite => SqlDialect::Sqlite,
    };
    let tables = arguments.table.iter().map(|given| table(given)).collect::<Result<_, _>>()?;
    let statement = SqlStatement { text: arguments.statement.clone(), dialect, tables };
    let result = query::read_only_sql(&reader, &statement, limits, &stop::on_signal())?;
    if arguments.show_sql {
        output::tell(&result.sql);
    }
    result.remarks.iter().for_each(|remark| output::tell(&format!("coldtrail: {}", output::escape(remark))));
    let mut out = Rows::new(&arguments.rows, &result.columns)?;
    for row in &result.rows {
        stop::check()?;
        out.json_row(row)?;
    }
    out.finish()?;
    if result.cut {
        output::tell(&format!("coldtrail: there are more than {} rows; use --limit to get more", arguments.limit));
    }
    Ok(exit::DONE)
}

/// `X=VIEW`: the name in lower case, and the view.
fn table(given: &str) -> Result<(String, String), CliError> {
    let (name, view) = given.split_once('=').unwrap_or((given, ""));
    if query::ATHENA_VIEWS.contains(&view) && !name.is_empty() {
        return Ok((name.to_lowercase(), view.to_owned()));
    }
    let views = query::ATHENA_VIEWS.join(", ");
    Err(CliError::Usage(format!("--table {given}: write X=VIEW, where VIEW is one of {views}")))
}
