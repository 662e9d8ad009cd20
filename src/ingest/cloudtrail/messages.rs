//! Events on their way out: one JSON text becomes one event row, or one warning. CloudWatch's forms carry such texts as
//! messages, and so this is also the sink that their parsers hand CloudTrail messages to.

use super::event::{EventReader, EventValues};
use crate::ingest::emit::{Emitter, MessageSink, Place};
use crate::model::batch::Completeness;
use crate::model::{EventRow, ImportWarning, Reason};
use std::borrow::Cow;

#[derive(Default)]
pub(crate) struct CloudTrailMessages {
    reader: EventReader,
    invalid_utf8_reported: bool,
}

impl CloudTrailMessages {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn reader(&self) -> &EventReader {
        &self.reader
    }

    /// Bytes as text. Where they are no UTF-8, U+FFFD stands for them, and the evidence gets one warning.
    pub(crate) fn text<'a>(&mut self, bytes: &'a [u8], place: Place, out: &mut Emitter) -> Cow<'a, str> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Cow::Borrowed(text);
        }
        if !self.invalid_utf8_reported {
            self.invalid_utf8_reported = true;
            let detail = format!("first in element {} at byte {}", place.position, place.offset);
            out.warn(ImportWarning::file(Reason::InvalidUtf8, detail));
        }
        String::from_utf8_lossy(bytes)
    }

    /// Emits one event.
    pub(crate) fn emit(json: &str, values: &EventValues, completeness: Completeness, place: Place, out: &mut Emitter) {
        out.event(EventRow {
            position: place.position,
            offset: place.offset,
            len: u64::from(place.len),
            completeness,
            time_millis: values.time_millis,
            json,
            columns: values.columns.values(),
        });
    }

    /// Emits the event that `json` is, or one warning; `raw` is the element as it is in the evidence. An event of
    /// which only some values are known need not look like one.
    pub(crate) fn event(&self, json: &str, raw: &[u8], how: Completeness, place: Place, out: &mut Emitter) -> bool {
        let (reason, detail) = match self.reader.read(json) {
            Ok(values) if values.is_event || how < Completeness::Full => {
                Self::emit(json, &values, how, place, out);
                return true;
            }
            Ok(_) => (Reason::NotARecord, "JSON that is no CloudTrail event".to_owned()),
            Err(error) => (Reason::BadJson, error.to_string()),
        };
        out.warn(place.warning(reason, detail, raw));
        false
    }
}

impl MessageSink for CloudTrailMessages {
    fn message(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool {
        let text = self.text(message, place, out);
        self.event(text.trim(), message, Completeness::Full, place, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::emit::Output;

    #[test]
    fn a_message_is_an_event_or_a_warning() {
        let mut sink = CloudTrailMessages::new();
        let mut out = Emitter::default();
        let place = |position| Place { position, offset: u64::from(position) * 100, len: 90 };
        assert!(sink.message(b" {\"eventVersion\":\"1.08\",\"eventName\":\"a\xff\"}\n", place(1), &mut out));
        assert!(!sink.message(b"{\"a\":1}", place(2), &mut out));
        assert!(!sink.message(b"{\"eventVersion\":\xfe", place(3), &mut out));
        let outputs = out.take_all();
        let [Output::Events(events), Output::Warnings(warnings)] = outputs.as_slice() else { panic!("{outputs:?}") };
        assert_eq!(events.len(), 1);
        let event = events.iter().next().unwrap();
        assert_eq!((event.position, event.offset, event.len), (1, 100, 90));
        assert_eq!(event.json, "{\"eventVersion\":\"1.08\",\"eventName\":\"a\u{fffd}\"}");
        let reasons: Vec<_> = warnings.iter().map(|w| (w.reason, w.position, w.len)).collect();
        assert_eq!(reasons, [(Reason::InvalidUtf8, 0, 0), (Reason::NotARecord, 2, 90), (Reason::BadJson, 3, 90)]);
        assert_eq!(warnings[2].raw, b"{\"eventVersion\":\xfe");
    }
}
