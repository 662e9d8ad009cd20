//! The selected rows of a table on their way to the clipboard: all of them, in the order in which they are shown, read on a
//! worker thread a part at a time, with a count of the rows done and a stop.

use super::selection::Selection;
use super::slots::Lane;
use super::source::{Cancel, Fault, Source};
use crate::app::failure::Cause;
use crate::present::display;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};

/// What one copy takes at most; an export takes everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub rows: u64,
    /// Of the text.
    pub bytes: u64,
}

/// Of rows that a worker thread reads.
const LIMITS: Limits = Limits { rows: 1_000_000, bytes: 256_000_000 };
/// Of a list in memory whose texts are made while nothing is drawn.
pub(crate) const LIST_LIMITS: Limits = Limits { rows: 100_000, ..LIMITS };

/// Rows that are read between two looks at whether somebody stopped it.
const AT_ONCE: u64 = 1024;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A line for each row, its cells apart by tabs; what is not visible is spelt out.
    Tabs,
    /// RFC 4180.
    Csv,
}

/// The cells of the rows at these places.
type Read = dyn Fn(&dyn Source, Range<usize>) -> Result<Vec<Vec<String>>, Fault> + Send + Sync;

/// Rows that are to be copied: which of a table that does not change any more, and how each is read.
#[derive(Clone)]
pub(crate) struct RowsToCopy {
    header: Option<Vec<String>>,
    selected: Selection,
    form: Form,
    read: Arc<Read>,
}

impl RowsToCopy {
    pub(crate) fn new(
        selected: &Selection,
        read: impl Fn(&dyn Source, Range<usize>) -> Result<Vec<Vec<String>>, Fault> + Send + Sync + 'static,
    ) -> Self {
        Self { header: None, selected: selected.clone(), form: Form::Tabs, read: Arc::new(read) }
    }

    /// With the names of the columns in front.
    #[must_use]
    pub(crate) fn with_header(self, names: Vec<String>) -> Self {
        Self { header: Some(names), ..self }
    }

    #[must_use]
    pub(crate) fn into_csv(self) -> Self {
        Self { form: Form::Csv, ..self }
    }

    /// Is there nothing to copy? As CSV a table without rows is its header.
    pub(crate) fn is_empty(&self) -> bool {
        self.selected.is_empty() && self.form == Form::Tabs
    }

    /// Reads them all, up to the limits. `done` gets the number of rows that are read.
    fn copy(&self, source: &dyn Source, limits: Limits, cancel: &Cancel, done: &dyn Fn(u64)) -> Result<Copied, Fault> {
        let mut writer = Writer::new(self.header.as_deref(), self.form, limits);
        for range in self.selected.ranges() {
            let mut from = range.start;
            while from < range.end && writer.has_room() {
                if cancel.is_cancelled() {
                    return Err(Fault::Cancelled);
                }
                let to = range.end.min(from + AT_ONCE);
                let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
                for cells in (self.read)(source, place(from)..place(to))? {
                    writer.push(&cells);
                }
                done(writer.rows);
                from = to;
            }
        }
        Ok(writer.of(self.selected.len()))
    }
}

/// The text of copied rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub text: String,
    pub rows: u64,
    /// Rows that were to be copied: those behind the limits, too.
    pub wanted: u64,
    pub limits: Limits,
}

/// What is written so far. There is one writer of CSV for all rows: to begin one costs more than a row.
enum Written {
    /// With whether there is a line.
    Tabs(String, bool),
    Csv(Box<csv::Writer<Vec<u8>>>),
}

