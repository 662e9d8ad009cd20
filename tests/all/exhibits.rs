//! Exhibits: every kind frozen and asked again, what becomes of a verdict when the case changes, and what is kept.

use crate::desk::{Desk, HEADER, event, flow_lines};
use coldtrail::app::Zone;
use coldtrail::app::chart::Shape;
use coldtrail::app::conclusions::conclude;
use coldtrail::app::exhibits::{self, *};
use coldtrail::filter;
use coldtrail::model::conclusions::{Change, ExhibitText};
use coldtrail::model::{Address, Dataset, EvidenceId, FieldId, RecordId, TimeRange, Timestamp, field};
use coldtrail::query::{
    self, AddressQuery, BinWidth, Cancel, ConversationQuery, GroupBy, Measure, PairQuery, Scope, SeriesQuery, SortKey,
    TopQuery,
};

/// Two files of flows that share ten lines, with a line that cannot be read, a NODATA record and hours without evidence;
/// a file of events.
pub fn desk() -> Desk {
    let desk = Desk::new();
    let nodata = "2 123456789010 eni-0a1b2c3d4e5f00000 - - - - - - - 1621123300 1621123360 - NODATA\n";
    let first = format!("{HEADER}{}{nodata}not a record\n", flow_lines(0..40));
    let second = format!("{HEADER}{}{}", flow_lines(30..40), flow_lines(20_000..20_020));
    desk.file("in/a.log", first);
    desk.file("in/b.log", second);
    let events: Vec<_> = (0..6)
        .map(|n| event(&format!("e-{n}"), ["GetObject", "ConsoleLogin"][n % 2], &format!("2021-05-16T00:0{n}:00Z")))
        .collect();
    desk.file("in/c.json", serde_json::json!({"Records": events}).to_string());
    desk.import(&[desk.path("in")]);
    desk
}

fn scope(dataset: Dataset, text: &str) -> Scope {
    let range =
        TimeRange { from: Some(Timestamp::from_secs(1_621_123_200)), to: Some(Timestamp::from_secs(1_621_209_600)) };
    Scope { range, ..Scope::of(dataset, filter::parse(text, dataset).unwrap()) }
}

fn fields(dataset: Dataset, names: &[&str]) -> Vec<FieldId> {
    names.iter().map(|name| field::by_name(dataset, name).unwrap()).collect()
}

fn record(evidence: u32, position: u32) -> RecordId {
    RecordId::new(EvidenceId(evidence), position)
}

/// One of every kind.
pub fn one_of_each() -> Vec<Box<dyn Exhibited>> {
    let flows = || scope(Dataset::Flows, "dstport = 443 and bytes >= 14");
    let bytes = field::by_name(Dataset::Flows, "bytes").unwrap();
    let sort = vec![SortKey { field: bytes, descending: true }];
    let flow_columns = fields(Dataset::Flows, &["start", "srcaddr", "dstaddr", "bytes", "action"]);
    let event_columns = fields(Dataset::Events, &["event_time", "event_name", "user_identity"]);
    let events = scope(Dataset::Events, "event_name = GetObject");
    let pairs = PairQuery { scope: flows(), limit: Some(5), ..PairQuery::all() };
    let series = SeriesQuery {
        bin: BinWidth::Secs(60),
        by: Some(GroupBy::Field(field::by_name(Dataset::Flows, "interface_id").unwrap())),
        top: 3,
        threshold: Some(1000),
        ..SeriesQuery::of(flows(), Measure::Bytes)
    };
    vec![
        Box::new(RecordsExhibit { query: flows().records(sort), columns: flow_columns.clone(), limit: Some(7) }),
        Box::new(RecordsExhibit { query: events.records(Vec::new()), columns: event_columns, limit: None }),
        Box::new(SelectedExhibit {
            dataset: Dataset::Flows,
            records: vec![record(1, 9), record(1, 3)],
            columns: flow_columns,
        }),
        Box::new(PairsExhibit(pairs.clone())),
        Box::new(ConversationsExhibit(ConversationQuery::of(PairQuery { sort: Vec::new(), limit: None, ..pairs }))),
        Box::new(TopExhibit(TopQuery { scope: flows(), by: GroupBy::Talker, measure: Measure::Bytes, limit: Some(3) })),
        Box::new(SeriesExhibit { query: series, shape: Shape::Area }),
        Box::new(HeatExhibit { scope: flows(), measure: Measure::Records }),
        Box::new(EventExhibit { dataset: Dataset::Events, record: record(3, 2) }),
        Box::new(CompareExhibit { dataset: Dataset::Events, records: vec![record(3, 1), record(3, 2)] }),
        Box::new(AddressExhibit(AddressQuery::of(Address::parse(b"203.0.113.5").unwrap()))),
        Box::new(TextExhibit("所見 <b>&</b>\u{202e}".into())),
    ]
}

