//! What the fuzz targets do with hostile bytes. Each body states what has to hold for any input; libFuzzer drives them
//! (`tests/fuzz/targets`), and `tests/all/fuzz.rs` drives them over mutated samples in the ordinary tests.

use coldtrail::case::CaseReader;
use coldtrail::filter;
use coldtrail::ingest::flow::{CsvParser, ExportParser, FlowTextParser, LineFormat};
use coldtrail::ingest::indicators::{self, ListFormat, ListOptions, ReadList, recognise_as};
use coldtrail::ingest::reader::{
    ArchiveKind, Control, Limits, OffsetMap, Opening, RawBlock, RawEncoding, ReadOptions, Receiver, SeekPoint,
    read_source,
};
use coldtrail::ingest::{Emitter, FormatChoice, Output, Parser, StreamEnd, paths};
use coldtrail::ingest::{detect::detect, head::Head};
use coldtrail::matching::AddressIndex;
use coldtrail::model::{Dataset, EvidenceFacts, ImportWarning, IndicatorKind, Scope};
use std::io::{Cursor, Write};

type Body = fn(&[u8]);

/// Every target by name.
pub(super) const TARGETS: [(&str, Body); 13] = [
    ("flow_text", flow_text),
    ("json", json),
    ("csv", csv),
    ("parquet", parquet),
    ("reader", reader),
    ("paths", paths),
    ("filter", filter),
    ("case", case),
    ("list_csv", list_csv),
    ("list_text", list_text),
    ("list_stix", list_stix),
    ("list_misp", list_misp),
    ("list_openioc", list_openioc),
];

/// The first byte chooses, the rest is content.
fn choice(data: &[u8]) -> (usize, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first), rest))
}

/// Feeds content in pieces of `piece` bytes and gives what came out, in an order that does not depend on the pieces.
fn feed(parser: &mut dyn Parser, content: &[u8], piece: usize) -> Vec<Output> {
    let mut emitter = Emitter::default();
    let mut all = Vec::new();
    for bytes in content.chunks(piece.max(1)) {
        parser.push(bytes, &mut emitter);
        all.extend(emitter.take_ready());
    }
    parser.finish(&StreamEnd::Complete, &mut emitter);
    while parser.rest(&mut emitter) {
        all.extend(emitter.take_ready());
    }
    all.extend(emitter.take_all());
    all
}

/// Rows, events and warnings as text: batches may be cut at other places, records may not differ.
fn told(outputs: &[Output]) -> Vec<String> {
    let mut told = Vec::new();
    for output in outputs {
        match output {
            Output::Flows(batch) => told.extend(batch.rows.iter().map(|row| {
                let pair = batch.pairs.get(row.pair as usize).map(|pair| {
                    let address = |index: u32| batch.addresses.get(index as usize).map(ToString::to_string);
                    (address(pair.0), address(pair.1))
                });
                let tuples =
                    (batch.interfaces.get(row.interface as usize), batch.dispositions.get(row.disposition as usize));
                format!("{} {} {} {pair:?} {tuples:?} {} {}", row.position, row.offset, row.len, row.bytes, row.start)
            })),
            Output::Events(events) => told.extend(events.iter().map(|event| format!("{event:?}"))),
            Output::Digest(digest) => told.push(format!("{digest:?}")),
            Output::Warnings(warnings) => told.extend(warnings.iter().map(|warning| format!("{warning:?}"))),
        }
    }
    told.sort();
    told
}

