//! Tests of tables: what spreadsheets, query engines and people make of flow records.

use super::super::csv_header::delimiter_of_header;
use super::super::testing::{Found, collect};
use super::*;
use crate::ingest::{detect::detect, head::Head};
use crate::model::Scope;

const HEADER: &str = "version,account-id,interface-id,srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,action,log-status";

fn read(text: &str) -> Found {
    let head = Head { bytes: text.as_bytes(), complete: true };
    let mut parser = detect(&head, &FormatChoice::default()).expect("a format");
    let mut out = Emitter::default();
    for piece in text.as_bytes().chunks(7) {
        parser.push(piece, &mut out);
    }
    parser.finish(&StreamEnd::Complete, &mut out);
    collect(&mut out)
}

/// A table of one time column with these values.
fn starts(values: &[&str]) -> Found {
    let rows: Vec<String> = values.iter().map(|start| format!("10.0.0.1,10.0.0.2,ACCEPT,\"{start}\"\n")).collect();
    read(&format!("srcaddr,dstaddr,action,start\n{}", rows.concat()))
}

fn column<'a>(found: &'a Found, name: &str) -> Vec<&'a str> {
    found.rows.iter().map(|row| row.get(name).map_or("", String::as_str)).collect()
}

fn remarks(found: &Found) -> Vec<(Reason, &str)> {
    found.warnings.iter().filter(|w| w.scope == Scope::File).map(|w| (w.reason, w.detail.as_str())).collect()
}

fn elements(found: &Found) -> Vec<(u64, &str)> {
    found.warnings.iter().filter(|w| w.scope == Scope::Element).map(|w| (w.position, w.detail.as_str())).collect()
}

#[test]
fn chosen_fields_become_records() {
    let csv = "@timestamp,srcAddr,dstAddr,srcPort,note\n\
               2014-12-14 04:06:50.000,10.0.0.1,10.0.0.2,22,\"a \"\"b\"\"\"\n\
               2014-12-14 04:06:51.000,10.0.0.1,10.0.0.2,70000,-\n\
               x,10.0.0.1\n\
               soon,10.0.0.1,10.0.0.2,22,\n\
               2014-12-14T04:06:52.250Z,10.0.0.1,10.0.0.2,22,\n";
    let found = read(csv);
    assert_eq!(column(&found, "start"), ["1418530010", "1418530012"]);
    let extra = [
        r#"{"note":"a \"b\"","timestamp":"2014-12-14 04:06:50.000"}"#,
        r#"{"start_ms":250,"timestamp":"2014-12-14T04:06:52.250Z"}"#,
    ];
    assert_eq!(column(&found, "extra"), extra);
    let told: Vec<_> = elements(&found).into_iter().map(|(at, detail)| (at, detail.split(';').next())).collect();
    let expected = [
        (3, Some("srcport 70000 is above 65535")),
        (4, Some("2 cells, the header has 5: a value with the delimiter in it has to stand in quotes")),
        (5, Some("start soon is no time that can be read")),
    ];
    assert_eq!(told, expected);
    let own = "columns that are no fields of a flow log are kept as further values: extra.note";
    assert_eq!(remarks(&found), [(Reason::ReadAs, own)]);
}

#[test]
fn delimiters_marks_and_what_spreadsheets_leave_behind() {
    let expected =
        read(&format!("{HEADER}\n2,012345678901,eni-1,10.0.0.1,10.0.0.2,1,2,6,3,4,1741064400,1741064459,ACCEPT,OK\n"));
    assert_eq!((expected.rows.len(), expected.warnings.len()), (1, 0));
    let header = |delimiter: &str| HEADER.replace(',', delimiter);
    for text in [
        format!(
            "{}\n2;012345678901;eni-1;10.0.0.1;10.0.0.2;1;2;6;3;4;1741064400;1741064459;ACCEPT;OK\r\n;;;\r\n",
            header(";")
        ),
        format!(
            "sep=;\r\n{}\r\n2;=\"012345678901\";eni-1;10.0.0.1;10.0.0.2;1;2;6.0;3,0;4;1741064400;1741064459;ACCEPT;OK;;\r\n",
            header(";")
        ),
        format!(
            "{}\n2\t012345678901\teni-1\t10.0.0.1\t10.0.0.2\t1\t2\t6\t3\t4\t1741064400\t1741064459\tACCEPT\tOK\n",
            header("\t")
        ),
        format!("{}\n2|012345678901|eni-1|10.0.0.1|10.0.0.2|1|2|6|3|4|1741064400|1741064459|ACCEPT|OK\n", header("|")),
        format!(
            "{},,\n2, 012345678901, eni-1, 10.0.0.1, 10.0.0.2,1,2,6,3,4.0E0,1.7410644E9,1741064459.0,ACCEPT,OK,,\n",
            header(",")
        ),
        "2,012345678901,eni-1,10.0.0.1,10.0.0.2,1,2,6,3,4,1741064400,1741064459,ACCEPT,OK\n".to_owned(),
    ] {
        let found = read(&text);
        assert_eq!((found.values(), found.warnings.len()), (expected.values(), 0), "{text} {:?}", found.warnings);
    }
    // A tab keeps the place of an empty cell, and a blank inside of one.
    let found =
        read("srcaddr\tdstaddr\tinstance-id\taction\tstart\n10.0.0.1\t10.0.0.2\t\tACCEPT\t2025-03-04 05:00:00\n");
    assert_eq!((column(&found, "start"), column(&found, "action")), (vec!["1741064400"], vec!["ACCEPT"]));
}

