//! The table of lineages: a row for each event, or a row for each step of one.

use super::{owned, text, time};
use crate::analysis::definition::{Analysis, Asked, Parameter, ParameterKind, event_of};
use crate::case::CaseReader;
use crate::model::{Dataset, RecordId, Unit, Value};
use crate::query::lineage::{Actor, Hop, Lineage, Loaded, Place};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, QueryError, Scope};

/// The lineage of every event; with an eventID the steps of its lineage, with a principal the events in whose chain it is.
pub static LINEAGE: Analysis = Analysis {
    name: "lineage",
    dataset: Dataset::Events,
    parameters: &[
        Parameter { name: "event", kind: ParameterKind::Text, default: None, optional: true },
        Parameter { name: "principal", kind: ParameterKind::Text, default: None, optional: true },
    ],
    needs: &[],
    run,
    counted,
};

const COLUMNS: [(&str, Unit); 9] = [
    ("event_id", Unit::Text),
    ("event_time", Unit::Time),
    ("actor", Unit::Text),
    ("actor_type", Unit::Text),
    ("hops", Unit::Count),
    ("proof", Unit::Text),
    ("weakest", Unit::Text),
    ("chain", Unit::Text),
    ("notes", Unit::Text),
];

const STEP_COLUMNS: [(&str, Unit); 8] = [
    ("hop", Unit::Number),
    ("proof", Unit::Text),
    ("event_id", Unit::Text),
    ("event_time", Unit::Time),
    ("event_name", Unit::Text),
    ("caller", Unit::Text),
    ("caller_type", Unit::Text),
    ("notes", Unit::Text),
];

/// A step of the chain of an event, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainStep {
    /// By which rule it was reached; the event's own step has none.
    pub proof: Option<&'static str>,
    /// Where the step leads to an event: its record, and its eventID.
    pub record: Option<RecordId>,
    pub event_id: String,
    /// Seconds.
    pub time: Option<i64>,
    pub event_name: String,
    /// Whom it names, and of what kind that is.
    pub caller: String,
    pub caller_type: &'static str,
}

/// What there is to say besides the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainNote {
    pub name: &'static str,
    /// Empty where the name says all.
    pub value: String,
}

/// The lineage of an event, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventChain {
    pub actor: String,
    pub actor_type: &'static str,
    pub proof: &'static str,
    pub weakest: &'static str,
    /// The event itself, then step by step to who acted.
    pub steps: Vec<ChainStep>,
    pub notes: Vec<ChainNote>,
}

impl Loaded {
    pub(super) fn chain(&self, place: Place) -> EventChain {
        let events = &self.events;
        let lineage = events.lineage(place);
        let own = events.at(place).map_or(Actor::Nobody, |at| events.named(at.identity));
        let mut steps = vec![self.chain_step(None, Some(place), own)];
        for (at, hop) in lineage.hops.iter().enumerate() {
            // The identity from which the next step is taken is the one that this step leads to.
            let next = lineage.hops.get(at + 1).map_or(lineage.last, |next| next.from);
            let is_last = at + 1 == lineage.hops.len();
            let named = events.identities.get(next as usize).map_or(Actor::Nobody, |next| events.named(next));
            steps.push(self.chain_step(Some(hop), hop.event, if is_last { lineage.actor } else { named }));
        }
        let id = |place: Place| self.id(place);
        EventChain {
            actor: events.actor_text(lineage.actor),
            actor_type: lineage.actor.kind(),
            proof: lineage.proof().name(),
            weakest: lineage.weakest().name(),
            steps,
            notes: lineage
                .notes
                .iter()
                .map(|note| ChainNote { name: note.name(), value: events.note_value(note, &id).unwrap_or_default() })
                .collect(),
        }
    }

