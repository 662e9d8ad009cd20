//! Events go into the index with their rows.

use super::*;
use crate::model::batch::{Completeness, EventColumns};
use crate::model::{EventBatch, EventRow};

/// Writes events with these numbers: those of equal number are occurrences of one event.
fn write_events(writer: &mut CaseWriter, evidence: &mut OpenEvidence, numbers: std::ops::Range<i64>) {
    let mut batch = EventBatch::default();
    for (at, n) in numbers.enumerate() {
        let mut columns = EventColumns::new(field::event_columns().count());
        let mut set = |name: &str, value: String| {
            let at = field::event_columns().position(|field| field.name == name).unwrap();
            columns.set(at, Some(value.as_str()));
        };
        set("event_id", format!("{n:08x}-0000-4000-8000-000000000000"));
        set("event_name", format!("Get{}", n % 3));
        set("source_ip_address", format!("10.0.0.{}", n % 7));
        set("event_time", if n % 5 == 0 { "soon".to_owned() } else { format!("2021-05-16T00:00:{:02}Z", n % 60) });
        if n % 4 == 0 {
            set("error_message", format!("no {n}"));
        }
        if n % 2 == 0 {
            set("request_parameters", format!("{{\"n\":{}}}", n % 10));
            set("tls_details", "{}".to_owned());
        }
        batch.push(EventRow {
            // Every third element could not be read.
            position: (at + at / 2) as u32 + 1,
            offset: 0,
            len: 0,
            completeness: Completeness::Full,
            time_millis: (n % 5 != 0).then_some(1_621_123_200_000 + n % 60 * 1000),
            json: "{}",
            columns: columns.values(),
        });
    }
    writer.events(evidence, &batch, &[]).unwrap();
}

fn event_file(writer: &mut CaseWriter, numbers: std::ops::Range<i64>) {
    let mut evidence = begin(writer);
    write_events(writer, &mut evidence, numbers);
    finish(writer, evidence);
}

/// Event rows that the stored index holds; everything that a reader sees matches the rows.
fn stored_events(desk: &Desk) -> i64 {
    desk.stored();
    desk.number("SELECT ifnull(sum(event_rows), 0) FROM column_index")
}

#[test]
fn full_segments_go_with_their_file_and_the_rest_at_the_end() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    for n in 0..9 {
        event_file(&mut writer, n * 3..n * 3 + 3);
        writer.commit().unwrap();
        assert_eq!(stored_events(&desk), (n + 1) * 3 / 10 * 10);
    }
    // Beside flows in one file, and with copies of events of before.
    let mut evidence = begin(&mut writer);
    write(&mut writer, &mut evidence, 0..14);
    write_events(&mut writer, &mut evidence, 20..55);
    finish(&mut writer, evidence);
    complete(&mut writer);
    assert_eq!((stored_events(&desk), desk.stored()), (62, 14));
    writer.close().unwrap();
    // A further import continues within the last segment, without reading a row back.
    let mut writer = desk.writer();
    event_file(&mut writer, 200..245);
    writer.commit().unwrap();
    assert_eq!(stored_events(&desk), 100);
    complete(&mut writer);
    assert_eq!(stored_events(&desk), 107);
    let before = segments(&desk);
    writer.drop_index(AT).unwrap();
    complete(&mut writer);
    assert_eq!(segments(&desk), before, "read from the rows it is the same");
}

#[test]
fn a_file_that_fails_leaves_no_trace() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    event_file(&mut writer, 0..8);
    for (rows, committed) in [(1, true), (35, true), (1, false), (35, false), (2, false)] {
        if committed {
            writer.commit().unwrap();
        }
        let mut evidence = begin(&mut writer);
        write_events(&mut writer, &mut evidence, 500..500 + rows);
        writer.rollback();
        event_file(&mut writer, 20..21);
    }
    writer.commit().unwrap();
    assert_eq!(stored_events(&desk), 10);
    complete(&mut writer);
    assert_eq!(stored_events(&desk), 13);
}

#[test]
fn a_case_whose_writer_was_killed_is_completed() {
    let desk = Desk::new();
    let mut writer = desk.writer();
    event_file(&mut writer, 0..25);
    writer.commit().unwrap();
    event_file(&mut writer, 30..60);
    drop(writer);
    assert_eq!(stored_events(&desk), 20);
    // What waited in memory is read from the rows before the next file's.
    let mut writer = desk.writer();
    event_file(&mut writer, 70..76);
    writer.commit().unwrap();
    assert_eq!(stored_events(&desk), 30);
    complete(&mut writer);
    assert_eq!(stored_events(&desk), 31);
}

#[test]
fn a_case_whose_index_lacks_its_events_gets_them_at_the_end() {
    for rows in [4, 35] {
        let desk = Desk::new();
        let mut writer = desk.writer();
        file(&mut writer, 0..14);
        event_file(&mut writer, 0..rows);
        complete(&mut writer);
        writer.close().unwrap();
        desk.sql(
            "UPDATE column_index SET event_layout = NULL, event_rows = NULL, event_last_id = NULL;
             DELETE FROM column_segment WHERE segment_id >= 2 << 40",
        );
        let mut writer = desk.writer();
        event_file(&mut writer, 100..112);
        file(&mut writer, 20..22);
        writer.commit().unwrap();
        // A few rows are read before the first new ones; many are left to the end.
        assert_eq!(stored_events(&desk), if rows < 10 { (rows + 12) / 10 * 10 } else { 0 });
        complete(&mut writer);
        assert_eq!((stored_events(&desk), desk.stored()), (rows + 12, 16));
        let before = segments(&desk);
        writer.drop_index(AT).unwrap();
        complete(&mut writer);
        assert_eq!(segments(&desk), before);
    }
}
