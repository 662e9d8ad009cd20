//! How fast a case answers on this machine: ten questions about its flow records, under the names by which other programs
//! are measured on the same files; the opening of its first page; and what the window asks for its pairs and overview.

use crate::analysis::glance::glance;
use crate::case::CaseReader;
use crate::model::{Dataset, FieldId, field};
use crate::query::{
    self, BinWidth, Cancel, ConversationColumn, ConversationQuery, ConversationSort, GroupBy, Measure, PairColumn,
    PairKey, PairQuery, PairSort, QueryError, RecordQuery, Repeats, RowSet, Scope, SeriesQuery, SortKey, TopQuery,
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
    /// Other programs are measured by it too.
    pub has_peer: bool,
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
        take(Timing { has_peer: true, ..measured(name, || rows_of(&reader, &question, cancel))? });
    }
    for (name, question) in questions_again() {
        take(measured(name, || rows_of(&reader, &question, cancel))?);
    }
    drop(reader);
    for (name, question) in first_questions() {
        take(measured(name, || rows_of(&CaseReader::open(case)?, &question, cancel))?);
    }
    Ok(timings)
}

fn measured(name: &'static str, run: impl Fn() -> Result<u64, QueryError>) -> Result<Timing, QueryError> {
    let rows = run()?;
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let begin = Instant::now();
        run()?;
        best = best.min(begin.elapsed().as_secs_f64());
    }
    Ok(Timing { name, secs: best, rows, has_peer: false })
}

/// What is measured.
enum Asked {
    /// How many records match.
    Count(RecordQuery),
    /// The first page of a table of records.
    Page(RecordQuery),
    /// With so many rows in words: the peers pass on all of them.
    Pairs(PairQuery, usize),
    /// The first page of all conversations in order.
    Conversations(ConversationQuery),
    Top(TopQuery),
    Series(SeriesQuery),
    /// All of the overview.
    Overview,
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

/// Questions to a case that was just opened, of which nothing is in memory.
fn first_questions() -> [(&'static str, Asked); 6] {
    let packet = PairQuery { by: PairKey::PacketAddresses, ..PairQuery::all() };
    let earliest = ConversationSort { column: ConversationColumn::FirstSeen, descending: false };
    let conversations = ConversationQuery::of(PairQuery::all());
    let once = ConversationQuery { repeats: Repeats::LeftOut, ..conversations.clone() };
    [
        ("open_overview", Asked::Overview),
        ("open_pairs", Asked::Pairs(PairQuery::all(), PAGE)),
        ("open_pairs_packet", Asked::Pairs(packet, PAGE)),
        ("open_conversations", Asked::Conversations(conversations.clone())),
        ("open_conversations_once", Asked::Conversations(once)),
        (
            "open_conversations_sorted",
            Asked::Conversations(ConversationQuery { sort: vec![earliest], ..conversations }),
        ),
    ]
}

fn named_field(name: &str) -> Option<FieldId> {
    field::by_name(Dataset::Flows, name)
}

/// Answers as far as a table shows it: with the rows of the first page in words.
fn rows_of(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<u64, QueryError> {
    Ok(match asked {
        Asked::Count(query) => query::rows(reader, query, cancel)?.len() as u64,
        Asked::Page(query) => page_of(reader, &query::first_rows(reader, query, PAGE, cancel)?)?,
        Asked::Pairs(query, rows) => {
            let table = query::pairs(reader, query, cancel)?;
            query::pair_rows(reader, &table, 0..table.len().min(*rows))?;
            table.len() as u64
        }
        Asked::Conversations(query) => {
            let table = query::conversations(reader, query, cancel)?;
            query::conversation_rows(reader, &table, 0..PAGE.min(table.len()))?;
            table.len() as u64
        }
        Asked::Top(query) => query::top(reader, query, cancel)?.rows.len() as u64,
        Asked::Series(query) => query::series(reader, query, cancel)?.bins.len() as u64,
        Asked::Overview => glance(reader, LIST, cancel)?.lists.iter().map(|list| list.table.rows.len() as u64).sum(),
    })
}

/// The values of the default format's fields.
fn page_of(reader: &CaseReader, rows: &RowSet) -> Result<u64, QueryError> {
    let ids = rows.ids(0..PAGE);
    let fields: Vec<FieldId> = field::of(Dataset::Flows).filter(|field| field.since == 2).collect();
    Ok(query::page(reader, Dataset::Flows, &ids, &fields)?.len() as u64)
}

/// A closed case to its first page, count and histogram.
fn open_first_page(case: &Path, cancel: &Cancel) -> Result<u64, QueryError> {
    let reader = CaseReader::open(case)?;
    let query = RecordQuery::all(Dataset::Flows);
    let rows = query::rows(&reader, &query, cancel)?;
    query::histogram(&reader, &query, query::Bins::Most(BINS), cancel)?;
    page_of(&reader, &rows)
}
