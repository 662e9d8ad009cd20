//! Changes of groups, ACLs, routes and gateways, and the traffic before and after each.

mod change;
mod traffic;

use super::assets::ledger::{Fact, Place};
use super::assets::{Read, each_success, facts};
use super::definition::{Analysis, Asked, Parameter, ParameterKind, event_of};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Literal, Target};
use crate::model::{Dataset, FieldId, TimeRange, Timestamp, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, QueryError, Scope, own_field};
use change::{Change, change, names};
pub(crate) use change::{OF_GROUPS, OF_PATHS};
use std::collections::{BTreeMap, BTreeSet};
use traffic::{Around, Flow, Key, around};

const MINUTES: Parameter =
    Parameter { name: "minutes", kind: ParameterKind::Minutes, default: Some("60"), optional: false };

/// A row for each change and the traffic of each interface, protocol and server port around it; a row alone where there
/// is none.
pub(super) static CHANGES: Analysis =
    Analysis { name: "changes", dataset: Dataset::Events, parameters: &[MINUTES], needs: &[], run, counted };

const COLUMNS: [(&str, Unit); 20] = [
    ("event_time", Unit::Time),
    ("event_id", Unit::Text),
    ("event_name", Unit::Text),
    ("account", Unit::Text),
    ("region", Unit::Text),
    ("target", Unit::Text),
    ("change", Unit::Text),
    ("scope", Unit::Text),
    ("interface_id", Unit::Text),
    ("protocol", Unit::Protocol),
    ("port", Unit::Port),
    ("accepted_before", Unit::Count),
    ("accepted_after", Unit::Count),
    ("rejected_before", Unit::Count),
    ("rejected_after", Unit::Count),
    ("bytes_before", Unit::Bytes),
    ("bytes_after", Unit::Bytes),
    ("straddling", Unit::Count),
    ("in_rule", Unit::Boolean),
    ("verdict", Unit::Text),
];

const FLOW_FIELDS: [&str; 11] = [
    "interface_id",
    "protocol",
    "srcport",
    "dstport",
    "srcaddr",
    "dstaddr",
    "flow_direction",
    "action",
    "bytes",
    "start",
    "end",
];

/// Records that are read at once.
const PAGE: usize = 8192;
const HOUR: i64 = 3600;

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let seconds = asked.number(&MINUTES)? * 60;
    let mut found: Vec<(Read, Change)> = Vec::new();
    each_success(reader, &asked.scope, &names(), cancel, &mut |read| {
        if let Some(change) = change(&read.name, &read.request, &read.response) {
            found.push((read, change));
        }
    })?;
    let mut rows = Vec::new();
    if !found.is_empty() {
        let facts = facts(reader, &Scope::all(Dataset::Events), cancel)?;
        let hours = hours(reader, cancel)?;
        for (read, change) in &found {
            if asked.limit.is_some_and(|most| rows.len() >= most) {
                break;
            }
            let (scope, interfaces) = touched(&facts, read, change);
            let sums = match read.time {
                Some(time) => {
                    sums(reader, (time.div_euclid(1000), seconds), change, (read, interfaces.as_ref()), cancel)?
                }
                None => BTreeMap::new(),
            };
            push(&mut rows, (read, change, scope), seconds, &sums, &hours);
        }
    }
    rows.truncate(asked.limit.unwrap_or(usize::MAX));
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

/// Hours in which each interface has records, as starts in seconds.
fn hours(reader: &CaseReader, cancel: &Cancel) -> Result<BTreeMap<String, BTreeSet<i64>>, QueryError> {
    let interface = own_field(Dataset::Flows, "interface_id");
    let mut hours: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for (source, hour) in query::hours_of_sources(reader, Dataset::Flows, &[interface], cancel)? {
        if let (Some(Value::Text(interface)), Some(hour)) = (source.first(), hour) {
            hours.entry(interface.clone()).or_default().insert(hour);
        }
    }
    Ok(hours)
}

/// By what interfaces are found, and these; `None`: all of the account.
fn touched(facts: &[Fact], read: &Read, change: &Change) -> (&'static str, Option<BTreeSet<String>>) {
    let Some(target) = change.target.as_deref() else { return ("unknown", None) };
    let holds = |fact: &&Fact| fact.from <= read.time && fact.to.is_none_or(|to| Some(to) > read.time);
    let with = |kind: &str, property: &str, value: &str| -> BTreeSet<String> {
        let found = facts
            .iter()
            .filter(holds)
            .filter(|fact| fact.asset.kind == kind && fact.property == property && fact.value == value);
        found.map(|fact| fact.asset.id.clone()).collect()
    };
    let of_instance = |instance: &str| with("interface", "instance", instance);
    let (scope, found) = match target.split_once('-').map_or("", |(prefix, _)| prefix) {
        "sg" => {
            let mut found = with("interface", "security_group", target);
            found.extend(with("instance", "security_group", target).iter().flat_map(|instance| of_instance(instance)));
            ("group", found)
        }
        "subnet" => ("subnet", with("interface", "subnet", target)),
        "i" => ("instance", of_instance(target)),
        "eni" => ("interface", BTreeSet::from([target.to_owned()])),
        _ => ("unknown", BTreeSet::new()),
    };
    if found.is_empty() { ("unknown", None) } else { (scope, Some(found)) }
}

