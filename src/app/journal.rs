//! The journal for people: of each entry what it is about, what it leads to, and its stored JSON member by member. What is
//! stored stays as it is; the kinds of entries are put into words where they are shown.

use crate::case::journal::Stored;
use crate::case::{ALLOW, CaseReader, DISMISSED};
use crate::filter::value::parse_time;
use crate::model::conclusions::Subject;
use crate::model::{Dataset, EvidenceId, RecordId, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, QueryError};
use serde_json::Value as Json;

/// Every action that this program writes.
pub const ACTIONS: [&str; 51] = [
    "create",
    "migrate",
    "subset",
    "rescue",
    "import",
    "import_cancelled",
    "received",
    "read_again",
    "custody_add",
    "signature_add",
    "hashes_compare",
    "setting",
    "index_dropped",
    "index_rebuilt",
    "filter_save",
    "filter_rename",
    "filter_remove",
    "filter_import",
    "indicator_import",
    "indicator_add",
    "indicator_carry",
    "indicator_enable",
    "indicator_disable",
    "indicator_remove",
    "indicator_restore",
    "supplement_add",
    "supplement_remove",
    "supplement_restore",
    "supplement_carry",
    "label_add",
    "label_remove",
    "label_restore",
    "tag_add",
    "tag_remove",
    "note_add",
    "note_edit",
    "note_remove",
    "note_restore",
    "finding_add",
    "finding_edit",
    "finding_cite",
    "finding_uncite",
    "finding_move",
    "finding_remove",
    "finding_restore",
    "exhibit_add",
    "exhibit_edit",
    "exhibit_move",
    "exhibit_remove",
    "exhibit_restore",
    "report_set",
];

/// What an entry speaks of, where that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Evidence(EvidenceId),
    /// What was offered to imports and is no evidence.
    Received,
    Exhibit(i64),
    Finding(i64),
    /// The records with this tag, of the kind of the first of them.
    Tag(Dataset, String),
    /// All of the kind of the first.
    Records(Dataset, Vec<RecordId>),
    Address(String),
    Indicators,
}

/// An entry with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub stored: Stored,
    /// In the words of the case: a path, a name, a caption; empty where there is nothing to name.
    pub subject: String,
    pub about: Vec<About>,
}

/// Records that an entry leads to at most.
const MOST_RECORDS: usize = 10_000;

/// Every entry of the case, in order.
///
/// # Errors
/// The case cannot be read.
pub fn entries(reader: &CaseReader) -> Result<Vec<Entry>, QueryError> {
    let is_event = |id: RecordId| Ok::<_, QueryError>(query::known_records(reader, Dataset::Events, &[id])? == [true]);
    reader.journal()?.into_iter().map(|stored| Entry::of(stored, &is_event)).collect()
}

/// Is the record with this id an event?
type IsEvent<'a> = dyn Fn(RecordId) -> Result<bool, QueryError> + 'a;

impl Entry {
    fn of(stored: Stored, is_event: &IsEvent<'_>) -> Result<Self, QueryError> {
        let parameters: Json = serde_json::from_str(&stored.parameters).unwrap_or_default();
        let subject = subject(&stored.action, &parameters);
        let about = about(&stored.action, &parameters, is_event)?;
        Ok(Self { stored, subject, about })
    }

    /// Members of the stored JSON, those inside others by their path (`after.title`), with their values as text.
    pub fn members(&self) -> Vec<(String, String)> {
        let mut members = Vec::new();
        for text in [&self.stored.parameters, &self.stored.counts] {
            match serde_json::from_str::<Json>(text) {
                Ok(json) => flatten("", &json, &mut members),
                Err(_) => members.push((String::new(), text.clone())),
            }
        }
        members
    }
}

