//! The pairs: over the columns, or by plain SQL, which gives the same.

use super::table::{AddressOrder, NO_TIME, PairTable};
use super::{PairKey, PairQuery};
use crate::case::CaseReader;
use crate::model::Dataset;
use crate::query::directed::Counted;
use crate::query::figures::{FIGURE_COLUMNS, FIGURES, Source, read};
use crate::query::scope::own_field;
use crate::query::{Cancel, QueryError, engine, filter_sql};
use rusqlite::params_from_iter;

/// The pairs of a query in its order. Takes time in proportion to the records; never on the frame thread.
pub fn pairs(reader: &CaseReader, query: &PairQuery, cancel: &Cancel) -> Result<PairTable, QueryError> {
    let query = &query.in_case(reader)?;
    query.records()?;
    match engine::attempt(reader, cancel, |engine| engine.pair_table(query))? {
        Some(table) => Ok(table),
        None => pairs_by_sql(reader, query, cancel),
    }
}

/// The same by plain SQL over the rows.
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
    let table = cancel.watch(reader, || {
        let mut table = PairTable { by: query.by, ..PairTable::default() };
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            push(&mut table, row)?;
        }
        Ok(table)
    })?;
    let addresses = cancel.watch(reader, || AddressOrder::load(reader))?;
    let mut order = table.order(&query.sort, &addresses);
    order.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(table.reordered(&order))
}

fn push(table: &mut PairTable, row: &rusqlite::Row<'_>) -> Result<(), QueryError> {
    debug_assert_eq!(row.as_ref().column_count(), 3 + FIGURE_COLUMNS);
    table.sources.push(row.get::<_, Option<u32>>(0)?.unwrap_or(0));
    table.destinations.push(row.get::<_, Option<u32>>(1)?.unwrap_or(0));
    if table.by == PairKey::AddressesAndDirection {
        let name: Option<String> = row.get(2)?;
        let place = match name {
            None => 0,
            Some(name) => match table.direction_names.iter().position(|known| *known == name) {
                Some(place) => place + 1,
                None => {
                    table.direction_names.push(name);
                    table.direction_names.len()
                }
            },
        };
        table.directions.push(place as u32);
    }
    let figures = read(row, 3, Dataset::Flows)?;
    let count = |count: u64| {
        u32::try_from(count).map_err(|_| QueryError::Filter("a pair has more than 4,294,967,295 records".to_owned()))
    };
    table.record_counts.push(count(figures.records)?);
    table.accepted.push(count(figures.accepted)?);
    table.rejected.push(count(figures.rejected)?);
    table.packets.push(figures.packets);
    table.bytes.push(figures.bytes);
    table.first_seen.push(figures.first.map_or(NO_TIME, |time| time.secs()));
    table.last_seen.push(figures.last.map_or(NO_TIME, |time| time.secs()));
    let totals = &mut table.totals;
    totals.pairs += 1;
    totals.records += figures.records;
    totals.accepted += figures.accepted;
    totals.rejected += figures.rejected;
    totals.left_out += figures.left_out;
    totals.packets = added(totals.packets, figures.packets);
    totals.bytes = added(totals.bytes, figures.bytes);
    Ok(())
}

/// The sum of what is there.
pub(in crate::query) fn added(a: Option<u128>, b: Option<u128>) -> Option<u128> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    }
}
