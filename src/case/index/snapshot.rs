//! The index as a reader finds it: the directory of its segments, the ids, and the rows behind its end, which are read
//! from the tables. Whatever it says holds for one moment of the case, and it is checked against the rows before it is
//! used.

use super::cache::{Cell, IndexCache, StoredColumn};
use super::tail::{self, Tail};
use super::{EVENT_LAYOUT, IndexError, IndexFault, IndexRow, IndexedTable, Totals, index_row, totals};
use crate::case::{CaseError, CaseReader};
use crate::columns::{DECODING_ROOM, IdMap, IdRuns, PackedColumn, SEGMENT_ROWS, Zone};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use std::cell::RefCell;
use std::sync::Arc;

/// Rows behind the end of the index that a reader takes from the tables: two segments, a third of a second.
const MOST_BEHIND: usize = 2 * SEGMENT_ROWS;

/// What makes a snapshot the one that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    row: IndexRow,
    all: Totals,
    duplicates: i64,
    last_pair: i64,
}

impl Key {
    pub(super) fn index(&self) -> IndexRow {
        self.row
    }
}

/// Whether there is an index that can be used.
#[derive(Clone, Debug)]
pub(crate) enum IndexState {
    Ready(Arc<Snapshot>),
    /// The rows are asked instead.
    Unusable(IndexFault),
}

#[derive(Debug)]
pub(crate) struct Snapshot {
    key: Key,
    pub flows: Arc<Table>,
    pub pairs: Table,
    /// `None` where the stored index lags far behind.
    pub events: Option<Arc<Table>>,
}

impl Snapshot {
    /// Flow records that are copies of others.
    pub(crate) fn duplicates(&self) -> u64 {
        u64::try_from(self.key.duplicates).unwrap_or(0)
    }

    /// Rows that the stored index does not hold yet.
    pub(crate) fn behind(&self) -> u64 {
        let Key { row, all, .. } = &self.key;
        u64::try_from(all.flows - row.flow_rows + all.events - row.event_rows).unwrap_or(0)
    }

    fn table(&self, table: IndexedTable) -> Option<&Table> {
        match table {
            IndexedTable::Flow => Some(&self.flows),
            IndexedTable::Pair => Some(&self.pairs),
            IndexedTable::Event => self.events.as_deref(),
        }
    }
}

/// Where a column is.
enum Found<'a> {
    AtHand(Arc<Cell>),
    Stored(&'a StoredColumn),
}

#[derive(Debug)]
pub(crate) struct Table {
    pub segments: Vec<Segment>,
    pub ids: IdMap,
}

#[derive(Debug)]
pub(crate) struct Segment {
    pub rows: u32,
    /// Counted over all segments.
    pub first_row: u32,
    columns: Source,
}

#[derive(Debug)]
enum Source {
    Stored(Vec<StoredColumn>),
    /// Read from the rows; by column number, the id's is empty.
    Held(Vec<(Zone, Arc<Cell>)>),
}

impl Segment {
    pub(crate) fn zone(&self, column: usize) -> Zone {
        let zone = match &self.columns {
            Source::Stored(columns) => columns.get(column).map(|stored| stored.zone),
            Source::Held(columns) => columns.get(column).map(|(zone, _)| *zone),
        };
        zone.unwrap_or(Zone { rows: self.rows, nulls: self.rows, min: 0, max: 0 })
    }
}

impl Table {
    pub(crate) fn rows(&self) -> u32 {
        self.ids.rows()
    }

