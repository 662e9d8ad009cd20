//! The values of flow records by their ids, column by column, for whatever a record says in columns and dictionaries
//! alone. What is known of dictionaries, here and for events.

use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{NULL, PackedColumn, Side};
use crate::model::{Dataset, FieldId, Home, Kind, RecordId, Value};
use crate::query::columns_sql::{Columns, read_value};
use crate::query::filter_sql::column_of;
use crate::query::values::Values;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where more than one record in so many has further values, the rows are read instead.
const MOST_OPEN: usize = 4;

/// Entries of the case's dictionaries that were read already; they never change. Bounded. Tuples are read for one list of
/// fields.
#[derive(Debug, Default)]
pub(crate) struct Words {
    addresses: FxHashMap<i64, Value>,
    interfaces: Known<Vec<Value>>,
    dispositions: Known<Vec<Value>>,
    /// By the name of the table.
    pub(super) event_tuples: FxHashMap<&'static str, Known<Vec<Value>>>,
    pub(super) members: Known<Value>,
    /// Texts with which members share their begin and end.
    pub(super) bases: Known<String>,
}

impl Words {
    const MOST_ADDRESSES: usize = 1 << 20;
}

/// Entries of a dictionary by their numbers, within a bound of memory.
#[derive(Debug)]
pub(super) struct Known<T> {
    entries: FxHashMap<i64, T>,
    bytes: usize,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { entries: FxHashMap::default(), bytes: 0 }
    }
}

impl<T: Clone> Known<T> {
    const MOST_BYTES: usize = 16 << 20;
    /// About what an entry takes beside its texts.
    const ENTRY_BYTES: usize = 64;

    /// Forgets everything where there is no room left.
    pub(super) fn make_room(&mut self) {
        if self.is_full() {
            self.entries.clear();
            self.bytes = 0;
        }
    }

    fn is_full(&self) -> bool {
        self.bytes >= Self::MOST_BYTES
    }

    pub(super) fn get(&self, id: i64) -> Option<&T> {
        self.entries.get(&id)
    }

    /// Keeps an entry of so many bytes while there is room.
    pub(super) fn keep(&mut self, id: i64, entry: &T, bytes: usize) {
        if !self.is_full() {
            self.bytes += Self::ENTRY_BYTES + bytes;
            self.entries.insert(id, entry.clone());
        }
    }
}

/// What the columns say of some records.
pub(crate) struct Told {
    pub columns: Vec<Values>,
    /// Places of the records of which they do not say all, ascending.
    pub open: Vec<usize>,
    /// Places of the records that have further values, ascending.
    pub with_extra: Vec<usize>,
}

/// Places of rows in segments.
pub(super) struct Runs(Vec<(usize, Vec<u32>)>);

/// Numbers that repeat: each once, and for each row which of them.
pub(super) struct Coded {
    pub ids: Vec<i64>,
    of: Arc<Vec<u32>>,
}

impl Coded {
    pub(super) fn new(numbers: impl IntoIterator<Item = i64>) -> Self {
        let (mut ids, mut of, mut known) = (Vec::new(), Vec::new(), FxHashMap::default());
        let mut last = None;
        for number in numbers {
            let code = match last {
                Some((before, code)) if before == number => code,
                _ => *known.entry(number).or_insert_with(|| {
                    ids.push(number);
                    ids.len() as u32 - 1
                }),
            };
            last = Some((number, code));
            of.push(code);
        }
        Self { ids, of: Arc::new(of) }
    }

    pub(super) fn words(&self, words: Vec<Value>) -> Values {
        Values::Words { words, of: Arc::clone(&self.of) }
    }
}

