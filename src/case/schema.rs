//! The schema: tables from `schema.sql` and the one table of fields, and the views that anyone can read with the
//! sqlite3 shell.

use crate::model::{Dataset, FieldId, Home, Kind, field};

/// "CTRL", in the file's header: `file NAME.coldtrail` can name it.
pub const APPLICATION_ID: i32 = 0x4354_524c;
/// The schema that this program writes.
pub const VERSION: i32 = 5;

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
        Kind::Text | Kind::Address | Kind::Time | Kind::Json => "TEXT",
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
    let event = columns(event_row_columns());
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
        .replace("{event}", &format!("CREATE TABLE event (\n{EVENT_KEY_COLUMNS}\n{event}\n);"));
    format!(
        "{tables}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
        include_str!("column_index.sql"),
        include_str!("saved.sql"),
        include_str!("indicators.sql"),
        include_str!("conclusions.sql"),
        flow_view(),
        event_view("cloudtrail_occurrence", ""),
        event_view("cloudtrail_event", EVENT_ONCE)
    )
}

/// The fields that are columns of table event itself, behind its own eight, in order.
pub fn event_row_columns() -> impl Iterator<Item = FieldId> {
    field::event_columns().filter(|f| matches!(f.home, Home::Event(_) | Home::EventJson(_)))
}

/// Names of the columns of table event that hold JSON.
pub fn event_json_columns() -> impl Iterator<Item = &'static str> {
    event_row_columns().filter(|field| matches!(field.home, Home::EventJson(_))).map(column)
}

const EVENT_KEY_COLUMNS: &str = "  id INTEGER PRIMARY KEY,
  event_key INTEGER NOT NULL, -- the id of the first occurrence of this eventID
  call_id INTEGER NOT NULL,
  byte_offset INTEGER NOT NULL, -- in the uncompressed content
  byte_length INTEGER NOT NULL,
  completeness INTEGER NOT NULL, -- 4 full JSON, 3 query CSV, 2 and 1 console CSV
  time_millis INTEGER, -- event_time, milliseconds
  source_ip_key BLOB, -- 16 bytes where source_ip_address is an address";

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
            Home::Event(_) | Home::Call(_) | Home::EventJson(_) | Home::Virtual => continue,
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
            Home::Event(_) => format!("e.{name}"),
            Home::Call(_) => format!("k.{name}"),
            Home::EventJson("userIdentity") => format!("ifnull(e.user_identity ->> '$', {})", identity_of_columns()),
            Home::EventJson(_) => format!("e.{name} ->> '$'"),
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
            for field in field::of(dataset) {
                assert!(names.contains(&field.name), "{view} lacks {}", field.name);
            }
            assert_eq!(names[..2], ["evidence", "position"]);
        }
    }
}
