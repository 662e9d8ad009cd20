//! The filter line: mistakes underlined where they are, completion of fields and values, what was used before.

use super::theme::{self, size};
use crate::filter::{Check, Filter, FilterError, Target};
use crate::model::{Dataset, Label, Purpose, SavedFilter};
use crate::present::display;
use crate::session::open_case::OpenCase;
use crate::session::records::Records;
use crate::session::text_filter::{self, Completion};
use crate::session::{Action, App, Command, Dialog};
use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::text_edit::TextEditState;
use egui::{
    Button, Context, EventFilter, FontId, Id, Key, Modifiers, Popup, PopupCloseBehavior, Response, RichText,
    ScrollArea, Stroke, TextEdit, TextWrapMode, Ui,
};
use std::ops::Range;

#[derive(Default)]
pub struct FilterBarState {
    wants_focus: bool,
    /// The keyboard left the field for the table.
    leaves: bool,
    /// Entry of the completion list that the arrows chose.
    chosen: Option<usize>,
    /// Esc closed the list; it opens again with the next letter.
    dismissed: bool,
    cursor: usize,
    list_is_open: bool,
    /// What is to the right of the field, as it was drawn last.
    buttons_width: f32,
}

impl FilterBarState {
    /// Puts the keyboard into the field at once, with all of its text selected, so that typing begins a new filter.
    pub fn focus(&mut self, ctx: &Context, dataset: Dataset, text: &str) {
        let id = field_id(dataset);
        let mut edit = TextEditState::load(ctx, id).unwrap_or_default();
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
        edit.cursor.set_char_range(Some(all));
        edit.store(ctx, id);
        ctx.memory_mut(|m| m.request_focus(id));
    }

    pub fn take_leaves(&mut self) -> bool {
        std::mem::take(&mut self.leaves)
    }
}

fn field_id(dataset: Dataset) -> Id {
    Id::unique(("filter", dataset))
}

pub(crate) fn filter_bar_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    dataset: Dataset,
    state: &mut FilterBarState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let records = case.records(dataset);
    ui.horizontal(|ui| {
        step_button(ui, app, Command::Back, "◀", out);
        step_button(ui, app, Command::Forward, "▶", out);
        let label = ui.label(t.tr("filter-label"));
        let right = ui.max_rect().right();
        let width = (ui.available_width() - state.buttons_width).max(120.0);
        field_ui(ui, app, case, records, label.id, width, state, out);
        let buttons_from = ui.min_rect().right();
        let changed = records.draft.trim() != records.applied();
        if ui.add_enabled(changed, Button::new(t.tr("filter-apply"))).clicked() {
            out.push(Action::ApplyFilter(dataset, records.draft.clone()));
        }
        let clear = ui.add_enabled(!records.draft.is_empty(), Button::new("×"));
        clear.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, t.tr("filter-clear")));
        if clear.on_hover_text(t.tr("filter-clear")).clicked() {
            out.push(Action::ApplyFilter(dataset, String::new()));
        }
        ui.menu_button(t.tr("filter-history"), |ui| {
            saved_ui(ui, app, case, dataset, out);
            history_ui(ui, app, dataset, out);
        });
        watched_ui(ui, app, case, dataset, out);
        let text = records.applied().to_owned();
        let save = ui.add_enabled(!text.is_empty(), Button::new(t.tr("filter-save")));
        if save.on_hover_text(t.tr("filter-save-tip")).clicked() {
            let filter = SavedFilter { dataset, name: String::new(), text, note: String::new() };
            out.push(Action::Dialog(Some(Dialog::SaveFilter(filter))));
        }
        // The field takes what the buttons leave, whatever the language makes of their texts.
        let buttons_width = ui.min_rect().right() - buttons_from + size::GAP;
        if (buttons_width - state.buttons_width).abs() > 0.5 && buttons_width < right {
            state.buttons_width = buttons_width;
            ui.ctx().request_repaint();
        }
    });
    // While proposals are shown the text is on its way; the underline says enough.
    if let Some(problem) = records.problem.as_ref().filter(|_| !state.list_is_open) {
        problem_ui(ui, app, records, problem, out);
    }
}

