//! The table of sessions.

use super::counted;
use super::{owned, text, time};
use crate::analysis::definition::{Analysis, Asked};
use crate::case::CaseReader;
use crate::derive::Mfa;
use crate::model::{Address, Dataset, Unit, Value};
use crate::query::lineage::{Loaded, Session, sessions};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, QueryError, Scope};

/// The sessions of the events: by key, by principal and creation, or by name and creation.
pub static SESSIONS: Analysis =
    Analysis { name: "sessions", dataset: Dataset::Events, parameters: &[], needs: &[], run, counted };

const COLUMNS: [(&str, Unit); 27] = [
    ("session", Unit::Text),
    ("kind", Unit::Text),
    ("principal_id", Unit::Text),
    ("principal_arn", Unit::Text),
    ("session_name", Unit::Text),
    ("actor", Unit::Text),
    ("proof", Unit::Text),
    ("weakest", Unit::Text),
    ("hops", Unit::Count),
    ("issued_by", Unit::Text),
    ("issued_at", Unit::Time),
    ("expires_at", Unit::Time),
    ("login_event", Unit::Text),
    ("mfa", Unit::Text),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("events", Unit::Count),
    ("errors", Unit::Count),
    ("denied", Unit::Count),
    ("writes", Unit::Count),
    ("event_names", Unit::Count),
    ("services", Unit::Count),
    ("regions", Unit::Count),
    ("addresses", Unit::Count),
    ("public_addresses", Unit::Text),
    ("agents", Unit::Count),
    ("flags", Unit::Text),
];

/// Is it an address outside private space?
fn is_public(address: &str) -> bool {
    Address::parse(address.as_bytes()).is_some_and(|address| !query::is_private(&address))
}

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let loaded = super::loaded(reader, &asked.scope, cancel)?;
    let sessions = sessions(&loaded.events, &loaded.deeds, &is_public);
    let rows = sessions.iter().take(asked.limit.unwrap_or(usize::MAX)).map(|session| row(&loaded, session)).collect();
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

fn row(loaded: &Loaded, session: &Session) -> Vec<Value> {
    let events = &loaded.events;
    let of_text = |of| text(events.texts.get(of));
    let identity = events.identities.get(session.identity as usize);
    let issue = session.issue.and_then(|issue| events.issues.get(issue as usize));
    let tally = &session.tally;
    let [names, services, regions, addresses, agents] = tally.different.map(|count| Value::count(count.into()));
    let public: Vec<&str> = session.public_addresses.iter().map(|address| events.texts.get(*address)).collect();
    vec![
        owned(events.session_text(session.key)),
        text(session.key.kind()),
        identity.map_or(Value::Null, |identity| of_text(identity.principal_id)),
        identity.map_or(Value::Null, |identity| of_text(identity.arn)),
        identity.map_or(Value::Null, |identity| of_text(identity.session_name)),
        owned(events.actor_text(session.lineage.actor)),
        text(session.lineage.proof().name()),
        text(session.lineage.weakest().name()),
        Value::count(session.lineage.hops.len() as u64),
        owned(issue.map(|issue| loaded.id(issue.event)).unwrap_or_default()),
        time(issue.and_then(|issue| issue.time)),
        time(issue.and_then(|issue| issue.expires)),
        owned(session.login.map(|login| loaded.id(login)).unwrap_or_default()),
        text(session.mfa.map_or("", Mfa::code)),
        time(tally.first),
        time(tally.last),
        Value::count(tally.events),
        Value::count(tally.errors),
        Value::count(tally.denied),
        Value::count(tally.writes),
        names,
        services,
        regions,
        addresses,
        owned(public.join(" ")),
        agents,
        owned(session.flags()),
    ]
}

/// The events of a session.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let [session, kind, principal_id, principal_arn, ..] = row else { return None };
    counted::of_session(&asked.scope, [session, kind, principal_id, principal_arn].map(Value::to_text))
}
