//! What the header of a table of flow records says: its delimiter and what each column holds.

use super::directed;
use super::lines::LONGEST_LINE_BYTES;
use super::rows::Cells;
use super::value::field_by_any_name;
use crate::ingest::DELIMITERS;
use crate::model::{FieldId, Home};

/// What the columns hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CsvHeader {
    pub width: usize,
    pub kind: HeaderKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum HeaderKind {
    /// The column of the message.
    Message(usize),
    Fields(Vec<ColumnUse>),
    /// Both directions in one row: the names, as the table has them.
    Directed(Vec<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ColumnUse {
    Field(FieldId),
    /// `@timestamp`: the time of the log event, which is the record's start.
    Timestamp,
    Extra(String),
    /// `@ptr`: a handle that means something to the service only.
    Unused,
}

/// The delimiter of the line if it is a header of log events or of flow fields.
pub(super) fn delimiter_of_header(line: &[u8]) -> Option<u8> {
    if line.len() > LONGEST_LINE_BYTES {
        return None;
    }
    let mut cells = Cells::default();
    DELIMITERS.into_iter().filter(|delimiter| line.contains(delimiter)).find(|delimiter| {
        cells.read(line.strip_suffix(b"\r").unwrap_or(line), *delimiter);
        CsvHeader::of(&cells).is_some()
    })
}

/// Is the line such a header?
pub fn is_csv_header(line: &[u8]) -> bool {
    delimiter_of_header(line).is_some()
}

/// Are these the names of a flow record's columns?
pub fn are_columns(names: &[String]) -> bool {
    field_uses(names).is_some()
}

/// The delimiters that the line may have, for whoever knows what its values are.
pub(super) fn delimiters_in(line: &[u8]) -> impl Iterator<Item = u8> {
    DELIMITERS.into_iter().filter(|delimiter| line.contains(delimiter))
}

impl CsvHeader {
    /// A header of log events or of flow fields; `None` for any other CSV.
    pub(super) fn of(cells: &Cells) -> Option<Self> {
        // A line of JSON has thousands of commas, a result some dozens.
        if cells.len() > MOST_COLUMNS {
            return None;
        }
        let name = |i| String::from_utf8_lossy(cells.get(i)).trim_matches(['\u{feff}', ' ', '"']).to_owned();
        let mut names: Vec<String> = (0..cells.len()).map(name).collect();
        let place = |name: &str| names.iter().position(|n| n == name);
        let kind = match (place("@message"), place("message"), place("timestamp")) {
            (Some(message), _, _) => HeaderKind::Message(message),
            // Other programs write a column of this name too; the console writes no more than these.
            (None, Some(message), Some(_)) if names.iter().all(|n| CONSOLE_COLUMNS.contains(&n.as_str())) => {
                HeaderKind::Message(message)
            }
            _ => {
                // Spreadsheets leave commas behind the last column that was ever used.
                while names.last().is_some_and(String::is_empty) {
                    names.pop();
                }
                match directed::is_table(names.iter().map(String::as_str)) {
                    true => HeaderKind::Directed(names.clone()),
                    false => HeaderKind::Fields(field_uses(&names)?),
                }
            }
        };
        Some(Self { width: names.len(), kind })
    }

    /// The fields that have a column, and the names of the columns that are none.
    pub(super) fn names(&self) -> (Vec<FieldId>, Vec<&str>) {
        let (mut fields, mut others) = (Vec::new(), Vec::new());
        if let HeaderKind::Fields(uses) = &self.kind {
            for usage in uses {
                match usage {
                    ColumnUse::Field(field) => fields.push(*field),
                    ColumnUse::Extra(name) => others.push(name.as_str()),
                    ColumnUse::Timestamp | ColumnUse::Unused => {}
                }
            }
        }
        (fields, others)
    }
}

const MOST_COLUMNS: usize = 256;

const CONSOLE_COLUMNS: [&str; 6] = ["timestamp", "message", "logStreamName", "ingestionTime", "eventId", "logStream"];

/// The time of a log event, as Logs Insights and log systems call it; it counts where no column is the record's own.
const STAMPS: [&str; 3] = ["@timestamp", "timestamp", "_time"];

/// Columns with flow field names. A result with aggregates is no list of records; nor is a list of a few names that other
/// tables have as well.
fn field_uses(names: &[String]) -> Option<Vec<ColumnUse>> {
    let mut seen = std::collections::BTreeSet::new();
    let usage = |(i, name): (usize, &String)| match (name.as_str(), column_field(name)) {
        ("@ptr", _) => ColumnUse::Unused,
        (stamp, None) if STAMPS.contains(&stamp) => ColumnUse::Timestamp,
        (_, Some(field)) if seen.insert(field) => ColumnUse::Field(field),
        ("", _) => ColumnUse::Extra(format!("column_{}", i + 1)),
        _ => ColumnUse::Extra(snake_case(name)),
    };
    let uses: Vec<ColumnUse> = names.iter().enumerate().map(usage).collect();
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

/// Query shells put the table's name before the column's; spreadsheets are given names with blanks.
fn column_field(name: &str) -> Option<FieldId> {
    let plain = name.replace(' ', "_");
    field_by_any_name(&plain).or_else(|| plain.rsplit_once('.').and_then(|(_, column)| field_by_any_name(column)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_headers_are_taken() {
        for (header, delimiter) in [
            ("timestamp,message", b','),
            ("@timestamp,@message,@logStream", b','),
            ("\"@timestamp\",\"srcAddr\",\"dstAddr\",\"bytes\"", b','),
            ("interfaceId,srcAddr,dstAddr,action", b','),
            ("version,account,interfaceid,sourceaddress,destinationaddress,starttime,endtime", b','),
            ("version;account-id;interface-id;srcaddr;dstaddr;start", b';'),
            ("version\taccount-id\tinterface-id\tsrcaddr\tdstaddr\tstart\r", b'\t'),
            ("version|interface-id|srcaddr|dstaddr|start", b'|'),
            ("\u{feff}srcaddr,dstaddr,action,start,,", b','),
            ("flows.srcaddr,flows.dstaddr,flows.action,flows.start", b','),
            ("Src Addr,Dst Addr,Action,Start Time", b','),
            ("timestamp,srcaddr,dstaddr,bytes", b','),
        ] {
            assert_eq!(delimiter_of_header(header.as_bytes()), Some(delimiter), "{header}");
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
            assert_eq!(delimiter_of_header(header.as_bytes()), None, "{header}");
        }
        assert_eq!(snake_case("@logStream"), "log_stream");
    }
}
