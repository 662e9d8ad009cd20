//! The evidence files and their import warnings: the file that is looked at, and bytes of its original.

use super::pane::{Asking, Pane};
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::source::CaseReader;
use super::view::View;
use crate::app::Failure;
use crate::app::raw::{self, RawError};
use crate::model::EvidenceId;
use crate::query::{self, EvidenceRow, Totals, WarningRow};
use crate::questions::EvidenceQuestion;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// Bytes that are read at once.
const PAGE_BYTES: u64 = 4096;
/// Bytes before a place that is looked at.
const BEFORE: u64 = 512;

/// Changes that the view asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvidenceAction {
    /// A file with its details; `None` closes them.
    LookAt(Option<EvidenceId>),
    /// Bytes of the original of the file that is looked at, around these.
    Bytes(Range<u64>),
    /// The page of bytes before or behind the one on screen.
    Turn { forward: bool },
    /// The original is not in the case: it is read where it was imported from.
    ReadOutside,
}

/// Every file in the order of numbers.
#[derive(Debug)]
struct Files {
    list: Arc<[EvidenceRow]>,
    /// The places of an archive's members.
    members: FxHashMap<EvidenceId, Vec<usize>>,
}

impl Files {
    fn of(list: Vec<EvidenceRow>) -> Self {
        let mut members: FxHashMap<EvidenceId, Vec<usize>> = FxHashMap::default();
        for (place, file) in list.iter().enumerate() {
            if let Some(container) = file.container {
                members.entry(container).or_default().push(place);
            }
        }
        Self { list: list.into(), members }
    }
}

/// The warnings of one file or of all.
#[derive(Debug)]
struct Warnings {
    list: Arc<[WarningRow]>,
    /// How many of them are about a file as a whole.
    notes: usize,
}

impl Warnings {
    fn of(list: Vec<WarningRow>) -> Self {
        let notes = list.iter().filter(|warning| warning.scope == "file").count();
        Self { list: list.into(), notes }
    }
}

/// Bytes of an original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// Of the uncompressed content, where they begin.
    pub start: u64,
    pub data: Vec<u8>,
    /// Of the whole content.
    pub content_bytes: u64,
}

/// What is wanted of an original.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    evidence: EvidenceId,
    start: u64,
    /// The original is read outside the case.
    outside: bool,
}

#[derive(Default)]
pub struct EvidenceLists {
    files: Slot<u64, Files>,
    warnings: Slot<(u64, Option<EvidenceId>), Warnings>,
    warnings_of: Option<EvidenceId>,
    looked_at: Option<EvidenceId>,
    /// What is marked among the bytes.
    marked: Range<u64>,
    place: Option<Place>,
    bytes: Slot<Place, Result<Bytes, String>>,
}

impl EvidenceLists {
    pub fn files(&self) -> Option<&Arc<[EvidenceRow]>> {
        self.files.shown().map(|files| &files.list)
    }

    /// The warnings of the chosen evidence, or of all.
    pub fn warnings(&self) -> Option<&Arc<[WarningRow]>> {
        self.shown_warnings().map(|warnings| &warnings.list)
    }

    /// How many of these warnings are about a file as a whole.
    pub fn notes(&self) -> usize {
        self.shown_warnings().map_or(0, |warnings| warnings.notes)
    }

    fn shown_warnings(&self) -> Option<&Warnings> {
        let shown = self.warnings.shown_query().is_some_and(|(_, evidence)| *evidence == self.warnings_of);
        if shown { self.warnings.shown() } else { None }
    }

    /// Whose warnings are shown; `None` for all.
    pub fn warnings_of(&self) -> Option<EvidenceId> {
        self.warnings_of
    }

    pub fn show_warnings(&mut self, evidence: Option<EvidenceId>) {
        self.warnings_of = evidence;
    }

    /// The file whose details are shown.
    pub fn looked_at(&self) -> Option<&EvidenceRow> {
        let (id, files) = (self.looked_at?, self.files()?);
        files.get(files.binary_search_by_key(&id, |file| file.id).ok()?)
    }

    /// The members of an archive.
    pub fn members(&self, archive: EvidenceId) -> Vec<&EvidenceRow> {
        let Some(Files { list, members, .. }) = self.files.shown() else { return Vec::new() };
        members.get(&archive).into_iter().flatten().filter_map(|place| list.get(*place)).collect()
    }

