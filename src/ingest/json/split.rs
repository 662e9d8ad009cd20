//! Walks JSON text of any size, pushed in pieces cut anywhere, and hands out the elements in which records live:
//! objects at the top level, elements of lists, and elements of the lists that AWS's wrappers hold (`Records`,
//! `Events`,
//! `events`, `logEvents`, `results`). It knows brackets, strings and a few key names; what an element means is for its
//! receiver. Only the element at hand is kept in memory.
//!
//! Text that is no JSON between elements is handed out as faults, and reading continues behind it. An element that
//! turns out to be broken is searched for the start of a next record, so that one damaged record does not swallow the
//! others.

mod loose;
mod scan;
mod wrapper;

use self::scan::{Input, Scan, Stop};
use super::resync::{Budget, restart_point};
use crate::model::Reason;
use crate::model::warning::RAW_KEPT_BYTES;

/// What an element is a member of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Container {
    /// Nothing: a value of its own, one of several lines or concatenated values.
    Top,
    /// A list at the top level.
    List,
    /// `Records` of a CloudTrail log file.
    Records,
    /// `Events` of `lookup-events`.
    LookupEvents,
    /// `events` of `filter-log-events` and `get-log-events`.
    CloudWatchEvents,
    /// `logEvents` of a subscription.
    LogEvents,
    /// `results` of a Logs Insights query, whose elements are lists, or of another tool's search.
    Results,
    /// A list of another tool's: hits of a search, messages of a queue, records of a stream.
    Items,
    /// `Rows` of Athena's `get-query-results`.
    AthenaRows,
    /// `QueryResultRows` of CloudTrail Lake's `get-query-results`; its elements are lists.
    LakeRows,
}

impl Container {
    pub(super) fn of_key(key: &[u8]) -> Option<Self> {
        let found = KEYS.iter().find(|(name, _)| name.as_bytes() == key);
        found.map(|(_, container)| *container)
    }

    /// Are its elements lists?
    fn holds_lists(self) -> bool {
        matches!(self, Self::Results | Self::LakeRows)
    }
}

/// The members of wrappers whose lists hold records.
const KEYS: [(&str, Container); 11] = [
    ("Records", Container::Records),
    ("Events", Container::LookupEvents),
    ("events", Container::CloudWatchEvents),
    ("logEvents", Container::LogEvents),
    ("results", Container::Results),
    ("records", Container::Items),
    ("hits", Container::Items),
    ("Messages", Container::Items),
    ("logs", Container::Items),
    ("Rows", Container::AthenaRows),
    ("QueryResultRows", Container::LakeRows),
];

/// Where an element or a fault is: bytes from the start of the content, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub offset: u64,
    pub len: u64,
}

/// Takes what the splitter finds, in order of offset.
pub(crate) trait Sink {
    /// An element with balanced brackets: an object, a list or a string. `Err` says why it is no JSON; the splitter
    /// then reports it as a fault.
    fn element(&mut self, raw: &[u8], span: Span, container: Container) -> Result<(), String>;
    /// Text that begins with an element of `Records`, which may be cut off: the sink may take the element at once,
    /// without the search for its end. `Some(bytes)` that it took, at most `limits` allow; what it does with the
    /// element is what
    /// `element` would have done.
    fn ahead(&mut self, _text: &str, _offset: u64, _limits: Limits) -> Option<usize> {
        None
    }
    /// Text that is no element, or an element that could not be taken. `raw` may be cut to `RAW_KEPT_BYTES`.
    fn fault(&mut self, reason: Reason, detail: String, raw: &[u8], span: Span);
    /// An object turned out to wrap a list of elements; its scalars and its lists follow.
    fn wrapper(&mut self);
    /// A list begins, whose elements follow.
    fn open(&mut self, container: Container);
    /// A string, number, boolean or null beside the list in a wrapping object, as text.
    fn scalar(&mut self, key: &str, value: &str);
}

