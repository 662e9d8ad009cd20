//! Is this content JSON that holds records? Decided by what its first elements are, never by their wrapping alone:
//! lists of indicators, of address ranges or of public keys are JSON too.

use super::classify::{Classifier, Found};
use super::flow::looks_like_line;
use super::parser::{FlowSinks, JsonParser, format_of};
use super::split::{Container, Limits, Sink, Span, Splitter};
use super::wrap;
use crate::ingest::emit::Parser;
use crate::ingest::flow::is_stamped;
use crate::ingest::head::Head;
use crate::model::{Format, Reason};
use memchr::memmem;

/// The parser for this content, or `None` if no record of ours was recognised in its beginning.
pub(crate) fn detect_json(head: &Head<'_>, flow: impl FnOnce() -> FlowSinks) -> Option<Box<dyn Parser>> {
    json_format(head)?;
    Some(Box::new(JsonParser::new(flow())))
}

/// The format that the content's beginning shows; the parser learns it again as it reads.
pub(crate) fn json_format(head: &Head<'_>) -> Option<Format> {
    let first = head.bytes.iter().find(|b| !b.is_ascii_whitespace())?;
    match first {
        b'{' | b'[' => look(head.bytes, head.complete),
        // A string that holds an event, on a line of its own.
        b'"' if memmem::find(head.bytes, b"\\\"eventVersion\\\"").is_some() => look(head.bytes, head.complete),
        _ => later(head),
    }
}

/// Lines that are looked at where something else is first: the rest of a line that was cut off, a comment, a shell's
/// prompt; and how many of them are tried.
const MOST_LINES: usize = 100;
const MOST_TRIES: usize = 4;

fn later(head: &Head<'_>) -> Option<Format> {
    // `aws logs tail --format json` puts a stamp before each object.
    if head.bytes.split(|byte| *byte == b'\n').take(MOST_LINES).any(is_stamped) {
        return None;
    }
    let ends = memchr::memchr_iter(b'\n', head.bytes).take(MOST_LINES);
    let begins = ends.filter_map(|end| head.bytes.get(end + 1..)).filter(|rest| begins_json(rest));
    begins.take(MOST_TRIES).find_map(|rest| look(rest, head.complete))
}

/// `{"`, `{` or `[` and the end of the line, or `[{`: what no other text begins a line with.
fn begins_json(text: &[u8]) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    line.starts_with(b"{\"") || line.starts_with(b"[{") || matches!(line, b"{" | b"[")
}

fn look(bytes: &[u8], complete: bool) -> Option<Format> {
    let mut look = Look::default();
    let mut splitter = Splitter::new(Limits::default());
    for piece in bytes.chunks(8 << 10) {
        splitter.push(piece, &mut look);
        if look.found.is_some() {
            return look.found;
        }
    }
    let rest = splitter.unfinished();
    if reads_like_event(rest) {
        return Some(look.last_open.map_or(Format::CloudTrailJson, format_of));
    }
    if look.reads_like_event {
        return Some(Format::CloudTrailJson);
    }
    // Nothing but empty lists, and control messages, whose elements say nothing.
    let subscription = look.message_type && look.last_open == Some(Container::LogEvents);
    if subscription || complete && rest.is_empty() && look.elements == 0 && look.faults == 0 || look.empty.is_some() {
        return look.empty.or_else(|| look.last_open.filter(|open| says_whose(*open)).map(format_of));
    }
    None
}

/// Does the list's name alone say that it is of AWS's logs?
fn says_whose(container: Container) -> bool {
    !matches!(container, Container::Results | Container::Items | Container::AthenaRows)
}

/// For text that is broken or not all there.
fn reads_like_event(text: &[u8]) -> bool {
    let has = |key: &[u8]| memmem::find(text, key).is_some();
    has(b"eventVersion") && has(b"eventTime") || has(b"\"eventSource\"") && has(b"\"eventName\"")
}

#[derive(Default)]
struct Look {
    classifier: Classifier,
    found: Option<Format>,
    /// Of a wrapper that says of itself that it is empty, or of the names of a result's columns.
    empty: Option<Format>,
    last_open: Option<Container>,
    elements: usize,
    faults: usize,
    reads_like_event: bool,
    message_type: bool,
}

