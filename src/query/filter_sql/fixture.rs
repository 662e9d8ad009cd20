//! Records of tests, once in memory and once in the tables of a case.

use crate::case::schema::EventDictionary;
use crate::case::{event_json, schema, uuid};
use crate::filter::Partition;
use crate::filter::eval::{Record, Value};
use crate::model::{Address, Dataset, FieldId, Home, Kind, RecordId, Timestamp, field};
use rusqlite::{Connection, params_from_iter, types::Value as SqlValue};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(in crate::query) fn named(dataset: Dataset, name: &str) -> FieldId {
    field::by_name(dataset, name).unwrap_or_else(|| panic!("no field {name}"))
}

#[derive(Clone, Debug)]
pub(in crate::query) struct TestRecord {
    pub dataset: Dataset,
    pub id: i64,
    /// As the log writes them; times of flow records in seconds.
    pub values: BTreeMap<FieldId, String>,
    pub json: Option<String>,
    pub duplicate: bool,
    pub tags: Vec<String>,
}

impl TestRecord {
    pub(crate) fn new(dataset: Dataset, id: i64, values: &[(&str, &str)], json: Option<&str>) -> Self {
        let values = values.iter().map(|(name, text)| (named(dataset, name), (*text).to_owned())).collect();
        Self { dataset, id, values, json: json.map(str::to_owned), duplicate: id % 3 == 0, tags: Vec::new() }
    }

    fn text(&self, name: &str) -> Option<&String> {
        self.values.get(&named(self.dataset, name))
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    fn evidence_id(&self) -> i64 {
        self.id >> 32
    }
}

pub(in crate::query) const EVIDENCE_PATHS: [&str; 2] = ["logs/a_flow.log.gz", "logs/B.json"];

impl Record for TestRecord {
    fn dataset(&self) -> Dataset {
        self.dataset
    }

    fn value(&self, field: FieldId) -> Option<Value> {
        if field.home == Home::Extra {
            let json: serde_json::Value = serde_json::from_str(self.json.as_deref()?).ok()?;
            return json.get(field.name())?.as_i64().map(Value::Integer);
        }
        let text = self.values.get(&field)?;
        Some(match field.kind {
            Kind::Text | Kind::Json | Kind::List => Value::Text(text.clone()),
            Kind::Integer | Kind::Port | Kind::Protocol | Kind::TcpFlags | Kind::Bytes => {
                Value::Integer(text.parse().unwrap())
            }
            Kind::Address => match Address::parse(text.as_bytes()) {
                Some(address) => Value::Address(address),
                None => Value::Text(text.clone()),
            },
            Kind::Time if self.dataset == Dataset::Flows => Value::Time(Timestamp::from_secs(text.parse().unwrap())),
            Kind::Time => match chrono::DateTime::parse_from_rfc3339(text) {
                Ok(time) => Value::Time(Timestamp(time.timestamp_millis())),
                Err(_) => Value::Text(text.clone()),
            },
            Kind::Boolean => Value::Boolean(text == "true"),
        })
    }

    fn written(&self, field: FieldId) -> Option<String> {
        (self.dataset == Dataset::Events).then(|| self.values.get(&field).cloned()).flatten()
    }

    fn json(&self) -> Option<&str> {
        self.json.as_deref()
    }

    fn evidence(&self) -> (i64, &str) {
        (self.evidence_id(), EVIDENCE_PATHS[(self.evidence_id() - 1) as usize])
    }

    fn partition(&self, partition: Partition) -> Option<String> {
        let of_path = |text: &str| (self.evidence_id() == 2).then(|| text.to_owned());
        let is_flow = self.dataset == Dataset::Flows;
        let own = |flow: &str, event: &str| self.text(if is_flow { flow } else { event }).cloned();
        match partition {
            Partition::Date => of_path("2021/05/16").or_else(|| match is_flow {
                true => {
                    let start = chrono::DateTime::from_timestamp(self.number("start")?, 0)?;
                    Some(start.format("%Y/%m/%d").to_string())
                }
                false => Some(self.text("event_time")?.chars().take(10).collect::<String>().replace('-', "/")),
            }),
            Partition::Region => of_path("eu-west-1").or_else(|| own("region", "aws_region")),
            Partition::Account => of_path("111122223333").or_else(|| own("account_id", "recipient_account_id")),
        }
    }

