//! One file on a worker thread: read, unpacked, recognised and parsed into pieces for the writer.

use super::facts::FactsCheck;
use crate::case::event_json::{Block, Packer};
use crate::case::places::{self, Chunk};
use crate::ingest::detect;
use crate::ingest::head::Head;
use crate::ingest::paths::path_facts;
use crate::ingest::reader::{ArchiveKind, Control, OffsetMap, Opening, RawBlock, Receiver, SeekPoint};
use crate::ingest::{Emitter, FormatChoice, FormatWanted, Output, Parser, StreamEnd};
use crate::model::warning::RAW_KEPT_BYTES;
use crate::model::{EventBatch, EvidenceFacts, Format, ImportWarning, PathFacts, Reason, Scope, Timestamp};

/// What of an output is compressed on the reading side.
#[derive(Default)]
pub(super) struct Packed {
    /// Where flow records are.
    pub places: Vec<Chunk>,
    /// The JSON of events, of these and of some before them; the events themselves are without it then.
    pub texts: Vec<Block>,
}

impl Packed {
    fn of(output: &mut Output, packer: &mut Packer) -> Self {
        match output {
            Output::Flows(batch) => Self { places: places::chunks(&batch.rows), ..Self::default() },
            Output::Events(events) => {
                let texts = events.iter().filter_map(|event| packer.add(event.position, event.json)).collect();
                events.drop_json();
                Self { texts, ..Self::default() }
            }
            Output::Digest(_) | Output::Warnings(_) => Self::default(),
        }
    }

    fn weight(&self) -> usize {
        let places = self.places.iter().map(|chunk| chunk.places.len());
        places.chain(self.texts.iter().map(|block| block.data.len())).sum()
    }
}

/// What the writer gets, in order, evidence nested as the reader nests it.
pub(super) enum Piece {
    Begin { path: String, modified: Option<Timestamp>, path_facts: PathFacts },
    Output(Output, Packed),
    Raw(RawBlock),
    SeekPoint(SeekPoint),
    End(Box<Ended>),
}

impl Piece {
    /// About how many bytes of memory it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Piece::Output(output, packed) => output.weight() + packed.weight(),
            Piece::Raw(block) => block.data.len(),
            Piece::SeekPoint(point) => point.window_zstd.len(),
            Piece::Begin { .. } | Piece::End(_) => 0,
        }
    }
}

pub(super) struct Ended {
    pub format: Format,
    pub record_format: Option<String>,
    pub format_wanted: Option<FormatWanted>,
    pub facts: EvidenceFacts,
    /// The latest time of a record, and which record has it.
    pub latest: Option<(Timestamp, u32)>,
}

/// Content is recognised by this much of it.
const HEAD_BYTES: usize = 256 << 10;

/// Takes what the reader finds in one file and sends what the writer needs. `out` says whether anybody still listens.
pub(super) struct FileWork<'a> {
    path: String,
    modified: Option<Timestamp>,
    choice: &'a dyn Fn(&PathFacts) -> FormatChoice,
    out: &'a dyn Fn(Piece) -> bool,
    open: Vec<Evidence>,
}

struct Evidence {
    path_facts: PathFacts,
    head: Vec<u8>,
    map: Option<OffsetMap>,
    parser: State,
    emitter: Emitter,
    /// Blocks of texts are longer than batches of events.
    packer: Packer,
    facts: FactsCheck,
    archive: bool,
    decoded: u64,
}

enum State {
    /// Not enough has been seen.
    Gathering,
    Parsing(Box<dyn Parser>),
    /// No format of ours.
    Unknown,
}

impl<'a> FileWork<'a> {
    pub(super) fn new(
        path: String,
        modified: Option<Timestamp>,
        choice: &'a dyn Fn(&PathFacts) -> FormatChoice,
        out: &'a dyn Fn(Piece) -> bool,
    ) -> Self {
        Self { path, modified, choice, out, open: Vec::new() }
    }

    fn send(&self, piece: Piece) -> Control {
        if (self.out)(piece) { Control::Continue } else { Control::Stop }
    }

    /// Lets the parser of the innermost evidence, whose content is complete, read what it has left.
    fn read_rest(&mut self, end: &StreamEnd) -> Control {
        let Some(evidence) = self.open.last_mut() else { return Control::Stop };
        if evidence.archive {
            return Control::Continue;
        }
        if matches!(evidence.parser, State::Gathering) && evidence.decoded > 0 {
            let choice = (self.choice)(&evidence.path_facts);
            evidence.recognise(*end == StreamEnd::Complete, &choice);
        }
        if let State::Parsing(parser) = &mut evidence.parser {
            parser.finish(end, &mut evidence.emitter);
        }
        while let Some(Evidence { parser: State::Parsing(parser), emitter, .. }) = self.open.last_mut()
            && parser.rest(emitter)
        {
            let ready = emitter.take_ready();
            if self.send_outputs(ready) == Control::Stop {
                return Control::Stop;
            }
        }
        Control::Continue
    }

    fn send_outputs(&mut self, outputs: Vec<Output>) -> Control {
        for mut output in outputs {
            let Some(evidence) = self.open.last_mut() else { return Control::Stop };
            evidence.facts.see(&output);
            if let Some(map) = &evidence.map {
                to_content_offsets(&mut output, map);
            }
            let packed = Packed::of(&mut output, &mut evidence.packer);
            if self.send(Piece::Output(output, packed)) == Control::Stop {
                return Control::Stop;
            }
        }
        Control::Continue
    }
}

