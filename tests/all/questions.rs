//! What a question gives besides its rows: the records that a row counts, the columns, what is left out.

use crate::exhibits::desk;
use coldtrail::case::CaseReader;
use coldtrail::model::{Dataset, FieldId, Value, field};
use coldtrail::query::tables::Rows;
use coldtrail::query::{
    self, Cancel, ConversationQuery, Figure, GroupBy, Measure, PairKey, PairQuery, Scope, TopQuery,
};
use coldtrail::questions::*;

fn read(question: &dyn Question, reader: &CaseReader) -> Rows {
    Rows::read(question.table(reader, &Cancel::default()).unwrap().as_ref(), usize::MAX, &Cancel::default()).unwrap()
}

/// Each row of a result leads to exactly the records that it counts.
#[test]
fn a_row_leads_to_the_records_that_it_counts() {
    let desk = desk();
    let reader = desk.reader();
    let flows = || Scope::all(Dataset::Flows);
    let mut questions: Vec<Box<dyn Question>> = Vec::new();
    for by in [PairKey::Addresses, PairKey::AddressesAndDirection, PairKey::PacketAddresses] {
        questions.push(Box::new(PairsQuestion(PairQuery { by, ..PairQuery::all() })));
    }
    questions.push(Box::new(ConversationsQuestion(ConversationQuery::of(PairQuery::all()))));
    let of_field = |dataset, name: &str| GroupBy::Field(field::by_name(dataset, name).unwrap());
    for by in [
        GroupBy::Talker,
        GroupBy::Remote,
        GroupBy::EitherPort,
        GroupBy::Pair,
        GroupBy::Service,
        of_field(Dataset::Flows, "action"),
        of_field(Dataset::Flows, "srcaddr"),
    ] {
        let query = TopQuery { scope: flows(), by, measure: Measure::Records, limit: None };
        questions.push(Box::new(TopQuestion(query)));
    }
    for by in [GroupBy::Principal, of_field(Dataset::Events, "event_name"), of_field(Dataset::Events, "error_code")] {
        let query = TopQuery { scope: Scope::all(Dataset::Events), by, measure: Measure::Records, limit: None };
        questions.push(Box::new(TopQuestion(query)));
    }
    questions.push(Box::new(FigureQuestion { scope: flows(), figure: Figure::Records }));
    let mut checked = 0;
    for question in questions {
        let rows = read(question.as_ref(), &reader);
        assert!(!rows.rows.is_empty(), "{}", question.query());
        let counted = rows.columns.iter().position(|column| column.name == "record_count").unwrap();
        for row in &rows.rows {
            let scope = question.counted(row).unwrap();
            let found = query::rows(&reader, &scope.records(Vec::new()), &Cancel::default()).unwrap().len();
            assert_eq!(Value::count(found as u64), row[counted], "{} {row:?}", question.query());
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
}

/// Whatever is printed, filed or frozen has the columns of one table.
#[test]
fn the_command_line_a_file_and_the_question_have_the_same_columns() {
    let desk = desk();
    let reader = desk.reader();
    let header = |text: &str| text.lines().next().unwrap().to_owned();
    let names = |question: &dyn Question| {
        let table = question.table(&reader, &Cancel::default()).unwrap();
        table.columns().iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(",")
    };
    let sightings = |by| SightingsQuestion::new(by, Scope::all(Dataset::Flows), None, None);
    for by in query::By::ALL {
        let printed = desk.ok(&["sightings", desk.case(), "--by", by.name(), "--format", "csv"]);
        assert_eq!(header(&printed), names(&sightings(by)));
    }
    for (arguments, question) in [
        (&["pairs"][..], Box::new(PairsQuestion(PairQuery::all())) as Box<dyn Question>),
        (&["pairs", "--fold"], Box::new(ConversationsQuestion(ConversationQuery::of(PairQuery::all())))),
    ] {
        let words = [&[arguments[0], desk.case()], &arguments[1..], &["--format", "csv"]].concat();
        assert_eq!(header(&desk.ok(&words)), names(question.as_ref()));
    }
    let named = catalogue::named("VpcFlowLogsTopTalkers").unwrap();
    let question = named.question(&catalogue::Given::default()).unwrap();
    let path = desk.path("talkers.csv");
    let path = path.to_str().unwrap();
    let printed = desk.ok(&["query", desk.case(), named.name, "--format", "csv"]);
    desk.ok(&["query", desk.case(), named.name, "--out", path]);
    let filed = std::fs::read_to_string(path).unwrap();
    assert_eq!(header(&printed), names(question.as_ref()));
    assert_eq!(filed.lines().collect::<Vec<_>>(), printed.lines().collect::<Vec<_>>());
}

/// An exhibit of sightings of version 0.1 had other columns, and keeps them.
#[test]
fn sightings_that_were_frozen_earlier_keep_their_columns() {
    let earlier = r#"{"sightings":"indicator","list":null,"flow_filter":null,"from":null,"to":null,"all_copies":false,"sort":"comment","limit":5}"#;
    let asked = question("sightings", earlier).unwrap();
    assert_eq!(asked.query(), earlier);
    let desk = desk();
    let reader = desk.reader();
    let columns = read(asked.as_ref(), &reader).columns;
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, query::earlier_sighting_columns(query::By::Indicator));
    let now = SightingsQuestion::new(query::By::Indicator, Scope::all(Dataset::Flows), None, None);
    let again = question("sightings", &now.query()).unwrap();
    assert_eq!(again.query(), now.query());
    let names = |rows: &Rows| rows.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&read(again.as_ref(), &reader)), query::sighting_columns(query::By::Indicator));
}