/// The traffic around a moment, in seconds.
fn sums(
    reader: &CaseReader,
    (moment, seconds): (i64, i64),
    change: &Change,
    (read, interfaces): (&Read, Option<&BTreeSet<String>>),
    cancel: &Cancel,
) -> Result<BTreeMap<Key, Around>, QueryError> {
    let of = |name| own_field(Dataset::Flows, name);
    let time = |seconds: i64| Some(Timestamp::from_secs(seconds));
    let range = TimeRange { from: time(moment - seconds), to: time(moment + seconds) };
    let is_one_of = |name, values: Vec<Literal>| Filter::test(Target::Field(of(name)), Check::In(values));
    let filter = match interfaces {
        Some(interfaces) => {
            Some(is_one_of("interface_id", interfaces.iter().map(|interface| Literal::text(interface)).collect()))
        }
        None => in_account(&read.place, &is_one_of),
    };
    let scope = Scope { range, filter, ..Scope::all(Dataset::Flows) };
    let records = query::rows(reader, &scope.records(Vec::new()), cancel)?;
    let fields: Vec<FieldId> = FLOW_FIELDS.map(of).to_vec();
    let mut flows = Vec::new();
    for from in (0..records.len()).step_by(PAGE) {
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let ids = records.ids(from..records.len().min(from + PAGE));
        flows.extend(query::page(reader, Dataset::Flows, &ids, &fields)?.iter().filter_map(|row| flow(row)));
    }
    Ok(around(flows.into_iter(), moment, &change.rules))
}

/// Records of the change's account, and those that name none.
fn in_account(place: &Place, is_one_of: &dyn Fn(&'static str, Vec<Literal>) -> Filter) -> Option<Filter> {
    let account = place.account.as_deref()?;
    let absent = Filter::test(Target::Field(own_field(Dataset::Flows, "account_id")), Check::Absent);
    Some(Filter::any_of([is_one_of("account_id", vec![Literal::text(account)]), absent]))
}

/// `None` for records without an action or a start: they saw no traffic.
fn flow(row: &[Value]) -> Option<Flow> {
    let [interface, protocol, srcport, dstport, srcaddr, dstaddr, direction, action, bytes, start, end] = row else {
        return None;
    };
    let number = |value: &Value| match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    };
    let seconds = |value: &Value| match value {
        Value::Time(time) => Some(time.secs()),
        _ => None,
    };
    let accepted = match action {
        Value::Text(action) => action.eq_ignore_ascii_case("ACCEPT"),
        _ => return None,
    };
    Some(Flow {
        interface: interface.to_text(),
        protocol: number(protocol),
        ports: [number(srcport), number(dstport)],
        addresses: [srcaddr.to_text(), dstaddr.to_text()],
        is_ingress: match direction {
            Value::Text(direction) => Some(direction.eq_ignore_ascii_case("ingress")),
            _ => None,
        },
        accepted,
        bytes: number(bytes).and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
        start: seconds(start)?,
        end: seconds(end),
    })
}

fn push(
    rows: &mut Vec<Vec<Value>>,
    (read, change, scope): (&Read, &Change, &'static str),
    seconds: i64,
    sums: &BTreeMap<Key, Around>,
    hours: &BTreeMap<String, BTreeSet<i64>>,
) {
    let word = |text: Option<String>| text.map_or(Value::Null, Value::Text);
    let head = || {
        vec![
            Value::time(read.time.map(Timestamp)),
            word(Some(read.id.clone()).filter(|id| !id.is_empty())),
            Value::Text(read.name.clone()),
            word(read.place.account.clone()),
            word(read.place.region.clone()),
            word(change.target.clone()),
            word(change.rules_text()),
            Value::Text(scope.to_owned()),
        ]
    };
    if sums.is_empty() {
        let mut row = head();
        row.resize(COLUMNS.len() - 1, Value::Null);
        row.push(Value::Text("no evidence".to_owned()));
        rows.push(row);
        return;
    }
    let moment = read.time.unwrap_or_default().div_euclid(1000);
    for ((interface, protocol, port), sum) in sums {
        let known = |from: i64, to: i64| {
            let first = from.div_euclid(HOUR) * HOUR;
            hours.get(interface).is_some_and(|hours| hours.range(first..to).next().is_some())
        };
        let known = [known(moment - seconds, moment), known(moment, moment + seconds)];
        let count = |known: bool, count: u64| if known { Value::count(count) } else { Value::Null };
        let (before, after) = (sum.before, sum.after);
        let mut row = head();
        row.extend([
            Value::Text(interface.clone()),
            protocol.map_or(Value::Null, Value::Integer),
            port.map_or(Value::Null, Value::Integer),
            count(known[0], before.accepted),
            count(known[1], after.accepted),
            count(known[0], before.rejected),
            count(known[1], after.rejected),
            count(known[0], before.bytes),
            count(known[1], after.bytes),
            Value::count(sum.straddling),
            Value::Boolean(sum.in_rule),
            Value::Text(sum.verdict(known).to_owned()),
        ]);
        rows.push(row);
    }
}

/// The event of the change.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    event_of(&asked.scope, row.get(1)?)
}
