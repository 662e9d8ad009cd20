//! The columns of CSV files with CloudTrail events: what a header says, and a row's values as an event.
//!
//! Sources: the CloudTrail user guide (event history downloads; Athena table; Lake queries).

use super::render::{EventText, boolean_json, text_json};
use super::structs;
use crate::model::batch::Completeness;
use crate::model::{Dataset, Format, Kind, field};
use rustc_hash::FxHashMap;

/// Where a column's values go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventColumn {
    Text(String),
    Boolean(String),
    /// JSON, or a struct's text.
    Value(String),
    /// The whole event (Lake's eventJson).
    Event,
}

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub format: Format,
    pub completeness: Completeness,
    /// The column in whose cells the whole record is, where another tool wrote the file.
    pub record: Option<usize>,
    names: Vec<String>,
    columns: Vec<EventColumn>,
}

impl Layout {
    /// Reads a header; `None` if it is not that of CloudTrail events.
    pub(crate) fn of_header(names: &[String]) -> Option<Self> {
        console(names).or_else(|| query(names))
    }

    /// The header of another tool's table, one column of which holds whole records.
    pub(crate) fn with_record(names: &[String], record: usize, format: Format) -> Self {
        let columns = || names.iter().map(|name| query_column(name.trim()).unwrap_or(EventColumn::Value(plain(name))));
        let known = Self::of_header(names);
        let (completeness, columns) = match known {
            Some(known) => (known.completeness, known.columns),
            None => (Completeness::QueryCsv, columns().collect()),
        };
        Self { format, completeness, record: Some(record), names: names.to_vec(), columns }
    }

    /// Is this the row that it was made of?
    pub(crate) fn is_header(&self, names: &[String]) -> bool {
        self.names == names
    }

    /// The name of a column.
    pub(crate) fn name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }

    /// Does a column say which event it is, so that its row is one without the whole record?
    pub(crate) fn is_of_events(&self) -> bool {
        Self::of_header(&self.names).is_some()
    }

    pub(super) fn columns(&self) -> &[EventColumn] {
        &self.columns
    }

    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Where the column's values are in an event.
    pub(crate) fn path(&self, column: usize) -> Option<&str> {
        match self.columns.get(column)? {
            EventColumn::Text(path) | EventColumn::Boolean(path) | EventColumn::Value(path) => Some(path),
            EventColumn::Event => None,
        }
    }

    /// Is there a column of AWS's that holds the whole event?
    pub(crate) fn has_whole_event(&self) -> bool {
        self.columns.contains(&EventColumn::Event)
    }

    /// A row as an event's JSON, and how much of the event that is.
    pub(crate) fn render<T: AsRef<str>>(&self, values: &[T]) -> (String, Completeness) {
        self.render_knowing(values, &mut KnownValues::default())
    }

    /// The same with values of other rows that are known.
    pub(crate) fn render_knowing<T: AsRef<str>>(
        &self,
        values: &[T],
        known: &mut KnownValues,
    ) -> (String, Completeness) {
        let mut event = EventText::default();
        for (column, value) in self.columns.iter().zip(values) {
            let value = value.as_ref();
            match column {
                EventColumn::Event if is_object(value) => {
                    return (value.trim().to_owned(), Completeness::Full);
                }
                _ if value.is_empty() => {}
                EventColumn::Event => event.text("eventJson", value),
                EventColumn::Text(path) => event.text(path, value),
                EventColumn::Boolean(path) => event.boolean(path, value),
                EventColumn::Value(path) => match known.json(path, value) {
                    Some(json) => event.json(path, json.to_owned()),
                    None => event.text(path, value),
                },
            }
        }
        (event.render(), self.completeness)
    }
}

impl EventColumn {
    /// The JSON that a value of the column is, as `Layout::render` writes it.
    pub(super) fn json(&self, value: &str) -> String {
        match self {
            Self::Text(_) | Self::Event => text_json(value),
            Self::Boolean(_) => boolean_json(value),
            Self::Value(path) => value_json(path, value).unwrap_or_else(|| text_json(value)),
        }
    }
}

fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The JSON of values that were read already: from row to row they repeat. Within a bound of memory.
#[derive(Default)]
pub(crate) struct KnownValues {
    /// By how names of members are written.
    known: [FxHashMap<Box<str>, Option<String>>; 3],
    bytes: usize,
}

impl KnownValues {
    const MOST_BYTES: usize = 16 << 20;
    /// About what a value takes beside its texts.
    const ENTRY_BYTES: usize = 96;

    /// The JSON that a value at this path is; `None` for what is just a text.
    fn json(&mut self, path: &str, value: &str) -> Option<&str> {
        if self.bytes >= Self::MOST_BYTES {
            *self = Self::default();
        }
        let [plain, identities, resources] = &mut self.known;
        let known = match path {
            "userIdentity" => identities,
            "resources" => resources,
            _ => plain,
        };
        if !known.contains_key(value) {
            let json = value_json(path, value);
            self.bytes += Self::ENTRY_BYTES + value.len() + json.as_ref().map_or(0, String::len);
            known.insert(value.into(), json);
        }
        known.get(value)?.as_deref()
    }
}

fn value_json(path: &str, value: &str) -> Option<String> {
    let json = match serde_json::from_str::<serde::de::IgnoredAny>(value) {
        Ok(_) => Some(value.to_owned()),
        Err(_) => structs::to_json(value),
    };
    match path {
        "userIdentity" | "resources" => json.map(|json| structs::with_awss_names(json, path == "resources")),
        _ => json,
    }
}

/// The event history's header, in the layout of 16 columns or the older one of 10.
fn console(names: &[String]) -> Option<Layout> {
    let has = |name: &str| names.iter().any(|known| known.trim().eq_ignore_ascii_case(name));
    // People take columns out before they pass a file on; an event is reported by its time and its name.
    let is_known = has("User name") || has("Event source") || has("Event ID");
    if !(has("Event time") && has("Event name") && is_known) {
        return None;
    }
    let completeness = if has("Event source") { Completeness::ConsoleCsv16 } else { Completeness::ConsoleCsv10 };
    let columns = names.iter().map(|name| console_column(name.trim())).collect();
    let names = names.to_vec();
    Some(Layout { format: Format::CloudTrailConsoleCsv, completeness, record: None, names, columns })
}

fn console_column(name: &str) -> EventColumn {
    let path = match name.to_ascii_lowercase().as_str() {
        "user name" => "userIdentity.userName",
        "aws access key" => "userIdentity.accessKeyId",
        "event time" => "eventTime",
        "event source" => "eventSource",
        "event name" => "eventName",
        "aws region" => "awsRegion",
        "source ip address" => "sourceIPAddress",
        "user agent" => "userAgent",
        "error code" => "errorCode",
        "request id" => "requestID",
        "event id" => "eventID",
        "event type" => "eventType",
        "recipient account id" => "recipientAccountId",
        "event category" => "eventCategory",
        "resource type" => "resourceType",
        "read-only" => return EventColumn::Boolean("readOnly".into()),
        "resources" => return EventColumn::Value("resources".into()),
        _ => return EventColumn::Text(plain(name)),
    };
    EventColumn::Text(path.into())
}

/// A column name as a member's name: a dot would make it a path.
fn plain(name: &str) -> String {
    name.replace('.', "_")
}