impl Evidence {
    /// Decides on the parser and feeds it what was gathered.
    fn recognise(&mut self, complete: bool, choice: &FormatChoice) {
        let head = std::mem::take(&mut self.head);
        match detect::detect(&Head { bytes: &head, complete }, choice) {
            Some(mut parser) => {
                parser.push(&head, &mut self.emitter);
                self.parser = State::Parsing(parser);
            }
            None => {
                self.head = head;
                self.parser = State::Unknown;
            }
        }
    }
}

impl Receiver for FileWork<'_> {
    fn begin(&mut self, opening: &Opening<'_>) -> Control {
        let path = match opening.member {
            Some(member) => format!("{}!/{member}", self.path),
            None => self.path.clone(),
        };
        let path_facts = path_facts(&path);
        let modified = if opening.member.is_none() { self.modified } else { opening.modified };
        self.open.push(Evidence {
            path_facts: path_facts.clone(),
            head: Vec::new(),
            map: None,
            parser: State::Gathering,
            emitter: Emitter::default(),
            packer: Packer::default(),
            facts: FactsCheck::new(),
            archive: false,
            decoded: 0,
        });
        self.send(Piece::Begin { path, modified, path_facts })
    }

    fn content(&mut self, bytes: &[u8], map: &OffsetMap) -> Control {
        let Some(evidence) = self.open.last_mut() else { return Control::Stop };
        if evidence.map.is_none() {
            evidence.map = Some(map.clone());
        }
        evidence.decoded += bytes.len() as u64;
        match &mut evidence.parser {
            State::Parsing(parser) => parser.push(bytes, &mut evidence.emitter),
            State::Unknown => return Control::Continue,
            State::Gathering => {
                evidence.head.extend_from_slice(bytes);
                if evidence.head.len() < HEAD_BYTES {
                    return Control::Continue;
                }
                let choice = (self.choice)(&evidence.path_facts);
                evidence.recognise(false, &choice);
            }
        }
        let ready = evidence.emitter.take_ready();
        self.send_outputs(ready)
    }

    fn archive(&mut self, _kind: ArchiveKind) -> Control {
        if let Some(evidence) = self.open.last_mut() {
            evidence.archive = true;
        }
        Control::Continue
    }

    fn raw(&mut self, block: RawBlock) -> Control {
        self.send(Piece::Raw(block))
    }

    fn seek_point(&mut self, point: SeekPoint) -> Control {
        self.send(Piece::SeekPoint(point))
    }

    fn warning(&mut self, warning: ImportWarning) {
        if let Some(evidence) = self.open.last_mut() {
            evidence.emitter.warn(warning);
        }
    }

    fn end(&mut self, facts: EvidenceFacts, end: StreamEnd) -> Control {
        if self.read_rest(&end) == Control::Stop {
            return Control::Stop;
        }
        let Some(evidence) = self.open.last_mut() else { return Control::Stop };
        let (mut record_format, mut format_wanted) = (None, None);
        let format = match &mut evidence.parser {
            _ if evidence.archive => Format::Archive,
            State::Parsing(parser) => {
                (record_format, format_wanted) = (parser.record_format(), parser.format_wanted());
                parser.format()
            }
            State::Gathering => Format::Empty,
            State::Unknown => {
                evidence.emitter.warn(unknown(&evidence.head, facts.content_bytes));
                Format::Unknown
            }
        };
        if let StreamEnd::CutOff(reason) = &end {
            evidence.emitter.warn(ImportWarning::file(Reason::DamagedStream, reason.clone()));
        }
        let outputs = evidence.emitter.take_all();
        if self.send_outputs(outputs) == Control::Stop {
            return Control::Stop;
        }
        let Some(mut evidence) = self.open.pop() else { return Control::Stop };
        if let Some(block) = evidence.packer.finish() {
            let packed = Packed { texts: vec![block], ..Packed::default() };
            if self.send(Piece::Output(Output::Events(EventBatch::default()), packed)) == Control::Stop {
                return Control::Stop;
            }
        }
        let remarks = evidence.facts.warnings(&evidence.path_facts);
        if !remarks.is_empty()
            && self.send(Piece::Output(Output::Warnings(remarks), Packed::default())) == Control::Stop
        {
            return Control::Stop;
        }
        let latest = evidence.facts.latest();
        self.send(Piece::End(Box::new(Ended { format, record_format, format_wanted, facts, latest })))
    }
}

/// The whole file is one thing that could not be read.
fn unknown(head: &[u8], content_bytes: u64) -> ImportWarning {
    ImportWarning {
        scope: Scope::Element,
        position: 1,
        offset: 0,
        len: content_bytes,
        reason: Reason::UnknownFormat,
        detail: match crate::ingest::foreign::name(head) {
            Some((what, way_out)) => format!("{what}, which is not read; {way_out}"),
            None => "no flow log or CloudTrail format; the file is kept as it is".to_owned(),
        },
        raw: head.get(..RAW_KEPT_BYTES).unwrap_or(head).to_vec(),
    }
}

/// Parsers count decoded bytes; the case keeps places in the content as it is.
fn to_content_offsets(output: &mut Output, map: &OffsetMap) {
    if map.keeps_lengths() && map.to_content(0) == 0 {
        return;
    }
    match output {
        Output::Flows(batch) => {
            for row in &mut batch.rows {
                let (offset, len) = map.span(row.offset, u64::from(row.len));
                row.offset = offset;
                row.len = u32::try_from(len).unwrap_or(u32::MAX);
            }
        }
        Output::Events(events) => events.move_places(|offset, len| map.span(offset, len)),
        Output::Warnings(warnings) => {
            for warning in warnings.iter_mut().filter(|w| w.scope == Scope::Element) {
                (warning.offset, warning.len) = map.span(warning.offset, warning.len);
            }
        }
        Output::Digest(_) => {}
    }
}
