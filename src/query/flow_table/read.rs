//! Reads the flow records of a scope, over the columns or by plain SQL.

use super::{Builder, FlowInterface, FlowTable, NO_PROTOCOL, Seen, TcpFlags};
use crate::case::CaseReader;
use crate::model::{Address, Dataset, FieldId, Value};
use crate::query::columns_sql::Columns;
use crate::query::directed::Counted;
use crate::query::figures::Source;
use crate::query::scope::{Scope, own_field};
use crate::query::{Cancel, QueryError, engine, filter_sql, indicator_revision};
use rusqlite::{Row, params_from_iter};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Which addresses say between whom a record is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ends {
    /// Those of the packet, where a record has them.
    #[default]
    Packet,
    /// Those at the interface.
    Interface,
}

/// Flow records as numbers. Takes time in proportion to the records; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn flow_table(reader: &CaseReader, scope: &Scope, ends: Ends, cancel: &Cancel) -> Result<FlowTable, QueryError> {
    let names = Names::load(reader, ends)?;
    let builders = match engine::attempt(reader, Dataset::Flows, cancel, |engine| engine.flow_builders(scope, &names))?
    {
        Some(builders) => builders,
        None => vec![by_sql(reader, scope, &names, cancel)?],
    };
    let mut table = Builder::finish(builders, names.interfaces);
    table.addresses = names.addresses;
    Ok(table)
}

/// Something that is worked out of all flow records, and kept until the case changes; `make` gives its bytes too.
///
/// # Errors
/// Those of `make`; the case cannot be read.
pub fn kept_of_flows<T: Send + Sync + 'static>(
    reader: &CaseReader,
    what: &str,
    make: impl FnOnce() -> Result<(T, usize), QueryError>,
) -> Result<Arc<T>, QueryError> {
    let sql = "SELECT ifnull(sum(flow_count), 0) + ifnull(sum(event_count), 0) FROM evidence";
    let records: i64 = reader.conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    let name = format!("{what} {}", indicator_revision(reader)?);
    reader.cache.derived(&name, records, make)
}

/// What the numbers in records mean.
pub(in crate::query) struct Names {
    ends: Ends,
    /// Ascending, and by the number of an address its place.
    addresses: Vec<Address>,
    places: Vec<u32>,
    /// Ascending by name, and by the number of a tuple the place of its interface.
    pub(in crate::query) interfaces: Vec<FlowInterface>,
    interface_places: FxHashMap<i64, u32>,
    outcomes: FxHashMap<i64, Outcome>,
}

/// What a record's disposition says.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    protocol: Option<u8>,
    flags: TcpFlags,
    is_rejected: bool,
    is_empty: bool,
}

/// A record as it is stored: its numbers; `None` for what it lacks.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::query) struct Stored {
    /// Numbers of source and destination, 0 for none: as written, and of the packet.
    pub addresses: [u32; 2],
    pub packet: [u32; 2],
    pub interface: Option<i64>,
    pub disposition: Option<i64>,
    pub ports: [Option<i64>; 2],
    pub packets: Option<i64>,
    pub bytes: Option<i64>,
    pub start: Option<i64>,
    pub duration: Option<i64>,
}

const NOWHERE: u32 = u32::MAX;

impl Names {
    fn load(reader: &CaseReader, ends: Ends) -> Result<Self, QueryError> {
        let (mut addresses, mut places, mut last) = (Vec::new(), Vec::new(), None);
        // In the order in which they are stored; that of keys would look up each row.
        let mut statement = reader.conn.prepare_cached("SELECT key, address, address_id FROM address NOT INDEXED")?;
        let read = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut list = read.collect::<Result<Vec<([u8; 16], String, u32)>, _>>()?;
        list.sort_unstable();
        for (key, text, id) in list {
            if last != Some(key) {
                let of_key = || Address::of_key(u128::from_be_bytes(key));
                addresses.push(Address::parse(text.as_bytes()).unwrap_or_else(of_key));
                last = Some(key);
            }
            let id = id as usize;
            if places.len() <= id {
                places.resize(id + 1, NOWHERE);
            }
            if let Some(place) = places.get_mut(id) {
                *place = addresses.len() as u32 - 1;
            }
        }
        let (interfaces, interface_places) = interfaces(reader)?;
        Ok(Self { ends, addresses, places, interfaces, interface_places, outcomes: outcomes(reader)? })
    }

    /// `None` where the record has no time.
    pub(in crate::query) fn seen(&self, stored: &Stored) -> Option<Seen> {
        let start = stored.start?;
        let outcome = stored.disposition.and_then(|id| self.outcomes.get(&id)).copied().unwrap_or_default();
        let address = |id: u32| self.places.get(id as usize).copied().filter(|place| *place != NOWHERE && id != 0);
        let port = |port: Option<i64>| port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
        let count = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        let interface = self.interface_places.get(&stored.interface.unwrap_or(0)).copied();
        Some(Seen {
            interface: interface.or_else(|| self.interface_places.get(&0).copied())?,
            written: [address(stored.addresses[0]), address(stored.addresses[1])],
            packet: match self.ends {
                Ends::Packet => [address(stored.packet[0]), address(stored.packet[1])],
                Ends::Interface => [None; 2],
            },
            ports: [port(stored.ports[0]), port(stored.ports[1])],
            protocol: outcome.protocol.unwrap_or(NO_PROTOCOL),
            start,
            end: start.saturating_add(stored.duration.unwrap_or(0)),
            packets: count(stored.packets),
            bytes: count(stored.bytes),
            flags: outcome.flags,
            is_rejected: outcome.is_rejected,
            is_empty: outcome.is_empty,
        })
    }
}

