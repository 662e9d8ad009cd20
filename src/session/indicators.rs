//! What the examiner searches for and what things are called: the lists of indicators with their entries, the labels, a
//! file that is previewed before it comes in, and the change that is under way. Changes are written by a worker thread;
//! each can be undone.

use super::copying::RowsToCopy;
use super::paged_table::{PagedTable, Reads};
use super::pane::NotMade;
use super::pane::{Asking, Pane};
use super::selection::Selection;
use super::shown::{Candidate, Exported, Shown};
use super::slots::{Lane, Slot};
use super::source::{Cancel, CaseReader, Fault, Totals};
use super::under_way::UnderWay;
use super::view::View;
use crate::app::Failure;
use crate::app::indicators::{self, ImportChoice, Preview};
use crate::app::owners::{self, OwnerDatabase, OwnerFacts, Owners};
use crate::app::supplements;
use crate::case::{IndicatorItem, Target};
use crate::ingest::indicators::{ListOptions, recognise};
use crate::model::{Dataset, IndicatorIssue, IndicatorKind, IndicatorList, Label, Purpose, SupplementKind, Value};
use crate::present::Texts;
use crate::query::{
    self, Duplicates, EntryColumn, IndicatorEntries, IndicatorEntriesQuery, IndicatorRow, QueryError, Scope,
};
use crate::query::{By, tables};
use crate::questions::SightingsQuestion;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Import(Arc<Preview>, ImportChoice),
    Add {
        list: String,
        purpose: Purpose,
        kind: Option<IndicatorKind>,
        values: Vec<String>,
        comment: String,
    },
    Enable(IndicatorItem, bool),
    /// Removed, or restored.
    Remove(Vec<IndicatorItem>, bool),
    Validity(bool),
    Label {
        thing: String,
        kind: Option<IndicatorKind>,
        name: String,
        note: String,
    },
    RemoveLabel(i64, bool),
    /// A database of countries and network owners, in MaxMind's format.
    Owners(PathBuf),
    /// Sigma rules of a file or folder, or an inventory.
    Supplement(SupplementKind, PathBuf),
    /// Such files, removed or restored.
    RemoveSupplements(SupplementKind, Vec<i64>, bool),
    /// The one of this kind that was named before it, or none.
    OwnersBefore(String, Option<OwnerFacts>),
}

/// The dialog of a file that comes in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndicatorFile {
    pub path: String,
    pub options: ListOptions,
    /// `None` until it was typed: then the file's own.
    pub name: Option<String>,
    /// `None` until it was chosen: then the file's own.
    pub purpose: Option<Purpose>,
    pub licence: String,
}

/// The dialog of values that are typed, pasted or taken from a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedIndicators {
    pub values: String,
    pub kind: Option<IndicatorKind>,
    pub list: String,
    pub purpose: Purpose,
    pub comment: String,
}

impl TypedIndicators {
    pub fn of(texts: &Texts, value: String, kind: Option<IndicatorKind>) -> Self {
        let (list, purpose) = (texts.tr("indicators-typed"), Purpose::KnownBad);
        Self { values: value, kind, list, purpose, comment: String::new() }
    }
}

/// The dialog of a name for something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewLabel {
    pub thing: String,
    pub kind: Option<IndicatorKind>,
    pub name: String,
    pub note: String,
}

/// What came of it, in words of the catalogue, and what undoes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Id of a text with `{ $count }`.
    pub text: &'static str,
    pub count: u64,
    /// The list that was added to.
    list: Option<i64>,
    pub inverse: Change,
}

/// What of the chosen list, or beside the lists, is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Entries,
    Issues,
    Labels,
}

impl Tab {
    pub const ALL: [Tab; 3] = [Tab::Entries, Tab::Issues, Tab::Labels];

    pub fn name(self) -> &'static str {
        match self {
            Tab::Entries => "entries",
            Tab::Issues => "issues",
            Tab::Labels => "labels",
        }
    }
}

#[derive(Clone, Debug)]
pub enum IndicatorsAction {
    Choose(i64),
    Show(Tab),
    Want(Range<u64>),
    Select(Selection),
    /// The entries by this column; the other way round, and in the order of the list, when run again.
    Sort(EntryColumn),
    /// Looks a file over.
    Look(PathBuf, ListOptions),
    Change(Box<Change>),
    CopyRows,
}

