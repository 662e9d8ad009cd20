//! What a Parquet file holds, by the names of its top-level columns and by what a record cannot be without; and the
//! rows that are CloudTrail events.

use super::columns::Times;
use super::content::Content;
use super::guarded;
use super::rows::{Cell, GroupRows, Row};
use crate::ingest::Emitter;
use crate::ingest::cloudtrail::CloudTrailMessages;
use crate::ingest::cloudtrail::by_column::ByColumn;
use crate::ingest::cloudtrail::columns::{KnownValues, Layout};
use crate::ingest::cloudtrail::event::EventReader;
use crate::ingest::cloudtrail::structs;
use crate::ingest::emit::Place;
use crate::ingest::flow::{directed, field_by_any_name};
use crate::ingest::head::Head;
use crate::ingest::json::detect::json_format;
use crate::ingest::json::text::members;
use crate::model::batch::Completeness;
use crate::model::{FieldId, Format, Home, Reason};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::schema::types::Type;
use std::borrow::Cow;

pub(super) enum Kind {
    Flow,
    Events(EventsIn),
    /// Rows that are read like elements of JSON: OCSF, or messages and events in a wrapping.
    Elements,
    /// Nothing that is read: what it looks like, and what to do.
    Other(String),
}

/// Where the events are.
pub(super) enum EventsIn {
    /// Each row is one.
    Rows(Layout),
    /// A struct in each row, or a list of them: its column.
    Column(usize),
}

/// Names of columns that are known to hold an event, or a list of events.
const WRAPPERS: [&str; 9] =
    ["records", "record", "events", "event", "detail", "cloudtrail", "cloudtrailevent", "eventjson", "source"];

/// Rows that are looked at where the names alone do not tell.
const SAMPLE_ROWS: usize = 100;

pub(super) fn of(reader: &SerializedFileReader<Content>) -> Result<Kind, String> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns = schema.root_schema().get_fields();
    let names: Vec<String> = columns.iter().map(|column| column.name().to_owned()).collect();
    if names.iter().any(|name| squeezed(name) == "classuid") {
        return Ok(Kind::Elements);
    }
    if directed::is_table(names.iter().map(String::as_str)) {
        return Ok(Kind::Elements);
    }
    let flat = columns.iter().filter(|column| column.is_primitive());
    let flow: Vec<FieldId> = flat.filter_map(|column| field_by_any_name(column.name())).collect();
    match lacking(&flow) {
        Some("") => return Ok(Kind::Flow),
        Some(what) => {
            return Ok(Kind::Other(format!("Parquet with columns of a flow log but without {what}{}", advice(&names))));
        }
        None => {}
    }
    if let Some(layout) = event_layout(&names) {
        return Ok(Kind::Events(EventsIn::Rows(layout)));
    }
    let holds_events = |column: &Type| {
        WRAPPERS.contains(&squeezed(column.name()).as_str())
            && member_names(column).is_some_and(|of| event_layout(&of).is_some())
    };
    if let Some(at) = columns.iter().position(|column| holds_events(column)) {
        return Ok(Kind::Events(EventsIn::Column(at)));
    }
    match json_format(&Head { bytes: sample(reader)?.as_bytes(), complete: false }) {
        Some(_) => Ok(Kind::Elements),
        None => Ok(Kind::Other(format!("Parquet that looks like {}{}", likeness(&names), advice(&names)))),
    }
}

/// What a flow record cannot be without: the addresses or an interface, and a time. Nothing where all is there; `None`
/// where the columns are not those of a flow log at all.
fn lacking(fields: &[FieldId]) -> Option<&'static str> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let addresses = has("srcaddr") && has("dstaddr") || has("pkt_srcaddr") && has("pkt_dstaddr");
    let interface = has("interface_id") || has("tgw_attachment_id") || has("resource_id") && has("log_status");
    let time = has("start") || has("end");
    match (addresses || interface, time) {
        (true, true) => Some(""),
        (true, false) if addresses || fields.len() > 2 => Some("a time (start, end)"),
        (false, true) if fields.iter().filter(|field| field.home != Home::Extra).count() > 4 => {
            Some("addresses (srcaddr, dstaddr) and without an interface (interface_id)")
        }
        _ => None,
    }
}