    fn is_in_conflict(&self) -> bool {
        false
    }

    fn is_duplicate(&self) -> bool {
        self.duplicate
    }

    fn tags(&self) -> Vec<String> {
        self.tags.clone()
    }

    fn indicators(&self) -> Vec<String> {
        let met = looked_for().filter(|entry| self.meets(entry));
        met.flat_map(|entry| [entry.list, entry.value, entry.name])
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn sigma(&self) -> Vec<String> {
        Vec::new()
    }

    fn sigma_levels(&self) -> Vec<String> {
        Vec::new()
    }

    fn bursts(&self) -> Vec<String> {
        Vec::new()
    }

    fn labels(&self) -> Vec<String> {
        let met = KNOWN.iter().filter(|entry| entry.list == "label" && self.meets(entry));
        met.map(|entry| entry.name.to_owned()).collect()
    }

    fn in_indicators(&self, value: &Value) -> bool {
        looked_for().any(|entry| self.is_of_its_time(entry) && entry.holds(value) && self.meets_the_rest(entry))
    }
}

/// An entry of the lists that every case of tests has, or a label.
pub(in crate::query) struct TestEntry {
    pub list: &'static str,
    pub kind: &'static str,
    pub value: &'static str,
    pub name: &'static str,
    /// From and to in milliseconds.
    pub valid: (Option<i64>, Option<i64>),
    pub enabled: bool,
    /// Pattern and part; every part of the tests' patterns has one entry.
    pub part: Option<(u32, u32)>,
}

const fn known(list: &'static str, kind: &'static str, value: &'static str, name: &'static str) -> TestEntry {
    TestEntry { list, kind, value, name, valid: (None, None), enabled: true, part: None }
}

/// Lists `bad` and `feed` are searched for; `off` is turned off, and `well` is of well-known infrastructure.
pub(in crate::query) static KNOWN: [TestEntry; 22] = [
    known("bad", "address", "10.0.0.2", "C2"),
    TestEntry { valid: (Some(1_000_500), Some(1_002_000)), ..known("bad", "range", "192.0.2.0/24", "") },
    TestEntry { valid: (None, Some(1_001_001)), ..known("bad", "range", "192.0.0.0/8", "wide") },
    TestEntry { enabled: false, ..known("bad", "address", "10.0.0.1", "not yet") },
    known("feed", "range", "2001:db8::/32", ""),
    TestEntry { valid: (Some(1_001_001), None), ..known("feed", "range", "10.0.0.0/31", "late") },
    known("feed", "port", "65535", "odd"),
    TestEntry { valid: (Some(1_001_000), None), ..known("feed", "interface", "A%b", "") },
    known("feed", "event_name", "A%b", ""),
    known("feed", "domain", "amazonaws.com", "cloud"),
    known("feed", "principal", "x", "who"),
    TestEntry { part: Some((1, 1)), ..known("feed", "port", "22", "both") },
    TestEntry { part: Some((1, 2)), ..known("feed", "address", "10.0.0.1", "") },
    TestEntry { part: Some((2, 1)), ..known("feed", "range", "10.0.0.2/31", "two") },
    TestEntry { part: Some((2, 2)), ..known("feed", "principal", "x", "") },
    TestEntry { part: Some((3, 1)), valid: (Some(1_001_000), None), ..known("feed", "range", "0.0.0.0/0", "all") },
    TestEntry { part: Some((3, 2)), valid: (Some(1_001_000), None), ..known("feed", "interface", "a", "") },
    known("off", "range", "fe80::/10", ""),
    known("well", "range", "0.0.0.0/0", ""),
    known("label", "address", "10.0.0.1", "host"),
    known("label", "interface", "a", "C2"),
    known("label", "range", "2001:db8::/32", "lab"),
];

pub(in crate::query) fn looked_for() -> impl Iterator<Item = &'static TestEntry> {
    KNOWN.iter().filter(|entry| entry.enabled && ["bad", "feed"].contains(&entry.list))
}

impl TestEntry {
    fn span(&self) -> Option<([u8; 16], [u8; 16])> {
        let network = crate::model::Network::parse(self.value).map(|network| network.key_range());
        network.or_else(|| Address::parse(self.value.as_bytes()).map(|address| (address.key(), address.key())))
    }