/// Only what matches an indicator, or one list; where anything is searched for.
fn watched_ui(ui: &mut Ui, app: &App, case: &OpenCase, dataset: Dataset, out: &mut Vec<Action>) {
    let (t, indicators) = (&app.texts, &case.indicators);
    let labels: Vec<&Label> = indicators.labels().collect();
    if !indicators.looks_for_something() && labels.is_empty() {
        return;
    }
    let mut entry = |ui: &mut Ui, text: String, clause: Filter| {
        if ui.button(text).clicked() {
            out.push(Action::Narrow(dataset, clause));
            ui.close();
        }
    };
    let shown = |name: &str| display::visible(&display::clipped(name).0).into_owned();
    ui.menu_button(t.tr("filter-watched"), |ui| {
        ui.set_max_height(size::POPUP_ROWS);
        ScrollArea::vertical().show(ui, |ui| {
            if indicators.looks_for_something() {
                let sighted = Filter::test(Target::Indicator, Check::Present);
                entry(ui, t.tr("filter-only-sightings"), sighted.clone());
                entry(ui, t.tr("filter-no-sightings"), sighted.complement());
                let lists = indicators.lists().filter(|list| list.enabled && list.purpose == Purpose::KnownBad);
                for list in lists {
                    let text = t.tr_args("filter-only-list", &[("name", &shown(&list.name))]);
                    entry(ui, text, Filter::named(Target::Indicator, &list.name));
                }
            }
            let mut names: Vec<&str> = labels.iter().map(|label| label.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let text = t.tr_args("filter-only-label", &[("name", &shown(name))]);
                entry(ui, text, Filter::named(Target::Label, name));
            }
        });
    });
}

/// The filters of these records that the case keeps, above those that were used recently.
fn saved_ui(ui: &mut Ui, app: &App, case: &OpenCase, dataset: Dataset, out: &mut Vec<Action>) {
    let mut any = false;
    for filter in case.saved_filters.list().iter().filter(|filter| filter.dataset == dataset) {
        let text = display::visible(&display::clipped(&filter.name).0).into_owned();
        let button = ui.button(RichText::new(text).strong());
        if button.on_hover_text(&*display::visible(&filter.text)).clicked() {
            out.push(Action::ApplyFilter(dataset, filter.text.clone()));
            ui.close();
        }
        any = true;
    }
    if any {
        ui.separator();
    }
    ui.weak(app.texts.tr("filter-used"));
}

pub(crate) fn step_button(ui: &mut Ui, app: &App, command: Command, sign: &str, out: &mut Vec<Action>) {
    let name = app.texts.tr(&command.text_id());
    let response = ui.add_enabled(app.is_enabled(command), Button::new(sign));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, app.is_enabled(command), &name));
    let shortcut = command.shortcut().map(|s| s.to_string()).unwrap_or_default();
    if response.on_hover_text(format!("{name}  {shortcut}")).clicked() {
        out.push(Action::Command(command));
    }
}

