//! Conversations by plain SQL: record by record, added up by direction, then folded.

use super::repeats::repeats;
use super::table::ConversationTable;
use super::{ConversationQuery, Repeats, Side, StartEvidence, is_well_known};
use crate::case::CaseReader;
use crate::model::Dataset;
use crate::query::figures::Source;
use crate::query::pairs::{AddressOrder, NO_TIME, added};
use crate::query::rows::from_where;
use crate::query::scope::own_field;
use crate::query::{Cancel, PairKey, QueryError, filter_sql};
use rusqlite::{Row, params_from_iter};
use rustc_hash::{FxHashMap, FxHashSet};

/// What one side sent to the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Half {
    records: u32,
    packets: Option<u128>,
    bytes: Option<u128>,
    first: Option<i64>,
    last: Option<i64>,
    accepted: u32,
    rejected: u32,
    left_out: u32,
    repeats: u32,
    /// Records with SYN and not ACK, and with both.
    syn: u32,
    syn_ack: u32,
    /// From a port of no server to one of a server, and the other way.
    to_server: u32,
    from_server: u32,
}

/// The conversations of a query in its order. Takes time in proportion to the records; never on the frame thread.
pub fn conversations(
    reader: &CaseReader,
    query: &ConversationQuery,
    cancel: &Cancel,
) -> Result<ConversationTable, QueryError> {
    let scope = query.pairs.in_case(reader)?.records()?;
    let pair = match query.pairs.by {
        PairKey::Addresses => "p",
        PairKey::PacketAddresses => "q",
        PairKey::AddressesAndDirection => {
            return Err(QueryError::Filter("a conversation is of both directions".to_owned()));
        }
    };
    let repeated = repeats(reader, &scope, cancel)?;
    let names = query.pairs.by.fields().into_iter().chain(["tcp_flags", "protocol"]);
    let fields: Vec<_> = names.map(|name| own_field(Dataset::Flows, name)).collect();
    let source = Source::new(Dataset::Flows, &fields);
    let (from, params) = from_where(&scope.records(Vec::new()), &source.joins)?;
    let sql = format!(
        "SELECT {pair}.source_id, {pair}.destination_id, f.id, o.tcp_flags, iif(o.protocol IN (6, 17), f.srcport, NULL),
           f.dstport, {} {from}",
        source.columns
    );
    filter_sql::prepare(reader)?;
    let halves = cancel.watch(reader, || {
        let mut halves: FxHashMap<(u32, u32), Half> = FxHashMap::default();
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            let key = (row.get::<_, Option<u32>>(0)?.unwrap_or(0), row.get::<_, Option<u32>>(1)?.unwrap_or(0));
            halves.entry(key).or_default().add(row, &repeated, query.repeats)?;
        }
        Ok(halves)
    })?;
    let addresses = cancel.watch(reader, || AddressOrder::load(reader))?;
    let asked = match &query.pairs.ip {
        Some(ip) => ids_of(reader, ip.key())?,
        None => Vec::new(),
    };
    let table = fold(halves, &addresses, &asked);
    let mut order = table.order(&query.sort, &addresses);
    order.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(table.reordered(&order))
}

