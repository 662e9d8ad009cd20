//! The case at a glance, part by part: each figure is shown as soon as it is counted, and what is there stays when the view is
//! left before the last one is in.

use super::marks::{self, AddressMarks};
use super::pane::{Asking, Pane};
use super::shown::{Candidate, Exported, Shown};
use super::slots::{Slot, in_turn};
use super::source::{Cancel, Fault, Source};
use super::view::View;
use crate::analysis::coverage::{Coverage, SourceGap, Sources};
use crate::analysis::glance::{self, Glance, GlanceCount, GlanceList, GlancePart};
use crate::app::Failure;
use crate::model::{Dataset, Value};
use crate::query::TopQuery;
use crate::query::tables;
use crate::questions::{EvidenceQuestion, TopQuestion};
use std::sync::Arc;

/// Rows of each list.
pub(crate) const TOP_ROWS: usize = 8;

/// A part, and what the addresses in its lists meet.
type Told = (Glance, AddressMarks);

#[derive(Default)]
pub struct AtAGlance {
    /// In the order in which they are shown and asked for; only of records that there are.
    parts: Vec<(GlancePart, Slot<u64, Told>)>,
}

impl AtAGlance {
    /// Did evidence come in since this was counted?
    pub fn is_older_than(&self, revision: u64) -> bool {
        self.parts.iter().any(|(_, slot)| slot.shown_query().is_some_and(|asked| *asked != revision))
    }

    pub fn faults(&self) -> impl Iterator<Item = &Failure> {
        self.parts.iter().filter_map(|(_, slot)| slot.fault())
    }

    /// Is there a place for these records?
    pub fn has(&self, dataset: Dataset) -> bool {
        self.parts.iter().any(|(part, _)| *part == GlancePart::Coverage(dataset))
    }

    /// Once it is counted.
    pub fn coverage(&self, dataset: Dataset) -> Option<&Coverage> {
        self.parts.iter().filter_map(|(_, slot)| slot.shown()).find_map(|(glance, _)| match dataset {
            Dataset::Flows => glance.flows.as_ref(),
            Dataset::Events => glance.events.as_ref(),
        })
    }

    pub fn counts(&self, dataset: Dataset) -> impl Iterator<Item = &GlanceCount> {
        let counts = self.parts.iter().filter_map(|(_, slot)| slot.shown()).flat_map(|(glance, _)| &glance.counts);
        counts.filter(move |count| count.scope.dataset == dataset)
    }

    /// What wrote the records, once the hours of each are known.
    pub fn sources(&self, dataset: Dataset) -> Option<&Sources> {
        let shown = self.parts.iter().filter_map(|(_, slot)| slot.shown());
        shown.flat_map(|(glance, _)| &glance.sources).find(|sources| sources.dataset == dataset)
    }

    /// The hours that sources of these records lack, once they are counted as of this revision of the case; none where they
    /// cannot be counted.
    pub(crate) fn gaps(&self, dataset: Dataset, revision: u64) -> Option<Arc<[SourceGap]>> {
        let (_, slot) = self.parts.iter().find(|(part, _)| *part == GlancePart::Sources(dataset))?;
        match slot.shown().filter(|_| slot.answers(&revision)) {
            Some((glance, _)) => {
                let of = glance.sources.iter().find(|sources| sources.dataset == dataset);
                Some(of.map(|sources| Arc::clone(&sources.gaps)).unwrap_or_default())
            }
            None => slot.fault().map(|_| Arc::default()),
        }
    }

    /// What the addresses of a list meet.
    pub fn marks(&self, name: &str) -> Option<&AddressMarks> {
        self.parts.iter().find_map(|(part, slot)| match part {
            GlancePart::List(of, _) if *of == name => slot.shown().map(|(_, marks)| marks),
            _ => None,
        })
    }

    /// Every list with its question, once it is counted with its answer.
    pub fn lists(&self, dataset: Dataset) -> impl Iterator<Item = (&'static str, &TopQuery, Option<&GlanceList>)> {
        self.parts.iter().filter_map(move |(part, slot)| match part {
            GlancePart::List(name, query) if query.scope.dataset == dataset => {
                Some((*name, query, slot.shown().and_then(|(glance, _)| glance.lists.first())))
            }
            _ => None,
        })
    }
}

impl Pane for AtAGlance {
    fn shows(&self, view: View) -> bool {
        view == View::Overview
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lane, revision, totals) = (&asking.lanes.rows, asking.revision, asking.totals);
        for dataset in [Dataset::Flows, Dataset::Events] {
            let known = self.parts.iter().any(|(part, _)| *part == GlancePart::Coverage(dataset));
            if totals.of(dataset) > 0 && !known {
                let parts = glance::glance_parts(dataset, TOP_ROWS).unwrap_or_default();
                self.parts.extend(parts.into_iter().map(|part| (part, Slot::default())));
            }
        }
        // A table beside the overview waits for one of them at most.
        for (part, slot) in in_turn(self.parts.iter_mut().map(|(part, slot)| (&*part, slot))) {
            let part = part.clone();
            slot.ask(lane, revision, move |source, _, cancel| told(source, &part, cancel));
            if slot.is_busy() {
                return;
            }
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.parts.iter_mut().filter_map(|(_, slot)| slot.poll().and_then(Result::err)).collect()
    }

    /// What is on its way is waited for no more.
    fn leave(&mut self) {
        self.parts.iter_mut().for_each(|(_, slot)| slot.stop());
    }

    fn is_busy(&self) -> bool {
        self.parts.iter().any(|(_, slot)| slot.is_busy())
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let lists = [Dataset::Flows, Dataset::Events].into_iter().flat_map(|of| self.lists(of));
        // A file does not say which of its lists are not counted yet.
        let lists: Option<Vec<_>> = lists.map(|(name, query, list)| Some((name, query, &list?.table))).collect();
        Exported::listed(tables::tops(lists?.into_iter(), &[]))
    }

    fn candidates(&self, shown: &Shown<'_>, _: usize) -> Vec<Candidate> {
        let lists = [Dataset::Flows, Dataset::Events].into_iter().flat_map(|of| self.lists(of));
        let title = |name: &str| shown.texts.tr(&format!("list-{name}"));
        let lists = lists.map(|(name, query, _)| Candidate::of(title(name), &TopQuestion(query.clone())));
        lists.chain([Candidate::of("", &EvidenceQuestion)]).collect()
    }
}

/// A part, and what the addresses in its list meet.
fn told(source: &dyn Source, part: &GlancePart, cancel: &Cancel) -> Result<Told, Fault> {
    let glance = source.glance(part, cancel)?;
    let keys = glance.lists.iter().flat_map(|list| &list.table.rows).flat_map(|row| &row.key);
    let texts = keys.filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None });
    let marks = match source.case() {
        Ok(reader) if !glance.lists.is_empty() => marks::of_addresses(reader, texts)?,
        _ => AddressMarks::default(),
    };
    Ok((glance, marks))
}