/// How the text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    Complete,
    /// Inside an element; a fault was handed out for it.
    InsideElement,
    /// Between elements, with a list or an object still open.
    Unclosed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of an element.
    pub element_bytes: usize,
    /// Brackets inside brackets.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { element_bytes: 64 << 20, depth: 512 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    List(Container),
    Wrapper,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    Element,
    /// A number, `true`, `false` or `null` in a wrapping object.
    Literal,
    Garbage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Record,
    /// A key or a string value of a wrapping object.
    Text,
    /// An object in a wrapping object: it may wrap records itself, else it holds none.
    Member,
    /// A list in a wrapping object that holds no records.
    Skip,
}

pub(crate) struct Splitter {
    limits: Limits,
    stack: Vec<Frame>,
    state: State,
    scan: Scan,
    buffer: Vec<u8>,
    /// Offset of the next byte that will be pushed.
    offset: u64,
    /// In a wrapping object: the key read last, and whether its colon was seen.
    key: Option<String>,
    colon: bool,
    /// The wrapper at hand is a map of files: each of its objects may hold a list of records.
    is_map: bool,
    /// Of garbage: bytes in all, and up to the last one that is neither blank nor comma.
    garbage: (u64, u64),
    budget: Budget,
}

/// Bytes that have to be read again, because a record begins in what was taken for another one's inside.
struct Replay {
    bytes: Vec<u8>,
    base: u64,
    at: usize,
}

impl Splitter {
    pub(crate) fn new(limits: Limits) -> Self {
        let scan = Scan {
            purpose: Purpose::Record,
            offset: 0,
            depth: 0,
            in_string: false,
            escape: false,
            is_object: false,
            key: (0, 0),
            lists: 0,
            tried: 0,
            skipping: None,
        };
        Self {
            limits,
            stack: Vec::new(),
            state: State::Between,
            scan,
            buffer: Vec::new(),
            offset: 0,
            key: None,
            colon: false,
            is_map: false,
            garbage: (0, 0),
            budget: Budget::default(),
        }
    }

    /// The next piece of content.
    pub(crate) fn push(&mut self, content: &[u8], sink: &mut impl Sink) {
        let base = self.offset;
        self.offset += content.len() as u64;
        self.run(content, base, sink);
    }

