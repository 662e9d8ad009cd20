//! The filter line: mistakes underlined where they are, completion of fields and values, what was used before.

use super::focus::{self, Arrows, PaneId, group_ui, pane_ui};
use super::theme::{self, size};
use super::widgets::follow::scroll_to_chosen;
use super::widgets::named::named_button;
use crate::filter::{Check, Filter, FilterError, Target};
use crate::model::{Dataset, Label, Purpose, SavedFilter};
use crate::present::display;
use crate::session::open_case::OpenCase;
use crate::session::records::Records;
use crate::session::text_filter::{self, Completion};
use crate::session::{Action, App, Command, Dialog, View};
use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::text_edit::{TextEditOutput, TextEditState};
use egui::{
    Button, Context, EventFilter, Id, Key, Modifiers, Popup, PopupCloseBehavior, Response, RichText, ScrollArea,
    Stroke, TextEdit, TextWrapMode, Ui,
};
use std::ops::Range;

#[derive(Default)]
pub struct FilterBarState {
    wants_focus: bool,
    /// The keyboard was in the field in the last frame.
    had_focus: bool,
    /// The keyboard left the field for the table.
    leaves: bool,
    /// Entry of the completion list that the arrows chose.
    chosen: Option<usize>,
    /// Something was typed since the field got the focus, Esc closed the list or the filter was applied.
    proposes: bool,
    cursor: usize,
    list_is_open: bool,
    /// Is the cursor in the last line of the field?
    in_last_line: bool,
    /// What is to the right of the field, as it was drawn last.
    buttons_width: f32,
    /// The pass in which it was drawn last: two views that follow one filter have one bar.
    drawn: u64,
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
        self.proposes = false;
    }

    /// Did the keyboard leave the field for this view? Of two views that follow one filter, for the active one.
    pub fn take_leaves(&mut self, app: &App, view: View) -> bool {
        let is_for_it = app.view == view || app.view.filtered() != view.filtered();
        is_for_it && std::mem::take(&mut self.leaves)
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
    let pass = ui.ctx().cumulative_pass_nr() + 1;
    if std::mem::replace(&mut state.drawn, pass) == pass {
        return;
    }
    pane_ui(ui, &app.texts, PaneId::Filter, |ui| bar_ui(ui, app, case, dataset, state, out));
}

