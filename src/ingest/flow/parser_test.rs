//! What the parsers of lines and messages give, value by value; pieces of any size give the same; no bytes make them
//! panic.

use super::testing::{Found, collect, run};
use super::*;
use crate::ingest::head::Head;
use crate::ingest::{Emitter, FormatChoice, Parser, StreamEnd};
use crate::model::{FieldId, Home, Reason, Scope, field};
use proptest::prelude::*;

const V2: &str = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
const HEADER: &str = DEFAULT_V2;

fn text(content: impl AsRef<[u8]>) -> Found {
    run(&mut FlowTextParser::with_header(), &[content.as_ref()], &StreamEnd::Complete)
}

fn warnings(found: &Found) -> Vec<(Scope, u64, Reason, &str)> {
    found.warnings.iter().map(|w| (w.scope, w.position, w.reason, w.detail.as_str())).collect()
}

fn read_with(spec: &str, line: &str) -> Found {
    let (mut reader, mut out) = (LineReader::new(LineFormat::parse_spec(spec).unwrap()), Emitter::default());
    let place = Place { position: 1, offset: 0, len: line.len() as u32 };
    reader.read(line.as_bytes(), place, &mut out);
    collect(&mut out)
}

fn get<'a>(found: &'a Found, name: &str) -> Option<&'a str> {
    found.rows.first().and_then(|row| row.get(name)).map(String::as_str)
}

#[test]
fn every_value_of_a_line_arrives() {
    let found = text(format!("{HEADER}\r\n{V2}\r\n"));
    let expected = [
        ("account_id", "123456789010"),
        ("action", "ACCEPT"),
        ("bytes", "4249"),
        ("dstaddr", "10.0.0.2"),
        ("dstport", "22"),
        ("end", "1418530070"),
        ("interface_id", "eni-1"),
        ("len", "89"),
        ("log_status", "OK"),
        ("offset", "116"),
        ("packets", "20"),
        ("position", "2"),
        ("protocol", "6"),
        ("srcaddr", "10.0.0.1"),
        ("srcport", "40000"),
        ("start", "1418530010"),
        ("version", "2"),
    ];
    let row: Vec<(&str, &str)> = found.rows[0].iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(row, expected);
    assert_eq!((found.rows.len(), found.warnings.len()), (1, 0));
}

