//! What is typed and not saved: kept, offered back, put where it belongs.

use crate::app::failure::Cause;
use crate::model::conclusions::Change;
use crate::session::action::{Action, Dialog, Effect, ExhibitDraft};
use crate::session::command::Command;
use crate::session::conclusions::{Made, Task};
use crate::session::state::{App, Message, UserError};
use crate::session::unsaved::{self, Place, Unsaved};
use crate::session::view::View;

impl App {
    /// Those of the case that is about to be opened.
    pub(super) fn open_unsaved(&mut self, path: &std::path::Path) {
        let (unsaved, fault) = Unsaved::open(path, self.config.as_deref());
        self.unsaved = unsaved;
        self.tell_unsaved(fault);
    }

    pub(super) fn finish_unsaved(&mut self) {
        let fault = self.unsaved.end();
        self.tell_unsaved(fault);
        self.unsaved = Unsaved::default();
    }

    pub(super) fn poll_unsaved(&mut self) {
        let fault = self.unsaved.poll(&self.waker);
        self.tell_unsaved(fault);
    }

    pub(super) fn tell_unsaved(&mut self, fault: Option<Cause>) {
        if let Some(fault) = fault {
            self.errors.push(UserError::new(Message::new("error-unsaved"), fault.told()));
        }
    }

    /// A task takes what was typed along into the case.
    pub(super) fn hand_over(&mut self, task: &Task) {
        match task {
            Task::Exhibit(_) => self.unsaved.hand_over(Place::NewExhibit, None),
            Task::Change(change) => {
                let text = match change {
                    Change::AddNote { text, .. } | Change::EditNote { text, .. } => unsaved::words(text),
                    _ => None,
                };
                if let Some(place) = unsaved::place_of(change) {
                    self.unsaved.hand_over(place, text);
                }
            }
        }
    }

    pub(super) fn arrived(&mut self, made: &Made) {
        place_of(&made.task).iter().for_each(|place| self.unsaved.arrived(place));
    }

    /// The task could not be made.
    pub(super) fn came_back(&mut self, task: &Task) {
        place_of(task).iter().for_each(|place| self.unsaved.came_back(place));
    }

    /// The dialog of a new exhibit keeps its words as any field does; left, they are thrown away.
    pub(super) fn note_exhibit_dialog(&mut self, dialog: Option<&Dialog>) {
        match (dialog, &self.dialog) {
            (Some(Dialog::AddExhibit(draft)), _) => {
                let mut words = unsaved::of_exhibit(&draft.text);
                words.insert(unsaved::TEXT.to_owned(), draft.words.clone());
                let any = words.values().any(|part| !part.is_empty());
                self.unsaved.set(Place::NewExhibit, any.then_some(words));
            }
            (None, Some(Dialog::AddExhibit(_))) => self.unsaved.set(Place::NewExhibit, None),
            _ => {}
        }
    }

    /// A new exhibit, with the words that were typed for one.
    pub(super) fn exhibit_draft(&self) -> ExhibitDraft {
        let rows = crate::session::shown::USUAL_ROWS.to_string();
        let draft = ExhibitDraft { rows, ..ExhibitDraft::default() };
        let Some(words) = self.unsaved.get(&Place::NewExhibit) else { return draft };
        let text = unsaved::exhibit(words, &draft.text);
        ExhibitDraft { text, words: words.get(unsaved::TEXT).cloned().unwrap_or_default(), ..draft }
    }

    /// To where a text belongs: it is in its field there.
    pub(super) fn go_to_unsaved(&mut self, place: &Place) {
        self.unsaved.acknowledge();
        self.dialog = None;
        match place {
            Place::Note(subject) => self.dialog = Some(Dialog::TagsAndNotes(subject.clone())),
            Place::EditedNote(id) => {
                let lists = self.case.as_ref().and_then(|case| case.conclusions.lists());
                let note = lists.and_then(|lists| lists.notes.iter().find(|note| note.id == *id));
                self.dialog = note.map(|note| Dialog::TagsAndNotes(note.subject.clone()));
            }
            Place::Finding(id) => {
                self.dispatch(Action::Show(View::Findings));
                self.effects.push(Effect::ShowFinding(*id));
            }
            Place::Exhibit(id) => {
                self.dispatch(Action::LookAt(*id));
                self.dispatch(Action::Show(View::Exhibits));
            }
            Place::NewExhibit => self.dispatch(Action::Command(Command::AddExhibit)),
            Place::Report(_) => self.dispatch(Action::Show(View::Exhibits)),
            Place::Statement => {
                let statement = self.unsaved.text(place).map(str::to_owned);
                if let (Some(case), Some(statement)) = (&mut self.case, statement) {
                    case.sql.edit(statement);
                }
                self.dispatch(Action::Show(View::Sql));
            }
        }
    }

    /// Is there still something in the case that the text belongs to?
    pub fn has_place(&self, place: &Place) -> bool {
        let Some(lists) = self.case.as_ref().and_then(|case| case.conclusions.lists()) else { return false };
        match place {
            Place::EditedNote(id) => lists.notes.iter().any(|note| note.id == *id),
            Place::Finding(id) => lists.finding(*id).is_some(),
            Place::Exhibit(id) => lists.exhibit(*id).is_some(),
            Place::Note(_) | Place::NewExhibit | Place::Report(_) | Place::Statement => true,
        }
    }
}

/// Where the words of a task were typed.
fn place_of(task: &Task) -> Option<Place> {
    match task {
        Task::Exhibit(_) => Some(Place::NewExhibit),
        Task::Change(change) => unsaved::place_of(change),
    }
}