impl Written {
    fn new(form: Form) -> Self {
        match form {
            Form::Tabs => Self::Tabs(String::new(), false),
            // A row may have more or fewer cells than the one before.
            Form::Csv => Self::Csv(Box::new(csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()))),
        }
    }

    fn write(&mut self, cells: &[String]) {
        match self {
            Self::Tabs(text, is_begun) => {
                // Nothing follows the last line.
                if std::mem::replace(is_begun, true) {
                    text.push('\n');
                }
                for (at, cell) in cells.iter().enumerate() {
                    text.push_str(if at > 0 { "\t" } else { "" });
                    text.push_str(&display::visible(cell));
                }
            }
            Self::Csv(writer) => {
                // Memory takes all that is written. Without the second, the length would be that of an earlier row.
                let _ = writer.write_record(cells);
                let _ = writer.flush();
            }
        }
    }

    /// Bytes.
    fn len(&self) -> usize {
        match self {
            Self::Tabs(text, _) => text.len(),
            Self::Csv(writer) => writer.get_ref().len(),
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Tabs(text, _) => text,
            Self::Csv(writer) => {
                let bytes = writer.into_inner().unwrap_or_default();
                String::from_utf8(bytes).unwrap_or_else(|why| String::from_utf8_lossy(why.as_bytes()).into_owned())
            }
        }
    }
}

/// Rows that become a text, as long as the limits allow.
pub(crate) struct Writer {
    limits: Limits,
    written: Written,
    /// Bytes of the rows that are taken.
    taken: usize,
    rows: u64,
    is_full: bool,
}

impl Writer {
    pub(crate) fn new(header: Option<&[String]>, form: Form, limits: Limits) -> Self {
        let mut written = Written::new(form);
        header.into_iter().for_each(|names| written.write(names));
        Self { limits, taken: written.len(), written, rows: 0, is_full: false }
    }

    pub(crate) fn has_room(&self) -> bool {
        !self.is_full && self.rows < self.limits.rows
    }

    /// A row that no room is left for is not taken, and neither is any after it.
    pub(crate) fn push(&mut self, cells: &[String]) {
        if !self.has_room() {
            return;
        }
        self.written.write(cells);
        let length = self.written.len();
        if length as u64 > self.limits.bytes {
            self.is_full = true;
        } else {
            (self.taken, self.rows) = (length, self.rows + 1);
        }
    }

    /// Without the row that no room was left for.
    fn into_text(self) -> String {
        let mut text = self.written.into_text();
        text.truncate(self.taken);
        text
    }

    /// Of so many rows that were to be copied.
    pub(crate) fn of(self, wanted: u64) -> Copied {
        let (rows, limits) = (self.rows, self.limits);
        Copied { text: self.into_text(), rows, wanted, limits }
    }
}

/// All of these rows as a text.
pub(crate) fn text_of(rows: &[Vec<String>], form: Form) -> String {
    let mut writer = Writer::new(None, form, Limits { rows: u64::MAX, bytes: u64::MAX });
    rows.iter().for_each(|cells| writer.push(cells));
    writer.into_text()
}

/// A copy on its way; it is stopped when this is dropped.
struct Running {
    total: u64,
    done: Arc<AtomicU64>,
    cancel: Cancel,
    answer: Receiver<Result<Copied, Fault>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// The copy that is made, one at a time: another one takes its place.
#[derive(Default)]
pub struct Copying {
    /// For which there was no room in the lane.
    waiting: Option<RowsToCopy>,
    running: Option<Running>,
}

impl Copying {
    pub(crate) fn start(&mut self, rows: RowsToCopy, lane: &Lane) {
        self.running = None;
        self.waiting = Some(rows);
        self.ask(lane);
    }

    /// Passes on what waits.
    pub(crate) fn ask(&mut self, lane: &Lane) {
        let Some(rows) = &self.waiting else { return };
        let (rows, cancel, done) = (rows.clone(), Cancel::default(), Arc::new(AtomicU64::new(0)));
        let total = rows.selected.len().min(LIMITS.rows);
        let (counted, waker) = (Arc::clone(&done), lane.waker());
        let answer = lane.run(cancel.clone(), move |source, cancel| {
            rows.copy(source, LIMITS, cancel, &|rows| {
                counted.store(rows, Ordering::Relaxed);
                waker();
            })
        });
        if let Some(answer) = answer {
            self.running = Some(Running { total, done, cancel, answer });
            self.waiting = None;
        }
    }

    /// Was there anything to stop?
    pub(crate) fn stop(&mut self) -> bool {
        let (waiting, running) = (self.waiting.take(), self.running.take());
        waiting.is_some() || running.is_some()
    }

