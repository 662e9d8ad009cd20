//! Lines of text that hold a CloudTrail event each, behind a stamp, a host's name, a tag, or among values separated by
//! tabs (`lookup-events --output text`, and `filter-log-events`, which may hold flow records as well).

use super::parser::{FlowSinks, emit_inside};
use super::wrap::{self, Inside};
use crate::ingest::cloudtrail::event::EventReader;
use crate::ingest::emit::{Emitter, FormatWanted, Parser, Place, StreamEnd};
use crate::ingest::flow::{Line, Lines};
use crate::ingest::head::Head;
use crate::model::{Format, ImportWarning, Reason, Wrapper};

/// The parser for this content, or `None` if its lines hold no events.
pub(crate) fn detect_lines(head: &Head<'_>, flow: impl FnOnce() -> FlowSinks) -> Option<Box<dyn Parser>> {
    /// Lines that are looked at.
    const MOST: usize = 100;
    if !is_text_of_cli(head) && memchr::memmem::find(head.bytes, b"eventVersion").is_none() {
        return None;
    }
    let mut lines: Vec<&[u8]> = head.bytes.split(|b| *b == b'\n').take(MOST + 1).collect();
    if lines.len() > 1 && !head.complete {
        lines.pop();
    }
    let reader = EventReader::new();
    let lines = || lines.iter().map(|line| line.trim_ascii()).filter(|line| !line.is_empty());
    let own = || lines().filter(|line| !line.starts_with(RESOURCES));
    let holding = own().filter(|line| !inside(line, &reader).is_empty()).count();
    if holding * 2 <= own().count() {
        return None;
    }
    let is_flow = own().flat_map(|line| inside(line, &reader)).any(|inside| matches!(inside, Inside::Line(_)));
    let format = match lines().any(|line| line.starts_with(EVENTS)) {
        true if is_flow => Format::CloudWatchEvents,
        true => Format::CloudTrailLookupEvents,
        false => Format::CloudTrailIn(Wrapper::Other),
    };
    Some(Box::new(EventLines {
        lines: Lines::default(),
        state: State { format, flow: flow(), pending: None, position: 0 },
    }))
}

/// An item of `lookup-events` as text, and the lines behind it that name its resources.
const EVENTS: &[u8] = b"EVENTS\t";
const RESOURCES: &[u8] = b"RESOURCES\t";
const NEXT_TOKEN: &[u8] = b"NEXTTOKEN\t";

/// Does it begin as the AWS CLI's output as text?
pub(crate) fn is_text_of_cli(head: &Head<'_>) -> bool {
    let text = head.bytes.trim_ascii_start();
    [EVENTS, RESOURCES, NEXT_TOKEN].iter().any(|begin| text.starts_with(begin))
}

/// The events in a line; a line of flow values has its own parsers, but for one of `filter-log-events` as text.
fn inside(line: &[u8], reader: &EventReader) -> Vec<Inside> {
    let Ok(text) = std::str::from_utf8(line) else { return Vec::new() };
    if line.starts_with(EVENTS) {
        let cells = text.split('\t').map(|cell| wrap::in_text(cell, reader));
        return cells.filter(|inside| !inside.is_empty()).find(|inside| is_record(inside)).unwrap_or_default();
    }
    let inside = wrap::in_text(text, reader);
    let is_event = inside.iter().any(|inside| matches!(inside, Inside::Event { .. }));
    if is_event { inside } else { Vec::new() }
}

fn is_record(inside: &[Inside]) -> bool {
    inside.iter().any(|inside| matches!(inside, Inside::Event { .. } | Inside::Line(_)))
}

struct EventLines {
    lines: Lines,
    state: State,
}

struct State {
    format: Format,
    flow: FlowSinks,
    /// The element that may continue in the next line: where it begins, and its text.
    pending: Option<(u64, Vec<u8>)>,
    position: u32,
}

impl State {
    fn line(&mut self, line: &Line<'_>, out: &mut Emitter) {
        if line.too_long {
            self.end(out);
            let place = self.place(line.offset, line.len);
            let warning = place.warning(Reason::TooLong, "the line is too long", line.bytes);
            return out.warn(ImportWarning { len: line.len, ..warning });
        }
        if line.bytes.trim_ascii().is_empty() {
            return;
        }
        if let Some((offset, text)) = &mut self.pending
            && line.bytes.starts_with(RESOURCES)
            && text.starts_with(EVENTS)
        {
            // The line ends between them are as they came: their place is all bytes from the first line on.
            let gap = usize::try_from(line.offset - *offset).unwrap_or(usize::MAX).saturating_sub(text.len());
            text.extend(std::iter::repeat_n(b'\n', gap.min(2)));
            text.extend_from_slice(line.bytes);
            return;
        }
        self.end(out);
        if line.bytes.starts_with(NEXT_TOKEN) {
            let why = "NextToken: there was more than this capture holds";
            return out.warn(ImportWarning::file(Reason::IncompleteCapture, why));
        }
        self.pending = Some((line.offset, line.bytes.to_vec()));
    }

