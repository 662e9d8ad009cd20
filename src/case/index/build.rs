//! Writing the index, by the thread that writes the rows. Full segments go out in the transaction of the file that
//! fills them; what is left over waits in memory until the import ends, so that many small files do not write the last
//! segment again and again.

use super::snapshot;
use super::tail::{self, Tail};
use super::{
    EVENT_LAYOUT, IndexError, IndexFault, IndexRow, IndexedTable, clear, flow, index_row, totals, write_index_row,
};
use crate::case::error::CaseError;
use crate::columns::{Bitmap, IdRuns, Zone, encode};
use rusqlite::{Connection, params};

/// What the writer knows of the index.
#[derive(Debug, Default)]
pub(crate) enum IndexSlot {
    /// Not looked at yet, or out of date.
    #[default]
    Unknown,
    /// It lags too far behind, or does not match: left alone until the end of the import.
    Behind,
    Ready(Box<Builder>),
}

impl IndexSlot {
    /// A unit begins. `first`: others may have written since the one before.
    pub(crate) fn begin(&mut self, conn: &Connection, first: bool) -> Result<(), CaseError> {
        if let Self::Ready(builder) = self {
            if first && !builder.is_current(conn)? {
                *self = Self::Unknown;
            } else {
                builder.begin();
            }
        }
        Ok(())
    }

    pub(crate) fn keep(&mut self) {
        if let Self::Ready(builder) = self {
            builder.keep();
        }
    }

    /// The unit is about to be rolled back.
    pub(crate) fn rollback(&mut self, conn: &Connection) {
        if let Self::Ready(builder) = self
            && (conn.is_autocommit() || !builder.rollback())
        {
            *self = Self::Unknown;
        }
    }

    /// Before the first rows of a unit.
    pub(crate) fn take_up(&mut self, conn: &Connection, segment_rows: usize) -> Result<(), CaseError> {
        if matches!(self, Self::Unknown) {
            *self = Builder::load(conn, segment_rows)?.map_or(Self::Behind, |builder| Self::Ready(Box::new(builder)));
        }
        Ok(())
    }

    /// Adds rows of tables pair and flow.
    pub(crate) fn append(
        &mut self,
        conn: &Connection,
        pairs: &[Vec<i64>],
        flows: &[Vec<i64>],
    ) -> Result<(), CaseError> {
        self.go_on(|builder| {
            builder.append(conn, IndexedTable::Pair, pairs)?;
            builder.append(conn, IndexedTable::Flow, flows)
        })
    }

    /// Adds rows of table event_row. Where the index lacks events before them, they wait for the end of the import.
    pub(crate) fn append_events(&mut self, conn: &Connection, events: &[Vec<i64>]) -> Result<(), CaseError> {
        self.go_on(|builder| match builder.has_events {
            true => builder.append(conn, IndexedTable::Event, events),
            false => Ok(()),
        })
    }

    /// The evidence in hand ends: which of its records are duplicates, ascending.
    pub(crate) fn end_evidence(&mut self, conn: &Connection, duplicates: &[i64]) -> Result<(), CaseError> {
        self.go_on(|builder| builder.end_evidence(conn, duplicates))
    }

    /// What the index cannot hold stops the index, not the import: readers see that it does not match.
    fn go_on(&mut self, work: impl FnOnce(&mut Builder) -> Result<(), IndexError>) -> Result<(), CaseError> {
        let Self::Ready(builder) = self else { return Ok(()) };
        match work(builder) {
            Ok(()) => Ok(()),
            Err(IndexError::Index(_)) => {
                *self = Self::Behind;
                Ok(())
            }
            Err(IndexError::Case(error)) => Err(error),
        }
    }

    pub(crate) fn step(&mut self, conn: &Connection, segment_rows: usize) -> Result<bool, IndexError> {
        Builder::step(self, conn, segment_rows)
    }

    pub(crate) fn clear(&mut self, conn: &Connection) -> Result<(), CaseError> {
        *self = Self::Unknown;
        clear(conn)
    }
}

