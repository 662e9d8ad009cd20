//! `coldtrail allow`: the allow-lists of analyses.

use super::opening::{Writing, read};
use super::output::{Rows, tell};
use super::{CliError, RowFormat, exit};
use crate::analysis::allow::{self, Allowed, OFFERED};
use crate::app::decisions::{self, Deciding, DecisionError};
use crate::model::Value;
use crate::present::text::Texts;
use std::path::PathBuf;

/// Allow-lists of analyses: filters with a reason; rows of which every record matches are left out, and counted
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds a filter to the allow-list of an analysis
    #[command(
        after_help = "Example:\n  coldtrail allow add incident.coldtrail beacons --filter 'protocol = udp and port = 123' --reason 'time service'\n  coldtrail allow list incident.coldtrail --offered"
    )]
    Add {
        #[command(flatten)]
        entry: Entry,
        /// Why these records are left out
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Lists the current entries
    #[command(
        after_help = "Example:\n  coldtrail allow list incident.coldtrail\n  coldtrail allow list incident.coldtrail beacons"
    )]
    List {
        /// The case file
        case: PathBuf,
        /// Only the entries of this analysis
        analysis: Option<String>,
        /// List the filters that are offered instead; none of them is set
        #[arg(long)]
        offered: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Removes a filter from the allow-list of an analysis
    #[command(
        after_help = "Example:\n  coldtrail allow remove incident.coldtrail beacons --filter 'protocol = udp and port = 123'"
    )]
    Remove {
        #[command(flatten)]
        entry: Entry,
        #[command(flatten)]
        writing: Writing,
    },
}

#[derive(Debug, clap::Args)]
pub struct Entry {
    /// The case file
    pub case: PathBuf,
    /// The analysis, as in coldtrail query
    pub analysis: String,
    /// The filter, as in coldtrail flows
    #[arg(long, value_name = "FILTER")]
    pub filter: String,
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Add { entry: Entry { case, analysis, filter }, reason, writing } => {
            let deciding =
                Deciding::Allow { analysis: analysis.clone(), filter: filter.clone(), reason: reason.clone() };
            if decisions::decide(writing.at(case)?, &deciding).map_err(failed)?.is_none() {
                tell("the allow-list has this filter already; nothing changed");
            }
        }
        Command::Remove { entry: Entry { case, analysis, filter }, writing } => {
            let target = writing.at(case)?;
            let removal = decisions::removal(&read(case)?, analysis, filter).map_err(failed)?;
            decisions::decide(target, &Deciding::Put(removal)).map_err(failed)?;
        }
        Command::List { offered: true, rows, .. } => {
            let texts = Texts::english();
            let mut out = Rows::new(rows, &["filter", "reason"])?;
            for (id, filter) in OFFERED {
                out.row(&[Value::Text(filter.to_owned()), Value::Text(texts.tr(id))])?;
            }
            out.finish()?;
        }
        Command::List { case, analysis, rows, .. } => {
            let list = allow::allowed(&read(case)?)?;
            let mut out = Rows::new(rows, &["analysis", "number", "filter", "reason", "added_utc", "examiner"])?;
            for entry in list.iter().filter(|entry| analysis.as_ref().is_none_or(|name| *name == entry.analysis)) {
                out.row(&values(entry))?;
            }
            out.finish()?;
        }
    }
    Ok(exit::DONE)
}

fn values(entry: &Allowed) -> [Value; 6] {
    let text = |text: &str| Value::Text(text.to_owned());
    [
        text(&entry.analysis),
        Value::Integer(entry.number.into()),
        text(&entry.filter),
        text(&entry.reason),
        text(&entry.added_utc),
        text(&entry.examiner),
    ]
}

fn failed(error: DecisionError) -> CliError {
    match error {
        DecisionError::Case(error) => error.into(),
        DecisionError::Query(error) => error.into(),
        DecisionError::NoAnalysis(_)
        | DecisionError::BadFilter { .. }
        | DecisionError::NoFilter
        | DecisionError::NoReason(_)
        | DecisionError::NoEntry { .. } => CliError::Usage(error.to_string()),
    }
}
