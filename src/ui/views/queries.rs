//! The query library: a list to search, the chosen query with its text, parameters and notes, and the answers that have
//! no view of their own.

use super::result_table::{Shown, table_ui};
use crate::model::{Dataset, TimeRange, Timestamp, Value};
use crate::present::display;
use crate::query::tables::Rows;
use crate::questions::catalogue::{CATALOGUE, Lack, NamedQuery, Parameter, Shape};
use crate::questions::{Live, Question, scope_of};
use crate::session::library::{Library, LibraryAction, origin_key};
use crate::session::open_case::OpenCase;
use crate::session::result_table::TableAction;
use crate::session::saved_filters::FilterChange;
use crate::session::{Action, App, Dialog, Link, View};
use crate::ui::focus::{self, Arrows, PaneId, group_ui, pane_ui, sized_ui};
use crate::ui::state::UiState;
use crate::ui::theme::{self, size};
use crate::ui::widgets::empty::{Empty, empty_ui};
use crate::ui::widgets::grid::GridState;
use crate::ui::widgets::list::search_id;
use crate::ui::widgets::named::named_button;
use egui::{Button, Frame, Grid, Id, Key, Label, Margin, Panel, RichText, ScrollArea, TextEdit, Ui, vec2};

pub(crate) fn queries_ui(ui: &mut Ui, app: &App, case: &OpenCase, state: &mut UiState, out: &mut Vec<Action>) {
    let library = &case.library;
    let mut asked = Vec::new();
    let list = Panel::left("query-list").default_size(size::QUERY_LIST).size_range(200.0..=560.0);
    sized_ui(ui, list, |ui| pane_ui(ui, &app.texts, PaneId::List, |ui| list_ui(ui, app, case, &mut asked, out)));
    let frame = Frame::new().inner_margin(Margin { left: size::CARD_MARGIN, ..Margin::ZERO });
    frame.show(ui, |ui| {
        let Some(query) = library.chosen() else { return };
        // The table below keeps room, whatever the query's text takes.
        let most = if library.answer().is_some() { ui.available_height() * 0.5 } else { f32::INFINITY };
        let area = ScrollArea::vertical().auto_shrink([false, true]).max_height(most);
        area.show(ui, |ui| {
            ui.set_max_width(ui.available_width() - size::SCROLLBAR);
            query_ui(ui, app, library, query, &mut asked);
        });
        answer_ui(ui, app, library, &mut state.query_result, out);
    });
    out.extend(asked.into_iter().map(Action::Library));
}

/// Every query whose texts or filter hold every word that was typed.
fn found(app: &App, search: &str) -> Vec<&'static NamedQuery> {
    let search = search.to_lowercase();
    if search.trim().is_empty() {
        return CATALOGUE.iter().collect();
    }
    let fits = |query: &&NamedQuery| {
        let texts = ["", "-about", "-note", "-words"].map(|part| app.texts.tr(&format!("query-{}{part}", query.name)));
        let all = format!("{} {} {}", query.name, texts.join(" "), query.filter).to_lowercase();
        search.split_whitespace().all(|word| all.contains(word))
    };
    CATALOGUE.iter().filter(fits).collect()
}

