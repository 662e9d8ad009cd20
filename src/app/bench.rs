//! How fast a case answers on this machine: ten questions about its flow records and seven about its events, under the names
//! by which other programs are measured on the same files; the analyses of its events and of what its hosts did; the opening of
//! its first page; and what the window asks for its pairs, its overview and the page of an address.

mod behaviour;

use crate::analysis::{self, glance::glance};
use crate::case::CaseReader;
use crate::model::{Address, Dataset, FieldId, Home, Kind, Value, field};
use crate::query::{
    self, AddressQuery, BinWidth, Cancel, ConversationColumn, ConversationQuery, ConversationSort, Duplicates, GroupBy,
    GroupMeasure, GroupsQuery, Measure, PairColumn, PairKey, PairQuery, PairSort, QueryError, RecordQuery, Repeats,
    RowSet, Scope, SeriesQuery, SortKey, TopQuery,
};
use std::path::Path;
use std::time::Instant;

/// One measured question.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    pub name: &'static str,
    /// Of the fastest of `RUNS`.
    pub secs: f64,
    /// Rows of the answer, the same at every run.
    pub rows: u64,
    /// Of these records, if other programs are measured by it too.
    pub peer: Option<Dataset>,
    /// The most memory of the process meanwhile, in bytes, where it was measured.
    pub peak: Option<u64>,
}

/// Measured runs, after one that is not.
pub const RUNS: usize = 3;
/// Rows of a page.
const PAGE: usize = 200;
/// Rows of a list of the overview.
const LIST: usize = 8;
/// Bins of the histogram above the first page.
const BINS: usize = 200;
const ADDRESS: &str = "10.0.1.4";

/// Asks every question `RUNS` times after a warm-up; `told` hears of each as it is done.
///
/// # Errors
/// The case cannot be opened or read.
pub fn bench(case: &Path, cancel: &Cancel, told: &mut dyn FnMut(&Timing)) -> Result<Vec<Timing>, QueryError> {
    let reader = CaseReader::open(case)?;
    let mut timings = Vec::new();
    let mut take = |timing: Timing| {
        told(&timing);
        timings.push(timing);
    };
    take(measured("open_first_page", || open_first_page(case, cancel))?);
    for (name, question) in questions()? {
        take(Timing { peer: Some(Dataset::Flows), ..measured(name, || rows_of(&reader, &question, cancel))? });
    }
    for (name, question) in questions_again() {
        take(measured(name, || rows_of(&reader, &question, cancel))?);
    }
    if query::any(&reader, &Scope::all(Dataset::Events), cancel)? {
        for (name, question) in event_questions()? {
            take(Timing { peer: Some(Dataset::Events), ..measured(name, || rows_of(&reader, &question, cancel))? });
        }
    }
    for analysis in analyses(&reader, cancel)? {
        let mut asked = analysis::Asked::of(Scope::all(Dataset::Events));
        let defaults = analysis.parameters.iter().filter_map(|parameter| Some((parameter.name, parameter.default?)));
        asked.parameters.extend(defaults.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let rows = || Ok((analysis.run)(&reader, &asked, cancel)?.rows.len() as u64);
        take(measured(analysis.name, rows)?);
    }
    let busiest = busiest_address(&reader, cancel)?;
    for (name, question) in busiest.iter().flat_map(address_questions) {
        take(measured(name, || rows_of(&reader, &question, cancel))?);
    }
    drop(reader);
    if busiest.is_some() {
        behaviour::behaviour(case, cancel, &mut take)?;
    }
    let opened = busiest.map(|address| ("open_address", Asked::AddressFigures(AddressQuery::of(address))));
    for (name, question) in first_questions().into_iter().chain(opened) {
        take(measured(name, || rows_of(&CaseReader::open(case)?, &question, cancel))?);
    }
    Ok(timings)
}

/// The analyses of events, where there are any.
fn analyses(reader: &CaseReader, cancel: &Cancel) -> Result<Vec<&'static analysis::Analysis>, QueryError> {
    const MEASURED: [&str; 6] = ["lineage", "sessions", "identities", "monitor", "rates", "new-terms"];
    let has_events = query::any(reader, &Scope::all(Dataset::Events), cancel)?;
    let is_measured = |analysis: &&analysis::Analysis| has_events && MEASURED.contains(&analysis.name);
    Ok(analysis::ALL.iter().copied().filter(is_measured).collect())
}

