//! The help: contents at the left, a chapter at the right, and a search through all of them.

use super::{list_height, title};
use crate::session::help::{Chapter, HelpPage, Line, lines};
use crate::session::{Action, App};
use crate::ui::focus::{self, Arrows, group_ui};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use egui::{Button, Id, Label, RichText, ScrollArea, TextEdit, Ui, vec2};

pub(super) fn help_ui(ui: &mut Ui, app: &App, page: &mut HelpPage, state: &mut UiState, out: &mut Vec<Action>) {
    let t = &app.texts;
    title(ui, t.tr("command-help"));
    let name = t.tr("help-search");
    let field = TextEdit::singleline(&mut page.typed).hint_text(&name).desired_width(f32::INFINITY);
    let field = ui.add(field).accessible_name(&name);
    if state.dialog_is_new {
        field.request_focus();
    }
    ui.add_space(size::GAP);
    let words: Vec<String> = page.typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let height = list_height(ui);
    ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(size::CONTENTS.min(ui.available_width() * 0.35), height), |ui| {
                contents_ui(ui, app, page, height);
            });
            ui.separator();
            let area = ScrollArea::vertical().id_salt(("help", page.chapter, words.is_empty()));
            area.auto_shrink([false, false]).max_height(height).show(ui, |ui| {
                // A scroll area lays out as what it is in does, here side by side.
                ui.vertical(|ui| match words.is_empty() {
                    true => chapter_ui(ui, &lines(t, page.chapter, page.view)),
                    false => found_ui(ui, app, page, &words),
                });
            });
        });
    });
    ui.add_space(size::GAP);
    let close = ui.button(t.tr("close"));
    if close.clicked() {
        out.push(Action::Dialog(None));
    }
}

fn contents_ui(ui: &mut Ui, app: &App, page: &mut HelpPage, height: f32) {
    let area = ScrollArea::vertical().id_salt("help-contents").auto_shrink([false, false]).max_height(height);
    area.show(ui, |ui| {
        group_ui(ui, Id::unique("help-contents"), Arrows::Along, |ui| {
            ui.with_layout(egui::Layout::top_down_justified(egui::Align::Min), |ui| {
                for chapter in Chapter::all() {
                    let is_shown = page.typed.trim().is_empty() && page.chapter == chapter;
                    let text = (egui::Atom::from(chapter.title(&app.texts)), egui::Atom::grow());
                    let entry = ui.add(Button::selectable(is_shown, text).truncate());
                    if is_shown {
                        focus::home(ui, entry.id);
                    }
                    // The arrows turn the pages.
                    if entry.clicked() || entry.gained_focus() && !is_shown && page.typed.is_empty() {
                        page.chapter = chapter;
                        page.typed.clear();
                    }
                }
            });
        });
    });
}

fn chapter_ui(ui: &mut Ui, lines: &[Line]) {
    ui.set_max_width(ui.available_width() - size::SCROLLBAR);
    lines.iter().for_each(|line| line_ui(ui, line));
}

/// The lines of all chapters that hold every word, below the names of their chapters, which lead there.
fn found_ui(ui: &mut Ui, app: &App, page: &mut HelpPage, words: &[String]) {
    ui.set_max_width(ui.available_width() - size::SCROLLBAR);
    let mut any = false;
    let mut opens = None;
    for chapter in Chapter::all() {
        let title = chapter.title(&app.texts);
        let is_named = Line::Head(title.clone()).holds(words);
        let found: Vec<Line> =
            lines(&app.texts, chapter, page.view).into_iter().filter(|line| line.holds(words)).collect();
        if found.is_empty() && !is_named {
            continue;
        }
        any = true;
        let text = RichText::new(title).strong().color(theme::palette(ui).accent);
        if ui.add(Button::new(text).frame(false)).clicked() {
            opens = Some(chapter);
        }
        chapter_ui(ui, &found);
        ui.add_space(size::GAP);
    }
    if !any {
        ui.weak(app.texts.tr("help-nothing"));
    }
    if let Some(chapter) = opens {
        page.chapter = chapter;
        page.typed.clear();
    }
}

fn line_ui(ui: &mut Ui, line: &Line) {
    let wrapped = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).wrap());
    match line {
        Line::Head(text) => {
            ui.add_space(size::GAP);
            ui.strong(text);
        }
        Line::Text(text) => {
            wrapped(ui, RichText::new(text).line_height(Some(size::LINE)));
        }
        Line::Pair(syntax, meaning) => {
            ui.horizontal_top(|ui| {
                let width = ui.available_width() * 0.4;
                ui.allocate_ui(vec2(width, 0.0), |ui| {
                    ui.set_width(width);
                    wrapped(ui, RichText::new(syntax).font(theme::mono()));
                });
                wrapped(ui, RichText::new(meaning).line_height(Some(size::LINE)));
            });
        }
    }
}
