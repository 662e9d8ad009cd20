//! What examiners write, in the window: the lists of it, the change on its way into the case, and the exhibit that is
//! looked at. A change is made by a worker thread; `undo` has the order of them.

use super::copying::RowsToCopy;
use super::pane::NotMade;
use super::pane::{Asking, Pane};
use super::selection::Selection;
use super::slots::Slot;
use super::source::{Fault, Totals};
use super::under_way::UnderWay;
use super::view::View;
use crate::app::Failure;
use crate::app::conclusions::conclude;
use crate::app::exhibits::{self, Again, Frozen};
use crate::case::{CaseError, CaseReader, Target};
use crate::model::conclusions::{Change, Exhibit, ExhibitText, Finding, Note, ReportField, Subject};
use crate::model::{Dataset, Value};
use crate::present::zone::Zone;
use crate::query::{self, QueryError};
use crate::questions;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Everything that is, without the rows of exhibits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Names of tags in use with how many things have each.
    pub tags: Vec<(String, u64)>,
    tagged: HashMap<Subject, Vec<String>>,
    pub notes: Vec<Note>,
    /// Places in `notes`.
    noted: HashMap<Subject, Vec<usize>>,
    pub findings: Vec<Finding>,
    pub exhibits: Vec<Exhibit>,
    report: Vec<(ReportField, String)>,
    /// Findings whose first cited record is an event.
    of_events: Vec<i64>,
}

impl Lists {
    fn read(reader: &CaseReader) -> Result<Self, QueryError> {
        let mut tagged: HashMap<Subject, Vec<String>> = HashMap::new();
        for (id, name) in query::tagged_records(reader)? {
            tagged.entry(Subject::Record(id)).or_default().push(name);
        }
        for tag in query::tags(reader, false)? {
            if !matches!(tag.subject, Subject::Record(_)) {
                tagged.entry(tag.subject).or_default().push(tag.name);
            }
        }
        let notes = query::notes(reader, false)?;
        let mut noted: HashMap<Subject, Vec<usize>> = HashMap::new();
        for (at, note) in notes.iter().enumerate() {
            noted.entry(note.subject.clone()).or_default().push(at);
        }
        let findings = query::findings(reader, false)?;
        let mut of_events = Vec::new();
        for finding in &findings {
            let first = finding.records.get(..1).unwrap_or_default();
            if query::known_records(reader, Dataset::Events, first)? == [true] {
                of_events.push(finding.id);
            }
        }
        Ok(Self {
            tags: query::tag_names(reader)?,
            tagged,
            notes,
            noted,
            findings,
            of_events,
            exhibits: query::exhibits(reader, false)?,
            report: query::report_fields(reader)?,
        })
    }

    pub fn tags_of(&self, subject: &Subject) -> &[String] {
        self.tagged.get(subject).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn notes_of(&self, subject: &Subject) -> impl Iterator<Item = &Note> {
        self.noted.get(subject).into_iter().flatten().filter_map(|at| self.notes.get(*at))
    }

    pub fn report(&self, field: ReportField) -> &str {
        self.report.iter().find(|(known, _)| *known == field).map_or("", |(_, value)| value)
    }

    /// The kind of the records that a finding cites: of the first.
    pub fn cites(&self, finding: i64) -> Dataset {
        if self.of_events.contains(&finding) { Dataset::Events } else { Dataset::Flows }
    }

    pub fn finding(&self, id: i64) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.id == id)
    }

    pub fn exhibit(&self, id: i64) -> Option<&Exhibit> {
        self.exhibits.iter().find(|exhibit| exhibit.id == id)
    }
}

/// A question to be frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExhibitRequest {
    /// As `Question::kind` and `Question::query` tell it.
    pub kind: String,
    pub query: String,
    pub zone: &'static str,
    pub text: ExhibitText,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    Change(Change),
    Exhibit(ExhibitRequest),
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub task: Task,
    /// What undoes it; `None` where nothing changed.
    pub inverse: Option<Change>,
    pub id: Option<i64>,
}

impl Made {
    pub fn changed_tags(&self) -> bool {
        let Task::Change(change) = &self.task else { return false };
        self.inverse.is_some() && matches!(change, Change::AddTag { .. } | Change::RemoveTag { .. })
    }

    pub fn changed(&self) -> bool {
        self.inverse.is_some()
    }
}

/// Verdicts of exhibits by their ids.
pub(crate) type Verdicts = BTreeMap<i64, Again>;

#[derive(Default)]
pub struct Conclusions {
    lists: Slot<(u64, u64), Arc<Lists>>,
    task: UnderWay<Task, Made>,
    /// Counts up with every change that was made.
    changes: u64,
    /// The exhibit that is looked at.
    looked_at: Option<i64>,
    frozen: Slot<(u64, i64), Arc<Frozen>>,
    check: Slot<(u64, u64), Arc<Verdicts>>,
    /// The check that was asked for: of which state of the case.
    checks: u64,
    /// The tag that a single key gives.
    quick_tag: Option<String>,
}

impl Conclusions {
    pub fn lists(&self) -> Option<&Arc<Lists>> {
        self.lists.shown()
    }

    /// A single key gives this tag from now on.
    pub fn make_quick(&mut self, tag: &str) {
        self.quick_tag = Some(tag.to_owned());
    }

    /// What a change came to since this was asked last.
    pub fn take_done(&mut self) -> Option<Result<Made, NotMade>> {
        self.task.take_done()
    }

    /// Puts a change on its way; the one before it has come to its end.
    pub fn make(&mut self, task: Task) {
        self.task.make(task);
    }

