//! Lists of indicators with their entries, and labels.

use super::super::error::CaseError;
use super::super::indicators::{entries_hash, issues_hash};
use super::super::journal::Stored;
use super::{Cells, Differences, Rows, Source, Told, cell, cells, is, key, of, parsed};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the journal tells of a list.
#[derive(Default)]
struct List {
    row: Cells,
    entries: u64,
    /// Over all entries, as they were added; `None` where an older program added some.
    entries_sha256: Option<String>,
    issues: u64,
    issues_sha256: Option<String>,
    /// Entries that were added turned off, or removed; `None` where an older program added some.
    off: Option<Vec<(i64, i64)>>,
    removed: BTreeMap<i64, Value>,
}

#[derive(Default)]
struct Heard {
    lists: BTreeMap<i64, List>,
    /// Whether an entry is searched for, and when it was removed, where somebody changed that.
    enabled: BTreeMap<i64, bool>,
    removed: BTreeMap<i64, Value>,
    labels: BTreeMap<i64, Cells>,
}

impl Heard {
    fn hear(&mut self, entry: &Stored, parameters: &Value) {
        let now = || Value::from(entry.at_utc.as_str());
        match entry.action.as_str() {
            "indicator_import" => self.add(entry, parameters, true),
            "indicator_add" => self.add(entry, parameters, false),
            "indicator_carry" => self.carry(parameters),
            "indicator_enable" => self.enable(parameters, true),
            "indicator_disable" => self.enable(parameters, false),
            "indicator_remove" => self.remove(parameters, now()),
            "indicator_restore" => self.remove(parameters, Value::Null),
            "label_add" => {
                let names = ["kind", "value", "name", "note", "first_key", "last_key"];
                let mut row: Cells = names.into_iter().map(|name| (name.to_owned(), of(parameters, name))).collect();
                row.extend(added(entry));
                row.insert("removed_utc".to_owned(), Told::Is(Value::Null));
                self.labels.insert(number(parameters, "label"), row);
            }
            "label_remove" | "label_restore" => {
                let at = if entry.action == "label_remove" { now() } else { Value::Null };
                if let Some(row) = self.labels.get_mut(&number(parameters, "label")) {
                    row.insert("removed_utc".to_owned(), Told::Is(at));
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, entry: &Stored, parameters: &Value, imported: bool) {
        let counts: Value = serde_json::from_str(&entry.counts).unwrap_or_default();
        let count = |name: &str| counts[name].as_u64().unwrap_or(0);
        let hash = |name: &str| parameters[name].as_str().map(str::to_owned);
        let is_new = !self.lists.contains_key(&number(parameters, "list"));
        let list = self.lists.entry(number(parameters, "list")).or_default();
        if is_new {
            let names = ["name", "purpose", "source", "list_date", "licence"];
            list.row = names.into_iter().map(|name| (name.to_owned(), of(parameters, name))).collect();
            list.row.extend(added(entry));
            let format = if imported { of(parameters, "format") } else { is("typed") };
            list.row.extend(cells([("format", format), ("enabled", is(1)), ("removed_utc", Told::Is(Value::Null))]));
        }
        list.row.insert("sha256".to_owned(), of(parameters, "sha256"));
        list.entries += count("entries");
        list.issues += count("issues");
        list.entries_sha256 = hash("entries_sha256");
        list.issues_sha256 = hash("issues_sha256").or_else(|| list.issues_sha256.take());
        let off = runs(parameters.get("off"));
        list.off = match (is_new, list.off.take(), off) {
            (true, _, off) => off,
            (false, Some(mut known), Some(off)) => {
                known.extend(off);
                Some(known)
            }
            _ => None,
        };
    }

    /// Taken over from another case, as it was there.
    fn carry(&mut self, parameters: &Value) {
        let listed = |name: &str| parameters[name].as_array().cloned().unwrap_or_default();
        let row = |told: &Value| -> Cells {
            let columns = told["row"].as_object().into_iter().flatten();
            columns.map(|(name, value)| (name.clone(), Told::Is(value.clone()))).collect()
        };
        for told in listed("lists") {
            let hash = |name: &str| told[name].as_str().map(str::to_owned);
            let removed = told["removed"].as_array().into_iter().flatten();
            let list = List {
                row: row(&told),
                entries: told["entries"].as_u64().unwrap_or(0),
                entries_sha256: hash("entries_sha256"),
                issues: told["issues"].as_u64().unwrap_or(0),
                issues_sha256: hash("issues_sha256"),
                off: runs(told.get("off")),
                removed: removed.filter_map(|pair| Some((pair.get(0)?.as_i64()?, pair.get(1)?.clone()))).collect(),
            };
            self.lists.insert(number(&told, "list_id"), list);
        }
        for told in listed("labels") {
            self.labels.insert(number(&told, "label_id"), row(&told));
        }
    }

    fn enable(&mut self, parameters: &Value, enabled: bool) {
        match parameters["entry"].as_i64() {
            Some(entry) => {
                self.enabled.insert(entry, enabled);
            }
            None => self.set(parameters, "enabled", i64::from(enabled).into()),
        }
    }

    fn remove(&mut self, parameters: &Value, at: Value) {
        match parameters["entry"].as_i64() {
            Some(entry) => {
                self.removed.insert(entry, at);
            }
            None => self.set(parameters, "removed_utc", at),
        }
    }

    fn set(&mut self, parameters: &Value, column: &str, value: Value) {
        if let Some(list) = self.lists.get_mut(&number(parameters, "list")) {
            list.row.insert(column.to_owned(), Told::Is(value));
        }
    }
}

fn number(of: &Value, name: &str) -> i64 {
    of[name].as_i64().unwrap_or_default()
}

fn added(entry: &Stored) -> Cells {
    cells([("added_utc", is(entry.at_utc.as_str())), ("examiner", is(entry.examiner.as_str()))])
}

fn runs(list: Option<&Value>) -> Option<Vec<(i64, i64)>> {
    let runs = list?.as_array()?.iter();
    Some(runs.filter_map(|run| Some((run.get(0)?.as_i64()?, run.get(1)?.as_i64()?))).collect())
}

pub(super) fn differences(conn: &Connection, journal: &[Stored]) -> Result<Differences, CaseError> {
    let mut heard = Heard::default();
    for (entry, parameters) in parsed(journal) {
        heard.hear(entry, &parameters);
    }
    let mut found = Differences::default();
    let of_number = |key: &[Value]| key.first().cloned().unwrap_or_default();
    let rows: Rows = heard.lists.iter().map(|(id, list)| (key([(*id).into()]), list.row.clone())).collect();
    let named = |key: &[Value]| format!("indicator list {}", of_number(key));
    Source { from: "indicator_list", key: &["list_id"], named: &named }.compare(conn, rows, &mut found)?;
    let rows: Rows = heard.labels.iter().map(|(id, cells)| (key([(*id).into()]), cells.clone())).collect();
    let named = |key: &[Value]| format!("label {}", of_number(key));
    Source { from: "label", key: &["label_id"], named: &named }.compare(conn, rows, &mut found)?;
    for (id, list) in &heard.lists {
        entries(conn, *id, list, &mut found)?;
    }
    states(conn, &heard, &mut found)?;
    for (table, what) in [
        ("indicator_entry WHERE (list_id IN (SELECT list_id FROM indicator_list)) IS NOT 1", "indicator_entry"),
        ("indicator_issue WHERE (list_id IN (SELECT list_id FROM indicator_list)) IS NOT 1", "indicator_issue"),
        ("indicator_part WHERE (entry_id IN (SELECT entry_id FROM indicator_entry)) IS NOT 1", "indicator_part"),
    ] {
        let strays: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))?;
        if strays > 0 {
            found.failed.push(format!("{strays} rows of {what} belong to no list"));
        }
    }
    Ok(found)
}

/// What a list holds, but for what people turn on and off.
fn entries(conn: &Connection, id: i64, list: &List, found: &mut Differences) -> Result<(), CaseError> {
    for (table, count) in [("indicator_entry", list.entries), ("indicator_issue", list.issues)] {
        let sql = format!("SELECT count(*) FROM {table} WHERE list_id = ?");
        let there: i64 = conn.prepare_cached(&sql)?.query_row([id], |r| r.get(0))?;
        if u64::try_from(there) != Ok(count) {
            let what = format!("it has {there} rows of {table}, and had {count}");
            found.failed.push(format!("indicator list {id} does not match the journal: {what}"));
        }
    }
    let pairs = [
        ("indicator_entry", &list.entries_sha256, entries_hash(conn, id)?),
        ("indicator_issue", &list.issues_sha256, issues_hash(conn, id)?),
    ];
    for (table, said, hash) in pairs {
        match said {
            Some(said) if *said == hash => {}
            Some(said) => {
                let what = format!("the SHA-256 over its rows of {table} is {hash}, and was {said}");
                found.failed.push(format!("indicator list {id} does not match the journal: {what}"));
            }
            None if table == "indicator_issue" && list.issues == 0 => {}
            None => {
                let what = "the journal of an older version does not record them";
                found.unchecked.push(format!("indicator list {id}: its rows of {table}: {what}"));
            }
        }
    }
    Ok(())
}

/// Which entries are searched for.
fn states(conn: &Connection, heard: &Heard, found: &mut Differences) -> Result<(), CaseError> {
    let mut statement =
        conn.prepare("SELECT entry_id, list_id, enabled, removed_utc FROM indicator_entry ORDER BY entry_id")?;
    let mut rows = statement.query([])?;
    let mut untold: BTreeMap<i64, u64> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let (of, enabled, removed) = (cell(row.get_ref(1)?), cell(row.get_ref(2)?), cell(row.get_ref(3)?));
        let Some(number) = of.as_i64() else { continue };
        let Some(list) = heard.lists.get(&number) else { continue };
        let was_off = list.off.as_ref().map(|off| off.iter().any(|(first, last)| (*first..=*last).contains(&id)));
        let said = heard.enabled.get(&id).copied().or(was_off.map(|off| !off));
        match said {
            Some(said) if enabled == i64::from(said) => {}
            Some(said) => {
                let (is, was) = (super::in_words(&enabled), i64::from(said));
                let what = format!("enabled is {is}, and was {was}");
                found.failed.push(format!("indicator_entry {id} does not match the journal: {what}"));
            }
            None => *untold.entry(number).or_default() += 1,
        }
        let said = heard.removed.get(&id).or_else(|| list.removed.get(&id)).unwrap_or(&Value::Null);
        if removed != *said {
            let (is, was) = (super::in_words(&removed), super::in_words(said));
            let what = format!("removed_utc is {is}, and was {was}");
            found.failed.push(format!("indicator_entry {id} does not match the journal: {what}"));
        }
    }
    for (list, count) in untold {
        let what = "the journal of an older version does not record which are enabled";
        found.unchecked.push(format!("indicator list {list}: {count} entries: {what}"));
    }
    for id in heard.enabled.keys().chain(heard.removed.keys()) {
        let there = conn.prepare_cached("SELECT 1 FROM indicator_entry WHERE entry_id = ?")?;
        let mut there = there;
        if there.query_row([id], |_| Ok(())).optional()?.is_none() {
            found.failed.push(format!("indicator_entry {id} is in the journal and not in the case"));
        }
    }
    Ok(())
}
