//! `coldtrail sightings`.

use super::arguments::ScopeArguments;
use super::output::{Rows, tell};
use super::{CliError, RowFormat, exit, opening, stop};
use crate::app::owners::{self, OwnerDatabase, Owners};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Target};
use crate::model::{Dataset, RecordId, Timestamp};
use crate::query::{
    self, By, Counts, Looked, MarkKind, PLAYBOOK_COLUMNS, PlaybookQuery, PlaybookTable, Scope, Sighting, SightingQuery,
    SightingRow, SightingTable, Subject, Value,
};
use std::path::PathBuf;

/// Rows that are looked up at once.
const PAGE: usize = 1024;

/// Shows which indicators the evidence holds, and which it does not
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail sightings incident.coldtrail\n  coldtrail sightings incident.coldtrail --by host --limit 20\n  coldtrail sightings incident.coldtrail --playbook --format csv",
    mut_arg("filter", |filter| filter.help("Only flow records that match; events are looked at as they are"))
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// What a row stands for: indicator, host (the address on the other side), list, or record
    #[arg(long, value_name = "WHAT", default_value = "indicator", value_parser = ["indicator", "host", "list", "record"])]
    pub by: String,
    /// The playbook's directional view: rows to an indicator (its word: INBOUND) and rows from one (OUTBOUND)
    #[arg(long, conflicts_with = "by")]
    pub playbook: bool,
    /// With --playbook: our own word for the direction as a last column, to IOC or from IOC
    #[arg(long, requires = "playbook")]
    pub words: bool,
    /// Whose the addresses of hosts and indicators are, and in which country, by the databases that the case remembers
    /// (coldtrail label owners)
    #[arg(long, conflicts_with = "playbook")]
    pub owners: bool,
    /// Only entries of this list
    #[arg(long, value_name = "NAME", conflicts_with = "playbook")]
    pub list: Option<String>,
    /// Only indicators that were seen
    #[arg(long)]
    pub seen: bool,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// So many rows at the most
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub rows: RowFormat,
}