impl Engine<'_> {
    /// The values of fields of flow records, in the order of the ids.
    pub(crate) fn values(&self, ids: &[RecordId], fields: &[FieldId], words: &mut Words) -> Result<Told, EngineError> {
        let runs = self.runs(ids)?;
        let extras = self.numbers(&runs, flow::EXTRA)?;
        let has_extra = |at: &usize| extras.get(*at).is_some_and(|id| *id != NULL);
        let with_extra: Vec<usize> = (0..ids.len()).filter(has_extra).collect();
        if with_extra.len() > ids.len() / MOST_OPEN {
            return Err(EngineError::Unsupported);
        }
        let (mut columns, mut open) = (Vec::with_capacity(fields.len()), with_extra.clone());
        let (mut interfaces, mut dispositions) = (None, None);
        for field in fields {
            columns.push(match field.home {
                Home::Row => self.number(&runs, *field, &mut open)?,
                Home::Interface => {
                    let tuples = self.flow_tuples(&runs, flow::INTERFACE, fields, &mut interfaces, words)?;
                    tuples.column(*field)
                }
                Home::Disposition => {
                    let tuples = self.flow_tuples(&runs, flow::DISPOSITION, fields, &mut dispositions, words)?;
                    tuples.column(*field)
                }
                Home::PairSource => self.address(&runs, flow::PAIR, Side::Source, words)?,
                Home::PairDestination => self.address(&runs, flow::PAIR, Side::Destination, words)?,
                Home::PacketSource => self.address(&runs, flow::PACKET_PAIR, Side::Source, words)?,
                Home::PacketDestination => self.address(&runs, flow::PACKET_PAIR, Side::Destination, words)?,
                // Only a record with further values has one.
                Home::Extra => Values::Integers(vec![Values::NONE; ids.len()]),
                Home::Lineage | Home::Event(_) | Home::Call(_) | Home::EventJson(_) | Home::Derived => {
                    return Err(EngineError::Unsupported);
                }
            });
        }
        open.sort_unstable();
        open.dedup();
        Ok(Told { columns, open, with_extra })
    }

    pub(super) fn runs(&self, ids: &[RecordId]) -> Result<Runs, EngineError> {
        let records = &self.records;
        let mut runs: Vec<(usize, Vec<u32>)> = Vec::new();
        let mut inside = 0..0;
        for id in ids {
            let row = records.ids.row_of(id.0).ok_or(EngineError::Unsupported)?;
            if !inside.contains(&row) {
                let at = records.segments.partition_point(|segment| segment.first_row <= row).checked_sub(1);
                let (number, segment) =
                    at.and_then(|at| Some((at, records.segments.get(at)?))).ok_or(EngineError::Unsupported)?;
                inside = segment.first_row..segment.first_row + segment.rows;
                runs.push((number, Vec::new()));
            }
            let row = row - inside.start;
            match runs.last_mut() {
                // What is read at once rises.
                Some((_, rows)) if rows.last().is_none_or(|last| *last < row) => rows.push(row),
                Some((number, _)) => {
                    let number = *number;
                    runs.push((number, vec![row]));
                }
                None => return Err(EngineError::Unsupported),
            }
        }
        Ok(Runs(runs))
    }

    /// The numbers of a column, `NULL` where there is none.
    pub(super) fn numbers(&self, runs: &Runs, column: usize) -> Result<Vec<i64>, EngineError> {
        let mut loaded: Vec<Option<Arc<PackedColumn>>> = vec![None; self.records.segments.len()];
        let (mut all, mut some) = (Vec::new(), Vec::new());
        for (number, rows) in &runs.0 {
            let place = loaded.get_mut(*number).ok_or(EngineError::Unsupported)?;
            let packed = match place {
                Some(packed) => packed,
                None => {
                    let cell = self.reader.index_column(&self.snapshot, self.layout.table, *number, column)?;
                    place.insert(cell.get()?)
                }
            };
            match rows.as_slice() {
                [row] => all.push(packed.get(*row as usize).unwrap_or(NULL)),
                rows => {
                    packed.gather(rows, &mut some);
                    all.extend_from_slice(&some);
                }
            }
        }
        Ok(all)
    }

    /// A field that is a number of the row. Times that SQL would not count in whole numbers are left to it.
    fn number(&self, runs: &Runs, field: FieldId, open: &mut Vec<usize>) -> Result<Values, EngineError> {
        let column = match field.name() {
            "start" | "end" => {
                let mut times = self.numbers(runs, flow::START)?;
                let durations = match field.name() {
                    "end" => self.numbers(runs, flow::DURATION)?,
                    _ => vec![0; times.len()],
                };
                for (at, (time, duration)) in times.iter_mut().zip(durations).enumerate() {
                    if *time == NULL || duration == NULL {
                        *time = Values::NONE;
                        continue;
                    }
                    let millis = time.checked_add(duration).and_then(|secs| secs.checked_mul(1000));
                    if millis.is_none() {
                        open.push(at);
                    }
                    *time = millis.unwrap_or(Values::NONE);
                }
                return Ok(Values::Times(times));
            }
            _ => column_of(field).ok_or(EngineError::Unsupported)?,
        };
        Ok(Values::Integers(self.numbers(runs, column)?))
    }

    fn address(&self, runs: &Runs, column: usize, side: Side, words: &mut Words) -> Result<Values, EngineError> {
        let pairs = self.pairs()?;
        let addresses = if side == Side::Source { &pairs.source } else { &pairs.destination };
        let address = |pair: i64| usize::try_from(pair).ok().and_then(|pair| addresses.get(pair)).map_or(0, |id| *id);
        let coded = Coded::new(self.numbers(runs, column)?.into_iter().map(|pair| i64::from(address(pair))));
        let known = &mut words.addresses;
        if known.len() > Words::MOST_ADDRESSES {
            known.clear();
        }
        let mut statement = self.reader.conn.prepare_cached("SELECT address FROM address WHERE address_id = ?")?;
        let mut list = Vec::with_capacity(coded.ids.len());
        for id in &coded.ids {
            let value: &Value = match known.get(id) {
                Some(value) => value,
                None => {
                    let mut rows = statement.query([id])?;
                    let value = match rows.next()? {
                        Some(row) => read_value(row, 0, Dataset::Flows, Kind::Address)?,
                        None => Value::Null,
                    };
                    known.entry(*id).or_insert(value)
                }
            };
            list.push(value.clone());
        }
        Ok(coded.words(list))
    }

    /// The tuples of a dictionary that the rows name, read once for all fields that live there.
    fn flow_tuples<'t>(
        &self,
        runs: &Runs,
        column: usize,
        fields: &[FieldId],
        read: &'t mut Option<Tuples>,
        words: &mut Words,
    ) -> Result<&'t Tuples, EngineError> {
        if read.is_none() {
            let (table, alias, home, known) = match column {
                flow::INTERFACE => ("interface", "i", Home::Interface, &mut words.interfaces),
                _ => ("disposition", "o", Home::Disposition, &mut words.dispositions),
            };
            let fields: Vec<FieldId> = fields.iter().copied().filter(|field| field.home == home).collect();
            let list = Columns::of(&fields).list();
            let sql = format!("SELECT {list} FROM {table} {alias} WHERE {alias}.{table}_id = ?");
            *read = Some(self.tuples(Coded::new(self.numbers(runs, column)?), &sql, fields, known)?);
        }
        read.as_ref().ok_or(EngineError::Unsupported)
    }

    /// The tuples with these numbers. `sql` reads the fields of one.
    pub(super) fn tuples(
        &self,
        coded: Coded,
        sql: &str,
        fields: Vec<FieldId>,
        known: &mut Known<Vec<Value>>,
    ) -> Result<Tuples, EngineError> {
        known.make_room();
        let mut statement = self.reader.conn.prepare_cached(sql)?;
        let mut tuples = Vec::with_capacity(coded.ids.len());
        for id in &coded.ids {
            if let Some(tuple) = known.get(*id) {
                tuples.push(tuple.clone());
                continue;
            }
            let mut rows = statement.query([id])?;
            let tuple: Vec<Value> = match rows.next()? {
                Some(row) => {
                    let value = |(at, field): (usize, &FieldId)| read_value(row, at, field.dataset, field.kind);
                    fields.iter().enumerate().map(value).collect::<Result<_, _>>()?
                }
                None => vec![Value::Null; fields.len()],
            };
            known.keep(*id, &tuple, tuple.iter().map(Value::memory_bytes).sum());
            tuples.push(tuple);
        }
        Ok(Tuples { fields, tuples, coded })
    }
}

/// Tuples of a dictionary, and which of them each row has.
pub(super) struct Tuples {
    fields: Vec<FieldId>,
    /// Of each number the values of these fields.
    tuples: Vec<Vec<Value>>,
    coded: Coded,
}

impl Tuples {
    pub(super) fn column(&self, field: FieldId) -> Values {
        let at = self.fields.iter().position(|known| *known == field);
        let value = |tuple: &Vec<Value>| at.and_then(|at| tuple.get(at)).cloned().unwrap_or(Value::Null);
        self.coded.words(self.tuples.iter().map(value).collect())
    }
}
