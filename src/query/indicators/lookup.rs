//! What a page of records, or some addresses, meet: for marks beside cells. Work in proportion to what is asked for.

use super::events::some_events_met;
use super::stored::{entry_of, label_of};
use super::{Wanted, Where, known};
use crate::case::CaseReader;
use crate::matching::{FlowValues, Matcher};
use crate::model::{Dataset, RecordId, Timestamp};
use crate::query::{QueryError, filter_sql, scope::own_field};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What kind of mark.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MarkKind {
    Indicator,
    Label,
}

/// An indicator or a label that a cell or a record matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The field whose value matches it.
    pub at: Where,
    pub kind: MarkKind,
    /// Number of the entry, or of the label.
    pub id: i64,
    /// The list's name; empty for a label.
    pub list: String,
    /// What the entry is called, or the label's name.
    pub name: String,
    /// The entry, or what has the label, as it is compared.
    pub value: String,
    pub comment: String,
    pub severity: String,
    pub counts: Counts,
}

/// Does a record count for an entry that it matches?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counts {
    Yes,
    /// It is not of the time in which the entry counts.
    OutsideItsTime,
    /// It does not match the rest of the pattern of which the entry is a part.
    InPart,
}

impl Counts {
    fn of(in_time: bool, whole: bool) -> Self {
        match (whole, in_time) {
            (false, _) => Counts::InPart,
            (true, false) => Counts::OutsideItsTime,
            (true, true) => Counts::Yes,
        }
    }
}

type Found = (Where, MarkKind, i64, Counts);

/// The marks of records, in the order of the ids; of each the indicators first, by field, the narrowest range first.
pub fn marks(reader: &CaseReader, dataset: Dataset, ids: &[RecordId]) -> Result<Vec<Vec<Mark>>, QueryError> {
    filter_sql::prepare(reader)?;
    let _moment = reader.moment()?;
    let mut all: Vec<Vec<Found>> = vec![Vec::new(); ids.len()];
    for (wanted, kind) in [(Wanted::EVERY, MarkKind::Indicator), (Wanted::EVERY_LABEL, MarkKind::Label)] {
        let matcher = known(&reader.conn, &reader.cache, &wanted)?;
        if matcher.is_empty() {
            continue;
        }
        match dataset {
            Dataset::Flows => of_flows(reader, &matcher, &kind, ids, &mut all)?,
            Dataset::Events => of_events(reader, &matcher, &kind, ids, &mut all)?,
        }
    }
    told(reader, all)
}

/// The marks of addresses by their keys (`Address::key`), wherever they are: indicators first, the narrowest range
/// first. Times are not looked at.
pub fn address_marks(reader: &CaseReader, keys: &[u128]) -> Result<Vec<Vec<Mark>>, QueryError> {
    let _moment = reader.moment()?;
    let field = Where::Field(own_field(Dataset::Flows, "srcaddr"));
    let mut all: Vec<Vec<Found>> = vec![Vec::new(); keys.len()];
    for (wanted, kind) in [(Wanted::EVERY, MarkKind::Indicator), (Wanted::EVERY_LABEL, MarkKind::Label)] {
        let matcher = known(&reader.conn, &reader.cache, &wanted)?;
        for (key, found) in keys.iter().zip(&mut all) {
            let mut places = Vec::new();
            matcher.addresses.containing(*key, &mut places);
            found.extend(places.into_iter().map(|place| (field, kind.clone(), matcher.id(place), Counts::Yes)));
        }
    }
    told(reader, all)
}

const FLOW: &str = "SELECT s.key, t.key, ps.key, pt.key, i.eni_id, i.account_id, f.srcport, f.dstport, f.start
  FROM flow f
  LEFT JOIN pair p ON p.pair_id = f.pair_id
  LEFT JOIN address s ON s.address_id = p.source_id LEFT JOIN address t ON t.address_id = p.destination_id
  LEFT JOIN pair q ON q.pair_id = f.packet_pair_id
  LEFT JOIN address ps ON ps.address_id = q.source_id LEFT JOIN address pt ON pt.address_id = q.destination_id
  LEFT JOIN interface i ON i.interface_id = f.interface_id
  WHERE f.id = ?";

