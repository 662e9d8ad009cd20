//! A list that is held in memory as a table: sorted by a click on a header, narrowed by a text, columns resizable and hidden,
//! rows copied.

use super::grid::{CellView, Grid, GridColumn, GridEvent, GridState, GridTexts, MenuCell, RowMarks, RowSource};
use crate::present::{Language, Zone, display};
use crate::session::copying::{Copied, Form, LIST_LIMITS, Limits, Writer};
use crate::session::selection::Selection;
use crate::session::{Action, App, View};
use crate::ui::theme::size;
use crate::ui::views::cell_menu::Items;
use egui::{Id, TextEdit, Ui};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Columns of times, hashes and raw text.
const TABULAR: [&str; 9] = [
    "column-first",
    "column-last",
    "column-imported",
    "column-received-at",
    "column-sha256",
    "column-raw-text",
    "column-value",
    "journal-column-time",
    "journal-column-hash",
];

/// The column that a list is sorted by, and whether downwards.
type Sort = Option<(usize, bool)>;

/// What the texts of the cells depend on beside the rows.
type Said = (Language, Zone);

/// How a list is scrolled, selected, ordered and laid out.
pub struct ListState<R> {
    grid: GridState,
    selection: Selection,
    sort: Sort,
    /// Columns that are not shown, by their places.
    hidden: BTreeSet<usize>,
    /// Only rows with a cell that contains this.
    search: String,
    /// Places of the rows in the order that is shown, and what they were computed from.
    order: Vec<usize>,
    ordered: Option<(Arc<[R]>, Sort, String, Said)>,
}

impl<R> Default for ListState<R> {
    fn default() -> Self {
        Self {
            grid: GridState::default(),
            selection: Selection::default(),
            sort: None,
            hidden: BTreeSet::new(),
            search: String::new(),
            order: Vec::new(),
            ordered: None,
        }
    }
}

impl<R> ListState<R> {
    /// The place of the selected row in the rows as they were given.
    pub fn selected(&self) -> Option<usize> {
        let row = usize::try_from(self.selection.cursor()?).ok()?;
        self.order.get(row).copied()
    }

    /// The same, where somebody selected it.
    pub fn chosen(&self) -> Option<usize> {
        self.selected().filter(|_| self.selection.is_chosen())
    }

    /// Selects the row at this place of the rows as they were given, and brings it into view.
    fn select(&mut self, place: usize) {
        if let Some(row) = self.order.iter().position(|known| *known == place) {
            self.selection.select(row as u64);
            self.grid.show_row(row as u64);
        }
    }
}

/// Of the field that searches the list of a view.
pub(crate) fn search_id(view: View) -> Id {
    Id::unique(("search", view.row().name))
}

/// One column of a list: title, what its texts get before there is width to spare, numeric, and how a row reads.
pub(crate) struct ListColumn<R: 'static> {
    key: &'static str,
    width: f32,
    numeric: bool,
    text: fn(&R, &App) -> String,
}

impl<R> ListColumn<R> {
    /// Of times with their zone.
    fn title(&self, app: &App) -> String {
        app.texts.tr_args(self.key, &[("zone", app.zone.name())])
    }
}

struct ListRows<'a, R: 'static> {
    rows: &'a [R],
    order: &'a [usize],
    /// Those that are shown.
    columns: &'a [&'a ListColumn<R>],
    app: &'a App,
    /// What the rows are arranged by.
    sort: Sort,
    marks: Option<fn(&R, &App) -> RowMarks>,
}

impl<R> ListRows<'_, R> {
    fn row(&self, row: u64) -> Option<&R> {
        self.rows.get(*self.order.get(usize::try_from(row).ok()?)?)
    }

    /// All of a cell, to be copied: on one line, whatever the evidence puts into it.
    fn text(&self, row: u64, column: usize) -> String {
        let (Some(row), Some(column)) = (self.row(row), self.columns.get(column)) else { return String::new() };
        display::visible(&(column.text)(row, self.app)).into_owned()
    }

    fn cells(&self, row: u64) -> Vec<String> {
        (0..self.columns.len()).map(|column| self.text(row, column)).collect()
    }
}

