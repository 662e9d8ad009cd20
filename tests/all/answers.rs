//! What the aggregates answer, compared with plain SQL over the documented views, written out manually.

use crate::desk::{Desk, event};
use coldtrail::filter::{self, Filter};
use coldtrail::model::{Address, Dataset, SeriesKey, TimeRange, Timestamp, Value, field};
use coldtrail::query::{
    BinWidth, Cancel, Duplicates, GroupBy, Measure, PairColumn, PairKey, PairQuery, PairSort, Scope, SeriesQuery,
    TopQuery, figures, pair_rows, pairs, series, top,
};
use rusqlite::types::Value as Sql;

pub(crate) const FORMAT: &str = "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
     log-status tcp-flags flow-direction instance-id subnet-id pkt-srcaddr pkt-dstaddr type";

/// Counters at the limit of what a record holds, NODATA and SKIPDATA, one of them with counters that nobody may add up,
/// both families, an address that talks to itself, records without start, ties.
pub(crate) const LINES: &str = "\
5 eni-1 10.0.0.1 203.0.113.5 40000 443 6 10 9223372036854775807 1621123200 1621123259 ACCEPT OK 2 egress i-1 subnet-1 10.0.0.1 203.0.113.5 IPv4
5 eni-1 10.0.0.1 203.0.113.5 40001 443 6 9223372036854775807 9223372036854775807 1621123260 1621123319 ACCEPT OK 3 egress i-1 subnet-1 10.0.0.1 203.0.113.5 IPv4
5 eni-1 10.0.0.1 203.0.113.5 40001 443 6 9223372036854775807 9223372036854775807 1621123261 1621123319 ACCEPT OK 0 egress i-1 subnet-1 - - IPv4
5 eni-1 203.0.113.5 10.0.0.1 443 40000 6 7 700 1621123201 1621123259 ACCEPT OK 18 ingress i-1 subnet-1 203.0.113.5 10.0.0.1 IPv4
5 eni-1 198.51.100.7 10.0.0.1 50000 22 6 3 180 1621126800 1621126830 REJECT OK 2 ingress i-1 subnet-1 198.51.100.7 10.0.0.1 IPv4
5 eni-1 198.51.100.7 10.0.0.1 50001 22 6 3 181 1621126801 1621126830 REJECT OK 2 ingress i-1 subnet-1 198.51.100.7 10.0.0.1 IPv4
5 eni-2 10.0.0.1 10.0.0.2 40100 5432 6 5 361 1621126900 1621126960 ACCEPT OK 2 ingress i-2 subnet-2 10.0.0.1 10.0.0.2 IPv4
5 eni-1 10.0.0.1 10.0.0.2 40100 5432 6 5 361 1621126890 1621126950 ACCEPT OK 2 egress i-1 subnet-1 10.0.0.1 10.0.0.2 IPv4
5 eni-2 2001:db8::1 2001:db8::2 40100 53 17 1 90 1621137600 1621137610 ACCEPT OK 0 egress - subnet-2 2001:db8::1 2001:db8::2 IPv6
5 eni-2 10.0.0.9 10.0.0.9 8 8 1 1 50 1621137601 1621137611 ACCEPT OK 0 - - - - - -
5 eni-1 - - - - - - - 1621130400 1621130460 - NODATA - - - - - - -
5 eni-1 - - - - - - - 1621130460 1621130520 - SKIPDATA - - - - - - -
5 eni-2 10.0.0.1 203.0.113.5 1 2 6 99 9999 1621130461 1621130520 ACCEPT SKIPDATA 0 egress i-2 subnet-2 10.0.0.1 203.0.113.5 IPv4
5 eni-2 10.0.0.3 10.0.0.4 1 2 17 - - - 1621130520 ACCEPT OK 0 egress i-2 subnet-2 - - -
5 eni-2 9.9.9.9 10.0.0.4 53 2 17 2 0 1621123199 1621123200 REJECT OK 0 ingress i-2 subnet-2 9.9.9.9 10.0.0.4 -
";

