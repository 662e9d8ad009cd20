//! What is being typed and is not in the case yet: notes, findings, exhibits' texts, the report's fields, a statement. It is
//! kept under the place that it belongs to until it is saved or thrown away there, also when another record, finding or view
//! is looked at meanwhile, and written to a small file in the settings folder after each pause, so that the end of the
//! program, whatever its reason, costs nothing that was typed.

use super::settings;
use super::waker::Waker;
use crate::app::failure::Cause;
use crate::case::journal::hex;
use crate::model::conclusions::{Change, Confidence, ExhibitText, FindingStatus, FindingText, ReportField, Subject};
use crate::threads;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// Where a text belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A new note on something.
    Note(Subject),
    /// A note that is being changed.
    EditedNote(i64),
    Finding(i64),
    Exhibit(i64),
    /// The exhibit that is about to be added.
    NewExhibit,
    Report(ReportField),
    /// Of the SQL console.
    Statement,
}

/// The parts of a text by their names.
pub(crate) type Words = BTreeMap<String, String>;

/// A text of one part.
pub(crate) fn words(text: &str) -> Option<Words> {
    (!text.is_empty()).then(|| Words::from([(TEXT.to_owned(), text.to_owned())]))
}

/// The name of the only part.
pub(crate) const TEXT: &str = "text";

pub(crate) fn of_finding(text: &FindingText) -> Words {
    let FindingText { title, text, status, confidence, technique } = text;
    [
        ("title", title.as_str()),
        (TEXT, text),
        ("status", status.name()),
        ("confidence", confidence.name()),
        ("technique", technique),
    ]
    .map(|(name, part)| (name.to_owned(), part.to_owned()))
    .into()
}

/// A part that is missing or unknown is as the case has it.
pub(crate) fn finding(words: &Words, known: &FindingText) -> FindingText {
    let part = |name: &str, known: &str| words.get(name).map_or_else(|| known.to_owned(), Clone::clone);
    let named = |name: &str| words.get(name).map(String::as_str).unwrap_or_default();
    FindingText {
        title: part("title", &known.title),
        text: part(TEXT, &known.text),
        status: FindingStatus::named(named("status")).unwrap_or(known.status),
        confidence: Confidence::named(named("confidence")).unwrap_or(known.confidence),
        technique: part("technique", &known.technique),
    }
}

pub(crate) fn of_exhibit(text: &ExhibitText) -> Words {
    let ExhibitText { caption, note, finding } = text;
    let finding = finding.map(|id| id.to_string()).unwrap_or_default();
    [("caption", caption), ("note", note), ("finding", &finding)]
        .map(|(name, part)| (name.to_owned(), part.to_owned()))
        .into()
}

pub(crate) fn exhibit(words: &Words, known: &ExhibitText) -> ExhibitText {
    let part = |name: &str, known: &str| words.get(name).map_or_else(|| known.to_owned(), Clone::clone);
    let finding = words.get("finding").map_or(known.finding, |id| id.parse().ok());
    ExhibitText { caption: part("caption", &known.caption), note: part("note", &known.note), finding }
}

/// Where the words of a change were typed.
pub(crate) fn place_of(change: &Change) -> Option<Place> {
    match change {
        Change::AddNote { subject, .. } => Some(Place::Note(subject.clone())),
        Change::EditNote { id, .. } => Some(Place::EditedNote(*id)),
        Change::EditFinding { id, .. } => Some(Place::Finding(*id)),
        Change::EditExhibit { id, .. } => Some(Place::Exhibit(*id)),
        Change::SetReport { field, .. } => Some(Place::Report(*field)),
        _ => None,
    }
}

#[derive(Default)]
pub struct Unsaved {
    case: PathBuf,
    file: Option<PathBuf>,
    texts: BTreeMap<Place, Words>,
    /// Of places that only another version of the program knows: they stay in the file.
    others: Vec<Stored>,
    /// On their way into the case: kept until they are there.
    under_way: BTreeMap<Place, Words>,
    /// Read from the file when the case was opened, and not looked at since.
    recovered: BTreeSet<Place>,
    /// Counts up when texts changed otherwise than by typing: fields take theirs again.
    revision: u64,
    /// Counts up with every change; up to which it was seen by the last frame, and is in the file.
    changes: u64,
    seen: u64,
    written: u64,
    frames: u32,
    writing: Option<JoinHandle<std::io::Result<()>>>,
}

