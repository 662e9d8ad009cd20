//! Which events each Sigma rule matches. Found once for all events, on all cores, and kept as long as neither the rules nor
//! the events change.

use crate::case::CaseReader;
use crate::case::event_json::PackedTexts;
use crate::case::index::IndexCache;
use crate::case::schema::EVENT_ONCE;
use crate::model::{RecordId, SupplementKind};
use crate::query::event_lines::{EventId, event_id};
use crate::query::supplements::{files_of, state_of};
use crate::query::{Cancel, QueryError};
use crate::sigma::{BaseHit, Correlator, RuleFile, RuleSet, SigmaRule};
use crate::threads;
use rusqlite::Connection;
use rustc_hash::FxHashSet;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

/// What the rules of a case match.
#[derive(Debug)]
pub struct SigmaMatches {
    /// Every document in the order of the files, with the events that it matches, ascending. Each event counts once.
    pub rules: Vec<(SigmaRule, Vec<RecordId>)>,
    /// Events that could be no part of a correlation, because they have no time.
    pub untimed: u64,
    /// Events whose JSON could not be read.
    pub unread: u64,
    /// Correlations lost some of what they counted, because there were too many groups at once.
    pub is_cut: bool,
}

/// What the rules match. Takes time in proportion to the events where it was not found before; never on the frame
/// thread.
///
/// # Errors
/// The case cannot be read; it was stopped.
pub fn sigma_matches(reader: &CaseReader, cancel: &Cancel) -> Result<Arc<SigmaMatches>, QueryError> {
    cancel.watch(reader, || found(&reader.conn, &reader.cache))
}

/// The same for a connection.
///
/// # Errors
/// As `sigma_matches`.
pub(crate) fn found(conn: &Connection, cache: &IndexCache) -> Result<Arc<SigmaMatches>, QueryError> {
    let sql = "SELECT ifnull(sum(event_count), 0) FROM evidence";
    let events: i64 = conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
    let last: i64 = conn.prepare_cached("SELECT ifnull(max(id), 0) FROM event_row")?.query_row([], |r| r.get(0))?;
    let name = format!("sigma {events} {}", state_of(conn, SupplementKind::Sigma)?);
    cache.derived(&name, last, || {
        let files = files_of(conn, SupplementKind::Sigma)?;
        let files: Vec<RuleFile<'_>> = files
            .iter()
            .map(|file| RuleFile { path: &file.path, sha256: &file.sha256, content: &file.bytes })
            .collect();
        let found = find(conn, RuleSet::read(&files))?;
        let bytes = found.rules.iter().map(|(_, events)| events.len() * size_of::<RecordId>() + 512).sum();
        Ok((found, bytes))
    })
}

fn find(conn: &Connection, set: RuleSet) -> Result<SigmaMatches, QueryError> {
    let calls = concerned(conn, &set)?;
    let parts = if calls.is_empty() { Vec::new() } else { evaluated(conn, &set, &calls)? };
    let mut matches: Vec<Vec<RecordId>> = vec![Vec::new(); set.rules.len()];
    let (mut hits, mut untimed, mut unread) = (Vec::new(), 0, 0);
    for part in parts {
        for (rule, event) in part.matches {
            if let Some(events) = matches.get_mut(rule) {
                events.push(event);
            }
        }
        hits.extend(part.hits);
        untimed += part.untimed;
        unread += part.unread;
    }
    hits.sort_by(|one, other| (one.0.time, &one.1).cmp(&(other.0.time, &other.1)));
    let mut correlator = Correlator::new(&set);
    hits.iter().for_each(|(hit, _)| correlator.take(hit));
    let correlated = correlator.finish();
    for (place, events) in correlated.matches {
        if let Some(matched) = matches.get_mut(place) {
            *matched = events;
        }
    }
    matches.iter_mut().for_each(|events| events.sort_unstable());
    let rules = set.rules.into_iter().zip(matches).collect();
    Ok(SigmaMatches { rules, untimed, unread, is_cut: correlated.is_cut })
}

/// The calls whose events can match a rule.
fn concerned(conn: &Connection, set: &RuleSet) -> Result<FxHashSet<i64>, QueryError> {
    let mut statement =
        conn.prepare("SELECT call_id, event_source, event_name, event_category IS 'Insight' FROM call")?;
    let mut rows = statement.query([])?;
    let mut calls = FxHashSet::default();
    while let Some(row) = rows.next()? {
        // What an Insights event is about is inside it.
        let is_insight: bool = row.get(3)?;
        let text = |at: usize| -> rusqlite::Result<Option<String>> { if is_insight { Ok(None) } else { row.get(at) } };
        if set.concerns(text(1)?.as_deref(), text(2)?.as_deref()) {
            calls.insert(row.get(0)?);
        }
    }
    Ok(calls)
}

