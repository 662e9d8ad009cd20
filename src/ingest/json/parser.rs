//! The parser of everything JSON-shaped: the splitter finds the elements, `classify` says what each is, and here each
//! becomes one record or one warning.

use super::classify::{Found, classify};
use super::split::{Container, Limits, Sink, Span, Splitter, Tail};
use crate::ingest::cloudtrail::CloudTrailMessages;
use crate::ingest::emit::{Emitter, FlowRecordSink, FormatWanted, MessageSink, Parser, Place, StreamEnd};
use crate::model::batch::Completeness;
use crate::model::{Format, ImportWarning, Reason};

/// Where flow records that were met in JSON go.
pub struct FlowSinks {
    pub messages: Box<dyn MessageSink>,
    pub records: Box<dyn FlowRecordSink>,
}

/// Parses JSON in any wrapping that CloudTrail, CloudWatch Logs or flow logs come in.
pub struct JsonParser {
    splitter: Splitter,
    reader: Reader,
}

struct Reader {
    events: CloudTrailMessages,
    flow: FlowSinks,
    /// Of the last element.
    position: u32,
    format: Option<Format>,
    /// The messages of this object are CloudWatch's own, not log events.
    control: bool,
    /// The name of the token with which the last page said that there is more.
    token: Option<String>,
    /// Logs Insights: the query had not come to its end.
    status: Option<String>,
}

impl JsonParser {
    pub fn new(flow: FlowSinks) -> Self {
        Self::with_limits(flow, Limits::default())
    }

    pub fn with_limits(flow: FlowSinks, limits: Limits) -> Self {
        let reader = Reader {
            events: CloudTrailMessages::new(),
            flow,
            position: 0,
            format: None,
            control: false,
            token: None,
            status: None,
        };
        Self { splitter: Splitter::new(limits), reader }
    }

    /// Takes an element that did not come as text: one record, or one warning. It has no bytes of its own in the content.
    pub fn row(&mut self, json: &str, out: &mut Emitter) {
        let span = Span { offset: 0, len: 0 };
        let mut pass = Pass { reader: &mut self.reader, out };
        if let Err(why) = pass.element(json.as_bytes(), span, Container::Top) {
            pass.fault(Reason::BadJson, why, json.as_bytes(), span);
        }
    }
}

impl Parser for JsonParser {
    fn push(&mut self, content: &[u8], out: &mut Emitter) {
        self.splitter.push(content, &mut Pass { reader: &mut self.reader, out });
    }

    fn finish(&mut self, end: &StreamEnd, out: &mut Emitter) {
        let tail = self.splitter.finish(&mut Pass { reader: &mut self.reader, out });
        if tail == Tail::Unclosed && *end == StreamEnd::Complete {
            out.warn(ImportWarning::file(
                Reason::CutOff,
                "the content ends inside a list or object that was not closed",
            ));
        }
        if let Some(token) = self.reader.token.take() {
            out.warn(ImportWarning::file(
                Reason::IncompleteCapture,
                format!("{token}: there was more than this capture holds"),
            ));
        }
        let insights = self.format() == Format::CloudWatchInsightsJson;
        if let Some(status) = self.reader.status.take_if(|_| insights) {
            out.warn(ImportWarning::file(Reason::IncompleteCapture, format!("the query's status was {status}")));
        }
        self.reader.flow.messages.finish(out);
    }

    fn format(&self) -> Format {
        self.reader.format.unwrap_or(Format::CloudTrailJson)
    }

    fn record_format(&self) -> Option<String> {
        self.reader.flow.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.reader.flow.messages.format_wanted()
    }
}

/// The format that a list says by its name alone.
pub fn format_of(container: Container) -> Format {
    match container {
        Container::Top | Container::List | Container::Records => Format::CloudTrailJson,
        Container::LookupEvents => Format::CloudTrailLookupEvents,
        Container::CloudWatchEvents => Format::CloudWatchEvents,
        Container::LogEvents => Format::CloudWatchSubscription,
        Container::Results => Format::CloudWatchInsightsJson,
    }
}

struct Pass<'a> {
    reader: &'a mut Reader,
    out: &'a mut Emitter,
}

