//! What events and inventories say of assets: addresses, interfaces, instances, groups, principals, each fact with its
//! source and the time in which it holds. Answers of reads are not recorded in events, so nothing is learnt from those.

mod events;
mod findings;
pub(crate) mod inventory;
pub(super) mod ledger;

use super::definition::{Analysis, Asked, event_of};
use crate::case::CaseReader;
use crate::filter::value::parse_time;
use crate::filter::{Check, Filter, Literal, Target};
use crate::model::{Address, Dataset, FieldId, KeySpan, Network, SupplementKind, Timestamp, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, QueryError, Scope, SortKey, own_field};
use events::{Hearing, NAMES, Told};
use ledger::{Fact, Ledger, Place, Source};
use serde_json::Value as Json;

/// A row for each fact.
pub(super) static ASSETS: Analysis =
    Analysis { name: "assets", dataset: Dataset::Events, parameters: &[], needs: &[], run, counted };

const COLUMNS: [(&str, Unit); 11] = [
    ("kind", Unit::Text),
    ("asset", Unit::Text),
    ("property", Unit::Text),
    ("value", Unit::Text),
    ("account", Unit::Text),
    ("region", Unit::Text),
    ("valid_from", Unit::Time),
    ("valid_to", Unit::Time),
    ("source", Unit::Text),
    ("ended_by", Unit::Text),
    ("flags", Unit::Text),
];

/// What is read of an event.
const FIELDS: [&str; 7] = [
    "event_id",
    "event_time",
    "event_name",
    "recipient_account_id",
    "aws_region",
    "request_parameters",
    "response_elements",
];

/// Events that are read at once.
const PAGE: usize = 4096;

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let facts = facts(reader, &asked.scope, cancel)?;
    let rows = facts.iter().take(asked.limit.unwrap_or(usize::MAX)).map(row).collect();
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

/// What the events of a scope and the inventories of the case say.
///
/// # Errors
/// As of any query.
pub(super) fn facts(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Vec<Fact>, QueryError> {
    let (mut hearing, mut ledger) = (Hearing::default(), Ledger::default());
    each_success(reader, scope, &NAMES, cancel, &mut |row| {
        let Read { id, time, name, place, request, response } = row;
        let source = Source::Event(id);
        for saying in hearing.said(&Told { name: &name, place, request: &request, response: &response }) {
            ledger.hear(time, &source, saying);
        }
    })?;
    for file in query::supplements(reader, SupplementKind::Inventory, false)? {
        let time = file.captured_utc.as_deref().and_then(parse_time).map(|parsed| parsed.time.0);
        let said = inventory::said(&query::supplement_content(reader, file.id)?).unwrap_or_default();
        let source = Source::Inventory(file.path);
        said.into_iter().for_each(|saying| ledger.hear(time, &source, saying));
    }
    Ok(ledger.finish())
}

/// What is known of an address: itself, or of a range that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub property: &'static str,
    /// With the name of what it is, where that has one.
    pub value: String,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// The id of an event.
    pub event: Option<String>,
    /// The path of an inventory.
    pub inventory: Option<String>,
    /// Another source says otherwise of the same time.
    pub is_disputed: bool,
}

/// What events and inventories say of an address and of the ranges that it is in, in the order of the list of assets.
///
/// # Errors
/// As of any query.
pub(crate) fn of_address(reader: &CaseReader, address: &Address, cancel: &Cancel) -> Result<Vec<Known>, QueryError> {
    let facts = facts(reader, &Scope::all(Dataset::Events), cancel)?;
    let key = u128::from_be_bytes(address.key());
    let is_of = |fact: &&Fact| match fact.asset.kind {
        "address" => Address::parse(fact.asset.id.as_bytes()).is_some_and(|own| own.key() == address.key()),
        "range" => Network::parse(&fact.asset.id).is_some_and(|range| KeySpan::from(range).contains(key)),
        _ => false,
    };
    let names = |id: &str| {
        let mut named = facts.iter().filter(|fact| fact.property == "name" && fact.asset.id == id);
        named.next().map(|fact| fact.value.clone())
    };
    let known = |fact: &Fact| {
        let value = names(&fact.value).map_or_else(|| fact.value.clone(), |name| format!("{} ({name})", fact.value));
        let of_range = fact.asset.kind == "range";
        let (event, inventory) = match &fact.source {
            Source::Event(id) => (Some(id.clone()), None),
            Source::Inventory(path) => (None, Some(path.clone())),
        };
        Known {
            property: fact.property,
            value: if of_range { format!("{value}, {}", fact.asset.id) } else { value },
            from: fact.from.map(Timestamp),
            to: fact.to.map(Timestamp),
            event,
            inventory,
            is_disputed: fact.disputed,
        }
    };
    Ok(facts.iter().filter(is_of).map(known).collect())
}

