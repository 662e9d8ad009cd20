//! The schema: tables from `schema.sql` and the one table of fields, and the views that anyone can read with the
//! sqlite3 shell.

use crate::model::{Dataset, FieldId, Home, Kind, field};

/// "CTRL", in the file's header: `file NAME.coldtrail` can name it.
pub const APPLICATION_ID: i32 = 0x4354_524c;
/// The schema that this program writes.
pub const VERSION: i32 = 8;

/// The column of a field in its home's table. AWS's `interface_id` would clash with the key of table `interface`.
pub fn column(field: FieldId) -> &'static str {
    match (field.home, field.name) {
        (Home::Interface, "interface_id") => "eni_id",
        (_, name) => name,
    }
}

fn column_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer | Kind::Port | Kind::Protocol | Kind::TcpFlags | Kind::Bytes | Kind::Boolean => "INTEGER",
        Kind::Text | Kind::Address | Kind::Time | Kind::Json | Kind::List => "TEXT",
    }
}

fn columns(fields: impl Iterator<Item = FieldId>) -> String {
    fields.map(|f| format!("  {} {}", column(f), column_type(f.kind))).collect::<Vec<_>>().join(",\n")
}

/// Every statement that makes an empty case of `VERSION`.
pub fn ddl() -> String {
    let interface = columns(field::at_home(Dataset::Flows, Home::Interface));
    let disposition = columns(field::at_home(Dataset::Flows, Home::Disposition));
    let is_call = |f: &FieldId| matches!(f.home, Home::Call(_));
    let call = columns(field::event_columns().filter(is_call));
    let tables = include_str!("schema.sql")
        .replace(
            "{interface}",
            &format!("CREATE TABLE interface (\n  interface_id INTEGER PRIMARY KEY,\n{interface}\n);"),
        )
        .replace(
            "{disposition}",
            &format!("CREATE TABLE disposition (\n  disposition_id INTEGER PRIMARY KEY,\n{disposition}\n);"),
        )
        .replace("{call}", &format!("CREATE TABLE call (\n  call_id INTEGER PRIMARY KEY,\n{call}\n);"))
        .replace("{caller}", &caller_table())
        .replace("{derived}", &derived_table())
        .replace("{event_row}", &event_row_table());
    format!(
        "{tables}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
        include_str!("column_index.sql"),
        include_str!("saved.sql"),
        include_str!("indicators.sql"),
        include_str!("supplements.sql"),
        include_str!("conclusions.sql"),
        flow_view(),
        whole_event_view(),
        event_view("cloudtrail_occurrence", ""),
        event_view("cloudtrail_event", EVENT_ONCE)
    )
}

/// The fields that view event shows beside those of table call.
pub fn event_row_columns() -> impl Iterator<Item = FieldId> {
    field::event_columns().filter(|f| !matches!(f.home, Home::Call(_)))
}

/// Fields of table caller: who called, with which session, from where. Sessions and addresses make thousands of calls.
const CALLER: [&str; 5] = [
    "source_ip_address",
    "user_identity_principal_id",
    "user_identity_arn",
    "user_identity_access_key_id",
    "session_creation_date",
];

/// Fields that are a UUID in most events, and the columns in which one written in lower case is 16 bytes.
pub const UUIDS: [(&str, &str); 2] = [("event_id", "event_uuid"), ("request_id", "request_uuid")];

/// The column that holds a field as 16 bytes where it is a UUID.
pub fn uuid_column(field: FieldId) -> Option<&'static str> {
    UUIDS.iter().find(|(name, _)| field.dataset == Dataset::Events && *name == field.name).map(|(_, column)| *column)
}

/// The table that holds an event's value once for all events that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventDictionary {
    pub table: &'static str,
    pub key: &'static str,
    /// The value's column.
    pub column: &'static str,
    field: FieldId,
}

impl EventDictionary {
    /// Of a field; `None` where its value is in each event's own row.
    pub fn of(field: FieldId) -> Option<Self> {
        let (table, key, column) = match field.home {
            Home::Call(_) => ("call", "call_id", field.name),
            Home::EventJson(_) => ("member", "member_id", "json"),
            Home::Event(_) if is_of_caller(field) => ("caller", "caller_id", field.name),
            Home::Event(_) if field.name == "error_message" => ("message", "message_id", field.name),
            Home::Derived if is_in_derived(field) => ("derived", "derived_id", field.name),
            // Nearly each event names others: they are shared as members are.
            Home::Derived => ("member", "member_id", "json"),
            _ => return None,
        };
        Some(Self { table, key, column, field })
    }