fn measured(name: &'static str, run: impl Fn() -> Result<u64, QueryError>) -> Result<Timing, QueryError> {
    let rows = run()?;
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let begin = Instant::now();
        run()?;
        best = best.min(begin.elapsed().as_secs_f64());
    }
    Ok(Timing { name, secs: best, rows, peer: None, peak: None })
}

/// What is measured.
enum Asked {
    /// How many records match.
    Count(RecordQuery),
    /// The first page of a table of records.
    Page(RecordQuery),
    /// With so many rows in words: the peers pass on all of them.
    Pairs(PairQuery, usize),
    /// The page that the window shows before all pairs are summed.
    FirstPairs(PairQuery),
    /// The first page of all conversations in order.
    Conversations(ConversationQuery),
    /// The page that the window shows before all of them are made.
    FirstConversations(ConversationQuery),
    Top(TopQuery),
    /// Every group, and how many values of a field each has.
    TopWith(TopQuery, GroupsQuery),
    Series(SeriesQuery),
    /// All of the overview.
    Overview,
    /// The hours of every source.
    Coverage,
    /// The first figures of an address's page, and all of it.
    AddressFigures(AddressQuery),
    Address(AddressQuery),
}

/// The ten questions, in the order of the peers' script.
fn questions() -> Result<Vec<(&'static str, Asked)>, QueryError> {
    let all = || Scope::all(Dataset::Flows);
    let matching = |text: &str| Scope::written(Dataset::Flows, text);
    let count = |scope: Scope| Asked::Count(scope.records(Vec::new()));
    let page = |scope: Scope, name: &str, descending: bool| {
        Asked::Page(scope.records(named_field(name).map(|field| SortKey { field, descending }).into_iter().collect()))
    };
    let top = |scope: Scope, by: GroupBy| Asked::Top(TopQuery { scope, by, measure: Measure::Bytes, limit: Some(50) });
    let pairs =
        |scope: Scope, limit: Option<usize>| Asked::Pairs(PairQuery { scope, limit, ..PairQuery::all() }, usize::MAX);
    let source = named_field("srcaddr").map_or(GroupBy::Talker, GroupBy::Field);
    let minutes = SeriesQuery { bin: BinWidth::Secs(60), ..SeriesQuery::of(all(), Measure::Bytes) };
    Ok(vec![
        ("pairs", pairs(all(), Some(1000))),
        ("pairs_of_ip", pairs(matching(&format!("ip = {ADDRESS}"))?, None)),
        ("pairs_rejected", pairs(matching("action = REJECT")?, Some(1000))),
        ("top_talkers", top(all(), GroupBy::Talker)),
        ("rejected_ssh", top(matching("action = REJECT and protocol = 6 and dstport = 22")?, source)),
        ("bytes_per_minute", Asked::Series(minutes)),
        ("count_filtered", count(matching("dstport = 3389 and action = REJECT")?)),
        ("page_filtered", page(matching("dstport = 3389 and action = REJECT")?, "start", false)),
        ("page_sorted", page(all(), "bytes", true)),
        ("count_cidr", count(matching("ip in 27.63.0.0/16")?)),
    ])
}

