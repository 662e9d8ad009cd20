//! How rows are written: the options that every command with a table has.

use clap::{Args, ValueEnum};

/// How rows are printed.
#[derive(Clone, Debug, Args)]
pub struct RowFormat {
    /// How to print rows: table on a terminal, csv when piped
    #[arg(long, value_enum)]
    pub format: Option<RowStyle>,
    /// Time zone of the output, such as Asia/Tokyo; by default UTC
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<chrono_tz::Tz>,
    /// Only these columns of the result, for commands that take their names.
    #[arg(skip)]
    pub columns: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowStyle {
    Table,
    Csv,
    Jsonl,
}
