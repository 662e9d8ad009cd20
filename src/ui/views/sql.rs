//! The SQL console: a statement, its limits, the documented views beside it, and what the statement gave.

use super::result_table::{Shown, table_ui};
use crate::present::display;
use crate::session::open_case::OpenCase;
use crate::session::result_table::TableAction;
use crate::session::sql_console::{Outcome, ROW_LIMITS, SqlAction, SqlConsole, TIME_LIMITS_SECS};
use crate::session::{Action, App};
use crate::ui::focus::{self, PaneId, pane_ui, sized_ui};
use crate::ui::state::{SqlState, UiState};
use crate::ui::theme::{self, size};
use crate::ui::widgets::empty::{Empty, empty_ui};
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Button, CollapsingHeader, ComboBox, Id, Key, Label, Layout, Modifiers, Panel, RichText, ScrollArea, Stroke,
    TextEdit, Ui,
};
use std::ops::Range;

pub(crate) fn sql_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let console = &case.sql;
    let state = &mut state.sql;
    let mut asked = Vec::new();
    let width = ui.ctx().content_rect().width();
    if width >= size::WINDOW_NARROW * 0.8 {
        let panel = Panel::right("sql-views").default_size(size::SIDE).size_range(160.0..=480.0);
        sized_ui(ui, panel, |ui| {
            pane_ui(ui, &app.texts, PaneId::List, |ui| views_ui(ui, app, console, state, &mut asked));
        });
    }
    // In a low window the result keeps its part.
    let room = ui.available_height();
    let editor = Panel::top("sql-editor")
        .frame(egui::Frame::NONE)
        .default_size(size::EDITOR.min(room * 0.45))
        .size_range(90.0..=(room * 0.7).clamp(90.0, 520.0));
    sized_ui(ui, editor, |ui| editor_ui(ui, app, console, state, &mut asked));
    told_ui(ui, app, console);
    match console.answered() {
        Some(answered) if answered.rows.rows.is_empty() => {
            ui.centered_and_justified(|ui| ui.weak(app.texts.tr("sql-no-rows")));
        }
        Some(_) => {
            let shown = Shown {
                id: "sql-result",
                name: app.texts.tr("sql-result"),
                table: console.table(),
                dimmed: console.is_running(),
                action: |action| Action::Sql(SqlAction::Table(action)),
                opens: &|_| None,
                menu: &|_| Vec::new(),
            };
            pane_ui(ui, &app.texts, PaneId::Details, |ui| table_ui(ui, app, &shown, &mut state.grid, out));
        }
        None if console.is_running() => {
            ui.centered_and_justified(|ui| ui.weak(app.texts.tr("sql-running")));
        }
        None => {
            let t = &app.texts;
            let empty = Empty { title: t.tr("empty-sql"), text: t.tr("sql-empty") };
            let clicked = empty_ui(ui, &empty, &[(t.tr("empty-sql-example"), true)]);
            asked.extend(clicked.map(|_| SqlAction::Edit(t.tr("empty-sql-statement"))));
        }
    }
    out.extend(asked.into_iter().map(Action::Sql));
}

fn editor_ui(ui: &mut Ui, app: &App, console: &SqlConsole, state: &mut SqlState, out: &mut Vec<SqlAction>) {
    let t = &app.texts;
    buttons_ui(ui, app, console, out);
    let id = editor_id();
    focus::home(ui, id);
    // Before the editor sees it: it would begin a new line.
    let runs = ui.memory(|m| m.has_focus(id)) && ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::Enter));
    if runs {
        out.push(SqlAction::Run);
    }
    let mut text = console.draft().to_owned();
    let place = console.problem().and_then(|problem| problem.at.clone());
    let mut layouter = |ui: &Ui, buffer: &dyn egui::TextBuffer, wrap: f32| {
        let job = marked(ui, buffer.as_str(), place.as_ref(), wrap);
        ui.fonts_mut(|f| f.layout_job(job))
    };
    ScrollArea::vertical().id_salt("sql-text").auto_shrink([false, false]).show(ui, |ui| {
        let edit = TextEdit::multiline(&mut text)
            .id(id)
            .font(egui::TextStyle::Monospace)
            .desired_width(f32::INFINITY)
            .min_size(ui.available_size())
            .hint_text(t.tr("sql-hint"))
            .layouter(&mut layouter);
        let shown = edit.show(ui);
        if let Some(range) = shown.cursor_range {
            let at: usize = range.primary.index.into();
            state.cursor = text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
        }
        let response = shown.response.response.clone().accessible_name(t.tr("sql-statement"));
        if response.changed() {
            out.push(SqlAction::Edit(text.clone()));
        }
    });
}

fn editor_id() -> Id {
    Id::unique("sql-statement")
}

