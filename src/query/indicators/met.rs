//! Which entries the distinct values of flow records meet: addresses, interfaces, accounts and ports. Rows are not
//! looked at.

use super::{Wanted, known, stored::revision_of};
use crate::case::index::IndexCache;
use crate::columns::NULL;
use crate::matching::{InFlows, Matcher};
use crate::model::{Dataset, IndicatorKind, Timestamp};
use crate::query::QueryError;
use rusqlite::Connection;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Ids of dictionaries from which on a case is somebody else's.
const MOST_IDS: usize = 1 << 28;

/// What a flow record, or several with the same sides, may meet. Ids are 0, and other numbers `NULL`, where it has
/// none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlowLook {
    /// Sides of the pair, then of the packet's pair.
    pub sides: [(u32, u32); 2],
    pub interface: i64,
    pub ports: [i64; 2],
    /// Seconds; `NULL` also where no entry asks for it.
    pub start: i64,
}

impl FlowLook {
    /// Only addresses, whatever the time.
    pub(crate) fn of_sides(sides: [(u32, u32); 2]) -> Self {
        Self { sides, interface: NULL, ports: [NULL; 2], start: NULL }
    }

    pub(crate) fn time(&self) -> Option<Timestamp> {
        (self.start != NULL).then(|| Timestamp::from_secs(self.start))
    }
}

/// Entries by what they meet.
#[derive(Debug)]
pub(crate) struct Met {
    pub matcher: Arc<Matcher>,
    /// Lists of entries, each distinct one once, the narrowest range first; number 0 is empty.
    lists: Vec<Box<[u32]>>,
    /// By address id; 0 where nothing is matched.
    by_address: Vec<u32>,
    /// By interface id.
    by_interface: Vec<u32>,
    by_port: FxHashMap<u32, u32>,
}

/// What the flow records of a case can meet.
///
/// # Errors
/// What SQLite says.
pub(crate) fn met(conn: &Connection, cache: &IndexCache, wanted: &Wanted) -> Result<Arc<Met>, QueryError> {
    let last = |sql: &str| -> Result<i64, QueryError> { Ok(conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?) };
    let addresses = last("SELECT ifnull(max(address_id), 0) FROM address")?;
    let interfaces = last("SELECT ifnull(max(interface_id), 0) FROM interface")?;
    let name = format!("met {} {interfaces} {}", revision_of(conn)?, wanted.text());
    cache.derived(&name, addresses, || {
        let met = make(conn, known(conn, cache, wanted)?)?;
        let bytes = met.by_address.len() * 4 + met.lists.iter().map(|list| list.len() * 4 + 16).sum::<usize>();
        Ok((met, bytes))
    })
}

/// Numbers of lists of entries.
struct Lists {
    lists: Vec<Box<[u32]>>,
    numbers: FxHashMap<Box<[u32]>, u32>,
}

impl Lists {
    fn number(&mut self, list: &[u32]) -> u32 {
        if list.is_empty() {
            return 0;
        }
        if let Some(number) = self.numbers.get(list) {
            return *number;
        }
        let number = self.lists.len() as u32;
        self.lists.push(list.into());
        self.numbers.insert(list.into(), number);
        number
    }
}