#[test]
fn units_of_the_fields_stand_at_their_columns() {
    let desk = desk();
    let reader = desk.reader();
    let bytes: FieldId = field::by_name(Dataset::Flows, "bytes").unwrap();
    let records =
        RecordsQuestion { query: Scope::all(Dataset::Flows).records(Vec::new()), columns: Vec::new(), limit: None };
    let records = records.with_columns(&reader, Some("ref,bytes,evidence")).unwrap();
    let table = records.table(&reader, &Cancel::default()).unwrap();
    let units: Vec<_> = table.columns().iter().map(|column| column.unit).collect();
    use coldtrail::model::Unit;
    assert_eq!(units, [Unit::Record, Unit::of(bytes), Unit::Number]);
    assert!(records.with_columns(&reader, Some("byts")).is_err());
    assert_eq!(table.rows(0, 1).unwrap()[0].len(), 3);
}

/// An analysis is a named query, a command, a file and an exhibit from its one definition.
#[test]
fn an_analysis_is_reached_everywhere() {
    let desk = desk();
    let printed = desk.ok(&["query", desk.case(), "coverage", "--format", "csv"]);
    let header = printed.lines().next();
    assert_eq!(header, Some("source_kind,account,region,source,hour,state,records,evidence"));
    assert!(printed.contains(",no_file,0,"), "{printed}");
    assert_eq!(desk.ok(&["coverage", desk.case(), "--format", "csv"]), printed);
    let path = desk.path("coverage.csv");
    desk.ok(&["coverage", desk.case(), "--out", path.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), printed.lines().count());
    let add = ["exhibit", "add", desk.case(), "--kind", "query", "--query", "coverage", "--caption", "What there is"];
    desk.ok(&add);
    let listed = desk.ok(&["exhibit", "list", desk.case(), "--format", "csv"]);
    assert!(listed.contains("coverage"), "{listed}");
    desk.ok(&["verify", desk.case()]);
    // Every row counts its records.
    let named = catalogue::named("coverage").unwrap();
    let question = named.question(&catalogue::Given::default()).unwrap();
    let reader = desk.reader();
    let rows = read(question.as_ref(), &reader);
    let records = rows.columns.iter().position(|column| column.name == "records").unwrap();
    let mut checked = 0;
    for row in &rows.rows {
        let Some(scope) = question.counted(row) else {
            assert_eq!(row[records], Value::Integer(0));
            continue;
        };
        let found = query::rows(&reader, &scope.records(Vec::new()), &Cancel::default()).unwrap().len();
        assert_eq!(Value::count(found as u64), row[records], "{row:?}");
        checked += 1;
    }
    assert!(checked > 2, "{checked}");
    // Its question reads back.
    let again = coldtrail::questions::question("coverage", &question.query()).unwrap();
    assert_eq!(again.query(), question.query());
}

