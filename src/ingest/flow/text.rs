//! Text with one record a line: with a header, in the default format, in a named one, or in none that is known yet.

use super::format::LineFormat;
use super::infer::Quest;
use super::line::LineReader;
use super::lines::{LONGEST_LINE_BYTES, Line, Lines};
use super::names;
use super::place::Place;
use super::split::trim_end;
use crate::ingest::{Emitter, FormatWanted, Parser, StreamEnd};
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{Format, ImportWarning, Reason, Scope};

/// Parses flow records in lines. A position is a line number; the header counts as a line, and is no record.
pub struct FlowTextParser {
    lines: Lines,
    state: State,
    format: Format,
}

struct State {
    /// Compiled for the format of the lines that come now.
    reader: Option<LineReader>,
    quest: Quest,
    headerless_format: Option<LineFormat>,
    /// A header comes, so that what is before it is no record.
    awaits_header: bool,
}

impl FlowTextParser {
    /// For content with a header line; what is before it is warnings.
    pub fn with_header() -> Self {
        Self::new(Format::FlowText, None)
    }

    /// For records without a header, in the format given. Without one, every line becomes a `FormatNeeded` warning, and
    /// the evidence gets a proposal, until a header turns up.
    pub fn headerless(format: Option<LineFormat>) -> Self {
        Self::new(Format::FlowHeaderless, format)
    }

    fn new(format: Format, stated: Option<LineFormat>) -> Self {
        let reader = stated.clone().map(LineReader::of_stated);
        let awaits_header = format == Format::FlowText;
        let state = State { reader, quest: Quest::default(), headerless_format: stated, awaits_header };
        Self { lines: Lines::default(), state, format }
    }
}

impl Parser for FlowTextParser {
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
        self.state.quest.finish(out);
    }

    fn format(&self) -> Format {
        self.format
    }

    fn record_format(&self) -> Option<String> {
        self.state.headerless_format.as_ref().map(LineFormat::to_spec)
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.state.quest.wanted()
    }
}

impl State {
    #[inline]
    fn line(&mut self, line: &Line, out: &mut Emitter) {
        let Some(place) = place_of(line, out) else { return };
        // Records begin with a digit or a hyphen in most formats; a header never does.
        if !matches!(line.bytes.first(), Some(b'0'..=b'9' | b'-')) {
            if trim_end(line.bytes).is_empty() {
                return;
            }
            if let Some(format) = LineFormat::from_header(line.bytes) {
                names::tell_slips(&format.unknown_names(), &format.fields(), out);
                match &mut self.reader {
                    Some(reader) => reader.set_format(format),
                    None => self.reader = Some(LineReader::new(format)),
                }
                return;
            }
        }
        match &mut self.reader {
            Some(reader) => _ = reader.read(line.bytes, place, out),
            None if self.awaits_header => {
                out.warn(place.warning(Reason::NotARecord, "the line stands before the header", line.bytes));
            }
            None => {
                self.quest.note(line.bytes, out);
                out.warn(place.warning(Reason::FormatNeeded, "the format of this record is not known", line.bytes));
            }
        }
    }
}

/// The place of a line that can be read; a warning for one that cannot.
#[inline]
pub(super) fn place_of(line: &Line, out: &mut Emitter) -> Option<Place> {
    match u32::try_from(line.number) {
        Ok(position) if !line.too_long => Some(Place { position, offset: line.offset, len: line.len as u32 }),
        _ => {
            let (reason, detail) = if line.too_long {
                (Reason::TooLong, format!("a line of {} bytes, the limit is {LONGEST_LINE_BYTES}", line.len))
            } else {
                (Reason::NotARecord, format!("line numbers end at {}", u32::MAX))
            };
            out.warn(warning(line, reason, detail));
            None
        }
    }
}

/// The last line of content that ends early is no record, even if it has all its values: its last one may be cut.
pub(super) fn cut_off(line: &Line, why: &str, out: &mut Emitter) {
    if !trim_end(line.bytes).is_empty() {
        out.warn(warning(line, Reason::CutOff, why.to_owned()));
    }
}

fn warning(line: &Line, reason: Reason, detail: String) -> ImportWarning {
    ImportWarning {
        scope: Scope::Element,
        position: line.number,
        offset: line.offset,
        len: line.len,
        reason,
        detail,
        raw: line.bytes.get(..RAW_KEPT_BYTES).unwrap_or(line.bytes).to_vec(),
    }
}
