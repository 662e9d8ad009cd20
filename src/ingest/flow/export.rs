//! CloudWatch Logs export tasks: each line is an ISO stamp, a space and the message.

use super::lines::{Line, Lines};
use super::message::Messages;
use super::place::MessageSink;
use super::split::trim_end;
use super::text::{cut_off, place_of};
use crate::ingest::{Emitter, FormatChoice, FormatWanted, Parser, StreamEnd};
use crate::model::{Format, Reason};

/// Parses export files. The raw text of a record is its whole line. A line without a stamp is the continuation of a
/// message of several lines, which no flow record is.
pub struct ExportParser {
    lines: Lines,
    messages: Messages,
}

impl ExportParser {
    /// `events` takes the messages that are JSON objects; without it they are no records.
    pub fn new(choice: &FormatChoice, events: Option<Box<dyn MessageSink>>) -> Self {
        Self { lines: Lines::default(), messages: Messages::new(choice, events) }
    }
}

impl Parser for ExportParser {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        let messages = &mut self.messages;
        self.lines.push(content, |line| read(messages, &line, out));
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let messages = &mut self.messages;
        match end {
            StreamEnd::Complete => self.lines.finish(|line| read(messages, &line, out)),
            StreamEnd::CutOff(why) => self.lines.finish(|line| cut_off(&line, why, out)),
        }
        self.messages.finish(out);
    }

    fn format(&self) -> Format {
        Format::CloudWatchExport
    }

    fn record_format(&self) -> Option<String> {
        self.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.messages.format_wanted()
    }
}

fn read(messages: &mut Messages, line: &Line, out: &mut Emitter) {
    if trim_end(line.bytes).is_empty() {
        return;
    }
    let Some(place) = place_of(line, out) else { return };
    match message_of(line.bytes) {
        Some(message) => _ = messages.message(message, place, out),
        None => out.warn(place.warning(Reason::NotARecord, "the line has no time stamp", line.bytes)),
    }
}

/// The message behind a stamp like `2014-12-14T04:06:50.000Z `; `None` where the line has no such stamp.
pub(super) fn message_of(line: &[u8]) -> Option<&[u8]> {
    const PATTERN: &[u8] = b"0000-00-00T00:00:00.000Z";
    let (stamp, message) = line.split_at_checked(PATTERN.len())?;
    let fits = |(&byte, &pattern): (&u8, &u8)| if pattern == b'0' { byte.is_ascii_digit() } else { byte == pattern };
    let is_stamp = stamp.iter().zip(PATTERN).all(fits);
    message.strip_prefix(b" ").filter(|_| is_stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stamp_of_export_tasks_counts() {
        assert_eq!(message_of(b"2014-12-14T04:06:50.000Z 2 123"), Some(b"2 123".as_slice()));
        for line in ["2014-12-14T04:06:50.000Z", "2014-12-14T04:06:50Z 2", "2014-12-14 04:06:50.000Z 2", "x", ""] {
            assert_eq!(message_of(line.as_bytes()), None, "{line}");
        }
    }
}