fn list_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<LibraryAction>, actions: &mut Vec<Action>) {
    let (t, library) = (&app.texts, &case.library);
    let mut typed = library.search().to_owned();
    let name = t.tr("query-search");
    let field = TextEdit::singleline(&mut typed).align(egui::Align2::LEFT_CENTER).hint_text(&name);
    let field = field.id(search_id(View::Queries));
    let field = ui.add(field.desired_width(f32::INFINITY)).accessible_name(&name);
    if field.changed() {
        out.push(LibraryAction::Search(typed));
    }
    let queries = found(app, library.search());
    let at = queries.iter().position(|query| library.chosen().is_some_and(|chosen| chosen.name == query.name));
    if field.has_focus() {
        // The arrows walk through the list while letters continue narrowing it.
        let presses = |key| ui.input(|i| i.num_presses(key)) as isize;
        let step = presses(Key::ArrowDown) - presses(Key::ArrowUp);
        let to = at.map_or(0, |at| at.saturating_add_signed(step).min(queries.len().saturating_sub(1)));
        if let (true, Some(query)) = (step != 0, queries.get(to)) {
            out.push(LibraryAction::Choose(query.name));
        }
    }
    ui.add_space(size::GAP);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        saved_ui(ui, app, case, actions);
        group_ui(ui, Id::unique("queries"), Arrows::Along, |ui| {
            let mut origin = None;
            for query in &queries {
                if origin.replace(query.origin) != Some(query.origin) {
                    ui.add_space(size::GAP);
                    ui.strong(t.tr(origin_key(query.origin)));
                }
                let lack = library.lack(query);
                let p = theme::palette(ui);
                let mark = if query.noted { " *" } else { "" };
                let title = RichText::new(format!("{}{mark}", t.tr(&format!("query-{}", query.name))));
                let title = if lack.is_some() { title.color(p.weak) } else { title };
                let chosen = library.chosen().is_some_and(|chosen| chosen.name == query.name);
                let button = Button::selectable(chosen, title).truncate().min_size(vec2(ui.available_width(), 0.0));
                let tip = lack.map_or_else(|| query.name.to_owned(), |lack| lack_text(app, lack));
                let response = ui.add(button);
                if response.gained_focus() {
                    response.scroll_to_me(None);
                }
                let by_key = focus::choosing(ui, &response, chosen);
                // Enter runs what is chosen.
                let is_clicked = response.on_hover_text(tip).clicked();
                if is_clicked && chosen && ui.input(|i| i.key_pressed(Key::Enter)) {
                    let can_run = lack.is_none() && !library.is_running();
                    out.extend(can_run.then_some(LibraryAction::Run));
                } else if is_clicked || by_key {
                    out.push(LibraryAction::Choose(query.name));
                }
            }
        });
        if queries.is_empty() {
            ui.weak(t.tr("list-nothing"));
        }
    });
}

/// The examiner's own filters, which the case keeps.
fn saved_ui(ui: &mut Ui, app: &App, case: &OpenCase, out: &mut Vec<Action>) {
    let t = &app.texts;
    let search = case.library.search().to_lowercase();
    ui.horizontal(|ui| {
        ui.strong(t.tr("filters-title"));
        for (key, imports) in [("filters-import", true), ("filters-export", false)] {
            let any = imports || !case.saved_filters.list().is_empty();
            if ui.add_enabled(any, Button::new(RichText::new(t.tr(key)).small())).clicked() {
                let path = std::env::current_dir().unwrap_or_default().join("filters.json");
                let path = if imports { String::new() } else { path.to_string_lossy().into_owned() };
                out.push(Action::Dialog(Some(Dialog::FilterFile { path, imports })));
            }
        }
    });
    if case.saved_filters.list().is_empty() {
        ui.weak(t.tr("filters-none"));
    }
    for filter in case.saved_filters.list() {
        let all = format!("{} {} {}", filter.name, filter.text, filter.note).to_lowercase();
        if !search.split_whitespace().all(|word| all.contains(word)) {
            continue;
        }
        ui.horizontal(|ui| {
            let name = display::visible(&display::clipped(&filter.name).0).into_owned();
            let what = t.tr_args("filter-remove", &[("name", &name)]);
            let remove = named_button(ui, true, Button::new("×").frame(false), &what);
            if remove.on_hover_text(&what).clicked() {
                out.push(Action::ChangeFilters(FilterChange::Remove(filter.dataset, filter.name.clone())));
            }
            let button = Button::selectable(false, name).truncate().min_size(vec2(ui.available_width(), 0.0));
            let tip = [filter.text.as_str(), filter.note.as_str()].join("\n");
            if ui.add(button).on_hover_text(&*display::visible_lines(tip.trim())).clicked() {
                let (dataset, filter) = (filter.dataset, filter.text.clone());
                let (view, range, duplicates) = (View::Records(dataset), app.range, app.duplicates);
                out.push(Action::Follow(Link { view, dataset, filter, range, duplicates }));
            }
        });
    }
}

fn lack_text(app: &App, lack: Lack) -> String {
    match lack {
        Lack::Records(Dataset::Flows) => app.texts.tr("query-lacks-flows"),
        Lack::Records(Dataset::Events) => app.texts.tr("query-lacks-events"),
        Lack::Field(field) => app.texts.tr_args("query-lacks-field", &[("field", field.name())]),
    }
}

