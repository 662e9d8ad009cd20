//! Which entries the events of a case meet: in the fields that hold addresses, keys, principals and names, and in their
//! raw text. Found once for all events, and kept as long as neither the lists nor the events change.

use super::{Wanted, known, stored::revision_of};
use crate::case::event_json::{EventTexts, PackedTexts};
use crate::case::index::IndexCache;
use crate::case::schema::EventDictionary;
use crate::matching::{Matcher, addresses_in};
use crate::model::{Dataset, FieldId, IndicatorKind, RecordId, Timestamp};
use crate::query::{QueryError, scope::own_field};
use crate::threads;
use rusqlite::{Connection, Row};
use rustc_hash::FxHashMap;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

/// Where in an event an entry was matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Where {
    Field(FieldId),
    /// Somewhere in the raw text, outside the fields that were looked at before.
    Text,
}

impl Where {
    pub fn name(self) -> &'static str {
        match self {
            Where::Field(field) => field.name(),
            Where::Text => "any",
        }
    }
}

/// An event and an entry that it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventHit {
    pub event: RecordId,
    /// Place in the matcher.
    pub place: u32,
    pub at: Where,
}

/// Does a hit count for an event of this time? As `Matcher::told`. `hits`: all of the event.
pub(crate) fn hit_told(matcher: &Matcher, hit: &EventHit, hits: &[EventHit], time: Option<Timestamp>) -> Option<bool> {
    let met = match matcher.patterns.is_bound(hit.place, Dataset::Events) {
        true => hits.iter().map(|hit| hit.place).collect(),
        false => Vec::new(),
    };
    matcher.told(hit.place, Dataset::Events, time, &met)
}

/// What all events of a case meet, times not looked at.
#[derive(Debug)]
pub(crate) struct EventsMet {
    pub matcher: Arc<Matcher>,
    /// By event, then place.
    pub hits: Vec<EventHit>,
}

impl EventsMet {
    pub(crate) fn of(&self, event: RecordId) -> &[EventHit] {
        let from = self.hits.partition_point(|hit| hit.event < event);
        let to = self.hits.partition_point(|hit| hit.event <= event);
        self.hits.get(from..to).unwrap_or_default()
    }
}

/// What the events meet. Takes time in proportion to their texts where it was not found before.
///
/// # Errors
/// What SQLite says, or a text that is damaged.
pub(crate) fn events_met(conn: &Connection, cache: &IndexCache, wanted: &Wanted) -> Result<Arc<EventsMet>, QueryError> {
    let sql = "SELECT ifnull(sum(event_count), 0) FROM evidence";
    let events: i64 = conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
    let last: i64 = conn.prepare_cached("SELECT ifnull(max(id), 0) FROM event")?.query_row([], |r| r.get(0))?;
    let name = format!("events met {} {events} {}", revision_of(conn)?, wanted.text());
    cache.derived(&name, last, || {
        let matcher = known(conn, cache, wanted)?;
        let hits = find(conn, &matcher)?;
        let bytes = hits.len() * size_of::<EventHit>();
        Ok((EventsMet { matcher, hits }, bytes))
    })
}

/// Fields with the kinds of entries that they are compared with.
const FIELDS: [(&str, Look); 16] = [
    ("source_ip_address", Look::Address),
    ("user_identity_access_key_id", Look::Equal(IndicatorKind::AccessKey)),
    ("user_identity_arn", Look::Equal(IndicatorKind::Arn)),
    ("user_identity_principal_id", Look::Principal),
    ("user_identity_user_name", Look::Principal),
    ("user_identity_account_id", Look::Equal(IndicatorKind::Account)),
    ("session_issuer_principal_id", Look::Principal),
    ("session_issuer_arn", Look::Equal(IndicatorKind::Arn)),
    ("session_issuer_account_id", Look::Equal(IndicatorKind::Account)),
    ("session_issuer_user_name", Look::Principal),
    ("recipient_account_id", Look::Equal(IndicatorKind::Account)),
    ("vpc_endpoint_account_id", Look::Equal(IndicatorKind::Account)),
    ("event_name", Look::Equal(IndicatorKind::EventName)),
    ("user_agent", Look::Agent),
    ("user_identity_invoked_by", Look::Name),
    ("event_source", Look::Name),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Address,
    Equal(IndicatorKind),
    Principal,
    Name,
    Agent,
}

fn look(matcher: &Matcher, how: Look, text: &str, out: &mut Vec<u32>) {
    match how {
        Look::Address => match crate::case::address_key(text) {
            Some(key) => matcher.addresses.containing(u128::from_be_bytes(key), out),
            None => matcher.texts.name(text, out),
        },
        Look::Equal(kind) => out.extend(matcher.texts.equal(kind, text)),
        Look::Principal => matcher.texts.principal(text, out),
        Look::Name => matcher.texts.name(text, out),
        Look::Agent => matcher.texts.agent(text, out),
    }
}