fn of_flows(
    reader: &CaseReader,
    matcher: &Arc<Matcher>,
    kind: &MarkKind,
    ids: &[RecordId],
    all: &mut [Vec<Found>],
) -> Result<(), QueryError> {
    let mut statement = reader.conn.prepare_cached(FLOW)?;
    for (id, found) in ids.iter().zip(all) {
        let mut rows = statement.query([id.0])?;
        let Some(row) = rows.next()? else { continue };
        let key = |column: usize| -> Result<Option<u128>, QueryError> {
            let key = row.get_ref(column)?.as_blob_or_null().ok().flatten().and_then(|key| key.try_into().ok());
            Ok(key.map(u128::from_be_bytes))
        };
        let values = FlowValues {
            addresses: [key(0)?, key(1)?, key(2)?, key(3)?],
            interface: row.get_ref(4)?.as_str().unwrap_or_default(),
            account: row.get_ref(5)?.as_str().unwrap_or_default(),
            ports: [row.get(6)?, row.get(7)?],
        };
        let time = row.get::<_, Option<i64>>(8)?.map(Timestamp::from_secs);
        let fields = matcher.of_flow(&values);
        let met: Vec<u32> = fields.iter().flat_map(|(_, places)| places).copied().collect();
        for (name, places) in &fields {
            let at = Where::Field(own_field(Dataset::Flows, name));
            found.extend(places.iter().map(|place| {
                let whole = matcher.patterns.is_met(*place, Dataset::Flows, &met);
                (at, kind.clone(), matcher.id(*place), Counts::of(matcher.counts_at(*place, time), whole))
            }));
        }
    }
    Ok(())
}

fn of_events(
    reader: &CaseReader,
    matcher: &Arc<Matcher>,
    kind: &MarkKind,
    ids: &[RecordId],
    all: &mut [Vec<Found>],
) -> Result<(), QueryError> {
    let met = some_events_met(&reader.conn, matcher, ids)?;
    let mut statement = reader.conn.prepare_cached("SELECT time_millis FROM event WHERE id = ?")?;
    for (hits, found) in met.iter().zip(all) {
        let Some(first) = hits.first() else { continue };
        let time: Option<i64> = statement.query_row([first.event.0], |r| r.get(0))?;
        let time = time.map(Timestamp);
        let met: Vec<u32> = hits.iter().map(|hit| hit.place).collect();
        found.extend(hits.iter().map(|hit| {
            let whole = matcher.patterns.is_met(hit.place, Dataset::Events, &met);
            (hit.at, kind.clone(), matcher.id(hit.place), Counts::of(matcher.counts_at(hit.place, time), whole))
        }));
    }
    Ok(())
}

/// What entries and labels say, looked up once for each.
fn told(reader: &CaseReader, all: Vec<Vec<Found>>) -> Result<Vec<Vec<Mark>>, QueryError> {
    let mut known: FxHashMap<(MarkKind, i64), Option<Mark>> = FxHashMap::default();
    let mut pages = Vec::with_capacity(all.len());
    for found in all {
        let mut marks = Vec::with_capacity(found.len());
        for (at, kind, id, counts) in found {
            let told = match known.get(&(kind.clone(), id)) {
                Some(told) => told.clone(),
                None => {
                    let told = describe(reader, &kind, id)?;
                    known.insert((kind, id), told.clone());
                    told
                }
            };
            marks.extend(told.map(|mark| Mark { at, counts, ..mark }));
        }
        pages.push(marks);
    }
    Ok(pages)
}

fn describe(reader: &CaseReader, kind: &MarkKind, id: i64) -> Result<Option<Mark>, QueryError> {
    let mark = |list: String, name: String, value: String, comment: String, severity: String| Mark {
        at: Where::Text,
        kind: kind.clone(),
        id,
        list,
        name,
        value,
        comment,
        severity,
        counts: Counts::Yes,
    };
    Ok(match kind {
        MarkKind::Indicator => entry_of(&reader.conn, id)?
            .map(|row| mark(row.list, row.entry.name, row.entry.value, row.entry.comment, row.entry.severity)),
        MarkKind::Label => label_of(&reader.conn, id)?
            .map(|label| mark(String::new(), label.name, label.value, label.note, String::new())),
    })
}
