//! Rows of a table by position, fetched in pages on a worker thread and kept while they are near. The table asks for
//! what is visible; what has not come yet is drawn as a placeholder.

use super::record_columns::ShownColumn;
use super::slots::Lane;
use super::source::{Cancel, Fault, Mark, RowSet, Source};
use crate::app::Failure;
use crate::model::{Dataset, FieldId, Home, RecordId, Value, field};
use crate::present::display;
use crate::present::gist::gist;
use crate::present::principal::{Beside, caller};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

struct Page<R> {
    rows: Vec<R>,
    used: u64,
}

struct Request<R> {
    page: u64,
    generation: u64,
    answer: Receiver<Result<Vec<R>, Fault>>,
}

/// Pages of one ordered table of any rows.
pub(crate) struct PageCache<R> {
    len: u64,
    generation: u64,
    clock: u64,
    pages: HashMap<u64, Page<R>>,
    requests: Vec<Request<R>>,
    failed: Option<u64>,
}

impl<R> Default for PageCache<R> {
    fn default() -> Self {
        Self { len: 0, generation: 0, clock: 0, pages: HashMap::new(), requests: Vec::new(), failed: None }
    }
}

impl<R: Send + 'static> PageCache<R> {
    pub(crate) const ROWS: u64 = 128;
    /// About 64 pages of 128 rows: a few screens around every place that was visited recently.
    const KEPT: usize = 64;
    /// Requests on their way: with more, a fast scroll would queue pages that nobody will see.
    const ON_THE_WAY: usize = 3;

    /// Other rows: everything is fetched again.
    pub(crate) fn reset(&mut self, len: u64) {
        self.len = len;
        self.generation += 1;
        self.pages.clear();
        self.failed = None;
    }

    /// The same rows and more behind them: what is here stays, but for a page that was not full.
    pub(crate) fn grow(&mut self, len: u64) {
        let full = self.len / Self::ROWS;
        self.pages.retain(|page, _| *page < full);
        self.requests.retain(|request| request.page < full);
        self.len = len;
    }

    /// Forgets pages with such rows, and what is on its way, which may be such.
    pub(crate) fn read_again(&mut self, is_such: impl Fn(&R) -> bool) {
        self.pages.retain(|_, page| !page.rows.iter().any(&is_such));
        self.requests.clear();
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Counts up whenever the rows are others.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// A row, `None` while it is on its way.
    pub(crate) fn row(&self, row: u64) -> Option<&R> {
        self.pages.get(&(row / Self::ROWS))?.rows.get((row % Self::ROWS) as usize)
    }

    /// Sees to it that these rows will be there; called with what is on screen. `load` is handed to the lane with the
    /// places of a page.
    pub(crate) fn want<L>(&mut self, lane: &Lane, rows: Range<u64>, load: L)
    where
        L: Fn(&dyn Source, Range<usize>) -> Result<Vec<R>, Fault> + Clone + Send + 'static,
    {
        let end = rows.end.min(self.len);
        if rows.start >= end || self.failed == Some(self.generation) {
            return;
        }
        self.clock += 1;
        for page in rows.start / Self::ROWS..=(end - 1) / Self::ROWS {
            if let Some(known) = self.pages.get_mut(&page) {
                known.used = self.clock;
                continue;
            }
            let asked = self.requests.iter().any(|r| r.page == page && r.generation == self.generation);
            if asked || self.requests.len() >= Self::ON_THE_WAY {
                continue;
            }
            let first = (page * Self::ROWS) as usize;
            let places = first..(first + Self::ROWS as usize).min(self.len as usize);
            let load = load.clone();
            if let Some(answer) = lane.run(Cancel::default(), move |source, _| load(source, places)) {
                self.requests.push(Request { page, generation: self.generation, answer });
            }
        }
    }

    /// Takes the pages that have come in. The reason of a failure, once per table.
    pub(crate) fn poll(&mut self) -> Option<Failure> {
        let mut why = None;
        let requests = std::mem::take(&mut self.requests);
        for request in requests {
            match request.answer.try_recv() {
                Err(TryRecvError::Empty) => self.requests.push(request),
                _ if request.generation != self.generation => {}
                Ok(Ok(rows)) => {
                    self.pages.insert(request.page, Page { rows, used: self.clock });
                }
                Ok(Err(Fault::Cancelled)) | Err(TryRecvError::Disconnected) => {}
                Ok(Err(Fault::Failed(failure))) => {
                    self.failed = Some(self.generation);
                    why = Some(failure);
                }
            }
        }
        while self.pages.len() > Self::KEPT {
            let oldest = self.pages.iter().min_by_key(|(page, p)| (p.used, **page)).map(|(page, _)| *page);
            let Some(oldest) = oldest else { break };
            self.pages.remove(&oldest);
        }
        why
    }

    pub(crate) fn is_busy(&self) -> bool {
        !self.requests.is_empty()
    }
}

