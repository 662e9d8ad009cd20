//! Tables of other tools that hold AWS's record whole in one column (`_raw` of Splunk, `event.original` of Elastic's
//! Discover): which column that is, told by what is in it, and its rows.

use super::{MAX_HEADER_BYTES, MOST_LINES, Rows};
use crate::ingest::cloudtrail::cells::Row;
use crate::ingest::cloudtrail::columns::Layout;
use crate::ingest::cloudtrail::event::EventReader;
use crate::ingest::emit::Emitter;
use crate::ingest::flow;
use crate::ingest::head::Head;
use crate::ingest::json::wrap::{self, Inside};
use crate::ingest::json::{FlowSinks, emit_inside, fault_of_record};
use crate::model::{Format, Reason, Wrapper};

/// Rows whose cells are looked at.
const MOST_ROWS: usize = 20;
/// What AWS's records and the columns that hold them are called.
const SIGNS: [&[u8]; 8] =
    [b"eventVersion", b"eventName", b"_raw", b"event.original", b"full_log", b"message", b"_source", b"log"];

/// The layout of a table, one column of which holds records; `None` where none does.
pub(super) fn layout(head: &Head<'_>, delimiter: u8) -> Option<(Layout, u8)> {
    let mut lines = head.bytes.split(|byte| *byte == b'\n').take(MOST_LINES);
    let is_candidate = SIGNS.iter().any(|sign| memchr::memmem::find(head.bytes, sign).is_some());
    // Those of CloudWatch and of flow records have their own reader.
    if !is_candidate || lines.any(flow::is_csv_header) || head.bytes.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let mut rows = Rows::new(head.bytes.len().max(MAX_HEADER_BYTES), delimiter);
    let (mut names, mut hits): (Option<Vec<String>>, Vec<(usize, bool)>) = (None, Vec::new());
    let (mut at, mut read, reader) = (0, 0, EventReader::new());
    while read <= MOST_ROWS {
        let rest = head.bytes.get(at..).unwrap_or_default();
        let (taken, done) = rows.advance(rest);
        at += taken;
        let done = done || rest.is_empty() && head.complete && rows.finish();
        if !done && (rest.is_empty() || taken == 0) {
            break;
        }
        if !done {
            continue;
        }
        let Some(names) = &names else {
            names = rows.take_header();
            // Lines of a text without a header (`lookup-events --output text`) have their own reader.
            if names.iter().flatten().any(|name| kind(name, &reader).is_some()) {
                return None;
            }
            continue;
        };
        if rows.end_count == names.len() {
            let cells = rows.values().enumerate();
            let kinds =
                cells.filter_map(|(column, cell)| Some((column, kind(std::str::from_utf8(cell).ok()?, &reader)?)));
            hits.extend(kinds);
        }
        rows.clear();
        read += 1;
    }
    let names =
        names.filter(|names| names.len() > 1 || names.iter().all(|name| wrap::whose(name.trim()) != Wrapper::Other))?;
    let count = |column: usize| hits.iter().filter(|(hit, _)| *hit == column).count();
    let column = (0..names.len())
        .filter(|column| count(*column) > 0)
        .max_by_key(|column| (count(*column), usize::MAX - column))?;
    let wrapper = wrap::whose(names.get(column)?.trim());
    let is_flow = hits.iter().any(|(hit, is_flow)| *hit == column && *is_flow);
    let format = if is_flow { Format::FlowIn(wrapper) } else { Format::CloudTrailIn(wrapper) };
    Some((Layout::with_record(&names, column, format), delimiter))
}

/// Does a cell hold flow records (true) or events (false)?
fn kind(cell: &str, reader: &EventReader) -> Option<bool> {
    let inside = wrap::in_text(cell, reader);
    match inside.first()? {
        Inside::Event { .. } => Some(false),
        Inside::Line(_) | Inside::Flow(_) => Some(true),
        Inside::Unread(_) | Inside::Quiet => None,
    }
}

/// Takes a row of such a table. False where its columns are all that it says.
pub(super) fn row(layout: &Layout, row: &Row, position: &mut u32, flow: &mut FlowSinks, out: &mut Emitter) -> bool {
    let Some(column) = layout.record else { return false };
    let (raw, place) = (row.raw.as_slice(), row.place);
    let inside = wrap::in_text(row.values.get(column).map_or("", String::as_str), &EventReader::new());
    if !inside.is_empty() {
        let next = || {
            *position = position.saturating_add(1);
            *position
        };
        emit_inside(inside, raw, place, next, flow, out);
        return true;
    }
    let name = layout.name(column);
    if layout.is_of_events() {
        let why = format!("the column {name} holds no event; the event is what the other columns say");
        out.warn(fault_of_record(place, &why, raw));
        return false;
    }
    out.warn(place.warning(Reason::NotARecord, format!("the column {name} holds no event and no flow record"), raw));
    true
}
