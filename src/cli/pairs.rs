//! `coldtrail pairs`.

use super::arguments::{ScopeArguments, sort_keys, unknown};
use super::output::{self, Rows, tell};
use super::query::tell_why_empty;
use super::{CliError, RowFormat, exit, opening, stop};
use crate::case::CaseReader;
use crate::model::{Address, Dataset};
use crate::query::named::Question;
use crate::query::tables;
use crate::query::{
    self, ConversationColumn, ConversationQuery, ConversationSort, PairColumn, PairKey, PairQuery, PairSort, PairTable,
    Repeats, Value,
};
use std::path::PathBuf;

/// Rows that are looked up at once.
const PAGE: usize = 4096;

/// Lists address pairs with their data ratio: bytes for each record
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail pairs incident.coldtrail --ip 10.0.1.4 --limit 20\n  coldtrail pairs incident.coldtrail --fold --once --external --sort -sent_bytes"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Only pairs with this address on either side, and the records without any address as one pair (the playbook's
    /// data ratio); without them: --filter 'ip = IP'
    #[arg(long, value_name = "IP")]
    pub ip: Option<String>,
    /// What makes a pair: its two addresses, also the direction, or the packet-level addresses
    #[arg(long, value_name = "src,dst | src,dst,flow_direction | pkt", default_value = "src,dst")]
    pub by: String,
    /// Both directions in one row, with who is likely to have started it
    #[arg(long)]
    pub fold: bool,
    /// With --fold: count traffic once that was seen at two interfaces
    #[arg(long, requires = "fold")]
    pub once: bool,
    /// Only pairs with an end outside private address space and outside the networks that were declared own
    #[arg(long)]
    pub external: bool,
    /// Sort by this column; -COLUMN for descending; several separated by commas
    #[arg(long, value_name = "[-]COLUMN", default_value = "-total_bytes", allow_hyphen_values = true)]
    pub sort: String,
    /// So many rows at the most
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
        .map(|text| Address::parse(text.as_bytes()).ok_or_else(|| CliError::Usage(format!("{text} is no IP address"))))
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
    if arguments.fold {
        return folded(&reader, arguments, query);
    }
    let sort = sort_keys(&arguments.sort)
        .map(|(name, descending)| {
            let column = PairColumn::of(query.by).find(|column| column.name() == name);
            let column =
                column.ok_or_else(|| unknown("column", name, PairColumn::of(query.by).map(PairColumn::name)))?;
            Ok(PairSort { column, descending })
        })
        .collect::<Result<_, CliError>>()?;
    let query = PairQuery { sort, ..query };
    let table = query::pairs(&reader, &query, &stop::on_signal().queries)?;
    print(&reader, &table, &arguments.rows)?;
    if table.is_empty() {
        tell_why_empty(&reader, &Question::Pairs(query))?;
    }
    Ok(exit::DONE)
}

/// The pairs as rows; what was left out of the sums is told.
pub(super) fn print(reader: &CaseReader, table: &PairTable, format: &RowFormat) -> Result<(), CliError> {
    output::table(&tables::Pairs::new(reader, table), format)?;
    tell_left_out(table.totals.left_out);
    Ok(())
}

/// The same as the playbook prints it: the columns of its data ratio in front, times as `2021/05/16 07:49:46`.
pub(super) fn print_data_ratio(reader: &CaseReader, table: &PairTable, format: &RowFormat) -> Result<(), CliError> {
    use PairColumn as C;
    const COLUMNS: [PairColumn; 10] = [
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
    let zone = format.tz.unwrap_or(chrono_tz::UTC);
    let written = |value: Value| match value {
        Value::Time(time) => chrono::DateTime::from_timestamp_millis(time.0).map_or(Value::Time(time), |utc| {
            Value::Text(utc.with_timezone(&zone).format("%Y/%m/%d %H:%M:%S").to_string())
        }),
        other => other,
    };
    let mut out = Rows::new(format, &COLUMNS.map(PairColumn::name))?;
    for first in (0..table.len()).step_by(PAGE) {
        stop::check()?;
        for row in query::pair_rows(reader, table, first..first + PAGE)? {
            out.row(&COLUMNS.map(|column| written(row.value(column))))?;
        }
    }
    out.finish()
}

/// Records that count as records, and whose counters do not.
pub(super) fn tell_left_out(records: u64) {
    if records > 0 {
        tell(&format!("NODATA and SKIPDATA records, counted and left out of the sums: {records}"));
    }
}

fn folded(reader: &CaseReader, arguments: &Arguments, pairs: PairQuery) -> Result<u8, CliError> {
    let sort = sort_keys(&arguments.sort)
        .map(|(name, descending)| {
            let known = || ConversationColumn::ALL.into_iter();
            let column = known().find(|column| column.name() == name);
            let column = column.ok_or_else(|| unknown("column", name, known().map(ConversationColumn::name)))?;
            Ok(ConversationSort { column, descending })
        })
        .collect::<Result<_, CliError>>()?;
    let repeats = if arguments.once { Repeats::LeftOut } else { Repeats::Counted };
    let query = ConversationQuery { pairs, repeats, sort, limit: arguments.limit };
    let table = query::conversations(reader, &query, &stop::on_signal().queries)?;
    output::table(&tables::Conversations::new(reader, &table), &arguments.rows)?;
    tell_left_out(table.totals.left_out);
    if table.is_empty() {
        tell_why_empty(reader, &Question::Pairs(query.pairs))?;
    }
    Ok(exit::DONE)
}

pub(super) fn key(text: &str) -> Result<PairKey, CliError> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    match names.as_slice() {
        ["src" | "srcaddr", "dst" | "dstaddr"] => Ok(PairKey::Addresses),
        ["src" | "srcaddr", "dst" | "dstaddr", "flow_direction" | "direction"] => Ok(PairKey::AddressesAndDirection),
        ["pkt"] | ["pkt_srcaddr", "pkt_dstaddr"] => Ok(PairKey::PacketAddresses),
        _ => Err(CliError::Usage(format!("--by {text}: write src,dst or src,dst,flow_direction or pkt"))),
    }
}