#[expect(clippy::too_many_arguments, reason = "one call site, split off for its length")]
fn field_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    records: &Records,
    label: Id,
    width: f32,
    state: &mut FilterBarState,
    out: &mut Vec<Action>,
) {
    let id = field_id(records.dataset);
    let has_focus = ui.memory(|m| m.has_focus(id));
    let known = |field, typed: &str| case.completions.values(field, typed).unwrap_or_default().to_vec();
    let completion = text_filter::complete(&records.draft, state.cursor, records.dataset, &known);
    out.push(Action::Complete(completion.values.clone().filter(|_| has_focus)));
    let entries = completion.candidates.clone();
    let is_open = has_focus && !state.dismissed && !entries.is_empty();
    state.list_is_open = is_open;
    let accepted = if is_open { list_keys(ui, state, entries.len()) } else { None };
    let entered = has_focus && accepted.is_none() && ui.input(|i| i.key_pressed(Key::Enter));

    let hint = match records.dataset {
        Dataset::Flows => app.texts.tr("filter-hint"),
        Dataset::Events => app.texts.tr("filter-hint-events"),
    };
    let mut text = records.draft.clone();
    let problem = records.problem.clone();
    let mut layouter = |ui: &Ui, buffer: &dyn egui::TextBuffer, _wrap: f32| {
        ui.fonts_mut(|f| f.layout_job(highlighted(ui, buffer.as_str(), problem.as_ref())))
    };
    let edit = TextEdit::singleline(&mut text)
        .align(egui::Align2::LEFT_CENTER)
        .id(id)
        .desired_width(width)
        .hint_text(hint)
        .lock_focus(is_open)
        .layouter(&mut layouter);
    let response = edit.show(ui);
    if let Some(range) = response.cursor_range {
        state.cursor = byte_of(&text, range.primary.index.into());
    }
    let response = response.response.response.clone().labelled_by(label);
    let down = has_focus && !is_open && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::ArrowDown));
    state.leaves |= down || response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape));
    if is_open {
        // Esc closes the list and leaves the cursor where it was.
        let keys = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|m| m.set_focus_lock_filter(id, keys));
    }
    if std::mem::take(&mut state.wants_focus) {
        response.request_focus();
    }
    if response.changed() {
        state.dismissed = false;
        state.chosen = None;
        out.push(Action::EditFilter(records.dataset, text.clone()));
    }
    // The letters may have come with the key, in one frame: what counts is the text with them.
    if entered {
        match text_filter::parse(&text, records.dataset) {
            // On to the rows, unless there is something to mend.
            Ok(_) => state.leaves = true,
            Err(_) => state.wants_focus = true,
        }
        out.push(Action::ApplyFilter(records.dataset, text.clone()));
    }
    let clicked = if is_open { list_ui(&response, &entries, state) } else { None };
    if let Some(at) = accepted.or(clicked) {
        let completion = text_filter::complete(&text, state.cursor, records.dataset, &known);
        accept(ui, id, records.dataset, text, &completion, at, state, out);
    }
}

/// Arrows choose, Tab and (once something is chosen) Enter accept, Esc closes.
fn list_keys(ui: &Ui, state: &mut FilterBarState, entries: usize) -> Option<usize> {
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        state.chosen = Some(state.chosen.map_or(0, |at| (at + 1) % entries));
    }
    if pressed(Key::ArrowUp) {
        state.chosen = Some(state.chosen.map_or(entries - 1, |at| (at + entries - 1) % entries));
    }
    if pressed(Key::Escape) {
        state.dismissed = true;
        return None;
    }
    if pressed(Key::Tab) {
        return Some(state.chosen.unwrap_or(0));
    }
    let chosen = state.chosen?;
    pressed(Key::Enter).then_some(chosen)
}

fn list_ui(field: &Response, entries: &[String], state: &FilterBarState) -> Option<usize> {
    let mut clicked = None;
    Popup::from_response(field)
        .id(Id::unique("completion"))
        .open(true)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .show(|ui| {
            ui.set_min_width(size::POPUP);
            ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
            ScrollArea::vertical().max_height(size::POPUP_ROWS).min_scrolled_height(size::POPUP_ROWS).show(ui, |ui| {
                for (at, entry) in entries.iter().enumerate() {
                    let response = ui.selectable_label(state.chosen == Some(at), &*display::visible(entry));
                    if state.chosen == Some(at) {
                        response.scroll_to_me(None);
                    }
                    // On press: a click takes the focus from the field first, which closes the list.
                    if response.is_pointer_button_down_on() || response.clicked() {
                        clicked = Some(at);
                    }
                }
            });
        });
    clicked
}

