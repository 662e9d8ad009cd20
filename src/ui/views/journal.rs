//! The journal: every change to the case with who made it and when, the state of the hash chain, and what an entry says.

use crate::app::journal::{ACTIONS, About, Entry};
use crate::case::journal::Checked;
use crate::present::display;
use crate::session::journal::{Journal, JournalAction};
use crate::session::open_case::OpenCase;
use crate::session::{Action, App, View};
use crate::ui::motion;
use crate::ui::state::{EntryMembers, JournalState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::views::cell_menu::Items;
use crate::ui::views::{beside_head_ui, beside_ui};
use crate::ui::widgets::empty::{Empty, empty_ui};
use crate::ui::widgets::facts::{copy_button, fact_ui, section_ui, text_block_ui};
use crate::ui::widgets::grid::RowMarks;
use crate::ui::widgets::list::{List, ListColumn, column, search_id};
use crate::ui::widgets::subject::utc_text;
use egui::{ComboBox, Label, RichText, ScrollArea, TextEdit, Ui};
use std::sync::Arc;

pub(crate) fn journal_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let (t, journal) = (&app.texts, &case.journal);
    let Some(read) = journal.read() else {
        let text = journal.fault().map_or_else(|| t.tr("loading"), |why| why.why(t));
        ui.centered_and_justified(|ui| ui.label(text));
        return;
    };
    let all = read.entries.len() as u64;
    ui.horizontal_wrapped(|ui| {
        ui.heading(t.tr("nav-journal"));
        ui.weak(t.tr_args("journal-count", &[("count", &display::count(all))]));
    });
    chain_ui(ui, app, journal, all, out);
    choices_ui(ui, app, journal, out);
    let state = &mut state.journal;
    if let Some(entry) = journal.looked_at() {
        let members = members(&read.entries, entry, state);
        beside_ui(ui, app, ("journal-entry", 0.6), |ui| entry_ui(ui, app, entry, members, out));
    }
    let Some(entries) = journal.entries() else {
        ui.weak(t.tr("loading"));
        return;
    };
    if entries.is_empty() {
        let empty = Empty { title: t.tr("journal-none"), text: t.tr("journal-none-next") };
        let words = Arc::default();
        let clear = vec![
            JournalAction::Search { text: String::new(), words },
            JournalAction::Kind(None),
            JournalAction::Examiner(None),
        ];
        if empty_ui(ui, &empty, &[(t.tr("journal-all"), true)]).is_some() {
            out.extend(clear.into_iter().map(Action::Journal));
        }
        return;
    }
    list_ui(ui, app, entries, state, out);
}

/// Is the chain whole, and the head to be compared with what was noted elsewhere.
fn chain_ui(ui: &mut Ui, app: &App, journal: &Journal, all: u64, out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    ui.horizontal_wrapped(|ui| {
        let action = match (journal.passed(), journal.chain()) {
            (Some(passed), _) => {
                let args = [("checked", &*display::count(passed)), ("all", &*display::count(all))];
                ui.label(t.tr_args("journal-checking", &args));
                motion::busy_ui(ui);
                Some(("cancel", JournalAction::StopCheck))
            }
            (None, Some(Checked::Whole)) => {
                let text = t.tr_args("journal-whole", &[("count", &display::count(all))]);
                ui.label(RichText::new(text).color(p.label).strong()).on_hover_text(t.tr("journal-whole-tip"));
                None
            }
            (None, Some(Checked::Broken(at))) => {
                let why = t.tr(&format!("journal-fault-{}", at.fault.name()));
                let text = t.tr_args("journal-broken", &[("entry", &at.seq.to_string()), ("why", &why)]);
                ui.add(Label::new(RichText::new(text).color(p.error).strong()).wrap());
                if ui.button(t.tr("journal-show-break")).clicked() {
                    out.push(Action::Journal(JournalAction::LookAt(Some(at.seq))));
                }
                None
            }
            (None, Some(Checked::Stopped) | None) => {
                ui.label(RichText::new(t.tr("journal-unchecked")).color(p.warning));
                Some(("journal-check", JournalAction::Check))
            }
        };
        if let Some((text, action)) = action
            && ui.button(t.tr(text)).clicked()
        {
            out.push(Action::Journal(action));
        }
    });
    let Some(head) = journal.head() else { return };
    ui.horizontal_wrapped(|ui| {
        ui.label(t.tr("journal-head")).on_hover_text(t.tr("journal-head-tip"));
        ui.label(RichText::new(head).font(theme::mono()));
        copy_button(ui, &t.tr("journal-copy-head"), head, out);
    });
}

