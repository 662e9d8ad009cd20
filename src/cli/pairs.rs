//! `coldtrail pairs`.

use super::arguments::{ScopeArguments, sort_keys, unknown};
use super::{CliError, RowFormat, answer, exit, opening};
use crate::model::{Address, Dataset, Value};
use crate::query::tables::{Column, Table};
use crate::query::{
    ConversationColumn, ConversationQuery, ConversationSort, PairColumn, PairKey, PairQuery, PairSort, QueryError,
    Repeats,
};
use crate::questions::{ConversationsQuestion, PairsQuestion, Question};
use std::path::PathBuf;

/// Lists address pairs with their data ratio (bytes per record)
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail pairs incident.coldtrail --ip 10.0.1.4 --limit 20\n  coldtrail pairs incident.coldtrail --fold --once --external --sort -sent_bytes"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Only pairs with this address on either side, plus the records without any address as one pair (as in the
    /// playbook's data ratio); to exclude those, use --filter 'ip = IP'
    #[arg(long, value_name = "IP")]
    pub ip: Option<String>,
    /// Group by the two addresses, by addresses and direction, or by the packet-level addresses
    #[arg(long, value_name = "src,dst | src,dst,flow_direction | pkt", default_value = "src,dst")]
    pub by: String,
    /// Combine both directions in one row, with the side that probably started it
    #[arg(long)]
    pub fold: bool,
    /// With --fold: count traffic that was recorded at two interfaces once
    #[arg(long, requires = "fold")]
    pub once: bool,
    /// Only pairs with a public address outside your own networks
    #[arg(long)]
    pub external: bool,
    /// Sort by this column; -COLUMN for descending; several separated by commas
    #[arg(long, value_name = "[-]COLUMN", default_value = "-total_bytes", allow_hyphen_values = true)]
    pub sort: String,
    /// Maximum number of rows
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let ip = arguments
        .ip
        .as_deref()
        .map(|text| {
            Address::parse(text.as_bytes()).ok_or_else(|| CliError::Usage(format!("{text} is not an IP address")))
        })
        .transpose()?;
    let query = PairQuery {
        scope: arguments.scope.scope(Dataset::Flows)?,
        by: key(&arguments.by)?,
        keep_addressless: ip.is_some(),
        ip,
        only_external: arguments.external,
        own: Vec::new(),
        sort: Vec::new(),
        limit: arguments.limit,
    };
    let question: Box<dyn Question> = match arguments.fold {
        true => Box::new(ConversationsQuestion(ConversationQuery {
            sort: sort_by(&arguments.sort, ConversationColumn::ALL.into_iter(), ConversationColumn::name)?
                .map(|(column, descending)| ConversationSort { column, descending })
                .collect(),
            repeats: if arguments.once { Repeats::LeftOut } else { Repeats::Counted },
            limit: arguments.limit,
            pairs: PairQuery { limit: None, ..query },
        })),
        false => Box::new(PairsQuestion(PairQuery {
            sort: sort_by(&arguments.sort, PairColumn::of(query.by), PairColumn::name)?
                .map(|(column, descending)| PairSort { column, descending })
                .collect(),
            ..query
        })),
    };
    answer::print(&reader, question.as_ref(), &arguments.rows)?;
    Ok(exit::DONE)
}

/// `-COLUMN,COLUMN` of these.
pub(super) fn sort_by<C: Copy>(
    text: &str,
    known: impl Iterator<Item = C> + Clone,
    name: impl Fn(C) -> &'static str + Copy,
) -> Result<impl Iterator<Item = (C, bool)>, CliError> {
    let key = |(wanted, descending): (&str, bool)| {
        let column = known.clone().find(|column| name(*column) == wanted);
        Ok((column.ok_or_else(|| unknown("column", wanted, known.clone().map(name)))?, descending))
    };
    Ok(sort_keys(text).map(key).collect::<Result<Vec<_>, CliError>>()?.into_iter())
}

/// Pairs as the playbook prints its data ratio: its columns in front, times as `2021/05/16 07:49:46` in this zone.
pub(super) struct DataRatio<'a> {
    table: Box<dyn Table + 'a>,
    zone: chrono_tz::Tz,
    columns: Vec<Column>,
    /// Where they are in the table.
    places: Vec<usize>,
}

impl<'a> DataRatio<'a> {
    pub(super) fn new(table: Box<dyn Table + 'a>, zone: Option<chrono_tz::Tz>) -> Self {
        use PairColumn as C;
        let order = [
            C::Srcaddr,
            C::Dstaddr,
            C::RecordCount,
            C::TotalBytes,
            C::DataRatio,
            C::FirstSeen,
            C::LastSeen,
            C::Packets,
            C::Accepted,
            C::Rejected,
        ];
        let place = |column: &PairColumn| table.columns().iter().position(|known| known.name == column.name());
        let places: Vec<usize> = order.iter().filter_map(place).collect();
        let columns = places.iter().filter_map(|place| table.columns().get(*place)).cloned().collect();
        Self { table, zone: zone.unwrap_or(chrono_tz::UTC), columns, places }
    }

    fn written(&self, value: Option<&Value>) -> Value {
        match value {
            Some(Value::Time(time)) => chrono::DateTime::from_timestamp_millis(time.0)
                .map_or(Value::Time(*time), |utc| {
                    Value::Text(utc.with_timezone(&self.zone).format("%Y/%m/%d %H:%M:%S").to_string())
                }),
            Some(other) => other.clone(),
            None => Value::Null,
        }
    }
}

impl Table for DataRatio<'_> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.table.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let rows = self.table.rows(from, count)?;
        let row = |row: &Vec<Value>| self.places.iter().map(|place| self.written(row.get(*place))).collect();
        Ok(rows.iter().map(row).collect())
    }
}

pub(super) fn key(text: &str) -> Result<PairKey, CliError> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    match names.as_slice() {
        ["src" | "srcaddr", "dst" | "dstaddr"] => Ok(PairKey::Addresses),
        ["src" | "srcaddr", "dst" | "dstaddr", "flow_direction" | "direction"] => Ok(PairKey::AddressesAndDirection),
        ["pkt"] | ["pkt_srcaddr", "pkt_dstaddr"] => Ok(PairKey::PacketAddresses),
        _ => Err(CliError::Usage(format!("--by {text}: use src,dst or src,dst,flow_direction or pkt"))),
    }
}