    /// The least and the greatest value of a column, over all segments.
    pub(crate) fn bounds(&self, column: usize) -> Option<(i64, i64)> {
        let zones = self.segments.iter().map(|segment| segment.zone(column)).filter(Zone::has_values);
        zones.map(|zone| (zone.min, zone.max)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    fn push(&mut self, ids: &IdRuns, columns: Source) -> Result<(), IndexFault> {
        let first_row = self.ids.rows();
        if !self.ids.push(ids) {
            return Err(IndexFault::Mismatch);
        }
        self.segments.push(Segment { rows: ids.rows(), first_row, columns });
        Ok(())
    }
}

/// What a reader saw last.
pub(crate) type Seen = RefCell<Option<(i64, IndexState)>>;

impl CaseReader {
    /// The index as the case is now. What is read with it later has to be read in the same transaction.
    pub(crate) fn index_state(&self) -> Result<IndexState, CaseError> {
        // Everything that it is checked by has to be of one moment.
        let _moment = self.moment()?;
        let version: i64 = self.conn.prepare_cached("PRAGMA data_version")?.query_row([], |r| r.get(0))?;
        let known = self.seen.borrow().as_ref().filter(|(seen, _)| *seen == version).map(|(_, state)| state.clone());
        match known {
            Some(IndexState::Ready(snapshot)) if self.cache.damage(&snapshot.key).is_some() => {}
            Some(state) => return Ok(state),
            None => {}
        }
        let state = match read(&self.conn, &self.cache) {
            Ok(state) => state,
            Err(IndexError::Index(fault)) => IndexState::Unusable(fault),
            Err(IndexError::Case(error)) => return Err(error),
        };
        *self.seen.borrow_mut() = Some((version, state.clone()));
        Ok(state)
    }

    /// A column of a segment; its data is decoded by whoever asks for it first.
    pub(crate) fn index_column(
        &self,
        snapshot: &Snapshot,
        table: IndexedTable,
        segment: usize,
        column: usize,
    ) -> Result<Arc<Cell>, IndexError> {
        match self.find_column(snapshot, table, segment, column)? {
            Found::AtHand(cell) => Ok(cell),
            Found::Stored(stored) => {
                let data = if stored.zone.has_data() { data(&self.conn, stored.key)? } else { Vec::new() };
                let cell = Arc::new(Cell::raw(stored.zone, stored.data_checksum, data));
                self.cache.keep_column(stored, &cell);
                Ok(cell)
            }
        }
    }

    /// The same where nothing has to be read for it.
    pub(crate) fn index_column_at_hand(
        &self,
        snapshot: &Snapshot,
        table: IndexedTable,
        segment: usize,
        column: usize,
    ) -> Option<Arc<Cell>> {
        match self.find_column(snapshot, table, segment, column) {
            Ok(Found::AtHand(cell)) => Some(cell),
            Ok(Found::Stored(_)) | Err(_) => None,
        }
    }

    fn find_column<'s>(
        &self,
        snapshot: &'s Snapshot,
        table: IndexedTable,
        segment: usize,
        column: usize,
    ) -> Result<Found<'s>, IndexFault> {
        let table = snapshot.table(table).ok_or(IndexFault::Missing)?;
        let segment = table.segments.get(segment).ok_or(IndexFault::Missing)?;
        match &segment.columns {
            Source::Held(columns) => Ok(Found::AtHand(Arc::clone(&columns.get(column).ok_or(IndexFault::Missing)?.1))),
            Source::Stored(columns) => {
                let stored = columns.get(column).ok_or(IndexFault::Missing)?;
                Ok(self.cache.column(stored).map_or(Found::Stored(stored), Found::AtHand))
            }
        }
    }

    /// Compares the whole index with the rows. Takes as long as reading all of them.
    pub fn check_index(&self) -> Result<(), IndexError> {
        let _moment = self.conn.unchecked_transaction()?;
        let snapshot = match self.index_state()? {
            IndexState::Ready(snapshot) => snapshot,
            IndexState::Unusable(fault) => return Err(fault.into()),
        };
        for name in [IndexedTable::Flow, IndexedTable::Pair, IndexedTable::Event] {
            // Events that the index does not hold are asked of the rows.
            if let Some(table) = snapshot.table(name) {
                self.check_table(&snapshot, name, table)?;
            }
        }
        Ok(())
    }

    fn check_table(&self, snapshot: &Snapshot, name: IndexedTable, table: &Table) -> Result<(), IndexError> {
        let mut after = i64::MIN;
        for (number, segment) in table.segments.iter().enumerate() {
            self.check_empty_data(&segment.columns)?;
            let rows = tail::rows_after(&self.conn, name, after, segment.rows as usize)?;
            let mut stored = vec![0; segment.rows as usize];
            for (column, values) in rows.iter().enumerate().skip(1) {
                self.index_column(snapshot, name, number, column)?.get()?.read(0, &mut stored);
                if stored != *values {
                    return Err(IndexFault::Mismatch.into());
                }
            }
            let ids = rows.first().map(Vec::as_slice).unwrap_or_default();
            let same = |(row, id): (u32, &i64)| table.ids.id(row) == Some(*id);
            if ids.len() != segment.rows as usize || !(segment.first_row..).zip(ids).all(same) {
                return Err(IndexFault::Mismatch.into());
            }
            after = ids.last().copied().unwrap_or(after);
        }
        if !tail::rows_after(&self.conn, name, after, 1)?.iter().all(Vec::is_empty) {
            return Err(IndexFault::Mismatch.into());
        }
        Ok(())
    }