fn query_ui(ui: &mut Ui, app: &App, library: &Library, query: &'static NamedQuery, out: &mut Vec<LibraryAction>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let wrapped = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).wrap());
    ui.heading(t.tr(&format!("query-{}", query.name)));
    ui.weak(query.name);
    ui.add_space(size::GAP);
    wrapped(ui, RichText::new(t.tr(&format!("query-{}-about", query.name))));
    if query.noted {
        wrapped(ui, RichText::new(format!("* {}", t.tr(&format!("query-{}-note", query.name)))).color(p.weak));
    }
    ui.add_space(size::GAP);
    let text = query.text(&library.given(query, app.range, app.duplicates));
    ui.strong(t.tr("query-filter"));
    let text = if text.is_empty() { t.tr("query-filter-all") } else { display::visible(&text).into_owned() };
    wrapped(ui, RichText::new(text).font(theme::mono()));
    if !query.needs.is_empty() {
        ui.weak(t.tr_args("query-needs", &[("fields", &t.list(query.needs))]));
    }
    ui.add_space(size::GAP);
    let mut entered = false;
    Grid::new(("query", query.name)).num_columns(3).show(ui, |ui| {
        for parameter in query.parameters {
            entered |= parameter_ui(ui, app, library, query, parameter, out);
            ui.end_row();
        }
        // The tables and the pairs show every row, the first of them first.
        if !matches!(query.shape, Shape::Top { .. } | Shape::Groups | Shape::Series { .. }) {
            return;
        }
        let label = ui.label(t.tr("query-limit"));
        let mut limit = library.limit(query);
        let wrong = !limit.trim().is_empty() && limit.trim().parse::<usize>().is_err();
        let mut edit = TextEdit::singleline(&mut limit).align(egui::Align2::LEFT_CENTER);
        if wrong {
            edit = edit.text_color(p.error);
        }
        let field = ui
            .add(edit.min_size(vec2(size::NUMBER_FIELD, 0.0)).hint_text(t.tr("query-no-limit")))
            .labelled_by(label.id);
        entered |= field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        if field.changed() {
            out.push(LibraryAction::Limit(limit));
        }
        ui.end_row();
    });
    ui.add_space(size::GAP);
    let lack = library.lack(query);
    let problem = library.question(query, app.range, app.duplicates).err();
    let can_run = lack.is_none() && problem.is_none() && !library.is_running();
    ui.horizontal_wrapped(|ui| {
        let run = ui.add_enabled(can_run, theme::primary_button(ui, &t.tr("query-run")));
        if run.clicked() || entered && can_run {
            out.push(LibraryAction::Run);
        }
        if library.is_running() {
            if ui.button(t.tr("cancel")).clicked() {
                out.push(LibraryAction::Stop);
            }
            crate::ui::motion::busy_ui(ui);
        }
        match (lack, problem) {
            (Some(lack), _) => {
                ui.label(RichText::new(lack_text(app, lack)).color(p.warning));
            }
            (None, Some(problem)) => {
                ui.weak(display::visible(&problem.to_string()).into_owned());
            }
            (None, None) => {}
        }
    });
}

/// True when Enter was pressed in the field.
fn parameter_ui(
    ui: &mut Ui,
    app: &App,
    library: &Library,
    query: &'static NamedQuery,
    parameter: &'static Parameter,
    out: &mut Vec<LibraryAction>,
) -> bool {
    let t = &app.texts;
    let key = format!("query-parameter-{}", parameter.name);
    // CloudTrail's own lookup keys keep their names.
    let label = ui.label(if t.has(&key) { t.tr(&key) } else { parameter.name.to_owned() });
    let mut text = library.parameter(query, parameter.name).to_owned();
    let hint = parameter.default.unwrap_or(if parameter.optional { "" } else { parameter.kind.expected() });
    let edit = TextEdit::singleline(&mut text).align(egui::Align2::LEFT_CENTER).hint_text(hint);
    let field = ui.add(edit.min_size(vec2(size::QUERY_LIST, 0.0))).labelled_by(label.id);
    let entered = field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if field.changed() {
        out.push(LibraryAction::Parameter(parameter.name, text));
    }
    if parameter.optional {
        ui.weak(t.tr("query-optional"));
    }
    entered
}