/// Columns of events: the event itself, or its name with its time, its id or its source.
fn event_layout(names: &[String]) -> Option<Layout> {
    let layout = Layout::of_header(names)?;
    let has = |name: &str| names.iter().any(|known| squeezed(known) == name);
    let is_whole = ["eventjson", "eventdata", "cloudtrailevent"].into_iter().any(has);
    let is_event = has("eventname") && (has("eventtime") || has("eventid") || has("eventsource"));
    (is_whole || is_event).then_some(layout)
}

/// `Event_Name` and `eventName` are one name.
fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

/// The members of a struct, or of the structs in a list.
fn member_names(column: &Type) -> Option<Vec<String>> {
    if column.is_primitive() {
        return None;
    }
    match column.get_fields() {
        // A list's one member repeats; in it, or in its own one member, are the elements.
        [only] if !only.is_primitive() => member_names(only),
        fields => Some(fields.iter().map(|field| field.name().to_owned()).collect()),
    }
}

/// The first rows as lines of JSON.
fn sample(reader: &SerializedFileReader<Content>) -> Result<String, String> {
    let (mut lines, mut left) = (String::new(), SAMPLE_ROWS);
    for group in 0..reader.num_row_groups() {
        let group = guarded(|| reader.get_row_group(group).map_err(|e| e.to_string()))?;
        let mut rows = guarded(|| GroupRows::open(&*group, Times::Iso))?;
        let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0).min(left);
        for _ in 0..count {
            guarded(|| rows.next())?;
            lines.push_str(&rows.at_hand.json());
            lines.push('\n');
        }
        left -= count;
    }
    Ok(lines)
}

/// Other logs by a column that no other table has.
const LIKENESSES: [(&[&str], &str); 13] = [
    (&["queryname", "rcode"], "DNS query logs"),
    (&["requesturi", "bucket"], "S3 access logs"),
    (&["requesturi", "bucketname"], "S3 access logs"),
    (&["elb"], "load balancer access logs"),
    (&["webaclid"], "WAF logs"),
    (&["csuristem"], "CloudFront access logs"),
    (&["lineitemusagestartdate"], "a cost and usage report"),
    (&["bucket", "key", "size"], "an S3 inventory"),
    (&["detectorid"], "GuardDuty findings"),
    (&["generatorid", "productarn"], "Security Hub findings"),
    (&["configurationitemstatus"], "AWS Config items"),
    (&["firewallname"], "Network Firewall logs"),
    (&["auditid", "verb"], "Kubernetes audit logs"),
];

fn likeness(names: &[String]) -> &'static str {
    let has = |wanted: &&str| names.iter().any(|name| squeezed(name) == **wanted);
    LIKENESSES.iter().find(|(of, _)| of.iter().all(&has)).map_or("no log that Coldtrail reads", |(_, what)| what)
}

const NAMES_SHOWN: usize = 12;

fn advice(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMES_SHOWN);
    let mut shown = names.get(..NAMES_SHOWN).unwrap_or(names).join(", ");
    if more > 0 {
        shown.push_str(&format!(" and {more} more"));
    }
    format!(
        " (columns: {shown}). Parquet is read as flow logs (srcaddr and dstaddr or interface_id, with start or end), as \
         CloudTrail events (eventname with eventtime, eventid or eventsource) and as OCSF (class_uid); if the records \
         stand under other names, write them out again under these"
    )
}

/// Reads rows that are CloudTrail events.
pub(super) struct EventRows {
    place: EventsIn,
    events: CloudTrailMessages,
    known: KnownValues,
    /// Where each column is a member of the events.
    by_column: Option<ByColumn>,
    /// Columns that have a value in the rows at hand.
    held: Vec<usize>,
}

impl EventRows {
    pub(super) fn new(place: EventsIn) -> Self {
        let events = CloudTrailMessages::new();
        let by_column = match &place {
            EventsIn::Rows(layout) => ByColumn::of(layout, events.reader()),
            EventsIn::Column(_) => None,
        };
        Self { place, events, known: KnownValues::default(), by_column, held: Vec::new() }
    }

    /// To be called with the first row of so many that were decoded together.
    pub(super) fn begin_batch(&mut self, row: &Row, count: usize) {
        let Some(by_column) = &mut self.by_column else { return };
        by_column.begin_rows();
        self.held.clear();
        for number in 0..row.names().len() {
            let Some(column) = row.column(number) else {
                self.held.push(number);
                continue;
            };
            if column.has_values() {
                self.held.push(number);
            }
            if column.is_texts() {
                by_column.read(number, (0..count).map(|row| column.text(row)), self.events.reader());
            }
        }
    }