/// Positions and places: no element is reported twice, none lies outside the content.
fn check_places(outputs: &[Output], content_bytes: u64) {
    let mut positions = Vec::new();
    let mut inside = |position: u64, offset: u64, len: u64| {
        assert!(
            offset.checked_add(len).is_some_and(|end| end <= content_bytes),
            "{position}: {offset} + {len} > {content_bytes}"
        );
        positions.push(position);
    };
    for output in outputs {
        match output {
            Output::Flows(batch) => {
                batch.rows.iter().for_each(|row| inside(u64::from(row.position), row.offset, u64::from(row.len)));
            }
            Output::Events(events) => {
                events.iter().for_each(|event| inside(u64::from(event.position), event.offset, event.len));
            }
            Output::Warnings(warnings) => {
                let elements = warnings.iter().filter(|warning| warning.scope == Scope::Element);
                elements.for_each(|warning| inside(warning.position, warning.offset, warning.len));
            }
            Output::Digest(_) => {}
        }
    }
    positions.sort_unstable();
    assert!(positions.windows(2).all(|pair| pair[0] != pair[1]), "an element was told twice: {positions:?}");
}

/// The two properties of every parser: pieces may be cut anywhere, and places are true.
fn check_parser(make: impl Fn() -> Box<dyn Parser>, content: &[u8], piece: usize) {
    let whole = feed(make().as_mut(), content, content.len());
    let pieces = feed(make().as_mut(), content, piece);
    check_places(&whole, content.len() as u64);
    assert_eq!(told(&whole), told(&pieces), "pieces of {piece} bytes");
}

pub(super) fn flow_text(data: &[u8]) {
    let (first, content) = choice(data);
    let piece = 1 + first / 4;
    let make = || -> Box<dyn Parser> {
        match first % 4 {
            0 => Box::new(FlowTextParser::with_header()),
            1 => Box::new(FlowTextParser::headerless(Some(LineFormat::default_v2()))),
            2 => Box::new(FlowTextParser::headerless(None)),
            _ => Box::new(ExportParser::new(&FormatChoice::default(), None)),
        }
    };
    check_parser(make, content, piece);
}

/// Whatever detection gives for the content with one of the beginnings of its family.
fn detected(beginnings: &[&[u8]], data: &[u8]) {
    let (first, rest) = choice(data);
    let beginning = beginnings[first % beginnings.len()];
    let content = [beginning, rest].concat();
    let head = Head { bytes: &content[..content.len().min(256 << 10)], complete: content.len() <= 256 << 10 };
    let make = || detect(&head, &FormatChoice::default());
    if make().is_some() {
        check_parser(|| make().expect("detection is a function"), &content, 1 + first / 2);
    }
}

pub(super) fn json(data: &[u8]) {
    detected(
        &[
            b"",
            b"{\"Records\":[",
            b"{\"Events\":[",
            b"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[",
            b"{\"eventVersion\":\"1.08\",",
            b"[",
            b"{\"awsAccountId\":\"1\",\"digestStartTime\":",
        ],
        data,
    );
}

pub(super) fn csv(data: &[u8]) {
    detected(
        &[
            b"",
            b"User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code,\
Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category\n",
            b"@timestamp,@message\n",
            b"eventversion,useridentity,eventtime,eventsource,eventname\n",
            b"# comment\neventID,eventTime,eventName\n",
        ],
        data,
    );
    let (first, content) = choice(data);
    check_parser(|| Box::new(CsvParser::new(&FormatChoice::default(), None)), content, 1 + first);
}

pub(super) fn parquet(data: &[u8]) {
    let (first, content) = choice(data);
    // By its first bytes alone: whatever is behind them is the parser's to find out.
    let make = || detect(&Head { bytes: b"PAR1", complete: false }, &FormatChoice::default()).expect("Parquet");
    let whole = told(&feed(&mut *make(), content, content.len()));
    assert_eq!(whole, told(&feed(&mut *make(), content, 1 + first * 16)));
}

/// Checks the order of calls and that the original comes out again.
#[derive(Default)]
struct Strict {
    open: Vec<Evidence>,
    original: Option<Vec<u8>>,
    facts: Option<EvidenceFacts>,
}

#[derive(Default)]
struct Evidence {
    raw: Vec<u8>,
    is_archive: bool,
    ended: bool,
    last_seek: u64,
}

impl Strict {
    fn top(&mut self) -> &mut Evidence {
        let top = self.open.last_mut().expect("a call without an open evidence");
        assert!(!top.ended);
        top
    }
}