    /// The column of an event that names the value's row.
    pub fn reference(self) -> String {
        match self.table {
            "member" => format!("{}_id", self.field.name),
            _ => self.key.to_owned(),
        }
    }

    /// The statement that reads an expression on the row `m` that holds an event's value; `event` is the event's alias.
    pub fn select(self, event: &str, expression: &str) -> String {
        let Self { table, key, .. } = self;
        format!("SELECT {expression} FROM {table} m WHERE m.{key} = {event}.{}", self.reference())
    }
}

pub fn is_of_caller(field: FieldId) -> bool {
    CALLER.contains(&field.name)
}

/// Is it a field of table derived?
pub fn is_in_derived(field: FieldId) -> bool {
    field.home == Home::Derived && field.name != "resource_name"
}

/// The columns of an event that name rows of dictionaries, and the tables of these.
pub fn event_references() -> Vec<(String, &'static str)> {
    let mut list = Vec::new();
    for held in field::event_columns().filter_map(EventDictionary::of) {
        let reference = (held.reference(), held.table);
        if !list.contains(&reference) {
            list.push(reference);
        }
    }
    list
}

fn caller_table() -> String {
    let fields = columns(field::event_columns().filter(|f| is_of_caller(*f)));
    format!(
        "CREATE TABLE caller (
  caller_id INTEGER PRIMARY KEY,
  source_ip_key BLOB, -- 16 bytes where source_ip_address is an address
{fields}
);"
    )
}

fn derived_table() -> String {
    let fields = columns(field::event_columns().filter(|f| is_in_derived(*f)));
    format!("CREATE TABLE derived (\n  derived_id INTEGER PRIMARY KEY,\n{fields}\n);")
}

/// The columns of table event_row that hold a field, behind its own.
pub fn event_row_fields() -> Vec<(FieldId, EventColumn)> {
    let mut list = Vec::new();
    for field in event_row_columns() {
        let uuid = uuid_column(field);
        match EventDictionary::of(field).map(|held| held.table) {
            Some("caller") => {}
            Some("message") => list.push((field, EventColumn::Message)),
            Some("derived") if list.iter().any(|(_, column)| *column == EventColumn::Derived) => {}
            Some("derived") => list.push((field, EventColumn::Derived)),
            Some(_) => list.push((field, EventColumn::Member)),
            None => {
                list.push((field, if uuid.is_some() { EventColumn::TextIfNoUuid } else { EventColumn::Text }));
                list.extend(uuid.map(|column| (field, EventColumn::Uuid(column))));
            }
        }
    }
    list
}

/// What a column of table event_row holds of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventColumn {
    Text,
    TextIfNoUuid,
    Uuid(&'static str),
    /// The number of a row of table message.
    Message,
    /// The number of a member.
    Member,
    /// The number of a row of table derived.
    Derived,
}

impl EventColumn {
    /// Its name.
    pub fn of(self, field: FieldId) -> String {
        match self {
            Self::Text | Self::TextIfNoUuid => field.name.to_owned(),
            Self::Uuid(column) => column.to_owned(),
            Self::Message => "message_id".to_owned(),
            Self::Derived => "derived_id".to_owned(),
            Self::Member => format!("{}_id", field.name),
        }
    }

    fn type_name(self) -> &'static str {
        match self {
            Self::Text | Self::TextIfNoUuid => "TEXT",
            Self::Uuid(_) => "BLOB",
            Self::Message | Self::Member | Self::Derived => "INTEGER",
        }
    }
}

fn event_row_table() -> String {
    let fields = event_row_fields();
    let fields = fields.iter().map(|(field, column)| format!("  {} {}", column.of(*field), column.type_name()));
    format!("CREATE TABLE event_row (\n{EVENT_ROW}\n{}\n);", fields.collect::<Vec<_>>().join(",\n"))
}