fn tokyo() -> Zone {
    Zone::by_name("Asia/Tokyo").unwrap()
}

pub fn text(caption: &str) -> ExhibitText {
    ExhibitText { caption: caption.into(), ..ExhibitText::default() }
}

#[test]
fn every_kind_is_frozen_kept_read_and_asked_again() {
    let desk = desk();
    let all = one_of_each();
    let kinds: Vec<&str> = all.iter().map(|exhibit| exhibit.kind()).collect();
    assert_eq!(kinds, KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>());
    for exhibit in &all {
        let kind = exhibit.kind();
        let reader = desk.reader();
        let frozen = freeze(&reader, exhibit.as_ref(), tokyo(), &Cancel::default()).unwrap();
        let other = freeze(&desk.reader(), exhibit.as_ref(), tokyo(), &Cancel::default()).unwrap();
        assert_eq!(canonical::digest(&frozen.lines()), canonical::digest(&other.lines()), "{kind}");
        assert!(frozen.row_count() > 0, "{kind} is empty");
        for section in &frozen.sections {
            assert!(section.rows.iter().all(|row| row.len() == section.columns.len()), "{kind} {}", section.name);
            assert!(section.all_rows >= section.rows.len() as u64, "{kind} {}", section.name);
        }
        // The question reads back as it was, to the letter and in what it means.
        let back = exhibits::question(kind, &exhibit.query()).unwrap();
        assert_eq!((back.kind(), back.query()), (kind, exhibit.query()));
        assert_eq!(format!("{back:?}"), format!("{exhibit:?}"));
        let id = exhibits::add(&desk.case, exhibit.as_ref(), tokyo(), text(kind), &Cancel::default()).unwrap();
        let stored = query::exhibits(&desk.reader(), false).unwrap().into_iter().find(|e| e.id == id).unwrap();
        let loaded = exhibits::load(&desk.reader(), &stored).unwrap();
        assert_eq!(loaded, frozen, "{kind}");
        assert_eq!(exhibits::ask_again(&desk.reader(), &stored, &Cancel::default()), Again::Same, "{kind}");
    }
    assert_eq!(desk.reader().conclusions_that_differ().unwrap(), [""; 0]);
}

