//! Against the plain way of finding duplicates, and how the work grows.

use super::*;
use crate::case::places::Chunk;
use crate::case::{CaseInfo, CaseWriter, FinishedFile};
use crate::model::Dataset::Flows;
use crate::model::batch::{ABSENT, FlowBatchBuilder, NO_PORT, NO_VALUE};
use crate::model::{EvidenceFacts, FlowRow, Format, PathFacts, Tuple, field};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const AT: &str = "2021-05-16T00:00:00Z";

/// One record: what tells it from others, and what only some formats have.
#[derive(Clone, Copy, Debug)]
struct Flow {
    start: i64,
    port: i32,
    eni: Option<u8>,
    region: Option<u8>,
    action: Option<u8>,
    packet_host: Option<u8>,
}

impl Flow {
    fn of(start: i64, port: i32) -> Self {
        Self { start, port, eni: Some(1), region: None, action: None, packet_host: None }
    }
}

fn tuple(values: &[(&str, Option<String>)]) -> Tuple {
    let mut tuple = Tuple::default();
    for (name, value) in values {
        if let Some(value) = value {
            tuple.0.push((field::by_name(Flows, name).unwrap(), value.as_str().into()));
        }
    }
    tuple.0.sort_by_key(|(field, _)| *field);
    tuple
}

fn write(writer: &mut CaseWriter, flows: &[Flow]) {
    let mut evidence = writer.begin_evidence("a.log", None, None, false, PathFacts::default()).unwrap();
    // Several batches, as from a long file.
    for (number, part) in flows.chunks(4).enumerate() {
        let mut builder = FlowBatchBuilder::default();
        for (at, flow) in part.iter().enumerate() {
            let text = |value: Option<u8>, prefix: &str| value.map(|value| format!("{prefix}{value}"));
            let address = |host: u8| std::net::Ipv4Addr::new(10, 0, 0, host);
            let interface = tuple(&[("interface_id", text(flow.eni, "eni-")), ("region", text(flow.region, "r-"))]);
            let disposition = tuple(&[("action", text(flow.action, "A"))]);
            let row = FlowRow {
                position: (number * 4 + at) as u32 + 1,
                offset: 0,
                len: 0,
                pair: builder.ipv4_pair_index(address(1), address(2)),
                packet_pair: flow.packet_host.map_or(ABSENT, |host| builder.ipv4_pair_index(address(host), address(2))),
                interface: builder.interface_index(&interface),
                disposition: if flow.action.is_some() { builder.disposition_index(&disposition) } else { ABSENT },
                extra: ABSENT,
                srcport: if flow.port == 0 { NO_PORT } else { flow.port },
                dstport: 443,
                packets: 1,
                bytes: NO_VALUE,
                start: flow.start,
                end: if flow.start == NO_VALUE { NO_VALUE } else { flow.start + 60 },
            };
            builder.row(row);
        }
        let batch = builder.take();
        let starts = || batch.rows.iter().map(|row| row.start).filter(|start| *start != NO_VALUE);
        let chunk = Chunk {
            first_position: batch.rows.first().unwrap().position,
            last_position: batch.rows.last().unwrap().position,
            row_count: batch.rows.len() as u32,
            start_span: starts().min().zip(starts().max()),
            places: Vec::new(),
        };
        writer.flows(&mut evidence, batch, &[chunk]).unwrap();
    }
    let file = FinishedFile {
        format: Format::FlowText,
        record_format: None,
        facts: EvidenceFacts::default(),
        imported_utc: AT.to_owned(),
    };
    writer.finish_evidence(evidence, file).unwrap();
}

impl Duplicates {
    fn work(&self) -> Work {
        self.known.as_ref().map(|known| known.work).unwrap_or_default()
    }
}

struct Desk {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
}