    /// What has one value is never read by a question, so that nothing else compares its checksum.
    fn check_empty_data(&self, columns: &Source) -> Result<(), IndexError> {
        let Source::Stored(columns) = columns else { return Ok(()) };
        for stored in columns.iter().filter(|stored| !stored.zone.has_data()) {
            if crc32fast::hash(&data(&self.conn, stored.key)?) != stored.data_checksum {
                return Err(IndexFault::Checksum.into());
            }
        }
        Ok(())
    }

    /// The index turned out to be damaged: it is not used again until it was rebuilt.
    pub(crate) fn index_is_damaged(&self, snapshot: &Snapshot, fault: IndexFault) {
        self.cache.damaged(snapshot.key, fault);
    }
}

fn data(conn: &Connection, key: i64) -> Result<Vec<u8>, IndexError> {
    let mut statement = conn.prepare_cached("SELECT data FROM column_segment WHERE segment_id = ?")?;
    let read = |r: &Row<'_>| match r.get_ref(0)? {
        ValueRef::Blob(stored) => {
            // Decoding adds this to its end, and it is not to be moved for that.
            let mut data = Vec::with_capacity(stored.len() + DECODING_ROOM);
            data.extend_from_slice(stored);
            Ok(data)
        }
        _ => r.get(0),
    };
    Ok(statement.query_row([key], read).optional()?.ok_or(IndexFault::Missing)?)
}

/// Reads the directory and what is behind the end of the index.
fn read(conn: &Connection, cache: &IndexCache) -> Result<IndexState, IndexError> {
    let number = |sql: &str| -> Result<i64, CaseError> { Ok(conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?) };
    let stored = index_row(conn)?;
    let key = Key {
        row: stored.unwrap_or(IndexRow { event_layout: EVENT_LAYOUT, ..IndexRow::default() }),
        all: totals(conn)?,
        duplicates: number("SELECT count(*) FROM flow_duplicate")?,
        last_pair: number("SELECT ifnull(max(pair_id), 0) FROM pair")?,
    };
    if let Some(state) = cache.snapshot(&key) {
        return Ok(state);
    }
    let most = MOST_BEHIND as i64;
    if key.all.flows - key.row.flow_rows > most || key.last_pair - key.row.pair_last_id > 8 * most {
        return Err(if stored.is_some() { IndexFault::Behind } else { IndexFault::Absent }.into());
    }
    let (mut flows, mut pairs) = directory(conn, &key.row)?;
    let stored_duplicates: i64 = conn
        .prepare_cached("SELECT count(*) FROM flow_duplicate WHERE id <= ?")?
        .query_row([key.row.flow_last_id], |r| r.get(0))?;
    if stored_duplicates != key.row.duplicate_rows {
        return Err(IndexFault::Mismatch.into());
    }
    read_behind(conn, IndexedTable::Flow, &mut flows, key.row.flow_last_id, cache.segment_rows)?;
    read_behind(conn, IndexedTable::Pair, &mut pairs, key.row.pair_last_id, cache.segment_rows)?;
    if i64::from(flows.rows()) != key.all.flows {
        return Err(IndexFault::Mismatch.into());
    }
    let events = match key.row.event_layout == EVENT_LAYOUT && key.all.events - key.row.event_rows <= most {
        true => Some(Arc::new(events_to_the_end(conn, cache, &key)?)),
        false => None,
    };
    let state = IndexState::Ready(Arc::new(Snapshot { key, flows: Arc::new(flows), pairs, events }));
    cache.keep_snapshot(key, &state);
    Ok(state)
}

/// Adds the rows with ids above `after` in segments of their own.
fn read_behind(
    conn: &Connection,
    table: IndexedTable,
    into: &mut Table,
    after: i64,
    segment_rows: usize,
) -> Result<(), IndexError> {
    let mut after = after;
    loop {
        let columns = tail::rows_after(conn, table, after, segment_rows)?;
        let mut tail = Tail::new(table);
        tail.fill(&columns, 0, segment_rows)?;
        let Some(last) = tail.ids.last() else { return Ok(()) };
        let held = tail.columns.iter().map(|values| {
            let column = PackedColumn::of(values);
            (column.zone(), Arc::new(Cell::ready(column)))
        });
        into.push(&tail.ids, Source::Held(held.collect()))?;
        after = last;
    }
}

/// Details of the stored segments but their data; complete and intact, and as long as the index says.
pub(super) fn directory(conn: &Connection, row: &IndexRow) -> Result<(Table, Table), IndexError> {
    let flows = stored_table(conn, IndexedTable::Flow, row.flow_rows, row.flow_last_id)?;
    let pairs = stored_table(conn, IndexedTable::Pair, row.pair_rows, row.pair_last_id)?;
    Ok((flows, pairs))
}

