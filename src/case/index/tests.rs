//! The index through the life of a case: imports, failures, kills, damage.

use super::*;
use crate::case::places::Chunk;
use crate::case::{CaseInfo, CaseReader, CaseWriter, FinishedFile, IndexStep, OpenEvidence};
use crate::model::Dataset::Flows;
use crate::model::batch::{ABSENT, FlowBatchBuilder, NO_PORT, NO_VALUE};
use crate::model::{EvidenceFacts, FlowRow, Format, PathFacts, Tuple, field};
use std::path::PathBuf;

/// Events through imports.
mod events;

/// Rows of a full segment here.
const ROWS: usize = 10;
const AT: &str = "2021-05-16T00:00:00Z";

struct Desk {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.coldtrail");
        CaseWriter::create(&path, &CaseInfo::default(), AT).unwrap().close().unwrap();
        Self { _folder: folder, path }
    }

    fn writer(&self) -> CaseWriter {
        let mut writer = CaseWriter::open(&self.path).unwrap();
        writer.set_segment_rows(ROWS);
        writer
    }

    fn reader(&self) -> CaseReader {
        CaseReader::open(&self.path).unwrap()
    }

    fn sql(&self, sql: &str) {
        Connection::open(&self.path).unwrap().execute_batch(sql).unwrap();
    }

    fn number(&self, sql: &str) -> i64 {
        Connection::open(&self.path).unwrap().query_row(sql, [], |r| r.get(0)).unwrap()
    }

    /// Rows in the stored index, and whether everything that a reader sees matches the rows.
    fn stored(&self) -> i64 {
        self.reader().check_index().unwrap();
        self.number("SELECT ifnull(sum(flow_rows), 0) FROM column_index")
    }
}

/// Writes records with these numbers: those of equal number are equal, whatever file they are in.
fn write(writer: &mut CaseWriter, evidence: &mut OpenEvidence, numbers: std::ops::Range<i64>) {
    let mut builder = FlowBatchBuilder::default();
    let mut tuple = Tuple::default();
    tuple.0.push((field::by_name(Flows, "interface_id").unwrap(), "eni-1".into()));
    for (at, n) in numbers.enumerate() {
        let address = |n: i64| std::net::Ipv4Addr::from(0x0a00_0000 + n as u32);
        let pair = if n % 5 == 0 { ABSENT } else { builder.ipv4_pair_index(address(n % 7), address(n)) };
        let interface = builder.interface_index(&tuple);
        let extra = if n % 9 == 0 { builder.extra_index("{\"a\":1}") } else { ABSENT };
        let some = |value: i64| if n % 4 == 0 { NO_VALUE } else { value };
        builder.row(FlowRow {
            // Every third line could not be read.
            position: (at + at / 2) as u32 + 1,
            offset: 0,
            len: 0,
            pair,
            packet_pair: ABSENT,
            interface,
            disposition: ABSENT,
            extra,
            srcport: if n % 3 == 0 { NO_PORT } else { n as i32 },
            dstport: 22,
            packets: some(n),
            bytes: some(i64::MAX - n),
            start: 1000 + n,
            end: some(1060 + n),
        });
    }
    let batch = builder.take();
    let positions = || batch.rows.iter().map(|row| row.position);
    let starts = || batch.rows.iter().map(|row| row.start);
    let chunk = Chunk {
        first_position: positions().min().unwrap(),
        last_position: positions().max().unwrap(),
        row_count: batch.rows.len() as u32,
        start_span: starts().min().zip(starts().max()),
        places: Vec::new(),
    };
    writer.flows(evidence, batch, &[chunk]).unwrap();
}

fn begin(writer: &mut CaseWriter) -> OpenEvidence {
    writer.begin().unwrap();
    writer.begin_evidence("a.log", None, None, false, PathFacts::default()).unwrap()
}

fn finish(writer: &mut CaseWriter, evidence: OpenEvidence) {
    let file = FinishedFile {
        format: Format::FlowText,
        record_format: None,
        facts: EvidenceFacts::default(),
        imported_utc: AT.to_owned(),
    };
    writer.finish_evidence(evidence, file).unwrap();
    writer.keep().unwrap();
}

fn file(writer: &mut CaseWriter, numbers: std::ops::Range<i64>) {
    let mut evidence = begin(writer);
    write(writer, &mut evidence, numbers);
    finish(writer, evidence);
}

