//! The parser of everything JSON-shaped: the splitter finds the elements, `classify` says what each is, and here each
//! becomes one record or one warning.

use super::classify::{Classifier, Found};
use super::split::{Container, Limits, Sink, Span, Splitter, Tail};
use super::wrap::{self, Inside};
use crate::ingest::cloudtrail::CloudTrailMessages;
use crate::ingest::cloudtrail::event::DEEPEST_EVENT;
use crate::ingest::emit::{Emitter, FlowRecordSink, FormatWanted, MessageSink, Parser, Place, StreamEnd};
use crate::model::batch::Completeness;
use crate::model::{Format, ImportWarning, Reason, Wrapper};

/// Where flow records that were seen in JSON go.
pub(crate) struct FlowSinks {
    pub messages: Box<dyn MessageSink>,
    pub records: Box<dyn FlowRecordSink>,
}

/// Parses JSON in any wrapping that CloudTrail, CloudWatch Logs or flow logs come in.
pub(crate) struct JsonParser {
    splitter: Splitter,
    reader: Reader,
}

struct Reader {
    classifier: Classifier,
    events: CloudTrailMessages,
    flow: FlowSinks,
    /// Of the last element.
    position: u32,
    format: Option<Format>,
    /// What the first list says by its name, for a file in which no element says more.
    opened: Option<Format>,
    /// The messages of this object are CloudWatch's own, not log events.
    control: bool,
    /// The name of the token with which the last page said that there is more.
    token: Option<String>,
    /// Logs Insights: the query had not come to its end.
    status: Option<String>,
}

impl JsonParser {
    pub(crate) fn new(flow: FlowSinks) -> Self {
        Self::with_limits(flow, Limits::default())
    }

    pub(crate) fn with_limits(flow: FlowSinks, limits: Limits) -> Self {
        let reader = Reader {
            classifier: Classifier::default(),
            events: CloudTrailMessages::new(),
            flow,
            position: 0,
            format: None,
            opened: None,
            control: false,
            token: None,
            status: None,
        };
        Self { splitter: Splitter::new(limits), reader }
    }

    /// Takes an element that did not come as text: one record, or one warning. It has no bytes of its own in the
    /// content.
    pub(crate) fn row(&mut self, json: &str, out: &mut Emitter) {
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
        self.reader.format.or(self.reader.opened).unwrap_or(Format::CloudTrailJson)
    }

    fn record_format(&self) -> Option<String> {
        self.reader.flow.messages.record_format()
    }

    fn format_wanted(&self) -> Option<FormatWanted> {
        self.reader.flow.messages.format_wanted()
    }
}

/// The format that a list says by its name alone.
pub(crate) fn format_of(container: Container) -> Format {
    match container {
        Container::Top | Container::List | Container::Records | Container::Items => Format::CloudTrailJson,
        Container::LookupEvents => Format::CloudTrailLookupEvents,
        Container::CloudWatchEvents => Format::CloudWatchEvents,
        Container::LogEvents => Format::CloudWatchSubscription,
        Container::Results => Format::CloudWatchInsightsJson,
        Container::AthenaRows => Format::CloudTrailIn(Wrapper::Athena),
        Container::LakeRows => Format::CloudTrailIn(Wrapper::Lake),
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
        if !message.starts_with('{') {
            reader.flow.messages.message(message.as_bytes(), place, self.out);
            return;
        }
        match reader.events.reader().read(message) {
            Ok(values) if values.is_event && !values.may_wrap => {
                CloudTrailMessages::emit(message, &values, Completeness::Full, place, self.out);
            }
            _ => match wrap::in_text(message, reader.events.reader()) {
                inside if inside.is_empty() => _ = reader.events.message(message.as_bytes(), place, self.out),
                inside => self.inside(inside, message.as_bytes(), place),
            },
        }
    }

    fn inside(&mut self, inside: Vec<Inside>, raw: &[u8], place: Place) {
        let Reader { flow, position, .. } = self.reader;
        let next = || {
            *position = position.saturating_add(1);
            *position
        };
        emit_inside(inside, raw, place, next, flow, self.out);
    }
}