/// An event as it is read.
pub(super) struct Read {
    pub id: String,
    /// Milliseconds.
    pub time: Option<i64>,
    pub name: String,
    pub place: Place,
    pub request: Json,
    pub response: Json,
}

/// Every event of these names that succeeded, in the order of time and id.
///
/// # Errors
/// As of any query.
pub(super) fn each_success(
    reader: &CaseReader,
    scope: &Scope,
    names: &[&str],
    cancel: &Cancel,
    each: &mut dyn FnMut(Read),
) -> Result<(), QueryError> {
    let of = |name| own_field(Dataset::Events, name);
    let names = names.iter().map(|name| Literal::text(name)).collect();
    let named = Filter::test(Target::Field(of("event_name")), Check::In(names));
    let succeeded = Filter::test(Target::Field(of("error_code")), Check::Absent);
    let sort = ["event_time", "event_id"].map(|name| SortKey { field: of(name), descending: false });
    let events = query::rows(reader, &scope.and(named).and(succeeded).records(sort.to_vec()), cancel)?;
    let fields: Vec<FieldId> = FIELDS.map(of).to_vec();
    for from in (0..events.len()).step_by(PAGE) {
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let ids = events.ids(from..events.len().min(from + PAGE));
        query::page(reader, Dataset::Events, &ids, &fields)?.iter().filter_map(|row| read(row)).for_each(&mut *each);
    }
    Ok(())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn read(row: &[Value]) -> Option<Read> {
    let [id, time, name, account, region, request, response] = row else { return None };
    let json =
        |value: &Value| text(value).and_then(|text| serde_json::from_str::<Json>(&text).ok()).unwrap_or(Json::Null);
    let time = match time {
        Value::Time(time) => Some(time.0),
        _ => None,
    };
    Some(Read {
        id: text(id).unwrap_or_default(),
        time,
        name: text(name).unwrap_or_default(),
        place: Place { account: text(account), region: text(region) },
        request: json(request),
        response: json(response),
    })
}

fn row(fact: &Fact) -> Vec<Value> {
    let word = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
    let owned = |text: &str| Value::Text(text.to_owned());
    let source = |source: &Source| match source {
        Source::Event(id) if id.is_empty() => Value::Null,
        Source::Event(id) => owned(id),
        Source::Inventory(path) => owned(path),
    };
    let time = |time: Option<i64>| Value::time(time.map(Timestamp));
    let mut flags = Vec::new();
    if fact.confirmed > 0 {
        flags.push(format!("confirmed={}", fact.confirmed));
    }
    if matches!(fact.source, Source::Inventory(_)) {
        flags.push("inventory".to_owned());
    }
    if fact.disputed {
        flags.push("disputed".to_owned());
    }
    vec![
        owned(fact.asset.kind),
        owned(&fact.asset.id),
        owned(fact.property),
        owned(&fact.value),
        word(&fact.asset.place.account),
        word(&fact.asset.place.region),
        time(fact.from),
        time(fact.to),
        source(&fact.source),
        fact.ended_by.as_ref().map_or(Value::Null, source),
        if flags.is_empty() { Value::Null } else { Value::Text(flags.join(" ")) },
    ]
}

/// The event that says it; an inventory is none.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let is_inventory = matches!(row.get(10)?, Value::Text(flags) if flags.contains("inventory"));
    if is_inventory { None } else { event_of(&asked.scope, row.get(8)?) }
}