    /// Emits the events of a row; how many positions they took.
    pub(super) fn row(&mut self, rows: &Row, place: Place, out: &mut Emitter) -> u32 {
        let reader = self.events.reader();
        match (&self.place, &mut self.by_column) {
            (EventsIn::Rows(layout), Some(by_column)) => {
                by_column.begin(reader);
                for &column in &self.held {
                    match rows.column(column) {
                        Some(texts) if texts.is_texts() => {
                            by_column.row(column, rows.at(), || texts.text(rows.at()), reader);
                        }
                        _ => by_column.value(column, &rows.cell(column).map(value_of).unwrap_or_default(), reader),
                    }
                }
                by_column.end(reader, |json, values| match values {
                    Some(values) => CloudTrailMessages::emit(json, values, layout.completeness, place, out),
                    None => Self::read(reader, json, layout.completeness, || rows.json(), place, out),
                });
                1
            }
            (EventsIn::Rows(layout), None) => {
                let values: Vec<_> =
                    (0..rows.names().len()).map(|i| rows.cell(i).map(value_of).unwrap_or_default()).collect();
                let (json, how) = layout.render_knowing(&values, &mut self.known);
                Self::event(reader, &json, how, || rows.json(), place, out);
                1
            }
            (EventsIn::Column(at), _) => {
                let mut taken = 0;
                for element in rows.elements(*at) {
                    let place = Place { position: place.position.saturating_add(taken), ..place };
                    let (json, how) = object(&element);
                    Self::event(reader, &json, how, || element.clone(), place, out);
                    taken += 1;
                }
                taken
            }
        }
    }

    fn event(
        reader: &EventReader,
        json: &str,
        how: Completeness,
        raw: impl Fn() -> String,
        place: Place,
        out: &mut Emitter,
    ) {
        match reader.read_ahead(json).filter(|(_, len)| *len == json.len()) {
            Some((values, _)) => CloudTrailMessages::emit(json, &values, how, place, out),
            None => Self::read(reader, json, how, raw, place, out),
        }
    }

    /// Reads what need not be an event.
    fn read(
        reader: &EventReader,
        json: &str,
        how: Completeness,
        raw: impl Fn() -> String,
        place: Place,
        out: &mut Emitter,
    ) {
        let (reason, detail) = match reader.read(json) {
            Ok(values) if values.is_event || (how < Completeness::Full && says_something(json)) => {
                return CloudTrailMessages::emit(json, &values, how, place, out);
            }
            Ok(_) => (Reason::NotARecord, "the row has no eventName, eventID and eventTime".to_owned()),
            Err(error) => (Reason::BadJson, error.to_string()),
        };
        out.warn(place.warning(reason, detail, raw().as_bytes()));
    }
}

fn value_of(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Flat { text: Cow::Borrowed(text), .. } => String::from_utf8_lossy(text),
        Cell::Flat { text: Cow::Owned(text), .. } => String::from_utf8_lossy(&text).into_owned().into(),
        Cell::Nested(json) => structs::with_json_values(json.to_owned()).into(),
    }
}

/// Is there anything by which the event could be determined?
fn says_something(json: &str) -> bool {
    let of = members(json).unwrap_or_default();
    of.iter().any(|(name, _)| matches!(name.as_ref(), "eventName" | "eventID" | "eventTime"))
}

/// A struct as an event in AWS's names.
fn object(json: &str) -> (String, Completeness) {
    let of = members(json).unwrap_or_default();
    let names: Vec<String> = of.iter().map(|(name, _)| name.clone().into_owned()).collect();
    let values: Vec<_> =
        of.iter().map(|(_, value)| crate::ingest::json::text::value_text(value.get()).unwrap_or_default()).collect();
    match Layout::of_header(&names) {
        Some(layout) => layout.render(&values),
        None => (json.to_owned(), Completeness::QueryCsv),
    }
}

/// How the format is called in a case.
pub(super) fn format_of(json: Format) -> Format {
    match json {
        Format::OcsfJson => Format::OcsfParquet,
        Format::FlowJson | Format::FlowForeignJson | Format::FlowIn(_) => Format::FlowParquet,
        _ => Format::CloudTrailParquet,
    }
}