/// Events are read here, with what their fields meet; their texts, which are most of the work, are unpacked and
/// searched by as many threads as there are cores.
fn find(conn: &Connection, matcher: &Matcher) -> Result<Vec<EventHit>, QueryError> {
    if matcher.is_empty() {
        return Ok(Vec::new());
    }
    let count = threads::for_a_question();
    let (send, receive) = std::sync::mpsc::sync_channel::<Batch>(2 * count);
    let receive = Arc::new(Mutex::new(receive));
    let mut parts = threads::scope(|scope| {
        let begin = |number: usize| {
            let receive = Arc::clone(&receive);
            threads::beside(scope, &format!("events-{number}"), move || work(&receive, matcher)).ok()
        };
        let workers: Vec<_> = (0..count).filter_map(begin).collect();
        // Only workers have it: sending fails when the last of them is gone.
        drop(receive);
        let mut parts = Parts::new();
        let read = read_batches(conn, matcher, &mut |batch| {
            if workers.is_empty() {
                parts.push((batch.number, batch.hits(matcher)?));
                return Ok(true);
            }
            // Where nobody takes batches, a worker has failed and says why.
            Ok(send.send(batch).is_ok())
        });
        drop(send);
        for worker in workers {
            parts.extend(worker.join()?);
        }
        read.map(|()| parts)
    })?;
    parts.sort_unstable_by_key(|(number, _)| *number);
    Ok(parts.into_iter().flat_map(|(_, hits)| hits).collect())
}

/// What some batches meet, by their numbers.
type Parts = Vec<(usize, Vec<EventHit>)>;

fn work(receive: &Mutex<Receiver<Batch>>, matcher: &Matcher) -> Result<Parts, QueryError> {
    let mut parts = Vec::new();
    loop {
        let batch = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = batch else { return Ok(parts) };
        parts.push((batch.number, batch.hits(matcher)?));
    }
}

/// Events whose texts are in the same block, or that have none.
struct Batch {
    number: usize,
    texts: Option<PackedTexts>,
    /// With what their fields meet.
    events: Vec<(RecordId, Vec<(u32, Where)>)>,
}

/// Without texts.
const MOST_EVENTS: usize = if cfg!(test) { 3 } else { 4096 };

impl Batch {
    fn hits(self, matcher: &Matcher) -> Result<Vec<EventHit>, QueryError> {
        let mut texts = self.texts.map(|texts| texts.unpack()).transpose()?;
        let mut hits = Vec::new();
        for (event, found) in self.events {
            let text = texts.as_mut().map_or(Ok(None), |texts| texts.find(event))?;
            whole(matcher, event, found, text, &mut hits);
        }
        Ok(hits)
    }
}

/// `take` says whether more are asked for.
fn read_batches(
    conn: &Connection,
    matcher: &Matcher,
    take: &mut dyn FnMut(Batch) -> Result<bool, QueryError>,
) -> Result<(), QueryError> {
    let look = EventLook::new(conn, matcher)?;
    let mut statement = conn.prepare(&look.select("ORDER BY e.id"))?;
    let mut rows = statement.query([])?;
    let mut blocks = PackedTexts::all(conn)?;
    let mut blocks = blocks.rows()?;
    let mut next = blocks.take()?;
    let mut batch = Batch { number: 0, texts: None, events: Vec::new() };
    let mut flush = |batch: &mut Batch, texts: Option<PackedTexts>| {
        let next = Batch { number: batch.number + 1, texts, events: Vec::new() };
        take(std::mem::replace(batch, next))
    };
    while let Some(row) = rows.next()? {
        let (event, found) = look.fields(row)?;
        while next.as_ref().is_some_and(|texts| texts.is_before(event)) {
            next = blocks.take()?;
        }
        let is_in_next = next.as_ref().is_some_and(|texts| texts.holds(event));
        if is_in_next {
            let texts = std::mem::replace(&mut next, blocks.take()?);
            if !flush(&mut batch, texts)? {
                return Ok(());
            }
        } else if batch.texts.is_none() && batch.events.len() == MOST_EVENTS && !flush(&mut batch, None)? {
            return Ok(());
        }
        batch.events.push((event, found));
    }
    flush(&mut batch, None)?;
    Ok(())
}

/// What some events meet, in their order: less work than all where they are few.
///
/// # Errors
/// As `events_met`.
pub(super) fn some_events_met(
    conn: &Connection,
    matcher: &Matcher,
    events: &[RecordId],
) -> Result<Vec<Vec<EventHit>>, QueryError> {
    let look = EventLook::new(conn, matcher)?;
    let mut statement = conn.prepare(&look.select("WHERE e.id = ?"))?;
    let mut texts = EventTexts::default();
    let mut met = Vec::with_capacity(events.len());
    for event in events {
        let mut hits = Vec::new();
        let mut rows = statement.query([event.0])?;
        if let Some(row) = rows.next()? {
            let (event, found) = look.fields(row)?;
            whole(matcher, event, found, texts.get(conn, event)?, &mut hits);
        }
        met.push(hits);
    }
    Ok(met)
}