fn flatten(path: &str, json: &Json, members: &mut Vec<(String, String)>) {
    let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match json {
        Json::Object(object) => object.iter().for_each(|(name, value)| flatten(&inside(name), value, members)),
        Json::String(text) => members.push((path.to_owned(), text.clone())),
        Json::Null => {}
        other => members.push((path.to_owned(), other.to_string())),
    }
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// The form that an entry tells: after the change, or before it where it was removed.
fn form(parameters: &Json) -> &Json {
    parameters.get("after").or_else(|| parameters.get("before")).unwrap_or(&Json::Null)
}

/// What a decision about answers is about: the analysis or the kind of lead, the filter, and the reason.
fn decided(parameters: &Json) -> Option<String> {
    let key = text(parameters, "key");
    let entry = serde_json::from_str::<Json>(text(parameters, "value")).unwrap_or_default();
    let reason = text(&entry, "reason");
    let parts = match key.strip_prefix(ALLOW) {
        Some(name) => [name, text(&entry, "filter"), reason],
        None => [key.strip_prefix(DISMISSED)?, text(&entry, "kind"), reason],
    };
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

fn subject(action: &str, parameters: &Json) -> String {
    let of = |name: &str| text(parameters, name).to_owned();
    let joined =
        |parts: [&str; 2], sign: &str| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(sign);
    match action {
        "create" => joined([text(parameters, "title"), text(parameters, "reference")], ", "),
        "import" => of("path"),
        "subset" | "rescue" => of("of"),
        "migrate" => {
            let version = |name: &str| parameters.get(name).map(ToString::to_string).unwrap_or_default();
            joined([&version("from_version"), &version("to_version")], " → ")
        }
        "setting" => {
            let plain = || joined([text(parameters, "key"), text(parameters, "value")], " = ");
            decided(parameters).unwrap_or_else(plain)
        }
        "filter_save" => text(parameters.get("filter").unwrap_or(&Json::Null), "name").to_owned(),
        "filter_remove" => text(form(parameters), "name").to_owned(),
        "filter_rename" => joined([text(parameters, "before"), text(parameters, "name")], " → "),
        "filter_import" => of("source"),
        "label_add" | "label_remove" | "label_restore" => {
            joined([text(parameters, "name"), text(parameters, "value")], ": ")
        }
        "signature_add" => of("identity"),
        "hashes_compare" => of("list"),
        "custody_add" => joined([text(parameters, "from"), text(parameters, "to")], " → "),
        "report_set" => joined([text(parameters, "name"), text(parameters, "after")], ": "),
        "tag_add" | "tag_remove" => of("name"),
        _ if action.starts_with("indicator_") => joined([text(parameters, "name"), text(parameters, "value")], ": "),
        _ if action.starts_with("note_") => text(form(parameters), "text").to_owned(),
        _ if action.starts_with("finding_") => text(form(parameters), "title").to_owned(),
        _ if action.starts_with("exhibit_") => text(form(parameters), "caption").to_owned(),
        _ => String::new(),
    }
}

fn about(action: &str, parameters: &Json, is_event: &IsEvent<'_>) -> Result<Vec<About>, QueryError> {
    let number = |name: &str| parameters.get(name).and_then(Json::as_i64);
    let kind = |id: RecordId| Ok::<_, QueryError>(if is_event(id)? { Dataset::Events } else { Dataset::Flows });
    let of_subject = |kind_name: &str, key: &str| {
        Ok::<_, QueryError>(match Subject::read(kind_name, key) {
            Some(Subject::Record(id)) => Some(About::Records(kind(id)?, vec![id])),
            Some(Subject::Address(address)) => Some(About::Address(address)),
            Some(Subject::Pair(..) | Subject::Principal(_)) | None => None,
        })
    };
    Ok(match action {
        "import" | "read_again" => {
            let id = number("evidence").and_then(|number| u32::try_from(number).ok());
            id.map(|id| About::Evidence(EvidenceId(id))).into_iter().collect()
        }
        "received" => vec![About::Received],
        "tag_add" | "tag_remove" => {
            let tagged = parameters.get("about").unwrap_or(&Json::Null);
            let first = tagged.pointer("/records/0/0").and_then(Json::as_str).and_then(RecordId::parse);
            match first {
                Some(first) => vec![About::Tag(kind(first)?, text(parameters, "name").to_owned())],
                None => {
                    let part = |at| tagged.pointer(at).and_then(Json::as_str).unwrap_or_default();
                    of_subject(part("/others/0/0"), part("/others/0/1"))?.into_iter().collect()
                }
            }
        }
        _ if action.starts_with("note_") => {
            let subject = form(parameters).get("about").unwrap_or(&Json::Null);
            of_subject(text(subject, "kind"), text(subject, "key"))?.into_iter().collect()
        }
        _ if action.starts_with("finding_") => {
            let cited = form(parameters).get("records").and_then(Json::as_array).into_iter().flatten();
            let cited = cited.filter_map(|id| RecordId::parse(id.as_str()?));
            let cited: Vec<RecordId> = cited.take(MOST_RECORDS).collect();
            let mut about: Vec<About> = number("id").map(About::Finding).into_iter().collect();
            if let Some(first) = cited.first() {
                about.push(About::Records(kind(*first)?, cited));
            }
            about
        }
        _ if action.starts_with("exhibit_") => number("id").map(About::Exhibit).into_iter().collect(),
        _ if action.starts_with("indicator_") || action.starts_with("label_") => vec![About::Indicators],
        _ => Vec::new(),
    })
}

/// Columns of the journal as a table.
pub const COLUMNS: [(&str, Unit); 8] = [
    ("seq", Unit::Number),
    ("at_utc", Unit::Time),
    ("examiner", Unit::Text),
    ("tool_version", Unit::Text),
    ("action", Unit::Text),
    ("parameters", Unit::Json),
    ("counts", Unit::Json),
    ("hash", Unit::Text),
];

/// An entry as a row of that table.
pub fn row(entry: &Stored) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let time = parse_time(&entry.at_utc).map_or_else(|| text(&entry.at_utc), |parsed| Value::Time(parsed.time));
    vec![
        Value::Integer(entry.seq),
        time,
        text(&entry.examiner),
        text(&entry.tool_version),
        text(&entry.action),
        text(&entry.parameters),
        text(&entry.counts),
        text(&entry.hash),
    ]
}

/// Entries as a table.
pub fn table<'a>(entries: impl Iterator<Item = &'a Stored>) -> Rows {
    Rows::new(Column::list(&COLUMNS), entries.map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(action: &str, parameters: &Json, counts: &Json) -> Entry {
        let stored = Stored {
            seq: 1,
            at_utc: "2026-01-01T00:00:00Z".into(),
            examiner: "Aoi".into(),
            tool_version: "1".into(),
            action: action.into(),
            parameters: parameters.to_string(),
            counts: counts.to_string(),
            previous_hash: String::new(),
            hash: String::new(),
        };
        Entry::of(stored, &|id| Ok(id.evidence() == EvidenceId(2))).unwrap()
    }

    #[test]
    fn each_kind_of_entry_names_what_it_is_about_and_leads_there() {
        let finding = json!({"id": 4, "after": {"title": "Data left", "records": ["2:7"]}});
        let note = json!({"id": 1, "after": {"text": "see here", "about": {"kind": "record", "key": "2:7"}}});
        let records = || About::Records(Dataset::Events, vec![RecordId::parse("2:7").unwrap()]);
        for (action, parameters, subject, about) in [
            ("create", json!({"title": "Case", "reference": "7"}), "Case, 7", vec![]),
            ("import", json!({"evidence": 3, "path": "/a.gz"}), "/a.gz", vec![About::Evidence(EvidenceId(3))]),
            ("setting", json!({"key": "k", "value": "v"}), "k = v", vec![]),
            ("filter_rename", json!({"before": "a", "name": "b"}), "a → b", vec![]),
            ("migrate", json!({"from_version": 4, "to_version": 5}), "4 → 5", vec![]),
            (
                "tag_add",
                json!({"name": "exfil", "about": {"records": [["1:7", "1:9"]], "others": []}}),
                "exfil",
                vec![About::Tag(Dataset::Flows, "exfil".into())],
            ),
            (
                "tag_remove",
                json!({"name": "c2", "about": {"records": [], "others": [["address", "10.0.0.1"]]}}),
                "c2",
                vec![About::Address("10.0.0.1".into())],
            ),
            ("exhibit_remove", json!({"id": 2, "before": {"caption": "Pairs"}}), "Pairs", vec![About::Exhibit(2)]),
            ("finding_edit", finding, "Data left", vec![About::Finding(4), records()]),
            ("note_add", note, "see here", vec![records()]),
            ("indicator_add", json!({"name": "list", "value": "1.2.3.4"}), "list: 1.2.3.4", vec![About::Indicators]),
            ("of_a_later_version", json!({"x": 1}), "", vec![]),
        ] {
            let entry = entry(action, &parameters, &json!({}));
            assert_eq!((entry.subject.as_str(), &entry.about), (subject, &about), "{action}");
        }
    }

    #[test]
    fn members_are_told_by_their_paths_and_what_is_no_json_as_it_is() {
        let told = entry("x", &json!({"after": {"title": "T", "gone": null}, "order": [1, 2]}), &json!({"rows": 5}));
        let members = [("after.title", "T"), ("order", "[1,2]"), ("rows", "5")];
        assert_eq!(told.members(), members.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let mut damaged = told;
        damaged.stored.parameters = "{".into();
        assert_eq!(damaged.members()[0], (String::new(), "{".to_owned()));
    }
}