    pub(in crate::query) fn holds(&self, value: &Value) -> bool {
        match (self.kind, value) {
            ("address" | "range", Value::Address(address)) => {
                self.span().is_some_and(|(first, last)| (first..=last).contains(&address.key()))
            }
            ("domain", Value::Text(text)) => *text == self.value || text.ends_with(&format!(".{}", self.value)),
            ("port", Value::Integer(port)) => port.to_string() == self.value,
            ("interface" | "event_name", Value::Text(text)) => text == self.value,
            _ => false,
        }
    }
}

impl TestRecord {
    pub(in crate::query) fn is_of_its_time(&self, entry: &TestEntry) -> bool {
        let name = if self.dataset == Dataset::Flows { "start" } else { "event_time" };
        let (from, to) = entry.valid;
        match self.value(named(self.dataset, name)) {
            Some(Value::Time(time)) => from.is_none_or(|from| from <= time.0) && to.is_none_or(|to| time.0 < to),
            _ => from.is_none() && to.is_none(),
        }
    }

    /// By looking at every value.
    pub(in crate::query) fn meets(&self, entry: &TestEntry) -> bool {
        self.is_of_its_time(entry) && self.names(entry) && self.meets_the_rest(entry)
    }

    /// What belongs to an entry, where such a record can show it.
    pub(in crate::query) fn meets_the_rest(&self, entry: &TestEntry) -> bool {
        let Some((pattern, _)) = entry.part else { return true };
        let others = looked_for().filter(|other| other.part.is_some_and(|part| part.0 == pattern));
        let can_show = |other: &&TestEntry| match self.dataset {
            Dataset::Flows => other.kind != "principal",
            Dataset::Events => !matches!(other.kind, "port" | "interface"),
        };
        others.filter(can_show).all(|other| self.names(other))
    }

