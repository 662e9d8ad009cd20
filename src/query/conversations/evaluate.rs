//! Conversations over the columns, or by plain SQL: record by record, added up by direction, then folded.

use super::repeats::repeats;
use super::table::{ConversationTable, Talk, put_in_order};
use super::{ConversationQuery, Repeats, Side, StartEvidence, is_well_known};
use crate::case::CaseReader;
use crate::model::{Dataset, Timestamp};
use crate::query::directed::Counted;
use crate::query::figures::Source;
use crate::query::pairs::{AddressOrder, NO_TIME, PairTotals, added};
use crate::query::row_order::RowOrder;
use crate::query::scope::own_field;
use crate::query::{Cancel, Figures, PairKey, QueryError, engine, filter_sql};
use rusqlite::{Row, params_from_iter};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What one side sent to the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::query) struct Half {
    /// First and last are those of its records.
    pub figures: Figures,
    pub repeats: u32,
    pub signs: Signs,
}

/// What says who asked whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::query) struct Signs {
    /// A record with SYN and not ACK, and one with both.
    pub syn: bool,
    pub syn_ack: bool,
    /// From a port of no server to one of a server, and the other way.
    pub to_server: bool,
    pub from_server: bool,
}

/// The conversations of a query in its order. Takes time in proportion to the records; never on the frame thread.
pub fn conversations(
    reader: &CaseReader,
    query: &ConversationQuery,
    cancel: &Cancel,
) -> Result<ConversationTable, QueryError> {
    if query.pairs.by == PairKey::AddressesAndDirection {
        return Err(QueryError::Filter("a conversation needs both directions".to_owned()));
    }
    let records = query.pairs.in_case(reader)?.records()?.records(Vec::new());
    let asked = asked(reader, query)?;
    match engine::attempt(reader, Dataset::Flows, cancel, |engine| engine.conversations(query, &records, &asked))? {
        Some(table) => Ok(table),
        None => conversations_by_sql(reader, query, cancel),
    }
}

/// The first `limit` rows of that table, with the totals of all; `None` where they are there no sooner than the whole table.
///
/// # Errors
/// As of any query.
pub fn first_conversations(
    reader: &CaseReader,
    query: &ConversationQuery,
    limit: usize,
    cancel: &Cancel,
) -> Result<Option<ConversationTable>, QueryError> {
    let limit = query.limit.map_or(limit, |own| own.min(limit));
    let query = &ConversationQuery { limit: Some(limit), ..query.clone() };
    let records = query.pairs.in_case(reader)?.records()?.records(Vec::new());
    let asked = asked(reader, query)?;
    let first = |engine: &engine::Engine<'_>| engine.first_conversations(query, &records, &asked);
    Ok(engine::attempt(reader, Dataset::Flows, cancel, first)?.flatten())
}

/// The numbers of every spelling of the address that was asked for.
pub(in crate::query) fn asked(reader: &CaseReader, query: &ConversationQuery) -> Result<Vec<u32>, QueryError> {
    let Some(ip) = &query.pairs.ip else { return Ok(Vec::new()) };
    let mut statement = reader.conn.prepare_cached("SELECT address_id FROM address WHERE key = ?")?;
    let rows = statement.query_map([ip.key()], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The same by plain SQL over the rows.
pub(in crate::query) fn conversations_by_sql(
    reader: &CaseReader,
    query: &ConversationQuery,
    cancel: &Cancel,
) -> Result<ConversationTable, QueryError> {
    let scope = query.pairs.in_case(reader)?.records()?;
    let pair = if query.pairs.by == PairKey::PacketAddresses { "q" } else { "p" };
    let repeated = repeats(reader, &scope, cancel)?;
    let names = query.pairs.by.fields().into_iter().chain(["tcp_flags", "protocol"]);
    let fields: Vec<_> = names.map(|name| own_field(Dataset::Flows, name)).collect();
    let source = Source::new(reader, Dataset::Flows, &fields, Counted::InEachDirection)?;
    let (from, params) = source.select_from(&scope.records(Vec::new()))?;
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
    let (mut talks, totals) = fold(halves, &addresses, &asked(reader, query)?);
    put_in_order(&mut talks, &query.sort, &addresses);
    talks.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(ConversationTable::new(Arc::new(talks), RowOrder::AsStored, totals))
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
        self.signs.syn |= flags & (SYN | ACK) == SYN;
        self.signs.syn_ack |= flags & (SYN | ACK) == SYN | ACK;
        let ports: (Option<u16>, Option<u16>) = (row.get(4)?, row.get(5)?);
        if let (Some(from), Some(to)) = ports {
            self.signs.to_server |= is_well_known(to) && !is_well_known(from);
            self.signs.from_server |= is_well_known(from) && !is_well_known(to);
        }
        let counter =
            |at: usize| -> Result<Option<u128>, QueryError> { Ok(row.get::<_, Option<u64>>(at)?.map(u128::from)) };
        let time = |at: usize| -> Result<Option<Timestamp>, QueryError> {
            Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp::from_secs))
        };
        let figures = &mut self.figures;
        figures.records += row.get::<_, u64>(6)?;
        figures.packets = added(figures.packets, counter(7)?);
        figures.bytes = added(figures.bytes, counter(8)?);
        figures.first = figures.first.into_iter().chain(time(9)?).min();
        figures.last = figures.last.into_iter().chain(time(10)?).max();
        figures.accepted += u64::from(row.get::<_, bool>(11)?);
        figures.rejected += u64::from(row.get::<_, bool>(12)?);
        figures.left_out += u64::from(row.get::<_, bool>(13)?);
        Ok(())
    }
}

