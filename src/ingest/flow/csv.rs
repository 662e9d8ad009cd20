//! CSV from CloudWatch: the console's log events (`timestamp,message`) and results of Logs Insights, which hold either the
//! message or the fields that the query chose.

use super::format::{Column, LineFormat};
use super::infer;
use super::lines::{LONGEST_LINE_BYTES, Line};
use super::message::Messages;
use super::place::MessageSink;
use super::record::RecordBuilder;
use super::rows::{Cells, Rows};
use super::text::{cut_off, place_of};
use super::value::field_by_any_name;
use crate::ingest::{Emitter, FormatChoice, FormatWanted, Parser, StreamEnd};
use crate::model::{FieldId, Format, Home, Reason, field};
use chrono::{DateTime, NaiveDateTime};

/// Parses CloudWatch's CSV. A position is a row number; the header is row 1. The raw text of a record is its whole row.
pub struct CsvParser {
    rows: Rows,
    state: State,
}

struct State {
    /// The header's row, which is empty where the columns were stated.
    header: Option<(Vec<u8>, CsvHeader)>,
    messages: Messages,
    record: RecordBuilder,
    cells: Cells,
}

/// What the columns hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CsvHeader {
    width: usize,
    kind: HeaderKind,
}

#[derive(Clone, Debug, PartialEq)]
enum HeaderKind {
    /// The column of the message.
    Message(usize),
    Fields(Vec<ColumnUse>),
}

#[derive(Clone, Debug, PartialEq)]
enum ColumnUse {
    Field(FieldId),
    /// `@timestamp`: the time of the log event, which is the record's start.
    Timestamp,
    Extra(String),
    /// `@ptr`: a handle that means something to the service only.
    Unused,
}

impl CsvParser {
    /// `events` takes the messages that are JSON objects; without it they are no records.
    pub fn new(choice: &FormatChoice, events: Option<Box<dyn MessageSink>>) -> Self {
        let state = State {
            header: None,
            messages: Messages::new(choice, events),
            record: RecordBuilder::new(),
            cells: Cells::default(),
        };
        Self { rows: Rows::default(), state }
    }

    /// For rows without a header, whose columns were stated.
    pub(super) fn with_columns(
        format: &LineFormat,
        choice: &FormatChoice,
        events: Option<Box<dyn MessageSink>>,
    ) -> Self {
        let usage = |column: &Column| match column {
            Column::Field(field) => ColumnUse::Field(*field),
            Column::Unknown(name) => ColumnUse::Extra(name.to_string()),
        };
        let uses: Vec<ColumnUse> = format.columns().iter().map(usage).collect();
        let mut parser = Self::new(choice, events);
        parser.rows = Rows::begun();
        parser.state.header = Some((Vec::new(), CsvHeader { width: uses.len(), kind: HeaderKind::Fields(uses) }));
        parser
    }
}

impl Parser for CsvParser {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        let state = &mut self.state;
        self.rows.push(content, |row| state.row(&row, out));
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let state = &mut self.state;
        let why = match end {
            StreamEnd::CutOff(why) => Some(why.as_str()),
            StreamEnd::Complete if self.rows.is_quoted() => Some("the file ends inside a quoted cell"),
            StreamEnd::Complete => None,
        };
        match why {
            None => self.rows.finish(|row| state.row(&row, out)),
            Some(why) => self.rows.finish(|row| cut_off(&row, why, out)),
        }
        self.state.messages.finish(out);
    }

    fn format(&self) -> Format {
        Format::CloudWatchInsightsCsv
    }

    fn record_format(&self) -> Option<String> {
        self.state.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.state.messages.format_wanted()
    }
}

impl State {
    fn row(&mut self, row: &Line, out: &mut Emitter) {
        let Some(place) = place_of(row, out) else { return };
        self.cells.read(row.bytes);
        let Some((header_row, header)) = &self.header else {
            match CsvHeader::of(&self.cells) {
                Some(header) => self.header = Some((row.bytes.to_vec(), header)),
                None => out.warn(place.warning(Reason::NotARecord, "the row comes before a header", row.bytes)),
            }
            return;
        };
        // Results that were put together with `cat` repeat it.
        if row.bytes == header_row.as_slice() {
            return;
        }
        let (found, wanted) = (self.cells.len(), header.width);
        if found != wanted {
            let detail = format!("{found} cells, the header has {wanted}");
            out.warn(place.warning(Reason::FieldCount, detail, row.bytes));
            return;
        }
        match &header.kind {
            HeaderKind::Message(column) => _ = self.messages.message(self.cells.get(*column), place, out),
            HeaderKind::Fields(uses) => {
                read_fields(&mut self.record, uses, &self.cells, row.bytes);
                self.record.finish(place, out);
            }
        }
    }
}