    /// What a copy came to since this was asked last.
    pub(crate) fn poll(&mut self) -> Option<Result<Copied, Fault>> {
        let result = match self.running.as_ref()?.answer.try_recv() {
            Ok(result) => result,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err(Fault::Failed(Cause::Ended.into())),
        };
        self.running = None;
        Some(result)
    }

    /// Rows that are read, and of how many; `None` where nothing is copied.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let waiting = self.waiting.as_ref().map(|rows| (0, rows.selected.len().min(LIMITS.rows)));
        waiting.or_else(|| self.running.as_ref().map(|copy| (copy.done.load(Ordering::Relaxed), copy.total)))
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.waiting.is_some() || self.running.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::failure::Failure;
    use crate::case::CaseError;
    use crate::session::testing::MemoryBackend;
    use crate::session::waker::Waker;
    use std::sync::Mutex;
    use std::sync::mpsc::sync_channel;

    fn selected(rows: &[u64]) -> Selection {
        let mut selection = Selection::default();
        rows.iter().for_each(|row| selection.toggle(*row));
        selection
    }

    /// Row `n` reads as `n` and `<n>`.
    fn numbers(selected: &Selection) -> RowsToCopy {
        RowsToCopy::new(selected, |_, places| Ok(places.map(|n| vec![n.to_string(), format!("<{n}>")]).collect()))
    }

    fn copied(rows: &RowsToCopy, limits: Limits) -> Copied {
        rows.copy(&MemoryBackend::default(), limits, &Cancel::default(), &|_| ()).unwrap()
    }

    #[test]
    fn the_selected_rows_are_copied_in_their_order_and_no_others() {
        let rows = numbers(&selected(&[7, 2, 3])).with_header(vec!["n".into(), "name".into()]);
        let copy = copied(&rows, LIMITS);
        assert_eq!(copy.text, "n\tname\n2\t<2>\n3\t<3>\n7\t<7>");
        assert_eq!((copy.rows, copy.wanted), (3, 3));
        assert_eq!(copied(&rows.into_csv(), LIMITS).text, "n,name\n2,<2>\n3,<3>\n7,<7>\n");
    }

    #[test]
    fn every_row_of_a_long_selection_is_there_and_is_counted() {
        let mut all = Selection::default();
        all.select_all(3 * AT_ONCE + 5);
        all.toggle(AT_ONCE);
        let told = Mutex::new(Vec::new());
        let rows = numbers(&all);
        let copy = rows
            .copy(&MemoryBackend::default(), LIMITS, &Cancel::default(), &|rows| told.lock().unwrap().push(rows))
            .unwrap();
        let expected: Vec<String> =
            (0..3 * AT_ONCE + 5).filter(|n| *n != AT_ONCE).map(|n| format!("{n}\t<{n}>")).collect();
        assert_eq!(copy.text.lines().collect::<Vec<_>>(), expected);
        assert_eq!((copy.rows, copy.wanted), (3 * AT_ONCE + 4, 3 * AT_ONCE + 4));
        assert_eq!(*told.lock().unwrap(), [AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE, 3 * AT_ONCE + 4]);
    }

    #[test]
    fn a_copy_ends_at_a_limit_with_a_whole_row_and_says_how_many_there_were() {
        let mut all = Selection::default();
        all.select_all(5_000);
        let rows = numbers(&all);
        let copy = copied(&rows, Limits { rows: 2_000, ..LIMITS });
        assert_eq!((copy.rows, copy.wanted, copy.text.lines().count()), (2_000, 5_000, 2_000));
        // "0\t<0>" is five bytes, each further line one more for its end.
        let copy = copied(&rows, Limits { bytes: 17, ..LIMITS });
        assert_eq!((copy.text.as_str(), copy.rows, copy.wanted), ("0\t<0>\n1\t<1>\n2\t<2>", 3, 5_000));
        let copy = copied(&rows, Limits { bytes: 16, ..LIMITS });
        assert_eq!((copy.text.as_str(), copy.rows), ("0\t<0>\n1\t<1>", 2));
        // As CSV each line has an end.
        let copy = copied(&rows.into_csv(), Limits { bytes: 17, ..LIMITS });
        assert_eq!((copy.text.as_str(), copy.rows, copy.wanted), ("0,<0>\n1,<1>\n", 2, 5_000));
    }

