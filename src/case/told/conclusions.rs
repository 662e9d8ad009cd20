//! What examiners concluded.

use super::super::error::CaseError;
use super::super::journal::Stored;
use super::{Cells, Differences, Rows, Source, Told, cells, is, key, of, parsed};
use crate::model::RecordId;
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Who did something, and when.
#[derive(Clone)]
struct By {
    at: String,
    by: String,
}

/// Since when a thing was there, and until when.
struct Span {
    made: By,
    removed: Option<By>,
}

/// What the journal says.
#[derive(Default)]
struct Heard {
    /// The last form of each note, finding and exhibit, by kind and id.
    forms: BTreeMap<(&'static str, i64), Value>,
    orders: BTreeMap<&'static str, Vec<i64>>,
    /// By name, kind and key of the subject.
    tags: BTreeMap<[String; 3], Vec<Span>>,
    /// By finding and record.
    citations: BTreeMap<(i64, i64), Vec<Span>>,
    settings: Rows,
}

const KINDS: [&str; 3] = ["note", "finding", "exhibit"];

impl Heard {
    fn hear(&mut self, entry: &Stored, parameters: &Value) {
        let text = |name: &str| parameters[name].as_str().unwrap_or_default().to_owned();
        let now = By { at: entry.at_utc.clone(), by: entry.examiner.clone() };
        match entry.action.as_str() {
            "tag_add" | "tag_remove" => {
                for (kind, subject) in subjects(parameters.get("about")) {
                    let spans = self.tags.entry([text("name"), kind, subject]).or_default();
                    match (entry.action.as_str(), spans.last_mut()) {
                        ("tag_add", _) => spans.push(Span { made: now.clone(), removed: None }),
                        (_, Some(last)) => last.removed = Some(now.clone()),
                        (_, None) => {}
                    }
                }
            }
            "report_set" => {
                let row = [("value", of(parameters, "after")), ("changed_utc", is(now.at)), ("changed_by", is(now.by))];
                self.settings.insert(key([text("name").into()]), cells(row));
            }
            action => {
                let Some(kind) = KINDS.into_iter().find(|kind| action.split('_').next() == Some(kind)) else { return };
                if let (Some(id), Some(after)) = (parameters["id"].as_i64(), parameters.get("after")) {
                    if kind == "finding" {
                        self.cited(id, after, &now);
                    }
                    self.forms.insert((kind, id), after.clone());
                }
                if let Some(order) = parameters.get("order").and_then(Value::as_array) {
                    self.orders.insert(kind, order.iter().filter_map(Value::as_i64).collect());
                }
            }
        }
    }

    /// What a finding cites now and did not before, and the other way round.
    fn cited(&mut self, finding: i64, after: &Value, now: &By) {
        let records = |form: Option<&Value>| -> BTreeSet<i64> {
            let list = form.and_then(|form| form["records"].as_array()).into_iter().flatten();
            list.filter_map(|id| Some(RecordId::parse(id.as_str()?)?.0)).collect()
        };
        let (before, after) = (records(self.forms.get(&("finding", finding))), records(Some(after)));
        for record in after.difference(&before) {
            let spans = self.citations.entry((finding, *record)).or_default();
            spans.push(Span { made: now.clone(), removed: None });
        }
        for record in before.difference(&after) {
            let last = self.citations.get_mut(&(finding, *record)).and_then(|spans| spans.last_mut());
            if let Some(last) = last {
                last.removed = Some(now.clone());
            }
        }
    }