const EVENT_ROW: &str = "  id INTEGER PRIMARY KEY,
  event_key INTEGER NOT NULL, -- the id of the first occurrence of this eventID
  call_id INTEGER NOT NULL,
  caller_id INTEGER NOT NULL,
  byte_offset INTEGER NOT NULL, -- in the uncompressed content
  byte_length INTEGER NOT NULL,
  completeness INTEGER NOT NULL, -- 4 full JSON, 3 query CSV, 2 and 1 console CSV
  time_millis INTEGER, -- event_time, milliseconds";

/// View event: an event's row with the values that it refers to, in columns named after the fields; members as the file
/// wrote them. It reads one table, so that what is not asked for costs nothing.
fn whole_event_view() -> String {
    let mut list: Vec<String> =
        ["id", "event_key", "call_id", "caller_id", "byte_offset", "byte_length", "completeness", "time_millis"]
            .map(|name| format!("r.{name}"))
            .to_vec();
    list.push("(SELECT m.source_ip_key FROM caller m WHERE m.caller_id = r.caller_id) AS source_ip_key".to_owned());
    for field in event_row_columns() {
        let name = field.name;
        match (EventDictionary::of(field), uuid_column(field)) {
            (Some(held), _) => {
                let reference = format!("r.{}", held.reference());
                if held.table != "caller" && !list.contains(&reference) {
                    list.push(reference);
                }
                list.push(format!("({}) AS {name}", held.select("r", &format!("m.{}", held.column))));
            }
            (None, Some(uuid)) => {
                list.push(format!("r.{uuid}"));
                let text = uuid_text(&format!("r.{uuid}"));
                list.push(format!("CASE WHEN r.{uuid} IS NULL THEN r.{name} ELSE {text} END AS {name}"));
            }
            (None, None) => list.push(format!("r.{name}")),
        }
    }
    format!("CREATE VIEW event AS SELECT\n  {}\nFROM event_row r;", list.join(",\n  "))
}

/// 16 bytes as CloudTrail writes a UUID.
fn uuid_text(bytes: &str) -> String {
    let part = |from: usize, len: usize| format!("hex(substr({bytes}, {from}, {len}))");
    let parts = [(1, 4), (5, 2), (7, 2), (9, 2), (11, 6)].map(|(from, len)| part(from, len));
    format!("lower({})", parts.join(" || '-' || "))
}

/// The condition that shows an event once, by the occurrence that tells most; aggregated summaries are no events.
pub const EVENT_ONCE: &str =
    " WHERE e.id = ifnull((SELECT c.best_id FROM event_choice c WHERE c.event_key = e.event_key), e.event_key)
    AND e.call_id NOT IN (SELECT call_id FROM call WHERE event_category = 'Aggregated')";

/// event_time as the event says it.
pub const EVENT_TIME_TEXT: &str =
    "ifnull(e.event_time, strftime('%Y-%m-%dT%H:%M:%SZ', e.time_millis / 1000, 'unixepoch'))";

fn flow_view() -> String {
    let mut list = vec![
        "f.id >> 32 AS evidence".to_owned(),
        "f.id & 4294967295 AS position".to_owned(),
        "d.original_id IS NOT NULL AS duplicate".to_owned(),
    ];
    for field in field::of(Dataset::Flows) {
        let name = field.name;
        let expression = match field.home {
            Home::Row if name == "end" => "ifnull(f.start + f.duration, x.json ->> '$.end')".to_owned(),
            Home::Row => format!("f.{name}"),
            Home::Interface => format!("i.{}", column(field)),
            Home::Disposition => format!("o.{name}"),
            Home::PairSource => "s.address".to_owned(),
            Home::PairDestination => "t.address".to_owned(),
            Home::PacketSource => "ps.address".to_owned(),
            Home::PacketDestination => "pt.address".to_owned(),
            Home::Extra => format!("x.json ->> '$.{name}'"),
            Home::Event(_) | Home::Call(_) | Home::EventJson(_) | Home::Derived | Home::Lineage => continue,
        };
        list.push(format!("{expression} AS \"{name}\""));
    }
    list.push("x.json AS extra".to_owned());
    format!(
        "CREATE VIEW flow_record AS SELECT\n  {}\nFROM flow f
LEFT JOIN pair p ON p.pair_id = f.pair_id
LEFT JOIN address s ON s.address_id = p.source_id
LEFT JOIN address t ON t.address_id = p.destination_id
LEFT JOIN pair q ON q.pair_id = f.packet_pair_id
LEFT JOIN address ps ON ps.address_id = q.source_id
LEFT JOIN address pt ON pt.address_id = q.destination_id
LEFT JOIN interface i ON i.interface_id = f.interface_id
LEFT JOIN disposition o ON o.disposition_id = f.disposition_id
LEFT JOIN extra x ON x.extra_id = f.extra_id
LEFT JOIN flow_duplicate d ON d.id = f.id;",
        list.join(",\n  ")
    )
}

