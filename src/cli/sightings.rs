//! `coldtrail sightings`.

use super::arguments::ScopeArguments;
use super::output::{Rows, tell};
use super::{CliError, RowFormat, answer, exit, opening, stop};
use crate::app::owners::{self, OwnerDatabase, Owners};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Target};
use crate::model::{Dataset, RecordId, Timestamp, Value};
use crate::query::{
    self, By, Counts, Looked, MarkKind, PLAYBOOK_COLUMNS, PlaybookQuery, Scope, SightedRow, Sighting, SightingQuery,
    SightingRow, SightingTable, Subject,
};
use crate::questions::PlaybookQuestion;
use std::path::PathBuf;

/// Rows that are looked up at once.
const PAGE: usize = 1024;

/// Shows which indicators match the evidence, and which do not
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail sightings incident.coldtrail\n  coldtrail sightings incident.coldtrail --by host --limit 20\n  coldtrail sightings incident.coldtrail --playbook --format csv",
    mut_arg("filter", |filter| filter.help("Only flow records that match; all events are searched"))
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Group by: indicator, host (the address on the other side), list, or record
    #[arg(long, value_name = "WHAT", default_value = "indicator", value_parser = ["indicator", "host", "list", "record"])]
    pub by: String,
    /// The playbook's directional view: rows to an indicator (INBOUND) and rows from one (OUTBOUND)
    #[arg(long, conflicts_with = "by")]
    pub playbook: bool,
    /// With --playbook: add Coldtrail's own direction as a last column: to IOC or from IOC
    #[arg(long, requires = "playbook")]
    pub words: bool,
    /// Show network owner and country of hosts and indicators, from the GeoIP and ASN databases of the case
    /// (coldtrail label owners)
    #[arg(long, conflicts_with = "playbook")]
    pub owners: bool,
    /// Only entries of this list
    #[arg(long, value_name = "NAME", conflicts_with = "playbook")]
    pub list: Option<String>,
    /// Only indicators with hits
    #[arg(long)]
    pub seen: bool,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Maximum number of rows
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
    let table = query::sightings(&reader, &query, &stop::on_signal())?;
    print(&reader, &table, arguments)?;
    tell_looked(&table);
    Ok(exit::DONE)
}

fn print(reader: &CaseReader, table: &SightingTable, arguments: &Arguments) -> Result<(), CliError> {
    let owners = if arguments.owners { databases(reader)? } else { Owners::default() };
    let columns = query::sighting_columns(table.by);
    let mut names = columns.to_vec();
    if arguments.owners {
        names.extend(["country", "network_owner", "asn"]);
    }
    let mut out = Rows::new(&arguments.rows, &names)?;
    let row = |row: &SightingRow, counted: bool| {
        let told = |column: &&str| match *column {
            "hits" | "accepted" | "rejected" | "flows" | "events" | "mentions" | "outside" | "hosts" | "principals"
                if !counted =>
            {
                Value::Null
            }
            column => query::sighting_value(SightedRow::Sighting(row), column),
        };
        let owner = arguments.owners.then(|| owner(&owners, row)).into_iter().flatten();
        columns.iter().map(told).chain(owner).collect::<Vec<_>>()
    };
    let all = if arguments.seen { table.seen.len() } else { table.len() };
    let end = arguments.limit.unwrap_or(all).min(all);
    for first in (0..end).step_by(PAGE) {
        for sighting in query::sighting_rows(reader, table, first..(first + PAGE).min(end))? {
            out.row(&row(&sighting, true))?;
        }
    }
    // What its list gives as context: it has no figures, because nobody looked.
    if table.by == By::Indicator && !arguments.seen {
        let left = arguments.limit.map_or(usize::MAX, |limit| limit.saturating_sub(end));
        for entry in query::not_looked_for(reader, arguments.list.as_deref())?.into_iter().take(left) {
            let subject = Subject::Indicator(Box::new(entry));
            out.row(&row(&SightingRow { subject, sighting: Sighting::default() }, false))?;
        }
    }
    out.finish()
}

/// The databases that the case remembers; which they are and of which day is reported.
fn databases(reader: &CaseReader) -> Result<Owners, CliError> {
    let known = owners::remembered(reader)?;
    if known.is_empty() {
        return Err(CliError::Usage(
            "the case has no GeoIP and ASN database; set one with: coldtrail label owners CASE FILE".into(),
        ));
    }
    let owners = Owners::read(reader)?;
    if let Some(why) = owners.missing.first() {
        return Err(CliError::Unusable(why.clone()));
    }
    for OwnerDatabase { facts, .. } in &owners.databases {
        let same = known.iter().any(|known| known.sha256 == facts.sha256);
        let now = if same { "" } else { ", another file than the case remembers" };
        tell(&format!("GeoIP and ASN data from {}, built {}{now}", facts.kind, facts.built_utc));
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
    tell(&format!("searched {flows} flow records{} and {events} events{}", span(flow_span), span(event_span)));
    let outside: u64 = table.seen.iter().map(|row| row.outside).sum();
    if outside > 0 {
        tell(&format!(
            "{outside} records match an indicator outside its validity period, or without the rest of its pattern, and are not \
             counted as hits; to ignore validity periods: coldtrail indicators validity CASE off"
        ));
    }
    let mentions: u64 = table.seen.iter().map(|row| row.mentions).sum();
    if mentions > 0 {
        tell(&format!(
            "{mentions} events mention an address in their text although the call did not come from it; these are not hits, but \
             listed by: coldtrail sightings CASE --by record"
        ));
    }
    let nothing = |row: &&Sighting| row.hits() == 0 && row.mentions == 0;
    let unseen = table.unseen.len() + table.seen.iter().filter(nothing).count();
    if table.by == By::Indicator && unseen > 0 {
        tell(&format!("indicators without hits in this evidence: {unseen}"));
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
        let found = query::rows(reader, &scope.and(wanted).records(Vec::new()), &stop::on_signal())?;
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

/// Told beside the playbook's view.
pub(super) const PLAYBOOK_WORDS: &str =
    "INBOUND is to the indicator and OUTBOUND from it: the playbook takes the threat's point of view";

fn playbook(reader: &CaseReader, arguments: &Arguments) -> Result<u8, CliError> {
    let query = PlaybookQuery { scope: arguments.scope(Dataset::Flows)? };
    let question = PlaybookQuestion { query, limit: arguments.limit };
    let columns = (!arguments.words).then(|| PLAYBOOK_COLUMNS.join(","));
    answer::print(reader, &question, &RowFormat { columns, ..arguments.rows.clone() })?;
    tell(PLAYBOOK_WORDS);
    Ok(exit::DONE)
}