fn read_fields(record: &mut RecordBuilder, uses: &[ColumnUse], cells: &Cells, raw: &[u8]) {
    record.begin();
    record.raw(raw);
    let mut stamp: &[u8] = b"";
    for (i, usage) in uses.iter().enumerate() {
        let cell = cells.get(i);
        match usage {
            ColumnUse::Field(field) => record.set(*field, cell),
            ColumnUse::Timestamp => stamp = cell,
            ColumnUse::Extra(name) if !super::value::is_absent(cell) => {
                record.set_extra(name, &serde_json::Value::from(String::from_utf8_lossy(cell)).to_string());
            }
            ColumnUse::Extra(_) | ColumnUse::Unused => {}
        }
    }
    if !stamp.is_empty() {
        let text = String::from_utf8_lossy(stamp);
        // The time of a flow log's event is the record's start (FORMATS 1.3); the stamp is kept, to show where it is from.
        if let (false, Some(secs), Some(start)) = (record.has_start(), stamp_secs(&text), field::by_header("start")) {
            record.set(start, secs.to_string().as_bytes());
        }
        record.set_extra("timestamp", &serde_json::Value::from(text).to_string());
    }
}

/// Seconds of `2014-12-14 04:06:50.000` (UTC), an ISO stamp, or milliseconds since 1970.
fn stamp_secs(text: &str) -> Option<i64> {
    if let Ok(millis) = text.parse::<i64>() {
        return (millis >= 0).then_some(millis / 1000);
    }
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map(|t| t.and_utc().timestamp());
    naive.ok().or_else(|| DateTime::parse_from_rfc3339(text).map(|t| t.timestamp()).ok()).filter(|secs| *secs >= 0)
}

impl CsvHeader {
    /// A header of log events or of flow fields; `None` for any other CSV.
    pub fn of(cells: &Cells) -> Option<Self> {
        // A line of JSON has thousands of commas, a result some dozens.
        if cells.len() > MOST_COLUMNS {
            return None;
        }
        let names: Vec<String> =
            (0..cells.len()).map(|i| String::from_utf8_lossy(cells.get(i)).trim().to_owned()).collect();
        let place = |name: &str| names.iter().position(|n| n == name);
        let kind = match (place("@message"), place("message"), place("timestamp")) {
            (Some(message), _, _) => HeaderKind::Message(message),
            // Other programs write a column of this name too; the console writes no more than these.
            (None, Some(message), Some(_)) if names.iter().all(|n| CONSOLE_COLUMNS.contains(&n.as_str())) => {
                HeaderKind::Message(message)
            }
            _ => HeaderKind::Fields(field_uses(&names)?),
        };
        Some(Self { width: names.len(), kind })
    }
}

const MOST_COLUMNS: usize = 256;

const CONSOLE_COLUMNS: [&str; 6] = ["timestamp", "message", "logStreamName", "ingestionTime", "eventId", "logStream"];

/// Columns with flow field names. A result with aggregates is no list of records; nor is a list of a few names that other
/// tables have as well.
fn field_uses(names: &[String]) -> Option<Vec<ColumnUse>> {
    let mut seen = std::collections::BTreeSet::new();
    let usage = |name: &String| match (name.as_str(), field_by_any_name(name)) {
        ("@timestamp", _) => ColumnUse::Timestamp,
        ("@ptr", _) => ColumnUse::Unused,
        (_, Some(field)) if seen.insert(field) => ColumnUse::Field(field),
        _ => ColumnUse::Extra(snake_case(name)),
    };
    let uses: Vec<ColumnUse> = names.iter().map(usage).collect();
    let fields = || uses.iter().filter_map(|u| if let ColumnUse::Field(field) = u { Some(*field) } else { None });
    let is_telling = |f: FieldId| {
        matches!(f.home, Home::PairSource | Home::PairDestination | Home::PacketSource | Home::PacketDestination)
            || f.name == "interface_id"
    };
    let is_placed = uses.contains(&ColumnUse::Timestamp)
        || fields().any(|f| matches!(f.name, "start" | "end" | "interface_id" | "log_status"));
    let is_aggregate = names.iter().any(|name| name.contains('('));
    (fields().count() >= 3 && fields().any(is_telling) && is_placed && !is_aggregate).then_some(uses)
}

