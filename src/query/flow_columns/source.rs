//! Where the columns of a flow record come from: the column index, and the dictionaries that it refers to.

use super::super::engine;
use crate::case::CaseReader;
use crate::case::index::{IndexedTable, Snapshot, flow};
use crate::case::schema;
use crate::columns::{PackedColumn, PairColumns};
use crate::model::{Cancel, Dataset, Home, Kind, field};
use rusqlite::types::Value;
use rusqlite::{Error, Result};
use std::cell::OnceCell;
use std::sync::Arc;

/// One end of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Destination,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Evidence,
    Position,
    Duplicate,
    /// A number of the row.
    Number(usize),
    /// Start and duration together.
    End,
    /// A row of table interface or disposition, by the column that names it.
    Tuple(usize),
    Address(usize, Side),
    /// A member of the further values.
    Extra,
    /// All of them.
    ExtraJson,
}

#[derive(Debug)]
pub(super) struct Column {
    pub name: &'static str,
    /// Its column in the table of its home.
    stored: &'static str,
    pub source: Source,
    /// A text that is absent is '-' in Athena's tables.
    pub is_text: bool,
    declared: &'static str,
}

/// The columns as view flow_record has them.
fn columns() -> Vec<Column> {
    let plain = |name, source| Column { name, stored: name, source, is_text: false, declared: "" };
    let mut list = vec![
        plain("evidence", Source::Evidence),
        plain("position", Source::Position),
        plain("duplicate", Source::Duplicate),
    ];
    for of in field::of(Dataset::Flows) {
        let source = match of.home {
            Home::Row => match of.name {
                "srcport" => Source::Number(flow::SRCPORT),
                "dstport" => Source::Number(flow::DSTPORT),
                "packets" => Source::Number(flow::PACKETS),
                "bytes" => Source::Number(flow::BYTES),
                "start" => Source::Number(flow::START),
                _ => Source::End,
            },
            Home::Interface => Source::Tuple(flow::INTERFACE),
            Home::Disposition => Source::Tuple(flow::DISPOSITION),
            Home::PairSource => Source::Address(flow::PAIR, Side::Source),
            Home::PairDestination => Source::Address(flow::PAIR, Side::Destination),
            Home::PacketSource => Source::Address(flow::PACKET_PAIR, Side::Source),
            Home::PacketDestination => Source::Address(flow::PACKET_PAIR, Side::Destination),
            Home::Extra => Source::Extra,
            Home::Event(_) | Home::Call(_) | Home::EventJson(_) | Home::Derived | Home::Lineage => continue,
        };
        let is_text = matches!(of.kind, Kind::Text | Kind::Address | Kind::Json | Kind::List);
        // As SQLite derives it from the view's tables: an expression has none.
        let declared = match source {
            Source::End | Source::Extra => "",
            _ if is_text => "TEXT",
            _ => "INTEGER",
        };
        list.push(Column { name: of.name, stored: schema::column(of), source, is_text, declared });
    }
    list.push(plain("extra", Source::ExtraJson));
    list
}

/// Texts by number, from 1.
#[derive(Default)]
struct Addresses {
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Addresses {
    fn get(&self, id: usize) -> Option<&str> {
        let begin = id.checked_sub(1).and_then(|before| self.ends.get(before))?;
        self.text.get(*begin..*self.ends.get(id)?).filter(|text| !text.is_empty())
    }
}

/// One moment of a case, as its flow records are read.
pub(super) struct Flows {
    pub reader: CaseReader,
    pub snapshot: Arc<Snapshot>,
    pub columns: Vec<Column>,
    /// Absent texts are '-'.
    pub dashes: bool,
    tuples: Vec<OnceCell<Vec<Value>>>,
    pairs: OnceCell<Arc<PairColumns>>,
    addresses: OnceCell<Addresses>,
}

pub(super) fn failed(error: impl std::fmt::Display) -> Error {
    Error::ModuleError(error.to_string())
}

impl Flows {
    pub(super) fn new(reader: CaseReader, snapshot: Arc<Snapshot>, dashes: bool) -> Self {
        let columns = columns();
        let tuples = columns.iter().map(|_| OnceCell::new()).collect();
        Self { reader, snapshot, columns, dashes, tuples, pairs: OnceCell::new(), addresses: OnceCell::new() }
    }

    /// The statement that says which columns there are.
    pub(super) fn declaration(&self) -> String {
        let list = self.columns.iter().map(|column| format!("\"{}\" {}", column.name, column.declared));
        format!("CREATE TABLE x({})", list.collect::<Vec<_>>().join(", "))
    }