/// Emits what an element wraps. The first takes the place of the element; each further one has the same bytes, and the
/// position that `next` says.
pub(crate) fn emit_inside(
    inside: Vec<Inside>,
    raw: &[u8],
    place: Place,
    mut next: impl FnMut() -> u32,
    flow: &mut FlowSinks,
    out: &mut Emitter,
) {
    for (index, inside) in inside.into_iter().enumerate() {
        let place = if index == 0 { place } else { Place { position: next(), ..place } };
        match inside {
            Inside::Event { json, values, how, fault } => {
                if let Some(why) = fault {
                    out.warn(fault_of_record(place, &why, raw));
                }
                CloudTrailMessages::emit(&json, &values, how, place, out);
            }
            Inside::Flow(record) => _ = flow.records.record(&record, raw, place, out),
            Inside::Line(line) => _ = flow.messages.message(line.as_bytes(), place, out),
            Inside::Unread(why) => out.warn(place.warning(Reason::NotARecord, why, raw)),
            Inside::Quiet => {}
        }
    }
}

/// A warning about an element that became a record all the same; it must not count as an element of its own.
pub(crate) fn fault_of_record(place: Place, why: &str, raw: &[u8]) -> ImportWarning {
    let detail = format!("element {} at byte {}: {why}", place.position, place.offset);
    ImportWarning { raw: place.warning(Reason::BadJson, "", raw).raw, ..ImportWarning::file(Reason::BadJson, detail) }
}

impl Sink for Pass<'_> {
    fn element(&mut self, raw: &[u8], span: Span, container: Container) -> Result<(), String> {
        if self.reader.control && container == Container::LogEvents {
            return Ok(());
        }
        // The place is taken only once it is clear that the element is no fault, which takes one itself.
        let next = Place { position: self.reader.position.saturating_add(1), offset: span.offset, len: 0 };
        let text = self.reader.events.text(raw, next, self.out);
        let found = self.reader.classifier.classify(&text, container)?;
        // Where `messageType` comes after the messages (keys sorted by another tool), the message itself tells.
        if let (Found::Message(message, _), Container::LogEvents) = (&found, container)
            && message.starts_with("CWL CONTROL MESSAGE")
        {
            return Ok(());
        }
        // A wrapper that says of itself that it is empty, or the names of a result's columns.
        if let Found::Inside(inside, format) = &found
            && inside.is_empty()
        {
            self.reader.opened.get_or_insert(*format);
            return Ok(());
        }
        let place = self.place(span);
        match found {
            Found::Inside(inside, format) => {
                self.learn(format);
                self.inside(inside, raw, place);
            }
            Found::Event(values) => {
                self.learn(format_of(container));
                CloudTrailMessages::emit(&text, &values, Completeness::Full, place, self.out);
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
        // With no more brackets than levels that are allowed, none is too deep; nor where plain JSON cannot be.
        let brackets = || memchr::memchr2_iter(b'{', b'[', event.as_bytes()).take(limits.depth + 1).count();
        if limits.depth < DEEPEST_EVENT && brackets() > limits.depth {
            return None;
        }
        let place = self.place(Span { offset, len: len as u64 });
        self.learn(format_of(Container::Records));
        CloudTrailMessages::emit(event, &values, Completeness::Full, place, self.out);
        self.reader.events.reader().reuse(values);
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
        match container {
            Container::List => {}
            Container::Records
            | Container::Items
            | Container::Results
            | Container::AthenaRows
            | Container::LakeRows => {
                self.reader.opened.get_or_insert(format_of(container));
            }
            Container::Top | Container::LookupEvents | Container::CloudWatchEvents | Container::LogEvents => {
                self.learn(format_of(container));
            }
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