    fn rows(&self, kind: &'static str, row: impl Fn(&Value) -> Cells) -> Rows {
        let order = self.orders.get(kind).map(Vec::as_slice).unwrap_or_default();
        let forms = self.forms.iter().filter(|((of, _), _)| *of == kind);
        let rows = forms.map(|((_, id), form)| {
            let mut cells = row(form);
            cells.extend(life(form));
            if kind != "note" {
                let place = order.iter().position(|known| known == id).map_or(0, |at| at as i64 + 1);
                cells.insert("place".to_owned(), is(place));
            }
            (key([(*id).into()]), cells)
        });
        rows.collect()
    }
}

/// Who made, changed and removed it.
fn life(form: &Value) -> Cells {
    let mut cells = Cells::new();
    for name in ["created", "changed", "removed"] {
        let member = |what: &str| form.get(name).map_or(Value::Null, |stamp| stamp[what].clone());
        cells.insert(format!("{name}_utc"), Told::Is(member("at")));
        cells.insert(format!("{name}_by"), Told::Is(member("by")));
    }
    cells
}

fn span_cells(span: &Span) -> Cells {
    let removed = |what: fn(&By) -> &String| Told::Is(span.removed.as_ref().map(what).cloned().into());
    cells([
        ("created_utc", is(span.made.at.as_str())),
        ("created_by", is(span.made.by.as_str())),
        ("removed_utc", removed(|by| &by.at)),
        ("removed_by", removed(|by| &by.by)),
    ])
}

fn subjects(about: Option<&Value>) -> Vec<(String, String)> {
    let list = |name: &str| about.and_then(|about| about.get(name)?.as_array().cloned()).unwrap_or_default();
    let two = |item: &Value| Some((item.get(0)?.as_str()?.to_owned(), item.get(1)?.as_str()?.to_owned()));
    let runs = list("records");
    let runs = runs.iter().filter_map(two).filter_map(|(a, b)| Some((RecordId::parse(&a)?, RecordId::parse(&b)?)));
    let records = runs.flat_map(|(first, last)| (first.0..=last.0).map(|id| RecordId(id).to_string()));
    let records = records.map(|key| ("record".to_owned(), key));
    records.chain(list("others").iter().filter_map(two)).collect()
}

pub(super) fn differences(conn: &Connection, journal: &[Stored]) -> Result<Differences, CaseError> {
    let mut heard = Heard::default();
    for (entry, parameters) in parsed(journal) {
        heard.hear(entry, &parameters);
    }
    let mut found = Differences::default();
    written(conn, &heard, &mut found)?;
    tags(conn, &heard.tags, &mut found)?;
    let mut rows = Rows::new();
    for ((finding, record), spans) in &heard.citations {
        for (nth, span) in (1i64..).zip(spans) {
            rows.insert(key([(*finding).into(), (*record).into(), nth.into()]), span_cells(span));
        }
    }
    let named = |key: &[Value]| {
        let record = key.get(1).and_then(Value::as_i64).map_or_else(String::new, |id| RecordId(id).to_string());
        format!("finding {}: its record {record}", key.first().unwrap_or(&Value::Null))
    };
    let from = "(SELECT *, row_number() OVER (PARTITION BY finding_id, record_id ORDER BY rowid) AS nth
                 FROM finding_record)";
    Source { from, key: &["finding_id", "record_id", "nth"], named: &named }.compare(conn, rows, &mut found)?;
    let named = |key: &[Value]| format!("the report's {}", key.first().and_then(Value::as_str).unwrap_or_default());
    Source { from: "report_setting", key: &["name"], named: &named }.compare(conn, heard.settings, &mut found)?;
    let strays: i64 = conn.query_row(
        "SELECT count(*) FROM exhibit_content WHERE (exhibit_id IN (SELECT exhibit_id FROM exhibit)) IS NOT 1",
        [],
        |r| r.get(0),
    )?;
    if strays > 0 {
        found.failed.push(format!("{strays} rows of exhibit_content belong to no exhibit"));
    }
    Ok(found)
}