impl Desk {
    /// With an empty case: a copy, because random cases need hundreds.
    fn new() -> Self {
        static EMPTY: OnceLock<Vec<u8>> = OnceLock::new();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.coldtrail");
        let empty = EMPTY.get_or_init(|| {
            let made = folder.path().join("made.coldtrail");
            CaseWriter::create(&made, &CaseInfo::default(), AT).unwrap().close().unwrap();
            std::fs::read(&made).unwrap()
        });
        std::fs::write(&path, empty).unwrap();
        Self { _folder: folder, path }
    }

    fn writer(&self) -> CaseWriter {
        CaseWriter::open(&self.path).unwrap()
    }

    fn marked(&self) -> Vec<(i64, i64)> {
        marked(&Connection::open(&self.path).unwrap())
    }
}

fn marked(conn: &Connection) -> Vec<(i64, i64)> {
    let mut statement = conn.prepare("SELECT id, original_id FROM flow_duplicate ORDER BY id").unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// The plain way: every file is compared with each one before it, record by record.
fn pairwise(conn: &Connection) -> Vec<(i64, i64)> {
    let mut known = Known::load(conn, EvidenceId(1), RECENT).unwrap();
    let mut statement = conn.prepare(&format!("{SELECT} WHERE start IS NOT NULL ORDER BY id")).unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut files: BTreeMap<i64, Vec<Record>> = BTreeMap::new();
    while let Some(row) = rows.next().unwrap() {
        if let Some(record) = known.record(conn, row).unwrap() {
            files.entry(record.id >> 32).or_default().push(record);
        }
    }
    let mut marks: BTreeMap<i64, i64> = BTreeMap::new();
    for (file, ours) in &files {
        for (_, theirs) in files.range(..file) {
            let mut originals: Vec<&Record> = theirs.iter().filter(|record| !marks.contains_key(&record.id)).collect();
            for record in ours {
                if marks.contains_key(&record.id) {
                    continue;
                }
                let place = originals.iter().position(|original| {
                    original.key == record.key && known.tuples.compatible(conn, &record.rest, &original.rest).unwrap()
                });
                if let Some(place) = place {
                    marks.insert(record.id, originals.remove(place).id);
                }
            }
        }
    }
    marks.into_iter().collect()
}

fn a_flow() -> impl Strategy<Value = Flow> {
    let few = || prop::option::weighted(0.6, 0u8..2);
    let start = prop_oneof![9 => (0i64..3).prop_map(|n| n * 1800), 1 => Just(NO_VALUE), 1 => Just(9_000_000)];
    (start, 0i32..2, prop::option::weighted(0.9, 0u8..2), few(), few(), few()).prop_map(
        |(start, port, eni, region, action, packet_host)| Flow { start, port, eni, region, action, packet_host },
    )
}

/// What becomes of a file: it comes in, alone or with those before it in one unit, or it fails after its rows were
/// written; afterwards the writer continues or the case is reopened.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Kept,
    Member,
    Failed,
    ThenReopened,
    ThenSomebodyElseWrote,
}

fn a_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Kept),
        3 => Just(Fate::Member),
        2 => Just(Fate::Failed),
        2 => Just(Fate::ThenReopened),
        1 => Just(Fate::ThenSomebodyElseWrote)
    ]
}

