//! Where an element stands in the evidence, and who takes the message of a CloudWatch envelope.

use crate::ingest::Emitter;
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{ImportWarning, Reason, Scope};

/// Where one line or element stands in the uncompressed content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Line or element, from 1.
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
        ImportWarning {
            scope: Scope::Element,
            position: u64::from(self.position),
            offset: self.offset,
            len: u64::from(self.len),
            reason,
            detail: detail.into(),
            raw: raw.get(..RAW_KEPT_BYTES).unwrap_or(raw).to_vec(),
        }
    }
}

/// Takes the messages of an envelope (CloudWatch export line, CSV cell, JSON string) one by one.
pub trait MessageSink: Send {
    /// Reads one message; emits exactly one record or one element warning. Returns whether it was a record.
    fn message(&mut self, message: &[u8], place: Place, out: &mut Emitter) -> bool;

    /// The end of the evidence: whatever is to be said about the file as a whole.
    fn finish(&mut self, _out: &mut Emitter) {}

    /// The flow log format that was used, where the evidence does not tell it.
    fn record_format(&self) -> Option<String> {
        None
    }
}
