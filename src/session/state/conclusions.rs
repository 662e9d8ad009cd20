//! What examiners write: tags, notes, findings, exhibits; and the way from an exhibit to its live view.

use crate::app::conclusions::MOST_TAGGED;
use crate::app::failure::Cause;
use crate::model::conclusions::{Change, Subject};
use crate::model::{Dataset, RecordId, TimeRange};
use crate::present::display;
use crate::query::{Duplicates, PairQuery, Scope};
use crate::questions::{self, AnalysisQuestion, GroupsQuestion, Live, catalogue};
use crate::session::action::{Action, Link};
use crate::session::command::Command;
use crate::session::conclusions::{Made, Task};
use crate::session::open_case::OpenCase;
use crate::session::sightings::{Show, SightingsAction};
use crate::session::state::{App, Effect, Message, UserError};
use crate::session::undo::{CaseChange, Changes, Way};
use crate::session::view::View;
use std::collections::BTreeMap;

impl App {
    pub(super) fn changes(&self) -> Option<&Changes> {
        self.case.as_ref().map(|case| &case.changes)
    }

    /// What a command is called: undo and redo by what they would do.
    pub fn command_text(&self, command: Command) -> String {
        let named =
            |key, what: Option<&Message>| Some(self.texts.tr_args(key, &[("what", &what?.render(&self.texts))]));
        let what = match command {
            Command::Undo => named("undo-what", self.changes().and_then(Changes::to_undo)),
            Command::Redo => named("redo-what", self.changes().and_then(Changes::to_redo)),
            _ => None,
        };
        what.unwrap_or_else(|| self.texts.tr(&command.text_id()))
    }

    pub(super) fn undo(&mut self, agreed: bool) {
        let Some(case) = &mut self.case else { return };
        self.dialog = None;
        if !case.changes.is_idle() {
            self.notice = Some(self.texts.tr("notice-undo-waits"));
        }
        case.changes.undo(agreed);
    }

    pub(super) fn redo(&mut self) {
        if let Some(case) = &mut self.case {
            case.changes.redo();
        }
    }

    pub(super) fn was_undone(&mut self, way: Way, what: &Message) {
        let key = if way == Way::Undo { "notice-undone" } else { "notice-redone" };
        self.notice = Some(self.texts.tr_args(key, &[("what", &what.render(&self.texts))]));
    }

    /// Who writes, where the case does not say it: as the settings remember it.
    pub fn signs_as(&self) -> Option<&str> {
        let totals = self.case.as_ref()?.totals()?;
        let remembered = Some(self.settings.examiner.as_str()).filter(|name| !name.is_empty());
        remembered.filter(|_| totals.examiner.is_empty())
    }

    /// Is there nobody to whom what is written could be put down?
    pub fn is_nameless(&self) -> bool {
        let nobody = |case: &OpenCase| case.totals().is_some_and(|totals| totals.examiner.is_empty());
        self.settings.examiner.is_empty() && self.case.as_ref().is_some_and(nobody)
    }

    pub(super) fn write(&mut self, task: Task) {
        self.hand_over(&task);
        let Some(case) = &mut self.case else { return };
        if matches!(task, Task::Exhibit(_)) {
            self.dialog = None;
        }
        if let Task::Change(Change::AddTag { name, .. }) = &task {
            case.conclusions.make_quick(name);
        }
        case.change(CaseChange::Conclusions(task));
    }

    /// Several tags at once; one is called by its name.
    pub(super) fn set_tags(&mut self, subjects: &[Subject], tags: BTreeMap<String, bool>) {
        let Some(case) = &mut self.case else { return };
        if let Some((name, _)) = tags.iter().rfind(|(_, on)| **on) {
            case.conclusions.make_quick(name);
        }
        case.set_tags(subjects, tags);
    }

    /// Asks for the tags of the selected rows.
    pub(super) fn tag_rows(&mut self) {
        let Some(dataset) = self.shown_records() else { return };
        let Some(case) = &self.case else { return };
        if case.records(dataset).selection.len() > MOST_TAGGED as u64 {
            let most = display::count(MOST_TAGGED as u64);
            self.notice = Some(self.texts.tr_args("notice-too-many-tagged", &[("most", &most)]));
            return;
        }
        self.effects.push(Effect::EditTags);
    }

    /// Something was written: told, and what is on screen follows it.
    pub(super) fn was_made(&mut self, made: &Made) {
        self.arrived(made);
        let key = match &made.task {
            _ if !made.changed() => "notice-nothing-changed",
            Task::Exhibit(_) => "notice-exhibit-added",
            Task::Change(change) => match change {
                Change::AddTag { .. } => "notice-tagged",
                Change::RemoveTag { .. } => "notice-untagged",
                Change::RemoveNote(_) | Change::RemoveFinding(_) | Change::RemoveExhibit(_) => "notice-removed",
                _ => "notice-written",
            },
        };
        self.notice = Some(self.texts.tr(key));
        let Some(case) = &mut self.case else { return };
        let asks_for_tags = |dataset| case.records(dataset).applied().contains("tag");
        if made.changed_tags() && (asks_for_tags(Dataset::Flows) || asks_for_tags(Dataset::Events)) {
            case.changed();
        }
    }

