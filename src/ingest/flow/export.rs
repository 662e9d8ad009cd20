//! Text of CloudWatch Logs with a stamp before each message: export tasks (an ISO stamp with milliseconds and `Z`) and
//! `aws logs tail` in its forms. `short` has a stamp without zone; `detailed` and `json` one with an offset, and the
//! name of the log stream behind it; `json` breaks messages that are JSON into lines of their own.

use super::lines::{Line, Lines};
use super::message::Messages;
use super::place::{MessageSink, Place};
use super::split::trim_end;
use super::text::{cut_off, place_of};
use crate::ingest::{Emitter, FormatChoice, FormatWanted, Parser, StreamEnd};
use crate::model::{Format, Reason};

/// Parses text of stamped messages. The raw text of a record is its whole line, or all lines of its JSON. Any other
/// line without a stamp is the continuation of a message of several lines, which no flow record is.
pub struct ExportParser {
    lines: Lines,
    state: State,
}

struct State {
    messages: Messages,
    /// JSON of several lines, as far as it was read.
    open: Option<Open>,
}

struct Open {
    place: Place,
    json: Vec<u8>,
}

/// A longer message in lines is no event.
const LONGEST_JSON_BYTES: usize = 16 << 20;

impl ExportParser {
    /// `events` takes the messages that are JSON objects; without it they are no records.
    pub fn new(choice: &FormatChoice, events: Option<Box<dyn MessageSink>>) -> Self {
        Self { lines: Lines::default(), state: State { messages: Messages::new(choice, events), open: None } }
    }
}

impl Parser for ExportParser {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        let state = &mut self.state;
        self.lines.push(content, |line| state.line(&line, out));
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let state = &mut self.state;
        match end {
            StreamEnd::Complete => self.lines.finish(|line| state.line(&line, out)),
            StreamEnd::CutOff(why) => self.lines.finish(|line| cut_off(&line, why, out)),
        }
        state.close(out);
        state.messages.finish(out);
    }

    fn format(&self) -> Format {
        Format::CloudWatchExport
    }

    fn record_format(&self) -> Option<String> {
        self.state.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.state.messages.format_wanted()
    }
}

impl State {
    fn line(&mut self, line: &Line, out: &mut Emitter) {
        if trim_end(line.bytes).is_empty() {
            return;
        }
        let Some(place) = place_of(line, out) else { return };
        let Some(message) = stamped(line.bytes) else { return self.continuation(line, place, out) };
        self.close(out);
        // `json` puts an empty message or the first brace behind the stream's name.
        match trim_end(message) {
            json @ (b"" | b"{") => self.open = Some(Open { place, json: json.to_vec() }),
            message => _ = self.messages.message(message, place, out),
        }
    }

    fn continuation(&mut self, line: &Line, place: Place, out: &mut Emitter) {
        let Some(open) = &mut self.open else {
            out.warn(place.warning(Reason::NotARecord, "the line has no time stamp", line.bytes));
            return;
        };
        open.place.len = u32::try_from(line.offset + line.len - open.place.offset).unwrap_or(u32::MAX);
        open.json.push(b'\n');
        open.json.extend_from_slice(line.bytes);
        // The brace that closes the object is at the line's beginning.
        if line.bytes.starts_with(b"}") || open.json.len() > LONGEST_JSON_BYTES {
            self.close(out);
        }
    }

    /// The message of several lines is all there, or as much of it as there is.
    fn close(&mut self, out: &mut Emitter) {
        let Some(Open { place, json }) = self.open.take() else { return };
        match json.trim_ascii() {
            b"" => out.warn(place.warning(Reason::NotARecord, "a time stamp without a message", b"")),
            json => _ = self.messages.message(json, place, out),
        }
    }
}

/// The message behind a stamp: `2014-12-14T04:06:50.000Z `, `2014-12-14T04:06:50 `, or
/// `2014-12-14T04:06:50.000000+00:00 ` and the name of a log stream. `None` where the line has no such stamp.
pub(super) fn stamped(line: &[u8]) -> Option<&[u8]> {
    let (seconds, rest) = line.split_at_checked(19)?;
    if !is_like(seconds, b"0000-00-00T00:00:00") {
        return None;
    }
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            fraction.get(digits..).filter(|_| (1..=9).contains(&digits))?
        }
        None => rest,
    };
    let (zone, message) = match rest.iter().position(|b| *b == b' ') {
        Some(end) => (rest.get(..end)?, rest.get(end + 1..)?),
        None => return None,
    };
    match zone {
        b"" | b"Z" => Some(without_stream(message)),
        zone if is_like(zone, b"+00:00") || is_like(zone, b"-00:00") => {
            Some(message.iter().position(|b| *b == b' ').and_then(|end| message.get(end + 1..)).unwrap_or_default())
        }
        _ => None,
    }
}

/// The stamp that export tasks write; `aws logs tail` and other programs write other ones.
pub(super) fn is_of_export_task(line: &[u8]) -> bool {
    line.get(..25).is_some_and(|stamp| is_like(stamp, b"0000-00-00T00:00:00.000Z "))
}

/// Flow logs and trails name their streams so that they cannot be taken for a value.
fn without_stream(message: &[u8]) -> &[u8] {
    let Some(end) = message.iter().position(|b| *b == b' ') else { return message };
    let (name, rest) = message.split_at(end);
    let of_interface = name.starts_with(b"eni-") || name.starts_with(b"tgw-");
    let of_flows = of_interface && [b"-all".as_slice(), b"-accept", b"-reject"].iter().any(|kind| name.ends_with(kind));
    let of_trail = memchr::memmem::find(name, b"_CloudTrail_").is_some();
    if of_flows || of_trail { rest.get(1..).unwrap_or_default() } else { message }
}

fn is_like(text: &[u8], pattern: &[u8]) -> bool {
    let fits = |(&byte, &pattern): (&u8, &u8)| if pattern == b'0' { byte.is_ascii_digit() } else { byte == pattern };
    text.len() == pattern.len() && text.iter().zip(pattern).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamps_of_export_tasks_and_of_aws_logs_tail_count() {
        let message = Some(b"2 123".as_slice());
        for line in [
            "2014-12-14T04:06:50.000Z 2 123",
            "2014-12-14T04:06:50 2 123",
            "2014-12-14T04:06:50 eni-1-all 2 123",
            "2014-12-14T04:06:50.000000+00:00 any_name 2 123",
            "2014-12-14T04:06:50+00:00 eni-1-all 2 123",
            "2014-12-14T04:06:50.000000+09:00 111122223333_CloudTrail_eu-central-1 2 123",
        ] {
            assert_eq!(stamped(line.as_bytes()), message, "{line}");
        }
        assert_eq!(stamped(b"2014-12-14T04:06:50.000000+00:00 a-stream "), Some(b"".as_slice()));
        for line in [
            "2014-12-14T04:06:50.000Z",
            "2014-12-14T04:06:50.Z 2",
            "2014-12-14 04:06:50.000Z 2",
            "2014-12-14T04:06:50X 2",
            "",
        ] {
            assert_eq!(stamped(line.as_bytes()), None, "{line}");
        }
    }
}