/// What the case keeps of it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Those that were removed too.
    pub lists: Arc<[IndicatorList]>,
    /// Those that were removed too.
    pub labels: Arc<[Label]>,
    /// Does an entry count only at the time in which it was known to be bad?
    pub validity: bool,
}

/// The file that is previewed, and how.
type Looked = (PathBuf, ListOptions);

pub struct Indicators {
    pub tab: Tab,
    chosen: Option<i64>,
    kept: Slot<u64, Kept>,
    entries: PagedTable<IndicatorEntriesQuery, IndicatorEntries, IndicatorRow>,
    sort: Option<(EntryColumn, bool)>,
    issues: Slot<(u64, i64), Arc<[IndicatorIssue]>>,
    look: Option<Looked>,
    looked: Slot<(u64, Looked), Arc<Preview>>,
    change: UnderWay<Change, Done>,
    changes: u64,
    hits: Slot<(u64, u64), BTreeMap<u32, u64>>,
    owners: Slot<u64, Arc<Owners>>,
    /// Counts the databases that were named.
    named: u64,
}

impl Default for Indicators {
    fn default() -> Self {
        let entries = Reads {
            first: None,
            table: query::indicator_entries_of,
            len: IndicatorEntries::len,
            rows: query::indicator_entry_rows,
        };
        Self {
            tab: Tab::default(),
            chosen: None,
            kept: Slot::default(),
            entries: PagedTable::new(entries),
            sort: None,
            issues: Slot::default(),
            look: None,
            looked: Slot::default(),
            change: UnderWay::default(),
            changes: 0,
            hits: Slot::default(),
            owners: Slot::default(),
            named: 0,
        }
    }
}

impl Indicators {
    pub fn kept(&self) -> Option<&Kept> {
        self.kept.shown()
    }

    /// Lists that are there, enabled or not.
    pub fn lists(&self) -> impl Iterator<Item = &IndicatorList> {
        self.kept().into_iter().flat_map(|kept| kept.lists.iter()).filter(|list| !list.removed)
    }