/// Imports files as they fare; those that failed leave nothing behind.
fn import(desk: &Desk, files: &[(Vec<Flow>, Fate)], recent: usize) {
    let mut writer = desk.writer();
    writer.duplicates.recent = recent;
    let mut open = false;
    for (flows, fate) in files {
        if !open {
            writer.begin().unwrap();
        }
        write(&mut writer, flows);
        open = matches!(fate, Fate::Member);
        match fate {
            Fate::Member => {}
            Fate::Failed => writer.rollback(),
            Fate::Kept => writer.keep().unwrap(),
            Fate::ThenReopened => {
                writer.keep().unwrap();
                writer.commit().unwrap();
                writer.close().unwrap();
                writer = desk.writer();
                writer.duplicates.recent = recent;
            }
            Fate::ThenSomebodyElseWrote => {
                writer.keep().unwrap();
                writer.commit().unwrap();
                let mut other = desk.writer();
                other.begin().unwrap();
                write(&mut other, flows);
                other.commit().unwrap();
            }
        }
    }
    writer.commit().unwrap();
    writer.close().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever fails in between, however little fits into memory, and in however many imports the files come.
    #[test]
    fn it_marks_what_comparing_every_two_files_marks(
        files in prop::collection::vec((prop::collection::vec(a_flow(), 1..14), a_fate()), 1..9),
        recent in prop_oneof![1usize..12, Just(RECENT)],
    ) {
        let desk = Desk::new();
        import(&desk, &files, recent);
        let expected = pairwise(&Connection::open(&desk.path).unwrap());
        prop_assert_eq!(desk.marked(), expected);
    }

    /// The same files in one import and in one each.
    #[test]
    fn it_is_the_same_in_however_many_imports(
        files in prop::collection::vec(prop::collection::vec(a_flow(), 1..14), 1..9),
    ) {
        let [one, several] = [Fate::Kept, Fate::ThenReopened].map(|fate| {
            let desk = Desk::new();
            let files: Vec<_> = files.iter().map(|flows| (flows.clone(), fate)).collect();
            import(&desk, &files, RECENT);
            desk.marked()
        });
        prop_assert_eq!(one, several);
    }
}

/// Files of the same hour: `of(file, record)` says what they hold.
fn work_of_the_last(files: i64, records: i64, of: impl Fn(i64, i64) -> Flow) -> Work {
    let conn_desk = Desk::new();
    let mut writer = conn_desk.writer();
    let mut before = Work::default();
    for file in 0..files {
        before = writer.duplicates.work();
        writer.begin().unwrap();
        write(&mut writer, &(0..records).map(|record| of(file, record)).collect::<Vec<_>>());
        writer.keep().unwrap();
    }
    writer.commit().unwrap();
    let after = writer.duplicates.work();
    Work { read: after.read - before.read, compared: after.compared - before.compared }
}

/// A new file's work does not depend on how many files of the same hour there are: neither where all records are new,
/// nor where each was delivered before, nor where each one's fellows are in many files.
#[test]
fn the_work_for_a_file_stays_the_same_from_a_hundred_overlapping_files_to_a_thousand() {
    let new = |file: i64, record: i64| Flow::of(record, (file + 1) as i32);
    let old = |_: i64, record: i64| Flow::of(record, 1);
    for files in [100, 1000] {
        assert_eq!(work_of_the_last(files, 20, new), Work { read: 0, compared: 0 }, "{files}");
        assert_eq!(work_of_the_last(files, 20, old), Work { read: 20, compared: 20 }, "{files}");
    }
}

/// The same for a case that is opened again: rows of the hour are read once, whatever the number of files to come.
#[test]
fn what_the_case_held_before_is_read_once() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    for file in 0..100 {
        writer.begin().unwrap();
        // Half of them are of another day.
        write(&mut writer, &[Flow::of(i64::from(file % 2) * 86_400, file + 1)]);
        writer.keep().unwrap();
    }
    writer.commit().unwrap();
    writer.close().unwrap();
    let mut writer = desk.writer();
    for file in 0..300 {
        writer.begin().unwrap();
        write(&mut writer, &[Flow::of(0, 1000 + file)]);
        writer.keep().unwrap();
    }
    assert_eq!(writer.duplicates.work(), Work { read: 50, compared: 0 });
}

/// Thousands of equal lines in a file, and in the next: each is read and compared once.
#[test]
fn equal_lines_take_no_longer_the_more_there_are() {
    for lines in [100, 2000] {
        let work = work_of_the_last(2, lines, |_, _| Flow::of(0, 1));
        assert_eq!(work, Work { read: lines as u64, compared: lines as u64 });
    }
}