/// What is looked at in each event: what it refers to, in the dictionaries that hold its fields.
struct EventLook {
    /// The columns of an event that refer to dictionaries, and what each of their rows meets.
    met: Vec<(String, TuplesMet)>,
}

impl EventLook {
    fn new(conn: &Connection, matcher: &Matcher) -> Result<Self, QueryError> {
        let fields: Vec<(FieldId, Look)> =
            FIELDS.iter().map(|(name, how)| (own_field(Dataset::Events, name), *how)).collect();
        let mut met: Vec<(String, TuplesMet)> = Vec::new();
        for held in fields.iter().filter_map(|(field, _)| EventDictionary::of(*field)) {
            if !met.iter().any(|(reference, _)| *reference == held.reference()) {
                met.push((held.reference(), tuples_met(conn, matcher, held, &fields)?));
            }
        }
        Ok(Self { met })
    }

    fn select(&self, which: &str) -> String {
        let columns: Vec<String> = self.met.iter().map(|(reference, _)| format!("e.{reference}")).collect();
        format!("SELECT e.id, {} FROM event e {which}", columns.join(", "))
    }

    /// An event, and what its fields meet.
    fn fields(&self, row: &Row<'_>) -> Result<(RecordId, Vec<(u32, Where)>), QueryError> {
        let mut found: Vec<(u32, Where)> = Vec::new();
        for (at, (_, met)) in (1..).zip(&self.met) {
            if let Some(of_tuple) = row.get_ref(at)?.as_i64().ok().and_then(|id| met.get(&id)) {
                found.extend(of_tuple);
            }
        }
        Ok((RecordId(row.get(0)?), found))
    }
}

/// Appends what an event meets: what its fields meet, and what its text does.
fn whole(
    matcher: &Matcher,
    event: RecordId,
    mut found: Vec<(u32, Where)>,
    text: Option<&str>,
    hits: &mut Vec<EventHit>,
) {
    if let Some(text) = text {
        raw_met(matcher, text, &mut found);
    }
    // A field says more than the raw text, and comes before it.
    found.sort_unstable();
    found.dedup_by_key(|(place, _)| *place);
    hits.extend(found.into_iter().map(|(place, at)| EventHit { event, place, at }));
}

fn fields_met(
    matcher: &Matcher,
    row: &Row<'_>,
    first: usize,
    fields: &[(FieldId, Look)],
    found: &mut Vec<(u32, Where)>,
) -> Result<(), QueryError> {
    let mut places = Vec::new();
    for (column, (field, how)) in (first..).zip(fields) {
        places.clear();
        if let Ok(text) = row.get_ref(column)?.as_str() {
            look(matcher, *how, text, &mut places);
        }
        found.extend(places.iter().map(|place| (*place, Where::Field(*field))));
    }
    Ok(())
}

type TuplesMet = FxHashMap<i64, Vec<(u32, Where)>>;

/// What repeats is looked at once for each row of its dictionary.
fn tuples_met(
    conn: &Connection,
    matcher: &Matcher,
    held: EventDictionary,
    fields: &[(FieldId, Look)],
) -> Result<TuplesMet, QueryError> {
    let is_own = |field: FieldId| EventDictionary::of(field).is_some_and(|other| other.table == held.table);
    let own: Vec<(FieldId, Look)> = fields.iter().copied().filter(|(f, _)| is_own(*f)).collect();
    let columns: Vec<String> = own.iter().map(|(f, _)| format!("k.\"{}\"", f.name())).collect();
    let sql = format!("SELECT k.{}, {} FROM {} k", held.key, columns.join(", "), held.table);
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut tuples = TuplesMet::default();
    while let Some(row) = rows.next()? {
        let mut found = Vec::new();
        fields_met(matcher, row, 1, &own, &mut found)?;
        if !found.is_empty() {
            tuples.insert(row.get(0)?, found);
        }
    }
    Ok(tuples)
}

/// What the raw text of an event holds.
fn raw_met(matcher: &Matcher, text: &str, found: &mut Vec<(u32, Where)>) {
    let mut places = Vec::new();
    if !matcher.addresses.is_empty() {
        for key in addresses_in(text) {
            matcher.addresses.containing(key, &mut places);
        }
    }
    if matcher.texts.has_raw() {
        matcher.texts.raw(text, &mut places);
    }
    found.extend(places.into_iter().map(|place| (place, Where::Text)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_in_dictionaries() {
        for (name, _) in FIELDS {
            let field = crate::model::field::by_name(Dataset::Events, name).unwrap();
            // Of the event's own row nothing is read.
            assert!(EventDictionary::of(field).is_some(), "{name}");
        }
    }
}
