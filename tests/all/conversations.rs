//! Pairs folded into conversations: both directions, who started, and traffic that two interfaces saw.

use crate::answers::{FORMAT, desk, plain, sql};
use crate::desk::Desk;
use coldtrail::model::Address;
use coldtrail::query::{
    Cancel, ConversationColumn, ConversationQuery, ConversationRow, ConversationSort, PairKey, PairQuery, Repeats,
    conversation_rows, conversations,
};

fn asked(desk: &Desk, query: &ConversationQuery) -> Vec<ConversationRow> {
    let reader = desk.reader();
    let table = conversations(&reader, query, &Cancel::default()).unwrap();
    assert_eq!(table.totals.pairs, Some(table.len() as u64));
    conversation_rows(&reader, &table, 0..table.len()).unwrap()
}

fn shown(desk: &Desk, query: &ConversationQuery, columns: &[ConversationColumn]) -> Vec<String> {
    let cells = |row: &ConversationRow| columns.iter().map(|c| plain(&row.value(*c))).collect::<Vec<_>>().join(" ");
    asked(desk, query).iter().map(cells).collect()
}

use ConversationColumn::{Evidence, Left, Ratio, Received, RecordCount, Right, Sent, StartedBy};

#[test]
fn both_directions_stand_in_one_row_with_who_started_it() {
    let desk = desk();
    let columns = [Left, Right, RecordCount, Sent, Received, Ratio, StartedBy, Evidence, ConversationColumn::Repeats];
    let query = ConversationQuery::of(PairQuery::all());
    assert_eq!(
        shown(&desk, &query, &columns),
        [
            // Sent by the private end; the other's SYN with ACK and this one's SYN say the same.
            "10.0.0.1 203.0.113.5 5 27670116110564327421 700 39528737300806182.030 10.0.0.1 inferred: syn_flags 0",
            "10.0.0.1 10.0.0.2 2 722 - - 10.0.0.1 inferred: syn_flags 1",
            "10.0.0.1 198.51.100.7 2 - 361 - 198.51.100.7 inferred: syn_flags 0",
            "2001:db8::1 2001:db8::2 1 90 - - 2001:db8::1 inferred: ports 0",
            "10.0.0.9 10.0.0.9 1 50 - - unknown - 0",
            // Both ports are well-known, so they say nothing.
            "10.0.0.4 9.9.9.9 1 - 0 - 9.9.9.9 inferred: first_seen 0",
            "10.0.0.3 10.0.0.4 1 - - - unknown - 0",
            "- - 2 - - - unknown - 0",
        ]
    );
    let ip = Some(Address::parse(b"203.0.113.5").unwrap());
    let of_one = ConversationQuery::of(PairQuery { ip, ..PairQuery::all() });
    assert_eq!(shown(&desk, &of_one, &[Left, Right, Sent]), ["203.0.113.5 10.0.0.1 700"], "asked for: on the left");
    let direction = PairQuery { by: PairKey::AddressesAndDirection, ..PairQuery::all() };
    assert!(conversations(&desk.reader(), &ConversationQuery::of(direction), &Cancel::default()).is_err());
}

