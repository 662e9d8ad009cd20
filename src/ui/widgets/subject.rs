//! Tags and notes of one thing: shown, given, written, removed. Wherever the thing is looked at.

use crate::model::conclusions::{Change, Note, Stamp, Subject};
use crate::present::display;
use crate::session::conclusions::{Lists, Task};
use crate::session::open_case::OpenCase;
use crate::session::unsaved::{self, Place};
use crate::session::{Action, App};
use crate::ui::theme;
use crate::ui::widgets::unsaved::keep;
use egui::{Button, Key, Label, RichText, TextEdit, Ui, vec2};

/// What is being typed about one thing.
#[derive(Default)]
pub struct SubjectState {
    of: Option<Subject>,
    tag: String,
    note: String,
    /// The note that is being changed, and its new words.
    edited: Option<(i64, String)>,
    /// Of the unsaved texts when it was filled.
    revision: u64,
}

impl SubjectState {
    pub(crate) fn is_of(&self, subject: &Subject) -> bool {
        self.of.as_ref() == Some(subject)
    }

    /// With what was typed about this thing before and is not saved.
    fn of(subject: &Subject, app: &App, notes: &Lists) -> Self {
        let (unsaved, place) = (&app.unsaved, Place::Note(subject.clone()));
        let edited = |note: &Note| Some((note.id, unsaved.text(&Place::EditedNote(note.id))?.to_owned()));
        Self {
            of: Some(subject.clone()),
            tag: String::new(),
            note: unsaved.text(&place).unwrap_or_default().to_owned(),
            edited: notes.notes_of(subject).find_map(edited),
            revision: unsaved.revision(),
        }
    }
}

pub(crate) fn subject_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    subject: &Subject,
    state: &mut SubjectState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let Some(lists) = case.conclusions.lists() else {
        ui.weak(t.tr("loading"));
        return;
    };
    if !state.is_of(subject) || state.revision != app.unsaved.revision() {
        *state = SubjectState::of(subject, app, lists);
    }
    tags_ui(ui, app, lists.tags_of(subject), subject, out);
    ui.horizontal_wrapped(|ui| {
        let field = TextEdit::singleline(&mut state.tag).hint_text(t.tr("tag-new")).desired_width(130.0);
        // Its place among the others changes with the first tag, and it keeps the keyboard.
        let field = ui.add(field.id(ui.make_persistent_id("tag-new"))).accessible_name(t.tr("tag-new"));
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let name = state.tag.trim().to_owned();
        let add = ui.add_enabled(!name.is_empty(), Button::new(t.tr("tag-add"))).clicked();
        if (add || entered) && !name.is_empty() {
            write(out, Change::AddTag { name, subjects: vec![subject.clone()] });
            state.tag.clear();
            field.request_focus();
        }
        let has = lists.tags_of(subject);
        for (name, _) in lists.tags.iter().filter(|(name, _)| !has.contains(name)).take(OFFERED) {
            if ui.small_button(format!("+ {}", display::visible(name))).clicked() {
                write(out, Change::AddTag { name: name.clone(), subjects: vec![subject.clone()] });
            }
        }
    });
    for note in lists.notes_of(subject) {
        note_ui(ui, app, note, &mut state.edited, out);
    }
    let field = TextEdit::multiline(&mut state.note).hint_text(t.tr("note-new")).desired_rows(2);
    ui.add(field.desired_width(f32::INFINITY)).accessible_name(t.tr("note-new"));
    let words = state.note.trim().to_owned();
    if ui.add_enabled(!words.is_empty(), Button::new(t.tr("note-add"))).clicked() {
        write(out, Change::AddNote { subject: subject.clone(), text: words });
        state.note.clear();
    }
    keep(app, Place::Note(subject.clone()), unsaved::words(&state.note), out);
}

/// Tags in use that one click gives.
const OFFERED: usize = 4;

pub(crate) fn write(out: &mut Vec<Action>, change: Change) {
    out.push(Action::Write(Task::Change(change)));
}

fn tags_ui(ui: &mut Ui, app: &App, tags: &[String], subject: &Subject, out: &mut Vec<Action>) {
    let t = &app.texts;
    if tags.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let p = theme::palette(ui);
        for name in tags {
            let shown = display::visible(name).into_owned();
            let tip = t.tr_args("tag-remove", &[("tag", &shown)]);
            let chip = Button::new(RichText::new(format!("■ {shown} ×")).color(p.accent)).min_size(vec2(0.0, 0.0));
            if ui.add(chip).on_hover_text(&tip).clicked() {
                write(out, Change::RemoveTag { name: name.clone(), subjects: vec![subject.clone()] });
            }
        }
    });
}

fn note_ui(ui: &mut Ui, app: &App, note: &Note, edited: &mut Option<(i64, String)>, out: &mut Vec<Action>) {
    let t = &app.texts;
    let p = theme::palette(ui);
    ui.separator();
    if let Some((_, words)) = edited.as_mut().filter(|(id, _)| *id == note.id) {
        ui.add(TextEdit::multiline(words).desired_rows(2).desired_width(f32::INFINITY))
            .accessible_name(t.tr("note-new"));
        let mut ends = false;
        ui.horizontal(|ui| {
            if ui.add_enabled(!words.trim().is_empty(), Button::new(t.tr("note-save"))).clicked() {
                write(out, Change::EditNote { id: note.id, text: words.trim().to_owned() });
                ends = true;
            }
            ends |= ui.button(t.tr("cancel")).clicked();
        });
        let changed = unsaved::words(words).filter(|_| !ends && *words != note.text);
        keep(app, Place::EditedNote(note.id), changed, out);
        if ends {
            *edited = None;
        }
        return;
    }
    ui.add(Label::new(&*display::visible_lines(&note.text)).wrap());
    ui.horizontal_wrapped(|ui| {
        let stamp = note.life.changed.as_ref().unwrap_or(&note.life.created);
        let by = stamp_text(app, stamp);
        ui.label(RichText::new(by).color(p.weak)).on_hover_text(&stamp.at_utc);
        if ui.small_button(t.tr("edit")).clicked() {
            *edited = Some((note.id, note.text.clone()));
        }
        if ui.small_button(t.tr("remove")).clicked() {
            write(out, Change::RemoveNote(note.id));
        }
    });
}

/// Who wrote something, and when.
pub(crate) fn stamp_text(app: &App, stamp: &Stamp) -> String {
    let (by, time) = (display::visible(&stamp.by).into_owned(), utc_text(app, &stamp.at_utc));
    app.texts.tr_args("written-by", &[("by", &by), ("time", &time)])
}

/// A stored time in the chosen zone.
pub(crate) fn utc_text(app: &App, text: &str) -> String {
    crate::filter::value::parse_time(text).map_or_else(|| text.to_owned(), |parsed| app.zone.format(parsed.time))
}
