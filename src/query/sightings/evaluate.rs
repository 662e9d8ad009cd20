//! The sightings: flow records over the columns or by plain SQL, which gives the same, and events by what they were
//! found to meet.

use super::tally::{FlowSums, Meetings, Tallies, Tally};
use super::{By, Looked, Sighting, SightingQuery, SightingTable, order};
use crate::case::CaseReader;
use crate::columns::NULL;
use crate::model::{Dataset, RecordId, Timestamp};
use crate::query::directed::Counted;
use crate::query::figures::Source;
use crate::query::indicators::{EventsMet, FlowLook, Met, Where, events_met, hit_told, met};
use crate::query::pairs::AddressOrder;
use crate::query::scope::own_field;
use crate::query::{Cancel, QueryError, engine, figures, filter_sql, rows};
use rusqlite::{Row, params_from_iter};
use rustc_hash::{FxHashMap, FxHashSet};

/// The sightings of a query. Takes time in proportion to the records that match something, and once to the text of all
/// events; never on the frame thread.
pub fn sightings(reader: &CaseReader, query: &SightingQuery, cancel: &Cancel) -> Result<SightingTable, QueryError> {
    evaluate(reader, query, cancel, true)
}

/// The same by plain SQL over all rows: where there is no index, and what the columns are compared with.
pub fn sightings_by_sql(
    reader: &CaseReader,
    query: &SightingQuery,
    cancel: &Cancel,
) -> Result<SightingTable, QueryError> {
    evaluate(reader, query, cancel, false)
}

fn evaluate(
    reader: &CaseReader,
    query: &SightingQuery,
    cancel: &Cancel,
    columns: bool,
) -> Result<SightingTable, QueryError> {
    filter_sql::prepare(reader)?;
    let met = cancel.watch(reader, || met(&reader.conn, &reader.cache, &query.wanted()))?;
    let records = query.flows.records(Vec::new());
    let found = match columns {
        true => engine::attempt(reader, Dataset::Flows, cancel, |engine| engine.sightings(&records, &met, query.by))?,
        false => None,
    };
    let mut tallies = match found {
        Some(tallies) => tallies,
        None => flows_by_sql(reader, query, &met, cancel)?,
    };
    let mut principals = Meetings::default();
    if query.by != By::Host {
        add_events(reader, query, cancel, &mut tallies, &mut principals)?;
    }
    let mut table = SightingTable { by: query.by, ..SightingTable::default() };
    let (mut others, mut callers) = (tallies.others.counts(), principals.counts());
    for (key, tally) in &tallies.by_key {
        let (others, callers) = (others.remove(key).unwrap_or(0), callers.remove(key).unwrap_or(0));
        table.seen.push(row(query.by, &met, *key, tally, others, callers));
    }
    // What was matched only outside its time was not seen, but that is reported.
    let addresses = if query.by == By::Host { Some(AddressOrder::kept(reader)?) } else { None };
    let place = |row: &Sighting| match &addresses {
        Some(order) => u32::try_from(row.key).ok().and_then(|id| order.place(id)),
        None => None,
    };
    table.seen.sort_by_cached_key(|row| (std::cmp::Reverse(row.hits()), place(row), row.key));
    if query.by != By::Host {
        let seen: FxHashSet<i64> = table.seen.iter().map(|row| row.key).collect();
        let all: Vec<i64> = match query.by {
            By::List => met.matcher.lists().to_vec(),
            _ => (0..met.matcher.len() as u32).map(|place| met.matcher.id(place)).collect(),
        };
        table.unseen = all.into_iter().filter(|key| !seen.contains(key)).collect();
    }
    if let Some(sort) = query.sort {
        let order = cancel.watch(reader, || order::order(reader, &table, sort, addresses.as_deref()))?;
        table.order = Some(order);
    }
    table.looked = looked(reader, query, cancel)?;
    Ok(table)
}

fn row(by: By, met: &Met, key: u32, tally: &Tally, others: u64, principals: u64) -> Sighting {
    let Tally { flows, events, mentions, outside, bytes_to, bytes_from, accepted, rejected, first, last } = *tally;
    let key = match by {
        By::Indicator => met.matcher.id(key),
        By::List => met.matcher.lists().get(key as usize).copied().unwrap_or_default(),
        By::Host => key.into(),
    };
    Sighting {
        key,
        flows,
        events,
        mentions,
        outside,
        bytes_to,
        bytes_from,
        accepted,
        rejected,
        first,
        last,
        others,
        principals,
    }
}

fn looked(reader: &CaseReader, query: &SightingQuery, cancel: &Cancel) -> Result<Looked, QueryError> {
    let flows = figures(reader, &query.flows, cancel)?;
    let events = figures(reader, &query.events, cancel)?;
    Ok(Looked {
        flows: flows.records,
        events: events.records,
        flow_span: flows.first.zip(flows.last),
        event_span: events.first.zip(events.last),
    })
}