    /// The content ends here.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) -> Tail {
        loop {
            match self.state {
                State::Between => break,
                State::Garbage => self.end_garbage(sink),
                State::Literal => self.end_literal(sink),
                State::Element if self.scan.purpose != Purpose::Record => {
                    self.buffer.clear();
                    return Tail::Unclosed;
                }
                State::Element => {
                    self.state = State::Between;
                    let end = Input { bytes: &[], text: "", base: self.offset, at: 0, from: 0 };
                    if self.scan.skipping.is_some() {
                        self.end_skipped(self.offset, sink);
                        return Tail::InsideElement;
                    }
                    let Some(replay) =
                        self.broken(end, Reason::CutOff, "the content ends inside this element".into(), sink)
                    else {
                        return Tail::InsideElement;
                    };
                    self.run(&replay.bytes, replay.base, sink);
                }
            }
        }
        if self.stack.is_empty() { Tail::Complete } else { Tail::Unclosed }
    }

    /// The unfinished element, for a look at content of which only the beginning is known.
    pub(crate) fn unfinished(&self) -> &[u8] {
        if self.state == State::Element && self.scan.purpose == Purpose::Record { &self.buffer } else { &[] }
    }

    fn run(&mut self, content: &[u8], base: u64, sink: &mut impl Sink) {
        let mut at = 0;
        let text = valid_prefix(content);
        let mut replays: Vec<Replay> = Vec::new();
        loop {
            let replay = match replays.last_mut() {
                Some(top) => {
                    let replay = self.advance((&top.bytes, ""), top.base, &mut top.at, sink);
                    if replay.is_none() {
                        replays.pop();
                    }
                    replay
                }
                None if at >= content.len() => return,
                None => self.advance((content, text), base, &mut at, sink),
            };
            replays.extend(replay);
        }
    }

    /// Reads `bytes` from `at` on, to their end (`None`) or to a place from which other bytes have to be read first.
    /// `text`: as much of them as is known to be UTF-8.
    fn advance(
        &mut self,
        (bytes, text): (&[u8], &str),
        base: u64,
        at: &mut usize,
        sink: &mut impl Sink,
    ) -> Option<Replay> {
        let mut input = Input { bytes, text, base, at: *at, from: *at };
        let mut replay = None;
        while input.at < bytes.len() && replay.is_none() {
            match self.state {
                State::Between => self.between(&mut input, sink),
                State::Element => replay = self.element(&mut input, sink),
                State::Literal => self.literal(&mut input, sink),
                State::Garbage => self.garbage(&mut input, sink),
            }
        }
        if replay.is_none() && self.state == State::Element && self.scan.skipping.is_none() {
            self.buffer.extend_from_slice(bytes.get(input.from..).unwrap_or_default());
        }
        *at = input.at;
        replay
    }

    fn between(&mut self, input: &mut Input<'_>, sink: &mut impl Sink) {
        let Some(skip) = input.rest().iter().position(|b| !matches!(b, b' ' | b'\n' | b'\r' | b'\t' | b',' | 0x1e))
        else {
            input.at = input.bytes.len();
            return;
        };
        input.at += skip;
        let Some(&byte) = input.bytes.get(input.at) else { return };
        if self.stack.last() == Some(&Frame::Wrapper) {
            return self.in_wrapper(byte, input, sink);
        }
        match byte {
            b'{' if self.container() == Container::Records => {
                match sink.ahead(input.text_ahead(), input.offset(), self.limits) {
                    Some(len) => input.at += len,
                    None => self.start(Purpose::Record, byte, input),
                }
            }
            b'{' | b'"' => self.start(Purpose::Record, byte, input),
            b'[' if self.container().holds_lists() || self.stack.len() >= self.limits.depth => {
                self.start(Purpose::Record, byte, input);
            }
            b'[' => {
                let container = if self.stack.is_empty() { Container::List } else { self.container() };
                self.open(container, input, sink);
            }
            b']' if !self.stack.is_empty() => {
                self.stack.pop();
                input.at += 1;
            }
            _ => self.start_garbage(input),
        }
    }

    fn container(&self) -> Container {
        match self.stack.last() {
            Some(Frame::List(container)) => *container,
            Some(Frame::Wrapper) | None => Container::Top,
        }
    }

    fn open(&mut self, container: Container, input: &mut Input<'_>, sink: &mut impl Sink) {
        self.stack.push(Frame::List(container));
        sink.open(container);
        input.at += 1;
    }

    fn start(&mut self, purpose: Purpose, byte: u8, input: &mut Input<'_>) {
        self.buffer.clear();
        self.state = State::Element;
        self.scan = Scan {
            purpose,
            offset: input.offset(),
            depth: u64::from(byte != b'"'),
            in_string: byte == b'"',
            escape: false,
            is_object: byte == b'{',
            key: (0, 0),
            lists: u64::from(byte == b'['),
            tried: 0,
            skipping: (purpose == Purpose::Skip).then_some(Reason::TooLong),
        };
        input.from = input.at;
        input.at += 1;
    }

    /// Continues in the element at hand.
    fn element(&mut self, input: &mut Input<'_>, sink: &mut impl Sink) -> Option<Replay> {
        let cap = match self.scan.skipping {
            Some(_) => input.bytes.len(),
            None => input.bytes.len().min(input.from + self.limits.element_bytes.saturating_sub(self.buffer.len())),
        };
        match self.scan_to(cap, input) {
            Stop::End if self.scan.skipping.is_some() => {
                self.state = State::Between;
                self.end_skipped(input.offset(), sink);
                None
            }
            Stop::End => self.end_element(input, sink),
            Stop::List => {
                self.maybe_wrapper(input, sink);
                None
            }
            Stop::TooDeep => self.give_up(input, Reason::TooDeep, sink),
            Stop::Cap if cap < input.bytes.len() => self.give_up(input, Reason::TooLong, sink),
            Stop::Cap => None,
        }
    }

    fn end_element(&mut self, input: &mut Input<'_>, sink: &mut impl Sink) -> Option<Replay> {
        self.state = State::Between;
        let part = input.part();
        let buffered = !self.buffer.is_empty();
        if buffered {
            self.buffer.extend_from_slice(part);
        }
        if self.scan.purpose == Purpose::Member {
            (self.key, self.colon) = (None, false);
            self.buffer.clear();
            return None;
        }
        let raw = if buffered { &self.buffer } else { part };
        if self.scan.purpose == Purpose::Text {
            let text = super::text::string(raw);
            match self.key.take_if(|_| self.colon) {
                Some(key) => sink.scalar(&key, &text),
                None => self.key = Some(text),
            }
            self.colon = false;
            return None;
        }
        let span = Span { offset: self.scan.offset, len: raw.len() as u64 };
        let container = self.container();
        let detail = sink.element(raw, span, container).err()?;
        if !buffered {
            self.buffer.extend_from_slice(part);
        }
        let end = Input { bytes: &[], text: "", base: input.offset(), at: 0, from: 0 };
        self.broken(end, Reason::BadJson, detail, sink)
    }

    /// The element at hand breaks a limit at `input.at`: a restart inside of it, or the rest of it is skipped.
    fn give_up(&mut self, input: &mut Input<'_>, reason: Reason, sink: &mut impl Sink) -> Option<Replay> {
        if self.scan.purpose == Purpose::Record {
            self.buffer.extend_from_slice(input.part());
            input.from = input.at;
            if let Some(restart) = restart_point(&self.buffer, self.container() == Container::Top)
                && self.budget.spend(self.buffer.len() - restart, input.offset())
            {
                self.state = State::Between;
                return Some(self.split_at(restart, reason, self.limit_detail(reason), sink));
            }
        }
        self.buffer.truncate(RAW_KEPT_BYTES);
        self.buffer.shrink_to_fit();
        self.scan.skipping = Some(reason);
        None
    }

    fn limit_detail(&self, reason: Reason) -> String {
        match reason {
            Reason::TooDeep => format!("nested deeper than {} levels", self.limits.depth),
            _ => format!("longer than {} bytes", self.limits.element_bytes),
        }
    }

    fn end_skipped(&mut self, end: u64, sink: &mut impl Sink) {
        let span = Span { offset: self.scan.offset, len: end - self.scan.offset };
        if self.scan.purpose == Purpose::Record {
            let reason = self.scan.skipping.unwrap_or(Reason::TooLong);
            sink.fault(reason, self.limit_detail(reason), &self.buffer, span);
        }
        (self.key, self.colon) = (None, false);
        self.buffer.clear();
    }

    /// The element in `buffer`, which ends where `end` is, is a fault; reading restarts where another record seems to
    /// begin inside of it.
    fn broken(&mut self, end: Input<'_>, reason: Reason, detail: String, sink: &mut impl Sink) -> Option<Replay> {
        if let Some(restart) = restart_point(&self.buffer, self.container() == Container::Top)
            && self.budget.spend(self.buffer.len() - restart, end.offset())
        {
            return Some(self.split_at(restart, Reason::BadJson, detail, sink));
        }
        let span = Span { offset: self.scan.offset, len: self.buffer.len() as u64 };
        sink.fault(reason, detail, &self.buffer, span);
        self.buffer.clear();
        None
    }

    fn split_at(&mut self, restart: usize, reason: Reason, detail: String, sink: &mut impl Sink) -> Replay {
        let bytes = self.buffer.split_off(restart);
        let raw = self.buffer.trim_ascii_end();
        sink.fault(reason, detail, raw, Span { offset: self.scan.offset, len: raw.len() as u64 });
        self.buffer.clear();
        Replay { bytes, base: self.scan.offset + restart as u64, at: 0 }
    }
}

fn valid_prefix(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or(""),
    }
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