impl Receiver for Strict {
    fn begin(&mut self, opening: &Opening<'_>) -> Control {
        assert_eq!(usize::from(opening.depth), self.open.len(), "nesting");
        assert_eq!(opening.member.is_none(), self.open.is_empty());
        self.open.push(Evidence::default());
        Control::Continue
    }

    fn content(&mut self, bytes: &[u8], _: &OffsetMap) -> Control {
        assert!(!bytes.is_empty() && !self.top().is_archive);
        Control::Continue
    }

    fn archive(&mut self, _: ArchiveKind) -> Control {
        self.top().is_archive = true;
        Control::Continue
    }

    fn raw(&mut self, block: RawBlock) -> Control {
        let top = self.top();
        assert_eq!(block.first_byte, top.raw.len() as u64, "blocks without gaps");
        let data = match block.encoding {
            RawEncoding::Stored => block.data,
            RawEncoding::Zstd => zstd::decode_all(block.data.as_slice()).expect("our own zstd frame"),
        };
        assert_eq!(data.len() as u64, block.byte_count);
        top.raw.extend(data);
        Control::Continue
    }

    fn seek_point(&mut self, point: SeekPoint) -> Control {
        let top = self.top();
        assert!(point.content_byte >= top.last_seek);
        top.last_seek = point.content_byte;
        Control::Continue
    }

    fn warning(&mut self, warning: ImportWarning) {
        assert_eq!(warning.scope, Scope::File);
        self.top();
    }

    fn end(&mut self, facts: EvidenceFacts, _: StreamEnd) -> Control {
        let done = self.open.pop().expect("an end without a beginning");
        assert_eq!(done.raw.len() as u64, facts.file_bytes);
        if self.open.is_empty() {
            self.original = Some(done.raw);
            self.facts = Some(facts);
        }
        Control::Continue
    }
}

pub(super) fn reader(data: &[u8]) {
    let limits = Limits { max_content_bytes: 8 << 20, max_ratio: 250, max_depth: 3, ..Limits::default() };
    let mut strict = Strict::default();
    let options = ReadOptions { limits, ..ReadOptions::default() };
    if read_source(&mut Cursor::new(data), &options, &mut strict).is_ok() {
        assert!(strict.open.is_empty());
        assert_eq!(strict.original.as_deref(), Some(data), "the original comes out as it went in");
        assert_eq!(strict.facts.map(|facts| facts.file_bytes), Some(data.len() as u64));
    }
}

pub(super) fn paths(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let facts = paths::path_facts(&text);
    // What is said of a path is in the path.
    for fact in [facts.account, facts.region, facts.log_id].into_iter().flatten() {
        assert!(text.contains(&fact), "{fact} is not in {text}");
    }
}

pub(super) fn filter(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for dataset in [Dataset::Flows, Dataset::Events] {
        match filter::parse(&text, dataset) {
            Ok(parsed) => {
                let canonical = parsed.to_string();
                let again = filter::parse(&canonical, dataset);
                assert_eq!(again.as_ref().ok(), Some(&parsed), "{text:?} as {canonical:?}: {again:?}");
            }
            Err(error) => {
                // The window underlines this place.
                let place = error.span.clone();
                assert!(place.start <= place.end && place.end <= text.len(), "{place:?} in {} bytes", text.len());
                assert!(
                    text.is_char_boundary(place.start) && text.is_char_boundary(place.end),
                    "{place:?} splits a character"
                );
            }
        }
    }
}

pub(super) fn list_csv(data: &[u8]) {
    list(&[ListFormat::Csv], data);
}