#[derive(Debug)]
pub(crate) struct Builder {
    flows: Tail,
    pairs: Tail,
    events: Tail,
    /// All events up to now are in the index or wait.
    has_events: bool,
    /// What the case holds.
    row: IndexRow,
    /// Segments written since the evidence in hand began, whose duplicates are not known yet.
    open: Vec<OpenSegment>,
    /// Where the unit in hand began.
    mark: Option<Mark>,
    /// It was begun from nothing.
    is_new: bool,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    flows: usize,
    pairs: usize,
    events: usize,
    revision: i64,
}

#[derive(Debug)]
struct OpenSegment {
    segment: usize,
    ids: IdRuns,
    duplicates: Bitmap,
}

impl Builder {
    fn new(row: IndexRow) -> Self {
        let [flows, pairs, events] = [IndexedTable::Flow, IndexedTable::Pair, IndexedTable::Event].map(Tail::new);
        Self { flows, pairs, events, has_events: false, row, open: Vec::new(), mark: None, is_new: false }
    }

    /// Takes up the index where it ends, before the first rows of a unit. `None` where it does not match the rows or
    /// lags more than a segment behind.
    pub(crate) fn load(conn: &Connection, segment_rows: usize) -> Result<Option<Self>, CaseError> {
        let row = match index_row(conn)? {
            Some(row) => row,
            None if is_empty(conn)? => {
                clear(conn)?;
                IndexRow::new(first_revision(conn)?, segment_rows)
            }
            None => return Ok(None),
        };
        let mut this = Self::new(row);
        let limit = row.segment_rows as usize;
        let loaded = this.restore(conn).and_then(|()| this.catch_up(conn, limit));
        this.open.clear();
        let all = totals(conn)?;
        match loaded {
            Ok(true) if this.total(IndexedTable::Flow) == all.flows => {}
            Ok(_) | Err(IndexError::Index(_)) => return Ok(None),
            Err(IndexError::Case(error)) => return Err(error),
        }
        this.take_up_near_events(conn, all.events, limit)?;
        // Segments that were written just now go with the unit, should it be rolled back.
        this.mark = Some(Mark { revision: row.revision, ..this.mark() });
        Ok(Some(this))
    }

    /// Takes up the events too, unless the index lags more than a segment behind them or does not match: then that is
    /// for the end of the import.
    fn take_up_near_events(&mut self, conn: &Connection, total: i64, limit: usize) -> Result<(), CaseError> {
        if total - self.row.event_rows > limit as i64 {
            return Ok(());
        }
        let taken = self.take_up_events(conn).and_then(|()| self.catch_up_table(conn, IndexedTable::Event, limit));
        self.has_events = match taken {
            Ok(done) => done && self.total(IndexedTable::Event) == total,
            Err(IndexError::Index(_)) => false,
            Err(IndexError::Case(error)) => return Err(error),
        };
        if !self.has_events {
            self.events = Tail::new(IndexedTable::Event);
        }
        Ok(())
    }

    /// Rows of a table, the waiting ones included.
    fn total(&mut self, table: IndexedTable) -> i64 {
        let full = self.row.segment_rows;
        *self.extent(table).0 / full * full + self.tail(table).rows() as i64
    }

    /// The stored flow and pair rows that are not a full segment.
    fn restore(&mut self, conn: &Connection) -> Result<(), IndexError> {
        self.restore_table(conn, IndexedTable::Flow)?;
        self.restore_table(conn, IndexedTable::Pair)
    }

    fn restore_table(&mut self, conn: &Connection, table: IndexedTable) -> Result<(), IndexError> {
        let full = self.row.segment_rows;
        let rows = *self.extent(table).0;
        if rows % full == 0 {
            return Ok(());
        }
        let segment = usize::try_from(rows / full).map_err(|_| IndexFault::Mismatch)?;
        let (ids, columns) = snapshot::stored_segment(conn, table, segment)?;
        if i64::from(ids.rows()) != rows % full {
            return Err(IndexFault::Mismatch.into());
        }
        self.tail(table).restore(&ids, &columns);
        Ok(())
    }

