//! The columns give what plain SQL gives, and both what looking at every record gives.

use super::*;
use crate::case::CaseReader;
use crate::case::index::IndexCache;
use crate::filter::eval::{Record, Value};
use crate::model::field;
use crate::query::filter_sql::fixture::{KNOWN, TestEntry, TestRecord, case_of, looked_for, named};
use crate::query::filter_sql::random_tests::{event_record, flow_record, numbered};
use crate::query::{Cancel, Duplicates};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

fn reader(records: &[TestRecord], segment_rows: usize) -> CaseReader {
    let conn = case_of(records);
    conn.execute_batch("UPDATE evidence SET flow_count = (SELECT count(*) FROM flow WHERE id >> 32 = evidence_id)")
        .unwrap();
    CaseReader::over(conn, Path::new("memory"), Arc::new(IndexCache::with_segments_of(segment_rows)))
}

fn query(by: By) -> SightingQuery {
    let mut query = SightingQuery::all(by);
    (query.flows.duplicates, query.events.duplicates) = (Duplicates::All, Duplicates::All);
    query
}

/// Numbers of the entries in the case: those of the lists, in their order.
fn entry_id(entry: &TestEntry) -> i64 {
    let listed = KNOWN.iter().filter(|known| known.list != "label");
    let place = listed.clone().position(|known| std::ptr::eq(known, entry)).unwrap();
    place as i64 + 1
}

fn address(record: &TestRecord, name: &str, entry: &TestEntry) -> bool {
    record.value(named(Dataset::Flows, name)).is_some_and(|value| entry.holds(&value))
}

fn address_of_source(record: &TestRecord, entry: &TestEntry) -> bool {
    record.value(named(Dataset::Events, "source_ip_address")).is_some_and(|value| entry.holds(&value))
}

