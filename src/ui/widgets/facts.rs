//! Facts about one thing, in a pane beside a list: names with values, sections, texts that can be copied.

use crate::present::display;
use crate::session::{Action, App};
use crate::ui::theme::{self, size};
use egui::{Align, Button, CollapsingHeader, Label, Layout, Response, RichText, TextEdit, TextWrapMode, Ui, vec2};

/// A name and a value side by side; nothing where there is no value.
pub(crate) fn fact_ui(ui: &mut Ui, name: &str, value: &str) {
    if !value.is_empty() {
        let width = (ui.available_width() * 0.34).max(90.0);
        named_ui(ui, width, name, RichText::new(&*display::visible_lines(value)));
    }
}

/// A name and a value side by side, each wrapping in its own column; `width`: of the names.
pub(crate) fn named_ui(ui: &mut Ui, width: f32, name: &str, value: RichText) {
    ui.horizontal_top(|ui| {
        let p = theme::palette(ui);
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            let name = RichText::new(name).color(p.weak).line_height(Some(size::LINE));
            ui.add(Label::new(name).wrap_mode(TextWrapMode::Wrap));
        });
        let value = value.line_height(Some(size::LINE));
        ui.add(Label::new(value).wrap_mode(TextWrapMode::Wrap).selectable(true));
    });
}

/// A part that can be folded.
pub(crate) fn section_ui(ui: &mut Ui, title: &str, content: impl FnOnce(&mut Ui)) {
    ui.add_space(size::GAP);
    CollapsingHeader::new(RichText::new(title).strong()).default_open(true).show(ui, content);
}

/// A small button that copies a text.
pub(crate) fn copy_button(ui: &mut Ui, title: &str, text: &str, out: &mut Vec<Action>) -> Response {
    let response = ui.add(Button::new(title).small());
    if response.clicked() {
        out.push(Action::Copy(text.to_owned()));
    }
    response
}

/// Characters of a text that are laid out; all of it can be copied.
const SHOWN: usize = 100_000;

/// A text as it is, which can be selected and copied.
pub(crate) fn text_block_ui(ui: &mut Ui, app: &App, name: &str, text: &str, out: &mut Vec<Action>) {
    copy_button(ui, &app.texts.tr("copy-raw"), text, out);
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    let shown = display::visible_lines(text.get(..end).unwrap_or_default());
    read_only_ui(ui, name, &shown, 1);
}

/// A text that can be selected but not changed, at least so many lines high.
pub(crate) fn read_only_ui(ui: &mut Ui, name: &str, mut text: &str, lines: usize) {
    let edit = TextEdit::multiline(&mut text).font(theme::mono()).desired_width(f32::INFINITY).desired_rows(lines);
    ui.add(edit).accessible_name(name);
}