/// A case with those records, some of them delivered twice, and a few events.
pub(crate) fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("in/a.log", format!("{FORMAT}\n{LINES}"));
    let again: Vec<&str> = LINES.lines().take(5).collect();
    desk.file("in/b.log", format!("{FORMAT}\n{}\n", again.join("\n")));
    let mut failed = event("e-2", "ConsoleLogin", "2021-05-16T00:00:01.999Z");
    failed["errorCode"] = "AccessDenied".into();
    let mut root = event("e-3", "StopLogging", "2021-05-16T03:00:00Z");
    root["userIdentity"] = serde_json::json!({"type": "Root", "principalId": "111122223333"});
    let events = [event("e-1", "RunInstances", "2021-05-16T00:00:01Z"), failed, root];
    desk.file("in/c.json", serde_json::json!({"Records": events}).to_string());
    let counts: Vec<_> = desk.import(&[desk.path("in")]).iter().map(|row| row.counts()).collect();
    assert_eq!(counts, [(15, 0, 0), (0, 5, 0), (3, 0, 0)]);
    desk
}

fn filtered(dataset: Dataset, text: &str) -> Scope {
    Scope::of(dataset, filter::parse(text, dataset).unwrap())
}

/// A value of ours and one of SQL's in one form; times of flows in seconds.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Time(time) => time.secs().to_string(),
        value => value.to_text(),
    }
}

