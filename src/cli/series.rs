//! `coldtrail series`.

use super::arguments::{ScopeArguments, field_or_usage};
use super::{CliError, RowFormat, answer, exit, opening};
use crate::model::Dataset;
use crate::present::chart::Shape;
use crate::query::{AUTO_BINS, BinWidth, GroupBy, Measure, SeriesQuery};
use crate::questions::SeriesQuestion;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DatasetName {
    Flows,
    Events,
}

impl From<DatasetName> for Dataset {
    fn from(name: DatasetName) -> Self {
        match name {
            DatasetName::Flows => Dataset::Flows,
            DatasetName::Events => Dataset::Events,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MeasureName {
    Bytes,
    Packets,
    Records,
}

/// Lists a measure over time, in time bins
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail series incident.coldtrail --dataset flows --bin 1h --measure bytes --by action\n  coldtrail series incident.coldtrail --dataset events --bin auto --by event_name --top 5"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Records to use
    #[arg(long, value_enum)]
    pub dataset: DatasetName,
    /// Bin width: 1m, 5m, 1h, 1d, any number of s, m, h or d up to a day, or auto (the narrowest standard width with at most 300
    /// bins)
    #[arg(long, value_name = "WIDTH", default_value = "auto")]
    pub bin: String,
    /// What to sum; by default bytes for flows and records for events
    #[arg(long, value_enum)]
    pub measure: Option<MeasureName>,
    /// One series per top value of this field, or of ip, port, pair, pkt_pair, service, principal
    #[arg(long, value_name = "FIELD")]
    pub by: Option<String>,
    /// Number of values; all others form the series "other"
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,
    /// Also print bins without records: 0 where there is evidence for that hour, empty where there is none
    #[arg(long)]
    pub zeros: bool,
    #[command(flatten)]
    pub scope: ScopeArguments,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let dataset = Dataset::from(arguments.dataset);
    let measure = measure(arguments.measure, dataset);
    let query = SeriesQuery {
        scope: arguments.scope.scope(dataset)?,
        measure,
        bin: width(&arguments.bin)?,
        by: arguments.by.as_deref().map(|name| group(dataset, name)).transpose()?,
        top: arguments.top,
        threshold: None,
    };
    let question = SeriesQuestion { zeros: arguments.zeros, ..SeriesQuestion::new(query, Shape::default()) };
    answer::print(&reader, &question, &arguments.rows)?;
    Ok(exit::DONE)
}

pub(super) fn measure(named: Option<MeasureName>, dataset: Dataset) -> Measure {
    match (named, dataset) {
        (Some(MeasureName::Bytes), _) | (None, Dataset::Flows) => Measure::Bytes,
        (Some(MeasureName::Packets), _) => Measure::Packets,
        (Some(MeasureName::Records), _) | (None, Dataset::Events) => Measure::Records,
    }
}

pub(super) fn width(text: &str) -> Result<BinWidth, CliError> {
    if text == "auto" {
        return Ok(BinWidth::Auto);
    }
    let wrong = || {
        CliError::Usage(format!(
            "--bin {text}: use 1s to 1d, such as 30s, 1m, 5m, 1h or 1d, or auto (at most {AUTO_BINS} bins)"
        ))
    };
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let secs = number.parse::<u32>().ok().and_then(|number| number.checked_mul(unit));
    secs.filter(|secs| (1..=86_400).contains(secs)).map(BinWidth::Secs).ok_or_else(wrong)
}

pub(super) fn group(dataset: Dataset, name: &str) -> Result<GroupBy, CliError> {
    Ok(match (dataset, name) {
        (Dataset::Flows, "ip") => GroupBy::Talker,
        (Dataset::Flows, "port") => GroupBy::EitherPort,
        (Dataset::Flows, "pair") => GroupBy::Pair,
        (Dataset::Flows, "pkt_pair") => GroupBy::PacketPair,
        (Dataset::Flows, "service") => GroupBy::Service,
        (Dataset::Events, "principal") => GroupBy::Principal,
        (Dataset::Events, "error") => GroupBy::Field(field_or_usage(dataset, "error_code")?),
        _ => GroupBy::Field(field_or_usage(dataset, name)?),
    })
}