impl<R> RowSource for ListRows<'_, R> {
    fn rows(&self) -> u64 {
        self.order.len() as u64
    }

    fn cell(&self, row: u64, column: usize) -> CellView {
        let (Some(row), Some(column)) = (self.row(row), self.columns.get(column)) else { return CellView::Loading };
        match (column.text)(row, self.app) {
            text if text.is_empty() => CellView::Absent,
            text => CellView::Text(display::visible(&display::clipped(&text).0).into_owned()),
        }
    }

    fn marks(&self, row: u64) -> RowMarks {
        self.row(row).zip(self.marks).map_or(RowMarks::default(), |(row, marks)| marks(row, self.app))
    }

    fn has_lanes(&self) -> bool {
        self.marks.is_some()
    }

    fn answer(&self) -> u64 {
        let sort = self.sort.map_or(0, |(column, descending)| column as u64 * 2 + u64::from(descending) + 1);
        let rows = (self.rows.as_ptr().addr() as u64).wrapping_add(sort);
        rows.wrapping_add((self.order.len() as u64).rotate_left(32))
    }
}

/// Entries of a row's menu before those that every cell has.
pub(crate) type RowMenu<R> = fn(&mut Ui, &App, &R, &mut Items, &mut Vec<Action>);

/// No row has entries of its own.
pub(crate) fn no_menu<R>(_: &mut Ui, _: &App, _: &R, _: &mut Items, _: &mut Vec<Action>) {}

/// The list: its name in the settings and in the accessibility tree, its rows and columns.
pub(crate) struct List<'a, R: 'static> {
    pub id: &'static str,
    pub name: &'a str,
    pub rows: &'a Arc<[R]>,
    pub columns: &'a [ListColumn<R>],
    /// `None` where no row is ever marked.
    pub marks: Option<fn(&R, &App) -> RowMarks>,
    pub menu: RowMenu<R>,
}

impl<R: 'static> List<'_, R> {
    /// The line above the list: a text that narrows it, how many rows are left, and which columns are shown.
    pub(crate) fn tools_ui(&self, ui: &mut Ui, app: &App, state: &mut ListState<R>) {
        let t = &app.texts;
        let hint = t.tr("list-search");
        let field = TextEdit::singleline(&mut state.search).hint_text(&*hint).desired_width(size::SIDE);
        let field = field.id(Id::unique(("search", self.id)));
        ui.add(field.align(egui::Align2::LEFT_CENTER)).accessible_name(&*hint);
        ui.menu_button(t.tr("list-columns"), |ui| {
            for (at, column) in self.columns.iter().enumerate() {
                let mut shown = !state.hidden.contains(&at);
                if ui.checkbox(&mut shown, column.title(app)).changed() {
                    // One column is always there.
                    if shown {
                        state.hidden.remove(&at);
                    } else if state.hidden.len() + 1 < self.columns.len() {
                        state.hidden.insert(at);
                    }
                }
            }
        });
        if !state.search.trim().is_empty() {
            let (shown, all) = (display::count(state.order.len() as u64), display::count(self.rows.len() as u64));
            ui.weak(t.tr_args("list-more", &[("shown", &shown), ("all", &all)]));
        }
    }

    /// Selects the row at this place of the rows, and brings it into view.
    pub(crate) fn select(&self, app: &App, state: &mut ListState<R>, place: usize) {
        self.put_in_order(app, state);
        state.select(place);
    }

    /// Shows the list. The place of a row that was opened, or that somebody came to select.
    pub(crate) fn choose(
        &self,
        ui: &mut Ui,
        app: &App,
        state: &mut ListState<R>,
        out: &mut Vec<Action>,
    ) -> Option<usize> {
        let before = state.chosen();
        let opened = self.show(ui, app, state, out);
        let after = state.chosen();
        opened.or(after.filter(|_| before != after))
    }

