//! The SQL of a filter finds exactly the records that `filter::eval` says.

use super::fixture::{TestRecord, case_of};
use super::*;
use crate::filter::{eval, parse};
use crate::query::sort_sql;
use Dataset::{Events, Flows};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rusqlite::{Connection, params_from_iter};

fn found(connection: &Connection, dataset: Dataset, text: &str) -> Vec<i64> {
    let filter = parse(text, dataset).unwrap_or_else(|e| panic!("{}", e.render(text)));
    let SqlCondition { text: sql, params } = condition(&filter, dataset).unwrap_or_else(|e| panic!("{text}: {e}"));
    let (table, alias) = match dataset {
        Flows => ("flow", "f"),
        Events => ("event", "e"),
    };
    let run = |sql: &str| -> Vec<i64> {
        let mut statement = connection.prepare(sql).unwrap_or_else(|e| panic!("{text}\n{sql}\n{e}"));
        let rows = statement.query_map(params_from_iter(&params), |row| row.get(0)).unwrap();
        rows.map(|row| row.unwrap_or_else(|e| panic!("{text}\n{sql}\n{e}"))).collect()
    };
    let nulls = run(&format!("SELECT count(*) FROM {table} {alias} WHERE ({sql}) IS NULL"));
    assert_eq!(nulls, [0], "NULL from {text}\n{sql}");
    run(&format!("SELECT {alias}.id FROM {table} {alias} WHERE {sql} ORDER BY {alias}.id"))
}

/// Runs both ways, and gives the positions of the records found, from 1.
fn positions(connection: &Connection, records: &[TestRecord], text: &str) -> Vec<usize> {
    let dataset = records[0].dataset;
    let filter = parse(text, dataset).unwrap_or_else(|e| panic!("{}", e.render(text)));
    let matching = |r: &&TestRecord| eval::matches(&filter, *r).unwrap_or_else(|e| panic!("{text}: {e}"));
    let expected: Vec<i64> = records.iter().filter(matching).map(|r| r.id).collect();
    let sql = found(connection, dataset, text);
    assert_eq!(sql, expected, "{text}\n{}", condition(&filter, dataset).unwrap().text);
    records.iter().enumerate().filter(|(_, r)| sql.contains(&r.id)).map(|(i, _)| i + 1).collect()
}