    /// Bytes of the file that is looked at, or why there are none; `None` while they are on their way, or none were
    /// asked for.
    pub fn bytes(&self) -> Option<Result<&Bytes, &str>> {
        let shown =
            self.bytes.shown().filter(|_| self.place.is_some() && self.bytes.shown_query() == self.place.as_ref());
        shown.map(|bytes| bytes.as_ref().map_err(String::as_str))
    }

    /// Are bytes on their way?
    pub fn is_reading(&self) -> bool {
        self.bytes.is_busy()
    }

    /// What is marked among the bytes.
    pub fn marked(&self) -> &Range<u64> {
        &self.marked
    }

    pub fn apply(&mut self, action: EvidenceAction) {
        match action {
            EvidenceAction::LookAt(evidence) => {
                if self.looked_at != evidence {
                    (self.looked_at, self.marked) = (evidence, 0..0);
                    self.place = self.first_place(0);
                }
            }
            EvidenceAction::Bytes(marked) => {
                self.place = self.first_place(marked.start.saturating_sub(BEFORE));
                self.marked = marked;
            }
            EvidenceAction::Turn { forward } => {
                let Some(last) = self.looked_at().map(|file| file.content_bytes.saturating_sub(1)) else { return };
                if let Some(place) = &mut self.place {
                    let by = PAGE_BYTES - BEFORE;
                    let start = if forward { place.start.saturating_add(by) } else { place.start.saturating_sub(by) };
                    place.start = whole_line(start.min(last));
                }
            }
            EvidenceAction::ReadOutside => {
                let (evidence, start) = (self.looked_at, whole_line(self.marked.start.saturating_sub(BEFORE)));
                self.place = evidence.map(|evidence| Place { evidence, start, outside: true });
            }
        }
    }

    /// Bytes of the file that is looked at, where the case has them.
    fn first_place(&self, start: u64) -> Option<Place> {
        let file = self.looked_at()?;
        let outside = self.place.as_ref().is_some_and(|place| place.outside && place.evidence == file.id);
        (file.raw_kept || outside).then(|| Place { evidence: file.id, start: whole_line(start), outside })
    }
}

/// Where the line of sixteen bytes begins that this one is in.
fn whole_line(byte: u64) -> u64 {
    byte / 16 * 16
}

fn read(reader: &CaseReader, place: &Place) -> Result<Result<Bytes, String>, RawError> {
    let id = place.evidence;
    let Some(file) = query::evidence(reader, id)? else {
        return Ok(Err(format!("evidence {} is not in the case", id.0)));
    };
    let (content_bytes, start) = (file.content_bytes, place.start);
    let len = usize::try_from(PAGE_BYTES.min(content_bytes.saturating_sub(start))).unwrap_or(0);
    // Why an original cannot be read is part of what is shown.
    let data = raw::content_range(reader, &file, start, len).map_err(|error| error.to_string());
    Ok(data.map(|data| Bytes { start, data, content_bytes }))
}

impl Pane for EvidenceLists {
    fn shows(&self, view: View) -> bool {
        view == View::Evidence
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let revision = asking.revision;
        self.files.ask(&asking.lanes.pages, revision, |source, _, _| source.evidence().map(Files::of));
        self.warnings.ask(&asking.lanes.charts, (revision, self.warnings_of), |source, (_, evidence), _| {
            source.warnings(*evidence).map(Warnings::of)
        });
        // A file that was chosen before the list was in.
        if self.place.is_none() && self.bytes.shown_query().is_none_or(|shown| Some(shown.evidence) != self.looked_at) {
            self.place = self.first_place(0);
        }
        if let Some(place) = self.place.clone() {
            self.bytes.ask(&asking.lanes.answers, place, |source, place, _| Ok(read(source.case()?, place)?));
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let answers = [self.files.poll(), self.warnings.poll(), self.bytes.poll()];
        answers.into_iter().flatten().filter_map(Result::err).collect()
    }

    fn is_busy(&self) -> bool {
        self.files.is_busy() || self.warnings.is_busy() || self.bytes.is_busy()
    }

    fn number(&self, _: View, totals: &Totals) -> Option<u64> {
        Some(totals.evidence)
    }

    fn exported(&self, _: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let files = self.files().filter(|files| !files.is_empty())?;
        Some((Exported::Evidence(Arc::clone(files)), Some(files.len() as u64)))
    }

    fn candidates(&self, _: &Shown<'_>, _: usize) -> Vec<Candidate> {
        vec![Candidate::of("", &EvidenceQuestion)]
    }
}
