//! Which flow parser reads this content, by the content alone.

use super::export::{self, ExportParser};
use super::format::LineFormat;
use super::parquet::MAGIC;
use super::place::MessageSink;
use super::{CsvParser, FlowTextParser, ParquetParser};
use super::{csv, infer, shape, split};
use crate::ingest::detect::Head;
use crate::ingest::{FormatChoice, Parser};

/// Lines that a guess without a header is made from.
const GUESSED_LINES: usize = 8;

/// The parser of flow records for the content, or of CloudWatch's text forms, whose messages that are JSON objects go to
/// the sink. `None` where the content is none of these.
pub fn detect(
    head: &Head,
    choice: &FormatChoice,
    cloudtrail_sink: &dyn Fn() -> Box<dyn MessageSink>,
) -> Option<Box<dyn Parser>> {
    if head.bytes.starts_with(MAGIC) {
        return Some(Box::new(ParquetParser::new()));
    }
    let lines = first_lines(head);
    let first = *lines.first()?;
    if LineFormat::from_header(first).is_some() {
        return Some(Box::new(FlowTextParser::with_header()));
    }
    // Any log may begin with such a stamp; an export has one on nearly every line.
    let stamped = lines.iter().filter(|line| export::message_of(line).is_some()).count();
    if export::message_of(first).is_some() && stamped * 2 > lines.len() {
        return Some(Box::new(ExportParser::new(choice, Some(cloudtrail_sink()))));
    }
    if csv::has_header(head.bytes) {
        return Some(Box::new(CsvParser::new(choice, Some(cloudtrail_sink()))));
    }
    headerless(&lines, choice).map(|format| Box::new(FlowTextParser::headerless(format)) as Box<dyn Parser>)
}

/// Is it a record without a header, and if so, of which format (none yet, in the inner `None`)? A stated format counts
/// before the default if its values fit, for it may have 14 fields of its own.
fn headerless(lines: &[&[u8]], choice: &FormatChoice) -> Option<Option<LineFormat>> {
    let first = lines.first()?;
    let stated = super::stated_format(choice);
    if let Some(format) = stated.as_ref().filter(|format| infer::fits(format, first)) {
        return Some(Some(format.clone()));
    }
    if shape::is_default_v2(first) {
        return Some(Some(LineFormat::default_v2()));
    }
    if !shape::is_plausible(first) {
        return None;
    }
    // One odd line among many is an odd line; a file that is mostly something else is something else.
    let plausible = lines.iter().filter(|line| shape::is_plausible(line)).count();
    let width = split::tokens(first).count();
    let same_width = lines.iter().filter(|line| split::tokens(line).count() == width).count();
    (plausible * 4 >= lines.len() * 3 && same_width * 4 >= lines.len() * 3).then_some(stated)
}

/// The first lines that are not blank. A last line without its end is left out, unless it is the only one or the end of
/// the content.
fn first_lines<'a>(head: &Head<'a>) -> Vec<&'a [u8]> {
    let mut lines: Vec<&[u8]> = head.bytes.split(|b| *b == b'\n').take(10 * GUESSED_LINES).collect();
    if lines.len() > 1 && lines.len() < 10 * GUESSED_LINES && !head.complete {
        lines.pop();
    }
    lines.retain(|line| !split::trim_end(line).is_empty());
    lines.truncate(GUESSED_LINES);
    lines
}
