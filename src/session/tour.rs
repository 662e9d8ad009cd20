//! The tour through the sample case: its fourteen steps, each with the searches that show it, counted in the open case. Other
//! cases have none: the sample is known by the hashes of its evidence.

use super::pane::{Asking, Pane};
use super::slots::Slot;
use super::view::View;
use crate::app::Failure;
use crate::case::CaseReader;
use crate::filter;
use crate::model::Dataset;
use crate::query::{self, QueryError, Scope, SortKey, own_field};
use std::sync::LazyLock;

/// SHA-256 and path of files that no other case holds together.
const EVIDENCE: &str = include_str!("../../assets/sample/evidence.sha256");
/// The searches of the story with their counts, as the generator of the sample writes them.
const SEARCHES: &str = include_str!("../../sample-logs/steps.tsv");

/// Steps of the story: the names of their searches, the first one first, and by what its records are sorted.
const STEPS: [(&[&str], Option<&str>); 14] = [
    (&["scan", "ipv6"], None),
    (&["root"], None),
    (&["guesses_rejected", "guesses_accepted"], None),
    (&["sessions"], Some("start")),
    (&["stolen_key", "stolen_key_denied"], None),
    (&["hops"], None),
    (&["staying"], None),
    (&["trail", "dark"], None),
    (&["odd_names"], None),
    (&["no_second_factor", "objects_read"], None),
    (&["leak"], Some("bytes")),
    (&["objects_deleted", "gap", "leak_transit"], None),
    (&["response"], None),
    (&["locked_out", "shut_out"], None),
];

/// One search of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Stable; `tour-find-NAME` says what it shows.
    pub name: &'static str,
    pub dataset: Dataset,
    pub filter: &'static str,
    /// What the story says that it finds.
    pub expected: u64,
}

impl Search {
    pub fn scope(&self) -> Option<Scope> {
        Some(Scope::of(self.dataset, filter::parse(self.filter, self.dataset).ok()?))
    }
}

#[derive(Debug)]
pub struct Step {
    pub searches: Vec<Search>,
    /// The order of the first search's records, where the story needs one.
    pub sort: Option<SortKey>,
}

/// The steps in order; a test asks that every one of them is complete.
pub(crate) static TOUR: LazyLock<Vec<Step>> = LazyLock::new(|| {
    let searches = searches();
    let step = |(names, sort): &(&[&str], Option<&'static str>)| {
        let of = |name: &&str| searches.iter().find(|search| search.name == *name).cloned();
        let searches: Vec<Search> = names.iter().filter_map(of).collect();
        let dataset = searches.first().map_or(Dataset::Flows, |search| search.dataset);
        let descending = |field| field != "start";
        let sort = sort.map(|field| SortKey { field: own_field(dataset, field), descending: descending(field) });
        Step { searches, sort }
    };
    STEPS.iter().map(step).collect()
});

fn searches() -> Vec<Search> {
    let read = |line: &'static str| {
        let mut cells = line.split('\t');
        let (name, view, count, filter) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        let dataset = if view == "events" { Dataset::Events } else { Dataset::Flows };
        Some(Search { name, dataset, filter, expected: count.parse().ok()? })
    };
    SEARCHES.lines().skip(1).filter_map(read).collect()
}

/// Does the case hold the sample's evidence?
///
/// # Errors
/// The case cannot be read.
pub(crate) fn is_sample(reader: &CaseReader) -> Result<bool, QueryError> {
    for hash in EVIDENCE.lines().filter_map(|line| line.split_whitespace().next()) {
        if !query::holds_file(reader, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where the tour goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TourAction {
    Next,
    Previous,
    Close,
    /// The records of a search of the step.
    Show(usize),
}

#[derive(Default)]
pub struct Tour {
    is_sample: Slot<u64, bool>,
    is_closed: bool,
    at: usize,
    /// Of the searches of a step, by the case's revision and the step.
    counts: Slot<(u64, usize), Vec<u64>>,
}

impl Tour {
    /// Is this a case that has a tour?
    pub fn is_offered(&self) -> bool {
        self.is_sample.shown() == Some(&true)
    }

    /// The step on screen by its place, while the tour is open.
    pub fn step(&self) -> Option<(usize, &'static Step)> {
        if !self.is_offered() || self.is_closed {
            return None;
        }
        TOUR.get(self.at).map(|step| (self.at, step))
    }

    /// How many records the searches of the step find in this case, once they are counted.
    pub fn counts(&self) -> Option<&[u64]> {
        let is_of_step = self.counts.shown_query().is_some_and(|(_, step)| *step == self.at);
        self.counts.shown().filter(|_| is_of_step).map(Vec::as_slice)
    }

    pub fn open(&mut self) {
        self.is_closed = false;
    }

    pub fn close(&mut self) {
        self.is_closed = true;
    }

    pub fn go(&mut self, forward: bool) {
        self.at = if forward { (self.at + 1).min(TOUR.len() - 1) } else { self.at.saturating_sub(1) };
    }
}

impl Pane for Tour {
    fn shows(&self, _: View) -> bool {
        true
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        self.is_sample.ask(&asking.lanes.pages, asking.revision, |source, _, _| source.is_sample());
        if let Some((at, step)) = self.step() {
            self.counts.ask(&asking.lanes.charts, (asking.revision, at), move |source, _, cancel| {
                let count = |search: &Search| {
                    let query = search.scope().unwrap_or_else(|| Scope::all(search.dataset)).records(Vec::new());
                    source.rows(&query, cancel).map(|rows| rows.len() as u64)
                };
                step.searches.iter().map(count).collect()
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        [self.is_sample.poll(), self.counts.poll()].into_iter().flatten().filter_map(Result::err).collect()
    }

    fn is_busy(&self) -> bool {
        self.is_sample.is_busy() || self.counts.is_busy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::reader::hash_file;
    use crate::model::Cancel;
    use crate::present::text::{Language, Texts};
    use std::path::Path;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn every_step_has_its_searches_and_its_words() {
        for (step, (names, sort)) in TOUR.iter().zip(STEPS) {
            assert_eq!(step.searches.iter().map(|search| search.name).collect::<Vec<_>>(), names);
            assert!(step.searches.iter().all(|search| search.scope().is_some()), "{names:?}");
            assert_eq!(step.sort.map(|key| key.field.name()), sort);
        }
        for language in Language::ALL {
            let texts = Texts::new(language);
            for (at, step) in TOUR.iter().enumerate() {
                for id in [format!("tour-title-{}", at + 1), format!("tour-text-{}", at + 1)] {
                    assert!(texts.has(&id), "{id}");
                }
                for search in &step.searches {
                    assert!(texts.has(&format!("tour-find-{}", search.name.replace('_', "-"))), "{}", search.name);
                }
            }
        }
    }

    /// The sample is known by files that are in it.
    #[test]
    fn the_sample_is_known_by_its_own_files() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/evidence");
        let lines: Vec<(&str, &str)> = EVIDENCE.lines().map(|line| line.split_once("  ").unwrap()).collect();
        assert!(lines.len() >= 5, "{lines:?}");
        for (hash, path) in lines {
            let found = hash_file(&root.join(path), &Cancel::default(), &AtomicU64::new(0)).unwrap();
            assert_eq!(crate::case::journal::hex(&found), hash, "{path}");
        }
    }
}