    /// The place of a row that was opened by Enter or a double click.
    pub(crate) fn show(
        &self,
        ui: &mut Ui,
        app: &App,
        state: &mut ListState<R>,
        out: &mut Vec<Action>,
    ) -> Option<usize> {
        let Self { id, name, rows, columns, marks, menu } = *self;
        self.put_in_order(app, state);
        let t = &app.texts;
        let shown: Vec<usize> = (0..columns.len()).filter(|at| !state.hidden.contains(at)).collect();
        let shown_columns: Vec<&ListColumn<R>> = shown.iter().filter_map(|at| columns.get(*at)).collect();
        let grid_columns = self.grid_columns(app, state, &shown);
        let texts = GridTexts::of(t, name.to_owned());
        let source = ListRows { rows, order: &state.order, columns: &shown_columns, app, sort: state.sort, marks };
        let grid = Grid { id: Id::unique(id), columns: &grid_columns, source: &source, texts: &texts, dimmed: false };
        let (mut from_cells, selection_before) = (Vec::new(), state.selection.clone());
        let output = grid.show(
            ui,
            &mut state.grid,
            &mut state.selection,
            &mut |ui, cell| {
                let mut items = Items::new(cell.takes_focus);
                if let Some(row) = source.row(cell.row) {
                    menu(ui, app, row, &mut items, &mut from_cells);
                }
                copies_ui(ui, app, &source, &grid_columns, (cell, &selection_before), &mut items, &mut from_cells);
            },
            &mut |ui, _| {
                ui.weak(t.tr("header-sort-tip"));
            },
        );
        out.append(&mut from_cells);
        let mut activated = None;
        for event in output.events {
            match event {
                GridEvent::Sort { column, .. } => {
                    let Some(column) = shown.get(column).copied() else { continue };
                    let descending = state.sort.is_some_and(|(sorted, descending)| sorted == column && !descending);
                    state.sort = Some((column, descending));
                    state.grid.scroll_to_top();
                }
                GridEvent::Resized { column, width } => {
                    let key = shown_columns.get(column).map(|column| column.key.to_owned());
                    out.extend(key.map(|column| Action::SetWidth { table: id, column, width }));
                }
                GridEvent::Copy => {
                    out.push(Action::CopiedRows(copied_rows(&source, &grid_columns, &state.selection, LIST_LIMITS)));
                }
                GridEvent::Activated(row) => {
                    activated = usize::try_from(row).ok().and_then(|row| state.order.get(row).copied());
                }
                GridEvent::Moved { .. } | GridEvent::Tagged => {}
            }
        }
        activated
    }

    fn grid_columns(&self, app: &App, state: &ListState<R>, shown: &[usize]) -> Vec<GridColumn> {
        let column = |(place, at): (usize, &usize)| {
            let column = self.columns.get(*at)?;
            Some(GridColumn {
                title: column.title(app),
                width: column.width,
                own: app.settings.own_width(self.id, column.key),
                numeric: column.numeric,
                tabular: TABULAR.contains(&column.key),
                pinned: place == 0,
                sort: state.sort.filter(|(sorted, _)| sorted == at).map(|(_, descending)| (0, descending)),
            })
        };
        shown.iter().enumerate().filter_map(column).collect()
    }

    /// Finds the rows that contain the text, and their order, where either changed; the row that somebody selected stays
    /// selected, else the first one is.
    fn put_in_order(&self, app: &App, state: &mut ListState<R>) {
        let wanted = state.search.trim().to_lowercase();
        let said = (app.texts.language(), app.zone);
        let is_ordered = |(of, by, text, within): &(Arc<[R]>, Sort, String, Said)| {
            Arc::ptr_eq(of, self.rows) && *by == state.sort && *text == wanted && *within == said
        };
        if state.ordered.as_ref().is_some_and(is_ordered) {
            return;
        }
        let of_same_rows = state.ordered.as_ref().is_some_and(|(of, ..)| of.len() == self.rows.len());
        let chosen = state.chosen().filter(|_| of_same_rows);
        state.order = order(self.rows, self.columns, state.sort, &wanted, app);
        state.ordered = Some((Arc::clone(self.rows), state.sort, wanted, said));
        state.selection.select_first_of(state.order.len() as u64);
        let row = chosen.and_then(|place| state.order.iter().position(|known| *known == place));
        row.into_iter().for_each(|row| state.selection.select(row as u64));
    }
}

/// What every cell offers.
fn copies_ui<R>(
    ui: &mut Ui,
    app: &App,
    source: &ListRows<'_, R>,
    columns: &[GridColumn],
    (cell, selection): (MenuCell, &Selection),
    items: &mut Items,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    items.item(ui, t.tr("menu-copy-value"), Action::Copy(source.text(cell.row, cell.column)), out);
    if items.is_chosen(ui, t.tr("menu-copy-rows")) {
        let mut clicked = Selection::default();
        clicked.select(cell.row);
        let rows = if selection.contains(cell.row) { selection } else { &clicked };
        out.push(Action::CopiedRows(copied_rows(source, columns, rows, LIST_LIMITS)));
    }
}