/// Puts the two directions of each pair into one row, in no order yet; with the totals.
fn fold(mut halves: FxHashMap<(u32, u32), Half>, addresses: &AddressOrder, asked: &[u32]) -> (Vec<Talk>, PairTotals) {
    let mut keys: Vec<(u32, u32)> = halves.keys().copied().collect();
    keys.sort_unstable();
    let (mut talks, mut totals) = (Vec::new(), PairTotals { pairs: Some(0), ..PairTotals::default() });
    for (source, destination) in keys {
        let Some(there) = halves.remove(&(source, destination)) else { continue };
        let back = halves.remove(&(destination, source)).unwrap_or_default();
        let talk = match is_left(source, destination, addresses, asked) {
            true => talk((source, destination), &there, &back),
            false => talk((destination, source), &back, &there),
        };
        let Some(talk) = talk else { continue };
        talks.push(talk);
        totals.pairs = totals.pairs.map(|count| count + 1);
        [there, back].iter().for_each(|half| add(&mut totals, &half.figures));
    }
    (talks, totals)
}

fn add(totals: &mut PairTotals, figures: &Figures) {
    totals.records += figures.records;
    totals.accepted += figures.accepted;
    totals.rejected += figures.rejected;
    totals.left_out += figures.left_out;
    totals.packets = added(totals.packets, figures.packets);
    totals.bytes = added(totals.bytes, figures.bytes);
}

/// Is the first of the two on the left?
pub(in crate::query) fn is_left(one: u32, other: u32, addresses: &AddressOrder, asked: &[u32]) -> bool {
    let rank = |id: u32| (!asked.contains(&id), addresses.standing(id));
    rank(one) <= rank(other)
}

/// What left sent to right and what came back as one row. `None` where there is nothing but repeats: they are counted in
/// another row, or not at all.
pub(in crate::query) fn talk((left, right): (u32, u32), there: &Half, back: &Half) -> Option<Talk> {
    let (sent, received) = (&there.figures, &back.figures);
    let records = sent.records + received.records;
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let time = |time: Option<Timestamp>| time.map_or(NO_TIME, |time| time.secs());
    (records > 0).then(|| Talk {
        left,
        right,
        records: count(records),
        packets: added(sent.packets, received.packets),
        sent: sent.bytes,
        received: received.bytes,
        first: time(sent.first.into_iter().chain(received.first).min()),
        last: time(sent.last.into_iter().chain(received.last).max()),
        accepted: count(sent.accepted + received.accepted),
        rejected: count(sent.rejected + received.rejected),
        started: if left == right { None } else { started(there, back) },
        repeats: there.repeats + back.repeats,
    })
}

/// Who started it, by the strongest evidence that there is.
fn started(left: &Half, right: &Half) -> Option<(Side, StartEvidence)> {
    let side = |left: bool, right: bool| match (left, right) {
        (true, true) => Some(Side::Both),
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        (false, false) => None,
    };
    let (mine, theirs) = (&left.signs, &right.signs);
    let syn = side(mine.syn || theirs.syn_ack, theirs.syn || mine.syn_ack);
    let ports = side(mine.to_server || theirs.from_server, theirs.to_server || mine.from_server);
    let first = match (left.figures.first, right.figures.first) {
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
        let half = |syn, syn_ack, to_server, from_server, first: Option<i64>| Half {
            signs: Signs { syn: syn > 0, syn_ack: syn_ack > 0, to_server: to_server > 0, from_server: from_server > 0 },
            figures: Figures { first: first.map(Timestamp::from_secs), ..Figures::default() },
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
