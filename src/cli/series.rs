//! `coldtrail series`.

use super::arguments::{ScopeArguments, field_or_usage};
use super::output::Rows;
use super::pairs::tell_left_out;
use super::query::tell_why_empty;
use super::{CliError, RowFormat, exit, opening, stop};
use crate::model::{Dataset, Timestamp};
use crate::query::named::Question;
use crate::query::tables;
use crate::query::{self, AUTO_BINS, BinWidth, GroupBy, Measure, SeriesKey, SeriesQuery, SeriesTable, Value};
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

/// Lists a measure over time, in bins
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail series incident.coldtrail --dataset flows --bin 1h --measure bytes --by action\n  coldtrail series incident.coldtrail --dataset events --bin auto --by event_name --top 5"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Of which records
    #[arg(long, value_enum)]
    pub dataset: DatasetName,
    /// Width of a bin: 1m, 5m, 1h, 1d, any number of s, m, h or d up to a day, or auto (the narrowest of ours with 300
    /// bins at the most)
    #[arg(long, value_name = "WIDTH", default_value = "auto")]
    pub bin: String,
    /// What is summed; bytes for flows, records for events unless told
    #[arg(long, value_enum)]
    pub measure: Option<MeasureName>,
    /// A series for each of the values with the most: a field, or ip, port, pair, pkt_pair, service, principal
    #[arg(long, value_name = "FIELD")]
    pub by: Option<String>,
    /// So many values; the rest is the series "other"
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,
    /// Also print bins without records: 0 where there is evidence of that hour, no value where there is none
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
    let table = query::series(&reader, &query, &stop::on_signal().queries)?;
    print(&table, &query, arguments.zeros, &arguments.rows)?;
    if table.bins.is_empty() {
        tell_why_empty(&reader, &Question::Series(query))?;
    }
    Ok(exit::DONE)
}

pub(super) fn measure(named: Option<MeasureName>, dataset: Dataset) -> Measure {
    match (named, dataset) {
        (Some(MeasureName::Bytes), _) | (None, Dataset::Flows) => Measure::Bytes,
        (Some(MeasureName::Packets), _) => Measure::Packets,
        (Some(MeasureName::Records), _) | (None, Dataset::Events) => Measure::Records,
    }
}

/// `bin_start, series, value`, and with a threshold whether it is reached.
pub(super) fn print(table: &SeriesTable, query: &SeriesQuery, zeros: bool, format: &RowFormat) -> Result<(), CliError> {
    let mut names = vec!["bin_start", "series", "value"];
    names.extend(query.threshold.map(|_| "reached"));
    let mut out = Rows::new(format, &names)?;
    let mut row = |start: i64, key: &SeriesKey, value: Value, sum: u128| {
        let mut values = vec![Value::Time(Timestamp::from_secs(start)), tables::series_name(key, query), value];
        values.extend(query.threshold.map(|threshold| Value::Boolean(sum >= u128::from(threshold))));
        out.row(&values)
    };
    let mut next: Option<i64> = None;
    for (place, start) in table.bins.iter().enumerate() {
        while let Some(empty) = next.filter(|next| zeros && next < start) {
            for line in &table.lines {
                let value = if table.gap_at(empty) { Value::Null } else { Value::Integer(0) };
                row(empty, &line.key, value, 0)?;
            }
            next = empty.checked_add(table.bin_secs.into());
        }
        for line in &table.lines {
            let is_there = u32::try_from(place).is_ok_and(|place| line.at.binary_search(&place).is_ok());
            if is_there || zeros {
                row(*start, &line.key, Value::sum(Some(line.value(place))), line.value(place))?;
            }
        }
        next = start.checked_add(table.bin_secs.into());
    }
    out.finish()?;
    if query.measure != Measure::Records {
        tell_left_out(table.left_out);
    }
    if table.untimed > 0 {
        super::output::tell(&format!("records without a time, in no bin: {}", table.untimed));
    }
    Ok(())
}

pub(super) fn width(text: &str) -> Result<BinWidth, CliError> {
    if text == "auto" {
        return Ok(BinWidth::Auto);
    }
    let wrong = || {
        CliError::Usage(format!(
            "--bin {text}: write 1s to 1d, as 30s, 1m, 5m, 1h or 1d, or auto ({AUTO_BINS} bins at the most)"
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
