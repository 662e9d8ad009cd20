//! Tests of the JSON parser, wrapping by wrapping.

use super::*;
use crate::ingest::emit::{FlowFields, Output};
use crate::model::batch::Completeness;
use crate::model::{EventRow, Scope};
use proptest::prelude::*;
use std::sync::{Arc, Mutex};

/// Takes flow records and writes them down.
#[derive(Clone, Default)]
pub(crate) struct Recorder(pub Arc<Mutex<Vec<(Place, String)>>>);

impl Recorder {
    pub(crate) fn sinks(&self) -> FlowSinks {
        FlowSinks { messages: Box::new(self.clone()), records: Box::new(self.clone()) }
    }
}

impl MessageSink for Recorder {
    fn message(&mut self, message: &[u8], place: Place, _: &mut Emitter) -> bool {
        self.0.lock().unwrap().push((place, String::from_utf8_lossy(message).into_owned()));
        true
    }
}

impl FlowRecordSink for Recorder {
    fn record(&mut self, fields: &FlowFields, raw: &[u8], place: Place, _: &mut Emitter) -> bool {
        assert_eq!(raw.len(), place.len as usize);
        let fields: Vec<_> = fields.fields.iter().map(|(id, value)| format!("{}={value}", id.name())).collect();
        self.0.lock().unwrap().push((place, fields.join(" ")));
        true
    }
}

/// An event of a batch, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnedEvent {
    pub position: u32,
    pub offset: u64,
    pub len: u64,
    pub completeness: Completeness,
    pub time_millis: Option<i64>,
    pub json: String,
    columns: Vec<Option<String>>,
}

impl OwnedEvent {
    fn of(event: EventRow<'_>) -> Self {
        Self {
            position: event.position,
            offset: event.offset,
            len: event.len,
            completeness: event.completeness,
            time_millis: event.time_millis,
            json: event.json.to_owned(),
            columns: event.columns.iter().map(|value| value.map(str::to_owned)).collect(),
        }
    }

    pub(crate) fn column(&self, at: usize) -> Option<&str> {
        self.columns.get(at)?.as_deref()
    }
}

/// All that came of one content.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub events: Vec<OwnedEvent>,
    pub warnings: Vec<ImportWarning>,
    pub flows: Vec<(Place, String)>,
    pub digest_files: Option<usize>,
    pub format: Option<Format>,
}

impl Read {
    pub(crate) fn elements(&self) -> impl Iterator<Item = &ImportWarning> {
        self.warnings.iter().filter(|warning| warning.scope == Scope::Element)
    }

    pub(crate) fn reasons(&self) -> Vec<(Reason, u64)> {
        self.warnings.iter().map(|warning| (warning.reason, warning.position)).collect()
    }

    /// Positions of all elements, in order.
    pub(crate) fn positions(&self) -> Vec<u64> {
        let events = self.events.iter().map(|event| u64::from(event.position));
        let flows = self.flows.iter().map(|(place, _)| u64::from(place.position));
        let mut all: Vec<u64> = events.chain(flows).chain(self.elements().map(|w| w.position)).collect();
        all.sort_unstable();
        all
    }

    pub(crate) fn collect(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Events(events) => self.events.extend(events.iter().map(OwnedEvent::of)),
                Output::Warnings(warnings) => self.warnings.extend(warnings),
                Output::Digest(digest) => self.digest_files = Some(digest.log_files.len()),
                Output::Flows(flows) => assert_eq!(flows.rows.len(), 0),
            }
        }
    }
}

pub(crate) fn read_with(parser: &mut dyn Parser, content: &[u8], piece: usize, end: &StreamEnd) -> Read {
    let mut out = Emitter::default();
    let mut read = Read::default();
    for piece in content.chunks(piece) {
        parser.push(piece, &mut out);
        read.collect(out.take_ready());
    }
    parser.finish(end, &mut out);
    while parser.rest(&mut out) {}
    read.collect(out.take_all());
    read.format = Some(parser.format());
    read
}

pub(crate) fn read(content: &[u8]) -> Read {
    let recorder = Recorder::default();
    let mut parser = JsonParser::new(recorder.sinks());
    let mut read = read_with(&mut parser, content, 1000, &StreamEnd::Complete);
    read.flows = recorder.0.lock().unwrap().clone();
    read
}

