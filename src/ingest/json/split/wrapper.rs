//! Objects that wrap a list of records: how one is reported while it is read, and what is in it beside the list.

use super::scan::Input;
use super::{Container, Frame, Purpose, Sink, Splitter, State};
use crate::ingest::json::text::scalars_before;

/// How far into an object a list may begin that is not its own member but that of an object inside of it.
const MOST_BEFORE: usize = 64 << 10;
/// Lists inside of an object that are looked at before it is taken for one that wraps nothing.
const MOST_TRIED: u8 = 4;

/// The name of the member whose list begins behind this text.
fn list_name(before: &[u8]) -> Option<&[u8]> {
    let name = before.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"")?;
    let open = memchr::memrchr(b'"', name)?;
    name.get(open + 1..)
}

/// May a list inside of an inner object be one of records, as far as the text before it is at hand?
pub(super) fn may_be_inner(before: &[u8], is_all: bool) -> bool {
    /// Bytes of the longest name, its quotes, colon and blanks.
    const LOOK: usize = 40;
    let tail = before.get(before.len().saturating_sub(LOOK)..).unwrap_or(before);
    list_name(tail).map_or(!is_all && before.len() < LOOK, |name| matches!(name, b"Records" | b"hits" | b"Rows"))
}

/// The names of the objects that are open at the end of this text, outermost first; the first one has none.
fn open_objects(text: &[u8]) -> Vec<&[u8]> {
    let (mut open, mut name, mut at): (Vec<&[u8]>, &[u8], usize) = (Vec::new(), b"", 0);
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'{' => open.push(std::mem::take(&mut name)),
            b'}' => _ = open.pop(),
            b'"' => {
                let begin = at;
                while let Some(byte) = text.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
                name = text.get(begin..at).unwrap_or_default();
                at += 1;
            }
            _ => {}
        }
    }
    open
}

/// A member that an event or a subscription's object has: lists in objects inside of it are its own.
fn is_known(text: &[u8]) -> bool {
    [b"\"eventVersion\"".as_slice(), b"\"eventSource\"", b"\"eventName\"", b"\"messageType\""]
        .iter()
        .any(|name| memchr::memmem::find(text, name).is_some())
}

impl Splitter {
    /// An object that holds a list: is it a wrapper, whose elements are what we are after?
    pub(super) fn maybe_wrapper(&mut self, input: &mut Input<'_>, sink: &mut impl Sink) {
        let inner = self.scan.depth > 2;
        let purpose = self.scan.purpose;
        let objects = usize::try_from(self.scan.depth).unwrap_or(usize::MAX).saturating_sub(1);
        if !matches!(purpose, Purpose::Record | Purpose::Member)
            || self.stack.len().saturating_add(objects) >= self.limits.depth
        {
            return;
        }
        let (start, end) = self.scan.key;
        if !inner && self.buffer.is_empty() && input.part().get(start..end).and_then(Container::of_key).is_none() {
            return;
        }
        self.scan.tried += u8::from(inner);
        self.buffer.extend_from_slice(input.part());
        input.from = input.at;
        let Some((container, before)) = self.list_at_hand(inner || purpose == Purpose::Member) else { return };
        if memchr::memmem::find(before, b"\"eventVersion\"").is_some() || inner && is_known(before) {
            return;
        }
        let scalars = scalars_before(before, objects);
        if purpose == Purpose::Record {
            self.is_map = inner && container == Container::Records;
            sink.wrapper();
        }
        for (key, value) in scalars {
            sink.scalar(&key, &value);
        }
        self.buffer.clear();
        self.state = State::Between;
        (self.key, self.colon) = (None, false);
        self.stack.extend(std::iter::repeat_n(Frame::Wrapper, objects));
        self.stack.push(Frame::List(container));
        sink.open(container);
    }

    /// The list that begins at the end of the buffer, and what is before its name. One in an inner object has to have
    /// the place that AWS or a search gives it.
    fn list_at_hand(&self, is_inner: bool) -> Option<(Container, &[u8])> {
        let text = self.buffer.strip_suffix(b"[")?;
        if !is_inner {
            let (start, end) = self.scan.key;
            let container = text.get(start..end).and_then(Container::of_key)?;
            return Some((container, text.get(..start.saturating_sub(1)).unwrap_or_default()));
        }
        if text.len() > MOST_BEFORE {
            return None;
        }
        let name = list_name(text)?;
        let colon = memchr::memrchr(b':', text)?;
        let quoted = text.get(..colon)?.trim_ascii_end();
        let before = quoted.get(..quoted.len().checked_sub(name.len() + 2)?)?;
        let parent = open_objects(before).last().copied().unwrap_or_default();
        let fits = match name {
            b"Records" => true,
            b"hits" => parent == b"hits",
            b"Rows" => parent == b"ResultSet",
            _ => false,
        };
        fits.then(|| Container::of_key(name)).flatten().map(|container| (container, before))
    }

    /// May the list that begins here, in an inner object, be looked at?
    pub(super) fn tries_left(tried: u8) -> bool {
        tried < MOST_TRIED
    }

    pub(super) fn in_wrapper(&mut self, byte: u8, input: &mut Input<'_>, sink: &mut impl Sink) {
        match byte {
            b':' => {
                self.colon = self.key.is_some();
                input.at += 1;
            }
            b'"' => self.start(Purpose::Text, byte, input),
            b'}' => {
                self.stack.pop();
                (self.key, self.colon) = (None, false);
                input.at += 1;
            }
            b'[' | b'{' if !self.colon => {
                // A value where a key should be: the wrapper was never closed, and something new begins.
                self.stack.pop();
                self.key = None;
            }
            b'[' => match self.key.as_deref().and_then(|key| Container::of_key(key.as_bytes())) {
                Some(container) => {
                    (self.key, self.colon) = (None, false);
                    self.open(container, input, sink);
                }
                None => self.start(Purpose::Skip, byte, input),
            },
            b'{' if self.is_map => self.start(Purpose::Member, byte, input),
            b'{' => self.start(Purpose::Skip, byte, input),
            b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' if self.colon => {
                self.buffer.clear();
                self.state = State::Literal;
            }
            _ => self.start_garbage(input),
        }
    }
}