/// Notes, findings and exhibits.
fn written(conn: &Connection, heard: &Heard, found: &mut Differences) -> Result<(), CaseError> {
    let named = |kind: &'static str| move |key: &[Value]| format!("{kind} {}", key.first().unwrap_or(&Value::Null));
    let notes = heard.rows("note", |form| {
        let about = form.get("about").cloned().unwrap_or_default();
        cells([("subject", of(&about, "kind")), ("key", of(&about, "key")), ("text", of(form, "text"))])
    });
    Source { from: "note", key: &["note_id"], named: &named("note") }.compare(conn, notes, found)?;
    let findings = heard.rows("finding", |form| {
        let names = ["title", "text", "status", "confidence", "technique"];
        names.into_iter().map(|name| (name.to_owned(), of(form, name))).collect()
    });
    Source { from: "finding", key: &["finding_id"], named: &named("finding") }.compare(conn, findings, found)?;
    let exhibits = heard.rows("exhibit", |form| {
        let names = ["caption", "note", "kind", "query", "zone", "digest", "tool_version"];
        let mut cells: Cells = names.into_iter().map(|name| (name.to_owned(), of(form, name))).collect();
        cells.insert("finding_id".to_owned(), of(form, "finding"));
        cells.insert("row_count".to_owned(), of(form, "rows"));
        cells.insert("facts".to_owned(), form.get("facts_sha256").cloned().map_or(Told::Unknown, Told::Hash));
        cells
    });
    Source { from: "exhibit", key: &["exhibit_id"], named: &named("exhibit") }.compare(conn, exhibits, found)
}

fn tags(conn: &Connection, told: &BTreeMap<[String; 3], Vec<Span>>, found: &mut Differences) -> Result<(), CaseError> {
    let mut rows = Rows::new();
    for ([name, kind, subject], spans) in told {
        let record = if kind == "record" { RecordId::parse(subject) } else { None };
        let record = record.map(|record| first_occurrence(conn, record)).transpose()?;
        for (nth, span) in (1i64..).zip(spans) {
            let mut cells = span_cells(span);
            cells.insert("record_id".to_owned(), Told::Is(record.into()));
            cells.insert("tag_id".to_owned(), Told::Free);
            let key = key([name.as_str().into(), kind.as_str().into(), subject.as_str().into(), nth.into()]);
            rows.insert(key, cells);
        }
    }
    let named = |key: &[Value]| {
        let text = |at: usize| key.get(at).and_then(Value::as_str).unwrap_or_default();
        format!("tag {} on {} {}", text(0), text(1), text(2))
    };
    let from = "(SELECT *, row_number() OVER (PARTITION BY name, subject, key ORDER BY tag_id) AS nth FROM tag)";
    Source { from, key: &["name", "subject", "key", "nth"], named: &named }.compare(conn, rows, found)?;
    // Nothing is ever deleted, so that numbers follow each other.
    let (count, last): (i64, i64) =
        conn.query_row("SELECT count(*), ifnull(max(tag_id), 0) FROM tag", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
    if count != last {
        found.failed.push(format!("the last of {count} tags has the number {last}"));
    }
    Ok(())
}

/// A tag's record: of an event its first occurrence.
fn first_occurrence(conn: &Connection, record: RecordId) -> Result<i64, CaseError> {
    let mut key = conn.prepare_cached("SELECT event_key FROM event WHERE id = ? AND typeof(event_key) = 'integer'")?;
    Ok(key.query_row([record.0], |r| r.get(0)).optional()?.unwrap_or(record.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::conclusions::subjects_in_words;
    use crate::model::conclusions::Subject;

    #[test]
    fn the_subjects_of_a_tag_are_read_back_from_the_journal() {
        let record = |id: i64| Subject::Record(RecordId((1 << 32) + id));
        let list = vec![record(1), record(2), record(4), Subject::Address("10.0.0.1".into())];
        let words = subjects_in_words(&list);
        assert_eq!(words["records"], serde_json::json!([["1:1", "1:2"], ["1:4", "1:4"]]));
        let back: Vec<_> =
            subjects(Some(&words)).into_iter().map(|(kind, key)| Subject::read(&kind, &key).unwrap()).collect();
        assert_eq!(back, list);
    }
}