fn flows() -> Vec<TestRecord> {
    let id = |position: i64| (1 << 32) + position;
    let record = |position, values: &[(&str, &str)], json| TestRecord::new(Flows, id(position), values, json);
    vec![
        record(
            1,
            &[
                ("version", "2"),
                ("account_id", "123456789012"),
                ("interface_id", "eni-1"),
                ("srcaddr", "10.0.0.1"),
                ("dstaddr", "192.0.2.7"),
                ("srcport", "49152"),
                ("dstport", "22"),
                ("protocol", "6"),
                ("packets", "10"),
                ("bytes", "840"),
                ("start", "1621151386"),
                ("end", "1621151446"),
                ("action", "ACCEPT"),
                ("log_status", "OK"),
                ("tcp_flags", "18"),
                ("vpc_id", "vpc-1"),
            ],
            None,
        ),
        record(
            2,
            &[
                ("srcaddr", "192.0.2.7"),
                ("dstaddr", "10.0.0.1"),
                ("srcport", "22"),
                ("dstport", "49152"),
                ("protocol", "17"),
                ("bytes", "10000001"),
                ("start", "1621209600"),
                ("end", "1621209601"),
                ("action", "REJECT"),
                ("log_status", "OK"),
            ],
            Some(r#"{"new-field":"x","packets_lost_blackhole":3}"#),
        ),
        record(
            3,
            &[("interface_id", "eni-2"), ("log_status", "NODATA"), ("start", "1621151386"), ("end", "1621151986")],
            None,
        ),
        record(
            4,
            &[("srcaddr", "2001:db8::1"), ("dstaddr", "::ffff:10.0.0.1"), ("end", "1621151386")],
            Some(r#"{"end":1621151386}"#),
        ),
        record(
            5,
            &[("pkt_srcaddr", "10.9.9.9"), ("type", "IPv4"), ("tcp_flags", "2"), ("flow_direction", "egress")],
            None,
        ),
    ]
}

#[test]
fn flow_records_by_every_construct() {
    let records = flows();
    let case = case_of(&records);
    for (text, expected) in [
        ("", vec![1, 2, 3, 4, 5]),
        ("action = REJECT", vec![2]),
        ("action != REJECT", vec![1]),
        ("not action = REJECT", vec![1, 3, 4, 5]),
        ("not action != REJECT", vec![2, 3, 4, 5]),
        ("action is null", vec![3, 4, 5]),
        ("action exists", vec![1, 2]),
        ("action like 'rej%'", vec![2]),
        ("vpc_id like 'VPC%'", vec![]),
        ("vpc_id contains VPC", vec![1]),
        ("srcaddr = 10.0.0.1", vec![1]),
        ("dstaddr = 10.0.0.1", vec![2, 4]),
        ("ip = 10.0.0.1", vec![1, 2, 4]),
        ("ip != 10.0.0.1", vec![]),
        ("ip != 192.0.2.7", vec![4]),
        ("ip in (2001:db8::/32, 192.0.2.0/24)", vec![1, 2, 4]),
        ("srcaddr in 10.0.0.0/8 or srcaddr in ::/0", vec![1, 2, 4]),
        ("srcaddr not in 10.0.0.0/8", vec![2, 4]),
        ("not srcaddr in 10.0.0.0/8", vec![2, 3, 4, 5]),
        ("srcaddr between 10.0.0.0 and 10.0.0.255", vec![1]),
        ("srcaddr like '10.%'", vec![1]),
        ("pkt_srcaddr matches /^10\\.9/", vec![5]),
        ("port = ssh", vec![1, 2]),
        ("dstport in (22, 80)", vec![1]),
        ("dstport > 22 and bytes > 10MB", vec![2]),
        ("dstport contains 915", vec![2]),
        ("start = 2021-05-16", vec![1, 3]),
        ("start >= 1621151386500", vec![2]),
        ("start > 1621151385999", vec![1, 2, 3]),
        ("start = 2021-05-16T07:49:46.5Z", vec![]),
        ("end <= 1621151446", vec![1, 4]),
        ("end is null", vec![5]),
        ("end = 1621151386", vec![4]),
        ("tcp_flags has syn", vec![1, 5]),
        ("tcp_flags has (syn, ack)", vec![1]),
        ("tcp_flags not has ack", vec![5]),
        ("interface_id = eni-1", vec![1]),
        ("extra.new-field = x", vec![2]),
        ("extra.new-field is null", vec![1, 3, 4, 5]),
        ("packets_lost_blackhole >= 3", vec![2]),
        ("any contains ENI", vec![1, 3]),
        ("any contains 10.9.9", vec![5]),
        ("any matches '^1621151446$'", vec![1]),
        ("any not contains 1", vec![]),
        ("any contains new-field", vec![2]),
        ("duplicate", vec![2, 5]),
        ("evidence = 1 and not duplicate", vec![1, 3, 4]),
        ("evidence contains FLOW", vec![1, 2, 3, 4, 5]),
        ("evidence != 'logs/a_flow.log.gz'", vec![]),
        ("type = ipv4 or flow_direction = INGRESS", vec![5]),
    ] {
        assert_eq!(positions(&case, &records, text), expected, "{text}");
    }
}

fn events() -> Vec<TestRecord> {
    let id = |position: i64| (2 << 32) + position;
    let record = |position, values: &[(&str, &str)], json| TestRecord::new(Events, id(position), values, Some(json));
    vec![
        record(
            1,
            &[
                ("event_time", "2021-05-16T07:49:46Z"),
                ("event_name", "ConsoleLogin"),
                ("source_ip_address", "203.0.113.5"),
                ("read_only", "false"),
                ("session_creation_date", "2021-05-16T07:00:00Z"),
            ],
            r#"{"requestParameters": {"bucketName": "b-1", "max": 100, "tags": [{"k": "a"}, {"k": "b"}]}, "flag": true}"#,
        ),
        record(
            2,
            &[
                ("event_time", "2021-05-17T00:00:00Z"),
                ("event_name", "ListBuckets"),
                ("source_ip_address", "ec2.amazonaws.com"),
                ("read_only", "true"),
            ],
            r#"{"requestParameters":null,"a.b":{"q\"x":1.50},"resources":[{"ARN":"arn:1"},{"ARN":null},{}]}"#,
        ),
        record(
            3,
            &[("event_time", "not a time"), ("source_ip_address", "2001:db8::9")],
            r#"{"requestParameters":{"max":"100","tags":[]}}"#,
        ),
        record(4, &[], r#"{"requestParameters":"text"}"#),
    ]
}

#[test]
fn events_by_every_construct() {
    let records = events();
    let case = case_of(&records);
    for (text, expected) in [
        ("eventName = ConsoleLogin", vec![1]),
        ("eventName != ConsoleLogin", vec![2]),
        ("event_time >= 2021-05-17", vec![2]),
        ("event_time != 2021-05-17", vec![1]),
        ("event_time exists", vec![1, 2, 3]),
        ("event_time like '2021-05-16%'", vec![1]),
        ("session_creation_date < 2021-05-16T07:00:01Z", vec![1]),
        ("readOnly = false", vec![1]),
        ("not readOnly", vec![1, 3, 4]),
        ("ip in 203.0.113.0/24", vec![1]),
        ("ip in (2001:db8::/32, ec2.amazonaws.com)", vec![2, 3]),
        ("ip != 203.0.113.5", vec![2, 3]),
        ("sourceIPAddress like '%.amazonaws.com'", vec![2]),
        ("requestParameters.bucketName = 'b-1'", vec![1]),
        ("requestParameters.max = 100", vec![1, 3]),
        ("requestParameters.max > 99", vec![1]),
        ("requestParameters.max in (5, 100)", vec![1, 3]),
        ("requestParameters.max != 100", vec![]),
        ("requestParameters.max = 100.0", vec![1]),
        ("requestParameters is null", vec![2]),
        ("requestParameters exists", vec![1, 3, 4]),
        ("requestParameters contains '\"max\":100'", vec![1]),
        ("requestParameters = text", vec![4]),
        ("requestParameters.tags[*].k = b", vec![1]),
        ("requestParameters.tags[*].k != b", vec![]),
        ("requestParameters.tags[0].k = a", vec![1]),
        ("requestParameters.tags[*] exists", vec![1]),
        ("requestParameters.max[*] exists", vec![]),
        ("resources[*].ARN like 'arn:%'", vec![2]),
        ("resources[*].ARN not like 'x%'", vec![2]),
        ("$.\"a.b\".\"q\\\"x\" = 1.5", vec![2]),
        ("$.\"a.b\".\"q\\\"x\" matches '^1.50$'", vec![2]),
        ("$.flag = true", vec![1]),
        ("$.flag = false", vec![]),
        ("$.flag contains TRU", vec![1]),
        ("any contains B-1", vec![1]),
        ("duplicate", vec![]),
        ("evidence = 2 and evidence like '%.json'", vec![1, 2, 3, 4]),
    ] {
        let text = if text == "duplicate" { "duplicate = true and event_name = Nothing" } else { text };
        assert_eq!(positions(&case, &records, text), expected, "{text}");
    }
    let duplicates: Vec<usize> = (1..=4).filter(|i| records[i - 1].duplicate).collect();
    assert_eq!(positions(&case, &records, "duplicate"), duplicates);
}

#[test]
fn json_that_is_none_matches_nothing() {
    let records = [
        TestRecord::new(Events, (2 << 32) + 1, &[], Some("{broken")),
        TestRecord::new(Events, (2 << 32) + 2, &[], None),
    ];
    let case = case_of(&records);
    assert_eq!(positions(&case, &records, "requestParameters.a = 1"), [0usize; 0]);
    assert_eq!(positions(&case, &records, "resources[*].a exists"), [0usize; 0]);
    assert_eq!(positions(&case, &records, "requestParameters.a is null"), [1, 2]);
}

#[test]
fn what_the_case_does_not_hold_yet_is_said() {
    for (dataset, text, what) in [
        (Flows, "dstaddr in indicators", "in indicators"),
        (Flows, "tag = x", "tag"),
        (Events, "label exists", "label"),
        (Events, "not indicator = x", "indicator"),
    ] {
        let error = condition(&parse(text, dataset).unwrap(), dataset).unwrap_err();
        assert_eq!(error, CompileError::NotAvailable { what: what.to_owned() });
        assert_eq!(error.to_string(), format!("{what} is not available in this case yet"));
    }
    let filter = parse("event_name = x", Events).unwrap();
    assert_eq!(condition(&filter, Flows), Err(CompileError::WrongDataset { field: "event_name".into() }));
    let filter = parse("ip exists", Flows).unwrap();
    assert_eq!(condition(&filter, Events), Err(CompileError::WrongDataset { field: "ip".into() }));
}

#[test]
fn parameters_start_where_the_caller_says() {
    let filter = parse("dstport = 22 and bytes between 1 and 2", Flows).unwrap();
    let compiled = condition_from(&filter, Flows, 5).unwrap();
    assert!(
        compiled.text.contains("?5") && compiled.text.contains("?7") && !compiled.text.contains("?1"),
        "{}",
        compiled.text
    );
    assert_eq!(compiled.params, [22, 1, 2].map(Value::Integer));
    assert_eq!(condition(&Filter::All, Flows).unwrap(), SqlCondition { text: "1".into(), params: vec![] });
}

#[test]
fn long_lists_and_long_chains_run() {
    let records = flows();
    let case = case_of(&records);
    let addresses: Vec<String> = (0..2000).map(|i| format!("172.16.{}.{}", i / 250, i % 250)).collect();
    let ports: Vec<String> = (1..=60).map(|port| port.to_string()).collect();
    for (text, expected) in [
        (format!("srcaddr in ({}, 10.0.0.1)", addresses.join(", ")), vec![1]),
        (format!("srcaddr = {} or srcaddr = 10.0.0.1", addresses.join(" or srcaddr = ")), vec![1]),
        (format!("dstport in ({})", ports.join(",")), vec![1]),
        (format!("extra.new-field in ({}, x)", ports.join(",")), vec![2]),
        (format!("action in ({}, 'REJECT')", vec!["'odd'"; 50].join(",")), vec![2]),
        (vec!["packets != 9"; 1200].join(" and "), vec![1]),
        (format!("{}packets = 10{}", "not (".repeat(48), ")".repeat(48)), vec![1]),
    ] {
        assert_eq!(positions(&case, &records, &text), expected);
    }
    let many = vec!["packets > 1"; 33_000].join(" and ");
    assert_eq!(condition(&parse(&many, Flows).unwrap(), Flows), Err(CompileError::TooManyValues(33_000)));
}

#[test]
fn every_field_compiles_and_sorts() {
    for records in [flows(), events()] {
        let case = case_of(&records);
        let dataset = records[0].dataset;
        let (table, alias) = if dataset == Flows { ("flow", "f") } else { ("event", "e") };
        for field in crate::model::field::of(dataset) {
            positions(&case, &records, &format!("{} exists", field.name()));
            for descending in [false, true] {
                let key = sort_sql::sort_key(field);
                let order = sort_sql::order_by(field, descending);
                let sql = format!("SELECT ({key}) IS NULL FROM {table} {alias} ORDER BY {order}, {alias}.id");
                let mut statement = case.prepare(&sql).unwrap_or_else(|e| panic!("{sql} {e}"));
                let absent: Vec<bool> =
                    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
                assert!(absent.is_sorted(), "{sql}");
            }
        }
    }
}

#[test]
fn addresses_and_ends_sort_by_value() {
    let records = flows();
    let case = case_of(&records);
    for (name, expected) in
        [("srcaddr", vec![1, 2, 4, 3, 5]), ("end", vec![4, 1, 3, 2, 5]), ("action", vec![1, 2, 3, 4, 5])]
    {
        let order = sort_sql::order_by(super::fixture::named(Flows, name), false);
        let mut statement =
            case.prepare(&format!("SELECT f.id & 4294967295 FROM flow f ORDER BY {order}, f.id")).unwrap();
        let ids: Vec<i64> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(ids, expected, "{name}");
    }
}

/// A target with the values that it may be compared with.
struct Subject {
    name: &'static str,
    values: &'static [&'static str],
    ordered: bool,
    searched: bool,
}

const fn subject(name: &'static str, values: &'static [&'static str], ordered: bool, searched: bool) -> Subject {
    Subject { name, values, ordered, searched }
}

const ADDRESSES: &[&str] = &["10.0.0.1", "10.0.0.2", "192.0.2.7", "2001:db8::1", "::ffff:10.0.0.1", "fe80::1"];
const TIMES: &[&str] = &["1000", "'1970-01-01T00:16:41.500Z'", "1002", "1970-01-01", "1005"];
const JSON_VALUES: &[&str] = &["1", "'1'", "2.5", "true", "'x'", "'X y'", "100", "-3", "''", "null_"];
const FLOW_SUBJECTS: &[Subject] = &[
    subject("srcaddr", ADDRESSES, true, true),
    subject("dstaddr", ADDRESSES, true, true),
    subject("pkt_dstaddr", ADDRESSES, true, true),
    subject("ip", ADDRESSES, true, true),
    subject("srcport", &["0", "22", "443", "65535"], true, true),
    subject("port", &["0", "22", "443", "65535"], true, true),
    subject("packets", &["0", "1", "5", "-1", "7"], true, true),
    subject("start", TIMES, true, false),
    subject("end", TIMES, true, false),
    subject("action", &["accept", "REJECT", "'odd'"], true, true),
    subject("protocol", &["tcp", "17", "1"], true, true),
    subject("tcp_flags", &["2", "18", "syn"], true, true),
    subject("vpc_id", &["'a'", "'A%b'", "'Ünï'", "''", "'1'"], true, true),
    subject("interface_id", &["'a'", "'A%b'", "'Ünï'", "''", "'1'"], true, true),
    subject("packets_lost_no_route", &["0", "1", "5"], true, true),
    subject("extra.x", JSON_VALUES, true, true),
    subject("evidence", &["1", "2", "'logs/B.json'"], true, true),
    subject("duplicate", &["true", "false"], false, false),
];
const EVENT_SUBJECTS: &[Subject] = &[
    subject("event_name", &["'a'", "'A%b'", "'Ünï'", "''", "'1'"], true, true),
    subject("event_time", TIMES, true, true),
    subject("session_creation_date", TIMES, true, true),
    subject("ip", &["10.0.0.1", "192.0.2.7", "2001:db8::1", "ec2.amazonaws.com", "'AWS Internal'"], true, true),
    subject("read_only", &["true", "false"], false, false),
    subject("request_parameters", JSON_VALUES, true, true),
    subject("requestParameters.a", JSON_VALUES, true, true),
    subject("requestParameters.\"k.\\\"k\"", JSON_VALUES, true, true),
    subject("requestParameters[1]", JSON_VALUES, true, true),
    subject("requestParameters[*]", JSON_VALUES, true, true),
    subject("requestParameters.a[*].a", JSON_VALUES, true, true),
    subject("requestParameters[*].a[*]", JSON_VALUES, true, true),
];
const SEARCHES: &[&str] = &["'%a%'", "'1%'", "'_'", "''", "'A%b'", "'x'", "'ü'", "'10.0'", "'\"a\":'", "'true'"];

/// The text of one comparison that fits its target.
fn comparison(subjects: &'static [Subject]) -> impl Strategy<Value = String> {
    let any = any::<prop::sample::Index>;
    (0..subjects.len(), 0..18usize, any(), any(), any()).prop_map(move |(subject, operator, a, b, search)| {
        let Subject { name, values, ordered, searched } = &subjects[subject];
        let (a, b, search) = (a.get(values), b.get(values), search.get(SEARCHES));
        match operator {
            0 => format!("{name} != {a}"),
            1 if *ordered => format!("{name} < {a}"),
            2 if *ordered => format!("{name} <= {a}"),
            3 if *ordered => format!("{name} > {a}"),
            4 if *ordered => format!("{name} >= {a}"),
            5 => format!("{name} in ({a}, {b})"),
            6 => format!("{name} not in ({a}, {b})"),
            7 if *ordered => format!("{name} between {a} and {b}"),
            8 if *ordered => format!("{name} not between {a} and {b}"),
            9 => format!("{name} is null"),
            10 => format!("{name} exists"),
            11 if *searched => format!("{name} like {search}"),
            12 if *searched => format!("{name} not like {search}"),
            13 if *searched => format!("{name} contains {search}"),
            14 if *searched => format!("{name} not matches {search}"),
            15 if name.ends_with("addr") || *name == "ip" => format!("{name} in (10.0.0.0/31, {a})"),
            16 if *name == "tcp_flags" => format!("{name} has {a}"),
            17 => format!("any contains {search}"),
            _ => format!("{name} = {a}"),
        }
    })
}

fn filter_text(subjects: &'static [Subject]) -> impl Strategy<Value = String> {
    comparison(subjects).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("not ({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) or ({b})")),
        ]
    })
}

