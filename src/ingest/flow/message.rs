//! Reads flow records that arrive as messages of CloudWatch, without any header.

use super::format::LineFormat;
use super::infer::{self, Quest};
use super::line::LineReader;
use super::place::{MessageSink, Place};
use super::{shape, split};
use crate::ingest::{Emitter, FormatChoice};
use crate::model::Reason;

/// A reader of messages. A log group may hold records of several flow logs, so that each message is read by the format
/// whose shape it has: the one stated for the evidence, the default, or one of a transit gateway.
pub struct MessageReader {
    readers: Vec<LineReader>,
    /// The reader of the last record.
    current: usize,
    stated: Option<LineFormat>,
    quest: Quest,
}

impl MessageReader {
    /// A stated format that cannot be read counts as none.
    pub fn new(choice: &FormatChoice) -> Self {
        let stated = super::stated_format(choice);
        let readers = stated.clone().map(LineReader::new).into_iter().collect();
        Self { readers, current: 0, stated, quest: Quest::default() }
    }

    /// Reads one message: one record, or one element warning. Returns whether it was a record.
    pub fn read(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool {
        let width = split::tokens(message).count();
        if self.readers.get(self.current).is_none_or(|reader| !self.suits(reader, message, width)) {
            match self.reader_for(message, width) {
                Some(at) => self.current = at,
                None => return self.unread(message, place, out),
            }
        }
        match self.readers.get_mut(self.current) {
            Some(reader) => reader.read(message, place, out),
            None => false,
        }
    }

    /// Whatever is to be said about the evidence as a whole; to be called once at its end.
    pub fn finish(&mut self, out: &mut Emitter) {
        self.quest.finish(out);
    }

    /// The format of the last record, in AWS's notation.
    pub fn record_format(&self) -> Option<String> {
        self.readers.get(self.current).map(|reader| reader.format().to_spec())
    }

    /// The stated format is taken by its number of values alone, as its word is the examiner's; others by their shape.
    fn suits(&self, reader: &LineReader, message: &[u8], width: usize) -> bool {
        reader.format().len() == width
            && (self.stated.as_ref() == Some(reader.format())
                || (width == 14 && shape::is_default_v2(message))
                || (width != 14 && memchr::memmem::find(message, b"tgw-").is_some()))
    }

    fn reader_for(&mut self, message: &[u8], width: usize) -> Option<usize> {
        if let Some(at) = self.readers.iter().position(|reader| self.suits(reader, message, width)) {
            return Some(at);
        }
        let format =
            if shape::is_default_v2(message) { LineFormat::default_v2() } else { infer::transit_gateway(message)? };
        self.readers.push(LineReader::new(format));
        Some(self.readers.len() - 1)
    }

    /// Is the message the beginning of a record like the last one? How many fields that has. A delivery that was cut off
    /// must not look like one in another format.
    fn cut_short(&self, message: &[u8]) -> Option<usize> {
        let format = self.readers.get(self.current)?.format();
        let trimmed = message.trim_ascii();
        // The last value may be cut itself.
        let whole = trimmed.iter().rposition(|b| *b == b' ').and_then(|at| trimmed.get(..at))?;
        let width = split::tokens(whole).count();
        let columns = format.columns().get(..width).filter(|columns| columns.len() + 1 < format.len())?;
        infer::fits(&LineFormat::new(columns.to_vec()), whole).then_some(format.len())
    }

    fn unread(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool {
        let (reason, detail) = if !shape::is_plausible(message) {
            (Reason::NotARecord, "the message is no flow record".to_owned())
        } else if let Some(stated) = &self.stated {
            let (found, wanted) = (split::tokens(message).count(), stated.len());
            (Reason::FieldCount, format!("{found} values, the format has {wanted} fields"))
        } else if let Some(wanted) = self.cut_short(message) {
            let found = split::tokens(message).count();
            (Reason::FieldCount, format!("{found} values, the records before it have {wanted} fields"))
        } else {
            self.quest.note(message, out);
            (Reason::FormatNeeded, "the format of this record is not known".to_owned())
        };
        out.warn(place.warning(reason, detail, message));
        false
    }
}

impl MessageSink for MessageReader {
    fn message(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool {
        self.read(message, place, out)
    }

    fn finish(&mut self, out: &mut Emitter) {
        MessageReader::finish(self, out);
    }

    fn record_format(&self) -> Option<String> {
        MessageReader::record_format(self)
    }
}

/// Sends each message to whoever reads its kind: objects to the reader of events, the rest to that of flow records.
pub(super) struct Messages {
    flows: MessageReader,
    events: Option<Box<dyn MessageSink>>,
}

impl Messages {
    pub fn new(choice: &FormatChoice, events: Option<Box<dyn MessageSink>>) -> Self {
        Self { flows: MessageReader::new(choice), events }
    }
}

impl MessageSink for Messages {
    fn message(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool {
        match &mut self.events {
            Some(events) if message.trim_ascii_start().starts_with(b"{") => events.message(message, place, out),
            _ => self.flows.read(message, place, out),
        }
    }

    fn finish(&mut self, out: &mut Emitter) {
        self.flows.finish(out);
        if let Some(events) = &mut self.events {
            events.finish(out);
        }
    }

    fn record_format(&self) -> Option<String> {
        self.flows.record_format()
    }
}