fn choices_ui(ui: &mut Ui, app: &App, journal: &Journal, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some(read) = journal.read() else { return };
    ui.horizontal_wrapped(|ui| {
        let mut text = journal.search().to_owned();
        let hint = t.tr("list-search");
        let field = TextEdit::singleline(&mut text).hint_text(&*hint).desired_width(size::SIDE);
        let field = field.id(search_id(View::Journal));
        if ui.add(field.align(egui::Align2::LEFT_CENTER)).accessible_name(&*hint).changed() {
            let words = ACTIONS.iter().map(|action| ((*action).to_owned(), action_text(action, app))).collect();
            out.push(Action::Journal(JournalAction::Search { text, words: Arc::new(words) }));
        }
        let all_kinds = t.tr("journal-all-kinds");
        let shown = journal.kind().map_or_else(|| all_kinds.clone(), |kind| action_text(kind, app));
        let kinds = ComboBox::from_id_salt("journal-kind").selected_text(shown).height(size::MENU_LONG);
        let shown = kinds.show_ui(ui, |ui| {
            if ui.selectable_label(journal.kind().is_none(), &all_kinds).clicked() {
                out.push(Action::Journal(JournalAction::Kind(None)));
            }
            for (kind, count) in &read.kinds {
                let text = format!("{} ({})", action_text(kind, app), display::count(*count));
                if ui.selectable_label(journal.kind() == Some(kind), text).clicked() {
                    out.push(Action::Journal(JournalAction::Kind(Some(kind.clone()))));
                }
            }
        });
        shown.response.accessible_name(t.tr("journal-column-action"));
        let all_examiners = t.tr("journal-all-examiners");
        let shown = journal.examiner().map_or_else(|| all_examiners.clone(), |who| examiner_text(who, app));
        let shown = ComboBox::from_id_salt("journal-examiner").selected_text(shown).show_ui(ui, |ui| {
            if ui.selectable_label(journal.examiner().is_none(), &all_examiners).clicked() {
                out.push(Action::Journal(JournalAction::Examiner(None)));
            }
            for who in &read.examiners {
                if ui.selectable_label(journal.examiner() == Some(who), examiner_text(who, app)).clicked() {
                    out.push(Action::Journal(JournalAction::Examiner(Some(who.clone()))));
                }
            }
        });
        shown.response.accessible_name(t.tr("journal-column-examiner"));
        if let Some(entries) = journal.entries().filter(|entries| entries.len() < read.entries.len()) {
            let numbers = [entries.len(), read.entries.len()].map(|count| display::count(count as u64));
            let [shown, all] = numbers.each_ref().map(String::as_str);
            ui.weak(t.tr_args("list-more", &[("shown", shown), ("all", all)]));
        }
    });
}

/// The kind of an entry in words; what a later version writes, as it is.
pub(crate) fn action_text(action: &str, app: &App) -> String {
    let id = format!("journal-action-{}", action.replace('_', "-"));
    if app.texts.has(&id) { app.texts.tr(&id) } else { display::visible(action).into_owned() }
}

fn examiner_text(examiner: &str, app: &App) -> String {
    if examiner.is_empty() { app.texts.tr("journal-no-examiner") } else { display::visible(examiner).into_owned() }
}

/// Characters of a hash that tell entries apart on screen.
const SHORT_HASH: usize = 12;

fn list_ui(ui: &mut Ui, app: &App, entries: &Arc<[Entry]>, state: &mut JournalState, out: &mut Vec<Action>) {
    let columns: [ListColumn<Entry>; 6] = [
        column("column-id", 60.0, true, |e, _| e.stored.seq.to_string()),
        column("journal-column-time", 185.0, false, |e, app| utc_text(app, &e.stored.at_utc)),
        column("journal-column-examiner", 130.0, false, |e, _| e.stored.examiner.clone()),
        column("journal-column-action", 180.0, false, |e, app| action_text(&e.stored.action, app)),
        column("journal-column-subject", 240.0, false, |e, _| e.subject.clone()),
        column("journal-column-hash", 120.0, false, |e, _| e.stored.hash.chars().take(SHORT_HASH).collect()),
    ];
    let name = app.texts.tr("nav-journal");
    let list = List { id: "journal", name: &name, rows: entries, columns: &columns, marks: Some(marks), menu };
    let chosen = list.choose(ui, app, &mut state.entries, out);
    if let Some(entry) = chosen.and_then(|at| entries.get(at)) {
        out.push(Action::Journal(JournalAction::LookAt(Some(entry.stored.seq))));
    }
}

/// The entry that breaks the chain.
fn marks(entry: &Entry, app: &App) -> RowMarks {
    let chain = app.case.as_ref().and_then(|case| case.journal.chain());
    let warning = matches!(chain, Some(Checked::Broken(at)) if at.seq == entry.stored.seq);
    RowMarks { warning, ..RowMarks::default() }
}