/// What one entry comes to, record by record.
fn naive(records: &[TestRecord], entry: &TestEntry) -> Sighting {
    let mut sighting = Sighting { key: entry_id(entry), ..Sighting::default() };
    let (mut others, mut principals) = (BTreeSet::new(), BTreeSet::new());
    for record in records.iter().filter(|record| record.names(entry)) {
        if !record.meets_the_rest(entry) && !matches!(entry.kind, "address" | "range") {
            // Told of the address.
            continue;
        }
        if !record.meets(entry) {
            sighting.outside += 1;
            continue;
        }
        let number = |name: &str| match record.value(named(record.dataset, name)) {
            Some(Value::Integer(number)) => Some(number),
            Some(Value::Time(time)) => Some(time.secs()),
            _ => None,
        };
        if record.dataset == Dataset::Events {
            let is_address = matches!(entry.kind, "address" | "range");
            if is_address && !address_of_source(record, entry) {
                sighting.mentions += 1;
                continue;
            }
            sighting.events += 1;
            if let Some(Value::Time(time)) = record.value(named(Dataset::Events, "event_time")) {
                sighting.first = [sighting.first, Some(time)].into_iter().flatten().min();
                sighting.last = sighting.last.max(Some(time));
            }
            let of = |name: &str| record.values.get(&named(Dataset::Events, name)).cloned();
            let id = of("user_identity_principal_id");
            let name = of("user_identity_arn").or(id.clone()).or_else(|| of("user_identity_user_name"));
            principals.extend(name.map(|name| (name, id)));
            continue;
        }
        sighting.flows += 1;
        let action = record.value(named(Dataset::Flows, "action"));
        sighting.accepted += u64::from(action == Some(Value::Text("ACCEPT".to_owned())));
        sighting.rejected += u64::from(action == Some(Value::Text("REJECT".to_owned())));
        let status = record.value(named(Dataset::Flows, "log_status"));
        let measured = !matches!(status, Some(Value::Text(text)) if text == "NODATA" || text == "SKIPDATA");
        for (names, other_names, sum) in [
            (["dstaddr", "pkt_dstaddr"], ["srcaddr", "pkt_srcaddr"], &mut sighting.bytes_to),
            (["srcaddr", "pkt_srcaddr"], ["dstaddr", "pkt_dstaddr"], &mut sighting.bytes_from),
        ] {
            let met = [0, 1].map(|at| address(record, names[at], entry));
            for at in [0, 1] {
                if let (true, Some(value)) = (met[at], record.value(named(Dataset::Flows, other_names[at]))) {
                    others.insert(format!("{value:?}"));
                }
            }
            if let Some(bytes) = number("bytes").filter(|_| measured && met.contains(&true)) {
                *sum = Some(sum.unwrap_or(0) + bytes as u128);
            }
        }
        let time = |name: &str| number(name).map(Timestamp::from_secs);
        sighting.first = [sighting.first, time("start")].into_iter().flatten().min();
        sighting.last = sighting.last.max(time("end"));
    }
    sighting.others = others.len() as u64;
    sighting.principals = principals.len() as u64;
    sighting
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn columns_and_sql_give_what_every_record_says(
        flows in prop::collection::vec(flow_record(), 0..40), events in prop::collection::vec(event_record(), 0..15),
        segment_rows in 1usize..12, packets in any::<bool>(),
    ) {
        let mut records = flows;
        if !packets {
            records.iter_mut().for_each(|record| {
                record.values.remove(&named(Dataset::Flows, "pkt_dstaddr"));
            });
        }
        records.extend(events);
        let records = numbered(records);
        let reader = reader(&records, segment_rows);
        let never = Cancel::default();
        // Nothing but an address, whatever the time: sums by pair are enough for it.
        let only = ["'C2'", "'2001:db8::/32'", "bad", ""].map(|text| match text {
            "" => None,
            text => match crate::filter::parse(&format!("indicator = {text}"), Dataset::Flows) {
                Ok(crate::filter::Filter::Test(test)) => Some(test.check),
                other => panic!("{other:?}"),
            },
        });
        for (by, only) in By::ALL.into_iter().flat_map(|by| only.iter().map(move |only| (by, only.clone()))) {
            let query = SightingQuery { only, ..query(by) };
            let by_sql = sightings_by_sql(&reader, &query, &never).unwrap();
            let found = sightings(&reader, &query, &never).unwrap();
            prop_assert_eq!(&found, &by_sql);
        }
        let table = sightings(&reader, &query(By::Indicator), &never).unwrap();
        let expected: BTreeMap<i64, Sighting> =
            looked_for().map(|entry| naive(&records, entry)).map(|sighting| (sighting.key, sighting)).collect();
        prop_assert_eq!(table.len(), expected.len());
        for place in 0..table.len() {
            let found = table.get(place).unwrap();
            prop_assert_eq!(&found, &expected[&found.key]);
        }
        let hits: Vec<u64> = table.seen.iter().map(Sighting::hits).collect();
        prop_assert!(hits.is_sorted_by(|a, b| a >= b));
        let lists = sightings(&reader, &query(By::List), &never).unwrap();
        for row in (0..lists.len()).filter_map(|place| lists.get(place)) {
            let name = if row.key == 1 { "bad" } else { "feed" };
            let met = |record: &&TestRecord| looked_for().any(|entry| entry.list == name && record.meets(entry));
            prop_assert_eq!(row.hits() + row.mentions, records.iter().filter(met).count() as u64, "{}", name);
        }
        let hosts = sightings(&reader, &query(By::Host), &never).unwrap();
        for by in By::ALL {
            in_every_order(&reader, by);
        }
        let total: u64 = hosts.seen.iter().map(|row| row.flows).max().unwrap_or(0);
        let met = records.iter().filter(|r| r.dataset == Dataset::Flows && looked_for().any(|e| r.meets(e))).count();
        prop_assert!(total <= met as u64);
    }
}

/// The same rows in the order of each column: absent values last, whichever way.
fn in_every_order(reader: &CaseReader, by: By) {
    let never = Cancel::default();
    let plain = sightings(reader, &query(by), &never).unwrap();
    let mut keys: Vec<i64> = (0..plain.len()).map(|place| plain.get(place).unwrap().key).collect();
    keys.sort_unstable();
    for column in crate::query::sighting_columns(by) {
        for descending in [false, true] {
            let sort = Some(SightingSort { column, descending });
            let table = sightings(reader, &SightingQuery { sort, ..query(by) }, &never).unwrap();
            let rows = sighting_rows(reader, &table, 0..table.len()).unwrap();
            let mut found: Vec<i64> = rows.iter().map(|row| row.sighting.key).collect();
            let shown = |row: &SightingRow| {
                let row = crate::query::SightedRow::Sighting(row);
                let value = crate::query::sighting_value(row, column);
                // Addresses are in the order of their keys, which texts are not.
                let address = crate::model::Address::parse(value.to_text().as_bytes());
                let network = crate::model::Network::parse(&value.to_text()).map(|network| network.key_range().0);
                let key = address.map(|address| address.key()).or(network);
                let number = match &value {
                    crate::model::Value::Integer(number) => i128::from(*number),
                    crate::model::Value::Time(time) => time.0.into(),
                    crate::model::Value::Boolean(is) => i128::from(*is),
                    _ => 0,
                };
                (value != crate::model::Value::Null).then(|| (key.is_none(), key, number, value.to_text()))
            };
            let values: Vec<_> = rows.iter().map(shown).collect();
            let present: Vec<_> = values
                .iter()
                .flatten()
                .map(|(no_key, key, number, text)| {
                    let is_number = text.parse::<i128>().is_ok();
                    (*no_key, *key, *number, if is_number { String::new() } else { text.clone() })
                })
                .collect();
            let in_order = |a: &_, b: &_| if descending { a >= b } else { a <= b };
            assert!(present.is_sorted_by(in_order), "{by:?} {column} {descending}: {present:?}");
            assert!(values.iter().skip(present.len()).all(Option::is_none), "absent values come last");
            found.sort_unstable();
            assert_eq!(found, keys, "{column}");
        }
    }
}