/// The numbers of every spelling of an address.
fn ids_of(reader: &CaseReader, key: [u8; 16]) -> Result<Vec<u32>, QueryError> {
    let mut statement = reader.conn.prepare_cached("SELECT address_id FROM address WHERE key = ?")?;
    let rows = statement.query_map([key], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Half {
    /// `row`: source, destination, id, tcp_flags, srcport where it is TCP or UDP, dstport, then those of `Source`.
    fn add(&mut self, row: &Row<'_>, repeated: &FxHashSet<i64>, repeats: Repeats) -> Result<(), QueryError> {
        let is_repeat = repeated.contains(&row.get(2)?);
        self.repeats += u32::from(is_repeat);
        if is_repeat && repeats == Repeats::LeftOut {
            return Ok(());
        }
        let flags: i64 = row.get::<_, Option<i64>>(3)?.unwrap_or(0);
        const SYN: i64 = 2;
        const ACK: i64 = 16;
        self.syn += u32::from(flags & (SYN | ACK) == SYN);
        self.syn_ack += u32::from(flags & (SYN | ACK) == SYN | ACK);
        let ports: (Option<u16>, Option<u16>) = (row.get(4)?, row.get(5)?);
        if let (Some(from), Some(to)) = ports {
            self.to_server += u32::from(is_well_known(to) && !is_well_known(from));
            self.from_server += u32::from(is_well_known(from) && !is_well_known(to));
        }
        let counter =
            |at: usize| -> Result<Option<u128>, QueryError> { Ok(row.get::<_, Option<u64>>(at)?.map(u128::from)) };
        self.records += 1;
        self.packets = added(self.packets, counter(7)?);
        self.bytes = added(self.bytes, counter(8)?);
        let (first, last): (Option<i64>, Option<i64>) = (row.get(9)?, row.get(10)?);
        self.first = self.first.into_iter().chain(first).min();
        self.last = self.last.into_iter().chain(last).max();
        self.accepted += u32::from(row.get::<_, bool>(11)?);
        self.rejected += u32::from(row.get::<_, bool>(12)?);
        self.left_out += u32::from(row.get::<_, bool>(13)?);
        Ok(())
    }
}

/// Puts the two directions of each pair into one row, in no order yet.
fn fold(mut halves: FxHashMap<(u32, u32), Half>, addresses: &AddressOrder, asked: &[u32]) -> ConversationTable {
    let mut keys: Vec<(u32, u32)> = halves.keys().copied().collect();
    keys.sort_unstable();
    let mut table = ConversationTable::default();
    for (source, destination) in keys {
        let Some(half) = halves.remove(&(source, destination)) else { continue };
        let back = halves.remove(&(destination, source)).unwrap_or_default();
        if is_left(source, destination, addresses, asked) {
            push(&mut table, (source, destination), &half, &back);
        } else {
            push(&mut table, (destination, source), &back, &half);
        }
    }
    table
}

/// Does the first of the two stand on the left?
fn is_left(one: u32, other: u32, addresses: &AddressOrder, asked: &[u32]) -> bool {
    let rank = |id: u32| {
        let place = addresses.place(id).unwrap_or(u128::MAX);
        (!asked.contains(&id), !addresses.is_internal(id), place)
    };
    rank(one) <= rank(other)
}

fn push(table: &mut ConversationTable, (left, right): (u32, u32), there: &Half, back: &Half) {
    let records = there.records + back.records;
    // Nothing but repeats: they are counted in another row, or not at all.
    if records == 0 {
        return;
    }
    table.left.push(left);
    table.right.push(right);
    table.record_counts.push(records);
    table.packets.push(added(there.packets, back.packets));
    table.sent.push(there.bytes);
    table.received.push(back.bytes);
    table.first_seen.push(there.first.into_iter().chain(back.first).min().unwrap_or(NO_TIME));
    table.last_seen.push(there.last.into_iter().chain(back.last).max().unwrap_or(NO_TIME));
    table.accepted.push(there.accepted + back.accepted);
    table.rejected.push(there.rejected + back.rejected);
    table.started.push(if left == right { None } else { started(there, back) });
    table.repeats.push(there.repeats + back.repeats);
    let totals = &mut table.totals;
    totals.pairs += 1;
    totals.records += u64::from(records);
    totals.accepted += u64::from(there.accepted + back.accepted);
    totals.rejected += u64::from(there.rejected + back.rejected);
    totals.left_out += u64::from(there.left_out + back.left_out);
    totals.packets = added(totals.packets, added(there.packets, back.packets));
    totals.bytes = added(totals.bytes, added(there.bytes, back.bytes));
}

/// Who started it, by the strongest evidence that there is.
fn started(left: &Half, right: &Half) -> Option<(Side, StartEvidence)> {
    let side = |left: bool, right: bool| match (left, right) {
        (true, true) => Some(Side::Both),
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        (false, false) => None,
    };
    let syn = side(left.syn > 0 || right.syn_ack > 0, right.syn > 0 || left.syn_ack > 0);
    let ports = side(left.to_server > 0 || right.from_server > 0, right.to_server > 0 || left.from_server > 0);
    let first = match (left.first, right.first) {
        (Some(a), Some(b)) => side(a < b, b < a),
        (a, b) => side(a.is_some(), b.is_some()),
    };
    let by_time = first.map(|side| (side, StartEvidence::FirstSeen));
    let by_ports = ports.map(|side| (side, StartEvidence::Ports));
    syn.map(|side| (side, StartEvidence::SynFlags)).or(by_ports).or(by_time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_evidence_says_who_started() {
        use StartEvidence::{FirstSeen, Ports, SynFlags};
        let half = |syn, syn_ack, to_server, from_server, first| Half {
            syn,
            syn_ack,
            to_server,
            from_server,
            first,
            ..Half::default()
        };
        let none = half(0, 0, 0, 0, None);
        for (left, right, expected) in [
            (half(1, 0, 0, 0, Some(9)), half(0, 1, 3, 0, Some(1)), Some((Side::Left, SynFlags))),
            (half(0, 1, 0, 0, None), none.clone(), Some((Side::Right, SynFlags))),
            (half(1, 0, 0, 0, None), half(2, 0, 0, 0, None), Some((Side::Both, SynFlags))),
            (half(0, 0, 0, 1, Some(1)), half(0, 0, 1, 0, Some(2)), Some((Side::Right, Ports))),
            (half(0, 0, 1, 0, Some(5)), half(0, 0, 1, 0, Some(2)), Some((Side::Both, Ports))),
            (half(0, 0, 0, 0, Some(5)), half(0, 0, 0, 0, Some(2)), Some((Side::Right, FirstSeen))),
            (half(0, 0, 0, 0, Some(5)), none.clone(), Some((Side::Left, FirstSeen))),
            (half(0, 0, 0, 0, Some(5)), half(0, 0, 0, 0, Some(5)), None),
            (none.clone(), none, None),
        ] {
            assert_eq!(started(&left, &right), expected, "{left:?} {right:?}");
        }
    }
}
