//! The SQL of a filter finds exactly the records that `filter::eval` says.

use super::fixture::{TestRecord, case_of};
use super::*;
use crate::filter::{eval, parse};
use crate::ingest::cloudtrail::event::EventReader;
use crate::model::{Home, field};
use crate::query::sort_sql;
use Dataset::{Events, Flows};
use rusqlite::{Connection, params_from_iter};

fn found(connection: &Connection, dataset: Dataset, text: &str) -> Vec<i64> {
    let filter = parse(text, dataset).unwrap_or_else(|e| panic!("{text}: {e}"));
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
pub(super) fn positions(connection: &Connection, records: &[TestRecord], text: &str) -> Vec<usize> {
    let dataset = records[0].dataset;
    let filter = parse(text, dataset).unwrap_or_else(|e| panic!("{text}: {e}"));
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
            Some(r#"{"new_field":"x","packets_lost_blackhole":3}"#),
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
        ("any contains new_field", vec![2]),
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

/// Numbers keep their digits and texts their escapes; what is in JSON inside a text is found by both evaluators.
#[test]
fn json_is_compared_as_it_was_written() {
    let values = [r#"[ 2.50 , 1e3 ]"#, r#"{"b" : "X\u0020y"}"#, r#""{\"interface\" : \"a\"}""#];
    let record = |(position, value): (i64, &str)| {
        TestRecord::new(Events, (2 << 32) + position, &[], Some(&format!("{{ \"requestParameters\" : {value} }}")))
    };
    let records: Vec<TestRecord> = (1..).zip(values).map(record).collect();
    let case = case_of(&records);
    for (text, expected) in [
        ("request_parameters = '[2.50,1e3]'", vec![1]),
        ("request_parameters = '[2.5,1000]'", vec![]),
        ("requestParameters[0] = 2.5 and requestParameters[1] = 1000", vec![1]),
        (r#"request_parameters = '{"b":"X\u0020y"}'"#, vec![2]),
        ("requestParameters.b = 'X y'", vec![2]),
        (r#"request_parameters = '{"interface" : "a"}'"#, vec![3]),
        ("label = C2", vec![3]),
    ] {
        assert_eq!(positions(&case, &records, text), expected, "{text}");
    }
}

#[test]
fn what_is_of_the_other_records_is_refused() {
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

/// A dictionary is looked through once per statement, and never once per record.
#[test]
fn dictionaries_are_read_once() {
    let case = case_of(&flows());
    for text in [
        "srcaddr in 10.0.0.0/8 and pkt_dstaddr = 10.0.0.1",
        "ip in (10.0.0.1, 192.0.2.0/24)",
        "vpc_id contains x or action != REJECT",
        "any contains x",
        "extra.x = 1 and packets_lost_no_route > 1",
        "end > 5",
        "duplicate and evidence like 'x%'",
    ] {
        let SqlCondition { text: sql, params } = condition(&parse(text, Flows).unwrap(), Flows).unwrap();
        let mut statement = case.prepare(&format!("EXPLAIN QUERY PLAN SELECT f.id FROM flow f WHERE {sql}")).unwrap();
        let plan: Vec<String> = statement
            .query_map(params_from_iter(&params), |row| row.get("detail"))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(plan.iter().any(|step| step.contains("SUBQUERY")), "{text} {plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("CORRELATED")), "{text} {plan:#?}");
    }
    let SqlCondition { text: sql, params } = condition(&parse("evidence = 1", Flows).unwrap(), Flows).unwrap();
    let mut statement = case.prepare(&format!("EXPLAIN QUERY PLAN SELECT f.id FROM flow f WHERE {sql}")).unwrap();
    let plan: String = statement.query_row(params_from_iter(&params), |row| row.get("detail")).unwrap();
    assert!(plan.starts_with("SEARCH f USING INTEGER PRIMARY KEY"), "{plan}");
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
        for field in crate::model::field::own(dataset) {
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

#[test]
fn what_is_derived_is_found_as_other_fields_are() {
    let record = |position: i64, kind: &str, user: Option<&str>, id: &str, arn: &str, rest: &str| {
        let user_json = user.map(|user| format!(r#","userName":"{user}""#)).unwrap_or_default();
        let json = format!(
            r#"{{"userIdentity":{{"type":"{kind}","principalId":"{id}","arn":"{arn}"{user_json}}},"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"{rest}}}"#
        );
        let mut values = vec![
            ("event_source", "signin.amazonaws.com"),
            ("event_name", "ConsoleLogin"),
            ("user_identity_type", kind),
            ("user_identity_principal_id", id),
            ("user_identity_arn", arn),
        ];
        values.extend(user.map(|user| ("user_identity_user_name", user)));
        let read = EventReader::new().read(&json).unwrap();
        let derived = field::event_columns().enumerate().filter(|(_, field)| field.home == Home::Derived);
        values.extend(derived.filter_map(|(place, field)| Some((field.name(), read.columns.get(place)?))));
        TestRecord::new(Events, (1 << 32) + position, &values, Some(&json))
    };
    let role = "arn:aws:sts::1:assumed-role/r/s-1";
    let records = [
        record(1, "IAMUser", Some("Alice"), "AIDAXW7ZZNRCRVZ2P3F6D", "arn:aws:iam::1:user/Alice", ""),
        record(
            2,
            "Root",
            None,
            "111122223333",
            "arn:aws:iam::1:root",
            r#","responseElements":{"ConsoleLogin":"Failure"}"#,
        ),
        record(
            3,
            "AssumedRole",
            None,
            "AROAXW7ZZNRCRVZ2P3F6D:s-1",
            role,
            r#","resources":[{"type":"T","ARN":"arn:b"}]"#,
        ),
        record(4, "AssumedRole", None, "***", role, r#","requestParameters":{"bucketName":"b"}"#),
        record(5, "AWSService", None, "", "", ""),
    ];
    let case = case_of(&records);
    for (text, expected) in [
        ("event_user_name = Alice", &[1][..]),
        ("eventUserName = root", &[2]),
        ("event_user_name = s-1", &[3, 4]),
        ("event_user_name != s-1", &[1, 2]),
        ("event_user_name is null", &[5]),
        ("session_name like 's-%'", &[3, 4]),
        ("not session_name exists", &[1, 2, 5]),
        ("login_result = failure", &[2]),
        ("resource_name = 'arn:b'", &[3]),
        ("resource_name in ('arn:b', b)", &[3, 4]),
        ("resource_name contains b", &[3, 4]),
        ("resource_type = T", &[3]),
        ("resource_type exists", &[3, 4]),
        ("resource_type != T", &[4]),
        (r#"resource_name = '["arn:b"]'"#, &[3]),
        (r#"resource_name contains '["arn:b'"#, &[]),
        ("resource_name is null", &[1, 2, 5]),
        ("mfa exists", &[]),
    ] {
        assert_eq!(positions(&case, &records, text), expected, "{text}");
    }
    assert!(crate::filter::parse("event_user_name = x", Flows).is_err());
    let of_flows = condition(&crate::filter::parse("resource_type = T", Events).unwrap(), Flows);
    assert!(matches!(of_flows, Err(CompileError::WrongDataset { .. })));
}