impl Pass<'_> {
    fn place(&mut self, span: Span) -> Place {
        self.reader.position = self.reader.position.saturating_add(1);
        let len = u32::try_from(span.len).unwrap_or(u32::MAX);
        Place { position: self.reader.position, offset: span.offset, len }
    }

    fn learn(&mut self, format: Format) {
        self.reader.format.get_or_insert(format);
    }

    fn message(&mut self, message: &str, place: Place) {
        let message = message.trim();
        let reader = &mut *self.reader;
        if message.starts_with('{') {
            reader.events.message(message.as_bytes(), place, self.out);
        } else {
            reader.flow.messages.message(message.as_bytes(), place, self.out);
        }
    }
}

impl Sink for Pass<'_> {
    fn element(&mut self, raw: &[u8], span: Span, container: Container) -> Result<(), String> {
        if self.reader.control && container == Container::LogEvents {
            return Ok(());
        }
        // The place is taken only once it is clear that the element is no fault, which takes one itself.
        let next = Place { position: self.reader.position.saturating_add(1), offset: span.offset, len: 0 };
        let text = self.reader.events.text(raw, next, self.out);
        let found = classify(&text, container, self.reader.events.reader())?;
        // Where `messageType` comes after the messages (keys sorted by another tool), the message itself tells.
        if let (Found::Message(message, _), Container::LogEvents) = (&found, container)
            && message.starts_with("CWL CONTROL MESSAGE")
        {
            return Ok(());
        }
        let place = self.place(span);
        match found {
            Found::Event(values) => {
                self.learn(format_of(container));
                CloudTrailMessages::emit(&text, values, Completeness::Full, place, self.out);
            }
            Found::Inner(json, format) => {
                self.learn(format);
                self.reader.events.event(json.trim(), raw, Completeness::Full, place, self.out);
            }
            Found::Partial(json, format) => {
                self.learn(format);
                self.reader.events.event(&json, raw, Completeness::QueryCsv, place, self.out);
            }
            Found::Message(message, format) => {
                self.learn(format);
                self.message(&message, place);
            }
            Found::Flow(record, format) => {
                self.learn(format);
                self.reader.flow.records.record(&record, raw, place, self.out);
            }
            Found::Digest(digest, format) => {
                self.learn(format);
                self.out.digest(digest);
            }
            Found::Refused(detail, format) => {
                self.learn(format);
                self.out.warn(place.warning(Reason::NotARecord, detail, raw));
            }
            Found::Nothing => {
                let detail = "JSON that is neither an event nor a flow record";
                self.out.warn(place.warning(Reason::NotARecord, detail, raw));
            }
        }
        Ok(())
    }

    fn ahead(&mut self, text: &str, offset: u64, limits: Limits) -> Option<usize> {
        let (values, len) = self.reader.events.reader().read_ahead(text)?;
        let event = text.get(..len).filter(|_| len <= limits.element_bytes)?;
        // With no more brackets than levels that are allowed, none is too deep.
        let brackets = memchr::memchr2_iter(b'{', b'[', event.as_bytes()).take(limits.depth + 1).count();
        if brackets > limits.depth {
            return None;
        }
        let place = self.place(Span { offset, len: len as u64 });
        self.learn(format_of(Container::Records));
        CloudTrailMessages::emit(event, values, Completeness::Full, place, self.out);
        Some(len)
    }

    fn fault(&mut self, reason: Reason, detail: String, raw: &[u8], span: Span) {
        let place = self.place(span);
        // An element that was skipped may be longer than a place can say.
        let warning = ImportWarning { len: span.len, ..place.warning(reason, detail, raw) };
        self.out.warn(warning);
    }

    fn open(&mut self, container: Container) {
        // A list within a plain list says more than the plain list did; what the elements are says most.
        if !matches!(container, Container::List) {
            self.learn(format_of(container));
        }
    }

    fn wrapper(&mut self) {
        self.reader.control = false;
        self.reader.token = None;
    }

    fn scalar(&mut self, key: &str, value: &str) {
        match key {
            "messageType" => self.reader.control = value != "DATA_MESSAGE",
            "status" if value != "Complete" => self.reader.status = Some(value.to_owned()),
            "NextToken" | "nextToken" | "nextForwardToken" if !value.is_empty() && value != "null" => {
                self.reader.token = Some(key.to_owned());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "parser_tests.rs"]
pub(crate) mod tests;