fn complete(writer: &mut CaseWriter) {
    writer.commit().unwrap();
    while writer.index_step().unwrap() == IndexStep::More {}
}

#[test]
fn full_segments_go_with_their_file_and_the_rest_at_the_end() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    for n in 0..9 {
        file(&mut writer, n * 3..n * 3 + 3);
        writer.commit().unwrap();
        // What is left over waits, and readers take it from the rows.
        assert_eq!(desk.stored(), (n + 1) * 3 / 10 * 10);
    }
    complete(&mut writer);
    assert_eq!(desk.stored(), 27);
    // A further import continues where this one ended, segment by segment and within one.
    file(&mut writer, 100..102);
    writer.commit().unwrap();
    writer.close().unwrap();
    assert_eq!(desk.stored(), 27);
    let mut writer = desk.writer();
    file(&mut writer, 200..245);
    complete(&mut writer);
    assert_eq!(desk.stored(), 74);
    let before = desk.number("SELECT revision FROM column_index");
    complete(&mut writer);
    assert_eq!(desk.number("SELECT revision FROM column_index"), before, "nothing to do");
    writer.close().unwrap();
}

#[test]
fn a_file_that_fails_leaves_no_trace() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    file(&mut writer, 0..8);
    // One whose rows only waited, one that filled segments; each alone and behind a file that waits for its commit.
    for (rows, committed) in [(1, true), (35, true), (1, false), (35, false), (2, false)] {
        if committed {
            writer.commit().unwrap();
        }
        let mut evidence = begin(&mut writer);
        write(&mut writer, &mut evidence, 500..500 + rows);
        writer.rollback();
        file(&mut writer, 20..21);
    }
    complete(&mut writer);
    assert_eq!(desk.stored(), 13);
}

#[test]
fn duplicates_are_marked_wherever_their_rows_went() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    file(&mut writer, 0..14);
    // Some are in segments that were written while the file was read, some wait.
    file(&mut writer, 5..29);
    writer.commit().unwrap();
    assert_eq!(desk.number("SELECT count(*) FROM flow_duplicate"), 9);
    assert_eq!(desk.stored(), 30);
    file(&mut writer, 25..33);
    complete(&mut writer);
    assert_eq!(desk.stored(), 46);
    assert_eq!(desk.number("SELECT duplicate_rows FROM column_index"), 13);
}

#[test]
fn a_case_whose_writer_was_killed_is_completed() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    file(&mut writer, 0..25);
    writer.commit().unwrap();
    file(&mut writer, 30..60);
    // As a kill leaves it: what was not committed is gone, what waited in memory too.
    drop(writer);
    assert_eq!(desk.stored(), 20);
    let mut writer = desk.writer();
    complete(&mut writer);
    assert_eq!(desk.stored(), 25);
}

#[test]
fn an_index_that_does_not_match_is_not_used_and_built_anew() {
    let damage = [
        "DELETE FROM column_segment WHERE segment_id = 1 << 8 | 7",
        "DELETE FROM column_segment WHERE segment_id >= 2 << 8 AND segment_id < 3 << 8",
        "UPDATE column_segment SET data = zeroblob(length(data)) WHERE segment_id = 1 << 8 | 8",
        "UPDATE column_segment SET min_value = min_value - 1 WHERE segment_id = 1 << 8 | 9",
        "UPDATE column_segment SET null_count = 10 WHERE segment_id = 1 << 8 | 6",
        "UPDATE column_index SET flow_rows = flow_rows - 10",
        "UPDATE column_index SET duplicate_rows = 1",
        "UPDATE column_index SET layout = 99",
        "DELETE FROM column_index",
        "DELETE FROM flow WHERE id = (SELECT max(id) FROM flow); UPDATE evidence SET flow_count = flow_count - 1 WHERE evidence_id = 1",
        "INSERT INTO flow (id) VALUES ((1 << 32) + 3)",
    ];
    for sql in damage {
        let desk = Desk::new();
        let mut writer = desk.writer();
        file(&mut writer, 0..34);
        complete(&mut writer);
        writer.close().unwrap();
        assert_eq!(desk.stored(), 34);
        desk.sql(sql);
        if sql.starts_with("INSERT") {
            // A row between those that were read: no count of the evidence's says so, but comparing does.
            assert!(desk.reader().check_index().is_err());
            continue;
        }
        let checked = desk.reader().check_index();
        assert!(checked.is_err() || sql == "DELETE FROM column_index", "{sql}");
        let mut writer = desk.writer();
        if checked.is_err() && sql.starts_with("UPDATE column_segment SET data") {
            // Data is checked when it is loaded; whoever finds it damaged has the index removed.
            writer.drop_index(AT).unwrap();
        }
        complete(&mut writer);
        let rows = desk.number("SELECT count(*) FROM flow");
        assert_eq!(desk.stored(), rows, "{sql}");
    }
}

