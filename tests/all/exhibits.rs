//! Exhibits: every kind frozen and run again, what becomes of a verdict when the case changes, and what is kept.

use crate::desk::{Desk, HEADER, event, flow_lines};
use coldtrail::app::conclusions::conclude;
use coldtrail::app::exhibits::{self, *};
use coldtrail::filter;
use coldtrail::model::{Address, Dataset, EvidenceId, FieldId, RecordId, TimeRange, Timestamp, field};
use coldtrail::model::{
    Value,
    conclusions::{Change, ExhibitText},
};
use coldtrail::present::chart::Shape;
use coldtrail::present::zone::Zone;
use coldtrail::query::Figure;
use coldtrail::query::tables::RecordColumn;
use coldtrail::query::{
    self, AddressQuery, BinWidth, By, Cancel, ConversationQuery, GroupBy, Measure, PairQuery, PlaybookQuery, Scope,
    SeriesQuery, SightingSort, SortKey, SqlDialect, SqlStatement, TopQuery,
};
use coldtrail::questions::{self, *};

/// Two files of flows that share ten lines, with a line that cannot be read, a NODATA record and hours without
/// evidence; a file of events.
pub(crate) fn desk() -> Desk {
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
    let list = "203.0.113.7,a host\n203.0.113.66,another\n198.51.100.7,who called\nbad.example,\n";
    let list = desk.file("lists/known.csv", format!("value,comment\n{list}"));
    desk.ok(&["indicators", "import", desk.case(), list.to_str().unwrap()]);
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

fn shown(names: &[&'static str]) -> Vec<RecordColumn> {
    names.iter().map(|name| RecordColumn::Field(name)).collect()
}

fn record(evidence: u32, position: u32) -> RecordId {
    RecordId::new(EvidenceId(evidence), position)
}

/// One of every kind.
pub(crate) fn one_of_each() -> Vec<Box<dyn Question>> {
    let flows = || scope(Dataset::Flows, "dstport = 443 and bytes >= 14");
    let bytes = field::by_name(Dataset::Flows, "bytes").unwrap();
    let sort = vec![SortKey { field: bytes, descending: true }];
    let names = ["start", "srcaddr", "dstaddr", "bytes", "action"];
    let flow_columns = fields(Dataset::Flows, &names);
    let event_columns = shown(&["event_time", "event_name", "user_identity"]);
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
        Box::new(RecordsQuestion { query: flows().records(sort), columns: shown(&names), limit: Some(7) }),
        Box::new(RecordsQuestion { query: events.records(Vec::new()), columns: event_columns, limit: None }),
        Box::new(SelectedQuestion {
            dataset: Dataset::Flows,
            records: vec![record(1, 9), record(1, 3)],
            columns: flow_columns,
        }),
        Box::new(PairsQuestion(pairs.clone())),
        Box::new(ConversationsQuestion(ConversationQuery::of(PairQuery { sort: Vec::new(), limit: None, ..pairs }))),
        Box::new(TopQuestion(TopQuery {
            scope: flows(),
            by: GroupBy::Talker,
            measure: Measure::Bytes,
            limit: Some(3),
        })),
        Box::new(SeriesQuestion::new(series, Shape::Area)),
        Box::new(HeatQuestion { scope: flows(), measure: Measure::Records }),
        Box::new(EventQuestion { dataset: Dataset::Events, record: record(3, 2) }),
        Box::new(CompareQuestion::of(Dataset::Events, vec![record(3, 1), record(3, 2)])),
        Box::new(AddressQuestion(AddressQuery::of(Address::parse(b"203.0.113.5").unwrap()))),
        Box::new(TextQuestion("所見 <b>&</b>\u{202e}".into())),
        Box::new(SightingsQuestion::new(By::Indicator, flows(), Some("known".into()), Some(3))),
        Box::new(PlaybookQuestion { query: PlaybookQuery { scope: flows() }, limit: None }),
        Box::new(FigureQuestion { scope: flows(), figure: Figure::Bytes }),
        Box::new(EvidenceQuestion),
        Box::new(GroupsQuestion::written(flows(), "action,dstport", "distinct(srcaddr)", "", Some(1)).unwrap()),
        Box::new(SqlQuestion {
            statement: SqlStatement {
                dialect: SqlDialect::Sqlite,
                .."SELECT srcaddr, count(*) AS n, avg(bytes), sum(bytes) / 3.0, NULL\nFROM flow_record -- all\n\
                   GROUP BY 1 ORDER BY 2 DESC, 1;"
                    .into()
            },
            limit: Some(4),
        }),
    ]
}

fn tokyo() -> Zone {
    Zone::by_name("Asia/Tokyo").unwrap()
}

pub(crate) fn text(caption: &str) -> ExhibitText {
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
        let back = questions::question(kind, &exhibit.query()).unwrap();
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

/// Of one kind, frozen.
fn frozen(desk: &Desk, kind: &str) -> Frozen {
    let all = one_of_each();
    let exhibit = all.iter().find(|exhibit| exhibit.kind() == kind).unwrap();
    freeze(&desk.reader(), exhibit.as_ref(), Zone::default(), &Cancel::default()).unwrap()
}

#[test]
fn sightings_say_what_was_looked_for_and_what_was_not_there() {
    let desk = desk();
    let sightings = frozen(&desk, "sightings");
    let [rows, lists] = sightings.sections.as_slice() else { panic!("{:?}", sightings.sections) };
    let of = |row: usize, name: &str| {
        let at = rows.columns.iter().position(|column| column.name == name).unwrap();
        rows.rows[row][at].clone()
    };
    let text = |text: &str| Value::Text(text.into());
    // Six calls came from the one; the flow filter finds two flows to another; a domain could only be in an event.
    let told: Vec<_> = (0..3).map(|row| [of(row, "indicator"), of(row, "flows"), of(row, "events")]).collect();
    let n = Value::Integer;
    assert_eq!(
        told,
        [[text("198.51.100.7"), n(0), n(6)], [text("203.0.113.7"), n(2), n(0)], [text("203.0.113.66"), n(0), n(0)]]
    );
    assert_eq!((of(0, "not_seen"), of(2, "not_seen")), (Value::Null, text("not_there")));
    // In the order in which the view had them, which reads back too.
    let sort = Some(SightingSort::first("flows"));
    let sorted =
        SightingsQuestion::new(By::Indicator, Scope::all(Dataset::Flows), Some("known".into()), Some(1)).sorted(sort);
    let back = questions::question("sightings", &sorted.query()).unwrap();
    assert_eq!(format!("{back:?}"), format!("{sorted:?}"));
    let first = freeze(&desk.reader(), back.as_ref(), Zone::default(), &Cancel::default()).unwrap();
    assert_eq!(first.sections[0].rows[0][0], text("203.0.113.7"));
    assert_eq!((rows.rows.len(), rows.all_rows), (3, 4), "cut, and told");
    let total = |name: &str| rows.totals.iter().find(|total| total.name == name).unwrap().value.clone();
    assert_eq!(["seen", "unseen", "looked_events"].map(total), [n(2), n(2), n(6)]);
    assert_eq!(total("validity"), Value::Boolean(true));
    assert_eq!((lists.rows.len(), &lists.rows[0][0]), (1, &text("known")));
    // What was not seen was not seen in all of this.
    assert_eq!(sightings.facts.evidence.len(), 3);
    let playbook = frozen(&desk, "playbook");
    let row = &playbook.sections[0].rows[0];
    assert_eq!((playbook.sections[0].rows.len(), &row[0], &row[1]), (2, &text("1:9"), &text("to IOC")));
    // Another list is another answer: the exhibit says what was searched for.
    let id = exhibits::add(
        &desk.case,
        &PlaybookQuestion { query: PlaybookQuery::all(), limit: None },
        tokyo(),
        self::text("x"),
        &Cancel::default(),
    );
    let id = id.unwrap();
    desk.ok(&["indicators", "add", desk.case(), "203.0.113.8", "--list", "typed"]);
    let reader = desk.reader();
    let stored = query::exhibits(&reader, false).unwrap().into_iter().find(|exhibit| exhibit.id == id).unwrap();
    assert_eq!(exhibits::ask_again(&reader, &stored, &Cancel::default()).name(), "differs");
}

#[test]
fn a_statement_is_frozen_with_the_rows_that_it_gives_and_refused_where_they_change_by_themselves() {
    let desk = desk();
    let section = frozen(&desk, "sql").sections.remove(0);
    assert_eq!((section.rows.len(), section.all_rows), (4, 61));
    let units: Vec<&str> = section.columns.iter().map(|column| column.unit.name()).collect();
    assert_eq!(units, ["text", "number", "number", "number", "text"]);
    assert_eq!(section.rows[0][..2], [Value::Text("10.0.0.30".into()), Value::Integer(2)], "as often as delivered");
    assert_eq!(section.rows[0][3], Value::Number("140.0".into()));
    let refused = |statement: &str| {
        let exhibit = SqlQuestion { statement: statement.into(), limit: None };
        freeze(&desk.reader(), &exhibit, Zone::default(), &Cancel::default()).unwrap_err().to_string()
    };
    assert!(refused("SELECT random()").starts_with("random returns a different value each time"));
    assert!(refused("DELETE FROM flow").contains("is not read-only"));
    let long = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    assert!(refused(long).contains("more than 200000 rows; add a LIMIT"), "{}", refused(long));
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
        |exhibit: &dyn Question| freeze(&desk.reader(), exhibit, Zone::default(), &cancel).unwrap_err().to_string();
    let selected = |records| SelectedQuestion { dataset: Dataset::Events, records, columns: Vec::new() };
    assert_eq!(refused(&selected(vec![])), "no records are selected");
    assert_eq!(refused(&selected(vec![record(1, 2)])), "events has no record 1:2");
    let compare = |records| CompareQuestion::of(Dataset::Events, records);
    assert_eq!(refused(&compare(vec![record(3, 1)])), "2 to 5 records can be compared");
    assert_eq!(refused(&compare(vec![record(1, 2), record(3, 1)])), "record 1:2 is not one of the events");
    assert!(
        refused(&EventQuestion { dataset: Dataset::Events, record: record(9, 9) }).contains("9:9 is not in the case")
    );
    let unknown = SightingsQuestion::new(By::Host, Scope::all(Dataset::Flows), Some("other".into()), None);
    assert_eq!(refused(&unknown), "the case has no indicator list named other");
    for (kind, query) in [("flows", "{}"), ("sightings-of-x", "{}"), ("top", "{\"records\":1}"), ("events", "x")] {
        assert!(questions::question(kind, query).is_err(), "{kind}");
    }
    let nameless = exhibits::add(&desk.case, &TextQuestion("x".into()), Zone::default(), text(" "), &cancel);
    assert_eq!(nameless.unwrap_err().to_string(), "an exhibit needs a caption");
    let unknown = ExhibitText { finding: Some(7), ..text("x") };
    let unknown = exhibits::add(&desk.case, &TextQuestion("x".into()), Zone::default(), unknown, &cancel);
    assert_eq!(unknown.unwrap_err().to_string(), "the case has no finding 7");
    assert!(conclude(&desk.case, &Change::RemoveExhibit(7)).is_err());
    assert_eq!(query::exhibits(&desk.reader(), true).unwrap(), []);
}

#[test]
fn an_exhibit_that_asks_for_something_unknown_is_said_to_be_of_a_newer_version() {
    let desk = desk();
    let playbook = PlaybookQuestion { query: PlaybookQuery::all(), limit: None };
    let id = exhibits::add(&desk.case, &playbook, tokyo(), text("x"), &Cancel::default()).unwrap();
    let reader = desk.reader();
    let stored = query::exhibits(&reader, false).unwrap().into_iter().find(|exhibit| exhibit.id == id).unwrap();
    let mut member = stored.clone();
    member.frozen.query = stored.frozen.query.replacen('{', "{\"of_tomorrow\":true,", 1);
    let mut kind = stored.clone();
    kind.frozen.kind = "of_tomorrow".into();
    for newer in [member, kind] {
        let again = exhibits::ask_again(&reader, &newer, &Cancel::default());
        assert_eq!(again.name(), "failed");
        let told = again.detail();
        assert!(told.contains("of_tomorrow") && told.contains("newer version of Coldtrail"), "{told}");
    }
}