    /// How many rows of a table are stored, and the id of the last.
    fn extent(&mut self, table: IndexedTable) -> (&mut i64, &mut i64) {
        let row = &mut self.row;
        match table {
            IndexedTable::Flow => (&mut row.flow_rows, &mut row.flow_last_id),
            IndexedTable::Pair => (&mut row.pair_rows, &mut row.pair_last_id),
            IndexedTable::Event => (&mut row.event_rows, &mut row.event_last_id),
        }
    }

    /// Is the index in the case still the one that this builder knows?
    pub(crate) fn is_current(&self, conn: &Connection) -> Result<bool, CaseError> {
        match index_row(conn)? {
            Some(row) => Ok(row.revision == self.row.revision),
            // Nothing of it was written yet.
            None => Ok(self.row.flow_rows == 0 && self.row.pair_rows == 0 && self.row.event_rows == 0),
        }
    }

    /// A unit begins that may be rolled back.
    pub(crate) fn begin(&mut self) {
        self.mark = Some(self.mark());
    }

    fn mark(&self) -> Mark {
        let [flows, pairs, events] = [&self.flows, &self.pairs, &self.events].map(Tail::rows);
        Mark { flows, pairs, events, revision: self.row.revision }
    }

    pub(crate) fn keep(&mut self) {
        self.mark = None;
    }

    /// Forgets the rows of the unit; `false` where segments of it were written, and the builder must be reloaded.
    #[must_use]
    pub(crate) fn rollback(&mut self) -> bool {
        self.open.clear();
        match self.mark.take() {
            None => true,
            Some(mark) if mark.revision == self.row.revision => {
                self.flows.truncate(mark.flows);
                self.pairs.truncate(mark.pairs);
                self.events.truncate(mark.events);
                true
            }
            Some(_) => false,
        }
    }

    fn append(&mut self, conn: &Connection, table: IndexedTable, columns: &[Vec<i64>]) -> Result<(), IndexError> {
        let count = columns.first().map_or(0, Vec::len);
        let (mut from, full) = (0, self.row.segment_rows as usize);
        while from < count {
            from += self.tail(table).fill(columns, from, full)?;
            if self.tail(table).rows() >= full {
                self.write_segment(conn, table)?;
                *self.tail(table) = Tail::new(table);
                write_index_row(conn, &self.row)?;
            }
        }
        Ok(())
    }

    fn tail(&mut self, table: IndexedTable) -> &mut Tail {
        match table {
            IndexedTable::Flow => &mut self.flows,
            IndexedTable::Pair => &mut self.pairs,
            IndexedTable::Event => &mut self.events,
        }
    }

    /// Writes the waiting rows of a table as the last segment, full or not, over what is there.
    fn write_segment(&mut self, conn: &Connection, table: IndexedTable) -> Result<(), IndexError> {
        let full = self.row.segment_rows;
        let (tail, rows, last_id) = match table {
            IndexedTable::Flow => (&self.flows, &mut self.row.flow_rows, &mut self.row.flow_last_id),
            IndexedTable::Pair => (&self.pairs, &mut self.row.pair_rows, &mut self.row.pair_last_id),
            IndexedTable::Event => (&self.events, &mut self.row.event_rows, &mut self.row.event_last_id),
        };
        let segment = (*rows / full) as usize;
        let zone = id_zone(&tail.ids);
        write_column(conn, table, segment, 0, &zone, &tail.ids.encode())?;
        for (number, values) in tail.columns.iter().enumerate().skip(1) {
            let encoded = encode(values);
            write_column(conn, table, segment, number, &encoded.zone, &encoded.data)?;
        }
        let stored_before = *rows % full;
        *rows += tail.rows() as i64 - stored_before;
        *last_id = tail.ids.last().unwrap_or(0);
        if table == IndexedTable::Flow {
            let marks = tail.columns.get(flow::DUPLICATE).map(Vec::as_slice).unwrap_or_default();
            let duplicates = Bitmap::of((0..marks.len()).filter(|at| marks[*at] == 1), marks.len());
            // Duplicates are found when their evidence ends: those that are stored already were counted then.
            self.row.duplicate_rows += duplicates.count_in(stored_before as usize..marks.len()) as i64;
            self.open.push(OpenSegment { segment, ids: tail.ids.clone(), duplicates });
        }
        self.row.revision += 1;
        Ok(())
    }