/// Tables of pairs in another order than before, and of other pairs.
fn questions_again() -> [(&'static str, Asked); 4] {
    let sort = |column, descending| vec![PairSort { column, descending }];
    let pairs = |sort| Asked::Pairs(PairQuery { sort, ..PairQuery::all() }, PAGE);
    let folded = ConversationQuery::of(PairQuery::all());
    let ratio = vec![ConversationSort { column: ConversationColumn::Ratio, descending: true }];
    [
        ("pairs_by_time", pairs(sort(PairColumn::FirstSeen, false))),
        ("pairs_by_records", pairs(sort(PairColumn::RecordCount, true))),
        ("pairs_external", Asked::Pairs(PairQuery { only_external: true, ..PairQuery::all() }, PAGE)),
        ("conversations_by_ratio", Asked::Conversations(ConversationQuery { sort: ratio, ..folded })),
    ]
}

/// The address that is in most records.
fn busiest_address(reader: &CaseReader, cancel: &Cancel) -> Result<Option<Address>, QueryError> {
    let scope = Scope::all(Dataset::Flows);
    let query = TopQuery { scope, by: GroupBy::Talker, measure: Measure::Records, limit: Some(2) };
    let keys = query::top(reader, &query, cancel)?.rows.into_iter().flat_map(|row| row.key);
    let address = |key: Value| if let Value::Text(text) = key { Address::parse(text.as_bytes()) } else { None };
    Ok(keys.filter_map(address).next())
}

/// What is asked for its page.
fn address_questions(address: &Address) -> [(&'static str, Asked); 2] {
    let query = AddressQuery { limit: LIST, ..AddressQuery::of(address.clone()) };
    [("address_figures", Asked::AddressFigures(query.clone())), ("address_page", Asked::Address(query))]
}

/// Questions to a case that was just opened, of which nothing is in memory.
fn first_questions() -> [(&'static str, Asked); 9] {
    let packet = PairQuery { by: PairKey::PacketAddresses, ..PairQuery::all() };
    let earliest = ConversationSort { column: ConversationColumn::FirstSeen, descending: false };
    let conversations = ConversationQuery::of(PairQuery::all());
    let once = ConversationQuery { repeats: Repeats::LeftOut, ..conversations.clone() };
    [
        ("open_overview", Asked::Overview),
        ("open_coverage", Asked::Coverage),
        ("open_pairs_first", Asked::FirstPairs(PairQuery::all())),
        ("open_pairs", Asked::Pairs(PairQuery::all(), PAGE)),
        ("open_pairs_packet", Asked::Pairs(packet, PAGE)),
        ("open_conversations_first", Asked::FirstConversations(conversations.clone())),
        ("open_conversations", Asked::Conversations(conversations.clone())),
        ("open_conversations_once", Asked::Conversations(once)),
        (
            "open_conversations_sorted",
            Asked::Conversations(ConversationQuery { sort: vec![earliest], ..conversations }),
        ),
    ]
}

/// The questions about events, in the order of the peer's script.
fn event_questions() -> Result<Vec<(&'static str, Asked)>, QueryError> {
    let all = || Scope::all(Dataset::Events);
    let count =
        |text: &str| Ok::<_, QueryError>(Asked::Count(Scope::written(Dataset::Events, text)?.records(Vec::new())));
    let [name, arn, address] =
        ["event_name", "user_identity_arn", "source_ip_address"].map(|name| query::own_field(Dataset::Events, name));
    let top = |field: FieldId, limit: Option<usize>| TopQuery {
        scope: all(),
        by: GroupBy::Field(field),
        measure: Measure::Records,
        limit,
    };
    let hours = SeriesQuery {
        bin: BinWidth::Secs(3600),
        by: Some(GroupBy::Field(name)),
        top: usize::MAX,
        ..SeriesQuery::of(all(), Measure::Records)
    };
    let addresses =
        GroupsQuery { measure: GroupMeasure::Distinct(address), limit: None, ..GroupsQuery::of_field(all(), arn, 0) };
    let by_name = vec![SortKey { field: name, descending: true }];
    Ok(vec![
        ("events_count_error", count("error_code = AccessDenied")?),
        ("events_top_names", Asked::Top(top(name, Some(20)))),
        ("events_series", Asked::Series(hours)),
        ("events_principals", Asked::TopWith(top(arn, None), addresses)),
        ("events_sort", Asked::Page(all().records(by_name))),
        ("events_text", count("any contains \"ransom\"")?),
        ("events_path", count("requestParameters.bucketName exists")?),
    ])
}

fn named_field(name: &str) -> Option<FieldId> {
    field::by_name(Dataset::Flows, name)
}

/// Answers as far as a table shows it: with the rows of the first page in words.
fn rows_of(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<u64, QueryError> {
    Ok(match asked {
        Asked::Count(query) => query::rows(reader, query, cancel)?.len() as u64,
        Asked::Page(query) => page_of(reader, query.dataset, &query::first_rows(reader, query, PAGE, cancel)?)?,
        Asked::Pairs(query, rows) => {
            let table = query::pairs(reader, query, cancel)?;
            query::pair_rows(reader, &table, 0..table.len().min(*rows))?;
            table.len() as u64
        }
        Asked::FirstPairs(query) => {
            let table = match query::first_pairs(reader, query, PAGE, cancel)? {
                Some(table) => table,
                None => query::pairs(reader, query, cancel)?,
            };
            query::pair_rows(reader, &table, 0..PAGE)?.len() as u64
        }
        Asked::Conversations(query) => {
            let table = query::conversations(reader, query, cancel)?;
            query::conversation_rows(reader, &table, 0..PAGE.min(table.len()))?;
            table.len() as u64
        }
        Asked::FirstConversations(query) => {
            let table = match query::first_conversations(reader, query, PAGE, cancel)? {
                Some(table) => table,
                None => query::conversations(reader, query, cancel)?,
            };
            query::conversation_rows(reader, &table, 0..PAGE)?.len() as u64
        }
        Asked::Top(query) => query::top(reader, query, cancel)?.rows.len() as u64,
        Asked::TopWith(query, with) => {
            query::groups(reader, with, cancel)?;
            query::top(reader, query, cancel)?.rows.len() as u64
        }
        Asked::Series(query) => query::series(reader, query, cancel)?.bins.len() as u64,
        Asked::AddressFigures(query) => {
            let found = query::address_figures(reader, query, cancel)?;
            found.sent.records + found.received.records
        }
        Asked::Address(query) => query::address_facts(reader, query, cancel)?.lists.len() as u64,
        Asked::Coverage => {
            let asked = analysis::Asked::of(Scope::all(Dataset::Flows));
            (analysis::coverage::COVERAGE.run)(reader, &asked, cancel)?.rows.len() as u64
        }
        Asked::Overview => glance(reader, LIST, cancel)?.lists.iter().map(|list| list.table.rows.len() as u64).sum(),
    })
}

/// The values of the default format's fields, or of those of events that are no JSON.
fn page_of(reader: &CaseReader, dataset: Dataset, rows: &RowSet) -> Result<u64, QueryError> {
    let ids = rows.ids(0..PAGE);
    let is_shown = |field: &FieldId| match dataset {
        Dataset::Flows => field.since == 2,
        // Who acted comes to a page when it is found; no page waits for it.
        Dataset::Events => !matches!(field.kind, Kind::Json | Kind::List) && field.home != Home::Lineage,
    };
    let fields: Vec<FieldId> = field::of(dataset).filter(is_shown).collect();
    Ok(query::page(reader, dataset, &ids, &fields)?.len() as u64)
}

/// A closed case to its first page, count and histogram.
fn open_first_page(case: &Path, cancel: &Cancel) -> Result<u64, QueryError> {
    let reader = CaseReader::open(case)?;
    // A case of events alone opens with them.
    let flows = Scope { duplicates: Duplicates::All, ..Scope::all(Dataset::Flows) };
    let dataset = match query::any(&reader, &flows, cancel)? {
        true => Dataset::Flows,
        false => Dataset::Events,
    };
    let query = RecordQuery::all(dataset);
    let rows = query::rows(&reader, &query, cancel)?;
    query::histogram(&reader, &query, query::Bins::Most(BINS), cancel)?;
    page_of(&reader, dataset, &rows)
}
