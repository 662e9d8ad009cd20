//! The table of principals.

use super::counted;
use super::{owned, text, time};
use crate::analysis::definition::{Analysis, Asked, Parameter, ParameterKind};
use crate::case::CaseReader;
use crate::model::{Dataset, Unit, Value};
use crate::query::lineage::{Loaded, Principal, principals};
use crate::query::tables::{Column, Rows};
use crate::query::{Cancel, QueryError, Scope};

const DORMANT_DAYS: Parameter =
    Parameter { name: "dormant_days", kind: ParameterKind::Days, default: Some("30"), optional: false };

/// The principals of the events: users, roles, root, services and others.
pub static IDENTITIES: Analysis =
    Analysis { name: "identities", dataset: Dataset::Events, parameters: &[DORMANT_DAYS], needs: &[], run, counted };

const COLUMNS: [(&str, Unit); 19] = [
    ("principal", Unit::Text),
    ("kind", Unit::Text),
    ("name", Unit::Text),
    ("account", Unit::Text),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("events", Unit::Count),
    ("errors", Unit::Count),
    ("denied", Unit::Count),
    ("writes", Unit::Count),
    ("keys", Unit::Count),
    ("sessions", Unit::Count),
    ("event_names", Unit::Count),
    ("services", Unit::Count),
    ("regions", Unit::Count),
    ("addresses", Unit::Count),
    ("agents", Unit::Count),
    ("longest_gap_days", Unit::Count),
    ("flags", Unit::Text),
];

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let days = asked.number(&DORMANT_DAYS)?;
    let loaded = super::loaded(reader, &asked.scope, cancel)?;
    let principals = principals(&loaded.events, &loaded.deeds);
    let most = asked.limit.unwrap_or(usize::MAX);
    let rows = principals.iter().take(most).map(|principal| row(&loaded, principal, days)).collect();
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

fn row(loaded: &Loaded, principal: &Principal, dormant_days: i64) -> Vec<Value> {
    let events = &loaded.events;
    let of_text = |of| text(events.texts.get(of));
    let tally = &principal.tally;
    let [names, services, regions, addresses, agents] = tally.different.map(|count| Value::count(count.into()));
    vec![
        of_text(principal.principal),
        owned(events.kind_text(principal.kind)),
        of_text(principal.name),
        of_text(principal.account),
        time(tally.first),
        time(tally.last),
        Value::count(tally.events),
        Value::count(tally.errors),
        Value::count(tally.denied),
        Value::count(tally.writes),
        Value::count(principal.keys.into()),
        Value::count(principal.sessions.into()),
        names,
        services,
        regions,
        addresses,
        agents,
        Value::Integer(principal.longest_gap_days()),
        owned(principal.flags(dormant_days)),
    ]
}

/// The events of a principal.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let [principal, kind, name, ..] = row else { return None };
    counted::of_principal(&asked.scope, [principal, kind, name].map(Value::to_text))
}