    /// The element at hand is whole.
    fn end(&mut self, out: &mut Emitter) {
        let Some((offset, text)) = self.pending.take() else { return };
        let place = self.place(offset, text.len() as u64);
        let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
        let inside = inside(first, &EventReader::new());
        if inside.is_empty() {
            return out.warn(place.warning(Reason::NotARecord, "a line without a CloudTrail event", &text));
        }
        let position = &mut self.position;
        let next = || {
            *position = position.saturating_add(1);
            *position
        };
        emit_inside(inside, &text, place, next, &mut self.flow, out);
    }

    fn place(&mut self, offset: u64, len: u64) -> Place {
        self.position = self.position.saturating_add(1);
        Place { position: self.position, offset, len: u32::try_from(len).unwrap_or(u32::MAX) }
    }
}

impl Parser for EventLines {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        let state = &mut self.state;
        self.lines.push(content, |line| state.line(&line, out));
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let state = &mut self.state;
        self.lines.finish(|line| match end {
            StreamEnd::Complete => state.line(&line, out),
            StreamEnd::CutOff(why) => {
                state.end(out);
                let place = state.place(line.offset, line.len);
                out.warn(place.warning(Reason::CutOff, why.clone(), line.bytes));
            }
        });
        state.end(out);
        state.flow.messages.finish(out);
    }

    fn format(&self) -> Format {
        self.state.format
    }

    fn record_format(&self) -> Option<String> {
        self.state.flow.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.state.flow.messages.format_wanted()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::json::parser::tests::{Read, Recorder, read_with};

    const EVENT: &str =
        r#"{"eventVersion":"1.11","eventTime":"2025-03-04T05:01:00Z","eventName":"A","eventSource":"s","eventID":"e"}"#;

    fn read(text: &str, piece: usize) -> Option<Read> {
        let head = Head { bytes: text.as_bytes(), complete: true };
        let mut parser = detect_lines(&head, || Recorder::default().sinks())?;
        Some(read_with(parser.as_mut(), text.as_bytes(), piece, &StreamEnd::Complete))
    }

    #[test]
    fn an_event_behind_other_words_is_read() {
        for line in [
            format!("2025-03-04T05:01:00+00:00\ttag.aws\t{{\"log\":{}}}", serde_json::Value::from(EVENT)),
            format!("Mar  4 05:01:00 host aws: {EVENT}"),
            format!("A\t{EVENT}\t2025"),
        ] {
            let text = format!("{line}\n\r\n{line}\nno event here\n{line}");
            for piece in [1, 7, 1000] {
                let read = read(&text, piece).unwrap();
                assert_eq!((read.events.len(), read.reasons()), (3, vec![(Reason::NotARecord, 3)]), "{line}");
                assert!(read.events.iter().all(|event| event.json == EVENT));
                assert_eq!(read.positions(), [1, 2, 3, 4]);
                let last = read.events.last().unwrap();
                assert_eq!(&text[last.offset as usize..][..last.len as usize], line);
            }
        }
        assert!(read("a line\nanother\n", 10).is_none());
        assert!(read(&format!("a line\nanother\nx {EVENT}"), 10).is_none());
    }

    #[test]
    fn flow_records_as_text_of_the_cli() {
        let line = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
        let text = format!("EVENTS\tid\t1418530010000\tstream\t{line}\t1418530010000\n").repeat(2);
        let head = Head { bytes: text.as_bytes(), complete: true };
        let recorder = Recorder::default();
        let mut parser = detect_lines(&head, || recorder.sinks()).unwrap();
        let read = read_with(parser.as_mut(), text.as_bytes(), 9, &StreamEnd::Complete);
        assert_eq!((read.format, read.reasons()), (Some(Format::CloudWatchEvents), vec![]));
        assert!(recorder.0.lock().unwrap().iter().map(|(_, message)| message.as_str()).eq([line, line]));
    }

    #[test]
    fn resources_belong_to_the_item_before_them() {
        let item = format!("EVENTS\tAKIA\t{EVENT}\te\tA\ts3.amazonaws.com\tt\ttrue\tkyoko");
        for end in ["\n", "\r\n"] {
            let text = format!("NEXTTOKEN\tx{end}{item}{end}RESOURCES\tb\tT{end}RESOURCES\tc\tT{end}{item}{end}");
            for piece in [1, 9, 1000] {
                let read = read(&text, piece).unwrap();
                assert_eq!(read.format, Some(Format::CloudTrailLookupEvents));
                assert_eq!((read.events.len(), read.reasons()), (2, vec![(Reason::IncompleteCapture, 0)]));
                let raw = |event: usize| {
                    let event = &read.events[event];
                    &text[event.offset as usize..][..event.len as usize]
                };
                assert_eq!(raw(0), format!("{item}{end}RESOURCES\tb\tT{end}RESOURCES\tc\tT"));
                assert_eq!(raw(1), item);
            }
        }
    }
}
