//! The case at a glance and details of one address, compared with plain SQL over the documented views.

use crate::answers::{desk, plain, sql};
use crate::desk::{Desk, sample_logs};
use coldtrail::analysis::coverage::COVERAGE;
use coldtrail::analysis::glance::glance;
use coldtrail::analysis::{self, Asked};
use coldtrail::model::{Address, Dataset, SeriesTable, TimeRange, Timestamp, Value};
use coldtrail::query::{self, AddressQuery, Cancel, Figures, Scope, TopTable, address_facts, pair_rows};
use std::collections::BTreeMap;

fn number(desk: &Desk, table: &str, condition: &str) -> u64 {
    desk.number(&format!("SELECT count(*) FROM {table} WHERE {condition}")) as u64
}

/// Keys and numbers of records, as `sql` prints them.
fn rows(table: &TopTable) -> Vec<String> {
    let cells = |row: &query::TopRow| {
        let key: Vec<String> = row.key.iter().map(plain).collect();
        format!("{} {}", key.join(" "), row.figures.records)
    };
    table.rows.iter().map(cells).collect()
}

#[test]
fn every_figure_at_a_glance_is_what_its_link_opens() {
    let desk = desk();
    let reader = desk.reader();
    let ours = glance(&reader, 3, &Cancel::default()).unwrap();
    let counted: BTreeMap<&str, u64> = ours.counts.iter().map(|count| (count.name, count.records)).collect();
    for (name, table, condition) in [
        ("accepted", "flow_record", "NOT duplicate AND action = 'ACCEPT'"),
        ("rejected", "flow_record", "NOT duplicate AND action = 'REJECT'"),
        (
            "no-action",
            "flow_record",
            "NOT duplicate AND action IS NULL AND ifnull(log_status, '') NOT IN ('NODATA', 'SKIPDATA')",
        ),
        ("other-action", "flow_record", "NOT duplicate AND action NOT IN ('ACCEPT', 'REJECT')"),
        ("no-data", "flow_record", "NOT duplicate AND action IS NULL AND log_status = 'NODATA'"),
        ("skip-data", "flow_record", "NOT duplicate AND action IS NULL AND log_status = 'SKIPDATA'"),
        ("no-errors", "cloudtrail_event", "error_code IS NULL"),
        ("flow-sightings", "flow_record", "0"),
        ("event-sightings", "cloudtrail_event", "0"),
        ("errors", "cloudtrail_event", "error_code IS NOT NULL"),
        ("logins", "cloudtrail_event", "event_name = 'ConsoleLogin'"),
        (
            "failed-logins",
            "cloudtrail_event",
            "event_name = 'ConsoleLogin' AND response_elements ->> '$.ConsoleLogin' = 'Failure'",
        ),
        (
            "logins-without-mfa",
            "cloudtrail_event",
            "event_name = 'ConsoleLogin' AND additional_event_data ->> '$.MFAUsed' = 'No'",
        ),
        ("root", "cloudtrail_event", "user_identity_type = 'Root'"),
        ("trail-changes", "cloudtrail_event", "event_name IN ('StopLogging', 'DeleteTrail', 'UpdateTrail')"),
    ] {
        assert_eq!(counted[name], number(&desk, table, condition), "{name}");
    }
    assert_eq!(counted.len(), ours.counts.len());
    for count in &ours.counts {
        let opened = query::rows(&reader, &count.scope.records(Vec::new()), &Cancel::default()).unwrap();
        assert_eq!(opened.len() as u64, count.records, "{}", count.name);
    }
    let parts = |dataset| {
        let parts = ours.counts.iter().filter(move |count| count.is_part && count.scope.dataset == dataset);
        parts.map(|count| count.records).sum::<u64>()
    };
    assert_eq!(parts(Dataset::Flows), number(&desk, "flow_record", "NOT duplicate"));
    assert_eq!(parts(Dataset::Events), number(&desk, "cloudtrail_event", "1"));
    let flows = ours.flows.unwrap();
    assert_eq!((flows.figures.records, flows.hours), (15, 5));
    assert_eq!(flows.gaps, [(1_621_134_000, 1_621_137_600)]);
    let events = ours.events.unwrap();
    assert_eq!((events.figures.records, events.figures.rejected, events.hours), (3, 1, 2));
    let list = |name: &str| &ours.lists.iter().find(|list| list.name == name).unwrap().table;
    assert_eq!(list("rejected-sources").groups, 2);
    assert_eq!(rows(list("rejected-sources")), ["198.51.100.7 2", "9.9.9.9 1"]);
    assert_eq!(rows(list("rejected-pairs")), ["198.51.100.7 10.0.0.1 2", "9.9.9.9 10.0.0.4 1"]);
    assert_eq!(rows(list("talkers"))[0], "10.0.0.1 9");
    assert_eq!(
        rows(list("principals")),
        ["arn:aws:iam::111122223333:user/Alice AIDAEXAMPLE 2", "111122223333 111122223333 1",]
    );
    assert!(ours.lists.iter().all(|list| list.table.rows.len() <= 3));
    assert_eq!(ours.totals, query::totals(&reader).unwrap());
}

#[test]
fn a_case_without_records_has_a_glance_too() {
    let desk = Desk::new();
    let ours = glance(&desk.reader(), 3, &Cancel::default()).unwrap();
    assert_eq!((ours.flows, ours.events, ours.counts.len(), ours.lists.len()), (None, None, 0, 0));
}