/// The header of a query's result: AWS's names in any case, as a path or with underscores.
fn query(names: &[String]) -> Option<Layout> {
    // In Elastic's common schema these names mean something else.
    if names.iter().any(|name| matches!(name.trim(), "event.action" | "event.provider" | "event.dataset")) {
        return None;
    }
    let columns: Vec<Option<EventColumn>> = names.iter().map(|name| query_column(name.trim())).collect();
    let says = |wanted: &[&str]| {
        columns.iter().flatten().any(|column| match column {
            EventColumn::Text(path) | EventColumn::Boolean(path) | EventColumn::Value(path) => {
                wanted.contains(&path.as_str())
            }
            EventColumn::Event => true,
        })
    };
    let known = columns.iter().flatten().count();
    let whole = columns.contains(&Some(EventColumn::Event));
    if !whole && (known < 2 || !says(&["eventID", "eventName", "eventTime", "eventSource", "userIdentity"])) {
        return None;
    }
    let columns =
        columns.into_iter().zip(names).map(|(column, name)| column.unwrap_or(EventColumn::Value(plain(name))));
    let (columns, names) = (columns.collect(), names.to_vec());
    let (format, completeness) = (Format::CloudTrailQueryCsv, Completeness::QueryCsv);
    Some(Layout { format, completeness, record: None, names, columns })
}

fn query_column(name: &str) -> Option<EventColumn> {
    let squeeze = |text: &str| text.replace(['.', '_'], "").to_ascii_lowercase();
    let wanted = squeeze(name);
    if matches!(wanted.as_str(), "eventjson" | "eventdata" | "cloudtrailevent") {
        return Some(EventColumn::Event);
    }
    field::of(Dataset::Events).find_map(|field| {
        let path = field.event_path()?;
        if squeeze(path) != wanted && squeeze(field.name) != wanted {
            return None;
        }
        Some(match field.kind {
            Kind::Json => EventColumn::Value(path.into()),
            // In a session's attributes AWS writes its booleans as text.
            Kind::Boolean if !path.contains('.') => EventColumn::Boolean(path.into()),
            _ => EventColumn::Text(path.into()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(header: &str) -> Option<Layout> {
        Layout::of_header(&header.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn headers_are_told_apart() {
        for (header, expected) in [
            ("Event ID,Event time,User name,Event name,Resource type,Resources", Some(Completeness::ConsoleCsv10)),
            ("User name,AWS access key,Event time,Event source,Event name,Event ID", Some(Completeness::ConsoleCsv16)),
            ("eventid,eventtime,useridentity", Some(Completeness::QueryCsv)),
            ("event_name,user_identity_arn", Some(Completeness::QueryCsv)),
            ("eventName,userIdentity.sessionContext.sessionIssuer.arn,_col3", Some(Completeness::QueryCsv)),
            ("eventJson", Some(Completeness::QueryCsv)),
            ("Event Type,Event Name,Request ID,User ID,Event ID,Event DateTime", None),
            ("Event time,User name,Event name,Event source", Some(Completeness::ConsoleCsv16)),
            ("Event time,Event name,Resources,User name", Some(Completeness::ConsoleCsv10)),
            ("Event time,Event name,Comment", None),
            ("ip,comment", None),
            ("eventname", None),
            ("version,account_id,srcaddr,dstaddr", None),
            ("@timestamp,event.id,event.action,event.category,event.type,error.code", None),
        ] {
            assert_eq!(layout(header).map(|layout| layout.completeness), expected, "{header}");
        }
    }

    #[test]
    fn rows_become_events_in_awss_names() {
        let query =
            layout("eventtime,useridentity,user_identity_arn,readonly,requestparameters,n.x,resources").unwrap();
        let (json, how) = query.render(&["t", "{type=A, accountid=1}", "", "true", r#"{"a":1}"#, "x", "[{arn=y}]"]);
        assert_eq!(
            json,
            r#"{"eventTime":"t","userIdentity":{"type":"A","accountId":"1"},"readOnly":true,"requestParameters":{"a":1},"n_x":"x","resources":[{"ARN":"y"}]}"#
        );
        assert_eq!(how, Completeness::QueryCsv);
        let lake = layout("eventID,eventJson").unwrap();
        let whole = r#"{"eventVersion":"1.08"}"#;
        assert_eq!(lake.render(&["e", whole]), (whole.to_owned(), Completeness::Full));
        assert_eq!(lake.render(&["e", ""]), (r#"{"eventID":"e"}"#.to_owned(), Completeness::QueryCsv));
    }
}