/// `@logStream` as `log_stream`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.trim_start_matches('@').chars() {
        match c {
            c if c.is_ascii_uppercase() => {
                if !snake.is_empty() && !snake.ends_with('_') {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
            }
            c if c.is_alphanumeric() => snake.push(c),
            _ => snake.push('_'),
        }
    }
    snake
}

/// Is the line such a header?
pub(super) fn is_header(line: &[u8]) -> bool {
    if line.len() > LONGEST_LINE_BYTES || !line.contains(&b',') {
        return false;
    }
    let mut cells = Cells::default();
    cells.read(line.strip_suffix(b"\r").unwrap_or(line));
    CsvHeader::of(&cells).is_some()
}

/// Are most of the lines rows of this many cells, and do the values of one of them fit?
pub(super) fn fits(format: &LineFormat, lines: &[&[u8]]) -> bool {
    let (mut as_wide, mut fitting, mut cells) = (0, 0, Cells::default());
    for line in lines.iter().filter(|line| line.contains(&b',') && line.len() <= LONGEST_LINE_BYTES) {
        cells.read(line.strip_suffix(b"\r").unwrap_or(line));
        if cells.len() == format.len() {
            as_wide += 1;
            let value = |i| Some(cells.get(i)).filter(|value| !value.is_empty()).unwrap_or(b"-");
            let values: Vec<&[u8]> = (0..cells.len()).map(value).collect();
            fitting += usize::from(infer::fits(format, &values.join(&b' ')));
        }
    }
    fitting > 0 && as_wide * 2 > lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_first(text: &str) -> bool {
        is_header(text.lines().next().unwrap_or_default().as_bytes())
    }

    #[test]
    fn which_headers_are_taken() {
        for header in [
            "timestamp,message",
            "@timestamp,@message,@logStream\r\nx",
            "\"@timestamp\",\"srcAddr\",\"dstAddr\",\"bytes\"",
            "interfaceId,srcAddr,dstAddr,action",
            "version,account,interfaceid,sourceaddress,destinationaddress,starttime,endtime",
        ] {
            assert!(header_first(header), "{header}");
        }
        for header in [
            "ip,comment",
            "value,type,description",
            "timestamp,level,host,message",
            "srcAddr,dstAddr,bytes",
            "srcAddr,dstAddr,action,sum(bytes),start",
            "User name,AWS access key,Event time,Event source",
            "message",
            "",
        ] {
            assert!(!header_first(header), "{header}");
        }
    }

    #[test]
    fn stamps() {
        for text in ["2014-12-14 04:06:50.000", "2014-12-14T04:06:50.999Z", "1418530010000"] {
            assert_eq!(stamp_secs(text), Some(1_418_530_010), "{text}");
        }
        assert_eq!(stamp_secs("1.41853E+12"), None);
        assert_eq!(snake_case("@logStream"), "log_stream");
    }

    #[test]
    fn chosen_fields_become_records() {
        let (mut parser, mut out) = (CsvParser::new(&FormatChoice::default(), None), Emitter::default());
        let csv = "@timestamp,srcAddr,dstAddr,srcPort,note\n\
                   2014-12-14 04:06:50.000,10.0.0.1,10.0.0.2,22,\"a \"\"b\"\"\"\n\
                   2014-12-14 04:06:51.000,10.0.0.1,10.0.0.2,70000,-\n\
                   x,10.0.0.1\n";
        parser.push(csv.as_bytes(), &mut out);
        parser.finish(&StreamEnd::Complete, &mut out);
        let found = super::super::testing::collect(&mut out);
        let row = found.rows.first().unwrap();
        assert_eq!(row.get("start").map(String::as_str), Some("1418530010"));
        let extra = r#"{"note":"a \"b\"","timestamp":"2014-12-14 04:06:50.000"}"#;
        assert_eq!(row.get("extra").map(String::as_str), Some(extra));
        assert_eq!(found.rows.len(), 1);
        let details: Vec<_> = found.warnings.iter().map(|w| (w.position, w.detail.as_str())).collect();
        assert_eq!(details, [(3, "srcport 70000 is above 65535"), (4, "2 cells, the header has 5")]);
    }
}