impl Sink for Look {
    fn element(&mut self, raw: &[u8], _: Span, container: Container) -> Result<(), String> {
        self.elements += 1;
        let text = String::from_utf8_lossy(raw);
        let found = self.classifier.classify(&text, container)?;
        let reader = self.classifier.reader();
        let format = match found {
            Found::Event(_) => Some(format_of(container)),
            Found::Inside(inside, format) if inside.is_empty() => {
                self.empty.get_or_insert(format);
                None
            }
            Found::Inside(_, format) => Some(format),
            Found::Inner(json, format) => {
                reader.read(json.trim()).is_ok_and(|values| values.is_event).then_some(format)
            }
            Found::Message(message, format) => {
                let message = message.trim();
                let known = if message.starts_with('{') {
                    reader.read(message).is_ok_and(|values| values.is_event)
                        || !wrap::in_text(message, reader).is_empty()
                } else {
                    looks_like_line(message)
                };
                known.then_some(format)
            }
            Found::Partial(_, format)
            | Found::Flow(_, format)
            | Found::Digest(_, format)
            | Found::Refused(_, format) => Some(format),
            Found::Nothing => None,
        };
        self.found = self.found.or(format);
        Ok(())
    }

    fn fault(&mut self, _: Reason, _: String, raw: &[u8], _: Span) {
        self.faults += 1;
        self.reads_like_event |= reads_like_event(raw);
    }

    fn wrapper(&mut self) {}

    fn open(&mut self, container: Container) {
        self.last_open = Some(container);
    }

    fn scalar(&mut self, key: &str, _: &str) {
        self.message_type |= key == "messageType";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Wrapper;

    fn format(text: &str) -> Option<Format> {
        json_format(&Head { bytes: text.as_bytes(), complete: true })
    }

    #[test]
    fn formats_are_told_by_their_elements() {
        const EVENT: &str = r#"{"eventVersion":"1.08","eventTime":"2023-07-10T11:42:36Z","eventName":"a"}"#;
        let quoted = serde_json::Value::from(EVENT).to_string();
        for (text, expected) in [
            (r#"{"Records":[]}"#.to_owned(), Some(Format::CloudTrailJson)),
            ("[]".to_owned(), Some(Format::CloudTrailJson)),
            (r#"{"Events":[],"NextToken":"x"}"#.to_owned(), Some(Format::CloudTrailLookupEvents)),
            (EVENT.to_owned(), Some(Format::CloudTrailJson)),
            (format!("[{{\"Records\":[{EVENT}]}}]"), Some(Format::CloudTrailJson)),
            (format!("{{\"detail\":{EVENT}}}"), Some(Format::CloudTrailIn(Wrapper::EventBridge))),
            (format!("{{\"Events\":[{EVENT}]}}"), Some(Format::CloudTrailLookupEvents)),
            (format!("{{\"EventId\":\"e\",\"CloudTrailEvent\":{quoted}}}"), Some(Format::CloudTrailLookupEvents)),
            (format!("{{\"events\":[{{\"message\":{quoted}}}]}}"), Some(Format::CloudWatchEvents)),
            (
                format!("{{\"results\":[[{{\"field\":\"@message\",\"value\":{quoted}}}]]}}"),
                Some(Format::CloudWatchInsightsJson),
            ),
            (format!("[{{\"@message\":{quoted}}}]"), Some(Format::CloudWatchInsightsJson)),
            (quoted.clone(), Some(Format::CloudTrailJson)),
            (format!("tVersion\":\"1.08\"}}\n{EVENT}\n"), Some(Format::CloudTrailJson)),
            (EVENT[..60].to_owned(), Some(Format::CloudTrailJson)),
            (
                r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"x"}]}"#.to_owned(),
                Some(Format::CloudWatchSubscription),
            ),
            (r#"{"events":[{"message":"2 eni-1 ACCEPT"}]}"#.to_owned(), Some(Format::CloudWatchEvents)),
            (r#"{"digestS3Bucket":"b","logFiles":[]}"#.to_owned(), Some(Format::CloudTrailDigest)),
            (
                r#"{"files":[{"fileName":"result_1.csv.gz"}],"hashSignature":"00"}"#.to_owned(),
                Some(Format::CloudTrailQuerySign),
            ),
            (r#"{"files":[{"fileName":"a"}],"hash":"00"}"#.to_owned(), None),
            (r#"{"events":[{"message":"hello"}]}"#.to_owned(), None),
            (r#"{"results":[]}"#.to_owned(), None),
            (r#"{"type":"bundle","objects":[{"type":"indicator"}]}"#.to_owned(), None),
            (r#"{"PublicKeyList":[{"Value":"x"}]}"#.to_owned(), Some(Format::CloudTrailPublicKeys)),
            (r#"{"Metadata":{"signature":"00"}}"#.to_owned(), Some(Format::CloudTrailDigestMeta)),
            (r#"{"Metadata":{"owner":"a"}}"#.to_owned(), None),
            (r#"{"prefixes":[{"ip_prefix":"1.2.3.0/24"}]}"#.to_owned(), None),
            (r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"}]}"#.to_owned(), None),
            ("2 123 eni-1 ...".to_owned(), None),
            ("{}".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(format(&text), expected, "{text}");
        }
    }
}