fn menu(ui: &mut Ui, app: &App, entry: &Entry, items: &mut Items, out: &mut Vec<Action>) {
    let t = &app.texts;
    for about in &entry.about {
        items.item(ui, about_text(about, app), Action::ShowAbout(about.clone()), out);
    }
    let only = Action::Journal;
    let (kind, examiner) = (entry.stored.action.clone(), entry.stored.examiner.clone());
    items.item(ui, t.tr("journal-only-kind"), only(JournalAction::Kind(Some(kind))), out);
    items.item(ui, t.tr("journal-only-examiner"), only(JournalAction::Examiner(Some(examiner))), out);
    ui.separator();
    items.item(ui, t.tr("journal-copy-hash"), Action::Copy(entry.stored.hash.clone()), out);
}

fn about_text(about: &About, app: &App) -> String {
    let t = &app.texts;
    match about {
        About::Evidence(id) => t.tr_args("journal-show-evidence", &[("number", &id.0.to_string())]),
        About::Received => t.tr("journal-show-received"),
        About::Exhibit(id) => t.tr_args("journal-show-exhibit", &[("number", &id.to_string())]),
        About::Finding(_) => t.tr("journal-show-finding"),
        About::Tag(_, name) => t.tr_args("journal-show-tag", &[("name", &display::visible(name))]),
        About::Records(_, ids) => t.tr_args("journal-show-records", &[("count", &display::count(ids.len() as u64))]),
        About::Address(address) => t.tr_args("journal-show-address", &[("address", address)]),
        About::Indicators => t.tr("journal-show-indicators"),
    }
}

/// The members of an entry. Read once: one that is about many records is long.
fn members<'a>(of: &Arc<[Entry]>, entry: &Entry, state: &'a mut JournalState) -> &'a [(String, String)] {
    let seq = entry.stored.seq;
    if state.members.as_ref().is_none_or(|known| !Arc::ptr_eq(&known.among, of) || known.seq != seq) {
        state.members = None;
    }
    let read = || EntryMembers { among: Arc::clone(of), seq, members: entry.members() };
    &state.members.get_or_insert_with(read).members
}

/// What an entry says: in words, and as it is stored.
fn entry_ui(ui: &mut Ui, app: &App, entry: &Entry, members: &[(String, String)], out: &mut Vec<Action>) {
    let (t, stored) = (&app.texts, &entry.stored);
    if beside_head_ui(ui, app, t.tr_args("journal-entry", &[("number", &stored.seq.to_string())])) {
        out.push(Action::Journal(JournalAction::LookAt(None)));
    }
    ScrollArea::vertical().id_salt("journal-entry").auto_shrink([false, false]).show(ui, |ui| {
        ui.add(Label::new(RichText::new(action_text(&stored.action, app)).strong()).wrap());
        fact_ui(ui, &t.tr("journal-column-subject"), &entry.subject);
        fact_ui(ui, &t.tr_args("journal-column-time", &[("zone", app.zone.name())]), &utc_text(app, &stored.at_utc));
        fact_ui(ui, &t.tr("journal-column-examiner"), &examiner_text(&stored.examiner, app));
        fact_ui(ui, &t.tr("journal-version"), &stored.tool_version);
        ui.horizontal_wrapped(|ui| {
            for about in &entry.about {
                if ui.button(about_text(about, app)).clicked() {
                    out.push(Action::ShowAbout(about.clone()));
                }
            }
        });
        section_ui(ui, &t.tr("journal-members"), |ui| {
            if members.is_empty() {
                ui.weak(t.tr("journal-no-members"));
            }
            for (path, value) in members {
                fact_ui(ui, &member_text(path, app), &display::clipped(value).0);
            }
        });
        section_ui(ui, &t.tr("journal-raw"), |ui| {
            for (key, text) in [("journal-parameters", &stored.parameters), ("journal-counts", &stored.counts)] {
                ui.weak(t.tr(key));
                text_block_ui(ui, app, &t.tr(key), text, out);
            }
        });
        section_ui(ui, &t.tr("journal-hashes"), |ui| {
            for (key, hash) in [("journal-hash", &stored.hash), ("journal-previous-hash", &stored.previous_hash)] {
                ui.weak(t.tr(key));
                ui.add(Label::new(RichText::new(hash).font(theme::mono())).wrap());
                copy_button(ui, &t.tr("journal-copy-hash"), hash, out);
            }
        });
    });
}

/// The path of a member, its last part in words where there are any: the names themselves are the journal's.
fn member_text(path: &str, app: &App) -> String {
    let t = &app.texts;
    let part = |name: &str| {
        let id = format!("journal-member-{}", name.replace('_', "-"));
        if t.has(&id) { t.tr(&id) } else { display::visible(name).into_owned() }
    };
    path.split('.').map(part).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::ACTIONS;
    use crate::case::journal::Fault;
    use crate::present::text::{Language, Texts};

    #[test]
    fn every_kind_of_entry_and_every_fault_has_its_words() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            for action in ACTIONS {
                let id = format!("journal-action-{}", action.replace('_', "-"));
                assert!(texts.has(&id), "{id}");
            }
            for fault in Fault::ALL {
                let id = format!("journal-fault-{}", fault.name());
                assert!(texts.has(&id), "{id}");
            }
        }
    }
}