/// Each interface by its id, or that of the transit gateway attachment; the first is that of records without any.
fn interfaces(reader: &CaseReader) -> Result<(Vec<FlowInterface>, FxHashMap<i64, u32>), QueryError> {
    let fields =
        ["interface_id", "tgw_attachment_id", "vpc_id", "subnet_id"].map(|name| own_field(Dataset::Flows, name));
    let columns = Columns::of(&fields);
    let sql = format!("SELECT i.interface_id, {} FROM interface i", columns.list());
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut found: Vec<(Option<String>, Vec<String>, i64)> = vec![(None, Vec::new(), 0)];
    while let Some(row) = rows.next()? {
        let mut texts = columns.read(row, 1)?.into_iter().map(|value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        });
        let (own, attachment) = (texts.next().flatten(), texts.next().flatten());
        found.push((own.or(attachment), texts.flatten().collect(), row.get(0)?));
    }
    found.sort_unstable();
    let (mut list, mut places) = (Vec::<FlowInterface>::new(), FxHashMap::default());
    for (name, more, id) in found {
        if list.last().is_none_or(|last| last.name != name) {
            list.push(FlowInterface { name, ..FlowInterface::default() });
        }
        places.insert(id, list.len() as u32 - 1);
        if let Some(last) = list.last_mut() {
            last.places.extend(more);
            last.places.sort_unstable();
            last.places.dedup();
        }
    }
    Ok((list, places))
}

fn outcomes(reader: &CaseReader) -> Result<FxHashMap<i64, Outcome>, QueryError> {
    let fields: [FieldId; 4] =
        ["protocol", "tcp_flags", "action", "log_status"].map(|name| own_field(Dataset::Flows, name));
    let columns = Columns::of(&fields);
    let sql = format!("SELECT o.disposition_id, {} FROM disposition o", columns.list());
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut found = FxHashMap::default();
    while let Some(row) = rows.next()? {
        let mut values = columns.read(row, 1)?.into_iter();
        let mut next = || values.next().unwrap_or(Value::Null);
        let number = |value: Value| if let Value::Integer(number) = value { Some(number) } else { None };
        let is = |value: &Value, texts: &[&str]| matches!(value, Value::Text(text) if texts.contains(&text.as_str()));
        let (protocol, flags, action, status) = (number(next()), number(next()), next(), next());
        let bits = flags.and_then(|flags| u16::try_from(flags).ok());
        found.insert(
            row.get(0)?,
            Outcome {
                protocol: protocol.and_then(|protocol| u8::try_from(protocol).ok()),
                flags: TcpFlags { bits: bits.unwrap_or(0), are_there: bits.is_some() },
                is_rejected: is(&action, &["REJECT"]),
                is_empty: is(&status, &["NODATA", "SKIPDATA"]),
            },
        );
    }
    Ok(found)
}

/// The same by plain SQL over the rows.
fn by_sql(reader: &CaseReader, scope: &Scope, names: &Names, cancel: &Cancel) -> Result<Builder, QueryError> {
    let mut builder = Builder::new(names.interfaces.len());
    let everything = Scope { filter: None, ..scope.clone() };
    each_by_sql(reader, &everything, cancel, |stored| {
        if let Some(seen) = names.seen(&stored) {
            builder.evidence(&seen);
            if scope.filter.is_none() {
                builder.flow(&seen);
            }
        }
    })?;
    if scope.filter.is_some() {
        each_by_sql(reader, scope, cancel, |stored| {
            names.seen(&stored).into_iter().for_each(|seen| builder.flow(&seen))
        })?;
    }
    Ok(builder)
}

fn each_by_sql(
    reader: &CaseReader,
    scope: &Scope,
    cancel: &Cancel,
    mut each: impl FnMut(Stored),
) -> Result<(), QueryError> {
    let fields = ["srcaddr", "pkt_srcaddr"].map(|name| own_field(Dataset::Flows, name));
    let source = Source::new(reader, Dataset::Flows, &fields, Counted::InEachDirection)?;
    let (from, params) = source.select_from(&scope.records(Vec::new()))?;
    let sql = format!(
        "SELECT p.source_id, p.destination_id, q.source_id, q.destination_id, f.interface_id, f.disposition_id,
           f.srcport, f.dstport, f.packets, f.bytes, f.start, f.duration {from}"
    );
    filter_sql::prepare(reader)?;
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            each(stored(row)?);
        }
        Ok(())
    })
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let address = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<u32>>(at)?.unwrap_or(0));
    Ok(Stored {
        addresses: [address(0)?, address(1)?],
        packet: [address(2)?, address(3)?],
        interface: row.get(4)?,
        disposition: row.get(5)?,
        ports: [row.get(6)?, row.get(7)?],
        packets: row.get(8)?,
        bytes: row.get(9)?,
        start: row.get(10)?,
        duration: row.get(11)?,
    })
}