fn make(conn: &Connection, matcher: Arc<Matcher>) -> Result<Met, QueryError> {
    let mut lists = Lists { lists: vec![Box::default()], numbers: FxHashMap::default() };
    let (mut by_address, mut by_interface) = (Vec::new(), Vec::new());
    let put = |table: &mut Vec<u32>, id: i64, number: u32| {
        let Some(id) = usize::try_from(id).ok().filter(|id| number != 0 && *id < MOST_IDS) else { return };
        if table.len() <= id {
            table.resize(id + 1, 0);
        }
        table[id] = number;
    };
    let mut found = Vec::new();
    if !matcher.addresses.is_empty() {
        // In the order of keys, neighbours are looked up where the last one was: the memory is at hand.
        let mut statement = conn.prepare("SELECT address_id, key FROM address ORDER BY key")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key = row.get_ref(1)?.as_blob().ok().and_then(|bytes| bytes.try_into().ok());
            found.clear();
            if let Some(key) = key {
                matcher.addresses.containing(u128::from_be_bytes(key), &mut found);
            }
            put(&mut by_address, row.get(0)?, lists.number(&found));
        }
    }
    if matcher.texts.has(IndicatorKind::Interface) || matcher.texts.has(IndicatorKind::Account) {
        let mut statement = conn.prepare("SELECT interface_id, eni_id, account_id FROM interface")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            found.clear();
            for (column, kind) in [(1, IndicatorKind::Interface), (2, IndicatorKind::Account)] {
                let text = row.get_ref(column)?.as_str().unwrap_or_default();
                found.extend(matcher.texts.equal(kind, text));
            }
            put(&mut by_interface, row.get(0)?, lists.number(&found));
        }
    }
    let mut by_port = FxHashMap::default();
    if matcher.texts.has(IndicatorKind::Port) {
        for port in 0..=u32::from(u16::MAX) {
            let number = lists.number(matcher.texts.equal(IndicatorKind::Port, &port.to_string()));
            if number != 0 {
                by_port.insert(port, number);
            }
        }
    }
    Ok(Met { matcher, lists: lists.lists, by_address, by_interface, by_port })
}

impl Met {
    /// Entries of a list, by number.
    pub(crate) fn list(&self, number: u32) -> &[u32] {
        self.lists.get(number as usize).map(|list| &**list).unwrap_or_default()
    }

    /// The list of an address; 0 for none.
    pub(crate) fn of_address(&self, address_id: u32) -> u32 {
        self.by_address.get(address_id as usize).copied().unwrap_or(0)
    }

    pub(crate) fn of_interface(&self, interface_id: i64) -> u32 {
        usize::try_from(interface_id).ok().and_then(|id| self.by_interface.get(id)).copied().unwrap_or(0)
    }

    pub(crate) fn of_port(&self, port: i64) -> u32 {
        u32::try_from(port).ok().and_then(|port| self.by_port.get(&port)).copied().unwrap_or(0)
    }

    /// Address ids with their lists, ascending.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        met_ids(&self.by_address)
    }

    pub(crate) fn interfaces(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        met_ids(&self.by_interface)
    }

    pub(crate) fn ports(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.by_port.iter().map(|(port, list)| (*port as usize, *list))
    }

    /// Is nothing but addresses met, by entries that count at all times?
    pub(crate) fn is_of_addresses_alone(&self) -> bool {
        let timed = |place: &u32| self.matcher.in_flows(*place) != InFlows::Always;
        self.by_port.is_empty()
            && self.interfaces().next().is_none()
            && !self.lists.iter().any(|list| list.iter().any(timed))
    }

    /// Does an entry of the list count so?
    pub(crate) fn counts(&self, list: u32, so: InFlows) -> bool {
        self.list(list).iter().any(|place| self.matcher.in_flows(*place) == so)
    }

    /// Lists of what else than addresses a record holds.
    pub(crate) fn others(&self, row: &FlowLook) -> [u32; 3] {
        [self.of_interface(row.interface), self.of_port(row.ports[0]), self.of_port(row.ports[1])]
    }

    /// Appends the places of all entries that something in the record matches.
    pub(crate) fn all(&self, row: &FlowLook, out: &mut Vec<u32>) {
        let sides = row.sides.into_iter().flat_map(|(source, destination)| [source, destination]);
        sides.for_each(|address| out.extend(self.list(self.of_address(address))));
        self.others(row).into_iter().for_each(|list| out.extend(self.list(list)));
    }

    /// Does the record match one of these in its time and with the rest of its pattern? `met`: all that it matches.
    pub(crate) fn bound_counts(&self, places: &[u32], row: &FlowLook, met: &[u32]) -> bool {
        places.iter().any(|place| {
            self.matcher.patterns.is_bound(*place, Dataset::Flows)
                && self.matcher.counts(*place, Dataset::Flows, row.time(), met)
        })
    }
}

fn met_ids(table: &[u32]) -> impl Iterator<Item = (usize, u32)> + '_ {
    table.iter().copied().enumerate().filter(|(_, list)| *list != 0)
}