    /// A column of a segment.
    pub(super) fn packed(&self, segment: usize, column: usize) -> Result<Arc<PackedColumn>> {
        let cell = self.reader.index_column(&self.snapshot, IndexedTable::Flow, segment, column);
        match cell.map_err(failed)?.get() {
            Ok(packed) => Ok(packed),
            Err(fault) => {
                let told = failed(format!("the column index is damaged ({fault:?}); run the statement again"));
                self.reader.index_is_damaged(&self.snapshot, fault);
                Err(told)
            }
        }
    }

    /// The values of a tuple's column, by the tuple's number.
    pub(super) fn tuple(&self, at: usize) -> Result<&[Value]> {
        let (Some(column), Some(known)) = (self.columns.get(at), self.tuples.get(at)) else { return Ok(&[]) };
        if let Some(values) = known.get() {
            return Ok(values);
        }
        let table = if column.source == Source::Tuple(flow::INTERFACE) { "interface" } else { "disposition" };
        let sql = format!("SELECT {table}_id, \"{}\" FROM {table}", column.stored);
        let mut statement = self.reader.conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut values = Vec::new();
        while let Some(row) = rows.next()? {
            let id = usize::try_from(row.get::<_, i64>(0)?).map_err(failed)?;
            if values.len() <= id {
                values.resize(id + 1, Value::Null);
            }
            if let Some(value) = values.get_mut(id) {
                *value = row.get(1)?;
            }
        }
        Ok(known.get_or_init(|| values))
    }

    /// The number of an address of a pair; 0 where there is none.
    pub(super) fn address_of_pair(&self, pair: Option<i64>, side: Side) -> Result<usize> {
        let Some(pair) = pair.and_then(|pair| usize::try_from(pair).ok()) else { return Ok(0) };
        let pairs = self.pairs()?;
        let list = match side {
            Side::Source => &pairs.source,
            Side::Destination => &pairs.destination,
        };
        Ok(list.get(pair).copied().unwrap_or(0) as usize)
    }

    fn pairs(&self) -> Result<&PairColumns> {
        if let Some(pairs) = self.pairs.get() {
            return Ok(pairs);
        }
        // The engine takes a moment of its own; pairs are only ever added.
        let own = self.reader.another().map_err(failed)?;
        let threads = crate::threads::for_a_question();
        let made = engine::over_columns(threads, &own, Dataset::Flows, &Cancel::default(), |engine| engine.pairs());
        let pairs =
            made.map_err(failed)?.ok_or_else(|| failed("the column index has no pairs; run the statement again"))?;
        Ok(self.pairs.get_or_init(|| pairs))
    }

    pub(super) fn address(&self, id: usize) -> Result<Option<&str>> {
        if self.addresses.get().is_none() {
            let mut found = Addresses { text: String::new(), ends: vec![0] };
            let mut statement =
                self.reader.conn.prepare("SELECT address_id, address FROM address ORDER BY address_id")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id = usize::try_from(row.get::<_, i64>(0)?).map_err(failed)?;
                let end = found.text.len();
                found.ends.resize(id.max(found.ends.len()), end);
                found.text.push_str(row.get_ref(1)?.as_str()?);
                found.ends.push(found.text.len());
            }
            let _ = self.addresses.set(found);
        }
        Ok(self.addresses.get().and_then(|known| known.get(id)))
    }

    /// The number of an address that the case has.
    pub(super) fn number_of_address(&self, text: &str) -> Result<Option<usize>> {
        let Some(key) = crate::case::address_key(text) else { return Ok(None) };
        let mut statement = self.reader.conn.prepare_cached("SELECT address_id, address FROM address WHERE key = ?")?;
        let mut rows = statement.query([&key[..]])?;
        while let Some(row) = rows.next()? {
            if row.get_ref(1)?.as_str()? == text {
                return Ok(usize::try_from(row.get::<_, i64>(0)?).ok());
            }
        }
        Ok(None)
    }

    /// The further values of a record, as they are stored.
    pub(super) fn extra(&self, id: Option<i64>) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let mut statement = self.reader.conn.prepare_cached("SELECT json FROM extra WHERE extra_id = ?")?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(|row| row.get(0)).transpose()
    }

    /// A member of them.
    pub(super) fn member(&self, id: Option<i64>, name: &str) -> Result<Value> {
        let Some(id) = id else { return Ok(Value::Null) };
        let mut statement =
            self.reader.conn.prepare_cached("SELECT json ->> ('$.' || ?2) FROM extra WHERE extra_id = ?1")?;
        let mut rows = statement.query((id, name))?;
        rows.next()?.map_or(Ok(Value::Null), |row| row.get(0))
    }
}
