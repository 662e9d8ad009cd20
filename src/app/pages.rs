//! Rows of a table by position, fetched in pages on a worker thread and kept while they are near. The table asks for what
//! is visible; what has not come yet is drawn as a placeholder.

use super::slots::Lane;
use super::source::{Cancel, Fault, RowSet, Value};
use crate::model::{Dataset, FieldId, RecordId};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::mpsc::{Receiver, TryRecvError};

/// Values of one page: a list per row, in the order of the fields.
type PageRows = Vec<Vec<Value>>;

struct Page {
    rows: PageRows,
    used: u64,
}

struct Request {
    page: u64,
    generation: u64,
    answer: Receiver<Result<PageRows, Fault>>,
}

/// Pages of one ordered row set.
pub struct Pages {
    dataset: Dataset,
    rows: RowSet,
    fields: Vec<FieldId>,
    generation: u64,
    clock: u64,
    pages: HashMap<u64, Page>,
    requests: Vec<Request>,
    failed: Option<u64>,
}

impl Pages {
    pub const ROWS: u64 = 128;
    /// About 64 pages of 128 rows: a few screens around every place that was visited lately.
    const KEPT: usize = 64;
    /// Requests on their way: with more, a fast scroll would queue pages that nobody will see.
    const ON_THE_WAY: usize = 3;

    pub fn new(dataset: Dataset) -> Self {
        Self {
            dataset,
            rows: RowSet::default(),
            fields: Vec::new(),
            generation: 0,
            clock: 0,
            pages: HashMap::new(),
            requests: Vec::new(),
            failed: None,
        }
    }

    /// Another row set or other columns: everything is fetched anew.
    pub fn reset(&mut self, rows: RowSet, fields: Vec<FieldId>) {
        if rows.is_same(&self.rows) && fields == self.fields {
            return;
        }
        self.rows = rows;
        self.fields = fields;
        self.generation += 1;
        self.pages.clear();
        self.failed = None;
    }

    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn fields(&self) -> &[FieldId] {
        &self.fields
    }

    pub fn id(&self, row: u64) -> Option<RecordId> {
        self.rows.get(usize::try_from(row).ok()?)
    }

    /// The values of a row, `None` while they are on their way.
    pub fn row(&self, row: u64) -> Option<&[Value]> {
        let page = self.pages.get(&(row / Self::ROWS))?;
        page.rows.get((row % Self::ROWS) as usize).map(Vec::as_slice)
    }

    /// Sees to it that these rows will be there; called with what is on screen.
    pub fn want(&mut self, lane: &Lane, rows: Range<u64>) {
        let end = rows.end.min(self.len());
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
            if !asked && self.requests.len() < Self::ON_THE_WAY {
                self.request(lane, page);
            }
        }
    }

    fn request(&mut self, lane: &Lane, page: u64) {
        let first = (page * Self::ROWS) as usize;
        let ids = self.rows.ids(first..first + Self::ROWS as usize);
        let (dataset, fields) = (self.dataset, self.fields.clone());
        let job = lane.run(Cancel::default(), move |source, _| source.page(dataset, &ids, &fields));
        if let Some(answer) = job {
            self.requests.push(Request { page, generation: self.generation, answer });
        }
    }

    /// Takes the pages that have come in. The reason of a failure, once per row set.
    pub fn poll(&mut self) -> Option<String> {
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
                Ok(Err(Fault::Failed(reason))) => {
                    self.failed = Some(self.generation);
                    why = Some(reason);
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

    pub fn is_busy(&self) -> bool {
        !self.requests.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::MemoryBackend;
    use crate::model::field;
    use std::sync::Arc;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn visible_rows_come_in_and_old_pages_are_forgotten() {
        let (sender, woken) = sync_channel(16);
        let backend = Arc::new(MemoryBackend::with_flows(20_000));
        let waker: super::super::slots::Waker = Arc::new(move || sender.send(()).unwrap_or(()));
        let lane = Lane::start("test", backend, "case".into(), waker).unwrap();
        let mut pages = Pages::new(Dataset::Flows);
        let fields = vec![field::by_name(Dataset::Flows, "srcport").unwrap()];
        pages.reset(RowSet::of_ids((0..20_000).collect()), fields);
        assert_eq!(pages.len(), 20_000);
        for page in 0..100u64 {
            let row = page * Pages::ROWS + 5;
            pages.want(&lane, row..row + 1);
            assert!(pages.row(row).is_none());
            woken.recv().unwrap();
            assert_eq!(pages.poll(), None);
            assert_eq!(pages.row(row), Some([Value::Integer(row as i64 % 65536)].as_slice()));
        }
        assert_eq!(pages.pages.len(), Pages::KEPT);
        assert!(pages.row(5).is_none(), "the first page is the oldest");
        assert!(pages.row(99 * Pages::ROWS + 5).is_some());
        pages.want(&lane, 25_000..25_010);
        assert!(!pages.is_busy());
    }
}