#[test]
fn conversations_add_up_to_what_plain_sql_says() {
    let desk = desk();
    let query = ConversationQuery::of(PairQuery::all());
    let ours = asked(&desk, &query);
    let expected = sql(
        &desk,
        "SELECT min(ifnull(srcaddr, ''), ifnull(dstaddr, '')) a, max(ifnull(srcaddr, ''), ifnull(dstaddr, '')) b, count(*),
           sum(ifnull(action = 'ACCEPT', 0)), sum(ifnull(action = 'REJECT', 0)), min(start), max(\"end\")
         FROM flow_record WHERE NOT duplicate GROUP BY a, b ORDER BY a, b",
    );
    let mut lines: Vec<String> = ours
        .iter()
        .map(|row| {
            let mut ends = [row.left.clone().unwrap_or_default(), row.right.clone().unwrap_or_default()];
            ends.sort();
            let time =
                |time: Option<coldtrail::model::Timestamp>| time.map_or("-".to_owned(), |t| t.secs().to_string());
            let (first, last) = (time(row.first_seen), time(row.last_seen));
            let [a, b] = ends;
            format!("{a} {b} {} {} {} {first} {last}", row.record_count, row.accepted, row.rejected)
        })
        .collect();
    lines.sort();
    assert_eq!(lines, expected);
    for column in ConversationColumn::ALL {
        for descending in [false, true] {
            let sort = vec![ConversationSort { column, descending }];
            let values = asked(&desk, &ConversationQuery { sort, ..query.clone() });
            assert_eq!(values.len(), ours.len());
            let absent: Vec<bool> = values.iter().map(|row| plain(&row.value(column)) == "-").collect();
            assert!(absent.is_sorted(), "{column:?}: absent last");
        }
    }
}

/// A web request from 10.0.1.5 through a NAT gateway (10.0.0.220), as the guide's example of the records shows it, and a
/// connection inside the VPC seen at both ends, once refused at the far one.
const TWICE: &str = "\
5 eni-instance 10.0.1.5 203.0.113.5 40000 443 6 10 1000 100 159 ACCEPT OK 2 egress i-1 s-1 10.0.1.5 203.0.113.5 IPv4
5 eni-nat 10.0.1.5 10.0.0.220 40000 443 6 10 1000 101 160 ACCEPT OK 2 ingress - s-2 10.0.1.5 203.0.113.5 IPv4
5 eni-nat 10.0.0.220 203.0.113.5 40000 443 6 10 1000 101 160 ACCEPT OK 2 egress - s-2 10.0.0.220 203.0.113.5 IPv4
5 eni-instance 10.0.1.5 203.0.113.5 40000 443 6 1 77 200 259 ACCEPT OK 0 egress i-1 s-1 10.0.1.5 203.0.113.5 IPv4
5 eni-a 10.0.1.6 10.0.1.7 5000 5432 6 1 60 100 159 ACCEPT OK 2 egress i-2 s-1 10.0.1.6 10.0.1.7 IPv4
5 eni-b 10.0.1.6 10.0.1.7 5000 5432 6 1 60 159 180 ACCEPT OK 2 ingress i-3 s-1 10.0.1.6 10.0.1.7 IPv4
5 eni-b 10.0.1.6 10.0.1.7 5000 5432 6 1 60 160 180 ACCEPT OK 2 ingress i-3 s-1 10.0.1.6 10.0.1.7 IPv4
5 eni-a 10.0.1.6 10.0.1.8 5000 22 6 1 50 100 159 ACCEPT OK 2 egress i-2 s-1 10.0.1.6 10.0.1.8 IPv4
5 eni-b 10.0.1.6 10.0.1.8 5000 22 6 1 50 100 159 REJECT OK 2 ingress i-3 s-1 10.0.1.6 10.0.1.8 IPv4
";

#[test]
fn the_same_traffic_at_two_interfaces_is_recognised_and_counted_once_on_demand() {
    let desk = Desk::new();
    let file = desk.file("a.log", format!("{FORMAT}\n{TWICE}"));
    assert_eq!(desk.import(&[file])[0].counts(), (9, 0, 0));
    let columns = [Left, Right, RecordCount, Sent, ConversationColumn::Rejected, ConversationColumn::Repeats];
    let by_packet = PairQuery { by: PairKey::PacketAddresses, ..PairQuery::all() };
    let all = ConversationQuery::of(by_packet);
    assert_eq!(
        shown(&desk, &all, &columns),
        [
            "10.0.1.5 203.0.113.5 3 2077 0 1",
            "10.0.0.220 203.0.113.5 1 1000 0 0",
            "10.0.1.6 10.0.1.7 3 180 0 1",
            "10.0.1.6 10.0.1.8 2 100 1 0",
        ]
    );
    let once = ConversationQuery { repeats: Repeats::LeftOut, ..all };
    assert_eq!(
        shown(&desk, &once, &columns),
        [
            "10.0.1.5 203.0.113.5 2 1077 0 1",
            "10.0.0.220 203.0.113.5 1 1000 0 0",
            "10.0.1.6 10.0.1.7 2 120 0 1",
            "10.0.1.6 10.0.1.8 2 100 1 0",
        ]
    );
    // By the interface's own addresses the NAT's record would be a row of its own; counted once, it is none.
    let own = ConversationQuery { repeats: Repeats::LeftOut, ..ConversationQuery::of(PairQuery::all()) };
    let rows = shown(&desk, &own, &[Left, Right, RecordCount]);
    assert!(
        !rows.iter().any(|row| row.contains("10.0.0.220 10.0.1.5") || row.contains("10.0.1.5 10.0.0.220")),
        "{rows:?}"
    );
}