fn buttons_ui(ui: &mut Ui, app: &App, console: &SqlConsole, out: &mut Vec<SqlAction>) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        let run = theme::primary_button(ui, &t.tr("sql-run")).shortcut_text("Ctrl+Enter");
        if ui.add_enabled(!console.is_running() && !console.draft().trim().is_empty(), run).clicked() {
            out.push(SqlAction::Run);
        }
        if ui.add_enabled(console.is_running(), Button::new(t.tr("cancel"))).clicked() {
            out.push(SqlAction::Stop);
        }
        ui.separator();
        let rows = |limit: usize| t.tr_args("sql-rows-at-most", &[("count", &display::count(limit as u64))]);
        let name = t.tr("sql-row-limit");
        let shown = ComboBox::from_id_salt("sql-rows").selected_text(rows(console.row_limit())).show_ui(ui, |ui| {
            for limit in ROW_LIMITS {
                if ui.selectable_label(limit == console.row_limit(), rows(limit)).clicked() {
                    out.push(SqlAction::LimitRows(limit));
                }
            }
        });
        shown.response.on_hover_text(name);
        let time = |secs: u64| t.tr_args("sql-time-at-most", &[("time", &t.duration(secs))]);
        let name = t.tr("sql-time-limit");
        let shown = ComboBox::from_id_salt("sql-time").selected_text(time(console.limit_secs())).show_ui(ui, |ui| {
            for secs in TIME_LIMITS_SECS {
                if ui.selectable_label(secs == console.limit_secs(), time(secs)).clicked() {
                    out.push(SqlAction::LimitSecs(secs));
                }
            }
        });
        shown.response.on_hover_text(name);
        ui.separator();
        let any = console.answered().is_some_and(|answered| !answered.rows.columns.is_empty());
        if ui.add_enabled(any, Button::new(t.tr("copy-csv"))).on_hover_text(t.tr("copy-csv-tip")).clicked() {
            out.push(SqlAction::Table(TableAction::CopyCsv));
        }
    });
}

/// The statement, with the place of its problem underlined.
fn marked(ui: &Ui, text: &str, place: Option<&Range<usize>>, wrap: f32) -> LayoutJob {
    let p = theme::palette(ui);
    let plain = TextFormat { font_id: theme::mono(), color: p.text, ..TextFormat::default() };
    let wrong = TextFormat { underline: Stroke::new(size::UNDERLINE, p.error), color: p.error, ..plain.clone() };
    let mut job = LayoutJob::default();
    job.wrap.max_width = wrap;
    let parts = place.and_then(|at| Some((text.get(..at.start)?, text.get(at.clone())?, text.get(at.end..)?)));
    match parts {
        Some((before, at, after)) => {
            for (part, format) in [(before, &plain), (at, &wrong), (after, &plain)] {
                job.append(&display::covered_lines(part), 0.0, format.clone());
            }
        }
        None => job.append(&display::covered_lines(text), 0.0, plain),
    }
    job
}

/// One line above the result: how many rows, or why there are none.
fn told_ui(ui: &mut Ui, app: &App, console: &SqlConsole) {
    let (t, p) = (&app.texts, theme::palette(ui));
    ui.add_space(size::GAP);
    let error = |text: String| RichText::new(display::visible_lines(&text).into_owned()).color(p.error);
    match console.outcome() {
        Some(Outcome::Refused(problem)) => {
            let place = problem.at.as_ref().map(|at| place_of(console.draft(), at.start));
            let message = match place {
                Some((line, column)) => t.tr_args(
                    "sql-problem-at",
                    &[("line", &line.to_string()), ("column", &column.to_string()), ("message", &problem.message)],
                ),
                None => problem.message.clone(),
            };
            ui.add(Label::new(error(message)).wrap());
            ui.weak(t.tr("sql-reads-only"));
        }
        Some(Outcome::Late(secs)) => {
            ui.label(error(t.tr_args("sql-late", &[("time", &t.duration(*secs))])));
        }
        Some(Outcome::Rows) | None => {
            ui.horizontal(|ui| {
                if console.is_running() {
                    crate::ui::motion::busy_ui(ui);
                    ui.weak(t.tr("sql-running"));
                } else if let Some(answered) = console.answered() {
                    let count = display::count(answered.rows.rows.len() as u64);
                    ui.label(t.tr_args("sql-rows", &[("count", &count)]));
                    if answered.cut {
                        ui.label(RichText::new(t.tr("sql-cut")).color(p.warning));
                    }
                }
            });
            let remarks = console.answered().filter(|_| !console.is_running()).map(|answered| &answered.remarks);
            for remark in remarks.into_iter().flatten() {
                ui.add(Label::new(RichText::new(display::visible(remark)).color(p.warning)).wrap());
            }
        }
    }
}

/// Line and column from 1, in characters.
fn place_of(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The documented views; a click on a name puts it into the statement.
fn views_ui(ui: &mut Ui, app: &App, console: &SqlConsole, state: &mut SqlState, out: &mut Vec<SqlAction>) {
    let t = &app.texts;
    ui.strong(t.tr("sql-views"));
    ui.add(Label::new(RichText::new(t.tr("sql-views-tip")).weak()).wrap());
    ui.add_space(size::GAP);
    let mut chosen = None;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for view in console.views() {
            let header = CollapsingHeader::new(RichText::new(view.name).font(theme::mono()));
            header.default_open(view.name == "flow_record").show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.spacing_mut().interact_size.y = size::LINE;
                for name in std::iter::once(view.name).chain(view.columns.iter().map(String::as_str)) {
                    ui.with_layout(Layout::top_down_justified(Align::Min), |ui| {
                        let text = RichText::new(name).font(theme::mono());
                        if ui.add(Button::new(text).frame(false).truncate()).clicked() {
                            chosen = Some(name.to_owned());
                        }
                    });
                }
            });
        }
    });
    if let Some(name) = chosen {
        let mut text = console.draft().to_owned();
        let at = if text.is_char_boundary(state.cursor.min(text.len())) { state.cursor.min(text.len()) } else { 0 };
        text.insert_str(at, &name);
        state.cursor = at + name.len();
        out.push(SqlAction::Edit(text));
    }
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn places_are_lines_and_columns_from_one() {
        assert_eq!(place_of("SELECT 1", 0), (1, 1));
        assert_eq!(place_of("SELECT\n 東x FROM", 11), (2, 3));
        assert_eq!(place_of("a\n", 2), (2, 1));
    }
}