#[test]
fn coverage_by_hour_and_source_is_what_the_views_hold() {
    assert!(analysis::ALL.iter().any(|known| known.name == COVERAGE.name));
    let desk = desk();
    let reader = desk.reader();
    let asked = Asked::of(Scope::all(Dataset::Flows));
    let table = (COVERAGE.run)(&reader, &asked, &Cancel::default()).unwrap();
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["source_kind", "account", "region", "source", "hour", "state", "records", "evidence"]);
    let mut ours: BTreeMap<String, u64> = BTreeMap::new();
    for row in &table.rows {
        let Value::Integer(records) = row[6] else { panic!("{row:?}") };
        *ours.entry(plain(&row[0])).or_default() += records as u64;
        match (COVERAGE.counted)(&asked, row) {
            Some(scope) => {
                let opened = query::rows(&reader, &scope.records(Vec::new()), &Cancel::default()).unwrap();
                assert_eq!(opened.len() as i64, records, "{row:?}");
                let files: std::collections::BTreeSet<u32> = opened.iter().map(|id| id.evidence().0).collect();
                let files: Vec<String> = files.iter().map(u32::to_string).collect();
                assert_eq!(row[7], Value::Text(files.join(" ")), "{row:?}");
            }
            None => assert_eq!((records, plain(&row[5]).as_str()), (0, "no_file"), "{row:?}"),
        }
    }
    let flows = number(&desk, "flow_record", "NOT duplicate");
    let events = number(&desk, "cloudtrail_event", "1");
    assert_eq!(ours, BTreeMap::from([("interface".to_owned(), flows), ("trail".to_owned(), events)]));
    let states = |state: &str| table.rows.iter().filter(|row| plain(&row[5]) == state).count();
    assert!(states("data") > 0 && states("no_file") > 0, "{:?}", table.rows);
    // A filter leaves the sources of its own dataset, and a limit the first rows.
    let filter = coldtrail::filter::parse("action = REJECT", Dataset::Flows).unwrap();
    let asked = Asked { limit: Some(2), ..Asked::of(Scope::of(Dataset::Flows, filter)) };
    let table = (COVERAGE.run)(&reader, &asked, &Cancel::default()).unwrap();
    assert_eq!(table.rows.len(), 2);
    assert!(table.rows.iter().all(|row| plain(&row[0]) == "interface"));
}

fn summed(table: &SeriesTable) -> u128 {
    table.lines.iter().flat_map(|line| &line.values).sum()
}

#[test]
fn everything_about_an_address() {
    let desk = desk();
    let reader = desk.reader();
    let ask = |query: &AddressQuery| address_facts(&reader, query, &Cancel::default()).unwrap();
    let address = |text: &str| Address::parse(text.as_bytes()).unwrap();
    let facts = ask(&AddressQuery::of(address("198.51.100.7")));
    let as_sql = |figures: &Figures| {
        format!("{} {} {}", figures.records, plain(&Value::sum(figures.bytes)), plain(&Value::time(figures.first)))
    };
    let of = |side: &str| {
        sql(
            &desk,
            &format!(
                "SELECT count(*), sum(bytes), min(start) FROM flow_record WHERE NOT duplicate AND {side} = '198.51.100.7'"
            ),
        )
    };
    assert_eq!([as_sql(&facts.figures.sent)], *of("srcaddr"));
    assert_eq!([as_sql(&facts.figures.received)], *of("dstaddr"));
    assert_eq!((summed(&facts.sent_series.1), summed(&facts.received_series.1)), (361, 0));
    let pairs = pair_rows(&reader, &facts.pairs.1, 0..9).unwrap();
    assert_eq!(pairs.iter().map(|row| row.record_count).collect::<Vec<_>>(), [2], "none without addresses");
    let list = |name: &str| facts.lists.iter().find(|(of, ..)| *of == name).map(|(.., table)| rows(table)).unwrap();
    assert_eq!((list("ports-reached"), list("ports-offered")), (vec!["22 2".to_owned()], vec![]));
    assert_eq!((list("interfaces"), list("actions")), (vec!["eni-1 2".to_owned()], vec!["REJECT 2".to_owned()]));
    // All three events came from there.
    assert_eq!(facts.figures.events.1.records, number(&desk, "cloudtrail_event", "source_ip_address = '198.51.100.7'"));
    assert_eq!(list("event-names"), ["ConsoleLogin 1", "RunInstances 1", "StopLogging 1"]);
    assert_eq!(facts.figures.passed_on.1.records, 0);
    assert_eq!(facts.figures.flows.dataset, Dataset::Flows);

    let range = TimeRange { from: Some(Timestamp::from_secs(1_621_126_801)), to: None };
    let later = ask(&AddressQuery { range, ..AddressQuery::of(address("198.51.100.7")) });
    assert_eq!((later.figures.sent.records, later.figures.events.1.records), (1, 1));
    let nowhere = ask(&AddressQuery::of(address("192.0.2.99")));
    assert_eq!((nowhere.figures.sent.records, nowhere.pairs.1.len(), nowhere.lists.len()), (0, 0, 5));
    let opened = query::rows(&reader, &Scope::records(&facts.figures.flows, Vec::new()), &Cancel::default()).unwrap();
    assert_eq!(opened.len(), 2);
}

/// The hours in which the trail of the sample was stopped are not vouched for by the records that other files have of them.
#[test]
fn hours_in_which_a_trail_was_stopped_are_unknown() {
    let desk = sample_logs();
    let rows = desk.ok(&["coverage", desk.case(), "--format", "csv"]);
    let states: Vec<&str> = rows
        .lines()
        .filter(|row| row.starts_with("trail,111122223333,ap-northeast-1,,2026-03-11T0"))
        .map(|row| row.split(',').nth(5).unwrap())
        .collect();
    assert_eq!(states[..5], ["data", "data", "unknown", "unknown", "data"]);
    assert!(
        !rows.contains("trail,444455556666,ap-northeast-1,,2026-03-11T02:00:00Z,unknown"),
        "another account's trail"
    );
}
