//! Does the case hold what the journal says that examiners wrote? The journal is a chain of hashes; what does not agree
//! with it was changed past the program.

use super::super::error::CaseError;
use super::super::journal;
use super::{forms, read};
use crate::model::RecordId;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the journal says.
#[derive(Default)]
struct Told {
    /// The last form of each note, finding and exhibit, by kind and id.
    forms: BTreeMap<(&'static str, i64), Value>,
    orders: BTreeMap<&'static str, Vec<i64>>,
    /// Name and subject of each tag.
    tags: BTreeSet<(String, String, String)>,
    settings: BTreeMap<String, String>,
}

const KINDS: [&str; 3] = ["note", "finding", "exhibit"];

impl Told {
    fn of(conn: &Connection) -> Result<Self, CaseError> {
        let mut told = Self::default();
        for entry in journal::read(conn)? {
            let Ok(parameters) = serde_json::from_str::<Value>(&entry.parameters) else { continue };
            told.hear(&entry.action, &parameters);
        }
        Ok(told)
    }

    fn hear(&mut self, action: &str, parameters: &Value) {
        let text = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match action {
            "tag_add" | "tag_remove" => {
                for (kind, key) in subjects(parameters.get("about")) {
                    let tag = (text("name"), kind, key);
                    if action == "tag_add" {
                        self.tags.insert(tag)
                    } else {
                        self.tags.remove(&tag)
                    };
                }
            }
            "report_set" => {
                self.settings.insert(text("name"), text("after"));
            }
            _ => {
                let Some(kind) = KINDS.into_iter().find(|kind| action.split('_').next() == Some(kind)) else { return };
                if let (Some(id), Some(after)) = (parameters.get("id").and_then(Value::as_i64), parameters.get("after"))
                {
                    self.forms.insert((kind, id), after.clone());
                }
                if let Some(order) = parameters.get("order").and_then(Value::as_array) {
                    self.orders.insert(kind, order.iter().filter_map(Value::as_i64).collect());
                }
            }
        }
    }
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

/// What differs, in words.
pub(super) fn differences(conn: &Connection) -> Result<Vec<String>, CaseError> {
    let mut told = Told::of(conn)?;
    let mut found = Vec::new();
    let notes = read::notes(conn, true)?.iter().map(|note| ("note", note.id, forms::note_json(note))).collect();
    let findings = read::findings(conn, true)?;
    let findings = findings.iter().map(|finding| ("finding", finding.id, forms::finding_json(finding))).collect();
    let exhibits = read::exhibits(conn, true)?;
    let exhibits = exhibits.iter().map(|exhibit| ("exhibit", exhibit.id, forms::exhibit_json(exhibit))).collect();
    let lists: [Vec<(&'static str, i64, Value)>; 3] = [notes, findings, exhibits];
    for (kind, id, form) in lists.into_iter().flatten() {
        match told.forms.remove(&(kind, id)) {
            Some(said) if said == form => {}
            Some(_) => found.push(format!("{kind} {id} is not what the journal says")),
            None => found.push(format!("{kind} {id} is not in the journal")),
        }
    }
    found.extend(told.forms.keys().map(|(kind, id)| format!("{kind} {id} is in the journal and not in the case")));
    for kind in ["finding", "exhibit"] {
        if read::order(conn, kind)? != told.orders.remove(kind).unwrap_or_default() {
            found.push(format!("the order of the {kind}s is not what the journal says"));
        }
    }
    let there: BTreeSet<(String, String, String)> = read::tags(conn, false)?
        .into_iter()
        .map(|tag| (tag.name, tag.subject.kind().to_owned(), tag.subject.key()))
        .collect();
    let tag = |(name, kind, key): &(String, String, String)| format!("tag {name} on {kind} {key}");
    found.extend(there.difference(&told.tags).map(|it| format!("{} is not in the journal", tag(it))));
    found.extend(told.tags.difference(&there).map(|it| format!("{} is in the journal and not in the case", tag(it))));
    for (field, value) in read::report_fields(conn)? {
        if told.settings.remove(field.name()).unwrap_or_default() != value {
            found.push(format!("the report's {} is not what the journal says", field.name()));
        }
    }
    let missing = told.settings.iter().filter(|(_, value)| !value.is_empty());
    found.extend(missing.map(|(name, _)| format!("the report's {name} is in the journal and not in the case")));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::tags;
    use super::*;
    use crate::model::conclusions::Subject;

    #[test]
    fn the_subjects_of_a_tag_are_read_back_from_the_journal() {
        let record = |id: i64| Subject::Record(RecordId((1 << 32) + id));
        let list = vec![record(1), record(2), record(4), Subject::Address("10.0.0.1".into())];
        let words = tags::in_words(&list);
        assert_eq!(words["records"], serde_json::json!([["1:1", "1:2"], ["1:4", "1:4"]]));
        let back: Vec<_> =
            subjects(Some(&words)).into_iter().map(|(kind, key)| Subject::read(&kind, &key).unwrap()).collect();
        assert_eq!(back, list);
    }
}
