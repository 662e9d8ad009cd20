//! The contract between whoever feeds bytes, the parsers, and whoever takes the records.

use crate::model::batch::Digest;
use crate::model::{EventBatch, EventRow, FieldId, FlowBatch, FlowBatchBuilder, Format, ImportWarning, Reason};
use std::collections::BTreeSet;

/// How the content ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    Complete,
    /// The file is cut off or damaged from here on; what came before is kept. The reason, for the warning.
    CutOff(String),
}

/// A parser of one format. Content is UTF-8 as far as the file is (UTF-16 has been transcoded, a byte order mark
/// removed); invalid bytes arrive as they are. Pieces are cut anywhere.
///
/// Invariant: every line or element ends as exactly one record or one `Scope::Element` warning.
pub trait Parser: Send {
    fn push(&mut self, content: &[u8], out: &mut Emitter);
    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter);
    /// After `finish`, until it gives false: emits some more, where it is only read when the content is complete.
    fn rest(&mut self, _out: &mut Emitter) -> bool {
        false
    }
    /// The format as it is now known (a parser may refine what detection said).
    fn format(&self) -> Format;
    /// For headerless records: the flow log format in AWS's notation (`${version} ${account-id} ...`).
    fn record_format(&self) -> Option<String> {
        None
    }
    /// Does it hold records that wait for their format to be named? To be asked after `finish`.
    fn format_wanted(&self) -> Option<FormatWanted> {
        None
    }
}

/// Records came without a header, and no format is known for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatWanted {
    /// A format that would read them, in AWS's notation; `None` where their values suggest none.
    pub proposal: Option<String>,
}

/// What the examiner or the case already knows about formats that files do not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatChoice {
    /// For headerless flow records: field names in order, as `${version} ${account-id} ...` or separated by spaces.
    pub flow_format: Option<String>,
}

/// Where one line or element is in the uncompressed content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Line or element, from 1, strictly increasing.
    pub position: u32,
    /// Bytes from the start of the content.
    pub offset: u64,
    /// Bytes of its raw text, line end not included.
    pub len: u32,
}

impl Place {
    /// A warning that stands for the element here. `raw` may be a part of the element (a message in its envelope); the
    /// length kept is the element's.
    pub fn warning(self, reason: Reason, detail: impl Into<String>, raw: &[u8]) -> ImportWarning {
        let len = u64::from(self.len);
        ImportWarning { len, ..ImportWarning::element(reason, detail, u64::from(self.position), self.offset, raw) }
    }
}

/// Takes the messages that one of CloudWatch's forms carries: flow log lines, or CloudTrail events as JSON.
pub trait MessageSink: Send {
    /// Emits exactly one record, or exactly one `Scope::Element` warning, for this message; true for a record.
    /// `message` is the text without its wrapping; `place` is that of the element that wraps it.
    fn message(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool;

    /// The evidence ends: whatever was held back is emitted now.
    fn finish(&mut self, _out: &mut Emitter) {}

    /// As `Parser::record_format`.
    fn record_format(&self) -> Option<String> {
        None
    }

    /// As `Parser::format_wanted`.
    fn format_wanted(&self) -> Option<FormatWanted> {
        None
    }
}

/// A flow record that came as named values rather than as a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowFields {
    /// Values as text, `-` where the source says so; integers are not checked yet.
    pub fields: Vec<(FieldId, String)>,
    /// Further values: name and the JSON text of the value.
    pub extras: Vec<(String, String)>,
    /// Bytes and packets of the other direction, where the record counts both.
    pub second: Option<[Option<String>; 2]>,
    /// What was decided that the source does not state, each once for an evidence under its key.
    pub remarks: Vec<(&'static str, String)>,
}

/// Takes flow records that came as named values.
pub trait FlowRecordSink: Send {
    /// Emits exactly one record, or exactly one `Scope::Element` warning; true for a record. `raw` is the element as it
    /// is in the evidence, for the warning.
    fn record(&mut self, fields: &FlowFields, raw: &[u8], place: Place, out: &mut Emitter) -> bool;
}

/// A piece of result.
#[derive(Debug)]
pub enum Output {
    Flows(FlowBatch),
    Events(EventBatch),
    Digest(Digest),
    Warnings(Vec<ImportWarning>),
}

impl Output {
    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        match self {
            Output::Flows(batch) => {
                size_of_val(batch.rows.as_slice())
                    + size_of_val(batch.addresses.as_slice())
                    + size_of_val(batch.pairs.as_slice())
                    + batch.extras.iter().map(|json| json.len()).sum::<usize>()
            }
            Output::Events(events) => events.weight(),
            Output::Digest(digest) => 2 * digest.json.len(),
            Output::Warnings(warnings) => warnings.iter().map(|w| size_of_val(w) + w.raw.len() + w.detail.len()).sum(),
        }
    }
}

/// Collects what a parser finds and hands it on in bounded pieces.
#[derive(Default)]
pub struct Emitter {
    /// The flow batch under construction; a parser calls `flow_row_done` after each row.
    pub flows: FlowBatchBuilder,
    events: EventBatch,
    warnings: Vec<ImportWarning>,
    ready: Vec<Output>,
    /// Keys of the remarks that were made.
    remarks: BTreeSet<&'static str>,
}

impl Emitter {
    /// Bytes after which a batch of events is handed on: what a core's own cache holds.
    const EVENTS_FULL_BYTES: usize = 512 << 10;
    const WARNINGS_FULL: usize = 1024;

    /// To be called after a row was added to `flows`.
    #[inline]
    pub fn flow_row_done(&mut self) {
        if self.flows.is_full() {
            let batch = self.flows.take();
            self.ready.push(Output::Flows(batch));
        }
    }

    pub fn event(&mut self, event: EventRow<'_>) {
        self.events.push(event);
        if self.events.weight() >= Self::EVENTS_FULL_BYTES {
            self.flush_events();
        }
    }

    pub fn digest(&mut self, digest: Digest) {
        self.ready.push(Output::Digest(digest));
    }

    pub fn warn(&mut self, warning: ImportWarning) {
        self.warnings.push(warning);
        if self.warnings.len() >= Self::WARNINGS_FULL {
            self.flush_warnings();
        }
    }

    /// A remark on the evidence, once for each key.
    pub fn remark_once(&mut self, key: &'static str, reason: Reason, detail: impl FnOnce() -> String) {
        if self.remarks.insert(key) {
            self.warn(ImportWarning::file(reason, detail()));
        }
    }

    /// Hands on what another emitter gave, behind what is full here.
    pub fn pass_on(&mut self, outputs: Vec<Output>) {
        self.ready.extend(outputs);
    }

    /// What is full; empty most of the time.
    pub fn take_ready(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.ready)
    }

    /// Everything, at the end of the evidence.
    pub fn take_all(&mut self) -> Vec<Output> {
        if !self.flows.is_empty() {
            let batch = self.flows.take();
            self.ready.push(Output::Flows(batch));
        }
        self.flush_events();
        self.flush_warnings();
        self.take_ready()
    }

    fn flush_events(&mut self) {
        if !self.events.is_empty() {
            self.ready.push(Output::Events(std::mem::take(&mut self.events)));
        }
    }

    fn flush_warnings(&mut self) {
        if !self.warnings.is_empty() {
            self.ready.push(Output::Warnings(std::mem::take(&mut self.warnings)));
        }
    }
}
