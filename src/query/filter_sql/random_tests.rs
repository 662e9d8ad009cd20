//! Random filters over random records: the SQL finds what `filter::eval` says.

use super::fixture::{TestRecord, case_of, named};
use super::tests::positions;
use crate::filter::Filter;
use crate::model::Dataset::{self, Events, Flows};
use crate::model::{FieldId, field};
use crate::query::columns_sql::Columns;
use proptest::prelude::*;

/// A target with the values that it may be compared with.
pub(in crate::query) struct Subject {
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
pub(in crate::query) const FLOW_SUBJECTS: &[Subject] = &[
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
    subject("tag", &["'a'", "'A%b'", "'Ünï'", "''", "'1'"], true, true),
    subject("indicator", ENTRIES, true, true),
    subject("label", LABELS, true, true),
    subject("date_partition", DAYS, true, true),
    subject("region_partition", &["'a'", "'eu-west-1'"], true, true),
];
const DAYS: &[&str] = &["'1970/01/01'", "1970-01-01", "'2021/05/16'"];
const ENTRIES: &[&str] = &["bad", "feed", "'C2'", "'192.0.2.0/24'", "off", "'10.0.0.1'", "late", "both", "all", "'a'"];
const LABELS: &[&str] = &["host", "'C2'", "lab"];
const LISTED: &[&str] = &["'a'", "'A%b'", "'Ünï'", "''", "'[\"a\",\"A%b\"]'", "'[null,\"1\"]'", "'1'"];
pub(in crate::query) const EVENT_SUBJECTS: &[Subject] = &[
    subject("tag", &["'a'", "'A%b'", "'Ünï'", "''", "'1'"], true, true),
    subject("event_name", &["'a'", "'A%b'", "'Ünï'", "''", "'1'"], true, true),
    subject("event_time", TIMES, true, true),
    subject("session_creation_date", TIMES, true, true),
    subject("ip", &["10.0.0.1", "192.0.2.7", "2001:db8::1", "ec2.amazonaws.com", "'AWS Internal'"], true, true),
    subject("read_only", &["true", "false"], false, false),
    subject("error_code", &["'a'", "''", "'Ünï'"], true, true),
    subject("user_identity_arn", &["'a'", "'A%b'", "''"], true, true),
    subject("event_user_name", &["'a'", "'A%b'", "''"], true, true),
    subject("mfa", &["yes", "no", "''"], true, true),
    subject("resource_name", LISTED, true, true),
    subject("policy_grants", LISTED, true, true),
    subject("evidence", &["1", "2", "'logs/B.json'"], true, true),
    subject("duplicate", &["true", "false"], false, false),
    subject("request_parameters", JSON_VALUES, true, true),
    subject("requestParameters.a", JSON_VALUES, true, true),
    subject("requestParameters.\"k.\\\"k\"", JSON_VALUES, true, true),
    subject("requestParameters[1]", JSON_VALUES, true, true),
    subject("requestParameters[*]", JSON_VALUES, true, true),
    subject("requestParameters.a[*].a", JSON_VALUES, true, true),
    subject("requestParameters[*].a[*]", JSON_VALUES, true, true),
    subject("indicator", &["bad", "feed", "cloud", "who", "'10.0.0.2'", "off", "two", "'x'"], true, true),
    subject("label", LABELS, true, true),
    subject("event_date", DAYS, true, true),
    subject("account_partition", &["'a'", "111122223333"], true, true),
];
const SEARCHES: &[&str] = &["'%a%'", "'1%'", "'_'", "''", "'A%b'", "'x'", "'ü'", "'10.0'", "'\"a\":'", "'true'"];

/// The text of one comparison that fits its target.
fn comparison(subjects: &'static [Subject]) -> impl Strategy<Value = String> {
    let any = any::<prop::sample::Index>;
    (0..subjects.len(), 0..20usize, any(), any(), any()).prop_map(move |(subject, operator, a, b, search)| {
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
            18 if name.ends_with("addr") || *name == "ip" => format!("{name} in indicators"),
            19 if name.ends_with("addr") || *name == "ip" => format!("{name} not in indicators"),
            _ => format!("{name} = {a}"),
        }
    })
}

const FLOW_FIELDS: &[(&str, &str)] = &[
    ("srcaddr", "dstaddr"),
    ("pkt_dstaddr", "srcaddr"),
    ("dstaddr", "pkt_dstaddr"),
    ("srcport", "dstport"),
    ("packets", "packets_lost_no_route"),
    ("start", "end"),
    ("vpc_id", "interface_id"),
    ("vpc_id", "subnet_id"),
    ("action", "vpc_id"),
];
const EVENT_FIELDS: &[(&str, &str)] = &[
    ("event_time", "session_creation_date"),
    ("event_name", "event_id"),
    ("event_name", "event_source"),
    ("event_name", "error_code"),
    ("user_identity_arn", "event_name"),
    ("source_ip_address", "source_ip_address"),
    ("read_only", "read_only"),
];

/// A field compared with another of its type.
fn two_fields(pairs: &'static [(&'static str, &'static str)]) -> impl Strategy<Value = String> {
    let relation = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    (prop::sample::select(pairs), relation).prop_map(|((one, other), relation)| match one {
        "read_only" if relation.starts_with(['<', '>']) => format!("{one} = {other}"),
        _ => format!("{one} {relation} {other}"),
    })
}