/// What some events match.
#[derive(Default)]
struct Part {
    matches: Vec<(usize, RecordId)>,
    /// Those that a correlation may count, with their event ids, which order events of the same time.
    hits: Vec<(BaseHit, EventId)>,
    untimed: u64,
    unread: u64,
}

/// An event that can match.
struct Candidate {
    event: RecordId,
    millis: Option<i64>,
    /// Only where there are correlations.
    id: EventId,
}

/// Events whose texts are in the same block.
struct Batch {
    texts: PackedTexts,
    events: Vec<Candidate>,
}

impl Batch {
    fn evaluate(self, set: &RuleSet, part: &mut Part) -> Result<(), QueryError> {
        let mut texts = self.texts.unpack()?;
        for Candidate { event, millis, id } in self.events {
            let Some(matched) = texts.find(event)?.and_then(|text| set.matched(text)) else {
                part.unread += 1;
                continue;
            };
            part.matches.extend(matched.rules.iter().map(|rule| (*rule, event)));
            match (matched.values, millis) {
                (Some(values), Some(millis)) => {
                    let time = millis.div_euclid(1000);
                    part.hits.push((BaseHit { event, time, rules: matched.rules, values }, id));
                }
                (Some(_), None) => part.untimed += 1,
                (None, _) => {}
            }
        }
        Ok(())
    }
}

/// One thread reads, all others unpack and evaluate.
fn evaluated(conn: &Connection, set: &RuleSet, calls: &FxHashSet<i64>) -> Result<Vec<Part>, QueryError> {
    let count = threads::for_a_question();
    let (send, receive) = std::sync::mpsc::sync_channel::<Batch>(2 * count);
    let receive = Arc::new(Mutex::new(receive));
    threads::scope(|scope| {
        let begin = |number: usize| {
            let receive = Arc::clone(&receive);
            threads::beside(scope, &format!("sigma-{number}"), move || work(&receive, set)).ok()
        };
        let workers: Vec<_> = (0..count).filter_map(begin).collect();
        // Only workers have it: sending fails when the last of them is gone.
        drop(receive);
        let mut own = Part::default();
        let read = read_batches(conn, set, calls, &mut |batch| {
            if workers.is_empty() {
                batch.evaluate(set, &mut own)?;
                return Ok(true);
            }
            // Where nobody takes batches, a worker has failed and says why.
            Ok(send.send(batch).is_ok())
        });
        drop(send);
        let mut parts = vec![own];
        for worker in workers {
            parts.push(worker.join()?);
        }
        let without_text = read?;
        if let Some(own) = parts.first_mut() {
            own.unread += without_text;
        }
        Ok(parts)
    })
}

fn work(receive: &Mutex<Receiver<Batch>>, set: &RuleSet) -> Result<Part, QueryError> {
    let mut part = Part::default();
    loop {
        let batch = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = batch else { return Ok(part) };
        batch.evaluate(set, &mut part)?;
    }
}

/// Gives every event that can match, block by block; how many have no text. `take` says whether more are asked for.
fn read_batches(
    conn: &Connection,
    set: &RuleSet,
    calls: &FxHashSet<i64>,
    take: &mut dyn FnMut(Batch) -> Result<bool, QueryError>,
) -> Result<u64, QueryError> {
    let sql = format!(
        "SELECT e.id, e.call_id, e.time_millis, e.event_uuid, e.event_id FROM event_row e {EVENT_ONCE} ORDER BY e.id"
    );
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut blocks = PackedTexts::all(conn)?;
    let mut blocks = blocks.rows()?;
    let mut block = blocks.take()?;
    let (mut events, mut without_text) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        if !calls.contains(&row.get(1)?) {
            continue;
        }
        let event = RecordId(row.get(0)?);
        while block.as_ref().is_some_and(|block| block.is_before(event)) {
            let done = std::mem::replace(&mut block, blocks.take()?);
            let events = std::mem::take(&mut events);
            if let Some(texts) = done.filter(|_| !events.is_empty())
                && !take(Batch { texts, events })?
            {
                return Ok(without_text);
            }
        }
        if !block.as_ref().is_some_and(|block| block.holds(event)) {
            without_text += 1;
            continue;
        }
        let id = if set.has_correlations() { event_id(row, 3, 4)? } else { EventId::of("") };
        events.push(Candidate { event, millis: row.get(2)?, id });
    }
    if let Some(texts) = block.filter(|_| !events.is_empty()) {
        take(Batch { texts, events })?;
    }
    Ok(without_text)
}