    /// The state of what is written: another number after each change.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The tag that was given last; else the one that most things have.
    pub fn quick_tag(&self) -> Option<&str> {
        let most = || self.lists()?.tags.iter().max_by_key(|(_, count)| *count).map(|(name, _)| name.as_str());
        self.quick_tag.as_deref().or_else(most)
    }

    pub fn look_at(&mut self, exhibit: Option<i64>) {
        self.looked_at = exhibit;
    }

    /// The exhibit that is looked at: the first where none was chosen.
    pub fn looked_at(&self) -> Option<i64> {
        let lists = self.lists()?;
        let chosen = self.looked_at.filter(|id| lists.exhibit(*id).is_some());
        chosen.or_else(|| lists.exhibits.first().map(|exhibit| exhibit.id))
    }

    /// The looked-at exhibit with its rows, once they are in.
    pub fn frozen(&self) -> Option<&Arc<Frozen>> {
        let id = self.looked_at()?;
        self.frozen.shown().filter(|_| self.frozen.shown_query().is_some_and(|(_, of)| *of == id))
    }

    /// Rows of one of its sections, with the names that the columns have in files.
    pub(crate) fn frozen_to_copy(&self, section: usize, selected: &Selection) -> Option<RowsToCopy> {
        let frozen = Arc::clone(self.frozen()?);
        let names = frozen.sections.get(section)?.columns.iter().map(|column| column.name.to_string()).collect();
        let rows = RowsToCopy::new(selected, move |_, places| {
            let rows = frozen.sections.get(section).and_then(|section| section.rows.get(places)).unwrap_or_default();
            Ok(rows.iter().map(|row| row.iter().map(Value::to_text).collect()).collect())
        });
        Some(rows.with_header(names))
    }

    pub fn frozen_fault(&self) -> Option<&Failure> {
        self.frozen.fault()
    }

    /// Runs every exhibit again.
    pub fn check_all(&mut self) {
        self.checks += 1;
    }

    pub fn verdicts(&self) -> Option<&Verdicts> {
        self.check.shown().map(Arc::as_ref)
    }

    pub fn is_checking(&self) -> bool {
        self.check.is_busy()
    }
}

impl Pane for Conclusions {
    fn shows(&self, _: View) -> bool {
        true
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let (lanes, revision) = (asking.lanes, asking.revision);
        let shown = asking.views.has(View::Exhibits);
        self.task.ask(&lanes.changes, asking, |to, _, task, cancel| make(to, task, cancel));
        self.lists.ask(&lanes.pages, (revision, self.changes), |source, _, _| {
            let Ok(reader) = source.case() else { return Ok(Arc::default()) };
            Ok(Arc::new(Lists::read(reader)?))
        });
        if !shown {
            return;
        }
        // The lists from before a change still have the exhibit that it removed.
        let are_current = self.lists.shown_query().is_some_and(|(_, changes)| *changes == self.changes);
        if let Some(id) = self.looked_at().filter(|_| are_current) {
            self.frozen.ask(&lanes.charts, (self.changes, id), |source, (_, id), _| {
                let reader = source.case()?;
                let exhibit = query::exhibits(reader, false)?.into_iter().find(|exhibit| exhibit.id == *id);
                let exhibit = exhibit.ok_or_else(|| CaseError::NoSuch(format!("exhibit {id}")))?;
                Ok(Arc::new(exhibits::load(reader, &exhibit)?))
            });
        }
        if self.checks > 0 {
            self.check.ask(&lanes.answers, (revision, self.checks), |source, _, cancel| {
                let reader = source.case()?;
                let mut verdicts = Verdicts::new();
                for exhibit in query::exhibits(reader, false)? {
                    if cancel.is_cancelled() {
                        return Err(Fault::Cancelled);
                    }
                    verdicts.insert(exhibit.id, exhibits::ask_again(reader, &exhibit, cancel));
                }
                Ok(Arc::new(verdicts))
            });
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures: Vec<Failure> = [self.lists.poll(), self.frozen.poll(), self.check.poll()]
            .into_iter()
            .filter_map(|result| result.and_then(Result::err))
            .collect();
        let Some(result) = self.task.poll() else { return failures };
        failures.extend(result.err());
        let Some(Ok(made)) = self.task.done() else { return failures };
        self.changes += u64::from(made.changed());
        if let (Task::Exhibit(_), Some(id)) = (&made.task, made.id) {
            self.looked_at = Some(id);
        }
        failures
    }

    fn is_busy(&self) -> bool {
        self.lists.is_busy() || self.task.is_busy() || self.frozen.is_busy() || self.check.is_busy()
    }

    fn number(&self, view: View, _: &Totals) -> Option<u64> {
        let lists = self.lists()?;
        match view {
            View::Findings => Some(lists.findings.len() as u64),
            View::Exhibits => Some(lists.exhibits.len() as u64),
            _ => None,
        }
    }
}

fn make(case: Target<'_>, task: &Task, cancel: &query::Cancel) -> Result<Made, Fault> {
    let (inverse, id) = match task {
        Task::Change(change) => {
            let done = conclude(case, change)?;
            (done.inverse, done.id)
        }
        Task::Exhibit(request) => {
            let question = questions::question(&request.kind, &request.query)?;
            let zone = Zone::by_name(request.zone).unwrap_or_default();
            let id = exhibits::add(case, question.as_ref(), zone, request.text.clone(), cancel)?;
            (Some(Change::RemoveExhibit(id)), Some(id))
        }
    };
    Ok(Made { task: task.clone(), inverse, id })
}