pub(in crate::query) fn filter_text(subjects: &'static [Subject]) -> impl Strategy<Value = String> {
    let of_flows = subjects.iter().any(|subject| subject.name == "srcaddr");
    let fields = two_fields(if of_flows { FLOW_FIELDS } else { EVENT_FIELDS });
    prop_oneof![8 => comparison(subjects), 1 => fields].prop_recursive(3, 12, 3, |inner| {
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
    let tags = prop::sample::subsequence(vec!["a", "A%b", "Ünï", "1"], 0..=3);
    (values, json, any::<bool>(), tags).prop_map(move |(values, json, duplicate, tags)| {
        let present: Vec<(&str, &str)> =
            fields.iter().zip(&values).filter_map(|((name, _), value)| Some((*name, value.as_deref()?))).collect();
        let mut record = TestRecord::new(dataset, 0, &present, json.as_deref());
        record.duplicate = duplicate;
        record.tags = tags.into_iter().map(str::to_owned).collect();
        record
    })
}

pub(in crate::query) fn flow_record() -> impl Strategy<Value = TestRecord> {
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
        let value = |name: &str| record.values.get(&named(Flows, name)).cloned();
        if let (None, Some(end)) = (value("start"), value("end")) {
            record.json = Some(match record.json.as_deref().and_then(|json| json.strip_suffix('}')) {
                Some(open) => format!("{open},\"end\":{end}}}"),
                None => format!("{{\"end\":{end}}}"),
            });
        }
        record
    })
}

pub(in crate::query) fn event_record() -> impl Strategy<Value = TestRecord> {
    const TIMES: &[&str] = &["1970-01-01T00:16:40Z", "1970-01-01T00:16:41.500Z", "1970-01-01T09:16:42+09:00", "soon"];
    const LISTS: &[&str] = &[r#"["a","A%b"]"#, r#"["Ünï"]"#, r#"[null,"1"]"#, r#"["a","a","x"]"#];
    const FIELDS: &[(&str, &[&str])] = &[
        ("event_name", &["a", "A%b", "Ünï", "", "1"]),
        ("event_time", TIMES),
        ("session_creation_date", TIMES),
        ("source_ip_address", &["10.0.0.1", "2001:db8::1", "ec2.amazonaws.com", "AWS Internal"]),
        ("read_only", &["true", "false"]),
        ("error_code", &["a", "", "b"]),
        ("user_identity_arn", &["a", "A%b", "", "Ünï"]),
        ("event_category", &["Management", "Aggregated"]),
        ("user_identity_principal_id", &["a", "AIDA", ""]),
        ("user_identity_user_name", &["a", "b"]),
        ("user_identity_type", &["IAMUser", "b"]),
        ("event_user_name", &["a", "A%b"]),
        ("mfa", &["yes", "no"]),
        ("resource_name", LISTS),
        ("policy_grants", LISTS),
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
        "\"10.0.0.2\"",
        "\"192.0.2.9\"",
        "1e3",
        "\"1e3\"",
        "\"[ 1 ]\"",
        "\"{\\\"a\\\" : 1}\"",
        "\"it's 50% \\\\ \\\"q\\\"\\n\\t\\u0001\"",
    ];
    (0..SCALARS.len()).prop_map(|i| SCALARS[i].to_owned()).prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[ {} ]", items.join(" , "))),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{\"a\" : {a},\"k.\\\"k\":{b}}}")),
        ]
    })
}

pub(in crate::query) fn numbered(mut records: Vec<TestRecord>) -> Vec<TestRecord> {
    for (i, record) in records.iter_mut().enumerate() {
        record.id = ((i as i64 % 2 + 1) << 32) + i as i64 + 1;
    }
    records.sort_by_key(|record| record.id);
    records
}

fn shown_values_find_their_records(records: &[TestRecord]) {
    let case = case_of(records);
    let dataset = records[0].dataset;
    let (table, alias) = if dataset == Flows { ("flow", "f") } else { ("event", "e") };
    let fields: Vec<FieldId> = field::own(dataset).collect();
    let columns = Columns::of(&fields);
    let (list, joins) = (columns.list(), columns.joins());
    let sql = format!("SELECT {list} FROM {table} {alias} {joins} WHERE {alias}.id = ?");
    for (at, record) in records.iter().enumerate() {
        let shown = case.query_row(&sql, [record.id], |row| columns.read(row, 0)).unwrap();
        for (field, value) in fields.iter().zip(shown) {
            let text = (value != crate::model::Value::Null).then(|| value.to_text());
            let filter = Filter::field_equals(*field, text.as_deref())
                .unwrap_or_else(|e| panic!("{} {text:?} {e}", field.name()));
            let found = positions(&case, records, &filter.to_string());
            assert!(found.contains(&(at + 1)), "{filter} of {text:?} does not find {record:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

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

    /// "Only this value": the filter made of a value as it is shown finds at least its record.
    #[test]
    fn a_value_as_it_is_shown_finds_its_flow_record(records in prop::collection::vec(flow_record(), 1..12)) {
        shown_values_find_their_records(&numbered(records));
    }

    #[test]
    fn a_value_as_it_is_shown_finds_its_event(records in prop::collection::vec(event_record(), 1..12)) {
        shown_values_find_their_records(&numbered(records));
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