/// A value of the list, or none.
fn pick(values: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    (0..=values.len()).prop_map(|i| values.get(i).map(|text| (*text).to_owned()))
}

fn record(
    dataset: Dataset,
    fields: &'static [(&'static str, &'static [&'static str])],
    json: impl Strategy<Value = Option<String>>,
) -> impl Strategy<Value = TestRecord> {
    let values: Vec<_> = fields.iter().map(|(_, values)| pick(values)).collect();
    (values, json, any::<bool>()).prop_map(move |(values, json, duplicate)| {
        let present: Vec<(&str, &str)> =
            fields.iter().zip(&values).filter_map(|((name, _), value)| Some((*name, value.as_deref()?))).collect();
        let mut record = TestRecord::new(dataset, 0, &present, json.as_deref());
        record.duplicate = duplicate;
        record
    })
}

fn flow_record() -> impl Strategy<Value = TestRecord> {
    const TEXTS: &[&str] = &["a", "A%b", "Ünï", "", "1"];
    const FIELDS: &[(&str, &[&str])] = &[
        ("srcaddr", &["10.0.0.1", "10.0.0.2", "2001:db8::1", "fe80::1%eth0"]),
        ("dstaddr", &["10.0.0.1", "192.0.2.7", "::ffff:10.0.0.1"]),
        ("pkt_dstaddr", &["10.0.0.1", "192.0.2.7"]),
        ("srcport", &["0", "22", "65535"]),
        ("dstport", &["22", "443"]),
        ("packets", &["0", "1", "5"]),
        ("start", &["1000", "1001", "1002"]),
        ("end", &["1001", "1002", "1005"]),
        ("action", &["ACCEPT", "REJECT", "odd"]),
        ("protocol", &["6", "17", "1"]),
        ("tcp_flags", &["2", "18", "0"]),
        ("vpc_id", TEXTS),
        ("interface_id", TEXTS),
    ];
    let extra = (json_value(), pick(&["0", "1", "5"]), any::<bool>()).prop_map(|(x, lost, present)| {
        let lost = lost.map(|lost| format!(",\"packets_lost_no_route\":{lost}")).unwrap_or_default();
        present.then(|| format!("{{\"x\":{x}{lost}}}"))
    });
    record(Flows, FIELDS, extra).prop_map(|mut record| {
        // An end without a start is kept among the further values.
        let value = |name: &str| record.values.get(&super::fixture::named(Flows, name)).cloned();
        if let (None, Some(end)) = (value("start"), value("end")) {
            record.json = Some(match record.json.as_deref().and_then(|json| json.strip_suffix('}')) {
                Some(open) => format!("{open},\"end\":{end}}}"),
                None => format!("{{\"end\":{end}}}"),
            });
        }
        record
    })
}