#[expect(clippy::too_many_arguments, reason = "one call site, split off for its length")]
fn accept(
    ui: &Ui,
    id: Id,
    dataset: Dataset,
    mut text: String,
    completion: &Completion,
    at: usize,
    state: &mut FilterBarState,
    out: &mut Vec<Action>,
) {
    let range = completion.replaces.clone();
    let (Some(entry), Some(_)) = (completion.candidates.get(at), text.get(range.clone())) else { return };
    let mut inserted = entry.to_owned();
    if !text.get(range.end..).is_some_and(|rest| rest.starts_with(' ')) {
        inserted.push(' ');
    }
    text.replace_range(range.clone(), &inserted);
    let cursor = range.start + inserted.len();
    let mut edit = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let at = text.get(..cursor).map_or(0, |head| head.chars().count());
    edit.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(at))));
    edit.store(ui.ctx(), id);
    ui.memory_mut(|m| m.request_focus(id));
    state.cursor = cursor;
    state.chosen = None;
    out.push(Action::EditFilter(dataset, text));
}

/// What is underlined for a mistake at `span`: where something is missing, the word before it.
fn marked(text: &str, span: Range<usize>) -> Range<usize> {
    if !span.is_empty() {
        return span;
    }
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    // The space may be longer than a byte.
    let start = (start..=before.len()).find(|at| before.is_char_boundary(*at)).unwrap_or(0);
    start..before.len()
}

/// The text with the place of the mistake underlined.
fn highlighted(ui: &Ui, text: &str, problem: Option<&FilterError>) -> LayoutJob {
    let p = theme::palette(ui);
    let plain = TextFormat { font_id: FontId::proportional(size::TEXT), color: p.text, ..TextFormat::default() };
    let mut job = LayoutJob::default();
    let parts = problem.and_then(|problem| {
        let span = marked(text, problem.span.clone());
        Some((text.get(..span.start)?, text.get(span.clone())?, text.get(span.end..)?))
    });
    match parts {
        Some((before, wrong, after)) => {
            let underlined =
                TextFormat { color: p.error, underline: Stroke::new(size::UNDERLINE, p.error), ..plain.clone() };
            job.append(&display::covered(before), 0.0, plain.clone());
            job.append(&display::covered(wrong), 0.0, underlined);
            job.append(&display::covered(after), 0.0, plain);
        }
        None => job.append(&display::covered(text), 0.0, plain),
    }
    job
}

fn problem_ui(ui: &mut Ui, app: &App, records: &Records, problem: &FilterError, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let place = records.draft.get(..problem.span.start).map_or(0, |head| head.chars().count()) + 1;
        let args = [("place", place.to_string()), ("message", problem.message.render(t))];
        let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let told = t.tr_args("filter-problem", &args);
        ui.label(RichText::new(display::visible(&told)).color(theme::palette(ui).error));
        if let Some(proposal) = &problem.proposal {
            let text = t.tr_args("filter-proposal", &[("proposal", proposal)]);
            if ui.button(text).clicked()
                && let (Some(before), Some(after)) =
                    (records.draft.get(..problem.span.start), records.draft.get(problem.span.end..))
            {
                out.push(Action::EditFilter(records.dataset, format!("{before}{proposal}{after}")));
            }
        }
        if !records.applied().is_empty() {
            ui.weak(&*display::visible(&t.tr_args("filter-in-force", &[("filter", records.applied())])));
        }
    });
}

fn history_ui(ui: &mut Ui, app: &App, dataset: Dataset, out: &mut Vec<Action>) {
    if app.settings.filters.is_empty() {
        ui.weak(app.texts.tr("filter-history-empty"));
    }
    ui.set_max_width(size::DIALOG);
    ScrollArea::vertical().max_height(size::POPUP_ROWS).show(ui, |ui| {
        for text in &app.settings.filters {
            let shown = display::visible(&display::clipped(text).0).into_owned();
            let entry = Button::new(&shown).truncate();
            if ui.add(entry).on_hover_text(&shown).clicked() {
                out.push(Action::ApplyFilter(dataset, text.clone()));
                ui.close();
            }
        }
    });
}

fn byte_of(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn where_something_is_missing_the_word_before_is_marked() {
        assert_eq!(marked("a = 1 and dst", 13..13), 10..13);
        assert_eq!(marked("a = 1 and  ", 11..11), 6..9);
        assert_eq!(marked("", 0..0), 0..0);
        assert_eq!(marked("x\u{3000}東 ", 8..8), 4..7);
        assert_eq!(marked("a = 1", 2..3), 2..3);
    }
}