fn bar_ui(
    ui: &mut Ui,
    app: &App,
    case: &OpenCase,
    dataset: Dataset,
    state: &mut FilterBarState,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    let records = case.records(dataset);
    let mut beside = true;
    ui.horizontal_top(|ui| {
        group_ui(ui, Id::unique("steps"), Arrows::Across, |ui| {
            step_button(ui, app, Command::Back, "◀", out);
            step_button(ui, app, Command::Forward, "▶", out);
        });
        let label = ui.horizontal(|ui| ui.label(t.tr("filter-label"))).inner;
        let right = ui.max_rect().right();
        let room = ui.available_width();
        // The field takes what the buttons leave, whatever the language makes of their texts; they go below where that
        // is little.
        beside = room - state.buttons_width >= size::FILTER;
        let width = if beside { room - state.buttons_width } else { room };
        field_ui(ui, app, case, records, label.id, width, state, out);
        if beside {
            let buttons_from = ui.min_rect().right();
            buttons_ui(ui, app, case, records, out);
            let buttons_width = ui.min_rect().right() - buttons_from + size::GAP;
            if (buttons_width - state.buttons_width).abs() > 0.5 && buttons_width < right {
                state.buttons_width = buttons_width;
                ui.ctx().request_repaint();
            }
        }
    });
    if !beside {
        ui.horizontal_wrapped(|ui| buttons_ui(ui, app, case, records, out));
    }
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

fn buttons_ui(ui: &mut Ui, app: &App, case: &OpenCase, records: &Records, out: &mut Vec<Action>) {
    group_ui(ui, Id::unique("filter-buttons"), Arrows::Across, |ui| each_button_ui(ui, app, case, records, out));
}

fn each_button_ui(ui: &mut Ui, app: &App, case: &OpenCase, records: &Records, out: &mut Vec<Action>) {
    let (t, dataset) = (&app.texts, records.dataset);
    let changed = records.draft.trim() != records.applied();
    if ui.add_enabled(changed, Button::new(t.tr("filter-apply"))).clicked() {
        out.push(Action::ApplyFilter(dataset, records.draft.clone()));
    }
    let name = t.tr("filter-clear");
    let clear = named_button(ui, !records.draft.is_empty(), Button::new("×"), &name);
    if clear.on_hover_text(&name).clicked() {
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
}

pub(crate) fn step_button(ui: &mut Ui, app: &App, command: Command, sign: &str, out: &mut Vec<Action>) {
    let name = app.texts.tr(&command.text_id());
    let response = named_button(ui, app.is_enabled(command), Button::new(sign), &name);
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
    focus::home(ui, id);
    let has_focus = ui.memory(|m| m.has_focus(id));
    // Proposals come with the first letter: Tab goes on from a field that was only passed through.
    state.proposes &= has_focus;
    let known = |field, typed: &str| case.completions.values(field, typed).unwrap_or_default().to_vec();
    let completion = text_filter::complete(&records.draft, state.cursor, records.dataset, &known);
    // The field beside it has nothing to say of this one.
    if std::mem::replace(&mut state.had_focus, has_focus) || has_focus {
        out.push(Action::Complete(completion.values.clone().filter(|_| has_focus)));
    }
    let entries = completion.candidates.clone();
    let is_open = state.proposes && !entries.is_empty();
    state.list_is_open = is_open;
    let accepted = if is_open { list_keys(ui, state, entries.len()) } else { None };
    // Used up: the rows that get the keyboard in the same frame would open the first of them.
    let enter = |i: &mut egui::InputState| {
        [Modifiers::NONE, Modifiers::COMMAND].into_iter().any(|of| i.consume_key(of, Key::Enter))
    };
    let entered = has_focus && accepted.is_none() && ui.input_mut(enter);

    let mut text = records.draft.clone();
    // Down in the last line, and so always in a text of one line, leads to the table.
    let down = has_focus && !is_open && state.in_last_line;
    let down = down && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::ArrowDown));
    let response = edit_ui(ui, app, records, (id, width), is_open, &mut text);
    state.in_last_line = true;
    if let Some(range) = response.cursor_range {
        let cursor = range.primary;
        state.cursor = byte_of(&text, cursor.index.into());
        let last = response.galley.rows.len().saturating_sub(1);
        state.in_last_line = response.galley.layout_from_cursor(cursor).row >= last;
    }
    let response = response.response.response.clone().labelled_by(label);
    state.leaves |= down || response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape));
    if std::mem::take(&mut state.wants_focus) {
        response.request_focus();
    }
    if response.changed() {
        state.proposes = true;
        state.chosen = None;
        out.push(Action::EditFilter(records.dataset, text.clone()));
    }
    // The letters may have come with the key, in one frame: what counts is the text with them.
    if entered {
        state.proposes = false;
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

/// The text itself: as many lines as it takes, up to some, and then scrolled.
fn edit_ui(
    ui: &mut Ui,
    app: &App,
    records: &Records,
    (id, width): (Id, f32),
    is_open: bool,
    text: &mut String,
) -> TextEditOutput {
    let hint = match records.dataset {
        Dataset::Flows => app.texts.tr("filter-hint"),
        Dataset::Events => app.texts.tr("filter-hint-events"),
    };
    let mut layouter = |ui: &Ui, buffer: &dyn egui::TextBuffer, wrap: f32| {
        let mut job = highlighted(ui, buffer.as_str(), records.problem.as_ref());
        job.wrap.max_width = wrap;
        ui.fonts_mut(|f| f.layout_job(job))
    };
    let edit = TextEdit::multiline(text)
        .id(id)
        .desired_rows(1)
        .desired_width(width)
        .hint_text(hint)
        .lock_focus(is_open)
        // Enter applies the filter.
        .return_key(None::<egui::KeyboardShortcut>)
        .layouter(&mut layouter);
    let most = size::FILTER_LINES as f32 * ui.text_style_height(&egui::TextStyle::Body) + 2.0 * size::GAP;
    let scroll = ScrollArea::vertical().id_salt(id).max_height(most).auto_shrink([false, true]);
    let shown = ui.allocate_ui_with_layout(egui::vec2(width, most), egui::Layout::top_down(egui::Align::Min), |ui| {
        scroll.show(ui, |ui| edit.show(ui)).inner
    });
    // A filter is one text, however many lines it takes.
    ui.ctx().accesskit_node_builder(id, |node| node.set_role(egui::accesskit::Role::TextInput));
    if is_open {
        // Esc closes the list and leaves the cursor where it was.
        let keys = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|m| m.set_focus_lock_filter(id, keys));
    }
    shown.inner
}

/// Arrows choose, Tab and (once something is chosen) Enter accept, Esc closes.
fn list_keys(ui: &Ui, state: &mut FilterBarState, entries: usize) -> Option<usize> {
    // A slow frame brings several presses of an arrow.
    let presses = |key| ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key));
    for _ in 0..presses(Key::ArrowDown) {
        state.chosen = Some(state.chosen.map_or(0, |at| (at + 1) % entries));
    }
    for _ in 0..presses(Key::ArrowUp) {
        state.chosen = Some(state.chosen.map_or(entries - 1, |at| (at + entries - 1) % entries));
    }
    if presses(Key::Escape) > 0 {
        state.proposes = false;
        return None;
    }
    if presses(Key::Tab) > 0 {
        return Some(state.chosen.unwrap_or(0));
    }
    let chosen = state.chosen?;
    (presses(Key::Enter) > 0).then_some(chosen)
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
                        scroll_to_chosen("completion", at, &response);
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
    let plain = TextFormat { font_id: theme::body(), color: p.text, ..TextFormat::default() };
    let mut job = LayoutJob::default();
    let parts = problem.and_then(|problem| {
        let span = marked(text, problem.span.clone());
        Some((text.get(..span.start)?, text.get(span.clone())?, text.get(span.end..)?))
    });
    match parts {
        Some((before, wrong, after)) => {
            let underlined =
                TextFormat { color: p.error, underline: Stroke::new(size::UNDERLINE, p.error), ..plain.clone() };
            job.append(&display::covered_lines(before), 0.0, plain.clone());
            job.append(&display::covered_lines(wrong), 0.0, underlined);
            job.append(&display::covered_lines(after), 0.0, plain);
        }
        None => job.append(&display::covered_lines(text), 0.0, plain),
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