/// Pages of one ordered row set of records: values in the order of the columns.
pub struct RecordPages {
    dataset: Dataset,
    rows: RowSet,
    columns: Arc<[ShownColumn]>,
    cache: PageCache<RecordRow>,
}

/// A record as its table needs it.
struct RecordRow {
    values: Vec<Value>,
    marks: Vec<Mark>,
    /// By the place of a column what it says in short: what JSON is about, the name that a caller goes by.
    gists: Vec<(usize, String)>,
    /// A SKIPDATA record: some of what it should say was lost.
    skips: bool,
    /// Of an event: the service that was called, in short.
    service: Option<String>,
    /// It was not found yet who acted: what columns would say of that is not in the values.
    awaits_actor: bool,
}

/// Fields that are read beside those of the columns: the status of a flow; of an event what names its caller where there
/// is no ARN, whose it is, and which service was called.
fn behind(dataset: Dataset) -> impl Iterator<Item = FieldId> {
    let names: &[&str] = match dataset {
        Dataset::Flows => &["log_status"],
        Dataset::Events => &[
            "user_identity_principal_id",
            "user_identity_user_name",
            "user_identity_invoked_by",
            "user_identity_type",
            "recipient_account_id",
            "event_source",
        ],
    };
    names.iter().filter_map(move |name| field::by_name(dataset, name))
}

impl RecordRow {
    /// `values` has those of `behind` after those of the columns.
    fn of((mut values, marks): (Vec<Value>, Vec<Mark>), dataset: Dataset, columns: &[ShownColumn]) -> Self {
        let behind: Vec<Value> = values.drain(columns.len().min(values.len())..).collect();
        let text = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
        let behind: Vec<Option<String>> = behind.iter().map(text).collect();
        let at = |place: usize| behind.get(place).and_then(Option::as_deref);
        let (skips, service) = match dataset {
            Dataset::Flows => (at(0) == Some("SKIPDATA"), None),
            Dataset::Events => (false, at(5)),
        };
        let beside =
            Beside { principal_id: at(0), user_name: at(1), invoked_by: at(2), identity_type: at(3), account: at(4) };
        let short = |(at, (column, value)): (usize, (&ShownColumn, &Value))| {
            let text = match (column.name(), value) {
                ("user_identity_arn", Value::Text(arn)) => caller(Some(arn), beside)?,
                ("user_identity_arn", Value::Null) => caller(None, beside)?,
                ("actor", Value::Text(arn)) => {
                    caller(Some(arn), Beside { account: beside.account, ..Beside::default() })?
                }
                (_, Value::Text(json)) if column.is_json() => return Some((at, gist(json)?)),
                _ => return None,
            };
            Some((at, display::visible(&display::clipped(&text).0).into_owned()))
        };
        let gists = columns.iter().zip(&values).enumerate().filter_map(short).collect();
        let service = service.map(|source| source.strip_suffix(".amazonaws.com").unwrap_or(source).to_owned());
        Self { values, marks, gists, skips, service, awaits_actor: false }
    }
}

impl RecordPages {
    pub fn new(dataset: Dataset) -> Self {
        Self { dataset, rows: RowSet::default(), columns: Arc::default(), cache: PageCache::default() }
    }

    /// Another row set or other columns: everything is fetched again.
    pub fn reset(&mut self, rows: RowSet, columns: Vec<ShownColumn>) {
        if rows.is_same(&self.rows) && *columns == *self.columns {
            return;
        }
        self.cache.reset(rows.len() as u64);
        self.rows = rows;
        self.columns = columns.into();
    }

    pub fn len(&self) -> u64 {
        self.cache.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cache.is_empty()
    }

    /// The records in the order in which they are shown.
    pub fn rows(&self) -> &RowSet {
        &self.rows
    }

    pub fn columns(&self) -> &[ShownColumn] {
        &self.columns
    }

    pub fn id(&self, row: u64) -> Option<RecordId> {
        self.rows.get(usize::try_from(row).ok()?)
    }

    /// The values of a row, `None` while they are on their way.
    pub fn row(&self, row: u64) -> Option<&[Value]> {
        self.cache.row(row).map(|row| row.values.as_slice())
    }

    /// Indicators and labels that the record of a row matches; none while it is on its way.
    pub fn marks(&self, row: u64) -> &[Mark] {
        self.cache.row(row).map_or(&[], |row| row.marks.as_slice())
    }

