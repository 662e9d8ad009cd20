//! The queries that AWS publishes for incident response: those of the definitions by name, their filters, and what they
//! give on the fixtures and on the sample.

use crate::desk::{Desk, sample_logs};
use crate::support::shared;
use coldtrail::questions::catalogue::{CATALOGUE, Origin, ParameterKind, named};
use std::collections::BTreeMap;

/// Values for the parameters of the definitions that find something in the sample or in the fixtures.
const VALUES: [(&str, &str); 17] = [
    ("key", "ASIAXBASTIONEXAMPLE1"),
    ("bucket", "kestrel-backups"),
    ("buckets", "kestrel-backups, kestrel-flow-logs"),
    ("keys", "a, b"),
    ("table", "orders"),
    ("principal", "arn:aws:iam::111122223333:user/mika.tanaka"),
    ("owner", "111122223333"),
    ("a", "10.20.1.22"),
    ("b", "203.0.113.66"),
    ("net", "10.20.0.0/16"),
    ("user", "mika.tanaka"),
    ("name", "kestrel"),
    ("ip", "10.20.1.22"),
    ("hosts", "10.20.1.22, 10.20.11.15"),
    ("instance", "i-0ba571bb06bb06bb6"),
    ("action", "ACCEPT"),
    ("min", "1"),
];

fn value(name: &str) -> Option<&'static str> {
    VALUES.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// The definitions: name, dataset, filter, result.
fn definitions(shared: &std::path::Path) -> Vec<BTreeMap<String, String>> {
    let path = shared.join("spec/compatibility/queries.tsv");
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_path(path).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    let rows: Vec<BTreeMap<String, String>> = reader.records().map(|record| row(record.unwrap())).collect();
    rows.into_iter().filter(|row| row["name"] != "(none)").collect()
}

fn parameters(name: &str) -> Vec<String> {
    let of = named(name).unwrap_or_else(|| panic!("{name} is no named query"));
    let given =
        of.parameters.iter().filter_map(|parameter| Some(format!("{}={}", parameter.name, value(parameter.name)?)));
    given.flat_map(|text| ["--param".to_owned(), text]).collect()
}

fn rows(desk: &Desk, name: &str, parameters: &[String]) -> Vec<Vec<String>> {
    let mut arguments = vec!["query", desk.case(), name, "--format", "csv", "--limit", "1000000"];
    arguments.extend(parameters.iter().map(String::as_str));
    let text = desk.ok(&arguments);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The filter of a definition with the values in it, as it is typed.
fn filled(filter: &str, name: &str) -> String {
    // A condition in braces is left out without its parameter; every parameter has a value here.
    let mut text = filter.replace(" {user_identity_arn = :principal}", " and user_identity_arn = :principal");
    let of = named(name).unwrap();
    let mut known: Vec<_> = of.parameters.iter().filter_map(|of| Some((of.name, of.kind, value(of.name)?))).collect();
    known.sort_by_key(|(name, ..)| std::cmp::Reverse(name.len()));
    for (name, kind, value) in known {
        let list = |item: &str| format!("'{}'", item.trim());
        let literal = match kind {
            ParameterKind::Texts | ParameterKind::Addresses => {
                format!("({})", value.split(',').map(list).collect::<Vec<_>>().join(", "))
            }
            _ => list(value),
        };
        text = text.replace(&format!(":{name}"), &literal);
    }
    text
}

#[test]
fn every_published_query_is_a_named_query_and_gives_what_its_filter_gives() {
    let Some(shared) = shared("published") else { return };
    let desk = sample_logs();
    let definitions = definitions(&shared);
    assert_eq!(definitions.len(), 64);
    let mut found = 0;
    for of in definitions.iter().filter(|of| of["result"].starts_with("rows")) {
        let name = of["name"].as_str();
        let filter = filled(&of["filter"], name);
        let dataset = of["dataset"].as_str();
        let count = desk.ok(&[dataset, desk.case(), "--filter", &filter, "--count"]);
        let rows = rows(&desk, name, &parameters(name)).len() - 1;
        assert_eq!(rows.to_string(), count.trim(), "{name}: {filter}");
        found += usize::from(rows > 0);
    }
    assert!(found > 20, "only {found} of them find something in the sample");
    for of in &definitions {
        let ours = named(&of["name"]).unwrap();
        let names: Vec<&str> = ours.parameters.iter().map(|parameter| parameter.name).collect();
        for parameter in of["parameters"].split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let (name, default) = parameter.split_once('=').unwrap_or((parameter, ""));
            let name = name.trim_matches(['[', ']']);
            let place =
                names.iter().position(|known| *known == name).unwrap_or_else(|| panic!("{}: {name}", of["name"]));
            assert_eq!(ours.parameters[place].default.unwrap_or_default(), default, "{}: {name}", of["name"]);
        }
    }
    let published = CATALOGUE.iter().filter(|query| query.origin == Origin::Published).count();
    assert_eq!(
        published,
        64 - definitions.iter().filter(|of| named(&of["name"]).unwrap().origin != Origin::Published).count()
    );
}