impl Arguments {
    /// The filter is about flow records.
    fn scope(&self, dataset: Dataset) -> Result<Scope, CliError> {
        match dataset {
            Dataset::Flows => self.scope.scope(dataset),
            Dataset::Events => {
                Ok(Scope { dataset, filter: None, range: self.scope.range()?, duplicates: self.scope.duplicates() })
            }
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    if arguments.playbook {
        return playbook(&reader, arguments);
    }
    let by = By::ALL.into_iter().find(|by| by.name() == arguments.by);
    let mut query = match &arguments.list {
        Some(name) => SightingQuery::of_list(by.unwrap_or_default(), name),
        None => SightingQuery::all(by.unwrap_or_default()),
    };
    (query.flows, query.events) = (arguments.scope(Dataset::Flows)?, arguments.scope(Dataset::Events)?);
    if by.is_none() {
        return by_record(&reader, arguments, &query);
    }
    let table = query::sightings(&reader, &query, &stop::on_signal().queries)?;
    print(&reader, &table, arguments)?;
    tell_looked(&table);
    Ok(exit::DONE)
}

fn columns(by: By) -> &'static [&'static str] {
    match by {
        By::Indicator => &[
            "indicator",
            "kind",
            "list",
            "comment",
            "hits",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
            "looked_for",
        ],
        By::Host => &[
            "host",
            "internal",
            "indicators",
            "hits",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
        ],
        By::List => &[
            "list",
            "entries",
            "entries_seen",
            "hits",
            "bytes_to",
            "bytes_from",
            "accepted",
            "rejected",
            "first_seen",
            "last_seen",
            "principals",
            "sha256",
        ],
    }
}

fn print(reader: &CaseReader, table: &SightingTable, arguments: &Arguments) -> Result<(), CliError> {
    let owners = if arguments.owners { databases(reader)? } else { Owners::default() };
    let columns = columns(table.by);
    let mut names = columns.to_vec();
    if arguments.owners {
        names.extend(["country", "network_owner", "asn"]);
    }
    let mut out = Rows::new(&arguments.rows, &names)?;
    let all = if arguments.seen { table.seen.len() } else { table.len() };
    let end = arguments.limit.unwrap_or(all).min(all);
    for first in (0..end).step_by(PAGE) {
        for row in query::sighting_rows(reader, table, first..(first + PAGE).min(end))? {
            let mut values: Vec<Value> = columns.iter().map(|column| row.value(column)).collect();
            if arguments.owners {
                values.extend(owner(&owners, &row));
            }
            out.row(&values)?;
        }
    }
    // What its list gives as context: it has no figures, because nobody looked.
    if table.by == By::Indicator && !arguments.seen {
        let left = arguments.limit.map_or(usize::MAX, |limit| limit.saturating_sub(end));
        for entry in query::not_looked_for(reader, arguments.list.as_deref())?.into_iter().take(left) {
            let row = SightingRow { subject: Subject::Indicator(Box::new(entry)), sighting: Sighting::default() };
            let told = |column: &&str| match *column {
                "hits" | "accepted" | "rejected" => Value::Null,
                other => row.value(other),
            };
            let mut values: Vec<Value> = columns.iter().map(told).collect();
            if arguments.owners {
                values.extend(owner(&owners, &row));
            }
            out.row(&values)?;
        }
    }
    out.finish()
}

/// The databases that the case remembers; which they are and of which day is told.
fn databases(reader: &CaseReader) -> Result<Owners, CliError> {
    let known = owners::remembered(reader)?;
    if known.is_empty() {
        return Err(CliError::Usage(
            "the case remembers no database; name one with: coldtrail label owners CASE FILE".into(),
        ));
    }
    let owners = Owners::read(reader)?;
    if let Some(why) = owners.missing.first() {
        return Err(CliError::Unusable(why.clone()));
    }
    for OwnerDatabase { facts, .. } in &owners.databases {
        let same = known.iter().any(|known| known.sha256 == facts.sha256);
        let now = if same { "" } else { ", another file than the case remembers" };
        tell(&format!("owners by {}, built {}{now}", facts.kind, facts.built_utc));
    }
    Ok(owners)
}

/// Country, network's owner and its number.
fn owner(owners: &Owners, row: &SightingRow) -> [Value; 3] {
    let found = row.subject.address().map(|address| owners.of(&address)).unwrap_or_default();
    let text = |text: String| if text.is_empty() { Value::Null } else { Value::Text(text) };
    [text(found.country), text(found.network), found.asn.map_or(Value::Null, |asn| Value::Integer(asn.into()))]
}

/// What was looked at, and what of it was not: an indicator without a hit was not seen in this.
fn tell_looked(table: &SightingTable) {
    let Looked { flows, events, flow_span, event_span } = &table.looked;
    let span = |span: &Option<(Timestamp, Timestamp)>| {
        span.map(|(first, last)| format!(" ({} to {})", first.to_iso(), last.to_iso())).unwrap_or_default()
    };
    tell(&format!("looked at {flows} flow records{} and {events} events{}", span(flow_span), span(event_span)));
    let outside: u64 = table.seen.iter().map(|row| row.outside).sum();
    if outside > 0 {
        tell(&format!(
            "{outside} records meet an indicator outside the time for which its list gives it, or without the rest of its \
             pattern, and are no hits; times do not matter after: coldtrail indicators validity CASE off"
        ));
    }
    let mentions: u64 = table.seen.iter().map(|row| row.mentions).sum();
    if mentions > 0 {
        tell(&format!(
            "{mentions} times an event's text names an address and the call did not come from it; no hits, but listed by: \
             coldtrail sightings CASE --by record"
        ));
    }
    let nothing = |row: &&Sighting| row.hits() == 0 && row.mentions == 0;
    let unseen = table.unseen.len() + table.seen.iter().filter(nothing).count();
    if table.by == By::Indicator && unseen > 0 {
        tell(&format!("not seen in this evidence: {unseen}"));
    }
}

const RECORD_COLUMNS: [&str; 10] =
    ["record", "dataset", "time", "field", "indicator", "list", "comment", "counts", "name", "severity"];

fn by_record(reader: &CaseReader, arguments: &Arguments, query: &SightingQuery) -> Result<u8, CliError> {
    let mut out = Rows::new(&arguments.rows, &RECORD_COLUMNS)?;
    let mut left = arguments.limit.unwrap_or(usize::MAX);
    for (dataset, scope, time) in
        [(Dataset::Flows, &query.flows, "start"), (Dataset::Events, &query.events, "event_time")]
    {
        let wanted = Filter::test(Target::Indicator, query.only.clone().unwrap_or(Check::Present));
        let found = query::rows(reader, &scope.and(wanted).records(Vec::new()), &stop::on_signal().queries)?;
        let ids: Vec<RecordId> = found.iter().take(left).collect();
        let time = super::arguments::field_or_usage(dataset, time)?;
        for ids in ids.chunks(PAGE) {
            stop::check()?;
            let times = query::page(reader, dataset, ids, &[time])?;
            let marks = query::marks(reader, dataset, ids)?;
            for ((id, time), marks) in ids.iter().zip(times).zip(marks) {
                for mark in marks.into_iter().filter(|mark| mark.kind == MarkKind::Indicator) {
                    if left == 0 || arguments.list.as_ref().is_some_and(|list| *list != mark.list) {
                        continue;
                    }
                    left -= 1;
                    out.row(&[
                        Value::Text(id.to_string()),
                        Value::Text(crate::case::dataset_name(dataset).to_owned()),
                        time.first().cloned().unwrap_or(Value::Null),
                        Value::Text(mark.at.name().to_owned()),
                        Value::Text(mark.value),
                        Value::Text(mark.list),
                        Value::Text(mark.comment),
                        Value::Boolean(mark.counts == Counts::Yes),
                        Value::Text(mark.name),
                        Value::Text(mark.severity),
                    ])?;
                }
            }
        }
    }
    out.finish()?;
    Ok(exit::DONE)
}

fn playbook(reader: &CaseReader, arguments: &Arguments) -> Result<u8, CliError> {
    let query = PlaybookQuery { scope: arguments.scope(Dataset::Flows)? };
    let mut table = query::playbook(reader, &query, &stop::on_signal().queries)?;
    table.rows.truncate(arguments.limit.unwrap_or(usize::MAX));
    print_playbook(reader, &table, arguments.words, &arguments.rows)
}

/// `words`: our own word for the direction too.
pub(super) fn print_playbook(
    reader: &CaseReader,
    table: &PlaybookTable,
    words: bool,
    format: &RowFormat,
) -> Result<u8, CliError> {
    let mut columns: Vec<&str> = PLAYBOOK_COLUMNS.to_vec();
    columns.extend(words.then_some("own_direction"));
    let mut out = Rows::new(format, &columns)?;
    for first in (0..table.rows.len()).step_by(PAGE) {
        stop::check()?;
        for row in query::playbook_rows(reader, table, first..first + PAGE)? {
            let mut values = row.values;
            values.extend(words.then(|| Value::Text(row.direction.plain().to_owned())));
            out.row(&values)?;
        }
    }
    out.finish()?;
    tell("INBOUND is to the indicator and OUTBOUND from it: the playbook's words are seen from the threat's side");
    Ok(exit::DONE)
}
