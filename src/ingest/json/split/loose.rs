//! What is between elements: values of a wrapping object, and text that is no JSON.

use super::scan::Input;
use super::{Frame, Sink, Span, Splitter, State};
use crate::model::Reason;
use crate::model::warning::RAW_KEPT_BYTES;

impl Splitter {
    pub(super) fn literal(&mut self, input: &mut Input<'_>, sink: &mut impl Sink) {
        let rest = input.rest();
        let ends = |b: &u8| matches!(b, b',' | b'}' | b']' | b'{' | b'[' | b'"' | b':') || b.is_ascii_whitespace();
        let n = rest.iter().position(ends).unwrap_or(rest.len());
        let kept = n.min(RAW_KEPT_BYTES.saturating_sub(self.buffer.len()));
        self.buffer.extend_from_slice(rest.get(..kept).unwrap_or_default());
        input.at += n;
        if n < rest.len() {
            self.end_literal(sink);
        }
    }

    pub(super) fn end_literal(&mut self, sink: &mut impl Sink) {
        if let Some(key) = self.key.take() {
            sink.scalar(&key, &String::from_utf8_lossy(&self.buffer));
        }
        self.colon = false;
        self.buffer.clear();
        self.state = State::Between;
    }

    pub(super) fn start_garbage(&mut self, input: &Input<'_>) {
        self.buffer.clear();
        self.scan.offset = input.offset();
        self.garbage = (0, 0);
        (self.key, self.colon) = (None, false);
        self.state = State::Garbage;
    }

    /// A run of garbage goes up to where a value or the list's end is; at the top level, up to the line's end.
    pub(super) fn garbage(&mut self, input: &mut Input<'_>, sink: &mut impl Sink) {
        let top = self.stack.is_empty();
        let in_wrapper = self.stack.last() == Some(&Frame::Wrapper);
        while let Some(&byte) = input.bytes.get(input.at) {
            let ends = match byte {
                b'{' | b'[' => true,
                b'\n' => top,
                b']' => !top && !in_wrapper,
                b'}' => in_wrapper,
                b'"' => in_wrapper || self.buffer.trim_ascii_end().last() == Some(&b','),
                _ => false,
            };
            if ends && self.garbage.0 > 0 {
                return self.end_garbage(sink);
            }
            input.at += 1;
            self.garbage.0 += 1;
            if self.buffer.len() < RAW_KEPT_BYTES {
                self.buffer.push(byte);
            }
            if byte != b',' && !byte.is_ascii_whitespace() {
                self.garbage.1 = self.garbage.0;
            }
        }
    }

    pub(super) fn end_garbage(&mut self, sink: &mut impl Sink) {
        self.state = State::Between;
        self.buffer.truncate(usize::try_from(self.garbage.1).unwrap_or(usize::MAX));
        // The byte order mark of a file that was appended to another says nothing.
        if self.buffer != [0xef, 0xbb, 0xbf] {
            let span = Span { offset: self.scan.offset, len: self.garbage.1 };
            sink.fault(Reason::NotARecord, "text between records".into(), &self.buffer, span);
        }
        self.buffer.clear();
    }
}