    fn chain_step(&self, hop: Option<&Hop>, event: Option<Place>, caller: Actor) -> ChainStep {
        ChainStep {
            proof: hop.map(|hop| hop.proof.name()),
            record: event.and_then(|event| self.record(event)),
            event_id: event.map(|event| self.id(event)).unwrap_or_default(),
            time: event.and_then(|event| self.events.events.get(event as usize)?.time),
            event_name: event.map_or("", |event| self.events.texts.get(self.deeds.call(event).name)).to_owned(),
            caller: self.events.actor_text(caller),
            caller_type: caller.kind(),
        }
    }

    /// Is the principal, by unique id, ARN or name, the caller, the actor, or between them?
    fn concerns(&self, lineage: &Lineage, principal: &str) -> bool {
        let events = &self.events;
        let is_named = |number: u32| {
            events.identities.get(number as usize).is_some_and(|identity| {
                [identity.principal, identity.principal_arn, identity.arn, identity.principal_id, identity.session_id]
                    .into_iter()
                    .any(|text| events.texts.get(text) == principal)
            })
        };
        lineage.hops.iter().map(|hop| hop.from).chain([lineage.last]).any(is_named)
            || events.actor_text(lineage.actor) == principal
    }

    fn row(&self, place: Place, lineage: &Lineage) -> Vec<Value> {
        let (events, id) = (&self.events, |place: Place| self.id(place));
        vec![
            owned(self.id(place)),
            time(events.events.get(place as usize).and_then(|event| event.time)),
            owned(events.actor_text(lineage.actor)),
            text(lineage.actor.kind()),
            Value::count(lineage.hops.len() as u64),
            text(lineage.proof().name()),
            text(lineage.weakest().name()),
            owned(events.chain_text(lineage, &id)),
            owned(events.notes_text(&lineage.notes, &id)),
        ]
    }
}

/// The lineage of one event; `None` where the case has none of that record. Finds those of all events first, where they
/// are not known yet; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn event_chain(reader: &CaseReader, record: RecordId, cancel: &Cancel) -> Result<Option<EventChain>, QueryError> {
    let loaded = query::loaded_events(reader, cancel)?;
    Ok(loaded.place_of(record).map(|place| loaded.chain(place)))
}

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let loaded = super::loaded(reader, &asked.scope, cancel)?;
    let value = |name: &str| asked.parameters.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    let most = asked.limit.unwrap_or(usize::MAX);
    if let Some(event_id) = value("event") {
        let places = loaded.places_of(event_id);
        if places.is_empty() {
            return Err(QueryError::Filter(format!("the case has no event with the id {event_id}")));
        }
        let steps = places.into_iter().flat_map(|place| step_rows(&loaded.chain(place)));
        return Ok(Rows::new(Column::list(&STEP_COLUMNS), steps.take(most).collect()));
    }
    let principal = value("principal");
    let mut rows = Vec::new();
    for place in loaded.places() {
        if rows.len() >= most {
            break;
        }
        if place.is_multiple_of(4096) && cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let lineage = loaded.events.lineage(place);
        if principal.is_none_or(|principal| loaded.concerns(&lineage, principal)) {
            rows.push(loaded.row(place, &lineage));
        }
    }
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

/// The event's own step, then one for each hop; the notes are those of the whole.
fn step_rows(chain: &EventChain) -> Vec<Vec<Value>> {
    let notes: Vec<String> = chain
        .notes
        .iter()
        .map(|ChainNote { name, value }| if value.is_empty() { (*name).to_owned() } else { format!("{name}={value}") })
        .collect();
    let row = |(hop, step): (usize, &ChainStep)| {
        vec![
            Value::Integer(hop as i64),
            text(step.proof.unwrap_or("")),
            text(&step.event_id),
            time(step.time),
            text(&step.event_name),
            text(&step.caller),
            text(step.caller_type),
            if hop == 0 { owned(notes.join("; ")) } else { Value::Null },
        ]
    };
    chain.steps.iter().enumerate().map(row).collect()
}

/// The event of a row.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let is_of_steps = row.len() == STEP_COLUMNS.len();
    let event_id = if is_of_steps { row.get(2) } else { row.first() }?;
    event_of(&Scope { range: Default::default(), filter: None, ..asked.scope.clone() }, event_id)
}