    /// Labels that are on.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        self.kept().into_iter().flat_map(|kept| kept.labels.iter()).filter(|label| !label.removed)
    }

    /// Is anything searched for?
    pub fn looks_for_something(&self) -> bool {
        self.lists().any(|list| list.enabled && list.purpose == Purpose::KnownBad && list.enabled_entries > 0)
    }

    /// Entries that are searched for.
    pub fn entries_looked_for(&self) -> u64 {
        let lists = self.lists().filter(|list| list.enabled && list.purpose == Purpose::KnownBad);
        lists.map(|list| list.enabled_entries).sum()
    }

    /// The list whose entries are shown: the chosen one, or the last.
    pub fn chosen(&self) -> Option<&IndicatorList> {
        let lists = || self.kept().into_iter().flat_map(|kept| kept.lists.iter());
        lists().find(|list| Some(list.id) == self.chosen).or_else(|| lists().rfind(|list| !list.removed))
    }

    pub fn entries(&self) -> &PagedTable<IndicatorEntriesQuery, IndicatorEntries, IndicatorRow> {
        &self.entries
    }

    pub fn sort(&self) -> Option<(EntryColumn, bool)> {
        self.sort
    }

    /// What of the chosen list could not be used.
    pub fn issues(&self) -> Option<&Arc<[IndicatorIssue]>> {
        let list = self.chosen()?.id;
        self.issues.shown_query().filter(|(_, of)| *of == list)?;
        self.issues.shown()
    }

    /// A file that was previewed, as it was asked for; or why it cannot come in.
    pub fn looked(&self, path: &Path, options: &ListOptions) -> Option<Result<&Arc<Preview>, &Failure>> {
        let is_asked = self.look.as_ref().is_some_and(|(of, with)| of == path && with == options);
        if !is_asked || self.looked.is_busy() {
            return None;
        }
        if let Some(fault) = self.looked.fault() {
            return Some(Err(fault));
        }
        self.looked.shown().map(Ok)
    }

    /// The last file that was previewed, whatever was asked since: what a dialog shows meanwhile.
    pub fn last_looked(&self) -> Option<&Arc<Preview>> {
        self.looked.shown()
    }

    pub fn is_looking(&self) -> bool {
        self.looked.is_busy()
    }

    /// Records of this evidence file that match an indicator; `None` while that is not known.
    pub fn hits(&self, evidence: u32) -> Option<u64> {
        Some(self.hits.shown()?.get(&evidence).copied().unwrap_or(0))
    }

    pub fn apply(&mut self, action: IndicatorsAction) {
        match action {
            IndicatorsAction::Choose(list) => self.chosen = Some(list),
            IndicatorsAction::Show(tab) => self.tab = tab,
            // The pages need the lane, which the case has.
            IndicatorsAction::Want(_) => {}
            IndicatorsAction::Select(selection) => self.entries.selection = selection,
            IndicatorsAction::Sort(column) => {
                self.sort = match self.sort {
                    Some((by, false)) if by == column => Some((column, true)),
                    Some((by, true)) if by == column => None,
                    _ => Some((column, false)),
                };
            }
            IndicatorsAction::Look(path, options) => {
                self.look = Some((path, options));
                self.changes += 1;
            }
            // It takes its place among the changes of the case; the application has the clipboard.
            IndicatorsAction::Change(_) | IndicatorsAction::CopyRows => {}
        }
    }

    /// The selected entries, by the columns of an export.
    pub(crate) fn to_copy(&self) -> Option<RowsToCopy> {
        let names = tables::entry_columns().into_iter().map(|column| column.name).collect();
        self.entries.to_copy(names, |row| tables::entry_values(row).iter().map(Value::to_text).collect())
    }

    /// What a change came to since this was asked last.
    pub fn take_done(&mut self) -> Option<Result<Done, NotMade>> {
        self.change.take_done()
    }

    /// Puts a change on its way; the one before it has come to its end.
    pub fn make(&mut self, change: Change) {
        self.changes += 1;
        self.change.make(change);
    }

    pub fn want(&mut self, lane: &Lane, rows: Range<u64>) {
        self.entries.want(lane, rows);
    }

    /// Once they are read.
    pub fn owners(&self) -> Option<&Owners> {
        self.owners.shown().map(Arc::as_ref)
    }

    /// The same, for a worker thread.
    pub(crate) fn shared_owners(&self) -> Option<Arc<Owners>> {
        self.owners.shown().map(Arc::clone)
    }
}