    fn end_evidence(&mut self, conn: &Connection, duplicates: &[i64]) -> Result<(), IndexError> {
        let mut changed = vec![false; self.open.len()];
        for id in duplicates {
            if self.flows.mark_duplicate(*id) {
                continue;
            }
            let found = self.open.iter_mut().zip(&mut changed).find_map(|(open, changed)| {
                let row = open.ids.row_of(*id)?;
                open.duplicates.set(row as usize);
                *changed = true;
                Some(())
            });
            if found.is_none() {
                return Err(IndexFault::Mismatch.into());
            }
            self.row.duplicate_rows += 1;
        }
        for (open, _) in self.open.drain(..).zip(&changed).filter(|(_, changed)| **changed) {
            let values: Vec<i64> = (0..open.duplicates.len()).map(|row| i64::from(open.duplicates.get(row))).collect();
            let encoded = encode(&values);
            write_column(conn, IndexedTable::Flow, open.segment, flow::DUPLICATE, &encoded.zone, &encoded.data)?;
        }
        if changed.contains(&true) {
            self.row.revision += 1;
            write_index_row(conn, &self.row)?;
        }
        Ok(())
    }

    /// Writes what waits. The index then holds every row that the builder has seen.
    pub(crate) fn write_rest(&mut self, conn: &Connection) -> Result<(), IndexError> {
        let before = self.row.revision;
        let full = self.row.segment_rows;
        for table in [IndexedTable::Flow, IndexedTable::Pair, IndexedTable::Event] {
            let stored = *self.extent(table).0;
            let is_taken_up = table != IndexedTable::Event || self.has_events;
            if is_taken_up && self.tail(table).rows() as i64 != stored % full {
                self.write_segment(conn, table)?;
            }
        }
        self.open.clear();
        if self.row.revision != before || index_row(conn)?.is_none() {
            write_index_row(conn, &self.row)?;
        }
        Ok(())
    }

    /// Reads flow and pair rows from the tables that it has not seen, at most `limit` of each; `true` once there are no
    /// more.
    pub(crate) fn catch_up(&mut self, conn: &Connection, limit: usize) -> Result<bool, IndexError> {
        let pairs = self.catch_up_table(conn, IndexedTable::Pair, limit)?;
        Ok(self.catch_up_table(conn, IndexedTable::Flow, limit)? && pairs)
    }

    fn catch_up_table(&mut self, conn: &Connection, table: IndexedTable, limit: usize) -> Result<bool, IndexError> {
        let after = self.tail(table).ids.last().unwrap_or(*self.extent(table).1);
        let columns = tail::rows_after(conn, table, after, limit)?;
        // Without a segment written: that is for whoever catches up from the rows in a transaction of his own.
        self.append(conn, table, &columns)?;
        Ok(columns.first().map_or(0, Vec::len) < limit)
    }

    /// Continues where the stored events end; from nothing where they are damaged, or of another layout.
    fn take_up_events(&mut self, conn: &Connection) -> Result<(), IndexError> {
        let found = match self.row.event_layout == EVENT_LAYOUT {
            true => snapshot::events(conn, &self.row).and_then(|_| self.restore_table(conn, IndexedTable::Event)),
            false => Err(IndexFault::Absent.into()),
        };
        match found {
            Err(IndexError::Index(_)) => {
                self.events = Tail::new(IndexedTable::Event);
                self.row = IndexRow { event_layout: EVENT_LAYOUT, event_rows: 0, event_last_id: 0, ..self.row };
                self.row.revision += 1;
                conn.execute("DELETE FROM column_segment WHERE segment_id >= ?", [IndexedTable::Event.key(0, 0)])?;
                // Where the case has no events, nothing else is written.
                write_index_row(conn, &self.row)?;
            }
            found => found?,
        }
        self.has_events = true;
        Ok(())
    }