    /// The same, whatever the time.
    pub(in crate::query) fn names(&self, entry: &TestEntry) -> bool {
        let fields: &[(&str, &str)] = match self.dataset {
            Dataset::Flows => &[
                ("srcaddr", "address range"),
                ("dstaddr", "address range"),
                ("pkt_srcaddr", "address range"),
                ("pkt_dstaddr", "address range"),
                ("srcport", "port"),
                ("dstport", "port"),
                ("interface_id", "interface"),
            ],
            Dataset::Events => {
                &[("source_ip_address", "address range domain"), ("event_name", "event_name"), ("user_agent", "")]
            }
        };
        let in_field = fields.iter().any(|(name, kinds)| {
            let value = self.value(named(self.dataset, name));
            kinds.split(' ').any(|kind| kind == entry.kind) && value.is_some_and(|value| entry.holds(&value))
        });
        let json = self.json.as_deref().unwrap_or_default();
        let quoted = |text: &str| json.contains(&format!("\"{text}\""));
        // Also in JSON that is as a text in the event's own, where its quotes are escaped.
        let as_a_word = |text: &str| {
            let in_word = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
            json.match_indices(text)
                .any(|(at, _)| !json[..at].ends_with(in_word) && !json[at + text.len()..].starts_with(in_word))
        };
        let in_text = self.dataset == Dataset::Events
            && match entry.kind {
                "principal" => quoted(entry.value),
                "interface" => as_a_word(entry.value),
                "address" | "range" => ADDRESSES_IN_JSON
                    .iter()
                    .any(|text| quoted(text) && entry.holds(&Value::Address(Address::parse(text.as_bytes()).unwrap()))),
                _ => false,
            };
        in_field || in_text
    }
}

/// Addresses that the JSON of random events may hold.
pub(in crate::query) const ADDRESSES_IN_JSON: [&str; 2] = ["10.0.0.2", "192.0.2.9"];

/// Puts `KNOWN` into the case.
fn insert_known(connection: &Connection) {
    for (id, (name, purpose, enabled)) in
        [("bad", "known_bad", 1), ("feed", "known_bad", 1), ("off", "known_bad", 0), ("well", "well_known", 1)]
            .into_iter()
            .enumerate()
    {
        let sql = "INSERT INTO indicator_list VALUES (?, ?, ?, '', 'text', '', '', '', '', '', ?, NULL)";
        connection.execute(sql, (id as i64 + 1, name, purpose, enabled)).unwrap();
    }
    for entry in &KNOWN {
        let (first, last) = entry.span().unzip();
        let last = last.filter(|last| Some(*last) != first);
        let name = (!entry.name.is_empty()).then_some(entry.name);
        if entry.list == "label" {
            let sql = "INSERT INTO label (kind, value, first_key, last_key, name, note, added_utc, examiner)
                       VALUES (?, ?, ?, ?, ?, '', '', '')";
            connection.execute(sql, (entry.kind, entry.value, first, last, name)).unwrap();
            continue;
        }
        let sql = "INSERT INTO indicator_entry (list_id, position, kind, value, first_key, last_key, name, valid_from, valid_to,
                   enabled) SELECT list_id, 1, ?, ?, ?, ?, ?, ?, ?, ? FROM indicator_list WHERE name = ?";
        let (from, to) = entry.valid;
        let values = (entry.kind, entry.value, first, last, name, from, to, entry.enabled, entry.list);
        assert_eq!(connection.execute(sql, values).unwrap(), 1);
        if let Some((pattern, part)) = entry.part {
            let sql = "INSERT INTO indicator_part VALUES (?, ?, ?)";
            connection.execute(sql, (connection.last_insert_rowid(), pattern, part)).unwrap();
        }
    }
}

/// A case in memory with the records in its tables.
pub(in crate::query) fn case_of(records: &[TestRecord]) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    super::register_functions(&connection, &Default::default()).unwrap();
    connection.execute_batch(&schema::ddl()).unwrap();
    for (i, path) in EVIDENCE_PATHS.iter().enumerate() {
        let sql = "INSERT INTO evidence (evidence_id, path, format, packing, encoding, file_bytes, content_bytes, file_sha256, \
                   content_sha256, imported_utc, raw_kept, record_count, duplicate_count, warning_count, flow_count, event_count, \
                   aggregated_count) VALUES (?1, ?2, '', '', '', 0, 0, '', '', '', 1, 0, 0, 0, 0, 0, 0)";
        connection.execute(sql, (i as i64 + 1, path)).unwrap();
    }
    let of_path =
        "UPDATE evidence SET path_date = '2021-05-16T05:00', path_region = 'eu-west-1', path_account = '111122223333'
                   WHERE evidence_id = 2";
    connection.execute(of_path, []).unwrap();
    insert_known(&connection);
    for record in records {
        match record.dataset {
            Dataset::Flows => insert_flow(&connection, record),
            Dataset::Events => insert_event(&connection, record),
        }
        insert_tags(&connection, record);
    }
    connection
}