impl Pane for Indicators {
    fn shows(&self, _: View) -> bool {
        true
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let lane = &asking.lanes.pages;
        let is_shown = asking.views.has(View::Indicators);
        self.change.ask(&asking.lanes.changes, asking, |to, source, change, _| make(to, source.case()?, change));
        if asking.views.has(View::Evidence) && self.looks_for_something() {
            let asked = (asking.revision, self.changes);
            self.hits.ask(&asking.lanes.answers, asked, |source, _, cancel| Ok(hits(source.case()?, cancel)?));
        }
        // Again after each change, whatever came of it.
        if self.change.is_busy() {
            return;
        }
        // Some take a while to be read; nobody waits for the console's lane.
        self.owners.ask(&asking.lanes.console, self.named, |source, _, _| match source.case() {
            Ok(reader) => Ok(Arc::new(Owners::read(reader)?)),
            Err(_) => Ok(Arc::default()),
        });
        self.kept.ask(lane, self.changes, |source, _, _| {
            let Ok(reader) = source.case() else { return Ok(Kept::default()) };
            Ok(kept(reader)?)
        });
        if let Some(look) = &self.look {
            self.looked.ask(lane, (self.changes, look.clone()), |source, (_, (path, options)), _| {
                let preview = indicators::preview(source.case()?, path, options);
                Ok(Arc::new(preview?))
            });
        }
        let Some(list) = self.chosen().map(|list| list.id).filter(|_| is_shown) else { return };
        self.entries.ask(lane, self.changes, (list, self.sort));
        self.issues.ask(lane, (self.changes, list), |source, (_, list), _| {
            Ok(query::indicator_issues(source.case()?, *list)?.into())
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        let mut failures: Vec<Failure> = self.kept.poll().and_then(Result::err).into_iter().collect();
        failures.extend(self.entries.poll());
        failures.extend(self.issues.poll().and_then(Result::err));
        failures.extend(self.hits.poll().and_then(Result::err));
        failures.extend(self.owners.poll().and_then(Result::err));
        // Why a file cannot come in is said in its dialog.
        self.looked.poll();
        let Some(result) = self.change.poll() else { return failures };
        self.changes += 1;
        if let Some(Ok(done)) = self.change.done() {
            self.chosen = done.list.or(self.chosen);
            self.named += u64::from([NAMED, NOT_NAMED].contains(&done.text));
        }
        failures.extend(result.err());
        failures
    }

    fn is_busy(&self) -> bool {
        self.kept.is_busy()
            || self.entries.is_busy()
            || self.issues.is_busy()
            || self.looked.is_busy()
            || self.change.is_busy()
            || self.hits.is_busy()
            || self.owners.is_busy()
    }

    fn number(&self, view: View, _: &Totals) -> Option<u64> {
        Some(self.entries_looked_for()).filter(|entries| view == View::Indicators && *entries > 0)
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        match self.tab {
            _ if shown.view != View::Indicators => None,
            Tab::Entries => {
                let (query, _) = self.entries.shown()?;
                Some((Exported::Entries(*query), self.entries.len()))
            }
            Tab::Issues => Exported::listed(tables::issues(self.issues()?)),
            Tab::Labels => Exported::listed(tables::labels(&self.kept()?.labels)),
        }
    }

    /// The sightings of all lists.
    fn candidates(&self, shown: &Shown<'_>, limit: usize) -> Vec<Candidate> {
        if shown.view != View::Indicators {
            return Vec::new();
        }
        let (range, duplicates) = (shown.range, shown.duplicates);
        let flows = Scope { range, duplicates, ..Scope::all(Dataset::Flows) };
        let question = |by| SightingsQuestion::new(by, flows.clone(), None, Some(limit));
        By::ALL.map(|by| Candidate::of("", &question(by))).into()
    }
}

fn kept(reader: &CaseReader) -> Result<Kept, QueryError> {
    let (lists, labels) = (query::indicator_lists(reader, true)?, query::labels(reader, true)?);
    Ok(Kept { lists: lists.into(), labels: labels.into(), validity: query::honours_validity(reader)? })
}

fn hits(reader: &CaseReader, cancel: &Cancel) -> Result<BTreeMap<u32, u64>, QueryError> {
    let mut hits = BTreeMap::new();
    for dataset in [Dataset::Flows, Dataset::Events] {
        let scope = Scope { duplicates: Duplicates::All, ..Scope::of(dataset, super::marks::any_indicator()) };
        for id in query::rows(reader, &scope.records(Vec::new()), cancel)?.iter() {
            *hits.entry(id.evidence().0).or_default() += 1;
        }
    }
    Ok(hits)
}

/// What is reported of a database that was named.
const NAMED: &str = "notice-owners";
const NOT_NAMED: &str = "notice-owners-back";

/// What is reported of files beside the evidence.
fn kind_text(kind: SupplementKind, what: &str) -> &'static str {
    match (kind, what) {
        (SupplementKind::Sigma, "added") => "notice-sigma-added",
        (SupplementKind::Sigma, "removed") => "notice-sigma-removed",
        (SupplementKind::Sigma, _) => "notice-sigma-restored",
        (SupplementKind::Inventory, "added") => "notice-inventory-added",
        (SupplementKind::Inventory, "removed") => "notice-inventory-removed",
        (SupplementKind::Inventory, _) => "notice-inventory-restored",
    }
}

/// Writes a change into the case.
fn make(case: Target<'_>, reader: &CaseReader, change: &Change) -> Result<Done, Fault> {
    let done = |text, count, inverse| Done { text, count, list: None, inverse };
    Ok(match change {
        Change::Owners(path) => {
            let database = OwnerDatabase::open(path)?;
            let known = owners::remembered(reader)?;
            let kind = database.facts.kind.clone();
            let before = known.into_iter().find(|facts| facts.kind == kind);
            owners::remember(case, &database.facts)?;
            done(NAMED, 1, Change::OwnersBefore(kind, before))
        }
        Change::OwnersBefore(kind, before) => {
            let now = owners::remembered(reader)?.into_iter().find(|facts| facts.kind == *kind);
            owners::take_back(case, kind, before.as_ref())?;
            done(NOT_NAMED, 1, Change::OwnersBefore(kind.clone(), now))
        }
        Change::Supplement(kind, path) => {
            let added = match kind {
                SupplementKind::Sigma => supplements::import_rules(case, path)?,
                SupplementKind::Inventory => vec![supplements::import_inventory(case, path, None)?],
            };
            let new: Vec<i64> = added.iter().filter(|added| added.is_new).map(|added| added.file.id).collect();
            done(kind_text(*kind, "added"), new.len() as u64, Change::RemoveSupplements(*kind, new, true))
        }
        Change::RemoveSupplements(kind, ids, removed) => {
            supplements::remove(case, ids, *removed)?;
            let text = kind_text(*kind, if *removed { "removed" } else { "restored" });
            done(text, ids.len() as u64, Change::RemoveSupplements(*kind, ids.clone(), !removed))
        }
        Change::Import(preview, choice) => {
            let list = indicators::import(case, preview, choice)?;
            let inverse = Change::Remove(vec![IndicatorItem::List(list)], true);
            let count = preview.list.entries.len() as u64;
            Done { list: Some(list), ..done("notice-indicators-imported", count, inverse) }
        }
        Change::Add { list, purpose, kind, values, comment } => {
            let entries = indicators::typed_entries(values, *kind, comment)?;
            let id = indicators::add_typed(case, list, *purpose, &entries)?;
            let all = query::indicator_entry_count(reader, id)?;
            let added = entries.len() as u64;
            let rows = query::indicator_entries(reader, id, all.saturating_sub(added), added)?;
            let items = rows.iter().map(|row| IndicatorItem::Entry(row.id)).collect();
            Done { list: Some(id), ..done("notice-indicators-added", added, Change::Remove(items, true)) }
        }
        Change::Enable(item, enabled) => {
            indicators::enable(case, *item, *enabled)?;
            let text = if *enabled { "notice-indicators-on" } else { "notice-indicators-off" };
            done(text, 1, Change::Enable(*item, !enabled))
        }
        Change::Remove(items, removed) => {
            for item in items {
                indicators::remove(case, *item, *removed)?;
            }
            let text = if *removed { "notice-indicators-out" } else { "notice-indicators-back" };
            done(text, items.len() as u64, Change::Remove(items.clone(), !removed))
        }
        Change::Validity(honour) => {
            indicators::honour_validity(case, *honour)?;
            done("notice-validity", 1, Change::Validity(!honour))
        }
        Change::Label { thing, kind, name, note } => {
            let label = indicators::add_label(case, thing, *kind, name, note)?;
            done("notice-labelled", 1, Change::RemoveLabel(label, true))
        }
        Change::RemoveLabel(label, removed) => {
            indicators::remove_label(case, *label, *removed)?;
            let text = if *removed { "notice-label-off" } else { "notice-labelled" };
            done(text, 1, Change::RemoveLabel(*label, !removed))
        }
    })
}

/// What a value is by its form, where it can be searched for or have a label.
pub(crate) fn kind_of(value: &str) -> Option<IndicatorKind> {
    recognise(value).ok().map(|found| found.kind)
}

/// The values of a text: a line each, or apart by commas and spaces where a line has several.
pub(crate) fn values_of(typed: &str) -> Vec<String> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let values = lines.flat_map(|line| match recognise(line) {
        Ok(_) => vec![line],
        Err(_) => line.split([',', ';', ' ', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect(),
    });
    values.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::Language;

    #[test]
    fn typed_text_is_values_a_line_or_several() {
        assert_eq!(
            values_of("# mine\n198.51.100.7, 203.0.113.0/24\n\n evil.example \nAWS CLI"),
            ["198.51.100.7", "203.0.113.0/24", "evil.example", "AWS", "CLI"]
        );
        assert_eq!(kind_of("203.0.113.0/24"), Some(IndicatorKind::Range));
    }

    #[test]
    fn typed_values_go_into_the_list_of_the_command_line_unless_another_is_named() {
        let list = |texts: &Texts| TypedIndicators::of(texts, String::new(), None).list;
        assert_eq!(list(&Texts::english()), indicators::TYPED);
        assert_eq!(list(&Texts::new(Language::Japanese)), "手動追加");
    }
}