    /// The records that a finding cites: the table of the first one's kind, with them selected.
    pub(super) fn show_cited(&mut self, finding: i64) {
        let Some(lists) = self.case.as_ref().and_then(|case| case.conclusions.lists().cloned()) else { return };
        let cited = lists.finding(finding).map(|finding| finding.records.clone()).unwrap_or_default();
        if !cited.is_empty() {
            self.select_records(lists.cites(finding), cited);
        }
    }

    /// All records of the kind, with these selected.
    pub(super) fn select_records(&mut self, dataset: Dataset, ids: Vec<RecordId>) {
        let (range, duplicates) = (TimeRange::default(), Duplicates::All);
        self.follow(Link { view: View::Records(dataset), dataset, filter: String::new(), range, duplicates });
        if let Some(case) = &mut self.case {
            case.records_mut(dataset).select_records(ids);
        }
    }

    /// The live view of an exhibit: its question as the case answers it now.
    pub(super) fn open_exhibit(&mut self, id: i64) {
        let lists = self.case.as_ref().and_then(|case| case.conclusions.lists().cloned());
        let Some(exhibit) = lists.as_ref().and_then(|lists| lists.exhibit(id)) else { return };
        let question = match questions::question(&exhibit.frozen.kind, &exhibit.frozen.query) {
            Ok(question) => question,
            Err(error) => {
                self.errors.push(UserError::new(Message::new("error-exhibit"), Cause::from(error).told()));
                return;
            }
        };
        let caption = exhibit.text.caption.clone();
        self.open_live(question.live(), caption);
    }

    fn open_live(&mut self, live: Live, caption: String) {
        let Some(case) = &mut self.case else { return };
        match live {
            Live::Records(query) => {
                let scope = questions::scope_of(&query);
                case.records_mut(query.dataset).sort = query.sort;
                self.follow(Link::records(&scope, None));
            }
            Live::Selected(dataset, ids) => self.select_records(dataset, ids),
            Live::Pairs(query) => {
                case.pairs.open(&query);
                self.follow_pairs(query);
            }
            Live::Conversations(query) => {
                case.pairs.open_folded(&query);
                self.follow_pairs(query.pairs);
            }
            Live::Top(query) => {
                let title = display::visible(&caption).into_owned();
                self.dispatch(Action::Show(View::Overview));
                self.dispatch(Action::TopList(Some((title, Box::new(query)))));
            }
            Live::Series(query, shape) => {
                case.timeline.open_as(&query, shape);
                self.follow(Link::records(&query.scope, None).in_view(View::Timeline));
            }
            Live::Address(address) => self.show_address(&address),
            Live::Sightings(query, list) => {
                case.sightings.apply(SightingsAction::Show(Show::By(query.by)));
                case.sightings.apply(SightingsAction::Only(list));
                self.over(View::Sightings, &query.flows);
            }
            Live::Playbook(query) => {
                case.sightings.apply(SightingsAction::Show(Show::Playbook));
                self.over(View::Sightings, &query.scope);
            }
            Live::Sql(statement) => {
                case.sql.open(statement);
                self.dispatch(Action::Show(View::Sql));
            }
            Live::Evidence => self.dispatch(Action::Show(View::Evidence)),
            Live::Analysis(analysis, asked) => {
                let revision = case.revision();
                (self.range, self.duplicates) = (asked.scope.range, asked.scope.duplicates);
                case.library.open(analysis.name, revision, Box::new(AnalysisQuestion { analysis, asked }));
                self.dispatch(Action::Show(View::Queries));
            }
            Live::Groups(query) => {
                let revision = case.revision();
                (self.range, self.duplicates) = (query.scope.range, query.scope.duplicates);
                let name = catalogue::groups_query(query.scope.dataset);
                case.library.open(name, revision, Box::new(GroupsQuestion(query)));
                self.dispatch(Action::Show(View::Queries));
            }
            Live::None => {}
        }
    }

    /// A view that follows the time range and not the filter.
    fn over(&mut self, view: View, scope: &Scope) {
        (self.range, self.duplicates) = (scope.range, scope.duplicates);
        self.dispatch(Action::Show(view));
    }

    /// The pairs view follows the filter of the flows; whether only external pairs are shown is its own.
    fn follow_pairs(&mut self, query: PairQuery) {
        let scope = PairQuery { only_external: false, ..query }.records();
        if let Ok(scope) = scope {
            self.follow(Link::records(&scope, None).in_view(View::Pairs));
        }
    }
}
