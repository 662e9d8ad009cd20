//! Reads flow records that arrive as messages of CloudWatch, without any header.

use super::format::LineFormat;
use super::infer::{self, Quest};
use super::line::LineReader;
use super::place::{MessageSink, Place};
use super::{shape, split};
use crate::ingest::{Emitter, FormatChoice, FormatWanted};
use crate::model::{ImportWarning, Reason};
use std::collections::BTreeMap;

/// A reader of messages. A log group may hold records of several flow logs, so that each message is read by the format
/// whose shape it has: the one stated for the evidence, the default, or one of a transit gateway.
pub struct MessageReader {
    readers: Vec<LineReader>,
    /// The reader of the last record.
    current: usize,
    stated: Option<LineFormat>,
    quest: Quest,
    /// Messages of no known format by their number of values, the first of each number: one odd line among records is
    /// an odd line, several that are alike are records of another format. `None` where a second one was seen.
    odd: BTreeMap<usize, Option<ImportWarning>>,
}

/// Numbers of values beyond these are not waited for: what differs that much is not alike.
const ODD_KINDS: usize = 64;

impl MessageReader {
    /// A stated format that cannot be read counts as none.
    pub fn new(choice: &FormatChoice) -> Self {
        let stated = super::stated_format(choice);
        let readers = stated.clone().map(LineReader::of_stated).into_iter().collect();
        Self { readers, current: 0, stated, quest: Quest::default(), odd: BTreeMap::new() }
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
        for (found, warning) in std::mem::take(&mut self.odd) {
            let Some(warning) = warning else { continue };
            match self.readers.get(self.current) {
                Some(reader) => out.warn(odd_among(reader.format(), found, warning)),
                None => {
                    self.quest.note(&warning.raw, out);
                    out.warn(warning);
                }
            }
        }
        self.quest.finish(out);
    }

    /// As `Parser::format_wanted`.
    pub fn format_wanted(&self) -> Option<FormatWanted> {
        self.quest.wanted()
    }

    /// The format of the last record, in AWS's notation.
    pub fn record_format(&self) -> Option<String> {
        self.readers.get(self.current).map(|reader| reader.format().to_spec())
    }

    /// The stated format is taken by its number of values alone, as its word is the examiner's; others by their shape.
    fn suits(&self, reader: &LineReader, message: &[u8], width: usize) -> bool {
        reader.takes(width)
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

    /// Is the message the beginning of a record like the last one? How many fields that has. A delivery that was cut
    /// off must not look like one in another format.
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
            self.unknown(message, place, out);
            return false;
        };
        out.warn(place.warning(reason, detail, message));
        false
    }

    fn unknown(&mut self, message: &[u8], place: Place, out: &mut Emitter) {
        let width = split::tokens(message).count();
        let warning = place.warning(Reason::FormatNeeded, "the format of this record is not known", message);
        let room = self.odd.len() < ODD_KINDS;
        match self.odd.get_mut(&width) {
            Some(first) => {
                if let Some(first) = first.take() {
                    self.quest.note(&first.raw, out);
                    out.warn(first);
                }
                self.quest.note(message, out);
                out.warn(warning);
            }
            None if room => _ = self.odd.insert(width, Some(warning)),
            None => match self.readers.get(self.current) {
                Some(reader) => out.warn(odd_among(reader.format(), width, warning)),
                None => out.warn(warning),
            },
        }
    }
}

/// The warning of a line that is alone among records of a known format.
fn odd_among(format: &LineFormat, found: usize, warning: ImportWarning) -> ImportWarning {
    let wanted = format.len();
    let (reason, detail) = match found == wanted {
        true => (Reason::BadValue, format!("its {found} values do not fit the fields of the records around it")),
        false => (Reason::FieldCount, format!("{found} values, the records around it have {wanted} fields")),
    };
    ImportWarning { reason, detail, ..warning }
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

    fn format_wanted(&self) -> Option<FormatWanted> {
        MessageReader::format_wanted(self)
    }
}

/// Sends each message to whoever reads its kind: objects to the reader of events, the rest to that of flow records.
pub(super) struct Messages {
    flows: MessageReader,
    events: Option<Box<dyn MessageSink>>,
}

impl Messages {
    pub(super) fn new(choice: &FormatChoice, events: Option<Box<dyn MessageSink>>) -> Self {
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

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.flows.format_wanted()
    }
}
