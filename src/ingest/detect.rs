//! Which parser reads this content, decided by the content alone.

use super::cloudtrail::{self, CloudTrailMessages};
use super::flow::{self, MessageReader, RecordBuilder};
use super::head::Head;
use super::json::{self, FlowSinks};
use super::parquet::{self, ParquetParser};
use super::{Emitter, FlowFields, FlowRecordSink, FormatChoice, MessageSink, Parser, Place};

/// The parser for this content, or `None` where it is no format of ours. JSON is asked first: its first byte says so;
/// flow lines last, because they are reported by their shape only.
pub fn detect(head: &Head<'_>, choice: &FormatChoice) -> Option<Box<dyn Parser>> {
    let sinks = || FlowSinks {
        messages: Box::new(MessageReader::new(choice)),
        records: Box::new(Records(RecordBuilder::new())),
    };
    if head.bytes.starts_with(parquet::MAGIC) {
        return Some(Box::new(ParquetParser::new(sinks())));
    }
    let flows = || {
        let events = || -> Box<dyn MessageSink> { Box::new(CloudTrailMessages::default()) };
        flow::detect(head, choice, &events)
    };
    json::detect_json(head, sinks)
        .or_else(|| cloudtrail::detect_csv(head, sinks))
        .or_else(|| json::is_text_of_cli(head).then(|| json::detect_lines(head, sinks)).flatten())
        .or_else(flows)
        .or_else(|| json::detect_lines(head, sinks))
}

/// Flow records that JSON gives value by value.
struct Records(RecordBuilder);

impl FlowRecordSink for Records {
    fn record(&mut self, fields: &FlowFields, raw: &[u8], place: Place, out: &mut Emitter) -> bool {
        self.0.record(fields, raw, place, out)
    }
}