#[test]
fn the_playbooks_view_has_its_columns_its_words_and_its_order() {
    let flow =
        |position: i64, values: &[(&str, &str)]| TestRecord::new(Dataset::Flows, (1 << 32) + position, values, None);
    let end = [("srcport", "50000"), ("dstport", "443"), ("protocol", "6"), ("packets", "2"), ("bytes", "90")];
    let with = |position, more: &[(&str, &'static str)]| {
        let values: Vec<(&str, &str)> = end.iter().copied().chain(more.iter().copied()).collect();
        let mut record = flow(position, &values);
        record.duplicate = false;
        record
    };
    let records = [
        // Both sides are indicators: it appears twice.
        with(1, &[("srcaddr", "10.0.0.2"), ("dstaddr", "2001:db8::1"), ("start", "1010"), ("end", "1015")]),
        with(2, &[("srcaddr", "10.9.0.1"), ("dstaddr", "10.0.0.2"), ("start", "1010"), ("end", "1012")]),
        with(3, &[("srcaddr", "10.0.0.2"), ("dstaddr", "10.9.0.10"), ("start", "1010"), ("end", "1012")]),
        with(4, &[("srcaddr", "10.9.0.1"), ("dstaddr", "10.9.0.2"), ("start", "1000"), ("end", "1001")]),
        // Only the packet's address is one: the playbook looks at the interface's.
        with(5, &[("srcaddr", "10.9.0.1"), ("dstaddr", "10.9.0.2"), ("pkt_dstaddr", "10.0.0.2"), ("start", "1000")]),
    ];
    let reader = reader(&records, 3);
    let table = playbook(&reader, &PlaybookQuery::all(), &Cancel::default()).unwrap();
    let rows = playbook_rows(&reader, &table, 0..10).unwrap();
    let told: Vec<String> = rows
        .iter()
        .map(|row| {
            let text = |name: &str| {
                let at = PLAYBOOK_COLUMNS.iter().position(|column| *column == name).unwrap();
                row.values[at].to_text()
            };
            let names = ["direction", "connecting_ip", "connecting_port", "source", "destination", "sessiontime"];
            format!("{} {} {}", row.record.position(), names.map(text).join(" "), row.direction.plain())
        })
        .collect();
    assert_eq!(
        told,
        [
            "2 INBOUND 10.9.0.1 50000 10.9.0.1:50000 10.0.0.2:443 2 to IOC",
            "3 OUTBOUND 10.9.0.10 443 10.0.0.2:50000 10.9.0.10:443 2 from IOC",
            "1 INBOUND 10.0.0.2 50000 10.0.0.2:50000 2001:db8::1:443 5 to IOC",
            "1 OUTBOUND 2001:db8::1 443 10.0.0.2:50000 2001:db8::1:443 5 from IOC",
        ]
    );
    assert!(rows.iter().all(|row| row.values.len() == PLAYBOOK_COLUMNS.len()));
    for name in ["account_id", "interface_id", "start", "end", "packets", "bytes"] {
        assert!(field::by_name(Dataset::Flows, name).is_some());
    }
}

#[test]
fn an_indicator_that_was_not_seen_says_why() {
    use IndicatorKind::{Address, Domain, Hash, Port};
    let looked = |flows, events| Looked { flows, events, ..Looked::default() };
    for (kind, flows, events, expected) in [
        (Hash, 1, 1, NotSeen::NotMatchable),
        (Domain, 1, 0, NotSeen::NoEvents),
        (Domain, 1, 1, NotSeen::NotThere),
        (Port, 0, 1, NotSeen::NoFlows),
        (Address, 1, 0, NotSeen::NotThere),
    ] {
        assert_eq!(looked(flows, events).why_not(kind, false), expected, "{kind:?}");
    }
    assert_eq!(looked(1, 0).why_not(IndicatorKind::Url, false), NotSeen::NoEvents);
    assert_eq!(looked(1, 0).why_not(IndicatorKind::Url, true), NotSeen::NotThere, "flows hold its host's address");
}