/// Rows of a statement, values separated by spaces. `NODATA` and the like are the statement's own affair.
pub(crate) fn sql(desk: &Desk, statement: &str) -> Vec<String> {
    let conn = desk.sqlite();
    let mut prepared = conn.prepare(statement).unwrap_or_else(|e| panic!("{statement}: {e}"));
    let width = prepared.column_count();
    let rows = prepared.query_map([], |row| {
        let cells: Result<Vec<String>, _> = (0..width)
            .map(|at| {
                row.get(at).map(|value: Sql| match value {
                    Sql::Null => "-".to_owned(),
                    Sql::Integer(number) => number.to_string(),
                    Sql::Text(text) => text,
                    other => panic!("{other:?}"),
                })
            })
            .collect();
        Ok(cells?.join(" "))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn shown(desk: &Desk, query: &PairQuery) -> Vec<String> {
    let reader = desk.reader();
    let table = pairs(&reader, query, &Cancel::default()).unwrap();
    let rows = pair_rows(&reader, &table, 0..table.len()).unwrap();
    let cells =
        |row| PairColumn::of(query.by).map(|c| plain(&coldtrail::query::PairRow::value(row, c))).collect::<Vec<_>>();
    rows.iter().map(|row| cells(row).join(" ")).collect()
}

#[test]
fn pairs_with_sums_beyond_64_bits_in_their_order() {
    let desk = desk();
    assert_eq!(
        shown(&desk, &PairQuery::all()),
        [
            // Four records, one of them SKIPDATA, whose counters are left out: three times i64::MAX bytes.
            "10.0.0.1 203.0.113.5 4 18446744073709551624 27670116110564327421 6917529027641081855 1621123200 1621130520 4 0",
            "10.0.0.1 10.0.0.2 2 10 722 361 1621126890 1621126960 2 0",
            "203.0.113.5 10.0.0.1 1 7 700 700 1621123201 1621123259 1 0",
            "198.51.100.7 10.0.0.1 2 6 361 180 1621126800 1621126830 0 2",
            "2001:db8::1 2001:db8::2 1 1 90 90 1621137600 1621137610 1 0",
            "10.0.0.9 10.0.0.9 1 1 50 50 1621137601 1621137611 1 0",
            "9.9.9.9 10.0.0.4 1 2 0 0 1621123199 1621123200 0 1",
            "10.0.0.3 10.0.0.4 1 - - - - 1621130520 1 0",
            "- - 2 - - - 1621130400 1621130520 0 0",
        ]
    );
    let table = pairs(&desk.reader(), &PairQuery { limit: Some(2), ..PairQuery::all() }, &Cancel::default()).unwrap();
    let totals = &table.totals;
    assert_eq!((table.len(), totals.pairs, totals.records, totals.left_out), (2, Some(9), 15, 3));
    assert_eq!(totals.bytes, Some(3 * (i64::MAX as u128) + 722 + 700 + 361 + 90 + 50));
    assert_eq!((totals.accepted, totals.rejected), (10, 3));
}

/// Everything but the wide sums, by the views.
#[test]
fn pairs_as_plain_sql_says() {
    let desk = desk();
    let all = Duplicates::All;
    let statement = |condition: &str| {
        format!(
            "SELECT srcaddr, dstaddr, flow_direction, count(*), sum(iif(log_status IN ('NODATA', 'SKIPDATA'), NULL, packets)),
               sum(iif(log_status IN ('NODATA', 'SKIPDATA'), NULL, bytes)) b,
               sum(iif(log_status IN ('NODATA', 'SKIPDATA'), NULL, bytes)) / count(*), min(start), max(\"end\"),
               sum(ifnull(action = 'ACCEPT', 0)), sum(ifnull(action = 'REJECT', 0))
             FROM flow_record WHERE ({condition}) AND (bytes IS NULL OR bytes < 1e18)
             GROUP BY 1, 2, 3 ORDER BY b DESC NULLS LAST, srcaddr NULLS LAST, dstaddr NULLS LAST, 3 NULLS LAST"
        )
    };
    let query = PairQuery { by: PairKey::AddressesAndDirection, ..PairQuery::all() };
    let small = filter::parse("not bytes >= 1000000000000000000", Dataset::Flows).unwrap();
    let both = |query: PairQuery, condition: &str| {
        let query = PairQuery { scope: query.scope.and(small.clone()), ..query };
        assert_eq!(shown(&desk, &query), sql(&desk, &statement(condition)), "{condition}");
    };
    both(query.clone(), "NOT duplicate");
    both(PairQuery { scope: Scope { duplicates: all, ..query.scope.clone() }, ..query.clone() }, "1");
    let ip = Some(Address::parse(b"10.0.0.1").unwrap());
    let of_ip = "NOT duplicate AND (srcaddr = '10.0.0.1' OR dstaddr = '10.0.0.1'";
    both(PairQuery { ip: ip.clone(), ..query.clone() }, &format!("{of_ip})"));
    let ratio = PairQuery { ip, keep_addressless: true, ..query.clone() };
    both(ratio, &format!("{of_ip} OR srcaddr IS NULL AND dstaddr IS NULL)"));
    let external = "NOT duplicate AND (srcaddr NOT LIKE '10.%' OR dstaddr NOT LIKE '10.%')";
    both(PairQuery { only_external: true, ..query.clone() }, external);
    let range = TimeRange { from: Some(Timestamp(1_621_123_200_001)), to: Some(Timestamp::from_secs(1_621_130_460)) };
    let timed = PairQuery { scope: Scope { range, ..query.scope.clone() }, ..query };
    both(timed, "NOT duplicate AND start >= 1621123201 AND start < 1621130460");
}

#[test]
fn pairs_sort_by_every_column_with_absent_values_last_and_open_their_records() {
    let desk = desk();
    for by in [PairKey::Addresses, PairKey::AddressesAndDirection, PairKey::PacketAddresses] {
        for column in PairColumn::of(by) {
            for descending in [false, true] {
                let query = PairQuery { by, sort: vec![PairSort { column, descending }], ..PairQuery::all() };
                let reader = desk.reader();
                let table = pairs(&reader, &query, &Cancel::default()).unwrap();
                let rows = pair_rows(&reader, &table, 0..usize::MAX).unwrap();
                let key = |value: Value| match value {
                    Value::Number(text) => text.parse().unwrap(),
                    Value::Integer(number) => number as u128,
                    Value::Time(time) => time.0 as u128,
                    Value::Text(text) => match Address::parse(text.as_bytes()) {
                        Some(address) => u128::from_be_bytes(address.key()),
                        None => u128::from(text.as_bytes()[0]),
                    },
                    other => panic!("{other:?}"),
                };
                let values: Vec<Value> = rows.iter().map(|row| row.value(column)).collect();
                let present: Vec<u128> = values.iter().take_while(|v| **v != Value::Null).cloned().map(key).collect();
                assert!(values[present.len()..].iter().all(|v| *v == Value::Null), "{column:?} {values:?}");
                let sorted = if descending { present.iter().rev().is_sorted() } else { present.is_sorted() };
                assert!(sorted, "{column:?} {descending} {values:?}");
                for row in &rows {
                    let found = coldtrail::query::rows(&reader, &query.records_of(row).unwrap(), &Cancel::default());
                    assert_eq!(found.unwrap().len() as u64, row.record_count, "{row:?}");
                }
            }
        }
    }
}

fn listed(desk: &Desk, query: &TopQuery) -> Vec<String> {
    let table = top(&desk.reader(), query, &Cancel::default()).unwrap();
    let cells = |row: &coldtrail::query::TopRow| {
        let mut cells: Vec<String> = row.key.iter().map(plain).collect();
        cells.push(row.figures.records.to_string());
        cells.extend([row.sent, row.received, row.figures.bytes].map(|sum| plain(&Value::sum(sum))));
        cells.join(" ")
    };
    table.rows.iter().map(cells).collect()
}

#[test]
fn talkers_have_both_sides_and_one_that_talks_to_itself_counts_its_records_once() {
    let desk = desk();
    let scope = filtered(Dataset::Flows, "not bytes > 1000000000");
    let talkers = TopQuery { scope, by: GroupBy::Talker, measure: Measure::Bytes, limit: None };
    let expected = sql(
        &desk,
        "WITH f AS (SELECT position, srcaddr s, dstaddr d, iif(log_status = 'OK', bytes, NULL) b FROM flow_record
                    WHERE NOT duplicate AND (bytes IS NULL OR bytes <= 1000000000))
         SELECT ip, count(DISTINCT position), sum(sent), sum(received), ifnull(sum(sent), 0) + ifnull(sum(received), 0) t
         FROM (SELECT position, s ip, b sent, NULL received FROM f UNION ALL SELECT position, d, NULL, b FROM f)
         WHERE ip IS NOT NULL AND ip NOT IN ('10.0.0.3') GROUP BY ip
         ORDER BY t DESC, length(ip), ip",
    );
    let ours = listed(&desk, &talkers);
    assert_eq!(ours[..expected.len()], expected);
    assert_eq!(
        ours[expected.len()..],
        ["10.0.0.3 1 - - -", "- 2 - - -"],
        "nothing to sum comes last, no address after it"
    );
    assert!(ours.contains(&"10.0.0.9 1 50 50 100".to_owned()));
    let cut = TopQuery { limit: Some(2), ..talkers.clone() };
    assert_eq!(listed(&desk, &cut), ours[..2]);
    let count = |query: &TopQuery| top(&desk.reader(), query, &Cancel::default()).unwrap().groups;
    assert_eq!(
        (count(&cut), count(&TopQuery { limit: Some(0), ..cut.clone() })),
        (ours.len() as u64, ours.len() as u64)
    );
}

#[test]
fn groups_of_every_kind_as_plain_sql_says() {
    let desk = desk();
    let by_field = |dataset, name| GroupBy::Field(field::by_name(dataset, name).unwrap());
    let flows = |by, measure, key: &str, order: &str| {
        let scope = filtered(Dataset::Flows, "not bytes > 1000000000");
        let ours = listed(&desk, &TopQuery { scope, by, measure, limit: None });
        let statement = format!(
            "SELECT {key}, count(*) n, NULL, NULL, sum(iif(log_status = 'OK', bytes, NULL)) b, sum(iif(log_status = 'OK', packets, NULL)) p
             FROM flow_record WHERE NOT duplicate AND (bytes IS NULL OR bytes <= 1000000000) GROUP BY {key}"
        );
        let columns = if key.contains(", ") { "k1, k2" } else { "k1" };
        let statement = format!(
            "WITH g({columns}, n, x, y, b, p) AS ({statement}) SELECT {columns}, n, x, y, b FROM g ORDER BY {order}"
        );
        assert_eq!(ours, sql(&desk, &statement), "{by:?}");
    };
    let by_bytes = "b DESC NULLS LAST, k1 NULLS LAST";
    flows(by_field(Dataset::Flows, "instance_id"), Measure::Bytes, "instance_id", by_bytes);
    flows(by_field(Dataset::Flows, "subnet_id"), Measure::Records, "subnet_id", "n DESC, k1 NULLS LAST");
    flows(by_field(Dataset::Flows, "dstport"), Measure::Packets, "dstport", "p DESC NULLS LAST, k1 NULLS LAST");
    flows(by_field(Dataset::Flows, "action"), Measure::Bytes, "action", by_bytes);
    flows(
        GroupBy::Service,
        Measure::Records,
        "protocol, min(srcport, dstport)",
        "n DESC, k1 NULLS LAST, k2 NULLS LAST",
    );
    let pair = "n DESC, k1 IS NULL, k1 LIKE '2001%', k1 LIKE '203%', k1 LIKE '198%', k1 LIKE '10.%', k1, k2 NULLS LAST";
    flows(GroupBy::Pair, Measure::Records, "srcaddr, dstaddr", pair);
    let events = |by| {
        let query = TopQuery { scope: Scope::all(Dataset::Events), by, measure: Measure::Records, limit: None };
        let table = top(&desk.reader(), &query, &Cancel::default()).unwrap();
        let cells = |row: &coldtrail::query::TopRow| {
            format!("{} {} {} {}", plain(&row.key[0]), row.figures.records, row.figures.accepted, row.figures.rejected)
        };
        table.rows.iter().map(cells).collect::<Vec<_>>()
    };
    let names =
        "SELECT event_name k, count(*) n, sum(error_code IS NULL), sum(error_code IS NOT NULL) FROM cloudtrail_event
                 GROUP BY k ORDER BY n DESC, k";
    assert_eq!(events(by_field(Dataset::Events, "event_name")), sql(&desk, names));
    assert_eq!(events(GroupBy::Principal), ["arn:aws:iam::111122223333:user/Alice 2 1 1", "111122223333 1 1 0"]);
    assert_eq!(GroupBy::Principal.names(), ["principal", "principal_id"]);
    let wrong =
        TopQuery { scope: Scope::all(Dataset::Events), by: GroupBy::Talker, measure: Measure::Records, limit: None };
    assert!(top(&desk.reader(), &wrong, &Cancel::default()).is_err());
    let wrong = TopQuery { by: GroupBy::Principal, measure: Measure::Bytes, ..wrong };
    assert!(top(&desk.reader(), &wrong, &Cancel::default()).is_err());
}

#[test]
fn figures_of_all_and_of_nothing() {
    let desk = desk();
    let all = figures(&desk.reader(), &Scope::all(Dataset::Flows), &Cancel::default()).unwrap();
    assert_eq!((all.records, all.accepted, all.rejected, all.left_out), (15, 10, 3, 3));
    assert_eq!(all.bytes, Some(3 * (i64::MAX as u128) + 1923));
    assert_eq!(all.first.zip(all.last).map(|(a, b)| (a.secs(), b.secs())), Some((1_621_123_199, 1_621_137_611)));
    let none = figures(&desk.reader(), &filtered(Dataset::Flows, "dstport = 9"), &Cancel::default()).unwrap();
    assert_eq!(none, coldtrail::query::Figures::default());
    let events = figures(&desk.reader(), &Scope::all(Dataset::Events), &Cancel::default()).unwrap();
    assert_eq!((events.records, events.rejected, events.bytes), (3, 1, None));
    assert_eq!(events.first, Some(Timestamp(1_621_123_201_000)));
}

#[test]
fn series_have_bins_groups_the_rest_and_gaps() {
    let desk = desk();
    let reader = desk.reader();
    let ask = |query: &SeriesQuery| series(&reader, query, &Cancel::default()).unwrap();
    let scope = filtered(Dataset::Flows, "not bytes > 1000000000");
    let query = SeriesQuery { bin: BinWidth::Secs(60), ..SeriesQuery::of(scope.clone(), Measure::Bytes) };
    let one = ask(&query);
    let ours: Vec<String> = one.bins.iter().zip(0..).map(|(b, at)| format!("{b} {}", one.lines[0].value(at))).collect();
    let expected = sql(
        &desk,
        "SELECT start / 60 * 60 bin, ifnull(sum(iif(log_status = 'OK', bytes, NULL)), 0) FROM flow_record
         WHERE NOT duplicate AND (bytes IS NULL OR bytes <= 1000000000) AND start IS NOT NULL GROUP BY bin ORDER BY bin",
    );
    assert_eq!(ours, expected);
    assert_eq!((one.untimed, one.left_out, &one.lines[0].key), (1, 3, &SeriesKey::All));
    // 2021-05-16 00:00, 01:00, 02:00 and 04:00 hold records, 03:00 does not; 23:00 of the day before does.
    assert_eq!(one.gaps, [(1_621_134_000, 1_621_137_600)]);
    assert!(one.gap_at(1_621_134_000) && one.gap_at(1_621_137_540) && !one.gap_at(1_621_137_600));
    assert!(!one.gap_at(1_621_133_940));
    // A filter makes no gap, a time range beyond the evidence does.
    let range = TimeRange { from: Some(Timestamp(1_621_130_400_001)), to: Some(Timestamp(1_621_141_200_001)) };
    let beyond = ask(&SeriesQuery { scope: Scope { range, ..scope.clone() }, ..query.clone() });
    assert_eq!(beyond.gaps, [(1_621_134_000, 1_621_137_600), (1_621_141_200, 1_621_144_800)]);

    let by = GroupBy::Field(field::by_name(Dataset::Flows, "dstport").unwrap());
    let grouped = ask(&SeriesQuery { by: Some(by), top: 2, bin: BinWidth::Secs(3600), ..query.clone() });
    let keys: Vec<&SeriesKey> = grouped.lines.iter().map(|line| &line.key).collect();
    let group = |port| SeriesKey::Group(vec![Value::Integer(port)]);
    assert_eq!(keys, [&group(5432), &group(40000), &SeriesKey::Other]);
    let sums: u128 = grouped.lines.iter().flat_map(|line| &line.values).sum();
    assert_eq!(sums, one.lines[0].values.iter().sum());
    assert_eq!(
        grouped.lines[0].reaching(722).collect::<Vec<_>>(),
        [grouped.bins.iter().position(|b| *b == 1_621_126_800).unwrap() as u32]
    );
    assert_eq!(grouped.lines[0].reaching(723).count(), 0);

    let talkers = ask(&SeriesQuery { by: Some(GroupBy::Talker), top: 1, measure: Measure::Records, ..query.clone() });
    let of_one = talkers.lines[0].values.iter().sum::<u128>();
    assert_eq!((&talkers.lines[0].key, of_one), (&SeriesKey::Group(vec![Value::Text("10.0.0.1".into())]), 6));

    let events = SeriesQuery::of(Scope::all(Dataset::Events), Measure::Records);
    let events = ask(&SeriesQuery { bin: BinWidth::Secs(1), ..events });
    assert_eq!((events.bins, events.lines[0].values.clone()), (vec![1_621_123_201, 1_621_134_000], vec![2, 1]));
    assert_eq!(events.gaps, [(1_621_126_800, 1_621_134_000)]);
    for bin in [0, 86_401] {
        assert!(
            series(&reader, &SeriesQuery { bin: BinWidth::Secs(bin), ..query.clone() }, &Cancel::default()).is_err()
        );
    }
    let nothing = ask(&SeriesQuery { scope: Scope::of(Dataset::Flows, Filter::Not(Box::new(Filter::All))), ..query });
    assert_eq!((nothing.bins.len(), nothing.lines.len()), (0, 1));
}

#[test]
fn the_automatic_width_is_the_narrowest_that_needs_few_bins() {
    let widths = [(0, 1), (299, 1), (300, 5), (1499, 5), (1500, 10), (86_399, 300), (90_000, 600), (i64::MAX, 86_400)];
    for (span, width) in widths {
        assert_eq!(coldtrail::query::auto_width(span), width, "{span}");
    }
}

/// A user who was deleted and made again has the same ARN and is somebody else.
#[test]
fn one_arn_with_two_unique_ids_is_two_principals() {
    let desk = Desk::new();
    let by = |event_id: &str, arn: Option<&str>, id: Option<&str>| {
        let mut event = crate::desk::event(event_id, "ListUsers", "2021-05-16T00:00:00Z");
        event["userIdentity"] = serde_json::json!({"type": "IAMUser", "arn": arn, "principalId": id});
        event
    };
    let arn = Some("arn:aws:iam::1:user/Alice");
    let events = [
        by("e-1", arn, Some("AIDA1")),
        by("e-2", arn, Some("AIDA2")),
        by("e-3", arn, Some("AIDA2")),
        by("e-4", arn, None),
        by("e-5", None, Some("AIDA2")),
    ];
    desk.import(&[desk.file("a.json", serde_json::json!({ "Records": events }).to_string())]);
    let query =
        TopQuery { scope: Scope::all(Dataset::Events), by: GroupBy::Principal, measure: Measure::Records, limit: None };
    let table = top(&desk.reader(), &query, &Cancel::default()).unwrap();
    let rows: Vec<String> = table
        .rows
        .iter()
        .map(|row| format!("{} {} {}", plain(&row.key[0]), plain(&row.key[1]), row.figures.records))
        .collect();
    let alice = "arn:aws:iam::1:user/Alice";
    assert_eq!(
        rows,
        [format!("{alice} AIDA2 2"), "AIDA2 AIDA2 1".into(), format!("{alice} AIDA1 1"), format!("{alice} - 1")]
    );
    for row in &table.rows {
        let filter = coldtrail::questions::group::clause(GroupBy::Principal, &row.key).to_string();
        assert_eq!(desk.count("events", &["--filter", &filter]), row.figures.records, "{filter}");
    }
    let series = desk.ok(&["series", desk.case(), "--dataset", "events", "--by", "principal", "--format", "jsonl"]);
    let lines: Vec<&str> = series.lines().collect();
    assert_eq!(lines.len(), 4, "{series}");
    assert!(series.contains("\"arn:aws:iam::1:user/Alice AIDA1\"") && series.contains("\"AIDA2\""), "{series}");
}