#[test]
fn dropped_and_built_again_it_is_the_same() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    file(&mut writer, 0..34);
    file(&mut writer, 10..22);
    complete(&mut writer);
    let digest = || {
        let conn = Connection::open(&desk.path).unwrap();
        let mut statement =
            conn.prepare("SELECT segment_id || hex(data) || head_checksum FROM column_segment ORDER BY 1").unwrap();
        let rows = statement.query_map([], |r| r.get::<_, String>(0)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    let before = digest();
    writer.drop_index(AT).unwrap();
    assert_eq!((digest().len(), desk.number("SELECT count(*) FROM column_index")), (0, 0));
    assert_eq!(desk.reader().journal().unwrap().last().unwrap().action, "index_dropped");
    // An import into a case that lost its index brings it back at its end.
    complete(&mut writer);
    assert_eq!((digest(), desk.stored()), (before, 46));
}

#[test]
fn a_row_that_no_column_can_hold_means_plain_sql() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    file(&mut writer, 0..4);
    complete(&mut writer);
    writer.drop_index(AT).unwrap();
    desk.sql("UPDATE flow SET bytes = 'many' WHERE id = (SELECT min(id) FROM flow)");
    assert!(matches!(desk.reader().check_index(), Err(IndexError::Index(IndexFault::Rows(_)))));
    assert!(matches!(writer.index_step().unwrap(), IndexStep::Impossible(IndexFault::Rows(_))));
    file(&mut writer, 4..6);
    writer.commit().unwrap();
    assert_eq!(desk.number("SELECT count(*) FROM flow"), 6);
}

/// Adds an evidence file with so many events.
fn add_events(desk: &Desk, evidence: i64, count: i64) {
    desk.sql(&format!(
        "INSERT OR IGNORE INTO call (call_id, event_name) VALUES (1, 'a'), (2, 'b');
         INSERT INTO evidence (evidence_id, path, format, packing, encoding, file_bytes, content_bytes, file_sha256,
           content_sha256, imported_utc, raw_kept, record_count, duplicate_count, warning_count, flow_count, event_count,
           aggregated_count) VALUES ({evidence}, '', '', '', '', 0, 0, '', '', '', 0, {count}, 0, 0, 0, {count}, 0);
         INSERT INTO event_row (id, event_key, call_id, caller_id, byte_offset, byte_length, completeness, time_millis,
           event_time, resources_id)
         SELECT ({evidence} << 32) | n, ({evidence} << 32) | max(1, n - n % 4), n % 2 + 1, n, 0, 0, 4, nullif(n, 7) * 1000,
           iif(n = 7, 'soon', NULL), nullif(n % 3, 2)
         FROM (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {count}) SELECT n FROM t)"
    ));
}

/// Events that readers find in the index; everything that they find matches the rows.
fn indexed_events(desk: &Desk) -> Option<u32> {
    let reader = desk.reader();
    reader.check_index().unwrap();
    match reader.index_state().unwrap() {
        IndexState::Ready(snapshot) => snapshot.events.as_ref().map(|events| events.rows()),
        IndexState::Unusable(fault) => panic!("{fault}"),
    }
}

