//! Texts that were typed and not saved when the program ended: what each is, and the way to where it belongs.

use super::{dialog_list, title};
use crate::present::display;
use crate::session::unsaved::{Place, TEXT, Words};
use crate::session::{Action, App};
use egui::{Button, Label, Ui};

pub(super) fn unsaved_ui(ui: &mut Ui, app: &App, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("unsaved-title"));
    ui.add(Label::new(t.tr("unsaved-text")).wrap());
    dialog_list(ui, "unsaved", |ui| {
        for (place, words) in app.unsaved.recovered() {
            ui.separator();
            ui.strong(name(app, place));
            let shown = whole(words);
            ui.add(Label::new(&*display::visible_lines(&shown)).wrap());
            ui.horizontal_wrapped(|ui| {
                let go = ui.add_enabled(app.has_place(place), Button::new(t.tr("unsaved-go")));
                if go.on_disabled_hover_text(t.tr("unsaved-no-place")).clicked() {
                    out.push(Action::GoToUnsaved(place.clone()));
                }
                if ui.button(t.tr("unsaved-copy")).clicked() {
                    out.push(Action::Copy(shown.clone()));
                }
                if ui.button(t.tr("unsaved-discard")).clicked() {
                    out.push(Action::DiscardTyped(place.clone()));
                }
            });
        }
    });
    ui.add_space(crate::ui::theme::size::GAP_LARGE);
    if ui.button(t.tr("close")).clicked() {
        out.push(Action::Dialog(None));
    }
}

/// What a text is, by what it belongs to.
fn name(app: &App, place: &Place) -> String {
    let t = &app.texts;
    let lists = app.case.as_ref().and_then(|case| case.conclusions.lists());
    let named = |key: &str, what: &str| t.tr_args(key, &[("what", &display::visible(what))]);
    match place {
        Place::Note(subject) => named("unsaved-note", &subject.key()),
        Place::EditedNote(id) => {
            let note = lists.and_then(|lists| lists.notes.iter().find(|note| note.id == *id));
            named("unsaved-edited-note", &note.map_or_else(String::new, |note| note.subject.key()))
        }
        Place::Finding(id) => {
            let finding = lists.and_then(|lists| lists.finding(*id));
            named("unsaved-finding", finding.map_or("", |finding| &finding.text.title))
        }
        Place::Exhibit(id) => {
            let exhibit = lists.and_then(|lists| lists.exhibit(*id));
            named("unsaved-exhibit", exhibit.map_or("", |exhibit| &exhibit.text.caption))
        }
        Place::NewExhibit => t.tr("unsaved-new-exhibit"),
        Place::Report(field) => named("unsaved-report", &t.tr(&format!("report-{}", field.name()))),
        Place::Statement => t.tr("unsaved-statement"),
    }
}

/// Every part that is a text of its own, a line each.
fn whole(words: &Words) -> String {
    let is_text = |name: &str| ["title", "caption", TEXT, "note"].contains(&name);
    let parts = words.iter().filter(|(name, part)| is_text(name) && !part.is_empty());
    parts.map(|(_, part)| part.as_str()).collect::<Vec<_>>().join("\n")
}