    /// One step towards an index of all rows, in a transaction of the caller's; `true` once it is complete. What does
    /// not match the rows is removed and rebuilt.
    pub(crate) fn step(slot: &mut IndexSlot, conn: &Connection, segment_rows: usize) -> Result<bool, IndexError> {
        let mut builder = match std::mem::take(slot) {
            IndexSlot::Ready(builder) if builder.is_current(conn)? => builder,
            _ => Box::new(Self::for_rebuild(conn, segment_rows)?),
        };
        builder.mark = None;
        // Some tenths of a second, so that a stop is heard and others get to write.
        let segment = builder.row.segment_rows as usize;
        let mut done = builder.catch_up(conn, 2 * segment)?;
        if !builder.has_events {
            builder.take_up_events(conn)?;
        }
        done &= builder.catch_up_table(conn, IndexedTable::Event, 2 * segment)?;
        builder.write_rest(conn)?;
        if done && !builder.row.matches(conn)? {
            if builder.is_new {
                return Err(IndexFault::Mismatch.into());
            }
            builder = Box::new(Self::anew(conn, segment_rows)?);
            done = false;
        }
        *slot = IndexSlot::Ready(builder);
        Ok(done)
    }

    /// What there is where it holds together, else a new beginning.
    fn for_rebuild(conn: &Connection, segment_rows: usize) -> Result<Self, CaseError> {
        if let Some(row) = index_row(conn)? {
            let mut this = Self::new(row);
            let checked = snapshot::directory(conn, &row).map(|_| ()).and_then(|()| this.restore(conn));
            match checked {
                Ok(()) => return Ok(this),
                Err(IndexError::Index(_)) => {}
                Err(IndexError::Case(error)) => return Err(error),
            }
        }
        Self::anew(conn, segment_rows)
    }

    fn anew(conn: &Connection, segment_rows: usize) -> Result<Self, CaseError> {
        let row = IndexRow::new(first_revision(conn)?, segment_rows);
        clear(conn)?;
        write_index_row(conn, &row)?;
        Ok(Self { is_new: true, ..Self::new(row) })
    }
}

fn is_empty(conn: &Connection) -> Result<bool, CaseError> {
    Ok(!conn.prepare_cached("SELECT 1 FROM flow UNION ALL SELECT 1 FROM pair LIMIT 1")?.exists([])?)
}

/// Revisions rise also where an index was removed in between, so that nobody takes a new one for one that it was.
fn first_revision(conn: &Connection) -> Result<i64, CaseError> {
    let sql = "SELECT max(ifnull((SELECT max(revision) FROM column_index), 0), ifnull((SELECT max(seq) FROM journal), 0) << 20) + 1";
    Ok(conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?)
}

fn id_zone(ids: &IdRuns) -> Zone {
    Zone { rows: ids.rows(), nulls: 0, min: ids.first().unwrap_or(0), max: ids.last().unwrap_or(0) }
}

fn write_column(
    conn: &Connection,
    table: IndexedTable,
    segment: usize,
    column: usize,
    zone: &Zone,
    data: &[u8],
) -> Result<(), CaseError> {
    let key = table.key(segment, column);
    let data_checksum = crc32fast::hash(data);
    conn.prepare_cached("INSERT OR REPLACE INTO column_segment VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?.execute(params![
        key,
        zone.rows,
        zone.nulls,
        zone.min,
        zone.max,
        data_checksum,
        super::head_checksum(key, zone, data_checksum),
        data
    ])?;
    Ok(())
}