/// An exhibit says how many rows there are beyond its limit, and which fields it shows.
#[test]
fn exhibits_of_named_queries_are_whole() {
    let desk = desk();
    let reader = desk.reader();
    let section = |question: &dyn Question| {
        question.sections(&reader, coldtrail::present::zone::Zone::default(), &Cancel::default()).unwrap().remove(0)
    };
    let question = catalogue::named("coverage").unwrap().question(&catalogue::Given::default()).unwrap();
    let (all, cut) = (section(question.as_ref()), section(question.limited(2).as_ref()));
    assert_eq!((cut.rows.len(), cut.all_rows), (2, all.rows.len() as u64));
    let add = ["exhibit", "add", desk.case(), "--kind", "query", "--caption", "x", "--query"];
    desk.ok(&[&add[..], &["VpcFlowLogsAcceptedTraffic", "--limit", "3"]].concat());
    let shown = desk.ok(&["exhibit", "show", desk.case(), "1", "--format", "csv"]);
    assert!(shown.starts_with("ref,version,account_id,interface_id,srcaddr,dstaddr,"), "{shown}");
    assert_eq!(shown.lines().count(), 4);
    let message = desk.fails(&["exhibit", "add", desk.case(), "--kind", "top", "--caption", "x", "--question", "{"], 2);
    assert!(!message.is_empty());
}

/// Why nothing was found is true, whatever the question asks of the records besides.
#[test]
fn an_empty_answer_is_not_blamed_on_a_limit_that_there_is_not() {
    let desk = crate::desk::Desk::new();
    let lines = format!("{}{}", crate::desk::HEADER, crate::desk::flow_lines(0..5));
    desk.file("in/a.log", lines);
    desk.import(&[desk.path("in")]);
    let told = desk.fails(&["sightings", desk.case(), "--playbook"], 0);
    assert!(told.contains("none match") && !told.contains("limit"), "{told}");
    let told = desk.fails(&["flows", desk.case(), "--limit", "0", "--from", "2000-01-01"], 0);
    assert!(told.contains("limit"), "{told}");
}

/// A record with a time far from all others does not give rows without end.
#[test]
fn hours_of_sources_without_end_are_refused() {
    let desk = crate::desk::Desk::new();
    let record = |interface: u64, start: u64| {
        format!("2 123456789010 eni-{interface} 10.0.0.1 10.0.0.2 1 2 6 1 40 {start} {start} ACCEPT OK\n")
    };
    let records: String = (0..9).map(|interface| record(interface, 1_621_123_200)).collect();
    desk.file("in/a.log", format!("{}{records}{}", crate::desk::HEADER, record(0, 3600)));
    desk.import(&[desk.path("in")]);
    let message = desk.fails(&["coverage", desk.case()], 2);
    assert!(message.contains("narrow the time range"), "{message}");
    let range = ["coverage", desk.case(), "--from", "2021-05-16", "--format", "csv"];
    assert!(desk.ok(&range).lines().count() >= 2);
    let zeros = ["series", desk.case(), "--dataset", "flows", "--bin", "1h", "--zeros", "--to", "1970-01-03"];
    assert_eq!(desk.ok(&zeros).lines().count(), 2);
}
