//! The pairs: over the columns, or by plain SQL, which gives the same.

use super::table::{AddressOrder, NO_TIME, PairSum, PairTable, PairTotals, put_in_order};
use super::{PairKey, PairQuery};
use crate::case::CaseReader;
use crate::model::Dataset;
use crate::query::directed::Counted;
use crate::query::figures::{FIGURE_COLUMNS, FIGURES, Source, read};
use crate::query::row_order::RowOrder;
use crate::query::scope::own_field;
use crate::query::{Cancel, QueryError, engine, filter_sql};
use rusqlite::params_from_iter;
use std::sync::Arc;

/// The pairs of a query in its order. Takes time in proportion to the records; never on the frame thread.
pub fn pairs(reader: &CaseReader, query: &PairQuery, cancel: &Cancel) -> Result<PairTable, QueryError> {
    let query = &query.in_case(reader)?;
    query.records()?;
    match engine::attempt(reader, Dataset::Flows, cancel, |engine| engine.pair_table(query))? {
        Some(table) => Ok(table),
        None => pairs_by_sql(reader, query, cancel),
    }
}

/// The first `limit` rows of that table, with the totals of all; `None` where they are there no sooner than the whole table.
///
/// # Errors
/// As of any query.
pub fn first_pairs(
    reader: &CaseReader,
    query: &PairQuery,
    limit: usize,
    cancel: &Cancel,
) -> Result<Option<PairTable>, QueryError> {
    let limit = query.limit.map_or(limit, |own| own.min(limit));
    let query = &PairQuery { limit: Some(limit), ..query.in_case(reader)? };
    query.records()?;
    Ok(engine::attempt(reader, Dataset::Flows, cancel, |engine| engine.first_pairs(query))?.flatten())
}

/// The pairs by plain SQL over the rows.
pub(in crate::query) fn pairs_by_sql(
    reader: &CaseReader,
    query: &PairQuery,
    cancel: &Cancel,
) -> Result<PairTable, QueryError> {
    let query = &query.in_case(reader)?;
    let fields: Vec<_> = query.by.fields().into_iter().chain(["flow_direction"]).collect();
    let fields: Vec<_> = fields.into_iter().map(|name| own_field(Dataset::Flows, name)).collect();
    let source = Source::new(reader, Dataset::Flows, &fields, Counted::InEachDirection)?;
    // The table of pairs is `p` for the addresses of the interface and `q` for those of the packet.
    let (pair, direction) = match query.by {
        PairKey::Addresses => ("p", "NULL"),
        PairKey::AddressesAndDirection => ("p", "o.flow_direction"),
        PairKey::PacketAddresses => ("q", "NULL"),
    };
    let (from, params) = source.select_from(&query.records()?.records(Vec::new()))?;
    let sql = format!(
        "SELECT source, destination, direction, {FIGURES} FROM (
           SELECT {pair}.source_id AS source, {pair}.destination_id AS destination, {direction} AS direction, {} {from})
         GROUP BY source, destination, direction",
        source.columns
    );
    filter_sql::prepare(reader)?;
    let (mut pairs, names, totals) = cancel.watch(reader, || {
        let (mut pairs, mut names, mut totals) =
            (Vec::new(), Vec::new(), PairTotals { pairs: Some(0), ..PairTotals::default() });
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            pairs.push(read_pair(row, &mut names, &mut totals)?);
        }
        Ok((pairs, names, totals))
    })?;
    let names = ascending(names, &mut pairs);
    let addresses = cancel.watch(reader, || AddressOrder::load(reader))?;
    put_in_order(&mut pairs, &query.sort, &addresses);
    pairs.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(PairTable::new(query.by, names, Arc::new(pairs), RowOrder::AsStored, totals))
}

/// A row of the statement; its direction is a place in `names`, which may gain it.
fn read_pair(row: &rusqlite::Row<'_>, names: &mut Vec<String>, totals: &mut PairTotals) -> Result<PairSum, QueryError> {
    debug_assert_eq!(row.as_ref().column_count(), 3 + FIGURE_COLUMNS);
    let direction = match row.get::<_, Option<String>>(2)? {
        None => 0,
        Some(name) => match names.iter().position(|known| *known == name) {
            Some(place) => place + 1,
            None => {
                names.push(name);
                names.len()
            }
        },
    };
    let figures = read(row, 3, Dataset::Flows)?;
    let count = |count: u64| {
        u32::try_from(count).map_err(|_| QueryError::Filter("a pair has more than 4,294,967,295 records".to_owned()))
    };
    totals.pairs = totals.pairs.map(|count| count + 1);
    totals.records += figures.records;
    totals.accepted += figures.accepted;
    totals.rejected += figures.rejected;
    totals.left_out += figures.left_out;
    totals.packets = added(totals.packets, figures.packets);
    totals.bytes = added(totals.bytes, figures.bytes);
    Ok(PairSum {
        source: row.get::<_, Option<u32>>(0)?.unwrap_or(0),
        destination: row.get::<_, Option<u32>>(1)?.unwrap_or(0),
        direction: direction as u32,
        records: count(figures.records)?,
        packets: figures.packets,
        bytes: figures.bytes,
        first: figures.first.map_or(NO_TIME, |time| time.secs()),
        last: figures.last.map_or(NO_TIME, |time| time.secs()),
        accepted: count(figures.accepted)?,
        rejected: count(figures.rejected)?,
    })
}

/// The names ascending, and the directions of the pairs as places among them.
fn ascending(names: Vec<String>, pairs: &mut [PairSum]) -> Vec<String> {
    let mut sorted = names.clone();
    sorted.sort_unstable();
    for pair in pairs {
        let name = (pair.direction as usize).checked_sub(1).and_then(|place| names.get(place));
        let place = name.and_then(|name| sorted.binary_search(name).ok());
        pair.direction = place.map_or(0, |place| place as u32 + 1);
    }
    sorted
}

/// The sum of what is there.
pub(in crate::query) fn added(a: Option<u128>, b: Option<u128>) -> Option<u128> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    }
}