    #[test]
    fn rows_of_different_lengths_are_all_in_the_csv() {
        let rows = [vec!["a".to_owned()], vec!["b".to_owned(), "c".to_owned()], vec![String::new()]];
        assert_eq!(text_of(&rows, Form::Csv), "a\nb,c\n\"\"\n");
    }

    #[test]
    fn an_empty_cell_is_a_line_of_its_own() {
        let rows = RowsToCopy::new(&selected(&[0, 1, 2]), |_, places| {
            Ok(places.map(|n| vec![if n == 1 { "b".to_owned() } else { String::new() }]).collect())
        });
        assert_eq!(copied(&rows, LIMITS).text, "\nb\n");
    }

    #[test]
    fn cells_stay_cells_whatever_is_in_them() {
        let cells = ["tab\there", "line\nfeed", "\"quoted\", and more", ""].map(str::to_owned);
        let one = selected(&[0]);
        let of = |cells: Vec<String>| RowsToCopy::new(&one, move |_, _| Ok(vec![cells.clone()]));
        let tabs = copied(&of(cells.to_vec()), LIMITS).text;
        assert_eq!(tabs.split('\t').count(), 4);
        assert!(!tabs.contains('\n') && tabs.contains("‹U+0009›"), "{tabs}");
        for cells in [cells.to_vec(), vec![String::new()]] {
            let csv = copied(&of(cells.clone()).into_csv(), LIMITS).text;
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
            let read: Vec<Vec<String>> =
                reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            assert_eq!(read, [cells], "{csv:?}");
        }
    }

    #[test]
    fn another_copy_takes_the_place_of_the_one_that_runs() {
        let (sender, woken) = sync_channel(16);
        let waker: Waker = Arc::new(move || sender.send(()).unwrap_or(()));
        let lane = Lane::start_idle("copies", Arc::new(MemoryBackend::default()), "case".into(), waker).unwrap();
        let (begun, has_begun) = sync_channel(1);
        let (go_on, gate) = sync_channel::<()>(1);
        let gate = Mutex::new(gate);
        let mut two_parts = Selection::default();
        two_parts.select_all(2 * AT_ONCE);
        let parts = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&parts);
        let held = RowsToCopy::new(&two_parts, move |_, places| {
            read.fetch_add(1, Ordering::SeqCst);
            begun.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            Ok(vec![Vec::new(); places.len()])
        });
        let mut copying = Copying::default();
        copying.start(held, &lane);
        has_begun.recv().unwrap();
        assert_eq!((copying.progress(), copying.poll()), (Some((0, 2 * AT_ONCE)), None));
        copying.start(numbers(&selected(&[4])), &lane);
        assert_eq!(copying.progress(), Some((0, 1)));
        go_on.send(()).unwrap();
        let copied = loop {
            woken.recv().unwrap();
            if let Some(result) = copying.poll() {
                break result.unwrap();
            }
        };
        assert_eq!((copied.text.as_str(), copying.progress(), copying.is_busy()), ("4\t<4>", None, false));
        assert_eq!(parts.load(Ordering::SeqCst), 1, "the first went no further");
        assert!(!copying.stop(), "nothing is left to stop");
    }

    #[test]
    fn a_stopped_copy_reads_no_further_and_a_failure_is_told() {
        let mut all = Selection::default();
        all.select_all(10 * AT_ONCE);
        let cancel = Cancel::default();
        let done = Mutex::new(0);
        let stopped = numbers(&all).copy(&MemoryBackend::default(), LIMITS, &cancel, &|rows| {
            *done.lock().unwrap() = rows;
            if rows == 2 * AT_ONCE {
                cancel.cancel();
            }
        });
        assert_eq!((stopped, *done.lock().unwrap()), (Err(Fault::Cancelled), 2 * AT_ONCE));
        let failing = RowsToCopy::new(&all, |_, places| match places.start {
            0 => Ok(vec![Vec::new(); places.len()]),
            _ => Err(CaseError::NotRead.into()),
        });
        let failed = failing.copy(&MemoryBackend::default(), LIMITS, &Cancel::default(), &|_| ());
        assert_eq!(failed, Err(Fault::Failed(Failure::from(CaseError::NotRead))));
    }
}