#[test]
fn nothing_in_any_spelling_is_no_value() {
    for nothing in ["", "-", "\\N", "NULL", "null", "NaN", "None", " "] {
        let found =
            read(&format!("srcaddr,dstaddr,action,bytes,start\n10.0.0.1,10.0.0.2,ACCEPT,{nothing},{nothing}\n"));
        assert_eq!((column(&found, "bytes"), column(&found, "start")), (vec![""], vec![""]), "{nothing}");
        assert_eq!((found.rows.len(), found.warnings.len()), (1, 0));
    }
}

#[test]
fn counts_in_every_unit_are_the_same_time() {
    for (text, unit) in [
        ("1741064400", None),
        ("1741064400.0", None),
        ("1.7410644E9", None),
        ("1741064400000", Some("milliseconds")),
        ("1741064400000000", Some("microseconds")),
        ("1741064400000000000", Some("nanoseconds")),
        ("1.7410644E15", Some("microseconds")),
        ("45720.2083333333", Some("a spreadsheet's days (counted from 1900, taken for UTC)")),
        ("45720,2083333333", Some("a spreadsheet's days (counted from 1900, taken for UTC)")),
    ] {
        let found = starts(&[text, "-"]);
        assert_eq!(column(&found, "start"), ["1741064400", ""], "{text}");
        let told: Vec<String> = remarks(&found).iter().map(|(_, detail)| (*detail).to_owned()).collect();
        let expected = unit.map(|unit| {
            format!("times are counted in {unit}: start {text} is 2025-03-04T05:00:00Z (first in element 2)")
        });
        assert_eq!(told, Vec::from_iter(expected), "{text}");
        assert_eq!(elements(&found), [], "{text}");
    }
    let found = starts(&["1741064400123456", "1741064400123456789"]);
    assert_eq!(
        column(&found, "extra"),
        [r#"{"start_ms":123,"time_unit":"us"}"#, r#"{"start_ms":123,"time_unit":"ns"}"#]
    );
}

#[test]
fn a_count_that_is_no_time_of_a_log_is_read_as_the_others_or_is_a_warning() {
    // 1975 in microseconds, and nothing in another unit.
    let found = starts(&["1741064400000000", "160000000000000"]);
    assert_eq!(column(&found, "start"), ["1741064400", "160000000"]);
    assert!(remarks(&found).iter().any(|(_, detail)| detail.contains("read as the others in microseconds")));
    let alone = starts(&["160000000000000"]);
    assert_eq!((alone.rows.len(), elements(&alone).len()), (0, 1));
    assert!(elements(&alone)[0].1.starts_with("start 160000000000000 is no time that can be read"));
    // Small counts are seconds where others are; a spreadsheet's day otherwise.
    assert_eq!(column(&starts(&["1741064400", "45720"]), "start"), ["1741064400", "45720"]);
    assert_eq!(column(&starts(&["45720"]), "start"), ["1741046400"]);
    assert_eq!(column(&starts(&["0", "5", "100"]), "start"), ["0", "5", "100"]);
}

#[test]
fn dates_of_numbers_are_read_by_the_order_that_other_rows_tell() {
    let told = starts(&["3/4/2025 5:06:07", "3/14/2025 5:06:07", "1/2/2025 0:00:00 AM"]);
    assert_eq!(column(&told, "start"), ["1741064767", "1741928767"]);
    assert_eq!(column(&told, "position"), ["2", "3"]);
    assert_eq!(elements(&told).iter().map(|(at, _)| *at).collect::<Vec<_>>(), [4], "no hour 0 on a clock of twelve");
    let order = "dates are read as month/day/year, the one order that makes all of them dates, and as UTC: \
                 start 3/4/2025 5:06:07 is 2025-03-04T05:06:07Z (first in element 2)";
    assert_eq!(remarks(&told), [(Reason::ReadAs, order)]);

    let german = starts(&["04/03/2025 05:06:07", "5/3/2025 05:06:07", "31/03/2025 05:06:07"]);
    assert_eq!(column(&german, "start"), ["1741064767", "1741151167", "1743397567"]);

    let open = starts(&["3/4/2025 5:06", "3/3/2025 5:06", "5/6/2025 5:06"]);
    assert_eq!(column(&open, "start"), ["1740978360"], "the third of March is one day either way");
    let told: Vec<_> = elements(&open).iter().map(|(at, detail)| (*at, detail.contains("may be two days"))).collect();
    assert_eq!(told, [(2, true), (4, true)]);
    assert_eq!(
        open.warnings.iter().find(|w| w.position == 2).unwrap().raw,
        b"10.0.0.1,10.0.0.2,ACCEPT,\"3/4/2025 5:06\""
    );

    let torn = starts(&["3/14/2025 5:06:07", "14/3/2025 5:06:07"]);
    assert!(remarks(&torn).iter().any(|(reason, detail)| reason.is_fault() && detail.contains("more than one order")));
}

#[test]
fn what_a_spreadsheet_rounded_or_left_out_is_told() {
    let inexact = |found: &Found| {
        let faults: Vec<String> = remarks(found)
            .into_iter()
            .filter(|(reason, _)| *reason == Reason::Inexact)
            .map(|(_, detail)| detail.to_owned())
            .collect();
        assert!(Reason::Inexact.is_fault());
        faults
    };
    let found = read(&format!(
        "{HEADER}\n2,1.11122E+11,eni-1,10.0.0.1,10.0.0.2,40050,22,6,60,1.2E+07,1.74106E+09,1.74106E+09,ACCEPT,OK\n"
    ));
    assert_eq!((column(&found, "start"), column(&found, "bytes")), (vec!["1741060000"], vec!["12000000"]));
    assert_eq!(column(&found, "account_id"), ["1.11122E+11"]);
    let told = inexact(&found);
    assert!(told.iter().any(|detail| detail.starts_with("account_id 1.11122E+11 was rounded")), "{told:?}");
    assert!(told.iter().any(|detail| detail.starts_with("bytes 1.2E+07 was rounded")), "{told:?}");
    assert!(inexact(&starts(&["2025-03-04 05:06"]))[0].starts_with("times without seconds (start 2025-03-04 05:06)"));
    assert!(inexact(&starts(&["2025-03-04"]))[0].starts_with("times without a time of day (start 2025-03-04)"));
    assert!(inexact(&starts(&["45720.2083"]))[0].contains("exact to nine seconds only"));
    assert_eq!(inexact(&starts(&["2025-03-04 05:06:07", "45720.2125810185"])), Vec::<String>::new());
    let short = read("account_id,srcaddr,dstaddr,start\n12345678901,10.0.0.1,10.0.0.2,1741064400\n");
    assert_eq!(column(&short, "account_id"), ["12345678901"]);
    assert!(remarks(&short)[0].1.contains("zeros at its beginning may be lost"));
    let number = read("account_id,srcaddr,dstaddr,start\n1.11122223333E11,10.0.0.1,10.0.0.2,1741064400\n");
    assert_eq!((column(&number, "account_id"), number.warnings.len()), (vec!["111122223333"], 0));
}

#[test]
fn a_column_with_a_slip_in_its_name_is_told() {
    let found = read(&HEADER.replace("srcaddr", "srcadr").replace("log-status", "tags"));
    let (reason, detail) = remarks(&found)[0];
    assert_eq!(reason, Reason::UnknownColumn);
    assert!(detail.contains("srcadr (kept as extra.srcadr; is it srcaddr?)"), "{detail}");
    assert!(remarks(&found)[1].1.ends_with("extra.tags"), "{:?}", remarks(&found));
    let text = read(&HEADER.replace(',', " ").replace("dstaddr", "dstadr"));
    assert_eq!(remarks(&text).iter().map(|(reason, _)| *reason).collect::<Vec<_>>(), [Reason::UnknownColumn]);
}

#[test]
fn a_header_of_another_table_is_none() {
    for header in ["ip,comment", "value;type;description", "message"] {
        assert_eq!(delimiter_of_header(header.as_bytes()), None);
    }
}

#[test]
fn rows_with_both_directions_are_records_with_second_counters() {
    let found = read(
        "ip,remote_port,local_port,in_bytes,out_bytes,avg_in_packet_size,start_time,interface_local_ips\n\
         203.0.113.5,4444,22,5200,5000000000,52,2025-03-04 05:00:00.000,\"[\"\"10.0.0.1\"\"]\"\n\
         203.0.113.5,70000,22,1,2,1,2025-03-04 05:00:00.000,10.0.0.1\n\
         203.0.113.6,4444,22,0,7,1,2025-03-04 05:00:00.000,10.0.0.1\n\
         203.0.113.7,4444,22,1,many,1,2025-03-04 05:00:00.000,10.0.0.1\n",
    );
    assert_eq!(column(&found, "srcaddr"), ["203.0.113.5", "10.0.0.1"]);
    assert_eq!(column(&found, "bytes"), ["5200", "7"]);
    assert!(column(&found, "extra")[0].contains(r#""remote":"srcaddr","second":{"bytes":5000000000}"#));
    assert_eq!(elements(&found), [(3, "srcport 70000 is above 65535"), (5, "bytes many is not a number")]);
}