pub(super) fn list_text(data: &[u8]) {
    list(&[ListFormat::Text], data);
    let options = ListOptions { format: Some(ListFormat::Text), ..ListOptions::default() };
    let (Ok(text), Ok(found)) = (std::str::from_utf8(data), indicators::read(data, &options)) else { return };
    // Nothing is lost: each line but comments and a header is an entry or an issue.
    let told =
        |line: u64| found.entries.iter().any(|e| e.position == line) || found.issues.iter().any(|i| i.position == line);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut is_first = true;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if !text.is_empty() && !text.starts_with(['#', ';']) && !text.starts_with("//") {
            assert!(told(line) || is_first, "line {line} is neither: {text:?}");
            is_first = false;
        }
    }
}

pub(super) fn list_stix(data: &[u8]) {
    list(&[ListFormat::Stix], data);
    // A pattern alone, in the simplest bundle that has one.
    let pattern = serde_json::Value::from(String::from_utf8_lossy(data).into_owned());
    let bundle = format!("{{\"type\":\"bundle\",\"objects\":[{{\"type\":\"indicator\",\"pattern\":{pattern}}}]}}");
    list(&[ListFormat::Stix], bundle.as_bytes());
}

pub(super) fn list_misp(data: &[u8]) {
    list(&[ListFormat::Misp, ListFormat::WarningList], data);
}

pub(super) fn list_openioc(data: &[u8]) {
    list(&[ListFormat::OpenIoc], data);
}

/// As what its content says, and as each of these.
fn list(formats: &[ListFormat], data: &[u8]) {
    for format in formats.iter().copied().map(Some).chain([None]) {
        match indicators::read(data, &ListOptions { format, ..ListOptions::default() }) {
            Ok(found) => check_list(&found),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn check_list(list: &ReadList) {
    for issue in &list.issues {
        assert!(issue.raw.len() <= 4096 && !issue.detail.is_empty() && issue.position > 0);
    }
    let spans = list.entries.iter().zip(0..).filter_map(|(entry, place)| Some((entry.span?, place)));
    let index = AddressIndex::new(spans);
    for (entry, place) in list.entries.iter().zip(0..) {
        assert!(entry.position > 0 && !entry.value.is_empty());
        let is_address = matches!(entry.kind, IndicatorKind::Address | IndicatorKind::Range);
        assert!(entry.span.is_some() || !is_address, "{entry:?}");
        if is_address {
            // What is compared is what the value says.
            let again = recognise_as(entry.kind, &entry.value).expect("a canonical address");
            assert_eq!((again.kind, again.span), (entry.kind, entry.span), "{entry:?}");
        }
        if let Some(span) = entry.span {
            assert!(span.first <= span.last, "{entry:?}");
            let mut found = Vec::new();
            index.containing(span.first, &mut found);
            assert!(found.contains(&place), "{entry:?}");
        }
    }
}

/// A valid case with bytes changed: each five bytes of input are a place and a value. Input without a template is the
/// file.
pub(super) fn case(data: &[u8]) {
    let mut bytes = template();
    if data.first() == Some(&0xff) {
        bytes = data[1..].to_vec();
    } else {
        for change in data.chunks_exact(5) {
            let place = u32::from_le_bytes([change[0], change[1], change[2], change[3]]) as usize % bytes.len();
            bytes[place] = change[4];
        }
    }
    let mut file = tempfile::NamedTempFile::new().expect("a scratch file");
    file.write_all(&bytes).expect("a scratch file takes bytes");
    if let Ok(case) = CaseReader::open(file.path()) {
        // A case that was accepted answers, or says why not.
        if let Err(error) = case.journal() {
            assert!(!error.to_string().is_empty());
        }
    }
    assert_eq!(std::fs::read(file.path()).expect("still there"), bytes, "opening changes nothing");
}

/// The bytes of a small new case, made once.
fn template() -> Vec<u8> {
    use coldtrail::case::{CaseInfo, CaseWriter};
    static TEMPLATE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("template.coldtrail");
        let writer = CaseWriter::create(&path, &CaseInfo::default(), "2026-03-10T00:00:00Z").expect("a new case");
        writer.close().expect("a closed case");
        std::fs::read(&path).expect("one file")
    };
    TEMPLATE.get_or_init(make).clone()
}