const EVENT: &str = r#"{"eventVersion":"1.08","eventID":"e","eventTime":"2023-07-10T11:42:36Z"}"#;

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn events_in_every_wrapping() {
    let string = quoted(EVENT);
    for (text, format, offset) in [
        (EVENT.to_owned(), Format::CloudTrailJson, 0),
        (format!("[\n{EVENT}]"), Format::CloudTrailJson, 2),
        (format!("{{\"Records\": [{EVENT}]}}"), Format::CloudTrailJson, 13),
        (
            format!("{{\"source\":\"aws.s3\",\"resources\":[],\"detail\":{EVENT}}}"),
            Format::CloudTrailIn(Wrapper::EventBridge),
            0,
        ),
        (format!("{{\"aws\":{{\"cloudtrail\":{EVENT}}}}}"), Format::CloudTrailIn(Wrapper::Elastic), 0),
        (
            format!("{{\"Events\":[{{\"EventId\":\"x\",\"CloudTrailEvent\":{string}}}]}}"),
            Format::CloudTrailLookupEvents,
            11,
        ),
        (format!("{{\"EventId\":\"x\",\"CloudTrailEvent\":{string}}}\n"), Format::CloudTrailLookupEvents, 0),
        (
            format!(
                "{{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{{\"id\":\"1\",\"timestamp\":1,\"message\":{string}}}]}}"
            ),
            Format::CloudWatchSubscription,
            43,
        ),
        (format!("{{\"events\":[{{\"message\":{string}}}]}}"), Format::CloudWatchEvents, 11),
        (
            format!(
                "{{\"results\":[[{{\"field\":\"@ptr\",\"value\":\"p\"}},{{\"field\":\"@message\",\"value\":{string}}}]]}}"
            ),
            Format::CloudWatchInsightsJson,
            12,
        ),
        (format!("[{{\"@timestamp\":\"t\",\"@message\":{string}}}]"), Format::CloudWatchInsightsJson, 1),
        (format!("[{{\"@timestamp\":\"t\",\"@message\":{EVENT}}}]"), Format::CloudWatchInsightsJson, 1),
        (string.clone(), Format::CloudTrailJson, 0),
    ] {
        let read = read(text.as_bytes());
        assert_eq!(read.format, Some(format), "{text}");
        assert_eq!(read.warnings, [], "{text}");
        let [event] = read.events.as_slice() else { panic!("{text}") };
        assert_eq!((event.position, event.offset), (1, offset), "{text}");
        assert_eq!(&*event.json, EVENT, "{text}");
        assert_eq!(event.time_millis, Some(1_688_989_356_000));
        assert_eq!(event.completeness, Completeness::Full);
        let raw = &text[event.offset as usize..][..event.len as usize];
        assert!(raw.starts_with(['{', '[', '"']) && raw.ends_with(['}', ']', '"']), "{raw}");
    }
}

#[test]
fn flow_messages_and_fields_go_to_the_flow_sinks() {
    let line = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1 2 ACCEPT OK";
    let subscription = format!(
        "{{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{{\"message\":\"CWL CONTROL MESSAGE\"}}]}}\
         {{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{{\"message\":\"{line}\"}},{{\"message\":\"{line}\\n\"}}]}}"
    );
    let read_back = read(subscription.as_bytes());
    assert_eq!(read_back.format, Some(Format::CloudWatchSubscription));
    assert_eq!(read_back.warnings, []);
    assert_eq!(read_back.positions(), [1, 2]);
    assert!(read_back.flows.iter().all(|(_, message)| message == line));

    let wrapped = format!("[{{\"body\":\"{line}\",\"aws\":{{\"vpc\":{{\"srcaddr\":\"9.9.9.9\"}}}}}},");
    let wrapped = wrapped + r#"{"aws":{"vpc":{"srcaddr":"1.1.1.1","dstaddr":"2.2.2.2","srcport":5}}}]"#;
    let read_back = read(wrapped.as_bytes());
    assert_eq!(read_back.format, Some(Format::FlowJson));
    let texts: Vec<_> = read_back.flows.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, [line, "srcaddr=1.1.1.1 dstaddr=2.2.2.2 srcport=5"]);

    let insights = r#"{"results":[[{"field":"srcAddr","value":"1.1.1.1"},{"field":"dstAddr","value":"2.2.2.2"}]],"status":"Running"}"#;
    let read_back = read(insights.as_bytes());
    assert_eq!(read_back.flows[0].1, "srcaddr=1.1.1.1 dstaddr=2.2.2.2");
    assert_eq!(read_back.reasons(), [(Reason::IncompleteCapture, 0)]);
}