/// The answer as a table; what has a view of its own has opened there.
fn answer_ui(ui: &mut Ui, app: &App, library: &Library, state: &mut GridState, out: &mut Vec<Action>) {
    let t = &app.texts;
    let Some((question, table)) = library.answer() else {
        if !library.is_running() {
            let empty = Empty { title: t.tr("empty-queries"), text: t.tr("empty-queries-text") };
            let buttons = [(t.tr("empty-queries-coverage"), true)];
            let clicked = empty_ui(ui, &empty, &buttons).is_some();
            out.extend(clicked.then_some(Action::ShowQuery("coverage")));
        }
        return;
    };
    let Some(rows) = table.rows() else { return };
    ui.separator();
    let range = range_text(app, question.as_ref());
    let mut wider = false;
    if let Some(text) = &range {
        ui.horizontal_wrapped(|ui| {
            ui.weak(text);
            wider = !rows.rows.is_empty() && ui.small_button(t.tr("empty-query-all-times")).clicked();
        });
    }
    if rows.rows.is_empty() {
        let empty = Empty { title: t.tr("empty-query"), text: t.tr("query-empty") };
        let buttons = [(t.tr("empty-query-all-times"), range.is_some())];
        wider = empty_ui(ui, &empty, &buttons).is_some();
    }
    if wider {
        out.push(Action::SetRange(TimeRange::default()));
        out.push(Action::Library(LibraryAction::Run));
    }
    if rows.rows.is_empty() {
        return;
    }
    totals_ui(ui, app, rows, table.len());
    if library.is_cut() {
        ui.label(RichText::new(t.tr("sql-cut")).color(theme::palette(ui).warning));
    }
    let mut search = table.search().to_owned();
    let edit = TextEdit::singleline(&mut search).hint_text(t.tr("result-search"));
    let field = ui.add(edit.min_size(vec2(size::QUERY_LIST, 0.0)));
    let name = t.tr("result-search");
    field.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, &name));
    let action = |action| Action::Library(LibraryAction::Table(action));
    if field.changed() {
        out.push(action(TableAction::Search(search)));
    }
    let records = |row: &[Value]| Some(Action::Follow(Link::records(&question.counted(row)?, None)));
    let name = t.tr("result-table");
    let menu = |row: &[Value]| records(row).map(|action| (t.tr("menu-show-records"), action)).into_iter().collect();
    let dimmed = library.is_running();
    let shown = Shown { id: "query-result", name, table, dimmed, action, opens: &records, menu: &menu };
    table_ui(ui, app, &shown, state, out);
}

/// How many rows, and the figures over all records.
fn totals_ui(ui: &mut Ui, app: &App, rows: &Rows, shown: u64) {
    let t = &app.texts;
    ui.horizontal_wrapped(|ui| {
        ui.strong(t.tr_args("sql-rows", &[("count", &display::count(shown))]));
        for total in &rows.totals {
            let value = display::cell_of(&total.value, total.unit, app.zone);
            let name = t.named(&format!("fact-total-{}", total.name), &total.name);
            ui.weak(format!("{name}: {}", value.unwrap_or_else(|| t.tr("grid-absent"))));
        }
        if rows.left_out.allowed > 0 {
            let text = t.tr_args("leads-left-out", &[("count", &display::count(rows.left_out.allowed))]);
            ui.label(RichText::new(text).color(theme::palette(ui).warning));
        }
    });
}

/// The range that the answer is of, where it is not all time. The range on screen may be another one by now.
fn range_text(app: &App, question: &dyn Question) -> Option<String> {
    let range = match question.live() {
        Live::Top(asked) => asked.scope.range,
        Live::Groups(asked) => asked.scope.range,
        Live::Analysis(_, asked) => asked.scope.range,
        Live::Records(asked) => scope_of(&asked).range,
        _ => TimeRange::default(),
    };
    if range == TimeRange::default() {
        return None;
    }
    let time = |time: Option<Timestamp>| time.map_or_else(|| "…".to_owned(), |time| app.zone.format(time));
    let args = [("from", &*time(range.from)), ("to", &*time(range.to)), ("zone", app.zone.name())];
    Some(app.texts.tr_args("overview-span", &args))
}
