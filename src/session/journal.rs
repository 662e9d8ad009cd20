//! The journal of the case: its entries, those that are wanted, the state of the chain, and the entry that is looked at.

use super::pane::{Asking, Pane};
use super::shown::{Exported, Shown};
use super::slots::Slot;
use super::view::View;
use crate::app::Failure;
use crate::app::journal::{self, Entry};
use crate::case::journal::{Checked, check};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Changes that the view asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalAction {
    /// Only entries that contain this text, in any of their parts; the kinds as they are shown, by their actions.
    Search {
        text: String,
        words: Arc<BTreeMap<String, String>>,
    },
    /// Only entries of this action; all where none is named.
    Kind(Option<String>),
    Examiner(Option<String>),
    /// The entry with this number is looked at.
    LookAt(Option<i64>),
    Check,
    StopCheck,
}

/// Everything that is in the journal, and which kinds and examiners.
#[derive(Debug)]
pub struct Read {
    pub entries: Arc<[Entry]>,
    pub kinds: Vec<(String, u64)>,
    pub examiners: Vec<String>,
}

impl Read {
    fn of(entries: Vec<Entry>) -> Self {
        let entries: Arc<[Entry]> = entries.into();
        let (mut kinds, mut examiners) = (BTreeMap::new(), BTreeSet::new());
        for entry in entries.iter() {
            *kinds.entry(entry.stored.action.clone()).or_default() += 1;
            examiners.insert(entry.stored.examiner.clone());
        }
        Self { entries, kinds: kinds.into_iter().collect(), examiners: examiners.into_iter().collect() }
    }
}

/// What is wanted. `words`: the kinds as they are shown, because that is what is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    search: String,
    kind: Option<String>,
    examiner: Option<String>,
    words: Arc<BTreeMap<String, String>>,
}

impl Wanted {
    fn is_all(&self) -> bool {
        self.search.trim().is_empty() && self.kind.is_none() && self.examiner.is_none()
    }

    fn has(&self, entry: &Entry) -> bool {
        let stored = &entry.stored;
        let is = |wanted: &Option<String>, own: &String| wanted.as_ref().is_none_or(|wanted| wanted == own);
        if !is(&self.kind, &stored.action) || !is(&self.examiner, &stored.examiner) {
            return false;
        }
        let words = self.words.get(&stored.action).map_or("", String::as_str);
        let parts = [words, &stored.action, &entry.subject, &stored.examiner, &stored.at_utc, &stored.hash];
        let parts = parts.into_iter().chain([stored.parameters.as_str(), stored.counts.as_str()]);
        let all = parts.collect::<Vec<_>>().join("\n").to_lowercase();
        self.search.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }
}

/// What the journal depended on when it was read.
type Moment = (u64, u64, u64);

#[derive(Default)]
pub struct Journal {
    read: Slot<Moment, Arc<Read>>,
    wanted: Wanted,
    found: Slot<(Moment, Wanted), Arc<[Entry]>>,
    chain: Slot<Moment, Checked>,
    /// Entries that the running check has passed.
    passed: Arc<AtomicU64>,
    /// The check was stopped by the examiner.
    is_stopped: bool,
    looked_at: Option<i64>,
    /// How often the view was left: what other programs wrote meanwhile is read when it is seen again.
    visits: u64,
}

impl Journal {
    pub fn read(&self) -> Option<&Arc<Read>> {
        self.read.shown()
    }

    /// The entries that are wanted, once they are found.
    pub fn entries(&self) -> Option<&Arc<[Entry]>> {
        if self.wanted.is_all() { self.read.shown().map(|read| &read.entries) } else { self.found.shown() }
    }

    /// Are the entries those that are wanted now, and not those of the search before?
    fn are_current(&self) -> bool {
        let found = self.found.shown_query();
        self.wanted.is_all()
            || found.is_some_and(|(at, wanted)| *wanted == self.wanted && Some(at) == self.read.shown_query())
    }

    pub fn search(&self) -> &str {
        &self.wanted.search
    }

    pub fn kind(&self) -> Option<&str> {
        self.wanted.kind.as_deref()
    }

    pub fn examiner(&self) -> Option<&str> {
        self.wanted.examiner.as_deref()
    }

    /// The hash of the last entry.
    pub fn head(&self) -> Option<&str> {
        Some(&self.read.shown()?.entries.last()?.stored.hash)
    }

    /// What the last check of these entries came to; `None` while it is under way, or was stopped.
    pub fn chain(&self) -> Option<Checked> {
        self.chain.shown().copied().filter(|_| self.chain.shown_query() == self.read.shown_query())
    }

    /// How many entries a running check has passed.
    pub fn passed(&self) -> Option<u64> {
        self.chain.is_busy().then(|| self.passed.load(Ordering::Relaxed))
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.read.fault()
    }

    pub fn looked_at(&self) -> Option<&Entry> {
        let (wanted, entries) = (self.looked_at?, &self.read.shown()?.entries);
        entries.get(entries.binary_search_by_key(&wanted, |entry| entry.stored.seq).ok()?)
    }

    pub fn apply(&mut self, action: JournalAction) {
        match action {
            JournalAction::Search { text, words } => (self.wanted.search, self.wanted.words) = (text, words),
            JournalAction::Kind(kind) => self.wanted.kind = kind,
            JournalAction::Examiner(examiner) => self.wanted.examiner = examiner,
            JournalAction::LookAt(seq) => self.looked_at = seq,
            JournalAction::Check => self.is_stopped = false,
            JournalAction::StopCheck => {
                self.is_stopped = true;
                self.chain.stop();
            }
        }
    }
}

impl Pane for Journal {
    fn shows(&self, view: View) -> bool {
        view == View::Journal
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let moment = (asking.revision, asking.changes, self.visits);
        self.read
            .ask(&asking.lanes.pages, moment, |source, _, _| Ok(Arc::new(Read::of(journal::entries(source.case()?)?))));
        let (Some(read), Some(moment)) = (self.read.shown().cloned(), self.read.shown_query().copied()) else { return };
        if !self.wanted.is_all() {
            let read = Arc::clone(&read);
            self.found.ask(&asking.lanes.charts, (moment, self.wanted.clone()), move |_, (_, wanted), _| {
                Ok(read.entries.iter().filter(|entry| wanted.has(entry)).cloned().collect())
            });
        }
        if !self.is_stopped {
            let passed = Arc::clone(&self.passed);
            self.chain.ask(&asking.lanes.answers, moment, move |_, _, cancel| {
                Ok(check(read.entries.iter().map(|entry| &entry.stored), &mut |count| {
                    passed.store(count, Ordering::Relaxed);
                    !cancel.is_cancelled()
                }))
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let answers = [self.read.poll(), self.found.poll(), self.chain.poll()];
        answers.into_iter().flatten().filter_map(Result::err).collect()
    }

    fn leave(&mut self) {
        self.visits += 1;
        self.chain.stop();
    }

    fn is_busy(&self) -> bool {
        self.read.is_busy() || self.found.is_busy() || self.chain.is_busy()
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let entries = self.entries().filter(|entries| self.are_current() && !entries.is_empty())?;
        Some((Exported::Journal(Arc::clone(entries)), Some(entries.len() as u64)))
    }
}