#[test]
fn unknown_fields_losses_and_odd_times_go_to_extra() {
    let found =
        read_with("start end new-field packets-lost-no-route srcaddr", "1512564058123 1512564059000 a\"b 007 -");
    let extra = r#"{"new_field":"a\"b","packets_lost_no_route":7,"start_ms":123,"time_unit":"ms"}"#;
    assert_eq!(get(&found, "extra"), Some(extra));
    assert_eq!((get(&found, "start"), get(&found, "end")), (Some("1512564058"), Some("1512564059")));
    assert_eq!(get(&read_with("end srcaddr", "1512564058 -"), "extra"), Some(r#"{"end":1512564058}"#));
    let found = read_with("end srcaddr", "1512564058005 -");
    assert_eq!(get(&found, "extra"), Some(r#"{"end":1512564058,"end_ms":5,"time_unit":"ms"}"#));
    assert_eq!(get(&read_with("start srcaddr", "1512564058 -"), "extra"), None);
    assert_eq!(get(&read_with("new-field srcaddr", "- 10.0.0.1"), "extra"), None);
}

#[test]
fn lines_that_are_no_records_keep_their_place_and_text() {
    let bad = V2.replace("40000", "70000");
    let content = format!("{HEADER}\n\n{V2} surplus\n{bad}\n  \t\n{V2}\n");
    let found = text(&content);
    assert_eq!(
        warnings(&found),
        [
            (Scope::Element, 3, Reason::FieldCount, "15 values, the format has 14 fields"),
            (Scope::Element, 4, Reason::BadValue, "srcport 70000 is above 65535"),
        ]
    );
    for warning in &found.warnings {
        let (start, end) = (warning.offset as usize, (warning.offset + warning.len) as usize);
        assert_eq!(&content.as_bytes()[start..end], warning.raw);
    }
    assert_eq!((found.rows.len(), get(&found, "position")), (1, Some("6")));
}

#[test]
fn a_line_that_is_no_record_leaves_nothing_in_the_batch() {
    let (mut reader, mut out) = (LineReader::new(LineFormat::default_v2()), Emitter::default());
    for line in [V2.replace("ACCEPT", "REJECT").replace(" 6 ", " 300 "), V2.replace("10.0.0.2", "10.0.0.256")] {
        assert!(!reader.read(line.as_bytes(), Place::default(), &mut out));
    }
    let batch = out.flows.take();
    assert_eq!((batch.addresses.len(), batch.pairs.len()), (0, 0));
    assert_eq!((batch.interfaces.len(), batch.dispositions.len()), (0, 0));
}

#[test]
fn a_header_in_the_middle_changes_the_format() {
    let found = text(format!("{HEADER}\n{V2}\nsrcaddr  dstaddr\tbytes\n10.0.0.9 10.0.0.8 5\n{HEADER}\n{V2}\n"));
    assert_eq!((found.rows.len(), found.warnings.len()), (3, 0));
    assert_eq!(found.rows[1]["srcaddr"], "10.0.0.9");
    assert_eq!(found.rows[1].len(), 6);
    assert_eq!(found.values()[0], found.values()[2]);
}

#[test]
fn the_last_line_of_content_that_is_cut_off_is_a_warning() {
    let content = format!("{HEADER}\n{V2}\n{V2}");
    let cut = StreamEnd::CutOff("unexpected end of gzip".into());
    let found = run(&mut FlowTextParser::with_header(), &[content.as_bytes()], &cut);
    assert_eq!(found.rows.len(), 1);
    assert_eq!(warnings(&found), [(Scope::Element, 3, Reason::CutOff, "unexpected end of gzip")]);
    assert_eq!(text(&content).rows.len(), 2);
    let whole = run(&mut FlowTextParser::with_header(), &[format!("{content}\n").as_bytes()], &cut);
    assert_eq!((whole.rows.len(), whole.warnings.len()), (2, 0));
}

#[test]
fn a_line_above_the_limit_is_a_warning_and_the_next_one_a_record() {
    let long = "x".repeat(17 << 20);
    let found = text(format!("{HEADER}\n{long}\n{V2}\n"));
    let detail = format!("a line of {} bytes, the limit is {}", 17 << 20, 16 << 20);
    assert_eq!(warnings(&found), [(Scope::Element, 2, Reason::TooLong, detail.as_str())]);
    assert_eq!((found.warnings[0].len, found.warnings[0].raw.len()), (17 << 20, 4096));
    assert_eq!(found.rows.len(), 1);
}

#[test]
fn invalid_utf8_is_replaced_and_said_once() {
    let mut line = V2.replace("eni-1", "eni-?").into_bytes();
    let at = line.iter().position(|b| *b == b'?').unwrap();
    line[at] = 0xff;
    let content = [HEADER.as_bytes(), b"\n", &line, b"\n", &line, b"\n"].concat();
    let found = text(content);
    assert_eq!(found.rows.len(), 2);
    assert_eq!(found.rows[1]["interface_id"], "eni-\u{fffd}");
    assert_eq!(warnings(&found), [(Scope::File, 0, Reason::InvalidUtf8, "first in element 2 at byte 115")]);
}

#[test]
fn records_of_unknown_format_wait_with_a_proposal_and_are_read_once_it_is_confirmed() {
    let content =
        "2 eni-1235b8ca123456789 172.31.16.139 172.31.16.21\n2 eni-1235b8ca123456789 172.31.9.69 172.31.9.12\n";
    let read = |choice: &FormatChoice| {
        let head = Head { bytes: content.as_bytes(), complete: true };
        let mut parser = detect(&head, choice, &|| panic!("no events")).unwrap();
        let found = run(parser.as_mut(), &[content.as_bytes()], &StreamEnd::Complete);
        (found, parser.record_format(), parser.format_wanted())
    };
    let (found, format, wanted) = read(&FormatChoice::default());
    assert_eq!((found.rows.len(), found.elements(), format), (0, 2, None));
    let spec = wanted.unwrap().proposal.unwrap();
    let detail = &found.warnings.iter().find(|w| w.scope == Scope::File).unwrap().detail;
    assert!(detail.contains(&spec), "{detail}");
    assert_eq!(spec, "${version} ${interface-id} ${srcaddr} ${dstaddr}");
    let element = found.warnings.iter().find(|w| w.scope == Scope::Element).unwrap();
    assert_eq!((element.reason, element.raw.as_slice()), (Reason::FormatNeeded, &content.as_bytes()[..50]));
    let (found, format, wanted) = read(&FormatChoice { flow_format: Some(spec.clone()) });
    assert_eq!((found.rows.len(), found.warnings.len(), format, wanted), (2, 0, Some(spec), None));
    assert_eq!(found.rows[1]["dstaddr"], "172.31.9.12");
}

#[test]
fn messages_of_several_flow_logs_are_read_each_by_its_shape() {
    let choice = FormatChoice { flow_format: Some("version interface-id srcaddr dstaddr".into()) };
    let (mut reader, mut out) = (MessageReader::new(&choice), Emitter::default());
    let place = Place { position: 1, offset: 0, len: 0 };
    assert!(reader.read(V2.as_bytes(), place, &mut out));
    assert!(reader.read(b"2 eni-1 10.0.0.1 10.0.0.2", place, &mut out));
    assert!(!reader.read(b"2 eni-1 10.0.0.1 10.0.0.2 OK", place, &mut out));
    assert!(!reader.read(b"an error has occurred here", place, &mut out));
    assert!(reader.read(V2.as_bytes(), place, &mut out));
    reader.finish(&mut out);
    let found = collect(&mut out);
    assert_eq!(found.rows.len(), 3);
    assert_eq!(
        warnings(&found),
        [
            (Scope::Element, 1, Reason::FieldCount, "5 values, the format has 4 fields"),
            (Scope::Element, 1, Reason::NotARecord, "the message is no flow record"),
        ]
    );
}

#[test]
fn messages_of_unknown_format_get_one_proposal() {
    let (mut reader, mut out) = (MessageReader::new(&FormatChoice::default()), Emitter::default());
    for position in 1..=100 {
        assert!(!reader.read(b"2 eni-1 10.0.0.1 10.0.0.2", Place { position, offset: 0, len: 0 }, &mut out));
    }
    reader.finish(&mut out);
    let found = collect(&mut out);
    assert_eq!(found.elements(), 100);
    assert_eq!(found.warnings.iter().filter(|w| w.scope == Scope::File).count(), 1);
}

#[test]
fn field_by_field_gives_the_same_record_as_the_line() {
    let spec = format!("{HEADER} packets-lost-no-route new-field pkt-srcaddr");
    let line = format!("{} 3 x fe80::1", V2.replace("1418530010", "1418530010123"));
    let (mut builder, mut out) = (RecordBuilder::new(), Emitter::default());
    for _ in 0..2 {
        builder.begin();
        for (name, value) in spec.split_whitespace().zip(line.split_whitespace()) {
            match field::by_header(name) {
                Some(field) => builder.set(field, value.as_bytes()),
                None => builder.set_extra("new_field", value),
            }
        }
        assert!(builder.finish(Place { position: 1, offset: 0, len: line.len() as u32 }, &mut out));
    }
    builder.begin();
    builder.set(field::by_header("action").unwrap(), b"REJECT");
    builder.set(field::by_header("version").unwrap(), b"2");
    builder.set(field::by_header("action").unwrap(), b"ACCEPT");
    assert!(builder.finish(Place { position: 2, offset: 0, len: 0 }, &mut out));
    builder.begin();
    builder.raw(b"raw text");
    builder.set(field::by_header("srcport").unwrap(), b"70000");
    assert!(!builder.finish(Place { position: 3, offset: 9, len: 8 }, &mut out));
    let built = collect(&mut out);
    assert_eq!(built.rows[0], built.rows[1]);
    assert_eq!((built.rows[2]["action"].as_str(), built.rows[2].len()), ("ACCEPT", 5));
    assert_eq!(built.rows[..1], read_with(&spec, &line).rows[..]);
    let unit =
        "times are counted in milliseconds: start 1418530010123 is 2014-12-14T04:06:50.123Z (first in element 1)";
    let bad = (Scope::Element, 3, Reason::BadValue, "srcport 70000 is above 65535");
    assert_eq!(warnings(&built), [(Scope::File, 0, Reason::ReadAs, unit), bad]);
    assert_eq!(built.warnings[1].raw, b"raw text");
}

#[test]
fn a_batch_that_is_full_is_followed_by_another_with_its_own_dictionaries() {
    let mut parser = FlowTextParser::headerless(Some(LineFormat::default_v2()));
    let mut out = Emitter::default();
    let count = crate::model::FlowBatchBuilder::FULL + 10;
    for i in 0..count {
        parser.push(V2.replace("eni-1", &format!("eni-{}", i % 3)).as_bytes(), &mut out);
        parser.push(b"\n", &mut out);
    }
    parser.finish(&StreamEnd::Complete, &mut out);
    let found = collect(&mut out);
    assert_eq!(found.rows.len(), count);
    for (i, row) in found.rows.iter().enumerate() {
        assert_eq!(
            (row["interface_id"].as_str(), row["position"].as_str()),
            (&*format!("eni-{}", i % 3), &*(i + 1).to_string())
        );
    }
}

/// Lines of every kind that a parser treats in its own way.
fn any_line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(V2.to_owned()),
        1 => Just(HEADER.to_owned()),
        1 => Just("srcaddr dstaddr srcport new-field".to_owned()),
        1 => Just("10.0.0.1 - 22 \u{e9}".to_owned()),
        1 => Just(String::new()),
        1 => Just(" \t ".to_owned()),
        1 => Just(V2.replace(' ', " \t")),
        1 => Just(format!("2014-12-14T04:06:50.000Z {V2}")),
        1 => Just("timestamp,message".to_owned()),
        1 => Just(format!("1,\"{V2}\n\"")),
        1 => "[ -~]{0,40}",
    ]
}

fn parsers() -> Vec<Box<dyn Parser>> {
    let choice = FormatChoice { flow_format: Some("srcaddr dstaddr srcport action".into()) };
    vec![
        Box::new(FlowTextParser::with_header()),
        Box::new(FlowTextParser::headerless(None)),
        Box::new(FlowTextParser::headerless(Some(LineFormat::default_v2()))),
        Box::new(ExportParser::new(&choice, None)),
        Box::new(CsvParser::new(&FormatChoice::default(), None)),
    ]
}

/// A field and a number that it has, or could have.
fn any_number() -> impl Strategy<Value = (FieldId, i64)> {
    let fields = ["srcport", "dstport", "packets", "bytes", "start", "end", "version", "protocol", "account-id"];
    let number = prop_oneof![
        4 => 0i64..300,
        2 => 1_500_000_000i64..1_700_000_000,
        2 => prop_oneof![Just(-1), Just(44_000), Just(65_535), Just(65_536), Just(i64::from(i32::MAX)), Just(i64::from(i32::MAX) + 1)],
        1 => any::<i64>(),
    ];
    (prop::sample::select(fields.to_vec()), number).prop_map(|(name, number)| (field::by_header(name).unwrap(), number))
}

proptest! {
    /// Numbers that are set as such, and tuples that are recalled, are what their texts are.
    #[test]
    fn a_number_is_its_digits_and_a_known_tuple_its_values(
        rows in prop::collection::vec((prop::collection::btree_map(any_number().prop_map(|(field, _)| field), any_number(), 0..6), 0usize..3), 1..12)
    ) {
        let interfaces = ["eni-1", "eni-2", "-"];
        let eni = field::by_header("interface-id").unwrap();
        let (mut texts, mut numbers) = (RecordBuilder::new(), RecordBuilder::new());
        let (mut texts_out, mut numbers_out) = (Emitter::default(), Emitter::default());
        for (position, (values, interface)) in (1u32..).zip(&rows) {
            let place = Place { position, offset: 0, len: 0 };
            let values: Vec<(FieldId, i64)> = values.values().copied().collect();
            texts.begin();
            texts.set(eni, interfaces[*interface].as_bytes());
            values.iter().for_each(|(field, number)| texts.set(*field, number.to_string().as_bytes()));
            numbers.begin();
            let key = format!("\u{ff}{interface} {:?}", values.iter().filter(|(field, _)| field.home == Home::Interface).collect::<Vec<_>>());
            let known = numbers.recall(Which::Interfaces, key.as_bytes(), &mut numbers_out);
            if !known {
                numbers.set(eni, interfaces[*interface].as_bytes());
            }
            for (field, number) in values.iter().filter(|(field, _)| !known || field.home != Home::Interface) {
                numbers.set_number(*field, *number);
            }
            prop_assert_eq!(texts.finish(place, &mut texts_out), numbers.finish(place, &mut numbers_out));
        }
        prop_assert_eq!(collect(&mut texts_out), collect(&mut numbers_out));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pieces_of_any_size_give_the_same(
        lines in proptest::collection::vec(any_line(), 0..12),
        crlf in any::<bool>(),
        cuts in proptest::collection::vec(0usize..800, 0..12),
        complete in any::<bool>(),
    ) {
        let content = lines.join(if crlf { "\r\n" } else { "\n" });
        let bytes = content.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let end = if complete { StreamEnd::Complete } else { StreamEnd::CutOff("cut".into()) };
        for (mut whole, mut pieced) in parsers().into_iter().zip(parsers()) {
            let expected = run(whole.as_mut(), &[bytes], &end);
            prop_assert_eq!(run(pieced.as_mut(), &pieces, &end), expected);
        }
    }

    #[test]
    fn every_line_is_a_record_or_a_warning_or_a_header(lines in proptest::collection::vec(any_line(), 0..12)) {
        let content = lines.join("\n");
        let found = run(&mut FlowTextParser::with_header(), &[content.as_bytes()], &StreamEnd::Complete);
        let counts = |line: &&str| !line.trim().is_empty() && LineFormat::from_header(line.as_bytes()).is_none();
        prop_assert_eq!(found.elements(), content.split('\n').filter(counts).count());
    }

    #[test]
    fn no_bytes_make_a_parser_panic(
        bytes in proptest::collection::vec(prop_oneof![
            3 => any::<u8>(), 1 => Just(b' '), 1 => Just(b'\n'), 1 => Just(b'-'), 1 => Just(b'7'), 1 => Just(b','), 1 => Just(b'"')
        ], 0..300),
        prefix in prop_oneof![Just(""), Just("PAR1"), Just("timestamp,message\n"), Just("2014-12-14T04:06:50.000Z "), Just("srcaddr dstaddr end\n")],
    ) {
        let content = [prefix.as_bytes(), &bytes].concat();
        for mut parser in parsers() {
            run(parser.as_mut(), &[&content], &StreamEnd::Complete);
        }
        let head = Head { bytes: &content, complete: false };
        if let Some(mut parser) = detect(&head, &FormatChoice::default(), &|| Box::new(MessageReader::new(&FormatChoice::default()))) {
            run(parser.as_mut(), &[&content], &StreamEnd::Complete);
        }
        infer::propose(&content.split(|b| *b == b'\n').collect::<Vec<_>>());
        crate::ingest::parquet::render_row(&content, 1);
    }
}

#[test]
fn a_name_at_the_end_of_a_line_without_a_header_may_hold_blanks() {
    let spec = "version interface-id srcaddr dstaddr start ecs-cluster-name ecs-service-name";
    let read = |spec: &str, line: &str| {
        let mut parser = FlowTextParser::headerless(Some(LineFormat::parse_spec(spec).unwrap()));
        run(&mut parser, &[line.as_bytes()], &StreamEnd::Complete)
    };
    let line = "7 eni-1 10.0.0.1 10.0.0.2 1741064400 shop";
    for name in ["cart", "カート", "my cart  two", "買い物 かご"] {
        let found = read(spec, &format!("{line} {name}\n"));
        assert_eq!((get(&found, "ecs_service_name"), get(&found, "ecs_cluster_name")), (Some(name), Some("shop")));
        assert_eq!(found.warnings.len(), usize::from(name.contains(' ')), "{name}");
    }
    // Two values that somebody chose: where the first ends cannot be determined.
    let two = read(&spec.replace("ecs-cluster-name", "instance-tag"), &format!("{line} my cart\n"));
    assert_eq!(warnings(&two), [(Scope::Element, 1, Reason::FieldCount, "8 values, the format has 7 fields")]);
    let header = text(format!("{spec}\n{line} my cart\n"));
    assert_eq!(header.warnings.iter().map(|w| w.reason).collect::<Vec<_>>(), [Reason::FieldCount]);
}

#[test]
fn times_of_lines_in_every_unit() {
    let lines = |start: &str| read_with("start srcaddr dstaddr", &format!("{start} 10.0.0.1 10.0.0.2"));
    for start in ["1741064400", "1741064400000", "1741064400000000", "1741064400000000000", "2025-03-04T05:00:00Z"] {
        assert_eq!(get(&lines(start), "start"), Some("1741064400"), "{start}");
    }
    assert_eq!(get(&lines("1741064400123456"), "extra"), Some(r#"{"start_ms":123,"time_unit":"us"}"#));
    let found = lines("1741064400000000");
    let told = "times are counted in microseconds: start 1741064400000000 is 2025-03-04T05:00:00Z (first in element 1)";
    assert_eq!(warnings(&found), [(Scope::File, 0, Reason::ReadAs, told)]);
    assert_eq!(lines("3/4/2025").rows.len() + lines("soon").rows.len() + lines("160000000000000").rows.len(), 0);
}