/// Its tags, and one that was removed, and one on an address with the same words: neither is a tag of the record.
fn insert_tags(connection: &Connection, record: &TestRecord) {
    let key = format!("{}:{}", record.id >> 32, record.id & 0xffff_ffff);
    let put = |subject: &str, name: &str, removed: Option<&str>| {
        let values = [
            ("subject", subject.to_owned().into()),
            ("key", key.clone().into()),
            ("record_id", optional((subject == "record").then_some(record.id))),
            ("name", name.to_owned().into()),
            ("created_utc", String::new().into()),
            ("created_by", String::new().into()),
            ("removed_utc", optional(removed.map(str::to_owned))),
        ];
        insert(connection, "tag", &values.map(|(name, value)| (name.to_owned(), value)));
    };
    record.tags.iter().for_each(|tag| put("record", tag, None));
    put("record", "a", Some("2026-01-01T00:00:00Z"));
    put("address", "1", None);
}

fn insert(connection: &Connection, table: &str, values: &[(String, SqlValue)]) {
    let columns: Vec<&str> = values.iter().map(|(column, _)| column.as_str()).collect();
    let marks = vec!["?"; values.len()].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", columns.join(", "));
    connection.execute(&sql, params_from_iter(values.iter().map(|(_, value)| value))).unwrap();
}

fn optional<T: Into<SqlValue>>(value: Option<T>) -> SqlValue {
    value.map_or(SqlValue::Null, Into::into)
}

fn insert_flow(connection: &Connection, record: &TestRecord) {
    // A tuple of its own for each record keeps the fixture simple; conditions cannot tell.
    let id = record.id & 0xffff_ffff;
    let mut flow: Vec<(String, SqlValue)> = vec![("id".into(), record.id.into())];
    for (column, source, destination) in
        [("pair_id", "srcaddr", "dstaddr"), ("packet_pair_id", "pkt_srcaddr", "pkt_dstaddr")]
    {
        let sides = [source, destination].map(|side| record.text(side).map(|text| address_id(connection, text)));
        if sides.iter().any(Option::is_some) {
            flow.push((column.into(), pair_id(connection, sides).into()));
        }
    }
    for (home, table) in [(Home::Interface, "interface"), (Home::Disposition, "disposition")] {
        let present = field::at_home(Dataset::Flows, home).filter_map(|f| Some((f, record.values.get(&f)?)));
        let mut values: Vec<(String, SqlValue)> =
            present.map(|(f, text)| (super::tuple_column(f), SqlValue::Text(text.clone()))).collect();
        if !values.is_empty() {
            values.push((format!("{table}_id"), id.into()));
            insert(connection, table, &values);
            flow.push((format!("{table}_id"), id.into()));
        }
    }
    if let Some(json) = &record.json {
        insert(connection, "extra", &[("extra_id".into(), id.into()), ("json".into(), json.clone().into())]);
        flow.push(("extra_id".into(), id.into()));
    }
    for name in ["srcport", "dstport", "packets", "bytes", "start"] {
        flow.push((name.into(), optional(record.number(name))));
    }
    let duration = record.number("end").zip(record.number("start")).map(|(end, start)| end - start);
    flow.push(("duration".into(), optional(duration)));
    insert(connection, "flow", &flow);
    if record.duplicate {
        insert(connection, "flow_duplicate", &[("id".into(), record.id.into()), ("original_id".into(), 1.into())]);
    }
}

fn address_id(connection: &Connection, text: &str) -> i64 {
    let known = connection.query_row("SELECT address_id FROM address WHERE address = ?", [text], |r| r.get(0));
    known.unwrap_or_else(|_| {
        let key = Address::parse(text.as_bytes()).unwrap().key().to_vec();
        connection.execute("INSERT INTO address (address, key) VALUES (?1, ?2)", (text, key)).unwrap();
        connection.last_insert_rowid()
    })
}

/// The pair of these address ids.
fn pair_id(connection: &Connection, sides: [Option<i64>; 2]) -> i64 {
    let sql = "SELECT pair_id FROM pair WHERE source_id IS ? AND destination_id IS ?";
    connection.query_row(sql, sides, |r| r.get(0)).unwrap_or_else(|_| {
        connection.execute("INSERT INTO pair (source_id, destination_id) VALUES (?1, ?2)", sides).unwrap();
        connection.last_insert_rowid()
    })
}