/// Every record of the scope, looked at one by one.
fn flows_by_sql(reader: &CaseReader, query: &SightingQuery, met: &Met, cancel: &Cancel) -> Result<Tallies, QueryError> {
    // The table of pairs is `p` for the addresses of the interface and `q` for those of the packet.
    let addresses = ["srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr"].map(|name| own_field(Dataset::Flows, name));
    let source = Source::new(reader, Dataset::Flows, &addresses, Counted::Once)?;
    let (from, params) = source.select_from(&query.flows.records(Vec::new()))?;
    let sql = format!(
        "SELECT p.source_id, p.destination_id, q.source_id, q.destination_id, f.interface_id, f.srcport, f.dstport, {} {from}",
        source.columns
    );
    cancel.watch(reader, || {
        let mut tallies = Tallies::default();
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            let (look, sums) = look(row)?;
            tallies.flows(query.by, met, &look, &sums);
        }
        Ok(tallies)
    })
}

/// What a row may meet, and its figures: `n, packets, bytes, first, last, accepted, rejected, left_out` from 7 on.
fn look(row: &Row<'_>) -> Result<(FlowLook, FlowSums), QueryError> {
    let id = |column: usize| -> Result<u32, QueryError> { Ok(row.get::<_, Option<u32>>(column)?.unwrap_or(0)) };
    let number = |column: usize| -> Result<Option<i64>, QueryError> { Ok(row.get(column)?) };
    let (first, last) = (number(10)?, number(11)?);
    let look = FlowLook {
        sides: [(id(0)?, id(1)?), (id(2)?, id(3)?)],
        interface: number(4)?.unwrap_or(NULL),
        ports: [number(5)?.unwrap_or(NULL), number(6)?.unwrap_or(NULL)],
        start: first.unwrap_or(NULL),
    };
    let sums = FlowSums {
        records: row.get(7)?,
        bytes: number(9)?.and_then(|bytes| u128::try_from(bytes).ok()),
        accepted: u64::from(row.get::<_, bool>(12)?),
        rejected: u64::from(row.get::<_, bool>(13)?),
        first: first.map(Timestamp::from_secs),
        last: last.map(Timestamp::from_secs),
    };
    Ok((look, sums))
}

/// Adds the events of the scope. `principals`: keys with numbers of who made the calls.
fn add_events(
    reader: &CaseReader,
    query: &SightingQuery,
    cancel: &Cancel,
    tallies: &mut Tallies,
    principals: &mut Meetings,
) -> Result<(), QueryError> {
    let met = cancel.watch(reader, || events_met(&reader.conn, &reader.cache, &query.wanted()))?;
    if met.hits.is_empty() {
        return Ok(());
    }
    let events = rows(reader, &query.events.records(Vec::new()), cancel)?;
    // Who: the name and the unique id, since a name may have been given again.
    let mut names: FxHashMap<(String, Option<String>), u32> = FxHashMap::default();
    let mut statement = reader.conn.prepare(
        "SELECT e.time_millis, coalesce(e.user_identity_arn, e.user_identity_principal_id, k.user_identity_user_name),
           e.user_identity_principal_id FROM event e LEFT JOIN call k ON k.call_id = e.call_id WHERE e.id = ?",
    )?;
    for event in events.iter().filter(|event| !met.of(*event).is_empty()) {
        let (time, name, id): (Option<i64>, Option<String>, Option<String>) =
            statement.query_row([event.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let next = names.len() as u32;
        let name = name.map(|name| *names.entry((name, id)).or_insert(next));
        add_event(query.by, &met, event, time.map(Timestamp), name, tallies, principals);
    }
    Ok(())
}

/// How an event matches a key, the stronger later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meeting {
    Outside,
    Mention,
    Hit,
}

fn add_event(
    by: By,
    met: &EventsMet,
    event: RecordId,
    time: Option<Timestamp>,
    name: Option<u32>,
    tallies: &mut Tallies,
    principals: &mut Meetings,
) {
    let mut keys: FxHashMap<u32, Meeting> = FxHashMap::default();
    let hits = met.of(event);
    for hit in hits {
        let is_mention = hit.at == Where::Text && met.matcher.is_address(hit.place);
        let Some(counts) = hit_told(&met.matcher, hit, hits, time) else { continue };
        let meeting = match (counts, is_mention) {
            (false, _) => Meeting::Outside,
            (true, true) => Meeting::Mention,
            (true, false) => Meeting::Hit,
        };
        let key = if by == By::List { met.matcher.list(hit.place) } else { hit.place };
        let strongest = keys.entry(key).or_insert(meeting);
        *strongest = meeting.max(*strongest);
        if meeting == Meeting::Hit && by == By::List {
            tallies.others.put(key, hit.place);
        }
    }
    for (key, meeting) in keys {
        let tally = tallies.by_key.entry(key).or_default();
        match meeting {
            Meeting::Outside => tally.outside += 1,
            Meeting::Mention => tally.mentions += 1,
            Meeting::Hit => {
                tally.events += 1;
                tally.seen(time, time);
                if let Some(name) = name {
                    principals.put(key, name);
                }
            }
        }
    }
}