fn event_record() -> impl Strategy<Value = TestRecord> {
    const TIMES: &[&str] = &["1970-01-01T00:16:40Z", "1970-01-01T00:16:41.500Z", "1970-01-01T09:16:42+09:00", "soon"];
    const FIELDS: &[(&str, &[&str])] = &[
        ("event_name", &["a", "A%b", "Ünï", "", "1"]),
        ("event_time", TIMES),
        ("session_creation_date", TIMES),
        ("source_ip_address", &["10.0.0.1", "2001:db8::1", "ec2.amazonaws.com", "AWS Internal"]),
        ("read_only", &["true", "false"]),
    ];
    record(Events, FIELDS, json_value().prop_map(|value| Some(format!("{{ \"requestParameters\" :{value} }}"))))
}

/// JSON as text, with white space, escapes and numbers in several forms.
fn json_value() -> impl Strategy<Value = String> {
    const SCALARS: &[&str] = &[
        "null",
        "1",
        "1.0",
        "2.50",
        "-3",
        "1e2",
        "18446744073709551615",
        "true",
        "false",
        "\"x\"",
        "\"1\"",
        "\"X\\u0020y\"",
        "\"\"",
        "\"ü\\n\"",
    ];
    (0..SCALARS.len()).prop_map(|i| SCALARS[i].to_owned()).prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[ {} ]", items.join(" , "))),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{\"a\" : {a},\"k.\\\"k\":{b}}}")),
        ]
    })
}

fn numbered(mut records: Vec<TestRecord>) -> Vec<TestRecord> {
    for (i, record) in records.iter_mut().enumerate() {
        record.id = ((i as i64 % 2 + 1) << 32) + i as i64 + 1;
    }
    records.sort_by_key(|record| record.id);
    records
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_210_516),
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn random_filters_find_the_same_flow_records(
        records in prop::collection::vec(flow_record(), 1..30),
        filters in prop::collection::vec(filter_text(FLOW_SUBJECTS), 20),
    ) {
        let records = numbered(records);
        let case = case_of(&records);
        for text in filters {
            positions(&case, &records, &text);
        }
    }

    #[test]
    fn random_filters_find_the_same_events(
        records in prop::collection::vec(event_record(), 1..30),
        filters in prop::collection::vec(filter_text(EVENT_SUBJECTS), 20),
    ) {
        let records = numbered(records);
        let case = case_of(&records);
        for text in filters {
            positions(&case, &records, &text);
        }
    }
}