/// Frames in a row that all brought letters: after so many it is written without a pause.
const WITHOUT_PAUSE: u32 = 50;

impl Unsaved {
    /// Of the case at `path`; the fault of a file that could not be read.
    pub(super) fn open(path: &Path, folder: Option<&Path>) -> (Self, Option<Cause>) {
        let file = folder.map(|folder| folder.join("unsaved").join(format!("{}.json", file_stem(path))));
        let (stored, fault) = file.as_deref().map(|file| read(file, path)).unwrap_or_default();
        let (mut texts, mut others) = (BTreeMap::new(), Vec::new());
        for stored in stored {
            match stored.place() {
                Some(place) => drop(texts.insert(place, stored.words)),
                None => others.push(stored),
            }
        }
        let recovered = texts.keys().cloned().collect();
        (Self { case: path.to_owned(), file, texts, others, recovered, ..Self::default() }, fault)
    }

    /// What is being typed there, or is on its way into the case from there.
    pub fn get(&self, place: &Place) -> Option<&Words> {
        self.texts.get(place)
    }

    /// The only part of a text.
    pub fn text(&self, place: &Place) -> Option<&str> {
        self.get(place)?.get(TEXT).map(String::as_str)
    }

    pub fn is_under_way(&self, place: &Place) -> bool {
        self.under_way.contains_key(place)
    }

    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What the last run left, in order.
    pub fn recovered(&self) -> impl Iterator<Item = (&Place, &Words)> {
        self.recovered.iter().filter_map(|place| Some((place, self.texts.get(place)?)))
    }

    /// What is typed at a place now; nothing, where it is saved or thrown away.
    pub fn set(&mut self, place: Place, words: Option<Words>) {
        if self.texts.get(&place) == words.as_ref() {
            return;
        }
        self.recovered.remove(&place);
        match words {
            Some(words) => drop(self.texts.insert(place, words)),
            None => drop(self.texts.remove(&place)),
        }
        self.changes += 1;
    }

    /// They have been looked at: nothing is said of them any more, and they stay where they are.
    pub fn acknowledge(&mut self) {
        self.recovered.clear();
    }

    /// Thrown away, and the field where it was typed shows what the case has.
    pub fn discard(&mut self, place: &Place) {
        self.set(place.clone(), None);
        self.revision += 1;
    }

    /// A change is on its way with what was typed there.
    pub fn hand_over(&mut self, place: Place, words: Option<Words>) {
        let typed = self.texts.remove(&place);
        self.recovered.remove(&place);
        if let Some(words) = words.or(typed) {
            self.under_way.insert(place, words);
            self.changes += 1;
        }
    }

    /// It is in the case.
    pub fn arrived(&mut self, place: &Place) {
        self.changes += u64::from(self.under_way.remove(place).is_some());
    }

    /// The change failed: what was on its way is back in its field, unless something else is there by now.
    pub fn came_back(&mut self, place: &Place) {
        if let Some(words) = self.under_way.remove(place) {
            self.texts.entry(place.clone()).or_insert(words);
            self.revision += 1;
            self.changes += 1;
        }
    }

    /// Is there anything that is not in the file yet?
    pub fn is_waiting(&self) -> bool {
        self.is_behind() || self.writing.is_some()
    }

    fn is_behind(&self) -> bool {
        self.file.is_some() && self.written != self.changes
    }

    /// Once a frame: after one in which nothing was typed, the file is brought up to date by a thread of its own.
    pub(super) fn poll(&mut self, waker: &Waker) -> Option<Cause> {
        let fault = self.take_written(false);
        if !self.is_behind() || self.writing.is_some() {
            return fault;
        }
        let paused = self.seen == self.changes;
        self.seen = self.changes;
        self.frames = if paused { 0 } else { self.frames + 1 };
        if paused || self.frames > WITHOUT_PAUSE {
            self.frames = 0;
            self.begin(waker);
        }
        fault
    }

    /// At an orderly end, which a statement is no work to be kept over.
    pub(super) fn end(&mut self) -> Option<Cause> {
        self.set(Place::Statement, None);
        self.finish()
    }

    /// What was typed last is written before this returns.
    pub(super) fn finish(&mut self) -> Option<Cause> {
        let before = self.take_written(true);
        if self.is_behind() {
            self.begin(&(std::sync::Arc::new(|| ()) as Waker));
        }
        self.take_written(true).or(before)
    }