#[test]
fn an_exhibit_says_what_it_rests_on_and_what_was_left_out() {
    let desk = desk();
    let all = one_of_each();
    let frozen = |at: usize| freeze(&desk.reader(), all[at].as_ref(), Zone::default(), &Cancel::default()).unwrap();
    let facts = frozen(0).facts;
    let hash = |name: &str| {
        use sha2::{Digest, Sha256};
        let bytes = std::fs::read(desk.path(name)).unwrap();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let evidence: Vec<_> = facts.evidence.iter().map(|e| (e.evidence, e.file_sha256.clone(), e.warnings)).collect();
    assert_eq!(evidence, [(1, hash("in/a.log"), 1), (2, hash("in/b.log"), 0)]);
    assert_eq!((facts.unread_in_case, facts.sources.as_slice()), (1, [LogSource::FlowLogs].as_slice()));
    let out = &facts.left_out[0];
    assert_eq!((out.duplicates, out.no_data, out.skip_data, out.untimed), (10, 1, 0, 0));
    // Records start in the first hour and in the sixth; the day has 24.
    let day = 1_621_123_200;
    assert_eq!(out.gaps, [(day + 3600, day + 5 * 3600), (day + 6 * 3600, day + 24 * 3600)]);
    let section = &frozen(0).sections[0];
    assert_eq!((section.rows.len(), section.all_rows), (7, 58), "cut, and told");
    assert_eq!(frozen(2).facts.evidence.len(), 1, "those of the records that were chosen");
    assert_eq!(frozen(11).facts.evidence.len(), 0, "a text rests on nothing");
    let page = frozen(10).facts;
    assert_eq!(page.sources, [LogSource::FlowLogs], "no event has the address");
}

#[test]
fn a_case_that_changed_gives_another_verdict() {
    let desk = desk();
    for exhibit in one_of_each() {
        exhibits::add(&desk.case, exhibit.as_ref(), tokyo(), text("x"), &Cancel::default()).unwrap();
    }
    // More of the same: rows of the first two, the groups, plots and the page change; chosen records and words do not.
    desk.file("more/d.log", format!("{HEADER}{}", flow_lines(250..260)));
    let more = event("e-9", "GetObject", "2021-05-16T01:00:00Z");
    desk.file("more/e.json", serde_json::json!({"Records": [more]}).to_string());
    desk.import(&[desk.path("more")]);
    let reader = desk.reader();
    let verdicts: Vec<(String, bool)> = query::exhibits(&reader, false)
        .unwrap()
        .iter()
        .map(|e| (e.frozen.kind.clone(), exhibits::ask_again(&reader, e, &Cancel::default()).is_same()))
        .collect();
    let same: Vec<&str> = verdicts.iter().filter(|(_, same)| *same).map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(same, ["selected", "event", "compare", "text"]);
}

#[test]
fn what_cannot_be_an_exhibit_is_refused() {
    let desk = desk();
    let cancel = Cancel::default();
    let refused =
        |exhibit: &dyn Exhibited| freeze(&desk.reader(), exhibit, Zone::default(), &cancel).unwrap_err().to_string();
    let selected = |records| SelectedExhibit { dataset: Dataset::Events, records, columns: Vec::new() };
    assert_eq!(refused(&selected(vec![])), "no record is selected");
    assert_eq!(refused(&selected(vec![record(1, 2)])), "events has no record 1:2");
    let compare = |records| CompareExhibit { dataset: Dataset::Events, records };
    assert_eq!(refused(&compare(vec![record(3, 1)])), "2 to 5 records stand side by side");
    assert_eq!(refused(&compare(vec![record(1, 2), record(3, 1)])), "record 1:2 is none of the events");
    assert!(
        refused(&EventExhibit { dataset: Dataset::Events, record: record(9, 9) }).contains("9:9 is not in the case")
    );
    for (kind, query) in [("flows", "{}"), ("sightings-of-x", "{}"), ("top", "{\"records\":1}"), ("events", "x")] {
        assert!(exhibits::question(kind, query).is_err(), "{kind}");
    }
    let nameless = exhibits::add(&desk.case, &TextExhibit("x".into()), Zone::default(), text(" "), &cancel);
    assert_eq!(nameless.unwrap_err().to_string(), "an exhibit needs a caption");
    let unknown = ExhibitText { finding: Some(7), ..text("x") };
    let unknown = exhibits::add(&desk.case, &TextExhibit("x".into()), Zone::default(), unknown, &cancel);
    assert_eq!(unknown.unwrap_err().to_string(), "the case has no finding 7");
    assert!(conclude(&desk.case, &Change::RemoveExhibit(7)).is_err());
    assert_eq!(query::exhibits(&desk.reader(), true).unwrap(), []);
}