/// The same of events.
pub(super) fn events(conn: &Connection, row: &IndexRow) -> Result<Table, IndexError> {
    stored_table(conn, IndexedTable::Event, row.event_rows, row.event_last_id)
}

/// Those in the index and those behind its end.
fn events_to_the_end(conn: &Connection, cache: &IndexCache, key: &Key) -> Result<Table, IndexError> {
    let mut events = events(conn, &key.row)?;
    read_behind(conn, IndexedTable::Event, &mut events, key.row.event_last_id, cache.segment_rows)?;
    if i64::from(events.rows()) != key.all.events {
        return Err(IndexFault::Mismatch.into());
    }
    Ok(events)
}

fn stored_table(conn: &Connection, table: IndexedTable, rows: i64, last_id: i64) -> Result<Table, IndexError> {
    let mut found = Table { segments: Vec::new(), ids: IdMap::default() };
    let mut statement = conn.prepare_cached(
        "SELECT segment_id, row_count, null_count, min_value, max_value, data_checksum, head_checksum FROM column_segment
         WHERE segment_id >= ?1 AND segment_id < ?1 + (1 << 40) ORDER BY segment_id",
    )?;
    let mut listed = statement.query([table.key(0, 0)])?;
    let mut columns = Vec::with_capacity(table.columns());
    while let Some(r) = listed.next()? {
        let zone = Zone { rows: r.get(1)?, nulls: r.get(2)?, min: r.get(3)?, max: r.get(4)? };
        let stored = StoredColumn { key: r.get(0)?, zone, data_checksum: r.get(5)? };
        if !stored.is_intact(r.get(6)?) {
            return Err(IndexFault::Checksum.into());
        }
        if stored.key != table.key(found.segments.len(), columns.len()) {
            return Err(IndexFault::Missing.into());
        }
        columns.push(stored);
        if columns.len() == table.columns() {
            let columns = std::mem::replace(&mut columns, Vec::with_capacity(table.columns()));
            let ids = stored_ids(conn, &columns)?;
            if columns.iter().any(|column| column.zone.rows != ids.rows()) {
                return Err(IndexFault::Mismatch.into());
            }
            found.push(&ids, Source::Stored(columns))?;
        }
    }
    let complete = columns.is_empty() && i64::from(found.rows()) == rows && found.ids.last().unwrap_or(0) == last_id;
    if complete { Ok(found) } else { Err(IndexFault::Mismatch.into()) }
}

fn stored_ids(conn: &Connection, columns: &[StoredColumn]) -> Result<IdRuns, IndexError> {
    let stored = columns.first().ok_or(IndexFault::Missing)?;
    let data = data(conn, stored.key)?;
    if crc32fast::hash(&data) != stored.data_checksum {
        return Err(IndexFault::Checksum.into());
    }
    Ok(IdRuns::decode(&data).ok_or(IndexFault::Checksum)?)
}

/// A stored segment with all its data: the ids, and the columns behind them.
pub(super) fn stored_segment(
    conn: &Connection,
    table: IndexedTable,
    segment: usize,
) -> Result<(IdRuns, Vec<PackedColumn>), IndexError> {
    let mut statement = conn.prepare_cached(
        "SELECT segment_id, row_count, null_count, min_value, max_value, data_checksum, head_checksum, data
         FROM column_segment WHERE segment_id = ?",
    )?;
    let mut ids = IdRuns::default();
    let mut columns = Vec::with_capacity(table.columns());
    for number in 0..table.columns() {
        let mut rows = statement.query([table.key(segment, number)])?;
        let Some(r) = rows.next()? else { return Err(IndexFault::Missing.into()) };
        let zone = Zone { rows: r.get(1)?, nulls: r.get(2)?, min: r.get(3)?, max: r.get(4)? };
        let stored = StoredColumn { key: r.get(0)?, zone, data_checksum: r.get(5)? };
        let data: Vec<u8> = r.get(7)?;
        if !stored.is_intact(r.get(6)?) || crc32fast::hash(&data) != stored.data_checksum {
            return Err(IndexFault::Checksum.into());
        }
        match number {
            0 => ids = IdRuns::decode(&data).ok_or(IndexFault::Checksum)?,
            _ => columns.push(PackedColumn::decode(zone, data).map_err(IndexFault::from)?),
        }
    }
    let same = columns.iter().all(|column| column.rows() == ids.rows() as usize);
    if same { Ok((ids, columns)) } else { Err(IndexFault::Mismatch.into()) }
}