#[test]
fn a_next_token_on_the_last_page_means_an_incomplete_capture() {
    for (text, expected) in [
        (r#"{"Events":[],"NextToken":"t"}"#, 1),
        (r#"{"NextToken":"t","Events":[]}"#, 1),
        (r#"{"events":[],"nextForwardToken":"f/1","nextBackwardToken":"b/1"}"#, 1),
        (r#"{"events":[],"nextToken":"t"}{"events":[]}"#, 0),
        (r#"{"Events":[],"NextToken":null}"#, 0),
        (r#"{"Events":[]}"#, 0),
    ] {
        let read = read(text.as_bytes());
        assert_eq!(read.reasons(), vec![(Reason::IncompleteCapture, 0); expected], "{text}");
    }
}

#[test]
fn every_element_is_a_record_or_a_warning() {
    let text = format!(
        "{{\"Records\":[{EVENT},{{\"a\":1}},{{\"b\":\"\t\"}}, 5, {EVENT}}}, \"x\", {{\"eventVersion\":\"\\ud800\"}},\
         {{\"EventId\":\"i\",\"EventName\":\"n\",\"ReadOnly\":\"false\"}}, {{\"cut\":"
    );
    let read = read(text.as_bytes());
    assert_eq!(read.positions(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(
        read.reasons(),
        [
            (Reason::NotARecord, 2),
            (Reason::BadJson, 3),
            (Reason::NotARecord, 4),
            (Reason::NotARecord, 6),
            (Reason::NotARecord, 7),
            (Reason::CutOff, 10)
        ]
    );
    let poor = &read.events[3];
    assert_eq!(poor.completeness, Completeness::QueryCsv);
    assert_eq!(&*poor.json, r#"{"eventID":"i","eventName":"n","readOnly":false}"#);
    for warning in read.elements() {
        let raw = &text.as_bytes()[warning.offset as usize..][..warning.len as usize];
        assert_eq!(warning.raw, raw);
    }
}

#[test]
fn invalid_utf8_is_kept_visible_and_said_once() {
    let read = read(b"{\"eventVersion\":\"a\xff\"}\n{\"eventVersion\":\"b\xfe\"}\n");
    assert_eq!(read.events.len(), 2);
    assert_eq!(&*read.events[0].json, "{\"eventVersion\":\"a\u{fffd}\"}");
    assert_eq!(read.reasons(), [(Reason::InvalidUtf8, 0)]);
}

#[test]
fn a_line_that_begins_inside_a_string_costs_no_other() {
    let text = format!("\"half a string\n{EVENT}\n{EVENT}\n");
    let read = read(text.as_bytes());
    assert_eq!((read.events.len(), read.reasons()), (2, vec![(Reason::BadJson, 1)]));
    assert_eq!(read.events[0].offset, 15);
}

#[test]
fn deep_nesting_costs_one_element() {
    let deep = format!("{{\"eventVersion\":\"1\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_but_fine = format!("{{\"eventVersion\":\"1\",\"x\":{}{}}}", "[".repeat(400), "]".repeat(400));
    let read = read(format!("[{deep},{deep_but_fine},{EVENT}]").as_bytes());
    assert_eq!((read.events.len(), read.reasons()), (2, vec![(Reason::TooDeep, 1)]));
}

proptest! {
    #[test]
    fn pieces_make_no_difference_and_positions_have_no_gaps(
        pieces in prop::collection::vec(prop::sample::select(vec![
            EVENT, "{", "}", "[", "]", "\"", ",", "\n", ":", "{\"Records\":[", "]}", "{\"messageType\":\"DATA_MESSAGE\",",
            "\"logEvents\":[", "{\"message\":\"2 eni-1\"}", "{\"detail\":", "{\"results\":[[", "x", "{\"eventVersion\":",
            "\"\\ud800\"", "{\"events\":[", "\"NextToken\":\"t\"", "1e999", "null",
        ]), 0..40),
        piece in 1usize..50,
    ) {
        let text = pieces.concat();
        let whole = read(text.as_bytes());
        let positions = whole.positions();
        prop_assert_eq!(&positions, &(1..=positions.len() as u64).collect::<Vec<_>>());
        let recorder = Recorder::default();
        let mut parser = JsonParser::new(recorder.sinks());
        let again = read_with(&mut parser, text.as_bytes(), piece, &StreamEnd::Complete);
        prop_assert_eq!(&again.events, &whole.events);
        prop_assert_eq!(&again.warnings, &whole.warnings);
        prop_assert_eq!(&*recorder.0.lock().unwrap(), &whole.flows);
        prop_assert_eq!(again.format, whole.format);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let positions = read(&bytes).positions();
        prop_assert_eq!(&positions, &(1..=positions.len() as u64).collect::<Vec<_>>());
    }
}
