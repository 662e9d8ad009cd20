//! One test of a filter on events as conditions on the dictionaries to which they refer. What columns do not tell is SQL's.

use super::column::{Shape, SqlColumn};
use super::event::{event_column, member};
use super::leaf::{Leaf, NumberTest, either, evidence, number, select};
use crate::case::index::event;
use crate::case::schema::EventDictionary;
use crate::columns::Ranges;
use crate::filter::{Check, JsonPath, Relation, Step, Target, pattern};
use crate::model::{FieldId, Home};

/// `None` where the rows have to be asked.
pub(super) fn event_leaf(target: &Target, check: &Check) -> Option<Leaf> {
    match (target, check) {
        (_, Check::InIndicators) => None,
        (Target::Field(field), Check::Compare(relation, other)) => in_one_tuple(*field, *relation, *other),
        (Target::Field(field), _) => of_field(*field, check),
        (Target::Path(path), _) => of_path(path, check),
        (Target::Evidence | Target::Duplicate | Target::AnyText, Check::Present) => Some(Leaf::Always(true)),
        (Target::Evidence, _) => Some(evidence(check)),
        (Target::Duplicate, _) => Some(Leaf::Repeats(either(check))),
        (Target::Tag, _) => Some(Leaf::OfEvents(select(|compiler| {
            let predicate = compiler.predicate(check, &SqlColumn::new("name", Shape::Text));
            format!("SELECT record_id FROM tag WHERE record_id IS NOT NULL AND removed_utc IS NULL AND {predicate}")
        }))),
        (Target::Conflict, _) => Some(Leaf::OfEvents(select(|compiler| {
            let predicate = compiler.predicate(check, &SqlColumn::boolean("1"));
            let events = "SELECT id FROM event_conflict UNION SELECT other_id FROM event_conflict";
            format!("SELECT id FROM ({events}) WHERE {predicate}")
        }))),
        (Target::AnyText, _) => pattern::of_check(check, false).map(Leaf::Text),
        _ => None,
    }
}

fn of_field(field: FieldId, check: &Check) -> Option<Leaf> {
    match field.home {
        Home::EventJson(key) => of_path(&JsonPath::key(key), check),
        Home::Event(_) if field.name() == "event_time" => time(check),
        _ => {
            let held = EventDictionary::of(field)?;
            of_dictionary(held, |compiler| compiler.held_predicate(field, held, check))
        }
    }
}

/// As `Compiler::event_path`.
fn of_path(path: &JsonPath, check: &Check) -> Option<Leaf> {
    let (Step::Key(key), rest) = path.steps().split_first()? else { return None };
    of_dictionary(member(key)?, |compiler| compiler.json_check("k.json", rest, check))
}

/// `predicate`: of a row `k` that holds the event's value.
fn of_dictionary(held: EventDictionary, predicate: impl FnOnce(&mut super::Compiler) -> String) -> Option<Leaf> {
    let column = event::column_of(&held.reference())?;
    let EventDictionary { table, key, .. } = held;
    let select = select(|compiler| format!("SELECT k.{key} FROM {table} k WHERE {}", predicate(compiler)));
    Some(Leaf::Ids { column, select })
}

fn time(check: &Check) -> Option<Leaf> {
    if pattern::of_check(check, false).is_some() {
        return None;
    }
    let time = number(event::TIME, check, Shape::Millis);
    if *check != Check::Present {
        return Some(time);
    }
    let written = Leaf::Number { column: event::TIME_TEXT, test: NumberTest::In(Ranges::of([(1, 1)])) };
    Some(Leaf::AnyOf(vec![time, written]))
}

/// Of fields that are in one row of a dictionary.
fn in_one_tuple(one: FieldId, relation: Relation, other: FieldId) -> Option<Leaf> {
    if !matches!((one.home, other.home), (Home::Call(_), Home::Call(_))) {
        return None;
    }
    let [left, right] = [one, other].map(|field| event_column(field, "k").expr);
    of_dictionary(EventDictionary::of(one)?, |_| format!("{left} {} {right}", relation.sign()))
}