fn order<R>(rows: &[R], columns: &[ListColumn<R>], sort: Sort, wanted: &str, app: &App) -> Vec<usize> {
    let has = |row: &R| columns.iter().any(|column| (column.text)(row, app).to_lowercase().contains(wanted));
    let places = rows.iter().enumerate().filter(|(_, row)| wanted.is_empty() || has(row));
    let mut order: Vec<usize> = places.map(|(at, _)| at).collect();
    let Some((column, descending)) = sort.and_then(|(at, descending)| Some((columns.get(at)?, descending))) else {
        return order;
    };
    let text = |at: &usize| rows.get(*at).map(|row| (column.text)(row, app)).unwrap_or_default();
    let number =
        |at: &usize| text(at).chars().filter(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap_or(0);
    if column.numeric {
        order.sort_by_cached_key(number);
    } else {
        order.sort_by_cached_key(text);
    }
    if descending {
        order.reverse();
    }
    order
}

pub(crate) fn column<R>(key: &'static str, width: f32, numeric: bool, text: fn(&R, &App) -> String) -> ListColumn<R> {
    ListColumn { key, width, numeric, text }
}

fn copied_rows<R>(source: &ListRows<'_, R>, columns: &[GridColumn], selection: &Selection, limits: Limits) -> Copied {
    let titles: Vec<String> = columns.iter().map(|column| column.title.clone()).collect();
    let mut writer = Writer::new(Some(&titles), Form::Tabs, limits);
    let mut rows = selection.rows(usize::MAX);
    while writer.has_room()
        && let Some(row) = rows.next()
    {
        writer.push(&source.cells(row));
    }
    writer.of(selection.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Command;
    use crate::session::testing::{MemoryBackend, Settled};

    /// Reads the other way round in Japanese.
    fn text(row: &u8, app: &App) -> String {
        match app.texts.language() {
            Language::English => row.to_string(),
            Language::Japanese => (9 - row).to_string(),
        }
    }

    #[test]
    fn all_selected_rows_of_a_list_are_copied_up_to_the_limit_that_is_told() {
        let app = App::new(Arc::new(MemoryBackend::default()), Settled::default().waker(), None);
        let rows: Arc<[u8]> = (0..100).collect();
        let columns = [column("column-reason", 100.0, false, text)];
        let shown: Vec<&ListColumn<u8>> = columns.iter().collect();
        let order: Vec<usize> = (0..100).rev().collect();
        let source = ListRows { rows: &rows, order: &order, columns: &shown, app: &app, sort: None, marks: None };
        let grid_columns = [GridColumn { title: "number".into(), ..GridColumn::default() }];
        let mut selection = Selection::default();
        selection.select_all(100);
        selection.toggle(1);
        let copied = copied_rows(&source, &grid_columns, &selection, LIST_LIMITS);
        assert!(copied.text.starts_with("number\n99\n97\n96\n") && copied.text.ends_with("\n0"), "{}", copied.text);
        assert_eq!((copied.rows, copied.wanted, copied.text.lines().count()), (99, 99, 100));
        let few = copied_rows(&source, &grid_columns, &selection, Limits { rows: 2, ..LIST_LIMITS });
        assert_eq!((few.text.as_str(), few.rows, few.wanted), ("number\n99\n97", 2, 99));
    }

    #[test]
    fn a_list_is_put_in_order_again_in_another_language() {
        let mut app = App::new(Arc::new(MemoryBackend::default()), Settled::default().waker(), None);
        app.dispatch(Action::Command(Command::Language(Language::English)));
        let rows: Arc<[u8]> = Arc::new([2, 1, 3]);
        let columns = [column("column-reason", 100.0, false, text)];
        let list = List { id: "test", name: "", rows: &rows, columns: &columns, marks: None, menu: no_menu };
        let mut state = ListState { sort: Some((0, false)), ..ListState::default() };
        list.put_in_order(&app, &mut state);
        assert_eq!(state.order, [1, 0, 2]);
        assert_eq!((state.selected(), state.chosen()), (Some(1), None), "the first row, which nobody chose");
        state.select(2);
        app.dispatch(Action::Command(Command::Language(Language::Japanese)));
        list.put_in_order(&app, &mut state);
        assert_eq!(state.order, [2, 0, 1]);
        assert_eq!(state.selected(), Some(2), "the row stays selected");
    }
}