/// Writes a value into a dictionary of one value a row; the column of an event that refers to it, and its number.
fn refer(connection: &Connection, table: &str, held: Option<EventDictionary>, value: SqlValue) -> (String, SqlValue) {
    let held = held.unwrap();
    insert(connection, table, &[(held.column.to_owned(), value)]);
    (held.reference(), connection.last_insert_rowid().into())
}

fn insert_event(connection: &Connection, record: &TestRecord) {
    let id = record.id;
    // As `insert_flow`.
    let tuple = SqlValue::from(id & 0xffff_ffff);
    let mut row: Vec<(String, SqlValue)> =
        ["id", "event_key"].map(|name| (name.to_owned(), SqlValue::from(id))).to_vec();
    row.extend(["call_id", "caller_id"].map(|name| (name.to_owned(), tuple.clone())));
    row.extend(["byte_offset", "byte_length", "completeness"].map(|name| (name.to_owned(), SqlValue::from(4))));
    let mut call: Vec<(String, SqlValue)> = vec![("call_id".into(), tuple.clone())];
    row.push(("derived_id".to_owned(), tuple.clone()));
    let mut derived: Vec<(String, SqlValue)> = vec![("derived_id".into(), tuple.clone())];
    let mut caller: Vec<(String, SqlValue)> = vec![("caller_id".into(), tuple)];
    for (field, text) in &record.values {
        let value = match field.kind {
            Kind::Boolean => SqlValue::Integer(i64::from(text == "true")),
            _ => SqlValue::Text(text.clone()),
        };
        let held = EventDictionary::of(*field);
        let table = match held.map_or("", |held| held.table) {
            "call" => &mut call,
            "caller" => &mut caller,
            "derived" => &mut derived,
            "member" => {
                row.push(refer(connection, "member_text", held, value));
                continue;
            }
            "" => {
                if let (Some(column), Some(bytes)) = (schema::uuid_column(*field), uuid::bytes(text)) {
                    row.push((column.to_owned(), bytes.to_vec().into()));
                    continue;
                }
                &mut row
            }
            table => {
                row.push(refer(connection, table, held, value));
                continue;
            }
        };
        table.push((format!("\"{}\"", field.name()), value));
    }
    if let Some(Value::Time(time)) = record.value(named(Dataset::Events, "event_time")) {
        row.push(("time_millis".into(), time.0.into()));
    }
    if let Some(Value::Address(address)) = record.value(named(Dataset::Events, "source_ip_address")) {
        caller.push(("source_ip_key".into(), address.key().to_vec().into()));
    }
    // Members are in their columns as they were written, as the import keeps them.
    let json: Option<BTreeMap<String, &RawValue>> =
        record.json.as_deref().and_then(|json| serde_json::from_str(json).ok());
    for field in field::event_columns() {
        if let (Home::EventJson(key), Some(json)) = (field.home, &json)
            && let Some(member) = json.get(key).filter(|member| member.get() != "null")
        {
            let held = EventDictionary::of(field);
            row.push(refer(connection, "member_text", held, member.get().to_owned().into()));
        }
    }
    insert(connection, "call", &call);
    insert(connection, "caller", &caller);
    insert(connection, "derived", &derived);
    insert(connection, "event_row", &row);
    if let Some(json) = &record.json {
        let mut packer = event_json::Packer::default();
        let block = packer.add(RecordId(id).position(), json).or_else(|| packer.finish());
        if let Some(block) = block {
            let block = [("first_id", id.into()), ("last_id", id.into()), ("data", SqlValue::Blob(block.data))];
            insert(connection, "event_json", &block.map(|(name, value)| (name.to_owned(), value)));
        }
    }
    if record.duplicate {
        // Another occurrence of the event tells more.
        let choice = [
            ("event_key".into(), id.into()),
            ("best_id".into(), (id + 1).into()),
            ("occurrence_count".into(), 2.into()),
        ];
        insert(connection, "event_choice", &choice);
    }
}