    fn begin(&mut self, waker: &Waker) {
        let Some(file) = self.file.clone() else { return };
        self.written = self.changes;
        let all = self.under_way.iter().chain(&self.texts);
        let known = all.map(|(place, words)| Stored::of(place, words));
        let texts: Vec<Stored> = known.chain(self.others.iter().cloned()).collect();
        let stored = Drafts { version: VERSION, case: self.case.to_string_lossy().into_owned(), texts };
        let waker = std::sync::Arc::clone(waker);
        let write = move || {
            let done = match stored.texts.is_empty() {
                true => remove(&file),
                false => {
                    serde_json::to_vec_pretty(&stored).map_err(Into::into).and_then(|b| settings::write(&file, &b))
                }
            };
            waker();
            done
        };
        // Without a thread it is tried again after the next change.
        self.writing = threads::start("unsaved texts", write).ok();
    }

    /// Why the file could not be written, once that is known.
    fn take_written(&mut self, waits: bool) -> Option<Cause> {
        if !waits && !self.writing.as_ref()?.is_finished() {
            return None;
        }
        let error = self.writing.take()?.join().ok()?.err()?;
        Some(Cause::Settings { path: self.file.clone().unwrap_or_default(), error })
    }
}

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Drafts {
    version: u32,
    case: String,
    texts: Vec<Stored>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stored {
    place: String,
    #[serde(default)]
    of: String,
    words: Words,
}

impl Stored {
    fn of(place: &Place, words: &Words) -> Self {
        let (name, of) = match place {
            Place::Note(subject) => ("note", format!("{} {}", subject.kind(), subject.key())),
            Place::EditedNote(id) => ("edited_note", id.to_string()),
            Place::Finding(id) => ("finding", id.to_string()),
            Place::Exhibit(id) => ("exhibit", id.to_string()),
            Place::NewExhibit => ("new_exhibit", String::new()),
            Place::Report(field) => ("report", field.name().to_owned()),
            Place::Statement => ("statement", String::new()),
        };
        Self { place: name.to_owned(), of, words: words.clone() }
    }

    /// `None` for a place that this version does not know.
    fn place(&self) -> Option<Place> {
        let id = || self.of.parse().ok();
        match self.place.as_str() {
            "note" => {
                let (kind, key) = self.of.split_once(' ')?;
                Subject::read(kind, key).map(Place::Note)
            }
            "edited_note" => id().map(Place::EditedNote),
            "finding" => id().map(Place::Finding),
            "exhibit" => id().map(Place::Exhibit),
            "new_exhibit" => Some(Place::NewExhibit),
            "report" => ReportField::ALL.into_iter().find(|field| field.name() == self.of).map(Place::Report),
            "statement" => Some(Place::Statement),
            _ => None,
        }
    }
}

/// A file for each case, named by where it is.
fn file_stem(case: &Path) -> String {
    let digest = hex(&Sha256::digest(case.as_os_str().as_encoded_bytes()));
    digest.chars().take(16).collect()
}

fn remove(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The texts of a file; one that cannot be read is kept under another name, and told.
fn read(file: &Path, case: &Path) -> (Vec<Stored>, Option<Cause>) {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Vec::new(), None),
        Err(error) => return (Vec::new(), Some(Cause::SettingsUnread { path: file.to_owned(), error })),
    };
    let drafts: Option<Drafts> = serde_json::from_slice(&bytes).ok();
    match drafts.filter(|drafts| drafts.version == VERSION && drafts.case == case.to_string_lossy()) {
        Some(drafts) => (drafts.texts, None),
        None => {
            let kept = settings::aside(file);
            (Vec::new(), Some(Cause::UnsavedDamaged { path: file.to_owned(), kept }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn waker() -> Waker {
        Arc::new(|| ())
    }

    fn case() -> &'static Path {
        Path::new("/cases/a.coldtrail")
    }

    fn opened(folder: &Path) -> Unsaved {
        let (unsaved, fault) = Unsaved::open(case(), Some(folder));
        assert!(fault.is_none(), "{fault:?}");
        unsaved
    }

    fn note() -> Place {
        Place::Note(Subject::Pair("10.0.0.1".into(), "10.0.0.2".into()))
    }

    #[test]
    fn what_is_typed_is_written_after_a_pause_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut unsaved = opened(folder.path());
        let finding = FindingText {
            title: "鍵の流出".into(),
            text: "line\nline".into(),
            status: FindingStatus::Confirmed,
            confidence: Confidence::High,
            technique: "T1078".into(),
        };
        let exhibit_text = ExhibitText { caption: "c".into(), note: "n".into(), finding: Some(3) };
        let places = [
            (note(), words("first").unwrap()),
            (Place::EditedNote(7), words("again").unwrap()),
            (Place::Finding(2), of_finding(&finding)),
            (Place::Exhibit(5), of_exhibit(&exhibit_text)),
            (Place::NewExhibit, words("w").unwrap()),
            (Place::Report(ReportField::Summary), words("sum").unwrap()),
            (Place::Statement, words("select 1").unwrap()),
        ];
        for (place, words) in &places {
            unsaved.set(place.clone(), Some(words.clone()));
            assert!(unsaved.poll(&waker()).is_none());
            assert!(unsaved.writing.is_none(), "letters come in");
        }
        unsaved.poll(&waker());
        assert!(unsaved.writing.is_some(), "a frame without a letter");
        unsaved.take_written(true);
        // Ended without a word, as by kill -9.
        drop(unsaved);
        let mut again = opened(folder.path());
        assert_eq!(again.recovered().count(), places.len());
        for (place, words) in &places {
            assert_eq!(again.get(place), Some(words), "{place:?}");
        }
        assert_eq!(super::finding(&places[2].1, &FindingText::default()), finding);
        assert_eq!(exhibit(&places[3].1, &ExhibitText::default()), exhibit_text);
        places.iter().for_each(|(place, _)| again.discard(place));
        assert!(again.finish().is_none());
        assert_eq!(std::fs::read_dir(folder.path().join("unsaved")).unwrap().count(), 0, "nothing is left of it");
        let other = Unsaved::open(Path::new("/cases/b.coldtrail"), Some(folder.path())).0;
        assert_eq!(other.recovered().count(), 0);
    }

    #[test]
    fn typing_without_a_pause_is_written_too() {
        let folder = tempfile::tempdir().unwrap();
        let mut unsaved = opened(folder.path());
        let begun = (0..200).position(|n| {
            unsaved.set(note(), words(&"x".repeat(n + 1)));
            unsaved.poll(&waker());
            unsaved.writing.is_some()
        });
        assert_eq!(begun, Some(WITHOUT_PAUSE as usize));
        assert!(unsaved.finish().is_none());
    }

    #[test]
    fn a_change_that_fails_gives_the_text_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut unsaved = opened(folder.path());
        unsaved.set(note(), words("text"));
        unsaved.hand_over(note(), None);
        assert_eq!((unsaved.text(&note()), unsaved.is_under_way(&note())), (None, true));
        unsaved.finish();
        assert_eq!(opened(folder.path()).text(&note()), Some("text"), "until it is in the case");
        let before = unsaved.revision();
        unsaved.came_back(&Place::Statement);
        assert!(unsaved.is_under_way(&note()), "another one failed");
        unsaved.came_back(&note());
        assert_eq!(unsaved.text(&note()), Some("text"));
        assert!(unsaved.revision() > before && !unsaved.is_under_way(&note()));
        unsaved.hand_over(note(), None);
        unsaved.arrived(&note());
        unsaved.finish();
        assert_eq!(opened(folder.path()).recovered().count(), 0);
    }

    #[test]
    fn what_another_version_keeps_stays_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut unsaved = opened(folder.path());
        let later = Stored { place: "later".into(), of: "7".into(), words: words("of a later version").unwrap() };
        unsaved.others.push(later);
        for text in ["text", ""] {
            unsaved.set(note(), words(text));
            unsaved.finish();
            let again = opened(folder.path());
            assert_eq!(again.text(&note()), (!text.is_empty()).then_some(text));
            let others: Vec<_> = again.others.iter().map(|other| (other.place.as_str(), other.of.as_str())).collect();
            assert_eq!((others, again.recovered().count()), (vec![("later", "7")], usize::from(!text.is_empty())));
        }
    }

    #[test]
    fn a_damaged_file_is_kept_aside_and_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(folder.path()).file.unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "{").unwrap();
        let (_, fault) = Unsaved::open(case(), Some(folder.path()));
        assert!(matches!(fault, Some(Cause::UnsavedDamaged { kept, .. }) if kept.exists()));
        opened(folder.path());
    }
}