fn event_view(name: &str, condition: &str) -> String {
    let mut list = vec!["e.id >> 32 AS evidence".to_owned(), "e.id & 4294967295 AS position".to_owned()];
    for field in field::of(Dataset::Events) {
        let name = field.name;
        let expression = match field.home {
            Home::Event(_) if name == "event_time" => EVENT_TIME_TEXT.to_owned(),
            Home::Event(_) | Home::Derived => format!("e.{name}"),
            Home::Call(_) => format!("k.{name}"),
            Home::EventJson(member) => {
                let value = EventDictionary::of(field).map(|held| held.select("e", "m.json ->> '$'"));
                let value = format!("({})", value.unwrap_or_default());
                if member == "userIdentity" { format!("ifnull({value}, {})", identity_of_columns()) } else { value }
            }
            _ => continue,
        };
        list.push(format!("{expression} AS \"{name}\""));
    }
    format!(
        "CREATE VIEW {name} AS SELECT\n  {}\nFROM event e\nLEFT JOIN call k ON k.call_id = e.call_id{condition};",
        list.join(",\n  ")
    )
}

/// The JSON object that the columns below userIdentity say, without members that are absent; NULL where all are.
fn identity_of_columns() -> String {
    let mut tree = Branch::default();
    for field in field::event_columns() {
        let (path, table) = match field.home {
            Home::Event(path) => (path, 'e'),
            Home::Call(path) => (path, 'k'),
            _ => continue,
        };
        let Some(path) = path.strip_prefix("userIdentity.") else { continue };
        let value = format!("{table}.{}", field.name);
        let value = match field.kind {
            // The log writes it as a text.
            Kind::Boolean => format!("CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"),
            _ => value,
        };
        tree.plant(path, value);
    }
    format!("nullif({}, '{{}}')", tree.object())
}

/// Members of a JSON object in order: a value, or an object of further members.
#[derive(Default)]
struct Branch(Vec<(&'static str, Member)>);

enum Member {
    Value(String),
    Object(Branch),
}

impl Branch {
    fn plant(&mut self, path: &'static str, value: String) {
        let Some((first, rest)) = path.split_once('.') else { return self.0.push((path, Member::Value(value))) };
        let known = self.0.iter().position(|(name, _)| *name == first);
        let at = known.unwrap_or_else(|| {
            self.0.push((first, Member::Object(Branch::default())));
            self.0.len() - 1
        });
        if let Some((_, Member::Object(inner))) = self.0.get_mut(at) {
            inner.plant(rest, value);
        }
    }

    /// SQL of the object; a merge patch leaves out what is NULL.
    fn object(&self) -> String {
        let members = self.0.iter().map(|(name, member)| match member {
            Member::Value(value) => format!("'{name}', {value}"),
            Member::Object(inner) => format!("'{name}', json(nullif({}, '{{}}'))", inner.object()),
        });
        format!("json_patch('{{}}', json_object({}))", members.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_loads_and_its_views_show_every_field_by_name() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        conn.execute_batch(&ddl()).unwrap();
        for (view, dataset) in [("flow_record", Dataset::Flows), ("cloudtrail_event", Dataset::Events)] {
            let statement = conn.prepare(&format!("SELECT * FROM {view}")).unwrap();
            let names: Vec<&str> = statement.column_names().collect();
            for field in field::own(dataset) {
                assert!(names.contains(&field.name), "{view} lacks {}", field.name);
            }
            assert_eq!(names[..2], ["evidence", "position"]);
        }
    }
}
