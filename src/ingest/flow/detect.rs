//! Which flow parser reads this content, by the content alone.

use super::export::{self, ExportParser};
use super::format::LineFormat;
use super::place::MessageSink;
use super::{CsvParser, FlowTextParser};
use super::{csv, csv_header, infer, shape, split};
use crate::ingest::head::Head;
use crate::ingest::{FormatChoice, Parser};

/// Lines that are looked at: what is cut off, a comment or a shell's prompt may be before the first record.
const GUESSED_LINES: usize = 100;

/// The parser of flow records for the content, or of CloudWatch's text forms, whose messages that are JSON objects go
/// to the sink. `None` where the content is none of these.
pub fn detect(
    head: &Head,
    choice: &FormatChoice,
    cloudtrail_sink: &dyn Fn() -> Box<dyn MessageSink>,
) -> Option<Box<dyn Parser>> {
    let lines = first_lines(head);
    let first = *lines.first()?;
    // A spreadsheet's tabs: cells may be empty, or hold blanks.
    let is_table =
        lines.iter().all(|line| line.contains(&b'\t')) && csv_header::delimiter_of_header(first) == Some(b'\t');
    if LineFormat::from_header(first).is_some() && !is_table {
        return Some(Box::new(FlowTextParser::with_header()));
    }
    // Any log may begin with such a stamp; an export has one on nearly every line, or behind it JSON of many lines.
    let from = lines.iter().position(|line| export::stamped(line).is_some()).unwrap_or(lines.len());
    let messages = lines.get(from..).unwrap_or_default();
    let stamped = messages.iter().filter(|line| export::stamped(line).is_some()).count();
    let starts_json = |line: &&[u8]| matches!(line.first(), Some(b'{' | b'}' | b' ' | b'\t'));
    let rest = messages.iter().filter(|line| export::stamped(line).is_none() && !starts_json(line)).count();
    let stated = super::stated_format(choice);
    let is_message = |message: &[u8]| {
        message.starts_with(b"{")
            || shape::is_plausible(message)
            || shape::is_default_v2(message)
            || stated.as_ref().is_some_and(|format| infer::fits(format, message))
    };
    let is_export = |line: &&[u8]| {
        export::is_of_export_task(line) || starts_json(line) || export::stamped(line).is_some_and(is_message)
    };
    if stamped > rest && messages.iter().any(is_export) {
        return Some(Box::new(ExportParser::new(choice, Some(cloudtrail_sink()))));
    }
    if lines.iter().any(|line| csv_header::delimiter_of_header(line).is_some()) {
        return Some(Box::new(CsvParser::new(choice, Some(cloudtrail_sink()))));
    }
    let default = LineFormat::default_v2();
    for format in stated.iter().chain([&default]) {
        if let Some(delimiter) = csv::fits(format, &lines) {
            return Some(Box::new(CsvParser::with_columns(format, delimiter, choice, Some(cloudtrail_sink()))));
        }
    }
    // What is before a header is no record, unless it is one of the default format or of the one that was stated.
    let header = lines.iter().position(|line| LineFormat::from_header(line).is_some());
    let is_record =
        |line: &&[u8]| shape::is_default_v2(line) || stated.as_ref().is_some_and(|format| infer::fits(format, line));
    if header.and_then(|at| lines.get(..at)).is_some_and(|before| !before.iter().any(is_record)) {
        return Some(Box::new(FlowTextParser::with_header()));
    }
    headerless(&lines, stated).map(|format| Box::new(FlowTextParser::headerless(format)) as Box<dyn Parser>)
}

/// Are there records without a header, and if so, of which format (none yet, in the inner `None`)? A stated format
/// counts before the default if the values of any line fit, for it may have 14 fields of its own.
fn headerless(lines: &[&[u8]], stated: Option<LineFormat>) -> Option<Option<LineFormat>> {
    if let Some(format) = stated.as_ref().filter(|format| lines.iter().any(|line| infer::fits(format, line))) {
        return Some(Some(format.clone()));
    }
    // A first line of the default format speaks for the file.
    let begins = lines.first().is_some_and(|line| shape::is_default_v2(line));
    if begins || from_first(lines, shape::is_default_v2).is_some() {
        return Some(Some(LineFormat::default_v2()));
    }
    let records = from_first(lines, shape::is_plausible)?;
    // One odd line among many is an odd line; a file that is mostly something else is something else.
    let widths = records.iter().map(|line| split::tokens(line).count());
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    widths.for_each(|width| *counts.entry(width).or_default() += 1);
    let most = counts.values().max().copied().unwrap_or_default();
    (most * 4 >= records.len() * 3).then_some(stated)
}

/// The lines from the first one that passes on, if most of them pass.
fn from_first<'l, 'a>(lines: &'l [&'a [u8]], passes: impl Fn(&[u8]) -> bool) -> Option<&'l [&'a [u8]]> {
    let first = lines.iter().position(|line| passes(line))?;
    let from = lines.get(first..)?;
    let passing = from.iter().filter(|line| passes(line)).count();
    (passing * 4 >= from.len() * 3).then_some(from)
}

/// The first lines that are not blank. A last line without its end is left out, unless it is the only one or the end of
/// the content.
fn first_lines<'a>(head: &Head<'a>) -> Vec<&'a [u8]> {
    let mut lines: Vec<&[u8]> = head.bytes.split(|b| *b == b'\n').take(2 * GUESSED_LINES).collect();
    if lines.len() > 1 && lines.len() < 2 * GUESSED_LINES && !head.complete {
        lines.pop();
    }
    lines.retain(|line| !split::trim_end(line).is_empty());
    lines.truncate(GUESSED_LINES);
    lines
}