#[test]
fn groups_have_the_figures_that_plain_sql_gives() {
    let desk = sample_logs();
    let conn = desk.sqlite();
    let sql = |text: &str| -> Vec<Vec<String>> {
        let mut statement = conn.prepare(text).unwrap();
        let columns = statement.column_count();
        let cell = |row: &rusqlite::Row<'_>, at: usize| match row.get_unwrap::<_, rusqlite::types::Value>(at) {
            rusqlite::types::Value::Null => String::new(),
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{other:?}"),
        };
        let rows = statement.query_map([], |row| Ok((0..columns).map(|at| cell(row, at)).collect())).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let body = |name: &str, more: &[String]| rows(&desk, name, more).split_off(1);
    let key = value("key").unwrap();
    assert_eq!(
        body("key-origins", &parameters("key-origins")),
        sql(&format!(
            "SELECT source_ip_address, user_agent, count(*), min(event_time), max(event_time) FROM cloudtrail_event
             WHERE user_identity_access_key_id = '{key}' GROUP BY 1, 2 ORDER BY 4, 1, 2"
        ))
    );
    assert_eq!(
        body("by-region", &[]),
        sql("SELECT aws_region, count(*) n FROM cloudtrail_event GROUP BY 1 ORDER BY n DESC, 1")
    );
    assert_eq!(
        body("deletions", &parameters("deletions")),
        sql("SELECT event_source, event_name, user_identity_arn, count(*) n, min(event_time), max(event_time) FROM cloudtrail_event
             WHERE event_name LIKE 'Delete%' GROUP BY 1, 2, 3 HAVING n > 1 ORDER BY n DESC, 1, 2, 3 NULLS LAST")
    );
    let shown = body("pairs-by-instance", &[]);
    let expected = sql(
        "SELECT region, instance_id, srcaddr, dstaddr, count(*) n FROM flow_record WHERE NOT duplicate GROUP BY 1, 2, 3, 4",
    );
    assert_eq!(shown.len(), expected.len());
    let sets = [shown.iter(), expected.iter()].map(|rows| rows.collect::<std::collections::BTreeSet<_>>());
    assert!(sets[0] == sets[1], "{:?}", sets[0].symmetric_difference(&sets[1]).next());
    let counts: Vec<i64> = shown.iter().map(|row| row[4].parse().unwrap()).collect();
    assert!(counts.is_sorted_by(|a, b| a >= b));
    // Ten senders, whatever the days and destinations.
    let daily = body("daily-large", &["--param".to_owned(), "net=0.0.0.0/0".to_owned()]);
    let senders: std::collections::BTreeSet<&String> = daily.iter().map(|row| &row[1]).collect();
    assert_eq!(senders.len(), 10);
    let total: i64 = daily.iter().map(|row| row[3].parse::<i64>().unwrap_or(0)).sum();
    let expected = sql(
        "SELECT sum(t) FROM (SELECT sum(bytes) t FROM flow_record WHERE NOT duplicate AND srcaddr LIKE '%.%' GROUP BY srcaddr ORDER BY t DESC LIMIT 10)",
    );
    assert_eq!(total.to_string(), expected[0][0]);
    assert!(daily.iter().map(|row| &row[0]).is_sorted());
    let seen = body("sources-seen", &[]);
    assert!(seen.iter().map(|row| &row[1]).is_sorted());
    assert!(seen.iter().all(|row| row[3].starts_with('[')));
}

#[test]
fn the_fixtures_give_what_their_definitions_say() {
    let Some(shared) = shared("published") else { return };
    let desk = Desk::new();
    let fixtures = shared.join("spec/compatibility/fixtures");
    desk.import(&["E.json", "F.log", "G.log"].map(|name| fixtures.join(name)));
    let param = |text: &str| vec!["--param".to_owned(), text.to_owned()];
    let readers = rows(&desk, "bucket-readers", &param("bucket=pii"));
    assert_eq!(readers[0][3], "sum_additionalEventData_bytesTransferredOut");
    assert_eq!((readers.len(), readers[1][3].as_str()), (2, "1500"));
    let outside = rows(&desk, "outside-reads", &param("bucket=pii"));
    assert_eq!(outside.len(), 2);
    let volume = rows(&desk, "read-volume", &[param("bucket=pii-2"), param("principal=nobody")].concat());
    assert_eq!(volume.len(), 1, "no read, no row");
    desk.fails(&["grouped-flows", desk.case(), "--by", "nothing"], 2);
    desk.fails(&["grouped-flows", desk.case(), "--figures", "most"], 2);
    desk.fails(&["grouped-events", desk.case(), "--figures", "bytes"], 2);
    let all =
        desk.ok(&["grouped-flows", desk.case(), "--by", "-", "--figures", "records,bytes,rate", "--format", "csv"]);
    assert!(all.starts_with("record_count,total_bytes,bytes_per_second\r\n7,"), "{all}");
}