fn segments(desk: &Desk) -> Vec<String> {
    let conn = Connection::open(&desk.path).unwrap();
    let sql = "SELECT segment_id || hex(data) || head_checksum FROM column_segment ORDER BY 1";
    let mut statement = conn.prepare(sql).unwrap();
    let rows = statement.query_map([], |r| r.get::<_, String>(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn events_are_read_from_the_rows_until_the_index_holds_them() {
    let desk = Desk::new();
    assert_eq!(indexed_events(&desk), Some(0));
    add_events(&desk, 1, 25);
    assert_eq!(indexed_events(&desk), Some(25));
    let mut writer = desk.writer();
    complete(&mut writer);
    for (evidence, count, all) in [(2, 7, 32), (3, 1, 33), (4, 40, 73)] {
        add_events(&desk, evidence, count);
        assert_eq!(indexed_events(&desk), Some(all));
        let IndexState::Ready(snapshot) = desk.reader().index_state().unwrap() else { panic!("flows are there") };
        assert_eq!(snapshot.behind(), count as u64);
        complete(&mut writer);
        assert_eq!(indexed_events(&desk), Some(all));
        assert_eq!(desk.number("SELECT event_rows FROM column_index"), i64::from(all));
    }
    let before = segments(&desk);
    assert_eq!(before.len(), 8 * event::COUNT);
    writer.drop_index(AT).unwrap();
    assert_eq!((segments(&desk).len(), indexed_events(&desk)), (0, Some(73)));
    complete(&mut writer);
    assert_eq!((segments(&desk), indexed_events(&desk)), (before, Some(73)));
}

#[test]
fn events_that_do_not_match_are_not_used_and_built_anew() {
    let damage = [
        "DELETE FROM column_segment WHERE segment_id = (2 << 40) + (1 << 8) + 3",
        "UPDATE column_segment SET max_value = 9 WHERE segment_id = (2 << 40) + 1",
        "UPDATE column_index SET event_rows = 20",
        "UPDATE column_index SET event_rows = 0",
        "UPDATE column_index SET event_last_id = 5",
    ];
    for sql in damage {
        let desk = Desk::new();
        let mut writer = desk.writer();
        file(&mut writer, 0..14);
        writer.commit().unwrap();
        add_events(&desk, 2, 25);
        complete(&mut writer);
        let before = segments(&desk);
        writer.close().unwrap();
        desk.sql(sql);
        assert!(desk.reader().check_index().is_err(), "{sql}");
        let mut writer = desk.writer();
        complete(&mut writer);
        assert_eq!((indexed_events(&desk), desk.stored()), (Some(25), 14), "{sql}");
        assert_eq!(segments(&desk), before, "{sql}");
    }
}

#[test]
fn events_of_another_layout_and_none_at_all_are_built_beside_the_flows() {
    for sql in [
        "UPDATE column_index SET event_layout = 99, event_rows = 3",
        "UPDATE column_index SET event_layout = NULL, event_rows = NULL, event_last_id = NULL;
         DELETE FROM column_segment WHERE segment_id >= 2 << 40",
    ] {
        let desk = Desk::new();
        let mut writer = desk.writer();
        file(&mut writer, 0..14);
        writer.commit().unwrap();
        add_events(&desk, 2, 25);
        complete(&mut writer);
        let before = segments(&desk);
        writer.close().unwrap();
        desk.sql(sql);
        assert_eq!((indexed_events(&desk), desk.stored()), (None, 14));
        let mut writer = desk.writer();
        complete(&mut writer);
        assert_eq!((indexed_events(&desk), segments(&desk)), (Some(25), before));
    }
}

#[test]
fn data_that_no_question_reads_is_checked_all_the_same() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    file(&mut writer, 0..14);
    complete(&mut writer);
    writer.close().unwrap();
    desk.reader().check_index().unwrap();
    desk.sql("UPDATE column_segment SET data = x'01' WHERE length(data) = 0");
    assert!(matches!(desk.reader().check_index(), Err(IndexError::Index(IndexFault::Checksum))));
}

#[test]
fn an_index_from_before_that_lacks_no_event_says_so() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    file(&mut writer, 0..14);
    complete(&mut writer);
    writer.close().unwrap();
    desk.sql("UPDATE column_index SET event_layout = NULL, event_rows = NULL, event_last_id = NULL");
    assert_eq!(indexed_events(&desk), None);
    complete(&mut desk.writer());
    assert_eq!((indexed_events(&desk), desk.stored()), (Some(0), 14));
}

#[test]
fn an_event_that_no_column_can_hold_means_plain_sql() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    add_events(&desk, 1, 5);
    desk.sql("UPDATE event_row SET resources_id = 'many' WHERE id & 7 = 3");
    assert!(matches!(writer.index_step().unwrap(), IndexStep::Impossible(IndexFault::Rows(_))));
    assert!(matches!(desk.reader().check_index(), Err(IndexError::Index(IndexFault::Rows(_)))));
}

#[test]
fn the_columns_of_events_are_what_rows_refer_to() {
    let expected: Vec<String> = crate::case::schema::event_references().into_iter().map(|(name, _)| name).collect();
    assert_eq!(event::REFERENCES.map(str::to_owned).to_vec(), expected);
    assert_eq!([event::column_of("call_id"), event::column_of("caller_id")], [event::CALL, event::CALLER].map(Some));
}