    /// What a column says in short: what JSON is about, the name of a caller.
    pub fn gist(&self, row: u64, column: usize) -> Option<&str> {
        let gists = &self.cache.row(row)?.gists;
        gists.iter().find(|(at, _)| *at == column).map(|(_, text)| text.as_str())
    }

    /// Does the record say that records were lost?
    pub fn skips(&self, row: u64) -> bool {
        self.cache.row(row).is_some_and(|row| row.skips)
    }

    /// The service that an event called, in short.
    pub fn service(&self, row: u64) -> Option<&str> {
        self.cache.row(row)?.service.as_deref()
    }

    /// Is it still being found who acted in the event?
    pub fn awaits_actor(&self, row: u64) -> bool {
        self.cache.row(row).is_some_and(|row| row.awaits_actor)
    }

    /// Who acted was found: rows that lack it are read again.
    pub fn actors_found(&mut self) {
        self.cache.read_again(|row| row.awaits_actor);
    }

    /// Does a column show who acted?
    pub fn shows_actors(&self) -> bool {
        self.columns.iter().any(|column| column.field.home == Home::Lineage)
    }

    /// Counts up whenever the rows are others.
    pub fn generation(&self) -> u64 {
        self.cache.generation()
    }

    /// Sees to it that these rows will be there; called with what is on screen.
    pub fn want(&mut self, lane: &Lane, rows: Range<u64>) {
        let (dataset, all, columns) = (self.dataset, self.rows.clone(), Arc::clone(&self.columns));
        self.cache.want(lane, rows, move |source, places| {
            let fields: Vec<FieldId> = columns.iter().map(|column| column.field).chain(behind(dataset)).collect();
            let ids = all.ids(places);
            let is_of_lineage = |field: &FieldId| field.home == Home::Lineage;
            let awaits_actor = fields.iter().any(is_of_lineage) && !source.knows_actors()?;
            let mut page = match awaits_actor {
                false => source.page(dataset, &ids, &fields)?,
                true => {
                    let others: Vec<FieldId> = fields.iter().filter(|field| !is_of_lineage(field)).copied().collect();
                    let rows = source.page(dataset, &ids, &others)?.into_iter();
                    let with_gaps = |row: Vec<Value>| {
                        let mut values = row.into_iter();
                        let value = |field| if is_of_lineage(field) { None } else { values.next() };
                        fields.iter().map(value).map(|value| value.unwrap_or(Value::Null)).collect()
                    };
                    rows.map(with_gaps).collect()
                }
            };
            for row in &mut page {
                for (value, column) in row.iter_mut().zip(columns.iter()) {
                    *value = column.value(std::mem::replace(value, Value::Null));
                }
            }
            let rows = page.into_iter().zip(source.marks(dataset, &ids)?);
            Ok(rows.map(|row| RecordRow { awaits_actor, ..RecordRow::of(row, dataset, &columns) }).collect())
        });
    }

    /// Takes the pages that have come in. The reason of a failure, once per row set.
    pub fn poll(&mut self) -> Option<Failure> {
        self.cache.poll()
    }

    pub fn is_busy(&self) -> bool {
        self.cache.is_busy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::testing::MemoryBackend;
    use std::sync::Arc;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn visible_rows_come_in_and_old_pages_are_forgotten() {
        let (sender, woken) = sync_channel(16);
        let backend = Arc::new(MemoryBackend::with_flows(20_000));
        let waker: crate::session::waker::Waker = Arc::new(move || sender.send(()).unwrap_or(()));
        let lane = Lane::start("test", backend, "case".into(), waker).unwrap();
        let mut pages = RecordPages::new(Dataset::Flows);
        let fields = vec![field::by_name(Dataset::Flows, "srcport").unwrap().into()];
        pages.reset(RowSet::of_ids((0..20_000).collect()), fields);
        assert_eq!(pages.len(), 20_000);
        for page in 0..100u64 {
            let row = page * PageCache::<()>::ROWS + 5;
            pages.want(&lane, row..row + 1);
            assert!(pages.row(row).is_none());
            woken.recv().unwrap();
            assert_eq!(pages.poll(), None);
            assert_eq!(pages.row(row), Some([Value::Integer(row as i64 % 65536)].as_slice()));
        }
        assert_eq!(pages.cache.pages.len(), PageCache::<()>::KEPT);
        assert!(!pages.skips(99 * PageCache::<()>::ROWS + 5));
        assert!(pages.row(5).is_none(), "the first page is the oldest");
        assert!(pages.row(99 * PageCache::<()>::ROWS + 5).is_some());
        pages.want(&lane, 25_000..25_010);
        assert!(!pages.is_busy());
    }
}
